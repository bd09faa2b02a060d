"""Fourier transforms: accuracy, every kind of length, recording, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.fft import _pieces


def numbers(*shape: int) -> Any:
    parts = np.random.default_rng(1).standard_normal((2, *shape))
    return (parts[0] + 1j * parts[1]).astype(np.complex64)


def distance(found: Any, wanted: Any) -> float:
    return float(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))


def test_lengths() -> None:
    """All small lengths, powers, and primes of both kinds, in one plan."""
    lengths = [*range(1, 41), 64, 97, 211, 223]
    inputs = [numbers(n) for n in lengths]
    found = []
    for x in inputs:
        z = clgrad.tensor(x, device="cpu")
        found.append((clgrad.fft.fft(z), clgrad.fft.ifft(z), clgrad.fft.rfft(z.real)))
    clgrad.realize(*(one for several in found for one in several))
    for x, (forth, back, half) in zip(inputs, found):
        assert distance(forth.numpy(), np.fft.fft(x)) < 1e-6, len(x)
        assert distance(back.numpy(), np.fft.ifft(x)) < 1e-6, len(x)
        assert distance(half.numpy(), np.fft.rfft(x.real)) < 1e-6, len(x)


@pytest.mark.parametrize("length", [1 << 16, 1000, 1009])
def test_accuracy(length: int, device: str) -> None:
    x = numbers(2, length)
    z = clgrad.tensor(x, device=device)
    spectrum = clgrad.fft.fft(z)
    assert distance(spectrum.numpy(), np.fft.fft(x.astype(np.complex128))) < 1e-6
    assert distance(clgrad.fft.ifft(spectrum).numpy(), x) < 2e-6
    if length == 1000:
        assert distance(clgrad.fft.irfft(clgrad.fft.rfft(z.real), length).numpy(), x.real) < 2e-6


def test_pieces() -> None:
    for length in (2, 12, 97, 360, 1000, 1024, 1 << 20, 3**9):
        assert np.prod(_pieces(length)) == length
        assert max(_pieces(length)) <= 200


def test_recorded(device: str) -> None:
    @clgrad.jit
    def filtered(x: Any) -> Any:
        return clgrad.fft.irfft(clgrad.fft.rfft(x) * 2j)

    for seed in range(4):
        x = np.random.default_rng(seed).standard_normal((2, 12)).astype(np.float32)
        wanted = np.fft.irfft(np.fft.rfft(x) * 2j)
        assert distance(filtered(clgrad.tensor(x, device=device)).numpy(), wanted) < 1e-6


def test_refused() -> None:
    x = clgrad.ones(4, 4, device="cpu")
    z = x.to(clgrad.complex64)
    with pytest.raises(ArgumentError, match=r"\[fft\] norm 'unit' is not known"):
        clgrad.fft.fft(x, norm="unit")
    with pytest.raises(ShapeError, match=r"\[fft\] 0 points"):
        clgrad.fft.fft(x, n=0)
    with pytest.raises(ShapeError, match=r"\[irfft\] 0 points"):
        clgrad.fft.irfft(z[:, :1])
    with pytest.raises(ShapeError, match=r"\[ifft\] a 0-d tensor"):
        clgrad.fft.ifft(clgrad.tensor(1.0, device="cpu"))
    with pytest.raises(ShapeError, match=r"\[fft\] dim 2 is not in"):
        clgrad.fft.fft(x, dim=2)
    with pytest.raises(ShapeError, match=r"\[fft2\] dims .* name one dimension twice"):
        clgrad.fft.fft2(x, dim=(0, -2))
    with pytest.raises(ShapeError, match=r"\[fftn\] 3 lengths for a tensor"):
        clgrad.fft.fftn(x, s=(2, 2, 2))
    with pytest.raises(ShapeError, match=r"\[fftn\] 1 lengths for 2 dims"):
        clgrad.fft.fftn(x, s=(2,), dim=(0, 1))
    with pytest.raises(DtypeError, match=r"\[rfft\] the input is complex64 and must be real; use fft"):
        clgrad.fft.rfft(z)
    with pytest.raises(DtypeError, match=r"\[fft\] does not compute with float16"):
        clgrad.fft.fft(x.to(clgrad.float16))
    with pytest.raises(DtypeError, match=r"\[fftfreq\] frequencies are not int64"):
        clgrad.fft.fftfreq(4, dtype=clgrad.int64)
