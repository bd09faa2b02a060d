"""Draw a graph, or the kernels that would compute it, with Graphviz.

The Python package ``graphviz`` writes the drawing, the program ``dot`` makes a picture of it. Only
``draw`` imports the package.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clgrad.assemble import Step
from clgrad.errors import ArgumentError, DependencyError
from clgrad.graph import Node, toposort
from clgrad.ops import moves
from clgrad.runtime import pending
from clgrad.schedule import Plan
from clgrad.schedule import schedule as plan_of
from clgrad.tensor import Tensor

SUFFIXES = (".svg", ".png", ".pdf", ".dot")
_LEAF = {"style": "filled", "fillcolor": "orange"}
_STORED = {"style": "filled", "fillcolor": "lightgrey"}
_KERNEL = {"style": "filled", "fillcolor": "lightblue"}
_ASKED = {"peripheries": "2"}


def draw(
    tensors: Tensor | Sequence[Tensor],
    path: str | os.PathLike[str],
    schedule: bool = False,
    names: Mapping[Tensor, str] | None = None,
) -> Path:
    """Draw the graph of tensors, or with ``schedule`` the kernels that would run; give the path written.

    The graph has a box for each value: its op, shape and dtype. Grey boxes have their value already,
    orange ones are leaves that require gradients, a double border marks the tensors asked for.

    The schedule has a blue box for each kernel, numbered in order: its kind, device, shape
    (outer/inner) and number of lines. Arrows are buffers; an ellipse is one that stays: grey if it is
    there already, with a double border if it was asked for.

    ``names`` gives tensors a name in the drawing. Nothing is computed. The suffix of the path chooses the
    format: .svg, .png, .pdf or .dot. Without the program ``dot`` a UserWarning says what to install, and a
    .dot file is written next to the wanted path.

    Raises ArgumentError for another suffix, DependencyError without the package ``graphviz``.

    >>> import clgrad, tempfile
    >>> w = clgrad.ones(3, requires_grad=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     draw((w * 2).sum(), folder + "/graph.dot", names={w: "w"}).name
    'graph.dot'
    """
    wanted = Path(path)
    suffix = wanted.suffix.lower()
    if suffix not in SUFFIXES:
        raise ArgumentError(f"[draw] {wanted.name!r} does not end in {', '.join(SUFFIXES)}; use one of them")
    graphviz = _package()
    drawing = graphviz.Digraph(graph_attr={"ordering": "in"}, node_attr={"shape": "box"})
    roots = [tensor.node for tensor in ([tensors] if isinstance(tensors, Tensor) else tensors)]
    named = {id(tensor.node): name for tensor, name in (names or {}).items()}
    (_draw_schedule if schedule else _draw_graph)(drawing, roots, named)
    if suffix == ".dot":
        wanted.write_text(drawing.source)
        return wanted
    try:
        picture = drawing.pipe(format=suffix[1:])
    except graphviz.ExecutableNotFound:
        source = wanted.with_suffix(".dot")
        source.write_text(drawing.source)
        warnings.warn(
            f"[draw] the program dot was not found: {source} was written in place of {wanted.name}. To install it: "
            "apt install graphviz (Debian, Ubuntu), brew install graphviz (macOS), https://graphviz.org/download",
            stacklevel=2,
        )
        return source
    wanted.write_bytes(picture)
    return wanted


def _package() -> Any:
    try:
        import graphviz
    except ImportError as error:
        raise DependencyError(
            "[draw] the Python package graphviz is not installed; pip install clgrad[viz] installs it"
        ) from error
    return graphviz


def _label(name: str | None, *lines: str) -> str:
    """A label of several lines. Graphviz reads a backslash as the start of an escape."""
    texts = lines if name is None else (name, *lines)
    return "\\n".join(text.replace("\\", "\\\\") for text in texts)


def _value(node: Node) -> str:
    return f"{node.shape} {node.dtype.name}"


# -- the graph -----------------------------------------------------------------------------------


def _draw_graph(drawing: Any, roots: Sequence[Node], named: Mapping[int, str]) -> None:
    order = toposort(roots, lambda node: False)
    keys = {id(node): f"value{number}" for number, node in enumerate(order)}
    asked = {id(root) for root in roots}
    stored: set[int] = set()
    for node in order:
        if node.buffer is not None or (node.op in moves.SAME_ORDER and id(node.operands[0]) in stored):
            stored.add(id(node))
        style = dict(_LEAF if node.op is moves.leaf else _STORED if id(node) in stored else {})
        if id(node) in asked:
            style |= _ASKED
        drawing.node(keys[id(node)], _label(named.get(id(node)), _operation(node), _value(node)), **style)
        for operand in node.operands:
            drawing.edge(keys[id(operand)], keys[id(node)])


def _operation(node: Node) -> str:
    """The op, and those of its attributes that the shape and the dtype do not tell."""
    told = ("shape", "dtype", "length")
    given = zip(node.op.attributes, node.attributes)
    return " ".join([node.op.name, *(f"{name}={value}" for name, value in given if name not in told)])


# -- the schedule --------------------------------------------------------------------------------


def _draw_schedule(drawing: Any, roots: Sequence[Node], named: Mapping[int, str]) -> None:
    order, kept = pending(roots)
    plan = plan_of(order, kept)
    if not plan.steps:
        drawing.node("nothing", "nothing to run", shape="plaintext")
    labels = _buffer_labels(order, plan, named)
    wanted = {id(root) for root in roots}
    asked = {plan.storage[number] for number, node in enumerate(order) if id(node) in wanted}
    stays = {plan.storage[number] for number in kept}
    origin: dict[int, str] = {}
    """For each buffer, the box or the ellipse that its arrows start from."""
    for place, step in enumerate(plan.steps):
        kernel = f"kernel{place}"
        drawing.node(kernel, _step_label(place + 1, step), **_KERNEL)
        for entry, written in _uses(step):
            buffer = f"buffer{entry}"
            if not written:
                if entry not in origin:
                    drawing.node(buffer, labels[entry], shape="ellipse", **_STORED)
                    origin[entry] = buffer
                label = {} if origin[entry] == buffer else {"label": labels[entry]}
                drawing.edge(origin[entry], kernel, **label)
            elif entry in stays:
                drawing.node(buffer, labels[entry], shape="ellipse", **(_ASKED if entry in asked else {}))
                drawing.edge(kernel, buffer)
                origin[entry] = buffer
            else:
                origin[entry] = kernel


def _buffer_labels(order: Sequence[Node], plan: Plan, named: Mapping[int, str]) -> dict[int, str]:
    values = {entry: f"{nbytes:,} bytes" for entry, (_, nbytes) in plan.nbytes.items()}
    names: dict[int, str] = {}
    # Reshapes share the buffer of the node they read. Shown is the shape of what has a name, else of the first.
    for number in reversed(range(len(order))):
        values[plan.storage[number]] = _value(order[number])
    for number, node in enumerate(order):
        if id(node) in named:
            names[plan.storage[number]] = named[id(node)]
            values[plan.storage[number]] = _value(node)
    return {entry: _label(names.get(entry), value) for entry, value in values.items()}


def _uses(step: Step) -> list[tuple[int, bool]]:
    """The buffers of a step, and whether it writes them."""
    if step.kernel is None:
        source, target = step.arguments
        return [(source, False), (target, True)]
    return [(entry, argument.written) for entry, argument in zip(step.arguments, step.kernel.arguments)]


def _step_label(number: int, step: Step) -> str:
    kernel = step.kernel
    if kernel is None:
        return _label(f"{number}. copy", f"to {step.device.name}")
    lines = len(kernel.lines) + sum(len(part.lines) for part in kernel.parts)
    if kernel.anchor is not None:
        lines += sum(len(program.lines) for program in kernel.anchor.operands)
    shape = "x".join(map(str, kernel.outer)) or "1"
    shape += "/" + "x".join(map(str, kernel.inner)) if kernel.inner else ""
    return _label(f"{number}. {kernel.kind}", step.device.name, shape, f"{lines} lines")
