"""Functions that draw: dropout of channels and of self-normalizing units, rrelu, gumbel_softmax."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import functional as F

SHAPES: dict[str, tuple[int, ...]] = {
    "dropout1d": (40, 50, 4),
    "dropout2d": (40, 50, 2, 2),
    "dropout3d": (40, 50, 2, 1, 2),
}


@pytest.mark.parametrize("name", SHAPES)
def test_channels_are_dropped_whole(device: str, name: str) -> None:
    x = clgrad.ones(SHAPES[name], device=device, requires_grad=True)
    y = getattr(F, name)(x, 0.25)
    y.sum().backward()
    value = y.numpy().reshape(40, 50, 4)
    assert (value == value[..., :1]).all()
    kept = value[..., 0] != 0
    assert abs(kept.mean() - 0.75) < 5 * math.sqrt(0.25 * 0.75 / kept.size)
    assert set(np.unique(value)) == {np.float32(0), np.float32(1 / 0.75)}
    np.testing.assert_array_equal(x.grad.numpy().reshape(40, 50, 4), value)
    module = getattr(nn, name.replace("dropout", "Dropout"))(0.25)
    assert repr(module) == repr(getattr(torch.nn, name.replace("dropout", "Dropout"))(0.25))
    assert module.eval()(x) is x
    assert (module.train()(x).numpy() == 0).any()
    if name == "dropout2d":
        with pytest.warns(UserWarning, match=r"taken as \(N, C, L\)"):
            assert F.dropout2d(clgrad.ones(2, 3, 4, device=device)).shape == (2, 3, 4)
    else:
        single = getattr(F, name)(x[0], 0.5).numpy().reshape(50, 4)
        assert (single == single[:, :1]).all()
        assert set(np.unique(single)) == {np.float32(0), np.float32(2)}
    with pytest.raises(ShapeError, match=rf"\[{name}\] input \(3,\)"):
        getattr(F, name)(clgrad.ones(3, device=device))
    with pytest.raises(ArgumentError, match=rf"\[{name}\] p=2"):
        getattr(F, name)(x, 2)


def test_alpha_dropout_keeps_mean_and_variance(device: str) -> None:
    x = clgrad.randn(400, 500, device=device)
    for function, count in ((F.alpha_dropout, 200_000), (F.feature_alpha_dropout, 200_000)):
        y = function(x, 0.3, training=True).numpy().astype(np.float64)
        assert abs(y.mean()) < 5 / math.sqrt(count)
        assert abs(y.var() - 1) < 0.02
        dropped = np.unique(y, return_counts=True)[1].max() / count
        assert abs(dropped - 0.3) < 5 * math.sqrt(0.3 * 0.7 / count)
        assert function(x, 0.3) is x
        assert (function(x, 1.0, training=True).numpy() == 0).all()
    channels = F.feature_alpha_dropout(clgrad.ones(30, 40, 3, device=device), 0.5, training=True).numpy()
    assert (channels == channels[..., :1]).all()
    assert np.unique(channels).size == 2
    # The same two numbers as in torch.
    theirs = torch.nn.functional.alpha_dropout(torch.ones(1000), 0.5, training=True).unique().numpy()
    np.testing.assert_allclose(np.unique(channels), theirs, rtol=1e-6)
    for name in ("AlphaDropout", "FeatureAlphaDropout"):
        module = getattr(nn, name)(0.3)
        assert repr(module) == repr(getattr(torch.nn, name)(0.3))
        assert module.eval()(x) is x
        assert (module.train()(x).numpy() != x.numpy()).any()


def test_rrelu_draws_its_slopes(device: str) -> None:
    x = clgrad.tensor(np.repeat(np.array([[-1.0], [2.0]], np.float32), 20_000, 1), device=device, requires_grad=True)
    y = F.rrelu(x, 0.25, 0.75, training=True)
    y.sum().backward()
    low, high = y.numpy()
    assert (high == 2).all()
    assert -0.75 <= low.min() < low.max() <= -0.25
    assert abs(low.mean() + 0.5) < 5 * 0.5 * math.sqrt(1 / 12 / 20_000)
    np.testing.assert_allclose(x.grad.numpy()[0], -low, rtol=1e-6)
    module, theirs = nn.RReLU(0.25, 0.75), torch.nn.RReLU(0.25, 0.75)
    assert repr(module) == repr(theirs)
    np.testing.assert_array_equal(module.eval()(x).numpy(), theirs.eval()(torch.tensor(x.numpy())).numpy())


def test_gumbel_softmax_draws_by_probability(device: str) -> None:
    chance = np.array([0.1, 0.2, 0.7], np.float32)
    logits = clgrad.tensor(np.tile(np.log(chance), (20_000, 1)), device=device, requires_grad=True)
    soft = F.gumbel_softmax(logits, 0.5)
    np.testing.assert_allclose(soft.sum(-1).numpy(), 1, rtol=1e-5)
    hard = F.gumbel_softmax(logits, 0.5, hard=True)
    value = hard.numpy()
    np.testing.assert_allclose(np.sort(value, -1), np.tile([0, 0, 1], (20_000, 1)), atol=1e-6)
    rates = value.mean(0)
    assert (np.abs(rates - chance) < 5 * np.sqrt(chance * (1 - chance) / 20_000)).all()
    assert F.gumbel_softmax(logits[:3], dim=0, hard=True).sum(0).numpy() == pytest.approx(np.ones(3))
    (hard * clgrad.tensor([1.0, 2.0, 3.0], device=device)).sum().backward()
    assert (logits.grad.numpy() != 0).any()


def test_at_the_top(device: str) -> None:
    x = clgrad.ones(3, 4, device=device)
    assert (clgrad.dropout(x, 0.5, False).numpy() == 1).all()
    assert (clgrad.alpha_dropout(x, 0.5, False).numpy() == 1).all()
    assert (clgrad.feature_alpha_dropout(x, 0.5, False).numpy() == 1).all()
    assert (clgrad.rrelu(x).numpy() == 1).all()


def test_refused(device: str) -> None:
    x = clgrad.ones(3, device=device)
    refused: list[tuple[type[Exception], str, Callable[[], Any]]] = [
        (ArgumentError, r"\[alpha_dropout\] p=-1", lambda: F.alpha_dropout(x, -1)),
        (DtypeError, r"\[alpha_dropout\] input is int64", lambda: F.alpha_dropout(x.long())),
        (ShapeError, r"\[feature_alpha_dropout\] input \(3,\)", lambda: F.feature_alpha_dropout(x)),
        (DtypeError, r"\[gumbel_softmax\] logits are int64", lambda: F.gumbel_softmax(x.long())),
        (ArgumentError, r"\[AlphaDropout\] p=2", lambda: nn.AlphaDropout(2)),
    ]
    for error, match, call in refused:
        with pytest.raises(error, match=match):
            call()
