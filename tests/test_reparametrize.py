"""Normalised weights, and norms of gradients, against torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import nn, optim
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn import utils
from clgrad.runtime import trace

pytestmark = pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning")


def layers(device: str, norm: str, **options: Any) -> tuple[nn.Linear, torch.nn.Linear]:
    """The same normalised layer here and in PyTorch: state dictionaries fit."""
    ours = getattr(utils, norm)(nn.Linear(5, 3, device=device), **options)
    theirs = getattr(torch.nn.utils, norm)(torch.nn.Linear(5, 3), **options)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})
    return ours, theirs


CASES: list[tuple[str, dict[str, Any]]] = [
    ("weight_norm", {}),
    ("weight_norm", {"dim": 1}),
    ("weight_norm", {"dim": None}),
    ("weight_norm", {"dim": -1}),
    ("weight_norm", {"dim": -2}),
    ("spectral_norm", {}),
    ("spectral_norm", {"n_power_iterations": 3, "dim": 1, "eps": 1e-6}),
]


@pytest.mark.parametrize("jitted", [False, True])
@pytest.mark.parametrize(("norm", "options"), CASES, ids=str)
def test_training_follows_torch(device: str, norm: str, options: dict[str, Any], jitted: bool) -> None:
    model, reference = layers(device, norm, **options)
    ours, theirs = optim.SGD(model.parameters(), lr=0.1), torch.optim.SGD(reference.parameters(), lr=0.1)

    def train(x: clgrad.Tensor) -> clgrad.Tensor:
        ours.zero_grad()
        loss = (model(x) - model(-x)[:, :1]).square().mean()  # two calls, two power iterations
        loss.backward()
        ours.step()
        return loss

    step = clgrad.jit(train) if jitted else train
    random = np.random.default_rng(0)
    for _ in range(6):
        x = random.standard_normal((4, 5)).astype(np.float32)
        step(clgrad.tensor(x, device=device))
        theirs.zero_grad()
        y = torch.tensor(x)
        (reference(y) - reference(-y)[:, :1]).square().mean().backward()
        theirs.step()
    for name, value in reference.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name].numpy(), value.numpy(), rtol=1e-4, atol=1e-5, err_msg=name)
    model.eval()
    reference.eval()
    for _ in range(2):
        found, expected = model(clgrad.tensor(x, device=device)), reference(torch.tensor(x))
        np.testing.assert_allclose(found.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("norm", ["weight_norm", "spectral_norm"])
def test_slices_of_convolutions_are_torchs(device: str, axes: int, norm: str) -> None:
    """Transposed weights hold their outputs in the second axis: one norm minds it, the other does not."""
    random = np.random.default_rng(axes)
    for name in (f"Conv{axes}d", f"ConvTranspose{axes}d"):
        ours = getattr(utils, norm)(getattr(nn, name)(4, 6, 2, groups=2, device=device))
        theirs = getattr(torch.nn.utils, norm)(getattr(torch.nn, name)(4, 6, 2, groups=2))
        state = {key: value.numpy() for key, value in theirs.state_dict().items()}
        assert {key: value.shape for key, value in ours.state_dict().items()} == {
            key: value.shape for key, value in state.items()
        }
        ours.load_state_dict(state)
        x = random.standard_normal((2, 4, *(3,) * axes)).astype(np.float32)
        found, expected = ours(clgrad.tensor(x, device=device)), theirs(torch.tensor(x))
        np.testing.assert_allclose(found.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("norm", ["weight_norm", "spectral_norm"])
def test_a_norm_can_be_removed(device: str, norm: str) -> None:
    model, _ = layers(device, norm)
    assert repr(model) == "Linear(in_features=5, out_features=3, bias=True)"
    weight = model.weight.numpy()
    assert getattr(utils, f"remove_{norm}")(model) is model
    np.testing.assert_array_equal(model.weight.numpy(), weight)
    assert type(model) is nn.Linear
    assert sorted(name for name, _ in model.named_parameters()) == ["bias", "weight"]
    assert not dict(model.named_buffers())
    with pytest.raises(ArgumentError, match="is not normalised so"):
        getattr(utils, f"remove_{norm}")(model)


def test_two_weights_of_a_module_are_normalised_each(device: str) -> None:
    model = nn.Bilinear(2, 3, 4, device=device)
    model.other = nn.Parameter(clgrad.randn(3, 3, device=device))
    utils.weight_norm(model)
    utils.spectral_norm(model, "other", n_power_iterations=20)
    model(clgrad.ones(1, 2, device=device), clgrad.ones(1, 3, device=device))
    assert np.linalg.norm(model.other.numpy(), 2) == pytest.approx(1.0, rel=1e-2)
    with pytest.raises(RuntimeError, match="already"):
        utils.weight_norm(model, "other")
    utils.remove_weight_norm(model)
    assert {name for name, _ in model.named_parameters()} == {"weight", "bias", "other_orig"}
    with pytest.raises(ArgumentError, match="is no parameter"):
        utils.weight_norm(model, "nothing")
    with pytest.raises(ShapeError, match=r"\[weight_norm\] dim 5"):
        utils.weight_norm(nn.Linear(2, 3), dim=5)
    with pytest.raises(ArgumentError, match="n_power_iterations is 0"):
        utils.spectral_norm(model, n_power_iterations=0)


@pytest.mark.parametrize("norm_type", [2.0, 1.0, float("inf"), 0.0])
def test_a_total_norm_is_torchs(device: str, norm_type: float) -> None:
    random = np.random.default_rng(0)
    values = [random.standard_normal(shape).astype(np.float32) for shape in ((3, 4), (5,), ())]
    total = utils.get_total_norm([clgrad.tensor(value, device=device) for value in values], norm_type)
    expected = torch.nn.utils.get_total_norm([torch.tensor(value) for value in values], norm_type)
    assert total.item() == pytest.approx(expected.item(), rel=1e-5)


def test_clipping_is_one_plan_and_reads_nothing(device: str) -> None:
    parameters = [clgrad.zeros(size, device=device, requires_grad=True) for size in (3, 4)]
    for parameter in parameters:
        parameter.grad = clgrad.full(parameter.shape, 3.0, device=device).realize()
    with trace() as seen:
        total = utils.clip_grad_norm_(parameters, 1.0)
    assert not seen.kernels
    with trace() as seen:
        clgrad.realize(total, *(parameter.grad for parameter in parameters))
    assert seen.plans_made <= 1
    assert parameters[0].grad.tolist() == pytest.approx([1 / 7**0.5] * 3, rel=1e-5)
