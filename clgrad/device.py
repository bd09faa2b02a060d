"""Devices: the few methods a backend has, buffers, and selection by name.

Backends are imported by name on first use, so ``import clgrad`` opens no OpenCL context and
works where no OpenCL exists.
"""

from __future__ import annotations

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from clgrad import config
from clgrad.dtypes import DType
from clgrad.errors import DeviceError, DtypeError
from clgrad.kernel import Kernel
from clgrad.view import Shape

SLACK = 1024
"""Bytes behind the data of a buffer: a vector load may read, but never use, lanes beyond the data."""
ALIGNMENT = 128
"""Bytes of the widest vector: what OpenCL asks of memory that a device shares with the host."""
LONG_ROW, FEW_ROWS = 8192, 8
"""Fewer rows than FEW_ROWS, each longer than LONG_ROW, could not fill a device, one work-item or group each."""
PIECES = 64
"""A long reduction with few results is first reduced to about this many pieces."""
FEW_COLUMNS, WIDE_ROW = 64, 4096
"""A long reduction with results for up to FEW_COLUMNS neighbours first takes rows of about WIDE_ROW elements."""


@dataclass(frozen=True)
class Call:
    """A kernel of a launch, and which of the launch's arguments it is given: numbers in order of their first use."""

    kernel: Kernel
    arguments: tuple[int, ...]


class Launch(ABC):
    """Kernels made ready to run, one after the other."""

    @abstractmethod
    def bind(self, storages: Sequence[Any]) -> None:
        """Set the storage of the arguments."""

    @abstractmethod
    def __call__(self) -> None:
        """Run on what was bound, after all earlier work of the device, without waiting."""

    def run(self, storages: Sequence[Any]) -> None:
        """Run once on this storage, and do not hold it."""
        self.bind(storages)
        self()


@dataclass(frozen=True)
class Timing:
    """When an operation ran on the device, in seconds; None where the device can not say."""

    seconds: float | None


class HostArray(np.ndarray[Any, Any]):
    """Host data that is clgrad's own and never changes: a device that shares the host's memory takes it as it is."""

    room: np.ndarray[Any, Any] | None = None
    """The bytes of the data and SLACK more; None in what numpy makes of such an array."""


def host_array(shape: Sequence[int], dtype: Any) -> HostArray:
    """A host array that is still to be filled."""
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    owner = np.empty(nbytes + SLACK + ALIGNMENT, np.uint8)
    start = -owner.__array_interface__["data"][0] % ALIGNMENT
    array: HostArray = HostArray(shape, dtype, owner, start)
    array.room = owner[start : start + nbytes + SLACK]
    return array


class Device(ABC):
    """What a backend implements."""

    name: str
    """The name that ``clgrad.device`` finds it by: cpu, cl:0 ..."""
    description: str
    peak = 0
    """The most bytes that live tensors held at once."""

    @abstractmethod
    def supports(self, dtype: DType) -> bool:
        """Whether kernels on this device compute with the dtype."""

    @abstractmethod
    def allocate(self, nbytes: int) -> Any:
        """Storage of at least nbytes; it is freed when the object dies. Raises AllocationError."""

    def adopt(self, host: np.ndarray[Any, Any]) -> Any:
        """Host data as storage without a copy, where the device can; otherwise None."""
        return None

    def share(self, storage: Any, nbytes: int) -> np.ndarray[Any, Any] | None:
        """Storage as host bytes without a copy, after all work; None where the host can not read it."""
        return None

    def pointer(self, storage: Any) -> int | None:
        """The handle by which other libraries on the same driver know storage; None where there is none."""
        return None

    def borrow(self, pointer: int) -> Any:
        """Storage of another library, by its handle. Raises DeviceError where the device can not use it."""
        raise DeviceError(f"[from_dlpack] device {self.name} can not use another library's memory; copy it to the host")

    @abstractmethod
    def upload(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        """Copy a contiguous host array, which nobody changes afterwards, into storage."""

    @abstractmethod
    def download(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        """Wait for all work and copy storage into a contiguous host array."""

    @abstractmethod
    def copy(self, source: Any, target: Any, nbytes: int) -> None:
        """Copy storage to other storage of this device, in order with its work."""

    def parts(self, elements: int) -> int:
        """In how many parts so many elements are best divided, if a part is one work-item's work from end to end;
        where there is a tile, a work-group's."""
        return 1

    def pieces(self, rows: int, columns: int, length: int) -> int:
        """In how many pieces folds of so many rows, so long, are best cut and then joined: 1 if they fill the device.

        So many ``columns`` of the rows lie side by side.
        """
        if columns == 1:
            return PIECES if length >= 2 * LONG_ROW and rows < FEW_ROWS else 1
        return WIDE_ROW // columns if length >= LONG_ROW and columns <= FEW_COLUMNS else 1

    def blocks(self, rows: int, columns: int, length: int) -> int:
        """In how many blocks at most scans of so many rows, so long, are cut."""
        # A CPU gains nothing from more: sqrt(length) of them took 1.02 to 1.23 times as long as PIECES.
        return min(self.pieces(rows, columns, length), PIECES)

    def skips_zeros(self, x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType) -> bool:
        """Whether a convolution passes over the zeros around its data; else it is given data that is padded before."""
        return False

    def stores_turned(self, products: int, rows: int) -> bool:
        """Whether a transposed matrix that so many products of at most so many rows have at their right is stored."""
        return False

    def saves_products(self, x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType) -> bool:
        """Whether a convolution of three taps is worth combining data and weights first, for half the products."""
        return False

    @property
    def tile(self) -> int | None:
        """How many uint64 a work-group sorts in its local memory; None where a work-item is a core's whole work."""
        return None

    def calls_per_launch(self, calls: Sequence[Call]) -> int:
        """How many of these calls, from the first one, one launch should make."""
        return 1

    def tune(self, kernels: Sequence[Kernel]) -> int:
        """Measure other sizes for such kernels, and keep the fastest; returns for how many classes of kernels."""
        return 0

    def tune_standard(self, report: Callable[[float, str], None], quick: bool, timeout: float) -> int:
        """Measure other sizes for what networks have most; returns how many classes of kernels got faster.

        ``report`` is told the part that is done, and with what; a candidate may take ``timeout`` seconds. Raises
        DeviceError where there is nothing to tune.
        """
        raise DeviceError(f"[tune] device {self.name} has no sizes to measure; name an OpenCL device, such as cl")

    def tuned(self) -> dict[str, Any]:
        """What was measured on this device, as data to ship; nothing where there is nothing to tune."""
        return {}

    def has(self, kernels: Sequence[Kernel]) -> bool:
        """Whether each of these kernels can be launched alone without compiling."""
        return True

    @abstractmethod
    def compile(self, launches: Sequence[Sequence[Call]], quickly: bool = False) -> list[Launch]:
        """Make launches ready to run; equal kernels are compiled once. Raises CompileError.

        ``quickly`` asks for an early start rather than for the best code.
        """

    @abstractmethod
    def synchronize(self) -> None:
        """Wait for all work; raise what went wrong in it."""

    @property
    @abstractmethod
    def allocated(self) -> int:
        """Bytes that live tensors hold on the device."""

    @property
    @abstractmethod
    def buffers(self) -> int:
        """How many buffers those bytes are in."""

    @property
    def pooled(self) -> int:
        """Bytes kept beyond those, most of them in blocks that were given back."""
        return 0

    def empty_cache(self) -> None:
        """Give blocks that nobody holds back to the system; waits for all work."""
        return None

    def source(self, kernel: Kernel) -> str:
        """The text of a kernel as this device runs it."""
        return str(kernel)

    def binary(self, kernel: Kernel) -> str:
        """What the driver made of a kernel, where it tells; otherwise empty."""
        return ""

    def last_timing(self) -> Timing:
        """How long the operation just enqueued takes; waits for it."""
        self.synchronize()
        return Timing(None)

    def check(self, dtype: DType, op: str) -> None:
        """Raise DtypeError where the dtype is not supported."""
        if not self.supports(dtype):
            raise DtypeError(
                f"[{op}] device {self.name} ({self.description}) does not compute with {dtype.name}; "
                "cast with .to(dtype) or choose another device"
            )

    def __repr__(self) -> str:
        return f"clgrad.device({self.name!r})"

    def __str__(self) -> str:
        return self.name


class Run:
    """One execution of a step. A device finds bad indices while it runs, and tells when it is next waited for."""

    __slots__ = ("__weakref__", "error", "is_suspect")

    def __init__(self, is_suspect: bool, error: Exception | None) -> None:
        self.is_suspect = is_suspect
        """Whether it reads by index, or what such a run computed, and nobody has waited for it yet."""
        self.error = error


class Buffer:
    """Storage of one stored value on one device."""

    __slots__ = ("__weakref__", "device", "host", "is_borrowed", "nbytes", "run", "storage")

    def __init__(self, device: Device, nbytes: int, host: np.ndarray[Any, Any] | None = None) -> None:
        self.device = device
        self.nbytes = nbytes
        self.host = host
        """Host data that has not been uploaded yet."""
        self.run: Run | None = None
        """What computed it."""
        self.storage: Any = None
        self.is_borrowed = False
        """Whether the storage is host data that somebody else may hold."""

    def ready(self) -> Any:
        """The storage, uploaded or allocated on first use."""
        if self.storage is None:
            storage = self.device.adopt(self.host) if self.host is not None else None
            self.is_borrowed = storage is not None and not isinstance(self.host, HostArray)
            if storage is None:
                storage = self.device.allocate(self.nbytes)
                if self.host is not None:
                    self.device.upload(storage, self.host)
            self.storage, self.host = storage, None
            self.device.peak = max(self.device.peak, self.device.allocated)
        return self.storage


_default: ContextVar[Device | None] = ContextVar("clgrad_default_device", default=None)
_announced: set[str] = set()


def _cpu() -> Device:
    from clgrad.cpu import device

    return device()


def _opencl() -> Sequence[Any]:
    from clgrad.cl.platforms import devices as opencl_devices

    return opencl_devices()


def _pycuda() -> Device:
    from clgrad.cuda.find import device as gpu

    return gpu()


def devices() -> list[Device]:
    """List every device of this machine: cpu first, then the OpenCL devices in the platforms' order.

    ``cuda:pycuda`` is not listed: it is another way to a GPU, to be named.

    >>> import clgrad
    >>> clgrad.devices()[0].name
    'cpu'
    """
    return [_cpu(), *_opencl()]


def _unknown(name: str) -> DeviceError:
    listing = "\n".join(f"  {found.name:8} {found.description}" for found in devices())
    cure = "" if _opencl() else "\n" + _no_opencl()
    return DeviceError(f"[device] there is no device {name!r}; there are\n{listing}{cure}")


def _no_opencl() -> str:
    from clgrad.cl.platforms import missing

    return missing()


def _automatic() -> Device:
    """Discrete GPU, then integrated GPU, then a CPU's OpenCL, then numpy; emulators never.

    A CPU's OpenCL stands before numpy: its kernels fuse and use every core, numpy's do not.
    """
    return _best(tuple(_opencl())) or _cpu()


@cache
def _best(candidates: tuple[Any, ...]) -> Device | None:
    ranked = [(found.rank, order, found) for order, found in enumerate(candidates) if found.rank is not None]
    return min(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def device(name: str | Device | None = None) -> Device:
    """Find a device by name; without a name, the default device.

    Names: ``cpu`` (numpy), ``cl`` (the best OpenCL device), ``cl:1`` (by position), ``cl:intel`` (a
    part of the platform's or the device's name, in any case), ``cuda`` (an NVIDIA OpenCL device),
    ``cuda:pycuda`` (an NVIDIA GPU through CUDA), ``auto`` (a discrete GPU, else an integrated one, else a CPU's
    OpenCL, else numpy).

    Raises DeviceError, listing what exists, where nothing fits.

    >>> import clgrad
    >>> clgrad.device("cpu")
    clgrad.device('cpu')
    """
    if isinstance(name, Device):
        return name
    if name is None:
        current = _default.get()
        return current if current is not None else device(str(config.DEVICE.value))
    wanted = str(name).lower().strip()
    if wanted == "cpu":
        return _cpu()
    if wanted == "auto":
        chosen = _automatic()
        if "auto" not in _announced:
            _announced.add("auto")
            print(f"clgrad: device auto is {chosen.name}: {chosen.description}", file=sys.stderr)
        return chosen
    if wanted == "cuda:pycuda":
        return _pycuda()
    kind, _, part = wanted.partition(":")
    if kind == "cuda" and not part:
        kind, part = "cl", "nvidia"
        if not any(part in found.description.lower() for found in _opencl()):
            raise _unknown(str(name))
    if kind != "cl":
        raise _unknown(str(name))
    found = _opencl()
    if not found:
        raise DeviceError(f"[device] {name!r}: {_no_opencl()}")
    if not part:
        return min(found, key=lambda one: (one.rank is None, one.rank or 0))  # type: ignore[no-any-return]
    if part.isdigit():
        if int(part) < len(found):
            return found[int(part)]  # type: ignore[no-any-return]
        raise _unknown(str(name))
    for one in found:
        if part in one.description.lower():
            return one  # type: ignore[no-any-return]
    raise _unknown(str(name))


def default_device() -> Device | str:
    """The default device, or its name while nobody has asked for it."""
    return _default.get() or str(config.DEVICE.value)


@contextmanager
def use_device(name: str | Device) -> Iterator[Device]:
    """Make a device the default inside a ``with`` block.

    >>> import clgrad
    >>> with clgrad.use_device("cpu"):
    ...     clgrad.ones(2).device
    clgrad.device('cpu')
    """
    chosen = device(name)
    token = _default.set(chosen)
    try:
        yield chosen
    finally:
        _default.reset(token)


# -- memory --------------------------------------------------------------------------------------


def memory_stats(on: str | Device | None = None) -> dict[str, int]:
    """What a device's memory holds, in bytes; of the default device, unless one is named.

    ``allocated``: what live tensors hold, in as many ``buffers``. ``peak``: the most that they held at once,
    since the start or the last reset_peak_memory_stats. ``pooled``: what the device keeps beyond that: blocks that
    were given back, until empty_cache, and the rest of blocks a little larger than what is in them. Tensors
    whose elements nobody has asked for yet hold nothing.

    >>> import clgrad
    >>> before = clgrad.memory_stats("cpu")
    >>> x = clgrad.arange(1000, device="cpu").realize()
    >>> after = clgrad.memory_stats("cpu")
    >>> after["allocated"] - before["allocated"], after["buffers"] - before["buffers"]
    (8000, 1)
    """
    found = device(on)
    return {"allocated": found.allocated, "peak": found.peak, "pooled": found.pooled, "buffers": found.buffers}


def reset_peak_memory_stats(on: str | Device | None = None) -> None:
    """Let the peak count from what is held now.

    >>> import clgrad
    >>> x = clgrad.arange(1000, device="cpu").realize()
    >>> del x
    >>> clgrad.reset_peak_memory_stats("cpu")
    >>> found = clgrad.memory_stats("cpu")
    >>> found["peak"] == found["allocated"]
    True
    """
    found = device(on)
    found.peak = found.allocated


def empty_cache(on: str | Device | None = None) -> None:
    """Give memory that no tensor holds back to the system; waits for all work of the device.

    >>> import clgrad
    >>> clgrad.empty_cache("cpu")
    >>> clgrad.memory_stats("cpu")["pooled"]
    0
    """
    device(on).empty_cache()
