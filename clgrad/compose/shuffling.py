"""Elements that move between channels and places, and channels that are scaled by their neighbours."""

from __future__ import annotations

import math

from clgrad.array import A
from clgrad.errors import ArgumentError, DtypeError, ShapeError


def pixel_shuffle(input: A, upscale_factor: int) -> A:
    """Channels as places: (..., C * r * r, H, W) -> (..., C, H * r, W * r). Raises ShapeError.

    >>> import clgrad
    >>> pixel_shuffle(clgrad.arange(4).reshape(4, 1, 1), 2).tolist()
    [[[0, 1], [2, 3]]]
    """
    factor = upscale_factor
    if input.ndim < 3 or factor < 1 or input.shape[-3] % factor**2:
        raise ShapeError(
            f"[pixel_shuffle] input {input.shape} with upscale_factor={factor}: it must be "
            f"(..., C * {factor} * {factor}, H, W), and the factor positive"
        )
    *lead, channels, height, width = input.shape
    apart = input.reshape((*lead, channels // factor**2, factor, factor, height, width))
    first = len(lead)
    moved = apart.permute(*range(first + 1), first + 3, first + 1, first + 4, first + 2)
    return moved.reshape((*lead, channels // factor**2, height * factor, width * factor))


def pixel_unshuffle(input: A, downscale_factor: int) -> A:
    """Places as channels: (..., C, H * r, W * r) -> (..., C * r * r, H, W). Raises ShapeError.

    >>> import clgrad
    >>> pixel_unshuffle(clgrad.arange(4).reshape(1, 2, 2), 2).tolist()
    [[[0]], [[1]], [[2]], [[3]]]
    """
    factor = downscale_factor
    if input.ndim < 3 or factor < 1 or input.shape[-2] % factor or input.shape[-1] % factor:
        raise ShapeError(
            f"[pixel_unshuffle] input {input.shape} with downscale_factor={factor}: it must be "
            f"(..., C, H * {factor}, W * {factor}), and the factor positive"
        )
    *lead, channels, height, width = input.shape
    apart = input.reshape((*lead, channels, height // factor, factor, width // factor, factor))
    first = len(lead)
    moved = apart.permute(*range(first + 1), first + 2, first + 4, first + 1, first + 3)
    return moved.reshape((*lead, channels * factor**2, height // factor, width // factor))


def channel_shuffle(input: A, groups: int) -> A:
    """Channels dealt out: the first of each group, then the second of each: (N, C, ...) -> (N, C, ...).

    Raises ShapeError.

    >>> import clgrad
    >>> channel_shuffle(clgrad.arange(4).reshape(1, 4, 1), 2).flatten().tolist()
    [0, 2, 1, 3]
    """
    if input.ndim < 3 or groups < 1 or input.shape[1] % groups:
        raise ShapeError(
            f"[channel_shuffle] input {input.shape} with groups={groups}: it must be (N, C, ...), of at least three "
            "dims, with as many channels in each group"
        )
    batch, channels, *rest = input.shape
    apart = input.reshape((batch, groups, channels // groups, *rest))
    return apart.transpose(1, 2).reshape(input.shape)


def local_response_norm(input: A, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> A:
    """Each element over ``(k + alpha * mean) ** beta``: the mean of the squares of ``size`` channels around its own.

    ``input`` is (N, C, ...), of at least three dims; beside the first and last channel there are zeros. Raises
    ShapeError, DtypeError and ArgumentError.

    >>> import clgrad
    >>> local_response_norm(clgrad.ones(1, 2, 1), 2, alpha=2.0, beta=1.0).flatten().tolist()
    [0.5, 0.3333333432674408]
    """
    if input.ndim < 3:
        raise ShapeError(f"[local_response_norm] input {input.shape}: (N, C, ...) is needed, of at least three dims")
    if not input.dtype.is_float:
        raise DtypeError(f"[local_response_norm] input is {input.dtype.name}, it must be floating; cast it")
    if size < 1:
        raise ArgumentError(f"[local_response_norm] size={size}, it must be positive")
    if not math.prod(input.shape):
        return input
    widths = ((0, 0), (size // 2, (size - 1) // 2), *((0, 0) for _ in input.shape[2:]))
    squares = (input * input).pad_widths(widths).window((1,), (size,), (1,), (1,))
    return input / (squares.sum(-1) / size * alpha + k) ** beta
