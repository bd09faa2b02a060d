"""What kernels are shaped for: facts of a device, asked of its driver or, where drivers err, found out by probes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from clgrad import config
from clgrad.cl.quirks import concerns, kind
from clgrad.dtypes import DType

GROUP = 128
"""Work-items of a group on a GPU, where a kernel's shape sets no other number."""
MINIMUM_GROUP, MINIMUM_LOCAL_MEMORY, MINIMUM_PARAMETER_BYTES = 256, 32 * 2**10, 1024
"""What any OpenCL device has at least."""


@dataclass(frozen=True)
class Capabilities:
    """Facts about one device that templates and the renderer ask for."""

    is_cpu: bool
    compute_units: int
    vector_width: int
    """Lanes of float32 that one work-item computes at once."""
    group: int
    """Work-items of a group on a GPU; 1 on a CPU, where a group is one thread's work."""
    has_double: bool
    has_signed_bytes: bool
    inlines: bool
    """Whether functions of work-items may be inlined where kernels share a launch."""
    keeps_signs: bool
    """Whether a long made of an int is compared with its sign."""
    vector_pointers: bool
    """Whether unaligned vectors are read through pointers: vload is an out-of-line call on PoCL."""
    loads_halves: bool
    """Whether ``vload_half`` is an instruction: PoCL computes it, out of line."""
    largest_allocation: int
    memory: int
    most_arguments: int
    """Buffers that one kernel can be given."""
    local_memory: int
    """Bytes of local memory that a group can have."""
    most_group: int
    """Work-items that a group can have."""

    @property
    def registers(self) -> int:
        """Vectors that a core of a CPU holds at once; of a GPU's work-item, accumulators that leave room for others."""
        return 32 if self.vector_width > 8 or not self.is_cpu else 16

    def supports(self, dtype: DType) -> bool:
        if dtype.name == "int8":
            return self.has_signed_bytes
        return dtype.name not in ("float64", "complex128") or self.has_double


def capabilities(handle: Any) -> Capabilities:
    """Read a device's capabilities; where the setting PROFILE says so, those that it is to play."""
    found = _capabilities(handle)
    if config.PROFILE.value != "own":
        for profile in config.PROFILE.value.split(","):
            found = play(profile, found)
    return found


def play(profile: str, real: Capabilities) -> Capabilities:
    """The capabilities of a device that plays another one.

    ``gpu``: kernels have the forms for GPUs, and memory is not the host's. ``minimum``: what any OpenCL device has.
    """
    if profile == "gpu":
        return replace(
            real,
            is_cpu=False,
            vector_width=1,
            group=min(GROUP, real.most_group),
            vector_pointers=False,
        )
    return replace(
        real,
        has_double=False,
        group=min(real.group, MINIMUM_GROUP),
        most_group=min(real.most_group, MINIMUM_GROUP),
        local_memory=min(real.local_memory, MINIMUM_LOCAL_MEMORY),
        most_arguments=min(real.most_arguments, _most_arguments(MINIMUM_PARAMETER_BYTES)),
    )


def _most_arguments(parameter_bytes: int) -> int:
    return parameter_bytes // 8 - 1  # the last one is for faults


def _capabilities(handle: Any) -> Capabilities:
    from clgrad.cl.probes import Probes

    probes = Probes(handle)
    is_cpu = kind(handle) == "cpu" and not concerns(handle, "loops end early")
    most_group, local_memory = handle.max_work_group_size, handle.local_mem_size
    if not is_cpu or "gpu" in config.PROFILE.value:  # in the forms for CPUs no group has two work-items
        most_group, local_memory = max(1, probes.number("largest group")), probes.number("local memory")
    return Capabilities(
        is_cpu=is_cpu,
        compute_units=handle.max_compute_units,
        vector_width=_vector_width(handle) if is_cpu else 1,
        group=1 if is_cpu else min(GROUP, most_group),
        has_double=probes.flag("fp64"),
        has_signed_bytes=not concerns(handle, "no signed bytes"),
        inlines=not concerns(handle, "inlining takes for ever"),
        keeps_signs=not concerns(handle, "signs get lost"),
        vector_pointers=concerns(handle, "vload is a call"),
        loads_halves=not concerns(handle, "vload_half is a call"),
        largest_allocation=handle.max_mem_alloc_size,
        memory=handle.global_mem_size,
        most_arguments=_most_arguments(handle.max_parameter_size),
        local_memory=local_memory,
        most_group=most_group,
    )


def _vector_width(handle: Any) -> int:
    """The native width; PoCL's builtins on 16 floats die where its compiler targets less than AVX-512."""
    from clgrad.cl.platforms import target_width

    return max(1, min(int(handle.native_vector_width_float), target_width(handle)))
