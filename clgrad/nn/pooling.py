"""Pooling as modules."""

from __future__ import annotations

from typing import Any

from clgrad.compose.adaptive import Parts
from clgrad.compose.windows import Sizes
from clgrad.nn import functional as F
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


def _tuple(value: Sizes, count: int) -> tuple[int, ...]:
    return (value,) * count if isinstance(value, int) else tuple(value)


class _MaxPool(Module):
    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def arguments(self) -> tuple[Any, ...]:
        """What the function takes after the input."""
        return self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """Take the largest element of each window of (N, C, L): functional.max_pool1d.

    >>> import clgrad
    >>> MaxPool1d(2)(clgrad.tensor([[1.0, 3.0, 2.0, 0.0]])).tolist()
    [[3.0, 2.0]]
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool1d(input, *self.arguments())


class MaxPool2d(_MaxPool):
    """Take the largest element of each window of (N, C, H, W): functional.max_pool2d.

    >>> import clgrad
    >>> MaxPool2d(2)(clgrad.arange(4.0).reshape(1, 2, 2)).tolist()
    [[[3.0]]]
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool2d(input, *self.arguments())


class MaxPool3d(_MaxPool):
    """Take the largest element of each window of (N, C, D, H, W): functional.max_pool3d.

    >>> import clgrad
    >>> MaxPool3d(2)(clgrad.arange(8.0).reshape(1, 2, 2, 2)).tolist()
    [[[[7.0]]]]
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool3d(input, *self.arguments())


class AvgPool1d(Module):
    """Take the mean of each window of (N, C, L): functional.avg_pool1d.

    >>> import clgrad
    >>> AvgPool1d(2)(clgrad.tensor([[1.0, 3.0, 2.0, 0.0]])).tolist()
    [[2.0, 1.0]]
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = _tuple(kernel_size, 1)
        self.stride = self.kernel_size if stride is None else _tuple(stride, 1)
        self.padding = _tuple(padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def arguments(self) -> tuple[Any, ...]:
        """What the function takes after the input."""
        options = (self.ceil_mode, self.count_include_pad, self.divisor_override)
        return self.kernel_size, self.stride, self.padding, *options

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """Take the mean of each window of (N, C, H, W): functional.avg_pool2d.

    >>> import clgrad
    >>> AvgPool2d(2)(clgrad.arange(4.0).reshape(1, 2, 2)).tolist()
    [[[1.5]]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool2d(input, *self.arguments())


class AvgPool3d(_AvgPool):
    """Take the mean of each window of (N, C, D, H, W): functional.avg_pool3d.

    >>> import clgrad
    >>> AvgPool3d(2)(clgrad.arange(8.0).reshape(1, 2, 2, 2)).tolist()
    [[[[3.5]]]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool3d(input, *self.arguments())


class _LPPool(Module):
    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """Take the norm of each window of (N, C, L): functional.lp_pool1d.

    >>> import clgrad
    >>> LPPool1d(1, 2)(clgrad.ones(1, 2)).tolist()
    [[2.0]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool1d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool2d(_LPPool):
    """Take the norm of each window of (N, C, H, W): functional.lp_pool2d.

    >>> import clgrad
    >>> LPPool2d(1, 2)(clgrad.ones(1, 2, 2)).tolist()
    [[[4.0]]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool2d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool3d(_LPPool):
    """Take the norm of each window of (N, C, D, H, W): functional.lp_pool3d.

    >>> import clgrad
    >>> LPPool3d(1, 2)(clgrad.ones(1, 2, 2, 2)).tolist()
    [[[[8.0]]]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool3d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class _AdaptiveAvgPool(Module):
    def __init__(self, output_size: Parts) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Take the mean of each of some parts of (N, C, L): functional.adaptive_avg_pool1d.

    >>> import clgrad
    >>> AdaptiveAvgPool1d(1)(clgrad.tensor([[1.0, 3.0, 2.0]])).tolist()
    [[2.0]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Take the mean of each of some parts of (N, C, H, W): functional.adaptive_avg_pool2d.

    >>> import clgrad
    >>> AdaptiveAvgPool2d(1)(clgrad.arange(4.0).reshape(1, 2, 2)).tolist()
    [[[1.5]]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Take the mean of each of some parts of (N, C, D, H, W): functional.adaptive_avg_pool3d.

    >>> import clgrad
    >>> AdaptiveAvgPool3d(1)(clgrad.arange(8.0).reshape(1, 2, 2, 2)).tolist()
    [[[[3.5]]]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool3d(input, self.output_size)


class _AdaptiveMaxPool(Module):
    def __init__(self, output_size: Parts, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Take the largest element of each of some parts of (N, C, L): functional.adaptive_max_pool1d.

    >>> import clgrad
    >>> AdaptiveMaxPool1d(1)(clgrad.tensor([[1.0, 3.0, 2.0]])).tolist()
    [[3.0]]
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Take the largest element of each of some parts of (N, C, H, W): functional.adaptive_max_pool2d.

    >>> import clgrad
    >>> AdaptiveMaxPool2d(1)(clgrad.arange(4.0).reshape(1, 2, 2)).tolist()
    [[[3.0]]]
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Take the largest element of each of some parts of (N, C, D, H, W): functional.adaptive_max_pool3d.

    >>> import clgrad
    >>> AdaptiveMaxPool3d(1)(clgrad.arange(8.0).reshape(1, 2, 2, 2)).tolist()
    [[[[7.0]]]]
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)


class _MaxUnpool(Module):
    dims: int

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        self.kernel_size = _tuple(kernel_size, self.dims)
        self.stride = self.kernel_size if stride is None else _tuple(stride, self.dims)
        self.padding = _tuple(padding, self.dims)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Put elements back where MaxPool1d found them: functional.max_unpool1d.

    >>> import clgrad
    >>> MaxUnpool1d(2)(clgrad.tensor([[5.0]]), clgrad.tensor([[1]])).tolist()
    [[0.0, 5.0]]
    """

    dims = 1

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        return F.max_unpool1d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool2d(_MaxUnpool):
    """Put elements back where MaxPool2d found them: functional.max_unpool2d.

    >>> import clgrad
    >>> MaxUnpool2d(2)(clgrad.tensor([[[5.0]]]), clgrad.tensor([[[2]]])).tolist()
    [[[0.0, 0.0], [5.0, 0.0]]]
    """

    dims = 2

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        return F.max_unpool2d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool3d(_MaxUnpool):
    """Put elements back where MaxPool3d found them: functional.max_unpool3d.

    >>> import clgrad
    >>> MaxUnpool3d(2)(clgrad.tensor([[[[5.0]]]]), clgrad.tensor([[[[7]]]])).tolist()
    [[[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 5.0]]]]
    """

    dims = 3

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        return F.max_unpool3d(input, indices, self.kernel_size, self.stride, self.padding, output_size)
