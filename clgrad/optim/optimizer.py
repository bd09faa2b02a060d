"""The base of all optimizers: parameter groups, and state that is saved and loaded."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from clgrad.creation import zeros_like
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.optim.groups import ParameterGroup
from clgrad.tensor import Tensor, from_numpy

State = dict[str, Any]
"""What is kept of a parameter, by name: tensors, as a rule."""

STEP = "step"


class Optimizer(ABC):
    """The base of all optimizers.

    `params` is an iterable of Tensors, or of dicts: parameter groups, each with "params" and the
    hyperparameters in which it differs from `defaults`. A parameter whose ``grad`` is None is
    skipped: neither it nor its state changes.

    Raises ArgumentError (a ValueError) for an empty list, a parameter given twice or made by an op, a
    hyperparameter out of its range or unknown; DtypeError (a TypeError) for what is not a Tensor or a number.
    """

    below: ClassVar[Mapping[str, float]] = {}
    """Numeric hyperparameters: each must be at least 0 and less than this."""
    pairs: ClassVar[Mapping[str, float]] = {}
    """Hyperparameters that are two such numbers."""
    counts: ClassVar[Mapping[str, float]] = {}
    """Single numbers in the state of a parameter, and what they start from: the step count, first of all."""
    has_stepped: bool = False
    """Whether a step was taken; a learning rate scheduler comes after it."""

    def __init__(self, params: Iterable[Tensor] | Iterable[dict[str, Any]], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: dict[Tensor, State] = {}
        self.param_groups: list[ParameterGroup] = []
        if isinstance(params, Tensor):
            raise DtypeError(f"[{self._name}] params is one Tensor; it must be a list of them; pass [tensor]")
        entries = list(params)
        if not entries:
            raise ArgumentError(
                f"[{self._name}] the parameter list is empty; there must be something to update; "
                "pass model.parameters() of a model that has parameters"
            )
        groups: list[Any] = entries if isinstance(entries[0], dict) else [{"params": entries}]
        for group in groups:
            self.add_param_group(group)

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for index, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {index}")
            lines += [f"    {name}: {value}" for name, value in sorted(group.items()) if name != "params"]
        return "\n".join([*lines, ")"])

    @abstractmethod
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """Update every parameter that has a gradient.

        `closure`, if given, is called first (it computes the loss and calls ``backward``); its loss
        is returned.
        """

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or fill those that exist with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad = None if set_to_none else zeros_like(p.grad)

    # -- groups -----------------------------------------------------------------------------------

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters with hyperparameters of their own; what the group leaves out is the default.

        "initial_lr" is allowed in a group: a resumed learning rate scheduler reads it.
        """
        if not isinstance(param_group, Mapping):
            raise DtypeError(
                f'[{self._name}] got {_kind(param_group)} among groups; each must be a dict; write {{"params": [...]}}'
            )
        unknown = sorted(set(param_group) - set(self.defaults) - {"params", "initial_lr"})
        if unknown:
            raise ArgumentError(
                f"[{self._name}] unknown group key {unknown[0]!r}; there are params, {', '.join(self.defaults)}"
            )
        if "params" not in param_group:
            raise ArgumentError(f'[{self._name}] a group has no "params"; add the list of its parameters')
        parameters = self._parameters(param_group["params"])
        group = ParameterGroup({**self.defaults, **param_group, "params": parameters})
        self._check(group)
        self.param_groups.append(group)

    def _parameters(self, params: Tensor | Iterable[Tensor]) -> list[Tensor]:
        """Give the parameters of a new group as a list; raise for what cannot be a parameter."""
        if isinstance(params, set | frozenset):
            raise DtypeError(f"[{self._name}] params is a set; their order must be fixed; pass a list")
        parameters = [params] if isinstance(params, Tensor) else list(params)
        known = {id(p) for group in self.param_groups for p in group["params"]}
        for index, p in enumerate(parameters):
            if not isinstance(p, Tensor):
                raise DtypeError(
                    f"[{self._name}] parameter {index} is {_kind(p)}; it must be a Tensor; pass model.parameters()"
                )
            if not p.is_leaf:
                raise ArgumentError(
                    f"[{self._name}] parameter {index} of shape {p.shape} is the result of an op, whose gradient is "
                    "not kept; pass what it was made of, or p.detach().requires_grad_()"
                )
            if id(p) in known:
                raise ArgumentError(
                    f"[{self._name}] parameter {index} of shape {p.shape} is given twice; each must appear "
                    "once in all groups; remove one of them"
                )
            known.add(id(p))
        return parameters

    def _check(self, group: Mapping[str, Any]) -> None:
        """Raise for a hyperparameter that is no number or out of its range."""
        for name, limit, number in self._numbers_of(group):
            if not 0 <= float(number) < limit:
                rule = "at least 0" + ("" if limit == math.inf else f" and less than {limit}")
                raise ArgumentError(
                    f"[{self._name}] {name} is {group[name]}; it must be {rule}; choose one in that range"
                )

    def _numbers_of(self, group: Mapping[str, Any]) -> list[tuple[str, float, Real]]:
        """Give each number among the hyperparameters, its name and its limit; raise for what is no number."""
        found = []
        for name, limit in {**self.below, **self.pairs}.items():
            value = group[name]
            if name in self.pairs and (not isinstance(value, (tuple, list)) or len(value) != 2):
                raise ArgumentError(
                    f"[{self._name}] {name} is {value!r}; it must be a pair of numbers; pass a tuple of two"
                )
            for number in value if name in self.pairs else (value,):
                if not isinstance(number, Real):
                    raise DtypeError(
                        f"[{self._name}] {name} is {_kind(number)}; it must be a number; a new number set in "
                        f"param_groups[0][{name!r}] is seen by the next step"
                    )
                found.append((name, limit, number))
        return found

    @property
    def _name(self) -> str:
        return type(self).__name__

    # -- saving -----------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Give the state and the hyperparameters in PyTorch's layout, as a snapshot.

        "state" maps a parameter's index to its tensors, "param_groups" is the list of groups with
        indices as "params". Later steps do not change what was returned.
        """
        parameters = [p for group in self.param_groups for p in group["params"]]
        index = {id(p): i for i, p in enumerate(parameters)}
        return {
            "state": {
                index[id(p)]: {name: _snapshot(value) for name, value in state.items()}
                for p, state in self.state.items()
            },
            "param_groups": [
                {**group, "params": [index[id(p)] for p in group["params"]]} for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave: training continues exactly as it would have there.

        Tensors move to the device of their parameter, and moments to its dtype. States of PyTorch's optimizers
        fit, too, those of older versions included: settings that they lack stay as they are.
        Raises ArgumentError (a ValueError), ShapeError or DtypeError if groups or parameters do not match, and
        changes nothing then.
        """
        saved_groups, saved_state = state_dict.get("param_groups"), state_dict.get("state")
        if (
            not isinstance(saved_groups, (list, tuple))
            or not isinstance(saved_state, Mapping)
            or not all(isinstance(saved, Mapping) and "params" in saved for saved in saved_groups)
            or not all(isinstance(entries, Mapping) for entries in saved_state.values())
        ):
            raise ArgumentError(
                "[load_state_dict] this is no state of an optimizer; it must have 'state' and 'param_groups' as "
                "state_dict gives them; pass that"
            )
        if len(saved_groups) != len(self.param_groups):
            raise ArgumentError(
                f"[load_state_dict] {len(saved_groups)} parameter groups were saved and this {self._name} "
                f"has {len(self.param_groups)}; the numbers must agree; build it with the same groups"
            )
        by_index: dict[int, tuple[ParameterGroup, Tensor]] = {}
        loaded_groups = []
        for number, (group, saved) in enumerate(zip(self.param_groups, saved_groups, strict=True)):
            if len(saved["params"]) != len(group["params"]):
                raise ArgumentError(
                    f"[load_state_dict] group {number} was saved with {len(saved['params'])} parameters and "
                    f"has {len(group['params'])} here; the numbers must agree; build the same model"
                )
            flags = {name for name, value in self.defaults.items() if isinstance(value, bool)}
            missing = sorted(set(self.defaults) - flags - set(saved))
            if missing:
                raise ArgumentError(
                    f"[load_state_dict] group {number} was saved without {missing[0]!r}, which {self._name} "
                    "needs; load the state of the same class of optimizer"
                )
            entries = {name: _plain(value) for name, value in saved.items() if name != "params"}
            loaded = ParameterGroup({**group, **entries})
            self._numbers_of(loaded)
            loaded_groups.append(loaded)
            by_index.update(zip(saved["params"], [(loaded, p) for p in group["params"]], strict=True))
        state = self._loaded_state(saved_state, by_index)
        for group, loaded in zip(self.param_groups, loaded_groups, strict=True):
            for name, value in loaded.items():
                group[name] = value
        self.state = state

    def _needed(self, group: ParameterGroup) -> set[str]:
        """Name what the state of a parameter must hold once it has begun."""
        return set(self.counts)

    def _loaded_state(
        self, saved: Mapping[int, Mapping[str, Any]], by_index: Mapping[int, tuple[ParameterGroup, Tensor]]
    ) -> dict[Tensor, State]:
        """Build the state from a saved one; equal counts in a group on a device are shared again.

        `by_index` has the parameters, each with its group as it will be.
        """
        shared: dict[tuple[Any, ...], State] = {}
        loaded: dict[Tensor, State] = {}
        for index, held in saved.items():
            if index not in by_index:
                raise ArgumentError(
                    f"[load_state_dict] there is state for parameter {index}, but no group lists it; the "
                    "file must be whole; save it again"
                )
            group, p = by_index[index]
            # Older versions of PyTorch save None for a buffer that is not there, and counts as plain numbers.
            entries = {name: value for name, value in held.items() if value is not None}
            missing = sorted(self._needed(group) - set(entries))
            if entries and missing:
                raise ArgumentError(
                    f"[load_state_dict] the state of parameter {index} has {', '.join(entries)}, but no "
                    f"{', '.join(missing)}, which {self._name} needs; load the state of the same class of optimizer"
                )
            counts = {name: _number(entries.pop(name), name, index) for name in self.counts if name in entries}
            for name, value in entries.items():
                if not isinstance(value, Tensor):
                    raise DtypeError(
                        f"[load_state_dict] {name!r} of parameter {index} is {_kind(value)}; it must be a "
                        "Tensor; wrap it in clgrad.tensor(...)"
                    )
                if value.shape != p.shape:
                    raise ShapeError(
                        f"[load_state_dict] {name!r} of parameter {index} has shape {value.shape} and the "
                        f"parameter {p.shape}; they must agree; build the same model"
                    )
            key = (id(group), p.device, *counts.items())
            if key not in shared:
                shared[key] = {
                    name: from_numpy(np.array(value, np.float32), device=p.device) for name, value in counts.items()
                }
            loaded[p] = shared[key] | {name: value.detach().to(p.device).to(p.dtype) for name, value in entries.items()}
        return loaded


def _plain(value: Any) -> Any:
    """Give a saved hyperparameter as it is here: a number where PyTorch had a tensor, a tuple where a list."""
    if isinstance(value, Tensor):
        return value.item()
    return tuple(value) if isinstance(value, list) else value


def _number(value: Any, name: str, index: int) -> float:
    """Give the number of a saved count."""
    if not isinstance(value, Real) and not (isinstance(value, Tensor) and value.numel() == 1):
        raise DtypeError(
            f"[load_state_dict] {name!r} of parameter {index} is {_kind(value)}; it must be one number; save it again"
        )
    return float(value.item() if isinstance(value, Tensor) else value)


def _kind(value: object) -> str:
    """Name what a value is, for an error message."""
    return f"of type {type(value).__name__}"


def _snapshot(value: Any) -> Any:
    """Give what a state holds as it is now: tensors are handles, which move."""
    if isinstance(value, list):
        return [_snapshot(one) for one in value]
    return value.detach() if isinstance(value, Tensor) else value
