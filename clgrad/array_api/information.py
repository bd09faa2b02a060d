"""Constants, dtypes, and what is known of them."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from clgrad.arithmetic import Scalar
from clgrad.device import Device
from clgrad.device import device as find_device
from clgrad.device import devices as find_devices
from clgrad.dtypes import (
    DTYPES,
    DType,
    as_dtype,
    bool_,
    can_cast,
    complex64,
    complex128,
    finfo,
    float32,
    float64,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    promote,
    promote_scalar,
    uint8,
    uint16,
    uint32,
    uint64,
)
from clgrad.errors import ArgumentError
from clgrad.tensor import Tensor

bool = bool_
e, inf, nan, pi, newaxis = math.e, math.inf, math.nan, math.pi, None

__all__ = [
    "__array_namespace_info__", "astype", "bool", "can_cast", "complex64", "complex128", "e", "finfo", "float32",
    "float64", "iinfo", "inf", "int8", "int16", "int32", "int64", "isdtype", "nan", "newaxis", "pi", "result_type",
    "uint8", "uint16", "uint32", "uint64",
]  # fmt: skip

_SIGNED = (int8, int16, int32, int64)
_UNSIGNED = (uint8, uint16, uint32, uint64)
_KINDS: dict[str, tuple[DType, ...]] = {
    "bool": (bool_,),
    "signed integer": _SIGNED,
    "unsigned integer": _UNSIGNED,
    "integral": _SIGNED + _UNSIGNED,
    "real floating": tuple(one for one in DTYPES.values() if one.is_float),
    "complex floating": (complex64, complex128),
}
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]
_STANDARD = (bool_, *_SIGNED, *_UNSIGNED, float32, float64, complex64, complex128)


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The dtype that arrays, dtypes and python numbers have together. Raises DtypeError where they have none.

    >>> import clgrad
    >>> clgrad.array_api.result_type(clgrad.int8, clgrad.ones(1, dtype=clgrad.int32))
    clgrad.int32
    """
    strong = [one.dtype if isinstance(one, Tensor) else as_dtype(one) for one in arrays_and_dtypes if not _is_weak(one)]
    if not strong:
        raise ArgumentError(f"[result_type] {arrays_and_dtypes}: give at least one array or dtype")
    dtype = strong[0]
    for other in strong[1:]:
        dtype = promote(dtype, other)
    for number in filter(_is_weak, arrays_and_dtypes):
        dtype = promote_scalar(dtype, number)
    return dtype


def _is_weak(one: Any) -> TypeGuard[Scalar]:
    return isinstance(one, (int, float, complex)) and not isinstance(one, type)


def isdtype(dtype: Any, kind: Any) -> Any:
    """Whether a dtype is another, of a kind ("bool", "integral", "real floating" ...), or any of a tuple of these.

    >>> import clgrad
    >>> clgrad.array_api.isdtype(clgrad.int8, ("bool", "signed integer"))
    True
    """
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, str):
        if kind not in _KINDS:
            raise ArgumentError(f"[isdtype] there is no kind {kind!r}; there are {', '.join(_KINDS)}")
        return as_dtype(dtype) in _KINDS[kind]
    return as_dtype(dtype) is as_dtype(kind)


def astype(x: Tensor, dtype: Any, /, *, copy: Any = True, device: Any = None) -> Tensor:
    """The same values as another dtype, and on another device if one is given."""
    return x.to(dtype=dtype, device=device)


class _Information:
    """What this namespace can do; see the standard's inspection API."""

    def capabilities(self) -> dict[str, Any]:
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": None}

    def default_device(self) -> Device:
        return find_device()

    def default_dtypes(self, *, device: Any = None) -> dict[str, DType]:
        return {"real floating": float32, "complex floating": complex64, "integral": int64, "indexing": int64}

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, DType]:
        able = find_device(device)
        return {one.name: one for one in _STANDARD if able.supports(one) and (kind is None or isdtype(one, kind))}

    def devices(self) -> list[Device]:
        return find_devices()


def __array_namespace_info__() -> _Information:
    """The standard's inspection object.

    >>> import clgrad
    >>> clgrad.array_api.__array_namespace_info__().default_dtypes()["real floating"]
    clgrad.float32
    """
    return _Information()
