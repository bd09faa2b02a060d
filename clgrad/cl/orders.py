"""The sizes of kernels that sort, merge, look up and count: what a work-item takes from end to end.

Their templates write results by plain place, for an anchor's result is a whole buffer.
"""

from __future__ import annotations

import math

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import GRAIN, KernelShape
from clgrad.cl.writer import Writer
from clgrad.kernel import Kernel, Program

INSERTED = 32
"""Up to so many pairs are sorted by insertion."""
LONG_RUN = 4096
"""From so many pairs on, three passes over digits of 11 bits cost less than four of 8: counts are cleared and added."""
PIECE = 8
"""Elements that a work-item of a GPU merges."""
STRIP_LOOKED = 64
"""Numbers of a strip that a CPU looks at in vectors."""
LOOKUPS = 256
"""Elements that a work-item of a CPU looks up."""
SIDE_BY_SIDE = 32
"""Elements that it looks up at the same time."""


class OrderShape(KernelShape):
    """What these templates share: an operand is read at any place, and work-items stand in one line."""

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        self.operands = kernel.anchor.operands
        self.attributes = kernel.anchor.attributes
        self.writer = Writer(kernel.lines, (), kernel.shape, None, capabilities)
        (store,) = kernel.stores
        self.result = f"a{store.argument}"

    def _reader(self, operand: Program, axes: list[str], prefix: str) -> Reader:
        writer = Writer(operand.lines, axes, operand.shape, None, self.capabilities, prefix)
        writer.helpers = self.writer.helpers
        return Reader(writer, operand.value)

    def _launch(self, items: int) -> None:
        """One work-item for each of these; the template drops those beyond."""
        self.items = items
        local = 1 if self.capabilities.is_cpu else min(self.group, items)
        self.local_size = (local,)
        self.global_size = (-(-items // local) * local,)


class Reader:
    """An operand at a place: the statements that compute it, and its name."""

    def __init__(self, writer: Writer, value: int) -> None:
        self.writer = writer
        self.lines = "\n".join(writer.declare(number, 1) for number in range(len(writer.lines)))
        self.value = writer.name(value)


class SortRunsShape(OrderShape):
    """A work-item sorts runs; where they are short, several."""

    template = "sort_runs"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        (pairs,) = self.operands
        self.rows, self.length = pairs.shape
        self.run = min(self.attributes[0], self.length)
        self.runs = -(-self.length // self.run)
        """Runs of a row."""
        self.inserts = self.run <= INSERTED
        self.bits, self.passes = (11, 3) if self.run >= LONG_RUN else (8, 4)
        self.pairs = self._reader(pairs, ["r", "i"], "x")
        self.per_item = max(1, GRAIN // self.run) if capabilities.is_cpu else 1
        self._launch(-(-self.rows * self.runs // self.per_item))


class MergeRunsShape(OrderShape):
    """A work-item makes a piece of a row of the result, wherever its two runs begin."""

    template = "merge_runs"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        (pairs,) = self.operands
        self.rows, self.length = pairs.shape
        (self.run,) = self.attributes
        self.left = self._reader(pairs, ["r", "i"], "x")
        self.right = self._reader(pairs, ["r", "j"], "y")
        self.piece = PIECE
        if capabilities.is_cpu:
            self.piece = max(GRAIN, self.rows * self.length // (2 * capabilities.compute_units))
        self.piece = min(self.piece, self.length)
        self.pieces = -(-self.length // self.piece)
        self._launch(self.rows * self.pieces)


class TopRunsShape(OrderShape):
    """A work-item looks through runs; where they are short, several."""

    template = "top_runs"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        (pairs,) = self.operands
        self.rows, self.length = pairs.shape
        self.run, self.count = self.attributes
        self.runs = -(-self.length // self.run)
        self.strip = STRIP_LOOKED if capabilities.is_cpu else 1
        self.pairs = self._reader(pairs, ["r", "i"], "x")
        self.per_item = max(1, GRAIN // self.run) if capabilities.is_cpu else 1
        self._launch(-(-self.rows * self.runs // self.per_item))


class PlaceShape(OrderShape):
    """A work-item puts a range of values at their places."""

    template = "place"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        values, index = self.operands
        (self.length,), (self.size,) = values.shape, self.attributes
        self.values, self.index_of = self._reader(values, ["i"], "x"), self._reader(index, ["i"], "y")
        self.per_item = GRAIN if capabilities.is_cpu else 1
        dtype = values.lines[values.value].dtype
        self.stored = self.values.writer.narrowed(self.values.value, dtype, 1)
        self._launch(-(-self.length // self.per_item))


class SearchShape(OrderShape):
    """A work-item looks up a range of values, of whatever rows."""

    template = "search"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        sequence, values = self.operands
        self.length, self.count = sequence.shape[1], values.shape[1]
        self.total = math.prod(values.shape)
        (self.right,) = self.attributes
        self.step = 1 << (self.length.bit_length() - 1)
        """The longest step: the largest power of two up to the length."""
        self.sequence = self._reader(sequence, ["r", "s"], "x")
        self.values = self._reader(values, ["r", "i"], "y")
        self.kind = values.lines[values.value].dtype.c
        self.together = SIDE_BY_SIDE if capabilities.is_cpu else 1
        self.per_item = LOOKUPS if capabilities.is_cpu else 1
        self._launch(-(-self.total // self.per_item))


class TallyShape(OrderShape):
    """A work-item counts a row, alone: no atomics, and sums are added in the same order every time."""

    template = "tally"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        weights, index = self.operands
        self.rows, self.length = weights.shape
        (self.bins,) = self.attributes
        assert not weights.lines[weights.value].dtype.is_half, "halves are counted in wider floats"
        self.weights, self.bin = self._reader(weights, ["r", "i"], "x"), self._reader(index, ["r", "i"], "y")
        self.per_item = max(1, GRAIN // self.length) if capabilities.is_cpu else 1
        self._launch(-(-self.rows // self.per_item))
