"""Run a kernel with any sizes, check its results, and time it; as a program, do so for another process.

``python -m clgrad.cl.trial DEVICE`` answers questions, a line of JSON each: a sample and the sizes of its loops,
answered with the seconds or with what was wrong.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clgrad.cl.samples import Sample
from clgrad.cl.space import Sizes
from clgrad.cl.tune import Refused
from clgrad.device import Call, device
from clgrad.dtypes import DType, decode, encode, real_of
from clgrad.errors import ClgradError
from clgrad.kernel import Kernel, Take

if TYPE_CHECKING:
    from clgrad.cl.device import OpenCLDevice

BURST, BURSTS = 2e-3, 3
"""Seconds of launches that are timed together, at least; of so many bursts the quickest counts."""
CLOSE = {2: 2e-2, 4: 1e-4, 8: 1e-9}
"""Error of a result, by the bytes of its numbers, over the largest of them, that rounding may explain."""

Numbers = np.ndarray[Any, Any]


def numbers(kernel: Kernel) -> list[Numbers]:
    """What arguments hold: random numbers; but zeros in integers where operands are read by index."""
    random = np.random.default_rng(0)
    takes = any(isinstance(line, Take) for line in kernel.all_lines)
    hosts = []
    for argument in kernel.arguments:
        dtype = real_of(argument.dtype)
        size = argument.size * (2 if argument.dtype.is_complex else 1)
        if dtype.is_float:
            hosts.append(encode(random.standard_normal(size).astype(dtype.computing.numpy), dtype))
        else:
            hosts.append(random.integers(0, 1 if takes else 2, size).astype(dtype.numpy))
    return hosts


def reference(kernel: Kernel, hosts: Sequence[Numbers]) -> list[Numbers]:
    """What numpy makes of the arguments."""
    numpy = device("cpu")
    storages = [numpy.allocate(host.nbytes) for host in hosts]
    for storage, host in zip(storages, hosts):
        numpy.upload(storage, host)
    (launch,) = numpy.compile([[Call(kernel, tuple(range(len(hosts))))]])
    launch.run(storages)
    results = [np.empty_like(host) for host in hosts]
    for storage, result in zip(storages, results):
        numpy.download(storage, result)
    return results


class KernelTrial:
    """A kernel on a device; its results are compared with numpy's."""

    def __init__(self, on: OpenCLDevice, kernel: Kernel) -> None:
        self._device = on
        self._kernel = kernel
        self._hosts = numbers(kernel)
        results = reference(kernel, self._hosts)
        self._exact = {place: results[place] for place, one in enumerate(kernel.arguments) if one.written}
        self._storages = [on.allocate(host.nbytes) for host in self._hosts]
        self._launches: dict[tuple[int, ...], Callable[[], None]] = {}
        """What was found to give right results, by its sizes."""

    def seconds(self, sizes: Sizes) -> float:
        key = tuple(sizes.values())
        if key not in self._launches:
            self._launches[key] = self._checked(sizes)
        return seconds_of(self._launches[key], self._device.queue.finish)

    def _checked(self, sizes: Sizes) -> Callable[[], None]:
        for storage, host in zip(self._storages, self._hosts):
            self._device.upload(storage, host)
        try:
            launch = self._device.launch(self._kernel, sizes)
            launch.run(self._storages)
            self._device.synchronize()
        except Exception as error:  # whatever a driver says, these sizes are out
            raise Refused(f"[tune] {dict(sizes)} did not run: {error}; other sizes are taken") from error
        for place, exact in self._exact.items():
            found = np.empty_like(self._hosts[place])
            self._device.download(self._storages[place], found)
            if not _are_close(found, exact, real_of(self._kernel.arguments[place].dtype)):
                raise Refused(f"[tune] {dict(sizes)} gave wrong results; other sizes are taken")
        return launch


def _are_close(found: Numbers, exact: Numbers, dtype: DType) -> bool:
    if not dtype.is_float:
        return bool(np.array_equal(found, exact))
    wide = decode(exact, dtype)
    scale = float(np.abs(wide[np.isfinite(wide)]).max(initial=0)) or 1.0
    return bool(np.allclose(decode(found, dtype) / scale, wide / scale, rtol=0, atol=CLOSE[dtype.size], equal_nan=True))


def seconds_of(launch: Callable[[], Any], wait: Callable[[], None]) -> float:
    """How long a launch takes, out of bursts of some milliseconds: what else the machine does can only add to it."""

    def burst(count: int) -> float:
        started = time.perf_counter()
        for _ in range(count):
            launch()
        wait()
        return time.perf_counter() - started

    count, elapsed = 1, burst(1)
    while elapsed < BURST:
        count *= 4
        elapsed = burst(count)
    return min(elapsed, *(burst(count) for _ in range(BURSTS - 1))) / count


class SampleTrial:
    """The kernels of a sample, which are measured together."""

    def __init__(self, on: OpenCLDevice, sample: Sample) -> None:
        self._trials = [KernelTrial(on, kernel) for kernel in sample.kernels()]

    def seconds(self, sizes: Sizes) -> float:
        """The geometric mean of what the kernels take."""
        return math.prod(trial.seconds(sizes) for trial in self._trials) ** (1 / len(self._trials))


def main(name: str) -> None:
    """Answer the questions on standard input until it ends."""
    on: Any = device(name)
    on.synchronize()
    print(json.dumps({"ready": name}), flush=True)
    asked: Any = None
    trial: SampleTrial | None = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if trial is None or asked != question["sample"]:
                trial, asked = None, question["sample"]
                trial = SampleTrial(on, Sample(**asked))
            print(json.dumps({"seconds": trial.seconds(question["sizes"])}), flush=True)
        except ClgradError as error:
            print(json.dumps({"refused": str(error)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
