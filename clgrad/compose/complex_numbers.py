"""Complex numbers: made of parts, and taken apart; in the array language.

Arithmetic and functions of them are the usual ones: what they come to is in ``ops/complex_numbers.py``.
"""

from __future__ import annotations

from typing import Any

from clgrad.array import A
from clgrad.compose.joining import stack
from clgrad.dtypes import complex_of
from clgrad.errors import DtypeError, ShapeError
from clgrad.ops import complex_numbers, maps

__all__ = [
    "angle", "complex", "conj", "conj_physical", "imag", "is_complex", "polar", "real", "resolve_conj",
    "view_as_complex", "view_as_real",
]  # fmt: skip


def complex(real: A, imag: A) -> A:
    """The complex numbers with these parts, which are both float32 or both float64 and broadcast.

    Raises DtypeError for other parts.

    >>> import clgrad
    >>> clgrad.complex(clgrad.tensor([1.0]), clgrad.tensor([2.0])).tolist()
    [(1+2j)]
    """
    if real.dtype is not imag.dtype:
        raise DtypeError(f"[complex] dtypes {real.dtype.name} and {imag.dtype.name} differ; cast one with .to(dtype)")
    if complex_of(real.dtype).part is not real.dtype:
        raise DtypeError(f"[complex] parts must be float32 or float64, got {real.dtype.name}; cast with .to(dtype)")
    return real._apply(maps.complex_, real._operands(maps.complex_, (real, imag)))


def polar(abs: A, angle: A) -> A:
    """The complex numbers of these lengths and angles.

    >>> import clgrad
    >>> clgrad.polar(clgrad.tensor([2.0]), clgrad.tensor([0.0])).tolist()
    [(2+0j)]
    """
    return complex(abs * angle.cos(), abs * angle.sin())


def real(input: A) -> A:
    """The real part; of real numbers, themselves.

    >>> import clgrad
    >>> clgrad.real(clgrad.tensor([1 + 2j])).tolist()
    [1.0]
    """
    return input.real


def imag(input: A) -> A:
    """The imaginary part. Raises DtypeError for real numbers.

    >>> import clgrad
    >>> clgrad.imag(clgrad.tensor([1 + 2j])).tolist()
    [2.0]
    """
    return input.imag


def conj(input: A) -> A:
    """The conjugate: the imaginary part with its other sign. Real numbers are their own.

    >>> import clgrad
    >>> clgrad.conj(clgrad.tensor([1 + 2j])).tolist()
    [(1-2j)]
    """
    return input.real._with_imag(-input.imag) if input.dtype.is_complex else input


def conj_physical(input: A) -> A:
    """The same as ``conj``, which is never put off."""
    return conj(input)


def resolve_conj(input: A) -> A:
    """The input: a conjugate is never put off."""
    return input


def angle(input: A) -> A:
    """The angle from the positive axis, -pi to pi; of real numbers 0 or pi, without a gradient.

    >>> import clgrad
    >>> clgrad.angle(clgrad.tensor([1j, -1])).tolist()
    [1.5707963705062866, 3.1415927410125732]
    """
    if input.dtype.is_complex:
        return complex_numbers.angle((input.real, input.imag))  # type: ignore[no-any-return]  # a rule of arrays
    x: Any = input if input.dtype.is_float else input.to(float)
    return (x < 0).choose(3.141592653589793, (x == x).choose(x.zeros_like(), x))  # type: ignore[no-any-return]


def is_complex(input: A) -> bool:
    """Whether the dtype is complex.

    >>> import clgrad
    >>> clgrad.is_complex(clgrad.tensor(1j))
    True
    """
    return input.dtype.is_complex


def view_as_real(input: A) -> A:
    """Complex numbers as pairs of reals, in a new last dim; values are copied. Raises DtypeError for real numbers.

    >>> import clgrad
    >>> clgrad.view_as_real(clgrad.tensor([1 + 2j])).tolist()
    [[1.0, 2.0]]
    """
    if not input.dtype.is_complex:
        raise DtypeError(f"[view_as_real] {input.dtype.name} is not complex")
    return stack([input.real, input.imag], -1)


def view_as_complex(input: A) -> A:
    """Pairs of reals, in the last dim, as complex numbers; values are copied. Raises ShapeError, DtypeError.

    >>> import clgrad
    >>> clgrad.view_as_complex(clgrad.tensor([[1.0, 2.0]])).tolist()
    [(1+2j)]
    """
    if not input.ndim or input.shape[-1] != 2:
        raise ShapeError(f"[view_as_complex] the last dim of shape {input.shape} must hold the two parts")
    starts, ones = (0,) * (input.ndim - 1), (1,) * input.ndim
    parts = [
        input.slice_ranges((*starts, part), (*input.shape[:-1], part + 1), ones).reshape(input.shape[:-1])
        for part in range(2)
    ]
    return complex(*parts)
