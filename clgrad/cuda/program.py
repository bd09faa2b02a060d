"""Programs as CUDA C++: a header that says what OpenCL C means, and the text that OpenCL gets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from clgrad.cl.caps import GROUP, Capabilities
from clgrad.cl.render import Rendered, program_text

PARAMETER_BYTES = 4096
"""What a kernel may be given on any GPU; the last eight bytes are for faults."""
LOCAL_MEMORY = 48 * 2**10
"""Bytes of local memory that a kernel may declare: with more, CUDA wants it to be given at the launch."""


@cache
def header() -> str:
    """The header: macros, types and functions."""
    return (Path(__file__).parent / "opencl.h").read_text(encoding="utf-8")


def cuda_text(kernels: Sequence[Rendered], capabilities: Capabilities) -> str:
    """Many kernels as one program for NVRTC."""
    return f"{header()}\n{program_text(kernels, capabilities)}"


def capabilities(compute_units: int, memory: int, most_group: int) -> Capabilities:
    """What a GPU can do: templates take their forms for GPUs."""
    return Capabilities(
        is_cpu=False,
        compute_units=compute_units,
        vector_width=1,
        group=GROUP,
        has_double=True,
        has_signed_bytes=True,
        inlines=True,
        keeps_signs=True,
        vector_pointers=False,
        loads_halves=True,
        largest_allocation=memory,
        memory=memory,
        most_arguments=PARAMETER_BYTES // 8 - 1,
        local_memory=LOCAL_MEMORY,
        most_group=most_group,
    )


def sizes_of(rendered: Rendered) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """How many groups a launch has along each axis, and how many work-items a group.

    >>> sizes_of(Rendered("name", (), "", (), (256, 3), (128, 1), False))
    ((2, 3, 1), (128, 1, 1))
    """
    width, height, depth = (*rendered.global_size, 1, 1)[:3]
    across, down, deep = (*rendered.local_size, 1, 1)[:3]
    return (width // across, height // down, depth // deep), (across, down, deep)
