"""Samples of cumulative sums, products and extremes, and of differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, normal, rng, same

import clgrad

INTEGERS = ("bool", "uint8", "int8", "int32", "int64")
nan, inf = math.nan, math.inf


def _integers(dtype: str) -> Any:
    return rng(3).integers(0, 2 if dtype == "bool" else 5, (3, 6)).astype(dtype)


def _cumulative(name: str, x: Any = None, part: str = "", scale: float = 1.0) -> list[Case]:
    """Dims, layouts, lengths around a vector's, reuse, and what is empty; of a pair, one part."""

    def call(x: Any, dim: int, **options: Any) -> Any:
        found = getattr(x, name)(dim, **options)
        return getattr(found, part) if part else found

    order = 0 if part == "indices" else 2
    x = normal(3, 4, 5) * np.float32(scale)
    cases = [
        same(f"{dim}", lambda x, d=dim: call(x, d), x, order=order if dim in (1, -1) else 0) for dim in range(-3, 3)
    ]
    for length in (1, 17, 150):
        rows, columns = normal(2, length, seed=1), normal(length, 3, seed=2)
        first = min(order, 1)
        cases.append(
            same(f"rows of {length}", lambda x: call(x, 1), rows, order=first, magnitude=length / 8, slack=4.0)
        )
        cases.append(
            same(f"columns of {length}", lambda x: call(x, 0), columns, order=first, magnitude=length / 8, slack=4.0)
        )
    cases += [
        same("transposed", lambda x: call(x.transpose(0, 1), 1), normal(5, 3), order=min(order, 1)),
        same("flipped and expanded", lambda x: call(x.flip(0).unsqueeze(1).expand(4, 3), 0), normal(4), order=0),
        same("of a computed value", lambda x: call(x * 2 + 1, 0), normal(6), order=min(order, 1)),
        same("float64", lambda x: call(x, 0), normal(5, 3, dtype="float64"), order=order),
        same("0-d", lambda x: call(x, 0), normal(), order=0),
        same("empty", lambda x: call(x, 0), normal(0, 3), order=0),
        same("empty rows", lambda x: call(x, 0), normal(3, 0), order=0),
    ]
    if part != "indices":
        cases.append(same("reused", lambda x: call(x, 0) * x + x, normal(6)))
    return cases


def cumsum_cases() -> list[Case]:
    edges = np.array([[1, inf, 2], [inf, -inf, 1], [1, nan, 2], [1e30, 1e30, -1e30], [-0.0, 0.0, -0.0]], np.float32)
    return [
        *_cumulative("cumsum"),
        *(same(dtype, lambda x: x.cumsum(1), _integers(dtype), order=0) for dtype in INTEGERS),
        same("edges", lambda x: x.cumsum(1), edges, order=0),
        same("edges of columns", lambda x: x.cumsum(0), edges.T.copy(), order=0),
        Case(
            "dtype",
            lambda x: x.cumsum(0, dtype=clgrad.float64),
            lambda x: x.cumsum(0, dtype=torch.float64),
            (normal(5),),
            1,  # torch rounds the upstream gradient to float32
        ),
        Case(
            "to int",
            lambda x: x.cumsum(0, dtype=clgrad.int32),
            lambda x: x.cumsum(0, dtype=torch.int32),
            (normal(5) * 4,),
            order=0,
        ),
        Case(
            "as function",
            lambda x: clgrad.cumsum(input=x, dim=-1),
            lambda x: torch.cumsum(input=x, dim=-1),
            (normal(2, 5),),
        ),
    ]


def cumprod_cases() -> list[Case]:
    zeros = np.array(
        [[2.0, 0.0, 3.0, 4.0], [0.0, 0.0, 5.0, 2.0], [1.0, 2.0, 3.0, 0.0], [1.0, 2.0, 4.0, 3.0]], np.float32
    )
    edges = np.array([[1, inf, 2], [inf, 0, 1], [1, nan, 2], [-0.0, 2.0, -0.0]], np.float32)
    beyond = np.array([[1e30, 1e30, 1e-30], [1e-30, 1e-30, 1e30]], np.float32)
    return [
        *(case for case in _cumulative("cumprod") if "150" not in case.name),
        same("long", lambda x: x.cumprod(1), 1 + normal(2, 150) * np.float32(0.03), slack=10.0, order=1),
        *(same(dtype, lambda x: x.cumprod(1), _integers(dtype), order=0) for dtype in INTEGERS),
        same("zeros", lambda x: x.cumprod(1), zeros),
        same("zeros in columns", lambda x: x.cumprod(0), zeros),
        same("edges", lambda x: x.cumprod(1), edges, order=0),
        # Halves have not that range at all.
        same("beyond float32 in between", lambda x: x.cumprod(1), beyond, order=0, wide=True, halves=False),
        Case(
            "dtype",
            lambda x: x.cumprod(0, dtype=clgrad.float64),
            lambda x: x.cumprod(0, dtype=torch.float64),
            (normal(5),),
            1,  # torch rounds the upstream gradient to float32
        ),
    ]


def _extreme_cases(name: str) -> list[Case]:
    ties = np.array([[1.0, 3.0, 3.0, -2.0, 3.0], [0.0, -0.0, 0.0, -0.0, 0.0], [5.0, 4.0, 3.0, 3.0, 6.0]], np.float32)
    edges = np.array([[1, nan, 2, nan, 3], [inf, 2, -inf, inf, -inf], [-inf, -inf, 1, nan, inf]], np.float32)
    cases = []
    for part in ("values", "indices"):

        def call(x: Any, part: str = part) -> Any:
            return getattr(getattr(x, name)(1), part)

        cases += [*_cumulative(name, part=part)]
        cases += [same(f"{part} of {dtype}", call, _integers(dtype), order=0) for dtype in INTEGERS]
        cases.append(same(f"{part} of ties", call, ties, order=1 if part == "values" else 0, smooth=False))
        cases.append(same(f"{part} of edges", call, edges, order=0))
    return cases


def logcumsumexp_cases() -> list[Case]:
    edges = np.array(
        [[1, inf, 2], [-inf, -inf, 1], [1, nan, 2], [1e4, 1e4, -1e4], [-1e4, 3, 1e4], [inf, -inf, 0]], np.float32
    )
    return [
        *_cumulative("logcumsumexp"),
        same("large", lambda x: x.logcumsumexp(1), normal(3, 20) * np.float32(100), order=1),
        same("edges", lambda x: x.logcumsumexp(1), edges, order=0),
        same("-inf inside", lambda x: x.logcumsumexp(0), np.array([1.0, -inf, 2.0, -inf], np.float32), order=1),
    ]


def diff_cases() -> list[Case]:
    x, more = normal(3, 5), normal(3, 2, seed=1)
    return [
        *(same(f"{dim}", lambda x, d=dim: x.diff(dim=d), x) for dim in (-2, -1, 0, 1)),
        *(same(f"{n} times", lambda x, n=n: x.diff(n), x, order=1) for n in (0, 2, 4, 5, 9)),
        Case("prepend", lambda x, y: clgrad.diff(x, prepend=y), lambda x, y: torch.diff(x, prepend=y), (x, more)),
        Case(
            "append", lambda x, y: clgrad.diff(x, append=y, n=2), lambda x, y: torch.diff(x, append=y, n=2), (x, more)
        ),
        Case("both", lambda x, y: clgrad.diff(x, 1, -1, y, y), lambda x, y: torch.diff(x, 1, -1, y, y), (x, more)),
        *(same(dtype, lambda x: x.diff(), _integers(dtype), order=0) for dtype in INTEGERS),
        same("reused", lambda x: x.diff() * x[1:], normal(5)),
        same("transposed", lambda x: x.transpose(0, 1).diff(), x),
        same("float64", lambda x: x.diff(), normal(2, 4, dtype="float64")),
        same("empty", lambda x: x.diff(dim=0), normal(0, 3), order=0),
        same("edges", lambda x: x.diff(), np.array([inf, inf, 1, nan, 2, -inf], np.float32), order=0),
    ]


def _trapezoid_cases(name: str) -> list[Case]:
    y, x, far = normal(3, 5), np.cumsum(normal(5, seed=1) + 2).astype(np.float32), normal(2, 5, 4, seed=2)
    library: dict[Any, Any] = {False: getattr(torch, name), True: getattr(clgrad, name)}

    def case(title: str, call: Callable[..., Any], *inputs: Any, order: int = 2) -> Case:
        return Case(title, lambda *xs: call(library[True], *xs), lambda *xs: call(library[False], *xs), inputs, order)

    return [
        case("rows", lambda f, y: f(y), y),
        case("columns", lambda f, y: f(y, dim=0), y),
        case("dx", lambda f, y: f(y, dx=0.25), y),
        case("places", lambda f, y, x: f(y, x), y, x),
        case("places of a dim", lambda f, y, x: f(y, x, dim=1), far, x),
        case("places of each", lambda f, y, x: f(y, x, dim=0), y, normal(3, 5, seed=5)),
        case("broadcast", lambda f, y, x: f(y, x), y, normal(1, 5, seed=5), order=1),
        case("one", lambda f, y: f(y, dim=0), normal(1, 3), order=0),
        case("empty", lambda f, y: f(y), normal(3, 0), order=0),
        case("integers", lambda f, y: f(y), np.arange(5), order=0),
        case("float64", lambda f, y: f(y), normal(2, 5, dtype="float64")),
        case("edges", lambda f, y: f(y, dim=0), np.array([[1, nan], [inf, 2], [-inf, 3]], np.float32), order=0),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "cumsum": cumsum_cases,
    "cumprod": cumprod_cases,
    "cummax": lambda: _extreme_cases("cummax"),
    "cummin": lambda: _extreme_cases("cummin"),
    "logcumsumexp": logcumsumexp_cases,
    "diff": diff_cases,
    "trapezoid": lambda: _trapezoid_cases("trapezoid"),
    "trapz": lambda: _trapezoid_cases("trapz"),
    "cumulative_trapezoid": lambda: _trapezoid_cases("cumulative_trapezoid"),
}
