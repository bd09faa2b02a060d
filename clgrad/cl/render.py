"""Render kernels to OpenCL C: lines become C, templates bring the loops, and never see an op's name."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mako.lookup import TemplateLookup

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import choose
from clgrad.device import Call
from clgrad.kernel import Kernel
from clgrad.view import Shape

PRELUDE = """#pragma OPENCL FP_CONTRACT ON
static inline long clgrad_check_index(long index, long size, long site, __global long* faults) {
    if (index >= 0 && index < size) return index;
    faults[0] = site;
    faults[1] = index;
    return 0;
}
"""


@dataclass(frozen=True)
class Rendered:
    """A kernel as text, and how it is launched."""

    name: str
    items: tuple[str, ...]
    """On a CPU, the functions that do one work-item's part of a kernel; elsewhere none."""
    entry: str
    """The kernel itself."""
    helpers: tuple[str, ...]
    global_size: Shape
    local_size: Shape
    checks_indices: bool


@cache
def _templates() -> TemplateLookup:
    return TemplateLookup(directories=[str(Path(__file__).parent / "kernels")], strict_undefined=True)


def render(kernel: Kernel, capabilities: Capabilities) -> Rendered:
    """A kernel as OpenCL C for a device."""
    shape = choose(kernel, capabilities)
    template = _templates().get_template(f"{shape.template}.mako")
    body = template.render(k=shape, kernel=kernel).strip() + "\n"
    body = "\n".join(line for line in body.splitlines() if line.strip()) + "\n"
    name = _name(kernel.kind, body)
    body = body.replace("KERNEL_NAME", name)
    return Rendered(
        name,
        (body,) if capabilities.is_cpu else (),
        shape.entry.replace("KERNEL_NAME", name) if capabilities.is_cpu else body,
        tuple(shape.writer.helpers),
        shape.global_size,
        shape.local_size,
        kernel.checks_indices,
    )


def _name(kind: str, text: str) -> str:
    return f"clgrad_{kind}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def sequence(parts: Sequence[Rendered], calls: Sequence[Call]) -> Rendered:
    """One work-item that does the work of several kernels of a CPU, one after the other.

    A launch costs a CPU device as much as some 10,000 multiplications: small kernels are not worth one each.
    """
    types: dict[int, str] = {}
    lines: list[str] = []
    for part, call in zip(parts, calls):
        types.update(zip(call.arguments, (argument.dtype.c for argument in call.kernel.arguments)))
        given = [f"a{place}" for place in call.arguments]
        sizes = (*part.global_size, 1, 1)[:3]
        for axis in (2, 1, 0):
            if sizes[axis] > 1:
                lines.append(f"for (int id{axis} = 0; id{axis} < {sizes[axis]}; id{axis}++)")
        ids = [f"id{axis}" if size > 1 else "0" for axis, size in enumerate(sizes)]
        lines.append(f"{part.name}_item({', '.join([*given, 'faults', *ids])});")
    parameters = [f"__global {types[place]}* a{place}" for place in sorted(types)]
    body = f"({', '.join([*parameters, '__global long* faults'])}) {{\n" + "\n".join(lines) + "\n}\n"
    name = _name("sequence", body)
    helpers = dict.fromkeys(text for part in parts for text in part.helpers)
    return Rendered(
        name,
        tuple(dict.fromkeys(text for part in parts for text in part.items)),
        f"__kernel __attribute__((reqd_work_group_size(1, 1, 1)))\nvoid {name}{body}",
        tuple(helpers),
        (1,),
        (1,),
        any(part.checks_indices for part in parts),
    )


def program_text(kernels: Sequence[Rendered], capabilities: Capabilities) -> str:
    """Many kernels as one program: a driver's fixed cost is paid once."""
    helpers = dict.fromkeys(text for one in kernels for text in one.helpers)
    # Types come before the functions that may use them.
    ordered = sorted(helpers, key=lambda text: not text.startswith("typedef"))
    items = dict.fromkeys(text for one in kernels for text in one.items)
    extensions = "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n" if capabilities.has_double else ""
    extensions += "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n" if capabilities.has_half else ""
    texts = [extensions + PRELUDE, *ordered, *items, *(one.entry for one in kernels)]
    return "\n".join(text for text in texts if text)
