"""Other libraries' arrays: DLPack both ways, and numpy's protocols."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
import torch
from compare import needs, normal

import clgrad
from clgrad import dlpack
from clgrad.errors import ArgumentError, DeviceError, DtypeError

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")


def is_host(device: str) -> bool:
    """Whether numpy reads the device's memory in place."""
    return clgrad.ones(1, device=device).__dlpack_device__()[0] == dlpack.CPU


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_travel_both_ways(dtype: str, device: str) -> None:
    if dtype == "float64":
        needs(device, clgrad.float64)
    host = (normal(3, 4) * 5).astype(dtype)
    x = clgrad.tensor(host, device=device)
    for reader in (np.from_dlpack, lambda given: torch.from_dlpack(given).numpy()):
        if is_host(device):
            shown = reader(x)
            assert shown.dtype == host.dtype
            np.testing.assert_array_equal(shown, host)
        else:
            with pytest.raises((RuntimeError, ValueError, BufferError), match=r"(?i)device"):
                reader(x)
    np.testing.assert_array_equal(np.from_dlpack(x, device="cpu"), host)
    for given in (host, torch.from_numpy(host.copy())):
        back = clgrad.from_dlpack(given, device=device)
        assert back.dtype.name == dtype and back.device is clgrad.device(device)
        np.testing.assert_array_equal(back.numpy(), host)


@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (5, 1, 2)])
def test_shapes_travel(shape: tuple[int, ...], device: str) -> None:
    host = normal(*shape)
    x = clgrad.tensor(host, device=device) * 2
    np.testing.assert_array_equal(np.from_dlpack(x, device="cpu"), host * 2)
    np.testing.assert_array_equal(clgrad.from_dlpack(np.asarray(host), device=device).numpy(), host)


def test_memory_is_shared(device: str) -> None:
    if not is_host(device):
        pytest.skip("the host does not read this device's memory")
    x = clgrad.arange(1000, dtype="float32", device=device) * 2
    first, second = np.from_dlpack(x), torch.from_dlpack(x)
    assert first.ctypes.data == second.data_ptr()
    assert not first.flags.writeable
    wanted = x.numpy()
    del x
    gc.collect()
    clgrad.ones(1000, device=device).realize()  # would take the block, had it been given back
    np.testing.assert_array_equal(first, wanted)
    copied = torch.from_dlpack(clgrad.ones(2, device=device), copy=True)
    copied += 1
    assert copied.tolist() == [2.0, 2.0]


def test_a_shared_value_is_not_overwritten(device: str) -> None:
    """A jitted step updates its parameters in place, but never what somebody else reads."""
    weight = clgrad.ones(64, device=device)

    @clgrad.jit
    def step() -> Any:
        weight.mul_(2.0)
        return weight.sum()

    for _ in range(3):
        step()
    shown = np.from_dlpack(weight, device="cpu")
    before = shown.copy()
    for _ in range(3):
        step()
    np.testing.assert_array_equal(shown, before)
    assert weight.numpy()[0] == before[0] * 8


@pytest.mark.parametrize("elements", [1 << 10, 1 << 20])
def test_large_arrays_are_used_in_place(elements: int, device: str) -> None:
    given = torch.arange(elements, dtype=torch.float32)
    x = clgrad.from_dlpack(given, device=device)
    assert (x + 1).sum().item() == pytest.approx(elements * (elements + 1) / 2, rel=1e-6)
    x += 1
    np.testing.assert_array_equal(given.numpy(), np.arange(elements, dtype=np.float32))
    np.testing.assert_array_equal(x.numpy(), given.numpy() + 1)


class Raw:
    """A library that shares OpenCL buffers, as clgrad does if asked."""

    def __init__(self, tensor: Any, number: int) -> None:
        self.tensor, self.number = tensor, number

    def __dlpack_device__(self) -> tuple[int, int]:
        return dlpack.OPENCL, self.number

    def __dlpack__(self, **keywords: Any) -> Any:
        return self.tensor.__dlpack__(dl_device=self.__dlpack_device__())


def test_opencl_buffers_travel(device: str) -> None:
    if not device.startswith("cl"):
        with pytest.raises(BufferError, match="can not share memory as device type 4"):
            clgrad.ones(1, device=device).__dlpack__(dl_device=(dlpack.OPENCL, 0))
        return
    number = int(device.split(":")[1])
    x = clgrad.arange(6, dtype="int32", device=device).reshape(2, 3) * 3
    y = clgrad.from_dlpack(Raw(x, number))
    assert y.shape == (2, 3) and y.dtype is clgrad.int32 and y.device is x.device
    assert y.node.buffer.storage.int_ptr == x.node.buffer.storage.int_ptr  # type: ignore[union-attr]  # both are stored
    wanted = x.tolist()
    del x
    gc.collect()
    assert (y + 0).tolist() == wanted
    assert len(dlpack._held) == 1
    del y
    gc.collect()
    assert not dlpack._held
    untaken = clgrad.ones(1, device=device).__dlpack__(dl_device=(dlpack.OPENCL, number))
    assert len(dlpack._held) == 1
    del untaken
    dlpack.give_back_untaken()
    assert not dlpack._held


def test_what_can_not_travel(device: str) -> None:
    x = clgrad.ones(2, device=device, requires_grad=True)
    with pytest.raises(BufferError, match="requires gradients"):
        np.from_dlpack(x)
    with pytest.raises(DtypeError, match=r"\[from_dlpack\]"):
        clgrad.from_dlpack(torch.ones(2, dtype=torch.bfloat16), device=device)

    class Elsewhere:
        def __dlpack_device__(self) -> tuple[int, int]:
            return 2, 0

    with pytest.raises(DeviceError, match="device type 2"):
        clgrad.from_dlpack(Elsewhere(), device=device)


# -- numpy's functions ---------------------------------------------------------------------------


def test_ufuncs_give_tensors(device: str) -> None:
    host, other = normal(3, 4), normal(3, 4, seed=1)
    x = clgrad.tensor(host, device=device)
    for mine, theirs in (
        (np.exp(x), np.exp(host)),
        (np.add(x, other), host + other),
        (np.add(other, x), host + other),
        (other - x, other - host),
        (np.float32(2) * x, 2 * host),
        (np.power(np.abs(x), 2.0), np.abs(host) ** 2),
        (np.subtract(1.0, x), 1 - host),
        (np.maximum(x, other), np.maximum(host, other)),
        (np.less(x, 0), host < 0),
        (np.matmul(x, other.T), host @ other.T),
        (other.T @ x, other.T @ host),
    ):
        assert isinstance(mine, clgrad.Tensor) and mine.device is x.device
        np.testing.assert_allclose(mine.numpy(), theirs, rtol=1e-5, atol=1e-6)


def test_what_ufuncs_can_not_do(device: str) -> None:
    x = clgrad.ones(3, device=device)
    for call in (lambda: np.add.reduce(x), lambda: np.exp(x, out=np.zeros(3)), lambda: np.spacing(x)):
        with pytest.raises(ArgumentError, match=r"\[numpy\] clgrad has no numpy\..*call \.numpy\(\) first"):
            call()
    with pytest.raises(DtypeError, match=r"\[numpy.add\] can not compute with None"):
        np.add(x, None)  # type: ignore[call-overload]  # what is refused
