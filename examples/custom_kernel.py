"""An OpenCL kernel of your own, with local memory and a gradient, used like any other op.

    python examples/custom_kernel.py [--device auto] [--json FILE]

The kernel is a moving average over a window of W elements: a work-group loads its piece of a row and its
border into local memory once, then each work-item adds W of them. Its gradient is the same average, walked
backwards: the kernel itself, with the row turned round. It prints

    device: cl:0 (...)
    difference from numpy: 0.0e+00
    difference of the gradient from finite differences: 3.0e-08
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

import clgrad
from clgrad import Tensor

W, GROUP = 5, 64

SOURCE = f"""
__local ${{T}} piece[{GROUP + W - 1}];
const int lid = get_local_id(0), first = get_group_id(0) * {GROUP}, row = get_global_id(1);
__global const ${{T}}* line = x + row * ${{x[1]}};
for (int n = lid; n < {GROUP + W - 1}; n += {GROUP}) {{
    const int place = first + n - {W - 1};
    piece[n] = place >= 0 && place < ${{x[1]}} ? line[place] : 0;
}}
barrier(CLK_LOCAL_MEM_FENCE);
const int place = first + lid;
if (place < ${{x[1]}}) {{
    ${{T}} total = 0;
    for (int n = 0; n < {W}; n++) total += piece[lid + n];
    result[row * ${{x[1]}} + place] = total / {W};
}}
"""


def average(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The same in numpy: the mean of an element and the W - 1 before it, zeros before the first."""
    padded = np.pad(x, ((0, 0), (W - 1, 0)))
    total = padded[:, : x.shape[1]].copy()
    for n in range(1, W):
        total += padded[:, n : n + x.shape[1]]
    mean: np.ndarray[Any, Any] = total / x.dtype.type(W)
    return mean


def average_gradient(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    """Each element went into its own mean and the W - 1 after it."""
    return moving_average(g.flip(1)).flip(1)


moving_average = clgrad.opencl_kernel(
    "moving_average",
    SOURCE,
    numpy=average,
    operands=["x"],
    shape=lambda x: x,
    global_size=lambda x: (x[1], x[0]),
    local_size=(GROUP, 1),
    vjp=average_gradient,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()

    device = clgrad.device(options.device)
    print(f"device: {device} ({device.description})")
    host = np.random.default_rng(0).standard_normal((3, 150)).astype(np.float32)
    x = clgrad.tensor(host, device=device, requires_grad=True)
    y = moving_average(x * 2)  # what is computed before is stored for it, what comes after is a kernel of its own
    error = float(np.abs(y.numpy() - average(host * 2)).max())
    print(f"difference from numpy: {error:.1e}")

    (y * y).sum().backward()
    assert x.grad is not None
    step = np.zeros_like(host, np.float64)
    step[1, 70] = 1e-4

    def loss(values: np.ndarray[Any, Any]) -> float:
        return float((average(values * 2) ** 2).sum())

    slope = (loss(host + step) - loss(host - step)) / 2e-4
    gradient_error = abs(x.grad.numpy()[1, 70] - slope)
    print(f"difference of the gradient from finite differences: {gradient_error:.1e}")
    if options.json:
        results = {"device": device.name, "error": error, "gradient_error": float(gradient_error)}
        options.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
