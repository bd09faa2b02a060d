"""Samples of convolutions and their transposes: steps, zeros, groups, in one, two and three dimensions."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from compare import Case, normal

import clgrad

CHANNELS, OUTPUTS = 4, 6
SIZES = (9, 8, 7)


def case(name: str, axes: int, transposed: bool, taps: tuple[int, ...], **options: Any) -> Case:
    """One call with a bias on small data: all products of a window and channels add up."""
    order, batch = options.pop("order", 2), options.pop("batch", (2,))
    dtype, groups = options.pop("dtype", "float32"), options.get("groups", 1)
    x = normal(*batch, CHANNELS, *SIZES[:axes], seed=1, dtype=dtype)
    shape = (CHANNELS, OUTPUTS // groups) if transposed else (OUTPUTS, CHANNELS // groups)
    w, b = normal(*shape, *taps, seed=2, dtype=dtype), normal(OUTPUTS, seed=3, dtype=dtype)
    function = f"conv{'_transpose' if transposed else ''}{axes}d"
    ours, theirs = (getattr(library.nn.functional, function) for library in (clgrad, torch))
    magnitude = float(CHANNELS * math.prod(SIZES[:axes]))
    return Case(name, partial(ours, **options), partial(theirs, **options), (x, w, b), order, magnitude)


def convolution_cases(axes: int) -> list[Case]:
    def of(name: str, *taps: int, **options: Any) -> Case:
        return case(name, axes, False, taps * axes if len(taps) == 1 else taps[:axes], **options)

    cases = [
        of("plain", 3),
        of("zeros around it", 3, padding=1),
        of("one tap", 1),
        of("steps", 3, stride=2, padding=1),
        of("steps beyond the taps", 2, stride=3),
        of("taps apart", 3, dilation=2, padding=2),
        of("steps and taps apart", 3, stride=2, dilation=2, padding=3),
        of("groups", 3, groups=2, padding=1),
        of("same size", 3, padding="same", dilation=2),
        of("without a batch", 3, batch=(), order=1),
        of("float64", 3, stride=2, dtype="float64"),
    ]
    if axes == 2:
        cases.append(of("empty", 3, batch=(0,)))
        cases.append(of("one size an axis", 3, 2, stride=(2, 1), padding=(0, 1), dilation=(1, 2)))
    return cases


def transposed_cases(axes: int) -> list[Case]:
    def of(name: str, taps: int, **options: Any) -> Case:
        return case(name, axes, True, (taps,) * axes, **options)

    return [
        of("plain", 3),
        of("steps", 3, stride=2, padding=1, output_padding=1),
        of("gaps", 2, stride=3, output_padding=2, order=1),
        of("taps apart", 3, dilation=2, padding=1, order=1),
        of("groups", 3, groups=2, stride=2, order=1),
        of("without a batch", 3, batch=(), order=0),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    **{f"conv{axes}d": partial(convolution_cases, axes) for axes in (1, 2, 3)},
    **{f"conv_transpose{axes}d": partial(transposed_cases, axes) for axes in (1, 2, 3)},
}
