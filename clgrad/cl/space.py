"""What a template declares about its tuning: names of sizes, the values they may have, and which of them fit a device.

A shape class that inherits ``Tunable`` is searched by tune.py; sizes are a mapping of names to integers, so that they
can be kept as JSON.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

Sizes = Mapping[str, int]
"""Sizes of a template's loops, by name."""
Space = Mapping[str, tuple[int, ...]]
"""Each size's name, with the values that are tried."""


class Tunable(ABC):
    """A shape whose sizes may be measured; it takes measured ones if they fit, and its own rules' otherwise."""

    space: ClassVar[Space]
    sizes: Sizes
    """The sizes that were taken."""

    @abstractmethod
    def rules(self) -> Sizes:
        """The sizes where nothing was measured; they need not be among the values that are tried."""

    @abstractmethod
    def allows(self, sizes: Sizes) -> bool:
        """Whether the device has the registers, the local memory and the group for these sizes."""

    def fits(self, sizes: Sizes) -> bool:
        """Whether sizes are this space's, and the device allows them: files may be old, or another device's."""
        return (
            sizes.keys() == self.space.keys()
            and all(value in self.space[name] for name, value in sizes.items())
            and self.allows(sizes)
        )

    def take(self, measured: Sizes | None) -> None:
        """Set the sizes: those that were measured if they fit, else the rules'."""
        self.sizes = dict(measured if measured is not None and self.fits(measured) else self.rules())

    def near(self, sizes: Sizes, names: int) -> list[Sizes]:
        """All sizes that fit and differ from these in at most so many names, without these."""
        found: dict[tuple[int, ...], Sizes] = {}
        for changed in itertools.combinations(self.space, min(names, len(self.space))):
            for values in itertools.product(*(self.space[name] for name in changed)):
                other = {**sizes, **dict(zip(changed, values))}
                if other != dict(sizes) and self.fits(other):
                    found[tuple(other.values())] = other
        return list(found.values())
