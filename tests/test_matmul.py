"""Products of matrices: every form, at sizes that fill no tile, against numpy in float64."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad.assemble import Step
from clgrad.cl.caps import Capabilities
from clgrad.cl.products import MatmulShape
from clgrad.kernel import Kernel
from clgrad.memory import update_in_place
from clgrad.runtime import pending, trace
from clgrad.schedule import schedule

Numpy = np.ndarray[Any, Any]

SIZES = [
    (1, 1, 1), (1, 7, 1), (3, 5, 2), (7, 37, 5), (32, 10, 64), (32, 64, 10), (10, 32, 256), (1, 300, 256),
    (300, 256, 1), (2, 33, 65), (5, 40, 33), (13, 17, 48), (33, 100, 100), (50, 1100, 70), (12, 16, 16), (100, 20, 3),
    (31, 2100, 130),
]  # fmt: skip
"""Rows, depth and columns: vectors, results narrower than a vector, tiles with a rest, panels in several parts."""


def random(*shape: int, dtype: str = "float32", seed: int = 0) -> Numpy:
    drawn = np.random.default_rng((seed, *shape)).standard_normal(shape) * 3
    return drawn.astype(dtype)


def tensor(host: Numpy, device: str) -> clgrad.Tensor:
    return clgrad.tensor(host, device=device)


def check(pairs: list[tuple[clgrad.Tensor, Numpy]], tolerance: float = 1e-5) -> None:
    clgrad.realize(*[found for found, _ in pairs])
    for found, expected in pairs:
        scale = max(1.0, float(np.abs(expected).max(initial=0)))
        np.testing.assert_allclose(found.numpy() / scale, expected / scale, atol=tolerance, err_msg=f"{found.shape}")


@pytest.mark.parametrize("layout", ["nn", "nt", "tn", "tt"])
def test_sizes_and_layouts(device: str, layout: str) -> None:
    pairs = []
    for m, k, n in SIZES:
        a, b = random(m, k), random(k, n, seed=1)
        left = tensor(a, device) if layout[0] == "n" else tensor(np.ascontiguousarray(a.T), device).T
        right = tensor(b, device) if layout[1] == "n" else tensor(np.ascontiguousarray(b.T), device).T
        pairs.append((left @ right, a.astype(np.float64) @ b))
    check(pairs)


def test_other_strides(device: str) -> None:
    a, b = random(40, 50), random(50, 60, seed=1)
    ours, theirs = tensor(a, device), tensor(b, device)
    wide = np.broadcast_to(b[:, :1], (50, 24))
    pairs = [
        (ours[3:30, 5:45] @ theirs[5:45, 7:55], a[3:30, 5:45] @ b[5:45, 7:55]),
        (ours[::3, ::2] @ theirs[::2, ::5], a[::3, ::2] @ b[::2, ::5]),
        (ours.flip(0) @ theirs.flip(1), a[::-1] @ b[:, ::-1]),
        (ours[:1].expand(20, 50) @ theirs, np.broadcast_to(a[:1], (20, 50)) @ b),
        (ours @ theirs[:, :1].expand(50, 24), a @ wide),
        (ours.pad((3, 2)) @ theirs.pad((0, 0, 3, 2)), a @ b),
        (ours @ theirs.pad((5, 6)), np.pad(a @ b, ((0, 0), (5, 6)))),
    ]
    check(pairs)


def test_batches(device: str) -> None:
    a, b = random(3, 5, 20, 33), random(5, 33, 18, seed=1)
    swapped = np.ascontiguousarray(b.swapaxes(1, 2))
    ours, theirs = tensor(a, device), tensor(b, device)
    pairs = [
        (ours @ theirs, a @ b),
        (ours @ tensor(swapped, device).mT, a @ b),
        (ours.permute(1, 0, 2, 3)[2] @ theirs[2], a[:, 2] @ b[2]),
        (ours[0] @ theirs[:1].expand(5, 33, 18), a[0] @ b[:1]),
        (ours[0, :, :1] @ theirs, a[0, :, :1] @ b),
    ]
    check(pairs)


def test_maps_before_and_after(device: str) -> None:
    a, b, c = random(21, 70), random(70, 35, seed=1), random(21, 35, seed=2)
    ours, theirs, other = tensor(a, device), tensor(b, device), tensor(c, device)
    product = a.astype(np.float64) @ b
    relu = np.maximum(a.astype(np.float64), 0)
    pairs = [
        (((ours @ theirs) * 0.01 + other).tanh(), np.tanh(product * 0.01 + c)),
        (clgrad.where(other > 0.0, ours @ theirs + other[:, :1], 0.0), np.where(c > 0, product + c[:, :1], 0)),
        (ours.relu() @ (theirs * 0.5), relu @ b * 0.5),
        (ours.relu() @ (tensor(np.ascontiguousarray(b.T), device) * 0.5).T, relu @ b * 0.5),
    ]
    check(pairs)


@pytest.mark.parametrize("sizes", [(7, 37, 5), (33, 20, 37), (64, 128, 130), (24, 2100, 64), (1, 30, 45), (50, 3, 1)])
@pytest.mark.parametrize("transposed", [False, True])
def test_functions_that_follow(device: str, sizes: tuple[int, int, int], transposed: bool) -> None:
    """What has many constants is a function of its own, of a tile's sums; results may be added to what is there."""
    m, k, n = sizes
    a, b, c = random(2, m, k) / np.float32(10 * k**0.5), random(2, k, n, seed=1), random(n, seed=2) / 10
    left, bias = tensor(a, device), tensor(c, device)
    right = tensor(np.ascontiguousarray(b.mT), device).mT if transposed else tensor(b, device)
    products = a.astype(np.float64) @ b
    total = tensor(random(m, n, seed=3) / 10, device)
    before = total.numpy().astype(np.float64)
    add = clgrad.jit(lambda x, y: total.add_((x @ y).tanh()))
    for _ in range(3):
        add(left[0], right[0])
    check([
        ((left @ right + bias).tanh(), np.tanh(products + c)),
        ((left[0] @ right[0] + bias).sigmoid() * bias, c / (1 + np.exp(-products[0] - c))),
        (total, before + 3 * np.tanh(products[0])),
    ])  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "int64", "int32", "int16", "int8", "uint8"])
def test_dtypes(device: str, dtype: str) -> None:
    if not clgrad.device(device).supports(getattr(clgrad, dtype)):
        pytest.skip(f"{device} does not compute with {dtype}")
    pairs = []
    for m, k, n in [(7, 37, 5), (33, 100, 40), (20, 600, 70), (1, 30, 20), (40, 30, 1)]:
        for transposed in (False, True):
            a, b = random(m, k, dtype=dtype), random(k, n, dtype=dtype, seed=1)
            right = tensor(np.ascontiguousarray(b.T), device).T if transposed else tensor(b, device)
            exact = a.astype(np.float64) @ b.astype(np.float64) if dtype.startswith("float") else a @ b
            pairs.append((tensor(a, device) @ right, exact))
    if dtype.startswith("float"):
        check(pairs, 1e-13)
        return
    clgrad.realize(*[found for found, _ in pairs])
    for found, expected in pairs:
        assert found.numpy().dtype == expected.dtype
        np.testing.assert_array_equal(found.numpy(), expected)


def test_not_a_number_stays_in_its_row_and_column(device: str) -> None:
    """Lanes and rows beyond the edge are computed from other data and dropped: what stands there must not matter."""
    a, b = random(33, 40), random(40, 23, seed=1)
    a[5, 3], b[7, 11] = np.nan, np.inf
    found = (tensor(a, device) @ tensor(b, device)).numpy()
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(np.isfinite(found), np.isfinite(a @ b))
    whole = np.full((50, 60), np.nan, np.float32)
    whole[3:13, 2:9] = 1
    inside = tensor(whole, device)[3:13, 2:9]
    assert (inside @ inside.T).tolist() == [[7.0] * 10] * 10
    assert (inside.T @ inside).tolist() == [[10.0] * 7] * 7


@pytest.mark.parametrize("sizes", [(7, 37, 5), (33, 20, 37), (5, 3, 100), (64, 9, 130), (13, 40, 16), (1, 30, 45)])
@pytest.mark.parametrize("transposed", [False, True])
def test_updates_in_place_compute_each_element_once(device: str, sizes: tuple[int, int, int], transposed: bool) -> None:
    m, k, n = sizes
    a, b, start = random(m, k), random(k, n, seed=1), random(m, n, seed=2)
    right = tensor(np.ascontiguousarray(b.T), device).T if transposed else tensor(b, device)
    total = tensor(start, device)

    @clgrad.jit
    def add() -> None:
        total.assign(total * 2 + left @ right)

    left = tensor(a, device)
    expected = start.astype(np.float64)
    for _ in range(4):
        add()
        expected = expected * 2 + a.astype(np.float64) @ b
    (kernel,) = add._last().plan.kernels
    assert kernel.updates
    check([(total, expected)])


# -- the choice of a form, for devices that are not here ------------------------------------------

WIDE = Capabilities(
    is_cpu=True, compute_units=2, vector_width=16, group=1, has_double=True, has_signed_bytes=True, keeps_signs=True,
    inlines=True, loads_halves=False, vector_pointers=True,
    largest_allocation=2**30, memory=2**32, most_arguments=64,
    local_memory=32 * 2**10, most_group=1024,
)  # fmt: skip
FORMS = {"wide": WIDE, "narrow": replace(WIDE, vector_width=8)}


def kernel_of(m: int, k: int, n: int, transposed: bool) -> Kernel:
    a = clgrad.zeros(m, k, device="cpu").realize()
    b = clgrad.zeros(n, k, device="cpu").realize().T if transposed else clgrad.zeros(k, n, device="cpu").realize()
    (step,) = schedule(*pending([(a @ b).node])).steps
    assert isinstance(step, Step) and step.kernel is not None
    return step.kernel


@pytest.mark.parametrize("form", FORMS)
def test_tiles_fit_the_registers_and_cover_the_result(form: str) -> None:
    capabilities = FORMS[form]
    registers = 32 if capabilities.vector_width == 16 else 16
    for (m, k, n), transposed in itertools.product([*SIZES, (2048, 2048, 2048), (4096, 10, 200)], (False, True)):
        shape = MatmulShape(kernel_of(m, k, n, transposed), capabilities)
        across = shape.columns if shape.form == "dot" else shape.vectors
        assert shape.rows * across <= registers - 4, (m, k, n, transposed)
        assert shape.column_tiles * shape.columns >= n and (shape.row_tiles + 1) * shape.item_rows > m
        assert math.prod(shape.global_size) * 2**18 >= m * n // 2**12


def test_few_rows_of_a_transposed_matrix_are_dot_products() -> None:
    assert MatmulShape(kernel_of(1, 256, 64, True), WIDE).form == "dot"
    assert MatmulShape(kernel_of(300, 256, 1, False), WIDE).form == "dot"
    packed = MatmulShape(kernel_of(64, 256, 64, True), WIDE)
    assert packed.form == "tile" and packed.packs and packed.transposes
    assert not MatmulShape(kernel_of(64, 256, 64, False), WIDE).packs, "rows that are near are read in place"
    assert MatmulShape(kernel_of(65, 256, 1024, False), WIDE).packs, "rows that are far are copied first"
    assert not MatmulShape(kernel_of(64, 256, 1024, False), WIDE).packs, "but not for few rows of the result"


@pytest.mark.parametrize(("products", "kinds"), [(3, ["matmul"] * 3), (4, ["map", *["matmul"] * 4])])
def test_a_transposed_matrix_of_many_products_is_stored_once(products: int, kinds: list[str]) -> None:
    device = clgrad.device("cl")
    if not device.capabilities.is_cpu:
        pytest.skip("a GPU brings both layouts to local memory at one cost")
    a, b = random(8, 48), random(48, 48, seed=1) / 20
    x, w = tensor(a, device.name), tensor(b, device.name).T
    expected = a.astype(np.float64)
    with trace() as seen:
        for _ in range(products):
            x, expected = (x @ w).relu(), np.maximum(expected @ b.T, 0)
        x.realize()
    assert [kernel.kind for kernel in seen.kernels] == kinds
    check([(x, expected)])


def test_an_update_waits_for_other_readers() -> None:
    """The old value's other reader runs before the product that overwrites it."""
    w = clgrad.zeros(4, 4, device="cpu").realize()
    x = clgrad.ones(4, 4, device="cpu").realize()
    new = w - x @ x
    other = (w @ x).sum()
    order, _ = pending([new.node, other.node])
    numbers = {id(node): number for number, node in enumerate(order)}
    plan = schedule(order, {numbers[id(new.node)], numbers[id(other.node)]})
    entry = {name: plan.storage[numbers[id(node)]] for name, node in (("new", new.node), ("old", w.node))}
    steps, accepted = update_in_place(plan.steps, {entry["new"]: entry["old"]}, set(entry.values()))
    assert accepted == {entry["new"]: entry["old"]}
    writes = [number for number, step in enumerate(steps) if entry["old"] in step.written]
    reads = [number for number, step in enumerate(steps) if entry["old"] in step.arguments]
    assert writes == [max(reads)]
