"""Functions of elements: clgrad's own, where names and meanings are one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from clgrad import functions
from clgrad.arithmetic import result_dtype
from clgrad.errors import DtypeError
from clgrad.functions import abs as abs
from clgrad.functions import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    ceil,
    conj,
    cos,
    cosh,
    exp,
    expm1,
    floor,
    imag,
    isfinite,
    isinf,
    isnan,
    log,
    log1p,
    log2,
    log10,
    logical_not,
    negative,
    positive,
    real,
    reciprocal,
    sign,
    signbit,
    sin,
    sinh,
    sqrt,
    square,
    tan,
    tanh,
    trunc,
)  # fmt: skip
from clgrad.functions import round as round
from clgrad.tensor import Tensor

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "real",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
]  # fmt: skip


def _binary(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of two, either of which may be a python number."""

    @functools.wraps(function)
    def computed(x1: Any, x2: Any, /) -> Tensor:
        if not isinstance(x1, Tensor):
            if not isinstance(x2, Tensor):
                raise DtypeError(f"[{function.__name__}] {x1!r} and {x2!r}: one of them must be an array")
            x1 = x2._constant(x1, result_dtype([x1, x2]))
        elif not isinstance(x2, Tensor):
            x2 = x1._constant(x2, result_dtype([x1, x2]))
        result: Tensor = function(x1, x2)
        return result

    return computed


add = _binary(functions.add)
atan2 = _binary(functions.atan2)
bitwise_and = _binary(functions.bitwise_and)
bitwise_invert = functions.bitwise_not
bitwise_left_shift = _binary(functions.bitwise_left_shift)
bitwise_or = _binary(functions.bitwise_or)
bitwise_right_shift = _binary(functions.bitwise_right_shift)
bitwise_xor = _binary(functions.bitwise_xor)
copysign = _binary(functions.copysign)
divide = _binary(functions.div)
equal = _binary(functions.eq)
floor_divide = _binary(functions.floor_divide)
greater = _binary(functions.gt)
greater_equal = _binary(functions.ge)
hypot = _binary(functions.hypot)
less = _binary(functions.lt)
less_equal = _binary(functions.le)
logaddexp = _binary(functions.logaddexp)
logical_and = _binary(functions.logical_and)
logical_or = _binary(functions.logical_or)
logical_xor = _binary(functions.logical_xor)
maximum = _binary(functions.maximum)
minimum = _binary(functions.minimum)
multiply = _binary(functions.mul)
nextafter = _binary(functions.nextafter)
not_equal = _binary(functions.ne)
pow = _binary(functions.pow)
remainder = _binary(functions.remainder)
subtract = _binary(functions.sub)


def clip(x: Tensor, /, min: Any = None, max: Any = None) -> Tensor:
    """Values limited to min ... max, as x's dtype; without both, x itself."""
    return x if min is None and max is None else x.clamp(min, max).to(x.dtype)
