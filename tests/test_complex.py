"""Complex tensors: making and reading them, promotion, gradients by PyTorch's convention, and what is refused."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad.dtypes import complex64, complex128, float32, float64, int64, promote, promote_scalar
from clgrad.errors import DtypeError, GradientError, ShapeError


def test_made_and_read(device: str) -> None:
    z = clgrad.tensor([1 + 2j, 3], device=device)
    assert z.dtype is clgrad.complex64
    assert z.dtype.is_complex
    assert clgrad.is_complex(z)
    assert z.tolist() == [1 + 2j, 3]
    assert z[0].item() == complex(z[0]) == 1 + 2j
    assert repr(z) == f"tensor([1.+2.j, 3.+0.j], device='{device}', dtype=clgrad.complex64)"
    assert clgrad.full((2,), 1j, device=device).tolist() == [1j, 1j]
    assert clgrad.zeros(1, dtype=complex, device=device).dtype is complex64
    assert clgrad.tensor([1 + 2j], dtype=float32, device=device).tolist() == [1.0]
    assert clgrad.tensor(np.ones(2, np.complex64), device=device).real.tolist() == [1.0, 1.0]
    assert (np.ones(2, np.complex64) * z).tolist() == [1 + 2j, 3]


def test_written(device: str) -> None:
    z = clgrad.zeros(3, 4, dtype=complex64, device=device)
    z[1] = 2j
    z[:, [0, 2]] = clgrad.tensor([1, 2 - 1j], device=device)
    z += 1
    wanted = np.zeros((3, 4), np.complex64)
    wanted[1] = 2j
    wanted[:, [0, 2]] = [1, 2 - 1j]
    np.testing.assert_array_equal(z.numpy(), wanted + 1)


def test_promotion() -> None:
    assert promote(float32, complex64) is complex64
    assert promote(float64, complex64) is promote(complex128, float32) is complex128
    assert promote_scalar(float64, 1j) is complex128
    assert promote_scalar(int64, 1j) is promote_scalar(complex64, 1.5) is complex64


def test_gradients(device: str) -> None:
    """A real loss of complex and real leaves; the convention is dL/dx + i dL/dy."""
    values = np.array([1 + 2j, -0.5j, 3], np.complex64), np.array([0.5, -1, 2], np.float32)
    found = []
    for library in (clgrad, torch):
        options: dict[str, Any] = {"device": device} if library is clgrad else {}
        z, x = (library.tensor(value, requires_grad=True, **options) for value in values)
        loss = (abs(z * x + 1j) ** 2).sum() + (z.real * z.imag).sum()
        loss.backward()
        found.append((z.grad, x.grad))
    for ours, theirs in zip(*found):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5)
    with pytest.raises(GradientError, match="starts from a real number"):
        clgrad.tensor([1j], requires_grad=True, device=device).sum().backward()


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "mod", "floordiv", "and_", "lshift"])
def test_refused_operators(name: str) -> None:
    z = clgrad.tensor([1j], device="cpu")
    with pytest.raises(DtypeError, match="is not defined for complex64"):
        getattr(operator, name)(z, z)


@pytest.mark.parametrize("name", ["floor", "round", "relu", "erf", "amax", "amin", "max", "argmax"])
def test_refused_functions(name: str) -> None:
    with pytest.raises(DtypeError):
        getattr(clgrad.tensor([1j, 2], device="cpu"), name)()


def test_refused() -> None:
    x = clgrad.ones(2, device="cpu")
    with pytest.raises(DtypeError, match=r"\[imag\] float32 numbers have no imaginary part"):
        _ = x.imag
    with pytest.raises(DtypeError, match=r"\[complex\] dtypes float32 and float64 differ"):
        clgrad.complex(x, x.double())
    with pytest.raises(DtypeError, match=r"\[complex\] parts must be float32 or float64, got int64"):
        clgrad.complex(x.long(), x.long())
    with pytest.raises(ShapeError, match=r"\[view_as_complex\] the last dim of shape \(3,\)"):
        clgrad.view_as_complex(clgrad.ones(3, device="cpu"))
    with pytest.raises(DtypeError, match=r"\[view_as_real\] float32 is not complex"):
        clgrad.view_as_real(x)
    with pytest.raises(DtypeError, match=r"1j is complex, float32 is not"):
        x.fill_(1j)
    with pytest.raises(DtypeError, match=r"\[matmul\] dtypes complex64 and float32 differ"):
        x.to(complex64) @ x
