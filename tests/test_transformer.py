"""MultiheadAttention and what is made of it, against torch: names, values, gradients, errors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, DtypeError, ShapeError

pytestmark = pytest.mark.heavy


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def twins(name: str, *arguments: Any, device: str, **options: Any) -> tuple[Any, Any]:
    """The module in both libraries, with equal parameters."""
    ours = getattr(nn, name)(*arguments, **options).to(device)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch tells when it can not take its fast path
        theirs = getattr(torch.nn, name)(*arguments, **options)
    share(ours, theirs)
    return ours, theirs


def share(ours: Any, theirs: Any) -> None:
    assert list(ours.state_dict()) == list(theirs.state_dict())
    state = {
        key: random(*value.shape, seed=place) * 0.3 for place, (key, value) in enumerate(theirs.state_dict().items())
    }
    ours.load_state_dict(state)
    theirs.load_state_dict({key: torch.tensor(value) for key, value in state.items()})


def both(value: Any, device: str) -> tuple[Any, Any]:
    if not isinstance(value, np.ndarray):
        return value, value
    floating = value.dtype == np.float32
    return clgrad.tensor(value, device=device, requires_grad=floating), torch.tensor(value, requires_grad=floating)


def assert_same_pass(ours: Any, theirs: Any, device: str, *inputs: Any, **options: Any) -> None:
    """Results, and gradients of inputs, float masks and parameters."""
    pairs = [both(one, device) for one in inputs]
    named = {key: both(one, device) for key, one in options.items()}
    y = ours(*(one for one, _ in pairs), **{key: one for key, (one, _) in named.items()})
    expected = theirs(*(one for _, one in pairs), **{key: one for key, (_, one) in named.items()})
    found = [one for one in (y if isinstance(y, tuple) else (y,)) if one is not None]
    wanted = [one for one in (expected if isinstance(expected, tuple) else (expected,)) if one is not None]
    assert [one.shape for one in found] == [tuple(one.shape) for one in wanted]
    total, reference = clgrad.zeros((), device=device), torch.zeros(())
    for place, (a, b) in enumerate(zip(found, wanted, strict=True)):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-4, atol=1e-5)
        seed = random(*a.shape, seed=9 + place)
        total = total + (a * clgrad.tensor(seed, device=device)).sum()
        reference = reference + (b * torch.tensor(seed)).sum()
    total.backward()
    reference.backward()  # type: ignore[no-untyped-call]
    held = [pair for pair in (*pairs, *named.values()) if isinstance(pair[1], torch.Tensor)]
    for a, b in [*held, *zip(ours.parameters(), theirs.parameters(), strict=True)]:
        if b.grad is not None:
            np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-3, atol=2e-5)


FUTURE = np.triu(np.ones((5, 5), bool), 1)
PADDING = np.arange(6)[None] >= np.array([[6], [4], [5]])
"""The ends of three sequences of up to six."""

ATTENTION: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "without weights": ({}, {"need_weights": False}),
    "weights of each head": ({"bias": False}, {"average_attn_weights": False}),
    "other widths": ({"kdim": 3, "vdim": 7}, {}),
    "more keys": ({"add_bias_kv": True, "add_zero_attn": True}, {"key_padding_mask": PADDING}),
    "batch first": ({"batch_first": True}, {"key_padding_mask": PADDING, "need_weights": False}),
    "bool mask": ({}, {"attn_mask": random(5, 6) > 1.0}),
    "float masks": (
        {"add_zero_attn": True},
        {"attn_mask": random(5, 6), "key_padding_mask": random(3, 6, seed=1), "need_weights": False},
    ),
    "a mask for each head": ({}, {"attn_mask": random(12, 5, 6) > 1.0, "key_padding_mask": PADDING}),
}
"""Options of the module, and of the call: queries of length 5, and 6 keys, in batches of 3."""


@pytest.mark.parametrize("name", ATTENTION)
def test_multihead_attention_matches(device: str, name: str) -> None:
    options, given = ATTENTION[name]
    ours, theirs = twins("MultiheadAttention", 8, 4, device=device, **options)
    shapes = [(5, 3, 8), (6, 3, ours.kdim), (6, 3, ours.vdim)]
    if ours.batch_first:
        shapes = [(batch, length, width) for length, batch, width in shapes]
    assert_same_pass(ours, theirs, device, *(random(*shape, seed=place) for place, shape in enumerate(shapes)), **given)


def test_attention_of_one_sequence_matches(device: str) -> None:
    ours, theirs = twins("MultiheadAttention", 8, 2, device=device)
    x, y = random(5, 8), random(6, 8, seed=1)
    assert_same_pass(ours, theirs, device, x, y, y, key_padding_mask=PADDING[1])
    assert_same_pass(ours, theirs, device, x, y, y, attn_mask=random(2, 5, 6), need_weights=False)


def test_attention_to_itself_and_to_a_memory_matches(device: str) -> None:
    """The packed projection is multiplied once for what is one tensor."""
    ours, theirs = twins("MultiheadAttention", 8, 2, device=device)
    a, b = both(random(5, 3, 8), device)
    c, d = both(random(6, 3, 8, seed=1), device)
    seed = random(5, 3, 8, seed=2)
    (ours(a, a, a, attn_mask=clgrad.tensor(FUTURE, device=device), need_weights=False, is_causal=True)[0]
     + ours(a, c, c)[0]).backward(clgrad.tensor(seed, device=device))  # fmt: skip
    (theirs(b, b, b, attn_mask=torch.tensor(FUTURE), need_weights=False, is_causal=True)[0]
     + theirs(b, d, d)[0]).backward(torch.tensor(seed))  # fmt: skip
    for one, other in [(a, b), (c, d), *zip(ours.parameters(), theirs.parameters(), strict=True)]:
        np.testing.assert_allclose(one.grad.numpy(), other.grad.numpy(), rtol=1e-3, atol=1e-5)


def test_attention_starts_as_torch_does() -> None:
    ours = nn.MultiheadAttention(64, 4, add_bias_kv=True)
    assert ours.in_proj_weight is not None and ours.in_proj_bias is not None and ours.bias_k is not None
    bound = (6 / (64 + 192)) ** 0.5
    weight = ours.in_proj_weight.numpy()
    assert 0.98 * bound < abs(weight).max() <= bound and abs(weight.mean()) < 0.01
    assert not ours.in_proj_bias.numpy().any() and not ours.out_proj.bias.numpy().any()  # type: ignore[union-attr]
    assert ours.bias_k.numpy().any()


def test_attention_drops_weights_in_training_only(device: str) -> None:
    layer = nn.MultiheadAttention(8, 2, dropout=0.5).to(device)
    x = clgrad.tensor(random(5, 3, 8), device=device)
    assert (layer(x, x, x)[1] == 0).any().item()  # type: ignore[union-attr]
    assert not (layer.eval()(x, x, x)[1] == 0).any().item()  # type: ignore[union-attr]


def test_attention_names_what_does_not_fit() -> None:
    for arguments in ((8, 3), (0, 1), (8, 0)):
        with pytest.raises(ArgumentError, match=rf"embed_dim={arguments[0]}, num_heads={arguments[1]}"):
            nn.MultiheadAttention(*arguments)
    layer, x = nn.MultiheadAttention(8, 2), clgrad.ones(5, 3, 8)
    for inputs, options, match in (
        ((x[0, 0], x, x), {}, "all must have 3 dims, or 2"),
        ((x, x[..., :4], x), {}, r"last dims must be \(8, 8, 8\)"),
        ((x, x[:4], x), {}, "keys must be as many as values"),
        ((x, x[:, :2], x[:, :2]), {}, "batches equal"),
        ((x, x, x), {"key_padding_mask": clgrad.ones(5, 3) > 0}, r"key_padding_mask \(5, 3\) must be \(3, 5\)"),
        ((x, x, x), {"attn_mask": clgrad.ones(4, 5)}, r"must be \(5, 5\) or \(6, 5, 5\)"),
    ):
        with pytest.raises(ShapeError, match=match):
            layer(*inputs, **options)
    with pytest.raises(DtypeError, match="attn_mask is int64"):
        layer(x, x, x, attn_mask=clgrad.ones(5, 5).long())
    with pytest.raises(ArgumentError, match="is_causal says what attn_mask is"):
        layer(x, x, x, is_causal=True)


LAYERS: tuple[dict[str, Any], ...] = (
    {},
    {"norm_first": True, "activation": "gelu", "batch_first": True},
    {"bias": False, "layer_norm_eps": 0.1, "batch_first": True},
)


@pytest.mark.parametrize("options", LAYERS, ids=str)
def test_encoder_matches(device: str, options: dict[str, Any]) -> None:
    ours, theirs = twins("TransformerEncoderLayer", 8, 2, 16, dropout=0.0, device=device, **options)
    x = random(3, 5, 8) if "batch_first" in options else random(5, 3, 8)
    assert_same_pass(ours, theirs, device, x, src_mask=FUTURE, src_key_padding_mask=PADDING[:, :5] & False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stack = torch.nn.TransformerEncoder(theirs, 2, torch.nn.LayerNorm(8))
    mine = nn.TransformerEncoder(ours, 2, nn.LayerNorm(8).to(device))
    share(mine, stack)
    assert_same_pass(mine, stack, device, x, mask=FUTURE, is_causal=True)


@pytest.mark.parametrize("options", LAYERS, ids=str)
def test_decoder_matches(device: str, options: dict[str, Any]) -> None:
    ours, theirs = twins("TransformerDecoderLayer", 8, 2, 16, dropout=0.0, device=device, **options)
    x, memory = random(5, 3, 8), random(6, 3, 8, seed=1)
    if "batch_first" in options:
        x, memory = x.swapaxes(0, 1), memory.swapaxes(0, 1)
    stack = torch.nn.TransformerDecoder(theirs, 2, torch.nn.LayerNorm(8))
    mine = nn.TransformerDecoder(ours, 2, nn.LayerNorm(8).to(device))
    share(mine, stack)
    masks = {"tgt_mask": FUTURE, "memory_key_padding_mask": PADDING, "tgt_is_causal": True}
    assert_same_pass(mine, stack, device, x, memory, **masks)


def test_transformer_matches(device: str) -> None:
    options = {"dim_feedforward": 16, "dropout": 0.0, "batch_first": True}
    ours, theirs = twins("Transformer", 8, 2, 1, 2, device=device, **options)
    future = nn.Transformer.generate_square_subsequent_mask(5, device=device)
    np.testing.assert_array_equal(future.numpy(), torch.nn.Transformer.generate_square_subsequent_mask(5).numpy())
    masks = {"tgt_mask": np.array(future.numpy()), "tgt_is_causal": True}
    masks |= {"src_key_padding_mask": PADDING, "memory_key_padding_mask": PADDING}
    assert_same_pass(ours, theirs, device, random(3, 6, 8), random(3, 5, 8, seed=1), **masks)


def test_transformers_start_as_torch_does() -> None:
    model = nn.Transformer(32, 4, 1, 1, 64)
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            bound = (6 / sum(parameter.shape)) ** 0.5
            assert 0.9 * bound < abs(parameter.numpy()).max() <= bound, name
    layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2), 2).layers
    first, second = (dict(layer.named_parameters())["linear1.weight"] for layer in layers)
    assert first is not second and first.tolist() == second.tolist()
    assert model.encoder.layers[0].linear1.weight.requires_grad


def test_transformers_name_what_does_not_fit() -> None:
    with pytest.raises(ArgumentError, match="activation='tanh'"):
        nn.TransformerEncoderLayer(8, 2, activation="tanh")
    model = nn.Transformer(8, 2, 1, 1, 16)
    with pytest.raises(ShapeError, match=r"src \(6, 2, 8\) and tgt \(5, 3, 8\): batches must be equal"):
        model(clgrad.ones(6, 2, 8), clgrad.ones(5, 3, 8))
    with pytest.raises(ShapeError, match="d_model=8"):
        model(clgrad.ones(6, 2, 4), clgrad.ones(5, 2, 8))
