"""Gradients and second derivatives against central differences in float64: no other library is asked.

Along a random direction v, (f(x + hv) - f(x - hv)) / 2h must be the gradient times v; and the same of
the gradient must be the gradient of the gradient times v.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from compare import Case, Numpy, normal, rng, same
from op_samples import MAPS, SAMPLES

import clgrad
from clgrad.dtypes import FLOAT
from clgrad.ops import OPS

STEP = 1e-5
"""Truncation leaves about STEP**2, rounding about 1e-16 / STEP: both near 1e-10."""
TOLERANCE = 2e-7
DIFFERENTIABLE = [row for row, op in OPS.items() if op.vjp is not None and FLOAT in op.domain and row != "cast"]
"""A cast to a shorter float is made of steps: test_ops.py has its gradient."""


def smooth_cases(row: str) -> list[Case]:
    """The row's cases in float64, without those that sit on a kink or hold too much for this."""
    chosen = []
    for case in SAMPLES[row]():
        floats = [x for x in case.inputs if x.dtype.kind == "f"]
        if not case.smooth or case.order < 2 or not floats or case.name.startswith("edges"):
            continue
        if sum(x.size for x in case.inputs) > 600 or any(x.size == 0 for x in floats):
            continue
        doubles = tuple(x.astype("float64") if x.dtype.kind == "f" else x for x in case.inputs)
        chosen.append(replace(case, inputs=doubles))
    return chosen


def total(case: Case, weights: Numpy, xs: Sequence[Any], device: str) -> Any:
    """A number: the result, each element weighted differently, and squared so that it bends."""
    y = case.call(*xs)
    y = y.real * 0.5 - y.imag if y.dtype.is_complex else y
    return (y * clgrad.tensor(weights, device=device)).sum() + (y * y).sum() * 0.25


class Slopes:
    """One case on one device: everything that is compared, not yet evaluated."""

    def __init__(self, case: Case, device: str, seed: int) -> None:
        self.case = case
        generator = rng(seed)
        shape = case.call(*(clgrad.tensor(x, device=device) for x in case.inputs)).shape
        weights = generator.uniform(0.5, 1.5, shape)
        places = [place for place, x in enumerate(case.inputs) if x.dtype.kind == "f"]
        along = {place: generator.uniform(-1, 1, case.inputs[place].shape) for place in places}

        def moved(step: float) -> list[Any]:
            return [
                clgrad.tensor(x + step * along[place] if place in along else x, device=device)
                for place, x in enumerate(case.inputs)
            ]

        def gradients(xs: list[Any], create_graph: bool = False) -> tuple[list[Any], Any]:
            targets = [xs[place].requires_grad_() for place in places]
            value = total(case, weights, xs, device)
            found = clgrad.autograd.grad(value, targets, create_graph=create_graph)
            return targets, list(found)

        self.values = [total(case, weights, moved(step), device) for step in (STEP, -STEP)]
        targets, self.first = gradients(moved(0.0), create_graph=True)
        self.along = [along[place] for place in places]
        directions = [clgrad.tensor(one, device=device) for one in self.along]
        slope = sum(((g * v).sum() for g, v in zip(self.first, directions)), clgrad.tensor(0.0, "float64", device))
        self.second = clgrad.autograd.grad(slope, targets, allow_unused=True) if slope.requires_grad else ()
        self.sides = [gradients(moved(step))[1] for step in (STEP, -STEP)]

    def tensors(self) -> list[Any]:
        return [
            *self.values,
            *self.first,
            *(one for one in self.second if one is not None),
            *self.sides[0],
            *self.sides[1],
        ]

    def failures(self) -> list[str]:
        found = []
        above, below = (value.item() for value in self.values)
        measured = (above - below) / (2 * STEP)
        claimed = sum(float((g.numpy() * v).sum()) for g, v in zip(self.first, self.along))
        size = max(1.0, abs(measured), max(float(np.abs(g.numpy()).max()) for g in self.first))
        if not abs(measured - claimed) <= TOLERANCE * size:
            found.append(f"{self.case.name}: gradient {claimed}, measured {measured}")
        seconds = self.second or (None,) * len(self.first)
        for place, (up, down, second) in enumerate(zip(*self.sides, seconds)):
            bend = (up.numpy() - down.numpy()) / (2 * STEP)
            claim = np.zeros_like(bend) if second is None else second.numpy()
            worst = float(np.abs(bend - claim).max())
            if not worst <= TOLERANCE * max(1.0, float(np.abs(bend).max()), size):
                found.append(f"{self.case.name}: second derivative of input {place} is off by {worst}")
        return found


def check_slopes(cases: Sequence[Case], device: str, batch: int = 8) -> None:
    failures = []
    for start in range(0, len(cases), batch):
        slopes = [Slopes(case, device, seed) for seed, case in enumerate(cases[start : start + batch], start)]
        clgrad.realize(*(tensor for one in slopes for tensor in one.tensors()))
        for one in slopes:
            failures += one.failures()
    assert not failures, f"{len(failures)} differ on {device}\n" + "\n".join(failures)


def needs_double(device: str) -> None:
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip(f"{device} has no float64, without which differences drown in rounding")


@pytest.mark.heavy
@pytest.mark.parametrize("row", DIFFERENTIABLE)
def test_row(row: str, device: str) -> None:
    needs_double(device)
    cases = smooth_cases(row)
    assert cases, f"no sample of {row} is smooth"
    # The host runs them all; a device that compiles runs those of a kind that the others do not cover.
    check_slopes(cases if device == "cpu" else cases[:: 2 if row in MAPS else 4], device)


def test_a_wrong_gradient_is_seen() -> None:
    """The measure itself: a rule that is off by a thousandth must not pass."""

    def wrong(x: Any) -> Any:
        y = x.sin()
        return y.detach() + (y - y.detach()) * 1.001

    with pytest.raises(AssertionError, match="wrong: gradient"):
        check_slopes([same("wrong", wrong, normal(3, 4, dtype="float64"))], "cpu")


COMPOSED: tuple[Case, ...] = (
    same("softmax", lambda x: x.softmax(1), normal(3, 5)),
    same("log_softmax", lambda x: x.log_softmax(0), normal(3, 5)),
    same("logsumexp", lambda x: x.logsumexp((0, 2)), normal(2, 3, 4)),
    same("var", lambda x: x.var(1), normal(3, 5)),
    same("std", lambda x: x.std((0, 1), keepdim=True), normal(3, 5)),
    same("normalised", lambda x: (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True) + 1e-3).sqrt(), normal(3, 5)),
    same("gelu", lambda x: x.gelu(), normal(3, 5)),
    same("gelu tanh", lambda x: x.gelu(approximate="tanh"), normal(3, 5)),
    same("silu", lambda x: x.silu(), normal(3, 5)),
    same("max with indices", lambda x: x.max(1).values, normal(3, 5)),
    same("clamp", lambda x: x.clamp(-0.9, 0.8), normal(3, 5)),
    same("broadcast", lambda x, w, b: (x * w + b).tanh(), normal(3, 5), normal(5, seed=1), normal(3, 1, seed=2)),
    same(
        "two layers",
        lambda x, w, v: ((x @ w).tanh() @ v).sigmoid(),
        normal(3, 4),
        normal(4, 5, seed=1),
        normal(5, 2, seed=2),
    ),
    same("cat", lambda x, y: clgrad.cat([x, y * x[:, :2], x], 1) ** 2, normal(3, 4), normal(3, 2, seed=1)),
    same("stack", lambda x: clgrad.stack([x, x.exp(), x * x], -1).sum(1), normal(3, 4)),
    same("repeated rows", lambda x, i: x[i] ** 3, normal(4, 3), np.array([0, 0, 2, 3, 0])),
    same("gather", lambda x, i: x.gather(1, i) ** 2, normal(3, 4), np.array([[0, 0], [3, 1], [2, 2]])),
    same("reuse", lambda x: (lambda y: y * y + y / (y * y + 1) + y)(x.sin()), normal(3, 4)),
    same(
        "axes",
        lambda x: x.sum(0, keepdim=True) * x.mean((1, 2), keepdim=True) - x.amax(1, keepdim=True),
        normal(2, 3, 4),
    ),
    same("prod of sums", lambda x: x.sum(1).prod(), normal(3, 4)),
    same("powers", lambda x, y: (x * x + 0.5) ** y, normal(3, 4), normal(3, 4, seed=1)),
)


def _written(x: Any, value: Any) -> Any:
    y = x * 1
    y[1:, ::2] = value
    y[[0, 2]] = y[[1, 0]] * 2
    return y * y


def test_composed(device: str) -> None:
    needs_double(device)
    cases = [*COMPOSED, same("written", _written, normal(3, 4), normal(2, 2, seed=1))]
    doubles = [
        replace(case, inputs=tuple(x.astype("float64") if x.dtype.kind == "f" else x for x in case.inputs))
        for case in cases
    ]
    check_slopes(doubles, device)
