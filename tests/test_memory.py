"""Memory: a training loop holds as many bytes after a thousand steps as after ten, and gives them back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor, nn, optim, runtime
from clgrad.memory import last_uses, share
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


def test_values_share_places_only_one_after_the_other() -> None:
    """As many bytes as live at once are the least; greedy by size needs a little more."""
    generator = np.random.default_rng(0)
    count, steps = 300, 200
    sizes = {entry: ("f", int(2 ** generator.uniform(2, 20))) for entry in range(count)}
    first = generator.integers(0, steps, count)
    last = np.minimum(first + generator.integers(0, 40, count), steps - 1)
    arguments = [[entry for entry in range(count) if step in (first[entry], last[entry])] for step in range(steps)]
    places, place_of = share(arguments, sizes)
    alive = [[entry for entry in range(count) if first[entry] <= step <= last[entry]] for step in range(steps)]
    for entries in alive:
        assert len({place_of[entry] for entry in entries}) == len(entries)
    assert all(places[place].nbytes >= sizes[entry][1] for entry, place in place_of.items())
    least = max(sum(sizes[entry][1] for entry in entries) for entries in alive)
    assert sum(place.nbytes for place in places) <= 1.25 * least


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


def test_bytes_stay_flat_over_ten_thousand_jitted_steps(device: str, start: int) -> None:
    found = clgrad.device(device)
    batches = np.arange(24, dtype=np.float32).reshape(8, 3)

    @clgrad.jit
    def step(weight: Tensor, x: Tensor) -> Tensor:
        y = x @ weight.T
        weight.assign(weight - 1e-4 * (y.T @ x))
        return y.sum()

    weight = clgrad.tensor(np.full((4, 3), 0.5, np.float32), device=device)
    held = set()
    for number in range(10_000):
        loss = step(weight, clgrad.tensor(batches, device=device))
        if number % 1000 == 999:
            loss.item()
            held.add((found.allocated, found.buffers, found.pooled))
    assert len(held) == 1, f"allocated, buffers and pooled bytes: {held}"
    del step, loss, weight


# What is held, by name


def test_memory_stats_tell_what_is_held(device: str, start: int) -> None:
    found = clgrad.device(device)
    clgrad.empty_cache(device)
    before = clgrad.memory_stats(device)
    assert set(before) == {"allocated", "peak", "pooled", "buffers"}
    # The pool rounds blocks up by a sixteenth at most, and so also those that other tests hold.
    assert before["allocated"] == found.allocated == start and before["pooled"] <= start // 16
    clgrad.reset_peak_memory_stats(found)
    assert clgrad.memory_stats(device)["peak"] == start
    x, y = filled(device, 256, 1024), filled(device, 256, 1024)
    both = clgrad.memory_stats(device)
    assert 2 * MEGABYTE <= both["allocated"] - start <= 2.1 * MEGABYTE
    assert both["buffers"] - before["buffers"] == 2 and both["peak"] == both["allocated"]
    del x
    one = clgrad.memory_stats(device)
    assert one["allocated"] - start <= 1.1 * MEGABYTE and one["peak"] == both["peak"]
    assert one["pooled"] >= (0 if device == "cpu" else MEGABYTE)
    clgrad.reset_peak_memory_stats(device)
    assert clgrad.memory_stats(device)["peak"] == one["allocated"]
    clgrad.empty_cache(device)
    after = clgrad.memory_stats(device)
    assert after["pooled"] <= MEGABYTE // 8, "no more than the rest of the block that y is in"
    assert (after["allocated"], after["buffers"]) == (one["allocated"], one["buffers"])
    assert y.sum().item() == 3 * 256 * 1024, "what is held is not given back"


def test_the_peak_sees_what_lives_within_a_plan(device: str, start: int) -> None:
    x = filled(device, 256, 256)
    clgrad.reset_peak_memory_stats(device)
    (x.softmax(0) @ x).sum().item()
    stats = clgrad.memory_stats(device)
    assert stats["peak"] - start >= 3 * MEGABYTE // 4, "x, its softmax, and their product"


ROWS = {
    "set": lambda held, index, new: held.scatter_rows(index, new, "set"),
    "add": lambda held, index, new: held.scatter_rows(index, new, "add"),
    "of another shape": lambda held, index, new: held.reshape(50, 6, 8).scatter_rows(
        index % 50, new[:, :6, None], "set"
    ),
    "of scaled ones": lambda held, index, new: (held * 0.5).scatter_rows(index, new, "max"),
    "by themselves": lambda held, index, new: held.scatter_rows(index, held.take_rows(index + 1) + new, "set"),
}
"""Rows of (300, 8) that are written by index."""


@pytest.mark.parametrize("name", ROWS)
def test_rows_are_written_where_they_stand(device: str, start: int, name: str) -> None:
    """A replay copies nothing but what is written, unless that is made of what is overwritten."""
    random = np.random.default_rng(0)
    whole = random.standard_normal((300, 8)).astype(np.float32)

    def run(function: Any) -> tuple[Any, Tensor]:
        held = clgrad.tensor(whole, device=device)
        step = function(lambda index, new: held.assign(ROWS[name](held, index, new).reshape(held.shape)))
        with clgrad.no_grad():
            for seed in range(4):
                index = np.random.default_rng(seed).integers(0, 299, 5)
                new = np.random.default_rng(seed + 9).standard_normal((5, 8)).astype(np.float32)
                step(clgrad.tensor(index, device=device), clgrad.tensor(new, device=device))
        return step, held.realize()

    step, held = run(clgrad.jit)
    np.testing.assert_array_equal(held.numpy(), run(lambda function: function)[1].numpy())
    copies = 2 if name == "by themselves" else 1
    assert copies <= step.cost()["peak"] / whole.nbytes < copies + 0.5


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1, "ignore_index": 3}], ids=str)
def test_cross_entropy_holds_logits_and_their_gradient(device: str, start: int, options: dict[str, Any]) -> None:
    """Of a large vocabulary nothing else is held for backward: it takes the exponentials anew."""
    rows, classes = 128, 4096
    x, weight = filled(device, rows, 8), nn.Parameter(filled(device, classes, 8))
    target = (clgrad.arange(rows, device=device) * 7).realize()

    def train(x: Tensor, target: Tensor) -> Tensor:
        weight.grad = None
        loss = F.cross_entropy(F.linear(x, weight), target, **options)
        loss.backward()
        return loss.detach()

    step = clgrad.jit(train)
    for run in (train, step, step, step):
        held = clgrad.memory_stats(device)["allocated"]
        clgrad.reset_peak_memory_stats(device)
        run(x, target).item()
        assert clgrad.memory_stats(device)["peak"] - held <= 2.2 * 4 * rows * classes
    assert step.cost()["peak"] <= 2.5 * 4 * rows * classes, "with the weight, its gradient, and what goes in"
    del step, train, run


def test_without_a_name_the_default_device_is_told_of() -> None:
    with clgrad.use_device("cpu"):
        x = clgrad.arange(100).realize()
        assert clgrad.memory_stats() == clgrad.memory_stats("cpu")
    del x


# Host data


@pytest.mark.parametrize("size", [1, 3, 1000, 2**18 + 1, 2**21])
@pytest.mark.parametrize("make", [clgrad.tensor, clgrad.from_numpy])
def test_host_data_is_read_as_it_was(device: str, start: int, size: int, make: Any) -> None:
    """The array changes, and the tensor dies, while the device may still be reading."""
    host = np.arange(size, dtype=np.float32)
    wanted = host * 2
    for _ in range(20):
        x = make(host.copy() if make is clgrad.from_numpy else host, device=device)
        y = (x * 2).realize()
        del x
        if make is clgrad.tensor:
            host[:] = -1
        np.testing.assert_array_equal(y.numpy(), wanted)
        host[:] = np.arange(size)


@pytest.mark.parametrize("most", [0, 2**23, 2**30])
def test_data_that_died_before_its_reader_ran(
    device: str, start: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing waits in between, unless too many bytes wait for their readers; numpy may reuse the memory at once."""
    if device != "cpu":
        monkeypatch.setattr("clgrad.cl.queue.MOST_HELD", most)
    weight = filled(device, 256, 256)
    total = clgrad.zeros(1024, 256, device=device).realize()
    for number in range(30):
        x = clgrad.tensor(np.full((1024, 256), number, np.float32), device=device)
        total = (total + x @ weight).realize()
        del x
        np.full((1024, 256), np.nan, np.float32)
    assert (total.numpy() == 256 * 3 * sum(range(30))).all()


def test_a_tensor_of_an_array_is_one_copy(device: str, start: int) -> None:
    x = clgrad.tensor(np.ones((256, 1024), np.float32), device=device)
    assert (x + 1).sum().item() == 2 * 2**18
    assert MEGABYTE <= clgrad.device(device).allocated - start <= 1.1 * MEGABYTE
    assert x.node.buffer is not None and x.node.buffer.host is None
    y = x.numpy()
    y[:] = 5
    assert x.sum().item() == 2**18, "what is read is a copy"


def test_every_dtype_and_order_is_copied_right(device: str) -> None:
    base = np.arange(24).reshape(4, 6)
    for array in (
        base.astype(">f4"),
        base.astype("<i2")[::-1, ::2],
        np.asfortranarray(base.astype(np.float32)),
        base.astype(np.uint8).T,
        base > 7,
        np.float32(3.5),
        np.zeros((0, 3), np.float32),
    ):
        x = clgrad.tensor(array, device=device)
        assert x.shape == array.shape
        np.testing.assert_array_equal(x.numpy(), array)
        np.testing.assert_array_equal((x + x).numpy(), array + array)


def test_last_uses() -> None:
    assert last_uses([], []) == ()
    assert last_uses([(0, 1), (1, 2), (2, 3)], kept=[3]) == ((0,), (1,), (2,))
    assert last_uses([(0, 1), (0, 2), (1, 2)], kept=[0]) == ((), (), (1, 2))
    assert last_uses([(5,), (5,)], kept=[]) == ((), (5,))
