"""Functions that are called again: for each element, while something holds, for one of two cases, for a gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from clgrad import runtime
from clgrad.differentiate import recomputed
from clgrad.dtypes import bool_
from clgrad.errors import ArgumentError, DtypeError, JitError, ShapeError
from clgrad.functions import stack
from clgrad.graph import next_serial
from clgrad.jit import flatten, unflatten
from clgrad.tensor import Tensor

__all__ = ["checkpoint", "cond", "scan", "while_loop"]


class Tree(NamedTuple):
    """A nest of tuples, lists and dicts: its tensors, and how they stand in it."""

    tensors: list[Tensor]
    structure: Any

    @staticmethod
    def of(value: Any) -> Tree:
        tensors: list[Tensor] = []
        structure = flatten(value, tensors)
        return Tree(tensors, structure)

    def filled(self, tensors: Sequence[Tensor]) -> Any:
        """The same nest of other tensors."""
        return unflatten(self.structure, list(tensors))


def checkpoint(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call a function whose intermediate values are not kept for the gradient, but computed again when it is taken.

    So a stack of blocks holds what goes from one to the next, and of what is within only one block's at a time: memory
    for the time of one more forward pass (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
    Gradients are the function's, also for what it reads from outside (parameters), and differentiate again; what it
    draws at random is the same again. Results are tensors, or tuples, lists and dicts of them; of several results each
    is computed again by itself.

        >>> import clgrad
        >>> x = clgrad.tensor([1.0, 2.0], requires_grad=True)
        >>> clgrad.checkpoint(lambda x: (x * x).relu(), x).sum().backward()
        >>> x.grad.tolist()
        [2.0, 4.0]
    """
    start = next_serial()
    around = runtime.updated.get()
    updated: list[Tensor] = []
    token = runtime.updated.set(updated)
    try:
        result = Tree.of(function(*arguments, **keywords))
    finally:
        runtime.updated.reset(token)
        if around is not None:
            around += updated
    nodes = [one.node for one in result.tensors]
    if not any(one.needs_grad for one in nodes):
        return result.filled(result.tensors)
    statistics = [one.node for one in updated if not one.requires_grad]
    return result.filled([Tensor(node) for node in recomputed(nodes, statistics, start)])


def cond(
    pred: Tensor | bool, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()
) -> Any:
    """Give ``true_fn(*operands)`` where ``pred``, one bool, holds, else ``false_fn(*operands)``.

    Only that function is called; inside of ``clgrad.jit``, where no value is known yet, both are, and one's results
    are taken. They must be of equal structure, shapes and dtypes there. No gradient comes back to an operand through
    the other function, not even NaN.

    Raises ArgumentError, ShapeError or DtypeError.

        >>> import clgrad
        >>> x = clgrad.tensor(3.0)
        >>> clgrad.cond(x > 2, lambda x: x * 10, lambda x: -x, (x,)).item()
        30.0
    """
    holds = _condition(pred, "cond")
    if not isinstance(holds, Tensor):
        return (true_fn if holds else false_fn)(*operands)
    given = Tree.of(tuple(operands))
    found = [
        Tree.of(function(*given.filled([_gated(one, where) for one in given.tensors])))
        for function, where in ((true_fn, holds), (false_fn, holds.logical_not()))
    ]
    chosen, other = found
    _check_same(chosen, other, "cond", "false_fn's result", "true_fn's")
    return chosen.filled([_either(holds, *pair) for pair in zip(chosen.tensors, other.tensors)])


def while_loop(
    cond_fn: Callable[..., Tensor | bool],
    body_fn: Callable[..., Any],
    carried_inputs: Sequence[Any],
    *,
    most: int | None = None,
) -> tuple[Any, ...]:
    """Replace the carried values by ``body_fn(*carried)`` while ``cond_fn(*carried)``, one bool, holds.

    ``body_fn`` gives as many values as it gets, of equal shapes and dtypes; the last are returned. Gradients go back
    through all turns. ``most`` limits the turns. Inside of ``clgrad.jit``, where no value is known yet, it must be
    given: a record has that many turns, and those after the last keep what is carried.

    Raises ArgumentError, ShapeError or DtypeError, and JitError for a record without ``most``.

        >>> import clgrad
        >>> clgrad.while_loop(lambda n: n < 100, lambda n: (n * 2,), (clgrad.tensor(3),))[0].item()
        192
    """
    carried = Tree.of(tuple(carried_inputs))
    if most is not None and most < 0:
        raise ArgumentError(f"[while_loop] most={most}: a number of turns is 0 or more")
    if runtime.capturing.get() is not None and most is None:
        raise JitError(
            "[while_loop] the turns are not known while a function is recorded; give the most there can be, as most=..."
        )
    active: Tensor | None = None
    """In a record, whether no turn was the last."""
    turn = 0
    while most is None or turn < most:
        holds = _condition(cond_fn(*carried.filled(carried.tensors)), "while_loop")
        if isinstance(holds, Tensor):
            active = holds if active is None else active & holds
        elif not holds:
            break
        inner = carried.tensors if active is None else [_gated(one, active) for one in carried.tensors]
        result = body_fn(*carried.filled(inner))
        found = Tree.of(result if isinstance(result, tuple) else (result,))
        _check_same(carried, found, "while_loop", "body_fn's result", "what is carried")
        if active is not None:
            kept = [_either(active, new, old) for new, old in zip(found.tensors, carried.tensors)]
            found = Tree(kept, found.structure)
        carried, turn = found, turn + 1
    return tuple(carried.filled(carried.tensors))


def scan(
    function: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    *,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Carry a value along elements: ``carry, y = function(carry, x)`` for each x of ``xs`` along its first dim.

    ``init`` is carried first, ``xs`` a tensor or a tree of tensors of one length; without ``xs``, ``length`` gives the
    turns, and x is None. ``reverse`` begins at the last. Returns the last carry, and all y, stacked along a new first
    dim in the order of ``xs``. Each turn is part of a record and of the gradient, so a record's length, not its
    compilation, grows with the number of turns.

    Raises ArgumentError, ShapeError or DtypeError.

        >>> import clgrad
        >>> total, sums = clgrad.scan(lambda a, x: (a + x, a + x), clgrad.tensor(0.0), clgrad.tensor([1.0, 2.0, 3.0]))
        >>> total.item(), sums.tolist()
        (6.0, [1.0, 3.0, 6.0])
    """
    whole = Tree.of(xs)
    lengths = {one.shape[0] if one.ndim else -1 for one in whole.tensors} | ({length} if length is not None else set())
    if len(lengths) != 1 or -1 in lengths:
        shapes = ", ".join(str(one.shape) for one in whole.tensors) or "none"
        raise ArgumentError(
            f"[scan] xs of shapes {shapes} and length={length}: first dims must be of one length; without xs, give it"
        )
    (turns,) = lengths
    order = range(turns)[::-1] if reverse else range(turns)
    carry, results = Tree.of(init), []
    for turn in order:
        outcome = function(carry.filled(carry.tensors), whole.filled([one[turn] for one in whole.tensors]))
        if not isinstance(outcome, tuple) or len(outcome) != 2:
            raise ArgumentError(f"[scan] the function gave {type(outcome).__name__}; it must give a pair: carry, y")
        found = Tree.of(outcome[0])
        _check_same(carry, found, "scan", "the new carry", "the carry before")
        carry = found
        results.append(Tree.of(outcome[1]))
        _check_same(results[0], results[-1], "scan", "a y", "the first")
    if not results:
        raise ArgumentError("[scan] no turn: the shape of y is not known; give one element at least")
    if reverse:
        results.reverse()
    return carry.filled(carry.tensors), results[0].filled([stack(ys) for ys in zip(*(one.tensors for one in results))])


def _condition(value: Tensor | bool, op: str) -> Tensor | bool:
    """A condition as a bool, or in a record, where it is not known, as a tensor without dims."""
    if not isinstance(value, Tensor):
        return bool(value)
    if value.numel() != 1 or value.dtype is not bool_:
        raise ArgumentError(f"[{op}] the condition is {value.dtype.name} of shape {value.shape}; it must be one bool")
    return bool(value) if runtime.capturing.get() is None else value.reshape(())


def _gated(value: Tensor, where: Tensor) -> Tensor:
    """A value to which a gradient comes back only where something holds: elsewhere 0, even for NaN."""
    if not value.requires_grad:
        return value
    return where.choose(value, value.detach())


def _either(where: Tensor, value: Tensor, other: Tensor) -> Tensor:
    result: Tensor = where.choose(value, other)
    return result


def _check_same(wanted: Tree, found: Tree, op: str, what: str, other: str) -> None:
    """Raise where a tree has another structure, or a tensor of another shape or dtype."""
    if found.structure != wanted.structure:
        raise ArgumentError(f"[{op}] {what} and {other} differ in structure: {found.structure}, {wanted.structure}")
    for one, reference in zip(found.tensors, wanted.tensors):
        if one.shape != reference.shape:
            raise ShapeError(f"[{op}] {what} has shape {one.shape}, {other} {reference.shape}; they must be equal")
        if one.dtype is not reference.dtype:
            raise DtypeError(f"[{op}] {what} is {one.dtype.name}, {other} {reference.dtype.name}: cast with .to(dtype)")
