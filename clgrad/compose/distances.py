"""Norms and distances, in the array language.

Where a norm or a distance is 0 it has no gradient; 0 is given, as in PyTorch.
"""

from __future__ import annotations

import math

import numpy as np

from clgrad.arithmetic import broadcast_shapes
from clgrad.array import A, Dims, normalize_dims
from clgrad.dtypes import float32, promote
from clgrad.errors import ArgumentError, DtypeError, ShapeError

__all__ = ["cdist", "cosine_similarity", "pairwise_distance", "pdist"]

COMPUTE_MODES = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")
MOST_POINTS = 25
"""With more points on a side, cdist takes the product of matrices for Euclidean distances, as PyTorch does."""


def _root(squares: A) -> A:
    """The square root, with gradient 0 at 0."""
    zero = squares <= 0.0
    return zero.choose(0.0, zero.choose(1.0, squares).sqrt())


def _norm(input: A, p: float, dim: Dims, keepdim: bool) -> A:
    """(sum of abs(x)^p)^(1/p) over dims, and its limits; of nothing it is 0."""
    if p == 2:
        return _root(input.square().sum(dim, keepdim))
    if p == 0:
        return (input != 0.0).to(input.dtype).sum(dim, keepdim)  # type: ignore[comparison-overlap]  # elementwise
    size = input.abs()
    if p == 1 or 0 in (input.shape[axis] for axis in normalize_dims(dim, input.ndim, "norm")):
        return size.sum(dim, keepdim)
    if math.isinf(p):
        return size.amax(dim, keepdim) if p > 0 else size.amin(dim, keepdim)
    # Powers of 0 have no slope, or none that is finite.
    zero = size <= 0.0
    total = zero.choose(0.0 if p > 0 else math.inf, zero.choose(1.0, size) ** p).sum(dim, keepdim)
    if p < 0:
        return total ** (1 / p)
    none = total <= 0.0
    return none.choose(0.0, none.choose(1.0, total) ** (1 / p))


def _check_float(op: str, **inputs: A) -> None:
    for name, value in inputs.items():
        if not value.dtype.is_float:
            raise DtypeError(f"[{op}] {name} is {value.dtype.name}, it must be floating; cast it with .to(dtype)")


def normalize(input: A, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12) -> A:
    """Divide by the p-norm over dim, or by eps where the norm is smaller.

    Raises DtypeError, ShapeError.

    >>> import clgrad
    >>> clgrad.nn.functional.normalize(clgrad.tensor([[3.0, 4.0]]), p=1.0).mul(7).tolist()
    [[3.0, 4.0]]
    """
    _check_float("normalize", input=input)
    return input / _norm(input, p, dim, True).clamp(min=eps)


def cosine_similarity(x1: A, x2: A, dim: int = 1, eps: float = 1e-8) -> A:
    """The cosine of the angle between vectors along dim; norms below eps count as eps. Shapes broadcast.

    Raises DtypeError, ShapeError.

    >>> import clgrad
    >>> round(clgrad.cosine_similarity(clgrad.tensor([3.0, 4.0]), clgrad.tensor([4.0, 3.0]), dim=0).item(), 4)
    0.96
    """
    dtype = promote(x1.dtype, x2.dtype)
    if not dtype.is_float:
        raise DtypeError(
            f"[cosine_similarity] x1 is {x1.dtype.name} and x2 {x2.dtype.name}, one must be floating; "
            "cast it with .to(dtype)"
        )
    shape = broadcast_shapes(x1.shape, x2.shape, op="cosine_similarity")
    # A half can not hold the squares of its larger numbers.
    wide = float32 if dtype.size == 2 else dtype
    a, b = x1._cast(wide)._broadcast(shape), x2._cast(wide)._broadcast(shape)
    scales = _norm(a, 2, dim, False).clamp(min=eps).reciprocal(), _norm(b, 2, dim, False).clamp(min=eps).reciprocal()
    return ((a * b).sum(dim) * scales[0] * scales[1])._cast(dtype)


def pairwise_distance(x1: A, x2: A, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> A:
    """The p-norm of x1 - x2 + eps over the last dim. Shapes broadcast.

    Raises DtypeError, ShapeError.

    >>> import clgrad
    >>> clgrad.pairwise_distance(clgrad.tensor([[1.0, 5.0]]), clgrad.tensor([[4.0, 1.0]]), eps=0.0).tolist()
    [5.0]
    """
    difference = x1 - x2 + eps
    if not difference.ndim:
        raise ShapeError("[pairwise_distance] x1 and x2 are 0-d, the last dim holds the coordinates; add one")
    return _norm(difference, p, -1, keepdim)


def cdist(x1: A, x2: A, p: float = 2.0, compute_mode: str = COMPUTE_MODES[0]) -> A:
    """The p-norm distance of every point of x1 to every point of x2: (..., P, M) and (..., R, M) -> (..., P, R).

    With p = 0 it counts the coordinates that differ. Batch dims broadcast. Euclidean distances of more than 25
    points on a side come from the product of the matrices, as in PyTorch: fast, and rounded where points lie
    much closer to each other than to 0; ``compute_mode`` "donot_use_mm_for_euclid_dist" takes differences.
    Raises ShapeError, DtypeError, ArgumentError.

    >>> import clgrad
    >>> clgrad.cdist(clgrad.tensor([[0.0, 0.0]]), clgrad.tensor([[3.0, 4.0], [0.0, 1.0]])).tolist()
    [[5.0, 1.0]]
    """
    if compute_mode not in COMPUTE_MODES:
        raise ArgumentError(f"[cdist] compute_mode={compute_mode!r}, it must be one of {', '.join(COMPUTE_MODES)}")
    if not p >= 0:
        raise ArgumentError(f"[cdist] p={p} must not be negative")
    _check_float("cdist", x1=x1, x2=x2)
    if x1.ndim < 2 or x2.ndim < 2 or x1.shape[-1] != x2.shape[-1]:
        raise ShapeError(
            f"[cdist] x1 {x1.shape} against x2 {x2.shape}: they must be (..., P, M) and (..., R, M), "
            "with as many coordinates M"
        )
    dtype = promote(x1.dtype, x2.dtype)
    x1, x2 = x1._cast(dtype), x2._cast(dtype)
    many = x1.shape[-2] > MOST_POINTS or x2.shape[-2] > MOST_POINTS
    if p == 2 and compute_mode != COMPUTE_MODES[2] and (many or compute_mode == COMPUTE_MODES[1]):
        squares = x1.square().sum(-1, keepdim=True) + x2.square().sum(-1, keepdim=True).mT
        return _root(squares - x1.matmul(x2.mT) * 2.0)
    return _norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1, False)


def pdist(input: A, p: float = 2.0) -> A:
    """The p-norm distances of all pairs of rows: (N, M) -> (N * (N - 1) / 2,), as the upper triangle of cdist.

    Raises ShapeError, DtypeError, ArgumentError.

    >>> import clgrad
    >>> clgrad.pdist(clgrad.tensor([[0.0], [1.0], [3.0]])).tolist()
    [1.0, 3.0, 2.0]
    """
    if input.ndim != 2:
        raise ShapeError(f"[pdist] input {input.shape} must be two-dimensional: points and their coordinates")
    if not p >= 0:
        raise ArgumentError(f"[pdist] p={p} must not be negative")
    _check_float("pdist", input=input)
    first, second = (input._lift(place.astype(np.int64)) for place in np.triu_indices(input.shape[0], 1))
    assert first is not None and second is not None
    return _norm(input.take_rows(first) - input.take_rows(second), p, -1, False)
