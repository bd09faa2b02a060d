"""What is in flight on an OpenCL device: bounded in time and in bytes; waits that may have a limit.

Drivers hold commands back until they are flushed, and watchdogs end what is queued for too long: Windows after 2 s of
one submission, Linux's i915 after some 20 s. So launches go to the driver in steps of about 10 ms, and a step waits for
older ones while more than about a second is under way. What a launch will take is guessed from its arithmetic and its
bytes; how far the guess is off is learned where steps are waited for.

``OpenCLLaunch`` notes its launches here itself: a call would cost a launch another 3 %, and so would keeping the
events of the last launches, to tell which of them are done.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyopencl

from clgrad import config
from clgrad.errors import DeviceError, DeviceTimeoutError
from clgrad.kernel import Kernel

LAUNCH = 100e-6
"""Seconds that a launch counts for at least, so that there are never more than some thousands in flight."""
STEP = 10e-3
"""Seconds of launches that go to the driver together."""
MOST_SECONDS = 1.0
"""Seconds of work in flight."""
MOST_HELD = 64 * 2**20
"""Bytes of host data that nobody but the device may still read."""
MOST_HELD_ARRAYS = 256
"""How many arrays these bytes may be in."""
RECENT = 8
"""Commands that an error names."""
COMPLETE = pyopencl.command_execution_status.COMPLETE

Command = Sequence[Kernel] | str
"""The kernels of a launch, or what else was asked for."""


class Queue:
    """One queue in order. ``name`` and ``description`` are the device's, for errors."""

    def __init__(self, handle: Any, name: str, description: str) -> None:
        self.handle = handle
        self._name = name
        self._description = description
        self.last_event: Any = None
        """The event of the last command; None before the first one."""
        self.recent: deque[Command] = deque(maxlen=RECENT)
        """The last commands, the newest last."""
        self.unsent = 0.0
        """Seconds, as they were guessed, of what was launched since the last step."""
        self._steps: deque[tuple[Any, float]] = deque()
        """The last event of each step under way, with its seconds as they were guessed."""
        self._slowness = 1.0
        """Seconds that a guessed second takes."""
        self._waited_until: float | None = None
        """When the last step ended, if it was waited for: then the device has had work ever since."""
        self._lock = threading.RLock()
        self._held: deque[tuple[Any, np.ndarray[Any, Any]]] = deque()
        """Host data, with the event after which the device reads it no longer."""
        self._held_bytes = 0

    def copy(self, target: Any, source: Any, nbytes: int) -> None:
        """Copy between buffers, or from host data, which is kept alive for as long."""
        if isinstance(source, np.ndarray):
            nanny = pyopencl.enqueue_copy(self.handle, target, source, is_blocking=False)
            # This event holds the host data, and would wait if it were dropped now.
            self.hold(source, nanny)
            self.last_event = pyopencl.Event.from_int_ptr(nanny.int_ptr)
            self.let_go()
        else:
            self.last_event = pyopencl.enqueue_copy(self.handle, target, source, byte_count=nbytes)
        self.recent.append(f"copy of {nbytes:,} bytes")

    def read(self, host: np.ndarray[Any, Any], source: Any) -> None:
        """Wait for all work, and copy a buffer to the host."""
        self._wait(self.last_event, lambda: pyopencl.enqueue_copy(self.handle, host, source, is_blocking=True))
        self.let_go()

    def hold(self, host: np.ndarray[Any, Any], event: Any) -> None:
        """Keep host data alive until an event. This does not wait: it is called where the interpreter frees objects."""
        self._held.append((event, host))
        self._held_bytes += host.nbytes

    def let_go(self) -> None:
        """Free the host data that nothing reads any more; wait where too much of it is held."""
        with self._lock:
            while self._held:
                event, host = self._held[0]
                if event.command_execution_status != COMPLETE:
                    if self._held_bytes <= MOST_HELD and len(self._held) <= MOST_HELD_ARRAYS:
                        return
                    self._wait(event, event.wait)  # while the queue still holds the data
                self._held.popleft()
                self._held_bytes -= host.nbytes

    def step(self) -> None:
        """Hand what was launched to the driver; wait for older steps while too much is under way."""
        with self._lock:
            self.handle.flush()
            self._steps.append((self.last_event, self.unsent))
            self.unsent = 0.0
            while self._steps and self._steps[0][0].command_execution_status == COMPLETE:
                self._steps.popleft()
                self._waited_until = None
            while len(self._steps) > 1 and self._slowness * sum(guess for _, guess in self._steps) > MOST_SECONDS:
                event, guess = self._steps.popleft()
                self._wait(event, event.wait)
                now = time.perf_counter()
                if self._waited_until is not None:
                    measured = (now - self._waited_until) / guess
                    self._slowness = max(1.0, (self._slowness + measured) / 2)
                self._waited_until = now

    # -- waits ------------------------------------------------------------------------------

    def finish(self) -> None:
        """Wait for all work. Raises DeviceTimeoutError after the time that a user allows, DeviceError if it failed."""
        self._wait(self.last_event, self.handle.finish)
        with self._lock:
            self._steps.clear()
            self.unsent = 0.0
            self._waited_until = None
        self.let_go()

    def _wait(self, event: Any, wait: Callable[[], Any]) -> None:
        """Wait for the queue in some way; if that may take only so long, first for an event in it."""
        limit = config.TIMEOUT.value
        try:
            if limit and event is not None and self._is_late(event, limit):
                raise DeviceTimeoutError(
                    f"[{self._name}] after {limit:g} s, the limit that CLGRAD_TIMEOUT sets, {self._description} is "
                    f"still at work. {self.commands()}. Give it less work at a time, or set a higher limit (0 is "
                    "none); what is under way goes on"
                )
            wait()
        except pyopencl.Error as error:
            raise DeviceError(
                f"[{self._name}] the work of {self._description} failed with {status_name(error)}. {self.commands()}. "
                "The driver may have ended a kernel that took too long or touched memory outside its buffers; "
                "what was computed since is lost, and this process may have to be started anew"
            ) from error

    def _is_late(self, event: Any, limit: float) -> bool:
        """Whether an event has not happened after so many seconds. OpenCL's own waits can not be given up."""
        self.handle.flush()
        started = time.perf_counter()
        while event.command_execution_status > COMPLETE:  # below are errors
            passed = time.perf_counter() - started
            if passed >= limit:
                return True
            time.sleep(min(passed / 8, limit - passed, 0.05))
        return False

    def commands(self) -> str:
        """The last commands, for errors."""
        if not self.recent:
            return "No kernel was launched"
        return f"The last commands, the newest last: {', '.join(map(described, self.recent))}"


def described(command: Command) -> str:
    """What a command does, in a few words."""
    if isinstance(command, str):
        return command
    first = str(command[0]).partition("\n")[0]
    return first if len(command) == 1 else f"{len(command)} kernels from {first} on"


def status_name(error: pyopencl.Error) -> str:
    """OpenCL's name of what went wrong."""
    return str(pyopencl.status_code.to_string(error.code, "status %d"))
