"""Windows as columns, images in other sizes, elements between channels and places: as modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clgrad.compose.resampling import Factors
from clgrad.compose.windows import Sizes
from clgrad.nn import functional as F
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class Unfold(Module):
    """Take the windows of images as columns, (N, C, H, W) -> (N, C * kernel elements, windows): functional.unfold.

    >>> import clgrad
    >>> Unfold(2)(clgrad.zeros(1, 3, 4, 4)).shape
    (1, 12, 9)
    """

    def __init__(self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Add columns of windows up to images, (N, C * kernel elements, windows) -> (N, C, H, W): functional.fold.

    >>> import clgrad
    >>> Fold((4, 4), 2)(clgrad.zeros(1, 12, 9)).shape
    (1, 3, 4, 4)
    """

    def __init__(
        self, output_size: Sizes, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )


class PixelShuffle(Module):
    """Take channels as places, (..., C * r * r, H, W) -> (..., C, H * r, W * r): functional.pixel_shuffle.

    >>> import clgrad
    >>> PixelShuffle(2)(clgrad.zeros(8, 3, 3)).shape
    (2, 6, 6)
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Take places as channels, (..., C, H * r, W * r) -> (..., C * r * r, H, W): functional.pixel_unshuffle.

    >>> import clgrad
    >>> PixelUnshuffle(2)(clgrad.zeros(2, 6, 6)).shape
    (8, 3, 3)
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Deal out channels, the first of each group, then the second of each: functional.channel_shuffle.

    >>> import clgrad
    >>> ChannelShuffle(2)(clgrad.arange(4).reshape(1, 4, 1)).flatten().tolist()
    [0, 2, 1, 3]
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class LocalResponseNorm(Module):
    """Scale channels by the mean square of their neighbours: functional.local_response_norm.

    >>> import clgrad
    >>> LocalResponseNorm(1, alpha=1.0, beta=1.0)(clgrad.ones(1, 1, 1)).tolist()
    [[[0.5]]]
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class Upsample(Module):
    """Give images another size: functional.interpolate.

    >>> import clgrad
    >>> Upsample(scale_factor=2)(clgrad.tensor([[[1.0, 2.0]]])).tolist()
    [[[1.0, 1.0, 2.0, 2.0]]]
    """

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: Factors = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        several = isinstance(scale_factor, (tuple, list))
        given: Any = scale_factor
        self.scale_factor: Any = tuple(float(one) for one in given) if several else given and float(given)
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            self.recompute_scale_factor,
        )

    def extra_repr(self) -> str:
        given = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{given}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Give images another size by taking elements: (N, C, H, W).

    >>> import clgrad
    >>> UpsamplingNearest2d(scale_factor=2)(clgrad.ones(1, 1, 2, 3)).shape
    (1, 1, 4, 6)
    """

    def __init__(self, size: int | Sequence[int] | None = None, scale_factor: Factors = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Give images another size by weighing neighbours, with the corners' centers aligned: (N, C, H, W).

    >>> import clgrad
    >>> UpsamplingBilinear2d((1, 3))(clgrad.tensor([[[[0.0, 2.0]]]])).tolist()
    [[[[0.0, 1.0, 2.0]]]]
    """

    def __init__(self, size: int | Sequence[int] | None = None, scale_factor: Factors = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
