"""Adaptive pooling: the largest element or the mean of parts of axes, as many as asked for.

Part i of n elements in m parts is ``floor(i * n / m) ... ceil((i + 1) * n / m) - 1``: where m divides n, these are
windows side by side; else they differ in length by one, and overlap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Union

from clgrad.array import A
from clgrad.compose.indexing import gather, index_select
from clgrad.compose.pooling import flat_place, largest, max_of, mean_of, places_of
from clgrad.compose.windows import Windows, check_planes
from clgrad.errors import DtypeError, ShapeError
from clgrad.ops import moves
from clgrad.view import Shape

Parts = Union[int, Sequence[Union[int, None]], None]
"""Numbers of parts: one for all dims or one for each; None keeps the input's."""


def _counts(op: str, input: A, output_size: Parts, count: int) -> Shape:
    if not input.dtype.is_float:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    check_planes(op, input, count)
    wanted = (output_size,) * count if isinstance(output_size, int) or output_size is None else tuple(output_size)
    wanted = wanted * count if len(wanted) == 1 else wanted
    if len(wanted) != count or any(one is not None and one < 0 for one in wanted):
        raise ShapeError(f"[{op}] output_size={output_size}: {count} numbers, none negative; None keeps a dim's size")
    return tuple(length if one is None else one for one, length in zip(wanted, input.shape[-count:]))


def _side_by_side(input: A, axes: Shape, counts: Shape) -> Windows:
    """The windows of axes that their counts divide."""
    lengths = tuple(input.shape[axis] for axis in axes)
    sizes = tuple(length // count for length, count in zip(lengths, counts))
    return Windows(axes, lengths, sizes, sizes, (1,) * len(axes), (0,) * len(axes), counts)


def _parts(input: A, axis: int, count: int) -> tuple[A, Any, Any]:
    """An axis as (parts, elements), where shorter parts repeat their last element; and for each part, as (parts, 1),
    where it begins and how many elements it has."""
    length = input.shape[axis]
    part: Any = input._iota(count).reshape(count, 1)
    begin = part * length // count
    size = ((part + 1) * length + count - 1) // count - begin
    longest = max(-(-(one + 1) * length // count) - one * length // count for one in range(count))
    place = begin + (input._iota(longest).reshape(1, longest)).minimum(size - 1)
    taken = index_select(input, axis, place.reshape(-1))
    return taken.reshape((*input.shape[:axis], count, longest, *input.shape[axis + 1 :])), begin, size


def _adaptive_avg_pool(op: str, input: A, output_size: Parts, count: int) -> A:
    counts = _counts(op, input, output_size, count)
    axes = tuple(range(input.ndim - count, input.ndim))
    if 0 in counts:
        return input._constant(0, input.dtype)._broadcast((*input.shape[:-count], *counts))
    if all(input.shape[axis] % one == 0 for axis, one in zip(axes, counts)):
        windows = _side_by_side(input, axes, counts)
        return mean_of(input, windows, math.prod(windows.sizes))
    mean: Any = input._cast(input.dtype.computing)
    for axis, one in zip(axes, counts):
        # Parts are products of stretches: the mean of means.
        if mean.shape[axis] == one:
            continue
        taken, _, size = _parts(mean, axis, one)
        behind = (1,) * (mean.ndim - axis - 1)
        inside = (mean._iota(taken.shape[axis + 1]) < size).reshape((*size.shape[:1], -1, *behind))
        total = inside.choose(taken, 0).sum(axis + 1)
        mean = total / size._cast(mean.dtype).reshape((one, *behind))
    return mean._cast(input.dtype)  # type: ignore[no-any-return]


def _adaptive_max_pool(op: str, input: A, output_size: Parts, count: int, return_indices: bool) -> Any:
    counts = _counts(op, input, output_size, count)
    axes = tuple(range(input.ndim - count, input.ndim))
    if 0 in counts:
        nothing = input._constant(0, input.dtype)._broadcast((*input.shape[:-count], *counts))
        return (nothing, nothing.to("int64")) if return_indices else nothing
    if all(input.shape[axis] % one == 0 for axis, one in zip(axes, counts)):
        return max_of(input, _side_by_side(input, axes, counts), return_indices)
    taken: Any = input
    starts, sizes = [], []
    for number, (axis, one) in enumerate(zip(axes, counts)):
        taken, begin, size = _parts(taken, axis + number, one)
        behind = (1,) * (count - number - 1)
        starts.append(begin.reshape((one, *behind)))
        sizes.append(size.reshape((one, *behind)))
    lead = input.ndim - count
    order = (*range(lead), *range(lead, taken.ndim, 2), *range(lead + 1, taken.ndim, 2))
    parts = taken.permute(*order)
    _, found = largest(parts._apply(moves.detach, (parts,)), count)
    places = places_of(found, parts.shape[-count:])
    # A part's last element stands in for those that it lacks: the last NaN may be one of these.
    places = [start + place.minimum(size - 1) for start, place, size in zip(starts, places, sizes)]
    flat: Any = flat_place(places, input.shape[-count:])
    value = gather(input.flatten(lead), lead, flat.flatten(lead)).reshape(flat.shape)
    return (value, flat) if return_indices else value


def adaptive_avg_pool1d(input: A, output_size: Parts) -> A:
    """The mean of each of ``output_size`` parts: (N, C, L), or (C, L).

    Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> adaptive_avg_pool1d(clgrad.tensor([[1.0, 3.0, 2.0]]), 2).tolist()
    [[2.0, 2.5]]
    """
    return _adaptive_avg_pool("adaptive_avg_pool1d", input, output_size, 1)


def adaptive_avg_pool2d(input: A, output_size: Parts) -> A:
    """The mean of each of ``output_size`` parts: (N, C, H, W), or (C, H, W).

    Sizes are one for all dims, or one for each, None for the input's. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> adaptive_avg_pool2d(clgrad.arange(9.0).reshape(1, 3, 3), (1, 3)).tolist()
    [[[3.0, 4.0, 5.0]]]
    """
    return _adaptive_avg_pool("adaptive_avg_pool2d", input, output_size, 2)


def adaptive_avg_pool3d(input: A, output_size: Parts) -> A:
    """The mean of each of ``output_size`` parts: (N, C, D, H, W), or (C, D, H, W).

    Sizes are one for all dims, or one for each, None for the input's. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> adaptive_avg_pool3d(clgrad.arange(8.0).reshape(1, 2, 2, 2), 1).tolist()
    [[[[3.5]]]]
    """
    return _adaptive_avg_pool("adaptive_avg_pool3d", input, output_size, 3)


def adaptive_max_pool1d(input: A, output_size: Parts, return_indices: bool = False) -> Any:
    """The largest element of each of ``output_size`` parts: (N, C, L), or (C, L).

    As for ``max_pool1d``, a NaN is the largest, the gradient goes to the first of equals, and with ``return_indices``
    their numbers are given, too. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> adaptive_max_pool1d(clgrad.tensor([[1.0, 3.0, 2.0]]), 2).tolist()
    [[3.0, 3.0]]
    """
    return _adaptive_max_pool("adaptive_max_pool1d", input, output_size, 1, return_indices)


def adaptive_max_pool2d(input: A, output_size: Parts, return_indices: bool = False) -> Any:
    """The largest element of each of ``output_size`` parts: (N, C, H, W), or (C, H, W).

    As for ``max_pool2d``, a NaN is the largest, the gradient goes to the first of equals, and with ``return_indices``
    their numbers are given, too. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> adaptive_max_pool2d(clgrad.arange(9.0).reshape(1, 3, 3), (1, 3)).tolist()
    [[[6.0, 7.0, 8.0]]]
    """
    return _adaptive_max_pool("adaptive_max_pool2d", input, output_size, 2, return_indices)


def adaptive_max_pool3d(input: A, output_size: Parts, return_indices: bool = False) -> Any:
    """The largest element of each of ``output_size`` parts: (N, C, D, H, W), or (C, D, H, W).

    As for ``max_pool3d``, a NaN is the largest, the gradient goes to the first of equals, and with ``return_indices``
    their numbers are given, too. Raises ShapeError and DtypeError.

    >>> import clgrad
    >>> adaptive_max_pool3d(clgrad.arange(8.0).reshape(1, 2, 2, 2), 1).tolist()
    [[[[7.0]]]]
    """
    return _adaptive_max_pool("adaptive_max_pool3d", input, output_size, 3, return_indices)
