"""Reductions on a GPU: which work-items of a group share a row, and what memory they touch."""

from __future__ import annotations

import math
from typing import ClassVar

from clgrad.cl.caps import Capabilities
from clgrad.cl.reductions import Stage, add_up, is_rounded, regained, stages_of
from clgrad.cl.shapes import KernelShape
from clgrad.cl.space import Sizes, Space, Tunable
from clgrad.cl.writer import Writer, power_from, power_of_two
from clgrad.kernel import Kernel, Load, Reduce, Take

EACH = 2
"""Elements that a walker folds at least: below, joining walkers costs more than walking."""
SIDE = 32
"""Neighbours whose rows a group walks down side by side: what most GPUs load at once."""
LARGEST_GROUP, FILL, WALK = 512, 1024, 16
"""Groups grow to LARGEST_GROUP while a unit has fewer than FILL work-items and each walker keeps WALK elements."""
LONGEST_WALK = 4096
"""Elements that a walker folds at most, where its share was measured: another row of the class may be longer."""


class FoldShape(KernelShape, Tunable):
    """Reductions on a GPU: a group takes rows side by side, and each has walkers, who share its elements."""

    template = "fold"
    space: ClassVar[Space] = {
        "side": (1, 2, 4, 8, 16, 32, 64, 128, 256),
        "walkers": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    }

    def __init__(self, kernel: Kernel, capabilities: Capabilities, measured: Sizes | None = None) -> None:
        super().__init__(kernel, capabilities)
        self.names = [f"i{axis}" for axis in range(len(kernel.outer))]
        self.inner_names = [f"j{axis}" for axis in range(len(kernel.inner))]
        self.row_sizes, self.rows = kernel.outer, math.prod(kernel.outer)
        self.inner_sizes, self.length = kernel.inner, math.prod(kernel.inner)
        self.writer = Writer(kernel.lines, [*self.names, *self.inner_names], kernel.shape, None, capabilities)
        self.stages, self.last_lines, self.row_stores = stages_of(kernel)
        self.reduces = [number for number, line in enumerate(kernel.lines) if isinstance(line, Reduce)]
        self.is_across = _is_across(kernel)
        """Whether neighbouring work-items take neighbouring rows, rather than neighbours of one row."""
        self.take(measured)
        self.side, self.walkers = self.sizes["side"], self.sizes["walkers"]
        """Rows of a group, and work-items of a row."""
        self.apart = self.side if self.is_across else 1
        """How far the walkers of a row are from each other in their group."""
        self.groups = -(-self.rows // self.side)
        self.local_size = (self.side * self.walkers,)
        self.global_size = (self.groups * self.side * self.walkers,)
        for stage in self.stages:
            stage.cut_sums(kernel, [-(-self.length // self.walkers)], self.walkers)

    def _most_items(self) -> int:
        """Work-items of a group that the device, and what they share in local memory, allow."""
        shared = sum(self.kernel.lines[number].dtype.computing.size for number in self.reduces)
        # What is folded may have been a constant: then nothing is shared.
        return min(self.capabilities.most_group, self.capabilities.local_memory // max(1, shared))

    def rules(self) -> Sizes:
        most = power_of_two(min(LARGEST_GROUP, self._most_items()))
        group = power_of_two(min(self.group, most))
        side = min(SIDE, group, power_from(self.kernel.outer[-1])) if self.is_across else 1
        walkers = min(group // side, power_of_two(self.length // EACH))
        while (
            self.rows * walkers < FILL * self.capabilities.compute_units
            and 2 * walkers * side <= most
            and 2 * walkers * WALK <= self.length
        ):
            walkers *= 2
        return {"side": max(side, min(group // walkers, power_from(self.rows))), "walkers": walkers}

    def allows(self, sizes: Sizes) -> bool:
        side, walkers = sizes["side"], sizes["walkers"]
        return (
            side * walkers <= self._most_items()
            and side <= power_from(self.rows)
            and walkers <= power_of_two(self.length // EACH)
            and self.length <= LONGEST_WALK * walkers
        )

    @property
    def has_rest(self) -> bool:
        """Whether the last group has more places than there are rows."""
        return self.rows % self.side != 0

    def sums(self, stage: Stage) -> list[int]:
        """The sums of a pass that are made of blocks."""
        return [number for number in stage.reduces if stage.cut is not None and is_rounded(self.kernel.lines[number])]

    def total(self, stage: Stage, number: int) -> str:
        """What an element is folded into."""
        return f"w{number}" if number in self.sums(stage) else f"v{number}"

    def add_up(self, number: int) -> str:
        """The statement that adds a block's sum to the whole."""
        return add_up(f"v{number}", f"lost{number}", f"w{number}", self.type_of(number))

    def settle(self, number: int) -> str:
        """The statement that gives a sum what it has lost."""
        return f"v{number} += {regained(f'lost{number}', self.type_of(number))};"

    @property
    def traffic(self) -> tuple[int, int]:
        """How many elements a launch reads from buffers and writes to them, if no load is masked.

        Each pass reads its elements once, and each result is written once. What is the same for a row is read by all
        who walk along it, at once.
        """
        elements, items = self.rows * self.length, self.rows if self.walkers == 1 else self.global_size[0]

        def loads(numbers: list[int]) -> int:
            return sum(isinstance(self.kernel.lines[number], Load) for number in numbers)

        read = sum(loads(stage.row_lines) * items + loads(stage.lines) * elements for stage in self.stages)
        written = sum(len(stage.stores) for stage in self.stages) * elements
        return read + loads(self.last_lines) * self.rows, written + len(self.row_stores) * self.rows


def _is_across(kernel: Kernel) -> bool:
    """Whether more of what is read and written lies nearer together along the last kept axis than along a row."""
    if not kernel.outer:
        return False
    votes = 0
    views = [line.view for line in kernel.lines if isinstance(line, Load) and not isinstance(line, Take)]
    for view in [*views, *(store.view for store in kernel.stores)]:
        elements = math.prod(size for size, step in zip(view.shape, view.strides) if step)
        across, along = abs(view.strides[len(kernel.outer) - 1]), abs(view.strides[-1])
        if across != along:
            votes += elements if across and (not along or across < along) else -elements
    return votes > 0
