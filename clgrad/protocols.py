"""numpy's protocols: its functions, given tensors, give tensors, or say plainly that they can not.

A ufunc becomes the method of the same meaning; any other function the one of its name in the array API
namespace. Nothing is copied to the host unasked.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from clgrad.array import Array
from clgrad.dtypes import promote_scalar
from clgrad.errors import ArgumentError, DtypeError

METHODS = {
    "add": "__add__", "subtract": "__sub__", "multiply": "__mul__", "divide": "__truediv__",
    "floor_divide": "__floordiv__", "remainder": "__mod__", "power": "__pow__", "matmul": "__matmul__",
    "equal": "__eq__", "not_equal": "__ne__", "less": "__lt__", "less_equal": "__le__", "greater": "__gt__",
    "greater_equal": "__ge__", "bitwise_and": "__and__", "bitwise_or": "__or__", "bitwise_xor": "__xor__",
    "left_shift": "__lshift__", "right_shift": "__rshift__", "invert": "__invert__", "negative": "__neg__",
    "positive": "__pos__", "absolute": "__abs__", "fabs": "__abs__", "rint": "round", "conjugate": "conj",
    "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan", "arctan2": "atan2",
    "arctanh": "atanh", "degrees": "rad2deg", "radians": "deg2rad",
}  # fmt: skip
"""Where numpy's name of a ufunc is not the method's."""
FUNCTIONS = {
    "concatenate": "concat", "transpose": "permute_dims", "amax": "max", "amin": "min", "cumsum": "cumulative_sum",
    "cumprod": "cumulative_prod", "copy": "astype", "around": "round", "absolute": "abs",
}  # fmt: skip
"""Where numpy's name of a function is not the array API's."""


def apply_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """What ``ufunc(*inputs)`` means for tensors. Raises ArgumentError where it means nothing."""
    name = METHODS.get(ufunc.__name__, ufunc.__name__)
    first = next(one for one in inputs if isinstance(one, Array))
    function = getattr(type(first), name, None)
    if method != "__call__" or keywords or function is None:
        what = f"{ufunc.__name__}.{method}" if method != "__call__" else ufunc.__name__
        extra = f" with {', '.join(keywords)}=" if keywords else ""
        raise ArgumentError(
            f"[numpy] clgrad has no numpy.{what}{extra} for tensors; call .numpy() first to use numpy's"
        )
    arrays = [one if isinstance(one, Array) else _lifted(first, one, ufunc) for one in inputs]
    return function(*arrays)


def _lifted(first: Array, value: Any, ufunc: Any) -> Array:
    lifted = first._lift(np.asarray(value) if isinstance(value, (list, tuple)) else value)
    if lifted is not None:
        return lifted
    if isinstance(value, (bool, int, float)):
        return first._constant(value, promote_scalar(first.dtype, value))
    raise DtypeError(f"[numpy.{ufunc.__name__}] can not compute with {value!r} of type {type(value).__name__}")


def namespace(version: str | None = None) -> Any:
    """The array API's namespace. Raises ArgumentError for a version it does not follow."""
    # By name and only now: it is made of tensors, and stands below them.
    found = importlib.import_module("clgrad.array_api")
    if version is not None and version > found.__array_api_version__:
        raise ArgumentError(
            f"[array API] version {version!r} is asked for, there is {found.__array_api_version__}; ask for that"
        )
    return found


def apply_function(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """What ``function(*arguments)`` of numpy means for tensors. Raises ArgumentError where it means nothing."""
    if function.__name__ in ("ndim", "shape"):
        return getattr(arguments[0], function.__name__)
    home = namespace()
    part = function.__module__.rpartition(".")[2]
    home = getattr(home, part) if part in ("linalg", "fft") else home
    found = getattr(home, FUNCTIONS.get(function.__name__, function.__name__), None)
    if found is None:
        raise ArgumentError(
            f"[numpy] clgrad has no {function.__module__}.{function.__name__} for tensors; call .numpy() first to use "
            "numpy's, or see clgrad.array_api for what there is"
        )
    return found(*arguments, **keywords)
