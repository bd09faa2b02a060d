"""What works of OpenCL on this machine, what does not, and the cure of each problem.

A driver may crash or hang in any process that opens it. So this process opens none: whatever touches OpenCL is asked
in a process of its own (``clgrad.cl.child``), and that it died there is a finding like others.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from clgrad import config
from clgrad.device import Device, device
from clgrad.tensor import tensor

VARIABLES = re.compile(
    r"CLGRAD_|DEBUG$|OCL_|OPENCL_|PYOPENCL_|POCL_|RUSTICL_|MESA_|CUDA_VISIBLE|GPU_|ROC|HSA_|NEO|ZE_|CL_CONFIG"
    r"|LD_LIBRARY_PATH$|XDG_CACHE_HOME$|PYTHONPATH$"
)
"""Names of environment variables that decide what clgrad, loaders and drivers do."""
EDGE = {"cpu": 1024, "gpu": 4096, "accelerator": 256}
"""Rows of the matrices whose product tells the rate of float32."""
ROUNDS = 3


@dataclass(frozen=True)
class Problem:
    """Something that does not work, and what to do about it."""

    what: str
    cure: str


@dataclass
class Report:
    """Everything that was found out; plain data, as ``--json`` prints it."""

    clgrad: str = config.VERSION
    python: str = f"{platform.python_version()} on {platform.platform()}"
    numpy: str = np.__version__
    pyopencl: str = ""
    loader: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    icd_folder: str = ""
    icd_files: list[dict[str, Any]] = field(default_factory=list)
    platforms: list[dict[str, Any]] = field(default_factory=list)
    auto: str = ""
    devices: list[dict[str, Any]] = field(default_factory=list)
    """The devices that were examined."""
    cache: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    works: bool = False
    """Whether an OpenCL device computes right numbers."""

    def problem(self, what: str, cure: str) -> None:
        self.problems.append(Problem(what, cure))

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


# -- what is asked in other processes -------------------------------------------------------------


def look() -> dict[str, Any]:
    """The loader, the platforms, and what ``auto`` takes; opens every driver."""
    from clgrad.cl import survey

    return {**survey.loader(), "platforms": survey.platforms(), "auto": device("auto").name}


def find(name: str) -> str:
    """The name of the device that another name means."""
    return device(name).name


def compute(name: str, kind: str) -> dict[str, Any]:
    """Whether a device computes what numpy does, gradients too, and how fast it is."""
    from clgrad.cl import survey

    found = device(name)
    wrong = _differences(found)
    return {"wrong": wrong, **survey.speed(name), "rate": _rate(found, EDGE[kind])}


def _differences(on: Device) -> list[str]:
    random = np.random.default_rng(0)
    a, b = random.normal(0, 1, (64, 48)).astype("f"), random.normal(0, 1, (48, 32)).astype("f")
    x, y = tensor(a, requires_grad=True, device=on), tensor(b, device=on)
    out = (x @ y).tanh()
    out.sum().backward()
    assert x.grad is not None
    exact = np.tanh(a.astype("d") @ b)
    pairs = {
        "the hyperbolic tangent of a product": (out.numpy(), exact),
        "its gradient": (x.grad.numpy(), (1 - exact**2) @ b.astype("d").T),
        "a sum along rows": (out.sum(1).numpy(), exact.sum(1)),
        "a sum of integers": (tensor(np.arange(1000), device=on).sum().numpy(), np.array(499500)),
    }
    return [name for name, (one, other) in pairs.items() if not np.allclose(one, other, rtol=1e-4, atol=1e-4)]


def _rate(on: Device, edge: int) -> float:
    """Float operations in a second of a matrix product, the best of some."""
    a = tensor(np.ones((edge, edge), np.float32), device=on)
    (a @ a).realize()
    on.synchronize()
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        (a @ a).realize()
        on.synchronize()
        seconds.append(time.perf_counter() - started)
    return float(2 * edge**3 / min(seconds))


# -- smaller questions ----------------------------------------------------------------------------


def devices(seconds: float) -> tuple[list[dict[str, Any]], str]:
    """Every device as plain data, numpy first, and why there is no OpenCL, if nothing answered."""
    from clgrad.cl import child

    own = {"name": "cpu", "platform": "numpy", "device": platform.machine(), "driver": np.__version__, "kind": "cpu"}
    reply = child.ask("clgrad.doctor:look", seconds=seconds)
    told: dict[str, Any] = {"auto": "cpu", "platforms": []} if reply.trouble else reply.answer
    found: list[dict[str, Any]] = [{**own, "memory": None}]
    found += [one for place in told["platforms"] for one in place["devices"]]
    return [{**one, "auto": one["name"] == told["auto"]} for one in found], reply.trouble


def table(found: list[dict[str, Any]]) -> str:
    """Devices as lines of columns."""
    rows = [("", "name", "platform", "device", "driver", "kind", "memory")]
    for one in found:
        memory = "" if one["memory"] is None else amount(one["memory"])
        star = "*" if one["auto"] else ""
        rows.append((star, one["name"], one["platform"], one["device"], one["driver"], one["kind"], memory))
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows)


def cache(is_to_be_cleared: bool) -> list[str]:
    """What the cache holds, or how much of it was deleted, as lines."""
    from clgrad.cl import cache as entries

    if is_to_be_cleared:
        return [f"deleted {entries.clear()} entries of {config.cache_folder()}"]
    return _cache_lines(_cache_facts())


# -- the examination ------------------------------------------------------------------------------


def examine(only: str | None, seconds: float) -> Report:
    """Look at everything; ``only`` narrows to one device, ``seconds`` is how long a driver may take for one answer."""
    report = Report()
    report.variables = {name: text for name, text in sorted(config.environment().items()) if VARIABLES.match(name)}
    _cache(report)
    _icd_files(report, seconds)
    _platforms(report, seconds)
    for one in _chosen(report, only, seconds):
        _device(report, one, seconds)
    report.works = any(one["works"] for one in report.devices)
    _hardware(report)
    return report


def _cache_facts() -> dict[str, Any]:
    from clgrad.cl import cache

    kinds = [asdict(one) for one in cache.contents()]
    return {"folder": config.cache_folder(), "kinds": kinds, "most": cache.MOST_BYTES}


def _cache(report: Report) -> None:
    report.cache = _cache_facts()
    folder = report.cache["folder"]
    if folder is None:
        return  # nothing is to be kept
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        report.problem(
            f"the cache {folder} can not be written ({error.strerror})",
            "set CLGRAD_CACHE_DIR to a folder of yours, or CLGRAD_CACHE=0 to keep nothing",
        )
    damaged = sum(one["damaged"] for one in report.cache["kinds"])
    if damaged:
        report.problem(f"{damaged} entries of the cache are damaged and ignored", "clgrad cache --clear deletes them")


def _icd_files(report: Report, seconds: float) -> None:
    from clgrad.cl import child, icd

    place = icd.folder(report.variables)
    report.icd_folder = str(place)
    if not place.exists() and place != icd.SYSTEM_FOLDER:
        report.problem(
            f"OCL_ICD_VENDORS={place} does not exist",
            "set it to a folder with .icd files, or unset it for the system's",
        )
    if "OCL_ICD_FILENAMES" in report.variables:
        report.problem(
            "OCL_ICD_FILENAMES is set, and the loader in PyOpenCL's wheel ignores it",
            "put the .icd files into a folder and set OCL_ICD_VENDORS to it",
        )
    for one in icd.icd_files(report.variables):
        reply = child.ask("clgrad.cl.icd:open_driver", one.library, seconds=seconds) if one.library else None
        trouble = "it names no library" if reply is None else reply.trouble
        report.icd_files.append(
            {"file": str(one.path), "library": one.library, "platforms": reply and reply.answer, "trouble": trouble}
        )
        if trouble:
            report.problem(f"{one.path} names {one.library or 'no library'}: {trouble}", _cure(one.path, trouble))


OWN_ICD = (
    "write the absolute path of the driver's library into a file of your own, such as ~/icd/driver.icd, and set "
    "OCL_ICD_VENDORS to its folder"
)


def _cure(path: Path, trouble: str) -> str:
    """What to do about an ICD file whose driver does not open."""
    missing = re.search(r"OSError: (\S+): cannot open shared object file", trouble)
    if missing and Path(missing.group(1)).name != missing.group(1):
        return f"install the driver again, or remove {path}; if its library lies elsewhere, {OWN_ICD}"
    if missing:
        return f"add the folder of {missing.group(1)} to LD_LIBRARY_PATH, or install the package that has it"
    if "ended the process" in trouble or "did not answer" in trouble:
        return (
            f"update or remove this driver; until then, copy the other .icd files of {path.parent} into a folder of "
            "your own and set OCL_ICD_VENDORS to it: whoever opens this one shares its fate"
        )
    return f"remove {path}, or let its first line be the path of an OpenCL driver's library: {OWN_ICD}"


def _platforms(report: Report, seconds: float) -> None:
    from clgrad.cl import child
    from clgrad.cl.platforms import missing

    reply = child.ask("clgrad.doctor:look", seconds=seconds)
    if reply.trouble:
        if "ImportError" in reply.trouble or "ModuleNotFoundError" in reply.trouble:
            cure = "pip install --force-reinstall 'pyopencl[pocl]' in this environment: its wheel brings the loader"
            report.problem(f"PyOpenCL can not be imported: {reply.trouble}", f"{cure} and OpenCL for the CPU")
        else:
            alone = [one["file"] for one in report.icd_files if one["trouble"]]
            cure = f"see above what to do about {', '.join(alone)}" if alone else f"open one at a time: {OWN_ICD}"
            report.problem(f"no program can use OpenCL: to list its platforms, {reply.trouble}", cure)
        return
    told = reply.answer
    report.pyopencl, report.loader, report.auto = told["pyopencl"], told["loader"], told["auto"]
    report.platforms = told["platforms"]
    for one in report.platforms:
        if not one["devices"]:
            cures = one["cures"] or ["install the driver of your device, or unset what hides it (see the variables)"]
            report.problem(f"the platform {one['name']} has no devices", "; ".join(cures))
    if not any(one["devices"] for one in report.platforms):
        what = "no OpenCL device was found"
        report.problem(what, missing().removeprefix(f"{what}. "))


def _chosen(report: Report, only: str | None, seconds: float) -> Iterator[dict[str, Any]]:
    """The devices to examine."""
    from clgrad.cl import child

    name = None
    if only is not None and any(one["devices"] for one in report.platforms):
        reply = child.ask("clgrad.doctor:find", only, seconds=seconds)
        if reply.trouble or reply.answer == "cpu":
            report.problem(f"{only!r} is no OpenCL device", "clgrad devices lists the names that there are")
            return
        name = reply.answer
    for one in report.platforms:
        yield from (found for found in one["devices"] if name in (None, found["name"]))


def _device(report: Report, one: dict[str, Any], seconds: float) -> None:
    from clgrad.cl import child

    told: dict[str, Any] = {**one, "works": False, "trouble": "", "probes": {}}
    report.devices.append(told)
    reply = child.ask("clgrad.doctor:compute", one["name"], one["kind"], seconds=seconds)
    wrong = [] if reply.trouble else reply.answer.pop("wrong")
    told["trouble"] = reply.trouble or (f"wrong numbers: {', '.join(wrong)}" if wrong else "")
    update = "update its driver; until then choose another device by CLGRAD_DEVICE (clgrad devices lists them)"
    if told["trouble"]:
        report.problem(f"{one['name']} ({one['device']}) does not compute: {told['trouble']}", update)
        return
    told.update(works=True, **reply.answer)
    reply = child.ask("clgrad.cl.survey:probes", one["name"], seconds, seconds=20 * seconds)
    if reply.trouble:
        report.problem(f"{one['name']} ({one['device']}) can not be probed: {reply.trouble}", update)
    else:
        told["probes"] = reply.answer


def _hardware(report: Report) -> None:
    """GPUs that the system shows, and OpenCL does not."""
    kinds = {(one["platform"].lower(), one["kind"]) for place in report.platforms for one in place["devices"]}
    if any(kind == "gpu" for _, kind in kinds):
        return
    if os.path.exists("/dev/nvidiactl") and not any("nvidia" in name for name, _ in kinds):
        report.problem(
            "there is an NVIDIA GPU, and no OpenCL platform for it",
            f"the driver brings libnvidia-opencl.so.1: {OWN_ICD}; in a container, let the driver's 'compute' part in",
        )
    closed = [str(path) for path in (*Path("/dev/dri").glob("renderD*"), Path("/dev/kfd")) if path.exists()]
    closed = [path for path in closed if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        report.problem(
            f"there is a GPU at {', '.join(closed)}, and this user may not open it",
            "sudo usermod -a -G render,video $USER, then log in again",
        )


# -- the report as text ---------------------------------------------------------------------------


def amount(nbytes: float) -> str:
    """Bytes as a person reads them.

    >>> amount(1536), amount(8 * 2**30)
    ('1.5 KiB', '8 GiB')
    """
    power = 0
    while nbytes >= 1024 and power < 4:
        nbytes, power = nbytes / 1024, power + 1
    return f"{nbytes:.3g} {('bytes', 'KiB', 'MiB', 'GiB', 'TiB')[power]}"


def text(report: Report) -> str:
    """The report as a person reads it, and pastes it."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"clgrad {report.clgrad}, Python {report.python}, numpy {report.numpy}"
    yield f"PyOpenCL {report.pyopencl or 'not usable'}; loader {report.loader or 'unknown'}"
    yield f"executable {sys.executable}"
    yield from _section("Environment variables", [f"{name}={text}" for name, text in report.variables.items()])
    files = []
    for one in report.icd_files:
        state = one["trouble"] or f"opens, {one['platforms']} platform{'s' * (one['platforms'] != 1)}"
        files.append(f"{one['file']} -> {one['library'] or '(nothing)'}: {state}")
    yield from _section(f"ICD files, in {report.icd_folder} and beside PyOpenCL", files)
    yield from _section(
        "Platforms",
        [f"{one['name']}, {one['version']}: {len(one['devices'])} devices" for one in report.platforms],
    )
    for one in report.devices:
        yield from _section(f"Device {one['name']}: {one['device']}", _device_lines(one))
    yield from _section("Cache", _cache_lines(report.cache))
    problems = [line for one in report.problems for line in (one.what, f"    cure: {one.cure}")]
    yield from _section("Problems", problems)
    yield ""
    if report.works:
        working = ", ".join(one["name"] for one in report.devices if one["works"])
        yield f"OpenCL works: {working}; the device auto is {report.auto}"
    else:
        yield "No OpenCL device works; numpy does, as the device cpu"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"    {line}" for line in lines or ["none"])


def _device_lines(one: dict[str, Any]) -> list[str]:
    lines = [
        f"{one['platform']}, driver {one['driver']}; {one['kind']} with {one['units']} units, {amount(one['memory'])}",
        f"compile and run: {'right' if one['works'] else one['trouble']}",
    ]
    if one["works"]:
        speed = f"launch {one['launch'] * 1e6:.1f} us, copy {one['copy'] / 1e9:.1f} GB/s"
        lines.append(f"{speed}, float32 {one['rate'] / 1e9:.3g} GFLOP/s (what else runs takes its share)")
    for name, found in one["probes"].items():
        value, note, meaning = found["value"], found["note"], found["meaning"]
        shown = ("no", "yes")[value] if isinstance(value, bool) else f"{value:,}" if isinstance(value, int) else value
        why = note if value is False else f"{meaning} ({note})" if note else meaning
        lines.append(f"{name:22} {shown:14} {why}")
    return lines + [line for quirk in one["quirks"] for line in (quirk["wrong"], f"    done: {quirk['cure']}")]


def _cache_lines(cache: dict[str, Any]) -> list[str]:
    if cache["folder"] is None:
        return ["off: CLGRAD_CACHE=0, or this user has no home"]
    lines = [f"{cache['folder']}, programs {amount(cache['most'])} at most"]
    for one in cache["kinds"]:
        damaged = f", {one['damaged']} damaged" if one["damaged"] else ""
        lines.append(f"{one['kind']:9} {one['entries']:5} entries, {amount(one['bytes'])}{damaged}")
    return lines
