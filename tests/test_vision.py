"""Modules for images against torch's, and what resampling refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from compare import normal

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, ClgradError, DtypeError, ShapeError
from clgrad.nn import functional as F

INPUTS = {1: normal(2, 4, 12), 2: normal(2, 4, 8, 6), 3: normal(1, 4, 6, 4, 5)}

MODULES: dict[str, tuple[int, tuple[Any, ...], dict[str, Any]]] = {}
for count in INPUTS:
    MODULES |= {
        f"MaxPool{count}d": (count, (3, 2, 1, 1, True, True), {}),
        f"AvgPool{count}d": (count, (3, 2, 1), {"count_include_pad": False}),
        f"LPPool{count}d": (count, (2, 3), {"ceil_mode": True}),
        f"AdaptiveAvgPool{count}d": (count, (3,), {}),
        f"AdaptiveMaxPool{count}d": (count, (2, True), {}),
        f"MaxUnpool{count}d": (count, (2,), {"stride": 2}),
        f"ZeroPad{count}d": (count, (2,), {}),
        f"ConstantPad{count}d": (count, (tuple(range(2 * count)), 3.5), {}),
        f"ReflectionPad{count}d": (count, (tuple(n % 3 for n in range(2 * count)),), {}),
        f"ReplicationPad{count}d": (count, (1,), {}),
        f"CircularPad{count}d": (count, (2,), {}),
    }
MODULES |= {
    "Unfold": (2, ((2, 3),), {"padding": 1}),
    "PixelShuffle": (2, (2,), {}),
    "PixelUnshuffle": (2, (2,), {}),
    "ChannelShuffle": (2, (2,), {}),
    "LocalResponseNorm": (2, (3,), {"alpha": 0.5}),
    "Upsample": (2, (), {"scale_factor": 2, "mode": "bilinear"}),
    "UpsamplingNearest2d": (2, ((5, 9),), {}),
    "UpsamplingBilinear2d": (2, (), {"scale_factor": (2, 1.5)}),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_those_of_torch(name: str, device: str) -> None:
    count, arguments, options = MODULES[name]
    ours, theirs = (getattr(library, name)(*arguments, **options) for library in (nn, torch.nn))
    assert repr(ours) == repr(theirs)
    x, reference = clgrad.tensor(INPUTS[count], device=device), torch.from_numpy(INPUTS[count])
    if name.startswith("MaxUnpool"):
        pool = f"max_pool{count}d"
        given = getattr(F, pool)(x, 2, return_indices=True), (reference.shape[2:],)
        wanted = getattr(torch.nn.functional, pool)(reference, 2, return_indices=True), (reference.shape[2:],)
        found, expected = ours(*given[0], *given[1]), theirs(*wanted[0], *wanted[1])
    else:
        found, expected = ours(x), theirs(reference)
    several = found if isinstance(found, tuple) else (found,)
    for one, other in zip(several, expected if isinstance(expected, tuple) else (expected,), strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-6)


def test_fold_is_torchs(device: str) -> None:
    columns = normal(2, 12, 9)
    ours, theirs = nn.Fold((4, 4), 2), torch.nn.Fold((4, 4), 2)
    assert repr(ours) == repr(theirs)
    found = ours(clgrad.tensor(columns, device=device)).numpy()
    np.testing.assert_allclose(found, theirs(torch.from_numpy(columns)).numpy(), rtol=1e-6)


@pytest.mark.parametrize(
    "module",
    [
        lambda library: library.AvgPool1d(2),
        lambda library: library.AvgPool2d((3, 2), 2, 1),
        lambda library: library.MaxPool3d(2),
        lambda library: library.LPPool1d(2, 3),
        lambda library: library.Upsample((2, 3)),
        lambda library: library.AdaptiveAvgPool2d((None, 3)),
        lambda library: library.MaxUnpool2d(3, 2, 1),
    ],
)
def test_defaults_read_like_torchs(module: Callable[[Any], Any]) -> None:
    assert repr(module(nn)) == repr(module(torch.nn))


def test_upsample_warns_and_interpolates() -> None:
    x = clgrad.ones(1, 1, 2, 2, device="cpu")
    with pytest.warns(UserWarning, match="interpolate"):
        assert F.upsample(x, scale_factor=2).shape == (1, 1, 4, 4)


def test_the_old_choice_of_corners_is_made_with_a_warning() -> None:
    x, grid = clgrad.ones(1, 1, 2, 2, device="cpu"), clgrad.zeros(1, 1, 1, 2, device="cpu")
    with pytest.warns(UserWarning, match="align_corners"):
        assert F.grid_sample(x, grid).item() == 1.0
    with pytest.warns(UserWarning, match="align_corners"):
        assert F.affine_grid(clgrad.zeros(1, 2, 3, device="cpu"), (1, 1, 2, 2)).shape == (1, 2, 2, 2)


X = clgrad.zeros(1, 4, 6, 6, device="cpu")
GRID = clgrad.zeros(1, 2, 2, 2, device="cpu")

WRONG: dict[str, tuple[type[ClgradError], str, Callable[[], Any]]] = {
    "a mode": (ArgumentError, "mode='cubic'", lambda: F.interpolate(X, 3, mode="cubic")),
    "size and factor": (ArgumentError, "not both", lambda: F.interpolate(X, 3, 2.0)),
    "neither": (ArgumentError, "either size", lambda: F.interpolate(X)),
    "corners of nearest": (ArgumentError, "align_corners", lambda: F.interpolate(X, 3, align_corners=True)),
    "antialias": (ArgumentError, "antialias", lambda: F.interpolate(X, 3, mode="bilinear", antialias=True)),
    "dims of a mode": (ShapeError, "mode='linear'", lambda: F.interpolate(X, 3, mode="linear")),
    "two sizes of three": (ArgumentError, "or 2 of them", lambda: F.interpolate(X, (1, 2, 3))),
    "a size of nothing": (ArgumentError, "size=0", lambda: F.interpolate(X, 0)),
    "a size that is no whole number": (ArgumentError, "size=4.5", lambda: F.interpolate(X, 4.5)),
    "a factor that leaves nothing": (ShapeError, "positive", lambda: F.interpolate(X, scale_factor=0.1)),
    "a factor of two": (
        ArgumentError,
        "one number, or 2",
        lambda: F.interpolate(X, scale_factor=[2.0], recompute_scale_factor=True),
    ),
    "a size and its factor": (
        ArgumentError,
        "recompute_scale_factor",
        lambda: F.interpolate(X, 3, recompute_scale_factor=True),
    ),
    "weights of integers": (DtypeError, "int64", lambda: F.interpolate(X.long(), 3, mode="bilinear")),
    "a grid of another batch": (ShapeError, "grid", lambda: F.grid_sample(X, clgrad.zeros(2, 2, 2, 2, device="cpu"))),
    "a way of reading": (ArgumentError, "mode='linear'", lambda: F.grid_sample(X, GRID, "linear")),
    "a way of padding": (ArgumentError, "padding_mode='ones'", lambda: F.grid_sample(X, GRID, padding_mode="ones")),
    "a grid of another dtype": (DtypeError, "float64", lambda: F.grid_sample(X, GRID.double(), align_corners=False)),
    "an affine map": (ShapeError, "affine_grid", lambda: F.affine_grid(GRID, (1, 1, 2, 2), False)),
    "pixels": (ShapeError, "pixel_shuffle.*3 . 3", lambda: F.pixel_shuffle(X, 3)),
    "pixels back": (ShapeError, "pixel_unshuffle.*4", lambda: F.pixel_unshuffle(X, 4)),
    "channels": (ShapeError, "groups=3", lambda: F.channel_shuffle(X, 3)),
    "neighbours": (ShapeError, "local_response_norm", lambda: F.local_response_norm(X[0, 0], 3)),
    "widths": (ArgumentError, "ZeroPad2d.*4", lambda: nn.ZeroPad2d((1, 2))),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.filterwarnings("ignore:.*align_corners")
def test_what_does_not_fit_is_refused(what: str) -> None:
    error, words, call = WRONG[what]
    with pytest.raises(error, match=words) as caught:
        call()
    assert str(caught.value).startswith("[")
