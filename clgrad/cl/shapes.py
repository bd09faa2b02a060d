"""The sizes of a kernel's loops on a device, for each template.

A shape object is what a template sees as ``k``: names, sizes, and blocks of C that a writer made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mako.template import Template

from clgrad.cl.caps import Capabilities
from clgrad.cl.writer import Writer, below, literal, power_of_two, vector_type
from clgrad.dtypes import real_of
from clgrad.kernel import Kernel, Line, Load, Map, Reduce, Result, Store, Take
from clgrad.ops import COSTLY, anchors, reduces, scans
from clgrad.ops.elementary import LANES
from clgrad.view import Shape, View

GRAIN = 4096
"""Elements that a work-item computes at least on a CPU: dispatch costs as much as a few hundred."""
PART = 32
"""Elements that a work-item of a GPU takes one after the other."""
STRIP = 4096
"""Accumulators that stay in the first cache while rows are folded into them."""
STREAM = 1 << 24
"""Bytes of a result that no cache would hold until it is read: it is written past them."""
ACCUMULATORS, LIGHT = 4, 12
"""A pass of up to LIGHT lines folds into this many accumulators by turns."""
CHAIN = 64
"""Numbers that are added one after the other; the sums of more are added up with what they lose by rounding."""
EACH = 4
"""Neighbours in a row that a work-item of a group scans by itself."""
FEW_STEPS = 64
"""Shorter rows are scanned element by element: folding a vector within itself is not worth it."""
KEPT = 1 << 17
"""Bytes of dear values that are kept between the passes over a row."""
WIDE = 32
"""Elements of a row from which on reading its index costs little beside it."""
ITEMS_PER_UNIT = 8
"""Groups that a GPU's core is given to write by index: each reads all indices."""
LONGEST_LANE_AXIS = 16384
"""A longer lane axis is cut in pieces of this many elements, one work-item each."""


class KernelShape:
    """What all templates ask for."""

    template: str
    writer: Writer
    global_size: Shape
    local_size: Shape
    streams = False
    """Whether large results are written past the caches."""

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        self.kernel = kernel
        self.capabilities = capabilities
        sizes = (argument.size * (2 if argument.dtype.is_complex else 1) for argument in kernel.arguments)
        largest = max([math.prod(kernel.shape), *sizes])
        self.index = "int" if largest < 2**31 else "long"
        # Lanes are counted in 32-bit elements: wider ones become several machine vectors.
        self.width = capabilities.vector_width
        self.group = capabilities.group

    @property
    def parameters(self) -> str:
        """The kernel's parameter list."""
        texts = []
        for number, argument in enumerate(self.kernel.arguments):
            access = "" if argument.written else "const "
            texts.append(f"__global {access}{argument.dtype.storage_c}* restrict a{number}")
        texts.append("__global long* faults")
        return ", ".join(texts)

    @property
    def _signature(self) -> str:
        # The work-group size is fixed so that drivers build one variant.
        sizes = ", ".join(map(str, (*self.local_size, 1, 1)[:3]))
        return f"__kernel __attribute__((reqd_work_group_size({sizes})))\nvoid KERNEL_NAME({self.parameters})"

    @property
    def is_function(self) -> bool:
        """Whether a work-item's part is a function of its place: only without local memory and barriers."""
        return self.capabilities.is_cpu or self.template == "map"

    @property
    def head(self) -> str:
        """What stands before the template's body: the kernel, or a function of a work-item's place."""
        if not self.is_function:
            return self._signature
        ids = ", ".join(f"const {self.index} id{axis}" for axis in range(3))
        # clang spares functions the widest registers, unless they are inlined or say this.
        width = f"__attribute__((min_vector_width({32 * self.capabilities.vector_width})))\n"
        if not self.capabilities.vector_pointers:
            width = ""
        return f"{width}CLGRAD_ITEM void KERNEL_NAME_item({self.parameters}, {ids})"

    def id(self, axis: int) -> str:
        """The work-item's place along an axis."""
        return f"id{axis}" if self.is_function else f"get_global_id({axis})"

    @property
    def entry(self) -> str:
        """The kernel that calls the function."""
        names = [f"a{number}" for number in range(len(self.kernel.arguments))]
        ids = [f"get_global_id({axis})" for axis in range(3)]
        return f"{self._signature} {{\n    KERNEL_NAME_item({', '.join([*names, 'faults', *ids])});\n}}\n"

    def unflatten(self, flat: str, names: Sequence[str], sizes: Sequence[int]) -> str:
        """Statements that split a flat index into one index an axis."""
        texts = []
        step = 1
        for name, size in zip(reversed(names), reversed(sizes)):
            text = flat if step == 1 else f"{flat} / {step}"
            outermost = name == names[0]
            texts.append(f"const {self.index} {name} = {text if outermost else f'{text} % {size}'};")
            step *= size
        return " ".join(reversed(texts))

    def block(self, numbers: Sequence[int], width: int) -> str:
        """Statements that compute lines."""
        return "\n".join(self.writer.declare(number, width) for number in numbers)

    def stores(self, stores: Sequence[Store], width: int) -> str:
        """Statements that write lines."""
        texts = []
        waiting = list(stores)
        while waiting:
            store = waiting.pop(0)
            argument = self.kernel.arguments[store.argument]
            dtype = real_of(argument.dtype)
            pair = replace(store, line=waiting[0].line, part=1) if store.part == 0 and waiting else None
            if pair in waiting[:1] and self._in_pairs(store.view, width):
                texts.append(self.writer.store_pairs(store, waiting.pop(0), dtype, width))
                continue
            past = self.streams and argument.size * argument.dtype.size >= STREAM
            texts.append(self.writer.store(store, dtype, width, past))
        return "\n".join(texts)

    def _in_pairs(self, view: View, width: int) -> bool:
        lane = self.writer.lane
        return lane is not None and width > 1 and view.strides[lane] == 1 and self.capabilities.vector_pointers

    def _streams(self, length: int) -> bool:
        """Whether vectors of a lane axis may be written past the caches: they then have to be aligned."""
        return self.capabilities.vector_pointers and length % self.width == 0 and not self.kernel.updates

    def type_of(self, number: int, width: int = 1) -> str:
        return vector_type(self.writer.lines[number].dtype, width)


class MapShape(KernelShape):
    """Outer axes only: the last is the lane axis, the others are rows."""

    template = "map"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        axes = len(kernel.outer)
        self.length = kernel.outer[-1] if axes else 1
        self.rows = math.prod(kernel.outer[:-1])
        self.names = [f"i{axis}" for axis in range(axes - 1)]
        names = [*self.names, "n"][:axes] if axes else []
        inner = [f"j{axis}" for axis in range(len(kernel.inner))]
        self.width = min(self.width, power_of_two(self.length))
        self.writer = Writer(kernel.lines, names + inner, kernel.shape, axes - 1 if axes else None, capabilities)
        self.row_sizes = kernel.outer[:-1]
        self.remainder = self.length % self.width if kernel.updates else 0
        self.streams = self._streams(self.length)
        work = max(1, math.prod(kernel.inner))
        if capabilities.is_cpu:
            self.piece = min(self.length, GRAIN if self.rows == 1 else LONGEST_LANE_AXIS)
            if work > 1:
                # A reduction makes each element dearer: pieces get smaller, so that every core has some.
                self.piece = min(self.piece, max(self.width, GRAIN * 4 // work))
            self.piece = -(-self.piece // self.width) * self.width
            if axes > 1 and any(self._is_transposed(line) for line in kernel.lines):
                # Down the rows, one vector wide: the next row's elements lie in the cache lines just read.
                self.piece = self.width
            self.rows_per_item = max(1, GRAIN // (min(self.length, self.piece) * work))
            items = -(-self.rows // self.rows_per_item)
            self.local_size = (1, 1)
            self.global_size = (-(-self.length // self.piece), items)
        else:
            self.piece, self.rows_per_item = self.width, 1
            vectors = -(-self.length // self.width)
            local = min(self.group, power_of_two(vectors))
            self.local_size = (local, 1)
            self.global_size = (-(-vectors // local) * local, self.rows)

    def _is_transposed(self, line: Line) -> bool:
        """Whether a load's neighbours in memory are neighbours of the next row."""
        if not isinstance(line, Load) or isinstance(line, Take) or not self.writer.lane:
            return False
        return abs(line.view.strides[self.writer.lane]) > 1 and line.view.strides[self.writer.lane - 1] == 1

    @property
    def uniform_lines(self) -> list[int]:
        return [number for number in range(len(self.writer.lines)) if not self.writer.varies(number)]

    @property
    def lane_lines(self) -> list[int]:
        return [number for number in range(len(self.writer.lines)) if self.writer.varies(number)]


def is_rounded(line: Line) -> bool:
    """Whether a line is a sum that is rounded each time that something is added."""
    return isinstance(line, Reduce) and line.op is reduces.sum_ and line.dtype.is_float


def add_up(total: str, lost: str, value: str, kind: str) -> str:
    """The statement that adds to a total, and to what it has lost by rounding (Knuth's TwoSum)."""
    return (
        f"{{ const {kind} sum = {total} + {value}, part = sum - {total};"
        f" {lost} += ({total} - (sum - part)) + ({value} - part); {total} = sum; }}"
    )


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


class ColumnsShape(MapShape):
    """Reductions whose data lies side by side along a kept axis: each lane folds a row of its own."""

    template = "columns"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
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
        strip = max(self.width, STRIP // len(self.kept))
        strip = min(strip, -(-self.length // (capabilities.compute_units if self.rows == 1 else 1)))
        self.slots = -(-strip // self.width)
        self.piece = self.slots * self.width
        self.last_slots = -(-((self.length - 1) % self.piece + 1) // self.width)
        self.global_size = (-(-self.length // self.piece), self.global_size[1])
        for stage in self.stages:
            stage.cut_sums(kernel, kernel.inner)

    def sums(self, stage: Stage) -> list[int]:
        """The sums of a pass that are made of blocks."""
        return [number for number in stage.reduces if stage.cut is not None and is_rounded(self.kernel.lines[number])]

    def add_up(self, number: int) -> str:
        """The statement that adds a block's sum to the whole."""
        return add_up(f"t{number}[slot]", f"lost{number}[slot]", f"r{number}[slot]", self.type_of(number, self.width))

    def settled(self, number: int) -> str:
        """The whole and what it has lost, which is not a number where the sum is none."""
        lost = f"lost{number}[slot]"
        return f"t{number}[slot] + (({lost} == {lost}) ? {lost} : ({self.type_of(number, self.width)})(0))"

    def uniform(self, numbers: Sequence[int]) -> list[int]:
        return [number for number in numbers if not self.writer.varies(number)]

    def varying(self, numbers: Sequence[int]) -> list[int]:
        return [number for number in numbers if self.writer.varies(number)]

    def reads(self, numbers: Sequence[int], roots: Sequence[int]) -> list[int]:
        """The row's values that a block of lines needs and does not compute."""
        needed = {operand for number in numbers for operand in self.kernel.lines[number].operands} | set(roots)
        return sorted(number for number in self.varying(list(needed - set(numbers))) if self.kernel.is_row(number))


class RowsShape(KernelShape):
    """Reductions along the data: the last inner axis is the lane axis; a GPU's group shares a row."""

    template = "rows"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
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
        # A group's work-items, and a row without vectors, go through the remainder's loop.
        self.remainder = self.length % self.width if self.width > 1 else self.length
        self.first_of_remainder = "lid" if self.width == 1 and self.group > 1 else str(self.length - self.remainder)
        self.all_kept: list[int] = []
        if capabilities.is_cpu:
            self._keep()
            vectors = self.length // self.width
            for stage in self.stages:
                if self.width > 1 and stage.reduces and len(stage.lines) <= LIGHT:
                    stage.turns = math.gcd(vectors, ACCUMULATORS)
            self.rows_per_item = max(1, GRAIN // self.row_length)
            self.global_size = (-(-self.rows // self.rows_per_item),)
        else:
            self.rows_per_item = 1
            self.global_size = (self.rows * self.group,)
        self.local_size = (self.group,)
        for stage in self.stages:
            unit = self.width * self.group * stage.turns
            stage.cut_sums(kernel, [*(size for _, size in self.inner), -(-self.length // unit)], unit)

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
        """The statement that gives a sum what it has lost: not a number where the sum is none."""
        if stage.cut is None or not is_rounded(self.kernel.lines[number]):
            return ""
        return f"v{number} += (lost{number} == lost{number}) ? lost{number} : 0;"


class ScatterShape(KernelShape):
    """A range of result rows a work-item, which reads all indices: no atomics, so the result is always the same."""

    template = "scatter"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        table, index, values = kernel.anchor.operands
        self.rows = table.shape[0]
        self.inner = [(f"j{axis}", size) for axis, size in enumerate(table.shape[1:])]
        self.places = [(f"s{axis}", size) for axis, size in enumerate(index.shape)]
        names, places = [name for name, _ in self.inner], [name for name, _ in self.places]
        self.lane = len(table.shape) - 1
        self.lane_name = ["r", *names][-1]
        length = table.shape[-1]
        self.width = min(self.width, power_of_two(length))
        self.writer = Writer(kernel.lines, ["r", *names], kernel.shape, self.lane, capabilities)
        self.table = Writer(table.lines, ["r", *names], table.shape, self.lane, capabilities, "x")
        self.indices = Writer(index.lines, places, index.shape, None, capabilities, "y")
        self.values = Writer(values.lines, [*places, *names], values.shape, None, capabilities, "z")
        for writer in (self.table, self.indices, self.values):
            writer.helpers = self.writer.helpers
        self.table_value, self.index_value, self.values_value = table.value, index.value, values.value
        self.combine = anchors.COMBINE.get(kernel.anchor.attributes[0])
        (self.result,) = kernel.stores
        self.row_size = math.prod(table.shape[1:])
        self.streams = self._streams(length)
        if capabilities.is_cpu:
            # Each range reads all indices: one a core, and several only where that is little beside the rows' work.
            ranges = capabilities.compute_units * (4 if self.row_size >= WIDE else 1)
            ranges = min(self.rows, max(1, min(ranges, math.prod(table.shape) // 512)))
            self.rows_per_item = -(-self.rows // ranges)
            if not self.inner:
                self.rows_per_item = -(-self.rows_per_item // self.width) * self.width
            self.ranges = -(-self.rows // self.rows_per_item)
            self.local_size, self.global_size = (1,), (self.ranges,)
        else:
            # A work-item owns one column of a range, so that neighbours write neighbours.
            wanted = ITEMS_PER_UNIT * self.group * capabilities.compute_units // self.row_size
            self.rows_per_item = -(-self.rows // min(self.rows, max(1, wanted)))
            self.ranges = -(-self.rows // self.rows_per_item)
            items = self.ranges * self.row_size
            self.local_size = (self.group,)
            self.global_size = (-(-items // self.group) * self.group,)

    @property
    def place(self) -> str:
        """Where an element of the result stands."""
        return f"a{self.result.argument}[{self.writer.address(self.result.view)}]"

    def fill(self, width: int) -> str:
        """Statements that copy elements of the table."""
        argument = self.kernel.arguments[self.result.argument]
        lines = [self.table.declare(number, width) for number in range(len(self.table.lines))]
        past = self.streams and argument.size * argument.dtype.size >= STREAM
        copied = replace(self.result, line=self.table_value)
        lines.append(self.table.store(copied, argument.dtype, width, past))
        return "\n".join(lines)

    @property
    def update(self) -> str:
        """Statements that bring a value to its place."""
        lines = [self.values.declare(number, 1) for number in range(len(self.values.lines))]
        value = self.values.name(self.values_value)
        if self.combine is not None:
            assert not self.values.lines[self.values_value].dtype.is_half, "halves are combined in float32"
            value = self.combine.c.format(value, "old")
            lines.append(f"const {self.kernel.arguments[self.result.argument].dtype.c} old = {self.place};")
        lines.append(f"{self.place} = {self.values.narrowed(value, self.values.lines[self.values_value].dtype, 1)};")
        return "\n".join(lines)

    @property
    def row(self) -> str:
        """Statements that read an index, ``r``."""
        lines = [self.indices.declare(number, 1) for number in range(len(self.indices.lines))]
        return "\n".join([*lines, f"const {self.index} r = {self.indices.name(self.index_value)};"])


class GivenShape(KernelShape):
    """A kernel whose body is given, with its sizes: it reads whole arrays and writes one."""

    template = "given"
    is_function = False

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        op, operands = kernel.anchor.op, kernel.anchor.operands
        assert op.sizes is not None
        self.writer = Writer((), (), (), None, capabilities)
        self.global_size, self.local_size = op.sizes(*[operand.shape for operand in operands])
        self.arrays = []
        """The name and the argument of each operand, and of the result."""
        for name, operand in zip(op.names, operands):
            (load,) = operand.lines
            assert isinstance(load, Load)
            self.arrays.append((name, load.argument))
        (store,) = kernel.stores
        self.arrays.append(("result", store.argument))
        shapes = {name: operand.shape for name, operand in zip(op.names, operands)}
        self.body = Template(op.c, strict_undefined=True).render(
            T=operands[0].lines[0].dtype.c, result=kernel.shape, **shapes
        )

    def declare(self, name: str, number: int) -> str:
        """The statement that gives an argument the name it has in the body."""
        argument = self.kernel.arguments[number]
        access = "" if argument.written else "const "
        return f"__global {access}{argument.dtype.c}* {name} = a{number};"


class ScanShape(KernelShape):
    """A scan: along contiguous rows in vectors, or by a group; else lane by lane."""

    template = "scan"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        axis, name, self.reverse = kernel.anchor.attributes
        self.operator = scans.OPERATORS[name]
        self.dtype = kernel.anchor.dtype
        self.total = self.operator.total(self.dtype, capabilities.has_double)
        shape = kernel.outer
        self.length = shape[axis]
        lane = max((one for one in range(axis + 1, len(shape)) if shape[one] > 1), default=None)
        across = max((one for one in range(axis) if shape[one] >= self.width), default=None)
        self.form = "walk"
        if lane is None and self.operator.by_halves:
            if not capabilities.is_cpu:
                self.form = "group"
            elif self.operator.helper is not None and across is not None:
                lane = across  # a dear fold is worth gathering lanes from several rows
            elif self.total.is_float and self.length >= FEW_STEPS:
                self.form = "vectors"
        self.lane = lane is not None
        """Whether vectors lie along an axis of their own."""
        self.gathers = lane is not None and lane < axis
        self.along = "n" if self.form == "vectors" else "s"
        """The name of the index along the scan's axis."""
        axes = [f"i{one}" for one in range(len(shape))]
        axes[axis] = self.along
        if lane is not None:
            axes[lane] = "n"
        rows = [one for one in range(len(shape)) if one not in (axis, lane)]
        self.names, self.row_sizes = [axes[one] for one in rows], [shape[one] for one in rows]
        self.rows = math.prod(self.row_sizes)
        vector_axis = lane if self.lane else axis if self.form == "vectors" else None
        self.writer = Writer(kernel.lines, axes, shape, vector_axis, capabilities)
        self.operands = [
            Writer(one.lines, axes, one.shape, vector_axis, capabilities, prefix)
            for one, prefix in zip(kernel.anchor.operands, "xy")
        ]
        self.values = [one.value for one in kernel.anchor.operands]
        for writer in self.operands:
            writer.helpers = self.writer.helpers
        self.lanes = shape[lane] if lane is not None else 1
        self._choose_sizes()
        if self.operator.helper is not None:
            for width in (1, self.width):
                self.writer.helpers.update(dict.fromkeys(self.operator.helper(self.total, width)))

    def _choose_sizes(self) -> None:
        along = self.length if self.form == "vectors" else self.lanes
        wide = self.width
        self.width = max(1, min(wide, power_of_two(along)))
        if self.kernel.updates and self.form == "walk":
            self.width = math.gcd(self.width, self.lanes)
        self.streams = self._streams(along) and not self.gathers
        self.slots, self.piece, self.each = 1, self.width, EACH
        is_cpu, strip = self.capabilities.is_cpu, STRIP * 4 // self.total.size
        if self.form == "vectors":
            self.remainder = self.length % self.width
            self.reaches = [1 << step for step in range(self.width.bit_length() - 1)]
            self.last_lane = "0" if self.reverse else LANES[self.width - 1]
        elif self.form == "walk" and is_cpu:
            units = self.capabilities.compute_units if self.rows == 1 else 1
            strip = self.width if self.gathers else strip
            self.slots = -(-min(max(self.width, strip), -(-self.lanes // units)) // self.width)
            self.piece = self.slots * self.width
        self.last_slots = -(-((self.lanes - 1) % self.piece + 1) // self.width)
        self.rows_per_item = max(1, GRAIN // (self.length * min(self.lanes, self.piece))) if is_cpu else 1
        items = -(-self.rows // self.rows_per_item)
        if self.form == "vectors":
            self.global_size, self.local_size = (items,), (1,)
        elif self.form == "group":
            self.global_size, self.local_size = (self.rows * self.group,), (self.group,)
        else:
            self.global_size, self.local_size = (-(-self.lanes // self.piece), items), (1, 1)
            if not is_cpu:
                local = min(self.group, power_of_two(self.lanes))
                rows = min(self.group // local, power_of_two(self.rows))
                self.local_size = (local, rows)
                self.global_size = tuple(-(-size // by) * by for size, by in zip(self.global_size, self.local_size))

    # -- what the template writes -----------------------------------------------------------

    def kind(self, width: int) -> str:
        return vector_type(self.total, width)

    @property
    def identity(self) -> str:
        return literal(self.operator.identity(self.total), self.total)

    def _declared(self, operand: int, width: int) -> str:
        writer = self.operands[operand]
        return " ".join(writer.declare(number, width) for number in range(len(writer.lines)))

    def _converted(self, operand: int, width: int) -> str:
        writer, number = self.operands[operand], self.values[operand]
        text = writer.name(number, width)
        return text if writer.lines[number].dtype is self.total else writer.convert(text, self.total, width)

    def start(self, name: str, width: int) -> str:
        """Statements that set what stands before the first element."""
        if len(self.operands) == self.operator.operands:
            return f"{name} = ({self.kind(width)})({self.identity});"
        return f"{{ {self._declared(1, width)} {name} = {self._converted(1, width)}; }}"

    def element(self, width: int) -> str:
        """Statements that compute an element, and its factor if it has one."""
        return "\n".join(self._declared(operand, width) for operand in range(self.operator.operands))

    def value(self, width: int) -> str:
        return self._converted(0, width)

    def fold(self, left: str, right: str, width: int) -> str:
        factor = self._converted(1, width) if self.operator.operands > 1 else ""
        return self.operator.c.format(left, right, factor, T=self.kind(width))

    def shifted(self, name: str, reach: int) -> str:
        """A vector's lanes, each in the place of one further on; what comes in is the identity."""
        kept = [f"{name}.s{LANES[lane]}" for lane in range(self.width)]
        nothing = [self.identity] * reach
        lanes = [*kept[reach:], *nothing] if self.reverse else [*nothing, *kept[:-reach]]
        return f"({self.kind(self.width)})({', '.join(lanes)})"

    def results(self, value: str, width: int) -> str:
        """Statements from the fold to the stores."""
        texts = []
        for number, line in enumerate(self.writer.lines):
            if isinstance(line, Result):
                text = value if self.total is self.dtype else self.writer.convert(value, self.dtype, width)
                texts.append(f"const {vector_type(line.dtype, width)} v{number} = {text};")
            else:
                texts.append(self.writer.declare(number, width))
        return "\n".join([*texts, self.stores(self.kernel.stores, width)])
