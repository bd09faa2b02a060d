"""Choose the form of a convolution; the forms with vectors along places or taps, and those for GPUs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.combined import CombinedConvolutionShape, is_combined
from clgrad.cl.group_products import FEW, GroupMatmulShape, GroupShape, ThinMatmulShape
from clgrad.cl.outputs import MOST_UNROLLED, OutputsConvolutionShape, filled, is_written, lies_along_outputs
from clgrad.cl.products import ITEM_FLOPS, MatmulShape, ProductShape
from clgrad.cl.shapes import ITEMS_PER_UNIT
from clgrad.cl.space import Sizes, Space
from clgrad.cl.windows import Windows, flat_place, places_among, seen_through
from clgrad.cl.writer import Writer, power_from, power_of_two
from clgrad.dtypes import DType, float32
from clgrad.kernel import Kernel, Program
from clgrad.ops import winograd
from clgrad.ops.convolutions import shape_of
from clgrad.view import Shape, View

FEW_OUTPUTS, MOST_VECTORS = 4, 4
"""Outputs of a channel that is by itself, and vectors of a row, that are computed at once."""
FEW_PRODUCTS = 64
"""Products of a short sum."""
FILLED = 0.6
"""The part of the lanes that must have work where vectors lie along rows; else all images' places are one row."""

FLOPS_PER_BYTE = 8
"""What a core computes while it reads or writes a byte."""


def convolution(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> ProductShape:
    """The form of a convolution on a device, with measured sizes if they fit."""
    assert kernel.anchor is not None
    x, w = (one.shape for one in kernel.anchor.operands)
    groups, spatial = kernel.anchor.attributes[3], kernel.outer[2:]
    if is_combined(x, w, kernel.anchor.attributes, kernel.anchor.dtype, capabilities):
        return CombinedConvolutionShape(kernel, capabilities, measured)
    if capabilities.is_cpu:
        return _form_on_cpu(x, w, spatial, groups, kernel.updates, capabilities)(kernel, capabilities, measured)
    outputs, places = w[0] // groups, x[0] * math.prod(spatial)
    form = GroupConvolutionShape if min(outputs, places) > FEW else ThinConvolutionShape
    return form(kernel, capabilities, measured)


def skips_zeros(x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType, capabilities: Capabilities) -> bool:
    """Whether the form that a convolution gets passes over the zeros around its data, where a tile has whole rows:
    vectors along outputs can, and vectors along places of a channel that is by itself."""
    if not (capabilities.is_cpu and capabilities.vector_pointers):
        return False
    if is_combined(x, w, attributes, dtype, capabilities):
        return True
    spatial, outputs, width = shape_of(x, w, *attributes)[2:], w[0] // attributes[3], capabilities.vector_width
    form = _form_on_cpu(x, w, spatial, attributes[3], False, capabilities)
    if form is OutputsConvolutionShape:
        return outputs % width == 0 and is_written(spatial[-1:], w[-1:], capabilities)
    alone = w[1] == 1 and outputs <= FEW_OUTPUTS
    fits = w[-1] <= MOST_UNROLLED and attributes[1][-1] <= 2 and width // 2 <= spatial[-1] <= MOST_VECTORS * width
    return form is DirectConvolutionShape and alone and fits


def saves_products(x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType, capabilities: Capabilities) -> bool:
    """Whether what a convolution is spared by combining its data and weights first is worth more than reading and
    writing these, and what the products then give."""
    if not (capabilities.is_cpu and capabilities.vector_pointers) or dtype is not float32:
        return False
    if is_combined(x, w, attributes, dtype, capabilities):
        return False  # by a form of its own
    data, weights, inner = winograd.middle(x, w, *attributes)
    before, after = (
        (y, b[1:]) for y, b in ((shape_of(x, w, *attributes), w), (shape_of(data, weights, *inner), weights))
    )
    flops = [2 * math.prod((*y, *b)) for y, b in (before, after)]
    moved = 2 * dtype.size * sum(math.prod(one) for one in (data, weights, after[0]))
    return flops[0] - flops[1] > FLOPS_PER_BYTE * moved


def _form_on_cpu(
    x: Shape, w: Shape, spatial: Shape, groups: int, updates: bool, capabilities: Capabilities
) -> type[TapsConvolutionShape | OutputsConvolutionShape | DirectConvolutionShape | PackedConvolutionShape]:
    """The form that fills vectors: along taps, along outputs, along places, or along those of all images."""
    outputs, width = w[0] // groups, capabilities.vector_width
    if lies_along_outputs(x, w, spatial, groups, capabilities) and not (updates and outputs % width):
        return OutputsConvolutionShape
    if math.prod(w[2:]) > math.prod(spatial) and filled(w[-1], width) >= FILLED:
        return TapsConvolutionShape
    if outputs < FEW or filled(spatial[-1], width) >= FILLED:
        return DirectConvolutionShape
    return PackedConvolutionShape


class DirectConvolutionShape(Windows, MatmulShape):
    """On a CPU: a tap is a shift of the data."""

    template = "convolution"

    def rules(self) -> Sizes:
        if self.depth > FEW_PRODUCTS:
            return super().rules()
        # More rows of results are more streams to memory (W4c: 0.53 ms instead of 0.60 with 8, (16,3,64,64): 2.5, 3.3).
        rows = min(self.m, 4)
        return {"rows": rows, "vectors": next(one for one in (4, 2, 1) if self.allows({"rows": rows, "vectors": one}))}

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
        self.b = seen_through(self.b, replace(self.x_view, shape=tuple(shape)), self.b.axes, lane)

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
        self.b = seen_through(self.b, self.x_view, self.b.axes, 2 + len(self.spatial))

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
    def is_short(self) -> bool:
        """Whether sums are so short that it counts how they are written: without an array, though in a longer text."""
        return self.depth <= FEW_PRODUCTS and not (self.flat or self.guards or self.skips or self.finishes_apart)

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
                inside = places_among(at, step, width, self.data_sizes[-1])
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
        return f"const {self.index} {self.axes[-1]} = {flat_place(names, sizes)};"

    def epilogue(self, value: str, width: int) -> str:
        return ProductShape.epilogue(self, value, width)


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
        self.b = seen_through(self.b, along, ["base", "channel", *self.tap_names], 1 + axes)
        self.a = seen_through(self.a, self.w_view, ["section", "m", "channel", "tap"], 3)
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
    tap = flat_place(shape.tap_names, shape.taps)
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
