"""Reading and writing by index: in the array language.

Basic indices (integers, slices, None, ellipsis) are movement. Integer arrays become one index into
a flattened front, read by ``take_rows`` and written by ``scatter_rows``; what PyTorch gives is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from clgrad.arithmetic import broadcast_shapes
from clgrad.array import A, Array, normalize_dim
from clgrad.dtypes import bool_, int64
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError
from clgrad.view import contiguous_strides

__all__ = ["gather"]

Nonzero = Callable[[Any], tuple["np.ndarray[Any, Any]", ...]]
"""Turns a mask into the indices where it holds; that needs its values, so the caller brings it."""


def _is_array(item: Any) -> bool:
    return isinstance(item, (Array, np.ndarray, list, tuple, range))


def _expand_key(x: Array, key: Any, nonzero: Nonzero) -> list[Any]:
    """One item for each dim (and one for each None), masks replaced by integer arrays."""
    items = list(key) if isinstance(key, tuple) else [key]
    ready: list[Any] = []
    for item in items:
        if isinstance(item, (bool, np.bool_)):
            raise DtypeError("[index] a python bool is not an index; use a bool tensor or an integer")
        if (isinstance(item, Array) and item.dtype is bool_) or (isinstance(item, np.ndarray) and item.dtype == bool):
            ready.append((item, nonzero(item)))
        elif isinstance(item, (list, tuple, range)):
            host = np.asarray(item)
            if host.size == 0:
                host = host.astype(np.int64)
            ready.append((host, host.nonzero()) if host.dtype == bool else host)
        else:
            ready.append(item)
    used = sum(len(item[1]) if isinstance(item, tuple) else item is not None and item is not Ellipsis for item in ready)
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
            dim += item is not None
    return result


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
    return (index < 0).choose(index + size, index).check_index(size, f"index, dim {dim}")  # type: ignore[no-any-return]


def getitem(x: A, key: Any, nonzero: Nonzero) -> A:
    """``x[key]``. Raises IndexRangeError and DtypeError; out of range values on a device raise when read."""
    items = _expand_key(x, key, nonzero)
    starts, stops, steps, flips = [], [], [], []
    shape: list[int] = []
    arrays: list[tuple[int, int, Any]] = []  # (dim of the sliced array, size, index)
    dim = 0
    for item in items:
        if item is None:
            shape.append(1)
            continue
        size = x.shape[dim]
        if isinstance(item, slice):
            start, stop, step = _slice_range(item, size)
            count = max(0, -(-(stop - start) // step))
            if step < 0:
                # The last element taken comes first, then the axis is turned round.
                start, stop, step = (start + (count - 1) * step, start + 1, -step) if count else (0, 0, 1)
                flips.append(dim)
            starts.append(start)
            stops.append(max(start, stop))
            steps.append(step)
            shape.append(count)
        elif _is_array(item) and not (isinstance(item, np.ndarray) and item.ndim == 0):
            starts.append(0)
            stops.append(size)
            steps.append(1)
            arrays.append((len(shape), size, _checked(x, item, size, dim)))
            shape.append(size)
        else:
            place = _integer(item, size, dim, x.shape)
            starts.append(place)
            stops.append(place + 1)
            steps.append(1)
        dim += 1
    result = x.slice_ranges(tuple(starts), tuple(stops), tuple(steps))
    if flips:
        result = result.flip(*flips)
    result = result.reshape(tuple(shape))
    return _take_arrays(result, arrays) if arrays else result


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


def _take_arrays(x: A, arrays: list[tuple[int, int, Any]]) -> A:
    dims = [dim for dim, _, _ in arrays]
    index_shape = broadcast_shapes(*(index.shape for _, _, index in arrays), op="index")
    index: Any = None
    for (_, _, one), step in zip(arrays, contiguous_strides(tuple(size for _, size, _ in arrays))):
        part = one * step if step != 1 else one
        index = part if index is None else index + part
    rest = [dim for dim in range(x.ndim) if dim not in dims]
    front = x.permute(*dims, *rest)
    table = front.reshape((math.prod(x.shape[dim] for dim in dims), *(x.shape[dim] for dim in rest)))
    taken = table.take_rows(index._broadcast(index_shape))
    if dims != list(range(dims[0], dims[0] + len(dims))):
        return taken
    # Neighbouring index arrays leave their result where they stood.
    count = len(index_shape)
    before = sum(dim < dims[0] for dim in rest)
    order = [*range(count, count + before), *range(count), *range(count + before, taken.ndim)]
    return taken.permute(*order) if order else taken


def setitem(x: A, key: Any, value: A, nonzero: Nonzero) -> A:
    """x with ``x[key]`` replaced by value, which broadcasts. Of repeated indices the last one wins."""
    if isinstance(key, Array) and key.dtype is bool_ and value.ndim == 0 and key.shape == x.shape:
        return key.choose(value._cast(x.dtype), x)  # type: ignore[return-value]  # both speak for one kind of array
    place = getitem(x._iota(math.prod(x.shape)).reshape(x.shape), key, nonzero)
    try:
        fits = broadcast_shapes(value.shape, place.shape, op="setitem") == place.shape
    except ShapeError:
        fits = False
    if not fits:
        # Leading dims of length one are dropped, as in numpy.
        if value.ndim > place.ndim and math.prod(value.shape[: value.ndim - place.ndim]) == 1:
            return setitem(x, key, value.reshape(value.shape[value.ndim - place.ndim :]), nonzero)
        raise ShapeError(f"[setitem] a value of shape {value.shape} does not broadcast to the {place.shape} indexed")
    if 0 in place.shape:
        return x
    values = value._cast(x.dtype)._broadcast(place.shape)
    return x.reshape(-1).scatter_rows(place.reshape(-1), values.reshape(-1), "set").reshape(x.shape)


def gather(x: A, dim: int, index: A) -> A:
    """``x[..., index, ...]`` along one dim, element by element; index has as many dims as x.

    >>> import clgrad
    >>> clgrad.tensor([[1, 2], [3, 4]]).gather(1, clgrad.tensor([[1], [0]])).tolist()
    [[2], [3]]
    """
    axis = normalize_dim(dim, x.ndim, "gather")
    if index.ndim != x.ndim or any(
        have > whole for one, (have, whole) in enumerate(zip(index.shape, x.shape)) if one != axis
    ):
        raise ShapeError(
            f"[gather] index of shape {index.shape} must have the dims of {x.shape}, none longer but dim {dim}"
        )
    if not index.dtype.is_integer:
        raise DtypeError(f"[gather] index must hold integers, got {index.dtype.name}; cast with .to(clgrad.int64)")
    if x.ndim == 0:
        return x
    flat: Any = None
    for one, step in enumerate(contiguous_strides(x.shape)):
        if one == axis:
            part: Any = index.to(int64).check_index(x.shape[axis], "gather")
        else:
            part = x._iota(index.shape[one]).reshape(tuple(-1 if n == one else 1 for n in range(x.ndim)))
        part = part * step if step != 1 else part
        flat = part if flat is None else flat + part
    return x.reshape(-1).take_rows(flat._broadcast(index.shape))


def one_hot(x: A, num_classes: int) -> A:
    """A new last dim of num_classes with 1 at x and 0 elsewhere (int64).

    >>> import clgrad
    >>> clgrad.one_hot(clgrad.tensor([1, 0]), 2).tolist()
    [[0, 1], [1, 0]]
    """
    place = x.check_index(num_classes, "one_hot").to(int64)
    return (place.unsqueeze(-1) == x._iota(num_classes)).to(int64)
