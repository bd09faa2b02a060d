"""Reductions and scans in the forms for GPUs: awkward sizes in every role, what groups need, what memory they touch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oclgrind import COMMAND, counted, run

import clgrad
from clgrad import Tensor
from clgrad.kernel import Kernel
from clgrad.runtime import pending, trace
from clgrad.schedule import schedule

pytest.importorskip("mako")
from clgrad.cl.caps import Capabilities, play  # needs mako
from clgrad.cl.folds import FoldShape
from clgrad.cl.render import choose, render

SIZES = (1, 2, 31, 32, 33, 127, 128, 129, 1000, 4097)
GPU = Capabilities(
    is_cpu=False,
    compute_units=80,
    vector_width=1,
    group=128,
    has_double=True,
    has_signed_bytes=True,
    inlines=True,
    keeps_signs=True,
    loads_halves=True,
    vector_pointers=False,
    largest_allocation=2**30,
    memory=2**32,
    most_arguments=64,
    local_memory=48 * 2**10,
    most_group=1024,
)
Numpy = np.ndarray[Any, Any]


@pytest.fixture(scope="module", params=["gpu", "minimum,gpu"])
def gpu(request: pytest.FixtureRequest) -> Any:
    """The first OpenCL device, playing a GPU."""
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    device = OpenCLDevice(found[0].handle, 95 + len(request.param))
    capabilities = found[0].capabilities
    for profile in request.param.split(","):
        capabilities = play(profile, capabilities)
    device.capabilities = capabilities
    return device


def whole_numbers(*shape: int) -> Numpy:
    """Whose sums are exact in any order."""
    return np.random.default_rng(0).integers(-8, 9, shape).astype(np.float32)


def softmax(x: Numpy, axis: int) -> Numpy:
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def compare(cases: list[tuple[Tensor, Any]]) -> None:
    """One program with all of them."""
    clgrad.realize(*(ours for ours, _ in cases))
    for number, (ours, theirs) in enumerate(cases):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=2e-5, atol=2e-5, err_msg=f"case {number}")


@pytest.mark.parametrize("n", SIZES)
def test_rows_and_columns(gpu: Any, n: int) -> None:
    cases: list[tuple[Tensor, Any]] = []
    for m in (5, 33):
        rows, columns = whole_numbers(m, n), whole_numbers(n, m)
        x, y = clgrad.tensor(rows, device=gpu), clgrad.tensor(columns, device=gpu)
        cases += [(x.sum(1), rows.sum(1)), (x.amax(1), rows.max(1)), (x.argmin(1), rows.argmin(1))]
        cases += [(y.sum(0), columns.sum(0)), (y.amin(0), columns.min(0)), (y.argmax(0), columns.argmax(0))]
    cases += [(x.softmax(1), softmax(rows, 1)), (y.softmax(0), softmax(columns, 0)), (x.sum(), rows.sum())]
    cases += [(y.var(0, correction=0), columns.var(0, dtype=np.float64)), (x[:, ::2].sum(0), rows[:, ::2].sum(0))]
    compare(cases)


def test_several_axes_and_none(gpu: Any) -> None:
    a = whole_numbers(3, 33, 4, 7)
    x = clgrad.tensor(a, device=gpu)
    axes: list[tuple[int, ...]] = [(0,), (1,), (2,), (0, 2), (1, 3), (0, 1), (2, 3), (0, 2, 3), (0, 1, 2, 3)]
    cases: list[tuple[Tensor, Any]] = [(x.sum(one), a.sum(one)) for one in axes]
    cases += [(x.transpose(0, 3).amax(one), a.swapaxes(0, 3).max(one)) for one in axes]
    cases += [(x.pad((1, 2, 0, 3)).amin((0, 3)), np.pad(a, ((0, 0), (0, 0), (0, 3), (1, 2))).min((0, 3)))]
    cases += [(x[:0].sum(0), a[:0].sum(0)), (x[:, :0].prod(1), a[:, :0].prod(1)), (x[:0].sum(1), a[:0].sum(1))]
    compare(cases)


def test_what_is_folded_may_be_a_constant(gpu: Any) -> None:
    """A sum of nothing beside rows, of which the second gradient has no fold left, and needs no local memory."""
    x = clgrad.tensor(whole_numbers(8, 6), device=gpu, requires_grad=True)
    y = x[0:0].sum() + x[1] * x[2] * x[3]
    (first,) = clgrad.autograd.grad((y**2).sum(), [x], create_graph=True)
    assert first is not None
    (second,) = clgrad.autograd.grad((first * first).sum(), [x])
    assert second is not None
    a, b, c = whole_numbers(8, 6)[1:4].astype(np.float64)
    # Of the squares of 2 a (b c)^2, 2 b (a c)^2 and 2 c (a b)^2.
    wanted = 8 * a * b**4 * c**4 + 16 * a**3 * b**2 * c**4 + 16 * a**3 * b**4 * c**2
    np.testing.assert_allclose(second.numpy()[1], wanted, rtol=1e-5)


def test_dtypes(gpu: Any) -> None:
    a = np.random.default_rng(0).integers(0, 5, (33, 70))
    z = a + 1j * a[::-1]
    cases: list[tuple[Tensor, Any]] = []
    for name in ("float16", "bfloat16", "uint8", "int16", "int64", "bool"):
        x = clgrad.tensor(a, device=gpu).to(getattr(clgrad, name)).realize()
        b = a.astype(bool) if name == "bool" else a
        for dim in (0, 1):
            cases += [(x.sum(dim).to(clgrad.float32), b.sum(dim)), (x.amax(dim).to(clgrad.float32), b.max(dim))]
            cases += [(x.cumsum(dim).to(clgrad.float32), b.cumsum(dim))]
    w = clgrad.tensor(z, dtype=clgrad.complex64, device=gpu)
    compare([*cases, (w.sum(0), z.sum(0)), (w.sum(1), z.sum(1)), (w.cumsum(1), z.cumsum(1)), (w.mean(), z.mean())])


def test_nan_wins(gpu: Any) -> None:
    cases: list[tuple[Tensor, Any]] = []
    for place in (0, 31, 129, 4096):
        a = np.zeros((3, 4097), np.float32)
        a[1, place] = np.nan
        x, y = clgrad.tensor(a, device=gpu), clgrad.tensor(a.T.copy(), device=gpu)
        for one, dim in ((x, 1), (y, 0)):
            cases += [(one.amax(dim), a.max(1)), (one.amin(dim), a.min(1)), (one.sum(dim), a.sum(1))]
        cases += [(x.cummax(1).values, np.maximum.accumulate(a, 1)), (x.scan(1, "min"), np.minimum.accumulate(a, 1))]
    compare(cases)


@pytest.mark.parametrize("shape", [(3, 5), (33, 70), (129, 31)])
@pytest.mark.parametrize("axis", [0, 1])
def test_updates_in_place(gpu: Any, shape: tuple[int, int], axis: int) -> None:
    """Values of rows and of elements that depend on their own old value."""
    a, b = whole_numbers(*shape), whole_numbers(*shape)[:, ::-1].copy()
    x, y = clgrad.tensor(a, device=gpu), clgrad.tensor(b, device=gpu)
    mean = clgrad.zeros(shape[1 - axis], device=gpu).realize()
    expected = mean.numpy()

    @clgrad.jit
    def step() -> None:
        x.sub_(x.mean(axis, keepdim=True))
        mean.mul_(0.5).add_(y.sum(axis))
        y.add_(y.cumsum(axis) * 0.5)

    for _ in range(3):
        step()
        a = a - a.mean(axis, keepdims=True)
        expected = expected * 0.5 + b.sum(axis)
        b = b + b.cumsum(axis) * 0.5
    np.testing.assert_allclose(x.numpy(), a, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(mean.numpy(), expected, rtol=1e-3)
    np.testing.assert_allclose(y.numpy(), b, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("n", SIZES)
def test_scans(gpu: Any, n: int) -> None:
    cases: list[tuple[Tensor, Any]] = []
    for m in (1, 33):
        rows, columns = whole_numbers(m, n), whole_numbers(n, m)
        x, y = clgrad.tensor(rows, device=gpu), clgrad.tensor(columns, device=gpu)
        cases += [(x.cumsum(1), rows.cumsum(1)), (x.scan(1, "add", True), rows[:, ::-1].cumsum(1)[:, ::-1])]
        cases += [(y.cumsum(0), columns.cumsum(0)), (y.cummax(0).values, np.maximum.accumulate(columns, 0))]
        ones = 1 + rows / 4096
        cases += [(clgrad.tensor(ones, device=gpu).cumprod(1), ones.astype(np.float64).cumprod(1))]
        line = np.zeros(m)
        for place in range(n):
            line = line * 0.5 + rows[:, place]
        half = clgrad.full((m, n), 0.5, device=gpu)
        cases += [(x.recurrence(half, 1)[:, -1], line)]
    cases += [((x * 2).cumsum(1) + x, 2 * rows.cumsum(1) + rows)]
    if gpu.capabilities.has_double:
        cases += [(x.logcumsumexp(1), np.logaddexp.accumulate(rows.astype(np.float64), 1))]
    compare(cases)


# -- what groups need -----------------------------------------------------------------------------


def kernels_of(tensor: Tensor) -> list[Kernel]:
    """The kernels of a plan that is not run."""
    return [step.kernel for step in schedule(*pending([tensor.node])).steps if step.kernel is not None]


def stored(*shape: int) -> Tensor:
    """A stored value: its elements do not matter."""
    return clgrad.zeros(*shape, device="cpu").realize()


FORMS: dict[str, tuple[Callable[[], Tensor], tuple[bool, int, int]]] = {
    "rows of a few": (lambda: stored(1000, 3).sum(1), (False, 128, 1)),
    "short rows": (lambda: stored(1000, 10).sum(1), (False, 32, 4)),
    "rows": (lambda: stored(1000, 1000).sum(1), (False, 1, 128)),
    "few rows": (lambda: stored(9, 8000).sum(1), (False, 1, 256)),
    "columns": (lambda: stored(100, 10000).sum(0), (True, 32, 4)),
    "few columns": (lambda: stored(1000, 70).sum(0), (True, 32, 16)),
    "three columns": (lambda: stored(1000, 3).sum(0), (True, 4, 32)),
    "columns of a few": (lambda: stored(3, 1000).sum(0), (True, 128, 1)),
    "axes around another": (lambda: stored(16, 64, 49).sum((0, 2)), (False, 1, 128)),
    "every second column": (lambda: stored(300, 2000)[:, ::2].sum(0), (True, 32, 16)),
}
"""Whether neighbours hold neighbouring rows, rows of a group, and work-items of a row."""


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    build, expected = FORMS[name]
    (kernel,) = kernels_of(build())
    shape = choose(kernel, GPU)
    assert isinstance(shape, FoldShape)
    assert (shape.is_across, shape.side, shape.walkers) == expected


def test_groups_stay_within_a_device() -> None:
    """Many reductions of one kernel share the local memory; groups become smaller."""
    x = stored(9, 5000)
    (kernel,) = kernels_of(clgrad.stack([(x * number).amax(1) for number in range(12)]).sum(0))[:1]
    kernels = [kernel, *(one for name in FORMS for one in kernels_of(FORMS[name][0]()))]
    kernels += [one for scan in ("cumsum", "cumprod") for one in kernels_of(getattr(stored(70, 3000), scan)(1))]
    for least in (GPU, play("minimum", GPU), replace(GPU, local_memory=1024, most_group=48), replace(GPU, group=1)):
        for kernel in kernels:
            shape = choose(kernel, least)
            text = render(kernel, least).entry
            shared = 0
            for kind, arrays in re.findall(r"__local (\w+) ([^;]+);", text):
                shared += {"float": 4, "double": 8}[kind] * sum(map(int, re.findall(r"\[(\d+)\]", arrays)))
            assert shared <= least.local_memory
            assert np.prod(shape.local_size) <= least.most_group
            assert all(size % local == 0 for size, local in zip(shape.global_size, shape.local_size))


LOOP = re.compile(r"for \((int|long) (\w+) = \d+; \2 [<>] \d+; \2 .= \d+\)$")
"""A loop from and to what all work-items of a group know."""
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.gpu.cl"))


@pytest.mark.parametrize("path", [one for one in GOLDEN if one.name.startswith(("reduce", "rows", "scan"))], ids=str)
def test_no_barrier_in_divergent_flow(path: Path) -> None:
    """Around a barrier there are only loops that all go through alike, and nobody has left."""
    text = path.read_text(encoding="utf-8").split("__kernel", 1)[1]
    assert "barrier(" in text or "get_global_id(0)" in text
    opened: list[str] = []
    statement = ""
    for mark in re.split(r"([{};])", text):
        if mark == "{":
            opened.append(statement.strip())
        elif mark == "}":
            opened.pop()
        elif mark == ";" and statement.strip().startswith("barrier("):
            for around in opened[1:]:
                assert around == "" or LOOP.match(around), around
        elif mark == ";" and statement.strip().endswith("return"):
            assert "barrier(" not in text
        statement = "" if mark in "{};" and not _in_a_head(statement, mark) else statement + mark
    assert not opened


def _in_a_head(statement: str, mark: str) -> bool:
    return mark == ";" and statement.count("(") > statement.count(")")


# -- few long rows --------------------------------------------------------------------------------


@pytest.fixture
def large(gpu: Any) -> Any:
    """The same device, as if it had many units."""
    own = gpu.capabilities
    gpu.capabilities = replace(own, compute_units=80)
    yield gpu
    gpu.capabilities = own


def groups(kernel: Kernel, capabilities: Capabilities) -> int:
    shape = choose(kernel, capabilities)
    return int(np.prod(shape.global_size) // np.prod(shape.local_size))


LONG: dict[str, tuple[tuple[int, ...], int, Callable[[Tensor], Tensor], Callable[[Numpy], Any]]] = {
    "sum": ((1 << 20,), 1, lambda x: x.sum(), lambda x: x.sum()),
    "mean of a prime number": ((1048583,), 1, lambda x: (x * 2).mean(), lambda x: 2 * x.mean(dtype=np.float64)),
    "largest of a prime number": ((1048583,), 1, lambda x: x.amax(), lambda x: x.max()),
    "norm": ((1 << 20,), 1, lambda x: x.norm(), lambda x: np.sqrt(np.square(x).sum(dtype=np.float64))),
    "argmax": ((1 << 20,), 2, lambda x: x.argmax(), lambda x: x.argmax()),
    "variance": ((1 << 20,), 2, lambda x: x.var(), lambda x: x.var(dtype=np.float64, ddof=1)),
    "a few rows": ((9, 100003), 1, lambda x: x.sum(1), lambda x: x.sum(1)),
    "a few columns": ((100003, 9), 1, lambda x: x.sum(0), lambda x: x.sum(0)),
    "columns": ((20000, 70), 1, lambda x: x.sum(0), lambda x: x.sum(0)),
    "cumsum": ((1 << 20,), 2, lambda x: x.cumsum(0), lambda x: x.cumsum()),
    "cumsum of columns": ((1 << 16, 40), 2, lambda x: x.cumsum(0), lambda x: x.cumsum(0)),
}
"""A shape, how many kernels read it, and what is asked of it."""


@pytest.mark.parametrize("name", LONG)
def test_few_long_rows_fill_the_device(large: Any, name: str) -> None:
    """In pieces and without atomics, so every run finds the same bits."""
    shape, reading, build, numpy = LONG[name]
    a = whole_numbers(*shape)
    x = clgrad.tensor(a, device=large)
    with trace() as seen:
        found = build(x).realize()
    np.testing.assert_allclose(found.numpy(), numpy(a), rtol=1e-5)
    np.testing.assert_array_equal(build(clgrad.tensor(a, device=large)).numpy(), found.numpy())
    wide = [kernel for kernel in seen.kernels if np.prod(kernel.shape) > a.size // 2]
    assert len(wide) == reading
    assert all(groups(kernel, large.capabilities) >= 80 for kernel in wide)


# -- memory, as counted by a simulator -------------------------------------------------------------

COUNTED: dict[str, tuple[int, int, str]] = {
    "rows": (33 * 70, 33, "x(33, 70).sum(1)"),
    "rows that are long": (3 * 4097, 3, "x(3, 4097).amax(1)"),
    "columns": (130 * 70, 70, "x(130, 70).sum(0)"),
    "columns of a few": (3 * 257, 257, "x(3, 257).amin(0)"),
    "axes around another": (5 * 7 * 9, 7, "x(5, 7, 9).sum((0, 2))"),
    "softmax: three passes": (3 * 33 * 129, 33 * 129, "x(33, 129).softmax(1)"),
    "softmax of columns": (3 * 129 * 33, 129 * 33, "x(129, 33).softmax(0)"),
    "scan of rows": (9 * 1001, 9 * 1001, "x(9, 1001).cumsum(1)"),
    "scan of columns": (33 * 70, 33 * 70, "x(33, 70).cumsum(0)"),
    "a product of rows": (70 * 33, 70 * 33, "x(70, 33).cumprod(1)"),
}
"""Elements that are read and written: those of a tensor once for each pass, and each result once."""


@pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")
def test_memory_is_touched_as_predicted(tmp_path: Path) -> None:
    cases = ", ".join(text for _, _, text in COUNTED.values())
    launches = counted(
        f"""
import json
from clgrad.cl.render import choose
from clgrad.runtime import trace
def x(*shape): return clgrad.tensor(np.ones(shape, np.float32), device=device)
with trace() as seen:
    for one in ({cases}): one.realize()
predicted = [choose(kernel, device.capabilities).traffic for kernel in seen.kernels]
open({str(tmp_path / "predicted")!r}, "w").write(json.dumps(predicted))
"""
    )
    predicted = json.loads((tmp_path / "predicted").read_text(encoding="utf-8"))
    found = [[one.nbytes[f"{way} global"] // 4 for way in ("load", "store")] for one in launches]
    assert found == predicted == [[read, written] for read, written, _ in COUNTED.values()]


@pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")
@pytest.mark.parametrize("form", ["gpu", "minimum"])
def test_no_race_and_nothing_unwritten(form: str) -> None:
    """Sizes beside those of groups, in place too; the simulator's reports are empty."""
    program = f"""
import clgrad, numpy as np
from oclgrind import simulated
device = simulated({form!r})
def x(*shape): return clgrad.tensor(np.arange(np.prod(shape)).reshape(shape) % 7, dtype="float32", device=device)
mean = x(33).realize()
asked = [mean.copy_(mean * 0.5 + x(129, 33).mean(0))]
for n in (1, 2, 31, 33, 129):
    for m in (3, 33):
        asked += [x(m, n).sum(1), x(n, m).amax(0), x(m, n).softmax(1), x(n, m).var(0), x(m, n).argmin(1)]
        asked += [x(m, n).cumsum(1), x(n, m).cummax(0).values, x(m, n).cumprod(1), x(m, n).recurrence(x(m, n), 1)]
clgrad.realize(*asked)
assert np.array_equal(asked[1].numpy(), x(3, 1).numpy().sum(1))
"""
    assert run(["-c", program], form).reports == ""
