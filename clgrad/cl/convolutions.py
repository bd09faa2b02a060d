"""Convolutions as products: (outputs) x (channels, taps) by (channels, taps) x (images, places), window by window.

B is never made: its elements are read where the windows lie, and brought to tiles or panels as those of any product.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.group_products import FEW, GroupMatmulShape, GroupShape, ThinMatmulShape
from clgrad.cl.products import ITEM_FLOPS, MatmulShape, ProductShape
from clgrad.cl.shapes import ITEMS_PER_UNIT
from clgrad.cl.space import Sizes, Space
from clgrad.cl.writer import Writer, power_from, power_of_two, transposed, vector_type
from clgrad.kernel import Anchor, Kernel, Line, Load, Program, Store, seen, views_of
from clgrad.ops.convolutions import shape_of
from clgrad.view import Shape, View, contiguous_strides

PANEL_PLACES = 32
"""With fewer places, copying the weights of a vector of outputs costs more than it saves."""
PANEL_DEPTH = 64
"""With fewer products in a sum, turning tiles costs more than it saves."""
SUMMED_PLACES = 512
"""Places whose sums wait in memory between two panels of weights."""
OUTPUTS_PANEL_BYTES = 320 * 1024
"""A panel of the weights of a vector of outputs: the second cache holds it, and some data."""
FEW_OUTPUTS, MOST_VECTORS = 4, 4
"""Outputs of a channel that is by itself, and vectors of a row, that are computed at once."""
MOST_UNROLLED = 16
"""Taps that are written out one by one, where each meets other places."""
FILLED, WELL_FILLED = 0.6, 0.9
"""The part of the lanes that must have work where vectors lie along rows; and where they may lie along outputs."""


def convolution(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> ProductShape:
    """The form of a convolution on a device, with measured sizes if they fit."""
    assert kernel.anchor is not None
    x, w = (one.shape for one in kernel.anchor.operands)
    groups, spatial = kernel.anchor.attributes[3], kernel.outer[2:]
    if capabilities.is_cpu:
        return _form_on_cpu(x, w, spatial, groups, kernel.updates, capabilities)(kernel, capabilities, measured)
    outputs, places = w[0] // groups, x[0] * math.prod(spatial)
    form = GroupConvolutionShape if min(outputs, places) > FEW else ThinConvolutionShape
    return form(kernel, capabilities, measured)


def skips_zeros(x: Shape, w: Shape, attributes: Sequence[Any], capabilities: Capabilities) -> bool:
    """Whether the form that a convolution gets passes over the zeros around its data, where a tile has whole rows:
    vectors along outputs can, and vectors along places of a channel that is by itself."""
    if not (capabilities.is_cpu and capabilities.vector_pointers):
        return False
    spatial, outputs, width = shape_of(x, w, *attributes)[2:], w[0] // attributes[3], capabilities.vector_width
    form = _form_on_cpu(x, w, spatial, attributes[3], False, capabilities)
    if form is OutputsConvolutionShape:
        return outputs % width == 0 and _is_written(spatial[-1:], w[-1:], capabilities)
    alone = w[1] == 1 and outputs <= FEW_OUTPUTS
    fits = w[-1] <= MOST_UNROLLED and attributes[1][-1] <= 2 and width // 2 <= spatial[-1] <= MOST_VECTORS * width
    return form is DirectConvolutionShape and alone and fits


def _is_written(spatial: Shape, taps: Shape, capabilities: Capabilities) -> bool:
    """Whether taps along these axes are written out one by one, each with the places that it has data for."""
    return math.prod(spatial) <= capabilities.registers // 2 and math.prod(taps) <= MOST_UNROLLED


def _form_on_cpu(
    x: Shape, w: Shape, spatial: Shape, groups: int, updates: bool, capabilities: Capabilities
) -> type[TapsConvolutionShape | OutputsConvolutionShape | DirectConvolutionShape | PackedConvolutionShape]:
    """The form that fills vectors: along taps, along outputs, along places, or along those of all images."""
    outputs, width = w[0] // groups, capabilities.vector_width
    if _along_outputs(x, w, spatial, groups, capabilities) and not (updates and outputs % width):
        return OutputsConvolutionShape
    if math.prod(w[2:]) > math.prod(spatial) and _filled(w[-1], width) >= FILLED:
        return TapsConvolutionShape
    if outputs < FEW or _filled(spatial[-1], width) >= FILLED:
        return DirectConvolutionShape
    return PackedConvolutionShape


def _along_outputs(x: Shape, w: Shape, spatial: Shape, groups: int, capabilities: Capabilities) -> bool:
    """Whether vectors had better lie along outputs: there are enough of them, enough places for a panel of weights,
    and no rows of taps that fill vectors as well."""
    width, taps = capabilities.vector_width, math.prod(w[2:])
    return (
        capabilities.vector_pointers
        and w[0] // groups >= width >= 8
        and math.prod(w[1:]) >= PANEL_DEPTH
        and x[0] * math.prod(spatial) >= PANEL_PLACES
        and taps * width * 4 <= OUTPUTS_PANEL_BYTES
        and not (taps > math.prod(spatial) and _filled(w[-1], width) >= WELL_FILLED)
    )


def _filled(length: int, width: int) -> float:
    """How many of the lanes of the vectors along a row have work."""
    return length / (-(-length // width) * width)


class Windows(ProductShape):
    """A convolution seen as one product for each group of channels."""

    def _set_sizes(self, anchor: Anchor) -> None:
        x, w = anchor.operands
        padding, self.stride, self.dilation, groups, self.swapped = anchor.attributes
        self.skips = any(map(any, padding))
        """Whether there are zeros around the data, which are no part of it."""
        self.before, stride, dilation = [one for one, _ in padding], self.stride, self.dilation
        axes = len(stride)
        self.data_sizes = x.shape[2:]
        self.looped = axes
        """Axes whose taps are looped over: those of the others are written out, where a tile knows which have data."""
        self.images, self.spatial, self.taps = x.shape[0], self.kernel.outer[2:], w.shape[2:]
        self.places = math.prod(self.spatial)
        self.channels = w.shape[1]
        self.m, self.depth = w.shape[0] // groups, math.prod(w.shape[1:])
        self.n = self.images * self.places
        self.batch_names, self.batch_sizes = ["section"], (groups,)
        self.space_names, self.tap_names = ["z", "y", "x"][-axes:], ["kz", "ky", "kx"][-axes:]
        # Not reshaped: rows may be joined with what is between them, where they are of one element, too.
        data = _load(x).view
        images, channels, *steps = data.strides
        shape = (self.images, groups, self.channels, *x.shape[2:])
        sections = View(shape, (images, channels * self.channels, channels, *steps), data.offset)
        windows = sections.window(tuple(range(3, 3 + axes)), self.taps, stride, dilation)
        if self.skips:
            moved = tuple(step * one for step, one in zip(steps, stride))
            start = data.offset - sum(step * one for step, one in zip(steps, self.before))
            apart = tuple(step * one for step, one in zip(steps, dilation))
            windows = View((*shape[:3], *self.spatial, *self.taps), (*sections.strides[:3], *moved, *apart), start)
        weights = _load(w).view.reshape((groups, self.m, self.channels, math.prod(self.taps)))
        assert windows is not None and weights is not None  # the scheduler stores what is read otherwise
        self.x_view, self.w_view = windows, weights

    def _make_writers(self, lane: int | None = None, a_lane: int | None = None, b_lane: int | None = None) -> None:
        kernel, capabilities = self.kernel, self.capabilities
        assert kernel.anchor is not None
        x, w = kernel.anchor.operands
        merged = self.w_view.reshape((*self.w_view.shape[:2], self.depth))
        self.splits_k = merged is None
        """Whether channels of the weights, and the taps of each, do not follow each other."""
        self.a = Writer(
            [replace(_load(w), view=merged or self.w_view)],
            ["section", "m", "channel", "tap"] if self.splits_k else ["section", "m", "k"],
            (merged or self.w_view).shape,
            None,
            capabilities,
            "x",
        )
        names = ["image", "section", "channel", *self.space_names, *self.tap_names]
        self.b = Writer(
            [replace(_load(x), view=self.x_view)],
            names,
            self.x_view.shape,
            None,
            capabilities,
            "y",
        )
        first = ["output", "image"] if self.swapped else ["image", "output"]
        # Without an image's edge, or a row's, vectors of places are written as they are.
        ways: list[tuple[list[str], Shape]] = [
            ([*first, *self.space_names], kernel.outer),
            ([*first, "place"], (*kernel.outer[:2], self.places)),
        ]
        if self.swapped:
            ways.append((["output", "n"], (kernel.outer[0], self.images * self.places)))
        for self.axes, shape in reversed(ways):
            found = _reshaped(kernel, shape)
            if found is not None:
                break
        assert found is not None  # over its own shape a kernel is as it is
        lines, self.own_stores = found
        self.writer = Writer(lines, self.axes, shape, len(shape) - 1, capabilities)
        self.a.helpers = self.b.helpers = self.writer.helpers
        self.data = self.b

    # -- what the templates write -----------------------------------------------------------

    def _address(self, own: set[str], axes: Sequence[str]) -> str:
        """The part of an element's place in memory that some axes tell; the offset goes with the section."""
        view = self.x_view
        strides = tuple(step if name in own else 0 for name, step in zip(self.data.axes, view.strides))
        kept = replace(view, strides=strides, offset=view.offset if "section" in own else 0)
        return replace(self.data, axes=axes).address(kept)

    def element(self, place: str) -> str:
        """The element of the data that stands somewhere in memory."""
        load = _load(self.data)
        return self.data.widened(f"a{load.argument}[{place}]", load.dtype, 1)

    @property
    def tap_loops(self) -> Iterator[str]:
        """The loops over taps; none over those that are written out."""
        for name, size in zip(self.tap_names[: self.looped], self.taps):
            low, high = (f"{name}_low", f"{name}_high") if self.skips else ("0", str(size))
            yield f"for ({self.index} {name} = {low}; {name} < {high}; {name}++)"

    def tap_ranges(self, places: Sequence[str]) -> str:
        """Statements that say which taps lie among the data, along axes of whose places these are the names."""
        texts = []
        axes = zip(places, self.tap_names, self.taps, self.stride, self.dilation, self.before, self.data_sizes)
        for place, tap, taps, step, far, before, size in axes:
            texts.append(
                f"const {self.index} {tap}_before = {before} - {place} * {step}, "
                f"{tap}_left = {tap}_before + {size - 1}, "
                f"{tap}_low = {tap}_before > 0 ? ({tap}_before + {far - 1}) / {far} : 0, "
                f"{tap}_room = {tap}_left < 0 ? 0 : {tap}_left / {far} + 1, "
                f"{tap}_high = {tap}_room < {taps} ? {tap}_room : {taps};"
            )
        return " ".join(texts)

    def epilogue(self, value: str, width: int) -> str:
        names = [name for name in self.axes if name not in ("output", "n")]
        sizes = [0, self.places] if "place" in names else [0, *self.spatial]
        places = self.unflatten("n", names, sizes) if names else ""
        return f"{{ const {self.index} output = section * {self.m} + m; {places}\n{super().epilogue(value, width)} }}"

    def stores(self, stores: Sequence[Store], width: int) -> str:
        return super().stores(self.own_stores, width)


class DirectConvolutionShape(Windows, MatmulShape):
    """On a CPU: a tap is a shift of the data."""

    template = "convolution"

    def _choose_form(self) -> None:
        self.packs = self.flat = False
        if self.skips:
            self._choose_rows()
            return
        steps = self.x_view.strides[3 : 3 + len(self.spatial)]
        row, rows = self.spatial[-1], self.spatial[-2] if len(self.spatial) > 1 else 1
        self.row_length, self.pitch = row, steps[-2] if rows > 1 else row
        flat = (rows - 1) * self.pitch + row
        self.flat = rows > 1 and steps[-1] == 1 and self._tiles(flat) < rows * self._tiles(row)
        """Whether places go through all rows, and what is between them."""
        self.length = flat if self.flat else row
        self.outer_names = self.space_names[: -2 if self.flat else -1]
        self.outer_sizes = self.spatial[: -2 if self.flat else -1]
        self.tile_width, self.vectors = self._tile(self.length)
        self.columns = self.tile_width * self.vectors
        self.place_tiles = -(-self.length // self.columns)
        self.rows = min(self.m, self.sizes["rows"])
        self._make_writers()
        lane = 2 + len(self.spatial)
        shape = list(self.x_view.shape)
        if self.flat:
            shape[lane - 1 : lane + 1] = 1, flat
        self.b = _seen(self.b, replace(self.x_view, shape=tuple(shape)), self.b.axes, lane)

    def _choose_rows(self) -> None:
        """A tile is a row: which lanes of each vector have data for a tap is known. The last vector overlaps the one
        before."""
        self.length = self.columns = self.spatial[-1]
        self.outer_names, self.outer_sizes, self.place_tiles = self.space_names[:-1], self.spatial[:-1], 1
        self.tile_width = min(self.width, power_of_two(self.length))
        self.vectors = -(-self.length // self.tile_width)
        self.looped -= 1
        self.rows = min(self.m, FEW_OUTPUTS)
        self._make_writers()
        self.b = _seen(self.b, self.x_view, self.b.axes, 2 + len(self.spatial))

    def _tile(self, length: int) -> tuple[int, int]:
        """The lanes and the vectors of a tile along so many places."""
        width = min(self.width, power_of_two(length))
        return width, max(1, min(self.sizes["vectors"], length // width))

    def _tiles(self, length: int) -> float:
        """What places along a row, or through all of them, cost."""
        width, vectors = self._tile(length)
        return -(-length // (width * vectors)) * vectors * (1 + 1 / (self.sizes["rows"] * vectors))

    def _choose_items(self) -> None:
        self.rest = self.m % self.rows
        self.tiles = math.prod(self.outer_sizes) * self.place_tiles
        items = self.images * self.batch * self.tiles
        wanted = ITEMS_PER_UNIT * self.capabilities.compute_units
        self.item_rows = max(1, -(-(self.m // self.rows) // max(1, wanted // items))) * self.rows
        flops = 2 * self.item_rows * self.columns * self.depth
        self.span = max(1, min(self.tiles, items // wanted, ITEM_FLOPS // flops))
        """Tiles of a work-item, where they are small."""
        self.local_size = (1, 1, 1)
        self.global_size = (-(-self.tiles // self.span), -(-self.m // self.item_rows), self.images * self.batch)

    @property
    def guards(self) -> bool:
        return self.kernel.updates and self.length % (self.tile_width if self.skips else self.columns) > 0

    @property
    def vector_place(self) -> str:
        """Where the tile's vector v begins."""
        if not self.skips:
            return f"x0 + v * {self.tile_width}"
        last = self.length - self.tile_width
        return f"(v * {self.tile_width} <= {last} ? v * {self.tile_width} : {last})"

    @property
    def reads(self) -> Iterator[list[tuple[int, str, str]]]:
        """For each tap that is written out, or the one that is looped over: the vectors that have data for it, from
        which place on theirs are read, and the lanes they belong in, if not in all."""
        if not self.skips:
            yield [(v, f"x0 + {v * self.tile_width}", "") for v in range(self.vectors)]
            return
        step, width = self.stride[-1], self.tile_width
        for tap in range(self.taps[-1]):
            found = []
            for v in range(self.vectors):
                start = min(v * width, self.length - width)
                at = start * step + tap * self.dilation[-1] - self.before[-1]
                inside = _among(at, step, width, self.data_sizes[-1])
                lanes = ", ".join(str(one - inside.start if one in inside else width) for one in range(width))
                if inside:
                    found.append((v, str(start + inside.start), lanes if len(inside) < width else ""))
            yield found

    @property
    def at_tap(self) -> str:
        """Statements that say where a tap is among the weights; what is flat is a single row."""
        return _tap(self) + (f" const {self.index} y = 0;" if self.flat else "")

    @property
    def place(self) -> str:
        """The statement that says where a place is among all of an image, or of all images."""
        if self.axes[-1] == self.space_names[-1]:
            return ""
        names, sizes = self.space_names, self.spatial
        if self.axes[-1] == "n":
            names, sizes = ["image", *names], (0, *sizes)
        return f"const {self.index} {self.axes[-1]} = {_flat(names, sizes)};"

    def epilogue(self, value: str, width: int) -> str:
        return ProductShape.epilogue(self, value, width)


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
            axis for axis in range(len(self.taps)) if _is_written(self.spatial[axis:], self.taps[axis:], capabilities)
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
            ranges.append(_among(tap * far - before, step, length, size))
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

    def _cycles(self, counts: Shape, vectors: int) -> float:
        """About how long the tiles of a block take: a cycle has two products, or two loads, and a sum is ready for the
        next one after four; then a tile is turned, and its runs are written."""
        planes = math.prod(counts) // self.plane
        rows = [planes * met for met in self._met_numbers]
        steps = sum(max(row * vectors / 2, (row + vectors) / 2, 1.5 * vectors, 4) for row in rows if row)
        first = self._run_axes(counts)
        runs, run = math.prod(counts[:first]), math.prod(counts[first:])
        turns = 4 * vectors * self.tile_width * -(-math.prod(counts) // self.tile_width)
        writes = 8 * vectors * self.tile_width * runs * -(-run // self._run_width(run))
        tiles = math.prod(self._tiles(counts)) * -(-self.m // (vectors * self.tile_width))
        return tiles * (self.depth / len(rows) * steps + turns + writes)

    def rules(self) -> Sizes:
        every = itertools.product(self._blocks, self.space["vectors"])
        fitting = [(block, vectors) for block, vectors in every if self.allows(_sizes(block, vectors))]
        return _sizes(*min(fitting, key=lambda one: self._cycles(*one)))

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
        self.transposes = _load(weights).view.strides[-1] == 1 and length >= self.turn >= 4

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
        flat = _flat([channel, *self.tap_names[: self.looped]], (0, *self.taps[: self.looped]))
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
            texts.append(f"const {self.index} start = {_flat(starts, sizes)};")
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


def _sizes(block: Shape, vectors: int) -> Sizes:
    return {"places": math.prod(block), "vectors": vectors}


class TapsConvolutionShape(Windows):
    """On a CPU: vectors lie along the taps, of which there are more than places."""

    template = "convolution_taps"
    space: ClassVar[Space] = {"rows": (2, 4, 6, 8, 10), "columns": (1, 2, 3, 4, 6), "block": (24, 72, 144)}

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self.width = max(1, self.width * 4 // max(4, self.total.size))
        self.take(measured)
        self._make_writers()
        self._merge_taps()
        self.rows, self.columns = min(self.m, self.sizes["rows"]), min(self.n, self.sizes["columns"])
        self.tile_width = min(self.width, power_from(self.taps[-1]))
        self.whole = self.taps[-1] // self.tile_width * self.tile_width
        """Taps of a row in whole vectors."""
        row_tiles, parts = -(-self.m // self.rows), self.batch
        most = -(-self.n * row_tiles * parts // (ITEMS_PER_UNIT * capabilities.compute_units))
        self.tiles = max(1, min(self.sizes["block"], most, self.n) // self.columns)
        self.span = self.tiles * self.columns
        axes = len(self.taps)
        self.place_view = replace(self.x_view, strides=(*self.x_view.strides[:-axes], *(0,) * axes))
        self.place_axes = self.b.axes
        shape = (2, self.channels, *self.taps)
        along = View(shape, (1, self.x_view.strides[2], *self.x_view.strides[-axes:]))
        self.b = _seen(self.b, along, ["base", "channel", *self.tap_names], 1 + axes)
        self.a = _seen(self.a, self.w_view, ["section", "m", "channel", "tap"], 3)
        self.local_size, self.global_size = (1, 1, 1), (-(-self.n // self.span), row_tiles, parts)

    def _merge_taps(self) -> None:
        """See taps that follow each other in the data as one row."""
        axes = len(self.taps)
        steps = self.x_view.strides[-axes:]
        while len(self.taps) > 1 and steps[-2] == steps[-1] * self.taps[-1]:
            self.taps = (*self.taps[:-2], self.taps[-2] * self.taps[-1])
            steps = (*steps[:-2], steps[-1])
            self.tap_names = [*self.tap_names[:-2], "kx"]
        shape, strides = self.x_view.shape[:-axes], self.x_view.strides[:-axes]
        self.x_view = View((*shape, *self.taps), (*strides, *steps), self.x_view.offset)

    def rules(self) -> Sizes:
        wide = self.width > 8
        columns = next((one for one in ((3, 4, 2) if wide else (3, 2)) if self.n % one == 0), 3)
        rows = ({2: 10, 3: 8, 4: 6} if wide else {2: 5, 3: 4})[columns]
        if self.m < rows // 2:  # few outputs: more places share what is read of them
            rows, columns = self.m, (self.capabilities.registers - 1) // (self.m + 1)
        return {"rows": rows, "columns": columns, "block": 72}

    def allows(self, sizes: Sizes) -> bool:
        return (sizes["rows"] + 1) * sizes["columns"] < self.capabilities.registers

    # -- what the template writes -----------------------------------------------------------

    @property
    def at_tap(self) -> str:
        return _tap(self)

    def column_place(self, column: int) -> str:
        """Statements that say where the data of one of a tile's places begins."""
        names, sizes = ["image", *self.space_names], [0, *self.spatial]
        address = replace(self.b, axes=self.place_axes, shape=self.place_view.shape, lane=None).address(self.place_view)
        return (
            f"{self.index} place{column}; {{ const {self.index} n = n0 + {column}, channel = 0; "
            f"{self.unflatten('n', names, sizes)} place{column} = {address}; }}"
        )

    def column(self, column: int) -> str:
        return f"const {self.index} base = place{column};"

    @property
    def inside(self) -> str:
        """Which lanes of a row's last vector are taps."""
        lanes = ", ".join("-1" if self.whole + lane < self.taps[-1] else "0" for lane in range(self.tile_width))
        return f"({self.total.mask_c}{self.tile_width})({lanes})" if self.tile_width > 1 else "1"


def _tap(shape: Windows) -> str:
    """The statement that says which tap it is, of all, and of all of the channel."""
    tap = _flat(shape.tap_names, shape.taps)
    return f"const {shape.index} tap = {tap}, k = channel * {math.prod(shape.taps)} + tap;"


class PackedConvolutionShape(Windows, MatmulShape):
    """On a CPU: windows are gathered in panels, which many outputs share."""

    gathers = True

    def _choose_form(self) -> None:
        self.form = "tile"
        self.packs, self.transposes = True, False
        self.tile_width = min(self.width, power_of_two(self.n))
        self.rows = min(self.m, self.sizes["rows"])
        self.vectors = max(1, min(self.sizes["vectors"], self.n // self.tile_width))
        self.columns = min(self.n, self.vectors * self.tile_width)
        self._make_writers()

    def _choose_items(self) -> None:
        super()._choose_items()
        if self.splits:
            # Panels hold whole channels.
            taps = math.prod(self.taps)
            self.panel_depth = min(self.depth, max(1, self.panel_depth // taps) * taps)

    def steps(self, first: int | str, last: int | str) -> str:
        taps, index = math.prod(self.taps), self.index
        if not self.splits_k:
            return super().steps(first, last)
        return (
            f"for ({index} channel = {first} / {taps}; channel < {last} / {taps}; channel++) "
            f"for ({index} tap = 0; tap < {taps}; tap++)"
        )

    @property
    def step(self) -> str:
        return f"const {self.index} k = channel * {math.prod(self.taps)} + tap;" if self.splits_k else ""

    @property
    def drops_lanes(self) -> bool:
        """Whether a vector of places may lie in two images, or two rows that are far apart."""
        return self.axes[-1] != "n" and (self.axes[-1] != "place" or self.places % self.tile_width > 0)

    def place(self, flat: str) -> str:
        """The statements that give an element's place in memory as far as n, or as far as k, tells."""
        names = ["image", *self.space_names] if flat == "n" else ["channel", *self.tap_names]
        sizes = [0, *(self.spatial if flat == "n" else self.taps)]
        own = {*names, "section"} if flat == "n" else set(names)
        return f"{self.unflatten(flat, names, sizes)} const {self.index} place = {self._address(own, self.data.axes)};"


class GroupWindows(Windows, GroupShape):
    """On a GPU: the elements that a product asks for, by k and n, are found among channels, taps, images and places."""

    def _orders(self, a: Program, b: Program) -> tuple[bool, bool]:
        return True, False

    def operand(self, writer: Writer, width: int) -> str:
        texts = []
        if writer is self.b:
            texts.append(self.unflatten("n", ["image", *self.space_names], [0, *self.spatial]))
            texts.append(self.unflatten("k", ["channel", *self.tap_names], [0, *self.taps]))
        elif self.splits_k:
            texts.append(self.unflatten("k", ["channel", "tap"], [0, math.prod(self.taps)]))
        return " ".join([*texts, super().operand(writer, width)])


class GroupConvolutionShape(GroupWindows, GroupMatmulShape):
    """On a GPU: tiles in local memory."""


class ThinConvolutionShape(GroupWindows, ThinMatmulShape):
    """On a GPU: few outputs, or few places."""


def _flat(names: Sequence[str], sizes: Sequence[int]) -> str:
    """The place among all elements that an index along each axis names, as C."""
    text = names[0]
    for name, size in zip(names[1:], sizes[1:]):
        text = f"({text}) * {size} + {name}"
    return text


def _among(at: int, step: int, places: int, size: int) -> range:
    """The places of so many whose element, ``at`` and one more ``step`` for each place, is among ``size`` elements."""
    first, stop = max(0, -(at // step)), min(places, (size - 1 - at) // step + 1)
    return range(first, max(first, stop))


def _seen(writer: Writer, view: View, axes: Sequence[str], lane: int) -> Writer:
    """A writer of one load, through another view."""
    return replace(writer, lines=[replace(_load(writer), view=view)], axes=axes, shape=view.shape, lane=lane)


def _load(operand: Program | Writer) -> Load:
    """The one line of a convolution's operand."""
    (load,) = operand.lines
    assert isinstance(load, Load)
    return load


def _reshaped(kernel: Kernel, shape: Shape) -> tuple[tuple[Line, ...], tuple[Store, ...]] | None:
    """The lines and stores over another shape of as many elements; None where a view does not allow it."""
    others: dict[View, View] = {}
    for view in (*filter(None, map(views_of, kernel.lines)), *(store.view for store in kernel.stores)):
        other = view.reshape(shape)
        if other is None:
            return None
        others[view] = other
    lines = tuple(seen(line, others.__getitem__) for line in kernel.lines)
    return lines, tuple(replace(store, view=others[store.view]) for store in kernel.stores)
