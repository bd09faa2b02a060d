"""Separate two moons and draw the border that the network found.

    python examples/moons.py [--device auto] [--epochs 300] [--seed 0] [--out moons.png] [--json FILE]

The data are 400 noisy points of scikit-learn's two moons; each epoch is one step on all of them. It
takes a few seconds, writes the picture moons.png, and prints

    device: cl:0 (...)
    loss: 0.0299
    accuracy: 98.5%
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import make_moons
from tqdm import trange

import clgrad
from clgrad import Tensor, nn
from clgrad.nn.functional import cross_entropy
from clgrad.optim import AdamW


def load(seed: int) -> tuple[Tensor, Tensor]:
    """Give the points, of shape (400, 2), and the moon that each belongs to."""
    points, moons = make_moons(400, noise=0.15, random_state=seed)
    return clgrad.from_numpy(points.astype(np.float32)), clgrad.from_numpy(moons)


def build_model() -> nn.Module:
    """Build the classifier: a point of the plane to the scores of two moons."""
    return nn.Sequential(
        nn.Linear(2, 32),
        nn.Tanh(),
        nn.Linear(32, 32),
        nn.Tanh(),
        nn.Linear(32, 2),
    )


@clgrad.no_grad()
def measure(model: nn.Module, points: Tensor, moons: Tensor) -> float:
    """Give the share of points that the model puts on the right moon."""
    hits = model(points).argmax(dim=1) == moons
    return float(hits.mean(dtype=clgrad.float32).item())


@clgrad.no_grad()
def draw(model: nn.Module, points: Tensor, moons: Tensor, path: Path) -> None:
    """Draw the points over the probability of the second moon."""
    across, up = np.meshgrid(np.linspace(-1.6, 2.6, 200), np.linspace(-1.2, 1.7, 150))
    grid = clgrad.from_numpy(np.stack([across, up], axis=-1).astype(np.float32))
    probability = model(grid).softmax(dim=-1)[..., 1].numpy()
    figure = Figure(figsize=(7, 5))
    axes = figure.subplots()
    axes.contourf(across, up, probability, levels=20, cmap="RdBu", vmin=-0.5, vmax=1.5)
    axes.contour(across, up, probability, levels=[0.5], colors="black")
    x, y = points.numpy().T
    axes.scatter(x, y, s=20, c=moons.numpy(), cmap="RdBu", edgecolors="black")
    axes.set_title("two moons: the probability of the second, and the border")
    figure.savefig(path, dpi=120, bbox_inches="tight")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", help="cpu, cl, cl:1, cl:<part of a name>, or auto")
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("moons.png"), metavar="FILE")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to a file")
    arguments = parser.parse_args()

    with clgrad.use_device(arguments.device) as device:
        print(f"device: {device.name} ({device.description})")
        clgrad.manual_seed(arguments.seed)
        points, moons = load(arguments.seed)
        model = build_model()
        optimizer = AdamW(model.parameters(), lr=0.02)

        start = time.perf_counter()
        losses: list[Tensor] = []
        for _ in trange(arguments.epochs, unit="step"):
            loss = cross_entropy(model(points), moons)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        curve = [loss.item() for loss in losses]
        accuracy = measure(model, points, moons)
        seconds = time.perf_counter() - start
        draw(model, points, moons, arguments.out)

    print(f"loss: {curve[-1]:.4f}")
    print(f"accuracy: {accuracy:.1%}")
    if arguments.json:
        results = {
            "device": device.name,
            "epochs": arguments.epochs,
            "loss": curve,
            "accuracy": accuracy,
            "seconds": seconds,
        }
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
