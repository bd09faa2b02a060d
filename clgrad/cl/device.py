"""An OpenCL device: memory from PyOpenCL's pool, one queue in order, launches without a wait."""

from __future__ import annotations

import gc
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np
import pyopencl
from pyopencl import enqueue_nd_range_kernel as enqueue
from pyopencl.characterize import has_src_build_cache

from clgrad import config
from clgrad.cl import cache, joint, tuner
from clgrad.cl.caps import Capabilities, capabilities
from clgrad.cl.lifetime import watch
from clgrad.cl.memory import Memory
from clgrad.cl.platforms import context, facts
from clgrad.cl.probes import Probes
from clgrad.cl.queue import LAUNCH, STEP, Queue, described, status_name
from clgrad.cl.quirks import concerns, kind
from clgrad.cl.render import Rendered, program_text, render
from clgrad.cl.space import Sizes
from clgrad.cl.templated import TemplatedDevice
from clgrad.cl.trial import KernelTrial
from clgrad.cl.tune import Tuned
from clgrad.cl.writer import site
from clgrad.device import SLACK, Call, Launch, Timing
from clgrad.errors import AllocationError, CompileError, DeviceError
from clgrad.kernel import Kernel
from clgrad.ops.maps import index_error

MOST_TURNS = 50_000
"""Turns of loops that a work-item may take about, where a driver ends them early."""
PROGRAM = 16
"""Kernels of a program at least, where several are built at once: each has a fixed cost."""
OPTIONS = ("-w",)
"""What every program is built with: no warnings."""
EXHAUSTED = (
    pyopencl.status_code.MEM_OBJECT_ALLOCATION_FAILURE,
    pyopencl.status_code.OUT_OF_RESOURCES,
    pyopencl.status_code.OUT_OF_HOST_MEMORY,
)
"""What drivers call a lack of memory. Many give buffers memory only when a kernel first uses them."""
_building = threading.Lock()


class OpenCLLaunch(Launch):
    """One kernel of a program, with a copy of its own of the arguments."""

    def __init__(self, device: OpenCLDevice, program: Any, rendered: Rendered, kernels: Sequence[Kernel]) -> None:
        self._device = device
        self._kernel = pyopencl.Kernel(program, rendered.name)
        self._global_size = rendered.global_size
        self._local_size = rendered.local_size
        self._checks_indices = rendered.checks_indices
        self._kernels = kernels
        self._seconds = LAUNCH + sum(map(joint.seconds, kernels))

    def bind(self, storages: Sequence[Any]) -> None:
        # The buffer for faults never changes, but may be made only now.
        self._kernel.set_args(*storages, self._device.faults)

    def __call__(self) -> None:
        queue = self._device.queue
        try:
            queue.last_event = enqueue(queue.handle, self._kernel, self._global_size, self._local_size)
        except pyopencl.Error as error:
            self._launch_again(queue, error)
        queue.recent.append(self._kernels)
        queue.unsent += self._seconds
        if queue.unsent > STEP:
            queue.step()
        if self._checks_indices:
            self._device.checks_indices = True

    def _launch_again(self, queue: Queue, error: pyopencl.Error) -> None:
        """Make room and try once more, where it was memory that a launch lacked."""
        if error.code in EXHAUSTED:
            self._device.make_room()
            try:
                queue.last_event = enqueue(queue.handle, self._kernel, self._global_size, self._local_size)
                return
            except pyopencl.Error as second:
                error = second
        raise self._device.launch_refusal(self._kernels, error) from error


class OpenCLDevice(TemplatedDevice):
    """One device of one platform; its context opens on first use."""

    def __init__(self, handle: Any, number: int) -> None:
        self.handle = handle
        self.name = f"cl:{number}"
        platform = handle.platform.name.strip()
        self.description = f"{platform}: {handle.name.strip()} (driver {handle.driver_version.strip()})"
        self._programs: dict[str, Any] = {}
        """For each kernel's name, the program that holds it."""
        self.checks_indices = False
        """Whether a kernel that may note a bad index was launched since the last wait."""
        watch(self)

    @property
    def rank(self) -> int | None:
        """Where ``auto`` puts this device: 0 discrete GPU, 1 integrated, 2 CPU, None never (an emulator)."""
        if concerns(self.handle, "emulator") or concerns(self.handle, "accelerator"):
            return None
        if kind(self.handle) == "gpu":
            return 1 if self.handle.host_unified_memory else 0
        return 2

    @cached_property
    def capabilities(self) -> Capabilities:
        return capabilities(self.handle)

    @cached_property
    def context(self) -> Any:
        return context(self.handle)

    @cached_property
    def queue(self) -> Queue:
        # Profiling costs time on every launch: only where somebody looks.
        properties = pyopencl.command_queue_properties.PROFILING_ENABLE if config.DEBUG.value >= 2 else 0
        return Queue(pyopencl.CommandQueue(self.context, properties=properties), self.name, self.description)

    @cached_property
    def memory(self) -> Memory:
        return Memory(self.queue, self.capabilities.is_cpu)

    @cached_property
    def faults(self) -> Any:
        """Where kernels note a bad index: its place, and its value."""
        buffer = pyopencl.Buffer(self.context, pyopencl.mem_flags.READ_WRITE, 16)
        pyopencl.enqueue_copy(self.queue.handle, buffer, np.zeros(2, np.int64))
        return buffer

    # -- memory -----------------------------------------------------------------------------

    def allocate(self, nbytes: int) -> Any:
        limit = self.capabilities.largest_allocation
        if nbytes + SLACK > limit:
            raise self._refusal(nbytes, f"one buffer may have at most {limit:,} bytes")
        lacks = (pyopencl.MemoryError, pyopencl.RuntimeError, MemoryError)
        try:
            return self.memory.allocate(nbytes)
        except lacks:
            self.make_room()
        try:
            return self.memory.allocate(nbytes)
        except lacks as error:
            raise self._refusal(nbytes, str(error)) from error

    def make_room(self) -> None:
        """Free what nobody can reach and what nobody holds, after all work."""
        gc.collect()
        self.empty_cache()

    def _refusal(self, nbytes: int, why: str) -> AllocationError:
        return AllocationError(f"[{self.name}] {nbytes:,} bytes could not be allocated ({why}); {self._balance()}")

    def launch_refusal(self, kernels: Sequence[Kernel], error: pyopencl.Error) -> DeviceError | AllocationError:
        """What to raise where a launch was refused."""
        what = f"[{self.name}] {described(kernels)} could not be launched ({status_name(error)})"
        if error.code in EXHAUSTED:
            return AllocationError(f"{what}: its buffers, most likely, do not fit together; {self._balance()}")
        return DeviceError(f"{what}: {self.description} refuses what other devices run; please report this")

    def _balance(self) -> str:
        """What of the memory is free and what is held, for errors."""
        free = max(0, self.capabilities.memory - self.allocated - self.pooled)
        return (
            f"of {self.capabilities.memory:,} bytes about {free:,} are free, live tensors hold {self.allocated:,} and "
            f"the pool keeps {self.pooled:,}; free tensors or use a smaller batch"
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
        self.queue.finish()
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
        self.queue.copy(storage, host.reshape(-1).view(np.uint8), host.nbytes)

    def download(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        self.queue.read(host.reshape(-1).view(np.uint8), storage)
        self._raise_faults()

    def copy(self, source: Any, target: Any, nbytes: int) -> None:
        self.queue.copy(target, source, nbytes)

    def synchronize(self) -> None:
        self.queue.finish()
        self._raise_faults()

    def _raise_faults(self) -> None:
        if not self.checks_indices:
            return
        self.checks_indices = False
        found = np.zeros(2, np.int64)
        pyopencl.enqueue_copy(self.queue.handle, found, self.faults, is_blocking=True)
        if found[0]:
            pyopencl.enqueue_copy(self.queue.handle, self.faults, np.zeros(2, np.int64), is_blocking=True)
            raise index_error(int(found[1]), *site(int(found[0])))

    def last_timing(self) -> Timing:
        self.queue.finish()
        event = self.queue.last_event
        try:
            return Timing((event.profile.end - event.profile.start) * 1e-9)
        except (AttributeError, pyopencl.RuntimeError):  # the queue was made without profiling
            return Timing(None)

    # -- kernels ----------------------------------------------------------------------------

    @property
    def _facts(self) -> tuple[str, ...]:
        """What tells this device and driver from others."""
        return facts(self.handle)

    @cached_property
    def _tuned(self) -> Tuned:
        return Tuned(self.capabilities, self.handle.platform.name.strip(), self.handle.name.strip(), self._facts)

    def tune(self, kernels: Sequence[Kernel]) -> int:
        return self._tuned.learn(kernels, lambda kernel: KernelTrial(self, kernel))

    def tune_standard(self, report: Callable[[float, str], None], quick: bool, timeout: float) -> int:
        return tuner.tune(self._tuned, self.capabilities, tuner.Worker(self.name, timeout), report, quick)

    def tuned(self) -> dict[str, Any]:
        return self._tuned.export()

    def launch(self, kernel: Kernel, sizes: Sizes) -> Launch:
        """A kernel whose loops have given sizes, ready to run."""
        rendered = render(kernel, self.capabilities, sizes)
        if rendered.name not in self._programs:
            (self._programs[rendered.name],) = self._build([program_text([rendered], self.capabilities)])
        return OpenCLLaunch(self, self._programs[rendered.name], rendered, [kernel])

    def has(self, kernels: Sequence[Kernel]) -> bool:
        return all(self._render([Call(kernel, ())]).name in self._programs for kernel in kernels)

    def compile(self, launches: Sequence[Sequence[Call]], quickly: bool = False) -> list[Launch]:
        """Build all new kernels as one program; as several at once, where the driver was found to build in parallel.

        Others hold a lock while they build: of two threads of PoCL 3.0, PoCL 3.1 and Intel's runtime one sleeps for 99,
        99 and 90 % of the time, and two programs cost 1.7, 1.7 and 1.04 times the processor time of one.
        """
        if config.TUNE.value == 2:
            self.tune(self._tuned.unknown(call.kernel for calls in launches for call in calls))
        rendered = [self._render(calls) for calls in launches]
        new = {one.name: one for one in rendered if one.name not in self._programs}
        self._refuse_long_loops(new.values())
        if new:
            parts = self._parts(list(new.values()))
            programs = self._build([program_text(part, self.capabilities, quickly) for part in parts])
            for part, program in zip(parts, programs):
                self._programs.update((one.name, program) for one in part)
        return [
            OpenCLLaunch(self, self._programs[one.name], one, [call.kernel for call in calls])
            for one, calls in zip(rendered, launches)
        ]

    def _parts(self, rendered: list[Rendered]) -> list[list[Rendered]]:
        """The kernels of each program that is to be built."""
        count = len(rendered) // PROGRAM
        if count > 1:
            count = max(1, min(count, Probes(self.handle).number("parallel builds")))
        return [rendered[first::count] for first in range(count)] if count > 1 else [rendered]

    def _refuse_long_loops(self, rendered: Iterable[Rendered]) -> None:
        if concerns(self.handle, "loops end early"):
            for one in rendered:
                if one.turns > MOST_TURNS:
                    raise DeviceError(
                        f"[{self.name}] {one.name} takes about {one.turns:,} turns of loops a work-item, and "
                        f"{self.description} ends loops after 65,535: its result would be wrong; use another device"
                    )

    def _render(self, calls: Sequence[Call]) -> Rendered:
        def rendered(kernel: Kernel) -> Rendered:
            return render(kernel, self.capabilities, self._tuned.sizes(kernel))

        return rendered(calls[0].kernel) if len(calls) == 1 else joint.join(calls, self.capabilities, rendered)

    def _build(self, texts: list[str]) -> list[Any]:
        # Filters of warnings are the process's: of two threads one would take away the other's.
        with _building, warnings.catch_warnings():
            warnings.simplefilter("ignore", pyopencl.CompilerWarning)  # remarks, such as on x != x for NaN
            if len(texts) == 1:
                return [self._built(texts[0])]
            with ThreadPoolExecutor(len(texts)) as pool:
                return list(pool.map(self._built, texts))

    def _built(self, text: str) -> Any:
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
