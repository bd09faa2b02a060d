"""Realize nodes: plan, compile, launch. The only place that times, counts and prints."""

from __future__ import annotations

import functools
import sys
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakSet

import numpy as np

from clgrad import config
from clgrad.assemble import Step
from clgrad.device import Buffer, Device, Launch, Run, host_array
from clgrad.errors import AllocationError, IndexRangeError, JitError
from clgrad.graph import Node, toposort
from clgrad.holders import named
from clgrad.kernel import Kernel
from clgrad.memory import last_uses, results_early
from clgrad.ops import anchors, moves, scans, sources
from clgrad.schedule import Plan, schedule
from clgrad.stages import Stage, cut

MOST_PLANS = 512
"""Plans kept for repeated graphs; the least recently used one goes first."""


@dataclass(frozen=True)
class Ready:
    """A plan whose kernels are compiled."""

    plan: Plan
    """Entries are numbered; ``plan.storage`` gives the entry for each node of the order it was made for."""
    stages: tuple[Stage, ...]
    launches: tuple[Launch | None, ...]
    ends: tuple[tuple[int, ...], ...]
    """For each stage, the entries that nobody needs after it."""


_plans: OrderedDict[tuple[Any, ...], Ready] = OrderedDict()


@dataclass
class Trace:
    """What ran inside a ``with trace()`` block."""

    kernels: list[Kernel] = field(default_factory=list)
    launches: int = 0
    plans_made: int = 0


_traces: list[Trace] = []


@contextmanager
def trace() -> Iterator[Trace]:
    """Collect the kernels launched inside a ``with`` block.

    >>> import clgrad
    >>> with trace() as seen:
    ...     _ = (clgrad.ones(3) + 1).sum().item()
    >>> [kernel.kind for kernel in seen.kernels]
    ['reduce']
    """
    seen = Trace()
    _traces.append(seen)
    try:
        yield seen
    finally:
        _traces.remove(seen)


class Capture:
    """What a function does while it is recorded instead of run (see jit.py)."""

    def __init__(self) -> None:
        self.moved: dict[int, tuple[Any, Node]] = {}
        """Tensors that were shown another value, and what they showed before."""
        self.graded: dict[int, tuple[Any, Any]] = {}
        """Tensors that got a gradient, and the gradient before."""
        self.read: dict[int, tuple[Any, Any]] = {}
        """Tensors whose gradient from before was looked at, and that gradient."""
        self.made: dict[int, weakref.ref[Any]] = {}
        """Tensors made inside, by id."""
        self.drawn: list[tuple[Node, Callable[[], np.ndarray[Any, Any]]]] = []
        """Leaves that hold the place of a random stream, and what draws the next one."""
        self.modes: dict[Any, tuple[Callable[[], Any], Any]] = {}
        """Settings that the function looked at, and what it saw: with another value the record does not hold."""
        self.start = 0
        """Nodes with a lower serial number were there before."""


capturing: ContextVar[Capture | None] = ContextVar("clgrad_capturing", default=None)

updated: ContextVar[list[Any] | None] = ContextVar("clgrad_updated", default=None)
"""Tensors that are shown another value are noted here, where somebody wants to know."""


def refuse_reading(what: str) -> None:
    """Raise JitError where elements are read while a function is recorded."""
    if capturing.get() is not None:
        raise JitError(
            f"[jit] {what} reads elements inside a jitted function, where nothing has run yet; return the tensor and "
            "read it outside, or choose with clgrad.where"
        )


def is_stored(node: Node) -> bool:
    return node.buffer is not None


def realize(roots: Iterable[Node]) -> None:
    """Give every root its value; values that others wait for are stored on the way.

    Stored are the roots, what a living tensor shows, and what a pending gradient will read. So
    nothing is computed twice, however the caller orders his reading.
    """
    if capturing.get() is not None:
        return  # the record runs as a whole
    order, kept, history = _pending(roots)
    if kept:
        _execute(order, kept, history)


def pending(roots: Iterable[Node]) -> tuple[list[Node], set[int]]:
    """What realize would compute: nodes, operands first, and the numbers of those whose values it keeps."""
    return _pending(roots)[:2]


def _pending(roots: Iterable[Node]) -> tuple[list[Node], set[int], set[int]]:
    wanted = [root for root in roots if root.buffer is None]
    if not wanted:
        return [], set(), set()
    order = toposort(wanted, is_stored)
    # A gradient's loss is computed with it, if it is still wanted: both need the same forward pass.
    companions = {
        id(loss): loss
        for loss in (node.companion() for node in order if node.companion is not None)
        if loss is not None and loss.buffer is None
    }
    if companions:
        wanted += companions.values()
        order = toposort(wanted, is_stored)
    needed = {id(root) for root in wanted}
    history = _history(order)
    kept = {
        number
        for number, node in enumerate(order)
        if node.buffer is None and (id(node) in needed or _outlives(node, number in history))
    }
    return order, kept, history


def _history(order: Sequence[Node]) -> set[int]:
    """The numbers of nodes that a gradient outside of these, asked for or still to come, may read."""
    recorded = [number for number, node in enumerate(order) if node.needs_grad and node.buffer is None]
    if not recorded:
        return set()
    planned = {id(node) for node in order}
    waiting: dict[int, bool] = {}
    numbers: set[int] = set()
    for number in recorded:
        release = order[number].released
        if release is not None and id(release) not in waiting:
            waiting[id(release)] = release.is_waiting(planned)
        if release is None or waiting[id(release)]:
            numbers.add(number)
    return numbers


def _execute(order: list[Node], kept: set[int], history: set[int]) -> None:
    numbers = {id(node): number for number, node in enumerate(order)}
    key: list[Any] = []
    for number, node in enumerate(order):
        if node.buffer is not None:
            key.append((node.shape, node.dtype, node.device))
            continue
        operands = tuple([numbers[id(operand)] for operand in node.operands])
        device = None if operands else node.device
        key.append((node.op, operands, node.attributes, number in kept, number in history, device, node.dtype))
    ready = _ready(tuple(key), order, kept, history)
    buffers: dict[int, Buffer] = {}
    for number, node in enumerate(order):
        if node.buffer is not None:
            buffers[ready.plan.storage[number]] = node.buffer
        elif 0 in node.shape:
            buffers[ready.plan.storage[number]] = Buffer(node.device, 0)
    run(ready, buffers)
    _hand_out(order, kept | history, ready.plan, buffers)


def run(ready: Ready, buffers: dict[int, Buffer]) -> None:
    """Launch a plan. ``buffers`` holds its leaves, and afterwards also the values it was asked to keep."""
    started = time.perf_counter()
    plan = ready.plan
    for stage, launch, ends in zip(ready.stages, ready.launches, ready.ends):
        for step in stage.steps:
            for entry in step.arguments:
                if entry not in buffers:
                    device, nbytes = plan.nbytes[entry]
                    buffers[entry] = Buffer(device, nbytes)
            _mark(step, buffers)
        if launch is None:
            copy(buffers[stage.places[0]], buffers[stage.places[1]])
        else:
            storages = [storage_of(buffers[entry]) for entry in stage.places]
            execute(stage.kernels, functools.partial(launch.run, storages), stage.device)
        for entry in ends:
            del buffers[entry]
    if config.DEBUG.value >= 1:
        report(plan, started)


_suspects: dict[Device, WeakSet[Run]] = {}
"""Runs that may have met a bad index, by the devices that will tell."""


def _mark(step: Step, buffers: dict[int, Buffer]) -> None:
    """Give what a step writes a record, if it reads by index or reads what is suspect or failed."""
    written = [buffers[entry] for entry in step.written]
    earlier = [buffers[entry].run for entry in step.arguments if entry not in step.written]
    runs = [run for run in earlier if run is not None and (run.is_suspect or run.error is not None)]
    if not runs and not (step.kernel is not None and step.kernel.checks_indices):
        return
    run = suspect((step.device,), next((one.error for one in runs if one.error is not None), None))
    for buffer in written:
        buffer.run = run


def suspect(devices: Iterable[Device], error: Exception | None = None) -> Run:
    """A run that reads by index or reads what is suspect: it is cleared, or fails, when a device is waited for."""
    run = Run(True, error)
    for device in devices:
        _suspects.setdefault(device, WeakSet()).add(run)
    return run


@contextmanager
def _verdict(device: Device) -> Iterator[None]:
    """Wait for a device inside the block: its suspect runs are cleared, or fail for good."""
    try:
        yield
    except IndexRangeError as error:
        for run in _suspects.pop(device, ()):
            run.error = error
        raise
    for run in _suspects.pop(device, ()):
        run.is_suspect = False


def _outlives(node: Node, is_history: bool) -> bool:
    """Whether somebody will ask for this value after the plan has run."""
    op = node.op
    if is_history and (op.family == "reduce" or op in (anchors.matmul, scans.scan, moves.recomputed) or op.host):
        return True
    if op.family == "source" or (op.family == "move" and op not in moves.SAME_ORDER):
        return False
    if node.handle is None:
        return False
    tensor = node.handle()
    return tensor is not None and tensor.node is node


def _ready(key: tuple[Any, ...], order: Sequence[Node], kept: set[int], history: set[int]) -> Ready:
    found = _plans.get(key)
    if found is not None:
        _plans.move_to_end(key)
        return found
    ready = prepare(order, kept, history)
    _plans[key] = ready
    if len(_plans) > MOST_PLANS:
        _plans.popitem(last=False)
    return ready


def prepare(order: Sequence[Node], kept: set[int], history: set[int]) -> Ready:
    """Schedule and compile; ``kept`` and what is stored of ``history`` will be held after a run."""
    plan = schedule(order, kept)
    # Leaves of the plan are held by their nodes; what is handed out is held by the caller.
    held = {plan.storage[number] for number in range(len(order)) if order[number].buffer is not None}
    held |= {plan.storage[number] for number in kept | history if plan.storage[number] in plan.nbytes}
    plan = replace(plan, steps=tuple(results_early(plan.steps, held)))
    # Kernels that are there are launched as they are; new ones are compiled together where that is one launch.
    stages = cut(plan.steps, lambda entry: entry, lambda device, kernels: may_join() and not device.has(kernels))
    launches = compile_stages(stages, quickly=True)
    ends = last_uses([stage.places for stage in stages], held)
    return Ready(plan, tuple(stages), tuple(launches), ends)


def may_join() -> bool:
    """Whether kernels may share launches: not while a person looks at single ones."""
    return config.DEBUG.value < 2


def compile_stages(stages: Sequence[Stage], quickly: bool) -> list[Launch | None]:
    """Make the launches of one plan ready, all those of a device at once; a copy has none.

    ``quickly`` asks for an early start rather than for the best code.
    """
    for seen in _traces:
        seen.plans_made += 1
    kernels = [(stage.device, kernel) for stage in stages for kernel in stage.kernels]
    if config.DEBUG.value >= 3:
        for _, kernel in kernels:
            _print(str(kernel))
    if config.DEBUG.value >= 4:
        for device, kernel in kernels:
            if device.source(kernel) != str(kernel):  # level 3 has printed that
                _print(device.source(kernel))
    by_device: dict[Device, list[int]] = {}
    for number, stage in enumerate(stages):
        if stage.calls:
            by_device.setdefault(stage.device, []).append(number)
    found: dict[int, Launch] = {}
    for device, numbers in by_device.items():
        found.update(zip(numbers, device.compile([stages[number].calls for number in numbers], quickly)))
    if config.DEBUG.value >= 4:
        for device, kernel in kernels:
            if device.has([kernel]) and device.binary(kernel):
                _print(device.binary(kernel))
    return [found.get(number) for number in range(len(stages))]


def _hand_out(order: Sequence[Node], held: set[int], plan: Plan, buffers: dict[int, Buffer]) -> None:
    """Give nodes their values; drop the history that no gradient may need."""
    for number, node in enumerate(order):
        if node.buffer is not None:
            continue
        buffer = buffers.get(plan.storage[number])
        if buffer is None or number not in held:
            continue
        node.buffer = buffer
        if not node.needs_grad or node.released:
            node.op, node.operands, node.attributes = sources.buffer, (), ()


def clear_plans() -> None:
    """Forget all plans and compiled kernels they hold."""
    _plans.clear()


# -- device operations: the only place that prints -----------------------------------------------


def _print(text: str) -> None:
    print(text, file=sys.stderr)


def _rates(seconds: float | None, nbytes: int, flops: int = 0) -> str:
    if seconds is None:
        return f"{nbytes:>12,} B"
    text = f"{seconds * 1e6:>10.1f} us {nbytes:>12,} B {nbytes / max(seconds, 1e-9) / 1e9:>8.2f} GB/s"
    return text + (f" {flops / max(seconds, 1e-9) / 1e9:>8.2f} GFLOP/s" if flops else "")


def storage_of(buffer: Buffer) -> Any:
    """A buffer's storage, allocated or copied in on first use."""
    if buffer.storage is not None:
        return buffer.storage
    copies = buffer.host is not None
    started = time.perf_counter()
    try:
        storage = buffer.ready()
    except AllocationError as error:
        raise named(error, buffer.device) from error.__cause__
    if config.DEBUG.value < 2:
        return storage
    if copies:
        buffer.device.synchronize()
    what = "copy in" if copies else "allocate"
    _print(f"  {buffer.device.name:6} {what:10} {'':24} {_rates(time.perf_counter() - started, buffer.nbytes)}")
    return storage


def execute(kernels: Sequence[Kernel], launch: Callable[[], None], device: Device) -> None:
    """Make one launch, of these kernels."""
    for seen in _traces:
        seen.kernels += kernels
        seen.launches += 1
    if config.DEBUG.value >= 2:
        device.synchronize()
    started = time.perf_counter()
    try:
        launch()
    except AllocationError as error:
        raise named(error, device) from error.__cause__
    if config.DEBUG.value < 2:
        return
    timing = device.last_timing().seconds
    seconds = timing if timing is not None else time.perf_counter() - started
    nbytes, flops = sum(kernel.nbytes for kernel in kernels), sum(kernel.flops for kernel in kernels)
    what, shape = "sequence", f"of {len(kernels)} kernels"
    if len(kernels) == 1:
        what, (outer, inner) = kernels[0].kind, (kernels[0].outer, kernels[0].inner)
        shape = ("x".join(map(str, outer)) or "1") + ("/" + "x".join(map(str, inner)) if inner else "")
    _print(f"  {device.name:6} {what:10} {shape:24} {_rates(seconds, nbytes, flops)}")


def copy(source: Buffer, target: Buffer) -> None:
    """Copy between devices, through the host. Within a replay either may be larger than the value that it holds."""
    host = host_array((min(source.nbytes, target.nbytes),), np.uint8)
    download(source, host)
    if target.storage is None:
        target.host = host
        storage_of(target)
    else:
        target.device.upload(target.storage, host)


def download(buffer: Buffer, host: np.ndarray[Any, Any]) -> None:
    """Copy a buffer to a contiguous host array, after everything that writes it."""
    started = time.perf_counter()
    if not host.nbytes:
        return
    if buffer.storage is None and buffer.host is not None:
        host.reshape(-1).view(np.uint8)[:] = buffer.host.reshape(-1).view(np.uint8)
        return
    if buffer.run is not None and buffer.run.error is not None:
        raise type(buffer.run.error)(*buffer.run.error.args)
    with _verdict(buffer.device):
        buffer.device.download(buffer.ready(), host)
    if config.DEBUG.value >= 2:
        seconds = time.perf_counter() - started
        _print(f"  {buffer.device.name:6} {'copy out':10} {'':24} {_rates(seconds, host.nbytes)}")


def report(plan: Plan, started: float) -> None:
    """Wait for a plan, and print what it took."""
    for device in {step.device for step in plan.steps}:
        with _verdict(device):
            device.synchronize()
    seconds = time.perf_counter() - started
    kernels = [step.kernel for step in plan.steps if step.kernel is not None]
    flops = sum(kernel.flops for kernel in kernels)
    names = ",".join(sorted({step.device.name for step in plan.steps})) or "-"
    _print(f"{names}: {len(kernels)} kernels {seconds * 1e3:.3f} ms {flops / max(seconds, 1e-9) / 1e9:.2f} GFLOP/s")
