"""Train a small residual network on photos of 32x32 pixels.

    python examples/cifar_resnet.py [--device auto] [--epochs 10] [--batch-size 64] [--lr 0.05] [--width 16] [--seed 0]
                                    [--data data] [--images 1024] [--json FILE] [--resume FILE]

The data are CIFAR-10, from the folder given by --data. If it is not there, --images random patterns of its form are
made, ten classes under noise; the output says so. It shows a progress bar with the loss, and prints

    data: 1024 made-up patterns, since data holds no CIFAR-10
    device: cl:0 (...)
    test accuracy: 100.0%

Images are mirrored at random on the device, and the learning rate falls as a cosine does. With --resume the run goes
on from FILE, if that is there, and writes it after each epoch.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from common import accuracy, command_line, train, write

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader, TensorDataset
from clgrad.data.vision import CIFAR10
from clgrad.errors import DatasetError
from clgrad.models.resnet import BasicBlock, ResNet
from clgrad.nn.functional import cross_entropy
from clgrad.optim import SGD

CLASSES = 10


def made_up(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Make images (count, 32, 32, 3) of uint8, each the coarse pattern of its class under noise, and the classes."""
    patterns = np.random.default_rng(0).uniform(64, 192, (CLASSES, 4, 4, 3)).repeat(8, axis=1).repeat(8, axis=2)
    random = np.random.default_rng(seed)
    targets = random.integers(0, CLASSES, count)
    noisy = patterns[targets] + random.normal(0, 48, (count, 32, 32, 3))
    return noisy.clip(0, 255).astype(np.uint8), targets


def load(folder: Path, count: int, seed: int) -> tuple[TensorDataset, TensorDataset, str]:
    """Give the training and the test data, images (N, 3, 32, 32) with mean 0 and deviation 1, and what they are."""
    try:
        train, test = CIFAR10(folder, train=True), CIFAR10(folder, train=False)
        parts = [(train.data, train.targets), (test.data, test.targets)]
        name = "CIFAR-10"
    except DatasetError:
        parts = [made_up(count, seed + 1), made_up(max(count // 4, CLASSES), seed + 2)]
        name = f"{count} made-up patterns, since {folder} holds no CIFAR-10"
    mean, deviation = parts[0][0].mean((0, 1, 2)), parts[0][0].std((0, 1, 2))
    sets = [
        TensorDataset(((images - mean) / deviation).astype(np.float32).transpose(0, 3, 1, 2), targets)
        for images, targets in parts
    ]
    return sets[0], sets[1], name


def build_model(width: int) -> ResNet:
    """Build a residual network of ten layers, whose first ones keep the size of images that are small already."""
    model = ResNet(BasicBlock, (1, 1, 1, 1), CLASSES, zero_init_residual=True, width=width)
    model.conv1 = nn.Conv2d(3, width, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


def mirrored(images: Tensor) -> Tensor:
    """Turn about every second image from left to right."""
    turned = clgrad.rand((images.shape[0], 1, 1, 1)) < 0.5
    return clgrad.where(turned, images.flip(3), images)


def main() -> None:
    parser = command_line(__doc__, epochs=10, batch_size=64, lr=0.05)
    parser.add_argument("--width", type=int, default=16, help="channels of the first stage")
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help="what holds CIFAR-10")
    parser.add_argument("--images", type=int, default=1024, help="how many are made up without CIFAR-10")
    options = parser.parse_args()

    with clgrad.use_device(options.device) as device:
        clgrad.manual_seed(options.seed)
        train_data, test_data, name = load(options.data, options.images, options.seed)
        print(f"data: {name}")
        print(f"device: {device.name} ({device.description})")
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, options.batch_size, shuffle=True, drop_last=True, seed=options.seed)
        model = build_model(options.width)
        optimizer = SGD(model.parameters(), lr=options.lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
        loss_of = lambda images, targets: cross_entropy(model(mirrored(images)), targets)
        rate = lambda done: (1 + math.cos(math.pi * done)) / 2
        results = {"data": name, **train(options, model, optimizer, batches, loss_of, rate)}
        results["test_accuracy"] = accuracy(model.eval(), DataLoader(test_data, batch_size=256))

    print(f"test accuracy: {results['test_accuracy']:.1%}")
    write(results, options.json)


if __name__ == "__main__":
    main()
