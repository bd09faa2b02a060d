"""Join and cut tensors along a dim: in the array language."""

from __future__ import annotations

from collections.abc import Sequence

from clgrad.arithmetic import result_dtype
from clgrad.array import A, normalize_dim
from clgrad.errors import ArgumentError, DeviceError, ShapeError
from clgrad.ops import anchors

MOST_PIECES = 32
"""Values that one kernel joins; more are joined by groups."""

__all__ = ["cat", "chunk", "split", "stack"]


def cat(tensors: Sequence[A], dim: int = 0) -> A:
    """Join tensors along a dim; all other dims must be equal.

    >>> import clgrad
    >>> clgrad.cat([clgrad.zeros(1), clgrad.ones(2)]).tolist()
    [0.0, 1.0, 1.0]
    """
    if not tensors:
        raise ArgumentError("[cat] got no tensors; give at least one")
    first = tensors[0]
    axis = normalize_dim(dim, first.ndim, "cat")
    for other in tensors:
        if other.device is not first.device:
            raise DeviceError(f"[cat] tensors are on {first.device} and {other.device}; move one with .to(device)")
        if (
            other.ndim != first.ndim
            or first.ndim == 0
            or any(a != b for place, (a, b) in enumerate(zip(first.shape, other.shape)) if place != axis)
        ):
            raise ShapeError(
                f"[cat] shapes {first.shape} and {other.shape} must be equal but for dim {dim}, and have a dim"
            )
    dtype = result_dtype(tensors)
    pieces = [piece._cast(dtype) for piece in tensors if piece.shape[axis]]
    if len(pieces) < 2:
        return pieces[0] if pieces else first._cast(dtype)
    return _joined(pieces, axis)


def _joined(pieces: list[A], axis: int) -> A:
    while len(pieces) > 1:
        groups = [pieces[start : start + MOST_PIECES] for start in range(0, len(pieces), MOST_PIECES)]
        pieces = [group[0]._apply(anchors.cat, tuple(group), axis) if len(group) > 1 else group[0] for group in groups]
    return pieces[0]


def stack(tensors: Sequence[A], dim: int = 0) -> A:
    """Join tensors of one shape along a new dim."""
    if not tensors:
        raise ArgumentError("[stack] got no tensors; give at least one")
    for other in tensors:
        if other.shape != tensors[0].shape:
            raise ShapeError(f"[stack] shapes {tensors[0].shape} and {other.shape} differ; all must be equal")
    axis = normalize_dim(dim, tensors[0].ndim + 1, "stack")
    return cat([one.unsqueeze(axis) for one in tensors], axis)


def split(x: A, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[A, ...]:
    """Cut into pieces of one size (the last may be smaller) or of given sizes."""
    axis = normalize_dim(dim, x.ndim, "split")
    size = x.shape[axis] if x.ndim else 1
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        if step <= 0:
            raise ArgumentError(f"[split] the size of a piece must be positive, got {step}")
        sections = [min(step, size - start) for start in range(0, size, step)] or [0]
    else:
        sections = list(split_size_or_sections)
        if sum(sections) != size or any(section < 0 for section in sections):
            raise ArgumentError(f"[split] sections {sections} must sum to {size}, the size of dim {dim}")
    pieces, start = [], 0
    for section in sections:
        starts = tuple(start if one == axis else 0 for one in range(x.ndim))
        stops = tuple(start + section if one == axis else whole for one, whole in enumerate(x.shape))
        pieces.append(x.slice_ranges(starts, stops, (1,) * x.ndim))
        start += section
    return tuple(pieces)


def chunk(x: A, chunks: int, dim: int = 0) -> tuple[A, ...]:
    """Cut into at most this many equal pieces; the last may be smaller."""
    if chunks <= 0:
        raise ArgumentError(f"[chunk] the number of pieces must be positive, got {chunks}")
    size = x.shape[normalize_dim(dim, x.ndim, "chunk")]
    return split(x, max(1, -(-size // chunks)), dim)
