"""Reading and writing by index: in the array language.

Basic indices (integers, slices, None, ellipsis) are movement. With integer arrays, the dims up to the last
one that is indexed become rows, and all indices one number of a row: read by ``take_rows``, written by
``scatter_rows``. What PyTorch gives is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clgrad.arithmetic import Scalar, broadcast_shapes
from clgrad.array import A, Array, normalize_dim
from clgrad.dtypes import bool_, int64
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError
from clgrad.view import Shape, contiguous_strides

__all__ = [
    "gather", "index_add", "index_copy", "index_fill", "index_put", "index_reduce", "index_select", "masked_scatter",
    "put", "scatter", "scatter_add", "scatter_reduce", "select_scatter", "slice_scatter", "take", "take_along_dim",
]  # fmt: skip

Nonzero = Callable[[Any], tuple["np.ndarray[Any, Any]", ...]]
"""Turns a mask into the indices where it holds; that needs its values, so the caller brings it."""


def _is_array(item: Any) -> bool:
    return isinstance(item, (Array, np.ndarray, list, tuple, range))


def _is_truth(item: Any) -> bool:
    """Whether an item is one bool: it takes no dim, and adds one."""
    if isinstance(item, (bool, np.bool_)):
        return True
    return isinstance(item, (Array, np.ndarray)) and not item.shape and item.dtype in (bool_, np.bool_)


def _expand_key(x: Array, key: Any, nonzero: Nonzero) -> list[Any]:
    """One item for each dim (and one for each None), masks replaced by integer arrays."""
    items = list(key) if isinstance(key, tuple) else [key]
    ready: list[Any] = []
    for item in items:
        if _is_truth(item):
            ready.append(_Truth(bool(item._read()) if isinstance(item, Array) else bool(item)))
        elif (isinstance(item, Array) and item.dtype is bool_) or (isinstance(item, np.ndarray) and item.dtype == bool):
            ready.append((item, nonzero(item)))
        elif isinstance(item, (list, tuple, range)):
            host = np.asarray(item)
            if host.size == 0:
                host = host.astype(np.int64)
            ready.append((host, host.nonzero()) if host.dtype == bool else host)
        else:
            ready.append(item)
    used = sum(
        len(item[1]) if isinstance(item, tuple) else not (item is None or item is Ellipsis or isinstance(item, _Truth))
        for item in ready
    )
    if used > x.ndim:
        raise IndexRangeError(f"[index] {used} indices for a tensor of shape {x.shape} with {x.ndim} dims")
    dots = [place for place, item in enumerate(ready) if item is Ellipsis]
    if len(dots) > 1:
        raise IndexRangeError("[index] an index can have only one ellipsis ('...')")
    place = dots[0] if dots else len(ready)
    ready[place : place + 1] = [slice(None)] * (x.ndim - used)
    result: list[Any] = []
    dim = 0
    for item in ready:
        if isinstance(item, tuple):
            mask, where = item
            if tuple(mask.shape) != x.shape[dim : dim + len(where)]:
                raise IndexRangeError(
                    f"[index] a mask of shape {tuple(mask.shape)} does not fit dims {dim} ... of shape {x.shape}"
                )
            result.extend(where)
            dim += len(where)
        else:
            result.append(item)
            dim += not (item is None or isinstance(item, _Truth))
    return result


@dataclass(frozen=True)
class _Truth:
    """A single bool as an index: an index array, of one zero or of none, for a new dim of length one."""

    value: bool


@dataclass(frozen=True)
class _New:
    """None: a new axis of the result."""


@dataclass(frozen=True)
class _Range:
    """A slice of a dim: ``count`` entries from ``start`` on; the step may be negative."""

    dim: int
    start: int
    count: int
    step: int


@dataclass(frozen=True)
class _Entry:
    """One entry of a dim, which leaves no axis."""

    dim: int
    place: int


@dataclass(frozen=True)
class _Picks:
    """An index array for a dim (for none, if it is a single bool)."""

    dim: int | None
    index: Any


_Part = _New | _Range | _Entry | _Picks


def _parts(x: A, key: Any, nonzero: Nonzero) -> list[_Part]:
    """What a key says of each dim, and of the axes that it adds."""
    parts: list[_Part] = []
    dim = 0
    for item in _expand_key(x, key, nonzero):
        if item is None:
            parts.append(_New())
            continue
        if isinstance(item, _Truth):
            parts.append(_Picks(None, x._iota(1).slice_ranges((0,), (int(item.value),), (1,))))
            continue
        size = x.shape[dim]
        if isinstance(item, slice):
            start, stop, step = _slice_range(item, size)
            parts.append(_Range(dim, start, max(0, -(-(stop - start) // step)), step))
        elif _is_array(item) and not (isinstance(item, np.ndarray) and item.ndim == 0):
            parts.append(_Picks(dim, _checked(x, item, size, dim)))
        else:
            parts.append(_Entry(dim, _integer(item, size, dim, x.shape)))
        dim += 1
    return parts


def _checked(x: A, item: Any, size: int, dim: int) -> A:
    """An integer index array, wrapped to 0 ... size - 1, on x's device."""
    if not isinstance(item, Array):
        host = np.asarray(item)
        if host.dtype.kind not in "iu":
            raise DtypeError(f"[index] an index array must hold integers or bools, got {host.dtype}")
        bad = host[(host < -size) | (host >= size)]
        if bad.size:
            raise IndexRangeError(f"[index] index {bad.flat[0]} is out of range for dim {dim} of size {size}")
        lifted = x._lift(np.where(host < 0, host + size, host).astype(np.int64))
        assert lifted is not None
        return lifted
    if not item.dtype.is_integer:
        raise DtypeError(f"[index] an index tensor must hold integers or bools, got {item.dtype.name}")
    index: Any = item.to(int64)
    wrapped: A = (index < 0).choose(index + size, index)
    return wrapped.check_index(size, f"index, dim {dim}", wrapped=True)


def _slice_range(item: slice, size: int) -> tuple[int, int, int]:
    try:
        return item.indices(size)
    except TypeError as error:
        raise DtypeError(f"[index] slice {item} must be made of integers") from error
    except ValueError as error:
        raise ArgumentError(f"[index] the step of slice {item} must not be 0") from error


def _integer(item: Any, size: int, dim: int, shape: tuple[int, ...]) -> int:
    try:
        place = item.__index__()
    except AttributeError as error:
        raise DtypeError(f"[index] {item!r} is not an integer, slice, None, ellipsis or integer tensor") from error
    if not -size <= place < size:
        raise IndexRangeError(f"[index] index {place} is out of range for dim {dim} of shape {shape}")
    return int(place) % size


def getitem(x: A, key: Any, nonzero: Nonzero) -> A:
    """``x[key]``. Raises IndexRangeError and DtypeError; out of range values on a device raise when read."""
    parts = _parts(x, key, nonzero)
    if any(isinstance(part, _Picks) for part in parts):
        rows = _rows(x, parts)
        return rows.table.take_rows(rows.index).reshape(rows.shape)  # type: ignore[no-any-return]
    ranges, flips, shape = _basic(x, parts)
    result = x.slice_ranges(*ranges)
    return (result.flip(*flips) if flips else result).reshape(shape)


def _basic(x: Array, parts: Sequence[_Part]) -> tuple[tuple[Shape, Shape, Shape], list[int], Shape]:
    """A key without arrays: the range of each dim, forwards; the dims to turn round then; the result's shape."""
    ranges: list[tuple[int, int, int]] = []
    flips: list[int] = []
    shape: list[int] = []
    for part in parts:
        if isinstance(part, _New):
            shape.append(1)
        elif isinstance(part, _Entry):
            ranges.append((part.place, part.place + 1, 1))
        elif isinstance(part, _Range):
            first, last = part.start, part.start + (part.count - 1) * part.step
            if part.step < 0 and part.count:
                flips.append(part.dim)
                first, last = last, first
            ranges.append((first, last + 1, abs(part.step)) if part.count else (0, 0, 1))
            shape.append(part.count)
    starts, stops, steps = zip(*ranges) if ranges else ((), (), ())
    return (starts, stops, steps), flips, tuple(shape)


@dataclass(frozen=True)
class _Rows:
    """A key with arrays, as rows of a table: the index of each, and the shape of the result."""

    table: Any
    index: Any
    shape: Shape


def _rows(x: A, parts: Sequence[_Part]) -> _Rows:
    # Dims behind the last one that is cut or indexed stay whole: they are what a row holds.
    folded = 0
    for part in parts:
        whole = isinstance(part, _Range) and (part.start, part.count, part.step) == (0, x.shape[part.dim], 1)
        if not isinstance(part, _New) and not whole and part.dim is not None:
            folded = part.dim + 1
    strides = contiguous_strides(x.shape[:folded])
    axes = [
        part for part in parts if isinstance(part, (_New, _Range)) or (isinstance(part, _Picks) and part.index.ndim)
    ]
    picks = [place for place, part in enumerate(axes) if isinstance(part, _Picks)]
    arrays = [part for part in parts if isinstance(part, _Picks)]
    picked = broadcast_shapes(*(part.index.shape for part in arrays), op="index")
    # Neighbouring index arrays leave their result where they stand, others in front.
    first = picks[0] if picks and picks == list(range(picks[0], picks[-1] + 1)) else 0
    rest = [part for part in axes if not isinstance(part, _Picks)]
    shape = tuple(1 if isinstance(part, _New) else part.count for part in rest)
    shape = (*shape[:first], *picked, *shape[first:])
    moving = [part for part in rest if isinstance(part, _Range) and part.dim < folded]
    before = sum(isinstance(part, _Range) and part.dim < folded for part in rest[:first])
    counts = [part.count for part in moving]
    front = (*counts[:before], *picked, *counts[before:])
    total: Any = None
    offset = 0
    for number, part in enumerate(moving):
        offset += part.start * strides[part.dim]
        if part.count > 1:
            axis = number if number < before else number + len(picked)
            along = (x._iota(part.count) * (part.step * strides[part.dim])).reshape(
                tuple(part.count if place == axis else 1 for place in range(len(front)))
            )
            total = along if total is None else total + along
    behind = (1,) * (len(front) - before - len(picked))
    for one in arrays:
        if one.dim is not None:
            scaled = one.index * strides[one.dim] if strides[one.dim] != 1 else one.index
            scaled = scaled.reshape((*one.index.shape, *behind))
            total = scaled if total is None else total + scaled
    offset += sum(part.place * strides[part.dim] for part in parts if isinstance(part, _Entry))
    if total is None:
        total = x._constant(offset, int64)
    elif offset:
        total = total + offset
    table = x.reshape((math.prod(x.shape[:folded]), *x.shape[folded:]))
    return _Rows(table, total._broadcast(front), shape)


def setitem(x: A, key: Any, value: A, nonzero: Nonzero) -> A:
    """x with ``x[key]`` replaced by value, which broadcasts. Of repeated indices the last one wins."""
    if (
        isinstance(key, Array)
        and key.dtype is bool_
        and value.ndim == 0
        and 0 < key.ndim <= x.ndim
        and key.shape == x.shape[: key.ndim]
    ):
        return key.reshape(key.shape + (1,) * (x.ndim - key.ndim)).choose(value._cast(x.dtype), x)  # type: ignore[return-value]  # both speak for one kind of array
    parts = _parts(x, key, nonzero)
    if any(isinstance(part, _Picks) or (isinstance(part, _Range) and abs(part.step) > 1) for part in parts):
        rows = _rows(x, parts)
        values = _fitted(x, value, rows.shape)
        if 0 in rows.shape:
            return x
        values = values.reshape(rows.index.shape + rows.table.shape[1:])
        return rows.table.scatter_rows(rows.index, values, "set").reshape(x.shape)  # type: ignore[no-any-return]
    (starts, stops, _), flips, shape = _basic(x, parts)
    values = _fitted(x, value, shape)
    if 0 in shape:
        return x
    values = values.reshape(tuple(stop - start for start, stop in zip(starts, stops)))
    values = values.flip(*flips) if flips else values
    widths = tuple((start, size - stop) for start, stop, size in zip(starts, stops, x.shape))
    if all(width == (0, 0) for width in widths):
        return values
    inside = x._constant(True, bool_)._broadcast(values.shape).pad_widths(widths)
    return inside.choose(values.pad_widths(widths), x)


def _fitted(x: A, value: A, shape: Shape) -> A:
    """A value to write, in x's dtype and in the shape that is indexed. Raises ShapeError."""
    # Leading dims of length one are dropped, as in numpy.
    while value.ndim > len(shape) and value.shape[0] == 1:
        value = value.reshape(value.shape[1:])
    try:
        fits = broadcast_shapes(value.shape, shape, op="setitem") == shape
    except ShapeError:
        fits = False
    if not fits:
        raise ShapeError(f"[setitem] a value of shape {value.shape} does not broadcast to the {shape} indexed")
    return value._cast(x.dtype)._broadcast(shape)


def slice_scatter(input: A, src: A, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> A:
    """The tensor with ``start:end:step`` of a dim replaced.

    >>> import clgrad
    >>> clgrad.slice_scatter(clgrad.zeros(4), clgrad.ones(2), start=2).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    axis = normalize_dim(dim, input.ndim, "slice_scatter")
    if step <= 0:
        raise ArgumentError(f"[slice_scatter] step={step} must be positive")
    key = (slice(None),) * axis + (slice(start, end, step),)
    return _replaced(input, key, src, "slice_scatter")


def select_scatter(input: A, src: A, dim: int, index: int) -> A:
    """The tensor with one entry along a dim replaced.

    >>> import clgrad
    >>> clgrad.select_scatter(clgrad.zeros(2, 2), clgrad.ones(2), 0, 1).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    axis = normalize_dim(dim, input.ndim, "select_scatter")
    return _replaced(input, (slice(None),) * axis + (index,), src, "select_scatter")


def _replaced(input: A, key: tuple[Any, ...], src: A, op: str) -> A:
    _, _, shape = _basic(input, _parts(input, key, _no_mask))
    if src.shape != shape:
        raise ShapeError(f"[{op}] src of shape {src.shape} must have the shape that it replaces, {shape}")
    return setitem(input, key, src, _no_mask)


def _no_mask(mask: Any) -> tuple[np.ndarray[Any, Any], ...]:
    raise AssertionError("no part of the key is a mask")


# -- along one dim, element by element -----------------------------------------------------------


def _along(input: A, dim: int, index: A, op: str) -> tuple[int, A]:
    """The dim, and for each element of the index its place in the flattened input."""
    axis = normalize_dim(dim, input.ndim, op)
    if not index.dtype.is_integer:
        raise DtypeError(f"[{op}] index must hold integers, got {index.dtype.name}; cast with .to(clgrad.int64)")
    if max(index.ndim, 1) != max(input.ndim, 1) or any(
        have > whole for one, (have, whole) in enumerate(zip(index.shape, input.shape)) if one != axis
    ):
        raise ShapeError(
            f"[{op}] index of shape {index.shape} must have the dims of {input.shape}, none longer but dim {dim}"
        )
    size = input.shape[axis] if input.ndim else 1
    flat: Any = index.to(int64).check_index(size, op)
    strides = contiguous_strides(input.shape) if input.ndim else (1,)
    flat = flat * strides[axis] if strides[axis] != 1 else flat
    for one, step in enumerate(strides):
        if one != axis and one < index.ndim and index.shape[one] > 1:
            place = (input._iota(index.shape[one]) * step).reshape(
                tuple(-1 if n == one else 1 for n in range(index.ndim))
            )
            flat = flat + place
    return axis, flat


def gather(input: A, dim: int, index: A) -> A:
    """``input[..., index, ...]`` along one dim, element by element; index has as many dims as the input.

    No dim of the index but ``dim`` may be longer than the input's. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> clgrad.tensor([[1, 2], [3, 4]]).gather(1, clgrad.tensor([[1], [0]])).tolist()
    [[2], [3]]
    """
    _, places = _along(input, dim, index, "gather")
    if 0 in index.shape:
        return input._constant(0, input.dtype)._broadcast(index.shape)
    return input.reshape(-1).take_rows(places)


def take_along_dim(input: A, indices: A, dim: int | None = None) -> A:
    """``gather`` with broadcasting and negative indices; without a dim, of the flattened tensors.

    >>> import clgrad
    >>> clgrad.take_along_dim(clgrad.tensor([[1, 2], [3, 4]]), clgrad.tensor([[1], [0]]), 1).tolist()
    [[2], [3]]
    """
    if not indices.dtype.is_integer:
        raise DtypeError(f"[take_along_dim] indices must be integers, got {indices.dtype.name}; cast with .to(dtype)")
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1))
    if input.ndim != indices.ndim:
        raise ShapeError(f"[take_along_dim] shapes {input.shape} and {indices.shape} must have as many dims")
    axis = normalize_dim(dim, input.ndim, "take_along_dim")
    others = broadcast_shapes(
        *(tuple(size for one, size in enumerate(shape) if one != axis) for shape in (input.shape, indices.shape)),
        op="take_along_dim",
    )

    def whole(shape: Shape) -> Shape:
        return (*others[:axis], shape[axis], *others[axis:])

    return gather(input._broadcast(whole(input.shape)), axis, indices._broadcast(whole(indices.shape)))


def _scattered(input: A, dim: int, index: A, src: A, mode: str, op: str) -> A:
    _, places = _along(input, dim, index, op)
    if src.dtype is not input.dtype:
        raise DtypeError(f"[{op}] src is {src.dtype.name} and the tensor {input.dtype.name}; cast with .to(dtype)")
    if max(src.ndim, 1) != max(index.ndim, 1) or any(have < need for have, need in zip(src.shape, index.shape)):
        raise ShapeError(f"[{op}] src of shape {src.shape} must have the dims of index {index.shape}, none shorter")
    if 0 in index.shape:
        return input
    used = src.slice_ranges((0,) * index.ndim, index.shape, (1,) * index.ndim) if src.ndim == index.ndim else src
    return input.reshape(-1).scatter_rows(places, used.reshape(index.shape), mode).reshape(input.shape)


def scatter(
    input: A, dim: int, index: A, src: A | Scalar | None = None, *, value: Scalar | None = None,
    reduce: str | None = None,
) -> A:  # fmt: skip
    """The tensor with elements written at ``index`` along one dim: those of ``src``, or one value.

    Where places are named more than once, the last element wins. ``reduce`` is "add" or "multiply" for those
    that shall be combined instead. Raises ShapeError, DtypeError and ArgumentError.

    >>> import clgrad
    >>> clgrad.zeros(3).scatter(0, clgrad.tensor([2, 0]), clgrad.tensor([5.0, 6.0])).tolist()
    [6.0, 0.0, 5.0]
    """
    modes = {None: "set", "add": "add", "multiply": "mul"}
    if reduce not in modes:
        raise ArgumentError(f"[scatter] reduce={reduce!r}, it must be 'add' or 'multiply'; see scatter_reduce")
    given = value if src is None else src
    if given is None or (src is not None and value is not None):
        raise ArgumentError("[scatter] give either src or value")
    if not isinstance(given, Array):
        given = input._constant(given, input.dtype)._broadcast(index.shape)
    return _scattered(input, dim, index, given, modes[reduce], "scatter")


def scatter_add(input: A, dim: int, index: A, src: A) -> A:
    """The tensor with the elements of ``src`` added at ``index`` along one dim, in order.

    >>> import clgrad
    >>> clgrad.zeros(2).scatter_add(0, clgrad.tensor([1, 1]), clgrad.tensor([5.0, 6.0])).tolist()
    [0.0, 11.0]
    """
    return _scattered(input, dim, index, src, "add", "scatter_add")


_REDUCES = {"sum": ("add", 0), "prod": ("mul", 1), "mean": ("add", 0), "amax": ("max", -1), "amin": ("min", 1)}
"""For each reduction the mode of a scatter, and what it starts from (for an extreme, on which side of all numbers)."""


def _nothing(input: A, reduce: str) -> A:
    """What a reduction starts from, of the input's dtype."""
    side = _REDUCES[reduce][1]
    if reduce not in ("amax", "amin"):
        return input._constant(side, input.dtype)
    if input.dtype.is_float:
        return input._constant(side * math.inf, input.dtype)
    if input.dtype is bool_:
        return input._constant(side > 0, bool_)
    bits = 8 * input.dtype.size - input.dtype.signed
    return input._constant((1 << bits) - 1 if side > 0 else -(1 << bits) if input.dtype.signed else 0, input.dtype)


def _reducing(reduce: str, op: str, known: Sequence[str]) -> str:
    if reduce not in known:
        raise ArgumentError(f"[{op}] reduce={reduce!r}, it must be one of {', '.join(known)}")
    return _REDUCES[reduce][0]


def _mean(total: A, count: A) -> A:
    count = count.maximum(1)
    return total / count if total.dtype.is_float else total // count


def scatter_reduce(input: A, dim: int, index: A, src: A, reduce: str, *, include_self: bool = True) -> A:
    """The tensor with the elements of ``src`` combined at ``index`` along one dim.

    ``reduce`` is "sum", "prod", "mean", "amax" or "amin". Without ``include_self`` the elements that are named
    start from nothing. Raises ShapeError, DtypeError and ArgumentError.

    >>> import clgrad
    >>> x, index = clgrad.ones(2), clgrad.tensor([1, 1])
    >>> x.scatter_reduce(0, index, clgrad.tensor([5.0, 6.0]), "mean").tolist()
    [1.0, 4.0]
    """
    mode = _reducing(reduce, "scatter_reduce", tuple(_REDUCES))
    start = input
    if not include_self:
        start = _scattered(input, dim, index, _nothing(input, reduce)._broadcast(index.shape), "set", "scatter_reduce")
    result = _scattered(start, dim, index, src, mode, "scatter_reduce")
    if reduce != "mean":
        return result
    ones = input._constant(1, input.dtype)
    count = (ones if include_self else input._constant(0, input.dtype))._broadcast(input.shape)
    return _mean(result, _scattered(count, dim, index, ones._broadcast(index.shape), "add", "scatter_reduce"))


# -- along one dim, whole entries ----------------------------------------------------------------


def _entries(input: A, dim: int, index: A, op: str) -> tuple[int, A, A]:
    """The dim, the input as rows that hold what lies behind it, and the rows that a vector of indices names."""
    if not index.dtype.is_integer:
        raise DtypeError(f"[{op}] index must hold integers, got {index.dtype.name}; cast with .to(clgrad.int64)")
    if index.ndim > 1:
        raise ShapeError(f"[{op}] index of shape {index.shape} must be a vector")
    axis = normalize_dim(dim, input.ndim, op)
    shape = input.shape or (1,)
    before, size = math.prod(shape[:axis]), shape[axis]
    places: Any = index.reshape(-1).to(int64).check_index(size, op)
    if before != 1:
        places = (input._iota(before) * size).reshape(before, 1) + places
    else:
        places = places.unsqueeze(0)
    return axis, input.reshape((before * size, *shape[axis + 1 :])), places


def index_select(input: A, dim: int, index: A) -> A:
    """Entries along a dim by number, which a vector names.

    >>> import clgrad
    >>> clgrad.tensor([[1, 2], [3, 4]]).index_select(1, clgrad.tensor([1, 1])).tolist()
    [[2, 2], [4, 4]]
    """
    axis, rows, places = _entries(input, dim, index, "index_select")
    count = places.shape[-1]
    if not input.ndim:
        return rows.take_rows(places).reshape(())
    return rows.take_rows(places).reshape((*input.shape[:axis], count, *input.shape[axis + 1 :]))


def _combined(input: A, dim: int, index: A, source: A, mode: str, op: str) -> A:
    axis, rows, places = _entries(input, dim, index, op)
    if source.dtype is not input.dtype:
        raise DtypeError(
            f"[{op}] source is {source.dtype.name} and the tensor {input.dtype.name}; cast with .to(dtype)"
        )
    wanted = (*input.shape[:axis], places.shape[-1], *input.shape[axis + 1 :])
    if source.shape != wanted and not (math.prod(source.shape) == math.prod(wanted) == 1):
        raise ShapeError(f"[{op}] source of shape {source.shape} must have shape {wanted}, an entry for each index")
    values = source.reshape((places.shape[0], places.shape[1], *rows.shape[1:]))
    return rows.scatter_rows(places, values, mode).reshape(input.shape)


def index_add(input: A, dim: int, index: A, source: A, *, alpha: Scalar = 1) -> A:
    """The tensor with entries of ``source``, times ``alpha``, added at ``index`` along a dim.

    >>> import clgrad
    >>> clgrad.zeros(3).index_add(0, clgrad.tensor([2, 2]), clgrad.ones(2)).tolist()
    [0.0, 0.0, 2.0]
    """
    scaled = source if alpha == 1 else (source * alpha)._cast(source.dtype)
    return _combined(input, dim, index, scaled, "add", "index_add")


def index_copy(input: A, dim: int, index: A, source: A) -> A:
    """The tensor with entries at ``index`` along a dim replaced by those of ``source``; the last one wins.

    >>> import clgrad
    >>> clgrad.zeros(3).index_copy(0, clgrad.tensor([2, 0]), clgrad.tensor([5.0, 6.0])).tolist()
    [6.0, 0.0, 5.0]
    """
    return _combined(input, dim, index, source, "set", "index_copy")


def index_fill(input: A, dim: int, index: A, value: Scalar | A) -> A:
    """The tensor with one value in the entries at ``index`` along a dim.

    >>> import clgrad
    >>> clgrad.zeros(3).index_fill(0, clgrad.tensor([2, 0]), 1.0).tolist()
    [1.0, 0.0, 1.0]
    """
    if isinstance(value, Array):
        if value.ndim:
            raise ShapeError(f"[index_fill] value of shape {value.shape} must be 0-d")
        filled: Any = value._cast(input.dtype)
    else:
        filled = input._constant(value, input.dtype)
    _, rows, places = _entries(input, dim, index, "index_fill")
    result = rows.scatter_rows(places, filled._broadcast(places.shape + rows.shape[1:]), "set")
    return result.reshape(input.shape)


def index_reduce(input: A, dim: int, index: A, source: A, reduce: str, *, include_self: bool = True) -> A:
    """The tensor with entries of ``source`` combined at ``index`` along a dim by "prod", "mean", "amax" or "amin".

    >>> import clgrad
    >>> clgrad.ones(2).index_reduce(0, clgrad.tensor([1, 1]), clgrad.tensor([5.0, 6.0]), "amax").tolist()
    [1.0, 6.0]
    """
    mode = _reducing(reduce, "index_reduce", ("prod", "mean", "amax", "amin"))
    start = input if include_self else index_fill(input, dim, index, _nothing(input, reduce))
    result = _combined(start, dim, index, source, mode, "index_reduce")
    if reduce != "mean":
        return result
    ones = input._constant(1, input.dtype)
    count = (ones if include_self else input._constant(0, input.dtype))._broadcast(input.shape)
    return _mean(result, _combined(count, dim, index, ones._broadcast(source.shape), "add", "index_reduce"))


# -- anywhere ------------------------------------------------------------------------------------


def take(input: A, index: A) -> A:
    """Elements of the flattened tensor by number, in the shape of the index; negative ones count from the end.

    >>> import clgrad
    >>> clgrad.tensor([[1, 2], [3, 4]]).take(clgrad.tensor([0, -1])).tolist()
    [1, 4]
    """
    if not index.dtype.is_integer:
        raise DtypeError(f"[take] index must hold integers, got {index.dtype.name}; cast with .to(clgrad.int64)")
    return input.reshape(-1).take_rows(_checked(input, index, math.prod(input.shape), 0))


def put(input: A, index: A, source: A, accumulate: bool = False) -> A:
    """The tensor with elements of ``source`` written, or added, at places of the flattened tensor.

    >>> import clgrad
    >>> clgrad.zeros(2, 2).put(clgrad.tensor([3, 0]), clgrad.tensor([5.0, 6.0])).tolist()
    [[6.0, 0.0], [0.0, 5.0]]
    """
    if source.dtype is not input.dtype:
        raise DtypeError(f"[put] source is {source.dtype.name} and the tensor {input.dtype.name}; cast with .to(dtype)")
    if math.prod(source.shape) != math.prod(index.shape):
        raise ShapeError(f"[put] source of shape {source.shape} and index of shape {index.shape}: give as many of both")
    places = _checked(input, index, math.prod(input.shape), 0)
    mode = "add" if accumulate else "set"
    return input.reshape(-1).scatter_rows(places, source.reshape(index.shape), mode).reshape(input.shape)


def index_put(input: A, indices: Sequence[Any], values: A, accumulate: bool = False) -> A:
    """The tensor with ``input[indices]`` replaced by values, or with the values added there.

    ``indices`` are tensors of integers or bools, or None for a whole dim; masks are read now.

    >>> import clgrad
    >>> x, places = clgrad.zeros(3), clgrad.tensor([1, 1])
    >>> x.index_put((places,), clgrad.ones(2), accumulate=True).tolist()
    [0.0, 2.0, 0.0]
    """
    if values.dtype is not input.dtype:
        raise DtypeError(
            f"[index_put] values are {values.dtype.name} and the tensor {input.dtype.name}; cast with .to(dtype)"
        )
    key = tuple(slice(None) if index is None else index for index in indices)
    if not accumulate:
        return setitem(input, key, values, _nonzero)
    rows = _rows(input, _parts(input, key, _nonzero))
    fitted = _fitted(input, values, rows.shape)
    if 0 in rows.shape:
        return input
    fitted = fitted.reshape(rows.index.shape + rows.table.shape[1:])
    return rows.table.scatter_rows(rows.index, fitted, "add").reshape(input.shape)  # type: ignore[no-any-return]


def _nonzero(mask: Any) -> tuple[np.ndarray[Any, Any], ...]:
    return (mask._read() if isinstance(mask, Array) else np.asarray(mask)).nonzero()


def masked_scatter(input: A, mask: A, source: A) -> A:
    """The tensor with its elements where the mask holds replaced by those of ``source``, in order.

    The mask broadcasts; it is read now, since ``source`` has to have enough elements. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> x, mask = clgrad.zeros(3), clgrad.tensor([True, False, True])
    >>> x.masked_scatter(mask, clgrad.tensor([5.0, 6.0])).tolist()
    [5.0, 0.0, 6.0]
    """
    if mask.dtype is not bool_:
        raise DtypeError(f"[masked_scatter] the mask is {mask.dtype.name}; it must be bool, compare with != 0")
    if source.dtype is not input.dtype:
        raise DtypeError(
            f"[masked_scatter] source is {source.dtype.name} and the tensor {input.dtype.name}; cast with .to(dtype)"
        )
    shape = broadcast_shapes(input.shape, mask.shape, op="masked_scatter")
    where = np.broadcast_to(mask._read(), shape).reshape(-1).nonzero()[0]
    if where.size > math.prod(source.shape):
        raise ShapeError(f"[masked_scatter] source has {math.prod(source.shape)} elements for {where.size} places")
    if not where.size:
        return input._broadcast(shape)
    index = input._lift(where)
    assert index is not None
    values = source.reshape(-1).slice_ranges((0,), (where.size,), (1,))
    return input._broadcast(shape).reshape(-1).scatter_rows(index, values, "set").reshape(shape)


def one_hot(x: A, num_classes: int) -> A:
    """A new last dim of num_classes with 1 at x and 0 elsewhere (int64).

    >>> import clgrad
    >>> clgrad.one_hot(clgrad.tensor([1, 0]), 2).tolist()
    [[0, 1], [1, 0]]
    """
    place = x.check_index(num_classes, "one_hot").to(int64)
    return (place.unsqueeze(-1) == x._iota(num_classes)).to(int64)
