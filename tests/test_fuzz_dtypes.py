"""Random programs over mixed dtypes: integers, bools and floats of every width meet in one kernel."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import clgrad

Draw = Callable[[st.SearchStrategy[Any]], Any]

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64")
SHAPES = ((), (1,), (7,), (33,), (3, 1), (3, 7), (1, 7), (5, 3, 7))
Step = tuple[str, Callable[..., Any], tuple[int, ...]]


def _to(x: Any, dtype: str) -> Any:
    return x.to(getattr(torch, dtype)) if isinstance(x, torch.Tensor) else x.to(dtype)


def _where(condition: Any, a: Any, b: Any) -> Any:
    return (torch if isinstance(condition, torch.Tensor) else clgrad).where(condition, a, b)


def _cat(x: Any, y: Any) -> Any:
    return (torch if isinstance(x, torch.Tensor) else clgrad).cat([x.reshape(-1), y.reshape(-1)])


ANY: dict[str, Callable[..., Any]] = {
    "eq": lambda a, b: a == b,
    "lt": lambda a, b: a < b,
    "ge": lambda a, b: a >= b,
    "choose": lambda a, b: _where(a != 0, a, b),
    "guard": lambda a, b: _where(a > b, b, 3),
    "cat": _cat,
    "maximum": lambda a, b: a.maximum(b),
    "minimum": lambda a, b: a.minimum(b),
}
NUMBERS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // _where(b == 0, b + 3, b),
    "mod": lambda a, b: a % _where(b == 0, b + 3, b),
}
BITS: dict[str, Callable[..., Any]] = {"and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b}
ALONE: dict[str, Callable[[Any], Any]] = {
    "not": lambda a: ~(a != 0),
    "any": lambda a: (a != 0).any(-1, keepdim=True) if a.ndim else a != 0,
    "all": lambda a: (a > 1).all(),
    "plus": lambda a: a + 2,
    "half": lambda a: a * 0.5,
    "flip": lambda a: a.flip(-1) if a.ndim else a,
    "turned": lambda a: a.transpose(0, -1) if a.ndim else a,
    "argmax": lambda a: _to(a, "int64").argmax(-1) if a.ndim else _to(a, "int64"),
    "count": lambda a: (a != 0).sum(0) if a.ndim else a,
    "most": lambda a: a.amax(-1, keepdim=True) if a.ndim else a,
    "expanded": lambda a: a.expand(2, *a.shape),
}


class Builder:
    """Draws steps that fit; torch evaluates each at once."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        generator = np.random.default_rng(draw(st.integers(0, 999)))
        self.inputs = []
        for _ in range(draw(st.integers(2, 4))):
            dtype, shape = draw(st.sampled_from(DTYPES)), draw(st.sampled_from(SHAPES))
            low = 0 if dtype in ("bool", "uint8") else -9
            self.inputs.append(np.asarray(generator.integers(low, 10, shape)).astype(dtype))
        self.values = [torch.from_numpy(np.array(x)) for x in self.inputs]
        self.steps: list[Step] = []

    def step(self) -> None:
        first = self.draw(st.integers(0, len(self.values) - 1))
        a = self.values[first]
        fitting = [place for place, b in enumerate(self.values) if _broadcast(a.shape, b.shape)]
        second = self.draw(st.sampled_from(fitting))
        b = self.values[second]
        table = dict(ANY)
        if a.dtype != torch.bool and b.dtype != torch.bool:
            table |= NUMBERS
        if not (a.dtype.is_floating_point or b.dtype.is_floating_point):
            table |= BITS
        kind = self.draw(st.sampled_from(("two", "two", "alone", "cast")))
        if kind == "two":
            name = self.draw(st.sampled_from(sorted(table)))
            self.add(name, table[name], first, second)
        elif kind == "alone":
            name = self.draw(st.sampled_from(sorted(ALONE)))
            self.add(name, ALONE[name], first)
        else:
            dtype = self.draw(st.sampled_from(DTYPES))
            if a.dtype.is_floating_point and dtype[0] == "u":
                return  # a negative float has no unsigned value
            self.add(f"to {dtype} ", lambda x: _to(x, dtype), first)

    def add(self, name: str, function: Callable[..., Any], *operands: int) -> None:
        value = function(*(self.values[place] for place in operands))
        size = value.to(torch.float64).abs().max() if value.numel() else torch.tensor(0.0)
        # Small enough for every dtype to hold it, so that casts are defined and floats are exact.
        if value.numel() > 500 or float(size) > 60:
            return
        self.values.append(value)
        self.steps.append((name, function, operands))


def _broadcast(a: Any, b: Any) -> bool:
    return all(n == m or 1 in (n, m) for n, m in zip(reversed(a), reversed(b)))


@st.composite
def programs(draw: Draw) -> Builder:
    builder = Builder(draw)
    for _ in range(draw(st.integers(4, 12))):
        builder.step()
    return builder


def run(inputs: list[Any], steps: list[Step]) -> list[Any]:
    values = list(inputs)
    for _, function, operands in steps:
        values.append(function(*(values[place] for place in operands)))
    return values


def test_mixed_dtypes(device: str) -> None:
    able = clgrad.device(device)

    @settings(
        max_examples=150 if device == "cpu" else 40,
        deadline=None,
        derandomize="CI" in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def check(program: Builder) -> None:
        for place, (name, _, operands) in enumerate(program.steps, len(program.inputs)):
            note(f"{place} = {name}{operands}")
        dtypes = {str(value.dtype).removeprefix("torch.") for value in program.values}
        if not all(able.supports(getattr(clgrad, name)) for name in dtypes):
            return
        ours = run([clgrad.tensor(x, device=device) for x in program.inputs], program.steps)
        clgrad.realize(*ours)
        for place, (mine, theirs) in enumerate(zip(ours, program.values)):
            wanted = theirs.numpy()
            assert mine.dtype.name == wanted.dtype.name, f"value {place}"
            np.testing.assert_array_equal(mine.numpy(), wanted, err_msg=f"value {place}")

    check()
