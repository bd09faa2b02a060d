"""Averages of weights, against torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import swa_utils as torch_swa

import clgrad
from clgrad import nn, optim
from clgrad.errors import ArgumentError
from clgrad.optim import swa_utils
from clgrad.runtime import trace

AVERAGES: dict[str, Any] = {
    "equal weights": lambda swa: {},
    "equal weights by function": lambda swa: {"avg_fn": swa.get_swa_avg_fn()},
    "equal weights of many": lambda swa: {"multi_avg_fn": swa.get_swa_multi_avg_fn()},
    "exponential": lambda swa: {"avg_fn": swa.get_ema_avg_fn(0.9)},
    "exponential of many": lambda swa: {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.8)},
    "with buffers": lambda swa: {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.8), "use_buffers": True},
}


@pytest.mark.parametrize("jitted", [False, True])
@pytest.mark.parametrize("make", AVERAGES.values(), ids=AVERAGES)
def test_averages_are_torchs(device: str, make: Any, jitted: bool) -> None:
    model, reference = nn.Linear(3, 2, device=device), torch.nn.Linear(3, 2)
    model.register_buffer("seen", clgrad.zeros(2, device=device))
    reference.register_buffer("seen", torch.zeros(2))
    averaged = swa_utils.AveragedModel(model, **make(swa_utils))
    theirs = torch_swa.AveragedModel(reference, **make(torch_swa))
    assert list(averaged.state_dict()) == list(theirs.state_dict())
    random = np.random.default_rng(0)

    def update() -> None:
        averaged.update_parameters(model)

    run = clgrad.jit(update) if jitted else update
    for number in range(6):
        held = model.state_dict(keep_vars=True)
        for ours, torchs in zip(held.values(), reference.state_dict().values(), strict=True):
            value = random.standard_normal(torchs.shape).astype(np.float32)
            with clgrad.no_grad():
                ours.assign(clgrad.tensor(value, device=device)).realize()
            torchs.copy_(torch.tensor(value))
        with trace() as seen:
            run()
        if number >= 2:
            assert seen.plans_made == 0
        theirs.update_parameters(reference)
        for ours, torchs in zip(averaged.state_dict().values(), theirs.state_dict().values(), strict=True):
            np.testing.assert_allclose(ours.numpy(), torchs.numpy(), rtol=1e-5, atol=1e-6)
    x = clgrad.ones(1, 3, device=device)
    np.testing.assert_array_equal(averaged(x).numpy(), averaged.module(x).numpy())


@pytest.mark.parametrize("momentum", [0.1, None])
def test_running_statistics_are_averaged_anew(device: str, momentum: float | None) -> None:
    def network(of: Any, **options: Any) -> Any:
        norms = of.BatchNorm1d(4, momentum=momentum, **options), of.BatchNorm1d(4, track_running_stats=False, **options)
        return of.Sequential(of.Linear(3, 4, **options), *norms, of.ReLU()).eval()

    reference, model = network(torch.nn), network(nn, device=device)
    model.load_state_dict({name: value.numpy() for name, value in reference.state_dict().items()})
    batches = [3 * array + 1 for array in np.random.default_rng(0).standard_normal((4, 8, 3)).astype(np.float32)]
    for _ in range(2):  # the statistics of the first time do not count
        swa_utils.update_bn([(clgrad.tensor(batch), None) for batch in batches], model, device)
        torch_swa.update_bn([(torch.tensor(batch), None) for batch in batches], reference)
    for (name, ours), theirs in zip(model.state_dict().items(), reference.state_dict().values(), strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-6, err_msg=name)
    assert model[1].momentum == momentum
    assert not model.training


def test_a_loader_that_fails_leaves_the_settings_of_a_model() -> None:
    model = nn.Sequential(nn.BatchNorm1d(2)).eval()

    def failing() -> Any:
        yield clgrad.ones(3, 2)
        raise OSError("no more data")

    with pytest.raises(OSError, match="no more data"):
        swa_utils.update_bn(failing(), model)
    assert model[0].momentum == 0.1 and not model.training


@pytest.mark.parametrize("options", [{}, {"anneal_strategy": "linear", "anneal_epochs": 5}, {"anneal_epochs": 0}])
def test_the_rate_goes_to_that_of_averaging(options: dict[str, Any]) -> None:
    ours, theirs = optim.SGD([clgrad.zeros(1)], lr=0.5), torch.optim.SGD([torch.zeros(1)], lr=0.5)
    scheduler, torchs = swa_utils.SWALR(ours, 0.05, **options), torch_swa.SWALR(theirs, 0.05, **options)
    for _ in range(15):
        assert scheduler.get_last_lr() == pytest.approx(torchs.get_last_lr(), rel=1e-12)
        for each in (scheduler, torchs):
            each.optimizer.step()
            each.step()
    assert set(scheduler.state_dict()) == set(torchs.state_dict()) - {"_get_lr_called_within_step"}


def test_bad_arguments_are_refused(device: str) -> None:
    model = nn.Linear(1, 1, device=device)
    with pytest.raises(ArgumentError, match=r"decay is 1\.5"):
        swa_utils.get_ema_multi_avg_fn(1.5)
    with pytest.raises(ArgumentError, match="both given"):
        swa_utils.AveragedModel(model, avg_fn=swa_utils.get_swa_avg_fn(), multi_avg_fn=swa_utils.get_swa_multi_avg_fn())
    optimizer = optim.SGD(model.parameters())
    with pytest.raises(ArgumentError, match="anneal_strategy is 'square'"):
        swa_utils.SWALR(optimizer, 0.1, anneal_strategy="square")  # type: ignore[arg-type]  # that is the test
    with pytest.raises(ArgumentError, match="anneal_epochs is -1"):
        swa_utils.SWALR(optimizer, 0.1, anneal_epochs=-1)
