"""Sorting, selection and counting at full size against torch, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad.errors import ArgumentError, DtypeError, JitError, ShapeError
from clgrad.runtime import trace

LARGE = 1 << 20


def numbers(kind: str) -> np.ndarray[Any, Any]:
    generator = np.random.default_rng(11)
    x = generator.standard_normal(LARGE).astype(np.float32)
    return {
        "random": x,
        "ties": np.round(x * 2) * np.float32(0.5),
        "equal": np.full_like(x, 2.5),
        "sorted": np.sort(x),
        "reversed": np.sort(x)[::-1].copy(),
        "nan": np.where(x > 1, np.float32(np.nan), x),
    }[kind]


@pytest.mark.parametrize("kind", ["random", "ties", "equal", "sorted", "reversed", "nan"])
def test_a_million_elements_are_sorted_stably(kind: str, device: str) -> None:
    x = numbers(kind)
    theirs = torch.from_numpy(x).sort(dim=-1, descending=kind == "ties", stable=True)
    ours = clgrad.tensor(x, device=device).sort(descending=kind == "ties", stable=True)
    np.testing.assert_array_equal(ours.values.numpy(), theirs.values.numpy())
    np.testing.assert_array_equal(ours.indices.numpy(), theirs.indices.numpy())


@pytest.mark.parametrize("kind", ["random", "reversed", "nan"])
def test_the_top_of_a_million_elements(kind: str, device: str) -> None:
    """What is found is compared with numpy's sort: torch takes a minute for reversed numbers."""
    x = numbers(kind)
    ordered = np.sort(x)
    ours = clgrad.tensor(x, device=device)
    for k, largest in ((1, True), (10, False), (1000, True), (LARGE // 3, False)):
        found = ours.topk(k, largest=largest)
        np.testing.assert_array_equal(found.values.numpy(), ordered[::-1][:k] if largest else ordered[:k])
        np.testing.assert_array_equal(x[found.indices.numpy()], found.values.numpy())
    for k in (1, LARGE // 2, LARGE - 3):
        np.testing.assert_array_equal(ours.kthvalue(k).values.numpy(), ordered[k - 1])
    count = int((x == x).sum())
    np.testing.assert_array_equal(ours.median().numpy(), ordered[-1] if count < LARGE else ordered[(LARGE - 1) // 2])
    np.testing.assert_array_equal(ours.nanmedian().numpy(), ordered[(count - 1) // 2])


@pytest.mark.parametrize("dtype", ["int32", "float32", "int64", "float64"])
def test_of_equal_elements_the_first_are_at_the_top(dtype: str, device: str) -> None:
    if not clgrad.device(device).supports(clgrad.dtypes.DTYPES[dtype]):
        pytest.skip(f"{device} has no {dtype}")
    x = np.random.default_rng(12).integers(-4, 5, (2, 70000)).astype(dtype)
    if dtype.startswith("f"):
        x[:, ::7] = np.nan
    for largest in (True, False):
        wanted = torch.from_numpy(x).sort(dim=1, descending=largest, stable=True).indices[:, :30]
        found = clgrad.tensor(x, device=device).topk(30, largest=largest).indices
        np.testing.assert_array_equal(found.numpy(), wanted.numpy())


def test_a_million_elements_are_looked_up_selected_and_counted(device: str) -> None:
    x = numbers("ties")
    ours, theirs = clgrad.tensor(x, device=device), torch.from_numpy(x)
    bounds = np.sort(numbers("random")[:70000])
    ours_bounds, their_bounds = clgrad.tensor(bounds, device=device), torch.from_numpy(bounds)
    codes, their_codes = (ours * 2 + 20).to("int64"), (theirs * 2 + 20).to(torch.int64)
    pairs: list[tuple[Any, Any]] = [
        (clgrad.bucketize(ours, ours_bounds), torch.bucketize(theirs, their_bounds)),
        (clgrad.isin(ours, ours_bounds.round()), torch.isin(theirs, their_bounds.round())),
        (ours.nonzero(), theirs.nonzero()),
        (ours.masked_select(ours > 1), theirs.masked_select(theirs > 1)),
        *zip(*(one.unique(return_inverse=True, return_counts=True) for one in (ours, theirs))),
        (ours.unique_consecutive(), theirs.unique_consecutive()),
        (codes.bincount(), their_codes.bincount()),
        (ours.histc(50, -3, 3), theirs.histc(50, -3, 3)),
        (codes.reshape(1024, 1024).mode(1).values, their_codes.reshape(1024, 1024).mode(1).values),
    ]
    for number, (one, other) in enumerate(pairs):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=f"pair {number}")


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float64"])
def test_every_dtype_is_sorted(dtype: str, device: str) -> None:
    if not clgrad.device(device).supports(clgrad.dtypes.DTYPES[dtype]):
        pytest.skip(f"{device} has no {dtype}")
    generator = np.random.default_rng(3)
    x = generator.integers(-(2**63), 2**63 - 1, (3, 40000)).astype("int64" if dtype == "int64" else "int32")
    x = (x % 2 == 0) if dtype == "bool" else (x * 1e-7).astype(dtype) if dtype == "float64" else x.astype(dtype)
    for descending in (False, True):
        theirs = torch.from_numpy(x).sort(dim=1, descending=descending, stable=True)
        ours = clgrad.tensor(x, device=device).sort(1, descending)
        np.testing.assert_array_equal(ours.values.numpy(), theirs.values.numpy())
        np.testing.assert_array_equal(ours.indices.numpy(), theirs.indices.numpy())


@pytest.mark.parametrize("dtype", ["uint16", "uint32", "uint64"])
def test_unsigned_integers_are_sorted(dtype: str, device: str) -> None:
    """Torch sorts none of these."""
    x = np.random.default_rng(4).integers(0, np.iinfo(dtype).max, 3000, dtype=dtype, endpoint=True)
    found = clgrad.tensor(x, device=device).sort()
    np.testing.assert_array_equal(found.values.numpy(), np.sort(x))
    np.testing.assert_array_equal(found.indices.numpy(), np.argsort(x, kind="stable"))


def test_many_short_rows(device: str) -> None:
    x = np.random.default_rng(5).integers(0, 5, (20000, 10)).astype(np.float32)
    theirs = torch.from_numpy(x).sort(dim=1, stable=True)
    ours = clgrad.tensor(x, device=device).sort(1)
    np.testing.assert_array_equal(ours.values.numpy(), theirs.values.numpy())
    np.testing.assert_array_equal(ours.indices.numpy(), theirs.indices.numpy())


def test_few_kernels_sort_and_find(device: str) -> None:
    x = clgrad.tensor(np.random.default_rng(6).standard_normal((100, 200)).astype(np.float32), device=device).realize()
    for call, wanted in (
        (lambda: x.sort(1), ["sort_runs", "gather"]),
        (lambda: x.topk(3), ["top_runs", "gather"]),
        (lambda: [clgrad.bucketize(x, x[0])], ["search"]),
    ):
        with trace() as seen:
            clgrad.realize(*call())  # type: ignore[no-untyped-call]  # a call without arguments
        assert [kernel.kind for kernel in seen.kernels] == wanted


def test_what_only_nothing_reads_is_not_computed(device: str) -> None:
    x = clgrad.tensor(np.ones((9, 5), np.float32), device=device).realize()
    with trace() as seen:
        assert x.sort(0).values[:0].numpy().shape == (0, 5)
        assert (x @ x.T)[:0].numpy().shape == (0, 9)
    assert not seen.kernels


def test_sorting_is_recorded_by_jit_and_selection_is_not(device: str) -> None:
    x = clgrad.tensor([3.0, 1.0, 2.0], device=device)
    step = clgrad.jit(lambda x: x.sort().values * 2)
    for _ in range(3):
        assert step(x).tolist() == [2.0, 4.0, 6.0]
    for call in (lambda x: x.nonzero(), lambda x: x.unique(), lambda x: x.masked_select(x > 1)):
        jitted = clgrad.jit(call)
        jitted(x)
        with pytest.raises(JitError, match=r"^\[jit\]"):
            jitted(x)


def test_what_is_found_has_names() -> None:
    x = clgrad.tensor([3.0, 1.0, 2.0], device="cpu")
    for found in (x.sort(), x.topk(2), x.kthvalue(2), x.median(0), x.nanmedian(0), x.mode()):
        values, indices = found
        assert found.values is values and found.indices is indices
        assert x[indices].tolist() == values.tolist()


MATRIX = np.arange(6, dtype=np.float32).reshape(2, 3)
REFUSED: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "sort dim": (lambda x: x.sort(2), ShapeError, r"^\[sort\] dim 2 is not in -2 ... 1"),
    "argsort dim": (lambda x: x.argsort(-3), ShapeError, r"^\[argsort\] dim -3"),
    "topk": (lambda x: x.topk(4), ArgumentError, r"^\[topk\] k is 4; dim -1 of shape \(2, 3\) has 0 ... 3 to give"),
    "topk negative": (lambda x: x.topk(-1), ArgumentError, r"^\[topk\] k is -1"),
    "kthvalue": (lambda x: x.kthvalue(0), ArgumentError, r"^\[kthvalue\] k is 0; dim -1 of shape \(2, 3\) has 1 ... 3"),
    "median of bool": (lambda x: (x > 1).median(), DtypeError, r"^\[median\] bool has no median"),
    "median of nothing": (lambda x: x[:0].median(0), ShapeError, r"^\[median\] dim 0 of shape \(0, 3\) is empty"),
    "integer median of nothing": (lambda x: x[:0].long().median(), ShapeError, r"^\[median\] shape \(0, 3\) has no"),
    "quantile dtype": (lambda x: x.long().quantile(0.5), DtypeError, r"^\[quantile\] the quantiles of int64"),
    "quantile q": (lambda x: x.quantile(1.5), ArgumentError, r"^\[quantile\] q is 1.5; it must lie in 0 ... 1"),
    "quantile q dtype": (lambda x: x.quantile(x[0].double()), DtypeError, r"^\[quantile\] q is float64 and the input"),
    "quantile q shape": (lambda x: x.quantile(x), ShapeError, r"^\[quantile\] q has shape \(2, 3\)"),
    "nanquantile of nothing": (lambda x: x[:0].nanquantile(0.5), ShapeError, r"^\[nanquantile\] shape \(0, 3\) has no"),
    "interpolation": (
        lambda x: x.quantile(0.5, interpolation="cubic"),
        ArgumentError,
        r"^\[quantile\] interpolation 'cubic' is not known; there are \('linear'",
    ),
    "mode of nothing": (lambda x: x[:0].mode(0), ShapeError, r"^\[mode\] dim 0 of shape \(0, 3\) is empty"),
    "searchsorted side": (
        lambda x: clgrad.searchsorted(x, x, side="middle"),
        ArgumentError,
        r"^\[searchsorted\] side is 'middle'; there are 'left' and 'right'",
    ),
    "searchsorted both": (
        lambda x: clgrad.searchsorted(x, x, side="left", right=True),
        ArgumentError,
        r"^\[searchsorted\] side is 'left' and right is True",
    ),
    "searchsorted shapes": (
        lambda x: clgrad.searchsorted(x, x[:1]),
        ShapeError,
        r"^\[searchsorted\] sequences of shape \(2, 3\) must be 1-d",
    ),
    "searchsorted sorter": (
        lambda x: clgrad.searchsorted(x, x, sorter=x[0].long()),
        ShapeError,
        r"^\[searchsorted\] sorter has shape \(3,\), the sequence \(2, 3\)",
    ),
    "searchsorted 0-d": (lambda x: clgrad.searchsorted(x[0, 0], 1.0), ShapeError, r"^\[searchsorted\] the sequence is"),
    "bucketize": (lambda x: clgrad.bucketize(x, x), ShapeError, r"^\[bucketize\] boundaries have shape \(2, 3\)"),
    "isin of bool": (lambda x: clgrad.isin(x > 1, True), DtypeError, r"^\[isin\] does not compute with bool"),
    "isin of numbers": (lambda x: clgrad.isin(1, 2), DtypeError, r"^\[isin\] elements and test_elements are both"),
    "mask": (lambda x: x.masked_select(x), DtypeError, r"^\[masked_select\] the mask is float32; it must be bool"),
    "mask shape": (lambda x: x.masked_select(x[:, :2] > 1), ShapeError, r"^\[masked_select\] shapes"),
    "unique dim": (lambda x: x.unique(dim=2), ShapeError, r"^\[unique\] dim 2"),
    "unique of nothing": (lambda x: x[:, :0].unique(dim=0), ShapeError, r"^\[unique\] the slices of shape \(2, 0\)"),
    "bincount shape": (lambda x: x.long().bincount(), ShapeError, r"^\[bincount\] shape \(2, 3\) is no vector"),
    "bincount dtype": (lambda x: x[0].bincount(), DtypeError, r"^\[bincount\] the elements must be integers"),
    "bincount weights": (lambda x: x[0].long().bincount(x), ShapeError, r"^\[bincount\] weights have shape \(2, 3\)"),
    "bincount minlength": (lambda x: x[0].long().bincount(minlength=-1), ArgumentError, r"^\[bincount\] minlength"),
    "bincount negative": (lambda x: (x[0].long() - 1).bincount(), ArgumentError, r"^\[bincount\] element -1 is"),
    "histc dtype": (lambda x: x.long().histc(), DtypeError, r"^\[histc\] the input is int64"),
    "histc bins": (lambda x: x.histc(0), ArgumentError, r"^\[histc\] bins must be positive, got 0"),
    "histc range": (lambda x: x.histc(3, 2, 1), ArgumentError, r"^\[histc\] the range from 2 to 1 must be finite"),
    "histc infinite": (lambda x: x.histc(3, 0, np.inf), ArgumentError, r"^\[histc\] the range from 0 to inf"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    call, error, text = REFUSED[case]
    with pytest.raises(error, match=text):
        call(clgrad.tensor(MATRIX, device="cpu"))
