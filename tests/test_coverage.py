"""The public table is what the tests run, and the docs show it."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import functions
import op_samples
from click.testing import CliRunner

from clgrad import coverage
from clgrad.__main__ import main

ROOT = Path(__file__).parent.parent


COMPARED = {f"ops.{row}" for row in op_samples.SAMPLES} | set(functions.SAMPLES)


def test_nothing_in_the_record_has_lost_its_samples() -> None:
    assert set(coverage.load()) <= COMPARED


def test_all_samples_are_in_the_record() -> None:
    missing = COMPARED - set(coverage.load())
    assert not missing, f"run pytest --write-coverage tests/test_ops.py tests/test_functions.py: {sorted(missing)}"


def test_the_docs_show_the_record() -> None:
    shown = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert shown == coverage.render(coverage.load()), "run clgrad coverage --output docs/coverage.md"


def test_the_examples_in_the_docs_are_right() -> None:
    result = doctest.testfile(str(ROOT / "docs" / "ops.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 5 and not result.failed


def test_command(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["coverage"])
    assert result.exit_code == 0 and result.output == coverage.render(coverage.load())
    result = CliRunner().invoke(main, ["coverage", "--output", str(tmp_path / "table.md")])
    assert result.exit_code == 0 and (tmp_path / "table.md").read_text().startswith("# What is compared")
    done = subprocess.run([sys.executable, "-m", "clgrad", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("clgrad, version ")
