"""Samples of images in other sizes, at other places, and with their elements moved."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as TF
from compare import Case, Numpy, normal, rng

from clgrad.nn import functional as F

IMAGES = {3: normal(2, 3, 7), 4: normal(2, 2, 5, 6), 5: normal(2, 1, 3, 4, 5)}
LINEAR = {3: "linear", 4: "bilinear", 5: "trilinear"}


def case(name: str, inputs: tuple[Numpy, ...], *arguments: Any, order: int = 2, **options: Any) -> Case:
    """The square of the result, so that its gradient has one of its own."""

    def call(library: Any) -> Callable[..., Any]:
        return lambda *xs: (lambda y: y * y)(getattr(library, name)(*xs, *arguments, **options))

    return Case(f"{[x.shape for x in inputs]} {arguments} {options}", call(F), call(TF), inputs, order)


def interpolate_cases() -> list[Case]:
    """Larger and smaller; each new shape has kernels of its own, so each mode has few."""
    found = []
    for ndim, x in IMAGES.items():
        larger, smaller = ((11, 4), ((10, 12), (3, 6)), ((6, 4, 7), (2, 8, 5)))[ndim - 3]
        for mode, size in (("nearest", larger), ("nearest-exact", smaller), ("area", smaller)):
            found.append(case("interpolate", (x,), size, mode=mode, order=1))
        for mode in (LINEAR[ndim], *(["bicubic"] if ndim == 4 else [])):
            for corners, size in ((False, larger), (True, smaller)):
                found.append(case("interpolate", (x,), size, mode=mode, align_corners=corners, order=1))
        for factor, recompute, mode in ((1.7, None, LINEAR[ndim]), (2.6, True, LINEAR[ndim]), (0.5, None, "nearest")):
            settings = {"scale_factor": factor, "recompute_scale_factor": recompute}
            found.append(case("interpolate", (x,), **settings, mode=mode, order=0))
    found.append(case("interpolate", (IMAGES[3],), scale_factor=2.6, mode="nearest-exact"))
    found.append(case("interpolate", (IMAGES[3].astype(np.float64),), scale_factor=1.7, mode="linear"))
    x = IMAGES[4]
    return [
        *found,
        case("interpolate", (x,), scale_factor=2),
        case("interpolate", (x,), scale_factor=(2, 1.5), mode="bicubic", order=0),
        case("interpolate", (x,), (7, 9), mode="bilinear", align_corners=True),
        case("interpolate", (normal(0, 2, 5, 6),), (7, 9), mode="bilinear"),
        case("interpolate", (rng().integers(0, 9, (2, 2, 5, 6)).astype(np.uint8),), (7, 9), order=0),
    ]


def places(*shape: int, seed: int = 1) -> Numpy:
    """Places in and around the image, off the middles and edges where the weights have kinks."""
    return rng(seed).uniform(-1.9, 1.9, shape).astype(np.float32)


def grid_cases() -> list[Case]:
    flat, deep = normal(2, 2, 5, 6), normal(1, 2, 3, 4, 5)
    found = []
    for padding, corners in itertools.product(("zeros", "border", "reflection"), (False, True)):
        options = {"padding_mode": padding, "align_corners": corners}
        for mode in ("bilinear", "nearest", "bicubic"):
            found.append(case("grid_sample", (flat, places(2, 3, 4, 2)), mode=mode, **options, order=1))
            if mode != "bicubic":
                found.append(case("grid_sample", (deep, places(1, 2, 3, 2, 3)), mode=mode, **options, order=1))
    wide = tuple(one.astype(np.float64) for one in (flat, places(2, 3, 4, 2)))
    far = np.array([[[[math.nan, 0.1], [math.inf, 0.2], [-1e9, 7.0], [-1, 1]]]] * 2, np.float32)
    return [
        *found,
        case("grid_sample", wide, align_corners=False, order=1),
        case("grid_sample", (flat, far[:, :, 2:]), align_corners=True, order=0),
        case("grid_sample", (flat, far[:, :, :1]), align_corners=True, order=0),
        case("grid_sample", (flat, far), padding_mode="border", align_corners=True, order=0),
        case("grid_sample", (normal(2, 2, 1, 1), places(2, 3, 4, 2)), align_corners=False, order=1),
    ]


def affine_cases() -> list[Case]:
    found = [case("affine_grid", (normal(2, 2, 3),), (2, 3, 4, 5), align_corners=corners) for corners in (False, True)]
    found += [case("affine_grid", (normal(2, 3, 4),), (2, 1, 2, 3, 4), align_corners=one) for one in (False, True)]
    found += [
        case("affine_grid", (normal(1, 2, 3, dtype="float64"),), (1, 1, 3, 1), align_corners=False),
        case("affine_grid", (normal(1, 2, 3),), torch.Size((1, 1, 1, 1)), align_corners=False),
    ]
    # The product is rounded to a half before it is squared.
    return [replace(one, slack=2.0) for one in found]


def shuffle_cases(name: str, shapes: tuple[tuple[int, ...], ...], *factors: int) -> Callable[[], list[Case]]:
    def cases() -> list[Case]:
        found = [case(name, (normal(*shape),), factor) for shape in shapes for factor in factors]
        whole = rng().integers(-9, 9, shapes[0])
        return [*found, case(name, (whole,), factors[0], order=0)]

    return cases


def response_cases() -> list[Case]:
    shapes = ((2, 5, 4), (2, 5, 3, 4), (2, 3, 2, 3, 2))
    found = [case("local_response_norm", (normal(*shape),), size) for shape in shapes for size in (1, 2, 3)]
    return [
        *found,
        case("local_response_norm", (normal(2, 5, 4),), 5, 0.5, 0.3, 2.0),
        case("local_response_norm", (normal(2, 5, 4, dtype="float64"),), 3, alpha=1.0),
        case("local_response_norm", (normal(0, 5, 4),), 3),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "nn.functional.interpolate": interpolate_cases,
    "nn.functional.grid_sample": grid_cases,
    "nn.functional.affine_grid": affine_cases,
    "nn.functional.pixel_shuffle": shuffle_cases("pixel_shuffle", ((2, 36, 2, 3), (36, 2, 3), (2, 1, 36, 1, 2)), 2, 3),
    "nn.functional.pixel_unshuffle": shuffle_cases("pixel_unshuffle", ((2, 2, 6, 12), (2, 6, 6)), 2, 3),
    "nn.functional.channel_shuffle": shuffle_cases("channel_shuffle", ((2, 6, 3, 2), (2, 6, 3)), 2, 3, 1),
    "nn.functional.local_response_norm": response_cases,
}
