"""Optimizers, against PyTorch's trajectories."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from optimizers import CASES, DEFAULTS, Pair, build, names

import clgrad
from clgrad import Tensor, optim
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.optim.adam import bias_correction
from clgrad.runtime import trace


@pytest.mark.parametrize(("name", "options"), CASES, ids=names)
def test_given_gradients_follow_torch(device: str, name: str, options: dict[str, Any]) -> None:
    pair = Pair(device)
    ours, theirs = build(name, pair.ours, options), getattr(torch.optim, name)(pair.theirs, **options)
    for _ in range(100):
        pair.set_gradients()
        ours.step()
        theirs.step()
    pair.compare()


@pytest.mark.parametrize(("name", "options"), [CASES[3], CASES[9], CASES[14]], ids=names)
def test_a_trained_network_follows_torch(device: str, name: str, options: dict[str, Any]) -> None:
    random = np.random.default_rng(1)
    inputs = random.standard_normal((16, 5)).astype(np.float32)
    targets = random.standard_normal((16, 2)).astype(np.float32)
    pair = Pair(device, shapes=[(5, 8), (8,), (8, 2), (2,)])

    def loss(x: Any, y: Any, parameters: list[Any]) -> Any:
        w1, b1, w2, b2 = parameters
        error = (x @ w1 + b1).tanh() @ w2 + b2 - y
        return (error * error).mean()

    ours, theirs = build(name, pair.ours, options), getattr(torch.optim, name)(pair.theirs, **options)
    x, y = (clgrad.tensor(array, device=device) for array in (inputs, targets))
    torch_x, torch_y = (torch.tensor(array) for array in (inputs, targets))
    for _ in range(100):
        ours.zero_grad()
        theirs.zero_grad()
        our_loss, their_loss = loss(x, y, pair.ours), loss(torch_x, torch_y, pair.theirs)
        our_loss.backward()
        their_loss.backward()
        ours.step()
        theirs.step()
    # Read after the step, it is still the loss before it.
    assert our_loss.item() == pytest.approx(their_loss.item(), abs=1e-5)
    pair.compare()


@pytest.mark.parametrize(("name", "options"), DEFAULTS, ids=names)
def test_groups_have_hyperparameters_of_their_own(device: str, name: str, options: dict[str, Any]) -> None:
    pair = Pair(device)

    def groups(parameters: list[Any]) -> list[dict[str, Any]]:
        return [{"params": parameters[:1], "lr": 0.3, "maximize": True}, {"params": parameters[1:]}]

    ours = build(name, groups(pair.ours), options)
    theirs = getattr(torch.optim, name)(groups(pair.theirs), **options)
    for _ in range(20):
        pair.set_gradients()
        ours.step()
        theirs.step()
    pair.compare()


@pytest.mark.parametrize(
    ("name", "options", "key", "values"),
    [
        ("SGD", {"lr": 0.1, "momentum": 0.9}, "lr", [0.05, 0.2, 0.1]),
        ("Adam", {"lr": 0.1}, "lr", [0.05, 0.0, 0.1]),
        ("SGD", {"lr": 0.1, "momentum": 0.9}, "momentum", [0.5, 0.6, 0.9]),
        ("SGD", {"lr": 0.1}, "weight_decay", [0.1, 0.2, 0.0]),
        ("Adam", {"lr": 0.1}, "betas", [(0.8, 0.99), (0.7, 0.9), (0.9, 0.999)]),
        ("AdamW", {"lr": 0.1}, "weight_decay", [0.1, 0.0, 0.2]),
        ("NAdam", {"lr": 0.1}, "betas", [(0.8, 0.99), (0.7, 0.9), (0.9, 0.999)]),
        ("RAdam", {"lr": 0.1}, "betas", [(0.8, 0.9), (0.7, 0.5), (0.9, 0.999)]),
        ("Adagrad", {"lr": 0.1}, "lr_decay", [0.1, 0.0, 0.2]),
        ("Rprop", {"lr": 0.1}, "etas", [(0.4, 1.1), (0.5, 1.3), (0.6, 1.2)]),
    ],
)
def test_a_number_changed_between_steps_is_seen(
    device: str, name: str, options: dict[str, Any], key: str, values: list[Any]
) -> None:
    pair = Pair(device)
    ours, theirs = build(name, pair.ours, options), getattr(torch.optim, name)(pair.theirs, **options)
    for step in range(12):
        if step % 3 == 2:
            ours.param_groups[0][key] = theirs.param_groups[0][key] = values[step // 3 % 3]
        pair.set_gradients()
        ours.step()
        theirs.step()
    pair.compare()


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99, 0.999, 0.9999])
def test_bias_correction_is_exact(device: str, beta: float) -> None:
    steps = np.array([1, 2, 3, 10, 100, 1000, 12345, 10**6])
    computed = bias_correction(math.log(beta), clgrad.tensor(steps.astype(np.float32), device=device))
    exact = -np.expm1(steps * math.log(beta))
    np.testing.assert_allclose(computed.numpy(), exact, rtol=1e-6)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_the_first_step_is_the_learning_rate(device: str, name: str) -> None:
    # A second moment made with beta1 would give a tenth of it.
    x = clgrad.tensor([1.0, -2.0], device=device, requires_grad=True)
    optimizer = build(name, [x], {"lr": 0.001, "weight_decay": 0.0})
    x.grad = clgrad.tensor([30.0, -0.001], device=device)
    optimizer.step()
    np.testing.assert_allclose(x.numpy(), [0.999, -1.999], rtol=1e-6)


def test_decay_happens_once(device: str) -> None:
    # Without a gradient to speak of, AdamW shrinks the parameter and Adam's penalty moves it by lr.
    for name, expected in (("AdamW", 2.0 * (1 - 0.1 * 0.5)), ("Adam", 2.0 - 0.1)):
        x = clgrad.tensor([2.0], device=device, requires_grad=True)
        optimizer = build(name, [x], {"lr": 0.1, "weight_decay": 0.5})
        x.grad = clgrad.tensor([0.0], device=device)
        optimizer.step()
        assert x.item() == pytest.approx(expected, rel=1e-6)
    default = clgrad.tensor([2.0], device=device, requires_grad=True)
    assert optim.Adam([default]).param_groups[0]["weight_decay"] == 0
    assert optim.AdamW([default]).param_groups[0]["weight_decay"] == 1e-2


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize(("name", "options"), DEFAULTS, ids=names)
def test_parameters_and_moments_keep_their_dtype(device: str, name: str, options: dict[str, Any], dtype: str) -> None:
    if not clgrad.device(device).supports(getattr(clgrad, dtype)):
        pytest.skip(f"the device does not compute with {dtype}")
    pair = Pair(device, dtype)
    ours, theirs = build(name, pair.ours, options), getattr(torch.optim, name)(pair.theirs, **options)
    for _ in range(10):
        pair.set_gradients()
        ours.step()
        theirs.step()
    # What is kept in a half is rounded in each of ten steps; NAdam's product of momenta is float32, here and there.
    exact = 1e-6 if name == "NAdam" else 1e-12
    pair.compare(exact if dtype == "float64" else 20 * clgrad.finfo(dtype).eps)
    for p in pair.ours:
        assert p.dtype.name == dtype
        assert {value.dtype.name for key, value in ours.state[p].items() if key not in ours.counts} == {dtype}


COMPLEX = [
    *DEFAULTS,
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.05}),
    ("Adam", {"lr": 0.05, "amsgrad": True, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.3}),
]


@pytest.mark.parametrize(("name", "options"), COMPLEX, ids=names)
def test_both_parts_of_complex_parameters_are_updated(device: str, name: str, options: dict[str, Any]) -> None:
    pair = Pair(device, "complex64")
    ours, theirs = build(name, pair.ours, options), getattr(torch.optim, name)(pair.theirs, **options)
    for _ in range(4):
        pair.set_gradients()
        ours.step()
        theirs.step()
        pair.compare()
    for index, entries in theirs.state_dict()["state"].items():
        for key, value in entries.items():
            found = ours.state_dict()["state"][index][key].numpy()
            assert found.dtype == value.numpy().dtype
            np.testing.assert_allclose(found, value.numpy(), rtol=1e-5, atol=1e-6)


def test_float32_stays_float32(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.Adam(pair.ours)
    pair.set_gradients()
    optimizer.step()
    tensors = [*pair.ours, *(value for state in optimizer.state.values() for value in state.values())]
    assert {tensor.dtype.name for tensor in tensors} == {"float32"}
    assert all(p.requires_grad for p in pair.ours)


def test_many_steps_hold_no_more_memory(device: str) -> None:
    pair = Pair(device, shapes=[(64, 64)])
    optimizer = optim.Adam(pair.ours, lr=0.1)
    held = []
    for _ in range(60):
        optimizer.zero_grad()
        (pair.ours[0] * pair.ours[0]).sum().backward()
        optimizer.step()
        held.append(clgrad.device(device).allocated)
    assert held[-1] <= held[2]


@pytest.mark.parametrize(("name", "options"), DEFAULTS, ids=names)
def test_a_schedule_makes_no_new_kernels(device: str, name: str, options: dict[str, Any]) -> None:
    pair = Pair(device, shapes=[(4, 3), (3, 5)])
    optimizer = build(name, pair.ours, options)
    for _ in range(2):
        pair.set_gradients()
        optimizer.step()
    with trace() as first:
        for step in range(3):
            pair.set_gradients()
            optimizer.param_groups[0]["lr"] = 0.1 / (step + 1)
            optimizer.step()
    assert first.plans_made == 0
    # One kernel for each parameter, and for Adam one for the numbers that all share.
    assert len(first.kernels) <= 3 * (len(pair.ours) + 1)
    for change in range(4):
        with trace() as later:
            pair.set_gradients()
            optimizer.param_groups[0]["weight_decay"] = 0.1 / (change + 1)
            optimizer.step()
    assert later.plans_made == 0


def test_the_learning_rate_keeps_its_tensor(device: str) -> None:
    # A replayed graph reads the tensor: it must be the same one, with the new number in it.
    x = clgrad.tensor([1.0], device=device, requires_grad=True)
    group = optim.SGD([x], lr=0.5).param_groups[0]
    held = group.tensor("lr", x.device, x.dtype)
    group["lr"] = 0.25
    assert held.item() == 0.25
    assert group.tensor("lr", x.device, x.dtype) is held


# -- which parameters take a step -----------------------------------------------------------------


@pytest.mark.parametrize(("name", "options"), DEFAULTS, ids=names)
def test_a_parameter_without_gradient_is_skipped(device: str, name: str, options: dict[str, Any]) -> None:
    # Step counts differ from then on: PyTorch counts for each parameter.
    pair = Pair(device)
    ours, theirs = build(name, pair.ours, options), getattr(torch.optim, name)(pair.theirs, **options)
    for skip in [(0, 1), (0,), (), (), (1, 2), (0, 1, 2), (), (0, 2), ()]:
        pair.set_gradients(skip)
        ours.step()
        theirs.step()
        pair.compare()
    if ours.counts:
        for p, q in zip(pair.ours, pair.theirs, strict=True):
            assert ours.state[p]["step"].item() == theirs.state[q]["step"].item()


def test_one_count_serves_all_parameters(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.Adam(pair.ours)
    for _ in range(3):
        pair.set_gradients()
        optimizer.step()
    (count,) = {id(state["step"]): state["step"] for state in optimizer.state.values()}.values()
    assert count.item() == 3
    assert count.shape == ()
    assert str(count.device) == str(pair.ours[0].device)


def test_a_skipped_parameter_has_no_state(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.Adam(pair.ours)
    before = pair.ours[1].numpy().copy()
    pair.set_gradients(skip=(1,))
    optimizer.step()
    assert {id(p) for p in optimizer.state} == {id(pair.ours[0]), id(pair.ours[2])}
    np.testing.assert_array_equal(pair.ours[1].numpy(), before)


def test_a_step_without_any_gradient_does_nothing(device: str) -> None:
    pair = Pair(device)
    assert optim.Adam(pair.ours).step() is None
    pair.compare(0)


def test_a_momentum_buffer_is_not_the_gradient(device: str) -> None:
    # With dampening, the buffer starts as the gradient's value; it must not follow the gradient.
    x = clgrad.tensor([1.0, 2.0], device=device, requires_grad=True)
    optimizer = optim.SGD([x], lr=0.1, momentum=0.9, dampening=0.5)
    x.grad = clgrad.tensor([3.0, 4.0], device=device)
    optimizer.step()
    x.grad.zero_()
    assert optimizer.state[x]["momentum_buffer"].tolist() == [3.0, 4.0]
    x.grad += 1
    optimizer.step()
    np.testing.assert_allclose(optimizer.state[x]["momentum_buffer"].numpy(), [3.2, 4.1], rtol=1e-6)
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_group_can_be_added_later(device: str) -> None:
    pair = Pair(device)
    ours, theirs = optim.Adam(pair.ours[:2], lr=0.1), torch.optim.Adam(pair.theirs[:2], lr=0.1)
    for step in range(6):
        if step == 3:
            ours.add_param_group({"params": pair.ours[2], "lr": 0.5})
            theirs.add_param_group({"params": pair.theirs[2], "lr": 0.5})
        pair.set_gradients()
        ours.step()
        theirs.step()
    pair.compare()


def test_step_returns_the_loss_of_its_closure(device: str) -> None:
    x = clgrad.tensor([3.0], device=device, requires_grad=True)
    optimizer = optim.SGD([x], lr=0.5)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    with clgrad.no_grad():  # the closure computes gradients nevertheless
        loss = optimizer.step(closure)
    assert loss is not None
    assert loss.item() == 9.0
    assert x.tolist() == [0.0]


def test_zero_grad(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.SGD(pair.ours)
    pair.set_gradients(skip=(1,))
    optimizer.zero_grad(set_to_none=False)
    first, second, _ = pair.ours
    assert first.grad is not None
    assert not first.grad.numpy().any()
    assert second.grad is None
    optimizer.zero_grad()
    assert first.grad is None


# -- saving ---------------------------------------------------------------------------------------


def halves(device: str, name: str, options: dict[str, Any], reload: bool) -> list[Any]:
    """Train five steps, optionally move to a new optimizer, train five more; give the parameters."""
    pair = Pair(device)
    optimizer = build(name, pair.ours, options)
    for step in range(10):
        if step == 5 and reload:
            saved = optimizer.state_dict()
            optimizer = build(name, pair.ours, {})
            optimizer.load_state_dict(saved)
        pair.set_gradients()
        optimizer.step()
    return [p.numpy() for p in pair.ours]


@pytest.mark.parametrize(("name", "options"), [CASES[3], CASES[11], *DEFAULTS[2:]], ids=names)
def test_a_reloaded_run_continues_identically(device: str, name: str, options: dict[str, Any]) -> None:
    straight, reloaded = (halves(device, name, options, reload) for reload in (False, True))
    for expected, found in zip(straight, reloaded, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("name", "options"), DEFAULTS, ids=names)
def test_the_layout_is_that_of_torch(device: str, name: str, options: dict[str, Any]) -> None:
    pair = Pair(device)

    def groups(parameters: list[Any]) -> list[dict[str, Any]]:
        return [{"params": parameters[2:], "lr": 0.5}, {"params": parameters[:2]}]

    ours = build(name, groups(pair.ours), options)
    theirs = getattr(torch.optim, name)(groups(pair.theirs), **options)
    pair.set_gradients(skip=(1,))
    ours.step()
    theirs.step()
    found, expected = ours.state_dict(), theirs.state_dict()
    assert found.keys() == expected.keys()
    assert found["state"].keys() == expected["state"].keys()
    for index, entries in expected["state"].items():
        assert found["state"][index].keys() == entries.keys()
        for key, value in entries.items():
            np.testing.assert_allclose(found["state"][index][key].numpy(), value.numpy(), rtol=1e-5, atol=1e-8)
    for group, torch_group in zip(found["param_groups"], expected["param_groups"], strict=True):
        assert type(group) is dict
        assert group == {key: torch_group[key] for key in group}

    # And a checkpoint of PyTorch can be taken over.
    state = {
        index: {key: clgrad.tensor(value.numpy(), device=device) for key, value in entries.items()}
        for index, entries in expected["state"].items()
    }
    fresh = build(name, groups(pair.ours), {})
    fresh.load_state_dict({**expected, "state": state})
    pair.set_gradients()
    fresh.step()
    theirs.step()
    pair.compare()


def test_adamw_stays_adamw_with_a_state_of_adam(device: str) -> None:
    pair = Pair(device)
    saved = optim.Adam(pair.ours, weight_decay=0.5).state_dict()
    theirs = torch.optim.AdamW(pair.theirs)
    theirs.load_state_dict(torch.optim.Adam(pair.theirs, weight_decay=0.5).state_dict())
    ours = optim.AdamW(pair.ours)
    ours.load_state_dict(saved)
    pair.set_gradients()
    ours.step()
    theirs.step()
    pair.compare()


def test_a_state_dict_is_a_snapshot(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.Adam(pair.ours)
    pair.set_gradients()
    optimizer.step()
    saved = optimizer.state_dict()
    before = [value.numpy().copy() for value in saved["state"][0].values()]
    optimizer.param_groups[0]["lr"] = 0.5
    pair.set_gradients()
    optimizer.step()
    assert saved["param_groups"][0]["lr"] == 1e-3
    for value, expected in zip(saved["state"][0].values(), before, strict=True):
        np.testing.assert_array_equal(value.numpy(), expected)


def test_loading_shares_the_step_count_again(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.Adam(pair.ours)
    pair.set_gradients(skip=(2,))
    optimizer.step()
    pair.set_gradients()
    optimizer.step()
    fresh = optim.Adam(pair.ours)
    fresh.load_state_dict(optimizer.state_dict())
    first, second, third = (fresh.state[p]["step"] for p in pair.ours)
    assert first is second
    assert (first.item(), third.item()) == (2, 1)


# -- errors ---------------------------------------------------------------------------------------


def test_what_cannot_be_optimized_is_refused(device: str) -> None:
    x = clgrad.zeros((2,), device=device, requires_grad=True)
    with pytest.raises(ArgumentError, match="empty"):
        optim.SGD([])
    with pytest.raises(ArgumentError, match="empty"):
        optim.Adam(iter(()))
    with pytest.raises(DtypeError, match=r"pass \[tensor\]"):
        optim.SGD(x)
    with pytest.raises(DtypeError, match="parameter 1 is of type float"):
        build("SGD", [x, 1.0], {})
    with pytest.raises(DtypeError, match="parameter 0 is of type tuple"):
        build("SGD", [("weight", x)], {})
    with pytest.raises(DtypeError, match="set"):
        optim.SGD([{"params": {1, 2}}])
    with pytest.raises(ArgumentError, match=r"parameter 0 of shape \(2,\) is the result of an op"):
        optim.SGD([x * 2])
    with pytest.raises(ArgumentError, match=r"parameter 1 of shape .* twice"):
        optim.Adam([x, x])
    with pytest.raises(ArgumentError, match="twice"):
        build("Adam", [{"params": [x]}, {"params": x}], {})
    with pytest.raises(ArgumentError, match="unknown group key 'momentun'"):
        optim.SGD([{"params": [x], "momentun": 0.9}])
    with pytest.raises(ArgumentError, match='no "params"'):
        optim.SGD([{"lr": 0.9}])
    with pytest.raises(DtypeError, match="must be a dict"):
        optim.SGD([x]).add_param_group([x])  # type: ignore[arg-type]  # that is the test


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"lr": -1.0}),
        ("SGD", {"lr": math.nan}),
        ("SGD", {"momentum": -0.1}),
        ("SGD", {"weight_decay": -0.1}),
        ("SGD", {"nesterov": True}),
        ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
        ("Adam", {"lr": -1.0}),
        ("Adam", {"betas": (0.9, 1.0)}),
        ("Adam", {"betas": (-0.1, 0.9)}),
        ("Adam", {"betas": 0.9}),
        ("Adam", {"betas": (0.9,)}),
        ("AdamW", {"eps": -1e-8}),
        ("AdamW", {"weight_decay": -1e-2}),
        ("Adamax", {"betas": (0.9, 1.0)}),
        ("Adamax", {"eps": -1.0}),
        ("NAdam", {"momentum_decay": -0.1}),
        ("NAdam", {"betas": (0.9,)}),
        ("RAdam", {"betas": (1.0, 0.9)}),
        ("RMSprop", {"alpha": -0.1}),
        ("RMSprop", {"momentum": -0.1}),
        ("Adagrad", {"lr_decay": -0.1}),
        ("Adagrad", {"initial_accumulator_value": -0.1}),
        ("Adadelta", {"rho": 1.5}),
        ("Adadelta", {"rho": -0.5}),
        ("Rprop", {"etas": (0.5, 1.0)}),
        ("Rprop", {"etas": (0.0, 1.2)}),
        ("Rprop", {"step_sizes": 1.0}),
    ],
    ids=names,
)
def test_numbers_out_of_range_are_refused(device: str, name: str, options: dict[str, Any]) -> None:
    x = clgrad.zeros((2,), device=device, requires_grad=True)
    with pytest.raises(ArgumentError, match=rf"\[{name}\]"):
        build(name, [x], options)
    with pytest.raises(ArgumentError):
        build(name, [{"params": [x], **options}], {})


def test_a_learning_rate_must_be_a_number(device: str) -> None:
    x = clgrad.zeros((2,), device=device, requires_grad=True)
    with pytest.raises(DtypeError, match="lr is of type str"):
        optim.SGD([x], lr="fast")  # type: ignore[arg-type]  # that is the test


def test_a_state_that_does_not_fit_is_refused(device: str) -> None:
    pair = Pair(device)
    optimizer = optim.Adam(pair.ours)
    pair.set_gradients()
    optimizer.step()
    saved = optimizer.state_dict()
    with pytest.raises(ArgumentError, match="1 parameter groups were saved"):
        optim.Adam([{"params": pair.ours[:1]}, {"params": pair.ours[1:]}]).load_state_dict(saved)
    with pytest.raises(ArgumentError, match="3 parameters and has 2"):
        optim.Adam(pair.ours[:2]).load_state_dict(saved)
    with pytest.raises(ShapeError, match=r"'exp_avg' of parameter 0 has shape \(4, 3\)"):
        optim.Adam(pair.ours[::-1]).load_state_dict(saved)
    with pytest.raises(ArgumentError, match="without 'dampening'"):
        optim.SGD(pair.ours).load_state_dict(saved)
    with pytest.raises(ArgumentError, match="parameter 7"):
        optimizer.load_state_dict({**saved, "state": {7: saved["state"][0]}})
    entries, groups = saved["state"][0], saved["param_groups"]
    with pytest.raises(DtypeError, match="'exp_avg' of parameter 0 is of type float; it must be a Tensor"):
        optimizer.load_state_dict({**saved, "state": {0: {**entries, "exp_avg": 1.0}}})
    with pytest.raises(DtypeError, match="'step' of parameter 0 is of type str; it must be one number"):
        optimizer.load_state_dict({**saved, "state": {0: {**entries, "step": "many"}}})
    with pytest.raises(ArgumentError, match=r"\[load_state_dict\] this is no state of an optimizer"):
        optimizer.load_state_dict({})
    with pytest.raises(ArgumentError, match=r"\[load_state_dict\] this is no state of an optimizer"):
        optimizer.load_state_dict({**saved, "param_groups": [1]})
    for name, value in (("lr", "fast"), ("betas", 0.9)):
        with pytest.raises((ArgumentError, DtypeError), match=rf"\[Adam\] {name} is"):
            optimizer.load_state_dict({**saved, "param_groups": [{**groups[0], name: value}]})
    with pytest.raises(ArgumentError, match="has step, exp_avg, exp_avg_sq, but no exp_inf, which Adamax needs"):
        optim.Adamax(pair.ours).load_state_dict(saved)
    assert optimizer.param_groups[0]["lr"] == 1e-3 and optimizer.state[pair.ours[0]]["step"].item() == 1


def test_states_of_older_versions_of_torch_can_be_loaded(device: str) -> None:
    """They have numbers for counts, None for buffers that are not there, tensors for rates, and fewer settings."""
    pair = Pair(device)
    group = {"params": [0, 1, 2], "weight_decay": 0, "eps": 1e-8, "betas": [0.9, 0.999], "lr": clgrad.tensor(0.5)}
    optimizer = optim.AdamW(pair.ours, maximize=True)
    moments = {"exp_avg": clgrad.ones(4, 3, device=device), "exp_avg_sq": clgrad.ones(4, 3, device=device)}
    optimizer.load_state_dict({"state": {0: {"step": 7, **moments}}, "param_groups": [group]})
    assert optimizer.state[pair.ours[0]]["step"].item() == 7
    held = optimizer.param_groups[0]
    assert (held["lr"], held["betas"], held["maximize"]) == (0.5, (0.9, 0.999), True)
    group = {"params": [0, 1, 2], "lr": 0.1, "momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False}
    descent = optim.SGD(pair.ours)
    descent.load_state_dict({"state": {0: {"momentum_buffer": None}}, "param_groups": [group]})
    assert descent.state[pair.ours[0]] == {}


def test_repr_lists_the_groups(device: str) -> None:
    x = clgrad.zeros((2,), device=device, requires_grad=True)
    assert repr(optim.SGD([x], lr=0.1)) == (
        "SGD (\nParameter Group 0\n    dampening: 0.0\n    lr: 0.1\n    maximize: False\n    momentum: 0.0\n"
        "    nesterov: False\n    weight_decay: 0.0\n)"
    )
