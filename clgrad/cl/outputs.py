"""Convolutions on a CPU with vectors along outputs (kernels/convolution_outputs.mako), and when they are the best."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.products import ProductShape
from clgrad.cl.shapes import ITEMS_PER_UNIT
from clgrad.cl.space import Sizes, Space
from clgrad.cl.windows import Windows, flat_place, load_of, places_among
from clgrad.cl.writer import Writer, power_of_two, transposed, vector_type
from clgrad.kernel import Kernel
from clgrad.view import Shape, contiguous_strides

PANEL_PLACES = 32
"""With fewer places, copying the weights of a vector of outputs costs more than it saves."""
PANEL_DEPTH = 64
"""With fewer products in a sum, turning tiles costs more than it saves."""
SUMMED_PLACES = 512
"""Places whose sums wait in memory between two panels of weights."""
OUTPUTS_PANEL_BYTES = 320 * 1024
"""A panel of the weights of a vector of outputs: the second cache holds it, and some data."""
MOST_UNROLLED = 16
"""Taps that are written out one by one, where each meets other places."""
WELL_FILLED = 0.9
"""The part of the lanes that have work along rows of taps from which on vectors had better lie there."""


def lies_along_outputs(x: Shape, w: Shape, spatial: Shape, groups: int, capabilities: Capabilities) -> bool:
    """Whether vectors had better lie along outputs: there are enough of them, enough places for a panel of weights,
    and no rows of taps that fill vectors as well."""
    width, taps = capabilities.vector_width, math.prod(w[2:])
    return (
        capabilities.vector_pointers
        and w[0] // groups >= width >= 8
        and math.prod(w[1:]) >= PANEL_DEPTH
        and x[0] * math.prod(spatial) >= PANEL_PLACES
        and taps * width * 4 <= OUTPUTS_PANEL_BYTES
        and not (taps > math.prod(spatial) and filled(w[-1], width) >= WELL_FILLED)
    )


def is_written(spatial: Shape, taps: Shape, capabilities: Capabilities) -> bool:
    """Whether taps along these axes are written out one by one, each with the places that it has data for."""
    return math.prod(spatial) <= capabilities.registers // 2 and math.prod(taps) <= MOST_UNROLLED


def filled(length: int, width: int) -> float:
    """How many of the lanes of the vectors along a row have work."""
    return length / (-(-length // width) * width)


class OutputsConvolutionShape(Windows):
    """On a CPU: vectors lie along the outputs; data are read number by number."""

    template = "convolution_outputs"
    space: ClassVar[Space] = {"places": (4, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28), "vectors": (1, 2, 3, 4)}
    transposes = gathers = False

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self.tile_width = max(1, self.width * 4 // max(4, self.total.size))
        self.vector_bytes = self.tile_width * self.total.size
        self.block_names, self.block_sizes = ["image", *self.space_names], (self.images, *self.spatial)
        self.n = self.m
        known = [
            axis for axis in range(len(self.taps)) if is_written(self.spatial[axis:], self.taps[axis:], capabilities)
        ]
        if self.skips:
            self.looped = known[0]
        self.plane = math.prod(self.spatial[self.looped :])
        self._make_writers()
        self.take(measured)
        self.vectors = self.sizes["vectors"]
        self.columns = self.vectors * self.tile_width
        self.counts = self._block(self.sizes)
        self.rows = math.prod(self.counts)
        self._choose_items()

    @cached_property
    def _blocks(self) -> list[Shape]:
        """Blocks of places that registers could hold, each axis cut evenly; of an update, without a rest. Where zeros
        are passed over, they are one place wide along axes whose taps are looped over, and whole along the others."""
        found: list[Shape] = [()]
        most = self.capabilities.registers
        for size in self.block_sizes:
            lengths = {-(-size // -(-size // one)) for one in range(1, min(size, most) + 1)}
            if self.kernel.updates:
                lengths = {one for one in lengths if size % one == 0}
            found = [(*block, one) for block in found for one in lengths if math.prod(block) * one < most]
        whole = (1,) * self.looped + self.spatial[self.looped :]
        return [block for block in found if not self.skips or block[1:] == whole]

    def _block(self, sizes: Sizes) -> Shape:
        """How long a block of at most so many places is along each axis."""
        fitting = (block for block in self._blocks if math.prod(block) <= sizes["places"])
        return min(fitting, key=lambda block: self._cycles(block, sizes["vectors"]))

    def _tiles(self, counts: Shape) -> list[int]:
        return [-(-size // count) for size, count in zip(self.block_sizes, counts)]

    def _met(self, taps: Shape) -> set[int]:
        """Which of the places that taps are written out for have such a tap among the data."""
        ranges = []
        known = zip(taps, *(one[self.looped :] for one in (self.stride, self.dilation, self.before, self.data_sizes)))
        for length, (tap, step, far, before, size) in zip(self.spatial[self.looped :], known):
            ranges.append(places_among(tap * far - before, step, length, size))
        strides = contiguous_strides(self.spatial[self.looped :])
        return {sum(step * one for step, one in zip(strides, place)) for place in itertools.product(*ranges)}

    @property
    def _written(self) -> Iterator[Shape]:
        """The taps that are written out; a single one where all are looped over."""
        return itertools.product(*map(range, self.taps[self.looped :]))

    def _run_axes(self, counts: Shape) -> int:
        """From which axis on the places of a block follow each other in the result."""
        inside = {"place": self.space_names, "n": self.block_names}.get(self.axes[-1], [])
        merged = 1
        while merged < len(inside) and counts[-merged] == self.block_sizes[-merged]:
            merged += 1
        return len(counts) - merged

    def _run_width(self, run: int) -> int:
        """The lanes of the vectors that a run of places is written in."""
        return min(self.tile_width, power_of_two(run))

    @cached_property
    def _met_numbers(self) -> list[int]:
        return [len(self._met(taps)) for taps in self._written]

    @staticmethod
    def _tap_cycles(rows: int, vectors: int) -> float:
        """About how long a tap of a tile takes: a cycle has two products, or two loads, and a sum is ready for the next
        product after four."""
        return max(rows * vectors / 2, (rows + vectors) / 2, 1.5 * vectors, 4)

    def _cycles(self, counts: Shape, vectors: int) -> float:
        """About how long the tiles of a block take: their taps; then each is turned, and its runs are written."""
        planes = math.prod(counts) // self.plane
        rows = [planes * met for met in self._met_numbers]
        steps = sum(self._tap_cycles(row, vectors) for row in rows if row)
        first = self._run_axes(counts)
        runs, run = math.prod(counts[:first]), math.prod(counts[first:])
        turns = 4 * vectors * self.tile_width * -(-math.prod(counts) // self.tile_width)
        writes = 8 * vectors * self.tile_width * runs * -(-run // self._run_width(run))
        tiles = math.prod(self._tiles(counts)) * -(-self.m // (vectors * self.tile_width))
        return tiles * (self.depth / len(rows) * steps + turns + writes)

    def _sizes(self, block: Shape, vectors: int) -> Sizes:
        return {"places": math.prod(block), "vectors": vectors}

    def rules(self) -> Sizes:
        every = itertools.product(self._blocks, self.space["vectors"])
        fitting = [(block, vectors) for block, vectors in every if self.allows(self._sizes(block, vectors))]
        return self._sizes(*min(fitting, key=lambda one: self._cycles(*one)))

    def allows(self, sizes: Sizes) -> bool:
        vectors, registers = sizes["vectors"], self.capabilities.registers
        if self.skips:  # of several taps in a row compilers keep more than one's data
            registers = registers * 5 // 8
        return (
            (sizes["places"] + 1) * vectors < registers
            and sizes["places"] >= self.plane
            and vectors * self.tile_width <= self.m
            and not (self.kernel.updates and self.m % (vectors * self.tile_width))
            and (vectors == 1 or math.prod(self.taps) * vectors * self.vector_bytes <= OUTPUTS_PANEL_BYTES)
        )

    def _make_writers(self, lane: int | None = None, a_lane: int | None = None, b_lane: int | None = None) -> None:
        super()._make_writers()
        weights = self.a
        axes = ["n" if name == "m" else name for name in weights.axes]
        self.b = replace(weights, axes=axes, lane=1)
        self.b_down, self.b_value = replace(weights, axes=axes, lane=len(axes) - 1), self.a_value
        length = math.prod(self.taps) if self.splits_k else self.depth
        self.turn = min(self.tile_width, 8)
        if self.splits_k:  # what is turned at a time are taps of one channel
            self.turn = math.gcd(self.turn, length)
        self.transposes = load_of(weights).view.strides[-1] == 1 and length >= self.turn >= 4

    def _choose_items(self) -> None:
        tiles = self._tiles(self.counts)
        self.tile_counts, self.tiles = tiles, math.prod(tiles)
        column_tiles = -(-self.m // self.columns)
        wanted = max(1, ITEMS_PER_UNIT * self.capabilities.compute_units // (column_tiles * self.batch))
        self.span = max(-(-self.tiles // wanted), -(-PANEL_PLACES // self.rows))
        taps = math.prod(self.taps)
        most = max(1, OUTPUTS_PANEL_BYTES // (taps * self.vectors * self.vector_bytes))
        self.panel_channels = -(-self.channels // -(-self.channels // most))
        """Channels whose weights a panel holds."""
        self.panel_depth = self.panel_channels * taps
        if self.splits:
            self.span = min(self.span, max(1, SUMMED_PLACES // self.rows))
        self.local_size = (1, 1, 1)
        self.global_size = (column_tiles, -(-self.tiles // self.span), self.batch)
        # Places that follow each other in the result are written in runs.
        self.run_axes = self._run_axes(self.counts)
        self.run, self.runs = math.prod(self.counts[self.run_axes :]), math.prod(self.counts[: self.run_axes])
        self.run_width = self._run_width(self.run)
        self.turned_rows = -(-self.rows // self.tile_width) * self.tile_width

    # -- what the template writes -----------------------------------------------------------

    @property
    def splits(self) -> bool:
        """Whether sums over a part of the channels wait in memory for the next part."""
        return self.panel_channels < self.channels

    def operand(self, writer: Writer, width: int) -> str:
        split = self.unflatten("k", ["channel", "tap"], [0, math.prod(self.taps)]) if self.splits_k else ""
        return f"{split} {super().operand(writer, width)}"

    @property
    def corner(self) -> str:
        """Statements that say where a tile begins, and its first element."""
        texts = [self.unflatten("tile", [f"{name}_tile" for name in self.block_names], self.tile_counts)]
        for name, count, size in zip(self.block_names, self.counts, self.block_sizes):
            start, last = f"{name}_tile * {count}", size - count
            texts.append(f"const {self.index} {name}0 = {start} <= {last} ? {start} : {last};")
        own = {*self.block_names, "section"}
        axes = [f"{name}0" if name in self.block_names else name for name in self.data.axes]
        texts.append(f"const {self.index} corner = {self._address(own, axes)};")
        return " ".join(texts)

    @property
    def step(self) -> str:
        """How far from a tile's first element a channel's tap is, as far as it is looped over."""
        return self._address({"channel", *self.tap_names[: self.looped]}, self.data.axes)

    @property
    def weights_place(self) -> str:
        """Where the weights of a channel's tap, as far as it is looped over, are among the panel's vectors."""
        channel = "channel - channel0" if self.splits else "channel"
        flat = flat_place([channel, *self.tap_names[: self.looped]], (0, *self.taps[: self.looped]))
        return f"({flat}) * {math.prod(self.taps[self.looped :]) * self.vectors}"

    @property
    def products(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Of each tap that is written out: its number, and the rows of a tile that it meets, with how far from the
        tile's first element the data are that a row meets there."""
        steps = self.x_view.strides[len(self.x_view.strides) - len(self.taps) + self.looped :]
        for number, taps in enumerate(self._written):
            shift, met = sum(step * tap for step, tap in zip(steps, taps)), self._met(taps)
            yield number, [(row, far + shift) for row, far in enumerate(self.distances) if row % self.plane in met]

    @property
    def distances(self) -> list[int]:
        """How far from its first element those of a tile's other places are."""
        strides = [step for name, step in zip(self.data.axes, self.x_view.strides) if name in self.block_names]
        order = [name for name in self.data.axes if name in self.block_names]
        assert order == self.block_names
        return [
            sum(step * place for step, place in zip(strides, places))
            for places in itertools.product(*map(range, self.counts))
        ]

    def turn_tile(self, array: str) -> Iterator[str]:
        """Statements that write a tile's sums to an array, output by output."""
        kind = vector_type(self.total, self.tile_width)
        for v, first in itertools.product(range(self.vectors), range(0, self.rows, self.tile_width)):
            yield "{"
            for row in range(self.tile_width):
                yield f"const {kind} r{row} = c{min(first + row, self.rows - 1)}_{v};"
            texts, names = transposed(self.total, self.tile_width, "r", "t")
            yield from texts
            for lane, name in enumerate(names):
                place = (v * self.tile_width + lane) * self.turned_rows + first
                yield f"{array}[{place // self.tile_width}] = {name};"
            yield "}"

    @property
    def run_place(self) -> str:
        """Statements that say where a run of places begins."""
        outer, counts = self.block_names[: self.run_axes], self.counts[: self.run_axes]
        texts = [self.unflatten("run", [f"{name}_at" for name in outer], counts)]
        texts += [f"const {self.index} {name} = {name}0 + {name}_at;" for name in outer]
        if self.axes[-1] != self.space_names[-1]:
            names, sizes = self.space_names, self.spatial
            if self.axes[-1] == "n":
                names, sizes = ["image", *names], (0, *sizes)
            starts = [name if name in outer else f"{name}0" for name in names]
            texts.append(f"const {self.index} start = {flat_place(starts, sizes)};")
        return " ".join(texts)

    @property
    def place(self) -> str:
        start = f"{self.space_names[-1]}0" if self.axes[-1] == self.space_names[-1] else "start"
        return f"const {self.index} {self.axes[-1]} = {start} + at;"

    def values(self, width: int) -> str:
        """Sums of a run, from a place on."""
        return self.writer.private("values", "at", self.total, width)

    def epilogue(self, value: str, width: int) -> str:
        return ProductShape.epilogue(self, value, width)
