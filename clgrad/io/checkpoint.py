"""Training checkpoints: everything that a run needs to go on as if it had never stopped, in one file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from clgrad import random
from clgrad.errors import ArgumentError, FileFormatError
from clgrad.io.files import load, save
from clgrad.nn.module import Module

FORMAT = "clgrad.checkpoint"
VERSION = 1


class Stateful(Protocol):
    """What a checkpoint holds: an optimizer, a learning rate scheduler, a DataLoader."""

    def state_dict(self) -> Mapping[str, Any]: ...

    def load_state_dict(self, state_dict: Any, /) -> Any: ...


def save_checkpoint(
    path: str | os.PathLike[str],
    *,
    model: Module | None = None,
    optimizer: Stateful | None = None,
    scheduler: Stateful | None = None,
    loader: Stateful | None = None,
    **extra: float | str,
) -> None:
    """Write what a training run needs to go on: one safetensors file, complete or not there.

    It holds the state of what is given, and of the default random generator: the parameters and buffers of `model`;
    the moments and hyperparameters of `optimizer`; the state_dict of `scheduler`, of numbers and strings; the epoch and
    the place in it of `loader`. `extra` are numbers and strings to get back, such as ``step=1000``.

    Raises DtypeError (a TypeError) for a state that a file can not hold.

        >>> import clgrad, tempfile
        >>> model = clgrad.nn.Linear(2, 1)
        >>> optimizer = clgrad.optim.Adam(model.parameters())
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_checkpoint(folder + "/last.safetensors", model=model, optimizer=optimizer, epoch=3)
        ...     load_checkpoint(folder + "/last.safetensors", model=model, optimizer=optimizer)
        {'epoch': 3}
    """
    for name, value in extra.items():
        if not isinstance(value, bool | int | float | str):
            raise ArgumentError(
                f"[save_checkpoint] {name} is of type {type(value).__name__}; what is added must be numbers and "
                "strings; save tensors with io.save"
            )
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "loader": loader}
    state = {name: dict(part.state_dict()) for name, part in parts.items() if part is not None}
    save(path, {FORMAT: VERSION, **state, "random": random.get_state(), "extra": extra})


def load_checkpoint(
    path: str | os.PathLike[str],
    *,
    model: Module | None = None,
    optimizer: Stateful | None = None,
    scheduler: Stateful | None = None,
    loader: Stateful | None = None,
) -> dict[str, Any]:
    """Return what is given, and the default random generator, to the state of a checkpoint; give its `extra`.

    On the same device the run goes on bit for bit as the saved one would have. Build the same objects before; parts
    of the file that are not asked for are passed over.

    Raises FileFormatError (a ValueError) for a damaged file or another kind of file, ArgumentError (a ValueError) for
    a part that is not in it, StateDictError for another model (the message lists all missing and unexpected names and
    other shapes), and what the others raise for states that do not fit. Nothing is changed then.
    """
    state = load(path, device="cpu")
    if not isinstance(state, dict) or state.get(FORMAT) != VERSION:
        raise FileFormatError(
            f"[load_checkpoint] {os.fspath(path)} is no checkpoint of version {VERSION}; it must come from "
            "save_checkpoint; read other files with io.load"
        )
    wanted: dict[str, Stateful | None] = {
        "model": model, "optimizer": optimizer, "scheduler": scheduler, "loader": loader
    }  # fmt: skip
    parts = {name: part for name, part in wanted.items() if part is not None}
    absent = [name for name in parts if name not in state]
    if absent:
        held = [name for name in wanted if name in state]
        raise ArgumentError(
            f"[load_checkpoint] {os.fspath(path)} holds {', '.join(held) or 'none of these'}, but no {absent[0]}; "
            f"leave out {absent[0]}="
        )
    if not _is_whole(state, parts):
        raise FileFormatError(
            f"[load_checkpoint] {os.fspath(path)} holds other things than save_checkpoint writes; save it again"
        )
    before = {name: part.state_dict() for name, part in parts.items()}  # handles on values, no copies
    try:
        for name, part in parts.items():
            part.load_state_dict(state[name])
    except BaseException:
        for name, part in parts.items():
            part.load_state_dict(before[name])
        raise
    random.set_state(state["random"])
    return dict(state["extra"])


def _is_whole(state: Mapping[str, Any], parts: Iterable[str]) -> bool:
    """Whether what no part checks is as it was written."""
    generator, extra = state.get("random"), state.get("extra")
    return (
        all(isinstance(state[name], dict) for name in parts)
        and isinstance(extra, dict)
        and isinstance(generator, tuple)
        and [type(number) for number in generator] == [int, int]
    )
