"""Adam and AdamW: one update, two places for the weight decay.

The bias corrections ``1 - beta ** t`` are computed on the device from the step count, as
``-expm1(t * log(beta))``. In float32 this is exact to a few 1e-7 for every t. A power or a running
product of a float32 beta is not: 0.999 rounds to 0.99900001287, so that 1 - beta is already wrong by
1e-5 at the first step. And unlike a number computed on the host, it costs no upload in a step, and a
recorded step can be replayed.
"""

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
class AdamNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    fresh1: Scalar
    """1 - beta1: the part of the gradient that enters the mean."""
    keep2: Scalar
    fresh2: Scalar
    """beta2, and 1 - beta2 as computed in double precision."""
    step_size: Tensor
    eps: Tensor
    """``lr * root / (1 - beta1 ** t)`` and ``eps * root``, with ``root = sqrt(1 - beta2 ** t)``: both
    bias corrections, moved to where they are computed once and not for each element."""
    penalty: Scalar | None
    """The factor of Adam's L2 penalty, which goes through the moments."""
    decay: Tensor | None
    """lr * weight_decay of AdamW, which does not."""
    amsgrad: bool
    maximize: bool


def adam(p: Tensor, g: Tensor, state: State, numbers: AdamNumbers) -> tuple[Tensor, State]:
    """Compute one step of Adam or AdamW: the new parameter and the new moments.

    Formulas: Kingma and Ba 2015 (algorithm 1), Reddi et al. 2018 (AMSGrad), Loshchilov and Hutter
    2019 (decoupled decay).
    """
    if numbers.maximize:
        g = -g
    if numbers.penalty is not None:
        g = g + numbers.penalty * p
    mean = state["exp_avg"] + numbers.fresh1 * (g - state["exp_avg"])
    square = numbers.keep2 * state["exp_avg_sq"] + numbers.fresh2 * (g * g)
    moments = {"exp_avg": mean, "exp_avg_sq": square}
    if numbers.amsgrad:
        square = moments["max_exp_avg_sq"] = state["max_exp_avg_sq"].maximum(square)
    change = numbers.step_size * mean / (square.sqrt() + numbers.eps)
    if numbers.decay is not None:
        change = change + numbers.decay * p
    return p - change, moments


def bias_correction(log_beta: Scalar, step: Tensor) -> Tensor:
    """Compute ``1 - beta ** step``."""
    return -(step * log_beta).expm1()


def bias_corrections(group: ParameterGroup, device: Device, dtype: DType, step: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the bias corrections of both running means."""

    def correction(place: int) -> Tensor:
        # The logarithm of 0 is not finite; that of the smallest double gives the same correction, 1.
        name = f"log beta{place + 1}"
        log_beta = group.scalar("betas", device, dtype, name, lambda betas: math.log(betas[place] or 5e-324))
        return bias_correction(log_beta, step.to(dtype))

    return correction(0), correction(1)


def shares(group: ParameterGroup, device: Device, dtype: DType) -> tuple[Scalar, Scalar, Scalar]:
    """Give 1 - beta1, beta2 and 1 - beta2, as computed in double precision."""
    return (
        group.scalar("betas", device, dtype, "1 - beta1", lambda betas: 1 - betas[0]),
        group.scalar("betas", device, dtype, "beta2", lambda betas: betas[1]),
        group.scalar("betas", device, dtype, "1 - beta2", lambda betas: 1 - betas[1]),
    )


class Adam(FusedOptimizer):
    """Step by the gradient's running mean over the root of its running square.

    Arguments and defaults are PyTorch's: `lr`; `betas` of the two running means; `eps`, added to
    the root; `weight_decay`, the factor of an L2 penalty, or with `decoupled_weight_decay` the share of
    the parameter that a step takes away, as AdamW's; `amsgrad`, which divides by the largest mean square
    so far; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a number out of its range.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = Adam([x], lr=0.5)
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
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")
        return dict.fromkeys(names, 0.0)

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> AdamNumbers:
        lr = group.tensor("lr", device, dtype)
        decay = group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None
        decoupled = group["decoupled_weight_decay"]
        fresh1, keep2, fresh2 = shares(group, device, dtype)
        correction1, correction2 = bias_corrections(group, device, dtype, counts[STEP])
        root = correction2.sqrt()
        return AdamNumbers(
            fresh1=fresh1,
            keep2=keep2,
            fresh2=fresh2,
            step_size=lr * root / correction1,
            eps=root * group.scalar("eps", device, dtype),
            penalty=None if decoupled else decay,
            decay=lr * decay if decoupled and decay is not None else None,
            amsgrad=group["amsgrad"],
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: AdamNumbers) -> tuple[Tensor, State]:
        return adam(p, g, state, numbers)


class AdamW(Adam):
    """Adam with decoupled weight decay: each step also shrinks the parameter by ``lr * weight_decay``.

    Arguments are those of Adam; the default of `weight_decay` is 1e-2, as PyTorch's.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = AdamW([x], lr=0.5, weight_decay=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 5) for value in x.tolist()]
        [1.0, -1.75]
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True  # a state of Adam says otherwise
