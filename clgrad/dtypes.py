"""The dtype table and PyTorch's promotion rules.

A dtype is a row: its name, its size in bytes, its numpy and OpenCL C spelling, and its
category. Python scalars are weak: they take part with their category only.

    >>> from clgrad.dtypes import float32, int64, promote
    >>> promote(int64, float32).name
    'float32'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from clgrad.errors import DtypeError

BOOL, INTEGER, FLOAT, COMPLEX = 0, 1, 2, 3


@dataclass(frozen=True, eq=False)
class DType:
    """One dtype; compare with ``is`` or ``==``."""

    name: str
    size: int
    category: int
    signed: bool
    numpy: np.dtype[np.generic] | None
    c: str
    mask_c: str
    """The signed integer of the same width: what a vector comparison yields in OpenCL C."""
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

    def __repr__(self) -> str:
        return f"clgrad.{self.name}"

    def __reduce__(self) -> str:
        return self.name


def _row(name: str, size: int, category: int, signed: bool, c: str) -> DType:
    has_numpy = name != "bfloat16"
    mask = {1: "char", 2: "short", 4: "int", 8: "long"}[size]
    return DType(name, size, category, signed, np.dtype(name) if has_numpy else None, c, mask)


bool_ = _row("bool", 1, BOOL, False, "uchar")
uint8 = _row("uint8", 1, INTEGER, False, "uchar")
int8 = _row("int8", 1, INTEGER, True, "char")
uint16 = _row("uint16", 2, INTEGER, False, "ushort")
int16 = _row("int16", 2, INTEGER, True, "short")
uint32 = _row("uint32", 4, INTEGER, False, "uint")
int32 = _row("int32", 4, INTEGER, True, "int")
uint64 = _row("uint64", 8, INTEGER, False, "ulong")
int64 = _row("int64", 8, INTEGER, True, "long")
float16 = _row("float16", 2, FLOAT, True, "half")
bfloat16 = _row("bfloat16", 2, FLOAT, True, "ushort")
float32 = _row("float32", 4, FLOAT, True, "float")
float64 = _row("float64", 8, FLOAT, True, "double")
complex64 = DType("complex64", 8, COMPLEX, True, np.dtype("complex64"), "float", "int", float32)
complex128 = DType("complex128", 16, COMPLEX, True, np.dtype("complex128"), "double", "long", float64)

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
