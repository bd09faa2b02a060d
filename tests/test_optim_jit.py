"""Optimizers under clgrad.jit: what they do, and what is not recorded or compiled again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from optimizers import DEFAULTS, build, names

import clgrad
from clgrad import Tensor, nn, optim
from clgrad.runtime import trace

ALL = [*DEFAULTS, ("Lion", {"lr": 0.01}), ("Muon", {"lr": 0.02})]


def training(device: str, name: str, options: dict[str, Any]) -> tuple[nn.Linear, optim.Optimizer, Callable[..., Any]]:
    """A layer whose weights are all matrices, its optimizer, and a training step."""
    clgrad.manual_seed(3)
    model = nn.Linear(5, 3, bias=False, device=device)
    optimizer = build(name, model.parameters(), options)

    def step(x: Tensor, y: Tensor) -> Tensor:
        optimizer.zero_grad()
        loss = (model(x) - y).square().mean()
        loss.backward()
        optimizer.step()
        return loss

    return model, optimizer, step


def batches(device: str, count: int) -> list[tuple[Tensor, Tensor]]:
    random = np.random.default_rng(4)
    return [
        tuple(clgrad.tensor(random.standard_normal((8, n)).astype(np.float32), device=device) for n in (5, 3))
        for _ in range(count)
    ]  # type: ignore[misc]  # each is a pair


@pytest.mark.parametrize(("name", "options"), ALL, ids=names)
def test_a_replayed_step_is_a_step(device: str, name: str, options: dict[str, Any]) -> None:
    weights = []
    for jitted in (False, True):
        model, optimizer, step = training(device, name, options)
        step = clgrad.jit(step) if jitted else step
        for number, (x, y) in enumerate(batches(device, 12)):
            optimizer.param_groups[0]["lr"] = options["lr"] / (1 + number / 4)
            with trace() as seen:
                step(x, y)
            if jitted and number >= 2:
                assert seen.plans_made == 0
        weights.append(model.weight.numpy())
    np.testing.assert_allclose(weights[1], weights[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "entry", "at"),
    [
        ("SGD", "momentum", lambda share: share),
        ("RMSprop", "momentum", lambda share: share),
        ("Adam", "betas", lambda share: (share, 0.99)),
        ("NAdam", "betas", lambda share: (share, 0.99)),
        ("AdamW", "weight_decay", lambda share: share),
    ],
)
def test_a_number_that_changes_all_the_time_is_recorded_once(
    device: str, name: str, entry: str, at: Callable[[float], Any]
) -> None:
    weights = []
    for jitted in (False, True):
        model, optimizer, step = training(device, name, {"lr": 0.05})
        step = clgrad.jit(step) if jitted else step
        for number, (x, y) in enumerate(batches(device, 12)):
            optimizer.param_groups[0][entry] = at(0.9 - 0.03 * number)
            with trace() as seen:
                step(x, y)
            if jitted and number >= 5:
                assert seen.plans_made == 0
        weights.append(model.weight.numpy())
    np.testing.assert_allclose(weights[1], weights[0], rtol=1e-5, atol=1e-6)


def test_a_setting_that_changes_is_recorded_anew(device: str) -> None:
    weights = []
    for jitted in (False, True):
        model, optimizer, step = training(device, "Adam", {"lr": 0.05})
        step = clgrad.jit(step) if jitted else step
        for number, (x, y) in enumerate(batches(device, 12)):
            group = optimizer.param_groups[0]
            group["maximize"] = number >= 4
            group["weight_decay"] = 0.1 if number >= 8 else 0.0
            step(x, y)
        weights.append(model.weight.numpy())
    np.testing.assert_allclose(weights[1], weights[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("begun", [7, 1], ids=["recorded", "not recorded"])
@pytest.mark.parametrize(("name", "options"), [DEFAULTS[0], DEFAULTS[1], DEFAULTS[4]], ids=names)
def test_a_replayed_step_sees_a_loaded_state(device: str, name: str, options: dict[str, Any], begun: int) -> None:
    data = batches(device, 12)
    model, optimizer, step = training(device, name, options)
    for x, y in data[:4]:
        step(x, y)
    saved, weights = optimizer.state_dict(), model.state_dict()
    other, resumed, jitted = training(device, name, options)
    jitted = clgrad.jit(jitted)
    for x, y in data[:begun]:
        jitted(x, y)
    for _ in range(2):  # what was loaded is as it was, after steps from there
        other.load_state_dict(weights)
        resumed.load_state_dict(saved)
        for number, (x, y) in enumerate(data[4:]):
            with trace() as seen:
                jitted(x, y)
            if begun > 1 and number > 0:  # the record from before goes on
                assert seen.plans_made == 0
    for x, y in data[4:]:
        step(x, y)
    np.testing.assert_allclose(other.weight.numpy(), model.weight.numpy(), rtol=1e-5, atol=1e-6)


def test_a_group_added_to_a_recorded_step_is_updated(device: str) -> None:
    first, second = (clgrad.ones(2, device=device, requires_grad=True) for _ in range(2))
    optimizer = optim.Adam([first], lr=0.1)

    @clgrad.jit
    def step() -> None:
        optimizer.zero_grad()
        (first * first + second * second).sum().backward()
        optimizer.step()

    for _ in range(4):
        step()
    optimizer.add_param_group({"params": [second]})
    for _ in range(4):
        step()
    assert second.tolist() == pytest.approx([0.6, 0.6], abs=1e-2)


@pytest.mark.parametrize("jitted", [False, True])
def test_gradients_accumulate(device: str, jitted: bool) -> None:
    """Four quarters of a batch, one backward each, are one backward of the whole."""
    model, optimizer, _ = training(device, "SGD", {"lr": 0.1})
    whole, other, _ = training(device, "SGD", {"lr": 0.1})

    def accumulate(x: Tensor, y: Tensor) -> Tensor:
        loss = (model(x) - y).square().mean() / 4
        loss.backward()
        return loss

    run = clgrad.jit(accumulate) if jitted else accumulate
    update = clgrad.jit(optimizer.step) if jitted else optimizer.step
    for number, (x, y) in enumerate(batches(device, 6)):
        with trace() as seen:
            for quarter in range(4):
                rows = slice(2 * quarter, 2 * quarter + 2)
                run(x[rows], y[rows]).realize()
            update()
            optimizer.zero_grad()
        if number >= 3:
            assert seen.plans_made == 0
            # A quarter's prediction, loss and gradient, which is added in place; the slices; the update.
            assert len(seen.kernels) <= 4 * 6 + 1
        other.zero_grad()
        (whole(x) - y).square().mean().backward()
        other.step()
        np.testing.assert_allclose(model.weight.numpy(), whole.weight.numpy(), rtol=1e-5, atol=1e-6)


def test_gradients_from_outside_are_read_anew(device: str) -> None:
    """A jitted step that clips: each call has gradients of its own, and shows them clipped."""
    model, optimizer, _ = training(device, "SGD", {"lr": 0.1})
    weights = [model.weight.numpy()]

    def update() -> None:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    run = clgrad.jit(update)
    for number in range(5):
        model.weight.grad = clgrad.full((3, 5), number + 1.0, device=device)
        run()
        np.testing.assert_allclose(model.weight.grad.numpy(), np.full((3, 5), 15**-0.5), rtol=1e-5)
        weights.append(model.weight.numpy())
        np.testing.assert_allclose(weights[-1], weights[-2] - 0.1 * 15**-0.5, rtol=1e-5, atol=1e-6)


def test_a_clipped_gradient_is_what_a_replay_shows(device: str) -> None:
    model, _, _ = training(device, "SGD", {"lr": 0.0})

    def clipped(x: Tensor, y: Tensor) -> None:
        model.zero_grad()
        (model(x) - y).square().mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.01)

    run = clgrad.jit(clipped)
    for x, y in batches(device, 4):
        run(x, y)
        assert np.linalg.norm(model.weight.grad.numpy()) == pytest.approx(0.01, rel=1e-3)
