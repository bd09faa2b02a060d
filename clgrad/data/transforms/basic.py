"""Transforms in a row, arrays to numbers between 0 and 1, and normalisation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from clgrad.data.dataset import HostArray
from clgrad.data.transforms.base import Transform
from clgrad.errors import ArgumentError, DtypeError
from clgrad.tensor import Tensor, tensor


class Compose:
    """Apply transforms one after the other.

    >>> import numpy as np
    >>> image = np.full((2, 2, 3), 255, np.uint8)
    >>> Compose([ToTensor(), Normalize(0.5, 0.5)])(image).tolist()[0]
    [[1.0, 1.0], [1.0, 1.0]]
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, image: Any) -> Any:
        for transform in self.transforms:
            image = transform(image)
        return image

    def __repr__(self) -> str:
        return "\n    ".join(["Compose(", *map(repr, self.transforms)]) + "\n)"


class Lambda:
    """Apply a function. Worker processes need one that has a name at the top of a module.

    >>> Lambda(abs)(-1)
    1
    """

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise DtypeError(f"[Lambda] got a {type(lambd).__name__}; it must be a function; pass one")
        self.lambd = lambd

    def __call__(self, image: Any) -> Any:
        return self.lambd(image)

    def __repr__(self) -> str:
        return "Lambda()"


class ToTensor:
    """Make float32 (C, H, W) with values from 0 to 1 of a uint8 image (H, W) or (H, W, C).

    Booleans become 0 and 1; other dtypes keep their values. The result is a numpy array: the loader makes Tensors of
    whole batches, on their device. A uint8 Tensor, already (..., C, H, W), is only scaled.

    Raises DtypeError (a TypeError) for what is no image.

        >>> import numpy as np
        >>> ToTensor()(np.zeros((4, 5, 3), np.uint8)).shape
        (3, 4, 5)
    """

    def __call__(self, image: Any) -> Any:
        if isinstance(image, Tensor):
            return image.float() / 255 if image.dtype.name == "uint8" else image
        array = np.asarray(image)
        if array.ndim not in (2, 3) or array.dtype.kind not in "buif":
            raise DtypeError(
                f"[ToTensor] got {type(image).__name__} with {array.dtype} {array.shape}; it must be an array "
                "(H, W) or (H, W, C), or an image of Pillow"
            )
        planes = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        if array.dtype == np.uint8:
            return np.divide(planes, np.float32(255), dtype=np.float32, order="C")
        return np.ascontiguousarray(planes, np.float32 if array.dtype == bool else array.dtype)

    def __repr__(self) -> str:
        return "ToTensor()"


class Normalize(Transform):
    """Subtract a mean from each channel and divide by a deviation.

    `mean` and `std` are a number, or one for each channel; images are floating, (C, H, W). `inplace` changes an array
    itself; Tensors never change.

    Raises DtypeError (a TypeError) for images of integers, ArgumentError (a ValueError) for a deviation of 0.

        >>> import numpy as np
        >>> Normalize(mean=(1.0, 2.0), std=(0.5, 4.0))(np.full((2, 1, 1), 2.0)).ravel().tolist()
        [2.0, 0.0]
    """

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float], inplace: bool = False) -> None:
        self.mean = mean
        self.std = std
        self.inplace = inplace
        if not np.all(std):
            raise ArgumentError(f"[Normalize] std is {std!r}; one divides by it; leave out channels that never change")

    def __call__(self, image: Any) -> Any:
        is_float = image.dtype.is_float if isinstance(image, Tensor) else np.asarray(image).dtype.kind == "f"
        if not is_float:
            raise DtypeError("[Normalize] an image of integers; it must be floating; put ToTensor() before")
        return super().__call__(image)

    def on_planes(self, image: HostArray) -> HostArray:
        mean, std = (self._channels(values, image.shape[-3]).astype(image.dtype) for values in (self.mean, self.std))
        result: HostArray = image if self.inplace else image.copy()
        result -= mean
        result /= std
        return result

    def on_batch(self, images: Tensor) -> Tensor:
        mean, std = (
            tensor(self._channels(values, images.shape[1]), images.dtype, images.device)
            for values in (self.mean, self.std)
        )
        return (images - mean) / std

    def _channels(self, values: float | Sequence[float], channels: int) -> npt.NDArray[np.float64]:
        """A number for each channel, (C, 1, 1), or one for all."""
        numbers = np.asarray(values, np.float64).reshape(-1, 1, 1)
        if len(numbers) not in (1, channels):
            raise ArgumentError(
                f"[Normalize] {len(numbers)} numbers for images of {channels} channels; there must be one for all or "
                "one for each"
            )
        return numbers
