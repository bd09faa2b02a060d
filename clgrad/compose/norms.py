"""Norms and distances under their old names: in the array language."""

from __future__ import annotations

from typing import Any

from clgrad.array import A, Dims, normalize_dim, normalize_dims
from clgrad.dtypes import DType, as_dtype
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.linalg import matrix_norm, vector_norm

__all__ = ["dist", "norm", "renorm"]


def norm(
    input: A, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False, dtype: DType | None = None
) -> A:
    """The p-norm of all elements, or along dims: the p-th root of the sum of magnitudes to the power of p.

    ``p`` "fro" is 2; inf is the largest magnitude, -inf the smallest, 0 the number of elements that are not
    zero; "nuc" is the sum of a matrix's singular values. See linalg.vector_norm and linalg.matrix_norm.

    >>> import clgrad
    >>> clgrad.tensor([3.0, 4.0]).norm().item()
    5.0
    """
    x = input if dtype is None else input._cast(as_dtype(dtype))
    if not x.dtype.is_float:
        raise DtypeError(f"[norm] the norm of {x.dtype.name} is not defined; cast with .to(clgrad.float32)")
    if p == "nuc":
        dims = normalize_dims(dim, x.ndim, "norm")
        if len(dims) != 2:
            raise ShapeError(f"[norm] p='nuc' is a matrix's norm, dims {dims} of shape {x.shape} must be two")
        return matrix_norm(x, "nuc", (dims[0], dims[1]), keepdim)
    if isinstance(p, str) and p != "fro":
        raise ArgumentError(f"[norm] p={p!r} is not known; there are numbers, 'fro' and 'nuc'")
    order = 2 if p is None or p == "fro" else p
    assert not isinstance(order, str)
    return vector_norm(x, order, dim, keepdim)


def dist(input: A, other: A, p: float = 2) -> A:
    """The p-norm of the difference of two tensors, which broadcast.

    >>> import clgrad
    >>> clgrad.dist(clgrad.tensor([1.0, 1.0]), clgrad.tensor([4.0, 5.0])).item()
    5.0
    """
    difference: Any = input - other
    if not difference.dtype.is_float:
        raise DtypeError(f"[dist] the norm of {difference.dtype.name} is not defined; cast with .to(clgrad.float32)")
    return vector_norm(difference, p)  # type: ignore[no-any-return]


def renorm(input: A, p: float, dim: int, maxnorm: float) -> A:
    """Each entry of a dim scaled down to the p-norm maxnorm, if its norm is larger.

    >>> import clgrad
    >>> clgrad.tensor([[3.0, 4.0], [0.0, 1.0]]).renorm(2, 0, 2.5).tolist()
    [[1.5, 2.0], [0.0, 1.0]]
    """
    if input.ndim < 2:
        raise ShapeError(f"[renorm] shape {input.shape} has no entries with a norm; it needs two dims")
    if not p > 0 or not maxnorm >= 0:
        raise ArgumentError(f"[renorm] p={p} and maxnorm={maxnorm}: p must be positive, and maxnorm not negative")
    if not input.dtype.is_float:
        raise DtypeError(f"[renorm] the norm of {input.dtype.name} is not defined; cast with .to(clgrad.float32)")
    axis = normalize_dim(dim, input.ndim, "renorm")
    others = tuple(one for one in range(input.ndim) if one != axis)
    size: Any = vector_norm(input, p, others, True)
    larger = size > maxnorm
    # As in PyTorch, what is scaled down stays a little below the norm it is given.
    return input * larger.choose(maxnorm / (larger.choose(size, 1) + 1e-7), 1)  # type: ignore[no-any-return]
