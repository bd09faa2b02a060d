"""Samples of Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from compare import Case, Function, Numpy, normal, same

import clgrad
from functions.complex import library, numbers


def called(name: str, **options: Any) -> Function:
    return lambda x: getattr(library(x).fft, name)(x, **options).resolve_conj()


def sample(name: str, x: Numpy, order: int = 1, **options: Any) -> Case:
    text = ", ".join(f"{key}={value}" for key, value in options.items())
    return same(f"{x.dtype} {x.shape} {text}", called(name, **options), x, order=order, magnitude=max(1, x.size**0.5))


def make(name: str, *shape: int, seed: int = 0, double: bool = False) -> Numpy:
    if name.startswith(("rfft", "ihfft")):
        return normal(*shape, seed=seed, dtype="float64" if double else "float32")
    return numbers(*shape, seed=seed, dtype="complex128" if double else "complex64")


def one_dim_cases(name: str) -> list[Case]:
    x = make(name, 3, 6)
    cases = [sample(name, make(name, 2, n)) for n in ((3, 8) if name in ("irfft", "hfft") else (1, 2, 3, 8))]
    cases += [sample(name, x, norm=norm) for norm in ("forward", "ortho")]
    cases += [sample(name, x, 0, norm="backward"), sample(name, x, n=4), sample(name, x, 0, n=1), sample(name, x, n=7)]
    return [
        *cases,
        sample(name, x, 2, dim=0),
        sample(name, make(name, 2, 3, 4), dim=-2, n=5, norm="ortho"),
        sample(name, make(name, 12, seed=1, double=True), 2),
        sample(name, make(name, 2, 211), 0),
        same("transposed", lambda x: called(name)(x.transpose(0, 1)[:, ::2]), make(name, 6, 5), order=0),
        same("reuse", lambda x: called(name, n=5)(x * x) * 2, make(name, 7), order=2),
        *([] if name.startswith(("ih", "rf")) else [sample(name, normal(2, 6)), sample(name, normal(9), 0)]),
        sample(name, np.arange(6), 0),
        sample(name, np.array([True, False, True]), 0),
    ]


def several_dims_cases(name: str) -> list[Case]:
    x = make(name, 3, 4, 6)
    cases = [sample(name, x), *(sample(name, x, 0, norm=norm) for norm in ("forward", "ortho"))]
    options: list[dict[str, Any]] = [
        {"s": (5, 4)}, {"dim": (0, 2)}, {"dim": (2, 0)}, {"dim": (-1, 1), "s": (3, 8)}, {"s": (2, -1), "dim": (1, 2)},
    ]  # fmt: skip
    if not name.endswith("2"):
        options += [{"s": (2, 3, 5)}, {"dim": (1,)}]
    cases += [sample(name, x, place % 2, **one) for place, one in enumerate(options)]
    return [
        *cases,
        sample(name, make(name, 3, 4, double=True), 2),
        *([] if name.startswith("r") else [sample(name, normal(3, 4))]),
    ]


def frequency_cases(name: str) -> list[Case]:
    def call(n: int, d: float) -> Function:
        return lambda x: getattr(library(x).fft, name)(n, d, **device(x)) + x

    def device(x: Any) -> dict[str, Any]:
        return {"device": x.device} if isinstance(x, clgrad.Tensor) else {}

    zero = np.zeros((), np.float32)
    sizes = ((1, 1.0), (2, 1.0), (5, 0.5), (8, 0.1))
    return [same(f"{n}, {d}", call(n, d), zero, order=0, halves=False) for n, d in sizes]


def shift_cases(name: str) -> list[Case]:
    options: list[dict[str, Any]] = [{}, {"dim": 0}, {"dim": (0, -1)}]
    cases = [sample(name, normal(3, 4, 5), **one) for one in options]
    return [*cases, sample(name, np.arange(7), 0), sample(name, numbers(4)), sample(name, normal(1))]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    **{f"fft.{name}": partial(one_dim_cases, name) for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")},
    **{
        f"fft.{name}": partial(several_dims_cases, name)
        for name in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")
    },
    **{f"fft.{name}": partial(frequency_cases, name) for name in ("fftfreq", "rfftfreq")},
    **{f"fft.{name}": partial(shift_cases, name) for name in ("fftshift", "ifftshift")},
}
