"""jit: a replay does what the function does, and sees what changes between calls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import clgrad
from clgrad import nn, optim
from clgrad.errors import JitError
from clgrad.runtime import trace


def training(device: str, make: type, **options: float):
    """A small network, its optimizer, and a whole training step."""
    clgrad.manual_seed(3)
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3)).to(device)
    optimizer = make(model.parameters(), **options)

    def step(x: clgrad.Tensor, y: clgrad.Tensor) -> clgrad.Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return model, optimizer, step


def batches(device: str, count: int):
    random = np.random.default_rng(0)
    for _ in range(count):
        x = random.standard_normal((5, 6), dtype=np.float32)
        yield clgrad.tensor(x, device=device), clgrad.tensor(random.integers(0, 3, 5), device=device)


@pytest.mark.parametrize(
    ("make", "options"), [(optim.SGD, {"lr": 0.1, "momentum": 0.9}), (optim.AdamW, {"lr": 0.01})], ids=["sgd", "adamw"]
)
def test_a_training_step_is_what_it_is_without(device: str, make: type, options: dict[str, float]) -> None:
    results = []
    for jitted in (False, True):
        model, optimizer, step = training(device, make, **options)
        if jitted:
            step = clgrad.jit(step)
        losses = []
        for number, (x, y) in enumerate(batches(device, 12)):
            if number == 6:
                optimizer.param_groups[0]["lr"] = 0.003
            if number == 9:
                optimizer.param_groups[0]["weight_decay"] = 0.1
            losses.append(step(x, y).item())
        results.append((losses, [p.numpy() for p in model.parameters()], [p.grad.numpy() for p in model.parameters()]))
    np.testing.assert_allclose(results[1][0], results[0][0], rtol=1e-6)
    for place in (1, 2):
        for found, expected in zip(results[1][place], results[0][place]):
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_a_replay_plans_nothing(device: str) -> None:
    _, _, step = training(device, optim.SGD, lr=0.1)
    step = clgrad.jit(step)
    for number, (x, y) in enumerate(batches(device, 6)):
        with trace() as seen:
            step(x, y)
        if number >= 2:
            assert seen.plans_made == 0
            assert len(seen.kernels) == step.cost()["kernels"]
    assert step.plan().count("matmul") >= 5


def test_load_state_dict_and_modes_are_seen(device: str) -> None:
    model, _, _ = training(device, optim.SGD, lr=0.1)
    forward = clgrad.jit(lambda x: model(x))
    x = clgrad.ones(2, 6, device=device)
    with clgrad.no_grad():
        model.eval()
        expected = model(x).numpy()
        for _ in range(3):
            np.testing.assert_allclose(forward(x).numpy(), expected, rtol=1e-6)
        model.train()
        assert not np.allclose(forward(x).numpy(), forward(x).numpy()), "dropout draws anew in training"
        model.eval()
        np.testing.assert_allclose(forward(x).numpy(), expected, rtol=1e-6)
        state = {name: value * 0 for name, value in model.state_dict().items()}
        model.load_state_dict(state)
        np.testing.assert_array_equal(forward(x).numpy(), 0)


def test_new_shapes_and_numbers_make_new_records(device: str) -> None:
    scaled = clgrad.jit(lambda x, by: (x * by).sum())
    for _ in range(3):
        for size in (3, 5):
            for by in (2, 3.0):
                assert scaled(clgrad.ones(size, device=device), by).item() == size * by


class Pair(NamedTuple):
    first: clgrad.Tensor
    rest: dict[str, clgrad.Tensor]


def test_trees_in_and_out(device: str) -> None:
    @clgrad.jit
    def swap(pair: Pair, extra: list[clgrad.Tensor]) -> Pair:
        return Pair(pair.rest["a"] + extra[0], {"b": pair.first * 2, "same": extra[0]})

    for value in range(4):
        x = clgrad.full((2,), float(value), device=device)
        found = swap(Pair(x, {"a": x + 1}), [x + 2])
        assert isinstance(found, Pair)
        assert found.first.tolist() == [2 * value + 3] * 2
        assert found.rest["b"].tolist() == [2 * value] * 2
        assert found.rest["same"].tolist() == [value + 2] * 2


def test_state_advances(device: str) -> None:
    total = clgrad.zeros(2, device=device)

    @clgrad.jit
    def add(x: clgrad.Tensor) -> clgrad.Tensor:
        total.assign(total + x)
        x.add_(100)
        return total * 2

    for number in range(1, 5):
        x = clgrad.ones(2, device=device)
        assert add(x).tolist() == [2.0 * number] * 2
        assert total.tolist() == [float(number)] * 2
        assert x.tolist() == [101.0] * 2
    total.assign(total * 0)
    assert add(clgrad.ones(2, device=device)).tolist() == [2.0] * 2


SEEN = {
    "reshaped": lambda x: x.reshape(8),
    "transposed": lambda x: x.T,
    "transposed product": lambda x: (x @ x).T,
    "of a complex number": lambda x: clgrad.complex(x, x + 1).T.real,
    "on another device": lambda x: x.to("cpu").to(x.device),
}
"""What is read of a tensor: its own moves must not be seen through."""


@pytest.mark.parametrize("name", SEEN)
def test_state_that_nobody_looks_at_in_between_advances(device: str, name: str) -> None:
    """When the function is recorded, its state has no value yet, and is the same move of something that has none."""
    see = SEEN[name]

    def run(function, calls: int) -> tuple[list[list[float]], list[list[float]]]:
        state = clgrad.tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], device=device)
        state = state if "product" not in name else state[:, :2]
        given = see(state + 1)

        def step(one: clgrad.Tensor) -> clgrad.Tensor:
            state.assign((see(state) * 0.5 + one).reshape(state.shape))
            return see(given) + one

        advance = function(step)
        one = clgrad.ones(1, device=device)
        with clgrad.no_grad():
            for number in range(calls):
                if number == calls - 1:
                    given.assign(given * 2)
                found = advance(one)
        return state.tolist(), found.tolist()

    assert run(clgrad.jit, 5) == run(lambda function: function, 5)


def test_constants_from_outside_may_become_others(device: str) -> None:
    """Zeros that nobody has written to yet are a tensor like any other; so is one of two that were the same zeros."""
    first = clgrad.zeros(2, 3, device=device)
    second = clgrad.zeros_like(first)
    third = first.T.T

    @clgrad.jit
    def step(x: clgrad.Tensor) -> clgrad.Tensor:
        return clgrad.stack([x * 0 + 1, x + first, x + second * 2, x + third, x.clone().zero_()])

    one = clgrad.ones(2, 3, device=device)
    for values in ((0, 0, 0), (0, 0, 0), (1, 0, 0), (1, 2, 0), (1, 2, 3)):
        for state, value in zip((first, second, third), values):
            if value:
                state.assign(value)
        a, b, c = values
        assert step(one)[:, 0, 0].tolist() == [1, 1 + a, 1 + 2 * b, 1 + c, 0]


def test_random_streams_advance_as_without(device: str) -> None:
    def draw() -> clgrad.Tensor:
        return clgrad.rand(4, device=device)

    clgrad.manual_seed(5)
    expected = [draw().tolist() for _ in range(5)]
    clgrad.manual_seed(5)
    jitted = clgrad.jit(draw)
    assert [jitted().tolist() for _ in range(5)] == expected
    assert len({tuple(one) for one in expected}) == 5


def test_gradients_flow_through(device: str) -> None:
    square = clgrad.jit(lambda x: x * x * 3)
    for _ in range(4):
        x = clgrad.tensor([2.0], device=device, requires_grad=True)
        (square(x) * 2).sum().backward()
        assert x.grad is not None
        assert x.grad.tolist() == [24.0]


def test_a_jitted_function_in_another_is_part_of_it(device: str) -> None:
    inner = clgrad.jit(lambda x: x + 1)
    outer = clgrad.jit(lambda x: inner(x) * 2)
    for value in range(4):
        assert outer(clgrad.full((1,), float(value), device=device)).tolist() == [(value + 1) * 2.0]
    assert outer.cost()["kernels"] == 1


def test_a_returned_tensor_shows_its_last_update(device: str) -> None:
    total = clgrad.zeros(2, device=device)

    def add(x: clgrad.Tensor) -> tuple[clgrad.Tensor, clgrad.Tensor]:
        fresh = clgrad.zeros(2, device=device)
        fresh.add_(x * 2)
        return fresh, total.add_(x)

    jitted = clgrad.jit(add)
    seen = [jitted(clgrad.full((2,), float(value), device=device)) for value in range(5)]
    assert [fresh.tolist() for fresh, _ in seen] == [[2.0 * value] * 2 for value in range(5)]
    assert seen[-1][1].tolist() == total.tolist() == [10.0, 10.0]
    held = seen[-2][1].tolist()
    jitted(clgrad.ones(2, device=device))
    assert seen[-2][1].tolist() == held, "a result keeps its value"


def test_reading_inside_is_refused_and_nothing_changes(device: str) -> None:
    total = clgrad.zeros(1, device=device)

    def read(x: clgrad.Tensor) -> clgrad.Tensor:
        total.assign(total + 1)
        return x * (2 if x.sum() > 0 else 3)

    jitted = clgrad.jit(read)
    jitted(clgrad.ones(1, device=device))
    with pytest.raises(JitError, match=r"\[jit\].*inside a jitted function"):
        jitted(clgrad.ones(1, device=device))
    assert total.tolist() == [1.0]
    assert (clgrad.ones(1, device=device) + 1).tolist() == [2.0]


def test_a_tensor_kept_outside_is_refused(device: str) -> None:
    kept = []

    def leak(x: clgrad.Tensor) -> clgrad.Tensor:
        kept.append(x + 1)
        return x

    jitted = clgrad.jit(leak)
    jitted(clgrad.ones(1, device=device))
    with pytest.raises(JitError, match="keeps a tensor"):
        jitted(clgrad.ones(1, device=device))


def test_arguments_that_can_not_be_compared(device: str) -> None:
    with pytest.raises(JitError, match="ndarray can be neither"):
        clgrad.jit(lambda x: x)(np.ones(2))


def test_methods(device: str) -> None:
    class Counter:
        def __init__(self) -> None:
            self.value = clgrad.zeros((), device=device)

        @clgrad.jit
        def advance(self, by: clgrad.Tensor) -> clgrad.Tensor:
            self.value.assign(self.value + by)
            return self.value + 0

    counter = Counter()
    assert [counter.advance(clgrad.ones((), device=device)).item() for _ in range(4)] == [1, 2, 3, 4]
