"""Samples for every row of the op table: how clgrad and torch are asked for it, and inputs that matter.

``SAMPLES`` has one entry for each row: a function that makes its cases.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from compare import Case, Function, Numpy, Shape, normal, rng, same

import clgrad
from clgrad.dtypes import BOOL, FLOAT, INTEGER
from clgrad.ops import OPS, anchors, attention, convolutions, factorisations, moves
from clgrad.sorting import stretches

Maker = Callable[[np.random.Generator, Shape], Numpy]

INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
UNSIGNED = ("uint16", "uint32", "uint64")
"""Torch stores these but computes next to nothing with them: their reference is the row's numpy."""
BY_CATEGORY = {BOOL: ("bool",), INTEGER: INTEGERS, FLOAT: ("float32", "float64")}


# -- rows of the map family ----------------------------------------------------------------------


def between(low: float, high: float) -> Maker:
    return lambda generator, shape: generator.uniform(low, high, shape)


def off_zero(low: float, high: float) -> Maker:
    return lambda generator, shape: generator.uniform(low, high, shape) * generator.choice([-1.0, 1.0], shape)


def off_integers(generator: np.random.Generator, shape: Shape) -> Numpy:
    """Numbers at a distance from integers, where steps and remainders jump."""
    return generator.integers(-4, 4, shape) + generator.uniform(0.1, 0.4, shape)


def truths(generator: np.random.Generator, shape: Shape) -> Numpy:
    return generator.integers(0, 2, shape).astype(bool)


EDGES = (
    np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -2.5, 3.0, 30.0, -30.0, 1e-4, -1e-4, 1e30, -1e30
)  # fmt: skip
BINARY_EDGES = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 3.0, 7.0, 1e30)


@dataclass(frozen=True)
class MapSample:
    """How a row of the map family is called, and on which numbers."""

    call: Function
    reference: Function
    makers: tuple[Maker, ...] = (off_zero(0.1, 3.0),)
    edges: tuple[float, ...] = EDGES
    order: int = 2
    exact: bool = False
    divisor: bool = False
    """Whether operand 1 must not be zero for integers."""
    smallest: tuple[int, int] = (-128, -128)
    """Integer operands are at least this."""
    largest: tuple[int, int] = (127, 127)


def _unary(name: str, *makers: Maker, **options: Any) -> MapSample:
    return MapSample(operator.methodcaller(name), getattr(torch, name), makers or (off_zero(0.1, 3.0),), **options)


def _binary(function: Function, *makers: Maker, **options: Any) -> MapSample:
    options.setdefault("edges", BINARY_EDGES)
    return MapSample(function, function, makers or (off_zero(0.1, 3.0), off_zero(0.1, 3.0)), **options)


def _sign(x: Any) -> Any:
    """torch.sign, but a NaN stays one, as in numpy."""
    return torch.where(x.isnan(), x.detach(), x.sign()) if x.dtype.is_floating_point else x.sign()


def _abs(x: Any) -> Any:
    """torch.abs; the gradient at a NaN is a NaN."""
    if not x.dtype.is_floating_point:
        return x.abs()
    lost = x.isnan()
    return torch.where(lost, torch.where(lost, x, 0.0) * np.nan, x.abs())


def _of_floats(name: str) -> Function:
    """A method of two tensors that torch refuses for integers: they are float32, as for its like."""

    def call(a: Any, b: Any) -> Any:
        if isinstance(a, torch.Tensor) and not torch.result_type(a, b).is_floating_point:
            a = a.float()
        return getattr(a, name)(b)

    return call


NO_POLES = tuple(edge for edge in EDGES if edge not in (-1.0, -30.0, -1e30, -np.inf))
"""At negative integers torch's trigamma is a large number, which stands for infinity."""

MAPS: dict[str, MapSample] = {
    "neg": MapSample(operator.neg, operator.neg, exact=True),
    "abs": MapSample(abs, _abs, exact=True),
    "sign": MapSample(lambda x: x.sign(), _sign, exact=True),
    "reciprocal": _unary("reciprocal"),
    "sqrt": _unary("sqrt", between(0.1, 4.0)),
    "rsqrt": _unary("rsqrt", between(0.1, 4.0)),
    "exp": _unary("exp"),
    "expm1": _unary("expm1"),
    "log": _unary("log", between(0.1, 4.0)),
    "log1p": _unary("log1p", between(-0.9, 4.0)),
    "exp2": _unary("exp2"),
    "log2": _unary("log2", between(0.1, 4.0)),
    "log10": _unary("log10", between(0.1, 4.0)),
    "asin": _unary("asin", between(-0.8, 0.8)),
    "acos": _unary("acos", between(-0.8, 0.8)),
    "atan": _unary("atan"),
    "sinh": _unary("sinh"),
    "cosh": _unary("cosh"),
    "asinh": _unary("asinh"),
    "acosh": _unary("acosh", between(1.2, 4.0)),
    "atanh": _unary("atanh", between(-0.8, 0.8)),
    "erfc": _unary("erfc"),
    "erfinv": _unary("erfinv", between(-0.8, 0.8)),
    "logit": _unary("logit", between(0.1, 0.9)),
    "lgamma": _unary("lgamma", off_integers),
    "digamma": _unary("digamma", off_integers, edges=NO_POLES),
    "sin": _unary("sin"),
    "cos": _unary("cos"),
    "tan": _unary("tan", between(-1.2, 1.2)),
    "tanh": _unary("tanh"),
    "sigmoid": _unary("sigmoid"),
    "erf": _unary("erf"),
    "relu": _unary("relu", exact=True),
    "floor": _unary("floor", off_integers, exact=True),
    "ceil": _unary("ceil", off_integers, exact=True),
    "trunc": _unary("trunc", off_integers, exact=True),
    "round": _unary("round", off_integers, exact=True),
    "invert": MapSample(operator.invert, operator.invert),
    "logical_not": _unary("logical_not"),
    "add": _binary(operator.add, exact=True),
    "sub": _binary(operator.sub, exact=True),
    "mul": _binary(operator.mul, exact=True),
    "div": _binary(operator.truediv),
    "floordiv": _binary(operator.floordiv, exact=True, divisor=True, order=0),
    "mod": _binary(operator.mod, off_integers, between(0.6, 0.9), divisor=True),
    "fmod": _binary(lambda a, b: a.fmod(b), off_integers, between(0.6, 0.9), divisor=True),
    "atan2": _binary(lambda a, b: a.atan2(b)),
    "hypot": _binary(_of_floats("hypot")),
    # An infinity's gradient is a NaN in torch.
    "copysign": _binary(lambda a, b: a.copysign(b), exact=True, edges=(np.nan, 0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e30)),
    "nextafter": _binary(_of_floats("nextafter"), exact=True),
    "gcd": _binary(lambda a, b: a.gcd(b), smallest=(-127, -127)),
    "pow": _binary(operator.pow, between(0.3, 2.0), off_zero(0.5, 2.5), smallest=(-128, -3), largest=(127, 9)),
    "maximum": MapSample(lambda a, b: a.maximum(b), torch.maximum, (off_zero(0.1, 3.0),) * 2, BINARY_EDGES),
    "minimum": MapSample(lambda a, b: a.minimum(b), torch.minimum, (off_zero(0.1, 3.0),) * 2, BINARY_EDGES),
    "eq": _binary(operator.eq),
    "ne": _binary(operator.ne),
    "lt": _binary(operator.lt),
    "le": _binary(operator.le),
    "gt": _binary(operator.gt),
    "ge": _binary(operator.ge),
    "and": _binary(operator.and_),
    "or": _binary(operator.or_),
    "xor": _binary(operator.xor),
    "left_shift": _binary(operator.lshift, smallest=(-128, 0), largest=(127, 7)),
    "right_shift": _binary(operator.rshift, smallest=(-128, 0), largest=(127, 7)),
    "where": MapSample(clgrad.where, torch.where, (truths, off_zero(0.1, 3.0), off_zero(0.1, 3.0)), exact=True),
}


def makes_floats(row: str) -> bool:
    return FLOAT in OPS[row].domain


def made(sample: MapSample, *shapes: Shape, dtype: str = "float32", seed: int = 0) -> tuple[Numpy, ...]:
    """Inputs of these shapes from a sample's makers; conditions stay bool."""
    generator = rng(seed)
    arrays = (maker(generator, shape) for maker, shape in zip(sample.makers, shapes))
    return tuple(np.asarray(one if one.dtype == bool else one.astype(dtype)) for one in map(np.asarray, arrays))


LAYOUTS: dict[str, tuple[Shape, Function]] = {
    "transposed": ((5, 3), lambda x: x.transpose(0, 1)),
    "stepped": ((7, 9), lambda x: x[1::3, ::2]),
    "flipped": ((3, 5), lambda x: x.flip(0, 1)),
    "expanded": ((3, 1), lambda x: x.expand(3, 5)),
}


def float_cases(row: str) -> list[Case]:
    """Shapes, broadcasting, reuse and layouts of a row that computes with floats."""
    sample = MAPS[row]
    count = len(sample.makers)
    call, reference = sample.call, sample.reference
    shapes: dict[str, tuple[Shape, ...]] = {
        "plain": ((3, 5),) * 3,
        "vector": ((33,),) * 3,
        "one": ((1,),) * 3,
        "scalar": ((),) * 3,
        "empty": ((0, 3),) * 3,
    }
    if count > 1:
        shapes |= {"broadcast": ((3, 1), (4,), (2, 1, 1)), "broadcast scalar": ((2, 3), (), (3,))}
    cases = [
        Case(name, call, reference, made(sample, *some[:count], seed=seed), exact=sample.exact)
        for seed, (name, some) in enumerate(shapes.items())
    ]
    double = made(sample, *((2, 7),) * count, dtype="float64", seed=20)
    cases.append(Case("float64", call, reference, double))
    for seed, (name, (shape, layout)) in enumerate(LAYOUTS.items(), 30):

        def through(function: Function, layout: Function = layout) -> Function:
            return lambda *xs: function(*map(layout, xs))

        cases.append(Case(name, through(call), through(reference), made(sample, *(shape,) * count, seed=seed)))
    plain = made(sample, *((2, 3),) * count, seed=40)

    def doubled(function: Function) -> Function:
        return lambda *xs: (lambda y: y + y)(function(*xs))

    def squared(function: Function) -> Function:
        return lambda *xs: (lambda y: y * y)(function(*xs))

    if OPS[row].result is None:
        cases.append(Case("y + y", doubled(call), doubled(reference), plain))
        cases.append(Case("y * y", squared(call), squared(reference), plain))
    if count == 2:
        one = (made(sample, (2, 3), (2, 3), seed=41)[0],)
        cases.append(Case("f(x, x)", lambda x: call(x, x), lambda x: reference(x, x), one, smooth=False))
    return [replace(case, order=sample.order) for case in cases]


def edge_cases(row: str) -> list[Case]:
    """Where the meaning is at stake: NaN, infinities, signed zeros, ties, overflow."""
    sample = MAPS[row]
    cases = []
    for dtype in ("float32", "float64"):
        grid = list(itertools.product(sample.edges, repeat=min(2, len(sample.makers))))
        columns = [np.array(column, dtype) for column in zip(*grid)]
        if row == "where":
            columns = [np.arange(len(grid)) % 3 == 0, *columns]
        order = min(1, sample.order)
        cases.append(Case(f"edges {dtype}", sample.call, sample.reference, tuple(columns), order, exact=sample.exact))
    return cases


def integer_operands(sample: MapSample, dtype: str, count: int) -> tuple[Numpy, ...]:
    """Every pair of telling integers: the ends of the range, and small ones of either sign."""
    if dtype == "bool":
        return tuple(np.array(column) for column in zip(*itertools.product((False, True), repeat=count)))
    info = np.iinfo(dtype)
    ends = (int(info.min), int(info.min) + 1, int(info.max) - 1, int(info.max))
    values = sorted({*ends, -7, -3, -2, -1, 0, 1, 2, 3, 7, 100})
    columns: list[list[int]] = []
    for place in range(count):
        lowest, highest = sample.smallest[place % 2], sample.largest[place % 2]
        free = [value for value in values if info.min <= value <= info.max]
        if lowest != -128:
            free = [value for value in free if value >= lowest]
        if highest != 127:
            free = [value for value in free if value <= highest]
        if sample.divisor and place == 1:
            # The lowest number by -1 traps on the host, as a zero divisor raises in torch.
            free = [value for value in free if value not in (0, -1)]
        columns.append(free)
    grid = list(itertools.product(*columns))
    return tuple(np.array(column, dtype) for column in zip(*grid))


def integer_cases(row: str, dtypes: Sequence[str] = INTEGERS) -> list[Case]:
    """Each integer dtype (and bool) that the row computes with, or takes in and makes float32."""
    sample, op = MAPS[row], OPS[row]
    cases = []
    for dtype in (*(("bool",) if BOOL in op.domain else ()), *dtypes):
        if INTEGER in op.domain:
            count = 2 if row == "where" else len(sample.makers)
            operands = integer_operands(sample, dtype, count)
            if row == "where":
                operands = (np.arange(operands[0].size) % 3 == 0, *operands)
        else:
            operands = tuple(np.arange(1, 8).astype(dtype) for _ in sample.makers)
        cases.append(Case(dtype, sample.call, sample.reference, operands, order=0))
    return cases


def map_cases(row: str) -> list[Case]:
    cases = []
    if makes_floats(row):
        cases += float_cases(row) + edge_cases(row)
    if INTEGER in OPS[row].domain or OPS[row].domain == (FLOAT,):
        cases += integer_cases(row)
    return cases


# -- special rows of the map family --------------------------------------------------------------

TORCH_DTYPES = {name: getattr(torch, name) for name in (*BY_CATEGORY[BOOL], *INTEGERS, *BY_CATEGORY[FLOAT])}


def cast_cases() -> list[Case]:
    """Every pair of dtypes; numbers that fit, and integers that wrap."""
    cases = []
    for source, target in itertools.product(TORCH_DTYPES, repeat=2):
        kind = np.dtype(source).kind
        if kind == "f":
            low = 0.0 if target.startswith("u") else -100.0
            values = np.array([low, 0.0, 0.5, 0.99, 1.5, 99.9, 100.0], source)
            if target == "bool":
                values = np.array([np.nan, np.inf, -0.0, 0.0, 0.1, 1e-30], source)
        elif kind == "b":
            values = np.array([True, False])
        else:
            info = np.iinfo(source)
            values = np.array([info.min, 0, 1, 100, info.max // 2 + 3, info.max], source)
        cases.append(
            Case(
                f"{source} to {target}",
                lambda x, target=target: x.to(target),
                lambda x, target=target: x.to(TORCH_DTYPES[target]),
                (values,),
                order=0,
                halves=not target.startswith("float"),  # the result is no half
            )
        )
    for source, target in (("float32", "float64"), ("float64", "float32")):
        cases.append(
            Case(
                f"gradient of {source} to {target}",
                lambda x, target=target: x.to(target) * x.to(target),
                lambda x, target=target: x.to(TORCH_DTYPES[target]) * x.to(TORCH_DTYPES[target]),
                (normal(3, 5, dtype=source).astype("float32").astype(source),),
                halves=False,  # the result is no half
            )
        )
    return [replace(case, smooth=False) for case in cases]


def bitcast_cases() -> list[Case]:
    pairs = (("float32", "int32"), ("float32", "uint32"), ("float64", "int64"), ("int8", "uint8"), ("int64", "float64"))
    values = np.array([0.0, -0.0, 1.5, -2.5, 1e-30, np.inf, -np.inf, 3e30])
    return [
        Case(
            f"{source} as {target}",
            lambda x, target=target: x.bitcast(clgrad.dtypes.as_dtype(target)),
            lambda x, target=target: x.view(getattr(torch, target)),
            (values.astype(source) if source.startswith("f") else np.arange(-4, 4).astype(source),),
            order=0,
            exact=True,
            halves=False,  # the two dtypes have one size
        )
        for source, target in pairs
    ]


def check_index_cases() -> list[Case]:
    places = np.array([[0, 4, 2, 1], [3, 3, 0, 4]])
    return [
        Case(dtype, lambda x: x.check_index(5, "sample"), lambda x: x, (places.astype(dtype),), order=0)
        for dtype in INTEGERS
    ]


def polygamma_cases() -> list[Case]:
    x = made(MAPS["digamma"], (3, 5), seed=3)[0]
    cases = [same(f"{n}", lambda x, n=n: x.polygamma(n), x, order=2 if n < 3 else 0) for n in (1, 2, 3, 4, 9)]
    # Of n = 1 torch has 10 digits only.
    edges = np.array([np.nan, 0.0, 1e-3, 1.0, 1.5, 30.0, 1e4, -0.5, -0.25, -7.75])
    return [
        *cases,
        *(same(f"{n} in float64", lambda x, n=n: x.polygamma(n), x.astype("float64")) for n in (2, 3)),
        *(same(f"edges {n}", lambda x, n=n: x.polygamma(n), edges.astype("float32"), order=0) for n in (1, 2, 3)),
        same("of integers", lambda x: x.polygamma(1), np.arange(1, 6), order=0),
    ]


def bessel_cases() -> list[Case]:
    def call(order: int, scaled: int) -> Function:
        reference = getattr(torch.special, f"i{order}{'e' * scaled}")
        return lambda x: reference(x) if isinstance(x, torch.Tensor) else x._apply(OPS["bessel"], (x,), order, scaled)

    x = normal(3, 5, seed=3) * 3
    edges = np.array([np.nan, 0.0, -0.0, 1e-4, 8.0, -8.0, 29.9, -30.1, 60.0, 88.0], np.float32)
    cases = []
    for order, scaled in itertools.product((0, 1), repeat=2):
        name, function = f"i{order}{'e' * scaled}", call(order, scaled)
        cases += [
            same(name, function, x),
            same(f"{name} in float64", function, x.astype("float64") * 4),
            same(f"{name} edges", function, edges, order=0),
        ]
    # torch's derivative of i1 at 0 is a constant, and so is ours.
    return [*cases, same("at zero", call(0, 0), np.zeros(2, np.float32))]


def philox_cases() -> list[Case]:
    """Known answers of philox2x32-10 from its authors' test vectors."""
    words = np.array(
        [
            [0x00000000, 0x00000000, 0x00000000, 0xFF1DAE596CD10DF2],
            [0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0x2C3F628BAB4FD7AD],
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0xDD7CE038F62A4C12],
        ],
        np.uint64,
    )

    def call(counter: Any, stream: Any, key: Any, answer: Any) -> Any:
        return counter._apply(OPS["philox"], (counter, stream, key)) == answer

    return [
        Case("known answers", call, lambda *columns: torch.ones(3, dtype=torch.bool), tuple(words.T.copy()), order=0)
    ]


# -- reductions ----------------------------------------------------------------------------------


def _prod_of_dims(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """torch.prod over several dims, which torch reduces one at a time."""
    dims = range(x.ndim) if dim is None or dim == () else [dim] if isinstance(dim, int) else dim
    for one in sorted((one % max(x.ndim, 1) for one in dims), reverse=True):
        x = x.prod(one, keepdim=keepdim)
    return x.to(torch.int64) if not x.dtype.is_floating_point else x


REDUCES: dict[str, Function] = {
    "sum": lambda x, dim=None, keepdim=False: torch.sum(x, dim, keepdim),
    "prod": _prod_of_dims,
    "amax": lambda x, dim=(), keepdim=False: torch.amax(x, dim, keepdim),
    "amin": lambda x, dim=(), keepdim=False: torch.amin(x, dim, keepdim),
}


@dataclass(frozen=True)
class Reduction:
    """A call of a reduction, for either library."""

    row: str
    options: dict[str, Any] = field(default_factory=dict)
    before: Function = lambda x: x
    after: Function = lambda x: x

    def call(self, x: Any) -> Any:
        return self.after(getattr(self.before(x), self.row)(**self.options))

    def reference(self, x: Any) -> Any:
        return self.after(REDUCES[self.row](self.before(x), **self.options))

    def case(self, name: str, x: Numpy, **options: Any) -> Case:
        return Case(name, self.call, self.reference, (x,), **options)


def reduce_cases(row: str) -> list[Case]:
    # A product's second derivative makes long kernels, and torch divides by factors there, so that small
    # ones leave only noise: a few of the variants have to do.
    order = 1 if row == "prod" else 2
    cases = []
    x = normal(3, 4, 5, seed=1)
    dims: tuple[Any, ...] = (None, 0, 1, 2, -1, (0, 1), (1, 2), (0, 2), (-1, 0), (0, 1, 2))
    for dim, keepdim in itertools.product(dims, (False, True)):
        if row == "prod" and keepdim and dim not in (None, 1):
            continue
        options: dict[str, Any] = {"keepdim": keepdim} if dim is None else {"dim": dim, "keepdim": keepdim}
        if dim is None and keepdim:
            options["dim"] = (0, 1, 2)
        cases.append(Reduction(row, options).case(f"{options}", x, order=2 if dim in (1, (0, 1)) else order))
    for name, (shape, layout) in LAYOUTS.items():
        x = normal(*shape, seed=2)
        repeats = name == "expanded"
        for dim in (0, 1):
            reduction = Reduction(row, {"dim": dim}, before=layout)
            cases.append(reduction.case(f"{name} {dim}", x, order=order, smooth=not repeats))
    small = normal(2, 3, seed=3)
    cases += [
        Reduction(row, {"dim": 1}, after=lambda y: y + y).case("y + y", small),
        Reduction(row, {"dim": 1}, after=lambda y: y * y).case("y * y", small),
        Reduction(row, {"dim": 1, "keepdim": True}, lambda x: x * x, lambda y: y.cos()).case("chain", small),
        Reduction(row, {"dim": 0}).case("scalar", normal(seed=4)),
        Reduction(row, {"dim": 0}).case("length one", normal(1, 3, seed=4), order=order),
        Reduction(row, {"dim": (0, 2)}).case("ones inside", normal(1, 3, 1, 2, seed=4), order=order),
        Reduction(row, {"dim": 1}).case("empty rows", normal(0, 3, seed=4)),
        Reduction(row, {"dim": 0}).case("float64", normal(7, 3, seed=5, dtype="float64")),
        Reduction(row, {"dim": 0}).case("columns", normal(37, 6, seed=6), magnitude=37, order=order),
        Reduction(row, {"dim": 1}).case("rows", normal(6, 37, seed=6), magnitude=37, order=order),
    ]
    if row in ("sum", "prod"):
        cases.append(Reduction(row, {"dim": 0}).case("nothing to add", normal(0, 3, seed=4)))
        cases.append(Reduction(row, {"dim": 1, "keepdim": True}).case("nothing kept", normal(2, 0, seed=4)))
    with_zeros = np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 5.0], [1.0, 2.0, 4.0], [-0.0, 3.0, -1.0]], np.float32)
    cases.append(Reduction(row, {"dim": 1}).case("zeros", with_zeros, smooth=row in ("sum", "prod")))
    ties = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 2.0], [0.0, -0.0, -1.0]], np.float32)
    cases.append(Reduction(row, {"dim": 1}).case("ties", ties, order=order, smooth=False))
    cases.append(Reduction(row).case("ties everywhere", ties, order=order, smooth=False))
    nan, inf = np.nan, np.inf
    edges = [[nan, 1, 2], [1, nan, inf], [inf, -inf, 0], [inf, 1, 2], [-inf, -1, -2], [0.0, -0.0, 0.0]]
    cases.append(Reduction(row, {"dim": 1}).case("edges", np.array(edges, np.float32), order=0))
    cases.append(Reduction(row, {"dim": 0}).case("edges of columns", np.array(edges, np.float32), order=0))
    # Long enough to be reduced in two steps. A product near 1 gathers a rounding error from each factor.
    spread = 1 + normal(2, 40960, seed=8) * np.float32(1e-3) if row == "prod" else normal(2, 40960, seed=8)
    long: dict[str, Any] = {"smooth": False, "order": 1, "slack": 10.0 if row == "prod" else 1.0}
    sizes = np.abs(spread).sum() if row == "sum" else 1.0
    cases.append(Reduction(row, {"dim": 1}).case("long rows", spread, magnitude=sizes / 2, **long))
    cases.append(Reduction(row).case("long", spread.reshape(-1), magnitude=sizes, **long))
    for dtype in ("bool", *INTEGERS):
        if dtype == "bool":
            values = rng(9).integers(0, 2, (4, 5)).astype(bool)
        else:
            info = np.iinfo(dtype)
            values = rng(9).integers(info.min, info.max, (4, 5), dtype, endpoint=True)
        for dim in (None, 1):
            options = {} if dim is None else {"dim": dim}
            cases.append(Reduction(row, options).case(f"{dtype} {dim}", values, order=0))
    return cases


# -- moves ---------------------------------------------------------------------------------------


def _moved(name: str, move: Function, shape: Shape, reference: Function | None = None) -> list[Case]:
    """A move of stored values, of computed ones, and followed by itself a second time over."""
    other = reference or move
    x = normal(*shape, seed=len(name))
    return [
        # A move is linear: the square makes its gradient depend on its input.
        Case(name, lambda x: move(x) * move(x), lambda x: other(x) * other(x), (x,)),
        Case(f"{name}, computed", lambda x: move(x.sin()) * 2, lambda x: other(x.sin()) * 2, (x,)),
    ]


def pad_in_torch(x: Any, pad: Sequence[int], value: float = 0.0) -> Any:
    return torch.nn.functional.pad(x, tuple(pad), value=value)


def _moves(row: str, *moves: tuple[Shape, Function], references: Sequence[Function] = ()) -> list[Case]:
    cases: list[Case] = []
    for number, (shape, move) in enumerate(moves):
        cases += _moved(f"{row} {number} of {shape}", move, shape, references[number] if references else None)
    return cases


def reshape_cases() -> list[Case]:
    return _moves(
        "reshape",
        ((2, 3, 4), lambda x: x.reshape(6, 4)),
        ((2, 3, 4), lambda x: x.reshape(-1)),
        ((2, 3, 4), lambda x: x.reshape((4, -1, 2))),
        ((2, 3), lambda x: x.reshape(2, 1, 3, 1)),
        ((4, 6), lambda x: x.transpose(0, 1).reshape(3, 8)),
        ((4, 6), lambda x: x.flip(1).reshape(8, 3)),
        ((1, 6), lambda x: x.expand(4, 6).reshape(3, 8)),
        ((4, 6), lambda x: x[1:3, ::2].reshape(3, 2)),
        ((1,), lambda x: x.reshape(())),
        ((), lambda x: x.reshape(1, 1)),
        ((0, 3), lambda x: x.reshape(3, 0)),
        ((2, 3, 4), lambda x: x.flatten(1)),
        ((1, 3, 1), lambda x: x.squeeze()),
        ((1, 3, 1), lambda x: x.squeeze(0).unsqueeze(-1)),
    )


def permute_cases() -> list[Case]:
    return _moves(
        "permute",
        ((2, 3, 4), lambda x: x.permute(2, 0, 1)),
        ((2, 3, 4), lambda x: x.permute(-1, 1, 0)),
        ((2, 3, 4), lambda x: x.transpose(0, -1).permute(1, 2, 0)),
        ((3, 5), lambda x: x.T),
        ((17, 33), lambda x: x.transpose(0, 1)),
        ((2, 3, 4), lambda x: x.mT),
    )


def expand_cases() -> list[Case]:
    return _moves(
        "expand",
        ((1, 3), lambda x: x.expand(4, 3)),
        ((3, 1), lambda x: x.expand(2, -1, 5)),
        ((), lambda x: x.expand(2, 3)),
        ((1, 1, 1), lambda x: x.expand(2, 3, 4)),
        ((1, 3), lambda x: x.expand(0, 3)),
        ((3, 1), lambda x: x.expand(3, 4).transpose(0, 1).flip(0)),
    )


def pad_cases() -> list[Case]:
    widths: tuple[tuple[Shape, tuple[int, ...], float], ...] = (
        ((3, 4), (1, 2), 0.0),
        ((3, 4), (0, 0, 2, 1), 0.0),
        ((3, 4), (1, 0, 0, 2), 1.5),
        ((3, 4), (-1, 2), 0.0),
        ((3, 4), (-1, -1, 2, -2), 2.0),
        ((2, 3, 4), (1, 1, 1, 1, 1, 1), -1.0),
        ((1,), (3, 17), 0.0),
        ((0, 2), (1, 0, 2, 1), 3.0),
        ((3, 4), (0, 0), 1.0),
        ((3, 4), (-2, -2), 0.0),
    )
    cases: list[Case] = []
    for number, (shape, pad, value) in enumerate(widths):
        cases += _moved(
            f"pad {number}: {pad} of {value}",
            lambda x, pad=pad, value=value: x.pad(pad, value=value),
            shape,
            lambda x, pad=pad, value=value: pad_in_torch(x, pad, value),
        )
    cases += _moved(
        "pad of a pad, transposed and cut",
        lambda x: x.pad((1, 2, 2, 1)).transpose(0, 1).pad((1, 1), value=1)[1:-1, ::2],
        (3, 4),
        lambda x: pad_in_torch(pad_in_torch(x, (1, 2, 2, 1)).transpose(0, 1), (1, 1), 1)[1:-1, ::2],
    )
    cases += _moved(
        "pad, reshaped",
        lambda x: x.pad((1, 2)).reshape(-1, 3),
        (3, 6),
        lambda x: pad_in_torch(x, (1, 2)).reshape(-1, 3),
    )
    return cases


def slice_cases() -> list[Case]:
    return _moves(
        "slice",
        ((5, 7), lambda x: x[1:4]),
        ((5, 7), lambda x: x[::2, 1::3]),
        ((5, 7), lambda x: x[-2:, :-3]),
        ((5, 7), lambda x: x[4:9:3, 6]),
        ((5, 7), lambda x: x[3:1]),
        ((5, 7), lambda x: x[1:, ::2][::2, 1:]),
        ((33,), lambda x: x[1::2]),
        ((40,), lambda x: x.reshape(5, 8)[1:, ::3].transpose(0, 1)),
        ((9,), lambda x: x[::4] + x[1::4][:2].sum()),
    )


def flip_cases() -> list[Case]:
    return _moves(
        "flip",
        ((3, 5), lambda x: x.flip(0)),
        ((3, 5), lambda x: x.flip(0, 1)),
        ((3, 5), lambda x: x.flip((-1,))),
        ((33,), lambda x: x.flip(0)[::2]),
        ((3, 5), lambda x: x.flip(1).transpose(0, 1).flip(1)),
    )


def window_cases() -> list[Case]:
    return _moves(
        "window",
        ((2, 9), lambda x: x.window((1,), (3,), (2,), (1,))),
        ((9, 2), lambda x: x.window((0,), (3,), (1,), (2,))),
        ((11, 2), lambda x: x.window((0,), (3,), (2,), (2,))),
        ((9, 2), lambda x: x.window((0,), (2,), (3,), (1,))),
        ((2, 7, 9), lambda x: x.window((2, 1), (3, 4), (2, 3), (1, 1))),
        ((6, 6), lambda x: x.window((0, 1), (5, 5), (1, 1), (1, 1))),
        ((5, 6), lambda x: x.permute(1, 0).window((0,), (2,), (2,), (1,)).reshape(3, -1)),
        ((5, 6), lambda x: x.pad((1, 1)).window((0,), (3,), (1,), (1,)).permute(2, 0, 1)),
        ((5, 6), lambda x: x.pad((1, 1)).window((1,), (3,), (2,), (1,))),
        ((5, 6), lambda x: x.window((1,), (4,), (1,), (1,)).window((1,), (2,), (1,), (1,)).flip(0)),
        ((3, 4), lambda x: x.window((1,), (4,), (5,), (1,))),
        ((3, 4), lambda x: x.window((1,), (0,), (1,), (1,))),
        references=(
            lambda x: x.unfold(1, 3, 2),
            lambda x: x.unfold(0, 5, 1)[..., ::2],
            lambda x: x.unfold(0, 5, 2)[..., ::2],
            lambda x: x.unfold(0, 2, 3),
            lambda x: x.unfold(2, 3, 2).unfold(1, 4, 3),
            lambda x: x.unfold(0, 5, 1).unfold(1, 5, 1),
            lambda x: x.permute(1, 0).unfold(0, 2, 2).reshape(3, -1),
            lambda x: pad_in_torch(x, (1, 1)).unfold(0, 3, 1).permute(2, 0, 1),
            lambda x: pad_in_torch(x, (1, 1)).unfold(1, 3, 2),
            lambda x: x.unfold(1, 4, 1).unfold(1, 2, 1).flip(0),
            lambda x: x.unfold(1, 4, 5),
            lambda x: x.unfold(1, 0, 1),
        ),
    )


def picked_cases() -> list[Case]:
    """The largest element of each window of a vector, read from where it lies."""

    def case(name: str, length: int, size: int, step: int, dilation: int, before: int) -> Case:
        def numbers(x: Any) -> Any:
            wide = torch.nn.functional.pad(torch.tensor(x.tolist()), (before, before), value=-math.inf)
            return wide.unfold(0, dilation * (size - 1) + 1, step)[:, ::dilation].argmax(1)

        def call(x: Any) -> Any:
            tap = numbers(x)
            places = clgrad.tensor((torch.arange(len(tap)) * step + tap * dilation - before).numpy(), device=x.device)
            value = x.detach().take_rows(places)
            number = clgrad.tensor(tap.int().numpy(), device=x.device)
            geometry = (0,), (size,), (step,), (dilation,), (before,)
            return value._apply(moves.picked, (value, x, number), *geometry).exp()

        def reference(x: Any) -> Any:
            tap = numbers(x)
            return x[torch.arange(len(tap)) * step + tap * dilation - before].exp()

        return Case(name, call, reference, (normal(length, seed=length),))

    return [
        case("apart", 12, 3, 3, 1, 0),
        case("overlapping", 12, 3, 1, 1, 0),
        case("padded", 13, 3, 2, 1, 1),
        case("dilated", 13, 3, 2, 2, 2),
        case("with gaps", 13, 2, 5, 1, 1),
    ]


def log_of_sum_cases() -> list[Case]:
    """Of a vector, of rows, and of columns."""

    def case(name: str, x: Numpy, dim: int) -> Case:
        def call(x: Any) -> Any:
            value = x.detach().exp().sum(dim, keepdim=True).log()
            return value._apply(moves.log_of_sum, (value, x)) * x

        return Case(name, call, lambda x: x.logsumexp(dim, keepdim=True) * x, (x,))

    return [case("vector", normal(7), 0), case("rows", normal(3, 5), 1), case("columns", normal(3, 5), 0)]


def after_cases() -> list[Case]:
    """Behind what is computed, and behind what is there."""

    def case(name: str, other: Callable[[Any], Any]) -> Case:
        def call(x: Any) -> Any:
            return x._apply(moves.after, (x, other(x))) * x

        return Case(name, call, lambda x: x * x, (normal(3, 5),))

    return [case("computed", lambda x: x.exp().sum()), case("there", lambda x: x)]


def recomputed_cases() -> list[Case]:
    """Of one function, and of one within another."""

    def function(x: Any) -> Any:
        return x.exp() * x

    def within(x: Any) -> Any:
        return clgrad.checkpoint(function, x).tanh() * x

    return [
        Case("once", lambda x: clgrad.checkpoint(function, x) * x, lambda x: function(x) * x, (normal(3, 5),)),
        Case("nested", lambda x: clgrad.checkpoint(within, x), lambda x: function(x).tanh() * x, (normal(3, 5),)),
    ]


def detach_cases() -> list[Case]:
    return _moves(
        "detach",
        ((3, 5), lambda x: x.detach() * x),
        ((3, 5), lambda x: (x * x).detach() + x),
        ((), lambda x: x.detach().exp() * x),
    )


def leaf_cases() -> list[Case]:
    return [
        same("the leaf itself", lambda x: x, normal(3, 5)),
        same("used twice", lambda x: x * x + x, normal(3, 5)),
        same("0-d", lambda x: x * x, normal()),
    ]


# -- complex numbers -----------------------------------------------------------------------------


def normal_complex(*shape: int, seed: int = 0, dtype: str = "complex64") -> Numpy:
    parts = rng(seed).standard_normal((2, *shape))
    return np.asarray(parts[0] + 1j * parts[1], dtype)


def _part_cases(part: str) -> list[Case]:
    def take(z: Any) -> Any:
        return getattr(z, part)

    z = normal_complex(3, 5)
    return [
        same("plain", take, z, exact=True),
        same("squared", lambda z: take(z) * take(z), z),
        same("of a product", lambda z: take(z * z), normal_complex(17)),
        same("transposed", lambda z: take(z.transpose(0, 1)), z, exact=True),
        same("flipped", lambda z: take(z.flip(0, 1)), z, exact=True),
        same("stepped", lambda z: take(z[1:, ::2]), z, exact=True),
        same("expanded", lambda z: take(z[:, :1].expand(3, 4)), z),
        Case("padded", lambda z: take(z.pad((2, 18))) * 2, lambda z: take(pad_in_torch(z, (2, 18))) * 2, (z,)),
        same("long", take, normal_complex(3, 67), exact=True),
        same("0-d", take, normal_complex()),
        same("empty", take, normal_complex(0, 3)),
        same("double", take, normal_complex(4, dtype="complex128")),
        same("edges", take, np.array([complex(np.nan, np.inf), complex(-np.inf, -0.0)], np.complex64), exact=True),
    ]


def complex_cases() -> list[Case]:
    def make(a: Any, b: Any) -> Any:
        return (clgrad if isinstance(a, clgrad.Tensor) else torch).complex(a, b)

    a, b = normal(3, 5, seed=1), normal(3, 5, seed=2)
    return [
        same("plain", make, a, b, exact=True),
        same("squared", lambda a, b: make(a, b) * make(a, b), a, b),
        same("transposed", lambda a, b: make(a, b).transpose(0, 1) * 2, a, b),
        same("long", lambda a, b: make(a + b, a * b), normal(3, 67, seed=1), normal(3, 67, seed=2)),
        same("broadcast", make, normal(3, 1), normal(4)),
        same("0-d", make, normal(), normal(seed=1)),
        same("empty", make, normal(0, 3), normal(0, 3)),
        same("double", make, normal(4, dtype="float64"), normal(4, seed=1, dtype="float64")),
        same("edges", make, *np.array([[np.nan, -0.0, 1], [np.inf, np.nan, -0.0]], np.float32), exact=True),
    ]


# -- anchors and sources -------------------------------------------------------------------------


def product(a: Shape, b: Shape, dtype: str = "float32", call: Function = operator.matmul) -> Case:
    """A matrix product; the terms of one element add up over the shared dim."""
    return same(
        f"{dtype} {a} @ {b}", call, normal(*a, seed=1, dtype=dtype), normal(*b, seed=2, dtype=dtype), magnitude=a[-1]
    )


MATMUL_SHAPES: tuple[tuple[Shape, Shape], ...] = (
    ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)),
    ((2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((2, 1, 2, 3), (1, 5, 3, 4)),
    ((2, 1, 2, 3), (5, 3, 4)), ((1, 1), (1, 1)), ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((2, 3), (3, 0)),
    ((0, 2, 3), (0, 3, 4)), ((1, 7), (7, 1)), ((17, 1), (1, 33)),
)  # fmt: skip
ODD_SIZES = ((1, 2, 3), (3, 1, 5), (5, 7, 2), (7, 17, 1), (17, 5, 33), (33, 65, 7), (65, 33, 17), (2, 129, 65),
             (129, 3, 129), (1, 129, 33), (129, 129, 1), (64, 64, 64), (16, 128, 48))  # fmt: skip


def matmul_cases() -> list[Case]:
    cases = [product(a, b) for a, b in MATMUL_SHAPES]
    cases += [replace(product((m, k), (k, n)), smooth=m * n < 200) for m, k, n in ODD_SIZES]
    cases += [
        product((4, 6), (4, 5), call=lambda a, b: a.transpose(0, 1) @ b),
        product((5, 6), (4, 6), call=lambda a, b: a @ b.transpose(0, 1)),
        product((6, 5), (4, 6), call=lambda a, b: a.transpose(0, 1) @ b.transpose(0, 1)),
        product((2, 3, 4), (2, 3, 5), call=lambda a, b: (a.mT @ b).mT),
        product((8, 6), (6, 4), call=lambda a, b: a[::2, 1:5] @ b[2:].flip(1)),
        product((3, 3), (3, 3), call=lambda a, b: a @ b @ a),
        product((3, 4), (4, 2), call=lambda a, b: ((a.sin() @ b.exp()) + 1).tanh()),
        product((1, 4), (4, 2), call=lambda a, b: a.expand(5, 4) @ b),
        same("a @ a", lambda a: a @ a, normal(5, 5), magnitude=5),
        same("with its transpose", lambda a: a @ a.mT, normal(3, 7), magnitude=7),
        product((3, 17), (17, 5), "float64"),
        product((2, 33, 17), (17, 9), "float64"),
    ]
    for dtype in ("int32", "int64", "uint8"):
        a, b = (rng(seed).integers(0, 9, shape).astype(dtype) for seed, shape in enumerate(((5, 17), (17, 3))))
        cases.append(same(f"{dtype} product", operator.matmul, a, b))
    return cases


def convolution_cases() -> list[Case]:
    """Layouts, what follows, and sizes beside those of tiles; steps and zeros are samples of conv1d to conv3d."""

    def convolved(x: Any, w: Any, **options: Any) -> Any:
        return library(x).nn.functional.conv2d(x, w, **options)

    def of(name: str, call: Function, *shapes: Shape, **options: Any) -> Case:
        inputs = [normal(*shape, seed=seed) for seed, shape in enumerate(shapes)]
        return same(name, call, *inputs, magnitude=math.prod(shapes[0][1:]), **options)

    def block(x: Any, w: Any, bias: Any) -> Any:
        y = convolved(x, w, padding=1) + bias.reshape(-1, 1, 1)
        return y.tanh() + x

    return [
        of("plain", convolved, (2, 3, 6, 20), (5, 3, 3, 3)),
        of("last channels", lambda x, w: convolved(x.permute(0, 3, 1, 2), w), (2, 6, 7, 3), (4, 3, 3, 3)),
        of("of computed values", lambda x, w: convolved(x.exp(), w.sin()), (1, 2, 5, 5), (2, 2, 2, 2)),
        of("of a slice", lambda x, w: convolved(x[:, 1:3, ::2], w[1:]), (2, 4, 9, 9), (4, 2, 3, 3)),
        of("of one image", lambda x, w: convolved(x.expand(3, 2, 5, 6), w), (1, 2, 5, 6), (2, 2, 2, 2)),
        of("of itself", lambda x: convolved(x, x, padding=2), (2, 2, 3, 3)),
        # 1 - tanh ** 2 of sums beyond 2 keeps few digits of a half.
        of("then a block's end", block, (2, 4, 6, 6), (4, 4, 3, 3), (4,), halves=False),
        of("each channel by itself", lambda x, w: convolved(x, w, groups=6, padding=1), (2, 6, 7, 7), (6, 1, 3, 3)),
        of("many channels of few places", convolved, (3, 40, 4, 4), (33, 40, 3, 3), order=1, smooth=False),
        of("few channels of many places", convolved, (2, 1, 40, 37), (20, 1, 5, 5), order=1, smooth=False),
        of("one place", convolved, (2, 3, 4, 4), (2, 3, 4, 4)),
        of("summed", lambda x, w: convolved(x, w).sum((0, 2, 3)), (2, 3, 5, 5), (4, 3, 2, 2)),
    ]


def transposed_convolution_cases() -> list[Case]:
    """Steps, elements behind all windows, and groups; more are samples of conv_transpose1d to conv_transpose3d."""

    def of(
        name: str, g: Shape, w: Shape, starts: Shape, size: Shape, stride: Shape, dilation: Shape, groups: int = 1
    ) -> Case:
        def ours(g: Any, w: Any) -> Any:
            return convolutions.transpose(g, w, starts, size, stride, dilation, groups)

        def right(g: Any, w: Any) -> Any:
            spread = getattr(torch.nn.functional, f"conv_transpose{len(size)}d")
            y = spread(g, w, stride=stride, groups=groups, dilation=dilation)
            more = (max(0, start + length - have) for start, length, have in zip(starts, size, y.shape[2:]))
            y = torch.nn.functional.pad(y, [width for one in reversed(list(more)) for width in (0, one)])
            return y[(..., *(slice(start, start + length) for start, length in zip(starts, size)))]

        return Case(name, ours, right, [normal(*g), normal(*w, seed=1)], magnitude=math.prod(w))

    return [
        of("plain", (2, 4, 4, 6), (4, 3, 3, 2), (0, 0), (6, 7), (1, 1), (1, 1)),
        of("steps", (2, 3, 4, 5), (3, 2, 3, 3), (1, 1), (8, 10), (2, 2), (1, 1)),
        of("steps without taps", (1, 2, 3, 3), (2, 2, 2, 1), (0, 0), (7, 8), (3, 3), (1, 1)),
        of("taps apart", (1, 2, 5), (2, 3, 3), (2,), (9,), (2,), (3,)),
        of("behind all windows", (2, 2, 3), (2, 2, 2), (1,), (9,), (2,), (1,)),
        of("nothing but what is behind", (1, 2, 2), (2, 1, 1), (4,), (2,), (3,), (1,)),
        of("groups", (2, 6, 4, 4), (6, 2, 3, 3), (1, 1), (4, 4), (1, 1), (1, 1), 3),
    ]


def _scores(q: Any, k: Any, mask: Any, scale: float, causal: bool, window: int) -> Any:
    """What torch softmaxes, with -inf where a query does not see a key."""
    scores = q @ k.repeat_interleave(q.shape[1] // k.shape[1], 1).mT * scale + mask
    distance = torch.arange(q.shape[2])[:, None] - torch.arange(k.shape[2])
    unseen = (distance < 0) & causal | (distance >= window) & (window > 0)
    return scores.masked_fill(unseen, -math.inf)


def _with_factors(operands: tuple[Any, ...], attributes: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands; the factors of weights, which have no gradient, are given as integers."""
    return (*operands[:-1], operands[-1].to(operands[0].dtype)) if "kept" in attributes[-1] else operands


def attended(*attributes: Any, packs: bool = True) -> tuple[Function, Function]:
    """Attention, packed: means, and logarithms of sums; or the means alone."""
    op = attention.attention if packs else attention.attention_means

    def ours(*operands: Any) -> Any:
        return operands[0]._apply(op, _with_factors(operands, attributes), *attributes)

    *seen, extras = attributes

    def theirs(q: Any, k: Any, v: Any, *others: Any) -> Any:
        named = dict(zip(extras, others))
        scores = _scores(q, k, named.get("mask", 0), *seen)
        v = v.repeat_interleave(q.shape[1] // v.shape[1], 1)
        weights = scores.softmax(-1) * named.get("kept", 1)
        return torch.cat([(weights @ v).flatten(2), scores.logsumexp(-1)], 2) if packs else weights @ v

    return ours, theirs


def attention_gradients(*attributes: Any) -> tuple[Function, Function]:
    """Its gradient, of a result that is given: packed."""

    def ours(*operands: Any) -> Any:
        return operands[0]._apply(attention.attention_gradient, _with_factors(operands, attributes), *attributes)

    *seen, extras = attributes

    def theirs(g: Any, y: Any, q: Any, k: Any, v: Any, *others: Any) -> Any:
        named = dict(zip(extras, others))
        kept = named.get("kept", 1)
        batch, heads, queries, _ = q.shape
        shared, cut = (batch, k.shape[1], heads // k.shape[1]), queries * v.shape[-1]
        to_means, means = (one[..., :cut].reshape(*q.shape[:3], -1) for one in (g, y))
        parts = (_scores(q, k, named.get("mask", 0), *seen) - y[..., cut:, None]).exp()
        common = (to_means * means).sum(-1, keepdim=True) - g[..., cut:, None]
        k, v = (one.repeat_interleave(shared[2], 1) for one in (k, v))
        to_scores = parts * (kept * (to_means @ v.mT) - common) * seen[0]
        to_keys, to_values = to_scores.mT @ q, (parts * kept).mT @ to_means
        pieces = [to_scores @ k, *(one.unflatten(1, shared[1:]).sum(2) for one in (to_keys, to_values))]
        return torch.cat([one.reshape(*shared[:2], -1) for one in pieces], 2)

    return ours, theirs


def attention_cases(gradient: bool = False, packs: bool = True) -> list[Case]:
    """Blocks that are left over, heads that share keys, masks; layouts are samples of scaled_dot_product_attention."""

    def of(name: str, sizes: Sequence[int], *seen: Any, extras: tuple[str, ...] = (), order: int = 2) -> Case:
        batch, heads, shared, queries, keys, width, depth = sizes
        operands = [normal(batch, heads, queries, width), normal(batch, shared, keys, width, seed=1)]
        operands.append(normal(batch, shared, keys, depth, seed=2))
        attributes = (*seen, extras)
        if "mask" in extras:
            operands.append(normal(batch, heads, queries, keys, seed=3))
        if "kept" in extras:
            factors = rng(6).integers(0, 2, (batch, heads, queries, keys)) * 2
            operands.append(factors)
        if not gradient:
            return Case(name, *attended(*attributes, packs=packs), tuple(operands), order=order, halves=False)
        packed = [normal(batch, heads, queries * (depth + 1), seed=seed) for seed in (4, 5)]
        packed[1][..., queries * depth :] += 4  # as much as a sum of exponentials has
        inputs = (*packed, *operands)
        # Terms are products of exponentials and of sums over the depth.
        options: dict[str, Any] = {"order": order, "magnitude": float(depth), "halves": False}
        return Case(name, *attention_gradients(*attributes), inputs, **options)

    return [
        of("plain", (2, 2, 2, 3, 5, 4, 6), 0.5, False, 0),
        of("shared keys, causal", (1, 6, 2, 4, 4, 5, 3), 0.7, True, 0),
        of("a mask", (1, 2, 1, 3, 20, 4, 4), 0.5, False, 0, extras=("mask",)),
        of("some are dropped", (1, 2, 1, 3, 20, 4, 4), 0.5, False, 0, extras=("kept",)),
        of("both", (1, 4, 2, 9, 21, 5, 4), 0.5, True, 0, extras=("mask", "kept")),
        of("a window", (1, 1, 1, 40, 40, 8, 8), 0.3, True, 5),
        of("several blocks", (1, 2, 1, 70, 150, 17, 33), 0.2, False, 0, order=1),
        of("several blocks, a window", (1, 3, 1, 90, 150, 16, 16), 0.2, True, 30, order=1),
    ]


def take_cases() -> list[Case]:
    several = np.array([[2, 0, 2], [4, 4, 1]])
    return [
        same("rows", lambda x, i: x[i] * x[i], normal(5, 3), np.array([4, 0, 0, 2])),
        same("a matrix of rows", lambda x, i: x[i] * x[i], normal(5, 3), several),
        same("elements", lambda x, i: x[i] * x[i], normal(5), several),
        same("int32 index", lambda x, i: x[i] * x[i], normal(5, 2, 3), np.array([1, 3], np.int32)),
        same("of computed values", lambda x, i: x.sin()[i].exp(), normal(5, 3), several),
        same("computed index", lambda x, i: x[(i + 1) % 5], normal(5, 3), several),
        same("then reduced", lambda x, i: (x[i] * 2).sum(0), normal(5, 33), np.array([1, 1, 3])),
        same("then moved", lambda x, i: x[i].transpose(0, 1)[::2].flip(0), normal(5, 7), np.array([1, 1, 3])),
        same("of transposed", lambda x, i: x.transpose(0, 1)[i], normal(3, 5), np.array([4, 4, 1])),
        same("nothing", lambda x, i: x[i] * 2, normal(5, 3), np.zeros((0,), np.int64)),
        same("0-d index", lambda x, i: x[i] * 2, normal(5, 3), np.array(3)),
        same("bool values", lambda x, i: x[i], rng(1).integers(0, 2, (5, 3)).astype(bool), several),
        same("int16 values", lambda x, i: x[i], rng(1).integers(-9, 9, (5, 3)).astype("int16"), several),
        same("float64", lambda x, i: x[i] * x[i], normal(5, 3, dtype="float64"), several),
    ]


def scatter_cases(is_sorted: bool = False) -> list[Case]:
    """Rows added or replaced. In torch, index_add and a loop of writes, so that the last one wins."""
    index = np.array([3, 0, 3, 1])

    def replaced(x: Any, i: Any, values: Any) -> Any:
        result = x.clone()
        for place, row in enumerate(i.tolist()):
            result[row] = values[place]
        return result

    def scattered(mode: str) -> Function:
        known: Function = lambda x, i: stretches(i, x.shape[0]) if is_sorted else ()
        return lambda x, i, values: (lambda y: y * y)(x.scatter_rows(i, values, mode, known(x, i)))

    def combined(x: Any, i: Any, values: Any, reduce: str) -> Any:
        places = i.reshape(-1, *[1] * (values.ndim - 1)).expand(values.shape)
        return (lambda y: y * y)(x.scatter_reduce(0, places, values, reduce))

    added: Function = lambda x, i, values: x.index_add(0, i, values) ** 2
    wrote: Function = lambda x, i, values: replaced(x, i, values) ** 2
    cases = []
    for shape in ((5,), (5, 3), (5, 2, 33)):
        inputs = (normal(*shape, seed=1), index, normal(4, *shape[1:], seed=2))
        cases += [
            Case(f"add {shape}", scattered("add"), added, inputs),
            Case(f"set {shape}", scattered("set"), wrote, inputs),
        ]
    # Rows in several ranges, which is what several cores own; a matrix of places; lanes and their remainder.
    for shape in ((2100,), (70, 41), (700, 2, 3)):
        places = rng(3).integers(0, shape[0], (3, 150))
        inputs = (normal(*shape, seed=1), places, normal(*places.shape, *shape[1:], seed=2))
        cases += [
            Case(
                f"matrix of places {mode} {shape}",
                scattered(mode),
                lambda x, i, values, reduce=reduce: combined(
                    x, i.reshape(-1), values.reshape(-1, *x.shape[1:]), reduce
                ),
                inputs,
                slack=4.0,  # of up to ten factors
                order=1 if mode == "mul" else 2,
            )
            for mode, reduce in (("add", "sum"), ("mul", "prod"), ("max", "amax"), ("min", "amin"))
        ]
    ties = np.array([[1.0, 2.0], [math.nan, 2.0], [0.0, 0.0], [-3.0, 7.0], [math.inf, 2.0]], np.float32)
    rows = np.array([[1.0, math.nan], [3.0, 2.0], [1.0, 2.0], [-3.0, 0.0]], np.float32)
    places = np.array([0, 4, 0, 3])
    for mode, reduce in (("max", "amax"), ("min", "amin")):
        wanted = lambda x, i, values, reduce=reduce: combined(x, i, values, reduce)
        cases.append(Case(f"{mode} of ties and nan", scattered(mode), wanted, (ties, places, rows), smooth=False))
    zeros = np.array([1.0, 0.0, 2.0, 3.0, 5.0], np.float32)
    factors = np.array([2.0, 3.0, 0.0, 4.0, 0.0, 0.0, 7.0], np.float32)
    product: Function = lambda x, i, values: combined(x, i, values, "prod")
    inputs = (zeros, np.array([0, 1, 1, 2, 2, 3, 3]), factors)
    cases.append(Case("mul of single zeros", scattered("mul"), product, inputs, order=1))

    def by_products(x: Any, i: Any, values: Any) -> Any:
        rows = [x[row] * values[i == row].prod() for row in range(len(x))]
        return (lambda y: y * y)(torch.stack(rows))

    inputs = (zeros, np.array([0, 1, 2, 2, 2, 2, 4]), factors)
    cases.append(Case("mul of many zeros", scattered("mul"), by_products, inputs))
    numbers = (np.arange(10).reshape(5, 2), index, np.arange(8).reshape(4, 2))
    for dtype in ("int32", "int64", "uint8", "bool"):
        inputs = (numbers[0].astype(dtype), index, (numbers[2] % 3).astype(dtype))
        reduces = {"mul": "prod", "max": "amax", "min": "amin"} if dtype != "bool" else {"max": "amax", "min": "amin"}
        for mode, reduce in reduces.items():
            wanted = lambda x, i, values, reduce=reduce: combined(x, i, values, reduce)
            cases.append(Case(f"{mode} {dtype}", scattered(mode), wanted, inputs))
    for dtype in ("int32", "int64", "uint8", "float64"):
        inputs = (numbers[0].astype(dtype), index, numbers[2].astype(dtype))
        cases += [
            Case(f"add {dtype}", scattered("add"), added, inputs),
            Case(f"set {dtype}", scattered("set"), wrote, inputs),
        ]
    return cases


def cat_cases() -> list[Case]:
    """Any number of pieces, of any layout; what is done to the whole is done to each piece."""

    def joined(dim: int, *shapes: tuple[int, ...], dtype: str = "float32") -> Case:
        pieces = [(normal(*shape, seed=seed) * 9).astype(dtype) for seed, shape in enumerate(shapes)]
        call: Function = lambda *xs: (lambda y: y * y)(library(xs[0]).cat(xs, dim))
        return same(f"{dtype} {shapes} along {dim}", call, *pieces)

    def layouts(x: Any, y: Any) -> Any:
        cat = library(x).cat
        return cat([x.transpose(0, 1), y, y.flip(0)[:, 1:], x.sum(0)[:1, None].expand(3, 2), y.exp() + 1], 1)

    many = [normal(2, 3, seed=seed) for seed in range(70)]
    return [
        joined(0, (3,), (1,), (40,)),
        joined(0, (2, 3), (1, 3), (5, 3)),
        joined(1, (2, 3), (2, 1), (2, 33)),
        joined(1, (2, 1, 3), (2, 4, 3)),
        joined(-1, (5, 1), (5, 1), (5, 1)),
        joined(0, (3, 5), (2, 5), dtype="float64"),
        joined(1, (3, 5), (3, 2), dtype="int32"),
        joined(0, (3, 5), (2, 5), dtype="bool"),
        same("layouts", layouts, normal(4, 3), normal(3, 4, seed=1)),
        same("then combined", lambda x, y: library(x).cat([x, y, x], 1).tanh() * y[:, :1], normal(2, 5), many[0]),
        same("then reduced", lambda x, y: library(x).cat([x, y, x]).sum(0), normal(4, 5), normal(3, 5, seed=1)),
        same("within", lambda x: library(x).cat([x, library(x).cat([x * 2, x], 1)], 1).exp(), normal(2, 3)),
        same("many", lambda *xs: library(xs[0]).cat(xs, 1), *many, order=1),
        same("computed", lambda *xs: library(xs[0]).cat([x * y for x, y in itertools.pairwise(xs)]), *many, order=1),
    ]


def weave_cases() -> list[Case]:
    """Along one axis or several; pieces may be one longer than others, or computed."""

    def woven(axes: tuple[int, ...], steps: tuple[int, ...], shape: tuple[int, ...], dtype: str = "float32") -> Case:
        whole = (normal(*shape) * 9).astype(dtype)
        phases = list(anchors.phases(axes, steps, len(shape)))
        pieces = [whole[tuple(map(slice, starts, shape, every))] for starts, every in phases]

        def ours(*xs: Any) -> Any:
            y = xs[0]._apply(anchors.weave, xs, axes, steps)
            return y * y

        def right(*xs: Any) -> Any:
            y = torch.zeros(shape, dtype=xs[0].dtype)
            for x, (starts, every) in zip(xs, phases):
                y[tuple(map(slice, starts, shape, every))] = x
            return y * y

        return Case(f"{dtype} {shape} along {axes} by {steps}", ours, right, pieces)

    return [
        woven((0,), (2,), (6,)),
        woven((0,), (3,), (7, 5)),
        woven((1,), (4,), (3, 10, 5)),
        woven((1,), (3,), (4, 3)),
        woven((1, 2), (2, 2), (3, 6, 8)),
        woven((1, 2), (2, 3), (2, 5, 37)),
        woven((0, 2), (3, 2), (4, 5, 3)),
        woven((0,), (1,), (3, 2)),
        woven((1,), (2,), (3, 40), "float64"),
        woven((0,), (2,), (5, 4), "int32"),
        woven((1,), (2,), (3, 5), "bool"),
    ]


def library(x: Any) -> Any:
    return torch if isinstance(x, torch.Tensor) else clgrad


# -- rows that order and count -------------------------------------------------------------------

TIED = np.random.default_rng(5).integers(0, 9, (3, 100)) << 32 | np.arange(300).reshape(3, 100)[:, ::-1]
"""Pairs with many equal keys, whose lower halves are in no order."""


def _runs_sorted(x: Any, length: int) -> Any:
    """Runs along the last dim sorted stably by the upper halves."""
    runs = []
    for run in x.split(length, -1):
        runs.append(run.gather(-1, (run >> 32).sort(dim=-1, stable=True).indices))
    return torch.cat(runs, -1)


def _pairs(row: str, *attributes: int) -> Function:
    """A row of pairs, given and giving int64."""
    return lambda x: (lambda pairs: pairs._apply(OPS[row], (pairs,), *attributes).to("int64"))(x.to("uint64"))


def sort_runs_cases() -> list[Case]:
    long = np.random.default_rng(6).integers(0, 2**31, (1, 20000)) << 32
    inputs = {"inserted": (TIED, 30), "digits": (TIED, 70), "one run": (TIED, 100), "more than there is": (TIED, 999)}
    inputs |= {"long digits": (long, 20000), "sorted": (np.sort(long), 20000), "small keys": (long >> 20, 20000)}
    return [
        Case(
            name,
            lambda x, length=length: _pairs("sort_runs", length)(x)[0],
            lambda x, length=length: _runs_sorted(x, length),
            (pairs,),
            order=0,
        )
        for name, (pairs, length) in inputs.items()
    ]


def merge_runs_cases() -> list[Case]:
    cases = []
    for length in (1, 7, 50, 99):
        runs = _runs_sorted(torch.from_numpy(TIED), length).numpy()
        cases.append(
            Case(
                f"runs of {length}",
                _pairs("merge_runs", length),
                lambda x, length=length: _runs_sorted(x, 2 * length),
                (runs,),
                order=0,
            )
        )
    return cases


def top_runs_cases() -> list[Case]:
    def smallest(x: Any, length: int, count: int) -> Any:
        runs = [run.sort(dim=-1).values[:, :count] for run in x.split(length, -1)]
        padded = [torch.nn.functional.pad(run, (0, count - run.shape[1]), value=-1) for run in runs]
        return torch.stack(padded, 1)

    return [
        Case(
            f"{count} of {length}",
            _pairs("top_runs", length, count),
            lambda x, length=length, count=count: smallest(x, length, count),
            (TIED,),
            order=0,
        )
        for length, count in ((100, 5), (40, 1), (99, 7), (9, 9), (999, 30))
    ]


def place_cases() -> list[Case]:
    index = np.array([3, -1, 0, 2, 4, 1, 9])
    return [
        Case(
            dtype,
            lambda x, index: x._apply(OPS["place"], (x, index), 5),
            lambda x, index: x[[2, 5, 3, 0, 4]],
            (np.arange(7).astype(dtype), index),
            order=0,
        )
        for dtype in ("bool", "uint8", "int64", "float32", "float64")
    ]


def search_cases() -> list[Case]:
    cases = []
    for length, count in ((1, 3), (7, 40), (8, 5), (100, 33)):
        sequence = np.sort(rng(length).integers(-20, 20, (2, length)), axis=1)
        values = rng(count).integers(-22, 22, (2, count))
        for dtype, right in itertools.product(("int64", "uint8", "float32"), (False, True)):
            cases.append(
                Case(
                    f"{dtype} {count} in {length}, {right}",
                    lambda s, x, right=right: s._apply(OPS["search"], (s, x), right),
                    lambda s, x, right=right: torch.searchsorted(s, x, right=right),
                    (np.sort(sequence.astype(dtype), axis=1), values.astype(dtype)),
                    order=0,
                )
            )
    return cases


def tally_cases() -> list[Case]:
    index = rng(3).integers(-2, 12, (3, 40))

    def reference(weights: Any, index: Any) -> Any:
        rows = [
            torch.zeros(12, dtype=weights.dtype).index_add(0, i.clamp(0, 11), torch.where((i >= 0) & (i < 10), w, 0))
            for w, i in zip(weights, index)
        ]
        return torch.stack(rows)[:, :10]

    return [
        Case(
            dtype,
            lambda weights, index: weights._apply(OPS["tally"], (weights, index), 10),
            reference,
            ((normal(3, 40) * 9).astype(dtype), index),
            order=0,
            magnitude=10,
            halves=False,  # they are counted in float64
        )
        for dtype in ("int32", "int64", "float32", "float64")
    ]


def transfer_cases() -> list[Case]:
    """To the host device and back; torch stays where it is."""

    def there_and_back(x: Any) -> Any:
        return (x.sin().to("cpu") * 2).to(x.device) * x

    return [
        Case("there and back", there_and_back, lambda x: x.sin() * 2 * x, (normal(3, 5),)),
        Case("0-d", there_and_back, lambda x: x.sin() * 2 * x, (normal(),)),
        Case("empty", there_and_back, lambda x: x.sin() * 2 * x, (normal(0, 2),)),
        Case("integers", lambda x: (x.to("cpu") + 1).to(x.device), lambda x: x + 1, (np.arange(5),)),
        Case("there and straight back", lambda x: x.to("cpu").to(x.device), lambda x: x, (normal(3),)),
    ]


def buffer_cases() -> list[Case]:
    cases = []
    for dtype in TORCH_DTYPES:
        for shape in ((), (1,), (0, 2), (3, 5)):
            cases.append(same(f"{dtype} {shape}", lambda x: x, (normal(*shape) * 3).astype(dtype), order=0))
    return cases


def constant_cases() -> list[Case]:
    """Numbers that live in the kernel's text, next to an operand of each dtype."""
    floats = (0.1, -0.0, 1e-30, 1e30, np.inf, -np.inf, np.nan, 16777217.0, 1 / 3)
    cases = []
    for value in floats:
        for dtype in ("float32", "float64"):
            zero = np.zeros(3, dtype)
            call: Function = lambda x, v=value: clgrad.where(x == 0, v, x)
            reference: Function = lambda x, v=value: torch.where(x == 0, v, x)
            cases.append(Case(f"{value} in {dtype}", call, reference, (zero,), order=0, exact=True))
    for dtype in INTEGERS:
        info = np.iinfo(dtype)
        for value in (int(info.min), -1 if info.min else 1, int(info.max)):
            cases.append(same(f"{value} in {dtype}", lambda x, v=value: x + v, np.zeros(3, dtype), order=0))
    return cases


def iota_cases() -> list[Case]:
    def counted(x: Any, length: int) -> Any:
        if isinstance(x, torch.Tensor):
            return torch.arange(length)
        return x._iota(length)

    shapes = (1, 2, 17, 1000)
    cases = [same(f"length {n}", lambda x, n=n: counted(x, n), normal(1), order=0) for n in shapes]
    cases.append(
        same("moved", lambda x: counted(x, 24).reshape(2, 3, 4).permute(2, 0, 1).flip(1)[::3] * 2, normal(1), order=0)
    )
    cases.append(same("with data", lambda x: x * counted(x, 5), normal(3, 5)))
    return cases


# -- rows of factorisations ----------------------------------------------------------------------

Of = Any
"""A library's ``linalg``."""


def _squared(x: Any) -> Any:
    """Without the signs that each library chooses for vectors."""
    return x * x


def _cofactors(of: Of, x: Any) -> Any:
    if of is clgrad.linalg:
        return factorisations.on_host(factorisations.cofactors, clgrad.device("cpu"), (x,))
    return of.det(x).unsqueeze(-1).unsqueeze(-1) * of.inv(x).mT


FACTORISATIONS: dict[str, tuple[Callable[..., Any], tuple[Shape, ...]]] = {
    "inverse": (lambda of, x: of.inv(x), ((3, 3),)),
    "solve": (lambda of, a, b: of.solve(a, b), ((3, 3), (3, 2))),
    "solve_triangular": (lambda of, a, b: of.solve_triangular(a, b, upper=False), ((3, 3), (3, 2))),
    "cholesky": (lambda of, x: of.cholesky(x @ x.mT), ((3, 3),)),
    "cofactors": (_cofactors, ((4, 4),)),
    "determinant": (lambda of, x: of.det(x), ((4, 4),)),
    "log_determinant": (lambda of, x: of.slogdet(x)[1], ((3, 3),)),
    "qr": (lambda of, x: (lambda q, r: q @ r.cos())(*of.qr(x)), ((3, 2),)),
    "eigh": (lambda of, x: _squared(of.eigh(x + x.mT)[1]), ((3, 3),)),
    "eigenvalues": (lambda of, x: of.eigh(x + x.mT)[0], ((3, 3),)),
    "eigenvalues_only": (lambda of, x: of.eigvalsh(x + x.mT), ((3, 3),)),
    "svd": (lambda of, x: (lambda u, s, vh: u @ vh)(*of.svd(x, full_matrices=False)), ((3, 2),)),
    "singular_values": (lambda of, x: of.svd(x)[1], ((2, 3),)),
    "singular_values_only": (lambda of, x: of.svdvals(x), ((3, 2),)),
    "pseudoinverse": (lambda of, x: of.pinv(x), ((3, 2),)),
    "exponential": (lambda of, x: of.matrix_exp(x * 0.3), ((3, 3),)),
}
"""How both libraries are asked for a row, and the shapes of its operands."""


def factorisation_cases(row: str) -> list[Case]:
    ask, shapes = FACTORISATIONS[row]
    inputs = [normal(*shape, seed=place, dtype="float64") for place, shape in enumerate(shapes)]
    # Far from singular, and without two equal eigenvalues.
    inputs[0] += np.diag(np.arange(2.0, 2.0 + max(shapes[0])))[: shapes[0][0], : shapes[0][1]]
    batch = tuple(np.stack([one, one * 2]) for one in inputs)
    call, reference = partial(ask, clgrad.linalg), partial(ask, torch.linalg)
    return [
        Case("plain", call, reference, tuple(inputs)),
        Case("batch", call, reference, batch, order=1),
        Case("float32", call, reference, tuple(one.astype("float32") for one in inputs), order=0),
    ]


def scan_cases() -> list[Case]:
    """Every kind, both ways, along each axis: rows of vectors, lanes, blocks of long rows."""
    folds: dict[str, Function] = {
        "add": lambda x, axis: x.cumsum(axis),
        "mul": lambda x, axis: x.cumprod(axis),
        "max": lambda x, axis: x.cummax(axis).values,
        "min": lambda x, axis: x.cummin(axis).values,
        "logaddexp": lambda x, axis: x.logcumsumexp(axis),
    }

    def scanned(kind: str, axis: int, reverse: bool) -> tuple[Function, Function]:
        fold = folds[kind]
        turned: Function = lambda x: fold(x.flip(axis), axis).flip(axis) if reverse else fold(x, axis)
        return (lambda x: x.scan(axis, kind, reverse).cos() * 2), (lambda x: turned(x).cos() * 2)

    def recurred(x: Any, factor: Any, axis: int, reverse: bool) -> Any:
        values, value = [], 0.0
        places = range(x.shape[axis])
        for place in reversed(places) if reverse else places:
            value = factor.select(axis, place) * value + x.select(axis, place)
            values.append(value)
        return torch.stack(values[::-1] if reverse else values, axis)

    shapes = (((3, 70), 1, 2), ((9, 20), 0, 2), ((20, 37), 1, 1), ((2, 5, 3, 4), 1, 1), ((4, 7, 1), 1, 0))
    cases = []
    for kind, reverse in itertools.product(folds, (False, True)):
        for shape, axis, order in shapes:
            x = off_zero(0.8, 1.2)(rng(axis), shape).astype(np.float32)
            call, reference = scanned(kind, axis, reverse)
            name = f"{kind} {shape} {axis}{' back' if reverse else ''}"
            cases.append(Case(name, call, reference, (x,), order, slack=4.0))  # sums of tens of elements
        # Few long rows, in blocks.
        for shape, axis in (((2, 16448), 1), ((16448, 3), 0)):
            x = (off_zero(0.5, 1.5) if kind != "mul" else between(0.9999, 1.0001))(rng(2), shape).astype(np.float32)
            call, reference = scanned(kind, axis, reverse)
            name = f"{kind} {shape} {axis}{' back' if reverse else ''}"
            # Cosines of sums of thousands. Up to 128, they are carried from block to block, each time rounded to 1e-5.
            single = 5.0 if kind == "add" else 1.0
            cases.append(Case(name, call, reference, (x,), 0, slack=20.0, single=single))
    for shape, axis, reverse in (((3, 20), 1, False), ((3, 20), 1, True), ((6, 3), 0, False), ((2, 5, 3), 1, True)):
        cases.append(
            Case(
                f"linear {shape} {axis} {reverse}",
                lambda x, f, axis=axis, reverse=reverse: x.recurrence(f, axis, reverse),
                partial(recurred, axis=axis, reverse=reverse),
                (normal(*shape, seed=5), normal(*shape, seed=6)),
                slack=4.0,  # of up to twenty products and sums
            )
        )
    for one in ("add", "mul", "max", "min"):
        for dtype in ("bool", "uint8", "int32", "int64"):
            if dtype != "bool" or one in ("max", "min"):
                values = rng(4).integers(0, 2 if dtype == "bool" else 200, (3, 9)).astype(dtype)
                whole: Function = lambda x, one=one: folds[one](x, 0).to(x.dtype)
                cases.append(Case(f"{one} {dtype}", lambda x, one=one: x.scan(0, one), whole, (values,), order=0))
    cases.append(Case("float64", *scanned("add", 0, False), (normal(40, 2, dtype="float64"),)))
    return cases


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    **{row: partial(map_cases, row) for row in MAPS},
    **{row: partial(reduce_cases, row) for row in REDUCES},
    "cast": cast_cases,
    "bitcast": bitcast_cases,
    "real": partial(_part_cases, "real"),
    "imag": partial(_part_cases, "imag"),
    "complex": complex_cases,
    "check_index": check_index_cases,
    "polygamma": polygamma_cases,
    "bessel": bessel_cases,
    "philox": philox_cases,
    "reshape": reshape_cases,
    "permute": permute_cases,
    "expand": expand_cases,
    "pad": pad_cases,
    "slice": slice_cases,
    "flip": flip_cases,
    "window": window_cases,
    "picked": picked_cases,
    "log_of_sum": log_of_sum_cases,
    "after": after_cases,
    "recomputed": recomputed_cases,
    "detach": detach_cases,
    "leaf": leaf_cases,
    "matmul": matmul_cases,
    "convolution": convolution_cases,
    "convolution_transpose": transposed_convolution_cases,
    "attention": attention_cases,
    "attention_means": partial(attention_cases, packs=False),
    "attention_gradient": partial(attention_cases, gradient=True),
    "take": take_cases,
    "scatter": scatter_cases,
    "scatter_sorted": partial(scatter_cases, is_sorted=True),
    "scan": scan_cases,
    "cat": cat_cases,
    "weave": weave_cases,
    "sort_runs": sort_runs_cases,
    "merge_runs": merge_runs_cases,
    "top_runs": top_runs_cases,
    "place": place_cases,
    "search": search_cases,
    "tally": tally_cases,
    "transfer": transfer_cases,
    **{row: partial(factorisation_cases, row) for row in FACTORISATIONS},
    "buffer": buffer_cases,
    "constant": constant_cases,
    "iota": iota_cases,
}
