"""Lifetimes: when a plan may give a buffer back, which values share one, and which are updated in place.

Queues run in order, so a buffer may be handed to a later kernel as soon as its last reader has
been enqueued. A buffer that anything outside the plan holds is never reused: Python's reference
to it decides.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clgrad.assemble import Step
from clgrad.kernel import Load, Take
from clgrad.ops.anchors import SCATTERS
from clgrad.view import View


def last_uses(arguments: Sequence[Sequence[int]], kept: Iterable[int]) -> tuple[tuple[int, ...], ...]:
    """For each step, the entries that nobody needs after it.

    >>> last_uses([(0, 1), (1, 2)], kept=[2])
    ((0,), (1,))
    """
    last: dict[int, int] = {}
    for step, entries in enumerate(arguments):
        for entry in entries:
            last[entry] = step
    ends: list[list[int]] = [[] for _ in arguments]
    keep = set(kept)
    for entry, step in last.items():
        if entry not in keep:
            ends[step].append(entry)
    return tuple(tuple(sorted(entries)) for entries in ends)


# -- shared places -------------------------------------------------------------------------------


@dataclass
class Place:
    """Storage that values use one after the other."""

    kind: Any
    nbytes: int
    busy: int = 0
    """The steps at which it is taken, as bits."""


def share(
    arguments: Sequence[Sequence[int]], sizes: Mapping[int, tuple[Any, int]]
) -> tuple[list[Place], dict[int, int]]:
    """Give values places, so that two share one only if the first is dead before the second begins.

    ``sizes`` holds the kind (device and dtype) and the bytes of every value that lives within the plan. The largest
    values choose first ("greedy by size" of Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
    Inference", 2020), so that no place grows for a value that comes late.

    >>> places, place_of = share([(0, 1), (1, 2), (2, 3)], {1: ("f", 8), 2: ("f", 4), 3: ("f", 8)})
    >>> [place.nbytes for place in places], place_of
    ([8, 4], {1: 0, 3: 0, 2: 1})
    """
    busy: dict[int, int] = {}
    for step, entries in enumerate(arguments):
        for entry in sizes.keys() & entries:
            first = busy.get(entry, 1 << step)
            # From the step of its lowest bit to this one.
            busy[entry] = (2 << step) - (first & -first)
    places: list[Place] = []
    place_of: dict[int, int] = {}
    for entry in sorted(busy, key=lambda entry: (-sizes[entry][1], entry)):
        kind, nbytes = sizes[entry]
        fitting = (number for number, place in enumerate(places) if place.kind == kind and not place.busy & busy[entry])
        chosen = next(fitting, len(places))
        if chosen == len(places):
            places.append(Place(kind, nbytes))
        places[chosen].busy |= busy[entry]
        place_of[entry] = chosen
    return places, place_of


# -- updates in place ----------------------------------------------------------------------------


def update_in_place(
    steps: Sequence[Step], wanted: Mapping[int, int], lasting: Container[int]
) -> tuple[list[Step], dict[int, int]]:
    """Let new values take the places of old ones that nobody needs any more.

    ``wanted`` names the old entry for each new one of the same size and dtype. A pair is accepted if every
    other reader of the old value can run before the step that computes the new one, and if that step reads
    the old value element by element, where it writes the new. Returns the steps, reordered where that
    helps, and the accepted pairs. A step that writes only what is ``lasting`` runs as soon as it can: what it reads is
    free the sooner.
    """
    result = list(steps)
    writer = _writers(steps)
    readers: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for entry in step.arguments:
            if entry not in step.written:
                readers.setdefault(entry, []).append(number)
    before = _before(steps)
    accepted: dict[int, int] = {}
    for new, old in wanted.items():
        place = writer.get(new)
        if place is None or old in accepted.values():
            continue
        others = [number for number in readers.get(old, ()) if number != place]
        updated = _merged(result[place], new, old)
        if updated is None or any(before[number] >> place & 1 for number in others):
            continue
        earlier = 0
        for number in others:
            earlier |= before[number] | 1 << number
        before[place] |= earlier
        for later in range(len(steps)):
            if before[later] >> place & 1:
                before[later] |= earlier
        result[place] = updated
        accepted[new] = old
    return _ordered(result, before, lasting), accepted


def results_early(steps: Sequence[Step], lasting: Container[int]) -> list[Step]:
    """The steps, reordered: one that writes only what is ``lasting`` runs as soon as it can: it frees its input."""
    return _ordered(steps, _before(steps), lasting)


def _writers(steps: Sequence[Step]) -> dict[int, int]:
    return {entry: number for number, step in enumerate(steps) for entry in step.written}


def _before(steps: Sequence[Step]) -> list[int]:
    """For each step those that must run before it, as bits."""
    writer = _writers(steps)
    before = [0] * len(steps)
    for number, step in enumerate(steps):
        for entry in step.arguments:
            if entry not in step.written and entry in writer:
                before[number] |= before[writer[entry]] | 1 << writer[entry]
    return before


def _ordered(steps: Sequence[Step], before: Sequence[int], lasting: Container[int]) -> list[Step]:
    """The steps in their old order, as far as what must run before lets them; results as soon as it does."""
    first = {number for number, step in enumerate(steps) if all(entry in lasting for entry in step.written)}
    order: list[Step] = []
    done = 0
    waiting = list(range(len(steps)))
    hurried = [number for number in waiting if number in first]
    while waiting:
        number = next(one for one in (*hurried, *waiting) if not before[one] & ~done)
        waiting.remove(number)
        if number in first:
            hurried.remove(number)
        order.append(steps[number])
        done |= 1 << number
    return order


def _merged(step: Step, new: int, old: int) -> Step | None:
    """The step with one argument for both values; None where an element would be read after it is overwritten."""
    kernel = step.kernel
    if kernel is None:
        return None
    if old not in step.arguments:
        return step
    if kernel.parts:
        return None
    source, target = step.arguments.index(old), step.arguments.index(new)
    stores = [store for store in kernel.stores if store.argument == target]
    if kernel.anchor is not None:
        for number, program in enumerate(kernel.anchor.operands):
            loads = [line for line in program.lines if isinstance(line, Load) and line.argument == source]
            # Of what a scatter changes, an element is read by the work-item that writes it.
            own = kernel.anchor.op in SCATTERS and number == 0 and len(stores) == 1
            if loads and not (own and all(_same(line.view, stores[0].view) for line in loads)):
                return None
    for store in stores:
        # Passes over a row read its elements again.
        if kernel.inner and not kernel.is_row_store(store):
            return None
        loads = [line for line in kernel.lines if isinstance(line, Load) and line.argument == source]
        if any(isinstance(line, Take) or not _same(line.view, store.view) for line in loads):
            return None
    if any(store.argument == source for store in kernel.stores):
        return None
    place = {number: number - (number > target) for number in range(len(step.arguments))}
    place[target] = place[source]

    def bind(line: Any) -> Any:
        return replace(line, argument=place[line.argument]) if isinstance(line, Load) else line

    anchor = kernel.anchor
    if anchor is not None:
        programs = tuple(replace(one, lines=tuple(map(bind, one.lines))) for one in anchor.operands)
        anchor = replace(anchor, operands=programs)
    arguments = [
        replace(argument, written=argument.written or number == source)
        for number, argument in enumerate(kernel.arguments)
        if number != target
    ]
    merged = replace(
        kernel,
        lines=tuple(map(bind, kernel.lines)),
        stores=tuple(replace(store, argument=place[store.argument]) for store in kernel.stores),
        arguments=tuple(arguments),
        anchor=anchor,
    )
    entries = tuple(entry for entry in step.arguments if entry != new)
    return replace(step, kernel=merged, arguments=entries, written=step.written - {new} | {old})


def _same(view: View, other: View) -> bool:
    """Whether two unmasked views of one shape are the same map."""
    steps = zip(view.strides, other.strides, view.shape)
    return view.mask is None and view.offset == other.offset and all(a == b or size == 1 for a, b, size in steps)
