"""Run the suite on several OpenCL implementations, each in an environment and processes of its own.

    python tests/matrix.py                        the whole matrix, which takes hours; its table goes to docs/matrix.md
    python tests/matrix.py intel                  one row, which takes half an hour; the table gets its new figures
    python tests/matrix.py --sample 20 intel gpu  a twentieth of the tests on these rows; prints only

Debian's packages have to be there (`apt-get install pocl-opencl-icd mesa-opencl-icd`); what pip brings is installed
into temporary environments. Exit status 0 only where every row ran and no test failed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "matrix.md"
RECORD = ROOT / "docs" / "matrix.json"
"""What the table is made of: a row may be run on another day, or another machine, than the others."""


@dataclass(frozen=True)
class Implementation:
    """A row: what to install, how the loader finds it, and which part of the tests it gets."""

    key: str
    title: str
    packages: tuple[str, ...] = ()
    library: str = ""
    """The driver's file name, which the loader is told; empty where the loader finds it by itself."""
    needs: str = ""
    """The Debian package that the driver comes from, if it does not come from pip."""
    variables: dict[str, str] = field(default_factory=dict)
    sample: int = 1
    """Of so many tests one runs, where all of them would take hours."""


POCL = ("pyopencl[pocl]",)
IMPLEMENTATIONS = (
    Implementation("pocl30", "PoCL 3.0 (pip)", POCL),
    Implementation("pocl31", "PoCL 3.1 (Debian)", library="libpocl.so.2", needs="pocl-opencl-icd"),
    Implementation(
        "intel", "Intel CPU runtime (pip)", ("intel-opencl-rt", "intel-cmplr-lib-rt"), library="libintelocl.so"
    ),
    Implementation(
        "rusticl",
        "Mesa rusticl on llvmpipe (Debian)",
        library="libRusticlOpenCL.so.1",
        needs="mesa-opencl-icd",
        variables={"RUSTICL_ENABLE": "llvmpipe"},
        sample=20,
    ),
    Implementation("minimum", "the minimum profile, on PoCL 3.0", POCL, variables={"CLGRAD_PROFILE": "minimum"}),
    Implementation("gpu", "the forms for GPUs, on PoCL 3.0", POCL, variables={"CLGRAD_PROFILE": "gpu"}, sample=10),
    Implementation(
        "minimum-gpu",
        "the minimum profile with the forms for GPUs, on PoCL 3.0",
        POCL,
        variables={"CLGRAD_PROFILE": "minimum,gpu"},
        sample=10,
    ),
)


OWN_DEVICE = ("test_oclgrind.py", "test_cuda.py")
"""Tests that bring a device of their own: they run with the first row only."""


@dataclass
class Outcome:
    """What the tests of a row came to."""

    description: str
    commit: str
    share: int
    """Of so many tests one ran."""
    passed: int
    failed: int
    skipped: dict[str, int]


def install(folder: Path, packages: tuple[str, ...]) -> Path:
    """A virtual environment with the library, what its tests need and these packages; returns its Python."""
    place = folder / re.sub(r"\W+", "_", "environment " + " ".join(packages))
    python = place / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-e", f"{ROOT}[test]", *packages], check=True)
    return python


def variables(one: Implementation, python: Path, folder: Path) -> dict[str, str]:
    """The environment in which a row's implementation is the only one that the loader finds."""
    vendors = folder / f"vendors_{one.key}"
    vendors.mkdir(exist_ok=True)
    found = dict(os.environ, **one.variables, OCL_ICD_VENDORS=str(vendors), CLGRAD_CACHE_DIR=str(folder / "cache"))
    if one.library:
        libraries = sorted((python.parent.parent / "lib").glob(f"**/{one.library}"))
        # A library of the system is found by its name.
        (vendors / "one.icd").write_text(str(libraries[0] if libraries else one.library), encoding="utf-8")
        if libraries:
            found["LD_LIBRARY_PATH"] = str(libraries[0].parent)
    return found


def run(one: Implementation, folder: Path, share: int, commit: str) -> Outcome:
    """The suite on one implementation. Raises RuntimeError where there is none, or where pytest itself fails."""
    python = install(folder, one.packages)
    environment = variables(one, python, folder)
    describe = "import clgrad; print(clgrad.device('cl').description)"
    asked = subprocess.run([python, "-c", describe], env=environment, capture_output=True, text=True, cwd=folder)
    if asked.returncode:
        hint = f"; apt-get install {one.needs}" if one.needs else ""
        raise RuntimeError(f"[matrix] {one.title} is not there{hint}\n{asked.stderr[-2000:]}")
    results = folder / f"{one.key}.xml"
    command = [python, "-m", "pytest", "-n", "auto", "--device", "cl", f"--junitxml={results}", f"--sample={share}"]
    if share == 1:
        command.append("--heavy=1")
    if one is not IMPLEMENTATIONS[0]:
        command += [f"--ignore=tests/{name}" for name in OWN_DEVICE]
    status = subprocess.run(command, cwd=ROOT, env=environment).returncode
    if status not in (0, 1):  # 1: some tests failed
        raise RuntimeError(f"[matrix] pytest ended with status {status} on {one.title}")
    return Outcome(asked.stdout.strip(), commit, share, *counts(results))


def counts(results: Path) -> tuple[int, int, dict[str, int]]:
    """How many tests passed and failed, and how many were skipped for each reason, by pytest's record of a run."""
    suite = ElementTree.parse(results).getroot().find("testsuite")
    assert suite is not None
    total, skipped = int(suite.attrib["tests"]), int(suite.attrib["skipped"])
    failed = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    messages = (element.attrib["message"] for element in suite.iter("skipped"))
    reasons = Counter(re.sub(r"^cl:\d+ ", "the device ", message) for message in messages)
    return total - failed - skipped, failed, dict(reasons.most_common())


def state() -> str:
    """The state of the project that is tested; what earlier rows wrote does not change it."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    if asked.returncode:
        return "unknown"
    command = ["git", "diff", "--quiet", "HEAD", "--", ".", ":(exclude)docs/matrix.*"]
    return asked.stdout.strip() + ("-dirty" if subprocess.run(command, cwd=ROOT).returncode else "")


def table(rows: dict[str, Outcome]) -> str:
    """The matrix as a page."""
    done = [(one, rows[one.key]) for one in IMPLEMENTATIONS if one.key in rows]
    lines = [
        "# One suite, many implementations",
        "",
        "Written by `python tests/matrix.py`, which runs all tests on each implementation, in processes of its own. "
        f"Python {platform.python_version()}, {platform.machine()}.",
        "",
        "| implementation | driver | commit | tests | passed | failed | skipped |",
        "|---|---|---|---|---|---|---|",
    ]
    for one, found in done:
        part = "all" if found.share == 1 else f"1 of {found.share}"
        numbers = f"{found.passed:,} | {found.failed} | {sum(found.skipped.values())}"
        lines.append(f"| {one.title} | {found.description} | {found.commit} | {part} | {numbers} |")
    lines += ["", "Skipped, and why:", ""]
    for one, found in done:
        reasons = "; ".join(f"{count} × {reason}" for reason, count in found.skipped.items())
        lines.append(f"- {one.title}: {reasons or 'none'}.")
    return "\n".join(lines) + "\n"


def main() -> int:
    keys = [one.key for one in IMPLEMENTATIONS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"which rows, of {', '.join(keys)}; without, all")
    parser.add_argument("--sample", type=int, help="run one test of so many in every row; the page stays as it is")
    parser.add_argument("--folder", type=Path, help="where environments and compiled kernels are kept")
    arguments = parser.parse_args()
    unknown = set(arguments.rows) - set(keys)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(keys)}")
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="clgrad_matrix_"))
    folder.mkdir(parents=True, exist_ok=True)
    commit = state()
    recorded = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    rows: dict[str, Outcome] = {}
    for one in IMPLEMENTATIONS:
        if not arguments.rows or one.key in arguments.rows:
            print(f"== {one.title}", flush=True)
            rows[one.key] = run(one, folder, arguments.sample or one.sample, commit)
            if not arguments.sample:
                recorded[one.key] = asdict(rows[one.key])
                RECORD.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
                TABLE.write_text(table({key: Outcome(**row) for key, row in recorded.items()}), encoding="utf-8")
    print(table(rows))
    return int(any(found.failed for found in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
