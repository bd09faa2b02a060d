"""Stages: the steps of a plan, cut into launches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clgrad.assemble import Step
from clgrad.device import Call, Device
from clgrad.kernel import Kernel


@dataclass(frozen=True)
class Stage:
    """One launch, or one copy between devices (without calls)."""

    device: Device
    steps: tuple[Step, ...]
    places: tuple[int, ...]
    """Its arguments."""
    calls: tuple[Call, ...]

    @property
    def kernels(self) -> tuple[Kernel, ...]:
        return tuple(call.kernel for call in self.calls)


def cut(
    steps: Sequence[Step], place_of: Callable[[int], int], joins: Callable[[Device, Sequence[Kernel]], bool]
) -> list[Stage]:
    """Cut steps into stages: kernels that a device would rather launch together, if ``joins`` agrees.

    ``place_of`` tells where an entry is.
    """
    stages: list[Stage] = []
    whole = [
        None if step.kernel is None else Call(step.kernel, tuple(place_of(entry) for entry in step.arguments))
        for step in steps
    ]
    number = 0
    while number < len(steps):
        first = whole[number]
        device = steps[number].device
        if first is None:
            places = tuple(place_of(entry) for entry in steps[number].arguments)
            stages.append(Stage(device, (steps[number],), places, ()))
            number += 1
            continue
        run: list[Call] = []
        for step, call in zip(steps[number:], whole[number:]):
            if call is None or step.device is not device:
                break
            run.append(call)
        count = device.calls_per_launch(run)
        together = count > 1 and joins(device, [call.kernel for call in run[:count]])
        for begin in range(number, number + count, count if together else 1):
            end = begin + count if together else begin + 1
            stages.append(_stage(device, steps[begin:end], run[begin - number : end - number]))
        number += count
    return stages


def _stage(device: Device, steps: Sequence[Step], calls: Sequence[Call]) -> Stage:
    places = tuple(dict.fromkeys(place for call in calls for place in call.arguments))
    position = {place: index for index, place in enumerate(places)}
    renumbered = (Call(call.kernel, tuple(position[place] for place in call.arguments)) for call in calls)
    return Stage(device, tuple(steps), places, tuple(renumbered))
