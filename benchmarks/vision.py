"""Convolutions, batch normalisation, pooling, and training steps of image networks, against PyTorch.

    python benchmarks/vision.py [--device cl] [--threads 1] [--only TEXT ...] [--rounds 7] [--seconds 0.1] [--markdown]

As benchmarks/run.py: ratios of PyTorch's time, round by round; outputs and first losses are compared with PyTorch's in
float64 before the clock starts. Of training steps it also prints the peak memory, as benchmarks/memory.py does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from environment import prepare

if TYPE_CHECKING:
    from contenders import Contender
    from works import Operation

STEPS = 3
"""Losses that are compared before the clock starts."""
LIBRARIES = ("clgrad", "torch")


# -- operations ------------------------------------------------------------------------------------------------------


def operations() -> Iterator[Operation]:
    """Single operations, forward, and forward with all gradients."""
    for place, (name, x, w, options) in enumerate(CONVOLUTIONS):
        forward, backward = (chr(ord("a") + 2 * place + more) for more in (0, 1))
        yield _operation(f"W4{forward}", f"conv2d {name}", "conv2d", [x, w], options)
        size = [_places(*one, **options) for one in zip(x[2:], w[2:])]
        above = (x[0], w[0], *size)
        both = f"conv2d {name}, forward and backward"
        yield _operation(f"W4{backward}", both, "conv2d", [x, w, above], options, gradients=2)
    image = (32, 64, 28, 28)
    for letter, name, function, options, above in (
        ("a", "batch norm (32,64,28,28)", _batch_norm, {}, image),
        ("b", "max pool 2 (32,64,28,28)", "max_pool2d", {"kernel_size": 2}, (32, 64, 14, 14)),
        ("c", "max pool 3, step 2 (32,64,28,28)", "max_pool2d", POOL, (32, 64, 14, 14)),
        ("d", "average pool 2 (32,64,28,28)", "avg_pool2d", {"kernel_size": 2}, (32, 64, 14, 14)),
    ):
        inputs = [image, (64,), (64,), above] if callable(function) else [image, above]
        both = f"{name}, forward and backward"
        yield _operation(f"V1{letter}", both, function, inputs, options, gradients=len(inputs) - 1)


POOL = {"kernel_size": 3, "stride": 2, "padding": 1}
CONVOLUTIONS: tuple[tuple[str, tuple[int, ...], tuple[int, ...], dict[str, int]], ...] = (
    ("(32,64,28,28)*(64,64,3,3)", (32, 64, 28, 28), (64, 64, 3, 3), {"padding": 1}),
    ("(32,3,32,32)*(32,3,3,3)", (32, 3, 32, 32), (32, 3, 3, 3), {"padding": 1}),
    ("(8,128,14,14)*(256,128,3,3), step 2", (8, 128, 14, 14), (256, 128, 3, 3), {"padding": 1, "stride": 2}),
    ("(32,64,28,28)*(64,1,3,3), depthwise", (32, 64, 28, 28), (64, 1, 3, 3), {"padding": 1, "groups": 64}),
    ("(32,64,28,28)*(128,64,1,1)", (32, 64, 28, 28), (128, 64, 1, 1), {}),
    ("(16,64,16,16)*(64,64,3,3)", (16, 64, 16, 16), (64, 64, 3, 3), {"padding": 1}),
    ("(16,256,4,4)*(256,256,3,3)", (16, 256, 4, 4), (256, 256, 3, 3), {"padding": 1}),
)


def _places(size: int, taps: int, padding: int = 0, stride: int = 1, groups: int = 1) -> int:
    return (size + 2 * padding - taps) // stride + 1


def _operation(
    identity: str,
    name: str,
    function: str | Callable[..., Any],
    shapes: Sequence[tuple[int, ...]],
    options: dict[str, int],
    gradients: int = 0,
) -> Operation:
    import torch.nn.functional
    from works import Operation, normal

    import clgrad.nn.functional

    homes = (clgrad.nn.functional, torch.nn.functional)
    spelled = [partial(function, home) if callable(function) else getattr(home, function) for home in homes]
    functions = {library: partial(one, **options) for library, one in zip(LIBRARIES, spelled)}
    return Operation(identity, name, normal(*shapes), functions, 1e-4, gradients)


def _batch_norm(functional: Any, x: Any, weight: Any, bias: Any) -> Any:
    return functional.batch_norm(x, None, None, weight, bias, training=True)


# -- training steps --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ImageNetwork:
    """A training step of a network that both libraries spell alike: forward, cross-entropy, backward, SGD."""

    id: str
    name: str
    build: Callable[[Any], Any]
    images: tuple[int, ...]
    learning_rate: float = 1e-3
    tolerance: float = 1e-4


def cnn(nn: Any) -> Any:
    """PyTorch's own example for MNIST, without dropout."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


def resnet18(nn: Any) -> Any:
    """He et al. 2016, with 10 classes."""

    class Block(nn.Module):  # type: ignore[misc]  # either library's
        def __init__(self, inputs: int, outputs: int, stride: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            short = [nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)]
            self.short = nn.Sequential(*(short if stride > 1 else []))

        def forward(self, x: Any) -> Any:
            y = self.bn1(self.conv1(x)).relu()
            return (self.bn2(self.conv2(y)) + self.short(x)).relu()

    sizes = (64, 64, 128, 256, 512)
    blocks = [
        block
        for number, (inputs, outputs) in enumerate(pairwise(sizes))
        for block in (Block(inputs, outputs, 1 + (number > 0)), Block(outputs, outputs, 1))
    ]
    first = (nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
    return nn.Sequential(*first, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


NETWORKS = (
    ImageNetwork("W6", "CNN 28x28: conv32-conv64-pool-fc128-fc10, batch 64", cnn, (64, 1, 28, 28)),
    ImageNetwork("V2", "ResNet-18 at 3x64x64, batch 16", resnet18, (16, 3, 64, 64), tolerance=1e-3),
)


@dataclass(frozen=True)
class Beginning:
    """Equal weights and data for all."""

    weights: dict[str, Any]
    images: Any
    labels: Any


def beginning(network: ImageNetwork) -> Beginning:
    """Draw weights as PyTorch does, and a batch."""
    import numpy as np
    import torch

    random = np.random.default_rng()
    weights = {name: value.numpy().copy() for name, value in network.build(torch.nn).state_dict().items()}
    images = random.standard_normal(network.images, dtype=np.float32)
    return Beginning(weights, images, random.integers(0, 10, network.images[0]))


def step(contender: Any, network: ImageNetwork, start: Beginning) -> Callable[[], Any]:
    """A training step; a call gives the loss. clgrad's is jitted, as a user's would be."""
    library = contender.clgrad if contender.library == "clgrad" else contender.torch
    functional = library.nn.functional
    if contender.library == "clgrad":
        with library.use_device(contender.device):
            model = network.build(library.nn)
    else:
        model = network.build(library.nn)
        model = model.double() if contender.double else model
    model.load_state_dict({name: contender.tensor(value) for name, value in start.weights.items()})
    optimizer = library.optim.SGD(model.parameters(), lr=network.learning_rate, momentum=0.9)

    def train(images: Any, labels: Any) -> Any:
        loss = functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    run = library.jit(train) if contender.library == "clgrad" else train
    return partial(run, contender.tensor(start.images), contender.tensor(start.labels))


# -- running it ------------------------------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cl", help="clgrad's device (default: cl)")
    parser.add_argument("--threads", type=int, default=1, help="of both (default: 1)")
    parser.add_argument("--only", nargs="+", default=[""], metavar="TEXT", help="what has such an id or name")
    parser.add_argument("--rounds", type=int, default=7, help="how often they take turns (default: 7)")
    parser.add_argument("--seconds", type=float, default=0.1, help="length of a turn (default: 0.1)")
    parser.add_argument("--markdown", action="store_true", help="print markdown tables")
    parser.add_argument("--memory-of", choices=LIBRARIES, help="print the peak bytes of the one step that --only names")
    return parser.parse_args()


def peak(library: str, network: ImageNetwork, options: argparse.Namespace) -> int | None:
    """The peak memory of a step, measured in a fresh process."""
    from memory import PROCESS

    if not PROCESS.exists():
        return None
    command = [sys.executable, __file__, "--only", network.id, "--memory-of", library]
    command += ["--device", options.device, "--threads", str(options.threads)]
    if library == "clgrad":
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # fills the cache of kernels
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def measure_memory(options: argparse.Namespace) -> None:
    """Print the peak of one step."""
    from contenders import Clgrad, Torch
    from memory import peak_of

    (network,) = [one for one in NETWORKS if one.id in options.only]
    contender = Clgrad(options.device) if options.memory_of == "clgrad" else Torch()
    start = beginning(network)
    contender.numpy(contender.tensor(start.images))  # opens the device
    print(peak_of(lambda: step(contender, network, start), contender))


def main() -> None:
    options = arguments()
    prepare(options.device, options.threads)
    import numpy as np
    import torch

    torch.set_num_threads(options.threads)
    if options.memory_of:
        measure_memory(options)
        return
    from contenders import Clgrad, Torch
    from measure import Array, Effort, Task
    from race import race, race_operation
    from table import Table, megabytes, number, ratio

    ours = Clgrad(options.device)
    contenders: list[Contender] = [Torch(), ours]
    by_process = options.threads == 1 and ours.runs_on_host
    effort = Effort(time.process_time if by_process else time.perf_counter, options.rounds, options.seconds)
    print(f"{ours.device.description}; torch {torch.__version__}; threads of each: {options.threads}")

    def readied(network: ImageNetwork) -> Callable[[Any], tuple[Task, list[Array]]]:
        start = beginning(network)

        def ready(contender: Any) -> tuple[Task, list[Array]]:
            run = step(contender, network, start)
            losses = [contender.numpy(run()).reshape(()) for _ in range(STEPS)]
            return Task(run, contender.finish), [np.stack(losses)]

        return ready

    def wants(identity: str, name: str) -> bool:
        return any(identity.startswith(text) or text in name for text in options.only)

    works = [work for work in operations() if wants(work.id, work.name)]
    if works:
        table = Table("Operations", ["id", "work", "torch ms", ours.name], options.markdown)
    for work in works:
        timings = race_operation(work, contenders, np.random.default_rng(), effort).timings
        milliseconds = number(timings["torch"].milliseconds)
        table.row([work.id, work.name, milliseconds, ratio(timings[ours.name], True, options.markdown)])
    networks = [one for one in NETWORKS if wants(one.id, one.name)]
    if networks:
        columns = ["id", "training step", "torch ms", ours.name, "MB clgrad", "MB torch"]
        table = Table("Training steps", columns, options.markdown)
    for network in networks:
        timings = race(network.id, readied(network), contenders, network.tolerance, effort).timings
        cells = [number(timings["torch"].milliseconds), ratio(timings[ours.name], True, options.markdown)]
        table.row([network.id, network.name, *cells, *(megabytes(peak(one, network, options)) for one in LIBRARIES)])


if __name__ == "__main__":
    main()
