"""Samples of activations, distances and what nn.functional adds to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as TF
from compare import Case, Numpy, normal

import clgrad
from clgrad.nn import functional as F

FAR = np.array([100.0, -100.0, 1e4, -1e4, 20.0, -20.0, 1e-20, -1e-20], np.float32)
ENDLESS = np.array([np.inf, -np.inf, np.nan], np.float32)


def both(name: str, **options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The function in both libraries, with options."""

    def ours(*tensors: Any) -> Any:
        return getattr(F, name)(*tensors, **options)

    def theirs(*tensors: Any) -> Any:
        return getattr(TF, name)(*tensors, **options)

    return ours, theirs


def activation(
    name: str,
    *variants: dict[str, Any],
    kinks: tuple[float, ...] = (),
    integers: bool = False,
    endless: Numpy = ENDLESS,
    order: int = 2,
) -> Callable[[], list[Case]]:
    """Cases of an elementwise function: its options, its kinks, far numbers, layouts, dtypes."""

    def cases() -> list[Case]:
        ours, theirs = both(name, **(variants[0] if variants else {}))
        x = normal(3, 5) * np.float32(2)
        found = [Case(f"{options}", *both(name, **options), (x,), order=order) for options in (variants or ({},))]
        found += [
            Case("used twice", lambda x: ours(x) * x, lambda x: theirs(x) * x, (x[:2],), order=order),
            Case("turned", lambda x: ours(x.T.flip(0)), lambda x: theirs(x.T.flip(0)), (x[:2],), order=order),
            Case("expanded", lambda x: ours(x[:, :1].expand(2, 3)), lambda x: theirs(x[:, :1].expand(2, 3)), (x[:2],),
                 order=order),
            Case("far", ours, theirs, (FAR,), order=1),
            Case("endless", ours, theirs, (endless,), order=0),
            Case("float64", ours, theirs, (normal(4, dtype="float64"),), order=order if order > 1 else 0),
            Case("0-d", ours, theirs, (normal(),), order=1),
            Case("of nothing", ours, theirs, (normal(0, 3),), order=0),
        ]  # fmt: skip
        if kinks:
            places = np.array(kinks, np.float32)
            around = np.concatenate([places, np.nextafter(places, np.inf, dtype=np.float32)])
            found += [
                Case(f"kinks {options}", *both(name, **options), (around,), order=order, smooth=False)
                for options in (variants or ({},))
            ]
        if integers:
            found.append(Case("int64", ours, theirs, (np.arange(-8, 9, 2),)))
        return found

    return cases


def prelu_cases() -> list[Case]:
    x = normal(2, 3, 2)
    ours, theirs = both("prelu")
    zeros = np.array([[0.0, -0.0, 0.0]], np.float32)
    return [
        # torch's second derivative takes the other side at 0 than its first.
        Case("0", ours, theirs, (zeros, normal(3, seed=1)), order=1, smooth=False),
        Case("one weight", ours, theirs, (x, np.array([0.3], np.float32))),
        Case("0-d weight", ours, theirs, (x, np.array(0.3, np.float32))),
        Case("channels", ours, theirs, (x, normal(3, seed=1))),
        Case("of a vector", ours, theirs, (x[0, 0], np.array([0.3], np.float32))),
        Case("0-d", ours, theirs, (normal(), np.array([0.3], np.float32)), order=1),
        Case("method", lambda x, w: x.prelu(w), lambda x, w: x.prelu(w), (x, normal(3, seed=2)), order=1),
    ]


def glu_cases() -> list[Case]:
    x = normal(4, 6)
    return [
        *(Case(f"{dim}", *both("glu", dim=dim), (x,)) for dim in (-1, 0, -2)),
        Case("float64", *both("glu"), (normal(4, dtype="float64"),)),
        Case("of nothing", *both("glu"), (normal(0, 2),), order=0),
    ]


def softmin_cases() -> list[Case]:
    return [Case(f"{dim}", *both("softmin", dim=dim), (normal(3, 4),)) for dim in (0, -1)]


VECTORS = normal(4, 3)
OTHERS = normal(4, 3, seed=1)
NORMS = (0, 0.5, 1, 1.5, 2, 3, float("inf"))


def normalize_cases() -> list[Case]:
    lost = VECTORS.copy()
    lost[1] = 0
    return [
        *(Case(f"p {p}", *both("normalize", p=p), (VECTORS,)) for p in NORMS[1:]),
        *(Case(f"dim {dim}", *both("normalize", dim=dim), (normal(2, 3, 2),)) for dim in (0, -1, (0, 2))),
        *(Case(f"of zeros, p {p}", *both("normalize", p=p), (lost,), order=1, smooth=False) for p in (1, 2, 3)),
        Case("eps", *both("normalize", eps=3.0), (VECTORS,)),
        Case("float64", *both("normalize"), (normal(2, 3, dtype="float64"),)),
    ]


def cosine_cases() -> list[Case]:
    ours, theirs = both("cosine_similarity")
    lost = VECTORS.copy()
    lost[1] = 0
    first, last = both("cosine_similarity", dim=0), both("cosine_similarity", dim=-1, eps=2.0)
    return [
        Case("rows", ours, theirs, (VECTORS, OTHERS)),
        Case("dim 0", *first, (VECTORS, OTHERS)),
        Case("broadcast", *both("cosine_similarity", dim=2), (VECTORS[:, None], OTHERS[None, :2])),
        Case("eps", *last, (VECTORS * np.float32(0.3), OTHERS), order=0),
        Case("of zeros", *both("cosine_similarity", eps=0.5), (lost, OTHERS), order=0),
        Case("float64", ours, theirs, (normal(2, 3, dtype="float64"), normal(2, 3, dtype="float64", seed=1))),
        Case("itself", lambda x: ours(x, x), lambda x: theirs(x, x), (VECTORS,), order=1),
    ]


def pairwise_cases() -> list[Case]:
    return [
        *(Case(f"p {p}", *both("pairwise_distance", p=p), (VECTORS, OTHERS)) for p in NORMS),
        Case("keepdim", *both("pairwise_distance", keepdim=True), (VECTORS, OTHERS), order=1),
        Case("broadcast", *both("pairwise_distance"), (VECTORS, OTHERS[0]), order=1),
        Case("equal", *both("pairwise_distance", eps=0.0), (VECTORS, VECTORS), order=1, smooth=False),
        Case("float64", *both("pairwise_distance"), (normal(3, dtype="float64"), normal(3, dtype="float64", seed=1))),
    ]


def cdist_cases() -> list[Case]:
    def of(**options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
        return lambda a, b: clgrad.cdist(a, b, **options), lambda a, b: torch.cdist(a, b, **options)

    near = OTHERS.copy()
    near[:2] = VECTORS[:2]
    near[2, :2] = VECTORS[3, :2]
    plain = "donot_use_mm_for_euclid_dist"
    large, larger = normal(30, 7, seed=2), normal(28, 7, seed=3)
    return [
        *(Case(f"p {p}", *of(p=p), (VECTORS, OTHERS[:2]), order=1) for p in NORMS),
        *(Case(f"equal points, p {p}", *of(p=p), (VECTORS, near), order=1, smooth=False) for p in NORMS),
        *(Case(f"{mode}", *of(compute_mode=mode), (VECTORS, OTHERS), order=1) for mode in (plain, plain[6:])),
        Case("product", *of(), (large, larger), order=1),
        Case("batches", *of(), (normal(2, 1, 3, 2), normal(3, 4, 2, seed=1)), order=1),
        Case("batches of products", *of(), (normal(2, 27, 2), normal(2, 3, 2, seed=1)), order=1),
        Case("no coordinates", *of(), (normal(2, 0), normal(3, 0)), order=0),
        Case("no points", *of(), (normal(0, 2), normal(3, 2)), order=0),
        Case("float64", *of(), (normal(2, 3, dtype="float64"), normal(2, 3, dtype="float64", seed=1)), order=1),
        Case("turned", lambda a, b: clgrad.cdist(a.T, b.flip(1)), lambda a, b: torch.cdist(a.T, b.flip(1)),
             (VECTORS[:3], OTHERS), order=1),
    ]  # fmt: skip


def pdist_cases() -> list[Case]:
    repeated = np.concatenate([VECTORS, VECTORS[:1]])
    return [
        *(Case(f"p {p}", *both("pdist", p=p), (VECTORS,), order=1) for p in NORMS),
        Case("equal points", *both("pdist"), (repeated,), order=1, smooth=False),
        Case("one point", *both("pdist"), (VECTORS[:1],), order=0),
        Case("no points", *both("pdist"), (VECTORS[:0],), order=0),
        Case("float64", *both("pdist"), (normal(3, 2, dtype="float64"),), order=1),
    ]


def rms_norm_cases() -> list[Case]:
    x = normal(2, 3, 4)
    return [
        Case("last", *both("rms_norm", normalized_shape=(4,)), (x,)),
        Case("last two, eps", *both("rms_norm", normalized_shape=(3, 4), eps=0.1), (x,)),
        Case("weight", lambda x, w: F.rms_norm(x, 4, w), lambda x, w: TF.rms_norm(x, (4,), w), (x, normal(4, seed=1))),
        Case("float64", *both("rms_norm", normalized_shape=(4,)), (normal(2, 4, dtype="float64"),)),
    ]


def bilinear_cases() -> list[Case]:
    x, y, weight, bias = normal(5, 3), normal(5, 2, seed=1), normal(4, 3, 2, seed=2), normal(4, seed=3)
    ours, theirs = both("bilinear")
    return [
        Case("bias", ours, theirs, (x, y, weight, bias)),
        Case("no bias", ours, theirs, (x, y, weight), order=1),
        Case("vectors", ours, theirs, (x[0], y[0], weight, bias), order=1),
        Case("batches", ours, theirs, (normal(2, 2, 3), normal(2, 2, 2), weight, bias), order=1),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "nn.functional.relu6": activation("relu6", kinks=(0.0, -0.0, 6.0), integers=True),
    "nn.functional.leaky_relu": activation(
        "leaky_relu", {}, {"negative_slope": 0.3}, {"negative_slope": -1.5}, kinks=(0.0, -0.0)
    ),
    "nn.functional.elu": activation("elu", {}, {"alpha": 2.5}, {"alpha": -1.0}, kinks=(0.0, -0.0)),
    "nn.functional.celu": activation("celu", {}, {"alpha": 2.5}, {"alpha": 0.25}, kinks=(0.0, -0.0)),
    "nn.functional.selu": activation("selu", kinks=(0.0, -0.0)),
    "nn.functional.gelu": activation("gelu", {}, {"approximate": "tanh"}, endless=ENDLESS[2:]),
    "nn.functional.silu": activation("silu", endless=ENDLESS[2:]),
    "nn.functional.mish": activation("mish", endless=ENDLESS[2:], kinks=(0.0, 20.0, 9.0)),
    "nn.functional.softplus": activation("softplus", {}, {"beta": 3.0}, {"beta": 0.5, "threshold": 1.0}, kinks=(20.0,)),
    "nn.functional.softsign": activation("softsign", kinks=(0.0, -0.0), endless=ENDLESS),
    "nn.functional.tanhshrink": activation("tanhshrink"),
    "nn.functional.logsigmoid": activation("logsigmoid", kinks=(0.0, -0.0)),
    "nn.functional.hardtanh": activation(
        "hardtanh", {}, {"min_val": -0.5, "max_val": 2.0}, kinks=(-1.0, 1.0, -0.5, 2.0), integers=True
    ),
    # torch has no second derivative, and 1 / 6 as a float32 in the first one of a float64.
    "nn.functional.hardsigmoid": activation("hardsigmoid", kinks=(-3.0, 3.0), order=1),
    "nn.functional.hardswish": activation("hardswish", kinks=(-3.0, 3.0, 0.0), endless=ENDLESS[[0, 2]]),
    "nn.functional.hardshrink": activation("hardshrink", {}, {"lambd": 1.5}, kinks=(-0.5, 0.5, 0.0, 1.5, -1.5)),
    "nn.functional.softshrink": activation("softshrink", {}, {"lambd": 1.5}, kinks=(-0.5, 0.5, 0.0, 1.5, -1.5)),
    "nn.functional.threshold": activation("threshold", {"threshold": 0.5, "value": -7.0}, kinks=(0.5,), integers=True),
    "nn.functional.rrelu": activation("rrelu", {}, {"lower": 0.5, "upper": 0.75}, kinks=(0.0, -0.0)),
    "nn.functional.prelu": prelu_cases,
    "nn.functional.glu": glu_cases,
    "nn.functional.softmin": softmin_cases,
    "nn.functional.normalize": normalize_cases,
    "nn.functional.cosine_similarity": cosine_cases,
    "nn.functional.pairwise_distance": pairwise_cases,
    "nn.functional.pdist": pdist_cases,
    "nn.functional.rms_norm": rms_norm_cases,
    "nn.functional.bilinear": bilinear_cases,
    "cdist": cdist_cases,
}
