"""Samples of every public function: by its name, a function that makes its cases. One module an area."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from compare import Case

SAMPLES: dict[str, Callable[[], list[Case]]] = {}

for found in pkgutil.iter_modules(__path__):
    area = importlib.import_module(f"functions.{found.name}")
    repeated = SAMPLES.keys() & area.SAMPLES.keys()
    assert not repeated, repeated
    SAMPLES |= area.SAMPLES
