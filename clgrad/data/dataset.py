"""Map-style datasets: something with a length that is asked for a sample by index."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from clgrad.data.seeds import epoch_entropy, permutation
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError
from clgrad.tensor import Tensor, from_numpy

Sample = TypeVar("Sample")
Sample_co = TypeVar("Sample_co", covariant=True)

Indices = npt.NDArray[np.int64]
HostArray = npt.NDArray[Any]


class Dataset(Protocol[Sample_co]):
    """The form of a dataset: a length, and a sample for each index below it.

    Any class with these two methods is one (a list, too); deriving from Dataset makes Python refuse
    a class that lacks one of them. A dataset may also have ``batch(indices)``, which gives the
    collated batch for an int64 numpy array of indices; DataLoader prefers it.

        >>> class Squares(Dataset[int]):
        ...     def __len__(self) -> int:
        ...         return 4
        ...     def __getitem__(self, index: int) -> int:
        ...         return index * index
        >>> Squares()[3]
        9
    """

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __getitem__(self, index: int, /) -> Sample_co: ...


class TensorDataset(Dataset[tuple[Any, ...]]):
    """Rows of equally long Tensors or numpy arrays: sample `i` is the tuple of their rows `i`.

    Numpy arrays stay on the host, and batches of them are uploaded as they are made; a Tensor is
    gathered from on its device. Either way, a batch takes one indexing operation per array.

    Raises ShapeError (a ValueError) if the lengths differ.

        >>> data = TensorDataset(np.arange(6).reshape(3, 2), np.array([0, 1, 0]))
        >>> len(data)
        3
        >>> data.batch(np.array([2, 0]))
        (array([[4, 5],
               [0, 1]]), array([0, 0]))
    """

    def __init__(self, *tensors: Tensor | HostArray) -> None:
        if not tensors:
            raise ArgumentError("[TensorDataset] got no tensors; there must be at least one; pass inputs, targets")
        for position, tensor in enumerate(tensors):
            if not isinstance(tensor, Tensor | np.ndarray):
                raise DtypeError(
                    f"[TensorDataset] argument {position} is of type {type(tensor).__name__}; it must be a "
                    "Tensor or a numpy array; wrap it in numpy.asarray(...)"
                )
            if tensor.ndim == 0 or tensor.shape[0] != tensors[0].shape[0]:
                shapes = ", ".join(str(tuple(each.shape)) for each in tensors)
                raise ShapeError(
                    f"[TensorDataset] shapes {shapes}; the first dimensions must be equal; pass one row per sample"
                )
        self.tensors = tensors

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])

    def __getitem__(self, index: int, /) -> tuple[Any, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def batch(self, indices: Indices) -> tuple[Any, ...]:
        """Give the rows at `indices` of each array, stacked."""
        return tuple(
            tensor[from_numpy(indices, device=tensor.device)] if isinstance(tensor, Tensor) else tensor[indices]
            for tensor in self.tensors
        )


class Subset(Dataset[Sample], Generic[Sample]):
    """The samples of `dataset` at `indices`, in that order.

    >>> Subset(["a", "b", "c"], [2, 0])[0]
    'c'
    """

    def __init__(self, dataset: Dataset[Sample], indices: Sequence[int] | Indices) -> None:
        self.dataset = dataset
        self.indices: Indices = np.asarray(indices, dtype=np.int64)
        if self.indices.ndim != 1:
            raise ShapeError(
                f"[Subset] indices of shape {self.indices.shape}; they must have one dimension; pass a flat list"
            )
        size = len(dataset)
        outside = (self.indices < -size) | (self.indices >= size)
        if outside.any():
            raise IndexRangeError(
                f"[Subset] index {self.indices[outside][0]} of a dataset of length {size}; it must be "
                f"from {-size} to {size - 1}; leave it out"
            )
        self.indices = np.where(self.indices < 0, self.indices + size, self.indices)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int, /) -> Sample:
        return self.dataset[int(self.indices[index])]


def random_split(
    dataset: Dataset[Sample], lengths: Sequence[int | float], seed: int | None = None
) -> list[Subset[Sample]]:
    """Cut a dataset into random parts that do not overlap.

    `lengths` are numbers of samples whose sum is the dataset's length, or fractions whose sum is 1
    (what rounding down leaves over goes to the first parts, one each). An equal `seed` gives an equal
    split; without one, the split follows ``clgrad.manual_seed``.

    Raises ArgumentError (a ValueError) if the lengths do not add up.

        >>> [len(part) for part in random_split(list(range(10)), [0.75, 0.25], seed=0)]
        [8, 2]
    """
    size = len(dataset)
    negative = [length for length in lengths if length < 0]
    if negative:
        raise ArgumentError(f"[random_split] length {negative[0]}; lengths must be at least 0; leave it out")
    if math.isclose(sum(lengths), 1):
        counts = [math.floor(size * fraction) for fraction in lengths]
        for position in range(size - sum(counts)):
            counts[position % len(counts)] += 1
    else:
        counts = [int(length) for length in lengths]
    if sum(counts) != size:
        raise ArgumentError(
            f"[random_split] lengths {list(lengths)} of a dataset of length {size}; their sum must be "
            f"{size}, or 1 for fractions; change the last one"
        )
    order = permutation(size, epoch_entropy(seed))
    ends = np.cumsum(counts)
    return [Subset(dataset, order[end - count : end]) for end, count in zip(ends, counts, strict=True)]
