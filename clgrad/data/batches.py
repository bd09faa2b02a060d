"""The batches of an epoch, each made on the host; in the process of the loader or in a worker's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clgrad.data.collate import stacked
from clgrad.data.dataset import Dataset, Indices, Subset
from clgrad.data.seeds import Entropy, Seed, seeded

Collate = Callable[[list[Any]], Any]


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker process knows of itself."""

    id: int
    num_workers: int
    dataset: Dataset[Any]


worker_info: WorkerInfo | None = None
"""Of this process, if it is a worker of a DataLoader."""


def get_worker_info() -> WorkerInfo | None:
    """Tell a dataset in which worker it is: ``id``, ``num_workers`` and its ``dataset``; None in the main process.

    >>> get_worker_info() is None
    True
    """
    return worker_info


@dataclass(frozen=True)
class Epoch:
    """The indices of an epoch in their order, cut into batches, and what its random numbers depend on."""

    order: Indices
    batch_size: int
    entropy: Entropy

    def __len__(self) -> int:
        return -(-len(self.order) // self.batch_size)

    def indices(self, number: int) -> Indices:
        """The indices of a batch."""
        return self.order[number * self.batch_size : (number + 1) * self.batch_size]

    def seed(self, number: int) -> Seed:
        """The random numbers of a batch as a whole, other ones than those of its samples."""
        return Seed(self.entropy, len(self.order) + number)


def make_batch(dataset: Dataset[Any], collate_fn: Collate | None, epoch: Epoch, number: int) -> Any:
    """Make a batch of an epoch: what `collate_fn` gives, or numpy arrays (and Tensors, where samples hold them)."""
    indices, first = epoch.indices(number), number * epoch.batch_size
    # A Subset only renames indices, unless a subclass does more.
    while isinstance(dataset, Subset) and type(dataset).__getitem__ is Subset.__getitem__:
        indices, dataset = dataset.indices[indices], dataset.dataset
    if collate_fn is None and hasattr(dataset, "batch"):
        with seeded(epoch.entropy, first):
            return dataset.batch(indices)
    samples = []
    for place, index in enumerate(indices, first):
        with seeded(epoch.entropy, place):
            samples.append(dataset[int(index)])
    return stacked(samples) if collate_fn is None else collate_fn(samples)
