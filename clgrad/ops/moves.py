"""Movement ops: indices change, values do not, nothing runs."""

from __future__ import annotations

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
detach = row("detach", "move", view=lambda view: view)
"""The same value, cut off from its history."""
leaf = row("leaf", "move", view=lambda view: view)
"""The same value, as a variable that gradients are taken for."""

SAME_ORDER = (reshape, detach, leaf)
"""Moves that keep the elements in order: they share their operand's buffer."""
