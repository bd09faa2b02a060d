"""An activation of your own, and a gradient of your own, in a network that trains.

    python examples/custom_op.py [--device auto] [--steps 300] [--seed 0] [--json FILE]

``snake(x) = x + sin(x)^2`` (Ziyin et al., 2020) can learn what repeats itself. It is one row: C for OpenCL, numpy for
the host, and its gradient. ``Limited`` is a function with a gradient of its own: it limits what flows back. A
small network with both learns a sine; it prints

    device: cl:0 (...)
    kernels of the activation: 1
    loss: 0.0004
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

import clgrad
from clgrad import Tensor, nn
from clgrad.nn.functional import mse_loss
from clgrad.optim import AdamW

snake = clgrad.elementwise(
    "snake",
    c="{0} + sin({0}) * sin({0})",
    numpy=lambda x: x + np.sin(x) ** 2,
    vjp=lambda g, y, x: g * (1 + (x * 2).sin()),
    costly=True,
)


class Limited(clgrad.autograd.Function):
    """The same value; each element of the gradient is limited to [-1, 1]."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x * 1

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient.clamp(-1, 1)


class Wave(nn.Module):
    """A number to a number, by way of snakes."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(1, 32)
        self.outer = nn.Linear(32, 1)

    def forward(self, x: Tensor) -> Tensor:
        output: Tensor = self.outer(Limited.apply(snake(self.inner(x) * 3)))
        return output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    device = clgrad.device(options.device)
    print(f"device: {device} ({device.description})")
    clgrad.manual_seed(options.seed)
    with clgrad.use_device(device):
        x = clgrad.linspace(-2 * math.pi, 2 * math.pi, 256).reshape(-1, 1)
        y = x.sin()
        kernels = clgrad.jit(lambda x: snake(x * 3 + 1) * 2)
        kernels(x), kernels(x)  # the first call runs as it stands, the second is recorded
        count = int(kernels.cost()["kernels"])
        print(f"kernels of the activation: {count}")

        model = Wave()
        optimizer = AdamW(model.parameters(), lr=0.01)

        @clgrad.jit
        def step(x: Tensor, y: Tensor) -> Tensor:
            loss: Tensor = mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            return loss

        for _ in range(options.steps):
            loss = step(x, y)
        print(f"loss: {loss.item():.4f}")
    if options.json:
        results = {"device": device.name, "steps": options.steps, "kernels": count, "loss": loss.item()}
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
