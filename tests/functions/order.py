"""Samples of sorting, what is found by it, and what is selected and counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, Function, Numpy, normal, rng, same

import clgrad

NAN, INF = np.nan, np.inf
EDGES = np.array([[1.0, NAN, -0.0, 0.0, INF], [-INF, 2.0, NAN, NAN, -2.0], [0.0, -0.0, 0.0, 1e-45, -1e-45]], np.float32)
"""NaN, infinities, zeros of both signs, and the smallest numbers."""
DIMS: tuple[int, ...] = (0, 1, -1, -2)
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float64")


def shuffled(*shape: int, seed: int = 0, dtype: str = "float32") -> Numpy:
    """Different numbers in no order: which of equal ones torch finds is its own affair."""
    count = int(np.prod(shape))
    return (rng(seed).permutation(count).reshape(shape) - count // 2).astype(dtype)


def ties(*shape: int, seed: int = 0, dtype: str = "int64") -> Numpy:
    return rng(seed).integers(-3, 4, shape).astype(dtype)


def values_and_indices(name: str, call: Function, *inputs: Numpy, **options: Any) -> list[Case]:
    """A case for each part of what is found."""
    return [
        same(f"{name}, values", lambda *xs: call(*xs)[0], *inputs, **options),
        same(f"{name}, indices", lambda *xs: call(*xs)[1], *inputs, **(options | {"order": 0})),
    ]


def clgrad_or_torch(x: Any) -> Any:
    return torch if isinstance(x, torch.Tensor) else clgrad


# -- sorting -------------------------------------------------------------------------------------


def _sort(x: Any, dim: int = -1, descending: bool = False) -> Any:
    return clgrad_or_torch(x).sort(x, dim=dim, descending=descending, stable=True)


def sort_cases() -> list[Case]:
    cases = []
    for dim in DIMS:
        cases += values_and_indices(f"{dim}", lambda x, d=dim: _sort(x, d), ties(5, 7, dtype="float32"))
    for dtype in DTYPES:
        cases += values_and_indices(dtype, lambda x: _sort(x), ties(3, 40, dtype="int8").astype(dtype))
        cases += values_and_indices(f"{dtype} down", lambda x: _sort(x, 0, True), ties(40, 3).astype(dtype))
    ends = np.array([2**62, -(2**62), 2**32, -(2**32), 1, 2**32 + 1, -1, 2**62 + 1, 0])
    return [
        *cases,
        *values_and_indices("edges", lambda x: _sort(x), EDGES, order=1),
        *values_and_indices("edges down", lambda x: _sort(x, -1, True), EDGES, order=1),
        *values_and_indices("edges float64", lambda x: _sort(x), EDGES.astype("float64"), order=0),
        *values_and_indices("64 bits", lambda x: _sort(x), ends),
        same("used twice", lambda x: (_sort(x, 0)[0] * x).sin(), normal(6, 4)),
        same("transposed", lambda x: _sort(x.transpose(0, 1), 1)[0] ** 2, normal(6, 4)),
        same("flipped and expanded", lambda x: _sort(x.flip(0).expand(6, 4))[0] ** 2, normal(6, 1)),
        *values_and_indices("empty", lambda x: _sort(x), normal(3, 0)),
        *values_and_indices("no rows", lambda x: _sort(x), normal(0, 3)),
        *values_and_indices("0-d", lambda x: _sort(x, 0), normal()),
        *values_and_indices("three dims", lambda x: _sort(x, 1), normal(2, 33, 3)),
        *values_and_indices("long", lambda x: _sort(x), normal(2, 5000)),
    ]


def argsort_cases() -> list[Case]:
    def call(x: Any, dim: int = -1, descending: bool = False) -> Any:
        return clgrad_or_torch(x).argsort(x, dim=dim, descending=descending, stable=True)

    x = ties(5, 7)
    cases = [same(f"{dim}", lambda x, d=dim: call(x, d), x) for dim in DIMS]
    cases += [same(f"{dim} down", lambda x, d=dim: call(x, d, True), x) for dim in DIMS]
    return [
        *cases,
        same("edges", lambda x: call(x), EDGES, order=0),
        same("0-d", lambda x: call(x), normal(), order=0),
        same("empty", lambda x: call(x), normal(0, 2), order=0),
        same("default", lambda x: x.argsort(), shuffled(9), order=0),
    ]


def msort_cases() -> list[Case]:
    return [
        same("plain", lambda x: clgrad_or_torch(x).msort(x), normal(5, 3)),
        same("vector", lambda x: clgrad_or_torch(x).msort(x) ** 2, normal(40)),
        same("integers", lambda x: x.msort(), ties(5, 3)),
    ]


def topk_cases() -> list[Case]:
    x = shuffled(6, 9)
    cases = []
    for k, dim, largest in ((1, -1, True), (3, 0, False), (9, 1, True), (2, -2, True), (5, 1, False)):
        cases += values_and_indices(f"{k}, {dim}, {largest}", lambda x, a=(k, dim, largest): x.topk(*a), x)
    for dtype in ("int8", "int32", "int64", "float64"):
        cases += values_and_indices(dtype, lambda x: x.topk(4, 0), shuffled(25, 4, dtype=dtype))
    return [
        *cases,
        *values_and_indices("few of many", lambda x: x.topk(7), shuffled(3, 3000)),
        *values_and_indices("smallest of many", lambda x: x.topk(100, largest=False), shuffled(2, 9000)),
        *values_and_indices("few of many doubles", lambda x: x.topk(7), shuffled(3, 3000, dtype="float64")),
        *values_and_indices("few of many integers", lambda x: x.topk(3, 0, False), shuffled(300, 3, dtype="int64")),
        *values_and_indices("0-d", lambda x: x.topk(1), normal()),
        same("none", lambda x: x.topk(0)[0], x, order=0),
        same("edges", lambda x: x.topk(3)[0], EDGES, order=0),
        same("edges smallest", lambda x: x.topk(3, largest=False)[0], EDGES, order=0),
        same("ties", lambda x: x.topk(20)[0], ties(2, 300, dtype="float32"), order=0),
        same("transposed", lambda x: x.transpose(0, 1).topk(2, 0)[0] ** 2, x),
    ]


def kthvalue_cases() -> list[Case]:
    x = shuffled(6, 9)
    cases = []
    for k, dim, keepdim in ((1, -1, False), (3, 0, True), (9, 1, False), (6, -2, True), (5, 1, False)):
        cases += values_and_indices(f"{k}, {dim}, {keepdim}", lambda x, a=(k, dim, keepdim): x.kthvalue(*a), x)
    for dtype in ("uint8", "int64", "float64"):
        cases += values_and_indices(dtype, lambda x: x.kthvalue(4, 0), np.array([5, 9, 0, 200, 7], dtype))
    return [
        *cases,
        # Halves have many ties here, of which each library picks its own.
        *values_and_indices("of many", lambda x: x.kthvalue(1990), shuffled(3, 2000), halves=False),
        *values_and_indices("0-d", lambda x: x.kthvalue(1), normal()),
        *values_and_indices("no rows", lambda x: x.kthvalue(2), normal(0, 3), order=0),
        same("edges", lambda x: x.kthvalue(3)[0], EDGES, order=0),
    ]


# -- medians and quantiles -----------------------------------------------------------------------


def _of_median(name: str) -> list[Case]:
    def call(x: Any, *arguments: Any) -> Any:
        return getattr(x, name)(*arguments)

    x = shuffled(5, 6)
    one_nan = np.where(shuffled(4, 9) == 3, np.float32(NAN), shuffled(4, 9))
    cases = []
    for dim, keepdim in ((0, False), (1, True), (-1, False), (-2, True)):
        cases += values_and_indices(f"{dim}, {keepdim}", lambda x, a=(dim, keepdim): call(x, *a), x)
    for dtype in ("int32", "int64", "float64"):
        cases += values_and_indices(dtype, lambda x: call(x, 1), shuffled(3, 4, dtype=dtype))
        cases += [same(f"{dtype} of all", lambda x: call(x), shuffled(3, 4, dtype=dtype))]
    return [
        *cases,
        *values_and_indices("a NaN", lambda x: call(x, 1), one_nan, order=1),
        *values_and_indices("0-d", lambda x: call(x, 0), normal()),
        same("of all", lambda x: call(x), x),
        same("of all, odd", lambda x: call(x) * x, normal(3, 5)),
        same("ties share", lambda x: call(x) ** 2, ties(4, 5, dtype="float32")),
        same("of all with NaN", lambda x: call(x), EDGES, order=0),
        same("only NaN", lambda x: call(x), np.full((3,), NAN, np.float32), order=0),
        same("only NaN along a dim", lambda x: call(x, 0)[0], np.full((3, 2), NAN, np.float32), order=0),
        same("edges", lambda x: call(x, 1)[0], EDGES, order=0),
        same("0-d of all", lambda x: call(x), normal()),
        same("of nothing", lambda x: call(x), normal(0), order=0),
        same("no rows", lambda x: call(x, 1)[0], normal(0, 3), order=0),
    ]


def median_cases() -> list[Case]:
    return _of_median("median")


def nanmedian_cases() -> list[Case]:
    return _of_median("nanmedian")


def _of_quantile(name: str) -> list[Case]:
    def call(x: Any, *arguments: Any, **options: Any) -> Any:
        return getattr(x, name)(*arguments, **options)

    x = normal(5, 6)
    levels = np.array([0.0, 0.3, 0.5, 0.71, 1.0], np.float32)
    holes = np.where(normal(5, 6, seed=3) > 0.5, np.float32(NAN), x)
    cases = []
    for one in ("linear", "lower", "higher", "midpoint", "nearest"):
        cases += [
            same(f"{one}", lambda x, q, m=one: call(x, q, 1, interpolation=m), x, levels, order=1),
            same(f"{one} with NaN", lambda x, m=one: call(x, 0.4, 1, interpolation=m), holes, order=1),
        ]
    return [
        *cases,
        same("of all", lambda x: call(x, 0.6), x),
        same("of all, keepdim", lambda x: call(x, 0.6, keepdim=True) * x, x),
        same("0", lambda x: call(x, 0.25, 0), x),
        same("-2, keepdim", lambda x: call(x, 0.25, -2, True), x),
        same("levels, keepdim", lambda x, q: call(x, q, 0, True), x, levels, order=1),
        same("levels of all", lambda x, q: call(x, q), x, levels, order=1),
        same("one level", lambda x, q: call(x, q[:1], 1), x, levels, order=1),
        same("0-d level", lambda x, q: call(x, q[1], 1), x, levels, order=1),
        same("no levels", lambda x, q: call(x, q[:0], 1), x, levels, order=0),
        same("0-d", lambda x: call(x, 0.3), normal()),
        same("edges", lambda x: call(x, 0.5, 1, interpolation="lower"), EDGES, order=0),
        same("only NaN", lambda x: call(x, 0.5), np.full((3,), NAN, np.float32), order=0),
        same("float64, three dims", lambda x: call(x, 0.37, 1), normal(2, 5, 3, dtype="float64")),
    ]


def quantile_cases() -> list[Case]:
    return _of_quantile("quantile")


def nanquantile_cases() -> list[Case]:
    return _of_quantile("nanquantile")


def mode_cases() -> list[Case]:
    x = ties(4, 30, dtype="float32")

    def found(x: Any, *arguments: Any) -> Any:
        """The values at the indices found: which one of several torch names is its own affair."""
        values, indices = x.mode(*arguments)
        return x.gather(arguments[0], indices) - values

    cases = []
    for dim, keepdim in ((0, False), (1, True), (-1, False), (-2, True)):
        cases.append(same(f"{dim}, {keepdim}", lambda x, a=(dim, keepdim): x.mode(*a)[0], x, order=0))
    return [
        *cases,
        *(same(f"indices {dim}", lambda x, d=dim: found(x, d, True), x, order=0) for dim in DIMS),
        *(same(dtype, lambda x: x.mode()[0], ties(3, 20).astype(dtype), order=0) for dtype in DTYPES),
        *values_and_indices("different", lambda x: x.mode(1), np.sort(shuffled(3, 8), 1)),
        *values_and_indices("0-d", lambda x: x.mode(0), normal()),
        same("NaN", lambda x: x.mode(1)[0], np.array([[NAN, 1, NAN, 2, 2, NAN], [NAN, NAN, 0, 1, 5, 5]]), order=0),
        same("no rows", lambda x: x.mode(1)[0], normal(0, 3), order=0),
    ]


# -- looking up ----------------------------------------------------------------------------------


def searchsorted_cases() -> list[Case]:
    def call(s: Any, x: Any, **options: Any) -> Any:
        return clgrad_or_torch(s).searchsorted(s, x, **options)

    sequence, values = np.sort(ties(2, 9, dtype="float32"), 1), normal(2, 5) * 3
    cases = []
    for name, options in (("left", {}), ("right", {"right": True}), ("side", {"side": "right"})):
        cases += [
            same(name, lambda s, x, o=options: call(s, x, **o), sequence, values, order=0),
            same(f"{name} of a vector", lambda s, x, o=options: call(s[0], x, **o), sequence, values, order=0),
            same(f"{name} of integers", lambda s, x, o=options: call(s, x, **o), np.sort(ties(30)), ties(4, 3)),
            same(f"{name} of a number", lambda s, o=options: call(s, 2.5, **o), np.sort(ties(30)), order=0),
        ]
    return [
        *cases,
        same("int32", lambda s, x: call(s, x, out_int32=True), sequence, values, order=0),
        same("sorter", lambda s, x, i: call(s, x, sorter=i), normal(2, 9), values, normal(2, 9).argsort(1), order=0),
        same("NaN", lambda s, x: call(s[0], x), sequence, EDGES, order=0),
        same("nothing to look in", lambda s, x: call(s, x), normal(0), values, order=0),
        same("nothing to look for", lambda s, x: call(s[0], x), sequence, normal(0, 2), order=0),
        same("0-d", lambda s, x: call(s[0], x), sequence, normal(), order=0),
        same("two dtypes", lambda s, x: call(s, x), np.sort(ties(30)), values, order=0),
    ]


def bucketize_cases() -> list[Case]:
    def call(x: Any, b: Any, **options: Any) -> Any:
        return clgrad_or_torch(b).bucketize(x, b, **options)

    bounds = np.array([-1.0, 0.0, 0.5, 2.0], np.float32)
    return [
        same("plain", lambda x, b: call(x, b), normal(3, 5), bounds, order=0),
        same("right", lambda x, b: call(x, b, right=True), np.repeat(bounds, 2), bounds, order=0),
        same("int32", lambda x, b: call(x, b, out_int32=True), normal(3, 5), bounds, order=0),
        same("a number", lambda b: call(0.7, b), bounds, order=0),
        same("an integer", lambda b: call(2, b), ties(9).cumsum() * 0 + np.arange(9)),
        same("flipped", lambda x, b: call(x.flip(1), b), normal(3, 5), bounds, order=0),
    ]


def isin_cases() -> list[Case]:
    def call(x: Any, tested: Any, **options: Any) -> Any:
        library = clgrad_or_torch(x if hasattr(x, "shape") else tested)
        return library.isin(x, tested, **options)

    x = ties(4, 5)
    return [
        same("few", lambda x, t: call(x, t), x, np.array([1, -2])),
        same("many", lambda x, t: call(x, t), x, ties(30, seed=2) * 2),
        same("invert", lambda x, t: call(x, t, invert=True), x, ties(30, seed=2) * 2),
        same("none", lambda x, t: call(x, t), x, np.zeros(0, np.int64)),
        same("a matrix", lambda x, t: call(x, t), x, ties(5, 5, seed=2) * 2),
        same("a number", lambda x: call(x, 2), x),
        same("of a number", lambda t: call(2, t), x),
        same("floats", lambda x, t: call(x, t), EDGES, np.tile(EDGES[0], 5), order=0),
        same("few floats", lambda x, t: call(x, t), EDGES, EDGES[0], order=0),
        same("two dtypes", lambda x, t: call(x, t), x, np.array([1.0, 2.5], np.float32), order=0),
        same("empty", lambda x, t: call(x, t), normal(0, 3), normal(40), order=0),
        same("0-d", lambda x, t: call(x, t), np.array(3), np.arange(40)),
    ]


# -- what is there, what is different ------------------------------------------------------------

SOME: dict[str, Numpy] = {
    "integers": ties(4, 5, 2),
    "bool": ties(7) > 0,
    "floats": EDGES,
    "none": np.zeros((2, 3), np.float32),
    "empty": np.zeros((0, 3), np.float32),
    "0-d": np.array(3),
    "0-d of zero": np.array(0),
}


def nonzero_cases() -> list[Case]:
    cases = [same(name, lambda x: x.nonzero(), x, order=0) for name, x in SOME.items()]
    cases += [same(f"{name}, tuple", lambda x: x.nonzero(as_tuple=True)[-1], x, order=0) for name, x in SOME.items()]
    return [*cases, same("transposed", lambda x: x.transpose(0, 2).nonzero(), SOME["integers"])]


def argwhere_cases() -> list[Case]:
    return [same(name, lambda x: clgrad_or_torch(x).argwhere(x), x, order=0) for name, x in SOME.items()]


def count_nonzero_cases() -> list[Case]:
    cases = [same(name, lambda x: x.count_nonzero(), x, order=0) for name, x in SOME.items()]
    return [
        *cases,
        *(same(f"{dim}", lambda x, d=dim: x.count_nonzero(d), SOME["integers"]) for dim in (0, -1, (0, 2))),
    ]


def masked_select_cases() -> list[Case]:
    mask = normal(4, 5, seed=2) > 0
    return [
        same("plain", lambda x, m: x.masked_select(m) ** 2, normal(4, 5), mask),
        same("used twice", lambda x, m: x.masked_select(m).sum() * x, normal(4, 5), mask),
        same("broadcast mask", lambda x, m: x.masked_select(m[0]) ** 2, normal(4, 5), mask),
        same("broadcast input", lambda x, m: x[:1].masked_select(m) ** 2, normal(4, 5), mask),
        same("none", lambda x, m: x.masked_select(m & ~m), normal(4, 5), mask, order=0),
        same("integers", lambda x, m: x.masked_select(m), ties(4, 5), mask),
        same("transposed", lambda x, m: x.transpose(0, 1).masked_select(m), normal(5, 4), mask),
        same("0-d", lambda x, m: x.masked_select(m[0, 0]), normal(), mask, order=0),
    ]


def _three(name: str, call: Callable[..., Any], x: Numpy) -> list[Case]:
    """The values, where each element is among them, and how many there are."""
    return [
        same(f"{name}, part {part}", lambda x, p=part: call(x, return_inverse=True, return_counts=True)[p], x, order=0)
        for part in range(3)
    ]


def unique_cases() -> list[Case]:
    def call(x: Any, **options: Any) -> Any:
        return clgrad_or_torch(x).unique(x, **options)

    cases = []
    for name, x in SOME.items():
        cases += _three(name, call, x)
    for dim in (0, 1, -1):
        cases += _three(f"dim {dim}", lambda x, d=dim, **options: call(x, dim=d, **options), ties(6, 5, 3) // 3)
    columns = rng(4).integers(0, 2, (40, 5)).astype(np.float32)
    return [
        *cases,
        *_three("five columns", lambda x, **options: call(x, dim=0, **options), columns),
        *_three("no slices", lambda x, **options: call(x, dim=0, **options), np.zeros((0, 3), np.float32)),
        same("alone", lambda x: x.unique(), ties(30)),
        same("with counts", lambda x: x.unique(return_counts=True)[1], ties(30)),
        *_three("uint8", call, ties(30).astype("uint8")),
    ]


def unique_consecutive_cases() -> list[Case]:
    def call(x: Any, **options: Any) -> Any:
        return clgrad_or_torch(x).unique_consecutive(x, **options)

    cases = []
    for name, x in SOME.items():
        cases += _three(name, call, x)
    for dim in (0, 1, -1):
        cases += _three(f"dim {dim}", lambda x, d=dim, **options: call(x, dim=d, **options), ties(6, 5, 3) // 3)
    return [*cases, same("alone", lambda x: x.unique_consecutive(), np.sort(ties(30)))]


# -- how often -----------------------------------------------------------------------------------


def bincount_cases() -> list[Case]:
    x = np.array([3, 0, 3, 7, 1])
    many = rng().integers(0, 20, 9000)
    return [
        same("plain", lambda x: x.bincount(), x),
        same("minlength", lambda x: x.bincount(minlength=12), x),
        same("weights", lambda x, w: x.bincount(w), x, normal(5), order=0, halves=False),
        same("double weights", lambda x, w: x.bincount(w), x, normal(5, dtype="float64"), order=0),
        same("integer weights", lambda x, w: x.bincount(w, 9), x, np.arange(5)),
        same("empty", lambda x: x.bincount(), x[:0]),
        same("empty, minlength", lambda x: x.bincount(minlength=3), x[:0]),
        same("uint8", lambda x: x.bincount(), x.astype("uint8")),
        same("many", lambda x: x.bincount(), many),
        same("many weights", lambda x, w: x.bincount(w), many, normal(9000), order=0, magnitude=30, halves=False),
    ]


def histc_cases() -> list[Case]:
    x = normal(40)
    return [
        same("plain", lambda x: x.histc(), x, order=0),
        same("bins", lambda x: x.histc(7), x, order=0),
        same("range", lambda x: x.histc(7, -1, 1.5), x, order=0),
        same("edges", lambda x: x.histc(4, 0, 4), np.arange(-1, 6).astype(np.float32), order=0),
        same("equal", lambda x: x.histc(5), np.full((3, 2), 2.0, np.float32), order=0),
        same("NaN", lambda x: x.histc(5, -2, 2), EDGES, order=0),
        same("empty", lambda x: x.histc(5), normal(0), order=0),
        same("float64", lambda x: x.histc(9), normal(4, 5, dtype="float64"), order=0),
        same("0-d", lambda x: x.histc(3), normal(), order=0),
        same("many", lambda x: x.histc(20, -3, 3), normal(9000), order=0),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "sort": sort_cases,
    "argsort": argsort_cases,
    "msort": msort_cases,
    "topk": topk_cases,
    "kthvalue": kthvalue_cases,
    "median": median_cases,
    "nanmedian": nanmedian_cases,
    "quantile": quantile_cases,
    "nanquantile": nanquantile_cases,
    "mode": mode_cases,
    "searchsorted": searchsorted_cases,
    "bucketize": bucketize_cases,
    "isin": isin_cases,
    "nonzero": nonzero_cases,
    "argwhere": argwhere_cases,
    "count_nonzero": count_nonzero_cases,
    "masked_select": masked_select_cases,
    "unique": unique_cases,
    "unique_consecutive": unique_consecutive_cases,
    "bincount": bincount_cases,
    "histc": histc_cases,
}
