"""Attention and what is made of it, against torch: errors, dropped weights, modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from test_convolutions import kernels
from test_gpu_products import GPU
from test_gpu_products import gpu as gpu

import clgrad
from clgrad import Tensor
from clgrad.cl.attention import AttentionGradientShape, AttentionShape
from clgrad.cl.render import choose
from clgrad.compose.attention import WIDEST
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import functional as F


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


Q, K, V = (2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 6)

WRONG: tuple[tuple[tuple[tuple[int, ...], ...], dict[str, Any], type[Exception], str], ...] = (
    (((8,), K, V), {}, ShapeError, r"query \(8,\), .* two dims, \(places, width\)"),
    (((4, 8), (5, 8), (5, 6)), {"enable_gqa": True}, ShapeError, "three dims"),
    ((Q, (2, 3, 5, 7), V), {}, ShapeError, "as wide as keys"),
    ((Q, K, (2, 3, 4, 6)), {}, ShapeError, "values as many as keys"),
    ((Q, (2, 2, 5, 8), (2, 2, 5, 6)), {}, ShapeError, "do not broadcast"),
    ((Q, K, (7, 3, 5, 6)), {}, ShapeError, "do not broadcast"),
    (((2, 7, 4, 8), K, V), {"enable_gqa": True}, ShapeError, "the 7 heads of the query must be a multiple"),
    ((Q, K, V), {"attn_mask": (4, 5), "is_causal": True}, ArgumentError, "is_causal is True"),
    ((Q, K, V), {"attn_mask": (3, 5)}, ShapeError, "do not broadcast"),
    ((Q, K, V), {"attn_mask": (7, 2, 3, 4, 5)}, ShapeError, r"attn_mask \(7, 2, 3, 4, 5\) does not broadcast"),
    ((Q, K, (1, 3, 5, 6)), {"dropout_p": 1.5}, ArgumentError, "dropout_p=1.5"),
    ((Q, K, V), {"window": 2}, ArgumentError, "window=2 with is_causal=False"),
    ((Q, K, V), {"window": 0, "is_causal": True}, ArgumentError, "window=0"),
)


@pytest.mark.parametrize("shapes, options, error, match", WRONG, ids=[one[3] for one in WRONG])
def test_wrong_arguments_are_named(
    shapes: tuple[tuple[int, ...], ...], options: dict[str, Any], error: type[Exception], match: str
) -> None:
    given = {key: clgrad.ones(value) if key == "attn_mask" else value for key, value in options.items()}
    with pytest.raises(error, match=rf"^\[scaled_dot_product_attention\] .*{match}"):
        F.scaled_dot_product_attention(*(clgrad.ones(shape) for shape in shapes), **given)


def test_wrong_dtypes_are_named() -> None:
    q, k, v = (clgrad.ones(shape) for shape in (Q, K, V))
    with pytest.raises(DtypeError, match="query is float32, key float16, value float32; they must be of one floating"):
        F.scaled_dot_product_attention(q, k.half(), v)
    with pytest.raises(DtypeError, match="query is int64"):
        F.scaled_dot_product_attention(q.long(), k.long(), v.long())
    with pytest.raises(DtypeError, match="attn_mask is int64; it must be bool, float32 or the query's float32"):
        F.scaled_dot_product_attention(q, k, v, clgrad.ones(4, 5).long())


def test_weights_are_dropped(device: str) -> None:
    """Of equal weights about a quarter is dropped, the others grow by 4 / 3; other numbers at each call."""
    q, v = clgrad.zeros(64, 8, device=device), clgrad.tensor(np.eye(32, dtype=np.float32), device=device)
    k = clgrad.ones(32, 8, device=device)
    weights = F.scaled_dot_product_attention(q, k, v, dropout_p=0.25).numpy()
    kept = weights != 0
    assert 0.7 < kept.mean() < 0.8
    np.testing.assert_allclose(weights[kept], 4 / 3 / 32, rtol=1e-5)
    again = F.scaled_dot_product_attention(q, k, v, dropout_p=0.25).numpy()
    assert ((again != 0) != kept).any()


def test_a_query_that_sees_nothing_has_no_gradient(device: str) -> None:
    q, k, v = (clgrad.tensor(random(*shape), device=device, requires_grad=True) for shape in (Q, K, V))
    seen = clgrad.tensor(np.arange(4)[:, None] > 0, device=device)
    result = F.scaled_dot_product_attention(q, k, v, seen.expand(4, 5))
    result.sum().backward()
    assert not result[:, :, 0].numpy().any() and not q.grad.numpy()[:, :, 0].any()  # type: ignore[union-attr]
    assert all(np.isfinite(one.grad.numpy()).all() for one in (q, k, v))  # type: ignore[union-attr]


# -- the kernels ---------------------------------------------------------------------------------


def stored(*shape: int, device: Any = "cpu", seed: int = 0) -> Tensor:
    return clgrad.tensor(random(*shape, seed=seed), device=device).realize().requires_grad_()


def test_forward_and_back_are_a_kernel_each() -> None:
    """Operands are read where they lie, and a mask is computed where it is added."""
    q, k, v = stored(2, 30, 3, 8).transpose(1, 2), stored(2, 3, 40, 8), stored(2, 3, 40, 6)
    place = clgrad.arange(40, device="cpu").realize()
    y = F.scaled_dot_product_attention(q, k, v, (place[:30].reshape(30, 1) - place).float() * 0.1)
    assert [one.kind for one in kernels(y)] == ["attention", "map"], "and the means, out of what is packed"
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    found = clgrad.autograd.grad(y, (k, v), stored(2, 3, 30, 6))
    assert [one.kind for one in kernels(*found)].count("attention_gradient") == 1
    assert {one.kind for one in kernels(*found)} == {"attention", "attention_gradient", "map"}


@pytest.mark.parametrize("dropout_p", (0.0, 0.1), ids=("", "dropped"))
def test_memory_grows_with_the_length(device: str, dropout_p: float) -> None:
    """The scores of 8,192 queries and keys would be 256 MB; what is held is a few times the operands."""
    if device == "cpu":
        pytest.skip("numpy computes whole matrices")
    operands = [stored(1, 1, 8192, 4, device=device, seed=seed) for seed in range(3)]
    clgrad.reset_peak_memory_stats(device)
    before = clgrad.memory_stats(device)["peak"]
    y = F.scaled_dot_product_attention(*operands, is_causal=True, dropout_p=dropout_p)
    found = clgrad.autograd.grad(y, operands, clgrad.ones(*y.shape, device=device))
    assert np.isfinite(found[0].sum().item())
    assert clgrad.memory_stats(device)["peak"] - before < 32 * 4 * operands[0].numel()


def test_what_is_dropped_is_drawn_anew_for_the_gradient() -> None:
    """Forward and back in one plan: neither the factors nor the scores are stored."""
    operands = [stored(1, 2, 300, 4, seed=seed) for seed in range(3)]
    y = F.scaled_dot_product_attention(*operands, dropout_p=0.1)
    found = kernels(*clgrad.autograd.grad(y, operands, stored(1, 2, 300, 4)))
    assert max(argument.size for kernel in found for argument in kernel.arguments) <= 2 * 300 * 4 * 3


@pytest.mark.parametrize("jitted", (False, True), ids=("plain", "jit"))
def test_the_gradient_sees_the_weights_that_were_left(device: str, jitted: bool) -> None:
    """With one seed, weights are what comes of the unit matrix, and what a value gets back is their sum."""
    q, k = stored(3, 40, 8, device=device), stored(3, 40, 8, device=device, seed=1)
    unit = clgrad.eye(40, device=device).expand(3, 40, 40).contiguous().requires_grad_()

    def step(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Any, Any]:
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=0.5)
        to_q, to_v = clgrad.autograd.grad((y * v).sum(), (q, v))
        return y.detach(), to_q, to_v

    run = clgrad.jit(step) if jitted else step
    for _ in range(3 if jitted else 1):
        weights, to_q, to_v = run(q, k, unit)
        found = weights.numpy()
        assert 0.4 < (found == 0).mean() < 0.6
        np.testing.assert_allclose(to_v.numpy(), found.swapaxes(1, 2) + found, rtol=1e-5, atol=1e-6)
        # The trace of the weights, whose factors are weights by what softmax gives.
        one, other = (torch.from_numpy(x.detach().numpy()).double() for x in (q, k))
        one.requires_grad_()
        parts = (one @ other.mT / 8**0.5).softmax(-1)
        trace = (parts * (torch.from_numpy(found) / parts.detach()) * torch.eye(40)).sum()
        np.testing.assert_allclose(to_q.numpy(), torch.autograd.grad(trace, one)[0], rtol=1e-4, atol=1e-5)


def test_the_widest_has_room_in_local_memory() -> None:
    """Where there is no more of it than the minimum profile has, in the widest of dtypes."""
    q, k, v = (stored(1, 1, size, WIDEST, seed=size).double().realize().requires_grad_() for size in (40, 50, 50))
    y = F.scaled_dot_product_attention(q, k, v)
    for kernel in kernels(*clgrad.autograd.grad(y.sum(), (q, k, v))):
        if kernel.kind.startswith("attention"):
            shape = choose(kernel, GPU)
            assert isinstance(shape, (AttentionShape, AttentionGradientShape))
            assert shape.local_bytes <= GPU.local_memory == 32 * 2**10, (kernel.kind, shape.local_bytes)


SIZES = {
    "less than a block": (1, 2, 2, 5, 7, 4, 6),
    "one query of many heads": (2, 6, 2, 1, 70, 16, 16),
    "blocks that are left over": (1, 3, 1, 70, 150, 20, 40),
    "wide": (1, 1, 1, 33, 65, 130, 7),
}
"""Batch, heads, heads of keys, queries, keys, width, depth."""


def compare(device: Any, sizes: tuple[int, ...], causal: bool) -> None:
    batch, heads, shared, queries, keys, width, depth = sizes
    shapes = (batch, heads, queries, width), (batch, shared, keys, width), (batch, shared, keys, depth)
    ours = [stored(*shape, device=device, seed=seed) for seed, shape in enumerate(shapes)]
    theirs = [torch.from_numpy(one.detach().numpy()).double().requires_grad_() for one in ours]
    above = random(batch, heads, queries, depth, seed=3)
    y = F.scaled_dot_product_attention(*ours, is_causal=causal, enable_gqa=True)
    found = [y, *clgrad.autograd.grad(y, ours, clgrad.tensor(above, device=device))]
    right = torch.nn.functional.scaled_dot_product_attention(*theirs, is_causal=causal, enable_gqa=True)
    expected = [right, *torch.autograd.grad(right, theirs, torch.from_numpy(above).double())]
    for one, wanted in zip(found, expected):
        scale = max(0.1, float(wanted.detach().abs().max()))
        np.testing.assert_allclose(one.numpy() / scale, wanted.detach().numpy() / scale, atol=3e-6)


@pytest.mark.parametrize("causal", (False, True))
@pytest.mark.parametrize("sizes", SIZES.values(), ids=list(SIZES))
def test_blocks_match_torch(device: str, sizes: tuple[int, ...], causal: bool) -> None:
    compare(device, sizes, causal)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=list(SIZES))
def test_blocks_for_gpus_match_torch(gpu: Callable[[Any], Any], sizes: tuple[int, ...]) -> None:
    compare(gpu(None), sizes, True)


def compare_holes(device: Any, queries: int, added: bool) -> None:
    """Masks by which most blocks of keys are seen by nobody; what stands there is not even read."""
    shapes = (2, 4, queries, 16), (2, 2, 700, 16), (2, 2, 700, 5)
    seen = np.zeros((2, 1, queries, 700), bool)
    seen[0, :, :, :5] = seen[1, :, :, 300:310] = seen[1, :, -1:, 699] = True
    q, k, v = (random(*shape, seed=seed) for seed, shape in enumerate(shapes))
    mask = np.where(seen, random(*seen.shape, seed=3), np.float32(-np.inf)) if added else seen
    right = torch.nn.functional.scaled_dot_product_attention(
        *(torch.from_numpy(one) for one in (q, k, v, mask)), enable_gqa=True
    )
    if clgrad.device(device).name != "cpu" and queries <= 2:  # a GPU looks ahead for FEW_QUERIES rows
        for hidden in (k, v):
            hidden[0, :, 128:] = hidden[1, :, :256] = hidden[1, :, 384:512] = np.nan
    ours = (clgrad.tensor(one, device=device) for one in (q, k, v, mask))
    found = F.scaled_dot_product_attention(*ours, enable_gqa=True)
    np.testing.assert_allclose(found.numpy(), right.numpy(), atol=1e-5)


@pytest.mark.parametrize("added", (False, True), ids=("seen", "added"))
@pytest.mark.parametrize("queries", (1, 2, 5))
def test_keys_that_nobody_sees_are_passed_over(device: str, queries: int, added: bool) -> None:
    compare_holes(device, queries, added)


@pytest.mark.parametrize("added", (False, True), ids=("seen", "added"))
def test_keys_that_nobody_sees_are_passed_over_on_gpus(gpu: Callable[[Any], Any], added: bool) -> None:
    compare_holes(gpu(None), 2, added)
