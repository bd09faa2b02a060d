"""Kernels under Oclgrind: no invalid memory, no race, no value that nobody wrote, and as much memory as predicted.

``simulated.py`` is what runs; ``oclgrind.py`` runs it, and says what was learned of the simulator.
"""

from __future__ import annotations

import json
from pathlib import Path

import oclgrind
import pytest
from oclgrind import COMMAND, FORMS, counted

import clgrad

pytest.importorskip("pyopencl")
needs_oclgrind = pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")


@needs_oclgrind
@pytest.mark.parametrize("form", FORMS)
def test_no_kernel_is_reported(form: str) -> None:
    outcome = oclgrind.run([str(Path(__file__).with_name("simulated.py")), form], form)
    assert outcome.reports == ""
    assert json.loads(outcome.output.splitlines()[-1])


def test_every_template_has_a_case() -> None:
    import simulated

    kernels = Path(clgrad.__file__).parent / "cl" / "kernels"
    known = [*simulated.BOTH, *simulated.CPUS, *simulated.GPUS]
    assert sorted(known) == sorted(path.stem for path in kernels.glob("[!_]*.mako"))


WRONG = {
    "Read-write data race": "result[i] = i; barrier(CLK_GLOBAL_MEM_FENCE); result[i] = result[(i + 1) % 4] + x[i];",
    "Uninitialized value": "if (i < 3) result[i] = x[i]; if (i == 3) result[i] = result[i];",
    "Invalid read": "result[i] = x[i + 300];",
    "Invalid write": "result[i] = x[i]; result[i + 300] = 0;",
}
"""What the simulator says of kernels that are wrong."""


@needs_oclgrind
@pytest.mark.parametrize("report", WRONG)
def test_a_wrong_kernel_is_reported(report: str) -> None:
    text = f"""
import clgrad
from oclgrind import simulated
wrong = clgrad.opencl_kernel(
    "wrong", "const int i = get_global_id(0); {WRONG[report]}", numpy=abs, operands=["x"],
    shape=lambda x: x, global_size=lambda x: x, local_size=(4,),
)
wrong(clgrad.ones(4, device=simulated("gpu"))).numpy()
"""
    assert report in oclgrind.run(["-c", text], "gpu").reports


@needs_oclgrind
def test_a_map_on_a_gpu_reads_and_writes_each_element_once() -> None:
    size = 3 * 257
    (launch,) = counted(
        """
x, y = (clgrad.tensor(np.ones((3, 257), np.float32), device=device) for _ in range(2))
(x * 2 + y).exp().numpy()
"""
    )
    assert launch.kind == "map"
    assert launch.nbytes == {"load global": 2 * 4 * size, "store global": 4 * size}


@needs_oclgrind
def test_attention_on_a_gpu_reads_keys_and_values_once_for_a_block_of_queries() -> None:
    """32 queries are a block, and meet 64 keys in two: they are read again for the second."""
    (launch,) = counted(
        """
q, k, v = (clgrad.tensor(np.ones((1, 1, n, 8), np.float32), device=device) for n in (32, 64, 64))
clgrad.nn.functional.scaled_dot_product_attention(q, k, v).numpy()
"""
    )
    assert launch.kind == "attention_means"
    assert launch.nbytes["load global"] == 4 * (2 * 64 * 8 + 2 * 32 * 8)
    assert launch.nbytes["store global"] == 4 * 32 * 8
