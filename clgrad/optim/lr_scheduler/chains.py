"""Schedulers of schedulers: one after the other, or all at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from clgrad.errors import ArgumentError, DtypeError
from clgrad.optim.lr_scheduler.base import LRScheduler
from clgrad.optim.lr_scheduler.plateau import ReduceLROnPlateau
from clgrad.optim.optimizer import Optimizer


class CompoundScheduler(LRScheduler):
    """A scheduler that leaves the rates to others, whose state it saves with its own."""

    _apart = ("optimizer", "_schedulers")
    _schedulers: Sequence[LRScheduler]

    def get_lr(self) -> list[float]:
        return self._rates()

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict(state_dict)
        states = state_dict.get("_schedulers", [])
        if len(states) != len(self._schedulers):
            raise ArgumentError(
                f"[{type(self).__name__}] the state is of {len(states)} schedulers, and here are "
                f"{len(self._schedulers)}; the numbers must agree; build the one that was saved"
            )
        for scheduler, state in zip(self._schedulers, states, strict=True):
            scheduler.load_state_dict(state)

    def _check_schedulers(self, optimizer: Optimizer | None, schedulers: Sequence[LRScheduler]) -> Optimizer:
        """Raise for what can not be combined; give the one optimizer."""
        name = type(self).__name__
        if not schedulers:
            raise ArgumentError(f"[{name}] there is no scheduler; at least one is needed; pass a list of them")
        for index, scheduler in enumerate(schedulers):
            if not hasattr(scheduler, "optimizer"):
                raise DtypeError(
                    f"[{name}] scheduler {index} is of type {type(scheduler).__name__}; it must be a scheduler"
                )
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ArgumentError(
                    f"[{name}] scheduler {index} is a ReduceLROnPlateau, whose step needs a measure; step it on its own"
                )
            optimizer = optimizer or scheduler.optimizer
            if scheduler.optimizer is not optimizer:
                raise ArgumentError(f"[{name}] scheduler {index} belongs to another optimizer; all must have the same")
        assert optimizer is not None
        return optimizer


class SequentialLR(CompoundScheduler):
    """Follow one scheduler after the other, each from its own start; `milestones` are the epochs of the changes.

    Raises ArgumentError unless there is one milestone less than schedulers, all of one optimizer.

    >>> import clgrad
    >>> optimizer = clgrad.optim.SGD([clgrad.zeros(1)], lr=1.0)
    >>> from clgrad.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> warmup = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> scheduler = SequentialLR(optimizer, [warmup, ExponentialLR(optimizer, 0.5)], milestones=[2])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.5]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        self.optimizer = self._check_schedulers(optimizer, schedulers)
        if len(milestones) != len(schedulers) - 1:
            raise ArgumentError(
                f"[SequentialLR] {len(milestones)} milestones, {len(schedulers)} schedulers; there must be one less; "
                "pass the epochs where one follows the other"
            )
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        _undo(schedulers)  # each has taken its initial step already
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]  # as in PyTorch
        """Let the scheduler whose turn it is set the rates of the next epoch."""
        self.last_epoch += 1
        index = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[index]
        if index > 0 and self._milestones[index - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(CompoundScheduler):
    """Let many schedulers change the rates in each epoch, in turn. Raises ArgumentError for many optimizers.

    >>> import clgrad
    >>> optimizer = clgrad.optim.SGD([clgrad.zeros(1)], lr=1.0)
    >>> from clgrad.optim.lr_scheduler import ConstantLR, ExponentialLR
    >>> scheduler = ChainedScheduler([ConstantLR(optimizer, 0.5, 2), ExponentialLR(optimizer, 0.5)])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.25, 0.25, 0.125]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self.optimizer = self._check_schedulers(optimizer, schedulers)
        self._schedulers = schedulers
        self._last_lr = self._rates()

    def step(self) -> None:  # type: ignore[override]  # as in PyTorch
        """Let each scheduler change the rates, in order."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._rates()


def _undo(schedulers: Sequence[LRScheduler]) -> None:
    """Take back one epoch of schedulers, and of those that they lead."""
    for scheduler in schedulers:
        if isinstance(scheduler, CompoundScheduler):
            _undo(scheduler._schedulers)
        else:
            scheduler.last_epoch -= 1
