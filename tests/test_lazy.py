"""Laziness: what runs when, what a handle shows, and that no value ever changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor
from clgrad.errors import DtypeError, GradientError, ShapeError
from clgrad.runtime import trace

READERS: dict[str, Callable[[Tensor], Any]] = {
    "numpy": lambda x: x.numpy(),
    "tolist": lambda x: x.tolist(),
    "realize": lambda x: x.realize(),
    "clgrad.realize": lambda x: clgrad.realize(x),
    "repr": repr,
    "str": str,
    "format": lambda x: f"{x}",
    "array": np.asarray,
}

SCALAR_READERS: dict[str, Callable[[Tensor], Any]] = {
    "item": lambda x: x.item(),
    "bool": bool,
    "int": int,
    "float": float,
    "format": lambda x: f"{x:.2f}",
    "comparison in a condition": lambda x: 1 if x > 0 else 2,
    "contains": lambda x: 2.5 in x,
}


@pytest.mark.parametrize("name", READERS)
def test_reading_runs_once(device: str, name: str) -> None:
    x = clgrad.ones(2, 3, device=device).realize()
    with trace() as seen:
        y = (x * 2 + 1).sum(0)
        assert not seen.kernels
        READERS[name](y)
        assert len(seen.kernels) == 1
        READERS[name](y)
        assert len(seen.kernels) == 1, "the value is stored"
    assert y.tolist() == [6.0, 6.0, 6.0]


@pytest.mark.parametrize("name", SCALAR_READERS)
def test_reading_a_scalar_runs(device: str, name: str) -> None:
    x = clgrad.tensor([1.0, 1.5], device=device).realize()
    with trace() as seen:
        y = x.sum()
        assert not seen.kernels
        SCALAR_READERS[name](y)
        assert 1 <= len(seen.kernels) <= 2


def test_scalars_as_python_sees_them(device: str) -> None:
    x = clgrad.tensor([2.5], device=device)
    assert x.item() == 2.5 and isinstance(x.item(), float)
    assert float(x) == 2.5 and int(x) == 2 and bool(x) is True
    assert f"{x.sum():.1f}" == "2.5"
    assert 2.5 in x and 3.0 not in x
    n = clgrad.tensor(2, device=device)
    assert n.item() == 2 and isinstance(n.item(), int)
    assert [10, 20, 30][n] == 30, "an integer tensor indexes a list"
    assert (n == 2).item() is True
    with pytest.raises(DtypeError, match=r"^\[index\]"):
        [1, 2, 3][x.sum()]


def test_shapes_and_dtypes_are_known_at_once(device: str) -> None:
    with trace() as seen:
        x = clgrad.zeros(4, 3, device=device)
        w = clgrad.rand(3, 5, device=device)
        y = ((x @ w).relu().sum(1, keepdim=True) > 0).reshape(2, 2)
        assert (x @ w).shape == (4, 5) and (x @ w).dtype is clgrad.float32
        assert y.shape == (2, 2) and y.dtype is clgrad.bool and y.ndim == 2 and y.numel() == 4
        assert x.argmax(1).dtype is clgrad.int64
        assert len(x) == 4 and [row.shape for row in x] == [(3,)] * 4
        assert (x.to(clgrad.int16) + 1.5).dtype is clgrad.float32
        assert x.size() == (4, 3) and x.size(1) == 3 and x.dim() == 2
    assert not seen.kernels and not seen.plans_made


def test_a_training_step_runs_nothing_until_somebody_looks(device: str) -> None:
    w = clgrad.ones(3, device=device, requires_grad=True)
    with trace() as seen:
        loss = (w * 2 - 1).square().sum()
        loss.backward()
        assert w.grad is not None
        with clgrad.no_grad():
            w -= 0.1 * w.grad
        w.grad = None
        assert not seen.kernels
    np.testing.assert_allclose(w.numpy(), [0.6] * 3, rtol=1e-6)
    assert loss.item() == 3.0, "the loss of the old value"


def test_realize_gives_the_tensor_back_and_does_not_run_again(device: str) -> None:
    x = clgrad.rand(5, device=device)
    with trace() as seen:
        y = x * 2
        assert y.realize() is y
        assert y.realize() is y
    assert len(seen.kernels) == 1
    first, second = y.numpy(), y.numpy()
    np.testing.assert_array_equal(first, second)
    first[:] = 0
    np.testing.assert_array_equal(y.numpy(), second), "numpy() gives a copy"


def test_random_values_do_not_change_when_they_are_read_twice(device: str) -> None:
    x = clgrad.rand(5, device=device)
    double = x * 2
    np.testing.assert_array_equal(double.numpy(), x.numpy() * 2)
    y = clgrad.randn(4, device=device)
    np.testing.assert_array_equal(y.numpy(), y.numpy())


def test_many_tensors_as_one_plan(device: str) -> None:
    x = clgrad.rand(5, 5, device=device).realize()
    with trace() as seen:
        a, b, c = x + 1, x @ x, x.sum()
        clgrad.realize(a, b, c, a)
        assert seen.plans_made <= 1
        count = len(seen.kernels)
        clgrad.realize(a, b, c)
        clgrad.realize()
        assert len(seen.kernels) == count


# Handles and values


def test_assign_moves_the_handle(device: str) -> None:
    x = clgrad.tensor([1.0, 2.0], device=device)
    old = x.detach()
    view, derived = x[0], x * 10
    assert x.assign(clgrad.tensor([5.0, 6.0], device=device)) is x
    assert x.tolist() == [5.0, 6.0]
    assert old.tolist() == [1.0, 2.0] and view.item() == 1.0 and derived.tolist() == [10.0, 20.0]
    x.assign(x * 2)
    assert x.tolist() == [10.0, 12.0]


def test_assign_fits_shape_dtype_and_device(device: str) -> None:
    x = clgrad.zeros(2, 3, dtype="int32", device=device)
    x.assign(1.9)
    assert x.tolist() == [[1] * 3] * 2 and x.dtype is clgrad.int32
    x.assign(np.arange(3))
    assert x.tolist() == [[0, 1, 2]] * 2
    x.assign(clgrad.ones(2, 1, device="cpu"))
    assert x.tolist() == [[1] * 3] * 2 and x.device.name == device
    with pytest.raises(ShapeError, match=r"^\[expand\]"):
        x.assign(clgrad.zeros(3, 2, device=device))
    with pytest.raises(ShapeError):
        x.assign(clgrad.zeros(1, 2, 3, device=device))
    assert x.tolist() == [[1] * 3] * 2


def test_in_place_operators_move_the_handle(device: str) -> None:
    x = clgrad.tensor([1.0, 2.0], device=device)
    same, before = x, x * 1
    x += 1
    x *= clgrad.tensor([2.0, 3.0], device=device)
    x -= 1
    x /= 2
    assert same is x and x.tolist() == [1.5, 4.0]
    assert before.tolist() == [1.0, 2.0]
    n = clgrad.tensor([1, 2], device=device)
    n += 1.7
    assert n.dtype is clgrad.int64 and n.tolist() == [2, 3], "the handle keeps its dtype"
    assert x.add_(1, alpha=2).tolist() == [3.5, 6.0]
    assert x.sub_(clgrad.ones(2, device=device), alpha=3).tolist() == [0.5, 3.0]
    assert x.mul_(2).div_(4).tolist() == [0.25, 1.5]
    assert x.fill_(7).tolist() == [7.0, 7.0] and x.zero_().tolist() == [0.0, 0.0]
    assert x.copy_(clgrad.ones(2, device=device)).tolist() == [1.0, 1.0]


def test_writing_elements_leaves_old_values(device: str) -> None:
    x = clgrad.zeros(3, 2, device=device)
    before, row = x + 0, x[1]
    x[1] = 5.0
    x[:, 0] += 1
    assert x.tolist() == [[1.0, 0.0], [6.0, 5.0], [1.0, 0.0]]
    assert before.tolist() == [[0.0, 0.0]] * 3
    assert row.tolist() == [0.0, 0.0], "a view of an old value keeps it"


def test_a_long_row_of_updates(device: str) -> None:
    x = clgrad.zeros(4, device=device)
    for step in range(50):
        x += step
        if step % 10 == 0:
            x.realize()
    assert x.tolist() == [1225.0] * 4


def test_an_update_of_a_leaf_needs_no_grad(device: str) -> None:
    w = clgrad.ones(2, device=device, requires_grad=True)
    for update in (lambda: w.assign(w * 2), lambda: w.add_(1), lambda: w.zero_(), lambda: w.__setitem__(0, 1.0)):
        with pytest.raises(GradientError, match=r"^\[assign\].*no_grad"):
            update()
    assert w.tolist() == [1.0, 1.0] and w.is_leaf
    with clgrad.no_grad():
        w[0] = 3.0
        w += 1
    assert w.tolist() == [4.0, 2.0] and w.requires_grad and w.is_leaf
    (w * w).sum().backward()
    assert w.grad is not None and w.grad.tolist() == [8.0, 4.0]


def test_swapping_two_tensors(device: str) -> None:
    a, b = clgrad.tensor([1.0], device=device), clgrad.tensor([2.0], device=device)
    a_old, b_old = a.detach(), b.detach()
    a.assign(b_old)
    b.assign(a_old)
    assert a.item() == 2.0 and b.item() == 1.0


# Host data


def test_from_numpy_copies_nothing_before_it_runs(device: str) -> None:
    host = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    x = clgrad.from_numpy(host, device)
    assert x.node.buffer is not None and x.node.buffer.storage is None
    assert x.node.buffer.host is not None and np.shares_memory(x.node.buffer.host, host)
    assert (x + 1).tolist() == (host + 1).tolist()
    if device == "cpu":
        assert np.shares_memory(x.node.buffer.storage, host), "and here not even then"


def test_tensor_copies_at_once(device: str) -> None:
    host = np.arange(3.0, dtype=np.float32)
    x = clgrad.tensor(host, device=device)
    host[:] = 9
    assert x.tolist() == [0.0, 1.0, 2.0]
    y = x.numpy()
    y[:] = 9
    assert x.tolist() == [0.0, 1.0, 2.0]
    z = clgrad.tensor(x)
    x += 1
    assert z.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "host",
    [
        np.arange(12, dtype=np.float32).reshape(3, 4).T,
        np.arange(12, dtype=np.int64)[::-2],
        np.broadcast_to(np.float32(2), (2, 3)),
        np.array(3.5, np.float32),
        np.zeros((0, 4), np.int16),
        np.array([True, False]),
        np.arange(4, dtype=">f4"),
        np.arange(4, dtype=">i8").reshape(2, 2),
        np.arange(5, dtype=np.uint16),
    ],
    ids=["transposed", "reversed", "broadcast", "0-d", "empty", "bool", "big endian", "big endian integers", "uint16"],
)
def test_numpy_arrays_of_every_layout(device: str, host: np.ndarray[Any, Any]) -> None:
    for make in (clgrad.from_numpy, clgrad.tensor):
        x = make(host, device=device)
        assert x.shape == host.shape and x.dtype.name == host.dtype.name
        np.testing.assert_array_equal(x.numpy(), host)
        np.testing.assert_array_equal((x == x).numpy(), np.ones(host.shape, bool))
        if host.dtype != bool:
            np.testing.assert_array_equal((x + x).numpy(), host + host)


def test_numpy_on_the_left(device: str) -> None:
    x = clgrad.tensor([1.0, 2.0], device=device)
    for left in (np.float32(3), np.float64(3), np.array([3.0, 3.0], np.float32), np.int64(3)):
        result = left * x
        assert isinstance(result, Tensor) and result.tolist() == [3.0, 6.0] and result.dtype is clgrad.float32
        assert isinstance(left @ x if isinstance(left, np.ndarray) else left - x, Tensor)
        assert isinstance(left < x, Tensor) and (left < x).tolist() == [False, False]


# Copies and text


def test_copies_are_handles_of_their_own(device: str) -> None:
    x = clgrad.tensor([1.0], device=device, requires_grad=True)
    (x * 3).sum().backward()
    y = copy.deepcopy(x)
    assert y.requires_grad and y.is_leaf and y.grad is not None and y.grad.tolist() == [3.0]
    with clgrad.no_grad():
        x += 1
    assert y.tolist() == [1.0] and x.tolist() == [2.0]
    with pytest.raises(GradientError, match=r"^\[deepcopy\]"):
        copy.deepcopy(x * 2)


def test_text(device: str) -> None:
    assert repr(clgrad.tensor([1.0, 2.5], device=device)) == f"tensor([1. , 2.5], device='{device}')"
    assert repr(clgrad.tensor(3, device=device)) == f"tensor(3, device='{device}')"
    assert "requires_grad=True" in repr(clgrad.ones(1, device=device, requires_grad=True))
    assert "dtype=clgrad.int16" in repr(clgrad.zeros(1, dtype="int16", device=device))
    assert "..." in repr(clgrad.arange(5000, device=device))
    assert repr(clgrad.zeros(0, 2, device=device)).startswith("tensor([]")


def test_tensors_are_keys_by_identity(device: str) -> None:
    a, b = clgrad.zeros(2, device=device), clgrad.zeros(2, device=device)
    assert len({a: 1, b: 2}) == 2 and len({a, b, a}) == 2
