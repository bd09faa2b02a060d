"""What there is of OpenCL, told as plain data. It is to be asked in a process of its own, for drivers may end it."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np
import pyopencl

from clgrad.cl.bench import NAME, Bench
from clgrad.cl.device import OpenCLDevice
from clgrad.cl.platforms import devices
from clgrad.cl.probes import Probes
from clgrad.cl.questions import PROBES
from clgrad.cl.quirks import kind, quirks, quirks_without_devices

_LAUNCHES, _COPIES, _ROUNDS = 200, 4, 5
_COPIED = 64 * 2**20


def loader() -> dict[str, str]:
    """PyOpenCL and the library through which it finds drivers."""
    try:
        with open("/proc/self/maps") as file:
            found = [line.split()[-1] for line in file if "libOpenCL" in line]
    except OSError:
        found = []
    return {"pyopencl": pyopencl.VERSION_TEXT, "loader": found[0] if found else ""}


def platforms() -> list[dict[str, Any]]:
    """Every platform; one without devices says what may be done about it."""
    try:
        found = pyopencl.get_platforms()
    except pyopencl.LogicError:
        return []
    named = devices()
    told = []
    for one in found:
        own = [_described(device) for device in named if device.handle.platform == one]
        cures = [] if own else [f"{quirk.wrong}: {quirk.cure}" for quirk in quirks_without_devices(one.name)]
        told.append({"name": one.name.strip(), "version": one.version.strip(), "devices": own, "cures": cures})
    return told


def _described(device: OpenCLDevice) -> dict[str, Any]:
    handle = device.handle
    return {
        "name": device.name,
        "platform": handle.platform.name.strip(),
        "device": handle.name.strip(),
        "driver": handle.driver_version.strip(),
        "kind": kind(handle),
        "units": handle.max_compute_units,
        "memory": handle.global_mem_size,
        "taken by auto": device.rank is not None,
        "quirks": [{"wrong": quirk.wrong, "cure": quirk.cure} for quirk in quirks(handle)],
    }


def _handle(name: str) -> Any:
    return next(one.handle for one in devices() if one.name == name)


def probes(name: str, seconds: float) -> dict[str, dict[str, Any]]:
    """What each probe found on a device."""
    asked = Probes(_handle(name))
    told = {}
    for row in PROBES:
        answer = asked.answer(row.name, seconds)
        told[row.name] = {"value": answer.value, "note": answer.note, "meaning": row.meaning}
    return told


def speed(name: str) -> dict[str, float]:
    """Seconds that one launch takes in a row of many, and bytes that a copy reads and writes in a second."""
    bench = Bench(_handle(name))
    kernel = bench.kernel(f"__kernel void {NAME}(__global int* a) {{ a[0] = 1; }}")
    written = bench.buffer(np.zeros(1, np.int32))  # a kernel does not keep its arguments alive
    kernel.set_args(written)
    queue = pyopencl.CommandQueue(bench.context)  # without profiling, which costs time
    size = min(_COPIED, bench.handle.max_mem_alloc_size // 4)
    source, target = (bench.buffer(np.ones(size, np.uint8)) for _ in range(2))

    def seconds(count: int, command: Any) -> float:
        started = time.perf_counter()
        for _ in range(count):
            command()
        queue.finish()
        return (time.perf_counter() - started) / count

    def launch() -> None:
        pyopencl.enqueue_nd_range_kernel(queue, kernel, (1,), (1,))

    def copy() -> None:
        pyopencl.enqueue_copy(queue, target, source, byte_count=size)

    seconds(1, launch)
    seconds(1, copy)
    launches = statistics.median(seconds(_LAUNCHES, launch) for _ in range(_ROUNDS))
    copies = statistics.median(seconds(_COPIES, copy) for _ in range(_ROUNDS))
    return {"launch": launches, "copy": 2 * size / copies}
