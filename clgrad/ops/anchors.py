"""Ops with a kernel of their own, and the indirect load."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from clgrad.ops import NUMBER, maps, row
from clgrad.view import Shape

COMBINE = {"add": maps.add, "mul": maps.mul, "max": maps.maximum, "min": maps.minimum}
"""What a scatter makes of an old and a new element, by its mode; "set" just writes the new one."""

MOST_PIECES = 32
"""Values that one kernel joins; more are joined by groups."""


def _scatter_vjp(g: Any, y: Any, x: Any, index: Any, values: Any, *stretches_and_mode: Any) -> Any:
    *stretches, mode = stretches_and_mode
    to_x, to_values = _scatter_gradients(g, y, x, index, values, mode, tuple(stretches))
    return to_x, None, to_values, *(None for _ in stretches)


def _scatter_gradients(
    g: Any, y: Any, x: Any, index: Any, values: Any, mode: str, stretches: tuple[Any, ...]
) -> tuple[Any, Any]:
    if mode == "add":
        return g, g.take_rows(index)
    if mode == "mul":
        factor = x.ones_like().scatter_rows(index, values, "mul", stretches)
        return g * factor, _factors_vjp(g, y, x, index, values, stretches)
    if mode in ("max", "min"):
        # A tie is shared evenly, as in torch.
        to_x = (x == y).to(g.dtype)
        to_values = (values == y.take_rows(index)).to(g.dtype)
        share = g / to_x.scatter_rows(index, to_values, "add", stretches)
        return to_x * share, to_values * share.take_rows(index)
    # Of rows written to one place only the last is seen.
    number = g._iota(math.prod(index.shape)).reshape(index.shape)
    last = g._iota(x.shape[0]).scatter_rows(index, number, "set", stretches)
    seen = (last.take_rows(index) == number).reshape(index.shape + (1,) * (g.ndim - 1))
    to_values = g.take_rows(index)
    return g.scatter_rows(index, to_values.zeros_like(), "set", stretches), seen.choose(to_values, 0)


def _factors_vjp(g: Any, y: Any, x: Any, index: Any, values: Any, stretches: tuple[Any, ...]) -> Any:
    """For each factor the product of all others at its place; the quotient of the whole and itself, unless it is 0."""
    zero = values == 0
    zeros = x.zeros_like().scatter_rows(index, zero.to(x.dtype), "add", stretches).take_rows(index)
    others = (g * x.scatter_rows(index, zero.choose(1, values), "mul", stretches)).take_rows(index)
    # Beside one other zero the value is 0, but its derivative is not.
    other = x.zeros_like().scatter_rows(index, zero.choose(values, 0), "add", stretches).take_rows(index) - values
    alone = (zeros == 1).choose(others, (zeros == 2).choose(others * other, 0))
    return zero.choose(alone, (g * y).take_rows(index) / zero.choose(1, values))


def _scattered(x: Any, index: Any, values: Any, mode: str) -> Any:
    result = x.copy()
    if mode == "set":
        result[index] = values
    else:
        COMBINE[mode].numpy.at(result, index, values)  # type: ignore[union-attr]  # these rows name ufuncs
    return result


def _cat_shape(*shapes_and_axis: Any) -> Any:
    *shapes, axis = shapes_and_axis
    return (*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])


def _cat_vjp(g: Any, y: Any, *pieces_and_axis: Any) -> Any:
    *pieces, axis = pieces_and_axis
    gradients, start = [], 0
    for piece in pieces:
        stop = start + piece.shape[axis]
        starts = tuple(start if one == axis else 0 for one in range(g.ndim))
        stops = tuple(stop if one == axis else size for one, size in enumerate(g.shape))
        gradients.append(g.slice_ranges(starts, stops, (1,) * g.ndim))
        start = stop
    return tuple(gradients)


def _woven_shape(*shapes_and_axes: Any) -> Any:
    *shapes, axes, steps = shapes_and_axes
    first = list(shapes[0])
    strides = [math.prod(steps[place + 1 :]) for place in range(len(steps))]
    for axis, step, stride in zip(axes, steps, strides):
        first[axis] = sum(shapes[phase * stride][axis] for phase in range(step))
    return tuple(first)


def phases(axes: Shape, steps: Shape, ndim: int) -> Iterator[tuple[Shape, Shape]]:
    """For each of the pieces that are woven along axes where its elements begin, and their steps, along all axes."""
    every = tuple(steps[axes.index(axis)] if axis in axes else 1 for axis in range(ndim))
    for firsts in itertools.product(*map(range, steps)):
        yield tuple(firsts[axes.index(axis)] if axis in axes else 0 for axis in range(ndim)), every


def _woven(*pieces_and_axes: Any) -> Any:
    *pieces, axes, steps = pieces_and_axes
    result = np.empty(_woven_shape(*(piece.shape for piece in pieces), axes, steps), pieces[0].dtype)
    for piece, (starts, every) in zip(pieces, phases(axes, steps, result.ndim)):
        result[tuple(map(slice, starts, result.shape, every))] = piece
    return result


def _weave_vjp(g: Any, y: Any, *pieces_and_axes: Any) -> Any:
    *_, axes, steps = pieces_and_axes
    return tuple(g.slice_ranges(starts, g.shape, every) for starts, every in phases(axes, steps, g.ndim))


matmul = row(
    "matmul",
    "anchor",
    operands=2,
    domain=NUMBER,
    shape=lambda a, b: (*a[:-1], b[-1]),
    numpy=np.matmul,
    vjp=lambda g, y, a, b: (g @ b.mT, a.mT @ g),
    flops=lambda y, a, b: 2 * math.prod(a) * b[-1],
)
"""(*batch, m, k) @ (*batch, k, n) with equal batch axes."""

take = row(
    "take",
    "anchor",
    operands=2,
    shape=lambda x, index: index + x[1:],
    vjp=lambda g, y, x, index: (x.zeros_like().scatter_rows(index, g, "add"), None),
)
"""Rows of x by number: (n, *inner) and (*i) integers -> (*i, *inner). Fuses as an indirect load."""

scatter = row(
    "scatter",
    "anchor",
    operands=3,
    attributes=("mode",),
    shape=lambda x, index, values, mode: x,
    numpy=_scattered,
    vjp=_scatter_vjp,
)
"""x with rows combined with others or replaced: (n, *inner), integers (*i), (*i, *inner). Later rows win."""

scatter_sorted = row(
    "scatter_sorted",
    "anchor",
    operands=5,
    attributes=("mode",),
    shape=lambda x, index, values, order, starts, mode: x,
    numpy=lambda x, index, values, order, starts, mode: _scattered(x, index, values, mode),
    vjp=_scatter_vjp,
)
"""The same, told the order (m,) that sorts the index, flattened, and where in it each row's stretch begins (n + 1,)."""

SCATTERS = (scatter, scatter_sorted)

cat = row(
    "cat",
    "anchor",
    attributes=("axis",),
    shape=_cat_shape,
    numpy=lambda *pieces: np.concatenate(pieces[:-1], pieces[-1]),
    vjp=_cat_vjp,
)
"""Any number of values, one after the other along an axis. Each has a part of the kernel, for its own elements."""

weave = row(
    "weave",
    "anchor",
    attributes=("axes", "steps"),
    shape=_woven_shape,
    numpy=_woven,
    vjp=_weave_vjp,
)
"""Values in turn, element by element along axes: for each phase of the ``steps``, the last axis' first, one that has
the elements ``step * i + phase``. The first ones along an axis may have one element more than the others."""

JOINED = (cat, weave)
"""Anchors of any number of pieces, each with a part of the kernel."""

transfer = row(
    "transfer",
    "anchor",
    attributes=("device",),
    shape=lambda x, device: x,
    vjp=lambda g, y, x, device: g.to_device(x.device),
)
"""The same value on another device."""
