"""Pooling and windows: what is refused, and how much work is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import clgrad
from clgrad.errors import ArgumentError, ClgradError, DtypeError, IndexRangeError, ShapeError
from clgrad.nn import functional as F
from clgrad.runtime import trace

X = clgrad.zeros(2, 3, 6, 6, device="cpu")


def of(*shape: int) -> clgrad.Tensor:
    return clgrad.zeros(*shape, device="cpu")


WRONG: dict[str, tuple[type[ClgradError], str, Callable[[], Any]]] = {
    "kernel larger than the input": (ShapeError, "max_pool2d.*9.*6", lambda: F.max_pool2d(X, 9)),
    "mean of a kernel larger than the input": (ShapeError, "avg_pool2d.*9.*6", lambda: F.avg_pool2d(X, 9)),
    "dilated kernel larger than the input": (ShapeError, "spans 7", lambda: F.max_pool2d(X, 3, dilation=3)),
    "padding more than half": (ShapeError, "padding=2.*half.*, 1;", lambda: F.max_pool2d(X, 3, 1, 2)),
    "padding of means more than half": (ShapeError, "padding=2", lambda: F.avg_pool1d(of(3, 6), 3, 1, 2)),
    "padding below zero": (ArgumentError, "padding=-1", lambda: F.max_pool2d(X, 2, 1, -1)),
    "kernel of nothing": (ArgumentError, "kernel_size=0", lambda: F.max_pool2d(X, 0)),
    "stride of nothing": (ArgumentError, "stride=0", lambda: F.avg_pool2d(X, 2, 0)),
    "dilation of nothing": (ArgumentError, "dilation=0", lambda: F.max_pool2d(X, 2, dilation=0)),
    "too few dims": (ShapeError, "max_pool2d.*needs 3 or 4", lambda: F.max_pool2d(of(6, 6), 2)),
    "too many dims": (ShapeError, "max_pool1d.*needs 2 or 3", lambda: F.max_pool1d(X, 2)),
    "too many numbers": (ArgumentError, "kernel_size=", lambda: F.max_pool2d(X, (1, 2, 3))),
    "no channels": (ShapeError, "no channels", lambda: F.avg_pool2d(of(2, 0, 6, 6), 2)),
    "nothing to pool": (ShapeError, "empty", lambda: F.max_pool2d(of(2, 3, 0, 6), 2)),
    "bool": (DtypeError, "max_pool2d.*bool", lambda: F.max_pool2d(X > 0, 2)),
    "mean of integers": (DtypeError, "avg_pool2d.*int64", lambda: F.avg_pool2d(X.long(), 2)),
    "divisor of zero": (ArgumentError, "divisor_override=0", lambda: F.avg_pool2d(X, 2, divisor_override=0)),
    "parts below zero": (ShapeError, "output_size=-1", lambda: F.adaptive_avg_pool2d(X, -1)),
    "numbers of parts": (ShapeError, "output_size=", lambda: F.adaptive_max_pool2d(X, (1, 2, 3))),
    "parts of nothing": (ShapeError, "empty", lambda: F.adaptive_avg_pool2d(of(2, 3, 0, 3), 2)),
    "parts of integers": (DtypeError, "int64", lambda: F.adaptive_max_pool2d(X.long(), 2)),
    "indices of another shape": (
        ShapeError,
        "indices",
        lambda: F.max_unpool2d(of(1, 2, 2), of(1, 2, 1).long(), 2),
    ),
    "indices of another dtype": (ShapeError, "int32", lambda: F.max_unpool2d(of(1, 2, 2), of(1, 2, 2).int(), 2)),
    "size of the way back": (
        ShapeError,
        "output_size=",
        lambda: F.max_unpool2d(of(1, 2, 2), of(1, 2, 2).long(), 2, output_size=(9, 9)),
    ),
    "place of the way back": (
        IndexRangeError,
        "99",
        lambda: F.max_unpool2d(of(1, 2, 2), (of(1, 2, 2) + 99).long(), 2).tolist(),
    ),
    "columns of too large windows": (ShapeError, "unfold.*no window", lambda: F.unfold(X, 7)),
    "columns of a matrix": (ShapeError, "unfold.*needs 3 or 4", lambda: F.unfold(of(6, 6), 2)),
    "columns of integers": (DtypeError, "unfold", lambda: F.unfold(X.long(), 2)),
    "columns that are no kernels": (ShapeError, "multiple of 4", lambda: F.fold(of(2, 11, 9), (4, 4), 2)),
    "columns of other windows": (ShapeError, "3 . 3 = 9", lambda: F.fold(of(2, 12, 8), (4, 4), 2)),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_refused(what: str) -> None:
    error, words, call = WRONG[what]
    with pytest.raises(error, match=words) as caught:
        call()
    assert str(caught.value).startswith("[")


KERNELS = {
    "side by side": ((2,), ["reduce", "map"]),
    "overlapping and padded": ((3, 2, 1), ["map", "reduce", "map"]),
}


@pytest.mark.parametrize("name", KERNELS)
def test_the_largest_and_their_gradient_are_a_kernel_each(name: str) -> None:
    """Beside the padding, which is stored: windows are read where they lie, their gradient is written once."""
    arguments, kinds = KERNELS[name]
    x = clgrad.ones(4, 3, 28, 28, device="cpu").realize().requires_grad_()
    with trace() as seen:
        y = F.max_pool2d(x, *arguments)
        (gradient,) = clgrad.autograd.grad(y, [x], clgrad.ones_like(y))
        clgrad.realize(y, gradient)
    assert [kernel.kind for kernel in seen.kernels] == kinds


def test_unfold_copies_nothing_before_it_is_read() -> None:
    x = clgrad.ones(64, 100, device="cpu").realize()
    with trace() as seen:
        x.unfold(1, 50, 1).sum().realize()
    assert sum(kernel.nbytes for kernel in seen.kernels) < 2 * 64 * 100 * 4
