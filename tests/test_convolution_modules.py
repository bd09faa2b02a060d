"""Convolutions as modules, against torch: values, gradients, borders, initialisation, what is refused; layers fused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn import utils

pytestmark = pytest.mark.heavy

SIZES = {1: (9,), 2: (7, 6), 3: (5, 4, 6)}

OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"stride": 2, "padding": 1},
    {"padding": "same", "dilation": 2},
    {"padding": "valid", "bias": False},
    {"groups": 2, "padding": 2, "dilation": 2},
)
MODES = ("reflect", "replicate", "circular")


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def twins(name: str, *arguments: Any, device: str, **options: Any) -> tuple[Any, Any]:
    """The module in both libraries, with equal parameters."""
    ours = getattr(nn, name)(*arguments, **options, device=device)
    theirs = getattr(torch.nn, name)(*arguments, **options)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours, theirs


def assert_same_pass(ours: Any, theirs: Any, x: np.ndarray[Any, Any], device: str, **options: Any) -> None:
    """One pass forward and backward."""
    held, reference = clgrad.tensor(x, device=device, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours(held, **options), theirs(reference, **options)
    assert y.shape == tuple(expected.shape)
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
    seed = random(*y.shape, seed=9)
    ours.zero_grad()
    theirs.zero_grad()
    (y * clgrad.tensor(seed, device=device)).sum().backward()
    (expected * torch.tensor(seed)).sum().backward()
    for a, b in zip([held, *ours.parameters()], [reference, *theirs.parameters()], strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_convolutions_match(device: str, axes: int, options: dict[str, Any]) -> None:
    ours, theirs = twins(f"Conv{axes}d", 4, 6, 3, device=device, **options)
    assert_same_pass(ours, theirs, random(2, 4, *SIZES[axes]), device)
    assert_same_pass(ours, theirs, random(4, *SIZES[axes]), device)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_borders_match(device: str, axes: int, mode: str) -> None:
    for padding in (2, tuple(range(1, axes + 1)), "same"):
        dilation = 2 if padding == "same" else 1
        ours, theirs = twins(
            f"Conv{axes}d", 2, 3, 4, padding=padding, dilation=dilation, padding_mode=mode, device=device
        )
        assert_same_pass(ours, theirs, random(2, 2, *(size + 3 for size in SIZES[axes])), device)


def test_sizes_of_each_axis(device: str) -> None:
    ours, theirs = twins("Conv2d", 2, 3, (3, 1), (1, 2), (0, 3), (2, 1), device=device)
    assert_same_pass(ours, theirs, random(2, 2, 7, 6), device)
    ours, theirs = twins("ConvTranspose2d", 2, 3, (3, 1), (1, 2), (1, 0), (0, 1), device=device)
    assert_same_pass(ours, theirs, random(2, 2, 7, 6), device)


@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 2, "padding": 1, "output_padding": 1}, {"groups": 2, "bias": False}, {"dilation": 2, "stride": 2}],
    ids=str,
)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_transposed_convolutions_match(device: str, axes: int, options: dict[str, Any]) -> None:
    ours, theirs = twins(f"ConvTranspose{axes}d", 4, 6, 3, device=device, **options)
    assert_same_pass(ours, theirs, random(2, 4, *SIZES[axes]), device)
    assert_same_pass(ours, theirs, random(4, *SIZES[axes]), device)


def test_the_size_of_a_transposed_convolution_can_be_named(device: str) -> None:
    ours, theirs = twins("ConvTranspose2d", 2, 3, 3, 3, 1, device=device)
    x = random(2, 2, 4, 5)
    for size in ([10, 13], [11, 15], [2, 3, 12, 14]):
        assert_same_pass(ours, theirs, x, device, output_size=size)
    assert_same_pass(ours, theirs, x[0], device, output_size=[11, 13])
    for size in ([9, 13], [10, 16], [10], [2, 10, 13]):
        for layer, images in ((ours, clgrad.tensor(x, device=device)), (theirs, torch.tensor(x))):
            with pytest.raises(ValueError, match=r"output_size|output size"):
                layer(images, output_size=size)


@pytest.mark.parametrize("name", ["Conv2d", "ConvTranspose2d"])
def test_weights_start_as_in_torch(device: str, name: str) -> None:
    """Uniform, in the bound of what makes one output: of a transposed convolution torch counts the outputs."""
    ours, theirs = getattr(nn, name)(32, 64, 3, groups=2, device=device), getattr(torch.nn, name)(32, 64, 3, groups=2)
    bound = 1 / math.sqrt(math.prod(theirs.weight.shape[1:]))
    for key, value in ours.state_dict().items():
        host, reference = value.numpy(), theirs.state_dict()[key].numpy()
        assert host.shape == reference.shape
        assert abs(host).max() <= bound and abs(reference).max() <= bound * (1 + 1e-6)
        assert host.std() == pytest.approx(bound / math.sqrt(3), rel=0.2)


def test_errors(device: str) -> None:
    x = clgrad.ones(2, 4, 5, 5, device=device)
    for error, match, call in [
        (ArgumentError, r"\[Conv2d\] groups=3 must divide in_channels=4 and out_channels=6",
         lambda: nn.Conv2d(4, 6, 3, groups=3)),
        (ArgumentError, r"\[Conv2d\] groups=0", lambda: nn.Conv2d(4, 6, 3, groups=0)),
        (ArgumentError, r"\[Conv1d\] padding='full', it must be 'same'", lambda: nn.Conv1d(4, 6, 3, padding="full")),
        (ArgumentError, r"\[Conv2d\] padding='same' with stride=\(2, 2\)", lambda: nn.Conv2d(4, 6, 3, 2, "same")),
        (ArgumentError, r"\[Conv2d\] padding_mode='mirror', it must be one of zeros, reflect",
         lambda: nn.Conv2d(4, 6, 3, padding_mode="mirror")),
        (ArgumentError, r"\[ConvTranspose2d\] padding_mode='reflect', it must be 'zeros'",
         lambda: nn.ConvTranspose2d(4, 6, 3, padding_mode="reflect")),
        (ArgumentError, r"\[Conv2d\] kernel_size=\(3, 3, 3\) must be a whole number from 1, or 2 of them",
         lambda: nn.Conv2d(4, 6, (3, 3, 3))),
        (ArgumentError, r"\[Conv3d\] kernel_size=0", lambda: nn.Conv3d(4, 6, 0)),
        (ArgumentError, r"\[Conv2d\] stride=0", lambda: nn.Conv2d(4, 6, 3, 0)),
        (ShapeError, r"\[conv2d\]", lambda: nn.Conv2d(3, 6, 3, device=device)(x)),
        (ShapeError, r"\[conv1d\]", lambda: nn.Conv1d(4, 6, 3, device=device)(x)),
    ]:  # fmt: skip
        with pytest.raises(error, match=match):
            call()


# Fusion


def trained(norm: Any, device: str) -> Any:
    """A normalisation whose parameters and statistics are not what it starts from."""
    state = {key: random(*value.shape, seed=place) for place, (key, value) in enumerate(norm.state_dict().items())}
    if "running_var" in state:
        state["running_var"] = np.square(state["running_var"]) + 0.5
    norm.load_state_dict({key: np.asarray(value, np.float32) for key, value in state.items()})
    return norm.eval()


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"groups": 2}], ids=str)
def test_normalisation_folds_into_convolutions(device: str, options: dict[str, Any]) -> None:
    x = random(2, 4, 7, 6)
    norm = trained(nn.BatchNorm2d(6, device=device), device)
    conv = nn.Conv2d(4, 6, 3, device=device, **options).eval()
    fused = utils.fuse_conv_bn_eval(conv, norm)
    assert isinstance(fused, nn.Conv2d) and fused is not conv and isinstance(fused.bias, nn.Parameter)
    images = clgrad.tensor(x, device=device)
    np.testing.assert_allclose(fused(images).numpy(), norm(conv(images)).numpy(), rtol=1e-4, atol=1e-5)
    reference, normal = torch.nn.Conv2d(4, 6, 3, **options).eval(), torch.nn.BatchNorm2d(6).eval()
    reference.load_state_dict({key: torch.tensor(value.numpy()) for key, value in conv.state_dict().items()})
    normal.load_state_dict({key: torch.tensor(value.numpy()) for key, value in norm.state_dict().items()})
    expected = torch.nn.utils.fusion.fuse_conv_bn_eval(reference, normal)
    for key, value in expected.state_dict().items():
        np.testing.assert_allclose(fused.state_dict()[key].numpy(), value.numpy(), rtol=1e-5, atol=1e-6)
    assert [one.requires_grad for one in fused.parameters()] == [one.requires_grad for one in expected.parameters()]


def test_normalisation_folds_into_transposed_convolutions_and_linear_layers(device: str) -> None:
    norm = trained(nn.BatchNorm1d(6, affine=False, device=device), device)
    images = clgrad.tensor(random(2, 4, 7), device=device)
    conv = nn.ConvTranspose1d(4, 6, 3, device=device).eval()
    fused = utils.fuse_conv_bn_eval(conv, norm, transpose=True)
    np.testing.assert_allclose(fused(images).numpy(), norm(conv(images)).numpy(), rtol=1e-4, atol=1e-5)
    for bias in (True, False):
        linear = nn.Linear(7, 6, bias, device=device).eval()
        rows = images[0]
        fused = utils.fuse_linear_bn_eval(linear, norm)
        np.testing.assert_allclose(fused(rows).numpy(), norm(linear(rows)).numpy(), rtol=1e-4, atol=1e-5)


def test_what_can_not_be_folded_is_refused() -> None:
    conv, linear = nn.Conv1d(2, 3, 1), nn.Linear(2, 3)
    with pytest.raises(ArgumentError, match=r"\[fuse_conv_bn_eval\] modules in training .*\.eval\(\) on both"):
        utils.fuse_conv_bn_eval(conv.eval(), nn.BatchNorm1d(3))
    with pytest.raises(ArgumentError, match="no running statistics"):
        utils.fuse_conv_bn_eval(conv, nn.BatchNorm1d(3, track_running_stats=False).eval())
    with pytest.raises(ArgumentError, match=r"num_features=2 must be out_features=3 or 1"):
        utils.fuse_linear_bn_eval(linear.eval(), nn.BatchNorm1d(2).eval())
