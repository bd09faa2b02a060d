"""The standard's linear algebra extension."""

from __future__ import annotations

from typing import Any

from clgrad import functions
from clgrad import linalg as ours
from clgrad.array_api.manipulation import matmul as matmul
from clgrad.array_api.manipulation import matrix_transpose as matrix_transpose
from clgrad.array_api.manipulation import tensordot as tensordot
from clgrad.array_api.manipulation import vecdot as vecdot
from clgrad.tensor import Tensor

__all__ = [
    "cholesky", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "matmul", "matrix_norm", "matrix_power",
    "matrix_rank", "matrix_transpose", "outer", "pinv", "qr", "slogdet", "solve", "svd", "svdvals", "tensordot",
    "trace", "vecdot", "vector_norm",
]  # fmt: skip

det = ours.det
eigvalsh = ours.eigvalsh
inv = ours.inv
matrix_power = ours.matrix_power
slogdet = ours.slogdet
solve = ours.solve
svdvals = ours.svdvals
eigh = ours.eigh
outer = functions.outer


def cholesky(x: Tensor, /, *, upper: Any = False) -> Tensor:
    return ours.cholesky(x, upper=upper)


def cross(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    return ours.cross(x1, x2, dim=axis)


def diagonal(x: Tensor, /, *, offset: int = 0) -> Tensor:
    return functions.diagonal(x, offset, -2, -1)


def matrix_norm(x: Tensor, /, *, keepdims: Any = False, ord: Any = "fro") -> Tensor:
    return ours.matrix_norm(x, "fro" if ord is None else ord, keepdim=keepdims)


def matrix_rank(x: Tensor, /, *, rtol: Any = None) -> Tensor:
    return ours.matrix_rank(x, rtol=rtol)


def pinv(x: Tensor, /, *, rtol: Any = None) -> Tensor:
    return ours.pinv(x, rtol=rtol)


def qr(x: Tensor, /, *, mode: str = "reduced") -> Any:
    return ours.qr(x, mode)


def svd(x: Tensor, /, *, full_matrices: Any = True) -> Any:
    return ours.svd(x, full_matrices)


def trace(x: Tensor, /, *, offset: int = 0, dtype: Any = None) -> Tensor:
    from clgrad.array_api.reductions import sum as total

    return total(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def vector_norm(x: Tensor, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Tensor:
    return ours.vector_norm(x, ord, axis, keepdim=keepdims)
