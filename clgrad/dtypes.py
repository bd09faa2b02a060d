"""The dtype table and PyTorch's promotion rules.

A dtype is a row: its name, its size in bytes, its numpy and OpenCL C spelling, and its
category. Python scalars are weak: they take part with their category only.

float16 and bfloat16, the *halves*, are dtypes of storage: every device computes with them in float32. A kernel
holds their values as float32 and rounds what it stores, so an operand and a result are halves, and what
lies between them is as exact as float32. numpy has no bfloat16: its host arrays hold the bits, as uint16.

    >>> from clgrad.dtypes import float32, int64, promote
    >>> promote(int64, float32).name
    'float32'
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from clgrad.errors import DtypeError

Numbers = np.ndarray[Any, Any]

BOOL, INTEGER, FLOAT, COMPLEX = 0, 1, 2, 3


@dataclass(frozen=True, eq=False)
class DType:
    """One dtype; compare with ``is`` or ``==``."""

    name: str
    size: int
    category: int
    signed: bool
    numpy: np.dtype[np.generic] | None
    """numpy's own dtype for it; None where it has none."""
    storage: np.dtype[np.generic]
    """The dtype of host arrays that hold its elements as they are stored."""
    c: str
    """Its type in OpenCL C, as kernels compute with it."""
    storage_c: str
    """Its type in OpenCL C, as it lies in memory."""
    mask_c: str
    """The signed integer of the width of ``c``: what a vector comparison yields in OpenCL C."""
    part: DType | None = None
    """For complex numbers, the dtype of the real and the imaginary part; ``c`` and ``mask_c`` are the parts', too."""

    @property
    def is_float(self) -> bool:
        return self.category == FLOAT

    @property
    def is_integer(self) -> bool:
        return self.category == INTEGER

    @property
    def is_complex(self) -> bool:
        return self.category == COMPLEX

    @property
    def has_gradient(self) -> bool:
        return self.category >= FLOAT

    @property
    def is_half(self) -> bool:
        return self.category == FLOAT and self.size == 2

    @property
    def computing(self) -> DType:
        """The dtype that kernels compute in: float32 for the halves, else this one."""
        return float32 if self.is_half else self

    def __repr__(self) -> str:
        return f"clgrad.{self.name}"

    def __reduce__(self) -> str:
        return self.name


def _row(
    name: str, size: int, category: int, signed: bool, c: str, storage_c: str = "", part: DType | None = None
) -> DType:
    kind = None if name == "bfloat16" else np.dtype(name)
    storage = np.dtype(np.uint16) if kind is None else kind
    mask = {"char": "char", "short": "short", "int": "int", "long": "long", "float": "int", "double": "long"}[
        c.removeprefix("u")
    ]
    return DType(name, size, category, signed, kind, storage, c, storage_c or c, mask, part)


bool_ = _row("bool", 1, BOOL, False, "uchar")
uint8 = _row("uint8", 1, INTEGER, False, "uchar")
int8 = _row("int8", 1, INTEGER, True, "char")
uint16 = _row("uint16", 2, INTEGER, False, "ushort")
int16 = _row("int16", 2, INTEGER, True, "short")
uint32 = _row("uint32", 4, INTEGER, False, "uint")
int32 = _row("int32", 4, INTEGER, True, "int")
uint64 = _row("uint64", 8, INTEGER, False, "ulong")
int64 = _row("int64", 8, INTEGER, True, "long")
float16 = _row("float16", 2, FLOAT, True, "float", "ushort")
bfloat16 = _row("bfloat16", 2, FLOAT, True, "float", "ushort")
float32 = _row("float32", 4, FLOAT, True, "float")
float64 = _row("float64", 8, FLOAT, True, "double")
complex64 = _row("complex64", 8, COMPLEX, True, "float", part=float32)
complex128 = _row("complex128", 16, COMPLEX, True, "double", part=float64)

DTYPES: dict[str, DType] = {
    row.name: row
    for row in (
        bool_, uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, bfloat16, float32, float64,
        complex64, complex128,
    )
}  # fmt: skip

default_float = float32
default_integer = int64
default_complex = complex64


def as_dtype(value: object) -> DType:
    """The row for a dtype, its name, a numpy dtype or one of ``bool``, ``int``, ``float``, ``complex``.

    Raises DtypeError for anything else.
    """
    if isinstance(value, DType):
        return value
    if value is bool:
        return bool_
    if value is int:
        return default_integer
    if value is float:
        return default_float
    if value is complex:
        return default_complex
    if isinstance(value, str) and value in DTYPES:
        return DTYPES[value]
    try:
        name = "" if value is None else np.dtype(value).name  # type: ignore[call-overload]  # anything numpy understands
    except TypeError:
        name = ""
    if name in DTYPES:
        return DTYPES[name]
    raise DtypeError(f"[dtype] {value!r} is not a clgrad dtype; there are {', '.join(DTYPES)}")


def real_of(dtype: DType) -> DType:
    """The dtype of a number's parts, or the dtype itself."""
    return dtype.part or dtype


def complex_of(dtype: DType) -> DType:
    """The complex dtype that holds a dtype's numbers: complex128 for float64, else complex64.

    >>> complex_of(float64).name
    'complex128'
    """
    return dtype if dtype.is_complex else complex128 if dtype is float64 else complex64


@cache
def promote(a: DType, b: DType) -> DType:
    """The dtype of an op on two tensors, by PyTorch's rules.

    Raises DtypeError for an unsigned integer of 16 to 64 bits with a signed one or a complex number, as PyTorch does.
    """
    if a is b:
        return a
    if a.is_complex or b.is_complex:
        other = b if a.is_complex else a
        if other in (uint16, uint32, uint64):
            raise DtypeError(
                f"[promotion] {a.name} and {b.name} have no common dtype; cast one of them with .to(dtype)"
            )
        return complex128 if {real_of(a), real_of(b)} & {float64} else complex64
    if a.category != b.category:
        return a if a.category > b.category else b
    if a.is_float:
        if a.size == b.size:
            return float32
        return a if a.size > b.size else b
    if a.signed == b.signed:
        return a if a.size > b.size else b
    signed, unsigned = (a, b) if a.signed else (b, a)
    if unsigned is uint8:
        return int16 if signed is int8 else signed
    raise DtypeError(f"[promotion] {a.name} and {b.name} have no common dtype; cast one of them with .to(dtype)")


def promote_scalar(dtype: DType, scalar: bool | int | float | complex) -> DType:
    """The dtype of an op on a tensor and a weak python scalar."""
    if isinstance(scalar, bool):
        return dtype
    if isinstance(scalar, int):
        return default_integer if dtype is bool_ else dtype
    if isinstance(scalar, complex):
        return complex_of(dtype)
    return dtype if dtype.has_gradient else default_float


# -- host arrays ---------------------------------------------------------------------------------


def encode(values: Numbers, dtype: DType) -> Numbers:
    """Numbers as they are stored: rounded to the nearest, ties to even; NaN stays NaN.

    >>> from clgrad.dtypes import bfloat16, decode, encode
    >>> [hex(bits) for bits in encode(np.array([1.0, -2.0]), bfloat16)]
    ['0x3f80', '0xc000']
    """
    if not dtype.is_half:
        return values.astype(dtype.storage, copy=False)
    with np.errstate(all="ignore"):
        exact = np.asarray(values, np.float32)
        if dtype.numpy is not None:
            return exact.astype(dtype.numpy)
    bits = exact.view(np.uint32)
    nearest = (bits + (0x7FFF + ((bits >> np.uint32(16)) & np.uint32(1)))) >> np.uint32(16)
    quiet = (bits >> np.uint32(16)) | np.uint32(0x40)
    return np.asarray(np.where(np.isnan(exact), quiet, nearest), np.uint16)


def decode(stored: Numbers, dtype: DType) -> Numbers:
    """Stored elements as numbers to compute with: the halves as float32."""
    if not dtype.is_half:
        return stored
    if dtype.numpy is not None:
        return stored.astype(np.float32)
    return np.asarray((stored.astype(np.uint32) << np.uint32(16)).view(np.float32))


def converted(values: Numbers, dtype: DType) -> Numbers:
    """Numbers cast to a dtype, as a kernel holds them: the halves rounded, in float32."""
    return decode(encode(values, dtype), dtype)


# -- what a dtype can hold -----------------------------------------------------------------------


@dataclass(frozen=True)
class finfo:
    """The limits of a floating dtype, as ``torch.finfo`` gives them; float32's without an argument.

    Raises DtypeError for a dtype that is not floating.

    >>> import clgrad
    >>> clgrad.finfo(clgrad.bfloat16).eps
    0.0078125
    """

    bits: int
    eps: float
    """The distance from 1 to the next number."""
    max: float
    min: float
    tiny: float
    """The smallest number with all digits; ``smallest_normal`` is the same."""
    smallest_normal: float
    resolution: float
    """A power of ten: how exactly decimal numbers are held."""
    dtype: str

    def __init__(self, dtype: object = None) -> None:
        found = real_of(default_float if dtype is None else as_dtype(dtype))
        if not found.is_float:
            raise DtypeError(f"[finfo] {found.name} is not a floating dtype; use clgrad.iinfo")
        digits, exponents = _FLOATING[found.name]
        tiny = 2.0 ** (2 - (1 << (exponents - 1)))
        largest = (2.0 - 2.0**-digits) * 2.0 ** ((1 << (exponents - 1)) - 1)
        known = {
            "bits": 8 * found.size, "eps": 2.0**-digits, "max": largest, "min": -largest, "tiny": tiny,
            "smallest_normal": tiny, "resolution": 10.0 ** -int(digits * math.log10(2)), "dtype": found.name,
        }  # fmt: skip
        for name, value in known.items():
            object.__setattr__(self, name, value)


_FLOATING = {"float16": (10, 5), "bfloat16": (7, 8), "float32": (23, 8), "float64": (52, 11)}
"""Bits of the fraction and of the exponent."""


@dataclass(frozen=True)
class iinfo:
    """The limits of an integer dtype, as ``torch.iinfo`` gives them.

    Raises DtypeError for a dtype that is not an integer.

    >>> import clgrad
    >>> clgrad.iinfo(clgrad.int8).max
    127
    """

    bits: int
    max: int
    min: int
    dtype: str

    def __init__(self, dtype: object) -> None:
        found = as_dtype(dtype)
        if not found.is_integer:
            raise DtypeError(f"[iinfo] {found.name} is not an integer dtype; use clgrad.finfo for floats")
        bits = 8 * found.size
        object.__setattr__(self, "bits", bits)
        object.__setattr__(self, "max", (1 << (bits - found.signed)) - 1)
        object.__setattr__(self, "min", -(1 << (bits - 1)) if found.signed else 0)
        object.__setattr__(self, "dtype", found.name)


def can_cast(from_: object, to: object) -> bool:
    """Whether promotion would make this cast: not from floats to integers, or from numbers to bool.

    >>> import clgrad
    >>> clgrad.can_cast(clgrad.float64, clgrad.float16), clgrad.can_cast(clgrad.float16, clgrad.int64)
    (True, False)
    """
    return as_dtype(from_).category <= as_dtype(to).category


def promote_types(type1: object, type2: object) -> DType:
    """The smallest dtype that holds what both hold, by PyTorch's rules.

    Raises DtypeError for an unsigned integer of 16 to 64 bits with a signed one.

    >>> import clgrad
    >>> clgrad.promote_types(clgrad.float16, clgrad.bfloat16)
    clgrad.float32
    """
    return promote(as_dtype(type1), as_dtype(type2))
