"""NVRTC: a program's text becomes machine code, or PTX, for a GPU of some compute capability; no GPU is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cuda.bindings import nvrtc

from clgrad.errors import CompileError

OPTIONS = (
    "--std=c++17",
    # Helpers of kernels do not say where they run.
    "--device-as-default-execution-space",
    # OpenCL C joins a product and a sum only within one expression; NVRTC would do it anywhere, and a value that is
    # stored would differ from the same value computed anew. What is to be joined says fma.
    "--fmad=false",
)
"""What every program is compiled with."""
QUIET = ("--disable-warnings",)


def version() -> str:
    """The compiler's version."""
    major, minor = _checked(nvrtc.nvrtcVersion())
    return f"NVRTC {major}.{minor}"


def binary(text: str, capability: tuple[int, int], options: Sequence[str] = QUIET) -> bytes:
    """Machine code for GPUs of this compute capability. Raises CompileError."""
    code, _ = compiled(text, f"sm_{capability[0]}{capability[1]}", options)
    return code


def ptx(text: str, capability: tuple[int, int]) -> str:
    """The same as text. Raises CompileError."""
    code, _ = compiled(text, f"compute_{capability[0]}{capability[1]}", QUIET)
    return code.rstrip(b"\0").decode()


def compiled(text: str, architecture: str, options: Sequence[str] = ()) -> tuple[bytes, str]:
    """The code for an architecture, and what the compiler remarks. Raises CompileError.

    ``sm_90`` is machine code of compute capability 9.0, ``compute_90`` is PTX for it.
    """
    (program,) = _checked(nvrtc.nvrtcCreateProgram(text.encode(), b"clgrad.cu", 0, [], []))
    try:
        arguments = [one.encode() for one in (*OPTIONS, *options, f"--gpu-architecture={architecture}")]
        (status,) = nvrtc.nvrtcCompileProgram(program, len(arguments), arguments)
        remarks = _read(program, nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog).rstrip(b"\0").decode()
        if status != nvrtc.nvrtcResult.NVRTC_SUCCESS:
            numbered = "\n".join(f"{number:4} {line}" for number, line in enumerate(text.splitlines(), 1))
            raise CompileError(
                f"[cuda:pycuda] a kernel did not build for {architecture} with {version()}; please report this text\n"
                f"{numbered}\n{status.name}: {remarks}"
            )
        if architecture.startswith("compute"):
            return _read(program, nvrtc.nvrtcGetPTXSize, nvrtc.nvrtcGetPTX), remarks
        return _read(program, nvrtc.nvrtcGetCUBINSize, nvrtc.nvrtcGetCUBIN), remarks
    finally:
        nvrtc.nvrtcDestroyProgram(program)


def _read(program: Any, size: Any, read: Any) -> bytes:
    """A result of the compiler, by the functions that give its size and itself."""
    (count,) = _checked(size(program))
    buffer = bytearray(count)
    _checked(read(program, buffer))
    return bytes(buffer)


def _checked(answer: tuple[Any, ...]) -> tuple[Any, ...]:
    status, *values = answer
    if status != nvrtc.nvrtcResult.NVRTC_SUCCESS:
        raise CompileError(f"[cuda:pycuda] NVRTC says {status.name}; reinstall it: pip install 'clgrad[cuda]'")
    return tuple(values)
