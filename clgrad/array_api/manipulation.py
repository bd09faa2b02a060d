"""Shapes, joining, and elements by index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clgrad import functions, linalg
from clgrad.arithmetic import broadcast_shapes as broadcast_shapes
from clgrad.array import normalize_dims
from clgrad.dtypes import promote
from clgrad.errors import ShapeError
from clgrad.tensor import Tensor

__all__ = [
    "broadcast_arrays", "broadcast_shapes", "broadcast_to", "concat", "expand_dims", "flip", "matmul",
    "matrix_transpose", "moveaxis", "permute_dims", "repeat", "reshape", "roll", "squeeze", "stack", "take",
    "take_along_axis", "tensordot", "tile", "unstack", "vecdot",
]  # fmt: skip


def broadcast_arrays(*arrays: Tensor) -> tuple[Tensor, ...]:
    shape = broadcast_shapes(*(one.shape for one in arrays))
    return tuple(one._broadcast(shape) for one in arrays)


def broadcast_to(x: Tensor, /, shape: Sequence[int]) -> Tensor:
    return x.broadcast_to(tuple(shape))


def concat(arrays: Sequence[Tensor], /, *, axis: int | None = 0) -> Tensor:
    if axis is None:
        return functions.cat([one.reshape(-1) for one in arrays], 0)
    return functions.cat(list(arrays), axis)


def stack(arrays: Sequence[Tensor], /, *, axis: int = 0) -> Tensor:
    return functions.stack(list(arrays), axis)


def unstack(x: Tensor, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    return tuple(functions.unbind(x, axis))


def expand_dims(x: Tensor, /, axis: int) -> Tensor:
    return x.unsqueeze(axis)


def squeeze(x: Tensor, /, axis: Any) -> Tensor:
    wrong = [one for one in normalize_dims(axis, x.ndim, "squeeze") if x.shape[one] != 1]
    if wrong:
        raise ShapeError(f"[squeeze] axes {wrong} of shape {x.shape} are not of length 1; name others")
    return x.squeeze(axis)


def flip(x: Tensor, /, *, axis: Any = None) -> Tensor:
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    return x.flip(*axes) if axes else x


def moveaxis(x: Tensor, source: Any, destination: Any, /) -> Tensor:
    return functions.movedim(x, source, destination)


def permute_dims(x: Tensor, /, axes: Sequence[int]) -> Tensor:
    return x.permute(*axes) if x.ndim else x


def reshape(x: Tensor, /, shape: Sequence[int], *, copy: Any = None) -> Tensor:
    return x.reshape(tuple(shape))


def roll(x: Tensor, /, shift: Any, *, axis: Any = None) -> Tensor:
    return functions.roll(x, shift, axis)


def repeat(x: Tensor, repeats: Any, /, *, axis: int | None = None) -> Tensor:
    repeated: Tensor = functions.repeat_interleave(x, repeats, dim=axis)
    return repeated


def tile(x: Tensor, repetitions: Sequence[int], /) -> Tensor:
    return functions.tile(x, tuple(repetitions))


def take(x: Tensor, indices: Tensor, /, *, axis: int | None = None) -> Tensor:
    return functions.index_select(x, 0 if axis is None else axis, indices)


def take_along_axis(x: Tensor, indices: Tensor, /, *, axis: int = -1) -> Tensor:
    return functions.take_along_dim(x, indices, axis)


def matmul(x1: Tensor, x2: Tensor, /) -> Tensor:
    dtype = promote(x1.dtype, x2.dtype)
    return x1.to(dtype).matmul(x2.to(dtype))


def matrix_transpose(x: Tensor, /) -> Tensor:
    return x.mT


def tensordot(x1: Tensor, x2: Tensor, /, *, axes: Any = 2) -> Tensor:
    return functions.tensordot(x1, x2, axes)


def vecdot(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    return linalg.vecdot(x1, x2, dim=axis)
