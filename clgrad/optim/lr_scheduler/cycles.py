"""Cyclic schedules (Smith 2017) and the one cycle policy (Smith and Topin 2018), with their momentum."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from clgrad.errors import ArgumentError
from clgrad.optim.groups import ParameterGroup
from clgrad.optim.lr_scheduler.base import LRScheduler, check_optimizer, per_group, state_of
from clgrad.optim.optimizer import Optimizer

MODES: dict[str, tuple[str, Callable[[float, float], float]]] = {
    "triangular": ("cycle", lambda gamma, x: 1.0),
    "triangular2": ("cycle", lambda gamma, x: 1 / (2.0 ** (x - 1))),
    "exp_range": ("iterations", lambda gamma, x: gamma**x),
}
"""What each mode counts, and how far the rate rises by that count."""


class MomentumScheduler(LRScheduler):
    """A schedule that moves the momentum (or beta1) against the rate, if asked."""

    cycle_momentum: bool
    use_beta1: bool

    def _start_momentum(self, base: Any, largest: Any, last_epoch: int) -> tuple[list[float], list[float]]:
        """Set the largest momentum and keep both ends in the groups; give those of each group."""
        name, optimizer = type(self).__name__, self.optimizer
        self.use_beta1 = "betas" in optimizer.defaults
        if not self.use_beta1 and "momentum" not in optimizer.defaults:
            raise ArgumentError(
                f"[{name}] {type(optimizer).__name__} has neither momentum nor betas, and cycle_momentum is True; pass "
                "cycle_momentum=False"
            )
        bases = per_group(name, "base_momentum", optimizer, base)
        largests = per_group(name, "max_momentum", optimizer, largest)
        if last_epoch == -1:
            for group, low, high in zip(optimizer.param_groups, bases, largests, strict=True):
                self._set_momentum(group, high)
                group["max_momentum"] = high
                group["base_momentum"] = low
        return bases, largests

    def _set_momentum(self, group: ParameterGroup, momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class CyclicLR(MomentumScheduler):
    """Go up from `base_lr` to `max_lr` and back again and again; a step is a batch here.

    Arguments and defaults are PyTorch's: `step_size_up` and `step_size_down`, batches of each half; `mode`
    "triangular", "triangular2" (each cycle half as high), "exp_range" (`gamma` ** batches as high), or a `scale_fn` of
    what `scale_mode` counts, "cycle" or "iterations"; with `cycle_momentum`, momentum (or beta1) goes
    down from `max_momentum` to `base_momentum` meanwhile.

    Raises ArgumentError for an unknown mode, or an optimizer without momentum where that is to be cycled.

    >>> import clgrad
    >>> optimizer = clgrad.optim.SGD([clgrad.zeros(1)], momentum=0.9)
    >>> scheduler = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2)
    >>> rates = []
    >>> for batch in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    """

    _apart = ("optimizer", "_scale_fn_custom")

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer("CyclicLR", optimizer)
        if mode not in MODES and scale_fn is None:
            raise ArgumentError(f"[CyclicLR] mode is {mode!r}; there are {', '.join(map(repr, MODES))}; choose one")
        self.optimizer = optimizer
        base_lrs = per_group("CyclicLR", "base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                group["lr"] = rate
        self.max_lrs = per_group("CyclicLR", "max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else MODES[mode][0]
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = self._start_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """Tell how far the rate rises, as a share, by the number of the cycle or the batch."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        return MODES[self.mode][1](self.gamma, x)

    def get_lr(self) -> list[float]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for group, low, high in zip(
                self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True
            ):
                self._set_momentum(group, high - (high - low) * height * scale)
        return [low + (high - low) * height * scale for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "_scale_fn_custom": state_of(self._scale_fn_custom)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict(state_dict)
        saved = state_dict["_scale_fn_custom"]
        if saved is not None:
            vars(self._scale_fn_custom).update(saved)


class OneCycleLR(MomentumScheduler):
    """Go up to `max_lr` and down to almost nothing, once in a training; a step is a batch here.

    Arguments and defaults are PyTorch's: `total_steps`, or `epochs` and `steps_per_epoch`; `pct_start`, the share of
    steps that go up; `anneal_strategy` "cos" or "linear"; `div_factor` of `max_lr`, where it starts, and
    `final_div_factor` of the start, where it ends; `three_phase`, down to the start first; with `cycle_momentum`,
    momentum (or beta1) goes from `max_momentum` to `base_momentum` and back meanwhile.

    Raises ArgumentError for numbers out of range, for an optimizer without momentum where that is to be
    cycled, and by ``step`` after the last step.

    >>> import clgrad
    >>> optimizer = clgrad.optim.SGD([clgrad.zeros(1)], momentum=0.9)
    >>> scheduler = OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.4, anneal_strategy="linear")
    >>> rates = []
    >>> for batch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.04, 1.0, 0.667, 0.333, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer("OneCycleLR", optimizer)
        self.optimizer = optimizer
        if total_steps is not None:
            _check_count("total_steps", total_steps)
            self.total_steps = total_steps
        elif epochs is not None and steps_per_epoch is not None:
            _check_count("epochs", epochs)
            _check_count("steps_per_epoch", steps_per_epoch)
            self.total_steps = epochs * steps_per_epoch
        else:
            raise ArgumentError(
                "[OneCycleLR] the number of steps is missing; pass total_steps, or epochs and steps_per_epoch"
            )
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ArgumentError(f"[OneCycleLR] pct_start is {pct_start!r}; it must be a float in [0, 1]; pass 0.3")
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(
                f"[OneCycleLR] anneal_strategy is {anneal_strategy!r}; there are 'cos' and 'linear'; choose one"
            )
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self._anneal_func_type = anneal_strategy
        max_lrs = per_group("OneCycleLR", "max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._start_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            raise ArgumentError(
                f"[OneCycleLR] step {self.last_epoch} of {self.total_steps}; there is but one cycle; build it with more"
            )
        start = 0.0
        for phase in self._schedule_phases:
            if self.last_epoch <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            start = phase["end_step"]
        share = (self.last_epoch - start) / (phase["end_step"] - start)
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                self._set_momentum(
                    group, self._anneal(group[phase["start_momentum"]], group[phase["end_momentum"]], share)
                )
        return [
            self._anneal(group[phase["start_lr"]], group[phase["end_lr"]], share)
            for group in self.optimizer.param_groups
        ]

    def _anneal(self, start: float, end: float, share: float) -> float:
        if self._anneal_func_type == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)


def _phases(total_steps: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    """Tell where each phase of the cycle ends, and between which entries of a group it goes."""
    up = {"end_step": float(pct_start * total_steps) - 1, "start_lr": "initial_lr", "end_lr": "max_lr"}
    down = {"end_step": total_steps - 1, "start_lr": "max_lr", "end_lr": "min_lr"}
    falling = {"start_momentum": "max_momentum", "end_momentum": "base_momentum"}
    rising = {"start_momentum": "base_momentum", "end_momentum": "max_momentum"}
    if not three_phase:
        return [up | falling, down | rising]
    back = {"end_step": float(2 * pct_start * total_steps) - 2, "start_lr": "max_lr", "end_lr": "initial_lr"}
    out = {"start_lr": "initial_lr", "start_momentum": "max_momentum", "end_momentum": "max_momentum"}
    return [up | falling, back | rising, down | out]


def _check_count(entry: str, count: int) -> None:
    if not isinstance(count, int) or count <= 0:
        raise ArgumentError(f"[OneCycleLR] {entry} is {count!r}; it must be a positive integer; pass one")
