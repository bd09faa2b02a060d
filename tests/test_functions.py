"""Every public function that is composed of rows, against torch, on every device, from the tables in ``functions/``."""

from __future__ import annotations

import pytest
from compare import HALVES, check, check_coverage, check_halves
from functions import SAMPLES

from clgrad import coverage

WHOLE = [dtype for dtype in coverage.DTYPES if dtype not in HALVES]


@pytest.mark.heavy
@pytest.mark.parametrize("function", SAMPLES)
def test_function(function: str, device: str) -> None:
    cases = SAMPLES[function]()
    assert cases, function
    check(cases, device, function)
    check_coverage(function, device, WHOLE)


@pytest.mark.heavy
@pytest.mark.parametrize("function", SAMPLES)
def test_function_of_halves(function: str, device: str) -> None:
    check_halves(SAMPLES[function](), device, function, most=3)
