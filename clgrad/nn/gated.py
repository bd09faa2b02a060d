"""Feed-forward networks whose hidden elements are multiplied by gates, and mixtures of them."""

from __future__ import annotations

import math
from typing import Any

from clgrad.creation import arange, full, zeros
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor


class _Gated(Module):
    """down_proj(activation(gate_proj(x)) * up_proj(x))."""

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int | None = None,
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        out_features = in_features if out_features is None else out_features
        self.gate_proj = Linear(in_features, hidden_features, bias, device, dtype)
        self.up_proj = Linear(in_features, hidden_features, bias, device, dtype)
        self.down_proj = Linear(hidden_features, out_features, bias, device, dtype)

    def activation(self, input: Tensor) -> Tensor:
        """What makes a gate."""
        raise NotImplementedError

    def forward(self, input: Tensor) -> Tensor:
        hidden = self.activation(self.gate_proj(input)) * self.up_proj(input)
        return self.down_proj(hidden)  # type: ignore[no-any-return]


class SwiGLU(_Gated):
    """Compute down_proj(silu(gate_proj(x)) * up_proj(x)) (Shazeer, 2020): (..., in_features) -> (..., out_features).

    ``out_features`` is ``in_features`` unless given.

        >>> import clgrad
        >>> SwiGLU(4, 8)(clgrad.ones(2, 4)).shape
        (2, 4)
    """

    def activation(self, input: Tensor) -> Tensor:
        """silu."""
        return F.silu(input)


class GEGLU(_Gated):
    """Compute down_proj(gelu(gate_proj(x)) * up_proj(x)) (Shazeer, 2020): (..., in_features) -> (..., out_features).

    ``out_features`` is ``in_features`` unless given.

        >>> import clgrad
        >>> GEGLU(4, 8)(clgrad.ones(2, 4)).shape
        (2, 4)
    """

    def activation(self, input: Tensor) -> Tensor:
        """gelu."""
        return F.gelu(input)


class Experts(Module):
    """Feed-forward networks like SwiGLU, side by side: (experts, places, in_features) gives the same shape."""

    def __init__(self, num_experts: int, in_features: int, hidden_features: int, device: Any, dtype: Any) -> None:
        super().__init__()
        self.gate_up_proj = Parameter(
            zeros((num_experts, 2 * hidden_features, in_features), device=device, dtype=dtype)
        )
        self.down_proj = Parameter(zeros((num_experts, in_features, hidden_features), device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights anew, evenly in +-1 / sqrt(inputs), as Linear does."""
        for weight in self.parameters():
            bound = 1 / math.sqrt(weight.shape[-1])
            init.uniform_(weight, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        gate, up = (input @ self.gate_up_proj.mT).chunk(2, -1)
        return (F.silu(gate) * up) @ self.down_proj.mT


class MixtureOfExperts(Module):
    """Send each vector to the ``top_k`` of ``num_experts`` networks that a router finds best (Shazeer et al., 2017).

    The result is what those networks give, weighted by the router's probabilities, which are scaled to the sum 1;
    and the load-balancing loss (Fedus et al., 2021), which is ``top_k`` where all experts are used alike and more
    where they are not: add a hundredth of it to the loss. Shapes do not depend on the routing: an expert works on
    ``capacity_factor * top_k * vectors / num_experts`` vectors, and what comes later is passed over; without a factor
    it has places for all, so nothing is lost, and time. Weights are named as in Hugging Face's Mixtral.
    Raises ArgumentError.

        >>> import clgrad
        >>> output, balance = MixtureOfExperts(4, 8, num_experts=4, top_k=2)(clgrad.ones(2, 3, 4))
        >>> output.shape, balance.shape
        ((2, 3, 4), ())
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        num_experts: int,
        top_k: int = 2,
        capacity_factor: float | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if not 1 <= top_k <= num_experts:
            raise ArgumentError(f"[MixtureOfExperts] top_k={top_k} must lie in 1 ... {num_experts}, the experts")
        if capacity_factor is not None and capacity_factor <= 0:
            raise ArgumentError(f"[MixtureOfExperts] capacity_factor={capacity_factor} must be positive, or None")
        self.num_experts = num_experts
        self.top_k = top_k
        self.capacity_factor = capacity_factor
        self.gate = Linear(in_features, num_experts, False, device, dtype)
        self.experts = Experts(num_experts, in_features, hidden_features, device, dtype)

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        x = input.reshape(-1, input.shape[-1])
        vectors = x.shape[0]
        probabilities = self.gate(x).softmax(-1, float32)
        weights, chosen = probabilities.topk(self.top_k)
        weights = weights / weights.sum(-1, keepdim=True)
        # First choices come before second ones where places are few.
        expert = chosen.T.reshape(-1)
        goes = (expert.unsqueeze(1) == arange(self.num_experts, device=x.device)).long()
        place = (goes.cumsum(0) * goes).sum(1) - 1
        places = self._places(vectors)
        fits = place < places
        slot = expert * places + fits.choose(place, 0)
        # Each slot's vector by number. One row more is for slots that nobody takes, one slot more for what has none.
        everyone = arange(vectors, device=x.device).repeat(self.top_k)
        spare = self.num_experts * places
        taken = full((spare + 1,), vectors, dtype=everyone.dtype, device=x.device).index_copy(
            0, fits.choose(slot, spare), everyone
        )[:spare]
        rows = x.pad((0, 0, 0, 1)).index_select(0, taken).reshape(self.num_experts, places, -1)
        results = self.experts(rows).reshape(spare, -1).index_select(0, slot)
        shares = (weights.T.reshape(-1) * fits.to(float32)).to(x.dtype).unsqueeze(1)
        output = (results * shares).reshape(self.top_k, vectors, -1).sum(0)
        load = goes.to(float32).sum(0) / vectors
        balance = (load * probabilities.mean(0)).sum() * self.num_experts
        return output.reshape(input.shape), balance

    def _places(self, vectors: int) -> int:
        if self.capacity_factor is None:
            return vectors
        return min(vectors, math.ceil(self.capacity_factor * self.top_k * vectors / self.num_experts))

    def extra_repr(self) -> str:
        return f"top_k={self.top_k}, capacity_factor={self.capacity_factor}"
