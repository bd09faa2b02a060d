"""Memory: a training loop holds as many bytes after a thousand steps as after ten, and gives them back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor, nn, optim, runtime
from clgrad.memory import last_uses
from clgrad.nn import functional as F

MEGABYTE = 2**20


@pytest.fixture
def start(device: str) -> Iterator[int]:
    """Bytes that others hold, which must be the same at the end."""
    gc.collect()
    held = clgrad.device(device).allocated
    yield held
    gc.collect()
    clgrad.device(device).synchronize()
    assert clgrad.device(device).allocated == held, "the test gave everything back"


def filled(device: str, *shape: int) -> Tensor:
    return (clgrad.ones(shape, device=device) * 3).realize()


def test_a_buffer_is_counted_and_given_back(device: str, start: int) -> None:
    x = filled(device, 1024, 256)
    held = clgrad.device(device).allocated - start
    assert MEGABYTE <= held <= 1.1 * MEGABYTE
    view = x[0]
    del x
    assert clgrad.device(device).allocated - start == held, "an unread view holds its buffer"
    assert view.sum().item() == 3 * 256
    del view
    assert clgrad.device(device).allocated == start


def test_an_unread_value_has_no_bytes(device: str, start: int) -> None:
    x = clgrad.ones(1024, 1024, device=device) + 1
    y = x * 2
    assert clgrad.device(device).allocated == start and y.numel() == 2**20


def test_intermediate_values_are_given_back_within_a_plan(device: str, start: int) -> None:
    """A chain of products of one size needs two of them at a time, whatever its length."""
    found = clgrad.device(device)
    x = filled(device, 256, 256)
    one = found.allocated - start
    y = x
    for _ in range(20):
        y = (y @ x) * (1 / 768)
    largest = 0
    allocate = found.allocate

    def watch(nbytes: int) -> Any:
        nonlocal largest
        storage = allocate(nbytes)
        largest = max(largest, found.allocated - start)
        return storage

    found.allocate = watch  # type: ignore[method-assign]  # watched for one plan
    try:
        y.realize()
    finally:
        del found.allocate
    assert largest <= 4 * one, f"{largest / one:.1f} matrices at once"
    np.testing.assert_allclose(y[0, 0].item(), 3.0, rtol=1e-4)


def test_assign_gives_the_old_value_back(device: str, start: int) -> None:
    x = filled(device, 256, 256)
    held = clgrad.device(device).allocated
    for _ in range(5):
        x.assign(x + 1)
        x.realize()
        assert clgrad.device(device).allocated == held
    for _ in range(5):
        x += 1
        x[3] = 0.0
        x.realize()
    assert clgrad.device(device).allocated == held


def network(device: str) -> tuple[nn.Module, Any, Tensor, Tensor]:
    net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.LayerNorm(16), nn.Linear(16, 4)).to(device)
    x = clgrad.randn(32, 12, device=device)
    target = clgrad.randint(0, 4, (32,), device=device)
    clgrad.realize(x, target)
    return net, optim.Adam(net.parameters(), lr=1e-3), x, target


@pytest.mark.parametrize("read", ["never", "after step", "before backward"])
def test_bytes_stay_flat_over_a_thousand_steps(device: str, start: int, read: str) -> None:
    found = clgrad.device(device)
    net, optimizer, x, target = network(device)
    held = []
    losses = []
    plans = []
    for step in range(1000 if read == "after step" else 100):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), target)
        if read == "before backward":
            losses.append(loss.item())
        loss.backward()
        optimizer.step()
        if read == "after step":
            losses.append(loss.item())
        if step % 10 == 9:
            held.append(found.allocated)
            plans.append(len(runtime._plans))
    found.synchronize()
    assert len(set(held[1:])) == 1, f"bytes held: {held[:5]} ... {held[-5:]}"
    assert len(set(plans[1:])) == 1, f"plans kept: {plans[:5]} ... {plans[-5:]}"
    if losses:
        assert losses[-1] < losses[0]


def test_nothing_waits_for_the_garbage_collector(device: str, start: int) -> None:
    """Reference counts free every graph: a cycle would hold device memory until Python looks for it."""
    gc.collect()
    gc.disable()
    try:
        net, optimizer, x, target = network(device)
        for _ in range(3):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), target)
            loss.backward()
            optimizer.step()
            loss.item()
        found = clgrad.device(device)
        clgrad.grad(clgrad.grad(lambda x: (x**3).sum()))(clgrad.tensor(2.0, device=device)).item()
        held = found.allocated
        for _ in range(3):
            (x @ x.T).softmax(1).sum().item()
            slope = clgrad.grad(lambda x: (x.exp() * x).sum())(x)
            slope.numpy()
            del slope
        assert found.allocated == held
        del net, optimizer, x, target, loss
        assert found.allocated == start
    finally:
        gc.enable()


def test_an_error_leaves_nothing_behind(device: str, start: int) -> None:
    x = filled(device, 64, 64)
    held = clgrad.device(device).allocated
    bad = clgrad.tensor([70], device=device)
    for _ in range(3):
        with pytest.raises(clgrad.errors.IndexRangeError):
            (x[bad] @ x).numpy()
    del bad
    gc.collect()  # pytest and the traceback held the frames
    assert clgrad.device(device).allocated == held


def test_gradients_are_given_back_with_zero_grad(device: str, start: int) -> None:
    w = clgrad.ones(256, 256, device=device, requires_grad=True)
    w.realize()
    held = clgrad.device(device).allocated
    for _ in range(3):
        (w * w).sum().backward()
        assert w.grad is not None
        w.grad.realize()
        assert clgrad.device(device).allocated > held
        w.grad = None
        assert clgrad.device(device).allocated == held


def test_last_uses() -> None:
    assert last_uses([], []) == ()
    assert last_uses([(0, 1), (1, 2), (2, 3)], kept=[3]) == ((0,), (1,), (2,))
    assert last_uses([(0, 1), (0, 2), (1, 2)], kept=[0]) == ((), (), (1, 2))
    assert last_uses([(5,), (5,)], kept=[]) == ((), (5,))
