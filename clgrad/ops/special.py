"""Special functions: gamma and its derivatives, the error function and its kin, Bessel functions, in float64 at heart.

OpenCL has few of them. Those that stand here in C compute lane by lane, in double where the device has it: so
cancellation near a zero, a pole or the reflection of negative numbers leaves float32 exact to its last place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from clgrad.dtypes import DType
from clgrad.ops import COSTLY, FLOATS, Op, elementary, row

Numpy = np.ndarray[Any, Any]


def _horner(variable: str, factors: tuple[float, ...]) -> str:
    """A polynomial as a C expression, lowest factor first."""
    text = repr(factors[-1])
    for factor in reversed(factors[:-1]):
        text = f"({text} * {variable} + {factor!r})"
    return text


def _in_float64(function: Callable[..., Any]) -> Callable[..., Any]:
    """A numpy meaning that computes in float64 and gives the dtype that it was given."""

    def meaning(x: Any, *attributes: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.asarray(function(np.asarray(x, np.float64), *attributes)).astype(x.dtype)

    return meaning


def _in_double(name: str, parameters: str, body: str) -> Callable[[DType, int], str]:
    """A C function of ``real x`` whose ``real`` is double, or float where the device has no double."""
    single = re.sub(r"\b(\d+\.\d*(?:e[-+]?\d+)?)", r"\1f", body)

    def helper(dtype: DType, lanes: int) -> str:
        def written(real: str, text: str) -> str:
            head = f"static inline {dtype.c} clgrad_{name}_{dtype.name}({dtype.c} of{parameters})"
            return f"{head} {{\n    typedef {real} real; const real x = of;\n    {text.strip()}\n}}"

        if dtype.size == 8:
            return written("double", body)
        return f"#ifdef cl_khr_fp64\n{written('double', body)}\n#else\n{written('float', single)}\n#endif"

    return helper


# -- the error function --------------------------------------------------------------------------

_erf_of_each = np.frompyfunc(math.erf, 1, 1)
_erfc_of_each = np.frompyfunc(math.erfc, 1, 1)


def _erf(x: Numpy) -> Numpy:
    # numpy has none, and the standard library's is exact: slow, but this backend is the reference.
    return np.asarray(_erf_of_each(x), np.float64)


def _erfc(x: Numpy) -> Numpy:
    return np.asarray(_erfc_of_each(x), np.float64)


def _erfinv(x: Numpy) -> Numpy:
    a = np.abs(x)
    w = -np.log((1 - a) * (1 + a))
    root = np.sqrt(w)
    near, far, farthest = (
        np.polynomial.polynomial.polyval(variable, factors)
        for variable, factors in (
            (w - 2.5, elementary.ERFINV),
            (root - 3, elementary.ERFINV_FAR),
            (root, elementary.ERFINV_FARTHEST),
        )
    )
    y = a * np.where(w < 5, near, np.where(w < 16, far, farthest))
    for _ in range(2):  # Halley's method
        error = np.where(a < 0.5, _erf(y) - a, (1 - a) - _erfc(y)) * (math.sqrt(math.pi) / 2) * np.exp(y * y)
        y = y - error / (1 + y * error)
    return np.copysign(np.where(a < 1, y, np.where(a == 1, np.inf, np.nan)), x)


def _own(name: str, numpy: Any, vjp: Any) -> Any:
    """A function of elementary.py, on every device: none knows it, or knows it well."""
    c, helper = f"clgrad_{name}_{{T}}({{0}})", getattr(elementary, name)
    return row(name, "map", domain=FLOATS, numpy=_in_float64(numpy), c=c, helper=helper, cost=COSTLY, vjp=vjp)


_SLOPE = 2 / math.sqrt(math.pi)
erf = _own("erf", _erf, lambda g, y, x: g * (-x * x).exp() * _SLOPE)
erfc = _own("erfc", _erfc, lambda g, y, x: g * (-x * x).exp() * -_SLOPE)
erfinv = _own("erfinv", _erfinv, lambda g, y, x: g * (y * y).exp() * (1 / _SLOPE))
logit = _own(
    "logit",
    # Around 1/2 the first logarithm is of about 1: 2 x - 1 is exact there.
    lambda x: np.where(x < 0.25, np.log(x / (1 - x)), np.log1p((x - 0.5) * 2 / (1 - x))),
    lambda g, y, x: ((x < 0) | (x > 1)).choose(math.nan, g / (x * (1 - x))),
)


# -- gamma ---------------------------------------------------------------------------------------


def _lanes(name: str, numpy: Any, vjp: Any, body: str, attributes: tuple[str, ...] = ()) -> Any:
    """A function in C lane by lane; attributes are integers, which the C function gets by their names."""
    parameters = "".join(f", const int {one}" for one in attributes)
    arguments = "".join(f", {{{one}}}" for one in attributes)
    return row(
        name,
        "map",
        attributes=attributes,
        domain=FLOATS,
        numpy=_in_float64(numpy),
        c=f"clgrad_{name}_{{name}}({{0}}{arguments})",
        helper=_in_double(name, parameters, body),
        lanes=True,
        cost=COSTLY,
        vjp=vjp,
    )


def _lgamma_of_one(x: float) -> float:
    return math.inf if x <= 0 and x == math.floor(x) else math.lgamma(x)


_lgamma_of_each = np.frompyfunc(lambda x: math.inf if math.isinf(x) else _lgamma_of_one(x), 1, 1)
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
"""Factors of Stirling's series of lgamma in 1 / x^2, times x (Abramowitz and Stegun, 6.1.41)."""
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
"""Factors of the asymptotic series of log(x) - 1 / (2 x) - digamma(x) in 1 / x^2, from B2 / 2 on."""
_ZETA = tuple(
    bernoulli / math.factorial(2 * place)
    for place, bernoulli in enumerate((1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510), 1)
)
"""Factors of the Euler-Maclaurin sum of Hurwitz's zeta function."""


def _digamma(x: Numpy) -> Numpy:
    fraction = x - np.rint(x)
    mirrored = np.where(x < 0, -math.pi / np.tan(math.pi * fraction), 0)
    y = np.where(x < 0, 1 - x, x)
    total = np.zeros_like(y)
    for _ in range(10):  # digamma(y) = digamma(y + 1) - 1 / y
        small = y < 10
        total = total - np.where(small, 1 / y, 0)
        y = np.where(small, y + 1, y)
    z = 1 / (y * y)
    series = np.polynomial.polynomial.polyval(z, _DIGAMMA) * z
    regular = mirrored + (total + (np.log(y) - 0.5 / y - series))
    return np.where(x == 0, np.copysign(np.inf, -x), np.where((x < 0) & (fraction == 0), np.nan, regular))


def _zeta(order: int, x: Numpy) -> Numpy:
    """Hurwitz's zeta(order, x) for x above 0."""
    y, total = x, np.zeros_like(x)
    for _ in range(10 + order):
        small = y < 10 + order
        total = total + np.where(small, y**-order, 0)
        y = np.where(small, y + 1, y)
    power = y**-order
    total = total + power * y / (order - 1) + power * 0.5
    term = order * power / y
    for place, factor in enumerate(_ZETA, 1):
        total = total + factor * term
        term = term * (order + 2 * place - 1) * (order + 2 * place) / (y * y)
    return np.where(x == np.inf, 0, total)


def _polygamma(x: Numpy, n: int) -> Numpy:
    order, sign = n + 1, (-1) ** (n + 1)
    # Below 0 the sum over all integers, less the part on the other side of 0, has positive arguments only.
    fraction, rest = x - np.floor(x), np.ceil(x) - x
    regular = (x > 0) | (fraction == 0)
    inside, beside = np.where(regular, 0.5, fraction), np.where(regular, 0.5, rest)
    mirrored = _zeta(order, inside) + sign * (_zeta(order, beside) - _zeta(order, 1 - np.minimum(x, 0)))
    value = np.where(x > 0, _zeta(order, np.where(x > 0, x, 1)), mirrored)
    value = np.where((x <= 0) & (fraction == 0), np.inf, np.where(x == x, value, np.nan))
    result: Numpy = sign * math.gamma(order) * value
    return result


def _bessel(x: Numpy, order: int, scaled: int) -> Numpy:
    a = np.abs(x)
    low = np.minimum(a, 30)
    term = low / 2 if order else np.ones_like(low)
    series = term
    for k in range(1, 90):
        term = term * (low * low / 4) / (k * (k + order))
        series = series + term
    high = np.maximum(a, 30)
    far_term = np.ones_like(high)
    far = far_term
    for k in range(1, 26):
        far_term = far_term * ((2 * k - 1) ** 2 - 4 * order * order) / (k * 8 * high)
        far = far + far_term
    root = np.sqrt(2 * math.pi * high)
    if scaled:
        value = np.where(a > 30, far / root, series * np.exp(-low))
    else:
        half = np.exp(high / 2)
        value = np.where(a > 30, half * (half * (far / root)), series)
        value = np.where(a == np.inf, np.inf, value)
    return np.where((x < 0) & (order == 1), -value, value)


lgamma: Op = _lanes(
    "lgamma",
    lambda x: np.asarray(_lgamma_of_each(x), np.float64),
    lambda g, y, x: g * x._unary(digamma),
    f"""
    if (sizeof(of) == sizeof(real) || x == 0 || x - x != 0) return lgamma(of);
    if (x == 1 || x == 2) return 0;
    const real mirrored = x < 0 ? 1 - x : x;
    real y = mirrored, product = 1;
    while (y < 8) {{ product *= y; y += 1; }}
    const real z = 1 / (y * y);
    const real value = (y - 0.5) * log(y) - log(product) - y + {math.log(2 * math.pi) / 2!r}
        + {_horner("z", _STIRLING)} / y;
    return x > 0 ? value : log({math.pi!r} / fabs(sin({math.pi!r} * (x - rint(x))))) - value;""",
)
"""A runtime's own serves where no wider dtype is: in double PoCL's takes 0.1 us. Here Stirling's series, from 8 on."""
digamma: Op = _lanes(
    "digamma",
    _digamma,
    lambda g, y, x: g * x._apply(polygamma, (x,), 1),
    f"""
    real y = x, total = 0;
    if (x == 0) return copysign((real)INFINITY, -x);
    if (x < 0) {{
        const real fraction = x - rint(x);
        if (fraction == 0) return NAN;
        total = -{math.pi!r} / tan({math.pi!r} * fraction);
        y = 1 - x;
    }}
    while (y < 10) {{ total -= 1 / y; y += 1; }}
    const real z = 1 / (y * y);
    return total + (log(y) - 0.5 / y - {_horner("z", _DIGAMMA)} * z);""",
)
"""The derivative of lgamma: by reflection above 0, by recurrence up to 10, and the asymptotic series from there."""
polygamma: Op = _lanes(
    "polygamma",
    _polygamma,
    lambda g, y, x, n: g * x._apply(polygamma, (x,), n + 1),
    f"""
    const int order = n + 1, sign = (order & 1) ? -1 : 1;
    const real fraction = x - floor(x);
    if (x <= 0 && fraction == 0) return sign * INFINITY;
    const real places[3] = {{(x > 0) ? x : fraction, ceil(x) - x, 1 - x}};
    real value = 0, factorial = 1;
    for (int k = 2; k <= n; k++) factorial *= k;
    for (int place = 0; place < (x > 0 ? 1 : 3); place++) {{
        real y = places[place], total = 0;
        if (y == INFINITY) continue;
        while (y < 10 + order) {{ total += pown(y, -order); y += 1; }}
        const real power = pown(y, -order), z = 1 / (y * y);
        real term = order * power / y;
        total += power * y / (order - 1) + power * 0.5;
        {
        " ".join(
            f"total += {factor!r} * term; term *= (real)(order + {2 * place - 1}) * (order + {2 * place}) * z;"
            for place, factor in enumerate(_ZETA, 1)
        )
    }
        value += (place == 0) ? total : ((place == 1) ? sign * total : -sign * total);
    }}
    return sign * factorial * value;""",
    attributes=("n",),
)
"""The n-th derivative of digamma, n from 1 on, by Hurwitz's zeta function (Abramowitz and Stegun, 6.4.10)."""


# -- Bessel functions ----------------------------------------------------------------------------


def _bessel_vjp(g: Any, y: Any, x: Any, order: int, scaled: int) -> Any:
    other = x._apply(bessel, (x,), 1 - order, scaled)
    slope = other
    if order:
        zero = x == 0
        slope = zero.choose(0.5, other - y / zero.choose(1, x))
    return g * (slope - x.sign() * y if scaled else slope)


bessel: Op = _lanes(
    "bessel",
    _bessel,
    _bessel_vjp,
    f"""
    const real a = fabs(x);
    real total = 1, value;
    if (a == INFINITY) {{
        value = scaled ? 0 : INFINITY;
    }} else if (a > 30) {{
        real term = 1;
        for (int k = 1; k < 26; k++) {{ term *= ((2 * k - 1) * (2 * k - 1) - 4 * order) / (k * 8 * a); total += term; }}
        const real root = total / sqrt({2 * math.pi!r} * a), half_of = exp(a / 2);
        value = scaled ? root : half_of * (half_of * root);
    }} else {{
        real term = order ? a / 2 : 1;
        total = term;
        for (int k = 1; k < 90 && term > total * 1.0e-18; k++) {{
            term *= (a * a / 4) / (k * (k + order));
            total += term;
        }}
        value = scaled ? total * exp(-a) : total;
    }}
    return (order && x < 0) ? -value : value;""",
    attributes=("order", "scaled"),
)
"""Modified Bessel functions of the first kind, I0 and I1, times exp(-|x|) if scaled: their power series up to 30,
and the asymptotic one from there (Abramowitz and Stegun, 9.6.10 and 9.7.1)."""
