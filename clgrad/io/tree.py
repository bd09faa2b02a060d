"""Nested state as flat, named arrays and a text that says how they were nested."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from clgrad.errors import ArgumentError, DtypeError, FileFormatError
from clgrad.tensor import Tensor

Arrays = dict[str, Any]
"""Tensors or numpy arrays by name."""

SCALARS = (str, int, float, bool, type(None))


def pack(state: Mapping[Any, Any]) -> tuple[Arrays, str | None]:
    """Give the arrays of nested dicts, lists and tuples under dotted names, and the structure as JSON.

    Containers become ``{"dict": [[key, entry], ...]}``, ``{"list": [...]}`` and ``{"tuple": [...]}``, an array
    ``{"tensor": name}``; strings, numbers, booleans and None stand for themselves. A flat dict of arrays needs no
    structure: None.

    Raises DtypeError for anything else, ArgumentError for two arrays of one name.
    """
    if not isinstance(state, Mapping):
        raise DtypeError(f"[save] the state is of type {type(state).__name__}; it must be a dict; name what you save")
    arrays: Arrays = {}
    tree = _pack(state, "", arrays)
    is_flat = list(arrays) == list(state)
    return arrays, None if is_flat else json.dumps(tree)


def _pack(value: Any, name: str, arrays: Arrays) -> Any:
    if isinstance(value, Tensor | np.ndarray):
        if name in arrays:
            raise ArgumentError(f"[save] two tensors are called {name!r} once keys are joined by dots; rename a key")
        arrays[name] = value
        return {"tensor": name}
    if isinstance(value, np.bool_ | np.integer | np.floating):
        return value.item()
    if type(value) in SCALARS:
        return value
    if isinstance(value, Mapping):
        for key in value:
            if type(key) not in (str, int):
                raise DtypeError(f"[save] key {key!r} under {name!r}; keys must be strings or whole numbers; rename it")
        return {"dict": [[key, _pack(entry, _join(name, key), arrays)] for key, entry in value.items()]}
    if isinstance(value, list | tuple):
        entries = [_pack(entry, _join(name, place), arrays) for place, entry in enumerate(value)]
        return {"tuple" if isinstance(value, tuple) else "list": entries}
    raise DtypeError(
        f"[save] {name!r} is of type {type(value).__name__}; a file holds tensors, numpy arrays, numbers, strings, "
        "None, and dicts, lists and tuples of them; leave it out"
    )


def _join(name: str, key: object) -> str:
    return f"{name}.{key}" if name else str(key)


def unpack(arrays: Arrays, structure: str) -> Any:
    """Nest arrays as `structure` says. Raises FileFormatError for a text that pack did not write."""
    try:
        return _unpack(json.loads(structure), arrays)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileFormatError(f"[load] the structure in the metadata is damaged ({error!r}); save it again") from error


_CONTAINERS: dict[str, Callable[[Any, Arrays], Any]] = {
    "tensor": lambda name, arrays: arrays[name],
    "dict": lambda entries, arrays: {key: _unpack(entry, arrays) for key, entry in entries},
    "list": lambda entries, arrays: [_unpack(entry, arrays) for entry in entries],
    "tuple": lambda entries, arrays: tuple(_unpack(entry, arrays) for entry in entries),
}


def _unpack(tree: Any, arrays: Arrays) -> Any:
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    return _CONTAINERS[kind](content, arrays)
