"""Lower one stored value to a program: walk down from it, moves become views, maps become lines.

Here ``argument`` of a load is the number of the entry it reads; schedule.py turns entries into the
arguments of a kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clgrad.device import Device
from clgrad.dtypes import DType, bool_, converted, real_of
from clgrad.kernel import Constant, Line, Load, Map, Take, index_line, valid_line
from clgrad.ops import Op, anchors, maps, moves, sources
from clgrad.view import Shape, View


@dataclass
class Entry:
    """One value of the graph being scheduled; operands are numbers of earlier entries."""

    op: Op
    operands: tuple[int, ...]
    attributes: tuple[Any, ...]
    shape: Shape
    dtype: DType
    device: Device


class NeedsStorage(Exception):
    """An entry can not be read through any single view: it has to be stored."""

    def __init__(self, entry: int) -> None:
        super().__init__(entry)
        self.entry = entry


@dataclass(frozen=True, eq=False)
class Path:
    """The moves between a value and the program's index space, nearest to the value first."""

    op: Op
    attributes: tuple[Any, ...]
    source: int
    rest: Path | None


def view_through(shape: Shape, path: Path | None) -> View:
    """How a program reads a stored value of this shape. Raises NeedsStorage."""
    view = View.contiguous(shape)
    while path is not None:
        assert path.op.view is not None
        moved = path.op.view(view, *path.attributes)
        if moved is None:
            raise NeedsStorage(path.source)
        view, path = moved, path.rest
    return view


class Lowering:
    """Builds the lines of one program. Equal lines get one number, so common work is done once."""

    def __init__(self, entries: Sequence[Entry], same: Sequence[int], stored: set[int]) -> None:
        self.entries = entries
        self.same = same
        self.stored = stored
        self.waits: set[int] = set()
        """Entries that the program does not read, but is computed after."""
        self.lines: list[Line] = []
        self._numbers: dict[Line, int] = {}
        self._paths: dict[tuple[Any, ...], Path] = {}
        self._memo: dict[tuple[int, int, int | None], int] = {}

    def number(self, line: Line) -> int:
        """The number of a line, which is added if it is new."""
        found = self._numbers.get(line)
        if found is None:
            found = self._numbers[line] = len(self.lines)
            self.lines.append(line)
        return found

    def _path(self, op: Op, attributes: tuple[Any, ...], source: int, rest: Path | None) -> Path:
        # Equal paths are one object, so that the memo sees them as equal.
        key = (op, attributes, source, id(rest))
        if key not in self._paths:
            self._paths[key] = Path(op, attributes, source, rest)
        return self._paths[key]

    def values(self, entry: int, root: bool = False) -> tuple[int, ...]:
        """The lines that hold an entry: one, or two for the parts of complex numbers."""
        if self.entries[entry].dtype.is_complex:
            return tuple(self.value(entry, None, root, part) for part in range(2))
        return (self.value(entry, None, root),)

    def value(self, entry: int, path: Path | None = None, root: bool = False, part: int | None = None) -> int:
        """The line that holds an entry, or one part of its complex numbers, seen through a path.

        The depth of the recursion is bounded: the scheduler stores a value every few dozen lines.
        """
        key = (entry, id(path), part)
        if key not in self._memo:
            self._memo[key] = self._lower(entry, path, root, part)
        return self._memo[key]

    def _lower(self, number: int, path: Path | None, root: bool, part: int | None) -> int:
        entry = self.entries[number]
        op, dtype = entry.op, real_of(entry.dtype)
        if op is sources.buffer or (number in self.stored and not root):
            return self.number(Load(dtype, (), number, view_through(entry.shape, path), part))
        if op is sources.constant:
            return self.number(Constant(entry.dtype, (), entry.attributes[0]))
        if op is sources.iota:
            return self.number(index_line(view_through(entry.shape, path)))
        if op is moves.after:
            self.waits |= {self.same[entry.operands[1]]} & self.stored
        if op in (moves.detach, moves.leaf, moves.after, moves.recomputed):
            return self.value(entry.operands[0], path, part=part)
        if op is maps.complex_:
            assert part is not None
            return self.value(entry.operands[part], path)
        if op in maps.PARTS:
            return self.value(entry.operands[0], path, part=maps.PARTS.index(op))
        if op is moves.pad:
            source = entry.operands[0]
            inside = self._path(op, entry.attributes, source, path)
            value = self.value(source, inside, part=part)
            if isinstance(self.lines[value], Load):
                return value  # a masked load is zero outside
            view = view_through(self.entries[source].shape, inside)
            if view.mask is None:
                return value  # the padding is cut off again
            valid = self.number(valid_line(view))
            zero = "0.0" if dtype.is_float else "False" if dtype is bool_ else "0"
            nothing = self.number(Constant(dtype, (), zero))
            return self.number(Map(dtype, (valid, value, nothing), maps.where))
        if op.family == "move":
            source = entry.operands[0]
            return self.value(source, self._path(op, entry.attributes, source, path), part=part)
        if op is anchors.take:
            return self._take(number, path, part)
        operands = tuple(self.value(operand, path) for operand in entry.operands)
        return self._folded(Map(entry.dtype, operands, op, entry.attributes))

    def _folded(self, line: Map) -> int:
        """The number of a map, or of what it comes to: a constant, or a factor beside 1."""
        operands = [self.lines[operand] for operand in line.operands]
        constants = [operand.value for operand in operands if isinstance(operand, Constant)]
        if line.op is maps.mul and 1 in constants:  # exact, for NaN and infinities too
            return line.operands[1 if isinstance(operands[0], Constant) and constants[0] == 1 else 0]
        if len(constants) < len(operands) or line.op is maps.check_index:
            return self.number(line)
        assert line.op.numpy is not None
        with np.errstate(all="ignore"):
            given = [np.asarray(value, operand.dtype.computing.numpy) for value, operand in zip(constants, operands)]
            if line.rounds:
                given = [converted(value, operand.dtype) for value, operand in zip(given, operands)]
            value = np.asarray(line.op.numpy(*given, *line.attributes)).astype(line.dtype.computing.numpy)
        return self.number(Constant(line.dtype, (), repr(value.item())))

    def _take(self, number: int, path: Path | None, part: int | None) -> int:
        entry = self.entries[number]
        table, index = entry.operands
        inner = self.entries[table].shape[1:]
        leading = self.entries[index].shape
        # The index has one element for all of ``inner``; the rest of the address is affine.
        index_path = self._path(moves.expand, (entry.shape,), index, path)
        index_path = self._path(moves.reshape, (leading + (1,) * len(inner),), index, index_path)
        row = self.value(index, index_path)
        inner_path = self._path(moves.expand, (entry.shape,), number, path)
        inner_path = self._path(moves.reshape, ((1,) * len(leading) + inner,), number, inner_path)
        view = view_through(inner, inner_path)
        stride = View.contiguous(inner).size
        return self.number(Take(real_of(entry.dtype), (row,), self.same[table], view, part, stride))
