"""CIFAR-10 and CIFAR-100, from their binary version: records of bytes, nothing that a reader would execute."""

from __future__ import annotations

import os
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clgrad.data.vision.download import absent, fetch
from clgrad.data.vision.images import HeldImages, Images, Transform
from clgrad.errors import FileFormatError
from clgrad.io.files import replace

SIZE = 32
"""Pixels of an image's side."""


class CIFAR10(HeldImages):
    """Photos in ten classes: 50,000 to train with and 10,000 to test, 32 x 32 x 3 of uint8.

    Args:
        root: the folder that holds, or will hold, ``cifar-10-batches-bin`` with the files of the binary version.
        train: the images to train with, or those to test.
        transform: applied to each image, a uint8 array (32, 32, 3), when it is asked for.
        target_transform: applied to each label, an int.
        download: fetch the archive if files are not there.

    `data` holds all images, uint8 (N, 32, 32, 3), and `targets` their labels, int64 (N,).

    Raises DatasetError (a RuntimeError and FileNotFoundError) if files are missing, FileFormatError (a ValueError) if
    they are damaged.
    """

    classes: Sequence[str] = (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"
    )  # fmt: skip
    mirrors: Sequence[str] = ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/")
    archive = "cifar-10-binary.tar.gz"
    md5 = "c32a1d4ab5d03f1284b67883e8d87530"
    folder = "cifar-10-batches-bin"
    train_files: Sequence[str] = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
    test_files: Sequence[str] = ("test_batch.bin",)
    class_file = "batches.meta.txt"
    label_bytes = 1
    """Bytes before the pixels of a record, the last of which is the label."""

    def __init__(
        self,
        root: str | os.PathLike[str],
        train: bool = True,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(transform, target_transform)
        self.train = train
        folder = Path(root) / self.folder
        files = [*self.train_files, *self.test_files, self.class_file]
        if download and not all((folder / name).exists() for name in files):
            self._unpack(fetch(self.mirrors, self.archive, self.md5, Path(root)), files, folder)
        files = [*(self.train_files if train else self.test_files), self.class_file]
        if not all((folder / name).exists() for name in files):
            raise absent(type(self).__name__, files, folder)
        names = (folder / self.class_file).read_text(encoding="ascii", errors="replace").split()
        if len(names) != len(set(names)) or len(names) < 2:
            raise FileFormatError(
                f"[{type(self).__name__}] {folder / self.class_file} names the classes {names}; delete it and fetch it "
                "again"
            )
        self.classes = tuple(names)
        parts = [self._read(folder / name) for name in files[:-1]]
        self.data = np.concatenate([images for images, _ in parts])
        self.targets = np.concatenate([labels for _, labels in parts]).astype(np.int64)

    def _unpack(self, archive: Path, files: Sequence[str], folder: Path) -> None:
        """Write those files of an archive that the dataset needs, and no others."""
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(archive) as content:
                for name in files:
                    member = content.extractfile(f"{self.folder}/{name}")
                    if member is None:
                        raise KeyError(f"{name} is no file")
                    data = member.read()
                    replace(folder / name, lambda fresh, data=data: Path(fresh).write_bytes(data))  # type: ignore[misc]
        except (tarfile.TarError, KeyError, EOFError, zlib.error) as error:
            raise FileFormatError(
                f"[{type(self).__name__}] {archive} is no whole archive: {error}; delete it and fetch it again"
            ) from error

    def _read(self, path: Path) -> tuple[Images, Images]:
        """Images and labels of a file of records: labels, then the red, green and blue pixels in rows."""
        content = np.frombuffer(path.read_bytes(), np.uint8)
        length = self.label_bytes + 3 * SIZE * SIZE
        if not content.size or content.size % length:
            raise FileFormatError(
                f"[{type(self).__name__}] {path} has {content.size} bytes; records have {length}; delete it and "
                "fetch it again"
            )
        records = content.reshape(-1, length)
        labels = records[:, self.label_bytes - 1]
        if labels.max() >= len(self.classes):
            raise FileFormatError(
                f"[{type(self).__name__}] {path} has label {labels.max()}; there are {len(self.classes)} classes; "
                "delete it and fetch it again"
            )
        images = records[:, self.label_bytes :].reshape(-1, 3, SIZE, SIZE).transpose(0, 2, 3, 1)
        return images, labels


class CIFAR100(CIFAR10):
    """Photos in a hundred classes, in the form of CIFAR10; the files are in ``cifar-100-binary``."""

    archive = "cifar-100-binary.tar.gz"
    md5 = "03b5dce01913d631647c71ecec9e9cb8"
    folder = "cifar-100-binary"
    train_files = ("train.bin",)
    test_files = ("test.bin",)
    class_file = "fine_label_names.txt"
    label_bytes = 2
