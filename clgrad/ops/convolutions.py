"""Convolution: one op, of which its own gradients are convolutions again."""

from __future__ import annotations

import itertools
import math
from typing import Any, NamedTuple

import numpy as np

from clgrad.ops import FLOATS, anchors, row
from clgrad.view import Shape

Widths = tuple[tuple[int, int], ...]


def shape_of(x: Shape, w: Shape, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool) -> Shape:
    """The result's shape."""
    sizes = zip(x[2:], w[2:], padding, stride, dilation)
    places = (
        (size + before + after - far * (taps - 1) - 1) // step + 1 for size, taps, (before, after), step, far in sizes
    )
    return (w[0], x[0], *places) if swapped else (x[0], w[0], *places)


def _convolved(x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool) -> Any:
    shape = shape_of(x.shape, w.shape, padding, stride, dilation, groups, False)
    batch, channels, axes = x.shape[0], w.shape[1], len(stride)
    x = np.pad(x, ((0, 0), (0, 0), *padding))
    reach = [far * (taps - 1) + 1 for taps, far in zip(w.shape[2:], dilation)]
    windows: Any = np.lib.stride_tricks.sliding_window_view(x, reach, tuple(range(2, 2 + axes)))
    steps = (..., *(slice(None, None, step) for step in (*stride, *dilation)))
    windows = windows[steps]
    # Taps before places, as a product wants them.
    windows = windows.transpose(0, 1, *range(2 + axes, 2 + 2 * axes), *range(2, 2 + axes))
    columns = windows.reshape(batch, groups, channels * math.prod(w.shape[2:]), math.prod(shape[2:]))
    rows = w.reshape(1, groups, w.shape[0] // groups, -1)
    y = np.matmul(rows, columns).reshape(shape)
    return y.swapaxes(0, 1) if swapped else y


def _transposed(g: Any, w: Any, starts: Shape, size: Shape, stride: Shape, dilation: Shape, groups: int) -> Any:
    batch, outputs, channels = g.shape[0], w.shape[0] // groups, w.shape[1]
    steps = list(zip(g.shape[2:], w.shape[2:], stride, dilation))
    reach = [(out - 1) * step + far * (taps - 1) + 1 for out, taps, step, far in steps]
    whole = [max(end, start + length) for end, start, length in zip(reach, starts, size)]
    y: Any = np.zeros((batch, groups, channels, *whole), g.dtype)
    columns = g.reshape(batch, groups, outputs, -1)
    for taps in np.ndindex(*w.shape[2:]):
        rows = w[(slice(None),) * 2 + taps].reshape(1, groups, outputs, channels).swapaxes(2, 3)
        places = (
            slice(tap * far, tap * far + step * (out - 1) + 1, step) for tap, (out, _, step, far) in zip(taps, steps)
        )
        y[(slice(None),) * 3 + tuple(places)] += np.matmul(rows, columns).reshape(batch, groups, channels, *g.shape[2:])
    kept = (slice(start, start + length) for start, length in zip(starts, size))
    return y[(slice(None),) * 3 + tuple(kept)].reshape(batch, groups * channels, *size)


def data_gradient(g: Any, w: Any, starts: Shape, size: Shape, stride: Shape, dilation: Shape, groups: int) -> Any:
    """What ``convolution_transpose`` says, by convolutions.

    Along an axis the elements stride * u + phase meet those taps for which tap * dilation has the same phase, and for
    these it is a convolution with steps of 1: no product with a zero between steps is computed.
    """
    axes, outputs, channels = len(size), w.shape[0] // groups, w.shape[1]
    turned = w.reshape(groups, outputs, channels, *w.shape[2:]).transpose(1, 2)
    turned = turned.reshape(groups * channels, outputs, *w.shape[2:])
    g, stride = _with_small_steps(g, stride, size)
    counts = tuple(map(min, stride, size))
    firsts = list(itertools.product(*map(range, counts)))
    lengths = [tuple(-(-(whole - at) // step) for whole, at, step in zip(size, first, stride)) for first in firsts]
    phases = []
    for first, length in zip(firsts, lengths):
        sizes = zip(first, starts, length, stride, dilation, w.shape[2:], g.shape[2:])
        phases.append([_taps_of_phase(at + start, *others) for at, start, *others in sizes])
    around = ((0, 0),) * axes
    if len(phases) > 1:
        # What one phase needs around g, others need, too: it is padded once.
        widths = [[one.widths for one in along if one is not None] for along in zip(*phases)]
        around = tuple((max((0, *(a for a, _ in one))), max((0, *(b for _, b in one)))) for one in widths)
        g = g.pad_widths(((0, 0), (0, 0), *around))
    parts = [_phase(g, around, turned, one, length, groups) for one, length in zip(phases, lengths)]
    return _woven(parts, tuple(range(2, axes + 2)), counts)


def _with_small_steps(g: Any, stride: Shape, size: Shape) -> tuple[Any, Shape]:
    """Along axes with so many phases that a prime factor of these is more than one kernel joins, zeros in place of
    steps."""
    for place, (step, whole) in enumerate(zip(stride, size)):
        rest = min(step, whole)
        for factor in range(2, anchors.MOST_PIECES + 1):
            while rest % factor == 0:
                rest //= factor
        if rest > 1:
            axis, shape = place + 2, g.shape
            apart = g.reshape((*shape[: axis + 1], 1, *shape[axis + 1 :]))
            apart = apart.pad_widths(tuple((0, step - 1 if one == axis + 1 else 0) for one in range(apart.ndim)))
            g = apart.reshape((*shape[:axis], shape[axis] * step, *shape[axis + 1 :]))
            ends = (*shape[:axis], (shape[axis] - 1) * step + 1, *shape[axis + 1 :])
            g = g.slice_ranges((0,) * g.ndim, ends, (1,) * g.ndim)
            stride = (*stride[:place], 1, *stride[place + 1 :])
    return g, stride


def _woven(parts: list[Any], axes: Shape, counts: Shape) -> Any:
    """The phases along axes, so many along each, as one."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= anchors.MOST_PIECES:
        return parts[0]._apply(anchors.weave, tuple(parts), axes, counts)
    if len(axes) > 1:
        inner = math.prod(counts[1:])
        rows = [_woven(parts[at : at + inner], axes[1:], counts[1:]) for at in range(0, len(parts), inner)]
        return _woven(rows, axes[:1], counts[:1])
    groups = next(one for one in range(anchors.MOST_PIECES, 0, -1) if len(parts) % one == 0)
    return _woven([_woven(parts[at::groups], axes, (len(parts) // groups,)) for at in range(groups)], axes, (groups,))


class Taps(NamedTuple):
    """The taps that meet a phase, along an axis."""

    first: int
    number: int
    step: int
    """From one to the next."""
    far: int
    """How far apart the elements are that they meet."""
    widths: tuple[int, int]
    """How many zeros these need before and after them; what is negative is not read."""


def _taps_of_phase(start: int, length: int, step: int, far: int, taps: int, out: int) -> Taps | None:
    """The taps that meet ``length`` elements, from ``start`` on every ``step``; None if there are none."""
    common = math.gcd(step, far)
    first = next((tap for tap in range(min(taps, step)) if tap * far % step == start % step), None)
    if first is None:
        return None
    count = -(-(taps - first) // (step // common))
    reach = (count - 1) * (far // common)
    before = (first * far - start) // step + reach
    return Taps(first, count, step // common, far // common, (before, length + reach - before - out))


def _phase(g: Any, around: Widths, turned: Any, axes: list[Taps | None], lengths: Shape, groups: int) -> Any:
    """The elements of a phase: a convolution of g, which has zeros around it, with the taps that meet them, in reverse
    order."""
    met = [one for one in axes if one is not None]
    if len(met) < len(axes):
        return g._constant(0, g.dtype)._broadcast((g.shape[0], turned.shape[0], *lengths))
    firsts, steps = ([one.first for one in met], [one.step for one in met])
    stops = (one.first + (one.number - 1) * one.step + 1 for one in met)
    taken = turned.slice_ranges((0, 0, *firsts), (*turned.shape[:2], *stops), (1, 1, *steps))
    taken = taken.flip(*range(2, taken.ndim))
    lows = [there - one.widths[0] for one, (there, _) in zip(met, around)]
    highs = [size - there + one.widths[1] for one, size, (_, there) in zip(met, g.shape[2:], around)]
    starts = [min(max(0, low), size) for low, size in zip(lows, g.shape[2:])]
    ends = [max(start, min(size, high)) for start, high, size in zip(starts, highs, g.shape[2:])]
    if any(start >= end for start, end in zip(starts, ends)):
        return g._constant(0, g.dtype)._broadcast((g.shape[0], turned.shape[0], *lengths))
    before = [min(max(0, -low), high - low) for low, high in zip(lows, highs)]
    after = [
        high - low - zeros - (end - start) for low, high, zeros, start, end in zip(lows, highs, before, starts, ends)
    ]
    padding = tuple(zip(before, after))
    g = g.slice_ranges((0, 0, *starts), (*g.shape[:2], *ends), (1,) * g.ndim)
    return convolve(g, taken, padding, (1,) * len(lengths), tuple(one.far for one in met), groups)


def weight_gradient(g: Any, x: Any, taps: Shape, padding: Widths, stride: Shape, dilation: Shape, groups: int) -> Any:
    """(n, groups * o, *out) and (n, groups * c, *size) -> (groups * o, c, *taps): the batch is what is summed over."""
    none = ((0, 0),) * len(taps)
    sizes = zip(taps, g.shape[2:], stride, dilation)
    reach = tuple(far * (size - 1) + step * (out - 1) + 1 for size, out, step, far in sizes)
    padded = tuple(size + sum(widths) for size, widths in zip(x.shape[2:], padding))
    if groups == 1 and reach == padded:
        return convolve(x.transpose(0, 1), g.transpose(0, 1), padding, dilation, stride, groups, swapped=True)
    # What no window reaches would be further taps.
    x = x.pad_widths(((0, 0), (0, 0), *padding)).slice_ranges((0,) * x.ndim, (*x.shape[:2], *reach), (1,) * x.ndim)
    batch, channels = x.shape[0], x.shape[1] // groups
    data = x.reshape(batch, groups, channels, *reach).permute((2, 1, 0, *range(3, 3 + len(reach))))
    data = data.reshape(channels, groups * batch, *reach)
    return convolve(data, g.transpose(0, 1), none, dilation, stride, groups, swapped=True)


def convolve(
    x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool = False
) -> Any:
    """Apply the op."""
    return x._apply(convolution, (x, w), padding, stride, dilation, groups, swapped)


def transpose(g: Any, w: Any, starts: Shape, size: Shape, stride: Shape, dilation: Shape, groups: int) -> Any:
    """Apply the op."""
    return g._apply(convolution_transpose, (g, w), starts, size, stride, dilation, groups)


def _vjp(
    g: Any, y: Any, x: Any, w: Any, padding: Widths, stride: Shape, dilation: Shape, groups: int, swapped: bool
) -> Any:
    g = g.transpose(0, 1) if swapped else g
    starts = tuple(before for before, _ in padding)
    return (
        transpose(g, w, starts, x.shape[2:], stride, dilation, groups),
        weight_gradient(g, x, w.shape[2:], padding, stride, dilation, groups),
    )


def _transpose_vjp(
    h: Any, y: Any, g: Any, w: Any, starts: Shape, size: Shape, stride: Shape, dilation: Shape, groups: int
) -> Any:
    steps = zip(g.shape[2:], w.shape[2:], stride, dilation)
    reach = tuple((out - 1) * step + far * (taps - 1) + 1 for out, taps, step, far in steps)
    padding = tuple((start, end - start - length) for end, start, length in zip(reach, starts, size))
    if any(after < 0 for _, after in padding):  # some elements are behind all windows
        h = h.pad_widths(((0, 0), (0, 0), *((before, max(0, after)) for before, after in padding)))
        h = h.slice_ranges((0,) * h.ndim, (*h.shape[:2], *reach), (1,) * h.ndim)
        padding = ((0, 0),) * len(padding)
    return (
        convolve(h, w, padding, stride, dilation, groups),
        weight_gradient(g, h, w.shape[2:], padding, stride, dilation, groups),
    )


convolution = row(
    "convolution",
    "anchor",
    operands=2,
    attributes=("padding", "stride", "dilation", "groups", "swapped"),
    domain=FLOATS,
    shape=shape_of,
    numpy=_convolved,
    vjp=_vjp,
    flops=lambda y, x, w: 2 * math.prod(y) * math.prod(w[1:]),
)
"""(n, groups * c, *size) and (groups * o, c, *taps) -> (n, groups * o, *out): ``y[i] = sum over taps of w[tap] *
x[stride * i + dilation * tap - before]``, summed over c, with zeros (before, after) each axis of x. In a plan data is
padded before. ``swapped``: the result's first two axes are, as a weight has them."""

convolution_transpose = row(
    "convolution_transpose",
    "anchor",
    operands=2,
    attributes=("starts", "size", "stride", "dilation", "groups"),
    domain=FLOATS,
    shape=lambda g, w, starts, size, stride, dilation, groups: (g[0], groups * w[1], *size),
    numpy=_transposed,
    vjp=_transpose_vjp,
)
"""What a convolution passes back to ``size`` elements of its padded data, from ``starts`` on: (n, groups * o, *out) and
(groups * o, c, *taps) -> (n, groups * c, *size). In a plan it is made of convolutions."""
