"""float16 and bfloat16: every bit pattern, every way to read and to write them, and what is rounded when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import Tensor, nn, optim
from clgrad.dtypes import DTYPES, converted, decode, encode
from clgrad.errors import DtypeError

HALVES = ("float16", "bfloat16")
PATTERNS = np.arange(65536, dtype=np.uint16)

half = pytest.mark.parametrize("half", HALVES)


def as_torch(half: str) -> torch.dtype:
    return getattr(torch, half)  # type: ignore[no-any-return]  # torch's dtypes are named like ours


def numbers(bits: Any, half: str) -> Any:
    """What bit patterns of a half stand for, as float32."""
    return torch.from_numpy(np.asarray(bits).view(np.int16)).view(as_torch(half)).float().numpy()


def nearest(values: Any, half: str) -> Any:
    """float32 rounded by torch, as float32."""
    return torch.from_numpy(np.array(values, np.float32)).to(as_torch(half)).float().numpy()


def of_bits(bits: Any, half: str, device: str) -> Tensor:
    """A tensor of bit patterns, as data: a stored value."""
    wide = clgrad.tensor(np.asarray(bits).view(np.int16), device=device)
    return wide.bitcast(DTYPES[half]).realize()


def hard_floats() -> Any:
    """float32 of all magnitudes, and around every kind of tie and limit."""
    generator = np.random.default_rng(0)
    some = generator.integers(0, 2**32, 30000, np.uint32)
    close = np.concatenate([(numbers(PATTERNS[::7], one).view(np.uint32)) for one in HALVES])
    ties = [close + np.uint32(step) for step in (0x0FFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0x8001)]
    limits = np.array(
        [65504, 65519.996, 65520, 65536, 2**-24, 2**-25, 2**-25 * 1.0001, 2**-14, 3.3895314e38, 3.39e38, 3.4e38, 1e-45],
        np.float32,
    ).view(np.uint32)
    weird = np.array([0x7F800001, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FC00000, 0xFF800001], np.uint32)
    return np.concatenate([some, *ties, limits, limits | np.uint32(0x80000000), weird]).view(np.float32)


@half
def test_every_pattern_is_read_and_written(half: str, device: str) -> None:
    """In vectors and one by one (a length of 65521 leaves a remainder of one lane less than any width)."""
    x = of_bits(PATTERNS, half, device)
    odd = x[: 65536 - 15]
    cases = [
        (x, PATTERNS), (x.reshape(256, 256).T, PATTERNS.reshape(256, 256).T),
        (odd.flip(0), PATTERNS[: 65536 - 15][::-1]), (x[::3], PATTERNS[::3]), (x[5:], PATTERNS[5:]),
        (x[:1], PATTERNS[:1]), (x.reshape(4096, 16)[:, 3], PATTERNS[3::16]),
    ]  # fmt: skip
    results = [(y.float(), y * 1.0, -y, bits) for y, bits in cases]
    clgrad.realize(*(one for *found, _ in results for one in found))
    for wide, same, negative, bits in results:
        wanted = numbers(np.ascontiguousarray(bits), half)
        np.testing.assert_array_equal(wide.numpy(), wanted)
        np.testing.assert_array_equal(decoded(same), wanted)
        np.testing.assert_array_equal(decoded(negative), -wanted)


def decoded(x: Tensor) -> Any:
    return np.array(x.tolist(), np.float32).reshape(x.shape)


@half
def test_rounding_is_to_the_nearest(half: str, device: str) -> None:
    """Of stored values, of casts between two others, in vectors and one by one; on the host, too."""
    values = hard_floats()
    wanted = nearest(values, half)
    x = clgrad.tensor(values, device=device)
    stored, fused, column = x.to(half), x.to(half).float() * 1, x.reshape(1, -1).T.to(half)
    places = (5, 30001, len(values) - 1, len(values) - 5)
    few = [x[place : place + 1].to(half) for place in places]
    clgrad.realize(stored, fused, column, *few)
    np.testing.assert_array_equal(decoded(stored), wanted)
    np.testing.assert_array_equal(fused.numpy(), wanted)
    np.testing.assert_array_equal(decoded(column)[:, 0], wanted)
    for one, place in zip(few, places):
        np.testing.assert_array_equal(decoded(one), wanted[place : place + 1])
    row = DTYPES[half]
    np.testing.assert_array_equal(decode(encode(values, row), row), wanted)
    np.testing.assert_array_equal(converted(values.reshape(-1, 1), row)[:, 0], wanted)
    np.testing.assert_array_equal(decoded(clgrad.tensor(values, half, device)), wanted)


def test_between_the_halves_and_from_double(device: str) -> None:
    """A cast rounds to each dtype on the way; a double becomes float32 first, as in torch."""
    x = of_bits(PATTERNS, "bfloat16", device)
    y = of_bits(PATTERNS, "float16", device)
    a, b, c = x.half().float(), y.bfloat16().float(), (x * 1.01).half().float()
    clgrad.realize(a, b, c)
    theirs = torch.from_numpy(PATTERNS.view(np.int16)).view(torch.bfloat16)
    np.testing.assert_array_equal(a.numpy(), theirs.half().float().numpy())
    np.testing.assert_array_equal(
        b.numpy(), torch.from_numpy(PATTERNS.view(np.int16)).view(torch.float16).bfloat16().float().numpy()
    )
    by_hand = (theirs.float() * 1.01).bfloat16().half().float().numpy()
    np.testing.assert_array_equal(c.numpy(), by_hand)
    for half in HALVES:
        for source in ("int64", "int32", "uint8", "bool"):
            values = np.array([0, 1, 2, 255, 257, 65535, -3, 2**24 + 1]).astype(source)
            found = clgrad.tensor(values, device=device).to(half)
            np.testing.assert_array_equal(decoded(found), torch.from_numpy(values).to(as_torch(half)).float().numpy())
        if clgrad.device(device).supports(clgrad.float64):
            values = np.array([1 + 2**-8 + 2**-40, 1 / 3, 1e300, -np.inf, np.nan])
            found = clgrad.tensor(values, device=device).to(half)
            np.testing.assert_array_equal(decoded(found), torch.from_numpy(values).to(as_torch(half)).float().numpy())


@half
def test_bits_are_kept(half: str, device: str) -> None:
    """What no kernel computes keeps every bit, NaNs' too: uploads, transfers, and bits read as integers."""
    x = of_bits(PATTERNS, half, device)
    back = x.to("cpu").to(device)
    assert back.dtype is DTYPES[half]
    largest = 0x7C00 if half == "float16" else 0x7F80
    numbers_too = np.less_equal(PATTERNS & 0x7FFF, largest)
    for one in (x, back):
        bits = one.bitcast(clgrad.int16).numpy().view(np.uint16)
        np.testing.assert_array_equal(bits[numbers_too], PATTERNS[numbers_too])
    again = clgrad.tensor(x, device="cpu") if device != "cpu" else x
    np.testing.assert_array_equal(again._stored().view(np.uint16)[numbers_too], PATTERNS[numbers_too])
    computed = (x * 2).bitcast(clgrad.int16)
    theirs = torch.from_numpy(PATTERNS.view(np.int16)).view(as_torch(half))
    wanted = (theirs * 2).view(torch.int16).numpy()
    np.testing.assert_array_equal(computed.numpy()[numbers_too], wanted[numbers_too])


def padded(x: Any, widths: tuple[int, ...]) -> Any:
    return torch.nn.functional.pad(x, widths) if isinstance(x, torch.Tensor) else x.pad(widths)


@half
def test_ways_to_read_and_write(half: str, device: str) -> None:
    """Masks at either end, gathers, scattered rows, rows updated in place, past the caches."""
    host = nearest(np.random.default_rng(1).standard_normal((37, 45)), half)
    x, t = clgrad.tensor(host, half, device), torch.from_numpy(host)
    index = clgrad.tensor([3, 0, 36, 3], device=device)
    calls: list[Callable[[Any, Any], Any]] = [
        lambda x, i: padded(x, (3, 20)),
        lambda x, i: padded(x, (1, 0, 2, 3)),
        lambda x, i: x[i],
        lambda x, i: x.T[:33][:, i],
        lambda x, i: x.flip(1)[:, ::2],
        lambda x, i: x[:, :1].expand(37, 45) * 1,
        lambda x, i: (x.T * 2).sum(0),
        lambda x, i: x.amax(1),
        lambda x, i: x.amin(0),
    ]  # fmt: skip
    results = [call(x, index) for call in calls]
    clgrad.realize(*results)
    for call, found in zip(calls, results):
        wanted = nearest(call(t, torch.tensor([3, 0, 36, 3])).numpy(), half)
        np.testing.assert_array_equal(decoded(found), wanted)
    x[2:4] = 7.0
    assert decoded(x)[1:5, 0].tolist() == [host[1, 0], 7.0, 7.0, host[4, 0]]
    x += 1
    assert decoded(x)[3, 3] == 8.0
    large = clgrad.full((4096, 4096), 1.5, dtype=half, device=device).realize()
    doubled = large * 2
    assert float(doubled[17, 9]) == float(doubled[4095, 4095]) == 3.0
    del large, doubled


@half
def test_sums_are_kept_in_float32(half: str, device: str) -> None:
    """Ones add up beyond where a half would stop: along rows, along columns, in two steps, scattered, in products."""
    count = 3000
    ones = clgrad.ones(count, 5, dtype=half, device=device).realize()
    long = clgrad.ones(2, 40960, dtype=half, device=device).realize() * 0.5
    zeros = clgrad.zeros(2, 3, dtype=half, device=device)
    index = clgrad.zeros(1000, dtype="int64", device=device)
    scattered = zeros.scatter_rows(index, clgrad.ones(1000, 3, dtype=half, device=device), "add")
    table = clgrad.zeros(4, 3, dtype=half, device=device, requires_grad=True)
    table[index].sum().backward()
    cases = [
        (ones.sum(0), 3008.0 if half == "bfloat16" else 3000.0),
        (ones.T.sum(1), 3008.0 if half == "bfloat16" else 3000.0),
        (long.sum(1), 20480.0),
        (long.sum(), 40960.0),
        (long.mean(), 0.5),
        (ones.T @ ones, 3008.0 if half == "bfloat16" else 3000.0),
        (scattered[0], 1000.0),
        (table.grad[0], 1000.0),  # type: ignore[index]  # backward has made it
    ]
    clgrad.realize(*(found for found, _ in cases))
    for found, wanted in cases:
        assert found.dtype is DTYPES[half]
        np.testing.assert_array_equal(decoded(found), np.full(found.shape, wanted, np.float32))


SHAPES = ((3, 5, 7), (1, 130, 33), (12, 64, 48), (50, 300, 70), (129, 129, 129), (16, 600, 5), (5, 96, 1),
          (96, 2100, 160))  # fmt: skip


@half
def test_products(half: str, device: str) -> None:
    """Every form: tiles with and without panels, panels in parts, dot products, turned operands, epilogues."""
    runs = []
    for m, k, n in SHAPES:
        generator = np.random.default_rng(m)
        a, b = (nearest(generator.standard_normal(shape), half) for shape in ((m, k), (k, n)))
        x, y = (clgrad.tensor(one, half, device) for one in (a, b))
        turned = clgrad.tensor(np.ascontiguousarray(b.T), half, device)
        exact = a.astype(np.float64) @ b
        runs += [(x @ y, exact), (x @ turned.T, exact), ((x @ y).relu() + 1, np.maximum(exact, 0) + 1)]
    clgrad.realize(*(found for found, _ in runs))
    for found, exact in runs:
        np.testing.assert_allclose(decoded(found), exact, rtol=float(clgrad.finfo(half).eps), atol=1e-3)


@half
def test_what_is_stored_decides(half: str, device: str) -> None:
    """A value computed in float32 and one read back from memory are equal to a comparison, wherever each stands."""
    x = clgrad.tensor(np.linspace(0.1, 3, 1000, dtype=np.float32).reshape(10, 100), half, device)
    scaled = x * 1.01
    stored = (x * 1.01).realize()
    assert (stored == scaled).all().item() and not (scaled != stored).any().item()
    assert ((scaled.amax(1, keepdim=True) == scaled).sum(1) > 0).all().item()
    assert (scaled.float() == stored.float()).all().item()
    assert (scaled.floor() == stored.floor()).all().item()
    assert (scaled.to("int32") == (stored * 1).to("int32")).all().item()
    x.requires_grad_(True)
    top = (x * 1.01).amax(1)
    other = (top * 2).sum().realize()  # the maximum is stored for itself
    (grad,) = clgrad.autograd.grad([top.sum() + other], [x])
    found = decoded(grad)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(1), 3 * 1.01, rtol=0.02)


@half
def test_scalars_are_exact(half: str, device: str) -> None:
    """A python number beside a half is not rounded to it, but data made of one is."""
    x = clgrad.full((3,), 300.0, dtype=half, device=device).realize()
    assert (x * 0.9990234375).tolist() == nearest(np.full(3, 300 * 0.9990234375), half).tolist()
    held = float(nearest(0.1, half))
    tenth = clgrad.full((2,), 0.1, dtype=half, device=device)
    assert (tenth * 1000).tolist() == nearest([held * 1000] * 2, half).tolist()
    y = clgrad.zeros(2, dtype=half, device=device)
    assert (y.fill_(0.1).float()).tolist() == [held, held]
    assert (clgrad.tensor(0.1, half, device) == 0.1).item() and (y == 0.1).all().item()
    assert clgrad.full((1,), 1e30, dtype="float16", device=device).item() == np.inf


@half
def test_long_means_do_not_overflow(half: str, device: str) -> None:
    x = clgrad.full((100_000,), 3.0, dtype=half, device=device).realize()
    found = [x.mean(), x.var(), (x + 2).std(), x.softmax(0)[5], x.logsumexp(0), x.log_softmax(0)[7]]
    clgrad.realize(*found)
    wanted = [3.0, 0.0, 0.0, 1e-5, 3 + np.log(1e5), -np.log(1e5)]
    for one, exact in zip(found, wanted):
        assert one.dtype is DTYPES[half]
        np.testing.assert_allclose(one.item(), nearest(exact, half), rtol=clgrad.finfo(half).eps)


@half
def test_ranges(half: str, device: str) -> None:
    """Places are counted in float32."""
    for ours, theirs in (
        (clgrad.arange(0, 300, 0.5, dtype=half, device=device), torch.arange(0, 300, 0.5)),
        (clgrad.arange(1000, dtype=half, device=device), torch.arange(1000.0)),
        (clgrad.linspace(-1, 1, 601, dtype=half, device=device), torch.linspace(-1, 1, 601)),
    ):
        wanted = nearest(theirs.numpy(), half)
        np.testing.assert_allclose(decoded(ours), wanted, rtol=clgrad.finfo(half).eps, atol=1e-7)


@half
def test_reading(half: str, device: str) -> None:
    x = clgrad.tensor([[1.5, -2.25], [0.0, float("inf")]], half, device)
    assert x.tolist() == [[1.5, -2.25], [0.0, float("inf")]]
    assert x[0, 1].item() == float(x[0, 1]) == -2.25 and bool(x[0, 0]) and f"{x[0, 0]:.1f}" == "1.5"
    text = "tensor([[ 1.5 , -2.25],\n        [ 0.  ,   inf]]"
    assert repr(x) == f"{text}, device='{x.device.name}', dtype=clgrad.{half})"
    assert clgrad.tensor([x[0], x[1]]).shape == (2, 2)
    if half == "float16":
        assert x.numpy().dtype == np.float16 and np.asarray(x).dtype == np.float16
        return
    for read in (x.numpy, lambda: np.asarray(x)):
        with pytest.raises(DtypeError, match=r"^\[numpy\] numpy has no bfloat16; cast with .to\(clgrad.float32\)"):
            read()


@half
def test_random_numbers(half: str, device: str) -> None:
    x = clgrad.rand(20000, dtype=half, device=device)
    y = clgrad.randn(20000, dtype=half, device=device)
    assert x.dtype is y.dtype is DTYPES[half]
    uniform, normal = decoded(x), decoded(y)
    assert uniform.min() >= 0 and uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.02 and abs(normal.mean()) < 0.05 and abs(normal.std() - 1) < 0.05
    assert clgrad.rand_like(x).dtype is DTYPES[half]


def made(half: str, device: str) -> nn.Sequential:
    clgrad.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 16), nn.LayerNorm(16), nn.Tanh(), nn.Linear(16, 2)).to(device).to(half)


@half
@pytest.mark.parametrize("compiled", [False, True])
def test_a_network_learns(half: str, device: str, compiled: bool) -> None:
    """Exclusive or, all in halves, step by step and replayed."""
    model = made(half, device)
    adam = optim.Adam(model.parameters(), lr=0.02)
    x = clgrad.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], half, device)
    target = clgrad.tensor([0, 1, 1, 0], device=device)

    def step(x: Tensor, target: Tensor) -> Tensor:
        adam.zero_grad()
        loss = nn.functional.cross_entropy(model(x), target)
        loss.backward()
        adam.step()
        return loss

    run = clgrad.jit(step) if compiled else step
    losses = [float(run(x, target)) for _ in range(60)]
    assert losses[-1] < 0.1 < losses[0]
    assert all(one.dtype is DTYPES[half] and one.grad is not None for one in model.parameters())
    assert model(x).argmax(1).tolist() == [0, 1, 1, 0]
