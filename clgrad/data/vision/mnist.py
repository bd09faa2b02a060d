"""MNIST and Fashion-MNIST, from files of LeCun's IDX format."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clgrad.data.vision.download import absent, fetch
from clgrad.data.vision.images import HeldImages, Transform
from clgrad.errors import FileFormatError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""numpy's names for the third byte of a file."""
MOST_BYTES = 1 << 32
"""More than any of these files has, unpacked."""


def read_idx(path: str | os.PathLike[str]) -> npt.NDArray[Any]:
    """Read an array from an IDX file, which may be packed by gzip.

    The format: two zeros, the dtype, the number of dims; each length as 4 bytes, the highest first; the elements.
    Raises FileFormatError (a ValueError) for a file that is damaged or of another kind.
    """
    with open(path, "rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if is_packed else open(path, "rb") as content:
            head = content.read(4)
            if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in DTYPES or head[3] == 0:
                raise ValueError(f"it begins with {head.hex(' ') or 'nothing'}")
            lengths = np.frombuffer(content.read(4 * head[3]), ">u4").tolist()
            dtype = np.dtype(DTYPES[head[2]])
            wanted = math.prod(lengths) * dtype.itemsize
            if len(lengths) != head[3] or wanted > MOST_BYTES:
                raise ValueError(f"its shape is {tuple(lengths)}")
            data = content.read(wanted)
            if len(data) < wanted or content.read(1):
                raise ValueError(f"it does not hold the {wanted:,} bytes of shape {tuple(lengths)}")
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileFormatError(
            f"[read_idx] {os.fspath(path)} is no whole IDX file: {error}; delete it and fetch it again"
        ) from error
    return np.array(np.frombuffer(data, dtype).reshape(lengths), dtype.newbyteorder("="))


class MNIST(HeldImages):
    """Handwritten digits: 60,000 images to train with and 10,000 to test, 28 x 28 of uint8, and their digits.

    Args:
        root: the folder that holds, or will hold, ``MNIST/raw`` with the four files of the dataset, packed or not.
        train: the images to train with, or those to test.
        transform: applied to each image, a uint8 array (28, 28), when it is asked for.
        target_transform: applied to each label, an int.
        download: fetch files that are not there.

    `data` holds all images, uint8 (N, 28, 28), and `targets` their labels, int64 (N,).

    Raises DatasetError (a RuntimeError and FileNotFoundError) if files are missing, FileFormatError (a ValueError) if
    they are damaged.
    """

    classes: Sequence[str] = tuple(
        f"{digit} - {name}"
        for digit, name in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
    )
    mirrors: Sequence[str] = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    checksums: Sequence[str] = (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    )
    """Of images and labels to train with, then of those to test."""

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
        folder = Path(root) / type(self).__name__ / "raw"
        part, checksums = ("train", self.checksums[:2]) if train else ("t10k", self.checksums[2:])
        names = (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte")
        if download:
            for name, md5 in zip(names, checksums, strict=True):
                if not (folder / name).exists():
                    fetch(self.mirrors, f"{name}.gz", md5, folder)
        paths = [next((p for p in (folder / name, folder / f"{name}.gz") if p.exists()), None) for name in names]
        if None in paths:
            raise absent(type(self).__name__, [f"{name}.gz" for name in names], folder)
        images, labels = (read_idx(path) for path in paths if path is not None)
        if images.dtype != np.uint8 or images.ndim != 3 or labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
            raise FileFormatError(
                f"[{type(self).__name__}] images of {images.dtype} {images.shape} and labels of {labels.dtype} "
                f"{labels.shape} in {folder}; there must be uint8 (N, H, W) and (N,); fetch both files again"
            )
        if labels.size and labels.max() >= len(self.classes):
            raise FileFormatError(
                f"[{type(self).__name__}] label {labels.max()} in {paths[1]}; labels must be below "
                f"{len(self.classes)}; fetch the file again"
            )
        self.data, self.targets = images, labels.astype(np.int64)


class FashionMNIST(MNIST):
    """Photos of clothes in ten classes, in the form of MNIST; the files are in ``FashionMNIST/raw``."""

    classes = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"
    )  # fmt: skip
    mirrors = ("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",)
    checksums = (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    )
