"""A device's memory: PyOpenCL's pool of blocks, host data taken without a copy, and what of both is held.

On a CPU the device's memory is the host's. A copy is a command there, which costs PoCL 33 us however small
it is; to hand over the array takes 0.4 us. Large blocks ask for huge pages: then the first writing of 128 MB
takes 12 ms instead of 50, and steps of 16 KB through them run 1.14 times as fast (streams run as fast as before).

Tried and not kept: blocks over numpy memory in a pool of our own, no faster than asking for huge pages in
PyOpenCL's; reading results through a map: 53 us on PoCL and 5 us on Intel's runtime, as long as copying small ones.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import weakref
from typing import Any

import numpy as np
import pyopencl

from clgrad.cl.queue import Queue
from clgrad.device import SLACK, HostArray, host_array

HUGE = 4 * 2**20
"""Blocks from this size on ask for huge pages, as numpy's do."""
MOST_COPIED = 2**20
"""Foreign host arrays up to this size are copied at once, in less time than the device's command takes."""
FOREIGN_ALIGNMENT = 64
"""Bytes that larger arrays have to be aligned to, to be used in place: torch's are, most of numpy's are not."""


class SharedArray(np.ndarray[Any, Any]):
    """A buffer that others read in place."""

    storage: Any = None


class Memory:
    """The memory of one device, used by one queue."""

    def __init__(self, queue: Queue, is_cpu: bool) -> None:
        self._queue = queue
        self._is_cpu = is_cpu
        self._pool = pyopencl.tools.MemoryPool(pyopencl.tools.ImmediateAllocator(queue.handle))
        self._adopted_bytes = 0
        self._adopted_buffers = 0

    def allocate(self, nbytes: int) -> Any:
        """A buffer of nbytes and the slack."""
        managed = self._pool.managed_bytes
        buffer = self._pool.allocate(nbytes + SLACK)
        if self._is_cpu and nbytes >= HUGE and self._pool.managed_bytes > managed:
            self._ask_for_huge_pages(buffer, nbytes)
        return buffer

    def adopt(self, host: np.ndarray[Any, Any]) -> Any:
        """A buffer that is host data, or None where that is not possible."""
        if not self._is_cpu or not host.nbytes:
            return None
        room = host.room if isinstance(host, HostArray) else None
        if room is None and host.nbytes > MOST_COPIED:
            if not _can_be_used(host):
                return None
            room = host.reshape(-1).view(np.uint8)
        if room is None:
            own = host_array(host.shape, host.dtype)
            own[...] = host
            room = own.room
            assert room is not None
        self._queue.let_go()
        self._adopted_bytes += room.nbytes
        self._adopted_buffers += 1
        # This view dies with the buffer, but commands under way may read the data for longer.
        view = room[:]
        weakref.finalize(view, self._retire, room).atexit = False
        flags = pyopencl.mem_flags.READ_WRITE | pyopencl.mem_flags.USE_HOST_PTR
        return pyopencl.Buffer(self._queue.handle.context, flags, hostbuf=view)

    def share(self, storage: Any, nbytes: int) -> np.ndarray[Any, Any] | None:
        """A buffer as host bytes, where the host's memory is the device's; the buffer lives as long as they do."""
        if not self._is_cpu:
            return None
        if not nbytes:  # OpenCL maps no empty ranges
            return np.empty(0, np.uint8)
        mapped, _ = pyopencl.enqueue_map_buffer(
            self._queue.handle, storage, pyopencl.map_flags.READ, 0, nbytes, np.uint8
        )
        shared: SharedArray = mapped.view(SharedArray)
        shared.storage = storage
        return shared

    def _retire(self, room: np.ndarray[Any, Any]) -> None:
        self._adopted_bytes -= room.nbytes
        self._adopted_buffers -= 1
        event = self._queue.last_event
        if event is not None:
            self._queue.hold(room, event)

    def give_back(self) -> None:
        """Give the system what the pool keeps: on a CPU the driver only hands it to the C library, which keeps it."""
        self._pool.free_held()
        if self._is_cpu and sys.platform == "linux":
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
            if trim is not None:
                trim(ctypes.c_size_t(0))

    @property
    def allocated(self) -> int:
        return int(self._pool.active_bytes) + self._adopted_bytes

    @property
    def pooled(self) -> int:
        return int(self._pool.managed_bytes - self._pool.active_bytes)

    @property
    def buffers(self) -> int:
        return int(self._pool.active_blocks) + self._adopted_buffers

    def _ask_for_huge_pages(self, buffer: Any, nbytes: int) -> None:
        """Ask before the block is written. It stands in no command yet, so a queue of its own need not wait."""
        advice = getattr(mmap, "MADV_HUGEPAGE", None)
        if advice is None:  # not Linux
            return
        queue = pyopencl.CommandQueue(self._queue.handle.context)
        mapped, _ = pyopencl.enqueue_map_buffer(queue, buffer, pyopencl.map_flags.READ, 0, nbytes, np.uint8)
        first = -(-mapped.ctypes.data // mmap.PAGESIZE) * mmap.PAGESIZE
        last = (mapped.ctypes.data + nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
        ctypes.CDLL(None).madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), advice)
        mapped.base.release(queue)


def _can_be_used(host: np.ndarray[Any, Any]) -> bool:
    """Whether foreign memory is aligned as drivers want it, and what lies behind it in its last page can be read."""
    address = int(host.__array_interface__["data"][0])
    return address % FOREIGN_ALIGNMENT == 0 and (address + host.nbytes) % mmap.PAGESIZE <= mmap.PAGESIZE - SLACK
