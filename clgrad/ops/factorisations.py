"""Factorisations of matrices: LAPACK's loops, which only the host has.

A row runs on the ``cpu`` device alone: ``on_host`` moves the operands there and the result back, so both moves
stand in the plan. The last attribute of each row is the device that the operands came from; gradients are computed
there, in the array language. Numbers are float64 inside, and rounded once. Several results of one
factorisation are packed: flattened, one behind the other, in the last dim.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from clgrad.errors import GradientError, LinearAlgebraError
from clgrad.ops import FLOATS, Op, row

Numpy = Any


def on_host(op: Op, host: Any, operands: Sequence[Any], *attributes: Any) -> Any:
    """Apply a row of this file on the host device, and bring the result back."""
    home = operands[0].device
    moved = tuple(operand.to_device(host) for operand in operands)
    return moved[0]._apply(op, moved, *attributes, home).to_device(home)


def pack_size(shapes: Sequence[tuple[int, ...]]) -> int:
    return sum(map(math.prod, shapes))


def unpack(packed: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """The arrays of these shapes that a packed array holds; ``shapes`` leave out the batch."""
    batch = packed.shape[:-1]
    parts, start = [], 0
    for shape in shapes:
        stop = start + math.prod(shape)
        starts, stops = (0,) * len(batch) + (start,), (*batch, stop)
        parts.append(packed.slice_ranges(starts, stops, (1,) * packed.ndim).reshape((*batch, *shape)))
        start = stop
    return parts


def _pack(*parts: tuple[Numpy, int]) -> Numpy:
    """Flatten the last dims of each part (so many of them) and join."""
    return np.concatenate([part.reshape((*part.shape[: part.ndim - dims], -1)) for part, dims in parts], -1)


def _factorisation(
    name: str,
    numpy: Callable[..., Numpy],
    shape: Callable[..., Any],
    gradient: Callable[..., Any],
    operands: int = 1,
    attributes: tuple[str, ...] = (),
) -> Op:
    """Add a row. ``gradient`` gets what a vjp gets, on the operands' own device, and first the operands on the host."""

    def loops(*arguments: Any) -> Numpy:
        arrays, rest = arguments[:operands], arguments[operands:-1]
        wide = [one.astype(np.float64) for one in arrays]
        return numpy(*wide, *rest).astype(arrays[0].dtype)

    def vjp(g: Any, y: Any, *arguments: Any) -> Any:
        there, rest, home = arguments[:operands], arguments[operands:-1], arguments[-1]
        here = [one.to_device(home) for one in there]
        parts = gradient((*there, y), g.to_device(home), y.to_device(home), *here, *rest)
        return tuple(None if part is None else part.to_device(g.device) for part in parts)

    return row(
        name,
        "anchor",
        operands=operands,
        attributes=(*attributes, "home"),
        domain=FLOATS,
        shape=lambda *arguments: shape(*arguments[:-1]),
        numpy=loops,
        vjp=vjp,
        host=True,
    )


def _each(function: Callable[..., Numpy], *operands: Numpy) -> list[Numpy | None]:
    """A function of single matrices; None where LAPACK gives up."""
    found: list[Numpy | None] = []
    for place in np.ndindex(operands[0].shape[:-2]):
        try:
            found.append(function(*(one[place] for one in operands)))
        except np.linalg.LinAlgError:
            found.append(None)
    return found


def _refused(name: str, why: str, function: Callable[..., Numpy], *operands: Numpy) -> Numpy:
    """The function of all matrices. Raises LinearAlgebraError, and says which matrix of the batch it was."""
    try:
        return function(*operands)
    except np.linalg.LinAlgError as error:
        place = next((n for n, one in enumerate(_each(function, *operands)) if one is None), 0)
        which = np.unravel_index(place, operands[0].shape[:-2])
        of = f" of batch place {tuple(map(int, which))}" if which else ""
        raise LinearAlgebraError(f"[linalg.{name}] the matrix{of}, of shape {operands[0].shape[-2:]}, {why}") from error


# -- helpers in the array language ----------------------------------------------------------------


def eye_like(x: Any, size: int) -> Any:
    """A bool matrix that is true on its diagonal."""
    count = x._iota(size)
    return count.reshape(size, 1) == count


def diagonal_matrix(x: Any) -> Any:
    """(*batch, n) -> (*batch, n, n), zero off the diagonal."""
    return eye_like(x, x.shape[-1]).choose(x.unsqueeze(-2), 0)


def triangle(x: Any, upper: bool = False, strict: bool = False) -> Any:
    """One triangle of matrices; the rest is zero."""
    row, column = x._iota(x.shape[-2]).reshape(-1, 1), x._iota(x.shape[-1])
    if upper:
        row, column = column, row
    return (row > column if strict else row >= column).choose(x, 0)


# -- linear systems -------------------------------------------------------------------------------

SINGULAR = "is singular; linalg.pinv and linalg.lstsq take any matrix"


def _inverse(a: Numpy, singular: str) -> Numpy:
    if singular == "raise":
        return _refused("inv", SINGULAR, np.linalg.inv, a)
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        nothing = np.full(a.shape[-2:], np.inf)
        return np.reshape([nothing if one is None else one for one in _each(np.linalg.inv, a)], a.shape)


def _inverse_gradient(there: Any, g: Any, y: Any, a: Any, singular: str) -> Any:
    return (-(y.mT @ g @ y.mT),)


inverse = _factorisation("inverse", _inverse, lambda a, singular: a, _inverse_gradient, attributes=("singular",))
"""The inverse of square matrices. ``singular``: what a matrix without one does, "raise" or "infinity"."""


def _solve_gradient(there: Any, g: Any, x: Any, a: Any, b: Any) -> Any:
    to_b = on_host(solve, there[0].device, (a.mT, g))
    return -(to_b @ x.mT), to_b


solve = _factorisation(
    "solve",
    lambda a, b: _refused("solve", SINGULAR, np.linalg.solve, a, b),
    lambda a, b: b,
    _solve_gradient,
    operands=2,
)
"""x in a @ x = b: (*batch, n, n) and (*batch, n, k), equal batch axes."""

BLOCK = 32
"""Rows that are substituted one by one before a product takes them out of all the rows that follow."""


def _substitute(a: Numpy, b: Numpy, upper: bool, unit: bool) -> Numpy:
    """Back or forward substitution. A zero on the diagonal gives infinities and NaN, as LAPACK's trtrs does."""
    if upper:
        return _substitute(a[..., ::-1, ::-1], b[..., ::-1, :], False, unit)[..., ::-1, :]
    x = b.copy()
    size = a.shape[-1]
    for start in range(0, size, BLOCK):
        stop = min(start + BLOCK, size)
        for place in range(start, stop):
            x[..., place : place + 1, :] -= a[..., place : place + 1, start:place] @ x[..., start:place, :]
            if not unit:
                x[..., place, :] /= a[..., place, place, None]
        x[..., stop:, :] -= a[..., stop:, start:stop] @ x[..., start:stop, :]
    return x


def _substitute_gradient(there: Any, g: Any, x: Any, a: Any, b: Any, upper: bool, unit: bool) -> Any:
    to_b = on_host(solve_triangular, there[0].device, (a.mT, g), not upper, unit)
    return triangle(-(to_b @ x.mT), upper, strict=unit), to_b


solve_triangular = _factorisation(
    "solve_triangular",
    _substitute,
    lambda a, b, upper, unit: b,
    _substitute_gradient,
    operands=2,
    attributes=("upper", "unit"),
)
"""x in a @ x = b, of one triangle of a; with ``unit`` its diagonal counts as ones."""


def _cholesky_gradient(there: Any, g: Any, y: Any, a: Any) -> Any:
    # Murray 2016 (arXiv 1602.07527), equation 10, made symmetric.
    product = y.mT @ g
    below = triangle(product, strict=True)
    inner = (below + below.mT + eye_like(a, a.shape[-1]).choose(product, 0)) * 0.5
    half = on_host(solve_triangular, there[0].device, (y.mT, inner), True, False)
    return (on_host(solve_triangular, there[0].device, (y.mT, half.mT), True, False),)


cholesky = _factorisation(
    "cholesky",
    lambda a: _refused("cholesky", "is not positive definite", np.linalg.cholesky, a),
    lambda a: a,
    _cholesky_gradient,
)
"""The lower triangle L with L @ L.mT = a, for symmetric positive definite matrices; the upper triangle is not read."""


# -- determinants ---------------------------------------------------------------------------------


def _cofactors(a: Numpy) -> Numpy:
    # det(a) * inverse(a).T of a's singular value decomposition: no division, so singular matrices have them, too.
    finite = np.isfinite(a).all((-2, -1), keepdims=True)
    u, s, vh = np.linalg.svd(np.where(finite, a, 0))
    size = a.shape[-1]
    others = np.where(np.eye(size, dtype=bool), 1.0, s[..., None, :]).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.where(finite, (u * (others * sign[..., None])[..., None, :]) @ vh, np.nan)


def _cofactors_gradient(there: Any, g: Any, y: Any, a: Any) -> Any:
    inverted = on_host(inverse, there[0].device, (a,), "raise").mT
    return ((g * y).sum((-2, -1), keepdim=True) * inverted - y @ g.mT @ inverted,)


cofactors = _factorisation("cofactors", _cofactors, lambda a: a, _cofactors_gradient)
"""The derivative of the determinant. It has one itself where the matrix is not singular."""

determinant = _factorisation(
    "determinant",
    np.linalg.det,
    lambda a: a[:-2],
    lambda there, g, y, a: (g.unsqueeze(-1).unsqueeze(-1) * on_host(cofactors, there[0].device, (a,)),),
)


def _log_determinant_gradient(there: Any, g: Any, y: Any, a: Any) -> Any:
    (_, to_log) = unpack(g, ((1,), (1, 1)))
    return (to_log * on_host(inverse, there[0].device, (a,), "raise").mT,)


log_determinant = _factorisation(
    "log_determinant",
    lambda a: np.stack(np.linalg.slogdet(a), -1),
    lambda a: (*a[:-2], 2),
    _log_determinant_gradient,
)
"""Packed: the sign of the determinant, and the logarithm of its magnitude."""


# -- orthogonal factors ---------------------------------------------------------------------------


def qr_shapes(shape: Sequence[int], complete: bool) -> tuple[tuple[int, int], tuple[int, int]]:
    m, n = shape[-2:]
    k = m if complete else min(m, n)
    return (m, k), (k, n)


def _qr(a: Numpy, complete: bool) -> Numpy:
    q, r = np.linalg.qr(a, "complete" if complete else "reduced")
    return _pack((q, 2), (r, 2))


def _qr_gradient(there: Any, g: Any, y: Any, a: Any, complete: bool) -> Any:
    # Walter and Lehmann 2018 (arXiv 1009.6112); for wide matrices, of the square part alone.
    m, n = a.shape[-2:]
    if complete and m > n:
        raise GradientError(
            f"[linalg.qr] the complete factor of a matrix of shape {(m, n)} has no gradient; use mode='reduced'"
        )
    shapes = qr_shapes(a.shape, complete)
    (q, r), (to_q, to_r) = unpack(y, shapes), unpack(g, shapes)
    to_r = triangle(to_r, upper=True)
    wide = n > m
    if wide:
        zeros = (0,) * (a.ndim - 1)
        ones = (1,) * a.ndim
        rest = a.slice_ranges((*zeros, m), a.shape, ones)
        to_rest = to_r.slice_ranges((*zeros, m), r.shape, ones)
        to_q = to_q + rest @ to_rest.mT
        r = r.slice_ranges((*zeros, 0), (*r.shape[:-1], m), ones)
        to_r = to_r.slice_ranges((*zeros, 0), (*r.shape[:-1], m), ones)
    inner = r @ to_r.mT - to_q.mT @ q
    inner = triangle(inner) + triangle(inner, strict=True).mT
    right = to_q + q @ inner
    # right @ inverse(r).mT
    to_a = on_host(solve_triangular, there[0].device, (r, right.mT), True, False).mT
    if wide:
        none = ((0, 0),) * (a.ndim - 1)
        to_a = to_a.pad_widths((*none, (0, n - m))) + (q @ to_rest).pad_widths((*none, (m, 0)))
    return (to_a,)


qr = _factorisation(
    "qr",
    _qr,
    lambda a, complete: (*a[:-2], pack_size(qr_shapes(a, complete))),
    _qr_gradient,
    attributes=("complete",),
)
"""Packed: Q and R."""


def eigh_shapes(shape: Sequence[int]) -> tuple[tuple[int], tuple[int, int]]:
    return (shape[-1],), (shape[-1], shape[-1])


def _eigh(a: Numpy, triangle: str) -> Numpy:
    values, vectors = _refused("eigh", UNFOUND, _finite(np.linalg.eigh, triangle), a)
    return _pack((values, 1), (vectors, 2))


UNFOUND = "has no decomposition that LAPACK finds; its elements must be finite"


def _finite(function: Callable[..., Any], *options: Any) -> Callable[..., Any]:
    """Numbers that are not finite are no matrix: LAPACK may not return from them."""

    def checked(a: Numpy) -> Any:
        if not np.isfinite(a).all():
            raise np.linalg.LinAlgError("not finite")
        return function(a, *options)

    return checked


def _eigh_gradient(there: Any, g: Any, y: Any, a: Any, triangle: str) -> Any:
    # Giles 2008 (An extended collection of matrix derivative results), 3.1. The values have a row of their own.
    _, to_vectors = unpack(g, eigh_shapes(a.shape))
    _, vectors = unpack(y, eigh_shapes(a.shape))
    values = there[0]._apply(eigenvalues, there, a.device).to_device(a.device)
    gaps = values.unsqueeze(-2) - values.unsqueeze(-1)
    diagonal = eye_like(a, a.shape[-1])
    inner = (vectors.mT @ to_vectors) / diagonal.choose(1, gaps)
    return (vectors @ diagonal.choose(0, inner) @ vectors.mT,)


eigh = _factorisation(
    "eigh",
    _eigh,
    lambda a, triangle: (*a[:-2], pack_size(eigh_shapes(a))),
    _eigh_gradient,
    attributes=("triangle",),
)
"""Packed: eigenvalues in ascending order and eigenvectors of symmetric matrices, of which one triangle is read.

Its gradient is that of the vectors.
"""


def _eigenvalues_gradient(there: Any, g: Any, y: Any, a: Any, packed: Any) -> Any:
    _, vectors = unpack(packed, eigh_shapes(a.shape))
    return (vectors * g.unsqueeze(-2)) @ vectors.mT, None


eigenvalues = _factorisation(
    "eigenvalues",
    lambda a, packed: packed[..., : a.shape[-1]],
    lambda a, packed: a[:-1],
    _eigenvalues_gradient,
    operands=2,
)
"""The eigenvalues that ``eigh`` has found, with a gradient of their own: it holds where some of them are equal."""


def _values_gradient(there: Any, g: Any, y: Any, a: Any, triangle: str) -> Any:
    packed = on_host(eigh, there[0].device, (a,), triangle)
    return (_eigenvalues_gradient(there, g, y, a, packed)[0],)


eigenvalues_only = _factorisation(
    "eigenvalues_only",
    lambda a, triangle: _refused("eigvalsh", UNFOUND, _finite(np.linalg.eigvalsh, triangle), a),
    lambda a, triangle: a[:-1],
    _values_gradient,
    attributes=("triangle",),
)
"""The eigenvalues without the vectors, which LAPACK finds sooner; a gradient needs the vectors."""


def svd_shapes(shape: Sequence[int], full: bool) -> tuple[tuple[int, int], tuple[int], tuple[int, int]]:
    m, n = shape[-2:]
    k = min(m, n)
    return (m, m if full else k), (k,), (n if full else k, n)


def _svd(a: Numpy, full: bool) -> Numpy:
    function = _finite(np.linalg.svd, full)
    u, s, vh = _refused("svd", UNFOUND, function, a)
    return _pack((u, 2), (s, 1), (vh, 2))


def _svd_gradient(there: Any, g: Any, y: Any, a: Any, full: bool) -> Any:
    # Townsend 2016 (Differentiating the singular value decomposition). The values have a row of their own.
    m, n = a.shape[-2:]
    k = min(m, n)
    shapes = svd_shapes(a.shape, full)

    def first(u: Any, vh: Any) -> tuple[Any, Any]:
        """What belongs to the singular values; the rest is arbitrary."""
        zeros, ones = (0,) * u.ndim, (1,) * u.ndim
        return u.slice_ranges(zeros, (*u.shape[:-1], k), ones), vh.slice_ranges(zeros, (*vh.shape[:-2], k, n), ones)

    u, _, vh = unpack(y, shapes)
    to_u, _, to_vh = unpack(g, shapes)
    u, vh = first(u, vh)
    to_u, to_vh = first(to_u, to_vh)
    s = there[0]._apply(singular_values, there, full, a.device).to_device(a.device)
    column, line = s.unsqueeze(-1), s.unsqueeze(-2)
    diagonal = eye_like(a, k)
    gaps = diagonal.choose(1, (line - column) * (line + column))
    skew_u, skew_v = u.mT @ to_u, vh @ to_vh.mT
    skew_u, skew_v = (skew_u - skew_u.mT) / gaps, (skew_v - skew_v.mT) / gaps
    to_a = u @ (skew_u * line + column * skew_v) @ vh
    if m > k:
        part = to_u / line
        to_a = to_a + (part - u @ (u.mT @ part)) @ vh
    if n > k:
        part = to_vh / column
        to_a = to_a + u @ (part - (part @ vh.mT) @ vh)
    return (to_a,)


svd = _factorisation(
    "svd",
    _svd,
    lambda a, full: (*a[:-2], pack_size(svd_shapes(a, full))),
    _svd_gradient,
    attributes=("full",),
)
"""Packed: U, the singular values in descending order, and Vh. Its gradient is that of U and Vh."""


def _singular_values_gradient(there: Any, g: Any, y: Any, a: Any, packed: Any, full: bool) -> Any:
    k = min(a.shape[-2:])
    u, _, vh = unpack(packed, svd_shapes(a.shape, full))
    zeros, ones = (0,) * u.ndim, (1,) * u.ndim
    u = u.slice_ranges(zeros, (*u.shape[:-1], k), ones)
    vh = vh.slice_ranges(zeros, (*vh.shape[:-2], k, vh.shape[-1]), ones)
    return (u * g.unsqueeze(-2)) @ vh, None


def _packed_values(a: Numpy, packed: Numpy, full: bool) -> Numpy:
    m, k = svd_shapes(a.shape, full)[0]
    return packed[..., m * k : m * k + min(a.shape[-2:])]


singular_values = _factorisation(
    "singular_values",
    _packed_values,
    lambda a, packed, full: (*a[:-2], min(a[-2:])),
    _singular_values_gradient,
    operands=2,
    attributes=("full",),
)
"""The singular values that ``svd`` has found, with a gradient of their own: it holds where some of them are equal."""


def _svdvals(a: Numpy) -> Numpy:
    return np.linalg.svd(a, compute_uv=False)


def _singular_values_only_gradient(there: Any, g: Any, y: Any, a: Any) -> Any:
    packed = on_host(svd, there[0].device, (a,), False)
    return (_singular_values_gradient(there, g, y, a, packed, False)[0],)


singular_values_only = _factorisation(
    "singular_values_only",
    lambda a: _refused("svdvals", UNFOUND, _finite(_svdvals), a),
    lambda a: (*a[:-2], min(a[-2:])),
    _singular_values_only_gradient,
)
"""The singular values without the vectors, which LAPACK finds sooner; a gradient needs the vectors."""


def _pseudoinverse(a: Numpy, atol: float, rtol: float, hermitian: bool) -> Numpy:
    if hermitian:
        values, u = _refused("pinv", UNFOUND, _finite(np.linalg.eigh), a)
        vh = np.swapaxes(u, -1, -2)
    else:
        u, values, vh = _refused("pinv", UNFOUND, _finite(np.linalg.svd, False), a)
    sizes = np.abs(values)
    limit = np.maximum(atol, rtol * sizes.max(-1, keepdims=True, initial=0))
    inverted = np.where(sizes > limit, 1 / np.where(sizes > limit, values, 1), 0)
    return np.swapaxes(vh, -1, -2) @ (inverted[..., None] * np.swapaxes(u, -1, -2))


def _pseudoinverse_gradient(there: Any, g: Any, y: Any, a: Any, atol: float, rtol: float, hermitian: bool) -> Any:
    # Golub and Pereyra 1973, theorem 4.3, turned round: y is (n, m).
    yt, gt = y.mT, g.mT
    left, right = gt @ (y @ yt), (yt @ y) @ gt
    return (left - a @ (y @ left) + right - (right @ y) @ a - yt @ g @ yt,)


pseudoinverse = _factorisation(
    "pseudoinverse",
    _pseudoinverse,
    lambda a, atol, rtol, hermitian: (*a[:-2], a[-1], a[-2]),
    _pseudoinverse_gradient,
    attributes=("atol", "rtol", "hermitian"),
)
"""The Moore-Penrose inverse; singular values up to max(atol, rtol * the largest) count as zero."""


# -- the exponential ------------------------------------------------------------------------------

DEGREE, REACH = 16, 0.75
"""A Taylor polynomial of this degree is exact to float64 for matrices of norm up to REACH."""


def _exponential(a: Numpy) -> Numpy:
    # Scaling and squaring. Each matrix of a batch has a scale of its own; NaN and infinities need none.
    norm = np.abs(a).sum(-2).max(-1, initial=0)
    scaled = np.isfinite(norm) & (norm > REACH)
    count = np.where(scaled, np.ceil(np.log2(np.where(scaled, norm, REACH) / REACH)), 0).astype(int)
    a = np.ldexp(a, -count[..., None, None])
    powers = [np.broadcast_to(np.eye(a.shape[-1]), a.shape), a, a @ a]
    powers += [powers[2] @ a, powers[2] @ powers[2]]
    # Paterson and Stockmeyer: a polynomial in a's fourth power, whose coefficients are polynomials.
    result = powers[4] / math.factorial(DEGREE)
    for start in range(DEGREE - 4, -1, -4):
        result = result + sum(powers[place] / math.factorial(start + place) for place in range(4))
        result = result @ powers[4] if start else result
    for step in range(int(count.max(initial=0))):
        result = np.where((count > step)[..., None, None], result @ result, result)
    return result


def _exponential_gradient(there: Any, g: Any, y: Any, a: Any) -> Any:
    # Mathias 1996: the derivative of a function in a direction is a block of the function of a block matrix.
    n = a.shape[-1]
    none = ((0, 0),) * (a.ndim - 2)
    block = a.mT.pad_widths((*none, (0, n), (0, n))) + a.mT.pad_widths((*none, (n, 0), (n, 0)))
    block = block + g.pad_widths((*none, (0, n), (n, 0)))
    whole = on_host(exponential, there[0].device, (block,))
    zeros = (0,) * (a.ndim - 2)
    return (whole.slice_ranges((*zeros, 0, n), (*a.shape[:-2], n, 2 * n), (1,) * a.ndim),)


exponential = _factorisation("exponential", _exponential, lambda a: a, _exponential_gradient)
