"""Sorting, and what is found by it: in the array language.

Values become keys, unsigned integers of the same order, in which -0.0 equals 0.0 and every NaN is the largest. A key
and its index are one uint64, and those are sorted (see ops/orders.py). Values are then read by the indices found,
so their gradients are those of a gather.
"""

from __future__ import annotations

import math
from typing import Any

from clgrad.arithmetic import result_dtype
from clgrad.array import A, Array, normalize_dim
from clgrad.compose.indexing import gather
from clgrad.compose.statistics import Extreme
from clgrad.dtypes import DTYPES, bool_, int32, int64, uint8, uint32, uint64
from clgrad.errors import ArgumentError, DeviceError, DtypeError, ShapeError
from clgrad.ops import orders
from clgrad.sorting import WORD, indices_of, pair, run_length, sorted_pairs
from clgrad.view import contiguous_strides

__all__ = [
    "argsort",
    "bucketize",
    "isin",
    "kthvalue",
    "median",
    "mode",
    "msort",
    "nanmedian",
    "nanquantile",
    "quantile",
    "searchsorted",
    "sort",
    "topk",
]

SPARE = 8
"""If there are so many times as many elements as are wanted, those are kept while all are looked through; else all
are sorted."""
FEW_TESTED = 16
"""Up to so many elements are compared with all others; more are sorted and looked up."""


# -- keys and pairs ------------------------------------------------------------------------------


INFINITY = {"float16": 0x7C00, "bfloat16": 0x7F80, "float32": 0x7F800000, "float64": 0x7FF0000000000000}
"""The bits of infinity; those of NaN are larger."""


def _keys(x: Any, descending: bool = False) -> Any:
    """Unsigned integers in the order of the values: uint64 for dtypes of 64 bits, else uint32."""
    if x.dtype is bool_:
        bits = x.to(uint8)
    else:
        size = 8 * x.dtype.size
        bits = x.bitcast(DTYPES[f"uint{size}"])
        sign = 1 << (size - 1)
        if x.dtype.is_float:
            infinity = INFINITY[x.dtype.name]
            magnitude = bits & (sign - 1)
            ordered = (bits >= sign).choose(sign - magnitude, bits | sign)  # -0.0 becomes the key of 0.0
            bits = (magnitude > infinity).choose(2 * sign - 1, ordered)
        elif x.dtype.signed:
            bits = bits ^ sign
    keys = bits if bits.dtype is uint64 else bits.to(uint32)
    return ~keys if descending else keys


def _rows(x: Any, axis: int) -> Any:
    """(rows, n) with the elements along an axis as rows."""
    length = x.shape[axis]
    return x.transpose(axis, -1).reshape(math.prod(x.shape) // length, length)


def _unrows(rows: Any, like: Any, axis: int) -> Any:
    """The rows as elements along an axis again, of what had the shape of ``like``."""
    shape = list(like.shape)
    shape[axis], shape[-1] = shape[-1], rows.shape[1]
    return rows.reshape(tuple(shape)).transpose(axis, -1)


def pick(x: A, axis: int, index: A) -> A:
    """``x[..., index, ...]`` along an axis: like gather, for an index that is known to lie in range."""
    flat: Any = index
    for one, step in enumerate(contiguous_strides(x.shape)):
        if one == axis:
            part: Any = index
        else:
            part = x._iota(index.shape[one]).reshape(tuple(-1 if n == one else 1 for n in range(x.ndim)))
        part = part * step if step != 1 else part
        flat = part if one == 0 else flat + part
    return x.reshape(-1).take_rows(flat._broadcast(index.shape))


def order_rows(x: Any, descending: bool = False) -> Any:
    """For each row of (rows, n) the indices that sort it; equal elements keep their order."""
    keys = _keys(x, descending)
    place = x._iota(x.shape[1])._broadcast(x.shape)
    if keys.dtype is not uint64:
        return indices_of(sorted_pairs(pair(keys, place)))
    # By the lower words first: those of equal upper words then stand in order already.
    order = indices_of(sorted_pairs(pair(keys & WORD, place)))
    return indices_of(sorted_pairs(pair(_keys(pick(x, 1, order), descending) >> 32, order)))


def _smallest(words: Any, count: int) -> Any:
    """The smallest uint64s of each row, in order: of runs first, then of what was found in those."""
    rows, length = words.shape
    while True:
        run = run_length(words, SPARE * count)
        words = words._apply(orders.top_runs, (words,), run, count)
        words = words.reshape(rows, words.shape[1] * count)
        if run == length:
            return words
        length = words.shape[1]


def _first(x: Any, count: int, descending: bool) -> Any:
    """The first ``count`` columns of ``order_rows``."""
    rows, length = x.shape
    if length <= SPARE * count or SPARE * count > (x.device.tile or length):
        return order_rows(x, descending).slice_ranges((0, 0), (rows, count), (1, 1))
    keys, place = _keys(x, descending), x._iota(length)._broadcast(x.shape)
    if keys.dtype is not uint64:
        return indices_of(_smallest(pair(keys, place), count))
    # The last key that is wanted parts the elements: those before it, those equal to it, and the others.
    last = _smallest(keys, count).slice_ranges((0, count - 1), (rows, count), (1, 1))
    parted = (keys >= last).to(uint32) + (keys > last).to(uint32)
    found = indices_of(_smallest(pair(parted, place), count))
    return pick(found, 1, order_rows(pick(x, 1, found), descending))


def _ordered_dim(input: Any, dim: int, op: str) -> tuple[Any, int]:
    """The input with at least one dim, and the dim counted from the front."""
    axis = normalize_dim(dim, input.ndim, op)
    return (input if input.ndim else input.reshape(1)), axis


def _nothing(input: Any, shape: tuple[int, ...]) -> Extreme[Any]:
    """Values and indices of a shape without elements."""
    empty = input._constant(0, input.dtype)._broadcast(shape)
    return Extreme(empty, empty.to(int64))


# -- sorting -------------------------------------------------------------------------------------


def argsort(input: A, dim: int = -1, descending: bool = False, stable: bool = False) -> A:
    """The indices (int64) that sort along a dim; see sort.

    >>> import clgrad
    >>> clgrad.tensor([3.0, 1.0, 2.0]).argsort().tolist()
    [1, 2, 0]
    """
    x, axis = _ordered_dim(input, dim, "argsort")
    if 0 in x.shape:
        return _nothing(x, x.shape).indices  # type: ignore[no-any-return]  # both speak for one kind of array
    found = _unrows(order_rows(_rows(x, axis), descending), x, axis)
    return found.reshape(input.shape)  # type: ignore[no-any-return]  # as above


def sort(input: A, dim: int = -1, descending: bool = False, stable: bool = False) -> Extreme[A]:
    """The elements in order along a dim, and the indices (int64) they had: ``(values, indices)``.

    NaN counts as largest. Equal elements keep their order, whatever ``stable`` says.

    >>> import clgrad
    >>> values, indices = clgrad.tensor([3.0, 1.0, 2.0]).sort(descending=True)
    >>> values.tolist(), indices.tolist()
    ([3.0, 2.0, 1.0], [0, 2, 1])
    """
    axis = normalize_dim(dim, input.ndim, "sort")
    indices = argsort(input, dim, descending)
    return Extreme(pick(input, axis, indices) if input.ndim else input, indices)


def msort(input: A) -> A:
    """The elements in order along the first dim.

    >>> import clgrad
    >>> clgrad.msort(clgrad.tensor([[3, 1], [2, 4]])).tolist()
    [[2, 1], [3, 4]]
    """
    return sort(input, 0).values


def topk(input: A, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Extreme[A]:
    """The k largest (or smallest) elements along a dim, in order, and their indices: ``(values, indices)``.

    Of equal elements the first ones are taken. They are in order whatever ``sorted`` says.
    Raises ArgumentError where the dim has fewer elements.

    >>> import clgrad
    >>> clgrad.tensor([3.0, 1.0, 2.0]).topk(2).indices.tolist()
    [0, 2]
    """
    x, axis = _ordered_dim(input, dim, "topk")
    if not 0 <= k <= x.shape[axis]:
        raise ArgumentError(f"[topk] k is {k}; dim {dim} of shape {input.shape} has 0 ... {x.shape[axis]} to give")
    shape = (*x.shape[:axis], k, *x.shape[axis + 1 :])
    if 0 in shape:
        return _nothing(x, shape if input.ndim else (0,))
    indices = _unrows(_first(_rows(x, axis), k, largest), x, axis)
    values = pick(x, axis, indices)
    return Extreme(values, indices) if input.ndim else Extreme(values.reshape(()), indices.reshape(()))


def kthvalue(input: A, k: int, dim: int = -1, keepdim: bool = False) -> Extreme[A]:
    """The k-th smallest element along a dim, counted from 1, and its index: ``(values, indices)``.

    NaN counts as largest. Raises ArgumentError where the dim has fewer elements.

    >>> import clgrad
    >>> clgrad.tensor([3.0, 1.0, 2.0]).kthvalue(2).values.item()
    2.0
    """
    x, axis = _ordered_dim(input, dim, "kthvalue")
    length = x.shape[axis]
    if not 1 <= k <= length:
        raise ArgumentError(f"[kthvalue] k is {k}; dim {dim} of shape {input.shape} has 1 ... {length}")
    if 0 in x.shape:
        indices = _nothing(x, (*x.shape[:axis], 1, *x.shape[axis + 1 :])).indices
    else:
        rows = _rows(x, axis)
        from_above = k > length - k + 1
        found = _first(rows, length - k + 1 if from_above else k, from_above)
        last = found.slice_ranges((0, found.shape[1] - 1), found.shape, (1, 1))
        indices = _unrows(last, x, axis)
    return _picked(input, x, axis, indices, keepdim)


def _picked(input: Any, x: Any, axis: int, indices: Any, keepdim: bool) -> Extreme[Any]:
    """Values and indices of one element along an axis."""
    values = pick(x, axis, indices)
    if not input.ndim:
        return Extreme(values.reshape(()), indices.reshape(()))
    return Extreme(values, indices) if keepdim else Extreme(values.squeeze(axis), indices.squeeze(axis))


# -- medians and quantiles -----------------------------------------------------------------------


def _check_not_empty(input: Any, axis: int, op: str) -> None:
    if input.shape[axis] == 0:
        raise ShapeError(f"[{op}] dim {axis} of shape {input.shape} is empty: there is nothing to find")


def _median(input: Any, dim: int | None, keepdim: bool, ignores_nan: bool, op: str) -> Any:
    if input.dtype is bool_:
        raise DtypeError(f"[{op}] bool has no median; cast with .to(clgrad.uint8)")
    if dim is None:
        return _median_of_all(input, ignores_nan, op)
    x, axis = _ordered_dim(input, dim, op)
    _check_not_empty(x, axis, op)
    if 0 in x.shape:
        return _picked(input, x, axis, _nothing(x, (*x.shape[:axis], 1, *x.shape[axis + 1 :])).indices, keepdim)
    rows = _rows(x, axis)
    return _picked(input, x, axis, _unrows(_median_index(rows, ignores_nan), x, axis), keepdim)


def _median_index(rows: Any, ignores_nan: bool) -> Any:
    """(rows, 1) indices of the lower of the middle elements; of the first NaN, unless they are ignored."""
    length = rows.shape[1]
    middle = (length - 1) // 2
    order = order_rows(rows)
    if not rows.dtype.is_float:
        return order.slice_ranges((0, middle), (rows.shape[0], middle + 1), (1, 1))
    numbers = (rows == rows).sum(1, keepdim=True)
    if ignores_nan:
        place = (numbers > 0).choose(numbers - 1, 0) // 2
    else:
        place = (numbers < length).choose(numbers, middle)
    return pick(order, 1, place)


def _median_of_all(input: Any, ignores_nan: bool, op: str) -> Any:
    if not math.prod(input.shape):
        if input.dtype.is_float:
            return input._constant(math.nan, input.dtype)
        raise ShapeError(f"[{op}] shape {input.shape} has no elements, and {input.dtype.name} no NaN to say so")
    flat = input.reshape(1, math.prod(input.shape))
    value = pick(flat, 1, _median_index(flat, ignores_nan))
    if not input.dtype.is_float:
        return value.reshape(())
    # Elements equal to the median share its gradient, as those of an extreme do.
    hit = (flat == value) | (flat.isnan() & value.isnan())
    return hit.choose(flat, -math.inf).amax()


def median(input: A, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median: of an even number of elements the lower of the two in the middle. NaN where there is any.

    With a dim, ``(values, indices)`` along it. Raises DtypeError for bool, ShapeError where there is nothing.

    >>> import clgrad
    >>> clgrad.tensor([3.0, 1.0, 2.0, 4.0]).median().item()
    2.0
    """
    return _median(input, dim, keepdim, False, "median")


def nanmedian(input: A, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of what is not NaN; NaN where there is nothing else. See median.

    >>> import clgrad
    >>> clgrad.tensor([float("nan"), 1.0, 2.0, 3.0]).nanmedian().item()
    2.0
    """
    return _median(input, dim, keepdim, True, "nanmedian")


INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(
    input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, ignores_nan: bool, op: str
) -> Any:
    if not input.dtype.is_float:
        raise DtypeError(f"[{op}] the quantiles of {input.dtype.name} are not defined; cast with .to(clgrad.float32)")
    if interpolation not in INTERPOLATIONS:
        raise ArgumentError(f"[{op}] interpolation {interpolation!r} is not known; there are {INTERPOLATIONS}")
    if isinstance(q, (int, float)):
        if not 0 <= q <= 1:
            raise ArgumentError(f"[{op}] q is {q}; it must lie in 0 ... 1")
        q = input._constant(float(q), input.dtype)
    elif q.dtype is not input.dtype:
        raise DtypeError(f"[{op}] q is {q.dtype.name} and the input {input.dtype.name}; cast one with .to(dtype)")
    elif q.device is not input.device:
        raise DeviceError(f"[{op}] q is on {q.device} and the input on {input.device}; move one with .to(device)")
    if q.ndim > 1:
        raise ShapeError(f"[{op}] q has shape {q.shape}; it must be one number, or a vector of them")
    if not math.prod(input.shape):
        raise ShapeError(f"[{op}] shape {input.shape} has no elements: there are no quantiles")
    x, axis = (input.reshape(-1), 0) if dim is None else _ordered_dim(input, dim, op)
    if dim is None:
        shape = (1,) * input.ndim if keepdim else ()
    else:
        shape = tuple(1 if one == axis else size for one, size in enumerate(input.shape) if keepdim or one != axis)
    if 0 in q.shape:
        return input._constant(0, input.dtype)._broadcast(q.shape + shape)
    rows = _rows(x, axis)
    length = rows.shape[1]
    ordered = pick(rows, 1, order_rows(rows))
    count = (rows == rows).sum(1, keepdim=True).to(q.dtype)
    levels = q.reshape(1, math.prod(q.shape))
    if ignores_nan:
        ranks = levels * (count - 1)
    else:
        ranks = (count == length).choose(levels * (length - 1), length - 1)  # where the NaN stand
    ranks = ranks.clamp(0, length - 1)
    if interpolation == "lower":
        found = pick(ordered, 1, ranks.floor().to(int64))
    elif interpolation == "higher":
        found = pick(ordered, 1, ranks.ceil().to(int64))
    elif interpolation == "nearest":
        found = pick(ordered, 1, ranks.round().to(int64))
    else:
        below, above = (pick(ordered, 1, rank.to(int64)) for rank in (ranks.floor(), ranks.ceil()))
        weight = ranks - ranks.floor() if interpolation == "linear" else ranks.zeros_like() + 0.5
        # From the nearer end, so that each end is exact.
        step = above - below
        found = (weight < 0.5).choose(below + weight * step, above - step * (1 - weight))
    # One quantile a column, which become the first dim.
    rest = list(x.shape)
    rest[axis], rest[-1] = rest[-1], 1
    found = found.T.reshape((levels.shape[1], *rest)).transpose(axis + 1, -1)
    return found.reshape(q.shape + shape)


def quantile(input: A, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> A:
    """The q-th quantiles along a dim, or of all elements; NaN where there is any.

    ``q`` is a number in 0 ... 1, or a tensor of the input's dtype, 0-d or of shape (n,), which then leads the
    result's shape; what a tensor holds beyond 0 ... 1 counts as the nearer end. ``interpolation`` between neighbours
    is "linear", "lower", "higher", "midpoint" or "nearest".
    Raises DtypeError where the input is no float, ShapeError where it is empty, ArgumentError.

    >>> import clgrad
    >>> clgrad.tensor([1.0, 2.0, 3.0, 4.0]).quantile(0.5).item()
    2.5
    """
    return _quantile(input, q, dim, keepdim, interpolation, False, "quantile")  # type: ignore[no-any-return]


def nanquantile(input: A, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear") -> A:
    """The q-th quantiles of what is not NaN; NaN where there is nothing else. See quantile.

    >>> import clgrad
    >>> clgrad.tensor([1.0, 2.0, float("nan")]).nanquantile(0.5).item()
    1.5
    """
    return _quantile(input, q, dim, keepdim, interpolation, True, "nanquantile")  # type: ignore[no-any-return]


def mode(input: A, dim: int = -1, keepdim: bool = False) -> Extreme[A]:
    """The most frequent element along a dim, and the last index where it stands: ``(values, indices)``.

    Of equally frequent ones it is the smallest. A NaN equals no other. Raises ShapeError for an empty dim.

    >>> import clgrad
    >>> clgrad.tensor([3, 1, 1, 3, 1]).mode().values.item()
    1
    """
    x, axis = _ordered_dim(input, dim, "mode")
    _check_not_empty(x, axis, "mode")
    if 0 in x.shape:
        return _picked(input, x, axis, _nothing(x, (*x.shape[:axis], 1, *x.shape[axis + 1 :])).indices, keepdim)
    rows = _rows(x, axis)
    order = order_rows(rows)
    ordered = pick(rows, 1, order)
    keys = _keys(ordered)
    place = x._iota(rows.shape[1])
    times = place - keys._apply(orders.search, (keys, keys), False)
    if x.dtype.is_float:
        times = ordered.isnan().choose(0, times)
    # The first of the highest counts ends the first of the longest stretches of equal elements.
    longest = times.amax(1, keepdim=True)
    last = (times == longest).choose(place, rows.shape[1]).amin(1, keepdim=True)
    return _picked(input, x, axis, _unrows(pick(order, 1, last), x, axis), keepdim)


# -- looking up ----------------------------------------------------------------------------------


def searchsorted(
    sorted_sequence: A,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: A | None = None,
) -> A:
    """Where each element of ``input`` would have to stand in a sorted sequence: the index (int64) of the first
    element that is not smaller; with ``right``, or ``side="right"``, of the first that is larger.

    The sequence is sorted along its last dim; ``sorter`` gives the indices that sort one that is not. It is 1-d, or
    has the input's other dims. A number gives one index. Raises ShapeError, DtypeError and ArgumentError.

    >>> import clgrad
    >>> clgrad.searchsorted(clgrad.tensor([1, 3, 5, 7]), clgrad.tensor([3, 6]), right=True).tolist()
    [2, 3]
    """
    if side not in (None, "left", "right"):
        raise ArgumentError(f"[searchsorted] side is {side!r}; there are 'left' and 'right'")
    if side == "left" and right:
        raise ArgumentError("[searchsorted] side is 'left' and right is True; give one of them")
    sequence: Any = sorted_sequence
    if not sequence.ndim:
        raise ShapeError("[searchsorted] the sequence is 0-d; it needs a dim that is sorted")
    if sorter is not None:
        if sorter.shape != sequence.shape:
            raise ShapeError(f"[searchsorted] sorter has shape {sorter.shape}, the sequence {sequence.shape}")
        sequence = gather(sequence, -1, sorter)
    values: Any = input
    if isinstance(input, (bool, int, float)):
        values = sequence._constant(input, result_dtype([sequence, input]))
    if sequence.ndim != 1 and (sequence.ndim != values.ndim or sequence.shape[:-1] != values.shape[:-1]):
        raise ShapeError(
            f"[searchsorted] sequences of shape {sequence.shape} must be 1-d, or have all dims but the last of the "
            f"values of shape {values.shape}"
        )
    dtype = result_dtype([sequence, values])
    found = values.zeros_like().to(int64)
    if 0 not in sequence.shape and 0 not in values.shape:
        rows = math.prod(sequence.shape[:-1])
        operands = (one._cast(dtype).reshape(rows, math.prod(one.shape) // rows) for one in (sequence, values))
        found = sequence._apply(orders.search, tuple(operands), right or side == "right").reshape(values.shape)
    return found.to(int32) if out_int32 else found  # type: ignore[no-any-return]  # both speak for one kind of array


def bucketize(input: Any, boundaries: A, *, out_int32: bool = False, right: bool = False) -> A:
    """The bucket (int64) of each element: how many of the sorted 1-d boundaries are smaller; see searchsorted.

    >>> import clgrad
    >>> clgrad.bucketize(clgrad.tensor([3, 6, 9]), clgrad.tensor([1, 3, 5, 7])).tolist()
    [1, 3, 4]
    """
    if boundaries.ndim != 1:
        raise ShapeError(f"[bucketize] boundaries have shape {boundaries.shape}; they must be a vector")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element is among the tested ones (bool); with ``invert``, whether it is not. NaN never is.

    Either may be a number. ``assume_unique`` changes nothing. Raises DtypeError for bool.

    >>> import clgrad
    >>> clgrad.isin(clgrad.tensor([1, 2, 3]), clgrad.tensor([3, 1])).tolist()
    [True, False, True]
    """
    known = next((one for one in (elements, test_elements) if isinstance(one, Array)), None)
    if known is None:
        raise DtypeError("[isin] elements and test_elements are both numbers; one must be a tensor")
    dtype = result_dtype([elements, test_elements])
    if dtype is bool_:
        raise DtypeError("[isin] does not compute with bool; cast with .to(clgrad.uint8)")
    x, tested = (
        one._cast(dtype) if isinstance(one, Array) else known._constant(one, dtype) for one in (elements, test_elements)
    )
    count = math.prod(tested.shape)
    if count <= FEW_TESTED:
        found = (x.unsqueeze(-1) == tested.reshape(count)).any(-1)
    else:
        ordered = sort(tested.reshape(count)).values
        # By keys, among which a NaN is nothing special.
        keys = (_keys(ordered).reshape(1, count), _keys(x).reshape(1, math.prod(x.shape)))
        place = keys[0]._apply(orders.search, keys, False).reshape(x.shape) if 0 not in x.shape else x.to(int64)
        found = ordered.take_rows(place.clamp(max=count - 1)) == x
    return found.logical_not() if invert else found
