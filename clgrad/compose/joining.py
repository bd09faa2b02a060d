"""Join and cut tensors along a dim: in the array language."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from clgrad.arithmetic import result_dtype
from clgrad.array import A, normalize_dim
from clgrad.errors import ArgumentError, DeviceError, ShapeError

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "cat", "chunk", "column_stack", "concat", "concatenate",
    "dsplit", "dstack", "hsplit", "hstack", "row_stack", "split", "split_with_sizes", "stack", "tensor_split",
    "unbind", "vsplit", "vstack",
]  # fmt: skip


# -- join ----------------------------------------------------------------------------------------


def cat(tensors: Sequence[A], dim: int = 0) -> A:
    """Join tensors along a dim; all other dims must be equal, and dtypes are promoted.

    Raises ShapeError, DeviceError, and ArgumentError for no tensors.

    >>> import clgrad
    >>> clgrad.cat([clgrad.zeros(1), clgrad.ones(2)]).tolist()
    [0.0, 1.0, 1.0]
    """
    tensors = list(tensors)
    if not tensors:
        raise ArgumentError("[cat] got no tensors; give at least one")
    # As in PyTorch, an empty vector fits everywhere.
    first = next((one for one in tensors if one.shape != (0,)), tensors[0])
    axis = normalize_dim(dim, first.ndim, "cat")
    for other in tensors:
        if other.device is not first.device:
            raise DeviceError(f"[cat] tensors are on {first.device} and {other.device}; move one with .to(device)")
        if other.shape != (0,) and (
            other.ndim != first.ndim
            or first.ndim == 0
            or any(a != b for place, (a, b) in enumerate(zip(first.shape, other.shape)) if place != axis)
        ):
            raise ShapeError(
                f"[cat] shapes {first.shape} and {other.shape} must be equal but for dim {dim}, and have a dim"
            )
    dtype = result_dtype(tensors)
    if dtype.is_complex:
        whole = [piece._cast(dtype) for piece in tensors]
        return cat([one.real for one in whole], axis)._with_imag(cat([one.imag for one in whole], axis))
    fitting = [piece._cast(dtype) for piece in tensors if piece.shape != (0,)]
    pieces = [piece for piece in fitting if piece.shape[axis]] or fitting[:1] or [first._cast(dtype)]
    return pieces[0].followed_by(pieces[1:], axis)


def concat(tensors: Sequence[A], dim: int = 0) -> A:
    """The same as ``cat``."""
    return cat(tensors, dim)


def concatenate(tensors: Sequence[A], dim: int = 0) -> A:
    """The same as ``cat``."""
    return cat(tensors, dim)


def stack(tensors: Sequence[A], dim: int = 0) -> A:
    """Join tensors of one shape along a new dim.

    >>> import clgrad
    >>> clgrad.stack([clgrad.zeros(2), clgrad.ones(2)]).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    tensors = list(tensors)
    if not tensors:
        raise ArgumentError("[stack] got no tensors; give at least one")
    for other in tensors:
        if other.shape != tensors[0].shape:
            raise ShapeError(f"[stack] shapes {tensors[0].shape} and {other.shape} differ; all must be equal")
    axis = normalize_dim(dim, tensors[0].ndim + 1, "stack")
    return cat([one.unsqueeze(axis) for one in tensors], axis)


def hstack(tensors: Sequence[A]) -> A:
    """Join along the second dim, vectors along their only one.

    >>> import clgrad
    >>> clgrad.hstack([clgrad.zeros(2, 1), clgrad.ones(2, 2)]).tolist()
    [[0.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    """
    wide = [_at_least(one, 1) for one in tensors]
    return cat(wide, 0 if wide and wide[0].ndim == 1 else 1)


def vstack(tensors: Sequence[A]) -> A:
    """Join along the first dim; a vector is one row.

    >>> import clgrad
    >>> clgrad.vstack([clgrad.zeros(2), clgrad.ones(2)]).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    return cat([_at_least(one, 2) for one in tensors], 0)


def row_stack(tensors: Sequence[A]) -> A:
    """The same as ``vstack``."""
    return vstack(tensors)


def dstack(tensors: Sequence[A]) -> A:
    """Join along the third dim; a vector is (1, n, 1) and a matrix (n, m, 1).

    >>> import clgrad
    >>> clgrad.dstack([clgrad.zeros(2), clgrad.ones(2)]).tolist()
    [[[0.0, 1.0], [0.0, 1.0]]]
    """
    return cat([_at_least(one, 3) for one in tensors], 2)


def column_stack(tensors: Sequence[A]) -> A:
    """Join along the second dim; a vector is one column.

    >>> import clgrad
    >>> clgrad.column_stack([clgrad.zeros(2), clgrad.ones(2)]).tolist()
    [[0.0, 1.0], [0.0, 1.0]]
    """
    return hstack([one.reshape(-1, 1) if one.ndim < 2 else one for one in tensors])


def block_diag(*tensors: A) -> A:
    """Matrices along the diagonal of a matrix of zeros; a vector is one row, a number one element.

    >>> import clgrad
    >>> clgrad.block_diag(clgrad.ones(1, 2), clgrad.ones(1)).tolist()
    [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    for one in tensors:
        if one.ndim > 2:
            raise ShapeError(f"[block_diag] a block has at most two dims, got shape {one.shape}")
    blocks = [_at_least(one, 2) for one in tensors]
    total, start = sum(block.shape[1] for block in blocks), 0
    rows = []
    for block in blocks:
        rows.append(block.pad_widths(((0, 0), (start, total - start - block.shape[1]))))
        start += block.shape[1]
    return cat(rows, 0)


def _at_least(input: A, ndim: int) -> A:
    if input.ndim == 0:
        return input.reshape((1,) * ndim)
    if input.ndim == 1 and ndim > 1:
        input = input.unsqueeze(0)
    return input.unsqueeze(-1) if input.ndim == 2 and ndim == 3 else input


def _each_at_least(tensors: tuple[A, ...], ndim: int) -> A | tuple[A, ...]:
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
        return tuple(_at_least(one, ndim) for one in tensors)
    return _at_least(tensors[0], ndim) if len(tensors) == 1 else tuple(_at_least(one, ndim) for one in tensors)


def atleast_1d(*tensors: A) -> A | tuple[A, ...]:
    """A number becomes a vector; of several tensors, each.

    >>> import clgrad
    >>> clgrad.atleast_1d(clgrad.tensor(3.0)).shape
    (1,)
    """
    return _each_at_least(tensors, 1)


def atleast_2d(*tensors: A) -> A | tuple[A, ...]:
    """A number becomes (1, 1), a vector (1, n); of several tensors, each.

    >>> import clgrad
    >>> clgrad.atleast_2d(clgrad.ones(3)).shape
    (1, 3)
    """
    return _each_at_least(tensors, 2)


def atleast_3d(*tensors: A) -> A | tuple[A, ...]:
    """A number becomes (1, 1, 1), a vector (1, n, 1), a matrix (n, m, 1); of several tensors, each.

    >>> import clgrad
    >>> clgrad.atleast_3d(clgrad.ones(3)).shape
    (1, 3, 1)
    """
    return _each_at_least(tensors, 3)


# -- cut -----------------------------------------------------------------------------------------


def _cut(input: A, axis: int, places: Sequence[int]) -> tuple[A, ...]:
    """The pieces between neighbouring places; a place after the next one ends an empty piece."""
    pieces = []
    for start, stop in itertools.pairwise(places):
        starts = tuple(start if one == axis else 0 for one in range(input.ndim))
        stops = tuple(max(start, stop) if one == axis else whole for one, whole in enumerate(input.shape))
        pieces.append(input.slice_ranges(starts, stops, (1,) * input.ndim))
    return tuple(pieces)


def _whole(tensor: A, dim: int, op: str) -> tuple[int, int]:
    if not tensor.ndim:
        raise ShapeError(f"[{op}] a 0-d tensor can not be cut; reshape it to (1,)")
    axis = normalize_dim(dim, tensor.ndim, op)
    return axis, tensor.shape[axis]


def split(tensor: A, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[A, ...]:
    """Cut into pieces of one size (the last may be smaller) or of given sizes.

    >>> import clgrad
    >>> [piece.tolist() for piece in clgrad.arange(5).split(2)]
    [[0, 1], [2, 3], [4]]
    """
    axis, size = _whole(tensor, dim, "split")
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step <= 0 and not (step == 0 and size == 0):
            raise ArgumentError(f"[split] the size of a piece must be positive, got {step}")
        return _cut(tensor, axis, [*range(0, size, step or 1), size] if size else [0, 0])
    sections = [int(section) for section in split_size_or_sections]
    if sum(sections) != size or any(section < 0 for section in sections):
        raise ArgumentError(f"[split] sections {sections} must sum to {size}, the size of dim {dim}")
    return _cut(tensor, axis, [0, *itertools.accumulate(sections)])


def split_with_sizes(input: A, split_sizes: Sequence[int], dim: int = 0) -> tuple[A, ...]:
    """Cut into pieces of given sizes, which sum to the dim's."""
    return split(input, list(split_sizes), dim)


def chunk(input: A, chunks: int, dim: int = 0) -> tuple[A, ...]:
    """Cut into at most this many equal pieces; the last may be smaller.

    >>> import clgrad
    >>> [piece.tolist() for piece in clgrad.arange(5).chunk(2)]
    [[0, 1, 2], [3, 4]]
    """
    if chunks <= 0:
        raise ArgumentError(f"[chunk] the number of pieces must be positive, got {chunks}")
    axis, size = _whole(input, dim, "chunk")
    return split(input, -(-size // chunks), axis) if size else _cut(input, axis, [0] * (chunks + 1))


def tensor_split(input: A, indices_or_sections: Any, dim: int = 0) -> tuple[A, ...]:
    """Cut into a number of pieces, the first ones longer by one where they can not be equal, or before given places.

    >>> import clgrad
    >>> [piece.tolist() for piece in clgrad.arange(5).tensor_split(2)]
    [[0, 1, 2], [3, 4]]
    >>> [piece.tolist() for piece in clgrad.arange(5).tensor_split((1, 3))]
    [[0], [1, 2], [3, 4]]
    """
    axis, size = _whole(input, dim, "tensor_split")
    if not isinstance(indices_or_sections, (int, list, tuple)):
        indices_or_sections = indices_or_sections._read().tolist()
    if isinstance(indices_or_sections, int):
        count = indices_or_sections
        if count <= 0:
            raise ArgumentError(f"[tensor_split] the number of pieces must be positive, got {count}")
        places = [size // count * number + min(number, size % count) for number in range(count + 1)]
        return _cut(input, axis, places)
    inside = [min(max(place + size if place < 0 else place, 0), size) for place in indices_or_sections]
    return _cut(input, axis, [0, *inside, size])


def _split_along(input: A, indices_or_sections: int | Sequence[int], dim: int, least: int, op: str) -> tuple[A, ...]:
    if input.ndim < least:
        raise ShapeError(f"[{op}] needs a tensor of at least {least} dims, got shape {input.shape}")
    if isinstance(indices_or_sections, int) and (
        indices_or_sections <= 0 or input.shape[dim] % indices_or_sections != 0
    ):
        raise ArgumentError(f"[{op}] {indices_or_sections} equal pieces of dim {dim} of {input.shape} do not exist")
    return tensor_split(input, indices_or_sections, dim)


def hsplit(input: A, indices_or_sections: int | Sequence[int]) -> tuple[A, ...]:
    """Cut along the second dim, a vector along its only one, into equal pieces or before given places.

    >>> import clgrad
    >>> [piece.tolist() for piece in clgrad.hsplit(clgrad.arange(4), 2)]
    [[0, 1], [2, 3]]
    """
    return _split_along(input, indices_or_sections, 0 if input.ndim == 1 else 1, 1, "hsplit")


def vsplit(input: A, indices_or_sections: int | Sequence[int]) -> tuple[A, ...]:
    """Cut along the first dim of at least two, into equal pieces or before given places.

    >>> import clgrad
    >>> [piece.tolist() for piece in clgrad.vsplit(clgrad.arange(4).reshape(2, 2), 2)]
    [[[0, 1]], [[2, 3]]]
    """
    return _split_along(input, indices_or_sections, 0, 2, "vsplit")


def dsplit(input: A, indices_or_sections: int | Sequence[int]) -> tuple[A, ...]:
    """Cut along the third dim of at least three, into equal pieces or before given places.

    >>> import clgrad
    >>> [piece.tolist() for piece in clgrad.dsplit(clgrad.arange(2).reshape(1, 1, 2), 2)]
    [[[[0]]], [[[1]]]]
    """
    return _split_along(input, indices_or_sections, 2, 3, "dsplit")


def unbind(input: A, dim: int = 0) -> tuple[A, ...]:
    """The entries along a dim, each without it.

    >>> import clgrad
    >>> [row.tolist() for row in clgrad.arange(4).reshape(2, 2).unbind()]
    [[0, 1], [2, 3]]
    """
    axis, size = _whole(input, dim, "unbind")
    return tuple(piece.squeeze(axis) for piece in _cut(input, axis, range(size + 1)))
