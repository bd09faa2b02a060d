"""Random numbers from one counter-based generator: the same bits on every device.

Each call takes the next stream of the seed; element i of it is Philox2x32-10 of (i, stream) under
the seed (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). It is an elementwise
op over a running index, so it fuses into whatever uses the numbers.
"""

from __future__ import annotations

import math
import secrets
from typing import Any

import numpy as np

from clgrad.array import shape_argument
from clgrad.creation import zeros
from clgrad.device import device as find_device
from clgrad.dtypes import as_dtype, default_float, default_integer, float64, int64, uint64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.graph import constant
from clgrad.ops import maps
from clgrad.runtime import capturing
from clgrad.tensor import Tensor, from_numpy


class Generator:
    """A seed and the number of streams taken from it.

    >>> import clgrad
    >>> clgrad.manual_seed(0)
    >>> first = clgrad.rand(2).tolist()
    >>> clgrad.manual_seed(0)
    >>> clgrad.rand(2).tolist() == first
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = secrets.randbits(64) if seed is None else int(seed) % 2**64
        self.stream = 0

    def next(self) -> np.ndarray[Any, Any]:
        """Stream and key of the next call."""
        stream = self.stream
        self.stream += 1
        # The cipher has 32 bits each of key and stream: the seed's upper half shifts the streams.
        return np.array([(stream + (self.seed >> 32) * 0x9E3779B1) % 2**32, self.seed % 2**32], np.uint64)


default = Generator()


def manual_seed(seed: int) -> None:
    """Start the default generator afresh from a seed."""
    global default
    default = Generator(seed)


def get_state() -> tuple[int, int]:
    """The default generator's seed and position, for a checkpoint."""
    return default.seed, default.stream


def set_state(state: tuple[int, int]) -> None:
    """Return the default generator to a state from get_state."""
    manual_seed(state[0])
    default.stream = int(state[1])


def _bits(shape: tuple[int, ...], device: Any) -> Tensor:
    """64 random bits an element."""
    chosen = find_device(device)
    words = from_numpy(default.next(), chosen)
    capture = capturing.get()
    if capture is not None:
        capture.drawn.append((words.node, lambda: default.next()))
    counter = Tensor(constant(0, int64, chosen))._iota(math.prod(shape))._cast(uint64)
    stream, key = (words[place]._broadcast(counter.shape) for place in (0, 1))
    return counter._apply(maps.philox, (counter, stream, key)).reshape(shape)


def _uniform(bits: Tensor, dtype: Any) -> Tensor:
    if dtype is float64:
        return (bits >> 11)._cast(float64) * 2.0**-53
    # No more bits than the dtype holds: rounding up would reach 1.
    count = {"float16": 11, "bfloat16": 8}.get(dtype.name, 24)
    return ((bits >> (64 - count))._cast(default_float) * 2.0**-count)._cast(dtype)


def _floating(dtype: Any, op: str) -> Any:
    wanted = as_dtype(dtype) if dtype is not None else default_float
    if not wanted.is_float:
        raise DtypeError(f"[{op}] gives floats, not {wanted.name}; use randint")
    return wanted


def _sizes(size: tuple[Any, ...], op: str) -> tuple[int, ...]:
    shape = shape_argument(size, op)
    if any(length < 0 for length in shape):
        raise ShapeError(f"[{op}] sizes must not be negative, got {shape}")
    return shape


def _made(shape: tuple[int, ...], dtype: Any, device: Any) -> Tensor | None:
    return zeros(shape, dtype=dtype, device=device) if 0 in shape else None


def rand(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Numbers evenly spread over [0, 1)."""
    shape, wanted = _sizes(size, "rand"), _floating(dtype, "rand")
    empty = _made(shape, wanted, device)
    return (empty if empty is not None else _uniform(_bits(shape, device), wanted)).requires_grad_(requires_grad)


def randn(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Normally distributed numbers of mean 0 and deviation 1, by Box and Muller's transform."""
    shape, wanted = _sizes(size, "randn"), _floating(dtype, "randn")
    empty = _made(shape, wanted, device)
    if empty is not None:
        return empty.requires_grad_(requires_grad)
    bits = _bits(shape, device)
    work, count = (float64, 32) if wanted is float64 else (default_float, 24)
    radius = (((bits >> (64 - count))._cast(work) + 1) * 2.0**-count).log() * -2.0
    angle = ((bits & 0xFFFFFFFF) >> (32 - count))._cast(work) * (2.0**-count * 2 * math.pi)
    return (radius.sqrt() * angle.cos())._cast(wanted).requires_grad_(requires_grad)


def randint(low: int, high: int | None = None, size: Any = (), dtype: Any = None, device: Any = None) -> Tensor:
    """Integers from low up to but without high; ``randint(high, size=...)`` starts at 0."""
    if high is None:
        low, high = 0, low
    if isinstance(high, (tuple, list)):
        low, high, size = 0, low, high
    if not low < high or high - low > 2**32:
        raise ArgumentError(f"[randint] low {low} must lie below high {high}, by at most 2**32")
    shape, wanted = _sizes(tuple(size), "randint"), as_dtype(dtype or default_integer)
    empty = _made(shape, wanted, device)
    if empty is not None:
        return empty
    scaled = ((_bits(shape, device) >> 32) * (high - low)) >> 32
    return (scaled._cast(int64) + low)._cast(wanted)


def rand_like(x: Tensor, dtype: Any = None, device: Any = None) -> Tensor:
    """``rand`` with the shape, dtype and device of another tensor."""
    return rand(x.shape, dtype=dtype or x.dtype, device=device or x.device)


def randn_like(x: Tensor, dtype: Any = None, device: Any = None) -> Tensor:
    """``randn`` with the shape, dtype and device of another tensor."""
    return randn(x.shape, dtype=dtype or x.dtype, device=device or x.device)


def randperm(n: int, dtype: Any = None, device: Any = None) -> Tensor:
    """The numbers 0 ... n - 1 in random order; drawn on the host."""
    (length,) = _sizes((n,), "randperm")
    stream, key = default.next().tolist()
    order = np.random.Generator(np.random.Philox(key=[key, stream])).permutation(length)
    return from_numpy(order.astype(np.int64), device)._cast(as_dtype(dtype or default_integer))


def bernoulli(p: Tensor) -> Tensor:
    """1 with probability p, else 0, element by element."""
    return (rand_like(p) < p)._cast(p.dtype)
