"""Adagrad: the gradient over the root of the sum of all its squares so far."""

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
class AdagradNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    step_size: Tensor
    """lr / (1 + (t - 1) * lr_decay)."""
    eps: Scalar
    weight_decay: Scalar | None
    maximize: bool


def adagrad(p: Tensor, g: Tensor, state: State, numbers: AdagradNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new sum (Duchi, Hazan and Singer 2011)."""
    if numbers.maximize:
        g = -g
    if numbers.weight_decay is not None:
        g = g + numbers.weight_decay * p
    total = state["sum"] + g * g
    return p - numbers.step_size * g / (total.sqrt() + numbers.eps), {"sum": total}


class Adagrad(FusedOptimizer):
    """Step by the gradient over the root of the sum of all its squares so far.

    Arguments and defaults are PyTorch's: `lr` and `lr_decay`, which makes it ``lr / (1 + (t - 1) * lr_decay)``;
    `weight_decay`, the factor of an L2 penalty; `initial_accumulator_value`, what the sums start from; `eps`,
    added to the root; `maximize`, which ascends. As in PyTorch, the sums exist before the first step.

    Raises ArgumentError (a ValueError) for a negative number.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = Adagrad([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.tolist()
        [1.5, -2.5]
    """

    below: ClassVar[Mapping[str, float]] = dict.fromkeys(
        ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"), math.inf
    )
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        super().__init__(params, defaults)
        self._begin((group, p) for group in self.param_groups for p in group["params"])

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"sum": float(self.defaults["initial_accumulator_value"])}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> AdagradNumbers:
        lr = group.tensor("lr", device, dtype)
        if group["lr_decay"]:
            lr = lr / (1 + (counts[STEP].to(dtype) - 1) * group.scalar("lr_decay", device, dtype))
        return AdagradNumbers(
            step_size=lr,
            eps=group.scalar("eps", device, dtype),
            weight_decay=group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None,
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: AdagradNumbers) -> tuple[Tensor, State]:
        return adagrad(p, g, state, numbers)
