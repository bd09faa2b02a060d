"""Replay: updates in place never reach a value that somebody else holds, and storage is shared only by the dead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import clgrad
from clgrad import nn, optim
from clgrad.memory import share
from clgrad.runtime import trace


def counter(device: str, size: int = 5):
    """A tensor, and a jitted function that adds to it in place."""
    total = clgrad.tensor(np.zeros(size, np.float32), device=device)

    @clgrad.jit
    def add(x: clgrad.Tensor) -> None:
        total.assign(total + x)

    for _ in range(3):
        add(clgrad.ones(size, device=device))
    return total, add


def test_an_update_takes_no_new_storage(device: str) -> None:
    total, add = counter(device)
    held = id(total.node.buffer)  # a reference would keep it from being overwritten
    x = clgrad.ones(5, device=device).realize()
    for _ in range(3):
        add(x)
        assert id(total.node.buffer) == held
    assert total.tolist() == [6.0] * 5


def test_a_value_that_is_held_is_not_overwritten(device: str) -> None:
    total, add = counter(device)
    x = clgrad.ones(5, device=device).realize()
    unread = total * 2
    kept = total.detach()
    stored = total.detach().realize()
    before = total.numpy()
    add(x)
    add(x)
    assert total.tolist() == [5.0] * 5
    assert unread.tolist() == [6.0] * 5
    assert kept.tolist() == stored.tolist() == [3.0] * 5
    assert before.tolist() == [3.0] * 5


def test_the_tensor_itself_as_an_argument(device: str) -> None:
    total, add = counter(device)
    for _ in range(3):
        add(total)
    assert total.tolist() == [24.0] * 5


def test_an_input_is_not_held_after_the_call(device: str) -> None:
    double = clgrad.jit(lambda x: (x * 2).sum())
    for _ in range(3):
        double(clgrad.ones(2**20, device=device).realize() * 1).item()
    before = clgrad.memory_stats(device)["allocated"]
    x = (clgrad.ones(2**20, device=device) * 3).realize()
    assert double(x).item() == 6 * 2**20
    del x
    assert clgrad.memory_stats(device)["allocated"] - before < 2**20


def test_what_is_returned_stays(device: str) -> None:
    total = clgrad.zeros(3, device=device)

    @clgrad.jit
    def advance() -> clgrad.Tensor:
        total.assign(total * 2 + 1)
        return total.detach()

    seen = [advance() for _ in range(6)]
    assert [one.tolist()[0] for one in seen] == [1.0, 3.0, 7.0, 15.0, 31.0, 63.0]


def test_two_tensors_that_show_one_value(device: str) -> None:
    a = clgrad.tensor(np.arange(4, dtype=np.float32), device=device)
    b = clgrad.zeros(4, device=device)

    @clgrad.jit
    def advance() -> None:
        a.assign(a + 1)

    for number in range(4):
        b.assign(a)
        advance()
        assert b.tolist() == [place + number for place in range(4)]
        assert a.tolist() == [place + number + 1 for place in range(4)]


def test_values_change_places(device: str) -> None:
    a, b = clgrad.full((3,), 1.0, device=device), clgrad.full((3,), 2.0, device=device)

    @clgrad.jit
    def swap() -> None:
        old = a * 1
        a.assign(b * 1)
        b.assign(old)

    for _ in range(5):
        swap()
    assert a.tolist() == [2.0] * 3 and b.tolist() == [1.0] * 3


def test_host_data_that_was_adopted_is_not_overwritten(device: str) -> None:
    host = np.zeros(4, np.float32)
    total = clgrad.from_numpy(host, device=device)

    @clgrad.jit
    def add() -> None:
        total.assign(total + 1)

    for _ in range(4):
        add()
    assert total.tolist() == [4.0] * 4 and not host.any()


@pytest.mark.parametrize("sizes", [(7, 37, 5), (33, 17, 3), (64, 64, 10)])
def test_training_in_place_at_awkward_sizes(device: str, sizes: tuple[int, int, int]) -> None:
    """Tiles at the edges overlap where nothing is updated; in place each element is computed once."""
    results = []
    for jitted in (False, True):
        clgrad.manual_seed(1)
        model = nn.Sequential(nn.Linear(sizes[0], sizes[1]), nn.Tanh(), nn.Linear(sizes[1], sizes[2])).to(device)
        optimizer = optim.AdamW(model.parameters(), lr=0.01)

        def step(x: clgrad.Tensor, y: clgrad.Tensor) -> clgrad.Tensor:
            loss = nn.functional.cross_entropy(model(x), y)  # noqa: B023  # called in this round only
            loss.backward()
            optimizer.step()  # noqa: B023
            optimizer.zero_grad()  # noqa: B023
            return loss

        run = clgrad.jit(step) if jitted else step
        random = np.random.default_rng(0)
        x = clgrad.tensor(random.standard_normal((11, sizes[0]), dtype=np.float32), device=device)
        y = clgrad.tensor(random.integers(0, sizes[2], 11), device=device)
        losses = [run(x, y).item() for _ in range(6)]
        results.append((losses, [p.numpy() for p in model.parameters()]))
    np.testing.assert_allclose(results[1][0], results[0][0], rtol=1e-6)
    for found, expected in zip(results[1][1], results[0][1]):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


def test_gradients_add_up_over_calls(device: str) -> None:
    w = clgrad.tensor([1.0, 2.0], device=device, requires_grad=True)

    @clgrad.jit
    def accumulate(x: clgrad.Tensor) -> None:
        (w * x).sum().backward()

    for round_ in range(3):
        for number in range(1, 6):
            accumulate(clgrad.full((2,), float(number), device=device))
            assert w.grad is not None
            assert w.grad.tolist() == [number * (number + 1) / 2] * 2, (round_, number)
        w.grad = None


def test_small_kernels_in_a_row_are_one_launch() -> None:
    device = clgrad.device("cl")
    if not device.capabilities.is_cpu:
        pytest.skip("only a CPU's launches are worth as much as small kernels")
    w = clgrad.tensor(np.eye(8, dtype=np.float32), device=device).realize()

    @clgrad.jit
    def chain(x: clgrad.Tensor) -> clgrad.Tensor:
        for _ in range(10):
            x = (x @ w).relu() + 1
        return x

    x = clgrad.ones(8, 8, device=device).realize()
    expected = chain(x).numpy()
    for _ in range(3):
        with trace() as seen:
            found = chain(x).numpy()
        np.testing.assert_array_equal(found, expected)
    assert len(seen.kernels) == 10 and seen.launches == 1
    assert chain.cost()["launches"] == 1


def test_places_are_shared_by_kind_and_lifetime() -> None:
    places, place_of = share([(0, 1), (1, 2), (2, 3), (3, 4)], {1: ("a", 4), 2: ("b", 4), 3: ("a", 8), 4: ("b", 2)})
    assert place_of == {1: 0, 2: 1, 3: 0, 4: 1}
    assert [(place.kind, place.nbytes) for place in places] == [("a", 8), ("b", 4)]
    places, place_of = share([(1, 2), (1, 2, 3)], {1: ("a", 4), 2: ("a", 4), 3: ("a", 4)})
    assert len(places) == 3, "what one step uses lives at once"


def updates(device: clgrad.device.Device, count: int, size: int):
    """Many parameters with gradients from outside, and a jitted step of their optimizer."""
    random = np.random.default_rng(0)
    drawn = [random.standard_normal((2, size + place), dtype=np.float32) for place in range(count)]
    parameters = [clgrad.tensor(one[0], device=device, requires_grad=True) for one in drawn]
    gradients = [clgrad.tensor(one[1], device=device).realize() for one in drawn]
    optimizer = optim.AdamW(parameters, lr=0.1)

    @clgrad.jit
    def step() -> None:
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient * 1
        optimizer.step()
        optimizer.zero_grad()

    return drawn, parameters, step


def test_an_optimizer_updates_all_parameters_side_by_side() -> None:
    drawn, parameters, step = updates(clgrad.device("cl"), 30, 9000)
    for _ in range(4):
        step()
    assert step.cost()["launches"] == 2, "the bias corrections, then thirty updates"
    check_adamw(drawn, parameters, 4)


def check_adamw(drawn: list[np.ndarray], parameters: list[clgrad.Tensor], steps: int) -> None:
    import torch

    theirs = [torch.from_numpy(one[0].copy()).requires_grad_() for one in drawn]
    reference = torch.optim.AdamW(theirs, lr=0.1)
    for _ in range(steps):
        for parameter, one in zip(theirs, drawn):
            parameter.grad = torch.from_numpy(one[1])
        reference.step()
    for ours, other in zip(parameters, theirs):
        np.testing.assert_allclose(ours.numpy(), other.detach().numpy(), rtol=1e-5, atol=1e-6)


def random_update(random: np.random.Generator, states: list[clgrad.Tensor], x: clgrad.Tensor) -> None:
    """Change some states by expressions of each other: elementwise, of rows and columns, products, views."""
    for _ in range(random.integers(1, 5)):
        target = states[random.integers(len(states))]
        values = [states[random.integers(len(states))], states[random.integers(len(states))], x]
        made = []
        for value in values:
            kind = random.integers(6)
            if kind == 0:
                value = value.tanh()
            elif kind == 1:
                value = value - value.mean(1, keepdim=True)
            elif kind == 2:
                value = (value @ values[0].T) @ x * 0.05
            elif kind == 3:
                value = value.flip(0)
            elif kind == 4:
                value = value.sum(0, keepdim=True) * 0.1 + value
            made.append(value)
        total = made[0] * 0.5 + made[1].relu() - made[2]
        if random.integers(3) == 0:
            total = total.softmax(1)
        target.assign(total)
        if random.integers(4) == 0:
            states[random.integers(len(states))].assign(target)


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(12))
def test_random_updates_are_what_they_are_without(device: str, seed: int) -> None:
    rows, columns = ((3, 5), (7, 18), (16, 16), (33, 20))[seed % 4]
    results = []
    for jitted in (False, True):
        drawn = np.random.default_rng(seed)
        states = [
            clgrad.tensor(drawn.standard_normal((rows, columns), dtype=np.float32), device=device) for _ in range(4)
        ]

        def step(x: clgrad.Tensor) -> clgrad.Tensor:
            random_update(np.random.default_rng(seed), states, x)  # noqa: B023  # called in this round only
            return states[0].sum() + states[1].detach()[0, 0]  # noqa: B023

        run = clgrad.jit(step) if jitted else step
        outputs, held = [], []
        for number in range(5):
            x = clgrad.tensor(drawn.standard_normal((rows, columns), dtype=np.float32), device=device)
            outputs.append(run(x))
            if number == 3:
                held = [state.detach() for state in states]  # the next call must not touch these
        results.append([one.numpy() for one in (*outputs, *held, *states)])
    for found, expected in zip(results[1], results[0]):
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)


# -- the form for GPUs, on a CPU ------------------------------------------------------------------


@pytest.fixture(scope="module")
def gpu() -> clgrad.device.Device:
    """The first OpenCL device, treated as a GPU with groups of four work-items."""
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    device = OpenCLDevice(found[0].handle, 80)
    device.capabilities = replace(found[0].capabilities, is_cpu=False, group=4, vector_width=1, vector_pointers=False)
    return device


def test_a_gpu_launches_the_updates_of_all_parameters_at_once(gpu: clgrad.device.Device) -> None:
    drawn, parameters, step = updates(gpu, 12, 50)
    for _ in range(4):
        step()
    assert step.cost()["launches"] <= 3, "the bias corrections, then twelve updates"
    check_adamw(drawn, parameters, 4)


@pytest.mark.parametrize("sizes", [(7, 37, 5), (16, 9, 10)])
def test_a_gpu_trains_in_place(gpu: clgrad.device.Device, sizes: tuple[int, int, int]) -> None:
    test_training_in_place_at_awkward_sizes(gpu, sizes)
