"""Samples of attention: shapes, masks, and what a query sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as TF
from compare import Case, Numpy, normal

from clgrad.nn import functional as F


def both(**options: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Attention with options in both libraries; after query, key and value comes a mask, if any."""

    def ours(*tensors: Any) -> Any:
        return F.scaled_dot_product_attention(*tensors, **options)

    def theirs(*tensors: Any) -> Any:
        return TF.scaled_dot_product_attention(*tensors, **options)

    return ours, theirs


def near(window: int) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Attention to the nearest keys in the past: torch is given the mask."""

    def theirs(query: Any, key: Any, value: Any) -> Any:
        distance = torch.arange(query.shape[-2])[:, None] - torch.arange(key.shape[-2])
        return TF.scaled_dot_product_attention(query, key, value, (distance >= 0) & (distance < window))

    return both(is_causal=True, window=window)[0], theirs


def operands(*batch: int, queries: int = 4, keys: int = 5, width: int = 8, out: int = 6) -> tuple[Numpy, ...]:
    return (
        normal(*batch, queries, width),
        normal(*batch, keys, width, seed=1),
        normal(*batch, keys, out, seed=2),
    )


def attention_cases() -> list[Case]:
    q, k, v = plain = operands(2, 3)
    blind = np.ones((4, 5), bool)
    blind[0], blind[1:, 2] = False, False
    never = np.where(blind, np.float32(0), np.float32(-np.inf))
    queries = normal(2, 6, 4, 8, seed=3)
    return [
        Case("plain", *both(), plain),
        Case("matrices", *both(), operands()),
        Case("one batch of keys", *both(), (q, k[:1], v[0])),
        Case("float64", *both(is_causal=True), tuple(one.astype("float64") for one in plain)),
        Case("long", *both(is_causal=True), operands(2, 2, queries=70, keys=70, width=16, out=16), order=1),
        Case("causal", *both(is_causal=True), plain),
        Case("causal, more queries than keys", *both(is_causal=True), operands(2, queries=6, keys=3)),
        Case("window", *near(2), operands(3, queries=6, keys=6)),
        Case("window of one", *near(1), operands(3, queries=4, keys=4), order=1),
        Case("window, fewer keys", *near(2), operands(3, queries=6, keys=3), order=1),
        Case("bool mask", *both(), (*plain, blind)),
        Case("bool mask of the batch", *both(), (*plain, np.arange(30).reshape(2, 3, 1, 5) % 3 > 0)),
        Case("float mask", *both(), (*plain, normal(2, 1, 4, 5, seed=4))),
        Case("a float mask hides all", *both(), (*plain, never), order=1),
        Case("scale", *both(scale=0.5), plain),
        Case("scale 0", *both(scale=0.0), plain, order=1),
        Case("all dropped", *both(dropout_p=1.0), plain, order=0),
        Case("shared heads", *both(enable_gqa=True), (queries, k, v)),
        Case("shared heads, causal", *both(enable_gqa=True, is_causal=True), (queries, k, v), order=1),
        Case("shared heads, fewer of values", *both(enable_gqa=True), (queries, k, v[:, :2]), order=1),
        Case("shared heads of no batch", *both(enable_gqa=True), (queries[0], k[0], v[0]), order=1),
        Case("large scores", *both(scale=1.0), (q * 40, k * 40, v), order=0, slack=20, halves=False),
        Case("no keys", *both(), operands(2, keys=0), order=0),
        Case("no queries", *both(), operands(2, queries=0), order=0),
        Case("no width", *both(), operands(2, width=0), order=0),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {"nn.functional.scaled_dot_product_attention": attention_cases}
