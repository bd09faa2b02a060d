"""RMSprop: the gradient over the root of its running square."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import STEP, State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class RMSpropNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    lr: Tensor
    keep: Scalar
    fresh: Scalar
    """alpha and 1 - alpha."""
    eps: Scalar
    weight_decay: Scalar | None
    momentum: Scalar | None
    centered: bool
    maximize: bool


def rmsprop(p: Tensor, g: Tensor, state: State, numbers: RMSpropNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new moments (Hinton's lecture; centered: Graves 2013)."""
    if numbers.maximize:
        g = -g
    if numbers.weight_decay is not None:
        g = g + numbers.weight_decay * p
    square = numbers.keep * state["square_avg"] + numbers.fresh * (g * g)
    moments = {"square_avg": square}
    if numbers.centered:
        mean = moments["grad_avg"] = state["grad_avg"] + numbers.fresh * (g - state["grad_avg"])
        square = square - mean * mean
    direction = g / (square.sqrt() + numbers.eps)
    if numbers.momentum is not None:
        direction = moments["momentum_buffer"] = numbers.momentum * state["momentum_buffer"] + direction
    return p - numbers.lr * direction, moments


class RMSprop(FusedOptimizer):
    """Step by the gradient over the root of its running square.

    Arguments and defaults are PyTorch's: `lr`; `alpha`, what the running square keeps in a step; `eps`,
    added to the root; `weight_decay`, the factor of an L2 penalty; `momentum` of the running direction;
    `centered`, which divides by the running deviation instead; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a negative number.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = RMSprop([x], lr=0.05)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 5) for value in x.tolist()]
        [1.5, -2.5]
    """

    below: ClassVar[Mapping[str, float]] = dict.fromkeys(("lr", "alpha", "eps", "weight_decay", "momentum"), math.inf)
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        names = {"square_avg": True, "momentum_buffer": group["momentum"] > 0, "grad_avg": group["centered"]}
        return {name: 0.0 for name, needed in names.items() if needed}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> RMSpropNumbers:
        def scalar(name: str) -> Scalar | None:
            return group.scalar(name, device, dtype) if group[name] else None

        return RMSpropNumbers(
            lr=group.tensor("lr", device, dtype),
            keep=group.scalar("alpha", device, dtype),
            fresh=group.scalar("alpha", device, dtype, "1 - alpha", lambda alpha: 1 - alpha),
            eps=group.scalar("eps", device, dtype),
            weight_decay=scalar("weight_decay"),
            momentum=scalar("momentum"),
            centered=group["centered"],
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: RMSpropNumbers) -> tuple[Tensor, State]:
        return rmsprop(p, g, state, numbers)
