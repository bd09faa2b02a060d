"""Run programs under Oclgrind, a simulator that reports invalid memory, data races and values nobody wrote.

What was learned of it (21.10, Debian's package):

- The ``oclgrind`` command replaces the loader, but PyOpenCL's wheel brings its own; so the simulator's library is named
  to that loader as a platform, and options are given by environment variables.
- Its device is a CPU, a GPU and an accelerator all at once; as an accelerator it is never taken by ``auto``.
- What was written is known wrongly of the host's memory, of buffers in the place of earlier ones, of fills, and of
  buffers that the host writes in pieces. So the simulated device takes copies of whole buffers, and keeps all. It pools
  no memory either, so a buffer ends where it was asked to end.
- Lane 11 that a shuffle picks counts as never written, in any vector (11 is perhaps LLVM's number for undefined
  values). So such shuffles are written lane by lane; the upper half of 16 lanes is one, too, and in that form the check
  is left out. What it would find, it finds in 8 lanes: one writer writes both.
- PyOpenCL asks every device for NVIDIA's compute capability; the answer that there is none counts as a misuse.
- Checks run what was written, not what LLVM made of it (``-cl-opt-disable``): the simulator negates vectors of truths
  wrongly, and dies of shuffles of which some lanes do not matter, and only LLVM's passes make those. Counts are taken
  with these passes; since functions are inlined then, ``restrict`` has to go, whose notes it does not understand.
- clang writes a choice between vectors with ``&`` and ``|``, and the simulator does not see that 0 & anything is 0: the
  lanes that are read behind a buffer's data, and then masked, would be reported. So for the forms for CPUs a kernel
  fills the slack with ones, NaN as a float and -1 as an integer: a lane that is used after all is a wrong result, or a
  bad index. Forms for GPUs read nothing there, so their results' slack stays unwritten.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

COMMAND = shutil.which("oclgrind")
TESTS = Path(__file__).parent
FORMS = {"cpu8": "own", "cpu16": "own", "gpu": "gpu", "minimum": "minimum,gpu"}
"""The forms of kernels, with the profile that the simulated device plays."""
CHECKS, COUNTS = ("DATA_RACES", "UNINITIALIZED", "CHECK_API"), ("INST_COUNTS",)


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
    if form == "cpu16":
        options = [option for option in options if option != "UNINITIALIZED"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "oclgrind.icd").write_text(f"{library()}\n")
        log = Path(folder) / "log"
        environment = {
            **os.environ,
            "OCL_ICD_VENDORS": folder,
            "OCLGRIND_LOG": str(log),
            "OCLGRIND_BUILD_OPTIONS": "-Drestrict=" if options == COUNTS else "-cl-opt-disable",
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
    output = run(["-c", start + snippet], form, COUNTS).output
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
        kind = re.match(r"'clgrad_(\w+)_[0-9a-f]{16}':", name)
        if kind is not None:
            launches.append(Counted(kind[1], times, nbytes))
    return launches


SHUFFLE = re.compile(r"__builtin_shufflevector\((\w+), (\w+), ((?:\d+, )*11(?:, \d+)*)\)")


def _lanes_of(found: re.Match[str]) -> str:
    """What a shuffle of two vectors picks, as a vector of lanes."""
    lanes = [int(lane) for lane in found[3].split(", ")]
    names = (f"{found[1 + lane // len(lanes)]}.s{lane % len(lanes):x}" for lane in lanes)
    return f"(__typeof__({found[1]}))({', '.join(names)})"


def simulated(form: str) -> Any:
    """The simulated device, for a program that ``run`` started for this form."""
    import pyopencl
    import pyopencl.characterize

    from clgrad.cl.device import OpenCLDevice
    from clgrad.cl.platforms import devices
    from clgrad.device import ALIGNMENT, SLACK

    pyopencl.characterize.nv_compute_capability = lambda device: None

    class Program(pyopencl.Program):  # type: ignore[misc]
        """Shuffles that pick lane 11 are written lane by lane."""

        def __init__(self, context: Any, text: str) -> None:
            super().__init__(context, SHUFFLE.sub(_lanes_of, text))

    pyopencl.Program = Program

    kept: list[Any] = []

    class Buffer(pyopencl.Buffer):  # type: ignore[misc]
        """A buffer that is never freed, so that no other takes its place."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            kept.append(self)

    pyopencl.Buffer = Buffer

    class Simulated(OpenCLDevice):
        """Every buffer is its own, and just as long as it has to be."""

        def __init__(self, handle: Any) -> None:
            super().__init__(handle, 99)
            text = f"for (int i = 0; i < {2 * ALIGNMENT // 16}; i++) vstore16((uchar16)(255), i, a + nbytes);"
            text = f"__kernel void slack(__global uchar* a, ulong nbytes) {{ {text} }}"
            self.slack = pyopencl.Kernel(pyopencl.Program(self.context, text).build(cache_dir=False), "slack")

        def allocate(self, nbytes: int) -> Any:
            buffer = Buffer(self.context, pyopencl.mem_flags.READ_WRITE, nbytes + SLACK)
            if self.capabilities.vector_pointers:
                self.slack(self.queue.handle, (1,), (1,), buffer, np.uint64(nbytes))
            return buffer

        def upload(self, storage: Any, host: Any) -> None:
            super().upload(storage, np.append(host.reshape(-1).view(np.uint8), np.full(SLACK, 255, np.uint8)))

        def copy(self, source: Any, target: Any, nbytes: int) -> None:
            super().copy(source, target, nbytes + SLACK)

        def _parts(self, rendered: Any) -> Any:
            return [rendered]  # its compiler dies now and then where two threads call it

        def adopt(self, host: Any) -> None:
            return None

        def share(self, storage: Any, nbytes: int) -> None:
            return None

    (found,) = (one for one in devices() if "oclgrind" in one.description.lower())
    assert found.rank is None, "auto must not take a simulator"
    device = Simulated(found.handle)
    if form.startswith("cpu"):
        # The form for clang, which the simulator is, too. It pretends to have one unit.
        width = int(form.removeprefix("cpu"))
        device.capabilities = replace(
            device.capabilities,
            is_cpu=True,
            group=1,
            vector_width=width,
            vector_pointers=True,
            loads_halves=False,
            compute_units=3,
        )
    return device
