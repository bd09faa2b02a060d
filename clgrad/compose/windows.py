"""Windows along the last dims: what pooling and im2col have in common, and windows as columns and back.

Inputs are (batch, channels, *dims) or (channels, *dims).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Union

from clgrad.array import A
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.view import Shape

Sizes = Union[int, Sequence[int]]
"""One number for all dims, or one for each."""


def per_dim(op: str, name: str, value: Sizes, count: int, least: int) -> Shape:
    """One number for each of the last ``count`` dims.

    Raises ArgumentError for another count of numbers, for less than ``least``, and for what is no whole number.
    """
    if type(value) is int and value >= least:
        return (value,) * count
    sizes = tuple(value) if isinstance(value, Iterable) else (value,)
    sizes = sizes * count if len(sizes) == 1 else sizes
    whole = all(isinstance(size, Integral) and not isinstance(size, bool) and size >= least for size in sizes)
    if len(sizes) != count or not whole:
        each = f", or {count} of them" if count > 1 else ""
        raise ArgumentError(f"[{op}] {name}={value!r} must be a whole number from {least}{each}")
    return tuple(int(size) for size in sizes)


def check_planes(op: str, input: A, count: int) -> None:
    """Raises ShapeError unless the input is (batch, channels, *dims) or (channels, *dims), of which only the first may
    be empty."""
    if input.ndim not in (count + 1, count + 2):
        raise ShapeError(
            f"[{op}] input {input.shape} has {input.ndim} dims, it needs {count + 1} or {count + 2}: "
            f"(channels, *sizes) or (batch, channels, *sizes); add some with unsqueeze"
        )
    first = input.ndim - count - 1
    if 0 in input.shape[first:]:
        raise ShapeError(f"[{op}] input {input.shape}: only a batch may be empty, no channels and no other dims")


@dataclass(frozen=True)
class Windows:
    """Windows along the last dims of an input, which they may overhang."""

    axes: Shape
    lengths: Shape
    sizes: Shape
    steps: Shape
    dilations: Shape
    before: Shape
    """Elements that the first window begins in front of the input."""
    counts: Shape

    @property
    def after(self) -> Shape:
        """Elements that the last window ends behind the input."""
        ends = (
            (count - 1) * step + dilation * (size - 1) + 1 - before - length
            for length, size, step, dilation, before, count in zip(
                self.lengths, self.sizes, self.steps, self.dilations, self.before, self.counts
            )
        )
        return tuple(max(0, end) for end in ends)

    def of(self, input: A, value: Any = 0) -> A:
        """The windows' elements, (..., *counts, *sizes), where there is no input of one value."""
        widths = [(0, 0)] * (input.ndim - len(self.axes)) + list(zip(self.before, self.after))
        return input.pad_widths(tuple(widths), value).window(self.axes, self.sizes, self.steps, self.dilations)


def windows_of(
    op: str,
    input: A,
    count: int,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Windows:
    """The windows that a pooling's arguments name. Raises ArgumentError; ShapeError for an input they do not fit."""
    check_planes(op, input, count)
    sizes = per_dim(op, "kernel_size", kernel_size, count, 1)
    no_stride = stride is None or (not isinstance(stride, int) and not len(stride))
    steps = sizes if no_stride else per_dim(op, "stride", stride, count, 1)  # type: ignore[arg-type]  # not None
    before = per_dim(op, "padding", padding, count, 0)
    dilations = per_dim(op, "dilation", dilation, count, 1)
    axes = tuple(range(input.ndim - count, input.ndim))
    lengths, counts = input.shape[-count:], []
    for length, size, step, ahead, apart in zip(lengths, sizes, steps, before, dilations):
        extent = apart * (size - 1) + 1
        if ahead > extent // 2:
            raise ShapeError(
                f"[{op}] padding={padding} for kernel_size={kernel_size} and dilation={dilation}: at most half of the "
                f"kernel's extent, {extent // 2}; pad more with functional.pad"
            )
        room = length + 2 * ahead - extent
        places = -(-room // step) + 1 if ceil_mode else room // step + 1
        if ceil_mode and (places - 1) * step >= length + ahead:
            places -= 1  # no window begins in the padding behind
        if places < 1:
            raise ShapeError(
                f"[{op}] kernel_size={kernel_size}, dilation={dilation} spans {extent} elements, and input "
                f"{input.shape} has {length} with padding of {ahead} on both sides; take a smaller kernel"
            )
        counts.append(places)
    return Windows(axes, lengths, sizes, steps, dilations, before, tuple(counts))


def side_by_side(windows: A, count: int) -> A:
    """With the windows' own dims in reverse: the last one of them then is not contiguous, and neighbouring lanes fold
    neighbouring windows."""
    rest = windows.ndim - count
    return windows.permute(*range(rest), *reversed(range(rest, windows.ndim)))


# -- windows as columns --------------------------------------------------------------------------


def unfold(input: A, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> A:
    """The windows of images as columns (im2col): (N, C, H, W) -> (N, C * kernel elements, windows).

    Windows overhang the image by ``padding`` zeros. Unbatched input is (C, H, W). Raises ShapeError, DtypeError, and
    ArgumentError for sizes out of range.

    >>> import clgrad
    >>> unfold(clgrad.arange(9.0).reshape(1, 3, 3), 2).tolist()
    [[0.0, 1.0, 3.0, 4.0], [1.0, 2.0, 4.0, 5.0], [3.0, 4.0, 6.0, 7.0], [4.0, 5.0, 7.0, 8.0]]
    """
    check_planes("unfold", input, 2)
    if not input.dtype.has_gradient:
        raise DtypeError(f"[unfold] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    windows = _columns("unfold", input.shape[-2:], input.ndim, kernel_size, dilation, padding, stride)
    lead = input.ndim - 2
    moved = windows.of(input).permute(*range(lead), lead + 2, lead + 3, lead, lead + 1)
    rows = input.shape[-3] * math.prod(windows.sizes)
    return moved.reshape((*input.shape[:-3], rows, math.prod(windows.counts)))


def fold(
    input: A, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> A:
    """Columns of windows added up to images (col2im): (N, C * kernel elements, windows) -> (N, C, *output_size).

    The adjoint of ``unfold``: elements of windows that overlap are added. Raises ShapeError, DtypeError, and
    ArgumentError for sizes out of range.

    >>> import clgrad
    >>> fold(clgrad.ones(4, 4), (3, 3), 2).tolist()
    [[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]
    """
    if input.ndim not in (2, 3) or 0 in input.shape[-2:]:
        raise ShapeError(
            f"[fold] input {input.shape} must be (channels * kernel elements, windows), or a batch of them"
        )
    if not input.dtype.has_gradient:
        raise DtypeError(f"[fold] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    lengths = per_dim("fold", "output_size", output_size, 2, 1)
    lead = input.shape[:-2]
    windows = _columns("fold", lengths, len(lead) + 3, kernel_size, dilation, padding, stride)
    rows, columns = input.shape[-2:]
    if rows % math.prod(windows.sizes) or columns != math.prod(windows.counts):
        raise ShapeError(
            f"[fold] input {input.shape} with kernel_size={kernel_size} and output_size={output_size}: the second to "
            f"last dim must be a multiple of {math.prod(windows.sizes)}, and the last one the number of windows, "
            f"{' * '.join(map(str, windows.counts))} = {math.prod(windows.counts)}"
        )
    channels = rows // math.prod(windows.sizes)
    apart = input.reshape((*lead, channels, *windows.sizes, *windows.counts))
    first = len(lead) + 1
    moved = apart.permute(*range(first), first + 2, first + 3, first, first + 1)
    return moved.add_windows(lengths, windows.axes, windows.steps, windows.dilations, windows.before)


def _columns(
    op: str, lengths: Shape, ndim: int, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Windows:
    sizes, steps = per_dim(op, "kernel_size", kernel_size, 2, 1), per_dim(op, "stride", stride, 2, 1)
    dilations, before = per_dim(op, "dilation", dilation, 2, 1), per_dim(op, "padding", padding, 2, 0)
    counts = tuple(
        (length + 2 * ahead - apart * (size - 1) - 1) // step + 1
        for length, size, step, apart, ahead in zip(lengths, sizes, steps, dilations, before)
    )
    if min(counts) < 1:
        raise ShapeError(
            f"[{op}] images of {lengths} with padding={padding} hold no window of kernel_size={kernel_size}, "
            f"dilation={dilation}; take a smaller kernel"
        )
    return Windows((ndim - 2, ndim - 1), lengths, sizes, steps, dilations, before, counts)
