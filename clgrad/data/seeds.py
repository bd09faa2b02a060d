"""Random numbers on the host: numpy's generators, seeded from clgrad's, the same whoever makes a sample."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property

import numpy as np
import numpy.typing as npt

from clgrad.draws import default
from clgrad.errors import ArgumentError
from clgrad.random import randint

Entropy = tuple[int, ...]
"""What an epoch's random numbers depend on."""


class Seed:
    """The random numbers of one place in an epoch; the generator is made when it is asked for."""

    def __init__(self, entropy: Entropy, place: int) -> None:
        self.sequence = np.random.SeedSequence(entropy, spawn_key=(place,))

    @cached_property
    def generator(self) -> np.random.Generator:
        return np.random.default_rng(self.sequence)


_current: ContextVar[Seed | None] = ContextVar("clgrad_sample_seed", default=None)


@contextmanager
def seeded(entropy: Entropy, place: int) -> Iterator[Seed]:
    """Make sample_generator give the numbers of a place in an epoch."""
    seed = Seed(entropy, place)
    token = _current.set(seed)
    try:
        yield seed
    finally:
        _current.reset(token)


def sample_generator() -> np.random.Generator:
    """Give numpy's random generator for the sample that is being made.

    What a DataLoader makes has a generator for each sample of an epoch. It depends on the loader's seed (or on
    ``clgrad.manual_seed``), the epoch and the sample's place in it, but not on the number of workers. Elsewhere each
    call gives a new generator, and takes one number of clgrad's stream.

        >>> import clgrad
        >>> clgrad.manual_seed(0)
        >>> first = sample_generator().integers(100)
        >>> clgrad.manual_seed(0)
        >>> bool(sample_generator().integers(100) == first)
        True
    """
    seed = _current.get()
    return np.random.default_rng(default.next()) if seed is None else seed.generator


def epoch_entropy(seed: int | None, epoch: int = 0) -> Entropy:
    """What the random numbers of an epoch depend on.

    Without a seed, that follows ``clgrad.manual_seed`` and takes one number of its stream.
    """
    if seed is None:
        # On the cpu device, which has no kernel to compile; the numbers are the same on all.
        return (int(randint(0, 2**31 - 1, (1,), device="cpu").item()),)
    return check_seed(seed), epoch


def permutation(size: int, entropy: Entropy) -> npt.NDArray[np.int64]:
    """Give all indices below `size` in a random order."""
    return np.random.default_rng(entropy).permutation(size)


def check_seed(seed: int) -> int:
    """Give `seed` if it is a whole number from 0; raise ArgumentError otherwise."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ArgumentError(f"[seed] got {seed!r}; it must be a whole number from 0; pass seed=0")
    return int(seed)
