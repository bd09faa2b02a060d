"""Samples of normalisation: over batches, groups of channels and instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch.nn.functional as TF
from compare import Case, Numpy, normal

from clgrad.nn import functional as F

WEIGHT, BIAS = normal(4, seed=1), normal(4, seed=2)
MEAN, VARIANCE = normal(4, seed=3), np.square(normal(4, seed=4)) + np.float32(0.5)


def both(name: str, **options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The function of an input, weight and bias in both libraries, with options."""

    def ours(input: Any, weight: Any = None, bias: Any = None) -> Any:
        return getattr(F, name)(input, weight=weight, bias=bias, **options)

    def theirs(input: Any, weight: Any = None, bias: Any = None) -> Any:
        return getattr(TF, name)(input, weight=weight, bias=bias, **options)

    return ours, theirs


def running(name: str, **options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The function of an input, running mean and variance, weight and bias: statistics do not move."""

    def ours(input: Any, mean: Any, variance: Any, weight: Any = None, bias: Any = None) -> Any:
        return getattr(F, name)(input, mean.detach(), variance.detach(), weight, bias, **options)

    def theirs(input: Any, mean: Any, variance: Any, weight: Any = None, bias: Any = None) -> Any:
        return getattr(TF, name)(input, mean.detach(), variance.detach(), weight, bias, **options)

    return ours, theirs


def moved(name: str, **options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What the running mean and variance, in one tensor, are after a call."""

    def ours(input: Any, mean: Any, variance: Any) -> Any:
        mean, variance = mean.detach(), variance.detach()
        getattr(F, name)(input, mean, variance, **options)
        return mean + variance * 2

    def theirs(input: Any, mean: Any, variance: Any) -> Any:
        mean, variance = mean.detach().clone(), variance.detach().clone()
        getattr(TF, name)(input, mean, variance, **options)
        return mean + variance * 2

    return ours, theirs


SHAPES: tuple[tuple[int, ...], ...] = ((3, 4), (3, 4, 5), (2, 4, 3, 2), (2, 4, 2, 3, 2))


def far(x: Numpy) -> Numpy:
    """Numbers whose squares lose the variance: only distances from the mean keep it."""
    return (x + np.float32(100)).astype(np.float32)


def batch_norm_cases() -> list[Case]:
    batch = {"running_mean": None, "running_var": None, "training": True}
    x = normal(2, 4, 3, 2)
    plain, affine = both("batch_norm", **batch), (WEIGHT, BIAS)
    found = [Case(f"{len(shape)} dims", *plain, (normal(*shape), *affine)) for shape in SHAPES]
    found += [Case(f"running, {len(shape)} dims", *running("batch_norm"), (normal(*shape), MEAN, VARIANCE, *affine))
              for shape in SHAPES]  # fmt: skip
    return [
        *found,
        Case("no affine", *plain, (x,)),
        Case("weight", *plain, (x, WEIGHT)),
        Case("eps", *both("batch_norm", eps=0.5, **batch), (x, *affine)),
        # The mean is rounded by 4e-6 of the deviation.
        Case("far from 0", *plain, (far(x), *affine), order=1, slack=30, halves=False),
        Case("turned", lambda x: F.batch_norm(x.transpose(0, 1), None, None, training=True),
             lambda x: TF.batch_norm(x.transpose(0, 1), None, None, training=True), (x,), order=1),
        Case("few channels, many values", *plain, (normal(8, 4, 40, 16), *affine), order=1, magnitude=10, slack=5),
        Case("float64", *plain, (normal(3, 4, dtype="float64"), *(one.astype("float64") for one in affine))),
        Case("running, no affine", *running("batch_norm"), (x, MEAN, VARIANCE)),
        Case("running, no eps", *running("batch_norm", eps=0.0), (x, MEAN, VARIANCE, *affine)),
        Case("moves", *moved("batch_norm", training=True), (x, MEAN, VARIANCE), order=0),
        Case("moves far", *moved("batch_norm", training=True, momentum=0.75), (x, MEAN, VARIANCE), order=0),
        Case("of nothing", *plain, (normal(0, 4, 3), *affine), order=0),
        Case("of nothing, moves", *moved("batch_norm", training=True), (normal(0, 4), MEAN, VARIANCE), order=0),
    ]  # fmt: skip


def instance_norm_cases() -> list[Case]:
    x, plain = normal(2, 4, 3, 2), both("instance_norm")
    return [
        *(Case(f"{len(shape)} dims", *plain, (normal(*shape), WEIGHT, BIAS)) for shape in SHAPES[1:]),
        Case("no affine", *plain, (x,)),
        Case("eps", *both("instance_norm", eps=0.5), (x,)),
        Case("float64", *plain, (normal(3, 4, 2, dtype="float64"),)),
        Case("running", *running("instance_norm", use_input_stats=False), (x, MEAN, VARIANCE, WEIGHT, BIAS)),
        Case("moves", *moved("instance_norm"), (x, MEAN, VARIANCE), order=0),
        Case("moves far", *moved("instance_norm", momentum=0.75), (x, MEAN, VARIANCE), order=0),
    ]


def group_norm_cases() -> list[Case]:
    x = normal(2, 4, 3, 2)
    return [
        *(
            Case(f"{groups} of {shape}", *both("group_norm", num_groups=groups), (normal(*shape), WEIGHT, BIAS))
            for groups, shape in ((1, (3, 4)), (2, (3, 4, 5)), (4, (2, 4, 3, 2)), (2, (2, 4, 2, 3, 2)))
        ),
        # What two values have in common and what is between them is all: derivatives are of the size of eps.
        Case("pairs", *both("group_norm", num_groups=2), (normal(3, 4), WEIGHT, BIAS), order=1),
        Case("no affine", *both("group_norm", num_groups=2), (x,)),
        Case("eps", *both("group_norm", num_groups=2, eps=0.5), (x, WEIGHT)),
        Case("far from 0", *both("group_norm", num_groups=1), (far(x),), order=1, slack=30, halves=False),
        Case("float64", *both("group_norm", num_groups=2), (normal(3, 4, 2, dtype="float64"),)),
        Case("of nothing", *both("group_norm", num_groups=2), (normal(0, 4, 3), WEIGHT, BIAS), order=0),
    ]  # fmt: skip


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "nn.functional.batch_norm": batch_norm_cases,
    "nn.functional.instance_norm": instance_norm_cases,
    "nn.functional.group_norm": group_norm_cases,
}
