"""Compare clgrad with torch: values, gradients and gradients of gradients, many cases in one plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import clgrad
from clgrad import coverage

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
    exact: bool = False
    """Compare bit by bit, signs of zero included."""
    smooth: bool = True
    """Whether finite differences hold at these inputs."""


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


def expected(case: Case) -> tuple[dict[str, Any], dict[str, Numpy]]:
    """What torch gives, and the upstream gradients that were used."""
    seeds: dict[str, Numpy] = {}

    def seed_like(name: str, value: Any) -> Any:
        dtype = str(value.dtype).removeprefix("torch.")
        generator, shape = rng(len(seeds) + 7), tuple(value.shape)
        seed = generator.uniform(0.5, 1.5, shape)
        if dtype.startswith("complex"):
            seed = seed + 1j * generator.uniform(0.5, 1.5, shape)
        seeds[name] = np.asarray(seed, dtype)
        return torch.from_numpy(seeds[name]).requires_grad_(name == "value")

    xs = [torch.from_numpy(np.array(x)) for x in case.inputs]
    xs = [x.requires_grad_((x.dtype.is_floating_point or x.dtype.is_complex) and case.order > 0) for x in xs]
    found = derive(case.reference, xs, case.order, torch.autograd.grad, seed_like)
    return {name: one.detach() for name, one in found.items()}, seeds


def computed(case: Case, device: str, seeds: dict[str, Numpy]) -> dict[str, Any]:
    """What clgrad gives, not yet evaluated."""

    def seed_like(name: str, value: Any) -> Any:
        host = seeds[name] if name in seeds else np.ones(value.shape, value.dtype.numpy)
        return clgrad.tensor(host, device=device, requires_grad=name == "value")

    xs = [clgrad.tensor(x, device=device) for x in case.inputs]
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


shown: coverage.Table = {}
"""What was compared in this run."""
record: coverage.Table = {}
"""What must be compared; empty where a new record is written."""


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




def check(cases: Sequence[Case], device: str, name: str | None = None, batch: int = 12) -> None:
    """Compare cases with torch, a batch of them in one plan; report every one that differs.

    What was compared without a difference is noted in ``shown`` under the name of the op or function.
    """
    able = clgrad.device(device)
    cases = [case for case in cases if all(able.supports(clgrad.dtypes.as_dtype(x.dtype)) for x in case.inputs)]
    failures: list[str] = []
    for start in range(0, len(cases), batch):
        part = cases[start : start + batch]
        references = [expected(case) for case in part]
        results = [computed(case, device, seeds) for case, (_, seeds) in zip(part, references)]
        clgrad.realize(*(one for found in results for one in found.values()))
        for case, found, (reference, _) in zip(part, results, references):
            if name is not None:
                _note(name, case, reference, device)
            failures += (f"{case.name}: {line}" for line in _differences(case, found, reference))
    assert not failures, f"{len(failures)} differences on {device}\n" + "\n".join(failures)


def _note(name: str, case: Case, reference: dict[str, Any], device: str) -> None:
    order = max({"value": 0, "gradient": 1, "second": 2}[one.split()[0]] for one in reference)
    dtypes = {x.dtype for x in case.inputs}
    # Beside numbers, integers and truths are indices and conditions.
    numbers = {one for one in dtypes if one.kind in "fc"} or dtypes
    for dtype in numbers:
        note(name, str(dtype), device, order)


def note(name: str, dtype: str, device: str, order: int) -> None:
    """A comparison that held, up to this derivative."""
    cell = shown.setdefault(name, {}).setdefault(dtype, {})
    kind = device.split(":")[0]
    cell[kind] = max(cell.get(kind, 0), order)


def check_coverage(name: str, device: str, dtypes: Sequence[str] = coverage.DTYPES) -> None:
    """What the record says was once compared still is."""
    kind = device.split(":")[0]
    for dtype, devices in record.get(name, {}).items():
        supported = clgrad.device(device).supports(clgrad.dtypes.as_dtype(dtype))
        if kind in devices and supported and dtype in dtypes:
            have = shown.get(name, {}).get(dtype, {}).get(kind, -1)
            assert have >= devices[kind], f"{name} of {dtype}: derivative {devices[kind]} was compared once, now {have}"


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
