"""Tensors of random numbers; the generator and the distributions stand in draws.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from clgrad import draws
from clgrad.arithmetic import broadcast_shapes
from clgrad.array import shape_argument
from clgrad.device import device as find_device
from clgrad.draws import Generator as Generator
from clgrad.draws import default
from clgrad.dtypes import DType, as_dtype, default_float, default_integer
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.runtime import capturing
from clgrad.tensor import Tensor, from_numpy

__all__ = [
    "Generator", "bernoulli", "initial_seed", "manual_seed", "multinomial", "normal", "rand", "rand_like", "randint",
    "randint_like", "randn", "randn_like", "randperm", "seed",
]  # fmt: skip


def manual_seed(seed: int) -> None:
    """Start the default generator afresh from a seed.

    >>> import clgrad
    >>> clgrad.manual_seed(0)
    >>> first = clgrad.rand(2).tolist()
    >>> clgrad.manual_seed(0)
    >>> clgrad.rand(2).tolist() == first
    True
    """
    default.manual_seed(seed)


def seed() -> int:
    """Start the default generator afresh from a seed that nobody knows before, and give it."""
    return default.seed()


def initial_seed() -> int:
    """The seed that the default generator was started from.

    >>> import clgrad
    >>> clgrad.manual_seed(7)
    >>> clgrad.initial_seed()
    7
    """
    return default.initial_seed()


def get_state() -> tuple[int, int]:
    """The default generator's seed and position, for a checkpoint."""
    return default.get_state()


def set_state(state: tuple[int, int]) -> None:
    """Return the default generator to a state from get_state."""
    default.set_state(state)


def _floating(dtype: Any, op: str) -> DType:
    wanted = as_dtype(dtype) if dtype is not None else default_float
    if not wanted.is_float:
        raise DtypeError(f"[{op}] gives floats, not {wanted.name}; use randint")
    return wanted


def _sizes(size: tuple[Any, ...], op: str) -> tuple[int, ...]:
    shape = shape_argument(size, op)
    if any(length < 0 for length in shape):
        raise ShapeError(f"[{op}] sizes must not be negative, got {shape}")
    return shape


def rand(
    *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Numbers evenly spread over [0, 1).

    >>> import clgrad
    >>> clgrad.rand(2, 3).shape
    (2, 3)
    """
    shape, wanted = _sizes(size, "rand"), _floating(dtype, "rand")
    return Tensor(draws.uniform(shape, wanted, find_device(device), generator)).requires_grad_(requires_grad)


def randn(
    *size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Normally distributed numbers of mean 0 and deviation 1.

    >>> import clgrad
    >>> clgrad.randn(2, 3).shape
    (2, 3)
    """
    shape, wanted = _sizes(size, "randn"), _floating(dtype, "randn")
    return Tensor(draws.normal(shape, wanted, find_device(device), generator)).requires_grad_(requires_grad)


def randint(
    low: int,
    high: int | None = None,
    size: Any = (),
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """Integers from low up to but without high; ``randint(high, size=...)`` starts at 0. Raises ArgumentError.

    >>> import clgrad
    >>> set(clgrad.randint(3, 5, (100,)).tolist()) == {3, 4}
    True
    """
    if high is None:
        low, high = 0, low
    if isinstance(high, (tuple, list)):
        low, high, size = 0, low, high
    shape, wanted = _sizes(tuple(size), "randint"), as_dtype(dtype or default_integer)
    return Tensor(draws.integers(shape, find_device(device), generator, low, high, "randint")._cast(wanted))


def rand_like(
    input: Tensor,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``rand`` with the shape, dtype and device of another tensor."""
    dtype, device = dtype or input.dtype, device or input.device
    return rand(input.shape, generator=generator, dtype=dtype, device=device, requires_grad=requires_grad)


def randn_like(
    input: Tensor,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``randn`` with the shape, dtype and device of another tensor."""
    dtype, device = dtype or input.dtype, device or input.device
    return randn(input.shape, generator=generator, dtype=dtype, device=device, requires_grad=requires_grad)


def randint_like(
    input: Tensor,
    low: int,
    high: int | None = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
) -> Tensor:
    """``randint`` with the shape, dtype and device of another tensor; ``randint_like(x, high)`` starts at 0."""
    low, high = (0, low) if high is None else (low, high)
    return randint(low, high, input.shape, generator, dtype or input.dtype, device or input.device)


def randperm(n: int, generator: Generator | None = None, dtype: Any = None, device: Any = None) -> Tensor:
    """The numbers 0 ... n - 1 in random order; drawn on the host.

    >>> import clgrad
    >>> sorted(clgrad.randperm(4).tolist())
    [0, 1, 2, 3]
    """
    (length,) = _sizes((n,), "randperm")
    source = default if generator is None else generator

    def draw() -> np.ndarray[Any, Any]:
        stream, key = source.next().tolist()
        return np.random.Generator(np.random.Philox(key=[key, stream])).permutation(length).astype(np.int64)

    order = from_numpy(draw(), device)
    capture = capturing.get()
    if capture is not None and length:
        capture.drawn.append((order.node, draw))
    return order._cast(as_dtype(dtype or default_integer))


def normal(
    mean: Tensor | float = 0.0,
    std: Tensor | float = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normally distributed numbers of a mean and a deviation.

    Both are numbers, with a ``size``; or one or both are tensors, which broadcast, and give shape, dtype and device.
    Raises ArgumentError for a negative number as deviation; in a tensor it gives the numbers of its absolute value.

        >>> import clgrad
        >>> clgrad.normal(5.0, 0.0, (2,)).tolist()
        [5.0, 5.0]
    """
    if not isinstance(std, Tensor) and not std >= 0:
        raise ArgumentError(f"[normal] std={std} must not be negative")
    tensors = [one for one in (mean, std) if isinstance(one, Tensor)]
    if not tensors:
        if size is None:
            raise ArgumentError("[normal] mean and std are numbers: give a size, too")
        shape = _sizes((size,), "normal")
        node = draws.normal(shape, _floating(dtype, "normal"), find_device(device), generator, mean, std)  # type: ignore[arg-type]  # numbers
        return Tensor(node).requires_grad_(requires_grad)
    if size is not None:
        raise ArgumentError("[normal] mean or std is a tensor, which gives the size; leave size out")
    shape = broadcast_shapes(*(one.shape for one in tensors), op="normal")
    wanted = _floating(tensors[0].dtype if dtype is None else dtype, "normal")
    unit = Tensor(draws.normal(shape, wanted, tensors[0].device, generator))
    scale, shift = (one.detach() if isinstance(one, Tensor) else one for one in (std, mean))
    return (unit * scale + shift)._cast(wanted).requires_grad_(requires_grad)


def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each element of input is, else 0; with ``p`` that one, for the shape of input.

    >>> import clgrad
    >>> clgrad.bernoulli(clgrad.tensor([0.0, 1.0])).tolist()
    [0.0, 1.0]
    """
    return input.bernoulli(p, generator=generator)


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Places along the last dim (int64), drawn with probabilities proportional to the weights there.

    ``input`` is (C,) or (N, C), and the result (num_samples,) or (N, num_samples). Without ``replacement`` no place
    comes twice, and places of weight 0 come last: the first of a race of exponential times divided by the weights
    (Efraimidis and Spirakis, 2006). Raises ShapeError, DtypeError, ArgumentError; and IndexRangeError, when it is
    computed, where weights are negative or not finite, or all are 0.

        >>> import clgrad
        >>> clgrad.multinomial(clgrad.tensor([0.0, 3.0, 0.0]), 2, replacement=True).tolist()
        [1, 1]
    """
    return input.multinomial(num_samples, replacement, generator=generator)
