"""Optimizers that PyTorch lacks, or computes in another precision, or drives by a closure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from optimizers import Pair, names

import clgrad
from clgrad import optim
from clgrad.errors import ArgumentError

# -- Lion -----------------------------------------------------------------------------------------


def lion(p: np.ndarray, g: np.ndarray, m: np.ndarray, **options: Any) -> tuple[np.ndarray, np.ndarray]:
    """Algorithm 2 of Chen et al. 2023, in double precision."""
    beta1, beta2 = options.get("betas", (0.9, 0.99))
    direction = np.sign(beta1 * m + (1 - beta1) * g)
    p = p - options["lr"] * (direction + options.get("weight_decay", 0.0) * p)
    return p, beta2 * m + (1 - beta2) * g


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize(
    "options", [{"lr": 0.01}, {"lr": 0.01, "weight_decay": 0.3}, {"lr": 0.02, "betas": (0.95, 0.98)}], ids=names
)
def test_lion_follows_the_paper(device: str, options: dict[str, Any], maximize: bool) -> None:
    pair = Pair(device)
    optimizer = optim.Lion(pair.ours, **options, maximize=maximize)
    expected = [(p.numpy().astype(np.float64), np.zeros(p.shape)) for p in pair.ours]
    for _ in range(30):
        pair.set_gradients()
        sign = -1 if maximize else 1
        expected = [
            lion(p, sign * q.grad.numpy().astype(np.float64), m, **options)
            for (p, m), q in zip(expected, pair.ours, strict=True)
        ]
        optimizer.step()
    for p, (value, mean) in zip(pair.ours, expected, strict=True):
        np.testing.assert_allclose(p.numpy(), value, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(optimizer.state[p]["exp_avg"].numpy(), mean, rtol=1e-4, atol=1e-6)
    assert set(optimizer.state_dict()["state"][0]) == {"exp_avg"}


def test_lion_refuses_bad_numbers(device: str) -> None:
    x = clgrad.zeros(2, device=device, requires_grad=True)
    for options in ({"lr": -1.0}, {"betas": (0.9, 1.0)}, {"betas": 0.9}, {"weight_decay": -0.1}):
        with pytest.raises(ArgumentError, match=r"\[Lion\]"):
            optim.Lion([x], **options)  # type: ignore[arg-type]  # that is the test


# -- Muon -----------------------------------------------------------------------------------------

MATRICES: list[tuple[int, ...]] = [(8, 5), (4, 9), (6, 6)]


def muons(device: str, options: dict[str, Any]) -> tuple[Pair, Any, Any]:
    pair = Pair(device, shapes=MATRICES)
    return pair, optim.Muon(pair.ours, **options), torch.optim.Muon(pair.theirs, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"lr": 0.02},
        {"lr": 0.02, "weight_decay": 0.0, "nesterov": False, "momentum": 0.8},
        {"lr": 0.02, "adjust_lr_fn": "match_rms_adamw"},
        {"lr": 0.02, "adjust_lr_fn": "original", "ns_coefficients": (3.0, -3.2, 1.2), "ns_steps": 3, "eps": 1e-4},
    ],
    ids=names,
)
def test_muon_follows_torch(device: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for precise in (False, True):
        if precise:  # PyTorch's own algorithm, without the rounding to bfloat16
            monkeypatch.setattr(torch.Tensor, "bfloat16", torch.Tensor.clone)
        pair, ours, theirs = muons(device, options)
        for _ in range(20):
            pair.set_gradients()
            ours.step()
            theirs.step()
        pair.compare(1e-5 if precise else 20 * options["lr"] * clgrad.finfo("bfloat16").eps)


def test_muon_saves_what_torch_saves(device: str) -> None:
    pair, ours, theirs = muons(device, {"lr": 0.02})
    pair.set_gradients(skip=(1,))
    ours.step()
    theirs.step()
    found, expected = ours.state_dict(), theirs.state_dict()
    assert found["param_groups"] == expected["param_groups"]
    assert {index: set(entries) for index, entries in found["state"].items()} == {
        index: set(entries) for index, entries in expected["state"].items()
    }
    fresh = optim.Muon(pair.ours)
    fresh.load_state_dict(found)
    np.testing.assert_array_equal(
        fresh.state[pair.ours[0]]["momentum_buffer"].numpy(), found["state"][0]["momentum_buffer"].numpy()
    )


def test_muon_refuses_what_it_can_not_update(device: str) -> None:
    matrix, vector = (clgrad.zeros(*shape, device=device, requires_grad=True) for shape in ((2, 2), (2,)))
    with pytest.raises(ArgumentError, match=r"shape \(2,\)"):
        optim.Muon([matrix, vector])
    with pytest.raises(ArgumentError, match="complex64"):
        optim.Muon([clgrad.zeros(2, 2, dtype="complex64", device=device, requires_grad=True)])
    for options in ({"lr": -1.0}, {"momentum": -0.1}, {"adjust_lr_fn": "mine"}, {"ns_steps": 100},
                    {"ns_coefficients": (1.0, 2.0)}):  # fmt: skip
        with pytest.raises(ArgumentError, match=r"\[Muon\]"):
            optim.Muon([matrix], **options)


# -- LBFGS ----------------------------------------------------------------------------------------

SEARCHES: list[dict[str, Any]] = [
    {"lr": 0.1},
    {"lr": 0.1, "history_size": 3, "max_iter": 8},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "history_size": 2, "max_iter": 6, "max_eval": 7},
    {"line_search_fn": "strong_wolfe", "lr": 40.0, "tolerance_change": 1e-3},
    {"line_search_fn": "strong_wolfe", "lr": 1e-3, "tolerance_grad": 0.5},
]


def bowl(x: Any, y: Any) -> Any:
    """A narrow valley with some waves, least at (1, 1, 1, 1) or near it."""
    return ((y - x * x) ** 2 * 10 + (1 - x) ** 2).sum() + (3 * y).cos().sum() / 10


def minimise(minimiser: Any, parameters: list[Any]) -> float:
    def closure() -> Any:
        minimiser.zero_grad()
        loss = bowl(*parameters)
        loss.backward()
        return loss.detach()

    return float(minimiser.step(closure))


@pytest.mark.parametrize("options", SEARCHES, ids=names)
def test_lbfgs_follows_torch(device: str, options: dict[str, Any]) -> None:
    # In double precision, since the way through a narrow valley magnifies every rounding.
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip("the device does not compute with float64")
    starts = [np.array([-0.5, 0.8, 0.3, 1.4]), np.array([0.6, -0.2, 0.9, 1.1])]
    ours = [clgrad.tensor(start, device=device, requires_grad=True) for start in starts]
    theirs = [torch.tensor(start, requires_grad=True) for start in starts]
    optimizer, torchs = optim.LBFGS(ours, **options), torch.optim.LBFGS(theirs, **options)
    for _ in range(3):
        found, expected = minimise(optimizer, ours), minimise(torchs, theirs)
        assert found == pytest.approx(expected, rel=1e-6)
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p.numpy(), q.detach().numpy(), rtol=1e-5, atol=1e-6)
        state, reference = optimizer.state_dict()["state"][0], torchs.state_dict()["state"][0]
        # The coefficients of the last direction, which PyTorch keeps, too, are computed anew each time.
        assert set(state) == set(reference) - {"al"}
        for count in ("n_iter", "func_evals"):
            assert state[count] == reference[count]


@pytest.mark.parametrize("options", [{"lr": 0.1}, {"line_search_fn": "strong_wolfe"}], ids=names)
def test_lbfgs_finds_the_minimum(device: str, options: dict[str, Any]) -> None:
    parameters = [clgrad.tensor([-0.5, 0.8], device=device, requires_grad=True)]
    parameters.append(clgrad.tensor([0.3, 1.4], device=device, requires_grad=True))
    optimizer = optim.LBFGS(parameters, **options)
    for _ in range(20):
        minimise(optimizer, parameters)
    bowl(*parameters).backward()
    for p in parameters:
        assert p.grad.abs().max().item() < 1e-3


def test_lbfgs_goes_on_from_a_saved_state(device: str) -> None:
    def run(reload: bool) -> np.ndarray:
        x = clgrad.tensor([-0.5, 0.8], device=device, requires_grad=True)
        y = clgrad.tensor([0.3, 1.4], device=device, requires_grad=True)
        optimizer = optim.LBFGS([x, y], max_iter=3, line_search_fn="strong_wolfe")
        for number in range(4):
            if reload and number == 2:
                saved = optimizer.state_dict()
                optimizer = optim.LBFGS([x, y])
                optimizer.load_state_dict(saved)
            minimise(optimizer, [x, y])
        return x.numpy()

    np.testing.assert_array_equal(run(True), run(False))


def test_lbfgs_refuses_what_it_can_not_do(device: str) -> None:
    x, y = (clgrad.zeros(2, device=device, requires_grad=True) for _ in range(2))
    with pytest.raises(ArgumentError, match="second group"):
        optim.LBFGS([{"params": [x]}, {"params": [y]}])
    with pytest.raises(ArgumentError, match="line_search_fn is 'mine'"):
        optim.LBFGS([x], line_search_fn="mine")
    with pytest.raises(ArgumentError, match="lr is -1"):
        optim.LBFGS([x], lr=-1.0)
    with pytest.raises(ArgumentError, match="needs a closure"):
        optim.LBFGS([x]).step()
    with pytest.raises(ArgumentError, match="is complex"):
        optim.LBFGS([clgrad.zeros(2, dtype="complex64", device=device, requires_grad=True)])
