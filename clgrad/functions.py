"""Every function of tensors: methods as functions (``clgrad.exp(x)`` is ``x.exp()``), and what is composed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from clgrad.arithmetic import result_dtype
from clgrad.compose import activations, indexing, joining, statistics
from clgrad.compose.activations import *
from clgrad.compose.indexing import *
from clgrad.compose.joining import *
from clgrad.compose.statistics import *
from clgrad.dtypes import DType
from clgrad.tensor import Tensor


def _function(name: str) -> Callable[..., Any]:
    method = getattr(Tensor, name)

    @functools.wraps(method)
    def function(x: Any, *arguments: Any, **keywords: Any) -> Any:
        return method(x, *arguments, **keywords)

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
eq = _function("__eq__")
erf = _function("erf")
exp = _function("exp")
expm1 = _function("expm1")
flatten = _function("flatten")
flip = _function("flip")
floor = _function("floor")
ge = _function("__ge__")
gt = _function("__gt__")
isfinite = _function("isfinite")
isinf = _function("isinf")
isnan = _function("isnan")
le = _function("__le__")
log = _function("log")
log1p = _function("log1p")
logical_and = _function("logical_and")
logical_not = _function("logical_not")
logical_or = _function("logical_or")
logical_xor = _function("logical_xor")
lt = _function("__lt__")
matmul = _function("matmul")
maximum = _function("maximum")
mean = _function("mean")
minimum = _function("minimum")
mul = _function("mul")
ne = _function("__ne__")
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
    "div",
    "eq",
    "erf",
    "exp",
    "expm1",
    "flatten",
    "flip",
    "floor",
    "ge",
    "gt",
    "is_floating_point",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "log",
    "log1p",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "ne",
    "neg",
    "permute",
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
    "sqrt",
    "square",
    "squeeze",
    "sub",
    "sum",
    "tan",
    "tanh",
    "transpose",
    "trunc",
    "unsqueeze",
]
__all__ += activations.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += statistics.__all__
