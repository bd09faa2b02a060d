"""Every function of tensors: methods as functions (``clgrad.exp(x)`` is ``x.exp()``), and what is composed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from clgrad.arithmetic import PYTHON_NUMBERS, result_dtype
from clgrad.compose import (
    activations,
    complex_numbers,
    distances,
    elementwise,
    indexing,
    joining,
    norms,
    order,
    products,
    scans,
    selection,
    shaping,
    statistics,
)
from clgrad.compose.activations import *
from clgrad.compose.complex_numbers import *
from clgrad.compose.distances import *
from clgrad.compose.elementwise import *
from clgrad.compose.indexing import *
from clgrad.compose.joining import *
from clgrad.compose.norms import *
from clgrad.compose.order import *
from clgrad.compose.products import *
from clgrad.compose.scans import *
from clgrad.compose.selection import *
from clgrad.compose.shaping import *
from clgrad.compose.statistics import *
from clgrad.dtypes import DType
from clgrad.linalg import det, inverse, logdet, matrix_exp, matrix_power, pinverse, slogdet, triangular_solve
from clgrad.tensor import Tensor


def _function(name: str) -> Callable[..., Any]:
    method = getattr(Tensor, name)

    @functools.wraps(method)
    def function(input: Any, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(input, PYTHON_NUMBERS) and arguments and isinstance(arguments[0], Tensor):
            other = arguments[0]
            input = other._constant(input, result_dtype([input, other]))
        return method(input, *arguments, **keywords)

    return function


abs = _function("abs")
add = _function("add")
all = _function("all")
amax = _function("amax")
amin = _function("amin")
any = _function("any")
broadcast_to = _function("broadcast_to")
ceil = _function("ceil")
clamp = _function("clamp")
cos = _function("cos")
div = _function("div")
erf = _function("erf")
exp = _function("exp")
expm1 = _function("expm1")
flatten = _function("flatten")
flip = _function("flip")
floor = _function("floor")
isfinite = _function("isfinite")
isinf = _function("isinf")
isnan = _function("isnan")
log = _function("log")
log1p = _function("log1p")
logical_and = _function("logical_and")
logical_not = _function("logical_not")
logical_or = _function("logical_or")
logical_xor = _function("logical_xor")
matmul = _function("matmul")
maximum = _function("maximum")
mean = _function("mean")
minimum = _function("minimum")
mul = _function("mul")
neg = _function("neg")
permute = _function("permute")
pow = _function("pow")
prod = _function("prod")
reciprocal = _function("reciprocal")
relu = _function("relu")
reshape = _function("reshape")
round = _function("round")
rsqrt = _function("rsqrt")
sigmoid = _function("sigmoid")
sign = _function("sign")
sin = _function("sin")
sqrt = _function("sqrt")
square = _function("square")
squeeze = _function("squeeze")
sub = _function("sub")
sum = _function("sum")
tan = _function("tan")
tanh = _function("tanh")
transpose = _function("transpose")
trunc = _function("trunc")
unsqueeze = _function("unsqueeze")


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating one.

    >>> import clgrad
    >>> clgrad.is_floating_point(clgrad.ones(1, dtype="bfloat16"))
    True
    """
    return input.dtype.is_float


def result_type(tensor1: Any, tensor2: Any) -> DType:
    """The dtype of arithmetic on two tensors or numbers: dims outweigh 0-d tensors, these python numbers.

    Raises DtypeError for an unsigned integer of 16 to 64 bits with a signed one.

    >>> import clgrad
    >>> clgrad.result_type(clgrad.ones(1, dtype="float16"), 2.5)
    clgrad.float16
    """
    return result_dtype([tensor1, tensor2])


__all__ = [
    "abs",
    "add",
    "all",
    "amax",
    "amin",
    "any",
    "broadcast_to",
    "ceil",
    "clamp",
    "cos",
    "det",
    "div",
    "erf",
    "exp",
    "expm1",
    "flatten",
    "flip",
    "floor",
    "ge",
    "gt",
    "inverse",
    "is_floating_point",
    "isfinite",
    "isinf",
    "isnan",
    "log",
    "log1p",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "matmul",
    "matrix_exp",
    "matrix_power",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "permute",
    "pinverse",
    "pow",
    "prod",
    "reciprocal",
    "relu",
    "reshape",
    "result_type",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "slogdet",
    "sqrt",
    "square",
    "squeeze",
    "sub",
    "sum",
    "tan",
    "tanh",
    "transpose",
    "triangular_solve",
    "trunc",
    "unsqueeze",
]
__all__ += activations.__all__
__all__ += complex_numbers.__all__
__all__ += elementwise.__all__
__all__ += distances.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += norms.__all__
__all__ += products.__all__
__all__ += scans.__all__
__all__ += shaping.__all__
__all__ += order.__all__
__all__ += selection.__all__
__all__ += statistics.__all__
