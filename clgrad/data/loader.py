"""DataLoader: a dataset in batches, in order, shuffled or as a sampler says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from typing import Any, Protocol

import numpy as np

from clgrad.data.collate import default_collate, to_device
from clgrad.data.dataset import Dataset, Indices, Subset, check_seed, permutation
from clgrad.device import Device
from clgrad.errors import ArgumentError


class Sampler(Protocol):
    """The indices of an epoch: each iteration over it is one, and its length is known."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[int]: ...


class DataLoader:
    """Iterate over a dataset in batches; each ``for`` loop over it is one epoch.

    Args:
        dataset: anything with a length and samples by index. If it has ``batch(indices)``, as
            TensorDataset, that is used in place of single samples (unless `collate_fn` is given).
        batch_size: samples in a batch; the last one is smaller if they do not divide the length.
        shuffle: visit the samples in a random order, each once, another order in each epoch.
        sampler: the indices of an epoch, in place of `shuffle`.
        collate_fn: makes a batch of a list of samples; default_collate is the default.
        drop_last: leave out a smaller last batch. All batches then have one shape, and a training
            step is compiled once.
        seed: makes the random orders the same in every run; without it they follow
            ``clgrad.manual_seed``.
        device: where batches are made; None is the default device for host data, and leaves Tensors
            where they are. What a `collate_fn` returns is left as it is.

    The number of the epochs begun is `epoch`; setting it resumes a run with the orders it would have had.

    Raises ArgumentError (a ValueError) for a batch size below 1, for `shuffle` with a `sampler`, and for
    a sampler without a length.

        >>> from clgrad.data import TensorDataset
        >>> loader = DataLoader(TensorDataset(np.arange(5)), batch_size=2)
        >>> [batch.tolist() for batch, in loader]
        [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self,
        dataset: Dataset[Any],
        batch_size: int = 1,
        shuffle: bool = False,
        sampler: Sampler | None = None,
        *,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        drop_last: bool = False,
        seed: int | None = None,
        device: str | Device | None = None,
    ) -> None:
        if isinstance(batch_size, bool) or not isinstance(batch_size, int | np.integer) or batch_size < 1:
            raise ArgumentError(f"[DataLoader] batch_size is {batch_size!r}; it must be a whole number from 1; pass 32")
        if sampler is not None and shuffle:
            raise ArgumentError("[DataLoader] shuffle=True and a sampler; only one can give the order; drop one")
        if sampler is not None and not isinstance(sampler, Sized):
            raise ArgumentError(
                f"[DataLoader] the sampler is a {type(sampler).__name__}; it must have a length and begin "
                "again in each epoch; pass a list, or an object with __len__ and __iter__"
            )
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.sampler = sampler
        self.collate_fn = collate_fn
        self.drop_last = drop_last
        self.seed = None if seed is None else check_seed(seed)
        self.device = device
        self.epoch = 0

    def __len__(self) -> int:
        """Give the number of batches in an epoch."""
        size = len(self.dataset if self.sampler is None else self.sampler)
        return size // self.batch_size if self.drop_last else -(-size // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        epoch, self.epoch = self.epoch, self.epoch + 1
        if self.sampler is not None:
            order = np.fromiter(self.sampler, np.int64)
        elif self.shuffle:
            order = permutation(len(self.dataset), self.seed, epoch)
        else:
            order = np.arange(len(self.dataset))
        full = len(order) - len(order) % self.batch_size if self.drop_last else len(order)
        return (self._batch(order[start : start + self.batch_size]) for start in range(0, full, self.batch_size))

    def _batch(self, indices: Indices) -> Any:
        dataset = self.dataset
        # A Subset only renames indices, unless a subclass does more.
        while isinstance(dataset, Subset) and type(dataset).__getitem__ is Subset.__getitem__:
            indices, dataset = dataset.indices[indices], dataset.dataset
        if self.collate_fn is None and hasattr(dataset, "batch"):
            return to_device(dataset.batch(indices), self.device)
        samples = [dataset[int(index)] for index in indices]
        return default_collate(samples, device=self.device) if self.collate_fn is None else self.collate_fn(samples)
