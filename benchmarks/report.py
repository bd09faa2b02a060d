"""The whole comparison, section by section: what is measured, printed, and written to a file."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from contenders import BASE, Clgrad, Contender, find_contenders
from measure import Effort
from memory import peak
from overhead import overheads
from race import Outcome, race_network, race_operation
from table import Table, megabytes, number, ratio
from training import NETWORKS
from works import operations

STARTUP = Path(__file__).parent / "startup.py"


class Report:
    """One run of the command."""

    def __init__(self, options: argparse.Namespace) -> None:
        torch.set_num_threads(options.threads)
        self.options = options
        self.random = np.random.default_rng()
        self.contenders, absent = find_contenders(options.device, options.contenders)
        self.ours = next(one for one in self.contenders if isinstance(one, Clgrad))
        # The work of a GPU is no process time.
        by_process = options.threads == 1 and self.ours.runs_on_host
        clock = time.process_time if by_process else time.perf_counter
        self.effort = Effort(clock, options.rounds, options.seconds)
        device = self.ours.device
        self.results: dict[str, Any] = {
            "device": f"{device.name}: {device.description}",
            "torch": torch.__version__,
            "threads": options.threads,
            "clock": "process CPU time" if by_process else "wall clock",
            "absent": absent,
            "operations": [],
            "training": [],
        }
        print("{device}; torch {torch}; threads of each: {threads}; {clock}".format(**self.results))
        for one in absent:
            print(f"not here: {one}")

    def wants(self, identity: str, name: str) -> bool:
        return any(identity.startswith(text) or text in name for text in self.options.only)

    def operations(self) -> None:
        """Time single operations."""
        works = [work for work in operations() if self.wants(work.id, work.name)]
        contenders = [one for one in self.contenders if one.name != "torch fused"]
        if not works:
            return
        table = Table("Operations", ["id", "work", "torch ms", *names(contenders)], self.options.markdown)
        for work in works:
            outcome = race_operation(work, contenders, self.random, self.effort)
            table.row([work.id, work.name, *self.cells(outcome, contenders)])
            self.results["operations"].append({"id": work.id, "name": work.name, **asdict(outcome)})

    def training(self) -> None:
        """Time training steps, and measure their peak memory."""
        networks = [one for one in NETWORKS if self.wants(one.id, one.name)]
        if not networks:
            return
        columns = ["id", "training step", "torch ms", *names(self.contenders), "MB clgrad", "MB torch"]
        table = Table("Training steps", columns, self.options.markdown)
        for network in networks:
            outcome = race_network(network, self.contenders, self.random, self.effort)
            memory = {
                library: peak(library, network.id, self.options.device, self.options.threads)
                for library in ("clgrad", "torch")
            }
            cells = self.cells(outcome, self.contenders)
            table.row([network.id, network.name, *cells, *map(megabytes, memory.values())])
            entry = {"id": network.id, "name": network.name, **asdict(outcome), "peak bytes": memory}
            self.results["training"].append(entry)

    def cells(self, outcome: Outcome, contenders: list[Contender]) -> list[str]:
        """The base's time, then everybody's ratio; the spread is printed for our device."""
        found = [number(outcome.timings[BASE].milliseconds)]
        for one in contenders[1:]:
            timing = outcome.timings.get(one.name)
            found.append(
                outcome.failures.get(one.name, "-")
                if timing is None
                else ratio(timing, one is self.ours, self.options.markdown)
            )
        return found

    def overhead(self) -> None:
        """Time Python's part of tiny ops."""
        if not self.wants("overhead", "overhead"):
            return
        found = overheads(self.ours.device, self.effort)
        table = Table("Time that Python takes", ["overhead", "microseconds"], self.options.markdown)
        for name, microseconds in found.items():
            table.row([name, number(microseconds)])
        self.results["overhead"] = found

    def start(self) -> None:
        """Time cold and warm starts, in processes of their own."""
        if not STARTUP.exists() or not self.wants("start", "start"):
            return
        command = [sys.executable, str(STARTUP), "--device", self.options.device]
        found = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
        title = "First training step of a fresh process"
        if self.options.markdown:
            title, found = f"{title}:\n", "".join(f"    {line}\n" for line in found.splitlines())
        print(f"\n{title}\n{found}", end="")
        self.results["start"] = found.splitlines()

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.results, indent=2) + "\n", encoding="utf-8")


def names(contenders: list[Contender]) -> list[str]:
    """The columns of ratios: the base has one in milliseconds."""
    return [one.name for one in contenders[1:]]
