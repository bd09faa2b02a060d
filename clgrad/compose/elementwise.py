"""Elementwise functions: those of a row under PyTorch's names, and those that other functions make.

Operands broadcast and promote as in PyTorch; functions of floats take integers as float32. Either operand of two
may be a python number.
"""

from __future__ import annotations

import math
from typing import Any, cast

from clgrad.arithmetic import Arithmetic, Scalar, result_dtype
from clgrad.array import A
from clgrad.dtypes import bool_, default_float, finfo, float32, float64, int16, int32, int64
from clgrad.errors import ArgumentError, DtypeError
from clgrad.ops import Op, maps, special

__all__ = [
    "absolute",
    "acos",
    "acosh",
    "addcdiv",
    "addcmul",
    "allclose",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "cosh",
    "deg2rad",
    "digamma",
    "divide",
    "eq",
    "equal",
    "erfc",
    "erfinv",
    "exp2",
    "expit",
    "fix",
    "float_power",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "frexp",
    "gcd",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "heaviside",
    "hypot",
    "i0",
    "isclose",
    "isneginf",
    "isposinf",
    "isreal",
    "lcm",
    "ldexp",
    "le",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logit",
    "lt",
    "masked_fill",
    "multiply",
    "nan_to_num",
    "ne",
    "negative",
    "nextafter",
    "not_equal",
    "polygamma",
    "positive",
    "rad2deg",
    "remainder",
    "sgn",
    "signbit",
    "sinc",
    "sinh",
    "subtract",
    "true_divide",
    "xlogy",
]

_SIGNED = {2: int16, 4: int32, 8: int64}
"""The integer of a size in bytes."""
_LAYOUTS = {4: (int32, 23, 127), 8: (int64, 52, 1023)}
"""Of a float of so many bytes: the integer of its size, the bits of its mantissa, and its exponent's bias."""


def _of(op: Op, input: A, *others: Any, attributes: tuple[int, ...] = ()) -> A:
    """A row applied to an array, and to further arrays and python numbers."""
    return input._apply(op, input._operands(op, (input, *others)), *attributes)


def _pair(input: Any, other: Any) -> tuple[Any, Any]:
    """Two operands, the first of them an array."""
    if isinstance(input, Arithmetic):
        return input, other
    return other._constant(input, result_dtype([input, other])), other


def _floating(input: A) -> A:
    return input if input.dtype.has_gradient else input._cast(default_float)


# -- signs ---------------------------------------------------------------------------------------


def absolute(input: A) -> A:
    """The same as ``abs``."""
    return input.abs()


def negative(input: A) -> A:
    """The same as ``neg``."""
    return -input


def positive(input: A) -> A:
    """The input. Raises DtypeError for bool."""
    if input.dtype is bool_:
        raise DtypeError("[positive] bool has no sign; cast with .to(clgrad.int64)")
    return input


def sgn(input: A) -> A:
    """The same as ``sign``: -1, 0 or 1."""
    return input.sign()


def signbit(input: A) -> A:
    """Whether the sign bit is set, that of -0.0 and of NaN included.

    >>> import clgrad
    >>> clgrad.signbit(clgrad.tensor([-0.0, 0.0, -3.0])).tolist()
    [True, False, True]
    """
    return input.bitcast(_SIGNED[input.dtype.size]) < 0 if input.dtype.is_float else input < 0


def copysign(input: A, other: Any) -> A:
    """The magnitude of ``input`` with the sign of ``other``, a zero's included.

    >>> import clgrad
    >>> clgrad.copysign(clgrad.tensor([1.0, -2.0]), -0.0).tolist()
    [-1.0, -2.0]
    """
    return _of(maps.copysign, input, other)


def heaviside(input: A, values: A) -> A:
    """0 below zero, 1 above it, and ``values`` at zero; without a gradient for ``input``.

    >>> import clgrad
    >>> clgrad.heaviside(clgrad.tensor([-2.0, 0.0, 3.0]), clgrad.tensor(0.5)).tolist()
    [0.0, 0.5, 1.0]
    """
    return eq(input, 0).choose(values, (input > 0).to(result_dtype([input, values])))


# -- powers and logarithms -----------------------------------------------------------------------


def exp2(input: A) -> A:
    """2 to the power of each element.

    >>> import clgrad
    >>> clgrad.exp2(clgrad.tensor([0.0, 3.0])).tolist()
    [1.0, 8.0]
    """
    return input._unary(maps.exp2)


def log2(input: A) -> A:
    """The logarithm to base 2.

    >>> import clgrad
    >>> clgrad.log2(clgrad.tensor([1.0, 8.0])).tolist()
    [0.0, 3.0]
    """
    return input._unary(maps.log2)


def log10(input: A) -> A:
    """The logarithm to base 10.

    >>> import clgrad
    >>> clgrad.log10(clgrad.tensor([1.0, 1000.0])).tolist()
    [0.0, 3.0]
    """
    return input._unary(maps.log10)


def float_power(input: Any, exponent: Any) -> Any:
    """``input ** exponent`` in float64, whatever the operands' dtypes; one of them may be a number.

    Raises DtypeError on a device that does not compute in float64.

    >>> import clgrad
    >>> clgrad.float_power(clgrad.tensor([2, 3], device="cpu"), 2).tolist()
    [4.0, 9.0]
    """
    base, power = (
        value._cast(float64) if isinstance(value, Arithmetic) else float(value) for value in (input, exponent)
    )
    base, power = _pair(base, power)
    return base**power


def ldexp(input: A, other: A) -> A:
    """``input * 2 ** other``.

    >>> import clgrad
    >>> clgrad.ldexp(clgrad.tensor([0.75]), clgrad.tensor([4])).tolist()
    [12.0]
    """
    dtype = result_dtype([input, other])
    return input * exp2(other._cast(dtype if dtype.is_float else default_float))


def frexp(input: A) -> tuple[A, A]:
    """The mantissa, of magnitude 0.5 to 1, and the exponent of 2 (int32), whose product is the input.

    Zero, infinities and NaN are their own mantissa. Raises DtypeError unless the input is a float.

    >>> import clgrad
    >>> [part.tolist() for part in clgrad.frexp(clgrad.tensor([12.0, -0.5]))]
    [[0.75, -0.5], [4, 0]]
    """
    if not input.dtype.is_float:
        raise DtypeError(f"[frexp] only floats have an exponent, got {input.dtype.name}; cast with .to(clgrad.float32)")
    if input.dtype.is_half:
        mantissa, power = frexp(input._cast(float32))
        return mantissa._cast(input.dtype), power
    integer, width, bias = _LAYOUTS[input.dtype.size]
    highest = 2 * bias + 1

    def exponent_of(x: A) -> A:
        return (x.bitcast(integer) >> width) & highest

    stored = exponent_of(input)
    # What is below the normal numbers is lifted to them.
    lifted = exponent_of(input * float(2**width)) - width
    exponent = eq(stored, 0).choose(lifted, stored) - (bias - 1)
    exponent = (eq(input, 0) | eq(stored, highest)).choose(0, exponent)
    half = exponent >> 1
    # Two powers, of which none overflows.
    first, second = (((bias - part) << width).bitcast(input.dtype) for part in (half, exponent - half))
    return input * first * second, exponent.to(int32)


def hypot(input: A, other: Any) -> A:
    """The length of (input, other), sqrt(input^2 + other^2), whose squares can not overflow.

    >>> import clgrad
    >>> clgrad.hypot(clgrad.tensor([3.0]), clgrad.tensor([4.0])).tolist()
    [5.0]
    """
    return _of(maps.hypot, input, other)


def logaddexp(input: A, other: A) -> A:
    """log(exp(input) + exp(other)), without overflow.

    >>> import clgrad
    >>> clgrad.logaddexp(clgrad.tensor(1000.0), clgrad.tensor(1000.0)).item()
    1000.6931762695312
    """
    larger, rest = _apart(input, other)
    return larger + rest.exp().log1p()


def logaddexp2(input: A, other: A) -> A:
    """log2(2 ** input + 2 ** other), without overflow.

    >>> import clgrad
    >>> clgrad.logaddexp2(clgrad.tensor(1000.0), clgrad.tensor(1000.0)).item()
    1001.0
    """
    larger, rest = _apart(input, other)
    return larger + exp2(rest).log1p() * (1 / math.log(2))


def _apart(input: A, other: A) -> tuple[A, A]:
    """The larger of two, and the smaller less it; both move with their operand at a tie, so that it stays smooth."""
    a, b = _floating(input), _floating(other)
    swapped = a < b
    larger, smaller = swapped.choose(b, a), swapped.choose(a, b)
    return larger, (eq(larger, smaller) & larger.isinf()).choose(0, smaller - larger)


def xlogy(input: Any, other: Any) -> Any:
    """``input * log(other)``, and 0 where ``input`` is 0 (but not where ``other`` is NaN).

    >>> import clgrad
    >>> clgrad.xlogy(clgrad.tensor([0.0, 2.0]), clgrad.tensor([0.0, 1.0])).tolist()
    [0.0, 0.0]
    """
    a, b = _pair(input, other)
    if not isinstance(b, Arithmetic):
        b = a._constant(b, result_dtype([a, b]))
    nothing = (a == 0) & ((b <= 0) | (b == math.inf))
    return a * nothing.choose(1, b).log()


def logit(input: A, eps: float | None = None) -> A:
    """log(x / (1 - x)), the inverse of sigmoid; with ``eps`` the input is clamped to eps ... 1 - eps first.

    >>> import clgrad
    >>> clgrad.logit(clgrad.tensor([0.5, 0.0]), eps=1e-6).tolist()
    [0.0, -13.815509796142578]
    """
    return (input if eps is None else _floating(input).clamp(eps, 1 - eps))._unary(special.logit)


def expit(input: A) -> A:
    """The same as ``sigmoid``."""
    return input.sigmoid()


# -- angles --------------------------------------------------------------------------------------


def asin(input: A) -> A:
    """The angle whose sine this is, -pi/2 to pi/2; NaN outside -1 ... 1.

    >>> import clgrad
    >>> clgrad.asin(clgrad.tensor([0.0, 1.0])).tolist()
    [0.0, 1.5707963705062866]
    """
    return input._unary(maps.asin)


def acos(input: A) -> A:
    """The angle whose cosine this is, 0 to pi; NaN outside -1 ... 1.

    >>> import clgrad
    >>> clgrad.acos(clgrad.tensor([1.0, 0.0])).tolist()
    [0.0, 1.5707963705062866]
    """
    return input._unary(maps.acos)


def atan(input: A) -> A:
    """The angle whose tangent this is, -pi/2 to pi/2.

    >>> import clgrad
    >>> clgrad.atan(clgrad.tensor([0.0, 1.0])).tolist()
    [0.0, 0.7853981852531433]
    """
    return input._unary(maps.atan)


def atan2(input: A, other: Any) -> A:
    """The angle of the point with y = ``input`` and x = ``other``, -pi to pi.

    >>> import clgrad
    >>> clgrad.atan2(clgrad.tensor([1.0, 0.0]), clgrad.tensor([0.0, -1.0])).tolist()
    [1.5707963705062866, 3.1415927410125732]
    """
    return _of(maps.atan2, input, other)


def sinh(input: A) -> A:
    """The hyperbolic sine.

    >>> import clgrad
    >>> clgrad.sinh(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input._unary(maps.sinh)


def cosh(input: A) -> A:
    """The hyperbolic cosine.

    >>> import clgrad
    >>> clgrad.cosh(clgrad.tensor([0.0])).tolist()
    [1.0]
    """
    return input._unary(maps.cosh)


def asinh(input: A) -> A:
    """The inverse of ``sinh``.

    >>> import clgrad
    >>> clgrad.asinh(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input._unary(maps.asinh)


def acosh(input: A) -> A:
    """The inverse of ``cosh``, from 0 on; NaN below 1.

    >>> import clgrad
    >>> clgrad.acosh(clgrad.tensor([1.0])).tolist()
    [0.0]
    """
    return input._unary(maps.acosh)


def atanh(input: A) -> A:
    """The inverse of ``tanh``; NaN outside -1 ... 1.

    >>> import clgrad
    >>> clgrad.atanh(clgrad.tensor([0.0, 1.0])).tolist()
    [0.0, inf]
    """
    return input._unary(maps.atanh)


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh


def rad2deg(input: A) -> A:
    """Radians as degrees.

    >>> import clgrad
    >>> clgrad.rad2deg(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input * (180 / math.pi)


def deg2rad(input: A) -> A:
    """Degrees as radians.

    >>> import clgrad
    >>> clgrad.deg2rad(clgrad.tensor([180])).tolist()
    [3.1415927410125732]
    """
    return input * (math.pi / 180)


def sinc(input: A) -> A:
    """sin(pi x) / (pi x), and 1 at zero, where it is smooth.

    >>> import clgrad
    >>> clgrad.sinc(clgrad.tensor([0.0, 0.5])).tolist()
    [1.0, 0.6366197466850281]
    """
    x = _floating(input)
    near = x.abs() < 0.25
    small, far = near.choose(x, 0), near.choose(1, x)
    # Near zero the power series, as a quotient's derivatives lose all digits there; elsewhere from the next integer,
    # so that the sine is exact around its zeros.
    square = small * small * math.pi**2
    terms = 10 if x.dtype.size == 8 else 6
    series: Any = (-1) ** (terms - 1) / math.factorial(2 * terms - 1)
    for k in reversed(range(terms - 1)):
        series = square * series + (-1) ** k / math.factorial(2 * k + 1)
    whole = far.round()
    half = whole * 0.5
    sign = 1 - (half - half.floor()) * 4
    return near.choose(series, ((far - whole) * math.pi).sin() * sign / (far * math.pi))


# -- special functions ---------------------------------------------------------------------------


def erfc(input: A) -> A:
    """1 - erf(x), without its cancellation.

    >>> import clgrad
    >>> clgrad.erfc(clgrad.tensor([0.0])).tolist()
    [1.0]
    """
    return input._unary(special.erfc)


def erfinv(input: A) -> A:
    """The inverse of ``erf``; infinite at -1 and 1, NaN beyond.

    >>> import clgrad
    >>> clgrad.erfinv(clgrad.tensor([0.0, 1.0])).tolist()
    [0.0, inf]
    """
    return input._unary(special.erfinv)


def lgamma(input: A) -> A:
    """The logarithm of the magnitude of the gamma function.

    >>> import clgrad
    >>> clgrad.lgamma(clgrad.tensor([1.0, 3.0])).tolist()
    [0.0, 0.6931471824645996]
    """
    return input._unary(special.lgamma)


def digamma(input: A) -> A:
    """The derivative of ``lgamma``; NaN at negative integers.

    >>> import clgrad
    >>> clgrad.digamma(clgrad.tensor([1.0])).tolist()
    [-0.5772156715393066]
    """
    return input._unary(special.digamma)


def polygamma(n: int, input: A) -> A:
    """The n-th derivative of ``digamma``. Raises ArgumentError for a negative n.

    >>> import clgrad
    >>> clgrad.polygamma(1, clgrad.tensor([1.0])).tolist()
    [1.644934058189392]
    """
    return input.polygamma(n)


def i0(input: A) -> A:
    """The modified Bessel function of the first kind, of order 0.

    >>> import clgrad
    >>> clgrad.i0(clgrad.tensor([0.0, 1.0])).tolist()
    [1.0, 1.2660658359527588]
    """
    return _of(special.bessel, input, attributes=(0, 0))


# -- rounding and division -----------------------------------------------------------------------


def fix(input: A) -> A:
    """The same as ``trunc``."""
    return input.trunc()


def frac(input: A) -> A:
    """x - trunc(x), with the sign of x.

    >>> import clgrad
    >>> clgrad.frac(clgrad.tensor([1.5, -2.25])).tolist()
    [0.5, -0.25]
    """
    return input - input.trunc()


def fmod(input: A, other: Any) -> A:
    """What is left of a division that rounds towards zero: it has the sign of ``input``.

    >>> import clgrad
    >>> clgrad.fmod(clgrad.tensor([-3.0, 5.0]), 2).tolist()
    [-1.0, 1.0]
    """
    return _of(maps.fmod, input, other)


def remainder(input: Any, other: Any) -> Any:
    """What is left of a division that rounds down: it has the sign of ``other``; one may be a number.

    >>> import clgrad
    >>> clgrad.remainder(clgrad.tensor([-3.0, 5.0]), 2).tolist()
    [1.0, 1.0]
    """
    return input % other


def floor_divide(input: Any, other: Any) -> Any:
    """The quotient rounded down, without a gradient.

    >>> import clgrad
    >>> clgrad.floor_divide(clgrad.tensor([-3, 5]), 2).tolist()
    [-2, 2]
    """
    return input // other


def true_divide(input: Any, other: Any) -> Any:
    """``input / other``: floats, of integers too."""
    return input / other


def divide(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """The same as ``div``."""
    return _pair(input, other)[0].div(other, rounding_mode=rounding_mode)


def multiply(input: Any, other: Any) -> Any:
    """The same as ``mul``."""
    return input * other


def subtract(input: Any, other: Any, *, alpha: Scalar = 1) -> Any:
    """The same as ``sub``."""
    return _pair(input, other)[0].sub(other, alpha=alpha)


def gcd(input: A, other: Any) -> A:
    """The greatest common divisor of integers, not negative.

    >>> import clgrad
    >>> clgrad.gcd(clgrad.tensor([12, -5]), clgrad.tensor([18, 0])).tolist()
    [6, 5]
    """
    return _of(maps.gcd, input, other)


def lcm(input: A, other: Any) -> A:
    """The least common multiple of integers, not negative; 0 if one of them is 0.

    >>> import clgrad
    >>> clgrad.lcm(clgrad.tensor([4, 0]), clgrad.tensor([6, 3])).tolist()
    [12, 0]
    """
    divisor = gcd(input, other)
    multiple = input // eq(divisor, 0).choose(1, divisor) * other
    return cast(A, multiple.abs())


def nextafter(input: A, other: Any) -> A:
    """The next number that the dtype knows from ``input`` towards ``other``.

    >>> import clgrad
    >>> clgrad.nextafter(clgrad.tensor([1.0]), 2.0).tolist()
    [1.0000001192092896]
    """
    return _of(maps.nextafter, input, other)


# -- combinations --------------------------------------------------------------------------------


def addcmul(input: A, tensor1: A, tensor2: A, *, value: Scalar = 1) -> A:
    """``input + value * tensor1 * tensor2``.

    >>> import clgrad
    >>> clgrad.addcmul(clgrad.tensor([1.0]), clgrad.tensor([2.0]), clgrad.tensor([3.0]), value=0.5).tolist()
    [4.0]
    """
    product = tensor1 * tensor2
    return input + (product if value == 1 else product * value)


def addcdiv(input: A, tensor1: A, tensor2: A, *, value: Scalar = 1) -> A:
    """``input + value * tensor1 / tensor2``.

    Raises DtypeError where both are integers: say whether the quotient is rounded, with ``div``.

    >>> import clgrad
    >>> clgrad.addcdiv(clgrad.tensor([1.0]), clgrad.tensor([6.0]), clgrad.tensor([3.0])).tolist()
    [3.0]
    """
    if not tensor1.dtype.is_float and not tensor2.dtype.is_float:
        raise DtypeError(
            f"[addcdiv] {tensor1.dtype.name} by {tensor2.dtype.name} may mean two things; "
            "use input + value * div(tensor1, tensor2, rounding_mode=...), or cast one with .to(clgrad.float32)"
        )
    quotient = tensor1 / tensor2
    return input + (quotient if value == 1 else quotient * value)


def lerp(input: A, end: A, weight: Any) -> A:
    """``input + weight * (end - input)``, exact at both ends; ``weight`` is a number or a tensor.

    >>> import clgrad
    >>> clgrad.lerp(clgrad.tensor([0.0, 2.0]), clgrad.tensor([10.0, 4.0]), 0.5).tolist()
    [5.0, 3.0]
    """
    way = end - input
    from_input: A = input + way * weight
    from_end: A = end - way * (1 - weight)
    if not isinstance(weight, Arithmetic):
        return from_input if abs(weight) < 0.5 else from_end
    begins: Any = weight.abs() < 0.5
    return cast(A, begins.choose(from_input, from_end))


def fmax(input: A, other: A) -> A:
    """The larger of two, and of a number and NaN the number.

    >>> import clgrad
    >>> clgrad.fmax(clgrad.tensor([1.0, float("nan")]), clgrad.tensor([2.0, 3.0])).tolist()
    [2.0, 3.0]
    """
    a, b = input._operands(maps.maximum, (input, other))
    return ((a >= b) | b.isnan()).choose(a, b)


def fmin(input: A, other: A) -> A:
    """The smaller of two, and of a number and NaN the number.

    >>> import clgrad
    >>> clgrad.fmin(clgrad.tensor([1.0, float("nan")]), clgrad.tensor([2.0, 3.0])).tolist()
    [1.0, 3.0]
    """
    a, b = input._operands(maps.minimum, (input, other))
    return ((a <= b) | b.isnan()).choose(a, b)


def clip(input: A, min: Any = None, max: Any = None) -> A:
    """The same as ``clamp``."""
    return input.clamp(min, max)


def clamp_min(input: A, min: Any) -> A:
    """Limit values from below.

    >>> import clgrad
    >>> clgrad.clamp_min(clgrad.tensor([-1.0, 2.0]), 0).tolist()
    [0.0, 2.0]
    """
    return input.clamp(min=min)


def clamp_max(input: A, max: Any) -> A:
    """Limit values from above.

    >>> import clgrad
    >>> clgrad.clamp_max(clgrad.tensor([-1.0, 2.0]), 0).tolist()
    [-1.0, 0.0]
    """
    return input.clamp(max=max)


def masked_fill(input: A, mask: A, value: Any) -> A:
    """``value``, a number or a 0-d tensor, where the mask (bool) holds, else ``input``, whose dtype the result has.

    Raises DtypeError for a mask that is not bool and for a value of a higher kind than the input, ArgumentError for
    a value with dims.

    >>> import clgrad
    >>> clgrad.masked_fill(clgrad.tensor([1.0, 2.0]), clgrad.tensor([True, False]), 9).tolist()
    [9.0, 2.0]
    """
    if mask.dtype is not bool_:
        raise DtypeError(f"[masked_fill] the mask is {mask.dtype.name}; it must be bool, compare with != 0")
    if isinstance(value, Arithmetic) and value.ndim:
        raise ArgumentError(
            f"[masked_fill] the value has shape {value.shape}, it must be one number; use clgrad.where for many"
        )
    kind = result_dtype([value])
    if kind.category > input.dtype.category:
        raise DtypeError(
            f"[masked_fill] a value of {kind.name} does not fit into {input.dtype.name}; cast the input with .to(dtype)"
        )
    filling: Any = value._cast(input.dtype) if isinstance(value, Arithmetic) else value
    if input.dtype is bool_ and not isinstance(filling, Arithmetic):
        filling = input._constant(filling, bool_)
    return mask.choose(filling, input)


def nan_to_num(input: A, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> A:
    """NaN and infinities replaced; by default by 0 and by the largest and lowest numbers of the dtype.

    >>> import clgrad
    >>> clgrad.nan_to_num(clgrad.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0).tolist()
    [0.0, 9.0, 1.0]
    """
    if not input.dtype.is_float:
        return input
    largest = finfo(input.dtype).max
    result = input.isnan().choose(nan, input)
    result = eq(input, math.inf).choose(largest if posinf is None else posinf, result)
    return eq(input, -math.inf).choose(-largest if neginf is None else neginf, result)


# -- comparisons ---------------------------------------------------------------------------------


def eq(input: A, other: Any) -> A:
    """Whether elements are equal: bool."""
    return _of(maps.eq, input, other)


def ne(input: A, other: Any) -> A:
    """Whether elements differ: bool."""
    return _of(maps.ne, input, other)


def lt(input: A, other: Any) -> A:
    """Whether elements are less than others: bool."""
    return _of(maps.lt, input, other)


def le(input: A, other: Any) -> A:
    """Whether elements are at most others: bool."""
    return _of(maps.le, input, other)


def gt(input: A, other: Any) -> A:
    """Whether elements are greater than others: bool."""
    return _of(maps.gt, input, other)


def ge(input: A, other: Any) -> A:
    """Whether elements are at least others: bool."""
    return _of(maps.ge, input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


def isposinf(input: A) -> A:
    """Whether elements are plus infinity.

    >>> import clgrad
    >>> clgrad.isposinf(clgrad.tensor([1.0, float("inf")])).tolist()
    [False, True]
    """
    return eq(input, math.inf)


def isneginf(input: A) -> A:
    """Whether elements are minus infinity.

    >>> import clgrad
    >>> clgrad.isneginf(clgrad.tensor([1.0, -float("inf")])).tolist()
    [False, True]
    """
    return eq(input, -math.inf)


def isreal(input: A) -> A:
    """Whether the imaginary part is zero: for real dtypes, always."""
    if input.dtype.is_complex:
        return input.imag._binary(maps.eq, 0)
    return input._constant(True, bool_)._broadcast(input.shape)


def isclose(input: A, other: A, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> A:
    """Whether |input - other| <= atol + rtol * |other|; infinities are close to themselves, NaN if ``equal_nan``.

    Raises DtypeError where the dtypes differ, ArgumentError for a negative tolerance.

    >>> import clgrad
    >>> clgrad.isclose(clgrad.tensor([1.0, 1.0]), clgrad.tensor([1.000001, 1.1])).tolist()
    [True, False]
    """
    if input.dtype is not other.dtype:
        raise DtypeError(f"[isclose] dtypes {input.dtype.name} and {other.dtype.name} differ; cast one with .to(dtype)")
    if rtol < 0 or atol < 0:
        raise ArgumentError(f"[isclose] tolerances rtol={rtol} and atol={atol} must not be negative")
    close = eq(input, other)
    if equal_nan:
        close = close | (input.isnan() & other.isnan())
    a, b = _floating(input), _floating(other)
    distance = (a - b).abs()
    return close | (distance.isfinite() & (distance <= (b * rtol).abs() + atol))


def allclose(input: A, other: A, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether ``isclose`` holds for all elements: a python bool, so the device is waited for.

    >>> import clgrad
    >>> clgrad.allclose(clgrad.tensor([1.0]), clgrad.tensor([1.000001]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).all()._read())


def equal(input: A, other: A) -> bool:
    """Whether shapes and all elements are equal: a python bool, so the device is waited for.

    >>> import clgrad
    >>> clgrad.equal(clgrad.tensor([1.0]), clgrad.tensor([1.0, 1.0]))
    False
    """
    return input.shape == other.shape and bool(eq(input, other).all()._read())


# -- bits ----------------------------------------------------------------------------------------


def bitwise_not(input: A) -> A:
    """Each bit flipped; of bool, its negation.

    >>> import clgrad
    >>> clgrad.bitwise_not(clgrad.tensor([0, 5])).tolist()
    [-1, -6]
    """
    return ~input


def bitwise_and(input: Any, other: Any) -> Any:
    """Bits that both integers (or bools) have; one may be a number.

    >>> import clgrad
    >>> clgrad.bitwise_and(clgrad.tensor([6]), 3).tolist()
    [2]
    """
    return input & other


def bitwise_or(input: Any, other: Any) -> Any:
    """Bits that either integer (or bool) has; one may be a number.

    >>> import clgrad
    >>> clgrad.bitwise_or(clgrad.tensor([6]), 3).tolist()
    [7]
    """
    return input | other


def bitwise_xor(input: Any, other: Any) -> Any:
    """Bits that only one of the integers (or bools) has; one may be a number.

    >>> import clgrad
    >>> clgrad.bitwise_xor(clgrad.tensor([6]), 3).tolist()
    [5]
    """
    return input ^ other


def bitwise_left_shift(input: Any, other: Any) -> Any:
    """``input << other``: 0 where ``other`` is negative or moves all bits out.

    >>> import clgrad
    >>> clgrad.bitwise_left_shift(clgrad.tensor([1, 1]), clgrad.tensor([3, 64])).tolist()
    [8, 0]
    """
    a, b = _pair(input, other)
    return a << b


def bitwise_right_shift(input: Any, other: Any) -> Any:
    """``input >> other``, which keeps the sign: only that is left where ``other`` is negative or moves all bits out.

    >>> import clgrad
    >>> clgrad.bitwise_right_shift(clgrad.tensor([-8, -8]), clgrad.tensor([1, 64])).tolist()
    [-4, -1]
    """
    a, b = _pair(input, other)
    return a >> b
