"""Activations as modules: the functions of functional.py with their options held."""

from __future__ import annotations

from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class _InPlace(Module):
    """An activation with PyTorch's ``inplace`` option, which changes nothing here: see functional.py."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU(_InPlace):
    """Compute max(x, 0).

    >>> import clgrad
    >>> ReLU()(clgrad.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input)


class SiLU(_InPlace):
    """Compute x * sigmoid(x).

    >>> import clgrad
    >>> SiLU()(clgrad.tensor([0.0])).tolist()
    [0.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input)


class LeakyReLU(_InPlace):
    """Compute x where it is positive and negative_slope * x elsewhere.

    >>> import clgrad
    >>> LeakyReLU(0.5)(clgrad.tensor([-1.0, 2.0])).tolist()
    [-0.5, 2.0]
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class GELU(Module):
    """Compute x * Phi(x), Phi the normal distribution function, or its approximation by "tanh".

    >>> import clgrad
    >>> GELU()(clgrad.tensor([0.0])).tolist()
    [0.0]
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        if approximate not in ("none", "tanh"):
            raise ArgumentError(f"[GELU] approximate={approximate!r}, it must be 'none' or 'tanh'")
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Sigmoid(Module):
    """Compute 1 / (1 + exp(-x)).

    >>> import clgrad
    >>> Sigmoid()(clgrad.tensor([0.0])).tolist()
    [0.5]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class Tanh(Module):
    """Compute the hyperbolic tangent.

    >>> import clgrad
    >>> Tanh()(clgrad.tensor([0.0])).tolist()
    [0.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Softmax(Module):
    """Scale exponentials along a dimension to sum to 1.

    >>> import clgrad
    >>> Softmax(dim=-1)(clgrad.zeros((1, 4))).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """Compute the logarithm of softmax, without overflow.

    >>> import clgrad
    >>> LogSoftmax(dim=0)(clgrad.tensor([1000.0])).tolist()
    [0.0]
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
