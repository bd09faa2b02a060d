"""Gradients as users meet them: backward, grad, transforms, and when history is kept, used up and freed."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from compare import needs

import clgrad
from clgrad import Tensor
from clgrad.errors import ArgumentError, DtypeError, GradientError, ShapeError
from clgrad.runtime import trace


def leaf(values: Any, device: str) -> Tensor:
    return clgrad.tensor(values, device=device, requires_grad=True)


def grad_of(x: Tensor) -> Any:
    assert x.grad is not None
    return x.grad.tolist()


# backward


def test_backward_sets_then_adds(device: str) -> None:
    x, w = leaf([1.0, 2.0], device), leaf([3.0, 4.0], device)
    (x * w).sum().backward()
    assert grad_of(x) == [3.0, 4.0] and grad_of(w) == [1.0, 2.0]
    (x * 2).sum().backward()
    assert grad_of(x) == [5.0, 6.0] and grad_of(w) == [1.0, 2.0]
    first = x.grad
    x.grad = None
    (x * 2).sum().backward()
    assert grad_of(x) == [2.0, 2.0]
    assert first is not None and first.tolist() == [5.0, 6.0], "a gradient is a value like any other"


def test_a_value_used_many_times_adds_up(device: str) -> None:
    x = leaf([2.0], device)
    y = x * 3
    z = y * y + y + x + y / x
    z.sum().backward()
    assert grad_of(x) == [2 * 6.0 * 3 + 3 + 1 + 0.0]


def test_gradients_are_lazy_values(device: str) -> None:
    x = leaf(np.ones((3, 4), np.float32), device)
    with trace() as seen:
        (x.exp() * 2).mean().backward()
        grad = x.grad
        assert grad is not None and grad.shape == x.shape and grad.dtype is x.dtype and grad.device is x.device
        assert not grad.requires_grad and grad.is_leaf
        assert not seen.kernels
    assert grad.numpy().shape == (3, 4)


def test_an_upstream_gradient(device: str) -> None:
    x = leaf([[1.0, 2.0], [3.0, 4.0]], device)
    y = x * x
    upstream = clgrad.tensor([[1.0, 0.0], [0.5, -1.0]], device=device)
    y.backward(upstream, retain_graph=True)
    assert grad_of(x) == [[2.0, 0.0], [3.0, -8.0]]
    with pytest.raises(GradientError, match=r"^\[backward\].*one element.*\(2, 2\)"):
        y.backward()
    with pytest.raises(ShapeError, match=r"^\[backward\].*\(2,\).*\(2, 2\)"):
        y.backward(upstream[0])
    assert grad_of(x) == [[2.0, 0.0], [3.0, -8.0]], "a refused call adds nothing"


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_any_tensor_of_one_element_starts_a_gradient(device: str, shape: tuple[int, ...]) -> None:
    x = leaf([1.0, 2.0, 3.0], device)
    (x * x).sum().reshape(shape).backward()
    assert grad_of(x) == [2.0, 4.0, 6.0]


def test_history_is_used_up(device: str) -> None:
    x = leaf([1.0, 2.0], device)
    y = (x * x).exp().sum()
    y.backward()
    with pytest.raises(GradientError, match=r"^\[backward\].*used up.*retain_graph=True"):
        y.backward()
    assert y.item() > 0, "the value is still there"


def test_retain_graph_keeps_it(device: str) -> None:
    x = leaf([1.0, 2.0], device)
    y = (x * x).sum()
    for count in (1, 2, 3):
        y.backward(retain_graph=True)
        assert grad_of(x) == [2.0 * count, 4.0 * count]
    y.backward()
    with pytest.raises(GradientError):
        y.backward()


def test_two_losses_share_history_only_if_it_is_kept(device: str) -> None:
    x = leaf([1.0, 2.0], device)
    hidden = (x * x).exp()
    a, b = hidden.sum(), hidden.mean()
    a.backward(retain_graph=True)
    b.backward()
    expected = 2 * np.array([1, 2]) * np.exp([1, 4]) * 1.5
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-5)
    c, d = hidden.sum(), (x * 1).sum()
    with pytest.raises(GradientError, match="used up"):
        c.backward()
    d.backward()


def test_history_survives_the_value_being_read(device: str) -> None:
    x = leaf([1.0, 2.0], device)
    hidden = (x * x).exp()
    hidden.numpy()
    loss = (hidden * x).sum()
    loss.item()
    loss.backward()
    expected = np.exp([1, 4]) * (1 + 2 * np.array([1, 4]))
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-5)


def test_backward_for_chosen_inputs(device: str) -> None:
    x, w = leaf([1.0], device), leaf([2.0], device)
    hidden = x * w
    (hidden * hidden).sum().backward(inputs=[w])
    assert x.grad is None and grad_of(w) == [4.0]


def test_a_leaf_that_died_is_no_obstacle(device: str) -> None:
    x = leaf([1.0, 2.0], device)
    loss = (leaf([3.0, 4.0], device) * x).sum()
    gc.collect()
    loss.backward()
    assert grad_of(x) == [3.0, 4.0]


def test_a_gradient_belongs_to_the_value_that_was_used(device: str) -> None:
    w = leaf([2.0], device)
    loss = (w * w).sum()
    with clgrad.no_grad():
        w.assign(w * 10)
    loss.backward()
    assert grad_of(w) == [4.0] and w.tolist() == [20.0] and loss.item() == 4.0


def test_broadcasting_is_undone(device: str) -> None:
    a, b, c = leaf(np.ones((2, 3), np.float32), device), leaf([1.0, 2.0, 3.0], device), leaf([[1.0], [2.0]], device)
    d = leaf(2.0, device)
    (a * b * c * d).sum().backward()
    assert grad_of(a) == [[2.0, 4.0, 6.0], [4.0, 8.0, 12.0]]
    assert grad_of(b) == [6.0, 6.0, 6.0] and grad_of(c) == [[12.0], [12.0]] and grad_of(d) == 18.0


PIECES: dict[str, Any] = {
    "all": lambda x: sum(one * (place + 1) for place, one in enumerate(x.unbind(0))),
    "along the last axis": lambda x: sum(one.square() for one in x.chunk(3, 1)),
    "with gaps": lambda x: x[0:2] * x[3:5] + x[6:8].square(),
    "overlapping": lambda x: x[0:3] * x[1:4] + x[5:8].square(),
    "along two axes": lambda x: x[0, :3] * x[4, 3:] + x[7, 1:4] + x[:3, 2] * x[3:6, 4] * x[5:, 5],
    "and the whole": lambda x: (x * x)[0] + sum(one.exp() for one in x.unbind(0)),
    "of no size": lambda x: x[0:0].sum() + x[1] * x[2] * x[3],
}


@pytest.mark.parametrize("name", PIECES)
def test_gradients_of_pieces(device: str, name: str) -> None:
    """They are joined where they stand apart, and added up elsewhere; gradients of gradients, too."""
    data = np.random.default_rng(0).standard_normal((8, 6))
    found = []
    for library in (clgrad, torch):
        x = clgrad.tensor(data, "float32", device) if library is clgrad else torch.tensor(data, dtype=torch.float32)
        x.requires_grad_()
        (first,) = library.autograd.grad((PIECES[name](x) ** 2).sum(), [x], create_graph=True)
        (second,) = library.autograd.grad((first * first).sum(), [x])
        found.append((first.detach().numpy(), second.numpy()))
    for ours, theirs in zip(*found):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_gradients_of_pieces_are_one_kernel(device: str) -> None:
    x = clgrad.ones(8, 6, device=device).realize().requires_grad_()
    (gradient,) = clgrad.autograd.grad(sum((one.square() for one in x.unbind(0)), x[0]).sum(), [x])
    with trace() as seen:
        gradient.realize()
    assert [kernel.kind for kernel in seen.kernels].count("cat") == 1, [str(kernel) for kernel in seen.kernels]


@pytest.mark.parametrize("turned", [False, True], ids=["as it lies", "transposed"])
def test_a_weight_of_many_products_has_its_gradient_in_one(device: str, turned: bool) -> None:
    """As long as what is joined is smaller than what would be added up."""
    random = np.random.default_rng(0)
    weight, inputs = random.standard_normal((16, 16)), [random.standard_normal((rows, 16)) for rows in (2, 3, 1, 40)]
    found = []
    for library in (clgrad, torch):
        options = {"dtype": library.float32, **({"device": device} if library is clgrad else {})}
        w = library.tensor(weight, **options).requires_grad_()
        xs = [library.tensor(one, **options) for one in inputs]
        factor = w.T if turned else w
        (gradient,) = library.autograd.grad(sum((x @ factor).tanh().sum() for x in xs), [w])
        found.append(gradient)
    with trace() as seen:
        found[0].realize()
    products = [kernel for kernel in seen.kernels if kernel.kind == "matmul"]
    assert len(products) == 4 + 2, "four of the values; one of the three small gradients, and the large one's own"
    np.testing.assert_allclose(found[0].numpy(), found[1].numpy(), rtol=1e-4, atol=1e-4)


def test_gradients_have_the_leafs_dtype(device: str) -> None:
    needs(device, clgrad.float64)
    x = leaf([1.0, 2.0], device)
    y = x.to(clgrad.float64) * clgrad.tensor([0.5, 0.25], dtype="float64", device=device)
    y.sum().backward()
    assert x.grad is not None and x.grad.dtype is clgrad.float32 and x.grad.tolist() == [0.5, 0.25]


def test_integers_end_a_path(device: str) -> None:
    x = leaf([1.5, 2.5], device)
    y = x.to(clgrad.int32)
    assert not y.requires_grad and not (x > 2).requires_grad and not x.argmax().requires_grad
    (y * x).sum().backward()
    assert grad_of(x) == [1.0, 2.0]


# What has gradients


def test_requires_grad_of_leaves_and_others(device: str) -> None:
    x = clgrad.ones(2, device=device)
    assert not x.requires_grad and x.is_leaf
    assert x.requires_grad_() is x and x.requires_grad and x.is_leaf
    y = x * 2
    assert y.requires_grad and not y.is_leaf
    with pytest.raises(GradientError, match=r"^\[requires_grad_\].*detach"):
        y.requires_grad_(False)
    y.requires_grad_(True)
    x.requires_grad = False
    assert not x.requires_grad and not (x * 2).requires_grad
    with pytest.raises(DtypeError, match=r"^\[requires_grad_\].*int64"):
        clgrad.arange(3, device=device).requires_grad_()
    with pytest.raises(DtypeError):
        clgrad.tensor([True], device=device, requires_grad=True)
    assert clgrad.ones(1, device=device, requires_grad=True).is_leaf
    assert clgrad.rand(2, device=device, requires_grad=True).is_leaf


def test_backward_without_history(device: str) -> None:
    with pytest.raises(GradientError, match=r"^\[backward\].*no history"):
        clgrad.ones(1, device=device).sum().backward()
    x = leaf([1.0], device)
    with pytest.raises(GradientError, match="no history"):
        x.detach().sum().backward()


def test_a_leaf_is_its_own_root(device: str) -> None:
    x = leaf([3.0], device)
    x.backward()
    x.backward()
    assert grad_of(x) == [2.0]


def test_detach_and_data_cut_the_history(device: str) -> None:
    x = leaf([2.0, 3.0], device)
    y = x * x.detach() + x.data
    assert y.requires_grad
    y.sum().backward()
    assert grad_of(x) == [2.0, 3.0]
    cut = (x * x).detach()
    assert not cut.requires_grad and cut.is_leaf
    again = cut.requires_grad_()
    (again * 2).sum().backward()
    assert grad_of(again) == [2.0, 2.0] and grad_of(x) == [2.0, 3.0]


def test_no_grad_as_block_and_decorator(device: str) -> None:
    x = leaf([1.0, 2.0], device)

    @clgrad.no_grad()
    def double(t: Tensor) -> Tensor:
        """Twice."""
        assert not clgrad.is_grad_enabled()
        return t * 2

    assert double.__doc__ == "Twice."
    assert not double(x).requires_grad and not double(x).requires_grad, "a decorator works again"
    with clgrad.no_grad():
        inside = x * 2
        with clgrad.enable_grad():
            assert clgrad.is_grad_enabled() and (x * 2).requires_grad
        assert not (x * 2).requires_grad and not x.reshape(2, 1).requires_grad
        square = leaf([[1.0, 2.0], [3.0, 4.0]], device)
        assert not square.T.T.requires_grad and not square.reshape(4).reshape(2, 2).requires_grad, "moves that cancel"
        assert clgrad.ones(1, device=device, requires_grad=True).requires_grad, "a leaf asked for is one"
    assert clgrad.is_grad_enabled() and not inside.requires_grad
    with pytest.raises(KeyError), clgrad.no_grad():
        raise KeyError
    assert clgrad.is_grad_enabled()
    with clgrad.set_grad_enabled(False):
        assert not clgrad.is_grad_enabled()
    block = clgrad.no_grad()
    with block, block:
        pass
    assert clgrad.is_grad_enabled()


# autograd.grad


def test_grad_touches_no_grad_field(device: str) -> None:
    x, w = leaf([1.0, 2.0], device), leaf([3.0, 4.0], device)
    loss = (x * w * w).sum()
    for_x, for_w = clgrad.autograd.grad(loss, [x, w])
    assert for_x is not None and for_w is not None
    assert for_x.tolist() == [9.0, 16.0] and for_w.tolist() == [6.0, 16.0]
    assert x.grad is None and w.grad is None
    with pytest.raises(GradientError, match="used up"):
        clgrad.autograd.grad(loss, x)


def test_grad_of_several_outputs_and_of_values_on_the_way(device: str) -> None:
    x = leaf([1.0, 2.0], device)
    hidden = x * 3
    a, b = hidden * hidden, hidden.sum()
    weights = clgrad.tensor([1.0, 10.0], device=device)
    for_hidden, for_x = clgrad.autograd.grad([a, b], [hidden, x], [weights, None], retain_graph=True)
    assert for_hidden is not None and for_hidden.tolist() == [7.0, 121.0]
    assert for_x is not None and for_x.tolist() == [21.0, 363.0]
    with pytest.raises(ArgumentError, match=r"^\[grad\] 2 outputs but 1 grad_outputs"):
        clgrad.autograd.grad([a, b], x, [weights])


def test_grad_of_an_unused_input(device: str) -> None:
    x, unused = leaf([1.0], device), leaf([2.0], device)
    with pytest.raises(GradientError, match=r"^\[grad\].*allow_unused"):
        clgrad.autograd.grad((x * 2).sum(), [x, unused])
    found = clgrad.autograd.grad((x * 2).sum(), [x, unused], allow_unused=True)
    assert found[0] is not None and found[0].tolist() == [2.0] and found[1] is None
    with pytest.raises(GradientError, match=r"^\[grad\].*requires_grad=True"):
        clgrad.autograd.grad((x * 2).sum(), [clgrad.ones(1, device=device)])
    with pytest.raises(GradientError, match="no history"):
        clgrad.autograd.grad(clgrad.ones(1, device=device), x)


def test_create_graph_for_a_gradient_penalty(device: str) -> None:
    """A loss that holds a gradient, against torch."""
    values = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
    x, w = leaf(values, device), leaf(values[:3].T.copy(), device)
    (slope,) = clgrad.autograd.grad((x @ w).tanh().sum(), x, create_graph=True)
    assert slope is not None and slope.requires_grad
    ((slope.square().sum(1).sqrt() - 1).square().mean() + (x @ w).exp().mean()).backward()
    tx, tw = torch.tensor(values, requires_grad=True), torch.tensor(values[:3].T.copy(), requires_grad=True)
    (expected,) = torch.autograd.grad((tx @ tw).tanh().sum(), tx, create_graph=True)
    ((expected.square().sum(1).sqrt() - 1).square().mean() + (tx @ tw).exp().mean()).backward()
    assert x.grad is not None and w.grad is not None and tx.grad is not None and tw.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), tx.grad.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(w.grad.numpy(), tw.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_backward_with_create_graph(device: str) -> None:
    x = leaf([2.0], device)
    (x**3).sum().backward(create_graph=True)
    assert x.grad is not None and x.grad.requires_grad and x.grad.tolist() == [12.0]
    (second,) = clgrad.autograd.grad(x.grad, x)
    assert second is not None and second.tolist() == [12.0]


# Transforms


def test_grad_and_value_and_grad(device: str) -> None:
    def function(x: Tensor, w: Tensor, scale: float = 1.0) -> Tensor:
        return (x * w * w).sum() * scale

    x, w = clgrad.tensor([1.0, 2.0], device=device), clgrad.tensor([3.0, 4.0], device=device)
    assert clgrad.grad(function)(x, w).tolist() == [9.0, 16.0]
    assert clgrad.grad(function, argnums=1)(x, w, scale=2.0).tolist() == [12.0, 32.0]
    value, (for_w, for_x) = clgrad.value_and_grad(function, argnums=(-1, 0))(x, w)
    assert value.item() == 41.0 and for_w.tolist() == [6.0, 16.0] and for_x.tolist() == [9.0, 16.0]
    assert not value.requires_grad and not for_x.requires_grad
    assert not x.requires_grad and x.grad is None, "arguments are not touched"


def test_nested_grads_to_the_fourth(device: str) -> None:
    function = lambda x: x**4 + x.exp()
    derivative = function
    x = clgrad.tensor(1.5, device=device)
    expected = [1.5**4, 4 * 1.5**3, 12 * 1.5**2, 24 * 1.5, 24.0]
    for order in range(1, 5):
        derivative = clgrad.grad(derivative)
        assert derivative(x).item() == pytest.approx(expected[order] + np.exp(1.5), rel=1e-5)


def test_nested_grads_of_several_arguments(device: str) -> None:
    """d/dy d/dx of x^2 y^3."""
    function = lambda x, y: x**2 * y**3
    mixed = clgrad.grad(clgrad.grad(function, 0), 1)
    x, y = clgrad.tensor(2.0, device=device), clgrad.tensor(3.0, device=device)
    assert mixed(x, y).item() == 2 * 2 * 3 * 9
    inner = clgrad.grad(lambda y: clgrad.grad(lambda x: x * y)(x) * y)
    assert inner(y).item() == 6.0, "a transform may close over an outer argument"


def test_a_hessian_row_by_row(device: str) -> None:
    def function(x: Tensor) -> Tensor:
        return (x[0] ** 2) * x[1] + x[1] ** 3

    x = clgrad.tensor([2.0, 3.0], device=device)
    rows = [clgrad.grad(lambda x, row=row: clgrad.grad(function)(x)[row])(x).tolist() for row in range(2)]
    assert rows == [[6.0, 4.0], [4.0, 18.0]]


def test_has_aux(device: str) -> None:
    def function(x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return (x * x).sum(), {"double": x * 2}

    x = clgrad.tensor([3.0], device=device)
    slope, aux = clgrad.grad(function, has_aux=True)(x)
    assert slope.tolist() == [6.0] and aux["double"].tolist() == [6.0]
    (value, aux), slope = clgrad.value_and_grad(function, has_aux=True)(x)
    assert value.item() == 9.0 and aux["double"].tolist() == [6.0] and slope.tolist() == [6.0]


def test_transforms_work_under_no_grad_and_with_leaves(device: str) -> None:
    x = leaf([2.0], device)
    with clgrad.no_grad():
        assert clgrad.grad(lambda x: (x**3).sum())(x).tolist() == [12.0]
        assert not clgrad.is_grad_enabled()
    (clgrad.grad(lambda x: (x**3).sum())(x) * 2).sum().backward()
    assert grad_of(x) == [24.0], "the result differentiates again for a leaf"


def test_what_transforms_refuse(device: str) -> None:
    x = clgrad.tensor([1.0, 2.0], device=device)
    with pytest.raises(GradientError, match=r"^\[grad\].*one element"):
        clgrad.grad(lambda x: x * 2)(x)
    with pytest.raises(GradientError, match=r"^\[grad\].*one element"):
        clgrad.grad(lambda x: 3.0)(x)
    with pytest.raises(ArgumentError, match=r"^\[grad\] argument 1 of 1"):
        clgrad.grad(lambda x: x.sum(), argnums=1)(x)
    with pytest.raises(ArgumentError, match=r"^\[grad\] argument 0 of 1"):
        clgrad.grad(lambda x: x)(3.0)
    with pytest.raises(GradientError, match="no history"):
        clgrad.grad(lambda x: clgrad.ones(1, device=device).sum())(x)
    with pytest.raises(DtypeError):
        clgrad.grad(lambda x: x.sum())(clgrad.tensor([1, 2], device=device))


# What is freed


def test_history_dies_with_the_last_handle(device: str) -> None:
    x = leaf(np.ones((4, 4), np.float32), device)
    loss = (x @ x).exp().sum()
    nodes = [weakref.ref(loss.node), *(weakref.ref(node) for node in loss.node.operands)]
    loss.backward()
    assert x.grad is not None
    x.grad.realize()
    del loss
    assert all(node() is None for node in nodes), "no cycle holds it: reference counts are enough"


def test_backward_lets_go_of_what_the_forward_pass_stored(device: str) -> None:
    x = leaf(np.ones((64, 64), np.float32), device)
    hidden = x
    for _ in range(5):
        hidden = (hidden @ x).tanh()
    loss = hidden.sum()
    loss.item()
    before = x.device.allocated
    loss.backward()
    assert x.grad is not None
    x.grad.realize()
    del hidden
    assert loss.item() > 0
    after = x.device.allocated
    assert after <= before - 4 * 64 * 64 * 4, f"{before:,} bytes before, {after:,} after, and the loss is still held"


def test_a_realized_value_without_history_holds_nothing(device: str) -> None:
    x = clgrad.ones(8, device=device).realize()
    y = x * 2
    below = weakref.ref(y.node.operands[0])
    y.realize()
    del x
    assert below() is None
