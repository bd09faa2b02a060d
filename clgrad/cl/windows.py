"""A convolution seen as a product: what all its forms have in common, and where its windows lie.

(outputs) x (channels, taps) by (channels, taps) x (images, places): B is never made, its elements are read where the
windows lie.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clgrad.cl.products import ProductShape
from clgrad.cl.writer import Writer
from clgrad.kernel import Anchor, Kernel, Line, Load, Program, Store, seen, views_of
from clgrad.view import Shape, View


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
        data = load_of(x).view
        images, channels, *steps = data.strides
        shape = (self.images, groups, self.channels, *x.shape[2:])
        sections = View(shape, (images, channels * self.channels, channels, *steps), data.offset)
        windows = sections.window(tuple(range(3, 3 + axes)), self.taps, stride, dilation)
        if self.skips:
            moved = tuple(step * one for step, one in zip(steps, stride))
            start = data.offset - sum(step * one for step, one in zip(steps, self.before))
            apart = tuple(step * one for step, one in zip(steps, dilation))
            windows = View((*shape[:3], *self.spatial, *self.taps), (*sections.strides[:3], *moved, *apart), start)
        weights = load_of(w).view.reshape((groups, self.m, self.channels, math.prod(self.taps)))
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
            [replace(load_of(w), view=merged or self.w_view)],
            ["section", "m", "channel", "tap"] if self.splits_k else ["section", "m", "k"],
            (merged or self.w_view).shape,
            None,
            capabilities,
            "x",
        )
        names = ["image", "section", "channel", *self.space_names, *self.tap_names]
        self.b = Writer(
            [replace(load_of(x), view=self.x_view)],
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
        load = load_of(self.data)
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


def flat_place(names: Sequence[str], sizes: Sequence[int]) -> str:
    """The place among all elements that an index along each axis names, as C."""
    text = names[0]
    for name, size in zip(names[1:], sizes[1:]):
        text = f"({text}) * {size} + {name}"
    return text


def places_among(at: int, step: int, places: int, size: int) -> range:
    """The places of so many whose element, ``at`` and one more ``step`` for each place, is among ``size`` elements."""
    first, stop = max(0, -(at // step)), min(places, (size - 1 - at) // step + 1)
    return range(first, max(first, stop))


def seen_through(writer: Writer, view: View, axes: Sequence[str], lane: int) -> Writer:
    """A writer of one load, through another view."""
    return replace(writer, lines=[replace(load_of(writer), view=view)], axes=axes, shape=view.shape, lane=lane)


def load_of(operand: Program | Writer) -> Load:
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
