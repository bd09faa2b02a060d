"""The silent mistakes of five small libraries that this one learned from, each with the test that finds it.

None of them raised an error: gradients were wrong by a factor, a transpose or a missing term, training still
ran, and the losses still fell. One section a library, by kind rather than by name.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import clgrad
from clgrad import Tensor, nn
from clgrad.nn import functional as F


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def leaf(values: Any, device: str) -> Tensor:
    return clgrad.tensor(values, device=device, requires_grad=True)


def grad(x: Tensor) -> np.ndarray[Any, Any]:
    assert x.grad is not None
    return x.grad.numpy()


def close(ours: Any, theirs: Any, tolerance: float = 1e-5) -> None:
    ours = ours.numpy() if isinstance(ours, Tensor) else ours
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else theirs
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


# The first: gradients that never start, are overwritten, or are taken of the wrong thing


def test_backward_starts_from_one_not_from_zero(device: str) -> None:
    x, w = leaf(random(2, 3), device), leaf(random(3, 1, seed=1), device)
    (x @ w).relu().sum().backward()
    assert np.abs(grad(w)).sum() > 0 or (x @ w).relu().sum().item() == 0
    active = (x.numpy() @ w.numpy() > 0).astype(np.float32)
    close(grad(w), x.numpy().T @ active)


@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "binary_cross_entropy"])
def test_every_loss_reaches_its_input(device: str, loss: str) -> None:
    values, target = 1 / (1 + np.exp(-random(4, 3))), (random(4, 3, seed=1) > 0).astype(np.float32)
    x, t = leaf(values, device), torch.tensor(values, requires_grad=True)
    getattr(F, loss)(x * 0.9, clgrad.tensor(target, device=device)).backward()
    getattr(TF, loss)(t * 0.9, torch.tensor(target)).backward()
    assert t.grad is not None and np.abs(grad(x)).sum() > 0
    close(grad(x), t.grad)


def test_the_gradient_of_cross_entropy_is_softmax_less_the_target_once(device: str) -> None:
    logits, target = random(5, 4), np.array([0, 3, 1, 1, 2])
    x = leaf(logits, device)
    F.cross_entropy(x, clgrad.tensor(target, device=device)).backward()
    e = np.exp(logits - logits.max(1, keepdims=True))
    expected = (e / e.sum(1, keepdims=True) - np.eye(4, dtype=np.float32)[target]) / 5
    close(grad(x), expected)


def test_softmax_is_over_the_dim_that_is_named(device: str) -> None:
    x = clgrad.tensor(random(3, 4), device=device)
    close(x.softmax(1).sum(1), np.ones(3))
    close(x.softmax(0).sum(0), np.ones(4))
    with pytest.raises(TypeError):
        x.softmax()  # type: ignore[call-arg]


def test_reductions_add_to_a_gradient(device: str) -> None:
    x = leaf(random(4, 3), device)
    (x.mean() + x.sum() + x.amax() * 0).backward()
    close(grad(x), np.full((4, 3), 1 + 1 / 12))


def test_a_mean_over_an_axis_divides_by_that_axis(device: str) -> None:
    x = leaf(random(4, 3), device)
    (x.mean(0) * clgrad.tensor([1.0, 2.0, 3.0], device=device)).sum().backward()
    close(grad(x), np.tile([[0.25, 0.5, 0.75]], (4, 1)))
    assert x.mean(0).shape == (3,) and x.sum(1).shape == (4,), "no axis of length one is left over"


def test_the_gradient_of_a_product_is_transposed(device: str) -> None:
    a, b, upstream = random(2, 3), random(3, 5, seed=1), random(2, 5, seed=2)
    x, y = leaf(a, device), leaf(b, device)
    (x @ y).backward(clgrad.tensor(upstream, device=device))
    close(grad(x), upstream @ b.T)
    close(grad(y), a.T @ upstream)


def test_a_sum_adds_gradients_not_values(device: str) -> None:
    """``value + gradient`` in place of ``gradient + gradient`` passes where the values are zero."""
    x, b = leaf(random(2, 3) + 10, device), leaf(random(3, seed=1) + 10, device)
    (x + b).sum().backward()
    (x + b).sum().backward()
    close(grad(x), np.full((2, 3), 2.0))
    close(grad(b), np.full(3, 4.0))


@pytest.mark.parametrize("shape", [(3, 5, 41, 43), (1, 1, 1100, 3), (70000,), (2, 1, 65537)])
def test_no_output_is_left_out_of_a_large_grid(device: str, shape: tuple[int, ...]) -> None:
    x = clgrad.tensor(np.abs(random(*shape)) + 1, device=device)
    result = (x * 2).relu().numpy()
    assert (result >= 2).all() and result.shape == shape


def test_indexing_keeps_the_history(device: str) -> None:
    x = leaf(random(4, 3), device)
    (x[1:3, ::2] * 2).sum().backward()
    expected = np.zeros((4, 3))
    expected[1:3, ::2] = 2
    close(grad(x), expected)


def test_transpose_gives_a_tensor(device: str) -> None:
    x = clgrad.tensor(random(4, 3), device=device)
    assert isinstance(x.transpose(0, 1), Tensor) and isinstance(x.T, Tensor)
    close(x.transpose(0, 1), x.numpy().T)


def test_a_running_statistic_does_not_hold_the_graph(device: str) -> None:
    w = leaf(random(64, 64), device)
    mean = clgrad.zeros(64, device=device)
    found = clgrad.device(device)
    held = []
    for _ in range(8):
        hidden = w @ w
        with clgrad.no_grad():
            mean.assign(0.9 * mean + 0.1 * hidden.mean(0))
        loss = hidden.square().mean()
        loss.backward()
        clgrad.realize(mean, loss)
        w.grad = None
        held.append(found.allocated)
    assert held[-1] == held[1] and not mean.requires_grad


def test_eval_reaches_the_layers(device: str) -> None:
    net = nn.Sequential(nn.Sequential(nn.Dropout(0.5)), nn.Dropout(0.5))
    x = clgrad.ones(100, device=device)
    net.eval()
    assert net(x).tolist() == [1.0] * 100
    net.train()
    assert 0.0 in net(x).tolist()


def test_python_floats_are_single_precision(device: str) -> None:
    assert clgrad.tensor([0.1], device=device).dtype is clgrad.float32
    assert (clgrad.ones(2, device=device) * 0.1).dtype is clgrad.float32
    assert (clgrad.arange(2, device=device) * 0.1).dtype is clgrad.float32


def test_kernels_are_found_from_any_folder(tmp_path: Path) -> None:
    for one in clgrad.devices():
        code = f"import clgrad; print(clgrad.ones(3, device={one.name!r}).sum().item())"
        environment = os.environ | {"PYTHONPATH": str(Path(clgrad.__file__).parents[1])}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120
        )
        assert done.stdout.strip() == "3.0", done.stderr


# The second: a loss tested against itself, guards off by one, caches that mistake one thing for another


def test_cross_entropy_with_indices_is_torchs(device: str) -> None:
    """``log_softmax[:, target].mean()`` takes N x N entries; a test with the same line passes."""
    logits, target = random(6, 4), np.array([0, 3, 1, 1, 2, 0])
    x, t = leaf(logits, device), torch.tensor(logits, requires_grad=True)
    ours = F.cross_entropy(x, clgrad.tensor(target, device=device))
    theirs = TF.cross_entropy(t, torch.tensor(target))
    ours.backward()
    theirs.backward()
    close(ours, theirs)
    assert t.grad is not None
    close(grad(x), t.grad)
    wrong = clgrad.tensor(logits, device=device).log_softmax(1)[:, clgrad.tensor(target, device=device)].mean()
    assert abs(-wrong.item() - ours.item()) > 0.01, "this batch tells the two apart"


def test_abs_has_a_gradient_at_zero(device: str) -> None:
    x = leaf([-2.0, 0.0, 3.0], device)
    abs(x).sum().backward()
    assert grad(x).tolist() == [-1.0, 0.0, 1.0]


def test_mean_takes_its_arguments_by_name(device: str) -> None:
    x = clgrad.tensor(random(4, 3), device=device)
    assert x.mean(dim=1, keepdim=True).shape == (4, 1) and x.mean(dim=(0, 1)).shape == ()


def test_no_grad_is_heeded(device: str) -> None:
    x = leaf(random(3), device)
    with clgrad.no_grad():
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad


def test_import_and_work_print_nothing() -> None:
    code = "import clgrad; (clgrad.ones(3, device='cpu') * 2).sum().item()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == done.stderr == ""


def test_the_last_element_of_every_length(device: str) -> None:
    """A guard of ``<=`` for ``<`` shows at a length that fills its groups exactly, or by one more or less."""
    lengths = [*range(1, 20), 31, 32, 33, 127, 128, 129, 4095, 4096, 4097, 16383, 16384, 16385]
    wholes = [clgrad.tensor(random(n), device=device) for n in lengths]
    guarded = [x * 2 + 1 for x in wholes]
    sums, rows = [x.sum() for x in wholes], [(x.reshape(1, -1) * 2).softmax(1) for x in wholes[:25]]
    clgrad.realize(*guarded, *sums, *rows)
    for x, y, total in zip(wholes, guarded, sums):
        host = x.numpy()
        close(y, host * 2 + 1)
        close(total, host.sum(dtype=np.float64), 1e-3)
    for row in rows:
        close(row.sum(), 1.0)


def test_equal_hashes_are_not_equal_graphs(device: str) -> None:
    """In CPython hash(-1) == hash(-2), 0.0 == -0.0 and 1 == 1.0 == True."""
    assert hash(-1) == hash(-2)
    x = clgrad.tensor([1.0, 2.0], device=device)
    n = clgrad.tensor([1, 2], device=device)
    assert (x * -1).tolist() == [-1.0, -2.0] and (x * -2).tolist() == [-2.0, -4.0]
    assert (n * -1).tolist() == [-1, -2] and (n * -2).tolist() == [-2, -4]
    assert np.signbit((x * 0.0).numpy()).tolist() == [False, False]
    assert np.signbit((x * -0.0).numpy()).tolist() == [True, True]
    assert clgrad.full((1,), 1, device=device).numpy().dtype == np.int64
    assert clgrad.full((1,), 1.0, device=device).numpy().dtype == np.float32
    assert clgrad.full((1,), True, device=device).numpy().dtype == np.bool_


# The third: the wrong axis, changed arguments, overflow


def test_axis_gradients_are_not_those_of_the_other_axis(device: str) -> None:
    """Each element gets its own row's weight; a square input hides a transpose, an oblong one a factor."""
    for shape in ((3, 3), (2, 5)):
        for axis in (0, 1):
            weights = random(shape[1 - axis], seed=axis)
            for name, scale in (("sum", 1.0), ("mean", 1 / shape[axis])):
                x = leaf(random(*shape), device)
                (getattr(x, name)(axis) * clgrad.tensor(weights, device=device)).sum().backward()
                close(grad(x), np.broadcast_to(np.expand_dims(weights, axis) * scale, shape))


def test_reshape_gives_a_tensor_with_history(device: str) -> None:
    x = leaf(random(2, 3), device)
    y = x.reshape(3, 2)
    assert isinstance(y, Tensor) and y.shape == (3, 2)
    (y[0] * 5).sum().backward()
    close(grad(x), [[5, 5, 0], [0, 0, 0]])


def test_losses_do_not_change_their_target(device: str) -> None:
    logits, index = clgrad.tensor(random(3, 4), device=device), np.array([0, 3, 2])
    hot = np.eye(4, dtype=np.float32)[index]
    targets = clgrad.tensor(index, device=device), clgrad.tensor(hot, device=device)
    for _ in range(2):
        F.cross_entropy(logits, targets[0]).item()
        F.cross_entropy(logits, targets[1]).item()
        F.nll_loss(logits.log_softmax(1), targets[0]).item()
        F.mse_loss(logits, targets[1]).item()
    assert targets[0].tolist() == index.tolist() and targets[1].tolist() == hot.tolist()


def test_large_logits_do_not_overflow(device: str) -> None:
    x = leaf([[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4], [88.0, 89.0, 90.0]], device)
    theirs = torch.tensor(x.numpy(), requires_grad=True)
    target = np.array([2, 0, 1])
    loss = F.cross_entropy(x, clgrad.tensor(target, device=device))
    expected = TF.cross_entropy(theirs, torch.tensor(target))
    loss.backward()
    expected.backward()
    assert theirs.grad is not None
    close(loss, expected)
    close(grad(x), theirs.grad)
    close(x.softmax(1), theirs.softmax(1))
    close(x.logsumexp(1), theirs.logsumexp(1))


def test_saturated_functions_are_right_and_silent(device: str) -> None:
    """Warnings are errors in this test suite."""
    x = clgrad.tensor([-1e4, -100.0, 0.0, 100.0, 1e4], device=device)
    assert x.sigmoid().tolist() == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-30)
    assert x.tanh().tolist() == [-1, -1, 0, 1, 1]
    slope = clgrad.grad(lambda x: x.sigmoid().sum() + x.tanh().sum())(x)
    assert slope.tolist() == [0, 0, 1.25, 0, 0]


def test_a_tensor_without_requires_grad_gets_none(device: str) -> None:
    x, w = clgrad.tensor(random(3), device=device), leaf(random(3, seed=1), device)
    (x * w).sum().backward()
    assert x.grad is None and w.grad is not None


def test_a_parameter_keeps_its_dtype(device: str) -> None:
    """Double precision from the host creeps into the weights through one factor."""
    w = leaf(random(3), device)
    (w * w).sum().backward()
    assert w.grad is not None
    with clgrad.no_grad():
        w -= np.float64(0.1) * w.grad
        if clgrad.device(device).supports(clgrad.float64):
            w -= w.grad * np.full(3, 0.1)
    assert w.dtype is clgrad.float32 and w.numpy().dtype == np.float32


def test_deep_graphs_do_not_recurse(device: str) -> None:
    x = leaf([1.0], device)
    y = x
    for _ in range(3000):
        y = y + 1
    y.sum().backward()
    assert y.tolist() == [3001.0] and grad(x).tolist() == [1.0]


# The fourth: a value on the way that is used twice, a penalty without a gradient


def test_a_value_on_the_way_that_is_used_twice(device: str) -> None:
    x = leaf([3.0], device)
    y = x * 2
    (y + y).sum().backward()
    assert grad(x).tolist() == [4.0], "8 if y is walked twice"


def test_a_skip_connection(device: str) -> None:
    x = leaf([1.0], device)
    hidden = x * 2
    for _ in range(3):
        hidden = hidden + hidden.relu() * 3
    hidden.sum().backward()
    assert grad(x).tolist() == [2.0 * 4**3]


def test_a_diamond_of_diamonds(device: str) -> None:
    host = random(4)
    x, t = leaf(host, device), torch.tensor(host, requires_grad=True)

    def graph(x: Any) -> Any:
        for _ in range(6):
            a, b = x.tanh(), x.sin()
            x = a * b + a - b + x * a
        return x.sum()

    graph(x).backward()
    graph(t).backward()
    assert t.grad is not None
    close(grad(x), t.grad, 1e-4)


def test_a_penalty_has_a_gradient(device: str) -> None:
    w = leaf(random(3, 2), device)
    data = (clgrad.tensor(random(4, 3, seed=1), device=device) @ w).square().mean()
    (data + 0.5 * (w * w).sum()).backward()
    total = grad(w)
    w.grad = None
    (clgrad.tensor(random(4, 3, seed=1), device=device) @ w).square().mean().backward()
    close(total - grad(w), w.numpy())


def test_log_softmax_of_large_negative_numbers(device: str) -> None:
    """A running maximum that starts at zero underflows here."""
    x = leaf([[-1000.0, -1000.0], [-2000.0, -1999.0]], device)
    result = x.log_softmax(1)
    close(result, torch.tensor(x.numpy()).log_softmax(1))
    (result[:, 0].sum() + result[:, 0].sum()).backward()
    assert np.isfinite(grad(x)).all() and np.abs(grad(x).sum(1)).max() < 1e-5


# The fifth: gradients that share memory, reduced axes that are not restored, conversions in place


def test_two_operands_do_not_share_a_gradient(device: str) -> None:
    x, w = leaf([1.0], device), leaf([2.0], device)
    hidden = x + w
    (hidden + x).sum().backward()
    assert grad(w).tolist() == [1.0] and grad(x).tolist() == [2.0]
    a, b = leaf([1.0], device), leaf([1.0], device)
    (a + b).sum().backward()
    assert a.grad is not None and b.grad is not None
    a.grad += 5
    a.grad *= 2
    assert grad(b).tolist() == [1.0] and grad(a).tolist() == [12.0]
    upstream = clgrad.tensor([3.0], device=device)
    c = leaf([1.0], device)
    (c + 0).backward(upstream)
    assert c.grad is not None
    c.grad.zero_()
    assert upstream.tolist() == [3.0]


@pytest.mark.parametrize("name", ["sum", "mean", "var", "std", "amax", "prod", "logsumexp"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_reduced_axes_are_restored_in_place(device: str, name: str, axis: int) -> None:
    """For a square input the axis can be restored at the wrong place and nothing fails."""
    host, weights = random(4, 4), random(4, seed=1)
    x, t = leaf(host, device), torch.tensor(host, requires_grad=True)
    (getattr(x, name)(axis) * clgrad.tensor(weights, device=device)).sum().backward()
    (getattr(t, name)(axis) * torch.tensor(weights)).sum().backward()
    assert t.grad is not None
    close(grad(x), t.grad, 1e-4)


def test_the_mean_squared_error_divides_by_all_elements(device: str) -> None:
    x = leaf(random(2, 3), device)
    loss = F.mse_loss(x, clgrad.zeros(2, 3, device=device))
    loss.backward()
    close(loss, (x.numpy() ** 2).mean())
    close(grad(x), 2 * x.numpy() / 6)


def test_a_conversion_changes_only_the_result(device: str) -> None:
    x = clgrad.tensor([1.7, -2.7], device=device)
    before = x.dtype
    assert x.to(clgrad.int32).tolist() == [1, -2] and x.half().dtype is clgrad.float16
    assert x.dtype is before and x.tolist() == pytest.approx([1.7, -2.7])


def test_axes_of_a_broadcast_are_summed(device: str) -> None:
    shapes = [((2, 3), (3,)), ((2, 3), (2, 1)), ((2, 3), ()), ((2, 1, 3), (4, 1)), ((1,), (5, 2)), ((3, 1), (1, 3))]
    for first, second in shapes:
        a, b = random(*first), random(*second, seed=1)
        x, y = leaf(a, device), leaf(b, device)
        t, u = torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)
        (x * y - y / (x * x + 1)).sum().backward()
        (t * u - u / (t * t + 1)).sum().backward()
        assert t.grad is not None and u.grad is not None
        close(grad(x), t.grad, 1e-4)
        close(grad(y), u.grad, 1e-4)
