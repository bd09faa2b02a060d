"""An NVIDIA GPU through pycuda: memory from its pool, one stream, launches without a wait."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pycuda.driver as driver
from pycuda.tools import DeviceMemoryPool

from clgrad import config
from clgrad.cl import cache, joint
from clgrad.cl.caps import Capabilities
from clgrad.cl.render import Rendered, render
from clgrad.cl.templated import TemplatedDevice
from clgrad.cl.writer import site
from clgrad.cuda import compiler
from clgrad.cuda.program import capabilities, cuda_text, sizes_of
from clgrad.device import SLACK, Call, Launch, Timing
from clgrad.errors import AllocationError, DeviceError
from clgrad.kernel import Kernel
from clgrad.ops.maps import index_error

MOST_GROUPS = 65535
"""Groups along any axis but the first."""


class CudaLaunch(Launch):
    """One kernel of a module, with the addresses that it is given."""

    def __init__(self, device: CudaDevice, module: Any, rendered: Rendered) -> None:
        self._device = device
        self._checks_indices = rendered.checks_indices
        self._function = module.get_function(rendered.name)
        self._arguments: tuple[int, ...] = ()
        self._grid, self._block = sizes_of(rendered)
        self._layout: tuple[int, np.ndarray[Any, Any]] | None = None
        """Of more groups along an axis than CUDA allows: where the program reads how many there are, and how many."""
        if max(self._grid[1:]) > MOST_GROUPS:
            address, _ = module.get_global("clgrad_groups")
            self._layout = int(address), np.array(self._grid, np.uint32)
            self._grid = (self._grid[0] * self._grid[1] * self._grid[2], 1, 1)

    def bind(self, storages: Sequence[Any]) -> None:
        self._arguments = (*map(int, storages), int(self._device.faults))
        self._function.prepare("P" * len(self._arguments))

    def __call__(self) -> None:
        self._device.enqueue(self._launch)
        if self._checks_indices:
            self._device.checks_indices = True

    def _launch(self, stream: Any) -> None:
        if self._layout is None:
            self._function.prepared_async_call(self._grid, self._block, stream, *self._arguments)
            return
        address, groups = self._layout
        driver.memcpy_htod_async(address, groups, stream)
        self._function.prepared_async_call(self._grid, self._block, stream, *self._arguments)
        driver.memcpy_htod_async(address, np.zeros_like(groups), stream)


class CudaDevice(TemplatedDevice):
    """One GPU; its context opens on first use."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.name = "cuda:pycuda"
        self.capability: tuple[int, int] = handle.compute_capability()
        major, minor = self.capability
        self.description = f"CUDA: {handle.name()} (compute capability {major}.{minor}, {compiler.version()})"
        self.checks_indices = False
        """Whether a kernel that checks indices was launched since somebody looked at what it found."""
        self._modules: dict[str, Any] = {}
        """For each kernel's name, the module that holds it."""
        self._events: tuple[Any, Any] | None = None
        """Before and after the last operation, where somebody looks."""

    @cached_property
    def capabilities(self) -> Capabilities:
        attribute = driver.device_attribute
        return capabilities(
            self.handle.get_attribute(attribute.MULTIPROCESSOR_COUNT),
            self.handle.total_memory(),
            self.handle.get_attribute(attribute.MAX_THREADS_PER_BLOCK),
        )

    @cached_property
    def _opened(self) -> tuple[Any, Any]:
        """The stream of all work, and the pool of all memory."""
        context = self.handle.retain_primary_context()
        context.push()
        stream = driver.Stream()

        def close() -> None:
            stream.synchronize()
            context.pop()  # pycuda ends the process where one is left

        atexit.register(close)
        return stream, DeviceMemoryPool()

    def _entered(self) -> tuple[Any, Any]:
        # pycuda makes a context current in one thread, and frees memory in no other.
        if threading.current_thread() is not threading.main_thread():
            raise DeviceError(f"[{self.name}] works on the main thread only; use device cuda, or cl, in other threads")
        return self._opened

    @cached_property
    def faults(self) -> Any:
        """Where kernels note a bad index: its place, and its value."""
        stream, _ = self._entered()
        storage = driver.mem_alloc(16)
        driver.memcpy_htod_async(int(storage), np.zeros(2, np.int64), stream)
        return storage

    # -- memory -----------------------------------------------------------------------------

    def allocate(self, nbytes: int) -> Any:
        _, pool = self._entered()
        try:
            return pool.allocate(nbytes + SLACK)
        except driver.MemoryError as error:
            memory = self.capabilities.memory
            free = max(0, memory - self.allocated - self.pooled)
            raise AllocationError(
                f"[{self.name}] {nbytes:,} bytes could not be allocated ({error}); of {memory:,} bytes about {free:,} "
                f"are free, live tensors hold {self.allocated:,} and the pool keeps {self.pooled:,}; free tensors or "
                "use a smaller batch"
            ) from error

    @property
    def allocated(self) -> int:
        _, pool = self._entered()
        return int(pool.active_bytes)

    @property
    def buffers(self) -> int:
        _, pool = self._entered()
        return int(pool.active_blocks)

    @property
    def pooled(self) -> int:
        _, pool = self._entered()
        return int(pool.managed_bytes - pool.active_bytes)

    def empty_cache(self) -> None:
        self.synchronize()
        _, pool = self._entered()
        pool.free_held()

    def upload(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        if host.nbytes:
            # The driver has copied pageable memory when it returns: nobody has to keep the array.
            flat = host.reshape(-1).view(np.uint8)
            self.enqueue(lambda stream: driver.memcpy_htod_async(int(storage), flat, stream))

    def download(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        stream, _ = self._entered()
        if host.nbytes:
            driver.memcpy_dtoh_async(host.reshape(-1).view(np.uint8), int(storage), stream)
        self.synchronize()

    def copy(self, source: Any, target: Any, nbytes: int) -> None:
        if nbytes:
            self.enqueue(lambda stream: driver.memcpy_dtod_async(int(target), int(source), nbytes, stream))

    # -- time ---------------------------------------------------------------------------------

    def enqueue(self, work: Callable[[Any], None]) -> None:
        """Do something in the stream, and tell when, where somebody looks."""
        stream, _ = self._entered()
        if config.DEBUG.value < 2:
            work(stream)
            return
        self._events = driver.Event(), driver.Event()
        self._events[0].record(stream)
        work(stream)
        self._events[1].record(stream)

    def synchronize(self) -> None:
        stream, _ = self._entered()
        stream.synchronize()
        if not self.checks_indices:
            return
        self.checks_indices = False
        found = np.zeros(2, np.int64)
        driver.memcpy_dtoh(found, int(self.faults))
        if found[0]:
            driver.memcpy_htod(int(self.faults), np.zeros(2, np.int64))
            raise index_error(int(found[1]), *site(int(found[0])))

    def last_timing(self) -> Timing:
        stream, _ = self._entered()
        stream.synchronize()
        if self._events is None:
            return Timing(None)
        before, after = self._events
        return Timing(after.time_since(before) * 1e-3)

    # -- kernels ------------------------------------------------------------------------------

    def has(self, kernels: Sequence[Kernel]) -> bool:
        return all(self._render([Call(kernel, ())]).name in self._modules for kernel in kernels)

    def compile(self, launches: Sequence[Sequence[Call]], quickly: bool = False) -> list[Launch]:
        rendered = [self._render(calls) for calls in launches]
        new = {one.name: one for one in rendered if one.name not in self._modules}
        if new:
            self._entered()
            module = driver.module_from_buffer(self._binary(cuda_text(list(new.values()), self.capabilities)))
            self._modules.update(dict.fromkeys(new, module))
        return [CudaLaunch(self, self._modules[one.name], one) for one in rendered]

    def _render(self, calls: Sequence[Call]) -> Rendered:
        def rendered(kernel: Kernel) -> Rendered:
            return render(kernel, self.capabilities)

        return rendered(calls[0].kernel) if len(calls) == 1 else joint.join(calls, self.capabilities, rendered)

    def _binary(self, text: str) -> bytes:
        name = cache.key((text, *compiler.OPTIONS, compiler.version(), str(self.capability)))
        binary = cache.load(name)
        if binary is None:
            binary = compiler.binary(text, self.capability)
            cache.store(name, binary)
        return binary

    def source(self, kernel: Kernel) -> str:
        return cuda_text([self._render([Call(kernel, ())])], self.capabilities)

    def binary(self, kernel: Kernel) -> str:
        return compiler.ptx(self.source(kernel), self.capability)
