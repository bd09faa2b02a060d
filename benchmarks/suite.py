"""Benchmarks of one area: operations and training steps that both libraries spell alike, against PyTorch.

As benchmarks/run.py: ratios of PyTorch's time, round by round; outputs and first losses are compared with PyTorch's in
float64 before the clock starts. Of training steps the peak memory is printed, too, as benchmarks/memory.py does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from environment import prepare

if TYPE_CHECKING:
    from contenders import Contender
    from measure import Array, Timing
    from numpy.random import Generator
    from works import Operation

STEPS = 3
"""Losses that are compared before the clock starts."""
LIBRARIES = ("clgrad", "torch")


def operation(
    identity: str,
    name: str,
    function: str | Callable[..., Any],
    shapes: Sequence[tuple[int, ...]],
    options: dict[str, Any],
    gradients: int = 0,
) -> Operation:
    """An operation of ``nn.functional`` by its name, or a function of that module and tensors."""
    import torch.nn.functional
    from works import Operation, normal

    import clgrad.nn.functional

    homes = (clgrad.nn.functional, torch.nn.functional)
    spelled = [partial(function, home) if callable(function) else getattr(home, function) for home in homes]
    functions = {library: partial(one, **options) for library, one in zip(LIBRARIES, spelled)}
    return Operation(identity, name, normal(*shapes), functions, 1e-4, gradients)


# -- training steps --------------------------------------------------------------------------------------------------


def sgd(optim: Any, parameters: Any, learning_rate: float) -> Any:
    return optim.SGD(parameters, lr=learning_rate, momentum=0.9)


@dataclass(frozen=True)
class TrainingStep:
    """A training step that both libraries spell alike: forward, a loss, backward, an update."""

    id: str
    name: str
    build: Callable[[Any], Any]
    """The model, from a library's ``nn``."""
    batch: Callable[[Generator], Sequence[Array]]
    """What the loss takes."""
    loss: Callable[..., Any]
    """From a library's ``nn.functional``, the model and the batch."""
    learning_rate: float = 1e-3
    tolerance: float = 1e-4
    optimizer: Callable[[Any, Any, float], Any] = sgd
    """From a library's ``optim``, the parameters and the learning rate."""


@dataclass(frozen=True)
class Beginning:
    """Equal weights and data for all."""

    weights: dict[str, Array]
    batch: Sequence[Array]


def beginning(work: TrainingStep) -> Beginning:
    """Draw weights as PyTorch does, and a batch."""
    import numpy as np
    import torch

    weights = {name: value.numpy().copy() for name, value in work.build(torch.nn).state_dict().items()}
    return Beginning(weights, work.batch(np.random.default_rng()))


def step(contender: Any, work: TrainingStep, start: Beginning) -> Callable[[], Any]:
    """A training step; a call gives the loss. clgrad's is jitted, as a user's would be."""
    library = contender.clgrad if contender.library == "clgrad" else contender.torch
    functional = library.nn.functional
    if contender.library == "clgrad":
        with library.use_device(contender.device):
            model = work.build(library.nn)
    else:
        model = work.build(library.nn)
        model = model.double() if contender.double else model
    model.load_state_dict({name: contender.tensor(value) for name, value in start.weights.items()})
    optimizer = work.optimizer(library.optim, model.parameters(), work.learning_rate)

    forward: Callable[..., Any] = partial(work.loss, functional, model)
    if contender.library == "torch":
        forward = contender.compiled(forward)

    def train(*batch: Any) -> Any:
        loss = forward(*batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    run = library.jit(train) if contender.library == "clgrad" else train
    return partial(run, *(contender.tensor(one) for one in start.batch))


# -- generation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Generation:
    """Text that a network writes, token by token."""

    id: str
    name: str
    build: Callable[[Any], Any]
    """The network, from a library's ``nn``: PyTorch draws the weights."""
    write: Mapping[str, Callable[[Any, Any], Callable[[], Any]]]
    """For each library what writes: from a contender and PyTorch's network, a function that gives the tokens."""


# -- running it ------------------------------------------------------------------------------------------------------


def arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--device", default="cl", help="clgrad's device (default: cl)")
    parser.add_argument("--threads", type=int, default=1, help="of both (default: 1)")
    parser.add_argument("--only", nargs="+", default=[""], metavar="TEXT", help="what has such an id or name")
    parser.add_argument("--rounds", type=int, default=7, help="how often they take turns (default: 7)")
    parser.add_argument("--seconds", type=float, default=0.1, help="length of a turn (default: 0.1)")
    parser.add_argument("--compile", action="store_true", help="also race torch.compile; it needs a C++ compiler")
    parser.add_argument("--markdown", action="store_true", help="print markdown tables")
    parser.add_argument("--memory-of", choices=LIBRARIES, help="print the peak bytes of the one step that --only names")
    return parser.parse_args()


def peak(library: str, work: TrainingStep, options: argparse.Namespace) -> int | None:
    """The peak memory of a step, measured in a fresh process."""
    from memory import PROCESS

    if not PROCESS.exists():
        return None
    command = [sys.executable, sys.argv[0], "--only", work.id, "--memory-of", library]
    command += ["--device", options.device, "--threads", str(options.threads)]
    if library == "clgrad":
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # fills the cache of kernels
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def measure_memory(options: argparse.Namespace, steps: Iterable[TrainingStep]) -> None:
    """Print the peak of one step."""
    from contenders import Clgrad, Torch
    from memory import peak_of

    (work,) = [one for one in steps if one.id in options.only]
    contender = Clgrad(options.device) if options.memory_of == "clgrad" else Torch()
    start = beginning(work)
    contender.numpy(contender.tensor(start.batch[0]))  # opens the device
    print(peak_of(lambda: step(contender, work, start), contender))


def main(
    description: str,
    operations: Callable[[], Iterable[Operation]],
    steps: Iterable[TrainingStep],
    generations: Iterable[Generation] = (),
) -> None:
    """Run what the command line asks for."""
    options = arguments(description)
    prepare(options.device, options.threads)
    import numpy as np
    import torch

    torch.set_num_threads(options.threads)
    if options.memory_of:
        measure_memory(options, steps)
        return
    from contenders import Clgrad, Torch, TorchCompile
    from measure import Effort, Task
    from race import race, race_operation
    from table import Table, megabytes, number, ratio

    ours = Clgrad(options.device)
    others: list[Contender] = [TorchCompile()] if options.compile else []
    contenders: list[Contender] = [Torch(), *others, ours]
    names = [one.name for one in (*others, ours)]
    by_process = options.threads == 1 and ours.runs_on_host
    effort = Effort(time.process_time if by_process else time.perf_counter, options.rounds, options.seconds)
    print(f"{ours.device.description}; torch {torch.__version__}; threads of each: {options.threads}")

    def readied(work: TrainingStep) -> Callable[[Any], tuple[Task, list[Array]]]:
        start = beginning(work)

        def ready(contender: Any) -> tuple[Task, list[Array]]:
            run = step(contender, work, start)
            losses = [contender.numpy(run()).reshape(()) for _ in range(STEPS)]
            return Task(run, contender.finish), [np.stack(losses)]

        return ready

    def written(work: Generation) -> Callable[[Any], tuple[Task, list[Array]]]:
        network = work.build(torch.nn).eval()

        def ready(contender: Any) -> tuple[Task, list[Array]]:
            run = work.write[contender.library](contender, network)
            for _ in range(STEPS):  # plans are made, and replayed
                tokens = contender.numpy(run())
            return Task(run, contender.finish), [tokens]

        return ready

    def cells(timings: Mapping[str, Timing]) -> list[str]:
        """PyTorch's time, and the others' ratios, of those who took part."""
        bold = options.markdown
        ratios = [ratio(timings[one], one == ours.name, bold) if one in timings else "-" for one in names]
        return [number(timings["torch"].milliseconds), *ratios]

    def wants(identity: str, name: str) -> bool:
        return any(identity.startswith(text) or text in name for text in options.only)

    chosen = [work for work in operations() if wants(work.id, work.name)]
    if chosen:
        table = Table("Operations", ["id", "work", "torch ms", *names], options.markdown)
    for work in chosen:
        timings = race_operation(work, contenders, np.random.default_rng(), effort).timings
        table.row([work.id, work.name, *cells(timings)])
    trained = [one for one in steps if wants(one.id, one.name)]
    if trained:
        columns = ["id", "training step", "torch ms", *names, "MB clgrad", "MB torch"]
        table = Table("Training steps", columns, options.markdown)
    for one in trained:
        timings = race(one.id, readied(one), contenders, one.tolerance, effort).timings
        memory = (megabytes(peak(library, one, options)) for library in LIBRARIES)
        table.row([one.id, one.name, *cells(timings), *memory])
    texts = [one for one in generations if wants(one.id, one.name)]
    if texts:
        table = Table("Generation", ["id", "text", "torch ms", *names], options.markdown)
    for text in texts:
        timings = race(text.id, written(text), contenders, 0.0, effort).timings
        table.row([text.id, text.name, *cells(timings)])
