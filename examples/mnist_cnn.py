"""Train LeNet to read handwritten digits.

    python examples/mnist_cnn.py [--device auto] [--epochs 5] [--batch-size 64] [--lr 0.002] [--seed 0] [--data data]
                                 [--images COUNT] [--json FILE] [--resume FILE]

The data are MNIST, from the folder given by --data. If it is not there, the 1797 digits of 8x8 pixels that come with
scikit-learn are drawn larger and taken instead; the output says so. With them it takes some ten seconds, shows a
progress bar with the loss, and prints

    data: the digits of scikit-learn, since data holds no MNIST
    device: cl:0 (...)
    test accuracy: 97.2%

With --resume the run goes on from FILE, if that is there, and writes it after each epoch.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tqdm import trange

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader, TensorDataset
from clgrad.data.vision import MNIST
from clgrad.errors import DatasetError
from clgrad.io import load_checkpoint, save_checkpoint
from clgrad.models import lenet
from clgrad.nn.functional import cross_entropy
from clgrad.optim import Adam, Optimizer


def load(folder: Path, count: int | None, seed: int) -> tuple[TensorDataset, TensorDataset, str]:
    """Give the training data, so many of them, and the test data, and what they are.

    Images are (N, 1, 28, 28) with mean 0 and deviation 1.
    """
    try:
        parts = MNIST(folder, train=True), MNIST(folder, train=False)
        images, test_images = parts[0].data[:, None], parts[1].data[:, None]
        targets, test_targets = parts[0].targets, parts[1].targets
        name = "MNIST"
    except DatasetError:
        digits = load_digits()
        larger = digits.images.repeat(3, axis=1).repeat(3, axis=2) * (255 / 16)
        framed = np.pad(larger, ((0, 0), (2, 2), (2, 2)))[:, None]
        images, test_images, targets, test_targets = train_test_split(
            framed, digits.target, test_size=0.2, random_state=seed, stratify=digits.target
        )
        name = f"the digits of scikit-learn, since {folder} holds no MNIST"
    mean, deviation = images.mean(), images.std()
    train, test = (((one - mean) / deviation).astype(np.float32) for one in (images, test_images))
    return TensorDataset(train[:count], targets[:count]), TensorDataset(test, test_targets), name


def training_step(model: nn.Module, optimizer: Optimizer, total: Tensor) -> Callable[[Tensor, Tensor], None]:
    """Give the function that trains on one batch and adds its loss to ``total``."""

    # Recorded once, replayed as one plan. Parameters, moments and the total change inside.
    @clgrad.jit
    def step(images: Tensor, targets: Tensor) -> None:
        loss = cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total.assign(total + loss.detach())

    return step


@clgrad.no_grad()
def accuracy(model: nn.Module, batches: DataLoader) -> float:
    """Give the share of images that the model puts into the right class."""
    hits = [(model(images).argmax(dim=1) == targets).sum() for images, targets in batches]
    count: int = sum(one.item() for one in hits)
    return count / len(batches.dataset)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", help="cpu, cl, cl:1, cl:<part of a name>, or auto")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help="what holds MNIST/raw")
    parser.add_argument("--images", type=int, metavar="COUNT", help="train with the first of them only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to a file")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from this file, and write it")
    arguments = parser.parse_args()

    with clgrad.use_device(arguments.device) as device:
        clgrad.manual_seed(arguments.seed)
        train_data, test_data, name = load(arguments.data, arguments.images, arguments.seed)
        print(f"data: {name}")
        print(f"device: {device.name} ({device.description})")
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, arguments.batch_size, shuffle=True, drop_last=True, seed=arguments.seed)
        model = lenet()
        optimizer = Adam(model.parameters(), lr=arguments.lr)
        first = 0
        if arguments.resume and arguments.resume.exists():
            first = load_checkpoint(arguments.resume, model=model, optimizer=optimizer, loader=batches)["epoch"]
        total = clgrad.zeros(())
        step = training_step(model, optimizer, total)

        start = time.perf_counter()
        losses: list[float] = []
        for epoch in (progress := trange(first, arguments.epochs, unit="epoch")):
            total.assign(0)
            for images, targets in batches:
                step(images, targets)
            # Only here the program waits for the device.
            losses.append(total.item() / len(batches))
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
            if arguments.resume:
                save_checkpoint(arguments.resume, model=model, optimizer=optimizer, loader=batches, epoch=epoch + 1)
        test_accuracy = accuracy(model.eval(), DataLoader(test_data, batch_size=500))
        seconds = time.perf_counter() - start

    print(f"test accuracy: {test_accuracy:.1%}")
    if arguments.json:
        results = {
            "device": device.name,
            "data": name,
            "first_epoch": first,
            "epochs": arguments.epochs,
            "loss": losses,
            "test_accuracy": test_accuracy,
            "seconds": seconds,
        }
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
