"""Learning rate schedulers: the curves of PyTorch's, saved and resumed, and seen by steps without a new compile."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as torch_scheduler

import clgrad
from clgrad import Tensor, io, nn, optim
from clgrad.errors import ArgumentError, DtypeError, JitError
from clgrad.optim import lr_scheduler
from clgrad.runtime import trace

Make = Callable[[Any, Any], Any]
"""Makes a scheduler of a library's module and optimizer."""

CASES: dict[str, Make] = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda epoch: 0.95**epoch),
    "LambdaLR of each group": lambda s, o: s.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), lambda epoch: epoch / 50]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 1 - 0.01 * epoch),
    "StepLR": lambda s, o: s.StepLR(o, 7, gamma=0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [3, 10, 10, 31], gamma=0.7),
    "ConstantLR": lambda s, o: s.ConstantLR(o, factor=0.4, total_iters=6),
    "LinearLR": lambda s, o: s.LinearLR(o, start_factor=0.1, end_factor=0.8, total_iters=13),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, total_iters=23, power=1.7),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 11, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.001),
    "CosineAnnealingWarmRestarts of one length": lambda s, o: s.CosineAnnealingWarmRestarts(o, 7),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.5, step_size_up=6, step_size_down=4),
    "CyclicLR triangular2": lambda s, o: s.CyclicLR(o, [0.01, 0.02], [0.5, 0.3], step_size_up=5, mode="triangular2"),
    "CyclicLR exp_range": lambda s, o: s.CyclicLR(o, 0.01, 0.5, 5, mode="exp_range", gamma=0.97, cycle_momentum=False),
    "CyclicLR of a function": lambda s, o: s.CyclicLR(
        o, 0.01, 0.5, 5, scale_fn=lambda n: 1 / (1 + n), scale_mode="iterations", base_momentum=0.6, max_momentum=0.95
    ),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.4, total_steps=60),
    "OneCycleLR linear": lambda s, o: s.OneCycleLR(
        o, [0.4, 0.2], epochs=6, steps_per_epoch=10, anneal_strategy="linear", pct_start=0.25, div_factor=10.0
    ),
    "OneCycleLR in three phases": lambda s, o: s.OneCycleLR(
        o, 0.4, total_steps=55, three_phase=True, base_momentum=0.7, max_momentum=0.9, final_div_factor=100.0
    ),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, 20), s.ExponentialLR(o, 0.9)], milestones=[5, 25]
    ),
    "SequentialLR of restarts": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.5, 4), s.CosineAnnealingWarmRestarts(o, 6)], milestones=[8]
    ),
    "SequentialLR of milestones": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.1, total_iters=5), s.MultiStepLR(o, [2, 2, 4])], milestones=[12]
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.3, 6), s.ExponentialLR(o, 0.93)]),
    "SequentialLR of chains": lambda s, o: s.SequentialLR(
        o, [s.ChainedScheduler([s.LinearLR(o), s.ExponentialLR(o, 0.9)]), s.StepLR(o, 5)], milestones=[9]
    ),
}

MOMENTA = {"SGD": {"momentum": 0.9}, "Adam": {}}


def optimizers(name: str) -> tuple[Any, Any]:
    """An optimizer of two groups, here and in PyTorch."""

    def groups(parameters: list[Any]) -> list[dict[str, Any]]:
        return [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.05}]

    ours = getattr(optim, name)(groups([clgrad.zeros(2), clgrad.zeros(2)]), lr=0.2, **MOMENTA[name])
    theirs = getattr(torch.optim, name)(groups([torch.zeros(2), torch.zeros(2)]), lr=0.2, **MOMENTA[name])
    return ours, theirs


def advance(optimizer: Any, scheduler: Any, *measure: float) -> None:
    optimizer.step()
    scheduler.step(*measure)


def compare(ours: Any, theirs: Any, scheduler: Any, torchs: Any) -> None:
    np.testing.assert_allclose(scheduler.get_last_lr(), torchs.get_last_lr(), rtol=1e-12, atol=1e-15)
    for group, expected in zip(ours.param_groups, theirs.param_groups, strict=True):
        for key in ("lr", "momentum", "betas", "initial_lr", "max_momentum"):
            assert (key in group) == (key in expected)
            if key in group:
                np.testing.assert_allclose(group[key], expected[key], rtol=1e-12, atol=1e-15, err_msg=key)


# In both libraries a sequence steps the chain that it begins with, before any step of the optimizer.
CHAIN_FIRST = pytest.mark.filterwarnings("ignore:.*before .?optimizer.step:UserWarning")


@CHAIN_FIRST
@pytest.mark.parametrize("name", ["SGD", "Adam"])
@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_curves_are_those_of_torch(make: Make, name: str) -> None:
    ours, theirs = optimizers(name)
    scheduler, torchs = make(lr_scheduler, ours), make(torch_scheduler, theirs)
    for _ in range(50):
        compare(ours, theirs, scheduler, torchs)
        advance(ours, scheduler)
        advance(theirs, torchs)
    compare(ours, theirs, scheduler, torchs)


def plain(state: Any) -> Any:
    """A state without what PyTorch alone keeps: whether it is inside of step, and its table of functions."""
    if isinstance(state, dict):
        return {key: plain(value) for key, value in state.items() if key != "_get_lr_called_within_step"}
    return [plain(value) for value in state] if isinstance(state, list) else state


@CHAIN_FIRST
@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_a_state_is_torchs_and_resumes(make: Make, tmp_path: Path) -> None:
    ours, theirs = optimizers("SGD")
    scheduler, torchs = make(lr_scheduler, ours), make(torch_scheduler, theirs)
    for _ in range(9):
        advance(ours, scheduler)
        advance(theirs, torchs)
    found, expected = plain(scheduler.state_dict()), plain(torchs.state_dict())
    assert found.keys() == expected.keys()
    assert found["_last_lr"] == pytest.approx(expected["_last_lr"], rel=1e-12)

    # From a state of this library, from one out of a file, and from one of PyTorch.
    io.save(tmp_path / "state.safetensors", scheduler.state_dict())
    read = io.load(tmp_path / "state.safetensors")
    for saved in (scheduler.state_dict(), read, torchs.state_dict()):
        fresh, _ = optimizers("SGD")
        fresh_scheduler = make(lr_scheduler, fresh)
        fresh.load_state_dict(ours.state_dict())
        fresh_scheduler.load_state_dict(saved)
        reference, other = (make(s, o) for s, o in zip((lr_scheduler, torch_scheduler), optimizers("SGD"), strict=True))
        for each in (reference, other):
            for _ in range(9):
                advance(each.optimizer, each)
        for _ in range(20):
            advance(fresh, fresh_scheduler)
            advance(other.optimizer, other)
            assert fresh_scheduler.get_last_lr() == pytest.approx(other.get_last_lr(), rel=1e-12, abs=1e-15)


def test_the_state_of_another_scheduler_is_refused() -> None:
    optimizer, _ = optimizers("SGD")
    scheduler = lr_scheduler.StepLR(optimizer, 7)
    before = dict(scheduler.state_dict())
    with pytest.raises(ArgumentError, match=r"\[StepLR\] the state has no step_size, gamma; it must be"):
        scheduler.load_state_dict(lr_scheduler.CosineAnnealingLR(optimizer, 3).state_dict())
    with pytest.raises(ArgumentError, match=r"\[StepLR\] the state is of type list"):
        scheduler.load_state_dict([1])  # type: ignore[arg-type]  # that is the test
    assert scheduler.state_dict() == before
    chain = lr_scheduler.ChainedScheduler([scheduler])
    with pytest.raises(ArgumentError, match="of 2 schedulers, and here are 1"):
        chain.load_state_dict(lr_scheduler.ChainedScheduler([scheduler, scheduler]).state_dict())


@pytest.mark.parametrize("name", ["StepLR", "ExponentialLR", "CosineAnnealingLR", "OneCycleLR", "CyclicLR"])
def test_a_schedule_goes_on_from_an_epoch(name: str) -> None:
    options: dict[str, tuple[Any, ...]] = {
        "StepLR": (3,),
        "ExponentialLR": (0.9,),
        "CosineAnnealingLR": (30,),
        "OneCycleLR": (0.3, 60),
        "CyclicLR": (0.1, 1, 6),
    }
    curves = []
    for schedulers, optimizer in zip((lr_scheduler, torch_scheduler), optimizers("SGD"), strict=True):
        first = getattr(schedulers, name)(optimizer, *options[name])
        for _ in range(7):
            advance(optimizer, first)
        scheduler = getattr(schedulers, name)(optimizer, *options[name], last_epoch=7)
        curve = []
        for _ in range(10):
            advance(optimizer, scheduler)
            curve.append(scheduler.get_last_lr())
        curves.append(curve)
    np.testing.assert_allclose(curves[0], curves[1], rtol=1e-12)


PLATEAUS: list[dict[str, Any]] = [
    {"patience": 2},
    {"patience": 1, "factor": 0.5, "cooldown": 3, "min_lr": 0.01},
    {"patience": 1, "mode": "max", "threshold": 0.1, "min_lr": [0.02, 0.001]},
    {"patience": 0, "mode": "max", "threshold_mode": "abs", "threshold": 0.05},
    {"patience": 0, "threshold_mode": "abs", "threshold": 0.2, "eps": 0.01},
]


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
def test_a_plateau_is_seen_where_torch_sees_it(options: dict[str, Any]) -> None:
    ours, theirs = optimizers("SGD")
    scheduler = lr_scheduler.ReduceLROnPlateau(ours, **options)
    torchs = torch_scheduler.ReduceLROnPlateau(theirs, **options)
    random = np.random.default_rng(0)
    for epoch in range(50):
        measure = math.sin(epoch / 5) + random.standard_normal() / 10
        advance(ours, scheduler, measure)
        advance(theirs, torchs, measure)
        compare(ours, theirs, scheduler, torchs)
        if epoch == 20:
            assert plain(scheduler.state_dict()) == plain(torchs.state_dict())
            saved = scheduler.state_dict()
            scheduler = lr_scheduler.ReduceLROnPlateau(ours)
            scheduler.load_state_dict(saved)


def test_a_measure_may_be_a_tensor(device: str) -> None:
    optimizer = optim.SGD([clgrad.zeros(1, device=device)], lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    for loss in (1.0, 2.0):
        scheduler.step(clgrad.tensor(loss, device=device))
    assert scheduler.get_last_lr() == [0.1]


def test_epochs_may_be_fractions_with_restarts() -> None:
    ours, theirs = optimizers("SGD")
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(ours, 3, 2)
    torchs = torch_scheduler.CosineAnnealingWarmRestarts(theirs, 3, 2)
    for tenth in range(0, 150, 7):
        scheduler.step(tenth / 10)
        torchs.step(tenth / 10)
        compare(ours, theirs, scheduler, torchs)


def test_attributes_of_callable_objects_are_saved() -> None:
    class Scaled:
        factor = 0.5

        def __call__(self, epoch: float) -> float:
            return self.factor**epoch

    optimizer, _ = optimizers("SGD")
    function = Scaled()
    function.factor = 0.25
    scheduler = lr_scheduler.LambdaLR(optimizer, function)
    cyclic = lr_scheduler.CyclicLR(optimizer, 0.1, 1.0, scale_fn=function)
    other = Scaled()
    lr_scheduler.LambdaLR(optimizer, other).load_state_dict(scheduler.state_dict())
    assert other.factor == 0.25
    third = Scaled()
    lr_scheduler.CyclicLR(optimizer, 0.1, 1.0, scale_fn=third).load_state_dict(cyclic.state_dict())
    assert third.factor == 0.25


@pytest.mark.parametrize("jitted", [False, True])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_schedule_makes_no_plans_and_every_step_sees_it(device: str, name: str, jitted: bool) -> None:
    """One cycle moves the learning rate and the momentum at every step."""
    clgrad.manual_seed(0)
    model = nn.Linear(4, 3, device=device)
    reference = torch.nn.Linear(4, 3)
    for p, q in zip(model.parameters(), reference.parameters(), strict=True):
        q.data = torch.tensor(p.numpy())
    ours = getattr(optim, name)(model.parameters(), lr=0.1, **MOMENTA[name])
    theirs = getattr(torch.optim, name)(reference.parameters(), lr=0.1, **MOMENTA[name])
    scheduler = lr_scheduler.OneCycleLR(ours, 0.2, total_steps=30)
    torchs = torch_scheduler.OneCycleLR(theirs, 0.2, total_steps=30)

    def train(x: Tensor) -> Tensor:
        ours.zero_grad()
        loss = (model(x) - x[:, :3]).square().mean()
        loss.backward()
        ours.step()
        return loss

    run = clgrad.jit(train) if jitted else train
    random = np.random.default_rng(0)
    for number in range(30):
        x = random.standard_normal((8, 4)).astype(np.float32)
        batch = clgrad.tensor(x, device=device)
        with trace() as seen:
            loss = run(batch)
            scheduler.step()
        theirs.zero_grad()
        expected = (reference(torch.tensor(x)) - torch.tensor(x[:, :3])).square().mean()
        expected.backward()
        theirs.step()
        torchs.step()
        if number >= 4:
            assert seen.plans_made == 0
        assert loss.item() == pytest.approx(expected.item(), rel=1e-4, abs=1e-6)
    np.testing.assert_allclose(model.weight.numpy(), reference.weight.detach().numpy(), rtol=1e-4, atol=1e-5)


# -- errors ---------------------------------------------------------------------------------------


def test_a_step_in_a_jitted_function_is_refused() -> None:
    optimizer, _ = optimizers("SGD")
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.9)
    optimizer.step()

    def train() -> None:
        scheduler.step()

    run = clgrad.jit(train)
    run()
    with pytest.raises(JitError, match="call it outside"):
        run()


def test_the_order_of_steps_is_told() -> None:
    optimizer, _ = optimizers("SGD")
    scheduler = lr_scheduler.StepLR(optimizer, 3)
    with pytest.warns(UserWarning, match="call optimizer.step"):
        scheduler.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()
    with pytest.warns(UserWarning, match="deprecated"):
        scheduler.step(6)
    assert scheduler.get_last_lr() == pytest.approx([0.002, 0.0005])


REFUSED: dict[str, tuple[type[Exception], Make]] = {
    "no optimizer": (DtypeError, lambda s, o: s.StepLR(object(), 3)),
    "not resumed": (KeyError, lambda s, o: s.StepLR(o, 3, last_epoch=4)),
    "functions for other groups": (ArgumentError, lambda s, o: s.LambdaLR(o, [lambda epoch: 1.0])),
    "no function": (DtypeError, lambda s, o: s.MultiplicativeLR(o, 0.5)),
    "constant above 1": (ArgumentError, lambda s, o: s.ConstantLR(o, 1.5)),
    "start at 0": (ArgumentError, lambda s, o: s.LinearLR(o, 0.0)),
    "end above 1": (ArgumentError, lambda s, o: s.LinearLR(o, 0.5, 1.5)),
    "restart after 0": (ArgumentError, lambda s, o: s.CosineAnnealingWarmRestarts(o, 0)),
    "fraction of restarts": (ArgumentError, lambda s, o: s.CosineAnnealingWarmRestarts(o, 2, 1.5)),
    "before all epochs": (ArgumentError, lambda s, o: s.CosineAnnealingWarmRestarts(o, 2).step(-1)),
    "unknown cycle": (ArgumentError, lambda s, o: s.CyclicLR(o, 0.1, 1.0, mode="square")),
    "rates for other groups": (ArgumentError, lambda s, o: s.CyclicLR(o, [0.1], 1.0)),
    "no number of steps": (ArgumentError, lambda s, o: s.OneCycleLR(o, 1.0)),
    "no steps": (ArgumentError, lambda s, o: s.OneCycleLR(o, 1.0, total_steps=0)),
    "all up and more": (ArgumentError, lambda s, o: s.OneCycleLR(o, 1.0, 10, pct_start=1.5)),
    "unknown annealing": (ArgumentError, lambda s, o: s.OneCycleLR(o, 1.0, 10, anneal_strategy="square")),
    "factor of 1": (ArgumentError, lambda s, o: s.ReduceLROnPlateau(o, factor=1.0)),
    "unknown mode": (ArgumentError, lambda s, o: s.ReduceLROnPlateau(o, "most")),
    "unknown threshold": (ArgumentError, lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="most")),
    "nothing to chain": (ArgumentError, lambda s, o: s.ChainedScheduler([])),
    "nothing in sequence": (ArgumentError, lambda s, o: s.SequentialLR(o, [], [])),
    "milestones": (ArgumentError, lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3)], [4])),
    "a plateau in sequence": (ArgumentError, lambda s, o: s.ChainedScheduler([s.ReduceLROnPlateau(o)])),
}


@pytest.mark.parametrize(("error", "make"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_scheduled_is_refused(error: type[Exception], make: Make) -> None:
    ours, theirs = optimizers("SGD")
    with pytest.raises(error, match=r"^\[\w+\] "):
        make(lr_scheduler, ours)
    # PyTorch refuses it by an error of the same kind.
    with pytest.raises((ValueError, TypeError, KeyError)):
        make(torch_scheduler, theirs)


def test_momentum_that_is_not_there_is_not_cycled() -> None:
    optimizer = optim.Adagrad([clgrad.zeros(1)])
    with pytest.raises(ArgumentError, match="cycle_momentum=False"):
        lr_scheduler.CyclicLR(optimizer, 0.1, 1.0)
    with pytest.raises(ArgumentError, match="cycle_momentum=False"):
        lr_scheduler.OneCycleLR(optimizer, 1.0, 9)


def test_schedulers_of_another_optimizer_and_steps_after_the_cycle() -> None:
    (one, _), (other, _) = optimizers("SGD"), optimizers("SGD")
    with pytest.raises(ArgumentError, match="another optimizer"):
        lr_scheduler.SequentialLR(one, [lr_scheduler.StepLR(other, 3)], [])
    scheduler = lr_scheduler.OneCycleLR(one, 0.1, total_steps=3)
    one.step()
    for _ in range(3):
        scheduler.step()
    with pytest.raises(ArgumentError, match="step 4 of 3"):
        scheduler.step()
