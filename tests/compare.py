"""Compare clgrad with torch: values, gradients and gradients of gradients, many cases in one plan."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from recorded import record, shown

import clgrad
from clgrad import coverage
from clgrad.errors import DtypeError

Numpy = np.ndarray[Any, Any]
Shape = tuple[int, ...]
Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One call: a function of clgrad tensors, the same of torch tensors, and its inputs."""

    name: str
    call: Function
    reference: Function
    inputs: tuple[Numpy, ...]
    order: int = 2
    """How many derivatives are compared."""
    magnitude: float = 1.0
    """The size of the terms that add up to one element of the result, where it is not about 1."""
    slack: float = 1.0
    """How many times the usual rounding error is allowed, for a stated reason."""
    single: float = 1.0
    """How many times that on a device without float64, for a stated reason."""
    wide: bool = False
    """Whether torch needs the range of float64 in between: then not for a device that has none."""
    exact: bool = False
    """Compare bit by bit, signs of zero included."""
    smooth: bool = True
    """Whether finite differences hold at these inputs."""
    halves: bool = True
    """Whether it may stand for its function in float16 and bfloat16; if not, a comment says why."""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def normal(*shape: int, seed: int = 0, dtype: str = "float32") -> Numpy:
    return rng(seed).standard_normal(shape).astype(dtype)


def same(name: str, call: Function, *inputs: Numpy, **options: Any) -> Case:
    """A case that clgrad and torch spell alike."""
    return Case(name, call, call, inputs, **options)


# -- comparing with torch ------------------------------------------------------------------------


def derive(
    call: Function, xs: Sequence[Any], order: int, grad: Function, seed_like: Callable[[str, Any], Any]
) -> dict[str, Any]:
    """The value, its gradients, and their gradients with respect to inputs and upstream gradient."""
    y = call(*xs)
    found = {"value": y}
    sources = [x for x in xs if x.requires_grad]
    if order < 1 or not sources or not y.requires_grad:
        return found
    upstream = seed_like("value", y)
    first = grad(y, sources, upstream, create_graph=True, allow_unused=True)
    found |= {f"gradient {place}": one for place, one in enumerate(first) if one is not None}
    roots = {name: one for name, one in found.items() if name != "value" and one.requires_grad}
    if order < 2 or not roots:
        return found
    seeds = [seed_like(name, one) for name, one in roots.items()]
    second = grad(list(roots.values()), [*sources, upstream], seeds, allow_unused=True)
    found |= {f"second {place}": one for place, one in enumerate(second) if one is not None}
    return found


def expected(case: Case, half: str | None = None) -> tuple[dict[str, Any], dict[str, Numpy]]:
    """What torch gives, and the upstream gradients that were used. For a half, of rounded inputs and in float32."""
    seeds: dict[str, Numpy] = {}

    def seed_like(name: str, value: Any) -> Any:
        dtype = str(value.dtype).removeprefix("torch.")
        generator, shape = rng(len(seeds) + 7), tuple(value.shape)
        seed = generator.uniform(0.5, 1.5, shape)
        if dtype.startswith("complex"):
            seed = seed + 1j * generator.uniform(0.5, 1.5, shape)
        seeds[name] = np.asarray(seed, dtype)
        if half is not None:
            seeds[name] = rounded(seeds[name], half)
        return torch.from_numpy(seeds[name]).requires_grad_(name == "value")

    inputs = case.inputs if half is None else tuple(rounded(x, half) for x in case.inputs)
    xs = [torch.from_numpy(np.array(x)) for x in inputs]
    xs = [x.requires_grad_((x.dtype.is_floating_point or x.dtype.is_complex) and case.order > 0) for x in xs]
    found = derive(case.reference, xs, case.order, torch.autograd.grad, seed_like)
    return {name: one.detach() for name, one in found.items()}, seeds


def rounded(x: Numpy, half: str) -> Numpy:
    """float32 rounded to a half; everything else as it is."""
    if x.dtype != np.float32:
        return x
    return torch.from_numpy(np.array(x)).to(getattr(torch, half)).to(torch.float32).numpy()


def computed(case: Case, device: str, seeds: dict[str, Numpy], half: str | None = None) -> dict[str, Any]:
    """What clgrad gives, not yet evaluated. For a half, of inputs of that dtype."""

    def seed_like(name: str, value: Any) -> Any:
        host = seeds[name] if name in seeds else np.ones(value.shape, np.float32)
        return clgrad.tensor(host, value.dtype, device, requires_grad=name == "value")

    xs = [clgrad.tensor(x, half if x.dtype == np.float32 else None, device) for x in case.inputs]
    xs = [x.requires_grad_(x.dtype.has_gradient and case.order > 0) for x in xs]
    return derive(case.call, xs, case.order, clgrad.autograd.grad, seed_like)


def difference(case: Case, name: str, actual: Numpy, wanted: Numpy) -> str:
    """Why two results differ; empty where they agree."""
    if actual.shape != wanted.shape:
        return f"shape {actual.shape}, torch {wanted.shape}"
    if actual.dtype != wanted.dtype:
        return f"dtype {actual.dtype}, torch {wanted.dtype}"
    if wanted.dtype.kind == "c":
        good = _agree(case, name, actual.real, wanted.real, wanted)
        good &= _agree(case, name, actual.imag, wanted.imag, wanted)
    else:
        good = _agree(case, name, actual, wanted, wanted)
    if good.all():
        return ""
    place = tuple(int(one) for one in np.argwhere(~good)[0]) if good.ndim else ()
    return (
        f"{int((~good).sum())} of {good.size} elements differ, first at {place}: "
        f"{actual[place]!r}, torch {wanted[place]!r}"
    )


def _agree(case: Case, name: str, actual: Numpy, wanted: Numpy, whole: Numpy) -> Numpy:
    """Where two results agree; of complex numbers, where one part does, measured by the whole number."""
    if wanted.dtype.kind != "f" or (case.exact and name == "value"):
        good = (actual == wanted) | ((actual != actual) & (wanted != wanted))
        if case.exact and wanted.dtype.kind == "f":
            good &= (np.signbit(actual) == np.signbit(wanted)) | (actual != actual)
    else:
        # Rounding errors add up along the terms of a sum, and once more with each derivative.
        relative = (1e-5 if wanted.dtype.itemsize == 4 else 1e-10) * (1 if name == "value" else 3) * case.slack
        finite = np.abs(whole[np.isfinite(whole)])
        size = case.magnitude if name == "value" else max(1.0, float(finite.max(initial=0)))
        with np.errstate(all="ignore"):
            good = np.isclose(actual, wanted, rtol=relative, atol=relative * 0.1 * size, equal_nan=True)
            if whole is not wanted:
                good |= np.isfinite(whole) & (np.abs(actual - wanted) <= relative * np.abs(whole))
    return np.asarray(good)


def needs(device: str, *dtypes: clgrad.dtypes.DType) -> None:
    """Skip a test of dtypes where there are none."""
    for dtype in dtypes:
        if not clgrad.device(device).supports(dtype):
            pytest.skip(f"{device} does not compute with {dtype.name}")


def dtype_of(value: Any) -> clgrad.dtypes.DType:
    """The dtype of a torch tensor, as clgrad's."""
    return clgrad.dtypes.as_dtype(str(value.dtype).removeprefix("torch."))


def check(cases: Sequence[Case], device: str, name: str | None = None, batch: int = 12) -> None:
    """Compare cases with torch, a batch of them in one plan; report every one that differs.

    What was compared without a difference is noted in ``shown`` under the name of the op or function.
    """
    able = clgrad.device(device)
    cases = [case for case in cases if all(able.supports(clgrad.dtypes.as_dtype(x.dtype)) for x in case.inputs)]
    if not able.supports(clgrad.float64):
        cases = [replace(case, slack=case.slack * case.single) for case in cases if not case.wide]
    failures: list[str] = []
    for start in range(0, len(cases), batch):
        part = cases[start : start + batch]
        both = [(case, expected(case)) for case in part]
        # A device is not asked for results that it has no dtype for.
        both = [one for one in both if all(able.supports(dtype_of(value)) for value in one[1][0].values())]
        part, references = [case for case, _ in both], [reference for _, reference in both]
        results = [computed(case, device, seeds) for case, (_, seeds) in zip(part, references)]
        clgrad.realize(*(one for found in results for one in found.values()))
        for case, found, (reference, _) in zip(part, results, references):
            if name is not None:
                _note(name, case, reference, device)
            failures += (f"{case.name}: {line}" for line in _differences(case, found, reference))
    assert not failures, f"{len(failures)} differences on {device}\n" + "\n".join(failures)


def _note(name: str, case: Case, reference: dict[str, Any], device: str) -> None:
    order = _order(reference)
    dtypes = {x.dtype for x in case.inputs}
    # Beside numbers, integers and truths are indices and conditions.
    numbers = {one for one in dtypes if one.kind in "fc"} or dtypes
    for dtype in numbers:
        note(name, str(dtype), device, order)


def _order(reference: dict[str, Any]) -> int:
    """The highest derivative that torch gave."""
    return max({"value": 0, "gradient": 1, "second": 2}[one.split()[0]] for one in reference)


def note(name: str, dtype: str, device: str, order: int) -> None:
    """A comparison that held, up to this derivative."""
    cell = shown.setdefault(name, {}).setdefault(dtype, {})
    kind = device.split(":")[0]
    cell[kind] = max(cell.get(kind, 0), order)


def check_coverage(name: str, device: str, dtypes: Sequence[str] = coverage.DTYPES) -> None:
    """What the record says was once compared still is, on a device with every dtype: the record was made on such."""
    kind, able = device.split(":")[0], clgrad.device(device)
    if not all(able.supports(clgrad.dtypes.as_dtype(dtype)) for dtype in coverage.DTYPES):
        return
    for dtype, devices in record.get(name, {}).items():
        if kind in devices and dtype in dtypes:
            have = shown.get(name, {}).get(dtype, {}).get(kind, -1)
            assert have >= devices[kind], f"{name} of {dtype}: derivative {devices[kind]} was compared once, now {have}"


HALVES = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
"""The distance from 1 to the next number."""


def check_halves(cases: Sequence[Case], device: str, name: str, most: int) -> None:
    """Compare some of the float32 cases in float16 and bfloat16, in one plan: with torch in float32, of equal inputs.

    So it is not torch's own arithmetic of halves that is asked for, which rounds after each op.
    """
    cases = [case for case in cases if case.halves and _is_single(case)]
    cases = [cases[len(cases) * place // min(most, len(cases))] for place in range(min(most, len(cases)))]
    runs, results = [], []
    for case, half in itertools.product(cases, HALVES):
        reference, seeds = expected(case, half)
        try:
            results.append(computed(case, device, seeds, half))
        except DtypeError:  # an op may refuse halves; what it once computed with them stands in the record
            continue
        runs.append((case, half, reference, seeds))
    clgrad.realize(*(one for found in results for one in found.values()))
    failures = [
        f"{case.name} in {half}: {part}: {why}"
        for (case, half, reference, _), found in zip(runs, results)
        for part in {**reference, **found}
        if (why := _half_difference(case, half, part, found.get(part), reference.get(part)))
    ]
    assert not failures, f"{len(failures)} differences on {device}\n" + "\n".join(failures)
    for _, half, reference, _ in runs:
        note(name, half, device, _order(reference))
    check_coverage(name, device, list(HALVES))


def _is_single(case: Case) -> bool:
    kinds = {str(x.dtype) for x in case.inputs}
    return "float32" in kinds and "float64" not in kinds


def _half_difference(case: Case, half: str, name: str, found: Any, reference: Any) -> str:
    """Why a result in a half differs from torch's in float32; what one of them does not have is zero."""
    wanted = np.zeros(found.shape, np.float32) if reference is None else reference.numpy(force=True)
    if found is None:
        found = clgrad.zeros(wanted.shape, dtype=half if wanted.dtype == np.float32 else str(wanted.dtype))
    if wanted.dtype != np.float32:
        return difference(case, name, found.numpy(), wanted)
    if found.dtype.name != half:
        return f"dtype {found.dtype.name}"
    if found.shape != wanted.shape:
        return f"shape {found.shape}, torch {wanted.shape}"
    actual = np.array(found.tolist(), np.float32).reshape(found.shape)
    # Inputs, upstream gradients and results are rounded, and what a plan stores between them.
    relative = HALVES[half] * (1 if name == "value" else 3) * case.slack
    finite = np.abs(wanted[np.isfinite(wanted)])
    size = max(1.0, float(finite.max(initial=0)))
    with np.errstate(all="ignore"):
        good = np.isclose(actual, rounded(wanted, half), rtol=relative, atol=relative * 0.5 * size, equal_nan=True)
    if good.all():
        return ""
    place = tuple(int(one) for one in np.argwhere(~good)[0])
    return (
        f"{int((~good).sum())} of {good.size} elements differ, first at {place}: {actual[place]!r}, "
        f"torch {wanted[place]!r}"
    )


def _differences(case: Case, found: dict[str, Any], reference: dict[str, Any]) -> Iterator[str]:
    for name in {**reference, **found}:
        # A gradient that does not exist is zero; the two libraries may differ in which say so.
        if name in reference:
            wanted = reference[name].numpy(force=True)
            actual = found[name].numpy() if name in found else np.zeros_like(wanted)
        else:
            actual = found[name].numpy()
            wanted = np.zeros_like(actual)
        why = difference(case, name, actual, wanted)
        if why:
            yield f"{name}: {why}"
