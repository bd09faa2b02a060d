"""Ops with a kernel of their own, and the indirect load."""

from __future__ import annotations

from typing import Any

import numpy as np

from clgrad.ops import NUMBER, row


def _scatter_vjp(g: Any, y: Any, x: Any, index: Any, values: Any, mode: str) -> Any:
    to_values = g.take_rows(index)
    if mode == "add":
        return g, None, to_values
    # Of rows written to one place only the last is seen.
    number = g._iota(index.shape[0])
    last = g._iota(x.shape[0]).scatter_rows(index, number, "set")
    seen = (last.take_rows(index) == number).reshape(index.shape + (1,) * (g.ndim - 1))
    return g.scatter_rows(index, to_values.zeros_like(), "set"), None, seen.choose(to_values, 0)


def _scattered(x: Any, index: Any, values: Any, mode: str) -> Any:
    result = x.copy()
    if mode == "add":
        np.add.at(result, index, values)
    else:
        result[index] = values
    return result


matmul = row(
    "matmul",
    "anchor",
    operands=2,
    domain=NUMBER,
    shape=lambda a, b: (*a[:-1], b[-1]),
    numpy=np.matmul,
    vjp=lambda g, y, a, b: (g @ b.mT, a.mT @ g),
)
"""(*batch, m, k) @ (*batch, k, n) with equal batch axes."""

take = row(
    "take",
    "anchor",
    operands=2,
    shape=lambda x, index: index + x[1:],
    vjp=lambda g, y, x, index: (x.zeros_like().scatter_rows(index, g, "add"), None),
)
"""Rows of x by number: (n, *inner) and (*i) integers -> (*i, *inner). Fuses as an indirect load."""

scatter = row(
    "scatter",
    "anchor",
    operands=3,
    attributes=("mode",),
    shape=lambda x, index, values, mode: x,
    numpy=_scattered,
    vjp=_scatter_vjp,
)
"""x with rows added to or replaced: (n, *inner), (i,) integers, (i, *inner). Later rows win."""

transfer = row(
    "transfer",
    "anchor",
    attributes=("device",),
    shape=lambda x, device: x,
    vjp=lambda g, y, x, device: g.to_device(x.device),
)
"""The same value on another device."""
