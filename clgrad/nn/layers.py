"""Linear, Bilinear, Flatten, Unflatten and Identity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from clgrad.creation import zeros
from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor


class Linear(Module):
    """Compute x @ weight.T + bias on the last dimension: (..., in_features) -> (..., out_features).

    ``weight`` is (out_features, in_features); both start uniform in +-1 / sqrt(in_features).
    Raises ArgumentError for negative sizes.

        >>> import clgrad
        >>> layer = Linear(3, 2)
        >>> layer(clgrad.ones((5, 3))).shape
        (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if min(in_features, out_features) < 0:
            raise ArgumentError(
                f"[Linear] in_features={in_features}, out_features={out_features}: they must not be negative"
            )
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(zeros((out_features, in_features), device=device, dtype=dtype))
        self.bias = Parameter(zeros((out_features,), device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0.0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """Compute x1 @ weight[k] @ x2 + bias[k] for every output k: functional.bilinear.

    ``weight`` is (out_features, in1_features, in2_features); both start uniform in +-1 / sqrt(in1_features).
    Raises ArgumentError for sizes below 1.

        >>> import clgrad
        >>> Bilinear(3, 4, 2)(clgrad.ones(5, 3), clgrad.ones(5, 4)).shape
        (5, 2)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if min(in1_features, in2_features, out_features) < 1:
            raise ArgumentError(
                f"[Bilinear] in1_features={in1_features}, in2_features={in2_features}, out_features={out_features}: "
                "they must be at least 1"
            )
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = Parameter(zeros((out_features, in1_features, in2_features), device=device, dtype=dtype))
        self.bias = Parameter(zeros((out_features,), device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        bound = 1 / math.sqrt(self.in1_features)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Flatten(Module):
    """Join the dimensions from ``start_dim`` to ``end_dim``.

    >>> import clgrad
    >>> Flatten()(clgrad.zeros((2, 3, 4))).shape
    (2, 12)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Split a dimension into several: Tensor.unflatten. One of their sizes may be -1.

    >>> import clgrad
    >>> Unflatten(1, (3, -1))(clgrad.zeros(2, 12)).shape
    (2, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Identity(Module):
    """Return the input; arguments are accepted and ignored, so that it can stand in for any layer.

    >>> import clgrad
    >>> Identity(54, unused=True)(clgrad.ones(2)).tolist()
    [1.0, 1.0]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input
