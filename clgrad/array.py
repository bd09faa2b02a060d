"""The array language: arithmetic, reductions, movement and products.

``Tensor`` and the graph's ``Node`` both speak it, so a gradient rule and a user's program are
written in one language.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, TypeVar, Union

import numpy as np

from clgrad import sorting
from clgrad.arithmetic import Arithmetic, Scalar, broadcast_shapes
from clgrad.dtypes import DTYPES, DType, as_dtype, bool_, default_integer, float32, uint8
from clgrad.errors import DeviceError, DtypeError, ShapeError
from clgrad.ops import Op, anchors, moves, reduces, scans
from clgrad.view import Shape

MOST_TERMS = 16
"""Terms of a sum that are one program: more windows that overlap are added up axis by axis."""

A = TypeVar("A", bound="Array")
Dims = Union[int, Sequence[int], None]


def normalize_dim(dim: int, ndim: int, op: str) -> int:
    """A dimension counted from the front. Raises ShapeError where there is none."""
    count = max(ndim, 1)
    if not isinstance(dim, (int, np.integer)) or not -count <= dim < count:
        raise ShapeError(f"[{op}] dim {dim!r} is not in {-count} ... {count - 1}, the dims of a {ndim}-d tensor")
    return int(dim) % count


def normalize_dims(dims: Dims, ndim: int, op: str) -> Shape:
    """Sorted dimensions counted from the front; None means all. Raises ShapeError."""
    if dims is None or (isinstance(dims, (tuple, list)) and not dims):
        return tuple(range(ndim))
    wanted = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
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


class Array(Arithmetic):
    """Everything that is said of arrays by what they are made of: one op at a time."""

    __slots__ = ()

    def _read(self) -> np.ndarray[Any, Any]:
        """The elements, here and now, where they decide a shape. Only a tensor can tell."""
        raise NotImplementedError

    # -- reductions -------------------------------------------------------------------------

    def _reduce(self: A, op: Op, dims: Dims, keepdim: bool) -> A:
        if self.dtype.category not in op.domain:
            raise DtypeError(f"[{op.name}] is not defined for {self.dtype.name}; take .real, .imag or .abs()")
        axes = normalize_dims(dims, self.ndim, op.name)
        active = tuple(axis for axis in axes if self.shape[axis] != 1)
        if op in (reduces.amax, reduces.amin) and self.dtype is not bool_ and any(not self.shape[one] for one in axes):
            raise ShapeError(f"[{op.name}] shape {self.shape} has no elements along dims {axes}: no extreme exists")
        result = self._apply(op, (self,), active) if active else self
        return result if keepdim else result.reshape(drop(self.shape, axes))

    def sum(self: A, dim: Dims = None, keepdim: bool = False, dtype: DType | None = None) -> A:
        x = self._summed(dtype)
        if x.dtype.is_complex:
            return x.real.sum(dim, keepdim)._with_imag(x.imag.sum(dim, keepdim))
        return x._reduce(reduces.sum_, dim, keepdim)

    def _summed(self: A, dtype: DType | None) -> A:
        """The elements in the dtype of their sum or product: integers are added up as int64."""
        default = self.dtype if self.dtype.has_gradient else default_integer
        return self._cast(default if dtype is None else as_dtype(dtype))

    def prod(self: A, dim: Dims = None, keepdim: bool = False, dtype: DType | None = None) -> A:
        x = self._summed(dtype)
        return x._product_of_complex(dim, keepdim) if x.dtype.is_complex else x._reduce(reduces.prod, dim, keepdim)

    def _product_of_complex(self: A, dim: Dims, keepdim: bool) -> A:
        """The product of halves, of halves of that, and so on."""
        axes = normalize_dims(dim, self.ndim, "prod")
        rest = tuple(axis for axis in range(self.ndim) if axis not in axes)
        length = math.prod(self.shape[axis] for axis in axes)
        x = self.permute(*rest, *axes).reshape((*(self.shape[axis] for axis in rest), length))
        ones = (1,) * x.ndim

        def part(start: int, stop: int) -> A:
            return x.slice_ranges((0,) * len(rest) + (start,), (*x.shape[:-1], stop), ones)

        while x.shape[-1] > 1:
            half, odd = divmod(x.shape[-1], 2)
            last = part(2 * half, 2 * half + 1) if odd else None
            x = part(0, half) * part(half, 2 * half)
            if last is not None:  # beside the first product
                x = x * last.pad_widths(((0, 0),) * len(rest) + ((0, half - 1),), 1)
        if not length:
            x = x._constant(1, x.dtype)._broadcast((*x.shape[:-1], 1))
        kept = tuple(1 if axis in axes else size for axis, size in enumerate(self.shape))
        return x.reshape(kept if keepdim else drop(self.shape, axes))

    def mean(self: A, dim: Dims = None, keepdim: bool = False, dtype: DType | None = None) -> A:
        x = self if dtype is None else self.to(as_dtype(dtype))
        if not x.dtype.has_gradient:
            raise DtypeError(f"[mean] the mean of {x.dtype.name} is not defined; cast with .to(clgrad.float32)")
        count = math.prod(x.shape[axis] for axis in normalize_dims(dim, x.ndim, "mean"))
        total = x._cast(x.dtype.computing).sum(dim, keepdim)
        return (total * (1 / count if count else math.nan))._cast(x.dtype)

    def amax(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._reduce(reduces.amax, dim, keepdim)

    def amin(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._reduce(reduces.amin, dim, keepdim)

    def any(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._judged(self._truth()._reduce(reduces.amax, dim, keepdim))

    def all(self: A, dim: Dims = None, keepdim: bool = False) -> A:
        return self._judged(self._truth()._reduce(reduces.amin, dim, keepdim))

    def _judged(self: A, truth: A) -> A:
        """PyTorch's answer of any and all: bool, but uint8 for uint8."""
        return truth._cast(uint8) if self.dtype is uint8 else truth

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

    @property
    def H(self: A) -> A:
        if self.ndim not in (0, 2):
            raise ShapeError(f"[H] needs a matrix, got shape {self.shape}; use .mT")
        return self.T

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

    def followed_by(self: A, others: Sequence[A], axis: int) -> A:
        """This and others of the same shape, but for the axis, one after the other along it."""
        pieces, most = [self, *others], anchors.MOST_PIECES
        while len(pieces) > 1:
            groups = [pieces[start : start + most] for start in range(0, len(pieces), most)]
            pieces = [one[0]._apply(anchors.cat, tuple(one), axis) if len(one) > 1 else one[0] for one in groups]
        return pieces[0]

    # -- windows ----------------------------------------------------------------------------

    def window(self: A, axes: Shape, sizes: Shape, steps: Shape, dilations: Shape) -> A:
        """Windows along axes, their elements as new last axes: element ``place * step + tap * dilation``."""
        return self._apply(moves.window, (self,), axes, sizes, steps, dilations)

    def add_windows(self: A, lengths: Shape, axes: Shape, steps: Shape, dilations: Shape, before: Shape) -> A:
        """What windows hold, added up at the elements that they show: the adjoint of ``window``.

        Axes get ``lengths``; windows begin ``before`` elements in front of them, and what lies outside is dropped.
        The elements of an axis that is read by steps stand apart by their remainder, so that each reads by one
        index: of a window, ``ceil(size / step)`` elements, and the sum of all is one program.
        """
        sizes = self.shape[-len(axes) :]
        if math.prod(-(-size // step) for size, step in zip(sizes, steps)) > MOST_TERMS and len(axes) > 1:
            added = self.add_windows(lengths[-1:], axes[-1:], steps[-1:], dilations[-1:], before[-1:])
            return added.add_windows(lengths[:-1], axes[:-1], steps[:-1], dilations[:-1], before[:-1])
        spread, steps = self._spread(axes, steps, dilations)
        rest = self.ndim - len(axes)
        places = tuple(-(-length // step) for length, step in zip(lengths, steps))
        whole = list(self.shape[:rest])
        for axis, size in zip(axes, places):
            whole[axis] = size
        order: list[int] = []
        for axis in range(rest):
            order += [axis, rest + axes.index(axis)] if axis in axes else [axis]
        total: A | None = None
        shares = (_shares(*one) for one in zip(sizes, steps, dilations, before))
        for share in itertools.product(*shares):
            starts, stops = [0] * spread.ndim, list(spread.shape)
            widths = [(0, 0)] * spread.ndim
            for number, (axis, (first, last, ahead, shift)) in enumerate(zip(axes, share)):
                starts[axis] = max(0, -shift)
                stops[axis] = max(starts[axis], min(spread.shape[axis], places[number] - shift))
                widths[axis] = (max(0, shift), places[number] - max(0, shift) - (stops[axis] - starts[axis]))
                starts[rest + number], stops[rest + number] = first, last
                widths[rest + number] = (ahead, steps[number] - ahead - (last - first))
            if any(start == stop for start, stop in zip(starts, stops)):
                continue
            term = spread.slice_ranges(tuple(starts), tuple(stops), (1,) * spread.ndim).pad_widths(tuple(widths))
            # In the order of memory, so that all terms are of one program.
            term = term.permute(*order)
            total = term if total is None else total + term
        for number, axis in enumerate(axes):
            whole[axis] = places[number] * steps[number]
        zeros = self._constant(0, self.dtype)
        joined = zeros._broadcast(tuple(whole)) if total is None else total.reshape(tuple(whole))
        for axis, length in zip(axes, lengths):
            whole[axis] = length
        return joined.slice_ranges((0,) * rest, tuple(whole), (1,) * rest)

    def _spread(self: A, axes: Shape, steps: Shape, dilations: Shape) -> tuple[A, Shape]:
        """With zeros between places whose windows have both a step and a dilation; and the steps that remain."""
        spread = self
        remaining = list(steps)
        for number, (axis, step, dilation) in enumerate(zip(axes, steps, dilations)):
            if step == 1 or dilation == 1:
                continue
            shape, widths = spread.shape, [(0, 0)] * (spread.ndim + 1)
            widths[axis + 1] = (0, step - 1)
            apart = spread.reshape((*shape[: axis + 1], 1, *shape[axis + 1 :])).pad_widths(tuple(widths))
            spread = apart.reshape((*shape[:axis], shape[axis] * step, *shape[axis + 1 :]))
            remaining[number] = 1
        return spread, tuple(remaining)

    # -- dtype and constants ----------------------------------------------------------------

    def to(self: A, target: Any) -> A:
        """The same values as another dtype or on another device; floats become integers by truncation."""
        if isinstance(target, Array):
            return self.to_device(target.device).to(target.dtype)
        if isinstance(target, (DType, type)) or (isinstance(target, str) and target in DTYPES):
            return self._cast(as_dtype(target))
        return self.to_device(target)

    def to_device(self: A, device: Any) -> A:
        return self if device is self.device else self._apply(anchors.transfer, (self,), device)

    def zeros_like(self: A) -> A:
        return self._constant(0, self.dtype)._broadcast(self.shape)

    def ones_like(self: A) -> A:
        return self._constant(1, self.dtype)._broadcast(self.shape)

    # -- products and rows ------------------------------------------------------------------

    def __matmul__(self: A, other: Any) -> A:
        return self.matmul(other)

    def __rmatmul__(self: A, other: Any) -> A:
        lifted = self._lift(other)
        return NotImplemented if lifted is None else lifted.matmul(self)

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
        if self.dtype.is_complex:
            a, b, c, d = self.real, self.imag, other.real, other.imag
            return (a._product(c) - b._product(d))._with_imag(a._product(d) + b._product(c))
        return self._apply(anchors.matmul, (self, other))

    def scan(self: A, axis: int, operator: str, reverse: bool = False) -> A:
        """Along an axis, the fold of all elements up to each one, or from it on; see ``ops/scans.py``."""
        return self if self.shape[axis] < 2 else self._apply(scans.scan, (self,), axis, operator, reverse)

    def recurrence(self: A, factor: A, axis: int, reverse: bool = False) -> A:
        """``y[k] = factor[k] * y[k - 1] + self[k]`` along an axis; in reverse from the last element to the first."""
        return self if self.shape[axis] < 2 else self._apply(scans.scan, (self, factor), axis, "linear", reverse)

    def take_rows(self: A, index: A) -> A:
        """Entries of the first dim by number: (n, *inner) and integers (*i) -> (*i, *inner)."""
        return self._apply(anchors.take, (self, index))

    def scatter_rows(self: A, index: A, values: A, mode: str, stretches: tuple[A, ...] = ()) -> A:
        """Entries of the first dim, (n, *inner), combined with others, (*i, *inner), where an index (*i) names them.

        ``mode`` is "add", "mul", "max", "min", or "set", where later ones win. ``stretches`` of the index are
        found, where a device had better know them (see sorting.py), unless they are given.
        """
        if 0 in index.shape:
            return self
        if self.dtype is bool_:
            mode = {"add": "max", "mul": "min"}.get(mode, mode)
        values = values._cast(self.dtype)._broadcast(index.shape + self.shape[1:])
        if not stretches and sorting.sorts_to_scatter(index, self.shape[0]):
            stretches = sorting.stretches(index, self.shape[0])
        if mode != "set" and self.dtype.is_half:  # memory would round each sum
            return self._cast(float32).scatter_rows(index, values._cast(float32), mode, stretches)._cast(self.dtype)
        if self.dtype.is_complex:
            real = self.real.scatter_rows(index, values.real, mode, stretches)
            return real._with_imag(self.imag.scatter_rows(index, values.imag, mode, stretches))
        row = anchors.scatter_sorted if stretches else anchors.scatter
        return self._apply(row, (self, index, values, *stretches), mode)


def _shares(size: int, step: int, dilation: int, before: int) -> list[tuple[int, int, int, int]]:
    """The stretches of a window whose elements belong to one place each: the first and last tap, the remainder of the
    first one by the step, and how many places behind the window's own it is."""
    if step == 1:
        return [(tap, tap + 1, 0, tap * dilation - before) for tap in range(size)]
    ahead = -before % step
    shares = []
    for block in range(-(-(size + ahead) // step)):
        first = max(0, block * step - ahead)
        last = min(size, (block + 1) * step - ahead)
        shares.append((first, last, first + ahead - block * step, block - (before + ahead) // step))
    return shares


def drop(shape: Shape, axes: Shape) -> Shape:
    """The shape without some axes."""
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)
