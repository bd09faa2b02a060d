"""Attention: (softmax(scale * q @ k.mT + mask) * kept) @ v without its scores in memory; of the gradient, too.

Results are packed: flattened behind the first two dims, one behind the other. Query heads follow each other in groups
that share a head of keys and values.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from clgrad.ops import FLOATS, row
from clgrad.view import Shape

Numpy = Any


class Sizes(NamedTuple):
    """What the operands' shapes say: (batch, heads, queries, width), (batch, key_heads, keys, width), (..., depth)."""

    batch: int
    heads: int
    key_heads: int
    queries: int
    keys: int
    width: int
    depth: int

    @property
    def group(self) -> int:
        """Query heads that share a head of keys."""
        return self.heads // self.key_heads


def sizes_of(q: Shape, k: Shape, v: Shape) -> Sizes:
    return Sizes(q[0], q[1], k[1], q[2], k[2], q[3], v[3])


def result_parts(q: Shape, k: Shape, v: Shape) -> list[Shape]:
    """Of the packed result: the means of the values, and the logarithm of each query's sum of exponentials, which is
    infinite where a query sees no key."""
    return [(q[2], v[3]), (q[2],)]


def gradient_parts(q: Shape, k: Shape, v: Shape) -> list[Shape]:
    """Of the packed gradient, for each head of keys: what goes to its queries, to its keys and to its values."""
    return [(q[1] // k[1], *q[2:]), k[2:], v[2:]]


def _packed(heads: Shape, parts: list[Shape]) -> Shape:
    return (*heads, sum(map(math.prod, parts)))


def unpack(packed: Any, parts: list[Shape]) -> list[Any]:
    """The parts, of (batch, heads, *part), of an array."""
    found, start = [], 0
    for part in parts:
        stop = start + math.prod(part)
        piece = packed.slice_ranges((0, 0, start), (*packed.shape[:2], stop), (1, 1, 1))
        found.append(piece.reshape((*packed.shape[:2], *part)))
        start = stop
    return found


def _joined(heads: Shape, parts: list[Numpy]) -> Numpy:
    return np.concatenate([part.reshape((*heads, -1)) for part in parts], -1)


class Options(NamedTuple):
    """What follows q, k and v: two operands that may not be there, and attributes."""

    mask: Any
    kept: Any
    scale: float
    causal: bool
    window: int
    extras: tuple[str, ...]

    @staticmethod
    def of(rest: tuple[Any, ...]) -> Options:
        *operands, scale, causal, window, extras = rest
        named = dict(zip(extras, operands))
        return Options(named.get("mask"), named.get("kept"), scale, causal, window, extras)


def seen(query: Any, key: Any, causal: bool, window: int) -> Any:
    """Whether a query sees a key, by their numbers; True where each sees all."""
    by_cause = key <= query if causal else True
    return by_cause & (query - key < window) if window else by_cause


def _scores(q: Numpy, k: Numpy, options: Options) -> Numpy:
    k = np.repeat(k, q.shape[1] // k.shape[1], 1)
    scores = np.matmul(q * q.dtype.type(options.scale), k.swapaxes(-1, -2))
    if options.mask is not None:
        scores += options.mask
    query, key = np.arange(q.shape[2])[:, None], np.arange(k.shape[2])
    return np.where(seen(query, key, options.causal, options.window), scores, q.dtype.type(-np.inf))


def _means(q: Numpy, k: Numpy, v: Numpy, *rest: Any) -> tuple[Numpy, Numpy]:
    """The means, and the logarithms of sums."""
    options = Options.of(rest)
    scores = _scores(q, k, options)
    highest = scores.max(-1, keepdims=True, initial=-np.inf)
    parts = np.exp(scores - np.where(np.isinf(highest), 0, highest))
    total = parts.sum(-1, keepdims=True)
    sees = total > 0
    total = np.where(sees, total, 1)
    weights = parts / total
    if options.kept is not None:
        weights *= options.kept
    means = np.matmul(weights, np.repeat(v, q.shape[1] // v.shape[1], 1))
    return means, np.where(sees, highest + np.log(total), np.inf).astype(q.dtype)


def _gradient(g: Numpy, y: Numpy, q: Numpy, k: Numpy, v: Numpy, *rest: Any) -> Numpy:
    options = Options.of(rest)
    sizes = sizes_of(q.shape, k.shape, v.shape)
    cut = sizes.queries * sizes.depth
    to_means, means = (one[..., :cut].reshape(*q.shape[:3], sizes.depth) for one in (g, y))
    parts = np.exp(_scores(q, k, options) - y[..., cut:, None])
    to_parts = np.matmul(to_means, np.repeat(v, sizes.group, 1).swapaxes(-1, -2))
    common = (to_means * means).sum(-1, keepdims=True) - g[..., cut:, None]
    weights = parts
    if options.kept is not None:
        weights, to_parts = parts * options.kept, to_parts * options.kept
    to_scores = parts * (to_parts - common) * q.dtype.type(options.scale)

    def by_key(a: Numpy, b: Numpy) -> Numpy:
        found = np.matmul(a.swapaxes(-1, -2), b)
        return found.reshape(sizes.batch, sizes.key_heads, sizes.group, *found.shape[2:]).sum(2)

    to_q = np.matmul(to_scores, np.repeat(k, sizes.group, 1))
    return _joined(k.shape[:2], [to_q, by_key(to_scores, q), by_key(weights, to_means)])


# -- gradients, in the array language ------------------------------------------------------------


class Parts(NamedTuple):
    """What a gradient is made of: operands and results with an axis for the group, and the matrices of scores."""

    q: Any
    k: Any
    v: Any
    to_means: Any
    means: Any
    parts: Any
    weights: Any
    kept: Any
    to_parts: Any
    common: Any
    to_scores: Any


def _grouped(x: Any, sizes: Sizes) -> Any:
    """(batch, heads, ...) -> (batch, key_heads, group or 1, ...)."""
    return x.reshape((sizes.batch, sizes.key_heads, x.shape[1] // sizes.key_heads, *x.shape[2:]))


def _parts(g: Any, y: Any, q: Any, k: Any, v: Any, *rest: Any) -> Parts:
    options = Options.of(rest)
    sizes = sizes_of(q.shape, k.shape, v.shape)
    pieces = result_parts(q.shape, k.shape, v.shape)
    to_means, to_logarithm = (_grouped(one, sizes) for one in unpack(g, pieces))
    means, logarithm = (_grouped(one, sizes) for one in unpack(y, pieces))
    q, k, v = (_grouped(one, sizes) for one in (q, k, v))
    scores = q @ k.mT * options.scale
    if options.mask is not None:
        scores = scores + _grouped(options.mask, sizes)
    parts = (scores - logarithm.unsqueeze(-1)).exp()
    query, key = q._iota(sizes.queries).reshape(-1, 1), q._iota(sizes.keys).reshape(1, -1)
    if options.causal or options.window:
        parts = seen(query, key, options.causal, options.window).choose(parts, 0)
    to_parts, weights, kept = to_means @ v.mT, parts, None
    if options.kept is not None:
        kept = _grouped(options.kept, sizes)
        to_parts, weights = to_parts * kept, parts * kept
    common = (to_means * means).sum(-1, keepdim=True) - to_logarithm.unsqueeze(-1)
    return Parts(q, k, v, to_means, means, parts, weights, kept, to_parts, common, parts * (to_parts - common))


def _means_vjp(g: Any, means: Any, q: Any, k: Any, v: Any, *rest: Any) -> Any:
    heads, queries, depth = q.shape[:2], q.shape[2], v.shape[3]
    count = len(rest) - len(ATTRIBUTES)
    packed = q._apply(attention, (q, k, v, *rest[:count]), *rest[count:])
    nothing = packed.zeros_like().slice_ranges((0, 0, 0), (*heads, queries), (1, 1, 1))
    return _vjp(g.reshape((*heads, queries * depth)).followed_by([nothing], 2), packed, q, k, v, *rest)


def _vjp(g: Any, y: Any, q: Any, k: Any, v: Any, *rest: Any) -> Any:
    options = Options.of(rest)
    packed = g._apply(attention_gradient, (g, y, q, k, v, *rest[: len(options.extras)]), *rest[len(options.extras) :])
    to_q, to_k, to_v = unpack(packed, gradient_parts(q.shape, k.shape, v.shape))
    extras = []
    if options.mask is not None:
        # All scores' gradients are what a mask gets: who asks for it has the memory.
        extras.append(_parts(g, y, q, k, v, *rest).to_scores.reshape(options.mask.shape))
    if options.kept is not None:
        extras.append(None)
    return to_q.reshape(q.shape), to_k, to_v, *extras


def _gradient_vjp(h: Any, packed: Any, g: Any, y: Any, q: Any, k: Any, v: Any, *rest: Any) -> Any:
    options = Options.of(rest)
    sizes = sizes_of(q.shape, k.shape, v.shape)
    one = _parts(g, y, q, k, v, *rest)
    to_q, to_k, to_v = unpack(h, gradient_parts(q.shape, k.shape, v.shape))
    to_k, to_v = to_k.unsqueeze(2), to_v.unsqueeze(2)
    # From to_scores = parts * (to_parts - common), of which to_q and to_k are products, and to_v = parts.mT @ to_means.
    weight = (to_q @ one.k.mT + one.q @ to_k.mT) * options.scale
    weighted = weight * one.parts
    lost = weighted.sum(-1, keepdim=True)
    by_values = one.to_means @ to_v.mT
    if one.kept is not None:
        weighted, by_values = weighted * one.kept, by_values * one.kept
    scores = one.parts * (weight * (one.to_parts - one.common) + by_values)
    heads = (sizes.batch, sizes.heads)

    def packed_result(means: Any, logarithm: Any) -> Any:
        first = means.reshape((*heads, sizes.queries * sizes.depth))
        return first.followed_by([logarithm.reshape((*heads, sizes.queries))], 2)

    results = [
        packed_result(weighted @ one.v - lost * one.means + one.weights @ to_v, lost),
        packed_result(lost * -one.to_means, -scores.sum(-1)),
        ((scores @ one.k + one.to_scores @ to_k) * options.scale).reshape(q.shape),
        ((scores.mT @ one.q + one.to_scores.mT @ to_q) * options.scale).sum(2),
        (weighted.mT @ one.to_means).sum(2),
    ]
    extras = {"mask": scores.reshape(options.mask.shape) if options.mask is not None else None, "kept": None}
    return (*results, *(extras[name] for name in options.extras))


ATTRIBUTES = ("scale", "causal", "window", "extras")

attention = row(
    "attention",
    "anchor",
    operands=3,
    attributes=ATTRIBUTES,
    domain=FLOATS,
    shape=lambda q, k, v, *rest: _packed(q[:2], result_parts(q, k, v)),
    numpy=lambda q, *rest: _joined(q.shape[:2], [*_means(q, *rest)]),
    vjp=_vjp,
    flops=lambda y, q, k, v, *extras: 2 * math.prod(q[:3]) * k[2] * (q[3] + v[3]),
)
"""(batch, heads, queries, width), (batch, key_heads, keys, width), (batch, key_heads, keys, depth), and of (batch,
heads, queries, keys), if ``extras`` names them, a ``mask`` that is added to the scores, and factors of the weights,
``kept``, that have no gradient -> packed ``result_parts``. ``causal``: a query sees keys up to its own number;
``window``: of these the last so many, unless it is 0."""

attention_means = row(
    "attention_means",
    "anchor",
    operands=3,
    attributes=ATTRIBUTES,
    domain=FLOATS,
    shape=lambda q, k, v, *rest: (*q[:3], v[3]),
    numpy=lambda *operands: _means(*operands)[0],
    vjp=_means_vjp,
    flops=lambda y, q, k, v, *extras: 2 * math.prod(q[:3]) * k[2] * (q[3] + v[3]),
)
"""The same without the logarithms, not packed: where no gradient is to come. One that comes computes it all again."""

attention_gradient = row(
    "attention_gradient",
    "anchor",
    operands=5,
    attributes=ATTRIBUTES,
    domain=FLOATS,
    shape=lambda g, y, q, k, v, *rest: _packed(k[:2], gradient_parts(q, k, v)),
    numpy=_gradient,
    vjp=_gradient_vjp,
    flops=lambda packed, g, y, q, k, v, *extras: 2 * math.prod(q[:3]) * k[2] * (3 * q[3] + 2 * v[3]),
)
"""The gradient of a packed result, that result, and the operands of ``attention`` -> packed ``gradient_parts``."""

ATTENTIONS = (attention, attention_means, attention_gradient)
