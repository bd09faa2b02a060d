"""Ops that a plan computes in several steps: entries are added, and what stood for the op becomes the last of them.

A fold of nothing is a constant; long folds and scans are cut for the cores; a convolution gets fewer products, and its
data zeros around them, where the device asks for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from clgrad.device import LONG_ROW
from clgrad.dtypes import DType, bool_, converted, float64
from clgrad.graph import Node
from clgrad.lower import Entry
from clgrad.ops import Op, anchors, convolutions, maps, moves, reduces, scans, sources, winograd
from clgrad.view import Shape

JOINS: dict[Op, Op] = {
    reduces.sum_: maps.add,
    reduces.prod: maps.mul,
    reduces.amax: maps.maximum,
    reduces.amin: maps.minimum,
}
"""The map that folds two results of a reduction."""
BY_CONVOLUTIONS = (convolutions.convolution, convolutions.convolution_transpose)
"""Ops that other convolutions may compute."""


def entries_of(nodes: Sequence[Node]) -> tuple[list[Entry], set[int]]:
    """Number the nodes, operands first: entry i stands for node i. Those that are added come after all nodes, and may
    be operands of earlier ones. Also gives those that are read so often that they have to be stored."""
    numbers = {id(node): number for number, node in enumerate(nodes)}
    entries = [_entry(node, numbers) for node in nodes]
    for number in range(len(nodes)):
        entry = entries[number]
        if entry.op.family == "reduce" or entry.op in (anchors.matmul, convolutions.convolution):
            if 0 in entries[entry.operands[0]].shape:
                _fill(entries, number)
            elif entry.op.family == "reduce":
                _split(entries, number)
        elif entry.op is scans.scan:
            _split_scan(entries, number)
    often: set[int] = set()
    replaced: list[Node] = []  # as long as they live, nobody else has their ids
    pending = list(enumerate(nodes))
    while pending:
        number, node = pending.pop()
        if entries[number].op in BY_CONVOLUTIONS:
            whole = _by_convolutions(node)
            if whole is not None:
                if node.op is convolutions.convolution:
                    often.update(numbers[id(operand)] for operand in node.operands)
                replaced.append(whole)
                pending += _replace(entries, number, whole, numbers)
    often = {_below_moves(entries, number) for number in often} | _turned_often(entries)
    padded = {(one.operands, one.attributes): number for number, one in enumerate(entries) if one.op is moves.pad}
    for number in range(len(entries)):
        if entries[number].op is convolutions.convolution:
            _pad(entries, number, padded)
    return entries, often


def _below_moves(entries: Sequence[Entry], number: int) -> int:
    """The value that an entry is no more than a view of."""
    while entries[number].op.family == "move":
        number = entries[number].operands[0]
    return number


def _turned_often(entries: Sequence[Entry]) -> set[int]:
    """Transposed right operands of many products, such as a recurrent layer's weights, where to store them pays."""
    rows: dict[int, list[int]] = {}
    for entry in entries:
        if entry.op is anchors.matmul and len(entry.shape) == 2 and entries[entry.operands[1]].op is moves.permute:
            rows.setdefault(entry.operands[1], []).append(entry.shape[0])
    return {number for number, counts in rows.items() if entries[number].device.stores_turned(len(counts), max(counts))}


def _entry(node: Node, numbers: dict[int, int]) -> Entry:
    if node.buffer is not None or 0 in node.shape:
        return Entry(sources.buffer, (), (), node.shape, node.dtype, node.device)
    operands = tuple(numbers[id(operand)] for operand in node.operands)
    return Entry(node.op, operands, node.attributes, node.shape, node.dtype, node.device)


def _by_convolutions(node: Node) -> Node | None:
    """A convolution with fewer products, if the device gains by it; a transposed one by plain ones."""
    device, attributes, (x, w) = node.device, node.attributes, node.operands
    if node.op is convolutions.convolution_transpose:
        whole: Node = convolutions.data_gradient(x, w, *attributes)
        return whole
    geometry = (x.shape, w.shape, *attributes)
    if (
        attributes[3] != 1
        or not winograd.fits(*geometry)
        or not device.saves_products(x.shape, w.shape, attributes, node.dtype)
    ):
        return None
    pads = not device.skips_zeros(*winograd.middle(*geometry), node.dtype)
    whole = winograd.convolved(x, w, *attributes, pads=pads)
    return whole


def _replace(entries: list[Entry], number: int, whole: Node, numbers: dict[int, int]) -> Iterator[tuple[int, Node]]:
    """Let an entry be another node, and add entries for what that is made of; gives all new ones."""
    pending = [whole]
    while pending:
        one = pending[-1]
        missing = [operand for operand in one.operands if id(operand) not in numbers]
        if missing and id(one) not in numbers:
            pending.extend(missing)
            continue
        pending.pop()
        if id(one) not in numbers:
            entry = _entry(one, numbers)
            numbers[id(one)] = number if one is whole else len(entries)
            if one is whole:
                entries[number] = entry
            else:
                entries.append(entry)
            yield numbers[id(one)], one


def _fill(entries: list[Entry], number: int) -> None:
    """A fold of nothing is the fold's identity."""
    entry = entries[number]
    identity = entry.op.identity(entry.dtype) if entry.op.identity is not None else 0
    text = repr(converted(np.asarray(identity), entry.dtype).item())
    entries.append(Entry(sources.constant, (), (text,), (), entry.dtype, entry.device))
    ones = (1,) * len(entry.shape)
    entries.append(Entry(moves.reshape, (len(entries) - 1,), (ones,), ones, entry.dtype, entry.device))
    entries[number] = replace(entry, op=moves.expand, operands=(len(entries) - 1,), attributes=(entry.shape,))


def _pad(entries: list[Entry], number: int, padded: dict[Any, int]) -> None:
    """Give a convolution's data the zeros around it, unless the device passes over them: no window then has an edge to
    look for.

    ``padded`` are the padded values there are: a weight's gradient reads the same one, of which images and channels
    have changed places.
    """
    entry = entries[number]
    padding, *others = entry.attributes
    x, w = (entries[one] for one in entry.operands)
    if not any(map(any, padding)) or entry.device.skips_zeros(x.shape, w.shape, entry.attributes, x.dtype):
        return
    widths = ((0, 0), (0, 0), *padding)
    turned = x.op is moves.permute and x.attributes[0] == (1, 0, *range(2, len(x.shape)))
    source = x.operands if turned else entry.operands[:1]
    shape = tuple(before + size + after for size, (before, after) in zip(entries[source[0]].shape, widths))
    found = padded.setdefault((source, (widths,)), len(entries))
    if found == len(entries):
        entries.append(Entry(moves.pad, source, (widths,), shape, x.dtype, x.device))
    if turned:
        shape = (shape[1], shape[0], *shape[2:])
        entries.append(replace(x, operands=(found,), shape=shape))
        found = len(entries) - 1
    none = ((0, 0),) * len(padding)
    entries[number] = replace(entry, operands=(found, entry.operands[1]), attributes=(none, *others))


def _split(entries: list[Entry], number: int) -> None:
    """Reduce in two steps where one step would leave the cores, or most lanes of their vectors, without work."""
    entry = entries[number]
    shape = entries[entry.operands[0]].shape
    axes = entry.attributes[0]
    length = math.prod(shape[axis] for axis in axes)
    columns = math.prod(shape[max(axes) + 1 :])
    wanted = entry.device.pieces(math.prod(entry.shape), columns, length)
    # Many rows side by side are one row of as many columns.
    axis = max(axes, key=lambda one: shape[one]) if columns == 1 else max(axes)
    pieces = _divisor(shape[axis], wanted)
    rest = 0
    if 2 * pieces <= wanted <= shape[axis] // 8 and entry.op in JOINS:
        pieces, rest = wanted, shape[axis] % wanted
    if pieces == 1:
        return
    size = shape[axis] // pieces
    cut = (*shape[:axis], *((pieces, size) if columns == 1 else (size, pieces)), *shape[axis + 1 :])
    kept = axis if columns == 1 else axis + 1
    inner = tuple(one if one < kept else one + 1 for one in axes)
    kind = entry.dtype.computing  # what was folded so far is not rounded to a half

    def add(op: Op, operands: tuple[int, ...], attributes: tuple[object, ...], new: Shape, dtype: DType) -> int:
        entries.append(Entry(op, operands, attributes, new, dtype, entry.device))
        return len(entries) - 1

    def between(start: int, stop: int) -> int:
        starts = tuple(start if one == axis else 0 for one in range(len(shape)))
        stops = tuple(stop if one == axis else whole for one, whole in enumerate(shape))
        new = tuple(high - low for low, high in zip(starts, stops))
        return add(moves.slice_, entry.operands, (starts, stops, (1,) * len(shape)), new, entry.dtype)

    operand = between(0, shape[axis] - rest) if rest else entry.operands[0]
    source = add(moves.reshape, (operand,), (cut,), cut, entry.dtype)
    partial_shape = tuple(1 if one in inner else size for one, size in enumerate(cut))
    partial = add(entry.op, (source,), (inner,), partial_shape, kind)
    whole_shape = tuple(1 if one == kept else size for one, size in enumerate(partial_shape))
    whole = add(entry.op, (partial,), ((kept,),), whole_shape, kind if rest else entry.dtype)
    if rest:
        # No number of pieces near the one that is wanted divides the axis: what is left over is folded by itself.
        tail = between(shape[axis] - rest, shape[axis])
        many = tuple(one for one in axes if one != axis or rest > 1)
        if many:
            tail = add(entry.op, (tail,), (many,), entry.shape, kind)
        elif kind is not entry.dtype:
            tail = add(maps.cast, (tail,), (kind,), entry.shape, kind)
        whole = add(moves.reshape, (whole,), (entry.shape,), entry.shape, kind)
        whole = add(JOINS[entry.op], (whole, tail), (), entry.shape, kind)
        if kind is not entry.dtype:
            whole = add(maps.cast, (whole,), (entry.dtype,), entry.shape, entry.dtype)
    entries[number] = replace(entry, op=moves.reshape, operands=(whole,), attributes=(entry.shape,))


def _split_scan(entries: list[Entry], number: int) -> None:
    """Scan few long rows in blocks, each from the fold of those before it: row by row the cores would have no work."""
    entry = entries[number]
    axis, name, reverse = entry.attributes
    operator, shape = scans.OPERATORS[name], entry.shape
    length = shape[axis]
    rows = math.prod(shape) // length
    pieces = _divisor(length, entry.device.blocks(rows, 1 if math.prod(shape[axis + 1 :]) == 1 else rows, length))
    if operator.fold is None or length < 2 * LONG_ROW or pieces == 1:
        return

    def add(op: Op, operands: tuple[int, ...], attributes: tuple[object, ...], new: Shape, dtype: DType) -> int:
        entries.append(Entry(op, operands, attributes, new, dtype, entry.device))
        return len(entries) - 1

    def filled(value: object, new: Shape, dtype: DType) -> int:
        ones = (1,) * len(new)
        constant = add(sources.constant, (), (repr(value),), (), dtype)
        return add(moves.expand, (add(moves.reshape, (constant,), (ones,), ones, dtype),), (new,), new, dtype)

    def along(cut: tuple[int, int]) -> tuple[tuple[int, int], ...]:
        return tuple(cut if one == axis else (0, 0) for one in range(len(ends)))

    # What is carried from block to block keeps the digits that it has inside of one.
    kind = operator.total(entry.dtype, entry.device.supports(float64))
    blocks = (*shape[:axis], pieces, length // pieces, *shape[axis + 1 :])
    ends = (*shape[:axis], pieces, 1, *shape[axis + 1 :])
    source = add(moves.reshape, entry.operands, (blocks,), blocks, entry.dtype)
    wide = source if kind is entry.dtype else add(maps.cast, (source,), (kind,), blocks, kind)
    totals = add(operator.fold, (wide,), ((axis + 1,),), ends, kind)
    _split(entries, totals)
    running = add(scans.scan, (totals,), (axis, name, reverse), ends, kind)
    # A block starts from the fold up to its neighbour; the first has none, and starts from the identity.
    starts = tuple(low for low, _ in along((int(reverse), 0)))
    stops = tuple(size - high for size, (_, high) in zip(ends, along((0, int(not reverse)))))
    inner = tuple(stop - start for start, stop in zip(starts, stops))
    widths = along((0, 1) if reverse else (1, 0))
    start = add(moves.slice_, (running,), (starts, stops, (1,) * len(ends)), inner, kind)
    start = add(moves.pad, (start,), (widths,), ends, kind)
    identity = operator.identity(kind)
    if identity != 0:
        exists = add(moves.pad, (filled(True, inner, bool_),), (widths,), ends, bool_)
        nothing = filled(float(identity) if kind.is_float else identity, ends, kind)
        start = add(maps.where, (exists, start, nothing), (), ends, kind)
    whole = add(scans.scan, (source, start), (axis + 1, name, reverse), blocks, entry.dtype)
    entries[number] = replace(entry, op=moves.reshape, operands=(whole,), attributes=(shape,))


def _divisor(size: int, most: int) -> int:
    """The largest divisor up to a limit."""
    return next(number for number in range(min(size, max(most, 1)), 0, -1) if size % number == 0)
