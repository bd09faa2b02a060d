"""VGG with 11, 13, 16 and 19 layers, with and without batch normalisation."""

from __future__ import annotations

from collections.abc import Sequence

from clgrad.models.blocks import initialize_convolutions
from clgrad.nn import init
from clgrad.nn.activation import ReLU
from clgrad.nn.containers import Sequential
from clgrad.nn.convolution import Conv2d
from clgrad.nn.dropout import Dropout
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.nn.normalisation import BatchNorm2d
from clgrad.nn.pooling import AdaptiveAvgPool2d, MaxPool2d
from clgrad.tensor import Tensor

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of each stage, after which the size is halved."""

VGG11, VGG13, VGG16, VGG19 = (1, 1, 2, 2, 2), (2, 2, 2, 2, 2), (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)
"""How many convolutions each stage has."""


class VGG(Module):
    """Classify images from 32x32 pixels on, made for 224x224 (Simonyan and Zisserman, 2015).

    ``stages`` says how many convolutions of 3x3 each of the five stages has, ``widths`` their channels and ``hidden``
    the size of the linear layers; ``batch_norm`` normalises behind each convolution.

    >>> import clgrad
    >>> VGG((1, 1, 1, 1, 1), 10, widths=(2, 2, 2, 2, 2), hidden=8)(clgrad.zeros(1, 3, 32, 32)).shape
    (1, 10)
    """

    def __init__(
        self,
        stages: Sequence[int],
        num_classes: int = 1000,
        batch_norm: bool = False,
        dropout: float = 0.5,
        widths: Sequence[int] = WIDTHS,
        hidden: int = 4096,
    ) -> None:
        super().__init__()
        layers: list[Module] = []
        channels = 3
        for count, width in zip(stages, widths, strict=True):
            for _ in range(count):
                layers += [Conv2d(channels, width, 3, padding=1), *([BatchNorm2d(width)] if batch_norm else []), ReLU()]
                channels = width
            layers.append(MaxPool2d(2, 2))
        self.features = Sequential(*layers)
        self.avgpool = AdaptiveAvgPool2d((7, 7))
        self.classifier = Sequential(
            Linear(channels * 7 * 7, hidden),
            ReLU(),
            Dropout(dropout),
            Linear(hidden, hidden),
            ReLU(),
            Dropout(dropout),
            Linear(hidden, num_classes),
        )
        initialize_convolutions(self)
        for module in self.classifier:
            if isinstance(module, Linear):
                init.normal_(module.weight, 0.0, 0.01)
                assert module.bias is not None
                init.zeros_(module.bias)

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.classifier(self.avgpool(self.features(input)).flatten(1))
        return output


def vgg11(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 11 layers."""
    return VGG(VGG11, num_classes, dropout=dropout)


def vgg11_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 11 layers and batch normalisation."""
    return VGG(VGG11, num_classes, True, dropout)


def vgg13(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 13 layers."""
    return VGG(VGG13, num_classes, dropout=dropout)


def vgg13_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 13 layers and batch normalisation."""
    return VGG(VGG13, num_classes, True, dropout)


def vgg16(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 16 layers."""
    return VGG(VGG16, num_classes, dropout=dropout)


def vgg16_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 16 layers and batch normalisation."""
    return VGG(VGG16, num_classes, True, dropout)


def vgg19(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 19 layers."""
    return VGG(VGG19, num_classes, dropout=dropout)


def vgg19_bn(num_classes: int = 1000, dropout: float = 0.5) -> VGG:
    """Build VGG with 19 layers and batch normalisation."""
    return VGG(VGG19, num_classes, True, dropout)
