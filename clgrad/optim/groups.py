"""Parameter groups: hyperparameters, and where kernels find their numbers.

Two rules keep a training loop free of new compiles:

- The learning rate is a 0-d tensor on the parameter's device, uploaded only when the number changes.
- Any other number is written into the kernel while it keeps its first value. Once it has changed
  (a momentum or weight decay schedule) it is a tensor from then on: one compile, not one per step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clgrad.device import Device
from clgrad.dtypes import DType
from clgrad.tensor import Tensor, tensor

Scalar = float | Tensor
"""A number of an update: written into the kernel, or a 0-d tensor that the kernel reads."""


@dataclass
class Number:
    """A number that updates on a device are made with, as a function of one entry of a group."""

    entry: str
    function: Callable[[Any], float]
    device: Device
    dtype: DType
    value: float
    held: Tensor | None = None

    def renew(self, entry: Any) -> None:
        """Take over a changed entry; the number is a tensor then."""
        value = self.function(entry)
        if value != self.value:
            self.value = value
            self.hold(tensor(value, self.dtype, self.device))

    def hold(self, fresh: Tensor) -> Tensor:
        """Give the tensor of the number: the same one always, since a replayed graph reads it."""
        self.held = fresh if self.held is None else self.held.assign(fresh)
        return self.held


class ParameterGroup(dict[str, Any]):
    """A parameter group: a dict of "params" and hyperparameters that also keeps its numbers on devices.

    Setting an entry (``group["lr"] = 0.1``) renews the tensors made of it at once, so that whoever
    holds such a tensor, a replayed graph for example, sees the new number.
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        super().__init__(entries)
        self._numbers: dict[tuple[str, Device, DType], Number] = {}

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        for number in self._numbers.values():
            if number.entry == key:
                number.renew(value)

    def _number(self, entry: str, device: Device, dtype: DType, name: str, function: Callable[[Any], float]) -> Number:
        key = (name, device, dtype)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = Number(entry, function, device, dtype, function(self[entry]))
        number.renew(self[entry])
        return number

    def tensor(self, entry: str, device: Device, dtype: DType) -> Tensor:
        """Give the 0-d tensor that holds an entry, uploaded only when the number has changed."""
        number = self._number(entry, device, dtype, entry, float)
        return number.hold(tensor(number.value, dtype, device)) if number.held is None else number.held

    def scalar(
        self, entry: str, device: Device, dtype: DType, name: str = "", function: Callable[[Any], float] = float
    ) -> Scalar:
        """Give a number itself while it has only had its first value, and a 0-d tensor from then on.

        It is an entry, or under a `name` of its own what a `function` makes of that entry, in double precision.
        """
        number = self._number(entry, device, dtype, name or entry, function)
        return number.value if number.held is None else number.held

    def written(self, entries: Iterable[str]) -> tuple[dict[str, Any], dict[Any, float]]:
        """Tell what kernels made now hold as it is: settings, whether a number is there at all, and constants."""
        read = {number.entry for number in self._numbers.values()}
        settings = {name: bool(self[name]) if name in read else self[name] for name in entries if name != "lr"}
        return settings, {key: number.value for key, number in self._numbers.items() if number.held is None}
