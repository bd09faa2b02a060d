"""Attention and what is made of it, against torch: errors, dropped weights, modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import clgrad
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
