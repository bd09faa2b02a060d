"""Elementary functions in float32 as OpenCL C that stays in registers, each within 2 to 4 ulp over the whole range.

A runtime's own are calls that spill every register around them, and some are far slower than PyTorch's
(PoCL: erf 5 times, gelu 3 times). Each function here is a handful of multiply-adds on vectors; other
dtypes keep the runtime's function. Polynomials are minimax fits of relative error, made for these ranges.
"""

from __future__ import annotations

import math

from clgrad.dtypes import DType, float32

LANES = "0123456789abcdef"
"""How OpenCL C names the lanes of a vector."""

_EXP = (0.49999993451679803, 0.16666520689634956, 0.041668387367012685, 0.008368709842559385, 0.0013814612982986536)
"""(exp(r) - 1 - r) / r^2 for |r| up to log(2) / 2."""
_EXP2 = (0.6931469775984714, 0.24022242084919251, 0.05550733744244557, 0.009671512660563188, 0.0013264726899050727)
"""(2^r - 1) / r for |r| up to 1/2."""
_LOG = (
    0.3333333170780473, -0.2500082103550081, 0.20001226865404215, -0.1662335729809978, 0.1420175823380262,
    -0.13160183062655906, 0.1276157564355773, -0.0763449302353364,
)  # fmt: skip
"""(log(1 + f) - f + f^2 / 2) / f^3 for 1 + f from sqrt(1/2) to sqrt(2)."""
_SIN = (-0.1666665460955938, 0.008332160762403857, -0.00019515283253966186)
"""(sin(r) - r) / r^3 in r^2 for |r| up to pi / 4."""
_COS = (0.041666645682955465, -0.001388731625354515, 2.443315697814091e-05)
"""(cos(r) - 1 + r^2 / 2) / r^4 in r^2, there."""
_ERF = (
    0.1283791538093007, -0.37612523305276313, 0.1128214100990795, -0.026778914442093932, 0.005011969584126599,
    -0.0006090390144996224,
)  # fmt: skip
"""erf(x) / x - 1 in x^2 below 0.9."""
_ERFC = (
    0.00024013249380285171, 1.6270674921275485, 0.9189622304480548, 0.15020429398645208, -0.03219405048151758,
    0.004422568565953133, -0.00028597061571733473,
)  # fmt: skip
"""-log2(1 - erf(x)) from 0.9 to 4, where erf becomes 1."""
_TANH = (-0.333332819422, 0.133314422036, -0.0537397155531, 0.0206390887954, -0.00570498872745)
"""(tanh(x) - x) / x^3 in x^2 below 0.625 (Cephes, tanhf.c)."""
_POWER = (
    0.6931472028550821, 0.24022647913626738, 0.055503324711001896, 0.009618437357786764, 0.001339887442220078,
    0.00015353361898964857,
)  # fmt: skip
"""(2^r - 1) / r for |r| up to 1/2, one factor longer than for erf."""
_SINH = (0.16666716022307496, 0.008330283718867916, 0.00020372194365676817)
"""(sinh(x) - x) / x^3 in x^2 below 1."""
_ASIN = (
    0.16666753927979477, 0.07495241769426994, 0.04547709894545853, 0.02414760058069605, 0.04221856752707097
)  # fmt: skip
"""(asin(x) - x) / x^3 in x^2 up to 1/2."""
_ATAN = (-0.3333295387184751, 0.199778669144778, -0.13879151747914747, 0.08057877138520872)
"""(atan(r) - r) / r^3 in r^2 for |r| up to tan(pi / 8)."""
_ERFCX = (
    1.276978388173173, -0.0927637853993366, -0.16603114690460413, 0.16404972656080719, -0.05420645136478084,
    -0.008016996557166242, 0.008636775744416908, 0.0011925235688533759, -0.0012335291096015636, -0.00028616324420619523,
)  # fmt: skip
"""erfc(x) exp(x^2) (1 + 2 x) in (x - 2) / (x + 2) from 0.4 to 10.1."""
ERFINV = (
    1.5014093592817308, 0.2466402861573073, -0.004177386776183377, -0.0012527418879858933, 0.0002183444346806367,
    -4.963341589558641e-06, -3.462703329319476e-06, 4.661691604055389e-07, 2.3232512609282813e-08,
    -8.790937516735754e-09,
)  # fmt: skip
"""erfinv(x) / x in w - 2.5, where w = -log(1 - x^2) is below 5."""
ERFINV_FAR = (
    2.832976801243382, 1.0016749670268725, 0.009445286447613313, -0.00763728905123498, 0.005686973790381647,
    -0.0035974051139475343, 0.001485091572359279, -5.6776703985233335e-05, -0.0003095722390280706,
    0.00011570370606372805,
)  # fmt: skip
"""erfinv(x) / x in sqrt(w) - 3 from there to 16.7, where 1 - x is the smallest that float32 knows."""
ERFINV_FARTHEST = (-0.20213134009236455, 1.0107077973634342, -6.104051741977441e-05)
"""erfinv(x) / x in sqrt(w) to 1e-5, from 16 to 38."""

_HALF_PI = (1.5703125, 0.0004837512969970703, 7.549533620476723e-08, 2.5633440682570896e-12)
"""pi / 2 in parts: products of the first three with up to 13 bits are exact, with or without fused arithmetic."""
_FARTHEST = 10000
"""Larger angles are reduced one by one, with as many bits of 2 / pi as they need."""
_TWO_OVER_PI = 0xA2F9836E4E441529FC2757D1F534DDC0DB6295993C439041
"""2 / pi times 2^192."""

_ROUND = "12582912.0f"
"""1.5 * 2^23: added and taken away it rounds to a whole number, and the sum's low bits are that number."""


def vector(dtype: DType, lanes: int) -> str:
    """The C type of so many lanes."""
    return dtype.c if lanes == 1 else f"{dtype.c}{lanes}"


def _integers(lanes: int) -> str:
    return "int" if lanes == 1 else f"int{lanes}"


def _polynomial(kind: str, name: str, variable: str, factors: tuple[float, ...]) -> str:
    """C that evaluates a polynomial, lowest factor first."""
    steps = [f"{name} = {name} * {variable} + {factor!r}f;" for factor in reversed(factors[:-1])]
    return f"{kind} {name} = ({kind})({factors[-1]!r}f); {' '.join(steps)}"


def _clamp(kind: str, low: float, high: float) -> str:
    """C that clamps v and keeps NaN."""
    return f"v = ({high!r}f < v) ? ({kind})({high!r}f) : v; v = ({low!r}f > v) ? ({kind})({low!r}f) : v;"


def _exponential(kind: str, bits: str, one: str = "0x3f800000", highest: float = 89.0) -> str:
    """C from v to its exponential e. The power of two comes in two factors, so that none overflows or vanishes.

    ``one`` is what is multiplied, as bits: 1, or 1/2 for half of the exponential.
    """
    return f"""{_clamp(kind, -104.0, highest)}
    const {kind} t = v * 1.442695f + {_ROUND}, n = t - {_ROUND}, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    {_polynomial(kind, "u", "r", _EXP)}
    const {bits} half_power = (as_{bits}(t) << 22) & (int)0xff800000, rest = (as_{bits}(t) << 23) - half_power;
    const {kind} e = ((u * r) * r + r + 1.0f) * as_{kind}(half_power + 0x3f800000) * as_{kind}(rest + {one});"""


def _function(name: str, dtype: DType, lanes: int, body: str, runtime: str = "") -> str:
    kind = vector(dtype, lanes)
    if dtype.size != 4:
        body = runtime or f"return {name}(x);"
    return f"static inline {kind} clgrad_{name}_{kind}({kind} x) {{\n    {body}\n}}"


def exp(dtype: DType, lanes: int) -> str:
    """exp to 1.1 ulp."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    return _function("exp", dtype, lanes, f"{kind} v = x;\n    {_exponential(kind, bits)}\n    return e;")


def exp_of_negative(dtype: DType, lanes: int) -> str:
    """exp to 1.1 ulp of what is not above 0, such as a score below the highest; 0 where it would be no normal number.

    Two thirds of exp's instructions: nothing overflows, and the power of two is one factor.
    """
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} v = (-88.0f > x) ? ({kind})(-88.0f) : x;
    const {kind} t = v * 1.442695f + {_ROUND}, n = t - {_ROUND}, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    {_polynomial(kind, "u", "r", (1.0, 1.0, *_EXP))}
    return u * as_{kind}((as_{bits}(t) << 23) + 0x3f800000);"""
    return _function("exp_of_negative", dtype, lanes, body, "return exp(x);")


def expm1(dtype: DType, lanes: int) -> str:
    """expm1 to 1.3 ulp: 2^n (exp(r) - 1) + (2^n - 1), halved so that 2^n does not overflow."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""{kind} v = x; {_clamp(kind, -20.0, 89.0)}
    const {kind} t = v * 1.442695f + {_ROUND}, n = t - {_ROUND}, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    {_polynomial(kind, "u", "r", _EXP)}
    const {kind} half_power = as_{kind}((as_{bits}(t) << 23) + 0x3f000000);
    return (x > -1e-8f & x < 1e-8f) ? x : (((u * r) * r + r) * half_power + (half_power - 0.5f)) * 2.0f;"""
    return _function("expm1", dtype, lanes, body)


def log(dtype: DType, lanes: int) -> str:
    """log to 0.9 ulp: of the mantissa, and the exponent's multiple of log(2)."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} v = (x < 1.1754944e-38f) ? x * 8388608.0f : x;
    const {bits} i = as_{bits}(v) - 0x3f3504f3;
    const {kind} f = as_{kind}((i & 0x7fffff) + 0x3f3504f3) - 1.0f, z = f * f;
    const {kind} e = {_converted(kind, "i >> 23")} - ((x < 1.1754944e-38f) ? ({kind})(23.0f) : ({kind})(0.0f));
    {_polynomial(kind, "u", "f", _LOG)}
    const {kind} y = (f + ((u * f) * z - e * 0.00021219444f - z * 0.5f)) + e * 0.693359375f;
    return (x > 0.0f) ? ((x < INFINITY) ? y : x) : ((x == 0.0f) ? ({kind})(-INFINITY) : ({kind})(NAN));"""
    return _function("log", dtype, lanes, body)


def _converted(kind: str, text: str) -> str:
    """Small integers as floats, by the sum's low bits: a runtime's conversion may be a call."""
    bits = kind.replace("float", "int")
    return f"(as_{kind}(({text}) + 0x4b400000) - {_ROUND})" if bits else text


def sigmoid(dtype: DType, lanes: int) -> str:
    """1 / (1 + exp(-x)) to 2.5 ulp; 0 where exp(-x) overflows, as in the reference and in torch."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""{kind} v = -x;
    {_exponential(kind, bits)}
    return 1.0f / (1.0f + e);"""
    return _function("sigmoid", dtype, lanes, body, f"return ({dtype.c})1 / (({dtype.c})1 + exp(-x));")


def tanh(dtype: DType, lanes: int) -> str:
    """tanh to 1.7 ulp, and exactly 1 far out: one that stays below 1 lets a dead unit's gradient through."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff), z = x * x;
    {kind} v = -2.0f * a;
    {_exponential(kind, bits)}
    {_polynomial(kind, "s", "z", _TANH)}
    const {kind} y = (a < 0.625f) ? (s * z) * a + a : (1.0f - e) / (1.0f + e);
    return as_{kind}(as_{bits}(y) | (as_{bits}(x) & (int)0x80000000));"""
    return _function("tanh", dtype, lanes, body)


def erf(dtype: DType, lanes: int) -> str:
    """erf to 1.3 ulp: a polynomial near 0, and 1 less a power of two farther out."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff), z = x * x, b = (4.0f < a) ? ({kind})(4.0f) : a;
    {_polynomial(kind, "s", "z", _ERF)}
    {_polynomial(kind, "q", "b", _ERFC)}
    const {kind} t = {_ROUND} - q, r = ({_ROUND} - t) - q;
    {_polynomial(kind, "u", "r", _EXP2)}
    const {kind} power = as_{kind}(as_{bits}(u * r + 1.0f) + (as_{bits}(t) << 23));
    const {kind} y = as_{kind}(as_{bits}(1.0f - power) | (as_{bits}(x) & (int)0x80000000));
    return (a < 0.9f) ? x * s + x : ((a == a) ? y : x);"""
    return _function("erf", dtype, lanes, body)


def exp2(dtype: DType, lanes: int) -> str:
    """2^x to 1.2 ulp, and exactly for whole numbers."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""{kind} v = x; {_clamp(kind, -152.0, 129.0)}
    const {kind} t = v + {_ROUND}, r = v - (t - {_ROUND});
    {_polynomial(kind, "u", "r", _POWER)}
    const {bits} half_power = (as_{bits}(t) << 22) & (int)0xff800000, rest = (as_{bits}(t) << 23) - half_power;
    return (u * r + 1.0f) * as_{kind}(half_power + 0x3f800000) * as_{kind}(rest + 0x3f800000);"""
    return _function("exp2", dtype, lanes, body)


def _logarithm(name: str, dtype: DType, lanes: int, result: str) -> str:
    """A logarithm to another base, from l = log(mantissa) and the exponent e."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} v = (x < 1.1754944e-38f) ? x * 8388608.0f : x;
    const {bits} i = as_{bits}(v) - 0x3f3504f3;
    const {kind} f = as_{kind}((i & 0x7fffff) + 0x3f3504f3) - 1.0f, z = f * f;
    const {kind} e = {_converted(kind, "i >> 23")} - ((x < 1.1754944e-38f) ? ({kind})(23.0f) : ({kind})(0.0f));
    {_polynomial(kind, "u", "f", _LOG)}
    const {kind} l = f + ((u * f) * z - z * 0.5f), y = {result};
    return (x > 0.0f) ? ((x < INFINITY) ? y : x) : ((x == 0.0f) ? ({kind})(-INFINITY) : ({kind})(NAN));"""
    return _function(name, dtype, lanes, body)


def log2(dtype: DType, lanes: int) -> str:
    """log2 to 1.7 ulp, and exactly for powers of two."""
    return _logarithm("log2", dtype, lanes, "l * 1.442695f + e")


def log10(dtype: DType, lanes: int) -> str:
    """log10 to 1.8 ulp; the multiple of log10(2) comes in two parts."""
    return _logarithm("log10", dtype, lanes, "(l * 0.43429448f + e * 4.605039e-06f) + e * 0.30102539f")


def _near_one(kind: str, bits: str, extra: str = "0.0f") -> str:
    """C from v, about 1 + t with v + lost = 1 + t, to y, its logarithm: exact in t where that is small.

    ``extra`` is added to the exponent. Where v rounded, its logarithm is off by lost / v.
    """
    return f"""const {bits} i = as_{bits}(v) - 0x3f3504f3, power = i >> 23;
    const {kind} f = (power == 0) ? t : as_{kind}((i & 0x7fffff) + 0x3f3504f3) - 1.0f, z = f * f;
    const {kind} e = {_converted(kind, "power")} + {extra}, off = (power == 0) ? ({kind})(0.0f) : lost / v;
    {_polynomial(kind, "u", "f", _LOG)}
    const {kind} y = (f + ((u * f) * z + (off - e * 0.00021219444f) - z * 0.5f)) + e * 0.693359375f;"""


_ONE_MORE = "const {kind} v = 1.0f + t, lost = (t < 1.0f) ? t - (v - 1.0f) : (t - v) + 1.0f;"


def log1p(dtype: DType, lanes: int) -> str:
    """log1p to 1.2 ulp."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} t = x; {_ONE_MORE.format(kind=kind)}
    {_near_one(kind, bits)}
    return (t > -1.0f) ? ((t < INFINITY & t != 0.0f) ? y : t) : ((t == -1.0f) ? ({kind})(-INFINITY) : ({kind})(NAN));"""
    return _function("log1p", dtype, lanes, body)


_LARGE = "1073741824.0f"
"""2^30, from where the square root of x^2 + 1 or x^2 - 1 is x: asinh and acosh are log(2 x)."""


def asinh(dtype: DType, lanes: int) -> str:
    """asinh to 1.6 ulp: log1p(a + a^2 / (1 + sqrt(1 + a^2)))."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff), square = a * a;
    const {kind} t = (a > {_LARGE}) ? a : a + square / (1.0f + sqrt(square + 1.0f)); {_ONE_MORE.format(kind=kind)}
    {_near_one(kind, bits, f"((a > {_LARGE}) ? ({kind})(1.0f) : ({kind})(0.0f))")}
    return (a < INFINITY) ? as_{kind}(as_{bits}(y) | (as_{bits}(x) & (int)0x80000000)) : x;"""
    return _function("asinh", dtype, lanes, body)


def acosh(dtype: DType, lanes: int) -> str:
    """acosh to 2 ulp: log1p of s + sqrt(2 s + s^2) for s = x - 1."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} s = x - 1.0f, t = (x > {_LARGE}) ? x : s + sqrt(s * (s + 2.0f));
    {_ONE_MORE.format(kind=kind)}
    {_near_one(kind, bits, f"((x > {_LARGE}) ? ({kind})(1.0f) : ({kind})(0.0f))")}
    return (x > 1.0f) ? ((x < INFINITY) ? y : x) : ((x == 1.0f) ? ({kind})(0.0f) : ({kind})(NAN));"""
    return _function("acosh", dtype, lanes, body)


def atanh(dtype: DType, lanes: int) -> str:
    """atanh to 1.8 ulp: half of log1p(2 a / (1 - a))."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff);
    const {kind} t = 2.0f * a / (1.0f - a); {_ONE_MORE.format(kind=kind)}
    {_near_one(kind, bits)}
    const {kind} half_of = (a < 1.0f) ? 0.5f * y : ((a == 1.0f) ? ({kind})(INFINITY) : ({kind})(NAN));
    return as_{kind}(as_{bits}(half_of) | (as_{bits}(x) & (int)0x80000000));"""
    return _function("atanh", dtype, lanes, body)


def logit(dtype: DType, lanes: int) -> str:
    """log(x / (1 - x)) to 3.2 ulp; above 1/4 as log1p((2 x - 1) / (1 - x)), which is exact around 1/2."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} rest = 1.0f - x, t = (x - 0.5f) * 2.0f / rest;
    const {kind} above = 1.0f + t, tiny = (x < 1e-30f) ? x * 8388608.0f : x;
    const {kind} v = (x < 0.25f) ? tiny / rest : above;
    const {kind} lost = (x < 0.25f) ? ({kind})(0.0f) : ((t < 1.0f) ? t - (above - 1.0f) : (t - above) + 1.0f);
    {_near_one(kind, bits, f"((x < 1e-30f) ? ({kind})(-23.0f) : ({kind})(0.0f))")}
    const {kind} end = (x == 0.0f) ? ({kind})(-INFINITY) : ((x == 1.0f) ? ({kind})(INFINITY) : ({kind})(NAN));
    return (x > 0.0f & x < 1.0f) ? y : end;"""
    half, quarter, two = (f"({dtype.c}){number}" for number in (0.5, 0.25, 2))
    wide = f"return (x < {quarter}) ? log(x / (1 - x)) : log1p((x - {half}) * {two} / (1 - x));"
    return _function("logit", dtype, lanes, body, wide)


def sinh(dtype: DType, lanes: int) -> str:
    """sinh to 1.8 ulp: a polynomial near 0, and a difference of exponentials, halved before they overflow."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff), z = x * x;
    {kind} v = a; {_exponential(kind, bits, "0x3f000000", 90.0)}
    {_polynomial(kind, "s", "z", _SINH)}
    const {kind} y = (a < 1.0f) ? (s * z) * a + a : e - 0.25f / e;
    return as_{kind}(as_{bits}(y) | (as_{bits}(x) & (int)0x80000000));"""
    return _function("sinh", dtype, lanes, body)


def cosh(dtype: DType, lanes: int) -> str:
    """cosh to 1.8 ulp."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""{kind} v = as_{kind}(as_{bits}(x) & 0x7fffffff); {_exponential(kind, bits, "0x3f000000", 90.0)}
    return e + 0.25f / e;"""
    return _function("cosh", dtype, lanes, body)


def erfc(dtype: DType, lanes: int) -> str:
    """erfc to 3.5 ulp: 1 - erf(x) near 0, else exp(-a^2) times a polynomial, with a^2 in two parts."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff), b = (10.1f < a) ? ({kind})(10.1f) : a, z = x * x;
    const {kind} q = (b - 2.0f) / (b + 2.0f), head = as_{kind}(as_{bits}(b) & (int)0xfffff000);
    const {kind} v = -head * head, tail = (b - head) * (b + head);
    const {kind} t = (v - tail) * 1.442695f + {_ROUND}, n = t - {_ROUND};
    const {kind} r = ((v - n * 0.693359375f) + n * 0.00021219444f) - tail;
    {_polynomial(kind, "u", "r", _EXP)}
    {_polynomial(kind, "p", "q", _ERFCX)}
    {_polynomial(kind, "s", "z", _ERF)}
    const {bits} half_power = (as_{bits}(t) << 22) & (int)0xff800000, rest = (as_{bits}(t) << 23) - half_power;
    const {kind} scaled = ((u * r) * r + r + 1.0f) * (p / (1.0f + 2.0f * b)) * as_{kind}(half_power + 0x3f800000);
    const {kind} y = scaled * as_{kind}(rest + 0x3f800000);
    return (a < 0.5f) ? 1.0f - (x * s + x) : ((x < 0.0f) ? 2.0f - y : y);"""
    return _function("erfc", dtype, lanes, body)


def erfinv(dtype: DType, lanes: int) -> str:
    """erfinv to 3 ulp: polynomials in log(1 - x^2) or its root (Giles, 2012); doubles go on from a shorter one.

    Two steps of Halley's method on erfc(y) = 1 - x, which is exact from 1/2 on, leave no error of the start.
    """
    kind, bits = vector(dtype, lanes), _integers(lanes)
    if dtype.size == 2:
        wide = kind.replace("half", "float")
        inner = erfinv(float32, lanes).replace(f"clgrad_erfinv_{wide}(", f"clgrad_erfinv_wide_{wide}(")
        return f"{inner}\n" + _function(
            "erfinv", dtype, lanes, "", f"return convert_{kind}(clgrad_erfinv_wide_{wide}(convert_{wide}(x)));"
        )
    if dtype.size == 8:
        step = f"""error = (a < 0.5) ? erf(y) - a : (1.0 - a) - erfc(y);
    error = error * {math.sqrt(math.pi) / 2!r} * exp(y * y); y = y - error / (1.0 + y * error);"""
        wide = f"""const {kind} a = fabs(x), w = -log((1.0 - a) * (1.0 + a)), root = sqrt(w);
    const {kind} t = w - 2.5, s = root - 3.0;
    {_polynomial(kind, "p", "t", ERFINV)} {_polynomial(kind, "far", "s", ERFINV_FAR)}
    {_polynomial(kind, "farthest", "root", ERFINV_FARTHEST)}
    {kind} y = a * ((w < 5.0) ? p : ((w < 16.0) ? far : farthest)), error;
    {step}
    {step}
    const {kind} end = (a == 1.0) ? x * (double)INFINITY : ({kind})(NAN);
    return (a < 1.0) ? copysign(y, x) : end;"""
        return _function("erfinv", dtype, lanes, "", wide)
    body = f"""const {kind} v = (1.0f - x) * (1.0f + x), t = v - 1.0f, lost = 0.0f;
    {_near_one(kind, bits)}
    const {kind} w = -y, near = w - 2.5f, far = sqrt(w) - 3.0f;
    {_polynomial(kind, "p", "near", ERFINV)}
    {_polynomial(kind, "q", "far", ERFINV_FAR)}
    const {kind} end = (x == 1.0f | x == -1.0f) ? x * INFINITY : ({kind})(NAN);
    return (x > -1.0f & x < 1.0f) ? x * ((w < 5.0f) ? p : q) : end;"""
    return _function("erfinv", dtype, lanes, body)


def hypot(dtype: DType, lanes: int) -> str:
    """sqrt(x^2 + y^2) to 2 ulp, by the quotient of the two, which can not overflow."""
    kind = vector(dtype, lanes)
    return f"""static inline {kind} clgrad_hypot_{kind}({kind} x, {kind} y) {{
    const {kind} a = fabs(x), b = fabs(y), large = (a < b) ? b : a, small = (a < b) ? a : b, r = small / large;
    const {kind} length = large * sqrt(r * r + ({dtype.c})1), sum = a + b;
    const {kind} end = (a == ({dtype.c})INFINITY | b == ({dtype.c})INFINITY) ? ({kind})(INFINITY) : sum;
    return (large > ({dtype.c})0 & large < ({dtype.c})INFINITY & small == small) ? length : end;
}}"""


# -- functions of angles, and angles -------------------------------------------------------------


def _any(lanes: int, text: str) -> str:
    """C for whether a lane of an integer vector is not 0; it declares what it needs before."""
    statements, source = [f"const {_integers(lanes)} any{lanes} = {text};"], f"any{lanes}"
    while lanes > 1:
        lanes //= 2
        statements.append(f"const {_integers(lanes)} any{lanes} = {source}.lo | {source}.hi;")
        source = f"any{lanes}"
    return " ".join(statements)


FAR_ANGLE = f"""__constant uint clgrad_two_over_pi[24] = {{
    {", ".join(f"{(_TWO_OVER_PI >> (184 - 8 * byte)) & 0xFFFFFFFF:#x}" for byte in range(24))}}};
static inline void clgrad_far_angle(float x, float* rest, int* number) {{
    const uint u = as_uint(x), m = ((u & 0x7fffff) | 0x800000) << ((u >> 23) & 7);
    if (u <= as_uint({_FARTHEST}.0f)) return;
    __constant uint* words = clgrad_two_over_pi + ((u >> 26) & 15);
    const ulong turns = ((ulong)(m * words[0]) << 32) + (ulong)m * words[4] + (((ulong)m * words[8]) >> 32);
    *number = (int)((turns + (1UL << 61)) >> 62);
    *rest = x - x + (float)mul_hi((long)(turns - ((ulong)*number << 62)), 0x6487ed5110b4611aL) * 8.6736174e-19f;
}}"""
"""Reduces x above 0: times 2 / pi in fixed point, where only bits around the point count (ARM's routines, sinf)."""


def _angle(name: str, dtype: DType, lanes: int, result: str) -> str:
    """A function of s = sin(r) and c = cos(r), where r is x less the k-th multiple of pi / 2."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    if dtype.size != 4 and lanes > 1:
        # One huge or infinite lane spoils the others of PoCL's vector form: it goes alone.
        alone = " ".join(
            f"if (!(x.s{lane} > -1e5 && x.s{lane} < 1e5)) y.s{lane} = {name}(x.s{lane});" for lane in LANES[:lanes]
        )
        several = f"{kind} y = {name}((x > ({kind})(-1e5)) & (x < ({kind})(1e5)) ? x : ({kind})(0)); {alone} return y;"
        return _function(name, dtype, lanes, "", several)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff), t = a * 0.63661977f + {_ROUND}, n = t - {_ROUND};
    {kind} r = a{"".join(f" - n * {part!r}f" for part in _HALF_PI)};
    {bits} k = as_{bits}(t);
    {_any(lanes, f"as_{bits}(a) > as_int({_FARTHEST}.0f)")}
    if (any1) {{
        {kind} angles = a, rests = r;
        {bits} numbers = k;
        for (int lane = 0; lane < {lanes}; lane++)
            clgrad_far_angle(((float*)&angles)[lane], (float*)&rests + lane, (int*)&numbers + lane);
        r = rests;
        k = numbers;
    }}
    const {kind} z = r * r;
    {_polynomial(kind, "s", "z", _SIN)} s = (s * z) * r + r;
    {_polynomial(kind, "c", "z", _COS)} c = (c * z) * z + (1.0f - 0.5f * z);
    {result.format(kind=kind, bits=bits)}"""
    return _function(name, dtype, lanes, body)


def sin(dtype: DType, lanes: int) -> str:
    """sin to 1.5 ulp."""
    result = "return as_{kind}(as_{bits}((k << 31) ? c : s) ^ ((k & 2) << 30) ^ (as_{bits}(x) & (int)0x80000000));"
    return _angle("sin", dtype, lanes, result)


def cos(dtype: DType, lanes: int) -> str:
    """cos to 1.5 ulp."""
    result = "return as_{kind}(as_{bits}((k << 31) ? s : c) ^ (((k + 1) & 2) << 30));"
    return _angle("cos", dtype, lanes, result)


def tan(dtype: DType, lanes: int) -> str:
    """tan to 3 ulp."""
    result = """const {kind} y = ((k << 31) ? -c : s) / ((k << 31) ? s : c);
    return as_{kind}(as_{bits}(y) ^ (as_{bits}(x) & (int)0x80000000));"""
    return _angle("tan", dtype, lanes, result)


def _arc(kind: str) -> str:
    """C from r and its square z to p = atan(r)."""
    return f"{_polynomial(kind, 'u', 'z', _ATAN)} const {kind} p = (u * z) * r + r;"


_QUARTERS = """const {kind} turn = far ? ({kind})(1.5707964f) : (middle ? ({kind})(0.7853982f) : ({kind})(0.0f));
    const {kind} more = far ? ({kind})(-4.371139e-08f) : (middle ? ({kind})(-2.1855694e-08f) : ({kind})(0.0f));"""
"""0, pi / 4 or pi / 2, and what its rounding lost: tan(pi / 8) and tan(3 pi / 8) are the borders."""


def atan(dtype: DType, lanes: int) -> str:
    """atan to 2.2 ulp: of x, (x - 1) / (x + 1) or -1 / x, whichever is small."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff);
    const {bits} far = a > 2.4142137f, middle = a > 0.41421357f;
    const {kind} upper = far ? ({kind})(-1.0f) : (middle ? a - 1.0f : a);
    const {kind} lower = far ? a : (middle ? a + 1.0f : ({kind})(1.0f));
    const {kind} r = upper / lower, z = r * r;
    {_arc(kind)} {_QUARTERS.format(kind=kind)}
    return as_{kind}(as_{bits}((p + more) + turn) | (as_{bits}(x) & (int)0x80000000));"""
    return _function("atan", dtype, lanes, body)


def atan2(dtype: DType, lanes: int) -> str:
    """The angle of (x, y) to 2.5 ulp: atan of the quotient, scaled where it would overflow, turned where x < 0."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} ay = as_{kind}(as_{bits}(y) & 0x7fffffff), ax = as_{kind}(as_{bits}(x) & 0x7fffffff);
    const {kind} scale = (ax > 1e37f | ay > 1e37f) ? ({kind})(5.9604645e-08f) : ({kind})(1.0f);
    const {bits} same = ax == ay & (ax == 0.0f | ax == INFINITY);
    const {kind} a = same ? ((ax == 0.0f) ? ax : ({kind})(1.0f)) : ay * scale;
    const {kind} b = same ? ({kind})(1.0f) : ax * scale;
    const {bits} far = a > b * 2.4142137f, middle = a > b * 0.41421357f;
    const {kind} upper = far ? -b : (middle ? a - b : a), lower = far ? a : (middle ? a + b : b);
    const {kind} r = upper / lower, z = r * r;
    {_arc(kind)} {_QUARTERS.format(kind=kind)}
    const {kind} first = (p + more) + turn, second = (3.1415927f - turn) - ((p + more) + 8.742278e-08f);
    const {kind} angle = (as_{bits}(x) < 0) ? second : first;
    return as_{kind}(as_{bits}(angle) | (as_{bits}(y) & (int)0x80000000));"""
    if dtype.size != 4:
        body = "return atan2(y, x);"
    return f"static inline {kind} clgrad_atan2_{kind}({kind} y, {kind} x) {{\n    {body}\n}}"


def _arc_of_chord(kind: str, bits: str) -> str:
    """C from x to p = asin(x) of its magnitude, or of the sine of half the rest to pi / 2 where a is above 1/2."""
    return f"""const {kind} a = as_{kind}(as_{bits}(x) & 0x7fffffff);
    const {bits} far = a > 0.5f;
    const {kind} z = far ? (1.0f - a) * 0.5f : a * a, s = far ? sqrt(z) : a;
    {_polynomial(kind, "u", "z", _ASIN)} const {kind} p = (u * z) * s + s;"""


def asin(dtype: DType, lanes: int) -> str:
    """asin to 2.3 ulp."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""{_arc_of_chord(kind, bits)}
    const {kind} y = far ? 1.5707964f - (2.0f * p + 4.371139e-08f) : p;
    return as_{kind}(as_{bits}(y) | (as_{bits}(x) & (int)0x80000000));"""
    return _function("asin", dtype, lanes, body)


def acos(dtype: DType, lanes: int) -> str:
    """acos to 1.8 ulp."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""{_arc_of_chord(kind, bits)}
    const {kind} side = 1.5707964f - (as_{kind}(as_{bits}(p) ^ (as_{bits}(x) & (int)0x80000000)) + 4.371139e-08f);
    const {kind} end = (x < 0.0f) ? 3.1415927f - (2.0f * p + 8.742278e-08f) : 2.0f * p;
    return far ? end : side;"""
    return _function("acos", dtype, lanes, body)


_MAGIC = "6755399441055744.0"
"""1.5 * 2^52: what _ROUND is for doubles."""


def power(lanes: int) -> str:
    """pow of float32 vectors to 0.6 ulp: 2^(b log2(a)) in doubles; edges as in IEEE 754.

    log2 is that of the mantissa, by the series of atanh, and the exponent. Without doubles, the runtime's own.
    """
    kind, bits = f"double{lanes}", f"long{lanes}"
    log2 = [2 / math.log(2) / (2 * term + 1) for term in range(7)]
    exp = [1 / math.factorial(term) for term in range(10)]

    def polynomial(name: str, variable: str, factors: list[float]) -> str:
        steps = [f"{name} = {name} * {variable} + {factor!r};" for factor in reversed(factors[:-1])]
        return f"{kind} {name} = ({kind})({factors[-1]!r}); {' '.join(steps)}"

    def each(value: str) -> str:
        return f"({kind})({value})"

    one_by_one = ", ".join(f"pow(a.s{lane:x}, b.s{lane:x})" for lane in range(lanes))
    return f"""static inline float{lanes} clgrad_powers_float{lanes}(float{lanes} a, float{lanes} b) {{
#ifdef cl_khr_fp64
    const {kind} signed_x = __builtin_convertvector(a, {kind}), y = __builtin_convertvector(b, {kind});
    const {bits} sign = as_{bits}(signed_x) & ({bits})(0x8000000000000000L);
    const {kind} x = as_{kind}(as_{bits}(signed_x) & ({bits})(0x7fffffffffffffffL));
    const {bits} i = as_{bits}(x) - ({bits})(0x3fe6a09e667f3bcdL);
    const {kind} m = as_{kind}((i & ({bits})(0xfffffffffffffL)) + ({bits})(0x3fe6a09e667f3bcdL));
    const {kind} s = (m - 1.0) / (m + 1.0), z = s * s;
    {polynomial("u", "z", log2)}
    {kind} t = y * (s * u + (as_{kind}((i >> ({bits})(52)) + ({bits})(0x4338000000000000L)) - {_MAGIC}));
    t = (t < -160.0) ? {each("-160.0")} : t; t = (t > 140.0) ? {each("140.0")} : t;
    const {kind} w = t + {_MAGIC}, v = (t - (w - {_MAGIC})) * {math.log(2)!r};
    {polynomial("e", "v", exp)}
    {kind} r = e * as_{kind}((as_{bits}(w) << ({bits})(52)) + ({bits})(0x3ff0000000000000L));
    const {kind} near = y + {_MAGIC}, size = as_{kind}(as_{bits}(y) & ({bits})(0x7fffffffffffffffL));
    const {kind} far = (y > 0.0) ? {each("INFINITY")} : {each("0.0")};
    r = (x == 0.0) ? ((y > 0.0) ? {each("0.0")} : {each("INFINITY")}) : ((x == INFINITY) ? far : r);
    r = (x == 1.0 & size == INFINITY) ? {each("1.0")} : r;
    r = (signed_x < 0.0 & x < INFINITY & (near - {_MAGIC}) != y) ? {each("NAN")} : r;
    r = (size < 16777216.0) ? as_{kind}(as_{bits}(r) ^ (sign & (as_{bits}(near) << ({bits})(63)) &
        ((near - {_MAGIC}) == y))) : r;
    r = (signed_x == 1.0 | y == 0.0) ? {each("1.0")} : ((x != x | y != y) ? {each("NAN")} : r);
    return __builtin_convertvector(r, float{lanes});
#else
    return (float{lanes})({one_by_one});
#endif
}}"""
