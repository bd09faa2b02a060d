"""Reductions: their passes, and the sizes of their loops on CPUs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import GRAIN, ITEMS_PER_UNIT, STRIP, KernelShape, MapShape
from clgrad.cl.space import Sizes, Space, Tunable
from clgrad.cl.writer import Writer, below, power_of_two
from clgrad.kernel import Kernel, Line, Load, Map, Reduce, Store, Take
from clgrad.ops import COSTLY, reduces

ACCUMULATORS, LIGHT = 4, 12
"""A pass of up to LIGHT lines folds into this many accumulators by turns."""
CHAIN = 64
"""Numbers that are added one after the other; the sums of more are added up with what they lose by rounding."""
SHORT_ROW = 8
"""A row of fewer elements leaves most lanes of a vector without work."""
KEPT = 1 << 17
"""Bytes of dear values that are kept between the passes over a row; a strip's accumulators take no more, either."""


def is_rounded(line: Line) -> bool:
    """Whether a line is a sum that is rounded each time that something is added."""
    return isinstance(line, Reduce) and line.op is reduces.sum_ and line.dtype.is_float


def add_up(total: str, lost: str, value: str, kind: str) -> str:
    """The statement that adds to a total, and to what it has lost by rounding (Knuth's TwoSum)."""
    return (
        f"{{ const {kind} sum = {total} + {value}, part = sum - {total};"
        f" {lost} += ({total} - (sum - part)) + ({value} - part); {total} = sum; }}"
    )


def regained(lost: str, kind: str) -> str:
    """What a total has lost by rounding; nothing where it is not finite, and what is lost not a number."""
    return f"(({lost} == {lost}) ? {lost} : ({kind})(0))"


class Stage:
    """One pass over the inner axes: the reductions and stores it completes."""

    def __init__(self, row_lines: list[int], lines: list[int], reduces: list[int], stores: list[Store]) -> None:
        self.row_lines = row_lines
        """Lines of the row that are ready before this pass."""
        self.lines = lines
        self.reduces = reduces
        self.stores = stores
        self.keeps: list[int] = []
        """Lines whose values are kept for later passes; ``reads`` are those that were."""
        self.reads: list[int] = []
        self.turns = 1
        """Accumulators of each reduction."""
        self.cut: int | None = None
        """The inner axis that is cut in blocks of ``block`` elements, so that sums keep their digits."""
        self.block = 0

    def cut_sums(self, kernel: Kernel, sizes: Sequence[int], unit: int = 1) -> None:
        """Cut long sums: ``sizes`` are the steps of loops over the inner axes, the last one's of ``unit`` elements."""
        if not any(is_rounded(kernel.lines[number]) for number in self.reduces):
            return
        below = 1
        for axis in range(len(sizes) - 1, -1, -1):
            if below * sizes[axis] > CHAIN:
                self.cut, self.block = axis, CHAIN // below * (unit if axis == len(sizes) - 1 else 1)
                return
            below *= sizes[axis]

    def roots(self, kernel: Kernel) -> list[int]:
        """The lines that the pass is for."""
        return [kernel.lines[line].operands[0] for line in self.reduces] + [store.line for store in self.stores]


def stages_of(kernel: Kernel) -> tuple[list[Stage], list[int], list[Store]]:
    """The passes of a kernel with reductions, then the row's lines and stores after the last."""
    ready: list[int] = []
    for line in kernel.lines:
        before = max((ready[operand] for operand in line.operands), default=0)
        ready.append(before + isinstance(line, Reduce))
    is_row = kernel.is_row
    row_stores = [store for store in kernel.stores if kernel.is_row_store(store)]
    element_stores = [store for store in kernel.stores if not kernel.is_row_store(store)]
    row_lines = [n for n, line in enumerate(kernel.lines) if is_row(n) and not isinstance(line, Reduce)]
    passes = max([0, *ready, *(ready[store.line] + 1 for store in element_stores)])
    stages: list[Stage] = []
    done: set[int] = set()
    for number in range(passes):
        rows = [line for line in row_lines if ready[line] <= number and line not in done]
        done.update(rows)
        reduces = [
            line
            for line in range(len(kernel.lines))
            if isinstance(kernel.lines[line], Reduce) and ready[line] == number + 1
        ]
        stores = [store for store in element_stores if (passes - 1 if kernel.updates else ready[store.line]) == number]
        stage = Stage(rows, [], reduces, stores)
        stage.lines = below(kernel.lines, stage.roots(kernel), set(filter(is_row, range(len(kernel.lines)))))
        stages.append(stage)
    last = [line for line in row_lines if line not in done]
    return stages, last, row_stores


class ColumnsShape(MapShape, Tunable):
    """Reductions whose data lies side by side along a kept axis: each lane folds a row of its own."""

    template = "columns"
    space: ClassVar[Space] = {"strip": (64, 128, 256, 512, 1024, 2048, 4096, 8192)}

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        if kernel.updates:
            self.width = math.gcd(self.width, self.length)
        self.writer.folds_lanes = False
        self.stages, self.last_lines, self.row_stores = stages_of(kernel)
        self.inner = list(zip([f"j{axis}" for axis in range(len(kernel.inner))], kernel.inner))
        self.uniform_rows = [
            number
            for number in self.uniform_lines
            if kernel.is_row(number) and not isinstance(kernel.lines[number], Reduce)
        ]
        for stage in self.stages:
            stage.row_lines = self.varying(stage.row_lines)
        self.last_lines = self.varying(self.last_lines)
        self.kept: list[int] = []
        self.kept = sorted(
            {
                *(number for stage in self.stages for number in stage.reduces),
                *(number for stage in self.stages for number in self.reads(stage.row_lines, [])),
                *(number for stage in self.stages for number in self.reads(stage.lines, stage.roots(kernel))),
                *self.reads(self.last_lines, [store.line for store in self.row_stores]),
            }
        )
        self.take(measured)
        strip = max(self.width, self.sizes["strip"] // len(self.kept))
        strip = min(strip, -(-self.length // (capabilities.compute_units if self.rows == 1 else 1)))
        self.slots = -(-strip // self.width)
        self.piece = self.slots * self.width
        self.last_slots = -(-((self.length - 1) % self.piece + 1) // self.width)
        self.global_size = (-(-self.length // self.piece), self.global_size[1])
        for stage in self.stages:
            stage.cut_sums(kernel, kernel.inner)

    def rules(self) -> Sizes:
        return {"strip": STRIP}

    def allows(self, sizes: Sizes) -> bool:
        # Beside each accumulator of a sum may stand its total, and what that has lost.
        return 3 * sizes["strip"] * max(self.kernel.lines[number].dtype.computing.size for number in self.kept) <= KEPT

    def sums(self, stage: Stage) -> list[int]:
        """The sums of a pass that are made of blocks."""
        return [number for number in stage.reduces if stage.cut is not None and is_rounded(self.kernel.lines[number])]

    def add_up(self, number: int) -> str:
        """The statement that adds a block's sum to the whole."""
        return add_up(f"t{number}[slot]", f"lost{number}[slot]", f"r{number}[slot]", self.type_of(number, self.width))

    def settled(self, number: int) -> str:
        """The whole and what it has lost."""
        return f"t{number}[slot] + {regained(f'lost{number}[slot]', self.type_of(number, self.width))}"

    def uniform(self, numbers: Sequence[int]) -> list[int]:
        return [number for number in numbers if not self.writer.varies(number)]

    def varying(self, numbers: Sequence[int]) -> list[int]:
        return [number for number in numbers if self.writer.varies(number)]

    def reads(self, numbers: Sequence[int], roots: Sequence[int]) -> list[int]:
        """The row's values that a block of lines needs and does not compute."""
        needed = {operand for number in numbers for operand in self.kernel.lines[number].operands} | set(roots)
        return sorted(number for number in self.varying(list(needed - set(numbers))) if self.kernel.is_row(number))


class RowsShape(KernelShape, Tunable):
    """Reductions along the data: the last inner axis is the lane axis."""

    template = "rows"
    space: ClassVar[Space] = {"accumulators": (1, 2, 4, 8), "grain": (1024, 4096, 16384, 65536)}

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self.names = [f"i{axis}" for axis in range(len(kernel.outer))]
        self.row_sizes = kernel.outer
        self.rows = math.prod(kernel.outer)
        inner = [f"j{axis}" for axis in range(len(kernel.inner) - 1)]
        self.inner = list(zip(inner, kernel.inner))
        self.inner_steps = [math.prod(kernel.inner[axis + 1 :]) for axis in range(len(inner))]
        self.length = kernel.inner[-1]
        self.width = min(self.width, power_of_two(self.length))
        self.writer = Writer(
            kernel.lines, [*self.names, *inner, "n"], kernel.shape, len(kernel.shape) - 1, capabilities
        )
        self.stages, self.last_lines, self.row_stores = stages_of(kernel)
        self.streams = self._streams(self.length)
        self.row_length = math.prod(kernel.inner)
        # A row without vectors goes through the remainder's loop.
        self.remainder = self.length % self.width if self.width > 1 else self.length
        self.first_of_remainder = self.length - self.remainder
        self.all_kept: list[int] = []
        self._keep()
        self.take(measured)
        vectors = self.length // self.width
        for stage in self.stages:
            if self.width > 1 and stage.reduces and len(stage.lines) <= LIGHT:
                stage.turns = math.gcd(vectors, self.sizes["accumulators"])
        self.rows_per_item = max(1, self.sizes["grain"] // self.row_length)
        self.global_size, self.local_size = (-(-self.rows // self.rows_per_item),), (1,)
        for stage in self.stages:
            unit = self.width * stage.turns
            stage.cut_sums(kernel, [*(size for _, size in self.inner), -(-self.length // unit)], unit)

    def rules(self) -> Sizes:
        return {"accumulators": ACCUMULATORS, "grain": GRAIN}

    def allows(self, sizes: Sizes) -> bool:
        # What is folded leaves registers for what computes it.
        folded = sizes["accumulators"] * max(len(stage.reduces) for stage in self.stages)
        items = self.rows // max(1, sizes["grain"] // self.row_length)
        has_items = sizes["grain"] <= GRAIN or items >= ITEMS_PER_UNIT * self.capabilities.compute_units
        return 2 * folded <= self.capabilities.registers and has_items

    def _keep(self) -> None:
        """Choose the dear lines that one pass keeps for those after it."""
        passes = [set(stage.lines) for stage in self.stages]
        for number, line in enumerate(self.kernel.lines):
            users = [place for place, lines in enumerate(passes) if number in lines]
            dear = isinstance(line, Map) and line.op.cost >= COSTLY and self.writer.varies(number)
            bytes_kept = self.row_length * sum(
                self.kernel.lines[one].dtype.computing.size for one in (*self.all_kept, number)
            )
            if dear and len(users) > 1 and bytes_kept <= KEPT:
                self.stages[users[0]].keeps.append(number)
                self.all_kept.append(number)
        known = {number for number in range(len(self.kernel.lines)) if self.kernel.is_row(number)}
        for stage in self.stages:
            stage.lines = below(self.kernel.lines, stage.roots(self.kernel), known - set(stage.keeps))
            needed = {operand for number in stage.lines for operand in self.kernel.lines[number].operands}
            stage.reads = sorted((needed | set(stage.roots(self.kernel))) & known & set(self.all_kept))
            known |= set(stage.keeps)

    def kept(self, number: int, width: int) -> str:
        """The place of a kept line's value."""
        place = "n"
        for (name, _), step in zip(self.inner, self.inner_steps):
            place += f" + {name} * {step}"
        return self.writer.private(f"kept{number}", place, self.kernel.lines[number].dtype, width)

    def totals(self, stage: Stage, number: int) -> str:
        """Statements that declare a reduction's result; of a sum in blocks also what it has lost."""
        text = f"{self.type_of(number)} v{number} = {self.writer.identity(number)};"
        if stage.cut is not None and is_rounded(self.kernel.lines[number]):
            text = text.replace(";", f", lost{number} = 0;")
        return text

    def accumulators(self, stage: Stage, number: int) -> str:
        """Statements that declare a reduction's accumulators."""
        kind = self.type_of(number, self.width)
        first = f"({kind})({self.writer.identity(number)})" if stage.cut is not None else f"({kind})(v{number})"
        if stage.turns == 1:
            return f"{kind} w{number} = {first};"
        return f"{kind} w{number}[{stage.turns}] = {{{', '.join([first] * stage.turns)}}};"

    def remainders(self, number: int) -> str:
        """The statement that declares a block's accumulator of elements beside its vectors."""
        return f"{self.type_of(number)} u{number} = {self.writer.identity(number)};"

    def accumulator(self, stage: Stage, number: int, width: int) -> str:
        """What an element or a vector of them is folded into."""
        if width == 1 < self.width:
            return f"u{number}" if stage.cut is not None else f"v{number}"
        if width == 1 and stage.cut is None:
            return f"v{number}"
        return f"w{number}[turn]" if stage.turns > 1 else f"w{number}"

    def fold(self, stage: Stage, number: int) -> str:
        """Statements that fold a reduction's accumulators, then their lanes by halves."""
        texts = []
        turns = range(stage.turns)
        names = [f"w{number}[{turn}]" for turn in turns] if stage.turns > 1 else [f"w{number}"]
        while len(names) > 1:
            half = len(names) // 2
            for left, right in zip(names[:half], names[half:]):
                texts.append(f"{left} = {self.writer.combine(number, left, right, self.width)};")
            names = names[:half]
        (name,) = names
        width = self.width
        while width > 1:
            width //= 2
            value = self.writer.combine(number, f"{name}.lo", f"{name}.hi", width)
            name = f"w{number}_{width}"
            texts.append(f"const {self.type_of(number, width)} {name} = {value};")
        return "\n".join([*texts, self.gather(stage, number, name)])

    def gather(self, stage: Stage, number: int, name: str) -> str:
        """The statement that folds a value into a reduction's result."""
        if stage.cut is not None and is_rounded(self.kernel.lines[number]):
            return add_up(f"v{number}", f"lost{number}", name, self.type_of(number))
        return f"v{number} = {self.writer.combine(number, f'v{number}', name, 1)};"

    def settle(self, stage: Stage, number: int) -> str:
        """The statement that gives a sum what it has lost."""
        if stage.cut is None or not is_rounded(self.kernel.lines[number]):
            return ""
        return f"v{number} += {regained(f'lost{number}', self.type_of(number))};"


def runs_down(kernel: Kernel) -> bool:
    """Whether more of what is read and written lies side by side along the last kept axis than along a row.

    Beside short rows every other element will do: vectors of them are picked.
    """
    if not kernel.outer:
        return False
    along_row = along_column = 0
    near = (1, 2) if kernel.inner[-1] < SHORT_ROW else (1,)
    views = [line.view for line in kernel.lines if isinstance(line, Load) and not isinstance(line, Take)]
    for view in views + [store.view for store in kernel.stores]:
        elements = math.prod(size for size, step in zip(view.shape, view.strides) if step)
        along_row += elements * (view.strides[-1] == 1)
        along_column += elements * (view.strides[len(kernel.outer) - 1] in near)
    return along_column > along_row
