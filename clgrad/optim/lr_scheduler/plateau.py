"""A learning rate that falls when a measure of quality stops to improve."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any, Literal, SupportsFloat

from clgrad.errors import ArgumentError
from clgrad.optim.lr_scheduler.base import LRScheduler, check_not_recorded, check_optimizer, per_group
from clgrad.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """Multiply the rate by `factor` after more than `patience` epochs without improvement.

    Arguments and defaults are PyTorch's: `mode` "min" or "max", what improvement is; `threshold`, by how much a
    measure must be better, in `threshold_mode` "rel" as a share, in "abs" as it is; `cooldown`, the epochs after a
    fall that do not count; `min_lr`, where it ends, one or a list of one for each group; `eps`, the least fall.

    Raises ArgumentError for a factor of 1 or more, or unknown modes.

    >>> import clgrad
    >>> optimizer = clgrad.optim.SGD([clgrad.zeros(1)], lr=1.0)
    >>> scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0):
    ...     scheduler.step(loss)
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ArgumentError(f"[ReduceLROnPlateau] factor is {factor}; it must be less than 1; pass 0.1")
        check_optimizer("ReduceLROnPlateau", optimizer)
        for entry, value, known in (("mode", mode, ("min", "max")), ("threshold_mode", threshold_mode, ("rel", "abs"))):
            if value not in known:
                raise ArgumentError(
                    f"[ReduceLROnPlateau] {entry} is {value!r}; there are {' and '.join(map(repr, known))}; choose one"
                )
        self.optimizer = optimizer
        self.factor = factor
        self.default_min_lr = None if isinstance(min_lr, (list, tuple)) else min_lr
        self.min_lrs: list[float] = per_group("ReduceLROnPlateau", "min_lr", optimizer, min_lr)
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = self._rates()
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self._reset()

    def _reset(self) -> None:
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    def get_lr(self) -> list[float]:
        return self._rates()

    def step(self, metrics: SupportsFloat, epoch: int | None = None) -> None:  # type: ignore[override]  # as in PyTorch
        """Take the measure of an epoch, which is read now; `epoch` is deprecated as in PyTorch."""
        check_not_recorded("ReduceLROnPlateau")
        current = float(metrics)
        if epoch is not None:
            warnings.warn(
                "[ReduceLROnPlateau] step(metrics, epoch) is deprecated; leave the epoch out", UserWarning, stacklevel=2
            )
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._rates()

    @property
    def in_cooldown(self) -> bool:
        """Whether a fall is so recent that bad epochs do not count yet."""
        return self.cooldown_counter > 0

    def _reduce_lr(self) -> None:
        if self.default_min_lr is not None:
            self.min_lrs = per_group("ReduceLROnPlateau", "min_lr", self.optimizer, self.default_min_lr)
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            rate = max(group["lr"] * self.factor, least)
            if group["lr"] - rate > self.eps:
                group["lr"] = rate

    def _is_better(self, value: float, best: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        bar = best * (1 + sign * self.threshold) if self.threshold_mode == "rel" else best + sign * self.threshold
        return value > bar if self.mode == "max" else value < bar

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self.mode_worse = math.inf if self.mode == "min" else -math.inf
