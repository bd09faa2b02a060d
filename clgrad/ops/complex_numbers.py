"""Functions of complex numbers, composed of real ones; in the array language, as gradients are.

A complex number is a pair of real arrays here; a real number is a pair whose second is None, so that products
with real numbers cost half (and an infinity times a real number is no NaN). ``RULES`` says for a row of the op
table what it means for complex numbers; the operators of arithmetic.py look there. Gradients come from composition,
by PyTorch's convention: that of a real value by x + iy is dL/dx + i dL/dy.

Branch cuts and most formulas: Kahan, "Branch cuts for complex elementary functions" (1987).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from clgrad.ops import maps

Pair = tuple[Any, Any]

LARGEST_POWER = 64
"""Whole exponents up to this are products; others go by exp and log."""


def _full(z: Pair) -> Pair:
    re, im = z
    return (re, re.zeros_like()) if im is None else z


def _atan2(y: Any, x: Any) -> Any:
    return y._binary(maps.atan2, x)


def _sinh(x: Any) -> Any:
    return x._unary(maps.sinh)


def _cosh(x: Any) -> Any:
    return x._unary(maps.cosh)


def _asinh(x: Any) -> Any:
    return x._unary(maps.asinh)


# -- arithmetic ----------------------------------------------------------------------------------


def add(x: Pair, y: Pair) -> Pair:
    if x[1] is None or y[1] is None:
        return x[0] + y[0], x[1] if y[1] is None else y[1]
    return x[0] + y[0], x[1] + y[1]


def sub(x: Pair, y: Pair) -> Pair:
    return add(x, neg(y))


def neg(z: Pair) -> Pair:
    return -z[0], None if z[1] is None else -z[1]


def mul(x: Pair, y: Pair) -> Pair:
    (a, b), (c, d) = x, y
    if b is None:
        return a * c, None if d is None else a * d
    if d is None:
        return a * c, b * c
    return a * c - b * d, a * d + b * c


def _halves(z: Pair) -> Pair:
    return z[0] * 0.5, z[1] * 0.5


def times_i(z: Pair) -> Pair:
    return -z[1], z[0]


def over_i(z: Pair) -> Pair:
    return z[1], -z[0]


def div(x: Pair, y: Pair) -> Pair:
    """Smith's division: the divisor's larger part is divided by, so that nothing overflows on the way."""
    (a, b), (c, d) = x, y
    if d is None:
        return a / c, None if b is None else b / c
    wide = c.abs() >= d.abs()
    large, small = wide.choose(c, d), wide.choose(d, c)
    none = large == 0  # then torch divides both parts by zero
    ratio = none.choose(0, small / none.choose(1, large))
    scale = 1 / (large + small * ratio)
    if b is None:
        return wide.choose(a, a * ratio) * scale, none.choose(math.nan, wide.choose(-a * ratio, -a) * scale)
    real = wide.choose(a + b * ratio, a * ratio + b)
    return real * scale, wide.choose(b - a * ratio, b * ratio - a) * scale


def reciprocal(z: Pair) -> Pair:
    re, _ = z
    return div((re.zeros_like() + 1, None), z)


def power(z: Pair, exponent: int) -> Pair:
    """A whole power, by squaring."""
    if exponent < 0:
        return reciprocal(power(z, -exponent))
    result: Pair | None = None
    while exponent:
        if exponent & 1:
            result = z if result is None else mul(result, z)
        exponent >>= 1
        z = mul(z, z) if exponent else z
    return result if result is not None else (z[0].zeros_like() + 1, z[0].zeros_like())


def pow_(x: Pair, y: Pair) -> Pair:
    """exp(y log x); 0 to a power with a positive real part is 0, and to the power 0 it is 1."""
    a, b = x = _full(x)
    none = (a == 0) & (b == 0)
    re, im = exp(mul(y, log((none.choose(1, a), b))))
    unit = (y[0] == 0) if y[1] is None else (y[0] == 0) & (y[1] == 0)
    at_zero = unit.choose(1, (y[0] > 0).choose(0, math.nan))
    return none.choose(at_zero._cast(re.dtype), re), none.choose(0, im)


def absolute(z: Pair) -> Any:
    """The length; its gradient at 0 is 0, as in torch."""
    re, im = z
    none = (re == 0) & (im == 0)
    return none.choose(0, none.choose(1, re)._binary(maps.hypot, im))


def angle(z: Pair) -> Any:
    return _atan2(z[1], z[0])


def sign(z: Pair) -> Pair:
    """z / |z|, and 0 at 0."""
    re, im = z
    length = absolute(z)
    none = length == 0
    length = none.choose(1, length)
    return re / length, im / length


# -- exponentials and logarithms -----------------------------------------------------------------


def exp(z: Pair) -> Pair:
    re, im = z
    if im is None:
        return re.exp(), None
    length = re.exp()
    # A real number stays real, and a length of zero wins over an endless angle.
    flat, gone = im == 0, length == 0
    real = flat.choose(length, gone.choose(0, length * im.cos()))
    return real, flat.choose(im, gone.choose(0, length * im.sin()))


def exp2(z: Pair) -> Pair:
    return exp(mul(z, (_like(z, math.log(2)), None)))


def expm1(z: Pair) -> Pair:
    """expm1(x) cos(y) - 2 sin(y / 2)^2 and exp(x) sin(y)."""
    re, im = z
    half = (im * 0.5).sin()
    return re.expm1() * im.cos() - half * half * 2, re.exp() * im.sin()


def log(z: Pair) -> Pair:
    return absolute(z).log(), angle(z)


def log1p(z: Pair) -> Pair:
    """Near 0 the length is found from x (2 + x) + y^2, which does not lose small numbers beside 1."""
    re, im = z
    small = (re.abs() < 0.5) & (im.abs() < 0.5)
    x, y = small.choose(re, 0), small.choose(im, 0)
    near = (x * (x + 2) + y * y).log1p() * 0.5
    shifted = re + 1, im
    # Where it is not used, the other logarithm must have a gradient, too.
    far = absolute((small.choose(1, shifted[0]), small.choose(0, im))).log()
    return small.choose(near, far), angle(shifted)


def log2(z: Pair) -> Pair:
    return mul(log(z), (_like(z, 1 / math.log(2)), None))


def log10(z: Pair) -> Pair:
    return mul(log(z), (_like(z, 1 / math.log(10)), None))


def _like(z: Pair, value: float) -> Any:
    return z[0].zeros_like() + value


def sigmoid(z: Pair) -> Pair:
    re, im = exp(neg(z))
    return reciprocal((re + 1, im))


# -- square roots --------------------------------------------------------------------------------


def sqrt(z: Pair) -> Pair:
    """With a positive real part; the cut is the negative axis, and the imaginary part keeps its sign."""
    re, im = z
    none = (re == 0) & (im == 0)
    a = none.choose(1, re)
    # Quarters do not overflow.
    large = (absolute((a * 0.25, im * 0.25)) + a.abs() * 0.25).sqrt() * math.sqrt(2)
    small = im * 0.5 / large
    right = a >= 0
    endless = im.abs() == math.inf
    real = right.choose(large, small.abs())
    imag = right.choose(small, large._binary(maps.copysign, im))
    return endless.choose(math.inf, none.choose(0, real)), endless.choose(im, none.choose(im, imag))


def rsqrt(z: Pair) -> Pair:
    return reciprocal(sqrt(z))


# -- circular and hyperbolic functions -----------------------------------------------------------


def sinh(z: Pair) -> Pair:
    re, im = z
    return _sinh(re) * im.cos(), _cosh(re) * im.sin()


def cosh(z: Pair) -> Pair:
    re, im = z
    return _cosh(re) * im.cos(), _sinh(re) * im.sin()


def tanh(z: Pair) -> Pair:
    """tanh(x) (1 + tan(y)^2) and tan(y) / cosh(x)^2 over 1 + tanh(x)^2 tan(y)^2; far out that is +-1 and 0."""
    re, im = z
    far = re.abs() > 20
    x = far.choose(0, re)
    s, c, sine, cosine = _sinh(x), _cosh(x), im.sin(), im.cos()
    length = s * s + cosine * cosine
    decay = (re.abs() * -2).exp() * 4
    return (
        far.choose(re.tanh(), s * c / far.choose(1, length)),
        far.choose(sine * cosine * decay, sine * cosine / far.choose(1, length)),
    )


def sin(z: Pair) -> Pair:
    return over_i(sinh(times_i(z)))


def cos(z: Pair) -> Pair:
    return cosh(times_i(z))


def tan(z: Pair) -> Pair:
    return over_i(tanh(times_i(z)))


# -- and their inverses --------------------------------------------------------------------------


def asinh(z: Pair) -> Pair:
    """asinh(Im(conj(u) v)) ... with u = sqrt(1 - iz) and v = sqrt(1 + iz) (Kahan)."""
    re, im = z
    (a, b), (c, d) = sqrt((im + 1, -re)), sqrt((-im + 1, re))
    return _asinh(a * d - b * c), _atan2(im, a * c - b * d)


def asin(z: Pair) -> Pair:
    return over_i(asinh(times_i(z)))


def acos(z: Pair) -> Pair:
    """2 atan(Re sqrt(1 - z) / Re sqrt(1 + z)) and asinh(Im(conj(sqrt(1 + z)) sqrt(1 - z))) (Kahan)."""
    re, im = z
    (a, b), (c, d) = sqrt((-re + 1, -im)), sqrt((re + 1, im))
    return _atan2(a, c) * 2, _asinh(c * b - d * a)


def acosh(z: Pair) -> Pair:
    """asinh(Re(conj(sqrt(z - 1)) sqrt(z + 1))) and 2 atan(Im sqrt(z - 1) / Re sqrt(z + 1)) (Kahan)."""
    re, im = z
    (a, b), (c, d) = sqrt((re - 1, im)), sqrt((re + 1, im))
    return _asinh(a * c + b * d), _atan2(b, c) * 2


def atanh(z: Pair) -> Pair:
    """log1p(4 x / ((1 - x)^2 + y^2)) / 4 and atan2(2 y, (1 - x)(1 + x) - y^2) / 2."""
    re, im = z
    away = -re + 1
    return (re * 4 / (away * away + im * im)).log1p() * 0.25, _atan2(im * 2, away * (re + 1) - im * im) * 0.5


def atan(z: Pair) -> Pair:
    return over_i(atanh(times_i(z)))


# -- truth ---------------------------------------------------------------------------------------


def eq(x: Pair, y: Pair) -> Any:
    (a, b), (c, d) = _full(x), _full(y)
    return (a == c) & (b == d)


def ne(x: Pair, y: Pair) -> Any:
    (a, b), (c, d) = _full(x), _full(y)
    return (a != c) | (b != d)


def logical_not(z: Pair) -> Any:
    return (z[0] == 0) & (z[1] == 0)


RULES: dict[str, Callable[..., Any]] = {
    "add": add, "sub": sub, "mul": mul, "div": div, "neg": neg, "pow": pow_, "reciprocal": reciprocal,
    "abs": absolute, "sign": sign, "exp": exp, "exp2": exp2, "expm1": expm1, "log": log, "log1p": log1p, "log2": log2,
    "log10": log10, "sqrt": sqrt, "rsqrt": rsqrt, "sigmoid": sigmoid, "sin": sin, "cos": cos, "tan": tan,
    "sinh": sinh, "cosh": cosh, "tanh": tanh, "asin": asin, "acos": acos, "atan": atan, "asinh": asinh,
    "acosh": acosh, "atanh": atanh, "eq": eq, "ne": ne, "logical_not": logical_not,
}  # fmt: skip
"""For a row, by its name, what it means for complex operands; rows that stand not here refuse them."""
