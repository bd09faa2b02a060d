"""What shares a kernel, what is stored, what runs again, and how planning grows with the graph."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor, nn, optim, runtime
from clgrad.kernel import Constant, Kernel, Map
from clgrad.nn import functional as F
from clgrad.runtime import Trace, trace


def random(*shape: int, device: str, requires_grad: bool = False, seed: int = 0) -> Tensor:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return clgrad.tensor(values, device=device, requires_grad=requires_grad)


def kinds(seen: Trace) -> list[str]:
    return [kernel.kind for kernel in seen.kernels]


def listing(seen: Trace) -> str:
    return "\n".join(map(str, seen.kernels))


def close(ours: Tensor, theirs: Any) -> None:
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=2e-5, atol=2e-5)


# One kernel


ROWS, COLUMNS = 48, 100

Build = Callable[[Tensor, Tensor, Tensor], Tensor]

ONE_KERNEL: dict[str, tuple[str, Build]] = {
    "maps": ("map", lambda x, y, z: x.log() + y + z.exp()),
    "maps over views": ("map", lambda x, y, z: x.flip(0)[2:10] * y[5:13] + z.T.reshape(COLUMNS, -1)[:8, :1]),
    "padding": ("map", lambda x, y, z: x.pad((1, 2)) * 2 + y.pad((3, 0), value=1.5)),
    "cat": ("cat", lambda x, y, z: clgrad.cat([x, y * 2, z[:3]]).relu()),
    "where": ("map", lambda x, y, z: clgrad.where(x > 0.0, y, z + 1)),
    "arange": ("map", lambda x, y, z: x * clgrad.arange(COLUMNS, device=x.device)),
    "random numbers": ("map", lambda x, y, z: x * clgrad.rand_like(x)),
    "sum": ("reduce", lambda x, y, z: (x * 2).sum(0) * 3 + 1),
    "sum of a row": ("reduce", lambda x, y, z: (x * 2).sum(1).sqrt()),
    "sum of all": ("reduce", lambda x, y, z: (x * y).sum() * 3 + 1),
    "sum of two axes": ("reduce", lambda x, y, z: x.reshape(4, 12, COLUMNS).sum((0, 2))),
    "mean and variance": ("reduce", lambda x, y, z: x.var(1)),
    "argmax": ("reduce", lambda x, y, z: x.argmax(1)),
    "argmin of columns": ("reduce", lambda x, y, z: x.argmin(0)),
    "argmax of all": ("reduce", lambda x, y, z: x.argmax()),
    "norm": ("reduce", lambda x, y, z: x.square().sum(1).sqrt()),
    "softmax": ("rows", lambda x, y, z: x.softmax(-1)),
    "softmax of columns": ("rows", lambda x, y, z: x.softmax(0)),
    "log_softmax": ("rows", lambda x, y, z: x.log_softmax(-1) * 2),
    "logsumexp": ("reduce", lambda x, y, z: x.logsumexp(1)),
    "masked softmax": ("rows", lambda x, y, z: clgrad.where(y > 0.0, x, -math.inf).softmax(-1)),
    "layer norm": ("rows", lambda x, y, z: F.layer_norm(x, (COLUMNS,), y[0], z[0])),
    "rms norm": ("rows", lambda x, y, z: x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt() * y[0]),
    "cross entropy, no mean": (
        "reduce",
        lambda x, y, z: F.cross_entropy(x, y[:, 0].abs().to(clgrad.int64), reduction="none"),
    ),
    "matmul, bias, relu": ("matmul", lambda x, y, z: (x @ z.T + y[0, :ROWS]).relu()),
    "matmul of transposed factors": ("matmul", lambda x, y, z: x.T @ y),
    "matmul, scaled": ("matmul", lambda x, y, z: (x @ z.T) * 0.5 - 1),
    "linear": ("matmul", lambda x, y, z: F.linear(x, z, y[0, :ROWS]).tanh()),
    "matmul, mask": ("matmul", lambda x, y, z: clgrad.where(y[:, :1] > 0.0, (x @ z.T).tanh() + z[:, :1], 0.0)),
    "matmul of casts": ("matmul", lambda x, y, z: (x.to(clgrad.float64) @ z.T.to(clgrad.float64)).to(clgrad.float32)),
    "batched matmul": ("matmul", lambda x, y, z: x.reshape(4, 12, COLUMNS) @ z.reshape(4, 12, COLUMNS).mT),
    "rows by number": ("gather", lambda x, y, z: x[INDEX.to(x.device)] * 2 + 1),
    "embedding with a mask": ("gather", lambda x, y, z: clgrad.where(y[:3] > 0.0, x[INDEX.to(x.device)], 0.0)),
    "gather": ("gather", lambda x, y, z: x.gather(1, (y.abs() * 3).to(clgrad.int64)).exp()),
}

INDEX = clgrad.tensor([7, 0, 7], device="cpu")


@pytest.mark.parametrize("name", ONE_KERNEL)
def test_one_kernel(name: str) -> None:
    """The schedule does not depend on the device, so numpy's tells it for all."""
    kind, build = ONE_KERNEL[name]
    x, y, z = (random(ROWS, COLUMNS, device="cpu", seed=seed) for seed in range(3))
    result = build(x, y, z)
    INDEX.realize()
    with trace() as seen:
        result.realize()
    assert kinds(seen) == [kind], listing(seen)


def test_the_same_kernels_on_every_device(device: str) -> None:
    """And the values are numpy's."""
    x, y, z = (random(ROWS, COLUMNS, device=device, seed=seed) for seed in range(3))
    a, b, c = x.numpy(), y.numpy(), z.numpy()
    results = [x * 2 + y, (x * 2).sum(0) * 3 + 1, x.softmax(-1), (x @ z.T + y[0, :ROWS]).relu(), x.argmax(1)]
    exponentials = np.exp(a - a.max(1, keepdims=True))
    expected = [
        a * 2 + b,
        (a * 2).sum(0) * 3 + 1,
        exponentials / exponentials.sum(1, keepdims=True),
        np.maximum(a @ c.T + b[0, :ROWS], 0),
        a.argmax(1),
    ]
    with trace() as seen:
        clgrad.realize(*results)
    assert Counter(kinds(seen)) == Counter(["rows", "rows", "matmul"]), f"two joined another's rows\n{listing(seen)}"
    for ours, theirs in zip(results, expected):
        close(ours, theirs)


def test_gradients_share_kernels(device: str) -> None:
    x, w = random(ROWS, COLUMNS, device=device, requires_grad=True), random(ROWS, COLUMNS, device=device, seed=1)

    def gradient(y: Tensor) -> Trace:
        with trace() as seen:
            (found,) = clgrad.autograd.grad(y, x, w, retain_graph=True)
            assert found is not None
            found.realize()
        return seen

    assert kinds(gradient(x.softmax(-1))) == ["rows"], "forward and backward together"
    y = x.softmax(-1).realize()
    assert kinds(gradient(y)) == ["rows"], "after the forward pass"
    assert kinds(gradient(x.log_softmax(-1))) == ["rows"]
    assert kinds(gradient(F.layer_norm(x, (COLUMNS,)))) == ["rows"]
    assert kinds(gradient(x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt())) == ["rows"], "rms norm"
    assert kinds(gradient((x * 2).tanh() * x)) == ["map"]


def test_cross_entropy_takes_two_kernels(device: str) -> None:
    """A reduction a row, and one of the rows to the mean."""
    x = random(ROWS, 10, device=device, requires_grad=True)
    target = clgrad.arange(ROWS, device=device) % 10
    target.realize()
    with trace() as seen:
        loss = F.cross_entropy(x, target).realize()
    assert len(seen.kernels) <= 2, listing(seen)
    with trace() as seen:
        loss.backward()
        assert x.grad is not None
        x.grad.realize()
    # Counting the rows takes no part in the gradient's graph, so it is counted once more.
    assert kinds(seen)[-1] == "rows" and len(seen.kernels) <= 2, listing(seen)


DISTANCES_AND_LOSSES: dict[str, tuple[list[str], list[str], Callable[..., Tensor]]] = {
    "gelu": (["map"], ["map"], lambda x, y: F.gelu(x * y)),
    "mish": (["map"], ["map"], lambda x, y: F.mish(x * y)),
    "elu": (["map"], ["map"], lambda x, y: F.elu(x * y, 0.5)),
    "softplus": (["map"], ["map"], lambda x, y: F.softplus(x * y)),
    "hardswish": (["map"], ["map"], lambda x, y: F.hardswish(x * y)),
    "normalize": (["rows"], ["rows"], lambda x, y: F.normalize(x * y)),
    "cosine_similarity": (["reduce"], ["rows"], lambda x, y: F.cosine_similarity(x, y)),
    "pairwise_distance": (["reduce"], ["rows"], lambda x, y: F.pairwise_distance(x, y)),
    "huber_loss": (["reduce"], ["rows"], lambda x, y: F.huber_loss(x, y)),
    "smooth_l1_loss": (["reduce"], ["rows"], lambda x, y: F.smooth_l1_loss(x, y)),
    "gaussian_nll_loss": (["reduce"], ["rows"], lambda x, y: F.gaussian_nll_loss(x, x * 2, y.square())),
    "kl_div": (["reduce", "reduce"], ["rows", "reduce"], lambda x, y: F.kl_div(x, y.abs(), reduction="batchmean")),
    "kl_div of probabilities": (
        ["reduce", "reduce"],
        ["rows", "reduce"],
        lambda x, y: F.kl_div(x.log_softmax(-1), y.softmax(-1), reduction="batchmean"),
    ),
    "triplet_margin_loss": (["reduce"] * 2, ["rows", "reduce"], lambda x, y: F.triplet_margin_loss(x, y, -x)),
    "cdist": (["reduce"] * 2 + ["matmul"], ["reduce"] * 4 + ["matmul"] * 3, lambda x, y: clgrad.cdist(x, y)),
    "cdist of differences": (
        ["reduce"],
        ["reduce"] * 3,
        lambda x, y: clgrad.cdist(x.reshape(2, 24, -1), y.reshape(2, 24, -1)),
    ),
    "cdist, p = 1": (["reduce"], ["reduce"] * 3, lambda x, y: clgrad.cdist(x, y, 1.0)),
}
"""The kernels of the value, and of value and gradients together."""


@pytest.mark.parametrize("name", DISTANCES_AND_LOSSES)
def test_distances_and_losses_take_few_kernels(name: str) -> None:
    forward, both, build = DISTANCES_AND_LOSSES[name]
    x, y = (random(ROWS, COLUMNS, device="cpu", requires_grad=True, seed=seed) for seed in range(2))
    with trace() as seen:
        build(x.detach(), y.detach()).realize()
    assert Counter(kinds(seen)) == Counter(forward), listing(seen)
    value = build(x, y)
    upstream = clgrad.ones_like(value)
    gradients = clgrad.autograd.grad(value, (x, y), upstream, retain_graph=True)
    with trace() as seen:
        clgrad.realize(value, *(one for one in gradients if one is not None))
    assert Counter(kinds(seen)) == Counter(both), listing(seen)


def test_several_outputs_of_one_kernel(device: str) -> None:
    p, m, v, g = (random(30, 7, device=device, seed=seed) for seed in range(4))
    rate = clgrad.tensor(0.1, device=device)
    mean = m * 0.9 + g * 0.1
    square = v * 0.99 + g * g * 0.01
    new = p - rate * mean / (square.abs().sqrt() + 1e-8)
    with trace() as seen:
        clgrad.realize(new, mean, square)
    assert kinds(seen) == ["map"] and len(seen.kernels[0].stores) == 3, listing(seen)
    close(new, p.numpy() - 0.1 * mean.numpy() / (np.sqrt(np.abs(square.numpy())) + 1e-8))


def test_statistics_of_one_array_are_one_kernel(device: str) -> None:
    x = random(20, 30, device=device)
    results = x.mean(1), x.var(1), x.amax(1), x.amin(1)
    with trace() as seen:
        clgrad.realize(*results)
    assert kinds(seen) == ["reduce"], listing(seen)
    for ours, theirs in zip(results, (x.numpy().mean(1), x.numpy().var(1, ddof=1), x.numpy().max(1), x.numpy().min(1))):
        close(ours, theirs)


# What is computed, and how often


def maps_in(kernels: list[Kernel], name: str) -> int:
    return sum(isinstance(line, Map) and line.op.name == name for kernel in kernels for line in kernel.lines)


def test_views_cost_nothing(device: str) -> None:
    x = random(6, 8, device=device).realize()
    with trace() as seen:
        views = [x.reshape(48), x.reshape(2, 3, 8), x.detach(), x.unsqueeze(0), x.flatten()]
        clgrad.realize(*views)
        for view in views:
            assert view.numel() == 48
    assert kinds(seen) == []
    with trace() as seen:
        close(x.T.reshape(4, 12).flip(1)[1:3].sum(), x.numpy().T.reshape(4, 12)[1:3].sum())
    assert len(seen.kernels) <= 2, "at most the reshape of a transposed view is stored"


def test_bytes_are_those_of_the_pieces_that_are_read(device: str) -> None:
    """What a kernel costs decides whether it is worth a launch of its own."""
    x = random(100, 10, device=device)
    y = x[3:5] * x[50:52]
    with trace() as seen:
        y.realize()
    assert [kernel.nbytes for kernel in seen.kernels] == [3 * 20 * 4], listing(seen)


def test_a_diamond_is_computed_once(device: str) -> None:
    x = random(20, 30, device=device)
    top = x.exp()
    bottom = top * top.sum(1, keepdim=True) + top.sin() - top
    del top
    with trace() as seen:
        bottom.realize()
    assert kinds(seen) == ["rows"] and maps_in(seen.kernels, "exp") == 1, listing(seen)
    e = np.exp(x.numpy())
    close(bottom, e * e.sum(1, keepdims=True) + np.sin(e) - e)


def test_groups_never_wait_for_each_other(device: str) -> None:
    """Two sums that one kernel reads could share it, were it not for a product that waits for one and is read too."""
    x, y = random(6, 6, device=device), random(6, 6, device=device, seed=1)
    a, b = x.sum(1, keepdim=True), y.sum(1, keepdim=True)
    result = x * a + b * y + (y * b) @ y
    del a, b
    h, k = x.numpy(), y.numpy()
    expected = h * h.sum(1, keepdims=True) + k.sum(1, keepdims=True) * k + (k * k.sum(1, keepdims=True)) @ k
    close(result, expected)


def test_a_dear_value_with_readers_in_several_kernels_is_stored(device: str) -> None:
    x = random(40, 40, device=device)
    e = (x.exp() * x.sin()).tanh()
    results = e @ e, e.sum(0), e.sum(1)
    del e
    with trace() as seen:
        clgrad.realize(*results)
    assert maps_in(seen.kernels, "tanh") == 1, listing(seen)


def test_equal_work_is_done_once(device: str) -> None:
    x = random(9, device=device)
    result = x.exp() * x.exp() + x.exp()
    with trace() as seen:
        result.realize()
    assert maps_in(seen.kernels, "exp") == 1, listing(seen)


def test_dead_values_are_not_computed(device: str) -> None:
    x = random(10, 10, device=device)
    unused = (x @ x).exp()
    del unused
    y = x * 2
    first = y[0].sum()
    with trace() as seen:
        first.realize()
    assert "matmul" not in kinds(seen)
    assert maps_in(seen.kernels, "exp") == 0


def test_a_living_value_is_stored_on_the_way(device: str) -> None:
    x = random(10, 10, device=device)
    middle = (x * 2).exp()
    end = middle.sum()
    with trace() as seen:
        end.realize()
        middle.numpy()
    assert len(seen.kernels) == 1 or maps_in(seen.kernels, "exp") == 1, listing(seen)


def test_constants_are_text(device: str) -> None:
    x = random(8, device=device).realize()
    y = (x * 2.5 + clgrad.full((8,), 3.0, device=device)) * clgrad.ones(8, device=device)
    with trace() as seen:
        y.realize()
    (kernel,) = seen.kernels
    assert len(kernel.arguments) == 2, f"x and the result are all the buffers there are\n{kernel}"
    values = {line.value for line in kernel.lines if isinstance(line, Constant)}
    assert {2.5, 3.0} <= values


def test_constants_fold(device: str) -> None:
    x = random(8, device=device).realize()
    two = clgrad.full((), 2.0, device=device)
    with trace() as seen:
        found = (x * (two * 3 - 5) * (two.sqrt() * two.sqrt() / 2).round() * 1).numpy()
    np.testing.assert_array_equal(found, x.numpy())
    (kernel,) = seen.kernels
    assert not any(isinstance(line, Map) for line in kernel.lines), f"1 * x is x\n{kernel}"


def test_an_empty_value_launches_nothing(device: str) -> None:
    x = clgrad.zeros(0, 5, device=device)
    with trace() as seen:
        assert ((x + 1) @ clgrad.ones(5, 2, device=device)).numpy().shape == (0, 2)
        assert x.sum().item() == 0.0
        assert clgrad.cat([x, x]).numpy().shape == (0, 5)
    assert all(math.prod(kernel.shape) for kernel in seen.kernels), listing(seen)


def test_a_long_sum_is_cut_in_pieces(device: str) -> None:
    total = (clgrad.ones(2**17, device=device) * 3).sum()
    with trace() as seen:
        assert total.item() == 3 * 2**17
    assert kinds(seen) == ["reduce", "reduce"], listing(seen)
    assert seen.kernels[0].outer[0] > 1, "the first step has work for every core"


# Steps of a training loop


class Step:
    """A training step of a small network whose loss is read at a chosen time."""

    def __init__(self, device: str, optimizer: str, read: str) -> None:
        clgrad.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.Linear(30, 10)).to(device)
        self.optimizer: Any = {"SGD": optim.SGD, "Adam": optim.Adam}[optimizer](self.net.parameters(), lr=0.1)
        self.x = random(16, 20, device=device)
        self.target = clgrad.arange(16, device=device) % 10
        clgrad.realize(*self.net.parameters(), self.target)
        self.read = read
        self.losses: list[float] = []

    def run(self) -> Trace:
        with trace() as seen:
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.net(self.x), self.target)
            if self.read == "before backward":
                self.losses.append(loss.item())
            loss.backward()
            if self.read == "after backward":
                self.losses.append(loss.item())
            self.optimizer.step()
            if self.read == "after step":
                self.losses.append(loss.item())
        return seen


@pytest.mark.parametrize("read", ["before backward", "after backward", "after step"])
def test_reading_the_loss_runs_nothing_twice(device: str, read: str) -> None:
    """Two layers: two products forward, three backward (the input has no gradient)."""
    step = Step(device, "SGD", read)
    for _ in range(3):
        seen = step.run()
        assert kinds(seen).count("matmul") == 5, listing(seen)
    reference = Step("cpu", "SGD", "before backward")
    for _ in range(3):
        reference.run()
    np.testing.assert_allclose(step.losses, reference.losses, rtol=1e-5)
    assert step.losses[2] < step.losses[1] < step.losses[0]


@pytest.mark.parametrize(("optimizer", "launches"), [("SGD", 10), ("Adam", 11)])
def test_a_step_is_one_plan_and_its_kernels_do_not_grow(device: str, optimizer: str, launches: int) -> None:
    """Forward 3, backward 6, the loss 1; the updates join the kernels that compute the gradients."""
    step = Step(device, optimizer, "after step")
    counts = []
    for number in range(5):
        seen = step.run()
        counts.append(len(seen.kernels))
        if number >= 2:
            assert seen.plans_made == 0, "the plan of a repeated step is found again"
    assert len(set(counts[1:])) == 1, counts
    assert counts[-1] <= launches, listing(seen)


def test_equal_graphs_of_other_values_share_a_plan(device: str) -> None:
    def work(seed: int) -> None:
        x = random(5, 4, device=device, seed=seed)
        close(x.softmax(1).sum(0), np.exp(x.numpy()).T @ (1 / np.exp(x.numpy()).sum(1)))

    work(0)
    with trace() as seen:
        work(1)
        work(2)
    assert seen.plans_made == 0


def test_other_constants_shapes_and_dtypes_are_other_plans() -> None:
    x = random(6, device="cpu").realize()
    host = x.numpy()
    expected = [host * 2, host * 3, host[:3] * 2, host * np.float32(-0.0), host * np.float32(0.0)]
    results = [x * 2, x * 3, x[:3] * 2, x * -0.0, x * 0.0]
    for ours, theirs in zip(results, expected):
        np.testing.assert_array_equal(ours.numpy(), theirs)
        np.testing.assert_array_equal(np.signbit(ours.numpy()), np.signbit(theirs))
    assert (x.to(clgrad.float64) * 2).numpy().dtype == np.float64
    assert (x.to(clgrad.int32) * 2).numpy().dtype == np.int32


def test_plans_are_forgotten_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MOST_PLANS", 3)
    runtime.clear_plans()
    x = random(4, device="cpu").realize()
    for number in range(6):
        close(x * number, x.numpy() * number)
    assert len(runtime._plans) == 3
    with trace() as seen:
        close(x * 5, x.numpy() * 5)
    assert seen.plans_made == 0


# Large graphs


def test_a_chain_of_a_hundred_thousand_ops(device: str) -> None:
    """The plan is the same on every device: the full length is for one of them."""
    length = 100_000 if device == "cpu" else 10_000
    x = clgrad.ones(4, device=device)
    started = time.perf_counter()
    for _ in range(length):
        x = x + 1
    assert x.numpy().tolist() == [length + 1.0] * 4
    assert time.perf_counter() - started < 60, "planning is linear: a few seconds"


def test_backward_through_ten_thousand_ops(device: str) -> None:
    x = clgrad.ones(4, device=device, requires_grad=True)
    y = x
    for _ in range(10_000):
        y = y * 1.0001
    y.sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), 1.0001**10_000, rtol=1e-3)


def test_ten_thousand_readers_of_one_value(device: str) -> None:
    x = random(4, device=device) * 3
    readers = [x * 2 for _ in range(10_000)]
    started = time.perf_counter()
    clgrad.realize(*readers)
    assert time.perf_counter() - started < 60
    close(readers[0], x.numpy() * 2)
    close(readers[-1], x.numpy() * 2)


def test_gradients_of_ten_thousand_readers_add_up(device: str) -> None:
    x = clgrad.ones(3, device=device, requires_grad=True)
    total = clgrad.zeros(3, device=device)
    for _ in range(10_000):
        total = total + x
    total.sum().backward()
    assert x.grad is not None and x.grad.tolist() == [10_000.0] * 3


def test_doubling_stays_linear(device: str) -> None:
    """As a tree this graph has 2 ** 200 nodes."""
    x = clgrad.full((4,), 2.0**-100, device=device, requires_grad=True)
    y = x
    for _ in range(200):
        y = y + y
    y.sum().backward(retain_graph=True)
    assert y.numpy().tolist() == [2.0**100] * 4
    assert x.grad is not None and np.isinf(x.grad.numpy()).all(), "2 ** 200 does not fit float32"


def test_many_small_reductions_stay_linear() -> None:
    """Groups know what they wait for; that bookkeeping must not be quadratic in practice."""
    x = random(8, 8, device="cpu").realize()
    started = time.perf_counter()
    total = x
    for _ in range(1_000):
        total = total / total.sum(1, keepdim=True).abs().clamp(min=1.0) + x
    total.realize()
    assert time.perf_counter() - started < 20
