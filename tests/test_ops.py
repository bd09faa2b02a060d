"""Every row of the op table against torch, on every device; its numpy meaning; dtypes and promotion."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from compare import HALVES, Case, check, check_coverage, check_halves, difference, note
from op_samples import (
    BINARY_EDGES,
    MAPS,
    REDUCES,
    SAMPLES,
    UNSIGNED,
    edge_cases,
    float_cases,
    integer_cases,
    integer_operands,
    makes_floats,
)

import clgrad
from clgrad.dtypes import DTYPES, INTEGER, promote
from clgrad.errors import DtypeError
from clgrad.ops import OPS


def test_every_row_has_samples() -> None:
    assert set(SAMPLES) == set(OPS)
    for row, make in SAMPLES.items():
        assert make(), row
    differentiable = {row for row, op in OPS.items() if op.vjp is not None}
    assert all(any(case.order == 2 for case in SAMPLES[row]()) for row in differentiable)


@pytest.mark.parametrize("row", SAMPLES)
def test_row(row: str, device: str) -> None:
    check(SAMPLES[row](), device, f"ops.{row}")
    check_coverage(f"ops.{row}", device, [dtype for dtype in DTYPES if dtype not in (*UNSIGNED, *HALVES)])


@pytest.mark.heavy
@pytest.mark.parametrize("row", SAMPLES)
def test_row_of_halves(row: str, device: str) -> None:
    check_halves(SAMPLES[row](), device, f"ops.{row}", most=8)


# -- the numpy meaning by itself -----------------------------------------------------------------


@pytest.mark.parametrize("row", MAPS)
def test_numpy_meaning_of_maps(row: str) -> None:
    op = OPS[row]
    cases = integer_cases(row) if INTEGER in op.domain else []
    if makes_floats(row):
        cases += [case for case in float_cases(row) if case.name in ("plain", "scalar", "empty", "float64")]
        cases += edge_cases(row)
    failures = []
    for case in cases:
        with np.errstate(all="ignore"):
            assert op.numpy is not None
            actual = np.asarray(op.numpy(*case.inputs))
        wanted = case.reference(*(torch.from_numpy(np.array(x)) for x in case.inputs)).numpy()
        why = difference(case, "value", actual, wanted)
        failures += [f"{case.name}: {why}"] if why else []
    assert not failures, failures


@pytest.mark.parametrize("row", REDUCES)
def test_numpy_meaning_of_reductions(row: str) -> None:
    """The ufunc folds a row as torch does, starting from the identity."""
    op = OPS[row]
    assert op.numpy is not None
    assert op.identity is not None
    for dtype in ("int32", "int64", "float32", "float64"):
        x = (np.random.default_rng(1).standard_normal((4, 5)) * 3).astype(dtype)
        start = np.asarray(op.identity(DTYPES[dtype]), dtype)
        fold: Any = op.numpy
        folded = fold.reduce(x, axis=1, initial=start)
        wanted = REDUCES[row](torch.from_numpy(x), 1).numpy()
        np.testing.assert_allclose(folded, wanted, rtol=1e-5, err_msg=dtype)


# -- integers at the ends of their range ---------------------------------------------------------


def _compare_with_numpy(row: str, dtypes: tuple[str, ...], device: str) -> None:
    """Where torch has no answer, the row's numpy meaning is the reference."""
    op = OPS[row]
    failures = []
    cases = integer_cases(row, dtypes)[-len(dtypes) :]
    tensors = [case.call(*(clgrad.tensor(x, device=device) for x in case.inputs)) for case in cases]
    clgrad.realize(*tensors)
    for case, tensor in zip(cases, tensors):
        assert op.numpy is not None
        with np.errstate(all="ignore"):
            wanted = np.asarray(op.numpy(*case.inputs))
        why = difference(case, "value", tensor.numpy(), wanted)
        failures += [f"{case.name}: {why}"] if why else []
    assert not failures, failures


@pytest.mark.parametrize("row", [row for row in MAPS if INTEGER in OPS[row].domain])
def test_unsigned(row: str, device: str) -> None:
    _compare_with_numpy(row, UNSIGNED, device)
    for dtype in UNSIGNED:
        note(f"ops.{row}", dtype, device, 0)
    check_coverage(f"ops.{row}", device, UNSIGNED)


def test_zero_divisors(device: str) -> None:
    """Integer division by zero, and of the lowest number by -1, gives what numpy gives and stops nothing."""
    tensors, wanted = [], []
    for dtype in ("int8", "int16", "int32", "int64", "uint8", "uint32"):
        a, b = integer_operands(MAPS["add"], dtype, 2)
        x, y = clgrad.tensor(a, device=device), clgrad.tensor(b, device=device)
        with np.errstate(all="ignore"):
            for row, result in (("floordiv", x // y), ("mod", x % y)):
                tensors.append(result)
                wanted.append(np.asarray(OPS[row].numpy(a, b)))  # type: ignore[misc]  # both rows have one
    clgrad.realize(*tensors)
    for tensor, expected in zip(tensors, wanted):
        np.testing.assert_array_equal(tensor.numpy(), expected)


def test_float_division_by_zero(device: str) -> None:
    """Every pair of telling floats, for // and %: cases that torch and C handle each in their own way."""
    a, b = (np.array(column, np.float32) for column in zip(*itertools.product(BINARY_EDGES, repeat=2)))
    check(
        [
            Case("//", lambda x, y: x // y, lambda x, y: x // y, (a, b), order=0, exact=True),
            Case("%", lambda x, y: x % y, lambda x, y: x % y, (a, b), order=0),
        ],
        device,
    )


def test_casts_of_unsigned(device: str) -> None:
    tensors, wanted = [], []
    for source, target in itertools.product((*UNSIGNED, "uint8", "int32", "int64"), repeat=2):
        info = np.iinfo(source)
        values = np.array([info.min, 0, 1, 100, info.max // 2 + 3, info.max], source)
        tensors.append(clgrad.tensor(values, device=device).to(target))
        wanted.append(values.astype(target))
    able = clgrad.device(device)
    for target in ("float32", "float64", "bool"):
        for source in UNSIGNED if able.supports(clgrad.dtypes.as_dtype(target)) else ():
            values = np.array([0, 1, 100, np.iinfo(source).max // 2 + 3, np.iinfo(source).max], source)
            tensors.append(clgrad.tensor(values, device=device).to(target))
            wanted.append(values.astype(target))
    clgrad.realize(*tensors)
    for one, host in zip(tensors, wanted):
        np.testing.assert_array_equal(one.numpy(), host)


# -- promotion: nothing runs ---------------------------------------------------------------------


def _torch_dtype(name: str) -> torch.dtype:
    return getattr(torch, name)  # type: ignore[no-any-return]  # torch's dtypes are named like ours


@pytest.mark.parametrize(("first", "second"), list(itertools.product(DTYPES, repeat=2)))
def test_promotion_table(first: str, second: str) -> None:
    try:
        wanted = str(torch.promote_types(_torch_dtype(first), _torch_dtype(second))).removeprefix("torch.")
    except RuntimeError:
        a, b = DTYPES[first], DTYPES[second]
        if a.signed or b.signed:
            with pytest.raises(DtypeError, match=r"\[promotion\]"):
                promote(a, b)
        else:  # torch refuses, but nothing can be lost
            assert promote(a, b) is (a if a.size > b.size or b.name == "bool" else b)
        return
    assert promote(DTYPES[first], DTYPES[second]).name == wanted


COMMON = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")


def _both(name: str, shape: tuple[int, ...]) -> tuple[Any, Any]:
    return clgrad.zeros(shape, dtype=name, device="cpu"), torch.zeros(shape, dtype=_torch_dtype(name))


@pytest.mark.parametrize("name", COMMON)
def test_promotion_of_values(name: str) -> None:
    """Tensors with dims outweigh 0-d tensors, these outweigh python scalars; the category decides."""
    for shape in ((2,), ()):
        ours, theirs = _both(name, shape)
        for scalar in (True, 2, 2.5):
            wanted = torch.result_type(theirs, scalar)
            assert ours.maximum(scalar).dtype.name == str(wanted).removeprefix("torch."), (name, shape, scalar)
        for other, other_shape in itertools.product(COMMON, ((2,), ())):
            our_other, their_other = _both(other, other_shape)
            wanted = torch.result_type(theirs, their_other)
            found = ours.maximum(our_other).dtype.name
            assert found == str(wanted).removeprefix("torch."), (name, shape, other, other_shape)


def _outcome(call: Any, *operands: Any) -> str:
    try:
        return str(call(*operands).dtype).split(".")[-1]
    except (DtypeError, RuntimeError, TypeError):
        return "refused"


@pytest.mark.parametrize("row", [row for row in MAPS if len(MAPS[row].makers) == 2])
def test_dtype_of_results(row: str) -> None:
    """The dtype of each binary op on each pair of dtypes, and with a scalar, wherever torch computes one."""
    sample = MAPS[row]
    failures = []
    for first, second in itertools.product(COMMON, (*COMMON, True, 2, 2.5)):
        ours, theirs = _both(first, (2,))
        their_other: Any = second
        our_other: Any = second
        if isinstance(second, str):
            our_other, their_other = _both(second, (2,))
        elif row in ("maximum", "minimum"):
            continue  # torch takes tensors only
        found = _outcome(sample.call, ours, our_other)
        wanted = _outcome(sample.reference, theirs, their_other)
        if found != wanted and wanted != "refused":
            failures.append(f"{first}, {second}: {found}, torch {wanted}")
    assert not failures, failures


@pytest.mark.parametrize("row", [row for row in MAPS if len(MAPS[row].makers) == 1])
def test_dtype_of_unary_results(row: str) -> None:
    failures = []
    for name in COMMON:
        ours, theirs = _both(name, (2,))
        found, wanted = _outcome(MAPS[row].call, ours), _outcome(MAPS[row].reference, theirs)
        if found != wanted and wanted != "refused":
            failures.append(f"{name}: {found}, torch {wanted}")
    assert not failures, failures


def test_lossless_scalars(device: str) -> None:
    """A python integer keeps all its bits next to int64, a float next to float64."""
    big = 2**62 + 1
    x = clgrad.tensor(np.array([1], np.int64), device=device)
    assert (x * big).item() == big
    if clgrad.device(device).supports(DTYPES["float64"]):
        y = clgrad.tensor(np.array([1.0]), device=device)
        assert (y * 0.1).item() == 0.1
