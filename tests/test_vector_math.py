"""Elementary and special functions in float32: within 2 to 4 ulp of float64 over the whole range and at its ends."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

import clgrad
from clgrad.ops import elementary

Function = Callable[[np.ndarray], np.ndarray]

OVERFLOW = math.log(float(np.finfo(np.float32).max))


def _by_torch(function: Callable[[torch.Tensor], torch.Tensor]) -> Function:
    return lambda x: function(torch.from_numpy(x)).numpy()


def _bessel(x: np.ndarray) -> np.ndarray:
    """numpy's, which is a NaN at infinity."""
    return np.where(np.isinf(x), np.inf, np.i0(np.where(np.isinf(x), 0, x)))


def _sinc(x: np.ndarray) -> np.ndarray:
    """With the sine of what is left of a whole number, which is exact."""
    whole = np.rint(x)
    sine = np.sin(np.pi * (x - whole)) * np.where(whole % 2 == 0, 1, -1)
    return np.where(x == 0, 1, sine / (np.pi * np.where(x == 0, 1, x)))


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
    "exp2": (np.exp2, 2),
    "log2": (np.log2, 2),
    "log10": (np.log10, 2),
    "asin": (np.arcsin, 3),
    "acos": (np.arccos, 2),
    "atan": (np.arctan, 3),
    "sinh": (np.sinh, 2),
    "cosh": (np.cosh, 2),
    "asinh": (np.arcsinh, 2),
    "acosh": (np.arccosh, 3),
    "atanh": (np.arctanh, 2),
    "erfc": (np.vectorize(math.erfc), 4),
    "erfinv": (_by_torch(torch.erfinv), 4),
    "logit": (lambda x: np.where(x < 0.25, np.log(x / (1 - x)), np.log1p((2 * x - 1) / (1 - x))), 4),
    # These compute in double where the device has it.
    "lgamma": (_by_torch(torch.lgamma), 1),
    "i0": (_bessel, 1),
    "sinc": (_sinc, 4),
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
    near_one = random.uniform(-1.1, 1.1, 5000)
    to_one = 1 - 2.0 ** -np.arange(1, 25)
    every = (mantissa | exponent | sign).view(np.float32)
    parts = [every, quarters, logarithms, usual, wide, near_one, to_one, -to_one, ENDS]
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


@pytest.mark.parametrize("lanes", [1, 4, 16])
def test_exponentials_below_one(device: str, lanes: int) -> None:
    """As attention computes them: to 2 ulp, zeros from where they would be no normal numbers, and NaN stays NaN."""
    if not device.startswith("cl"):
        pytest.skip("a function of OpenCL C")
    import pyopencl

    handle = clgrad.device(device)
    x = inputs()
    x = np.resize(x[~(x > 0)], 2**16)
    kind = "float" if lanes == 1 else f"float{lanes}"
    text = f"""
    {elementary.exp_of_negative(clgrad.float32, lanes)}
    __kernel void run(__global {kind}* x) {{
        const int i = get_global_id(0);
        x[i] = clgrad_exp_of_negative_{kind}(x[i]);
    }}
    """
    buffer = pyopencl.Buffer(handle.context, pyopencl.mem_flags.COPY_HOST_PTR, hostbuf=x)
    run = pyopencl.Program(handle.context, text).build().run
    run(handle.queue.handle, (len(x) // lanes,), None, buffer)
    found = np.empty_like(x)
    pyopencl.enqueue_copy(handle.queue.handle, found, buffer)
    with np.errstate(invalid="ignore"):  # of NaN
        exact = np.exp(x.astype(np.float64))
    normal = ~(exact < 1.2 * np.finfo(np.float32).tiny)
    assert errors(found, exact)[normal].max() <= 2
    assert (np.abs(found[~normal]) <= 1.3 * np.finfo(np.float32).tiny).all() and (found[x < -88] == 0).all()


ODD = ("expm1", "log1p", "sin", "tan", "tanh", "erf", "asin", "atan", "sinh", "asinh", "atanh", "erfinv")


@pytest.mark.parametrize("name", ODD)
def test_an_odd_function_keeps_the_sign_of_zero(device: str, name: str) -> None:
    zeros = clgrad.tensor([-0.0, 0.0] * 16, device=device)
    assert np.signbit(getattr(zeros, name)().numpy()).tolist() == [True, False] * 16


def test_digamma_and_its_derivatives(device: str) -> None:
    """Against their recurrence from far out, in float64; below zero by reflection."""
    x = np.concatenate([np.random.default_rng(3).uniform(0.01, 40, 500), [1e-6, 1.0, 1.4616321, 1e5, 3e20]])
    x = np.concatenate([x, -np.random.default_rng(4).uniform(0.05, 40, 500)]).astype(np.float32)
    tensor = clgrad.tensor(x, device=device)
    found = {n: tensor.polygamma(n).numpy() for n in (0, 1, 2)}
    for n, one in found.items():
        wanted = torch.polygamma(n, torch.from_numpy(x.astype(np.float64))).numpy()
        np.testing.assert_allclose(one, wanted, rtol=4 * 2**-23, atol=1e-9 if n else 1e-15, err_msg=str(n))


def test_the_quadrants_of_an_angle(device: str) -> None:
    """Every pair of telling numbers, and 3 ulp elsewhere."""
    ends = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-45, 3e38, -3e38, 1e-20, 0.41421357], np.float32)
    random = np.random.default_rng(5)
    wide = (2.0 ** random.uniform(-120, 120, (2, 20000)) * random.choice([-1, 1], (2, 20000))).astype(np.float32)
    close = random.normal(size=(2, 20000)).astype(np.float32)
    y, x = (np.concatenate([one.ravel(), *rest]) for one, *rest in zip(np.meshgrid(ends, ends), wide, close))
    ours = clgrad.tensor(y, device=device), clgrad.tensor(x, device=device)
    angle, length = clgrad.atan2(*ours).numpy(), clgrad.hypot(*ours).numpy()
    with np.errstate(all="ignore"):
        exact = np.arctan2(y.astype(np.float64), x)
        assert errors(angle, exact).max() <= 3
        assert np.array_equal(np.signbit(angle) & (angle == angle), np.signbit(exact) & (exact == exact))
        assert errors(length, np.hypot(y.astype(np.float64), x)).max() <= 3


def test_powers(device: str) -> None:
    """Of numbers near 1 and far from it, with results up to the largest and down to the smallest."""
    generator = np.random.default_rng(5)
    base = np.concatenate([generator.uniform(0, 5, 40000), np.exp(generator.uniform(-80, 80, 40000))])
    exponent = np.concatenate([generator.uniform(-9, 9, 40000), generator.uniform(-3, 3, 40000)])
    base, exponent = base.astype(np.float32), exponent.astype(np.float32)
    with np.errstate(all="ignore"):
        exact = base.astype(np.float64) ** exponent.astype(np.float64)
        found = (clgrad.tensor(base, device=device) ** clgrad.tensor(exponent, device=device)).numpy()
        distance = errors(found, exact)
    normal = (exact > 1.2e-38) & (exact < 3.4e38)
    assert distance[normal].max() <= 2
