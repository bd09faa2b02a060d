"""Kernels that stand for a class: those that `clgrad tune` measures, built from the names of their forms.

A process of its own is asked for them, so a sample is told in words and numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from clgrad.dtypes import DType, as_dtype
from clgrad.kernel import Anchor, Argument, Constant, Kernel, Line, Load, Map, Program, Reduce, Result, Store
from clgrad.ops import anchors, attention, convolutions, maps, reduces
from clgrad.view import View


@dataclass(frozen=True)
class Sample:
    """Kernels of one class and form.

    Products of ``(m, k, n)`` are "nn", "nt", "tn" or "tt": which operand is transposed. Reductions of ``(rows,
    columns)`` are "row sums", "column sums", "softmax" or "layer norm", of each row. A "convolution" is of ``(images,
    channels, outputs, height, taps, step)``, and "its weights" the gradient of them: both square, with zeros around.
    "attention" is of ``(heads, length, width)``, causal, and "its gradient" what goes back.
    """

    form: str
    sizes: tuple[tuple[int, ...], ...]
    dtype: str = "float32"

    def kernels(self) -> list[Kernel]:
        """A kernel for each of the sizes."""
        dtype = as_dtype(self.dtype)
        if self.form in ("nn", "nt", "tn", "tt"):
            return [_product(m, k, n, self.form, dtype) for m, k, n in self.sizes]
        if self.form in ("convolution", "its weights"):
            return [_convolution(sizes, self.form != "convolution", dtype) for sizes in self.sizes]
        if self.form in ("attention", "its gradient"):
            return [_attention(sizes, self.form != "attention", dtype) for sizes in self.sizes]
        return [_reduction(rows, columns, self.form, dtype) for rows, columns in self.sizes]


def _product(m: int, k: int, n: int, layout: str, dtype: DType) -> Kernel:
    left = View((m, k), (k, 1) if layout[0] == "n" else (1, m))
    right = View((k, n), (n, 1) if layout[1] == "n" else (1, k))
    programs = tuple(
        Program(view.shape, (Load(dtype, (), place, view),), 0) for place, view in enumerate((left, right))
    )
    arguments = (Argument(dtype, m * k, False), Argument(dtype, k * n, False), Argument(dtype, m * n, True))
    store = Store(2, 0, View.contiguous((m, n)))
    return Kernel((m, n), (), (Result(dtype),), (store,), arguments, Anchor(anchors.matmul, programs, dtype))


def _convolution(sizes: tuple[int, ...], weights: bool, dtype: DType) -> Kernel:
    images, channels, outputs, height, taps, step = sizes
    padded = height + taps - 1
    places = (padded - taps) // step + 1
    data = View.contiguous((images, channels, padded, padded))
    other = View.contiguous((images, outputs, places, places) if weights else (outputs, channels, taps, taps))
    steps, fars = (step, step), (1, 1)
    if weights:
        # Only what a window reaches: there are as many places as the kernel had taps.
        reach = step * (places - 1) + taps
        data = View((images, channels, reach, reach), data.strides)
        data, other, steps, fars = data.permute((1, 0, 2, 3)), other.permute((1, 0, 2, 3)), fars, steps
    outer = (outputs, channels, taps, taps) if weights else (images, outputs, places, places)
    programs = tuple(
        Program(view.shape, (Load(dtype, (), place, view),), 0) for place, view in enumerate((data, other))
    )
    arguments = (
        Argument(dtype, images * channels * padded * padded, False),
        Argument(dtype, other.size, False),
        Argument(dtype, math.prod(outer), True),
    )
    anchor = Anchor(convolutions.convolution, programs, dtype, (((0, 0), (0, 0)), steps, fars, 1, weights))
    store = Store(2, 0, View.contiguous(outer))
    return Kernel(outer, (), (Result(dtype),), (store,), arguments, anchor)


def _attention(sizes: tuple[int, ...], gradient: bool, dtype: DType) -> Kernel:
    heads, length, width = sizes
    operand = (1, heads, length, width)
    whole = attention.attention.shape(operand, operand, operand)  # type: ignore[misc]  # the row has a rule
    shapes = [*([whole, whole] if gradient else []), operand, operand, operand]
    op = attention.attention_gradient if gradient else attention.attention
    outer = op.shape(*shapes)  # type: ignore[misc]  # so has this
    programs = tuple(
        Program(shape, (Load(dtype, (), place, View.contiguous(shape)),), 0) for place, shape in enumerate(shapes)
    )
    arguments = [Argument(dtype, math.prod(shape), False) for shape in shapes]
    anchor = Anchor(op, programs, dtype, (1 / math.sqrt(width), True, 0, ()))
    store = Store(len(arguments), 0, View.contiguous(outer))
    return Kernel(outer, (), (Result(dtype),), (store,), (*arguments, Argument(dtype, math.prod(outer), True)), anchor)


def _reduction(rows: int, columns: int, form: str, dtype: DType) -> Kernel:
    kept, folded = (columns, rows) if form == "column sums" else (rows, columns)
    elements = View((kept, folded), (1, columns) if form == "column sums" else (columns, 1))
    lines: list[Line] = [Load(dtype, (), 0, elements)]
    if form == "softmax":
        lines += [
            Reduce(dtype, (0,), reduces.amax),
            Map(dtype, (0, 1), maps.sub),
            Map(dtype, (2,), maps.exp),
            Reduce(dtype, (3,), reduces.sum_),
            Map(dtype, (4,), maps.reciprocal),
            Map(dtype, (3, 5), maps.mul),
        ]
    elif form == "layer norm":
        lines += [
            Reduce(dtype, (0,), reduces.sum_),
            Constant(dtype, (), repr(1 / folded)),
            Map(dtype, (1, 2), maps.mul),
            Map(dtype, (0, 3), maps.sub),
            Map(dtype, (4, 4), maps.mul),
            Reduce(dtype, (5,), reduces.sum_),
            Map(dtype, (6, 2), maps.mul),
            Constant(dtype, (), "1e-05"),
            Map(dtype, (7, 8), maps.add),
            Map(dtype, (9,), maps.rsqrt),
            Map(dtype, (4, 10), maps.mul),
        ]
    else:
        lines += [Reduce(dtype, (0,), reduces.sum_)]
    is_plain = isinstance(lines[-1], Reduce)
    results = View(elements.shape, (1, 0)) if is_plain else elements
    size = kept if is_plain else kept * folded
    arguments = (Argument(dtype, rows * columns, False), Argument(dtype, size, True))
    return Kernel((kept,), (folded,), tuple(lines), (Store(1, len(lines) - 1, results),), arguments)
