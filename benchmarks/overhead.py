"""What Python costs: microseconds for each node of a graph, and for each kernel that is launched."""

from __future__ import annotations

from collections.abc import Callable

from measure import Effort, Task, burst, repeats

import clgrad
from clgrad.runtime import pending, trace

LENGTH = 50
"""Dependent ops of a chain."""


def overheads(device: clgrad.Device, effort: Effort) -> dict[str, float]:
    """Measure chains of ops so small that only the way to them counts."""
    x = clgrad.rand(8, 8, device=device).realize()

    def sums() -> clgrad.Tensor:
        y = x
        for _ in range(LENGTH):
            y = y + x
        return y

    def products() -> clgrad.Tensor:
        y = x
        for _ in range(LENGTH):
            y = y @ x
        return y

    nodes = len(pending([sums().node])[0])
    jitted = clgrad.jit(products)
    building = microseconds(sums, device, effort)
    return {
        "a node built": building / nodes,
        "a node of a repeated eager realize": (microseconds(lambda: sums().realize(), device, effort) - building)
        / nodes,
        "a kernel launched eagerly": microseconds(lambda: products().realize(), device, effort) / kernels(products),
        "a kernel of a jitted replay": microseconds(jitted, device, effort) / kernels(jitted),
    }


def kernels(function: Callable[[], clgrad.Tensor]) -> int:
    """The kernels of a call; every one is a matrix product, which shares its kernel with no other."""
    with trace() as seen:
        function().realize()
    return len(seen.kernels)


def microseconds(run: Callable[[], object], device: clgrad.Device, effort: Effort) -> float:
    """The best round's time of one call."""
    task = Task(run, device.synchronize)
    count = repeats(task, effort)
    return min(burst(task, effort.clock, count) for _ in range(effort.rounds)) * 1e6
