"""U-Net: an image down to coarse features and up again, each size joined with what was seen of it going down."""

from __future__ import annotations

from clgrad.compose.joining import cat
from clgrad.nn import functional as F
from clgrad.nn.activation import ReLU
from clgrad.nn.containers import Sequential
from clgrad.nn.convolution import Conv2d, ConvTranspose2d
from clgrad.nn.module import Module
from clgrad.nn.normalisation import BatchNorm2d
from clgrad.nn.pooling import MaxPool2d
from clgrad.tensor import Tensor


class DoubleConv(Module):
    """Twice a convolution of 3x3, batch normalisation and relu."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.double_conv = Sequential(
            Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
            BatchNorm2d(out_channels),
            ReLU(),
            Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            BatchNorm2d(out_channels),
            ReLU(),
        )

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.double_conv(input)
        return output


class Down(Module):
    """Halve the size, then convolve twice."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.maxpool_conv = Sequential(MaxPool2d(2), DoubleConv(in_channels, out_channels))

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.maxpool_conv(input)
        return output


class Up(Module):
    """Double the size, join with what was seen of that size, then convolve twice."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.up = ConvTranspose2d(in_channels, in_channels // 2, 2, stride=2)
        self.conv = DoubleConv(in_channels, out_channels)

    def forward(self, input: Tensor, seen: Tensor) -> Tensor:
        x = self.up(input)
        # An odd size was halved down.
        down, right = seen.shape[2] - x.shape[2], seen.shape[3] - x.shape[3]
        x = F.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
        output: Tensor = self.conv(cat([seen, x], 1))
        return output


class OutConv(Module):
    """Scores of each pixel."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = Conv2d(in_channels, out_channels, 1)

    def forward(self, input: Tensor) -> Tensor:
        output: Tensor = self.conv(input)
        return output


class UNet(Module):
    """Give scores of ``n_classes`` for every pixel of images from 16x16 on (Ronneberger et al., 2015).

    Convolutions are padded, so the size stays, and normalised. ``width`` is the number of channels at full size,
    doubled at each of four sizes below. torchvision has no U-Net: names are those of the one most used,
    milesial/Pytorch-UNet.

    >>> import clgrad
    >>> UNet(1, 2, width=2)(clgrad.zeros(2, 1, 16, 20)).shape
    (2, 2, 16, 20)
    """

    def __init__(self, n_channels: int = 3, n_classes: int = 2, width: int = 64) -> None:
        super().__init__()
        self.inc = DoubleConv(n_channels, width)
        self.down1 = Down(width, width * 2)
        self.down2 = Down(width * 2, width * 4)
        self.down3 = Down(width * 4, width * 8)
        self.down4 = Down(width * 8, width * 16)
        self.up1 = Up(width * 16, width * 8)
        self.up2 = Up(width * 8, width * 4)
        self.up3 = Up(width * 4, width * 2)
        self.up4 = Up(width * 2, width)
        self.outc = OutConv(width, n_classes)

    def forward(self, input: Tensor) -> Tensor:
        x1 = self.inc(input)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        x = self.up1(self.down4(x4), x4)
        output: Tensor = self.outc(self.up4(self.up3(self.up2(x, x3), x2), x1))
        return output


def unet(n_channels: int = 3, n_classes: int = 2, width: int = 64) -> UNet:
    """Build a U-Net."""
    return UNet(n_channels, n_classes, width)
