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
    "bernoulli of one number": lambda **o: clgrad.bernoulli(clgrad.zeros(50, dtype="int64", **o), 0.3),
    "randint_like": lambda **o: clgrad.randint_like(clgrad.zeros(50, **o), 3, 9),
    "uniform_": lambda **o: clgrad.zeros(50, **o).uniform_(-2, 3),
    "bernoulli_": lambda **o: clgrad.zeros(50, dtype="int32", **o).bernoulli_(0.3),
    "random_": lambda **o: clgrad.zeros(50, **o).random_(),
    "random_ int64": lambda **o: clgrad.zeros(50, dtype="int64", **o).random_(),
    "random_ range": lambda **o: clgrad.zeros(50, dtype="int16", **o).random_(-9, 9),
    "geometric_": lambda **o: clgrad.zeros(50, dtype="int64", **o).geometric_(0.3),
    "multinomial": lambda **o: clgrad.multinomial(clgrad.ones(3, 7, **o), 20, replacement=True),
    "multinomial of each": lambda **o: clgrad.multinomial(clgrad.arange(9, **o) + 1.0, 9),
}
CLOSE: dict[str, Make] = {
    "randn": lambda **o: clgrad.randn(5, 7, **o),
    "randn odd": lambda **o: clgrad.randn(1009, **o),
    "randn 0-d": lambda **o: clgrad.randn((), **o),
    "randn empty": lambda **o: clgrad.randn(2, 0, **o),
    "normal": lambda **o: clgrad.normal(clgrad.arange(5, **o) * 1.0, clgrad.ones(3, 1, **o) * 2),
    "normal_": lambda **o: clgrad.zeros(50, **o).normal_(3, 2),
    "log_normal_": lambda **o: clgrad.zeros(50, **o).log_normal_(0.5, 0.25),
    "exponential_": lambda **o: clgrad.zeros(50, **o).exponential_(0.5),
    "cauchy_": lambda **o: clgrad.zeros(50, **o).cauchy_(1, 0.5),
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


def _follows(x: np.ndarray[Any, Any], distribution: Callable[[np.ndarray[Any, Any]], Any]) -> None:
    """Kolmogorov and Smirnov's distance to a distribution function; by chance 1 in 20000 exceeds the bound."""
    x = np.sort(x.astype(np.float64).ravel())
    wanted = distribution(x)
    steps = np.arange(x.size + 1) / x.size
    distance = max(float((steps[1:] - wanted).max()), float((wanted - steps[:-1]).max()))
    assert distance < 2.3 / math.sqrt(x.size), distance


def _phi(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.array([0.5 * (1 + math.erf(one / math.sqrt(2))) for one in x])


def test_distributions_in_place(device: str) -> None:
    x = clgrad.zeros(50_000, device=device)
    drawn = {
        name: getattr(clgrad.zeros_like(x), f"{name}_")(*options)
        for name, options in {
            "uniform": (-2, 3), "normal": (3, 2), "log_normal": (0.5, 0.25), "exponential": (0.5,), "cauchy": (1, 2),
        }.items()
    }  # fmt: skip
    clgrad.realize(*drawn.values())
    values = {name: one.numpy() for name, one in drawn.items()}
    for one in values.values():
        assert one.dtype == np.float32
        assert np.isfinite(one).all()
    assert values["uniform"].min() >= -2
    assert values["uniform"].max() < 3
    assert values["exponential"].min() > 0
    assert values["log_normal"].min() > 0
    _follows(values["uniform"], lambda x: (x + 2) / 5)
    _follows(values["normal"], lambda x: _phi((x - 3) / 2))
    _follows(values["log_normal"], lambda x: _phi((np.log(x) - 0.5) / 0.25))
    _follows(values["exponential"], lambda x: -np.expm1(-0.5 * x))
    _follows(values["cauchy"], lambda x: 0.5 + np.arctan((x - 1) / 2) / math.pi)
    mean = values["exponential"].astype(np.float64).mean()
    assert abs(mean - 2) < 5 * 2 / math.sqrt(50_000)
    # Each call took a stream of its own.
    ranks = np.stack([one.argsort().argsort() for one in values.values()])
    assert np.abs(np.corrcoef(ranks) - np.eye(len(ranks))).max() < 5 / math.sqrt(50_000)


def test_in_place_keeps_shape_dtype_and_object(device: str) -> None:
    x = clgrad.zeros(3, 4, device=device)
    assert x.uniform_() is x
    assert (x.shape, x.dtype) == ((3, 4), clgrad.float32)
    leaf = clgrad.zeros(3, device=device, requires_grad=True)
    with pytest.raises(clgrad.errors.GradientError):
        leaf.normal_()
    with clgrad.no_grad():
        leaf.normal_()
    assert leaf.requires_grad and leaf.is_leaf and (leaf.numpy() != 0).all()
    assert clgrad.zeros(0, 3, device=device).normal_().shape == (0, 3)
    if clgrad.device(device).supports(clgrad.float64):
        wide = clgrad.zeros(4000, dtype="float64", device=device).exponential_().numpy()
        assert wide.dtype == np.float64 and np.unique(wide).size == 4000
        _follows(wide, lambda x: -np.expm1(-x))


def test_geometric(device: str) -> None:
    for dtype in ("float32", "int64"):
        x = clgrad.zeros(50_000, dtype=dtype, device=device).geometric_(0.3).numpy()
        assert x.min() == 1
        counts = np.bincount(x.astype(np.int64), minlength=12)[1:12]
        chance = 0.3 * 0.7 ** np.arange(11)
        assert (np.abs(counts - 50_000 * chance) < 5 * np.sqrt(50_000 * chance * (1 - chance))).all()
    assert (clgrad.zeros(1000, device=device).geometric_(0.9999999).numpy() == 1).all()


def test_whole_numbers(device: str) -> None:
    for dtype, most in (("uint8", 2**8), ("int8", 2**7), ("int32", 2**31), ("int64", 2**63), ("float32", 2**24)):
        x = clgrad.zeros(5000, dtype=dtype, device=device).random_().numpy()
        assert x.min() >= 0
        assert (x == np.trunc(x)).all()
        _even(np.histogram(x.astype(np.float64) / most, 8, (0, 1))[0])
    assert set(clgrad.zeros(100, dtype="bool", device=device).random_().tolist()) == {False, True}
    assert set(clgrad.zeros(100, device=device).random_(3).tolist()) == {0.0, 1.0, 2.0}


def test_normal_of_tensors(device: str) -> None:
    mean = clgrad.tensor([[0.0], [100.0]], device=device, requires_grad=True)
    std = clgrad.tensor([1.0, 0.0], device=device)
    x = clgrad.normal(mean, std)
    assert (x.shape, x.requires_grad) == ((2, 2), False)
    assert x.numpy()[:, 1].tolist() == [0.0, 100.0]
    _follows(clgrad.normal(3.0, clgrad.full((5000,), 2.0, device=device)).numpy(), lambda x: _phi((x - 3) / 2))
    _follows(clgrad.normal(clgrad.full((5000,), 3.0, device=device), 2.0).numpy(), lambda x: _phi((x - 3) / 2))
    assert clgrad.normal(0.0, 1.0, (2, 3), device=device, requires_grad=True).requires_grad


def test_multinomial(device: str) -> None:
    weights = np.array([0.1, 0.0, 3.0, 1.0, 0.9], np.float32)
    chance = weights / weights.sum()
    x = clgrad.multinomial(clgrad.tensor(weights, device=device), 20_000, replacement=True)
    assert (x.shape, x.dtype) == ((20_000,), clgrad.int64)
    counts = np.bincount(x.numpy(), minlength=5)
    assert (np.abs(counts - 20_000 * chance) <= 5 * np.sqrt(20_000 * chance * (1 - chance))).all()
    rows = clgrad.tensor(np.tile(weights, (10_000, 1)), device=device)
    pairs = clgrad.multinomial(rows, 2).numpy()
    assert pairs.shape == (10_000, 2)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    # The second is drawn from what the first left.
    joint = chance[:, None] * chance[None, :] / (1 - chance[:, None]) * (1 - np.eye(5))
    counts = np.histogram2d(pairs[:, 0], pairs[:, 1], 5, ((0, 5), (0, 5)))[0]
    assert (np.abs(counts - 10_000 * joint) <= 5 * np.sqrt(10_000 * joint * (1 - joint))).all()
    every = clgrad.multinomial(rows[:7], 5).numpy()
    assert (np.sort(every, 1) == np.arange(5)).all()
    assert (every[:, 4] == 1).all()  # the place of weight 0 comes last
    assert clgrad.multinomial(rows[:3], 1).shape == (3, 1)
    for bad in ([0.0, 0.0], [1.0, -1.0], [1.0, math.inf], [1.0, math.nan]):
        for replacement in (False, True):
            with pytest.raises(clgrad.errors.IndexRangeError, match=r"^\[multinomial"):
                clgrad.multinomial(clgrad.tensor(bad, device=device), 1, replacement).numpy()


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


def test_generators(device: str) -> None:
    """Generators stand beside each other, and beside the default one."""
    first, second = clgrad.Generator().manual_seed(5), clgrad.Generator(device).manual_seed(6)
    clgrad.manual_seed(5)
    made: list[Make] = [
        lambda g: clgrad.rand(9, generator=g, device=device),
        lambda g: clgrad.randn(9, generator=g, device=device),
        lambda g: clgrad.randint(0, 99, (9,), generator=g, device=device),
        lambda g: clgrad.randperm(9, generator=g, device=device),
        lambda g: clgrad.normal(0.0, 1.0, (9,), generator=g, device=device),
        lambda g: clgrad.bernoulli(clgrad.full((30,), 0.5, device=device), generator=g),
        lambda g: clgrad.multinomial(clgrad.ones(30, device=device), 9, generator=g),
        lambda g: clgrad.rand_like(clgrad.ones(9, device=device), generator=g),
        lambda g: clgrad.randn_like(clgrad.ones(9, device=device), generator=g),
        lambda g: clgrad.randint_like(clgrad.ones(9, device=device), 99, generator=g),
        *(
            lambda g, name=name, options=options: getattr(clgrad.zeros(30, device=device), name)(*options, generator=g)
            for name, options in {
                "uniform_": (), "normal_": (), "log_normal_": (), "exponential_": (), "cauchy_": (),
                "geometric_": (0.5,), "bernoulli_": (), "random_": (),
            }.items()
        ),
    ]  # fmt: skip
    for make in made:
        state = first.get_state()
        wanted = make(None).tolist()
        assert make(first).tolist() == wanted
        assert make(second).tolist() != wanted
        assert first.get_state() != state
        assert make(first.set_state(state)).tolist() == wanted
    assert first.initial_seed() == clgrad.initial_seed() == 5
    assert clgrad.Generator().manual_seed(-1).initial_seed() == 2**64 - 1
    assert clgrad.Generator().get_state() == clgrad.Generator().get_state()
    assert first.seed() == first.initial_seed() != 5
    assert clgrad.seed() == clgrad.initial_seed()


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


def test_a_recorded_function_draws_anew(device: str) -> None:
    """Every kind of draw takes its next stream when the record runs, as it would outside."""
    generator = clgrad.Generator()

    def draw(x: clgrad.Tensor) -> tuple[clgrad.Tensor, ...]:
        return (
            x + clgrad.rand(4, device=device),
            clgrad.zeros(4, device=device).exponential_(generator=generator),
            clgrad.randperm(50, device=device),
            clgrad.multinomial(clgrad.ones(20, device=device), 9, generator=generator),
        )

    def rounds(function: Callable[..., Any]) -> list[Any]:
        clgrad.manual_seed(4)
        generator.manual_seed(4)
        x = clgrad.ones(4, device=device)
        return [[one.tolist() for one in function(x)] for _ in range(4)]

    wanted = rounds(draw)
    assert rounds(clgrad.jit(draw)) == wanted
    assert len({str(part) for one in wanted for part in one}) == 16


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
        (lambda: clgrad.normal(0.0, -1.0, (2,)), ArgumentError),
        (lambda: clgrad.normal(0.0, 1.0), ArgumentError),
        (lambda: clgrad.normal(clgrad.zeros(2), 1.0, (2,)), ArgumentError),
        (lambda: clgrad.normal(clgrad.zeros(2), clgrad.ones(3)), ShapeError),
        (lambda: clgrad.bernoulli(clgrad.zeros(2, dtype="int64")), DtypeError),
        (lambda: clgrad.bernoulli(clgrad.zeros(2), 1.5), ArgumentError),
        (lambda: clgrad.multinomial(clgrad.zeros(2, 2, 2), 1), ShapeError),
        (lambda: clgrad.multinomial(clgrad.zeros(2, 0), 1), ShapeError),
        (lambda: clgrad.multinomial(clgrad.zeros(2, dtype="int64"), 1), DtypeError),
        (lambda: clgrad.multinomial(clgrad.ones(2), 3), ArgumentError),
        (lambda: clgrad.multinomial(clgrad.ones(2), 0, True), ArgumentError),
        (lambda: clgrad.zeros(2).uniform_(1, 0), ArgumentError),
        (lambda: clgrad.zeros(2).normal_(0, -1), ArgumentError),
        (lambda: clgrad.zeros(2).log_normal_(0, 0), ArgumentError),
        (lambda: clgrad.zeros(2).exponential_(0), ArgumentError),
        (lambda: clgrad.zeros(2).cauchy_(0, 0), ArgumentError),
        (lambda: clgrad.zeros(2).geometric_(1), ArgumentError),
        (lambda: clgrad.zeros(2).bernoulli_(-0.5), ArgumentError),
        (lambda: clgrad.zeros(2).random_(3, 3), ArgumentError),
        (lambda: clgrad.zeros(2, dtype="int64").normal_(), DtypeError),
    ],
)
def test_refused(make: Callable[[], Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^\["):
        make()
