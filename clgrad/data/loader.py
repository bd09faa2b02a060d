"""DataLoader: a dataset in batches, in order, shuffled or as a sampler says; made here or by worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from clgrad.data.batches import Collate, Epoch, make_batch
from clgrad.data.collate import start_uploads, to_device
from clgrad.data.dataset import Dataset
from clgrad.data.seeds import check_seed, epoch_entropy, permutation
from clgrad.device import Device
from clgrad.errors import ArgumentError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

    from clgrad.data.workers import Workers


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
        seed: makes the random orders, and the numbers of ``sample_generator``, the same in every run; without it
            they follow ``clgrad.manual_seed``.
        device: where batches are made; None is the default device for host data, and leaves Tensors
            where they are. What a `collate_fn` returns is left as it is.
        num_workers: processes that make batches of numpy arrays, and open no device; 0 makes them in this one.
            Which batches come, and in which order, does not depend on it. The dataset must hold no Tensors, and a
            script needs ``if __name__ == "__main__":`` around its work.
        prefetch_factor: batches that each worker makes ahead; 2 is the default.
        persistent_workers: keep the workers from one epoch to the next.
        timeout: seconds to wait for a batch of a worker; 0 for any time.
        worker_init_fn: called in each worker with its number before it makes a batch.
        multiprocessing_context: how workers are started. The default, "forkserver" or else "spawn", copies no threads
            of an OpenCL driver; "fork", where there is one, is safe, too.
        pin_memory: accepted for PyTorch's sake; OpenCL leaves it to the driver how host data is staged, and a
            CPU's OpenCL takes large arrays without a copy.

    The upload of a batch begins when it is made, without waiting; one that workers have finished is uploaded while
    the one before is in use. What a worker raises is raised here, with the worker's traceback as its cause.

    The number of the epochs begun is `epoch`; setting it resumes a run with the orders it would have had.
    ``state_dict`` also tells the place within an epoch.

    Raises ArgumentError (a ValueError) for a batch size below 1, for `shuffle` with a `sampler`, for a sampler
    without a length, and for options of workers without workers. WorkerError (a RuntimeError) says that a worker could
    not be started, has ended, or took too long.

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
        collate_fn: Collate | None = None,
        drop_last: bool = False,
        seed: int | None = None,
        device: str | Device | None = None,
        num_workers: int = 0,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], object] | None = None,
        multiprocessing_context: str | BaseContext | None = None,
        pin_memory: bool = False,
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
        for name, number, least in (
            ("num_workers", num_workers, 0),
            ("prefetch_factor", 2 if prefetch_factor is None else prefetch_factor, 1),
        ):
            if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
                raise ArgumentError(f"[DataLoader] {name} is {number!r}; it must be a whole number from {least}")
        if not timeout >= 0:
            raise ArgumentError(f"[DataLoader] timeout is {timeout!r}; it must be at least 0; 0 waits for any time")
        options = {
            "prefetch_factor": prefetch_factor, "persistent_workers": persistent_workers, "timeout": timeout,
            "multiprocessing_context": multiprocessing_context,
        }  # fmt: skip
        idle = [name for name, value in options.items() if value]
        if idle and not num_workers:
            raise ArgumentError(f"[DataLoader] {idle[0]} without workers; pass num_workers=1 or more, or leave it out")
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.sampler = sampler
        self.collate_fn = collate_fn
        self.drop_last = drop_last
        self.seed = None if seed is None else check_seed(seed)
        self.device = device
        self.num_workers = int(num_workers)
        self.prefetch_factor = 2 if prefetch_factor is None else int(prefetch_factor)
        self.persistent_workers = persistent_workers
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.pin_memory = pin_memory
        self.epoch = 0
        self._under_way: _Progress | None = None
        self._resume: Mapping[str, Any] | None = None
        self._idle: Workers | None = None

    def __len__(self) -> int:
        """Give the number of batches in an epoch."""
        size = len(self.dataset if self.sampler is None else self.sampler)
        return size // self.batch_size if self.drop_last else -(-size // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        number, self.epoch = self.epoch, self.epoch + 1
        saved, self._resume = self._resume, None
        entropy = epoch_entropy(self.seed, number) if saved is None else tuple(map(int, saved["entropy"]))
        if saved is not None and "order" in saved:
            order = np.asarray(saved["order"])
        elif self.sampler is not None:
            order = np.fromiter(self.sampler, np.int64)
        elif self.shuffle:
            order = permutation(len(self.dataset), entropy)
        else:
            order = np.arange(len(self.dataset))
        full = len(order) - len(order) % self.batch_size if self.drop_last else len(order)
        epoch = Epoch(order[:full], self.batch_size, entropy)
        self._under_way = _Progress(epoch, 0 if saved is None else int(saved["batch"]))
        return (self._made_by_workers if self.num_workers else self._made_here)(self._under_way)

    def _made_here(self, progress: _Progress) -> Iterator[Any]:
        while progress.given < len(progress.epoch):
            batch = self._placed(make_batch(self.dataset, self.collate_fn, progress.epoch, progress.given))
            progress.given += 1
            yield batch

    def _made_by_workers(self, progress: _Progress) -> Iterator[Any]:
        from clgrad.data.workers import Fault, unwrapped

        workers = self._workers()
        try:
            workers.begin(progress.epoch, progress.given)
            ahead: list[Any] = []
            while progress.given < len(progress.epoch):
                batch = ahead.pop() if ahead else self._placed(unwrapped(workers.receive()))
                if workers.has_next():
                    received = workers.receive()
                    ahead.append(received if isinstance(received, Fault) else self._placed(received))
                progress.given += 1
                yield unwrapped(batch)
        finally:
            if self.persistent_workers and workers.is_open and self._idle is None:
                self._idle = workers
            else:
                workers.close()

    def _workers(self) -> Workers:
        """The workers of the last epoch, if they were kept and nobody has them; else new ones."""
        from clgrad.data.workers import Workers, start_method

        workers, self._idle = self._idle, None
        return workers or Workers(
            self.dataset,
            self.collate_fn,
            count=self.num_workers,
            ahead=self.prefetch_factor,
            timeout=self.timeout,
            context=start_method(self.multiprocessing_context),
            worker_init_fn=self.worker_init_fn,
        )

    def _placed(self, batch: Any) -> Any:
        """Put what is not from a `collate_fn` on the device, and begin to upload it."""
        return batch if self.collate_fn is not None else start_uploads(to_device(batch, self.device))

    # -- saving -----------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Give the place in the data, for a checkpoint: "epoch", and how many of its batches were given as "batch".

        Within an epoch it also has what its order depends on, and with a `sampler` the order itself.

            >>> loader = DataLoader(list(range(10)), batch_size=2, shuffle=True, seed=0, device="cpu")
            >>> first = next(batches := iter(loader))
            >>> other = DataLoader(list(range(10)), batch_size=2, shuffle=True, seed=0, device="cpu")
            >>> other.load_state_dict(loader.state_dict())
            >>> next(iter(other)).tolist() == next(batches).tolist()
            True
        """
        if self._resume is not None:
            return dict(self._resume)
        progress = self._under_way
        if progress is None or progress.given == len(progress.epoch):
            return {"epoch": self.epoch, "batch": 0}
        epoch = progress.epoch
        state = {
            "epoch": self.epoch - 1,
            "batch": progress.given,
            "batch_size": self.batch_size,
            "samples": len(epoch.order),
            "entropy": list(epoch.entropy),
        }
        return state if self.sampler is None else {**state, "order": epoch.order}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go to a place that ``state_dict`` gave: the next ``for`` loop gives the rest of that epoch.

        Raises ArgumentError (a ValueError), and changes nothing, if batches are cut otherwise here, or for what is no
        such place.
        """
        if not _is_place(state_dict, len(self)):
            raise ArgumentError(
                "[load_state_dict] this is no place in the data; pass what state_dict of a DataLoader gave"
            )
        epoch, batch = state_dict["epoch"], state_dict["batch"]
        is_within = "entropy" in state_dict
        if is_within:
            size = len(self.dataset if self.sampler is None else self.sampler)
            here = {"batch_size": self.batch_size, "samples": size - size % self.batch_size if self.drop_last else size}
            for name, value in here.items():
                if state_dict.get(name) != value:
                    raise ArgumentError(
                        f"[load_state_dict] {name} was {state_dict.get(name)} and is {value} here; batch {batch} of "
                        f"epoch {epoch} would be another; build the same loader"
                    )
        self.epoch, self._under_way = epoch, None
        self._resume = dict(state_dict) if is_within else None


def _is_place(state: object, batches: int) -> bool:
    """Whether numbers tell an epoch and one of its batches."""
    if not isinstance(state, Mapping):
        return False
    numbers = [state.get("epoch"), state.get("batch"), *state.get("entropy", ())]
    return all(type(number) is int and number >= 0 for number in numbers) and state["batch"] <= batches


class _Progress:
    """An epoch, and how many of its batches were given."""

    def __init__(self, epoch: Epoch, given: int) -> None:
        self.epoch = epoch
        self.given = given
