"""Batch normalisation folded into the convolution or linear layer before it: after eval both are linear."""

from __future__ import annotations

import copy
from typing import TypeVar

from clgrad.errors import ArgumentError
from clgrad.nn.convolution import Convolution
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module, Parameter
from clgrad.nn.normalisation import BatchNorm
from clgrad.tensor import Tensor, no_grad

Conv = TypeVar("Conv", bound=Convolution)


def fuse_conv_bn_eval(conv: Conv, bn: BatchNorm, transpose: bool = False) -> Conv:
    """Give a new convolution that computes what ``bn(conv(x))`` does, of modules after ``eval``.

    ``transpose`` says that the weight's channels come out along dim 1, as a transposed convolution's do. Raises
    ArgumentError for modules that train, or without running statistics.

        >>> import clgrad
        >>> conv, bn = clgrad.nn.Conv2d(3, 4, 3).eval(), clgrad.nn.BatchNorm2d(4).eval()
        >>> x = clgrad.rand(2, 3, 8, 8)
        >>> clgrad.allclose(fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)), atol=1e-5)
        True
    """
    mean, var = _statistics("fuse_conv_bn_eval", conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        conv.weight, conv.bias, mean, var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Give weight and bias of the convolution that normalises its result; see fuse_conv_bn_eval.

    >>> import clgrad
    >>> weight, mean, var = clgrad.ones(1, 1, 1), clgrad.tensor([3.0]), clgrad.tensor([4.0])
    >>> [one.tolist() for one in fuse_conv_bn_weights(weight, None, mean, var, 0.0, None, None)]
    [[[[0.5]]], [-1.5]]
    """
    shape = [1] * conv_w.ndim
    shape[1 if transpose else 0] = -1
    return _fused(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, shape)


def fuse_linear_bn_eval(linear: Linear, bn: BatchNorm) -> Linear:
    """Give a new linear layer that computes what ``bn(linear(x))`` does, of modules after ``eval``.

    Raises ArgumentError for modules that train, without running statistics, or of different sizes.
    """
    mean, var = _statistics("fuse_linear_bn_eval", linear, bn)
    if bn.num_features not in (1, linear.out_features):
        raise ArgumentError(
            f"[fuse_linear_bn_eval] num_features={bn.num_features} must be out_features={linear.out_features} or 1"
        )
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(linear.weight, linear.bias, mean, var, bn.eps, bn.weight, bn.bias)
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """Give weight and bias of the linear layer that normalises its result; see fuse_linear_bn_eval."""
    return _fused(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


@no_grad()
def _fused(
    weight: Tensor,
    bias: Tensor | None,
    mean: Tensor,
    var: Tensor,
    eps: float,
    scale: Tensor | None,
    shift: Tensor | None,
    shape: list[int],
) -> tuple[Parameter, Parameter]:
    """The weight times the scale of each output, the bias moved and scaled; ``shape`` puts outputs to their dim."""
    factor = (var + eps).rsqrt() if scale is None else (var + eps).rsqrt() * scale
    moved = (-mean if bias is None else bias - mean) * factor
    moved = moved if shift is None else moved + shift
    return (
        Parameter((weight * factor.reshape(shape)).to(weight.dtype), weight.requires_grad),
        Parameter(moved.to(weight.dtype if bias is None else bias.dtype), bias is not None and bias.requires_grad),
    )


def _statistics(op: str, module: Module, bn: BatchNorm) -> tuple[Tensor, Tensor]:
    if module.training or bn.training:
        raise ArgumentError(f"[{op}] modules in training change their statistics; call .eval() on both first")
    if bn.running_mean is None or bn.running_var is None:
        raise ArgumentError(f"[{op}] {bn!r} has no running statistics; it needs track_running_stats=True")
    return bn.running_mean, bn.running_var
