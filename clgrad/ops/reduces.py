"""Reductions over axes; reduced axes stay with length one."""

from __future__ import annotations

from typing import Any

import numpy as np

from clgrad.dtypes import DType
from clgrad.ops import ANY, NUMBER, Op, row


def lowest(dtype: DType) -> Any:
    """What no number of a dtype is below."""
    if dtype.is_float:
        return -np.inf
    return False if dtype.name == "bool" else int(np.iinfo(dtype.name).min)


def highest(dtype: DType) -> Any:
    """What no number of a dtype is above."""
    if dtype.is_float:
        return np.inf
    return True if dtype.name == "bool" else int(np.iinfo(dtype.name).max)


def _extreme_vjp(g: Any, y: Any, x: Any, axes: Any) -> Any:
    # Ties share the gradient, as in torch.amax.
    hit = (x == y).to(x.dtype)
    return g / hit.sum(axes, keepdim=True) * hit


def _exclusive_product(x: Any, axis: int) -> Any:
    """Products of all elements before each one, by doubling: exact with zeros, and differentiable."""
    length = x.shape[axis]

    def shift(a: Any, by: int) -> Any:
        starts, stops = [0] * a.ndim, list(a.shape)
        stops[axis] = length - by
        widths = [(0, 0)] * a.ndim
        widths[axis] = (by, 0)
        kept = a.slice_ranges(tuple(starts), tuple(stops), (1,) * a.ndim)
        return kept.pad_widths(tuple(widths), value=1)

    product, step = shift(x, 1), 1
    while step < length:
        product = product * shift(product, step)
        step *= 2
    return product


def _prod_vjp(g: Any, y: Any, x: Any, axes: Any) -> Any:
    if 0 in x.shape:
        return x.zeros_like()
    # The product of all others is (all before) * (all after); several axes become one first.
    rest = tuple(axis for axis in range(x.ndim) if axis not in axes)
    flat = x.permute((*rest, *axes)).reshape((*(x.shape[axis] for axis in rest), -1))
    last = flat.ndim - 1
    others = _exclusive_product(flat, last) * _exclusive_product(flat.flip((last,)), last).flip((last,))
    order = (*rest, *axes)
    others = others.reshape(tuple(x.shape[axis] for axis in order))
    return g * others.permute(tuple(sorted(range(x.ndim), key=order.__getitem__)))


sum_: Op = row(
    "sum",
    "reduce",
    attributes=("axes",),
    domain=NUMBER,
    vjp=lambda g, y, x, axes: g.expand(x.shape),
    numpy=np.add,
    c="{0} + {1}",
    identity=lambda dtype: 0,
)
prod: Op = row(
    "prod",
    "reduce",
    attributes=("axes",),
    domain=NUMBER,
    vjp=_prod_vjp,
    numpy=np.multiply,
    c="{0} * {1}",
    identity=lambda dtype: 1,
)
amax: Op = row(
    "amax",
    "reduce",
    keeps=True,
    attributes=("axes",),
    domain=ANY,
    vjp=_extreme_vjp,
    numpy=np.maximum,
    c="({1} != {1}) ? {1} : (({1} > {0}) ? {1} : {0})",
    identity=lowest,
)
amin: Op = row(
    "amin",
    "reduce",
    keeps=True,
    attributes=("axes",),
    domain=ANY,
    vjp=_extreme_vjp,
    numpy=np.minimum,
    c="({1} != {1}) ? {1} : (({1} < {0}) ? {1} : {0})",
    identity=highest,
)
