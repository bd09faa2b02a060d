"""Convolutions of three taps on a CPU with half the products (ops/winograd.py), from data to result in one kernel."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.outputs import OutputsConvolutionShape, lies_along_outputs
from clgrad.cl.shapes import ITEMS_PER_UNIT
from clgrad.cl.space import Sizes, Space
from clgrad.cl.windows import Windows, flat_place, load_of
from clgrad.cl.writer import literal, power_of_two
from clgrad.dtypes import DType, float32
from clgrad.kernel import Kernel
from clgrad.ops import winograd
from clgrad.ops.convolutions import shape_of
from clgrad.view import Shape

COMBINED_BYTES = 320 * 1024
"""Combined weights of a vector of outputs, or data of a line: the second cache holds both."""
FEW_CHANNELS = 16
"""With fewer, combining costs more than it saves."""
FEW_PLACES = 256
"""With fewer, the weights are not worth combining."""
SHORT_ROW = 8
"""In shorter rows the products with zeros beside them are too many."""
WORTH = 0.8
"""The part of the products that may be left at most."""


def is_combined(x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType, capabilities: Capabilities) -> bool:
    """Whether a convolution gets this form."""
    _, _, _, groups, swapped = attributes
    spatial = shape_of(x, w, *attributes)[2:]
    if swapped or dtype is not float32 or len(spatial) != 2 or w[1] < FEW_CHANNELS:
        return False
    windows = -(-spatial[-2] // winograd.PLACES)
    return (
        winograd.fits(x, w, *attributes)
        and lies_along_outputs(x, w, spatial, groups, capabilities)
        and x[0] * math.prod(spatial) >= FEW_PLACES
        and spatial[-1] >= SHORT_ROW
        and winograd.TERMS * windows <= WORTH * winograd.TAPS * spatial[-2]
        and winograd.TERMS * w[1] * w[-1] * capabilities.vector_width * 4 <= COMBINED_BYTES
        and _line_bytes(w[1], x[-1] + sum(attributes[0][-1])) <= COMBINED_BYTES
    )


def _line_bytes(channels: int, width: int) -> int:
    """The combined data of a row of windows, which the second cache holds beside a panel of weights."""
    return winograd.TERMS * channels * width * 4


class CombinedConvolutionShape(OutputsConvolutionShape):
    """On a CPU: vectors lie along the outputs; windows of data, weights and sums are combined with constants."""

    template = "convolution_combined"
    space: ClassVar[Space] = {
        "places": (4, 6, 7, 8, 10, 12, 13, 14, 16, 20, 24, 28),
        "vectors": (1, 2, 3),
        "terms": (winograd.TERMS,),
    }

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        Windows.__init__(self, kernel, capabilities)
        assert kernel.anchor is not None
        self.tile_width = self.width
        self.vector_bytes = self.tile_width * self.total.size
        self.terms, self.window_places = winograd.TERMS, winograd.PLACES
        self.height, self.data_width = self.data_sizes
        (above, _), (left, right) = kernel.anchor.attributes[0]
        self.above, self.left, self.padded_width = above, left, left + self.data_width + right
        self.windows = -(-self.spatial[0] // self.window_places)
        self.lines = self.images * self.windows
        """Rows of windows, of all images."""
        self.block_sizes = (self.lines, self.spatial[1])
        self.n = self.m
        self.data_view = load_of(kernel.anchor.operands[0]).view
        self._make_writers()
        self.take(measured)
        self.vectors = self.sizes["vectors"]
        self.columns = self.vectors * self.tile_width
        self.counts = self._block(self.sizes)
        self.rows = math.prod(self.counts)
        self._choose_items()

    # -- sizes ------------------------------------------------------------------------------

    @cached_property
    def _blocks(self) -> list[Shape]:
        """Blocks of lines and places that registers and the cache could hold, each axis cut evenly."""
        most = self.capabilities.registers
        cuts = [{-(-size // -(-size // one)) for one in range(1, min(size, most) + 1)} for size in self.block_sizes]
        longest = COMBINED_BYTES // _line_bytes(self.channels, self.padded_width)
        return [one for one in itertools.product(*cuts) if math.prod(one) < most and one[0] <= longest]

    def _cycles(self, counts: Shape, vectors: int) -> float:
        """About how long all tiles take, as without combining; and how long it takes to combine data and sums."""
        rows, column_tiles = math.prod(counts), -(-self.m // (vectors * self.tile_width))
        taps = self.terms * self.channels * self.taps[1] * self._tap_cycles(rows, vectors)
        combined = 12 * rows * vectors
        turns = 4 * vectors * self.tile_width * -(-rows // self.tile_width)
        writes = 8 * vectors * self.tile_width * counts[0] * -(-counts[1] // self._run_width(counts[1]))
        tiles = math.prod(self._tiles(counts)) * column_tiles
        data = 24 * self.lines * self.channels * -(-self.data_width // self.tile_width) * column_tiles
        return tiles * (taps + combined + self.window_places * (turns + writes)) + data

    def _sizes(self, block: Shape, vectors: int) -> Sizes:
        # A name of its own: sizes of the form along outputs, of equal classes, are not taken.
        return {**super()._sizes(block, vectors), "terms": winograd.TERMS}

    def allows(self, sizes: Sizes) -> bool:
        vectors = sizes["vectors"]
        weights = self.terms * self.channels * self.taps[1] * vectors * self.vector_bytes
        return (
            (sizes["places"] + 1) * vectors < self.capabilities.registers
            and vectors * self.tile_width <= self.m
            and (vectors == 1 or weights <= COMBINED_BYTES)
        )

    def _choose_items(self) -> None:
        self.line_tiles, self.place_tiles = self._tiles(self.counts)
        column_tiles = -(-self.m // self.columns)
        wanted = max(1, ITEMS_PER_UNIT * self.capabilities.compute_units // (column_tiles * self.batch))
        self.span = -(-self.line_tiles // wanted)
        """Blocks of lines of a work-item."""
        self.panel_channels, self.panel_depth = self.channels, self.depth
        self.local_size = (1, 1, 1)
        self.global_size = (column_tiles, -(-self.line_tiles // self.span), self.batch)
        self.run_width = self._run_width(self.counts[1])
        self.turned_rows = -(-self.rows // self.tile_width) * self.tile_width

    # -- what the template writes -----------------------------------------------------------

    @property
    def places_of_rows(self) -> list[int]:
        """How far from its first element the data of a tile's places are."""
        lines, places = self.counts
        return [line * self.padded_width + place * self.stride[1] for line in range(lines) for place in range(places)]

    @property
    def lanes(self) -> int:
        """Elements of a row of data that are combined at once."""
        return min(self.tile_width, power_of_two(self.data_width)) if self.data_view.strides[-1] == 1 else 1

    def data_row(self, row: str) -> str:
        """Elements of a row of data from x on."""
        names = ["image", f"(section * {self.channels} + channel)", row, "x"]
        place = replace(self.data, axes=names).address(self.data_view)
        argument = load_of(self.data).argument
        return (
            self.data.vector_load(self.total, self.lanes, argument, place)
            if self.lanes > 1
            else f"a{argument}[{place}]"
        )

    def combined(self, matrix: winograd.Matrix, name: str) -> Iterator[str]:
        """For each row of a matrix the sum of values, by their numbers, times its factors."""
        for factors in matrix:
            terms = []
            for number, factor in enumerate(factors):
                if factor:
                    terms.append(
                        f"{name}{number}" if factor == 1 else f"{literal(factor, self.total)} * {name}{number}"
                    )
            yield " + ".join(terms)

    @property
    def for_data(self) -> Iterator[str]:
        return self.combined(winograd.B_T, "d")

    @property
    def for_weights(self) -> Iterator[str]:
        return self.combined(winograd.G, "w")

    @property
    def for_sums(self) -> Iterator[str]:
        return self.combined(tuple(zip(*winograd.A)), "s")

    @property
    def place(self) -> str:
        merged = {"x": 1, "place": 2, "n": 3}[self.axes[-1]]  # axes of the result that are one
        flat = flat_place(["image", "y", "(x0 + at)"][-merged:], (0, *self.spatial)[-merged:])
        return f"const {self.index} {self.axes[-1]} = {flat};"
