"""Samples of reductions under PyTorch's signatures: sums, means, variances, norms, and what is largest or smallest."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, normal, rng, same

import clgrad

DIMS: tuple[Any, ...] = (None, 0, 1, -1, (0, 2), (0, 1, 2))
TIES = np.array([[1.0, 3.0, 3.0, -2.0], [0.0, -0.0, 0.0, -0.0], [5.0, 5.0, 5.0, 5.0]], np.float32)
nan, inf = math.nan, math.inf
EDGES = np.array(
    [[nan, 1, 2], [1, nan, inf], [inf, -inf, 0], [nan, nan, nan], [inf, 1, 2], [0.0, -0.0, 3.0]], np.float32
)
INTEGERS = ("bool", "uint8", "int8", "int32", "int64")


def integers(dtype: str) -> Any:
    return rng(9).integers(0, 2 if dtype == "bool" else 7, (3, 5)).astype(dtype)


def quietly(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a function gives; torch warns where that is inf or NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def both(name: str, *positional: Any, part: int | str | None = None, **options: Any) -> dict[str, Any]:
    """A function under one name, in either library; of a tuple, one part."""

    def bound(library: Any) -> Callable[..., Any]:
        given = {
            key: getattr(library, one[1:]) if isinstance(one, str) and one[:1] == "." else one
            for key, one in options.items()
        }

        def call(*xs: Any) -> Any:
            found = quietly(getattr(library, name), *xs, *positional, **given)
            if part is None:
                return found
            return getattr(found, part) if isinstance(part, str) else found[part]

        return call

    return {"call": bound(clgrad), "reference": bound(torch)}


def case(
    title: str, name: str, *inputs: Any, order: int = 2, slack: float = 1.0, halves: bool = True, **options: Any
) -> Case:
    positional = options.pop("positional", ())
    return Case(title, inputs=inputs, order=order, slack=slack, halves=halves, **both(name, *positional, **options))


def reductions(name: str, dims: tuple[Any, ...] = DIMS, order: int = 2, **options: Any) -> list[Case]:
    """Dims, keepdim, layouts, reuse, and what is empty or has no dims."""
    x = normal(3, 4, 5) + np.float32(0.5)
    function = getattr(clgrad, name), getattr(torch, name)
    part = options.get("part")

    def shown(library: int, x: Any, **more: Any) -> Any:
        given = {key: one for key, one in options.items() if key != "part"}
        found = quietly(function[library], x, **given, **more)
        return found if part is None else found[part]

    def two(title: str, make: Callable[..., Any], *inputs: Any, order: int = order) -> Case:
        return Case(title, lambda *xs: make(0, *xs), lambda *xs: make(1, *xs), inputs, order)

    cases = []
    for number, dim in enumerate(dims):
        given = {} if dim is None else {"dim": dim}
        cases.append(
            two(
                f"{dim}",
                lambda one, x, g=given: shown(one, x, **g),
                x,
                order=order if number in (0, 2) else min(order, 1),
            )
        )
        if dim is not None:
            cases.append(two(f"keepdim {dim}", lambda one, x, g=given: shown(one, x, keepdim=True, **g), x, order=0))
    return [
        *cases,
        two("transposed", lambda one, x: shown(one, x.transpose(0, 1), dim=1), normal(4, 3), order=min(order, 1)),
        two(
            "flipped and expanded",
            lambda one, x: shown(one, x.flip(0).unsqueeze(0).expand(3, 4), dim=1),
            normal(4),
            order=0,
        ),
        two("float64", lambda one, x: shown(one, x, dim=0), normal(7, 3, dtype="float64")),
        two("0-d", lambda one, x: shown(one, x, dim=0), normal(), order=0),
        two("no rows", lambda one, x: shown(one, x, dim=1), normal(0, 3), order=0),
    ]


def of_integers(name: str, dtypes: tuple[str, ...] = INTEGERS, **options: Any) -> list[Case]:
    return [case(dtype, name, integers(dtype), order=0, **options) for dtype in dtypes]


def nothing(name: str, **options: Any) -> list[Case]:
    """Reductions of no elements at all."""
    return [
        case("of nothing", name, normal(2, 0), order=0, dim=1, **options),
        case("all of nothing", name, normal(0), order=0, **options),
    ]


def sum_cases() -> list[Case]:
    return [
        *reductions("sum"),
        *nothing("sum"),
        *of_integers("sum"),
        *of_integers("sum", ("int8", "bool"), dtype=".float32"),
        case("dtype", "sum", normal(3, 4), dtype=".float64", order=1),
        case("no dims", "sum", normal(3, 4), dim=()),
        Case("method", lambda x: x.sum(-1, True), lambda x: x.sum(-1, True), (normal(2, 3),)),
    ]


def nansum_cases() -> list[Case]:
    return [
        *reductions("nansum"),
        *nothing("nansum"),
        *of_integers("nansum"),
        case("edges", "nansum", EDGES, dim=1, order=1),
        case("edges of columns", "nansum", EDGES, dim=0, order=0),
        case("dtype", "nansum", EDGES, dtype=".float64", order=0),
    ]


def nanmean_cases() -> list[Case]:
    return [
        *reductions("nanmean"),
        *nothing("nanmean"),
        case("edges", "nanmean", EDGES, dim=1, order=0),
        case("holes", "nanmean", EDGES[:2, :2], dim=1),
        case("edges of columns", "nanmean", EDGES, dim=0, order=0),
    ]


def mean_cases() -> list[Case]:
    return [
        *reductions("mean"),
        *nothing("mean"),
        *of_integers("mean", ("int32", "bool"), dtype=".float32"),
        case("dtype", "mean", normal(3, 4), dtype=".float64", order=1),
        case("edges", "mean", EDGES, dim=1, order=0),
    ]


def prod_cases() -> list[Case]:
    with_zeros = np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 5.0], [1.0, 2.0, 4.0]], np.float32)
    return [
        *reductions("prod", (None, 0, 1, -1)),
        *nothing("prod"),
        *of_integers("prod"),
        case("zeros", "prod", with_zeros, dim=1),
        case("dtype", "prod", normal(3, 4), dtype=".float64", order=1),
    ]


def _extreme_cases(name: str) -> list[Case]:
    x = normal(3, 4, 5)
    cases = [
        case("all", name, x),
        case("of another", name, x, normal(4, 5, seed=1)),
        case("0-d", name, normal(), order=0),
    ]
    for part in ("values", "indices"):
        order = 2 if part == "values" else 0
        for dim in (0, -1):
            cases.append(case(f"{part} {dim}", name, x, dim=dim, part=part, order=order))
        cases += [
            case(f"{part}, keepdim", name, x, positional=(1, True), part=part, order=0),
            case(f"{part} of ties", name, TIES, dim=1, part=part, order=min(order, 1)),
            case(f"{part} of edges", name, EDGES, dim=1, part=part, order=0),
            case(f"{part} of 0-d", name, normal(), dim=0, part=part, order=0),
            case(f"{part} of no rows", name, normal(0, 3), dim=1, part=part, order=0),
            *(case(f"{part} of {dtype}", name, integers(dtype), dim=1, part=part, order=0) for dtype in INTEGERS),
        ]
    return [*cases, *of_integers(name)]


def _amax_cases(name: str) -> list[Case]:
    return [
        *reductions(name),
        *of_integers(name),
        case("ties", name, TIES, dim=1, order=1),
        case("ties everywhere", name, TIES, order=1),
        case("edges", name, EDGES, dim=1, order=0),
    ]


def _where_cases(name: str) -> list[Case]:
    return [
        *reductions(name, (None, 0, 1, -1), order=0),
        *of_integers(name, INTEGERS[1:]),
        case("ties", name, TIES, dim=1, order=0),
        case("ties everywhere", name, TIES, order=0),
        case("edges", name, EDGES, dim=1, order=0),
        case("all, keepdim", name, TIES, keepdim=True, order=0),
    ]


def aminmax_cases() -> list[Case]:
    x = normal(3, 4, 5)
    cases = []
    for part in ("min", "max"):
        cases += [
            case(f"{part} of all", "aminmax", x, part=part, order=1),
            *(case(f"{part} {dim}", "aminmax", x, dim=dim, part=part, order=1) for dim in (0, 1, -1)),
            case(f"{part}, keepdim", "aminmax", x, dim=1, keepdim=True, part=part, order=0),
            case(f"{part} of edges", "aminmax", EDGES, dim=1, part=part, order=0),
            case(f"{part} of 0-d", "aminmax", normal(), dim=0, part=part, order=0),
            *of_integers("aminmax", part=part),
        ]
    return cases


def _truth_cases(name: str) -> list[Case]:
    x = np.array([[0.0, 0.0, -0.0], [1.0, 0.0, nan], [1.0, 2.0, -3.0]], np.float32)
    return [
        *(case(f"{dim}", name, x, dim=dim, order=0) for dim in (0, 1, -1, (0, 1))),
        case("everything", name, x, order=0),
        case("keepdim", name, x, dim=1, keepdim=True, order=0),
        *nothing(name),
        *of_integers(name, dim=1),
        case("0-d", name, normal(), order=0),
    ]


def _spread_cases(name: str, part: int | None = None) -> list[Case]:
    """Every way to say what the sum of squares is divided by."""
    x, more = normal(3, 4, 5), {} if part is None else {"part": part}
    return [
        *reductions(name, **more),
        case("unbiased as dim", name, x, positional=(False,), order=1, **more),
        case("unbiased", name, x, dim=1, unbiased=False, order=1, **more),
        case("positional", name, x, positional=(1, True, True), order=0, **more),
        *(case(f"correction {one}", name, x, dim=1, correction=one, order=0, **more) for one in (0, 1, 2, 0.5, None)),
        *(
            case(f"correction {one} of four", name, normal(2, 4), dim=1, correction=one, order=0, **more)
            for one in (4, 5)
        ),
        case("of one", name, normal(2, 1), dim=1, order=0, **more),
        case("of nothing", name, normal(2, 0), dim=1, order=0, **more),
        # Torch's mean of an infinity is NaN here.
        case("edges", name, EDGES if part != 1 else EDGES[:4], dim=1, order=0, **more),
    ]


def logsumexp_cases() -> list[Case]:
    dims = tuple(dim for dim in DIMS if dim is not None)
    edges = np.array([[-inf, -inf], [inf, 1.0], [nan, 1.0], [1e4, 1e4], [-1e4, -inf], [inf, -inf]], np.float32)
    return [
        *reductions("logsumexp", dims),
        case("edges", "logsumexp", edges, dim=1, order=0),
        case("of nothing", "logsumexp", normal(2, 0), dim=1, order=0),
        case("large", "logsumexp", edges[3:5], dim=1, order=0),
        *of_integers("logsumexp", dim=1),
    ]


def norm_cases() -> list[Case]:
    x, matrix = normal(3, 4, 5), normal(3, 4)
    with_zeros = np.array([[0.0, 0.0], [0.0, 2.0], [-1.0, 3.0]], np.float32)
    cases = [
        case(f"{p}", "norm", x, p=p, dim=1, order=2 if p in (2, 3, "fro") else 1)
        for p in (0, 1, 2, 3, 0.5, -1, inf, -inf, "fro")
    ]
    return [
        *cases,
        *(case(f"all, {p}", "norm", x, p=p, order=1) for p in (1, 2, inf, "fro", None)),
        case("two dims", "norm", x, dim=(0, 2), p=1),
        case("fro of two dims", "norm", x, dim=(1, 2)),
        case("keepdim", "norm", x, positional=(2, 1, True), order=0),
        case("nuc", "norm", matrix, p="nuc", order=1, halves=False),
        case("dtype", "norm", matrix, dtype=".float64", order=1),
        case("float64", "norm", normal(4, dtype="float64")),
        case("zeros", "norm", with_zeros, dim=1, order=1),
        case("0-d", "norm", normal()),
        case("of nothing", "norm", normal(2, 0), dim=1, order=0),
        case("edges", "norm", EDGES, dim=1, order=0),
        Case("method", lambda x: x.norm(p=3, dim=-1), lambda x: x.norm(p=3, dim=-1), (matrix,)),
        same("reused", lambda x: x / x.norm(dim=1, keepdim=True), matrix),
    ]


def dist_cases() -> list[Case]:
    x, y = normal(3, 4), normal(3, 4, seed=1)
    return [
        *(case(f"{p}", "dist", x, y, p=p, order=1 if p else 0) for p in (0, 1, 3, 0.5, inf, -inf)),
        case("plain", "dist", x, y),
        case("broadcast", "dist", x, y[:1]),
        case("0-d", "dist", normal(), normal(seed=1)),
        case("float64", "dist", normal(3, dtype="float64"), normal(3, seed=1, dtype="float64")),
        case("equal", "dist", x, x, order=0),
    ]


def renorm_cases() -> list[Case]:
    x = normal(4, 3, 2)
    return [
        *(
            case(f"{p} of {dim}", "renorm", x, p=p, dim=dim, maxnorm=1.0, order=1)
            for p in (1, 2, 3, inf)
            for dim in (0, -1)
        ),
        case("plain", "renorm", x, positional=(2, 1, 1.5)),
        case("float64", "renorm", normal(2, 3, dtype="float64"), p=2, dim=0, maxnorm=1.0),
        case("nothing larger", "renorm", x, positional=(2, 0, 100)),
        case("to zero", "renorm", x, positional=(2, 0, 0), order=0),
    ]


def cov_cases() -> list[Case]:
    x, times, weights = normal(3, 5), np.array([1, 2, 0, 3, 1]), np.array([0.5, 1.0, 0.2, 0.7, 2.0], np.float32)

    def weighted(title: str, *inputs: Any, names: tuple[str, ...], order: int = 1, **options: Any) -> Case:
        return Case(
            title,
            lambda x, *ws: clgrad.cov(x, **dict(zip(names, ws)), **options),
            lambda x, *ws: torch.cov(x, **dict(zip(names, ws)), **options),
            inputs,
            order,
        )

    return [
        case("plain", "cov", x),
        case("one variable", "cov", normal(5)),
        case("0-d", "cov", normal(), order=0),
        *(case(f"correction {one}", "cov", x, correction=one, order=0) for one in (0, 2)),
        case("integers", "cov", integers("int32"), order=0),
        case("float64", "cov", normal(2, 4, dtype="float64")),
        case("transposed", "cov", x.T.copy(), order=0),
        weighted("fweights", x, times, names=("fweights",)),
        weighted("aweights", x, weights, names=("aweights",), order=0),
        weighted("both", x, times, weights, names=("fweights", "aweights"), order=0),
        weighted("both, no correction", x, times, weights, names=("fweights", "aweights"), order=0, correction=0),
    ]


def corrcoef_cases() -> list[Case]:
    x = normal(3, 5)
    return [
        case("plain", "corrcoef", x, slack=2.0),
        case("one variable", "corrcoef", normal(5), order=0),
        case("constant", "corrcoef", np.array([[1, 2, 4], [3, 3, 3]], np.float32), order=0),
        case("float64", "corrcoef", normal(2, 4, dtype="float64")),
        case("integers", "corrcoef", integers("int64"), order=0),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "sum": sum_cases,
    "nansum": nansum_cases,
    "mean": mean_cases,
    "nanmean": nanmean_cases,
    "prod": prod_cases,
    "max": lambda: _extreme_cases("max"),
    "min": lambda: _extreme_cases("min"),
    "amax": lambda: _amax_cases("amax"),
    "amin": lambda: _amax_cases("amin"),
    "aminmax": aminmax_cases,
    "argmax": lambda: _where_cases("argmax"),
    "argmin": lambda: _where_cases("argmin"),
    "any": lambda: _truth_cases("any"),
    "all": lambda: _truth_cases("all"),
    "var": lambda: _spread_cases("var"),
    "std": lambda: _spread_cases("std"),
    "var_mean": lambda: _spread_cases("var_mean", 0) + _spread_cases("var_mean", 1),
    "std_mean": lambda: _spread_cases("std_mean", 0) + _spread_cases("std_mean", 1),
    "logsumexp": logsumexp_cases,
    "norm": norm_cases,
    "dist": dist_cases,
    "renorm": renorm_cases,
    "cov": cov_cases,
    "corrcoef": corrcoef_cases,
}
