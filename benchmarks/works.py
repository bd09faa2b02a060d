"""The single operations that are compared: what goes in, how each library says it, how exact it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import torch.nn.functional as torch_functional
from measure import Array
from numpy.random import Generator

import clgrad.nn.functional as clgrad_functional

Function = Callable[..., Any]

LIBRARIES = ("clgrad", "torch", "tinygrad", "numpy")


@dataclass(frozen=True)
class Operation:
    """A function of arrays. Every library has its own spelling; one without is not compared."""

    id: str
    name: str
    inputs: Callable[[Generator], list[Array]]
    functions: Mapping[str, Function]
    tolerance: float = 1e-5
    """The largest difference to float64, relative to the largest element."""
    gradients: int = 0
    """Also compute the gradients of so many inputs, the first ones; the last input is what arrives from above."""
    mode: Literal["eager", "jit", "read"] = "eager"
    """Run it as it is written, recorded where a library can, or read the result back each time."""


def everywhere(function: Function) -> dict[str, Function]:
    """One spelling that all libraries understand."""
    return dict.fromkeys(LIBRARIES, function)


def without_numpy(function: Function) -> dict[str, Function]:
    return dict.fromkeys(LIBRARIES[:-1], function)


def normal(*shapes: tuple[int, ...]) -> Callable[[Generator], list[Array]]:
    return lambda random: [random.standard_normal(shape, dtype=np.float32) for shape in shapes]


def positive(*shapes: tuple[int, ...]) -> Callable[[Generator], list[Array]]:
    return lambda random: [random.random(shape, dtype=np.float32) + np.float32(0.01) for shape in shapes]


def operations() -> Iterator[Operation]:
    """All of them, in the order of the table."""
    yield from tiny()
    yield from products()
    yield from maps()
    yield from reductions()
    yield from rows()


def tiny() -> Iterator[Operation]:
    add = everywhere(lambda a, b: a + b)
    yield Operation("W0a", "add of 64 floats, queued", normal((64,), (64,)), add)
    yield Operation("W0b", "add of 64 floats, read back each time", normal((64,), (64,)), add, mode="read")
    yield Operation("W0c", "add of 64 floats, jitted, queued", normal((64,), (64,)), add, mode="jit")


def products() -> Iterator[Operation]:
    plain = everywhere(lambda a, b: a @ b)
    right = everywhere(lambda a, b: a @ b.T)
    left = everywhere(lambda a, b: a.T @ b)
    for letter, m, k, n in (
        ("a", 256, 256, 256),
        ("b", 512, 512, 512),
        ("c", 1024, 1024, 1024),
        ("d", 2048, 2048, 2048),
        ("e", 64, 784, 256),
        ("f", 4096, 256, 1024),
    ):
        yield Operation(f"W1{letter}", f"matmul {m}x{k}x{n}, A @ B", normal((m, k), (k, n)), plain)
    square = normal((1024, 1024), (1024, 1024))
    yield Operation("W1g", "matmul 1024x1024x1024, A @ B^T", square, right)
    yield Operation("W1h", "matmul 1024x1024x1024, A^T @ B", square, left)
    yield Operation("W1i", "matmul 32 x 128x64x64", normal((32, 128, 64), (32, 64, 64)), plain)
    yield Operation("W1j", "matmul 64x256x10, A @ B", normal((64, 256), (256, 10)), plain)
    yield Operation("W1k", "matmul 64x784x256, A @ B^T", normal((64, 784), (256, 784)), right)
    yield Operation("W1l", "vector 1024 @ matrix 1024x1024", normal((1, 1024), (1024, 1024)), plain)
    yield Operation("W1m", "matrix 1024x1024 @ vector 1024", normal((1024, 1024), (1024, 1)), plain)


def maps() -> Iterator[Operation]:
    chain = without_numpy(lambda x, y, z: x.log() + y + z.exp().log().exp())
    chain["numpy"] = lambda x, y, z: np.log(x) + y + np.exp(np.log(np.exp(z)))
    sizes = ((10000, 1000),) * 3
    yield Operation("W2a", "x.log() + y + z.exp().log().exp(), 10000x1000, jitted", positive(*sizes), chain, mode="jit")
    gelu: dict[str, Function] = {
        "clgrad": lambda x, bias, residual: (x + bias).gelu(approximate="tanh") + residual,
        "torch": lambda x, bias, residual: torch_functional.gelu(x + bias, approximate="tanh") + residual,
        "tinygrad": lambda x, bias, residual: (x + bias).gelu() + residual,
    }
    big = (4096, 1024)
    name = "gelu_tanh(x + bias) + residual, 4096x1024, forward and backward"
    yield Operation("W2b", name, normal(big, (1024,), big, big), gelu, gradients=3)
    for letter, name in zip("cdefgh", ("exp", "tanh", "erf", "log", "sin", "sigmoid")):
        functions = without_numpy(partial(_method, name))
        if hasattr(np, name):
            functions["numpy"] = getattr(np, name)
        yield Operation(f"W2{letter}", f"{name} of 2^20", positive((1 << 20,)), functions)
    gelu = {
        "clgrad": lambda x: x.gelu(),
        "torch": torch_functional.gelu,
        "tinygrad": lambda x: 0.5 * x * (1 + (x * 0.5**0.5).erf()),
    }
    yield Operation("W2i", "gelu of 2^20", normal((1 << 20,)), gelu)


def _method(name: str, x: Any) -> Any:
    return getattr(x, name)()


def reductions() -> Iterator[Operation]:
    big = positive((4096, 4096))
    yield Operation("W3a", "sum of all, 4096x4096", big, everywhere(lambda x: x.sum()))
    yield Operation("W3b", "sum over axis 0, 4096x4096", big, everywhere(lambda x: x.sum(0)))
    yield Operation("W3c", "sum over axis 1, 4096x4096", big, everywhere(lambda x: x.sum(1)))
    largest = everywhere(lambda x: x.max(1)) | dict.fromkeys(("clgrad", "torch"), lambda x: x.amax(1))
    yield Operation("W3d", "max over axis 1, 4096x4096", big, largest)


def rows() -> Iterator[Operation]:
    big = (4096, 1024)
    softmax = without_numpy(lambda x: x.softmax(-1))
    yield Operation("W3e", "softmax, 4096x1024", normal(big), softmax | {"numpy": numpy_softmax})
    norm = {
        "clgrad": lambda x, weight, bias: clgrad_functional.layer_norm(x, (1024,), weight, bias),
        "torch": lambda x, weight, bias: torch_functional.layer_norm(x, (1024,), weight, bias),
        "tinygrad": lambda x, weight, bias: x.layernorm() * weight + bias,
    }
    name = "layer norm, 4096x1024, forward and backward"
    yield Operation("W3f", name, normal(big, (1024,), (1024,), big), norm, gradients=3)
    name = "softmax, 4096x1024, forward and backward"
    yield Operation("W3g", name, normal(big, big), softmax, gradients=1)
    loss: dict[str, Function] = {
        "clgrad": clgrad_functional.cross_entropy,
        "torch": torch_functional.cross_entropy,
        "tinygrad": lambda x, target: x.sparse_categorical_crossentropy(target),
    }
    name = "cross-entropy, 2048x1000, forward and backward"
    yield Operation("W3h", name, classes, loss, gradients=1)


def numpy_softmax(x: Array) -> Array:
    e: Array = np.exp(x - x.max(-1, keepdims=True))
    e /= e.sum(-1, keepdims=True)
    return e


def classes(random: Generator) -> list[Array]:
    """Scores, classes, and the gradient of the loss."""
    scores = random.standard_normal((2048, 1000), dtype=np.float32)
    return [scores, random.integers(0, 1000, 2048), np.asarray(random.random(), np.float32)]
