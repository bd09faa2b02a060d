"""Language models against transformers: scores, gradients, files, and what is generated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

import clgrad
from clgrad import models
from clgrad.errors import ArgumentError, FileFormatError, IndexRangeError, ShapeError
from clgrad.models.language import Past
from clgrad.nn.module import StateDictError

pytestmark = pytest.mark.heavy

SPECIAL = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
GPT = {"vocab_size": 23, "n_positions": 48, "n_embd": 12, "n_layer": 2, "n_head": 3, **SPECIAL}
LLAMA = {
    "vocab_size": 23, "hidden_size": 16, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 48, **SPECIAL,
}  # fmt: skip

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "gpt2": GPT,
    "gpt2 with relu": {**GPT, "activation_function": "relu", "n_inner": 20, "layer_norm_epsilon": 0.01},
    "llama": LLAMA,
    "llama, tied, biases, wide heads": {
        **LLAMA, "tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True, "head_dim": 6,
        "num_key_value_heads": 1,
    },
    "llama, stretched": {
        **LLAMA,
        "rope_parameters": {
            "rope_type": "llama3", "rope_theta": 300.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16,
        },
    },
}  # fmt: skip
"""Small ones, in Hugging Face's names."""


def pair(name: str, device: str, noise: float = 0.2) -> tuple[Any, Any]:
    """The model in both libraries, with equal weights, without dropout. More noise gives texts more variety."""
    torch.manual_seed(0)
    if name.startswith("gpt2"):
        theirs: Any = transformers.GPT2LMHeadModel(transformers.GPT2Config(**CONFIGURATIONS[name]))
        ours: Any = models.GPT2.from_config(theirs.config.to_dict())
    else:
        theirs = transformers.LlamaForCausalLM(transformers.LlamaConfig(**CONFIGURATIONS[name]))
        ours = models.Llama.from_config(theirs.config.to_dict())
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(torch.randn_like(parameter) * noise)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours.to(device).eval(), theirs.eval()


def tokens(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 23, shape)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_scores_and_gradients_match(device: str, name: str) -> None:
    ours, theirs = pair(name, device)
    given = tokens(2, 9)
    scores = ours(clgrad.tensor(given, device=device))
    expected = theirs(torch.tensor(given), output_hidden_states=True)
    np.testing.assert_allclose(scores.numpy(), expected.logits.detach().numpy(), rtol=1e-4, atol=1e-4)
    target = tokens(2, 9, seed=1)
    flat = scores.reshape(-1, 23)
    clgrad.nn.functional.cross_entropy(flat, clgrad.tensor(target.reshape(-1), device=device)).backward()
    torch.nn.functional.cross_entropy(expected.logits.reshape(-1, 23), torch.tensor(target.reshape(-1))).backward()
    for (key, a), (_, b) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-3, atol=1e-4, err_msg=key)


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_each_layer_matches(device: str, name: str) -> None:
    """What leaves each block; the last is seen behind the last normalisation."""
    ours, theirs = pair(name, device)
    given, found = tokens(1, 7), []
    blocks = ours.transformer.h if name == "gpt2" else ours.model.layers
    for block in blocks:
        forward = block.forward

        def seen(*arguments: Any, forward: Any = forward) -> Any:
            found.append(forward(*arguments))
            return found[-1]

        block.forward = seen
    ours(clgrad.tensor(given, device=device))
    with torch.no_grad():
        expected = theirs(torch.tensor(given), output_hidden_states=True).hidden_states
    assert len(found) == 2
    np.testing.assert_allclose(found[0].numpy(), expected[1].numpy(), rtol=1e-4, atol=1e-4)
    last = (ours.transformer.ln_f if name == "gpt2" else ours.model.norm)(found[1])
    np.testing.assert_allclose(last.numpy(), expected[2].numpy(), rtol=1e-4, atol=1e-4)


def test_new_weights_are_small_and_gpt2_has_as_many_as_it_had() -> None:
    model = models.GPT2(n_layer=1, vocab_size=100)
    assert sum(one.numel() for one in model.parameters()) == 768 * (100 + 1024) + 7_087_872 + 2 * 768
    block = model.transformer.h[0]
    assert block.attn.c_attn.weight.numpy().std() == pytest.approx(0.02, rel=0.02)
    assert block.mlp.c_proj.weight.numpy().std() == pytest.approx(0.02 / 2**0.5, rel=0.02)
    small = models.Llama(50, 32, 40, 1, 4, tie_word_embeddings=True)
    assert small.lm_head.weight is small.model.embed_tokens.weight
    assert small.model.layers[0].mlp.up_proj.weight.numpy().std() == pytest.approx(0.02, rel=0.1)


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gpt2", "llama", "llama, tied, biases, wide heads"])
def test_hugging_faces_folders_load_unchanged(device: str, tmp_path: Path, name: str) -> None:
    """As one file, and in pieces; of the whole model, and of all but the head."""
    _, theirs = pair(name, device)
    kind = models.GPT2 if name == "gpt2" else models.Llama
    given = tokens(2, 5)
    expected = theirs(torch.tensor(given)).logits.detach().numpy()
    parts = {"whole": (theirs, "1GB"), "pieces": (theirs, "4KB")}
    if theirs.config.tie_word_embeddings:
        parts["bare"] = (theirs.base_model, "1GB")
    for folder, (saved, size) in parts.items():
        saved.save_pretrained(tmp_path / folder, max_shard_size=size)
        with clgrad.use_device(device):
            ours = kind.from_pretrained(tmp_path / folder)
            assert not ours.training
            np.testing.assert_allclose(ours(clgrad.tensor(given)).numpy(), expected, rtol=1e-4, atol=1e-4)
    assert len(list((tmp_path / "pieces").glob("*.safetensors"))) > 1


def test_old_files_of_gpt2_load(device: str, tmp_path: Path) -> None:
    """The first ones on the hub had no prefix, no head, and the causal masks among the weights."""
    ours, theirs = pair("gpt2", device)
    state = {key: value.numpy() for key, value in theirs.transformer.state_dict().items()}
    for layer in range(2):
        state[f"h.{layer}.attn.bias"] = np.tril(np.ones((1, 1, 48, 48), np.float32))
        state[f"h.{layer}.attn.masked_bias"] = np.float32(-1e4)
    clgrad.io.save(tmp_path / "model.safetensors", state)
    (tmp_path / "config.json").write_text(json.dumps(theirs.config.to_dict()))
    with clgrad.use_device(device):
        fresh = models.GPT2.from_pretrained(tmp_path)
        given = clgrad.tensor(tokens(1, 4))
        np.testing.assert_array_equal(fresh(given).numpy(), ours(given).numpy())


def test_old_files_of_llama_load() -> None:
    """Those of the first two versions had the turns among the weights."""
    model = models.Llama.from_config(LLAMA)
    state: dict[str, Any] = {key: value.numpy() + 1 for key, value in model.state_dict().items()}
    state |= {f"model.layers.{layer}.self_attn.rotary_emb.inv_freq": np.ones(2, np.float32) for layer in range(2)}
    model.load_state_dict(state)
    np.testing.assert_array_equal(model.model.norm.weight.numpy(), state["model.norm.weight"])


def test_configurations_from_before_version_5_mean_the_same() -> None:
    scaling = {"rope_type": "linear", "factor": 2.0}
    old = models.Llama.from_config({**LLAMA, "rope_theta": 300.0, "rope_scaling": scaling})
    new = models.Llama.from_config({**LLAMA, "rope_parameters": {"rope_theta": 300.0, **scaling}})
    assert old.model.rotary_emb.frequencies.tolist() == new.model.rotary_emb.frequencies.tolist()
    assert old.model.rotary_emb.base == 300.0


def test_what_does_not_fit_is_listed(tmp_path: Path) -> None:
    model = models.GPT2.from_config(GPT)
    before = model.transformer.wpe.weight.tolist()
    state = {key: value.numpy() for key, value in model.state_dict().items()}
    state["transformer.wte.weight"] = np.zeros((5, 12), np.float32)
    del state["transformer.h.1.ln_1.weight"]
    state["transformer.h.2.ln_1.weight"] = np.zeros(12, np.float32)
    with pytest.raises(StateDictError) as error:
        model.load_state_dict(state)
    for fault in (
        "shape: transformer.wte.weight is (5, 12) in the state and (23, 12) in the module",
        "missing: transformer.h.1.ln_1.weight",
        "unexpected: transformer.h.2.ln_1.weight",
    ):
        assert fault in str(error.value)
    assert model.transformer.wpe.weight.tolist() == before
    with pytest.raises(FileFormatError, match=r"must hold a config\.json"):
        models.GPT2.from_pretrained(tmp_path)
    for kind, config, match in (
        (models.GPT2, {"model_type": "llama"}, "model_type='llama'; known is"),
        (models.GPT2, {"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx=True"),
        (models.GPT2, {"n_embd": 10, "n_head": 3}, "the heads must divide the width"),
        (models.GPT2, {"activation_function": "mish"}, "activation_function='mish'"),
        (models.Llama, {"hidden_act": "gelu"}, "hidden_act='gelu'"),
        (models.Llama, {"num_attention_heads": 4, "num_key_value_heads": 3}, "must be a multiple"),
    ):
        with pytest.raises(ArgumentError, match=match):
            kind.from_config(config)


def test_tokens_that_do_not_fit_are_named(device: str) -> None:
    model, _ = pair("gpt2", device)
    with pytest.raises(IndexRangeError, match="23"):
        model(clgrad.tensor([[23]], device=device)).numpy()
    with pytest.raises(ShapeError, match="more than the 48 places"):
        model(clgrad.zeros(1, 49, dtype="int64", device=device))
    with pytest.raises(ShapeError, match=r"tokens \(3,\) must be \(N, T\)"):
        model(clgrad.zeros(3, dtype="int64", device=device))


# -- caches --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_cached_scores_are_those_of_the_whole_sequence(device: str, name: str) -> None:
    """A prompt at once, then token by token, each row of the batch at its own place."""
    ours, _ = pair(name, device)
    given = tokens(2, 9)
    with clgrad.no_grad():
        whole = ours(clgrad.tensor(given, device=device)).numpy()
        caches, position = ours.caches(2, 16), clgrad.zeros(2, dtype="int64", device=device)
        first = ours(clgrad.tensor(given[:, :4], device=device), Past(caches, position)).numpy()
        np.testing.assert_allclose(first, whole[:, :4], rtol=1e-4, atol=1e-5)
        position = clgrad.tensor([4, 2], device=device)
        for step in range(5):
            new = np.stack([given[0, 4 + step], given[1, 2 + step]])[:, None]
            scores = ours(clgrad.tensor(new, device=device), Past(caches, position)).numpy()
            np.testing.assert_allclose(scores[0, 0], whole[0, 4 + step], rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(scores[1, 0], whole[1, 2 + step], rtol=1e-4, atol=1e-5)
            position = position + 1
