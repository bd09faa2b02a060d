"""The optimizer's frame: parameter groups, state, and one realize per step.

A subclass names its moments, prepares the numbers of a step once for all parameters, and updates one
parameter by a pure function; everything else is here. Two rules keep a training loop free of new
compiles:

- What changes from step to step lives in 0-d tensors on the parameter's device: the learning rate
  (uploaded only when the number changes) and the step count (advanced there, never uploaded).
- Any other number is written into the kernel while it keeps its first value. Once it has changed
  (a momentum or weight decay schedule) it is a tensor from then on: one compile, not one per step.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from clgrad.creation import zeros_like
from clgrad.device import Device
from clgrad.dtypes import DType, float32, float64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.runtime import capturing
from clgrad.tensor import Tensor, enable_grad, from_numpy, no_grad, realize, tensor

State = dict[str, Tensor]
Scalar = float | Tensor
"""A number of an update: written into the kernel, or a 0-d tensor that the kernel reads."""

STEP = "step"


class ParameterGroup(dict[str, Any]):
    """A parameter group: a dict of "params" and hyperparameters that also keeps its numbers on devices.

    Setting an entry (``group["lr"] = 0.1``) renews the tensors made of it at once, so that whoever
    holds such a tensor, a replayed graph for example, sees the new number.
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        super().__init__(entries)
        self._first: dict[str, float] = {}
        self._tensors: dict[tuple[str, Device, DType], tuple[float, Tensor]] = {}

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        for name, device, dtype in list(self._tensors):
            if name == key:
                self.tensor(name, float(value), device, dtype)

    def tensor(self, name: str, value: float, device: Device, dtype: DType) -> Tensor:
        """Give the 0-d tensor that holds `value`, uploaded only when the number has changed."""
        key = (name, device, dtype)
        before, held = self._tensors.get(key, (None, None))
        if held is None or before != value:
            fresh = tensor(value, dtype, device)
            held = fresh if held is None else held.assign(fresh)
            self._tensors[key] = (value, held)
        return held

    def scalar(self, name: str, value: float, device: Device, dtype: DType) -> Scalar:
        """Give `value` itself while it has only had its first value, and a 0-d tensor from then on."""
        if (name, device, dtype) not in self._tensors and self._first.setdefault(name, value) == value:
            return value
        return self.tensor(name, value, device, dtype)


class Optimizer(ABC):
    """The base of all optimizers.

    `params` is an iterable of Tensors, or of dicts: parameter groups, each with "params" and the
    hyperparameters in which it differs from `defaults`. A parameter whose ``grad`` is None is
    skipped: neither it nor its state changes.

    Low precision parameters are updated in float32; parameters and moments keep their dtype.

    Raises ArgumentError (a ValueError) for an empty list, a parameter given twice, a hyperparameter
    out of its range or unknown; DtypeError (a TypeError) for what is not a Tensor or a number.
    """

    below: ClassVar[Mapping[str, float]] = {}
    """Numeric hyperparameters: each must be at least 0 and less than this."""
    counts_steps: ClassVar[bool] = False
    """Whether the state of a parameter has a step count."""

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

    # -- what a subclass says ---------------------------------------------------------------------

    @abstractmethod
    def _moments(self, group: ParameterGroup) -> Sequence[str]:
        """Name the tensors of a parameter's state that start as zeros."""

    @abstractmethod
    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, step: Tensor | None) -> Any:
        """Prepare a dataclass of the numbers that all parameters of a group on a device share."""

    @abstractmethod
    def _update(self, p: Tensor, g: Tensor, state: State, numbers: Any) -> tuple[Tensor, State]:
        """Compute the new parameter and the new moments; a pure function."""

    # -- the step ---------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """Update every parameter that has a gradient, evaluating all of it as one plan.

        `closure`, if given, is called first (it computes the loss and calls ``backward``); its loss
        is returned.
        """
        with enable_grad():
            loss = None if closure is None else closure()
        capture = capturing.get()
        if capture is not None:
            for group in self.param_groups:
                # A jitted step holds these as they are; the learning rate is a tensor, and seen.
                for name, value in group.items():
                    if name not in ("params", "lr"):
                        capture.modes.setdefault((id(group), name), (functools.partial(group.__getitem__, name), value))
        active = [(group, p) for group in self.param_groups for p in group["params"] if p.grad is not None]
        with no_grad():
            # The numbers are stored, or each element of each parameter would compute them again.
            changed = self._advance([p for _, p in active]) if self.counts_steps else []
            prepared: dict[tuple[int, Device, DType, int], Any] = {}
            moves: list[tuple[Tensor, Tensor]] = []
            for group, p in active:
                moves += self._moves(group, p, prepared)
            for numbers in prepared.values():
                changed += [number for number in vars(numbers).values() if isinstance(number, Tensor)]
            for target, value in moves:
                changed.append(target.assign(value))
            realize(*changed)
        return loss

    def _moves(
        self, group: ParameterGroup, p: Tensor, prepared: dict[tuple[int, Device, DType, int], Any]
    ) -> list[tuple[Tensor, Tensor]]:
        """Pair a parameter and the tensors of its state with their new values.

        `prepared` collects the numbers of the step, made once for all parameters that share them.
        """
        assert p.grad is not None
        state = self.state.setdefault(p, {})
        for name in self._moments(group):
            if name not in state:
                state[name] = _stored_zeros(p)
        dtype = float64 if p.dtype is float64 else float32
        step = state.get(STEP)
        key = (id(group), p.device, dtype, id(step))
        if key not in prepared:
            prepared[key] = self._numbers(group, p.device, dtype, step)
        moments = {name: value.to(dtype) for name, value in state.items() if name != STEP}
        new_p, new_moments = self._update(p.to(dtype), p.grad.to(dtype), moments, prepared[key])
        moves = [(p, new_p.to(p.dtype))]
        for name, value in new_moments.items():
            if name not in state:
                state[name] = value.detach()  # a handle of its own: the value may be the gradient itself
            moves.append((state[name], value.to(p.dtype)))
        return moves

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or fill those that exist with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad = None if set_to_none else zeros_like(p.grad)

    def _advance(self, active: Sequence[Tensor]) -> list[Tensor]:
        """Add one to the step counts of the parameters that take this step; give the changed counts.

        Parameters that have taken the same steps share one count, so that a step advances one number
        per device. When some of the sharers are skipped, the others go on with a count of their own.
        """
        zero: dict[Device, Tensor] = {}
        for p in active:
            state = self.state.setdefault(p, {})
            if STEP not in state:
                if p.device not in zero:
                    zero[p.device] = from_numpy(np.array(0, np.float32), device=p.device)
                state[STEP] = zero[p.device]
        sharers: dict[int, list[Tensor]] = {}
        for p, state in self.state.items():
            sharers.setdefault(id(state[STEP]), []).append(p)
        taking = {id(p) for p in active}
        changed = []
        for parameters in sharers.values():
            takers = [p for p in parameters if id(p) in taking]
            if not takers:
                continue
            count = self.state[takers[0]][STEP]
            advanced = count + 1
            if len(takers) == len(parameters):
                advanced = count.assign(advanced)
            else:
                for p in takers:
                    self.state[p][STEP] = advanced
            changed.append(advanced)
        return changed

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
            if id(p) in known:
                raise ArgumentError(
                    f"[{self._name}] parameter {index} of shape {p.shape} is given twice; each must appear "
                    "once in all groups; remove one of them"
                )
            known.add(id(p))
        return parameters

    def _check(self, group: Mapping[str, Any]) -> None:
        """Raise for a hyperparameter that is no number or out of its range."""
        for name, limit in self.below.items():
            value = group[name]
            for number in value if isinstance(value, (tuple, list)) else (value,):
                if not isinstance(number, Real):
                    raise DtypeError(
                        f"[{self._name}] {name} is {_kind(number)}; it must be a number; a new number set in "
                        f"param_groups[0][{name!r}] is seen by the next step"
                    )
                if not 0 <= float(number) < limit:
                    rule = "at least 0" + ("" if limit == math.inf else f" and less than {limit}")
                    raise ArgumentError(
                        f"[{self._name}] {name} is {value}; it must be {rule}; choose one in that range"
                    )

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
                index[id(p)]: {name: value.detach() for name, value in state.items()} for p, state in self.state.items()
            },
            "param_groups": [
                {**group, "params": [index[id(p)] for p in group["params"]]} for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave: training continues exactly as it would have there.

        Tensors move to the device of their parameter, and moments to its dtype.
        Raises ArgumentError (a ValueError) or ShapeError if groups or parameters do not match, and
        changes nothing then.
        """
        saved_groups = state_dict["param_groups"]
        if len(saved_groups) != len(self.param_groups):
            raise ArgumentError(
                f"[load_state_dict] {len(saved_groups)} parameter groups were saved and this {self._name} "
                f"has {len(self.param_groups)}; the numbers must agree; build it with the same groups"
            )
        by_index: dict[int, Tensor] = {}
        for number, (group, saved) in enumerate(zip(self.param_groups, saved_groups, strict=True)):
            if len(saved["params"]) != len(group["params"]):
                raise ArgumentError(
                    f"[load_state_dict] group {number} was saved with {len(saved['params'])} parameters and "
                    f"has {len(group['params'])} here; the numbers must agree; build the same model"
                )
            missing = sorted(set(self.defaults) - set(saved))
            if missing:
                raise ArgumentError(
                    f"[load_state_dict] group {number} was saved without {missing[0]!r}, which {self._name} "
                    "needs; load the state of the same class of optimizer"
                )
            by_index.update(zip(saved["params"], group["params"], strict=True))
        loaded = self._loaded_state(state_dict["state"], by_index)
        for group, saved in zip(self.param_groups, saved_groups, strict=True):
            for name, value in saved.items():
                if name != "params":
                    group[name] = tuple(value) if isinstance(value, list) else value
        self.state = loaded

    def _loaded_state(
        self, saved: Mapping[int, Mapping[str, Tensor]], by_index: Mapping[int, Tensor]
    ) -> dict[Tensor, State]:
        """Build the state from a saved one; equal step counts on a device are one count again."""
        counts: dict[tuple[Device, float], Tensor] = {}
        loaded: dict[Tensor, State] = {}
        for index, entries in saved.items():
            if index not in by_index:
                raise ArgumentError(
                    f"[load_state_dict] there is state for parameter {index}, but no group lists it; the "
                    "file must be whole; save it again"
                )
            p = by_index[index]
            loaded[p] = {}
            for name, value in entries.items():
                if not isinstance(value, Tensor):
                    raise DtypeError(
                        f"[load_state_dict] {name!r} of parameter {index} is {_kind(value)}; it must be a "
                        "Tensor; wrap it in clgrad.tensor(...)"
                    )
                if name == STEP:
                    key = (p.device, float(value.item()))
                    if key not in counts:
                        counts[key] = from_numpy(np.array(key[1], np.float32), device=p.device)
                    loaded[p][name] = counts[key]
                elif value.shape != p.shape:
                    raise ShapeError(
                        f"[load_state_dict] {name!r} of parameter {index} has shape {value.shape} and the "
                        f"parameter {p.shape}; they must agree; build the same model"
                    )
                else:
                    loaded[p][name] = value.detach().to(p.device).to(p.dtype)
        return loaded


def _stored_zeros(p: Tensor) -> Tensor:
    """Give zeros like `p` that are data, not a constant: with a constant, the first step would be a
    different graph from all others, compiled for one use."""
    return tensor(np.zeros(p.shape, np.float32), p.dtype, p.device)


def _kind(value: object) -> str:
    """Name what a value is, for an error message."""
    return f"of type {type(value).__name__}"
