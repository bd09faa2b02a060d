"""Samples of linear algebra. Factors are compared as far as they are unique: signs of vectors cancel in products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, normal

import clgrad
from functions.products import both, ints, lists

INF = float("inf")


def regular(*shape: int, seed: int = 0, dtype: str = "float64") -> Any:
    """Square matrices that are far from singular."""
    return (normal(*shape, seed=seed, dtype="float64") + 3 * np.eye(shape[-1])).astype(dtype)


def pair(name: str, call: Callable[[Any, Any], Callable[..., Any]], *inputs: Any, **options: Any) -> Case:
    """A case whose call is made for a library: ``call(library, library.linalg)``."""
    return Case(name, call(clgrad, clgrad.linalg), call(torch, torch.linalg), inputs, **options)


def square_cases(function: str, **options: Any) -> list[Case]:
    """Of a function of square matrices alone."""
    name = f"linalg.{function}"
    return [
        both("float64", name, regular(4, 4), options=options),
        both("float32", name, regular(4, 4, dtype="float32"), options=options, order=1),
        both("batch", name, regular(2, 1, 3, 3), options=options, order=1),
        both("one element", name, regular(1, 1), options=options, order=1),
        both("no elements", name, np.zeros((0, 0)), options=options, order=0),
        both("no batch", name, np.zeros((0, 3, 3)), options=options, order=0),
        pair(
            "transposed, twice", lambda _, of: lambda x: getattr(of, function)(x.mT, **options) + x.sum(), regular(3, 3)
        ),
    ]


def inv_cases() -> list[Case]:
    return square_cases("inv")


def inverse_cases() -> list[Case]:
    return [
        both("plain", "inverse", regular(3, 3)),
        pair("method", lambda *_: lambda x: x.inverse() @ x.mT, regular(2, 2), order=1),
    ]


def det_cases() -> list[Case]:
    singular = np.outer([1.0, 2.0, 3.0, -1.0], [2.0, -1.0, 0.5, 1.0])
    rank_three = normal(4, 3, dtype="float64") @ normal(3, 4, seed=1, dtype="float64")
    return [
        *square_cases("det"),
        *(both(f"size {n}", "linalg.det", normal(2, n, n, dtype="float64")) for n in (1, 2, 3, 5)),
        both("singular 2x2", "linalg.det", np.ones((2, 2)), order=1),
        both("rank 1", "linalg.det", singular, order=1),
        both("rank n - 1", "linalg.det", rank_three, order=0),
        pair(
            "gradient at rank n - 1",
            lambda library, of: lambda x: of.det(x) if library is clgrad else _det_by_minors(x),
            rank_three,
            order=1,
        ),
        both("as a function", "det", regular(3, 3), order=0),
        pair("method", lambda *_: lambda x: x.det(), regular(4, 4), order=0),
    ]


def _det_by_minors(x: Any) -> Any:
    """For torch, whose gradient at singular matrices is that of a perturbed one."""
    if x.shape[0] == 1:
        return x[0, 0]
    rows = x[1:]
    return sum(
        (-1) ** n * x[0, n] * _det_by_minors(torch.cat([rows[:, :n], rows[:, n + 1 :]], 1)) for n in range(x.shape[0])
    )


def slogdet_cases(name: str = "linalg.slogdet") -> list[Case]:
    cases = []
    for place, part in enumerate(("sign", "logabsdet")):

        def call(library: Any, of: Any, place: int = place) -> Callable[..., Any]:
            return (
                (lambda x: of.slogdet(x)[place]) if name.startswith("linalg") else lambda x: library.slogdet(x)[place]
            )

        cases += [
            pair(f"{part}", call, normal(4, 4, dtype="float64")),
            pair(f"{part}, float32", call, regular(3, 3, dtype="float32"), order=1),
            pair(f"{part}, batch", call, normal(2, 3, 3, seed=1, dtype="float64"), order=1),
            pair(f"{part}, singular", call, np.ones((2, 2)), order=0),
            pair(f"{part}, no elements", call, np.zeros((2, 0, 0)), order=0),
        ]
    return cases


def logdet_cases() -> list[Case]:
    return [
        both("positive", "logdet", regular(3, 3)),
        both("negative and singular", "logdet", np.stack([np.diag([1.0, -1.0]), np.ones((2, 2))]), order=0),
        pair("method", lambda *_: lambda x: x.logdet(), regular(2, 2, 2), order=1),
    ]


def solve_cases() -> list[Case]:
    a, b = regular(3, 3), normal(3, 2, seed=1, dtype="float64")
    name = "linalg.solve"
    return [
        both("matrices", name, a, b),
        both("a vector", name, a, b[:, 0]),
        both("float32", name, a.astype("float32"), b.astype("float32"), order=1),
        both("on the right", name, a, b.T, options={"left": False}, order=1),
        both("batch", name, regular(2, 3, 3), normal(2, 3, 2, seed=1, dtype="float64"), order=1),
        both("broadcast", name, regular(2, 1, 3, 3), normal(4, 3, 2, seed=1, dtype="float64"), order=1),
        both("a batch of vectors", name, regular(2, 3, 3), normal(2, 3, seed=1, dtype="float64"), order=1),
        both("empty", name, np.zeros((0, 0)), np.zeros((0, 2)), order=0),
        both("nothing to solve for", name, a, np.zeros((3, 0)), order=0),
        pair("transposed, of itself", lambda _, of: lambda x: of.solve(x.mT, x), a),
    ]


def solve_triangular_cases() -> list[Case]:
    a, b = regular(4, 4), normal(4, 2, seed=1, dtype="float64")
    name = "linalg.solve_triangular"
    cases = [
        both(f"upper {upper}, unit {unit}", name, a, b, options={"upper": upper, "unitriangular": unit})
        for upper in (False, True)
        for unit in (False, True)
    ]
    zero = np.array([[0.0, 0.0], [1.0, 2.0]])
    return [
        *cases,
        both("on the right", name, a, b.T, options={"upper": True, "left": False}, order=1),
        both("float32", name, a.astype("float32"), b.astype("float32"), options={"upper": True}, order=1),
        both(
            "broadcast", name, regular(2, 1, 3, 3), normal(3, 3, 2, dtype="float64"), options={"upper": False}, order=1
        ),
        both(
            "larger than a block",
            name,
            regular(70, 70) * 2,
            normal(70, 1, dtype="float64"),
            options={"upper": False},
            order=0,
        ),
        both("a zero on the diagonal", name, zero, np.ones((2, 1)), options={"upper": False}, order=0),
        both("empty", name, np.zeros((0, 0)), np.zeros((0, 2)), options={"upper": False}, order=0),
    ]


def cholesky_cases() -> list[Case]:
    def of_square(upper: bool) -> Callable[[Any, Any], Callable[..., Any]]:
        return lambda _, of: lambda x: of.cholesky(x @ x.mT, upper=upper)

    x = regular(3, 3)
    return [
        pair("lower", of_square(False), x),
        pair("upper", of_square(True), x, order=1),
        both("its own gradient", "linalg.cholesky", x @ x.T, order=2),
        pair("float32", of_square(False), x.astype("float32"), order=1),
        pair("batch", of_square(False), regular(2, 2, 2), order=1),
        both("only one triangle is read", "linalg.cholesky", np.array([[4.0, 9.0], [2.0, 2.0]]), order=0),
        both("empty", "linalg.cholesky", np.zeros((0, 0)), order=0),
    ]


def qr_cases() -> list[Case]:
    cases = []
    for shape in ((3, 3), (4, 2), (2, 4), (2, 3, 3)):
        x = normal(*shape, dtype="float64")
        order = 2 if len(shape) == 2 else 1
        cases += [
            pair(f"Q {shape}", lambda _, of: lambda a: of.qr(a)[0], x, order=order),
            pair(f"R {shape}", lambda _, of: lambda a: of.qr(a)[1], x, order=order),
        ]
    square, wide = normal(3, 3, dtype="float64"), normal(2, 3, dtype="float64")
    return [
        *cases,
        pair("both", lambda _, of: lambda x: (lambda q, r: q * 2 + r @ q)(*of.qr(x)), square),
        pair(
            "complete Q", lambda _, of: lambda x: of.qr(x, mode="complete")[0], normal(3, 2, dtype="float64"), order=0
        ),
        pair("complete R", lambda _, of: lambda x: of.qr(x, mode="complete")[1], square, order=1),
        pair("complete wide", lambda _, of: lambda x: of.qr(x, "complete").Q @ of.qr(x, "complete").R, wide, order=1),
        pair("only R", lambda _, of: lambda x: of.qr(x, mode="r")[1], wide, order=0),
        pair("no Q", lambda _, of: lambda x: of.qr(x, mode="r")[0], wide, order=0),
        pair("float32", lambda _, of: lambda x: of.qr(x).R, square.astype("float32"), order=1),
        pair("no columns", lambda _, of: lambda x: of.qr(x, mode="complete").Q, np.zeros((3, 0)), order=0),
        pair("no rows", lambda _, of: lambda x: of.qr(x).R, np.zeros((0, 3)), order=0),
    ]


def symmetric(x: Any) -> Any:
    return x + x.mT


def eigh_cases() -> list[Case]:
    x = np.diag([1.0, 2.0, 4.0]) + 0.3 * normal(3, 3, dtype="float64")

    def vectors(_: Any, of: Any) -> Callable[..., Any]:
        return lambda x: of.eigh(symmetric(x)).eigenvectors ** 2

    def rebuilt(_: Any, of: Any) -> Callable[..., Any]:
        def function(x: Any) -> Any:
            values, vectors = of.eigh(symmetric(x))
            return (vectors * values.exp().unsqueeze(-2)) @ vectors.mT

        return function

    def values(_: Any, of: Any) -> Callable[..., Any]:
        return lambda x: of.eigh(symmetric(x))[0]

    def values_alone(_: Any, of: Any) -> Callable[..., Any]:
        return lambda x: of.eigh(x)[0]

    return [
        pair("vectors", vectors, x),
        pair("values", values, x),
        pair("a function of a matrix", rebuilt, x * 0.3),
        pair("float32", vectors, x.astype("float32"), order=1),
        pair("batch", rebuilt, np.stack([x, x * 0.5]), order=1),
        pair("values where some are equal", values_alone, np.eye(3), order=1),
        pair("the upper triangle", lambda _, of: lambda x: of.eigh(x, UPLO="U")[0], x, order=0),
        pair("the lower triangle", lambda _, of: lambda x: of.eigh(x)[0], x, order=0),
        pair("empty", values_alone, np.zeros((0, 0)), order=0),
    ]


def eigvalsh_cases() -> list[Case]:
    x = np.diag([1.0, 2.0, 4.0]) + 0.3 * normal(3, 3, dtype="float64")

    def values(_: Any, of: Any) -> Callable[..., Any]:
        return lambda x: of.eigvalsh(symmetric(x))

    return [
        pair("plain", values, x),
        pair("batch", values, np.stack([x, x + 1]), order=1),
        pair("float32", values, x.astype("float32"), order=1),
        both("the upper triangle", "linalg.eigvalsh", x, options={"UPLO": "U"}, order=0),
        both("equal", "linalg.eigvalsh", np.eye(3), order=1),
        both("empty", "linalg.eigvalsh", np.zeros((2, 0, 0)), order=0),
    ]


def svd_cases() -> list[Case]:
    def part(name: str, full: bool) -> Callable[[Any, Any], Callable[..., Any]]:
        return lambda _, of: lambda x: getattr(of.svd(x, full_matrices=full), name) ** 2

    def polar(_: Any, of: Any) -> Callable[..., Any]:
        def function(x: Any) -> Any:
            u, s, vh = of.svd(x, full_matrices=False)
            return u @ vh + (u * s.sqrt().unsqueeze(-2)) @ vh

        return function

    cases = []
    for shape in ((3, 3), (4, 2), (2, 4)):
        x = normal(*shape, dtype="float64")
        cases += [pair(f"{name} {shape}", part(name, False), x) for name in ("U", "S", "Vh")]
        cases.append(pair(f"all three {shape}", polar, x))
    tall = normal(3, 2, dtype="float64")
    return [
        *cases,
        *(pair(f"full {name}", part(name, True), tall, order=name != "U") for name in ("U", "S", "Vh")),
        pair("full, all three", lambda _, of: lambda x: (lambda u, s, vh: u[:, :2] @ vh + s)(*of.svd(x)), tall),
        pair("batch", polar, normal(2, 1, 3, 2, dtype="float64"), order=1),
        pair("float32", polar, tall.astype("float32"), order=1),
        pair("values where some are equal", lambda _, of: lambda x: of.svd(x)[1], np.eye(3), order=1),
        *(
            pair(f"no columns, {name}", part(name, full), np.zeros((3, 0)), order=0)
            for name in ("U", "S", "Vh")
            for full in (False, True)
        ),
    ]


def svdvals_cases() -> list[Case]:
    x = normal(4, 2, dtype="float64")
    return [
        both("tall", "linalg.svdvals", x),
        both("wide", "linalg.svdvals", x.T, order=1),
        both("batch", "linalg.svdvals", normal(2, 3, 3, dtype="float64"), order=1),
        both("float32", "linalg.svdvals", x.astype("float32"), order=1),
        both("equal", "linalg.svdvals", np.eye(3), order=1),
        both("empty", "linalg.svdvals", np.zeros((3, 0)), order=0),
    ]


def pinv_cases() -> list[Case]:
    tall = normal(4, 2, dtype="float64")
    deficient = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
    return [
        both("tall", "linalg.pinv", tall),
        both("wide", "linalg.pinv", tall.T),
        both("square, batch", "linalg.pinv", regular(2, 3, 3), order=1),
        both("float32", "linalg.pinv", tall.astype("float32"), order=1),
        both("rank 1", "linalg.pinv", deficient, order=1),
        both("zeros", "linalg.pinv", np.zeros((2, 3)), order=0),
        both("atol", "linalg.pinv", np.diag([3.0, 1.0]), options={"atol": 2.0}, order=0),
        both("rtol", "linalg.pinv", np.diag([3.0, 1.0]), options={"rtol": 0.5}, order=0),
        both("hermitian", "linalg.pinv", np.array([[2.0, 1.0], [1.0, -3.0]]), options={"hermitian": True}, order=1),
        both("empty", "linalg.pinv", np.zeros((3, 0)), order=0),
    ]


def pinverse_cases() -> list[Case]:
    return [
        both("plain", "pinverse", normal(3, 2, dtype="float64")),
        both("rcond", "pinverse", np.diag([3.0, 1.0]), options={"rcond": 0.5}, order=0),
        pair("method", lambda *_: lambda x: x.pinverse() @ x, regular(2, 2), order=0),
    ]


def lstsq_cases() -> list[Case]:
    a, b = normal(4, 2, dtype="float64"), normal(4, 3, seed=1, dtype="float64")

    def part(name: str, **options: Any) -> Callable[[Any, Any], Callable[..., Any]]:
        return lambda _, of: lambda a, b: getattr(of.lstsq(a, b, **options), name)

    solution = part("solution")
    names = ("solution", "residuals", "rank", "singular_values")
    return [
        pair("tall", solution, a, b),
        pair("wide", solution, a.T, normal(2, 1, dtype="float64")),
        pair("square", solution, regular(3, 3), normal(3, 2, dtype="float64"), order=1),
        pair("a vector", solution, np.stack([a, a]), np.stack([b[:, 0], b[:, 1]]), order=1),
        pair("batch", solution, normal(2, 3, 2, dtype="float64"), normal(2, 3, 2, seed=1, dtype="float64"), order=1),
        pair("float32", solution, a.astype("float32"), b.astype("float32"), order=1),
        *(
            pair(f"{driver} {name}", part(name, driver=driver), a, b, order=0)
            for driver in ("gels", "gelsy", "gelsd", "gelss")
            for name in names
        ),
        pair("residuals of less rank", part("residuals", driver="gelsd"), np.ones((3, 2)), b[:3], order=0),
    ]


def matrix_rank_cases() -> list[Case]:
    name = "linalg.matrix_rank"
    low = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
    stack = np.stack([np.eye(3), np.ones((3, 3)), np.zeros((3, 3))])
    return [
        both("full", name, normal(4, 3), order=0),
        both("low", name, low, order=0),
        both("low, float32", name, low.astype("float32"), order=0),
        both("batch", name, stack, order=0),
        both("hermitian", name, stack, options={"hermitian": True}, order=0),
        both("atol", name, np.diag([3.0, 1.0, 0.1]), options={"atol": 0.5}, order=0),
        both("rtol", name, np.diag([3.0, 1.0, 0.1]), options={"rtol": 0.5}, order=0),
        both("both", name, np.diag([3.0, 1.0, 0.1]), options={"atol": 0.01, "rtol": 0.1}, order=0),
        both("empty", name, np.zeros((2, 3, 0)), order=0),
    ]


def cond_cases() -> list[Case]:
    a = regular(3, 3)
    cases = [both(f"{p}", "linalg.cond", a, options={"p": p}, order=1) for p in (None, 2, -2)]
    for p in (1, -1, INF, -INF, "fro", "nuc"):

        def product(x: Any, p: Any = p) -> Any:  # torch's own function spoils its gradient
            return torch.linalg.norm(x, p) * torch.linalg.norm(torch.linalg.inv(x), p)

        cases.append(both(f"value {p}", "linalg.cond", a, options={"p": p}, order=0))
        cases.append(Case(f"gradient {p}", lambda x, p=p: clgrad.linalg.cond(x, p), product, (a,), order=1))
    singular = np.stack([np.ones((2, 2)), np.eye(2)])
    return [
        *cases,
        both("tall", "linalg.cond", normal(2, 4, 3, dtype="float64"), order=1),
        both("float32", "linalg.cond", a.astype("float32"), order=1),
        both("singular", "linalg.cond", singular, options={"p": 1}, order=0),
        both("zeros", "linalg.cond", np.zeros((2, 2)), options={"p": "fro"}, order=0),
    ]


def matrix_power_cases() -> list[Case]:
    a = regular(3, 3) / 3
    return [
        *(
            both(f"{n}", "linalg.matrix_power", a, options={"n": n}, order=2 if n in (3, -2) else 1)
            for n in (0, 1, 2, 3, 5, -1, -2)
        ),
        both("batch", "linalg.matrix_power", normal(2, 2, 2), options={"n": 3}, order=1),
        both("float32", "linalg.matrix_power", a.astype("float32"), options={"n": 2}),
        both("integers", "linalg.matrix_power", ints(3, 3), options={"n": 3}),
        both("as a function", "matrix_power", a, options={"n": 2}, order=0),
    ]


def matrix_exp_cases() -> list[Case]:
    turned = normal(4, 4, dtype="float64")
    return [
        both("plain", "linalg.matrix_exp", normal(3, 3, dtype="float64")),
        both("float32", "linalg.matrix_exp", normal(3, 3), order=1),
        both(
            "batch of all sizes",
            "linalg.matrix_exp",
            normal(1, 3, 3, dtype="float64") * np.array([1e-6, 0.1, 6.0]).reshape(3, 1, 1),
            order=1,
        ),
        both("a rotation of many turns", "linalg.matrix_exp", (turned - turned.T) * 50, order=0),
        both("nilpotent", "linalg.matrix_exp", np.triu(np.ones((4, 4)), 1)),
        both("zeros", "linalg.matrix_exp", np.zeros((2, 2))),
        both("one element", "linalg.matrix_exp", np.array([[-700.0]]), order=1),
        both("empty", "linalg.matrix_exp", np.zeros((2, 0, 0)), order=0),
        both("as a function", "matrix_exp", regular(2, 2), order=0),
    ]


def tensorsolve_cases() -> list[Case]:
    a = regular(6, 6)
    return [
        both("plain", "linalg.tensorsolve", a.reshape(2, 3, 6), normal(2, 3, dtype="float64")),
        both("more dims", "linalg.tensorsolve", a.reshape(6, 2, 3), normal(6, dtype="float64"), order=1),
        both(
            "dims",
            "linalg.tensorsolve",
            np.moveaxis(a.reshape(2, 3, 6), 2, 0).copy(),
            normal(2, 3, dtype="float64"),
            options={"dims": (0,)},
            order=1,
        ),
    ]


def tensorinv_cases() -> list[Case]:
    a = regular(6, 6)
    return [
        both("plain", "linalg.tensorinv", a.reshape(2, 3, 6)),
        both("ind 1", "linalg.tensorinv", a.reshape(6, 3, 2), options={"ind": 1}, order=1),
    ]


ZEROS = np.array([[0.0, -3.0, 0.0], [0.0, 0.0, 0.0], [1.0, 2.0, -2.0]], np.float32)


def vector_norm_cases() -> list[Case]:
    name = "linalg.vector_norm"
    x = normal(2, 3, 4)
    orders = (0, 0.5, 1, 1.5, 2, 3, 4.5, INF, -INF, -1, -2.5)
    away = np.where(np.abs(x) < 0.1, np.float32(0.3), x)
    return [
        *(
            both(f"{ord}", name, away, options={"ord": ord, "dim": 1}, order=2 if ord in (2, 3, 0.5) else 1)
            for ord in orders
        ),
        *(
            both(f"{ord} with zeros", name, ZEROS, options={"ord": ord, "dim": -1}, order=1)
            for ord in (0, 1, 2, 3, INF)
        ),
        both("all dims", name, x),
        both("two dims, kept", name, x, options={"dim": (0, -1), "keepdim": True}, order=1),
        both("float64", name, x.astype("float64"), options={"ord": 3}, order=1),
        both("0-d", name, normal(), order=1),
        both("empty", name, normal(2, 0), options={"dim": 1}, order=0),
        both("NaN and infinity", name, np.float32([[np.nan, 1], [np.inf, 1]]), options={"dim": 1}, order=0),
        pair("another dtype", lambda library, of: lambda x: of.vector_norm(x, dtype=library.float64), x, order=1),
        pair("transposed, twice", lambda _, of: lambda x: of.vector_norm(x.mT, dim=0).sum() + x, x, order=1),
    ]


def matrix_norm_cases(name: str = "linalg.matrix_norm") -> list[Case]:
    x = normal(2, 3, 4, dtype="float64")
    orders = ("fro", "nuc", 1, -1, 2, -2, INF, -INF)
    return [
        *(
            both(
                f"{ord}",
                name,
                x,
                options={"ord": ord, "dim": (-2, -1)},
                order=2 if ord in ("fro", "nuc") else 1,
            )
            for ord in orders
        ),
        *(
            both(f"{ord}, other dims", name, x, options={"ord": ord, "dim": (2, 0), "keepdim": True}, order=0)
            for ord in (*orders,)
        ),
        both("float32", name, x.astype("float32"), options={"ord": 2, "dim": (0, 1)}, order=1),
    ]


def norm_cases() -> list[Case]:
    name = "linalg.norm"
    x = normal(3, 4)
    return [
        both("all", name, normal(2, 3, 4)),
        both("a matrix", name, x, options={"ord": 1}, order=1),
        both("a vector", name, x[0], options={"ord": 3}, order=1),
        both("one dim", name, x, options={"ord": 1, "dim": 0}, order=1),
        both("two dims without ord", name, normal(2, 3, 4), options={"dim": (0, 2), "keepdim": True}, order=1),
        both("zeros", name, np.zeros(3, np.float32), order=1),
        *matrix_norm_cases(name),
    ]


def vecdot_cases() -> list[Case]:
    name = "linalg.vecdot"
    return [
        both("plain", name, normal(2, 3), normal(2, 3, seed=1)),
        both("broadcast", name, normal(2, 1, 3), normal(4, 3, seed=1), order=1),
        both("another dim", name, normal(2, 3), normal(2, 3, seed=1), options={"dim": 0}, order=1),
        both("float64", name, normal(3, dtype="float64"), normal(3, seed=1, dtype="float64"), order=1),
        both("empty", name, normal(2, 0), normal(2, 0), order=0),
    ]


def cross_cases() -> list[Case]:
    name = "linalg.cross"
    return [
        both("plain", name, normal(2, 3), normal(2, 3, seed=1)),
        both("broadcast", name, normal(1, 3), normal(2, 3, seed=1), order=1),
        both("another dim", name, normal(3, 2), normal(3, 2, seed=1), options={"dim": 0}, order=1),
        both("integers", name, ints(2, 3), ints(2, 3, seed=1)),
    ]


def multi_dot_cases() -> list[Case]:
    chain = tuple(normal(*shape, seed=place) for place, shape in enumerate(((2, 5), (5, 1), (1, 4), (4, 3))))
    name = "linalg.multi_dot"
    return [
        lists("four", name, *chain),
        lists("two", name, *chain[:2], order=1),
        lists("vectors at the ends", name, normal(2), *chain, normal(3, seed=5), order=1),
        lists("a vector first", name, normal(2), chain[0], order=0),
        lists("a vector last", name, chain[3], normal(3), order=0),
        lists("integers", name, ints(2, 3), ints(3, 4), ints(4, 2)),
    ]


def diagonal_cases() -> list[Case]:
    name = "linalg.diagonal"
    x = normal(2, 3, 4)
    return [
        *(both(f"offset {offset}", name, x, options={"offset": offset}, order=1) for offset in (0, 1, 3, -1, -2)),
        both("offset beyond", name, x, options={"offset": 4}, order=0),
        both("other dims", name, x, options={"dim1": 2, "dim2": 0}),
        both("other dims, offset", name, x, options={"dim1": 0, "dim2": 1, "offset": 1}, order=1),
        pair("transposed", lambda _, of: lambda x: of.diagonal(x.mT) + 1, normal(3, 3), order=1),
        both("integers", name, ints(3, 3)),
        both("empty", name, normal(0, 3), order=0),
    ]


def matmul_cases() -> list[Case]:
    return [
        both("plain", "linalg.matmul", normal(2, 3), normal(3, 2, seed=1)),
        both("batch", "linalg.matmul", normal(2, 1, 3, 2), normal(4, 2, 3, seed=1), order=1),
        both("integers", "linalg.matmul", ints(2, 3), ints(3, 2)),
    ]


def older_triangular_solve_cases() -> list[Case]:
    """PyTorch warns of its own; what it means is said by its successor."""
    a, b = regular(4, 4), normal(4, 2, seed=1, dtype="float64")

    def case(upper: bool, transpose: bool, unit: bool) -> Case:
        def ours(b: Any, a: Any) -> Any:
            return clgrad.triangular_solve(b, a, upper, transpose, unit).solution

        def theirs(b: Any, a: Any) -> Any:
            matrix, above = (a.mT, not upper) if transpose else (a, upper)
            return torch.linalg.solve_triangular(matrix, b, upper=above, unitriangular=unit)

        return Case(f"upper {upper}, transposed {transpose}, unit {unit}", ours, theirs, (b, a))

    return [case(True, False, False), case(False, True, False), case(True, True, True)]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "triangular_solve": older_triangular_solve_cases,
    "linalg.cholesky": cholesky_cases,
    "linalg.cond": cond_cases,
    "linalg.cross": cross_cases,
    "linalg.det": det_cases,
    "linalg.diagonal": diagonal_cases,
    "linalg.eigh": eigh_cases,
    "linalg.eigvalsh": eigvalsh_cases,
    "linalg.inv": inv_cases,
    "linalg.lstsq": lstsq_cases,
    "linalg.matmul": matmul_cases,
    "linalg.matrix_exp": matrix_exp_cases,
    "linalg.matrix_norm": matrix_norm_cases,
    "linalg.matrix_power": matrix_power_cases,
    "linalg.matrix_rank": matrix_rank_cases,
    "linalg.multi_dot": multi_dot_cases,
    "linalg.norm": norm_cases,
    "linalg.pinv": pinv_cases,
    "linalg.qr": qr_cases,
    "linalg.slogdet": slogdet_cases,
    "linalg.solve": solve_cases,
    "linalg.solve_triangular": solve_triangular_cases,
    "linalg.svd": svd_cases,
    "linalg.svdvals": svdvals_cases,
    "linalg.tensorinv": tensorinv_cases,
    "linalg.tensorsolve": tensorsolve_cases,
    "linalg.vecdot": vecdot_cases,
    "linalg.vector_norm": vector_norm_cases,
    "det": lambda: det_cases()[-2:],
    "inverse": inverse_cases,
    "logdet": logdet_cases,
    "matrix_exp": lambda: matrix_exp_cases()[-1:],
    "matrix_power": lambda: matrix_power_cases()[-1:],
    "pinverse": pinverse_cases,
    "slogdet": lambda: slogdet_cases("slogdet"),
}
