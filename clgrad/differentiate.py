"""Reverse-mode differentiation: graph in, graph out."""

from __future__ import annotations

from collections.abc import Sequence

from clgrad.errors import GradientError
from clgrad.graph import Node, Release, recording, toposort
from clgrad.ops import moves, sources


def gradient(
    roots: Sequence[Node],
    seeds: Sequence[Node],
    targets: Sequence[Node],
    release: bool = False,
    create_graph: bool = True,
) -> list[Node | None]:
    """Gradients of ``sum(root * seed)`` for each target; None where no path leads to it.

    Each value passes its whole gradient on once, when all its readers have added to it; the result
    is new nodes, which with ``create_graph`` differentiate again. With ``release`` the history is used up:
    a later call that needs it raises GradientError.
    """
    token = recording.set(create_graph)
    try:
        return _gradient(roots, seeds, targets, release)
    finally:
        recording.reset(token)


def _gradient(
    roots: Sequence[Node], seeds: Sequence[Node], targets: Sequence[Node], release: bool
) -> list[Node | None]:
    wanted = {id(target) for target in targets}
    order = toposort(
        [root for root in roots if root.needs_grad],
        lambda node: not node.needs_grad or node.op is moves.leaf,
    )
    totals: dict[int, Node] = {}

    def add(node: Node, value: Node) -> None:
        before = totals.get(id(node))
        totals[id(node)] = value if before is None else before + value

    for root, seed in zip(roots, seeds):
        if root.needs_grad:
            add(root, seed)
    for node in reversed(order):
        if not node.needs_grad or node.op is moves.leaf:
            continue
        if node.released:
            raise GradientError(
                f"[backward] the history of a {node.op.name} of shape {node.shape} was used up by an earlier "
                "backward(); call that one with retain_graph=True"
            )
        total = totals.get(id(node)) if id(node) in wanted else totals.pop(id(node), None)
        if total is None:
            continue
        assert node.op.vjp is not None
        parts = node.op.vjp(total, node, *node.operands, *node.attributes)
        for operand, part in zip(node.operands, parts if isinstance(parts, tuple) else (parts,)):
            if operand.needs_grad and part is not None:
                add(operand, part)
    found = [totals.get(id(target)) for target in targets]
    if release:
        used = Release(gradient for gradient in found if gradient is not None)
        for node in order:
            if node.op is not moves.leaf:
                node.released = used
                if node.buffer is not None:  # the gradients hold what they read of it
                    node.op, node.operands, node.attributes = sources.buffer, (), ()
    return found
