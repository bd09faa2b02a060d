"""Random numbers from one counter-based generator: the same bits on every device. Nodes, not yet tensors.

Each draw takes the next stream of a generator; element i of it is Philox2x32-10 of (i, stream) under the
generator's seed (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). It is an elementwise op over
a running index, so it fuses into whatever uses the numbers.
"""

from __future__ import annotations

import math
import os
import sys
from typing import Any

import numpy as np

from clgrad.compose.order import searchsorted, topk
from clgrad.compose.scans import cumsum
from clgrad.device import Buffer, Device
from clgrad.dtypes import DType, default_float, float64, int64, uint64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.graph import Node, constant
from clgrad.ops import maps, sources
from clgrad.runtime import capturing
from clgrad.view import Shape

FIRST_SEED = 67280421310721
"""The seed of a new generator, as in PyTorch."""

WIDEST = 2**32
"""The most integers that one draw chooses from: more of them would not be equally likely."""


class Generator:
    """A seed and the number of streams taken from it, for the ``generator`` argument of what draws numbers.

    It belongs to no device: ``device`` is accepted as in PyTorch and changes nothing.

    >>> import clgrad
    >>> generator = clgrad.Generator().manual_seed(0)
    >>> first = clgrad.rand(2, generator=generator).tolist()
    >>> clgrad.rand(2, generator=generator.manual_seed(0)).tolist() == first
    True
    """

    def __init__(self, device: Any = None) -> None:
        self._seed = FIRST_SEED
        self._stream = 0

    def manual_seed(self, seed: int) -> Generator:
        """Start afresh from a seed; gives the generator itself."""
        self._seed, self._stream = int(seed) % 2**64, 0
        return self

    def seed(self) -> int:
        """Start afresh from a seed that nobody knows before, and give it."""
        return self.manual_seed(int.from_bytes(os.urandom(8), sys.byteorder)).initial_seed()

    def initial_seed(self) -> int:
        """The seed it was started from."""
        return self._seed

    def get_state(self) -> tuple[int, int]:
        """Seed and position, for a checkpoint."""
        return self._seed, self._stream

    def set_state(self, state: tuple[int, int]) -> Generator:
        """Return to a state from get_state."""
        self.manual_seed(state[0])._stream = int(state[1])
        return self

    def next(self) -> np.ndarray[Any, Any]:
        """Stream and key of the next draw."""
        stream = self._stream
        self._stream += 1
        # The cipher has 32 bits each of key and stream: the seed's upper half shifts the streams.
        return np.array([(stream + (self._seed >> 32) * 0x9E3779B1) % 2**32, self._seed % 2**32], np.uint64)


default = Generator()
"""What draws without a ``generator`` takes."""
default.seed()


def bits(shape: Shape, device: Device, generator: Generator | None) -> Node:
    """64 random bits an element."""
    if 0 in shape:
        return constant(0, uint64, device)._broadcast(shape)
    device.check(uint64, "random")
    source = default if generator is None else generator
    host = source.next()
    words = Node(sources.buffer, (), (), (2,), uint64, device, buffer=Buffer(device, host.nbytes, host=host))
    capture = capturing.get()
    if capture is not None:
        capture.drawn.append((words, source.next))
    counter = words._iota(math.prod(shape))._cast(uint64)
    stream, key = (
        words.slice_ranges((place,), (place + 1,), (1,)).reshape(())._broadcast(counter.shape) for place in (0, 1)
    )
    return counter._apply(maps.philox, (counter, stream, key)).reshape(shape)


def _working(dtype: DType) -> DType:
    """What is computed in: the few steps of a half would bend every distribution."""
    return float64 if dtype is float64 else default_float


def uniform(
    shape: Shape, dtype: DType, device: Device, generator: Generator | None, low: float = 0.0, high: float = 1.0
) -> Node:
    """Numbers evenly spread over [low, high)."""
    drawn = bits(shape, device, generator)
    if dtype is float64:
        unit = (drawn >> 11)._cast(float64) * 2.0**-53
    else:
        # No more bits than the dtype holds: rounding up would reach 1.
        count = {"float16": 11, "bfloat16": 8}.get(dtype.name, 24)
        unit = ((drawn >> (64 - count))._cast(default_float) * 2.0**-count)._cast(dtype)
    if (low, high) == (0.0, 1.0):
        return unit
    scaled = unit * (high - low) + low
    return (scaled < high).choose(scaled, low)  # rounding may reach the end that is left out


def normal(
    shape: Shape, dtype: DType, device: Device, generator: Generator | None, mean: float = 0.0, std: float = 1.0
) -> Node:
    """Normally distributed numbers, by Box and Muller's transform."""
    drawn = bits(shape, device, generator)
    work, count = _working(dtype), 32 if dtype is float64 else 24
    radius = (((drawn >> (64 - count))._cast(work) + 1) * 2.0**-count).log() * -2.0
    angle = ((drawn & 0xFFFFFFFF) >> (32 - count))._cast(work) * (2.0**-count * 2 * math.pi)
    unit = radius.sqrt() * angle.cos()
    return (unit if (mean, std) == (0.0, 1.0) else unit * std + mean)._cast(dtype)


def log_normal(
    shape: Shape, dtype: DType, device: Device, generator: Generator | None, mean: float, std: float
) -> Node:
    """Numbers whose logarithms are normally distributed."""
    return normal(shape, _working(dtype), device, generator, mean, std).exp()._cast(dtype)


def _inside(shape: Shape, dtype: DType, device: Device, generator: Generator | None) -> Node:
    """Numbers of the open interval (0, 1), in the dtype that is computed in; fine steps near 0."""
    drawn, work = bits(shape, device, generator), _working(dtype)
    if work is float64:
        return ((drawn >> 12)._cast(float64) + 0.5) * 2.0**-52
    unit = ((drawn >> 32)._cast(work) + 0.5) * 2.0**-32
    largest = 1 - 2.0**-24
    return (unit < largest).choose(unit, largest)


def exponential(shape: Shape, dtype: DType, device: Device, generator: Generator | None, lambd: float = 1.0) -> Node:
    """Numbers above 0 of density lambd * exp(-lambd * x)."""
    return ((-_inside(shape, dtype, device, generator)).log1p() * (-1 / lambd))._cast(dtype)


def cauchy(
    shape: Shape, dtype: DType, device: Device, generator: Generator | None, median: float, sigma: float
) -> Node:
    """Cauchy's distribution: the tangent of an even angle."""
    angle = (_inside(shape, dtype, device, generator) - 0.5) * math.pi
    return (angle.tan() * sigma + median)._cast(dtype)


def geometric(shape: Shape, dtype: DType, device: Device, generator: Generator | None, p: float) -> Node:
    """How many trials of probability p it takes to succeed: 1, 2, 3 ..."""
    rate = -1 / math.log1p(-p)
    waited = exponential(shape, _working(dtype), device, generator) * rate
    return waited.ceil().clamp(min=1)._cast(dtype)


def bernoulli(shape: Shape, device: Device, generator: Generator | None, p: Node | float) -> Node:
    """True with probability p."""
    wide = isinstance(p, Node) and p.dtype is float64
    return uniform(shape, float64 if wide else default_float, device, generator) < p


def integers(shape: Shape, device: Device, generator: Generator | None, low: int, high: int, op: str) -> Node:
    """Integers (int64) from low up to but without high. Raises ArgumentError."""
    if not low < high or high - low > WIDEST:
        raise ArgumentError(f"[{op}] low {low} must lie below high {high}, by at most 2**32")
    scaled = ((bits(shape, device, generator) >> 32) * (high - low)) >> 32
    return scaled._cast(int64) + low


def whole(shape: Shape, dtype: DType, device: Device, generator: Generator | None) -> Node:
    """Integers from 0 to the dtype's largest; for floats, all those below the first gap between whole numbers."""
    if dtype.is_float:
        digits = {"float16": 11, "bfloat16": 8, "float32": 24}.get(dtype.name, 53)
    else:
        digits = 8 * dtype.size - dtype.signed if dtype.is_integer else 1
    return (bits(shape, device, generator) >> (64 - digits))._cast(int64)._cast(dtype)


def multinomial(input: Node, num_samples: int, replacement: bool, generator: Generator | None) -> Node:
    """Places along the last dim, drawn with probabilities proportional to the weights there; see random.py."""
    if input.ndim not in (1, 2) or not input.shape[-1]:
        raise ShapeError(f"[multinomial] input {input.shape} must be (C,) or (N, C), with at least one weight a row")
    if not input.dtype.is_float:
        raise DtypeError(
            f"[multinomial] weights are {input.dtype.name}, they must be floating; cast them with .to(dtype)"
        )
    weights, places = input, input.shape[-1]
    if num_samples < 1 or (num_samples > places and not replacement):
        raise ArgumentError(
            f"[multinomial] num_samples={num_samples} of {places} weights: at least 1, and at most as many as there "
            "are, or pass replacement=True"
        )
    weights = weights._cast(weights.dtype.computing)
    sound = ((weights >= 0) & weights.isfinite()).all(-1, keepdim=True) & (weights > 0).any(-1, keepdim=True)
    rows = weights.shape[:-1]
    if replacement:
        sums = cumsum(weights, -1)
        total = sums.slice_ranges((0,) * len(rows) + (places - 1,), sums.shape, (1,) * sums.ndim)
        value = _inside((*rows, num_samples), weights.dtype, weights.device, generator) * total
        # What rounding lifts to the total belongs to the last place that has a weight.
        last = (weights > 0).choose(weights._iota(places), 0).amax(-1, keepdim=True)
        found = searchsorted(sums, value, right=True).minimum(last)
    else:
        times = exponential(weights.shape, weights.dtype, weights.device, generator) / weights
        found = topk(times, num_samples, -1, largest=False).indices
    return sound.choose(found, -1).check_index(places, "multinomial, weights unfit as probabilities")
