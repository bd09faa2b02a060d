"""Rows of a table by number: embeddings, and bags of them that are summed.

Gradients are written row by row in the order of the sorted numbers, so they are the same in every run.
"""

from __future__ import annotations

import math
from typing import Any

from clgrad.compose.order import searchsorted
from clgrad.creation import zeros
from clgrad.dtypes import int64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.tensor import Tensor, no_grad

MODES = ("sum", "mean", "max")


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of ``weight`` by number; the row ``padding_idx`` gets no gradient.

    ``weight`` is (rows, columns), the result has the input's shape and then the columns. With ``max_norm`` rows that
    are read and whose norm of order ``norm_type`` is larger are first scaled to it, in ``weight`` itself.
    ``scale_grad_by_freq`` divides a row's gradient by how often it is read. There are no sparse gradients. Raises
    ShapeError, DtypeError, ArgumentError, and IndexRangeError when it is read.

        >>> import clgrad
        >>> embedding(clgrad.tensor([1, 0]), clgrad.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist()
        [[3.0, 4.0], [1.0, 2.0]]
    """
    place = _places("embedding", input, weight, sparse)
    padding = _row("embedding", padding_idx, weight)
    if max_norm is not None:
        renorm_rows(weight, place, max_norm, norm_type)
    return _rows(weight, place, padding, scale_grad_by_freq)


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Sum bags of rows of ``weight``, or take their mean or their largest elements: (bags, columns).

    ``input`` is (bags, n), or (n,) with ``offsets`` (bags,), where each bag begins, the first at 0; with
    ``include_last_offset`` their last is the end. Rows ``padding_idx`` take no part; a bag of nothing is 0.
    ``per_sample_weights`` has the shape of ``input`` and multiplies the rows, of mode "sum" only. The other options
    are as with embedding. Raises ShapeError, DtypeError, ArgumentError, and IndexRangeError when it is read.

        >>> import clgrad
        >>> table = clgrad.tensor([[1.0], [2.0], [4.0]])
        >>> embedding_bag(clgrad.tensor([0, 1, 2]), table, clgrad.tensor([0, 2]), mode="sum").tolist()
        [[3.0], [4.0]]
    """
    place = _places("embedding_bag", input, weight, sparse)
    padding = _row("embedding_bag", padding_idx, weight)
    _check_bags(input, offsets, mode, per_sample_weights, scale_grad_by_freq, include_last_offset)
    if max_norm is not None:
        renorm_rows(weight, place, max_norm, norm_type)
    rows = _rows(weight, place, padding, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    kept = (place != padding).unsqueeze(-1)  # of no padding, -1: no row
    if offsets is None:
        return _bags(rows, kept, mode)
    count = offsets.shape[0] - include_last_offset
    starts = offsets[:count].to(int64)
    number = searchsorted(starts, rows._iota(input.shape[0]), right=True) - 1
    return _bags(rows, kept, mode, number.check_index(count, "embedding_bag offsets"), count)


def _bags(rows: Tensor, kept: Tensor, mode: str, number: Tensor | None = None, count: int = 0) -> Tensor:
    """Rows (bags, n, columns), or (n, columns) and each one's number of ``count`` bags, folded."""

    def fold(values: Tensor, how: str) -> Tensor:
        if number is None:
            return values.amax(1) if how == "max" else values.sum(1)
        first = zeros((count, values.shape[-1]), dtype=values.dtype, device=values.device)
        first = first - math.inf if how == "max" else first
        return first.scatter_rows(number, values, how)

    if mode == "max":
        if 0 in rows.shape:
            return fold(rows, "add")
        largest = fold(kept.choose(rows, -math.inf), "max")
        return (largest == -math.inf).choose(0.0, largest)
    total = fold(kept.choose(rows, 0.0), "add")
    return total if mode == "sum" else total / fold(kept.to(rows.dtype), "add").maximum(1.0)


def _rows(weight: Tensor, place: Tensor, padding: int, scale_grad_by_freq: bool) -> Tensor:
    """Rows by number, with the gradients that the options ask for."""
    rows = weight.take_rows(place)
    if scale_grad_by_freq:
        ones = zeros(place.shape, dtype=weight.dtype, device=weight.device) + 1.0
        counts = zeros((weight.shape[0],), dtype=weight.dtype, device=weight.device).scatter_rows(place, ones, "add")
        held = rows.detach()
        rows = held + (rows - held) / counts.take_rows(place).unsqueeze(-1)  # the value as it is, its gradient scaled
    return rows if padding < 0 else (place == padding).unsqueeze(-1).choose(rows.detach(), rows)


def renorm_rows(weight: Tensor, place: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale those rows of ``weight`` by number whose norm is above ``max_norm`` to that norm, in place."""
    with no_grad():
        rows = weight.detach().take_rows(place)
        norm = (rows.abs() ** norm_type).sum(-1, keepdim=True) ** (1.0 / norm_type)
        scaled = (norm > max_norm).choose(rows * (max_norm / (norm + 1e-7)), rows)
        weight.assign(weight.detach().scatter_rows(place, scaled, "set"))


def _places(op: str, input: Tensor, weight: Tensor, sparse: bool) -> Tensor:
    if weight.ndim != 2:
        raise ShapeError(f"[{op}] weight of shape {weight.shape} must have two dims, (rows, columns)")
    if sparse:
        raise ArgumentError(f"[{op}] sparse=True: there are no sparse gradients; leave it at its default")
    return input.check_index(weight.shape[0], op).to(int64)


def _row(op: str, padding_idx: int | None, weight: Tensor) -> int:
    """The padding's row from the front; -1 without one."""
    count = weight.shape[0]
    if padding_idx is None:
        return -1
    if not -count <= padding_idx < count:
        raise ArgumentError(f"[{op}] padding_idx={padding_idx} is not one of {count} rows")
    return padding_idx % count


def _check_bags(
    input: Tensor, offsets: Any, mode: str, weights: Tensor | None, scales: bool, include_last_offset: bool
) -> None:
    op = "embedding_bag"
    if mode not in MODES:
        raise ArgumentError(f"[{op}] mode={mode!r}, it must be one of {', '.join(MODES)}")
    if mode == "max" and scales:
        raise ArgumentError(f"[{op}] scale_grad_by_freq=True with mode='max', which reads a row once; leave it False")
    if weights is not None and mode != "sum":
        raise ArgumentError(
            f"[{op}] per_sample_weights with mode={mode!r}, they multiply rows of a sum; take mode='sum'"
        )
    if weights is not None and weights.shape != input.shape:
        raise ShapeError(f"[{op}] per_sample_weights {weights.shape} against input {input.shape}, they must be equal")
    if (input.ndim, offsets is None) not in ((2, True), (1, False)):
        raise ShapeError(
            f"[{op}] input {input.shape} must be (bags, n), or (n,) with offsets; offsets are "
            f"{'not ' if offsets is None else ''}given"
        )
    if offsets is None:
        return
    if not offsets.dtype.is_integer:
        raise DtypeError(f"[{op}] offsets are {offsets.dtype.name}, they must be integers; cast with .to(clgrad.int64)")
    if offsets.ndim != 1 or offsets.shape[0] < 1 + include_last_offset:
        raise ShapeError(f"[{op}] offsets {offsets.shape} must be (bags,), or with include_last_offset (bags + 1,)")
