"""The CUDA backend without a GPU: NVRTC compiles what is rendered, and a simulated pycuda runs what is launched."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from simulated_cuda import Gpu
from test_kernel_source import CASES, FORMS, fresh_sites, kernel_of, zeros

import clgrad
from clgrad import config, nn, optim
from clgrad.device import Call, Device
from clgrad.dtypes import DTYPES, DType, bool_, uint64
from clgrad.errors import AllocationError, CompileError, DeviceError, IndexRangeError
from clgrad.kernel import Argument, Kernel, Load, Map, Store
from clgrad.nn import functional as F
from clgrad.ops import OPS, Op, maps
from clgrad.runtime import pending
from clgrad.schedule import schedule
from clgrad.view import View

pytest.importorskip("cuda.bindings.nvrtc", reason="NVRTC is not installed: pip install 'clgrad[test]'")
from clgrad.cl import joint
from clgrad.cl.device import OpenCLDevice
from clgrad.cl.render import Rendered, choose, render
from clgrad.cuda import compiler
from clgrad.cuda.program import cuda_text, header

GPU = FORMS["gpu"]
CAPABILITIES = (75, 80, 90)
"""Compute capabilities: Turing, Ampere, Hopper."""
MEANT = (
    161,  # a #pragma of OpenCL
    177,  # a name that the template gives in any case
    186, 514, 68,  # of unsigned numbers: comparisons with what is below 0
)  # fmt: skip
"""Remarks of NVRTC that the text is to have."""


def compiled(text: str, architecture: str) -> str:
    """The code as text, made without remarks but for those that are meant."""
    code, remarks = compiler.compiled(text, architecture, (f"--diag-suppress={','.join(map(str, MEANT))}",))
    assert remarks == ""
    return code.decode(errors="replace")


# -- each kind of kernel ---------------------------------------------------------------------------


def planned(*values: clgrad.Tensor) -> list[Kernel]:
    plan = schedule(*pending([value.node for value in values]))
    return [step.kernel for step in plan.steps if step.kernel is not None]


reverse = clgrad.opencl_kernel(
    "reverse",
    """
    __local ${T} piece[4];
    const int i = get_global_id(0), lid = get_local_id(0);
    if (i < ${x[0]}) piece[lid] = x[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    if (i < ${x[0]}) result[${x[0]} - 1 - i] = mad(piece[lid], (${T})2, clamp(piece[lid], (${T})0, (${T})1));
    """,
    numpy=lambda x: (x * 2 + np.clip(x, 0, 1))[::-1],
    operands=["x"],
    shape=lambda x: x,
    global_size=lambda x: x,
    local_size=(4,),
)


def calls_of(*values: clgrad.Tensor) -> list[Call]:
    """One kernel for each value, with arguments of its own."""
    return [Call(kernel, (2 * number, 2 * number + 1)) for number, kernel in enumerate(planned(*values))]


def together() -> Rendered:
    """Three maps in one launch."""
    calls = calls_of(*(zeros(6, size) * 2 for size in (5, 7, 300)))
    return joint.join(calls, GPU, lambda kernel: render(kernel, GPU))


MORE = {
    "given": lambda: planned(reverse(zeros(70)))[0],
    "matmul_halves": lambda: planned(zeros(30, 17, dtype="float16") @ zeros(17, 50, dtype="float16"))[0],
    "matmul_integers": lambda: planned(zeros(3, 30, 17, dtype="int16") @ zeros(3, 17, 50, dtype="int16"))[0],
    "matmul_complex": lambda: planned(zeros(30, 17, dtype=complex) @ zeros(17, 50, dtype=complex))[0],
    "rows_doubles": lambda: planned(zeros(33, 70, dtype="float64").softmax(1))[0],
    "rows_halves": lambda: planned(zeros(33, 70, dtype="bfloat16").softmax(1))[0],
    "columns_booleans": lambda: planned(zeros(33, 70, dtype="bool").any(0))[0],
    "scatter_of_one": lambda: planned(zeros(9, 5).scatter_rows(zeros(dtype="int64"), zeros(5), "add"))[0],
    "scan_integers": lambda: planned(zeros(33, 70, dtype="uint8").cumsum(1))[0],
    "scan_logaddexp": lambda: planned(zeros(33, 70).logcumsumexp(1))[0],
    "random": lambda: planned(clgrad.rand(70, device="cpu"))[0],
}


def rendered(case: str) -> Rendered:
    with fresh_sites():
        return together() if case == "together" else render(MORE[case]() if case in MORE else kernel_of(case), GPU)


@pytest.mark.parametrize("capability", CAPABILITIES)
@pytest.mark.parametrize("case", [*CASES, *MORE, "together"])
def test_every_kind_of_kernel_compiles(case: str, capability: int) -> None:
    one = rendered(case)
    assert f".text.{one.name}\0" in compiled(cuda_text([one], GPU), f"sm_{capability}")


def test_no_template_is_missing() -> None:
    kernels = [kernel_of(case) for case in CASES] + [build() for build in MORE.values()]
    chosen = {choose(one, form).template for one in kernels if not one.parts for form in FORMS.values()}
    assert chosen == {path.stem for path in Path(clgrad.__file__).parent.glob("cl/kernels/[!_]*.mako")}


def opencl_like(device: Any) -> OpenCLDevice:
    """An OpenCL device, which nobody opens, with the capabilities of another."""
    platform = SimpleNamespace(name="GPU", vendor="", version="OpenCL 3.0")
    handle = SimpleNamespace(platform=platform, name="GPU", driver_version="1", version="OpenCL C 1.2")
    found = OpenCLDevice(handle, 0)
    found.capabilities = device.capabilities
    return found


@pytest.mark.parametrize("case", [*CASES, *MORE])
def test_cuda_gets_the_program_that_opencl_gets(simulated: Any, case: str) -> None:
    """Behind the header both have the same text: there is one rendering."""
    opencl = opencl_like(simulated)
    with fresh_sites():
        kernel = MORE[case]() if case in MORE else kernel_of(case)
        cuda_source, opencl_source = simulated.source(kernel), opencl.source(kernel)
    assert cuda_source.startswith(header()) and cuda_source[len(header()) :].lstrip("\n") == opencl_source


def test_cuda_divides_work_as_opencl_does(simulated: Any) -> None:
    opencl = opencl_like(simulated)
    assert all(simulated.parts(size) == opencl.parts(size) for size in (0, 1, 100, 4096, 10**6, 10**9))
    calls = calls_of(*(zeros(6, size) * 2 for size in (5, 7)))
    assert simulated.calls_per_launch(calls) == opencl.calls_per_launch(calls) == 2


def test_nothing_that_opencl_does_its_own_way_is_forgotten(simulated: Any) -> None:
    ours, theirs = ({name for name in vars(one) if hasattr(Device, name)} for one in (type(simulated), OpenCLDevice))
    # Memory is not the host's, DLPack is not spoken, and nothing is measured: docs/cuda.md.
    assert theirs - ours == {"adopt", "share", "pointer", "borrow", "tune", "tune_standard", "tuned"}


# -- each row of the op table -----------------------------------------------------------------------

REAL = [dtype for dtype in DTYPES.values() if not dtype.is_complex]
ATTRIBUTES: dict[str, tuple[Any, ...]] = {"check_index": (8, "index", True), "polygamma": (2,), "bessel": (1, 1)}


def of_row(op: Op, operands: list[DType], result: DType, attributes: tuple[Any, ...] = ()) -> Kernel:
    """Eight elements of an op."""
    view, last = View((8,), (1,)), len(operands)
    lines = [Load(dtype, (), number, view) for number, dtype in enumerate(operands)]
    line = Map(result, tuple(range(last)), op, attributes)
    arguments = [Argument(dtype, 8, False) for dtype in operands]
    return Kernel((8,), (), (*lines, line), (Store(last, last, view),), (*arguments, Argument(result, 8, True)))


def rows() -> Iterator[Kernel]:
    """Every map, on every dtype that it has."""
    for op in [one for one in OPS.values() if one.family == "map" and one.numpy is not None]:
        for dtype in [one for one in REAL if one.category in op.domain]:
            if op is maps.cast:
                yield from (of_row(op, [dtype], target, (target,)) for target in REAL)
            elif op is maps.bitcast:
                others = [one for one in REAL if one.size == dtype.size and bool_ not in (one, dtype)]
                yield from (of_row(op, [dtype], target, (target, dtype)) for target in others)
            elif op is not maps.philox or dtype is uint64:
                operands = [bool_ if op is maps.where and number == 0 else dtype for number in range(op.operands)]
                yield of_row(op, operands, op.result or dtype, ATTRIBUTES.get(op.name, ()))


@pytest.fixture(scope="module")
def every_row() -> list[Rendered]:
    with fresh_sites():
        return list({one.name: one for one in (render(kernel, GPU) for kernel in rows())}.values())


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_row_compiles(every_row: list[Rendered], capability: int) -> None:
    text = compiled(cuda_text(every_row, GPU), f"compute_{capability}")
    assert text.count(".visible .entry") == len(every_row)
    widened = [
        one.name
        for one in every_row
        if "double" not in "".join((*one.items, one.entry, *one.helpers)) and "cvt.f64.f32" in entry(text, one.name)
    ]
    assert not widened, "float32 that is computed in double: an overload is missing"


def entry(ptx: str, name: str) -> str:
    """One kernel's part of PTX."""
    return ptx.split(f".visible .entry {name}(")[1].split(".visible .entry")[0]


def test_only_what_says_fma_is_one() -> None:
    """A value that is stored and the same value computed anew are equal, whatever stands around them."""
    (kernel,) = planned(zeros(70) * zeros(70) + zeros(70))
    chain, product = render(kernel, GPU), rendered("matmul_tile")
    text = compiled(cuda_text([chain, product], GPU), "compute_80")
    assert "fma" not in entry(text, chain.name) and "mul.f32" in entry(text, chain.name).replace(".rn", "")
    assert "fma.rn.f32" in entry(text, product.name)


# -- what OpenCL's functions mean ----------------------------------------------------------------------

MEANINGS = {
    "popcount((uchar)0xf1)": 5,
    "popcount((int)-1)": 32,
    "popcount(0x8000000000000001UL)": 2,
    "clz((uchar)1)": 7,
    "clz((int)-1)": 0,
    "clz(0u)": 32,
    "clz((long)1)": 63,
    "ctz((ushort)8)": 3,
    "ctz(0u)": 32,
    "ctz(1UL << 40)": 40,
    "rotate((uchar)0x81, (uchar)1)": 3,
    "rotate((int)0x80000001, 1)": 3,
    "rotate(1u, 32u)": 1,
    "rotate(1UL, 65UL)": 2,
    "mul_hi(0xffffffffu, 2u)": 1,
    "mul_hi((int)-1, 1)": -1,
    "as_int(1.0f)": 0x3F800000,
    "as_uint(-0.0f)": 0x80000000,
    "as_long(2.0)": 0x4000000000000000,
    "as_float(0x40400000) == 3.0f": 1,
    "as_char((uchar)0xff)": -1,
    "as_short((ushort)0xfffe)": -2,
    "(int)(char)0xff": -1,
    "convert_uchar(300)": 44,
    "clamp(5, 0, 3)": 3,
    "clamp(-0.5f, 0.0f, 1.0f) == 0.0f": 1,
    "select(1, 2, 1)": 2,
    "select(1, 2, 0)": 1,
    "sign(-3.0f) == -1.0f": 1,
    "mix(2.0f, 4.0f, 0.5f) == 3.0f": 1,
    "(NAN == NAN) + 0": 0,
    "(INFINITY > 3e38f) + 0": 1,
    "sizeof(long)": 8,
    "sizeof(half)": 2,
    "min(3, -2)": -2,
    "max(3u, 2u)": 3,
}
"""Expressions in OpenCL C, and their values as integers."""


def test_what_functions_mean_to_opencl(device: str) -> None:
    if device == "cpu":
        assert all(value == int(value) for value in MEANINGS.values())
        return
    known = {text: value for text, value in MEANINGS.items() if not text.startswith("ctz")}  # of OpenCL 2.0
    body = " ".join(f"result[{place}] = (long)({text});" for place, text in enumerate(known))
    values = clgrad.opencl_kernel(
        "meanings", body, lambda x: x, ["x"], lambda x: (len(known),), lambda x: (1,), dtype="int64"
    )
    assert dict(zip(known, values(clgrad.zeros(1, device=device)).tolist())) == known


def test_what_functions_mean_to_cuda() -> None:
    """NVRTC computes them while it compiles: the values stand in PTX."""
    writes = " ".join(f"result[{place}] = (long)({text});" for place, text in enumerate(MEANINGS))
    text = compiled(f"{header()}\n__kernel void meanings(__global long* restrict result) {{ {writes} }}", "compute_80")
    constants = dict(re.findall(r"mov\.u64\s+(%rd\d+), (-?\d+);", text))
    stored = re.findall(r"st\.global\.u64\s+\[%rd\d+\+?(\d*)\], (%rd\d+);", text)
    found = {int(place or 0) // 8: int(constants[register]) for place, register in stored}
    assert {text: found[place] for place, text in enumerate(MEANINGS)} == MEANINGS


# -- whole programs on a simulated GPU --------------------------------------------------------------


@pytest.fixture
def gpu() -> Gpu:
    return Gpu()


@pytest.fixture
def simulated(gpu: Gpu) -> Iterator[Any]:
    with gpu.installed() as device:
        yield device


def values(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_its_name_and_its_words(simulated: Any) -> None:
    assert clgrad.device("cuda:pycuda") is clgrad.device("CUDA:PyCUDA") is simulated
    assert repr(simulated) == "clgrad.device('cuda:pycuda')"
    assert simulated.description.startswith("CUDA: Simulated (compute capability 9.0, NVRTC ")
    assert simulated not in clgrad.devices()
    assert all(simulated.supports(dtype) for dtype in DTYPES.values())


def trained(device: Any, jitted: bool) -> list[Any]:
    """Losses and weights of a small classifier."""
    clgrad.manual_seed(0)
    with clgrad.use_device(device):
        model = nn.Sequential(nn.Linear(9, 16), nn.GELU(), nn.LayerNorm(16), nn.Dropout(0.2), nn.Linear(16, 4))
        optimizer = optim.AdamW(model.parameters(), lr=0.01)
        x, target = clgrad.tensor(values(32, 9)), clgrad.tensor(np.arange(32) % 4)

        def step(x: clgrad.Tensor, target: clgrad.Tensor) -> clgrad.Tensor:
            loss = F.cross_entropy(model(x), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        run = clgrad.jit(step) if jitted else step
        losses = [run(x, target).item() for _ in range(6)]
        return [losses, *(one.numpy() for one in model.parameters())]


@pytest.mark.parametrize("jitted", [False, True])
def test_training(simulated: Any, gpu: Gpu, jitted: bool) -> None:
    ours, theirs = trained(simulated, jitted), trained("cpu", jitted)
    assert ours[0][-1] < ours[0][0] and any("together" in name for name in gpu.launches)
    for mine, reference in zip(ours, theirs):
        np.testing.assert_allclose(mine, reference, rtol=1e-5, atol=1e-6)


def test_values_of_many_kinds(simulated: Any) -> None:
    a, b = values(5, 7), values(7, 4, seed=1)
    x, y = clgrad.tensor(a, device=simulated), clgrad.tensor(b, device=simulated)
    picked = clgrad.tensor([4, 0, 0, 2], device=simulated)
    added = np.zeros((5, 7), np.float32)
    np.add.at(added, [4, 0, 0, 2], a[:4])
    cases = [
        (x @ y + y[0], a @ b + b[0]),
        (x.T.flip(0).pad((1, 2)), np.pad(a.T[::-1], ((0, 0), (1, 2)))),
        (x[picked], a[[4, 0, 0, 2]]),
        (clgrad.zeros(5, 7, device=simulated).scatter_rows(picked, x[:4], "add"), added),
        (clgrad.cat([x, x * 2]), np.concatenate([a, a * 2])),
        (x.sort(1).values, np.sort(a, 1)),
        (x.cumsum(0), a.cumsum(0)),
        (x.half().float(), a.astype(np.float16).astype(np.float32)),
        (x.to("complex64") * 1j, a * 1j),
        (x.double().exp(), np.exp(a.astype(np.float64))),
        (reverse(x.reshape(-1)), (a * 2 + np.clip(a, 0, 1)).reshape(-1)[::-1]),
        (clgrad.ones(0, 3, device=simulated).sum(1), np.ones(0)),
    ]
    clgrad.realize(*(ours for ours, _ in cases))
    for number, (ours, theirs) in enumerate(cases):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-5, atol=1e-6, err_msg=f"case {number}")
    assert x.to("cpu").tolist() == clgrad.tensor(a, device="cpu").to(simulated).tolist() == a.tolist()


def test_blocks_are_used_again_while_work_on_them_waits(simulated: Any, gpu: Gpu) -> None:
    """Nothing has run when the first result dies: what takes its block comes later in the stream."""
    x = clgrad.tensor(values(100), device=simulated).realize()
    simulated.synchronize()
    results = []
    for number in range(5):
        once = (x + number).realize()
        results.append((once * 2).realize())
        del once
    assert len(gpu.waiting) >= 10
    for number, result in enumerate(results):
        np.testing.assert_allclose(result.numpy(), (values(100) + number) * 2, rtol=1e-6)


def test_host_data_is_read_as_it_was(simulated: Any) -> None:
    host = np.arange(5, dtype=np.float32)
    x = clgrad.tensor(host, device=simulated).realize()
    host[:] = -1
    assert x.tolist() == [0, 1, 2, 3, 4]


def test_memory(simulated: Any, gpu: Gpu) -> None:
    assert clgrad.memory_stats(simulated)["allocated"] == 0
    x = clgrad.ones(1000, device=simulated).realize() + 1
    x.realize()
    assert clgrad.memory_stats(simulated)["buffers"] == 1 and 4000 <= simulated.allocated <= 6000
    del x
    assert simulated.allocated == 0 and simulated.pooled > 0
    clgrad.empty_cache(simulated)
    assert simulated.pooled == 0
    with pytest.raises(AllocationError, match=r"^\[cuda:pycuda\] 2,147,483,648 bytes could not be allocated \(cuMem"):
        clgrad.ones(2**29, device=simulated).realize()
    assert clgrad.ones(2, device=simulated).tolist() == [1, 1]


def test_a_bad_index_is_found(simulated: Any) -> None:
    x = clgrad.tensor(values(5, 7), device=simulated)
    for bad in (9, -9):
        with pytest.raises(IndexRangeError, match=rf"^\[index, dim 0\] index {bad} is out of range for 5 entries"):
            x[clgrad.tensor([0, bad], device=simulated)].numpy()
    assert x[clgrad.tensor([1], device=simulated)].numpy().tolist() == values(5, 7)[1:2].tolist()


def test_more_groups_than_cuda_allows_along_an_axis(simulated: Any, gpu: Gpu) -> None:
    """They are laid out along the first axis; the launch after it finds its own layout."""
    doubled = clgrad.opencl_kernel(
        "doubled_down",
        "const int i = get_global_id(1); result[i] = x[i] * 2;",
        numpy=lambda x: x * 2,
        operands=["x"],
        shape=lambda x: x,
        global_size=lambda x: (1, *x),
        local_size=(1, 1),
    )
    tall = clgrad.tensor(values(70000), device=simulated)
    np.testing.assert_allclose(doubled(tall).numpy(), values(70000) * 2, rtol=1e-6)
    assert clgrad.ones(2, 2, device=simulated).exp().sum().item() == pytest.approx(4 * np.e)
    assert gpu.layouts and all(max(layout[1:]) > 65535 for layout in gpu.layouts)


def test_how_long_it_takes(simulated: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulated.last_timing().seconds is None
    x = clgrad.ones(7, device=simulated).realize()
    with config.override(DEBUG=2):
        (x * 2).numpy()
        assert simulated.last_timing().seconds == pytest.approx(2e-3), "two pieces of the simulation's clock"
    assert re.search(r"cuda:pycuda map +7", capsys.readouterr().err)


def test_what_runs_can_be_read(simulated: Any, capsys: pytest.CaptureFixture[str]) -> None:
    x = clgrad.tensor(values(7), device=simulated)
    with config.override(DEBUG=4):
        (x * 3).numpy()
    said = capsys.readouterr().err
    assert "OpenCL C as CUDA C++" in said and "get_global_id(0)" in said and ".target sm_90" in said


def test_a_body_that_is_no_c(simulated: Any) -> None:
    wrong = clgrad.opencl_kernel("wrong", "result[0] = nonsense;", np.abs, ["x"], lambda x: x, lambda x: x)
    with pytest.raises(CompileError, match=r"(?s)^\[cuda:pycuda\] a kernel did not build for sm_90.*\"nonsense\""):
        wrong(clgrad.ones(3, device=simulated)).numpy()


def test_programs_are_kept_on_disk(gpu: Gpu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    compile_ = compiler.binary
    monkeypatch.setattr(compiler, "binary", lambda text, *rest: (made.append(text), compile_(text, *rest))[1])
    with config.override(CACHE=1, CACHE_DIR=tmp_path):
        for one in (gpu, Gpu()):
            with one.installed() as device:
                assert (clgrad.tensor([3.0], device=device) * 5).tolist() == [15]
    assert len(made) == 1


def test_other_threads_are_refused(simulated: Any) -> None:
    said: list[str] = []

    def use() -> None:
        with pytest.raises(DeviceError) as refused:
            clgrad.ones(2, device=simulated).numpy()
        said.append(str(refused.value))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert said == ["[cuda:pycuda] works on the main thread only; use device cuda, or cl, in other threads"]


def test_memory_is_shared_with_nobody(simulated: Any) -> None:
    x = clgrad.ones(2, device=simulated)
    assert x.__dlpack_device__() == (2, 0)
    with pytest.raises(BufferError, match=r"can not share memory as device type 2; use \.numpy\(\)"):
        x.__dlpack__()
    assert x.numpy().tolist() == [1, 1]


def test_the_context_opens_late_and_is_left_at_the_end(gpu: Gpu) -> None:
    with gpu.installed() as device:
        assert gpu.contexts == 0
        x = clgrad.ones(2, device=device).realize()
        assert gpu.contexts == 1
        (close,) = gpu.at_exit
        close()
        assert gpu.contexts == 0 and not gpu.waiting
        del x


# -- where something is missing ------------------------------------------------------------------------

MISSING = {
    "pycuda": ("sys.modules['pycuda'] = None", "pycuda can not be imported", "pip install 'clgrad[cuda]'"),
    "NVRTC": (
        "from simulated_cuda import Gpu; sys.modules.update(Gpu().modules()); sys.modules['cuda.bindings'] = None",
        "NVRTC can not be loaded",
        "pip install 'clgrad[cuda]'",
    ),
    "the driver": (
        "from simulated_cuda import Gpu, Error; sys.modules.update(Gpu().modules());"
        " import pycuda.driver\ndef init(): raise Error('cuInit failed')\npycuda.driver.init = init",
        "CUDA does not start (cuInit failed)",
        "install NVIDIA's driver",
    ),
    "a GPU": (
        "from simulated_cuda import Gpu; sys.modules.update(Gpu(count=0).modules())",
        "there is no NVIDIA GPU",
        "look at CUDA_VISIBLE_DEVICES",
    ),
}


def run(code: str) -> str:
    """Run code in a fresh interpreter, with the modules of the tests; give what it printed."""
    code = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_is_said(what: str) -> None:
    prepare, problem, cure = MISSING[what]
    said = run(f"""{prepare}
import clgrad
try:
    clgrad.device("cuda:pycuda")
except clgrad.errors.DeviceError as error:
    print(error)
""")
    assert said.startswith(f"[device] 'cuda:pycuda': {problem}") and cure in said


def test_no_opencl_is_needed() -> None:
    said = run("""sys.modules["pyopencl"] = None
from simulated_cuda import Gpu
import clgrad
with Gpu().installed() as device:
    print((clgrad.ones(2, 2, device=device) @ clgrad.ones(2, 2, device=device) + 1).tolist(), clgrad.devices())
""")
    assert said == "[[3.0, 3.0], [3.0, 3.0]] [clgrad.device('cpu')]\n"
