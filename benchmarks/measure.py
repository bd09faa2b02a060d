"""Compare ways to do one piece of work: interleaved, by ratio, with outputs checked.

Machines are shared and noisy, so absolute times are not results: each round times every contender
once, in turn, and a result is the median of the rounds' ratios to the base. With one thread on each
side, process time replaces the wall clock, which other people's load disturbs.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

MOST_REPEATS = 2000


@dataclass(frozen=True)
class Task:
    """One contender's way to do one piece of work."""

    run: Callable[[], Any]
    finish: Callable[[], None]
    """Wait until everything that was run is there."""


@dataclass(frozen=True)
class Timing:
    """How one contender did: the ratio is the base's time over its own, so above 1 is faster than the base."""

    milliseconds: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Effort:
    """How long to measure, and by which clock."""

    clock: Callable[[], float]
    rounds: int
    seconds: float
    """What one contender may take in one round, if one run is not longer."""


def burst(task: Task, clock: Callable[[], float], count: int) -> float:
    """Seconds for one run, out of a burst that ends when its results are there."""
    start = clock()
    for _ in range(count):
        task.run()
    task.finish()
    return (clock() - start) / count


def repeats(task: Task, effort: Effort) -> int:
    """Warm a task up, and count how often it runs in the time of a round."""
    for _ in range(3):  # a recorded function runs plainly, then records, then replays
        burst(task, effort.clock, 1)
    once = max(burst(task, effort.clock, 1), 1e-6)
    return max(1, min(MOST_REPEATS, int(effort.seconds / once)))


def compare(tasks: Mapping[str, Task], base: str, effort: Effort) -> dict[str, Timing]:
    """Time tasks in turn, round by round."""
    counts = {name: repeats(task, effort) for name, task in tasks.items()}
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(effort.rounds):
        for name, task in tasks.items():
            seconds[name].append(burst(task, effort.clock, counts[name]))
    return {name: timing(taken, seconds[base]) for name, taken in seconds.items()}


def timing(seconds: Sequence[float], base: Sequence[float]) -> Timing:
    """Sum the rounds up, pair by pair."""
    ratios = [theirs / max(ours, 1e-9) for ours, theirs in zip(seconds, base)]
    return Timing(statistics.median(seconds) * 1e3, statistics.median(ratios), min(ratios), max(ratios))


def check(found: Sequence[Array], expected: Sequence[Array], tolerance: float) -> float:
    """Give the worst difference, relative to the largest value of its output; raise where it is above the tolerance."""
    assert len(found) == len(expected)
    worst = 0.0
    for ours, right in zip(found, expected):
        assert ours.shape == right.shape, f"shape {ours.shape}, expected {right.shape}"
        scale = max(float(np.abs(right).max()), 1e-30)
        difference = float(np.abs(ours.astype(np.float64) - right).max()) / scale
        assert difference <= tolerance, f"outputs differ by {difference:.1e} of the largest value {scale:.1e}"
        worst = max(worst, difference)
    return worst
