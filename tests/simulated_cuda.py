"""pycuda without a GPU: memory is numpy arrays, and a launch runs what its kernel means to the numpy backend.

What is launched is what NVRTC compiled, looked up by name; sizes, addresses and the order of work are checked. As on a
GPU nothing happens before somebody waits, and a block that is given back may be handed out while work on it is waiting.
"""

from __future__ import annotations

import atexit
import re
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad.cl import writer
from clgrad.cl.render import Rendered
from clgrad.cpu import NumpyLaunch
from clgrad.cuda.program import sizes_of
from clgrad.device import Call, Launch
from clgrad.errors import IndexRangeError
from clgrad.ops.maps import index_error

MOST_GROUPS = (2**31 - 1, 65535, 65535)
MOST_ITEMS = 1024


class Error(Exception):
    """pycuda.driver.Error."""


class MemoryError_(Error):
    """pycuda.driver.MemoryError."""


class Gpu:
    """The state of one simulated GPU, with the two modules through which it is used."""

    def __init__(self, memory: int = 2**30, count: int = 1) -> None:
        self.memory, self.count = memory, count
        self.blocks: dict[int, np.ndarray[Any, Any]] = {}
        """Memory by its address."""
        self.free = 0x7F0000000000
        """The next address."""
        self.waiting: list[Callable[[], None]] = []
        self.contexts = 0
        """How many contexts are current."""
        self.launches: list[str] = []
        """Names of the functions that ran, in order."""
        self.layouts: list[tuple[int, ...]] = []
        """Groups along each axis of launches that were laid out along one."""
        self.at_exit: list[Callable[[], None]] = []
        self.milliseconds = 0
        """A clock that goes on by one for each piece of work."""

    def allocate(self, nbytes: int) -> int:
        if nbytes + sum(block.nbytes for block in self.blocks.values()) > self.memory:
            raise MemoryError_("cuMemAlloc failed: out of memory")
        address, self.free = self.free, self.free + -(-nbytes // 512) * 512
        self.blocks[address] = np.full(self.free - address, 0xAB, np.uint8)
        return address

    def wait(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()
            self.milliseconds += 1

    def bytes_at(self, address: int, nbytes: int) -> np.ndarray[Any, Any]:
        block = self.blocks[address]
        assert nbytes <= block.nbytes, "a copy beyond its block"
        return block[:nbytes]

    def run(self, function: Function, grid: tuple[int, ...], block: tuple[int, ...], arguments: Any) -> None:
        """What a function does, on these addresses."""
        (rendered, calls), groups = function.meaning, function.module.layout
        *addresses, faults = arguments
        assert all(1 <= size <= most for size, most in zip(grid, MOST_GROUPS)) and np.prod(block) <= MOST_ITEMS
        if groups.any():
            assert grid == (np.prod(groups, dtype=np.int64), 1, 1)
            grid = tuple(map(int, groups))
            self.layouts.append(grid)
        assert (grid, block) == sizes_of(rendered) and function.name == rendered.name
        assert len(addresses) == len({place for call in calls for place in call.arguments})
        self.launches.append(function.name)
        try:
            NumpyLaunch(calls).run([self.blocks[address] for address in addresses])
        except IndexRangeError as error:
            given = int(re.search(r"index (-?\d+)", str(error)).group(1))  # type: ignore[union-attr]  # it says so
            for (size, what, wrapped), number in writer._sites.items():
                value = given + size if wrapped and given < 0 else given
                if str(index_error(value, size, what, wrapped)) == str(error):
                    self.bytes_at(faults, 16).view(np.int64)[:] = number, value

    # -- the modules ------------------------------------------------------------------------

    @contextmanager
    def installed(self) -> Iterator[Any]:
        """While pycuda is this one: the device, as it is found by its name."""
        mine = ("clgrad.cuda.device", "clgrad.cuda.find")
        with pytest.MonkeyPatch.context() as patch:
            for name in mine:
                patch.delitem(sys.modules, name, raising=False)
            for name, module in self.modules().items():
                patch.setitem(sys.modules, name, module)
            patch.setattr(atexit, "register", self.at_exit.append)
            found = clgrad.device("cuda:pycuda")
            compile_ = found.compile

            def compiled(launches: Sequence[Sequence[Call]], quickly: bool = False) -> list[Launch]:
                made: list[Launch] = compile_(launches, quickly)
                for launch, calls in zip(made, launches):
                    rendered = found._render(calls)  # type: ignore[attr-defined]  # a CudaDevice
                    launch._function.meaning = rendered, calls  # type: ignore[attr-defined]  # a CudaLaunch
                return made

            patch.setattr(found, "compile", compiled)
            yield found
            found.synchronize()
            for name in mine:
                del sys.modules[name]

    def modules(self) -> dict[str, ModuleType]:
        """pycuda, by the names that it is imported by."""
        package, driver, tools = ModuleType("pycuda"), ModuleType("pycuda.driver"), ModuleType("pycuda.tools")
        parts = (Device, Context, Stream, Event, Allocation, Module, Function)
        vars(driver).update({part.__name__: type(part.__name__, (part,), {"gpu": self}) for part in parts})
        vars(driver).update(
            Error=Error,
            MemoryError=MemoryError_,
            init=lambda: None,
            device_attribute=ModuleType("device_attribute"),
            mem_alloc=lambda nbytes: driver.Allocation(nbytes),
            module_from_buffer=lambda binary: driver.Module(binary),
            memcpy_htod_async=self._upload,
            memcpy_dtoh_async=lambda host, address, stream: self._download(host, address),
            memcpy_dtod_async=self._copy,
            memcpy_htod=lambda address, host: (self._upload(address, host, None), self.wait()),
            memcpy_dtoh=self._download,
        )
        vars(driver.device_attribute).update(MULTIPROCESSOR_COUNT="units", MAX_THREADS_PER_BLOCK="items")
        tools.DeviceMemoryPool = lambda: Pool(self)  # type: ignore[attr-defined]  # a module is made here
        package.driver, package.tools = driver, tools  # type: ignore[attr-defined]
        return {"pycuda": package, "pycuda.driver": driver, "pycuda.tools": tools}

    def _upload(self, address: int, host: Any, stream: Any) -> None:
        staged = np.array(host).reshape(-1).view(np.uint8)
        assert isinstance(address, int) and staged.nbytes
        self.waiting.append(lambda: np.copyto(self.bytes_at(address, staged.nbytes), staged))

    def _download(self, host: Any, address: int) -> None:
        self.wait()
        flat = host.reshape(-1).view(np.uint8)
        flat[:] = self.bytes_at(address, flat.nbytes)

    def _copy(self, target: int, source: int, nbytes: int, stream: Any) -> None:
        self.waiting.append(lambda: np.copyto(self.bytes_at(target, nbytes), self.bytes_at(source, nbytes)))


class Part:
    """What belongs to a GPU."""

    gpu: Gpu


class Device(Part):
    """pycuda.driver.Device."""

    def __init__(self, number: int) -> None:
        assert number < self.gpu.count

    @classmethod
    def count(cls) -> int:
        return cls.gpu.count

    def name(self) -> str:
        return "Simulated"

    def compute_capability(self) -> tuple[int, int]:
        return (9, 0)

    def total_memory(self) -> int:
        return self.gpu.memory

    def get_attribute(self, attribute: str) -> int:
        return {"units": 132, "items": MOST_ITEMS}[attribute]

    def retain_primary_context(self) -> Context:
        return type("Context", (Context,), {"gpu": self.gpu})()


class Context(Part):
    """pycuda.driver.Context."""

    def push(self) -> None:
        self.gpu.contexts += 1

    def pop(self) -> None:
        self.gpu.contexts -= 1


class Stream(Part):
    """pycuda.driver.Stream."""

    def __init__(self) -> None:
        assert self.gpu.contexts == 1, "there is no context"

    def synchronize(self) -> None:
        self.gpu.wait()


class Event(Part):
    """pycuda.driver.Event."""

    def record(self, stream: Stream) -> None:
        self.gpu.waiting.append(lambda: setattr(self, "at", self.gpu.milliseconds))

    def time_since(self, other: Any) -> float:
        return float(vars(self)["at"] - vars(other)["at"])


class Allocation(Part):
    """pycuda.driver.DeviceAllocation."""

    def __init__(self, nbytes: int) -> None:
        self.address = self.gpu.allocate(nbytes)

    def __int__(self) -> int:
        return self.address


class Module(Part):
    """A program that NVRTC made: it has what is asked for."""

    def __init__(self, binary: bytes) -> None:
        assert binary.startswith(b"\x7fELF")
        self.binary = binary
        self.groups = self.gpu.allocate(12)
        self.gpu.blocks[self.groups][:] = 0

    @property
    def layout(self) -> np.ndarray[Any, Any]:
        return self.gpu.bytes_at(self.groups, 12).view(np.uint32)

    def get_function(self, name: str) -> Any:
        assert f".text.{name}\0".encode() in self.binary
        return type("Function", (Function,), {"gpu": self.gpu})(self, name)

    def get_global(self, name: str) -> tuple[int, int]:
        assert name == "clgrad_groups" and name.encode() in self.binary
        return self.groups, 12


class Function(Part):
    """pycuda.driver.Function."""

    def __init__(self, module: Module, name: str) -> None:
        self.module, self.name, self.format = module, name, ""
        self.meaning: tuple[Rendered, Sequence[Call]]

    def prepare(self, kinds: str) -> None:
        self.format = kinds

    def prepared_async_call(self, grid: tuple[int, ...], block: tuple[int, ...], stream: Stream, *given: int) -> None:
        assert self.format == "P" * len(given) and all(type(one) is int for one in given)
        assert isinstance(stream, Stream)
        self.gpu.waiting.append(lambda: self.gpu.run(self, grid, block, given))


class Pool:
    """pycuda.tools.DeviceMemoryPool: what dies is kept, and handed out again."""

    def __init__(self, gpu: Gpu) -> None:
        self.gpu = gpu
        self.held: dict[int, list[int]] = {}
        """Addresses of blocks, by their size."""
        self.active_bytes = self.active_blocks = self.managed_bytes = 0

    def allocate(self, nbytes: int) -> Pooled:
        step = 1 << max(9, nbytes.bit_length() - 5)
        size = -(-nbytes // step) * step
        if self.held.get(size):
            address = self.held[size].pop()
        else:
            address = self.gpu.allocate(size)
            self.managed_bytes += size
        self.active_bytes += nbytes
        self.active_blocks += 1
        return Pooled(self, address, nbytes, size)

    def give_back(self, address: int, nbytes: int, size: int) -> None:
        self.held.setdefault(size, []).append(address)
        self.active_bytes -= nbytes
        self.active_blocks -= 1

    def free_held(self) -> None:
        for size, addresses in self.held.items():
            for address in addresses:
                del self.gpu.blocks[address]
                self.managed_bytes -= size
        self.held.clear()


class Pooled:
    """pycuda.tools.PooledDeviceAllocation."""

    def __init__(self, pool: Pool, address: int, nbytes: int, size: int) -> None:
        self.address = address
        weakref.finalize(self, pool.give_back, address, nbytes, size)

    def __int__(self) -> int:
        return self.address
