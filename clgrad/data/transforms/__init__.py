"""Changes of images before a network sees them, under torchvision's names: numpy on the host, batches on a device."""

from clgrad.data.transforms.basic import Compose, Lambda, Normalize, ToTensor
from clgrad.data.transforms.colour import ColorJitter
from clgrad.data.transforms.geometry import (
    CenterCrop,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomResizedCrop,
    RandomVerticalFlip,
    Resize,
)
from clgrad.data.transforms.mixing import CutMix, MixUp

__all__ = [
    "CenterCrop", "ColorJitter", "Compose", "CutMix", "Lambda", "MixUp", "Normalize", "RandomCrop", "RandomErasing",
    "RandomHorizontalFlip", "RandomResizedCrop", "RandomVerticalFlip", "Resize", "ToTensor",
]  # fmt: skip
