"""Chains on several cores: kernels in a row whose rows never meet, such as the time steps of a batch.

Each kernel of a chain needs what the one before it computed, so none runs beside another. But where a row of each needs
the same row of the others alone, a core can walk down the chain for its share of the rows, and waits for nobody.
Whether that is so is read off the kernels: a share's part of a buffer is a cell of so many elements, and what is
written to a cell, no other share may touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from clgrad.device import Call
from clgrad.kernel import Anchor, Index, Kernel, Line, Load, Program, Store, Take, Valid
from clgrad.ops import anchors
from clgrad.view import View

ALIGNED = 64
"""Bytes that a share's part of a buffer begins at a multiple of, as whole buffers do: some templates count on it."""


@dataclass(frozen=True)
class Share:
    """The first of several equal shares of a kernel's first axis; the others are the same kernel, further on."""

    kernel: Kernel
    steps: tuple[int, ...]
    """By how many elements each argument begins further on from share to share; a complex one is one element."""

    @property
    def offsets(self) -> list[int]:
        """The same in what a pointer counts: a complex element is two numbers."""
        sizes = (2 if argument.dtype.is_complex else 1 for argument in self.kernel.arguments)
        return [step * size for step, size in zip(self.steps, sizes)]

    @staticmethod
    def whole(kernel: Kernel) -> Share:
        return Share(kernel, (0,) * len(kernel.arguments))

    @staticmethod
    def first(kernel: Kernel, count: int) -> Share:
        """The first of ``count`` shares. Raises _Whole where a kernel can not be cut."""
        cutter = _Cutter(count)
        own = cutter.kernel(kernel)
        return Share(own, tuple(cutter.steps.get(argument, 0) for argument in range(len(kernel.arguments))))


def independent(calls: Sequence[Call], count: int) -> list[Share]:
    """The first shares of those calls, from the first one, that ``count`` cores can make, each for its rows."""
    buffers: dict[int, _Cells] = {}
    shares: list[Share] = []
    for call in calls:
        try:
            one = Share.first(call.kernel, count)
            for access in _accesses(one.kernel):
                step = one.steps[access.argument]
                buffers.setdefault(call.arguments[access.argument], _Cells(count, step)).touch(access, step)
        except _Whole:
            break
        shares.append(one)
    return shares


class _Whole(Exception):
    """A kernel can not be cut into shares, or its shares are not independent."""


@dataclass
class _Cutter:
    """Cuts the first share off a kernel. Raises _Whole where rows are not alike, or not the first axis."""

    count: int
    steps: dict[int, int] = field(default_factory=dict)
    """For each argument seen, by how many elements a share of it is further on than the one before."""

    def kernel(self, kernel: Kernel) -> Kernel:
        if not kernel.outer or kernel.outer[0] % self.count:
            raise _Whole
        outer = (kernel.outer[0] // self.count, *kernel.outer[1:])
        if kernel.parts:
            return replace(kernel, outer=outer, parts=tuple(map(self.kernel, kernel.parts)))
        lines = tuple(self._line(line, kernel) for line in kernel.lines)
        stores = tuple(replace(store, view=self._access(store, kernel)) for store in kernel.stores)
        return replace(kernel, outer=outer, lines=lines, stores=stores, anchor=self._anchor(kernel))

    def _anchor(self, kernel: Kernel) -> Anchor | None:
        if kernel.anchor is None:
            return None
        if kernel.anchor.op is not anchors.matmul:
            raise _Whole
        left, right = kernel.anchor.operands
        # Rows share a right operand; each matrix of a batch has its own.
        operands = (self._program(left, kernel, True), self._program(right, kernel, len(kernel.outer) > 2))
        return replace(kernel.anchor, operands=operands)

    def _program(self, program: Program, kernel: Kernel, is_cut: bool) -> Program:
        lines = tuple(self._line(line, kernel, is_cut) for line in program.lines)
        if not is_cut:
            return replace(program, lines=lines)
        if program.shape[0] != kernel.outer[0]:
            raise _Whole
        return replace(program, shape=(program.shape[0] // self.count, *program.shape[1:]), lines=lines)

    def _line(self, line: Line, kernel: Kernel, is_cut: bool = True) -> Line:
        if isinstance(line, Load):
            return replace(line, view=self._access(line, kernel, is_cut))
        if isinstance(line, Index) and is_cut and line.view.strides[0]:
            raise _Whole
        if isinstance(line, (Index, Valid)) and is_cut:
            return replace(line, view=self._first_rows(line.view))
        return line

    def _access(self, access: Load | Store, kernel: Kernel, is_cut: bool = True) -> View:
        """The view of the first share."""
        view = self._first_rows(access.view) if is_cut else access.view
        step = view.shape[0] * view.strides[0] if is_cut else 0
        nbytes = step * kernel.arguments[access.argument].dtype.size
        if step < 0 or nbytes % ALIGNED or self.steps.setdefault(access.argument, step) != step:
            raise _Whole
        return view

    def _first_rows(self, view: View) -> View:
        rows = view.shape[0]
        if view.mask is not None and view.mask[0] != (0, rows):
            raise _Whole
        return view.slice((0,) * len(view.shape), (rows // self.count, *view.shape[1:]), (1,) * len(view.shape))


@dataclass
class _Cells:
    """Which elements of a buffer a share touches, in cells of as many elements as the next share steps on."""

    count: int
    step: int
    touched: set[int] = field(default_factory=set)
    """Cells that the first share reads or writes."""
    written: set[int] = field(default_factory=set)
    is_mixed: bool = False
    """Whether something was read that does not keep to the cells: then nothing may be written."""

    def touch(self, access: Load | Store, step: int) -> None:
        """Note an access of the first share. Raises _Whole where another share's meets what is written."""
        writes = isinstance(access, Store)
        first, last = _reach(access.view)
        if isinstance(access, Take) or not step or step != self.step or first // step != last // step:
            self.is_mixed = True
            if writes or self.written:
                raise _Whole
            return
        cell = first // step
        others = self.touched if writes else self.written
        if (writes and self.is_mixed) or any(cell + by in others for by in range(1 - self.count, self.count) if by):
            raise _Whole
        self.touched.add(cell)
        if writes:
            self.written.add(cell)


def _reach(view: View) -> tuple[int, int]:
    """The lowest and the highest element of a buffer that a view may show."""
    ends = [(size - 1) * step for size, step in zip(view.shape, view.strides)]
    return view.offset + sum(min(0, end) for end in ends), view.offset + sum(max(0, end) for end in ends)


def _accesses(kernel: Kernel) -> Iterator[Load | Store]:
    """Everything that a kernel reads or writes."""
    yield from (line for line in kernel.all_lines if isinstance(line, Load))
    yield from kernel.stores
    for part in kernel.parts:
        yield from _accesses(part)
