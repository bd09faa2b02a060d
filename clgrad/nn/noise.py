"""The functions that draw random numbers: dropout and its relatives, rrelu, gumbel_softmax.

The numbers come from clgrad.random, so ``manual_seed`` fixes them on every device.
"""

from __future__ import annotations

import math
import warnings

from clgrad.compose.activations import SELU_ALPHA, SELU_SCALE, leaky_relu
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.random import rand, rand_like
from clgrad.tensor import Tensor

SATURATION = -SELU_ALPHA * SELU_SCALE
"""What selu gives far below zero: alpha dropout sets elements to it."""


def _check(op: str, input: Tensor, p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ArgumentError(f"[{op}] p={p}, a probability must lie in [0, 1]; 0 turns dropout off")
    if not input.dtype.is_float:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")


def _kept(input: Tensor, p: float, features: bool) -> Tensor:
    """Which elements, or which channels, stay."""
    shape = (*input.shape[:2], *(1 for _ in input.shape[2:])) if features else input.shape
    # Drawn in float32 for every dtype: the few steps of a half would bend the probability.
    return rand(shape, dtype=float32, device=input.device) >= p


def _dropped(op: str, input: Tensor, p: float, training: bool, features: bool = False) -> Tensor:
    _check(op, input, p)
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return input * 0.0
    return _kept(input, p, features).choose(input * (1.0 / (1.0 - p)), 0.0)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set elements to zero with probability ``p`` and scale the others by 1 / (1 - p).

    Without ``training`` the input is returned. Raises ArgumentError for p outside [0, 1] and DtypeError for an input
    that is not floating.

        >>> import clgrad
        >>> dropout(clgrad.ones(3), p=0.9, training=False).tolist()
        [1.0, 1.0, 1.0]
    """
    return _dropped("dropout", input, p, training)


def _channels(op: str, input: Tensor, p: float, training: bool, batched: int) -> Tensor:
    """Dropout of channels: dim 1, or dim 0 of an input without a batch."""
    if input.ndim not in (batched - 1, batched):
        raise ShapeError(f"[{op}] input {input.shape} must have {batched} dimensions, or {batched - 1} without a batch")
    if input.ndim == batched:
        return _dropped(op, input, p, training, features=True)
    return _dropped(op, input.unsqueeze(0), p, training, features=True).squeeze(0)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set whole channels of (N, C, L) or (C, L) to zero with probability ``p``, and scale the others by 1 / (1 - p).

    Raises ShapeError, ArgumentError, DtypeError.

        >>> import clgrad
        >>> dropout1d(clgrad.ones(1, 2, 3), training=False).shape
        (1, 2, 3)
    """
    return _channels("dropout1d", input, p, training, 3)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set whole channels of (N, C, H, W) to zero with probability ``p``, and scale the others by 1 / (1 - p).

    Three dimensions are (N, C, L), as in PyTorch, with a warning: dropout1d says so. Raises ShapeError,
    ArgumentError, DtypeError.

        >>> import clgrad
        >>> dropout2d(clgrad.ones(1, 2, 3, 3), training=False).shape
        (1, 2, 3, 3)
    """
    if input.ndim == 3:
        warnings.warn(f"[dropout2d] input {input.shape} is taken as (N, C, L); call dropout1d", stacklevel=2)
        return _channels("dropout2d", input, p, training, 3)
    if input.ndim != 4:
        raise ShapeError(f"[dropout2d] input {input.shape} must have 4 dimensions, (N, C, H, W)")
    return _channels("dropout2d", input, p, training, 4)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set whole channels of (N, C, D, H, W) or (C, D, H, W) to zero with probability ``p``, and scale the others.

    Raises ShapeError, ArgumentError, DtypeError.

        >>> import clgrad
        >>> dropout3d(clgrad.ones(1, 2, 3, 3, 3), training=False).shape
        (1, 2, 3, 3, 3)
    """
    return _channels("dropout3d", input, p, training, 5)


def _saturated(op: str, input: Tensor, p: float, training: bool, features: bool) -> Tensor:
    _check(op, input, p)
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return input * 0.0
    scale = 1 / math.sqrt((1 - p) * (1 + p * SATURATION**2))
    return _kept(input, p, features).choose(input, SATURATION) * scale - SATURATION * p * scale


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Set elements to what selu saturates at, and keep mean 0 and variance 1 (Klambauer et al., 2017).

    Raises ArgumentError, DtypeError.

        >>> import clgrad
        >>> alpha_dropout(clgrad.ones(3), training=False).tolist()
        [1.0, 1.0, 1.0]
    """
    return _saturated("alpha_dropout", input, p, training, features=False)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """alpha_dropout of whole channels, the places of dims 0 and 1. Raises ShapeError, ArgumentError, DtypeError.

    >>> import clgrad
    >>> feature_alpha_dropout(clgrad.ones(1, 3), training=False).tolist()
    [[1.0, 1.0, 1.0]]
    """
    if input.ndim < 2:
        raise ShapeError(f"[feature_alpha_dropout] input {input.shape} must have at least 2 dimensions, (N, C, ...)")
    return _saturated("feature_alpha_dropout", input, p, training, features=True)


def rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """leaky_relu with a slope drawn evenly from [lower, upper] for each element (Xu et al., 2015).

    Without ``training`` the slope is the middle. Raises ArgumentError, DtypeError.

        >>> import clgrad
        >>> rrelu(clgrad.tensor([-1.0, 2.0]), 0.25, 0.75).tolist()
        [-0.5, 2.0]
    """
    if lower > upper:
        raise ArgumentError(f"[rrelu] lower={lower} must not be above upper={upper}; swap them")
    if not input.dtype.is_float:
        raise DtypeError(f"[rrelu] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    slope = rand_like(input) * (upper - lower) + lower
    return (input > 0).choose(input, input * slope)


def gumbel_softmax(logits: Tensor, tau: float = 1.0, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Draw from the Gumbel-softmax distribution (Jang et al., 2017): softmax of logits with noise, over ``tau``.

    With ``hard`` the result is one-hot, and has the gradient of the soft one. ``eps`` has no effect, as in PyTorch.
    Raises DtypeError, ShapeError.

        >>> import clgrad
        >>> gumbel_softmax(clgrad.tensor([0.0, 1e6]), hard=True).tolist()
        [0.0, 1.0]
    """
    if not logits.dtype.is_float:
        raise DtypeError(
            f"[gumbel_softmax] logits are {logits.dtype.name}, they must be floating; cast with .to(dtype)"
        )
    noise = -logits.zeros_like().exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    held = soft.detach()
    places = held._iota(held.shape[dim]).reshape(tuple(-1 if one == dim % held.ndim else 1 for one in range(held.ndim)))
    chosen = (places == held.argmax(dim, keepdim=True)).to(held.dtype)
    return chosen - held + soft
