"""Convolution: one op, of which its own gradients are convolutions again."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from clgrad.ops import FLOATS, row
from clgrad.view import Shape

Widths = tuple[tuple[int, int], ...]


def _shape(
    x: Shape, w: Shape, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool = False
) -> Shape:
    sizes = zip(x[2:], w[2:], padding, stride, dilation)
    places = (
        (size + before + after - far * (taps - 1) - 1) // step + 1 for size, taps, (before, after), step, far in sizes
    )
    return (w[0], x[0], *places) if swapped else (x[0], w[0], *places)


def _convolved(x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool) -> Any:
    shape = _shape(x.shape, w.shape, padding, stride, dilation, groups)
    batch, channels = x.shape[0], w.shape[1]
    spatial, taps = shape[2:], w.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), *padding))
    x = x.reshape(batch, groups, channels, *x.shape[2:])
    steps = x.strides[3:]
    windows = np.lib.stride_tricks.as_strided(
        x,
        (*x.shape[:3], *taps, *spatial),
        (
            *x.strides[:3],
            *(step * far for step, far in zip(steps, dilation)),
            *(step * one for step, one in zip(steps, stride)),
        ),
        writeable=False,
    )
    columns = windows.reshape(batch, groups, channels * math.prod(taps), math.prod(spatial))
    rows = w.reshape(1, groups, w.shape[0] // groups, -1)
    y = np.matmul(rows, columns).reshape(shape)
    return y.swapaxes(0, 1) if swapped else y


def data_gradient(g: Any, w: Any, starts: Shape, size: Shape, stride: Shape, dilation: Shape, groups: int) -> Any:
    """What a convolution passes back to ``size`` elements of its padded data, from ``starts`` on: (n, groups * o, *out)
    -> (n, groups * c, *size).

    Along an axis the elements stride * u + phase meet those taps for which tap * dilation has the same phase, and for
    these it is a convolution with steps of 1: no product with a zero between steps is computed.
    """
    batch, axes = g.shape[0], len(size)
    outputs, channels = w.shape[0] // groups, w.shape[1]
    turned = w.reshape(groups, outputs, channels, *w.shape[2:]).transpose(1, 2)
    turned = turned.reshape(groups * channels, outputs, *w.shape[2:])
    most = tuple(-(-whole // step) for whole, step in zip(size, stride))
    phases = []
    for phase in itertools.product(*(range(step) for step in stride)):
        part = _phase(
            g, turned, tuple(map(sum, zip(phase, starts))), _lengths(size, phase, stride), stride, dilation, groups
        )
        widths = tuple((0, long - short) for long, short in zip(most, part.shape[2:]))
        phases.append(part.pad_widths(((0, 0), (0, 0), *widths)))
    whole = phases[0]
    if len(phases) > 1:
        first, *others = [one.reshape(1, *one.shape) for one in phases]
        whole = first.followed_by(others, 0)
        whole = whole.reshape(*stride, batch, groups * channels, *most)
        order = (axes, axes + 1, *(axis for one in range(axes) for axis in (axes + 2 + one, one)))
        whole = whole.permute(order)
        whole = whole.reshape(batch, groups * channels, *(long * step for long, step in zip(most, stride)))
    return whole.slice_ranges((0,) * (axes + 2), (batch, groups * channels, *size), (1,) * (axes + 2))


def _lengths(size: Shape, phase: Shape, stride: Shape) -> Shape:
    """How many elements there are of a phase."""
    return tuple(max(0, -(-(whole - at) // step)) for whole, at, step in zip(size, phase, stride))


def _phase(g: Any, turned: Any, starts: Shape, lengths: Shape, stride: Shape, dilation: Shape, groups: int) -> Any:
    """Every ``stride``-th element from ``starts`` on: a convolution of g with the taps that meet them, in reverse."""
    sizes = zip(starts, lengths, stride, dilation, turned.shape[2:], g.shape[2:])
    axes = [_taps_of_phase(*each) for each in sizes]
    if any(one is None for one in axes):
        return g._constant(0, g.dtype)._broadcast((g.shape[0], turned.shape[0], *lengths))
    firsts, counts, steps, fars, widths = zip(*axes)
    stops = tuple(first + (count - 1) * step + 1 for first, count, step in zip(firsts, counts, steps))
    taken = turned.slice_ranges((0, 0, *firsts), (*turned.shape[:2], *stops), (1, 1, *steps))
    taken = taken.flip(*range(2, taken.ndim))
    cuts = tuple((max(0, -before), size - max(0, -after)) for size, (before, after) in zip(g.shape[2:], widths))
    g = g.slice_ranges((0, 0, *(low for low, _ in cuts)), (*g.shape[:2], *(high for _, high in cuts)), (1,) * g.ndim)
    padding = tuple((max(0, before), max(0, after)) for before, after in widths)
    return convolve(g, taken, padding, (1,) * len(lengths), fars, groups)


def _taps_of_phase(
    start: int, length: int, step: int, far: int, taps: int, out: int
) -> tuple[int, int, int, int, tuple[int, int]] | None:
    """Along an axis, the first of the taps that meet a phase, how many there are and how far apart, how far apart the
    elements are that they meet, and how many zeros these need before and after; None if there are none."""
    common = math.gcd(step, far)
    first = next((tap for tap in range(min(taps, step)) if tap * far % step == start % step), None)
    if first is None or not length:
        return None
    count = -(-(taps - first) // (step // common))
    reach = (count - 1) * (far // common)
    before = (first * far - start) // step + reach
    return first, count, step // common, far // common, (before, length + reach - before - out)


def weight_gradient(g: Any, x: Any, taps: Shape, padding: Widths, stride: Shape, dilation: Shape, groups: int) -> Any:
    """(n, groups * o, *out) and (n, groups * c, *size) -> (groups * o, c, *taps): the batch is what is summed over."""
    x = x.pad_widths(((0, 0), (0, 0), *padding))
    # What no window reaches would be further taps.
    sizes = zip(taps, g.shape[2:], stride, dilation)
    reach = (far * (size - 1) + step * (out - 1) + 1 for size, out, step, far in sizes)
    x = x.slice_ranges((0,) * x.ndim, (*x.shape[:2], *reach), (1,) * x.ndim)
    batch, spatial = x.shape[0], x.shape[2:]
    channels = x.shape[1] // groups
    data = x.reshape(batch, groups, channels, *spatial).permute((2, 1, 0, *range(3, 3 + len(spatial))))
    data = data.reshape(channels, groups * batch, *spatial)
    none = ((0, 0),) * len(spatial)
    return convolve(data, g.transpose(0, 1), none, dilation, stride, groups, swapped=True)


def convolve(
    x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool = False
) -> Any:
    """Apply the op."""
    return x._apply(convolution, (x, w), padding, stride, dilation, groups, swapped)


def _vjp(
    g: Any, y: Any, x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool
) -> Any:
    g = g.transpose(0, 1) if swapped else g
    starts = tuple(before for before, _ in padding)
    return (
        data_gradient(g, w, starts, x.shape[2:], stride, dilation, groups),
        weight_gradient(g, x, w.shape[2:], padding, stride, dilation, groups),
    )


convolution = row(
    "convolution",
    "anchor",
    operands=2,
    attributes=("padding", "stride", "dilation", "groups", "swapped"),
    domain=FLOATS,
    shape=_shape,
    numpy=_convolved,
    vjp=_vjp,
)
"""(n, groups * c, *size) and (groups * o, c, *taps) -> (n, groups * o, *out): ``y[i] = sum over taps of w[tap] *
x[stride * i + dilation * tap - before]``, summed over c, with zeros (before, after) each axis of x. In a plan data is
padded before. ``swapped``: the result's first two axes are, as a weight has them."""
