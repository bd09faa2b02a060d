"""Scans: every element becomes the fold of all up to it, along one axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from clgrad.dtypes import DType, as_dtype, float32, float64
from clgrad.ops import Op, elementary, reduces, row


@dataclass(frozen=True)
class Operator:
    """What a scan folds with."""

    c: str
    """C of the fold of what stands before ({0}) and an element ({1}); {2} is the element's factor."""
    numpy: Any
    """The ufunc, or for an operator that is none, a function of arrays and the axis."""
    identity: Callable[[DType], Any]
    fold: Op | None = None
    """The reduction that folds the same; without one, a long row is not cut."""
    by_halves: bool = True
    """Whether elements may be folded in any grouping: not where one could overflow and another does not."""
    wide: bool = False
    """Whether float32 is folded in float64 where a device has it."""
    grows: bool = False
    """Whether small elements are added to a large fold, which loses some of each by rounding."""
    operands: int = 1
    helper: Callable[[DType, int], tuple[str, ...]] | None = None
    """The C functions that the fold calls."""

    def total(self, dtype: DType, has_double: bool) -> DType:
        """The dtype that it folds in."""
        if not dtype.is_float or dtype.size == 8:
            return dtype
        return float64 if self.wide and has_double else float32


def _logaddexp(dtype: DType, lanes: int) -> tuple[str, ...]:
    kind = elementary.vector(dtype, lanes)
    exponential, logarithm = (f"clgrad_{name}_{kind}" for name in ("exp", "log1p"))
    return (
        elementary.exp(dtype, lanes),
        elementary.log1p(dtype, lanes),
        f"""static inline {kind} clgrad_logaddexp_{kind}({kind} a, {kind} b) {{
    const {kind} larger = (a > b) ? a : b, smaller = (a > b) ? b : a;
    const {kind} apart = (larger == smaller) ? ({kind})(0) : smaller - larger;
    return larger + {logarithm}({exponential}(apart));
}}""",
    )


def _recurrence(x: Any, factor: Any, axis: int) -> Any:
    result = np.empty_like(x)
    into, terms, factors = (np.moveaxis(one, axis, 0) for one in (result, x, factor))
    value = np.zeros(terms.shape[1:], x.dtype)
    for place in range(len(terms)):
        value = factors[place] * value + terms[place]
        into[place] = value
    return result


OPERATORS: dict[str, Operator] = {
    "add": Operator(reduces.sum_.c, np.add, lambda dtype: 0, reduces.sum_, wide=True, grows=True),
    "mul": Operator(reduces.prod.c, np.multiply, lambda dtype: 1, by_halves=False, wide=True),
    "max": Operator(reduces.amax.c, np.maximum, reduces.lowest, reduces.amax),
    "min": Operator(reduces.amin.c, np.minimum, reduces.highest, reduces.amin),
    "logaddexp": Operator(
        "clgrad_logaddexp_{T}({0}, {1})",
        np.logaddexp,
        lambda dtype: -np.inf,
        wide=True,
        grows=True,
        helper=_logaddexp,
    ),
    "linear": Operator("{2} * {0} + {1}", _recurrence, lambda dtype: 0, by_halves=False, wide=True, operands=2),
}
"""By name. "linear" has two operands, elements x and factors f: ``y[k] = f[k] * y[k - 1] + x[k]``."""


def _scanned(x: Any, *rest: Any) -> Any:
    *second, axis, name, reverse = rest
    operator = OPERATORS[name]

    def turned(one: Any) -> Any:
        return np.flip(one, axis) if reverse and one.shape[axis] > 1 else one

    total = operator.total(as_dtype(x.dtype), True).numpy
    elements, others = turned(x).astype(total), [turned(one).astype(total) for one in second]
    if name == "linear":
        (factor,) = others
        result = _recurrence(elements, factor, axis)
    else:
        result = operator.numpy.accumulate(elements, axis=axis, dtype=total)
        for start in others:
            result = operator.numpy(start, result)
    return turned(result).astype(x.dtype)


def _shifted(x: Any, axis: int, by: int, value: Any) -> Any:
    """x with each element in its neighbour's place, the one after (by 1) or before (by -1); what is free is filled."""
    starts, stops = [0] * x.ndim, list(x.shape)
    widths = [(0, 0)] * x.ndim
    if by > 0:
        stops[axis] -= 1
        widths[axis] = (1, 0)
    else:
        starts[axis] = 1
        widths[axis] = (0, 1)
    return x.slice_ranges(tuple(starts), tuple(stops), (1,) * x.ndim).pad_widths(tuple(widths), value)


def _difference(a: Any, b: Any) -> Any:
    """a - b, but 0 where both are the same infinity."""
    return ((a == b) & a.isinf()).choose(0, a - b)


def _extreme_vjp(g: Any, y: Any, x: Any, axis: int, reverse: bool) -> Any:
    # A gradient goes to the element that was found: of equals, the last on the way; so in torch.
    length = x.shape[axis]
    place = x._iota(length).reshape(tuple(length if one == axis else 1 for one in range(x.ndim)))
    hit = x == y if not x.dtype.is_float else (x == y) | x.isnan()
    found = hit.choose(place, length - 1 if reverse else 0).scan(axis, "min" if reverse else "max", reverse)
    address: Any = 0
    step = 1
    for one in range(x.ndim - 1, -1, -1):
        size = x.shape[one]
        numbers = x._iota(size).reshape(tuple(size if each == one else 1 for each in range(x.ndim)))
        address, step = (found if one == axis else numbers) * step + address, step * size
    flat = x.zeros_like().reshape(-1)
    return flat.scatter_rows(address.reshape(-1), g.reshape(-1), "add").reshape(x.shape)


def _scan_vjp(g: Any, y: Any, x: Any, *rest: Any) -> Any:
    *factors, axis, name, reverse = rest
    before, after = (-1, 1) if reverse else (1, -1)
    if name == "add":
        return g.scan(axis, "add", not reverse)
    if name in ("max", "min"):
        return _extreme_vjp(g, y, x, axis, reverse)
    # Each of these is a recurrence that runs back: what an element's successor passes on to it, times a factor.
    if name == "mul":
        # The product of all before an element, and of the gradients those after it: exact with zeros.
        passed = g.recurrence(_shifted(x, axis, after, 0), axis, not reverse)
        return passed * _shifted(y, axis, before, 1)
    if name == "logaddexp":
        factor = _difference(y, _shifted(y, axis, after, np.inf)).exp()
        return g.recurrence(factor, axis, not reverse) * _difference(x, y).exp()
    (factor,) = factors
    passed = g.recurrence(_shifted(factor, axis, after, 0), axis, not reverse)
    return passed, passed * _shifted(y, axis, before, 0)


scan: Op = row(
    "scan",
    "anchor",
    attributes=("axis", "operator", "reverse"),
    shape=lambda x, *rest: x,
    numpy=_scanned,
    vjp=_scan_vjp,
)
"""The fold of all elements up to each one, along an axis; in reverse, of all from it on. A plan may add an operand
that the fold starts from, with one element on the axis."""
