"""Kernels in a row on several cores: each core makes a share of the rows of all of them, and none waits for another."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import nn
from clgrad.cl import joint
from clgrad.cl.shares import Share, independent
from clgrad.device import Call
from clgrad.kernel import Kernel, Load, Take
from clgrad.runtime import clear_plans
from clgrad.view import View

CORES = 4
Elements = dict[int, set[int]]


@pytest.fixture
def chains(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Sequence[Call], list[Share], int]]]:
    """What a device of four cores, to which every little is work, was asked to share, and how it did."""
    device = clgrad.device("cl")
    if not device.capabilities.is_cpu:
        pytest.skip("a GPU runs the rows of one kernel side by side")
    seen: list[tuple[Sequence[Call], list[Share], int]] = []

    def recorded(calls: Sequence[Call], count: int) -> list[Share]:
        shares = independent(calls, count)
        if len(shares) > 1:
            seen.append((calls[: len(shares)], shares, count))
        return shares

    monkeypatch.setitem(device.__dict__, "capabilities", replace(device.capabilities, compute_units=CORES))
    monkeypatch.setattr(joint, "independent", recorded)
    monkeypatch.setattr(joint, "_pays", lambda *chain: True)
    clear_plans()
    yield seen
    clear_plans()


def elements(view: View) -> set[int]:
    """Everything that a view shows, element by element."""
    ranges = view.mask or tuple((0, size) for size in view.shape)
    places = np.zeros((1,) * len(view.shape), np.int64) + view.offset
    for axis, ((low, high), stride) in enumerate(zip(ranges, view.strides)):
        steps = np.arange(low, high) * stride
        places = places + steps.reshape([-1 if other == axis else 1 for other in range(len(view.shape))])
    return set(places.reshape(-1).tolist())


def touched(kernel: Kernel, steps: Sequence[int], places: Sequence[int], number: int) -> tuple[Elements, Elements]:
    """What a share of a kernel reads, and what it writes, of each buffer."""
    reads: Elements = defaultdict(set)
    writes: Elements = defaultdict(set)

    def note(into: Elements, argument: int, found: set[int]) -> None:
        into[places[argument]] |= {one + number * steps[argument] for one in found}

    for part in kernel.parts or (kernel,):
        programs = [part.lines, *(one.lines for one in (part.anchor.operands if part.anchor else ()))]
        for line in (line for lines in programs for line in lines if isinstance(line, Load)):
            whole = View.contiguous((kernel.arguments[line.argument].size,))
            note(reads, line.argument, elements(whole if isinstance(line, Take) else line.view))
        for store in part.stores:
            note(writes, store.argument, elements(store.view))
    return reads, writes


def check(calls: Sequence[Call], shares: Sequence[Share], count: int) -> None:
    """Shares together write what the kernels do, and none touches what another writes: by going through it all."""
    written: list[Elements] = [defaultdict(set) for _ in range(count)]
    everything: list[Elements] = [defaultdict(set) for _ in range(count)]
    for call, one in zip(calls, shares):
        _, whole = touched(call.kernel, (0,) * len(call.arguments), call.arguments, 0)
        parts: Elements = defaultdict(set)
        for number in range(count):
            reads, writes = touched(one.kernel, one.steps, call.arguments, number)
            for place, found in writes.items():
                parts[place] |= found
                written[number][place] |= found
                everything[number][place] |= found
            for place, found in reads.items():
                everything[number][place] |= found
        assert parts == whole, call.kernel
    for number in range(count):
        for other in range(count):
            for place, found in written[number].items():
                assert number == other or found.isdisjoint(everything[other][place]), (number, other, place)


def trained(build: Callable[[], nn.Module], device: str, x: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """Losses of three jitted steps, and the weights after them."""
    clgrad.manual_seed(0)
    model = build().to(device)
    optimizer = clgrad.optim.SGD(model.parameters(), lr=0.1)

    @clgrad.jit
    def step(x: clgrad.Tensor) -> clgrad.Tensor:
        found = model(x)
        loss = (found[0] if isinstance(found, tuple) else found).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    tensor = clgrad.tensor(x, device=device).realize()
    losses = [step(tensor).numpy() for _ in range(3)]
    return [*losses, *(value.numpy() for value in model.parameters())]


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "LSTM": (lambda: nn.LSTM(8, 16, num_layers=2), (5, 8, 8)),
    "LSTM, batch first, both directions": (lambda: nn.LSTM(8, 16, batch_first=True, bidirectional=True), (8, 5, 8)),
    "GRU": (lambda: nn.GRU(8, 16), (5, 8, 8)),
    "RNN": (lambda: nn.RNN(8, 16), (5, 8, 8)),
    "layers": (
        lambda: nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.LayerNorm(32), nn.Linear(32, 16), nn.Softmax(-1)),
        (16, 16),
    ),
    "attention": (lambda: nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True), (8, 4, 16)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_training(chains: list[Any], name: str) -> None:
    build, shape = NETWORKS[name]
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    for found, expected in zip(trained(build, "cl", x), trained(build, "cpu", x), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert chains, "nothing was shared"
    for one in chains:
        check(*one)


def test_complex_numbers(chains: list[Any]) -> None:
    """What a pointer counts is half of an element."""
    host = np.random.default_rng(0)
    x, w = (
        host.standard_normal((*shape, 2)).astype(np.float32).view(np.complex64)[..., 0]
        for shape in ((128, 64), (64, 64))
    )

    def run(x: Any, w: Any) -> Any:
        for _ in range(3):
            x = x @ w
            x = x / (abs(x) + 1)
            x = x * x + 1
        return x

    found = clgrad.jit(run)
    given = [clgrad.tensor(one, device="cl").realize() for one in (x, w / 8)]
    for _ in range(3):
        np.testing.assert_allclose(found(*given).numpy(), run(x, w / 8), rtol=1e-4, atol=1e-5)
    assert any(
        argument.dtype.is_complex for calls, *_ in chains for call in calls for argument in call.kernel.arguments
    )


ROWS, COLUMNS = 8, 32
STEPS: dict[str, Callable[[list[clgrad.Tensor], clgrad.Tensor, int], clgrad.Tensor]] = {
    "product": lambda values, w, n: (values[-1] @ w).tanh(),
    "product of a transpose": lambda values, w, n: (values[-1] @ w.T).tanh(),
    "add": lambda values, w, n: values[-1] + values[n % len(values)],
    "row's norm": lambda values, w, n: values[-1] / (values[-1].square().sum(1, keepdim=True) + 1).sqrt(),
    "column's mean": lambda values, w, n: values[-1] - values[n % len(values)].mean(0, keepdim=True),
    "softmax": lambda values, w, n: values[-1].softmax(1),
    "other rows": lambda values, w, n: values[-1].flip(0) * 0.5,
    "next row": lambda values, w, n: values[-1].roll(1 + n % 3, 0),
    "columns joined": lambda values, w, n: clgrad.cat([values[-1][:, 16:], values[n % len(values)][:, :16] * 2], 1),
    "rows joined": lambda values, w, n: clgrad.cat([values[-1][4:], values[n % len(values)][:4] * 2], 0),
    "transposed": lambda values, w, n: values[-1].T.reshape(ROWS, COLUMNS).sin(),
    "turned": lambda values, w, n: values[-1].reshape(COLUMNS, ROWS).sin().T.contiguous().reshape(ROWS, COLUMNS),
    "rows by number": lambda values, w, n: values[-1][clgrad.arange(ROWS, device=w.device) * 3 % ROWS],
    "stored": lambda values, w, n: values[-1].contiguous(),
}


def test_random_chains(chains: list[Any]) -> None:
    """Steps that keep to their rows, and others that do not: results are those of numpy, and shares do not meet."""
    chosen = random.Random(0)
    host = np.random.default_rng(0)
    for _ in range(25):
        names = [chosen.choice(list(STEPS)[: chosen.choice([3, 6, len(STEPS)])]) for _ in range(chosen.randint(4, 14))]
        numbers = [chosen.randrange(99) for _ in names]
        x, w = host.standard_normal((ROWS, COLUMNS)), host.standard_normal((COLUMNS, COLUMNS)) / 4

        def run(x: clgrad.Tensor, w: clgrad.Tensor) -> clgrad.Tensor:
            values = [x]
            for name, number in zip(names, numbers):  # noqa: B023  # called in this turn only
                values.append(STEPS[name](values, w, number))
            return clgrad.stack(values[:: chosen.choice([1, 2])][-3:]).sum(0) + values[-1]

        results = []
        for device in ("cl", "cpu"):
            state = chosen.getstate()
            given = [clgrad.tensor(one.astype(np.float32), device=device).realize() for one in (x, w)]
            jitted = clgrad.jit(run)
            jitted(*given)
            results.append(jitted(*given).numpy())
            chosen.setstate(state)
        np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-5, err_msg=str(names))
    assert max(len(calls) for calls, *_ in chains) > 5
    for one in chains:
        check(*one)
