"""Make tensors, and join them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from clgrad.arithmetic import Scalar
from clgrad.array import shape_argument
from clgrad.compose import indexing
from clgrad.device import device as find_device
from clgrad.dtypes import as_dtype, default_float, default_integer, int64
from clgrad.errors import ArgumentError, ShapeError
from clgrad.graph import constant
from clgrad.tensor import Tensor, tensor

__all__ = [
    "arange", "empty", "empty_like", "eye", "full", "full_like", "linspace", "logspace", "one_hot", "ones",
    "ones_like", "tril_indices", "triu_indices", "where", "zeros", "zeros_like",
]  # fmt: skip


def full(
    size: Sequence[int] | int, fill_value: Scalar, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor of one value; without a dtype, the value's: bool, int64, float32 or complex64."""
    shape = shape_argument((size,) if isinstance(size, int) else tuple(size), "full")
    if any(length < 0 for length in shape):
        raise ShapeError(f"[full] sizes must not be negative, got {shape}")
    if dtype is None:
        dtype = next(kind for kind in (bool, int, float, complex) if isinstance(fill_value, kind))
    chosen = find_device(device)
    value = Tensor(constant(fill_value, as_dtype(dtype), chosen))
    return value._broadcast(shape).requires_grad_(requires_grad)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of zeros; float32 unless a dtype is given.

    >>> import clgrad
    >>> clgrad.zeros(2, 1).tolist()
    [[0.0], [0.0]]
    """
    return full(shape_argument(size, "zeros"), 0, dtype or default_float, device, requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of ones; float32 unless a dtype is given."""
    return full(shape_argument(size, "ones"), 1, dtype or default_float, device, requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor whose elements are to be written: they are zeros, since a lazy value has to have some.

    >>> import clgrad
    >>> clgrad.empty(2, 1).shape
    (2, 1)
    """
    return full(shape_argument(size, "empty"), 0, dtype or default_float, device, requires_grad)


def _like(x: Tensor, value: Scalar, dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    return full(x.shape, value, dtype or x.dtype, device or x.device, requires_grad)


def zeros_like(x: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros with the shape, dtype and device of another tensor."""
    return _like(x, 0, dtype, device, requires_grad)


def ones_like(x: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones with the shape, dtype and device of another tensor."""
    return _like(x, 1, dtype, device, requires_grad)


def empty_like(x: Tensor, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor to be written, with the shape, dtype and device of another."""
    return _like(x, 0, dtype, device, requires_grad)


def full_like(
    x: Tensor, fill_value: Scalar, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One value with the shape, dtype and device of another tensor."""
    return _like(x, fill_value, dtype, device, requires_grad)


def arange(
    start: float, end: float | None = None, step: float = 1, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """start, start + step, ... up to but without end; ``arange(n)`` counts from 0.

    >>> import clgrad
    >>> clgrad.arange(1, 7, 2).tolist()
    [1, 3, 5]
    """
    if end is None:
        start, end = 0, start
    if step == 0 or not all(math.isfinite(number) for number in (start, end, step)):
        raise ArgumentError(f"[arange] start {start}, end {end}, step {step}: finite numbers, step not 0")
    length = math.ceil((end - start) / step)
    if length < 0:
        raise ArgumentError(f"[arange] a step of {step} does not lead from {start} to {end}; change its sign")
    whole = all(isinstance(number, int) for number in (start, end, step))
    wanted = as_dtype(dtype) if dtype is not None else default_integer if whole else default_float
    count = Tensor(constant(0, int64, find_device(device)))._iota(length)
    if not length:
        return zeros(0, dtype=wanted, device=device, requires_grad=requires_grad)
    exact = count if whole else count._cast(wanted.computing if wanted.is_float else default_float)
    values = exact if step == 1 else exact * step
    values = values if start == 0 else values + start
    return values._cast(wanted).requires_grad_(requires_grad)


def linspace(
    start: float, end: float, steps: int, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Numbers at equal distances from start to end, both included."""
    if steps < 0:
        raise ArgumentError(f"[linspace] steps must not be negative, got {steps}")
    wanted = as_dtype(dtype) if dtype is not None else default_float
    if steps < 2:
        return full(steps, start, wanted, device, requires_grad)
    chosen = find_device(device)
    place = Tensor(constant(0, int64, chosen))._iota(steps)
    place = place._cast(wanted.computing if wanted.is_float else default_float)
    # From both ends, so that each end is exact.
    step = (end - start) / (steps - 1)
    values = (place < steps / 2).choose(place * step + start, (place - (steps - 1)) * step + end)
    return values._cast(wanted).requires_grad_(requires_grad)


def logspace(
    start: float, end: float, steps: int, base: float = 10.0, dtype: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """Powers of ``base``, their exponents at equal distances from start to end, both included.

    >>> import clgrad
    >>> clgrad.logspace(0, 2, 3).tolist()
    [1.0, 10.0, 100.0]
    """
    wanted = as_dtype(dtype) if dtype is not None else default_float
    exponents = linspace(start, end, steps, wanted if wanted.is_float else default_float, device)
    return (base**exponents)._cast(wanted).requires_grad_(requires_grad)


def tril_indices(row: int, col: int, offset: int = 0, dtype: Any = None, device: Any = None) -> Tensor:
    """Rows and columns, (2, n), of a matrix's elements on and below a diagonal, row by row.

    >>> import clgrad
    >>> clgrad.tril_indices(2, 2).tolist()
    [[0, 1, 1], [0, 0, 1]]
    """
    return _triangle("tril_indices", np.tril_indices, row, col, offset, dtype, device)


def triu_indices(row: int, col: int, offset: int = 0, dtype: Any = None, device: Any = None) -> Tensor:
    """Rows and columns, (2, n), of a matrix's elements on and above a diagonal, row by row.

    >>> import clgrad
    >>> clgrad.triu_indices(2, 2).tolist()
    [[0, 0, 1], [0, 1, 1]]
    """
    return _triangle("triu_indices", np.triu_indices, row, col, offset, dtype, device)


def _triangle(op: str, find: Any, row: int, col: int, offset: int, dtype: Any, device: Any) -> Tensor:
    if row < 0 or col < 0:
        raise ShapeError(f"[{op}] sizes must not be negative, got ({row}, {col})")
    return tensor(np.stack(find(row, offset, col)).astype(np.int64), dtype, device)


def eye(n: int, m: int | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal of an (n, m) matrix of zeros."""
    columns = n if m is None else m
    row = arange(n, device=device).reshape(n, 1)
    return (row == arange(columns, device=device))._cast(as_dtype(dtype or default_float)).requires_grad_(requires_grad)


# -- functions -----------------------------------------------------------------------------------


def where(condition: Tensor, input: Any, other: Any) -> Tensor:
    """``input`` where the condition holds, else ``other``; all three broadcast.

    >>> import clgrad
    >>> clgrad.where(clgrad.tensor([True, False]), 1.0, 0.0).tolist()
    [1.0, 0.0]
    """
    return condition.choose(input, other)


def one_hot(x: Tensor, num_classes: int = -1) -> Tensor:
    """A new last dim with 1 at x and 0 elsewhere (int64); -1 finds the number of classes in x."""
    if num_classes == -1:
        num_classes = int(x.amax().item()) + 1 if x.numel() else 0
    return indexing.one_hot(x, num_classes)
