"""The functions behind the layers, under PyTorch's names.

PyTorch's ``inplace`` options are accepted and do nothing: a value never changes here, the result
is returned, and memory is reused where nobody holds the old value.
"""

from __future__ import annotations

import warnings
from typing import Any

from clgrad.compose.activations import celu as celu
from clgrad.compose.activations import elu as elu
from clgrad.compose.activations import gelu as gelu
from clgrad.compose.activations import glu as glu
from clgrad.compose.activations import hardshrink as hardshrink
from clgrad.compose.activations import hardsigmoid as hardsigmoid
from clgrad.compose.activations import hardswish as hardswish
from clgrad.compose.activations import hardtanh as hardtanh
from clgrad.compose.activations import leaky_relu as leaky_relu
from clgrad.compose.activations import logsigmoid as logsigmoid
from clgrad.compose.activations import mish as mish
from clgrad.compose.activations import prelu as prelu
from clgrad.compose.activations import relu6 as relu6
from clgrad.compose.activations import selu as selu
from clgrad.compose.activations import silu as silu
from clgrad.compose.activations import softplus as softplus
from clgrad.compose.activations import softshrink as softshrink
from clgrad.compose.activations import softsign as softsign
from clgrad.compose.activations import tanhshrink as tanhshrink
from clgrad.compose.activations import threshold as threshold
from clgrad.compose.adaptive import adaptive_avg_pool1d as adaptive_avg_pool1d
from clgrad.compose.adaptive import adaptive_avg_pool2d as adaptive_avg_pool2d
from clgrad.compose.adaptive import adaptive_avg_pool3d as adaptive_avg_pool3d
from clgrad.compose.adaptive import adaptive_max_pool1d as adaptive_max_pool1d
from clgrad.compose.adaptive import adaptive_max_pool2d as adaptive_max_pool2d
from clgrad.compose.adaptive import adaptive_max_pool3d as adaptive_max_pool3d
from clgrad.compose.attention import scaled_dot_product_attention as scaled_dot_product_attention
from clgrad.compose.convolutions import conv1d as conv1d
from clgrad.compose.convolutions import conv2d as conv2d
from clgrad.compose.convolutions import conv3d as conv3d
from clgrad.compose.convolutions import conv_transpose1d as conv_transpose1d
from clgrad.compose.convolutions import conv_transpose2d as conv_transpose2d
from clgrad.compose.convolutions import conv_transpose3d as conv_transpose3d
from clgrad.compose.ctc import ctc_loss as ctc_loss
from clgrad.compose.distances import cosine_similarity as cosine_similarity
from clgrad.compose.distances import normalize as normalize
from clgrad.compose.distances import pairwise_distance as pairwise_distance
from clgrad.compose.distances import pdist as pdist
from clgrad.compose.grids import affine_grid as affine_grid
from clgrad.compose.grids import grid_sample as grid_sample
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
from clgrad.compose.losses import poisson_nll_loss as poisson_nll_loss
from clgrad.compose.losses import smooth_l1_loss as smooth_l1_loss
from clgrad.compose.losses import soft_margin_loss as soft_margin_loss
from clgrad.compose.margins import cosine_embedding_loss as cosine_embedding_loss
from clgrad.compose.margins import hinge_embedding_loss as hinge_embedding_loss
from clgrad.compose.margins import hinge_loss as hinge_loss
from clgrad.compose.margins import margin_ranking_loss as margin_ranking_loss
from clgrad.compose.margins import multi_margin_loss as multi_margin_loss
from clgrad.compose.margins import multilabel_margin_loss as multilabel_margin_loss
from clgrad.compose.margins import triplet_margin_loss as triplet_margin_loss
from clgrad.compose.margins import triplet_margin_with_distance_loss as triplet_margin_with_distance_loss
from clgrad.compose.pooling import avg_pool1d as avg_pool1d
from clgrad.compose.pooling import avg_pool2d as avg_pool2d
from clgrad.compose.pooling import avg_pool3d as avg_pool3d
from clgrad.compose.pooling import lp_pool1d as lp_pool1d
from clgrad.compose.pooling import lp_pool2d as lp_pool2d
from clgrad.compose.pooling import lp_pool3d as lp_pool3d
from clgrad.compose.pooling import max_pool1d as max_pool1d
from clgrad.compose.pooling import max_pool2d as max_pool2d
from clgrad.compose.pooling import max_pool3d as max_pool3d
from clgrad.compose.pooling import max_unpool1d as max_unpool1d
from clgrad.compose.pooling import max_unpool2d as max_unpool2d
from clgrad.compose.pooling import max_unpool3d as max_unpool3d
from clgrad.compose.resampling import interpolate as interpolate
from clgrad.compose.resampling import upsample as upsample
from clgrad.compose.shaping import pad as pad
from clgrad.compose.shuffling import channel_shuffle as channel_shuffle
from clgrad.compose.shuffling import local_response_norm as local_response_norm
from clgrad.compose.shuffling import pixel_shuffle as pixel_shuffle
from clgrad.compose.shuffling import pixel_unshuffle as pixel_unshuffle
from clgrad.compose.windows import fold as fold
from clgrad.compose.windows import unfold as unfold
from clgrad.creation import one_hot as one_hot
from clgrad.errors import ShapeError
from clgrad.nn.lookup import embedding as embedding
from clgrad.nn.lookup import embedding_bag as embedding_bag
from clgrad.nn.noise import alpha_dropout as alpha_dropout
from clgrad.nn.noise import dropout as dropout
from clgrad.nn.noise import dropout1d as dropout1d
from clgrad.nn.noise import dropout2d as dropout2d
from clgrad.nn.noise import dropout3d as dropout3d
from clgrad.nn.noise import feature_alpha_dropout as feature_alpha_dropout
from clgrad.nn.noise import gumbel_softmax as gumbel_softmax
from clgrad.nn.noise import rrelu as rrelu
from clgrad.nn.norms import batch_norm as batch_norm
from clgrad.nn.norms import group_norm as group_norm
from clgrad.nn.norms import instance_norm as instance_norm
from clgrad.nn.norms import layer_norm as layer_norm
from clgrad.nn.norms import rms_norm as rms_norm
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
    if bias is None:
        return output
    if bias.ndim >= weight.ndim or bias.shape not in (weight.shape[:-1], (1,), ()):
        raise ShapeError(f"[linear] bias {bias.shape} must have one number for each output, {weight.shape[:-1]}")
    return output + bias


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
