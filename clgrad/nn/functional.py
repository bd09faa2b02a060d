"""The functions behind the layers, under PyTorch's names.

PyTorch's ``inplace`` options are accepted and do nothing: a value never changes here, the result
is returned, and memory is reused where nobody holds the old value.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from clgrad.compose.indexing import embedding as embedding
from clgrad.compose.losses import binary_cross_entropy as binary_cross_entropy
from clgrad.compose.losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from clgrad.compose.losses import cross_entropy as cross_entropy
from clgrad.compose.losses import l1_loss as l1_loss
from clgrad.compose.losses import mse_loss as mse_loss
from clgrad.compose.losses import nll_loss as nll_loss
from clgrad.compose.shaping import pad as pad
from clgrad.creation import one_hot as one_hot
from clgrad.creation import where
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.random import rand
from clgrad.tensor import Tensor


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Compute input @ weight.T + bias.

    ``input`` is (..., in), ``weight`` (out, in) or (in,), ``bias`` (out,); the result is (..., out).
    Raises ShapeError.

        >>> import clgrad
        >>> linear(clgrad.tensor([[1.0, 2.0]]), clgrad.tensor([[3.0, 4.0]]), clgrad.tensor([0.5])).tolist()
        [[11.5]]
    """
    if weight.ndim not in (1, 2) or input.ndim == 0 or input.shape[-1] != weight.shape[-1]:
        raise ShapeError(
            f"[linear] input {tuple(input.shape)} against weight {tuple(weight.shape)}: the last dimension "
            f"of the input must be the weight's last, (..., in) against (out, in)"
        )
    output = input @ (weight.T if weight.ndim == 2 else weight)
    return output if bias is None else output + bias


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Compute max(x, 0); nan stays nan, and the gradient at 0 is 0.

    >>> import clgrad
    >>> relu(clgrad.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    return input.relu()


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Compute x * Phi(x), Phi the normal distribution function, or its approximation by "tanh".

    Raises ArgumentError for another approximation.

        >>> import clgrad
        >>> gelu(clgrad.tensor([0.0])).tolist()
        [0.0]
    """
    return input.gelu(approximate=approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Compute x * sigmoid(x).

    >>> import clgrad
    >>> silu(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input.silu()


def sigmoid(input: Tensor) -> Tensor:
    """Compute 1 / (1 + exp(-x)).

    >>> import clgrad
    >>> sigmoid(clgrad.tensor([0.0])).tolist()
    [0.5]
    """
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    """Compute the hyperbolic tangent.

    >>> import clgrad
    >>> tanh(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input.tanh()


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Compute x where it is positive and negative_slope * x elsewhere.

    >>> import clgrad
    >>> leaky_relu(clgrad.tensor([-1.0, 2.0]), 0.5).tolist()
    [-0.5, 2.0]
    """
    return where(input > 0, input, input * negative_slope)


def softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """Scale exponentials along ``dim`` to sum to 1; ``dtype`` casts the input first.

    Without ``dim`` PyTorch's old choice is made, with a warning: 0 for an input of 0, 1 or 3
    dimensions, otherwise 1. Raises ShapeError for a dimension that does not exist.

        >>> import clgrad
        >>> softmax(clgrad.zeros((1, 4)), dim=-1).tolist()
        [[0.25, 0.25, 0.25, 0.25]]
    """
    return input.softmax(_implicit_dim("softmax", input) if dim is None else dim, dtype)


def log_softmax(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """Compute the logarithm of softmax, without overflow; ``dim`` and ``dtype`` as there.

    >>> import clgrad
    >>> log_softmax(clgrad.tensor([1000.0]), dim=0).tolist()
    [0.0]
    """
    return input.log_softmax(_implicit_dim("log_softmax", input) if dim is None else dim, dtype)


def _implicit_dim(op: str, input: Tensor) -> int:
    dim = 0 if input.ndim in (0, 1, 3) else 1
    warnings.warn(f"[{op}] dim was not given, {dim} is taken; pass dim={dim}, or -1 for the last", stacklevel=3)
    return dim


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set elements to zero with probability ``p`` and scale the others by 1 / (1 - p).

    Without ``training`` the input is returned. The mask comes from clgrad.random, so
    ``manual_seed`` fixes it on every device. Raises ArgumentError for p outside [0, 1] and
    DtypeError for an input that is not floating.

        >>> import clgrad
        >>> dropout(clgrad.ones(3), p=0.9, training=False).tolist()
        [1.0, 1.0, 1.0]
    """
    if not 0.0 <= p <= 1.0:
        raise ArgumentError(f"[dropout] p={p}, a probability must lie in [0, 1]; 0 turns dropout off")
    if not input.dtype.is_float:
        raise DtypeError(f"[dropout] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return input * 0.0
    # Drawn in float32 for every dtype: the few steps of a half would bend the probability.
    kept = rand(input.shape, dtype=float32, device=input.device) >= p
    return where(kept, input * (1.0 / (1.0 - p)), 0.0)


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Shift and scale the last dimensions to mean 0 and variance 1, then apply weight and bias.

    ``normalized_shape`` is the shape of those dimensions and of ``weight`` and ``bias``. The variance
    is the biased one, and half precision is computed in float32. Raises ShapeError, DtypeError.

        >>> import clgrad
        >>> layer_norm(clgrad.tensor([[1.0, 3.0]]), (2,), eps=0.0).tolist()
        [[-1.0, 1.0]]
    """
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise ShapeError(
            f"[layer_norm] input {tuple(input.shape)} must end in normalized_shape {shape}, which must have "
            f"at least one dimension"
        )
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and tuple(value.shape) != shape:
            raise ShapeError(f"[layer_norm] {name} {tuple(value.shape)} must have normalized_shape {shape}")
    if not input.dtype.is_float:
        raise DtypeError(f"[layer_norm] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    dims = tuple(range(-len(shape), 0))
    wide = input.to(float32) if input.dtype.size == 2 else input
    centered = wide - wide.mean(dims, keepdim=True)
    output = centered * (centered.square().mean(dims, keepdim=True) + eps).rsqrt()
    if weight is not None:
        output = output * weight
    if bias is not None:
        output = output + bias
    return output.to(input.dtype)
