"""Rprop: steps that grow while the gradient keeps its sign, and shrink when it turns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.creation import where
from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.errors import ArgumentError
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import STEP, State
from clgrad.tensor import Tensor


@dataclass(frozen=True)
class RpropNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    shrink: Scalar
    grow: Scalar
    smallest: Scalar
    largest: Scalar
    maximize: bool


def rprop(p: Tensor, g: Tensor, state: State, numbers: RpropNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new parameter, its gradient and its step size (Riedmiller and Braun 1993)."""
    if numbers.maximize:
        g = -g
    agreement = g * state["prev"]
    size = state["step_size"]
    size = where(agreement > 0, numbers.grow * size, where(agreement < 0, numbers.shrink * size, size))
    size = size.maximum(numbers.smallest).minimum(numbers.largest)
    g = where(agreement < 0, 0.0, g)
    return p - g.sign() * size, {"prev": g, "step_size": size}


class Rprop(FusedOptimizer):
    """Step by the gradient's sign alone, for gradients of the whole data set.

    Arguments and defaults are PyTorch's: `lr`, the first step; `etas`, the factors by which a step shrinks
    when the gradient's sign changes, and grows while it stays; `step_sizes`, the smallest and the largest
    step; `maximize`, which ascends.

    Raises ArgumentError (a ValueError) for a negative number, or factors that do not enclose 1.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = Rprop([x], lr=0.5)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> x.tolist()
        [1.5, -2.5]
    """

    below: ClassVar[Mapping[str, float]] = {"lr": math.inf}
    pairs: ClassVar[Mapping[str, float]] = {"etas": math.inf, "step_sizes": math.inf}
    counts: ClassVar[Mapping[str, float]] = {STEP: 0.0}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def _check(self, group: Mapping[str, Any]) -> None:
        super()._check(group)
        shrink, grow = group["etas"]
        if not 0 < shrink < 1 < grow:
            raise ArgumentError(
                f"[Rprop] etas is {group['etas']}; the first must be between 0 and 1, the second above 1; "
                "pass (0.5, 1.2)"
            )

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"prev": 0.0, "step_size": float(group["lr"])}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> RpropNumbers:
        def of_pair(entry: str, place: int) -> Scalar:
            return group.scalar(entry, device, dtype, f"{entry}[{place}]", lambda pair: float(pair[place]))

        return RpropNumbers(
            shrink=of_pair("etas", 0),
            grow=of_pair("etas", 1),
            smallest=of_pair("step_sizes", 0),
            largest=of_pair("step_sizes", 1),
            maximize=group["maximize"],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: RpropNumbers) -> tuple[Tensor, State]:
        return rprop(p, g, state, numbers)
