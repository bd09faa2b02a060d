"""Residual networks with 18, 34 and 50 layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from clgrad.models.blocks import initialize_convolutions
from clgrad.nn import init
from clgrad.nn.activation import ReLU
from clgrad.nn.containers import Sequential
from clgrad.nn.convolution import Conv2d
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.nn.normalisation import BatchNorm2d
from clgrad.nn.pooling import AdaptiveAvgPool2d, MaxPool2d
from clgrad.tensor import Tensor


class BasicBlock(Module):
    """Add to the input what two convolutions of 3x3 make of it; ``downsample`` fits the input to that."""

    expansion: ClassVar[int] = 1

    def __init__(self, inplanes: int, planes: int, stride: int = 1, downsample: Module | None = None) -> None:
        super().__init__()
        self.conv1 = Conv2d(inplanes, planes, 3, stride, padding=1, bias=False)
        self.bn1 = BatchNorm2d(planes)
        self.relu = ReLU()
        self.conv2 = Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = BatchNorm2d(planes)
        self.downsample = downsample

    def last(self) -> BatchNorm2d:
        """The normalisation whose weight scales what is added."""
        return self.bn2

    def forward(self, input: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(input)))
        x = self.bn2(self.conv2(x))
        output: Tensor = self.relu(x + (input if self.downsample is None else self.downsample(input)))
        return output


class Bottleneck(Module):
    """Add to the input what a convolution of 3x3 between two of 1x1 makes of it; the second has the stride."""

    expansion: ClassVar[int] = 4

    def __init__(self, inplanes: int, planes: int, stride: int = 1, downsample: Module | None = None) -> None:
        super().__init__()
        self.conv1 = Conv2d(inplanes, planes, 1, bias=False)
        self.bn1 = BatchNorm2d(planes)
        self.conv2 = Conv2d(planes, planes, 3, stride, padding=1, bias=False)
        self.bn2 = BatchNorm2d(planes)
        self.conv3 = Conv2d(planes, planes * self.expansion, 1, bias=False)
        self.bn3 = BatchNorm2d(planes * self.expansion)
        self.relu = ReLU()
        self.downsample = downsample

    def last(self) -> BatchNorm2d:
        """The normalisation whose weight scales what is added."""
        return self.bn3

    def forward(self, input: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(input)))
        x = self.relu(self.bn2(self.conv2(x)))
        x = self.bn3(self.conv3(x))
        output: Tensor = self.relu(x + (input if self.downsample is None else self.downsample(input)))
        return output


class ResNet(Module):
    """Classify images from 32x32 pixels on, made for 224x224 (He et al., 2016).

    ``layers`` is the number of blocks in each of four stages; ``width`` the channels of the first, doubled from stage
    to stage. ``zero_init_residual`` starts every block as the identity.

    >>> import clgrad
    >>> ResNet(BasicBlock, (1, 1, 1, 1), 10, width=4)(clgrad.zeros(2, 3, 32, 32)).shape
    (2, 10)
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        width: int = 64,
    ) -> None:
        super().__init__()
        self.inplanes = width
        self.conv1 = Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = BatchNorm2d(width)
        self.relu = ReLU()
        self.maxpool: Module = MaxPool2d(3, stride=2, padding=1)
        self.layer1 = self._stage(block, width, layers[0], 1)
        self.layer2 = self._stage(block, width * 2, layers[1], 2)
        self.layer3 = self._stage(block, width * 4, layers[2], 2)
        self.layer4 = self._stage(block, width * 8, layers[3], 2)
        self.avgpool = AdaptiveAvgPool2d((1, 1))
        self.fc = Linear(width * 8 * block.expansion, num_classes)
        initialize_convolutions(self)
        if zero_init_residual:
            for module in self.modules():
                if isinstance(module, (BasicBlock, Bottleneck)):
                    scale = module.last().weight
                    assert scale is not None
                    init.zeros_(scale)

    def _stage(self, block: type[BasicBlock] | type[Bottleneck], planes: int, count: int, stride: int) -> Sequential:
        out = planes * block.expansion
        downsample = None
        if stride != 1 or self.inplanes != out:
            downsample = Sequential(Conv2d(self.inplanes, out, 1, stride, bias=False), BatchNorm2d(out))
        blocks = [block(self.inplanes, planes, stride, downsample)]
        self.inplanes = out
        return Sequential(*blocks, *(block(out, planes) for _ in range(1, count)))

    def forward(self, input: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(input))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        output: Tensor = self.fc(self.avgpool(x).flatten(1))
        return output


def resnet18(num_classes: int = 1000, zero_init_residual: bool = False, width: int = 64) -> ResNet:
    """Build a residual network with 18 layers."""
    return ResNet(BasicBlock, (2, 2, 2, 2), num_classes, zero_init_residual, width)


def resnet34(num_classes: int = 1000, zero_init_residual: bool = False, width: int = 64) -> ResNet:
    """Build a residual network with 34 layers."""
    return ResNet(BasicBlock, (3, 4, 6, 3), num_classes, zero_init_residual, width)


def resnet50(num_classes: int = 1000, zero_init_residual: bool = False, width: int = 64) -> ResNet:
    """Build a residual network with 50 layers."""
    return ResNet(Bottleneck, (3, 4, 6, 3), num_classes, zero_init_residual, width)
