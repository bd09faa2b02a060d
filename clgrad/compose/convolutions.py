"""Convolutions and their transposes, in one, two and three dimensions: in the array language."""

from __future__ import annotations

from typing import Any

from clgrad.array import A
from clgrad.compose.windows import Sizes, per_dim
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.ops import convolutions
from clgrad.view import Shape

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def conv1d(
    input: A, weight: A, bias: A | None = None, stride: Sizes = 1, padding: Sizes | str = 0, dilation: Sizes = 1,
    groups: int = 1,
) -> A:  # fmt: skip
    """Convolve (n, groups * c, size), or one without n, with (o, c, taps): ``y[i] = sum of w[t] * x[stride * i +
    dilation * t - padding]`` over t and c.

    The result has ``(size + 2 * padding - dilation * (taps - 1) - 1) // stride + 1`` elements. ``padding`` "same" keeps
    the size, with a stride of 1; "valid" pads nothing. ``bias`` has shape (o,).

    Raises ShapeError where channels do not fit, or the kernel is larger than the padded input; DtypeError where dtypes
    differ; ArgumentError for sizes out of range.

    >>> import clgrad
    >>> x, w = clgrad.tensor([[1.0, 2.0, 3.0, 4.0]]), clgrad.tensor([[[1.0, -1.0]]])
    >>> clgrad.nn.functional.conv1d(x, w, padding=1).tolist()
    [[-1.0, -1.0, -1.0, -1.0, 4.0]]
    """
    return _convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: A, weight: A, bias: A | None = None, stride: Sizes = 1, padding: Sizes | str = 0, dilation: Sizes = 1,
    groups: int = 1,
) -> A:  # fmt: skip
    """Convolve (n, groups * c, height, width), or one without n, with (o, c, *taps); see conv1d.

    In float32 an OpenCL CPU may compute kernels of three rows with half the products (Winograd's F(4, 3), see
    clgrad/ops/winograd.py): an infinity or NaN of the input then spreads to up to five rows of the result.

    >>> import clgrad
    >>> x, w = clgrad.ones(1, 3, 3), clgrad.ones(1, 1, 2, 2)
    >>> clgrad.nn.functional.conv2d(x, w, stride=2, padding=1).tolist()
    [[[1.0, 2.0], [2.0, 4.0]]]
    """
    return _convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: A, weight: A, bias: A | None = None, stride: Sizes = 1, padding: Sizes | str = 0, dilation: Sizes = 1,
    groups: int = 1,
) -> A:  # fmt: skip
    """Convolve (n, groups * c, depth, height, width), or one without n, with (o, c, *taps); see conv1d.

    >>> import clgrad
    >>> clgrad.nn.functional.conv3d(clgrad.ones(1, 2, 2, 2), clgrad.ones(1, 1, 2, 2, 2)).tolist()
    [[[[8.0]]]]
    """
    return _convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: A, weight: A, bias: A | None = None, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
    groups: int = 1, dilation: Sizes = 1,
) -> A:  # fmt: skip
    """What conv1d passes back to its input, as a function: (n, groups * c, size) with (groups * c, o, taps).

    Every element is spread over its window, and overlaps are added. The result has ``(size - 1) * stride - 2 * padding
    + dilation * (taps - 1) + output_padding + 1`` elements. Raises as conv1d, and ArgumentError for an output padding
    that is less than neither the stride nor the dilation.

    >>> import clgrad
    >>> x, w = clgrad.tensor([[1.0, 2.0]]), clgrad.tensor([[[1.0, 1.0, 1.0]]])
    >>> clgrad.nn.functional.conv_transpose1d(x, w, stride=2).tolist()
    [[1.0, 1.0, 3.0, 2.0, 2.0]]
    """
    return _spread("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: A, weight: A, bias: A | None = None, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
    groups: int = 1, dilation: Sizes = 1,
) -> A:  # fmt: skip
    """What conv2d passes back to its input, as a function; see conv_transpose1d.

    >>> import clgrad
    >>> clgrad.nn.functional.conv_transpose2d(clgrad.ones(1, 1, 2), clgrad.ones(1, 1, 2, 2)).tolist()
    [[[1.0, 2.0, 1.0], [1.0, 2.0, 1.0]]]
    """
    return _spread("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: A, weight: A, bias: A | None = None, stride: Sizes = 1, padding: Sizes = 0, output_padding: Sizes = 0,
    groups: int = 1, dilation: Sizes = 1,
) -> A:  # fmt: skip
    """What conv3d passes back to its input, as a function; see conv_transpose1d.

    >>> import clgrad
    >>> clgrad.nn.functional.conv_transpose3d(clgrad.ones(1, 1, 1, 1), clgrad.ones(1, 1, 1, 1, 2)).tolist()
    [[[[1.0, 1.0]]]]
    """
    return _spread("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _convolved(
    name: str, axes: int, input: A, weight: A, bias: A | None, stride: Sizes, padding: Sizes | str, dilation: Sizes,
    groups: int,
) -> A:  # fmt: skip
    steps, fars = per_dim(name, "stride", stride, axes, 1), per_dim(name, "dilation", dilation, axes, 1)
    x = _batched(name, axes, input, weight, bias, groups)
    if x.shape[1] != groups * weight.shape[1] or weight.shape[0] % groups:
        raise ShapeError(
            f"[{name}] input {tuple(input.shape)} with weight {tuple(weight.shape)} and groups={groups}: the input "
            f"must have groups * {weight.shape[1]} = {groups * weight.shape[1]} channels, and it has {x.shape[1]}; the "
            f"weight's {weight.shape[0]} outputs must divide by groups"
        )
    _check_bias(name, bias, weight.shape[0])
    widths = _widths(name, padding, weight.shape[2:], steps, fars)
    for size, taps, far, (before, after) in zip(x.shape[2:], weight.shape[2:], fars, widths):
        if size + before + after < far * (taps - 1) + 1:
            raise ShapeError(
                f"[{name}] a kernel of {taps} taps with dilation {far} reaches over {far * (taps - 1) + 1} elements, "
                f"and the padded input of {tuple(input.shape)} has {size + before + after}; pad more, or use less"
            )
    y: A = convolutions.convolve(x, weight, widths, steps, fars, groups)
    return _with_bias(y, bias, input)


def _spread(
    name: str, axes: int, input: A, weight: A, bias: A | None, stride: Sizes, padding: Sizes, output_padding: Sizes,
    groups: int, dilation: Sizes,
) -> A:  # fmt: skip
    steps, fars = per_dim(name, "stride", stride, axes, 1), per_dim(name, "dilation", dilation, axes, 1)
    cuts = per_dim(name, "padding", padding, axes, 0)
    more = per_dim(name, "output_padding", output_padding, axes, 0)
    if any(extra >= max(step, far) for extra, step, far in zip(more, steps, fars)):
        raise ArgumentError(
            f"[{name}] output_padding {more} with stride {steps} and dilation {fars}: it must be less than one of "
            "them; take a smaller one"
        )
    x = _batched(name, axes, input, weight, bias, groups)
    if x.shape[1] != weight.shape[0] or weight.shape[0] % groups:
        raise ShapeError(
            f"[{name}] input {tuple(input.shape)} with weight {tuple(weight.shape)} and groups={groups}: the input "
            f"must have {weight.shape[0]} channels, and that must divide by groups"
        )
    _check_bias(name, bias, groups * weight.shape[1])
    sizes = tuple(
        (size - 1) * step + far * (taps - 1) + 1 + extra
        for size, taps, step, far, extra in zip(x.shape[2:], weight.shape[2:], steps, fars, more)
    )
    if any(size - 2 * cut < 1 for size, cut in zip(sizes, cuts)):
        raise ShapeError(
            f"[{name}] input {tuple(input.shape)} spreads over {sizes} elements, of which padding {cuts} cuts off "
            "twice as many: something must be left; pad less"
        )
    kept = tuple(size - 2 * cut for size, cut in zip(sizes, cuts))
    y: A = convolutions.transpose(x, weight, cuts, kept, steps, fars, groups)
    return _with_bias(y, bias, input)


def _batched(name: str, axes: int, input: A, weight: A, bias: A | None, groups: int) -> A:
    """The input with a batch axis; what both kinds of convolution ask of their operands."""
    if weight.ndim != axes + 2:
        raise ShapeError(f"[{name}] weight {tuple(weight.shape)} must have {axes + 2} dims: channels twice, and taps")
    if input.ndim not in (axes + 1, axes + 2):
        raise ShapeError(
            f"[{name}] input {tuple(input.shape)} must have {axes + 2} dims, or {axes + 1} without a batch; reshape it"
        )
    if 0 in weight.shape or 0 in input.shape[input.ndim - axes - 1 :]:
        raise ShapeError(
            f"[{name}] input {tuple(input.shape)} and weight {tuple(weight.shape)}: only the batch may be empty"
        )
    if not input.dtype.is_float:
        raise DtypeError(f"[{name}] is not defined for {input.dtype.name}; cast with .to(clgrad.float32)")
    for other in (weight, bias):
        if other is not None and other.dtype is not input.dtype:
            raise DtypeError(
                f"[{name}] dtypes {input.dtype.name} and {other.dtype.name} differ; cast one with .to(dtype)"
            )
    if not isinstance(groups, int) or groups < 1:
        raise ArgumentError(f"[{name}] groups={groups!r}; it must be a whole number from 1")
    return input if input.ndim == axes + 2 else input.unsqueeze(0)


def _check_bias(name: str, bias: Any, outputs: int) -> None:
    if bias is not None and tuple(bias.shape) != (outputs,):
        raise ShapeError(f"[{name}] bias {tuple(bias.shape)} must have one number for each of {outputs} outputs")


def _with_bias(y: A, bias: A | None, input: A) -> A:
    if bias is not None:
        y = y + bias.reshape(-1, *(1,) * (y.ndim - 2))
    return y if input.ndim == y.ndim else y.squeeze(0)


def _widths(name: str, padding: Sizes | str, taps: Shape, steps: Shape, fars: Shape) -> tuple[tuple[int, int], ...]:
    """How many zeros stand before and after each axis."""
    if not isinstance(padding, str):
        return tuple((one, one) for one in per_dim(name, "padding", padding, len(taps), 0))
    if padding == "valid":
        return ((0, 0),) * len(taps)
    if padding != "same":
        raise ArgumentError(f"[{name}] padding={padding!r}; it must be numbers, 'same' or 'valid'")
    if any(step != 1 for step in steps):
        raise ArgumentError(f"[{name}] padding='same' with stride {steps}; only a stride of 1 keeps the size")
    whole = [far * (size - 1) for size, far in zip(taps, fars)]
    return tuple((one // 2, one - one // 2) for one in whole)
