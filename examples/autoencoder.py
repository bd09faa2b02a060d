"""Squeeze images of digits into a few numbers and draw them again: a convolutional autoencoder.

    python examples/autoencoder.py [--device auto] [--epochs 20] [--batch-size 64] [--lr 0.003] [--code 8] [--seed 0]
                                   [--json FILE] [--resume FILE]

The data are the 1797 images of 8x8 pixels that come with scikit-learn; a fifth of them is kept for the test. It takes
some ten seconds, shows a progress bar with the loss, and prints

    device: cl:0 (...)
    test error: 0.0141 of 8 numbers, 0.0736 of the mean image

The error is the mean square of what is missing in each pixel, from 0 to 1. With --resume the run goes on from FILE, if
that is there, and writes it after each epoch.
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
from clgrad.io import load_checkpoint, save_checkpoint
from clgrad.nn.functional import mse_loss
from clgrad.optim import Adam, Optimizer


def load(seed: int) -> tuple[TensorDataset, Tensor]:
    """Give the training images and those of the test, (N, 1, 8, 8) from 0 to 1."""
    images = (load_digits().images[:, None] / 16).astype(np.float32)
    train, test = train_test_split(images, test_size=0.2, random_state=seed)
    return TensorDataset(train), clgrad.from_numpy(test)


class Autoencoder(nn.Module):
    """An image of 8x8 pixels to ``code`` numbers, and back."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 2 * 2, code),
        )
        self.unpack = nn.Linear(code, 32 * 2 * 2)
        self.decoder = nn.Sequential(
            nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, images: Tensor) -> Tensor:
        drawn: Tensor = self.decoder(self.unpack(self.encoder(images)).reshape(-1, 32, 2, 2))
        return drawn


def training_step(model: nn.Module, optimizer: Optimizer, total: Tensor) -> Callable[[Tensor], None]:
    """Give the function that trains on one batch and adds its loss to ``total``."""

    # Recorded once, replayed as one plan. Parameters, statistics, moments and the total change inside.
    @clgrad.jit
    def step(images: Tensor) -> None:
        loss = mse_loss(model(images), images)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total.assign(total + loss.detach())

    return step


@clgrad.no_grad()
def measure(model: nn.Module, images: Tensor) -> tuple[float, float]:
    """Give the error of what the model draws, and that of the mean image."""
    drawn = mse_loss(model(images), images)
    return drawn.item(), images.var(0, correction=0).mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", help="cpu, cl, cl:1, cl:<part of a name>, or auto")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--code", type=int, default=8, help="how many numbers stand for an image")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to a file")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from this file, and write it")
    arguments = parser.parse_args()

    with clgrad.use_device(arguments.device) as device:
        print(f"device: {device.name} ({device.description})")
        clgrad.manual_seed(arguments.seed)
        train_data, test_images = load(arguments.seed)
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, arguments.batch_size, shuffle=True, drop_last=True, seed=arguments.seed)
        model = Autoencoder(arguments.code)
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
            for (images,) in batches:
                step(images)
            # Only here the program waits for the device.
            losses.append(total.item() / len(batches))
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
            if arguments.resume:
                save_checkpoint(arguments.resume, model=model, optimizer=optimizer, loader=batches, epoch=epoch + 1)
        error, mean_error = measure(model.eval(), test_images)
        seconds = time.perf_counter() - start

    print(f"test error: {error:.4f} of {arguments.code} numbers, {mean_error:.4f} of the mean image")
    if arguments.json:
        results = {
            "device": device.name,
            "first_epoch": first,
            "epochs": arguments.epochs,
            "loss": losses,
            "test_error": error,
            "mean_error": mean_error,
            "seconds": seconds,
        }
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
