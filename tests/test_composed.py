"""The public functions that are composed of rows, and the creation functions, against torch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from compare import Case, Numpy, check, normal, rng, same

import clgrad
from clgrad.errors import ArgumentError, DeviceError, DtypeError, ShapeError

EDGES = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 1e30, -1e30, 1e-30], np.float32)
NAN, INF = np.nan, np.inf


def library(x: Any) -> Any:
    """The module that a tensor belongs to."""
    return torch if isinstance(x, torch.Tensor) else clgrad


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Torch warns where a variance has no degrees of freedom left; that is what is asked for here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


# -- softmax and its kin -------------------------------------------------------------------------


def test_softmax(device: str) -> None:
    cases: list[Case] = []
    tables = np.array([[INF, 0, 1], [-INF, 0, 1], [-INF, -INF, -INF], [NAN, 0, 1], [1000, 999, -1000]], np.float32)
    for name in ("softmax", "log_softmax"):

        def call(x: Any, dim: int, name: str = name) -> Any:
            return getattr(x, name)(dim)

        cases += [same(f"{name} {dim}", lambda x, d=dim, f=call: f(x, d), normal(3, 4, 5)) for dim in (0, 1, 2, -2)]
        cases += [
            same(f"{name} edges", lambda x, f=call: f(x, 1), tables, order=0),
            same(f"{name} 0-d", lambda x, f=call: f(x, 0), normal()),
            same(f"{name} one", lambda x, f=call: f(x, 1), normal(3, 1)),
            same(f"{name} empty", lambda x, f=call: f(x, 1), normal(0, 3)),
            same(f"{name} wide", lambda x, f=call: f(x, -1), normal(3, 129)),
            same(f"{name} float64", lambda x, f=call: f(x, -1), normal(3, 17, dtype="float64")),
            same(f"{name} transposed", lambda x, f=call: f(x.T, -1), normal(5, 3)),
            same(f"{name} dtype", lambda x, f=name: getattr(x, f)(1, dtype=library(x).float64), normal(3, 4)),
        ]
    for dim in (0, 1, (0, 2), (0, 1, 2)):
        for keepdim in (False, True):
            cases.append(same(f"lse {dim}", lambda x, d=dim, k=keepdim: x.logsumexp(d, keepdim=k), normal(3, 4, 5)))
    cases.append(same("lse edges", lambda x: x.logsumexp(1), tables, order=0))
    cases.append(same("lse large", lambda x: x.logsumexp(0), np.array([1e4, 1e4, -1e4])))
    check(cases, device)


def test_activations(device: str) -> None:
    x = np.concatenate([normal(5, 8).reshape(-1), np.array([0, 30, -30, 6, -6], np.float32)])
    cases = [
        Case("gelu", lambda x: x.gelu(), F.gelu, (x,)),
        Case("gelu tanh", lambda x: x.gelu(approximate="tanh"), lambda x: F.gelu(x, approximate="tanh"), (x,)),
        Case("silu", lambda x: x.silu(), F.silu, (x,)),
        Case("gelu float64", lambda x: x.gelu(), F.gelu, (x.astype("float64"),)),
        Case("relu chain", lambda x: (x.relu() - 1).relu(), lambda x: (x.relu() - 1).relu(), (x,)),
    ]
    check(cases, device)
    # Torch's gelu of infinity depends on its vector width; the limit is infinity.
    np.testing.assert_array_equal(clgrad.tensor(EDGES[:2], device=device).gelu().numpy(), EDGES[:2])
    with pytest.raises(ArgumentError, match="gelu"):
        clgrad.zeros(1, device=device).gelu(approximate="fast")


# -- statistics ----------------------------------------------------------------------------------

DIMS: tuple[Any, ...] = (None, 0, 1, -1, (0, 2), (0, 1, 2))


def test_mean_and_variance(device: str) -> None:
    cases: list[Case] = []
    x = normal(3, 4, 5) + np.float32(0.5)
    for dim in DIMS:
        cases.append(same(f"mean {dim}", lambda x, d=dim: x.mean(d), x))
        cases.append(same(f"mean keepdim {dim}", lambda x, d=dim: x.mean(d, keepdim=True), x, order=1))
        for correction in (0, 1, 2):
            options = {"dim": dim, "correction": correction, "keepdim": correction == 1}
            cases.append(same(f"var {options}", lambda x, o=options: x.var(**o), x, order=2 if correction == 1 else 1))
            cases.append(same(f"std {options}", lambda x, o=options: x.std(**o), x, order=1))
    cases += [
        same("var of one", lambda x: x.var(0), normal(1, 3), order=0),
        same("var of one, no correction", lambda x: x.var(0, correction=0), normal(1, 3)),
        same("var of two with two", lambda x: x.var(0, correction=2), normal(2, 3), order=0),
        same("far from zero", lambda x: x.var(1), normal(3, 33) + np.float32(1000), slack=100.0),
        same("mean of nothing", lambda x: x.mean(1), normal(2, 0), order=0),
        same("mean of all nothing", lambda x: x.mean(), normal(0), order=0),
        same("float64", lambda x: x.var(0), normal(7, 3, dtype="float64")),
        same("0-d mean", lambda x: x.mean(), normal()),
        same(
            "normalised",
            lambda x: (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True) + 1e-5).sqrt(),
            normal(4, 33),
        ),
    ]
    check(cases, device)
    with pytest.raises(DtypeError, match="mean"):
        clgrad.ones(3, dtype="int64", device=device).mean()


TIES = np.array([[1.0, 3.0, 3.0, -2.0], [0.0, -0.0, 0.0, -0.0], [5.0, 5.0, 5.0, 5.0]], np.float32)
LOST = np.array([[1, NAN, 3], [NAN, NAN, 0], [-INF, -INF, -INF], [INF, NAN, INF]], np.float32)


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_argmax(name: str, device: str) -> None:
    cases = []
    for label, x in (("ties", TIES), ("nan", LOST), ("plain", normal(3, 4, 5)), ("int", rng().integers(0, 9, (4, 6)))):
        for options in ({}, {"dim": 0}, {"dim": 1}, {"dim": -1, "keepdim": True}):
            cases.append(same(f"{label} {options}", lambda x, o=options: getattr(x, name)(**o), x, order=0))
    cases += [
        same("0-d", lambda x: getattr(x, name)(), normal(), order=0),
        same("0-d dim", lambda x: getattr(x, name)(0), normal(), order=0),
        same("all, kept", lambda x: getattr(x, name)(dim=None, keepdim=True), normal(2, 3), order=0),
        same("empty rows", lambda x: getattr(x, name)(1), normal(0, 3), order=0),
        same("lowest", lambda x: getattr(x, name)(0), np.array([-(2**63), -(2**63)]), order=0),
        same("uint8", lambda x: getattr(x, name)(0), np.array([3, 255, 0], np.uint8), order=0),
    ]
    check(cases, device)
    with pytest.raises(ShapeError, match=name):
        getattr(clgrad.zeros(2, 0, device=device), name)(1)


@pytest.mark.parametrize("name", ["max", "min"])
def test_max(name: str, device: str) -> None:
    cases = []
    for label, x in (("ties", TIES), ("plain", normal(3, 4, 5)), ("one", normal(3, 1))):
        for options in ({"dim": 0}, {"dim": -1, "keepdim": True}):
            cases.append(same(f"{label} values {options}", lambda x, o=options: getattr(x, name)(**o).values, x))
            cases.append(same(f"{label} indices {options}", lambda x, o=options: getattr(x, name)(**o).indices, x))
        cases.append(same(f"{label} all", lambda x: getattr(x, name)(), x))
        cases.append(same(f"{label} two", lambda x: getattr(x, name)(x * 0.5), x))
    for label, x in (
        ("nan", LOST), ("int", rng().integers(-9, 9, (4, 6))), ("uint8", np.array([[3, 255, 0]], np.uint8)),
        ("bool", np.array([[True, False], [False, False]])), ("large", np.array([[2**53 + 1, 2**53 - 1]])),
    ):  # fmt: skip
        cases.append(same(f"{label} values", lambda x: getattr(x, name)(1).values, x, order=0))
        cases.append(same(f"{label} indices", lambda x: getattr(x, name)(1)[1], x, order=0))
        cases.append(same(f"{label} all", lambda x: getattr(x, name)(), x, order=0))
    cases.append(same("0-d", lambda x: getattr(x, name)(0).values, normal()))
    check(cases, device)


def test_any_and_all(device: str) -> None:
    cases = []
    for label, x in (
        ("bool", np.array([[True, False, True], [False, False, False], [True, True, True]])),
        ("int", np.array([[0, 2, -1], [0, 0, 0], [1, 2, 3]])),
        ("float", np.array([[NAN, 0, 1], [0.0, -0.0, 0.0], [1e-30, 2, 3]], np.float32)),
    ):
        for name in ("any", "all"):
            for options in ({}, {"dim": 0}, {"dim": 1, "keepdim": True}, {"dim": (0, 1)}):
                cases.append(
                    same(f"{label} {name} {options}", lambda x, n=name, o=options: getattr(x, n)(**o), x, order=0)
                )
    for name in ("any", "all"):
        cases.append(same(f"empty {name}", lambda x, n=name: getattr(x, n)(), np.zeros(0, bool), order=0))
        cases.append(same(f"empty rows {name}", lambda x, n=name: getattr(x, n)(1), np.zeros((2, 0)), order=0))
        cases.append(same(f"0-d {name}", lambda x, n=name: getattr(x, n)(), np.array(True), order=0))
    check(cases, device)


# -- limits, predicates, choices -----------------------------------------------------------------


def test_clamp_and_predicates(device: str) -> None:
    x = np.concatenate([normal(4, 5).reshape(-1), np.array([0.5, -0.5, 0, INF, -INF], np.float32)])
    cases = [
        same("edges", lambda x: x.clamp(-0.5, 0.5), EDGES, order=0),
        same("both", lambda x: x.clamp(-0.5, 0.5), x, order=1),
        same("min", lambda x: x.clamp(min=0), x, order=1),
        same("max", lambda x: x.clamp(max=0.25), x, order=1),
        same("crossing", lambda x: x.clamp(1.0, -1.0), x, order=1),
        same("int", lambda x: x.clamp(-2, 3), np.arange(-5, 6), order=0),
        same("int by float", lambda x: x.clamp(-1.5, 2.5), np.arange(-5, 6), order=0),
        same("tensors", lambda x, a, b: x.clamp(a, b), normal(3, 4), normal(4) - np.float32(1), normal(3, 1)),
        same("second", lambda x: x.clamp(-0.5, 0.5) * x, normal(3, 4)),
    ]
    for name in ("isnan", "isinf", "isfinite"):
        cases.append(
            same(name, lambda x, n=name: library(x).isnan(x) if n == "isnan" else getattr(x, n)(), EDGES, order=0)
        )
        cases.append(same(f"{name} float64", lambda x, n=name: getattr(x, n)(), EDGES.astype("float64"), order=0))
        cases.append(
            same(f"{name} int", lambda x, n=name: getattr(x, n)(), np.array([-(2**63), 0, 2**63 - 1]), order=0)
        )
        cases.append(same(f"{name} bool", lambda x, n=name: getattr(x, n)(), np.array([True, False]), order=0))
    check(cases, device)
    with pytest.raises(ArgumentError, match="clamp"):
        clgrad.zeros(1, device=device).clamp()


def test_where(device: str) -> None:
    c, a, b = normal(3, 4) > 0, normal(3, 4, seed=1), normal(3, 4, seed=2)
    where: Callable[..., Any] = lambda *xs: library(xs[0]).where(*xs)
    cases = [
        same("tensors", where, c, a, b),
        same("broadcast", where, c[:, :1], a[0], b),
        same("scalar a", lambda c, b: where(c, 1.5, b), c, b),
        same("scalar b", lambda c, a: where(c, a, 0), c, a),
        same("two scalars", lambda c: where(c, 1.5, 2.0), c),
        same("two integers", lambda c: where(c, 1, 2), c),
        same("integer and float", lambda c, a: where(c, a, 0.5), c, np.arange(12).reshape(3, 4)),
        same("dtypes", where, c, np.arange(4, dtype=np.int32), b),
        same("method", lambda c, a, b: a.where(c, b), c, a, b),
        same("guards nan", lambda x: where(x > 0, where(x > 0, x, 1.0).log(), 0.0), normal(3, 4)),
        same("bool values", where, c, c, ~c),
        same("0-d condition", where, np.array(True), a, b),
    ]
    check(cases, device)
    with pytest.raises(DtypeError, match="where"):
        clgrad.where(clgrad.ones(2, device=device), 1.0, 2.0)


# -- joining and cutting -------------------------------------------------------------------------


def test_cat_and_stack(device: str) -> None:
    cat: Callable[..., Any] = lambda xs, dim=0: library(xs[0]).cat(xs, dim)
    stack: Callable[..., Any] = lambda xs, dim=0: library(xs[0]).stack(xs, dim)
    a, b, c = normal(2, 3), normal(4, 3, seed=1), normal(2, 5, seed=2)
    cases = [
        same("rows", lambda x, y: cat([x, y]) ** 2, a, b),
        same("columns", lambda x, y: cat([x, y, x], 1) ** 2, a, c),
        same("last", lambda x, y: cat([x, y], -1).exp(), a, c),
        same("one", lambda x: cat([x]) * 2, a),
        same("twice the same", lambda x: cat([x, x * x, x]), a),
        same("with empty", lambda x, y: cat([x, y[:0], x]) * 2, a, b),
        same("only empty", lambda x: cat([x[:0], x[:0]]), a),
        same(
            "dtypes", lambda x, y: cat([x, y]), np.arange(3, dtype=np.int32), np.array([1.5, 2.5], np.float32), order=0
        ),
        same("integers", lambda x, y: cat([x, y]), np.arange(3, dtype=np.int32), np.arange(2), order=0),
        same("bools", lambda x: cat([x, ~x]), np.array([True, False, True]), order=0),
        same("many", lambda x: cat([x * k for k in range(9)], 1).sum(1), a),
        same("of computed, then used", lambda x, y: cat([x.exp(), y.sin()]) @ cat([x, y]).T, a, b),
        same("nan stays inside", lambda x, y: cat([x, y]), EDGES, EDGES[::-1].copy(), order=0),
        same("stack", lambda x, y: stack([x, y]) ** 2, a, normal(2, 3, seed=5)),
        same("stack last", lambda x, y: stack([x, y, x], -1) ** 2, a, normal(2, 3, seed=5)),
        same("stack 0-d", lambda x, y: stack([x, y]) ** 2, normal(), normal(seed=1)),
    ]
    check(cases, device)
    one, two = clgrad.zeros(2, 3, device=device), clgrad.zeros(2, 2, device=device)
    for bad in ([one, two], [one, clgrad.zeros((), device=device)]):
        with pytest.raises(ShapeError):
            clgrad.cat(bad)
    with pytest.raises(ShapeError):
        clgrad.stack([one, two])
    for join in (clgrad.cat, clgrad.stack):
        with pytest.raises(ArgumentError):
            join([])
    if device != "cpu":
        with pytest.raises(DeviceError):
            clgrad.cat([one, clgrad.zeros(2, 3, device="cpu")])


def test_split_and_chunk(device: str) -> None:
    x = normal(7, 4)
    cases = []
    for argument, dim in ((3, 0), (7, 0), (10, 0), (1, 1), (2, -1), ([2, 0, 5], 0), ([4], 1)):
        pieces = len(torch.from_numpy(x).split(argument, dim))
        for place in range(pieces):
            cases.append(
                same(
                    f"split {argument} {dim} {place}",
                    lambda x, a=argument, d=dim, p=place: x.split(a, d)[p] ** 2,
                    x,
                    order=1,
                )
            )
    for count, dim in ((3, 0), (4, 1), (9, 0), (1, 1), (3, 1)):
        pieces = len(torch.from_numpy(x).chunk(count, dim))
        assert len(clgrad.tensor(x, device=device).chunk(count, dim)) == pieces
        cases.append(same(f"chunk {count} {dim}", lambda x, c=count, d=dim: x.chunk(c, d)[-1] ** 2, x))
    cases.append(same("rejoined", lambda x: library(x).cat([p * k for k, p in enumerate(x.split(2))]), x))
    check(cases, device)
    with pytest.raises(ArgumentError, match="split"):
        clgrad.zeros(4, device=device).split([1, 2])
    with pytest.raises(ArgumentError, match="split"):
        clgrad.zeros(4, device=device).split(0)


# -- creation ------------------------------------------------------------------------------------

CREATED: dict[str, Callable[..., Any]] = {
    "zeros": lambda m, **o: m.zeros(2, 3, **o),
    "zeros of a tuple": lambda m, **o: m.zeros((2, 3), **o),
    "zeros 0-d": lambda m, **o: m.zeros((), **o),
    "ones": lambda m, **o: m.ones(3, 1, **o),
    "empty": lambda m, **o: m.ones(0, 3, **o),
    "full": lambda m, **o: m.full((2, 2), 1.5, **o),
    "full int": lambda m, **o: m.full((2,), 7, **o),
    "full bool": lambda m, **o: m.full((2,), True, **o),
    "eye": lambda m, **o: m.eye(3, **o),
    "eye wide": lambda m, **o: m.eye(2, 5, **o),
    "eye tall": lambda m, **o: m.eye(5, 2, **o),
    "arange": lambda m, **o: m.arange(5, **o),
    "arange of none": lambda m, **o: m.arange(0, **o),
    "arange from": lambda m, **o: m.arange(2, 11, **o),
    "arange step": lambda m, **o: m.arange(2, 11, 3, **o),
    "arange down": lambda m, **o: m.arange(5, -6, -2, **o),
    "arange float": lambda m, **o: m.arange(0.5, 3.0, 0.25, **o),
    "arange float end": lambda m, **o: m.arange(2.5, **o),
    "arange tenth": lambda m, **o: m.arange(0, 1, 0.1, **o),
    "linspace": lambda m, **o: m.linspace(-1, 2, 7, **o),
    "linspace down": lambda m, **o: m.linspace(3.0, -1.0, 33, **o),
    "linspace one": lambda m, **o: m.linspace(3.0, 5.0, 1, **o),
    "linspace none": lambda m, **o: m.linspace(3.0, 5.0, 0, **o),
}


def _created(name: str, dtype: str | None) -> Case:
    make = CREATED[name]

    def options(x: Any) -> dict[str, Any]:
        return {"device": x.device, **({} if dtype is None else {"dtype": getattr(library(x), dtype)})}

    return same(f"{name} {dtype}", lambda x: make(library(x), **options(x)), np.zeros(1, np.float32), order=0)


def test_creation(device: str) -> None:
    cases = [_created(name, None) for name in CREATED]
    for dtype in ("float64", "int32", "uint8", "int64"):
        if clgrad.device(device).supports(getattr(clgrad, dtype)):
            # Torch makes an integer of a step before it counts: fractions are for floats.
            fractions = ("arange float", "arange float end", "arange tenth")
            names = [name for name in CREATED if dtype == "float64" or not (name in fractions or "lin" in name)]
            names = [name for name in names if dtype[0] != "u" or "down" not in name]
            cases += [_created(name, dtype) for name in names]
    check(cases, device, batch=40)


def test_creation_like(device: str) -> None:
    x = normal(2, 3)
    cases = []
    for dtype in ("float32", "int64", "bool", "uint8"):
        for name in ("zeros_like", "ones_like"):
            cases.append(same(f"{name} {dtype}", lambda x, n=name: getattr(library(x), n)(x), x.astype(dtype), order=0))
        cases.append(same(f"full_like {dtype}", lambda x: library(x).full_like(x, 3), x.astype(dtype), order=0))
    other: Callable[..., Any] = lambda x: library(x).full_like(x, 2.5, dtype=library(x).float64)
    cases.append(same("other dtype", other, x, order=0))
    check(cases, device)


def test_creation_is_refused() -> None:
    for make, error in (
        (lambda: clgrad.arange(0, 5, 0), ArgumentError),
        (lambda: clgrad.arange(0, 5, -1), ArgumentError),
        (lambda: clgrad.arange(math.inf), ArgumentError),
        (lambda: clgrad.linspace(0, 1, -1), ArgumentError),
        (lambda: clgrad.zeros(-1), ShapeError),
        (lambda: clgrad.zeros(2.5), ShapeError),
        (lambda: clgrad.tensor([[1], [1, 2]]), ShapeError),
        (lambda: clgrad.tensor("text"), DtypeError),
        (lambda: clgrad.tensor([1.0], dtype="float7"), DtypeError),
    ):
        with pytest.raises(error, match=r"^\["):
            make()


def test_host_data(device: str) -> None:
    """Lists and scalars become float32, int64 and bool; numpy arrays keep their dtype and are copied."""
    for data, dtype in (([1.0, 2.0], "float32"), ([1, 2], "int64"), ([True], "bool"), (3, "int64"), (2.5, "float32"),
                        ([[1, 2.5]], "float32"), ([], "float32")):  # fmt: skip
        x = clgrad.tensor(data, device=device)
        assert x.dtype.name == dtype
        assert x.numpy().tolist() == torch.tensor(data).tolist()
    host = np.arange(6, dtype=np.int16).reshape(2, 3)
    x = clgrad.tensor(host.T, device=device)
    host[:] = 0
    assert x.dtype is clgrad.int16
    assert x.tolist() == [[0, 3], [1, 4], [2, 5]]


def strided() -> dict[str, Numpy]:
    base = normal(6, 8)
    return {"transposed": base.T, "stepped": base[::2, ::-3], "fortran": np.asfortranarray(base), "wide": base[:, None]}


@pytest.mark.parametrize("name", strided())
def test_strided_host_data(name: str, device: str) -> None:
    array = strided()[name]
    for make in (clgrad.tensor, clgrad.from_numpy):
        np.testing.assert_array_equal((make(array, device=device) * 2).numpy(), array * 2)


# -- sizes that fill a device --------------------------------------------------------------------


def test_large(device: str) -> None:
    """Shapes beyond one work-group, one tile or one step of a reduction, none of them round.

    Slack is for gradients that sum thousands of terms of either sign.
    """
    long, tall, wide = normal(200_003), normal(10_007, 13), normal(13, 10_007)
    rows = rng(1).integers(0, 1009, 20_011)
    table = normal(1009, 17)
    one: dict[str, Any] = {"order": 1}
    cases = [
        same("map", lambda x: (x * 2 + 1).tanh() * x, long, **one),
        same("map 0-d", lambda x, y: x * y, long, normal(seed=1), order=1, slack=20.0),
        same("transposed", lambda x, y: x.T * y + 1, tall, wide, **one),
        same("broadcast", lambda x, y, z: x * y + z, tall, normal(13), normal(10_007, 1), order=1, slack=20.0),
        same("sum", lambda x: (x * x).sum(), long, magnitude=200_000, **one),
        same("sum of rows", lambda x: x.sum(1), wide, magnitude=8000, **one),
        same("sum of columns", lambda x: x.sum(0), tall, magnitude=8000, **one),
        same("sum of short rows", lambda x: x.sum(1), tall, magnitude=10, **one),
        same("sum of short columns", lambda x: x.sum(0), wide, magnitude=10, **one),
        same(
            "sum in the middle", lambda x: x.reshape(7, 1427, 20)[:, :, 3:].sum(1), long[: 7 * 1427 * 20], magnitude=1e3
        ),
        same("amax", lambda x: x.amax(), long, **one),
        same("amin of columns", lambda x: x.amin(0), tall, **one),
        same("argmax", lambda x: x.argmax(), long, **one),
        same("argmax of rows", lambda x: x.argmax(1), wide, **one),
        same("var", lambda x: x.var(1), wide, **one),
        same("softmax", lambda x: x.softmax(1) ** 2, wide, **one),
        same("softmax of columns", lambda x: x.softmax(0) ** 2, tall, **one),
        same("log_softmax of short rows", lambda x: x.log_softmax(1), tall, **one),
        same("take", lambda x, i: x[i], table, rows, order=1, slack=20.0),
        same("gather", lambda x, i: x.gather(1, i[:, None] % 13), tall, np.arange(10_007), **one),
        same(
            "matmul", lambda a, b: a @ b, normal(257, 385), normal(385, 129, seed=1), magnitude=400, order=1, slack=20.0
        ),
        same("matmul tall", lambda a, b: a @ b, tall, normal(13, 5, seed=1), magnitude=13, order=1, slack=200.0),
        same("matmul of long", lambda a, b: a @ b, wide, tall, magnitude=1e4, **one),
        same("batches", lambda a, b: a @ b, normal(33, 17, 19), normal(33, 19, 21, seed=1), magnitude=19, **one),
        same("vector", lambda a, b: a @ b, wide, normal(10_007, seed=1), magnitude=1e4, **one),
        same("cat", lambda x, y: library(x).cat([x, y * 2, x[:5]]), tall, normal(33, 13), **one),
        same("flip and step", lambda x: x.flip(0)[::3], long, **one),
        same("pad", lambda x: x.T.reshape(-1)[:130_000].reshape(1000, 130).flip(1), tall, **one),
    ]
    check(cases, device)
