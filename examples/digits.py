"""Train a small network to read handwritten digits.

    python examples/digits.py [--device auto] [--epochs 30] [--batch-size 32] [--lr 0.01] [--seed 0]
                              [--json FILE]

The data are the 1797 images of 8x8 pixels that come with scikit-learn; a fifth of them is kept for
the test. The learning rate falls from epoch to epoch. It takes a few seconds, shows a progress bar
with the loss, and prints

    device: cl:0 (...)
    test accuracy: 98.1%

The same seed gives the same losses on every device, up to rounding.
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
from clgrad.nn.functional import cross_entropy
from clgrad.optim import Adam, Optimizer


def load(seed: int) -> tuple[TensorDataset, TensorDataset]:
    """Give the training and the test data, with equal shares of each digit."""
    digits = load_digits()
    pixels = (digits.data / 16).astype(np.float32)
    inputs, test_inputs, targets, test_targets = train_test_split(
        pixels, digits.target, test_size=0.2, random_state=seed, stratify=digits.target
    )
    return TensorDataset(inputs, targets), TensorDataset(test_inputs, test_targets)


def build_model() -> nn.Module:
    """Build the classifier: 64 pixels to the scores of ten digits."""
    return nn.Sequential(
        nn.Linear(64, 64),
        nn.ReLU(),
        nn.Linear(64, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


def training_step(model: nn.Module, optimizer: Optimizer, total: Tensor) -> Callable[[Tensor, Tensor], None]:
    """Give the function that trains on one batch and adds its loss to ``total``."""

    # Recorded once, replayed as one plan. Parameters, moments and the total change inside.
    @clgrad.jit
    def step(inputs: Tensor, targets: Tensor) -> None:
        # Smoothed labels keep so small a training set from being learned by heart.
        loss = cross_entropy(model(inputs), targets, label_smoothing=0.1)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total.assign(total + loss.detach())

    return step


@clgrad.no_grad()
def accuracy(model: nn.Module, inputs: Tensor, targets: Tensor) -> float:
    """Give the share of inputs that the model puts into the right class."""
    hits = model(inputs).argmax(dim=1) == targets
    return float(hits.mean(dtype=clgrad.float32).item())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", help="cpu, cl, cl:1, cl:<part of a name>, or auto")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to a file")
    arguments = parser.parse_args()

    with clgrad.use_device(arguments.device) as device:
        print(f"device: {device.name} ({device.description})")
        clgrad.manual_seed(arguments.seed)
        train_data, test_data = load(arguments.seed)
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, arguments.batch_size, shuffle=True, drop_last=True, seed=arguments.seed)
        model = build_model()
        optimizer = Adam(model.parameters(), lr=arguments.lr)
        total = clgrad.zeros(())
        step = training_step(model, optimizer, total)

        start = time.perf_counter()
        losses: list[float] = []
        for epoch in (progress := trange(arguments.epochs, unit="epoch")):
            optimizer.param_groups[0]["lr"] = arguments.lr * (1 - epoch / arguments.epochs)
            total.assign(0)
            for inputs, targets in batches:
                step(inputs, targets)
            # Only here the program waits for the device.
            losses.append(total.item() / len(batches))
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
        ((inputs, targets),) = DataLoader(test_data, batch_size=len(test_data))
        test_accuracy = accuracy(model.eval(), inputs, targets)
        seconds = time.perf_counter() - start

    print(f"test accuracy: {test_accuracy:.1%}")
    if arguments.json:
        results = {
            "device": device.name,
            "epochs": arguments.epochs,
            "loss": losses,
            "test_accuracy": test_accuracy,
            "seconds": seconds,
        }
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
