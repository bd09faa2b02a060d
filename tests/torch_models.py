"""The networks of clgrad.models once more, in torch and as torchvision writes them: what tests compare with."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def divisible(size: float) -> int:
    rounded = max(8, int(size + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * size else rounded


def named(**modules: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(modules))


def conv_norm(inputs: int, outputs: int, kernel: int, stride: int, groups: int, activation: Any) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), *([activation()] if activation else []))


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(conv(x).relu(), 2)
        return self.fc3(self.fc2(self.fc1(x.flatten(1)).relu()).relu())


def alexnet(num_classes: int, dropout: float) -> nn.Module:
    sizes = ((3, 64, 11, 4, 2), (64, 192, 5, 1, 2), (192, 384, 3, 1, 1), (384, 256, 3, 1, 1), (256, 256, 3, 1, 1))
    layers: list[nn.Module] = []
    for place, (inputs, outputs, kernel, stride, padding) in enumerate(sizes):
        layers += [nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU()]
        if place in (0, 1, 4):
            layers.append(nn.MaxPool2d(3, 2))
    classifier = nn.Sequential(
        nn.Dropout(dropout), nn.Linear(9216, 4096), nn.ReLU(),
        nn.Dropout(dropout), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, num_classes),
    )  # fmt: skip
    return named(
        features=nn.Sequential(*layers), avgpool=nn.AdaptiveAvgPool2d(6), flat=nn.Flatten(), classifier=classifier
    )


def vgg(stages: Sequence[int], num_classes: int, batch_norm: bool, widths: Sequence[int], hidden: int) -> nn.Module:
    layers: list[nn.Module] = []
    channels = 3
    for count, width in zip(stages, widths):
        for _ in range(count):
            norms = [nn.BatchNorm2d(width)] if batch_norm else []
            layers += [nn.Conv2d(channels, width, 3, padding=1), *norms, nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2, 2))
    classifier = nn.Sequential(
        nn.Linear(channels * 49, hidden), nn.ReLU(), nn.Dropout(0.0),
        nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.0), nn.Linear(hidden, num_classes),
    )  # fmt: skip
    return named(
        features=nn.Sequential(*layers), avgpool=nn.AdaptiveAvgPool2d(7), flat=nn.Flatten(), classifier=classifier
    )


class Residual(nn.Module):
    """A block of a residual network: convolutions of these windows, the one of 3x3 first met has the stride."""

    def __init__(self, inputs: int, widths: Sequence[int], kernels: Sequence[int], stride: int) -> None:
        super().__init__()
        self.count = len(widths)
        channels, strided = inputs, kernels.index(3)
        for place, (width, kernel) in enumerate(zip(widths, kernels)):
            step = stride if place == strided else 1
            setattr(self, f"conv{place + 1}", nn.Conv2d(channels, width, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{place + 1}", nn.BatchNorm2d(width))
            channels = width
        if stride != 1 or inputs != channels:
            conv = nn.Conv2d(inputs, channels, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        same = self.downsample(x) if hasattr(self, "downsample") else x
        for place in range(1, self.count + 1):
            x = getattr(self, f"bn{place}")(getattr(self, f"conv{place}")(x))
            x = (x if place < self.count else x + same).relu()
        return x


def resnet(layers: Sequence[int], bottleneck: bool, num_classes: int, width: int) -> nn.Module:
    kernels = (1, 3, 1) if bottleneck else (3, 3)
    stages, channels = {}, width
    for place, count in enumerate(layers):
        planes = width << place
        widths = (planes, planes, planes * 4) if bottleneck else (planes, planes)
        blocks = []
        for number in range(count):
            blocks.append(Residual(channels, widths, kernels, 2 if place and not number else 1))
            channels = widths[-1]
        stages[f"layer{place + 1}"] = nn.Sequential(*blocks)
    return named(
        conv1=nn.Conv2d(3, width, 7, 2, 3, bias=False), bn1=nn.BatchNorm2d(width), relu=nn.ReLU(),
        maxpool=nn.MaxPool2d(3, 2, 1), **stages, avgpool=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten(),
        fc=nn.Linear(channels, num_classes),
    )  # fmt: skip


class Inverted(nn.Module):
    """A block of MobileNet V2."""

    def __init__(self, inputs: int, outputs: int, stride: int, wider: int) -> None:
        super().__init__()
        self.same = stride == 1 and inputs == outputs
        hidden = inputs * wider
        first = [conv_norm(inputs, hidden, 1, 1, 1, nn.ReLU6)] if wider > 1 else []
        last = [nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*first, conv_norm(hidden, hidden, 3, stride, hidden, nn.ReLU6), *last)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.same else self.conv(x)


def mobilenet(stages: Sequence[Sequence[int]], num_classes: int, width_mult: float) -> nn.Module:
    channels = divisible(32 * width_mult)
    layers: list[nn.Module] = [conv_norm(3, channels, 3, 2, 1, nn.ReLU6)]
    for wider, width, count, stride in stages:
        for place in range(count):
            layers.append(Inverted(channels, divisible(width * width_mult), 1 if place else stride, wider))
            channels = divisible(width * width_mult)
    layers.append(conv_norm(channels, 1280, 1, 1, 1, nn.ReLU6))
    classifier = nn.Sequential(nn.Dropout(0.0), nn.Linear(1280, num_classes))
    return named(
        features=nn.Sequential(*layers), pool=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten(), classifier=classifier
    )


class Squeeze(nn.Module):
    def __init__(self, channels: int, few: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, few, 1), nn.Conv2d(few, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.fc2(F.silu(self.fc1(x.mean((2, 3), keepdim=True)))).sigmoid()


class MBConv(nn.Module):
    """A block of EfficientNet."""

    def __init__(self, wider: int, kernel: int, stride: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.same = stride == 1 and inputs == outputs
        hidden = inputs * wider
        first = [conv_norm(inputs, hidden, 1, 1, 1, nn.SiLU)] if wider > 1 else []
        self.block = nn.Sequential(
            *first,
            conv_norm(hidden, hidden, kernel, stride, hidden, nn.SiLU),
            Squeeze(hidden, inputs // 4),
            conv_norm(hidden, outputs, 1, 1, 1, None),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.block(x) if self.same else self.block(x)


def efficientnet(stages: Sequence[Sequence[int]], num_classes: int, width: float, depth: float) -> nn.Module:
    layers: list[nn.Module] = [conv_norm(3, divisible(32 * width), 3, 2, 1, nn.SiLU)]
    channels = divisible(32 * width)
    for wider, kernel, stride, _, outputs, count in stages:
        blocks = []
        for place in range(math.ceil(count * depth)):
            blocks.append(MBConv(wider, kernel, 1 if place else stride, channels, divisible(outputs * width)))
            channels = divisible(outputs * width)
        layers.append(nn.Sequential(*blocks))
    layers.append(conv_norm(channels, channels * 4, 1, 1, 1, nn.SiLU))
    classifier = nn.Sequential(nn.Dropout(0.0), nn.Linear(channels * 4, num_classes))
    return named(
        features=nn.Sequential(*layers), avgpool=nn.AdaptiveAvgPool2d(1), flat=nn.Flatten(), classifier=classifier
    )


def twice(inputs: int, outputs: int) -> nn.Sequential:
    layers = [*conv_norm(inputs, outputs, 3, 1, 1, nn.ReLU), *conv_norm(outputs, outputs, 3, 1, 1, nn.ReLU)]
    return named(double_conv=nn.Sequential(*layers))


class UNet(nn.Module):
    def __init__(self, n_channels: int, n_classes: int, width: int) -> None:
        super().__init__()
        self.inc = twice(n_channels, width)
        for place in range(4):
            pooled = nn.Sequential(nn.MaxPool2d(2), twice(width << place, width << place + 1))
            setattr(self, f"down{place + 1}", named(maxpool_conv=pooled))
        for place in range(4):
            wide = width << 4 - place
            up = nn.ConvTranspose2d(wide, wide // 2, 2, 2)
            setattr(self, f"up{place + 1}", named(up=up, conv=twice(wide, wide // 2)))
        self.outc = named(conv=nn.Conv2d(width, n_classes, 1))

    def forward(self, x: Tensor) -> Tensor:
        seen = [self.inc(x)]
        for place in range(1, 5):
            seen.append(getattr(self, f"down{place}")(seen[-1]))
        x = seen.pop()
        for place in range(1, 5):
            step, other = getattr(self, f"up{place}"), seen.pop()
            x = step.up(x)
            down, right = other.shape[2] - x.shape[2], other.shape[3] - x.shape[3]
            x = F.pad(x, [right // 2, right - right // 2, down // 2, down - down // 2])
            x = step.conv(torch.cat([other, x], 1))
        return self.outc(x)
