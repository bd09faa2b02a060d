"""What datasets of images have in common: transforms, labels with names, and images in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from clgrad.data.dataset import Dataset

Transform = Callable[[Any], Any]
Images = npt.NDArray[np.uint8]


class LabelledImages(Dataset[tuple[Any, Any]]):
    """Images with labels; `transform` is applied to an image and `target_transform` to its label when it is asked for.

    A subclass says what images there are.
    """

    classes: Sequence[str]

    def __init__(self, transform: Transform | None, target_transform: Transform | None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each class."""
        return {name: label for label, name in enumerate(self.classes)}

    def transformed(self, image: Any, target: int) -> tuple[Any, Any]:
        """Give an image and its label as the user wants them."""
        return (
            image if self.transform is None else self.transform(image),
            target if self.target_transform is None else self.target_transform(target),
        )


class HeldImages(LabelledImages):
    """Images in memory: `data` is uint8 (N, H, W) or (N, H, W, C), `targets` int64 (N,)."""

    data: Images
    targets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int, /) -> tuple[Any, Any]:
        return self.transformed(self.data[index], int(self.targets[index]))
