"""Normalisation as modules: what nn/norms.py does, with its parameters and running statistics."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from clgrad.creation import ones, zeros
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.nn.norms import accompany
from clgrad.tensor import Tensor


class _Affine(Module):
    """Weight (1) and bias (0) of each channel, where they are wanted."""

    weight: Parameter | None
    bias: Parameter | None

    def __init__(self, channels: int, affine: bool, bias: bool, device: Any, dtype: Any) -> None:
        super().__init__()
        self.affine = affine
        self.weight = Parameter(ones((channels,), device=device, dtype=dtype)) if affine else None
        self.bias = Parameter(zeros((channels,), device=device, dtype=dtype)) if affine and bias else None

    def reset_parameters(self) -> None:
        """Set the weight to ones and the bias to zeros."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class _OfChannels(_Affine):
    """What batch and instance normalisation share: running statistics, and how many dimensions an input has."""

    ndims: ClassVar[tuple[int, int]]
    """Of inputs: without and with further dimensions, or without and with a batch."""
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        device: Any,
        dtype: Any,
        bias: bool,
    ) -> None:
        super().__init__(num_features, affine, bias, device, dtype)
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.track_running_stats = track_running_stats
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros((num_features,), device=device, dtype=dtype) if tracked else None)
        self.register_buffer("running_var", ones((num_features,), device=device, dtype=dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", zeros((), device=device, dtype="int64") if tracked else None)

    def reset_running_stats(self) -> None:
        """Set the running mean to zeros, the running variance to ones and the count to zero."""
        for buffer, value in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
            if buffer is not None:
                buffer.fill_(value)

    def reset_parameters(self) -> None:
        """Set weight, bias and running statistics to what they start from."""
        super().reset_parameters()
        self.reset_running_stats()

    def _check_ndim(self, input: Tensor) -> None:
        if input.ndim not in self.ndims:
            dims = " or ".join(f"{one}" for one in sorted(set(self.ndims)))
            raise ShapeError(f"[{type(self).__name__}] input {input.shape} must have {dims} dimensions")

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm(_OfChannels):
    """What batch normalisation of any number of dimensions shares; see BatchNorm1d."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_ndim(input)
        count = self.num_batches_tracked if self.training and self.track_running_stats else None
        momentum: float | Tensor = 0.0 if self.momentum is None else self.momentum
        if count is not None and self.momentum is None:
            momentum = (count + 1).to("float32").reciprocal()
        # Statistics that are not tracked are neither moved nor, in training, used.
        used = self.track_running_stats or not self.training
        mean, var = (self.running_mean, self.running_var) if used else (None, None)
        of_batch = self.training or (mean is None and var is None)
        output = F.batch_norm(input, mean, var, self.weight, self.bias, of_batch, momentum, self.eps)
        if count is not None:
            count.assign(count + 1)
            accompany(output, count)
        return output


class BatchNorm1d(BatchNorm):
    """Normalise each channel of (N, C) or (N, C, L) over the batch: functional.batch_norm.

    In training the statistics are those of the batch, and ``running_mean`` and ``running_var`` move towards them by
    ``momentum`` (None: they are the averages of all batches so far, counted in ``num_batches_tracked``). After ``eval``
    the running ones are used; without ``track_running_stats`` there are none. ``affine`` and ``bias`` say which
    parameters exist. Raises ShapeError; ArgumentError in training where a channel has a single value.

        >>> import clgrad
        >>> layer = BatchNorm1d(1)
        >>> layer(clgrad.tensor([[0.0], [2.0]])).shape
        (2, 1)
        >>> layer.running_mean.item(), layer.num_batches_tracked.item()
        (0.10000000149011612, 1)
    """

    ndims = (2, 3)


class BatchNorm2d(BatchNorm):
    """Normalise each channel of (N, C, H, W) over the batch; see BatchNorm1d."""

    ndims = (4, 4)


class BatchNorm3d(BatchNorm):
    """Normalise each channel of (N, C, D, H, W) over the batch; see BatchNorm1d."""

    ndims = (5, 5)


class _InstanceNorm(_OfChannels):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_ndim(input)
        single = input.ndim == self.ndims[0]
        batch = input.unsqueeze(0) if single else input
        if batch.shape[1] != self.num_features:
            said = f"[{type(self).__name__}] input {input.shape} has {batch.shape[1]} channels, num_features is"
            if self.affine:
                raise ShapeError(f"{said} {self.num_features}")
            warnings.warn(f"{said} {self.num_features}, which counts for nothing without affine", stacklevel=3)
        output = F.instance_norm(
            batch,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return output.squeeze(0) if single else output


class InstanceNorm1d(_InstanceNorm):
    """Normalise each channel of each element of (N, C, L), or of (C, L): functional.instance_norm.

    With ``track_running_stats`` running statistics are kept as BatchNorm1d does, and used after ``eval``. Raises
    ShapeError; ArgumentError where a channel has a single value. Without ``affine`` another number of channels than
    ``num_features`` is only warned of.

        >>> import clgrad
        >>> InstanceNorm1d(1, eps=0.0)(clgrad.tensor([[1.0, 3.0]])).tolist()
        [[-1.0, 1.0]]
    """

    ndims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Normalise each channel of each element of (N, C, H, W), or of (C, H, W); see InstanceNorm1d."""

    ndims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Normalise each channel of each element of (N, C, D, H, W), or of (C, D, H, W); see InstanceNorm1d."""

    ndims = (4, 5)


class GroupNorm(_Affine):
    """Normalise groups of channels of each element of (N, C, ...): functional.group_norm.

    ``num_groups`` must divide ``num_channels``, else ArgumentError is raised; ``affine`` and ``bias`` say which
    parameters exist.

        >>> import clgrad
        >>> GroupNorm(2, 4, eps=0.0)(clgrad.tensor([[1.0, 3.0, 10.0, 30.0]])).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        if num_groups < 1 or num_channels % num_groups:
            raise ArgumentError(f"[GroupNorm] num_groups={num_groups} must divide num_channels={num_channels}")
        super().__init__(num_channels, affine, bias, device, dtype)
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LayerNorm(Module):
    """Shift and scale the last dimensions to mean 0 and variance 1, then by weight (1) and bias (0).

    ``normalized_shape`` is the shape of those dimensions; ``elementwise_affine`` and ``bias`` say
    which parameters exist.

        >>> import clgrad
        >>> LayerNorm(2, eps=0.0)(clgrad.tensor([[1.0, 3.0]])).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.weight: Parameter | None = None
        self.bias: Parameter | None = None
        if elementwise_affine:
            self.weight = Parameter(ones(self.normalized_shape, device=device, dtype=dtype))
            if bias:
                self.bias = Parameter(zeros(self.normalized_shape, device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Set the weight to ones and the bias to zeros."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """Divide by the root of the mean square over the last dimensions, then multiply by weight (1).

    ``normalized_shape`` is the shape of those dimensions; see functional.rms_norm.

        >>> import clgrad
        >>> RMSNorm(2, eps=0.0)(clgrad.tensor([[3.0, 3.0]])).tolist()
        [[1.0, 1.0]]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.weight: Parameter | None = None
        if elementwise_affine:
            self.weight = Parameter(ones(self.normalized_shape, device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Set the weight to ones."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
