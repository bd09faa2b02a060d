"""The weights that resize an image: a matrix for each axis, from a filter that widens where the image shrinks.

Row i of a matrix holds the filter around the place that pixel i comes from, scaled to a sum of 1 (P. Heckbert,
"Fundamentals of Texture Mapping and Image Warping", 1989; Pillow and PyTorch's ``antialias`` do the same). It is
one formula for numpy arrays and for Tensors, whose boxes may differ from image to image.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from clgrad.data.dataset import HostArray
from clgrad.errors import ArgumentError
from clgrad.tensor import Tensor

MODES = ("nearest", "nearest-exact", "bilinear", "bicubic")
SUPPORT = {"bilinear": 1.0, "bicubic": 2.0}


def check_mode(mode: str, antialias: bool | None, op: str) -> str:
    """Give the name of an interpolation. Raises ArgumentError."""
    name = str(getattr(mode, "value", mode))  # torchvision's enumeration, too
    if name not in MODES:
        raise ArgumentError(f"[{op}] interpolation={mode!r}; there are {', '.join(MODES)}; choose one of them")
    if name == "bicubic" and not antialias:
        raise ArgumentError(f"[{op}] bicubic without antialias; only bilinear goes without; pass antialias=True")
    return name


def places(length: int, count: int, mode: str) -> HostArray:
    """From which of `length` pixels each of `count` comes, for the modes that take the nearest."""
    offset = 0.5 if mode == "nearest-exact" else 0.0
    return np.minimum(((np.arange(count) + offset) * length / count).astype(np.int64), length - 1)


def weights(pixel: Any, target: Any, first: Any, length: Any, count: int, mode: str, antialias: bool | None) -> Any:
    """The matrix (count, pixels) that makes `count` pixels of those from `first` on, `length` of them.

    `pixel` numbers the pixels along the last axis, `target` the new ones along the one before; `first` and `length`
    are numbers, or Tensors that broadcast with both.
    """
    scale = length / count
    centre = (target + 0.5) * scale + first
    width: Any = 1.0
    if antialias:
        width = scale.clamp(min=1.0) if isinstance(scale, Tensor) else max(scale, 1.0)
    distance = abs(pixel + 0.5 - centre) / width
    if mode == "bilinear":
        raw = (1 - distance) * (distance < 1)
    else:
        near = (1.5 * distance - 2.5) * distance * distance + 1
        far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
        raw = near * (distance < 1) + far * ((distance >= 1) & (distance < 2))
    raw = raw * ((pixel >= first) & (pixel < first + length))
    return raw / raw.sum(-1)[..., None]


@lru_cache(maxsize=64)
def matrix(length: int, count: int, mode: str, antialias: bool | None) -> HostArray:
    """The matrix (count, length) that resizes a whole axis, in float64; it must not be written to."""
    found: HostArray = weights(
        np.arange(length), np.arange(count)[:, None], 0.0, np.float64(length), count, mode, antialias
    )
    found.flags.writeable = False
    return found


def resized(image: HostArray, height: int, width: int, mode: str, antialias: bool | None) -> HostArray:
    """An image (..., H, W) in another size; integers are rounded and keep their dtype."""
    if mode.startswith("nearest"):
        rows, columns = places(image.shape[-2], height, mode), places(image.shape[-1], width, mode)
        return np.asarray(image[..., rows[:, None], columns])
    dtype = image.dtype if image.dtype in (np.float32, np.float64) else np.dtype(np.float32)
    down = matrix(image.shape[-2], height, mode, antialias).astype(dtype)
    along = matrix(image.shape[-1], width, mode, antialias).astype(dtype)
    return like(down @ (image.astype(dtype) @ along.T), image)


def like(values: HostArray, image: HostArray) -> HostArray:
    """Values in the dtype of an image: integers are rounded, and end at what the dtype holds."""
    if image.dtype.kind == "f":
        return values.astype(image.dtype, copy=False)
    limits = np.iinfo(image.dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(image.dtype)
