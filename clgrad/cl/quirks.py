"""What drivers are known to do wrong, as data: whom it concerns, what goes wrong, what clgrad does, what shows it.

Code asks ``concerns(handle, name)``; no other module tests the name of a driver. What a driver can do is not told
here but found out by ``probes.py``: a quirk is what no probe can ask in the process that it would break.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Quirk:
    """One row; a pattern that is empty fits everything, another one fits a part of its text, in any case."""

    name: str
    wrong: str
    """What goes wrong."""
    cure: str
    """What clgrad does about it, or what the user can do."""
    shown_by: str
    """A link, or the test that shows it."""
    platform: str = ""
    device: str = ""
    driver: str = ""
    kind: str = ""
    """cpu, gpu or accelerator; empty for any."""


QUIRKS = (
    Quirk(
        "unknown processor",
        "PoCL 3.0 calls a processor newer than its LLVM 14 'generic' or an older Zen: then nothing compiles, or "
        "vectors of 16 floats end the process",
        "clgrad names the processor's level (x86-64-v4, -v3, -v2) before the first use",
        "https://github.com/pocl/pocl/issues/1049 and tests/test_devices.py",
        platform="Portable Computing Language",
        driver=r"^3\.0-rc2$",
    ),
    Quirk(
        "narrow builtins",
        "functions on 16 floats end the process where PoCL 3.0 compiles for less than AVX-512",
        "vectors have as many lanes as the processor's level computes at once",
        "tests/test_devices.py::test_vectors_are_as_wide_as_the_compilers_target",
        platform="Portable Computing Language",
        driver=r"^3\.0-rc2$",
    ),
    Quirk(
        "vload is a call",
        "PoCL calls vload and vstore out of line, which empties the vector registers: a product takes 3 times as long; "
        "on Intel's runtime for CPUs pointers are as fast as they",
        "vectors are read and written through pointers to vector types that need no alignment",
        "tests/test_kernel_source.py (forms cpu8 and cpu16)",
        platform="Portable Computing Language|Intel",
        kind="cpu",
    ),
    Quirk(
        "vload_half is a call",
        "PoCL calculates vload_half in integers, out of line: 8 times the time of what clgrad/cl/halves.py does",
        "halves are converted by the processor's instruction, or by integers in line",
        "tests/test_halves.py",
        platform="Portable Computing Language",
        kind="cpu",
    ),
    Quirk(
        "inlining takes for ever",
        "Intel's compiler for CPUs was an hour at a launch of sixty kernels, whose functions it inlined, and no end",
        "functions of work-items stay functions: the same is built in six seconds",
        "tests/test_kernel_source.py::test_functions_stay_where_inlining_takes_for_ever and examples/lstm.py",
        platform="^Intel",
        kind="cpu",
    ),
    Quirk(
        "emulator",
        "an emulator of another device computes right, and very slowly",
        "auto never takes it; its name (cl:0 ...) does",
        "https://github.com/tinygrad/tinygrad/issues/1330 and tests/test_devices.py",
        device="emulat",
    ),
    Quirk(
        "accelerator",
        "an accelerator card takes hours to build a program, or is an emulator that does not say so",
        "auto never takes it; its name (cl:0 ...) does",
        "tests/test_devices.py",
        kind="accelerator",
    ),
    Quirk(
        "loops end early",
        "llvmpipe ends a work-item's loops after 65,535 turns in all, without a word",
        "kernels have the forms for GPUs, whose work-items have little to do each; what needs more turns is refused",
        "https://gitlab.freedesktop.org/mesa/mesa/-/blob/main/src/gallium/auxiliary/gallivm/lp_bld_limits.h and "
        "tests/test_devices.py::test_loops_that_would_end_early_are_refused",
        device="llvmpipe",
    ),
    Quirk(
        "no signed bytes",
        "LLVM 15 ends the process where a condition chooses between an int8 that was read and a constant",
        "int8 is refused there; newer versions of Mesa are built with newer ones of LLVM",
        "tests/test_devices.py::test_signed_bytes_are_refused_where_they_end_the_process",
        device=r"llvmpipe \(LLVM 15\.",
    ),
    Quirk(
        "signs get lost",
        "LLVM 15 compares a long made of an int on llvmpipe as if it had no sign: -1 is above 4",
        "such a long is put together of two words",
        "tests/test_indexing.py::test_index_dtypes on rusticl",
        device=r"llvmpipe \(LLVM 15\.",
    ),
    Quirk(
        "no devices unless asked",
        "Mesa's rusticl shows a platform without devices until it is told which drivers to serve",
        "set RUSTICL_ENABLE to the Mesa driver of your device: iris or radeonsi for GPUs of Intel and AMD, llvmpipe "
        "for the processor",
        "https://docs.mesa3d.org/envvars.html#rusticl-environment-variables and tests/test_doctor.py",
        platform="^rusticl$",
    ),
    Quirk(
        "replaced by rusticl",
        "Mesa's Clover shows a platform without devices where its driver is gone",
        "nothing needs to be done if another platform has your device; else use rusticl",
        "https://docs.mesa3d.org/relnotes/25.1.0.html and tests/test_layers.py::test_works_without_opencl",
        platform="^Clover$",
    ),
)


def concerns(handle: Any, name: str) -> bool:
    """Whether the quirk of this name concerns a device.

    >>> from types import SimpleNamespace as Made
    >>> fake = Made(platform=Made(name="Some FPGA vendor"), name="Emulation device", driver_version="1", type=8)
    >>> concerns(fake, "emulator"), concerns(fake, "vload is a call")
    (True, False)
    """
    (quirk,) = (one for one in QUIRKS if one.name == name)
    return _fits(quirk, handle)


def quirks(handle: Any) -> list[Quirk]:
    """Every quirk that concerns a device."""
    return [quirk for quirk in QUIRKS if _fits(quirk, handle)]


def quirks_without_devices(platform: str) -> list[Quirk]:
    """The quirks of a platform, by its name, that has no devices."""
    bare = (one for one in QUIRKS if one.platform and not (one.device or one.driver or one.kind))
    return [quirk for quirk in bare if re.search(quirk.platform, platform.strip(), re.IGNORECASE)]


def kind(handle: Any) -> str:
    """cpu, gpu or accelerator."""
    bits = int(handle.type)  # of clGetDeviceInfo: 2 CPU, 4 GPU, 8 accelerator, 16 custom
    return "accelerator" if bits & 24 else "gpu" if bits & 4 else "cpu"


def _fits(quirk: Quirk, handle: Any) -> bool:
    told = (
        (quirk.platform, handle.platform.name),
        (quirk.device, f"{handle.platform.name} {handle.name}"),
        (quirk.driver, handle.driver_version),
    )
    if quirk.kind and quirk.kind != kind(handle):
        return False
    if not (quirk.device or quirk.driver or quirk.kind):
        return False  # about a platform without devices
    return all(re.search(pattern, text.strip(), re.IGNORECASE) for pattern, text in told if pattern)
