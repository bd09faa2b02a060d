"""Scans and reductions: how many kernels they take, what fuses with them, their names and errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import Tensor
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.runtime import trace


def random(*shape: int, device: str = "cpu", seed: int = 0, requires_grad: bool = False) -> Tensor:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return clgrad.tensor(values, device=device, requires_grad=requires_grad)


def kinds(*tensors: Any) -> list[str]:
    with trace() as seen:
        clgrad.realize(*tensors)
    return [kernel.kind for kernel in seen.kernels]


# -- kernels -------------------------------------------------------------------------------------

KERNELS: dict[str, tuple[list[str], Callable[[Tensor], Any]]] = {
    "cumsum": (["scan"], lambda x: x.cumsum(1)),
    "cumsum of columns": (["scan"], lambda x: x.cumsum(0)),
    "cumsum of what is computed, computed on": (["scan"], lambda x: (x.exp() * 2).cumsum(1).sqrt() + x),
    "cumprod": (["scan"], lambda x: x.cumprod(1)),
    "logcumsumexp": (["scan"], lambda x: x.logcumsumexp(0)),
    "largest up to here": (["scan"], lambda x: x.cummax(1).values),
    "cummax": (["scan", "scan"], lambda x: x.cummax(1).indices),
    "diff": (["map"], lambda x: x.diff(2)),
    "trapezoid": (["reduce"], lambda x: clgrad.trapezoid(x)),
    "cumulative_trapezoid": (["scan"], lambda x: clgrad.cumulative_trapezoid(x)),
    "norm": (["reduce"], lambda x: x.norm()),
    "norm of rows": (["reduce"], lambda x: x.norm(dim=1)),
    "norm of columns": (["reduce"], lambda x: x.norm(3, dim=0)),
    "dist": (["reduce"], lambda x: x.dist(x.flip(0))),
    "renorm": (["rows"], lambda x: x.renorm(2, 0, 1.0)),
    "var": (["reduce"], lambda x: x.var(1)),
    "var of columns": (["reduce"], lambda x: x.var(0)),
    "std of all": (["reduce"], lambda x: x.std()),
    "logsumexp": (["reduce"], lambda x: x.logsumexp(1)),
    "nansum": (["reduce"], lambda x: x.nansum(1)),
    "nanmean": (["reduce"], lambda x: x.nanmean(0)),
}


@pytest.mark.parametrize("name", KERNELS)
def test_kernels(name: str) -> None:
    """The schedule is the same on every device."""
    expected, build = KERNELS[name]
    x = random(48, 100).realize()
    assert kinds(build(x)) == expected


def test_pairs_share_a_kernel() -> None:
    x = random(48, 100).realize()
    assert kinds(*clgrad.var_mean(x, 1)) == ["reduce"]
    assert kinds(*clgrad.std_mean(x, 0)) == ["reduce"]
    assert kinds(*x.aminmax(dim=1)) == ["reduce"]
    assert kinds(*x.cummax(1)) == ["scan", "scan"]


def test_gradients_are_scans(device: str) -> None:
    x, w = random(48, 100, device=device, requires_grad=True), random(48, 100, device=device, seed=1)
    for build, expected in (
        (lambda x: x.cumsum(1), ["scan"]),
        (lambda x: x.cumprod(1), ["scan"] * 2),
        (lambda x: x.logcumsumexp(1), ["scan"] * 2),
    ):
        (found,) = clgrad.autograd.grad(build(x), x, w)
        assert kinds(found) == expected


def test_a_long_row_is_scanned_in_blocks(device: str) -> None:
    x = random(1, 1 << 16, device=device).realize()
    y = x.cumsum(1)
    assert kinds(y) == ["reduce", "scan", "scan"]
    np.testing.assert_allclose(y.numpy(), x.numpy().cumsum(1, np.float64), rtol=1e-5, atol=1e-4)
    assert kinds(random(16, 1 << 16, device=device).cumsum(1)) == ["scan"], "there are rows for all cores"
    assert kinds(random((1 << 14) + 27, device=device).cumsum(0)) == ["scan"], "a prime number has no blocks"


def test_an_update_in_place_after_a_scan(device: str) -> None:
    """What follows a scan may overwrite what it reads, if the scan does not."""
    a, b = random(9, 37, device=device), random(9, 37, device=device, seed=1)
    expected = a.numpy()

    @clgrad.jit
    def step() -> None:
        a.add_(b.cumsum(0))

    for _ in range(5):
        step()
        expected = expected + b.numpy().cumsum(0)
    np.testing.assert_allclose(a.numpy(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("group", [1, 4])
def test_the_form_for_gpus(group: int) -> None:
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    gpu = OpenCLDevice(found[0].handle, 60 + group)
    gpu.capabilities = replace(found[0].capabilities, is_cpu=False, group=group, vector_width=1, vector_pointers=False)
    rows, columns, long = random(5, 37, device=gpu), random(37, 6, device=gpu, seed=1), random(2, 16448, device=gpu)  # type: ignore[arg-type]
    cases: list[tuple[Any, Any]] = []
    for x, dim in ((rows, 1), (columns, 0), (long, 1)):
        t = torch.from_numpy(x.numpy())
        for name in ("cumsum", "cumprod", "logcumsumexp"):
            cases.append((getattr(x, name)(dim), getattr(t, name)(dim)))
            cases.append((getattr(x.flip(dim), name)(dim), getattr(t.flip(dim), name)(dim)))
        cases += [(x.scan(dim, "add", True) * 2, t.flip(dim).cumsum(dim).flip(dim) * 2)]
        for name in ("cummax", "cummin"):
            cases += list(zip(getattr(x, name)(dim), getattr(t, name)(dim)))
    clgrad.realize(*(ours for ours, _ in cases))
    for number, (ours, theirs) in enumerate(cases):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-4, err_msg=f"case {number}")


# -- names and errors ----------------------------------------------------------------------------


def test_named_results() -> None:
    x = random(3, 4)
    values, indices = x.cummin(1)
    assert type(x.cummax(0)).__name__ == type(x.max(0)).__name__ and x.cummin(1)._fields == ("values", "indices")
    assert values.shape == indices.shape == (3, 4) and indices.dtype is clgrad.int64
    assert x.aminmax()._fields == ("min", "max")
    assert clgrad.cumsum(clgrad.tensor([True, True]), 0).dtype is clgrad.int64
    assert clgrad.cumprod(clgrad.tensor([2, 3], dtype=clgrad.int8), 0).tolist() == [2, 6]
    assert clgrad.cumsum(clgrad.tensor([1 + 2j, 3j]), 0).tolist() == [1 + 2j, 1 + 5j]


def test_gradients_of_infinite_logarithms() -> None:
    """Torch gives NaN for what is -inf up to an element; the sum of exponentials has a limit there."""
    x = clgrad.tensor([-np.inf, -np.inf, 1.0, 2.0], requires_grad=True)
    (found,) = clgrad.autograd.grad(x.logcumsumexp(0)[2:].sum(), x)
    assert found is not None
    np.testing.assert_allclose(found.numpy(), [0.0, 0.0, 1.26894, 0.73106], rtol=1e-4)


def test_finds_the_same_as_the_elements_alone(device: str) -> None:
    """A scan does not depend on what it shares a plan with, nor on how often it runs."""
    x = random(7, 1000, device=device)
    first, again = x.cumsum(1).numpy(), (x * 1).cumsum(1).numpy()
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first[3], x[3].cumsum(0).numpy())


ERRORS: dict[str, tuple[type[Exception], str, Callable[[Tensor], Any]]] = {
    "cumsum": (ShapeError, r"\[cumsum\] dim 2 is not in", lambda x: x.cumsum(2)),
    "cummax": (ShapeError, r"\[cummax\] dim -3 is not in", lambda x: x.cummax(-3)),
    "cumsum to bool": (DtypeError, r"\[cumsum\] dtype bool", lambda x: x.cumsum(0, dtype=clgrad.bool)),
    "cumprod of complex": (DtypeError, r"\[cumprod\] is not defined", lambda x: (x + 1j).cumprod(0)),
    "logcumsumexp": (DtypeError, r"\[logcumsumexp\] int64 has no", lambda x: x.long().logcumsumexp(0)),
    "diff of none": (ShapeError, r"\[diff\] a 0-d tensor", lambda x: x[0, 0].diff()),
    "diff backwards": (ArgumentError, r"\[diff\] n=-1", lambda x: x.diff(-1)),
    "trapezoid twice": (ArgumentError, r"\[trapezoid\] x and dx=2", lambda x: clgrad.trapezoid(x, x, dx=2)),
    "trapezoid of 0-d": (ShapeError, r"\[trapezoid\] a 0-d tensor", lambda x: clgrad.trapezoid(x[0, 0])),
    "trapezoid places": (ShapeError, r"\[trapezoid\] x has 3 places", lambda x: clgrad.trapezoid(x, x[:, 0])),
    "trapezoid of truths": (DtypeError, r"\[cumulative_trapezoid\] bool", lambda x: clgrad.cumulative_trapezoid(x > 0)),
    "sum": (ShapeError, r"\[sum\] dim 5 is not in -2 ... 1", lambda x: x.sum(5)),
    "sum twice": (ShapeError, r"\[sum\] dims \(0, -2\) name one", lambda x: x.sum((0, -2))),
    "max": (ShapeError, r"\[argmax\] dim 4 is not in", lambda x: x.max(4)),
    "max of nothing": (ShapeError, r"\[amax\] shape \(0, 4\) has no elements", lambda x: x[:0].max()),
    "argmin of nothing": (ShapeError, r"\[argmin\] dim 0 of shape \(0, 4\) is empty", lambda x: x[:0].argmin(0)),
    "aminmax of nothing": (ShapeError, r"\[amin\] shape \(0, 4\) has no elements", lambda x: x[:0].aminmax(dim=0)),
    "argmax of 0-d": (ShapeError, r"\[argmax\] dim 1 is not in", lambda x: x[0, 0].argmax(1)),
    "mean": (DtypeError, r"\[mean\] the mean of int64", lambda x: x.long().mean()),
    "nanmean": (DtypeError, r"\[nanmean\] the mean of int64", lambda x: x.long().nanmean()),
    "std": (DtypeError, r"\[std\] the variance of int64 is not defined", lambda x: x.long().std()),
    "var_mean": (DtypeError, r"\[var_mean\] the variance of bool", lambda x: clgrad.var_mean(x > 0)),
    "both corrections": (ArgumentError, r"\[var\] unbiased=True and corr", lambda x: x.var(0, True, correction=2)),
    "a number as unbiased": (ArgumentError, r"\[var\] unbiased=0 and", lambda x: x.var(0, 0)),
    "norm of integers": (DtypeError, r"\[norm\] the norm of int64", lambda x: x.long().norm()),
    "norm by another name": (ArgumentError, r"\[norm\] p='one' is not known", lambda x: x.norm("one")),
    "norm of no matrix": (ShapeError, r"\[norm\] p='nuc' is a matrix's norm", lambda x: x.norm("nuc", dim=0)),
    "dist of integers": (DtypeError, r"\[dist\] the norm of int64", lambda x: x.long().dist(x.long())),
    "renorm of a vector": (ShapeError, r"\[renorm\] shape \(4,\) has no entries", lambda x: x[0].renorm(2, 0, 1)),
    "renorm by nothing": (ArgumentError, r"\[renorm\] p=0 and", lambda x: x.renorm(0, 0, 1)),
    "renorm of integers": (DtypeError, r"\[renorm\] the norm of int64", lambda x: x.long().renorm(2, 0, 1)),
    "cov of three dims": (ShapeError, r"\[cov\] shape \(1, 3, 4\) has 3 dims", lambda x: x[None].cov()),
    "cov of truths": (DtypeError, r"\[cov\] bool is not", lambda x: (x > 0).cov()),
    "weights": (ShapeError, r"\[cov\] aweights of shape \(3,\)", lambda x: x.cov(aweights=x[:, 0])),
    "frequencies": (DtypeError, r"\[cov\] fweights must be integers, got float32", lambda x: x.cov(fweights=x[0])),
    "corrcoef": (ShapeError, r"\[corrcoef\] shape \(1, 3, 4\) has 3 dims", lambda x: x[None].corrcoef()),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    kind, text, call = ERRORS[name]
    with pytest.raises(kind, match=text):
        call(random(3, 4))
