"""Samples of reading and writing by index, along one dim or anywhere."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, Numpy, normal, rng, same

import clgrad

TIES = np.array([[1.0, 3.0, 3.0], [0.0, -0.0, 2.0], [np.nan, 5.0, np.inf]], np.float32)


def library(x: Any) -> Any:
    return torch if isinstance(x, torch.Tensor) else clgrad


def integers(high: int, *shape: int, seed: int = 0) -> Numpy:
    return rng(seed).integers(0, high, shape)


def apart(count: int, *shape: int) -> Numpy:
    """Places along the first dim, none twice."""
    return np.stack(
        [rng(column).permutation(count)[: shape[0]] for column in range(int(np.prod(shape[1:])))], -1
    ).reshape(shape)


def squared(name: str, call: Callable[..., Any], *inputs: Numpy, **options: Any) -> Case:
    """The square of the result, so that its gradient has one of its own."""
    return same(name, lambda *xs: (lambda y: y * y)(call(*xs)), *inputs, **options)


X = normal(4, 5, 3)


def gather_cases() -> list[Case]:
    cases = [
        squared(f"dim {dim}", lambda x, i, d=dim: x.gather(d, i), X, integers(X.shape[dim], 2, 5, 3))
        for dim in (0, 1, -1)
    ]
    return [
        *cases,
        same("function", lambda x, i: library(x).gather(input=x, dim=1, index=i), X, integers(5, 4, 9, 2)),
        squared("of transposed", lambda x, i: x.transpose(0, 1).gather(0, i), normal(3, 5), integers(5, 4, 3)),
        squared(
            "float64, used twice", lambda x, i: x.gather(0, i) + x, normal(4, 3, dtype="float64"), integers(4, 4, 3)
        ),
        same("int32", lambda x, i: x.gather(0, i), integers(9, 4, 3).astype("int32"), integers(4, 2, 3)),
        same("bool", lambda x, i: x.gather(0, i), integers(2, 4, 3).astype(bool), integers(4, 2, 3)),
        same("nan", lambda x, i: x.gather(1, i), TIES, integers(3, 3, 2), order=1),
        same("empty", lambda x, i: x.gather(0, i), normal(4, 3), integers(4, 0, 3)),
        same("of nothing", lambda x, i: x.gather(1, i), normal(4, 0), integers(4, 4, 0)),
        same("0-d", lambda x, i: x.gather(0, i), normal(), np.array(0)),
        same("0-d by a vector", lambda x, i: x.gather(0, i), normal(), np.array([0, 0])),
    ]


def take_along_dim_cases() -> list[Case]:
    return [
        squared("dim 0", lambda x, i: x.take_along_dim(i, 0), X, integers(4, 2, 5, 3)),
        squared("broadcast", lambda x, i: x.take_along_dim(i, dim=1), X, integers(5, 1, 7, 1)),
        squared("input broadcast", lambda x, i: x.take_along_dim(i, -1), normal(1, 3), integers(3, 4, 2)),
        same("flat", lambda x, i: library(x).take_along_dim(x, i), normal(4, 3), integers(12, 2, 2)),
        same("sorted", lambda x: x.take_along_dim(x.detach().argmax(1, keepdim=True), 1), normal(4, 3)),
        same("int64", lambda x, i: x.take_along_dim(i, 0), integers(9, 4, 3), integers(4, 2, 3)),
    ]


def index_select_cases() -> list[Case]:
    cases = [
        squared(f"dim {dim}", lambda x, i, d=dim: x.index_select(d, i), X, integers(X.shape[dim], 7))
        for dim in (0, 1, -1)
    ]
    return [
        *cases,
        same("function", lambda x, i: library(x).index_select(input=x, dim=1, index=i), X, np.array([4], np.int32)),
        same("0-d index", lambda x, i: x.index_select(1, i), X, np.array(2)),
        same("0-d", lambda x, i: x.index_select(0, i), normal(), np.array([0])),
        squared("of transposed", lambda x, i: x.mT.index_select(1, i), normal(3, 5), integers(3, 4)),
        same("empty", lambda x, i: x.index_select(1, i), normal(4, 3), integers(3, 0)),
        same("bool", lambda x, i: x.index_select(0, i), integers(2, 4, 3).astype(bool), integers(4, 2)),
        squared("float64", lambda x, i: x.index_select(0, i), normal(4, 3, dtype="float64"), integers(4, 9)),
    ]


def take_cases() -> list[Case]:
    return [
        squared("matrix", lambda x, i: x.take(i), normal(4, 3), integers(12, 2, 5)),
        same("negative", lambda x, i: library(x).take(x, i), normal(4, 3), np.array([-1, 0, -12])),
        same("of transposed", lambda x, i: x.transpose(0, 1).take(i), normal(4, 3), integers(12, 5)),
        same("0-d", lambda x, i: x.take(i), normal(4, 3), np.array(3)),
        same("of 0-d", lambda x, i: x.take(i), normal(), np.array([0, 0])),
        same("int16", lambda x, i: x.take(i), integers(9, 4, 3).astype("int16"), integers(12, 5)),
    ]


def scatter_cases() -> list[Case]:
    x, unique, source = normal(6, 3), apart(6, 4, 3), normal(4, 3, seed=2)
    return [
        squared("dim 0", lambda x, i, s: x.scatter(0, i, s), x, unique, source),
        squared(
            "dim 1",
            lambda x, i, s: x.transpose(0, 1).scatter(1, i.transpose(0, 1), s.transpose(0, 1)),
            x,
            unique,
            source,
        ),
        squared("dim -1", lambda x, i, s: x.scatter(-1, i, s), normal(3, 5), apart(5, 4, 3).T.copy(), normal(3, 4)),
        # torch has no gradient for a src that is longer than the index.
        squared("longer src", lambda x, i, s: x.scatter(0, i, s), x, unique[:2, :2], source, order=0),
        squared(
            "3-d", lambda x, i, s: x.scatter(1, i, s), X, apart(5, 5, 2).T.reshape(2, 5, 1).copy(), normal(2, 5, 1)
        ),
        squared("value", lambda x, i: x.scatter(0, i, 2.5), x, unique),
        same("value by name", lambda x, i: library(x).scatter(x, 0, i, value=1), x, unique),
        same("add", lambda x, i: x.scatter(0, i, 2.5, reduce="add"), x, integers(6, 4, 3), order=0),
        same("multiply", lambda x, i: x.scatter(0, i, 2.5, reduce="multiply"), x, integers(6, 4, 3), order=0),
        squared("float64", lambda x, i, s: x.scatter(0, i, s), x.astype(float), unique, source.astype(float)),
        same("int32", lambda x, i: x.scatter(0, i, 7), integers(9, 6, 3).astype("int32"), unique),
        same("bool", lambda x, i, s: x.scatter(0, i, s), x > 0, unique, source > 0),
        same("empty index", lambda x, i, s: x.scatter(0, i, s[:0]), x, unique[:0], source),
        same("0-d", lambda x, i, s: x.scatter(0, i, s), normal(), np.array(0), normal(seed=1)),
        squared("used again", lambda x, i, s: x.scatter(0, i, s.exp()) + x * s.sum(), x, unique, source),
    ]


def scatter_add_cases() -> list[Case]:
    x, many, source = normal(5, 3), integers(5, 40, 3), normal(40, 3, seed=2)
    return [
        squared("dim 0", lambda x, i, s: x.scatter_add(0, i, s), x, many, source, magnitude=8),
        squared(
            "dim 1", lambda x, i, s: x.scatter_add(1, i, s), normal(3, 7), integers(7, 3, 9), normal(3, 9), magnitude=8
        ),
        Case(
            "longer src",
            lambda x, i, s: x.scatter_add(0, i, s) ** 2,
            lambda x, i, s: x.scatter_add(0, i, s[:7, :2]) ** 2,
            (x, many[:7, :2], source),
        ),
        squared(
            "into zeros", lambda i, s: library(s).zeros_like(s[:4]).scatter_add(0, i % 4, s), many, source, magnitude=8
        ),
        same(
            "large",
            lambda x, i, s: x.scatter_add(0, i, s),
            normal(3000),
            integers(3000, 9000),
            normal(9000),
            order=1,
            magnitude=9,
        ),
        same("int64", lambda x, i, s: x.scatter_add(0, i, s), integers(9, 5), integers(5, 30), integers(9, 30)),
        same(
            "uint8 wraps",
            lambda x, i, s: x.scatter_add(0, i, s),
            *(
                one.astype(kind)
                for one, kind in ((integers(255, 5), "uint8"), (integers(5, 30), "int64"), (integers(255, 30), "uint8"))
            ),
        ),
        squared(
            "float64", lambda x, i, s: x.scatter_add(0, i, s), x.astype(float), many, source.astype(float), magnitude=8
        ),
        same("nan and inf", lambda x, i, s: x.scatter_add(1, i, s), TIES, integers(3, 3, 3), TIES, order=1),
        same("0-d", lambda x, i, s: x.scatter_add(0, i, s), normal(), np.array(0), normal(seed=1)),
        same("empty", lambda x, i, s: x.scatter_add(0, i, s[:0]), x, many[:0], source),
    ]


def scatter_reduce_cases() -> list[Case]:
    cases = []
    x, many, source = normal(5, 3), integers(5, 12, 3), normal(12, 3, seed=2)
    for reduce in ("sum", "prod", "mean", "amax", "amin"):
        for own in (True, False):

            def call(x: Any, i: Any, s: Any, reduce: str = reduce, own: bool = own) -> Any:
                return x.scatter_reduce(0, i, s, reduce, include_self=own)

            order = 1 if reduce == "prod" and not own else 2
            cases.append(squared(f"{reduce} {own}", call, x, many, source, magnitude=4, slack=3, order=order))
            cases.append(
                same(
                    f"{reduce} {own} nan and ties", call, TIES, integers(3, 5, 3), np.vstack([TIES, TIES])[:5], order=0
                )
            )
            for dtype in ("int32", "uint8") if own else ("int64",):
                kinds = (
                    integers(9, 5).astype(dtype),
                    integers(4, 9, seed=1),
                    (integers(9, 9, seed=2) + 1).astype(dtype),
                )
                cases.append(same(f"{reduce} {own} {dtype}", call, *kinds))
    ties = (np.array([1.0, 5.0, 2.0], np.float32), np.array([0, 0, 1, 1, 1]), np.array([1, 1, 5, 3, 5], np.float32))
    zeros = (np.array([1.0, 5.0, 0.0], np.float32), np.array([0, 0, 1, 1, 2]), np.array([0, 3, 2, 0, 5], np.float32))
    return [
        *cases,
        same("ties share", lambda x, i, s: x.scatter_reduce(0, i, s, "amax"), *ties),
        same("zeros", lambda x, i, s: x.scatter_reduce(0, i, s, "prod"), *zeros, order=1),
        squared(
            "dim 1", lambda x, i, s: x.scatter_reduce(-1, i, s, "amin"), normal(3, 4), integers(4, 3, 9), normal(3, 9)
        ),
        squared(
            "float64", lambda x, i, s: x.scatter_reduce(0, i, s, "mean"), x.astype(float), many, source.astype(float)
        ),
    ]


def index_add_cases() -> list[Case]:
    cases = [
        squared(
            f"dim {dim}",
            lambda x, i, s, d=dim: x.index_add(d, i, s),
            X,
            integers(X.shape[dim], 7),
            normal(*(7 if axis == dim % 3 else size for axis, size in enumerate(X.shape)), seed=3),
            magnitude=4,
        )
        for dim in (0, 1, -1)
    ]
    return [
        *cases,
        squared("alpha", lambda x, i, s: x.index_add(0, i, s, alpha=-2.5), X, integers(4, 3), normal(3, 5, 3)),
        same("0-d index", lambda x, i, s: x.index_add(0, i, s), normal(4), np.array(2), normal(1)),
        same("0-d", lambda x, i, s: x.index_add(0, i, s), normal(), np.array([0]), normal()),
        same(
            "int32",
            lambda x, i, s: x.index_add(0, i, s, alpha=3),
            *(integers(9, n, 2).astype("int32") if n != 7 else integers(4, 7) for n in (4, 7)),
            integers(9, 7, 2).astype("int32"),
        ),
        squared(
            "large rows",
            lambda x, i, s: x.index_add(0, i, s),
            normal(60, 33),
            integers(60, 90),
            normal(90, 33),
            magnitude=4,
        ),
        squared(
            "float64",
            lambda x, i, s: x.index_add(0, i, s),
            normal(4, dtype="float64"),
            integers(4, 9),
            normal(9, dtype="float64"),
            magnitude=4,
        ),
        same("empty", lambda x, i, s: x.index_add(0, i, s), normal(4, 2), integers(4, 0), normal(0, 2)),
    ]


def index_copy_cases() -> list[Case]:
    places = np.array([3, 0, 1])
    return [
        squared("dim 0", lambda x, i, s: x.index_copy(0, i, s), X, places, normal(3, 5, 3)),
        squared("dim 1", lambda x, i, s: x.index_copy(1, i, s), X, places, normal(4, 3, 3)),
        squared("dim -1", lambda x, i, s: x.index_copy(-1, i, s), X, places[1:], normal(4, 5, 2)),
        same("int64", lambda x, i, s: x.index_copy(0, i, s), integers(9, 4), places, integers(9, 3)),
        same("bool", lambda x, i, s: x.index_copy(0, i, s), normal(4) > 0, places, normal(3) > 0),
        same("empty", lambda x, i, s: x.index_copy(0, i, s), normal(4, 2), places[:0], normal(0, 2)),
    ]


def index_fill_cases() -> list[Case]:
    places = np.array([3, 0, 3])
    return [
        squared("dim 0", lambda x, i: x.index_fill(0, i, 2.5), X, places),
        squared("dim 1", lambda x, i: library(x).index_fill(x, 1, i, -1), X, places),
        same("0-d value", lambda x, i, v: x.index_fill(-1, i % 3, v), X, places, normal()),
        same("int32", lambda x, i: x.index_fill(0, i, 4), integers(9, 4).astype("int32"), places),
        same("bool", lambda x, i: x.index_fill(0, i, True), normal(4) > 0, places),
        same("empty", lambda x, i: x.index_fill(0, i, 1), normal(4, 2), places[:0]),
    ]


def index_reduce_cases() -> list[Case]:
    cases = []
    for reduce in ("prod", "mean", "amax", "amin"):
        for own in (True, False):

            def call(x: Any, i: Any, s: Any, reduce: str = reduce, own: bool = own) -> Any:
                with warnings.catch_warnings():  # torch calls it beta
                    warnings.simplefilter("ignore", UserWarning)
                    return x.index_reduce(0, i, s, reduce, include_self=own)

            inputs = (normal(4, 3), integers(3, 6), normal(6, 3, seed=1))
            cases.append(squared(f"{reduce} {own}", call, *inputs, order=1, magnitude=4, slack=3))
        cases.append(same(f"{reduce} int64", call, integers(9, 4), integers(3, 6), integers(9, 6, seed=1) + 1))
    return [
        *cases,
        squared(
            "dim 1",
            lambda x, i, s: call(x.mT, i, s.mT),
            normal(3, 4),
            integers(4, 6),
            normal(3, 6),
            order=1,
        ),
    ]


def index_put_cases() -> list[Case]:
    i, j = np.array([1, 0, 1, 3]), np.array([2, 2, 2, 0])
    return [
        squared("rows", lambda x, i, v: x.index_put((i,), v), X, i[1:], normal(3, 5, 3)),
        squared("rows added", lambda x, i, v: x.index_put((i,), v, accumulate=True), X, i, normal(4, 5, 3)),
        squared("two added", lambda x, i, j, v: x.index_put((i, j), v, True), X, i, j, normal(4, 3)),
        squared("broadcast", lambda x, i, j, v: x.index_put((i[:, None], j[1:]), v, True), X, i, j, normal(3)),
        Case(
            "whole dim",
            lambda x, i, v: x.index_put((None, i), v, True) ** 2,
            lambda x, i, v: x.index_add(1, i, v) ** 2,
            (X, i, normal(4, 4, 3)),
        ),
        squared("mask", lambda x, m, v: x.index_put((m,), v, True), X, normal(4) > 0, normal(5, 3)),
        same("mask of elements", lambda x, v: x.index_put((x.detach() > 0,), v), X, normal()),
        same("int64", lambda x, i, v: x.index_put((i,), v, accumulate=True), integers(9, 4), i, integers(9, 4)),
        same("bool", lambda x, i, v: x.index_put((i,), v, accumulate=True), normal(4) > 0, i, normal(4) > 0),
        same("nothing", lambda x, i, v: x.index_put((i,), v, accumulate=True), X, i[:0], normal(0, 5, 3)),
    ]


def put_cases() -> list[Case]:
    i = np.array([[5, 0], [-1, 5]])
    return [
        squared("added", lambda x, i, s: x.put(i, s, accumulate=True), normal(4, 3), i, normal(2, 2)),
        squared("written", lambda x, i, s: x.put(i, s), normal(4, 3), i[:, 1], normal(2)),
        squared("of transposed", lambda x, i, s: x.transpose(0, 1).put(i, s, True), normal(4, 3), i, normal(4)),
        same("int64", lambda x, i, s: x.put(i, s), integers(9, 4, 3), i[0], integers(9, 2)),
    ]


def masked_scatter_cases() -> list[Case]:
    mask = normal(4, 3) > 0
    return [
        squared("same shape", lambda x, m, s: x.masked_scatter(m, s), normal(4, 3), mask, normal(20)),
        squared("broadcast", lambda x, m, s: x.masked_scatter(m, s), normal(4, 3), mask[:, :1], normal(4, 3, seed=1)),
        squared("input broadcast", lambda x, m, s: x.masked_scatter(m, s), normal(3), mask, normal(12)),
        same("nowhere", lambda x, m, s: x.masked_scatter(m, s), normal(4, 3), mask & False, normal(0)),
        same(
            "int32",
            lambda x, m, s: x.masked_scatter(m, s),
            *(one.astype("int32") for one in (normal(4, 3) * 9,)),
            mask,
            integers(9, 12).astype("int32"),
        ),
    ]


def select_scatter_cases() -> list[Case]:
    return [
        squared("dim 0", lambda x, s: x.select_scatter(s, 0, 2), X, normal(5, 3)),
        squared("dim -1", lambda x, s: library(x).select_scatter(x, s, -1, -1), X, normal(4, 5)),
        same("int64", lambda x, s: x.select_scatter(s, 1, 0), integers(9, 4, 3), integers(9, 4)),
    ]


def slice_scatter_cases() -> list[Case]:
    return [
        squared("dim 0", lambda x, s: x.slice_scatter(s, 0, 1, 3), X, normal(2, 5, 3)),
        squared("step", lambda x, s: library(x).slice_scatter(x, s, dim=1, start=1, step=2), X, normal(4, 2, 3)),
        squared("negative", lambda x, s: x.slice_scatter(s, -1, -2), X, normal(4, 5, 2)),
        same("all", lambda x, s: x.slice_scatter(s), X, normal(4, 5, 3)),
        same("nothing", lambda x, s: x.slice_scatter(s, 0, 3, 3), X, normal(0, 5, 3)),
    ]


def embedding_cases() -> list[Case]:
    from torch.nn.functional import embedding

    def case(name: str, rows: Numpy, weight: Numpy, order: int = 2, **options: Any) -> Case:
        ours: Callable[..., Any] = lambda i, w: clgrad.nn.functional.embedding(i, w, **options) ** 2
        return Case(name, ours, lambda i, w: embedding(i, w, **options) ** 2, (rows, weight), order)

    return [
        case("vector", integers(5, 9), normal(5, 3)),
        case("matrix", integers(5, 2, 9), normal(5, 33)),
        case("0-d", np.array(3), normal(5, 3)),
        case("int32", integers(5, 9).astype("int32"), normal(5, 3)),
        case("padding", integers(5, 2, 9), normal(5, 3), padding_idx=2),
        case("padding from the end", integers(5, 9), normal(5, 3, dtype="float64"), padding_idx=-1),
        case("empty", integers(5, 0), normal(5, 3), order=0),
        case("by frequency", integers(5, 2, 9), normal(5, 3), order=1, scale_grad_by_freq=True, padding_idx=1),
    ]


def embedding_bag_cases() -> list[Case]:
    from torch.nn.functional import embedding_bag

    def case(name: str, *inputs: Numpy, order: int = 1, **options: Any) -> Case:
        """Inputs are numbers, weight, and, where they are given, offsets and weights of the samples."""

        def call(function: Callable[..., Any]) -> Callable[..., Any]:
            def run(numbers: Any, weight: Any, *others: Any) -> Any:
                names = [name for name, given in (("offsets", offsets), ("per_sample_weights", weights)) if given]
                return function(numbers, weight, **dict(zip(names, others)), **options) ** 2

            return run

        offsets = any(one.ndim == 1 and one.dtype.kind == "i" for one in inputs[2:])
        weights = any(one.dtype.kind == "f" for one in inputs[2:])
        return Case(name, call(clgrad.nn.functional.embedding_bag), call(embedding_bag), inputs, order)

    numbers, weight = integers(5, 9), normal(5, 3)
    offsets = np.array([0, 2, 2, 6])
    found = []
    for mode in ("sum", "mean", "max"):
        found += [
            case(f"rows, {mode}", integers(5, 4, 3), weight, mode=mode),
            case(f"offsets, {mode}", numbers, weight, offsets, mode=mode),
            case(f"padding, {mode}", numbers, weight, offsets, mode=mode, padding_idx=int(numbers[0])),
            case(f"float64, {mode}", numbers, normal(5, 3, dtype="float64"), offsets, mode=mode),
        ]
    return [
        *found,
        case("last offset", numbers, weight, np.array([0, 4, 9]), include_last_offset=True),
        case("weights", integers(5, 4, 3), weight, normal(4, 3, seed=1), mode="sum"),
        case("weights and offsets", numbers, weight, offsets, normal(9, seed=1), mode="sum", padding_idx=-1),
        case("a bag of padding", np.array([[1, 1], [1, 2]]), weight, padding_idx=1),
        case("largest of padding", np.array([[1, 1], [1, 2]]), weight, padding_idx=1, mode="max"),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "gather": gather_cases,
    "index_add": index_add_cases,
    "index_copy": index_copy_cases,
    "index_fill": index_fill_cases,
    "index_put": index_put_cases,
    "index_reduce": index_reduce_cases,
    "index_select": index_select_cases,
    "masked_scatter": masked_scatter_cases,
    "nn.functional.embedding": embedding_cases,
    "nn.functional.embedding_bag": embedding_bag_cases,
    "put": put_cases,
    "scatter": scatter_cases,
    "scatter_add": scatter_add_cases,
    "scatter_reduce": scatter_reduce_cases,
    "select_scatter": select_scatter_cases,
    "slice_scatter": slice_scatter_cases,
    "take": take_cases,
    "take_along_dim": take_along_dim_cases,
}
