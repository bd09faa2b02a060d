"""A view: how the index of an array maps to the elements of a flat buffer.

Movement ops on arrays are arithmetic on views; no data moves. ``reshape`` and ``window`` give None where
no single view can say it, and then the array has to be stored first.

    >>> View.contiguous((2, 3)).permute((1, 0))
    View(shape=(3, 2), strides=(1, 3), offset=0, mask=None)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

Shape = tuple[int, ...]
Mask = tuple[tuple[int, int], ...]


def contiguous_strides(shape: Shape) -> Shape:
    """The row-major strides of a shape, in elements."""
    strides = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


@dataclass(frozen=True)
class View:
    """Element ``index`` lies at ``offset + sum(index * strides)``.

    ``mask`` holds a half-open range per axis; outside of it the element is zero and the buffer is not read.
    """

    shape: Shape
    strides: Shape
    offset: int = 0
    mask: Mask | None = None

    @staticmethod
    def contiguous(shape: Shape) -> View:
        return View(shape, contiguous_strides(shape))

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def reach(self) -> int:
        """How many elements of the buffer are read, at most."""
        return math.prod(high - low for (low, high), step in zip(self._ranges(), self.strides) if step)

    def _build(self, shape: Shape, strides: Shape, offset: int, mask: Mask | None) -> View:
        if mask is not None and all(low == 0 and high == size for (low, high), size in zip(mask, shape)):
            mask = None
        return View(shape, strides, offset, mask)

    def _ranges(self) -> Mask:
        return self.mask if self.mask is not None else tuple((0, size) for size in self.shape)

    def permute(self, axes: Shape) -> View:
        mask = None if self.mask is None else tuple(self.mask[axis] for axis in axes)
        return View(
            tuple(self.shape[axis] for axis in axes),
            tuple(self.strides[axis] for axis in axes),
            self.offset,
            mask,
        )

    def expand(self, shape: Shape) -> View:
        strides = tuple(0 if old != new else step for old, new, step in zip(self.shape, shape, self.strides))
        if self.mask is None:
            return View(shape, strides, self.offset)
        mask = tuple(
            ((0, new) if high > low else (0, 0)) if old != new else (low, high)
            for old, new, (low, high) in zip(self.shape, shape, self.mask)
        )
        return self._build(shape, strides, self.offset, mask)

    def pad(self, widths: tuple[tuple[int, int], ...]) -> View:
        shape = tuple(before + size + after for size, (before, after) in zip(self.shape, widths))
        offset = self.offset - sum(before * step for (before, _), step in zip(widths, self.strides))
        mask = tuple((low + before, high + before) for (low, high), (before, _) in zip(self._ranges(), widths))
        return self._build(shape, self.strides, offset, mask)

    def slice(self, starts: Shape, stops: Shape, steps: Shape) -> View:
        """Take ``start:stop:step`` of every axis; steps are positive and ranges lie inside."""
        shape = tuple(max(0, -(-(stop - start) // step)) for start, stop, step in zip(starts, stops, steps))
        offset = self.offset + sum(start * stride for start, stride in zip(starts, self.strides))
        strides = tuple(stride * step for stride, step in zip(self.strides, steps))
        if self.mask is None:
            return View(shape, strides, offset)
        mask = []
        for (low, high), start, step, size in zip(self.mask, starts, steps, shape):
            first, last = -(-(low - start) // step), -(-(high - start) // step)
            first, last = min(max(first, 0), size), min(max(last, 0), size)
            mask.append((first, max(first, last)))
        return self._build(shape, strides, offset, tuple(mask))

    def window(self, axes: Shape, sizes: Shape, steps: Shape, dilations: Shape) -> View | None:
        """Windows along axes, whose elements are new last axes. A mask there would ask for sums of two indices."""
        if any(self._ranges()[axis] != (0, self.shape[axis]) for axis in axes):
            return None
        shape, strides = list(self.shape), list(self.strides)
        for axis, size, step, dilation in zip(axes, sizes, steps, dilations):
            shape[axis] = max(0, (shape[axis] - dilation * (size - 1) - 1) // step + 1)
            strides[axis] *= step
        new = tuple(self.strides[axis] * dilation for axis, dilation in zip(axes, dilations))
        ranges = (
            *((0, shape[axis]) if axis in axes else span for axis, span in enumerate(self._ranges())),
            *((0, size) for size in sizes),
        )
        return self._build((*shape, *sizes), (*strides, *new), self.offset, ranges)

    def flip(self, axes: Shape) -> View:
        offset = self.offset + sum(self.strides[axis] * (self.shape[axis] - 1) for axis in axes)
        strides = tuple(-step if axis in axes else step for axis, step in enumerate(self.strides))
        mask = self.mask
        if mask is not None:
            mask = tuple(
                (size - high, size - low) if axis in axes else (low, high)
                for axis, ((low, high), size) in enumerate(zip(mask, self.shape))
            )
        return View(self.shape, strides, offset, mask)

    def reshape(self, shape: Shape) -> View | None:
        if shape == self.shape:
            return self
        if 0 in shape:
            return View.contiguous(shape)
        ranges = self._ranges()
        if any(low >= high for low, high in ranges):  # nothing is ever read
            if not shape:
                return None  # a mask needs an axis
            return View(shape, (0,) * len(shape), 0, ((0, 0),) * len(shape))
        # An axis of length one adds nothing to the index: the walk below sees the others.
        old = [(n, step, span) for n, step, span in zip(self.shape, self.strides, ranges) if n != 1]
        new = [size for size in shape if size != 1]
        strides: list[int] = []
        mask: list[tuple[int, int]] = []
        i = j = 0
        while i < len(old) or j < len(new):
            # One group: the shortest runs of old and new axes with the same number of elements.
            first_old, first_new = i, j
            have, want = old[i][0], new[j]
            i, j = i + 1, j + 1
            while have != want:
                if have < want:
                    have *= old[i][0]
                    i += 1
                else:
                    want *= new[j]
                    j += 1
            group = old[first_old:i]
            if i - first_old == 1 and j - first_new == 1:
                strides.append(group[0][1])
                mask.append(group[0][2])
                continue
            if any(span != (0, size) for size, _, span in group):
                return None
            if any(a[1] != b[1] * b[0] for a, b in pairwise(group)):
                return None
            step = group[-1][1]
            for size, inner in zip(new[first_new:j], contiguous_strides(tuple(new[first_new:j]))):
                strides.append(step * inner)
                mask.append((0, size))
        all_strides, all_mask, k = [], [], 0
        for size in shape:
            all_strides.append(0 if size == 1 else strides[k])
            all_mask.append((0, 1) if size == 1 else mask[k])
            k += size != 1
        return self._build(shape, tuple(all_strides), self.offset, tuple(all_mask))

    def simplify(self) -> View:
        """The same map from flat index to element, with as few axes as possible."""
        axes: list[tuple[int, int, tuple[int, int]]] = []
        for size, step, span in zip(self.shape, self.strides, self._ranges()):
            if size == 1 and span == (0, 1):
                continue
            if axes and span == (0, size) and axes[-1][2] == (0, axes[-1][0]) and axes[-1][1] == step * size:
                axes[-1] = (axes[-1][0] * size, step, (0, axes[-1][0] * size))
            else:
                axes.append((size, step, span))
        return self._build(
            tuple(axis[0] for axis in axes),
            tuple(axis[1] for axis in axes),
            self.offset,
            tuple(axis[2] for axis in axes),
        )

    def is_flat(self) -> bool:
        """Whether the view reads a buffer front to back, every element once, in order."""
        simple = self.simplify()
        return simple.offset == 0 and simple.mask is None and simple.strides in ((), (1,))
