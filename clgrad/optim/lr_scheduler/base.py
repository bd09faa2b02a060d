"""What all learning rate schedulers share: counting epochs, setting the rates, saving.

A scheduler sets ``group["lr"]``, a number on the host. The group holds it in a tensor that kernels read, so a
new rate compiles nothing, and a replayed step sees it.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from clgrad.errors import ArgumentError, ClgradError, DtypeError, JitError
from clgrad.optim.optimizer import Optimizer
from clgrad.runtime import capturing


class ResumeError(ClgradError, KeyError):
    """A scheduler is to go on where no initial learning rate was kept."""

    __str__ = Exception.__str__


class LRScheduler(ABC):
    """The base of schedulers: `optimizer`, and `last_epoch`, -1 to start or the epoch to go on from.

    A subclass computes the rate of each group in ``get_lr``: from ``last_epoch``, ``base_lrs`` and, if it goes
    from rate to rate, the rates in the groups. Call ``step`` once an epoch (or batch), after the optimizer's.

    Raises DtypeError (a TypeError) for what is no Optimizer, and ResumeError (a KeyError) for a group without
    "initial_lr" where `last_epoch` is not -1: load the optimizer's state first.
    """

    _is_initial = False
    _apart: ClassVar[Sequence[str]] = ("optimizer",)
    """What is no plain number of the state, so that a subclass saves and loads it."""

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(type(self).__name__, optimizer)
        self.optimizer = optimizer
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ResumeError(
                    f"[{type(self).__name__}] group {index} has no 'initial_lr', and last_epoch is {last_epoch}; a "
                    "resumed scheduler needs the rates it started with; load the optimizer's state first"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    @abstractmethod
    def get_lr(self) -> list[float]:
        """Compute the rate of each group for ``last_epoch``."""

    def _get_closed_form_lr(self) -> list[float]:
        """Compute the rates from ``last_epoch`` and ``base_lrs`` alone, for a jump to an epoch."""
        return self.get_lr()

    def get_last_lr(self) -> list[float]:
        """Give the rate of each group that the last step set."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch, or of `epoch`, which is deprecated as in PyTorch.

        Warns when the optimizer has taken no step yet, whose rate would be passed over. Raises JitError inside of
        a jitted function.
        """
        if self._step_count == 1 and not self.optimizer.has_stepped:
            warnings.warn(
                f"[{type(self).__name__}] step() before optimizer.step() passes over the first rate; call "
                "optimizer.step() first",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(
                f"[{type(self).__name__}] step(epoch) is deprecated; call step() without it", UserWarning, stacklevel=2
            )
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        if epoch is None:
            self.last_epoch += 1
            rates = self.get_lr()
        else:
            self.last_epoch = epoch
            rates = self._get_closed_form_lr()
        self._set_rates(rates)

    def _set_rates(self, rates: list[float]) -> None:
        check_not_recorded(type(self).__name__)
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = self._rates()

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Give everything but the optimizer, under PyTorch's names."""
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; the optimizer's own state has the rates.

        Raises ArgumentError, and changes nothing, for the state of another kind of scheduler.
        """
        if not isinstance(state_dict, Mapping):
            raise ArgumentError(
                f"[{type(self).__name__}] the state is of type {type(state_dict).__name__}; it must be a dict; pass "
                "what state_dict gave"
            )
        missing = [name for name in self.state_dict() if not name.startswith("_") and name not in state_dict]
        if missing:
            raise ArgumentError(
                f"[{type(self).__name__}] the state has no {', '.join(missing)}; it must be that of the same kind of "
                "scheduler; build the one that was saved"
            )
        vars(self).update({name: value for name, value in state_dict.items() if name not in self._apart})


def check_optimizer(name: str, optimizer: object) -> None:
    """Raise DtypeError for what is no Optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise DtypeError(f"[{name}] optimizer is of type {type(optimizer).__name__}; it must be an Optimizer; pass one")


def check_not_recorded(name: str) -> None:
    """Raise JitError while a function is recorded: numbers on the host would not change in a replay."""
    if capturing.get() is not None:
        raise JitError(f"[{name}] step() inside a jitted function would run once, as it is recorded; call it outside")


def per_group(name: str, entry: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """Give a value for each group: one for all is repeated. Raises ArgumentError for another count."""
    count = len(optimizer.param_groups)
    values = list(value) if isinstance(value, (list, tuple)) else [value] * count
    if len(values) != count:
        raise ArgumentError(
            f"[{name}] {entry} has {len(values)} values for {count} parameter groups; the numbers must agree; pass "
            "one value for all"
        )
    return values


def state_of(function: Callable[..., Any] | None) -> dict[str, Any] | None:
    """Give what can be saved of a function: the attributes of a callable object, nothing of a plain function."""
    plain = function is None or isinstance(function, type(state_of))
    return None if plain else dict(vars(function))
