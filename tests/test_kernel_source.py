"""The OpenCL text of one kernel of each kind, and the form for GPUs, run on the CPU.

After a change that is meant to change the text: ``python tests/test_kernel_source.py`` writes the files in
``golden`` anew; read their diff before you commit it.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor
from clgrad.kernel import Kernel
from clgrad.nn import functional as F
from clgrad.ops import anchors, attention, orders
from clgrad.runtime import pending, trace
from clgrad.schedule import schedule

pytest.importorskip("mako")
from clgrad.cl import writer  # needs mako
from clgrad.cl.caps import Capabilities
from clgrad.cl.quirks import concerns
from clgrad.cl.render import Rendered, program_text, render

GOLDEN = Path(__file__).parent / "golden"

CPU = Capabilities(
    is_cpu=True,
    compute_units=4,
    vector_width=8,
    group=1,
    has_double=True,
    has_signed_bytes=True,
    inlines=True,
    keeps_signs=True,
    loads_halves=False,
    vector_pointers=True,
    largest_allocation=2**30,
    memory=2**32,
    most_arguments=64,
    local_memory=32 * 2**10,
    most_group=1024,
)
FORMS = {
    "cpu8": CPU,
    "cpu16": replace(CPU, vector_width=16),
    "gpu": replace(
        CPU, is_cpu=False, compute_units=80, vector_width=1, group=128, vector_pointers=False, loads_halves=True
    ),
}


def zeros(*shape: int, dtype: Any = None) -> Tensor:
    """A stored value: its elements do not matter for the text."""
    return clgrad.zeros(shape, dtype=dtype, device="cpu").realize()


def pairs(*shape: int) -> Tensor:
    return zeros(*shape, dtype="uint64")


def places(*shape: int) -> Tensor:
    return zeros(*shape, dtype="int64")


def attended(*operands: Tensor) -> Tensor:
    op = attention.attention if len(operands) < 5 else attention.attention_gradient
    return operands[0]._apply(op, operands, 0.25, True, 0, ("kept",) if len(operands) in (4, 6) else ())


CASES: dict[str, tuple[str, Callable[[], Tensor]]] = {
    "map": ("map", lambda: (zeros(6, 50).T * 2 + zeros(50, 1)).exp().pad((1, 0))),
    "map_halves": ("map", lambda: (zeros(3, 50, dtype="bfloat16").T * 0.1).half()),
    "map_spread": ("map", lambda: zeros(6, 20).unsqueeze(-1).expand(6, 20, 2) * zeros(6, 20, 2)),
    "complex": ("map", lambda: zeros(6, 50, dtype=complex) * zeros(50, dtype=complex) + zeros(6, 50)),
    "gather": ("gather", lambda: zeros(100, 20)[zeros(7, dtype="int64")] * 0.5),
    "reduce_rows": ("reduce", lambda: (zeros(33, 70) * 2).sum(1).sqrt()),
    "reduce_columns": ("reduce", lambda: (zeros(33, 70) * 2).amax(0)),
    "reduce_windows": ("reduce", lambda: zeros(6, 80).window((1,), (2,), (2,), (1,)).amax(-1)),
    "rows_softmax": ("rows", lambda: zeros(33, 70).softmax(1)),
    "matmul_tile": ("matmul", lambda: (zeros(30, 17) @ zeros(17, 50) + zeros(50)).relu()),
    "matmul_finished": ("matmul", lambda: (zeros(30, 17) @ zeros(17, 50)).tanh()),
    "matmul_dot": ("matmul", lambda: zeros(30, 35) @ zeros(50, 35).T),
    "matmul_thin": ("matmul", lambda: (zeros(3, 70) @ zeros(70, 50)).relu()),
    "convolution_flat": (
        "convolution",
        lambda: (F.conv2d(zeros(2, 3, 20, 35), zeros(5, 3, 3, 3)) + zeros(5, 1, 1)).relu(),
    ),
    "convolution_steps": ("convolution", lambda: F.conv2d(zeros(2, 3, 9, 99), zeros(5, 3, 3, 3), stride=2)),
    "convolution_taps": ("convolution", lambda: F.conv2d(zeros(2, 3, 20, 35), zeros(5, 3, 18, 33))),
    "convolution_packed": ("convolution", lambda: F.conv2d(zeros(5, 20, 4, 5), zeros(30, 20, 3, 3))),
    "convolution_outputs": (
        "convolution",
        lambda: (F.conv2d(zeros(5, 20, 7, 9), zeros(35, 20, 3, 3)) + zeros(35, 1, 1)).relu(),
    ),
    "convolution_combined": (
        "convolution",
        lambda: (F.conv2d(zeros(5, 20, 9, 16), zeros(35, 20, 3, 3)) + zeros(35, 1, 1)).relu(),
    ),
    "attention": ("attention", lambda: attended(zeros(2, 2, 9, 20), zeros(2, 1, 30, 20), zeros(2, 1, 30, 16))),
    "attention_masked": (
        "attention_means",
        lambda: zeros(2, 2, 1, 20)._apply(
            attention.attention_means,
            (zeros(2, 2, 1, 20), *(zeros(2, 1, 300, 20),) * 2, zeros(2, 2, 1, 300)),
            0.25,
            False,
            0,
            ("mask",),
        ),
    ),
    "attention_gradient": (
        "attention_gradient",
        lambda: attended(
            *(zeros(2, 2, 9 * 17) for _ in range(2)), zeros(2, 2, 9, 20), zeros(2, 1, 30, 20), zeros(2, 1, 30, 16)
        ),
    ),
    "attention_dropped": (
        "attention",
        lambda: attended(*(zeros(2, 2, size, 16) for size in (9, 30, 30)), zeros(2, 2, 9, 30)),
    ),
    "attention_gradient_dropped": (
        "attention_gradient",
        lambda: attended(
            *(zeros(2, 2, 9 * 17) for _ in range(2)),
            *(zeros(2, 2, size, 16) for size in (9, 30, 30)),
            zeros(2, 2, 9, 30),
        ),
    ),
    "reduce_long_rows": ("reduce", lambda: zeros(9, 9000).sum(1)),
    "reduce_long_columns": ("reduce", lambda: zeros(130, 70).sum(0)),
    "scan_rows": ("scan", lambda: (zeros(33, 70) * 2).cumsum(1) + 1),
    "scan_columns": ("scan", lambda: zeros(33, 70).scan(0, "max", True)),
    "scatter": (
        "scatter",
        lambda: zeros(9, 5).scatter_rows(zeros(7, dtype="int64"), zeros(7, 5), "add"),
    ),
    "scatter_ranges": (
        "scatter",
        lambda: zeros(900, 7).scatter_rows(zeros(5, 70, dtype="int64"), zeros(5, 70, 7), "max"),
    ),
    "scatter_sorted": (
        "scatter_sorted",
        lambda: zeros(900, 7).scatter_rows(places(5, 70), zeros(5, 70, 7), "add", (places(350), places(901))),
    ),
    "cat": ("cat", lambda: clgrad.cat([zeros(6, 50) * 2, zeros(9, 50), zeros(9, 50)]).relu()),
    "cat_of_one_space": ("cat", lambda: (lambda x: clgrad.stack([x * 2, x + 1, x], 1).relu())(zeros(9, 50))),
    "weave": ("cat", lambda: (lambda x: x._apply(anchors.weave, (x[1:], x[:3] * 2), (0,), (2,)))(zeros(4, 50))),
    "sort_inserted": ("sort_runs", lambda: pairs(99, 20)._apply(orders.sort_runs, (pairs(99, 20),), 20)),
    "sort_digits": ("sort_runs", lambda: pairs(3, 500)._apply(orders.sort_runs, (pairs(3, 500) * 2,), 250)),
    "merge": ("merge_runs", lambda: pairs(3, 500)._apply(orders.merge_runs, (pairs(3, 500),), 250)),
    "top": ("top_runs", lambda: pairs(3, 500)._apply(orders.top_runs, (pairs(3, 500),), 500, 10)),
    "place": ("place", lambda: zeros(70)._apply(orders.place, (zeros(70), zeros(70, dtype="int64") - 1), 60)),
    "search": ("search", lambda: zeros(3, 70)._apply(orders.search, (zeros(3, 70), zeros(3, 90) * 2), False)),
    "tally": ("tally", lambda: zeros(3, 70)._apply(orders.tally, (zeros(3, 70), zeros(3, 70, dtype="int64")), 9)),
}


def kernel_of(case: str) -> Kernel:
    kind, build = CASES[case]
    plan = schedule(*pending([build().node]))
    (kernel,) = [step.kernel for step in plan.steps if step.kernel is not None]
    assert kernel.kind == kind, f"{case} became a {kernel}"
    return kernel


@contextmanager
def fresh_sites() -> Iterator[None]:
    """Places that check indices are numbered in the order they are met: here from 1."""
    before, writer._sites = writer._sites, {}
    try:
        yield
    finally:
        writer._sites = before


def text_of(case: str, form: str) -> str:
    with fresh_sites():
        rendered = render(kernel_of(case), FORMS[form])
    return described(rendered)


def described(rendered: Rendered) -> str:
    """The text, and how it is launched. The name holds a digest of the text and would say nothing new."""
    sizes = f"// global {rendered.global_size}, local {rendered.local_size}\n"
    texts = [*(f"{helper}\n" for helper in rendered.helpers), *rendered.items, rendered.entry]
    return sizes + "".join(texts).replace(rendered.name, "NAME")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_source(case: str, form: str) -> None:
    path = GOLDEN / f"{case}.{form}.cl"
    expected, found = path.read_text(encoding="utf-8"), text_of(case, form)
    if expected != found:
        lines = difflib.unified_diff(
            expected.splitlines(), found.splitlines(), f"golden/{path.name}", "now", lineterm="", n=1
        )
        pytest.fail("\n".join([*lines, "", "if this is meant: python tests/test_kernel_source.py"]), pytrace=False)


def test_golden_holds_nothing_else() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{case}.{form}.cl" for case in CASES for form in FORMS}


def test_equal_kernels_have_equal_text_and_others_another_name() -> None:
    with fresh_sites():
        names = {case: render(kernel_of(case), CPU).name for case in CASES}
    with fresh_sites():
        again = {case: render(kernel_of(case), CPU).name for case in CASES}
    assert names == again and len(set(names.values())) == len(CASES)
    assert all(name.startswith("clgrad_") for name in names.values())


def test_a_buffer_of_more_than_32_bit_elements_has_wide_indices() -> None:
    """Nothing of that size is made: only its kernel is planned."""
    x = clgrad.zeros(1, device="cpu").realize().expand(2**31 + 8)
    plan = schedule(*pending([(x + 1).node]))
    (step,) = plan.steps
    assert step.kernel is not None
    (text,) = render(step.kernel, CPU).items
    assert "const long first = (long)id0" in text
    assert "const int" not in text


# The form for GPUs, on a CPU: groups, barriers and local memory give the same numbers


def _devices() -> list[Any]:
    return [one for one in clgrad.devices() if one.name != "cpu"]


@pytest.fixture(scope="module", params=[1, 4, 8], ids=lambda group: f"group{group}")
def gpu(request: pytest.FixtureRequest) -> Any:
    """The first OpenCL device, treated as a GPU with groups of a few work-items."""
    found = _devices()
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    device = OpenCLDevice(found[0].handle, 90 + request.param)
    device.capabilities = replace(
        found[0].capabilities, is_cpu=False, group=request.param, vector_width=1, vector_pointers=False
    )
    return device


def values(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def softmax(x: Any, axis: int) -> Any:
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def test_functions_stay_where_inlining_takes_for_ever() -> None:
    handle = SimpleNamespace(platform=SimpleNamespace(name="Intel(R) OpenCL"), name="a CPU", driver_version="", type=2)
    assert concerns(handle, "inlining takes for ever")
    for inlines, quickly in ((True, False), (True, True), (False, False)):
        text = program_text([], replace(CPU, inlines=inlines), quickly)
        assert ("noinline" in text) is (quickly or not inlines)


def test_the_form_for_gpus_gives_the_same_values(gpu: Any) -> None:
    """One program with all of them: their build time is mostly fixed cost."""
    a, b, w = values(5, 7), values(7, 19, seed=1), values(3, 11, 7, seed=2)
    long, wide = values(3, 1000, seed=3), values(50, 33, seed=4)
    index = np.array([4, 0, 0, 2])
    x, y, z, row, columns = (clgrad.tensor(one, device=gpu) for one in (a, b, w, long, wide))
    picked = clgrad.tensor(index, device=gpu)
    scattered = np.zeros((5, 7), np.float32)
    np.add.at(scattered, index, a[:4])
    places = np.random.default_rng(5).integers(0, 300, 500)
    far, tall = clgrad.tensor(places, device=gpu), clgrad.tensor(values(500, 7, seed=6), device=gpu)
    spread, spread_flat = np.zeros((300, 7), np.float32), np.zeros(2100, np.float32)
    np.add.at(spread, places, values(500, 7, seed=6))
    np.add.at(spread_flat, places * 7 + 3, values(500, 7, seed=6)[:, 3])
    normal = (long - long.mean(1, keepdims=True)) / np.sqrt(long.var(1, keepdims=True) + 1e-5)
    cases: list[tuple[Tensor, Any]] = [
        (x.exp() * 2 + 1, np.exp(a) * 2 + 1),
        (x.T.flip(0).pad((1, 2)) - 1, np.pad(a.T[::-1], ((0, 0), (1, 2))) - 1),
        (x.sum(1), a.sum(1)),
        (x.sum(0), a.sum(0)),
        (x.sum(), a.sum()),
        (row.sum(1), long.sum(1)),
        (row.amax(1), long.max(1)),
        (row.argmax(1), long.argmax(1)),
        (row.argmin(), long.argmin()),
        (columns.amin(0), wide.min(0)),
        (columns.var(0), wide.var(0, ddof=1)),
        (z.sum((0, 2)), w.sum((0, 2))),
        (z.sum((1, 2)), w.sum((1, 2))),
        (row.softmax(1), softmax(long, 1)),
        (columns.softmax(0), softmax(wide, 0)),
        (F.layer_norm(row, (1000,)), normal),
        (x @ y, a @ b),
        ((x @ y[:, :1]).relu(), np.maximum(a @ b[:, :1], 0)),
        ((z @ y + y[0]).tanh(), np.tanh(w @ b + b[0])),
        (z @ z.mT, w @ w.swapaxes(1, 2)),
        (columns @ columns.T, wide @ wide.T),
        (columns.T @ columns, wide.T @ wide),
        (x[picked] * 2, a[index] * 2),
        (x[:, picked], a[:, index]),
        (clgrad.zeros(5, 7, device=gpu).scatter_rows(picked, x[:4], "add"), scattered),
        (clgrad.zeros(300, 7, device=gpu).scatter_rows(far, tall, "add"), spread),
        (clgrad.zeros(2100, device=gpu).scatter_rows(far * 7 + 3, tall[:, 3], "add"), spread_flat),
        (x.logsumexp(1), np.log(np.exp(a).sum(1))),
        (clgrad.cat([x, x * 2], 1), np.concatenate([a, a * 2], 1)),
        (clgrad.cat([x, x[:, :3] * 2, x[:, :1]], 1).exp(), np.exp(np.concatenate([a, a[:, :3] * 2, a[:, :1]], 1))),
        (clgrad.stack([columns] * 40), np.stack([wide] * 40)),
    ]
    with trace() as seen:
        clgrad.realize(*(ours for ours, _ in cases))
    assert {"map", "gather", "reduce", "rows", "matmul", "scatter", "cat"} <= {kernel.kind for kernel in seen.kernels}
    for number, (ours, theirs) in enumerate(cases):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=2e-5, atol=2e-5, err_msg=f"case {number}")


def test_what_orders_and_counts_in_the_form_for_gpus(gpu: Any) -> None:
    tied, long = np.random.default_rng(7).integers(-9, 9, (3, 301)), values(2, 999, seed=8)
    x, y = clgrad.tensor(tied, device=gpu), clgrad.tensor(long, device=gpu)
    cases: list[tuple[Tensor, Any]] = [
        (x.argsort(1), tied.argsort(1, kind="stable")),
        (y.sort(1).values, np.sort(long, 1)),
        (y.topk(3).values, -np.sort(-long, 1)[:, :3]),
        (y.topk(1).values, long.max(1, keepdims=True)),
        (y.median(), np.sort(long.reshape(-1))[998]),
        (clgrad.searchsorted(y.sort(1).values, y), long.argsort(1).argsort(1)),
        (x.mode(1).values, np.array([np.bincount(row + 9).argmax() - 9 for row in tied])),
        (x.nonzero(), np.argwhere(tied)),
        (x.unique(), np.unique(tied)),
        ((x + 9).reshape(-1).bincount(), np.bincount(tied.reshape(-1) + 9)),
    ]
    with trace() as seen:
        clgrad.realize(*(ours for ours, _ in cases))
    assert {"sort_runs", "merge_runs", "top_runs", "search"} <= {kernel.kind for kernel in seen.kernels}
    for number, (ours, theirs) in enumerate(cases):
        np.testing.assert_array_equal(ours.numpy(), theirs, err_msg=f"case {number}")


def test_complex_numbers_in_the_form_for_gpus(gpu: Any) -> None:
    x, y = values(2, 5, 7), values(2, 7, 4, seed=1)
    z, w = x[0] + 1j * x[1], y[0] + 1j * y[1]
    a, b = clgrad.tensor(z, device=gpu), clgrad.tensor(w, device=gpu)
    index = np.array([4, 0, 0, 2])
    written = z.copy()
    written[index] = 2j
    cases: list[tuple[Tensor, Any]] = [
        (a * a - 2j, z * z - 2j),
        (1 / a.T.flip(0), 1 / z.T[::-1]),
        (a.exp().abs(), np.abs(np.exp(z))),
        (a.sum(1), z.sum(1)),
        (a @ b, z @ w),
        (a[clgrad.tensor(index, device=gpu)], z[index]),
        (a.scatter_rows(clgrad.tensor(index, device=gpu), a[:4] * 0 + 2j, "set"), written),
        (a.pad((1, 2)), np.pad(z, ((0, 0), (1, 2)))),
        (clgrad.fft.fft(a), np.fft.fft(z)),
        (clgrad.fft.irfft(b, 8, 0), np.fft.irfft(w, 8, 0)),
    ]
    clgrad.realize(*(ours for ours, _ in cases))
    for number, (ours, theirs) in enumerate(cases):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=2e-5, atol=2e-5, err_msg=f"case {number}")


def test_a_step_of_training_in_the_form_for_gpus(gpu: Any) -> None:
    x, w, v = values(6, 9), values(9, 8, seed=1), values(8, 4, seed=2)
    target = np.array([0, 3, 1, 1, 2, 0])
    results = []
    for device in (gpu, clgrad.device("cpu")):
        first = clgrad.tensor(w, device=device, requires_grad=True)
        second = clgrad.tensor(v, device=device, requires_grad=True)
        logits = (clgrad.tensor(x, device=device) @ first).relu() @ second
        loss = F.cross_entropy(logits, clgrad.tensor(target, device=device))
        loss.backward()
        assert first.grad is not None and second.grad is not None
        results.append([loss.item(), first.grad.numpy(), second.grad.numpy()])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_bad_index_is_found_in_the_form_for_gpus(gpu: Any) -> None:
    x = clgrad.tensor(values(5, 7), device=gpu)
    with pytest.raises(clgrad.errors.IndexRangeError, match=r"^\[index, dim 0\] index 5 is out of range"):
        x[clgrad.tensor([0, 5], device=gpu)].numpy()
    assert math.isclose(x.sum().item(), float(values(5, 7).sum()), rel_tol=1e-4)


def renew() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.cl"):
        path.unlink()
    for case in CASES:
        for form in FORMS:
            (GOLDEN / f"{case}.{form}.cl").write_text(text_of(case, form), encoding="utf-8")


if __name__ == "__main__":
    renew()
