"""Activations, in the array language."""

from __future__ import annotations

import math

from clgrad.array import A, Dims
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError
from clgrad.ops import moves

__all__ = ["log_softmax", "logsumexp", "softmax"]


def _floating(x: A) -> A:
    return x if x.dtype.is_float else x.to(float32)


def _shifted(x: A, dim: Dims) -> tuple[A, A]:
    """x less its largest value, and that value; the shift cancels, so it takes no part in gradients."""
    largest = x._apply(moves.detach, (x,)).amax(dim, keepdim=True)
    finite = largest.isfinite().choose(largest, 0)
    return x - finite, finite


def softmax(x: A, dim: int, dtype: object = None) -> A:
    """Exponentials that sum to one over a dim; integers compute as float32.

    >>> import clgrad
    >>> clgrad.tensor([0.0, 0.0]).softmax(0).tolist()
    [0.5, 0.5]
    """
    given = x.to(dtype) if dtype is not None else _floating(x)
    x = given._cast(given.dtype.computing)
    e = (x - x._apply(moves.detach, (x,)).amax(dim, keepdim=True)).exp()
    # The sum is at least 1, so its reciprocal is safe: one division a row, here and in the gradient.
    return (e * e.sum(dim, keepdim=True).reciprocal())._cast(given.dtype)


def log_softmax(x: A, dim: int, dtype: object = None) -> A:
    """The logarithm of softmax, without its overflow.

    >>> import clgrad
    >>> clgrad.tensor([1000.0, 1000.0]).log_softmax(0).tolist()
    [-0.6931471824645996, -0.6931471824645996]
    """
    given = x.to(dtype) if dtype is not None else _floating(x)
    x = given._cast(given.dtype.computing)
    shifted = x - x._apply(moves.detach, (x,)).amax(dim, keepdim=True)
    return (shifted - shifted.exp().sum(dim, keepdim=True).log())._cast(given.dtype)


def logsumexp(x: A, dim: Dims, keepdim: bool = False) -> A:
    """The logarithm of the sum of exponentials over dims, without overflow.

    >>> import clgrad
    >>> clgrad.tensor([1000.0, 1000.0]).logsumexp(0).item()
    1000.6931762695312
    """
    given = _floating(x)
    shifted, largest = _shifted(given._cast(given.dtype.computing), dim)
    total = (shifted.exp().sum(dim, keepdim=True).log() + largest)._cast(given.dtype)
    return total if keepdim else total.sum(dim)


def silu(x: A) -> A:
    """x * sigmoid(x)."""
    return x * x.sigmoid()


def gelu(x: A, approximate: str = "none") -> A:
    """x times the normal distribution function of x; approximate="tanh" is Hendrycks and Gimpel's form."""
    if approximate == "none":
        return x * 0.5 * ((x * math.sqrt(0.5)).erf() + 1)
    if approximate == "tanh":
        # (1 + tanh(u)) / 2 is sigmoid(2 u): one exponential, and exact where tanh saturates.
        return x * ((x + x * x * x * 0.044715) * (2 * math.sqrt(2 / math.pi))).sigmoid()
    raise ArgumentError(f"[gelu] approximate={approximate!r} is not known; there are 'none' and 'tanh'")
