"""Ops without operands: where values come from."""

from __future__ import annotations

from clgrad.ops import row

buffer = row("buffer", "source", operands=0)
"""A stored value: made from host data, or computed by an earlier plan."""

constant = row("constant", "source", operands=0, attributes=("value",))
"""One number of shape (), written into the kernel's text.

``value`` is the number's text: equal text means equal value, which ``==`` on floats does not (-0.0, nan)."""

iota = row("iota", "source", operands=0, attributes=("length",))
"""0, 1, 2, ... of shape (length,)."""
