"""Sums of many numbers keep their digits, variances do not cancel, exponentials do not overflow: on every device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor

MANY = 1 << 24
Numpy = np.ndarray[Any, Any]


def numbers(kind: str, *shape: int) -> Numpy:
    """Equal numbers are rounded the same way each time: errors add up."""
    if kind == "equal":
        return np.full(shape, 0.1, np.float32)
    return np.random.default_rng(0).random(shape, np.float32)


SHAPES: dict[str, tuple[tuple[int, ...], Any]] = {
    "all": ((MANY,), None),
    "all of a matrix": ((4096, 4096), None),
    "an odd number": ((MANY + 43,), None),
    "one row": ((1, MANY), 1),
    "nine rows": ((9, 1 << 21), 1),
    "one column": ((MANY, 1), 0),
    "few columns": ((1 << 22, 5), 0),
    "columns": ((1 << 18, 70), 0),
    "axes around another": ((1 << 13, 3, 700), (0, 2)),
}


@pytest.mark.parametrize("kind", ["equal", "random"])
@pytest.mark.parametrize("name", SHAPES)
def test_sums(name: str, kind: str, device: str) -> None:
    shape, dim = SHAPES[name]
    x = numbers(kind, *shape)
    a = clgrad.tensor(x, device=device)
    found = {"sum": a.sum(dim), "mean": a.mean(dim), "norm": a.norm(dim=dim)}
    clgrad.realize(*found.values())
    exact = x.sum(dim, dtype=np.float64)
    count = x.size // exact.size
    wanted = {"sum": exact, "mean": exact / count, "norm": np.sqrt(np.square(x).sum(dim, dtype=np.float64))}
    for key, ours in found.items():
        np.testing.assert_allclose(ours.numpy(), wanted[key], rtol=1e-6, err_msg=key)


def test_masked_and_moved_sums(device: str) -> None:
    """Where the rows of a sum do not lie side by side, it has loops within loops."""
    x = numbers("equal", 3, 5000, 70)
    a = clgrad.tensor(x, device=device)
    found = [a[:, ::2, 1:68].sum((1, 2)), a.transpose(0, 1)[:, :, :33].sum((0, 2)), a[:, :, :3].sum(1)]
    parts = [(x[:, ::2, 1:68], (1, 2)), (x[:, :, :33], (1, 2)), (x[:, :, :3], 1)]
    wanted = [part.sum(dims, np.float64) for part, dims in parts]
    clgrad.realize(*found)
    for ours, exact in zip(found, wanted):
        np.testing.assert_allclose(ours.numpy(), exact, rtol=1e-6)


@pytest.mark.parametrize(("shape", "dim"), [((MANY,), None), ((3, 1 << 20), 1), ((1 << 20, 3), 0)])
def test_variances_do_not_cancel(shape: tuple[int, ...], dim: int | None, device: str) -> None:
    x = (1e4 + np.random.default_rng(0).standard_normal(shape, np.float32)).astype(np.float32)
    a = clgrad.tensor(x, device=device)
    variance, mean = clgrad.var_mean(a, dim)
    np.testing.assert_allclose(variance.numpy(), x.var(dim, np.float64, ddof=1), rtol=2e-6)
    np.testing.assert_allclose(mean.numpy(), x.mean(dim, np.float64), rtol=1e-7)
    np.testing.assert_allclose(a.std(dim).numpy(), x.std(dim, np.float64, ddof=1), rtol=2e-6)


@pytest.mark.parametrize(("shape", "dim"), [((MANY,), 0), ((2, 1 << 20), 1), ((1 << 20, 2), 0)])
def test_exponentials_do_not_overflow(shape: tuple[int, ...], dim: int, device: str) -> None:
    x = np.random.default_rng(0).normal(1e4, 3, shape).astype(np.float32)
    a = clgrad.tensor(x, device=device)
    largest = x.max(dim, keepdims=True).astype(np.float64)
    exponentials = np.exp(x - largest)
    total = exponentials.sum(dim, keepdims=True)
    np.testing.assert_allclose(a.logsumexp(dim).numpy(), (np.log(total) + largest).squeeze(dim), rtol=1e-6)
    softmax = a.softmax(dim)
    np.testing.assert_allclose(softmax.sum(dim).numpy(), 1, rtol=1e-6)
    np.testing.assert_allclose(softmax.amax(dim).numpy(), (1 / total).squeeze(dim), rtol=2e-6)


@pytest.mark.parametrize(
    ("shape", "dim"), [((MANY,), 0), ((MANY // 3 // 64 * 64, 3), 0), ((12, 1 << 20), 1), ((100003,), 0)]
)
def test_cumulative_sums(shape: tuple[int, ...], dim: int, device: str) -> None:
    for kind in ("equal", "random"):
        x = numbers(kind, *shape)
        sums = clgrad.tensor(x, device=device).cumsum(dim).numpy()
        np.testing.assert_allclose(sums, x.cumsum(dim, dtype=np.float64), rtol=1e-6)


def test_cumulative_exponentials(device: str) -> None:
    x = np.random.default_rng(0).normal(1e3, 3, 100000).astype(np.float32)
    exact = np.log(np.cumsum(np.exp(x.astype(np.float64) - 1e3))) + 1e3
    np.testing.assert_allclose(clgrad.tensor(x, device=device).logcumsumexp(0).numpy(), exact, rtol=1e-6)


FAR: dict[str, Callable[[Tensor], Tensor]] = {
    "sum": lambda x: x.sum(1),
    "columns": lambda x: x.T.sum(0),
    "mean": lambda x: x.mean(1),
}


@pytest.mark.parametrize("name", FAR)
def test_infinities_and_nan_stay_what_they_are(name: str, device: str) -> None:
    """A long sum that knows what it has lost: of an infinity that is no number."""
    x = np.ones((7, 40001), np.float32)
    x[0, 5], x[1, 40000], x[2, 3], x[2, 30000], x[3, 17], x[4, :2] = np.inf, -np.inf, np.inf, -np.inf, np.nan, 3e38
    x[5, 100] = 3e38
    x[5, 30000] = 3e38
    found = FAR[name](clgrad.tensor(x, device=device)).numpy()
    assert found[0] == np.inf and found[1] == -np.inf and np.isnan(found[2]) and np.isnan(found[3])
    assert np.isfinite(found[6])


@pytest.mark.parametrize("has_double", [True, False])
def test_the_form_for_gpus(has_double: bool) -> None:
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    gpu = OpenCLDevice(found[0].handle, 70 + has_double)
    gpu.capabilities = replace(
        found[0].capabilities, is_cpu=False, group=4, vector_width=1, vector_pointers=False, has_double=has_double
    )
    x = numbers("equal", 9, 1 << 18)
    a = clgrad.tensor(x, device=gpu)
    sums, across = a.sum(1), a.T.sum(0)
    clgrad.realize(sums, across)
    np.testing.assert_allclose(sums.numpy(), x.sum(1, np.float64), rtol=1e-6)
    np.testing.assert_allclose(across.numpy(), x.sum(1, np.float64), rtol=1e-6)
    if has_double:
        np.testing.assert_allclose(a.cumsum(1).numpy(), x.cumsum(1, np.float64), rtol=1e-6)
