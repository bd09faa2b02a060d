"""Movement ops: indices change, values do not, nothing runs."""

from __future__ import annotations

import math
from typing import Any

from clgrad.ops import row


def _slice_vjp(g: Any, y: Any, x: Any, starts: Any, stops: Any, steps: Any) -> Any:
    # A step is undone by spreading the elements: (n,) -> (n, 1) -> (n, step) -> (n * step,).
    for axis, step in enumerate(steps):
        if step != 1:
            shape = g.shape
            g = g.reshape((*shape[: axis + 1], 1, *shape[axis + 1 :]))
            widths = [(0, 0)] * g.ndim
            widths[axis + 1] = (0, step - 1)
            g = g.pad_widths(tuple(widths))
            g = g.reshape((*shape[:axis], shape[axis] * step, *shape[axis + 1 :]))
    kept = tuple(min(size, whole - start) for size, whole, start in zip(g.shape, x.shape, starts))
    g = g.slice_ranges((0,) * g.ndim, kept, (1,) * g.ndim)
    return g.pad_widths(tuple((start, whole - start - size) for start, whole, size in zip(starts, x.shape, kept)))


def _expand_vjp(g: Any, y: Any, x: Any, shape: Any) -> Any:
    return g.sum(tuple(axis for axis, size in enumerate(x.shape) if size != shape[axis]), keepdim=True)


def _picked_vjp(
    g: Any, y: Any, value: Any, x: Any, tap: Any, axes: Any, sizes: Any, steps: Any, dilations: Any, before: Any
) -> Any:
    taps = g._iota(math.prod(sizes)).to(tap.dtype).reshape(sizes)
    apart = (*g.shape, *(1 for _ in sizes))
    spread = (tap.reshape(apart) == taps).choose(g.reshape(apart), 0)
    return None, spread.add_windows(tuple(x.shape[axis] for axis in axes), axes, steps, dilations, before), None


reshape = row(
    "reshape",
    "move",
    attributes=("shape",),
    vjp=lambda g, y, x, shape: g.reshape(x.shape),
    view=lambda view, shape: view.reshape(shape),
)
permute = row(
    "permute",
    "move",
    attributes=("axes",),
    vjp=lambda g, y, x, axes: g.permute(tuple(sorted(range(len(axes)), key=axes.__getitem__))),
    view=lambda view, axes: view.permute(axes),
)
expand = row(
    "expand",
    "move",
    attributes=("shape",),
    vjp=_expand_vjp,
    view=lambda view, shape: view.expand(shape),
)
pad = row(
    "pad",
    "move",
    attributes=("widths",),
    vjp=lambda g, y, x, widths: g.slice_ranges(
        tuple(before for before, _ in widths),
        tuple(before + size for (before, _), size in zip(widths, x.shape)),
        (1,) * x.ndim,
    ),
    view=lambda view, widths: view.pad(widths),
)
slice_ = row(
    "slice",
    "move",
    attributes=("starts", "stops", "steps"),
    vjp=_slice_vjp,
    view=lambda view, starts, stops, steps: view.slice(starts, stops, steps),
)
flip = row(
    "flip",
    "move",
    attributes=("axes",),
    vjp=lambda g, y, x, axes: g.flip(axes),
    view=lambda view, axes: view.flip(axes),
)
window = row(
    "window",
    "move",
    attributes=("axes", "sizes", "steps", "dilations"),
    vjp=lambda g, y, x, axes, sizes, steps, dilations: g.add_windows(
        tuple(x.shape[axis] for axis in axes), axes, steps, dilations, (0,) * len(axes)
    ),
    view=lambda view, axes, sizes, steps, dilations: view.window(axes, sizes, steps, dilations),
)
"""Along each of some axes windows, their elements as new last axes: element ``place * step + tap * dilation``."""
picked = row(
    "picked",
    "move",
    operands=3,
    attributes=("axes", "sizes", "steps", "dilations", "before"),
    vjp=_picked_vjp,
    view=lambda view, *geometry: view,
)
"""The first operand's value: of each window of x, padded by ``before``, the element whose number in the window (all
its axes as one) the third operand tells. The gradient goes to that element."""
log_of_sum = row(
    "log_of_sum",
    "move",
    operands=2,
    vjp=lambda g, y, value, x: (None, g * (x - y).exp()),
    view=lambda view: view,
)
"""The first operand's value: the logarithm of the sum of the exponentials of x. The gradient takes them of x anew, so
that none of the size of x are kept for it."""
detach = row("detach", "move", view=lambda view: view)
"""The same value, cut off from its history."""
leaf = row("leaf", "move", view=lambda view: view)
"""The same value, as a variable that gradients are taken for."""

after = row("after", "move", operands=2, vjp=lambda g, y, x, other: (g, None), view=lambda view: view)
"""The first operand's value, for those who are computed only after the other."""
recomputed = row("recomputed", "move", operands=1, view=lambda view: view)
"""The first operand's value, whose gradient is that of another node (``Node.origin``): what that was computed of is not
kept, but computed again. The other operands are those that get gradients."""

SAME_ORDER = (reshape, picked, log_of_sum, detach, leaf, after, recomputed)
"""Moves that keep the elements in order: they share their operand's buffer."""
