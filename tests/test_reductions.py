"""Reductions of every layout and awkward size, against float64 numpy."""

from __future__ import annotations

import numpy as np
import pytest

import clgrad

SHAPES = [
    ((1, 1), 0),
    ((5, 1), 0),
    ((7, 3), 0),
    ((64, 10), 0),
    ((33, 17), 0),
    ((3, 5000), 0),
    ((20, 4097), 0),
    ((9000, 3), 0),
    ((8192, 64), 0),
    ((8209, 5), 0),
    ((30000, 1), 0),
    ((16, 600, 6), (0, 1)),
    ((4, 30, 37), 1),
    ((6, 11, 13), (0, 2)),
    ((70000,), 0),
    ((3, 70001), 1),
    ((40, 1000), 1),
    ((2, 3, 4, 5), (0, 1, 2, 3)),
]


def whole_numbers(shape: tuple[int, ...]) -> np.ndarray:
    """Whose sums are exact in any order."""
    return np.random.default_rng(0).integers(-8, 9, shape).astype(np.float32)


@pytest.mark.parametrize(("shape", "axes"), SHAPES)
def test_reductions(device: str, shape: tuple[int, ...], axes: int | tuple[int, ...]) -> None:
    x = whole_numbers(shape)
    ours = clgrad.tensor(x, device=device)
    sums, largest, smallest = ours.sum(axes), ours.amax(axes), (ours * 2).amin(axes)
    clgrad.realize(sums, largest, smallest)
    np.testing.assert_array_equal(sums.numpy(), x.sum(axes))
    np.testing.assert_array_equal(largest.numpy(), x.max(axes))
    np.testing.assert_array_equal(smallest.numpy(), (x * 2).min(axes))


@pytest.mark.parametrize(
    ("shape", "axes"), [((33, 17), 0), ((2000, 3), 0), ((9, 700), 0), ((31, 33), 1), ((5, 4, 9), 1)]
)
def test_several_passes_in_one_kernel(device: str, shape: tuple[int, ...], axes: int) -> None:
    """A normalisation: two reductions, one after the other, and a map of all elements."""
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    weight = np.arange(1, shape[-1] + 1, dtype=np.float32)
    a = clgrad.tensor(x, device=device)
    centred = a - a.mean(axes, keepdim=True)
    scale = ((centred * centred).mean(axes, keepdim=True) + 1e-5).rsqrt()
    y = centred * scale * clgrad.tensor(weight, device=device)
    clgrad.realize(y, scale)
    exact = x.astype(np.float64)
    deviation = np.sqrt(exact.var(axes, keepdims=True) + 1e-5)
    np.testing.assert_allclose(scale.numpy(), 1 / deviation, rtol=1e-5)
    expected = (exact - exact.mean(axes, keepdims=True)) / deviation * weight
    np.testing.assert_allclose(y.numpy(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", [(4, 3), (33, 20), (9000, 3), (3, 5000)])
@pytest.mark.parametrize("axis", [0, 1])
def test_nan_wins(device: str, shape: tuple[int, int], axis: int) -> None:
    x = np.zeros(shape, np.float32)
    x[shape[0] // 2, shape[1] - 1] = np.nan
    ours = clgrad.tensor(x, device=device)
    np.testing.assert_array_equal(ours.amax(axis).numpy(), x.max(axis))
    np.testing.assert_array_equal(ours.amin(axis).numpy(), x.min(axis))
    np.testing.assert_array_equal(ours.sum(axis).numpy(), x.sum(axis))


@pytest.mark.parametrize("shape", [(1 << 23,), (4096, 2048), (2897, 2897), (8400000,)])
def test_results_larger_than_the_caches(device: str, shape: tuple[int, ...]) -> None:
    """They are written past the caches, where vectors are aligned."""
    x = whole_numbers(shape)
    a = clgrad.tensor(x, device=device)
    np.testing.assert_array_equal((a * 2 + 1).numpy(), x * 2 + 1)
    if len(shape) == 2:
        np.testing.assert_array_equal((a - a.amax(1, keepdim=True)).numpy(), x - x.max(1, keepdims=True))
        np.testing.assert_array_equal((a - a.amax(0, keepdim=True)).numpy(), x - x.max(0))
