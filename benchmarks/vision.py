"""Convolutions, batch normalisation, pooling, and training steps of image networks, against PyTorch.

    python benchmarks/vision.py [--device cl] [--threads 1] [--only TEXT ...] [--rounds 7] [--seconds 0.1] [--markdown]

What is printed is said in benchmarks/suite.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from suite import TrainingStep, main, operation

if TYPE_CHECKING:
    from measure import Array
    from numpy.random import Generator
    from works import Operation

# -- operations ------------------------------------------------------------------------------------------------------


def operations() -> Iterator[Operation]:
    """Single operations, forward, and forward with all gradients."""
    for place, (name, x, w, options) in enumerate(CONVOLUTIONS):
        forward, backward = (chr(ord("a") + 2 * place + more) for more in (0, 1))
        yield operation(f"W4{forward}", f"conv2d {name}", "conv2d", [x, w], options)
        size = [_places(*one, **options) for one in zip(x[2:], w[2:])]
        above = (x[0], w[0], *size)
        both = f"conv2d {name}, forward and backward"
        yield operation(f"W4{backward}", both, "conv2d", [x, w, above], options, gradients=2)
    image = (32, 64, 28, 28)
    for letter, name, function, options, above in (
        ("a", "batch norm (32,64,28,28)", _batch_norm, {}, image),
        ("b", "max pool 2 (32,64,28,28)", "max_pool2d", {"kernel_size": 2}, (32, 64, 14, 14)),
        ("c", "max pool 3, step 2 (32,64,28,28)", "max_pool2d", POOL, (32, 64, 14, 14)),
        ("d", "average pool 2 (32,64,28,28)", "avg_pool2d", {"kernel_size": 2}, (32, 64, 14, 14)),
    ):
        inputs = [image, (64,), (64,), above] if callable(function) else [image, above]
        both = f"{name}, forward and backward"
        yield operation(f"V1{letter}", both, function, inputs, options, gradients=len(inputs) - 1)


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


def _batch_norm(functional: Any, x: Any, weight: Any, bias: Any) -> Any:
    return functional.batch_norm(x, None, None, weight, bias, training=True)


# -- training steps --------------------------------------------------------------------------------------------------


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


def _network(
    identity: str, name: str, build: Callable[[Any], Any], images: tuple[int, ...], tolerance: float = 1e-4
) -> TrainingStep:
    """A step that sorts images into 10 classes."""

    def batch(random: Generator) -> tuple[Array, Array]:
        return random.standard_normal(images, dtype="float32"), random.integers(0, 10, images[0])

    def loss(functional: Any, model: Any, images: Any, labels: Any) -> Any:
        return functional.cross_entropy(model(images), labels)

    return TrainingStep(identity, name, build, batch, loss, tolerance=tolerance)


NETWORKS = (
    _network("W6", "CNN 28x28: conv32-conv64-pool-fc128-fc10, batch 64", cnn, (64, 1, 28, 28)),
    _network("V2", "ResNet-18 at 3x64x64, batch 16", resnet18, (16, 3, 64, 64), tolerance=1e-3),
)


if __name__ == "__main__":
    main(__doc__, operations, NETWORKS)
