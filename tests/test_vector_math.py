"""Elementary functions in float32: within 2 ulp of float64 over the whole range, and right at its ends."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import clgrad

Function = Callable[[np.ndarray], np.ndarray]

OVERFLOW = math.log(float(np.finfo(np.float32).max))

FUNCTIONS: dict[str, tuple[Function, float]] = {
    "exp": (np.exp, 2),
    "expm1": (np.expm1, 2),
    "log": (np.log, 2),
    "log1p": (np.log1p, 2),
    "sin": (np.sin, 2),
    "cos": (np.cos, 2),
    "tan": (np.tan, 4),
    "tanh": (np.tanh, 2),
    "erf": (np.vectorize(math.erf), 2),
    # 0 where exp(-x) overflows in float32, as in the reference and in torch.
    "sigmoid": (lambda x: np.where(-x > OVERFLOW, 0, 1 / (1 + np.exp(-x))), 3),
}
"""For each the reference, and the largest error in units of the last place."""

ENDS = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e4, 10000.001, 88.72284, -103.97], np.float32)


def inputs() -> np.ndarray:
    """Every exponent and both signs, what functions reduce by, and the ends."""
    random = np.random.default_rng(0)
    mantissa = random.integers(0, 1 << 23, (2, 256, 64), np.uint32)
    mantissa[:, :, 0], mantissa[:, :, 1] = 0, (1 << 23) - 1
    exponent = np.arange(256, dtype=np.uint32)[None, :, None] << 23
    sign = np.array([0, 1], np.uint32)[:, None, None] << 31
    quarters = np.arange(-7000, 7000) * (math.pi / 4)
    logarithms = np.arange(-210, 210) * (math.log(2) / 2)
    usual = random.uniform(-20, 20, 20000)
    wide = random.uniform(-104, 89, 5000)
    parts = [(mantissa | exponent | sign).view(np.float32), quarters, logarithms, usual, wide, ENDS]
    return np.concatenate([part.astype(np.float32).ravel() for part in parts])


def errors(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Distances in units of the last place; infinite where infinities or NaN differ."""
    rounded = exact.astype(np.float32)
    finite = np.isfinite(found) & np.isfinite(rounded)
    same = (found == rounded) | (np.isnan(found) & np.isnan(rounded))
    distance = np.where(same, 0.0, np.inf)
    unit = np.spacing(np.abs(rounded[finite])).astype(np.float64)
    distance[finite] = np.abs(found[finite].astype(np.float64) - exact[finite]) / unit
    return distance


@pytest.mark.parametrize("columns", [1, 3, 4096])
def test_within_its_bound_over_the_whole_range(device: str, columns: int) -> None:
    """Whole vectors, and lane axes too short for one."""
    if device == "cpu":
        pytest.skip("numpy's own functions are the reference")
    x = inputs()
    x = np.resize(x, -(-len(x) // columns) * columns)
    strided = clgrad.tensor(np.repeat(x.reshape(-1, columns, 1), 2, 2), device=device)[:, :, 0]
    results = {name: getattr(strided, name)() for name in FUNCTIONS}
    clgrad.realize(*results.values())
    with np.errstate(all="ignore"):
        for name, (reference, bound) in FUNCTIONS.items():
            found = results[name].numpy().ravel()
            distance = errors(found, reference(x.astype(np.float64)))
            worst = int(distance.argmax())
            assert distance[worst] <= bound, f"{name}({x[worst]!r}) = {found[worst]!r}: {distance[worst]:.2f} ulp"


@pytest.mark.parametrize("name", ["expm1", "log1p", "sin", "tan", "tanh", "erf"])
def test_an_odd_function_keeps_the_sign_of_zero(device: str, name: str) -> None:
    zeros = clgrad.tensor([-0.0, 0.0] * 16, device=device)
    assert np.signbit(getattr(zeros, name)().numpy()).tolist() == [True, False] * 16
