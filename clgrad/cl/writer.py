"""Write the lines of a program as OpenCL C.

A line is *uniform* if it is the same for all lanes of a vector, and is computed as a scalar; else it
is a vector of ``width`` lanes along one axis, the *lane axis*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from clgrad.cl import halves
from clgrad.cl.caps import Capabilities
from clgrad.dtypes import DType, bool_, int32, int64, real_of, uint16
from clgrad.kernel import (
    Constant,
    Index,
    Line,
    Load,
    Map,
    Reduce,
    Result,
    Store,
    Take,
    Valid,
    in_parts,
    is_constant_over,
    views_of,
)
from clgrad.ops import Op, maps
from clgrad.ops.elementary import LANES
from clgrad.view import Shape, View

_sites: dict[tuple[int, str, bool], int] = {}
"""Numbers for places that check indices; a kernel writes the number down when it finds a bad one."""


def site_number(size: int, what: str, wrapped: bool) -> int:
    """The number of a place that checks indices, from 1."""
    return _sites.setdefault((size, what, wrapped), len(_sites) + 1)


def site(number: int) -> tuple[int, str, bool]:
    """The place that has a number: the size, what is indexed, and whether negative indices were wrapped."""
    return list(_sites)[number - 1]


def vector_type(dtype: DType, width: int) -> str:
    return dtype.c if width == 1 else f"{dtype.c}{width}"


def folded(name: str, dtype: DType, width: int, target: str, join: str) -> str:
    """Statements that fold a vector's lanes by halves."""
    texts = []
    while width > 2:
        width //= 2
        half = f"{name}_{width}"
        texts.append(f"const {vector_type(dtype, width)} {half} = {join.format(f'{name}.lo', f'{name}.hi')};")
        name = half
    texts.append(f"{target} = {join.format(f'{name}.s0', f'{name}.s1') if width > 1 else name};")
    return " ".join(texts)


def stored_type(dtype: DType, width: int) -> str:
    return dtype.storage_c if width == 1 else f"{dtype.storage_c}{width}"


def literal(value: Any, dtype: DType) -> str:
    """A number as C.

    >>> from clgrad.dtypes import float32
    >>> literal(0.5, float32)
    '0.5f'
    """
    if dtype.is_float:
        if math.isnan(value):
            return f"(({dtype.c})NAN)"
        if math.isinf(value):
            return f"(({dtype.c})({'-' if value < 0 else ''}INFINITY))"
        text = repr(float(value))
        return f"{text}f" if dtype.c == "float" else text
    if dtype is bool_ or dtype.size < 4:
        return f"(({dtype.c}){int(value)})"
    suffix = {"int32": "", "uint32": "u", "int64": "L", "uint64": "UL"}[dtype.name]
    if dtype.signed and value == -(1 << (8 * dtype.size - 1)):
        return f"({value + 1}{suffix} - 1)"  # C has no literal for the lowest integer
    return f"{value}{suffix}" if value >= 0 else f"({value}{suffix})"


@dataclass
class Writer:
    """Writes lines of a program as C statements.

    ``axes`` are the C names of the index along each axis; ``lane`` is the lane axis.
    """

    lines: Sequence[Line]
    axes: Sequence[str]
    shape: Shape
    lane: int | None
    capabilities: Capabilities
    prefix: str = "v"
    folds_lanes: bool = True
    """Whether a reduction runs along the lane axis, so that its result is uniform."""
    helpers: dict[str, None] = field(default_factory=dict)

    # -- what varies ------------------------------------------------------------------------

    def varies(self, number: int) -> bool:
        """Whether a line differs from lane to lane."""
        return self._varying[number]

    @cached_property
    def _varying(self) -> list[bool]:
        known: list[bool] = []
        for line in self.lines:
            if isinstance(line, Reduce):
                known.append(not self.folds_lanes)
                continue
            lane = any(known[operand] for operand in line.operands)
            view = views_of(line)
            if view is not None and self.lane is not None:
                lane = lane or not is_constant_over(view, self.lane, self.lane + 1)
            known.append(lane or isinstance(line, Result))
        return known

    def width_of(self, number: int, width: int) -> int:
        return width if width > 1 and self._varying[number] else 1

    # -- expressions ------------------------------------------------------------------------

    def address(self, view: View, lane: int = 0) -> str:
        """The flat index of a view as C, for one lane."""
        terms = []
        for axis, (step, size) in enumerate(zip(view.strides, view.shape)):
            if step == 0 or size == 1:
                continue
            name = self.axes[axis]
            if axis == self.lane and lane:
                name = f"({name} + {lane})"
            terms.append(name if step == 1 else f"{name} * {step}")
        if view.offset or not terms:
            terms.append(str(view.offset))
        return " + ".join(terms).replace("+ -", "- ")

    def condition(self, view: View, lane: int | None = None) -> str:
        """Whether the mask holds, as C; with lane None only the axes that are the same for all lanes count."""
        tests = []
        for axis, (low, high) in enumerate(view.mask or ()):
            size = view.shape[axis]
            if (low, high) == (0, size) or (axis == self.lane and lane is None):
                continue
            name = self.axes[axis] if axis != self.lane or not lane else f"({self.axes[axis]} + {lane})"
            if low > 0:
                tests.append(f"{name} >= {low}")
            if high < size:
                tests.append(f"{name} < {high}")
        return " && ".join(tests)

    def _masks_lanes(self, view: View) -> bool:
        if view.mask is None or self.lane is None:
            return False
        return view.mask[self.lane] != (0, view.shape[self.lane])

    def name(self, number: int, width: int = 1) -> str:
        """A line's value, widened if the reader is a vector and it is not."""
        text = f"{self.prefix}{number}"
        if width > 1 and not self._varying[number]:
            return f"({vector_type(self.lines[number].dtype, width)})({text})"
        return text

    def _lane_of(self, number: int, lane: int, width: int) -> str:
        text = f"{self.prefix}{number}"
        return f"{text}.s{LANES[lane]}" if self.width_of(number, width) > 1 else text

    def _load(self, line: Load, width: int) -> str:
        view, row, stride = in_parts(line.view, line.part), "", 1
        if isinstance(line, Take):
            row, stride = f"{self.prefix}{line.operands[0]}", line.stride * (1 if line.part is None else 2)
        lane_step = view.strides[self.lane] if self.lane is not None else 0
        picks = lane_step in (2, -1, -2) and line.dtype.size >= 4 and self.capabilities.vector_pointers
        whole = width > 1 and (lane_step == 1 or picks) and not self._masks_lanes(view)
        if isinstance(line, Take) and self.varies(line.operands[0]):
            whole = False
        if width == 1 or whole:
            # The lane axis counts as masked only lane by lane.
            test = self.condition(view, None if whole else 0)
            place = self.address(view) + (f" + {row} * {stride}" if row else "")
            text = f"a{line.argument}[{place}]"
            if width > 1 and picks:
                text = self._load_picked(line, lane_step, width, place)
            elif width > 1:
                text = self.vector_load(line.dtype, width, line.argument, place)
            text, zero = self.widened(text, line.dtype, width), literal(0, line.dtype)
            if not test:
                return text
            return f"({test}) ? {text} : {zero if width == 1 else f'({vector_type(line.dtype, width)})({zero})'}"
        if not isinstance(line, Take) and line.dtype.computing.size >= 4:
            if lane_step == 1:
                return self._load_edge(line, width)
            if lane_step == 0:
                return self._load_within(line, width)
        zero = literal(0, uint16 if line.dtype.is_half else line.dtype)
        parts = []
        for lane in range(width):
            place = self.address(view, lane)
            if isinstance(line, Take):
                place += f" + {self._lane_of(line.operands[0], lane, width)} * {stride}"
            test = self.condition(view, lane)
            element = f"a{line.argument}[{place}]"
            parts.append(f"(({test}) ? {element} : {zero})" if test else element)
        return self.widened(f"({stored_type(line.dtype, width)})({', '.join(parts)})", line.dtype, width)

    def _load_picked(self, line: Load, step: int, width: int, place: str) -> str:
        """Numbers from a place on, by a step of 2, -1 or -2: vectors are read, and of their lanes some are picked.

        Both parts of complex numbers are in the same vectors, which compilers read once. The last number that is read,
        but not used, may stand behind the data: a buffer has some slack.
        """
        dtype, part = line.dtype, line.part or 0
        kind, loose = vector_type(dtype, width), self._unaligned(dtype.c, dtype.size, width)
        back = (width - 1) * -step if step < 0 else 0
        picked = ", ".join(str(back + lane * step + part) for lane in range(width))
        name = f"clgrad_pick_{'back_' if step < 0 else ''}{abs(step)}_{part}_{kind}"
        high = f"*(__global const {loose}*)(a + {width})" if abs(step) == 2 else "low"
        self.helpers[
            f"static inline {kind} {name}(__global const {dtype.c}* a) {{ "
            f"const {kind} low = *(__global const {loose}*)a, high = {high}; "
            f"return __builtin_shufflevector(low, high, {picked}); }}"
        ] = None
        return f"{name}(a{line.argument} + {place}{f' - {back + part}' if back + part else ''})"

    def _load_edge(self, line: Load, width: int) -> str:
        """A vector of which some lanes lie outside the mask: if any lies inside, all are read, and those dropped.

        Past its end a buffer has some slack; before its start it has none, so there lanes are read one by one.
        """
        view, kind = line.view, vector_type(line.dtype, width)
        assert view.mask is not None and self.lane is not None
        (low, high), name, place = view.mask[self.lane], self.axes[self.lane], self.address(view)
        tests = [self.condition(view), f"{name} < {high}", f"{name} + {width} > {low}"]
        read = self.vector_load(line.dtype, width, line.argument, place)
        if _lowest_address(view) < min(low, width - 1):
            element, stored = line.dtype.storage_c, stored_type(line.dtype, width)
            helper = f"clgrad_start_{element}{width}"
            self.helpers[
                f"static inline {stored} {helper}(__global const {element}* a, int n) {{ {stored} v = ({stored})(0);"
                f" for (int lane = -n; lane < {width}; lane++) (({element}*)&v)[lane] = a[n + lane];"
                " return v; }"
            ] = None
            read = f"(({place} >= 0) ? {read} : {helper}(a{line.argument}, {place}))"
        read = self.widened(read, line.dtype, width)
        test = " && ".join(filter(None, tests))
        return f"({test}) ? (({self._inside(view, line.dtype, width)}) ? {read} : ({kind})(0)) : ({kind})(0)"

    def _load_within(self, line: Load, width: int) -> str:
        """One element for all lanes inside the mask; it is read if any is."""
        view, kind = in_parts(line.view, line.part), vector_type(line.dtype, width)
        assert view.mask is not None and self.lane is not None
        (low, high), name = view.mask[self.lane], self.axes[self.lane]
        test = " && ".join(filter(None, [self.condition(view), f"{name} < {high}", f"{name} + {width} > {low}"]))
        read = self.widened(f"a{line.argument}[{self.address(view)}]", line.dtype, 1)
        inside = self._inside(view, line.dtype, width)
        return f"({test}) ? (({inside}) ? ({kind})({read}) : ({kind})(0)) : ({kind})(0)"

    def _inside(self, view: View, dtype: DType, width: int) -> str:
        """For each lane whether the mask of the lane axis holds, as a vector of -1 and 0."""
        assert view.mask is not None and self.lane is not None
        kind = f"{dtype.mask_c}{width}"
        at = f"(({kind})({self.axes[self.lane]}) + ({kind})({', '.join(map(str, range(width)))}))"
        low, high = view.mask[self.lane]
        tests = [f"{at} >= ({kind})({low})"] if low > 0 else []
        tests += [f"{at} < ({kind})({high})"] if high < view.shape[self.lane] else []
        return " & ".join(f"({test})" for test in tests)

    def vector_load(self, dtype: DType, width: int, argument: int, place: str) -> str:
        if self.capabilities.vector_pointers:
            return f"*(__global const {self._unaligned(dtype.storage_c, dtype.size, width)}*)(a{argument} + {place})"
        return f"vload{width}(0, a{argument} + {place})"

    def private(self, array: str, place: str, dtype: DType, width: int) -> str:
        """Elements of a private array, to read or to write."""
        if width == 1:
            return f"{array}[{place}]"
        return f"*({self._unaligned(dtype.c, dtype.computing.size, width)}*)({array} + {place})"

    def _unaligned(self, element: str, size: int, width: int) -> str:
        name = f"clgrad_{element}{width}"
        self.helpers[f"typedef {element} {name} __attribute__((ext_vector_type({width}), aligned({size})));"] = None
        return name

    def widened(self, text: str, dtype: DType, width: int) -> str:
        """Elements as kernels compute with them, from what memory holds."""
        if not dtype.is_half:
            return text
        self.helpers[halves.widen(dtype, width, self.capabilities)] = None
        return f"{halves.widener(dtype, width)}({text})"

    def narrowed(self, text: str, dtype: DType, width: int) -> str:
        """Elements as memory holds them: halves are rounded."""
        if not dtype.is_half:
            return text
        self.helpers[halves.narrow(dtype, width, self.capabilities)] = None
        return f"{halves.narrower(dtype, width)}({text})"

    def store(self, store: Store, dtype: DType, width: int, past_caches: bool) -> str:
        """The statement that writes a line to a buffer; past the caches if its vectors are aligned."""
        argument, number, view, dtype = store.argument, store.line, in_parts(store.view, store.part), real_of(dtype)
        place = self.address(view)
        lane_step = view.strides[self.lane] if self.lane is not None else 0
        if width == 1 or (lane_step == 0 and not self.varies(number)):
            return f"a{argument}[{place}] = {self.narrowed(f'{self.prefix}{number}', dtype, 1)};"
        value = self.narrowed(self.name(number, width), dtype, width)
        if dtype is bool_ and self.capabilities.vector_pointers and width in (8, 16):
            value = self._shown(value, width)
        if lane_step == 1:
            steps = [step for axis, step in enumerate(view.strides) if axis != self.lane]
            if past_caches and not any(step % width for step in (*steps, view.offset)):
                kind = stored_type(dtype, width)
                return f"__builtin_nontemporal_store({value}, (__global {kind}*)(a{argument} + {place}));"
            if self.capabilities.vector_pointers:
                kind = self._unaligned(dtype.storage_c, dtype.size, width)
                return f"*(__global {kind}*)(a{argument} + {place}) = {value};"
            return f"vstore{width}({value}, 0, a{argument} + {place});"
        if dtype.is_half:
            lanes = " ".join(f"a{argument}[{self.address(view, lane)}] = h.s{LANES[lane]};" for lane in range(width))
            return f"{{ const {stored_type(dtype, width)} h = {value}; {lanes} }}"
        return " ".join(
            f"a{argument}[{self.address(view, lane)}] = {self._lane_of(number, lane, width)};" for lane in range(width)
        )

    def _shown(self, truths: str, width: int) -> str:
        """Truths to be stored. With AVX-512, LLVM loads ones under a comparison's mask, and where no lane holds, the
        processor takes 70 times as long: their page was never touched, and must not fault. An assembler statement
        that does nothing hides the comparison."""
        name = f"clgrad_truths{width}"
        self.helpers[
            f"static inline uchar{width} {name}(uchar{width} v) {{\n"
            f"    int{width} m = __builtin_convertvector(v != (uchar{width})(0), int{width});\n"
            '#if defined(__AVX512VL__)\n    __asm__("" : "+v"(m));\n#endif\n'
            f"    return __builtin_convertvector(-m, uchar{width});\n}}"
        ] = None
        return f"{name}({truths})"

    def store_pairs(self, real: Store, imag: Store, dtype: DType, width: int) -> str:
        """The statement that writes both parts of complex elements, which lie side by side along the lane axis."""
        kind, loose = vector_type(dtype, width), self._unaligned(dtype.c, dtype.size, width)
        half = width // 2
        low, high = (", ".join(f"{lane}, {width + lane}" for lane in range(first, first + half)) for first in (0, half))
        self.helpers[
            f"static inline void clgrad_pairs_{kind}({kind} x, {kind} y, __global {dtype.c}* a) {{"
            f" *(__global {loose}*)a = __builtin_shufflevector(x, y, {low});"
            f" *(__global {loose}*)(a + {width}) = __builtin_shufflevector(x, y, {high}); }}"
        ] = None
        place = self.address(in_parts(real.view, 0))
        parts = ", ".join(self.name(store.line, width) for store in (real, imag))
        return f"clgrad_pairs_{kind}({parts}, a{real.argument} + {place});"

    def convert(self, text: str, dtype: DType, width: int) -> str:
        if width == 1:
            return f"({dtype.c})({text})"
        kind = vector_type(dtype, width)
        return self._convert_vector(text, kind)

    def _convert_vector(self, text: str, kind: str) -> str:
        if self.capabilities.vector_pointers:
            return f"__builtin_convertvector({text}, {kind})"
        return f"convert_{kind}({text})"

    def _map(self, line: Map, width: int) -> str:
        op = line.op
        operands = [self.name(operand, width) for operand in line.operands]
        source = self.lines[line.operands[0]].dtype
        if op is maps.cast:
            return self._cast(operands[0], source, line.dtype, width)
        if op is maps.bitcast and (source.is_half or line.dtype.is_half):
            bits = f"as_{stored_type(line.dtype, width)}({self.narrowed(operands[0], source, width)})"
            return self.widened(bits, line.dtype, width)
        if op.lanes:
            return self._by_lanes(line, width)
        kind = (source if op.result is bool_ else line.dtype).computing
        names = dict(zip(op.attributes, line.attributes))
        if op is maps.check_index:
            names["site"] = site_number(names["size"], names["what"], names["wrapped"])
        text = self.function(op, kind, width).format(
            *operands,
            **names,
            T=vector_type(kind, width),
            t=kind.c,
            m0=operands[0] if width == 1 else f"({self._condition_vector(operands[0], line.dtype, width)})",
        )
        if op.result is bool_:
            return f"(uchar)({text})" if width == 1 else self.convert(f"-({text})", bool_, width)
        return text

    def function(self, op: Op, dtype: DType, width: int) -> str:
        """An op's C template, whose helpers are noted."""
        native = op.native if not self.capabilities.is_cpu else ""
        if op.helper is not None and not native:
            if op.shared and dtype.size == 4:
                self.helpers[op.shared] = None
            self.helpers[op.helper(dtype, width)] = None
        return native or op.c

    def _condition_vector(self, text: str, dtype: DType, width: int) -> str:
        mask = f"{dtype.mask_c}{width}"
        return f"{self._convert_vector(text, mask)} != ({mask})(0)"

    def _cast(self, text: str, source: DType, target: DType, width: int) -> str:
        if target is bool_:
            test = f"{text} != ({vector_type(source, width)})(0)"
            return f"(uchar)({test})" if width == 1 else self.convert(f"-({test})", bool_, width)
        if source is int32 and target is int64 and width == 1 and not self.capabilities.keeps_signs:
            return f"as_long((int2)({text}, {text} >> 31))"
        if source.c != target.c or not target.is_half:
            text = self.convert(text, target, width)
        return self.widened(self.narrowed(text, target, width), target, width)

    def _by_lanes(self, line: Map, width: int) -> str:
        op = line.op
        dtype = self.lines[line.operands[0]].dtype.computing
        if op.helper is not None:
            self.helpers[op.helper(dtype, 1)] = None
        names = dict(zip(op.attributes, line.attributes))
        calls = []
        for lane in range(width):
            operands = [self._lane_of(operand, lane, width) for operand in line.operands]
            calls.append(op.c.format(*operands, name=dtype.name, t=dtype.c, T=dtype.c, **names))
        if width == 1:
            return f"({line.dtype.c}){calls[0]}"
        return f"({vector_type(line.dtype, width)})({', '.join(calls)})"

    def expression(self, number: int, width: int) -> str:
        """The right-hand side of a line."""
        line = self.lines[number]
        width = self.width_of(number, width)
        if isinstance(line, Load):
            return self._load(line, width)
        if isinstance(line, Constant):
            return literal(line.value, line.dtype)
        if isinstance(line, Index):
            if width == 1:
                return f"(long)({self.address(line.view)})"
            assert self.lane is not None
            steps = ", ".join(str(lane * line.view.strides[self.lane]) for lane in range(width))
            return f"(long{width})({self.address(line.view)}) + (long{width})({steps})"
        if isinstance(line, Valid):
            if width == 1:
                return f"(uchar)({self.condition(line.view, 0) or '1'})"
            inside = self.convert(f"-({self._inside(line.view, int32, width)})", bool_, width)
            test = self.condition(line.view)
            return f"({test}) ? {inside} : (uchar{width})(0)" if test else inside
        assert isinstance(line, Map)
        return self._map(line, width)

    def declare(self, number: int, width: int) -> str:
        """The statement that computes a line."""
        line = self.lines[number]
        kind = vector_type(line.dtype, self.width_of(number, width))
        return f"const {kind} {self.prefix}{number} = {self.expression(number, width)};"

    def combine(self, number: int, left: str, right: str, width: int) -> str:
        """A reduction's fold of two values."""
        line = self.lines[number]
        assert isinstance(line, Reduce)
        return line.op.c.format(left, right, T=vector_type(line.dtype, width), t=line.dtype.c)

    def identity(self, number: int) -> str:
        line = self.lines[number]
        assert isinstance(line, Reduce) and line.op.identity is not None
        return literal(line.op.identity(line.dtype), line.dtype)


def _lowest_address(view: View) -> int:
    """The smallest flat index of an element inside the mask."""
    mask = view.mask or tuple((0, size) for size in view.shape)
    return view.offset + sum(step * (low if step > 0 else high - 1) for step, (low, high) in zip(view.strides, mask))


def transposed(dtype: DType, width: int, rows: str, result: str) -> tuple[list[str], list[str]]:
    """Statements that transpose ``width`` vectors of as many lanes by halves, quarters, and so on; and the names of
    the columns."""
    kind = vector_type(dtype, width)
    names = [f"{rows}{row}" for row in range(width)]
    texts = []
    step, level = width // 2, 0
    while step:
        fresh = list(names)
        for row in range(width):
            if row & step:
                continue
            low = [(lane if not lane & step else width + lane - step) for lane in range(width)]
            high = [(lane + step if not lane & step else width + lane) for lane in range(width)]
            first, second = names[row], names[row + step]
            for target, picked in ((row, low), (row + step, high)):
                name = f"{result}{level}_{target}"
                indices = ", ".join(map(str, picked))
                texts.append(f"const {kind} {name} = __builtin_shufflevector({first}, {second}, {indices});")
                fresh[target] = name
        names = fresh
        step //= 2
        level += 1
    return texts, names


def below(lines: Sequence[Line], roots: Sequence[int], stop: set[int] | None = None) -> list[int]:
    """The lines that the roots need, in order, without what stands in ``stop``."""
    stop = stop or set()
    needed: set[int] = set()
    pending = [root for root in roots if root not in stop]
    while pending:
        number = pending.pop()
        if number in needed:
            continue
        needed.add(number)
        pending.extend(operand for operand in lines[number].operands if operand not in stop)
    return sorted(needed)


def power_of_two(limit: int) -> int:
    """The largest power of two up to a limit."""
    return 1 << (max(1, limit).bit_length() - 1)


def power_from(least: int) -> int:
    """The smallest power of two that is not below a number."""
    return 1 << (least - 1).bit_length()
