"""Samples of complex numbers: their arithmetic and functions, which are composed of real ones."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from compare import Case, Function, Numpy, normal, rng, same

import clgrad


def numbers(*shape: int, seed: int = 0, dtype: str = "complex64") -> Numpy:
    parts = rng(seed).standard_normal((2, *shape))
    return np.asarray(parts[0] + 1j * parts[1], dtype)


def array(*values: complex, dtype: str = "complex64") -> Numpy:
    return np.array(values, dtype)


def library(x: Any) -> Any:
    return clgrad if isinstance(x, clgrad.Tensor) else torch


def named(name: str) -> Function:
    return lambda *xs: getattr(library(xs[0]), name)(*xs)


nan, inf = np.nan, np.inf
AXES = array(1, -1, 1j, -1j, 2, -2, 0.5j, 1 + 1j, -1 - 1j)
"""Numbers on the axes, where branch cuts lie."""


def arithmetic_cases(name: str) -> list[Case]:
    call: Function = getattr(operator, name)
    x, y = numbers(3, 5), numbers(3, 5, seed=1)
    return [
        same("plain", call, x, y),
        same("broadcast", call, numbers(3, 1), numbers(4, seed=1)),
        same("by a real tensor", call, x, normal(5, seed=2) + np.float32(3)),
        same("of a real tensor", call, normal(3, 1, seed=2), y),
        same("by a number", lambda x: call(x, 2.5), x),
        same("of a number", lambda x: call(2, x), x, order=1),
        same("by a complex number", lambda x: call(x, 1 - 2j), x, order=1),
        same("of a complex number", lambda x: call(1 - 2j, x), x, order=1),
        same("real by a complex number", lambda x: call(x, 1 - 2j), normal(4), order=1),
        same("integers by a complex number", lambda x: call(x, 1 - 2j), np.arange(1, 5)),
        same("a tensor of no dims does not widen", call, normal(3), numbers(dtype="complex128"), order=0),
        same("float64 does", call, normal(3, dtype="float64"), numbers(3, seed=1), order=1),
        same("double", call, numbers(7, dtype="complex128"), numbers(7, seed=1, dtype="complex128")),
        same("used twice", lambda x: call(x, x) + x, x, order=1),
        same("transposed", lambda x, y: call(x.transpose(0, 1), y[:1, :3].expand(5, 3)), x, y, order=1),
        same("long", call, numbers(67), numbers(67, seed=1), order=1),
        same("0-d", call, numbers(), numbers(seed=1), order=1),
        same("empty", call, numbers(0, 3), numbers(0, 3)),
    ]


def division_cases() -> list[Case]:
    large = array(1e30 + 1e30j, 1e-30j, 1e-30 + 1e-30j, 3e38, 1e20 + 1e-20j)
    return [
        *arithmetic_cases("truediv"),
        same("far sizes", operator.truediv, large, large[::-1].copy(), order=0),
        same("by zero", operator.truediv, array(1, 1 + 2j, -1j), array(0, 0, 0), order=0),
        same("by infinity", operator.truediv, array(1, 1j), array(inf, complex(0, inf)), order=0),
    ]


def power_cases() -> list[Case]:
    x = numbers(3, 5)
    cases = [same(f"to {n}", lambda x, n=n: x**n, x, order=2 if n in (2, -1) else 1) for n in (0, 1, 2, 3, 5, -1, -2)]
    return [
        *cases,
        same("to 0.5", lambda x: x**0.5, x),
        same("to 2.5", lambda x: x**2.5, x),
        same("to 1 + 2j", lambda x: x ** (1 + 2j), x),
        same("to tensors", lambda x, y: x**y, x, numbers(5, seed=1)),
        same("to real tensors", lambda x, y: x**y, x, normal(5, seed=1), order=1),
        same("real to complex", lambda x, y: x**y, np.abs(normal(3)) + np.float32(0.5), numbers(3, seed=1)),
        same("2 to them", lambda x: 2**x, x, order=1),
        same("of zero", lambda x, y: x**y, array(0, 0), array(2, 1 + 1j), order=0),
        same("double", lambda x: x**1.5, numbers(4, dtype="complex128")),
    ]


def function_cases(name: str, *extra: Case, order: int = 2, domain: Numpy = AXES) -> list[Case]:
    call = named(name)
    return [
        same("plain", call, numbers(3, 5), order=order),
        same("long", call, numbers(37, seed=3), order=1),
        same("double", call, numbers(5, seed=2, dtype="complex128"), order=order),
        same("chain", lambda x: call(x * (0.5 + 0.5j)) * (x + 1), numbers(4, seed=4), order=order),
        same("axes", call, domain, order=0),
        same("0-d", call, numbers(), order=1),
        same("empty", call, numbers(0, 2), order=order),
        *extra,
    ]


def edges(call: Function, *values: complex, **options: Any) -> Case:
    return same("edges", call, array(*values), order=0, **options)


def angle_cases() -> list[Case]:
    call = named("angle")
    return [
        *function_cases("angle", edges(call, 0, complex(-1, -0.0), complex(inf, inf), complex(nan, 1))),
        same("of reals", call, np.array([1, -1, 0, -0.0, nan, -inf], np.float32), order=0),
        same("of integers", call, np.array([1, -1, 0]), order=0),
    ]


def abs_cases() -> list[Case]:
    call = named("abs")
    return [
        *function_cases("abs", edges(call, 0, complex(inf, nan), 3e38, 1e-30j, complex(1e30, 1e30), complex(nan, 1))),
        same("gradient at 0", call, array(0, 0j, 1), order=1),
    ]


def part_cases(name: str) -> list[Case]:
    call = named(name)
    return [
        same("plain", call, numbers(3, 5), exact=True),
        same("chain", lambda x: call(x * x) * call(x), numbers(3)),
        same("0-d", call, numbers()),
    ]


def conj_cases(name: str) -> list[Case]:
    call = named(name)

    def conjugate(x: Any) -> Any:
        return call(x).resolve_conj()

    return [
        same("plain", conjugate, numbers(3, 5), exact=True),
        same("product", lambda x: conjugate(x) * x, numbers(3, 5)),
        same("real", conjugate, normal(3), exact=True),
        same("0-d", conjugate, numbers()),
        same("empty", conjugate, numbers(0)),
    ]


def polar_cases() -> list[Case]:
    call = named("polar")
    length = np.abs(normal(3, 5)) + np.float32(0.1)  # torch's gradient is that of a positive length
    return [
        same("plain", call, length, normal(3, 5, seed=1)),
        same("broadcast", call, length[:, :1], normal(4, seed=1)),
        same("double", call, length[0].astype("float64"), normal(5, seed=1, dtype="float64")),
    ]


def make_cases() -> list[Case]:
    call = named("complex")
    return [
        same("plain", call, normal(3, 5), normal(3, 5, seed=1), exact=True),
        same("broadcast", call, normal(3, 1), normal(4, seed=1)),
    ]


def view_as_real_cases() -> list[Case]:
    call = named("view_as_real")
    empty = same("empty", call, numbers(0, 2), order=0)
    return [same("plain", call, numbers(3, 5)), same("0-d", call, numbers()), empty]


def view_as_complex_cases() -> list[Case]:
    call = named("view_as_complex")
    return [same("plain", call, normal(3, 5, 2)), same("0-d", call, normal(2))]


def reduction_cases(name: str) -> list[Case]:
    x = numbers(3, 4, 5)
    dims: tuple[Any, ...] = (0, 1, -1) if name == "prod" else (None, 0, -1, (0, 2))
    cases = [same(f"{dim}", lambda x, d=dim: getattr(x, name)(d), x, order=2 if dim == 1 else 1) for dim in dims]
    return [
        *cases,
        same("keepdim", lambda x: getattr(x, name)(1, keepdim=True), x),
        same("all", lambda x: getattr(x, name)(), numbers(7)),
        same("0-d", lambda x: getattr(x, name)(), numbers(), order=1),
        same("double", lambda x: getattr(x, name)(0), numbers(5, 2, dtype="complex128"), order=1),
        same("rows of nothing", lambda x: getattr(x, name)(1), numbers(0, 3)),
    ] + ([] if name == "mean" else [same("of nothing", lambda x: getattr(x, name)(0), numbers(0, 3), order=0)])


def matmul_cases() -> list[Case]:
    shapes = ((3,), (3,)), ((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4))
    cases = [same(f"{a} @ {b}", operator.matmul, numbers(*a), numbers(*b, seed=1)) for a, b in shapes]
    return [
        *cases,
        same("transposed", lambda a, b: a.mT @ b.mT, numbers(3, 2), numbers(4, 3, seed=1)),
        same("large", operator.matmul, numbers(17, 33), numbers(33, 20, seed=1), magnitude=33, order=1),
        same("double", operator.matmul, numbers(3, 4, dtype="complex128"), numbers(4, 2, seed=1, dtype="complex128")),
        same("nothing to add", operator.matmul, numbers(2, 0), numbers(0, 3), order=0),
    ]


def comparison_cases(name: str) -> list[Case]:
    call: Function = getattr(operator, name)
    x, y = array(1, 1j, 1 + 1j, complex(nan, 0), -0.0), array(1, 1, 1 - 1j, complex(nan, 0), 0)
    return [
        same("plain", call, x, y),
        same("a number", lambda x: call(x, 1j), x),
        same("real", call, x, np.array([1, 0, 1, 0, 0], np.float32)),
    ]


def truth_cases(name: str) -> list[Case]:
    ends = complex(nan, 1), complex(1, nan), complex(inf, nan), complex(0, -inf)
    return [edges(named(name), 0, 1, *ends, 3e38 + 3e38j)]


def where_cases() -> list[Case]:
    def call(a: Any, b: Any) -> Any:
        found = library(a)
        condition = found.eq(a.real, a.real) if b is None else a.real > 0
        return found.where(condition, a, b)

    return [
        same("plain", call, numbers(3, 5), numbers(3, 5, seed=1)),
        same("broadcast", call, numbers(3, 1), numbers(4, seed=1)),
        same("real", call, numbers(3, 5), normal(3, 5), order=0),
        same("a number", lambda x: library(x).where(x.real > 0, x, 2.0), numbers(9)),
        same("complex number", lambda x: library(x).where(x > 0, x, 2j), normal(9), order=0),
    ]


def to_cases() -> list[Case]:
    targets = ("float32", "float64", "complex128", "bool")

    def cast(target: str) -> Function:
        return lambda x: x.to(getattr(torch if isinstance(x, torch.Tensor) else clgrad, target))

    cases = [same(f"to {target}", cast(target), numbers(3, 5), order=1) for target in targets[2:3]]
    # torch warns where an imaginary part is lost; its value is the real part's.
    for target in (*targets[:2], "int64"):
        reference = lambda x, target=target: x.real.to(getattr(torch, target))
        cases.append(Case(f"to {target}", cast(target), reference, (numbers(3, 5) * 10,), order=1))
    return [
        *cases,
        same("to bool", cast("bool"), array(0, 1, 1j, complex(-0.0, -0.0), nan), order=0),
        same("from float32", cast("complex64"), normal(3), order=1),
        same("from int64", cast("complex64"), np.arange(3), order=0),
        same("from bool", cast("complex128"), np.array([True, False]), order=0),
    ]


def movement_cases() -> list[Case]:
    x = numbers(4, 6)

    def joined(x: Any, y: Any) -> Any:
        return library(x).cat([x, y * 2, x], -1)

    def stacked(x: Any, y: Any) -> Any:
        return library(x).stack([x, y], 1)

    def padded(x: Any) -> Any:
        if isinstance(x, clgrad.Tensor):
            return x.pad((1, 2), value=1.5) * 2
        return torch.nn.functional.pad(x, (1, 2), value=1.5) * 2

    moves: dict[str, Function] = {
        "permuted": lambda x: x.permute(1, 0) * 2,
        "reshaped": lambda x: (x * x).reshape(3, 8),
        "stepped": lambda x: x[1:, ::2] * x[1:, 1::2],
        "flipped": lambda x: x.flip(1) + x,
        "expanded": lambda x: x[:, None, :1].expand(4, 3, 2) * 1j,
        "taken": lambda x: x[[2, 0, 2]] * x[1],
        "masked": lambda x: x[x.real > 0],
    }
    return [
        *(same(name, move, x) for name, move in moves.items()),
        Case("padded", padded, padded, (x,)),
        same("joined", joined, x, numbers(4, 3, seed=1)),
        same("joined with reals", joined, x, normal(4, 3, seed=1), order=1),
        same("stacked", stacked, x, numbers(4, 6, seed=1)),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "complex": make_cases,
    "polar": polar_cases,
    "real": partial(part_cases, "real"),
    "imag": partial(part_cases, "imag"),
    "conj": partial(conj_cases, "conj"),
    "conj_physical": partial(conj_cases, "conj_physical"),
    "resolve_conj": partial(conj_cases, "resolve_conj"),
    "angle": angle_cases,
    "view_as_real": view_as_real_cases,
    "view_as_complex": view_as_complex_cases,
    **{f"{name}, complex": partial(arithmetic_cases, name) for name in ("add", "sub", "mul")},
    "div, complex": division_cases,
    "pow, complex": power_cases,
    "abs, complex": abs_cases,
    **{
        f"{name}, complex": partial(function_cases, name)
        for name in ("neg", "square", "exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "sin", "cos",
                     "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "sgn",
                     "reciprocal", "sigmoid", "exp2")
    },
    **{f"{name}, complex": partial(reduction_cases, name) for name in ("sum", "mean", "prod")},
    "matmul, complex": matmul_cases,
    **{f"{name}, complex": partial(comparison_cases, name) for name in ("eq", "ne")},
    **{
        f"{name}, complex": partial(truth_cases, name)
        for name in ("isnan", "isinf", "isfinite", "logical_not", "isreal")
    },
    "where, complex": where_cases,
    "to, complex": to_cases,
    "moves of complex numbers": movement_cases,
}  # fmt: skip
