"""Devices by name, the default device, tensors of different devices, and what PoCL is told of its processor."""

from __future__ import annotations

import ctypes
import importlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad.cl import platforms
from clgrad.errors import DeviceError, DtypeError

pyopencl = pytest.importorskip("pyopencl")
from clgrad.cl.device import OpenCLDevice  # noqa: E402  # needs PyOpenCL
from clgrad.cl.quirks import concerns  # noqa: E402

CPU, GPU, ACCELERATOR = (getattr(pyopencl.device_type, name) for name in ("CPU", "GPU", "ACCELERATOR"))

needs_opencl = pytest.mark.skipif(len(clgrad.devices()) < 2, reason="no OpenCL device here")


def fake(number: int, platform: str, name: str, kind: int, unified: bool = False) -> OpenCLDevice:
    handle = SimpleNamespace(
        platform=SimpleNamespace(name=platform + " "),
        name=" " + name,
        driver_version="1.0",
        type=kind,
        host_unified_memory=int(unified),
    )
    return OpenCLDevice(handle, number)


Found = list[OpenCLDevice]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """The OpenCL devices that clgrad finds: a list to fill. No fake is ever opened."""
    devices: Found = []
    monkeypatch.setattr(platforms, "devices", lambda: tuple(devices))
    return devices


EMULATOR = ("Intel(R) FPGA Emulation Platform for OpenCL(TM)", "Intel(R) FPGA Emulation Device")
POCL = ("Portable Computing Language", "pthread-Some Processor")


# Names


def test_cpu_in_any_case_and_by_the_device_itself() -> None:
    for name in ("cpu", "CPU", " Cpu "):
        assert clgrad.device(name).name == "cpu"
    assert clgrad.device(clgrad.device("cpu")) is clgrad.device("cpu")
    assert str(clgrad.device("cpu")) == "cpu" and repr(clgrad.device("cpu")) == "clgrad.device('cpu')"


def test_devices_lists_cpu_first_and_all_names_find_their_device() -> None:
    listed = clgrad.devices()
    assert listed[0].name == "cpu"
    assert [one.name for one in listed[1:]] == [f"cl:{number}" for number in range(len(listed) - 1)]
    for one in listed:
        assert clgrad.device(one.name) is one
        assert one.description


@needs_opencl
def test_cl_by_position_and_by_a_part_of_its_name() -> None:
    first = clgrad.device("cl:0")
    assert clgrad.device("cl").name.startswith("cl:")
    word = max(first.description.split(), key=len).strip(":()")
    assert clgrad.device(f"cl:{word.upper()}") is clgrad.device(f"CL:{word.lower()}")
    assert word.lower() in clgrad.device(f"cl:{word}").description.lower()


NOWHERE = ["gpu", "cl:99", "cl:no such vendor", "opencl", "cpu:0", "auto:1", "", "cl:-1", "cuda:7"]


@pytest.mark.parametrize("name", NOWHERE)
def test_an_unknown_name_lists_what_exists(name: str) -> None:
    with pytest.raises(DeviceError) as caught:
        clgrad.device(name)
    text = str(caught.value)
    assert text.startswith("[device]") and repr(name) in text
    for one in clgrad.devices():
        assert one.name in text and one.description in text


def test_cuda_is_an_nvidia_device(found: Found) -> None:
    found += [fake(0, *POCL, CPU), fake(1, "NVIDIA CUDA", "H200", GPU)]
    assert clgrad.device("cuda") is found[1] and clgrad.device("CUDA") is found[1]
    del found[1]
    with pytest.raises(DeviceError, match=r"(?s)^\[device\] there is no device 'cuda'; there are.*cpu.*cl:0"):
        clgrad.device("cuda")


def test_a_part_of_a_name_finds_the_platform_or_the_device(found: Found) -> None:
    found += [fake(0, *POCL, CPU), fake(1, "NVIDIA CUDA", "H200", GPU), fake(2, "Intel(R) OpenCL", "Arc A770", GPU)]
    for part, number in {"portable": 0, "PTHREAD": 0, "nvidia": 1, "h200": 1, "arc": 2, "2": 2}.items():
        assert clgrad.device(f"cl:{part}") is found[number], part


def test_without_opencl_the_error_says_how_to_get_it(found: Found) -> None:
    assert found == []
    assert clgrad.device("auto").name == "cpu"
    for name in ("cl", "cl:0", "cl:intel", "cuda", "nonsense"):
        with pytest.raises(DeviceError, match="pip install"):
            clgrad.device(name)


# What auto chooses


@pytest.mark.parametrize(
    ("machine", "chosen"),
    [
        ([], "cpu"),
        ([(*POCL, CPU)], "cl:0"),
        ([(*POCL, CPU), ("Intel", "UHD", GPU, True)], "cl:1"),
        ([("Intel", "UHD", GPU, True), ("NVIDIA CUDA", "H200", GPU)], "cl:1"),
        ([("NVIDIA CUDA", "H200", GPU), ("AMD", "MI300", GPU)], "cl:0"),
        ([(*POCL, CPU), ("Intel(R) OpenCL", "Xeon", CPU)], "cl:0"),
        ([(*EMULATOR, ACCELERATOR)], "cpu"),
        ([(*EMULATOR, ACCELERATOR), (*POCL, CPU)], "cl:1"),
        ([("Some vendor", "Emulated GPU", GPU)], "cpu"),
        ([("Some vendor", "Accelerator card", ACCELERATOR)], "cpu"),
    ],
)
def test_auto_ranks_devices_and_never_takes_an_emulator(
    found: Found, machine: list[Any], chosen: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("clgrad.device"), "_announced", set())
    found += [fake(number, *entry) for number, entry in enumerate(machine)]
    assert clgrad.device("auto").name == chosen
    said = capsys.readouterr().err
    assert said.startswith(f"clgrad: device auto is {chosen}: ") and said.count("\n") == 1
    clgrad.device("auto")
    assert capsys.readouterr().err == "", "it says so once"


def test_cl_takes_an_emulator_only_if_nothing_else_is_there(found: Found) -> None:
    found += [fake(0, *EMULATOR, ACCELERATOR)]
    assert clgrad.device("cl") is found[0], "asked for by name it is there"
    found += [fake(1, *POCL, CPU)]
    assert clgrad.device("cl") is found[1]
    found += [fake(2, "NVIDIA CUDA", "H200", GPU)]
    assert clgrad.device("cl") is found[2]


# The default device


def test_use_device_nests_and_is_undone_after_an_error() -> None:
    names = [one.name for one in clgrad.devices()]
    outer, inner = names[0], names[-1]
    before = clgrad.device().name
    with clgrad.use_device(outer) as opened:
        assert opened.name == outer and clgrad.device().name == outer
        with clgrad.use_device(inner):
            assert clgrad.zeros(1).device.name == inner
            assert clgrad.zeros(1, device=outer).device.name == outer
        assert clgrad.tensor([1]).device.name == outer
        with pytest.raises(KeyError), clgrad.use_device(inner):
            raise KeyError
        assert clgrad.device().name == outer
    assert clgrad.device().name == before


def test_use_device_of_an_unknown_name_changes_nothing() -> None:
    before = clgrad.device().name
    with pytest.raises(DeviceError), clgrad.use_device("nowhere"):
        pass
    assert clgrad.device().name == before


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | environment, timeout=120
    )


def test_the_environment_variable_chooses_the_default_device() -> None:
    for one in clgrad.devices():
        done = run("import clgrad; print(clgrad.zeros(1).device.name)", CLGRAD_DEVICE=one.name)
        assert done.stdout.strip() == one.name and "auto" not in done.stderr, done.stderr
    done = run("import clgrad; clgrad.zeros(1)", CLGRAD_DEVICE="cl:nowhere")
    assert "[device] " in done.stderr and "cl:nowhere" in done.stderr


def test_creation_functions_take_a_device_and_its_likes_follow_it(device: str) -> None:
    made = [
        clgrad.zeros(2, device=device),
        clgrad.full((2,), 3, device=device),
        clgrad.arange(2, device=device),
        clgrad.eye(2, device=device),
        clgrad.linspace(0, 1, 3, device=device),
        clgrad.rand(2, device=device),
        clgrad.randn(2, device=device),
        clgrad.randint(0, 3, (2,), device=device),
        clgrad.randperm(3, device=device),
        clgrad.tensor([1.0], device=device),
        clgrad.from_numpy(np.zeros(2, np.int16), device=device),
    ]
    made += [clgrad.zeros_like(made[0]), clgrad.rand_like(made[0]), made[0] + 1, made[-1][0], -made[3]]
    assert {one.device.name for one in made} == {device}


# Two devices


@pytest.fixture
def pair() -> tuple[clgrad.Tensor, clgrad.Tensor]:
    """Equal tensors on two devices."""
    values = [[1.0, 2.0], [3.0, 4.0]]
    return clgrad.tensor(values, device="cpu"), clgrad.tensor(values, device=clgrad.devices()[-1])


MIXED = {
    "add": lambda a, b: a + b,
    "radd": lambda a, b: b + a,
    "maximum": lambda a, b: a.maximum(b),
    "eq": lambda a, b: a == b,
    "pow": lambda a, b: a**b,
    "matmul": lambda a, b: a @ b,
    "where condition": lambda a, b: clgrad.where(a > 2, b, b),
    "where values": lambda a, b: clgrad.where(a > 2, a, b),
    "cat": lambda a, b: clgrad.cat([a, b]),
    "stack": lambda a, b: clgrad.stack([a, b]),
    "index": lambda a, b: a[b.to(clgrad.int64) * 0],
    "index of the other": lambda a, b: b[a.to(clgrad.int64) * 0],
    "write at an index": lambda a, b: (a * 1).__setitem__(b.to(clgrad.int64) * 0, 1.0),
    "write a value": lambda a, b: (a * 1).__setitem__(0, b[0]),
    "gather": lambda a, b: a.gather(0, b.to(clgrad.int64) * 0),
    "cross_entropy": lambda a, b: clgrad.nn.functional.cross_entropy(a, b),
    "0-d": lambda a, b: a * b.sum(),
}


@needs_opencl
@pytest.mark.parametrize("name", MIXED)
def test_mixed_devices_are_refused_by_name(name: str, pair: tuple[clgrad.Tensor, clgrad.Tensor]) -> None:
    a, b = pair
    with pytest.raises(DeviceError) as caught:
        MIXED[name](a, b)
    text = str(caught.value)
    assert text.startswith("[") and a.device.name in text and b.device.name in text and ".to(" in text
    assert (a + a).tolist() == (b + b).tolist(), "both still work"


@needs_opencl
def test_to_moves_values_and_gradients_both_ways(pair: tuple[clgrad.Tensor, clgrad.Tensor]) -> None:
    a, b = pair
    there, here = b.device.name, a.device.name
    x = a.detach().requires_grad_()
    y = (x * 2).to(there)
    assert y.device.name == there and y.requires_grad
    z = (y * b).to(device=here)
    (z.sum() + x.sum()).backward()
    assert z.device.name == here and z.tolist() == [[2.0, 8.0], [18.0, 32.0]]
    assert x.grad is not None and x.grad.device.name == here
    assert x.grad.tolist() == (a * 2 + 1).tolist()
    # From a leaf on the other device, through this one.
    w = b.detach().requires_grad_()
    (w.to(here) @ a).sum().backward()
    assert w.grad is not None and w.grad.device.name == there
    np.testing.assert_allclose(w.grad.numpy(), np.ones((2, 2)) @ a.numpy().T)


@needs_opencl
def test_to_understands_devices_dtypes_both_and_tensors(pair: tuple[clgrad.Tensor, clgrad.Tensor]) -> None:
    a, b = pair
    assert a.to(b.device).device is b.device
    assert a.to(a.device) is a
    both = a.to(device=b.device.name, dtype=clgrad.int32)
    assert both.device is b.device and both.dtype is clgrad.int32 and both.tolist() == [[1, 2], [3, 4]]
    like = a.to(clgrad.zeros(1, device=b.device, dtype=clgrad.float16))
    assert like.device is b.device and like.dtype is clgrad.float16
    assert b.cpu().device.name == "cpu" and b.cpu().tolist() == a.tolist()
    strided = a.T.flip(0).to(b.device)
    assert strided.tolist() == a.T.flip(0).tolist()
    empty = clgrad.zeros(0, 3, device="cpu").to(b.device)
    assert empty.shape == (0, 3) and empty.tolist() == []


@needs_opencl
def test_one_plan_over_two_devices(pair: tuple[clgrad.Tensor, clgrad.Tensor]) -> None:
    a, b = pair
    total = a
    for step in range(4):
        total = (total + 1).to((b if step % 2 == 0 else a).device)
    total = total.to(b.device) @ b
    np.testing.assert_array_equal(total.numpy(), (a.numpy() + 4) @ a.numpy())


# Two drivers in one process


@pytest.fixture
def drivers() -> tuple[str, str]:
    """Two OpenCL devices, of different platforms if there are."""
    found = [one for one in clgrad.devices() if isinstance(one, OpenCLDevice)]
    if len(found) < 2:
        pytest.skip("one OpenCL device here; name the drivers of two in the folder of OCL_ICD_VENDORS")
    others = [one for one in found[1:] if one.handle.platform.name != found[0].handle.platform.name]
    return found[0].name, (others or found[1:])[0].name


def test_values_move_between_drivers_bit_for_bit(drivers: tuple[str, str]) -> None:
    random = np.random.default_rng(0)
    for name in ("bool", "int8", "uint16", "int32", "int64", "float16", "float32", "complex64"):
        values = random.integers(0, 2 if name == "bool" else 100, (33, 7)).astype(name)
        for here, there in (drivers, drivers[::-1]):
            x = clgrad.tensor(values, device=here)
            moved = (x.T.contiguous() if name != "bool" else x.T).to(there)
            assert moved.device.name == there and moved.dtype is x.dtype
            np.testing.assert_array_equal(moved.numpy(), values.T)
            np.testing.assert_array_equal(moved.to(here).numpy(), values.T)


def test_a_move_waits_for_what_computes_the_value(drivers: tuple[str, str]) -> None:
    for here, there in (drivers, drivers[::-1]):
        x = clgrad.tensor(np.full((256, 256), 1 / 256, np.float32), device=here)
        y = x
        for _ in range(10):
            y = y @ x
        z = (y.realize().to(there) * 256 + 1).realize()
        del x, y
        assert (z.numpy() == 2).all()


def test_gradients_pass_between_drivers(drivers: tuple[str, str]) -> None:
    values = np.random.default_rng(1).standard_normal((9, 5))
    wide = np.exp(values)
    through = 1 - np.tanh(wide @ values.T) ** 2
    for here, there in (drivers, drivers[::-1]):
        a = clgrad.tensor(values.astype(np.float32), device=here, requires_grad=True)
        b = clgrad.tensor(values.T.astype(np.float32), device=there, requires_grad=True)
        ((a.exp().to(there) @ b).tanh().to(here) * 1).sum().backward()
        assert a.grad is not None and b.grad is not None
        assert (a.grad.device.name, b.grad.device.name) == (here, there)
        np.testing.assert_allclose(a.grad.numpy(), (through @ values) * wide, rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(b.grad.numpy(), wide.T @ through, rtol=1e-4, atol=1e-4)


def test_a_recorded_step_trains_on_two_drivers(drivers: tuple[str, str]) -> None:
    """The first layer on one device, the second on the other, as all of it on the CPU."""

    def losses(first: str, second: str) -> list[float]:
        clgrad.manual_seed(3)
        layers = clgrad.nn.Linear(6, 8), clgrad.nn.Linear(8, 1)
        layers[0].to(first)
        layers[1].to(second)
        optimizer = clgrad.optim.Adam([*layers[0].parameters(), *layers[1].parameters()], lr=0.05)

        @clgrad.jit
        def step(x: clgrad.Tensor) -> clgrad.Tensor:
            optimizer.zero_grad()
            loss = (layers[1](layers[0](x).tanh().to(second)) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        data = np.random.default_rng(2).standard_normal((16, 6)).astype(np.float32)
        return [step(clgrad.tensor(data, device=first)).item() for _ in range(8)]

    expected = losses("cpu", "cpu")
    assert expected[-1] < expected[0]
    for here, there in (drivers, drivers[::-1]):
        np.testing.assert_allclose(losses(here, there), expected, rtol=1e-4)


def test_errors_name_both_drivers_devices(drivers: tuple[str, str]) -> None:
    a, b = (clgrad.ones(2, 2, device=name) for name in drivers)
    for operation in (lambda: a + b, lambda: b @ a, lambda: clgrad.cat([a, b])):
        with pytest.raises(DeviceError) as caught:
            operation()
        assert all(name in str(caught.value) for name in drivers)


def test_each_driver_counts_its_own_memory(drivers: tuple[str, str]) -> None:
    here, there = drivers
    before = [clgrad.memory_stats(name)["allocated"] for name in drivers]
    x = (clgrad.ones(512, 512, device=here) * 2).realize()
    assert clgrad.memory_stats(here)["allocated"] >= before[0] + 2**20
    assert clgrad.memory_stats(there)["allocated"] == before[1]
    x = x.to(there).realize()
    assert clgrad.memory_stats(here)["allocated"] == before[0]
    assert clgrad.memory_stats(there)["allocated"] >= before[1] + 2**20
    assert x.sum().item() == 2 * 512**2


def test_threads_use_two_drivers_at_once(drivers: tuple[str, str]) -> None:
    def work(name: str) -> float:
        x = clgrad.full((64, 64), 1 / 64, device=name)
        total = 0.0
        for number in range(20):
            total += ((x @ x) * number).sum().item()
        return total

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(work, drivers)) == [64 * 190.0] * 2


def test_a_process_ends_with_work_in_flight_on_two_drivers(drivers: tuple[str, str]) -> None:
    code = f"""
import numpy as np, clgrad
kept = []
for name in {drivers}:
    x = clgrad.tensor(np.ones((200, 200), np.float32), device=name)
    kept += [(x @ x @ x).realize(), x]
kept.append(kept[0].to({drivers[1]!r}) @ kept[2])
"""
    done = run(code)
    assert done.returncode == 0 and not done.stderr, done.stderr


# What PoCL is told of its processor

AVX2 = {"sse4_2", "avx2", "fma", "bmi2"}
AVX512 = AVX2 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}


@pytest.mark.parametrize(
    ("flags", "level"),
    [
        (set(), "x86-64"),
        ({"sse4_2"}, "x86-64-v2"),
        ({"sse4_2", "avx2"}, "x86-64-v2"),
        (AVX2, "x86-64-v3"),
        (AVX2 | {"avx512f"}, "x86-64-v3"),
        (AVX512, "x86-64-v4"),
    ],
)
def test_processor_level(flags: set[str], level: str) -> None:
    assert platforms.processor_level(flags) == level


@pytest.mark.parametrize(
    ("cpu", "level", "needed"),
    [
        ("generic", "x86-64-v3", True),
        ("generic", "x86-64-v4", True),
        ("znver3", "x86-64-v4", True),
        ("znver3", "x86-64-v3", False),
        ("skylake-avx512", "x86-64-v4", False),
        ("haswell", "x86-64-v3", False),
    ],
)
def test_needs_processor_name(cpu: str, level: str, needed: bool) -> None:
    assert platforms.needs_processor_name(cpu, level) is needed


class Structure:
    """Memory like PoCL's device structure, with the processor's name where it keeps it."""

    def __init__(self, told: str, stands: str, driver: str = "3.0-rc2") -> None:
        self.text = ctypes.create_string_buffer(stands.encode())
        self.memory = (ctypes.c_uint64 * 128)()
        self.memory[platforms._CPU_NAME_OFFSET // 8] = ctypes.addressof(self.text)
        self.handle = SimpleNamespace(
            platform=SimpleNamespace(name=POCL[0]),
            name=POCL[1],
            type=CPU,
            driver_version=driver,
            version=f"OpenCL 3.0 PoCL HSTR: pthread-x86_64-unknown-linux-gnu-{told} ",
            int_ptr=ctypes.addressof(self.memory),
        )

    @property
    def name(self) -> bytes:
        return ctypes.string_at(self.memory[platforms._CPU_NAME_OFFSET // 8])


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(platforms.machine, "machine", lambda: "x86_64")
    monkeypatch.setattr(platforms.machine, "system", lambda: "Linux")
    monkeypatch.setattr(platforms, "_processor_flags", lambda: AVX512)
    return monkeypatch


reads_maps = pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="asks the kernel what is mapped")


@reads_maps
def test_the_name_is_replaced_where_it_contradicts_the_processor(linux: pytest.MonkeyPatch) -> None:
    for told in ("generic", "znver3"):
        structure = Structure(told, told)
        platforms.name_the_processor(structure.handle)
        assert structure.name == b"x86-64-v4"
    linux.setattr(platforms, "_processor_flags", lambda: AVX2)
    structure = Structure("generic", "generic")
    platforms.name_the_processor(structure.handle)
    assert structure.name == b"x86-64-v3"


@reads_maps
@pytest.mark.parametrize(
    "structure",
    [
        Structure("haswell", "haswell"),
        Structure("generic", "generic", driver="3.1"),
        Structure("generic", "something"),
        Structure("generic", "generic-but-longer"),
    ],
)
def test_memory_that_is_not_as_expected_is_left_alone(linux: pytest.MonkeyPatch, structure: Structure) -> None:
    before = structure.name
    platforms.name_the_processor(structure.handle)
    assert structure.name == before


@reads_maps
@pytest.mark.parametrize("address", [0, 1, 2**46 + 8])
def test_an_address_that_is_not_mapped_is_not_read(linux: pytest.MonkeyPatch, address: int) -> None:
    structure = Structure("generic", "generic")
    structure.memory[platforms._CPU_NAME_OFFSET // 8] = address
    platforms.name_the_processor(structure.handle)
    assert structure.memory[platforms._CPU_NAME_OFFSET // 8] == address


def test_other_machines_are_left_alone(linux: pytest.MonkeyPatch) -> None:
    structure = Structure("generic", "generic")
    for name, value in (("machine", "aarch64"), ("system", "Darwin")):
        with linux.context() as patch:
            patch.setattr(platforms.machine, name, lambda value=value: value)
            platforms.name_the_processor(structure.handle)
            assert structure.name == b"generic"


def test_vectors_are_as_wide_as_the_compilers_target(linux: pytest.MonkeyPatch) -> None:
    handle = Structure("generic", "generic").handle
    assert platforms.target_width(handle) == 16
    linux.setattr(platforms, "_processor_flags", lambda: AVX2)
    assert platforms.target_width(handle) == 8
    assert platforms.target_width(Structure("x", "x", driver="7.0").handle) == 16


@needs_opencl
def test_loops_that_would_end_early_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """llvmpipe ends loops after some turns: an error, never a wrong number."""
    from clgrad.cl import device

    monkeypatch.setattr(device, "concerns", lambda handle, name: name == "loops end early")
    monkeypatch.setattr(device, "MOST_TURNS", 50)
    x = clgrad.ones(7, 3001, device="cl")
    with pytest.raises(DeviceError, match=r"turns of loops a work-item, .* use another device"):
        x.flip(1).sum(1).numpy()
    assert (clgrad.ones(3, device="cl") * 21).tolist() == [21.0] * 3


def test_signed_bytes_are_refused_where_they_end_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    mesa = SimpleNamespace(name="rusticl")
    for llvm, dies in (("15.0.6", True), ("19.1.7", False)):
        handle = SimpleNamespace(platform=mesa, name=f"llvmpipe (LLVM {llvm}, 256 bits)", driver_version="", type=2)
        assert concerns(handle, "no signed bytes") is dies
    one = clgrad.device("cl")
    monkeypatch.setattr(one, "capabilities", replace(one.capabilities, has_signed_bytes=False))
    with pytest.raises(DtypeError, match=r"does not compute with int8; cast with .*another device"):
        clgrad.tensor([1, 2], dtype="int8", device="cl")
