"""Arithmetic on arrays: operators and elementwise functions, with broadcasting and promotion.

Scalars are lifted, casts and broadcasts become ops here; the rows of the op table never see either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar, Union, cast

from clgrad.device import Device
from clgrad.dtypes import (
    BOOL,
    FLOAT,
    DType,
    bool_,
    complex_of,
    default_complex,
    default_float,
    default_integer,
    promote,
    promote_scalar,
    real_of,
)
from clgrad.errors import ArgumentError, DeviceError, DtypeError, ShapeError
from clgrad.ops import Op, complex_numbers, maps, special
from clgrad.view import Shape

A = TypeVar("A", bound="Arithmetic")
Scalar = Union[bool, int, float, complex]
PYTHON_NUMBERS = (bool, int, float, complex)


def broadcast_shapes(*shapes: Shape, op: str = "broadcast") -> Shape:
    """The shape that all shapes broadcast to, by NumPy's rule.

    Raises ShapeError where they do not fit.
    """
    if shapes and all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    result: list[int] = []
    for axis in range(1, max((len(shape) for shape in shapes), default=0) + 1):
        sizes = {shape[-axis] for shape in shapes if axis <= len(shape)} - {1}
        if len(sizes) > 1:
            raise ShapeError(
                f"[{op}] shapes {' and '.join(map(str, shapes))} do not broadcast: sizes of axis -{axis} differ "
                "and none is 1; reshape or expand one of them"
            )
        result.append(sizes.pop() if sizes else 1)
    return tuple(reversed(result))


_OF_BOOLS = {maps.add: maps.bitwise_or, maps.mul: maps.bitwise_and}


class Arithmetic:
    """What operators need: a shape, a dtype, a device, and a way to apply an op.

    It is no ``ABC``: asking whether a value is an instance of one costs as much as making a node.
    """

    __slots__ = ()
    __array_priority__ = 1000  # numpy arrays on the left leave the operator to us

    shape: Shape
    dtype: DType
    device: Device

    def _apply(self: A, op: Op, operands: tuple[A, ...], *attributes: Any) -> A:
        """The result of an op."""
        raise NotImplementedError

    def _constant(self: A, value: Scalar, dtype: DType) -> A:
        """A 0-d constant on my device."""
        raise NotImplementedError

    def _filled(self: A, value: Scalar) -> A:
        """A constant of my shape, dtype and device; equal ones may be one object, so nobody may keep it."""
        raise NotImplementedError

    def _iota(self: A, length: int) -> A:
        """0, 1, 2 ... as int64 on my device."""
        raise NotImplementedError

    def _lift(self: A, value: Any) -> A | None:
        """An array from host data on my device; None for what is not data."""
        raise NotImplementedError

    def _broadcast(self: A, shape: Shape) -> A:
        """Expanded to a shape that mine broadcasts to."""
        raise NotImplementedError

    @property
    def ndim(self) -> int:
        return len(self.shape)

    # -- operands ---------------------------------------------------------------------------

    def _cast(self: A, dtype: DType) -> A:
        if dtype is self.dtype:
            return self
        if dtype.part is not None:
            return self.real._cast(dtype.part)._with_imag(self._imag_or_zero()._cast(dtype.part))
        if self.dtype.is_complex:
            return self._truth() if dtype is bool_ else self.real._cast(dtype)
        return self._apply(maps.cast, (self,), dtype)

    def _lifted(self, op: Op, values: tuple[Any, ...]) -> list[Any]:
        """The operands of an op as python scalars, and arrays on my device."""
        arrays: list[Any] = []
        for value in values:
            if isinstance(value, PYTHON_NUMBERS):
                arrays.append(value)
                continue
            array = value if isinstance(value, Arithmetic) else self._lift(value)
            if array is None:
                raise DtypeError(f"[{op.name}] can not compute with {value!r} of type {type(value).__name__}")
            if array.device is not self.device:
                raise DeviceError(
                    f"[{op.name}] operands are on {self.device} and {array.device}; move one with .to(device)"
                )
            arrays.append(array)
        return arrays

    def _operands(self: A, op: Op, values: tuple[Any, ...], same_dtype: bool = True) -> tuple[A, ...]:
        """Lift, promote and broadcast the operands of an elementwise op."""
        arrays = self._lifted(op, values)
        dtype = result_dtype(list(arrays)) if same_dtype else None
        if dtype is not None and dtype.category not in op.domain:
            dtype = widen(op, dtype, self.device)
        shape = broadcast_shapes(*(value.shape for value in arrays if isinstance(value, Arithmetic)), op=op.name)
        ready = []
        for value in arrays:
            if not isinstance(value, Arithmetic):
                assert dtype is not None
                value = self._constant(value, dtype)
            elif dtype is not None:
                value = value._cast(dtype)
            ready.append(value._broadcast(shape))
        return tuple(ready)

    def _pairs(self: A, op: Op, values: tuple[Any, ...]) -> list[tuple[A, A | None]]:
        """The operands of an op on complex numbers by their parts; a real operand has no imaginary part."""
        arrays = self._lifted(op, values)
        part = real_of(result_dtype(arrays))
        shape = broadcast_shapes(*(value.shape for value in arrays if isinstance(value, Arithmetic)), op=op.name)
        pairs: list[Any] = []
        for value in arrays:
            if isinstance(value, Arithmetic):
                parts: list[Any] = [value.real, value.imag] if value.dtype.is_complex else [value]
                parts = [one._cast(part)._broadcast(shape) for one in parts]
            else:
                numbers = [value.real, value.imag] if isinstance(value, complex) else [value]
                parts = [self._constant(number, part)._broadcast(shape) for number in numbers]
            pairs.append((parts[0], parts[1] if len(parts) > 1 else None))
        return pairs

    def _on_complex(self: A, op: Op, *values: Any) -> A:
        """What an op means for complex numbers. Raises DtypeError where it means nothing."""
        rule = complex_numbers.RULES.get(op.name)
        if rule is None:
            raise DtypeError(_not_complex(op, result_dtype(self._lifted(op, values))))
        result = rule(*self._pairs(op, values))
        if not isinstance(result, tuple):
            return cast(A, result)
        real, imag = result
        return cast(A, real._with_imag(imag))

    # -- complex numbers --------------------------------------------------------------------

    def _with_imag(self: A, imag: A) -> A:
        """The complex numbers of which I am the real part."""
        return self._apply(maps.complex_, (self, imag))

    def _imag_or_zero(self: A) -> A:
        return self.imag if self.dtype.is_complex else self._constant(0, self.dtype)._broadcast(self.shape)

    @property
    def real(self: A) -> A:
        """The real part; of real numbers, themselves."""
        return self._apply(maps.real, (self,)) if self.dtype.is_complex else self

    @property
    def imag(self: A) -> A:
        """The imaginary part. Raises DtypeError for real numbers, as in PyTorch."""
        if not self.dtype.is_complex:
            raise DtypeError(f"[imag] {self.dtype.name} numbers have no imaginary part")
        return self._apply(maps.imag, (self,))

    def _unary(self: A, op: Op) -> A:
        if self.dtype.category in op.domain:
            return self._apply(op, (self,))
        if self.dtype.is_complex:
            return self._on_complex(op, self)
        return self._apply(op, self._operands(op, (self,)))

    def _binary(self: A, op: Op, other: Any, reverse: bool = False) -> A:
        # What is asked for most needs no casts and no broadcasts.
        dtype = self.dtype
        if dtype is not bool_ and dtype.category in op.domain:
            kind = type(other)
            if kind is int or (kind is float and dtype.category == FLOAT):
                other = self._filled(other)
                return self._apply(op, (other, self) if reverse else (self, other))
            if (
                kind is type(self)
                and other.dtype is dtype
                and other.shape == self.shape
                and other.device is self.device
            ):
                return self._apply(op, (other, self) if reverse else (self, other))
        if not isinstance(other, (Arithmetic, *PYTHON_NUMBERS)):
            lifted = self._lift(other)
            if lifted is None:
                return NotImplemented  # type: ignore[no-any-return]  # python then asks the other operand
            other = lifted
        if dtype.is_complex or isinstance(other, complex) or getattr(other, "dtype", dtype).is_complex:
            return self._on_complex(op, *((other, self) if reverse else (self, other)))
        if self.dtype is bool_ and op in _OF_BOOLS and (isinstance(other, bool) or getattr(other, "dtype", 0) is bool_):
            op = _OF_BOOLS[op]  # truth stays truth, as in torch
        return self._apply(op, self._operands(op, (other, self) if reverse else (self, other)))

    # -- arithmetic -------------------------------------------------------------------------

    def __add__(self: A, other: Any) -> A:
        return self._binary(maps.add, other)

    def __radd__(self: A, other: Any) -> A:
        return self._binary(maps.add, other, reverse=True)

    def __sub__(self: A, other: Any) -> A:
        return self._binary(maps.sub, other)

    def __rsub__(self: A, other: Any) -> A:
        return self._binary(maps.sub, other, reverse=True)

    def __mul__(self: A, other: Any) -> A:
        return self._binary(maps.mul, other)

    def __rmul__(self: A, other: Any) -> A:
        return self._binary(maps.mul, other, reverse=True)

    def __truediv__(self: A, other: Any) -> A:
        return self._binary(maps.div, other)

    def __rtruediv__(self: A, other: Any) -> A:
        return self._binary(maps.div, other, reverse=True)

    def __floordiv__(self: A, other: Any) -> A:
        return self._binary(maps.floordiv, other)

    def __rfloordiv__(self: A, other: Any) -> A:
        return self._binary(maps.floordiv, other, reverse=True)

    def __mod__(self: A, other: Any) -> A:
        return self._binary(maps.mod, other)

    def __rmod__(self: A, other: Any) -> A:
        return self._binary(maps.mod, other, reverse=True)

    def __pow__(self: A, exponent: Any) -> A:
        if isinstance(exponent, (int, float)) and not isinstance(exponent, bool) and self.dtype is not bool_:
            if exponent == 2:
                return self * self
            if exponent == 1:
                return self * 1
            if exponent == 3:
                return self * self * self
            if self.dtype.is_float and exponent in (0.5, -0.5, -1):
                return {0.5: self.sqrt, -0.5: self.rsqrt, -1: self.reciprocal}[exponent]()
            if self.dtype.is_complex and exponent == int(exponent) and abs(exponent) <= complex_numbers.LARGEST_POWER:
                real, imag = complex_numbers.power((self.real, self.imag), int(exponent))
                return cast(A, real._with_imag(imag))
        if self.dtype is bool_ and (isinstance(exponent, bool) or getattr(exponent, "dtype", None) is bool_):
            power = self._constant(exponent, bool_) if isinstance(exponent, bool) else exponent
            return self.logical_or(power.logical_not())
        return self._binary(maps.pow_, exponent)

    def __rpow__(self: A, base: Any) -> A:
        return self._binary(maps.pow_, base, reverse=True)

    def pow(self: A, exponent: Any) -> A:
        return self.__pow__(exponent)

    def __neg__(self: A) -> A:
        return self._unary(maps.neg)

    def __pos__(self: A) -> A:
        return self

    def __abs__(self: A) -> A:
        return self._unary(maps.absolute)

    def add(self: A, other: Any, *, alpha: Scalar = 1) -> A:
        return self.__add__(self._scaled(other, alpha, "add"))

    def sub(self: A, other: Any, *, alpha: Scalar = 1) -> A:
        return self.__sub__(self._scaled(other, alpha, "sub"))

    def _scaled(self, other: Any, alpha: Scalar, name: str) -> Any:
        if alpha == 1:
            return other
        if isinstance(alpha, float) and not result_dtype([self, other]).is_float:
            raise DtypeError(
                f"[{name}] alpha={alpha} is no integer, the operands are; cast one with .to(clgrad.float32)"
            )
        return other * alpha

    def mul(self: A, other: Any) -> A:
        return self.__mul__(other)

    def div(self: A, other: Any, *, rounding_mode: str | None = None) -> A:
        """The quotient; with rounding_mode="trunc" rounded towards zero, with "floor" rounded down.

        A rounded quotient of integers is an integer. Raises ArgumentError for another mode.
        """
        if rounding_mode is None:
            return self.__truediv__(other)
        if rounding_mode not in ("trunc", "floor"):
            raise ArgumentError(f"[div] rounding_mode={rounding_mode!r} is not known; there are None, 'trunc', 'floor'")
        if rounding_mode == "trunc" and result_dtype([self, other]).is_float:
            return self.__truediv__(other).trunc()
        quotient = self.__floordiv__(other)
        if rounding_mode == "floor":
            return quotient
        rounded_away: Any = (quotient < 0) & (quotient * other != self)
        return cast(A, quotient + rounded_away)

    # -- comparisons and bits ---------------------------------------------------------------

    def __eq__(self: A, other: Any) -> A:  # type: ignore[override]  # elementwise, as in numpy
        return self._binary(maps.eq, other)

    def __ne__(self: A, other: Any) -> A:  # type: ignore[override]  # elementwise, as in numpy
        return self._binary(maps.ne, other)

    def __lt__(self: A, other: Any) -> A:
        return self._binary(maps.lt, other)

    def __le__(self: A, other: Any) -> A:
        return self._binary(maps.le, other)

    def __gt__(self: A, other: Any) -> A:
        return self._binary(maps.gt, other)

    def __ge__(self: A, other: Any) -> A:
        return self._binary(maps.ge, other)

    __hash__ = object.__hash__

    def __and__(self: A, other: Any) -> A:
        return self._binary(maps.bitwise_and, other)

    def __or__(self: A, other: Any) -> A:
        return self._binary(maps.bitwise_or, other)

    def __xor__(self: A, other: Any) -> A:
        return self._binary(maps.bitwise_xor, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __lshift__(self: A, other: Any) -> A:
        return self._shifted(maps.left_shift, other)

    def __rshift__(self: A, other: Any) -> A:
        return self._shifted(maps.right_shift, other)

    def _shifted(self: A, op: Op, count: Any) -> A:
        """A shift; where the count is negative or moves all bits out, what it goes towards: 0, or to the right -1."""
        if not isinstance(count, (Arithmetic, bool, int, float)):
            count = self._lift(count)
            if count is None:
                return NotImplemented  # type: ignore[no-any-return]  # python then asks the other operand
        kind = result_dtype([self, count])
        bits, keeps_sign = 8 * kind.size, op is maps.right_shift and kind.signed
        if not isinstance(count, Arithmetic):
            if 0 <= count < bits:
                return self._binary(op, count)
            return self._binary(op, bits - 1) if keeps_sign else self._binary(maps.bitwise_and, 0)
        count = count._cast(kind)
        inside = (count >= 0) & (count < bits)
        if keeps_sign:
            return self._binary(op, inside.choose(count, bits - 1))
        return cast(A, inside.choose(self._binary(op, count), 0))

    def __invert__(self: A) -> A:
        return self.logical_not() if self.dtype is bool_ else self._unary(maps.invert)

    def logical_not(self: A) -> A:
        return self._unary(maps.logical_not)

    def _truth(self: A) -> A:
        return self if self.dtype is bool_ else self._binary(maps.ne, 0)

    def logical_and(self: A, other: A) -> A:
        return self._truth() & other._truth()

    def logical_or(self: A, other: A) -> A:
        return self._truth() | other._truth()

    def logical_xor(self: A, other: A) -> A:
        return self._truth() ^ other._truth()

    def isnan(self: A) -> A:
        return self._binary(maps.ne, self)

    def isinf(self: A) -> A:
        if self.dtype.is_complex:
            return self.real.isinf() | self.imag.isinf()
        return self.abs()._binary(maps.eq, math.inf)

    def isfinite(self: A) -> A:
        if self.dtype.is_complex:
            return self.real.isfinite() & self.imag.isfinite()
        return self.abs()._binary(maps.lt, math.inf)

    # -- elementwise functions --------------------------------------------------------------

    def neg(self: A) -> A:
        return -self

    def abs(self: A) -> A:
        return self.__abs__()

    def sign(self: A) -> A:
        return self if self.dtype is bool_ else self._unary(maps.sign)

    def reciprocal(self: A) -> A:
        return self._unary(maps.reciprocal)

    def square(self: A) -> A:
        return self**2

    def sqrt(self: A) -> A:
        return self._unary(maps.sqrt)

    def rsqrt(self: A) -> A:
        return self._unary(maps.rsqrt)

    def exp(self: A) -> A:
        return self._unary(maps.exp)

    def expm1(self: A) -> A:
        return self._unary(maps.expm1)

    def log(self: A) -> A:
        return self._unary(maps.log)

    def log1p(self: A) -> A:
        return self._unary(maps.log1p)

    def sin(self: A) -> A:
        return self._unary(maps.sin)

    def cos(self: A) -> A:
        return self._unary(maps.cos)

    def tan(self: A) -> A:
        return self._unary(maps.tan)

    def tanh(self: A) -> A:
        return self._unary(maps.tanh)

    def sigmoid(self: A) -> A:
        return self._unary(maps.sigmoid)

    def erf(self: A) -> A:
        return self._unary(special.erf)

    def polygamma(self: A, n: int) -> A:
        """The n-th derivative of digamma. Raises ArgumentError for a negative n."""
        if n < 0:
            raise ArgumentError(f"[polygamma] n={n}: there is the n-th derivative from n = 0 on")
        if n == 0:
            return self._unary(special.digamma)
        return self._apply(special.polygamma, self._operands(special.polygamma, (self,)), n)

    def relu(self: A) -> A:
        return self._unary(maps.relu)

    def floor(self: A) -> A:
        return self._rounded(maps.floor)

    def ceil(self: A) -> A:
        return self._rounded(maps.ceil)

    def trunc(self: A) -> A:
        return self._rounded(maps.trunc)

    def round(self: A, *, decimals: int = 0) -> A:
        """The nearest integer, of two the even one; or the nearest number with so many decimals, maybe negative."""
        if decimals == 0:
            return self._rounded(maps.round_)
        if not self.dtype.is_float:
            raise DtypeError(
                f"[round] decimals={decimals}, but {self.dtype.name} has none; cast with .to(clgrad.float32)"
            )
        power = float(10 ** abs(decimals))
        return (self * power).round() / power if decimals > 0 else (self / power).round() * power

    def _rounded(self: A, op: Op) -> A:
        return self if self.dtype.category < FLOAT else self._unary(op)

    def maximum(self: A, other: Any) -> A:
        return self._apply(maps.maximum, self._operands(maps.maximum, (self, other)))

    def minimum(self: A, other: Any) -> A:
        return self._apply(maps.minimum, self._operands(maps.minimum, (self, other)))

    def clamp(self: A, min: Any = None, max: Any = None) -> A:
        """Limit values to min ... max; either may be None. A value at a limit keeps its gradient."""
        if min is None and max is None:
            raise ArgumentError("[clamp] min and max are both None; give at least one")
        result: Any = self
        # As in torch, max wins where the limits cross, and the input wins a tie.
        if min is not None:
            result = self._beyond(result, min, maps.lt).choose(min, result)
        if max is not None:
            result = self._beyond(result, max, maps.gt).choose(max, result)
        return cast(A, result)

    @staticmethod
    def _beyond(x: Any, limit: Any, comparison: Op) -> Any:
        """Where a limit holds; one that is NaN holds everywhere."""
        beyond = x._binary(comparison, limit)
        if isinstance(limit, Arithmetic):
            return beyond | limit.isnan() if limit.dtype.is_float else beyond
        return beyond if limit == limit else beyond | True

    def where(self: A, condition: A, other: Any) -> A:
        """self where the condition (bool) holds, else ``other``; all three broadcast."""
        return condition.choose(self, other)

    def choose(self: A, a: Any, b: Any) -> A:
        """``a`` where self (bool) holds, else ``b``; all three broadcast."""
        if self.dtype is not bool_:
            raise DtypeError(f"[where] the condition is {self.dtype.name}; it must be bool, compare with != 0")
        if not isinstance(a, Arithmetic) and not isinstance(b, Arithmetic):
            dtype = result_dtype([a, b])
            a, b = self._constant(a, dtype), self._constant(b, dtype)
        if any(isinstance(one, complex) or (isinstance(one, Arithmetic) and one.dtype.is_complex) for one in (a, b)):
            (x, y), (z, w) = self._pairs(maps.where, (a, b))
            return self.choose(x, z)._with_imag(self.choose(0 if y is None else y, 0 if w is None else w))
        if not isinstance(a, Arithmetic):
            a, b = b._operands(maps.where, (a, b))
        else:
            a, b = a._operands(maps.where, (a, b))
        return self._apply(maps.where, self._operands(maps.where, (self, a, b), same_dtype=False))

    def bitcast(self: A, dtype: DType) -> A:
        """The same bits, read as another dtype of the same size."""
        return self if dtype is self.dtype else self._apply(maps.bitcast, (self,), dtype, self.dtype)

    def check_index(self: A, size: int, what: str, wrapped: bool = False) -> A:
        """The same indices; IndexRangeError is raised, when it runs, unless all lie in 0 ... size - 1.

        Where negative ones were ``wrapped``, which adds the size, the error tells what they were.
        On an OpenCL device the error is raised by the next copy to the host.
        """
        if not self.dtype.is_integer:
            raise DtypeError(f"[{what}] indices must be integers, got {self.dtype.name}; cast with .to(clgrad.int64)")
        return self._apply(maps.check_index, (self,), size, what, wrapped)


def _not_complex(op: Op, dtype: DType) -> str:
    return f"[{op.name}] is not defined for {dtype.name}; take .real, .imag or .abs()"


def widen(op: Op, dtype: DType, device: Device) -> DType:
    """The dtype an op computes in when it does not know the operands': floats take in integers."""
    if dtype.is_complex:
        raise DtypeError(_not_complex(op, dtype))
    if op.domain == (FLOAT,):
        return default_float
    if dtype.category == BOOL and default_integer.category in op.domain:
        if op in (maps.neg, maps.sub):
            raise DtypeError(f"[{op.name}] bool is not a number; use ~ or ^, or cast with .to(clgrad.int64)")
        return default_integer
    raise DtypeError(f"[{op.name}] does not compute with {dtype.name} on {device}, or any other; cast with .to(dtype)")


def result_dtype(values: Sequence[Any]) -> DType:
    """PyTorch's promotion over arrays and python scalars: arrays with dims outweigh 0-d arrays, these scalars."""
    dims = [value.dtype for value in values if isinstance(value, Arithmetic) and value.ndim]
    zeros = [value.dtype for value in values if isinstance(value, Arithmetic) and not value.ndim]
    result: DType | None = None
    for dtype in dims:
        result = dtype if result is None else promote(result, dtype)
    zero: DType | None = None
    for dtype in zeros:
        zero = dtype if zero is None else promote(zero, dtype)
    if result is None or (zero is not None and zero.category > result.category):
        if result is not None and result.is_float:  # a 0-d complex array is a complex scalar
            result = complex_of(result)
        elif result is not None and zero is not None and zero.is_complex:
            result = zero
        else:
            result = zero if result is None or zero is None else promote(result, zero)
    for value in values:
        if isinstance(value, Arithmetic):
            continue
        if result is None:
            result = bool_ if isinstance(value, bool) else default_integer if isinstance(value, int) else default_float
            result = default_complex if isinstance(value, complex) else result
        else:
            result = promote_scalar(result, value)
    assert result is not None
    return result
