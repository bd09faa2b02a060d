"""The benchmarks run: each kind of work is checked, timed and put into the table; the README shows such a table."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from measure import Effort, Task, check, compare  # noqa: E402
from training import NETWORKS  # noqa: E402
from works import operations  # noqa: E402

SMALLEST = ("W0", "W1j", "W2c", "W3h", "W5a", "overhead")
"""Of each kind of row."""


@pytest.fixture(scope="module")
def outcome(device: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What the command writes and prints, measured for no longer than it takes to see that it works."""
    path = tmp_path_factory.mktemp("benchmarks") / "results.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--device", device, "--markdown", "--rounds", "2"]
    command += ["--seconds", "0.001", "--json", str(path), "--only", *SMALLEST, "--contenders", "torch fused", "numpy"]
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": search}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(path.read_text()), done.stdout


def column(device: str) -> str:
    """The column of clgrad on this device."""
    return f"clgrad {device.split(':')[0]}"


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a markdown table's rows, by their ids."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {row[0]: row for row in cells if re.fullmatch(r"W\d\w", row[0])}


def test_the_table_has_the_rows_that_were_asked_for(device: str, outcome: tuple[dict[str, Any], str]) -> None:
    results, printed = outcome
    shown = rows(printed)
    assert list(shown) == ["W0a", "W0b", "W0c", "W1j", "W2c", "W3h", "W5a"]
    for entry in (*results["operations"], *results["training"]):
        _, name, base, ours, *others = shown[entry["id"]]
        assert name == entry["name"]
        assert float(base) == pytest.approx(entry["timings"]["torch"]["milliseconds"], rel=0.01)
        assert float(ours.split()[0].strip("*")) == pytest.approx(
            entry["timings"][column(device)]["ratio"], rel=0.01, abs=0.01
        )
        assert len(others) == (4 if entry["id"] == "W5a" else 1)
    assert shown["W3h"][-1] == "-"  # numpy has no gradients
    assert "| a kernel of a jitted replay |" in printed


def test_outputs_of_every_side_are_checked(device: str, outcome: tuple[dict[str, Any], str]) -> None:
    results, _ = outcome
    tolerances = {work.id: work.tolerance for work in (*operations(), *NETWORKS)}
    for entry in (*results["operations"], *results["training"]):
        assert not entry["failures"]
        assert set(entry["differences"]) == set(entry["timings"]) >= {"torch", column(device)}
        assert all(0 <= one <= tolerances[entry["id"]] for one in entry["differences"].values())
        assert all(0 < one["low"] <= one["ratio"] <= one["high"] for one in entry["timings"].values())
        assert entry["timings"]["torch"]["ratio"] == 1


def test_training_steps_are_followed_and_weighed(device: str, outcome: tuple[dict[str, Any], str]) -> None:
    (entry,) = outcome[0]["training"]
    assert set(entry["timings"]) == {"torch", column(device), "torch fused", "numpy"}
    assert all(count > 0 for count in entry["peak bytes"].values())


def test_overhead_is_measured(outcome: tuple[dict[str, Any], str]) -> None:
    assert len(outcome[0]["overhead"]) == 4
    assert all(0 < microseconds < 10_000 for microseconds in outcome[0]["overhead"].values())


def test_wrong_outputs_are_refused() -> None:
    right = np.array([1.0, -4.0])
    assert check([right + 4e-6], [right], 1e-5) == pytest.approx(1e-6)
    for wrong in (right + 1e-3, right[:1], np.array([1.0, np.nan])):
        with pytest.raises(AssertionError):
            check([wrong], [right], 1e-5)


def test_contenders_take_turns() -> None:
    """The ratio is found round by round: a load that comes and goes does not change it."""
    now = 0.0
    speeds = {"torch": 4.0, "other": 1.0}

    def task(name: str) -> Task:
        def run() -> None:
            nonlocal now
            now += speeds[name] * load

        return Task(run, lambda: None)

    load = 1.0
    timings = compare({name: task(name) for name in speeds}, "torch", Effort(lambda: now, rounds=3, seconds=8.0))
    assert timings["other"].ratio == timings["other"].low == timings["other"].high == 4
    assert timings["torch"].milliseconds == 4000


def test_the_readme_has_every_row() -> None:
    shown = rows((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {name: row[1] for name, row in shown.items()} == {work.id: work.name for work in (*operations(), *NETWORKS)}
