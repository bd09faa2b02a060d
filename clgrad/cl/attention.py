"""Attention and its gradient: the sizes of their blocks, in private memory on a CPU, in local memory on a GPU.

What both templates do is products of blocks (kernels/_blocks.mako), which stand in arrays beside each other.
"""

from __future__ import annotations

from typing import ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.shapes import ITEMS_PER_UNIT, KernelShape
from clgrad.cl.space import Sizes, Space, Tunable
from clgrad.cl.writer import Writer, folded, literal, power_of_two, transposed, vector_type
from clgrad.kernel import Kernel, Program
from clgrad.ops import Op, attention, elementary, maps
from clgrad.ops.attention import sizes_of

MOST_ROWS = 512
"""Queries of a work-item of a CPU, for whose means its second cache has room."""
GROUP = 128
"""Work-items of a group of a GPU that share blocks."""
FEW_QUERIES = 4
"""Queries that a CPU reads keys and values in place for, and each item of a GPU's group the mask ahead."""


class AttentionShape(KernelShape, Tunable):
    """Softmax of scores, times values: blocks of queries meet blocks of keys."""

    template = "attention"
    space: ClassVar[Space] = {
        "rows": (4, 6, 8, 12),
        "vectors": (1, 2, 4),
        "queries": (16, 32, 48, 64),
        "keys": (32, 64, 96, 128),
    }
    names: ClassVar[tuple[str, ...]] = ("q", "k", "v")
    """Of its operands, before those that may not be there."""

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        operands = kernel.anchor.operands
        self.scale, self.causal, self.window, self.extras = kernel.anchor.attributes
        self.total = kernel.anchor.dtype.computing
        by_name = dict(zip((*self.names, *self.extras), operands))
        one = sizes_of(*(by_name[name].shape for name in "qkv"))
        self.batch, self.heads, self.key_heads, self.queries, self.keys, self.key_width, self.depth = one
        self.packs = kernel.anchor.op is not attention.attention_means
        """Whether the logarithms follow the means."""
        self.rows = one.group * self.queries
        """Queries of all heads that share keys."""
        self._make_writers(by_name)
        self.width = max(1, self.width * 4 // max(4, self.total.size)) if capabilities.is_cpu else 1
        self.items = 1 if capabilities.is_cpu else min(GROUP, power_of_two(capabilities.most_group))
        self.take(measured)
        self._choose_blocks()

    def _make_writers(self, operands: dict[str, Program]) -> None:
        axes = {
            "q": ["batch", "head", "row", "n"],
            "k": ["batch", "section", "key", "n"],
            "v": ["batch", "section", "key", "n"],
            "mask": ["batch", "head", "row", "key"],
            "kept": ["batch", "head", "row", "key"],
            "g": ["batch", "head", "(start + n)"],
            "y": ["batch", "head", "(start + n)"],
        }
        self.writers: dict[str, Writer] = {}
        self.values: dict[str, int] = {}
        for name, one in operands.items():
            lane = len(one.shape) - 1 if self.capabilities.is_cpu else None
            self.writers[name] = Writer(one.lines, axes[name], one.shape, lane, self.capabilities, f"{name}_")
            self.values[name] = one.value
        self.writer = self.writers["q"]
        for writer in self.writers.values():
            writer.helpers = self.writer.helpers
        (store,) = self.kernel.stores
        self.result = store.argument

    # -- sizes ------------------------------------------------------------------------------

    def rules(self) -> Sizes:
        if not self.capabilities.is_cpu:
            return {"rows": 4, "vectors": 4, "queries": 32, "keys": 32}
        if self.capabilities.vector_width > 8:
            return {"rows": 4, "vectors": 4, "queries": 16, "keys": self.usual_keys}
        return {"rows": 6, "vectors": 2, "queries": 32, "keys": self.usual_keys}

    @property
    def usual_keys(self) -> int:
        """Of small blocks more are left out where a query sees only keys before it: 1.1 to 1.2 times as fast."""
        return 64 if self.causal else 128

    def allows(self, sizes: Sizes) -> bool:
        return (sizes["rows"] + 1) * sizes["vectors"] < self.capabilities.registers

    def _choose_blocks(self) -> None:
        self.query_block = self._block(self.rows, self.sizes["queries"], 1, self.leaves_rests)
        """Queries of a block."""
        self.key_block = self._block(self.keys, self.sizes["keys"], self.width)
        self._choose_items()
        while not self.capabilities.is_cpu and self.local_bytes > self.capabilities.local_memory:
            if self.query_block == self.key_block == 1:
                break
            self.query_block, self.key_block = -(-self.query_block // 2), -(-self.key_block // 2)
            self._choose_items()

    @property
    def leaves_rests(self) -> bool:
        """Whether of the last block only those tiles are computed that have a query."""
        return self.capabilities.is_cpu

    def _block(self, count: int, most: int, step: int, in_tiles: bool = False) -> int:
        """The size of blocks that cover so many rows with the least work: in what is left over, and in small tiles."""

        def work(size: int) -> float:
            rows, _ = self.tile(size, self.width * self.sizes["vectors"])
            grain = rows if in_tiles else size
            return -(-count // grain) * grain * (1 + 1 / rows)

        last = min(most, -(-count // step) * step)
        return min(range(step, last + 1, step), key=lambda size: (work(size), -size))

    def _choose_items(self) -> None:
        sections = self.batch * self.key_heads
        if self.capabilities.is_cpu:
            wanted = -(-ITEMS_PER_UNIT * self.capabilities.compute_units // sections)
            parts = max(1, wanted, -(-self.rows // MOST_ROWS))
            self.item_rows = -(-self.rows // (parts * self.query_block)) * self.query_block
        else:
            self.item_rows = self.query_block
        self.local_size = (self.items, 1)
        self.global_size = (-(-self.rows // self.item_rows) * self.items, sections)

    @property
    def turns(self) -> int:
        return self.item_rows * self.keys * (self.key_width + self.depth) // self.items

    @property
    def arrays(self) -> dict[str, int]:
        """The arrays that a work-item, or a group, needs, with their elements."""
        return {
            "query": self.query_block * self.padded(self.key_width),
            "keys": self.key_width * self.key_stride,
            "values": self.key_block * self.padded(self.depth),
            "scores": self.query_block * self.key_block,
            "means": self.item_rows * self.padded(self.depth),
            "highest": self.item_rows,
            "sums": self.item_rows * self.width,
        }

    @property
    def local_bytes(self) -> int:
        return sum(self.arrays.values()) * self.total.size

    @property
    def key_stride(self) -> int:
        """From row to row of transposed keys: in local memory, another bank."""
        return self.key_block + (0 if self.capabilities.is_cpu else 1)

    def padded(self, width: int) -> int:
        """Elements of a row in whole vectors."""
        return -(-width // self.width) * self.width

    # -- what the templates write -----------------------------------------------------------

    @property
    def is_function(self) -> bool:
        return self.capabilities.is_cpu

    @property
    def kind(self) -> str:
        return vector_type(self.total, self.width)

    @property
    def lane_kind(self) -> str:
        """What numbers of lanes are compared in."""
        return f"{self.total.mask_c}{self.width}" if self.width > 1 else "int"

    @property
    def lanes(self) -> str:
        """The numbers of a vector's lanes."""
        return f"({self.lane_kind})({', '.join(map(str, range(self.width)))})"

    def declared(self) -> str:
        """The arrays, of vectors on a CPU, so that these are aligned."""
        T = self.total.c
        if not self.capabilities.is_cpu:
            return "\n".join(f"__local {T} {name}[{size}];" for name, size in self.arrays.items())
        return "\n".join(
            f"{self.kind} {name}_vectors[{-(-size // self.width)}]; {T}* const {name} = ({T}*){name}_vectors;"
            for name, size in self.arrays.items()
        )

    def each(self, name: str, count: int | str) -> str:
        """A loop that the items of a group share."""
        first, step = ("0", "1") if self.items == 1 else ("lid", str(self.items))
        return f"for (int {name} = {first}; {name} < {count}; {name} += {step})"

    @property
    def looks_ahead(self) -> bool:
        """Whether the mask is read before the keys: queries that are all in one block may see few of them."""
        return "mask" in self.extras and self.rows <= (self.query_block if self.items == 1 else FEW_QUERIES)

    @property
    def wait(self) -> str:
        return "" if self.items == 1 else "barrier(CLK_LOCAL_MEM_FENCE);"

    def element(self, name: str, width: int, target: str) -> str:
        """Statements that set a target to an operand's element, or to its vector."""
        writer = self.writers[name]
        declared = " ".join(writer.declare(number, width) for number in range(len(writer.lines)))
        text, dtype = writer.name(self.values[name], width), writer.lines[self.values[name]].dtype
        if dtype.computing is not self.total:
            text = writer.convert(text, self.total, width)
        return f"{{ {declared} {target} = {text}; }}"

    def at(self, array: str, place: str) -> str:
        """A vector of an array."""
        if self.width == 1:
            return f"{array}[{place}]"
        return f"(*({self.kind}*)({array} + {place}))"

    @property
    def turn(self) -> int:
        """Rows and columns that are transposed at a time; 1 where the compiler has no shuffles."""
        return min(self.width, 8) if self.capabilities.vector_pointers else 1

    def transposed(self, rows: str, result: str) -> tuple[list[str], list[str]]:
        return transposed(self.total, self.turn, rows, result)

    def exp(self, text: str, width: int) -> str:
        """The exponential of a score below the highest."""
        if not self.capabilities.is_cpu:
            return self._function(maps.exp, text, width)
        self.writer.helpers[elementary.exp_of_negative(self.total, width)] = None
        return f"clgrad_exp_of_negative_{vector_type(self.total, width)}({text})"

    def log(self, text: str) -> str:
        return self._function(maps.log, text, 1)

    def _function(self, op: Op, text: str, width: int) -> str:
        template = self.writer.function(op, self.total, width)
        return template.format(text, T=vector_type(self.total, width), t=self.total.c)

    def folded(self, name: str, target: str, join: str) -> str:
        return folded(name, self.total, self.width, target, join)

    def number(self, value: float) -> str:
        return literal(value, self.total)

    def added(self, place: str, value: str) -> str:
        """The statement that adds to an element of the result; at the first block of keys it sets it."""
        argument = self.kernel.arguments[self.result]
        before = self.writer.widened(f"a{self.result}[{place}]", argument.dtype, 1)
        return self.stored(place, f"(k0 ? {before} : 0) + {value}")

    def stored(self, place: str, value: str) -> str:
        """The statement that writes an element of the result."""
        argument = self.kernel.arguments[self.result]
        return f"a{self.result}[{place}] = {self.writer.narrowed(value, argument.dtype, 1)};"

    def tile(self, rows: int, columns: int) -> tuple[int, int]:
        """Rows and vectors of the tiles of a product, that leave no rest."""
        most_rows, most = self.sizes["rows"], min(self.sizes["vectors"], columns // self.width)
        vectors = next(one for one in range(most, 0, -1) if columns // self.width % one == 0)
        most_rows = max(1, most_rows * self.sizes["vectors"] // vectors) if self.capabilities.is_cpu else most_rows
        return next(one for one in range(min(rows, most_rows), 0, -1) if rows % one == 0), vectors


class FewQueriesShape(AttentionShape):
    """The same, of so few queries that each work-item of a CPU has all of a head's, and reads its keys in place."""

    template = "attention_few"
    space: ClassVar[Space] = {"vectors": (1, 2, 4, 8), "keys": (32, 64, 128, 256)}

    def rules(self) -> Sizes:
        return {"vectors": 4 if self.capabilities.registers > 16 else 2, "keys": 128}

    def allows(self, sizes: Sizes) -> bool:
        return (self.rows + 1) * sizes["vectors"] < self.capabilities.registers

    def _choose_blocks(self) -> None:
        self.query_block = self.item_rows = self.rows
        self.key_block = min(self.sizes["keys"], -(-self.keys // self.width) * self.width)
        self.local_size, self.global_size = (1, 1), (1, self.batch * self.key_heads)

    @property
    def arrays(self) -> dict[str, int]:
        return {name: size for name, size in super().arrays.items() if name not in ("keys", "values")}

    @property
    def columns(self) -> list[tuple[int, int]]:
        """Of the means in whole vectors, those that registers hold at once: the first column, and vectors."""
        count, most = self.depth // self.width, self.sizes["vectors"]
        return [(first * self.width, min(most, count - first)) for first in range(0, count, most)]


def attended(kernel: Kernel, capabilities: Capabilities, measured: Sizes | None) -> AttentionShape:
    """The form of attention for a device, and for how many queries share keys."""
    assert kernel.anchor is not None
    sizes = sizes_of(*(one.shape for one in kernel.anchor.operands[:3]))
    few = capabilities.is_cpu and sizes.group * sizes.queries <= FEW_QUERIES
    return (FewQueriesShape if few else AttentionShape)(kernel, capabilities, measured)


class AttentionGradientShape(AttentionShape):
    """What goes back to queries, keys and values: for each block of keys, all blocks of queries."""

    template = "attention_gradient"
    names = ("g", "y", "q", "k", "v")

    def rules(self) -> Sizes:
        if not self.capabilities.is_cpu:
            return super().rules()
        rows, vectors = (4, 4) if self.capabilities.vector_width > 8 else (6, 2)
        return {"rows": rows, "vectors": vectors, "queries": 64, "keys": self.usual_keys}

    @property
    def leaves_rests(self) -> bool:
        return False

    def _choose_items(self) -> None:
        self.item_rows = self.rows
        self.local_size = (self.items,)
        self.global_size = (self.batch * self.key_heads * self.items,)

    @property
    def turns(self) -> int:
        return self.rows * self.keys * (3 * self.key_width + 2 * self.depth) // self.items

    @property
    def arrays(self) -> dict[str, int]:
        width, depth = self.padded(self.key_width), self.padded(self.depth)
        return {
            "query": self.query_block * width,
            "to_means": self.query_block * depth,
            "keys": self.key_width * self.key_stride,
            "values": self.depth * self.key_stride,
            "key_rows": self.key_block * width,
            "parts": self.query_block * self.key_block,
            "scores": self.query_block * self.key_block,
            "to_query": self.query_block * width,
            "to_keys": self.key_block * width,
            "to_values": self.key_block * depth,
            "logarithms": self.query_block,
            "commons": self.query_block,
        }
