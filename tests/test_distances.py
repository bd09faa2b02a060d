"""Distances: what is accurate, what is refused, and their modules."""

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


def normal(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def test_modules_hold_their_options(device: str) -> None:
    x, y = normal(4, 3, 2), normal(4, 3, 2, seed=1)
    for ours, theirs in [
        (nn.CosineSimilarity(0, 0.5), torch.nn.CosineSimilarity(0, 0.5)),
        (nn.PairwiseDistance(3.0, 0.1, True), torch.nn.PairwiseDistance(3.0, 0.1, True)),
    ]:
        value = ours(clgrad.tensor(x, device=device), clgrad.tensor(y, device=device))
        np.testing.assert_allclose(value.numpy(), theirs(torch.tensor(x), torch.tensor(y)).numpy(), rtol=1e-5)
        assert repr(ours) == repr(theirs)


def test_many_points_at_one_place_have_finite_gradients(device: str) -> None:
    """The distances of 40 points to themselves come from a product: rounded, and without a slope at 0."""
    host = normal(40, 9)
    x = clgrad.tensor(host, device=device, requires_grad=True)
    distances = clgrad.cdist(x, x)
    distances.sum().backward()
    exact = np.linalg.norm(host[:, None].astype(np.float64) - host[None], axis=-1)
    np.testing.assert_allclose(distances.numpy(), exact, rtol=1e-5, atol=3e-3)
    with np.errstate(all="ignore"):
        slopes = np.nan_to_num((host[:, None].astype(np.float64) - host[None]) / exact[..., None])
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), 2 * slopes.sum(1), rtol=1e-4, atol=1e-2)
    near = clgrad.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist")
    assert (np.diag(near.numpy()) == 0).all()


def test_half_precision_holds_its_squares(device: str) -> None:
    if not clgrad.device(device).supports(clgrad.float16):
        pytest.skip(f"{device} has no float16")
    x = clgrad.tensor(np.full((1, 64), 300, np.float16), device=device)
    similarity = F.cosine_similarity(x, x)
    assert similarity.dtype is clgrad.float16
    np.testing.assert_allclose(similarity.numpy(), [1.0], rtol=1e-3)


def test_refused(device: str) -> None:
    x, integers = clgrad.ones(2, 3, device=device), clgrad.ones(2, 3, dtype="int64", device=device)
    refused: list[tuple[type[Exception], str, Callable[[], Any]]] = [
        (ShapeError, r"\[cdist\] x1 \(2, 3\) against x2 \(3, 2\)", lambda: clgrad.cdist(x, x.T)),
        (ShapeError, r"\[cdist\] x1 \(3,\)", lambda: clgrad.cdist(x[0], x)),
        (ArgumentError, r"\[cdist\] p=-1", lambda: clgrad.cdist(x, x, -1)),
        (ArgumentError, r"\[cdist\] compute_mode='fast'", lambda: clgrad.cdist(x, x, compute_mode="fast")),
        (DtypeError, r"\[cdist\] x2 is int64", lambda: clgrad.cdist(x, integers)),
        (ShapeError, r"\[pdist\] input \(3,\)", lambda: clgrad.pdist(x[0])),
        (ArgumentError, r"\[pdist\] p=-1", lambda: clgrad.pdist(x, -1)),
        (DtypeError, r"\[pdist\] input is int64", lambda: clgrad.pdist(integers)),
        (DtypeError, r"\[normalize\] input is int64", lambda: F.normalize(integers)),
        (DtypeError, r"\[cosine_similarity\] x1 is int64", lambda: F.cosine_similarity(integers, integers)),
        (ShapeError, r"\[cosine_similarity\]", lambda: F.cosine_similarity(x, x[:, :2])),
        (ShapeError, r"\[pairwise_distance\] .* 0-d", lambda: F.pairwise_distance(x.sum(), x.sum())),
    ]
    for error, match, call in refused:
        with pytest.raises(error, match=match):
            call()
