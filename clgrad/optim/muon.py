"""Muon: momentum whose singular values are made equal, for matrices."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.errors import ArgumentError
from clgrad.optim.fused import FusedOptimizer
from clgrad.optim.groups import ParameterGroup, Scalar
from clgrad.optim.optimizer import State
from clgrad.tensor import Tensor

Adjustment = Callable[[int, int], float]

ADJUSTMENTS: dict[str | None, Adjustment] = {
    None: lambda rows, columns: math.sqrt(max(1.0, rows / columns)),
    "original": lambda rows, columns: math.sqrt(max(1.0, rows / columns)),
    "match_rms_adamw": lambda rows, columns: 0.2 * math.sqrt(max(rows, columns)),
}
"""Factors of the learning rate, which keep an update's elements alike for matrices of any shape."""


@dataclass(frozen=True)
class MuonNumbers:
    """The numbers of one step, shared by all parameters of a group on a device."""

    lr: Tensor
    momentum: Scalar
    fresh: Scalar
    """1 - momentum: the part of the gradient that enters the buffer."""
    decay: Tensor | None
    """lr * weight_decay."""
    nesterov: bool
    coefficients: tuple[float, float, float]
    steps: int
    eps: float
    adjustment: Adjustment


def orthogonalized(matrix: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """Move all singular values of a matrix near 1, by Newton and Schulz's iteration of fifth order.

    With X of norm 1 it repeats ``X = a X + (b G + c G G) X`` of ``G = X X'``, the smaller of both Gram matrices
    (Jordan et al. 2024). PyTorch rounds each product to bfloat16 here; these are float32.
    """
    a, b, c = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / x.square().sum().sqrt().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.T if tall else x


def muon(p: Tensor, g: Tensor, state: State, numbers: MuonNumbers) -> tuple[Tensor, State]:
    """Compute one step: the new matrix and the new buffer."""
    buffer = state["momentum_buffer"] + numbers.fresh * (g - state["momentum_buffer"])
    direction = g + numbers.momentum * (buffer - g) if numbers.nesterov else buffer
    direction = orthogonalized(direction, numbers.coefficients, numbers.steps, numbers.eps)
    change = numbers.lr * numbers.adjustment(*p.shape) * direction
    if numbers.decay is not None:
        change = change + numbers.decay * p
    return p - change, {"momentum_buffer": buffer}


class Muon(FusedOptimizer):
    """Step along the gradient's running mean, turned into the nearest matrix with equal singular values.

    For the matrices of hidden layers; biases, embeddings and the like belong to another optimizer, AdamW for
    example. Arguments and defaults are PyTorch's: `lr`; `weight_decay`, decoupled; `momentum` of the
    mean and its variant `nesterov`; `ns_coefficients`, `eps` and `ns_steps` of Newton and Schulz's iteration;
    `adjust_lr_fn`, "original" (also None) or "match_rms_adamw": how the step depends on the matrix's shape.

    Raises ArgumentError (a ValueError) for a parameter that is no real matrix, a number out of its range, or an
    unknown adjustment.

        >>> import clgrad
        >>> x = clgrad.tensor([[3.0, 0.0], [0.0, 1.0]], requires_grad=True)
        >>> optimizer = Muon([x], lr=0.5, weight_decay=0.0)
        >>> (x * x).sum().backward()
        >>> optimizer.step()
        >>> [round(value, 1) for value in x.diagonal().tolist()]
        [2.6, 0.4]
    """

    below: ClassVar[Mapping[str, float]] = dict.fromkeys(("lr", "weight_decay", "momentum"), math.inf)

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        super()._check(group)
        if group["adjust_lr_fn"] not in ADJUSTMENTS:
            raise ArgumentError(
                f"[Muon] adjust_lr_fn is {group['adjust_lr_fn']!r}; there are "
                f"{', '.join(map(repr, ADJUSTMENTS))}; choose one of them"
            )
        if len(group["ns_coefficients"]) != 3:
            raise ArgumentError(
                f"[Muon] ns_coefficients is {group['ns_coefficients']}; it must be three numbers; leave it out"
            )
        if not 0 <= group["ns_steps"] < 100:
            raise ArgumentError(f"[Muon] ns_steps is {group['ns_steps']}; it must be less than 100; pass 5")
        for p in group["params"]:
            if p.ndim != 2 or p.dtype.is_complex:
                raise ArgumentError(
                    f"[Muon] a parameter is {p.dtype.name} of shape {p.shape}; all must be real matrices; give the "
                    "others to AdamW"
                )

    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        return {"momentum_buffer": 0.0}

    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> MuonNumbers:
        lr = group.tensor("lr", device, dtype)
        return MuonNumbers(
            lr=lr,
            momentum=group.scalar("momentum", device, dtype),
            fresh=group.scalar("momentum", device, dtype, "1 - momentum", lambda momentum: 1 - momentum),
            decay=lr * group.scalar("weight_decay", device, dtype) if group["weight_decay"] else None,
            nesterov=group["nesterov"],
            coefficients=group["ns_coefficients"],
            steps=group["ns_steps"],
            eps=group["eps"],
            adjustment=ADJUSTMENTS[group["adjust_lr_fn"]],
        )

    def _update(self, p: Tensor, g: Tensor, state: State, numbers: MuonNumbers) -> tuple[Tensor, State]:
        return muon(p, g, state, numbers)
