"""Random small programs: cpu, every other device and torch agree on values and gradients.

Two kinds of program. *Exact* ones start from small integers and add, multiply, compare, choose and
move them, all without rounding, so that ties and comparisons fall alike everywhere. *Smooth* ones use
every function without kinks, so that rounding stays rounding.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import clgrad

Shape = tuple[int, ...]
Draw = Callable[[st.SearchStrategy[Any]], Any]

SIZES = (1, 2, 3, 4, 5, 7, 17, 33)
MOST_ELEMENTS = 400
LARGEST = 2.0**22
"""Integers stay below this, so that float32 holds them, and sums of a few of them, exactly."""

SMOOTH_MAPS: dict[str, Callable[[Any], Any]] = {
    "sin": lambda x: x.sin(),
    "tanh": lambda x: x.tanh(),
    "sigmoid": lambda x: x.sigmoid(),
    "exp": lambda x: (x.sin() * 0.5).exp(),
    "log": lambda x: (x * x + 0.5).log(),
    "sqrt": lambda x: (x * x + 0.5).sqrt(),
    "reciprocal": lambda x: 1 / (x * x + 0.5),
    "scaled": lambda x: x * 0.7 - 0.1,
    "softmax": lambda x: x.softmax(-1) if x.ndim else x,
    "logsumexp": lambda x: x - x.logsumexp(0) if x.ndim else x,
    "centred": lambda x: x - x.mean(-1, keepdim=True) if x.ndim else x,
}
EXACT_MAPS: dict[str, Callable[[Any], Any]] = {
    "neg": lambda x: -x,
    "abs": lambda x: abs(x),
    "relu": lambda x: x.relu(),
    "plus": lambda x: x + 1,
    "clamp": lambda x: x.clamp(-3, 5),
    "where": lambda x: _where(x > 0, x, -1.0),
    "floor": lambda x: (x * 0.5).floor(),
    "mod": lambda x: x % 3,
}


def _where(condition: Any, a: Any, b: Any) -> Any:
    return (torch if isinstance(condition, torch.Tensor) else clgrad).where(condition, a, b)


def _cat(xs: list[Any], dim: int) -> Any:
    return (torch if isinstance(xs[0], torch.Tensor) else clgrad).cat(xs, dim)


def _pad(x: Any, widths: Shape, value: float) -> Any:
    return (
        torch.nn.functional.pad(x, widths, value=value) if isinstance(x, torch.Tensor) else x.pad(widths, value=value)
    )


def _reduce(x: Any, name: str, dims: Shape, keepdim: bool) -> Any:
    return getattr(x, name)(dim=dims, keepdim=keepdim)


def _take(x: Any, dim: int, places: list[int]) -> Any:
    return x[(slice(None),) * dim + (places,)]


def _write(x: Any, place: int, value: Any) -> Any:
    y = x * 1
    y[place] = value
    return y


@dataclass
class Program:
    """Inputs, and steps that each make one value of earlier ones."""

    exact: bool
    inputs: list[np.ndarray[Any, Any]]
    steps: list[tuple[str, Callable[..., Any], tuple[int, ...], bool]] = field(default_factory=list)
    """Name, function, numbers of its operands, and whether clgrad evaluates it at once."""
    weights: list[float] = field(default_factory=list)

    def values(self, xs: list[Any]) -> list[Any]:
        values = list(xs)
        for _, function, operands, now in self.steps:
            value = function(*(values[place] for place in operands))
            if now and isinstance(value, clgrad.Tensor):
                value.realize()
            values.append(value)
        return values

    def loss(self, values: list[Any]) -> Any:
        """Every value counts, so that each has several readers."""
        total = None
        for value, weight in zip(values, self.weights):
            term = (value * weight).sum()
            total = term if total is None else total + term
        return total

    def __str__(self) -> str:
        lines = [f"{place} = input {x.shape}" for place, x in enumerate(self.inputs)]
        for place, (name, _, operands, now) in enumerate(self.steps, len(self.inputs)):
            lines.append(f"{place} = {name}{operands}{' realized' if now else ''}")
        return "\n".join(lines)


class Builder:
    """Draws steps that fit; torch evaluates each at once and so knows shapes and sizes of numbers."""

    def __init__(self, draw: Draw, exact: bool) -> None:
        self.draw = draw
        generator = np.random.default_rng(draw(st.integers(0, 999)))
        inputs = []
        for _ in range(draw(st.integers(1, 3))):
            shape = tuple(draw(st.lists(st.sampled_from(SIZES), max_size=3)))
            if math.prod(shape) > MOST_ELEMENTS:
                shape = shape[:1]
            host = generator.integers(-3, 4, shape) if exact else generator.uniform(-1.5, 1.5, shape)
            inputs.append(np.asarray(host, np.float32))
        self.program = Program(exact, inputs)
        self.values = [torch.from_numpy(x.astype(np.float64)) for x in inputs]

    def pick(self, fits: Callable[[Any], bool] = lambda x: True) -> int | None:
        places = [place for place, x in enumerate(self.values) if fits(x)]
        return self.draw(st.sampled_from(places)) if places else None

    def add(self, name: str, function: Callable[..., Any], *operands: int) -> None:
        value = function(*(self.values[place] for place in operands))
        if value.numel() > MOST_ELEMENTS or (self.program.exact and float(value.abs().max()) > LARGEST):
            return
        self.values.append(value)
        self.program.steps.append((name, function, operands, self.draw(st.integers(0, 4)) == 0))

    def step(self) -> None:
        kinds = ("map", "map", "binary", "binary", "reduce", "move", "move", "matmul", "cat", "take", "write")
        getattr(self, "_" + self.draw(st.sampled_from(kinds)))()

    def _map(self) -> None:
        table = EXACT_MAPS if self.program.exact else SMOOTH_MAPS
        name = self.draw(st.sampled_from(sorted(table)))
        place = self.pick()
        assert place is not None
        self.add(name, table[name], place)

    def _binary(self) -> None:
        first = self.pick()
        assert first is not None
        shape = self.values[first].shape
        second = self.pick(lambda x: _broadcasts(tuple(x.shape), tuple(shape)))
        assert second is not None  # a value fits itself
        table: dict[str, Callable[..., Any]] = {
            "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b
        }  # fmt: skip
        if self.program.exact:
            table |= {
                "maximum": lambda a, b: a.maximum(b), "minimum": lambda a, b: a.minimum(b),
                "choose": lambda a, b: _where(a < b, a, b * 2),
            }  # fmt: skip
        name = self.draw(st.sampled_from(sorted(table)))
        self.add(name, table[name], first, second)

    def _reduce(self) -> None:
        place = self.pick(lambda x: x.ndim > 0)
        if place is None:
            return
        dims = tuple(self.draw(st.lists(st.integers(0, self.values[place].ndim - 1), min_size=1, unique=True)))
        keepdim = self.draw(st.booleans())
        name = self.draw(st.sampled_from(("sum", "amax", "amin") if self.program.exact else ("sum", "mean", "mean")))
        self.add(f"{name} {dims} {keepdim} ", lambda x: _reduce(x, name, dims, keepdim), place)

    def _move(self) -> None:
        place = self.pick(lambda x: x.ndim > 0)
        if place is None:
            return
        shape = tuple(self.values[place].shape)
        kind = self.draw(st.sampled_from(("reshape", "permute", "expand", "flip", "slice", "pad", "unsqueeze")))
        dim = self.draw(st.integers(0, len(shape) - 1))
        size = shape[dim]
        if kind == "reshape":
            shapes = [(-1,), (*shape[:dim], 1, *shape[dim:]), tuple(reversed(shape))]
            shapes += [(k, math.prod(shape) // k) for k in (2, 3, 4) if math.prod(shape) % k == 0]
            target = self.draw(st.sampled_from(shapes))
            self.add(f"reshape {target} ", lambda x: x.reshape(target), place)
        elif kind == "permute":
            order = tuple(self.draw(st.permutations(range(len(shape)))))
            self.add(f"permute {order} ", lambda x: x.permute(*order), place)
        elif kind == "expand":
            lengths = tuple(self.draw(st.sampled_from((2, 3))) if size == 1 else size for size in shape)
            target = (self.draw(st.sampled_from((1, 2, 3))), *lengths)
            self.add(f"expand {target} ", lambda x: x.expand(*target), place)
        elif kind == "flip":
            self.add(f"flip {dim} ", lambda x: x.flip(dim), place)
        elif kind == "slice":
            start = self.draw(st.integers(0, size - 1))
            stop, step = self.draw(st.integers(start + 1, size)), self.draw(st.integers(1, 3))
            key = (slice(None),) * dim + (slice(start, stop, step),)
            self.add(f"slice {dim} {start}:{stop}:{step} ", lambda x: x[key], place)
        elif kind == "pad":
            widths = tuple(self.draw(st.lists(st.integers(0, 2), min_size=2, max_size=2)))
            value = float(self.draw(st.sampled_from((0, 0, 1, -2))))
            self.add(f"pad {widths} {value} ", lambda x: _pad(x, widths, value), place)
        else:
            self.add(f"unsqueeze {dim} ", lambda x: x.unsqueeze(dim), place)

    def _matmul(self) -> None:
        first = self.pick(lambda x: x.ndim >= 1)
        if first is None:
            return
        a = self.values[first]
        inner = a.shape[-1]
        rows = [place for place, x in enumerate(self.values) if x.ndim == 2 and x.shape[0] == inner]
        columns = [place for place, x in enumerate(self.values) if x.ndim == 2 and x.shape[1] == inner]
        choices: list[tuple[str, Callable[..., Any], tuple[int, ...]]] = []
        choices += [("matmul", lambda a, b: a @ b, (first, place)) for place in rows]
        choices += [("matmul transposed", lambda a, b: a @ b.T, (first, place)) for place in columns]
        if a.ndim >= 2:
            choices += [("gram", lambda a: a @ a.mT, (first,)), ("gram transposed", lambda a: a.mT @ a, (first,))]
        if choices:
            self.add(*(lambda c: (c[0], c[1], *c[2]))(self.draw(st.sampled_from(choices))))

    def _cat(self) -> None:
        first = self.pick(lambda x: x.ndim > 0)
        if first is None:
            return
        shape = tuple(self.values[first].shape)
        dim = self.draw(st.integers(0, len(shape) - 1))

        def fits(x: Any) -> bool:
            return x.ndim == len(shape) and all(n == m for k, (n, m) in enumerate(zip(x.shape, shape)) if k != dim)

        second = self.pick(fits)
        assert second is not None
        self.add(f"cat {dim} ", lambda a, b: _cat([a, b], dim), first, second)

    def _take(self) -> None:
        place = self.pick(lambda x: x.ndim > 0)
        if place is None:
            return
        shape = self.values[place].shape
        dim = self.draw(st.integers(0, len(shape) - 1))
        places = self.draw(st.lists(st.integers(-shape[dim], shape[dim] - 1), min_size=1, max_size=5))
        self.add(f"take {dim} {places} ", lambda x: _take(x, dim, places), place)

    def _write(self) -> None:
        first = self.pick(lambda x: x.ndim > 0)
        if first is None:
            return
        shape = tuple(self.values[first].shape[1:])
        second = self.pick(
            lambda x: _broadcasts(tuple(x.shape), shape) and x.ndim <= len(shape) and _fits(x.shape, shape)
        )
        row = self.draw(st.integers(0, self.values[first].shape[0] - 1))
        if second is None:
            self.add(f"write {row} ", lambda x: _write(x, row, 2.0), first)
        else:
            self.add(f"write {row} ", lambda x, value: _write(x, row, value), first, second)


def _broadcasts(a: Shape, b: Shape) -> bool:
    return all(n == m or 1 in (n, m) for n, m in zip(reversed(a), reversed(b)))


def _fits(a: Any, b: Shape) -> bool:
    """Whether a broadcasts to b itself."""
    return all(n in (1, m) for n, m in zip(reversed(tuple(a)), reversed(b)))


@st.composite
def programs(draw: Draw, exact: bool) -> Program:
    builder = Builder(draw, exact)
    for _ in range(draw(st.integers(3, 10))):
        builder.step()
    builder.program.weights = [float(draw(st.sampled_from((0, 1, -1, 2)))) for _ in builder.values]
    if not any(builder.program.weights):
        builder.program.weights[-1] = 1.0
    return builder.program


def run_in_torch(program: Program) -> tuple[list[Any], list[Any], list[float]]:
    """Values, gradients and the size of the terms in each gradient, in float64."""
    xs = [torch.from_numpy(x.astype(np.float64)).requires_grad_() for x in program.inputs]
    values = program.values(xs)
    loss = program.loss(values)
    gradients = torch.autograd.grad(loss, xs, allow_unused=True, retain_graph=True)
    inner = [value for value in values if value.requires_grad]
    passed = torch.autograd.grad(loss, inner, allow_unused=True)
    # What cancels in a gradient is as large as what flows through the graph: rounding is relative to that.
    flow = max([1.0, *(float(g.abs().max()) for g in passed if g is not None and g.numel())])
    return [value.detach() for value in values], list(gradients), [flow] * len(xs)


def compare(program: Program, device: str) -> None:
    values, gradients, sizes = run_in_torch(program)
    xs = [clgrad.tensor(x, device=device, requires_grad=True) for x in program.inputs]
    ours = program.values(xs)
    loss = program.loss(ours)
    found = clgrad.autograd.grad(loss, xs, allow_unused=True)
    clgrad.realize(loss, *ours, *(one for one in found if one is not None))
    for place, (mine, theirs) in enumerate(zip(ours, values)):
        wanted = theirs.numpy()
        assert mine.shape == wanted.shape
        if program.exact:
            np.testing.assert_array_equal(mine.numpy(), wanted, err_msg=f"value {place}")
        else:
            size = max(1.0, float(np.abs(wanted).max()))
            np.testing.assert_allclose(mine.numpy(), wanted, rtol=2e-5, atol=2e-5 * size, err_msg=f"value {place}")
    for place, (mine, theirs, size) in enumerate(zip(found, gradients, sizes)):
        wanted = np.zeros(program.inputs[place].shape) if theirs is None else theirs.numpy()
        actual = np.zeros_like(wanted) if mine is None else mine.numpy()
        np.testing.assert_allclose(actual, wanted, rtol=1e-4, atol=1e-5 * size, err_msg=f"gradient {place}")


def compare_second(program: Program, device: str) -> None:
    """The gradient of the squared gradient, in float64: programs put all rules through each other."""

    def twice(xs: list[Any], grad: Callable[..., Any]) -> list[Any]:
        first = grad(program.loss(program.values(xs)), xs, create_graph=True, allow_unused=True)
        bent = [(g * g).sum() for g in first if g is not None and g.requires_grad]
        if not bent:
            return [None] * len(xs)
        return list(grad(sum(bent[1:], bent[0]), xs, allow_unused=True))

    theirs = twice(
        [torch.from_numpy(x.astype(np.float64)).requires_grad_() for x in program.inputs], torch.autograd.grad
    )
    xs = [clgrad.tensor(x.astype(np.float64), device=device, requires_grad=True) for x in program.inputs]
    ours = twice(xs, clgrad.autograd.grad)
    clgrad.realize(*(one for one in ours if one is not None))
    for place, (mine, wanted, x) in enumerate(zip(ours, theirs, program.inputs)):
        expected = np.zeros(x.shape) if wanted is None else wanted.numpy()
        actual = np.zeros(x.shape) if mine is None else mine.numpy()
        size = max(1.0, float(np.abs(expected).max(initial=0)))
        np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-8 * size, err_msg=f"second {place}")


def _settings(device: str, examples: int) -> settings:
    """Each example is compiled, so that devices other than the host see fewer of them."""
    return settings(
        max_examples=examples if device == "cpu" else examples // 4,
        deadline=None,
        derandomize="CI" in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def _fuzz(device: str, exact: bool, check: Callable[[Program, str], None], examples: int) -> None:
    @_settings(device, examples)
    @given(programs(exact))
    def run(program: Program) -> None:
        note(str(program))
        check(program, device)

    run()


def test_exact_programs(device: str) -> None:
    _fuzz(device, True, compare, 150)


def test_smooth_programs(device: str) -> None:
    _fuzz(device, False, compare, 150)


def test_second_derivatives(device: str) -> None:
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip(f"{device} has no float64")
    _fuzz(device, False, compare_second, 80)
