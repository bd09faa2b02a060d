"""Elementary functions in float32 as OpenCL C that stays in registers, each within 2 ulp over the whole range.

A runtime's own are calls that spill every register around them, and some are far slower than PyTorch's
(PoCL: erf 5 times, gelu 3 times). Each function here is a handful of multiply-adds on vectors; other
dtypes keep the runtime's function. Polynomials are minimax fits of relative error, made for these ranges.
"""

from __future__ import annotations

from clgrad.dtypes import DType

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


def _exponential(kind: str, bits: str) -> str:
    """C from v to its exponential e. The power of two comes in two factors, so that none overflows or vanishes."""
    return f"""{_clamp(kind, -104.0, 89.0)}
    const {kind} t = v * 1.442695f + {_ROUND}, n = t - {_ROUND}, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    {_polynomial(kind, "u", "r", _EXP)}
    const {bits} half_power = (as_{bits}(t) << 22) & (int)0xff800000, rest = (as_{bits}(t) << 23) - half_power;
    const {kind} e = ((u * r) * r + r + 1.0f) * as_{kind}(half_power + 0x3f800000) * as_{kind}(rest + 0x3f800000);"""


def _function(name: str, dtype: DType, lanes: int, body: str, runtime: str = "") -> str:
    kind = vector(dtype, lanes)
    if dtype.size != 4:
        body = runtime or f"return {name}(x);"
    return f"static inline {kind} clgrad_{name}_{kind}({kind} x) {{\n    {body}\n}}"


def exp(dtype: DType, lanes: int) -> str:
    """exp to 1.1 ulp."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    return _function("exp", dtype, lanes, f"{kind} v = x;\n    {_exponential(kind, bits)}\n    return e;")


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


def log1p(dtype: DType, lanes: int) -> str:
    """log1p to 1.2 ulp: the logarithm of 1 + x, whose rounding error goes into the mantissa (FreeBSD, s_log1p.c)."""
    kind, bits = vector(dtype, lanes), _integers(lanes)
    body = f"""const {kind} v = 1.0f + x, lost = x - (v - 1.0f);
    const {bits} i = as_{bits}(v) - 0x3f3504f3, power = i >> 23;
    const {kind} scale = as_{kind}(0x3f800000 - ((power < 64 ? power : 64) << 23));
    const {kind} f = (as_{kind}((i & 0x7fffff) + 0x3f3504f3) - 1.0f) + lost * scale, z = f * f;
    const {kind} e = {_converted(kind, "power")};
    {_polynomial(kind, "u", "f", _LOG)}
    const {kind} y = (f + ((u * f) * z - e * 0.00021219444f - z * 0.5f)) + e * 0.693359375f;
    const {kind} inside = ((x < INFINITY) & (v != 1.0f)) ? y : x;
    return (x > -1.0f) ? inside : ((x == -1.0f) ? ({kind})(-INFINITY) : ({kind})(NAN));"""
    return _function("log1p", dtype, lanes, body)


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


# -- functions of angles -------------------------------------------------------------------------


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
