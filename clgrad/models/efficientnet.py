"""EfficientNet B0: blocks as MobileNet's, whose channels are weighed by squeeze and excitation."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clgrad.models.blocks import (
    ConvNormActivation,
    SqueezeExcitation,
    StochasticDepth,
    initialize_convolutions,
    make_divisible,
)
from clgrad.nn import init
from clgrad.nn.activation import SiLU
from clgrad.nn.containers import Sequential
from clgrad.nn.dropout import Dropout
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.nn.pooling import AdaptiveAvgPool2d
from clgrad.tensor import Tensor

STAGES = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
"""Of each stage: how much wider a block is inside, its window, the stride of the first block, channels in and out, how
many blocks."""


class MBConv(Module):
    """Widen, convolve each channel by itself, weigh the channels, narrow; added to the input where shapes are equal."""

    def __init__(self, expand: int, kernel: int, stride: int, inputs: int, outputs: int, drop: float) -> None:
        super().__init__()
        self.use_res_connect = stride == 1 and inputs == outputs
        hidden = make_divisible(inputs * expand)
        wider = [] if hidden == inputs else [ConvNormActivation(inputs, hidden, 1, activation=SiLU)]
        self.block = Sequential(
            *wider,
            ConvNormActivation(hidden, hidden, kernel, stride, groups=hidden, activation=SiLU),
            SqueezeExcitation(hidden, max(1, inputs // 4), SiLU),
            ConvNormActivation(hidden, outputs, 1, activation=None),
        )
        self.stochastic_depth = StochasticDepth(drop)

    def forward(self, input: Tensor) -> Tensor:
        x = self.block(input)
        output: Tensor = self.stochastic_depth(x) + input if self.use_res_connect else x
        return output


class EfficientNet(Module):
    """Classify images from 32x32 pixels on, made for 224x224 (Tan and Le, 2019).

    ``width_mult`` and ``depth_mult`` scale channels and numbers of blocks; ``stages`` are as STAGES. Blocks are left
    out in training with a probability that grows with depth to ``stochastic_depth_prob``.

    >>> import clgrad
    >>> EfficientNet(10, width_mult=0.25, stages=[(1, 3, 1, 32, 16, 1)])(clgrad.zeros(1, 3, 32, 32)).shape
    (1, 10)
    """

    def __init__(
        self,
        num_classes: int = 1000,
        dropout: float = 0.2,
        stochastic_depth_prob: float = 0.2,
        width_mult: float = 1.0,
        depth_mult: float = 1.0,
        stages: Sequence[Sequence[int]] = STAGES,
    ) -> None:
        super().__init__()
        counts = [math.ceil(stage[5] * depth_mult) for stage in stages]
        features: list[Module] = [
            ConvNormActivation(3, make_divisible(stages[0][3] * width_mult), stride=2, activation=SiLU)
        ]
        built = 0
        outputs = 0
        for (expand, kernel, stride, narrow, wide, _), count in zip(stages, counts):
            inputs, outputs = make_divisible(narrow * width_mult), make_divisible(wide * width_mult)
            blocks = []
            for place in range(count):
                drop = stochastic_depth_prob * built / sum(counts)
                taken = (stride, inputs) if place == 0 else (1, outputs)
                blocks.append(MBConv(expand, kernel, *taken, outputs, drop))
                built += 1
            features.append(Sequential(*blocks))
        features.append(ConvNormActivation(outputs, 4 * outputs, 1, activation=SiLU))
        self.features = Sequential(*features)
        self.avgpool = AdaptiveAvgPool2d(1)
        last = Linear(4 * outputs, num_classes)
        self.classifier = Sequential(Dropout(dropout), last)
        initialize_convolutions(self)
        bound = 1 / math.sqrt(num_classes)
        init.uniform_(last.weight, -bound, bound)
        assert last.bias is not None
        init.zeros_(last.bias)

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.classifier(self.avgpool(self.features(input)).flatten(1))
        return output


def efficientnet_b0(num_classes: int = 1000, dropout: float = 0.2, stochastic_depth_prob: float = 0.2) -> EfficientNet:
    """Build EfficientNet B0."""
    return EfficientNet(num_classes, dropout, stochastic_depth_prob)
