"""``clgrad doctor``: it survives every broken state, names the culprit and the cure, and fails where nothing works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import clgrad
from clgrad import config
from clgrad.__main__ import main

ROOT = Path(__file__).parent.parent
HANGS_AFTER = "15"
"""Seconds after which a driver is said to hang: more than a healthy one takes on a busy machine."""


@dataclass
class Told:
    """What the doctor said."""

    status: int
    text: str
    report: dict[str, Any]

    def cure_of(self, part: str) -> str:
        """The cure of the one problem that this is a part of."""
        found = [one["cure"] for one in self.report["problems"] if part in one["what"]]
        assert len(found) == 1, self.report["problems"]
        return str(found[0])


def clgrad_says(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clgrad", *arguments],
        env={**os.environ, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )


def doctor(*arguments: str, **variables: str) -> Told:
    done = clgrad_says("doctor", "--json", *arguments, **variables)
    assert done.stdout.startswith("{"), f"no report: {done.stdout}{done.stderr}"
    from clgrad import doctor as module

    report = json.loads(done.stdout)
    problems = [module.Problem(**one) for one in report["problems"]]
    return Told(done.returncode, module.text(module.Report(**{**report, "problems": problems})), report)


def without_opencl(folder: Path, code: str) -> dict[str, str]:
    """Variables that put a PyOpenCL of this code in place of the real one, and leave no ICD file."""
    (folder / "pyopencl").mkdir()
    (folder / "pyopencl" / "__init__.py").write_text(code)
    (folder / "none").mkdir()
    paths = os.pathsep.join((str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")))
    return {"PYTHONPATH": paths, "OCL_ICD_VENDORS": str(folder / "none")}


def icd(folder: Path, text: str) -> dict[str, str]:
    """Variables that make a file of this text the one that the loader reads, beside PyOpenCL's own."""
    place = folder / "vendors"
    place.mkdir()
    (place / "some.icd").write_text(text)
    return {"OCL_ICD_VENDORS": str(place)}


def driver(folder: Path, constructor: str) -> str:
    """The path of a library that does this when it is opened."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    source, library = folder / "driver.c", folder / "libdriver.so"
    source.write_text(
        "#include <stdlib.h>\n#include <unistd.h>\n"
        f"__attribute__((constructor)) static void opened(void) {{ {constructor} }}\n"
    )
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return str(library)


has_opencl = pytest.mark.skipif(len(clgrad.devices()) < 2, reason="no OpenCL device here")


# -- a healthy machine ----------------------------------------------------------------------------


@has_opencl
def test_a_device_that_works() -> None:
    told = doctor("--device", "cl:0")
    (one,) = told.report["devices"]
    assert told.status == 0 and told.report["works"] and one["works"] and one["name"] == "cl:0"
    assert 0 < one["launch"] < 1 and one["copy"] > 1e6 and one["rate"] > 1e6
    from clgrad.cl.questions import PROBES

    assert list(one["probes"]) == [probe.name for probe in PROBES]
    for name, found in one["probes"].items():
        assert found["value"] is not False or found["note"], f"{name}: no, and no reason"
        shown = f"{found['value']:,}" if type(found["value"]) is int else {True: "yes", False: "no"}.get(found["value"])
        why = found["note"] if found["value"] is False else found["meaning"]
        assert f"    {name:22} {shown or found['value']:14} {why}" in told.text
    for word in ("compile and run: right", "GB/s", "GFLOP/s", "ICD files", "Cache", "Environment variables"):
        assert word in told.text
    assert told.text.endswith(f"OpenCL works: cl:0; the device auto is {told.report['auto']}\n")


@has_opencl
def test_a_name_that_no_device_has() -> None:
    told = doctor("--device", "cl:nowhere")
    assert told.status == 1 and not told.report["devices"]
    assert "clgrad devices" in told.cure_of("cl:nowhere")


def test_variables_are_shown() -> None:
    told = doctor("--device", "cl:99", CLGRAD_PROFILE="minimum", OCL_ICD_FILENAMES="some.icd", UNRELATED="x")
    assert told.report["variables"]["CLGRAD_PROFILE"] == "minimum" and "UNRELATED" not in told.report["variables"]
    assert "    CLGRAD_PROFILE=minimum\n" in told.text
    assert "OCL_ICD_VENDORS" in told.cure_of("OCL_ICD_FILENAMES")


# -- broken ones ----------------------------------------------------------------------------------


def test_pyopencl_that_can_not_be_imported(tmp_path: Path) -> None:
    said = "libOpenCL.so.1: cannot open shared object file: No such file or directory"
    told = doctor(**without_opencl(tmp_path, f"raise ImportError({said!r})"))
    assert told.status == 1 and not told.report["platforms"]
    assert "pip install --force-reinstall 'pyopencl[pocl]'" in told.cure_of(said)
    assert told.text.endswith("No OpenCL device works; numpy does, as the device cpu\n")


def test_no_pyopencl_at_all(tmp_path: Path) -> None:
    variables = without_opencl(tmp_path, "raise ModuleNotFoundError(\"No module named 'pyopencl'\")")
    assert "pip install" in doctor(**variables).cure_of("PyOpenCL can not be imported")
    done = clgrad_says("devices", **variables)
    assert done.returncode == 0 and "numpy" in done.stdout and "run clgrad doctor" in done.stderr


@has_opencl
@pytest.mark.parametrize(
    ("name", "cure"),
    [("rusticl", "RUSTICL_ENABLE"), ("Clover", "use rusticl"), ("Some vendor", "driver of your device"), (None, "")],
)
def test_no_platform_and_platforms_without_devices(tmp_path: Path, name: str | None, cure: str) -> None:
    """The loader in the wheel finds its own PoCL whatever variables say, so what it finds is replaced."""
    code = f"""
import pyopencl
class Platform:
    name, version = {name!r}, "OpenCL 1.1 "
    def get_devices(self):
        raise pyopencl.LogicError("clGetDeviceIDs", -1, "DEVICE_NOT_FOUND")
def found():
    if {name!r} is None:
        raise pyopencl.LogicError("clGetPlatformIDs", -1001, "PLATFORM_NOT_FOUND_KHR")
    return [Platform()]
pyopencl.get_platforms = found
"""
    (tmp_path / "sitecustomize.py").write_text(code)
    paths = os.pathsep.join((str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")))
    told = doctor(PYTHONPATH=paths)
    assert told.status == 1
    assert "pip install 'pyopencl[pocl]'" in told.cure_of("no OpenCL device was found")
    assert told.text.count("no OpenCL device was found") == 1
    if name is not None:
        assert cure in told.cure_of(f"the platform {name} has no devices")


def test_an_icd_file_that_points_nowhere(tmp_path: Path) -> None:
    told = doctor("--device", "cl:99", **icd(tmp_path, "/opt/placeholder/lib/libintelocl.so\n"))
    cure = told.cure_of("/opt/placeholder/lib/libintelocl.so")
    assert "absolute path" in cure and "OCL_ICD_VENDORS" in cure and "vendors/some.icd" in told.text


def test_an_icd_file_whose_library_is_not_in_the_path(tmp_path: Path) -> None:
    told = doctor("--device", "cl:99", **icd(tmp_path, "libnowhere_opencl.so.1"))
    assert "LD_LIBRARY_PATH" in told.cure_of("libnowhere_opencl.so.1")


@pytest.mark.parametrize("text", ["", "this is no library\n"])
def test_an_icd_file_that_names_no_library(tmp_path: Path, text: str) -> None:
    told = doctor("--device", "cl:99", **icd(tmp_path, text))
    assert "OCL_ICD_VENDORS" in told.cure_of("some.icd")


def test_a_library_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "driver.so").write_text("only text")
    told = doctor("--device", "cl:99", **icd(tmp_path, str(tmp_path / "driver.so")))
    assert "OpenCL driver's library" in told.cure_of("driver.so")


def test_a_library_that_is_no_driver(tmp_path: Path) -> None:
    told = doctor("--device", "cl:99", **icd(tmp_path, driver(tmp_path, "")))
    assert "OpenCL driver's library" in told.cure_of("it has no clGetExtensionFunctionAddress")


def test_a_driver_that_crashes(tmp_path: Path) -> None:
    variables = icd(tmp_path, driver(tmp_path, "abort();"))
    told = doctor(**variables)
    assert told.status == 1 and not told.report["works"]
    cure = told.cure_of("some.icd names")
    assert "SIGABRT" in told.text and "OCL_ICD_VENDORS" in cure and str(tmp_path / "vendors") in cure
    assert "some.icd" in told.cure_of("no program can use OpenCL")
    done = clgrad_says("devices", **variables)
    assert done.returncode == 0 and "run clgrad doctor" in done.stderr and "cpu" in done.stdout


def test_a_driver_that_hangs(tmp_path: Path) -> None:
    told = doctor("--seconds", HANGS_AFTER, **icd(tmp_path, driver(tmp_path, "sleep(3600);")))
    assert told.status == 1
    assert "OCL_ICD_VENDORS" in told.cure_of("some.icd names")
    assert f"did not answer within {HANGS_AFTER} s" in told.text


def test_a_folder_of_icd_files_that_is_not_there(tmp_path: Path) -> None:
    told = doctor("--device", "cl:99", OCL_ICD_VENDORS=str(tmp_path / "nowhere"))
    assert "unset it" in told.cure_of("does not exist")


@has_opencl
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("os.abort()", "SIGABRT"),
        ("return (a + 1).astype(a.dtype)", "wrong numbers: the hyperbolic tangent of a product"),
        ("raise RuntimeError('the compiler is broken')", "the compiler is broken"),
    ],
)
def test_a_device_that_does_not_compute(tmp_path: Path, fault: str, said: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"""
import os
import pyopencl
real = pyopencl.enqueue_copy
def broken(a):
    {fault}
def copied(queue, target, source, **settings):
    done = real(queue, target, source, **settings)
    if not isinstance(target, pyopencl.MemoryObjectHolder):
        kept = target.view("f4") if target.nbytes % 4 == 0 else target
        kept[...] = broken(kept)
    return done
pyopencl.enqueue_copy = copied
""")
    paths = os.pathsep.join((str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", "")))
    told = doctor("--device", "cl:0", PYTHONPATH=paths)
    assert told.status == 1 and "CLGRAD_DEVICE" in told.cure_of("cl:0")
    assert said in told.report["devices"][0]["trouble"], told.report["devices"]


# -- the cache ------------------------------------------------------------------------------------


def test_a_cache_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = doctor("--device", "cl:99", CLGRAD_CACHE_DIR=str(tmp_path / "file" / "below"))
    assert "CLGRAD_CACHE_DIR" in told.cure_of("can not be written")


def test_damaged_entries_are_told_and_cleared(tmp_path: Path) -> None:
    from clgrad.cl import cache

    with config.override(CACHE_DIR=tmp_path, CACHE=1):
        cache.store(cache.key(["whole"]), b"binary")
        (tmp_path / "programs" / f"{cache.key(['cut'])}.bin").write_bytes(b"half of one")
        cache.write(tmp_path / "probes" / f"{cache.key(['device'])}.json", b"{}")
        cache.write(tmp_path / "tuned" / f"{cache.key(['device'])}.json", b"not JSON")
        (tmp_path / "programs" / "of the user.txt").write_text("not ours")
        shown = CliRunner().invoke(main, ["cache"])
        assert shown.exit_code == 0
        lines = shown.output.splitlines()
        assert str(tmp_path) in lines[0] and "256 MiB" in lines[0]
        assert [line.split()[:2] for line in lines[1:]] == [["programs", "2"], ["probes", "1"], ["tuned", "1"]]
        assert [line.count("1 damaged") for line in lines[1:]] == [1, 0, 1]
        cure = doctor("--device", "cl:99", CLGRAD_CACHE_DIR=str(tmp_path)).cure_of("damaged")
        assert "clgrad cache --clear" in cure
        assert CliRunner().invoke(main, ["cache", "--clear"]).output == f"deleted 4 entries of {tmp_path}\n"
        assert [one.entries for one in cache.contents()] == [0, 0, 0]
        assert (tmp_path / "programs" / "of the user.txt").exists()


def test_no_cache_is_shown_as_none() -> None:
    with config.override(CACHE=0):
        shown = CliRunner().invoke(main, ["cache"])
    assert shown.output == "off: CLGRAD_CACHE=0, or this user has no home\n"


# -- devices --------------------------------------------------------------------------------------


def test_devices_are_listed_by_the_names_to_give() -> None:
    listed = json.loads(clgrad_says("devices", "--json").stdout)
    assert [one["name"] for one in listed] == [one.name for one in clgrad.devices()]
    assert [one["name"] for one in listed if one["auto"]] == [clgrad.device("auto").name]
    for one in listed[1:]:
        assert one["kind"] in ("cpu", "gpu", "accelerator") and one["memory"] > 0
    lines = clgrad_says("devices").stdout.splitlines()
    assert len(lines) == 1 + len(listed) and lines[0].split() == [
        "name", "platform", "device", "driver", "kind", "memory"
    ]  # fmt: skip
    assert [line.startswith("*") for line in lines[1:]] == [one["auto"] for one in listed]
