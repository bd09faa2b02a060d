"""Convolutions of three taps with half the products along one axis: Winograd's F(4, 3).

Along the axis before the last, where three taps are one apart, windows of 6 elements give 4 places. With matrices A, B
and G the places are

    A.T ((G w) * (B.T x))

where the products are of 6 pairs, not of 4 * 3. What remains is a convolution in 6 groups, with one tap along the axis
and all those along the others; its data, weights and results are combined with constants, element by element.

The matrices evaluate and interpolate polynomials at 5 points and at infinity (Cook and Toom; Lavin and Gray, "Fast
algorithms for convolutional neural networks", 2016). The points are those of Barabasz and others, "Error analysis and
improving the accuracy of Winograd convolution for deep neural networks" (2020): in float32 the result's error is about
1.6 times that of the sum of all products; with 2 and -2 it would be twice. An infinity or NaN spreads to all 4
places of its windows, as it does not in the plain sum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from clgrad.ops import anchors
from clgrad.ops.convolutions import Widths, convolve, shape_of
from clgrad.view import Shape

TAPS, PLACES = 3, 4
TERMS = TAPS + PLACES - 1
POINTS = tuple(map(Fraction, ("0", "1", "-1", "1/2", "-2")))

Matrix = tuple[tuple[float, ...], ...]


def _powers(count: int) -> Matrix:
    """So many powers of each point, and of infinity."""
    finite = (tuple(float(point**power) for power in range(count)) for point in POINTS)
    return (*finite, (*(0.0,) * (count - 1), 1.0))


def _polynomials() -> Matrix:
    """The coefficients of the polynomial that is zero at all other points, for each point; last of all points'."""
    rows = []
    for left_out in (*POINTS, None):
        coefficients = [Fraction(1)]
        for point in POINTS:
            if point != left_out:
                shifted, scaled = [Fraction(0), *coefficients], [*(point * one for one in coefficients), Fraction(0)]
                coefficients = [high - low for high, low in zip(shifted, scaled)]
        rows.append(tuple(map(float, coefficients)) + (0.0,) * (TERMS - len(coefficients)))
    return tuple(rows)


def _transposed(matrix: Matrix) -> Matrix:
    return tuple(zip(*matrix))


A = _powers(PLACES)
B_T = _polynomials()
G = (
    tuple(
        tuple(power / math.prod(float(point - other) for other in POINTS if other != point) for power in powers)
        for point, powers in zip(POINTS, _powers(TAPS))
    )
    + _powers(TAPS)[-1:]
)


def fits(x: Shape, w: Shape, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool) -> bool:
    """Whether a convolution has three taps, or is the gradient of three, one apart along the axis before the last."""
    if len(stride) < 2 or stride[-2] != 1 or dilation[-2] != 1:
        return False
    return (shape_of(x, w, padding, stride, dilation, groups, swapped) if swapped else w)[-2] == TAPS


def middle(
    x: Shape, w: Shape, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool
) -> tuple[Shape, Shape, tuple[Any, ...]]:
    """The data's and the weights' shapes of the convolution that remains, and its attributes."""
    out = shape_of(x, w, padding, stride, dilation, groups, swapped)
    windows = -(-(w if swapped else out)[-2] // PLACES)
    data = (x[0], TERMS * x[1], *x[2:-2], windows, x[-1])
    weights = (TERMS * w[0], w[1], *w[2:-2], windows if swapped else 1, w[-1])
    widths = (*padding[:-2], (0, 0), padding[-1])
    return data, weights, (widths, stride, dilation, TERMS, swapped)


def convolved(
    x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool, *, pads: bool
) -> Any:
    """A convolution of one group that ``fits``; with ``pads`` data get all zeros where they are combined."""
    out = shape_of(x.shape, w.shape, padding, stride, dilation, groups, swapped)
    data, _, (widths, *others) = middle(x.shape, w.shape, padding, stride, dilation, groups, swapped)
    axis, before, windows = x.ndim - 2, padding[-2][0], data[-2]
    around = widths if pads else ((0, 0),) * len(widths)
    if pads:
        widths = ((0, 0),) * len(widths)
    after = TERMS + (windows - 1) * PLACES - before - x.shape[axis]
    x = x.pad_widths(((0, 0), (0, 0), *around[:-2], (before, after), around[-1]))
    x = _combined(B_T, _every(x, TERMS, PLACES, windows))
    if not swapped:
        x = _stacked(x, 1)
        w = _stacked(_combined(G, _every(w, TAPS, 1, 1)), 0)
        y = convolve(x.reshape(_merged(x.shape, 1)), w.reshape(_merged(w.shape, 0)), widths, *others)
        y = _combined(_transposed(A), _unstacked(y, 1))
        places = [-(-(out[axis] - first) // PLACES) for first in range(PLACES)]
        pieces = tuple(_part(one, axis, 0, count) for one, count in zip(y, places) if count > 0)
        return pieces[0]._apply(anchors.weave, pieces, (axis,), (len(pieces),))
    # The gradient of weights: the same sums, of which each element is now what was combined last.
    x = _stacked([one.transpose(0, 1) for one in x], 0)
    x = x.permute((2, 0, 1, *range(3, x.ndim)))
    w = w.pad_widths((*((0, 0),) * axis, (0, windows * PLACES - w.shape[axis]), (0, 0)))
    w = _stacked(_combined(A, _every(w, PLACES, PLACES, windows)), 0)
    y = convolve(x.reshape(_merged(x.shape, 1)), w.reshape(_merged(w.shape, 0)), widths, *others)
    first, *rest = _combined(_transposed(G), _unstacked(y, 0))
    return first.followed_by(rest, axis)


def _part(x: Any, axis: int, start: int, stop: int, step: int = 1) -> Any:
    """Some elements along an axis."""
    starts, steps = (
        tuple(one if at == axis else rest for at in range(x.ndim)) for one, rest in ((start, 0), (step, 1))
    )
    return x.slice_ranges(starts, (*x.shape[:axis], stop, *x.shape[axis + 1 :]), steps)


def _every(x: Any, count: int, step: int, length: int) -> list[Any]:
    """The first elements of windows along the axis before the last, their second ones, and so on."""
    reach = (length - 1) * step + 1
    return [_part(x, x.ndim - 2, first, first + reach, step) for first in range(count)]


def _combined(matrix: Matrix, values: Sequence[Any]) -> list[Any]:
    """For each row of a matrix the sum of values times its factors."""
    sums = []
    for factors in matrix:
        terms = [value if factor == 1 else value * factor for factor, value in zip(factors, values) if factor]
        sums.append(sum(terms[1:], terms[0]))
    return sums


def _stacked(values: Sequence[Any], axis: int) -> Any:
    """Values one after the other along a new axis."""
    first, *others = [one.reshape((*one.shape[:axis], 1, *one.shape[axis:])) for one in values]
    return first.followed_by(others, axis)


def _unstacked(x: Any, axis: int) -> list[Any]:
    """The parts of an axis that holds ``TERMS`` values one after the other."""
    size = x.shape[axis] // TERMS
    return [_part(x, axis, part * size, (part + 1) * size) for part in range(TERMS)]


def _merged(shape: Shape, axis: int) -> Shape:
    """A shape with one axis in place of two."""
    return (*shape[:axis], math.prod(shape[axis : axis + 2]), *shape[axis + 2 :])
