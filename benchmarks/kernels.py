"""Single pieces of work beside PyTorch's CPU kernels: matrix products, maps, reductions, rows.

    python benchmarks/kernels.py --device cl --threads 1

prints the ratio of PyTorch's time to ours for each; above 1 is faster than PyTorch.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cl")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", default="", help="run the works whose name holds this text")
    return parser.parse_args()


Row = tuple[str, Callable[..., Any], Callable[..., Any], list[np.ndarray], float]


def works(random: np.random.Generator) -> Iterator[Row]:
    """Name, our function, theirs, inputs, tolerance."""
    import torch
    from torch.nn import functional as F

    def normal(*shape: int) -> np.ndarray:
        return random.standard_normal(shape, dtype=np.float32)

    squares = [(64, 64, 64), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024)]
    oblongs = [(64, 784, 256), (4096, 256, 1024), (32, 2048, 2048), (64, 256, 10), (1, 1024, 1024)]
    for m, k, n in squares + oblongs:
        yield f"matmul {m}x{k}x{n}", lambda a, b: a @ b, torch.matmul, [normal(m, k), normal(k, n)], 1e-5
    n = 1024
    yield "matmul A @ B^T 1024", lambda a, b: a @ b.T, lambda a, b: a @ b.T, [normal(n, n), normal(n, n)], 1e-5
    yield "matmul A^T @ B 1024", lambda a, b: a.T @ b, lambda a, b: a.T @ b, [normal(n, n), normal(n, n)], 1e-5
    linear = [normal(64, 784), normal(256, 784)]
    yield "matmul x @ W^T 64x784x256", lambda a, b: a @ b.T, lambda a, b: a @ b.T, linear, 1e-5
    yield "matmul 32 x (128x64x64)", lambda a, b: a @ b, torch.matmul, [normal(32, 128, 64), normal(32, 64, 64)], 1e-5
    yield (
        "log(x) + y + log(exp(log(exp(z))))",
        lambda x, y, z: x.log() + y + z.exp().log().exp(),
        lambda x, y, z: x.log() + y + z.exp().log().exp(),
        [np.abs(normal(4000, 1000)) + 0.1, normal(4000, 1000), normal(4000, 1000)],
        1e-5,
    )
    for name in ("exp", "tanh", "erf", "log", "sin", "sigmoid"):
        x = np.abs(normal(1 << 20)) + 0.01
        yield f"{name} of 2^20", lambda a, f=name: getattr(a, f)(), lambda a, f=name: getattr(a, f)(), [x], 1e-5
    yield "gelu of 2^20", lambda a: a.gelu(), F.gelu, [normal(1 << 20)], 1e-5
    big = normal(4096, 4096)
    yield "sum 4096x4096", lambda a: a.sum(), lambda a: a.sum(), [big], 1e-3
    yield "sum over axis 0", lambda a: a.sum(0), lambda a: a.sum(0), [big], 1e-5
    yield "sum over axis 1", lambda a: a.sum(1), lambda a: a.sum(1), [big], 1e-5
    yield "max over axis 1", lambda a: a.amax(1), lambda a: a.amax(1), [big], 1e-5
    rows = normal(4096, 1024)
    yield "softmax 4096x1024", lambda a: a.softmax(-1), lambda a: a.softmax(-1), [rows], 1e-5
    yield (
        "layer norm 4096x1024",
        lambda a: (a - a.mean(-1, keepdim=True)) * (a.var(-1, correction=0, keepdim=True) + 1e-5).rsqrt(),
        lambda a: F.layer_norm(a, (1024,)),
        [rows],
        1e-5,
    )
    yield "add of 64", lambda a, b: a + b, lambda a, b: a + b, [normal(64), normal(64)], 1e-6


def main() -> None:
    options = arguments()
    if options.threads == 1:
        os.environ["POCL_MAX_PTHREAD_COUNT"] = "1"
        os.environ["DPCPP_CPU_NUM_CUS"] = "1"
    import torch
    from measure import check, compare

    import clgrad

    torch.set_num_threads(options.threads)
    device = clgrad.device(options.device)
    print(f"{device.name}: {device.description}; torch {torch.__version__}, {options.threads} thread(s) each")
    random = np.random.default_rng()
    for name, ours, theirs, inputs, tolerance in works(random):
        if options.only not in name:
            continue
        mine = [clgrad.tensor(one, device=device).realize() for one in inputs]
        reference = [torch.from_numpy(one) for one in inputs]
        check(name, ours(*mine).numpy(), theirs(*(one.double() for one in reference)).numpy(), tolerance)
        with torch.no_grad(), clgrad.no_grad():
            print(
                compare(
                    name,
                    lambda f=ours, x=mine: f(*x).realize(),
                    lambda f=theirs, x=reference: f(*x),
                    device.synchronize,
                    process_time=options.threads == 1,
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
