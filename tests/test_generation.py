"""Generation: the same texts as transformers and as without caches, from one replayed plan."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from test_language import pair, tokens
from transformers.generation import logits_process as theirs

import clgrad
from clgrad import models
from clgrad.errors import ArgumentError, IndexRangeError
from clgrad.models.generation import Decoder, Sampling
from clgrad.runtime import trace

pytestmark = pytest.mark.heavy

PROMPTS = [tokens(5).tolist(), tokens(9, seed=1).tolist(), tokens(1, seed=2).tolist()]


@pytest.mark.parametrize("penalty", [1.0, 1.7])
@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_greedy_texts_are_those_of_transformers(device: str, name: str, penalty: float) -> None:
    """Prompts of three lengths at once; transformers is given one at a time, so that it needs no padding."""
    ours, reference = pair(name, device, 0.7)
    found = models.generate(ours, PROMPTS, 12, repetition_penalty=penalty)
    for prompt, text in zip(PROMPTS, found, strict=True):
        given = torch.tensor([prompt])
        expected = reference.generate(
            given, attention_mask=torch.ones_like(given), max_new_tokens=12, do_sample=False, repetition_penalty=penalty
        )
        assert text == expected[0, len(prompt) :].tolist()
    assert len(set(map(tuple, found))) == 3 and all(len(set(text)) > 2 for text in found)


def test_cached_texts_are_those_of_the_whole_sequence(device: str) -> None:
    model, _ = pair("llama", device)
    given = tokens(2, 4)
    found = models.generate(model, clgrad.tensor(given, device=device), 6)
    whole = given
    with clgrad.no_grad():
        for _ in range(6):
            best = model(clgrad.tensor(whole, device=device))[:, -1].argmax(-1).numpy()
            whole = np.concatenate([whole, best[:, None]], 1)
    assert found == whole[:, 4:].tolist()


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, 5, 0.9, 1.2)], ids=["greedy", "sampled"])
def test_a_token_is_one_replayed_plan(device: str, sampling: Sampling) -> None:
    model, _ = pair("gpt2", device)
    decoder = Decoder(model, 2, 32, sampling)
    decoder.start([np.array([1, 2, 3]), np.array([4])])
    for _ in range(2):
        decoder.step().numpy()
    counts = []
    for _ in range(6):
        with trace() as seen:
            decoder.step().numpy()
        counts.append((len(seen.kernels), seen.launches, seen.plans_made))
    assert len(set(counts)) == 1 and counts[0][2] == 0
    assert counts[0][1] <= decoder.step.cost()["launches"]
    assert decoder.position.tolist() == [11, 9]
    # Another text is read into the same caches, and the same plan goes on with it.
    decoder.start([np.array([7]), np.array([8, 9])]).numpy()
    with trace() as seen:
        decoder.step().numpy()
    assert (len(seen.kernels), seen.launches, seen.plans_made) == counts[0]


def test_a_text_can_be_followed_by_another_in_the_same_caches(device: str) -> None:
    model, _ = pair("gpt2", device)
    decoder = Decoder(model, 1, 32, Sampling())
    for prompt in (PROMPTS[1], PROMPTS[0]):
        found = [decoder.start([np.array(prompt)]).tolist()] + [decoder.step().tolist() for _ in range(5)]
        assert [one for (one,) in found] == models.generate(model, [prompt], 6)[0]


SAMPLINGS: tuple[tuple[Sampling, tuple[Any, ...]], ...] = (
    (Sampling(1.0), ()),
    (Sampling(0.5), (theirs.TemperatureLogitsWarper(0.5),)),
    (Sampling(1.0, top_k=3), (theirs.TopKLogitsWarper(3),)),
    (Sampling(1.0, top_p=0.7), (theirs.TopPLogitsWarper(0.7),)),
    (
        Sampling(1.5, 6, 0.8, 1.3),
        (
            theirs.RepetitionPenaltyLogitsProcessor(1.3), theirs.TemperatureLogitsWarper(1.5),
            theirs.TopKLogitsWarper(6), theirs.TopPLogitsWarper(0.8),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("sampling, warpers", SAMPLINGS, ids=lambda one: str(one) if isinstance(one, Sampling) else "")
def test_tokens_are_drawn_as_often_as_transformers_would(
    device: str, sampling: Sampling, warpers: Sequence[Any]
) -> None:
    scores = np.random.default_rng(3).standard_normal(12).astype(np.float32) * 2
    text = torch.tensor([[1, 4, 4, 9]])
    wanted = torch.tensor(scores)[None]
    for warper in warpers:
        wanted = warper(text, wanted)
    shares = wanted.softmax(-1)[0].numpy()
    seen = np.isin(np.arange(12), text.numpy())
    count = 4000
    drawn = sampling.choose(
        clgrad.tensor(np.tile(scores, (count, 1)), device=device),
        clgrad.tensor(np.tile(seen, (count, 1)), device=device) if sampling.repetition_penalty != 1 else None,
    ).numpy()
    found = np.bincount(drawn, minlength=12) / count
    assert not found[shares == 0].any()
    assert (abs(found - shares) <= 5 * np.sqrt(shares * (1 - shares) / count)).all()


def test_the_seed_decides_the_text(device: str) -> None:
    model, _ = pair("gpt2", device)
    texts = []
    for seed in (1, 1, 2):
        clgrad.manual_seed(seed)
        texts.append(models.generate(model, PROMPTS, 8, temperature=1.0, top_k=20, top_p=0.99))
    assert texts[0] == texts[1] != texts[2]


class Letters:
    """Tokens are letters of the alphabet."""

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(chr(97 + token) for token in tokens)


def test_texts_end(device: str) -> None:
    """At a token, and at a string, which may be made of several; other rows go on."""
    model, _ = pair("gpt2", device, 0.7)
    whole = models.generate(model, PROMPTS, 12)
    end = whole[0][3]
    found = models.generate(model, PROMPTS, 12, end=[end])
    assert found == [text[: text.index(end) + 1] if end in text else text for text in whole]
    stop = Letters().decode(whole[1][4:6])
    found = models.generate(model, PROMPTS, 12, stop=[stop], tokenizer=Letters())
    for text, before in zip(found, whole, strict=True):
        place = Letters().decode(before).find(stop)
        assert text == (before if place < 0 else before[: place + 2])
    assert models.generate(model, PROMPTS[:1], 12, end=whole[0][0]) == [whole[0][:1]]


def test_tokens_come_one_by_one(device: str) -> None:
    model, _ = pair("llama", device)
    whole = models.generate(model, PROMPTS, 5)
    flow = models.stream(model, PROMPTS, 5)
    assert next(flow) == [text[0] for text in whole]
    assert [list(one) for one in flow] == [[text[step] for text in whole] for step in range(1, 5)]
    ended = list(models.stream(model, PROMPTS[:2], 5, end=whole[0][1]))
    assert ended[2][0] is None and ended[2][1] == whole[1][2]


def test_a_model_keeps_what_it_recorded(device: str) -> None:
    """Also with other weights; a text that is not at its end keeps its caches to itself."""
    model, _ = pair("gpt2", device)
    first = [models.generate(model, [prompt], 6, size=32)[0] for prompt in PROMPTS]
    with trace() as seen:
        assert models.generate(model, [PROMPTS[0]], 6, size=32)[0] == first[0]
    assert seen.plans_made == 0
    streams = [models.stream(model, [prompt], 6, size=32) for prompt in PROMPTS]
    together = list(zip(*streams, strict=True))
    assert [[step[number][0] for step in together] for number in range(3)] == first
    with clgrad.no_grad():
        model.lm_head.weight.assign(clgrad.roll(model.lm_head.weight, 1, 0))
    assert models.generate(model, [PROMPTS[0]], 6, size=32)[0] == fresh(model, PROMPTS[0], 6)


def test_a_model_that_has_written_dies_with_what_it_recorded(device: str) -> None:
    model, _ = pair("gpt2", device)
    texts = [models.generate(model, [PROMPTS[0]], 6, size=32) for _ in range(3)]
    assert models.generate(copy.deepcopy(model), [PROMPTS[0]], 6, size=32) == texts[0]
    dead = weakref.ref(model)
    del model
    gc.collect()
    assert dead() is None


def fresh(model: models.GPT2, prompt: list[int], count: int) -> list[int]:
    """The text of a decoder that nothing was recorded for."""
    decoder = Decoder(model, 1, 32, Sampling())
    found = [decoder.start([np.array(prompt)])]
    found += [decoder.step() for _ in range(count - 1)]
    return [int(one.item()) for one in found]


def test_what_can_not_be_generated_is_said() -> None:
    model, _ = pair("gpt2", clgrad.device().name)
    for prompts, options, match in (
        ([[1] * 40], {"max_new_tokens": 9}, "a prompt of 40 tokens and max_new_tokens=9 need 49 places, there are 48"),
        ([[1] * 4], {"max_new_tokens": 5, "size": 8}, "need 9 places, there are 8"),
        ([[1]], {"size": 64}, "a cache of 64 places is longer than the model's 48"),
        ([[1], []], {}, "none is empty"),
        ([[0.5]], {}, "must be integers"),
        ([[1]], {"max_new_tokens": 0}, "max_new_tokens=0"),
        ([[1]], {"stop": ["x"]}, "stop needs a tokenizer"),
        ([[1]], {"temperature": -1.0}, "temperature=-1.0"),
        ([[1]], {"top_k": 0}, "top_k=0"),
        ([[1]], {"top_p": 1.5}, "top_p=1.5"),
        ([[1]], {"repetition_penalty": 0.0}, "repetition_penalty=0.0"),
    ):
        with pytest.raises(ArgumentError, match=match):
            models.generate(model, prompts, **options)
    for wrong in (23, -1):
        with pytest.raises(IndexRangeError, match=rf"the token {wrong}; the model has 0 \.\.\. 22"):
            models.generate(model, [[1, wrong, 2]])
    with pytest.raises(ArgumentError, match="in training mode"):
        models.generate(model.train(), [[1]])
    with pytest.raises(ArgumentError, match="a prompt of 9 tokens does not fit into 8 places"):
        Decoder(model.eval(), 1, 8, Sampling()).start([np.ones(9, np.int64)])
