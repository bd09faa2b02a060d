"""Replay: a plan bound to storage of its own, run again and again on other leaves.

What lives within the plan has fixed places, old values are updated in place where nobody else holds
them, and small kernels in a row are one launch: a run binds what changed, and launches.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clgrad import config, runtime
from clgrad.assemble import Step
from clgrad.device import Buffer, Device, Launch, Run
from clgrad.expect import rates
from clgrad.kernel import Kernel
from clgrad.memory import share, update_in_place
from clgrad.schedule import Plan
from clgrad.stages import Stage, cut

SMALL = 2**20
"""Bytes of a value that shares storage only with values of its size: what small kernels compute is no larger."""


@dataclass
class Binding:
    """A stage, its launch, and what that was bound to."""

    stage: Stage
    launch: Launch | None
    kernels: tuple[Kernel, ...]
    rebinds: bool
    """Whether an argument is new in each run."""
    bound: list[Any] | None = None


class Replay:
    """A plan, ready to run on other leaves.

    ``leaves`` are its entries that a caller gives buffers for, in that order; ``kept`` those that he gets
    buffers of; ``moves`` names for a kept entry the leaf whose value it replaces; ``passing`` are leaves that
    are others in each run: their storage is not held in between.
    """

    def __init__(
        self,
        plan: Plan,
        leaves: Sequence[int],
        kept: Iterable[int],
        moves: Mapping[int, int],
        passing: Iterable[int] = (),
    ) -> None:
        self.plan = plan
        self._kept = list(dict.fromkeys(kept))
        wanted = {
            new: old for new, old in moves.items() if old in leaves and old not in self._kept and new in plan.nbytes
        }
        steps, updates = update_in_place(plan.steps, wanted, {*leaves, *self._kept})
        place_of = {entry: place for place, entry in enumerate(leaves)}
        self.updated = {new: place_of[old] for new, old in updates.items()}
        """For each kept entry that is computed in a leaf's own storage, the leaf's number."""
        self._handed_on = {entry: place_of[entry] for entry in self._kept if entry in place_of}
        place_of.update(self.updated)
        self._fresh: list[tuple[int, int, Device, int]] = []
        for entry in self._kept:
            if entry not in place_of:
                place_of[entry] = len(leaves) + len(self._fresh)
                self._fresh.append((place_of[entry], entry, *plan.nbytes[entry]))
        first = len(leaves) + len(self._fresh)
        inner = {entry: kind for entry, kind in _kinds(steps, plan).items() if entry not in place_of}
        places, shared = share([step.arguments for step in steps], inner)
        place_of.update({entry: first + place for entry, place in shared.items()})
        self._buffers: list[Buffer] = [Buffer(place.kind[0], place.nbytes) for place in places]
        """What lives within the plan."""
        sizes = {
            place_of[entry]: argument.size * argument.dtype.size
            for step in steps
            if step.kernel is not None
            for entry, argument in zip(step.arguments, step.kernel.arguments)
            if place_of[entry] < first
        }
        self.peak = sum(sizes.values()) + sum(place.nbytes for place in places)
        """The bytes of all leaves and results, and of what lives in between."""
        self._storages: list[Any] = [None] * first + [runtime.storage_of(buffer) for buffer in self._buffers]
        stages = cut(steps, place_of.__getitem__, lambda device, kernels: runtime.may_join())
        self._passing = {place_of[entry] for entry in passing} | {place for place, *_ in self._fresh}
        self._bindings = [
            Binding(stage, launch, stage.kernels, not self._passing.isdisjoint(stage.places))
            for stage, launch in zip(stages, runtime.compile_stages(stages, quickly=False))
        ]
        self._devices = {step.device for step in steps}
        for device in self._devices:
            # What plain steps needed before this plan had storage of its own.
            device.empty_cache()
        self._reach = _reach(plan.steps, {entry: place for place, entry in enumerate(leaves)}, self._kept)

    @property
    def placed_kernels(self) -> list[tuple[Device, Kernel]]:
        return [(one.stage.device, kernel) for one in self._bindings for kernel in one.kernels]

    @property
    def kernels(self) -> list[Kernel]:
        return [kernel for _, kernel in self.placed_kernels]

    @property
    def launches(self) -> int:
        return sum(one.launch is not None for one in self._bindings)

    def expected_seconds(self) -> float:
        """How long a run should take, by what its devices were measured to do."""
        total = 0.0
        for device in self._devices:
            those = [one.kernels for one in self._bindings if one.stage.device is device and one.kernels]
            total += rates(device).seconds((kernel for kernels in those for kernel in kernels), len(those))
        return total

    def run(self, leaves: Sequence[Buffer]) -> dict[int, Buffer]:
        """Run on these leaves; returns the buffers of what is kept."""
        started = time.perf_counter()
        storages = self._storages
        for place, leaf in enumerate(leaves):
            storages[place] = leaf.storage if leaf.storage is not None else runtime.storage_of(leaf)
        found = {entry: leaves[place] for entry, place in self._handed_on.items()}
        for entry, place in self.updated.items():
            found[entry] = leaves[place]
        for place, entry, device, nbytes in self._fresh:
            found[entry] = buffer = Buffer(device, nbytes)
            storages[place] = runtime.storage_of(buffer)
        self._mark(leaves, found)
        for one in self._bindings:
            places = one.stage.places
            if one.launch is None:
                buffers = [*leaves, *(found[entry] for _, entry, *_ in self._fresh), *self._buffers]
                runtime.copy(buffers[places[0]], buffers[places[1]])
                continue
            given = [storages[place] for place in places]
            if one.bound is None or any(map(operator.is_not, given, one.bound)):
                one.launch.bind(given)
                one.bound = None if one.rebinds else given
            runtime.execute(one.kernels, one.launch, one.stage.device)
        for place in self._passing:
            storages[place] = None
        if config.DEBUG.value >= 1:
            runtime.report(self.plan, started)
        return found

    def _mark(self, leaves: Sequence[Buffer], found: Mapping[int, Buffer]) -> None:
        """Give what is kept a record, where it is computed by index or from what is suspect or failed."""
        suspects, failures = 0, {}
        for place, leaf in enumerate(leaves):
            run = leaf.run
            if run is not None:
                if run.is_suspect:
                    suspects |= 1 << place
                if run.error is not None:
                    failures[place] = run.error
        shared: Run | None = None
        for entry, (reached, checks) in self._reach.items():
            error = next((failures[place] for place in failures if reached >> place & 1), None) if failures else None
            if error is not None:
                found[entry].run = runtime.suspect(self._devices, error)
            elif checks or reached & suspects:
                shared = shared or runtime.suspect(self._devices)
                found[entry].run = shared


def _kinds(steps: Sequence[Step], plan: Plan) -> dict[int, tuple[Any, int]]:
    """Kind and bytes of what the plan stores; only what is of one kind may share storage.

    That is the device, the dtype (within a sequence of kernels a C compiler may take it that two types never mean one
    address), and for what is small the size: values of one size are cut into the same rows, so that cores that walk
    down a sequence for some rows each do not meet in storage that is used twice.
    """
    dtypes = {
        entry: argument.dtype
        for step in steps
        if step.kernel is not None
        for entry, argument in zip(step.arguments, step.kernel.arguments)
    }
    return {
        entry: ((device, dtypes.get(entry), min(nbytes, SMALL)), nbytes)
        for entry, (device, nbytes) in plan.nbytes.items()
    }


def _reach(steps: Sequence[Step], leaves: Mapping[int, int], kept: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """For each kept entry a bit set of the leaves it is computed from, and whether indices are checked on the way."""
    known = {entry: (1 << place, False) for entry, place in leaves.items()}
    for step in steps:
        reached, checks = 0, step.kernel is not None and step.kernel.checks_indices
        for entry in step.arguments:
            before, checked = known.get(entry, (0, False))
            reached, checks = reached | before, checks or checked
        for entry in step.written:
            known[entry] = (reached, checks)
    return {entry: known[entry] for entry in kept if entry in known}
