"""NAdam: Adam with Nesterov's look ahead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.device import Device
from clgrad.dtypes import DType, float32
from clgrad.optim.adam import bias_corrections, shares
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import STEP, State
from clgrad.tensor import Tensor

PRODUCT = "mu_product"


@dataclass(frozen=True)
class NAdamNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    fresh1: Scalar
    """1 - beta1: the part of the gradient that enters the mean."""
    keep2: Scalar
    fresh2: Scalar
    """beta2 and 1 - beta2."""
    gradient_size: Tensor
    mean_size: Tensor
    """The step along the gradient and along its mean, both times ``sqrt(1 - beta2 ** t)``."""
    eps: Tensor
    """``eps * sqrt(1 - beta2 ** t)``."""
    penalty: Scalar | None
    """The factor of the L2 penalty, which goes through the moments."""
    decay: Tensor | None
    """lr * weight_decay of the decoupled decay, which does not."""
    maximize: bool


def nadam(p: Tensor, g: Tensor, state: State, numbers: NAdamNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new moments (Dozat 2016)."""
    if numbers.maximize:
        g = -g
    if numbers.penalty is not None:
        g = g + numbers.penalty * p
    mean = state["exp_avg"] + numbers.fresh1 * (g - state["exp_avg"])
    square = numbers.keep2 * state["exp_avg_sq"] + numbers.fresh2 * (g * g)
    change = (numbers.gradient_size * g + numbers.mean_size * mean) / (square.sqrt() + numbers.eps)
    if numbers.decay is not None:
        change = change + numbers.decay * p
    return p - change, {"exp_avg": mean, "exp_avg_sq": square}


class NAdam(FusedOptimizer):
    """Step as Adam does, from where the momentum is about to lead.

    Arguments and defaults are PyTorch's: `lr`; `betas` of the two running means; `eps`, added to the
    root; `weight_decay`, the factor of an L2 penalty, or with `decoupled_weight_decay` the share of
    the parameter that a step takes away; `momentum_decay`, how fast the momentum grows to beta1;
    `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a number out of its range.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = NAdam([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 3) for value in x.tolist()]
        [1.472, -2.472]
    """

    below: ClassVar[Mapping[str, float]] = {
        "lr": math.inf,
        "eps": math.inf,
        "weight_decay": math.inf,
        "momentum_decay": math.inf,
    }
    pairs: ClassVar[Mapping[str, float]] = {"betas": 1.0}
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0, PRODUCT: 1.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0}

    def _momentum(self, group: ParameterGroup, device: Device, dtype: DType, step: Tensor) -> Tensor:
        """Compute ``beta1 * (1 - 0.96 ** (step * momentum_decay) / 2)``."""
        beta1 = group.scalar("betas", device, dtype, "beta1", lambda betas: betas[0])
        rate = group.scalar("momentum_decay", device, dtype, "log decay", lambda decay: decay * math.log(0.96))
        return beta1 * (1 - 0.5 * (step.to(dtype) * rate).exp())

    def _advanced(self, group: ParameterGroup, counts: State) -> State:
        step = counts[STEP] + 1
        return {STEP: step, PRODUCT: counts[PRODUCT] * self._momentum(group, step.device, float32, step)}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> NAdamNumbers:
        lr = group.tensor("lr", device, dtype)
        decay = group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None
        decoupled = group["decoupled_weight_decay"]
        fresh1, keep2, fresh2 = shares(group, device, dtype)
        step, product = counts[STEP], counts[PRODUCT].to(dtype)
        root = bias_corrections(group, device, dtype, step)[1].sqrt()
        now, later = (self._momentum(group, device, dtype, number) for number in (step, step + 1))
        return NAdamNumbers(
            fresh1=fresh1,
            keep2=keep2,
            fresh2=fresh2,
            gradient_size=lr * root * (1 - now) / (1 - product),
            mean_size=lr * root * later / (1 - product * later),
            eps=root * group.scalar("eps", device, dtype),
            penalty=None if decoupled else decay,
            decay=lr * decay if decoupled and decay is not None else None,
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: NAdamNumbers) -> tuple[Tensor, State]:
        return nadam(p, g, state, numbers)
