"""Render kernels to OpenCL C: lines become C, templates bring the loops, and never see an op's name."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mako.lookup import TemplateLookup

from clgrad.cl.attention import AttentionGradientShape, attended
from clgrad.cl.caps import Capabilities
from clgrad.cl.convolutions import convolution
from clgrad.cl.folds import FoldShape
from clgrad.cl.group_products import product
from clgrad.cl.orders import MergeRunsShape, PlaceShape, SearchShape, SortRunsShape, TallyShape, TopRunsShape
from clgrad.cl.reductions import ColumnsShape, RowsShape, runs_down
from clgrad.cl.scans import GroupScanShape, ScanShape
from clgrad.cl.scatters import ScatterShape, ScatterSortedShape
from clgrad.cl.shapes import NOT_INLINED, GivenShape, KernelShape, MapShape, in_lanes
from clgrad.cl.space import Sizes
from clgrad.kernel import Kernel, Load
from clgrad.ops import Op, anchors, attention, convolutions, orders, scans
from clgrad.view import Shape

PRELUDE = "#pragma OPENCL FP_CONTRACT ON\n"
ITEM = re.compile(r"(\w+)_item\(")
"""Where a function of a work-item is defined, at the beginning of its text, or called."""
MOST_INLINED = 4
"""How often such a function may stand in a program, inlined; once is where it is defined."""


ANCHORS: dict[Op, type[KernelShape]] = {
    anchors.scatter: ScatterShape,
    anchors.scatter_sorted: ScatterSortedShape,
    orders.sort_runs: SortRunsShape,
    orders.merge_runs: MergeRunsShape,
    orders.top_runs: TopRunsShape,
    orders.place: PlaceShape,
    orders.search: SearchShape,
    orders.tally: TallyShape,
}
"""The template of each anchor, by its shape class, where a device's form is the only choice."""
MEASURED: dict[Op, Callable[[Kernel, Capabilities, Sizes | None], KernelShape]] = {
    anchors.matmul: product,
    convolutions.convolution: convolution,
    attention.attention: attended,
    attention.attention_means: attended,
    attention.attention_gradient: AttentionGradientShape,
}
"""Anchors whose sizes can be measured: what chooses among templates and sizes."""


@dataclass(frozen=True)
class Rendered:
    """A kernel as text, and how it is launched."""

    name: str
    items: tuple[str, ...]
    """The functions that do one work-item's part of a kernel, if there are."""
    entry: str
    """The kernel itself."""
    helpers: tuple[str, ...]
    global_size: Shape
    local_size: Shape
    checks_indices: bool
    turns: int = 0
    """About how many turns of loops a work-item makes."""


@cache
def _templates() -> TemplateLookup:
    return TemplateLookup(directories=[str(Path(__file__).parent / "kernels")], strict_undefined=True)


def choose(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> KernelShape:
    """The template and sizes for a kernel; those that were measured, where they fit."""
    if kernel.anchor is not None:
        op = kernel.anchor.op
        if op in MEASURED:
            return MEASURED[op](kernel, capabilities, measured)
        if op is scans.scan:
            return (ScanShape if capabilities.is_cpu else GroupScanShape)(kernel, capabilities)
        return ANCHORS.get(op, GivenShape)(kernel, capabilities)
    if not kernel.inner:
        return MapShape(in_lanes(kernel, capabilities), capabilities)
    if not capabilities.is_cpu:
        return FoldShape(kernel, capabilities, measured)
    if runs_down(kernel):
        return ColumnsShape(kernel, capabilities, measured)
    return RowsShape(kernel, capabilities, measured)


def render(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> Rendered:
    """A kernel as OpenCL C for a device."""
    if kernel.parts:
        return _side_by_side(kernel, capabilities)
    return _rendered(kernel, choose(kernel, capabilities, measured))


def _rendered(kernel: Kernel, shape: KernelShape) -> Rendered:
    template = _templates().get_template(f"{shape.template}.mako")
    body = template.render(k=shape, kernel=shape.kernel).strip() + "\n"
    body = "\n".join(line for line in body.splitlines() if line.strip()) + "\n"
    name = kernel_name(kernel.kind, body)
    body = body.replace("KERNEL_NAME", name)
    return Rendered(
        name,
        (body,) if shape.is_function else (),
        shape.entry.replace("KERNEL_NAME", name) if shape.is_function else body,
        tuple(shape.writer.helpers),
        shape.global_size,
        shape.local_size,
        kernel.checks_indices,
        shape.turns,
    )


def _side_by_side(kernel: Kernel, capabilities: Capabilities) -> Rendered:
    """One kernel of parts, each with work-items of its own; parts that differ in their places only are one function."""
    whole = KernelShape(kernel, capabilities)
    parts: list[Rendered] = []
    lines: list[str] = []
    end = 0
    for part in kernel.parts:
        own, arguments, offsets = _standalone(part)
        shape = MapShape(in_lanes(own, capabilities), capabilities)
        # Vectors that are written past the caches have to be aligned.
        shape.streams = shape.streams and not any(offset % shape.width for offset in offsets.values())
        rendered = _rendered(own, shape)
        width, height = rendered.global_size
        given = [f"a{number} + {offsets[number]}" if offsets.get(number) else f"a{number}" for number in arguments]
        place = f"(id0 - {end})" if end else "id0"
        ids = f"{place} % {width}, {place} / {width}" if height > 1 else f"{place}, 0"
        end += width * height
        lines.append(f"    if (id0 < {end}) {{ {rendered.name}_item({', '.join(given)}, faults, {ids}, 0); return; }}")
        parts.append(rendered)
    body = "\n".join([f"({whole.parameters}, const {whole.index} id0, const int id1, const int id2) {{", *lines, "}\n"])
    name = kernel_name(kernel.kind, f"{capabilities.group} {body}")
    local = capabilities.group
    names = ", ".join(f"a{number}" for number in range(len(kernel.arguments)))
    head = f"__kernel __attribute__((reqd_work_group_size({local}, 1, 1)))\nvoid {name}({whole.parameters})"
    return Rendered(
        name,
        (*dict.fromkeys(text for part in parts for text in part.items), f"CLGRAD_ITEM void {name}_item{body}"),
        f"{head} {{\n    {name}_item({names}, faults, get_global_id(0), 0, 0);\n}}\n",
        tuple(dict.fromkeys(text for part in parts for text in part.helpers)),
        (-(-end // local) * local,),
        (local,),
        kernel.checks_indices,
    )


def _standalone(part: Kernel) -> tuple[Kernel, list[int], dict[int, int]]:
    """A part as a kernel of what it reads and writes; the arguments it has; and for each that it writes the number from
    which on it does so, where the kernel's own places begin. A complex element is two numbers."""
    loads = [line for line in part.lines if isinstance(line, Load)]
    arguments = sorted({line.argument for line in loads} | {store.argument for store in part.stores})
    number = {argument: place for place, argument in enumerate(arguments)}
    begins: dict[int, int] = {}
    for store in part.stores:
        begins[store.argument] = min(store.view.offset, begins.get(store.argument, store.view.offset))
    stores = []
    for store in part.stores:
        view = replace(store.view, offset=store.view.offset - begins[store.argument])
        stores.append(replace(store, argument=number[store.argument], view=view))
    own = replace(
        part,
        lines=tuple(
            replace(line, argument=number[line.argument]) if isinstance(line, Load) else line for line in part.lines
        ),
        stores=tuple(stores),
        arguments=tuple(part.arguments[argument] for argument in arguments),
    )
    offsets = {one: begin * (2 if part.arguments[one].dtype.is_complex else 1) for one, begin in begins.items()}
    return own, arguments, offsets


def kernel_name(kind: str, text: str) -> str:
    """A name for a kernel of this text; equal texts have equal names."""
    return f"clgrad_{kind}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def program_text(kernels: Sequence[Rendered], capabilities: Capabilities, quickly: bool = False) -> str:
    """Many kernels as one program: a driver's fixed cost is paid once.

    ``quickly``: functions of work-items stay functions. What is inlined runs up to a tenth faster where there is little
    work, but takes PoCL half as long again to compile, and in a long sequence twice as long: what is called often, as
    the product of each time step, is not. Intel's never inlines.
    """
    helpers = dict.fromkeys(text for one in kernels for text in one.helpers)
    # Types come before the functions that may use them.
    ordered = sorted(helpers, key=lambda text: not text.startswith("typedef"))
    items = dict.fromkeys(text for one in kernels for text in one.items)
    extensions = "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n" if capabilities.has_double else ""
    keeps = capabilities.vector_pointers and (quickly or not capabilities.inlines)
    extensions += f"#define CLGRAD_ITEM {NOT_INLINED if keeps else 'static inline'}\n"
    entries = [one.entry for one in kernels]
    calls = Counter(name for text in (*items, *entries) for name in ITEM.findall(text))
    if capabilities.vector_pointers:
        often = [text for text in items if calls[ITEM.findall(text)[0]] > MOST_INLINED]
        items = dict.fromkeys(text.replace("CLGRAD_ITEM", NOT_INLINED) if text in often else text for text in items)
    texts = [extensions + PRELUDE, *ordered, *items, *entries]
    return "\n".join(text for text in texts if text)
