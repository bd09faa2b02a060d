"""Padding as modules: functional.pad with its mode held."""

from __future__ import annotations

from collections.abc import Sequence

from clgrad.arithmetic import Scalar
from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class _Pad(Module):
    dims: int
    mode: str

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        count = 2 * self.dims
        self.padding = (padding,) * count if isinstance(padding, int) else tuple(padding)
        if len(self.padding) != count:
            raise ArgumentError(
                f"[{type(self).__name__}] padding={padding}: one width, or {count}, two for each dim, the last first"
            )

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: int | Sequence[int], value: Scalar) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_Pad):
    mode = "constant"


class _ReflectionPad(_Pad):
    mode = "reflect"


class _ReplicationPad(_Pad):
    mode = "replicate"


class _CircularPad(_Pad):
    mode = "circular"


class ConstantPad1d(_ConstantPad):
    """Surround the last dim of a tensor with a value: functional.pad.

    >>> import clgrad
    >>> ConstantPad1d((1, 0), 9.0)(clgrad.tensor([[1.0, 2.0]]))[0].tolist()
    [9.0, 1.0, 2.0]
    """

    dims = 1


class ConstantPad2d(_ConstantPad):
    """Surround the last two dims of a tensor with a value: functional.pad.

    >>> import clgrad
    >>> ConstantPad2d((1, 0, 0, 0), 9.0)(clgrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))[0][0].tolist()
    [9.0, 1.0, 2.0]
    """

    dims = 2


class ConstantPad3d(_ConstantPad):
    """Surround the last three dims of a tensor with a value: functional.pad.

    >>> import clgrad
    >>> ConstantPad3d((1, 0, 0, 0, 0, 0), 9.0)(clgrad.arange(8.0).reshape(1, 2, 2, 2))[0][0][0].tolist()
    [9.0, 0.0, 1.0]
    """

    dims = 3


class ZeroPad1d(_ZeroPad):
    """Surround the last dim of a tensor with zeros: functional.pad.

    >>> import clgrad
    >>> ZeroPad1d((1, 0))(clgrad.tensor([[1.0, 2.0]]))[0].tolist()
    [0.0, 1.0, 2.0]
    """

    dims = 1


class ZeroPad2d(_ZeroPad):
    """Surround the last two dims of a tensor with zeros: functional.pad.

    >>> import clgrad
    >>> ZeroPad2d((1, 0, 0, 0))(clgrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))[0][0].tolist()
    [0.0, 1.0, 2.0]
    """

    dims = 2


class ZeroPad3d(_ZeroPad):
    """Surround the last three dims of a tensor with zeros: functional.pad.

    >>> import clgrad
    >>> ZeroPad3d((1, 0, 0, 0, 0, 0))(clgrad.arange(8.0).reshape(1, 2, 2, 2))[0][0][0].tolist()
    [0.0, 0.0, 1.0]
    """

    dims = 3


class ReflectionPad1d(_ReflectionPad):
    """Surround the last dim of a tensor with its mirror image: functional.pad.

    >>> import clgrad
    >>> ReflectionPad1d((1, 0))(clgrad.tensor([[1.0, 2.0]]))[0].tolist()
    [2.0, 1.0, 2.0]
    """

    dims = 1


class ReflectionPad2d(_ReflectionPad):
    """Surround the last two dims of a tensor with its mirror image: functional.pad.

    >>> import clgrad
    >>> ReflectionPad2d((1, 0, 0, 0))(clgrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))[0][0].tolist()
    [2.0, 1.0, 2.0]
    """

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """Surround the last three dims of a tensor with its mirror image: functional.pad.

    >>> import clgrad
    >>> ReflectionPad3d((1, 0, 0, 0, 0, 0))(clgrad.arange(8.0).reshape(1, 2, 2, 2))[0][0][0].tolist()
    [1.0, 0.0, 1.0]
    """

    dims = 3


class ReplicationPad1d(_ReplicationPad):
    """Surround the last dim of a tensor with its edges: functional.pad.

    >>> import clgrad
    >>> ReplicationPad1d((1, 0))(clgrad.tensor([[1.0, 2.0]]))[0].tolist()
    [1.0, 1.0, 2.0]
    """

    dims = 1


class ReplicationPad2d(_ReplicationPad):
    """Surround the last two dims of a tensor with its edges: functional.pad.

    >>> import clgrad
    >>> ReplicationPad2d((1, 0, 0, 0))(clgrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))[0][0].tolist()
    [1.0, 1.0, 2.0]
    """

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """Surround the last three dims of a tensor with its edges: functional.pad.

    >>> import clgrad
    >>> ReplicationPad3d((1, 0, 0, 0, 0, 0))(clgrad.arange(8.0).reshape(1, 2, 2, 2))[0][0][0].tolist()
    [0.0, 0.0, 1.0]
    """

    dims = 3


class CircularPad1d(_CircularPad):
    """Surround the last dim of a tensor with its other end: functional.pad.

    >>> import clgrad
    >>> CircularPad1d((1, 0))(clgrad.tensor([[1.0, 2.0]]))[0].tolist()
    [2.0, 1.0, 2.0]
    """

    dims = 1


class CircularPad2d(_CircularPad):
    """Surround the last two dims of a tensor with its other end: functional.pad.

    >>> import clgrad
    >>> CircularPad2d((1, 0, 0, 0))(clgrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))[0][0].tolist()
    [2.0, 1.0, 2.0]
    """

    dims = 2


class CircularPad3d(_CircularPad):
    """Surround the last three dims of a tensor with its other end: functional.pad.

    >>> import clgrad
    >>> CircularPad3d((1, 0, 0, 0, 0, 0))(clgrad.arange(8.0).reshape(1, 2, 2, 2))[0][0][0].tolist()
    [1.0, 0.0, 1.0]
    """

    dims = 3
