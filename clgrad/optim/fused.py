"""The frame of most optimizers: an update per parameter, and one realize per step.

A subclass names its moments, prepares the numbers of a step once for all parameters, and updates one
parameter by a pure function; everything else is here. What changes from step to step lives in 0-d
tensors on the parameter's device: the learning rate (see groups.py) and the counts, which are
advanced there and never uploaded.
"""

from __future__ import annotations

import functools
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from clgrad.compose import complex_numbers
from clgrad.device import Device
from clgrad.dtypes import DType, float32, float64, real_of
from clgrad.optim.groups import ParameterGroup
from clgrad.optim.optimizer import STEP, Optimizer, State
from clgrad.runtime import capturing
from clgrad.tensor import Tensor, enable_grad, from_numpy, no_grad, realize, tensor

Active = Sequence[tuple[ParameterGroup, Tensor]]
"""The parameters that take a step, each with its group."""


class FusedOptimizer(Optimizer):
    """An optimizer whose step is a pure function of each parameter, its gradient and its state.

    Low precision parameters are updated in float32; parameters and moments keep their dtype. Of complex parameters
    the real and the imaginary part are updated, each as a parameter of its own.
    """

    # -- what a subclass says ---------------------------------------------------------------------

    @abstractmethod
    def _moments(self, group: ParameterGroup) -> Mapping[str, float]:
        """Name the tensors of a parameter's state, and the number that they are full of at first."""

    @abstractmethod
    def _numbers(self, group: ParameterGroup, device: Device, dtype: DType, counts: State) -> Any:
        """Prepare a dataclass of the numbers that all parameters of a group on a device share."""

    @abstractmethod
    def _update(self, p: Tensor, g: Tensor, state: State, numbers: Any) -> tuple[Tensor, State]:
        """Compute the new parameter and the new moments; a pure function."""

    def _advanced(self, group: ParameterGroup, counts: State) -> State:
        """Compute the counts after one more step."""
        return {STEP: counts[STEP] + 1}

    # -- the step ---------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """Update every parameter that has a gradient, evaluating all of it as one plan.

        `closure`, if given, is called first (it computes the loss and calls ``backward``); its loss
        is returned.
        """
        with enable_grad():
            loss = None if closure is None else closure()
        self.has_stepped = True
        active = [(group, p) for group in self.param_groups for p in group["params"] if p.grad is not None]
        with no_grad():
            self._begin(active)
            # The numbers are stored, or each element of each parameter would compute them again.
            changed = self._advance(active)
            prepared: dict[Any, Any] = {}
            moves: list[tuple[Tensor, Tensor]] = []
            for group, p in active:
                moves += self._moves(group, p, prepared)
            for numbers in prepared.values():
                changed += [number for number in vars(numbers).values() if isinstance(number, Tensor)]
            for target, value in moves:
                changed.append(target.assign(value))
            realize(*changed)
        capture = capturing.get()
        if capture is not None:
            for group in self.param_groups:
                look = functools.partial(group.written, tuple(self.defaults))
                capture.modes.setdefault(id(group), (look, look()))
            capture.modes.setdefault(id(self), (self._arrangement, self._arrangement()))
        return loss

    def _moves(self, group: ParameterGroup, p: Tensor, prepared: dict[Any, Any]) -> list[tuple[Tensor, Tensor]]:
        """Pair a parameter and the tensors of its state with their new values.

        `prepared` collects the numbers of the step, made once for all parameters that share them.
        """
        assert p.grad is not None
        state = self.state[p]
        dtype = float64 if real_of(p.dtype) is float64 else float32
        counts = {name: state[name] for name in self.counts}
        key = (id(group), p.device, dtype, *map(id, counts.values()))
        if key not in prepared:
            prepared[key] = self._numbers(group, p.device, dtype, counts)
        names = [name for name in state if name not in counts]
        updated = [
            self._update(values, gradients, dict(zip(names, moments, strict=True)), prepared[key])
            for values, gradients, *moments in zip(
                *(_parts(one, dtype) for one in (p, p.grad, *map(state.__getitem__, names))), strict=True
            )
        ]
        moves = [(p, _joined([values for values, _ in updated], p.dtype))]
        for name in updated[0][1]:
            value = _joined([moments[name] for _, moments in updated], p.dtype)
            if name not in state:
                state[name] = value.detach()  # a handle of its own: the value may be the gradient itself
            moves.append((state[name], value))
        return moves

    # -- loading ----------------------------------------------------------------------------------

    _replaced = 0
    """How many tensors of loaded states could not be those of the state before."""

    def _arrangement(self) -> tuple[int, int]:
        """Tell which tensors a recorded step reads: one recorded with others is not replayed."""
        return len(self.param_groups), self._replaced

    def _needed(self, group: ParameterGroup) -> set[str]:
        return {*self.counts, *self._moments(group)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        before = _users(self.state)
        super().load_state_dict(state_dict)
        kept = {}
        for places, fresh in _users(self.state).items():
            held = before.pop(places, None)
            if held is not None and held.device is fresh.device and held.dtype is fresh.dtype:
                kept[id(fresh)] = held.assign(fresh)  # the tensor that a recorded step reads
            else:
                self._replaced += 1
        self._replaced += len(before)
        for entries in self.state.values():
            for name, value in entries.items():
                entries[name] = kept.get(id(value), value)

    def _begin(self, pairs: Iterable[tuple[ParameterGroup, Tensor]]) -> None:
        """Make what is missing of the parameters' state; those that begin together share their counts."""
        fresh: dict[tuple[int, Device, str], Tensor] = {}
        for group, p in pairs:
            state = self.state.setdefault(p, {})
            for name, start in self.counts.items():
                if name not in state:
                    key = (id(group), p.device, name)
                    if key not in fresh:
                        fresh[key] = from_numpy(np.array(start, np.float32), device=p.device)
                    state[name] = fresh[key]
            for name, start in self._moments(group).items():
                if name not in state:
                    state[name] = _stored(p, start)

    def _advance(self, active: Active) -> list[Tensor]:
        """Advance the counts of the parameters that take this step; give the changed ones.

        Parameters of a group that have taken the same steps share their counts, so that a step advances
        them once per group and device. When some of the sharers are skipped, the others go on with counts
        of their own.
        """
        if not self.counts:
            return []
        sharers: dict[int, list[Tensor]] = {}
        for p, state in self.state.items():
            sharers.setdefault(id(state[STEP]), []).append(p)
        group_of = {id(p): group for group, p in active}
        changed = []
        for parameters in sharers.values():
            takers = [p for p in parameters if id(p) in group_of]
            if not takers:
                continue
            counts = {name: self.state[takers[0]][name] for name in self.counts}
            for name, advanced in self._advanced(group_of[id(takers[0])], counts).items():
                if len(takers) == len(parameters):
                    changed.append(counts[name].assign(advanced))
                else:
                    changed.append(advanced)
                    for p in takers:
                        self.state[p][name] = advanced
        return changed


def _users(state: Mapping[Tensor, State]) -> dict[frozenset[tuple[int, str]], Tensor]:
    """Give the tensors of a state by the parameters and names that share each."""
    places: dict[int, set[tuple[int, str]]] = {}
    tensors = {}
    for p, entries in state.items():
        for name, value in entries.items():
            places.setdefault(id(value), set()).add((id(p), name))
            tensors[id(value)] = value
    return {frozenset(places[key]): value for key, value in tensors.items()}


def _stored(p: Tensor, start: float) -> Tensor:
    """Give a tensor like `p`, full of one number, that is data, not a constant: with a constant, the first
    step would be a different graph from all others, compiled for one use."""
    number = complex(start, start) if p.dtype.is_complex else start
    return tensor(np.full(p.shape, number), p.dtype, p.device)


def _parts(value: Tensor, dtype: DType) -> list[Tensor]:
    """Give a tensor as real ones: itself, or its real and its imaginary part."""
    return [part.to(dtype) for part in ((value.real, value.imag) if value.dtype.is_complex else (value,))]


def _joined(parts: Sequence[Tensor], dtype: DType) -> Tensor:
    """Make a tensor of `dtype` of its parts."""
    return (complex_numbers.complex(*parts) if dtype.is_complex else parts[0]).to(dtype)
