"""Dtypes: the table, promotion and casts, against PyTorch pair by pair."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest
import torch
from compare import needs

import clgrad
from clgrad import Tensor, dtypes
from clgrad.dtypes import DTYPES, DType, as_dtype, promote, promote_scalar
from clgrad.errors import DtypeError

NAMES = list(DTYPES)
PAIRS = list(itertools.product(NAMES, NAMES))

TORCH = {name: getattr(torch, name) for name in NAMES}


def name_of(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def on(device: str) -> list[str]:
    """The dtypes that a device computes with."""
    found = clgrad.device(device)
    return [name for name in NAMES if found.supports(DTYPES[name])]


# The table


@pytest.mark.parametrize("name", NAMES)
def test_rows(name: str) -> None:
    row = DTYPES[name]
    theirs = TORCH[name]
    assert row.name == name and row.size == theirs.itemsize and repr(row) == f"clgrad.{name}"
    assert row.is_float == theirs.is_floating_point and row.signed == theirs.is_signed
    assert row.is_integer == (not row.is_float and not row.is_complex and name != "bool")
    assert row.is_complex == theirs.is_complex
    assert row.storage.itemsize == row.size
    assert row.is_half == (name in ("float16", "bfloat16"))
    assert row.computing is (dtypes.float32 if row.is_half else row)
    if name == "bfloat16":
        assert row.numpy is None, "numpy has none"
    else:
        assert row.numpy == np.dtype(name) and row.numpy.itemsize == row.size
    assert getattr(clgrad, name) is row
    assert copy.deepcopy(row) is row and copy.copy(row) is row, "dtypes are compared by identity"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (float, "float32"), (int, "int64"), (bool, "bool"), ("int8", "int8"), (np.float64, "float64"),
        (np.dtype("uint16"), "uint16"), ("f4", "float32"), (np.dtype(">i4"), "int32"), (dtypes.float16, "float16"),
    ],
)  # fmt: skip
def test_as_dtype(given: Any, name: str) -> None:
    assert as_dtype(given) is DTYPES[name]


@pytest.mark.parametrize("given", ["float31", "complex32", np.dtype("datetime64[s]"), np.str_, 3.5, object(), list, ""])
def test_what_is_no_dtype(given: Any) -> None:
    with pytest.raises(DtypeError, match=r"^\[dtype\] .* is not a clgrad dtype; there are bool, .*complex128$"):
        as_dtype(given)


def test_none_is_no_dtype() -> None:
    """For numpy None is float64, which nobody means."""
    with pytest.raises(DtypeError, match=r"^\[dtype\] None"):
        as_dtype(None)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "bool"])
def test_limits_are_torchs(name: str) -> None:
    if DTYPES[name].has_gradient:  # of complex numbers, the limits of their parts
        ours, theirs = clgrad.finfo(name), torch.finfo(TORCH[name])
        for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
            assert getattr(ours, field) == getattr(theirs, field), field
        with pytest.raises(DtypeError, match=rf"^\[iinfo\] {name} is not an integer dtype; use clgrad.finfo"):
            clgrad.iinfo(name)
        return
    limits = clgrad.iinfo(DTYPES[name])
    assert (limits.bits, limits.min, limits.max, limits.dtype) == (
        torch.iinfo(TORCH[name]).bits, int(np.iinfo(name).min), int(np.iinfo(name).max), name
    )  # fmt: skip
    with pytest.raises(DtypeError, match=rf"^\[finfo\] {name} is not a floating dtype; use clgrad.iinfo"):
        clgrad.finfo(name)


def test_limits_of_the_default() -> None:
    assert clgrad.finfo() == clgrad.finfo(clgrad.float32)
    with pytest.raises(DtypeError, match=r"^\[iinfo\] bool"):
        clgrad.iinfo(bool)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_can_cast_is_torchs(a: str, b: str) -> None:
    assert clgrad.can_cast(DTYPES[a], b) == torch.can_cast(TORCH[a], TORCH[b])


def test_questions_of_dtypes() -> None:
    for name in NAMES:
        x = clgrad.zeros(1, dtype=name, device="cpu")
        assert clgrad.is_floating_point(x) == x.is_floating_point() == TORCH[name].is_floating_point
    assert clgrad.promote_types("float16", clgrad.bfloat16) is clgrad.float32
    with pytest.raises(DtypeError, match=r"^\[promotion\] uint32 and int8"):
        clgrad.promote_types("uint32", "int8")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", [*NAMES, True, 2, 2.5])
def test_result_type_is_torchs(name: str, other: Any) -> None:
    for shape in ((2,), ()):
        ours: list[Any] = [clgrad.zeros(2, dtype=name, device="cpu"), other]
        theirs: list[Any] = [torch.zeros(2, dtype=TORCH[name]), other]
        if isinstance(other, str):
            ours[1], theirs[1] = clgrad.zeros(shape, dtype=other, device="cpu"), torch.zeros(shape, dtype=TORCH[other])
        try:
            wanted = name_of(torch.result_type(*theirs))
        except RuntimeError:
            continue  # of unsigned integers, where torch has no answer
        wanted = wanted.replace("complex32", "complex64")  # here is no complex number of halves
        assert clgrad.result_type(*ours).name == wanted
        assert clgrad.result_type(*reversed(ours)).name == wanted
    assert clgrad.result_type(2, 2.5) is clgrad.float32


# Promotion


def expected(a: str, b: str) -> str | None:
    """PyTorch's answer; it has none for unsigned numbers of 16 to 64 bits, where the wider of two is meant."""
    try:
        return name_of(torch.promote_types(TORCH[a], TORCH[b]))
    except RuntimeError:
        one, other = DTYPES[a], DTYPES[b]
        return None if one.signed or other.signed else max(one, other, key=lambda row: row.size).name


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_promotion_is_torchs(a: str, b: str) -> None:
    wanted = expected(a, b)
    if wanted is None:
        with pytest.raises(DtypeError, match=rf"^\[promotion\] {a} and {b} have no common dtype; cast"):
            promote(DTYPES[a], DTYPES[b])
    else:
        assert promote(DTYPES[a], DTYPES[b]).name == wanted
        assert promote(DTYPES[b], DTYPES[a]).name == wanted


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scalar", [True, 3, 3.5, 1j])
def test_a_scalar_takes_part_with_its_category_only(name: str, scalar: complex) -> None:
    wanted = name_of(torch.result_type(torch.zeros(1, dtype=TORCH[name]), scalar))
    assert promote_scalar(DTYPES[name], scalar).name == wanted.replace("complex32", "complex64")


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_dims_outweigh_0_d_tensors(a: str, b: str) -> None:
    """Nothing runs: dtypes are known at once."""
    x, y = clgrad.zeros(2, dtype=a, device="cpu"), clgrad.zeros((), dtype=b, device="cpu")
    try:
        wanted: str | None = name_of(torch.result_type(torch.zeros(2, dtype=TORCH[a]), torch.zeros((), dtype=TORCH[b])))
    except RuntimeError:
        wanted = expected(a, b)
    if wanted is None:
        with pytest.raises(DtypeError):
            clgrad.where(x == x, x, y)
        return
    wanted = wanted.replace("complex32", "complex64")  # here is no complex number of halves
    for found in (clgrad.where(x == x, x, y), clgrad.where(x == x, y, x)):
        assert found.dtype.name == wanted
    if wanted != "bool":
        assert (x + y).dtype.name == (y * x).dtype.name == wanted


OPERATIONS: dict[str, Any] = {
    "add": lambda x: x + x,
    "div": lambda x: x / x,
    "floordiv": lambda x: x // x,
    "pow": lambda x: x**2,
    "times a float": lambda x: x * 1.5,
    "times an int": lambda x: x * 2,
    "exp": lambda x: x.exp(),
    "sum": lambda x: x.sum(),
    "prod": lambda x: x.prod(0),
    "amax": lambda x: x.amax(),
    "any": lambda x: x.any(),
    "argmax": lambda x: x.argmax(),
    "less": lambda x: x < x,
    "abs": lambda x: abs(x),
    "cumulated mean": lambda x: x.float().mean(),
    "isnan": lambda x: x.isnan(),
    "softmax": lambda x: x.float().softmax(0),
    "invert": lambda x: ~x,
    "sigmoid": lambda x: x.sigmoid(),
    "square": lambda x: x.square(),
}


@pytest.mark.parametrize("name", NAMES)
def test_dtypes_of_results_are_torchs(name: str) -> None:
    ours, theirs = clgrad.ones(3, dtype=name, device="cpu"), torch.ones(3, dtype=TORCH[name])
    for operation, apply in OPERATIONS.items():
        if DTYPES[name].is_complex and operation in ("cumulated mean", "softmax"):
            continue  # torch warns that a part is lost
        try:
            wanted = name_of(apply(theirs).dtype)
        except (RuntimeError, NotImplementedError, TypeError):
            continue  # torch does not compute it for this dtype
        if operation == "any" and name == "uint8":
            continue  # torch gives uint8, for code older than its bool
        assert apply(ours).dtype.name == wanted, operation


# Values


def samples(source: str, target: str) -> Any:
    """Values whose cast is defined: what leaves an integer's range wraps, but not from a float."""
    row, to = DTYPES[source], DTYPES[target]
    if source == "bool":
        return np.array([False, True, True])
    if row.is_integer:
        information = np.iinfo(source)
        return np.array([0, 1, 2, 77, information.max, information.min, information.max - 1], source)
    source = "float32" if source == "bfloat16" else source
    values = [0.0, -0.0, 1.0, 1.5, 2.5, 100.75, 0.25, 31.999]
    if to.signed:
        values += [-1.5, -2.5, -0.75, -100.25]
    if to.is_float or target == "bool":
        values += [np.inf, -np.inf, np.nan, 1e-7]
    return np.array(values, source)


@pytest.mark.parametrize("source", NAMES)
def test_casts_between_all_dtypes(device: str, source: str) -> None:
    if source not in on(device):
        pytest.skip(f"{device} has no {source}")
    cases = []
    for target in on(device):
        host = dtypes.converted(samples(source, target), DTYPES[source])
        with np.errstate(all="ignore"):
            loses = DTYPES[source].is_complex and not DTYPES[target].is_complex and target != "bool"
            wanted = dtypes.converted(host.real if loses else host, DTYPES[target])
        x = clgrad.tensor(host, source, device)
        cases.append((x.to(target), wanted, target))
        cases.append(((x.to(target).reshape(-1, 1)).T, wanted.reshape(1, -1), target))
    clgrad.realize(*(ours for ours, _, _ in cases))
    for ours, wanted, target in cases:
        assert ours.dtype.name == target
        np.testing.assert_array_equal(ours.tolist(), wanted.tolist(), err_msg=f"{source} to {target}")


def test_round_trips_of_extreme_values(device: str) -> None:
    cases: list[tuple[Tensor, Any, str]] = []
    for name in on(device):
        if name == "bool" or DTYPES[name].is_complex:
            continue
        information: Any = clgrad.finfo(name) if DTYPES[name].is_float else clgrad.iinfo(name)
        host = np.array([information.min, information.max, 0, 1], "float32" if name == "bfloat16" else name)
        x = clgrad.tensor(host, name, device)
        cases += [(x, host, name), (x + 0, host, name), (x == x, [True] * 4, name)]
        cases += [(x.amax(), information.max, name), (x.amin(), information.min, name)]
        for value in host[:2]:
            constant = clgrad.full((3,), value.item(), dtype=name, device=device)
            cases.append((constant, np.full(3, value), name))
    clgrad.realize(*(ours for ours, _, _ in cases))
    for ours, wanted, name in cases:
        np.testing.assert_array_equal(ours._read(), wanted, err_msg=name)


@pytest.mark.parametrize("name", ["uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"])
def test_integers_wrap(device: str, name: str) -> None:
    """Also python's, where they do not fit: torch takes them modulo the dtype's range."""
    needs(device, DTYPES[name])
    information = np.iinfo(name)
    host = np.array([information.max, information.min, 3], name)
    x = clgrad.tensor(host, device=device)
    with np.errstate(all="ignore"):
        cases = [
            (x + 1, host + np.array(1, name)),
            (x - 1, host - np.array(1, name)),
            (x * x, host * host),
            (-x, -host),
            (x.sum(dtype=DTYPES[name]), host.sum(dtype=name)),
        ]
        if information.max < 2**40:
            cases.append((x + (2 * (information.max - information.min + 1) + 5), host + np.array(5, name)))
    for ours, wanted in cases:
        assert ours.dtype.name == name
        np.testing.assert_array_equal(ours.numpy(), wanted)


def test_unsigned_numbers_are_compared_and_divided_as_such(device: str) -> None:
    host = np.array([2**64 - 1, 2**63, 7], np.uint64)
    x = clgrad.tensor(host, device=device)
    assert (x > 8).tolist() == [True, True, False]
    np.testing.assert_array_equal((x // 3).numpy(), host // np.uint64(3))
    np.testing.assert_array_equal((x % 10).numpy(), host % np.uint64(10))
    np.testing.assert_array_equal((x >> 1).numpy(), host >> np.uint64(1))
    assert x.amax().item() == 2**64 - 1 and x.argmin().item() == 2
    assert clgrad.tensor([2**63 + 5], dtype="uint64", device=device).item() == 2**63 + 5
    np.testing.assert_allclose(x.to(clgrad.float32).numpy(), host.astype(np.float32))


def test_bools_are_bytes_that_hold_nothing_else(device: str) -> None:
    x = clgrad.tensor([0.0, 0.5, -3.0, np.nan], device=device).to(clgrad.bool)
    assert x.numpy().view(np.uint8).tolist() == [0, 1, 1, 1]
    assert (x.sum().item(), x.to(clgrad.int32).sum().item()) == (3, 3)
    masks = [x & x, x | x, x ^ x, ~x, x == x, clgrad.where(x, x, ~x), x.reshape(2, 2).any(1), x.to(clgrad.uint8) > 0]
    for mask in masks:
        assert mask.dtype is clgrad.bool and set(mask.numpy().view(np.uint8).tolist()) <= {0, 1}
    assert (x + x).dtype is clgrad.bool or (x + x).tolist() == [0, 2, 2, 2]


def test_host_data_keeps_or_finds_its_dtype(device: str) -> None:
    cases: list[tuple[Any, DType]] = [
        ([1, 2], clgrad.int64),
        ([1.0, 2], clgrad.float32),
        ([True, False], clgrad.bool),
        (1, clgrad.int64),
        ([], clgrad.float32),
        (np.arange(2), clgrad.int64),
        (np.zeros(2), clgrad.float64),
        (np.float32(1), clgrad.float32),
        ([np.float32(1)], clgrad.float32),
        ([np.int8(1)], clgrad.int8),
        (range(3), clgrad.int64),
    ]
    for data, wanted in cases:
        if wanted.name in on(device):
            assert clgrad.tensor(data, device=device).dtype is wanted, data
    assert clgrad.tensor([1.9, -1.9], dtype="int32", device=device).tolist() == [1, -1]
    assert clgrad.tensor(clgrad.tensor([1.5], device=device), dtype=int).tolist() == [1]
