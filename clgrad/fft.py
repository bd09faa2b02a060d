"""Discrete Fourier transforms, as in ``torch.fft``: of any length, along any dims.

A length is cut into pieces n = p1 p2 ... (Cooley and Tukey, 1965; in Stockham's order, which needs no bit reversal):
for each piece a matrix product with the piece's own transform, and a twiddle for each number in between. So the work
is n times the sum of the pieces, in products that devices are good at. A length with a large prime factor becomes a
convolution of a length that has none (Bluestein, 1970). All numbers of tables come from angles that are
reduced as integers, in float64. Real input of even length is transformed as complex numbers of half the length.

Inside, numbers stand as (before, 2, n, after): the parts of complex numbers are an axis beside the one that is
transformed, so both take part in one real product. Gradients come from composition.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from clgrad import creation
from clgrad.array import normalize_dim
from clgrad.compose.complex_numbers import conj
from clgrad.compose.joining import cat, stack
from clgrad.device import Device
from clgrad.dtypes import DType, as_dtype, complex_of, default_float, real_of
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.graph import Node
from clgrad.tensor import Tensor, tensor

__all__ = [
    "fft", "fft2", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifft2", "ifftn", "ifftshift", "ihfft", "irfft",
    "irfft2", "irfftn", "rfft", "rfft2", "rfftfreq", "rfftn",
]  # fmt: skip

PASS = 40
"""What a pass over the data costs beside its products, in lengths of a piece (measured)."""
LARGEST_PIECE = 200
"""A prime factor up to this is a piece; a larger one makes the length a convolution's."""

# -- tables --------------------------------------------------------------------------------------


@cache
def _stored(make: Callable[..., Any], arguments: tuple[Any, ...], dtype: DType, device: Device) -> Node:
    """A table on a device; it is made once."""
    return tensor(np.ascontiguousarray(make(*arguments)), dtype=dtype, device=device).node


def _table(like: Tensor, make: Callable[..., Any], *arguments: Any) -> Tensor:
    return Tensor(_stored(make, arguments, like.dtype, like.device))


def _circle(steps: Any, length: int) -> tuple[Any, ...]:
    """Cosine and sine of so many steps of a full turn in ``length`` steps."""
    angle = 2 * np.pi * (steps % length) / length
    quarters = 4 * steps % length == 0  # there both are 0 or 1: short transforms of small integers are exact
    return tuple(np.where(quarters, np.round(part), part) for part in (np.cos(angle), np.sin(angle)))


def _dft_matrix(length: int, sign: int) -> Any:
    """Both parts of the transform, from both parts of its input."""
    c, s = _circle(np.outer(np.arange(length), np.arange(length)), length)
    return np.block([[c, -sign * s], [sign * s, c]])


def _real_dft_matrix(length: int, sign: int) -> Any:
    """Both parts of the transform, from real input."""
    return _dft_matrix(length, sign)[:, :length]


def _longer_dft_matrix(length: int, sign: int) -> Any:
    """The transform, and after its last number the first one again."""
    whole = _dft_matrix(length, sign).reshape(2, length, 2 * length)
    return np.concatenate([whole, whole[:, :1]], 1).reshape(-1, 2 * length)


def _factors(c: Any, s: Any) -> Any:
    """What a complex product multiplies numbers by, and their other parts: (c, c, -s, s)."""
    return np.stack([c, c, -s, s]).reshape(2, 2, *c.shape)


def _twiddles(piece: int, rest: int, sign: int) -> Any:
    c, s = _circle(np.outer(np.arange(piece), np.arange(rest)), piece * rest)
    return _factors(c, sign * s)


def _half_turns(length: int, count: int, sign: int) -> Any:
    c, s = _circle(np.arange(count), length)
    return np.stack([c, sign * s])


def _half_turns_of(like: Tensor, length: int, count: int, sign: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of k / length turns, as columns."""
    table = _table(like, _half_turns, length, count, sign).unsqueeze(-1)
    return table[0], table[1]


def _chirp(length: int, sign: int) -> Any:
    """exp(sign i pi j^2 / length)."""
    steps = np.array([j * j % (2 * length) for j in range(length)])
    c, s = _circle(steps, 2 * length)
    return _factors(c, sign * s)


def _chirp_spectrum(length: int, padded: int, sign: int) -> Any:
    """The transform of the opposite chirp, by which a spectrum is multiplied; with the inverse's factor."""
    (c, _), (_, s) = _chirp(length, -sign)
    response = np.zeros(padded, complex)
    response[:length] = c + 1j * s
    response[padded - length + 1 :] = response[1:length][::-1]
    spectrum = np.fft.fft(response) / padded
    return _factors(spectrum.real, spectrum.imag)


def _turned(parts: Tensor, factors: Tensor) -> Tensor:
    """Complex products: parts (before, 2, ...) times factors (2, 2, ...)."""
    return parts * factors[0] + parts.flip(1) * factors[1]


# -- one dim -------------------------------------------------------------------------------------


def _primes(number: int) -> list[int]:
    found, divisor = [], 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found.append(divisor)
            number //= divisor
        divisor += 1
    return [*found, number] if number > 1 else found


@cache
def _pieces(length: int) -> tuple[int, ...]:
    """Factors whose passes cost least, largest first; every prime factor is at most LARGEST_PIECE.

    >>> _pieces(1024)
    (32, 32)
    """
    best: dict[int, tuple[int, tuple[int, ...]]] = {1: (0, ())}
    divisors = [number for number in range(2, length + 1) if length % number == 0]
    for number in divisors:
        for piece in divisors:
            if piece > LARGEST_PIECE or number % piece:
                continue
            cost, pieces = best[number // piece]
            if number not in best or cost + piece + PASS < best[number][0]:
                best[number] = (cost + piece + PASS, (piece, *pieces))
    return tuple(sorted(best[length][1], reverse=True))


def _transform(parts: Tensor, sign: int, more: int = 0) -> Tensor:
    """The sums over x[j] exp(sign 2 pi i j k / n): (before, 2, n, after), or (before, 1, n, after) if x is real.

    They repeat with k; ``more`` of them are wanted, 0 or 1.
    """
    before, _, length, after = parts.shape
    if length == 1 or max(_primes(length)) > LARGEST_PIECE:
        whole = parts if length == 1 else _convolved(parts, sign)
        whole = whole if whole.shape[1] == 2 else _with_zeros(whole)
        return cat([whole, whole[:, :, :1]], 2) if more else whole
    rest, done = length, 1
    for piece in _pieces(length):
        rest //= piece
        make = _dft_matrix if parts.shape[1] == 2 else _real_dft_matrix
        make = _longer_dft_matrix if more and rest == 1 else make
        parts = _table(parts, make, piece, sign) @ parts.reshape(before, parts.shape[1] * piece, rest * done * after)
        if rest > 1:
            parts = parts.reshape(before, 2, piece, rest, done * after)
            parts = _turned(parts, _table(parts, _twiddles, piece, rest, sign).unsqueeze(-1))
            parts = parts.permute(0, 1, 3, 2, 4)
        done *= piece
        parts = parts.reshape(before, 2, -1, after)
    return parts[:, :, : length + more]


def _with_zeros(real: Tensor) -> Tensor:
    """Both parts of real numbers."""
    return real.pad_widths(((0, 0), (0, 1), (0, 0), (0, 0)))


def _convolved(parts: Tensor, sign: int) -> Tensor:
    """Bluestein: with jk = (j^2 + k^2 - (k - j)^2) / 2 the sum is a convolution with a chirp."""
    length = parts.shape[2]
    padded = 1 << (2 * length - 2).bit_length()
    chirp = _table(parts, _chirp, length, sign).unsqueeze(-1)
    if parts.shape[1] == 1:
        parts = _with_zeros(parts)
    longer = _turned(parts, chirp).pad_widths(((0, 0), (0, 0), (0, padded - length), (0, 0)))
    spectrum = _turned(_transform(longer, -1), _table(parts, _chirp_spectrum, length, padded, sign).unsqueeze(-1))
    return _turned(_transform(spectrum, 1)[:, :, :length], chirp)


def _scaled(real: Tensor, imag: Tensor, scale: float) -> Tensor:
    """Complex numbers, scaled."""
    return real._with_imag(imag) if scale == 1 else (real * scale)._with_imag(imag * scale)


class _Planes:
    """Complex numbers as a real tensor in which one axis more, at ``place``, has the parts; real ones without it."""

    def __init__(self, values: Tensor, place: int | None) -> None:
        self.values, self.place = values, place

    @staticmethod
    def of(x: Tensor, axis: int) -> _Planes:
        return _Planes(stack([x.real, x.imag], axis), axis) if x.dtype.is_complex else _Planes(x, None)

    @property
    def shape(self) -> tuple[int, ...]:
        shape = list(self.values.shape)
        if self.place is not None:
            del shape[self.place]
        return tuple(shape)

    def at(self, axis: int) -> Tensor:
        """As (before, 1 or 2, n, after) around an axis."""
        shape = self.shape
        values = self.values
        if self.place is not None:
            order = [place for place in range(values.ndim) if place != self.place]
            values = values.permute(*order[:axis], self.place, *order[axis:])
        count = 1 if self.place is None else 2
        return values.reshape(math.prod(shape[:axis]), count, shape[axis], math.prod(shape[axis + 1 :]))

    def back(self, values: Tensor, axis: int) -> _Planes:
        """What became of ``at(axis)``; the axis may have another length."""
        shape = self.shape
        return _Planes(values.reshape(*shape[:axis], 2, values.shape[2], *shape[axis + 1 :]), axis)

    def transformed(self, axis: int, sign: int) -> _Planes:
        return self.back(_transform(self.at(axis), sign), axis)

    def joined(self, scale: float) -> Tensor:
        """As complex numbers, scaled."""
        assert self.place is not None
        real, imag = (self.values.slice_ranges(*self._part(part)).reshape(self.shape) for part in range(2))
        return _scaled(real, imag, scale)

    def _part(self, part: int) -> tuple[Any, Any, Any]:
        starts, stops = [0] * self.values.ndim, list(self.values.shape)
        assert self.place is not None
        starts[self.place], stops[self.place] = part, part + 1
        return tuple(starts), tuple(stops), (1,) * self.values.ndim


def _half_spectrum(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Both parts of the first n // 2 + 1 sums of real numbers; for even n, by the transform of x[2j] + i x[2j + 1]."""
    length, half = x.shape[axis], x.shape[axis] // 2
    before, after = math.prod(x.shape[:axis]), math.prod(x.shape[axis + 1 :])
    shape = (*x.shape[:axis], half + 1, *x.shape[axis + 1 :])
    if length % 2:
        whole = _transform(x.reshape(before, 1, length, after), -1)
        return whole[:, 0, : half + 1].reshape(shape), whole[:, 1, : half + 1].reshape(shape)
    paired = _transform(x.reshape(before, half, 2, after).permute(0, 2, 1, 3), -1, more=1)
    real, imag = paired[:, 0], paired[:, 1]
    real_back, imag_back = real.flip(1), imag.flip(1)
    # E = (Z[k] + conj Z[h - k]) / 2 and O = (Z[k] - conj Z[h - k]) / 2i are the sums over even and odd places.
    even_real, even_imag = (real + real_back) * 0.5, (imag - imag_back) * 0.5
    odd_real, odd_imag = (imag + imag_back) * 0.5, (real_back - real) * 0.5
    cosine, sine = _half_turns_of(x, length, half + 1, -1)
    spectrum_real = even_real + (odd_real * cosine - odd_imag * sine)
    spectrum_imag = even_imag + (odd_real * sine + odd_imag * cosine)
    return spectrum_real.reshape(shape), spectrum_imag.reshape(shape)


def _from_half_spectrum(planes: _Planes, axis: int, length: int) -> Tensor:
    """The real sums over a spectrum of which the first length // 2 + 1 numbers are given."""
    parts = planes.at(axis)
    half, last = length // 2, length // 2 if length % 2 == 0 else None
    shape = (*planes.shape[:axis], length, *planes.shape[axis + 1 :])
    place = parts._iota(half + 1).reshape(1, half + 1, 1)
    real, imag = parts[:, 0], parts[:, 1]
    # These two are real in the spectrum of real numbers; what else is given there is not looked at.
    single = place == 0 if last is None else (place == 0) | (place == last)
    imag = single.choose(0, imag)
    if length % 2:
        real = cat([real, real[:, 1:].flip(1)], 1)
        imag = cat([imag, -imag[:, 1:].flip(1)], 1)
        return _transform(stack([real, imag], 1), 1)[:, 0].reshape(shape)
    real, real_back = real[:, :half], real[:, 1:].flip(1)
    imag, imag_back = imag[:, :half], imag[:, 1:].flip(1)
    odd_real, odd_imag = real - real_back, imag + imag_back
    cosine, sine = _half_turns_of(parts, length, half, 1)
    paired_real = real + real_back - (odd_real * sine + odd_imag * cosine)
    paired_imag = imag - imag_back + (odd_real * cosine - odd_imag * sine)
    return _transform(stack([paired_real, paired_imag], 1), 1).permute(0, 2, 1, 3).reshape(shape)


# -- arguments -----------------------------------------------------------------------------------


def _number(x: Tensor, op: str, real: bool = False) -> Tensor:
    """The input as float32, float64 or their complex numbers. Raises DtypeError."""
    if real and x.dtype.is_complex:
        raise DtypeError(f"[{op}] the input is {x.dtype.name} and must be real; use {op.replace('r', '', 1)}")
    if not x.dtype.has_gradient:
        return x.to(default_float)
    if real_of(x.dtype).size < 4:
        raise DtypeError(
            f"[{op}] does not compute with {x.dtype.name} on {x.device}, or any other; cast with .to(clgrad.float32)"
        )
    return x


def _resized(x: Tensor, axis: int, length: int) -> Tensor:
    """Cut, or padded with zeros, at the end of an axis."""
    kept = tuple(min(size, length) if one == axis else size for one, size in enumerate(x.shape))
    widths = tuple((0, length - size) if one == axis else (0, 0) for one, size in enumerate(kept))
    return x.slice_ranges((0,) * x.ndim, kept, (1,) * x.ndim).pad_widths(widths)


def _scale(op: str, norm: str | None, count: int, forward: bool) -> float:
    if norm not in (None, "forward", "backward", "ortho"):
        raise ArgumentError(f"[{op}] norm {norm!r} is not known; there are 'forward', 'backward' and 'ortho'")
    if norm == "ortho":
        return 1 / math.sqrt(count)
    return 1 / count if (norm == "forward") == forward else 1.0


def _length(op: str, n: int) -> int:
    if n < 1:
        raise ShapeError(f"[{op}] {n} points have no transform; give a length of 1 or more")
    return n


def _one(x: Tensor, n: int | None, dim: int, op: str) -> tuple[Tensor, int]:
    if not x.ndim:
        raise ShapeError(f"[{op}] a 0-d tensor has no dim to transform; reshape it to (1,)")
    axis = normalize_dim(dim, x.ndim, op)
    return _resized(x, axis, _length(op, x.shape[axis] if n is None else n)), axis


def _dims(x: Tensor, s: Any, dim: Any, op: str) -> tuple[list[int], list[int]]:
    """The dims that are transformed, in order, and their lengths."""
    sizes = None if s is None else [s] if isinstance(s, int) else list(s)
    if dim is None:
        count = x.ndim if sizes is None else len(sizes)
        if count > x.ndim:
            raise ShapeError(f"[{op}] {count} lengths for a tensor of shape {x.shape}; give at most one for each dim")
        axes = list(range(x.ndim - count, x.ndim))
    else:
        axes = [normalize_dim(one, x.ndim, op) for one in ([dim] if isinstance(dim, int) else dim)]
    if len(set(axes)) != len(axes):
        raise ShapeError(f"[{op}] dims {tuple(dim)} name one dimension twice; name each once")
    if sizes is None:
        sizes = [x.shape[axis] for axis in axes]
    if len(sizes) != len(axes):
        raise ShapeError(f"[{op}] {len(sizes)} lengths for {len(axes)} dims; give one for each")
    return axes, [_length(op, x.shape[axis] if size == -1 else size) for axis, size in zip(axes, sizes)]


def _several(x: Tensor, s: Any, dim: Any, norm: str | None, sign: int, op: str) -> Tensor:
    axes, sizes = _dims(x, s, dim, op)
    x = _number(x, op)
    scale = _scale(op, norm, math.prod(sizes), sign < 0)
    for axis, size in zip(axes, sizes):
        x = _resized(x, axis, size)
    if not axes:
        return x.to(complex_of(x.dtype))
    axes = sorted(axes)
    planes = _Planes.of(x, axes[-1])
    for axis in reversed(axes):
        planes = planes.transformed(axis, sign)
    return planes.joined(scale)


def _real_several(x: Tensor, s: Any, dim: Any, norm: str | None, op: str) -> Tensor:
    axes, sizes = _dims(x, s, dim, op)
    x = _number(x, op, real=True)
    if not axes:
        raise ShapeError(f"[{op}] no dim is named; give at least one")
    scale = _scale(op, norm, math.prod(sizes), True)
    for axis, size in zip(axes, sizes):
        x = _resized(x, axis, size)
    real, imag = _half_spectrum(x, axes[-1])
    others = sorted(axes[:-1], reverse=True)
    if not others:
        return _scaled(real, imag, scale)
    planes = _Planes(stack([real, imag], others[0]), others[0])
    for axis in others:
        planes = planes.transformed(axis, -1)
    return planes.joined(scale)


def _real_back(x: Tensor, s: Any, dim: Any, norm: str | None, op: str) -> Tensor:
    axes, sizes = _dims(x, s, dim, op)
    x = _number(x, op)
    if not axes:
        raise ShapeError(f"[{op}] no dim is named; give at least one")
    if s is None or (not isinstance(s, int) and list(s)[-1] == -1):
        sizes[-1] = _length(op, 2 * (x.shape[axes[-1]] - 1))
    scale = _scale(op, norm, math.prod(sizes), False)
    x = x.to(complex_of(x.dtype))
    for axis, size in zip(axes[:-1], sizes):
        x = _resized(x, axis, size)
    x = _resized(x, axes[-1], sizes[-1] // 2 + 1)
    planes = _Planes.of(x, max(axes[:-1], default=axes[-1]))
    for axis in sorted(axes[:-1], reverse=True):
        planes = planes.transformed(axis, 1)
    result = _from_half_spectrum(planes, axes[-1], sizes[-1])
    return result if scale == 1 else result * scale


# -- public --------------------------------------------------------------------------------------


def fft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The discrete Fourier transform along a dim: X[k] = sum over j of x[j] exp(-2 pi i j k / n).

    ``n`` cuts the dim or pads it with zeros. ``norm``: "backward" (the default) leaves this sum as it is, "forward"
    divides it by n, and "ortho" by the root of n; the inverse divides by the rest. Integers become float32.

    >>> import clgrad
    >>> clgrad.fft.fft(clgrad.tensor([1.0, 0.0, 0.0, 0.0])).tolist()
    [(1+0j), (1+0j), (1+0j), (1+0j)]
    """
    x, axis = _one(_number(input, "fft"), n, dim, "fft")
    return _Planes.of(x, axis).transformed(axis, -1).joined(_scale("fft", norm, x.shape[axis], True))


def ifft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``fft``: x[j] = 1 / n times the sum over k of X[k] exp(2 pi i j k / n).

    >>> import clgrad
    >>> clgrad.fft.ifft(clgrad.tensor([4.0, 0.0, 0.0, 0.0])).tolist()
    [(1+0j), (1+0j), (1+0j), (1+0j)]
    """
    x, axis = _one(_number(input, "ifft"), n, dim, "ifft")
    return _Planes.of(x, axis).transformed(axis, 1).joined(_scale("ifft", norm, x.shape[axis], False))


def rfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The first n // 2 + 1 numbers of the transform of real input; the others are their conjugates.

    >>> import clgrad
    >>> clgrad.fft.rfft(clgrad.tensor([1.0, 0.0, 0.0, 0.0])).tolist()
    [(1+0j), (1+0j), (1+0j)]
    """
    x, axis = _one(_number(input, "rfft", real=True), n, dim, "rfft")
    return _scaled(*_half_spectrum(x, axis), _scale("rfft", norm, x.shape[axis], True))


def irfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``rfft``: n real numbers, 2 (m - 1) of m unless told. Where a real signal's spectrum is real, at 0
    and for even n at n / 2, imaginary parts are not looked at.

    >>> import clgrad
    >>> clgrad.fft.irfft(clgrad.tensor([4.0, 0.0, 0.0])).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    if not input.ndim:
        raise ShapeError("[irfft] a 0-d tensor has no dim to transform; reshape it to (1,)")
    return _real_back(input, None if n is None else [n], [dim], norm, "irfft")


def hfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The transform, which is real, of a signal that is its own mirrored conjugate; its first n // 2 + 1 are given.

    >>> import clgrad
    >>> clgrad.fft.hfft(clgrad.tensor([1.0, 1.0, 1.0])).tolist()
    [4.0, 0.0, 0.0, 0.0]
    """
    return irfft(conj(input), n, dim, _opposite(norm))


def ihfft(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The inverse of ``hfft``: from n real numbers, the first n // 2 + 1 of the signal.

    >>> import clgrad
    >>> clgrad.fft.ihfft(clgrad.tensor([4.0, 0.0, 0.0, 0.0])).real.tolist()
    [1.0, 1.0, 1.0]
    """
    return conj(rfft(input, n, dim, _opposite(norm)))


def _opposite(norm: str | None) -> str | None:
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)


def fftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The transform along several dims: all, or as many of the last as ``s`` has lengths; -1 keeps a length.

    >>> import clgrad
    >>> clgrad.fft.fftn(clgrad.ones(2, 2)).real.tolist()
    [[4.0, 0.0], [0.0, 0.0]]
    """
    return _several(input, s, dim, norm, -1, "fftn")


def ifftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``fftn``."""
    return _several(input, s, dim, norm, 1, "ifftn")


def rfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The transform of real input along several dims, of which the last one named gives half its numbers.

    >>> import clgrad
    >>> clgrad.fft.rfftn(clgrad.ones(2, 4)).shape
    (2, 3)
    """
    return _real_several(input, s, dim, norm, "rfftn")


def irfftn(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """The inverse of ``rfftn``: real."""
    return _real_back(input, s, dim, norm, "irfftn")


def fft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``fftn`` along two dims."""
    return _several(input, s, dim, norm, -1, "fft2")


def ifft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``ifftn`` along two dims."""
    return _several(input, s, dim, norm, 1, "ifft2")


def rfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``rfftn`` along two dims."""
    return _real_several(input, s, dim, norm, "rfft2")


def irfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """``irfftn`` along two dims."""
    return _real_back(input, s, dim, norm, "irfft2")


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies of a transform's numbers, of samples at distance d: 0, 1, ..., then the negative ones, / (n d).

    >>> import clgrad
    >>> clgrad.fft.fftfreq(4).tolist()
    [0.0, 0.25, -0.5, -0.25]
    """
    place = creation.arange(_length("fftfreq", n), device=device)
    return _frequencies((place < (n + 1) // 2).choose(place, place - n), n * d, dtype, requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies of the numbers that ``rfft`` gives: 0, 1, ... n // 2, / (n d).

    >>> import clgrad
    >>> clgrad.fft.rfftfreq(4).tolist()
    [0.0, 0.25, 0.5]
    """
    place = creation.arange(_length("rfftfreq", n) // 2 + 1, device=device)
    return _frequencies(place, n * d, dtype, requires_grad)


def _frequencies(place: Tensor, whole: float, dtype: Any, requires_grad: bool) -> Tensor:
    wanted = default_float if dtype is None else as_dtype(dtype)
    if not wanted.has_gradient:
        raise DtypeError(f"[fftfreq] frequencies are not {wanted.name}; give a float dtype")
    return (place.to(wanted) * (1 / whole)).requires_grad_(requires_grad)


def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """Numbers in the order of ``fft`` reordered so that frequency 0 stands in the middle.

    >>> import clgrad
    >>> clgrad.fft.fftshift(clgrad.tensor([0, 1, -2, -1])).tolist()
    [-2, -1, 0, 1]
    """
    return _rolled(input, dim, "fftshift", lambda size: (size + 1) // 2)


def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of ``fftshift``.

    >>> import clgrad
    >>> clgrad.fft.ifftshift(clgrad.tensor([-2, -1, 0, 1])).tolist()
    [0, 1, -2, -1]
    """
    return _rolled(input, dim, "ifftshift", lambda size: size // 2)


def _rolled(x: Tensor, dim: Any, op: str, first: Callable[[int], int]) -> Tensor:
    dims = range(x.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    for one in dims:
        axis = normalize_dim(one, x.ndim, op)
        start = first(x.shape[axis])
        if 0 < start < x.shape[axis]:
            left: Any = tuple(slice(start, None) if place == axis else slice(None) for place in range(x.ndim))
            right: Any = tuple(slice(None, start) if place == axis else slice(None) for place in range(x.ndim))
            x = cat([x[left], x[right]], axis)
    return x
