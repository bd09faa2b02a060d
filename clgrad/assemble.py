"""Assemble kernels: the units that share one become lines, stores and arguments of one program."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from clgrad.device import Device
from clgrad.dtypes import converted
from clgrad.kernel import (
    Anchor,
    Argument,
    Constant,
    Kernel,
    Line,
    Load,
    Map,
    Program,
    Reduce,
    Result,
    Store,
    seen,
    views_of,
)
from clgrad.lower import Entry
from clgrad.ops import anchors, maps
from clgrad.view import Shape, View

LONGEST_KERNEL = 160
"""Lines of one kernel: compile time grows faster than its length."""


@dataclass(frozen=True)
class Step:
    """One launch, or one copy between devices (kernel is None): entries are arguments."""

    kernel: Kernel | None
    device: Device
    arguments: tuple[int, ...]
    written: frozenset[int]
    """Those of the arguments that it computes."""


@dataclass
class Unit:
    """One stored value and the program that computes it, over ``shape`` with ``axes`` reduced."""

    entry: int
    shape: Shape
    axes: Shape
    lines: list[Line]
    values: tuple[int, ...]
    """Its line, or those of the real and the imaginary part."""
    anchor: Anchor | None
    reads: set[int]
    waits: set[int]
    """What it does not read, but is computed after."""

    @property
    def needs(self) -> set[int]:
        return self.reads | self.waits


@dataclass
class Group:
    """Units that share one kernel."""

    number: int
    shape: Shape
    axes: Shape
    units: list[Unit] = field(default_factory=list)
    rows: dict[int, bool] = field(default_factory=dict)
    """For each entry computed here, whether it is one value a row."""
    reads: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)
    """What it reads, or is computed after."""
    lines: int = 0

    @property
    def anchor(self) -> Anchor | None:
        return self.units[0].anchor


def assemble(entries: Sequence[Entry], group: Group, readers: dict[int, set[int]]) -> Step:
    """The step that computes a group; of its values it writes those that another number in ``readers`` reads."""
    first = group.units[0]
    device = entries[first.entry].device
    if first.anchor is not None and first.anchor.op is anchors.transfer:
        (source,) = first.reads
        return Step(None, device, (source, first.entry), frozenset({first.entry}))
    order = tuple(axis for axis in range(len(group.shape)) if axis not in group.axes) + group.axes
    split = len(group.shape) - len(group.axes)

    def place(view: View, row: bool) -> View:
        if row:
            rows = tuple(1 if axis in group.axes else size for axis, size in enumerate(group.shape))
            placed = view.reshape(rows)
            placed = placed.expand(group.shape) if placed is not None else None
        else:
            placed = view.reshape(group.shape)
        assert placed is not None  # shapes differ by axes of length one only
        return placed.permute(order)

    lines: list[Line] = []
    numbers: dict[Line, int] = {}
    values: dict[int, tuple[int, ...]] = {}
    stores: list[Store] = []
    for unit in group.units:
        row = group.rows[unit.entry] and not unit.axes
        renamed: list[int] = []
        for line in unit.lines:
            if isinstance(line, Load) and line.argument in values:
                renamed.append(values[line.argument][line.part or 0])
                continue
            new = replace(line, operands=tuple(renamed[operand] for operand in line.operands))
            new = seen(new, partial(place, row=row))
            if new not in numbers:
                numbers[new] = len(lines)
                lines.append(new)
            renamed.append(numbers[new])
        values[unit.entry] = tuple(renamed[value] for value in unit.values)
        if readers.get(unit.entry, set()) - {group.number}:
            shape = entries[unit.entry].shape
            view = place(View.contiguous(shape), group.rows[unit.entry])
            parts = range(2) if entries[unit.entry].dtype.is_complex else (None,)
            stores += (Store(unit.entry, line, view, part) for line, part in zip(values[unit.entry], parts))
    lines, stores = _live(lines, stores)
    lines, position = _rounded(lines)
    stores = [replace(store, line=position[store.line]) for store in stores]
    return _kernel(entries, group, device, lines, stores, tuple(group.shape[axis] for axis in order), split)


def _live(lines: list[Line], stores: list[Store]) -> tuple[list[Line], list[Store]]:
    """Drop lines that no store needs."""
    needed = {store.line for store in stores}
    for number in range(len(lines) - 1, -1, -1):
        if number in needed:
            needed.update(lines[number].operands)
    position = {number: place for place, number in enumerate(sorted(needed))}
    kept = [
        replace(lines[number], operands=tuple(position[operand] for operand in lines[number].operands))
        for number in sorted(needed)
    ]
    return kept, [replace(store, line=position[store.line]) for store in stores]


def _rounded(lines: Sequence[Line]) -> tuple[list[Line], Sequence[int]]:
    """Round the halves where a line asks for it; gives the lines, and for each old one its new number.

    A value that is stored here, read there and computed once more elsewhere is then the same to all comparisons.
    """
    if not any(line.dtype.is_half for line in lines):
        return list(lines), range(len(lines))
    result: list[Line] = []
    position: list[int] = []
    round_of: dict[int, int] = {}
    """For each line of a half dtype that is rounded or has a rounded copy, that."""

    def rounded(number: int) -> int:
        if result[number].dtype.is_half and number not in round_of:
            dtype = result[number].dtype
            round_of[number] = round_of[len(result)] = len(result)
            result.append(Map(dtype, (number,), maps.cast, (dtype,)))
        return round_of.get(number, number)

    for line in lines:
        operands = [position[operand] for operand in line.operands]
        if isinstance(line, Map) and line.rounds:
            operands = [rounded(operand) for operand in operands]
        position.append(len(result))
        result.append(replace(line, operands=tuple(operands)))
        inexact = [result[operand].dtype.is_half and round_of.get(operand) != operand for operand in operands]
        if line.dtype.is_half and _is_rounded(line, inexact):
            round_of[position[-1]] = position[-1]
    return result, position


def _is_rounded(line: Line, inexact: Sequence[bool]) -> bool:
    """Whether a line of a half dtype holds a half, given which of its operands may not."""
    if isinstance(line, Constant):
        return repr(converted(np.asarray(line.value), line.dtype).item()) == line.text
    if isinstance(line, Map) and line.op in (maps.cast, maps.bitcast):
        return True
    if isinstance(line, (Map, Reduce)):
        return line.op.keeps and not any(inexact)
    return isinstance(line, Load)


def _kernel(
    entries: Sequence[Entry],
    group: Group,
    device: Device,
    lines: list[Line],
    stores: list[Store],
    shape: Shape,
    split: int,
) -> Step:
    if group.anchor is None:
        lines, stores, shape, split = _merge_axes(lines, stores, shape, split)
    arguments: dict[int, int] = {}
    written = {store.argument for store in stores}

    def argument(entry: int) -> int:
        return arguments.setdefault(entry, len(arguments))

    def bind(line: Line) -> Line:
        return replace(line, argument=argument(line.argument)) if isinstance(line, Load) else line

    anchor = group.anchor
    if anchor is not None and anchor.op in anchors.JOINED:
        parts = []
        for part_lines, part_stores, part_shape in _pieces(anchor, lines, stores, shape):
            bound = tuple(bind(line) for line in part_lines)
            parts.append(
                (part_shape, bound, tuple(replace(store, argument=argument(store.argument)) for store in part_stores))
            )
        listing = _listing(entries, arguments, written)
        kernels = tuple(Kernel(one, (), some, writes, listing) for one, some, writes in parts)
        return Step(Kernel(shape, (), (), (), listing, None, kernels), device, tuple(arguments), frozenset(written))
    if anchor is not None:
        anchor = replace(
            anchor,
            operands=tuple(
                replace(program, lines=tuple(bind(line) for line in lines), value=position[program.value])
                for program in anchor.operands
                for lines, position in [_rounded(program.lines)]
            ),
        )
    bound = tuple(bind(line) for line in lines)
    bound_stores = tuple(replace(store, argument=argument(store.argument)) for store in stores)
    listing = _listing(entries, arguments, written)
    kernel = Kernel(shape[:split], shape[split:], bound, bound_stores, listing, anchor)
    return Step(kernel, device, tuple(arguments), frozenset(written))


def _listing(entries: Sequence[Entry], arguments: Iterable[int], written: set[int]) -> tuple[Argument, ...]:
    return tuple(
        Argument(entries[entry].dtype, math.prod(entries[entry].shape), entry in written) for entry in arguments
    )


def _pieces(
    anchor: Anchor, lines: Sequence[Line], stores: Sequence[Store], shape: Shape
) -> Iterator[tuple[list[Line], list[Store], Shape]]:
    """The lines, stores and shapes of kernels that together write all pieces, followed by what is done to the whole.

    Pieces over one space that read the same data are one kernel: what they share is read and computed once.
    """
    whole = [(program.shape, *_piece(program, lines, stores, cut)) for program, cut in _cut(anchor, shape)]
    while whole:
        space, own, writes = whole.pop(0)
        while whole and whole[0][0] == space and _shares(own, whole[0][1]):
            if len(own) + len(whole[0][1]) > LONGEST_KERNEL:
                break
            own, writes = _both(own, writes, *whole.pop(0)[1:])
        own, writes, space = _without_single(own, writes, space)
        own, writes, space, _ = _merge_axes(own, writes, space, len(space))
        yield own, writes, space


def _cut(anchor: Anchor, shape: Shape) -> Iterator[tuple[Program, Callable[[View], View]]]:
    """Each piece, and how it sees what has the shape of the whole."""
    ones, begin = (1,) * len(shape), 0
    if anchor.op is anchors.cat:
        (axis,) = anchor.attributes
        for program in anchor.operands:
            starts = tuple(begin if one == axis else 0 for one in range(len(shape)))
            stops = tuple(start + size for start, size in zip(starts, program.shape))
            begin = stops[axis]
            yield program, partial(View.slice, starts=starts, stops=stops, steps=ones)
        return
    axes, steps = anchor.attributes
    # The elements that all pieces have come first, so that these are over one space.
    least = {axis: shape[axis] // step for axis, step in zip(axes, steps)}
    parts = [
        ((0, least[axis]), (least[axis], size)) if axis in axes else ((0, size),) for axis, size in enumerate(shape)
    ]
    for part in itertools.product(*parts):
        for program, (firsts, every) in zip(anchor.operands, anchors.phases(axes, steps, len(shape))):
            starts = tuple(low for low, _ in part)
            stops = tuple(min(high, size) for (_, high), size in zip(part, program.shape))
            if any(start >= stop for start, stop in zip(starts, stops)):
                continue
            within = partial(View.slice, starts=starts, stops=stops, steps=ones)
            begins = tuple(first + start * step for first, start, step in zip(firsts, starts, every))
            ends = tuple(first + (stop - 1) * step + 1 for first, stop, step in zip(firsts, stops, every))
            sizes = tuple(stop - start for start, stop in zip(starts, stops))
            own = tuple(seen(line, within) for line in program.lines)
            yield replace(program, shape=sizes, lines=own), partial(View.slice, starts=begins, stops=ends, steps=every)


def _piece(
    program: Program, lines: Sequence[Line], stores: Sequence[Store], cut: Callable[[View], View]
) -> tuple[list[Line], list[Store]]:
    """A piece's own lines, and those after the anchor where they fall on it."""
    own = list(program.lines)
    renamed: list[int] = []
    for line in lines:
        if isinstance(line, Result):
            renamed.append(program.value)
            continue
        new = replace(line, operands=tuple(renamed[operand] for operand in line.operands))
        renamed.append(len(own))
        own.append(seen(new, cut))
    return _live(own, [replace(store, line=renamed[store.line], view=cut(store.view)) for store in stores])


def _shares(lines: Sequence[Line], others: Sequence[Line]) -> bool:
    """Whether both read some buffer."""
    one, other = ({line.argument for line in some if isinstance(line, Load)} for some in (lines, others))
    return not one.isdisjoint(other)


def _both(
    lines: list[Line], stores: list[Store], others: Sequence[Line], writes: Sequence[Store]
) -> tuple[list[Line], list[Store]]:
    """The lines and stores of two kernels over one space as those of one."""
    lines = list(lines)
    numbers = {line: number for number, line in enumerate(lines)}
    renamed: list[int] = []
    for line in others:
        new = replace(line, operands=tuple(renamed[operand] for operand in line.operands))
        if new not in numbers:
            numbers[new] = len(lines)
            lines.append(new)
        renamed.append(numbers[new])
    return lines, [*stores, *(replace(store, line=renamed[store.line]) for store in writes)]


def _without_single(lines: list[Line], stores: list[Store], shape: Shape) -> tuple[list[Line], list[Store], Shape]:
    """Drop axes of length one, but for those that a mask hides."""
    views = [view for view in map(views_of, lines) if view is not None]
    kept = [
        axis
        for axis, size in enumerate(shape)
        if size != 1 or any(view.mask is not None and view.mask[axis] != (0, 1) for view in views)
    ]

    def dropped(view: View) -> View:
        mask = None if view.mask is None else tuple(view.mask[axis] for axis in kept)
        return View(tuple(shape[axis] for axis in kept), tuple(view.strides[axis] for axis in kept), view.offset, mask)

    written = [replace(store, view=dropped(store.view)) for store in stores]
    return [seen(line, dropped) for line in lines], written, written[0].view.shape


def _merge_axes(
    lines: list[Line], stores: list[Store], shape: Shape, split: int
) -> tuple[list[Line], list[Store], Shape, int]:
    """Join neighbouring axes that every view walks as one."""
    views = [view for view in map(views_of, lines) if view is not None] + [store.view for store in stores]

    def joins(axis: int) -> bool:
        for view in views:
            if view.strides[axis] != view.strides[axis + 1] * shape[axis + 1]:
                return False
            if view.mask is not None and (
                view.mask[axis] != (0, shape[axis]) or view.mask[axis + 1] != (0, shape[axis + 1])
            ):
                return False
        return True

    runs: list[list[int]] = []
    for axis in range(len(shape)):
        if runs and axis != split and joins(axis - 1):
            runs[-1].append(axis)
        else:
            runs.append([axis])
    merged = tuple(math.prod(shape[axis] for axis in run) for run in runs)

    def merge(view: View) -> View:
        mask = None
        if view.mask is not None:
            mask = tuple(view.mask[run[0]] if len(run) == 1 else (0, size) for run, size in zip(runs, merged))
        return View(merged, tuple(view.strides[run[-1]] for run in runs), view.offset, mask)

    new_lines = [seen(line, merge) for line in lines]
    new_split = sum(run[0] < split for run in runs)
    return new_lines, [replace(store, view=merge(store.view)) for store in stores], merged, new_split
