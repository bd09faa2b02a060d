"""L-BFGS: Newton's direction from the last gradients, with a line search.

All parameters are one vector. The host decides how far to go and when to stop; vectors, and the products that make
the direction, stay on the device: each step through the history is a plan of one form, enqueued without a wait.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from clgrad.compose.joining import cat
from clgrad.creation import zeros
from clgrad.dtypes import float32, float64
from clgrad.errors import ArgumentError
from clgrad.nn.utils import vector_to_parameters
from clgrad.optim.groups import ParameterGroup
from clgrad.optim.optimizer import Optimizer, State
from clgrad.tensor import Tensor, enable_grad, no_grad, realize, tensor


@dataclass
class Point:
    """A place along the direction: how far, the loss there, its gradient, and the slope along the direction."""

    t: float
    loss: float
    gradient: Tensor
    slope: float


class LBFGS(Optimizer):
    """Minimise a loss that is the same at each evaluation, as of the whole data set, with few evaluations.

    ``step(closure)`` makes up to `max_iter` iterations; `closure` clears the gradients, computes the loss, calls
    ``backward`` and returns the loss. Arguments and defaults are PyTorch's: `lr`, the length of the step; `max_eval`
    evaluations at most, by default ``max_iter * 5 // 4``; `tolerance_grad` and `tolerance_change`, where it ends;
    `history_size`, how many changes of the gradient are kept; `line_search_fn`, None or "strong_wolfe".
    As in PyTorch there is one group of parameters.

    Formulas: Nocedal and Wright 2006, algorithms 7.4, 3.5 and 3.6; the line search is minFunc's, as PyTorch's.
    Raises ArgumentError (a ValueError) for a number out of its range, another search, more groups, or complex
    parameters.

        >>> import clgrad
        >>> x = clgrad.tensor([2.0, -3.0], requires_grad=True)
        >>> optimizer = LBFGS([x], line_search_fn="strong_wolfe")
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = ((x - 1) ** 2 * clgrad.tensor([1.0, 10.0])).sum()
        ...     loss.backward()
        ...     return loss
        >>> optimizer.step(closure).item()
        161.0
        >>> [round(value, 4) for value in x.tolist()]
        [1.0, 1.0]
    """

    below: ClassVar[Mapping[str, float]] = {"lr": math.inf}

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        super()._check(group)
        if self.param_groups:
            raise ArgumentError("[LBFGS] there is a second group; all parameters are one vector; give them as one list")
        if any(p.dtype.is_complex for p in group["params"]):
            raise ArgumentError("[LBFGS] a parameter is complex; all must be real; pass its parts as parameters")
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise ArgumentError(
                f"[LBFGS] line_search_fn is {group['line_search_fn']!r}; there are None and 'strong_wolfe'; choose one"
            )

    @property
    def _parameters_of_all(self) -> list[Tensor]:
        return list(self.param_groups[0]["params"])

    def _flat(self, tensors: Iterable[Tensor]) -> Tensor:
        """Join tensors to one vector, of the precision that steps are computed with."""
        dtype = float64 if any(p.dtype is float64 for p in self._parameters_of_all) else float32
        device = self._parameters_of_all[0].device
        return cat([one.detach().to(device).to(dtype).reshape(-1) for one in tensors]).realize()

    def _gradient(self) -> Tensor:
        return self._flat(
            zeros(p.shape, device=p.device) if p.grad is None else p.grad for p in self._parameters_of_all
        )

    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """Iterate up to ``max_iter`` times; give the loss of the first evaluation. Waits for every loss."""
        if closure is None:
            raise ArgumentError("[LBFGS] step needs a closure, to be evaluated many times; pass a function of the loss")
        self.has_stepped = True
        group = self.param_groups[0]
        state = self.state.setdefault(self._parameters_of_all[0], {"func_evals": 0, "n_iter": 0})

        def evaluate() -> Tensor:
            with enable_grad():
                loss = closure()
            state["func_evals"] += 1
            return loss

        with no_grad():
            first = evaluate()
            loss, gradient = float(first.item()), self._gradient()
            evaluations = 1
            if _largest(gradient) <= group["tolerance_grad"]:
                return first
            for iteration in range(1, group["max_iter"] + 1):
                state["n_iter"] += 1
                direction = self._direction(state, gradient)
                state["prev_flat_grad"], state["prev_loss"] = gradient, loss
                length = float(group["lr"])
                if state["n_iter"] == 1:
                    length *= min(1.0, 1.0 / gradient.abs().sum().item())
                state["d"], state["t"] = direction, length
                slope = gradient.dot(direction).item()
                if slope > -group["tolerance_change"]:
                    break
                start = self._flat(self._parameters_of_all)
                if group["line_search_fn"] is not None:

                    def probe(t: float, start: Tensor = start, direction: Tensor = direction) -> Point:
                        self._move(start, t, direction)
                        loss = float(evaluate().item())
                        gradient = self._gradient()
                        return Point(t, loss, gradient, gradient.dot(direction).item())

                    here = Point(0.0, loss, gradient, slope)
                    size = _largest(direction)
                    found, count = strong_wolfe(probe, here, length, size, group["max_eval"] - evaluations)
                    loss, gradient, state["t"] = found.loss, found.gradient, found.t
                    evaluations += count
                    self._move(start, found.t, direction)
                else:
                    self._move(start, length, direction)
                    if iteration != group["max_iter"]:
                        loss, gradient = float(evaluate().item()), self._gradient()
                        evaluations += 1
                if (
                    iteration == group["max_iter"]
                    or evaluations >= group["max_eval"]
                    or _largest(gradient) <= group["tolerance_grad"]
                    or _largest(direction) * abs(state["t"]) <= group["tolerance_change"]
                    or abs(loss - state["prev_loss"]) < group["tolerance_change"]
                ):
                    break
        return first

    def _move(self, start: Tensor, t: float, direction: Tensor) -> None:
        """Set the parameters to a place along the direction."""
        vector_to_parameters(start + tensor(t, start.dtype, start.device) * direction, self._parameters_of_all)

    def _direction(self, state: State, gradient: Tensor) -> Tensor:
        """Take the last change into the history; give the product of the inverse Hessian with the downward gradient."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=tensor(1.0, gradient.dtype, gradient.device))
            return (-gradient).realize()
        change = gradient - state["prev_flat_grad"]
        stride = tensor(state["t"], gradient.dtype, gradient.device) * state["d"]
        curvature = change.dot(stride)
        realize(change, stride, curvature)
        if curvature.item() > 1e-10:
            kept = self.param_groups[0]["history_size"] - 1
            for name, fresh in (("old_dirs", change), ("old_stps", stride), ("ro", 1 / curvature)):
                state[name] = [*state[name][max(0, len(state[name]) - kept) :], fresh]
            state["H_diag"] = curvature / change.dot(change)
            realize(state["ro"][-1], state["H_diag"])
        history = list(zip(state["old_dirs"], state["old_stps"], state["ro"], strict=True))
        direction: Tensor = -gradient
        shares: list[Tensor] = []
        for change, stride, weight in reversed(history):
            share = stride.dot(direction) * weight
            direction = direction - share * change
            realize(share, direction)
            shares.append(share)
        direction = direction * state["H_diag"]
        for (change, stride, weight), share in zip(history, reversed(shares), strict=True):
            direction = (direction + (share - change.dot(direction) * weight) * stride).realize()
        return direction.realize()

    # -- saving -----------------------------------------------------------------------------------

    def _loaded_state(
        self, saved: Mapping[int, Mapping[str, Any]], by_index: Mapping[int, tuple[ParameterGroup, Tensor]]
    ) -> dict[Tensor, State]:
        """Give the state of the whole vector, which PyTorch keeps with the first parameter."""

        def moved(value: Any) -> Any:
            if isinstance(value, Tensor):
                return value.detach().to(self._parameters_of_all[0].device)
            return [moved(one) for one in value] if isinstance(value, list) else value

        return {
            by_index[index][1]: {name: moved(value) for name, value in entries.items()}
            for index, entries in saved.items()
        }


def _largest(vector: Tensor) -> float:
    return float(vector.abs().max().item())


def cubic_minimum(one: Point, other: Point, bounds: tuple[float, float] | None = None) -> float:
    """Give where the cubic through two points, with their slopes, is least; by default between them."""
    low, high = (one, other) if one.t <= other.t else (other, one)
    least, most = bounds or (low.t, high.t)
    secant = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.t - other.t)
    square = secant * secant - one.slope * other.slope
    if square < 0:
        return (least + most) / 2
    root = math.sqrt(square)
    t = high.t - (high.t - low.t) * ((high.slope + root - secant) / (high.slope - low.slope + 2 * root))
    return min(max(t, least), most)


def strong_wolfe(
    probe: Callable[[float], Point],
    here: Point,
    t: float,
    size: float,
    max_evaluations: int,
    decrease: float = 1e-4,
    curvature: float = 0.9,
    tolerance: float = 1e-9,
) -> tuple[Point, int]:
    """Find a place where the loss has fallen enough and the slope is flat enough, from a first length `t`.

    `size` is the largest element of the direction: a bracket below `tolerance` by it is small enough. Gives the
    place and the number of evaluations.
    """

    def too_high(point: Point) -> bool:
        return point.loss > here.loss + decrease * point.t * here.slope

    def is_flat(point: Point) -> bool:
        return abs(point.slope) <= -curvature * here.slope

    before, point = here, probe(t)
    evaluations, turns = 1, 0
    bracket: Sequence[Point] = ()
    while turns < max_evaluations and not bracket:
        if too_high(point) or (turns > 1 and point.loss >= before.loss):
            bracket = (before, point)
        elif is_flat(point):
            return point, evaluations
        elif point.slope >= 0:
            bracket = (before, point)
        else:
            bounds = (point.t + 0.01 * (point.t - before.t), point.t * 10)
            before, point = point, probe(cubic_minimum(before, point, bounds))
            evaluations += 1
            turns += 1
    low, high = sorted(bracket or (here, point), key=lambda one: one.loss)
    stuck = False
    while turns < max_evaluations and abs(high.t - low.t) * size >= tolerance:
        t, stuck = _inside(cubic_minimum(low, high), low.t, high.t, stuck)
        point = probe(t)
        evaluations += 1
        turns += 1
        if too_high(point) or point.loss >= low.loss:
            low, high = sorted((low, point), key=lambda one: one.loss)
        else:
            if is_flat(point):
                return point, evaluations
            if point.slope * (high.t - low.t) >= 0:
                high = low
            low = point
    return low, evaluations


def _inside(t: float, one: float, other: float, stuck: bool) -> tuple[float, bool]:
    """Keep a trial off the ends of its bracket, unless it is the first that comes near one."""
    least, most = min(one, other), max(one, other)
    margin = 0.1 * (most - least)
    if min(most - t, t - least) >= margin:
        return t, False
    if stuck or t >= most or t <= least:
        return (most - margin if abs(t - most) < abs(t - least) else least + margin), False
    return t, True
