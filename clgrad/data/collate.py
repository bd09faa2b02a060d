"""Samples to batch: stack what is alike, keep the structure around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clgrad.compose.joining import stack
from clgrad.device import Device
from clgrad.errors import DtypeError, ShapeError
from clgrad.runtime import storage_of
from clgrad.tensor import Tensor, from_numpy

TEXT: tuple[type, ...] = (str, bytes)
TENSOR: tuple[type, ...] = (Tensor,)
ARRAY: tuple[type, ...] = (np.ndarray, np.generic)
NUMBER: tuple[type, ...] = (int, float)
CONTAINERS: tuple[tuple[type, ...], ...] = ((Mapping,), (tuple, list))
FORMS = (*CONTAINERS, TEXT, TENSOR, ARRAY, NUMBER)
"""What a sample may be; all samples of a batch have one form."""


def default_collate(batch: Sequence[Any], *, device: str | Device | None = None) -> Any:
    """Make a batch of a list of samples.

    Tensors are stacked along a new first dimension, and so are numpy arrays and numbers, which become
    a Tensor on `device` (None: the default device; Tensors stay where they are). Python floats become
    float32, whole numbers int64; arrays keep their dtype. Tuples, named tuples, lists and mappings of these
    are collated entry by entry; strings and bytes stay a list.

    Raises ShapeError (a ValueError) if samples differ in shape or length, DtypeError (a TypeError) for any
    other type.

        >>> images, labels = default_collate([(np.zeros((2, 2), "f"), 7), (np.ones((2, 2), "f"), 3)])
        >>> images.shape, labels.tolist()
        ((2, 2, 2), [7, 3])
    """
    return to_device(stacked(batch), device)


def to_device(batch: Any, device: str | Device | None) -> Any:
    """Make Tensors on `device` of the numpy arrays in a batch, and move its Tensors there.

    With None, arrays go to the default device and Tensors stay where they are.
    """
    if isinstance(batch, np.ndarray):
        return from_numpy(batch, device=device)
    if isinstance(batch, Tensor):
        return batch if device is None else batch.to(device)
    if isinstance(batch, Mapping | tuple | list):
        return _rebuilt(batch, [to_device(entry, device) for entry in _entries(batch)])
    return batch


def start_uploads(batch: Any) -> Any:
    """Begin to upload the host data of a batch to the devices of its Tensors, without waiting; give the batch."""
    if isinstance(batch, Tensor) and batch.node.buffer is not None:
        storage_of(batch.node.buffer)
    elif isinstance(batch, Mapping | tuple | list):
        for entry in _entries(batch):
            start_uploads(entry)
    return batch


def stacked(samples: Sequence[Any]) -> Any:
    """Stack samples entry by entry; what is host data becomes numpy arrays."""
    first = samples[0]
    form = next((form for form in FORMS if isinstance(first, form)), ())
    for sample in samples:
        if not isinstance(sample, form):
            beside = "" if sample is first else f" beside one with a {type(first).__name__}"
            raise DtypeError(
                f"[default_collate] a sample with a {type(sample).__name__}{beside}; all must be tensors, "
                "numpy arrays, numbers, strings, or tuples, lists or mappings of them; pass collate_fn"
            )
    if form is TEXT:
        return list(samples)
    if form is NUMBER:
        array = np.array(samples)
        return array.astype(np.float32) if array.dtype.kind == "f" else array
    outlines = [_outline(sample) for sample in samples]
    unequal = next((outline for outline in outlines if outline != outlines[0]), None)
    if unequal is not None:
        raise ShapeError(
            f"[default_collate] samples of {outlines[0]} and {unequal}; all must be alike; pad them in the "
            "dataset or pass collate_fn"
        )
    if form in CONTAINERS:
        return _rebuilt(first, [stacked(column) for column in zip(*map(_entries, samples), strict=True)])
    return stack(list(samples), 0) if form is TENSOR else np.stack(samples)


def _outline(sample: Any) -> str:
    """Describe what must be the same in all samples of a batch."""
    if isinstance(sample, Mapping):
        return f"keys {list(sample)}"
    return f"length {len(sample)}" if isinstance(sample, tuple | list) else f"shape {tuple(sample.shape)}"


def _entries(container: Any) -> list[Any]:
    return list(container.values() if isinstance(container, Mapping) else container)


def _rebuilt(like: Any, entries: list[Any]) -> Any:
    """Make a container of the form of `like` that holds `entries`."""
    if isinstance(like, Mapping):
        return dict(zip(like, entries, strict=True))
    if hasattr(like, "_fields"):  # a named tuple takes its entries one by one
        return type(like)(*entries)
    return tuple(entries) if isinstance(like, tuple) else entries
