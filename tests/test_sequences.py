"""Positions, gated networks, mixtures of experts and caches, against what others compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, MixtralConfig
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.gptj.modeling_gptj import apply_rotary_pos_emb as turn_neighbours
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb
from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock, load_balancing_loss_func

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, IndexRangeError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn.cache import visible


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


# -- positions -----------------------------------------------------------------------------------

SCALINGS: tuple[dict[str, Any], ...] = (
    {"rope_type": "default"},
    {"rope_type": "linear", "factor": 4.0},
    {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    },
)  # fmt: skip


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda one: one["rope_type"])
def test_rotary_embedding_matches_llama(device: str, scaling: dict[str, Any]) -> None:
    config = LlamaConfig(
        hidden_size=64, num_attention_heads=2, max_position_embeddings=128,
        rope_parameters={"rope_theta": 500.0, **scaling},
    )  # fmt: skip
    q, places = random(2, 2, 5, 32), np.array([[0, 1, 2, 3, 4], [90, 91, 7, 93, 94]])
    reference = torch.tensor(q, requires_grad=True)
    cos, sin = LlamaRotaryEmbedding(config)(reference, torch.tensor(places))
    expected, _ = apply_rotary_pos_emb(reference, reference, cos, sin)
    x = clgrad.tensor(q, device=device, requires_grad=True)
    layer = nn.RotaryEmbedding(32, 500.0, scaling=scaling)
    turned = layer(x, clgrad.tensor(places, device=device))
    np.testing.assert_allclose(turned.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
    seed = random(*q.shape, seed=1)
    turned.backward(clgrad.tensor(seed, device=device))
    expected.backward(torch.tensor(seed))
    assert x.grad is not None and reference.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), reference.grad.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(layer(x).numpy()[0], turned.numpy()[0])
    assert not layer.state_dict()


def test_interleaved_rotary_embedding_matches_gptj(device: str) -> None:
    """A part of each head is turned, neighbours together."""
    x = random(2, 3, 5, 12)
    angles = np.arange(5)[:, None] * 10000.0 ** -(np.arange(0, 8, 2) / 8)
    sin, cos = (torch.tensor(wave(angles), dtype=torch.float32)[None] for wave in (np.sin, np.cos))
    expected = x.copy()
    expected[..., :8] = turn_neighbours(torch.tensor(x[..., :8]).transpose(1, 2), sin, cos).transpose(1, 2).numpy()
    layer = nn.RotaryEmbedding(8, interleaved=True)
    np.testing.assert_allclose(layer(clgrad.tensor(x, device=device)).numpy(), expected, rtol=1e-4, atol=1e-5)


def test_half_precision_leaves_far_places_where_they_are(device: str) -> None:
    x, far = random(1, 1, 2, 64), np.array([60000, 60001])
    layer = nn.RotaryEmbedding(64)
    exact = layer(clgrad.tensor(x, device=device), clgrad.tensor(far, device=device)).numpy()
    found = layer.bfloat16()(clgrad.tensor(x, device=device).bfloat16(), clgrad.tensor(far, device=device))
    assert found.dtype is clgrad.bfloat16
    np.testing.assert_allclose(found.float().numpy(), exact, atol=0.05)


def test_scaling_by_the_base_slows_the_slowest_pair_only() -> None:
    plain, scaled = nn.RotaryEmbedding(16), nn.RotaryEmbedding(16, scaling={"rope_type": "ntk", "factor": 4.0})
    ratio = plain.frequencies / scaled.frequencies
    assert ratio[0] == 1.0 and ratio[-1] == pytest.approx(4.0, rel=1e-5) and (np.diff(ratio) > 0).all()


@pytest.mark.parametrize("heads", [1, 4, 6])
def test_alibi_matches_bloom(device: str, heads: int) -> None:
    """Bloom's biases are those of the last query, and count from the first key."""
    expected = build_alibi_tensor(torch.ones(1, 7), heads, torch.float32).reshape(heads, 1, 7).numpy()
    biases = nn.ALiBi(heads)(1, 7, device).numpy()
    np.testing.assert_allclose(biases, expected - expected[..., -1:], rtol=1e-6, atol=1e-6)
    whole = nn.ALiBi(heads)(7, device=device).numpy()
    np.testing.assert_allclose(whole[:, -1:], biases)
    assert (np.isneginf(whole) == np.triu(np.ones((7, 7), bool), 1)).all()
    both_ways = nn.ALiBi(heads, causal=False)(7).numpy()
    np.testing.assert_array_equal(both_ways, both_ways.swapaxes(1, 2))


def test_sinusoidal_positions(device: str) -> None:
    x = random(2, 6, 8)
    places, waves = np.arange(6)[:, None], 10000.0 ** (np.arange(0, 8, 2) / 8)
    expected = x.copy()
    expected[..., 0::2] += np.sin(places / waves)
    expected[..., 1::2] += np.cos(places / waves)
    found = nn.SinusoidalPositions(8)(clgrad.tensor(x, device=device))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5, atol=1e-5)


def test_positions_name_what_does_not_fit() -> None:
    for make in (lambda: nn.RotaryEmbedding(3), lambda: nn.SinusoidalPositions(3), lambda: nn.ALiBi(0)):
        with pytest.raises(ArgumentError, match="must be"):
            make()
    with pytest.raises(ArgumentError, match="rope_type 'yarn' is not known"):
        nn.RotaryEmbedding(4, scaling={"rope_type": "yarn", "factor": 2.0})
    with pytest.raises(ShapeError, match="at least 8 wide"):
        nn.RotaryEmbedding(8)(clgrad.ones(3, 4))
    with pytest.raises(ShapeError, match=r"positions \(4,\) for input \(1, 2, 3, 8\)"):
        nn.RotaryEmbedding(8)(clgrad.ones(1, 2, 3, 8), clgrad.arange(4))
    with pytest.raises(ShapeError, match=r"must be \(..., T, 4\)"):
        nn.SinusoidalPositions(4)(clgrad.ones(3, 2))


# -- gated networks ------------------------------------------------------------------------------


@pytest.mark.parametrize("name, activation", [("SwiGLU", "silu"), ("GEGLU", "gelu")])
def test_gated_networks(device: str, name: str, activation: str) -> None:
    layer = getattr(nn, name)(4, 6, 5, bias=True).to(device)
    assert [key for key, _ in layer.named_children()] == ["gate_proj", "up_proj", "down_proj"]
    state = {key: torch.tensor(value.numpy()) for key, value in layer.state_dict().items()}
    x = random(3, 4)

    def linear(key: str, value: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(value, state[f"{key}.weight"], state[f"{key}.bias"])

    gate = getattr(torch.nn.functional, activation)(linear("gate_proj", torch.tensor(x)))
    expected = linear("down_proj", gate * linear("up_proj", torch.tensor(x)))
    np.testing.assert_allclose(layer(clgrad.tensor(x, device=device)).numpy(), expected.numpy(), rtol=1e-4, atol=1e-5)
    assert getattr(nn, name)(4, 6)(clgrad.ones(4)).shape == (4,)


@pytest.mark.parametrize("top_k", [1, 2])
def test_mixture_of_experts_matches_mixtral(device: str, top_k: int) -> None:
    config = MixtralConfig(hidden_size=8, intermediate_size=12, num_local_experts=4, num_experts_per_tok=top_k)
    theirs, ours = MixtralSparseMoeBlock(config), nn.MixtureOfExperts(8, 12, 4, top_k).to(device)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    state = {key: random(*one.shape, seed=place) * 0.5 for place, (key, one) in enumerate(theirs.state_dict().items())}
    ours.load_state_dict(state)
    theirs.load_state_dict({key: torch.tensor(value) for key, value in state.items()})
    held = random(2, 7, 8, seed=5)
    x, reference = clgrad.tensor(held, device=device, requires_grad=True), torch.tensor(held, requires_grad=True)
    output, balance = ours(x)
    expected = theirs(reference)
    logits = theirs.gate(reference.reshape(-1, 8))[0]
    loss = load_balancing_loss_func((logits,), 4, top_k)
    np.testing.assert_allclose(output.numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(balance.numpy(), loss.detach().numpy(), rtol=1e-5)
    seed = random(2, 7, 8, seed=6)
    ((output * clgrad.tensor(seed, device=device)).sum() + balance).backward()
    ((expected * torch.tensor(seed)).sum() + loss).backward()
    for a, b in [(x, reference), *zip(ours.parameters(), theirs.parameters(), strict=True)]:
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-3, atol=1e-5)


def test_experts_that_are_full_pass_vectors_over(device: str) -> None:
    """All vectors choose one expert, which has half as many places: the first of them go in."""
    layer = nn.MixtureOfExperts(4, 6, 2, top_k=1, capacity_factor=1.0).to(device)
    whole = nn.MixtureOfExperts(4, 6, 2, top_k=1).to(device)
    with clgrad.no_grad():
        layer.gate.weight.assign(clgrad.tensor([[1.0] * 4, [-1.0] * 4], device=device))
    whole.load_state_dict(layer.state_dict())
    x = clgrad.tensor(abs(random(6, 4)), device=device)
    output, balance = layer(x)
    expected, _ = whole(x)
    np.testing.assert_allclose(output.numpy()[:3], expected.numpy()[:3], rtol=1e-5, atol=1e-6)
    assert not output.numpy()[3:].any() and expected.numpy()[3:].any()
    assert balance.item() > 1.5
    for wrong in ({"top_k": 3}, {"capacity_factor": 0.0}):
        with pytest.raises(ArgumentError, match="MixtureOfExperts"):
            nn.MixtureOfExperts(4, 6, 2, **wrong)  # type: ignore[arg-type]


# -- caches --------------------------------------------------------------------------------------


def test_a_cache_is_written_at_each_rows_own_place(device: str) -> None:
    cache = nn.KeyValueCache(2, 3, 6, 4, device=device)
    expected = np.zeros((2, 2, 3, 6, 4), np.float32)
    for step, (length, places) in enumerate([(4, (0, 0)), (1, (4, 2)), (2, (4, 3))]):
        new = random(2, 2, 3, length, 4, seed=step)
        keys, values = cache.append(*(clgrad.tensor(one, device=device) for one in new),
                                    clgrad.tensor(list(places), device=device))  # fmt: skip
        for row, place in enumerate(places):
            expected[:, row, :, place : place + length] = new[:, row]
        np.testing.assert_array_equal(keys.numpy(), expected[0])
        np.testing.assert_array_equal(values.numpy(), expected[1])


def test_appending_is_one_plan_for_all_places_and_needs_no_second_cache(device: str) -> None:
    cache = nn.KeyValueCache(1, 2, 64, 8, device=device)
    place = clgrad.zeros(1, dtype="int64", device=device)

    @clgrad.jit
    def step(new: clgrad.Tensor) -> clgrad.Tensor:
        found = F.scaled_dot_product_attention(new, *cache.append(new, new * 2, place), visible(place, 1, 64))
        place.assign(place + 1)
        return found

    seen = random(6, 1, 2, 1, 8)
    with clgrad.no_grad():
        for new in seen:
            found = step(clgrad.tensor(new, device=device))
    keys = torch.tensor(seen).permute(1, 2, 0, 3, 4).squeeze(3)
    expected = torch.nn.functional.scaled_dot_product_attention(torch.tensor(seen[-1]), keys, keys * 2)
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-4, atol=1e-5)
    assert place.tolist() == [6] and not cache.values.numpy()[0, :, 6:].any()
    caches = 2 * 4 * cache.keys.numel()
    assert caches < step.cost()["peak"] < 1.5 * caches


def test_caches_name_what_does_not_fit(device: str) -> None:
    cache, place = nn.KeyValueCache(2, 3, 6, 4, device=device), clgrad.tensor([0, 5], device=device)
    new = clgrad.ones(2, 3, 7, 4, device=device)
    with pytest.raises(ShapeError, match=r"key \(2, 3, 7, 4\) .* make a larger one"):
        cache.append(new, new, place)
    with pytest.raises(ShapeError, match=r"position \(\) must be \(2,\)"):
        cache.append(new[:, :, :1], new[:, :, :1], place[0])
    with pytest.raises(IndexRangeError, match="5"):
        cache.append(new[:, :, :2], new[:, :, :2], place)[0].numpy()
    assert visible(place, 2, 6).shape == (2, 1, 2, 6)


# -- embeddings ----------------------------------------------------------------------------------


def test_embedding_matches(device: str) -> None:
    ours, theirs = nn.Embedding(7, 3, padding_idx=-2).to(device), torch.nn.Embedding(7, 3, padding_idx=-2)
    assert repr(ours) == repr(theirs) and not ours.weight.numpy()[5].any()
    theirs.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    places = np.array([[1, 5, 1], [6, 0, 5]])
    seed = random(2, 3, 3)
    found, expected = ours(clgrad.tensor(places, device=device)), theirs(torch.tensor(places))
    np.testing.assert_array_equal(found.numpy(), expected.detach().numpy())
    found.backward(clgrad.tensor(seed, device=device))
    expected.backward(torch.tensor(seed))
    assert ours.weight.grad is not None and theirs.weight.grad is not None
    np.testing.assert_allclose(ours.weight.grad.numpy(), theirs.weight.grad.numpy(), rtol=1e-5)
    with pytest.raises(IndexRangeError, match="7"):
        ours(clgrad.tensor([7], device=device)).numpy()
    with pytest.raises(ArgumentError, match="padding_idx=7"):
        nn.Embedding(7, 3, padding_idx=7)
