"""The array language: operators, broadcasting, promotion and movement.

``Tensor`` and the graph's ``Node`` both speak it, so a gradient rule and a user's program are
written in one language. Scalars are lifted, casts and broadcasts become nodes here; the rows of
the op table never see either.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar, Union, cast

import numpy as np

from clgrad.device import Device
from clgrad.dtypes import (
    BOOL,
    DTYPES,
    FLOAT,
    DType,
    as_dtype,
    bool_,
    default_float,
    default_integer,
    promote,
    promote_scalar,
)
from clgrad.errors import ArgumentError, DeviceError, DtypeError, ShapeError
from clgrad.ops import OPS, Op, anchors, maps, moves, reduces
from clgrad.view import Shape

A = TypeVar("A", bound="Array")
Scalar = Union[bool, int, float]
Dims = Union[int, Sequence[int], None]


def broadcast_shapes(*shapes: Shape, op: str = "broadcast") -> Shape:
    """The shape that all shapes broadcast to, by NumPy's rule.

    Raises ShapeError where they do not fit.
    """
    result: list[int] = []
    for axis in range(1, max((len(shape) for shape in shapes), default=0) + 1):
        sizes = {shape[-axis] for shape in shapes if axis <= len(shape)} - {1}
        if len(sizes) > 1:
            raise ShapeError(
                f"[{op}] shapes {' and '.join(map(str, shapes))} do not broadcast: sizes of axis -{axis} differ "
                "and none is 1; reshape or expand one of them"
            )
        result.append(sizes.pop() if sizes else 1)
    return tuple(reversed(result))


def normalize_dim(dim: int, ndim: int, op: str) -> int:
    """A dimension counted from the front. Raises ShapeError where there is none."""
    count = max(ndim, 1)
    if not isinstance(dim, (int, np.integer)) or not -count <= dim < count:
        raise ShapeError(f"[{op}] dim {dim!r} is not in {-count} ... {count - 1}, the dims of a {ndim}-d tensor")
    return int(dim) % count


def normalize_dims(dims: Dims, ndim: int, op: str) -> Shape:
    """Sorted dimensions counted from the front; None means all. Raises ShapeError."""
    if dims is None or (not isinstance(dims, (int, np.integer)) and len(dims) == 0):
        return tuple(range(ndim))
    wanted = (dims,) if isinstance(dims, (int, np.integer)) else tuple(dims)
    found = [normalize_dim(dim, ndim, op) for dim in wanted]
    if len(set(found)) != len(found):
        raise ShapeError(f"[{op}] dims {tuple(wanted)} name one dimension twice; name each once")
    return tuple(sorted(found)) if ndim else ()


def shape_argument(sizes: tuple[Any, ...], op: str) -> Shape:
    """Sizes given as arguments or as one sequence."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise ShapeError(f"[{op}] sizes must be integers, got {size!r} in {sizes}")
    return tuple(int(size) for size in sizes)


class Array(ABC):
    """What operators need: a shape, a dtype, a device, and a way to apply an op."""

    __slots__ = ()
    __array_priority__ = 1000  # numpy arrays on the left leave the operator to us

    shape: Shape
    dtype: DType
    device: Device

    @abstractmethod
    def _apply(self: A, op: Op, operands: tuple[A, ...], *attributes: Any) -> A: ...

    @abstractmethod
    def _constant(self: A, value: Scalar, dtype: DType) -> A:
        """A 0-d constant on my device."""

    @abstractmethod
    def _iota(self: A, length: int) -> A:
        """0, 1, 2 ... as int64 on my device."""

    @abstractmethod
    def _lift(self: A, value: Any) -> A | None:
        """An array from host data on my device; None for what is not data."""

    @property
    def ndim(self) -> int:
        return len(self.shape)

    # -- operands ---------------------------------------------------------------------------

    def _cast(self: A, dtype: DType) -> A:
        return self if dtype is self.dtype else self._apply(maps.cast, (self,), dtype)

    def _operands(self: A, op: Op, values: tuple[Any, ...], same_dtype: bool = True) -> tuple[A, ...]:
        """Lift, promote and broadcast the operands of an elementwise op."""
        arrays: list[Any] = []
        for value in values:
            if isinstance(value, (bool, int, float)):
                arrays.append(value)
                continue
            array = value if isinstance(value, Array) else self._lift(value)
            if array is None:
                raise DtypeError(f"[{op.name}] can not compute with {value!r} of type {type(value).__name__}")
            if array.device is not self.device:
                raise DeviceError(
                    f"[{op.name}] operands are on {self.device} and {array.device}; move one with .to(device)"
                )
            arrays.append(array)
        dtype = result_dtype(list(arrays)) if same_dtype else None
        if dtype is not None and dtype.category not in op.domain:
            dtype = widen(op, dtype)
        shape = broadcast_shapes(*(value.shape for value in arrays if isinstance(value, Array)), op=op.name)
        ready = []
        for value in arrays:
            if not isinstance(value, Array):
                assert dtype is not None
                value = self._constant(value, dtype)
            elif dtype is not None:
                value = value._cast(dtype)
            ready.append(value._broadcast(shape))
        return tuple(ready)

    def _unary(self: A, op: Op) -> A:
        return self._apply(op, self._operands(op, (self,)))

    def _binary(self: A, op: Op, other: Any, reverse: bool = False) -> A:
        if not isinstance(other, (Array, bool, int, float)) and self._lift(other) is None:
            return NotImplemented  # type: ignore[no-any-return]  # python then asks the other operand
        return self._apply(op, self._operands(op, (other, self) if reverse else (self, other)))

    # -- arithmetic -------------------------------------------------------------------------

    def __add__(self: A, other: Any) -> A:
        return self._binary(maps.add, other)

    def __radd__(self: A, other: Any) -> A:
        return self._binary(maps.add, other, reverse=True)

    def __sub__(self: A, other: Any) -> A:
        return self._binary(maps.sub, other)

    def __rsub__(self: A, other: Any) -> A:
        return self._binary(maps.sub, other, reverse=True)

    def __mul__(self: A, other: Any) -> A:
        return self._binary(maps.mul, other)

    def __rmul__(self: A, other: Any) -> A:
        return self._binary(maps.mul, other, reverse=True)

    def __truediv__(self: A, other: Any) -> A:
        return self._binary(maps.div, other)

    def __rtruediv__(self: A, other: Any) -> A:
        return self._binary(maps.div, other, reverse=True)

    def __floordiv__(self: A, other: Any) -> A:
        return self._binary(maps.floordiv, other)

    def __rfloordiv__(self: A, other: Any) -> A:
        return self._binary(maps.floordiv, other, reverse=True)

    def __mod__(self: A, other: Any) -> A:
        return self._binary(maps.mod, other)

    def __rmod__(self: A, other: Any) -> A:
        return self._binary(maps.mod, other, reverse=True)

    def __pow__(self: A, exponent: Any) -> A:
        if isinstance(exponent, (int, float)) and not isinstance(exponent, bool):
            if exponent == 2:
                return self * self
            if exponent == 1:
                return self * 1
            if exponent == 3:
                return self * self * self
            if self.dtype.is_float and exponent in (0.5, -0.5, -1):
                return {0.5: self.sqrt, -0.5: self.rsqrt, -1: self.reciprocal}[exponent]()
        return self._binary(maps.pow_, exponent)

    def __rpow__(self: A, base: Any) -> A:
        return self._binary(maps.pow_, base, reverse=True)

    def pow(self: A, exponent: Any) -> A:
        return self.__pow__(exponent)

    def __neg__(self: A) -> A:
        return self._unary(maps.neg)

    def __pos__(self: A) -> A:
        return self

    def __abs__(self: A) -> A:
        return self._unary(maps.absolute)

    def add(self: A, other: Any) -> A:
        return self.__add__(other)

    def sub(self: A, other: Any) -> A:
        return self.__sub__(other)

    def mul(self: A, other: Any) -> A:
        return self.__mul__(other)

    def div(self: A, other: Any) -> A:
        return self.__truediv__(other)

    # -- comparisons and bits ---------------------------------------------------------------

    def __eq__(self: A, other: Any) -> A:  # type: ignore[override]  # elementwise, as in numpy
        return self._binary(maps.eq, other)

    def __ne__(self: A, other: Any) -> A:  # type: ignore[override]  # elementwise, as in numpy
        return self._binary(maps.ne, other)

    def __lt__(self: A, other: Any) -> A:
        return self._binary(maps.lt, other)

    def __le__(self: A, other: Any) -> A:
        return self._binary(maps.le, other)

    def __gt__(self: A, other: Any) -> A:
        return self._binary(maps.gt, other)

    def __ge__(self: A, other: Any) -> A:
        return self._binary(maps.ge, other)

    __hash__ = object.__hash__

    def __and__(self: A, other: Any) -> A:
        return self._binary(maps.bitwise_and, other)

    def __or__(self: A, other: Any) -> A:
        return self._binary(maps.bitwise_or, other)

    def __xor__(self: A, other: Any) -> A:
        return self._binary(maps.bitwise_xor, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __lshift__(self: A, other: Any) -> A:
        return self._binary(maps.left_shift, other)

    def __rshift__(self: A, other: Any) -> A:
        return self._binary(maps.right_shift, other)

    def __invert__(self: A) -> A:
        return self.logical_not() if self.dtype is bool_ else self._unary(maps.invert)

    def logical_not(self: A) -> A:
        return self._unary(maps.logical_not)

    def _truth(self: A) -> A:
        return self if self.dtype is bool_ else self._binary(maps.ne, 0)

    def logical_and(self: A, other: A) -> A:
        return self._truth() & other._truth()

    def logical_or(self: A, other: A) -> A:
        return self._truth() | other._truth()

    def logical_xor(self: A, other: A) -> A:
        return self._truth() ^ other._truth()

    def isnan(self: A) -> A:
        return self._binary(maps.ne, self)

    def isinf(self: A) -> A:
        return self.abs()._binary(maps.eq, math.inf)

    def isfinite(self: A) -> A:
        return self.abs()._binary(maps.lt, math.inf)

    # -- elementwise functions --------------------------------------------------------------

    def neg(self: A) -> A:
        return -self

    def abs(self: A) -> A:
        return self.__abs__()

    def sign(self: A) -> A:
        return self._unary(maps.sign)

    def reciprocal(self: A) -> A:
        return self._unary(maps.reciprocal)

    def square(self: A) -> A:
        return self * self

    def sqrt(self: A) -> A:
        return self._unary(maps.sqrt)

    def rsqrt(self: A) -> A:
        return self._unary(maps.rsqrt)

    def exp(self: A) -> A:
        return self._unary(maps.exp)

    def expm1(self: A) -> A:
        return self._unary(maps.expm1)

    def log(self: A) -> A:
        return self._unary(maps.log)

    def log1p(self: A) -> A:
        return self._unary(maps.log1p)

    def sin(self: A) -> A:
        return self._unary(maps.sin)

    def cos(self: A) -> A:
        return self._unary(maps.cos)

    def tan(self: A) -> A:
        return self._unary(maps.tan)

    def tanh(self: A) -> A:
        return self._unary(maps.tanh)

    def sigmoid(self: A) -> A:
        return self._unary(maps.sigmoid)

    def erf(self: A) -> A:
        return self._unary(maps.erf)

    def relu(self: A) -> A:
        return self._unary(maps.relu)

    def floor(self: A) -> A:
        return self._rounded(maps.floor)

    def ceil(self: A) -> A:
        return self._rounded(maps.ceil)

    def trunc(self: A) -> A:
        return self._rounded(maps.trunc)

    def round(self: A) -> A:
        return self._rounded(maps.round_)

    def _rounded(self: A, op: Op) -> A:
        return self._unary(op) if self.dtype.is_float else self

    def maximum(self: A, other: Any) -> A:
        return self._apply(maps.maximum, self._operands(maps.maximum, (self, other)))

    def minimum(self: A, other: Any) -> A:
        return self._apply(maps.minimum, self._operands(maps.minimum, (self, other)))

    def clamp(self: A, min: Any = None, max: Any = None) -> A:
        """Limit values to min ... max; either may be None. A value at a limit keeps its gradient."""
        if min is None and max is None:
            raise ArgumentError("[clamp] min and max are both None; give at least one")
        result: Any = self
        # As in torch, max wins where the limits cross, and the input wins a tie.
        if min is not None:
            result = (result < min).choose(min, result)
        if max is not None:
            result = (result > max).choose(max, result)
        return cast(A, result)

    def where(self: A, condition: A, other: Any) -> A:
        """self where the condition (bool) holds, else ``other``; all three broadcast."""
        return condition.choose(self, other)

    def choose(self: A, a: Any, b: Any) -> A:
        """``a`` where self (bool) holds, else ``b``; all three broadcast."""
        if self.dtype is not bool_:
            raise DtypeError(f"[where] the condition is {self.dtype.name}; it must be bool, compare with != 0")
        if not isinstance(a, Array) and not isinstance(b, Array):
            dtype = result_dtype([a, b])
            a, b = self._constant(a, dtype), self._constant(b, dtype)
        elif not isinstance(a, Array):
            a, b = b._operands(maps.where, (a, b))
        else:
            a, b = a._operands(maps.where, (a, b))
        return self._apply(maps.where, self._operands(maps.where, (self, a, b), same_dtype=False))

    def check_index(self: A, size: int, what: str) -> A:
        """The same indices; IndexRangeError is raised, when it runs, unless all lie in 0 ... size - 1.

        On an OpenCL device the error is raised by the next copy to the host.
        """
        if not self.dtype.is_integer:
            raise DtypeError(f"[{what}] indices must be integers, got {self.dtype.name}; cast with .to(clgrad.int64)")
        return self._apply(maps.check_index, (self,), size, what)

    # -- reductions -------------------------------------------------------------------------

    def _reduce(self: A, op: Op, dims: Dims, keepdim: bool) -> A:
        axes = normalize_dims(dims, self.ndim, op.name)
        active = tuple(axis for axis in axes if self.shape[axis] != 1)
        if op in (reduces.amax, reduces.amin) and self.dtype is not bool_ and any(not self.shape[one] for one in axes):
            raise ShapeError(f"[{op.name}] shape {self.shape} has no elements along dims {axes}: no extreme exists")
        result = self._apply(op, (self,), active) if active else self
        return result if keepdim else result.reshape(drop(self.shape, axes))

    def sum(self: A, dim: Dims = None, keepdim: bool = False, dtype: DType | None = None) -> A:
        target = as_dtype(dtype) if dtype is not None else (self.dtype if self.dtype.is_float else default_integer)
        return self._cast(target)._reduce(reduces.sum_, dim, keepdim)

    def prod(self: A, dim: Dims = None, keepdim: bool = False, dtype: DType | None = None) -> A:
        target = as_dtype(dtype) if dtype is not None else (self.dtype if self.dtype.is_float else default_integer)
        return self._cast(target)._reduce(reduces.prod, dim, keepdim)

    def mean(self: A, dim: Dims = None, keepdim: bool = False, dtype: DType | None = None) -> A:
        x = self if dtype is None else self.to(as_dtype(dtype))
        if not x.dtype.is_float:
            raise DtypeError(f"[mean] the mean of {x.dtype.name} is not defined; cast with .to(clgrad.float32)")
        count = math.prod(x.shape[axis] for axis in normalize_dims(dim, x.ndim, "mean"))
        return x.sum(dim, keepdim) * (1 / count if count else math.nan)

    def amax(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._reduce(reduces.amax, dim, keepdim)

    def amin(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._reduce(reduces.amin, dim, keepdim)

    def any(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._truth()._reduce(reduces.amax, dim, keepdim)

    def all(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._truth()._reduce(reduces.amin, dim, keepdim)

    # -- movement ---------------------------------------------------------------------------

    def _broadcast(self: A, shape: Shape) -> A:
        if shape == self.shape:
            return self
        padded = self.reshape((1,) * (len(shape) - self.ndim) + self.shape)
        return padded if padded.shape == shape else padded._apply(moves.expand, (padded,), shape)

    def reshape(self: A, *shape: Any) -> A:
        sizes = shape_argument(shape, "reshape")
        if sizes.count(-1) > 1 or any(size < -1 for size in sizes):
            raise ShapeError(f"[reshape] {sizes}: sizes are not negative, and at most one may be -1")
        total = math.prod(self.shape)
        if -1 in sizes:
            known = math.prod(size for size in sizes if size != -1)
            if known == 0 or total % known:
                raise ShapeError(f"[reshape] {self.shape} has {total} elements, which {sizes} can not divide evenly")
            sizes = tuple(total // known if size == -1 else size for size in sizes)
        if math.prod(sizes) != total:
            raise ShapeError(
                f"[reshape] {self.shape} has {total} elements and {sizes} has {math.prod(sizes)}; they must be equal"
            )
        return self if sizes == self.shape else self._apply(moves.reshape, (self,), sizes)

    def view(self: A, *shape: Any) -> A:
        return self.reshape(*shape)

    def flatten(self: A, start_dim: int = 0, end_dim: int = -1) -> A:
        if self.ndim == 0:
            return self.reshape(1)
        start, end = normalize_dim(start_dim, self.ndim, "flatten"), normalize_dim(end_dim, self.ndim, "flatten")
        if start > end:
            raise ShapeError(f"[flatten] start_dim {start_dim} comes after end_dim {end_dim}; swap them")
        return self.reshape((*self.shape[:start], math.prod(self.shape[start : end + 1]), *self.shape[end + 1 :]))

    def permute(self: A, *dims: Any) -> A:
        axes = tuple(normalize_dim(dim, self.ndim, "permute") for dim in shape_argument(dims, "permute"))
        if sorted(axes) != list(range(self.ndim)):
            raise ShapeError(f"[permute] {axes} is not an order of the {self.ndim} dims of shape {self.shape}")
        return self if axes == tuple(range(self.ndim)) else self._apply(moves.permute, (self,), axes)

    def transpose(self: A, dim0: int, dim1: int) -> A:
        first, second = (normalize_dim(dim, self.ndim, "transpose") for dim in (dim0, dim1))
        axes = list(range(self.ndim))
        if axes:
            axes[first], axes[second] = axes[second], axes[first]
        return self.permute(*axes) if axes else self

    @property
    def T(self: A) -> A:
        return self.permute(*reversed(range(self.ndim)))

    @property
    def mT(self: A) -> A:
        if self.ndim < 2:
            raise ShapeError(f"[mT] a matrix needs two dims, got shape {self.shape}")
        return self.transpose(-2, -1)

    def squeeze(self: A, dim: Dims = None) -> A:
        axes = normalize_dims(dim, self.ndim, "squeeze")
        return self.reshape(tuple(size for axis, size in enumerate(self.shape) if axis not in axes or size != 1))

    def unsqueeze(self: A, dim: int) -> A:
        axis = normalize_dim(dim, self.ndim + 1, "unsqueeze")
        return self.reshape((*self.shape[:axis], 1, *self.shape[axis:]))

    def expand(self: A, *sizes: Any) -> A:
        shape = shape_argument(sizes, "expand")
        new = len(shape) - self.ndim
        if new < 0:
            raise ShapeError(f"[expand] {shape} has fewer dims than {self.shape}; name every dim, -1 keeps one")
        full = []
        for axis, size in enumerate(shape):
            old = self.shape[axis - new] if axis >= new else 1
            if size == -1 and axis >= new:
                size = old
            if size < 0 or (old not in (1, size)):
                raise ShapeError(
                    f"[expand] {self.shape} does not expand to {shape}: dim {axis} has size {old}, only 1 expands"
                )
            full.append(size)
        return self._broadcast(tuple(full))

    def broadcast_to(self: A, shape: Sequence[int]) -> A:
        return self.expand(*shape)

    def flip(self: A, *dims: Any) -> A:
        axes = normalize_dims(shape_argument(dims, "flip"), self.ndim, "flip")
        return self._apply(moves.flip, (self,), axes) if axes and dims and dims != ((),) else self

    def pad_widths(self: A, widths: tuple[tuple[int, int], ...], value: Scalar = 0) -> A:
        """Pad every axis by (before, after) elements of one value; widths are not negative."""
        if all(width == (0, 0) for width in widths):
            return self
        padded = self._apply(moves.pad, (self,), widths)
        if value == 0:
            return padded
        inside = self._constant(True, bool_)._broadcast(self.shape)
        return inside._apply(moves.pad, (inside,), widths).choose(padded, value)

    def slice_ranges(self: A, starts: Shape, stops: Shape, steps: Shape) -> A:
        """Take start:stop:step of every axis; ranges lie inside and steps are positive."""
        if starts == (0,) * self.ndim and stops == self.shape and steps == (1,) * self.ndim:
            return self
        return self._apply(moves.slice_, (self,), starts, stops, steps)

    def pad(self: A, pad: Sequence[int], mode: str = "constant", value: Scalar = 0) -> A:
        """Pad the last dims by (before, after) pairs, last dim first; a negative width cuts.

        Only mode="constant" exists.
        """
        if mode != "constant":
            raise ArgumentError(f"[pad] mode {mode!r} is not known; there is 'constant'")
        if len(pad) % 2 or len(pad) > 2 * self.ndim:
            raise ShapeError(f"[pad] {tuple(pad)} must hold a pair for each of at most {self.ndim} dims")
        widths = [(0, 0)] * self.ndim
        for pair in range(len(pad) // 2):
            widths[self.ndim - 1 - pair] = (int(pad[2 * pair]), int(pad[2 * pair + 1]))
        starts = tuple(max(0, -before) for before, _ in widths)
        stops = tuple(size - max(0, -after) for size, (_, after) in zip(self.shape, widths))
        if any(start > stop for start, stop in zip(starts, stops)):
            raise ShapeError(f"[pad] {tuple(pad)} cuts more than shape {self.shape} has")
        cut = self.slice_ranges(starts, stops, (1,) * self.ndim)
        return cut.pad_widths(tuple((max(0, before), max(0, after)) for before, after in widths), value)

    # -- dtype and constants ----------------------------------------------------------------

    def to(self: A, target: Any) -> A:
        """The same values as another dtype or on another device; floats become integers by truncation."""
        if isinstance(target, Array):
            return self.to_device(target.device).to(target.dtype)
        if isinstance(target, (DType, type)) or (isinstance(target, str) and target in DTYPE_NAMES):
            return self._cast(as_dtype(target))
        return self.to_device(target)

    def to_device(self: A, device: Any) -> A:
        return self if device is self.device else self._apply(anchors.transfer, (self,), device)

    def zeros_like(self: A) -> A:
        return self._constant(0, self.dtype)._broadcast(self.shape)

    # -- products and rows ------------------------------------------------------------------

    def __matmul__(self: A, other: Any) -> A:
        return self.matmul(other)

    def matmul(self: A, other: A) -> A:
        """The matrix product, with PyTorch's rules: vectors, matrices, and broadcast batches of them."""
        if not isinstance(other, Array):
            lifted = self._lift(other)
            if lifted is None:
                raise DtypeError(f"[matmul] can not multiply by {other!r}")
            other = lifted
        if not self.ndim or not other.ndim:
            raise ShapeError(f"[matmul] shapes {self.shape} and {other.shape}: 0-d tensors multiply with *")
        if self.device is not other.device:
            raise DeviceError(f"[matmul] operands are on {self.device} and {other.device}; move one with .to(device)")
        if self.dtype is not other.dtype:
            raise DtypeError(
                f"[matmul] dtypes {self.dtype.name} and {other.dtype.name} differ; cast one with .to(dtype)"
            )
        if self.dtype is bool_:
            raise DtypeError("[matmul] bool matrices have no product; cast with .to(clgrad.int64)")
        a = self.unsqueeze(0) if self.ndim == 1 else self
        b = other.unsqueeze(1) if other.ndim == 1 else other
        if a.shape[-1] != b.shape[-2]:
            raise ShapeError(
                f"[matmul] last dimension of {self.shape} must match "
                f"{'the' if other.ndim == 1 else 'second to last'} dimension of {other.shape}; transpose one of them"
            )
        batch = broadcast_shapes(a.shape[:-2], b.shape[:-2], op="matmul")
        if batch and not b.shape[:-2] and a.ndim > 2:
            # One right-hand matrix for all: the batch is more rows.
            c = a.reshape(-1, a.shape[-1])._product(b).reshape((*batch, a.shape[-2], b.shape[-1]))
        else:
            c = a._broadcast(batch + a.shape[-2:])._product(b._broadcast(batch + b.shape[-2:]))
        if self.ndim == 1:
            c = c.squeeze(-2)
        return c.squeeze(-1) if other.ndim == 1 else c

    def _product(self: A, other: A) -> A:
        return self._apply(anchors.matmul, (self, other))

    def take_rows(self: A, index: A) -> A:
        """Entries of the first dim by number: (n, *inner) and integers (*i) -> (*i, *inner)."""
        return self._apply(anchors.take, (self, index))

    def scatter_rows(self: A, index: A, values: A, mode: str) -> A:
        """Entries of the first dim added to (mode "add") or replaced (mode "set", later ones win)."""
        inner = self.shape[1:]
        values = values._cast(self.dtype)._broadcast(index.shape + inner).reshape((-1, *inner))
        return self._apply(anchors.scatter, (self, index.reshape(-1), values), mode)


DTYPE_NAMES = frozenset(DTYPES)


def drop(shape: Shape, axes: Shape) -> Shape:
    """The shape without some axes."""
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


def widen(op: Op, dtype: DType) -> DType:
    """The dtype an op computes in when it does not know the operands': floats take in integers."""
    if op.domain == (FLOAT,):
        return default_float
    if dtype.category == BOOL and default_integer.category in op.domain:
        if op in (maps.neg, maps.sub):
            raise DtypeError(f"[{op.name}] bool is not a number; use ~ or ^, or cast with .to(clgrad.int64)")
        return default_integer
    raise DtypeError(f"[{op.name}] does not compute with {dtype.name}; cast with .to(dtype)")


def result_dtype(values: Sequence[Any]) -> DType:
    """PyTorch's promotion over arrays and python scalars: arrays with dims outweigh 0-d arrays, these scalars."""
    dims = [value.dtype for value in values if isinstance(value, Array) and value.ndim]
    zeros = [value.dtype for value in values if isinstance(value, Array) and not value.ndim]
    result: DType | None = None
    for dtype in dims:
        result = dtype if result is None else promote(result, dtype)
    zero: DType | None = None
    for dtype in zeros:
        zero = dtype if zero is None else promote(zero, dtype)
    if result is None or (zero is not None and zero.category > result.category):
        result = zero if result is None or zero is None else promote(result, zero)
    for value in values:
        if isinstance(value, Array):
            continue
        if result is None:
            result = bool_ if isinstance(value, bool) else default_integer if isinstance(value, int) else default_float
        else:
            result = promote_scalar(result, value)
    assert result is not None
    return result


assert OPS  # the table is complete before anything is built on it
