"""Adadelta: steps in the parameter's own units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.errors import ArgumentError
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import STEP, State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class AdadeltaNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    lr: Tensor
    keep: Scalar
    fresh: Scalar
    """rho and 1 - rho."""
    eps: Scalar
    weight_decay: Scalar | None
    maximize: bool


def adadelta(p: Tensor, g: Tensor, state: State, numbers: AdadeltaNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new moments (Zeiler 2012, algorithm 1)."""
    if numbers.maximize:
        g = -g
    if numbers.weight_decay is not None:
        g = g + numbers.weight_decay * p
    square = numbers.keep * state["square_avg"] + numbers.fresh * (g * g)
    change = (state["acc_delta"] + numbers.eps).sqrt() / (square + numbers.eps).sqrt() * g
    changes = numbers.keep * state["acc_delta"] + numbers.fresh * (change * change)
    return p - numbers.lr * change, {"square_avg": square, "acc_delta": changes}


class Adadelta(FusedOptimizer):
    """Step by the gradient, times the root of the running square of steps over that of gradients.

    Arguments and defaults are PyTorch's: `lr`, a factor of all steps; `rho`, what the running squares keep
    in a step; `eps`, added under both roots; `weight_decay`, the factor of an L2 penalty; `maximize`, which
    ascends.

    Raises ArgumentError (a ValueError) for a number out of its range.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = Adadelta([x], lr=100.0)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 4) for value in x.tolist()]
        [1.6838, -2.6838]
    """

    below: ClassVar[Mapping[str, float]] = dict.fromkeys(("lr", "rho", "eps", "weight_decay"), math.inf)
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        super()._check(group)
        if group["rho"] > 1:
            raise ArgumentError(f"[Adadelta] rho is {group['rho']}; it must be at most 1; choose one in that range")

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"square_avg": 0.0, "acc_delta": 0.0}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> AdadeltaNumbers:
        return AdadeltaNumbers(
            lr=group.tensor("lr", device, dtype),
            keep=group.scalar("rho", device, dtype),
            fresh=group.scalar("rho", device, dtype, "1 - rho", lambda rho: 1 - rho),
            eps=group.scalar("eps", device, dtype),
            weight_decay=group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None,
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: AdadeltaNumbers) -> tuple[Tensor, State]:
        return adadelta(p, g, state, numbers)
