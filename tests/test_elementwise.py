"""Elementwise functions: updates in place, numbers as first operands, and what is refused."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from compare import Case, check, normal, rng

import clgrad
from clgrad.compose import elementwise
from clgrad.errors import ArgumentError, DtypeError, GradientError, ShapeError

POSITIVE = rng(1).uniform(0.1, 0.9, (3, 4)).astype(np.float32)
OTHER = rng(2).uniform(0.5, 2.0, (3, 4)).astype(np.float32)

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        [
            "add",
            "atan2",
            "copysign",
            "div",
            "divide",
            "floor_divide",
            "fmod",
            "hypot",
            "mul",
            "multiply",
            "pow",
            "remainder",
            "sub",
            "subtract",
            "true_divide",
            "xlogy",
            "clamp_min",
            "clamp_max",
            "logical_and",
            "logical_or",
            "logical_xor",
        ],
        (OTHER,),
    ),
    **dict.fromkeys(("addcdiv", "addcmul"), (OTHER, OTHER)),
    **dict.fromkeys(("clamp", "clip"), (0.3, 0.6)),
    "lerp": (OTHER, 0.3),
    "masked_fill": (OTHER > 1, 0.25),
    **dict.fromkeys(("bitwise_and", "bitwise_or", "bitwise_xor"), (np.array([[3, 1, 7, 12]]),)),
    "bitwise_not": (),
}
UPDATES = [
    name
    for name, method in vars(clgrad.Tensor).items()
    if name.endswith("_") and not name.startswith("_") and "in place: the tensor shows" in (method.__doc__ or "")
]


def test_there_are_updates() -> None:
    assert len(UPDATES) > 60 and {"add_", "relu_", "clamp_", "masked_fill_"} <= set(UPDATES)


def test_updates_in_place(device: str) -> None:
    """Each gives what the function gives, and the same handle; gradients pass."""
    cases = []
    for update in UPDATES:
        name = update[:-1]
        arguments = ARGUMENTS.get(name, ())
        start = np.array([[5, -2, 8, 3]] * 3) if name.startswith("bitwise") else POSITIVE
        if name == "acosh":
            start = start + np.float32(1)

        def call(x: Any, *others: Any, update: str = update, fixed: tuple[Any, ...] = arguments) -> Any:
            given = iter(others)
            passed = [next(given) if isinstance(one, np.ndarray) else one for one in fixed]
            if isinstance(x, torch.Tensor):  # which knows no derivative of some of its own updates
                return getattr(x, update[:-1])(*passed).to(x.dtype)
            moved = x * 1
            assert getattr(moved, update)(*passed) is moved
            return moved

        tensors = tuple(one for one in arguments if isinstance(one, np.ndarray))
        cases.append(Case(update, call, call, (start, *tensors), order=0 if name == "floor_divide" else 1))
    check(cases, device)


def test_updates_keep_dtype_and_shape(device: str) -> None:
    x = clgrad.tensor([1, 2], device=device)
    assert x.div_(2).dtype is clgrad.int64 and x.tolist() == [0, 1]
    with pytest.raises(ShapeError, match=r"^\[add_\] the result has shape \(3, 2\), the tensor \(2,\)"):
        x.add_(clgrad.ones(3, 2, device=device))
    y = clgrad.zeros(2, device=device)
    assert y.fill_(clgrad.tensor(3.0, device=device)).tolist() == [3.0, 3.0]
    with pytest.raises(ShapeError, match=r"^\[fill_\]"):
        y.fill_(clgrad.ones(2, device=device))
    leaf = clgrad.ones(2, device=device, requires_grad=True)
    with pytest.raises(GradientError, match=r"^\[assign\]"):
        leaf.exp_()
    with clgrad.no_grad():
        assert leaf.neg_() is leaf and leaf.is_leaf and leaf.tolist() == [-1.0, -1.0]


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "sub",
        "mul",
        "div",
        "pow",
        "remainder",
        "floor_divide",
        "true_divide",
        "divide",
        "multiply",
        "subtract",
        "xlogy",
        "float_power",
    ],
)
def test_a_number_comes_first(name: str, device: str) -> None:
    """It is weak, as one that comes second: it keeps all its digits next to float64, and float32 stays float32."""
    function = getattr(clgrad, name)
    able = clgrad.device(device).supports(clgrad.float64)
    for dtype in (clgrad.float32, clgrad.float64) if able else (clgrad.float32,):
        x = clgrad.tensor([0.5, 2.0], dtype=dtype, device=device)
        if name == "float_power" and not able:
            continue
        found = function(0.1, x)
        assert found.dtype is (clgrad.float64 if name == "float_power" else dtype)
        wanted = function(clgrad.tensor([0.1, 0.1], dtype=found.dtype, device=device), x).numpy()
        np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-6 if found.dtype is clgrad.float32 else 1e-15)


def test_bits_of_a_number_and_a_tensor() -> None:
    x = clgrad.tensor([6, 3], device="cpu")
    assert clgrad.bitwise_and(2, x).tolist() == [2, 2]
    assert clgrad.bitwise_or(8, x).tolist() == [14, 11]
    assert clgrad.bitwise_xor(1, x).tolist() == [7, 2]
    assert clgrad.bitwise_left_shift(1, x).tolist() == [64, 8]
    assert clgrad.bitwise_right_shift(64, x).tolist() == [1, 8]
    assert (x << 70).tolist() == [0, 0] and (x >> np.array([1, 99])).tolist() == [3, 0]


def test_every_function_is_a_method() -> None:
    functions = set(elementwise.__all__) - {"expit"}
    assert all(hasattr(clgrad.Tensor, name) and hasattr(clgrad, name) for name in functions)
    assert all(getattr(clgrad, name).__doc__ for name in functions)


def test_second_derivatives_of_a_sinc_at_zero() -> None:
    x = clgrad.zeros(1, dtype=clgrad.float64, device="cpu", requires_grad=True)
    (first,) = clgrad.autograd.grad(clgrad.sinc(x).sum(), [x], create_graph=True)
    (second,) = clgrad.autograd.grad(first.sum(), [x])
    assert first.item() == 0 and second.item() == pytest.approx(-(math.pi**2) / 3)


def test_nothing_turns_at_the_origin(device: str) -> None:
    zeros = [clgrad.zeros(1, device=device, requires_grad=True) for _ in range(2)]
    found = clgrad.autograd.grad(clgrad.atan2(*zeros).sum(), zeros)
    assert [one.item() for one in found] == [0.0, 0.0]


def refused(error: type[Exception], start: str, call: Any) -> None:
    with pytest.raises(error, match="^" + re.escape(start)):
        call()


def test_what_is_refused() -> None:
    floats, integers = clgrad.tensor([1.0, 2.0], device="cpu"), clgrad.tensor([1, 2], device="cpu")
    truths = floats > 1
    refused(ArgumentError, "[div] rounding_mode='up' is not known", lambda: floats.div(2, rounding_mode="up"))
    refused(DtypeError, "[add] alpha=0.5 is no integer", lambda: integers.add(integers, alpha=0.5))
    refused(DtypeError, "[sub] alpha=0.5 is no integer", lambda: clgrad.sub(integers, 1, alpha=0.5))
    refused(DtypeError, "[round] decimals=1", lambda: clgrad.round(integers, decimals=1))
    refused(ArgumentError, "[polygamma] n=-1", lambda: clgrad.polygamma(-1, floats))
    refused(DtypeError, "[positive] bool", lambda: clgrad.positive(truths))
    refused(DtypeError, "[frexp] only floats", lambda: clgrad.frexp(integers))
    refused(DtypeError, "[addcdiv] int64 by int64", lambda: clgrad.addcdiv(floats, integers, integers))
    refused(DtypeError, "[masked_fill] the mask is int64", lambda: floats.masked_fill(integers, 1))
    refused(ArgumentError, "[masked_fill] the value has shape (2,)", lambda: floats.masked_fill(truths, floats))
    refused(DtypeError, "[masked_fill] a value of float32", lambda: integers.masked_fill(truths, 0.5))
    refused(DtypeError, "[isclose] dtypes float32 and int64", lambda: clgrad.isclose(floats, integers))
    refused(ArgumentError, "[isclose] tolerances rtol=-1", lambda: clgrad.isclose(floats, floats, rtol=-1))
    refused(ArgumentError, "[clamp] min and max are both None", lambda: clgrad.clip(floats))
    refused(DtypeError, "[gcd] does not compute with float32", lambda: clgrad.gcd(floats, floats))
    refused(DtypeError, "[left_shift] does not compute with float32", lambda: floats << 1)
    refused(ShapeError, "[atan2] shapes", lambda: clgrad.atan2(floats, clgrad.ones(3, device="cpu")))


def test_float16_on_the_reference() -> None:
    """Functions without C of their own for it compute in something wider."""
    x = np.array([0.1, 0.3, 0.7], np.float16)
    ours = clgrad.tensor(x, device="cpu")
    for name in ("erfc", "erfinv", "logit", "lgamma", "digamma", "i0", "signbit", "frac", "sinc"):
        wanted = getattr(torch, name)(torch.from_numpy(x.astype(np.float64))).numpy()
        found = getattr(clgrad, name)(ours)
        assert found.dtype is (clgrad.bool if name == "signbit" else clgrad.float16)
        np.testing.assert_allclose(found.numpy().astype(np.float64), wanted, rtol=4e-3)
    assert np.array_equal(clgrad.frexp(ours)[1].numpy(), np.frexp(x)[1])


def test_results_are_read_back(device: str) -> None:
    """Where a python bool is asked for."""
    x = clgrad.tensor(normal(3, 4), device=device)
    assert clgrad.equal(x, x + 0) is True and x.allclose(x * 2) is False
    assert clgrad.equal(x, x[:1]) is False
