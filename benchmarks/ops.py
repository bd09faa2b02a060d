"""Every op beside PyTorch's, at a small and a large size: which are the slowest, and why.

    python benchmarks/ops.py [--device cl] [--threads 1] [--only TEXT ...] [--rounds 5] [--seconds 0.05] [--all]

Every figure is a ratio: PyTorch's time over clgrad's on equal work in one run, eager, so above 1 is faster. Rounds
are interleaved, outputs are compared first. The ten slowest at the large size are shown (``--all``: every op). An op
that takes more than five times PyTorch's time there must have its reason below; else the program fails.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from environment import prepare

SLOWEST = 0.2
"""An op with a smaller ratio at the large size needs a reason."""
REASONS = {
    "polygamma": "a series in doubles, lane by lane; PyTorch's trigamma has ten digits, and is another function",
    "lgamma": "the driver's own, lane by lane: three ranges of which a vector would compute all",
    "float_power": "in doubles, by the driver's own, lane by lane",
    "x[i, j]": "a thousand elements: the launch",
    "diag": "a thousand elements: the launch",
    "einsum ij->ji": "PyTorch turns strides, here a matrix is written",
    "transpose, copied": "PyTorch adds 0 to turned strides and leaves them so, here a matrix is turned",
    "rot90": "a transpose that reads backwards, element by element",
    "diag_embed": "PyTorch clears memory and writes a diagonal, here each element is asked for",
    "cat of 64": "64 pieces: Python takes 10 us for each",
    "einsum ij,ij->": "at the large size the launch is a third of it",
    "fft.fft of rows": "products with small matrices, four times the arithmetic of a butterfly",
    "fft.rfft of rows": "products with small matrices, four times the arithmetic of a butterfly",
    "trace": "a thousand elements: the launch",
    "cross": "three thousand elements: the launch",
    "vander": "four thousand elements: the launch",
    "as_strided": "a gather by computed places, where PyTorch sets strides",
    "combinations": "places are made on the host, and then gathered",
    "nn.functional.pdist": "both rows of each pair are gathered",
    "linalg.lstsq": "by the pseudoinverse, which knows the rank; PyTorch's default is QR, which does not",
    "isreal": "one constant: PyTorch fills memory, here 16 truths are stored at a time",
    "floor_divide": "fmod and its corrections, lane by lane: quotients are rounded as Python's",
    "unique_consecutive": "few elements are left: a scan and two launches",
}
"""Why an op takes more than five times PyTorch's time."""


@dataclass(frozen=True)
class Work:
    """An op of either library, on arrays made for a number of elements."""

    name: str
    call: Callable[..., Any]
    """Given the library (``clgrad`` or ``torch``) and the arrays."""
    inputs: Callable[..., Sequence[Any]]
    """Given a random generator and the number of elements."""
    largest: int = 1_000_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cl", help="clgrad's device (default: cl)")
    parser.add_argument("--threads", type=int, default=1, help="of both libraries (default: 1)")
    parser.add_argument("--only", nargs="+", default=[""], metavar="TEXT", help="ops that have such a name")
    parser.add_argument("--rounds", type=int, default=5, help="how often they take turns (default: 5)")
    parser.add_argument("--seconds", type=float, default=0.05, help="length of a turn (default: 0.05)")
    parser.add_argument("--all", action="store_true", help="show every op, not the slowest ten")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    prepare(options.device, options.threads)
    import numpy as np
    import torch
    from measure import Effort, Task, compare
    from op_works import SMALL, works

    import clgrad

    device = clgrad.device(options.device)
    clock = time.process_time if options.threads == 1 else time.perf_counter
    effort = Effort(clock, options.rounds, options.seconds)
    random = np.random.default_rng()
    rows: list[tuple[float, float, str]] = []
    failures: list[str] = []

    def ratio(work: Work, size: int) -> float:
        hosts = work.inputs(random, size)
        mine = [clgrad.tensor(one, device=device) for one in hosts]
        theirs = [torch.from_numpy(np.array(one)) for one in hosts]
        clgrad.realize(*mine)

        def ours() -> Any:
            return realized(work.call(clgrad, *mine))

        def others() -> Any:
            return work.call(torch, *theirs)

        for number, (one, other) in enumerate(zip(parts(ours()), parts(others()))):
            wanted = other.numpy()
            scale = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=1)) if wanted.dtype.kind == "f" else 1.0
            np.testing.assert_allclose(
                one.numpy(), wanted, rtol=2e-4, atol=2e-4 * scale, err_msg=f"{work.name}, result {number}"
            )
        timings = compare({"torch": Task(others, nothing), "clgrad": Task(ours, device.synchronize)}, "torch", effort)
        return timings["clgrad"].ratio

    for work in works():
        if any(text in work.name for text in options.only):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    rows.append((ratio(work, work.largest), ratio(work, SMALL), work.name))
                except Exception as error:  # the others are still to be compared
                    failures.append(f"{work.name}: {error}")
                    continue
            print(f"{rows[-1][0]:6.2f} {rows[-1][1]:6.2f}  {work.name}", file=sys.stderr)
    rows.sort()
    print(f"{'large':>6} {'small':>6}  op, of {len(rows)}")
    for large, small, name in rows if options.all else rows[:10]:
        print(f"{large:6.2f} {small:6.2f}  {name}" + (f"  ({REASONS[name]})" if name in REASONS else ""))
    unexplained = [name for large, _, name in rows if large < SLOWEST and name not in REASONS]
    if failures:
        sys.exit("\n".join(["these failed or differ:", *failures]))
    if unexplained:
        sys.exit(f"more than five times as slow as PyTorch, without a reason: {', '.join(unexplained)}")


def nothing() -> None:
    """PyTorch's results on the host are there when its functions return."""


def parts(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


def realized(result: Any) -> Any:
    import clgrad

    clgrad.realize(*parts(result))
    return result


if __name__ == "__main__":
    main()
