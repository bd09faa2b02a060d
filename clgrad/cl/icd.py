"""ICD files: text files that name drivers' libraries to the loader, which opens all of them in every process."""

from __future__ import annotations

import ctypes
import importlib.util
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clgrad.errors import DeviceError

SYSTEM_FOLDER = Path("/etc/OpenCL/vendors")
_NO_PLATFORM = -1001


@dataclass(frozen=True)
class IcdFile:
    """One ICD file, and the library that it names."""

    path: Path
    library: str
    """As it is to be opened; empty where the file names none."""


def folder(variables: Mapping[str, str]) -> Path:
    """Where the loader looks for ICD files: a folder, or a file."""
    return Path(variables.get("OCL_ICD_VENDORS") or variables.get("OPENCL_VENDOR_PATH") or SYSTEM_FOLDER)


def icd_files(variables: Mapping[str, str]) -> list[IcdFile]:
    """Every ICD file that the loader reads, given these variables: in its folder, and beside PyOpenCL's own loader."""
    place = folder(variables)
    if place.is_file() and place.suffix != ".icd":
        return [IcdFile(place, str(place)), *_beside_pyopencl()]  # the loader takes it for the library itself
    return [*_read(place), *_beside_pyopencl()]


def _beside_pyopencl() -> Iterator[IcdFile]:
    found = importlib.util.find_spec("pyopencl")
    if found is not None and found.origin:
        yield from _read(Path(found.origin).parent / ".libs")


def _read(place: Path) -> Iterator[IcdFile]:
    paths = sorted(place.glob("*.icd")) if place.is_dir() else [place] if place.is_file() else []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            lines = [""]
        name = lines[0].strip()
        beside = path.parent / name
        yield IcdFile(path, str(beside) if name and os.sep not in name and beside.exists() else name)


def open_driver(library: str) -> int:
    """Open a driver as the loader does, and count its platforms. It may end the process."""
    opened = ctypes.CDLL(library)
    try:
        address_of = opened.clGetExtensionFunctionAddress
    except AttributeError:
        raise DeviceError("the library is no OpenCL driver: it has no clGetExtensionFunctionAddress") from None
    address_of.restype = ctypes.c_void_p
    address = address_of(b"clIcdGetPlatformIDsKHR")
    if not address:
        raise DeviceError("the library is no OpenCL driver: it has no clIcdGetPlatformIDsKHR")
    platforms = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p)(address)
    count = ctypes.c_uint32()
    status = platforms(0, None, ctypes.byref(count))
    if status not in (0, _NO_PLATFORM):
        raise DeviceError(f"the driver answers with the error {status}")
    return count.value
