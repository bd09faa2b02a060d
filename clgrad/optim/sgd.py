"""Stochastic gradient descent, with momentum if asked."""

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
from clgrad.optim.optimizer import State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class SGDNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    lr: Tensor
    momentum: Scalar | None
    undamped: Scalar | None
    """1 - dampening: the part of the gradient that enters the buffer; None for all of it."""
    weight_decay: Scalar | None
    nesterov: bool
    maximize: bool


def sgd(p: Tensor, g: Tensor, state: State, numbers: SGDNumbers) -> tuple[Tensor, State]:
    """Compute one step of SGD: the new parameter and, with momentum, the new buffer.

    The formula is PyTorch's: ``buffer = momentum * buffer + (1 - dampening) * g``, which starts as
    ``buffer = g``, and ``p - lr * buffer``; Nesterov's variant steps by ``g + momentum * buffer``.
    """
    if numbers.maximize:
        g = -g
    if numbers.weight_decay is not None:
        g = g + numbers.weight_decay * p
    if numbers.momentum is None:
        return p - numbers.lr * g, {}
    buffer = g
    if "momentum_buffer" in state:
        fresh = g if numbers.undamped is None else numbers.undamped * g
        buffer = numbers.momentum * state["momentum_buffer"] + fresh
    direction = g + numbers.momentum * buffer if numbers.nesterov else buffer
    return p - numbers.lr * direction, {"momentum_buffer": buffer}


class SGD(FusedOptimizer):
    """Descend along the gradient.

    Arguments and defaults are PyTorch's: `lr`; `momentum` of the running direction and its
    `dampening`; `weight_decay`, the factor of an L2 penalty; `nesterov`, which needs a momentum
    and no dampening; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a negative number, or for `nesterov` without momentum.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = SGD([x], lr=0.25)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.tolist()
        [1.0, -1.5]
    """

    below: ClassVar[Mapping[str, float]] = {
        "lr": math.inf,
        "momentum": math.inf,
        "weight_decay": math.inf,
    }

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        super()._check(group)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ArgumentError(
                f"[SGD] nesterov with momentum {group['momentum']} and dampening {group['dampening']}; it "
                "needs a momentum above 0 and a dampening of 0; pass momentum=0.9"
            )

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        # With dampening the first step differs from the others and starts without a buffer. Else a
        # buffer of zeros gives the same numbers as none, and the first step is the same graph.
        return {"momentum_buffer": 0.0} if group["momentum"] and not group["dampening"] else {}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> SGDNumbers:
        def scalar(name: str) -> Scalar | None:
            return group.scalar(name, device, dtype) if group[name] else None

        dampening = group["dampening"]
        return SGDNumbers(
            lr=group.tensor("lr", device, dtype),
            momentum=scalar("momentum"),
            undamped=group.scalar("dampening", device, dtype, "1 - dampening", lambda share: 1 - share)
            if dampening
            else None,
            weight_decay=scalar("weight_decay"),
            nesterov=group["nesterov"],
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: SGDNumbers) -> tuple[Tensor, State]:
        return sgd(p, g, state, numbers)
