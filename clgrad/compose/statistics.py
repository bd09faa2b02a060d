"""Variance, and reductions that tell where: in the array language."""

from __future__ import annotations

import math
from typing import Any, Generic, NamedTuple, TypeVar

from clgrad.array import A, Dims, normalize_dim, normalize_dims
from clgrad.dtypes import bool_
from clgrad.errors import DtypeError, ShapeError

__all__ = ["argmax", "argmin", "max", "min", "std", "var"]

T = TypeVar("T")


class Extreme(NamedTuple, Generic[T]):
    """Values, and where along the dim they were found."""

    values: T
    indices: T


def var(x: A, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> A:
    """The variance over dims, divided by count - correction.

    >>> import clgrad
    >>> clgrad.tensor([1.0, 3.0]).var().item()
    2.0
    """
    if not x.dtype.is_float:
        raise DtypeError(f"[var] the variance of {x.dtype.name} is not defined; cast with .to(clgrad.float32)")
    count = math.prod(x.shape[axis] for axis in normalize_dims(dim, x.ndim, "var"))
    wide = x._cast(x.dtype.computing)
    centred = wide - wide.mean(dim, keepdim=True)
    degrees = count - correction if count > correction else 0
    scale = 1 / degrees if degrees else math.nan if count < 2 else math.inf
    return ((centred * centred).sum(dim, keepdim) * scale)._cast(x.dtype)


def std(x: A, dim: Dims = None, correction: float = 1, keepdim: bool = False) -> A:
    """The square root of var."""
    return var(x._cast(x.dtype.computing), dim, correction, keepdim).sqrt()._cast(x.dtype)


def _position(x: A, dim: int) -> A:
    """The index along a dim, of a shape that broadcasts over x."""
    size = x.shape[dim]
    return x._iota(size).reshape(tuple(size if axis == dim else 1 for axis in range(x.ndim)))


def _where_extreme(x: A, dim: int | None, keepdim: bool, name: str) -> A:
    if dim is None:
        flat = _where_extreme(x.reshape(-1), 0, False, name)
        return flat.reshape((1,) * x.ndim) if keepdim else flat
    if x.ndim == 0:
        return x._iota(1).reshape(())
    axis = normalize_dim(dim, x.ndim, name)
    if x.shape[axis] == 0:
        raise ShapeError(f"[{name}] dim {dim} of shape {x.shape} is empty: there is no extreme value")
    extreme = x.amax(axis, keepdim=True) if name == "argmax" else x.amin(axis, keepdim=True)
    hit = (x == extreme) | x.isnan()
    return hit.choose(_position(x, axis), x.shape[axis]).amin(axis, keepdim)


def argmax(x: A, dim: int | None = None, keepdim: bool = False) -> A:
    """Where the largest value stands (int64): the first of equals; NaN counts as largest.

    >>> import clgrad
    >>> clgrad.tensor([1.0, 7.0, 7.0]).argmax().item()
    1
    """
    return _where_extreme(x, dim, keepdim, "argmax")


def argmin(x: A, dim: int | None = None, keepdim: bool = False) -> A:
    """Where the smallest value stands (int64): the first of equals; NaN counts as smallest."""
    return _where_extreme(x, dim, keepdim, "argmin")


def _extreme(x: A, dim: Any, keepdim: bool, name: str) -> Any:
    if isinstance(dim, type(x)) or (dim is not None and not isinstance(dim, (int, tuple, list))):
        return x.maximum(dim) if name == "argmax" else x.minimum(dim)
    if not isinstance(dim, int):
        return x.amax(dim, keepdim) if name == "argmax" else x.amin(dim, keepdim)
    indices = _where_extreme(x, dim, True, name)
    if x.ndim == 0:
        return Extreme(x, indices)
    axis = normalize_dim(dim, x.ndim, name)
    picked = (_position(x, axis) == indices).choose(x, False if x.dtype is bool_ else 0)
    values = picked.any(axis, keepdim) if x.dtype is bool_ else picked.sum(axis, keepdim).to(x.dtype)
    return Extreme(values, indices if keepdim else indices.squeeze(axis))


def max(x: A, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest value; with one dim, (values, indices) along it; with a tensor, the elementwise maximum.

    Ties share the gradient, but with one dim it goes to the index found. Several dims give the values alone.

    >>> import clgrad
    >>> clgrad.tensor([[1.0, 5.0], [4.0, 2.0]]).max(1).indices.tolist()
    [1, 0]
    """
    return _extreme(x, dim, keepdim, "argmax")


def min(x: A, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest value; see max."""
    return _extreme(x, dim, keepdim, "argmin")
