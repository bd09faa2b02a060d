"""The functions behind the layers, under PyTorch's names.

PyTorch's ``inplace`` options are accepted and do nothing: a value never changes here, the result
is returned, and memory is reused where nobody holds the old value.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from clgrad.compose.activations import celu as celu, elu as elu, gelu as gelu, glu as glu, hardshrink as hardshrink, hardsigmoid as hardsigmoid, hardswish as hardswish, hardtanh as hardtanh, leaky_relu as leaky_relu, logsigmoid as logsigmoid, mish as mish, prelu as prelu, relu6 as relu6, selu as selu, silu as silu, softplus as softplus, softshrink as softshrink, softsign as softsign, tanhshrink as tanhshrink, threshold as threshold
from clgrad.compose.distances import cosine_similarity as cosine_similarity, normalize as normalize, pairwise_distance as pairwise_distance, pdist as pdist
from clgrad.compose.joining import cat
from clgrad.compose.indexing import embedding as embedding
from clgrad.compose.losses import binary_cross_entropy as binary_cross_entropy
from clgrad.compose.losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from clgrad.compose.losses import cross_entropy as cross_entropy
from clgrad.compose.losses import gaussian_nll_loss as gaussian_nll_loss
from clgrad.compose.losses import huber_loss as huber_loss
from clgrad.compose.losses import kl_div as kl_div
from clgrad.compose.losses import l1_loss as l1_loss
from clgrad.compose.losses import mse_loss as mse_loss
from clgrad.compose.losses import multilabel_soft_margin_loss as multilabel_soft_margin_loss
from clgrad.compose.losses import nll_loss as nll_loss
from clgrad.compose.losses import poisson_nll_loss as poisson_nll_loss, smooth_l1_loss as smooth_l1_loss, soft_margin_loss as soft_margin_loss
from clgrad.compose.margins import cosine_embedding_loss as cosine_embedding_loss, hinge_embedding_loss as hinge_embedding_loss, hinge_loss as hinge_loss, margin_ranking_loss as margin_ranking_loss, multi_margin_loss as multi_margin_loss, multilabel_margin_loss as multilabel_margin_loss, triplet_margin_loss as triplet_margin_loss, triplet_margin_with_distance_loss as triplet_margin_with_distance_loss
from clgrad.compose.shaping import pad as pad
from clgrad.creation import one_hot as one_hot
from clgrad.dtypes import float32, float64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn.noise import alpha_dropout as alpha_dropout
from clgrad.nn.noise import dropout as dropout
from clgrad.nn.noise import dropout1d as dropout1d
from clgrad.nn.noise import dropout2d as dropout2d
from clgrad.nn.noise import dropout3d as dropout3d
from clgrad.nn.noise import feature_alpha_dropout as feature_alpha_dropout
from clgrad.nn.noise import gumbel_softmax as gumbel_softmax
from clgrad.nn.noise import rrelu as rrelu
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


def softmin(input: Tensor, dim: int | None = None, *, dtype: Any = None) -> Tensor:
    """Compute softmax of -input; ``dim`` and ``dtype`` as there.

    >>> import clgrad
    >>> softmin(clgrad.tensor([0.0, 1000.0]), dim=0).tolist()
    [1.0, 0.0]
    """
    return (-input).softmax(_implicit_dim("softmin", input) if dim is None else dim, dtype)


def _implicit_dim(op: str, input: Tensor) -> int:
    dim = 0 if input.ndim in (0, 1, 3) else 1
    warnings.warn(f"[{op}] dim was not given, {dim} is taken; pass dim={dim}, or -1 for the last", stacklevel=3)
    return dim


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


def rms_norm(
    input: Tensor, normalized_shape: int | Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Divide by the root of the mean square over the last dimensions, then multiply by weight.

    ``normalized_shape`` is the shape of those dimensions and of ``weight``. ``eps`` is added to the mean square:
    without one, the smallest step from 1 in the dtype computed in; half precision is computed in float32.
    Raises ShapeError, DtypeError.

        >>> import clgrad
        >>> rms_norm(clgrad.tensor([[3.0, 3.0]]), (2,), eps=0.0).tolist()
        [[1.0, 1.0]]
    """
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        raise ShapeError(
            f"[rms_norm] input {tuple(input.shape)} must end in normalized_shape {shape}, which must have at least one "
            "dimension"
        )
    if weight is not None and tuple(weight.shape) != shape:
        raise ShapeError(f"[rms_norm] weight {tuple(weight.shape)} must have normalized_shape {shape}")
    if not input.dtype.is_float:
        raise DtypeError(f"[rms_norm] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    wide = input.to(float32) if input.dtype.size == 2 else input
    if eps is None:
        eps = 2.0**-52 if wide.dtype is float64 else 2.0**-23
    dims = tuple(range(-len(shape), 0))
    output = wide * (wide.square().mean(dims, keepdim=True) + eps).rsqrt()
    return (output if weight is None else output * weight).to(input.dtype)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Compute x1 @ weight[k] @ x2 + bias[k] for every k.

    ``input1`` is (..., in1), ``input2`` (..., in2), ``weight`` (out, in1, in2), ``bias`` (out,); the result is
    (..., out). Raises ShapeError.

        >>> import clgrad
        >>> x, y, weight = clgrad.tensor([1.0, 2.0]), clgrad.tensor([3.0]), clgrad.tensor([[[1.0], [10.0]]])
        >>> bilinear(x, y, weight).tolist()
        [63.0]
    """
    if (
        weight.ndim != 3
        or not input1.ndim
        or input1.shape[:-1] != input2.shape[:-1]
        or (input1.shape[-1], input2.shape[-1]) != weight.shape[1:]
        or (bias is not None and bias.shape != weight.shape[:1])
    ):
        raise ShapeError(
            f"[bilinear] input1 {input1.shape}, input2 {input2.shape}, weight {weight.shape}"
            + (f", bias {bias.shape}" if bias is not None else "")
            + ": they must be (..., in1), (..., in2), (out, in1, in2) and (out,)"
        )
    out, in1, in2 = weight.shape
    left = input1.reshape(-1, in1) @ weight.permute(1, 0, 2).reshape(in1, out * in2)
    output = (left.reshape(-1, out, in2) * input2.reshape(-1, 1, in2)).sum(-1).reshape(*input1.shape[:-1], out)
    return output if bias is None else output + bias


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Add elements around a tensor: ``pad`` is (left, right) of the last dimension, then of the one before.

    Modes: "constant" fills with ``value`` (0) and crops where a width is negative; "reflect" mirrors
    without repeating the edge, "replicate" repeats the edge, "circular" wraps around.
    Raises ShapeError for widths that do not fit, ArgumentError for another mode.

        >>> import clgrad
        >>> pad(clgrad.tensor([1, 2, 3]), (2, 1), mode="reflect").tolist()
        [3, 2, 1, 2, 3, 2]
    """
    widths = tuple(pad)
    if mode not in PAD_MODES:
        raise ArgumentError(f"[pad] mode={mode!r}, it must be one of {', '.join(PAD_MODES)}")
    if len(widths) % 2 or len(widths) > 2 * input.ndim:
        raise ShapeError(
            f"[pad] pad {widths} against input {tuple(input.shape)}: it holds two widths per dimension, the "
            f"last dimension first"
        )
    if mode == "constant":
        return input.pad(widths, value=0 if value is None else value)
    if value is not None:
        raise ArgumentError(f"[pad] value={value} with mode={mode!r}, only constant padding takes a value")
    for position, (before, after) in enumerate(zip(widths[::2], widths[1::2], strict=True)):
        input = _pad_dim(input, input.ndim - 1 - position, before, after, mode)
    return input


def _pad_dim(input: Tensor, dim: int, before: int, after: int, mode: str) -> Tensor:
    """Pad one dimension with elements of the input."""
    size = input.shape[dim]
    most = {"reflect": size - 1, "circular": size}.get(mode, before + after if size else 0)
    if min(before, after) < 0 or max(before, after) > most:
        raise ShapeError(
            f"[pad] widths ({before}, {after}) with mode={mode!r} on dimension {dim} of "
            f"{tuple(input.shape)}: they must lie between 0 and {most}"
        )

    def part(start: int, stop: int) -> Tensor:
        return input[(slice(None),) * dim + (slice(start, stop),)]

    def edge(start: int, width: int) -> Tensor:
        return part(start, start + 1).expand(*input.shape[:dim], width, *input.shape[dim + 1 :])

    if mode == "reflect":
        pieces = [part(1, before + 1).flip(dim), input, part(size - 1 - after, size - 1).flip(dim)]
    elif mode == "circular":
        pieces = [part(size - before, size), input, part(0, after)]
    else:
        pieces = [edge(0, before), input, edge(size - 1, after)]
    return cat([piece for piece in pieces if piece.shape[dim]], dim)
