"""Products in the forms for GPUs, run on the device that is here; what they read and write, counted by a simulator."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import test_matmul
from oclgrind import CHECKS, COMMAND, counted, run
from test_matmul import WIDE, check, kernel_of, random, tensor

import clgrad
from clgrad.kernel import Kernel

pytest.importorskip("mako")
from clgrad.cl.caps import play
from clgrad.cl.group_products import TILES, GroupMatmulShape, GroupShape, ThinMatmulShape, product
from clgrad.cl.space import Sizes

GPU = play("gpu", replace(WIDE, compute_units=80))
LEAST = play("minimum", replace(GPU, local_memory=2**40, most_group=2**20))
EDGES = (1, 2, 3, 17, 63, 64, 65, 127, 129)
"""Sizes on both sides of a tile's."""
GROUPS: dict[str, Sizes] = {
    **{f"tile{number}": tile for number, tile in enumerate(TILES)},
    "one stage": {"rows": 4, "columns": 2, "down": 8, "across": 16, "step": 8, "run": 2, "stages": 1},
    "deep": {"rows": 2, "columns": 4, "down": 16, "across": 8, "step": 32, "run": 1, "stages": 2},
}
THIN: dict[str, Sizes] = {
    "one item": {"along": 1, "outputs": 1},
    "along": {"along": 64, "outputs": 2},
    "across": {"along": 1, "outputs": 64},
    "both": {"along": 8, "outputs": 16},
}


class Forced:
    """Sizes for all products, in the place of those that were measured."""

    def __init__(self, sizes: Sizes | None) -> None:
        self._sizes = sizes

    def sizes(self, kernel: Kernel) -> Sizes | None:
        return self._sizes


@pytest.fixture
def gpu() -> Iterator[Callable[[Sizes | None], Any]]:
    """Makes the first OpenCL device, treated as a GPU whose products have given sizes."""
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    def opened(sizes: Sizes | None) -> Any:
        device = OpenCLDevice(found[0].handle, 80)
        device.capabilities = play("gpu", found[0].capabilities)
        device._tuned = Forced(sizes)
        return device

    yield opened


def matrices(device: Any, m: int, k: int, n: int, layout: str) -> tuple[Any, Any, Any]:
    """Two matrices on a device, the letters of the layout telling which is transposed, and their product."""
    a, b = random(m, k), random(k, n, seed=1)
    left = tensor(a, device) if layout[0] == "n" else tensor(np.ascontiguousarray(a.T), device).T
    right = tensor(b, device) if layout[1] == "n" else tensor(np.ascontiguousarray(b.T), device).T
    return left, right, a.astype(np.float64) @ b


@pytest.mark.parametrize("form", GROUPS)
def test_tiles_of_any_size_give_the_product_of_any_sizes(gpu: Any, form: str) -> None:
    """Each size is a number of rows, of columns and of steps, and operands are contiguous along either axis."""
    device = gpu(GROUPS[form])
    pairs = []
    for number, m in enumerate(EDGES):
        k, n = EDGES[(number + 4) % len(EDGES)], EDGES[(number * 2 + 3) % len(EDGES)]
        left, right, expected = matrices(device, m, k, n, ("nn", "tt", "nt", "tn")[number % 4])
        pairs.append((left @ right, expected))
    check(pairs)


@pytest.mark.parametrize("form", THIN)
def test_few_rows_and_few_columns(gpu: Any, form: str) -> None:
    device = gpu(THIN[form])
    pairs = []
    for few, (number, size) in itertools.product((1, 3, 8), enumerate((1, 17, 64, 129))):
        k, layout = EDGES[(number * 2 + few) % len(EDGES)], ("nn", "nt", "tn", "tt")[number]
        for m, n in ((few, size), (size, few)):
            left, right, expected = matrices(device, m, k, n, layout)
            pairs.append((left @ right, expected))
    check(pairs)


@pytest.mark.parametrize(
    "case", ["other_strides", "batches", "maps_before_and_after", "not_a_number_stays_in_its_row_and_column"]
)
def test_what_other_forms_can_do(gpu: Any, case: str) -> None:
    """Products of slices, of batches, of what maps compute, with maps on the result."""
    getattr(test_matmul, f"test_{case}")(gpu(None))


@pytest.mark.parametrize("dtype", ["float64", "int64", "int8"])
def test_dtypes(gpu: Any, dtype: str) -> None:
    test_matmul.test_dtypes(gpu(None), dtype)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_are_added_up_in_float32(gpu: Any, dtype: str) -> None:
    device, kind = gpu(None), getattr(clgrad, dtype)
    a, b = (clgrad.tensor(random(*shape), device=device).to(kind) for shape in ((40, 300), (300, 50)))
    exact = a.float().numpy().astype(np.float64) @ b.float().numpy()
    rounded = clgrad.tensor(exact.astype(np.float32), device="cpu").to(kind).float().numpy()
    np.testing.assert_allclose((a @ b).float().numpy(), rounded, rtol=2**-7 if dtype == "bfloat16" else 2**-10)


@pytest.mark.parametrize("sizes", [(70, 37, 50), (3, 70, 100), (129, 20, 5)])
def test_updates_in_place(gpu: Any, sizes: tuple[int, int, int]) -> None:
    """Each element has one writer, also where tiles hang over the edge."""
    test_matmul.test_updates_in_place_compute_each_element_once(gpu(None), sizes, False)


# -- the choice of sizes, for devices that are not here -------------------------------------------


@pytest.mark.parametrize("capabilities", [GPU, LEAST, replace(LEAST, most_group=1, group=1, local_memory=1024)])
def test_what_is_chosen_fits_the_device(capabilities: Any) -> None:
    for m, k, n in [(1, 1, 1), (3, 50, 4000), (4000, 50, 8), (64, 64, 64), (20, 9, 3000), (4096, 4096, 4096)]:
        shape = product(kernel_of(m, k, n, m % 2 == 0), capabilities)
        assert isinstance(shape, GroupShape) and shape.allows(shape.sizes)
        assert math.prod(shape.local_size) <= capabilities.most_group
        assert not shape.global_size[0] % shape.local_size[0]


def test_large_products_have_large_tiles_and_small_ones_more_of_them() -> None:
    large = product(kernel_of(4096, 64, 4096, False), GPU)
    small = product(kernel_of(200, 64, 300, False), GPU)
    assert isinstance(large, GroupMatmulShape) and isinstance(small, GroupMatmulShape)
    assert (large.height, large.breadth) == (128, 128)
    assert small.height * small.breadth < 128 * 64 and small.row_tiles * small.column_tiles >= 40


def test_local_memory_and_groups_are_never_more_than_there_is() -> None:
    kernel = kernel_of(512, 512, 512, True)
    for capabilities in (GPU, LEAST):
        shape = product(kernel, capabilities)
        found = shape.near(shape.sizes, 2)
        assert len(found) > 10 and dict(shape.sizes) not in found
        for sizes in found:
            other = product(kernel, capabilities, sizes)
            assert isinstance(other, GroupMatmulShape) and other.sizes == sizes
            local = (other.a_pitch + other.b_pitch) * other.step * other.stages * 4
            assert local <= capabilities.local_memory and other.items <= capabilities.most_group


def test_sizes_that_do_not_fit_are_not_taken() -> None:
    kernel = kernel_of(512, 512, 512, True)
    rules = product(kernel, LEAST).sizes
    for unfit in ({"rows": 8}, {**TILES[0], "across": 32}, {**TILES[0], "step": 7}, {"along": 8, "outputs": 8}):
        assert product(kernel, LEAST, unfit).sizes == rules


# -- counted by a simulator -----------------------------------------------------------------------

COUNTED = [
    (70, 33, 70, "nn"),
    (64, 48, 130, "nt"),
    (33, 100, 40, "tt"),
    (3, 70, 45, "nn"),
    (50, 40, 1, "tn"),
    (5, 64, 9, "nt"),
]
PRODUCTS = f"""
from clgrad.runtime import trace
pairs = []
for m, k, n, layout in {COUNTED}:
    shapes = [(m, k)[:: 1 if layout[0] == "n" else -1], (k, n)[:: 1 if layout[1] == "n" else -1]]
    a, b = (np.random.default_rng(0).standard_normal(shape).astype(np.float32) for shape in shapes)
    x, y = (clgrad.tensor(one, device=device) for one in (a, b))
    x, y, a, b = (one if kept == "n" else one.T for one, kept in zip((x, y, a, b), layout * 2))
    np.testing.assert_allclose(((x @ y) * 2).numpy(), 2 * (a.astype(np.float64) @ b), rtol=1e-4, atol=1e-4)
"""


@pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")
@pytest.mark.parametrize("form", ["gpu", "minimum"])
def test_a_simulator_finds_no_race(form: str) -> None:
    start = f"import clgrad, numpy as np; from oclgrind import simulated; device = simulated({form!r})\n"
    assert run(["-c", start + PRODUCTS], form, CHECKS).reports == ""


@pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")
def test_as_much_is_read_and_written_as_the_tiles_predict() -> None:
    launches = counted(PRODUCTS)
    assert len(launches) == len(COUNTED)
    for (m, k, n, layout), launch in zip(COUNTED, launches):
        # The simulator has one unit, and 32 KB of local memory.
        shape = product(transposed_kernel(m, k, n, layout), replace(GPU, compute_units=1))
        assert isinstance(shape, (GroupMatmulShape, ThinMatmulShape))
        expected = {name: 4 * times for name, times in shape.predicted().items() if times}
        assert launch.nbytes == expected, (m, k, n, layout)
        if isinstance(shape, GroupMatmulShape):
            reads = m * k * -(-n // shape.breadth) + k * n * -(-m // shape.height)
            assert launch.nbytes["load global"] == 4 * reads


def transposed_kernel(m: int, k: int, n: int, layout: str) -> Kernel:
    left, right, _ = matrices("cpu", m, k, n, layout)
    with clgrad.runtime.trace() as seen:
        ((left @ right) * 2).realize()
    return seen.kernels[-1]
