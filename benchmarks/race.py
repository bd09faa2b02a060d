"""One work on all contenders: ready it, check what it computes against float64, then time it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import training
from contenders import BASE, Contender, Torch, Unable
from measure import Array, Effort, Task, Timing, check, compare
from numpy.random import Generator
from training import Network
from works import Operation


@dataclass
class Outcome:
    """What came of one work, by the contenders' names."""

    timings: dict[str, Timing] = field(default_factory=dict)
    differences: dict[str, float] = field(default_factory=dict)
    """How far the outputs are from float64's, relative to the largest element."""
    failures: dict[str, str] = field(default_factory=dict)
    """``wrong`` or ``fails``; only guests may: where clgrad does, the run ends."""


def race_operation(work: Operation, contenders: Sequence[Contender], random: Generator, effort: Effort) -> Outcome:
    """Check and time an operation on inputs that nobody has seen."""
    inputs = work.inputs(random)

    def ready(contender: Contender) -> tuple[Task, list[Array]]:
        task = contender.operation(work, inputs)
        return task, [contender.numpy(one) for one in task.run()]

    return race(work.id, ready, contenders, work.tolerance, effort)


def race_network(network: Network, contenders: Sequence[Contender], random: Generator, effort: Effort) -> Outcome:
    """Check the first losses from equal weights, then time the steps that follow."""
    start = training.start(network, random)

    def ready(contender: Contender) -> tuple[Task, list[Array]]:
        step = contender.step(network, start)
        losses = [contender.numpy(step()).reshape(()) for _ in range(training.STEPS)]
        return Task(step, contender.finish), [np.stack(losses)]

    return race(network.id, ready, contenders, network.tolerance, effort)


def race(
    identity: str,
    ready: Callable[[Contender], tuple[Task, list[Array]]],
    contenders: Sequence[Contender],
    tolerance: float,
    effort: Effort,
) -> Outcome:
    """Let only those run whose outputs are right."""
    outcome = Outcome()
    tasks: dict[str, Task] = {}
    _, expected = ready(Torch(double=True))
    for contender in contenders:
        try:
            task, found = ready(contender)
            outcome.differences[contender.name] = check(found, expected, tolerance)
            tasks[contender.name] = task
        except Unable:
            continue
        except Exception as error:
            if contender.library == "clgrad":
                raise
            outcome.failures[contender.name] = "wrong" if isinstance(error, AssertionError) else "fails"
            print(f"{identity}: {contender.name}: {error}", file=sys.stderr)
    outcome.timings = compare(tasks, BASE, effort)
    return outcome
