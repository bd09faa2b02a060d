"""Networks for images, against their twins in torch: names of weights, results, gradients, steps of training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch_models as theirs

import clgrad
from clgrad import models, nn, optim
from clgrad.models import efficientnet, mobilenet
from clgrad.models.resnet import BasicBlock, Bottleneck
from clgrad.nn import functional as F

pytestmark = pytest.mark.heavy

Build = Callable[[], Any]

SMALL: dict[str, tuple[Build, Build, tuple[int, ...]]] = {
    "lenet": (models.LeNet, theirs.LeNet, (4, 1, 28, 28)),
    "vgg": (
        lambda: models.VGG((1, 2, 1, 1, 1), 5, dropout=0.0, widths=(4, 6, 8, 8, 8), hidden=16),
        lambda: theirs.vgg((1, 2, 1, 1, 1), 5, False, (4, 6, 8, 8, 8), 16),
        (4, 3, 32, 32),
    ),
    "vgg with batch normalisation": (
        lambda: models.VGG((1, 2, 1, 1, 1), 5, True, 0.0, (4, 6, 8, 8, 8), 16),
        lambda: theirs.vgg((1, 2, 1, 1, 1), 5, True, (4, 6, 8, 8, 8), 16),
        (4, 3, 32, 32),
    ),
    "resnet of basic blocks": (
        lambda: models.ResNet(BasicBlock, (2, 1, 1, 1), 5, width=4),
        lambda: theirs.resnet((2, 1, 1, 1), False, 5, 4),
        (4, 3, 64, 64),
    ),
    "resnet of bottlenecks": (
        lambda: models.ResNet(Bottleneck, (1, 2, 1, 1), 5, width=4),
        lambda: theirs.resnet((1, 2, 1, 1), True, 5, 4),
        (4, 3, 64, 64),
    ),
    "mobilenet": (
        lambda: models.MobileNetV2(5, 0.25, mobilenet.STAGES[:3], dropout=0.0),
        lambda: theirs.mobilenet(mobilenet.STAGES[:3], 5, 0.25),
        (4, 3, 32, 32),
    ),
    "efficientnet": (
        lambda: models.EfficientNet(5, 0.0, 0.0, 0.25, 0.5, efficientnet.STAGES[:3]),
        lambda: theirs.efficientnet(efficientnet.STAGES[:3], 5, 0.25, 0.5),
        (4, 3, 32, 32),
    ),
    "unet": (lambda: models.UNet(2, 3, 4), lambda: theirs.UNet(2, 3, 4), (2, 2, 33, 34)),
}
"""Each kind of network as small as it gets: ours, torch's, and the shape of a batch."""

WHOLE: dict[str, tuple[Build, Build]] = {
    "alexnet": (lambda: models.alexnet(7, 0.0), lambda: theirs.alexnet(7, 0.0)),
    "resnet18": (lambda: models.resnet18(7), lambda: theirs.resnet((2, 2, 2, 2), False, 7, 64)),
    "resnet50": (lambda: models.resnet50(7), lambda: theirs.resnet((3, 4, 6, 3), True, 7, 64)),
    "mobilenet_v2": (lambda: models.mobilenet_v2(7), lambda: theirs.mobilenet(mobilenet.STAGES, 7, 1.0)),
    "efficientnet_b0": (
        lambda: models.efficientnet_b0(7),
        lambda: theirs.efficientnet(efficientnet.STAGES, 7, 1.0, 1.0),
    ),
}

PARAMETERS = {
    "alexnet": 61_100_840,
    "vgg11": 132_863_336,
    "vgg11_bn": 132_868_840,
    "vgg13": 133_047_848,
    "vgg13_bn": 133_053_736,
    "vgg16": 138_357_544,
    "vgg16_bn": 138_365_992,
    "vgg19": 143_667_240,
    "vgg19_bn": 143_678_248,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "mobilenet_v2": 3_504_872,
    "efficientnet_b0": 5_288_548,
}
"""How many torchvision's documentation counts."""

KEYS = {
    "alexnet": ("features.10.bias", "classifier.6.weight"),
    "vgg16_bn": ("features.41.running_var", "features.40.weight", "classifier.3.bias"),
    "resnet18": ("bn1.num_batches_tracked", "layer2.0.downsample.1.running_mean", "layer4.1.conv2.weight", "fc.bias"),
    "resnet50": ("layer1.0.downsample.0.weight", "layer3.5.bn3.bias"),
    "mobilenet_v2": ("features.0.1.running_mean", "features.1.conv.1.weight", "features.17.conv.3.bias",
                     "features.18.0.weight", "classifier.1.bias"),
    "efficientnet_b0": ("features.1.0.block.1.fc1.weight", "features.4.2.block.3.0.weight",
                        "features.7.0.block.2.fc2.bias", "features.8.1.running_var", "classifier.1.weight"),
}  # fmt: skip
"""Some names in torchvision's files."""


COMPILED = ("lenet", "resnet of basic blocks", "resnet18")


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def twins(build: Build, reference: Build, device: str) -> tuple[Any, Any]:
    """The network in both libraries, with equal weights."""
    torch.manual_seed(0)
    ours, twin = build().to(device), reference()
    assert list(ours.state_dict()) == list(twin.state_dict())
    ours.load_state_dict({key: value.numpy() for key, value in twin.state_dict().items()})
    return ours, twin


def batch(name: str, step: int, classes: int, dtype: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Images, and the class of each; of a U-Net the class of each pixel."""
    shape = SMALL[name][2]
    places = (shape[0], *(shape[2:] if name == "unet" else ()))
    return random(*shape, seed=step).astype(dtype), np.random.default_rng(step).integers(0, classes, places)


def check_compiles(device: str, name: str) -> None:
    """A driver compiles a network's hundred kernels for a minute: it gets three, whose kernels are like all."""
    if device != "cpu" and name not in COMPILED:
        pytest.skip("OpenCL devices are given three networks")


def losses(ours: Any, twin: Any, name: str, step: int, dtype: str, device: str) -> tuple[Any, Any]:
    """The loss of a batch, of which both libraries compute all gradients."""
    x, target = batch(name, step, 3 if name == "unet" else 5, dtype)
    ours.zero_grad()
    twin.zero_grad()
    loss = F.cross_entropy(ours(clgrad.tensor(x, device=device)), clgrad.tensor(target, device=device))
    expected = torch.nn.functional.cross_entropy(twin(torch.tensor(x)), torch.tensor(target))
    loss.backward()
    expected.backward()
    return loss.item(), expected.item()


@pytest.mark.parametrize("name", SMALL)
def test_gradients_match(device: str, name: str) -> None:
    check_compiles(device, name)
    ours, twin = twins(*SMALL[name][:2], device)
    loss, expected = losses(ours, twin, name, 0, "float32", device)
    assert loss == pytest.approx(expected, rel=1e-4)
    for (key, a), b in zip(ours.named_parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-3, atol=1e-4, err_msg=key)


@pytest.mark.parametrize("name", SMALL)
def test_five_steps_of_training_match(device: str, name: str) -> None:
    """In float64: a rounding on the other side of relu's corner lets two float32 runs of torch itself part."""
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip("the device has no float64")
    ours, twin = twins(*SMALL[name][:2], device)
    ours.double()
    twin.double()
    mine = optim.SGD(ours.parameters(), lr=0.01, momentum=0.9)
    other = torch.optim.SGD(twin.parameters(), lr=0.01, momentum=0.9)
    for step in range(5):
        loss, expected = losses(ours, twin, name, step, "float64", device)
        assert loss == pytest.approx(expected, rel=1e-8), step
        mine.step()
        other.step()
    for key, value in twin.state_dict().items():
        np.testing.assert_allclose(ours.state_dict()[key].numpy(), value.numpy(), rtol=1e-6, atol=1e-8, err_msg=key)
    x, _ = batch(name, 9, 3, "float64")
    with torch.no_grad(), clgrad.no_grad():
        expected = twin.eval()(torch.tensor(x)).numpy()
        scores = ours.eval()(clgrad.tensor(x, device=device)).numpy()
    np.testing.assert_allclose(scores, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_networks_match(device: str, name: str) -> None:
    check_compiles(device, name)
    ours, twin = twins(*WHOLE[name], device)
    size = 96 if name == "alexnet" else 64
    x = random(1, 3, size, size)
    with torch.no_grad(), clgrad.no_grad():
        expected = twin.eval()(torch.tensor(x)).numpy()
        scores = ours.eval()(clgrad.tensor(x, device=device)).numpy()
    assert scores.shape == (1, 7)
    np.testing.assert_allclose(scores, expected, rtol=1e-3, atol=1e-4 * max(1.0, abs(expected).max()))


@pytest.mark.parametrize("name", PARAMETERS)
def test_networks_have_the_weights_of_torchvision(name: str) -> None:
    model = getattr(models, name)()
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS[name]
    state = model.state_dict()
    assert [key for key in KEYS.get(name, ()) if key not in state] == []
    other = getattr(models, name)(num_classes=7)
    assert list(other.state_dict()) == list(state) and list(other.parameters())[-1].shape == (7,)


def test_a_residual_network_can_start_as_the_identity(device: str) -> None:
    model = models.resnet18(5, zero_init_residual=True, width=4).to(device)
    assert all(block.bn2.weight.tolist() == [0.0] * block.bn2.num_features for block in model.layer3)
    assert set(model.layer3[0].bn1.weight.tolist()) == {1.0}


def test_stochastic_depth_leaves_out_whole_elements(device: str) -> None:
    layer = models.blocks.StochasticDepth(0.25)
    x = clgrad.ones(4000, 2, 2, device=device, requires_grad=True)
    y = layer(x)
    y.sum().backward()
    value = y.numpy()
    assert (value == value[:, :1, :1]).all() and set(np.unique(value)) == {np.float32(0), np.float32(1 / 0.75)}
    assert (value == 0).mean() == pytest.approx(0.25, abs=0.03)
    np.testing.assert_array_equal(x.grad.numpy(), value)
    assert layer.eval()(x) is x
    with pytest.raises(ValueError, match=r"\[StochasticDepth\] p=1.0"):
        models.blocks.StochasticDepth(1.0)


def test_an_evaluated_network_of_folded_layers_is_the_same(device: str) -> None:
    """What fusion is for: a residual network without a single normalisation."""
    model = models.resnet18(5, width=4).to(device)
    images = clgrad.tensor(random(2, 3, 32, 32), device=device)
    model(images).numpy()
    model.eval()
    expected = model(images).numpy()
    for block in (model, *(one for one in model.modules() if isinstance(one, BasicBlock))):
        for place in ("1",) if block is model else ("1", "2"):
            conv, norm = getattr(block, f"conv{place}"), getattr(block, f"bn{place}")
            setattr(block, f"conv{place}", nn.utils.fuse_conv_bn_eval(conv, norm))
            setattr(block, f"bn{place}", nn.Identity())
    np.testing.assert_allclose(model(images).numpy(), expected, rtol=1e-3, atol=1e-4)
