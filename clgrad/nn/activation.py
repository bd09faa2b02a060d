"""Activations as modules: the functions of functional.py with their options held."""

from __future__ import annotations

from typing import Any

from clgrad.creation import full
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor


class _InPlace(Module):
    """An activation with PyTorch's ``inplace`` option, which changes nothing here: see functional.py."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def options(self) -> str:
        """The other options as text."""
        return ""

    def extra_repr(self) -> str:
        return ", ".join(part for part in (self.options(), "inplace=True" if self.inplace else "") if part)


class ReLU(_InPlace):
    """Compute max(x, 0).

    >>> import clgrad
    >>> ReLU()(clgrad.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input)


class ReLU6(_InPlace):
    """Compute min(max(x, 0), 6): functional.relu6."""

    def forward(self, input: Tensor) -> Tensor:
        return F.relu6(input)


class SiLU(_InPlace):
    """Compute x * sigmoid(x).

    >>> import clgrad
    >>> SiLU()(clgrad.tensor([0.0])).tolist()
    [0.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input)


class Mish(_InPlace):
    """Compute x * tanh(softplus(x)): functional.mish."""

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input)


class SELU(_InPlace):
    """Compute the self-normalizing exponential unit: functional.selu."""

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input)


class Hardsigmoid(_InPlace):
    """Compute a line from 0 at -3 to 1 at 3: functional.hardsigmoid."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input)

    def extra_repr(self) -> str:
        return ""


class Hardswish(_InPlace):
    """Compute x * hardsigmoid(x): functional.hardswish."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input)

    def extra_repr(self) -> str:
        return ""


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

    def options(self) -> str:
        return f"negative_slope={self.negative_slope}"


class PReLU(Module):
    """Compute x where it is positive and weight * x elsewhere, with one weight, or one for each channel of dim 1.

    >>> import clgrad
    >>> PReLU()(clgrad.tensor([-1.0, 2.0])).tolist()
    [-0.25, 2.0]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(full((num_parameters,), float(init), device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Set the weight to ``init``."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(_InPlace):
    """Compute leaky_relu with a random slope in training, and with the middle one else: functional.rrelu."""

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.lower = lower
        self.upper = upper

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training)

    def options(self) -> str:
        return f"lower={self.lower}, upper={self.upper}"


class _Alpha(_InPlace):
    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def options(self) -> str:
        return f"alpha={self.alpha}"


class ELU(_Alpha):
    """Compute x where it is positive and alpha * (exp(x) - 1) elsewhere: functional.elu."""

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha)


class CELU(_Alpha):
    """Compute x where it is positive and alpha * (exp(x / alpha) - 1) elsewhere: functional.celu."""

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha)


class Hardtanh(_InPlace):
    """Limit x to min_val ... max_val: functional.hardtanh. Raises ArgumentError unless min_val is below max_val."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        if not min_val < max_val:
            raise ArgumentError(f"[Hardtanh] min_val={min_val} must be below max_val={max_val}; swap them")
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val)

    def options(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Threshold(_InPlace):
    """Compute x where it is above the threshold and a value elsewhere: functional.threshold."""

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold = threshold
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value)

    def options(self) -> str:
        return f"threshold={self.threshold}, value={self.value}"


class _Shrink(Module):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(_Shrink):
    """Compute x, and 0 from -lambd to lambd: functional.hardshrink."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """Move x by lambd towards 0, and no farther: functional.softshrink."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


class Softplus(Module):
    """Compute log(1 + exp(beta * x)) / beta: functional.softplus."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class LogSigmoid(Module):
    """Compute log(sigmoid(x)), without overflow: functional.logsigmoid."""

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softsign(Module):
    """Compute x / (1 + |x|): functional.softsign."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(Module):
    """Compute x - tanh(x): functional.tanhshrink."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


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


class GLU(Module):
    """Multiply the first half along a dimension by the sigmoid of the second: functional.glu."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class _AlongDim(Module):
    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """Scale exponentials along a dimension to sum to 1.

    >>> import clgrad
    >>> Softmax(dim=-1)(clgrad.zeros((1, 4))).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)


class Softmin(_AlongDim):
    """Compute softmax of -x: functional.softmin."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim)


class LogSoftmax(_AlongDim):
    """Compute the logarithm of softmax, without overflow.

    >>> import clgrad
    >>> LogSoftmax(dim=0)(clgrad.tensor([1000.0])).tolist()
    [0.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)


class Softmax2d(Module):
    """Compute softmax over the channels of (N, C, H, W) or (C, H, W). Raises ShapeError."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ShapeError(f"[Softmax2d] input {input.shape} must be (N, C, H, W) or (C, H, W)")
        return F.softmax(input, -3)
