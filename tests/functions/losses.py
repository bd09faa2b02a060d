"""Samples of the losses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import torch.nn.functional as TF
from compare import Case, Numpy, normal, rng

from clgrad.nn import functional as F

REDUCTIONS = ("none", "mean", "sum")
SIGNS = np.array([[1, -1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, -1]])


def both(name: str, **options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The loss in both libraries, with options."""

    def ours(*tensors: Any) -> Any:
        return getattr(F, name)(*tensors, **options)

    def theirs(*tensors: Any) -> Any:
        return getattr(TF, name)(*tensors, **options)

    return ours, theirs


def each(name: str, inputs: tuple[Numpy, ...], *variants: dict[str, Any], **fields: Any) -> list[Case]:
    """The variants of the options without a reduction, and the first of them with each."""
    first, *others = variants or ({},)
    cases = [Case(f"{first} {one}", *both(name, reduction=one, **first), inputs, **fields) for one in REDUCTIONS]
    return cases + [Case(f"{more}", *both(name, reduction="none", **more), inputs, **fields) for more in others]


def wide(*inputs: Numpy) -> tuple[Numpy, ...]:
    return tuple(one.astype(np.float64) if one.dtype.kind == "f" else one for one in inputs)


# Differences on both sides of 1 and 0.5, on them, and none.
STEPS = np.array([0.0, -0.0, 0.25, -0.25, 0.5, -0.5, 1.0, -1.0, 1.5, -3.0, 1e4, -1e4], np.float32).reshape(3, 4)
GROUND = np.zeros((3, 4), np.float32)


def differences(name: str, option: str = "", *values: float, weighted: bool = False) -> Callable[[], list[Case]]:
    def cases() -> list[Case]:
        x, y, weight = normal(3, 4), normal(3, 4, seed=1), np.abs(normal(3, 4, seed=2))
        variants = [{}, *({option: value} for value in values)]
        found = each(name, (x * np.float32(2), y), *variants)
        found += [
            Case(f"kinks {options}", *both(name, reduction="none", **options), (STEPS, GROUND), smooth=False)
            for options in variants
        ]
        found += [
            Case("float64", *both(name), wide(x, y)),
            Case("turned", lambda x, y: both(name)[0](x.T, y.flip(0).T), lambda x, y: both(name)[1](x.T, y.flip(0).T),
                 (x, y), order=1),
            Case("0-d", *both(name), (normal(), normal(seed=1)), order=1),
            Case("of nothing", *both(name, reduction="sum"), (normal(0, 2), normal(0, 2)), order=0),
            Case("the mean of nothing", *both(name), (normal(0, 2), normal(0, 2)), order=0),
        ]  # fmt: skip
        if weighted:
            for one in REDUCTIONS:
                call = [
                    lambda x, y, w, f=f, one=one: f(x, y, weight=w, reduction=one)
                    for f in (getattr(F, name), getattr(TF, name))
                ]
                found.append(Case(f"weights {one}", call[0], call[1], (x, y, weight)))
        return found

    return cases


def kl_cases() -> list[Case]:
    x = np.log(rng(1).dirichlet(np.ones(4), 3)).astype(np.float32)
    y = rng(2).dirichlet(np.ones(4), 3).astype(np.float32)
    sparse = y.copy()
    sparse[:, 1] = 0
    ours, theirs = both("kl_div", reduction="batchmean")
    held = [lambda x, y, f=f: f(x, y.detach(), reduction="none") for f in (F.kl_div, TF.kl_div)]
    return [
        *(Case(f"{one}", *both("kl_div", reduction=one), (x, y)) for one in ("none", "sum", "batchmean")),
        Case("log_target", *both("kl_div", reduction="sum", log_target=True), (x, np.log(y))),
        Case("zeros in the target", held[0], held[1], (x, sparse)),
        Case("negative target", held[0], held[1], (x, -sparse), order=0),
        Case("float64", ours, theirs, wide(x, y)),
        Case("vectors", ours, theirs, (x[0], y[0]), order=1),
        Case("turned", lambda x, y: ours(x.T, y.T), lambda x, y: theirs(x.T, y.T), (x, y), order=1),
    ]


def poisson_cases() -> list[Case]:
    x, counts = normal(3, 4), rng(1).integers(0, 5, (3, 4)).astype(np.float32)
    rates = np.abs(x) + np.float32(0.1)
    return [
        *each("poisson_nll_loss", (x, counts), {}),
        *each("poisson_nll_loss", (rates, counts), {"log_input": False}),
        # The gradient of torch's approximation is nan where it is not taken, below 1.
        *(
            Case(f"{options}", *both("poisson_nll_loss", full=True, **options), (rates, counts + 1))
            for options in ({}, {"log_input": False, "eps": 0.5})
        ),
        Case("full, of few", *both("poisson_nll_loss", full=True, reduction="none"), (x, counts), order=0),
        Case("integer counts", *both("poisson_nll_loss", full=True), (x, counts.astype(np.int64))),
        Case("float64", *both("poisson_nll_loss"), wide(x, counts)),
    ]


def gaussian_cases() -> list[Case]:
    x, y, variance = normal(3, 4), normal(3, 4, seed=1), np.abs(normal(3, 4, seed=2)) + np.float32(0.1)
    small = variance.copy()
    small[0] = 0
    return [
        *each("gaussian_nll_loss", (x, y, variance), {}, {"full": True}, {"eps": 0.5}),
        Case("one for a row", *both("gaussian_nll_loss"), (x, y, variance[:, :1]), order=1),
        Case("without the last dim", *both("gaussian_nll_loss"), (x, y, variance[:, 0]), order=1),
        Case("one for a column", *both("gaussian_nll_loss"), (x, y, variance[:1]), order=1),
        Case("a number", *both("gaussian_nll_loss", var=0.5), (x, y), order=1),
        Case("limited", *both("gaussian_nll_loss", eps=0.01), (x, y, small), order=1),
        Case("float64", *both("gaussian_nll_loss"), wide(x, y, variance)),
    ]


def soft_margin_cases() -> list[Case]:
    x, far = normal(3, 4) * np.float32(3), np.array([[0.0, 60.0, -60.0, 1.0]] * 3, np.float32)
    return [
        *each("soft_margin_loss", (x, SIGNS)),
        Case("far", *both("soft_margin_loss", reduction="none"), (far, SIGNS), order=1),
        Case("float64", *both("soft_margin_loss"), wide(x, SIGNS)),
    ]


def multilabel_soft_margin_cases() -> list[Case]:
    x, y, weight = normal(3, 4), (SIGNS > 0).astype(np.float32), np.abs(normal(4, seed=1))
    weighed = [
        lambda x, y, w, f=f: f(x, y, weight=w) for f in (F.multilabel_soft_margin_loss, TF.multilabel_soft_margin_loss)
    ]
    return [
        *each("multilabel_soft_margin_loss", (x, y)),
        Case("far", *both("multilabel_soft_margin_loss"), (x * np.float32(200), y), order=1),
        Case("weight", weighed[0], weighed[1], (x, y, weight)),
        Case("vectors", *both("multilabel_soft_margin_loss"), (x[0], y[0]), order=1),
        Case("float64", *both("multilabel_soft_margin_loss"), wide(x, y)),
    ]


def hinge_cases() -> list[Case]:
    def reference(x: Any, y: Any, reduction: str = "mean") -> Any:
        loss = (1 - y * x).relu()
        return loss if reduction == "none" else getattr(loss, reduction)()

    def pair(reduction: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
        return both("hinge_loss", reduction=reduction)[0], lambda x, y: reference(x, y, reduction)

    x = normal(3, 4) * np.float32(2)
    x[0] = SIGNS[0]
    return [
        *(Case(one, *pair(one), (x, SIGNS), smooth=False) for one in REDUCTIONS),
        Case("float targets", *pair("mean"), (x, SIGNS.astype(np.float32)), smooth=False),
        Case("float64", *pair("mean"), wide(x, SIGNS), smooth=False),
    ]


def hinge_embedding_cases() -> list[Case]:
    x, y = np.abs(normal(3, 4)), SIGNS.copy()
    x[0] = [1.0, 1.0, 0.5, 0.5]
    strange = SIGNS.copy()
    strange[2] = 0
    return [
        *each("hinge_embedding_loss", (x, y), {}, {"margin": 0.5}, {"margin": -1.0}, smooth=False),
        Case("other targets", *both("hinge_embedding_loss", reduction="none"), (x, strange), smooth=False),
        Case("float64", *both("hinge_embedding_loss"), wide(x, y), smooth=False),
    ]


def ranking_cases() -> list[Case]:
    x, y = normal(3, 4), normal(3, 4, seed=1)
    x[0] = y[0]
    return [
        *each("margin_ranking_loss", (x, y, SIGNS), {}, {"margin": 0.5}, {"margin": -0.5}, smooth=False),
        Case("broadcast", *both("margin_ranking_loss"), (x, y[:1], SIGNS[:, :1]), order=1, smooth=False),
        Case("float64", *both("margin_ranking_loss"), wide(x, y, SIGNS), smooth=False),
    ]


TRIPLET = (normal(4, 3), normal(4, 3, seed=1), normal(4, 3, seed=2))


def triplet_cases() -> list[Case]:
    name = "triplet_margin_loss"
    variants = [{"margin": 0.5}, {"p": 1}, {"p": 3, "eps": 0.1}, {"swap": True}, {"swap": True, "p": float("inf")}]
    return [
        *each(name, TRIPLET, {}, *variants),
        Case("vectors", *both(name), tuple(one[0] for one in TRIPLET), order=1),
        Case("equal", *both(name, eps=0.0, swap=True), (TRIPLET[0],) * 3, order=1, smooth=False),
        Case("broadcast", *both(name), (TRIPLET[0], TRIPLET[1][:1], TRIPLET[2]), order=1),
        Case("float64", *both(name), wide(*TRIPLET)),
    ]


def triplet_distance_cases() -> list[Case]:
    def far(x: Any, y: Any) -> Any:
        return (x - y).abs().amax(-1)

    return each(
        "triplet_margin_with_distance_loss", TRIPLET, {}, {"distance_function": far}, {"swap": True, "margin": 2.0}
    )


def cosine_embedding_cases() -> list[Case]:
    x, y, target = TRIPLET[0], TRIPLET[1], np.array([1, -1, -1, 1])
    name = "cosine_embedding_loss"
    return [
        *each(name, (x, y, target), {}, {"margin": 0.3}, {"margin": -0.5}),
        Case("vectors", *both(name), (x[0], y[0], np.array(-1)), order=1),
        Case("of zeros", *both(name), (x * 0, y, target), order=0),
        Case("other targets", *both(name, reduction="none"), (x, y, target * 0), order=0),
        Case("float64", *both(name), wide(x, y, target)),
    ]


def multi_margin_cases() -> list[Case]:
    x, target, weight = normal(5, 4), np.array([3, 0, 1, 1, 2]), np.abs(normal(4, seed=1))
    tie = np.array([[0.0, 1.0, -1.0, 2.0]], np.float32)
    name = "multi_margin_loss"
    found = each(name, (x, target), {}, {"p": 2}, {"margin": 0.25})
    for p, one in product((1, 2), REDUCTIONS[:2]):
        # torch has no second derivative here.
        held = [
            lambda x, y, w, f=f, p=p, one=one: f(x, y, p=p, weight=w.detach(), reduction=one)
            for f in (F.multi_margin_loss, TF.multi_margin_loss)
        ]
        found.append(Case(f"weight {p} {one}", held[0], held[1], (x, target, weight)))
    found += [
        Case("a tie with the margin", *both(name), (tie, np.array([1]))),
        Case("one row", *both(name), (x[0], np.array(2))),
        Case("float64", *both(name), (x.astype(np.float64), target)),
    ]
    return [Case(one.name, one.call, one.reference, one.inputs, order=1, smooth=False) for one in found]


def multilabel_margin_cases() -> list[Case]:
    x = normal(4, 5)
    x[3] = [0, 1, 2, 3, 4]
    target = np.array([[3, 0, -1, 1, 2], [-1, 2, 2, 2, 2], [4, 3, 2, 1, 0], [1, 1, 3, -1, -1]])
    name = "multilabel_margin_loss"
    found = [
        *each(name, (x, target)),
        Case("one row", *both(name), (x[0], target[0])),
        Case("float64", *both(name), (x.astype(np.float64), target)),
    ]
    return [Case(one.name, one.call, one.reference, one.inputs, order=1, smooth=False) for one in found]


def ctc_cases() -> list[Case]:
    """From logits: torch's gradient adds what log_softmax cancels."""

    def case(name: str, x: Numpy, targets: Numpy, inputs: Any, lengths: Any, **options: Any) -> Case:
        def call(loss: Callable[..., Any]) -> Callable[..., Any]:
            return lambda x, targets: loss(x.log_softmax(-1), targets, inputs, lengths, **options)

        return Case(name, call(F.ctc_loss), call(TF.ctc_loss), (x, targets), order=1, smooth=False)

    x = normal(6, 3, 4)
    padded = np.array([[1, 2, 3], [2, 2, 0], [3, 0, 0]])
    joined = np.array([1, 2, 3, 2, 2, 3])
    lengths = (3, 2, 1)
    found = [case(f"padded, {one}", x, padded, (6, 5, 4), lengths, reduction=one) for one in REDUCTIONS]
    return [
        *found,
        case("joined", x, joined, (6, 5, 4), lengths),
        case("another blank", x, padded % 3, (6, 6, 6), lengths, blank=3, reduction="sum"),
        case("repetitions that just fit", x, np.array([[1, 1, 1], [2, 3, 2], [3, 0, 0]]), (5, 3, 1), lengths),
        case("without a batch", x[:, 0], padded[0], (6,), (3,), reduction="none"),
        case("without labels", x, padded, (6, 5, 4), (0, 2, 0), reduction="none"),
        case("a target that is too long", x, padded, (6, 2, 4), lengths, reduction="none", zero_infinity=True),
        case("float64", x.astype(np.float64), padded, (6, 5, 4), lengths),
        case("long", normal(40, 2, 5), rng(3).integers(1, 5, (2, 15)), (40, 38), (15, 9), reduction="none"),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "nn.functional.mse_loss": differences("mse_loss", weighted=True),
    "nn.functional.l1_loss": differences("l1_loss", weighted=True),
    "nn.functional.smooth_l1_loss": differences("smooth_l1_loss", "beta", 0.5, 0.0),
    "nn.functional.huber_loss": differences("huber_loss", "delta", 0.5, 1.5, weighted=True),
    "nn.functional.kl_div": kl_cases,
    "nn.functional.poisson_nll_loss": poisson_cases,
    "nn.functional.gaussian_nll_loss": gaussian_cases,
    "nn.functional.soft_margin_loss": soft_margin_cases,
    "nn.functional.multilabel_soft_margin_loss": multilabel_soft_margin_cases,
    "nn.functional.hinge_loss": hinge_cases,
    "nn.functional.hinge_embedding_loss": hinge_embedding_cases,
    "nn.functional.margin_ranking_loss": ranking_cases,
    "nn.functional.triplet_margin_loss": triplet_cases,
    "nn.functional.triplet_margin_with_distance_loss": triplet_distance_cases,
    "nn.functional.cosine_embedding_loss": cosine_embedding_cases,
    "nn.functional.multi_margin_loss": multi_margin_cases,
    "nn.functional.ctc_loss": ctc_cases,
    "nn.functional.multilabel_margin_loss": multilabel_margin_cases,
}
