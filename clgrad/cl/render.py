"""Render kernels to OpenCL C: lines become C, templates bring the loops, and never see an op's name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mako.lookup import TemplateLookup

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import choose
from clgrad.kernel import Kernel
from clgrad.view import Shape


@dataclass(frozen=True)
class Rendered:
    """One kernel as text, and how it is launched."""

    name: str
    body: str
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
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    name = f"clgrad_{kernel.kind}_{digest}"
    return Rendered(
        name,
        body.replace("KERNEL_NAME", name),
        tuple(shape.writer.helpers),
        shape.global_size,
        shape.local_size,
        kernel.checks_indices,
    )
