"""What libraries read when they are loaded: the number of threads, and clgrad's device."""

from __future__ import annotations

import os
import sys

THREADS = (
    "OMP_NUM_THREADS",  # PyTorch
    "OPENBLAS_NUM_THREADS",  # numpy
    "MKL_NUM_THREADS",
    "POCL_MAX_PTHREAD_COUNT",
    "DPCPP_CPU_NUM_CUS",  # Intel's OpenCL
)


def prepare(device: str, threads: int) -> None:
    """Give every library the same number of threads; call this before any of them is imported."""
    assert "numpy" not in sys.modules
    os.environ.update(dict.fromkeys(THREADS, str(threads)), CLGRAD_DEVICE=device)
