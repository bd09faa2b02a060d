"""Pooling: the largest element, the mean or a norm of windows, and the way back from the largest ones.

Functions of one to three dims are one function for any number of them. Inputs are (batch, channels, *dims) or
(channels, *dims).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from clgrad.array import A
from clgrad.compose.indexing import scatter
from clgrad.compose.windows import Sizes, Windows, check_planes, per_dim, side_by_side, windows_of
from clgrad.dtypes import bool_, int32, int64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.ops import moves
from clgrad.view import Shape

# -- the largest ---------------------------------------------------------------------------------


def _lowest(input: A) -> Any:
    dtype = input.dtype
    if dtype.is_float:
        return -math.inf
    return -(1 << (8 * dtype.size - 1)) if dtype.signed else 0


def largest(windows: A, count: int) -> tuple[A, A]:
    """The largest element of each window, (..., *sizes) -> (...), and its number: the first one, or the last NaN."""
    sizes, last = windows.shape[-count:], tuple(range(-count, 0))
    total = math.prod(sizes)
    taps = side_by_side(windows._iota(total)._cast(int32).reshape(sizes), count)
    windows = side_by_side(windows, count)
    value = windows.amax(last, keepdim=True)
    # A NaN's number counts down from -1, so that the least one is the last NaN's.
    other: Any = total
    if windows.dtype.is_float:
        other = windows.isnan().choose(-1 - taps, total)
    key: Any = (windows == value).choose(taps, other).amin(last)
    number: Any = (key < 0).choose(-1 - key, key) if windows.dtype.is_float else key
    return value.reshape(value.shape[:-count]), number


def places_of(number: A, sizes: Shape) -> list[Any]:
    """The index along each of a window's dims, from its number."""
    index, rest = [], number
    for size in reversed(sizes):
        index.append(rest % size)
        rest = rest // size
    return index[::-1]


def along(input: A, axis: int, ndim: int, length: int) -> Any:
    """0, 1, 2 ... along one of so many axes."""
    return input._iota(length)._cast(int32).reshape(tuple(length if one == axis else 1 for one in range(ndim)))


def flat_place(places: Sequence[Any], lengths: Shape) -> Any:
    """The number of an element among all those of its plane, from its index along each dim."""
    flat: Any = 0
    for place, length in zip(places, lengths):
        flat = flat * length + place._cast(int64)
    return flat


def _max_pool(
    op: str,
    input: A,
    count: int,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    if input.dtype is bool_ or input.dtype.is_complex:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, it must be real numbers; cast it with .to(dtype)")
    return max_of(
        input,
        windows_of(op, input, count, kernel_size, stride, padding, dilation, ceil_mode),
        return_indices,
    )


def max_of(input: A, windows: Windows, return_indices: bool) -> Any:
    count, ndim = len(windows.axes), input.ndim
    held = input._apply(moves.detach, (input,))
    value, number = largest(windows.of(held, _lowest(input)), count)
    places = places_of(number, windows.sizes)
    if any(windows.before):
        # Of a window that holds nothing but lowest numbers the first element is meant, not the padding.
        for one, (axis, step, dilation, before) in enumerate(
            zip(windows.axes, windows.steps, windows.dilations, windows.before)
        ):
            ahead: Any = before - along(input, axis, ndim, windows.counts[one]) * step
            places[one] = places[one].maximum(ahead if dilation == 1 else (ahead + dilation - 1) // dilation)
        number = places[0]
        for place, size in zip(places[1:], windows.sizes[1:]):
            number = number * size + place
    if input.dtype.has_gradient:
        geometry = windows.axes, windows.sizes, windows.steps, windows.dilations, windows.before
        value = value._apply(moves.picked, (value, input, number), *geometry)
    if not return_indices:
        return value
    starts = [
        along(input, axis, ndim, length) * step - before
        for axis, length, step, before in zip(windows.axes, windows.counts, windows.steps, windows.before)
    ]
    found = (start + place * dilation for start, place, dilation in zip(starts, places, windows.dilations))
    return value, flat_place(tuple(found), windows.lengths)


def max_pool1d(
    input: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window: (N, C, L), or (C, L).

    Windows are ``stride`` apart (``kernel_size`` if None), their elements ``dilation``; they overhang the input by
    ``padding`` on both sides, and with ``ceil_mode`` the last one may end behind that. A NaN is the largest. The
    gradient goes to the first of equals. With ``return_indices`` also the number of each element among those of its
    channel. Raises ShapeError for windows that do not fit, and DtypeError.

    >>> import clgrad
    >>> max_pool1d(clgrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2).tolist()
    [[3.0, 2.0]]
    """
    return _max_pool("max_pool1d", input, 1, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window: (N, C, H, W), or (C, H, W).

    See ``max_pool1d``; each number may be one for all dims, or one for each.

    >>> import clgrad
    >>> max_pool2d(clgrad.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[5.0, 7.0], [13.0, 15.0]]]
    """
    return _max_pool("max_pool2d", input, 2, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window: (N, C, D, H, W), or (C, D, H, W).

    See ``max_pool1d``; each number may be one for all dims, or one for each.

    >>> import clgrad
    >>> max_pool3d(clgrad.arange(8.0).reshape(1, 2, 2, 2), 2).tolist()
    [[[[7.0]]]]
    """
    return _max_pool("max_pool3d", input, 3, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


# -- means ---------------------------------------------------------------------------------------


def mean_of(input: A, windows: Windows, divisor: Any) -> A:
    """The sum of each window over a divisor."""
    held = side_by_side(windows.of(input), len(windows.axes))
    total: Any = held._cast(input.dtype.computing).sum(tuple(range(input.ndim, held.ndim)))
    return (total / divisor)._cast(input.dtype)  # type: ignore[no-any-return]


def _avg_pool(
    op: str,
    input: A,
    count: int,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> A:
    if not input.dtype.is_float:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, it must be floating; cast it with .to(dtype)")
    if divisor_override is not None and not divisor_override:
        raise ArgumentError(f"[{op}] divisor_override=0, it must not be zero; None divides by the size of a window")
    windows = windows_of(op, input, count, kernel_size, stride, padding, 1, ceil_mode)
    return mean_of(input, windows, divisor_override or _elements(input, windows, count_include_pad))


def _elements(input: A, windows: Windows, count_include_pad: bool) -> Any:
    """The number of elements in each window; of the padding only what stands in ``padding``, or nothing."""
    number: Any = 1
    geometry = (windows.axes, windows.lengths, windows.sizes, windows.steps, windows.before, windows.after)
    for axis, length, size, step, before, after, places in zip(*geometry, windows.counts):
        if after <= before and (count_include_pad or not before + after):
            number = number * size
            continue
        low, high = (-before, length + before) if count_include_pad else (0, length)
        start = along(input, axis, input.ndim, places) * step - before
        number = number * ((start + size).minimum(high) - start.maximum(low))
    return number if isinstance(number, int) else number._cast(input.dtype.computing)


def avg_pool1d(
    input: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> A:  # fmt: skip
    """The mean of each window: (N, C, L), or (C, L).

    Windows are ``stride`` apart (``kernel_size`` if None); they overhang the input by ``padding`` zeros on both
    sides, which count unless ``count_include_pad`` is False, and with ``ceil_mode`` the last one may end behind that,
    which never counts. Raises ShapeError for windows that do not fit, and DtypeError.

    >>> import clgrad
    >>> avg_pool1d(clgrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2).tolist()
    [[2.0, 1.0]]
    """
    return _avg_pool("avg_pool1d", input, 1, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> A:  # fmt: skip
    """The mean of each window: (N, C, H, W), or (C, H, W).

    See ``avg_pool1d``; each number may be one for all dims, or one for each. ``divisor_override`` divides the sums
    instead of the number of elements.

    >>> import clgrad
    >>> avg_pool2d(clgrad.arange(16.0).reshape(1, 4, 4), 2).tolist()
    [[[2.5, 4.5], [10.5, 12.5]]]
    """
    return _avg_pool(
        "avg_pool2d", input, 2, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def avg_pool3d(
    input: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> A:  # fmt: skip
    """The mean of each window: (N, C, D, H, W), or (C, D, H, W).

    See ``avg_pool1d``; each number may be one for all dims, or one for each. ``divisor_override`` divides the sums
    instead of the number of elements.

    >>> import clgrad
    >>> avg_pool3d(clgrad.arange(8.0).reshape(1, 2, 2, 2), 2).tolist()
    [[[[3.5]]]]
    """
    return _avg_pool(
        "avg_pool3d", input, 3, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def _lp_pool(
    op: str, input: A, count: int, norm_type: float, kernel_size: Sizes, stride: Sizes | None, ceil_mode: bool
) -> A:
    sizes = per_dim(op, "kernel_size", kernel_size, count, 1)
    if math.isinf(norm_type):
        sign = math.copysign(1, norm_type)
        largest_magnitude: A = _max_pool(op, input.abs() * sign, count, sizes, stride, 0, 1, ceil_mode, False) * sign
        return largest_magnitude
    powers: Any = input**norm_type
    mean: Any = _avg_pool(op, powers, count, sizes, stride, 0, ceil_mode, True, None)
    # As PyTorch has it: an overhanging window counts as a whole one, and a sum below zero is none.
    return (mean.sign() * mean.abs().relu() * math.prod(sizes)) ** (1.0 / norm_type)  # type: ignore[no-any-return]


def lp_pool1d(
    input: A, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> A:
    """The norm of each window, ``sum(x ** norm_type) ** (1 / norm_type)``: (N, C, L), or (C, L).

    Of order inf it is the largest magnitude, of -inf the smallest. See ``avg_pool1d``. Raises ShapeError for windows
    that do not fit, and DtypeError.

    >>> import clgrad
    >>> lp_pool1d(clgrad.ones(1, 2), 1, 2).tolist()
    [[2.0]]
    """
    return _lp_pool("lp_pool1d", input, 1, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: A, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> A:
    """The norm of each window, ``sum(x ** norm_type) ** (1 / norm_type)``: (N, C, H, W), or (C, H, W).

    Of order inf it is the largest magnitude, of -inf the smallest. See ``avg_pool2d``. Raises ShapeError for windows
    that do not fit, and DtypeError.

    >>> import clgrad
    >>> lp_pool2d(clgrad.ones(1, 2, 2), 1, 2).tolist()
    [[[4.0]]]
    """
    return _lp_pool("lp_pool2d", input, 2, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: A, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> A:
    """The norm of each window, ``sum(x ** norm_type) ** (1 / norm_type)``: (N, C, D, H, W), or (C, D, H, W).

    Of order inf it is the largest magnitude, of -inf the smallest. See ``avg_pool3d``. Raises ShapeError for windows
    that do not fit, and DtypeError.

    >>> import clgrad
    >>> lp_pool3d(clgrad.ones(1, 2, 2, 2), 1, 2).tolist()
    [[[[8.0]]]]
    """
    return _lp_pool("lp_pool3d", input, 3, norm_type, kernel_size, stride, ceil_mode)


# -- the way back --------------------------------------------------------------------------------


def _max_unpool(
    op: str,
    input: A,
    indices: A,
    count: int,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    output_size: Sequence[int] | None,
) -> A:
    check_planes(op, input, count)
    sizes = per_dim(op, "kernel_size", kernel_size, count, 1)
    steps = sizes if stride is None else per_dim(op, "stride", stride, count, 1)
    ahead = per_dim(op, "padding", padding, count, 0)
    if indices.shape != input.shape or indices.dtype is not int64:
        raise ShapeError(
            f"[{op}] indices are {indices.dtype.name} of shape {indices.shape} for input {input.shape}: int64 of the "
            f"same shape, as max_pool{count}d gives with return_indices=True"
        )
    usual = tuple(
        (length - 1) * step + size - 2 * before
        for length, step, size, before in zip(input.shape[-count:], steps, sizes, ahead)
    )
    wanted = usual if output_size is None else tuple(output_size)
    wanted = wanted[-count:] if len(wanted) == count + 2 else wanted
    if len(wanted) != count or any(
        not size - step < one < size + step for one, size, step in zip(wanted, usual, steps)
    ):
        raise ShapeError(
            f"[{op}] output_size={output_size}: {count} numbers, off {usual} by less than the stride {steps}"
        )
    lead = input.shape[:-count]
    zeros = input._constant(0, input.dtype)._broadcast((*lead, math.prod(wanted)))
    return scatter(zeros, len(lead), indices.flatten(len(lead)), input.flatten(len(lead))).reshape((*lead, *wanted))


def max_unpool1d(
    input: A, indices: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> A:  # fmt: skip
    """The elements at the places they came from, zeros elsewhere: what ``max_pool1d`` took apart.

    ``indices`` are those of ``max_pool1d``. ``output_size`` chooses among the sizes that give this input's; without
    it the smallest of a whole number of windows. Raises ShapeError, and IndexRangeError when it runs.

    >>> import clgrad
    >>> max_unpool1d(clgrad.tensor([[5.0]]), clgrad.tensor([[1]]), 2).tolist()
    [[0.0, 5.0]]
    """
    return _max_unpool("max_unpool1d", input, indices, 1, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: A, indices: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> A:  # fmt: skip
    """The elements at the places they came from, zeros elsewhere: what ``max_pool2d`` took apart.

    ``indices`` are those of ``max_pool2d``. ``output_size`` chooses among the sizes that give this input's; without
    it the smallest of a whole number of windows. Raises ShapeError, and IndexRangeError when it runs.

    >>> import clgrad
    >>> max_unpool2d(clgrad.tensor([[[5.0]]]), clgrad.tensor([[[2]]]), 2).tolist()
    [[[0.0, 0.0], [5.0, 0.0]]]
    """
    return _max_unpool("max_unpool2d", input, indices, 2, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: A, indices: A, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> A:  # fmt: skip
    """The elements at the places they came from, zeros elsewhere: what ``max_pool3d`` took apart.

    ``indices`` are those of ``max_pool3d``. ``output_size`` chooses among the sizes that give this input's; without
    it the smallest of a whole number of windows. Raises ShapeError, and IndexRangeError when it runs.

    >>> import clgrad
    >>> max_unpool3d(clgrad.tensor([[[[5.0]]]]), clgrad.tensor([[[[7]]]]), 2).tolist()
    [[[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 5.0]]]]
    """
    return _max_unpool("max_unpool3d", input, indices, 3, kernel_size, stride, padding, output_size)
