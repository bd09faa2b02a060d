"""Images in folders, one for each class."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from clgrad.data.vision.images import Images, LabelledImages, Transform
from clgrad.errors import DatasetError, DependencyError, FileFormatError

EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def load_image(path: str | os.PathLike[str]) -> Images:
    """Read an image file as uint8 (H, W, 3).

    Raises FileFormatError (a ValueError) for a damaged file or another kind, DependencyError without Pillow.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise DependencyError(
            "[load_image] the Python package Pillow is not installed; pip install clgrad[vision] installs it"
        ) from error
    with open(path, "rb") as file:
        try:
            with Image.open(file) as image:
                return np.array(image.convert("RGB"))
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
            raise FileFormatError(
                f"[load_image] {os.fspath(path)} is no whole image: {error}; mend the file or leave it out"
            ) from error


class ImageFolder(LabelledImages):
    """Images in folders: those anywhere below ``root/name`` are of the class `name`.

    Args:
        root: the folder with a folder for each class; names in alphabetical order have labels 0, 1, 2 ...
        transform: applied to each image, what `loader` gives.
        target_transform: applied to each label, an int.
        loader: reads the image at a path; load_image gives uint8 (H, W, 3) and needs Pillow.
        is_valid_file: tells from a path whether it is an image; the default knows common extensions.
        allow_empty: take a class without images.

    `samples` lists paths with their labels, `targets` the labels alone.

    Raises DatasetError (a RuntimeError and FileNotFoundError) for a root without folders and a class without images.

        >>> import tempfile
        >>> from PIL import Image
        >>> with tempfile.TemporaryDirectory() as root:
        ...     for name in ("cat", "dog"):
        ...         (Path(root) / name).mkdir()
        ...         Image.new("RGB", (4, 2)).save(f"{root}/{name}/1.png")
        ...     images = ImageFolder(root)
        ...     image, label = images[1]
        >>> image.shape, images.classes[label]
        ((2, 4, 3), 'dog')
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        loader: Callable[[str], Any] = load_image,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(transform, target_transform)
        self.root = Path(root)
        self.loader = loader
        if not self.root.is_dir():
            raise DatasetError(f"[ImageFolder] there is no folder {self.root.resolve()}; pass one that exists")
        self.classes = sorted(place.name for place in self.root.iterdir() if place.is_dir())
        if not self.classes:
            raise DatasetError(
                f"[ImageFolder] {self.root.resolve()} has no folders; there must be one for each class; put the images "
                "into some"
            )
        is_image = is_valid_file or (lambda path: path.lower().endswith(EXTENSIONS))
        self.samples: list[tuple[str, int]] = []
        for label, name in enumerate(self.classes):
            found = [path for path in _files(self.root / name) if is_image(path)]
            if not found and not allow_empty:
                raise DatasetError(
                    f"[ImageFolder] class {name!r} has no image in {(self.root / name).resolve()}; extensions are "
                    f"{' '.join(EXTENSIONS)}; pass allow_empty=True to keep it without"
                )
            self.samples += [(path, label) for path in found]
        self.targets = [label for _, label in self.samples]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int, /) -> tuple[Any, Any]:
        path, label = self.samples[index]
        return self.transformed(self.loader(path), label)


def _files(folder: Path) -> list[str]:
    """Every file below a folder, in an order that is the same everywhere."""
    return sorted(os.path.join(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names)
