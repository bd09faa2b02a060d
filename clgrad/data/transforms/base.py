"""What transforms have in common: the layout of images, and one meaning for one image and for a batch on a device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clgrad.creation import arange
from clgrad.data.dataset import HostArray
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.tensor import Tensor


class Transform:
    """Change an image, or each image of a batch.

    What an image is, its dtype tells. An array of integers is as datasets give it, (H, W) or (H, W, C), and so is an
    image of Pillow; the result has the same form. Floating arrays are as ToTensor gives them, (C, H, W). A Tensor is
    (C, H, W), or a batch (N, C, H, W) of which each image has random numbers of its own: it stays on its device, and
    what is done to it fuses with what comes next.

    Random numbers for arrays come from ``clgrad.data.sample_generator``, those for Tensors from clgrad's generator:
    both follow ``clgrad.manual_seed``.
    """

    def __call__(self, image: Any) -> Any:
        if isinstance(image, Tensor):
            if image.ndim not in (3, 4):
                raise ShapeError(
                    f"[{type(self).__name__}] a Tensor of shape {image.shape}; it must be (C, H, W) or (N, C, H, W); "
                    "reshape it"
                )
            return self.on_batch(image) if image.ndim == 4 else self.on_batch(image[None])[0]
        array = np.asarray(image)
        if array.dtype.kind not in "buif" or array.ndim < 2 or (array.dtype.kind != "f" and array.ndim > 3):
            raise DtypeError(
                f"[{type(self).__name__}] got {type(image).__name__} with {array.dtype} {array.shape}; an image is an "
                "array of integers (H, W) or (H, W, C), a floating one (C, H, W), or a Tensor"
            )
        if array.dtype.kind == "f":
            return self.on_planes(array)
        if array.ndim == 2:
            return self.on_planes(array[None])[0]
        return np.moveaxis(self.on_planes(np.moveaxis(array, -1, 0)), 0, -1)

    def on_planes(self, image: HostArray) -> HostArray:
        """Change one image on the host, (..., H, W)."""
        raise NotImplementedError

    def on_batch(self, images: Tensor) -> Tensor:
        """Change the images of a batch (N, C, H, W) on its device."""
        raise NotImplementedError

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if not name.startswith("_"))
        return f"{type(self).__name__}({arguments})"


def pair(size: int | Sequence[int], op: str) -> tuple[int, int]:
    """Height and width from a size: a number stands for both. Raises ArgumentError."""
    sides = tuple(size) if isinstance(size, Sequence) else (size, size)
    if len(sides) == 1:
        sides = (sides[0], sides[0])
    if len(sides) != 2 or not all(isinstance(side, int) and side > 0 for side in sides):
        raise ArgumentError(f"[{op}] size is {size!r}; it must be a whole number from 1, or (height, width) of them")
    return sides[0], sides[1]


def probability(p: float, op: str) -> float:
    """Give `p` if it is one. Raises ArgumentError."""
    if not 0 <= p <= 1:
        raise ArgumentError(f"[{op}] p is {p!r}; it is a probability, from 0 to 1")
    return p


def interval(ends: Sequence[float], op: str, name: str) -> tuple[float, float]:
    """Lowest and highest, in order. Raises ArgumentError."""
    if len(ends) != 2 or not 0 < ends[0] <= ends[1]:
        raise ArgumentError(f"[{op}] {name} is {ends!r}; it must be (lowest, highest), above 0 and in that order")
    return float(ends[0]), float(ends[1])


def per_image(values: Tensor) -> Tensor:
    """A number for each image, (N,), in a shape that meets (N, C, H, W)."""
    return values[:, None, None, None]


def box_mask(images: Tensor, top: Tensor, left: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Which places of images lie in a box: one for all, or one for each of them, (N, 1, 1, 1)."""
    down, along = (arange(length, device=images.device) for length in images.shape[-2:])
    down = down[:, None]
    return (down >= top) & (down < top + rows) & (along >= left) & (along < left + columns)
