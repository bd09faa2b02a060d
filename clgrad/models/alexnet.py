"""AlexNet, in the form of torchvision: one column."""

from __future__ import annotations

from clgrad.nn.activation import ReLU
from clgrad.nn.containers import Sequential
from clgrad.nn.convolution import Conv2d
from clgrad.nn.dropout import Dropout
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.nn.pooling import AdaptiveAvgPool2d, MaxPool2d
from clgrad.tensor import Tensor


class AlexNet(Module):
    """Classify images from 63x63 pixels on, made for 224x224 (Krizhevsky, 2014: one weird trick).

    Five convolutions, three linear layers with ``dropout`` before the first two.
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = Sequential(
            Conv2d(3, 64, 11, stride=4, padding=2),
            ReLU(),
            MaxPool2d(3, 2),
            Conv2d(64, 192, 5, padding=2),
            ReLU(),
            MaxPool2d(3, 2),
            Conv2d(192, 384, 3, padding=1),
            ReLU(),
            Conv2d(384, 256, 3, padding=1),
            ReLU(),
            Conv2d(256, 256, 3, padding=1),
            ReLU(),
            MaxPool2d(3, 2),
        )
        self.avgpool = AdaptiveAvgPool2d((6, 6))
        self.classifier = Sequential(
            Dropout(dropout),
            Linear(256 * 6 * 6, 4096),
            ReLU(),
            Dropout(dropout),
            Linear(4096, 4096),
            ReLU(),
            Linear(4096, num_classes),
        )

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.classifier(self.avgpool(self.features(input)).flatten(1))
        return output


def alexnet(num_classes: int = 1000, dropout: float = 0.5) -> AlexNet:
    """Build AlexNet."""
    return AlexNet(num_classes, dropout)
