"""GPT-2: names and shapes of Hugging Face's, whose files load as they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from clgrad.creation import zeros
from clgrad.errors import ArgumentError, ShapeError
from clgrad.models.language import LanguageModel, Past, Places, check_config
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.cache import KeyValueCache
from clgrad.nn.containers import ModuleList
from clgrad.nn.dropout import Dropout
from clgrad.nn.embedding import Embedding
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module, Parameter
from clgrad.nn.normalisation import LayerNorm
from clgrad.tensor import Tensor

DEVIATION = 0.02
"""Of new weights; of those whose results are added up, by the square root of their number less."""

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu_new": partial(F.gelu, approximate="tanh"),
    "gelu_pytorch_tanh": partial(F.gelu, approximate="tanh"),
    "gelu": F.gelu,
    "relu": F.relu,
    "silu": F.silu,
}
"""Under Hugging Face's names."""


class Conv1D(Module):
    """Compute x @ weight + bias: a Linear whose weight is (in, out)."""

    def __init__(self, out_features: int, in_features: int) -> None:
        super().__init__()
        self.weight = Parameter(zeros(in_features, out_features))
        self.bias = Parameter(zeros(out_features))
        init.normal_(self.weight, std=DEVIATION)

    def forward(self, input: Tensor) -> Tensor:
        return input @ self.weight + self.bias


class Attention(Module):
    """Causal attention, whose query, key and value are one product."""

    def __init__(self, width: int, heads: int, layers: int, attn_pdrop: float, resid_pdrop: float) -> None:
        super().__init__()
        self.heads = heads
        self.attn_pdrop = attn_pdrop
        self.c_attn = Conv1D(3 * width, width)
        self.c_proj = Conv1D(width, width)
        self.resid_dropout = Dropout(resid_pdrop)
        init.normal_(self.c_proj.weight, std=DEVIATION / math.sqrt(2 * layers))

    def forward(self, input: Tensor, layer: int, places: Places) -> Tensor:
        q, k, v = (one.unflatten(-1, (self.heads, -1)).transpose(1, 2) for one in self.c_attn(input).chunk(3, -1))
        found = places.attend(layer, q, k, v, self.attn_pdrop if self.training else 0.0)
        return self.resid_dropout(self.c_proj(found.transpose(1, 2).flatten(2)))  # type: ignore[no-any-return]


class MLP(Module):
    """Two products with an activation between them."""

    def __init__(self, width: int, hidden: int, layers: int, activation: str, resid_pdrop: float) -> None:
        super().__init__()
        self.c_fc = Conv1D(hidden, width)
        self.c_proj = Conv1D(width, hidden)
        self.dropout = Dropout(resid_pdrop)
        self.activation = ACTIVATIONS[activation]
        init.normal_(self.c_proj.weight, std=DEVIATION / math.sqrt(2 * layers))

    def forward(self, input: Tensor) -> Tensor:
        return self.dropout(self.c_proj(self.activation(self.c_fc(input))))  # type: ignore[no-any-return]


class Block(Module):
    """Attention and an MLP, each added to its normalised input."""

    def __init__(self, model: GPT2Options) -> None:
        super().__init__()
        width, layers = model["n_embd"], model["n_layer"]
        self.ln_1 = LayerNorm(width, model["layer_norm_epsilon"])
        self.attn = Attention(width, model["n_head"], layers, model["attn_pdrop"], model["resid_pdrop"])
        self.ln_2 = LayerNorm(width, model["layer_norm_epsilon"])
        self.mlp = MLP(width, model["n_inner"], layers, model["activation_function"], model["resid_pdrop"])

    def forward(self, input: Tensor, layer: int, places: Places) -> Tensor:
        x = input + self.attn(self.ln_1(input), layer, places)
        return x + self.mlp(self.ln_2(x))  # type: ignore[no-any-return]


GPT2Options = dict[str, Any]


class Trunk(Module):
    """Embeddings of tokens and places, the blocks, and a last normalisation."""

    def __init__(self, options: GPT2Options) -> None:
        super().__init__()
        self.wte = Embedding(options["vocab_size"], options["n_embd"])
        self.wpe = Embedding(options["n_positions"], options["n_embd"])
        self.drop = Dropout(options["embd_pdrop"])
        self.h = ModuleList([Block(options) for _ in range(options["n_layer"])])
        self.ln_f = LayerNorm(options["n_embd"], options["layer_norm_epsilon"])
        for embedding in (self.wte, self.wpe):
            init.normal_(embedding.weight, std=DEVIATION)

    def forward(self, tokens: Tensor, places: Places) -> Tensor:
        x = self.drop(self.wte(tokens) + self.wpe(places.positions))
        for layer, block in enumerate(self.h):
            x = block(x, layer, places)
        return self.ln_f(x)  # type: ignore[no-any-return]


class GPT2(LanguageModel):
    """Radford et al.'s GPT-2 (2019), with the names and defaults of Hugging Face's configuration.

    ``model(tokens)`` of integers (N, T) gives the scores (N, T, vocab_size) of each next token. The head is the
    embedding of tokens. ``n_inner`` is 4 * n_embd unless given. Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> model = GPT2(vocab_size=11, n_positions=8, n_embd=4, n_layer=1, n_head=2)
        >>> model(clgrad.tensor([[1, 2, 3]])).shape
        (1, 3, 11)
    """

    base = "transformer"
    embedding = "wte.weight"
    tied = True

    def __init__(
        self,
        vocab_size: int = 50257,
        n_positions: int = 1024,
        n_embd: int = 768,
        n_layer: int = 12,
        n_head: int = 12,
        n_inner: int | None = None,
        activation_function: str = "gelu_new",
        resid_pdrop: float = 0.1,
        embd_pdrop: float = 0.1,
        attn_pdrop: float = 0.1,
        layer_norm_epsilon: float = 1e-5,
    ) -> None:
        super().__init__()
        if n_embd % n_head:
            raise ArgumentError(f"[GPT2] n_embd={n_embd}, n_head={n_head}: the heads must divide the width")
        if activation_function not in ACTIVATIONS:
            raise ArgumentError(f"[GPT2] activation_function={activation_function!r}; there are {list(ACTIVATIONS)}")
        self.vocabulary, self.length, self.heads = vocab_size, n_positions, n_head
        self.transformer = Trunk(
            {
                "vocab_size": vocab_size, "n_positions": n_positions, "n_embd": n_embd, "n_layer": n_layer,
                "n_head": n_head, "n_inner": n_inner or 4 * n_embd, "activation_function": activation_function,
                "resid_pdrop": resid_pdrop, "embd_pdrop": embd_pdrop, "attn_pdrop": attn_pdrop,
                "layer_norm_epsilon": layer_norm_epsilon,
            }
        )  # fmt: skip
        self.lm_head = Linear(n_embd, vocab_size, bias=False)
        self.lm_head.weight = self.transformer.wte.weight

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> GPT2:
        check_config(
            "GPT2",
            config,
            {
                "model_type": ("gpt2",),
                "scale_attn_weights": (True,),
                "scale_attn_by_inverse_layer_idx": (False,),
                "add_cross_attention": (False,),
                "tie_word_embeddings": (True,),
            },
        )
        names = (
            "vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "n_inner", "activation_function", "resid_pdrop",
            "embd_pdrop", "attn_pdrop", "layer_norm_epsilon",
        )  # fmt: skip
        return cls(**{name: config[name] for name in names if name in config})

    def ignores(self, name: str) -> bool:
        """Old files hold the causal masks."""
        return name.endswith((".attn.bias", ".attn.masked_bias"))

    def caches(self, batch: int, size: int) -> list[KeyValueCache]:
        weight = self.lm_head.weight
        width = weight.shape[1] // self.heads
        return [KeyValueCache(batch, self.heads, size, width, weight.device, weight.dtype) for _ in self.transformer.h]

    def forward(self, tokens: Tensor, past: Past | None = None, only: Tensor | None = None) -> Tensor:
        if tokens.shape[-1] > self.length:
            raise ShapeError(f"[GPT2] tokens {tokens.shape} are more than the {self.length} places there are")
        return self.score(self.transformer(tokens, Places.of(tokens, past)), only)
