"""RAdam: Adam whose step waits until the mean square is known well enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.creation import where
from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.optim.adam import bias_corrections, shares
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import STEP, State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class RAdamNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    fresh1: Scalar
    """1 - beta1: the part of the gradient that enters the mean."""
    keep2: Scalar
    fresh2: Scalar
    """beta2 and 1 - beta2."""
    plain_size: Tensor
    """lr / (1 - beta1 ** t): the step along the mean while the mean square is not to be trusted."""
    adaptive_size: Tensor
    """That times the rectification and ``sqrt(1 - beta2 ** t)``; 0 before."""
    eps: Scalar
    penalty: Scalar | None
    """The factor of the L2 penalty, which goes through the moments."""
    decay: Tensor | None
    """lr * weight_decay of the decoupled decay, which does not."""
    maximize: bool


def radam(p: Tensor, g: Tensor, state: State, numbers: RAdamNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new moments (Liu et al. 2020, algorithm 2)."""
    if numbers.maximize:
        g = -g
    if numbers.penalty is not None:
        g = g + numbers.penalty * p
    mean = state["exp_avg"] + numbers.fresh1 * (g - state["exp_avg"])
    square = numbers.keep2 * state["exp_avg_sq"] + numbers.fresh2 * (g * g)
    adaptive = numbers.adaptive_size / (square.sqrt() + numbers.eps)
    change = mean * where(numbers.adaptive_size > 0, adaptive, numbers.plain_size)
    if numbers.decay is not None:
        change = change + numbers.decay * p
    return p - change, {"exp_avg": mean, "exp_avg_sq": square}


def longest_memory(beta2: float) -> float:
    """Compute how many steps the mean square remembers in the end."""
    return 2 / (1 - beta2) - 1


def memory_at_first(beta2: float) -> float:
    """Compute what memory() comes to for t towards 0, about (1 - beta2) / 6: large numbers cancel here."""
    return longest_memory(beta2) + 2 / math.log(beta2) if beta2 else 1.0


def rectification_scale(beta2: float) -> float:
    """Compute the part of the squared rectification that no step changes; 0 where the memory never suffices."""
    longest = longest_memory(beta2)
    return longest / ((longest - 4) * (longest - 2)) if longest > 5 else 0.0


def memory(first: Scalar, log_beta2: Scalar, step: Tensor) -> Tensor:
    """Compute how many steps the mean square remembers, ``longest - 2 t beta2 ** t / (1 - beta2 ** t)``.

    With ``x = -t log(beta2)`` this is ``first + 2 t / x * (1 - x / (exp(x) - 1))``. As long as x is small
    the bracket is taken from its series (Bernoulli's numbers): large numbers cancel in the other forms.
    """
    x = step * -log_beta2
    square = x * x
    series = x / 2 - square * (1 / 12 - square * (1 / 720 - square * (1 / 30240 - square / 1209600)))
    return first + 2 * step / x * where(x < 1, series, 1 - x / x.expm1())


class RAdam(FusedOptimizer):
    """Step as Adam does, with a rectified step size, and along the mean alone in the first steps.

    Arguments and defaults are PyTorch's: `lr`; `betas` of the two running means; `eps`, added to the
    root; `weight_decay`, the factor of an L2 penalty, or with `decoupled_weight_decay` the share of
    the parameter that a step takes away; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a number out of its range.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = RAdam([x], lr=0.25)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 5) for value in x.tolist()]
        [1.0, -1.5]
    """

    below: ClassVar[Mapping[str, float]] = {"lr": math.inf, "eps": math.inf, "weight_decay": math.inf}
    pairs: ClassVar[Mapping[str, float]] = {"betas": 1.0}
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> RAdamNumbers:
        def of_beta2(name: str, function: Callable[[float], float]) -> Scalar:
            return group.scalar("betas", device, dtype, name, lambda betas: function(betas[1]))

        lr = group.tensor("lr", device, dtype)
        decay = group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None
        decoupled = group["decoupled_weight_decay"]
        fresh1, keep2, fresh2 = shares(group, device, dtype)
        step = counts[STEP].to(dtype)
        correction1, correction2 = bias_corrections(group, device, dtype, step)
        first = of_beta2("memory at first", memory_at_first)
        length = memory(first, of_beta2("log beta2", lambda beta2: math.log(beta2 or 5e-324)), step)
        scale = of_beta2("rectification", rectification_scale)
        rectified = (scale * (length - 4) * (length - 2) / length * correction2).sqrt()
        plain_size = lr / correction1
        return RAdamNumbers(
            fresh1=fresh1,
            keep2=keep2,
            fresh2=fresh2,
            plain_size=plain_size,
            adaptive_size=where(length > 5, plain_size * rectified, 0.0),
            eps=group.scalar("eps", device, dtype),
            penalty=None if decoupled else decay,
            decay=lr * decay if decoupled and decay is not None else None,
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: RAdamNumbers) -> tuple[Tensor, State]:
        return radam(p, g, state, numbers)
