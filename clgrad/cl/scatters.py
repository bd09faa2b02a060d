"""The sizes of kernels that write rows by index."""

from __future__ import annotations

import math
from dataclasses import replace

from clgrad.cl.caps import Capabilities
from clgrad.cl.orders import OrderShape, loads
from clgrad.cl.shapes import STREAM, KernelShape
from clgrad.cl.writer import Writer, power_of_two
from clgrad.kernel import Kernel, Load
from clgrad.ops import anchors

WIDE = 32
"""Elements of a row from which on reading its index costs little beside it."""
GROUPS_PER_UNIT = 8
"""Groups that a GPU's core is given to write by index: each reads all indices."""


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
        source = table.lines[table.value]
        self.in_place = isinstance(source, Load) and source.argument == self.result.argument
        self.streams = self._streams(length)
        if capabilities.is_cpu:
            # Each range reads all indices: one a core, and several only where that is little beside the rows' work.
            ranges = capabilities.compute_units * (4 if self.row_size >= WIDE else 1)
            written = math.prod(index.shape) * self.row_size if self.in_place else math.prod(table.shape)
            ranges = min(self.rows, max(1, min(ranges, written // 512)))
            self.rows_per_item = -(-self.rows // ranges)
            if not self.inner:
                self.rows_per_item = -(-self.rows_per_item // self.width) * self.width
            self.ranges = -(-self.rows // self.rows_per_item)
            self.local_size, self.global_size = (1,), (self.ranges,)
        else:
            # A work-item owns one column of a range, so that neighbours write neighbours.
            wanted = GROUPS_PER_UNIT * self.group * capabilities.compute_units // self.row_size
            self.rows_per_item = -(-self.rows // min(self.rows, max(1, wanted)))
            self.ranges = -(-self.rows // self.rows_per_item)
            items = self.ranges * self.row_size
            self.local_size = (self.group,)
            self.global_size = (-(-items // self.group) * self.group,)

    @property
    def turns(self) -> int:
        return super().turns + math.prod(size for _, size in self.places)

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


class ScatterSortedShape(OrderShape):
    """An element of the result a work-item, which walks its row's stretch of the sorted index: again no atomics."""

    template = "scatter_sorted"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        table, index, values, order, starts = self.operands
        self.rows, self.inner, self.sizes = table.shape[0], table.shape[1:], index.shape
        self.names = [f"j{axis}" for axis in range(len(self.inner))]
        self.places = [f"s{axis}" for axis in range(len(self.sizes))]
        self.table = self._reader(table, ["r", *self.names], "x")
        self.values = self._reader(values, [*self.places, *self.names], "y")
        self.order = self._reader(order, ["s"], "z")
        self.first = self._reader(starts, ["r"], "u")
        self.last = self._reader(starts, ["next"], "w")
        self.combine = anchors.COMBINE.get(self.attributes[0])
        self.dtype = table.lines[table.value].dtype
        assert self.combine is None or not self.dtype.is_half, "halves are combined in float32"
        self._launch(math.prod(table.shape))

    def combined(self, value: str, old: str) -> str:
        """A value and what it is combined with."""
        return self.combine.c.format(value, old) if self.combine is not None else value

    @property
    def stored(self) -> str:
        """The element, as memory holds it."""
        return self.table.writer.narrowed("result", self.dtype, 1)

    @property
    def accesses(self) -> tuple[int, int]:
        """Global loads and stores of a launch that combines: each value is read once, and so is its place in each
        column; no index is read by a row that it does not name."""
        table, _, values, order, starts = map(loads, self.operands)
        each = math.prod(self.sizes) * math.prod(self.inner)
        return (table + 2 * starts) * self.items + (values + order) * each, self.items
