"""Normalisation as functions: over a batch, groups of channels, single images, the last dimensions.

The variance is the biased one, of distances from the mean: two passes, which one kernel makes where it can. Half
precision is computed in float32.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence

from clgrad.dtypes import float32, float64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.tensor import Tensor, no_grad


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float | Tensor = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Shift and scale each channel to mean 0 and variance 1, then apply weight and bias (Ioffe and Szegedy, 2015).

    ``input`` is (N, C, ...), all others (C,). In ``training`` mean and variance are those of the batch, and the running
    ones, where given, move towards them by ``momentum``; the running variance takes the unbiased one. Else the running
    ones are used. Raises ShapeError, ArgumentError, DtypeError.

        >>> import clgrad
        >>> mean, var = clgrad.zeros(1), clgrad.ones(1)
        >>> batch_norm(clgrad.tensor([[1.0], [3.0]]), mean, var, training=True, eps=1e-9).tolist()
        [[-1.0], [1.0]]
        >>> round(mean.item(), 4), round(var.item(), 4)
        (0.2, 1.1)
    """
    _check_channels("batch_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if eps < 0.0 or (training and eps == 0.0):
        raise ArgumentError(f"[batch_norm] eps={eps} must be positive in training, and not negative elsewhere")
    if not training:
        return _by_running("batch_norm", input, running_mean, running_var, weight, bias, eps)
    dims = (0, *range(2, input.ndim))
    count = math.prod(input.shape[dim] for dim in dims)
    if count == 1:
        raise ArgumentError(
            f"[batch_norm] input {input.shape} has one value for each channel, whose variance is 0; training needs "
            "more: a larger batch, or .eval()"
        )
    output, mean, variance = _standardised(input, dims, eps)
    if count:
        _follow(running_mean, mean, 1, momentum)
        _follow(running_var, variance, count / (count - 1), momentum)
    return _affine(output, weight, bias).to(input.dtype)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Do batch_norm with each element of the batch by itself (Ulyanov et al., 2016).

    ``input`` is (N, C, ...), all others (C,). With ``use_input_stats`` the running mean and variance, where given, move
    towards the batch's averages of both; else they are used. Raises ShapeError, ArgumentError, DtypeError.

        >>> import clgrad
        >>> instance_norm(clgrad.tensor([[[1.0, 3.0]], [[10.0, 30.0]]]), eps=0.0).tolist()
        [[[-1.0, 1.0]], [[-1.0, 1.0]]]
    """
    _check_channels(
        "instance_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
    )
    if (running_mean is None) != (running_var is None):
        raise ArgumentError("[instance_norm] running_mean and running_var: give both of them, or none")
    if not use_input_stats:
        return _by_running("instance_norm", input, running_mean, running_var, weight, bias, eps)
    count = math.prod(input.shape[2:])
    if count == 1:
        raise ArgumentError(
            f"[instance_norm] input {input.shape} has one value for each channel, whose variance is 0; it must be "
            "(N, C, ...) with more of them"
        )
    output, mean, variance = _standardised(input, tuple(range(2, input.ndim)), eps)
    if input.shape[0] * count:
        _follow(running_mean, mean, 1, momentum)
        _follow(running_var, variance, count / (count - 1), momentum)
    return _affine(output, weight, bias).to(input.dtype)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Shift and scale groups of channels, of each element of the batch by itself, to mean 0 and variance 1.

    ``input`` is (N, C, ...), ``weight`` and ``bias`` are (C,); ``num_groups`` must divide C (Wu and He, 2018). Raises
    ShapeError, ArgumentError, DtypeError.

        >>> import clgrad
        >>> group_norm(clgrad.tensor([[1.0, 3.0, 10.0, 30.0]]), 2, eps=0.0).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]
    """
    _check_channels("group_norm", input, weight=weight, bias=bias)
    batch, channels, *places = input.shape
    if num_groups < 1 or channels % num_groups:
        raise ArgumentError(
            f"[group_norm] num_groups={num_groups} must divide the {channels} channels of input {input.shape}"
        )
    members = channels // num_groups
    if batch * members * math.prod(places) == 1:
        raise ArgumentError(
            f"[group_norm] input {input.shape} in {num_groups} groups has one value for each, whose variance is 0; "
            "take fewer groups"
        )
    grouped = input.reshape(batch, num_groups, members, *places)
    output, _, _ = _standardised(grouped, tuple(range(2, grouped.ndim)), eps)
    # In the shape of the groups it is one kernel.
    one, other = (None if value is None else value.reshape(num_groups, members) for value in (weight, bias))
    return _affine(output, one, other).reshape(input.shape).to(input.dtype)


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Shift and scale the last dimensions to mean 0 and variance 1, then apply weight and bias.

    ``normalized_shape`` is the shape of those dimensions and of ``weight`` and ``bias``. Raises ShapeError, DtypeError.

        >>> import clgrad
        >>> layer_norm(clgrad.tensor([[1.0, 3.0]]), (2,), eps=0.0).tolist()
        [[-1.0, 1.0]]
    """
    dims = _last_dims("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    output, _, _ = _standardised(input, dims, eps)
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
    without one, the smallest step from 1 in the dtype computed in. Raises ShapeError, DtypeError.

        >>> import clgrad
        >>> rms_norm(clgrad.tensor([[3.0, 3.0]]), (2,), eps=0.0).tolist()
        [[1.0, 1.0]]
    """
    dims = _last_dims("rms_norm", input, normalized_shape, weight=weight)
    wide = _wide(input)
    if eps is None:
        eps = 2.0**-52 if wide.dtype is float64 else 2.0**-23
    output = wide * (wide.square().mean(dims, keepdim=True) + eps).rsqrt()
    return (output if weight is None else output * weight).to(input.dtype)


def _wide(input: Tensor) -> Tensor:
    return input.to(float32) if input.dtype.size == 2 else input


def _standardised(input: Tensor, dims: tuple[int, ...], eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """The input with mean 0 and variance 1 over dims, its mean and its variance, which keep those dims."""
    wide = _wide(input)
    mean = wide.mean(dims, keepdim=True)
    centred = wide - mean
    variance = centred.square().mean(dims, keepdim=True)
    return centred * (variance + eps).rsqrt(), mean, variance


def _by_running(
    op: str,
    input: Tensor,
    mean: Tensor | None,
    variance: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> Tensor:
    if mean is None or variance is None:
        raise ArgumentError(f"[{op}] without statistics of the input it needs running_mean and running_var; give both")
    scale = (variance + eps).rsqrt()
    centred = _wide(input) - _along_channels(mean, input.ndim)
    return _affine(centred, scale if weight is None else scale * weight, bias).to(input.dtype)


def _affine(output: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    if weight is not None:
        output = output * _along_channels(weight, output.ndim)
    if bias is not None:
        output = output + _along_channels(bias, output.ndim)
    return output


def _along_channels(value: Tensor, ndim: int) -> Tensor:
    """A value for each channel, or for each group and channel, against (N, ...) of ndim dimensions."""
    return value.reshape(1, *value.shape, *(1 for _ in range(ndim - 1 - value.ndim)))


@no_grad()
def _follow(running: Tensor | None, statistic: Tensor, factor: float, momentum: float | Tensor) -> None:
    """Move a running statistic towards the batch's, times a factor; of several instances towards their average."""
    if running is None:
        return
    value = statistic if statistic.shape[0] == 1 else statistic.mean(0)
    running.assign(running * (1 - momentum) + value.reshape(running.shape) * (momentum * factor))
    accompany(statistic, running)


def accompany(value: Tensor, other: Tensor) -> None:
    """Let the plan that computes a value compute another, too, which would else wait, with all its operands."""
    value.node.companion = weakref.ref(other.node)


def _check_channels(op: str, input: Tensor, **held: Tensor | None) -> None:
    if input.ndim < 2:
        raise ShapeError(f"[{op}] input {input.shape} must be (N, C, ...)")
    if not input.dtype.is_float:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    for name, value in held.items():
        if value is not None and value.shape != input.shape[1:2]:
            raise ShapeError(
                f"[{op}] {name} {value.shape} must have one element for each of the {input.shape[1]} channels, dim 1 "
                f"of input {input.shape}"
            )


def _last_dims(op: str, input: Tensor, normalized_shape: int | Sequence[int], **held: Tensor | None) -> tuple[int, ...]:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or input.shape[-len(shape) :] != shape:
        raise ShapeError(
            f"[{op}] input {input.shape} must end in normalized_shape {shape}, which must have at least one dimension"
        )
    for name, value in held.items():
        if value is not None and value.shape != shape:
            raise ShapeError(f"[{op}] {name} {value.shape} must have normalized_shape {shape}")
    if not input.dtype.is_float:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    return tuple(range(-len(shape), 0))
