"""DLPack: arrays that libraries hand each other without a copy (https://dmlc.github.io/dlpack/latest/).

Memory that the host can read is exported by numpy, which also reads what others export. Buffers that only an
OpenCL device can read travel as ``cl_mem`` in a capsule made and read here.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

from clgrad.dtypes import DTYPES, DType
from clgrad.errors import DtypeError
from clgrad.view import Shape, contiguous_strides

CPU, CUDA, OPENCL = 1, 2, 4
"""Device types of DLPack."""
_NAME, _USED = b"dltensor", b"used_dltensor"
_SIGNED, _UNSIGNED, _FLOAT, _BFLOAT, _COMPLEX, _BOOL = 0, 1, 2, 4, 5, 6
_PREFIXES = (("uint", _UNSIGNED), ("int", _SIGNED), ("bfloat", _BFLOAT), ("float", _FLOAT), ("complex", _COMPLEX))


class _Tensor(ctypes.Structure):
    _fields_ = [  # ctypes reads this list
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class _Managed(ctypes.Structure):
    pass


_DELETER = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Managed))
_Managed._fields_ = [("tensor", _Tensor), ("context", ctypes.c_void_p), ("deleter", _DELETER)]

_held: dict[int, tuple[Any, ...]] = {}
"""What exported arrays need while somebody holds them, by the address of their description."""


_release = _DELETER(lambda managed: _held.pop(ctypes.addressof(managed.contents), None) and None)


_api = ctypes.pythonapi
_api.PyCapsule_New.restype = ctypes.py_object
_api.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_api.PyCapsule_GetPointer.restype = ctypes.c_void_p
_api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
_api.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
_api.PyCapsule_IsValid.argtypes = [ctypes.c_void_p, ctypes.c_char_p]

_capsules: list[Any] = []
"""Capsules that were handed out and not taken, as far as is known. A capsule that has nobody else dies here: it would
else die while its reader raises, where no Python may run."""


def give_back_untaken() -> None:
    """Release what was handed out in capsules that nobody holds any more, or has taken out of them."""
    held = [capsule for capsule in _capsules if _api.PyCapsule_IsValid(id(capsule), _NAME)]
    _capsules.clear()
    while held:
        capsule = held.pop()
        if sys.getrefcount(capsule) > 2:
            _capsules.append(capsule)
        else:
            _held.pop(_api.PyCapsule_GetPointer(capsule, _NAME), None)


def export_opencl(pointer: int, device_id: int, shape: Shape, dtype: DType, owner: Any) -> Any:
    """A capsule of an OpenCL buffer (its ``cl_mem``); ``owner`` lives while anybody holds it."""
    code = _BOOL if dtype.name == "bool" else next(code for prefix, code in _PREFIXES if dtype.name.startswith(prefix))
    sizes = (ctypes.c_int64 * max(1, len(shape)))(*shape)
    steps = (ctypes.c_int64 * max(1, len(shape)))(*contiguous_strides(shape))
    tensor = _Tensor(pointer, OPENCL, device_id, len(shape), code, dtype.size * 8, 1, sizes, steps, 0)
    managed = _Managed(tensor, None, _release)
    address = ctypes.addressof(managed)
    _held[address] = (managed, sizes, steps, owner)
    give_back_untaken()
    capsule = _api.PyCapsule_New(address, _NAME, None)
    _capsules.append(capsule)
    return capsule


def import_opencl(capsule: Any) -> tuple[int, int, Shape, DType, Callable[[], None]]:
    """What a capsule of an OpenCL buffer holds: ``cl_mem``, device number, shape and dtype; and how to give it back.

    Raises DtypeError for what clgrad has no dtype for, and for an array that is not contiguous.
    """
    managed = _Managed.from_address(_api.PyCapsule_GetPointer(capsule, _NAME))
    tensor = managed.tensor
    shape = tuple(tensor.shape[axis] for axis in range(tensor.ndim))
    prefix = next((prefix for prefix, code in _PREFIXES if code == tensor.code), "bool")
    name = "bool" if tensor.code == _BOOL else f"{prefix}{tensor.bits}"
    if name not in DTYPES or tensor.lanes != 1:
        raise DtypeError(f"[from_dlpack] clgrad has no dtype of code {tensor.code}, {tensor.bits} bits; cast it before")
    if tensor.strides and tensor.byte_offset == 0:
        steps = tuple(tensor.strides[axis] for axis in range(tensor.ndim))
        is_plain = all(size == 1 or have == want for size, have, want in zip(shape, steps, contiguous_strides(shape)))
    else:
        is_plain = tensor.byte_offset == 0
    if not is_plain:
        raise DtypeError("[from_dlpack] a view into an OpenCL buffer can not be shared; make it contiguous before")
    _api.PyCapsule_SetName(capsule, _USED)

    def give_back() -> None:
        if managed.deleter:
            managed.deleter(ctypes.byref(managed))

    return tensor.data, tensor.device_id, shape, DTYPES[name], give_back
