"""Arrays from data, and from nothing."""

from __future__ import annotations

import math
from typing import Any

from clgrad import creation, functions
from clgrad.dtypes import default_float
from clgrad.errors import ArgumentError
from clgrad.tensor import Tensor, tensor
from clgrad.tensor import from_dlpack as from_dlpack

__all__ = [
    "arange", "asarray", "empty", "empty_like", "eye", "from_dlpack", "full", "full_like", "linspace", "meshgrid",
    "ones", "ones_like", "tril", "triu", "zeros", "zeros_like",
]  # fmt: skip


def _shape(shape: Any) -> tuple[Any, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def asarray(obj: Any, /, *, dtype: Any = None, device: Any = None, copy: Any = None) -> Tensor:
    """An array of numbers, nested sequences, numpy arrays or tensors; of other arrays by DLPack."""
    if isinstance(obj, Tensor) and not copy:
        return obj.to(dtype=dtype, device=device)
    if copy is False:
        raise ArgumentError("[asarray] copy=False: only a tensor is taken without a copy; use from_dlpack")
    return tensor(obj, dtype=dtype, device=device)


def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Tensor:
    if stop is None:
        start, stop = 0, start
    if step and math.ceil((stop - start) / step) <= 0:
        stop = start  # the standard's empty range
    return creation.arange(start, stop, step, dtype=dtype, device=device)


def empty(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.zeros(_shape(shape), dtype=dtype, device=device)


def zeros(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.zeros(_shape(shape), dtype=dtype, device=device)


def ones(shape: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.ones(_shape(shape), dtype=dtype, device=device)


def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.full(_shape(shape), fill_value, dtype=dtype, device=device)


def empty_like(x: Tensor, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.zeros_like(x, dtype=dtype, device=device)


def zeros_like(x: Tensor, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.zeros_like(x, dtype=dtype, device=device)


def ones_like(x: Tensor, /, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.ones_like(x, dtype=dtype, device=device)


def full_like(x: Tensor, /, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    return creation.full_like(x, fill_value, dtype=dtype, device=device)


def eye(n_rows: Any, n_cols: Any = None, /, *, k: Any = 0, dtype: Any = None, device: Any = None) -> Tensor:
    rows = creation.arange(n_rows, device=device).reshape(-1, 1)
    columns = creation.arange(n_rows if n_cols is None else n_cols, device=device)
    ones_at: Tensor = rows + k == columns
    return ones_at.to(dtype or default_float)


def linspace(
    start: Any, stop: Any, /, num: Any, *, dtype: Any = None, device: Any = None, endpoint: Any = True
) -> Tensor:
    if not endpoint:
        return creation.linspace(start, stop, num + 1, dtype=dtype, device=device)[:num]
    return creation.linspace(start, stop, num, dtype=dtype, device=device)


def meshgrid(*arrays: Tensor, indexing: str = "xy") -> tuple[Tensor, ...]:
    return tuple(functions.meshgrid(*arrays, indexing=indexing))


def tril(x: Tensor, /, *, k: Any = 0) -> Tensor:
    return functions.tril(x, k)


def triu(x: Tensor, /, *, k: Any = 0) -> Tensor:
    return functions.triu(x, k)
