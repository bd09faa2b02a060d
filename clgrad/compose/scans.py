"""Sums, products and extremes up to each element, and differences: in the array language."""

from __future__ import annotations

from typing import Any

from clgrad.array import A, normalize_dim
from clgrad.compose import elementwise, joining
from clgrad.compose.statistics import Extreme
from clgrad.dtypes import DType, as_dtype, bool_, default_integer, float32
from clgrad.errors import ArgumentError, DtypeError, ShapeError

__all__ = [
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "diff",
    "logcumsumexp",
    "trapezoid",
    "trapz",
]


def _summed(input: A, dim: int, dtype: DType | None, name: str, operator: str) -> A:
    axis = normalize_dim(dim, input.ndim, name)
    default = input.dtype if input.dtype.has_gradient else default_integer
    target = as_dtype(dtype) if dtype is not None else default
    if target is bool_:
        raise DtypeError(f"[{name}] dtype bool has no sums and products; use int64")
    x = input._cast(target)
    if not x.ndim:
        return x
    if target.is_complex:
        if operator == "mul":
            raise DtypeError(f"[{name}] is not defined for {target.name}; there are cumsum and prod")
        return x.real.scan(axis, operator)._with_imag(x.imag.scan(axis, operator))
    return x.scan(axis, operator)


def cumsum(input: A, dim: int, *, dtype: DType | None = None) -> A:
    """Along a dim, the sum of all elements up to each one. Integers and bool give int64, unless ``dtype`` says else.

    >>> import clgrad
    >>> clgrad.tensor([1, 2, 3]).cumsum(0).tolist()
    [1, 3, 6]
    """
    return _summed(input, dim, dtype, "cumsum", "add")


def cumprod(input: A, dim: int, *, dtype: DType | None = None) -> A:
    """Along a dim, the product of all elements up to each one; dtypes as for cumsum. Gradients are exact at zeros.

    >>> import clgrad
    >>> clgrad.tensor([1, 2, 3]).cumprod(0).tolist()
    [1, 2, 6]
    """
    return _summed(input, dim, dtype, "cumprod", "mul")


def logcumsumexp(input: A, dim: int) -> A:
    """Along a dim, the logarithm of the sum of exponentials up to each element, without overflow. Floats only.

    >>> import clgrad
    >>> clgrad.tensor([1000.0, 1000.0]).logcumsumexp(0).tolist()
    [1000.0, 1000.6931762695312]
    """
    axis = normalize_dim(dim, input.ndim, "logcumsumexp")
    if not input.dtype.is_float:
        raise DtypeError(f"[logcumsumexp] {input.dtype.name} has no exponentials; cast with .to(clgrad.float32)")
    return input.scan(axis, "logaddexp") if input.ndim else input


def _extremes(input: A, dim: int, name: str, operator: str) -> Extreme[A]:
    axis = normalize_dim(dim, input.ndim, name)
    if not input.ndim:
        return Extreme(input, input._iota(1).reshape(()))
    length = input.shape[axis]
    if 0 in input.shape:
        return Extreme(input, input.to(default_integer))
    values = input.scan(axis, operator)
    # An extreme was found where an element last was one: a running maximum of places.
    hit: Any = elementwise.eq(input, values) | input.isnan() if input.dtype.is_float else elementwise.eq(input, values)
    place = input._iota(length).reshape(tuple(length if one == axis else 1 for one in range(input.ndim)))
    return Extreme(values, hit.choose(place, 0).scan(axis, "max"))


def cummax(input: A, dim: int) -> Extreme[A]:
    """Along a dim, the largest of all elements up to each one, and where it stands: (values, indices).

    Of equals the last counts, and a NaN is larger than all numbers. Gradients go to the indices.

    >>> import clgrad
    >>> values, indices = clgrad.tensor([1.0, 3.0, 2.0]).cummax(0)
    >>> values.tolist(), indices.tolist()
    ([1.0, 3.0, 3.0], [0, 1, 1])
    """
    return _extremes(input, dim, "cummax", "max")


def cummin(input: A, dim: int) -> Extreme[A]:
    """Along a dim, the smallest of all elements up to each one, and where it stands; see cummax."""
    return _extremes(input, dim, "cummin", "min")


def _from(input: A, axis: int, first: int, last: int) -> A:
    """Along an axis, without elements at its start (first) and at its end (last)."""
    starts = tuple(first if one == axis else 0 for one in range(input.ndim))
    stops = tuple(size - last if one == axis else size for one, size in enumerate(input.shape))
    return input.slice_ranges(starts, stops, (1,) * input.ndim)


def diff(input: A, n: int = 1, dim: int = -1, prepend: A | None = None, append: A | None = None) -> A:
    """Differences of neighbours along a dim, n times over; of bool, whether they differ.

    ``prepend`` and ``append`` are joined to the input before.

    >>> import clgrad
    >>> clgrad.tensor([1, 4, 9]).diff().tolist()
    [3, 5]
    """
    if not input.ndim:
        raise ShapeError("[diff] a 0-d tensor has no neighbours; reshape it to (1,)")
    if n < 0:
        raise ArgumentError(f"[diff] n={n} must not be negative")
    axis = normalize_dim(dim, input.ndim, "diff")
    parts = [part for part in (prepend, input, append) if part is not None]
    x: Any = joining.cat(parts, axis) if len(parts) > 1 else input
    for _ in range(min(n, x.shape[axis])):
        before, after = _from(x, axis, 0, 1), _from(x, axis, 1, 0)
        x = after ^ before if x.dtype is bool_ else after - before
    return x  # type: ignore[no-any-return]


def _strips(y: A, x: A | None, dx: float | None, dim: int, name: str) -> tuple[Any, int]:
    """The areas between neighbours, and the axis they lie along."""
    if x is not None and dx is not None:
        raise ArgumentError(f"[{name}] x and dx={dx} are both given; give the places x or their distance dx")
    if not y.ndim:
        raise ShapeError(f"[{name}] a 0-d tensor has no neighbours; reshape it to (1,)")
    if y.dtype is bool_:
        raise DtypeError(f"[{name}] bool is not a number; cast with .to(clgrad.float32)")
    axis = normalize_dim(dim, y.ndim, name)
    y = y if y.dtype.is_float else y.to(float32)
    if not y.shape[axis]:
        return y, axis
    both: Any = _from(y, axis, 1, 0) + _from(y, axis, 0, 1)
    if x is None:
        return both * (0.5 if dx is None else 0.5 * dx), axis
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise ShapeError(f"[{name}] x has {x.shape[0]} places, dim {dim} of {y.shape} must have as many")
        return both * 0.5 * diff(x).reshape(tuple(-1 if one == axis else 1 for one in range(y.ndim))), axis
    strips = both * 0.5 * diff(x, dim=dim)
    return strips, normalize_dim(dim, strips.ndim, name)


def trapezoid(y: A, x: A | None = None, *, dx: float | None = None, dim: int = -1) -> A:
    """The integral along a dim by the trapezoidal rule: y at the places x, or at places dx (1) apart.

    >>> import clgrad
    >>> clgrad.trapezoid(clgrad.tensor([1.0, 5.0, 10.0])).item()
    10.5
    """
    strips, axis = _strips(y, x, dx, dim, "trapezoid")
    return strips.sum(axis)  # type: ignore[no-any-return]


def trapz(y: A, x: A | None = None, *, dx: float | None = None, dim: int = -1) -> A:
    """Another name of trapezoid."""
    return trapezoid(y, x, dx=dx, dim=dim)


def cumulative_trapezoid(y: A, x: A | None = None, *, dx: float | None = None, dim: int = -1) -> A:
    """The integral up to each element but the first; see trapezoid.

    >>> import clgrad
    >>> clgrad.cumulative_trapezoid(clgrad.tensor([1.0, 5.0, 10.0])).tolist()
    [3.0, 10.5]
    """
    strips, axis = _strips(y, x, dx, dim, "cumulative_trapezoid")
    return strips.scan(axis, "add")  # type: ignore[no-any-return]
