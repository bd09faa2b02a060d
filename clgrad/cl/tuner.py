"""Measure the products and reductions that networks have most, each candidate in a process that may hang or die.

``clgrad tune`` runs this. A candidate that ends the process, or does not answer in time, costs no more than itself.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

from clgrad.cl.caps import Capabilities
from clgrad.cl.samples import Sample
from clgrad.cl.space import Sizes
from clgrad.cl.tune import Refused, Tuned, candidates, search, shape_class
from clgrad.errors import DeviceError

STARTUP = 120.0
"""Seconds that a process may take to open the device."""


def _class(form: str, *sizes: int) -> Sample:
    """A class, by its largest sizes and by smaller ones that fill no tile: what is best for both is best for it."""
    return Sample(form, (sizes, tuple(size if size < 32 else size * 13 // 16 + 1 for size in sizes)))


QUICK = (
    _class("nn", 256, 256, 256),
    _class("nn", 512, 512, 512),
    # A layer of a network, for a batch: forward, and the gradients of its input and its weight.
    _class("nt", 128, 1024, 512),
    _class("nn", 128, 512, 1024),
    _class("tn", 512, 128, 1024),
    _class("softmax", 128, 1024),
    _class("convolution", 32, 64, 64, 28, 3, 1),
    _class("attention", 16, 256, 64),
)
STANDARD = (
    *QUICK,
    _class("nn", 64, 64, 64),
    _class("nn", 128, 128, 128),
    _class("nn", 1024, 1024, 1024),
    _class("nt", 256, 256, 256),
    _class("tn", 256, 256, 256),
    _class("nt", 512, 512, 512),
    _class("tn", 512, 512, 512),
    _class("nt", 64, 1024, 256),
    _class("nt", 64, 256, 16),
    _class("nn", 16, 1024, 1024),
    _class("nt", 16, 1024, 1024),
    _class("nn", 1024, 1024, 16),
    _class("nn", 64, 4096, 64),
    _class("nn", 1, 1024, 1024),
    _class("nt", 1, 1024, 1024),
    *(_class(form, *sizes) for form in ("row sums", "softmax", "layer norm") for sizes in ((4096, 1024), (64, 4096))),
    *(
        _class(form, *sizes)
        for form in ("convolution", "its weights")
        for sizes in ((32, 3, 32, 32, 3, 1), (8, 128, 256, 14, 3, 2), (16, 64, 64, 16, 3, 1), (16, 256, 256, 4, 3, 1))
    ),
    _class("its weights", 32, 64, 64, 28, 3, 1),
    *(_class("attention", *sizes) for sizes in ((16, 64, 32), (16, 1024, 64))),
    *(_class("its gradient", *sizes) for sizes in ((16, 64, 32), (16, 256, 64), (16, 1024, 64))),
    # What a sum of a million numbers is cut into.
    _class("row sums", 64, 16384),
    _class("column sums", 4096, 1024),
    _class("column sums", 1024, 64),
)


class Worker:
    """A process that measures samples, and is started anew when it is lost."""

    def __init__(self, device: str, timeout: float, command: Sequence[str] | None = None) -> None:
        self._command = [*(command or (sys.executable, "-m", "clgrad.cl.trial")), device]
        self._timeout = timeout
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def seconds(self, sample: Sample, sizes: Sizes) -> float:
        """How long a sample takes with these sizes. Raises Refused; DeviceError where no process gets ready."""
        if self._process is None:
            self._start()
        assert self._process is not None and self._process.stdin is not None
        question = json.dumps({"sample": asdict(sample), "sizes": dict(sizes)})
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            answer = self._answer(self._timeout)
        except OSError:  # it died between two questions
            answer = None
        if answer is None:
            self.close()
            raise Refused(f"[tune] {dict(sizes)} gave no answer in {self._timeout:g} s; other sizes are taken")
        if "refused" in answer:
            raise Refused(answer["refused"])
        return float(answer["seconds"])

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._answers = queue.Queue()
        threading.Thread(target=_read, args=(self._process.stdout, self._answers), daemon=True).start()
        if self._answer(STARTUP) is None:
            self.close()
            raise DeviceError(
                f"[tune] {self._command[-1]} could not be opened in another process; see `clgrad devices`"
            )

    def _answer(self, timeout: float) -> Any:
        """The next answer; None where the process ends, or takes longer."""
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            return None
        return json.loads(line) if line else None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None


def _read(pipe: IO[str], answers: queue.Queue[str]) -> None:
    """Pass on what looks like an answer, since drivers may print; at the end an empty line."""
    try:
        for line in pipe:
            if line.startswith('{"'):
                answers.put(line)
    except ValueError:  # closed while it was read
        pass
    answers.put("")


@dataclass(frozen=True)
class RemoteTrial:
    """A sample, measured by a worker."""

    worker: Worker
    sample: Sample

    def seconds(self, sizes: Sizes) -> float:
        return self.worker.seconds(self.sample, sizes)


def tune(
    tuned: Tuned,
    capabilities: Capabilities,
    worker: Worker,
    report: Callable[[float, str], None],
    quick: bool = False,
) -> int:
    """Search the standard classes and keep what wins; returns how many beat the rules.

    ``report`` is told the part that is done, and what is being measured. Raises DeviceError.
    """
    samples = QUICK if quick else STANDARD
    wins = 0
    try:
        for number, sample in enumerate(samples):
            kernel = sample.kernels()[0]
            name = shape_class(kernel)
            assert name is not None

            def searched(part: float, before: int = number, name: str = name) -> None:
                report((before + part) / len(samples), name)

            tried = candidates(kernel, capabilities, 1 if quick else 2)
            try:
                found = search(tried, RemoteTrial(worker, sample), searched)
            except Refused as error:
                report(number / len(samples), str(error))
                continue
            tuned.keep(name, found)
            wins += found is not None
        return wins
    finally:
        worker.close()
