"""Lion: steps of one size, along the sign of a momentum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class LionNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    lr: Tensor
    fresh1: Scalar
    fresh2: Scalar
    """1 - beta1 and 1 - beta2: the parts of the gradient in the direction, and in the mean that is kept."""
    weight_decay: Scalar | None
    maximize: bool


def lion(p: Tensor, g: Tensor, state: State, numbers: LionNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter and the new mean (Chen et al. 2023, algorithm 2)."""
    if numbers.maximize:
        g = -g
    mean = state["exp_avg"]
    direction = (mean + numbers.fresh1 * (g - mean)).sign()
    if numbers.weight_decay is not None:
        direction = direction + numbers.weight_decay * p
    return p - numbers.lr * direction, {"exp_avg": mean + numbers.fresh2 * (g - mean)}


class Lion(FusedOptimizer):
    """Step along the sign of the gradient's running mean; a third of the state is saved against Adam.

    PyTorch has no such optimizer. Arguments are the paper's (Chen et al. 2023): `lr`, about a tenth of
    AdamW's; `betas` of the mean within a step, and of the mean that is kept; `weight_decay`, decoupled, about ten
    times AdamW's; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a number out of its range.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = Lion([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.tolist()
        [1.5, -2.5]
    """

    below: ClassVar[Mapping[str, float]] = {"lr": math.inf, "weight_decay": math.inf}
    pairs: ClassVar[Mapping[str, float]] = {"betas": 1.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"exp_avg": 0.0}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> LionNumbers:
        return LionNumbers(
            lr=group.tensor("lr", device, dtype),
            fresh1=group.scalar("betas", device, dtype, "1 - beta1", lambda betas: 1 - betas[0]),
            fresh2=group.scalar("betas", device, dtype, "1 - beta2", lambda betas: 1 - betas[1]),
            weight_decay=group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None,
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: LionNumbers) -> tuple[Tensor, State]:
        return lion(p, g, state, numbers)
