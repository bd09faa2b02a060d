"""Functions called again: checkpoint, cond, while_loop and scan, in plain steps and in records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import Tensor, nn, runtime
from clgrad.errors import ArgumentError, DtypeError, JitError, ShapeError
from clgrad.nn import functional as F


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def given(*shape: int, device: str, seed: int = 0) -> Tensor:
    return clgrad.tensor(random(*shape, seed=seed), device=device, requires_grad=True)


def either_way(function: Callable[..., Any], jitted: bool) -> Callable[..., Any]:
    """The function as it is, or as a record that was run before."""
    return clgrad.jit(function) if jitted else function


# -- checkpoint ----------------------------------------------------------------------------------


class Block(nn.Module):
    """What draws, keeps statistics and has parameters."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.inner = nn.BatchNorm1d(width), nn.Linear(width, 4 * width)
        self.outer, self.dropout = nn.Linear(4 * width, width), nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.dropout(self.outer(F.gelu(self.inner(self.norm(x)))))
        return y


def trained(device: str, keeps: bool, jitted: bool) -> tuple[list[float], dict[str, np.ndarray[Any, Any]]]:
    """Losses of a few steps, and the state after them."""
    clgrad.manual_seed(1)
    with clgrad.use_device(device):
        blocks = nn.ModuleList([Block(8) for _ in range(3)])
        x = clgrad.tensor(random(6, 8))
        optimizer = clgrad.optim.SGD(blocks.parameters(), lr=0.1)

        def step(x: Tensor) -> Tensor:
            optimizer.zero_grad()
            for block in blocks:
                x = block(x) if keeps else clgrad.checkpoint(block, x)
            loss = (x * x).mean()
            loss.backward()
            optimizer.step()
            return loss

        run = either_way(step, jitted)
        losses = [run(x).item() for _ in range(4)]
        return losses, {name: one.numpy() for name, one in blocks.state_dict().items()}


@pytest.mark.parametrize("jitted", (False, True), ids=("plain", "jit"))
def test_training_is_the_same_with_and_without(device: str, jitted: bool) -> None:
    """Losses, parameters, running statistics: what is drawn at random is the same again."""
    losses, state = trained(device, True, jitted)
    again, other = trained(device, False, jitted)
    np.testing.assert_allclose(again, losses, rtol=1e-5)
    assert state.keys() == other.keys()
    for name, one in state.items():
        np.testing.assert_allclose(other[name], one, rtol=1e-4, atol=1e-6, err_msg=name)


def test_second_gradients_and_nested_ones(device: str) -> None:
    x, w = given(5, device=device), given(5, device=device, seed=1)

    def inner(y: Tensor) -> Tensor:
        return (y * w).tanh()

    def whole(y: Tensor) -> Tensor:
        return (clgrad.checkpoint(inner, y) * y).exp()

    def second(function: Callable[[Tensor], Tensor]) -> list[np.ndarray[Any, Any]]:
        first = clgrad.autograd.grad(function(x).sum(), (x, w), create_graph=True)
        both = sum(((one * one).sum() for one in first if one is not None), clgrad.zeros((), device=device))
        return [one.numpy() for one in clgrad.autograd.grad(both, (x, w)) if one is not None]

    wanted = second(lambda y: (inner(y) * y).exp())
    for found in (second(whole), second(lambda y: clgrad.checkpoint(whole, y))):
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5)


def test_several_results_and_what_takes_no_gradient(device: str) -> None:
    x = given(4, device=device)
    found = clgrad.checkpoint(lambda x: {"twice": (x * 2, x.detach() + 1), "power": x**3}, x)
    (found["twice"][0].sum() + found["power"].sum()).backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 + 3 * random(4) ** 2, rtol=1e-5)  # type: ignore[union-attr]
    np.testing.assert_allclose(found["twice"][1].numpy(), random(4) + 1, rtol=1e-6)
    assert not found["twice"][1].requires_grad
    with clgrad.no_grad():
        assert not clgrad.checkpoint(lambda x: x * 2, x).requires_grad


def test_history_is_used_up_as_elsewhere(device: str) -> None:
    x = given(4, device=device)
    y = clgrad.checkpoint(lambda x: (x * x).exp(), x).sum()
    y.backward(retain_graph=True)
    first = x.grad.numpy()  # type: ignore[union-attr]
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * first, rtol=1e-6)  # type: ignore[union-attr]
    with pytest.raises(clgrad.errors.GradientError, match="used up"):
        y.backward()


@pytest.mark.parametrize("jitted", (False, True), ids=("plain", "jit"))
def test_a_deep_transformer_needs_half_the_memory(device: str, jitted: bool) -> None:
    """Beyond parameters and their gradients, which there are in any case."""
    if device == "cpu":
        pytest.skip("numpy frees values as Python does: only a plan's memory is counted")

    def peak(keeps: bool) -> float:
        clgrad.manual_seed(0)
        with clgrad.use_device(device):
            layers = [nn.TransformerEncoderLayer(32, 2, 64, dropout=0.0, batch_first=True) for _ in range(6)]
            model = nn.ModuleList(layers)
            x = clgrad.tensor(random(32, 64, 32))
            optimizer = clgrad.optim.SGD(model.parameters(), lr=0.1)

            def step(x: Tensor) -> Tensor:
                optimizer.zero_grad()
                for layer in layers:
                    x = layer(x) if keeps else clgrad.checkpoint(layer, x)
                loss = (x * x).mean()
                loss.backward()
                optimizer.step()
                return loss

            run = either_way(step, jitted)
            for _ in range(2):
                run(x).item()
            clgrad.reset_peak_memory_stats(device)
            held = 8 * sum(one.numel() for one in model.parameters())
            run(x).item()
            return clgrad.memory_stats(device)["peak"] - held

    assert peak(False) < 0.5 * peak(True)


def test_running_statistics_keep_nothing_of_the_gradient(device: str) -> None:
    """They are computed of what the values are computed of, and not of what the gradient will be."""
    layers = nn.Sequential(nn.Linear(4, 64), nn.BatchNorm1d(64), nn.Linear(64, 4)).to(device)
    norm, x = layers[1], given(256, 4, device=device)
    clgrad.realize(x, *layers.parameters(), *layers.buffers())
    before = clgrad.memory_stats(device)["allocated"]
    y = clgrad.checkpoint(layers, x)
    clgrad.realize(y, norm.running_mean, norm.running_var)
    held = clgrad.memory_stats(device)["allocated"] - before
    assert held < 4 * 256 * 64 / 2, "the hidden values are 64 KB"
    hidden = random(256, 4) @ layers[0].weight.numpy().T + layers[0].bias.numpy()
    np.testing.assert_allclose(norm.running_mean.numpy(), 0.1 * hidden.mean(0), rtol=1e-4, atol=1e-6)


def test_values_are_computed_again_in_a_record() -> None:
    """Twice what is within, and once what a plain step computes."""
    x = given(64, 64, device="cpu")

    def kernels(keeps: bool) -> int:
        def block(y: Tensor) -> Tensor:
            return (y @ y).relu() @ y

        y = block(x) if keeps else clgrad.checkpoint(block, x)
        with runtime.trace() as seen:
            (gradient,) = clgrad.autograd.grad(y.sum(), x)
            assert gradient is not None
            gradient.numpy()
        return sum(kernel.kind == "matmul" for kernel in seen.kernels)

    assert kernels(False) == kernels(True)  # of the copy's values none is needed; one product is computed, again


# -- cond ----------------------------------------------------------------------------------------


def test_only_one_function_is_called(device: str) -> None:
    x = given(3, device=device)
    called = []

    def one(x: Tensor) -> Tensor:
        called.append("one")
        return x * 2

    def other(x: Tensor) -> Tensor:
        called.append("other")
        return x * 3

    clgrad.cond(x.sum() < 1000, one, other, (x,)).sum().backward()
    assert called == ["one"] and x.grad.tolist() == [2.0] * 3  # type: ignore[union-attr]
    assert clgrad.cond(False, one, other, (x,)).tolist() == (x * 3).tolist()


def test_a_record_decides_anew(device: str) -> None:
    """And where the root of a negative number is not taken, no NaN comes back."""

    def function(x: Tensor) -> tuple[Tensor, Tensor | None]:
        y = clgrad.cond(x.sum() > 0, lambda x: (x.sqrt(), x), lambda x: (-x, x * 2), (x,))
        return y[0], clgrad.autograd.grad(y[0].sum() + y[1].sum(), x)[0]

    run = clgrad.jit(function)
    for sign in (1, 1, -1, 1, -1):
        x = clgrad.full((2,), 4.0 * sign, device=device, requires_grad=True)
        y, gradient = run(x)
        assert gradient is not None
        assert y.tolist() == ([2.0, 2.0] if sign > 0 else [4.0, 4.0])
        assert gradient.tolist() == ([1.25, 1.25] if sign > 0 else [1.0, 1.0])


def recorded(function: Callable[[Tensor], Any]) -> None:
    run = clgrad.jit(function)
    for _ in range(2):
        run(clgrad.ones(2, device="cpu"))


def test_wrong_conditions_and_results() -> None:
    x = clgrad.ones(2, device="cpu")
    with pytest.raises(ArgumentError, match=r"\[cond\] the condition is bool of shape \(2,\); it must be one bool"):
        clgrad.cond(x > 0, lambda: 1, lambda: 2)
    with pytest.raises(ArgumentError, match=r"\[while_loop\] the condition is float32"):
        clgrad.while_loop(lambda x: x.sum(), lambda x: (x,), (x,))
    with pytest.raises(ShapeError, match=r"\[cond\] false_fn's result has shape \(1,\), true_fn's \(2,\)"):
        recorded(lambda x: clgrad.cond(x.sum() > 0, lambda: x, lambda: x[:1]))
    with pytest.raises(ArgumentError, match=r"\[cond\] false_fn's result and true_fn's differ in structure"):
        recorded(lambda x: clgrad.cond(x.sum() > 0, lambda: x, lambda: (x, x)))


# -- while_loop ----------------------------------------------------------------------------------


@pytest.mark.parametrize("jitted", (False, True), ids=("plain", "jit"))
def test_a_loop_of_unknown_length_and_its_gradient(device: str, jitted: bool) -> None:
    """Newton's square root, until it is near; as torch does in a Python loop."""

    def root(a: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        x, turns = clgrad.while_loop(
            lambda x, turns: (x * x - a).abs() > 1e-3,
            lambda x, turns: ((x + a / x) / 2, turns + 1),
            (a, clgrad.tensor(0, device=device)),
            most=12,
        )
        return x, clgrad.autograd.grad(x, a)[0], turns

    run = either_way(root, jitted)
    for value in (2.0, 9.0, 100.0, 1.0):
        reference = torch.tensor(value, requires_grad=True)
        x, count = reference, 0
        while (x * x - reference).abs() > 1e-3:
            x, count = (x + reference / x) / 2, count + 1
        found, gradient, turns = run(clgrad.tensor(value, device=device, requires_grad=True))
        assert gradient is not None and turns.item() == count
        np.testing.assert_allclose(found.item(), x.item(), rtol=1e-6)
        np.testing.assert_allclose(gradient.item(), torch.autograd.grad(x, reference)[0].item(), rtol=1e-5)


def test_loops_that_can_not_be() -> None:
    x = clgrad.ones(2, device="cpu")
    with pytest.raises(JitError, match=r"\[while_loop\] the turns are not known .* most=\.\.\."):
        recorded(lambda x: clgrad.while_loop(lambda x: x.sum() < 9, lambda x: x + 1, (x,)))
    with pytest.raises(ArgumentError, match=r"\[while_loop\] most=-1"):
        clgrad.while_loop(lambda x: False, lambda x: x, (x,), most=-1)
    with pytest.raises(ShapeError, match=r"\[while_loop\] body_fn's result has shape \(1, 2\), what is carried \(2,\)"):
        clgrad.while_loop(lambda x: True, lambda x: x.unsqueeze(0), (x,))
    with pytest.raises(DtypeError, match=r"body_fn's result is int64, what is carried float32: cast"):
        clgrad.while_loop(lambda x: True, lambda x: x.long(), (x,))
    assert clgrad.while_loop(lambda x: True, lambda x: x + 1, (x,), most=3)[0].tolist() == [4.0, 4.0]


# -- scan ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reverse", (False, True), ids=("", "reverse"))
@pytest.mark.parametrize("jitted", (False, True), ids=("plain", "jit"))
def test_scan_is_a_loop(device: str, jitted: bool, reverse: bool) -> None:
    inputs = [random(7, 3), random(7, 3, seed=1), random(3, seed=2)]

    def turn(carry: dict[str, Any], x: tuple[Any, Any]) -> tuple[dict[str, Any], list[Any]]:
        state = (carry["state"] * x[0] + x[1]).tanh()
        return {"state": state}, [state * 2, x[0].sum()]

    def function(a: Tensor, b: Tensor, first: Tensor) -> tuple[Any, ...]:
        carry, ys = clgrad.scan(turn, {"state": first}, (a, b), reverse=reverse)
        total = (carry["state"] * 3).sum() + (ys[0] ** 2).sum()
        return carry["state"], *ys, *clgrad.autograd.grad(total, (a, b, first))

    run = either_way(function, jitted)
    for _ in range(3 if jitted else 1):
        found = run(*(clgrad.tensor(one, device=device, requires_grad=True) for one in inputs))
    a, b, first = (torch.tensor(one, requires_grad=True) for one in inputs)
    carry, ys = {"state": first}, []
    for place in range(7)[::-1] if reverse else range(7):
        carry, y = turn(carry, (a[place], b[place]))
        ys.append(y)
    ys = ys[::-1] if reverse else ys
    stacked = [torch.stack(one) for one in zip(*ys)]
    total = (carry["state"] * 3).sum() + (stacked[0] ** 2).sum()
    wanted = (carry["state"], *stacked, *torch.autograd.grad(total, (a, b, first)))
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one.detach().numpy(), other.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_scan_of_a_length_and_wrong_ones() -> None:
    carry, ys = clgrad.scan(lambda n, x: (n * 2, n), clgrad.tensor(1, device="cpu"), length=5)
    assert carry.item() == 32 and ys.tolist() == [1, 2, 4, 8, 16]
    x = clgrad.ones(3, 2, device="cpu")
    with pytest.raises(ArgumentError, match=r"\[scan\] xs of shapes \(3, 2\) and length=4: first dims"):
        clgrad.scan(lambda c, x: (c, x), x[0], x, length=4)
    with pytest.raises(ArgumentError, match=r"\[scan\] xs of shapes none and length=None"):
        clgrad.scan(lambda c, x: (c, x), x)
    with pytest.raises(ArgumentError, match=r"\[scan\] the function gave Tensor; it must give a pair"):
        clgrad.scan(lambda c, x: c, x[0], x)
    with pytest.raises(ShapeError, match=r"\[scan\] the new carry has shape \(1, 2\), the carry before \(2,\)"):
        clgrad.scan(lambda c, x: (c.unsqueeze(0), x), x[0], x)
    with pytest.raises(ArgumentError, match=r"\[scan\] no turn"):
        clgrad.scan(lambda c, x: (c, x), x[0], x[:0])
