"""Compare two ways to do one piece of work: interleaved, by ratio, with equal outputs.

Machines are shared and noisy, so absolute times are not results: each round times A, then B, and the
result is the median of the rounds' ratios. With one thread on each side, process time replaces the
wall clock, which other people's load disturbs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Work = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """How much faster ``ours`` is than ``theirs``: above 1 is faster."""

    name: str
    ratio: float
    low: float
    high: float
    theirs_ms: float

    def __str__(self) -> str:
        spread = f"({self.low:.2f} ... {self.high:.2f}; theirs {self.theirs_ms:.3f} ms)"
        return f"{self.name:44} {self.ratio:6.2f}x  {spread}"


def burst(work: Work, finish: Work, clock: Callable[[], float], count: int) -> float:
    """Seconds for one piece of work, out of a burst that ends when its results are there."""
    start = clock()
    for _ in range(count):
        work()
    finish()
    return (clock() - start) / count


def compare(
    name: str,
    ours: Work,
    theirs: Work,
    finish: Work,
    process_time: bool,
    rounds: int = 7,
    seconds: float = 0.05,
) -> Comparison:
    """Time both in turn. ``finish`` waits for our device; each side has warmed up before."""
    clock = time.process_time if process_time else time.perf_counter
    for work in (ours, theirs):
        work()
        work()
    finish()
    counts = []
    for work in (ours, theirs):
        once = max(burst(work, finish, time.perf_counter, 1), 1e-6)
        counts.append(max(1, min(2000, int(seconds / once))))
    ratios, base = [], []
    for _ in range(rounds):
        ours_seconds = burst(ours, finish, clock, counts[0])
        theirs_seconds = burst(theirs, finish, clock, counts[1])
        ratios.append(theirs_seconds / ours_seconds)
        base.append(theirs_seconds)
    ratios.sort()
    return Comparison(name, statistics.median(ratios), ratios[0], ratios[-1], statistics.median(base) * 1e3)


def check(name: str, found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Raise where outputs differ by more than the tolerance, relative to the largest."""
    worst = float(np.abs(found.astype(np.float64) - expected).max())
    scale = float(np.abs(expected).max())
    if not worst <= tolerance * max(scale, 1e-30):
        raise AssertionError(f"{name}: outputs differ by {worst:.3e}, at a largest value of {scale:.3e}")
