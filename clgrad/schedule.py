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

from clgrad.assemble import LONGEST_KERNEL, Group, Step, Unit, assemble
from clgrad.device import FEW_ROWS, LONG_ROW, Device
from clgrad.expand import entries_of
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
from clgrad.ops import COSTLY, anchors, attention, convolutions, moves, scans, sources
from clgrad.view import Shape, View

LONGEST_PROGRAM = 40
"""Lines computed in place before a value is stored, so programs and recursion stay short."""
FEW_WEIGHTS = 1 << 16
"""Elements up to which a convolution reads its weights in another order than they lie: 256 KB, of float32."""
MOST_ARGUMENTS = 48
"""Buffers of one kernel: small devices allow 1,024 bytes of parameters."""

PRODUCTS = (anchors.matmul, *attention.ATTENTIONS)
"""Anchors that read their operands many times, in whatever order they lie."""

FOLLOWED = (anchors.matmul, convolutions.convolution, *anchors.JOINED, scans.scan)
"""Anchors whose kernels take maps of their results."""


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
    given, often = entries_of(nodes)
    entries, places = _in_operand_order(given)
    same = _same_order(entries)
    forced = {same[places[number]] for number in kept}
    forced = {number for number in forced if entries[number].op is not sources.buffer}
    forced |= {same[places[number]] for number in often if entries[places[number]].op.family != "source"}
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
    # What only a tensor without elements reads is not computed.
    read = [
        group
        for group in _in_order(groups)
        if any(readers.get(one.entry, set()) - {group.number} for one in group.units)
    ]
    steps = [assemble(entries, group, readers) for group in read]
    nbytes = {
        number: (entries[number].device, math.prod(entries[number].shape) * entries[number].dtype.size)
        for number in stored
    }
    return Plan(tuple(steps), nbytes, tuple(same[places[number]] for number in range(len(nodes))))


# -- 1. what is stored ---------------------------------------------------------------------------


def _in_operand_order(entries: list[Entry]) -> tuple[list[Entry], dict[int, int]]:
    """Put the added entries before their readers; give for each its new number."""
    if all(operand < number for number, one in enumerate(entries) for operand in one.operands):
        return entries, {number: number for number in range(len(entries))}
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
    return result, position


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
        if op in anchors.JOINED and len(_read(entries, same, stored, entry.operands)) > MOST_ARGUMENTS - 1:
            # What the pieces read is more than a kernel can: each becomes one buffer.
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


def _read(entries: Sequence[Entry], same: Sequence[int], stored: set[int], numbers: Sequence[int]) -> set[int]:
    """The buffers that values are computed of."""
    found: set[int] = set()
    seen: set[int] = set()
    pending = list(numbers)
    while pending:
        number = pending.pop()
        if number in seen:
            continue
        seen.add(number)
        entry = entries[number]
        if number in stored or entry.op is sources.buffer:
            found.add(same[number])
        else:
            pending.extend(entry.operands)
    return found


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
    # What is joined has these lines for each piece.
    copies = len(group.anchor.operands) if group.anchor is not None and group.anchor.op in anchors.JOINED else 1
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
