"""Llama: names and shapes of Hugging Face's, whose files load as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clgrad.errors import ArgumentError
from clgrad.models.language import LanguageModel, Past, Places, check_config
from clgrad.nn import init
from clgrad.nn.cache import KeyValueCache
from clgrad.nn.containers import ModuleList
from clgrad.nn.embedding import Embedding
from clgrad.nn.gated import SwiGLU
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module
from clgrad.nn.normalisation import RMSNorm
from clgrad.nn.positions import RotaryEmbedding
from clgrad.tensor import Tensor

DEVIATION = 0.02
"""Of new weights."""


class Attention(Module):
    """Causal attention with turned queries and keys; several heads of queries share one of keys and values."""

    def __init__(self, width: int, heads: int, shared: int, head_dim: int, bias: bool) -> None:
        super().__init__()
        self.head_dim = head_dim
        self.q_proj = Linear(width, heads * head_dim, bias)
        self.k_proj = Linear(width, shared * head_dim, bias)
        self.v_proj = Linear(width, shared * head_dim, bias)
        self.o_proj = Linear(heads * head_dim, width, bias)

    def forward(self, input: Tensor, layer: int, places: Places, rotary: RotaryEmbedding) -> Tensor:
        q, k, v = (
            project(input).unflatten(-1, (-1, self.head_dim)).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        found = places.attend(layer, rotary(q, places.positions), rotary(k, places.positions), v)
        return self.o_proj(found.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class Block(Module):
    """Attention and a gated network, each added to its normalised input."""

    def __init__(self, width: int, hidden: int, attention: Attention, eps: float, mlp_bias: bool) -> None:
        super().__init__()
        self.self_attn = attention
        self.mlp = SwiGLU(width, hidden, bias=mlp_bias)
        self.input_layernorm = RMSNorm(width, eps)
        self.post_attention_layernorm = RMSNorm(width, eps)

    def forward(self, input: Tensor, layer: int, places: Places, rotary: RotaryEmbedding) -> Tensor:
        x = input + self.self_attn(self.input_layernorm(input), layer, places, rotary)
        return x + self.mlp(self.post_attention_layernorm(x))  # type: ignore[no-any-return]


class Trunk(Module):
    """The embedding of tokens, the blocks, and a last normalisation."""

    def __init__(self, embed_tokens: Embedding, blocks: list[Block], norm: RMSNorm, rotary: RotaryEmbedding) -> None:
        super().__init__()
        self.embed_tokens = embed_tokens
        self.layers = ModuleList(blocks)
        self.norm = norm
        self.rotary_emb = rotary

    def forward(self, tokens: Tensor, places: Places) -> Tensor:
        x = self.embed_tokens(tokens)
        for layer, block in enumerate(self.layers):
            x = block(x, layer, places, self.rotary_emb)
        return self.norm(x)  # type: ignore[no-any-return]


class Llama(LanguageModel):
    """Touvron et al.'s Llama (2023), with the names and defaults of Hugging Face's configuration.

    ``model(tokens)`` of integers (N, T) gives the scores (N, T, vocab_size) of each next token. There are as many
    ``num_key_value_heads`` as heads, and ``head_dim`` is hidden_size / heads, unless given. ``rope_scaling`` stretches
    the turns to longer sequences: see nn.RotaryEmbedding. Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> model = Llama(11, 8, 12, num_hidden_layers=1, num_attention_heads=2)
        >>> model(clgrad.tensor([[1, 2, 3]])).shape
        (1, 3, 11)
    """

    base = "model"
    embedding = "embed_tokens.weight"

    def __init__(
        self,
        vocab_size: int = 32000,
        hidden_size: int = 4096,
        intermediate_size: int = 11008,
        num_hidden_layers: int = 32,
        num_attention_heads: int = 32,
        num_key_value_heads: int | None = None,
        head_dim: int | None = None,
        max_position_embeddings: int = 2048,
        rms_norm_eps: float = 1e-6,
        rope_theta: float = 10000.0,
        rope_scaling: Mapping[str, Any] | None = None,
        tie_word_embeddings: bool = False,
        attention_bias: bool = False,
        mlp_bias: bool = False,
    ) -> None:
        super().__init__()
        shared = num_key_value_heads or num_attention_heads
        head_dim = head_dim or hidden_size // num_attention_heads
        if num_attention_heads % shared:
            raise ArgumentError(
                f"[Llama] num_attention_heads={num_attention_heads} must be a multiple of num_key_value_heads={shared}"
            )
        self.vocabulary, self.length, self.tied = vocab_size, max_position_embeddings, tie_word_embeddings
        self.shared, self.head_dim = shared, head_dim

        def block() -> Block:
            attention = Attention(hidden_size, num_attention_heads, shared, head_dim, attention_bias)
            return Block(hidden_size, intermediate_size, attention, rms_norm_eps, mlp_bias)

        self.model = Trunk(
            Embedding(vocab_size, hidden_size),
            [block() for _ in range(num_hidden_layers)],
            RMSNorm(hidden_size, rms_norm_eps),
            RotaryEmbedding(head_dim, rope_theta, scaling=rope_scaling),
        )
        self.lm_head = Linear(hidden_size, vocab_size, bias=False)
        if tie_word_embeddings:
            self.lm_head.weight = self.model.embed_tokens.weight
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                init.normal_(parameter, std=DEVIATION)
            elif name.endswith("bias"):
                init.zeros_(parameter)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Llama:
        check_config("Llama", config, {"model_type": ("llama",), "hidden_act": ("silu",)})
        names = (
            "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "head_dim", "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling",
            "tie_word_embeddings", "attention_bias", "mlp_bias",
        )  # fmt: skip
        options = {name: config[name] for name in names if name in config}
        # Since version 5 of transformers both stand in one entry.
        rope = config.get("rope_parameters")
        if rope:
            options["rope_theta"] = rope.get("rope_theta", options.get("rope_theta", 10000.0))
            options["rope_scaling"] = rope
        return cls(**options)

    def ignores(self, name: str) -> bool:
        """Old files hold the turns."""
        return name.endswith(".rotary_emb.inv_freq")

    def caches(self, batch: int, size: int) -> list[KeyValueCache]:
        weight = self.lm_head.weight
        return [
            KeyValueCache(batch, self.shared, size, self.head_dim, weight.device, weight.dtype)
            for _ in self.model.layers
        ]

    def forward(self, tokens: Tensor, past: Past | None = None, only: Tensor | None = None) -> Tensor:
        return self.score(self.model(tokens, Places.of(tokens, past)), only)
