"""Kernels under Oclgrind: no invalid memory, no race, no value that nobody wrote, and as much memory as predicted."""

from __future__ import annotations

import pytest
from oclgrind import COMMAND, counted

pytestmark = pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")


def test_a_map_on_a_gpu_reads_and_writes_each_element_once() -> None:
    size = 3 * 257
    launches = counted(
        f"""
x, y = (clgrad.tensor(np.ones((3, 257), np.float32), device=device) for _ in range(2))
(x * 2 + y).exp().numpy()
"""
    )
    (launch,) = launches
    assert launch.kind == "map"
    assert launch.nbytes == {"load global": 2 * 4 * size, "store global": 4 * size}
