"""Transforms that move pixels: sizes, crops, flips, and erased boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from clgrad.creation import arange, where
from clgrad.data.dataset import HostArray
from clgrad.data.seeds import sample_generator
from clgrad.data.transforms.base import Transform, box_mask, interval, pair, per_image, probability
from clgrad.data.transforms.resampling import check_mode, matrix, places, resized, weights
from clgrad.errors import ArgumentError, ShapeError
from clgrad.random import rand, randn
from clgrad.tensor import Tensor, from_numpy, tensor

ATTEMPTS = 10
"""How often a box is drawn before one that surely fits is taken."""
PADDING = ("constant", "edge", "reflect", "symmetric")


class Resize(Transform):
    """Bring images to a size: (height, width), or a number for the shorter side; the other keeps the proportion.

    `interpolation` is "bilinear", "bicubic", "nearest" or "nearest-exact". `max_size` limits the longer side. With
    `antialias` all pixels of a place count where the image shrinks.

    Raises ArgumentError (a ValueError) for other sizes and interpolations.

        >>> import numpy as np
        >>> Resize(4)(np.zeros((8, 12, 3), np.uint8)).shape
        (4, 6, 3)
    """

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: str = "bilinear",
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        height, width = pair(size, "Resize")
        self.size: int | tuple[int, int] = height if isinstance(size, int) or len(size) == 1 else (height, width)
        self.interpolation = check_mode(interpolation, antialias, "Resize")
        self.max_size = max_size
        self.antialias = antialias
        if max_size is not None and (not isinstance(self.size, int) or max_size <= self.size):
            raise ArgumentError(
                f"[Resize] max_size={max_size} with size={size!r}; it limits the longer side where size is the shorter "
                "one, and must be above it"
            )

    def _target(self, height: int, width: int) -> tuple[int, int]:
        if not isinstance(self.size, int):
            return self.size
        shorter, longer = min(height, width), max(height, width)
        new_shorter, new_longer = self.size, int(self.size * longer / shorter)
        if self.max_size is not None and new_longer > self.max_size:
            new_shorter, new_longer = int(self.max_size * new_shorter / new_longer), self.max_size
        return (new_shorter, new_longer) if height <= width else (new_longer, new_shorter)

    def on_planes(self, image: HostArray) -> HostArray:
        height, width = self._target(*image.shape[-2:])
        if image.shape[-2:] == (height, width):
            return image
        return resized(image, height, width, self.interpolation, self.antialias)

    def on_batch(self, images: Tensor) -> Tensor:
        height, width = self._target(*images.shape[-2:])
        if images.shape[-2:] == (height, width):
            return images
        if self.interpolation.startswith("nearest"):
            for dim, count in ((-2, height), (-1, width)):
                chosen = places(images.shape[dim], count, self.interpolation)
                images = images.index_select(dim, from_numpy(chosen, images.device))
            return images
        dtype = images.dtype if images.dtype.is_float else "float32"
        down, along = (
            tensor(matrix(length, count, self.interpolation, self.antialias), dtype, images.device)
            for length, count in zip(images.shape[-2:], (height, width), strict=True)
        )
        return _like(down @ (images.to(dtype) @ along.t()), images)


def _like(values: Tensor, images: Tensor) -> Tensor:
    """Values in the dtype of images: those of uint8 are rounded."""
    return values.to(images.dtype) if images.dtype.is_float else values.round().clamp(0, 255).to(images.dtype)


class CenterCrop(Transform):
    """Cut (height, width) out of the middle; a smaller image gets a border of zeros.

    >>> import numpy as np
    >>> CenterCrop(2)(np.arange(16).reshape(4, 4)).tolist()
    [[5, 6], [9, 10]]
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = pair(size, "CenterCrop")

    def _edges(self, shape: Sequence[int]) -> list[tuple[int, int, int, int]]:
        """For both axes: zeros before and after, then first and last pixel of what is cut."""
        edges = []
        for length, count in zip(shape[-2:], self.size, strict=True):
            missing = max(count - length, 0)
            before = missing // 2
            first = round((length + missing - count) / 2)
            edges.append((before, missing - before, first, first + count))
        return edges

    def on_planes(self, image: HostArray) -> HostArray:
        (above, below, top, bottom), (before, after, left, right) = self._edges(image.shape)
        padded = np.pad(image, [(0, 0)] * (image.ndim - 2) + [(above, below), (before, after)])
        return padded[..., top:bottom, left:right]

    def on_batch(self, images: Tensor) -> Tensor:
        (above, below, top, bottom), (before, after, left, right) = self._edges(images.shape)
        padded: Tensor = images.pad((before, after, above, below))
        return padded[..., top:bottom, left:right]


class RandomCrop(Transform):
    """Cut (height, width) out at a random place.

    Args:
        size: of the result.
        padding: pixels added before: at all sides, (sides, above and below), or (left, top, right, bottom).
        pad_if_needed: add as many as a small image lacks.
        fill: the value of added pixels.
        padding_mode: "constant" for `fill`, or "edge", "reflect" or "symmetric", which go on with the image.

    Raises ArgumentError (a ValueError) for other arguments, ShapeError for images that are too small.

        >>> import numpy as np
        >>> RandomCrop(28, padding=4)(np.zeros((28, 28, 3), np.uint8)).shape
        (28, 28, 3)
    """

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: float = 0,
        padding_mode: str = "constant",
    ) -> None:
        self.size = pair(size, "RandomCrop")
        sides = (padding or 0,) if not isinstance(padding, Sequence) else tuple(padding)
        if len(sides) not in (1, 2, 4) or min(sides) < 0:
            raise ArgumentError(f"[RandomCrop] padding is {padding!r}; it must be 1, 2 or 4 whole numbers from 0")
        self.padding = padding
        self._sides = sides * (4 // len(sides))
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        if padding_mode not in PADDING:
            raise ArgumentError(f"[RandomCrop] padding_mode={padding_mode!r}; there are {', '.join(PADDING)}")
        self.padding_mode = padding_mode

    def _added(self, shape: Sequence[int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Pixels added above and below, left and right. Raises ShapeError."""
        left, top, right, bottom = self._sides
        sides = []
        for length, count, before, after in zip(shape[-2:], self.size, (top, left), (bottom, right), strict=True):
            lacking = max(count - length - before - after, 0)
            if lacking and not self.pad_if_needed:
                raise ShapeError(
                    f"[RandomCrop] an image of {tuple(shape[-2:])} with padding {self.padding!r} is smaller than "
                    f"{self.size}; pass pad_if_needed=True, or Resize first"
                )
            sides.append((before + lacking, after + lacking))
        return sides[0], sides[1]

    def on_planes(self, image: HostArray) -> HostArray:
        down, along = self._added(image.shape)
        options: dict[str, Any] = {"constant_values": self.fill} if self.padding_mode == "constant" else {}
        padded = np.pad(image, [(0, 0)] * (image.ndim - 2) + [down, along], self.padding_mode, **options)  # type: ignore[call-overload]  # the names are np.pad's
        random = sample_generator()
        top, left = (
            int(random.integers(0, length - count + 1))
            for length, count in zip(padded.shape[-2:], self.size, strict=True)
        )
        return np.asarray(padded[..., top : top + self.size[0], left : left + self.size[1]])

    def on_batch(self, images: Tensor) -> Tensor:
        chosen, inside = [], []
        for length, count, (before, after) in zip(images.shape[-2:], self.size, self._added(images.shape), strict=True):
            first = _below(images, length + before + after - count + 1) - before
            at = first[:, None] + arange(count, device=images.device)
            inside.append((at >= 0) & (at < length))
            chosen.append(_folded(at, length, self.padding_mode))
        every, channels = (arange(length, device=images.device) for length in images.shape[:2])
        rows, columns = chosen
        cut: Tensor = images[
            per_image(every), channels[None, :, None, None], rows[:, None, :, None], columns[:, None, None, :]
        ]
        if self.padding_mode != "constant":
            return cut
        filled: Tensor = where(inside[0][:, None, :, None] & inside[1][:, None, None, :], cut, self.fill)
        return filled


def _below(images: Tensor, count: Any) -> Tensor:
    """A random whole number below `count` for each image, int64 (N,)."""
    drawn: Tensor = (rand(images.shape[0], device=images.device) * count).floor().long().clamp(max=count - 1)
    return drawn


def _folded(at: Tensor, length: int, mode: str) -> Tensor:
    """Places beyond the ends of an axis brought back onto it."""
    if mode == "reflect" and length > 1:
        period = 2 * (length - 1)
        at = at.remainder(period)
        return at.minimum(period - at)
    if mode == "symmetric":
        at = at.remainder(2 * length)
        return at.minimum(2 * length - 1 - at)
    return at.clamp(0, length - 1)


class RandomHorizontalFlip(Transform):
    """Swap left and right with probability `p`.

    >>> import numpy as np
    >>> RandomHorizontalFlip(p=1.0)(np.array([[1, 2], [3, 4]])).tolist()
    [[2, 1], [4, 3]]
    """

    axis = -1

    def __init__(self, p: float = 0.5) -> None:
        self.p = probability(p, type(self).__name__)

    def on_planes(self, image: HostArray) -> HostArray:
        return np.flip(image, self.axis) if sample_generator().random() < self.p else image

    def on_batch(self, images: Tensor) -> Tensor:
        chosen = per_image(rand(images.shape[0], device=images.device) < self.p)
        return where(chosen, images.flip(self.axis), images)


class RandomVerticalFlip(RandomHorizontalFlip):
    """Swap top and bottom with probability `p`.

    >>> import numpy as np
    >>> RandomVerticalFlip(p=1.0)(np.array([[1, 2], [3, 4]])).tolist()
    [[3, 4], [1, 2]]
    """

    axis = -2


class RandomResizedCrop(Transform):
    """Cut out a random box, and bring it to a size.

    Args:
        size: of the result, (height, width).
        scale: the lowest and highest part of the image's area in the box.
        ratio: the lowest and highest width in heights of the box; its logarithm is evenly distributed.
        interpolation: as for Resize; Tensors know "bilinear" and "bicubic".
        antialias: as for Resize.

    A box that does not fit is drawn again, ten times at most; of a Tensor's it is made to fit.

        >>> import numpy as np
        >>> RandomResizedCrop(4)(np.zeros((8, 12, 3), np.uint8)).shape
        (4, 4, 3)
    """

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3 / 4, 4 / 3),
        interpolation: str = "bilinear",
        antialias: bool | None = True,
    ) -> None:
        self.size = pair(size, "RandomResizedCrop")
        self.scale = interval(scale, "RandomResizedCrop", "scale")
        self.ratio = interval(ratio, "RandomResizedCrop", "ratio")
        self.interpolation = check_mode(interpolation, antialias, "RandomResizedCrop")
        self.antialias = antialias

    def _box(self, height: int, width: int) -> tuple[int, int, int, int]:
        """Top, left, height and width."""
        random = sample_generator()
        for _ in range(ATTEMPTS):
            rows, columns = _sides(random, height * width, self.scale, self.ratio)
            if 0 < rows <= height and 0 < columns <= width:
                top, left = random.integers(0, height - rows + 1), random.integers(0, width - columns + 1)
                return int(top), int(left), rows, columns
        rows, columns = height, width
        if width / height < self.ratio[0]:
            rows = round(width / self.ratio[0])
        elif width / height > self.ratio[1]:
            columns = round(height * self.ratio[1])
        return (height - rows) // 2, (width - columns) // 2, rows, columns

    def on_planes(self, image: HostArray) -> HostArray:
        top, left, rows, columns = self._box(*image.shape[-2:])
        cut = image[..., top : top + rows, left : left + columns]
        return resized(cut, *self.size, self.interpolation, self.antialias)

    def on_batch(self, images: Tensor) -> Tensor:
        if self.interpolation.startswith("nearest"):
            raise ArgumentError(
                f"[RandomResizedCrop] interpolation={self.interpolation!r} of a Tensor; it knows bilinear and bicubic; "
                "choose one of them, or transform arrays"
            )
        sides = _drawn_sides(images, self.scale, self.ratio)
        factors = []
        for length, count, side in zip(images.shape[-2:], self.size, sides, strict=True):
            side = side.round().clamp(1, length)
            first = (rand(images.shape[0], device=images.device) * (length - side + 1)).floor().minimum(length - side)
            pixel = arange(length, device=images.device).float()
            target = arange(count, device=images.device).float()[:, None]
            factors.append(
                weights(
                    pixel, target, first[:, None, None], side[:, None, None], count, self.interpolation, self.antialias
                )
            )
        dtype = images.dtype if images.dtype.is_float else "float32"
        down, along = (factor.to(dtype)[:, None] for factor in factors)
        return _like(down @ (images.to(dtype) @ along.transpose(-1, -2)), images)


def _sides(
    random: np.random.Generator, area: float, scale: tuple[float, float], ratio: tuple[float, float]
) -> tuple[int, int]:
    """Height and width of a random box."""
    part = area * random.uniform(*scale)
    proportion = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
    return round(math.sqrt(part / proportion)), round(math.sqrt(part * proportion))


def _drawn_sides(images: Tensor, scale: tuple[float, float], ratio: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """Heights and widths of random boxes, one for each image of a batch, before rounding."""
    count, _, height, width = images.shape
    part = (rand(count, device=images.device) * (scale[1] - scale[0]) + scale[0]) * (height * width)
    low, high = math.log(ratio[0]), math.log(ratio[1])
    proportion = (rand(count, device=images.device) * (high - low) + low).exp()
    return (part / proportion).sqrt(), (part * proportion).sqrt()


class RandomErasing(Transform):
    """Overwrite a random box with probability `p`.

    `scale` and `ratio` are the bounds of the box's part of the area, and of its height in widths. `value` is a number,
    one for each channel, or "random" for normally distributed ones. `inplace` changes an array itself; Tensors never
    change. A box that does not fit is drawn again, ten times at most; of a Tensor's it is made to fit.

        >>> import numpy as np
        >>> erased = RandomErasing(p=1.0, scale=(0.25, 0.25), ratio=(1.0, 1.0))(np.ones((1, 8, 8), np.float32))
        >>> float(erased.sum())
        48.0
    """

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: float | str | Sequence[float] = 0,
        inplace: bool = False,
    ) -> None:
        self.p = probability(p, "RandomErasing")
        self.scale = interval(scale, "RandomErasing", "scale")
        self.ratio = interval(ratio, "RandomErasing", "ratio")
        if isinstance(value, str) and value != "random":
            raise ArgumentError(f'[RandomErasing] value={value!r}; it must be numbers, or "random"')
        self.value = value
        self.inplace = inplace

    def on_planes(self, image: HostArray) -> HostArray:
        random = sample_generator()
        if random.random() >= self.p:
            return image
        height, width = image.shape[-2:]
        for _ in range(ATTEMPTS):
            columns, rows = _sides(random, height * width, self.scale, self.ratio)
            if 0 < rows < height and 0 < columns < width:
                top, left = random.integers(0, height - rows + 1), random.integers(0, width - columns + 1)
                result = image if self.inplace else image.copy()
                box = result[..., top : top + rows, left : left + columns]
                box[...] = random.normal(size=box.shape) if self.value == "random" else self._values(image.shape[-3])
                return result
        return image

    def on_batch(self, images: Tensor) -> Tensor:
        count, channels, height, width = images.shape
        columns, rows = _drawn_sides(images, self.scale, self.ratio)
        rows, columns = (
            per_image(side.round().long().clamp(1, max(length - 1, 1)))
            for side, length in ((rows, height), (columns, width))
        )
        top, left = (
            (per_image(rand(count, device=images.device)) * (length - side + 1)).floor().long().minimum(length - side)
            for side, length in ((rows, height), (columns, width))
        )
        mask = box_mask(images, top, left, rows, columns)
        mask = mask & per_image(rand(count, device=images.device) < self.p)
        if self.value == "random":
            return where(mask, randn(*images.shape, device=images.device).to(images.dtype), images)
        values = self._values(channels)
        if values.size == 1:
            return where(mask, float(values.item()), images)
        return where(mask, tensor(values, images.dtype, images.device), images)

    def _values(self, channels: int) -> HostArray:
        values = np.asarray(self.value, np.float64).reshape(-1, 1, 1)
        if len(values) not in (1, channels):
            raise ArgumentError(
                f"[RandomErasing] {len(values)} values for images of {channels} channels; there must be one for all or "
                "one for each"
            )
        return values
