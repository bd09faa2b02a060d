"""Choose the form and the tile of a matrix product on a GPU, and predict what it reads and writes.

The forms are explained in kernels/matmul_group.mako and kernels/matmul_thin.mako.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.products import MatmulShape, ProductShape
from clgrad.cl.space import Sizes, Space
from clgrad.cl.writer import power_of_two
from clgrad.kernel import Kernel, Line, Load, Program, in_parts

FEW = 8
"""Rows or columns up to which a work-item computes all of them."""
REGISTERS = 128
"""Registers of 32 bits that an item may need: with more, too few groups run at once, or values spill."""
BANKS = 32
"""Banks of local memory."""
STEP_COST = 16
"""What reading a tile's edge costs, in products: larger tiles are better, as long as there are enough of them."""
ITEMS_PER_UNIT = 1024
"""Items that keep a GPU's core busy."""
NEIGHBOURS = 32
"""Items that read neighbours at least: 128 bytes of float32, which is what memory delivers at once."""

TILES: tuple[Sizes, ...] = (
    {"rows": 8, "columns": 8, "down": 16, "across": 16, "step": 8, "run": 4, "stages": 2},
    {"rows": 4, "columns": 4, "down": 16, "across": 16, "step": 16, "run": 4, "stages": 2},
    {"rows": 4, "columns": 8, "down": 8, "across": 16, "step": 16, "run": 4, "stages": 2},
    {"rows": 4, "columns": 4, "down": 8, "across": 8, "step": 16, "run": 4, "stages": 2},
    {"rows": 4, "columns": 4, "down": 1, "across": 1, "step": 8, "run": 1, "stages": 1},
)
"""What the rules choose from; the last one fits any device."""


def product(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> ProductShape:
    """The form of a product on a device, with measured sizes if they fit."""
    assert kernel.anchor is not None
    if capabilities.is_cpu:
        return MatmulShape(kernel, capabilities, measured)
    a, b = kernel.anchor.operands
    form = GroupMatmulShape if min(a.shape[-2], b.shape[-1]) > FEW else ThinMatmulShape
    return form(kernel, capabilities, measured)


class GroupShape(ProductShape):
    """What both forms for GPUs have in common: a group in one dimension, an operand's contiguous axis, conditions."""

    is_function = False

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self._make_writers()
        assert kernel.anchor is not None
        self.a_along_k, self.b_along_k = self._orders(*kernel.anchor.operands)

    def _orders(self, a: Program, b: Program) -> tuple[bool, bool]:
        """Whether more of A, and of B, is contiguous along k than along the other axis."""
        return _is_along(a, -1, -2), _is_along(b, -2, -1)

    def _set_groups(self, groups: int, items: int) -> None:
        self.items = items
        # In one dimension: of the others, a device may allow no more than 65535 groups.
        self.local_size, self.global_size = (items,), (groups * items,)

    def added(self, a: str, b: str, sum_before: str) -> str:
        """A product added to a sum; said to be one step, for what is not said CUDA does not contract."""
        return f"fma({a}, {b}, {sum_before})" if self.total.is_float else f"{a} * {b} + {sum_before}"

    @staticmethod
    def inside(edges: Sequence[tuple[str, int, int]], *others: str) -> str:
        """The condition that indices are no further than their axes' ends; nothing where tiles leave no rest."""
        tests = [*others, *(f"{name} < {size}" for name, size, tile in edges if size % tile)]
        return f"if ({' && '.join(tests)})" if tests else ""


class GroupMatmulShape(GroupShape):
    """Tiles in local memory: a group's is ``height`` x ``breadth``, an item's ``rows`` x ``columns``."""

    template = "matmul_group"
    space: ClassVar[Space] = {
        "rows": (2, 4, 8),
        "columns": (2, 4, 8),
        "down": (4, 8, 16),
        "across": (8, 16, 32),
        "step": (8, 16, 32),
        "run": (1, 2, 4),
        "stages": (1, 2),
    }

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self.take(measured)
        self.rows, self.columns, self.down, self.across, self.step, self.run, self.stages = (
            self.sizes[name] for name in self.space
        )
        self.height, self.breadth = self.rows * self.down, self.columns * self.across
        self.a_pitch, self.b_pitch = self._pitches(self.sizes)
        self.row_tiles, self.column_tiles = -(-self.m // self.height), -(-self.n // self.breadth)
        self._set_groups(self.batch * self.row_tiles * self.column_tiles, self.down * self.across)
        self.a_count = self.height * self.step // self.items
        self.b_count = self.breadth * self.step // self.items
        """Elements of a tile that an item brings to local memory."""

    def _pitches(self, sizes: Sizes) -> tuple[int, int]:
        """Elements from row to row of the tiles: those that are written down their columns get other banks."""
        pad = max(sizes["run"], BANKS // sizes["step"])
        height, breadth = sizes["rows"] * sizes["down"], sizes["columns"] * sizes["across"]
        return height + pad * self.a_along_k, breadth + pad * self.b_along_k

    def allows(self, sizes: Sizes) -> bool:
        rows, columns, step, items = sizes["rows"], sizes["columns"], sizes["step"], sizes["down"] * sizes["across"]
        fetched = [rows * sizes["down"] * step, columns * sizes["across"] * step]
        numbers = rows * columns + rows + columns + sum(fetched) // items
        return (
            items <= self.capabilities.most_group
            and sum(self._pitches(sizes)) * step * sizes["stages"] * self.total.size <= self.capabilities.local_memory
            and numbers * max(1, self.total.size // 4) <= REGISTERS
            and rows % sizes["run"] == columns % sizes["run"] == 0
            and not any(elements % items for elements in fetched)
        )

    def rules(self) -> Sizes:
        def time(sizes: Sizes) -> int:
            height, breadth = sizes["rows"] * sizes["down"], sizes["columns"] * sizes["across"]
            groups = self.batch * -(-self.m // height) * -(-self.n // breadth)
            waves = -(-groups // self.capabilities.compute_units)
            return waves * (height * breadth + STEP_COST * (height + breadth))

        return min((sizes for sizes in TILES[:-1] if self.allows(sizes)), key=time, default=TILES[-1])

    @property
    def turns(self) -> int:
        return self.depth + 2 * (self.a_count + self.b_count) * -(-self.depth // self.step)

    # -- what the template writes -----------------------------------------------------------

    def spread(self, item: str, items: int, number: int | str) -> str:
        """The place in the tile of one of an item's rows or columns: neighbours in runs, the runs of all items beside
        each other."""
        if isinstance(number, int):
            return f"{number // self.run * self.run * items + number % self.run} + {item} * {self.run}"
        if self.run == 1:
            return f"{number} * {items} + {item}"
        return f"{number} / {self.run} * {self.run * items} + {item} * {self.run} + {number} % {self.run}"

    def predicted(self) -> dict[str, int]:
        """How many elements a launch loads and stores, where every line that loads is a plain one.

        Each element of A is read once for each tile across, each element of B once for each tile down.
        """
        steps = -(-self.depth // self.step)
        groups = self.batch * self.row_tiles * self.column_tiles
        return {
            "load global": self.batch * self.m * self.depth * self.column_tiles * _loads(self.a.lines)
            + self.batch * self.n * self.depth * self.row_tiles * _loads(self.b.lines)
            + self.batch * self.m * self.n * _loads(self.writer.lines),
            "store global": self.batch * self.m * self.n * len(self.kernel.stores),
            "load local": groups * steps * self.step * self.items * (self.rows + self.columns),
            "store local": groups * steps * self.step * (self.height + self.breadth),
        }


class ThinMatmulShape(GroupShape):
    """A few rows or columns: ``along`` items share the sums of one place of the other axis, ``outputs`` a group."""

    template = "matmul_thin"
    space: ClassVar[Space] = {"along": (1, 4, 8, 16, 32, 64, 128, 256), "outputs": (1, 2, 4, 8, 16, 32, 64, 128, 256)}

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self.long, self.short = ("n", "m") if self.m <= self.n else ("m", "n")
        self.few, self.length = sorted((self.m, self.n))
        self.along_k = self.b_along_k if self.long == "n" else self.a_along_k
        """Whether the large operand is contiguous along k."""
        self.take(measured)
        self.along, self.outputs = self.sizes["along"], self.sizes["outputs"]
        self.blocks = -(-self.length // self.outputs)
        self._set_groups(self.batch * self.blocks, self.along * self.outputs)

    def allows(self, sizes: Sizes) -> bool:
        items = sizes["along"] * sizes["outputs"]
        local = self.few * items * self.total.size if sizes["along"] > 1 else 0
        return items <= self.capabilities.most_group and local <= self.capabilities.local_memory

    def rules(self) -> Sizes:
        wanted = self.capabilities.compute_units * ITEMS_PER_UNIT // (self.batch * self.length)
        if self.along_k:
            along = power_of_two(min(self.capabilities.group, self.depth, max(NEIGHBOURS, wanted)))
            outputs = min(self.capabilities.group // along, power_of_two(self.length))
        else:
            outputs = power_of_two(min(self.capabilities.group, self.length, NEIGHBOURS))
            along = power_of_two(min(self.capabilities.group // outputs, self.depth, wanted))
            outputs = min(self.capabilities.group // along, power_of_two(self.length))
        return {"along": along, "outputs": outputs}

    def predicted(self) -> dict[str, int]:
        """How many elements a launch loads and stores, where every line that loads is a plain one."""
        large, small = (self.b, self.a) if self.long == "n" else (self.a, self.b)
        places = self.batch * self.length
        groups, halvings = self.batch * self.blocks, self.along.bit_length() - 1
        folded = groups * self.few * self.outputs * (self.along - 1)
        kept = groups * self.few * self.items if halvings else 0
        return {
            "load global": places * self.depth * (_loads(large.lines) + self.few * _loads(small.lines))
            + places * self.few * _loads(self.writer.lines),
            "store global": places * self.few * len(self.kernel.stores),
            "load local": 2 * folded + places * self.few if halvings else 0,
            "store local": kept + folded,
        }


def _loads(lines: Sequence[Line]) -> int:
    return sum(isinstance(line, Load) for line in lines)


def _is_along(program: Program, axis: int, other: int) -> bool:
    """Whether more of what an operand reads is contiguous along an axis than along the other."""
    views = [in_parts(line.view, line.part) for line in program.lines if isinstance(line, Load)]
    one, two = (sum(view.strides[along] == 1 and view.shape[along] > 1 for view in views) for along in (axis, other))
    return one > two
