"""Normalisation as modules, against torch: values, gradients, running statistics, what shares a kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import functional as F
from clgrad.runtime import trace

SHAPES = {1: (4, 3, 5), 2: (4, 3, 2, 3), 3: (3, 3, 2, 2, 2)}


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def twins(name: str, *arguments: Any, device: str, **options: Any) -> tuple[Any, Any]:
    """The module in both libraries, with equal parameters that are neither 0 nor 1."""
    ours = getattr(nn, name)(*arguments, **options).to(device)
    theirs = getattr(torch.nn, name)(*arguments, **options)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    parameters = [key for key, _ in theirs.named_parameters()]
    state = {
        key: random(*value.shape, seed=place) if key in parameters else value.numpy()
        for place, (key, value) in enumerate(theirs.state_dict().items())
    }
    ours.load_state_dict(state)
    theirs.load_state_dict({key: torch.tensor(value) for key, value in state.items()})
    return ours, theirs


def assert_same_state(ours: Any, theirs: Any) -> None:
    for key, value in theirs.state_dict().items():
        actual = ours.state_dict()[key].numpy()
        assert actual.dtype == value.numpy().dtype and actual.shape == tuple(value.shape), key
        np.testing.assert_allclose(actual, value.numpy(), rtol=1e-5, atol=1e-6, err_msg=key)


def assert_same_pass(ours: Any, theirs: Any, x: np.ndarray[Any, Any], device: str) -> None:
    """One pass forward and backward."""
    held, reference = clgrad.tensor(x, device=device, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours(held), theirs(reference)
    assert y.shape == tuple(expected.shape)
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
    seed = random(*y.shape, seed=9)
    ours.zero_grad()
    theirs.zero_grad()
    (y * clgrad.tensor(seed, device=device)).sum().backward()
    (expected * torch.tensor(seed)).sum().backward()
    for a, b in zip([held, *ours.parameters()], [reference, *theirs.parameters()], strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-3, atol=1e-5)


BATCH_OPTIONS = (
    {},
    {"eps": 0.1, "momentum": 0.5},
    {"momentum": None},
    {"affine": False},
    {"bias": False},
    {"track_running_stats": False},
)


@pytest.mark.parametrize("options", BATCH_OPTIONS, ids=str)
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_batch_norm_matches(device: str, dims: int, options: dict[str, Any]) -> None:
    """Three steps of training, then two batches with the running statistics, then training again."""
    ours, theirs = twins(f"BatchNorm{dims}d", 3, device=device, **options)
    for step in range(6):
        if step in (3, 5):
            ours.train(step == 5)
            theirs.train(step == 5)
        x = random(*SHAPES[dims], seed=20 + step) * (1 + step) + step
        assert_same_pass(ours, theirs, x, device)
        assert_same_state(ours, theirs)


def test_batch_norm_of_rows_matches(device: str) -> None:
    ours, theirs = twins("BatchNorm1d", 3, device=device)
    assert_same_pass(ours, theirs, random(7, 3), device)
    assert_same_state(ours, theirs)


@pytest.mark.parametrize("options", [{}, {"affine": True}, {"track_running_stats": True, "momentum": 0.3}], ids=str)
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_instance_norm_matches(device: str, dims: int, options: dict[str, Any]) -> None:
    ours, theirs = twins(f"InstanceNorm{dims}d", 3, device=device, **options)
    shape = SHAPES[dims]
    for training in (True, True, False):
        ours.train(training)
        theirs.train(training)
        for one in (shape, shape[1:]):
            assert_same_pass(ours, theirs, random(*one, seed=len(one)), device)
            assert_same_state(ours, theirs)


@pytest.mark.parametrize("options", [{}, {"affine": False}, {"bias": False, "eps": 0.1}], ids=str)
def test_group_norm_matches(device: str, options: dict[str, Any]) -> None:
    for groups, shape in ((1, (2, 6)), (2, (2, 6, 3)), (3, (2, 6, 3, 2)), (6, (1, 6, 2, 2, 2))):
        ours, theirs = twins("GroupNorm", groups, 6, device=device, **options)
        assert_same_pass(ours, theirs, random(*shape), device)


def test_reset_restores_what_a_module_starts_from(device: str) -> None:
    for make in (lambda: nn.BatchNorm1d(3, device=device), lambda: nn.GroupNorm(1, 3, device=device)):
        layer = make()
        start = {key: value.tolist() for key, value in layer.state_dict().items()}
        layer.load_state_dict({key: value + 2 for key, value in layer.state_dict().items()})
        layer.reset_parameters()
        assert {key: value.tolist() for key, value in layer.state_dict().items()} == start


def test_a_jitted_step_carries_the_statistics(device: str) -> None:
    for momentum in (0.1, None):
        ours, theirs = twins("BatchNorm2d", 3, device=device, momentum=momentum)
        step = clgrad.jit(lambda x, layer=ours: layer(x) * 2)
        for seed in range(5):
            x = random(*SHAPES[2], seed=seed)
            y = step(clgrad.tensor(x, device=device))
            expected = theirs(torch.tensor(x)) * 2
            np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
            assert_same_state(ours, theirs)
        ours.eval()
        theirs.eval()
        x = random(*SHAPES[2], seed=9)
        y = step(clgrad.tensor(x, device=device))
        np.testing.assert_allclose(y.numpy(), (theirs(torch.tensor(x)) * 2).detach().numpy(), rtol=1e-4, atol=1e-5)
        assert_same_state(ours, theirs)


def test_statistics_do_not_wait_for_a_reader(device: str) -> None:
    """Else a loop that reads losses only would hold every batch it has seen."""
    layer = nn.BatchNorm2d(3, device=device)
    images = clgrad.tensor(random(*SHAPES[2]), device=device)
    layer(images).sum().item()
    assert all(buffer.node.buffer is not None for buffer in layer.buffers())


def test_statistics_of_half_precision_are_wide(device: str) -> None:
    """Squares of such numbers are beyond float16, and so is the sum of so many."""
    x = (random(64, 2, 8, 8) * 10 + 2000).astype(np.float16)
    layer = nn.BatchNorm2d(2, device=device)
    y = layer(clgrad.tensor(x, device=device))
    assert y.dtype is clgrad.float16 and layer.running_mean.dtype is clgrad.float32
    wide = x.astype(np.float64)
    expected = (wide - wide.mean((0, 2, 3), keepdims=True)) / wide.std((0, 2, 3), keepdims=True)
    np.testing.assert_allclose(np.array(y.tolist()), expected, rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(layer.running_mean.numpy(), wide.mean((0, 2, 3)) * 0.1, rtol=1e-5)
    np.testing.assert_allclose(layer.running_var.numpy(), wide.var((0, 2, 3), ddof=1) * 0.1 + 0.9, rtol=1e-3)


def test_each_pass_is_one_kernel(device: str) -> None:
    """Statistics, their running ones, the result and what follows; then all gradients; after eval a map."""
    x = clgrad.tensor(random(8, 64, 6, 6), device=device, requires_grad=True)
    gradient = clgrad.tensor(random(8, 64, 6, 6, seed=1), device=device)
    layer = nn.BatchNorm2d(64, device=device)
    clgrad.realize(x, gradient, *layer.parameters(), *layer.buffers())

    def kinds(compute: Callable[[], Any]) -> list[str]:
        with trace() as seen:
            clgrad.realize(*compute())
        return [kernel.kind for kernel in seen.kernels]

    held: list[Any] = []

    def forward() -> list[Any]:
        held[:] = [layer(x).relu()]
        return held

    assert kinds(lambda: [layer(x).relu()])[0] == "rows"
    assert [kind for kind in kinds(forward) if kind != "map"] == ["rows"]
    assert kinds(lambda: clgrad.autograd.grad(held[0], [x, *layer.parameters()], gradient)) == ["rows"]
    layer.eval()
    assert kinds(lambda: [(layer(x * 2) + x).relu()]) == ["map"]


def test_errors(device: str) -> None:
    x, ones = clgrad.ones(2, 4, 3, device=device), clgrad.ones(4, device=device)
    single = clgrad.ones(1, 4, device=device)
    for error, match, call in [
        (ArgumentError, r"\[batch_norm\] input \(1, 4\) has one value for each",
         lambda: nn.BatchNorm1d(4, device=device)(single)),
        (ShapeError, r"\[batch_norm\] running_mean \(5,\) must have one element for each of the 4 channels",
         lambda: nn.BatchNorm1d(5, device=device)(x)),
        (ShapeError, r"\[batch_norm\] weight \(3,\)", lambda: F.batch_norm(x, ones, ones, ones[:3])),
        (ShapeError, r"\[batch_norm\] input \(4,\) must be \(N, C, ...\)", lambda: F.batch_norm(ones, ones, ones)),
        (ArgumentError, r"\[batch_norm\] .* needs running_mean and running_var", lambda: F.batch_norm(x, None, ones)),
        (ArgumentError, r"\[batch_norm\] eps=0.0", lambda: F.batch_norm(x, None, None, training=True, eps=0.0)),
        (ArgumentError, r"\[batch_norm\] eps=-1.0", lambda: F.batch_norm(x, ones, ones, eps=-1.0)),
        (DtypeError, r"\[batch_norm\] input is int64", lambda: F.batch_norm(x.long(), ones, ones)),
        (ShapeError, r"\[BatchNorm1d\] input \(2, 4, 3, 1\) must have 2 or 3 dimensions",
         lambda: nn.BatchNorm1d(4, device=device)(x[..., None])),
        (ShapeError, r"\[BatchNorm2d\] input \(2, 4, 3\) must have 4 dim", lambda: nn.BatchNorm2d(4, device=device)(x)),
        (ShapeError, r"\[BatchNorm3d\] input \(2, 4, 3\) must have 5 dim", lambda: nn.BatchNorm3d(4, device=device)(x)),
        (ArgumentError, r"\[instance_norm\] input \(2, 4, 1\) has one value", lambda: F.instance_norm(x[:, :, :1])),
        (ArgumentError, r"\[instance_norm\] running_mean and running_var: give both", lambda: F.instance_norm(x, ones)),
        (ArgumentError, r"\[instance_norm\] without stat", lambda: F.instance_norm(x, use_input_stats=False)),
        (ShapeError, r"\[instance_norm\] bias \(3,\)", lambda: F.instance_norm(x, bias=ones[:3])),
        (ShapeError, r"\[InstanceNorm2d\] input \(4,\) must have 3 or 4", lambda: nn.InstanceNorm2d(4)(ones)),
        (ShapeError, r"\[InstanceNorm1d\] input \(2, 4, 3\) has 4 channels, num_features is 5",
         lambda: nn.InstanceNorm1d(5, affine=True, device=device)(x)),
        (ArgumentError, r"\[group_norm\] num_groups=3 must divide the 4 channels", lambda: F.group_norm(x, 3)),
        (ArgumentError, r"\[group_norm\] num_groups=0", lambda: F.group_norm(x, 0)),
        (ArgumentError, r"\[group_norm\] input \(1, 4\) in 4 groups has one value", lambda: F.group_norm(single, 4)),
        (ShapeError, r"\[group_norm\] input \(4,\)", lambda: F.group_norm(ones, 2)),
        (ShapeError, r"\[group_norm\] weight \(2,\)", lambda: F.group_norm(x, 2, ones[:2])),
        (ArgumentError, r"\[GroupNorm\] num_groups=3 must divide num_channels=4", lambda: nn.GroupNorm(3, 4)),
    ]:  # fmt: skip
        with pytest.raises(error, match=match):
            call()
    with pytest.warns(UserWarning, match="num_features is 5, which counts for nothing without affine"):
        nn.InstanceNorm1d(5, device=device)(x)


def test_a_refused_batch_changes_nothing(device: str) -> None:
    layer = nn.BatchNorm1d(4, device=device)
    with pytest.raises(ValueError, match="one value for each channel"):
        layer(clgrad.ones(1, 4, device=device))
    assert layer.running_mean.tolist() == [0.0] * 4 and layer.num_batches_tracked.item() == 0
