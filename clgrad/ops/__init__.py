"""The op table: an op is a row.

A row holds all there is to know of one op: its shape rule (by family), its dtype rule, its
gradient, its numpy meaning and its scalar C. Nothing else in the library lists ops by name.

Families:

- ``source``: has no operands (a stored buffer, a constant, a running index).
- ``map``: element by element; operands have equal shapes (array.py inserts casts and broadcasts).
- ``reduce``: one operand and ``axes``; reduced axes stay with length one.
- ``move``: one operand, no arithmetic; ``view`` says how indices change.
- ``anchor``: has a kernel kind of its own (matmul, scatter), moves between devices, or is LAPACK's (``host``);
  ``shape`` gives its shape.

Gradients: ``vjp(g, y, *operands, **attributes)`` gives one gradient per operand (None where there
is none). It is written in the array language, so gradients differentiate again.

Complex numbers are pairs of reals in storage, and nowhere else: programs read, compute and write their parts.
``complex``, ``real`` and ``imag`` go between the two; what else is said of complex numbers is composed of real
ops (complex_numbers.py). So these three rows have no numpy and no C.

C templates: ``{0}``, ``{1}`` ... are the operands, ``{T}`` the (vector) type of the result, ``{t}`` its
scalar type, ``{m0}`` operand 0 as a vector condition, ``{name}`` the dtype's name. ``lanes`` marks C that
has no vector form and is called lane by lane; ``helper`` gives the C function that the template calls,
for a dtype and a number of lanes (one, for a ``lanes`` op), and ``shared`` what that calls for float32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clgrad.dtypes import BOOL, COMPLEX, FLOAT, INTEGER, DType, bool_

ANY = (BOOL, INTEGER, FLOAT)
NUMBER = (INTEGER, FLOAT)
FLOATS = (FLOAT,)
BITS = (BOOL, INTEGER)
COMPLEXES = (COMPLEX,)

CHEAP, COSTLY = 1, 8
"""Rough cost of one element in multiplications: a costly value with several readers is stored."""


@dataclass(frozen=True, eq=False)
class Op:
    """One row of the table."""

    name: str
    family: str
    operands: int = 1
    attributes: tuple[str, ...] = ()
    domain: tuple[int, ...] = ANY
    """Categories of dtype it computes on; an integer given to a float op becomes float32."""
    result: DType | None = None
    """The dtype of the result where it differs from the first operand's."""
    vjp: Callable[..., Any] | None = None
    numpy: Callable[..., Any] | None = None
    c: str = ""
    native: str = ""
    """C for devices other than CPUs, where it is another: a GPU's own functions are fast."""
    helper: Callable[[DType, int], str] | None = None
    shared: str = ""
    lanes: bool = False
    view: Callable[..., Any] | None = None
    shape: Callable[..., Any] | None = None
    """For an anchor, its shape from its operands' shapes and its attributes."""
    flops: Callable[..., int] | None = None
    """For an anchor that multiplies, its arithmetic by its operands' shapes and its own."""
    names: tuple[str, ...] = ()
    sizes: Callable[..., Any] | None = None
    """For an anchor whose kernel is given as ``c``: what that calls its operands, and the sizes of its range."""
    identity: Callable[[DType], Any] | None = None
    cost: int = CHEAP
    host: bool = False
    """Whether only the ``cpu`` device runs it: who applies it moves the operands there."""
    jumps: bool = False
    """A step function: operands that are halves are rounded before, so that it decides by what is stored."""
    keeps: bool = False
    """Gives one of its operands or its negative: what was rounded stays so."""

    def __repr__(self) -> str:
        return f"<op {self.name}>"


OPS: dict[str, Op] = {}


def row(name: str, family: str, **fields: Any) -> Op:
    """Add one op to the table."""
    op = Op(name, family, **fields)
    assert name not in OPS, f"op {name} is in the table already"
    OPS[name] = op
    return op


def predicate(name: str, **fields: Any) -> Op:
    """Add a map whose result is bool and has no gradient."""
    return row(name, "map", result=bool_, jumps=True, **fields)


from clgrad.ops import (  # noqa: E402  # rows register on import
    anchors,
    attention,
    convolutions,
    factorisations,
    maps,
    moves,
    orders,
    reduces,
    scans,
    sources,
    special,
)

__all__ = [
    "OPS",
    "Op",
    "anchors",
    "attention",
    "convolutions",
    "factorisations",
    "maps",
    "moves",
    "orders",
    "reduces",
    "scans",
    "sources",
    "special",
]
