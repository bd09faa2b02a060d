"""Choose the form and the tile of a matrix product on a CPU; what products on any device have in common.

The forms are explained in kernels/matmul.mako. What is chosen here was measured; the figures stand there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import ITEMS_PER_UNIT, NOT_INLINED, KernelShape
from clgrad.cl.space import Sizes, Space, Tunable
from clgrad.cl.writer import Writer, folded, power_of_two, transposed, vector_type
from clgrad.dtypes import DType
from clgrad.kernel import Anchor, Kernel, Load, Map, Program, Result, Take, in_parts

PANEL_BYTES = 256 * 1024
"""A panel of B that is packed: it must leave room in a second cache of 512 KB or more."""
FAR = 2048
"""Bytes from row to row of B beyond which it is packed: each row is on another page, and rows share cache sets."""
PACKED_ROWS = 64
"""Up to so many rows, to pack such a B costs more than to read it from the second cache."""
MANY_PRODUCTS = 4
"""Products of so few rows with one transposed matrix, from which on it is stored as they read it."""
STREWN_STEPS = 512
"""Steps of k from which on B is packed where A's are on a cache line each: both would leave little of the cache."""
FEW_ROWS = 12
"""With fewer rows of A, packing B costs more than it saves."""
SUMMED_ROWS = 192
"""Rows whose sums wait in memory between two panels."""
EXACT_ROWS = 512
"""Up to so many rows, tiles may be smaller than the registers allow, to leave no rest."""
ITEM_FLOPS = 1 << 18
"""Work of a work-item at least: a microsecond or two, which a dispatch does not cost."""


class ProductShape(KernelShape, Tunable):
    """A product of matrices: its sizes, its dtypes, and what follows each sum."""

    tile_width: int
    """Lanes of the vectors of a tile."""
    turn: int
    """Rows and columns of B that are transposed at a time, where a CPU packs it so."""

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        self.dtype = kernel.anchor.dtype
        self.total = self.dtype.computing
        """The dtype that products are added up in."""
        self.a_value, self.b_value = (operand.value for operand in kernel.anchor.operands)
        self._set_sizes(kernel.anchor)
        self.batch = math.prod(self.batch_sizes)

    def _set_sizes(self, anchor: Anchor) -> None:
        a, b = anchor.operands
        self.m, self.depth = a.shape[-2:]
        self.n = b.shape[-1]
        self.batch_names = [f"i{axis}" for axis in range(len(self.kernel.outer) - 2)]
        self.batch_sizes = self.kernel.outer[:-2]

    def _make_writers(self, lane: int | None = None, a_lane: int | None = None, b_lane: int | None = None) -> None:
        """Make the writers of the operands, ``a`` and ``b``, and of the lines after the product."""
        kernel, names = self.kernel, self.batch_names
        assert kernel.anchor is not None
        a, b = kernel.anchor.operands
        self.writer = Writer(kernel.lines, [*names, "m", "n"], kernel.shape, lane, self.capabilities)
        self.a = Writer(a.lines, [*names, "m", "k"], a.shape, a_lane, self.capabilities, "x")
        self.b = Writer(b.lines, [*names, "k", "n"], b.shape, b_lane, self.capabilities, "y")
        self.a.helpers = self.b.helpers = self.writer.helpers

    # -- what the templates write -----------------------------------------------------------

    @property
    def turns(self) -> int:
        return super().turns * self.depth

    def operand(self, writer: Writer, width: int) -> str:
        """Statements that compute an operand's element, or its vector."""
        return " ".join(writer.declare(number, width) for number in range(len(writer.lines)))

    def value(self, writer: Writer, number: int, width: int) -> str:
        """An operand's element, or its vector."""
        return writer.name(number, width)

    def vector(self, dtype: DType, width: int) -> str:
        return vector_type(dtype, width)

    def folded(self, name: str, width: int, target: str) -> str:
        return folded(name, self.total, width, target, "{0} + {1}")

    def transposed(self, rows: str, result: str) -> list[str]:
        """Statements that transpose ``turn`` vectors of as many lanes."""
        texts, self.transposed_names = transposed(self.total, self.turn, rows, result)
        return texts

    @property
    def finishes_apart(self) -> bool:
        """Whether a function of its own does what follows the sums of a tile.

        Of exp, tanh and the like LLVM would keep all constants in registers from the first tile on, and spill the sums:
        x @ w took 2.2 times as long with tanh behind it.
        """
        calls = any(isinstance(line, Map) and line.op.helper is not None for line in self.kernel.lines)
        return calls and self.capabilities.is_cpu and self.capabilities.vector_pointers

    def finish_head(self, sums: str, names: Sequence[str]) -> str:
        """What stands before the body of that function: it is given a tile's sums, and the numbers of such names."""
        numbers = (f"const {self.index} {name}" for name in names)
        values = f"const {vector_type(self.total, self.tile_width)}* {sums}"
        given = ", ".join([self.parameters, values, *numbers])
        return f"{self.widest}{NOT_INLINED} void KERNEL_NAME_finish({given})"

    def finish_call(self, sums: str, numbers: Sequence[str]) -> str:
        """A call of that function."""
        return f"KERNEL_NAME_finish({', '.join([*self.given, sums, *numbers])});"

    def epilogue(self, value: str, width: int) -> str:
        """Statements from the product to the stores."""
        texts = []
        for number, line in enumerate(self.writer.lines):
            if isinstance(line, Result):
                texts.append(f"const {vector_type(line.dtype, width)} v{number} = {value};")
            else:
                texts.append(self.writer.declare(number, width))
        texts.append(self.stores(self.kernel.stores, width))
        return "\n".join(texts)


class MatmulShape(ProductShape):
    """A product of matrices on a CPU: tiles of ``rows`` x ``vectors``, or ``rows`` x ``columns`` dot products."""

    template = "matmul"
    space: ClassVar[Space] = {"rows": (2, 4, 6, 8, 10, 12), "vectors": (1, 2, 3, 4, 6)}
    gathers = False
    """Whether B's elements are collected from wherever they are when it is packed."""

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        # A vector of wider elements takes several registers: tiles get smaller instead.
        self.width = max(1, self.width * 4 // max(4, self.total.size))
        self.take(measured)
        self._choose_form()
        self._choose_items()

    def rules(self) -> Sizes:
        if min(self.width, power_of_two(self.n)) < 8:
            rows, vectors = min(self.m, 6), 1
        elif self.width <= 8:
            rows = min(self.m, 6)
            vectors = {1: 8, 2: 6, 3: 4, 4: 3}.get(rows, 2)
        else:
            # Tiles that leave no rest are half the text, and half the time to compile it.
            if self.m % 12 and self.m % 4 == 0 and self.m <= EXACT_ROWS and self.n % (4 * self.width) == 0:
                return {"rows": 4, "vectors": 4}
            exact = (rows for rows in (12, 10, 11, 9) if self.m % rows == 0 and self.m <= EXACT_ROWS)
            rows = next(exact, min(self.m, 12))
            vectors = {1: 12, 2: 8, 3: 8, 4: 6, 5: 4, 6: 4, 7: 3}.get(rows, 2)
        return {"rows": rows, "vectors": vectors}

    def allows(self, sizes: Sizes) -> bool:
        return (sizes["rows"] + 1) * sizes["vectors"] < self.capabilities.registers

    def _choose_form(self) -> None:
        assert self.kernel.anchor is not None
        a, b = self.kernel.anchor.operands
        self._choose_tile(a, b)
        last = len(self.kernel.outer) - 1
        if self.form == "dot":
            self._make_writers(last, last, last - 1)
        else:
            self._make_writers(last, None, last)
        # The same operand, when B is packed from its columns.
        self.b_down = replace(self.b, lane=last - 1)

    def _choose_tile(self, a: Program, b: Program) -> None:
        across, down = _step(b, -1), _step(b, -2)
        b_is_transposed = down == 1 and (across != 1 or self.n == 1)
        down_in_vectors = b_is_transposed and self.depth >= self.width > 1
        self.packs = self.transposes = False
        self.turn = min(self.width, 8)
        if down_in_vectors and _step(a, -1) == 1 and (self.m < FEW_ROWS or self.n < self.width):
            self.form = "dot"
            self.rows = min(self.m, 6 if self.width > 8 else 4)
            most = (
                {1: 8, 2: 8, 3: 6, 4: 6}.get(self.rows, 4) if self.width > 8 else {1: 6, 2: 5, 3: 4}.get(self.rows, 3)
            )
            self.columns, self.vectors, self.tile_width = min(self.n, most), 1, 1
            if self.n == 1:
                self.rows = min(self.m, 8)
            return
        self.form = "tile"
        if across == 1 and self.width > self.n > self.width // 4 and self.m > 1:
            # Lanes beyond n are computed and dropped: buffers have slack.
            self.tile_width, self.vectors = self.width, 1
            self.rows = min(self.m, 12)
        else:
            self.tile_width = min(self.width, power_of_two(self.n))
            self.rows = min(self.m, self.sizes["rows"])
            self.vectors = max(1, min(self.sizes["vectors"], self.n // self.tile_width))
        self.columns = min(self.n, self.vectors * self.tile_width)
        if self.tile_width == self.width and self.columns >= self.width and self.m >= FEW_ROWS:
            far = across != 1 or (abs(down or 0) * self.dtype.size >= FAR and self.m > PACKED_ROWS)
            large = self.depth * self.columns * self.total.size > PANEL_BYTES
            strewn = _step(a, -1) != 1 and self.depth >= STREWN_STEPS and self.m >= SUMMED_ROWS
            self.packs = far or large or strewn or len(b.lines) > 1 or self.dtype.is_half
            self.transposes = down_in_vectors and self.capabilities.vector_pointers

    def _choose_items(self) -> None:
        depth_bytes = self.columns * self.total.size
        self.panel_depth = self.depth
        """Steps of k that a packed panel holds."""
        if self.packs:
            self.panel_depth = min(self.depth, max(self.width, PANEL_BYTES // depth_bytes // self.width * self.width))
        self.rest = self.m % self.rows
        """Rows of the last tile, if it is smaller."""
        self.column_tiles = -(-self.n // self.columns)
        tiles = self.m // self.rows
        if self.packs:
            # A panel is packed for many rows; but every core gets a few items.
            items = self.batch * self.column_tiles
            wanted = max(1, ITEMS_PER_UNIT * self.capabilities.compute_units // items)
            per_item = max(1, -(-tiles // wanted), -(-48 // self.rows))
            if self.panel_depth < self.depth:
                per_item = min(per_item, max(1, SUMMED_ROWS // self.rows))
        else:
            per_item = max(1, ITEM_FLOPS // (2 * self.rows * self.columns * self.depth))
        per_item = min(per_item, max(1, tiles))
        self.item_rows = per_item * self.rows
        self.row_tiles = -(-self.m // self.item_rows)
        if self.row_tiles > 1 and self.m - (self.row_tiles - 1) * self.item_rows < self.rows:
            self.row_tiles -= 1  # the last item takes the rest
        self.local_size = (1, 1, 1)
        self.global_size = (self.column_tiles, self.row_tiles, self.batch)

    # -- what the template writes -----------------------------------------------------------

    @property
    def splits(self) -> bool:
        """Whether sums over parts of k wait in memory for the next part."""
        return self.panel_depth < self.depth

    @property
    def guards(self) -> bool:
        """Whether lanes must be written one by one: not all are wanted, or another tile writes some of them."""
        return self.drops_lanes or (self.kernel.updates and self.n % self.columns > 0)

    @property
    def drops_lanes(self) -> bool:
        """Whether a tile is wider than the result."""
        return self.n < self.tile_width

    def steps(self, first: int | str, last: int | str) -> str:
        """The loop over k."""
        return f"for ({self.index} k = {first}; k < {last}; k++)"

    @property
    def step(self) -> str:
        """What each step of that loop begins with."""
        return ""


def _step(program: Program, axis: int) -> int | None:
    """The stride of an operand that is one plain load, along an axis."""
    if len(program.lines) != 1 or not isinstance(program.lines[0], Load) or isinstance(program.lines[0], Take):
        return None
    view = in_parts(program.lines[0].view, program.lines[0].part)
    return view.strides[axis] if view.mask is None else None
