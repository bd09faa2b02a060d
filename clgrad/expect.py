"""Expected time: what a device computes, moves and launches in a second, measured once, and what kernels need of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from clgrad import runtime
from clgrad.device import Device
from clgrad.dtypes import float32
from clgrad.graph import Node, filled
from clgrad.kernel import Kernel

SIDE = 384
"""Rows and columns of the matrices that measure arithmetic: they fit the second cache."""
ELEMENTS = 1 << 23
"""Elements of the arrays that measure memory: they fit no cache."""


@dataclass(frozen=True)
class Rates:
    """What a device does in a second."""

    flops: float
    nbytes: float
    launches: float

    def seconds(self, kernels: Iterable[Kernel], launches: int) -> float:
        """The roofline's time: each kernel takes what its arithmetic or its memory takes, whichever is more."""
        work = sum(max(kernel.flops / self.flops, kernel.nbytes / self.nbytes) for kernel in kernels)
        return work + launches / self.launches


@cache
def rates(device: Device) -> Rates:
    """Measure a device: a product of matrices, a large sum, and the launch of next to nothing."""

    def stored(*shape: int) -> Node:
        node = filled(1.0, float32, device, (1,) * len(shape))._broadcast(shape) * 1
        runtime.realize([node])
        return node

    def measured(work: Callable[[], Node]) -> float:
        """The median time of one piece of work, less nothing: the wait is part of a launch."""
        times = []
        for _ in range(6):
            started = time.perf_counter()
            runtime.realize([work()])
            device.synchronize()
            times.append(time.perf_counter() - started)
        return float(np.median(times[1:]))

    square, large, small = stored(SIDE, SIDE), stored(ELEMENTS), stored(16)
    launch = measured(lambda: small + small)
    product = measured(lambda: square.matmul(square))
    stream = measured(lambda: large + 1)
    return Rates(
        2 * SIDE**3 / max(product - launch, 1e-9),
        2 * float32.size * ELEMENTS / max(stream - launch, 1e-9),
        1 / launch,
    )
