"""Random changes of brightness, contrast, saturation and hue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clgrad.data.dataset import HostArray
from clgrad.data.seeds import sample_generator
from clgrad.data.transforms.base import Transform, per_image
from clgrad.data.transforms.resampling import like
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.random import rand
from clgrad.tensor import Tensor

GREY = (0.2989, 0.587, 0.114)
"""How bright red, green and blue look (ITU-R BT.601)."""


class ColorJitter(Transform):
    """Change brightness, contrast, saturation and hue at random.

    Each argument is the most that a factor differs from 1, or (lowest, highest); `hue` is the most that hues turn, of
    a whole turn, at most 0.5. Images are uint8, or floating with values from 0 to 1, with one channel or three. The
    four changes come in a random order; to a batch on a device in the order of the arguments, so that one kernel does
    for all batches.

    Raises ArgumentError (a ValueError) for other arguments, ShapeError for other channels.

        >>> import numpy as np
        >>> ColorJitter(brightness=(0.5, 0.5))(np.full((1, 1, 3), 200, np.uint8)).tolist()
        [[[100, 100, 100]]]
    """

    def __init__(
        self,
        brightness: float | Sequence[float] = 0,
        contrast: float | Sequence[float] = 0,
        saturation: float | Sequence[float] = 0,
        hue: float | Sequence[float] = 0,
    ) -> None:
        self.brightness = _range("brightness", brightness, 1.0, (0.0, np.inf))
        self.contrast = _range("contrast", contrast, 1.0, (0.0, np.inf))
        self.saturation = _range("saturation", saturation, 1.0, (0.0, np.inf))
        self.hue = _range("hue", hue, 0.0, (-0.5, 0.5))

    def _changes(self, channels: int) -> list[tuple[tuple[float, float], Callable[[Any, Any], Any]]]:
        """The ranges of factors, and what is done with them; nothing to the colours of a grey image."""
        if channels not in (1, 3):
            raise ShapeError(f"[ColorJitter] images of {channels} channels; there must be 1 or 3; put it before others")
        changes: list[tuple[tuple[float, float] | None, Callable[[Any, Any], Any]]] = [
            (self.brightness, _brighter),
            (self.contrast, _contrasting),
            (self.saturation, _saturated),
            (self.hue, _turned),
        ]
        some = changes if channels == 3 else changes[:2]
        return [(bounds, change) for bounds, change in some if bounds is not None]

    def on_planes(self, image: HostArray) -> HostArray:
        random = sample_generator()
        changes = self._changes(image.shape[-3])
        values = image.astype(np.float32) / 255 if image.dtype.kind != "f" else image
        for place in random.permutation(len(changes)):
            bounds, change = changes[place]
            values = np.asarray(change(values, float(random.uniform(*bounds))), values.dtype)
        return like(values * 255 if image.dtype.kind != "f" else values, image)

    def on_batch(self, images: Tensor) -> Tensor:
        if not images.dtype.is_float:
            raise DtypeError(
                f"[ColorJitter] a Tensor of {images.dtype.name}; it must be floating; put ToTensor() before"
            )
        for (low, high), change in self._changes(images.shape[1]):
            factor = rand(images.shape[0], device=images.device) * (high - low) + low
            images = change(images, per_image(factor).to(images.dtype))
        return images


def _range(
    name: str, value: float | Sequence[float], centre: float, limits: tuple[float, float]
) -> tuple[float, float] | None:
    """Lowest and highest factor; None where nothing is changed. Raises ArgumentError."""
    if isinstance(value, Sequence):
        bounds = tuple(map(float, value))
    else:
        bounds = (centre - value if value < 0 else max(centre - value, limits[0]), centre + value)
    if len(bounds) != 2 or not limits[0] <= bounds[0] <= bounds[1] <= limits[1]:
        raise ArgumentError(
            f"[ColorJitter] {name} is {value!r}; it must be a number from 0, or (lowest, highest), from {limits[0]:g} "
            f"to {limits[1]:g}"
        )
    return None if bounds == (centre, centre) else (bounds[0], bounds[1])


# Each of these takes arrays and Tensors (..., C, H, W), and a factor that broadcasts with them.


def _clipped(values: Any) -> Any:
    return values.clip(0.0, 1.0)


def _grey(image: Any) -> Any:
    """How bright each pixel is, (..., 1, H, W)."""
    if image.shape[-3] == 1:
        return image
    red, green, blue = (image[..., channel, :, :] for channel in range(3))
    return (GREY[0] * red + GREY[1] * green + GREY[2] * blue)[..., None, :, :]


def _brighter(image: Any, factor: Any) -> Any:
    return _clipped(image * factor)


def _contrasting(image: Any, factor: Any) -> Any:
    grey = _grey(image)
    mean = grey.mean((-3, -2, -1))[..., None, None, None]
    return _clipped(image * factor + mean * (1 - factor))


def _saturated(image: Any, factor: Any) -> Any:
    return _clipped(image * factor + _grey(image) * (1 - factor))


def _turned(image: Any, turn: Any) -> Any:
    """Turn hues, by way of HSV: each colour is its value less what its distance on the circle of hues takes away."""
    namespace = image.__array_namespace__()
    red, green, blue = (image[..., channel : channel + 1, :, :] for channel in range(3))
    value = namespace.maximum(namespace.maximum(red, green), blue)
    chroma = value - namespace.minimum(namespace.minimum(red, green), blue)
    divisor = namespace.where(chroma == 0, 1.0, chroma)
    sixth = namespace.where(
        value == red,
        (green - blue) / divisor,
        namespace.where(value == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    sixth = sixth + 6 * turn
    colours = []
    for offset in (5, 3, 1):
        place = (sixth + offset) % 6
        colours.append(value - chroma * _clipped(namespace.minimum(place, 4 - place)))
    return namespace.concat(colours, axis=-3)
