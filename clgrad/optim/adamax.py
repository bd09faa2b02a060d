"""Adamax: Adam with the largest gradient so far in place of the mean square."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.optim.adam import bias_corrections, shares
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import STEP, State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class AdamaxNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    step_size: Tensor
    """lr / (1 - beta1 ** t)."""
    fresh1: Scalar
    """1 - beta1: the part of the gradient that enters the mean."""
    keep2: Scalar
    """beta2: what is left of the largest gradient after a step."""
    eps: Scalar
    penalty: Scalar | None
    maximize: bool


def adamax(p: Tensor, g: Tensor, state: State, numbers: AdamaxNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new moments (Kingma and Ba 2015, algorithm 2)."""
    if numbers.maximize:
        g = -g
    if numbers.penalty is not None:
        g = g + numbers.penalty * p
    mean = state["exp_avg"] + numbers.fresh1 * (g - state["exp_avg"])
    largest = (numbers.keep2 * state["exp_inf"]).maximum(g.abs() + numbers.eps)
    return p - numbers.step_size * mean / largest, {"exp_avg": mean, "exp_inf": largest}


class Adamax(FusedOptimizer):
    """Step by the gradient's running mean over its largest size, which fades.

    Arguments and defaults are PyTorch's: `lr`; `betas` of the mean and of the fading; `eps`, added to
    the gradient's size; `weight_decay`, the factor of an L2 penalty; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a number out of its range.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = Adamax([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 5) for value in x.tolist()]
        [1.5, -2.5]
    """

    below: ClassVar[Mapping[str, float]] = {"lr": math.inf, "eps": math.inf, "weight_decay": math.inf}
    pairs: ClassVar[Mapping[str, float]] = {"betas": 1.0}
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, defaults)

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"exp_avg": 0.0, "exp_inf": 0.0}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> AdamaxNumbers:
        correction1, _ = bias_corrections(group, device, dtype, counts[STEP])
        fresh1, keep2, _ = shares(group, device, dtype)
        return AdamaxNumbers(
            step_size=group.tensor("lr", device, dtype) / correction1,
            fresh1=fresh1,
            keep2=keep2,
            eps=group.scalar("eps", device, dtype),
            penalty=group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None,
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: AdamaxNumbers) -> tuple[Tensor, State]:
        return adamax(p, g, state, numbers)
