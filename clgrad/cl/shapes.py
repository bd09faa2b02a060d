"""What the shapes of all kernels have in common; the sizes of maps' loops.

A shape object is what a template sees as ``k``: names, sizes, and blocks of C that a writer made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from mako.template import Template

from clgrad.cl.caps import Capabilities
from clgrad.cl.writer import Writer, power_from, power_of_two, vector_type
from clgrad.dtypes import real_of
from clgrad.kernel import Kernel, Line, Load, Store, Take, seen
from clgrad.view import Shape, View

GRAIN = 4096
"""Elements that a work-item computes at least on a CPU: dispatch costs as much as a few hundred."""
ITEMS_PER_UNIT = 4
"""Work-items that every core of a CPU gets at least, where work is cut for the cores."""
NOT_INLINED = "__attribute__((noinline)) static"
"""What makes a function stay one."""
STRIP = 4096
"""Accumulators that stay in the first cache while rows are folded into them."""
STREAM = 1 << 24
"""Bytes of a result that no cache would hold until it is read: it is written past them."""
REACH = 1 << 20
"""Elements behind the last one that an index may name, though nothing is read or written there."""
TILE = 16
"""Along both axes of a square of work-items that read along one and write along the other: 64 bytes, of float32."""
LONGEST_LANE_AXIS = 16384
"""A longer lane axis is cut in pieces of this many elements, one work-item each."""


SHORT_LANE_AXIS = 4
"""A lane axis of so few elements leaves most lanes of a vector without work."""


class KernelShape:
    """What all templates ask for."""

    template: str
    writer: Writer
    global_size: Shape
    local_size: Shape
    streams = False
    """Whether large results are written past the caches."""

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        self.kernel = kernel
        self.capabilities = capabilities
        sizes = (argument.size * (2 if argument.dtype.is_complex else 1) for argument in kernel.arguments)
        largest = max([math.prod(kernel.shape), *sizes])
        # Work-items count on to the end of a group, and loops one step behind their end.
        self.index = "int" if largest < 2**31 - REACH else "long"
        # Lanes are counted in 32-bit elements: wider ones become several machine vectors.
        self.width = capabilities.vector_width
        self.group = capabilities.group

    @property
    def turns(self) -> int:
        """About how many turns of loops a work-item makes."""
        return -(-math.prod(self.kernel.shape) // math.prod(self.global_size))

    @property
    def parameters(self) -> str:
        """The kernel's parameter list."""
        texts = []
        for number, argument in enumerate(self.kernel.arguments):
            access = "" if argument.written else "const "
            texts.append(f"__global {access}{argument.dtype.storage_c}* restrict a{number}")
        texts.append("__global long* faults")
        return ", ".join(texts)

    @property
    def _signature(self) -> str:
        # The work-group size is fixed so that drivers build one variant.
        sizes = ", ".join(map(str, (*self.local_size, 1, 1)[:3]))
        return f"__kernel __attribute__((reqd_work_group_size({sizes})))\nvoid KERNEL_NAME({self.parameters})"

    @property
    def is_function(self) -> bool:
        """Whether a work-item's part is a function of its place: only without local memory and barriers."""
        return self.capabilities.is_cpu or self.template == "map"

    @property
    def head(self) -> str:
        """What stands before the template's body: the kernel, or a function of a work-item's place."""
        if not self.is_function:
            return self._signature
        ids = ", ".join(f"const {self.index} id{axis}" for axis in range(3))
        return f"{self.widest}CLGRAD_ITEM void KERNEL_NAME_item({self.parameters}, {ids})"

    @property
    def widest(self) -> str:
        """What a function says to have the widest registers: clang spares them, unless functions are inlined."""
        if not self.capabilities.vector_pointers:
            return ""
        return f"__attribute__((min_vector_width({32 * self.capabilities.vector_width})))\n"

    def id(self, axis: int) -> str:
        """The work-item's place along an axis."""
        return f"id{axis}" if self.is_function else f"get_global_id({axis})"

    @property
    def entry(self) -> str:
        """The kernel that calls the function."""
        ids = [f"get_global_id({axis})" for axis in range(3)]
        return f"{self._signature} {{\n    KERNEL_NAME_item({', '.join([*self.given, *ids])});\n}}\n"

    @property
    def given(self) -> list[str]:
        """The names of the parameters, for a call."""
        return [*(f"a{number}" for number in range(len(self.kernel.arguments))), "faults"]

    def unflatten(self, flat: str, names: Sequence[str], sizes: Sequence[int]) -> str:
        """Statements that split a flat index into one index an axis."""
        texts = []
        step = 1
        for name, size in zip(reversed(names), reversed(sizes)):
            text = flat if step == 1 else f"{flat} / {step}"
            outermost = name == names[0]
            texts.append(f"const {self.index} {name} = {text if outermost else f'{text} % {size}'};")
            step *= size
        return " ".join(reversed(texts))

    def block(self, numbers: Sequence[int], width: int) -> str:
        """Statements that compute lines."""
        return "\n".join(self.writer.declare(number, width) for number in numbers)

    def stores(self, stores: Sequence[Store], width: int) -> str:
        """Statements that write lines."""
        texts = []
        waiting = list(stores)
        while waiting:
            store = waiting.pop(0)
            argument = self.kernel.arguments[store.argument]
            dtype = real_of(argument.dtype)
            pair = replace(store, line=waiting[0].line, part=1) if store.part == 0 and waiting else None
            if pair in waiting[:1] and self._in_pairs(store.view, width):
                texts.append(self.writer.store_pairs(store, waiting.pop(0), dtype, width))
                continue
            past = self.streams and argument.size * argument.dtype.size >= STREAM
            texts.append(self.writer.store(store, dtype, width, past))
        return "\n".join(texts)

    def _in_pairs(self, view: View, width: int) -> bool:
        lane = self.writer.lane
        return lane is not None and width > 1 and view.strides[lane] == 1 and self.capabilities.vector_pointers

    def _streams(self, length: int) -> bool:
        """Whether vectors of a lane axis may be written past the caches: they then have to be aligned."""
        return self.capabilities.vector_pointers and length % self.width == 0 and not self.kernel.updates

    def type_of(self, number: int, width: int = 1) -> str:
        return vector_type(self.writer.lines[number].dtype, width)


class MapShape(KernelShape):
    """Outer axes only: the last is the lane axis, the others are rows."""

    template = "map"

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        axes = len(kernel.outer)
        self.length = kernel.outer[-1] if axes else 1
        self.rows = math.prod(kernel.outer[:-1])
        self.names = [f"i{axis}" for axis in range(axes - 1)]
        names = [*self.names, "n"][:axes] if axes else []
        inner = [f"j{axis}" for axis in range(len(kernel.inner))]
        self.width = min(self.width, power_of_two(self.length))
        self.writer = Writer(kernel.lines, names + inner, kernel.shape, axes - 1 if axes else None, capabilities)
        self.row_sizes = kernel.outer[:-1]
        self.remainder = self.length % self.width if kernel.updates else 0
        self.streams = self._streams(self.length)
        work = max(1, math.prod(kernel.inner))
        if capabilities.is_cpu:
            self.piece = min(self.length, GRAIN if self.rows == 1 else LONGEST_LANE_AXIS)
            if work > 1:
                # A reduction makes each element dearer: pieces get smaller, so that every core has some.
                self.piece = min(self.piece, max(self.width, GRAIN * 4 // work))
            self.piece = -(-self.piece // self.width) * self.width
            if axes > 1 and any(self._is_transposed(line) for line in kernel.lines):
                # Down the rows, one vector wide: the next row's elements lie in the cache lines just read.
                self.piece = self.width
            self.rows_per_item = max(1, GRAIN // (min(self.length, self.piece) * work))
            items = -(-self.rows // self.rows_per_item)
            self.local_size = (1, 1)
            self.global_size = (-(-self.length // self.piece), items)
        else:
            sizes = kernel.outer[-2:]
            turned = axes > 1 and min(sizes) >= TILE and any(self._is_transposed(line) for line in kernel.lines)
            self.tile = TILE if turned else 1
            self.tiles = [-(-size // self.tile) for size in sizes]
            self.items = math.prod(kernel.outer[:-2]) * math.prod(self.tiles) * self.tile**2
            most = min(capabilities.most_group, TILE**2) if turned else self.group
            local = min(power_of_two(most), power_from(self.items))
            self.local_size = (local, 1)
            self.global_size = (-(-self.items // local) * local, 1)

    def _is_transposed(self, line: Line) -> bool:
        """Whether a load's neighbours in memory are neighbours of the next row."""
        if not isinstance(line, Load) or isinstance(line, Take) or not self.writer.lane:
            return False
        return abs(line.view.strides[self.writer.lane]) > 1 and line.view.strides[self.writer.lane - 1] == 1

    @property
    def uniform_lines(self) -> list[int]:
        return [number for number in range(len(self.writer.lines)) if not self.writer.varies(number)]

    @property
    def lane_lines(self) -> list[int]:
        return [number for number in range(len(self.writer.lines)) if self.writer.varies(number)]


def in_lanes(kernel: Kernel, capabilities: Capabilities) -> Kernel:
    """A map with that axis last along which a CPU's vectors had better lie: the last one, or one that few elements of
    others follow, where its neighbours are read once for all of these, or all elements one by one anyway."""
    if not capabilities.is_cpu:
        return kernel
    few, axis = 1, len(kernel.outer) - 1
    while axis > 0 and few * kernel.outer[axis] <= SHORT_LANE_AXIS:
        few *= kernel.outer[axis]
        axis -= 1
    if axis == len(kernel.outer) - 1 or kernel.outer[axis] < capabilities.vector_width // 2:
        return kernel
    loads = [line.view.strides for line in kernel.lines if isinstance(line, Load) and not isinstance(line, Take)]
    shared = axis == len(kernel.outer) - 2 and any(strides[-2:] == (1, 0) for strides in loads)
    if not shared and not (loads and all(abs(strides[-1]) > 1 for strides in loads)):
        return kernel
    order = (*(one for one in range(len(kernel.outer)) if one != axis), axis)
    lines = tuple(seen(line, lambda view: view.permute(order)) for line in kernel.lines)
    stores = tuple(replace(store, view=store.view.permute(order)) for store in kernel.stores)
    return replace(kernel, outer=tuple(kernel.outer[axis] for axis in order), lines=lines, stores=stores)


class GivenShape(KernelShape):
    """A kernel whose body is given, with its sizes: it reads whole arrays and writes one."""

    template = "given"
    is_function = False

    def __init__(self, kernel: Kernel, capabilities: Capabilities) -> None:
        super().__init__(kernel, capabilities)
        assert kernel.anchor is not None
        op, operands = kernel.anchor.op, kernel.anchor.operands
        assert op.sizes is not None
        self.writer = Writer((), (), (), None, capabilities)
        self.global_size, self.local_size = op.sizes(*[operand.shape for operand in operands])
        self.arrays = []
        """The name and the argument of each operand, and of the result."""
        for name, operand in zip(op.names, operands):
            (load,) = operand.lines
            assert isinstance(load, Load)
            self.arrays.append((name, load.argument))
        (store,) = kernel.stores
        self.arrays.append(("result", store.argument))
        shapes = {name: operand.shape for name, operand in zip(op.names, operands)}
        self.body = Template(op.c, strict_undefined=True).render(
            T=operands[0].lines[0].dtype.c, result=kernel.shape, **shapes
        )

    def declare(self, name: str, number: int) -> str:
        """The statement that gives an argument the name it has in the body."""
        argument = self.kernel.arguments[number]
        access = "" if argument.written else "const "
        return f"__global {access}{argument.dtype.c}* {name} = a{number};"
