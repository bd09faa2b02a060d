"""Convolutions as products: (outputs) x (channels, taps) by (channels, taps) x (images, places), window by window.

B is never made: its elements are read where the windows lie, and brought to tiles or panels as those of any product.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from clgrad.cl.caps import Capabilities
from clgrad.cl.group_products import FEW, GroupMatmulShape, ThinMatmulShape
from clgrad.cl.products import MatmulShape, ProductShape
from clgrad.cl.space import Sizes
from clgrad.cl.writer import Writer, power_of_two
from clgrad.kernel import Anchor, Kernel, Line, Load, Program, Store, views_of
from clgrad.view import Shape, View


def convolution(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> ProductShape:
    """The form of a convolution on a device, with measured sizes if they fit."""
    assert kernel.anchor is not None
    if capabilities.is_cpu:
        return PackedConvolutionShape(kernel, capabilities, measured)
    outputs, places = kernel.outer[1] // kernel.anchor.attributes[2], kernel.outer[0] * math.prod(kernel.outer[2:])
    form = GroupConvolutionShape if min(outputs, places) > FEW else ThinConvolutionShape
    return form(kernel, capabilities, measured)


class Windows(ProductShape):
    """A convolution seen as one product for each group of channels."""

    def _set_sizes(self, anchor: Anchor) -> None:
        x, w = anchor.operands
        stride, dilation, groups = anchor.attributes
        outer, axes = self.kernel.outer, len(stride)
        self.spatial, self.taps = outer[2:], w.shape[2:]
        self.channels = w.shape[1]
        self.m, self.depth = outer[1] // groups, math.prod(w.shape[1:])
        self.n = outer[0] * math.prod(self.spatial)
        self.batch_names, self.batch_sizes = ["part"], (groups,)
        self.place_names, self.place_sizes = ["image", "place"], (outer[0], math.prod(self.spatial))
        self.space_names, self.tap_names = ["z", "y", "x"][-axes:], ["kz", "ky", "kx"][-axes:]
        images, channels, *steps = _view(x).strides
        self.x_view = View(
            (outer[0], groups, self.channels, *self.spatial, *self.taps),
            (
                images,
                channels * self.channels,
                channels,
                *(one * step for one, step in zip(steps, stride)),
                *(one * step for one, step in zip(steps, dilation)),
            ),
            _view(x).offset,
        )
        outputs, inputs, *_ = _view(w).strides
        self.w_view = View(
            (groups, self.m, self.channels, math.prod(self.taps)),
            (outputs * self.m, outputs, inputs, 1),
            _view(w).offset,
        )

    def _make_writers(self, lane: int | None = None, a_lane: int | None = None, b_lane: int | None = None) -> None:
        kernel, capabilities = self.kernel, self.capabilities
        assert kernel.anchor is not None
        x, w = kernel.anchor.operands
        merged = self.w_view.reshape((*self.w_view.shape[:2], self.depth))
        self.splits_k = merged is None
        """Whether channels of the weights, and the taps of each, do not follow each other."""
        self.a = Writer(
            [replace(w.lines[0], view=merged or self.w_view)],  # type: ignore[call-arg]  # it is a Load
            ["part", "m", "channel", "tap"] if self.splits_k else ["part", "m", "k"],
            (merged or self.w_view).shape,
            None,
            capabilities,
            "x",
        )
        names = ["image", "part", "channel", *self.space_names, *self.tap_names]
        self.b = Writer(
            [replace(x.lines[0], view=self.x_view)],  # type: ignore[call-arg]  # it is a Load
            names,
            self.x_view.shape,
            None,
            capabilities,
            "y",
        )
        lines, self.own_stores = _places_merged(kernel)
        self.is_merged = lines is not None
        """Whether what follows sees the places of an image as one axis."""
        if lines is None:
            lines, self.own_stores = kernel.lines, kernel.stores
        axes = ["place"] if self.is_merged else self.space_names
        shape = (*kernel.outer[:2], math.prod(self.spatial)) if self.is_merged else kernel.outer
        self.writer = Writer(lines, ["image", "output", *axes], shape, len(shape) - 1, capabilities)
        self.a.helpers = self.b.helpers = self.writer.helpers

    # -- what the templates write -----------------------------------------------------------

    def operand(self, writer: Writer, width: int) -> str:
        text = super().operand(writer, width)
        if writer is self.a:
            return (
                f"{self.unflatten('k', ['channel', 'tap'], [0, math.prod(self.taps)])} {text}"
                if self.splits_k
                else text
            )
        return " ".join([self._places(), self.unflatten("k", ["channel", *self.tap_names], [0, *self.taps]), text])

    def _places(self) -> str:
        return self.unflatten("n", ["image", *self.space_names], [0, *self.spatial])

    def epilogue(self, value: str, width: int) -> str:
        places = self.unflatten("n", self.place_names, self.place_sizes) if self.is_merged else self._places()
        return f"{{ const {self.index} output = part * {self.m} + m; {places}\n{super().epilogue(value, width)} }}"

    def stores(self, stores: Sequence[Store], width: int) -> str:
        return super().stores(self.own_stores, width)


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

    @property
    def guards(self) -> bool:
        return self.drops_lanes

    @property
    def drops_lanes(self) -> bool:
        """Whether a vector of places may lie in two images."""
        return not self.is_merged or self.place_sizes[1] % self.tile_width > 0

    def place(self, flat: str) -> str:
        """The statements that give an element's place in memory as far as n, or as far as k, tells."""
        names = ["image", *self.space_names] if flat == "n" else ["channel", *self.tap_names]
        sizes = [0, *(self.spatial if flat == "n" else self.taps)]
        own = {*names, "part"} if flat == "n" else set(names)
        view = self.x_view
        kept = replace(
            view,
            strides=tuple(step if name in own else 0 for name, step in zip(self.b.axes, view.strides)),
            offset=view.offset if flat == "n" else 0,
        )
        return f"{self.unflatten(flat, names, sizes)} const {self.index} place = {self.b.address(kept)};"

    def element(self, place: str) -> str:
        (load,) = self.b.lines
        assert isinstance(load, Load)
        return self.b.widened(f"a{load.argument}[{place}]", load.dtype, 1)


class GroupConvolutionShape(Windows, GroupMatmulShape):
    """On a GPU: tiles in local memory."""

    def _orders(self, a: Program, b: Program) -> tuple[bool, bool]:
        return True, False


class ThinConvolutionShape(Windows, ThinMatmulShape):
    """On a GPU: few outputs, or few places."""

    def _orders(self, a: Program, b: Program) -> tuple[bool, bool]:
        return True, False


def _view(program: Program) -> View:
    (load,) = program.lines
    assert isinstance(load, Load)
    return load.view


def _places_merged(kernel: Kernel) -> tuple[tuple[Line, ...] | None, tuple[Store, ...]]:
    """The lines and stores with all places of an image as one axis; None where a view does not allow it."""
    shape: Shape = (*kernel.outer[:2], math.prod(kernel.outer[2:]))
    lines, stores = [], []
    for line in kernel.lines:
        view = views_of(line)
        merged = None if view is None else view.reshape(shape)
        if view is not None and merged is None:
            return None, ()
        lines.append(line if view is None else replace(line, view=merged))  # type: ignore[call-arg]  # it has a view
    for store in kernel.stores:
        merged = store.view.reshape(shape)
        if merged is None:
            return None, ()
        stores.append(replace(store, view=merged))
    return tuple(lines), tuple(stores)
