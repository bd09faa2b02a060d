"""Compare clgrad with PyTorch, torch.compile, tinygrad and numpy: operations, training steps, memory, overhead, start.

    python benchmarks/run.py [--device cl] [--threads 1] [--only TEXT ...] [--contenders NAME ...]
                             [--rounds 7] [--seconds 0.1] [--json FILE] [--markdown]

Every figure is a ratio: PyTorch's time over a contender's on equal work in one run, so above 1 is faster than
PyTorch. Contenders take turns, round by round; a ratio is the median of the rounds, in brackets their lowest and
highest. With one thread each, process CPU time is compared, otherwise the wall clock. Inputs are random and new in
each run; before the clock starts, every contender's outputs are compared with PyTorch's in float64.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from environment import prepare


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cl", help="clgrad's device, beside cpu (default: cl)")
    parser.add_argument("--threads", type=int, default=1, help="of every contender (default: 1)")
    parser.add_argument("--only", nargs="+", default=[""], metavar="TEXT", help="what has such an id or name")
    parser.add_argument("--contenders", nargs="+", metavar="NAME", help="who runs beside torch and clgrad's device")
    parser.add_argument("--rounds", type=int, default=7, help="how often they take turns (default: 7)")
    parser.add_argument("--seconds", type=float, default=0.1, help="length of a turn (default: 0.1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--markdown", action="store_true", help="print markdown tables")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    prepare(options.device, options.threads)
    from report import Report  # libraries look at the number of threads when they are loaded

    report = Report(options)
    report.operations()
    report.training()
    report.overhead()
    report.start()
    if options.json:
        report.write(options.json)


if __name__ == "__main__":
    main()
