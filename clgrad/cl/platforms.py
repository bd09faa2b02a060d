"""Find OpenCL platforms and devices, and mend what is known to be broken before the first use."""

from __future__ import annotations

import ctypes
import platform as machine
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from clgrad import config
from clgrad.cl.quirks import concerns

if TYPE_CHECKING:
    from clgrad.cl.device import OpenCLDevice


def missing() -> str:
    """What to do where no OpenCL device is found."""
    return (
        "no OpenCL device was found. To run OpenCL on this CPU: pip install 'pyopencl[pocl]'. For a GPU install its "
        "vendor's driver with OpenCL (NVIDIA: the driver itself; AMD: ROCm; Intel: intel-opencl-icd); a file that "
        "names the driver's library must then lie in /etc/OpenCL/vendors, or in the folder that the environment "
        "variable OCL_ICD_VENDORS names."
    )


@cache
def devices() -> tuple[OpenCLDevice, ...]:
    """Every OpenCL device, in the platforms' order; none where OpenCL is missing."""
    try:
        import pyopencl
    except ImportError:  # a broken or absent loader is the same to the user as no platform
        return ()
    try:
        platforms = pyopencl.get_platforms()
    except pyopencl.LogicError:
        return ()
    from clgrad.cl.device import OpenCLDevice

    found: list[OpenCLDevice] = []
    for one in platforms:
        try:
            handles = one.get_devices()
        except pyopencl.LogicError:  # a platform without devices, such as Mesa's Clover
            continue
        for handle in handles:
            name_the_processor(handle)
            found.append(OpenCLDevice(handle, len(found)))
    return tuple(found)


@cache
def context(handle: Any) -> Any:
    """The one context of a device: PoCL takes 0.4 s to build the first program of each."""
    import pyopencl

    return pyopencl.Context([handle])


def facts(handle: Any) -> tuple[str, ...]:
    """What tells a device, its driver, and this clgrad from others: what is kept on disk is kept for these."""
    platform = handle.platform
    own = platform.name, platform.version, handle.driver_version, handle.name, handle.version
    return *own, processor(), config.VERSION


# -- PoCL on a processor newer than its compiler --------------------------------------------------

_CPU_NAME_OFFSET = 640
"""Where PoCL 3.0-rc2 keeps ``llvm_cpu`` in its device structure (64-bit x86 Linux)."""
_kept: list[Any] = []


def processor_level(flags: set[str]) -> str:
    """The x86-64 level that a processor with these feature flags has.

    >>> processor_level({"sse4_2", "avx2", "fma", "bmi2"})
    'x86-64-v3'
    """
    if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= flags:
        return "x86-64-v4"
    if {"avx2", "bmi2", "fma"} <= flags:
        return "x86-64-v3"
    return "x86-64-v2" if "sse4_2" in flags else "x86-64"


def needs_processor_name(cpu: str, level: str) -> bool:
    """Whether PoCL's name for the processor contradicts what the processor can do.

    ``generic`` does not compile at all (https://github.com/pocl/pocl/issues/1049). An older Zen's name on
    a processor with AVX-512 compiles, but PoCL then links its AVX-512 builtins into code for AVX2, and
    any of them on 16 floats kills the process.
    """
    return cpu == "generic" or (cpu.startswith("znver") and level == "x86-64-v4")


def name_the_processor(handle: Any) -> None:
    """Give the pip PoCL a processor name that its LLVM 14 knows, where it found none.

    PoCL 3.0 asks LLVM for the name once, and takes no option for it. So the name in its device structure
    is replaced: only in the one release whose layout is known, and only if the name stands there.
    """
    if not concerns(handle, "unknown processor") or machine.machine() != "x86_64" or machine.system() != "Linux":
        return
    match = re.search(r"pthread-x86_64-unknown-linux-gnu-([\w.-]+)$", handle.version.strip())
    if match is None:
        return
    cpu = match.group(1)
    level = processor_level(_processor_flags())
    if not needs_processor_name(cpu, level):
        return
    field = ctypes.c_uint64.from_address(handle.int_ptr + _CPU_NAME_OFFSET)
    if not _is_mapped(field.value, len(cpu) + 1) or ctypes.string_at(field.value, len(cpu) + 1) != cpu.encode() + b"\0":
        return
    name = ctypes.create_string_buffer(level.encode())
    _kept.append(name)  # PoCL holds the address for the life of the process
    field.value = ctypes.addressof(name)


def _processor_flags() -> set[str]:
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("flags"):
                return set(line.split(":", 1)[1].split())
    return set()


def processor() -> str:
    """What this machine's processor can do, where the system tells. A home may be shared by unlike machines."""
    try:
        return " ".join(sorted(_processor_flags()))
    except OSError:
        return ""


def _is_mapped(address: int, size: int) -> bool:
    """Whether these bytes can be read."""
    with open("/proc/self/maps") as file:
        for line in file:
            span, rights = line.split()[:2]
            first, last = (int(end, 16) for end in span.split("-"))
            if first <= address and address + size <= last:
                return rights.startswith("r")
    return False


def target_width(handle: Any) -> int:
    """Lanes of float32 in the widest vector that the driver's compiler targets."""
    if not concerns(handle, "narrow builtins") or machine.machine() != "x86_64":
        return 16
    return 16 if processor_level(_processor_flags()) == "x86-64-v4" else 8
