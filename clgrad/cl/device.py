"""An OpenCL device: memory from PyOpenCL's pool, one queue in order, launches without a wait."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np
import pyopencl
from pyopencl.characterize import has_src_build_cache

from clgrad import config
from clgrad.cl import cache, joint
from clgrad.cl.caps import Capabilities, capabilities
from clgrad.cl.memory import Memory
from clgrad.cl.platforms import processor
from clgrad.cl.render import Rendered, program_text, render
from clgrad.cl.shapes import GRAIN, PART
from clgrad.cl.tune import Tuned, seconds_of
from clgrad.cl.writer import site
from clgrad.device import SLACK, Call, Device, Launch, Timing
from clgrad.dtypes import DType
from clgrad.errors import AllocationError, CompileError, DeviceError
from clgrad.kernel import Kernel
from clgrad.ops.maps import index_error

OPTIONS = ("-w",)
"""What every program is built with: no warnings."""
MOST_UPLOADS = 64
"""Copies to the device whose host arrays are kept alive; the oldest is waited for."""


class OpenCLLaunch(Launch):
    """One kernel of a program, with a copy of its own of the arguments."""

    def __init__(self, device: OpenCLDevice, program: Any, rendered: Rendered) -> None:
        self._device = device
        self._kernel = pyopencl.Kernel(program, rendered.name)
        self._rendered = rendered

    def bind(self, storages: Sequence[Any]) -> None:
        # The buffer for faults never changes, but may be made only now.
        self._kernel.set_args(*storages, self._device.faults)

    def __call__(self) -> None:
        self._device.enqueue(self._kernel, self._rendered)


class OpenCLDevice(Device):
    """One device of one platform; its context opens on first use."""

    def __init__(self, handle: Any, number: int) -> None:
        self.handle = handle
        self.name = f"cl:{number}"
        platform = handle.platform.name.strip()
        self.description = f"{platform}: {handle.name.strip()} (driver {handle.driver_version.strip()})"
        self._uploads: deque[Any] = deque()
        self._programs: dict[str, Any] = {}
        """For each kernel's name, the program that holds it."""
        self._checks_indices = False
        self._last_event: Any = None

    @property
    def rank(self) -> int | None:
        """Where ``auto`` puts this device: 0 discrete GPU, 1 integrated, 2 CPU, None never (an emulator)."""
        kind = self.handle.type
        if kind & pyopencl.device_type.ACCELERATOR or "emulat" in self.description.lower():
            return None
        if kind & pyopencl.device_type.GPU:
            return 1 if self.handle.host_unified_memory else 0
        return 2

    @cached_property
    def capabilities(self) -> Capabilities:
        return capabilities(self.handle)

    @cached_property
    def context(self) -> Any:
        return pyopencl.Context([self.handle])

    @cached_property
    def queue(self) -> Any:
        # Profiling costs time on every launch: only where somebody looks.
        properties = pyopencl.command_queue_properties.PROFILING_ENABLE if config.DEBUG.value >= 2 else 0
        return pyopencl.CommandQueue(self.context, properties=properties)

    @cached_property
    def memory(self) -> Memory:
        return Memory(self.queue, self.capabilities.is_cpu, lambda: self._last_event)

    @cached_property
    def faults(self) -> Any:
        """Where kernels note a bad index: its place, and its value."""
        buffer = pyopencl.Buffer(self.context, pyopencl.mem_flags.READ_WRITE, 16)
        pyopencl.enqueue_copy(self.queue, buffer, np.zeros(2, np.int64))
        return buffer

    # -- memory -----------------------------------------------------------------------------

    def supports(self, dtype: DType) -> bool:
        return self.capabilities.supports(dtype)

    def allocate(self, nbytes: int) -> Any:
        limit = self.capabilities.largest_allocation
        if nbytes + SLACK > limit:
            raise self._refusal(nbytes, f"one buffer may have at most {limit:,} bytes")
        try:
            return self.memory.allocate(nbytes)
        except (pyopencl.MemoryError, pyopencl.RuntimeError, MemoryError) as error:
            raise self._refusal(nbytes, str(error)) from error

    def _refusal(self, nbytes: int, why: str) -> AllocationError:
        free = max(0, self.capabilities.memory - self.allocated - self.pooled)
        return AllocationError(
            f"[{self.name}] {nbytes:,} bytes could not be allocated ({why}); of {self.capabilities.memory:,} bytes "
            f"about {free:,} are free, live tensors hold {self.allocated:,} and the pool keeps "
            f"{self.pooled:,}; free tensors or use a smaller batch"
        )

    @property
    def allocated(self) -> int:
        return self.memory.allocated

    @property
    def buffers(self) -> int:
        return self.memory.buffers

    @property
    def pooled(self) -> int:
        return self.memory.pooled

    def empty_cache(self) -> None:
        self.synchronize()
        self.memory.give_back()

    def adopt(self, host: np.ndarray[Any, Any]) -> Any:
        return self.memory.adopt(host)

    def share(self, storage: Any, nbytes: int) -> np.ndarray[Any, Any] | None:
        self.synchronize()
        return self.memory.share(storage, nbytes)

    def pointer(self, storage: Any) -> int:
        return int(storage.int_ptr)

    def borrow(self, pointer: int) -> Any:
        buffer = pyopencl.Buffer.from_int_ptr(pointer, retain=True)
        if buffer.context != self.context:
            raise DeviceError(
                f"[from_dlpack] the buffer belongs to another OpenCL context than {self.name}'s, which can not use it; "
                "copy it to the host first, or give both libraries one context"
            )
        return buffer

    def upload(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        if not host.nbytes:
            return
        flat = host.reshape(-1).view(np.uint8)
        event = pyopencl.enqueue_copy(self.queue, storage, flat, is_blocking=False)
        # The event keeps the host array alive, and would wait if it were dropped now.
        self._uploads.append(event)
        while self._uploads and self._uploads[0].command_execution_status == pyopencl.command_execution_status.COMPLETE:
            self._uploads.popleft()
        if len(self._uploads) > MOST_UPLOADS:
            self._uploads.popleft().wait()
        self._last_event = event

    def download(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        pyopencl.enqueue_copy(self.queue, host.reshape(-1).view(np.uint8), storage, is_blocking=True)
        self.memory.finished()
        self._raise_faults()

    def copy(self, source: Any, target: Any, nbytes: int) -> None:
        self._last_event = pyopencl.enqueue_copy(self.queue, target, source, byte_count=nbytes)

    def synchronize(self) -> None:
        self.queue.finish()
        self._uploads.clear()
        self.memory.finished()
        self._raise_faults()

    def _raise_faults(self) -> None:
        if not self._checks_indices:
            return
        self._checks_indices = False
        found = np.zeros(2, np.int64)
        pyopencl.enqueue_copy(self.queue, found, self.faults, is_blocking=True)
        if found[0]:
            pyopencl.enqueue_copy(self.queue, self.faults, np.zeros(2, np.int64), is_blocking=True)
            what, size = site(int(found[0]))
            raise index_error(what, int(found[1]), size)

    def last_timing(self) -> Timing:
        self.queue.finish()
        event = self._last_event
        try:
            return Timing((event.profile.end - event.profile.start) * 1e-9)
        except (AttributeError, pyopencl.RuntimeError):  # the queue was made without profiling
            return Timing(None)

    # -- kernels ----------------------------------------------------------------------------

    @property
    def _facts(self) -> tuple[str, ...]:
        """What tells this device and driver from others."""
        one = self.handle
        return one.platform.name, one.platform.version, one.driver_version, one.name, one.version, processor()

    @cached_property
    def _tuned(self) -> Tuned:
        return Tuned(self._facts)

    def tune(self, kernels: Sequence[Kernel]) -> int:
        def timed(kernel: Kernel, sizes: tuple[int, int]) -> float:
            rendered = render(kernel, self.capabilities, sizes)
            if rendered.name not in self._programs:
                self._programs[rendered.name] = self._build(program_text([rendered], self.capabilities))
            launch = OpenCLLaunch(self, self._programs[rendered.name], rendered)
            hosts = [np.zeros(argument.size * argument.dtype.size, np.uint8) for argument in kernel.arguments]
            storages = [self.allocate(host.nbytes) for host in hosts]
            for storage, host in zip(storages, hosts):
                self.upload(storage, host)  # an operand may be read by index: what lies there must be one
            launch.bind(storages)
            return seconds_of(launch, self.queue.finish)

        return self._tuned.learn(kernels, self.capabilities.vector_width, timed)

    def parts(self, elements: int) -> int:
        if self.capabilities.is_cpu:
            return max(1, min(self.capabilities.compute_units, elements // GRAIN))
        return -(-elements // PART)

    def calls_per_launch(self, calls: Sequence[Call]) -> int:
        return joint.calls_per_launch(calls, self.capabilities)

    def has(self, kernels: Sequence[Kernel]) -> bool:
        return all(self._render([Call(kernel, ())]).name in self._programs for kernel in kernels)

    def compile(self, launches: Sequence[Sequence[Call]], quickly: bool = False) -> list[Launch]:
        rendered = [self._render(calls) for calls in launches]
        new = {one.name: one for one in rendered if one.name not in self._programs}
        if new:
            program = self._build(program_text(list(new.values()), self.capabilities, quickly))
            self._programs.update(dict.fromkeys(new, program))
        return [OpenCLLaunch(self, self._programs[one.name], one) for one in rendered]

    def _render(self, calls: Sequence[Call]) -> Rendered:
        parts = [render(call.kernel, self.capabilities, self._tuned.sizes(call.kernel)) for call in calls]
        return parts[0] if len(parts) == 1 else joint.join(parts, calls, self.capabilities)

    def enqueue(self, kernel: Any, rendered: Rendered) -> None:
        """Launch a kernel whose arguments are set."""
        self._last_event = pyopencl.enqueue_nd_range_kernel(
            self.queue, kernel, rendered.global_size, rendered.local_size
        )
        if rendered.checks_indices:
            self._checks_indices = True

    def _build(self, text: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pyopencl.CompilerWarning)  # remarks, such as on x != x for NaN
            if has_src_build_cache(self.handle):
                return self._compile(text)
            name = cache.key((text, *OPTIONS, *self._facts))
            binary = cache.load(name)
            if binary is not None:
                with suppress(pyopencl.Error):  # a driver may refuse what it made itself
                    return pyopencl.Program(self.context, [self.handle], [binary]).build(options=OPTIONS)
            program = self._compile(text)
            cache.store(name, bytes(program.get_info(pyopencl.program_info.BINARIES)[0]))
            return program

    def _compile(self, text: str) -> Any:
        try:
            # PyOpenCL's own cache knows no bound.
            return pyopencl.Program(self.context, text).build(options=OPTIONS, cache_dir=False)
        except pyopencl.Error as error:
            numbered = "\n".join(f"{number:4} {line}" for number, line in enumerate(text.splitlines(), 1))
            raise CompileError(
                f"[{self.name}] a kernel did not build on {self.description}; please report this text\n"
                f"{numbered}\n{error}"
            ) from error

    def source(self, kernel: Kernel) -> str:
        return program_text([self._render([Call(kernel, ())])], self.capabilities)

    def binary(self, kernel: Kernel) -> str:
        program = self._programs[self._render([Call(kernel, ())]).name]
        binary = bytes(program.get_info(pyopencl.program_info.BINARIES)[0])
        try:
            return binary.decode("ascii")  # NVIDIA's binary is PTX text
        except UnicodeDecodeError:
            return f"binary of {len(binary):,} bytes, not text on this driver"
