"""Weight initialisation: the right distribution, the right fan, nothing recorded."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import clgrad
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import init

SHAPE = (60, 100)  # out, in: the fans differ, so that a swap shows


def test_gains_are_those_of_torch() -> None:
    for name in (*init.GAINS, "leaky_relu"):
        assert init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    assert init.calculate_gain("leaky_relu", 0.3) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.3))
    with pytest.raises(ArgumentError, match="nonlinearity='mish'"):
        init.calculate_gain("mish")
    with pytest.raises(ArgumentError, match="param='a'"):
        init.calculate_gain("leaky_relu", "a")  # type: ignore[arg-type]


def test_a_filled_parameter_stays_a_leaf_and_the_same_object(device: str) -> None:
    weight = clgrad.zeros((3, 2), device=device, requires_grad=True)
    assert init.xavier_uniform_(weight) is weight
    assert weight.requires_grad and weight.device is clgrad.device(device)
    (weight * 2).sum().backward()
    assert weight.grad.tolist() == [[2.0, 2.0]] * 3


def test_plain_fills(device: str) -> None:
    weight = clgrad.zeros((2, 3), device=device)
    assert init.constant_(weight, 0.5).tolist() == [[0.5] * 3] * 2
    assert init.ones_(weight).tolist() == [[1.0] * 3] * 2
    assert init.zeros_(weight).tolist() == [[0.0] * 3] * 2
    assert init.eye_(weight).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    with pytest.raises(ShapeError, match=r"\[eye_\] tensor \(2,\) must have 2 dimensions"):
        init.eye_(clgrad.zeros((2,), device=device))


@pytest.mark.parametrize(("shape", "groups"), [((4, 3, 3), 1), ((4, 2, 2, 3), 2), ((2, 3, 3, 1, 2), 1)])
def test_dirac_matches(device: str, shape: tuple[int, ...], groups: int) -> None:
    ours = init.dirac_(clgrad.ones(shape, device=device), groups)
    np.testing.assert_array_equal(ours.numpy(), torch.nn.init.dirac_(torch.ones(shape), groups).numpy())


def test_uniform_and_normal_have_their_moments(device: str) -> None:
    clgrad.manual_seed(0)
    weight = clgrad.zeros(SHAPE, device=device)
    value = init.uniform_(weight, -1.0, 3.0).numpy()
    assert value.min() >= -1 and value.max() < 3
    assert value.mean() == pytest.approx(1, abs=0.05) and value.std() == pytest.approx(4 / math.sqrt(12), rel=0.03)
    value = init.normal_(weight, 2.0, 0.5).numpy()
    assert value.mean() == pytest.approx(2, abs=0.03) and value.std() == pytest.approx(0.5, rel=0.04)
    with pytest.raises(ArgumentError, match="std=-1"):
        init.normal_(weight, std=-1)


def test_truncated_normal_stays_inside_and_has_its_moments(device: str) -> None:
    clgrad.manual_seed(0)
    weight = clgrad.zeros((200, 100), device=device)
    value = init.trunc_normal_(weight).numpy()
    assert abs(value).max() <= 2 and abs(value).max() > 1.99
    assert value.mean() == pytest.approx(0, abs=0.02) and value.std() == pytest.approx(0.8796, rel=0.02)
    value = init.trunc_normal_(weight, std=0.02).numpy()
    assert value.std() == pytest.approx(0.02, rel=0.03) and abs(value).max() < 0.12
    value = init.trunc_normal_(weight, mean=1.0, std=1.0, a=0.0, b=1.5).numpy()
    assert value.min() >= 0 and value.max() <= 1.5
    with pytest.warns(UserWarning, match="more than 2 standard deviations"):
        init.trunc_normal_(weight, mean=9.0)


def test_the_inverse_of_erf_is_accurate(device: str) -> None:
    x = np.linspace(-0.9999, 0.9999, 501).astype(np.float32)
    ours = init._inverse_erf(clgrad.tensor(x, device=device)).numpy()
    np.testing.assert_allclose(ours, torch.erfinv(torch.tensor(x)).numpy(), rtol=2e-6, atol=1e-7)


def test_fans_are_not_swapped(device: str) -> None:
    """(out, in): Kaiming uses in by default, the 003 seed used out."""
    clgrad.manual_seed(0)
    weight = clgrad.zeros(SHAPE, device=device)
    for fill, deviation in (
        (lambda w: init.kaiming_normal_(w, nonlinearity="relu"), math.sqrt(2 / 100)),
        (lambda w: init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"), math.sqrt(2 / 60)),
        (lambda w: init.xavier_normal_(w, gain=2.0), 2 * math.sqrt(2 / 160)),
    ):
        assert fill(weight).numpy().std() == pytest.approx(deviation, rel=0.04)
    for fill, bound in (
        (lambda w: init.kaiming_uniform_(w, a=math.sqrt(5)), 1 / math.sqrt(100)),
        (lambda w: init.kaiming_uniform_(w, mode="fan_out", nonlinearity="linear"), math.sqrt(3 / 60)),
        (lambda w: init.xavier_uniform_(w), math.sqrt(6 / 160)),
    ):
        largest = abs(fill(weight).numpy()).max()
        assert 0.99 * bound < largest <= bound * (1 + 1e-6)
    kernel = clgrad.zeros((6, 4, 5, 5), device=device)
    largest = abs(init.kaiming_uniform_(kernel, nonlinearity="linear").numpy()).max()
    assert largest == pytest.approx(math.sqrt(3 / 100), rel=0.02)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3), (4, 2, 3)])
def test_orthogonal_rows_or_columns_are_orthonormal(device: str, shape: tuple[int, ...]) -> None:
    value = init.orthogonal_(clgrad.zeros(shape, device=device), gain=2.0).numpy().reshape(shape[0], -1)
    small = value @ value.T if value.shape[0] <= value.shape[1] else value.T @ value
    np.testing.assert_allclose(small, 4 * np.eye(len(small)), atol=1e-5)


def test_sparse_zeroes_the_same_number_in_every_column(device: str) -> None:
    value = init.sparse_(clgrad.zeros((10, 6), device=device), sparsity=0.25, std=2.0).numpy()
    assert (value == 0).sum(0).tolist() == [3] * 6
    assert len({tuple(column == 0) for column in value.T}) > 1
    with pytest.raises(ArgumentError, match="sparsity=2"):
        init.sparse_(clgrad.zeros((2, 2), device=device), 2)


def test_a_seed_repeats_the_weights(device: str) -> None:
    weight = clgrad.zeros((4, 3), device=device)
    for fill in (init.uniform_, init.normal_, init.trunc_normal_, init.orthogonal_, init.kaiming_uniform_):
        clgrad.manual_seed(5)
        first = fill(weight).numpy()
        again = fill(weight).numpy()
        assert (first != again).any(), fill
        clgrad.manual_seed(5)
        np.testing.assert_array_equal(fill(weight).numpy(), first)


def test_what_does_not_fit_is_refused(device: str) -> None:
    vector = clgrad.zeros((3,), device=device)
    matrix = clgrad.zeros((3, 2), device=device)
    for fill in (init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_):
        with pytest.raises(ShapeError, match=rf"\[{fill.__name__}\] tensor \(3,\) must have at least 2 dim"):
            fill(vector)
        with pytest.warns(UserWarning, match="has no elements"):
            fill(clgrad.zeros((0, 2), device=device))
    with pytest.raises(ArgumentError, match="mode='fan'"):
        init.kaiming_normal_(matrix, mode="fan")
    with pytest.raises(ShapeError, match="orthogonal_"):
        init.orthogonal_(vector)
    with pytest.raises(ShapeError, match="3, 4 or 5"):
        init.dirac_(matrix)
    with pytest.raises(ArgumentError, match="groups=2"):
        init.dirac_(clgrad.zeros((3, 1, 1), device=device), groups=2)
    with pytest.raises(DtypeError, match="tensor is int64"):
        init.uniform_(clgrad.zeros((2,), dtype="int64", device=device))
