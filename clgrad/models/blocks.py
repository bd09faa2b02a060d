"""What several networks are made of."""

from __future__ import annotations

from collections.abc import Callable

from clgrad.errors import ArgumentError
from clgrad.nn import init
from clgrad.nn.activation import ReLU, Sigmoid
from clgrad.nn.containers import Sequential
from clgrad.nn.convolution import Conv2d
from clgrad.nn.module import Module
from clgrad.nn.normalisation import BatchNorm2d
from clgrad.nn.pooling import AdaptiveAvgPool2d
from clgrad.random import rand
from clgrad.tensor import Tensor


def make_divisible(size: float, divisor: int = 8) -> int:
    """Round a number of channels to a multiple, by no more than a tenth down (MobileNet's authors).

    >>> make_divisible(37), make_divisible(3), make_divisible(11)
    (40, 8, 16)
    """
    rounded = max(divisor, int(size + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * size else rounded


def initialize_convolutions(model: Module) -> None:
    """Draw the weights of convolutions for relu, by what leaves them (He et al., 2015); their biases are 0."""
    for module in model.modules():
        if isinstance(module, Conv2d):
            init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                init.zeros_(module.bias)


class ConvNormActivation(Sequential):
    """A convolution that keeps the size but for its stride, batch normalisation, and an activation, if any.

    >>> import clgrad
    >>> ConvNormActivation(3, 8, 5, stride=2)(clgrad.ones(1, 3, 8, 8)).shape
    (1, 8, 4, 4)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        groups: int = 1,
        activation: Callable[[], Module] | None = ReLU,
    ) -> None:
        padding = (kernel_size - 1) // 2
        super().__init__(
            Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=False),
            BatchNorm2d(out_channels),
            *(() if activation is None else (activation(),)),
        )


class SqueezeExcitation(Module):
    """Multiply each channel by a number in 0 ... 1 that the averages of all channels give (Hu et al., 2018).

    >>> import clgrad
    >>> SqueezeExcitation(8, 2)(clgrad.ones(1, 8, 4, 4)).shape
    (1, 8, 4, 4)
    """

    def __init__(self, input_channels: int, squeeze_channels: int, activation: Callable[[], Module] = ReLU) -> None:
        super().__init__()
        self.avgpool = AdaptiveAvgPool2d(1)
        self.fc1 = Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = Sigmoid()

    def forward(self, input: Tensor) -> Tensor:
        scale = self.fc2(self.activation(self.fc1(self.avgpool(input))))
        output: Tensor = input * self.scale_activation(scale)
        return output


class StochasticDepth(Module):
    """Set whole elements of the batch to zero with probability ``p``, and scale the others by 1 / (1 - p).

    In training only: around a residual block it leaves the block out (Huang et al., 2016). Raises ArgumentError.

    >>> import clgrad
    >>> StochasticDepth(0.5).eval()(clgrad.ones(2)).tolist()
    [1.0, 1.0]
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        if not 0.0 <= p < 1.0:
            raise ArgumentError(f"[StochasticDepth] p={p}, a probability must lie in [0, 1)")
        self.p = p

    def forward(self, input: Tensor) -> Tensor:
        if not self.training or self.p == 0.0:
            return input
        stays = rand((input.shape[0], *(1 for _ in input.shape[1:])), device=input.device) >= self.p
        return stays.choose(input * (1 / (1 - self.p)), 0.0)

    def extra_repr(self) -> str:
        return f"p={self.p}"
