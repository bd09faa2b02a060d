"""Reverse-mode differentiation: graph in, graph out."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Container, Sequence
from typing import Any

from clgrad.errors import GradientError
from clgrad.graph import Node, Release, filled, next_serial, recording, toposort
from clgrad.ops import anchors, moves, sources

FEW_PIECES = 2
"""Pieces whose gradients are added up inside zeros, which costs no kernel: more are joined."""


def gradient(
    roots: Sequence[Node],
    seeds: Sequence[Node],
    targets: Sequence[Node],
    release: bool = False,
    create_graph: bool = True,
    ends: Container[int] = (),
) -> list[Node | None]:
    """Gradients of ``sum(root * seed)`` for each target; None where no path leads to it.

    Each value passes its whole gradient on once, when all its readers have given their parts; the result
    is new nodes, which with ``create_graph`` differentiate again. With ``release`` the history is used up:
    a later call that needs it raises GradientError. What is below the nodes in ``ends``, by id, is left out.
    """
    token = recording.set(create_graph)
    try:
        return _gradient(roots, seeds, targets, release, ends)
    finally:
        recording.reset(token)


def _gradient(
    roots: Sequence[Node], seeds: Sequence[Node], targets: Sequence[Node], release: bool, ends: Container[int]
) -> list[Node | None]:
    wanted = {id(target) for target in targets}
    order = toposort(
        [root for root in roots if root.needs_grad],
        lambda node: not node.needs_grad or node.op is moves.leaf or id(node) in ends,
    )
    parts: dict[int, list[Node]] = {}
    sums = _Sums()

    def add(node: Node, value: Node) -> None:
        parts.setdefault(id(node), []).append(value)

    for root, seed in zip(roots, seeds):
        if root.needs_grad:
            add(root, seed)
    for node in reversed(order):
        if not node.needs_grad or node.op is moves.leaf or id(node) in ends:
            continue
        if node.released:
            raise GradientError(
                f"[backward] the history of a {node.op.name} of shape {node.shape} was used up by an earlier "
                "backward(); call that one with retain_graph=True"
            )
        given = parts.pop(id(node), None)
        if given is None:
            continue
        total = sums.total(given)
        if id(node) in wanted:
            add(node, total)
        if node.origin is not None:
            passed: Any = _recompute(total, node, *node.origin)
        else:
            assert node.op.vjp is not None
            passed = node.op.vjp(total, node, *node.operands, *node.attributes)
        for operand, part in zip(node.operands, passed if isinstance(passed, tuple) else (passed,)):
            if operand.needs_grad and part is not None:
                add(operand, part)
    found = [sums.total(parts[id(target)]) if id(target) in parts else None for target in targets]
    if release:
        used = Release(gradient for gradient in found if gradient is not None)
        for node in order:
            if node.op is not moves.leaf:
                node.released, node.origin = used, None
                if node.buffer is not None:  # the gradients hold what they read of it
                    node.op, node.operands, node.attributes = sources.buffer, (), ()
    return found


# -- values that are computed again --------------------------------------------------------------


def recomputed(roots: Sequence[Node], others: Sequence[Node], start: int) -> list[Node]:
    """These values, with their gradients; what was computed for them since a serial number is not kept, but again when
    a gradient is taken.

    What was built stands for the gradient; the values are computed by copies of it, of which nothing is kept. Others,
    which were computed beside them and take no gradient, are shown as copies, too.
    """
    token = recording.set(False)
    try:
        order = _since([*roots, *others], start)
        copies = _copied(order, start, {})
    finally:
        recording.reset(token)
    for node in order:
        shown = node.handle() if node.handle is not None else None
        if id(node) in copies and not node.needs_grad and shown is not None and shown.node is node:
            shown.node, copies[id(node)].handle = copies[id(node)], node.handle  # a running statistic, say
    results = []
    for root in roots:
        if not root.needs_grad or id(root) not in copies:
            results.append(copies.get(id(root), root))
            continue
        below = [one for one in _since([root], start) if one.needs_grad and _ends(one, start)]
        results.append(_with_origin((copies[id(root)], *below), root, start))
    return results


def _with_origin(operands: tuple[Node, ...], root: Node, start: int) -> Node:
    result = Node(moves.recomputed, operands, (), root.shape, root.dtype, root.device, needs_grad=True)
    result.origin = root, start
    return result


def _recompute(g: Node, y: Node, root: Node, start: int) -> tuple[Node | None, ...]:
    """What goes back to a recomputed value's operands; nothing is computed again before what comes back is there."""
    create_graph = recording.get()
    order = _since([root], start)
    token = recording.set(True)
    try:
        ends = [one for one in order if _ends(one, start) and (one.operands or one.buffer is not None)]
        later = {id(one): Node.apply(moves.after, (one, g), ()) for one in ends if one.device is g.device}
        copies = _copied(order, start, later)
    finally:
        recording.reset(token)
    below = [copies.get(id(one), one) for one in y.operands[1:]]
    found = gradient([copies[id(root)]], [g], below, create_graph=create_graph, ends=set(map(id, below)))
    if not create_graph:
        for copy in copies.values():
            copy.needs_grad = False  # no other gradient will read these: they need not be kept
    return None, *found


def _since(roots: Sequence[Node], start: int) -> list[Node]:
    """What was computed for these values since a serial number, and what that reads."""
    return toposort(roots, lambda one: _ends(one, start))


def _ends(node: Node, start: int) -> bool:
    """Whether a node was there before, or has its value."""
    return node.serial < start or node.buffer is not None or not node.operands or node.op is moves.leaf


def _copied(order: Sequence[Node], start: int, others: dict[int, Node]) -> dict[int, Node]:
    """Copies of nodes since a serial number, which read others in place of some before it."""
    copies = dict(others)
    made = [node for node in order if not _ends(node, start)]
    for node in made:
        operands = tuple(copies.get(id(operand), operand) for operand in node.operands)
        if node.origin is None:
            copies[id(node)] = Node.apply(node.op, operands, node.attributes)
        elif not recording.get():
            copies[id(node)] = operands[0]
        else:
            root, begun = node.origin
            start_of_copy = next_serial()
            inner = _copied(_since([root], begun), begun, copies)
            copies[id(node)] = _with_origin(operands, inner[id(root)], start_of_copy)
    for node in made:
        companion = None if node.companion is None else node.companion()
        if companion is not None and id(companion) in copies:
            copies[id(node)].companion = weakref.ref(copies[id(companion)])
    return copies


# -- sums of gradients ---------------------------------------------------------------------------


class _Sums:
    """Sums of what the readers of a value gave, in few kernels; what was joined once is not joined again."""

    def __init__(self) -> None:
        self._joined: dict[tuple[tuple[int, ...], int], Node] = {}

    def total(self, parts: list[Node]) -> Node:
        """The sum of these parts."""
        if len(parts) > 1:
            parts = self._join_pieces(self._join_products(parts))
        return _sum(parts)

    def _join_pieces(self, parts: list[Node]) -> list[Node]:
        """Gradients of more than a few pieces that a value was cut into along one axis: joined, each is read once.

        Added up, every element would read all of them, each with zeros around it.
        """
        pieces: dict[int, dict[tuple[int, int], list[Node]]] = {}
        rest: list[Node] = []
        for part in parts:
            place = _place(part)
            if place is None:
                rest.append(part)
            else:
                axis, *ends = place
                pieces.setdefault(axis, {}).setdefault((ends[0], ends[1]), []).append(part)
        for axis, found in pieces.items():
            places = sorted(found)
            if len(places) > FEW_PIECES and all(one[1] <= other[0] for one, other in itertools.pairwise(places)):
                whole = next(iter(found.values()))[0]
                sums = [(*place, _sum([part.operands[0] for part in found[place]])) for place in places]
                rest.append(self._join(_filled_up(sums, whole, axis), axis))
            else:
                rest += [part for same in found.values() for part in same]
        return rest

    def _join_products(self, parts: list[Node]) -> list[Node]:
        """The sum of products as one product of joined factors, where joining those moves less than adding up these.

        So a weight that each step of a sequence reads gets its gradient in one product.
        """
        # The last reader gave its part first.
        products = [part for part in reversed(parts) if part.op is anchors.matmul and part.buffer is None]
        products = [one for one in products if _joins(*one.operands)]
        if len(products) < 2:
            return parts
        left, right = zip(*(one.operands for one in products))
        chosen = set(map(id, products))
        rest = [part for part in parts if id(part) not in chosen]
        return [self._join_matrices(left, -1) @ self._join_matrices(right, -2), *rest]

    def _join_matrices(self, factors: Sequence[Node], axis: int) -> Node:
        """Matrices one after the other; transposed ones are joined as they lie."""
        last = factors[0].ndim - 1
        turned = (*range(last - 1), last, last - 1)
        if all(one.op is moves.permute and one.attributes[0] == turned and one.buffer is None for one in factors):
            return self._join_matrices([one.operands[0] for one in factors], -3 - axis).mT
        return self._join(factors, last + 1 + axis)

    def _join(self, pieces: Sequence[Node], axis: int) -> Node:
        key = tuple(map(id, pieces)), axis
        found = self._joined.get(key)
        if found is None:
            found = self._joined[key] = pieces[0].followed_by(pieces[1:], axis)
        return found


def _place(part: Node) -> tuple[int, int, int] | None:
    """Of a gradient that is zero around one piece: the axis, and where the piece begins and ends."""
    if part.op is not moves.pad or part.buffer is not None or part.dtype.is_complex:
        return None
    cut = [axis for axis, width in enumerate(part.attributes[0]) if width != (0, 0)]
    if len(cut) != 1 or 0 in part.operands[0].shape:
        return None
    before, after = part.attributes[0][cut[0]]
    return cut[0], before, part.shape[cut[0]] - after


def _filled_up(pieces: list[tuple[int, int, Node]], whole: Node, axis: int) -> list[Node]:
    """Pieces in their order along an axis, and zeros where there is none."""
    result: list[Node] = []

    def fill(size: int) -> None:
        if size:
            shape = (*whole.shape[:axis], size, *whole.shape[axis + 1 :])
            result.append(filled(0, whole.dtype, whole.device, shape))

    end = 0
    for start, stop, piece in pieces:
        fill(start - end)
        result.append(piece)
        end = stop
    fill(whole.shape[axis] - end)
    return result


def _sum(parts: Sequence[Node]) -> Node:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _joins(a: Node, b: Node) -> bool:
    rows, inner, columns = *a.shape[-2:], b.shape[-1]
    return inner * (rows + columns) <= rows * columns
