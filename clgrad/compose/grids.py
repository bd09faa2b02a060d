"""Images read at places that tensors name: ``grid_sample``, and grids of affine maps.

Places are in -1 ... 1 along each dim, x before y before z.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from clgrad.array import A
from clgrad.compose.indexing import gather
from clgrad.compose.joining import stack
from clgrad.compose.resampling import cubic_weights
from clgrad.dtypes import int64
from clgrad.errors import ArgumentError, DtypeError, ShapeError

MODES = ("bilinear", "nearest", "bicubic")
PADDING_MODES = ("zeros", "border", "reflection")


def _corners(op: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(f"[{op}] align_corners was not given, False is taken; pass align_corners=False or True",
                      stacklevel=3)  # fmt: skip
    return bool(align_corners)


def _reflected(place: Any, low: float, high: float) -> Any:
    """Places mirrored at two edges, as often as it takes."""
    span = high - low
    if not span:
        return place * 0
    far = (place - low).abs()
    rest, turns = far.fmod(span), (far / span).floor()
    return (turns % 2 == 0).choose(rest + low, span - rest + low)


def _inside(place: Any, size: int, padding_mode: str, corners: bool) -> Any:
    """Places outside the image brought back to it, unless zeros stand there."""
    if padding_mode == "zeros":
        return place
    if padding_mode == "reflection":
        place = _reflected(place, 0 if corners else -0.5, size - 1 if corners else size - 0.5)
    # A NaN reads the first element.
    return place.isnan().choose(0.0, place).clamp(0, size - 1)


def grid_sample(
    input: A, grid: A, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> A:
    """Images read at places: (N, C, H, W) and (N, h, w, 2) -> (N, C, h, w); with a depth 5 dims, and (N, d, h, w, 3).

    -1 and 1 are the outer edges of the first and last elements, with ``align_corners`` their centers. Modes: "bilinear"
    weighs neighbours, also of three dims; "bicubic" those of two dims only; "nearest" takes one element. Outside the
    image are "zeros", its "border", or its "reflection". Raises ArgumentError, ShapeError and DtypeError.

    >>> import clgrad
    >>> image, middle = clgrad.arange(4.0).reshape(1, 1, 2, 2), clgrad.zeros(1, 1, 1, 2)
    >>> grid_sample(image, middle, align_corners=False).item()
    1.5
    """
    if mode not in MODES:
        raise ArgumentError(f"[grid_sample] mode={mode!r}, it must be one of {', '.join(MODES)}")
    if padding_mode not in PADDING_MODES:
        raise ArgumentError(
            f"[grid_sample] padding_mode={padding_mode!r}, it must be one of {', '.join(PADDING_MODES)}"
        )
    corners = _corners("grid_sample", align_corners)
    count = input.ndim - 2
    if count not in (2, 3) or grid.ndim != input.ndim or grid.shape[0] != input.shape[0] or grid.shape[-1] != count:
        raise ShapeError(
            f"[grid_sample] input {input.shape} and grid {grid.shape}: they must be (N, C, H, W) and (N, h, w, 2), or "
            "(N, C, D, H, W) and (N, d, h, w, 3)"
        )
    if 0 in input.shape[2:]:
        raise ShapeError(f"[grid_sample] input {input.shape}: images must not be empty")
    if mode == "bicubic" and count != 2:
        raise ArgumentError("[grid_sample] mode='bicubic' is for images of two dims; take 'bilinear' for three")
    if not input.dtype.is_float or grid.dtype is not input.dtype:
        raise DtypeError(
            f"[grid_sample] input is {input.dtype.name} and grid {grid.dtype.name}: floating and equal; use .to(dtype)"
        )
    sizes = input.shape[2:]
    wide: Any = grid._cast(input.dtype.computing)
    places = []
    for dim, size in enumerate(sizes):
        place = wide[..., count - 1 - dim]
        place = (place + 1) / 2 * (size - 1) if corners else ((place + 1) * size - 1) / 2
        places.append(place if mode == "bicubic" else _inside(place, size, padding_mode, corners))
    result: Any = 0
    for taps in itertools.product(*(_taps(place, mode) for place in places)):
        weight, at = math.prod([weight for _, weight in taps], start=1.0), [at for at, _ in taps]
        if mode == "bicubic":
            at = [_inside(one, size, padding_mode, corners) for one, size in zip(at, sizes)]
        result = result + _read(input, at) * weight
    sampled: A = result._cast(input.dtype)
    return sampled


def _taps(place: Any, mode: str) -> list[tuple[Any, Any]]:
    """The whole places around a place along one dim, and their weights, to be multiplied with (N, C, *places)."""
    if mode == "nearest":
        return [(place.round(), 1.0)]
    first = place.floor()
    rest = (place - first).unsqueeze(1)
    if mode == "bilinear":
        return [(first, 1 - rest), (first + 1, rest)]
    return [(first + offset, weight) for offset, weight in zip((-1, 0, 1, 2), cubic_weights(rest))]


def _read(input: A, at: Sequence[Any]) -> Any:
    """The elements at whole places, (N, *places) along each dim, and 0 outside the image: (N, C, *places)."""
    inside: Any = None
    flat: Any = 0
    for place, size in zip(at, input.shape[2:]):
        holds = (place >= 0) & (place <= size - 1)
        inside = holds if inside is None else inside & holds
        # What is not read has to have an index all the same; NaN lies nowhere.
        flat = flat * size + holds.choose(place, 0.0).to(int64)
    batch, channels = input.shape[:2]
    index = flat.reshape((batch, 1, -1)).expand(batch, channels, -1)
    wide = input._cast(input.dtype.computing).flatten(2)
    taken = gather(wide, 2, index).reshape((batch, channels, *at[0].shape[1:]))
    return inside.unsqueeze(1).choose(taken, 0.0)


def affine_grid(theta: A, size: Sequence[int], align_corners: bool | None = None) -> A:
    """The grid of an affine map, for ``grid_sample``: (N, 2, 3) and a size (N, C, H, W) -> (N, H, W, 2).

    With a depth (N, 3, 4) and (N, C, D, H, W) -> (N, D, H, W, 3). ``align_corners`` as there. Raises ShapeError and
    DtypeError.

    >>> import clgrad
    >>> affine_grid(clgrad.eye(2, 3).unsqueeze(0), (1, 1, 1, 2), align_corners=True).tolist()
    [[[[-1.0, 0.0], [1.0, 0.0]]]]
    """
    corners = _corners("affine_grid", align_corners)
    wanted = tuple(int(one) for one in size)
    count = len(wanted) - 2
    if not theta.dtype.is_float:
        raise DtypeError(f"[affine_grid] theta is {theta.dtype.name}, it must be floating; cast it with .to(dtype)")
    if count not in (2, 3) or theta.shape != (wanted[0], count, count + 1) or min(wanted) < 1:
        raise ShapeError(
            f"[affine_grid] theta {theta.shape} and size {wanted}: they must be (N, 2, 3) and (N, C, H, W), or "
            "(N, 3, 4) and (N, C, D, H, W), all positive"
        )
    lengths = wanted[2:]
    along: list[Any] = []
    for dim in reversed(range(count)):
        length = lengths[dim]
        ends = 1.0 if corners else (length - 1) / length
        line = np.linspace(-ends, ends, length) if length > 1 else np.zeros(1)
        lifted: Any = theta._lift(line.astype(theta.dtype.computing.numpy))
        shape = tuple(length if one == dim else 1 for one in range(count))
        along.append(lifted.reshape(shape)._broadcast(lengths))
    along.append(along[0].ones_like())
    base: Any = stack(along, -1).reshape((-1, count + 1))
    places = base @ theta._cast(theta.dtype.computing).mT
    grid: A = places._cast(theta.dtype).reshape((wanted[0], *lengths, count))
    return grid
