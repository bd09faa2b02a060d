"""Scans: the sizes of their loops, on CPUs and on GPUs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clgrad.cl.caps import Capabilities
from clgrad.cl.folds import FILL, LARGEST_GROUP
from clgrad.cl.reductions import regained
from clgrad.cl.shapes import GRAIN, STRIP, KernelShape
from clgrad.cl.writer import Writer, literal, power_from, power_of_two, vector_type
from clgrad.dtypes import float32
from clgrad.kernel import Kernel, Line, Load, Result
from clgrad.ops import reduces, scans
from clgrad.ops.elementary import LANES

EACH, ALONE = 4, 16
"""Neighbours in a row that a work-item of a group scans by itself; ALONE, if nobody shares its row."""
SIDE = 64
"""Rows of a group that are scanned by one work-item each."""
BANKS = 32
"""Elements of local memory after which one is left out, so that work-items a few elements apart do not collide."""
FEW_STEPS = 64
"""Shorter rows are scanned element by element: folding a vector within itself is not worth it."""


class ScanShape(KernelShape):
    """A scan on a CPU: along contiguous rows in vectors; else lane by lane."""

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
        self.adds_up = self.operator.grows and self.dtype is self.total is float32
        """Whether a sum that can not be made in double keeps what it loses by rounding, ``lost`` beside it."""
        lane = max((one for one in range(axis + 1, len(shape)) if shape[one] > 1), default=None)
        across = max((one for one in range(axis) if shape[one] >= self.width), default=None)
        self.form = "walk"
        if lane is None and self.operator.by_halves and capabilities.is_cpu:
            if self.operator.helper is not None and across is not None:
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
        self.slots, self.piece, strip = 1, self.width, STRIP * 4 // self.total.size
        if self.form == "vectors":
            self.remainder = self.length % self.width
            self.reaches = [1 << step for step in range(self.width.bit_length() - 1)]
            self.last_lane = "0" if self.reverse else LANES[self.width - 1]
        else:
            units = self.capabilities.compute_units if self.rows == 1 else 1
            strip = self.width if self.gathers else strip
            self.slots = -(-min(max(self.width, strip), -(-self.lanes // units)) // self.width)
            self.piece = self.slots * self.width
        self.last_slots = -(-((self.lanes - 1) % self.piece + 1) // self.width)
        self.rows_per_item = max(1, GRAIN // (self.length * min(self.lanes, self.piece)))
        items = -(-self.rows // self.rows_per_item)
        if self.form == "vectors":
            self.global_size, self.local_size = (items,), (1,)
        else:
            self.global_size, self.local_size = (-(-self.lanes // self.piece), items), (1, 1)

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
        nothing_lost = f"{self.lost(name)} = ({self.kind(width)})(0);" if self.adds_up else ""
        if len(self.operands) == self.operator.operands:
            return f"{name} = ({self.kind(width)})({self.identity}); {nothing_lost}"
        return f"{{ {self._declared(1, width)} {name} = {self._converted(1, width)}; {nothing_lost} }}"

    def lost(self, name: str) -> str:
        """The variable of what a fold has lost by rounding."""
        return f"lost{name[name.index('[') :]}" if "[" in name else "lost"

    def folds(self, name: str, slots: int = 0) -> str:
        """The statement that declares folds."""
        size = f"[{slots}]" if slots else ""
        names = [f"{one}{size}" for one in ([name, self.lost(name)] if self.adds_up else [name])]
        return f"{self.kind(self.width if slots else 1)} {', '.join(names)};"

    def advance(self, name: str, value: str, width: int, factor: str = "") -> str:
        """The statement that folds an element into what stands before it."""
        if self.adds_up:
            # As add_up, but what is lost goes back into the fold at each step: of many it would grow, and lose itself.
            lost, kind = self.lost(name), self.kind(width)
            if self.operator.fold is reduces.sum_:
                most = f"{name} + {value}, part = most - {name}"
                more = f"{lost} + (({name} - (most - part)) + ({value} - part))"
            else:
                # The larger of both, and what their fold is more than that.
                most = f"(({name} > {value}) | ({name} != {name})) ? {name} : {value}"
                grown = self.fold(f"({name} - most)", f"({value} - most)", width)
                more = f"{grown} + ((most == {name}) ? {lost} : ({kind})(0))"
            return (
                f"{{ const {kind} most = {most}, more = {more}, rest = {regained('more', kind)}; "
                f"{name} = most + rest; {lost} = rest - ({name} - most); }}"
            )
        return f"{name} = {self.fold(name, value, width, factor)};"

    def folded(self, name: str, width: int) -> str:
        """The value of a fold."""
        return f"({name} + {regained(self.lost(name), self.kind(width))})" if self.adds_up else name

    def element(self, width: int) -> str:
        """Statements that compute an element, and its factor if it has one."""
        return "\n".join(self._declared(operand, width) for operand in range(self.operator.operands))

    def value(self, width: int) -> str:
        return self._converted(0, width)

    def factor(self, width: int) -> str:
        return self._converted(1, width) if self.operator.operands > 1 else ""

    def fold(self, left: str, right: str, width: int, factor: str = "") -> str:
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


class GroupScanShape(ScanShape):
    """A scan on a GPU: rows along the data by a group, through local memory; others by a work-item each."""

    template = "scan_groups"

    def _choose_sizes(self) -> None:
        self.in_tiles = not self.lane
        if not self.in_tiles:
            # Neighbours go along their own rows, side by side.
            self.names, self.row_sizes = [*self.names, "n"], [*self.row_sizes, self.lanes]
            self.rows *= self.lanes
            self.walkers = 1
            self.local_size = (min(self.group, power_from(self.rows)),)
            self.global_size = (-(-self.rows // self.local_size[0]) * self.local_size[0],)
            return
        self.each, self.walkers = EACH if self.operator.by_halves else ALONE, 1
        # A group has tiles, with some room between rows and banks, and two totals for each of its work-items.
        of_each = self.total.size * (self.operator.operands * (self.each + 2) + 2)
        most = min(LARGEST_GROUP, self.capabilities.most_group, self.capabilities.local_memory // of_each)
        most, group = power_of_two(most), power_of_two(min(self.group, most))
        if self.operator.by_halves:
            self.walkers = min(group, power_from(-(-self.length // EACH)))
            while (
                self.rows * self.walkers < FILL * self.capabilities.compute_units
                and 2 * self.walkers <= most
                and self.walkers * EACH < self.length
            ):
                self.walkers *= 2
        else:
            group = min(group, SIDE)
        self.side = max(1, min(group // self.walkers, power_from(self.rows)))
        """Rows of a group, of which each has ``walkers`` work-items with ``each`` neighbours."""
        self.chunk = self.walkers * self.each
        self.pitch = self.chunk + self.chunk // BANKS + 1
        """Elements of local memory from row to row."""
        self.local_size = (self.side * self.walkers if self.operator.by_halves else group,)
        self.global_size = (-(-self.rows // self.side) * self.local_size[0],)

    def slot(self, row: str, place: str) -> str:
        """Where an element of a chunk is in local memory."""
        return f"({row}) * {self.pitch} + {place} + {place} / {BANKS}"

    @property
    def traffic(self) -> tuple[int, int]:
        """How many elements a launch reads from buffers and writes to them, if no load is masked."""
        assert self.kernel.anchor is not None
        programs = [one.lines for one in self.kernel.anchor.operands]
        each, starts = programs[: self.operator.operands], programs[self.operator.operands :]

        def loads(lines: Sequence[Line]) -> int:
            return sum(isinstance(line, Load) for line in lines)

        elements = self.rows * self.length
        read = elements * (sum(map(loads, each)) + loads(self.kernel.lines))
        items = self.global_size[0] // self.local_size[0] * self.side * self.walkers if self.in_tiles else self.rows
        return read + items * sum(map(loads, starts)), elements * len(self.kernel.stores)
