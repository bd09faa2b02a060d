"""Modules, layers, containers, functional and utils, against torch where torch has the answer."""

from __future__ import annotations

import copy
import math
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, ClgradError, DtypeError, IndexRangeError, ShapeError
from clgrad.nn import RegistrationError, utils
from clgrad.nn import functional as F


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


class Block(nn.Module):
    """Parameters, a buffer of each kind, children in a list, and things that must not be registered."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(clgrad.ones((2,)))
        self.constant = clgrad.ones((5,))
        self.plain = clgrad.ones((5,), requires_grad=True)
        self.register_buffer("mean", clgrad.zeros((2,)))
        self.register_buffer("scratch", clgrad.zeros((3,)), persistent=False)
        self.layers = nn.ModuleList([nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU())])
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: clgrad.Tensor) -> clgrad.Tensor:
        for layer in self.layers:
            x = layer(x)
        return self.dropout(x * self.scale)


class TorchBlock(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(2))
        self.register_buffer("mean", torch.zeros(2))
        self.register_buffer("scratch", torch.zeros(3), persistent=False)
        self.layers = torch.nn.ModuleList(
            [
                torch.nn.Linear(3, 2),
                torch.nn.Sequential(torch.nn.Linear(2, 2, bias=False), torch.nn.ReLU()),
            ]
        )
        self.dropout = torch.nn.Dropout(0.5)


# Registration and walks


def test_names_and_order_are_those_of_torch() -> None:
    ours, theirs = Block(), TorchBlock()
    for walk in ("named_parameters", "named_buffers", "named_modules", "named_children"):
        assert [name for name, _ in getattr(ours, walk)()] == [name for name, _ in getattr(theirs, walk)()]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert repr(ours) == repr(theirs).replace("TorchBlock", "Block")


def test_only_parameters_count() -> None:
    """A tensor attribute, even one that requires a gradient, is no parameter; nested modules' are."""
    block = Block()
    assert len(list(block.parameters())) == 4
    assert len(list(block.parameters(recurse=False))) == 1
    assert not isinstance(block.scale * 2, nn.Parameter)
    assert all(parameter.requires_grad and isinstance(parameter, nn.Parameter) for parameter in block.parameters())
    block.cached = block.scale * 2
    assert len(list(block.parameters())) == 4


def test_a_shared_parameter_is_listed_once_and_saved_under_each_name() -> None:
    tied = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    tied[1].weight = tied[0].weight
    assert [name for name, _ in tied.named_parameters()] == ["0.weight"]
    assert [name for name, _ in tied.named_parameters(remove_duplicate=False)] == ["0.weight", "1.weight"]
    assert list(tied.state_dict()) == ["0.weight", "1.weight"]
    layer = nn.Linear(2, 2)
    twice = nn.Sequential(layer, layer)
    assert len(list(twice.children())) == 1 and len(twice) == 2
    assert len(list(twice.parameters())) == 2


def test_registered_attributes_do_not_slip_away() -> None:
    block = Block()
    for name, value in (("scale", clgrad.ones((2,))), ("dropout", 0.5), ("mean", 3.0)):
        with pytest.raises(TypeError, match=rf"\[Block\] cannot assign .* to '{name}'"):
            setattr(block, name, value)
    with pytest.raises(ClgradError, match="'train' is a name of Module itself"):
        block.train = nn.Linear(1, 1)
    block.mean = clgrad.ones((2,))
    assert dict(block.named_buffers())["mean"] is block.mean
    block.scale = None
    assert "scale" not in dict(block.named_parameters())
    block.scale = nn.Parameter(clgrad.zeros((2,)))
    assert "scale" in dict(block.named_parameters())
    del block.mean
    assert "mean" not in dict(block.named_buffers())
    block.mean = clgrad.zeros((2,))
    assert "mean" not in dict(block.named_buffers())


def test_registering_checks_names_and_types() -> None:
    block = Block()
    with pytest.raises(KeyError, match="without a dot"):
        block.register_buffer("a.b", None)
    with pytest.raises(KeyError, match="already has an attribute 'scale'"):
        block.register_buffer("scale", None)
    with pytest.raises(KeyError, match="already has an attribute 'forward'"):
        block.add_module("forward", nn.ReLU())
    with pytest.raises(TypeError, match="'x' is a Tensor, it must be a Parameter"):
        block.register_parameter("x", clgrad.ones((1,)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'x' is a float, it must be a Tensor"):
        block.register_buffer("x", 1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'x' is a function, it must be a Module"):
        nn.Sequential().add_module("x", F.relu)  # type: ignore[arg-type]


def test_a_module_works_without_init_and_needs_a_forward() -> None:
    class Bare(nn.Module):
        def __init__(self) -> None:
            self.inner = nn.Linear(1, 1)

    bare = Bare()
    assert bare.training and len(list(bare.parameters())) == 2
    with pytest.raises(NotImplementedError, match="Bare has no forward"):
        bare(1)


def test_apply_visits_children_first() -> None:
    seen: list[str] = []
    nn.Sequential(nn.Linear(1, 1), nn.ReLU()).apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "ReLU", "Sequential"]


# Modes and gradients


def test_train_and_eval_reach_every_child() -> None:
    block = Block()
    assert block.eval() is block
    assert not any(module.training for module in block.modules())
    block.train()
    assert all(module.training for module in block.modules())
    with pytest.raises(ArgumentError, match="mode='yes'"):
        block.train("yes")  # type: ignore[arg-type]


def test_freezing_and_zeroing_reach_every_parameter(device: str) -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1)).to(device)
    model(clgrad.ones((1, 2), device=device)).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    model.zero_grad(set_to_none=False)
    assert model[0].weight.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())
    model[0].requires_grad_(False)
    model(clgrad.ones((1, 2), device=device)).sum().backward()
    assert model[0].weight.grad is None and model[1].weight.grad is not None


def test_to_moves_and_casts_in_place(device: str) -> None:
    model = Block()
    model.register_buffer("steps", clgrad.zeros((), dtype="int64"))
    before = list(model.parameters())
    model.scale.grad = clgrad.ones((2,))
    assert model.to(device) is model
    assert model.scale.grad.device is clgrad.device(device)
    model.zero_grad()
    held = [*model.parameters(), *model.buffers()]
    assert all(tensor.device is clgrad.device(device) for tensor in held)
    assert all(after is parameter for after, parameter in zip(model.parameters(), before, strict=True))
    assert all(parameter.requires_grad for parameter in model.parameters())
    if clgrad.device(device).supports(clgrad.float64):
        model.double()
        assert model.layers[0].weight.dtype is clgrad.float64 and model.steps.dtype is clgrad.int64
        model.to(device, clgrad.float32)
        assert model.mean.dtype is clgrad.float32
    with pytest.raises(DtypeError, match=r"\[Module.to\] dtype is int64, it must be floating"):
        model.to("int64")
    y = model.eval()(clgrad.ones((1, 3), device=device))
    assert y.device is clgrad.device(device)
    y.sum().backward()
    assert model.scale.grad is not None


def test_a_copied_module_is_independent(device: str) -> None:
    model = Block().to(device)
    twin = copy.deepcopy(model)
    assert (twin.mean + model.mean).tolist() == [0.0, 0.0]  # on the same device
    with clgrad.no_grad():
        model.scale.assign(model.scale * 3)
    assert twin.scale.tolist() == [1.0, 1.0] and twin.scale is not model.scale
    assert [name for name, _ in twin.named_parameters()] == [name for name, _ in model.named_parameters()]
    assert [name for name, _ in twin.named_buffers()] == [name for name, _ in model.named_buffers()]


# State


def test_state_round_trips_through_tensors_and_arrays(device: str) -> None:
    source, tensors, arrays = (Block().to(device) for _ in range(3))
    state = source.state_dict()
    kept = list(tensors.parameters())
    assert repr(tensors.load_state_dict(state)) == "<All keys matched successfully>"
    arrays.load_state_dict({name: value.numpy().astype(np.float64) for name, value in state.items()})
    assert all(after is before for after, before in zip(tensors.parameters(), kept, strict=True))
    for copied in (tensors, arrays):
        for name, value in copied.state_dict().items():
            assert value.dtype is state[name].dtype and value.device is clgrad.device(device)
            np.testing.assert_array_equal(value.numpy(), state[name].numpy())
    assert all(parameter.requires_grad for parameter in arrays.parameters())


def test_state_fits_torch_both_ways(device: str) -> None:
    ours, theirs = Block().to(device).eval(), TorchBlock()
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    x = random(4, 3)
    expected = TF.relu(theirs.layers[1][0](theirs.layers[0](torch.tensor(x)))) * theirs.scale
    actual = ours(clgrad.tensor(x, device=device))
    np.testing.assert_allclose(actual.numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)
    ours.load_state_dict({name: value.numpy() for name, value in TorchBlock().state_dict().items()})


def test_a_state_is_a_snapshot() -> None:
    layer = nn.Linear(2, 1)
    state, live = layer.state_dict(), layer.state_dict(prefix="head.", keep_vars=True)
    before = state["weight"].tolist()
    nn.init.zeros_(layer.weight)
    assert state["weight"].tolist() == before and before != [[0.0, 0.0]]
    assert not state["weight"].requires_grad
    assert live["head.weight"] is layer.weight


def test_a_state_that_does_not_fit_lists_every_fault_and_changes_nothing() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    before = {name: value.tolist() for name, value in model.state_dict().items()}
    state: dict[str, Any] = {name: value.numpy() * 0 + 9 for name, value in model.state_dict().items()}
    del state["0.bias"]
    state |= {"extra": np.zeros(1), "0.weight": np.zeros((3, 5)), "1.bias": [1.0]}
    with pytest.raises(RuntimeError) as caught:
        model.load_state_dict(state)
    message = str(caught.value)
    assert isinstance(caught.value, nn.StateDictError)
    for part in (
        "[load_state_dict] the state does not fit Sequential, nothing was loaded",
        "shape: 0.weight is (3, 5) in the state and (3, 2) in the module",
        "type: 1.bias is a list, it must be a Tensor or a NumPy array",
        "missing: 0.bias",
        "unexpected: extra",
        "strict=False",
    ):
        assert part in message
    with pytest.raises(nn.StateDictError) as lenient:
        model.load_state_dict(state, strict=False)
    assert "missing" not in str(lenient.value)
    assert {name: value.tolist() for name, value in model.state_dict().items()} == before


def test_a_lenient_load_reports_what_it_passed_over() -> None:
    layer = nn.Linear(2, 1)
    passed = layer.load_state_dict({"weight": np.ones((1, 2)), "other": np.ones(1)}, strict=False)
    assert passed.missing_keys == ["bias"] and passed.unexpected_keys == ["other"]
    assert layer.weight.tolist() == [[1.0, 1.0]]


# Containers


def test_sequential_behaves_as_a_list() -> None:
    a, b, c = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
    model = nn.Sequential(a, b, c)
    assert len(model) == 3 and list(model) == [a, b, c] and model[-1] is c
    assert list(model[:2]) == [a, b] and isinstance(model[1:], nn.Sequential)
    assert list(model[1:].state_dict()) == ["2.weight", "2.bias"]  # names stay, as in torch
    assert model.append(nn.Tanh()) is model and isinstance(model[3], nn.Tanh)
    model[1] = nn.Tanh()
    model.insert(1, b)
    assert [type(module).__name__ for module in model] == ["Linear", "ReLU", "Tanh", "Linear", "Tanh"]
    assert model.pop(1) is b and [name for name, _ in model.named_children()] == ["0", "1", "2", "3"]
    del model[-2:]
    assert [name for name, _ in model.named_children()] == ["0", "1"]
    with pytest.raises(IndexError, match=r"\[Sequential\] index 5 is outside a container of 2 modules"):
        model[5]
    assert nn.Sequential()(3) == 3


def test_a_submodule_is_found_by_its_name() -> None:
    leaf = nn.Linear(2, 3)
    model = nn.Sequential(nn.ModuleDict({"inner": nn.Sequential(leaf)}), nn.ReLU())
    assert model.get_submodule("0.inner.0") is leaf and model.get_submodule("") is model
    for wrong in ("0.outer", "0.inner.0.weight", "2", "0..inner"):
        with pytest.raises(RegistrationError, match=f"has no module '{wrong}'"):
            model.get_submodule(wrong)


def test_sequential_takes_names(device: str) -> None:
    model = nn.Sequential(OrderedDict([("hidden", nn.Linear(2, 3)), ("act", nn.ReLU())])).to(device)
    theirs = torch.nn.Sequential(OrderedDict([("hidden", torch.nn.Linear(2, 3)), ("act", torch.nn.ReLU())]))
    assert list(model.state_dict()) == list(theirs.state_dict()) and repr(model) == repr(theirs)
    assert model(clgrad.ones((1, 2), device=device)).shape == (1, 3)
    assert isinstance(model.act, nn.ReLU)
    with pytest.raises(KeyError, match="forward"):
        nn.Sequential({"forward": nn.ReLU()})


def test_module_list_and_dict() -> None:
    layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))
    layers.extend([nn.ReLU()]).insert(0, nn.Tanh())
    theirs = torch.nn.ModuleList([torch.nn.Tanh(), *(torch.nn.Linear(2, 2) for _ in range(3)), torch.nn.ReLU()])
    assert repr(layers) == repr(theirs) and list(layers.state_dict()) == list(theirs.state_dict())
    assert isinstance(layers[1:3], nn.ModuleList) and len(layers[1:3]) == 2
    assert repr(nn.ModuleList()) == repr(torch.nn.ModuleList())
    with pytest.raises(IndexRangeError):
        layers[9] = nn.ReLU()

    heads = nn.ModuleDict({"a": nn.Linear(1, 2), "b": nn.Tanh()})
    assert list(heads) == ["a", "b"] and "a" in heads and "c" not in heads and len(heads) == 2
    heads["c"] = nn.ReLU()
    heads.update([("b", nn.Sigmoid())])
    assert [type(module).__name__ for module in heads.values()] == ["Linear", "Sigmoid", "ReLU"]
    assert isinstance(heads.pop("c"), nn.ReLU) and list(heads.state_dict()) == ["a.weight", "a.bias"]
    with pytest.raises(KeyError, match="no module 'z'; there are a, b"):
        heads["z"]
    with pytest.raises(KeyError, match="'keys'"):
        heads["keys"] = nn.ReLU()
    heads.clear()
    assert len(heads) == 0


# Layers


def twin_linear(device: str, bias: bool = True) -> tuple[nn.Linear, torch.nn.Linear]:
    ours, theirs = nn.Linear(3, 2, bias=bias, device=device), torch.nn.Linear(3, 2, bias=bias)
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    return ours, theirs


@pytest.mark.parametrize("bias", [True, False])
def test_linear_matches(device: str, bias: bool) -> None:
    ours, theirs = twin_linear(device, bias)
    assert repr(ours) == repr(theirs)
    assert len(list(ours.parameters())) == 1 + bias
    for shape in ((3,), (4, 3), (2, 4, 3)):
        x = random(*shape)
        held = clgrad.tensor(x, device=device, requires_grad=True)
        reference = torch.tensor(x, requires_grad=True)
        y, expected = ours(held), theirs(reference)
        np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)
        ours.zero_grad()
        theirs.zero_grad()
        (y * y).sum().backward()
        (expected * expected).sum().backward()
        for a, b in zip([held, *ours.parameters()], [reference, *theirs.parameters()], strict=True):
            np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_linear_starts_within_the_bound_of_its_inputs(device: str) -> None:
    """fan_in, not fan_out: the bound of 400 inputs is 0.05, of 10 outputs 0.32."""
    clgrad.manual_seed(0)
    layer = nn.Linear(400, 10, device=device)
    weight, bias = layer.weight.numpy(), layer.bias.numpy()
    assert 0.049 < abs(weight).max() <= 0.05 and abs(bias).max() <= 0.05 and abs(bias).max() > 0.03
    assert abs(weight.mean()) < 0.002 and weight.std() == pytest.approx(0.05 / math.sqrt(3), rel=0.05)


def test_linear_says_what_does_not_fit(device: str) -> None:
    layer = nn.Linear(3, 2, device=device)
    for bias in ((5, 2), (1, 2), (3,)):
        with pytest.raises(ShapeError, match=r"\[linear\] bias .* must have one number for each output, \(2,\)"):
            F.linear(clgrad.ones(4, 3), clgrad.ones(2, 3), clgrad.ones(bias))
    with pytest.raises(ShapeError, match=r"\[linear\] input \(4, 2\) against weight \(2, 3\)"):
        layer(clgrad.ones((4, 2), device=device))
    with pytest.raises(ArgumentError, match="in_features=-1"):
        nn.Linear(-1, 2)


def test_dropout_drops_scales_and_rests(device: str) -> None:
    clgrad.manual_seed(3)
    layer = nn.Dropout(0.25)
    x = clgrad.ones((100, 100), device=device, requires_grad=True)
    y = layer(x)
    (y * 3).sum().backward()
    value = y.numpy()
    assert set(np.unique(value)) == {np.float32(0), np.float32(1 / 0.75)}
    assert (value == 0).mean() == pytest.approx(0.25, abs=0.02)
    np.testing.assert_allclose(x.grad.numpy(), value * 3, rtol=1e-6)  # the same mask
    assert (layer(x).numpy() != value).any()  # another mask each time
    clgrad.manual_seed(3)
    np.testing.assert_array_equal(layer(x).numpy(), value)  # a seed repeats it
    assert layer.eval()(x) is x
    assert (F.dropout(x, 1.0).numpy() == 0).all() and F.dropout(x, 0.0) is x
    for make in (nn.Dropout, lambda p: F.dropout(x, p)):
        with pytest.raises(ArgumentError, match=r"p=1.5, a probability must lie in \[0, 1\]"):
            make(1.5)
    with pytest.raises(DtypeError, match="input is int64"):
        F.dropout(clgrad.ones((2,), dtype="int64", device=device))
    assert repr(layer) == repr(torch.nn.Dropout(0.25))


@pytest.mark.parametrize("shape", [(6,), (5, 6), (2, 3, 4)])
@pytest.mark.parametrize("affine", [(True, True), (True, False), (False, True)])
def test_layer_norm_matches(device: str, shape: tuple[int, ...], affine: tuple[bool, bool]) -> None:
    normalized = shape[1:] if len(shape) == 3 else shape[-1]
    ours = nn.LayerNorm(normalized, elementwise_affine=affine[0], bias=affine[1], device=device)
    theirs = torch.nn.LayerNorm(normalized, elementwise_affine=affine[0], bias=affine[1])
    if affine[0]:
        weight = random(*ours.normalized_shape, seed=4)
        state = {name: weight + position for position, name in enumerate(ours.state_dict())}
        ours.load_state_dict(state)
        theirs.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x, seed = random(*shape) * 3 + 100, random(*shape, seed=2)
    held, reference = clgrad.tensor(x, device=device, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours(held), theirs(reference)
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-4)
    (y * clgrad.tensor(seed, device=device)).sum().backward()
    (expected * torch.tensor(seed)).sum().backward()
    for a, b in zip([held, *ours.parameters()], [reference, *theirs.parameters()], strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-4)


def test_layer_norm_says_what_does_not_fit(device: str) -> None:
    x = clgrad.ones((2, 3), device=device)
    with pytest.raises(ShapeError, match=r"\[layer_norm\] input \(2, 3\) must end in normalized_shape \(4,\)"):
        nn.LayerNorm(4, device=device)(x)
    with pytest.raises(ShapeError, match=r"weight \(2,\) must have normalized_shape \(3,\)"):
        F.layer_norm(x, 3, weight=clgrad.ones((2,), device=device))
    layer = nn.LayerNorm((3,), eps=0.5)
    assert repr(layer) == repr(torch.nn.LayerNorm((3,), eps=0.5))


def test_rms_norm_matches(device: str) -> None:
    x = random(2, 3, 4)
    for options in ({}, {"eps": 0.1}, {"elementwise_affine": False}):
        ours, theirs = nn.RMSNorm((3, 4), **options, device=device), torch.nn.RMSNorm((3, 4), **options)
        assert repr(ours) == repr(theirs)
        assert list(ours.state_dict()) == list(theirs.state_dict())
        y = ours(clgrad.tensor(x, device=device))
        np.testing.assert_allclose(y.numpy(), theirs(torch.tensor(x)).detach().numpy(), rtol=1e-5)
    nn.RMSNorm(4, device=device).reset_parameters()
    half = clgrad.tensor(x, device=device)
    with pytest.raises(ShapeError, match=r"\[rms_norm\] input \(2, 3, 4\) must end in normalized_shape \(3,\)"):
        F.rms_norm(half, 3)
    with pytest.raises(ShapeError, match=r"\[rms_norm\] weight \(3,\)"):
        F.rms_norm(half, 4, clgrad.ones(3, device=device))
    with pytest.raises(DtypeError, match=r"\[rms_norm\] input is int64"):
        F.rms_norm(half.long(), 4)


def test_bilinear_matches(device: str) -> None:
    clgrad.manual_seed(0)
    for bias in (True, False):
        ours, theirs = nn.Bilinear(3, 2, 4, bias, device=device), torch.nn.Bilinear(3, 2, 4, bias)
        assert repr(ours) == repr(theirs)
        assert all((one.abs().numpy() <= 1 / math.sqrt(3)).all() for one in ours.parameters())
        ours.load_state_dict({name: one.numpy() for name, one in theirs.state_dict().items()})
        x, y = random(5, 3), random(5, 2, seed=1)
        value = ours(clgrad.tensor(x, device=device), clgrad.tensor(y, device=device))
        expected = theirs(torch.tensor(x), torch.tensor(y)).detach().numpy()
        np.testing.assert_allclose(value.numpy(), expected, rtol=1e-4, atol=1e-6)
    with pytest.raises(ArgumentError, match=r"\[Bilinear\] in1_features=0"):
        nn.Bilinear(0, 2, 3)
    with pytest.raises(ShapeError, match=r"\[bilinear\] input1 \(5, 3\), input2 \(4, 2\)"):
        ours(clgrad.ones(5, 3, device=device), clgrad.ones(4, 2, device=device))


def test_flatten_and_identity(device: str) -> None:
    x = clgrad.ones((2, 3, 4), device=device)
    assert nn.Flatten()(x).shape == (2, 12) and nn.Flatten(0, 1)(x).shape == (6, 4)
    assert repr(nn.Flatten()) == repr(torch.nn.Flatten())
    assert nn.Unflatten(-1, (2, -1))(x).shape == (2, 3, 2, 2)
    assert repr(nn.Unflatten(1, [3, 1])) == repr(torch.nn.Unflatten(1, (3, 1)))
    assert nn.Identity(1, unused=2)(x) is x


# Activations and functional


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ReLU", {}),
        ("GELU", {}),
        ("GELU", {"approximate": "tanh"}),
        ("SiLU", {}),
        ("Sigmoid", {}),
        ("Tanh", {}),
        ("Softmax", {"dim": -1}),
        ("LogSoftmax", {"dim": 0}),
        ("LeakyReLU", {"negative_slope": 0.2, "inplace": True}),
        ("ReLU6", {"inplace": True}),
        ("Mish", {}),
        ("SELU", {}),
        ("ELU", {"alpha": 0.5, "inplace": True}),
        ("CELU", {"alpha": 0.5}),
        ("Hardsigmoid", {}),
        ("Hardswish", {"inplace": True}),
        ("Hardtanh", {"min_val": -2.0, "max_val": 0.5, "inplace": True}),
        ("Hardshrink", {"lambd": 1.5}),
        ("Softshrink", {"lambd": 1.5}),
        ("Softplus", {"beta": 2.0, "threshold": 5.0}),
        ("LogSigmoid", {}),
        ("Softsign", {}),
        ("Tanhshrink", {}),
        ("Threshold", {"threshold": 0.5, "value": 2.0}),
        ("GLU", {"dim": 0}),
        ("Softmin", {"dim": 1}),
        ("PReLU", {"num_parameters": 4, "init": 0.3}),
    ],
    ids=str,
)
def test_activations_match(device: str, name: str, options: dict[str, Any]) -> None:
    ours, theirs = getattr(nn, name)(**options).to(device), getattr(torch.nn, name)(**options)
    assert repr(ours) == repr(theirs)
    x = np.concatenate([random(3, 4).ravel() * 3, [0.0, -0.0, 30.0, -30.0]]).astype(np.float32).reshape(4, 4)
    seed = random(4, 4, seed=1)
    held, reference = clgrad.tensor(x, device=device, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours(held), theirs(reference * 1)
    seed = seed[: y.shape[0]]
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-5, atol=1e-6)
    (y * clgrad.tensor(seed, device=device)).sum().backward()
    (expected * torch.tensor(seed)).sum().backward()
    np.testing.assert_allclose(held.grad.numpy(), reference.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_every_activation_of_torch_exists() -> None:
    names = set(torch.nn.modules.activation.__all__) - {"MultiheadAttention"}
    assert not [name for name in names if not issubclass(getattr(nn, name, object), nn.Module)]


def test_prelu_learns_its_slope(device: str) -> None:
    ours, theirs = nn.PReLU(3, device=device), torch.nn.PReLU(3)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = random(2, 3, 4)
    ours(clgrad.tensor(x, device=device)).sum().backward()
    theirs(torch.tensor(x)).sum().backward()
    np.testing.assert_allclose(ours.weight.grad.numpy(), theirs.weight.grad.numpy(), rtol=1e-5)
    with clgrad.no_grad():
        ours.weight.fill_(1)
    ours.reset_parameters()
    assert ours.weight.tolist() == [0.25] * 3
    with pytest.raises(ShapeError, match=r"\[prelu\] weight \(3,\) against input \(2, 4\)"):
        ours(clgrad.ones(2, 4, device=device))


def test_softmax2d_matches(device: str) -> None:
    for shape in ((2, 3, 2, 2), (3, 2, 2)):
        x = random(*shape)
        y = nn.Softmax2d()(clgrad.tensor(x, device=device))
        np.testing.assert_allclose(y.numpy(), torch.nn.Softmax2d()(torch.tensor(x)).numpy(), rtol=1e-5)
    with pytest.raises(ShapeError, match=r"\[Softmax2d\] input \(2, 3\)"):
        nn.Softmax2d()(clgrad.ones(2, 3, device=device))


def test_activations_say_what_does_not_fit(device: str) -> None:
    x = clgrad.ones(3, device=device)
    for error, match, call in [
        (ArgumentError, r"\[celu\] alpha=0", lambda: F.celu(x, 0)),
        (ArgumentError, r"\[hardtanh\] min_val=2", lambda: F.hardtanh(x, 2, 1)),
        (ArgumentError, r"\[Hardtanh\] min_val=1", lambda: nn.Hardtanh(1, 1)),
        (ArgumentError, r"\[softshrink\] lambd=-1", lambda: F.softshrink(x, -1)),
        (ArgumentError, r"\[gelu\] approximate='erf'", lambda: F.gelu(x, approximate="erf")),
        (ArgumentError, r"\[rrelu\] lower=2", lambda: F.rrelu(x, 2, 1)),
        (DtypeError, r"\[rrelu\] input is int64", lambda: F.rrelu(x.long())),
        (ShapeError, r"\[glu\] size 3", lambda: F.glu(x)),
        (ShapeError, r"\[glu\] input is 0-d", lambda: F.glu(x.sum())),
    ]:
        with pytest.raises(error, match=match):
            call()


def test_log_softmax_does_not_overflow(device: str) -> None:
    x = np.array([[1e4, 0.0, -1e4], [-1e30, -2e30, -1e30]], np.float32)
    y = F.log_softmax(clgrad.tensor(x, device=device), dim=1)
    np.testing.assert_allclose(y.numpy(), TF.log_softmax(torch.tensor(x), dim=1).numpy(), rtol=1e-6)


def test_softmax_without_a_dim_warns_and_chooses_as_torch(device: str) -> None:
    for shape in ((3,), (3, 4), (2, 3, 4)):
        x = random(*shape)
        with pytest.warns(UserWarning, match="dim was not given"):
            y = F.softmax(clgrad.tensor(x, device=device))
        expected = TF.softmax(torch.tensor(x), dim=0 if len(shape) in (1, 3) else 1)
        np.testing.assert_allclose(y.numpy(), expected.numpy(), rtol=1e-5)
    with pytest.raises(ArgumentError, match="approximate='erf'"):
        nn.GELU("erf")


def test_one_hot(device: str) -> None:
    classes = clgrad.tensor(np.array([[0, 2], [1, 1]]), device=device)
    expected = TF.one_hot(torch.tensor([[0, 2], [1, 1]]), 4).numpy()
    np.testing.assert_array_equal(F.one_hot(classes, 4).numpy(), expected)


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_pad_matches(device: str, mode: str) -> None:
    x = random(1, 2, 3, 4)
    for widths in ((1, 2), (2, 0, 1, 2)):
        held = clgrad.tensor(x, device=device, requires_grad=True)
        reference = torch.tensor(x, requires_grad=True)
        options: dict[str, Any] = {"value": 1.5} if mode == "constant" else {}
        # torch pads one dimension only of an input with one dimension fewer
        y = F.pad(held[0] if len(widths) == 2 else held, widths, mode, **options)
        expected = TF.pad(reference[0] if len(widths) == 2 else reference, widths, mode, **options)
        np.testing.assert_array_equal(y.numpy(), expected.detach().numpy())
        (y * y).sum().backward()
        (expected * expected).sum().backward()
        np.testing.assert_allclose(held.grad.numpy(), reference.grad.numpy(), rtol=1e-5)


def test_pad_crops_and_says_what_does_not_fit(device: str) -> None:
    x = clgrad.tensor(random(3, 4), device=device)
    np.testing.assert_array_equal(F.pad(x, (-1, -2)).numpy(), x.numpy()[:, 1:2])
    with pytest.raises(ShapeError, match=r"\(0, 4\) with mode='reflect'.*between 0 and 3"):
        F.pad(x, (0, 4), mode="reflect")
    with pytest.raises(ShapeError, match="cuts more"):
        F.pad(x, (-5, 0), mode="circular")
    with pytest.raises(ShapeError, match="two widths per dimension"):
        F.pad(x, (1,))
    with pytest.raises(ArgumentError, match="mode='mirror'"):
        F.pad(x, (1, 1), mode="mirror")
    with pytest.raises(ArgumentError, match="value=1"):
        F.pad(x, (1, 1), mode="circular", value=1)


# Utils


def gradients(device: str) -> tuple[list[clgrad.Tensor], list[torch.Tensor]]:
    """Two parameters with a gradient and one without, on both sides."""
    ours, theirs = [], []
    for shape in ((2, 3), (4,)):
        g = random(*shape, seed=len(shape)) * 3
        ours.append(clgrad.zeros(shape, device=device, requires_grad=True))
        (ours[-1] * clgrad.tensor(g, device=device)).sum().backward()
        theirs.append(torch.zeros(shape, requires_grad=True))
        theirs[-1].grad = torch.tensor(g)
    ours.append(clgrad.zeros((2,), device=device, requires_grad=True))
    theirs.append(torch.zeros(2, requires_grad=True))
    return ours, theirs


@pytest.mark.parametrize("norm_type", [2.0, 1.0, math.inf, 3.0, 0.0])
def test_clip_grad_norm_matches(device: str, norm_type: float) -> None:
    for max_norm in (0.5, 1e3):
        ours, theirs = gradients(device)
        total = utils.clip_grad_norm_(ours, max_norm, norm_type)
        expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
        np.testing.assert_allclose(total.item(), expected.item(), rtol=1e-5)
        for a, b in zip(ours[:2], theirs[:2], strict=True):
            np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-5)
        assert ours[2].grad is None


def test_clip_grad_norm_takes_a_generator_and_refuses_nan_on_demand(device: str) -> None:
    ours, _ = gradients(device)
    assert utils.clip_grad_norm_((parameter for parameter in ours), 1.0).item() > 1.0
    assert utils.clip_grad_norm_([ours[2]], 1.0).item() == 0.0
    many = [clgrad.zeros((2,), device=device, requires_grad=True) for _ in range(100)]
    for parameter in many:
        parameter.grad = clgrad.ones((2,), device=device)
    assert utils.clip_grad_norm_(many, 1.0).item() == pytest.approx(math.sqrt(200))
    assert many[99].grad.tolist() == pytest.approx([1 / math.sqrt(200)] * 2, rel=1e-4)
    ours[0].grad = ours[0].grad * math.nan
    before = ours[1].grad.numpy()
    with pytest.raises(RuntimeError, match=r"norm of order 2\.0 is nan"):
        utils.clip_grad_norm_(ours, 0.1, error_if_nonfinite=True)
    np.testing.assert_array_equal(ours[1].grad.numpy(), before)
    assert math.isnan(utils.clip_grad_norm_(ours, 0.1).item())


def test_clip_grad_value_matches(device: str) -> None:
    ours, theirs = gradients(device)
    utils.clip_grad_value_(ours, 0.75)
    torch.nn.utils.clip_grad_value_(theirs, 0.75)
    for a, b in zip(ours[:2], theirs[:2], strict=True):
        np.testing.assert_array_equal(a.grad.numpy(), b.grad.numpy())


def test_parameters_travel_through_a_vector(device: str) -> None:
    model, other = (nn.Linear(3, 2, device=device) for _ in range(2))
    vector = utils.parameters_to_vector(model.parameters())
    assert vector.shape == (8,)
    kept = list(other.parameters())
    utils.vector_to_parameters(vector, other.parameters())
    for a, b, before in zip(model.parameters(), other.parameters(), kept, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
        assert b is before and b.requires_grad
    vector.sum().backward()
    assert model.weight.grad.tolist() == [[1.0] * 3] * 2
    with pytest.raises(ShapeError, match=r"vec \(8,\) against 1 parameters of 6 elements"):
        utils.vector_to_parameters(vector, [other.weight])
    with pytest.raises(ArgumentError, match="no parameters"):
        utils.parameters_to_vector([])


# All together


def test_a_small_network_follows_torch_step_by_step(device: str) -> None:
    clgrad.manual_seed(1)
    ours = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).to(device)
    theirs = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    x, target = random(6, 4), np.array([0, 1, 2, 2, 1, 0])
    held, classes = clgrad.tensor(x, device=device), clgrad.tensor(target, device=device)
    losses: list[tuple[float, float]] = []
    for _ in range(5):
        loss = F.cross_entropy(ours(held), classes)
        ours.zero_grad()
        loss.backward()
        with clgrad.no_grad():
            for parameter in ours.parameters():
                parameter.assign(parameter - 0.5 * parameter.grad)
        expected = TF.cross_entropy(theirs(torch.tensor(x)), torch.tensor(target))
        theirs.zero_grad()
        expected.backward()
        with torch.no_grad():
            for weight in theirs.parameters():
                weight -= 0.5 * weight.grad
        losses.append((loss.item(), expected.item()))
    np.testing.assert_allclose(*zip(*losses, strict=True), rtol=1e-4)
    assert losses[-1][0] < losses[0][0]
