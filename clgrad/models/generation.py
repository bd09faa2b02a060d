"""Generation of text, token by token: each is one replayed plan, which reads and extends the model's caches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from clgrad.creation import arange, zeros
from clgrad.dtypes import float32, int64
from clgrad.errors import ArgumentError, IndexRangeError
from clgrad.jit import jit
from clgrad.models.language import LanguageModel, Past
from clgrad.tensor import Tensor, no_grad, realize, tensor

SHORTEST = 16
"""Places that a prompt is padded to at least, and from there to powers of two: so that few sizes are compiled."""

MOST_AHEAD = 8
"""Steps of a small model that are begun together."""
FAST_BYTES = 2**25
"""Weights that a device reads in about the time that the host takes to wait for it, and to begin anew."""


class Decodes(Protocol):
    """What makes text of tokens."""

    def decode(self, tokens: Sequence[int]) -> str:
        """Give the text of tokens."""


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen by the scores.

    ``temperature`` divides them; 0 takes the best. ``top_k`` keeps that many of the best, ``top_p`` the fewest of the
    best whose probabilities sum to it (Holtzman et al., 2020). ``repetition_penalty`` divides positive scores of what
    stands in the text so far, and multiplies negative ones (Keskar et al., 2019). Raises ArgumentError.
    """

    temperature: float = 0.0
    top_k: int | None = None
    top_p: float | None = None
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        if self.temperature < 0 or self.repetition_penalty <= 0:
            raise ArgumentError(
                f"[generate] temperature={self.temperature} must not be negative, and "
                f"repetition_penalty={self.repetition_penalty} must be positive"
            )
        if (self.top_k is not None and self.top_k < 1) or (self.top_p is not None and not 0 < self.top_p <= 1):
            raise ArgumentError(f"[generate] top_k={self.top_k} must be at least 1, and top_p={self.top_p} in (0, 1]")

    def choose(self, scores: Tensor, seen: Tensor | None) -> Tensor:
        """The next token of each row, (N,), by scores (N, V), and whether each token stands in the text, (N, V)."""
        scores = scores.to(float32)
        if seen is not None:
            penalty = self.repetition_penalty
            scores = seen.choose((scores < 0).choose(scores * penalty, scores / penalty), scores)
        if self.temperature == 0:
            return scores.argmax(-1)
        scores = scores / self.temperature
        if self.top_k is not None:
            best = scores.topk(min(self.top_k, scores.shape[-1])).values
            scores = (scores < best[:, -1:]).choose(-math.inf, scores)
        if self.top_p is not None:
            ordered = scores.sort(-1, descending=True).values
            shares = ordered.softmax(-1)
            kept = shares.cumsum(-1) - shares < self.top_p
            least = kept.choose(ordered, math.inf).amin(-1, keepdim=True)
            scores = (scores < least).choose(-math.inf, scores)
        return scores.softmax(-1).multinomial(1).squeeze(1)


class Decoder:
    """A model with caches of ``size`` places for ``batch`` rows, which gives one token of each row at a time.

    ``start`` reads prompts, ``step`` gives the next tokens. Each is recorded at its second call, prompts for each
    power of two of their length, and replayed from then on.
    """

    def __init__(self, model: LanguageModel, batch: int, size: int, sampling: Sampling) -> None:
        if size > model.length:
            raise ArgumentError(f"[generate] a cache of {size} places is longer than the model's {model.length}")
        if model.training:
            raise ArgumentError("[generate] the model is in training mode, where dropout is at work; call .eval()")
        self.model = model
        self.size = size
        self.sampling = sampling
        self.caches = model.caches(batch, size)
        device = model.lm_head.weight.device
        self.position = zeros(batch, dtype=int64, device=device)
        self.token = zeros(batch, 1, dtype=int64, device=device)
        self.seen = None
        if sampling.repetition_penalty != 1:
            self.seen = zeros(batch, model.vocabulary, dtype=bool, device=device)
        weights = sum(one.numel() * one.dtype.size for one in model.parameters())
        self.ahead = max(1, min(MOST_AHEAD, FAST_BYTES // weights))
        """Steps that are begun together, before the last tokens are read: to wait takes longer than a small step."""
        self.step = jit(self._step)
        self._read = jit(self._first)

    def start(self, prompts: Sequence[npt.NDArray[np.int64]]) -> Tensor:
        """Read prompts, one for each row, and give the token that follows each. Raises ArgumentError."""
        longest = max(map(len, prompts))
        if longest > self.size:
            raise ArgumentError(f"[generate] a prompt of {longest} tokens does not fit into {self.size} places")
        length = min(self.size, max(SHORTEST, 1 << (longest - 1).bit_length()))
        device = self.token.device
        # What stands behind a shorter prompt is overwritten before it is seen.
        padded = np.zeros((len(prompts), length), np.int64)
        for row, prompt in enumerate(prompts):
            padded[row, : len(prompt)] = prompt
        lengths = tensor(np.array([len(prompt) for prompt in prompts]), device=device)
        if self.seen is not None:
            seen = np.zeros(self.seen.shape, bool)
            for row, prompt in enumerate(prompts):
                seen[row, prompt] = True
            self.seen.assign(tensor(seen, device=device))
        chosen: Tensor = self._read(tensor(padded, device=device), lengths)
        held = [one for cache in self.caches for one in (cache.keys, cache.values)]
        realize(chosen, self.token, self.position, *held, *(() if self.seen is None else (self.seen,)))
        return chosen

    @no_grad()
    def _first(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        scores = self.model(tokens, Past(self.caches, lengths * 0), lengths - 1)
        self.position.assign(lengths)
        return self._choose(scores)

    @no_grad()
    def _step(self) -> Tensor:
        scores = self.model(self.token, Past(self.caches, self.position))[:, -1]
        self.position.assign(self.position + 1)
        return self._choose(scores)

    def _choose(self, scores: Tensor) -> Tensor:
        chosen = self.sampling.choose(scores, self.seen)
        self.token.assign(chosen.unsqueeze(1))
        if self.seen is not None:
            self.seen.assign(self.seen | (arange(scores.shape[-1], device=scores.device) == chosen.unsqueeze(1)))
        return chosen + 0  # with storage of its own: the token's is overwritten before this is read


class _Idle:
    """A model's last decoder, with what it was made for: the next text need not record anew.

    The model holds it, for a decoder holds its model: they end together. A copy of a model begins with none.
    """

    def __init__(self) -> None:
        self.kept: tuple[Any, Decoder | None] = None, None

    def __deepcopy__(self, memo: dict[int, object]) -> _Idle:
        return _Idle()


def stream(
    model: LanguageModel,
    prompts: Any,
    max_new_tokens: int = 20,
    *,
    temperature: float = 0.0,
    top_k: int | None = None,
    top_p: float | None = None,
    repetition_penalty: float = 1.0,
    end: int | Sequence[int] | None = None,
    stop: Sequence[str] = (),
    tokenizer: Decodes | None = None,
    size: int | None = None,
) -> Iterator[list[int | None]]:
    """Yield the next token of each prompt, again and again; None for a prompt whose text has ended. See generate.

    >>> import clgrad
    >>> model = clgrad.models.GPT2(11, 16, 4, 1, 2).eval()
    >>> len(list(stream(model, [[1, 2, 3], [4]], 5)))
    5
    """
    rows = _prompts(prompts, model.vocabulary)
    if max_new_tokens < 1:
        raise ArgumentError(f"[generate] max_new_tokens={max_new_tokens} must be at least 1")
    if stop and tokenizer is None:
        raise ArgumentError("[generate] stop needs a tokenizer, whose decode makes text of tokens")
    needed = max(map(len, rows)) + max_new_tokens
    size = min(model.length, 1 << (needed - 1).bit_length()) if size is None else size
    if needed > size:
        raise ArgumentError(
            f"[generate] a prompt of {needed - max_new_tokens} tokens and max_new_tokens={max_new_tokens} need "
            f"{needed} places, there are {size}; the model has {model.length}"
        )
    weight = model.lm_head.weight
    sampling = Sampling(temperature, top_k, top_p, repetition_penalty)
    wanted = len(rows), size, sampling, weight.device, weight.dtype, model.training
    idle: _Idle = vars(model).setdefault("_idle", _Idle())
    (known, decoder), idle.kept = idle.kept, (None, None)  # nobody else has it until this text ends
    if decoder is None or known != wanted:
        decoder = Decoder(model, len(rows), size, sampling)
    try:
        yield from _texts(decoder, rows, max_new_tokens, end, stop, tokenizer)
    finally:
        idle.kept = wanted, decoder


def _texts(
    decoder: Decoder,
    rows: Sequence[npt.NDArray[np.int64]],
    max_new_tokens: int,
    end: int | Sequence[int] | None,
    stop: Sequence[str],
    tokenizer: Decodes | None,
) -> Iterator[list[int | None]]:
    """The next token of each row, or None, until all have ended."""
    ends = {end} if isinstance(end, int) else set(end or ())
    texts: list[list[int]] = [[] for _ in rows]
    going = [True for _ in rows]
    following = [decoder.start(rows)]
    left = max_new_tokens - 1
    while following:
        ahead = min(decoder.ahead, left)
        chosen, following = following, [decoder.step() for _ in range(ahead)]
        left -= ahead
        for tokens in chosen:
            found = tokens.tolist()
            yield [token if goes else None for token, goes in zip(found, going)]
            for row, token in enumerate(found):
                if going[row]:
                    texts[row].append(token)
                    text = tokenizer.decode(texts[row]) if stop and tokenizer is not None else ""
                    going[row] = token not in ends and not any(one in text for one in stop)
            if not any(going):
                return


def generate(model: LanguageModel, prompts: Any, max_new_tokens: int = 20, **options: Any) -> list[list[int]]:
    """Go on with each of several prompts, and give the new tokens of each.

    ``prompts`` are integers: a Tensor or array (N, T), or lists of any lengths. Tokens are chosen by ``temperature``
    (0, the default, takes the best), ``top_k``, ``top_p`` and ``repetition_penalty``, as Sampling says. A text ends
    with a token of ``end``, or when it holds one of the strings ``stop``, which needs a ``tokenizer`` with a method
    ``decode``; what ends it is its last token. The caches have ``size`` places; unless given, the next power of two of
    what is needed, and not more than the model has.

    The same seed gives the same texts. Raises ArgumentError where a text is longer than the caches or the model is in
    training mode, and IndexRangeError for tokens that it does not have. The model keeps the caches for the next call.

        >>> import clgrad
        >>> model = clgrad.models.GPT2(11, 16, 4, 1, 2).eval()
        >>> [len(text) for text in generate(model, [[1, 2, 3], [4]], 5)]
        [5, 5]
    """
    texts: list[list[int]] = []
    for found in stream(model, prompts, max_new_tokens, **options):
        texts = texts or [[] for _ in found]
        for text, token in zip(texts, found):
            if token is not None:
                text.append(token)
    return texts


def _prompts(prompts: Any, vocabulary: int) -> list[npt.NDArray[np.int64]]:
    """Tokens on the host, checked."""
    rows = [np.asarray(row) for row in (prompts.numpy() if isinstance(prompts, Tensor) else prompts)]
    if not rows or any(row.ndim != 1 or not row.size or row.dtype.kind not in "iu" for row in rows):
        raise ArgumentError("[generate] prompts must be integers of shape (N, T), or lists of them; none is empty")
    for row in rows:
        if row.min() < 0 or row.max() >= vocabulary:
            raise IndexRangeError(
                f"[generate] a prompt holds the token {row.min() if row.min() < 0 else row.max()}; the model has 0 ... "
                f"{vocabulary - 1}"
            )
    return [row.astype(np.int64) for row in rows]
