"""The numpy backend: interprets kernels line by line.

It is the reference: every op means here what its row says in numpy.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from clgrad.device import Call, Device, Launch
from clgrad.dtypes import DType, decode, encode
from clgrad.errors import AllocationError
from clgrad.kernel import Anchor, Constant, Index, Kernel, Line, Load, Map, Program, Reduce, Take, Valid
from clgrad.view import Shape, View

BLOCK = 64
"""Numbers that are added one after the other, before their sum is added up in float64."""


class NumpyDevice(Device):
    """Kernels run at once, on the calling thread."""

    name = "cpu"
    description = f"numpy {np.__version__}"
    rank = None

    def __init__(self) -> None:
        self._allocated = self._buffers = 0

    def supports(self, dtype: DType) -> bool:
        return True

    def allocate(self, nbytes: int) -> Any:
        try:
            storage = np.empty(nbytes, np.uint8)
        except (MemoryError, ValueError) as error:
            raise AllocationError(
                f"[cpu] {nbytes:,} bytes could not be allocated; {self._allocated:,} bytes are held by live tensors; "
                "free some of them or use a smaller batch"
            ) from error
        return self._counted(storage)

    def _counted(self, storage: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        self._allocated += storage.nbytes
        self._buffers += 1
        weakref.finalize(storage, self._free, storage.nbytes)
        return storage

    def _free(self, nbytes: int) -> None:
        self._allocated -= nbytes
        self._buffers -= 1

    def adopt(self, host: np.ndarray[Any, Any]) -> Any:
        return self._counted(np.asarray(host).reshape(-1).view(np.uint8))

    def share(self, storage: Any, nbytes: int) -> np.ndarray[Any, Any]:
        shared: np.ndarray[Any, Any] = storage[:nbytes]
        return shared

    def upload(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        storage[: host.nbytes] = host.reshape(-1).view(np.uint8)

    def download(self, storage: Any, host: np.ndarray[Any, Any]) -> None:
        host.reshape(-1).view(np.uint8)[:] = storage[: host.nbytes]

    def copy(self, source: Any, target: Any, nbytes: int) -> None:
        target[:nbytes] = source[:nbytes]

    def compile(self, launches: Sequence[Sequence[Call]], quickly: bool = False) -> list[Launch]:
        return [NumpyLaunch(calls) for calls in launches]

    def synchronize(self) -> None:
        pass

    @property
    def allocated(self) -> int:
        return self._allocated

    @property
    def buffers(self) -> int:
        return self._buffers


@cache
def device() -> NumpyDevice:
    """The one numpy device."""
    return NumpyDevice()


class NumpyLaunch(Launch):
    """Kernels, interpreted when they are called."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._calls = calls
        self._storages: Sequence[Any] = ()

    def bind(self, storages: Sequence[Any]) -> None:
        self._storages = storages

    def __call__(self) -> None:
        self.run(self._storages)

    def run(self, storages: Sequence[Any]) -> None:
        for call in self._calls:
            buffers = [
                storages[place].view(argument.dtype.storage)[: argument.size]
                for place, argument in zip(call.arguments, call.kernel.arguments)
            ]
            with np.errstate(all="ignore"):
                _run(call.kernel, buffers)


def _run(kernel: Kernel, buffers: list[np.ndarray[Any, Any]]) -> None:
    for part in kernel.parts:
        _run(part, buffers)
    result = None
    if kernel.anchor is not None:
        result = _anchor(kernel.anchor, buffers).reshape(kernel.shape)
    sources = buffers
    if kernel.updates:  # a line may be no more than a view of what the first store changes
        written = {store.argument for store in kernel.stores}
        sources = [buffer.copy() if place in written else buffer for place, buffer in enumerate(buffers)]
    values = evaluate(kernel.lines, kernel.shape, sources, len(kernel.outer), result)
    for store in kernel.stores:
        view, value = store.view, values[store.line]
        # A value that is the same along the row is written once.
        once = [slice(0, 1) if step == 0 and size > 1 else slice(None) for step, size in zip(view.strides, view.shape)]
        whole = (*once, ...)
        target = strided(_part(buffers[store.argument], store.part), view, writeable=True)[whole]
        dtype = kernel.arguments[store.argument].dtype
        kind = dtype if store.part is None or dtype.part is None else dtype.part
        target[...] = encode(np.broadcast_to(value, kernel.shape)[whole], kind)


def _part(buffer: np.ndarray[Any, Any], part: int | None) -> np.ndarray[Any, Any]:
    return buffer if part is None else (buffer.real, buffer.imag)[part]


def strided(buffer: np.ndarray[Any, Any], view: View, writeable: bool = False) -> np.ndarray[Any, Any]:
    """The buffer seen through an unmasked view."""
    size = buffer.strides[0]
    start = buffer[view.offset :] if view.size else buffer[:0]
    return as_strided(start, view.shape, tuple(step * size for step in view.strides), writeable=writeable)


def read(buffer: np.ndarray[Any, Any], view: View) -> np.ndarray[Any, Any]:
    """The buffer seen through a view; zero outside the mask."""
    if view.mask is None:
        return strided(buffer, view)
    result = np.zeros(view.shape, buffer.dtype)
    lows = tuple(low for low, _ in view.mask)
    highs = tuple(high for _, high in view.mask)
    if all(high > low for low, high in view.mask):
        inside = View(view.shape, view.strides, view.offset).slice(lows, highs, (1,) * len(lows))
        result[tuple(slice(low, high) for low, high in view.mask)] = strided(buffer, inside)
    return result


def index_of(view: View) -> np.ndarray[Any, Any]:
    """The flat index that a view gives at every element, zero outside its mask."""
    total = np.full((1,) * len(view.shape), view.offset, np.int64)
    for axis, (size, step) in enumerate(zip(view.shape, view.strides)):
        shape = [1] * len(view.shape)
        shape[axis] = size
        total = total + (np.arange(size, dtype=np.int64) * step).reshape(shape)
    if view.mask is not None:
        total = np.where(valid(view), total, 0)
    return total


def valid(view: View) -> np.ndarray[Any, Any]:
    """Where the view's mask holds."""
    inside = np.ones((1,) * len(view.shape), np.bool_)
    for axis, (low, high) in enumerate(view.mask or ()):
        shape = [1] * len(view.shape)
        shape[axis] = view.shape[axis]
        places = np.arange(view.shape[axis])
        inside = inside & ((places >= low) & (places < high)).reshape(shape)
    return inside


def evaluate(
    lines: Sequence[Line], shape: Shape, buffers: list[np.ndarray[Any, Any]], split: int, result: Any = None
) -> list[np.ndarray[Any, Any]]:
    """Run the lines of a program; every value broadcasts to the shape."""
    values: list[Any] = []
    for line in lines:
        operands = [values[operand] for operand in line.operands]
        if isinstance(line, Take):
            values.append(decode(_take(line, _part(buffers[line.argument], line.part), operands[0]), line.dtype))
        elif isinstance(line, Load):
            values.append(decode(read(_part(buffers[line.argument], line.part), line.view), line.dtype))
        elif isinstance(line, Constant):
            values.append(np.asarray(line.value, line.dtype.computing.numpy))
        elif isinstance(line, Index):
            values.append(index_of(line.view))
        elif isinstance(line, Valid):
            values.append(valid(line.view))
        elif isinstance(line, Map):
            assert line.op.numpy is not None
            value = line.op.numpy(*operands, *line.attributes)
            kind = line.dtype.computing.numpy
            values.append(value if value.dtype == kind else value.astype(kind))
        elif isinstance(line, Reduce):
            values.append(_reduce(line, operands[0], shape, split))
        else:
            values.append(result)
    return values


def _reduce(line: Reduce, operand: Any, shape: Shape, split: int) -> np.ndarray[Any, Any]:
    axes = tuple(range(split, len(shape)))
    whole = np.broadcast_to(operand, shape)
    if line.op.numpy is np.add and line.dtype.is_float:
        return _sum(whole.astype(line.dtype.computing.numpy, copy=False), axes)
    fold: Callable[..., Any] = line.op.numpy.reduce  # type: ignore[union-attr]  # reductions name a ufunc
    result: np.ndarray[Any, Any] = fold(whole, axis=axes, keepdims=True, dtype=line.dtype.computing.numpy)
    return result


def _sum(x: np.ndarray[Any, Any], axes: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Sums over axes: of neighbours in memory by numpy, which halves them; else of blocks, and of these in float64."""
    axis = max(axes, key=lambda one: x.shape[one])
    length = x.shape[axis] // BLOCK * BLOCK
    if x.strides[axes[-1]] == x.itemsize and x.shape[axes[-1]] > BLOCK:
        parts = [np.add.reduce(x, axis=axes[-1], keepdims=True)]
    elif length:
        inside, outside = ((slice(None),) * axis + (part,) for part in (slice(length), slice(length, None)))
        blocks = x[inside].reshape(*x.shape[:axis], -1, BLOCK, *x.shape[axis + 1 :])
        parts = [np.add.reduce(blocks, axis=axis + 1), x[outside]]
    else:
        parts = [x]
    totals = [np.add.reduce(one, axis=axes, keepdims=True, dtype=np.float64) for one in parts]
    result: np.ndarray[Any, Any] = sum(totals[1:], totals[0]).astype(x.dtype)
    return result


def _take(line: Take, buffer: np.ndarray[Any, Any], row: Any) -> np.ndarray[Any, Any]:
    address: np.ndarray[Any, Any] = index_of(line.view) + row.astype(np.int64) * line.stride
    if line.view.mask is None:
        taken: np.ndarray[Any, Any] = buffer[address]
        return taken
    inside = valid(line.view)
    return np.where(inside, buffer[np.where(inside, address, 0)], np.zeros((), buffer.dtype))


def _program(program: Program, buffers: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    values = evaluate(program.lines, program.shape, buffers, len(program.shape))
    return np.broadcast_to(values[program.value], program.shape)


def _anchor(anchor: Anchor, buffers: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    assert anchor.op.numpy is not None
    operands = [_program(program, buffers) for program in anchor.operands]
    result: np.ndarray[Any, Any] = anchor.op.numpy(*operands, *anchor.attributes)
    return result
