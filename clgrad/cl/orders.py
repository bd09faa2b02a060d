"""The sizes of kernels that sort, merge, look up and count: what a work-item takes from end to end.

Their templates write results by plain place, for an anchor's result is a whole buffer.
"""

from __future__ import annotations

import math

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import GRAIN, KernelShape
from clgrad.cl.writer import Writer, power_of_two
from clgrad.kernel import Kernel, Load, Program

INSERTED = 32
"""Up to so many pairs are sorted by insertion."""
LONG_RUN = 4096
"""From so many pairs on, three passes over digits of 11 bits cost less than four of 8: counts are cleared and added."""
PAIR = 8
"""Bytes of a pair."""
EACH = 8
"""Pairs that a work-item of a GPU sorts in registers, and merges."""
COUNTED = 8
"""Elements that a work-item of a GPU reads before its group looks at them."""
STRIP_LOOKED = 64
"""Numbers of a strip that a CPU looks at in vectors."""
LOOKUPS = 256
"""Elements that a work-item of a CPU looks up."""
SIDE_BY_SIDE = 32
"""Elements that it looks up at the same time."""


def tile(capabilities: Capabilities) -> int:
    """How many pairs a work-group sorts and merges in local memory: a power of two, and half of the memory at most."""
    return EACH * power_of_two(min(capabilities.group, capabilities.local_memory // (2 * PAIR * EACH)))


def loads(program: Program) -> int:
    """How often one element of an operand reads memory."""
    return sum(isinstance(line, Load) for line in program.lines)


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

    @property
    def turns(self) -> int:
        # In the worst case all of an operand is in one item's share.
        return -(-max(math.prod(operand.shape) for operand in self.operands) // math.prod(self.global_size))

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


class TileShape(OrderShape):
    """What a GPU sorts and merges with: a tile of pairs in a work-group's local memory."""

    whole = False
    """Whether pairs are compared whole, or by their keys."""

    def _set_tile(self, size: int) -> None:
        self.tile, self.each = size, EACH
        self.items_of_group = size // EACH
        self.room = size + size // EACH

    def _launch_groups(self, groups: int) -> None:
        self.local_size, self.global_size = (self.items_of_group,), (groups * self.items_of_group,)

    def at(self, place: str) -> str:
        """A pair of the tile: one place is left free after each EACH, and so work-items meet in different banks."""
        return f"tile[{place} + {place} / {EACH}]"

    def key(self, pair: str) -> str:
        """What pairs are compared by."""
        return pair if self.whole else f"{pair} >> 32"


class SortRunsShape(TileShape):
    """CPU: a work-item sorts runs; where they are short, several. GPU: a work-group sorts as many as its tile takes.

    A run that no tile takes is sorted by a work-item on a GPU, too; who asks for runs knows the tile's size.
    """

    template = "sort_runs"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        (pairs,) = self.operands
        self.rows, self.length = pairs.shape
        self.run = min(self.attributes[0], self.length)
        self.runs = -(-self.length // self.run)
        """Runs of a row."""
        self.pairs = self._reader(pairs, ["r", "i"], "x")
        self.written, self.written_of_row = self._written()
        if not capabilities.is_cpu and max(self.run, self.written) <= tile(capabilities):
            self._set_runs()
            return
        self._set_work()
        self.per_item = max(1, GRAIN // self.run) if capabilities.is_cpu else 1
        self._launch(-(-self.rows * self.runs // self.per_item))

    def _written(self) -> tuple[int, int]:
        """How many pairs of a run are written, and of a row."""
        return self.run, self.length

    def _set_work(self) -> None:
        """The sizes of a work-item's loops."""
        self.inserts = self.run <= INSERTED
        self.bits, self.passes = (11, 3) if self.run >= LONG_RUN else (8, 4)

    def _set_runs(self) -> None:
        """Fill a tile with runs."""
        self.template = "sort_tile"
        self.padded = max(EACH, _upper_power_of_two(max(self.run, self.written)))
        self.side_by_side = min(tile(self.capabilities) // self.padded, _upper_power_of_two(self.rows * self.runs))
        self._set_tile(self.padded * self.side_by_side)
        self._launch_groups(-(-self.rows * self.runs // self.side_by_side))

    @property
    def accesses(self) -> tuple[int, int]:
        """Global loads and stores of a launch with tiles: each pair is read once, and those wanted are written once."""
        return loads(self.operands[0]) * self.rows * self.length, self.rows * self.written_of_row


class TopRunsShape(SortRunsShape):
    """CPU: a work-item looks through runs; where they are short, several. GPU: a work-group sorts them."""

    template = "top_runs"
    whole = True

    def _written(self) -> tuple[int, int]:
        count = self.attributes[1]
        return count, self.runs * count

    def _set_work(self) -> None:
        self.count = self.written
        self.strip = STRIP_LOOKED if self.capabilities.is_cpu else 1


class MergeRunsShape(TileShape):
    """CPU: a work-item makes a piece of a row of the result, wherever its two runs begin. GPU: a group makes a tile."""

    template = "merge_runs"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        (pairs,) = self.operands
        self.rows, self.length = pairs.shape
        (self.run,) = self.attributes
        self.left = self._reader(pairs, ["r", "i"], "x")
        self.right = self._reader(pairs, ["r", "j"], "y")
        if capabilities.is_cpu:
            self.piece = max(GRAIN, self.rows * self.length // (2 * capabilities.compute_units))
            self.piece = min(self.piece, self.length)
            self.pieces = -(-self.length // self.piece)
            self._launch(self.rows * self.pieces)
        else:
            self.template = "merge_tile"
            self._set_tile(tile(capabilities))
            self.couples = -(-self.length // (2 * self.run))
            self.tiles = -(-min(2 * self.run, self.length) // self.tile)
            """Tiles of a pair of runs."""
            self._launch_groups(self.rows * self.couples * self.tiles)

    @property
    def accesses(self) -> tuple[int, int]:
        """Global loads and stores of a launch with tiles: each pair once, and a tile's ends are looked for by halving:
        so many loads at most."""
        groups = self.global_size[0] // self.items_of_group
        looked = groups * 2 * 2 * min(self.run, self.length).bit_length()
        return loads(self.operands[0]) * (self.rows * self.length + looked), self.rows * self.length


def _upper_power_of_two(size: int) -> int:
    return 1 << (size - 1).bit_length()


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
    """CPU: a work-item counts a row, alone. GPU: a work-group counts some bins of a row.

    There are no atomics, and sums are added in the same order every time.
    """

    template = "tally"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        weights, index = self.operands
        self.rows, self.length = weights.shape
        (self.bins,) = self.attributes
        dtype = weights.lines[weights.value].dtype
        assert not dtype.is_half, "halves are counted in wider floats"
        self.weights, self.bin = self._reader(weights, ["r", "i"], "x"), self._reader(index, ["r", "i"], "y")
        if capabilities.is_cpu:
            self.per_item = max(1, GRAIN // self.length)
            self._launch(-(-self.rows // self.per_item))
        else:
            self.template = "tally_tile"
            self.kind = dtype.c
            self.items_of_group = power_of_two(self.group)
            self.side_by_side = min(self.items_of_group, _upper_power_of_two(self.bins))
            """Bins of a group, each counted by as many work-items as there are slices of the row."""
            self.slices = self.items_of_group // self.side_by_side
            self.blocks = -(-self.bins // self.side_by_side)
            self.tile = min(COUNTED * self.items_of_group, self.length)
            self.local_size = (self.items_of_group,)
            self.global_size = (self.rows * self.blocks * self.items_of_group,)

    @property
    def accesses(self) -> tuple[int, int]:
        """Global loads and stores of a launch of groups: each block of bins reads the index, and one the weight."""
        weights, index = map(loads, self.operands)
        return self.rows * self.length * (self.blocks * index + weights), self.rows * self.bins
