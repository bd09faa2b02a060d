"""Ask in a process of its own what may end a process, or never return.

Drivers print, and some end badly after the answer: so the answer is the line of the output that carries a mark.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clgrad import config

_MARK = "clgrad's answer: "


@dataclass(frozen=True)
class Reply:
    """What a process answered."""

    answer: Any
    trouble: str = ""
    """Why there is no answer; empty where there is one."""
    hung: bool = False


def ask(function: str, *arguments: Any, seconds: float, variables: Mapping[str, str] | None = None) -> Reply:
    """Call ``module:function`` in a process; arguments and answer are what JSON can write.

    ``variables`` are added to the environment.

    >>> ask("math:hypot", 3, 4, seconds=60).answer
    5.0
    >>> ask("os:abort", seconds=60).trouble
    'it ended the process: signal 6 (SIGABRT)'
    """
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, function, json.dumps(arguments)],
            env={**config.environment(), **(variables or {}), "PYTHONPATH": paths},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return Reply(None, f"it did not answer within {seconds:g} s", hung=True)
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            return Reply(**json.loads(line.removeprefix(_MARK)))
    if done.returncode < 0:
        return Reply(None, f"it ended the process: signal {-done.returncode} ({signal.Signals(-done.returncode).name})")
    return Reply(None, f"it ended the process: exit status {done.returncode}")


def main() -> None:
    module, name = sys.argv[1].split(":")
    try:
        told = {"answer": getattr(importlib.import_module(module), name)(*json.loads(sys.argv[2]))}
    except Exception as error:
        told = {"answer": None, "trouble": f"{type(error).__name__}: {error}"}
    print(f"\n{_MARK}{json.dumps(told)}", flush=True)


if __name__ == "__main__":
    main()
