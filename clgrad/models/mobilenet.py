"""MobileNet V2: cheap convolutions of single channels between wide ones of 1x1."""

from __future__ import annotations

from collections.abc import Sequence

from clgrad.models.blocks import ConvNormActivation, initialize_convolutions, make_divisible
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.activation import ReLU6
from clgrad.nn.containers import Sequential
from clgrad.nn.convolution import Conv2d
from clgrad.nn.dropout import Dropout
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.nn.normalisation import BatchNorm2d
from clgrad.tensor import Tensor

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Of each stage: how much wider a block is inside, its channels, how many blocks, the stride of the first."""


class InvertedResidual(Module):
    """Widen, convolve each channel by itself, narrow; added to the input where shapes are equal."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        self.use_res_connect = stride == 1 and inp == oup
        hidden = round(inp * expand_ratio)
        wider = [] if expand_ratio == 1 else [ConvNormActivation(inp, hidden, 1, activation=ReLU6)]
        self.conv = Sequential(
            *wider,
            ConvNormActivation(hidden, hidden, 3, stride, groups=hidden, activation=ReLU6),
            Conv2d(hidden, oup, 1, bias=False),
            BatchNorm2d(oup),
        )

    def forward(self, input: Tensor) -> Tensor:
        x = self.conv(input)
        output: Tensor = input + x if self.use_res_connect else x
        return output


class MobileNetV2(Module):
    """Classify images from 32x32 pixels on, made for 224x224 (Sandler et al., 2018).

    ``width_mult`` scales all channels, which are rounded to multiples of ``round_nearest``; ``stages`` are as STAGES.

    >>> import clgrad
    >>> MobileNetV2(10, width_mult=0.25, stages=[(1, 16, 1, 1), (6, 24, 2, 2)])(clgrad.zeros(1, 3, 32, 32)).shape
    (1, 10)
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        stages: Sequence[Sequence[int]] = STAGES,
        round_nearest: int = 8,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        channels = make_divisible(32 * width_mult, round_nearest)
        self.last_channel = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[Module] = [ConvNormActivation(3, channels, stride=2, activation=ReLU6)]
        for wider, width, count, stride in stages:
            out = make_divisible(width * width_mult, round_nearest)
            for place in range(count):
                features.append(InvertedResidual(channels, out, 1 if place else stride, wider))
                channels = out
        features.append(ConvNormActivation(channels, self.last_channel, 1, activation=ReLU6))
        self.features = Sequential(*features)
        last = Linear(self.last_channel, num_classes)
        self.classifier = Sequential(Dropout(dropout), last)
        initialize_convolutions(self)
        init.normal_(last.weight, 0.0, 0.01)
        assert last.bias is not None
        init.zeros_(last.bias)

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.classifier(F.adaptive_avg_pool2d(self.features(input), (1, 1)).flatten(1))
        return output


def mobilenet_v2(num_classes: int = 1000, width_mult: float = 1.0, dropout: float = 0.2) -> MobileNetV2:
    """Build MobileNet V2."""
    return MobileNetV2(num_classes, width_mult, dropout=dropout)
