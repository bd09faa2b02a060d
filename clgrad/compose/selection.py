"""What is there, where, and how often: in the array language.

Where values decide a shape, one number is read on the host, how many there are; the rest stays on the device.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from clgrad.arithmetic import broadcast_shapes
from clgrad.array import A, normalize_dim
from clgrad.compose.joining import cat
from clgrad.compose.order import order_rows, pick
from clgrad.compose.scans import cumsum
from clgrad.dtypes import bool_, float32, float64, int64, uint32, uint64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.ops import orders

__all__ = [
    "argwhere",
    "bincount",
    "count_nonzero",
    "histc",
    "masked_select",
    "nonzero",
    "unique",
    "unique_consecutive",
]

SPACE = 8
"""Parts are counted in bins of their own, but in no more bins than this many times the elements."""
MANY_BINS = 512
"""From more bins on, it is dearer for work-groups to look for each bin's elements than to sort all."""


# -- what is not zero ----------------------------------------------------------------------------


def _count(running: Any) -> int:
    """The last of (n,) running sums, read here and now."""
    length = running.shape[0]
    return int(running.slice_ranges((length - 1,), (length,), (1,))._read()[0]) if length else 0


def _compacted(values: Any, mask: Any, running: Any, count: int) -> Any:
    """Those (n,) values where a mask holds, ``count`` of them; ``running`` are the sums of the mask."""
    if not count:
        return values._constant(0, values.dtype)._broadcast((0,))
    return values._apply(orders.place, (values, mask.choose(running - 1, -1)), count)


def _positions(mask: Any) -> Any:
    """The flat indices (int64) where a mask holds, in order."""
    total = math.prod(mask.shape)
    flat = mask.reshape(total)
    running = cumsum(flat.to(int64), -1)
    return _compacted(flat._iota(total), flat, running, _count(running))


def nonzero(input: A, as_tuple: bool = False) -> Any:
    """The indices (int64) of what is not zero, in order: (count, dims), or a vector for each dim with ``as_tuple``.

    One number is read from the device, so it can not be recorded by clgrad.jit.

    >>> import clgrad
    >>> clgrad.tensor([[0, 5], [7, 0]]).nonzero().tolist()
    [[0, 1], [1, 0]]
    """
    x: Any = input
    if as_tuple and not x.ndim:
        x = x.reshape(1)
    places = _positions(x._truth())
    columns, step = [], 1
    for size in reversed(x.shape):
        columns.append(places // step % size if step > 1 else places % size)
        step *= max(size, 1)
    columns.reverse()
    if as_tuple:
        return tuple(columns)
    if not columns:
        return places._constant(0, int64)._broadcast((places.shape[0], 0))
    return cat([column.unsqueeze(1) for column in columns], 1)


def argwhere(input: A) -> A:
    """The indices (int64) of what is not zero, one a row; see nonzero.

    >>> import clgrad
    >>> clgrad.argwhere(clgrad.tensor([1, 0, 1])).tolist()
    [[0], [2]]
    """
    return nonzero(input)  # type: ignore[no-any-return]  # a tensor, unless a tuple is asked for


def count_nonzero(input: A, dim: int | Sequence[int] | None = None) -> A:
    """How many elements are not zero (int64), of all or along dims.

    >>> import clgrad
    >>> clgrad.tensor([[0, 5], [7, 1]]).count_nonzero(1).tolist()
    [1, 2]
    """
    return input._truth().sum(dim)


def masked_select(input: A, mask: A) -> A:
    """The elements where a mask (bool) holds, as a vector; both broadcast.

    One number is read from the device, so it can not be recorded by clgrad.jit.
    Raises DtypeError for a mask that is not bool.

    >>> import clgrad
    >>> x = clgrad.tensor([1.0, 2.0, 3.0])
    >>> x.masked_select(x > 1.5).tolist()
    [2.0, 3.0]
    """
    if mask.dtype is not bool_:
        raise DtypeError(f"[masked_select] the mask is {mask.dtype.name}; it must be bool, compare with != 0")
    shape = broadcast_shapes(input.shape, mask.shape, op="masked_select")
    places = _positions(mask._broadcast(shape))
    return input._broadcast(shape).reshape(math.prod(shape)).take_rows(places)


# -- what is different ---------------------------------------------------------------------------


def _begins(rows: Any) -> Any:
    """Where along the last axis of (rows, n) another value begins (bool); the first always does."""
    count, length = rows.shape
    later = rows.slice_ranges((0, 1), (count, length), (1, 1))
    earlier = rows.slice_ranges((0, 0), (count, length - 1), (1, 1))
    return (later != earlier).pad_widths(((0, 0), (1, 0)), True)


class _Stretches:
    """Stretches of equal entries among n: the number of each entry's stretch, and where each stretch begins."""

    def __init__(self, begins: Any) -> None:
        (self.length,) = begins.shape
        running = cumsum(begins.to(int64), -1)
        self.count = _count(running)
        self.numbers = running - 1
        self.starts = _compacted(begins._iota(self.length), begins, running, self.count)

    @property
    def sizes(self) -> Any:
        ends = self.starts.slice_ranges((1,), (self.count,), (1,)).pad_widths(((0, 1),), self.length)
        return ends - self.starts


def _results(output: Any, inverse: Any, counts: Any, return_inverse: bool, return_counts: bool) -> Any:
    found = (output, *((inverse,) if return_inverse else ()), *((counts,) if return_counts else ()))
    return found if len(found) > 1 else output


def _of_nothing(input: Any, output: Any, return_inverse: bool, return_counts: bool, inverse: tuple[int, ...]) -> Any:
    empty = input._constant(0, int64)._broadcast((0,))
    return _results(output, empty.reshape(inverse), empty, return_inverse, return_counts)


def _entries(input: Any, dim: int, op: str) -> tuple[Any, int]:
    """(n, m): the slices along a dim, each as a row; and the dim, counted from the front."""
    axis = normalize_dim(dim, input.ndim, op)
    x = input if input.ndim else input.reshape(1)
    rest = math.prod(size for one, size in enumerate(x.shape) if one != axis)
    if not rest:
        raise ShapeError(f"[{op}] the slices of shape {input.shape} along dim {dim} have no elements to compare")
    order = (axis, *(one for one in range(x.ndim) if one != axis))
    return x.permute(*order).reshape(x.shape[axis], rest), axis


def _chosen(input: Any, axis: int, places: Any) -> Any:
    """The slices along an axis that stand at some places."""
    return input.detach().transpose(0, axis).take_rows(places).transpose(0, axis)


def unique(
    input: A, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements, in order; with a dim, the different slices along it, in lexicographic order.

    Then, if asked for: where in the result each element is (``return_inverse``), and how many there are of each
    (``return_counts``), as a tuple. Each NaN is different. They are in order whatever ``sorted`` says.
    One number is read from the device, so it can not be recorded by clgrad.jit. There is no gradient.

    >>> import clgrad
    >>> values, counts = clgrad.unique(clgrad.tensor([3, 1, 3]), return_counts=True)
    >>> values.tolist(), counts.tolist()
    ([1, 3], [1, 2])
    """
    x: Any = input
    if dim is None:
        length, axis, shape = math.prod(x.shape), 0, x.shape
        x = x.reshape(length)
        entries = x.reshape(1, length)
    else:
        slices, axis = _entries(x, dim, "unique")
        length, shape = slices.shape[0], (slices.shape[0],)
        x = x if x.ndim else x.reshape(1)
        entries = _ranks_of_slices(slices) if length else slices
    if not length:
        return _of_nothing(x, x.detach(), return_inverse, return_counts, shape)
    order = order_rows(entries)
    stretches = _Stretches(_begins(pick(entries, 1, order)).reshape(length))
    order = order.reshape(length)
    inverse = order._apply(orders.place, (stretches.numbers, order), length).reshape(shape)
    output = _chosen(x, axis, order.take_rows(stretches.starts))
    return _results(output, inverse, stretches.sizes, return_inverse, return_counts)


def _ranks(rows: Any) -> Any:
    """For each element of (rows, n) how many different smaller ones its row has."""
    count, length = rows.shape
    order = order_rows(rows)
    ranks = cumsum(_begins(pick(rows, 1, order)).to(int64), -1) - 1
    places = order + (rows._iota(count) * length).reshape(count, 1)
    total = count * length
    return ranks._apply(orders.place, (ranks.reshape(total), places.reshape(total)), total).reshape(count, length)


def _ranks_of_slices(slices: Any) -> Any:
    """(1, n) ranks of the rows of (n, m), in lexicographic order.

    Ranks of single columns first; then those of two neighbouring columns are one number, and the ranks of these are
    those of the two columns together; and so on, until one is left.
    """
    length = slices.shape[0]
    dtype, shift = (uint32, 16) if length <= 1 << 16 else (uint64, 32)
    ranks = _ranks(slices.T)
    while ranks.shape[0] > 1:
        count = ranks.shape[0]
        left = ranks.slice_ranges((0, 0), (count, length), (2, 1)).to(dtype)
        right = ranks.slice_ranges((1, 0), (count, length), (2, 1)).to(dtype)
        right = right.pad_widths(((0, left.shape[0] - right.shape[0]), (0, 0)))
        ranks = _ranks(left << shift | right)
    return ranks


def unique_consecutive(
    input: A, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without those that equal the one before; with a dim, slices along it. See unique.

    >>> import clgrad
    >>> clgrad.unique_consecutive(clgrad.tensor([1, 1, 2, 1])).tolist()
    [1, 2, 1]
    """
    x: Any = input
    if dim is None:
        length, axis, shape = math.prod(x.shape), 0, x.shape
        x = x.reshape(length)
        slices = x.reshape(length, 1)
    else:
        slices, axis = _entries(x, dim, "unique_consecutive")
        length, shape = slices.shape[0], (slices.shape[0],)
        x = x if x.ndim else x.reshape(1)
    if not length:
        return _of_nothing(x, x.detach(), return_inverse, return_counts, shape)
    stretches = _Stretches(_begins(slices.T).any(0))
    output = _chosen(x, axis, stretches.starts)
    return _results(output, stretches.numbers.reshape(shape), stretches.sizes, return_inverse, return_counts)


# -- how often -----------------------------------------------------------------------------------


def _sums_by_bin(weights: Any, index: Any, bins: int) -> Any:
    """The sums of (n,) weights by bin; an index below 0 counts nowhere."""
    (total,) = weights.shape
    if not total or not bins:
        return weights._constant(0, weights.dtype)._broadcast((bins,))
    if weights.device.tile is not None and bins > MANY_BINS:
        nothing = weights._constant(0, weights.dtype)._broadcast((bins + 1,))
        return nothing.scatter_rows((index < 0).choose(bins, index), weights, "add").slice_ranges((0,), (bins,), (1,))
    parts = max(1, min(weights.device.parts(total), SPACE * total // bins))
    length = -(-total // parts)
    missing = ((0, parts * length - total),)
    cut = (weights.pad_widths(missing), index.pad_widths(missing, -1))
    counted = weights._apply(orders.tally, tuple(one.reshape(parts, length) for one in cut), bins)
    return counted.sum(0).to(weights.dtype)


def bincount(input: A, weights: A | None = None, minlength: int = 0) -> A:
    """How often each integer 0, 1, 2 ... is among the elements of a vector (int64), or the sums of their weights.

    The result has at least ``minlength`` bins. Weights that are no float32 count as float64.
    The largest element is read from the device, so it can not be recorded by clgrad.jit.
    Raises ShapeError, DtypeError, and ArgumentError for a negative element.

    >>> import clgrad
    >>> clgrad.bincount(clgrad.tensor([1, 3, 1])).tolist()
    [0, 2, 0, 1]
    """
    if input.ndim != 1:
        raise ShapeError(f"[bincount] shape {input.shape} is no vector; use .reshape(-1)")
    if not input.dtype.is_integer:
        raise DtypeError(f"[bincount] the elements must be integers, got {input.dtype.name}")
    if weights is not None and weights.shape != input.shape:
        raise ShapeError(
            f"[bincount] weights have shape {weights.shape}, the elements {input.shape}; both must be equal"
        )
    if minlength < 0:
        raise ArgumentError(f"[bincount] minlength must not be negative, got {minlength}")
    x: Any = input.to(int64)
    bins = minlength
    if input.shape[0]:
        lowest, highest = cat([x.amin(0, keepdim=True), x.amax(0, keepdim=True)])._read().tolist()
        if lowest < 0:
            raise ArgumentError(f"[bincount] element {lowest} is negative: there is no such bin")
        bins = max(minlength, highest + 1)
    if weights is None:
        counted: Any = x._constant(1, int64)._broadcast(input.shape)
    else:
        counted = weights if weights.dtype is float32 else weights._cast(float64)
    return _sums_by_bin(counted, x, bins)  # type: ignore[no-any-return]  # both speak for one kind of array


def histc(input: A, bins: int = 100, min: float = 0, max: float = 0) -> A:
    """How many elements lie in each of equal bins between min and max, of the input's dtype; others do not count.

    Where min equals max, they are the smallest and the largest element, or, if these are equal too, one less and one
    more. Elements count nowhere if those are not finite. Raises DtypeError where the input is no float, ArgumentError.

    >>> import clgrad
    >>> clgrad.histc(clgrad.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3).tolist()
    [0.0, 2.0, 1.0, 0.0]
    """
    if not input.dtype.is_float:
        raise DtypeError(f"[histc] the input is {input.dtype.name}; cast with .to(clgrad.float32)")
    if bins <= 0:
        raise ArgumentError(f"[histc] bins must be positive, got {bins}")
    if not (math.isfinite(min) and math.isfinite(max)) or max < min:
        raise ArgumentError(f"[histc] the range from {min} to {max} must be finite, and max not less than min")
    total = math.prod(input.shape)
    x: Any = input.reshape(total)._cast(input.dtype.computing)
    if not total:
        return x._constant(0, input.dtype)._broadcast((bins,))  # type: ignore[no-any-return]  # as below
    low, high = x._constant(min, x.dtype), x._constant(max, x.dtype)
    if min == max:
        low, high = x.amin(), x.amax()
        same = low == high
        low, high = same.choose(low - 1, low), same.choose(high + 1, high)
    inside = (x >= low) & (x <= high) & (high - low).isfinite()
    place = inside.choose((x - low) * bins / (high - low), 0).to(int64).clamp(max=bins - 1)
    ones = x._constant(1, int64)._broadcast((total,))
    counted = _sums_by_bin(ones, inside.choose(place, -1), bins)
    return counted.to(input.dtype)  # type: ignore[no-any-return]  # both speak for one kind of array
