"""LeNet-5, with today's activations."""

from __future__ import annotations

from clgrad.nn import functional as F
from clgrad.nn.convolution import Conv2d
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class LeNet(Module):
    """Classify images of 28x28 pixels (LeCun et al., 1998): two convolutions and three linear layers.

    It pools the largest values and takes relu, where the paper has averages and tanh. ``in_channels`` is 1 for digits.

    >>> import clgrad
    >>> LeNet()(clgrad.zeros(2, 1, 28, 28)).shape
    (2, 10)
    """

    def __init__(self, num_classes: int = 10, in_channels: int = 1) -> None:
        super().__init__()
        self.conv1 = Conv2d(in_channels, 6, 5, padding=2)
        self.conv2 = Conv2d(6, 16, 5)
        self.fc1 = Linear(16 * 5 * 5, 120)
        self.fc2 = Linear(120, 84)
        self.fc3 = Linear(84, num_classes)

    def forward(self, input: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(input)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        output: Tensor = self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))
        return output


def lenet(num_classes: int = 10, in_channels: int = 1) -> LeNet:
    """Build LeNet-5."""
    return LeNet(num_classes, in_channels)
