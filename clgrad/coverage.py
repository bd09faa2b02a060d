"""The public table of ops: what the tests compared with PyTorch, by op, dtype, derivative and device.

``coverage.json`` beside this file is written by the tests from what they really ran (``pytest --write-coverage``),
and every later run of the tests fails where a cell of it is lost.
"""

from __future__ import annotations

import json
from pathlib import Path

RECORD = Path(__file__).with_name("coverage.json")
DTYPES = (
    "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "bfloat16", "float32",
    "float64", "complex64", "complex128",
)  # fmt: skip
MARKS = ("v", "g", "G")
"""Of derivatives 0, 1 and 2."""
HEAD = """# What is compared with PyTorch (unsigned integers of 16 bits and more: with numpy)

Written by `clgrad coverage` from what the tests ran. For each op and dtype of its inputs: `v` the values were
compared, `g` the gradients too, `G` also the gradients of gradients; first on the cpu device (numpy), then on
OpenCL devices. `.` says that this dtype was not compared there. `ops.` stands before the rows of the op table, of
which all else is composed.
"""

Table = dict[str, dict[str, dict[str, int]]]
"""Op, dtype, kind of device: the highest derivative that was compared."""


def load() -> Table:
    """The record of the tests."""
    table: Table = json.loads(RECORD.read_text(encoding="utf-8"))
    return table


def render(table: Table) -> str:
    """The table as Markdown.

    >>> print(render({"exp": {"float32": {"cpu": 2, "cl": 1}}}).splitlines()[-1])
    | `exp` | G g |
    """
    present = [dtype for dtype in DTYPES if any(dtype in row for row in table.values())]
    cells = [one for row in table.values() for devices in row.values() for one in devices.values()]
    text = [
        HEAD,
        f"{len(table)} ops, {len(cells)} cells: {len(cells)} of values, {sum(one > 0 for one in cells)} of gradients, "
        f"{sum(one > 1 for one in cells)} of gradients of gradients.\n",
        f"| op | {' | '.join(present)} |",
        "|---|" + "---|" * len(present),
    ]
    for name in sorted(table):
        marks = []
        for dtype in present:
            devices = table[name].get(dtype, {})
            marks.append(" ".join(MARKS[devices[kind]] if kind in devices else "." for kind in ("cpu", "cl")))
        text.append(f"| `{name}` | {' | '.join('' if mark == '. .' else mark for mark in marks)} |")
    return "\n".join(text) + "\n"
