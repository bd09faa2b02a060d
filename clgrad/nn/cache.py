"""KeyValueCache: what attention has seen, so that one more token costs one token."""

from __future__ import annotations

from typing import Any

from clgrad.creation import arange, zeros
from clgrad.errors import ShapeError
from clgrad.tensor import Tensor


class KeyValueCache:
    """Keys and values of up to ``size`` places, (batch, heads, size, width), which ``append`` overwrites in place.

    The places are tensors on the device, not numbers: a jitted function that appends is recorded once, and replayed
    for every place. Each row of the batch has a place of its own.

        >>> import clgrad
        >>> cache = KeyValueCache(1, 1, 3, 2)
        >>> position = clgrad.tensor([1])
        >>> keys, values = cache.append(clgrad.ones(1, 1, 1, 2), clgrad.ones(1, 1, 1, 2), position)
        >>> keys[0, 0].tolist(), visible(position, 1, 3)[0, 0].tolist()
        ([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]], [[True, True, False]])
    """

    def __init__(self, batch: int, heads: int, size: int, width: int, device: Any = None, dtype: Any = None) -> None:
        self.keys = zeros((batch, heads, size, width), device=device, dtype=dtype)
        self.values = zeros((batch, heads, size, width), device=device, dtype=dtype)

    @property
    def size(self) -> int:
        """The number of places."""
        return self.keys.shape[2]

    def append(self, key: Tensor, value: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """Write keys and values (batch, heads, T, width) from the places ``position`` (batch,) on; give all of them.

        What the cache holds has no gradient. Raises ShapeError, and IndexRangeError when a result is read whose
        places lie beyond the size.
        """
        shape = self.keys.shape
        if not key.shape == value.shape == (*shape[:2], key.shape[2], shape[3]) or key.shape[2] > self.size:
            raise ShapeError(
                f"[KeyValueCache] key {key.shape} and value {value.shape} do not fit into a cache of {shape}; make a "
                "larger one"
            )
        if position.shape != shape[:1]:
            raise ShapeError(f"[KeyValueCache] position {position.shape} must be {shape[:1]}, one for each row")
        length = key.shape[2]
        first = position.check_index(self.size - length + 1, "KeyValueCache")
        lists = arange(shape[0] * shape[1], device=key.device).reshape(*shape[:2], 1) * self.size
        places = lists + first.reshape(-1, 1, 1) + arange(length, device=key.device)
        for held, new in ((self.keys, key), (self.values, value)):
            rows = held.reshape(-1, shape[3]).scatter_rows(places, new.detach(), "set")
            held.assign(rows.reshape(shape))
        return self.keys, self.values


def visible(position: Tensor, length: int, size: int) -> Tensor:
    """Which places of a cache the queries from ``position`` (batch,) on see: (batch, 1, length, size), bool."""
    places = position.unsqueeze(1) + arange(length, device=position.device)
    return (arange(size, device=position.device) <= places.unsqueeze(-1)).unsqueeze(1)
