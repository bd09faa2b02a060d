"""Ops that put elements in order, look them up in order, and count them.

What is sorted are pairs in one uint64: a key in the upper half, and in the lower half what it belongs to, such as
an index. Pairs are compared by their keys alone, and those with equal keys keep their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from clgrad.dtypes import INTEGER, int64
from clgrad.ops import NUMBER, row


def _ordered(pairs: Any) -> Any:
    """Pairs along the last axis, in order."""
    order = np.argsort(pairs >> np.uint64(32), axis=-1, kind="stable")
    return np.take_along_axis(pairs, order, -1)


def _sort_runs(pairs: Any, length: int) -> Any:
    result = np.empty_like(pairs)
    for start in range(0, pairs.shape[1], length):
        result[:, start : start + length] = _ordered(pairs[:, start : start + length])
    return np.stack([result, result])


def _top_runs(pairs: Any, length: int, count: int) -> Any:
    runs = -(-pairs.shape[1] // length)
    result = np.full((pairs.shape[0], runs, count), np.iinfo(np.uint64).max)
    for run in range(runs):
        best = np.sort(pairs[:, run * length : (run + 1) * length], axis=1)[:, :count]
        result[:, run, : best.shape[1]] = best
    return result


def _place(values: Any, index: Any, size: int) -> Any:
    result = np.zeros(size, values.dtype)
    inside = (index >= 0) & (index < size)
    result[index[inside]] = values[inside]
    return result


def _search(sequence: Any, values: Any, right: bool) -> Any:
    # As in torch, a NaN stands behind all others, whatever the side.
    low = np.zeros(values.shape, np.int64)
    length = sequence.shape[1]
    step = 1 << max(0, length.bit_length() - 1)
    while step:
        last = low + step - 1
        found = np.take_along_axis(sequence, np.minimum(last, length - 1), 1)
        behind = found > values if right else found >= values
        low = np.where((last < length) & ~behind, last + 1, low)
        step //= 2
    return low


def _tally(weights: Any, index: Any, bins: int) -> Any:
    result = np.zeros((index.shape[0], bins), weights.dtype)
    rows = np.broadcast_to(np.arange(index.shape[0])[:, None], index.shape)
    inside = (index >= 0) & (index < bins)
    np.add.at(result, (rows[inside], index[inside]), weights[inside])
    return result


sort_runs = row(
    "sort_runs",
    "anchor",
    attributes=("length",),
    domain=(INTEGER,),
    shape=lambda pairs, length: (2, *pairs),
    numpy=_sort_runs,
)
"""Each row of (rows, n) pairs cut into runs of ``length``, the last of which may be shorter, and each run sorted.

The result is (2, rows, n): the sorted runs, and room that sorting needs, in which anything may be left."""

merge_runs = row(
    "merge_runs",
    "anchor",
    attributes=("length",),
    domain=(INTEGER,),
    shape=lambda pairs, length: pairs,
    numpy=lambda pairs, length: _sort_runs(pairs, 2 * length)[0],
)
"""Neighbouring sorted runs of ``length`` pairs merged to runs of twice the length."""

top_runs = row(
    "top_runs",
    "anchor",
    attributes=("length", "count"),
    domain=(INTEGER,),
    shape=lambda pairs, length, count: (pairs[0], -(-pairs[1] // length), count),
    numpy=_top_runs,
)
"""The smallest ``count`` of each run of ``length`` uint64, in order: (rows, n) -> (rows, runs, count).

Here pairs are compared whole. A run with fewer ends in all ones."""

place = row(
    "place",
    "anchor",
    operands=2,
    attributes=("size",),
    shape=lambda values, index, size: (size,),
    numpy=_place,
)
"""(n,) values put at the places that (n,) integers name: to each of 0 ... size - 1 must go exactly one value.

Values for other places are dropped."""

search = row(
    "search",
    "anchor",
    operands=2,
    attributes=("right",),
    result=int64,
    shape=lambda sequence, values, right: values,
    numpy=_search,
)
"""How many elements of a sorted row (rows, n) stand before each of (rows, m) values; ``right``: or are equal to it."""

tally = row(
    "tally",
    "anchor",
    operands=2,
    attributes=("bins",),
    domain=NUMBER,
    shape=lambda weights, index, bins: (weights[0], bins),
    numpy=_tally,
)
"""For each row, the sums of (rows, n) weights by bin: (rows, n) integers -> (rows, bins). Other bins are dropped."""
