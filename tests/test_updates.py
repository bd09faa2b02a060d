"""Kernels that update an argument in place: each element depends on its own old value and is computed once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import clgrad
from clgrad.device import Call
from clgrad.dtypes import float32
from clgrad.kernel import Argument, Kernel, Line, Load, Map, Reduce, Store
from clgrad.ops import maps, reduces
from clgrad.view import View

SIZES = [1, 2, 3, 15, 16, 17, 31, 33, 100, 4095, 4097, 20001]


def run(device: str, kernel: Kernel, buffers: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What the buffers hold after one launch."""
    one = clgrad.device(device)
    (launch,) = one.compile([[Call(kernel, tuple(range(len(buffers))))]])
    storages = [one.allocate(buffer.nbytes) for buffer in buffers]
    for storage, buffer in zip(storages, buffers):
        one.upload(storage, buffer)
    launch.run(storages)
    results = [np.empty_like(buffer) for buffer in buffers]
    for storage, result in zip(storages, results):
        one.download(storage, result)
    return results


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(-8, 9, shape).astype(np.float32)


def arguments(*sizes: int, written: int = 0) -> tuple[Argument, ...]:
    return tuple(Argument(float32, size, number <= written) for number, size in enumerate(sizes))


@pytest.mark.parametrize("shape", [*((size,) for size in SIZES), (3, 17), (5, 33), (300, 7)])
def test_a_map(device: str, shape: tuple[int, ...]) -> None:
    x, y = numbers(*shape), numbers(*shape) + 1
    view = View.contiguous(shape)
    lines: tuple[Line, ...] = (
        Load(float32, (), 0, view),
        Load(float32, (), 1, view),
        Map(float32, (0, 1), maps.add),
        Map(float32, (2, 2), maps.add),
    )
    kernel = Kernel(shape, (), lines, (Store(0, 3, view),), arguments(x.size, y.size))
    assert kernel.updates
    np.testing.assert_array_equal(run(device, kernel, [x, y])[0], 2 * (x + y))


def rows_kernel(rows: int, length: int, across: bool) -> Kernel:
    """p += 2 * (p - its row's sum), and that sum is added to a value of the row; rows lie along memory, or across."""
    steps = (1, rows) if across else (length, 1)
    elements, row = View((rows, length), steps), View((rows, length), (1, 0))
    lines: tuple[Line, ...] = (
        Load(float32, (), 0, elements),
        Reduce(float32, (0,), reduces.sum_),
        Map(float32, (0, 1), maps.sub),
        Map(float32, (2, 2), maps.add),
        Map(float32, (0, 3), maps.add),
        Load(float32, (), 1, row),
        Map(float32, (5, 1), maps.add),
        Reduce(float32, (2,), reduces.amax),
    )
    stores = (Store(0, 4, elements), Store(1, 6, row), Store(2, 7, row))
    return Kernel((rows,), (length,), lines, stores, arguments(rows * length, rows, rows, written=2))


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize(("rows", "length"), [(1, 1), (3, 5), (7, 33), (17, 100), (33, 31), (4099, 3), (2, 4097)])
def test_rows_and_columns(device: str, rows: int, length: int, across: bool) -> None:
    x, total = numbers(rows, length), numbers(rows)
    kernel = rows_kernel(rows, length, across)
    assert kernel.updates
    memory = np.ascontiguousarray(x.T if across else x)
    new, sums, largest = run(device, kernel, [memory, total, np.zeros(rows, np.float32)])
    centred = x - x.sum(1, keepdims=True)
    np.testing.assert_array_equal(new.T if across else new, x + 2 * centred)
    np.testing.assert_array_equal(sums, total + x.sum(1))
    np.testing.assert_array_equal(largest, centred.max(1))
