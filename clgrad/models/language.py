"""What language models share: a place in a sequence with caches, and files as Hugging Face writes them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy.typing as npt

from clgrad.creation import arange
from clgrad.errors import ArgumentError, FileFormatError, ShapeError
from clgrad.io.files import load
from clgrad.nn import functional as F
from clgrad.nn.cache import KeyValueCache, visible
from clgrad.nn.layers import Linear
from clgrad.nn.module import IncompatibleKeys, Module
from clgrad.tensor import Tensor

Self = TypeVar("Self", bound="LanguageModel")


class Past(NamedTuple):
    """What a model has seen: a cache for each layer, and the next place of each row of the batch."""

    caches: Sequence[KeyValueCache]
    position: Tensor


class Places(NamedTuple):
    """Where the tokens of one call stand: their positions, (T,) or (N, T), and what they see of the caches."""

    positions: Tensor
    past: Past | None
    seen: Tensor | None

    @staticmethod
    def of(tokens: Tensor, past: Past | None) -> Places:
        """The places of tokens (N, T), after what has been seen. Raises ShapeError."""
        if tokens.ndim != 2:
            raise ShapeError(f"[model] tokens {tokens.shape} must be (N, T), integers")
        steps = arange(tokens.shape[1], device=tokens.device)
        if past is None:
            return Places(steps, None, None)
        seen = visible(past.position, tokens.shape[1], past.caches[0].size)
        return Places(past.position.unsqueeze(1) + steps, past, seen)

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, dropout_p: float = 0.0) -> Tensor:
        """Causal attention of (N, heads, T, width), with what a layer's cache holds; heads of keys may be shared."""
        shared = query.shape[1] != key.shape[1]
        if self.past is None:
            return F.scaled_dot_product_attention(query, key, value, None, dropout_p, True, enable_gqa=shared)
        key, value = self.past.caches[layer].append(key, value, self.past.position)
        return F.scaled_dot_product_attention(query, key, value, self.seen, dropout_p, enable_gqa=shared)


class LanguageModel(Module):
    """A model that gives the scores of the next token at each place: ``model(tokens)`` of integers (N, T) is (N, T, V).

    With ``past`` the tokens come after what the model has seen. With ``only``, (N,), scores are those of one place of
    each row, (N, V).

    ``load_state_dict`` takes names with and without ``base``, Hugging Face's prefix of all but the head, and a head
    that is missing since it is the embedding.
    """

    base: ClassVar[str]
    """The name that holds all but the head."""
    embedding: ClassVar[str]
    """The name of the embedding, which a tied head is."""
    vocabulary: int
    """How many tokens there are."""
    length: int
    """The longest sequence."""
    tied: bool
    """Whether the head is the embedding."""
    lm_head: Linear

    @classmethod
    def from_config(cls: type[Self], config: Mapping[str, Any]) -> Self:
        """Build a model with new weights from what Hugging Face's config.json says. Raises ArgumentError."""
        raise NotImplementedError

    @classmethod
    def from_pretrained(cls: type[Self], folder: str | os.PathLike[str]) -> Self:
        """Build the model of a folder with a config.json and safetensors files, as Hugging Face's hub gives them.

        It is on the default device, in float32 whatever the files hold, and in evaluation mode. Raises
        FileFormatError, ArgumentError, and StateDictError, which lists what does not fit.
        """
        path = Path(folder)
        files = sorted(path.glob("*.safetensors"))
        if not files or not (path / "config.json").is_file():
            raise FileFormatError(f"[from_pretrained] {path} must hold a config.json and *.safetensors files")
        model = cls.from_config(json.loads((path / "config.json").read_text(encoding="utf-8")))
        state: dict[str, Tensor] = {}
        for file in files:
            state |= load(file)
        model.load_state_dict(state)
        return model.eval()

    def caches(self, batch: int, size: int) -> list[KeyValueCache]:
        """Make an empty cache of ``size`` places for each layer."""
        raise NotImplementedError

    def load_state_dict(
        self, state_dict: Mapping[str, Tensor | npt.NDArray[Any]], strict: bool = True
    ) -> IncompatibleKeys:
        prefix = f"{self.base}."
        bare = not any(name.startswith(prefix) for name in state_dict)
        state = {
            prefix + name if bare and name != "lm_head.weight" else name: value
            for name, value in state_dict.items()
            if not self.ignores(name)
        }
        shared = prefix + self.embedding
        if self.tied and shared in state:
            state.setdefault("lm_head.weight", state[shared])
        return super().load_state_dict(state, strict)

    def score(self, hidden: Tensor, only: Tensor | None) -> Tensor:
        """The head's scores at all places, or at one of each row."""
        if only is not None:
            hidden = hidden.take_along_dim(only.reshape(-1, 1, 1), 1).squeeze(1)
        return self.lm_head(hidden)  # type: ignore[no-any-return]

    def ignores(self, name: str) -> bool:
        """Whether a file's tensor is no weight of the model."""
        return False


def check_config(model: str, config: Mapping[str, Any], wanted: Mapping[str, Sequence[Any]]) -> None:
    """Raise ArgumentError where a configuration asks for what the model does not have."""
    for key, known in wanted.items():
        if config.get(key, known[0]) not in known:
            raise ArgumentError(f"[{model}] the configuration says {key}={config[key]!r}; known is {list(known)}")
