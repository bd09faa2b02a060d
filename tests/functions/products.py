"""Samples of products: vectors, matrices, batches and chains of them, tensordot and einsum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, normal, same

import clgrad


def ints(*shape: int, dtype: str = "int32", seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(-5, 6, shape).astype(dtype)


def both(name: str, function: str, *inputs: Any, options: dict[str, Any] | None = None, **case: Any) -> Case:
    """A case of a function that both libraries have under one name."""
    keywords = options or {}

    def of(library: Any) -> Callable[..., Any]:
        called = library
        for part in function.split("."):
            called = getattr(called, part)
        return lambda *tensors: called(*tensors, **keywords)

    return Case(name, of(clgrad), of(torch), inputs, **case)


def lists(name: str, function: str, *inputs: Any, **case: Any) -> Case:
    """As ``both``, for functions that take their tensors as one list."""

    def of(library: Any) -> Callable[..., Any]:
        called = library
        for part in function.split("."):
            called = getattr(called, part)
        return lambda *tensors: called(list(tensors))

    return Case(name, of(clgrad), of(torch), inputs, **case)


def mm_cases() -> list[Case]:
    a, b = normal(4, 3), normal(3, 5, seed=1)
    return [
        both("plain", "mm", a, b),
        both("float64", "mm", a.astype("float64"), b.astype("float64")),
        same("method, transposed", lambda a, b: b.mT.mm(a.mT), a, b, order=0),
        both("empty", "mm", normal(2, 0), normal(0, 3), order=1),
        both("integers", "mm", ints(4, 3), ints(3, 5, seed=1)),
        both("int64", "mm", ints(4, 3, dtype="int64"), ints(3, 5, dtype="int64")),
    ]


def bmm_cases() -> list[Case]:
    a, b = normal(2, 4, 3), normal(2, 3, 5, seed=1)
    return [
        both("plain", "bmm", a, b),
        same("method", lambda a, b: a.bmm(b) + 1, a, b, order=0),
        same("transposed", lambda a, b: b.mT.bmm(a.mT), a, b, order=1),
        both("float64", "bmm", a.astype("float64"), b.astype("float64"), order=1),
        both("no batch", "bmm", normal(0, 4, 3), normal(0, 3, 5), order=0),
        both("integers", "bmm", ints(2, 4, 3), ints(2, 3, 5)),
    ]


def mv_cases() -> list[Case]:
    a, v = normal(4, 3), normal(3, seed=1)
    return [
        both("plain", "mv", a, v),
        same("method, transposed", lambda a, v: a.T.mv(v), normal(3, 4), normal(3), order=1),
        same("of itself", lambda v: v.unsqueeze(0).expand(3, 3).mv(v), v),
        both("float64", "mv", a.astype("float64"), v.astype("float64"), order=1),
        both("nothing to sum", "mv", normal(2, 0), normal(0), order=0),
        both("no rows", "mv", normal(0, 3), v, order=0),
        both("integers", "mv", ints(4, 3), ints(3)),
        both("small integers wrap", "mv", ints(4, 3, dtype="int8") * np.int8(25), ints(3, dtype="int8") * np.int8(25)),
    ]


def dot_cases(name: str = "dot") -> list[Case]:
    a, b = normal(7), normal(7, seed=1)
    return [
        both("plain", name, a, b),
        both("float64", name, a.astype("float64"), b.astype("float64"), order=1),
        same("with itself, method", lambda x: getattr(x, name)(x) + x.sum(), a),
        same("flipped", lambda x: getattr(x, name)(x.flip(0)), a, order=1),
        both("empty", name, normal(0), normal(0), order=0),
        both("NaN", name, np.float32([1, np.nan]), np.float32([1, 0]), order=0),
        *(both(f"{n}", name, ints(5, dtype=n), ints(5, dtype=n, seed=1)) for n in ("int8", "int32", "int64")),
    ]


def inner_cases() -> list[Case]:
    return [
        both("vectors", "inner", normal(5), normal(5, seed=1)),
        both("matrices", "inner", normal(2, 3), normal(4, 3, seed=1)),
        both("matrix and vector", "inner", normal(2, 3), normal(3, seed=1), order=1),
        both("more dims", "inner", normal(2, 1, 3), normal(2, 4, 3, seed=1), order=1),
        both("0-d", "inner", normal(), normal(2, 3, seed=1), order=1),
        same("method", lambda x: x.inner(x), normal(2, 3), order=1),
        both("empty", "inner", normal(2, 0), normal(3, 0), order=0),
        both("integers", "inner", ints(2, 3), ints(4, 3)),
    ]


def outer_cases(name: str = "outer") -> list[Case]:
    a, b = normal(3), normal(4, seed=1)
    return [
        both("plain", name, a, b),
        both("float64", name, a.astype("float64"), b.astype("float64"), order=1),
        same("with itself, method", lambda x: getattr(x, name)(x).sum(0), a),
        both("promotion", name, ints(3), b, order=1),
        both("bool", name, a > 0, b > 0),
        both("empty", name, normal(0), b, order=0),
        both("infinity", name, np.float32([np.inf, 1]), np.float32([0, 2]), order=0),
    ]


def kron_cases() -> list[Case]:
    return [
        both("vectors", "kron", normal(3), normal(2, seed=1)),
        both("matrices", "kron", normal(2, 3), normal(3, 2, seed=1)),
        both("other ranks", "kron", normal(2), normal(2, 3, 2, seed=1), order=1),
        both("0-d", "kron", normal(), normal(2, 2), order=1),
        same("method, flipped", lambda x: x.flip(1).kron(x), normal(2, 3), order=1),
        both("empty", "kron", normal(0, 2), normal(2, 3), order=0),
        both("integers", "kron", ints(3), ints(2, dtype="int64")),
        both("bool", "kron", ints(3) > 0, ints(2) > 0),
    ]


def cross_cases(name: str = "cross") -> list[Case]:
    a, b = normal(4, 3), normal(4, 3, seed=1)
    return [
        both("last dim", name, a, b, options={"dim": -1}),
        both("another dim", name, normal(3, 2, 3), normal(3, 2, 3, seed=1), options={"dim": 0}, order=1),
        both("vectors", name, a[0], b[0], options={"dim": 0}),
        both("broadcast", name, a, b[:1], options={"dim": 1}, order=1),
        same("with itself flipped", lambda x: x.cross(x.flip(0), dim=1) + x, a, order=1),
        both("float64", name, a.astype("float64"), b.astype("float64"), options={"dim": -1}, order=1),
        both("empty", name, normal(0, 3), normal(0, 3), options={"dim": 1}, order=0),
        both("integers", name, ints(2, 3), ints(2, 3, seed=1), options={"dim": 1}),
    ]


def tensordot_cases() -> list[Case]:
    a, b = normal(2, 3, 4), normal(4, 3, 5, seed=1)
    return [
        both("lists", "tensordot", a, b, options={"dims": ([1, 2], [1, 0])}),
        both("negative dims", "tensordot", a, b, options={"dims": ([-1], [0])}),
        both("a number", "tensordot", a, normal(3, 4, 2, seed=1), options={"dims": 2}, order=1),
        both("all of both", "tensordot", a, a + 1, options={"dims": 3}, order=1),
        both("none", "tensordot", normal(2, 3), normal(2, seed=1), options={"dims": 0}, order=1),
        both("size 1 with another", "tensordot", normal(2, 1), normal(3, 4), options={"dims": 1}, order=1),
        both("empty", "tensordot", normal(2, 0), normal(0, 4), options={"dims": 1}, order=0),
        both("integers", "tensordot", ints(2, 3), ints(3, 2), options={"dims": 1}),
    ]


EQUATIONS: tuple[tuple[str, tuple[tuple[int, ...], ...], int], ...] = (
    ("ij,jk->ik", ((2, 3), (3, 4)), 2),
    ("ij,jk", ((2, 3), (3, 4)), 0),
    ("ij,kj->ki", ((2, 3), (4, 3)), 1),
    ("bij,bjk->bik", ((2, 3, 4), (2, 4, 2)), 2),
    ("bhqd,bhkd->bhqk", ((2, 2, 3, 4), (2, 2, 5, 4)), 2),
    ("bqhd,bkhd->bhqk", ((2, 3, 2, 4), (2, 5, 2, 4)), 1),
    ("ij->ji", ((2, 3),), 1),
    ("ii->i", ((3, 3),), 2),
    ("ii", ((3, 3),), 1),
    ("iij->ji", ((2, 2, 3),), 1),
    ("iijji->ij", ((2, 2, 3, 3, 2),), 1),
    ("ij->", ((2, 3),), 1),
    ("ij,ij->", ((2, 3), (2, 3)), 2),
    ("ij,j->i", ((2, 3), (3,)), 2),
    ("i,ij->j", ((2,), (2, 3)), 1),
    ("i,j->ij", ((2,), (3,)), 1),
    ("i,i->i", ((3,), (3,)), 1),
    ("ij,kl->", ((2, 3), (2, 2)), 1),
    ("bi,bi->b", ((2, 3), (2, 3)), 1),
    ("iij,jk->k", ((2, 2, 3), (3, 4)), 1),
    ("...ij,...jk->...ik", ((2, 1, 2, 3), (3, 3, 2)), 1),
    ("...ij->...ji", ((2, 2, 3),), 0),
    ("i...,i...->...", ((3, 2), (3, 2)), 1),
    ("...,...", ((2, 3), (3,)), 1),
    ("b...->b", ((2, 3, 2),), 0),
    ("ij,jk", ((2, 3), (1, 4)), 1),
    ("ba,ac", ((3, 1), (1, 2)), 0),
    ("ij,jk,kl->il", ((2, 3), (3, 4), (4, 2)), 1),
    ("ij,jk,kl,li", ((2, 3), (3, 4), (4, 2), (2, 2)), 1),
    ("a,b,c,ab,bc->c", ((2,), (3,), (2,), (2, 3), (3, 2)), 1),
    ("k,k,k->", ((4,), (4,), (4,)), 1),
    ("bn,anm,bm->ba", ((2, 3), (2, 3, 4), (2, 4)), 2),
    ("Ab,bC", ((2, 3), (3, 4)), 0),
    ("->", ((),), 1),
    (",ij->ji", ((), (2, 3)), 1),
    ("ij,jk->ik", ((2, 0), (0, 3)), 0),
    ("ij->i", ((0, 3),), 0),
)


def einsum_cases() -> list[Case]:
    cases = []
    for equation, shapes, order in EQUATIONS:
        inputs = tuple(normal(*shape, seed=place) for place, shape in enumerate(shapes))

        def call(*tensors: Any, equation: str = equation) -> Any:
            return clgrad.einsum(equation, *tensors)

        def reference(*tensors: Any, equation: str = equation) -> Any:
            return torch.einsum(equation, *tensors)

        cases.append(Case(f"{equation} {shapes}", call, reference, inputs, order=order))
    for equation, inputs in (
        ("ij->i", (ints(2, 3),)),
        ("ij->i", (ints(2, 3) > 0,)),
        ("ij->i", (ints(2, 1),)),
        ("ij,jk->ik", (ints(2, 3), ints(3, 2))),
        ("ij,j->i", (ints(2, 3, dtype="int64"), ints(3, dtype="int64"))),
        ("i,i->i", (ints(3), normal(3))),
        ("ij,jk->ki", (normal(2, 3, dtype="float64"), normal(3, 2, dtype="float64"))),
    ):
        name = f"{equation} {[one.dtype.name for one in inputs]}"
        call, reference = (lambda *xs, e=equation, of=lib: of.einsum(e, *xs) for lib in (clgrad, torch))
        cases.append(Case(name, call, reference, inputs, order=1))
    a, b = normal(2, 3), normal(3, 4, seed=1)

    def from_lists(library: Any) -> Callable[..., Any]:
        return lambda a, b: library.einsum(a, [30, 1], b, [1, 2], [2, 30])

    def with_dots(library: Any) -> Callable[..., Any]:
        return lambda a, b: library.einsum(a, [..., 1], b, [1, 2])

    def one_list(library: Any) -> Callable[..., Any]:
        return lambda a, b: library.einsum("ij,jk", [a, b])

    for name, make in (("lists", from_lists), ("lists with dots", with_dots), ("operands in a list", one_list)):
        cases.append(Case(name, make(clgrad), make(torch), (a, b), order=0))
    cases.append(
        Case(
            "a value twice, transposed",
            lambda x: clgrad.einsum("ij,jk->ik", x, x.T) + 1,
            lambda x: torch.einsum("ij,jk->ik", x, x.T) + 1,
            (a,),
        )
    )
    return cases


def chain_matmul_cases() -> list[Case]:
    shapes = ((2, 5), (5, 1), (1, 4), (4, 3))
    chain = tuple(normal(*shape, seed=place) for place, shape in enumerate(shapes))

    def product(*matrices: Any) -> Any:
        return torch.linalg.multi_dot(matrices)

    return [
        Case("four", clgrad.chain_matmul, product, chain),
        Case("two", clgrad.chain_matmul, product, chain[:2], order=1),
        Case("one", clgrad.chain_matmul, lambda x: x, chain[:1], order=1),
        Case("float64", clgrad.chain_matmul, product, tuple(one.astype("float64") for one in chain), order=1),
        Case("integers", clgrad.chain_matmul, product, (ints(2, 3), ints(3, 4), ints(4, 2))),
    ]


def added_cases(name: str, *shapes: tuple[int, ...]) -> Callable[[], list[Case]]:
    """beta * input + alpha * product; the last shapes are the product's operands."""

    def cases() -> list[Case]:
        first, *rest = (normal(*shape, seed=place) for place, shape in enumerate(shapes))
        result = getattr(torch, name)(torch.zeros(1), *map(torch.from_numpy, rest)).shape
        full = normal(*result, seed=9)
        whole = [ints(*shape, seed=place) for place, shape in enumerate(shapes)]
        return [
            both("plain", name, full, *rest),
            both("broadcast", name, first, *rest, order=1),
            both("scaled", name, full, *rest, options={"beta": 0.5, "alpha": -2}, order=1),
            both("beta 0 hides NaN", name, full * np.float32(np.nan), *rest, options={"beta": 0}, order=0),
            same("method", lambda x, *xs: getattr(x, name)(*xs, alpha=3), full, *rest, order=0),
            both("float64", name, *(one.astype("float64") for one in (full, *rest)), order=1),
            both("integers", name, *whole, options={"beta": 2, "alpha": 3}),
        ]

    return cases


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "mm": mm_cases,
    "bmm": bmm_cases,
    "mv": mv_cases,
    "dot": dot_cases,
    "vdot": lambda: dot_cases("vdot"),
    "inner": inner_cases,
    "outer": outer_cases,
    "ger": lambda: outer_cases("ger"),
    "kron": kron_cases,
    "cross": cross_cases,
    "tensordot": tensordot_cases,
    "einsum": einsum_cases,
    "chain_matmul": chain_matmul_cases,
    "addmm": added_cases("addmm", (4,), (3, 2), (2, 4)),
    "addmv": added_cases("addmv", (1,), (3, 2), (2,)),
    "addbmm": added_cases("addbmm", (4,), (2, 3, 2), (2, 2, 4)),
    "baddbmm": added_cases("baddbmm", (3, 1), (2, 3, 2), (2, 2, 4)),
    "addr": added_cases("addr", (3, 1), (3,), (4,)),
}
