"""Attention: what queries find in keys, as weights of values."""

from __future__ import annotations

import math

from clgrad.arithmetic import broadcast_shapes
from clgrad.dtypes import bool_, float32
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.graph import recording
from clgrad.nn.noise import dropout
from clgrad.ops import attention
from clgrad.random import rand
from clgrad.tensor import Tensor
from clgrad.view import Shape

WIDEST = 384
"""The widest queries and values whose blocks any device's local memory holds."""
OP = "scaled_dot_product_attention"


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    *,
    window: int | None = None,
) -> Tensor:
    """Compute softmax(query @ key.mT * scale + mask) @ value (Vaswani et al., 2017).

    ``query`` is (..., L, E), ``key`` (..., S, E) and ``value`` (..., S, Ev), of one floating dtype; leading dims
    broadcast, and the result is (..., L, Ev). ``scale`` is 1 / sqrt(E) unless given. ``attn_mask`` broadcasts to
    (..., L, S): of bool it tells which keys a query sees, a float is added to the scores. With ``is_causal`` query i
    sees the keys 0 ... i, and with ``window`` only the last so many of them, its own place among them. A query that
    sees no key gets zeros. ``enable_gqa`` lets several heads of queries, dim -3, share one head of keys and values.
    Weights are dropped with probability ``dropout_p``, always: pass 0 outside of training. The scores are never stored,
    forward or back, nor is what is dropped: memory grows with L + S, and not with their product.

    Raises ShapeError, DtypeError, and ArgumentError for a mask with ``is_causal`` or a window without it.

        >>> import clgrad
        >>> x = clgrad.tensor([[1.0], [3.0]])
        >>> scaled_dot_product_attention(clgrad.zeros(2, 1), x, x, is_causal=True).tolist()
        [[1.0], [2.0]]
    """
    _check(query, key, value, attn_mask, dropout_p, is_causal, enable_gqa, window)
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1] or 1)
    dtype = query.dtype
    query, key, value = (one._cast(dtype.computing) for one in (query, key, value))
    masking = attn_mask, is_causal, window
    widest = max(query.shape[-1], value.shape[-1])
    if dropout_p == 1.0 or 0 in (*query.shape, *key.shape, *value.shape) or widest > WIDEST:
        if enable_gqa:
            key, value = _repeat_heads(key, query.shape[-3]), _repeat_heads(value, query.shape[-3])
        return _composed(query, key, value, *masking, scale, dropout_p)._cast(dtype)
    return _fused(query, key, value, *masking, scale, dropout_p)._cast(dtype)


def _fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None,
    is_causal: bool,
    window: int | None,
    scale: float,
    dropout_p: float,
) -> Tensor:
    """Attention by its op, which stores no scores."""
    plain = query.ndim == key.ndim == value.ndim == 2
    query, key, value = (one.unsqueeze(0) if one.ndim == 2 else one for one in (query, key, value))
    q, k, v = query.shape, key.shape, value.shape
    batch = broadcast_shapes(q[:-3], k[:-3], v[:-3], op=OP)
    shared = max(k[-3], v[-3])
    heads = max(q[-3], shared)
    if not {k[-3], v[-3]} <= {1, shared}:
        shared, key, value = heads, _repeat_heads(key, heads), _repeat_heads(value, heads)

    def of_heads(input: Tensor, count: int, rows: int) -> Tensor:
        whole = input._broadcast((*batch, count, rows, input.shape[-1]))
        return whole if len(batch) == 1 else whole.reshape(math.prod(batch), count, rows, input.shape[-1])

    extras = []
    operands = [of_heads(query, heads, q[-2]), *(of_heads(one, shared, k[-2]) for one in (key, value))]
    if attn_mask is not None:
        added = attn_mask.choose(0.0, -math.inf) if attn_mask.dtype is bool_ else attn_mask
        added = added._cast(query.dtype)._broadcast((*batch, heads, q[-2], k[-2]))
        operands.append(of_heads(added, heads, q[-2]))
        extras.append("mask")
    if dropout_p:
        drawn = rand((*operands[0].shape[:-1], k[-2]), dtype=float32, device=query.device)
        operands.append((drawn >= dropout_p).choose(1 / (1 - dropout_p), 0.0)._cast(query.dtype))
        extras.append("kept")
    attributes = float(scale), is_causal, window or 0, tuple(extras)
    means: Tensor
    if recording.get() and any(one.node.needs_grad for one in operands):
        packed = query._apply(attention.attention, tuple(operands), *attributes)
        means, _ = attention.unpack(packed, attention.result_parts(*(one.shape for one in operands[:3])))
    else:
        means = query._apply(attention.attention_means, tuple(operands), *attributes)
    if len(batch) == 1 and not plain:
        return means
    return means.reshape((*(() if plain else (*batch, heads)), q[-2], v[-1]))


def _composed(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None,
    is_causal: bool,
    window: int | None,
    scale: float,
    dropout_p: float,
) -> Tensor:
    """Attention of products and a softmax, for what the kernel does not do."""
    scores = query * scale @ key.mT
    if is_causal:
        place, other = query._iota(query.shape[-2]).unsqueeze(1), query._iota(key.shape[-2])
        attn_mask = attention.seen(place, other, is_causal, window or 0)
    if attn_mask is not None:
        scores = attn_mask.choose(scores, -math.inf) if attn_mask.dtype is bool_ else scores + attn_mask
    return dropout(_softmax(scores), dropout_p) @ value


def _softmax(scores: Tensor) -> Tensor:
    """softmax along the last dim, where a row of -inf becomes zeros, and has no gradient."""
    if 0 in scores.shape:
        return scores
    largest = scores.detach().amax(-1, keepdim=True)
    e = (scores - (largest == -math.inf).choose(0.0, largest)).exp()
    total = e.sum(-1, keepdim=True)
    return e * (total == 0).choose(1.0, total).reciprocal()


def _repeat_heads(input: Tensor, heads: int) -> Tensor:
    """(..., H, S, E) as (..., heads, S, E): each head stands for neighbours."""
    *batch, count, length, width = input.shape
    return (
        input.unsqueeze(-3).expand(*batch, count, heads // count, length, width).reshape(*batch, heads, length, width)
    )


def _check(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None,
    dropout_p: float,
    is_causal: bool,
    enable_gqa: bool,
    window: int | None,
) -> None:
    """Raise for arguments that do not fit."""
    shapes = query.shape, key.shape, value.shape
    if min(map(len, shapes)) < 2 + enable_gqa:
        raise ShapeError(
            f"{_named(shapes)}: each needs {'three dims, (heads, ' if enable_gqa else 'two dims, ('}places, width)"
        )
    if not (query.dtype is key.dtype is value.dtype) or not query.dtype.is_float:
        raise DtypeError(
            f"[{OP}] query is {query.dtype.name}, key {key.dtype.name}, value {value.dtype.name}; they must be of one "
            "floating dtype: cast with .to(dtype)"
        )
    q, k, v = shapes
    if q[-1] != k[-1] or k[-2] != v[-2]:
        raise ShapeError(f"{_named(shapes)}: queries must be as wide as keys, and values as many as keys")
    batches = [one[:-2] for one in shapes]
    if enable_gqa:
        heads = q[-3]
        if any(not one[-3] or heads % one[-3] for one in (k, v)):
            raise ShapeError(
                f"{_named(shapes)}: the {heads} heads of the query must be a multiple of those of key and value"
            )
        batches = [(*one[:-1], heads) for one in batches]
    scores = (*broadcast_shapes(batches[0], batches[1], op=OP), q[-2], k[-2])
    broadcast_shapes(scores[:-2], batches[2], op=OP)
    if attn_mask is not None:
        if is_causal:
            raise ArgumentError(f"[{OP}] attn_mask is given and is_causal is True; put the causal mask into attn_mask")
        if attn_mask.dtype not in (bool_, float32, query.dtype):
            raise DtypeError(
                f"[{OP}] attn_mask is {attn_mask.dtype.name}; it must be bool, float32 or the query's "
                f"{query.dtype.name}: cast with .to(dtype)"
            )
        if attn_mask.ndim > len(scores) or broadcast_shapes(attn_mask.shape, scores, op=OP) != scores:
            raise ShapeError(f"[{OP}] attn_mask {attn_mask.shape} does not broadcast to the scores' shape {scores}")
    if not 0.0 <= dropout_p <= 1.0:
        raise ArgumentError(f"[{OP}] dropout_p={dropout_p}, a probability must lie in [0, 1]")
    if window is not None and (not is_causal or window < 1):
        raise ArgumentError(f"[{OP}] window={window} with is_causal={is_causal}: it must be 1 or more, and causal")


def _named(shapes: tuple[Shape, Shape, Shape]) -> str:
    return f"[{OP}] query {shapes[0]}, key {shapes[1]}, value {shapes[2]}"
