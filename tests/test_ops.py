"""Every row of the op table against torch, on every device."""

from __future__ import annotations

import pytest
from compare import check
from op_samples import SAMPLES

from clgrad.ops import OPS


def test_every_row_has_samples() -> None:
    assert set(SAMPLES) == set(OPS)
    assert all(make() for make in SAMPLES.values())


@pytest.mark.parametrize("row", SAMPLES)
def test_row(row: str, device: str) -> None:
    check(SAMPLES[row](), device)
