"""Sorting, counting and writing by index as a GPU does them, on whatever device there is; and what Oclgrind counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oclgrind import COMMAND, counted

import clgrad
from clgrad.errors import IndexRangeError
from clgrad.runtime import trace

Values = np.ndarray[Any, Any]
SIZES = (1, 2, 31, 33, 127, 129, 1000, 1024, 1025, 2047, 2049, 5000, 70000)
"""Around a work-item's pairs, a group's, a tile, two tiles; and many."""


@pytest.fixture(scope="module")
def gpu() -> Any:
    """The first OpenCL device, which plays the least GPU."""
    found = [one for one in clgrad.devices() if one.name.startswith("cl")]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.caps import play
    from clgrad.cl.device import OpenCLDevice

    device = OpenCLDevice(found[0].handle, 80)
    device.capabilities = play("gpu", play("minimum", found[0].capabilities))
    return device


def numbers(size: int, kind: str) -> Values:
    x = np.random.default_rng(size).standard_normal(size).astype(np.float32)
    return {
        "random": x,
        "ties": np.round(x) * np.float32(-0.0 if size < 3 else 1),
        "equal": np.full_like(x, 2.5),
        "nan": np.where(x > 0.5, np.float32(np.nan), x),
    }[kind]


# -- sorting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["random", "ties", "equal", "nan"])
def test_runs_of_every_size_are_sorted_stably(gpu: Any, kind: str) -> None:
    given = [numbers(size, kind) for size in SIZES]
    tensors = [clgrad.tensor(x, device=gpu) for x in given]
    found = [x.argsort(stable=True) for x in tensors]
    back = [x.argsort(descending=True, stable=True) for x in tensors]
    top = [x.topk(min(len(x), 7), largest=False).indices for x in tensors]
    clgrad.realize(*found, *back, *top)
    for x, up, down, first in zip(given, found, back, top):
        wanted = np.argsort(x, kind="stable")
        np.testing.assert_array_equal(up.numpy(), wanted)
        np.testing.assert_array_equal(first.numpy(), wanted[:7])
        # Of equal elements the first stands first, backwards too.
        keys = np.where(np.isnan(x), -np.inf, -x)
        np.testing.assert_array_equal(down.numpy(), np.argsort(keys, kind="stable"))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "uint32", "uint64"])
def test_every_dtype_is_sorted_in_rows(gpu: Any, dtype: str) -> None:
    """Keys of 64 bits are sorted twice: the second time pairs do not hold their own places."""
    low, high = (0, 2) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    generator = np.random.default_rng(1)
    for shape in ((70, 9), (3, 1500)):
        x = generator.integers(low, high, shape, dtype="uint8" if dtype == "bool" else dtype).astype(dtype)
        x[:, ::3] = x[:, :1]
        ours = clgrad.tensor(x, device=gpu)
        np.testing.assert_array_equal(ours.argsort(1).numpy(), x.argsort(1, kind="stable"))
        np.testing.assert_array_equal(ours.topk(2, 1).values.numpy(), np.sort(x, 1)[:, ::-1][:, :2])


def test_a_group_sorts_and_a_group_merges(gpu: Any) -> None:
    tile = gpu.tile
    x = clgrad.tensor(numbers(4 * tile + 1, "random"), device=gpu).realize()
    with trace() as seen:
        x.argsort().realize()
    assert [kernel.kind for kernel in seen.kernels] == ["sort_runs", *["merge_runs"] * 3, "map"]
    with trace() as seen:
        x.topk(3).indices.realize()
    assert [kernel.kind for kernel in seen.kernels] == ["top_runs", "top_runs", "map"]
    with trace() as seen:
        x.topk(tile).indices.realize()
    assert seen.kernels[0].kind == "sort_runs", "of a tile, nothing would be left out"


# -- writing by index ----------------------------------------------------------------------------


def combined(x: Values, index: Values, values: Values, mode: str) -> Values:
    """One value after the other, in the order of the index."""
    result = x.copy()
    if mode == "set":
        for place, value in zip(index.reshape(-1), values.reshape(-1, *x.shape[1:])):
            result[place] = value
    else:
        {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}[mode].at(result, index, values)
    return result


@pytest.mark.parametrize("mode", ["add", "mul", "max", "min", "set"])
def test_what_is_sorted_first_is_combined_to_the_same_bits(gpu: Any, mode: str) -> None:
    generator = np.random.default_rng(2)
    cases, tensors = [], []
    for rows, places, inner in (
        (10, (3000,), (3,)),
        (2049, (1500,), ()),
        (700, (3, 500), (2, 5)),
        (5000, (2047,), (33,)),
        (1, (70,), (2,)),
    ):
        x = generator.standard_normal((rows, *inner)).astype(np.float32)
        values = generator.standard_normal((*places, *inner)).astype(np.float32)
        # Every number of times: one row far more often than others, and some never.
        index = np.where(generator.random(places) < 0.3, rows // 2, generator.integers(0, rows, places))
        cases.append(combined(x, index, values, mode))
        given = [clgrad.tensor(one, device=gpu) for one in (x, index, values)]
        tensors.append(given[0].scatter_rows(given[1], given[2], mode))
    with trace() as seen:
        clgrad.realize(*tensors)
    assert {"scatter_sorted", "scatter"} <= {kernel.kind for kernel in seen.kernels}
    for ours, theirs in zip(tensors, cases):
        np.testing.assert_array_equal(ours.numpy(), theirs)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "int64", "float16", "complex64"])
def test_every_dtype_is_written(gpu: Any, dtype: str) -> None:
    generator = np.random.default_rng(3)
    x, values = (generator.integers(0, 2, (size, 3)).astype(dtype) for size in (300, 2000))
    index = generator.integers(-300, 300, 2000)
    for accumulate in (False, True):
        ours = clgrad.tensor(x, device=gpu).index_put(
            (clgrad.tensor(index, device=gpu),), clgrad.tensor(values, device=gpu), accumulate
        )
        np.testing.assert_array_equal(ours.numpy(), combined(x, index, values, "add" if accumulate else "set"))


def test_all_indices_are_one(gpu: Any) -> None:
    values = np.random.default_rng(4).standard_normal((5000, 4)).astype(np.float32)
    table = clgrad.zeros(50, 4, device=gpu)
    where = clgrad.zeros(5000, dtype="int64", device=gpu) + 17
    found = table.index_add(0, where, clgrad.tensor(values, device=gpu)).numpy()
    wanted = np.zeros(4, np.float32)
    for row in values:
        wanted += row
    np.testing.assert_array_equal(found[17], wanted)
    assert not found[np.arange(50) != 17].any()


def test_an_index_is_sorted_where_that_pays(gpu: Any) -> None:
    """Of few indices each row reads all; so it does where nearly all are its own."""

    def kinds(rows: int, count: int) -> list[str]:
        index, x = clgrad.zeros(count, dtype="int64", device=gpu), clgrad.zeros(rows, 4, device=gpu)
        with trace() as seen:
            x.index_add(0, index.realize(), clgrad.ones(count, 4, device=gpu)).realize()
        return [kernel.kind for kernel in seen.kernels if kernel.kind != "map"]

    assert kinds(100, 100) == kinds(1, 5000) == ["scatter"]
    assert kinds(100, 1000) == ["sort_runs", "search", "scatter_sorted"]
    assert kinds(2, 5000) == ["sort_runs", "merge_runs", "merge_runs", "merge_runs", "search", "scatter_sorted"]


def test_gradients_and_their_gradients(gpu: Any) -> None:
    generator = np.random.default_rng(5)
    table, scale = (generator.standard_normal((200, 3)).astype(np.float32) for _ in range(2))
    values, index = np.round(generator.standard_normal((2000, 3)) * 2), generator.integers(-200, 200, 2000)
    results = []
    for device in (gpu, clgrad.device("cpu")):
        x, y, factor = (clgrad.tensor(one, device=device) for one in (table, values.astype(np.float32), scale))
        where = clgrad.tensor(index, device=device)

        def once(x: Any, where: Any = where) -> Any:
            return (x[where] ** 3).sum()

        def twice(x: Any, factor: Any = factor) -> Any:
            return (clgrad.grad(once)(x) * factor).sum()

        found = [clgrad.grad(once)(x), clgrad.grad(twice)(x)]
        for mode in ("max", "mul", "set"):

            def written(x: Any, y: Any, where: Any = where, factor: Any = factor, mode: str = mode) -> Any:
                return (x.scatter_rows(where % 200, y, mode) * factor).sum()

            found += [clgrad.grad(written, 0)(x, y), clgrad.grad(written, 1)(x, y)]
        results.append([one.numpy() for one in found])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_an_index_out_of_range_is_found(gpu: Any) -> None:
    index = np.arange(2000) % 50
    index[1234] = 50
    x = clgrad.zeros(50, 3, device=gpu)
    bad = x.index_add(0, clgrad.tensor(index, device=gpu), clgrad.ones(2000, 3, device=gpu))
    with pytest.raises(IndexRangeError, match=r"^\[index_add\] index 50 is out of range for 50 entries"):
        bad.numpy()
    assert not x.numpy().any()


# -- counting ------------------------------------------------------------------------------------


def test_bins_are_counted(gpu: Any) -> None:
    generator = np.random.default_rng(6)
    for count, bins in ((1, 1), (33, 2), (129, 9), (5000, 127), (70000, 130), (9000, 513), (2000, 5000)):
        index = generator.integers(0, bins, count)
        weights = generator.integers(0, 9, count).astype(np.float32)
        ours = clgrad.tensor(index, device=gpu)
        np.testing.assert_array_equal(ours.bincount(minlength=bins).numpy(), np.bincount(index, minlength=bins))
        found = ours.bincount(clgrad.tensor(weights, device=gpu), minlength=bins)
        np.testing.assert_array_equal(found.numpy(), np.bincount(index, weights, minlength=bins))
    x = generator.standard_normal(3000).astype(np.float32)
    for bins in (7, 600):
        found = clgrad.tensor(x, device=gpu).histc(bins, -1, 1)
        assert found.sum().item() == ((x >= -1) & (x <= 1)).sum()


def test_sums_by_bin_are_the_same_every_time(gpu: Any) -> None:
    generator = np.random.default_rng(7)
    index = clgrad.tensor(generator.integers(0, 40, 50000), device=gpu)
    weights = clgrad.tensor(generator.standard_normal(50000).astype(np.float32), device=gpu)
    first = index.bincount(weights).numpy()
    np.testing.assert_array_equal(index.bincount(weights).numpy(), first)
    wanted = np.bincount(index.numpy(), weights.numpy().astype(np.float64))
    np.testing.assert_allclose(first, wanted, rtol=1e-4, atol=1e-3)


# -- what a simulator counts ---------------------------------------------------------------------

PROGRAM = """
import json
from clgrad.cl.render import choose
from clgrad.runtime import trace

generator = np.random.default_rng(0)
predicted = []

def on(x):
    return clgrad.tensor(x, device=device).realize()

def same(ours, theirs):
    with trace() as seen:
        found = ours.numpy()
    for kernel in seen.kernels:
        shape = choose(kernel, device.capabilities)
        if hasattr(shape, "accesses"):
            predicted.append([kernel.kind, *shape.accesses])
    assert (found == theirs).all()

for shape in ((1,), (33,), (7, 5), (2 * device.tile + 1,)):
    x = np.round(generator.standard_normal(shape)).astype(np.float32)
    same(on(x).argsort(-1), x.argsort(-1, kind="stable"))
x = generator.standard_normal((1, device.tile + 9)).astype(np.float32)
same(on(x).topk(5, 1).values, np.sort(x)[:, ::-1][:, :5])
index = generator.integers(0, 50, 1100)
x, values = (generator.standard_normal((size, 3)).astype(np.float32) for size in (50, 1100))
wanted = x.copy()
np.add.at(wanted, index, values)
same(on(x).index_add(0, on(index), on(values)), wanted)
for bins in (7, 130):
    same(on(index % bins).bincount(minlength=bins), np.bincount(index % bins, minlength=bins))
with open(PREDICTED, "w") as file:
    json.dump(predicted, file)
"""


@pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")
def test_as_much_is_read_and_written_as_the_tiles_predict(tmp_path: Path) -> None:
    path = tmp_path / "predicted"
    launches = counted(f"PREDICTED = {str(path)!r}\n{PROGRAM}")
    predicted = json.loads(path.read_text(encoding="utf-8"))
    kinds = {kind for kind, *_ in predicted}
    assert kinds == {"sort_runs", "merge_runs", "top_runs", "scatter_sorted", "tally"}
    found = [one for one in launches if one.kind in kinds]
    assert [one.kind for one in found] == [kind for kind, *_ in predicted]
    for launch, (kind, loads, stores) in zip(found, predicted):
        assert launch.times["store global"] == stores, launch
        # How often runs are halved depends on what is in them.
        read = launch.times["load global"]
        assert read <= loads if kind == "merge_runs" else read == loads, launch
