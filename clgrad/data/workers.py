"""Worker processes that make batches as numpy arrays. They open no device, whatever way they are started.

Each worker has a pipe of its own and does what it is told in order, so batches arrive in order without sorting: batch
n is worker n % count's. It is told an epoch once, then the numbers of batches, some ahead of what is asked for. These
messages are so short that a pipe always takes them: nobody waits for a process that waits for him.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
import traceback
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from multiprocessing.util import register_after_fork
from typing import Any

import numpy as np

from clgrad.data import batches
from clgrad.data.batches import Collate, Epoch, WorkerInfo, make_batch
from clgrad.data.dataset import Dataset
from clgrad.device import use_device
from clgrad.errors import ArgumentError, DtypeError, WorkerError
from clgrad.random import manual_seed
from clgrad.tensor import Tensor

GRACE = 2.0
"""Seconds that workers have to end by themselves before they are ended."""


class WorkerTraceback(Exception):
    """Where in a worker an exception was raised: its cause here."""

    def __str__(self) -> str:
        return f"\n\n{self.args[0]}"


@dataclass(frozen=True)
class Fault:
    """An exception of a worker (None if it can not be sent) and its traceback."""

    error: Exception | None
    text: str


def start_method(chosen: str | BaseContext | None) -> BaseContext:
    """The way to start processes: the one chosen, else one that copies no threads of a driver.

    Raises ArgumentError for a name that this system does not know.
    """
    known = multiprocessing.get_all_start_methods()
    if isinstance(chosen, str) and chosen not in known:
        raise ArgumentError(
            f"[DataLoader] multiprocessing_context={chosen!r}; there are {', '.join(known)}; choose one of them"
        )
    if isinstance(chosen, BaseContext):
        return chosen
    return multiprocessing.get_context(chosen or ("forkserver" if "forkserver" in known else "spawn"))


# -- in a worker ----------------------------------------------------------------------------------


def _work(
    connection: Connection,
    info: WorkerInfo,
    collate_fn: Collate | None,
    worker_init_fn: Callable[[int], object] | None,
) -> None:
    """Make the batches that are asked for, until nobody is there to ask."""
    batches.worker_info = info
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process gets it, too, and decides
    parent = multiprocessing.parent_process()
    assert parent is not None
    epoch: Epoch | None = None
    failed: Fault | None = None
    with use_device("cpu"):
        try:
            if worker_init_fn is not None:
                worker_init_fn(info.id)
        except Exception as error:
            failed = _fault(error)
        try:
            while connection in wait([connection, parent.sentinel]):
                message = connection.recv()
                if isinstance(message, Epoch):
                    epoch = message
                    continue
                assert epoch is not None
                _send(connection, failed or _attempt(info.dataset, collate_fn, epoch, message))
        except (EOFError, OSError):  # the main process has hung up
            return


def _attempt(dataset: Dataset[Any], collate_fn: Collate | None, epoch: Epoch, number: int) -> Any:
    """Make a batch, or tell why not. What draws without a generator of its own repeats, too, for any batch."""
    words = [int(word) for word in epoch.seed(number).sequence.generate_state(3)]
    random.seed(words[0])
    np.random.seed(words[1])
    manual_seed(words[2])
    try:
        batch = make_batch(dataset, collate_fn, epoch, number)
        _refuse_tensors(batch)
        return batch
    except Exception as error:
        return _fault(error)


def _refuse_tensors(batch: Any) -> None:
    if isinstance(batch, Tensor):
        raise DtypeError(
            "[DataLoader] a worker made a Tensor; workers make numpy arrays, and the loader uploads them; return numpy "
            "arrays from the dataset and collate_fn, or pass num_workers=0"
        )
    if isinstance(batch, Mapping | tuple | list):
        for entry in batch.values() if isinstance(batch, Mapping) else batch:
            _refuse_tensors(entry)


def _send(connection: Connection, result: Any) -> None:
    try:
        connection.send(result)
    except OSError:
        raise
    except Exception as error:  # it has no form in bytes
        connection.send(_fault(error))


def _fault(error: Exception) -> Fault:
    text = traceback.format_exc()
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:
        return Fault(None, text)
    return Fault(error, text)


# -- in the main process --------------------------------------------------------------------------


class Workers:
    """Worker processes, and the batches that they make of one epoch after the other."""

    def __init__(
        self,
        dataset: Dataset[Any],
        collate_fn: Collate | None,
        *,
        count: int,
        ahead: int,
        timeout: float,
        context: BaseContext,
        worker_init_fn: Callable[[int], object] | None,
    ) -> None:
        self.count = count
        self.ahead = ahead * count
        self.timeout = timeout
        self.is_open = True
        self._batches = self._asked = self._received = 0
        self._connections: list[Connection] = []
        self._processes: list[BaseProcess] = []
        self._finalizer = weakref.finalize(self, _end, os.getpid(), self._connections, self._processes)
        for number in range(count):
            ours, theirs = context.Pipe()
            register_after_fork(ours, Connection.close)  # a fork that held it would keep workers from seeing the end
            info = WorkerInfo(number, count, dataset)
            process: BaseProcess = context.Process(  # type: ignore[attr-defined]  # every real context has one
                target=_work,
                args=(theirs, info, collate_fn, worker_init_fn),
                name=f"clgrad DataLoader worker {number}",
                daemon=True,
            )
            try:
                process.start()
            except Exception as error:
                ours.close()
                theirs.close()
                self.close()
                raise WorkerError(
                    f"[DataLoader] a worker could not be started ({type(error).__name__}: {error}); the dataset, "
                    "collate_fn and worker_init_fn have to be sent to it: hold numpy arrays, and name functions at the "
                    "top of a module; or pass num_workers=0"
                ) from error
            theirs.close()
            self._connections.append(ours)
            self._processes.append(process)

    def begin(self, epoch: Epoch, first: int) -> None:
        """Have an epoch made from its batch `first` on; what is left of the one before is passed over."""
        while self._received < self._asked:
            self.receive()
        self._batches, self._asked, self._received = len(epoch), first, first
        for worker in range(self.count):
            self._tell(worker, epoch)
        for _ in range(self.ahead):
            self._ask()

    def _ask(self) -> None:
        """Ask for one batch more, if there is one."""
        if self._asked < self._batches:
            self._tell(self._asked % self.count, self._asked)
            self._asked += 1

    def _tell(self, worker: int, message: Epoch | int) -> None:
        try:
            self._connections[worker].send(message)
        except OSError as error:
            raise self._dead(worker) from error
        except BaseException:
            self.close()
            raise

    def has_next(self) -> bool:
        """Whether the next batch has arrived, so that receive does not wait."""
        return self._received < self._asked and self._connections[self._received % self.count].poll()

    def receive(self) -> Any:
        """Give the next batch, or the Fault in its place. Raises WorkerError."""
        worker = self._received % self.count
        connection, process = self._connections[worker], self._processes[worker]
        try:
            if not wait([connection, process.sentinel], self.timeout or None):
                self.close()
                raise WorkerError(
                    f"[DataLoader] worker {worker} made no batch in {self.timeout:g} s, which timeout allows; pass a "
                    "longer one, or 0 for any time"
                )
            batch = connection.recv()
        except (EOFError, OSError) as error:
            raise self._dead(worker) from error
        except BaseException:  # a message may be half read
            self.close()
            raise
        self._received += 1
        if self._asked - self._received < self.ahead:
            self._ask()
        return batch

    def _dead(self, worker: int) -> WorkerError:
        """What to raise where a worker has ended."""
        process = self._processes[worker]
        process.join(GRACE)
        number, code = process.pid, process.exitcode
        self.close()
        cause = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        return WorkerError(
            f"[DataLoader] worker {worker} (process {number}) {cause}; what it said is on stderr. Signal 9 is often a "
            'lack of memory. A script that starts workers needs its work under: if __name__ == "__main__":'
        )

    def close(self) -> None:
        """End the workers."""
        self.is_open = False
        self._finalizer()


def unwrapped(batch: Any) -> Any:
    """Give a batch that was received, or raise what a worker raised, with its traceback as the cause."""
    if not isinstance(batch, Fault):
        return batch
    if batch.error is None:
        raise WorkerError(
            "[DataLoader] an exception in a worker could not be sent; there it was:"
        ) from WorkerTraceback(batch.text)
    raise batch.error from WorkerTraceback(batch.text)


def _end(owner: int, connections: list[Connection], processes: list[BaseProcess]) -> None:
    """Hang up, and wait for the workers; those that do not notice in time are ended."""
    if os.getpid() != owner:  # a fork of the main process has no workers
        return
    for connection in connections:
        connection.close()
    until = time.monotonic() + GRACE
    for end in (lambda process: None, BaseProcess.terminate, BaseProcess.kill):
        for process in processes:
            if process.is_alive():
                end(process)
        for process in processes:
            process.join(max(0.0, until - time.monotonic()))
        until = time.monotonic() + GRACE
