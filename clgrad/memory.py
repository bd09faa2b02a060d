"""Lifetimes: when a plan may give a buffer back.

Queues run in order, so a buffer may be handed to a later kernel as soon as its last reader has
been enqueued; the device's pool does the rest. A buffer that anything outside the plan holds is
never reused: Python's reference to it decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def last_uses(arguments: Sequence[Sequence[int]], kept: Iterable[int]) -> tuple[tuple[int, ...], ...]:
    """For each step, the entries that nobody needs after it.

    >>> last_uses([(0, 1), (1, 2)], kept=[2])
    ((0,), (1,))
    """
    last: dict[int, int] = {}
    for step, entries in enumerate(arguments):
        for entry in entries:
            last[entry] = step
    ends: list[list[int]] = [[] for _ in arguments]
    keep = set(kept)
    for entry, step in last.items():
        if entry not in keep:
            ends[step].append(entry)
    return tuple(tuple(sorted(entries)) for entries in ends)
