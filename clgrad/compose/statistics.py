"""Means, variances, extremes and where they stand, covariances: in the array language."""

from __future__ import annotations

import math
from typing import Any, Generic, NamedTuple, TypeVar

from clgrad.array import A, Dims, drop, normalize_dim, normalize_dims
from clgrad.dtypes import DType, as_dtype, bool_, float32
from clgrad.errors import ArgumentError, DtypeError, ShapeError

__all__ = [
    "aminmax",
    "argmax",
    "argmin",
    "corrcoef",
    "cov",
    "max",
    "min",
    "nanmean",
    "nansum",
    "std",
    "std_mean",
    "var",
    "var_mean",
]

T = TypeVar("T")


class Extreme(NamedTuple, Generic[T]):
    """Values, and where along the dim they were found."""

    values: T
    indices: T


class Range(NamedTuple, Generic[T]):
    """The smallest and the largest values."""

    min: T
    max: T


# -- means and variances -------------------------------------------------------------------------


def nansum(input: A, dim: Dims = None, keepdim: bool = False, *, dtype: DType | None = None) -> A:
    """The sum of all elements that are numbers; a NaN counts as 0.

    >>> import clgrad
    >>> clgrad.tensor([1.0, float("nan"), 2.0]).nansum().item()
    3.0
    """
    if not input.dtype.is_float:
        return input.sum(dim, keepdim, dtype)
    x = input if dtype is None else input._cast(as_dtype(dtype))
    numbers: Any = x.isnan().choose(0, x) if x.dtype.is_float else x
    return numbers.sum(dim, keepdim, dtype)  # type: ignore[no-any-return]


def nanmean(input: A, dim: Dims = None, keepdim: bool = False, *, dtype: DType | None = None) -> A:
    """The mean of all elements that are numbers; NaN where there are none.

    >>> import clgrad
    >>> clgrad.tensor([1.0, float("nan"), 2.0]).nanmean().item()
    1.5
    """
    x = input if dtype is None else input._cast(as_dtype(dtype))
    if not x.dtype.is_float:
        raise DtypeError(f"[nanmean] the mean of {x.dtype.name} is not defined; cast with .to(clgrad.float32)")
    return nansum(x, dim, keepdim) / x.isnan().logical_not().to(x.dtype).sum(dim, keepdim)


def _correction(unbiased: bool | None, correction: float | None, name: str) -> float:
    if unbiased is None:
        return 1 if correction is None else correction
    if correction is not None or not isinstance(unbiased, bool):
        raise ArgumentError(
            f"[{name}] unbiased={unbiased!r} and correction={correction!r}: unbiased is True or False, and then there "
            "is no correction; name what you mean"
        )
    return 1 if unbiased else 0


def _var_mean(input: A, dim: Any, unbiased: bool | None, correction: float | None, keepdim: bool, name: str) -> Any:
    """The variance and the mean in the dtype that kernels compute in: two passes, so that nothing cancels."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    degrees = _correction(unbiased, correction, name)
    if not input.dtype.is_float:
        raise DtypeError(f"[{name}] the variance of {input.dtype.name} is not defined; cast with .to(clgrad.float32)")
    axes = normalize_dims(dim, input.ndim, name)
    count = math.prod(input.shape[axis] for axis in axes)
    wide = input._cast(input.dtype.computing)
    mean = wide.mean(dim, keepdim=True)
    centred = wide - mean
    left = count - degrees
    variance = (centred * centred).sum(dim, keepdim) * (1 / left if left > 0 else math.inf)
    return variance, mean if keepdim else mean.reshape(drop(input.shape, axes))


def var(
    input: A, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> A:
    """The variance over dims: the sum of squared distances from the mean, divided by count - correction.

    ``correction`` is 1 unless given, or 0 for unbiased=False. Where count is not larger, the result is inf or NaN.

    >>> import clgrad
    >>> clgrad.tensor([1.0, 3.0]).var().item()
    2.0
    """
    return _var_mean(input, dim, unbiased, correction, keepdim, "var")[0]._cast(input.dtype)  # type: ignore[no-any-return]


def std(
    input: A, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> A:
    """The standard deviation, the square root of var."""
    return _var_mean(input, dim, unbiased, correction, keepdim, "std")[0].sqrt()._cast(input.dtype)  # type: ignore[no-any-return]


def var_mean(
    input: A, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[A, A]:
    """The variance (see var) and the mean.

    >>> import clgrad
    >>> [one.item() for one in clgrad.var_mean(clgrad.tensor([1.0, 3.0]))]
    [2.0, 2.0]
    """
    variance, mean = _var_mean(input, dim, unbiased, correction, keepdim, "var_mean")
    return variance._cast(input.dtype), mean._cast(input.dtype)


def std_mean(
    input: A, dim: Any = None, unbiased: bool | None = None, keepdim: bool = False, *, correction: float | None = None
) -> tuple[A, A]:
    """The standard deviation (see std) and the mean."""
    variance, mean = _var_mean(input, dim, unbiased, correction, keepdim, "std_mean")
    return variance.sqrt()._cast(input.dtype), mean._cast(input.dtype)


# -- extremes ------------------------------------------------------------------------------------


def _position(x: A, dim: int) -> A:
    """The index along a dim, of a shape that broadcasts over x."""
    size = x.shape[dim]
    return x._iota(size).reshape(tuple(size if axis == dim else 1 for axis in range(x.ndim)))


def _where_extreme(x: A, dim: int | None, keepdim: bool, name: str) -> A:
    if dim is None:
        flat = _where_extreme(x.reshape(-1), 0, False, name)
        return flat.reshape((1,) * x.ndim) if keepdim else flat
    axis = normalize_dim(dim, x.ndim, name)
    if x.ndim == 0:
        return x._iota(1).reshape(())
    if x.shape[axis] == 0:
        raise ShapeError(f"[{name}] dim {dim} of shape {x.shape} is empty: there is no extreme value")
    extreme = x.amax(axis, keepdim=True) if name == "argmax" else x.amin(axis, keepdim=True)
    hit = (x == extreme) | x.isnan()
    return hit.choose(_position(x, axis), x.shape[axis]).amin(axis, keepdim)


def argmax(input: A, dim: int | None = None, keepdim: bool = False) -> A:
    """Where the largest value stands (int64): the first of equals; NaN counts as largest.

    >>> import clgrad
    >>> clgrad.tensor([1.0, 7.0, 7.0]).argmax().item()
    1
    """
    return _where_extreme(input, dim, keepdim, "argmax")


def argmin(input: A, dim: int | None = None, keepdim: bool = False) -> A:
    """Where the smallest value stands (int64): the first of equals; NaN counts as smallest."""
    return _where_extreme(input, dim, keepdim, "argmin")


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


def max(input: A, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest value; with one dim, (values, indices) along it; with a tensor, the elementwise maximum.

    Ties share the gradient, but with one dim it goes to the index found. Several dims give the values alone.

    >>> import clgrad
    >>> clgrad.tensor([[1.0, 5.0], [4.0, 2.0]]).max(1).indices.tolist()
    [1, 0]
    """
    return _extreme(input, dim, keepdim, "argmax")


def min(input: A, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest value; see max."""
    return _extreme(input, dim, keepdim, "argmin")


def aminmax(input: A, *, dim: int | None = None, keepdim: bool = False) -> Range[A]:
    """The smallest and the largest value of all, or along a dim: (min, max). Ties share the gradient.

    >>> import clgrad
    >>> smallest, largest = clgrad.tensor([3.0, 1.0, 2.0]).aminmax()
    >>> smallest.item(), largest.item()
    (1.0, 3.0)
    """
    return Range(input.amin(dim, keepdim), input.amax(dim, keepdim))


# -- covariances ---------------------------------------------------------------------------------


def cov(input: A, *, correction: float = 1, fweights: A | None = None, aweights: A | None = None) -> A:
    """Covariances of variables: of two dims, a row is a variable and a column an observation.

    ``fweights`` (integers) says how often each observation was made, ``aweights`` how much it counts. One variable
    gives a 0-d tensor. The sums are divided by count - correction, with weights as in numpy.cov.

    >>> import clgrad
    >>> clgrad.cov(clgrad.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]])).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    if input.ndim > 2:
        raise ShapeError(f"[cov] shape {input.shape} has {input.ndim} dims, it must have at most 2: variables x times")
    if input.dtype is bool_:
        raise DtypeError("[cov] bool is not a number; cast with .to(clgrad.float32)")
    x = input if input.dtype.is_float else input.to(float32)
    x = x.reshape(1, -1) if x.ndim < 2 else x
    count = x.shape[1]
    weights: Any = None
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        if given.shape != (count,):
            raise ShapeError(f"[cov] {name} of shape {given.shape} must have a weight for each of {count} observations")
        if given.dtype.is_integer != (name == "fweights"):
            raise DtypeError(
                f"[cov] {name} must be {'integers' if name == 'fweights' else 'floats'}, got {given.dtype.name}"
            )
        weights = given.to(x.dtype) if weights is None else weights * given.to(x.dtype)
    if weights is None:
        centred: Any = x - x.mean(1, keepdim=True)
        scaled, left = centred, count - correction
        factor: Any = 1 / left if left > 0 else math.inf
    else:
        total = weights.sum()
        centred = x - (x * weights).sum(1, keepdim=True) / total
        scaled = centred * weights
        lost: Any = correction if aweights is None else (weights * aweights).sum() / total * correction
        left = total - lost
        factor = (left > 0).choose(left, 0).reciprocal()
    result = centred.matmul(scaled.mT) * factor
    return result if input.ndim == 2 else result.reshape(())  # type: ignore[no-any-return]


def corrcoef(input: A) -> A:
    """Pearson's correlations of variables, from -1 to 1; see cov.

    >>> import clgrad
    >>> clgrad.corrcoef(clgrad.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]])).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    if input.ndim > 2:
        raise ShapeError(f"[corrcoef] shape {input.shape} has {input.ndim} dims, it must have at most 2")
    c = cov(input)
    if input.ndim < 2:
        return c / c
    size = c.shape[0]
    diagonal = (_position(c, 0) == _position(c, 1)).choose(c, 0).sum(1)
    deviation: Any = diagonal.sqrt()
    return (c / deviation.reshape(size, 1) / deviation.reshape(1, size)).clamp(-1, 1)  # type: ignore[no-any-return]
