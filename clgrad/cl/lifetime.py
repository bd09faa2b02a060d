"""What becomes of the opened devices when the process forks, and when it ends.

A fork copies the objects of a driver, but not its threads. Whatever waits for those in the child waits for ever, be it
only to free an object. So a fork waits for work under way, and the child uses and frees nothing of its parent's.

At the end the interpreter frees host data that a device may still read, and ends daemon threads when they next
ask for its lock: inside a driver's call that crashes the process, and so does a call after the driver is gone.
So work under way is waited for, and threads that are still running stop where they next ask for a device.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from weakref import WeakSet

from clgrad.errors import DeviceError

OPENED = frozenset(("context", "queue", "memory", "faults"))
"""Attributes of a device through which all use of its driver goes."""
MOST_SECONDS = 10.0
"""How long the end of the process waits for threads inside of a driver: a build may take some seconds."""

_devices: WeakSet[Any] = WeakSet()
_stopped: set[int] = set()
"""Threads that will do nothing any more."""


def watch(device: Any) -> None:
    """Care for a device when the process forks or ends."""
    _devices.add(device)


def _gate(device: Any, ask: Callable[[Any], None]) -> None:
    """From now on ask before a device is used. A class of its own costs nothing as long as there is no gate."""

    def look(self: Any, name: str) -> Any:
        if name in OPENED:
            ask(self)
        return object.__getattribute__(self, name)

    device.__class__ = type(type(device).__name__, (type(device),), {"__getattribute__": look})


def _finish() -> None:
    for device in _devices:
        if "queue" in device.__dict__:
            device.queue.finish()


def _refuse(device: Any) -> None:
    raise DeviceError(
        f"[{device.name}] this process was forked after its parent had found {device.description}, whose driver's "
        'threads did not come along; start processes with multiprocessing.get_context("spawn"), or use device="cpu" '
        "in this one"
    )


def _after_fork() -> None:
    for device in _devices:
        _gate(device, _refuse)
        # One count more keeps what the parent opened until the end of the process, and beyond.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(device))
    _devices.clear()


def _at_exit() -> None:
    ending = threading.get_ident()

    def stop(device: Any) -> None:
        if threading.get_ident() != ending:
            _stopped.add(threading.get_ident())
            threading.Event().wait()

    for device in _devices:
        _gate(device, stop)
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until and any(
        thread != ending and thread not in _stopped and _is_inside(frame)
        for thread, frame in sys._current_frames().items()
    ):
        time.sleep(1e-3)
    _finish()


def _is_inside(frame: FrameType | None) -> bool:
    """Whether a thread is inside of this package, and so may be in a driver's call."""
    while frame is not None:
        if Path(frame.f_code.co_filename).parent == Path(__file__).parent:
            return True
        frame = frame.f_back
    return False


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_finish, after_in_child=_after_fork)
