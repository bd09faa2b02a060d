"""Cut a graph into kernels: every fusion rule is on this page.

1. What is stored. Reductions and anchors are; a map is not, it is computed where it is read, unless
   it is dear and read more than once, or its program grows long. Moves never are: they become views.
   A value that no single view can read is stored (``NeedsStorage``), and scheduling starts over.
2. What shares a kernel. Every stored value is a unit with an iteration space (a shape, and the axes it
   reduces). In order, each unit joins the kernel of a value it reads, or of one that reads the same
   data, if both run over one space and each element needs only its own element (or its own row) of
   the other. So maps join maps, epilogues join their matmul or reduction, and softmax, layer
   normalisation and their gradients become one ``rows`` kernel without anybody naming them.
3. What is written. Of a kernel's values only those that others read, or that the caller keeps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clgrad.assemble import Group, Step, Unit, assemble
from clgrad.device import FEW_ROWS, LONG_ROW, Device
from clgrad.dtypes import DType, bool_, converted, float64
from clgrad.graph import Node
from clgrad.kernel import (
    Anchor,
    Load,
    Program,
    Reduce,
    Result,
    Take,
)
from clgrad.lower import Entry, Lowering, NeedsStorage
from clgrad.ops import COSTLY, Op, anchors, attention, convolutions, maps, moves, reduces, scans, sources
from clgrad.view import Shape, View

LONGEST_PROGRAM = 40
"""Lines computed in place before a value is stored, so programs and recursion stay short."""
LONGEST_KERNEL = 160
"""Lines of one kernel: compile time grows faster than its length."""
FEW_WEIGHTS = 1 << 16
"""Elements up to which a convolution reads its weights in another order than they lie: 256 KB, of float32."""
MOST_ARGUMENTS = 48
"""Buffers of one kernel: small devices allow 1,024 bytes of parameters."""

PRODUCTS = (anchors.matmul, *attention.ATTENTIONS)
"""Anchors that read their operands many times, in whatever order they lie."""

FOLLOWED = (anchors.matmul, convolutions.convolution, anchors.cat, scans.scan)
"""Anchors whose kernels take maps of their results."""

JOINS: dict[Op, Op] = {
    reduces.sum_: maps.add,
    reduces.prod: maps.mul,
    reduces.amax: maps.maximum,
    reduces.amin: maps.minimum,
}
"""The map that folds two results of a reduction."""


@dataclass(frozen=True)
class Plan:
    """Steps over numbered entries. Entry i is node i of the graph; later ones exist only in the plan."""

    steps: tuple[Step, ...]
    nbytes: dict[int, tuple[Device, int]]
    """Device and size of every value the plan stores."""
    storage: tuple[int, ...]
    """For each node, the entry whose buffer holds its value, if any does."""


def schedule(nodes: Sequence[Node], kept: set[int]) -> Plan:
    """Plan the evaluation of nodes (operands first); ``kept`` are the numbers whose values the caller wants."""
    entries, places = _entries(nodes)
    same = _same_order(entries)
    forced = {same[places[number]] for number in kept}
    forced = {number for number in forced if entries[number].op is not sources.buffer}
    while True:
        stored = _stored(entries, same, forced)
        try:
            units = [_unit(entries, same, stored, number) for number in sorted(stored)]
            break
        except NeedsStorage as need:
            forced.add(same[need.entry])
    groups = _groups(entries, units)
    readers: dict[int, set[int]] = {same[places[number]]: {-1} for number in kept}
    for group in groups:
        for entry in group.reads:
            readers.setdefault(entry, set()).add(group.number)
    steps = [assemble(entries, group, readers) for group in _in_order(groups)]
    steps = [step for step in steps if step.written]  # what only a tensor without elements reads is not computed
    nbytes = {
        number: (entries[number].device, math.prod(entries[number].shape) * entries[number].dtype.size)
        for number in stored
    }
    return Plan(tuple(steps), nbytes, tuple(same[places[number]] for number in range(len(nodes))))


# -- 1. what is stored ---------------------------------------------------------------------------


def _entries(nodes: Sequence[Node]) -> tuple[list[Entry], list[int]]:
    """Number the nodes; split long reductions; give for each node the entry that stands for it."""
    numbers = {id(node): number for number, node in enumerate(nodes)}
    entries: list[Entry] = []
    for node in nodes:
        if node.buffer is not None or 0 in node.shape:
            entries.append(Entry(sources.buffer, (), (), node.shape, node.dtype, node.device))
        else:
            operands = tuple(numbers[id(operand)] for operand in node.operands)
            entries.append(Entry(node.op, operands, node.attributes, node.shape, node.dtype, node.device))
    for number in range(len(nodes)):
        entry = entries[number]
        if entry.op.family == "reduce" or entry.op in (anchors.matmul, convolutions.convolution):
            if 0 in entries[entry.operands[0]].shape:
                _fill(entries, number)
            elif entry.op.family == "reduce":
                _split(entries, number)
        elif entry.op is scans.scan:
            _split_scan(entries, number)
    padded = {(one.operands, one.attributes): number for number, one in enumerate(entries) if one.op is moves.pad}
    for number in range(len(nodes)):
        if entries[number].op is convolutions.convolution:
            _pad(entries, number, padded)
    in_order = all(operand < number for number, one in enumerate(entries) for operand in one.operands)
    return (entries, list(range(len(nodes)))) if in_order else _renumber(entries, len(nodes))


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
    if not any(map(any, padding)) or entry.device.skips_zeros(x.shape, w.shape, entry.attributes):
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


def _renumber(entries: list[Entry], nodes: int) -> tuple[list[Entry], list[int]]:
    """Put the added entries before their readers; give for each node its entry's new number."""
    order: list[int] = []
    placed: set[int] = set()
    for root in range(len(entries)):
        pending = [root]
        while pending:
            number = pending[-1]
            missing = [operand for operand in entries[number].operands if operand not in placed]
            if missing and number not in placed:
                pending.extend(missing)
                continue
            pending.pop()
            if number not in placed:
                placed.add(number)
                order.append(number)
    position = {number: index for index, number in enumerate(order)}
    result = [
        replace(entries[number], operands=tuple(position[operand] for operand in entries[number].operands))
        for number in order
    ]
    return result, [position[number] for number in range(nodes)]


def _same_order(entries: Sequence[Entry]) -> list[int]:
    """For each entry the one whose buffer it shares: reshapes and detachments have none of their own."""
    same: list[int] = []
    for number, entry in enumerate(entries):
        same.append(same[entry.operands[0]] if entry.op in moves.SAME_ORDER else number)
    return same


def _stored(entries: Sequence[Entry], same: Sequence[int], forced: set[int]) -> set[int]:
    """The entries that get a buffer."""
    uses = [0] * len(entries)
    grows = [False] * len(entries)
    for number in range(len(entries) - 1, -1, -1):
        entry = entries[number]
        is_move = entry.op.family == "move"
        for operand in set(entry.operands[:-1] if _is_drawn_last(entry) else entry.operands):
            uses[operand] += uses[number] if is_move else 1
            grows[operand] = grows[operand] or entry.op is moves.expand or (is_move and grows[number])
    stored = set(forced)
    weights = [0] * len(entries)
    depths = [0] * len(entries)
    for number, entry in enumerate(entries):
        op = entry.op
        if op.family == "source":
            continue
        if op.family == "reduce" or (op.family == "anchor" and op is not anchors.take):
            stored.add(number)
        # What is read by address needs a buffer of its own in plain order.
        by_address = entry.operands if op.names else entry.operands[:1]
        for operand in by_address if op.names or op is anchors.take or op is anchors.transfer else ():
            table = same[operand]
            if entries[table].op is not sources.buffer and table not in stored:
                stored.add(table)
        if op is moves.after:
            for operand in entry.operands:
                base = operand
                while entries[base].op.family == "move" and base not in stored:
                    base = entries[base].operands[0]
                if entries[base].op.family != "source":
                    stored.add(base)
        if op in PRODUCTS:
            for operand in entry.operands[: op.operands]:
                base = operand
                while entries[base].op.family == "move" and base not in stored:
                    base = entries[base].operands[0]
                # A factor is read many times: only a trifle is computed in place.
                if (uses[base] > 1 or weights[base] > 2) and entries[base].op.family != "source":
                    stored.add(base)
        if op is anchors.cat and sum(2 * depths[one] + 1 for one in entry.operands) > MOST_ARGUMENTS - 1:
            # What the pieces read might be more than a kernel can: each becomes one buffer.
            for operand in entry.operands:
                base = operand
                while entries[base].op.family == "move":
                    base = entries[base].operands[0]
                if entries[base].op.family != "source":
                    stored.add(base)
        if number in stored:
            continue
        weights[number] = sum(weights[operand] for operand in set(entry.operands)) + (
            op.cost if op.family == "map" else 0
        )
        depths[number] = sum(depths[operand] for operand in set(entry.operands)) + 1
        if op.family == "move" and depths[number] < LONGEST_PROGRAM:
            continue
        dear = weights[number] >= COSTLY and math.prod(entry.shape) > 1
        if (dear and (uses[number] > 1 or grows[number])) or depths[number] >= LONGEST_PROGRAM:
            target = same[number]
            if entries[target].op.family != "source":
                stored.add(target)
                weights[number] = depths[number] = 0
    return stored


def _is_drawn_last(entry: Entry) -> bool:
    """Whether the last operand is as large as all scores, and is drawn anew where it is read, whatever that costs."""
    return entry.op in attention.ATTENTIONS and "kept" in entry.attributes[-1]


def _unit(entries: Sequence[Entry], same: Sequence[int], stored: set[int], number: int) -> Unit:
    entry = entries[number]
    lowering = Lowering(entries, same, stored)
    anchor, shape, axes = None, entry.shape, ()
    if entry.op.family == "reduce":
        shape, axes = entries[entry.operands[0]].shape, entry.attributes[0]
        values: tuple[int, ...] = (
            lowering.number(Reduce(entry.dtype, (lowering.value(entry.operands[0]),), entry.op)),
        )
    elif entry.op.family == "anchor" and entry.op is not anchors.take:
        lowered = [_program(entries, same, stored, operand) for operand in entry.operands]
        programs = tuple(program for program, _ in lowered)
        lowering.waits.update(*(waits for _, waits in lowered))
        if entry.op is convolutions.convolution:
            # Windows are views of the data; all taps of a channel are read together.
            for operand, program, kept in zip(entry.operands, programs, (len(entry.shape) - 1, 2)):
                if not _is_read_in_rows(program, kept):
                    raise NeedsStorage(_padded_below(entries, stored, operand))
        anchor = Anchor(entry.op, programs, entry.dtype, entry.attributes)
        values = (lowering.number(Result(entry.dtype)),)
    else:
        values = lowering.values(number, root=True)
    reads = {line.argument for line in lowering.lines if isinstance(line, Load)}
    if anchor is not None:
        for program in anchor.operands:
            reads |= {line.argument for line in program.lines if isinstance(line, Load)}
    return Unit(number, shape, axes, lowering.lines, values, anchor, reads, lowering.waits)


def _program(entries: Sequence[Entry], same: Sequence[int], stored: set[int], number: int) -> tuple[Program, set[int]]:
    """An operand's program, and what it waits for."""
    lowering = Lowering(entries, same, stored)
    value = lowering.value(number)
    return Program(entries[number].shape, tuple(lowering.lines), value), lowering.waits


def _padded_below(entries: Sequence[Entry], stored: set[int], number: int) -> int:
    """The padded value that an entry is a move of: stored as it is, it serves who reads it in other orders, too."""
    base = number
    while entries[base].op.family == "move" and base not in stored:
        if entries[base].op is moves.pad:
            return base
        base = entries[base].operands[0]
    return number


def _is_read_in_rows(program: Program, kept: int) -> bool:
    """Whether an operand is read as it is stored, and element by element along what follows its first axes."""
    if len(program.lines) != 1 or type(program.lines[0]) is not Load or program.lines[0].view.mask is not None:
        return False
    view = program.lines[0].view
    merged = view.reshape((*view.shape[:kept], math.prod(view.shape[kept:])))
    if merged is None or merged.shape[-1] == 1:
        return merged is not None
    # Weights may be turned around, where a cache holds all of them.
    return merged.strides[-1] == 1 or (kept == 2 and merged.strides[-1] == -1 and merged.size <= FEW_WEIGHTS)


# -- 2. what shares a kernel ---------------------------------------------------------------------


def _squeeze(shape: Shape, axes: Shape) -> tuple[Shape, Shape]:
    """Drop axes of length one, but keep one axis at least; renumber the reduced ones."""
    kept = [axis for axis, size in enumerate(shape) if size != 1]
    if not kept:
        return (1,), ()
    return tuple(shape[axis] for axis in kept), tuple(n for n, axis in enumerate(kept) if axis in axes)


def _row_view(shape: Shape, axes: Shape) -> View:
    """How an element of ``shape`` reads its row's value."""
    rows = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return View.contiguous(rows).expand(shape).simplify()


def _fills_a_device(shape: Shape, axes: Shape) -> bool:
    length = math.prod(shape[axis] for axis in axes)
    return length <= LONG_ROW or math.prod(shape) // max(length, 1) >= FEW_ROWS


def _joins(group: Group, unit: Unit) -> bool | None:
    """Whether the unit fits the group, and then whether its value is one a row; None if it does not fit."""
    if unit.anchor is not None:
        return None
    if group.anchor is not None and group.anchor.op not in FOLLOWED:
        return None
    # A cat has these lines for each piece.
    copies = len(group.anchor.operands) if group.anchor is not None and group.anchor.op is anchors.cat else 1
    if (group.lines + len(unit.lines)) * copies > LONGEST_KERNEL:
        return None
    if len(group.reads | unit.reads) + len(group.units) + 1 > MOST_ARGUMENTS:
        return None
    shape, axes = _squeeze(unit.shape, unit.axes)
    whole, reduced = _squeeze(group.shape, group.axes)
    row = rows_below = False
    if shape == whole:
        if unit.axes and (group.anchor is not None or (reduced and reduced != axes)):
            return None
        merged = axes or reduced
        if merged and not _fills_a_device(whole, merged):
            return None
        axes = merged
    elif reduced and not unit.axes and shape == _squeeze(_without(whole, reduced), ())[0]:
        row = True
    elif _is_of_rows(group, shape, axes):
        # The group's maps compute one value for each row that the unit reduces.
        rows_below, whole = True, shape
    else:
        return None
    for line in unit.lines:
        if not isinstance(line, Load) or line.argument not in group.rows:
            continue
        if isinstance(line, Take):
            return None
        if row and not group.rows[line.argument]:
            return None
        if (group.rows[line.argument] or rows_below) and not row:
            if line.view.simplify() != _row_view(whole, axes):
                return None
        elif not line.view.is_flat():
            return None
    return row or bool(unit.axes)


def _is_of_rows(group: Group, shape: Shape, axes: Shape) -> bool:
    """Whether a group of maps computes one value for each row of a space with reduced axes."""
    if group.anchor is not None or group.axes or not axes:
        return False
    return _squeeze(group.shape, ())[0] == _squeeze(_without(shape, axes), ())[0]


def _without(shape: Shape, axes: Shape) -> Shape:
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


class _Grouping:
    """Groups under construction, and which must run before which."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.groups: list[Group] = []
        self.home: dict[int, Group] = {}
        self.readers: dict[int, set[int]] = {}
        self.above: list[int] = []
        """For each group a bit set of the groups that must run before it."""

    def place(self, unit: Unit) -> None:
        """Put a unit into a group it fits, or into a new one."""
        found = {self.home[entry].number for entry in unit.needs if entry in self.home}
        # Reductions first: maps of their rows can join them, but not the other way round.
        producers = sorted(found, key=lambda number: (bool(self.groups[number].axes), number), reverse=True)
        siblings = {number for entry in unit.reads for number in self.readers.get(entry, ())} - set(producers)
        chosen = None
        for number in (*producers, *sorted(siblings, reverse=True)[:8]):
            group = self.groups[number]
            # The group would wait for everything the unit reads: none of that may wait for the group.
            if any(self.above[one] >> number & 1 for one in producers if one != number):
                continue
            if self._same_device(group, unit) and _joins(group, unit) is not None:
                chosen = group
                break
        if chosen is None:
            shape, axes = (unit.shape, unit.axes) if unit.anchor else _squeeze(unit.shape, unit.axes)
            chosen = Group(len(self.groups), shape, axes)
            self.groups.append(chosen)
            self.above.append(0)
            row = bool(unit.axes)
        else:
            for number in producers:
                # As above: what else the unit reads must not wait for the merged group, of which it becomes a part.
                others = [one for one in producers if one not in (number, chosen.number) and self.groups[one].units]
                if number != chosen.number and not any(self.above[one] >> number & 1 for one in others):
                    self._merge(chosen, self.groups[number], unit)
            row = bool(_joins(chosen, unit))
            if unit.axes:
                shape, axes = _squeeze(unit.shape, unit.axes)
                if shape != chosen.shape:
                    chosen.rows = dict.fromkeys(chosen.rows, True)
                chosen.shape, chosen.axes = shape, axes
        self._wait(chosen.number, [self.home[entry].number for entry in unit.needs if entry in self.home])
        chosen.units.append(unit)
        chosen.rows[unit.entry] = row
        chosen.reads |= unit.reads
        chosen.needs |= unit.needs
        chosen.lines += len(unit.lines)
        self.home[unit.entry] = chosen
        for entry in unit.reads:
            self.readers.setdefault(entry, set()).add(chosen.number)

    def _same_device(self, group: Group, unit: Unit) -> bool:
        return self.entries[unit.entry].device is self.entries[group.units[0].entry].device

    def _wait(self, number: int, producers: Sequence[int]) -> None:
        before = 0
        for one in producers:
            if one != number:
                before |= self.above[one] | 1 << one
        if before & ~self.above[number]:
            for later in range(len(self.groups)):
                if later == number or self.above[later] >> number & 1:
                    self.above[later] |= before

    def _merge(self, group: Group, other: Group, unit: Unit) -> None:
        """Make one kernel of two that are independent, run over one space, and are both read by a unit that fits."""
        if group.anchor is not None or other.anchor is not None or not other.units:
            return
        rows_below = _is_of_rows(other, group.shape, group.axes)
        if (group.shape, group.axes) != (other.shape, other.axes) and not rows_below:
            return
        if not self._same_device(other, unit):
            return
        if self.above[group.number] >> other.number & 1 or self.above[other.number] >> group.number & 1:
            return
        if group.lines + other.lines + len(unit.lines) > LONGEST_KERNEL:
            return
        if len(group.reads | other.reads | unit.reads) + len(group.units) + len(other.units) + 1 > MOST_ARGUMENTS:
            return
        joined = replace(group, rows={**group.rows, **(dict.fromkeys(other.rows, True) if rows_below else other.rows)})
        if _joins(joined, unit) is None:
            return
        group.units += other.units
        group.rows = joined.rows
        group.reads |= other.reads
        group.needs |= other.needs
        group.lines += other.lines
        for one in other.units:
            self.home[one.entry] = group
        for numbers in self.readers.values():
            if other.number in numbers:
                numbers.discard(other.number)
                numbers.add(group.number)
        # Who waited for either now waits for both.
        merged = self.above[group.number] | self.above[other.number]
        for later in range(len(self.groups)):
            waits = self.above[later] >> group.number & 1 or self.above[later] >> other.number & 1
            if later == group.number or waits:
                self.above[later] = (self.above[later] | merged) & ~(1 << other.number)
                if later != group.number:
                    self.above[later] |= 1 << group.number
        other.units, other.reads, other.needs, other.rows = [], set(), set(), {}


def _groups(entries: Sequence[Entry], units: Sequence[Unit]) -> list[Group]:
    grouping = _Grouping(entries)
    for unit in units:
        grouping.place(unit)
    # A merged group holds units of both: operands come first again.
    groups = [group for group in grouping.groups if group.units]
    for group in groups:
        if group.anchor is None:
            group.units.sort(key=lambda unit: unit.entry)
    return groups


def _in_order(groups: Sequence[Group]) -> list[Group]:
    """Groups after all the groups they read."""
    home = {unit.entry: place for place, group in enumerate(groups) for unit in group.units}
    waits = [{home[entry] for entry in group.needs if entry in home} - {place} for place, group in enumerate(groups)]
    order: list[Group] = []
    done: set[int] = set()
    begun: set[int] = set()
    for place in range(len(groups)):
        pending = [place]
        while pending:
            number = pending[-1]
            missing = [one for one in waits[number] if one not in done]
            if missing and number not in done:
                assert number not in begun, "kernels wait for each other: a rule of this page is wrong"
                begun.add(number)
                pending.extend(missing)
                continue
            pending.pop()
            if number not in done:
                done.add(number)
                order.append(groups[number])
    return order
