"""What all devices that run the templates tell the scheduler: how work is best divided, as their capabilities say."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from clgrad.cl import convolutions, joint
from clgrad.cl.caps import Capabilities
from clgrad.cl.folds import SIDE
from clgrad.cl.orders import tile
from clgrad.cl.products import MANY_PRODUCTS, PACKED_ROWS
from clgrad.cl.shapes import GRAIN
from clgrad.device import FEW_ROWS, LONG_ROW, Call, Device
from clgrad.dtypes import DType
from clgrad.view import Shape

PART = 4096
"""Elements that a work-group of a GPU counts."""
GROUPS_PER_UNIT = 4
"""Groups for each of a GPU's units that few long rows are cut into."""


class TemplatedDevice(Device):
    """A device whose kernels are rendered from the templates."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the device can do."""

    def supports(self, dtype: DType) -> bool:
        return self.capabilities.supports(dtype)

    def parts(self, elements: int) -> int:
        if self.capabilities.is_cpu:
            return max(1, min(self.capabilities.compute_units, elements // GRAIN))
        return -(-elements // PART)

    def pieces(self, rows: int, columns: int, length: int) -> int:
        if self.capabilities.is_cpu:
            return super().pieces(rows, columns, length)
        # A group takes one row, or columns side by side.
        together, units = (1 if columns == 1 else SIDE), max(FEW_ROWS, self.capabilities.compute_units)
        if length < LONG_ROW or 2 * rows > units * together:
            return 1
        return GROUPS_PER_UNIT * units * together // rows

    def blocks(self, rows: int, columns: int, length: int) -> int:
        if self.capabilities.is_cpu:
            return super().blocks(rows, columns, length)
        return min(self.pieces(rows, columns, length), math.isqrt(length))

    def skips_zeros(self, x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType) -> bool:
        return convolutions.skips_zeros(x, w, attributes, dtype, self.capabilities)

    def stores_turned(self, products: int, rows: int) -> bool:
        return self.capabilities.is_cpu and products >= MANY_PRODUCTS and rows <= PACKED_ROWS

    def saves_products(self, x: Shape, w: Shape, attributes: Sequence[Any], dtype: DType) -> bool:
        return convolutions.saves_products(x, w, attributes, dtype, self.capabilities)

    @property
    def tile(self) -> int | None:
        return None if self.capabilities.is_cpu else tile(self.capabilities)

    def calls_per_launch(self, calls: Sequence[Call]) -> int:
        return joint.calls_per_launch(calls, self.capabilities)
