"""Run programs under Oclgrind, a simulator that reports invalid memory, data races and values nobody wrote.

What was learned of it (21.10, Debian's package):

- The ``oclgrind`` command replaces the loader, but PyOpenCL's wheel brings its own; so the simulator's library is named
  to that loader as a platform, and options are given by environment variables.
- Its device is a CPU, a GPU and an accelerator all at once; as an accelerator it is never taken by ``auto``.
- It inlines functions, and then stops at LLVM's notes that ``restrict`` pointers do not alias: ``-Drestrict=``.
- Memory that is the host's counts as never written: the simulated device takes copies. It pools no memory either, so a
  buffer ends where it was asked to end, and what an earlier owner wrote does not count.
- Its checks for values nobody wrote stop at shuffles of which some lanes do not matter. LLVM's pass that joins
  operations on vectors makes those, and is left out. Without any passes there would be false reports instead: clang
  writes a choice between vectors with ``&`` and ``|``, and the simulator does not see that 0 & anything is 0.
- PyOpenCL asks every device for NVIDIA's compute capability; the answer that there is none counts as a misuse.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

COMMAND = shutil.which("oclgrind")
TESTS = Path(__file__).parent
FORMS = {"cpu4": "own", "cpu8": "own", "cpu16": "own", "gpu": "gpu", "minimum": "minimum,gpu"}
"""The forms of kernels, with the profile that the simulated device plays."""
CHECKS = ("DATA_RACES", "UNINITIALIZED", "CHECK_API")


def library() -> Path:
    """The simulator's library, as a platform of OpenCL."""
    assert COMMAND is not None
    prefix = Path(COMMAND).resolve().parent.parent
    places = [prefix / "lib" / folder / "liboclgrind-rt-icd.so" for folder in ("oclgrind", ".")]
    return next(place for place in places if place.exists())


@dataclass(frozen=True)
class Outcome:
    """What a program wrote, and what the simulator had to say of it."""

    output: str
    reports: str


def run(arguments: Sequence[str], form: str, options: Sequence[str] = CHECKS) -> Outcome:
    """Run Python with these arguments, its kernels under the simulator; raise AssertionError if it fails.

    ``options`` are names of switches of ``oclgrind --help``, in capitals.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "oclgrind.icd").write_text(f"{library()}\n")
        log = Path(folder) / "log"
        environment = {
            **os.environ,
            "OCL_ICD_VENDORS": folder,
            "OCLGRIND_LOG": str(log),
            "OCLGRIND_BUILD_OPTIONS": "-Drestrict=",
            "OCLGRIND_NUM_THREADS": "1",
            **{f"OCLGRIND_{option}": "1" for option in options},
            "CLGRAD_PROFILE": FORMS[form],
            "CLGRAD_DEVICE": "cpu",
            "CLGRAD_CACHE": "0",
            "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")]),
        }
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", *arguments], env=environment, capture_output=True, text=True
        )
        reports = log.read_text() if log.exists() else ""
    assert not done.returncode, f"exit status {done.returncode}\n{done.stderr}\n{reports[:4000]}"
    return Outcome(done.stdout, reports.strip())


@dataclass(frozen=True)
class Counted:
    """What the work-items of one launch executed: how often, and of memory accesses how many bytes in all."""

    kind: str
    """The kernel's kind, such as map."""
    times: dict[str, int]
    """How often each instruction was executed, by the simulator's name for it: ``load global``, ``fmul`` ..."""
    nbytes: dict[str, int]
    """Bytes that were moved, by the same names: ``load global``, ``store local`` ..."""


def counted(snippet: str, form: str = "gpu") -> list[Counted]:
    """The instructions of each launch of a snippet, in order; in it ``device`` is the simulated device.

    So ``counted("clgrad.ones(33, device=device).realize()")[0].nbytes["store global"]`` is 132.
    """
    start = f"import clgrad, numpy as np; from oclgrind import simulated; device = simulated({form!r})\n"
    output = run(["-c", start + snippet], form, ["INST_COUNTS"]).output
    launches = []
    for block in output.split("Instructions executed for kernel ")[1:]:
        name, *lines = block.splitlines()
        times, nbytes = {}, {}
        for line in lines:
            found = re.match(r" *([\d,]+) - (.*?)(?: \(([\d,]+) bytes\))?$", line)
            if found is None:
                break
            times[found[2]] = int(found[1].replace(",", ""))
            if found[3]:
                nbytes[found[2]] = int(found[3].replace(",", ""))
        launches.append(Counted(re.sub(r"'clgrad_(\w+)_[0-9a-f]{16}':", r"\1", name), times, nbytes))
    return launches


def simulated(form: str) -> Any:
    """The simulated device, for a program that ``run`` started for this form."""
    import pyopencl
    import pyopencl.characterize

    from clgrad.cl.device import OpenCLDevice
    from clgrad.cl.platforms import devices
    from clgrad.device import SLACK

    options = (ctypes.c_char_p * 2)(b"", b"-disable-vector-combine")
    ctypes.CDLL(str(library())).LLVMParseCommandLineOptions(2, options, None)
    pyopencl.characterize.nv_compute_capability = lambda device: None

    class Simulated(OpenCLDevice):
        """Every buffer is its own, and just as long as it has to be."""

        def allocate(self, nbytes: int) -> Any:
            return pyopencl.Buffer(self.context, pyopencl.mem_flags.READ_WRITE, nbytes + SLACK)

        def adopt(self, host: Any) -> None:
            return None

        def share(self, storage: Any, nbytes: int) -> None:
            return None

    (found,) = (one for one in devices() if "oclgrind" in one.description.lower())
    assert found.rank is None, "auto must not take a simulator"
    device = Simulated(found.handle, 99)
    own = found.capabilities
    if form.startswith("cpu"):
        # The form for clang, which the simulator is, too. It pretends to have one unit.
        own = replaced(own, vector_width=int(form[3:]), vector_pointers=True, loads_halves=False, compute_units=3)
    device.capabilities = own
    return device
