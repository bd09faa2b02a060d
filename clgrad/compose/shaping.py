"""Shapes: what is turned, repeated, cut out and laid along diagonals. In the array language."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from clgrad.arithmetic import Scalar
from clgrad.arithmetic import broadcast_shapes as _broadcast_shapes
from clgrad.array import A, Array, normalize_dim, shape_argument
from clgrad.compose.joining import cat, stack
from clgrad.dtypes import DType, as_dtype, bool_, int64, uint8, uint16, uint32, uint64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.ops import moves
from clgrad.view import Shape, contiguous_strides

__all__ = [
    "as_strided", "broadcast_shapes", "broadcast_tensors", "cartesian_prod", "clone", "combinations", "diag",
    "diag_embed", "diagflat", "diagonal", "diagonal_scatter", "fliplr", "flipud", "meshgrid", "moveaxis", "movedim",
    "narrow", "numel", "ravel", "repeat_interleave", "roll", "rot90", "select", "swapaxes", "swapdims", "t", "tile",
    "trace", "tril", "triu", "unflatten", "unravel_index", "vander",
]  # fmt: skip

PAD_MODES = ("constant", "reflect", "replicate", "circular")
_UNSIGNED = {dtype.size: dtype for dtype in (uint8, uint16, uint32, uint64)}


# -- the same elements in another shape ----------------------------------------------------------


def clone(input: A) -> A:
    """The same value as a tensor of its own; gradients flow through.

    >>> import clgrad
    >>> x = clgrad.ones(2)
    >>> y = x.clone()
    >>> y[0] = 5
    >>> x.tolist(), y.tolist()
    ([1.0, 1.0], [5.0, 1.0])
    """
    # A slice of everything: a node of its own, also where the input is a variable.
    return input._apply(moves.slice_, (input,), (0,) * input.ndim, input.shape, (1,) * input.ndim)


def numel(input: A) -> int:
    """The number of elements.

    >>> import clgrad
    >>> clgrad.numel(clgrad.zeros(2, 3))
    6
    """
    return math.prod(input.shape)


def view(input: A, *shape: Any) -> A:
    """The same elements in another shape, or the same bits as another dtype.

    A dtype of another size changes the last dim: its elements are cut up or put together, the first one
    in the lowest bits. Raises ShapeError where sizes do not fit and DtypeError for bool.

    >>> import clgrad
    >>> clgrad.ones(1).view(clgrad.int32).tolist()
    [1065353216]
    """
    if len(shape) == 1 and isinstance(shape[0], (DType, type, str)):
        return _view_as_dtype(input, as_dtype(shape[0]))
    return input.reshape(*shape)


def _view_as_dtype(input: A, dtype: DType) -> A:
    if bool_ in (input.dtype, dtype) and dtype is not input.dtype:
        raise DtypeError(f"[view] {input.dtype.name} as {dtype.name}: bool has no bits of its own; use .to(dtype)")
    old, new = input.dtype.size, dtype.size
    if old == new:
        return input.bitcast(dtype)
    if not input.ndim or (old < new and input.shape[-1] % (new // old)):
        raise ShapeError(
            f"[view] {input.dtype.name} of shape {input.shape} as {dtype.name}: the last dim must exist and hold "
            f"whole elements of {new} bytes"
        )
    bits = input.bitcast(_UNSIGNED[old])
    if old > new:
        shifts = (input._iota(old // new) * (8 * new)).to(_UNSIGNED[old])
        parts = (bits.unsqueeze(-1) >> shifts).to(_UNSIGNED[new])
        return parts.reshape((*input.shape[:-1], -1)).bitcast(dtype)
    count = new // old
    pieces = bits.reshape((*input.shape[:-1], input.shape[-1] // count, count)).to(_UNSIGNED[new])
    # No two shifted pieces have a bit in common: their sum is their union.
    shifted = pieces << (input._iota(count) * (8 * old)).to(_UNSIGNED[new])
    return shifted.sum(-1, dtype=_UNSIGNED[new]).bitcast(dtype)


def view_as(input: A, other: A) -> A:
    """The same elements in the shape of another tensor."""
    return input.reshape(other.shape)


def reshape_as(input: A, other: A) -> A:
    """The same elements in the shape of another tensor."""
    return input.reshape(other.shape)


def expand_as(input: A, other: A) -> A:
    """Expanded to the shape of another tensor."""
    return input.expand(*other.shape)


def ravel(input: A) -> A:
    """All elements as a vector.

    >>> import clgrad
    >>> clgrad.ravel(clgrad.ones(2, 2)).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    return input.reshape(-1) if input.shape else input.reshape(1)


def unflatten(input: A, dim: int, sizes: Sequence[int]) -> A:
    """One dim as several; one of their sizes may be -1.

    >>> import clgrad
    >>> clgrad.arange(6).unflatten(0, (2, -1)).tolist()
    [[0, 1, 2], [3, 4, 5]]
    """
    axis = normalize_dim(dim, input.ndim, "unflatten")
    new = shape_argument((sizes,), "unflatten")
    size = input.shape[axis] if input.ndim else 1
    known = math.prod(one for one in new if one != -1)
    if not new or new.count(-1) > 1 or any(one < -1 for one in new):
        raise ShapeError(f"[unflatten] {new}: sizes are not negative, and at most one may be -1")
    if (size % known if known else size) if -1 in new else known != size:
        raise ShapeError(f"[unflatten] sizes {new} do not multiply to {size}, the size of dim {dim}")
    new = tuple((size // known if known else 0) if one == -1 else one for one in new)
    return input.reshape((*input.shape[:axis], *new, *input.shape[axis + 1 :]))


def movedim(input: A, source: int | Sequence[int], destination: int | Sequence[int]) -> A:
    """Dims moved to other places; the rest keep their order.

    >>> import clgrad
    >>> clgrad.zeros(2, 3, 4).movedim(0, -1).shape
    (3, 4, 2)
    """
    sources = [source] if isinstance(source, int) else list(source)
    targets = [destination] if isinstance(destination, int) else list(destination)
    sources = [normalize_dim(one, input.ndim, "movedim") for one in sources]
    targets = [normalize_dim(one, input.ndim, "movedim") for one in targets]
    if len(sources) != len(targets) or len(set(sources)) != len(sources) or len(set(targets)) != len(targets):
        raise ShapeError(f"[movedim] {source} to {destination}: as many places as dims, and none twice")
    if not input.ndim:
        return input
    moved = dict(zip(targets, sources))
    rest = iter(axis for axis in range(input.ndim) if axis not in sources)
    return input.permute(*(moved[place] if place in moved else next(rest) for place in range(input.ndim)))


def moveaxis(input: A, source: int | Sequence[int], destination: int | Sequence[int]) -> A:
    """The same as ``movedim``."""
    return movedim(input, source, destination)


def swapaxes(input: A, axis0: int, axis1: int) -> A:
    """Two dims exchanged: the same as ``transpose``."""
    return input.transpose(axis0, axis1)


def swapdims(input: A, dim0: int, dim1: int) -> A:
    """Two dims exchanged: the same as ``transpose``."""
    return input.transpose(dim0, dim1)


def t(input: A) -> A:
    """A matrix transposed; a vector stays as it is. Raises ShapeError for more dims.

    >>> import clgrad
    >>> clgrad.t(clgrad.zeros(2, 3)).shape
    (3, 2)
    """
    if input.ndim > 2:
        raise ShapeError(f"[t] needs at most two dims, got shape {input.shape}; use transpose or mT")
    return input.transpose(0, 1) if input.ndim == 2 else input


def broadcast_shapes(*shapes: int | Sequence[int]) -> Shape:
    """The shape that all shapes broadcast to. Raises ShapeError where they do not fit.

    >>> import clgrad
    >>> clgrad.broadcast_shapes((2, 1), (3,))
    (2, 3)
    """
    whole = [(shape,) if isinstance(shape, int) else shape_argument((shape,), "broadcast_shapes") for shape in shapes]
    return _broadcast_shapes(*whole, op="broadcast_shapes")


def broadcast_tensors(*tensors: A) -> tuple[A, ...]:
    """All tensors expanded to the shape that they broadcast to.

    >>> import clgrad
    >>> [one.shape for one in clgrad.broadcast_tensors(clgrad.zeros(2, 1), clgrad.zeros(3))]
    [(2, 3), (2, 3)]
    """
    shape = _broadcast_shapes(*(one.shape for one in tensors), op="broadcast_tensors")
    return tuple(one._broadcast(shape) for one in tensors)


# -- turned round --------------------------------------------------------------------------------


def fliplr(input: A) -> A:
    """The second dim reversed.

    >>> import clgrad
    >>> clgrad.fliplr(clgrad.tensor([[1, 2]])).tolist()
    [[2, 1]]
    """
    if input.ndim < 2:
        raise ShapeError(f"[fliplr] needs at least two dims, got shape {input.shape}")
    return input.flip(1)


def flipud(input: A) -> A:
    """The first dim reversed.

    >>> import clgrad
    >>> clgrad.flipud(clgrad.tensor([1, 2])).tolist()
    [2, 1]
    """
    if input.ndim < 1:
        raise ShapeError("[flipud] needs at least one dim, got a 0-d tensor")
    return input.flip(0)


def roll(input: A, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> A:
    """Elements shifted along dims; what leaves at the end comes back at the beginning. Without dims, as one vector.

    >>> import clgrad
    >>> clgrad.arange(4).roll(1).tolist()
    [3, 0, 1, 2]
    """
    several = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    if dims is None or (not isinstance(dims, int) and not dims):
        if len(several) != 1:
            raise ArgumentError(f"[roll] shifts {several} need as many dims")
        return roll(input.reshape(-1), several, 0).reshape(input.shape)
    axes = (dims,) if isinstance(dims, int) else tuple(dims)
    if len(axes) != len(several):
        raise ArgumentError(f"[roll] {len(several)} shifts {several} for {len(axes)} dims {axes}; give as many")
    for shift, dim in zip(several, axes):
        axis = normalize_dim(dim, input.ndim, "roll")
        size = input.shape[axis] if input.ndim else 0
        place = size - shift % size if size else 0
        if place != size:
            input = cat([narrow(input, axis, place, size - place), narrow(input, axis, 0, place)], axis)
    return input


def rot90(input: A, k: int = 1, dims: Sequence[int] = (0, 1)) -> A:
    """Turned by 90 degrees, k times, from the first of two dims towards the second.

    >>> import clgrad
    >>> clgrad.rot90(clgrad.tensor([[0, 1], [2, 3]])).tolist()
    [[1, 3], [0, 2]]
    """
    if len(dims) != 2:
        raise ShapeError(f"[rot90] turns in a plane of two dims, got {tuple(dims)}")
    first, second = (normalize_dim(dim, input.ndim, "rot90") for dim in dims)
    if first == second or input.ndim < 2:
        raise ShapeError(f"[rot90] dims {tuple(dims)} of shape {input.shape} must be two")
    turns = k % 4
    if turns == 1:
        return input.flip(second).transpose(first, second)
    if turns == 2:
        return input.flip(first, second)
    return input.flip(first).transpose(first, second) if turns == 3 else input


# -- repeated ------------------------------------------------------------------------------------


def repeat(input: A, *repeats: Any) -> A:
    """The whole tensor repeated along each dim; more numbers than dims add dims in front.

    >>> import clgrad
    >>> clgrad.arange(2).repeat(2, 2).tolist()
    [[0, 1, 0, 1], [0, 1, 0, 1]]
    """
    counts = shape_argument(repeats, "repeat")
    if len(counts) < input.ndim or any(count < 0 for count in counts):
        raise ShapeError(f"[repeat] {counts} must hold a number, not negative, for each dim of shape {input.shape}")
    shape = (1,) * (len(counts) - input.ndim) + input.shape
    apart = input.reshape(tuple(size for whole in shape for size in (1, whole)))
    spread = apart.expand(*(size for pair in zip(counts, shape) for size in pair))
    return spread.reshape(tuple(count * size for count, size in zip(counts, shape)))


def tile(input: A, dims: Sequence[int] | int, *more: int) -> A:
    """The whole tensor repeated; fewer numbers than dims count for the last ones.

    >>> import clgrad
    >>> clgrad.tile(clgrad.arange(2), (2,)).tolist()
    [0, 1, 0, 1]
    """
    counts = shape_argument((dims, *more) if isinstance(dims, int) else (dims,), "tile")
    return repeat(input, *(1,) * (input.ndim - len(counts)), *counts)


def repeat_interleave(
    input: A, repeats: int | A | None = None, dim: int | None = None, *, output_size: int | None = None
) -> A:
    """Each entry along a dim repeated, by one number or by one for each; without a dim, of the flattened tensor.

    With ``repeats`` only, the index of each entry as often as its number says. Numbers in a tensor are read now,
    since they decide the shape. Raises ShapeError and ArgumentError.

    >>> import clgrad
    >>> clgrad.repeat_interleave(clgrad.tensor([1, 2]), 2).tolist()
    [1, 1, 2, 2]
    >>> clgrad.repeat_interleave(clgrad.tensor([1, 2]), clgrad.tensor([0, 3])).tolist()
    [2, 2, 2]
    """
    if repeats is None:
        if input.ndim != 1:
            raise ShapeError(f"[repeat_interleave] repeats of shape {input.shape} must have one dim")
        return repeat_interleave(input._iota(input.shape[0]), input, 0, output_size=output_size)
    if dim is None:
        input, dim = input.reshape(-1), 0
    axis = normalize_dim(dim, input.ndim, "repeat_interleave")
    input = input.reshape(1) if not input.ndim else input
    size = input.shape[axis]
    if isinstance(repeats, Array):
        if repeats.ndim > 1 or not repeats.dtype.is_integer:
            raise ShapeError(f"[repeat_interleave] repeats must be a vector of integers, got shape {repeats.shape}")
        host = repeats._read().reshape(-1)
        if host.size not in (1, size):
            raise ShapeError(f"[repeat_interleave] {host.size} repeats for {size} entries of dim {dim}; give as many")
        if (host < 0).any():
            raise ArgumentError(f"[repeat_interleave] repeats must not be negative, got {host.min()}")
        if host.size == size and size != 1:
            index = input._lift(np.repeat(np.arange(size), host))
            assert index is not None
            _sized(index.shape[0], output_size)
            return _take(input, axis, index)
        repeats = int(host[0])
    if repeats < 0:
        raise ArgumentError(f"[repeat_interleave] repeats must not be negative, got {repeats}")
    _sized(size * repeats, output_size)
    shape = (*input.shape[: axis + 1], repeats, *input.shape[axis + 1 :])
    flat = (*input.shape[:axis], size * repeats, *input.shape[axis + 1 :])
    return input.unsqueeze(axis + 1).expand(*shape).reshape(flat)


def _sized(size: int, output_size: int | None) -> None:
    if output_size is not None and output_size != size:
        raise ShapeError(f"[repeat_interleave] the result has {size} entries and output_size is {output_size}")


def _take(input: A, axis: int, index: A) -> A:
    """Entries along one dim by number; the index's dims stand in its place."""
    before, size = math.prod(input.shape[:axis]), input.shape[axis]
    place: Any = index
    if before > 1:
        place = (input._iota(before) * size).reshape((before,) + (1,) * index.ndim) + index
    else:
        place = index.unsqueeze(0)
    table = input.reshape((before * size, *input.shape[axis + 1 :]))
    taken = table.take_rows(place)
    return taken.reshape((*input.shape[:axis], *index.shape, *input.shape[axis + 1 :]))


# -- parts ---------------------------------------------------------------------------------------


def narrow(input: A, dim: int, start: Any, length: int) -> A:
    """A stretch of a dim: ``length`` entries from ``start`` on.

    >>> import clgrad
    >>> clgrad.arange(5).narrow(0, 1, 2).tolist()
    [1, 2]
    """
    if not input.ndim:
        raise ShapeError("[narrow] a 0-d tensor has no dim to cut")
    axis = normalize_dim(dim, input.ndim, "narrow")
    size, begin = input.shape[axis], int(start)
    begin += size if begin < 0 else 0
    if length < 0 or not 0 <= begin <= size - length:
        raise ShapeError(f"[narrow] {length} entries from {start} on do not lie in dim {dim} of shape {input.shape}")
    starts = tuple(begin if one == axis else 0 for one in range(input.ndim))
    stops = tuple(begin + length if one == axis else whole for one, whole in enumerate(input.shape))
    return input.slice_ranges(starts, stops, (1,) * input.ndim)


def select(input: A, dim: int, index: int) -> A:
    """One entry along a dim, without it. Raises ShapeError out of range.

    >>> import clgrad
    >>> clgrad.arange(4).reshape(2, 2).select(1, -1).tolist()
    [1, 3]
    """
    if not input.ndim:
        raise ShapeError("[select] a 0-d tensor has no dim to select from")
    axis = normalize_dim(dim, input.ndim, "select")
    size, place = input.shape[axis], int(index)
    if not -size <= place < size:
        raise ShapeError(f"[select] index {place} is out of range for dim {dim} of shape {input.shape}")
    return narrow(input, axis, place % size, 1).reshape((*input.shape[:axis], *input.shape[axis + 1 :]))


def unfold(input: A, dimension: int, size: int, step: int) -> A:
    """Windows of ``size`` entries along a dim, each ``step`` after the one before; their entries are a new last dim.

    >>> import clgrad
    >>> clgrad.arange(5).unfold(0, 3, 2).tolist()
    [[0, 1, 2], [2, 3, 4]]
    """
    axis = normalize_dim(dimension, input.ndim, "unfold")
    whole = input if input.ndim else input.reshape(1)
    length = whole.shape[axis]
    if step <= 0 or not 0 <= size <= length:
        raise ShapeError(f"[unfold] windows of {size} every {step}: dim {dimension} has {length} entries")
    if not input.ndim:
        return narrow(whole, 0, 0, size)
    return whole.window((axis,), (size,), (step,), (1,))


def as_strided(input: A, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> A:
    """The element ``storage_offset + sum(index * stride)`` of the flattened tensor at each index.

    Strides count in the order of the elements, whatever the tensor was made from. Raises ShapeError outside.

    >>> import clgrad
    >>> clgrad.arange(5).as_strided((2, 3), (1, 1)).tolist()
    [[0, 1, 2], [1, 2, 3]]
    """
    shape, steps = shape_argument((size,), "as_strided"), shape_argument((stride,), "as_strided")
    offset, total = storage_offset or 0, math.prod(input.shape)
    if len(shape) != len(steps) or any(one < 0 for one in (*shape, *steps, offset)):
        raise ShapeError(f"[as_strided] size {shape} and stride {steps}: as many of both, and none negative")
    last = offset + sum((one - 1) * step for one, step in zip(shape, steps))
    if 0 not in shape and last >= total:
        raise ShapeError(f"[as_strided] element {last} is asked for, and shape {input.shape} has {total}")
    index: Any = input._constant(offset, int64)
    for axis, (one, step) in enumerate(zip(shape, steps)):
        if one != 1:
            index = index + (input._iota(one) * step).reshape((one,) + (1,) * (len(shape) - axis - 1))
    return input.reshape(-1).take_rows(index._broadcast(shape))


# -- diagonals -----------------------------------------------------------------------------------


def _diagonal_length(rows: int, columns: int, offset: int) -> int:
    return max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))


def _two_dims(dim1: int, dim2: int, ndim: int, op: str) -> tuple[int, int]:
    if ndim < 2:
        raise ShapeError(f"[{op}] needs at least two dims, got {ndim}")
    first, second = normalize_dim(dim1, ndim, op), normalize_dim(dim2, ndim, op)
    if first == second:
        raise ShapeError(f"[{op}] dims {dim1} and {dim2} are one; name two")
    return first, second


def diagonal(input: A, offset: int = 0, dim1: int = 0, dim2: int = 1) -> A:
    """The elements of two dims whose second index is the first plus ``offset``, as a new last dim.

    >>> import clgrad
    >>> clgrad.arange(9).reshape(3, 3).diagonal(1).tolist()
    [1, 5]
    """
    first, second = _two_dims(dim1, dim2, input.ndim, "diagonal")
    if first > second:
        first, second, offset = second, first, -offset
    rest = [axis for axis in range(input.ndim) if axis not in (first, second)]
    rows, columns = input.shape[first], input.shape[second]
    length = _diagonal_length(rows, columns, offset)
    kept = tuple(input.shape[axis] for axis in rest)
    moved = input.permute(*rest, first, second).reshape((*kept, rows * columns))
    # Row by row, the next one stands a row and a column further.
    start = (offset if offset >= 0 else -offset * columns) if length else 0
    stop = start + (length - 1) * (columns + 1) + 1 if length else 0
    zeros = (0,) * len(rest)
    return moved.slice_ranges((*zeros, start), (*kept, stop), (1,) * len(rest) + (columns + 1 if length else 1,))


_diagonal = diagonal


def _or_zero(condition: A, input: A) -> A:
    """The input where the condition holds, else zero, of the input's dtype."""
    return condition.choose(input, input._constant(0, input.dtype))


def _on_diagonal(values: A, rows: int, columns: int, offset: int) -> tuple[A, A]:
    """Where the diagonal of (rows, columns) is, and values (..., length) spread out so that they fall on it."""
    row, column = values._iota(rows).reshape(rows, 1), values._iota(columns)
    distance: Any = column - row
    before = max(0, -offset) if offset < 0 else 0
    widths = ((0, 0),) * (values.ndim - 1)
    if offset >= 0:
        spread = values.pad_widths((*widths, (0, rows - values.shape[-1]))).unsqueeze(-1)
    else:
        spread = values.pad_widths((*widths, (before, rows - before - values.shape[-1]))).unsqueeze(-1)
    return distance == offset, spread


def diag_embed(input: A, offset: int = 0, dim1: int = -2, dim2: int = -1) -> A:
    """Matrices in two new dims, zero but for a diagonal that is the last dim.

    >>> import clgrad
    >>> clgrad.diag_embed(clgrad.tensor([1, 2])).tolist()
    [[1, 0], [0, 2]]
    """
    if not input.ndim:
        raise ShapeError("[diag_embed] needs at least one dim, got a 0-d tensor")
    first, second = _two_dims(dim1, dim2, input.ndim + 1, "diag_embed")
    if first > second:
        first, second, offset = second, first, -offset
    size = input.shape[-1] + abs(offset)
    hit, spread = _on_diagonal(input, size, size, offset)
    return movedim(_or_zero(hit, spread), (-2, -1), (first, second))


def diag(input: A, diagonal: int = 0) -> A:
    """A vector as the diagonal of a square matrix; of a matrix, its diagonal.

    >>> import clgrad
    >>> clgrad.diag(clgrad.tensor([1, 2])).tolist()
    [[1, 0], [0, 2]]
    """
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim == 2:
        return _diagonal(input, diagonal)
    raise ShapeError(f"[diag] needs a vector or a matrix, got shape {input.shape}")


def diagflat(input: A, offset: int = 0) -> A:
    """All elements as the diagonal of a square matrix.

    >>> import clgrad
    >>> clgrad.diagflat(clgrad.tensor([[1], [2]])).tolist()
    [[1, 0], [0, 2]]
    """
    return diag_embed(ravel(input), offset)


def diagonal_scatter(input: A, src: A, offset: int = 0, dim1: int = 0, dim2: int = 1) -> A:
    """The tensor with a diagonal replaced.

    >>> import clgrad
    >>> clgrad.diagonal_scatter(clgrad.zeros(2, 2), clgrad.ones(2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    first, second = _two_dims(dim1, dim2, input.ndim, "diagonal_scatter")
    if first > second:
        first, second, offset = second, first, -offset
    rows, columns = input.shape[first], input.shape[second]
    kept = tuple(size for axis, size in enumerate(input.shape) if axis not in (first, second))
    wanted = (*kept, _diagonal_length(rows, columns, offset))
    if src.shape != wanted:
        raise ShapeError(f"[diagonal_scatter] src of shape {src.shape} must have the diagonal's shape, {wanted}")
    hit, spread = _on_diagonal(src._cast(input.dtype), rows, columns, offset)
    moved = movedim(input, (first, second), (-2, -1))
    return movedim(hit.choose(spread, moved), (-2, -1), (first, second))


def _triangle(input: A, diagonal: int, lower: bool, op: str) -> A:
    if input.ndim < 2:
        raise ShapeError(f"[{op}] needs at least two dims, got shape {input.shape}")
    rows, columns = input.shape[-2:]
    distance = input._iota(columns) - input._iota(rows).reshape(rows, 1)
    return _or_zero(distance <= diagonal if lower else distance >= diagonal, input)


def tril(input: A, diagonal: int = 0) -> A:
    """Matrices with zeros above a diagonal.

    >>> import clgrad
    >>> clgrad.ones(2, 2).tril().tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    return _triangle(input, diagonal, True, "tril")


def triu(input: A, diagonal: int = 0) -> A:
    """Matrices with zeros below a diagonal.

    >>> import clgrad
    >>> clgrad.ones(2, 2).triu().tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    return _triangle(input, diagonal, False, "triu")


def trace(input: A) -> A:
    """The sum of a matrix's diagonal.

    >>> import clgrad
    >>> clgrad.ones(3, 3).trace().item()
    3.0
    """
    if input.ndim != 2:
        raise ShapeError(f"[trace] needs a matrix, got shape {input.shape}")
    return diagonal(input).sum()


# -- grids and sequences -------------------------------------------------------------------------


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Any, ...]:
    """Vectors expanded to the grid of all their combinations; "xy" exchanges the first two dims, "ij" does not.

    Without ``indexing`` it is "ij", with a warning, as in PyTorch. Raises ShapeError and ArgumentError.

    >>> import clgrad
    >>> a, b = clgrad.meshgrid(clgrad.arange(2), clgrad.arange(3), indexing="ij")
    >>> a.tolist(), b.tolist()
    ([[0, 0, 0], [1, 1, 1]], [[0, 1, 2], [0, 1, 2]])
    """
    if indexing is None:
        warnings.warn("[meshgrid] indexing was not given, 'ij' is taken; pass indexing='ij' or 'xy'", stacklevel=2)
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise ArgumentError(f"[meshgrid] indexing={indexing!r}, it must be 'ij' or 'xy'")
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    if not tensors or any(one.ndim > 1 for one in tensors):
        raise ShapeError(f"[meshgrid] needs vectors, got shapes {[one.shape for one in tensors]}")
    if any(one.dtype is not tensors[0].dtype for one in tensors):
        raise DtypeError(f"[meshgrid] dtypes {[one.dtype.name for one in tensors]} must be equal; cast with .to(dtype)")
    vectors = [one.reshape(-1) for one in tensors]
    shape = tuple(one.shape[0] for one in vectors)
    order = list(range(len(shape)))
    if indexing == "xy" and len(shape) > 1:
        order[:2] = [1, 0]
    grids = []
    for axis, one in enumerate(vectors):
        along = one.reshape(tuple(shape[axis] if place == axis else 1 for place in range(len(shape))))
        grids.append(along._broadcast(shape).permute(*order))
    return tuple(grids)


def cartesian_prod(*tensors: A) -> A:
    """All combinations of the vectors' elements, one a row; of one vector, itself.

    >>> import clgrad
    >>> clgrad.cartesian_prod(clgrad.arange(2), clgrad.arange(2)).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    if len(tensors) == 1:
        return tensors[0]
    rows: A = stack([one.reshape(-1) for one in meshgrid(*tensors, indexing="ij")], 1)
    return rows


def combinations(input: A, r: int = 2, with_replacement: bool = False) -> A:
    """All choices of r elements of a vector, in order, one a row; with replacement an element may be chosen again.

    >>> import clgrad
    >>> clgrad.combinations(clgrad.tensor([1, 2, 3])).tolist()
    [[1, 2], [1, 3], [2, 3]]
    """
    if input.ndim != 1:
        raise ShapeError(f"[combinations] needs a vector, got shape {input.shape}")
    if r < 0:
        raise ArgumentError(f"[combinations] r={r} must not be negative")
    if r == 0:
        return narrow(input, 0, 0, 0)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), r)), np.int64).reshape(-1, r)
    index = input._lift(rows)
    assert index is not None
    return input.take_rows(index)


def vander(x: A, N: int | None = None, increasing: bool = False) -> A:
    """The powers of each element, N a row (as many as elements), the highest first unless ``increasing``.

    >>> import clgrad
    >>> clgrad.vander(clgrad.tensor([2, 3]), 3).tolist()
    [[4, 2, 1], [9, 3, 1]]
    """
    if x.ndim != 1:
        raise ShapeError(f"[vander] needs a vector, got shape {x.shape}")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise ArgumentError(f"[vander] N={N} must not be negative")
    powers: Any = x._iota(count)
    powers = powers if increasing else count - 1 - powers
    base: Any = x if x.dtype.is_float else x.to(int64)
    return base.unsqueeze(-1) ** powers.to(base.dtype)  # type: ignore[no-any-return]


def unravel_index(indices: A, shape: int | Sequence[int]) -> tuple[A, ...]:
    """The index along each dim of a shape, for indices of its flattened elements.

    >>> import clgrad
    >>> [one.tolist() for one in clgrad.unravel_index(clgrad.tensor([5, 2]), (2, 3))]
    [[1, 0], [2, 2]]
    """
    sizes = (shape,) if isinstance(shape, int) else shape_argument((shape,), "unravel_index")
    if not indices.dtype.is_integer:
        raise DtypeError(f"[unravel_index] indices must be integers, got {indices.dtype.name}; cast with .to(dtype)")
    wide: Any = indices.to(int64)
    return tuple(wide // step % size if size else wide for size, step in zip(sizes, contiguous_strides(sizes)))


# -- around --------------------------------------------------------------------------------------


def pad(input: A, pad: Sequence[int], mode: str = "constant", value: Scalar | None = None) -> A:
    """Add elements around a tensor: ``pad`` is (left, right) of the last dimension, then of the one before.

    Modes: "constant" fills with ``value`` (0), "reflect" mirrors without repeating the edge, "replicate" repeats the
    edge, "circular" wraps around. Negative widths crop.
    Raises ShapeError for widths that do not fit, ArgumentError for another mode.

        >>> import clgrad
        >>> clgrad.nn.functional.pad(clgrad.tensor([1, 2, 3]), (2, 1), mode="reflect").tolist()
        [3, 2, 1, 2, 3, 2]
    """
    widths = tuple(int(width) for width in pad)
    if mode not in PAD_MODES:
        raise ArgumentError(f"[pad] mode={mode!r}, it must be one of {', '.join(PAD_MODES)}")
    if len(widths) % 2 or len(widths) > 2 * input.ndim:
        raise ShapeError(
            f"[pad] pad {widths} against input {tuple(input.shape)}: it holds two widths per dimension, the "
            f"last dimension first"
        )
    if mode != "constant" and value is not None:
        raise ArgumentError(f"[pad] value={value} with mode={mode!r}, only constant padding takes a value")
    added = tuple(max(0, width) for width in widths)
    if mode in ("reflect", "replicate"):
        # As in PyTorch: mirrors and edges are those of the whole input, what wraps around is what was left of it.
        return _cropped(_surrounded(input, added, mode), widths)
    cut = _cropped(input, widths)
    if mode == "circular":
        return _surrounded(cut, added, mode)
    pairs = list(zip(added[::2], added[1::2]))[::-1]
    return cut.pad_widths(((0, 0),) * (input.ndim - len(pairs)) + tuple(pairs), 0 if value is None else value)


def _cropped(input: A, widths: Sequence[int]) -> A:
    """Without what negative widths cut off, two for each dimension, the last first."""
    starts, stops = [0] * input.ndim, list(input.shape)
    for dim, before, after in zip(reversed(range(input.ndim)), widths[::2], widths[1::2]):
        starts[dim] = max(0, -before)
        stops[dim] -= max(0, -after)
        if starts[dim] > stops[dim]:
            raise ShapeError(f"[pad] {tuple(widths)} cuts more than shape {input.shape} has")
    return input.slice_ranges(tuple(starts), tuple(stops), (1,) * input.ndim)


def _surrounded(input: A, widths: Sequence[int], mode: str) -> A:
    """Padded with elements of the input, two widths for each dimension, the last first."""
    for dim, before, after in zip(reversed(range(input.ndim)), widths[::2], widths[1::2]):
        if before or after:
            input = _surrounded_along(input, dim, before, after, mode)
    return input


def _surrounded_along(input: A, dim: int, before: int, after: int, mode: str) -> A:
    size = input.shape[dim]
    most = {"reflect": size - 1, "circular": size}.get(mode, before + after if size else 0)
    if max(before, after) > most:
        raise ShapeError(
            f"[pad] widths ({before}, {after}) with mode={mode!r} on dimension {dim} of "
            f"{tuple(input.shape)}: they must lie between 0 and {max(0, most)}; pad less"
        )

    def edge(start: int, width: int) -> A:
        return narrow(input, dim, start, 1).expand(*input.shape[:dim], width, *input.shape[dim + 1 :])

    if mode == "reflect":
        ends = narrow(input, dim, 1, before).flip(dim), narrow(input, dim, size - 1 - after, after).flip(dim)
    elif mode == "circular":
        ends = narrow(input, dim, size - before, before), narrow(input, dim, 0, after)
    else:
        ends = edge(0, before), edge(size - 1, after)
    return cat([ends[0], input, ends[1]], dim)
