"""Convolutions as modules: weights, their initialisation, and what stands around the border."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from clgrad.compose.windows import Sizes, per_dim
from clgrad.creation import zeros
from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Module):
    """What all convolutions share; ``axes`` of them move the window."""

    axes: ClassVar[int]
    transposed: ClassVar[bool] = False
    function: ClassVar[Callable[..., Tensor]]
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes | str,
        dilation: Sizes,
        output_padding: Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = per_dim(name, "kernel_size", kernel_size, self.axes, 1)
        self.stride = per_dim(name, "stride", stride, self.axes, 1)
        self.padding = padding if isinstance(padding, str) else per_dim(name, "padding", padding, self.axes, 0)
        self.dilation = per_dim(name, "dilation", dilation, self.axes, 1)
        self.output_padding = per_dim(name, "output_padding", output_padding, self.axes, 0)
        self.groups = groups
        self.padding_mode = padding_mode
        self._check()
        many, few = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(zeros((many, few // groups, *self.kernel_size), device=device, dtype=dtype))
        self.bias = Parameter(zeros((out_channels,), device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def _check(self) -> None:
        name = type(self).__name__
        if self.groups < 1 or self.in_channels % self.groups or self.out_channels % self.groups:
            raise ArgumentError(
                f"[{name}] groups={self.groups} must divide in_channels={self.in_channels} and "
                f"out_channels={self.out_channels}"
            )
        if isinstance(self.padding, str) and self.padding not in ("same", "valid"):
            raise ArgumentError(f"[{name}] padding={self.padding!r}, it must be 'same', 'valid' or numbers")
        if self.padding == "same" and set(self.stride) != {1}:
            raise ArgumentError(f"[{name}] padding='same' with stride={self.stride}: only a stride of 1 keeps the size")
        if self.padding_mode not in PADDING_MODES:
            raise ArgumentError(
                f"[{name}] padding_mode={self.padding_mode!r}, it must be one of {', '.join(PADDING_MODES)}"
            )

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, uniform in +-1 / sqrt(numbers that make one output)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(max(1, math.prod(self.weight.shape[1:])))
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        defaults: tuple[tuple[str, object], ...] = (
            ("padding", (0,) * self.axes),
            ("dilation", (1,) * self.axes),
            ("output_padding", (0,) * self.axes),
            ("groups", 1),
        )
        parts += (f"{name}={getattr(self, name)}" for name, default in defaults if getattr(self, name) != default)
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)


class _Forward(Convolution):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._widths(), self.padding_mode)
            padding = (0,) * self.axes
        function = type(self).function
        return function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _widths(self) -> list[int]:
        """What functional.pad adds: before and after the last axis, then the one before it."""
        if self.padding == "same":
            whole = [far * (size - 1) for far, size in zip(self.dilation, self.kernel_size)]
            both = [(width // 2, width - width // 2) for width in whole]
        elif isinstance(self.padding, str):
            both = [(0, 0)] * self.axes
        else:
            both = [(width, width) for width in self.padding]
        return [width for pair in reversed(both) for width in pair]


class Conv1d(_Forward):
    """Slide a window over (N, in_channels, L), or (in_channels, L): functional.conv1d.

    ``weight`` is (out_channels, in_channels / groups, kernel_size); with ``bias`` it starts uniform in +-1 / sqrt(the
    numbers that make one output). ``padding`` is a width, "same" or "valid"; ``padding_mode`` says what stands there:
    "zeros", or as in functional.pad "reflect", "replicate" or "circular". Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> layer = Conv1d(3, 6, 5, stride=2, padding=2)
        >>> layer(clgrad.ones(4, 3, 10)).shape
        (4, 6, 5)
    """

    axes = 1
    function = staticmethod(F.conv1d)


class Conv2d(_Forward):
    """Slide a window over (N, in_channels, H, W), or (in_channels, H, W); see Conv1d.

    >>> import clgrad
    >>> Conv2d(3, 6, (3, 5), padding="same")(clgrad.ones(4, 3, 10, 10)).shape
    (4, 6, 10, 10)
    """

    axes = 2
    function = staticmethod(F.conv2d)


class Conv3d(_Forward):
    """Slide a window over (N, in_channels, D, H, W), or (in_channels, D, H, W); see Conv1d."""

    axes = 3
    function = staticmethod(F.conv3d)


class _Transposed(Convolution):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ArgumentError(f"[{type(self).__name__}] padding_mode={padding_mode!r}, it must be 'zeros'")
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        more = self.output_padding if output_size is None else self._output_padding(input, tuple(output_size))
        function = type(self).function
        return function(input, self.weight, self.bias, self.stride, self.padding, more, self.groups, self.dilation)

    def _output_padding(self, input: Tensor, wanted: tuple[int, ...]) -> tuple[int, ...]:
        """What is to be added for a size: several sizes are convolved to the same."""
        sizes = wanted[-self.axes :]
        places = input.shape[-self.axes :]
        assert not isinstance(self.padding, str)
        least = tuple(
            (place - 1) * step - 2 * width + far * (taps - 1) + 1
            for place, step, width, far, taps in zip(places, self.stride, self.padding, self.dilation, self.kernel_size)
        )
        fits = len(wanted) in (self.axes, input.ndim) and input.ndim in (self.axes + 1, self.axes + 2)
        if not fits or any(not low <= size < low + step for low, size, step in zip(least, sizes, self.stride)):
            most = tuple(low + step - 1 for low, step in zip(least, self.stride))
            raise ArgumentError(
                f"[{type(self).__name__}] output_size {wanted} of input {input.shape} must be from {least} to {most}"
            )
        return tuple(size - low for size, low in zip(sizes, least))


class ConvTranspose1d(_Transposed):
    """Spread each element of (N, in_channels, L), or (in_channels, L), over a window: functional.conv_transpose1d.

    ``weight`` is (in_channels, out_channels / groups, kernel_size). Where ``stride`` leaves the size open,
    ``output_padding`` adds to its end, or the call names an ``output_size``. Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> layer = ConvTranspose1d(6, 3, 5, stride=2, padding=2)
        >>> layer(clgrad.ones(4, 6, 5)).shape, layer(clgrad.ones(4, 6, 5), output_size=[10]).shape
        ((4, 3, 9), (4, 3, 10))
    """

    axes = 1
    function = staticmethod(F.conv_transpose1d)


class ConvTranspose2d(_Transposed):
    """Spread each element of (N, in_channels, H, W), or (in_channels, H, W), over a window; see ConvTranspose1d."""

    axes = 2
    function = staticmethod(F.conv_transpose2d)


class ConvTranspose3d(_Transposed):
    """Spread each element of (N, in_channels, D, H, W), or of one without N, over a window; see ConvTranspose1d."""

    axes = 3
    function = staticmethod(F.conv_transpose3d)
