"""Peak memory of a training step: the resident set's high-water mark above what was there before the model.

    python benchmarks/memory.py --contender clgrad --only W5a [--device cl] [--threads 1]

prints the bytes. Parameters, optimizer state, gradients and what a library loads or compiles for its first step
count; imports, the opened device and the data do not. The mark is set back after the first two steps, in which a
jitted function runs plainly and is recorded: what counts is the step that runs from then on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environment import prepare

if TYPE_CHECKING:
    from contenders import Contender

PROCESS = Path("/proc/self")

STEPS = 6
"""After the first two."""


def peak(contender: str, network: str, device: str, threads: int) -> int | None:
    """Measure in a fresh process; None where the system is not Linux."""
    if not PROCESS.exists():
        return None
    command = [sys.executable, __file__, "--contender", contender, "--only", network]
    command += ["--device", device, "--threads", str(threads)]
    if contender == "clgrad" and device != "cpu":
        # Fill the driver's cache of kernels, so as not to measure its compiler.
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def status(field: str) -> int:
    """A size in bytes out of what Linux tells about this process."""
    (line,) = [one for one in (PROCESS / "status").read_text().splitlines() if one.startswith(f"{field}:")]
    return int(line.split()[1]) * 1024


def peak_of(ready: Callable[[], Callable[[], Any]], contender: Contender) -> int:
    """The high-water mark of a step that is made ready here, above what is there now."""
    (PROCESS / "clear_refs").write_text("5")  # the mark falls to what is resident now
    before = status("VmRSS")
    step = ready()
    for _ in range(2):
        step()
    contender.finish()
    (PROCESS / "clear_refs").write_text("5")
    for _ in range(STEPS):
        step()
    contender.finish()
    return status("VmHWM") - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contender", required=True, choices=("clgrad", "torch"))
    parser.add_argument("--only", required=True, metavar="ID")
    parser.add_argument("--device", default="cl")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()

    prepare(options.device, options.threads)
    import numpy as np
    from contenders import Clgrad, Torch
    from training import NETWORKS, start

    (network,) = [one for one in NETWORKS if one.id == options.only]
    contender: Contender = Clgrad(options.device) if options.contender == "clgrad" else Torch()
    beginning = start(network, np.random.default_rng())
    contender.numpy(contender.tensor(beginning.images))  # opens the device
    print(peak_of(lambda: contender.step(network, beginning), contender))


if __name__ == "__main__":
    main()
