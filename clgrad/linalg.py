"""Linear algebra under PyTorch's names: ``clgrad.linalg.solve`` and its like.

Products and norms are composed on the tensor's own device. Factorisations are LAPACK's, on the host: the matrices are
moved to the ``cpu`` device and the result is moved back (both stand in the plan, so ``clgrad.jit`` replays them). They
take float32 and float64, compute in float64, and round once. Their gradients are array expressions on the
tensor's device. Leading dims are batches everywhere.

A matrix that has no such factor (singular, not positive definite, not finite) raises LinearAlgebraError when
the result is computed, not before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from clgrad.arithmetic import broadcast_shapes
from clgrad.array import A, Array, Dims, normalize_dim, normalize_dims
from clgrad.compose import products
from clgrad.device import device
from clgrad.dtypes import DType, as_dtype, finfo, float32, float64
from clgrad.errors import ArgumentError, DeviceError, DtypeError, LinearAlgebraError, ShapeError
from clgrad.ops import Op, factorisations
from clgrad.ops.factorisations import eye_like, on_host, unpack

__all__ = [
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vecdot",
    "vector_norm",
]

LinAlgError = LinearAlgebraError

T = TypeVar("T")


class SlogDet(NamedTuple, Generic[T]):
    """The sign of a determinant, and the logarithm of its magnitude."""

    sign: T
    logabsdet: T


class QR(NamedTuple, Generic[T]):
    """Orthonormal columns, and an upper triangle."""

    Q: T
    R: T


class Eigh(NamedTuple, Generic[T]):
    """Eigenvalues in ascending order, and their vectors as columns."""

    eigenvalues: T
    eigenvectors: T


class SVD(NamedTuple, Generic[T]):
    """Left vectors as columns, singular values in descending order, right vectors as rows."""

    U: T
    S: T
    Vh: T


class LeastSquares(NamedTuple, Generic[T]):
    """What solves a system best, what remains of it, and what was found out of the matrices."""

    solution: T
    residuals: T
    rank: T
    singular_values: T


# -- operands -------------------------------------------------------------------------------------


def _check(op: str, x: Array, square: bool = False) -> None:
    if x.ndim < 2:
        raise ShapeError(f"[linalg.{op}] shape {x.shape} is no matrix: it must have two dims at least")
    if square and x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"[linalg.{op}] matrices of shape {x.shape[-2:]} must be square")


def _check_float(op: str, x: Array) -> None:
    if not x.dtype.is_float:
        raise DtypeError(f"[linalg.{op}] {x.dtype.name} is no float; cast with .to(clgrad.float32)")


def _factor(name: str, op: Op, *operands: A, attributes: tuple[Any, ...] = ()) -> A:
    """A row of factorisations, applied on the host."""
    first = operands[0]
    for operand in operands:
        if operand.dtype is not float32 and operand.dtype is not float64:
            raise DtypeError(
                f"[linalg.{name}] LAPACK, on the host, knows float32 and float64, not the {operand.dtype.name} of "
                f"{operand.device}; cast with .to(dtype)"
            )
        if operand.dtype is not first.dtype:
            raise DtypeError(
                f"[linalg.{name}] dtypes {first.dtype.name} and {operand.dtype.name} differ; cast one with .to(dtype)"
            )
        if operand.device is not first.device:
            raise DeviceError(
                f"[linalg.{name}] operands are on {first.device} and {operand.device}; move one with .to(device)"
            )
    result: A = on_host(op, device("cpu"), operands, *attributes)
    return result


def _eye(x: A, size: int) -> A:
    """The unit matrix, in x's batch."""
    unit: A = eye_like(x, size)._cast(x.dtype)
    return unit._broadcast((*x.shape[:-2], size, size))


def _batched(op: str, a: A, b: A) -> tuple[A, A]:
    """Both with the batch dims that theirs broadcast to."""
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2], op=f"linalg.{op}")
    return a._broadcast(batch + a.shape[-2:]), b._broadcast(batch + b.shape[-2:])


def _full(x: A, value: float, shape: tuple[int, ...]) -> A:
    return x._constant(value, x.dtype)._broadcast(shape)


# -- products -------------------------------------------------------------------------------------


def matmul(input: A, other: A) -> A:
    """The matrix product; see ``clgrad.matmul``.

    >>> import clgrad
    >>> clgrad.linalg.matmul(clgrad.ones(2, 3), clgrad.ones(3)).tolist()
    [3.0, 3.0]
    """
    return input.matmul(other)


def vecdot(x: A, y: A, *, dim: int = -1) -> A:
    """Sums of products along a dim; the others broadcast.

    >>> import clgrad
    >>> clgrad.linalg.vecdot(clgrad.ones(4, 3), clgrad.ones(3)).tolist()
    [3.0, 3.0, 3.0, 3.0]
    """
    _check_float("vecdot", x)
    return (x * y).sum(dim)


def cross(input: A, other: A, *, dim: int = -1) -> A:
    """The cross product of vectors of three elements along a dim; the others broadcast.

    >>> import clgrad
    >>> clgrad.linalg.cross(clgrad.tensor([1, 0, 0]), clgrad.tensor([0, 1, 0])).tolist()
    [0, 0, 1]
    """
    return products.cross(input, other, dim)


def multi_dot(tensors: Sequence[A]) -> A:
    """The product of a chain of matrices, in the order of fewest multiplications; the first and last may be vectors.

    >>> import clgrad
    >>> clgrad.linalg.multi_dot([clgrad.ones(3), clgrad.ones(3, 4), clgrad.ones(4)]).item()
    12.0
    """
    if len(tensors) < 2:
        raise ArgumentError(f"[linalg.multi_dot] needs two tensors at least, got {len(tensors)}")
    first, last = tensors[0], tensors[-1]
    chain = [first.unsqueeze(0) if first.ndim == 1 else first, *tensors[1:-1]]
    chain.append(last.unsqueeze(1) if last.ndim == 1 else last)
    product = products.chain_matmul(*chain)
    if first.ndim == 1:
        product = product.squeeze(0)
    return product.squeeze(-1) if last.ndim == 1 else product


def matrix_power(A: A, n: int) -> A:
    """Square matrices to the power of an integer, by squaring; a negative one of the inverse (on the host).

    >>> import clgrad
    >>> clgrad.linalg.matrix_power(clgrad.tensor([[1.0, 1.0], [0.0, 1.0]]), 5).tolist()
    [[1.0, 5.0], [0.0, 1.0]]
    """
    _check("matrix_power", A, square=True)
    if isinstance(n, bool) or not isinstance(n, int):
        raise ArgumentError(f"[linalg.matrix_power] n must be an integer, got {n!r}")
    if n == 0:
        return _eye(A, A.shape[-1])
    square, result = inv(A) if n < 0 else A, None
    left = abs(n)
    while left:
        if left & 1:
            result = square if result is None else result @ square
        left >>= 1
        square = square @ square if left else square
    assert result is not None
    return result


def matrix_exp(A: A) -> A:
    """The exponential of square matrices, on the host: scaling and squaring of a Taylor polynomial.

    The number of squarings is each matrix' own and depends on its values, which a plan of kernels can not.
    Gradients are exponentials of block matrices (Mathias 1996).

    >>> import clgrad
    >>> clgrad.linalg.matrix_exp(clgrad.zeros(2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    _check("matrix_exp", A, square=True)
    return _factor("matrix_exp", factorisations.exponential, A)


def diagonal(A: A, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> A:
    """The diagonal of two dims as the last dim: of columns from ``offset`` on, or of rows where that is negative.

    >>> import clgrad
    >>> clgrad.linalg.diagonal(clgrad.tensor([[1, 2], [3, 4]])).tolist()
    [1, 4]
    """
    first, second = (normalize_dim(dim, A.ndim, "linalg.diagonal") for dim in (dim1, dim2))
    if first == second:
        raise ShapeError(f"[linalg.diagonal] dims {dim1} and {dim2} of shape {A.shape} are one; name two")
    starts, stops = [0] * A.ndim, list(A.shape)
    starts[first], starts[second] = max(0, -offset), max(0, offset)
    size = max(0, min(A.shape[first] - starts[first], A.shape[second] - starts[second]))
    for axis in (first, second):
        starts[axis] = min(starts[axis], A.shape[axis])
        stops[axis] = starts[axis] + size
    return products.diagonal_of(A.slice_ranges(tuple(starts), tuple(stops), (1,) * A.ndim), first, second)


# -- norms ----------------------------------------------------------------------------------------


def _as_float(op: str, x: A, dtype: DType | None) -> A:
    x = x if dtype is None else x._cast(as_dtype(dtype))
    _check_float(op, x)
    return x


def vector_norm(x: A, ord: float = 2, dim: Dims = None, keepdim: bool = False, *, dtype: DType | None = None) -> A:
    """The norm of vectors along dims: the ``ord``-th root of the sum of the elements' magnitudes to the power of ord.

    ``ord`` inf is the largest magnitude, -inf the smallest, 0 the number of elements that are not zero. The gradient
    of a zero vector is zero.

    >>> import clgrad
    >>> clgrad.linalg.vector_norm(clgrad.tensor([3.0, 4.0])).item()
    5.0
    """
    if isinstance(ord, bool) or not isinstance(ord, (int, float)):
        raise ArgumentError(f"[linalg.vector_norm] ord must be a number, got {ord!r}")
    x = _as_float("vector_norm", x, dtype)
    if ord == 0:
        return x._truth().sum(dim, keepdim)._cast(x.dtype)
    if abs(ord) == math.inf:
        if ord > 0 and not all(x.shape[axis] for axis in normalize_dims(dim, x.ndim, "linalg.vector_norm")):
            raise ShapeError(f"[linalg.vector_norm] shape {x.shape} has no elements along dims {dim}: none is largest")
        return x.abs().amax(dim, keepdim) if ord > 0 else x.abs().amin(dim, keepdim)
    if ord == 1:
        return x.abs().sum(dim, keepdim)
    if ord == 2:
        return _root((x * x).sum(dim, keepdim), 2)  # type: ignore[no-any-return]
    size: Any = x.abs()
    if ord >= 2:
        return _root((size**ord).sum(dim, keepdim), ord)  # type: ignore[no-any-return]
    # Below 2, a derivative of the power has no value at zero: there it counts as zero.
    powers = (size == 0).choose(0 if ord > 0 else math.inf, (size == 0).choose(1, size) ** ord)
    return _root(powers.sum(dim, keepdim), ord)  # type: ignore[no-any-return]


def _root(total: Any, ord: float) -> Any:
    """total ** (1 / ord), whose gradient at zero is zero."""
    zero = total == 0
    inside = zero.choose(1, total)
    return zero.choose(0 if ord > 0 else math.inf, inside.sqrt() if ord == 2 else inside ** (1 / ord))


def matrix_norm(
    A: A,
    ord: float | str = "fro",
    dim: tuple[int, int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> A:
    """The norm of matrices, which two dims hold.

    ``ord`` is "fro" (root of the sum of squares), "nuc" (sum of singular values), 2 or -2 (largest or smallest
    singular value; like "nuc" found on the host), 1 or -1 (largest or smallest sum of a column's magnitudes),
    inf or -inf (of a row's).

    >>> import clgrad
    >>> clgrad.linalg.matrix_norm(clgrad.tensor([[1.0, -2.0], [3.0, 4.0]]), 1).item()
    6.0
    """
    x = _as_float("matrix_norm", A, dtype)
    _check("matrix_norm", x)
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise ShapeError(f"[linalg.matrix_norm] dim must name two dims, got {dim!r}")
    row, column = (normalize_dim(one, x.ndim, "linalg.matrix_norm") for one in dim)
    if row == column:
        raise ShapeError(f"[linalg.matrix_norm] dims {tuple(dim)} of shape {x.shape} are one; name two")
    if ord == "fro":
        return vector_norm(x, 2, (row, column), keepdim)
    if ord == "nuc" or ord in (2, -2):
        others = [axis for axis in range(x.ndim) if axis not in (row, column)]
        values = svdvals(x.permute(*others, row, column))
        if ord == "nuc":
            result = values.sum(-1)
        else:
            result = values.amax(-1) if ord == 2 else values.amin(-1)
    elif ord in (1, -1, math.inf, -math.inf):
        summed, kept = (row, column) if abs(float(ord)) == 1 else (column, row)
        sums = x.abs().sum(summed, keepdim=True)
        result = (sums.amax(kept, keepdim=True) if float(ord) > 0 else sums.amin(kept, keepdim=True)).squeeze(
            (row, column)
        )
    else:
        raise ArgumentError(f"[linalg.matrix_norm] ord {ord!r} is none of 'fro', 'nuc', 1, -1, 2, -2, inf and -inf")
    shape = tuple(1 if axis in (row, column) else size for axis, size in enumerate(x.shape))
    return result.reshape(shape) if keepdim else result


def norm(
    A: A,
    ord: float | str | None = None,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> A:
    """A vector's or a matrix' norm: of a vector along one dim, of a matrix in two dims.

    Without ``ord``, the root of the sum of squares over the dims (by default all). Without ``dim`` but with
    ``ord``, the tensor must be a vector or a matrix. See ``vector_norm`` and ``matrix_norm``.

    >>> import clgrad
    >>> clgrad.linalg.norm(clgrad.tensor([[3.0, 0.0], [0.0, 4.0]])).item()
    5.0
    """
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is None:
        if A.ndim not in (1, 2):
            raise ShapeError(f"[linalg.norm] shape {A.shape} is no vector and no matrix: name the dims of the norm")
        dims = tuple(range(A.ndim))
    else:
        dims = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(dims) == 2:
        return matrix_norm(A, ord, (dims[0], dims[1]), keepdim, dtype=dtype)
    if isinstance(ord, str):
        raise ArgumentError(f"[linalg.norm] ord {ord!r} is of matrices, and dims {dims} are not two")
    return vector_norm(A, ord, dims, keepdim, dtype=dtype)


def cond(A: A, p: float | str | None = None) -> A:
    """The condition number: the norm of matrices times that of their inverses, infinite for singular ones.

    With p None, 2 or -2 it is a quotient of singular values, and matrices need not be square. On the host.

    >>> import clgrad
    >>> clgrad.linalg.cond(clgrad.tensor([[2.0, 0.0], [0.0, 1.0]]), 1).item()
    2.0
    """
    _check("cond", A)
    if p is None or p in (2, -2):
        values = svdvals(A)
        if not values.shape[-1]:
            return _full(A, 0, A.shape[:-2])
        largest, smallest = values.amax(-1), values.amin(-1)
        return smallest / largest if p == -2 else largest / smallest
    _check("cond", A, square=True)
    inverted = _factor("cond", factorisations.inverse, A, attributes=("infinity",))
    of_inverse = matrix_norm(inverted, p)
    return of_inverse.isinf().choose(math.inf, matrix_norm(A, p) * of_inverse)


# -- linear systems -------------------------------------------------------------------------------


def inv(A: A) -> A:
    """The inverse of square matrices, by LAPACK on the host.

    Raises LinearAlgebraError, when it runs, for a singular matrix.

    >>> import clgrad
    >>> clgrad.linalg.inv(clgrad.tensor([[2.0, 0.0], [0.0, 4.0]])).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    _check("inv", A, square=True)
    return _factor("inv", factorisations.inverse, A, attributes=("raise",))


def inverse(input: A) -> A:
    """The inverse of square matrices: another name of ``inv``.

    >>> import clgrad
    >>> clgrad.inverse(clgrad.tensor([[2.0]])).tolist()
    [[0.5]]
    """
    return inv(input)


def solve(A: A, B: A, *, left: bool = True) -> A:
    """X in A @ X = B, or X @ A = B without ``left``, by LAPACK on the host.

    B holds matrices, or vectors where it has one dim or the shape of A without its last dim. Batches broadcast.
    Raises LinearAlgebraError, when it runs, for a singular matrix.

    >>> import clgrad
    >>> clgrad.linalg.solve(clgrad.tensor([[2.0, 0.0], [0.0, 4.0]]), clgrad.tensor([2.0, 2.0])).tolist()
    [1.0, 0.5]
    """
    _check("solve", A, square=True)
    is_vector = _is_vector(A, B)
    b = B.unsqueeze(-1) if is_vector else B
    _check("solve", b)
    if not left:
        if is_vector:
            raise ShapeError("[linalg.solve] left=False needs matrices on the right, B holds vectors; use unsqueeze")
        return solve(A.mT, b.mT).mT
    if b.shape[-2] != A.shape[-1]:
        raise ShapeError(f"[linalg.solve] {A.shape} and {B.shape} do not fit: sides of {A.shape[-1]} and {b.shape[-2]}")
    x = _factor("solve", factorisations.solve, *_batched("solve", A, b))
    return x.squeeze(-1) if is_vector else x


def _is_vector(a: Array, b: Array) -> bool:
    return b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1])


def solve_triangular(A: A, B: A, *, upper: bool, left: bool = True, unitriangular: bool = False) -> A:
    """X in A @ X = B, or X @ A = B without ``left``, of one triangle of A, by substitution on the host.

    With ``unitriangular`` the diagonal counts as ones. A zero on it gives infinities or NaN, as in PyTorch.

    >>> import clgrad
    >>> A, B = clgrad.tensor([[2.0, 1.0], [0.0, 1.0]]), clgrad.tensor([[3.0], [1.0]])
    >>> clgrad.linalg.solve_triangular(A, B, upper=True).tolist()
    [[1.0], [1.0]]
    """
    _check("solve_triangular", A, square=True)
    _check("solve_triangular", B)
    if not left:
        return solve_triangular(A.mT, B.mT, upper=not upper, unitriangular=unitriangular).mT
    if B.shape[-2] != A.shape[-1]:
        raise ShapeError(
            f"[linalg.solve_triangular] {A.shape} and {B.shape} do not fit: sides of {A.shape[-1]} and {B.shape[-2]}"
        )
    a, b = _batched("solve_triangular", A, B)
    return _factor(
        "solve_triangular", factorisations.solve_triangular, a, b, attributes=(bool(upper), bool(unitriangular))
    )


class TriangularSolution(NamedTuple, Generic[T]):
    """A solution, and the matrix it belongs to."""

    solution: T
    cloned_coefficient: T


def triangular_solve(
    b: A, A: A, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolution[A]:
    """X in A @ X = b, or A.mT @ X = b with ``transpose``: ``linalg.solve_triangular`` under PyTorch's older name.

    >>> import clgrad
    >>> A, b = clgrad.tensor([[2.0, 1.0], [0.0, 1.0]]), clgrad.tensor([[3.0], [1.0]])
    >>> clgrad.triangular_solve(b, A).solution.tolist()
    [[1.0], [1.0]]
    """
    matrix, above = (A.mT, not upper) if transpose else (A, upper)
    return TriangularSolution(solve_triangular(matrix, b, upper=above, unitriangular=unitriangular), A)


def cholesky(A: A, *, upper: bool = False) -> A:
    """The triangle L with L @ L.mT = A for symmetric positive definite matrices, by LAPACK on the host.

    Only the lower triangle of A is read, and with ``upper`` only the upper one; then the result is L.mT.
    Raises LinearAlgebraError, when it runs, for a matrix that is not positive definite.

    >>> import clgrad
    >>> clgrad.linalg.cholesky(clgrad.tensor([[4.0, 2.0], [2.0, 2.0]])).tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    _check("cholesky", A, square=True)
    if upper:
        return cholesky(A.mT).mT
    return _factor("cholesky", factorisations.cholesky, A)


def tensorsolve(A: A, B: A, dims: Sequence[int] | None = None) -> A:
    """X in tensordot(A, X, X.ndim) = B, by LAPACK on the host; ``dims`` of A are moved to its end before.

    Raises LinearAlgebraError, when it runs, for a singular system.

    >>> import clgrad
    >>> clgrad.linalg.tensorsolve(clgrad.eye(6).reshape(2, 3, 6), clgrad.ones(2, 3)).shape
    (6,)
    """
    if dims is not None:
        last = [normalize_dim(dim, A.ndim, "linalg.tensorsolve") for dim in dims]
        A = A.permute(*(axis for axis in range(A.ndim) if axis not in last), *last)
    rest = A.shape[B.ndim :]
    if A.shape[: B.ndim] != B.shape or math.prod(rest) != math.prod(B.shape):
        raise ShapeError(
            f"[linalg.tensorsolve] A of shape {A.shape} must begin with the shape of B, {B.shape}, and have as many "
            "elements in the dims behind it"
        )
    size = math.prod(B.shape)
    return solve(A.reshape(size, size), B.reshape(size)).reshape(rest)


def tensorinv(A: A, ind: int = 2) -> A:
    """The inverse for tensordot: of A with its first ``ind`` dims as rows, by LAPACK on the host.

    Raises LinearAlgebraError, when it runs, for a singular matrix.

    >>> import clgrad
    >>> clgrad.linalg.tensorinv(clgrad.eye(6).reshape(2, 3, 6)).shape
    (6, 2, 3)
    """
    if ind <= 0:
        raise ArgumentError(f"[linalg.tensorinv] ind must be positive, got {ind}")
    rows, columns = A.shape[:ind], A.shape[ind:]
    size = math.prod(rows)
    if size != math.prod(columns):
        raise ShapeError(f"[linalg.tensorinv] dims {rows} and {columns} of shape {A.shape} must have as many elements")
    return inv(A.reshape(size, size)).reshape(columns + rows)


# -- determinants ---------------------------------------------------------------------------------


def det(A: A) -> A:
    """The determinant: up to size 3 written out, of larger matrices by LAPACK on the host.

    Singular matrices have a gradient as well; a second one larger matrices only where they are not singular.

    >>> import clgrad
    >>> clgrad.linalg.det(clgrad.tensor([[1.0, 2.0], [3.0, 4.0]])).item()
    -2.0
    """
    _check("det", A, square=True)
    _check_float("det", A)
    size = A.shape[-1]
    if size > 3:
        return _factor("det", factorisations.determinant, A)
    if size == 0:
        return _full(A, 1, A.shape[:-2])

    def element(row: int, column: int) -> Any:
        starts = (*(0,) * (A.ndim - 2), row, column)
        stops = (*A.shape[:-2], row + 1, column + 1)
        return A.slice_ranges(starts, stops, (1,) * A.ndim).reshape(A.shape[:-2])

    def minor(row: int, first: int, second: int) -> Any:
        return element(row, first) * element(row + 1, second) - element(row, second) * element(row + 1, first)

    if size == 1:
        return element(0, 0)  # type: ignore[no-any-return]
    if size == 2:
        return minor(0, 0, 1)  # type: ignore[no-any-return]
    terms = (element(0, 0) * minor(1, 1, 2), element(0, 1) * minor(1, 0, 2), element(0, 2) * minor(1, 0, 1))
    return terms[0] - terms[1] + terms[2]  # type: ignore[no-any-return]


def slogdet(A: A) -> SlogDet[A]:
    """The sign of the determinant and the logarithm of its magnitude, by LAPACK on the host.

    A singular matrix has sign 0 and logarithm -inf, and no gradient: LinearAlgebraError.

    >>> import clgrad
    >>> clgrad.linalg.slogdet(clgrad.tensor([[0.0, 1.0], [1.0, 0.0]])).sign.item()
    -1.0
    """
    _check("slogdet", A, square=True)
    if not A.shape[-1]:
        return SlogDet(_full(A, 1, A.shape[:-2]), _full(A, 0, A.shape[:-2]))
    packed = _factor("slogdet", factorisations.log_determinant, A)
    sign, logarithm = unpack(packed, ((), ()))
    return SlogDet(sign, logarithm)


def logdet(input: A) -> A:
    """The logarithm of the determinant, by LAPACK on the host; NaN where that is negative. See ``slogdet``.

    >>> import clgrad
    >>> clgrad.logdet(clgrad.eye(2)).item()
    0.0
    """
    sign, logarithm = slogdet(input)
    negative: Any = sign < 0
    return negative.choose(math.nan, logarithm)  # type: ignore[no-any-return]


# -- orthogonal factors ---------------------------------------------------------------------------


def qr(A: A, mode: str = "reduced") -> QR[A]:
    """Q with orthonormal columns and the upper triangle R with Q @ R = A, by LAPACK on the host.

    Of (m, n): "reduced" gives Q (m, k) and R (k, n) with k the smaller of both; "complete" Q (m, m) and R (m, n);
    "r" only R, and an empty Q. "complete" has a gradient unless m > n: then GradientError.

    >>> import clgrad
    >>> Q, R = clgrad.linalg.qr(clgrad.ones(3, 2))
    >>> Q.shape, R.shape
    ((3, 2), (2, 2))
    """
    _check("qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise ArgumentError(f"[linalg.qr] mode {mode!r} is none of 'reduced', 'complete' and 'r'")
    complete = mode == "complete"
    shapes = factorisations.qr_shapes(A.shape, complete)
    if 0 in A.shape[-2:]:
        q, r = _eye(A, A.shape[-2]), A
        if not complete:
            batch, (m, k) = A.shape[:-2], shapes[0]
            q, r = _full(A, 0, (*batch, m, k)), _full(A, 0, (*batch, *shapes[1]))
    else:
        q, r = unpack(_factor("qr", factorisations.qr, A, attributes=(complete,)), shapes)
    return QR(_full(A, 0, (0,)) if mode == "r" else q, r)


def eigh(A: A, UPLO: str = "L") -> Eigh[A]:
    """Eigenvalues and eigenvectors of symmetric matrices: A = V @ diag(values) @ V.mT, by LAPACK on the host.

    One triangle is read, the lower (UPLO "L") or the upper ("U"). The gradient of the vectors is not finite where
    eigenvalues are equal. Raises LinearAlgebraError, when it runs, for elements that are not finite.

    >>> import clgrad
    >>> clgrad.linalg.eigh(clgrad.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues.tolist()
    [1.0, 2.0]
    """
    _check("eigh", A, square=True)
    packed = _packed("eigh", factorisations.eigh, A, _triangle(UPLO))
    values = _of_packed(factorisations.eigenvalues, A, packed)
    return Eigh(values, unpack(packed.to_device(A.device), factorisations.eigh_shapes(A.shape))[1])


def _triangle(name: str) -> str:
    if name.upper() not in ("L", "U"):
        raise ArgumentError(f"[linalg.eigh] UPLO {name!r} is neither 'L' nor 'U'")
    return name.upper()


def _packed(name: str, op: Op, x: A, attribute: Any) -> A:
    """Several results, still on the host."""
    return _factor(name, op, x, attributes=(attribute,)).to_device(device("cpu"))


def _of_packed(op: Op, x: A, packed: A, *attributes: Any) -> A:
    """A row that reads what another has found."""
    result = packed._apply(op, (x.to_device(packed.device), packed), *attributes, x.device)
    return result.to_device(x.device)


def eigvalsh(A: A, UPLO: str = "L") -> A:
    """The eigenvalues of symmetric matrices in ascending order, by LAPACK on the host; see ``eigh``.

    >>> import clgrad
    >>> clgrad.linalg.eigvalsh(clgrad.tensor([[2.0, 0.0], [0.0, 1.0]])).tolist()
    [1.0, 2.0]
    """
    _check("eigvalsh", A, square=True)
    return _factor("eigvalsh", factorisations.eigenvalues_only, A, attributes=(_triangle(UPLO),))


def svd(A: A, full_matrices: bool = True) -> SVD[A]:
    """The singular value decomposition A = U @ diag(S) @ Vh, by LAPACK on the host.

    Of (m, n), with k the smaller of both: S (k) in descending order; U (m, m) and Vh (n, n), or without
    ``full_matrices`` U (m, k) and Vh (k, n). The gradient of the vectors is not finite where singular values are
    equal; vectors that belong to no singular value have none. Raises LinearAlgebraError, when it runs, for elements
    that are not finite.

    >>> import clgrad
    >>> clgrad.linalg.svd(clgrad.tensor([[0.0, 3.0], [2.0, 0.0]])).S.tolist()
    [3.0, 2.0]
    """
    _check("svd", A)
    full = bool(full_matrices)
    shapes = factorisations.svd_shapes(A.shape, full)
    if 0 in A.shape[-2:]:
        (m, columns), _, (rows, n) = shapes
        u = _eye(A, m) if full else _full(A, 0, (*A.shape[:-2], m, columns))
        vh = _eye(A, n) if full else _full(A, 0, (*A.shape[:-2], rows, n))
        return SVD(u, _full(A, 0, (*A.shape[:-2], 0)), vh)
    packed = _packed("svd", factorisations.svd, A, full)
    values = _of_packed(factorisations.singular_values, A, packed, full)
    u, _, vh = unpack(packed.to_device(A.device), shapes)
    return SVD(u, values, vh)


def svdvals(A: A) -> A:
    """The singular values in descending order, by LAPACK on the host.

    >>> import clgrad
    >>> clgrad.linalg.svdvals(clgrad.tensor([[0.0, 3.0], [2.0, 0.0]])).tolist()
    [3.0, 2.0]
    """
    _check("svdvals", A)
    return _factor("svdvals", factorisations.singular_values_only, A)


def _default_rtol(op: str, x: Array, atol: Any, rtol: Any) -> Any:
    """The relative tolerance where none is given: rounding's, unless there is an absolute one."""
    _check_float(op, x)
    if rtol is not None:
        return rtol
    if atol is not None and (isinstance(atol, Array) or atol > 0):
        return 0.0
    return max(x.shape[-2:]) * finfo(x.dtype).eps


def matrix_rank(A: A, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> A:
    """How many singular values (int64) are above max(atol, rtol * the largest), which are found on the host.

    Tolerances are numbers or tensors; by default atol is 0, and rtol max(m, n) times the dtype's epsilon, unless atol
    is given: then 0. ``hermitian`` says that the matrices are symmetric.

    >>> import clgrad
    >>> clgrad.linalg.matrix_rank(clgrad.ones(3, 3)).item()
    1
    """
    _check("matrix_rank", A, square=hermitian)
    values = eigvalsh(A).abs() if hermitian else svdvals(A)
    if not values.shape[-1]:
        return values.sum(-1)._cast(as_dtype(int))
    limit: Any = (values.amax(-1) * _default_rtol("matrix_rank", A, atol, rtol)).maximum(0.0 if atol is None else atol)
    above: Any = values > limit.unsqueeze(-1)
    return above.sum(-1)  # type: ignore[no-any-return]


def pinv(A: A, *, atol: float | None = None, rtol: float | None = None, hermitian: bool = False) -> A:
    """The Moore-Penrose inverse, by a singular value decomposition on the host: (m, n) -> (n, m).

    Singular values up to max(atol, rtol * the largest) count as zero; see ``matrix_rank``. ``hermitian`` says that
    the matrices are symmetric: the lower triangle is read. The gradient holds where the rank does not change.

    >>> import clgrad
    >>> clgrad.linalg.pinv(clgrad.tensor([[2.0, 0.0], [0.0, 0.0]])).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    _check("pinv", A, square=hermitian)
    if 0 in A.shape[-2:]:
        return A.mT
    limits = (float(atol or 0.0), float(_default_rtol("pinv", A, atol, rtol)))
    return _factor("pinv", factorisations.pseudoinverse, A, attributes=(*limits, bool(hermitian)))


def pinverse(input: A, rcond: float = 1e-15) -> A:
    """The Moore-Penrose inverse, by LAPACK on the host; singular values up to rcond * the largest count as zero.

    >>> import clgrad
    >>> clgrad.pinverse(clgrad.tensor([[2.0], [0.0]])).tolist()
    [[0.5, 0.0]]
    """
    return pinv(input, rtol=rcond)


def lstsq(A: A, B: A, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares[A]:
    """X with the smallest A @ X - B, and of these the smallest X: pinv(A) @ B, by LAPACK on the host.

    B is (*, m, k) for A (*, m, n), or (*, m). Singular values up to rcond times the largest count as zero; by default
    rcond is max(m, n) times the dtype's epsilon. ``driver`` tells which parts are given besides the solution, as in
    PyTorch: "gelsy" (the default) the rank; "gels" the residuals, of full rank; "gelsd" and "gelss" all, and
    whether residuals exist depends on the rank, which is read. What is not given is empty.

    >>> import clgrad
    >>> A, B = clgrad.tensor([[1.0], [1.0]]), clgrad.tensor([[1.0], [3.0]])
    >>> round(clgrad.linalg.lstsq(A, B).solution.item(), 5)
    2.0
    """
    drivers = (None, "gelsy", "gels", "gelsd", "gelss")
    if driver not in drivers:
        raise ArgumentError(f"[linalg.lstsq] driver {driver!r} is none of {', '.join(map(repr, drivers))}")
    _check("lstsq", A)
    is_vector = _is_vector(A, B)
    b = B.unsqueeze(-1) if is_vector else B
    _check("lstsq", b)
    m, n = A.shape[-2:]
    if b.shape[-2] != m:
        raise ShapeError(f"[linalg.lstsq] {A.shape} and {B.shape} do not fit: {m} and {b.shape[-2]} rows")
    a, b = _batched("lstsq", A, b)
    limit = float(_default_rtol("lstsq", A, None, rcond))
    x = pinv(a, rtol=limit) @ b
    nothing = _full(A, 0, (0,))
    rank, values, residuals = nothing._cast(as_dtype(int)), nothing, nothing
    if driver != "gels":
        rank = matrix_rank(a, rtol=limit)
    if driver in ("gelsd", "gelss"):
        values = svdvals(a)
    if m > n and (driver == "gels" or (driver in ("gelsd", "gelss") and bool((rank._read() == n).all()))):
        rest = a @ x - b
        residuals = (rest * rest).sum(-2)
    return LeastSquares(x.squeeze(-1) if is_vector else x, residuals, rank, values)
