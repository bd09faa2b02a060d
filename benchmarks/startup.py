"""How long the first training step takes in a fresh process: with nothing compiled yet, and with everything cached.

    python benchmarks/startup.py --device cl

The model is a multilayer perceptron whose layers all differ in width, so its step has a hundred
different kernels. Each line is a process of its own; caches lie in a folder made for the run.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time

DEPTH = 20


def first_steps(device_name: str) -> None:
    """Print how long things take in this process."""
    start = time.perf_counter()
    import numpy as np

    with_numpy = time.perf_counter()
    import clgrad

    imported = time.perf_counter()
    from clgrad import nn, optim, runtime
    from clgrad.nn import functional as F

    device = clgrad.device(device_name)
    widths = [64, *(64 + 8 * layer for layer in range(1, DEPTH)), 10]
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    random = np.random.default_rng(0)
    net = nn.Sequential(*layers[:-1]).to(device)
    x = clgrad.tensor(random.standard_normal((32, widths[0]), np.float32), device=device)
    target = clgrad.tensor(np.arange(32) % 10, device=device)
    opened = time.perf_counter()
    clgrad.realize(*net.parameters())
    device.synchronize()
    made = time.perf_counter()
    optimizer = optim.Adam(net.parameters(), lr=1e-3)

    def step() -> float:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), target)
        loss.backward()
        optimizer.step()
        return loss.item()  # type: ignore[no-any-return]

    print(f"import {imported - with_numpy:.2f} s (numpy {with_numpy - start:.2f})", end="; ")
    print(f"parameters {made - opened:.2f} s", end="; ")
    for name in ("first step", "second"):
        begin = time.perf_counter()
        with runtime.trace() as seen:
            step()
        seconds = time.perf_counter() - begin
        kernels = len({str(kernel) for kernel in seen.kernels})
        print(f"{name} {seconds:.2f} s ({kernels} kernels)", end="; " if name == "first step" else "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cl")
    parser.add_argument("--here", action="store_true", help="measure in this process only, with the caches as they are")
    options = parser.parse_args()
    if options.here:
        first_steps(options.device)
        return
    with tempfile.TemporaryDirectory() as folder:
        variables = os.environ | {"XDG_CACHE_HOME": folder, "CLGRAD_CACHE_DIR": folder, "POCL_CACHE_DIR": folder}
        for name in ("cold", "warm", "warm", "warm"):
            print(name, end=": ", flush=True)
            subprocess.run([sys.executable, __file__, "--here", "--device", options.device], env=variables, check=True)


if __name__ == "__main__":
    main()
