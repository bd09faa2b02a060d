"""Averages of a model's weights along its training, under the names of ``torch.optim.swa_utils``."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from clgrad.creation import where
from clgrad.errors import ArgumentError
from clgrad.nn.module import Module
from clgrad.nn.normalisation import BatchNorm
from clgrad.optim.lr_scheduler.base import LRScheduler, per_group
from clgrad.optim.optimizer import Optimizer
from clgrad.tensor import Tensor, no_grad, realize, tensor

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Gives the new average of a tensor, from the old one, the tensor, and how many were averaged (0-d)."""
Averages = Callable[[Sequence[Tensor], Sequence[Tensor], Tensor], None]
"""Does so in place, for all tensors of a model."""


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """Give the exponential moving average, ``decay * average + (1 - decay) * value``.

    Raises ArgumentError for a decay out of [0, 1].

        >>> import clgrad
        >>> get_ema_avg_fn(0.75)(clgrad.tensor(0.0), clgrad.tensor(1.0), clgrad.tensor(3)).item()
        0.25
    """
    if not 0 <= decay <= 1:
        raise ArgumentError(f"[get_ema_avg_fn] decay is {decay}; it must be in [0, 1]; pass 0.999")
    return lambda average, value, count: decay * average + (1 - decay) * value


def get_swa_avg_fn() -> Average:
    """Give the average of equal weights.

    >>> import clgrad
    >>> get_swa_avg_fn()(clgrad.tensor(0.0), clgrad.tensor(1.0), clgrad.tensor(3)).item()
    0.25
    """
    return lambda average, value, count: average + (value - average) / (count + 1)


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """Give ``get_ema_avg_fn`` for many tensors, in place. Raises ArgumentError for a decay out of [0, 1].

    >>> import clgrad
    >>> average = clgrad.tensor(0.0)
    >>> get_ema_multi_avg_fn(0.75)([average], [clgrad.tensor(1.0)], clgrad.tensor(3))
    >>> average.item()
    0.25
    """
    return _for_many(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Averages:
    """Give ``get_swa_avg_fn`` for many tensors, in place.

    >>> import clgrad
    >>> average = clgrad.tensor(0.0)
    >>> get_swa_multi_avg_fn()([average], [clgrad.tensor(1.0)], clgrad.tensor(3))
    >>> average.item()
    0.25
    """
    return _for_many(get_swa_avg_fn())


def _for_many(average: Average) -> Averages:
    def update(averages: Sequence[Tensor], values: Sequence[Tensor], count: Tensor) -> None:
        with no_grad():
            for held, value in zip(averages, values, strict=True):
                held.assign(average(held, value, count))

    return update


class AveragedModel(Module):
    """Hold a copy of a model whose parameters are averages of the model's, by default of equal weights.

    `device`, where the copy is; `avg_fn` or `multi_avg_fn`, one of this module or of the same form; `use_buffers`:
    buffers are averaged, too, else they are those of the model. Names and defaults are PyTorch's. An update is
    one plan, reads nothing, and may be part of a jitted step. Raises ArgumentError for both functions.

        >>> import clgrad
        >>> model = clgrad.nn.Linear(1, 1, bias=False)
        >>> averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.75))
        >>> for value in (0.0, 1.0):
        ...     with clgrad.no_grad():
        ...         _ = model.weight.fill_(value)
        ...     averaged.update_parameters(model)
        >>> averaged.module.weight.item()
        0.25
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        if avg_fn is not None and multi_avg_fn is not None:
            raise ArgumentError("[AveragedModel] avg_fn and multi_avg_fn are both given; one tells all; leave one out")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module.to(device)
        places = [held.device for held in (*self.module.parameters(), *self.module.buffers())]
        self.register_buffer("n_averaged", tensor(0, device=device if device is not None or not places else places[0]))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take a model's parameters into the averages; the first are taken as they are."""
        with no_grad():
            targets: list[Tensor] = list(self.module.parameters())
            values: list[Tensor] = list(model.parameters())
            buffers = list(zip(self.module.buffers(), model.buffers(), strict=True))
            if self.use_buffers:
                targets += [held for held, _ in buffers]
                values += [value for _, value in buffers]
            pairs = list(zip(targets, values, strict=True))
            given = [value.detach().to(held.device) for held, value in pairs]
            averages = [held.detach() for held in targets]
            many = self.multi_avg_fn or _for_many(self.avg_fn or get_swa_avg_fn())
            counted: Tensor = self.n_averaged.detach()
            many(averages, given, counted)
            for held, average, value in zip(targets, averages, given, strict=True):
                # Which one it is, the device knows: nothing is read.
                held.assign(where(counted.to(held.device) == 0, value, average))
            if not self.use_buffers:
                for held, value in buffers:
                    held.assign(value.detach().to(held.device))
            self.n_averaged.assign(counted + 1)
            realize(self.n_averaged, *targets, *(held for held, _ in buffers))


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of batch normalisation anew, as equal averages over the batches of a loader.

    A batch is a tensor, or a list or tuple whose first element is it; `device`, where it is moved to. Nothing is done
    for a model without batch normalisation.

        >>> import clgrad
        >>> model = clgrad.nn.BatchNorm1d(1)
        >>> update_bn([clgrad.tensor([[1.0], [2.0]]), clgrad.tensor([[3.0], [6.0]])], model)
        >>> model.running_mean.tolist()
        [3.0]
    """
    momenta = {module: module.momentum for module in model.modules() if isinstance(module, BatchNorm)}
    if not momenta:
        return
    was_training = model.training
    model.train()
    try:
        with no_grad():
            for module in momenta:
                module.reset_running_stats()
                module.momentum = None  # equal averages
            for batch in loader:
                inputs = batch[0] if isinstance(batch, (list, tuple)) else batch
                model(inputs if device is None else inputs.to(device))
                realize(*model.buffers())
    finally:
        for module, momentum in momenta.items():
            module.momentum = momentum
        model.train(was_training)


class SWALR(LRScheduler):
    """Go to the rate `swa_lr`, one or a list of one for each group, in `anneal_epochs` epochs, and stay there.

    `anneal_strategy` is "cos" or "linear". Raises ArgumentError for another, or negative epochs.

        >>> import clgrad
        >>> optimizer = clgrad.optim.SGD([clgrad.zeros(1)], lr=1.0)
        >>> scheduler = SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
        >>> rates = []
        >>> for epoch in range(4):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [1.0, 0.75, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(
                f"[SWALR] anneal_strategy is {anneal_strategy!r}; there are 'cos' and 'linear'; choose one"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ArgumentError(
                f"[SWALR] anneal_epochs is {anneal_epochs!r}; it must be an integer of at least 0; pass 10"
            )
        for group, rate in zip(optimizer.param_groups, per_group("SWALR", "swa_lr", optimizer, swa_lr), strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of the way is done."""
        t = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> list[float]:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        rates = []
        for group in self.optimizer.param_groups:
            end = group["swa_lr"]
            start = end if before == 1 else (group["lr"] - before * end) / (1 - before)
            rates.append(end * now + start * (1 - now))
        return rates
