"""Pairs of a key and an index, in order: what sorts, finds and writes by index is made of them.

A pair is one uint64, with the key in its upper half; see ops/orders.py. A row is cut in runs, which are sorted, and
then merged two by two. A run is what a work-item sorts alone; or, where a device has a tile, what a work-group sorts in
its local memory.
"""

from __future__ import annotations

import math
from typing import Any

from clgrad.dtypes import int64, uint64
from clgrad.ops import orders

WORD = 0xFFFFFFFF
"""The lower half of a pair."""
READS = 256
"""Indices that a work-item of a GPU reads, one after the other, in the time of a launch."""


def pair(keys: Any, indices: Any) -> Any:
    """A key of 32 bits and an index in one uint64."""
    return keys.to(uint64) << 32 | indices.to(uint64)


def indices_of(pairs: Any) -> Any:
    return (pairs & WORD).to(int64)


def run_length(words: Any, least: int = 1) -> int:
    """How many of each row of (rows, n) are best sorted at a time; by a work-item alone, no fewer than ``least``."""
    rows, length = words.shape
    tile = words.device.tile
    if tile is None:
        runs = -(-words.device.parts(rows * length) // rows)
        tile = max(-(-length // runs), least)
    return int(min(length, tile))


def sorted_pairs(pairs: Any) -> Any:
    """Each row of (rows, n) pairs, sorted: runs first, which are then merged two by two."""
    rows, length = pairs.shape
    run = run_length(pairs)
    result = pairs._apply(orders.sort_runs, (pairs,), run)
    result = result.slice_ranges((0, 0, 0), (1, rows, length), (1, 1, 1)).reshape(rows, length)
    while run < length:
        result = result._apply(orders.merge_runs, (result,), run)
        run *= 2
    return result


def sorts_to_scatter(index: Any, rows: int) -> bool:
    """Whether what is written to rows by index has its index sorted first, on a device that has a tile.

    Else each row's work-items look for it among all indices: ``count`` reads, one after the other. Sorted, they read
    their own only, a row's share, but runs and merges, a search and a launch more go before.
    """
    count, tile = math.prod(index.shape), index.device.tile
    if tile is None or not rows or max(rows, count) >= WORD:
        return False
    launches = 2 + (-(-count // tile) - 1).bit_length()
    return bool(count - count // rows > READS * launches)


def stretches(index: Any, rows: int) -> tuple[Any, Any]:
    """The order (count,) that sorts an index of rows, and where in it each row's stretch begins, (rows + 1,)."""
    count = math.prod(index.shape)
    pairs = sorted_pairs(pair(index.reshape(1, count), index._iota(count).reshape(1, count)))
    row = index._iota(rows + 1).reshape(1, rows + 1)
    starts = index._apply(orders.search, ((pairs >> 32).to(int64), row), False)
    return indices_of(pairs).reshape(count), starts.reshape(rows + 1)
