"""The graph: nodes that never change, and their order.

A ``Node`` is one application of an op. It is evaluated at most once: ``buffer`` is its value when
it has one, and then nothing below it runs again.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

import numpy as np

from clgrad.arithmetic import Scalar
from clgrad.array import Array
from clgrad.device import Buffer, Device
from clgrad.dtypes import DType, complex_of, converted, int64, real_of
from clgrad.errors import DeviceError, DtypeError
from clgrad.ops import Op, anchors, maps, moves, sources
from clgrad.view import Shape, View

recording: ContextVar[bool] = ContextVar("clgrad_recording", default=True)
"""Whether new nodes record that they need gradients."""

outside: ContextVar[int] = ContextVar("clgrad_outside", default=0)
"""The serial number before which nodes are from outside of what is recorded (see jit.py): a replay reads what their
tensors show then, so nothing may look into them."""


_serials = itertools.count()


def next_serial() -> int:
    """A serial number that parts the nodes there are from those to come."""
    return next(_serials)


class Release:
    """A backward pass that used a history up; until its gradients have values, they will still read it."""

    __slots__ = ("_gradients",)

    def __init__(self, gradients: Iterable[Node]) -> None:
        self._gradients = [weakref.ref(gradient) for gradient in gradients]

    def is_waiting(self, planned: set[int]) -> bool:
        """Whether a gradient that somebody holds has no value yet, and is not among the planned nodes (by id)."""
        alive = ((one, one()) for one in self._gradients)
        # Neither death nor a value is ever undone.
        self._gradients = [one for one, gradient in alive if gradient is not None and gradient.buffer is None]
        return any(id(one()) not in planned for one in self._gradients)


class Node(Array):
    """One value: an op applied to nodes."""

    __slots__ = (
        "__weakref__", "attributes", "buffer", "companion", "device", "dtype", "handle", "needs_grad", "op", "operands",
        "origin", "released", "serial", "shape",
    )  # fmt: skip

    def __init__(
        self,
        op: Op,
        operands: tuple[Node, ...],
        attributes: tuple[Any, ...],
        shape: Shape,
        dtype: DType,
        device: Device,
        needs_grad: bool = False,
        buffer: Buffer | None = None,
    ) -> None:
        self.op = op
        self.operands = operands
        self.attributes = attributes
        self.shape = shape
        self.dtype = dtype
        self.device = device
        self.needs_grad = needs_grad
        self.buffer = buffer
        self.serial = next(_serials)
        """Later nodes have higher numbers."""
        self.handle: weakref.ref[Any] | None = None
        """The tensor that shows this value, while one lives."""
        self.companion: weakref.ref[Node] | None = None
        """For a gradient, the loss it came from; for a statistic, the running one: while somebody wants that, one plan
        computes both."""
        self.origin: tuple[Node, int] | None = None
        """For a recomputed value, the node whose gradient it has, and the serial number that this was built from."""
        self.released: Release | None = None
        """The backward pass that has used this history up."""

    @staticmethod
    def apply(op: Op, operands: tuple[Node, ...], attributes: tuple[Any, ...]) -> Node:
        """Apply an op: shape and dtype are known at once, nothing runs."""
        first = operands[0]
        for other in operands[1:]:
            if other.device is not first.device:
                raise DeviceError(
                    f"[{op.name}] operands are on {first.device} and {other.device}; move one with .to(device)"
                )
        device: Device = attributes[0] if op is anchors.transfer else first.device
        if op is maps.cast or op is maps.bitcast:
            dtype = attributes[0]
        elif op is maps.complex_:
            dtype = complex_of(first.dtype)
        elif op in maps.PARTS:
            dtype = real_of(first.dtype)
        else:
            dtype = op.result or operands[-1 if op is maps.where else 0].dtype
        device.check(dtype, op.name)
        needs_grad = (
            op.vjp is not None
            and dtype.has_gradient
            and any(operand.needs_grad for operand in operands)
            and recording.get()
        )
        return Node(op, operands, attributes, result_shape(op, operands, attributes), dtype, device, needs_grad)

    @property
    def is_open(self) -> bool:
        """Whether ops may look at what this is made of, rather than take it as it is."""
        return self.buffer is None and self.serial >= outside.get()

    def _apply(self, op: Op, operands: tuple[Node, ...], *attributes: Any) -> Node:
        # A chain of equal moves is one move.
        inner = operands[0]
        if inner.op is op and op in (moves.reshape, moves.expand) and inner.is_open:
            operands = (inner.operands[0],)
            if op is moves.reshape and operands[0].shape == attributes[0]:
                return operands[0]
        elif inner.op is op is moves.permute and inner.is_open:
            axes = tuple(inner.attributes[0][axis] for axis in attributes[0])
            if axes == tuple(range(len(axes))):
                return inner.operands[0]
            operands, attributes = (inner.operands[0],), (axes,)
        elif inner.op is op is anchors.transfer and inner.operands[0].device is attributes[0]:
            if inner.serial >= outside.get():
                return inner.operands[0]  # there and back
        elif op is moves.permute and inner.op is anchors.matmul and inner.is_open and inner.handle is None:
            # (A @ B).mT is B.mT @ A.mT: a weight's gradient is computed in the weight's own layout.
            last = inner.ndim - 1
            if attributes[0] == (*range(last - 1), last, last - 1):
                a, b = inner.operands
                return b.mT._apply(anchors.matmul, (b.mT, a.mT))
        elif op in maps.PARTS:
            # The part of a number made of parts, seen through moves, is that part seen through them.
            path = []
            while inner.op.family == "move" and inner.op not in (moves.leaf, moves.detach) and inner.is_open:
                path.append(inner)
                inner = inner.operands[0]
            if inner.op is maps.complex_ and inner.is_open:
                found = inner.operands[maps.PARTS.index(op)]
                for move in reversed(path):
                    found = found._apply(move.op, (found,), *move.attributes)
                return found
        return Node.apply(op, operands, attributes)

    def _constant(self, value: Scalar, dtype: DType) -> Node:
        return constant(value, dtype, self.device, weak=True)

    def _filled(self, value: Scalar) -> Node:
        return filled(value, self.dtype, self.device, self.shape)

    def _iota(self, length: int) -> Node:
        return Node(sources.iota, (), (length,), (length,), int64, self.device)

    def _lift(self, value: Any) -> Node | None:
        return None

    def __repr__(self) -> str:
        return f"<{self.op.name} {self.shape} {self.dtype.name}>"


def constant(value: Scalar, dtype: DType, device: Device, weak: bool = False) -> Node:
    """A 0-d constant; a number outside the dtype's range wraps, as a cast does.

    A weak one stands beside halves in arithmetic, and is as exact as what kernels compute in: x * 0.999.
    """
    device.check(dtype, "constant")
    if dtype.part is not None:
        parts = (constant(part, dtype.part, device) for part in (value.real, value.imag))
        return Node.apply(maps.complex_, tuple(parts), ())
    if isinstance(value, complex):
        raise DtypeError(f"[constant] {value} is complex, {dtype.name} is not; take .real of one or cast the other")
    exact = np.asarray(value)
    if exact.dtype == object:  # an integer beyond 64 bits
        exact = np.asarray(int(value) & 0xFFFFFFFFFFFFFFFF, np.uint64)
    with np.errstate(all="ignore"):
        number = exact.astype(dtype.computing.numpy) if weak else converted(exact, dtype)
    return Node(sources.constant, (), (repr(number.item()),), (), dtype, device)


_filled: dict[tuple[Any, ...], Node] = {}
MOST_FILLED = 4096
"""Constants with shapes that are kept, because programs use the same ones over and over."""


def filled(value: Scalar, dtype: DType, device: Device, shape: Shape) -> Node:
    """A constant of a shape; equal ones are one node, which must never be given a buffer."""
    key = (repr(value), dtype, device, shape)  # as text, for 0.0 == -0.0
    found = _filled.get(key)
    if found is None:
        if len(_filled) >= MOST_FILLED:
            _filled.clear()
        found = _filled[key] = constant(value, dtype, device, weak=True)._broadcast(shape)
    return found


def result_shape(op: Op, operands: tuple[Node, ...], attributes: tuple[Any, ...]) -> Shape:
    """The shape rule of the op's family."""
    first = operands[0].shape
    if op.family == "map":
        return first
    if op.family == "reduce":
        return tuple(1 if axis in attributes[0] else size for axis, size in enumerate(first))
    if op.family == "move":
        if op is moves.reshape or op is moves.expand:
            return attributes[0]  # type: ignore[no-any-return]  # the attribute is the shape
        assert op.view is not None
        return op.view(View.contiguous(first), *attributes).shape  # type: ignore[no-any-return]
    if op.family == "anchor":
        assert op.shape is not None
        return op.shape(*[operand.shape for operand in operands], *attributes)  # type: ignore[no-any-return]
    return first


def toposort(roots: Iterable[Node], stop: Callable[[Node], bool]) -> list[Node]:
    """Nodes below the roots, operands first, each once; a node that ``stop`` names has nothing below it.

    It does not recurse: a chain of any length works.
    """
    order: list[Node] = []
    begun: set[int] = set()
    done: set[int] = set()
    pending = list(roots)
    pending.reverse()
    while pending:
        node = pending[-1]
        key = id(node)
        if key in done:
            pending.pop()
            continue
        if key not in begun and node.operands and not stop(node):
            begun.add(key)
            for operand in reversed(node.operands):
                if id(operand) not in done:
                    pending.append(operand)
            continue
        pending.pop()
        done.add(key)
        order.append(node)
    return order
