"""Samples of every public function: by its name, a function that makes its cases. One module an area."""

from __future__ import annotations

from collections.abc import Callable

from compare import Case

from functions import complex, elementwise, fft, statistics

SAMPLES: dict[str, Callable[[], list[Case]]] = {}

for area in (complex, elementwise, fft, statistics):
    repeated = SAMPLES.keys() & area.SAMPLES.keys()
    assert not repeated, repeated
    SAMPLES |= area.SAMPLES
