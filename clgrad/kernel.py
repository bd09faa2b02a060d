"""The kernel: a straight-line program, the contract between the scheduler and the backends.

A kernel runs over ``outer`` x ``inner`` elements. Lines are numbered; operands are numbers of
earlier lines, so shared values are shared and nothing is a tree. A ``Reduce`` line folds its
operand over ``inner``. Every load, store and index has a ``View`` over all axes (outer, then inner).
A kernel with an anchor (matmul, scatter) has operand programs of its own, and its lines start
from the anchor's ``Result``. A kernel with parts (cat) has a kernel for each piece of its result instead.

A line of a half dtype is held as float32. Loads, casts to the half and stores are rounded; nothing else is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from clgrad.dtypes import DType, bool_, int64
from clgrad.ops import Op, maps
from clgrad.view import Shape, View


@dataclass(frozen=True)
class Line:
    """One value of the program."""

    dtype: DType
    operands: tuple[int, ...] = ()


@dataclass(frozen=True)
class Load(Line):
    """An element of a buffer; zero outside the view's mask."""

    argument: int = 0
    view: View = field(default_factory=lambda: View((), ()))
    part: int | None = None
    """Of a complex element, 0 for the real and 1 for the imaginary part; the view counts whole elements."""


@dataclass(frozen=True)
class Take(Load):
    """An indirect load: the element at ``view`` plus ``stride`` times the operand."""

    stride: int = 1


@dataclass(frozen=True)
class Constant(Line):
    """A number, as python writes it: equal lines must be equal values, and 0.0 == -0.0."""

    text: str = "0"

    @property
    def value(self) -> bool | int | float:
        if self.dtype.is_float:
            return float(self.text)
        return self.text == "True" if self.dtype is bool_ else int(self.text)


@dataclass(frozen=True)
class Index(Line):
    """The flat index that the view gives."""

    view: View = field(default_factory=lambda: View((), ()))


@dataclass(frozen=True)
class Valid(Line):
    """Whether the view's mask holds here."""

    view: View = field(default_factory=lambda: View((), ()))


@dataclass(frozen=True)
class Map(Line):
    """An elementwise op on earlier lines."""

    op: Op = None  # type: ignore[assignment]  # always given: dataclass fields after a default need one
    attributes: tuple[Any, ...] = ()

    @property
    def rounds(self) -> bool:
        """Whether operands that are halves are rounded first: they leave their dtype, or a step decides by them."""
        return self.op.jumps or self.op is maps.cast


@dataclass(frozen=True)
class Reduce(Line):
    """The fold of one operand over the inner axes."""

    op: Op = None  # type: ignore[assignment]  # always given


@dataclass(frozen=True)
class Result(Line):
    """The anchor's value at this element."""


@dataclass(frozen=True)
class Store:
    """Write a line to a buffer: to its elements, or to one part of complex elements."""

    argument: int
    line: int
    view: View
    part: int | None = None


@dataclass(frozen=True)
class Argument:
    """One buffer a kernel is given."""

    dtype: DType
    size: int
    written: bool


@dataclass(frozen=True)
class Program:
    """Lines over a shape, with the number of the one that is the value."""

    shape: Shape
    lines: tuple[Line, ...]
    value: int


@dataclass(frozen=True)
class Anchor:
    """The part of a kernel that is not straight-line: its op and its operands' programs."""

    op: Op
    operands: tuple[Program, ...]
    dtype: DType
    attributes: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Kernel:
    """One launch."""

    outer: Shape
    inner: Shape
    lines: tuple[Line, ...]
    stores: tuple[Store, ...]
    arguments: tuple[Argument, ...]
    anchor: Anchor | None = None
    parts: tuple[Kernel, ...] = ()
    """In place of lines: kernels without reductions that compute parts of the same results from the same arguments."""

    @property
    def shape(self) -> Shape:
        return self.outer + self.inner

    @cached_property
    def kind(self) -> str:
        """map, gather, reduce, rows, cat, or the name of the anchor."""
        if self.parts:
            return "cat"
        if self.anchor is not None:
            return self.anchor.op.name
        if self.inner:
            return "reduce" if all(self.is_row_store(store) for store in self.stores) else "rows"
        return "gather" if any(isinstance(line, Take) for line in self.lines) else "map"

    @cached_property
    def _rows(self) -> tuple[bool, ...]:
        """For each line, whether it is the same along the inner axes."""
        levels: list[bool] = []
        for line in self.lines:
            level = all(levels[operand] for operand in line.operands) or isinstance(line, Reduce)
            if isinstance(line, (Load, Index, Valid)):
                level = level and is_constant_over(line.view, len(self.outer), len(self.shape))
            levels.append(level and not isinstance(line, Result))
        return tuple(levels)

    def is_row(self, number: int) -> bool:
        return self._rows[number]

    def is_row_store(self, store: Store) -> bool:
        """Whether a store writes one element a row; what it writes may be the same for a row in any case."""
        return is_constant_over(store.view, len(self.outer), len(self.shape))

    @cached_property
    def updates(self) -> bool:
        """Whether an argument is read and written: each element depends on its own old value, and is computed once."""
        written = {store.argument for store in self.stores}
        return any(isinstance(line, Load) and line.argument in written for line in self.lines)

    @cached_property
    def is_given(self) -> bool:
        """Whether a user wrote the body: only its launch knows what work it does, and in which groups."""
        return self.anchor is not None and bool(self.anchor.op.names)

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Its own lines, and those of the operands' programs."""
        operands = self.anchor.operands if self.anchor is not None else ()
        return sum((one.lines for one in operands), self.lines)

    @cached_property
    def checks_indices(self) -> bool:
        """Whether a line may find an index out of range."""
        if self.parts:
            return any(part.checks_indices for part in self.parts)
        return any(isinstance(line, Map) and line.op is maps.check_index for line in self.all_lines)

    @cached_property
    def flops(self) -> int:
        """Arithmetic of one launch; a transcendental function counts its cost."""
        count = sum(part.flops for part in self.parts)
        for number, line in enumerate(self.lines):
            if isinstance(line, Map):
                count += line.op.cost * math.prod(self.outer if self.is_row(number) else self.shape)
            elif isinstance(line, Reduce):
                count += math.prod(self.shape)
        if self.anchor is not None and self.anchor.op.flops is not None:
            count += self.anchor.op.flops(self.outer, *(one.shape for one in self.anchor.operands))
        return count

    @cached_property
    def nbytes(self) -> int:
        """Bytes that are read or written, each once: of a buffer of which views show pieces, the pieces."""
        whole = [argument.size for argument in self.arguments]
        reached = list(whole)
        if not self.is_given:
            views: list[set[View]] = [set() for _ in whole]
            self._collect(views)
            reached = [sum(view.reach for view in one) if one else size for one, size in zip(views, whole)]
        sizes = (argument.dtype.size for argument in self.arguments)
        return sum(min(pair) * size for *pair, size in zip(reached, whole, sizes))

    def _collect(self, views: list[set[View]]) -> None:
        """Note how each argument is seen, unless that is by number."""
        for line in self.all_lines:
            if type(line) is Load:
                views[line.argument].add(line.view)
            elif isinstance(line, Take):
                views[line.argument].add(View.contiguous((self.arguments[line.argument].size,)))
        for store in self.stores:
            views[store.argument].add(store.view)
        for part in self.parts:
            part._collect(views)

    def __str__(self) -> str:
        shape = "x".join(map(str, self.outer)) or "1"
        inner = " over " + "x".join(map(str, self.inner)) if self.inner else ""
        text = [f"{self.kind} {shape}{inner}"]
        if self.anchor is not None:
            for name, operand in zip("abc", self.anchor.operands):
                text += [f"    {name}: %{n} = {_describe(line)}" for n, line in enumerate(operand.lines)]
        for part in self.parts:
            text += [f"    {line}" for line in str(part).splitlines()]
        text += [f"    %{n} = {_describe(line)}" for n, line in enumerate(self.lines)]
        text += [
            f"    arg{store.argument}[{_describe_view(store.view)}]{_describe_part(store)} = %{store.line}"
            for store in self.stores
        ]
        return "\n".join(text)


def is_constant_over(view: View, first: int, last: int) -> bool:
    """Whether the view does not change along axes first ... last - 1."""
    if any(view.strides[axis] != 0 and view.shape[axis] != 1 for axis in range(first, last)):
        return False
    return view.mask is None or all(view.mask[axis] == (0, view.shape[axis]) for axis in range(first, last))


def in_parts(view: View, part: int | None) -> View:
    """A view of one part of complex elements, as a view of the numbers that they are pairs of."""
    if part is None:
        return view
    return View(view.shape, tuple(2 * step for step in view.strides), 2 * view.offset + part, view.mask)


def views_of(line: Line) -> View | None:
    """The view of a line that has one."""
    return line.view if isinstance(line, (Load, Index, Valid)) else None


def seen(line: Line, through: Callable[[View], View]) -> Line:
    """The same line, seen through a view made of its own; a line without one is the same from everywhere."""
    return replace(line, view=through(line.view)) if isinstance(line, (Load, Index, Valid)) else line


def _describe_view(view: View) -> str:
    text = f"{view.strides}" + (f"+{view.offset}" if view.offset else "")
    return text + (f" where {view.mask}" if view.mask else "")


def _describe_part(access: Load | Store) -> str:
    return "" if access.part is None else f".{('real', 'imag')[access.part]}"


def _describe(line: Line) -> str:
    operands = ", ".join(f"%{operand}" for operand in line.operands)
    if isinstance(line, Take):
        place = f"{_describe_view(line.view)} + {line.stride}*{operands}"
        return f"take.{line.dtype.name} arg{line.argument}[{place}]{_describe_part(line)}"
    if isinstance(line, Load):
        return f"load.{line.dtype.name} arg{line.argument}[{_describe_view(line.view)}]{_describe_part(line)}"
    if isinstance(line, Constant):
        return f"constant.{line.dtype.name} {line.text}"
    if isinstance(line, (Index, Valid)):
        return f"{type(line).__name__.lower()} {_describe_view(line.view)}"
    if isinstance(line, (Map, Reduce)):
        return f"{line.op.name}.{line.dtype.name} {operands}"
    return f"result.{line.dtype.name}"


def index_line(view: View) -> Index:
    return Index(int64, (), view)


def valid_line(view: View) -> Valid:
    """A line for the view's mask; only the mask counts, so strides are dropped and equal masks are one line."""
    return Valid(bool_, (), View(view.shape, (0,) * len(view.shape), 0, view.mask))
