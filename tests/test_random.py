"""Random numbers: the same bits on every device, repeatable, and as random as they claim to be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import random
from clgrad.errors import ArgumentError, DtypeError, ShapeError

Make = Callable[..., Any]
BIT_EQUAL: dict[str, Make] = {
    "rand": lambda **o: clgrad.rand(5, 7, **o),
    "rand of a tuple": lambda **o: clgrad.rand((3, 2), **o),
    "rand 0-d": lambda **o: clgrad.rand((), **o),
    "rand odd": lambda **o: clgrad.rand(1009, **o),
    "rand empty": lambda **o: clgrad.rand(0, 3, **o),
    "randint": lambda **o: clgrad.randint(-5, 17, (6, 5), **o),
    "randint from zero": lambda **o: clgrad.randint(10, size=(33,), **o),
    "randint positional": lambda **o: clgrad.randint(10, (33,), **o),
    "randint wide": lambda **o: clgrad.randint(-(2**31), 2**31, (100,), **o),
    "randint 0-d": lambda **o: clgrad.randint(0, 9, (), **o),
    "randint empty": lambda **o: clgrad.randint(0, 9, (0,), **o),
    "randint int8": lambda **o: clgrad.randint(-128, 128, (50,), dtype="int8", **o),
    "randperm": lambda **o: clgrad.randperm(101, **o),
    "bernoulli": lambda **o: clgrad.bernoulli(clgrad.full((50,), 0.3, **o)),
}
CLOSE: dict[str, Make] = {
    "randn": lambda **o: clgrad.randn(5, 7, **o),
    "randn odd": lambda **o: clgrad.randn(1009, **o),
    "randn 0-d": lambda **o: clgrad.randn((), **o),
    "randn empty": lambda **o: clgrad.randn(2, 0, **o),
}


def _made(table: dict[str, Make], device: str, seed: int = 7) -> dict[str, np.ndarray[Any, Any]]:
    clgrad.manual_seed(seed)
    tensors = {name: make(device=device) for name, make in table.items()}
    clgrad.realize(*tensors.values())
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def test_same_bits_on_every_device(device: str) -> None:
    for name, wanted in _made(BIT_EQUAL, "cpu").items():
        found = _made(BIT_EQUAL, device)[name]
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted, err_msg=name)


def test_normal_numbers_agree(device: str) -> None:
    """A logarithm and a cosine lie between the bits and the number: a few units in the last place."""
    for name, wanted in _made(CLOSE, "cpu").items():
        np.testing.assert_allclose(_made(CLOSE, device)[name], wanted, rtol=1e-5, atol=1e-6, err_msg=name)


def test_float64(device: str) -> None:
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip(f"{device} has no float64")
    made = []
    for where in (device, "cpu"):
        clgrad.manual_seed(3)
        x, y = clgrad.rand(2000, dtype=clgrad.float64, device=where), clgrad.randn(2000, dtype="float64", device=where)
        assert x.dtype is y.dtype is clgrad.float64
        made.append((x.numpy(), y.numpy()))
    np.testing.assert_array_equal(made[0][0], made[1][0])
    np.testing.assert_allclose(made[0][1], made[1][1], rtol=1e-10, atol=1e-12)
    # More than 24 bits are random.
    assert np.unique((made[0][0] * 2**53) % 2**29).size > 1990


# -- distributions -------------------------------------------------------------------------------

MANY = 200_000
"""Bounds below are five standard errors: by chance one seed in a million would fail, and the seed is fixed."""


def test_uniform(device: str) -> None:
    x = clgrad.rand(MANY, device=device).numpy().astype(np.float64)
    assert x.min() >= 0
    assert x.max() < 1
    assert abs(x.mean() - 0.5) < 5 * math.sqrt(1 / 12 / MANY)
    assert abs(x.var() - 1 / 12) < 5 * math.sqrt(1 / 180 / MANY)
    _even(np.histogram(x, 100, (0, 1))[0])
    # Neighbours know nothing of each other.
    assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 5 / math.sqrt(MANY)


def _even(counts: np.ndarray[Any, Any]) -> None:
    """Pearson's chi square of equally likely bins, within five standard deviations of its mean."""
    expected = counts.sum() / counts.size
    statistic = float(((counts - expected) ** 2 / expected).sum())
    freedom = counts.size - 1
    assert abs(statistic - freedom) < 5 * math.sqrt(2 * freedom)


def test_half_stays_below_one(device: str) -> None:
    """Rounding to few bits must not reach the end that is left out."""
    for half in ("float16", "bfloat16"):
        x = np.array(clgrad.rand(100_000, dtype=half, device=device).tolist())
        assert x.max() < 1
        assert abs(x.mean() - 0.5) < 0.01


def test_normal(device: str) -> None:
    x = clgrad.randn(MANY, device=device).numpy().astype(np.float64)
    assert np.isfinite(x).all()
    assert abs(x.mean()) < 5 / math.sqrt(MANY)
    assert abs(x.var() - 1) < 5 * math.sqrt(2 / MANY)
    assert abs((x**3).mean()) < 5 * math.sqrt(15 / MANY)
    assert abs((x**4).mean() - 3) < 5 * math.sqrt(96 / MANY)
    # Each bin of the distribution function is equally likely.
    _even(np.histogram([0.5 * (1 + math.erf(one / math.sqrt(2))) for one in x], 50, (0, 1))[0])


def test_integers(device: str) -> None:
    x = clgrad.randint(-3, 10, (MANY,), device=device).numpy()
    assert x.dtype == np.int64
    values, counts = np.unique(x, return_counts=True)
    assert values.tolist() == list(range(-3, 10))
    _even(counts)


def test_bernoulli(device: str) -> None:
    p = clgrad.tensor(np.repeat(np.array([0.0, 0.1, 0.5, 0.9, 1.0], np.float32), 40_000).reshape(5, -1), device=device)
    drawn = clgrad.bernoulli(p)
    assert drawn.dtype is clgrad.float32
    rates = drawn.numpy().mean(1)
    assert rates[0] == 0
    assert rates[4] == 1
    for rate, wanted in zip(rates[1:4], (0.1, 0.5, 0.9)):
        assert abs(rate - wanted) < 5 * math.sqrt(wanted * (1 - wanted) / 40_000)


def test_permutations(device: str) -> None:
    for n in (0, 1, 2, 1000):
        order = clgrad.randperm(n, device=device)
        assert order.dtype is clgrad.int64
        assert sorted(order.tolist()) == list(range(n))
    first, second = clgrad.randperm(1000, device=device).tolist(), clgrad.randperm(1000, device=device).tolist()
    assert first != second
    assert clgrad.randperm(5, dtype="int32", device=device).dtype is clgrad.int32
    # Every order of three comes up.
    assert len({tuple(clgrad.randperm(3, device="cpu").tolist()) for _ in range(200)}) == 6


# -- seeds and streams ---------------------------------------------------------------------------


def test_seeds_repeat(device: str) -> None:
    clgrad.manual_seed(11)
    first = [clgrad.rand(10, device=device).tolist(), clgrad.randn(4, device=device).tolist()]
    clgrad.manual_seed(11)
    assert [clgrad.rand(10, device=device).tolist(), clgrad.randn(4, device=device).tolist()] == first
    clgrad.manual_seed(12)
    assert clgrad.rand(10, device=device).tolist() != first[0]


def test_seeds_differ_in_every_bit() -> None:
    """Seeds of 64 bits, negative ones, and neighbours give other numbers."""
    seen = set()
    for seed in (0, 1, 2, 3, -1, 2**32, 2**32 + 1, 2**33, 2**63, 2**64 - 2):
        clgrad.manual_seed(seed)
        seen.add(tuple(clgrad.rand(4, device="cpu").tolist()))
    assert len(seen) == 10


def test_streams_differ(device: str) -> None:
    draws = [clgrad.rand(1000, device=device) for _ in range(8)]
    clgrad.realize(*draws)
    table = np.stack([draw.numpy() for draw in draws])
    off_diagonal = np.corrcoef(table) - np.eye(8)
    assert np.abs(off_diagonal).max() < 5 / math.sqrt(1000)


def test_order_of_reading_does_not_matter() -> None:
    """A stream belongs to the call, not to the moment it is computed."""
    clgrad.manual_seed(5)
    wanted = [clgrad.rand(3, device="cpu").tolist() for _ in range(3)]
    clgrad.manual_seed(5)
    late = [clgrad.rand(3, device="cpu") for _ in range(3)]
    assert [late[place].tolist() for place in (2, 0, 1)] == [wanted[place] for place in (2, 0, 1)]


def test_state(device: str) -> None:
    clgrad.manual_seed(9)
    clgrad.rand(3, device=device)
    state = random.get_state()
    wanted = [clgrad.rand(3, device=device).tolist(), clgrad.randperm(9, device=device).tolist()]
    clgrad.manual_seed(1)
    clgrad.rand(100, device=device)
    random.set_state(state)
    assert [clgrad.rand(3, device=device).tolist(), clgrad.randperm(9, device=device).tolist()] == wanted


# -- in programs ---------------------------------------------------------------------------------


def test_a_mask_is_drawn_once(device: str) -> None:
    """Dropout stores no mask: the forward and the backward pass must compute the same one."""
    x = clgrad.ones(64, 33, device=device, requires_grad=True)
    mask = clgrad.rand(64, 33, device=device) < 0.5
    y = clgrad.where(mask, x * 2, 0.0)
    (y * y).sum().backward()
    assert x.grad is not None
    kept, gradient = y.numpy(), x.grad.numpy()
    np.testing.assert_array_equal(kept != 0, gradient != 0)
    np.testing.assert_array_equal(mask.numpy(), kept != 0)
    np.testing.assert_array_equal(mask.numpy(), (mask & True).numpy())
    assert 0.4 < (kept != 0).mean() < 0.6


def test_parts_are_parts_of_the_whole(device: str) -> None:
    """A slice of unevaluated numbers holds the same numbers as the whole."""
    clgrad.manual_seed(2)
    whole = clgrad.rand(8, 9, device=device).numpy()
    clgrad.manual_seed(2)
    x = clgrad.rand(8, 9, device=device)
    np.testing.assert_array_equal(x[2:, ::2].T.flip(0).numpy(), whole[2:, ::2].T[::-1])
    np.testing.assert_allclose(x.sum(0).numpy(), whole.sum(0), rtol=1e-5)


def test_like(device: str) -> None:
    x = clgrad.zeros(3, 4, device=device)
    for make in (clgrad.rand_like, clgrad.randn_like):
        y = make(x)
        assert (y.shape, y.dtype, y.device) == (x.shape, x.dtype, x.device)
        assert make(x, dtype="float32").dtype is clgrad.float32
    assert clgrad.rand(2, device=device, requires_grad=True).requires_grad


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: clgrad.rand(2, dtype="int64"), DtypeError),
        (lambda: clgrad.randn(2, dtype="bool"), DtypeError),
        (lambda: clgrad.randint(5, 5, (2,)), ArgumentError),
        (lambda: clgrad.randint(5, 2, (2,)), ArgumentError),
        (lambda: clgrad.randint(0, size=(2,)), ArgumentError),
        (lambda: clgrad.randint(0, 2**33, (2,)), ArgumentError),
        (lambda: clgrad.rand(-1), ShapeError),
        (lambda: clgrad.randn((2, -1)), ShapeError),
        (lambda: clgrad.randint(0, 2, (-1,)), ShapeError),
    ],
)
def test_refused(make: Callable[[], Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^\["):
        make()
