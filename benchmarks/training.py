"""The training steps that are compared: classifiers of fully connected layers, on one batch of random data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from measure import Array
from numpy.random import Generator


@dataclass(frozen=True)
class Network:
    """One kind of training step: forward, cross-entropy, backward, update."""

    id: str
    name: str
    sizes: tuple[int, ...]
    batch: int
    optimizer: Literal["Adam", "SGD"]
    learning_rate: float
    tolerance: float = 1e-4
    """The largest difference of the first losses to float64's, relative to the largest loss."""


NETWORKS = (
    Network("W5a", "digits: 64-64-32-10, batch 32, Adam", (64, 64, 32, 10), 32, "Adam", 1e-3),
    Network("W5b", "digits: 64-64-32-10, batch 128, Adam", (64, 64, 32, 10), 128, "Adam", 1e-3),
    Network("W5c", "longer: 64-29x256-10, batch 32, Adam", (64, *[256] * 29, 10), 32, "Adam", 1e-5),
    Network("W5d", "bigger: 64-8192-4096-2048-10, batch 32, SGD", (64, 8192, 4096, 2048, 10), 32, "SGD", 1e-3),
    Network("W5e", "784-200-10, batch 4096, Adam", (784, 200, 10), 4096, "Adam", 1e-3),
    Network("W5f", "784-800-800-10, batch 64, Adam", (784, 800, 800, 10), 64, "Adam", 1e-3),
    Network("W5g", "bigger: 64-8192-4096-2048-10, batch 32, Adam", (64, 8192, 4096, 2048, 10), 32, "Adam", 1e-4),
)
"""The learning rate of the long one is small because Adam's first steps follow a gradient's sign: where the gradient is
rounding noise, a larger rate takes float32, in any library, another way than float64."""

STEPS = 5
"""Losses that are compared before the clock starts."""


@dataclass(frozen=True)
class Start:
    """Where every contender starts: equal weights, equal data."""

    weights: list[Array]
    """Of shape (outputs, inputs)."""
    biases: list[Array]
    images: Array
    labels: Array


def start(network: Network, random: Generator) -> Start:
    """Draw weights that keep the size of what passes through them (He et al. 2015), and a batch."""
    pairs = list(pairwise(network.sizes))
    weights = [
        random.standard_normal((outputs, inputs), dtype=np.float32) * np.float32((2 / inputs) ** 0.5)
        for inputs, outputs in pairs
    ]
    biases = [random.standard_normal(outputs, dtype=np.float32) * np.float32(0.01) for _, outputs in pairs]
    images = random.standard_normal((network.batch, network.sizes[0]), dtype=np.float32)
    return Start(weights, biases, images, random.integers(0, network.sizes[-1], network.batch))
