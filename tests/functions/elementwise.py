"""Samples of elementwise functions. Those of one row are sampled in op_samples.py: here their names and methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from compare import Case, Numpy, normal, rng, same

import clgrad

NAN, INF = np.nan, np.inf
EDGES = np.array([NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 2.5, -2.5], np.float32)
INTEGERS = np.array([-7, -3, -1, 0, 1, 2, 5, 100])


def _of(x: Any) -> Any:
    """The library of a tensor."""
    return torch if isinstance(x, torch.Tensor) else clgrad


def _call(name: str, **options: Any) -> Callable[..., Any]:
    """A function by its name in either library."""
    return lambda x, *others: getattr(_of(x), name)(x, *others, **options)


def _pairs(values: Numpy) -> tuple[Numpy, Numpy]:
    first, second = np.meshgrid(values, values)
    return first.ravel().copy(), second.ravel().copy()


def positive(*shape: int, seed: int = 0) -> Numpy:
    return rng(seed).uniform(0.2, 3.0, shape).astype(np.float32)


def inside(*shape: int, seed: int = 0) -> Numpy:
    return rng(seed).uniform(0.1, 0.9, shape).astype(np.float32)


def unary_cases(name: str, x: Numpy | None = None, order: int = 2, integers: bool = True) -> list[Case]:
    """One operand: as a function and a method, layouts, no elements, 0-d, float64, integers."""
    x = normal(3, 4, seed=1) if x is None else x
    function = _call(name)
    cases = [
        same("function", function, x, order=order),
        same("method", lambda x: getattr(x, name)() + x, x, order=min(1, order)),
        same("transposed", lambda x: function(x.transpose(0, 1)), x, order=0),
        same("empty", function, x[:0], order=min(1, order)),
        same("0-d", function, x[0, 0], order=min(1, order)),
        same("float64", function, x.astype(np.float64), order=min(1, order)),
    ]
    if integers:
        cases.append(same("int64", function, np.array([1, 2, 3]), order=0))
    return cases


def binary_cases(
    name: str,
    first: Numpy | None = None,
    second: Numpy | None = None,
    order: int = 2,
    scalar: Any = 2.0,
    edges: bool = True,
    edge_order: int = 1,
    integers: bool = True,
    floats: bool = True,
) -> list[Case]:
    """Two operands: broadcasting, a number, no elements, 0-d, NaN, infinities and ties, integers, mixed dtypes."""
    function = _call(name)
    a = normal(3, 4, seed=1) if first is None else first
    b = positive(3, 4, seed=2) if second is None else second
    cases = []
    if floats:
        cases = [
            same("function", function, a, b, order=order),
            same("method", lambda x, y: getattr(x, name)(y), a, b, order=0),
            same("broadcast", function, a, b[:1], order=min(1, order)),
            same("0-d", function, a, b[0, 0], order=min(1, order)),
            same("empty", function, a[:0], b[:0], order=0),
            same("transposed", lambda x, y: function(x.transpose(0, 1), y.transpose(0, 1)), a, b, order=0),
            same("with itself", lambda x: function(x, x), b, order=min(1, order)),
            same("float64", function, a.astype(np.float64), b.astype(np.float64), order=min(1, order)),
        ]
        if edges:
            cases.append(same("edges", function, *_pairs(EDGES), order=min(edge_order, order)))
    if scalar is not None and floats:
        cases.append(same("a number", lambda x: function(x, scalar), a, order=min(1, order)))
    if integers:
        left, right = _pairs(INTEGERS)
        left, right = left[right != 0], right[right != 0]
        cases.append(same("int64", function, left, right, order=0))
        cases.append(same("int32 and int8", function, left.astype(np.int32), right.astype(np.int8), order=0))
        cases.append(same("uint8", function, np.array([1, 7, 200], np.uint8), np.array([2, 3, 7], np.uint8), order=0))
    return cases


def alias_cases(name: str, *inputs: Numpy, order: int = 1) -> list[Case]:
    return [
        same("function", _call(name), *inputs, order=order),
        same("method", lambda x, *others: getattr(x, name)(*others), *inputs, order=0),
    ]


def predicate_cases(name: str) -> list[Case]:
    function = _call(name)
    return [
        same("edges", function, EDGES, order=0),
        same("method", lambda x: getattr(x, name)(), EDGES.astype(np.float64), order=0),
        same("int64", function, INTEGERS, order=0),
        same("bool", function, np.array([True, False]), order=0),
        same("empty", function, EDGES[:0], order=0),
    ]


def comparison_cases(name: str) -> list[Case]:
    function = _call(name)
    return [
        same("edges", function, *_pairs(EDGES), order=0),
        same("method", lambda x, y: getattr(x, name)(y), *_pairs(INTEGERS), order=0),
        same("a number", lambda x: function(x, 1), EDGES, order=0),
        same("broadcast", function, normal(3, 1), normal(4, seed=1), order=0),
        same("mixed dtypes", function, INTEGERS, np.linspace(-2, 2, 8, dtype=np.float32), order=0),
    ]


def bitwise_cases(name: str) -> list[Case]:
    function = _call(name)
    cases = [
        same("int64", function, *_pairs(INTEGERS), order=0),
        same("uint8 and int32", function, np.array([1, 255], np.uint8), np.array([3, -2], np.int32), order=0),
        same("method", lambda x, y: getattr(x, name)(y), *_pairs(INTEGERS), order=0),
        same("a number", lambda x: function(x, 3), INTEGERS, order=0),
        same("broadcast", function, INTEGERS.reshape(2, 4), INTEGERS[:4], order=0),
    ]
    if "shift" in name:
        shifts = np.array([-1, 0, 1, 7, 8, 31, 63, 64])
        for dtype in ("int8", "uint8", "int64"):
            shifted = np.array([1, -5, 100, 77]).astype(dtype)
            kept = shifts.astype(dtype)
            cases.append(same(f"by {dtype}", function, shifted[:, None], kept[None], order=0))
        cases += [
            same(f"by {count}", lambda x, c=count: function(x, c), INTEGERS, order=0) for count in (1, 63, 64, -1)
        ]
        return cases
    return [*cases, same("bool", function, *_pairs(np.array([True, False])), order=0)]


def logical_cases(name: str) -> list[Case]:
    function = _call(name)
    return [
        same("bool", function, *_pairs(np.array([True, False])), order=0),
        same("float32", function, *_pairs(EDGES), order=0),
        same("mixed", function, INTEGERS, EDGES[:8], order=0),
        same("method", lambda x, y: getattr(x, name)(y), *_pairs(INTEGERS), order=0),
    ]


# -- functions with arguments of their own -------------------------------------------------------


def round_cases() -> list[Case]:
    x = np.array([0.125, 2.5, -3.5, 17.35, -1234.56, 0.0], np.float32)
    return [
        *(same(f"{d} decimals", lambda x, d=d: _of(x).round(x, decimals=d), x, order=1) for d in (0, 1, 3, -1, -2)),
        same("method", lambda x: x.round(decimals=2), x.astype(np.float64), order=0),
        same("int64", lambda x: _of(x).round(x), INTEGERS, order=0),
    ]


def add_cases(name: str) -> list[Case]:
    a, b = normal(3, 4, seed=1), normal(4, seed=2)
    return [
        same("alpha", lambda x, y: getattr(_of(x), name)(x, y, alpha=2.5), a, b),
        same("method", lambda x, y: getattr(x, name)(y, alpha=-1), a, b, order=1),
        same("of integers", lambda x, y: getattr(_of(x), name)(x, y, alpha=3), *_pairs(INTEGERS), order=0),
        same("a number", lambda x: getattr(_of(x), name)(x, 2, alpha=3), INTEGERS, order=0),
    ]


def div_cases(name: str) -> list[Case]:
    cases = []
    left, right = _pairs(INTEGERS)
    left, right = left[right != 0], right[right != 0]
    a, b = normal(3, 4, seed=1) * 4, positive(3, 4, seed=2)
    for mode in (None, "trunc", "floor"):
        function = _call(name, rounding_mode=mode)
        cases += [
            same(f"{mode}", function, a, b, order=2 if mode is None else 1),
            same(f"{mode} int64", function, left, right, order=0),
            same(f"{mode} uint8", function, np.array([1, 7, 200], np.uint8), np.array([2, 3, 7], np.uint8), order=0),
            same(f"{mode} mixed", function, left[:5].astype(np.int8), b[0, 0], order=0),
            same(f"{mode} by a number", lambda x, f=function: f(x, 3), left, order=0),
            same(f"{mode} edges", function, *_pairs(EDGES), order=0),
        ]
    return cases


def float_power_cases() -> list[Case]:
    a, b = positive(3, 4), normal(4, seed=1)
    return [
        same("float32", _call("float_power"), a, b),
        same("method", lambda x: x.float_power(2), a, order=1),
        same("of integers", _call("float_power"), np.array([1, 2, 3]), np.array([2, 3, -1]), order=0),
        same("of a number", lambda x: _of(x).float_power(2.0, x), b, order=1),
    ]


def pow_cases() -> list[Case]:
    x = positive(3, 4)
    return [
        same("of a number", lambda x: _of(x).pow(2.0, x), x),
        same("of an integer", lambda x: _of(x).pow(2, x), np.array([0, 1, 5]), order=0),
        *(same(f"to {p}", lambda x, p=p: _of(x).pow(x, p), x, order=2) for p in (0.5, 2, 3, -1, 1.7, 0)),
    ]


def ldexp_cases() -> list[Case]:
    x, powers = normal(3, 4), np.array([-3, 0, 5, 10])

    def exact(x: Any, powers: Any) -> Any:
        """torch's gradient is times 2 to the power in integers: 0 below 1."""
        return x * torch.exp2(powers.to(x.dtype))

    return [
        Case("integers", _call("ldexp"), exact, (x, powers)),
        same("of integers", _call("ldexp"), np.array([1, 2, 3, -4]), powers, order=0),
        same("floats", _call("ldexp"), x, positive(4), order=2),
        Case("float64", lambda x, y: x.ldexp(y), exact, (x.astype(np.float64), powers * 40), order=1),
    ]


def frexp_cases() -> list[Case]:
    cases = []
    for dtype in (np.float32, np.float64):
        x = np.array([0.0, -0.0, INF, -INF, NAN, 1.0, -3.0, 0.7, 1e-45, -1e-40, 3e38, 1e-30, 0.5], dtype)
        for part in (0, 1):
            cases.append(same(f"{part} {dtype.__name__}", lambda x, p=part: _of(x).frexp(x)[p], x, order=0, exact=True))
    cases.append(same("gradient", lambda x: x.frexp()[0], normal(3, 4), order=1))
    return cases


def logaddexp_cases(name: str) -> list[Case]:
    # Second derivatives at a tie: torch has 0 there, which is not so.
    tie, base = np.array([0.5, -3.0], np.float32), _base(name)

    def exact(a: Any, b: Any) -> Any:
        return torch.stack([a, b]).mul(base).logsumexp(0) / base

    return [
        *binary_cases(name, scalar=None, edges=False, integers=False),
        same("edges", _call(name), *_pairs(EDGES), order=0),
        same("far apart", _call(name), np.float32([1000, -1000, 80]), np.float32([1000, 50, -80]), order=1),
        Case("a tie", _call(name), exact, (tie, tie.copy())),
    ]


def _base(name: str) -> float:
    return float(np.log(2)) if name.endswith("2") else 1.0


def xlogy_cases() -> list[Case]:
    a, b = normal(3, 4, seed=1), positive(3, 4, seed=2)
    first, second = _pairs(EDGES)
    # torch's gradient of other is 0 / 0 where both are 0.
    return [
        same("float32", _call("xlogy"), a, b),
        same("edges", _call("xlogy"), first, second, order=0),
        same("zero times", _call("xlogy"), np.float32([0, 0, 0, 2]), np.float32([1.0, 2.0, -1.0, 3.0]), order=1),
        same("broadcast", lambda x, y: x.xlogy(y), a, b[0], order=1),
        same("by a number", lambda x: _of(x).xlogy(x, 2.0), a, order=1),
        same("of a number", lambda x: _of(x).xlogy(0.0, x), np.float32([0.0, 1.0, 5.0]), order=0),
        same("of integers", _call("xlogy"), np.array([0, 1, 2]), np.array([0, 1, 2]), order=0),
        same("float64", _call("xlogy"), a.astype(np.float64), b.astype(np.float64), order=1),
    ]


def logit_cases() -> list[Case]:
    x = inside(3, 4)
    return [
        *unary_cases("logit", x, integers=False),
        same("eps", lambda x: _of(x).logit(x, 0.3), x),
        same("eps edges", lambda x: x.logit(0.1), np.float32([0.0, 0.1, 0.5, 0.95, 1.0]), order=1),
    ]


def polygamma_cases() -> list[Case]:
    x = positive(3, 4)
    return [
        *(same(f"{n}", lambda x, n=n: _of(x).polygamma(n, x), x, order=1) for n in (0, 1, 2)),
        same("method", lambda x: x.polygamma(2), x, order=0),
    ]


def special_cases(name: str) -> list[Case]:
    call, reference = getattr(clgrad.special, name), getattr(torch.special, name)
    return [
        Case("float32", call, reference, (positive(3, 4),), order=1),
        Case("of integers", call, reference, (np.array([1, 2, 3]),), order=0),
    ]


def sinc_cases() -> list[Case]:
    x = normal(3, 4) * 3
    small = np.float32([1e-4, -1e-3, 0.1, 0.24, 0.25, 0.26])

    def exact(x: Any) -> Any:
        """torch's, through float64: its gradient near 0 has no digits in float32."""
        return torch.sinc(x.double()).to(x.dtype)

    def at_zero(x: Any) -> Any:
        """The first terms of the series: torch's second derivative at 0 is a NaN."""
        return 1 - (np.pi * x) ** 2 / 6 + (np.pi * x) ** 4 / 120

    return [
        *unary_cases("sinc", x),
        Case("near zero", clgrad.sinc, exact, (small,), order=1),
        Case("at zero", clgrad.sinc, at_zero, (np.zeros(2, np.float32),)),
        Case("whole numbers", clgrad.sinc, lambda x: (x == 0).float(), (np.arange(-4, 5, dtype=np.float32),), order=0),
        same("edges", _call("sinc"), np.float32([NAN, INF, -INF, -0.0]), order=0),
    ]


def lerp_cases() -> list[Case]:
    a, b, weight = normal(3, 4, seed=1), normal(3, 4, seed=2), normal(3, 4, seed=3)
    return [
        *(same(f"by {w}", lambda x, y, w=w: _of(x).lerp(x, y, w), a, b) for w in (0.25, 0.75, -1.5, 0, 1)),
        same("by a tensor", lambda x, y, w: x.lerp(y, w), a, b, weight),
        same("broadcast", _call("lerp"), a, b[0], weight[:, :1], order=1),
        same("float64", _call("lerp"), *(x.astype(np.float64) for x in (a, b, weight)), order=1),
    ]


def addc_cases(name: str) -> list[Case]:
    a, b, c = normal(3, 4, seed=1), normal(3, 1, seed=2), positive(4, seed=3)
    cases = [
        same("float32", _call(name), a, b, c),
        same("value", lambda x, y, z: getattr(x, name)(y, z, value=-0.5), a, b, c, order=1),
        same("float64", _call(name, value=2), *(x.astype(np.float64) for x in (a, b, c)), order=1),
        same("empty", _call(name), a[:0], b[:0], c, order=0),
    ]
    if name == "addcmul":
        cases.append(same("of integers", _call(name, value=3), INTEGERS, INTEGERS, INTEGERS, order=0))
    return cases


def clamp_cases(name: str) -> list[Case]:
    x, low, high = normal(3, 4, seed=1), normal(4, seed=2) - np.float32(1), normal(3, 1, seed=3) + np.float32(1)
    function = _call(name)
    edges = np.float32([0.0, 1.0, -2.0, 0.5, INF, -INF])
    return [
        *(same(f"{m}", lambda x, m=m: function(x, *m), x) for m in ((-0.5, 0.5), (None, 0.1), (0, None))),
        same("ties", lambda x: function(x, 0.0, 1.0), edges, order=1),
        same("NaN stays", lambda x: function(x, 0.0, 1.0), EDGES, order=0),
        same("a limit of NaN", lambda x: function(x, NAN), EDGES, order=0),
        same("tensors", function, x, low, high, order=1),
        same("limits of NaN", function, *_pairs(EDGES), order=0),
        same("limits cross", lambda x: getattr(x, name)(min=1.0, max=-1.0), x, order=0),
        same("int64", lambda x: function(x, -2, 3), INTEGERS, order=0),
        same("int64 by floats", lambda x: function(x, -1.5, 3.5), INTEGERS, order=0),
        same("keywords", lambda x: getattr(x, name)(max=0.3), x, order=0),
    ]


def clamp_one_cases(name: str) -> list[Case]:
    x = normal(3, 4, seed=1)
    return [
        same("a number", lambda x: getattr(_of(x), name)(x, 0.2), x),
        same("a tensor", lambda x, y: getattr(x, name)(y), x, normal(4, seed=2), order=1),
        same("NaN", _call(name), *_pairs(EDGES), order=0),
        same("int64", lambda x: getattr(_of(x), name)(x, 2), INTEGERS, order=0),
    ]


def masked_fill_cases() -> list[Case]:
    x, mask = normal(3, 4, seed=1), normal(3, 4, seed=2) > 0
    fill = _call("masked_fill")
    return [
        same("a number", lambda x, m: fill(x, m, 2.5), x, mask),
        same("method", lambda x, m: x.masked_fill(m, -INF), x, mask, order=1),
        same("a tensor", lambda x, m, v: fill(x, m, v), x, mask, np.float32(3.0), order=1),
        same("broadcast mask", lambda x, m: fill(x, m, 0), x, mask[0], order=1),
        same("broadcast input", lambda x, m: fill(x, m, 0), x[:1], mask, order=1),
        same("int64", lambda x, m: fill(x, m, 7), INTEGERS, INTEGERS > 1, order=0),
        same("int8", lambda x, m: fill(x, m, 7), INTEGERS.astype(np.int8), INTEGERS > 1, order=0),
        same("bool", lambda x, m: fill(x, m, True), INTEGERS > 3, INTEGERS > 1, order=0),
        same("float64", lambda x, m: fill(x, m, 0.1), x.astype(np.float64), mask, order=1),
        same("empty", lambda x, m: fill(x, m, 0.1), x[:0], mask[:0], order=0),
    ]


def nan_to_num_cases() -> list[Case]:
    return [
        same("plain", _call("nan_to_num"), EDGES, order=1),
        same("values", lambda x: x.nan_to_num(1.5, 7.0, -8.0), EDGES, order=1),
        same("keywords", _call("nan_to_num", posinf=3.0), EDGES, order=0),
        same("float64", _call("nan_to_num"), EDGES.astype(np.float64), order=1),
        same("int64", _call("nan_to_num"), INTEGERS, order=0),
    ]


def isclose_cases() -> list[Case]:
    a, b = _pairs(EDGES)
    near = normal(3, 4)
    return [
        same("edges", _call("isclose"), a, b, order=0),
        same("NaN", _call("isclose", equal_nan=True), a, b, order=0),
        same("near", _call("isclose"), near, near * np.float32(1.000005), order=0),
        same("not near", lambda x, y: x.isclose(y, 1e-3, 1e-3), near, near * np.float32(1.002), order=0),
        same("int64", _call("isclose", rtol=0.3), *_pairs(INTEGERS), order=0),
        same("bool", _call("isclose"), *_pairs(np.array([True, False])), order=0),
    ]


def heaviside_cases() -> list[Case]:
    x, values = _pairs(EDGES)
    return [
        same("edges", _call("heaviside"), x, values, order=0),
        same("method", lambda x, v: x.heaviside(v), EDGES, np.float32(0.5), order=0),
        same("int64", _call("heaviside"), *_pairs(INTEGERS), order=0),
    ]


def truth_cases(name: str) -> list[Case]:
    """Functions whose result is a python bool."""
    x = normal(3, 4)
    other = x.copy()
    other[1, 1] += 1

    def wrapped(*xs: Any) -> Any:
        answer = getattr(_of(xs[0]), name)(*xs)
        assert isinstance(answer, bool)
        return xs[0].sum() * 0 + float(answer)

    return [
        same("equal", wrapped, x, x.copy(), order=0),
        same("different", wrapped, x, other, order=0),
        same("NaN", wrapped, EDGES[1:], EDGES[1:].copy(), order=0),
        same("empty", wrapped, x[:0], x[:0].copy(), order=0),
    ]


_UNARY = {
    **dict.fromkeys(("exp2", "atan", "sinh", "cosh", "asinh", "erfc", "arctan", "arcsinh", "i0", "rad2deg", "deg2rad")),
    **dict.fromkeys(("log2", "log10", "lgamma", "digamma"), positive(3, 4)),
    **dict.fromkeys(("acosh", "arccosh"), positive(3, 4) + np.float32(1)),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv", "arcsin", "arccos", "arctanh"), inside(3, 4)),
}
_NO_INTEGERS = {"asin", "acos", "atanh", "arcsin", "arccos", "arctanh", "erfinv"}

SAMPLES: dict[str, Callable[[], list[Case]]] = {
    **{name: partial(unary_cases, name, x, 2, name not in _NO_INTEGERS) for name, x in _UNARY.items()},
    **{name: partial(alias_cases, name, normal(3, 4)) for name in ("absolute", "negative", "positive", "sgn", "fix")},
    "frac": partial(unary_cases, "frac", normal(3, 4) * 3, 2, False),
    **{name: partial(predicate_cases, name) for name in ("signbit", "isposinf", "isneginf", "isreal")},
    **{
        name: partial(comparison_cases, name)
        for name in ("eq", "ne", "lt", "le", "gt", "ge", "not_equal", "less", "less_equal", "greater", "greater_equal")
    },
    **{
        f"bitwise_{name}": partial(bitwise_cases, f"bitwise_{name}")
        for name in ("and", "or", "xor", "left_shift", "right_shift")
    },
    "bitwise_not": lambda: [
        same("int64", _call("bitwise_not"), INTEGERS, order=0),
        same("bool", lambda x: x.bitwise_not(), INTEGERS > 1, order=0),
    ],
    **{f"logical_{name}": partial(logical_cases, f"logical_{name}") for name in ("and", "or", "xor")},
    "atan2": partial(binary_cases, "atan2", scalar=None, edge_order=0),
    "arctan2": partial(alias_cases, "arctan2", normal(3, 4), positive(3, 4)),
    "hypot": partial(binary_cases, "hypot", scalar=None, integers=False, edge_order=0),
    "copysign": partial(binary_cases, "copysign", scalar=-2.0, edge_order=0),
    "nextafter": partial(binary_cases, "nextafter", scalar=None, integers=False, order=1),
    "fmod": partial(binary_cases, "fmod", edge_order=0),
    "remainder": lambda: [
        *binary_cases("remainder", edge_order=0),
        same("of a number", lambda x: _of(x).remainder(7.5, x), positive(3, 4), order=0),
    ],
    "floor_divide": partial(binary_cases, "floor_divide", order=0),
    "true_divide": partial(binary_cases, "true_divide", edge_order=0),
    "divide": partial(div_cases, "divide"),
    "div": partial(div_cases, "div"),
    "multiply": partial(binary_cases, "multiply"),
    "subtract": partial(add_cases, "subtract"),
    "sub": partial(add_cases, "sub"),
    "add": partial(add_cases, "add"),
    "round": round_cases,
    "pow": pow_cases,
    "float_power": float_power_cases,
    "ldexp": ldexp_cases,
    "frexp": frexp_cases,
    "gcd": partial(binary_cases, "gcd", floats=False),
    "lcm": partial(binary_cases, "lcm", floats=False),
    "fmax": partial(binary_cases, "fmax", scalar=None),
    "fmin": partial(binary_cases, "fmin", scalar=None),
    "logaddexp": partial(logaddexp_cases, "logaddexp"),
    "logaddexp2": partial(logaddexp_cases, "logaddexp2"),
    "xlogy": xlogy_cases,
    "logit": logit_cases,
    "expit": lambda: [Case("float32", clgrad.expit, torch.special.expit, (normal(3, 4),), order=1)],
    "polygamma": polygamma_cases,
    **{f"special.{name}": partial(special_cases, name) for name in ("i0e", "i1", "i1e", "psi", "gammaln")},
    "sinc": sinc_cases,
    "lerp": lerp_cases,
    "addcmul": partial(addc_cases, "addcmul"),
    "addcdiv": partial(addc_cases, "addcdiv"),
    "clamp": partial(clamp_cases, "clamp"),
    "clip": partial(clamp_cases, "clip"),
    "clamp_min": partial(clamp_one_cases, "clamp_min"),
    "clamp_max": partial(clamp_one_cases, "clamp_max"),
    "masked_fill": masked_fill_cases,
    "nan_to_num": nan_to_num_cases,
    "isclose": isclose_cases,
    "allclose": partial(truth_cases, "allclose"),
    "equal": partial(truth_cases, "equal"),
    "heaviside": heaviside_cases,
}
