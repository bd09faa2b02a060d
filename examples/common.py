"""What the examples that train on batches share: their options, the epochs, the accuracy, and results as JSON."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import trange

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader
from clgrad.io import load_checkpoint, save_checkpoint
from clgrad.optim import Optimizer


def command_line(description: str, epochs: int, batch_size: int, lr: float) -> argparse.ArgumentParser:
    """Give a parser of the options that all have, with these defaults."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--device", default="auto", help="cpu, cl, cl:1, cl:<part of a name>, or auto")
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--batch-size", type=int, default=batch_size)
    parser.add_argument("--lr", type=float, default=lr, help="learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results to a file")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="go on from this file, and write it")
    return parser


def train(
    options: argparse.Namespace,
    model: nn.Module,
    optimizer: Optimizer,
    batches: DataLoader,
    loss_of: Callable[..., Tensor],
    rate: Callable[[float], float] = lambda done: 1.0,
) -> dict[str, Any]:
    """Train for some epochs and give the results: the mean loss of each epoch, and what stands around it.

    ``loss_of`` is given the parts of a batch. ``rate`` is given the share of epochs done, and gives a factor of the
    learning rate. With --resume the run goes on from a file, if that is there, and writes it after each epoch.
    """
    total = clgrad.zeros(())

    # Recorded once, replayed as one plan. Parameters, statistics, moments, random numbers and the total change inside.
    @clgrad.jit
    def step(*batch: Tensor) -> None:
        loss = loss_of(*batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total.assign(total + loss.detach())

    first = 0
    if options.resume and options.resume.exists():
        first = load_checkpoint(options.resume, model=model, optimizer=optimizer, loader=batches)["epoch"]
    start = time.perf_counter()
    losses: list[float] = []
    for epoch in (progress := trange(first, options.epochs, unit="epoch")):
        optimizer.param_groups[0]["lr"] = options.lr * rate(epoch / options.epochs)
        total.assign(0)
        for batch in batches:
            step(*batch)
        # Only here the program waits for the device.
        losses.append(total.item() / len(batches))
        progress.set_postfix(loss=f"{losses[-1]:.4f}")
        if options.resume:
            save_checkpoint(options.resume, model=model, optimizer=optimizer, loader=batches, epoch=epoch + 1)
    return {
        "device": clgrad.device().name,
        "first_epoch": first,
        "epochs": options.epochs,
        "loss": losses,
        "seconds": time.perf_counter() - start,
    }


@clgrad.no_grad()
def accuracy(model: nn.Module, batches: DataLoader) -> float:
    """Give the share of inputs that the model puts into the right class."""
    hits = [(model(inputs).argmax(dim=1) == targets).sum() for inputs, targets in batches]
    count: int = sum(one.item() for one in hits)
    return count / len(batches.dataset)


def write(results: dict[str, Any], path: Path | None) -> None:
    """Write results as JSON, where a file is named."""
    if path:
        path.write_text(json.dumps(results, indent=2) + "\n")
