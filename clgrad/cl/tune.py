"""Sizes of products that were measured on a device, kept in a file, and asked before the rules of products.py.

An entry stands for all products of one dtype, layout and shape class (sizes up to the same power of two).
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from clgrad import config
from clgrad.cl.cache import key as digest
from clgrad.kernel import Kernel, Load, in_parts
from clgrad.ops import anchors

CANDIDATES: dict[int, tuple[tuple[int, int], ...]] = {
    16: ((12, 2), (8, 3), (6, 4), (8, 2), (4, 4), (4, 6)),
    8: ((6, 2), (4, 3), (8, 1), (4, 2)),
}
"""Rows and vectors of a tile that may be the best, by the lanes of a vector."""
ROUNDS = 5
"""Measurements of each candidate, by turns."""


def shape_class(kernel: Kernel) -> str | None:
    """What decides the sizes of a product; None for a kernel that has nothing to tune.

    >>> import clgrad
    >>> from clgrad import runtime
    >>> with runtime.trace() as seen:
    ...     _ = (clgrad.ones(3, 5, device="cpu").realize() @ clgrad.ones(5, 2, device="cpu").realize()).numpy()
    >>> shape_class(seen.kernels[-1])
    'matmul float32 1x4x8x2 n1 n1'
    """
    anchor = kernel.anchor
    if anchor is None or anchor.op is not anchors.matmul:
        return None
    a, b = anchor.operands
    batch = 1
    for size in a.shape[:-2]:
        batch *= size
    sizes = "x".join(str(1 << (size - 1).bit_length()) for size in (batch, *a.shape[-2:], b.shape[-1]))
    steps = []
    for program in (a, b):
        line = program.lines[program.value]
        runs = in_parts(line.view, line.part).strides[-2:] if isinstance(line, Load) else ()
        steps.append("".join({0: "0", 1: "1"}.get(step, "n") for step in runs) or "computed")
    return f"matmul {anchor.dtype.name} {sizes} {' '.join(steps)}"


class Tuned:
    """The measured sizes of one device and driver."""

    def __init__(self, facts: Iterable[str]) -> None:
        folder = config.cache_folder()
        self._path = None if folder is None else Path(folder) / "tuned" / f"{digest(facts)}.json"
        self._entries: dict[str, tuple[int, int]] = {}
        if self._path is not None:
            with suppress(OSError, ValueError, TypeError):
                read = json.loads(self._path.read_text(encoding="utf-8"))
                self._entries = {str(name): (int(rows), int(vectors)) for name, (rows, vectors) in read.items()}

    def sizes(self, kernel: Kernel) -> tuple[int, int] | None:
        """Rows and vectors of a tile, if they were measured."""
        name = shape_class(kernel) if self._entries else None
        return None if name is None else self._entries.get(name)

    def learn(self, kernels: Iterable[Kernel], width: int, timed: Callable[[Kernel, tuple[int, int]], float]) -> int:
        """Measure the candidates for each class of these kernels; returns how many classes there were.

        ``timed`` runs a kernel with given sizes, and tells the seconds.
        """
        classes = {name: kernel for kernel in kernels if (name := shape_class(kernel)) is not None}
        for name, kernel in classes.items():
            self._entries[name] = self._best(kernel, width, timed)
        self._write()
        return len(classes)

    def _best(self, kernel: Kernel, width: int, timed: Callable[[Kernel, tuple[int, int]], float]) -> tuple[int, int]:
        candidates = CANDIDATES.get(width, CANDIDATES[8])
        seconds: Mapping[tuple[int, int], list[float]] = {one: [] for one in candidates}
        for one in candidates:
            timed(kernel, one)  # compiled, and in the caches
        for _ in range(ROUNDS):
            for one in candidates:
                seconds[one].append(timed(kernel, one))
        return min(candidates, key=lambda one: statistics.median(seconds[one]))

    def _write(self) -> None:
        """Replace the file as a whole; without a folder that can be written, entries last as long as the process."""
        if self._path is None:
            return
        temporary = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            number, temporary = tempfile.mkstemp(dir=self._path.parent)
            with open(number, "w", encoding="utf-8") as file:
                json.dump(self._entries, file)
            os.replace(temporary, self._path)
        except OSError:
            if temporary is not None:
                with suppress(OSError):
                    os.unlink(temporary)


def seconds_of(launch: Callable[[], Any], wait: Callable[[], None]) -> float:
    """How long a launch takes, out of a burst of some milliseconds."""
    count, elapsed = 1, 0.0
    while elapsed < 2e-3:
        started = time.perf_counter()
        for _ in range(count):
            launch()
        wait()
        elapsed = time.perf_counter() - started
        count *= 4
    return elapsed / (count // 4)
