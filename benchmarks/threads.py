"""Give every library the same number of threads: they look when they are loaded."""

from __future__ import annotations

import os
import sys

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POCL_MAX_PTHREAD_COUNT", "DPCPP_CPU_NUM_CUS")
"""PyTorch and numpy, then the OpenCL runtimes for CPUs: PoCL and Intel's."""


def limit_threads(count: int) -> None:
    """Call this before any of them is imported."""
    assert "numpy" not in sys.modules
    os.environ.update(dict.fromkeys(VARIABLES, str(count)))
