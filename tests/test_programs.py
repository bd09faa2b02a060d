"""Random programs against numpy: whatever is fused, stored, read early or forgotten, the values are the same.

A program is a list of steps on numbered values. ``seed`` gives it all: to look at one that failed, build it with
``Program(seed)``; its ``steps`` print as a list.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor

Host = np.ndarray[Any, Any]
Shape = tuple[int, ...]

SHAPES: list[Shape] = [(4, 6), (6,), (4, 1), (3, 4, 6)]
MOST_ELEMENTS = 600


@dataclass(frozen=True)
class Step:
    """One op: the numbers of its operands, and what it needs besides."""

    op: str
    operands: tuple[int, ...]
    argument: Any = None


def softmax(x: Host, axis: int) -> Host:
    e = np.exp(x - x.max(axis, keepdims=True))
    return np.asarray(e / e.sum(axis, keepdims=True))


def added(x: Host, index: list[int]) -> Host:
    result = x.copy()
    np.add.at(result, index, 0.5 * x[:1])
    return result


def padding(widths: Any) -> list[int]:
    return [width for pair in reversed(widths) for width in pair]


# What each op is here and in numpy; products are kept small, so that errors do not grow.
OURS: dict[str, Callable[..., Tensor]] = {
    "tanh": lambda x, _: x.tanh(),
    "sigmoid": lambda x, _: x.sigmoid(),
    "sin": lambda x, _: x.sin(),
    "abs": lambda x, _: abs(x),
    "relu": lambda x, _: x.relu(),
    "add": lambda x, y, _: x + y,
    "sub": lambda x, y, _: x - y,
    "mul": lambda x, y, _: (x * y).tanh(),
    "maximum": lambda x, y, _: x.maximum(y),
    "where": lambda x, y, _: clgrad.where(x > 0.1, x, y * 0.5),
    "mean": lambda x, axes: x.mean(axes[0], keepdim=axes[1]),
    "amax": lambda x, axes: x.amax(axes[0], keepdim=axes[1]),
    "softmax": lambda x, axis: x.softmax(axis),
    "permute": lambda x, axes: x.permute(axes),
    "reshape": lambda x, shape: x.reshape(shape),
    "flip": lambda x, axes: x.flip(*axes),
    "slice": lambda x, key: x[key],
    "pad": lambda x, widths: x.pad(padding(widths)),
    "expand": lambda x, shape: x.expand(*shape),
    "matmul": lambda x, y, _: (x @ y).tanh(),
    "take": lambda x, index: x[clgrad.tensor(index, device=x.device)],
    "scatter": lambda x, index: x.scatter_rows(clgrad.tensor(index, device=x.device), x[:1] * 0.5, "add"),
}
NUMPY: dict[str, Callable[..., Any]] = {
    "tanh": lambda x, _: np.tanh(x),
    "sigmoid": lambda x, _: 1 / (1 + np.exp(-x)),
    "sin": lambda x, _: np.sin(x),
    "abs": lambda x, _: np.abs(x),
    "relu": lambda x, _: np.maximum(x, 0),
    "add": lambda x, y, _: x + y,
    "sub": lambda x, y, _: x - y,
    "mul": lambda x, y, _: np.tanh(x * y),
    "maximum": lambda x, y, _: np.maximum(x, y),
    "where": lambda x, y, _: np.where(x > 0.1, x, y * 0.5),
    "mean": lambda x, axes: x.mean(axes[0], keepdims=axes[1]),
    "amax": lambda x, axes: x.max(axes[0], keepdims=axes[1]),
    "softmax": softmax,
    "permute": lambda x, axes: x.transpose(axes),
    "reshape": lambda x, shape: x.reshape(shape),
    "flip": lambda x, axes: np.flip(x, axes),
    "slice": lambda x, key: x[key],
    "pad": np.pad,
    "expand": np.broadcast_to,
    "matmul": lambda x, y, _: np.tanh(x @ y),
    "take": lambda x, index: x[index],
    "scatter": added,
}
UNARY, BINARY = ("tanh", "sigmoid", "sin", "abs", "relu"), ("add", "sub", "mul", "maximum")


class Program:
    """Random steps that fit together, on values of a few small shapes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        host = np.random.default_rng(seed)
        self.inputs = [host.standard_normal(shape) for shape in SHAPES]
        self.directions = [host.standard_normal(shape) for shape in SHAPES]
        self.steps: list[Step] = []
        shapes = list(SHAPES)
        for _ in range(self.random.randint(3, 28)):
            step = self.draw(shapes)
            if step is not None:
                sample = [np.zeros(shapes[number]) for number in step.operands]
                result = np.asarray(NUMPY[step.op](*sample, step.argument)).shape
                if np.prod(result) <= MOST_ELEMENTS:
                    self.steps.append(step)
                    shapes.append(result)

    def draw(self, shapes: list[Shape]) -> Step | None:
        """One step, or None where the drawn op does not fit the drawn value."""
        r = self.random
        number = r.randrange(len(shapes)) if r.random() < 0.4 else len(shapes) - 1 - r.randrange(min(3, len(shapes)))
        shape = shapes[number]
        axes = range(len(shape))
        kind = r.choice(["unary", "binary", "binary", "reduce", "reduce", "move", "move", "where", "matmul", "rows"])
        if kind == "unary":
            return Step(r.choice(UNARY), (number,))
        if kind in ("binary", "where"):
            fits = [other for other, size in enumerate(shapes) if fit(shape, size, same=kind == "where")]
            return Step(r.choice(BINARY) if kind == "binary" else "where", (number, r.choice(fits)))
        if kind == "matmul":
            fits = [other for other, size in enumerate(shapes) if shape and len(size) == 2 and size[0] == shape[-1]]
            return Step("matmul", (number, r.choice(fits))) if fits else None
        if not shape:
            return None
        if kind == "rows":
            op = r.choice(["take", "scatter", "softmax"])
            index = [r.randrange(shape[0]) for _ in range(r.randint(1, 4))]
            return Step(op, (number,), r.randrange(len(shape)) if op == "softmax" else index)
        some = tuple(sorted(r.sample(axes, r.randint(1, len(shape)))))
        if kind == "reduce":
            return Step(r.choice(["mean", "amax"]), (number,), (some, r.random() < 0.5))
        op = r.choice(["permute", "reshape", "flip", "slice", "pad", "expand"])
        return Step(op, (number,), {
            "permute": lambda: tuple(r.sample(axes, len(shape))),
            "reshape": lambda: factors(r, int(np.prod(shape))),
            "flip": lambda: some,
            "slice": lambda: tuple(part(r, size) for size in shape),
            "pad": lambda: [(r.choice([0, 0, 1, 2]), r.choice([0, 0, 1])) for _ in shape],
            "expand": lambda: (*[2] * r.randint(0, 1), *(r.choice([1, 2, 5]) if n == 1 else n for n in shape)),
        }[op]())  # fmt: skip

    def run(self, table: dict[str, Callable[..., Any]], values: list[Any]) -> list[Any]:
        values = list(values)
        for step in self.steps:
            values.append(table[step.op](*(values[number] for number in step.operands), step.argument))
        return values

    def expected(self, shift: float = 0.0) -> list[Host]:
        """Every value, with the inputs moved along the directions."""
        return self.run(NUMPY, [x + shift * d for x, d in zip(self.inputs, self.directions)])


def fit(a: Shape, b: Shape, same: bool) -> bool:
    if same:
        return a == b
    try:
        return bool(np.prod(np.broadcast_shapes(a, b)) <= MOST_ELEMENTS)
    except ValueError:
        return False


def factors(r: random.Random, total: int) -> Shape:
    shape = []
    while total > 1 and len(shape) < 3:
        shape.append(r.choice([n for n in range(1, total + 1) if total % n == 0]))
        total //= shape[-1]
    return (*shape, total)


def part(r: random.Random, size: int) -> slice:
    start = r.randrange(size)
    return slice(start, r.randint(start + 1, size), r.choice([1, 1, 2, 3]))


def check(program: Program, number: int, value: Tensor, expected: list[Host]) -> None:
    np.testing.assert_allclose(
        value.numpy(), expected[number], rtol=1e-9, atol=1e-9, err_msg=f"value {number} of {program.steps}"
    )


COUNTS = {"cpu": 250}
"""Programs for each device; every one has to be compiled where there is a compiler."""
OTHERS = 12


def seeds(device: str) -> range:
    return range(COUNTS.get(device, OTHERS))


def needs_double(device: str) -> None:
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip(f"{device} has no float64, in which these programs are compared")


def test_values(device: str) -> None:
    """Some values are kept, the others forgotten; they are computed together or one by one."""
    needs_double(device)
    for seed in seeds(device):
        program = Program(seed)
        expected = program.expected()
        values = program.run(OURS, [clgrad.tensor(x, device=device) for x in program.inputs])
        share = program.random.choice([1, len(values) // 3 + 1, len(values)])
        kept = [(number, values[number]) for number in program.random.sample(range(len(values)), share)]
        del values
        if program.random.random() < 0.5:
            clgrad.realize(*(value for _, value in kept))
        for number, value in kept:
            check(program, number, value, expected)


def test_values_read_while_the_program_is_written(device: str) -> None:
    needs_double(device)
    for seed in seeds(device):
        program = Program(1000 + seed)
        expected = program.expected()
        values = [clgrad.tensor(x, device=device) for x in program.inputs]
        for step in program.steps:
            values.append(OURS[step.op](*(values[number] for number in step.operands), step.argument))
            number = program.random.randrange(len(values))
            action = program.random.random()
            if action < 0.15:
                check(program, number, values[number], expected)
            elif action < 0.25:
                moved = values[number]
                moved += 1
                moved -= 1
                values[number] = moved.detach()
        check(program, len(values) - 1, values[-1], expected)


def test_gradients(device: str) -> None:
    """Against a central difference along a random direction, with the loss read at a random time."""
    needs_double(device)
    checked = 0
    for seed in seeds(device):
        program = Program(2000 + seed)
        leaves = [clgrad.tensor(x, device=device, requires_grad=True) for x in program.inputs]
        values = program.run(OURS, leaves)
        chosen = program.random.sample(range(len(SHAPES), len(values)), min(2, len(program.steps)))
        loss = clgrad.zeros((), dtype="float64", device=device)
        for number in chosen:
            loss = loss + values[number].square().mean()
        del values
        if not loss.requires_grad:
            continue
        read = program.random.choice(["before", "after", "never"])
        if read == "before":
            loss.item()
        loss.backward()
        if read == "after":
            loss.item()
        found = sum(
            float((leaf.grad.numpy() * direction).sum())
            for leaf, direction in zip(leaves, program.directions)
            if leaf.grad is not None
        )

        def at(shift: float, program: Program = program, chosen: list[int] = chosen) -> float:
            values = program.expected(shift)
            return float(sum(np.square(values[number]).mean() for number in chosen))

        step = 1e-5
        forward, backward = (at(step) - at(0)) / step, (at(0) - at(-step)) / step
        np.testing.assert_allclose(loss.item(), at(0), rtol=1e-9)
        if abs(forward - backward) > 1e-3 * max(1.0, abs(forward)):
            continue  # a corner of relu, where or maximum lies in between
        checked += 1
        np.testing.assert_allclose(
            found, (forward + backward) / 2, rtol=1e-3, atol=1e-4, err_msg=f"{chosen} of {program.steps}"
        )
    assert checked > len(seeds(device)) * 0.8
