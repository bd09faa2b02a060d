"""Record a function of tensors once, replay it as a plan.

The first call with new shapes or settings runs as it is (optimizers make their state then). The second is
recorded: inputs are placeholders and nothing runs; what it returns, and every tensor that it showed
another value (parameters, moments, running statistics), is scheduled as one plan. From then on a call
binds buffers and launches. Tensors from outside are read as they are at each call, so a new learning
rate, ``load_state_dict`` or another update between calls is seen; random streams advance; a module
switched to ``eval`` has a record of its own.
"""

from __future__ import annotations

import functools
import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from clgrad import runtime
from clgrad.device import Buffer, Device, Run, default_device
from clgrad.dtypes import DType
from clgrad.errors import JitError
from clgrad.graph import Node, next_serial, outside, recording, toposort
from clgrad.kernel import Kernel
from clgrad.ops import moves, sources
from clgrad.replay import Replay
from clgrad.runtime import Capture, capturing, is_stored
from clgrad.schedule import schedule
from clgrad.tensor import Tensor
from clgrad.view import Shape

Bind = Callable[[Sequence[Tensor], bool], Buffer]
"""The buffer of a leaf of the plan, given the inputs of this call and whether it is the call that was recorded."""


def flatten(tree: Any, tensors: list[Tensor]) -> Any:
    """Collect the tensors of nested tuples, lists and dicts; what remains is hashable and tells the structure."""
    if isinstance(tree, Tensor):
        tensors.append(tree)
        return Tensor
    if isinstance(tree, (tuple, list)):
        return (type(tree), tuple([flatten(one, tensors) for one in tree]))
    if isinstance(tree, dict):
        return (type(tree), tuple([(key, flatten(value, tensors)) for key, value in tree.items()]))
    try:
        hash(tree)
    except TypeError as error:
        raise JitError(
            f"[jit] {type(tree).__name__} can be neither traced nor compared; pass tensors, numbers, strings, or "
            "tuples, lists and dicts of them"
        ) from error
    return ("static", type(tree), tree)


def unflatten(structure: Any, tensors: list[Tensor]) -> Any:
    """The tree that flatten took apart; tensors are taken from the front of the list."""
    if structure is Tensor:
        return tensors.pop(0)
    kind, *rest = structure
    if kind == "static":
        return rest[1]
    if issubclass(kind, dict):
        return kind((key, unflatten(value, tensors)) for key, value in rest[0])
    items = [unflatten(one, tensors) for one in rest[0]]
    return kind(*items) if hasattr(kind, "_fields") else kind(items)


class Form(NamedTuple):
    """What a result is, without the graph it came from: that would hold every value it was recorded with."""

    shape: Shape
    dtype: DType
    device: Device

    @staticmethod
    def of(node: Node) -> Form:
        return Form(node.shape, node.dtype, node.device)

    def show(self, buffer: Buffer) -> Tensor:
        """A tensor of this form that shows a buffer."""
        return Tensor(Node(sources.buffer, (), (), *self, buffer=buffer))


@dataclass(eq=False)
class Effect:
    """A tensor that shows another value after a call: one from outside, or an input by number."""

    target: Tensor | int
    entry: int
    form: Form

    def of(self, inputs: Sequence[Tensor]) -> Tensor:
        return inputs[self.target] if isinstance(self.target, int) else self.target


@dataclass
class Record:
    """One recorded call."""

    plan: Replay
    bindings: list[Bind]
    outputs: list[tuple[int, Form]]
    structure: Any
    updated: list[tuple[Effect, int]]
    """Tensors whose own storage the plan overwrites, with the number of that leaf."""
    moved: list[Effect]
    """Tensors that get new storage."""
    graded: list[tuple[Tensor | int, Effect | None]]
    looks: list[Callable[[], Any]]
    """What looks at the settings that the function looked at."""
    seen: list[Any]
    """What they were."""
    inlines: bool
    """Whether gradients may flow through the result: then calls are not replayed."""

    def holds(self) -> bool:
        """Whether every setting is as it was."""
        return [look() for look in self.looks] == self.seen

    def replay(self, inputs: Sequence[Tensor], first: bool = False) -> Any:
        """Run the plan on these inputs, move the handles, return the results."""
        leaves = [bind(inputs, first) for bind in self.bindings]
        if self.updated and len(set(map(id, leaves))) < len(leaves):
            # What two leaves show can not be overwritten for one of them.
            for effect, place in self.updated:
                leaves[place] = _copy(leaves[place])
                effect.of(inputs)._show(leaves[place])
        for owner, _ in self.graded:
            # The plan holds what it reads of them; the others make room.
            (inputs[owner] if isinstance(owner, int) else owner).grad = None
        buffers = self.plan.run(leaves)
        for effect in self.moved:
            effect.of(inputs)._show(buffers[effect.entry])
        for owner, gradient in self.graded:
            if gradient is not None:
                target = inputs[owner] if isinstance(owner, int) else owner
                target.grad = gradient.form.show(buffers[gradient.entry])
        return unflatten(self.structure, [form.show(buffers[entry]) for entry, form in self.outputs])


class Jitted:
    """A function with its records; see jit."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self._records: dict[Any, list[Record]] = {}
        self._warm: set[Any] = set()
        """What has run as it is, and will be recorded when it comes again."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if capturing.get() is not None:
            return self.function(*arguments, **keywords)  # a jitted function in another is part of it
        inputs: list[Tensor] = []
        structure = flatten((arguments, keywords), inputs)
        forms = []
        for one in inputs:
            if one.grad is not None:
                return self.function(*arguments, **keywords)  # backward would add to it
            node = one.node
            forms.append((node.shape, node.dtype, node.device, node.needs_grad))
        key = (structure, tuple(forms), recording.get(), default_device())
        records = self._records.setdefault(key, [])
        record = next((one for one in records if one.holds()), None)
        first = record is None
        if record is None:
            if key not in self._warm:
                self._warm.add(key)
                return self.function(*arguments, **keywords)
            self._warm.discard(key)
            record = self._record(structure, inputs)
            records.append(record)
        if record.inlines:
            return self.function(*arguments, **keywords)
        return record.replay(inputs, first)

    def plan(self) -> str:
        """The kernels of the last record, as text. Raises JitError before one exists."""
        return "\n".join(str(kernel) for kernel in self._last().plan.kernels)

    def cost(self) -> dict[str, float]:
        """What one call of the last record takes.

        Kernels, launches, flops, bytes that kernels read and write, the most bytes that are held at once
        (``peak``: inputs, results and what lives in between), and the expected seconds, by what the device
        was measured to do. Raises JitError before a record exists.
        """
        plan = self._last().plan
        return {
            "kernels": len(plan.kernels),
            "launches": plan.launches,
            "flops": sum(kernel.flops for kernel in plan.kernels),
            "bytes": sum(kernel.nbytes for kernel in plan.kernels),
            "peak": plan.peak,
            "seconds": plan.expected_seconds(),
        }

    def tune(self) -> int:
        """Measure other sizes for the kernels of the last record, and keep the fastest for this device, for good.

        Takes a second or so for each class of products and reductions; returns how many classes there were. The next
        calls record anew. Raises JitError before a record exists.
        """
        kernels: dict[Device, list[Kernel]] = {}
        for device, kernel in self._last().plan.placed_kernels:
            kernels.setdefault(device, []).append(kernel)
        classes = sum(device.tune(those) for device, those in kernels.items())
        self._records.clear()
        runtime.clear_plans()
        return classes

    def _last(self) -> Record:
        records = [record for one in self._records.values() for record in one]
        if not records:
            raise JitError(f"[jit] {self.function.__name__} has no record yet; call it twice first")
        return records[-1]

    def _record(self, structure: Any, inputs: Sequence[Tensor]) -> Record:
        capture = Capture()
        places = [_placeholder(one) for one in inputs]
        capture.start = next_serial()
        arguments, keywords = unflatten(structure, list(places))
        token, inner = capturing.set(capture), outside.set(capture.start)
        try:
            result = self.function(*arguments, **keywords)
        except BaseException:
            _undo(capture)
            raise
        finally:
            outside.reset(inner)
            capturing.reset(token)
        del arguments, keywords
        outputs: list[Tensor] = []
        shape_of_result = flatten(result, outputs)
        results = [one.node for one in outputs]  # what they show now, before updates are undone
        moved = [(target, target.node) for target, _ in capture.moved.values()]
        given = [target for target, _ in capture.graded.values() if id(target) not in capture.made]
        gradients = [target.grad for target in given]
        graded = [(target, None if grad is None else grad.node) for target, grad in zip(given, gradients)]
        # A gradient from before may be another tensor at the next call: an update of it belongs to its owner.
        owner_of = {id(grad): owner for key, (owner, grad) in capture.read.items() if key not in capture.graded}
        graded += [(owner_of[id(target)], node) for target, node in moved if id(target) in owner_of]
        moved = [(target, node) for target, node in moved if id(target) not in owner_of]
        _undo(capture)
        number = {id(place): index for index, place in enumerate(places)}
        moved = [(target, node) for target, node in moved if id(target) in number or target.node.serial < capture.start]
        self._refuse_leaks(capture, [*outputs, *gradients])

        roots = results + [node for _, node in moved] + [node for _, node in graded if node is not None]
        order = _realized_outside(roots, capture.start)
        place_of = {id(node): index for index, node in enumerate(order)}
        kept = {place_of[id(root)] for root in roots}
        plan = schedule(order, kept)
        storage = plan.storage

        def effect(target: Tensor, node: Node) -> Effect:
            return Effect(number.get(id(target), target), storage[place_of[id(node)]], Form.of(node))

        effects = [effect(target, node) for target, node in moved]
        bindings = {storage[index]: bind for index, bind in _bindings(order, places, capture)}
        before = {id(target): node for target, node in capture.moved.values()}
        # What each of them showed before, if the plan reads that.
        old = [place_of.get(id(before[id(target)])) for target, _ in moved]
        updates = {one.entry: storage[place] for one, place in zip(effects, old) if place is not None}
        passing = [
            entry for entry, bind in bindings.items() if getattr(bind, "func", None) in (_input, _drawn, _gradient)
        ]
        replay = Replay(plan, list(bindings), [storage[place] for place in kept], updates, passing)
        leaf = dict(enumerate(bindings))
        owners = {
            replay.updated[one.entry]: one
            for one, place in zip(effects, old)
            if one.entry in replay.updated and place is not None and leaf[replay.updated[one.entry]] == storage[place]
        }
        owned = set(owners.values())
        return Record(
            replay,
            [
                functools.partial(_owned, owners[place].target) if place in owners else bind
                for place, bind in enumerate(bindings.values())
            ],
            [(storage[place_of[id(node)]], Form.of(node)) for node in results],
            shape_of_result,
            [(one, place) for place, one in owners.items()],
            [one for one in effects if one not in owned],
            [
                (number.get(id(target), target), None if node is None else effect(target, node))
                for target, node in graded
            ],
            [look for look, _ in capture.modes.values()],
            [seen for _, seen in capture.modes.values()],
            any(node.needs_grad and node.released is None for node in results),
        )

    def _refuse_leaks(self, capture: Capture, shown: Sequence[Tensor | None]) -> None:
        """A tensor made inside and kept outside would never change again: say so instead."""
        known = {id(one) for one in shown} | set(capture.moved)
        made = capture.made.values()
        if any(one is not None and id(one) not in known for one in (ref() for ref in made)):
            gc.collect()  # a cycle is not a leak
        kept = [one for one in (ref() for ref in made) if one is not None and id(one) not in known]
        if kept:
            raise JitError(
                f"[jit] {self.function.__name__} keeps a tensor of shape {kept[0].shape} that it made, outside of "
                "itself; a replay would not renew it. Return it, or make it before and update it with .assign()"
            )


def _placeholder(tensor: Tensor) -> Tensor:
    # Each call brings a buffer of its own. This one holds nothing, and says so to whoever kept the placeholder.
    buffer = Buffer(tensor.device, tensor.numel() * tensor.dtype.size)
    buffer.run = Run(
        False, JitError("[jit] this tensor stood for an input while a function was recorded; do not keep it")
    )
    return Form.of(tensor.node).show(buffer).requires_grad_(tensor.requires_grad)


def _undo(capture: Capture) -> None:
    """Give every tensor the value and the gradient it had before the record."""
    for target, node in capture.moved.values():
        target.node = node
    for target, grad in capture.graded.values():
        target.grad = grad


def _realized_outside(roots: list[Node], start: int) -> list[Node]:
    """The nodes of a record, operands first, after what was pending before it has run."""
    order = toposort(roots, is_stored)
    constants: set[int] = set()
    for node in order:
        shown = node.handle() if node.handle is not None and node.serial < start else None
        if shown is not None and shown.node is node:
            continue  # that tensor may show another value at the next call
        if node.op is sources.constant or (node.op.family == "move" and id(node.operands[0]) in constants):
            constants.add(id(node))
    pending = [node for node in order if node.serial < start and node.buffer is None and id(node) not in constants]
    if not pending:
        return order
    read = {id(operand) for node in order if node.serial >= start for operand in node.operands}
    read |= {id(root) for root in roots}
    runtime.realize([node for node in pending if id(node) in read])
    return toposort(roots, is_stored)


def _bindings(order: list[Node], places: Sequence[Tensor], capture: Capture) -> list[tuple[int, Bind]]:
    inputs = {}
    for index, place in enumerate(places):
        inputs[id(place.node)] = index
        if place.node.op is moves.leaf:
            inputs[id(place.node.operands[0])] = index
    drawn = {id(node): draw for node, draw in capture.drawn}
    before = {id(node): target for target, node in capture.moved.values()}
    known = (*capture.graded.values(), *capture.read.values())
    gradients = {id(grad.node): target for target, grad in known if grad is not None}
    found: list[tuple[int, Bind]] = []
    for index, node in enumerate(order):
        if node.buffer is None and 0 not in node.shape:
            continue
        if 0 in node.shape:
            found.append((index, functools.partial(_empty, node)))
        elif id(node) in inputs:
            found.append((index, functools.partial(_input, inputs[id(node)])))
        elif id(node) in gradients:
            found.append((index, functools.partial(_gradient, gradients[id(node)])))
        elif id(node) in drawn:
            found.append((index, functools.partial(_drawn, node, drawn[id(node)])))
        else:
            shown = node.handle() if node.handle is not None else None
            target = before.get(id(node))
            if target is None and shown is not None and shown.node is node:
                target = shown
            found.append((index, functools.partial(_current, target) if target is not None else _fixed(node)))
    return found


def _empty(node: Node, inputs: Sequence[Tensor], first: bool) -> Buffer:
    return Buffer(node.device, 0)


def _input(index: int, inputs: Sequence[Tensor], first: bool) -> Buffer:
    return _current(inputs[index], inputs, first)


def _current(target: Tensor, inputs: Sequence[Tensor], first: bool) -> Buffer:
    if target.node.buffer is None:
        target.realize()
    assert target.node.buffer is not None
    return target.node.buffer


def _gradient(target: Tensor, inputs: Sequence[Tensor], first: bool) -> Buffer:
    assert target.grad is not None, "a record holds only while there is a gradient"
    return _current(target.grad, inputs, first)


# -- updates in place ----------------------------------------------------------------------------


def _owned(owner: Tensor | int, inputs: Sequence[Tensor], first: bool) -> Buffer:
    """The buffer of a tensor that the plan will overwrite: a copy, unless nobody else holds the value."""
    target = inputs[owner] if isinstance(owner, int) else owner
    if target.node.buffer is None:
        target.realize()
    if not _is_sole_holder(target):
        target._show(_copy(target.node.buffer))
    assert target.node.buffer is not None
    return target.node.buffer


def _is_sole_holder(tensor: Tensor) -> bool:
    """Whether nothing but the tensor leads to its stored value. A reference too many only costs a copy."""
    node = tensor.node
    buffer = node.buffer
    holders = _REFERENCES
    if node.op is moves.leaf:
        source = node.operands[0]
        if sys.getrefcount(source) > _REFERENCES:
            return False
        holders += source.buffer is buffer
    assert buffer is not None
    return not buffer.is_borrowed and sys.getrefcount(node) <= _REFERENCES and sys.getrefcount(buffer) <= holders


def _references_of_one_holder() -> int:
    """What getrefcount says of an object that one other holds, when asked as above."""
    holder = [object()]
    held = holder[0]
    return sys.getrefcount(held)


_REFERENCES = _references_of_one_holder()


def _copy(buffer: Buffer | None) -> Buffer:
    assert buffer is not None
    copied = Buffer(buffer.device, buffer.nbytes)
    buffer.device.copy(runtime.storage_of(buffer), runtime.storage_of(copied), buffer.nbytes)
    copied.run = buffer.run
    return copied


def _drawn(node: Node, draw: Callable[[], Any], inputs: Sequence[Tensor], first: bool) -> Buffer:
    assert node.buffer is not None
    if first:
        return node.buffer
    host = draw()
    return Buffer(node.device, host.nbytes, host=host)


def _fixed(node: Node) -> Bind:
    buffer = node.buffer
    assert buffer is not None
    return lambda inputs, first: buffer


def jit(function: Callable[..., Any]) -> Jitted:
    """Record a function of tensors and replay it: arguments and results are tensors, numbers, and trees of them.

    Whole training steps work: ``backward``, optimizers and random numbers inside. A number among the
    arguments is part of the record (another number, another record). Elements can not be read inside:
    ``.numpy()``, ``.item()``, ``bool()`` raise JitError. If gradients flow through the result, the call is
    not replayed but becomes part of the caller's graph.

    >>> import clgrad
    >>> step = clgrad.jit(lambda x: (x * 2).sum())
    >>> [step(clgrad.ones(3)).item() for _ in range(3)]
    [6.0, 6.0, 6.0]
    """
    return Jitted(function)
