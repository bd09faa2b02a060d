"""Statistics, sums, searches, sorting and sets."""

from __future__ import annotations

from typing import Any, NamedTuple

from clgrad import functions
from clgrad.arithmetic import result_dtype
from clgrad.array import Dims
from clgrad.dtypes import DType, bool_, int64, uint64
from clgrad.errors import ArgumentError
from clgrad.tensor import Tensor

__all__ = [
    "all", "any", "argmax", "argmin", "argsort", "count_nonzero", "cumulative_prod", "cumulative_sum", "diff", "isin",
    "max", "mean", "min", "nonzero", "prod", "searchsorted", "sort", "std", "sum", "unique_all", "unique_counts",
    "unique_inverse", "unique_values", "var", "where",
]  # fmt: skip


def _wide(x: Tensor, dtype: Any) -> Any:
    """The dtype of a sum: integers widen, unsigned ones stay unsigned."""
    if dtype is not None or not (x.dtype.is_integer or x.dtype is bool_):
        return dtype
    return int64 if x.dtype.signed or x.dtype is bool_ else uint64


def sum(x: Tensor, /, *, axis: Dims = None, dtype: DType | None = None, keepdims: Any = False) -> Tensor:
    return x if axis == () and dtype is None else x.sum(_axes(axis), keepdims, dtype=_wide(x, dtype))


def prod(x: Tensor, /, *, axis: Dims = None, dtype: DType | None = None, keepdims: Any = False) -> Tensor:
    return x if axis == () and dtype is None else x.prod(_axes(axis), keepdims, dtype=_wide(x, dtype))


def _axes(axis: Dims) -> Any:
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


def mean(x: Tensor, /, *, axis: Dims = None, keepdims: Any = False) -> Tensor:
    return x.mean(_axes(axis), keepdims)


def var(x: Tensor, /, *, axis: Dims = None, correction: float = 0.0, keepdims: Any = False) -> Tensor:
    return functions.var(x, _axes(axis), correction=correction, keepdim=keepdims)


def std(x: Tensor, /, *, axis: Dims = None, correction: float = 0.0, keepdims: Any = False) -> Tensor:
    return functions.std(x, _axes(axis), correction=correction, keepdim=keepdims)


def max(x: Tensor, /, *, axis: Dims = None, keepdims: Any = False) -> Tensor:
    return x.amax(_axes(axis), keepdims)


def min(x: Tensor, /, *, axis: Dims = None, keepdims: Any = False) -> Tensor:
    return x.amin(_axes(axis), keepdims)


def all(x: Tensor, /, *, axis: Dims = None, keepdims: Any = False) -> Tensor:
    return x.all(_axes(axis), keepdims)


def any(x: Tensor, /, *, axis: Dims = None, keepdims: Any = False) -> Tensor:
    return x.any(_axes(axis), keepdims)


def count_nonzero(x: Tensor, /, *, axis: Dims = None, keepdims: Any = False) -> Tensor:
    return (x != 0).sum(_axes(axis), keepdims)


def argmax(x: Tensor, /, *, axis: Any = None, keepdims: Any = False) -> Tensor:
    return functions.argmax(x, axis, keepdims)


def argmin(x: Tensor, /, *, axis: Any = None, keepdims: Any = False) -> Tensor:
    return functions.argmin(x, axis, keepdims)


def _cumulative(function: Any, first: int, x: Tensor, axis: Any, dtype: Any, include_initial: Any) -> Tensor:
    if axis is None:
        if x.ndim > 1:
            raise ArgumentError(f"[cumulative] shape {x.shape} has more than one axis; give axis=")
        axis = 0
    x = x.reshape(-1) if x.ndim == 0 else x
    dtype = _wide(x, dtype)
    result: Tensor = function(x, axis, dtype=dtype)
    if include_initial:
        shape = tuple(1 if one == axis % x.ndim else size for one, size in enumerate(x.shape))
        start = result._constant(first, result.dtype)._broadcast(shape)
        return functions.cat([start, result], axis)
    return result


def cumulative_sum(x: Tensor, /, *, axis: Any = None, dtype: Any = None, include_initial: Any = False) -> Tensor:
    return _cumulative(functions.cumsum, 0, x, axis, dtype, include_initial)


def cumulative_prod(x: Tensor, /, *, axis: Any = None, dtype: Any = None, include_initial: Any = False) -> Tensor:
    return _cumulative(functions.cumprod, 1, x, axis, dtype, include_initial)


def diff(
    x: Tensor, /, *, axis: int = -1, n: int = 1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    return functions.diff(x, n, axis, prepend, append)


def nonzero(x: Tensor, /) -> tuple[Tensor, ...]:
    return tuple(functions.nonzero(x, as_tuple=True))


def searchsorted(x1: Tensor, x2: Any, /, *, side: str = "left", sorter: Tensor | None = None) -> Tensor:
    return functions.searchsorted(x1, x2, side=side, sorter=sorter)


def where(condition: Tensor, x1: Any, x2: Any, /) -> Tensor:
    return condition.choose(x1, x2)


def argsort(x: Tensor, /, *, axis: int = -1, descending: Any = False, stable: Any = True) -> Tensor:
    return functions.argsort(x, axis, descending, stable=stable)


def sort(x: Tensor, /, *, axis: int = -1, descending: Any = False, stable: Any = True) -> Tensor:
    values: Tensor = functions.sort(x, axis, descending, stable=stable).values
    return values


class UniqueAll(NamedTuple):
    """Distinct values, where each stands first, which of them each element is, and how many there are of each."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """Distinct values, and how many there are of each."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """Distinct values, and which of them each element is."""

    values: Tensor
    inverse_indices: Tensor


def unique_all(x: Tensor, /) -> UniqueAll:
    values, inverse, counts = functions.unique(x, return_inverse=True, return_counts=True)
    # A stable order puts the first element of each value where that value's run begins.
    order = functions.argsort(x.reshape(-1), 0, stable=True)
    starts = functions.cumsum(counts, 0) - counts
    return UniqueAll(values, order[starts] if values.shape[0] else order, inverse.reshape(x.shape), counts)


def unique_counts(x: Tensor, /) -> UniqueCounts:
    return UniqueCounts(*functions.unique(x, return_counts=True))


def unique_inverse(x: Tensor, /) -> UniqueInverse:
    values, inverse = functions.unique(x, return_inverse=True)
    return UniqueInverse(values, inverse.reshape(x.shape))


def unique_values(x: Tensor, /) -> Tensor:
    values: Tensor = functions.unique(x)
    return values


def isin(x1: Any, x2: Any, /, *, invert: Any = False) -> Tensor:
    if not isinstance(x1, Tensor):
        x1 = x2._constant(x1, result_dtype([x1, x2]))
    if not isinstance(x2, Tensor):
        x2 = x1._constant(x2, result_dtype([x1, x2]))
    found: Tensor = functions.isin(x1, x2, invert=invert)
    return found
