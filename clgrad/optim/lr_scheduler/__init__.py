"""Learning rate schedulers, under PyTorch's names; LinearLR is the warm-up."""

from clgrad.optim.lr_scheduler.base import LRScheduler, ResumeError
from clgrad.optim.lr_scheduler.chains import ChainedScheduler, SequentialLR
from clgrad.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from clgrad.optim.lr_scheduler.cycles import CyclicLR, OneCycleLR
from clgrad.optim.lr_scheduler.decays import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from clgrad.optim.lr_scheduler.plateau import ReduceLROnPlateau

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "ResumeError",
    "SequentialLR",
    "StepLR",
]
