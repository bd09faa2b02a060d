"""Keeping going: bounded work in flight, limits of waits, lacks of memory, forks, exits, two devices in one process."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor, config
from clgrad.errors import AllocationError, ClgradError, DeviceError, DeviceTimeoutError

pyopencl = pytest.importorskip("pyopencl")
from clgrad.cl import queue as in_flight  # noqa: E402  # needs PyOpenCL
from clgrad.cl.device import OpenCLDevice  # noqa: E402

COMPLETE, SUBMITTED = (getattr(pyopencl.command_execution_status, name) for name in ("COMPLETE", "SUBMITTED"))


@pytest.fixture
def opened(device: str) -> OpenCLDevice:
    """An OpenCL device that is open, and has nothing to do."""
    found = clgrad.device(device)
    if not isinstance(found, OpenCLDevice):
        pytest.skip("numpy computes at once, in the host's memory")
    found.synchronize()
    return found


# What is in flight


class Event:
    """An event that happens when it is waited for, after some seconds, or when it is told to."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.command_execution_status = SUBMITTED

    def wait(self) -> None:
        time.sleep(self.seconds)
        self.command_execution_status = COMPLETE


@pytest.fixture
def queue() -> in_flight.Queue:
    """A queue without a driver: it counts flushes."""
    flushes: list[None] = []
    handle = SimpleNamespace(flush=lambda: flushes.append(None), finish=lambda: None, flushes=flushes)
    return in_flight.Queue(handle, "cl:7", "a device of the tests")


def steps(queue: in_flight.Queue, count: int, guess: float, seconds: float = 0.0) -> list[Event]:
    """Send steps that are guessed to take, and take, so many seconds each."""
    events = []
    for _ in range(count):
        events.append(Event(seconds))
        queue.last_event = events[-1]
        queue.unsent = guess
        queue.step()
    return events


def test_each_step_goes_to_the_driver_and_old_ones_are_waited_for(queue: in_flight.Queue) -> None:
    events = steps(queue, 30, guess=0.1)
    assert len(queue.handle.flushes) == 30 and queue.unsent == 0.0
    done = [event.command_execution_status == COMPLETE for event in events]
    assert done == [True] * 20 + [False] * 10, "a second is under way, and no more than that was waited for"


def test_steps_that_are_done_are_not_waited_for(queue: in_flight.Queue) -> None:
    for event in steps(queue, 5, guess=0.1):
        event.command_execution_status = COMPLETE
    later = steps(queue, 9, guess=0.1)
    assert all(event.command_execution_status == SUBMITTED for event in later)


def test_a_slow_device_is_found_out(queue: in_flight.Queue) -> None:
    """Its steps take ten times as long as was guessed, so a tenth as many are let into the queue."""
    events = steps(queue, 120, guess=0.02, seconds=0.2 * 0.02)
    many = sum(event.command_execution_status == SUBMITTED for event in events)
    assert 45 <= many <= 50, "a device that is faster than was guessed keeps a second of guessed work"
    events = steps(queue, 120, guess=0.001, seconds=0.01)
    few = 0.001 * sum(event.command_execution_status == SUBMITTED for event in events)
    assert few <= 0.2, f"{few} guessed seconds, of which each takes ten"


def test_one_long_launch_is_never_waited_for_at_once(queue: in_flight.Queue) -> None:
    (event,) = steps(queue, 1, guess=30.0)
    assert event.command_execution_status == SUBMITTED


def test_thousands_of_launches_are_sent_and_bounded(opened: OpenCLDevice) -> None:
    x = clgrad.tensor(np.eye(8, dtype=np.float32), device=opened).realize()
    y = x
    for _ in range(60):
        y = y @ x
        for _ in range(40):
            y = y @ x
        y.realize()
    guessed = sum(guess for _, guess in opened.queue._steps)
    assert opened.queue.unsent <= in_flight.STEP + 1e-3
    assert guessed <= in_flight.MOST_SECONDS + 2 * in_flight.STEP
    np.testing.assert_array_equal(y.numpy(), np.eye(8))


def test_host_data_in_flight_is_bounded_in_bytes_and_number(
    opened: OpenCLDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_flight, "MOST_HELD", 2**20)
    monkeypatch.setattr(in_flight, "MOST_HELD_ARRAYS", 20)
    weight = clgrad.ones(256, 256, device=opened).realize()
    for rows in (256, 2):
        total = clgrad.zeros(rows, 256, device=opened).realize()
        for number in range(60):
            x = clgrad.tensor(np.full((rows, 256), number, np.float32), device=opened)
            total = (total + x @ weight).realize()
            del x
            held = opened.queue._held
            assert opened.queue._held_bytes <= 2**20 + 2 * (rows * 1024 + 1024) and len(held) <= 22
        assert (total.numpy() == 256 * sum(range(60))).all()
    opened.synchronize()
    assert opened.queue._held_bytes == sum(array.nbytes for _, array in opened.queue._held) == 0


# Limits of waits

LOOPS = 20_000
"""For each work-item; llvmpipe ends loops after 65,535 turns without a word."""

_spin = clgrad.opencl_kernel(
    "spin",
    f"""
    const int item = get_global_id(0);
    float s = x[item];
    for (int n = 0; n < {LOOPS}; n++) s = sin(s) + 0.5f;
    result[item] = s;""",
    numpy=lambda x: x,
    operands=["x"],
    shape=lambda x: x,
    global_size=lambda x: x,
)


def long_work(device: Any, seconds: float) -> Callable[[], Tensor]:
    """Work that takes a device at least that long."""
    count = 64
    while True:
        x = clgrad.full((count,), 0.5, device=device).realize()
        _spin(x).numpy()  # compiled
        started = time.perf_counter()
        _spin(x).numpy()
        took = time.perf_counter() - started
        if took > 0.05:
            break
        count *= 2
    x = clgrad.full((int(count * seconds / took) + 1,), 0.5, device=device).realize()
    _spin(x[:1] * 1).numpy()
    return lambda: _spin(x).realize()


def test_a_wait_beyond_the_limit_names_the_last_kernels(opened: OpenCLDevice) -> None:
    small = clgrad.ones(3, 5, device=opened).realize()
    (small @ small.T).numpy()
    begin = long_work(opened, 3.0)
    slow = begin()
    after = (small @ small.T).realize()
    waits = {"synchronize": opened.synchronize, "numpy": after.numpy, "item": slow[:1].item}
    with config.override(TIMEOUT=0.2):
        for name, wait in waits.items():
            started = time.perf_counter()
            with pytest.raises(DeviceTimeoutError) as caught:
                wait()
            assert 0.2 <= time.perf_counter() - started < 1.5, name
            text = str(caught.value)
            assert text.startswith(f"[{opened.name}] after 0.2 s") and opened.description in text, text
            assert text.index("spin") < text.index("matmul 3x3") and "CLGRAD_TIMEOUT" in text, text
            assert isinstance(caught.value, ClgradError) and isinstance(caught.value, TimeoutError)
    assert (after.numpy() == 5).all(), "without a limit the wait lasts as long as the work"
    with config.override(TIMEOUT=60):
        assert (after + slow[:1]).numpy().shape == (3, 3), "and the device is as good as before"


def test_a_limit_costs_no_result(opened: OpenCLDevice) -> None:
    with config.override(TIMEOUT=30):
        x = clgrad.rand(64, 64, device=opened)
        np.testing.assert_allclose((x @ x).numpy(), x.numpy() @ x.numpy(), rtol=1e-4)
        opened.synchronize()
        clgrad.empty_cache(opened)


@pytest.mark.parametrize("text", ["-1", "inf", "nan", "soon"])
def test_a_limit_is_a_number_of_seconds(text: str) -> None:
    with pytest.raises(clgrad.errors.ArgumentError, match=r"\[config\] TIMEOUT="), config.override(TIMEOUT=text):
        pass


def test_failed_work_is_an_error_that_names_it(queue: in_flight.Queue, failure: type[Exception]) -> None:
    queue.recent.append("copy of 12 bytes")

    def fail() -> None:
        raise failure

    queue.handle.finish = fail
    with pytest.raises(DeviceError, match=r"(?s)^\[cl:7\] .*a device of the tests failed with OUT_OF_R.*copy of 12 b"):
        queue.finish()


# A lack of memory


@pytest.fixture
def failure() -> type[Exception]:
    """What PyOpenCL raises where memory is lacking; only the driver can make a real one."""

    class Lack(pyopencl.MemoryError):  # type: ignore[misc, name-defined]
        code = pyopencl.status_code.OUT_OF_RESOURCES

        def __str__(self) -> str:
            return "clCreateBuffer failed: OUT_OF_RESOURCES"

    return Lack


def refusing(function: Callable[..., Any], times: float, error: type[Exception]) -> Callable[..., Any]:
    """A function that fails some times before it works."""
    left = times

    def call(*arguments: Any) -> Any:
        nonlocal left
        if left > 0:
            left -= 1
            raise error
        return function(*arguments)

    return call


def test_an_allocation_is_tried_again_after_the_pool_was_trimmed(
    opened: OpenCLDevice, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    x = clgrad.ones(1000, device=opened).realize()
    kept = clgrad.rand(512, 1024, device=opened).realize()
    del kept
    assert opened.pooled >= 2**21, "the pool keeps what was given back"
    monkeypatch.setattr(opened.memory, "allocate", refusing(opened.memory.allocate, 1, failure))
    assert (x + 1).sum().item() == 2000
    assert opened.pooled < 2**21


def test_garbage_in_a_cycle_is_collected_before_memory_is_refused(
    opened: OpenCLDevice, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    x = clgrad.ones(1000, device=opened).realize()
    cycle: list[Any] = [clgrad.rand(512, 1024, device=opened).realize()]
    cycle.append(cycle)
    held = opened.allocated
    del cycle
    monkeypatch.setattr(opened.memory, "allocate", refusing(opened.memory.allocate, 1, failure))
    assert (x + 1).sum().item() == 2000
    assert opened.allocated <= held - 2**21


def test_a_refusal_says_who_holds_what(
    opened: OpenCLDevice, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [clgrad.rand(301, 1000, device=opened).realize() for _ in range(3)]
    views = [one.T for one in kept]
    other = clgrad.arange(77_777, device=opened).realize()
    monkeypatch.setattr(opened.memory, "allocate", refusing(opened.memory.allocate, 2, failure))
    with pytest.raises(AllocationError) as caught:
        (kept[0] @ views[1]).realize()
    text = str(caught.value)
    assert text.startswith(f"[{opened.name}] 362,404 bytes could not be allocated (clCreateBuffer failed"), text
    assert "smaller batch" in text and "the pool keeps" in text and f"of {opened.capabilities.memory:,} bytes" in text
    lines = text.splitlines()
    assert "3 of float32 (301, 1000): 3,612,000 bytes" in lines, "largest first, and a view holds nothing more"
    assert lines.index("3 of float32 (301, 1000): 3,612,000 bytes") < lines.index("1 of int64 (77777,): 622,216 bytes")
    assert (kept[0] @ views[1]).shape == (301, 301) and other[3].item() == 3, "and all goes on"


def test_a_buffer_beyond_the_devices_limit_is_refused_at_once(
    opened: OpenCLDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened.memory, "allocate", lambda nbytes: pytest.fail("it was tried"))
    limit = opened.capabilities.largest_allocation
    with pytest.raises(AllocationError, match=f"one buffer may have at most {limit:,} bytes"):
        clgrad.ones(limit // 4, device=opened).realize()


@pytest.mark.parametrize("times", [1, 2])
def test_a_launch_that_lacks_memory_is_made_again(
    opened: OpenCLDevice, failure: type[Exception], monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Drivers that give buffers memory on first use refuse a launch, not an allocation."""
    x = clgrad.rand(64, 32, device=opened).realize()
    wanted = (x @ x.T).numpy()
    enqueue = sys.modules["clgrad.cl.device"].enqueue  # type: ignore[attr-defined]
    monkeypatch.setattr("clgrad.cl.device.enqueue", refusing(enqueue, times, failure))
    if times == 1:
        np.testing.assert_array_equal((x @ x.T).numpy(), wanted)
        return
    with pytest.raises(AllocationError) as caught:
        (x @ x.T).realize()
    text = str(caught.value)
    assert text.startswith(f"[{opened.name}] matmul 64x64") and "OUT_OF_RESOURCES" in text
    assert "float32 (64, 32)" in text
    np.testing.assert_array_equal((x @ x.T).numpy(), wanted)


def test_a_launch_that_fails_for_another_reason_is_not_a_lack_of_memory(
    opened: OpenCLDevice, failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    x = clgrad.rand(64, 32, device=opened).realize()
    (x @ x.T).realize()
    monkeypatch.setattr(failure, "code", pyopencl.status_code.INVALID_WORK_GROUP_SIZE)
    enqueue = sys.modules["clgrad.cl.device"].enqueue  # type: ignore[attr-defined]
    monkeypatch.setattr("clgrad.cl.device.enqueue", refusing(enqueue, 1, failure))
    with pytest.raises(DeviceError, match=r"matmul 64x64.* could not be launched \(INVALID_WORK_GROUP_SIZE\)"):
        (x @ x.T).realize()


def test_an_index_error_outlives_a_trimmed_pool(opened: OpenCLDevice) -> None:
    """Whoever reads the value is told, not whoever happened to wait before."""
    x = clgrad.ones(5, device=opened)
    y = (x[clgrad.tensor([9], device=opened)] + 1).realize()
    clgrad.empty_cache(opened)
    with pytest.raises(clgrad.errors.IndexRangeError):
        y.numpy()


# Forks

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
LIMIT = 60
"""Seconds after which a process hangs."""


def in_child(function: Callable[[], Any]) -> Any:
    """What a function gives in a forked child, which has to end by itself and well."""

    def work() -> None:
        try:
            sender.send(function())
        except ClgradError as error:
            sender.send((type(error), str(error)))

    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=work)
    child.start()
    try:
        assert receiver.poll(LIMIT), "the child hangs"
        found = receiver.recv()
        child.join(LIMIT)
        assert child.exitcode == 0
    finally:
        child.kill()
    return found


@forks
def test_a_forked_child_computes_on_the_cpu(opened: OpenCLDevice) -> None:
    x = clgrad.rand(64, 64, device=opened)
    y = (x @ x).realize()  # under way

    def work() -> Any:
        samples = clgrad.data.DataLoader(clgrad.data.TensorDataset(np.arange(6.0)), batch_size=4, device="cpu")
        return [batch.sum().item() for (batch,) in samples]

    assert in_child(work) == [6.0, 9.0]
    np.testing.assert_allclose(y.numpy(), x.numpy() @ x.numpy(), rtol=1e-4)


@forks
def test_a_forked_child_is_refused_its_parents_device(opened: OpenCLDevice) -> None:
    x = clgrad.rand(64, 64, device=opened)
    step = clgrad.jit(lambda x: (x @ x).sum())
    wanted = [step(x).item() for _ in range(3)]
    uses = {
        "what it holds": lambda: x.numpy(),
        "an op": lambda: (x + 1).sum().item(),
        "a recorded function": lambda: step(x).item(),
        "host data": lambda: (clgrad.tensor(np.ones(5, np.float32), device=opened) + 1).numpy(),
        "a new kernel": lambda: clgrad.ones(3, 17, device=opened).cumsum(1).numpy(),
        "a wait": opened.synchronize,
        "the pool": lambda: clgrad.empty_cache(opened),
    }
    for name, use in uses.items():
        kind, text = in_child(use)
        assert kind is DeviceError and text.startswith(f"[{opened.name}] this process was forked"), name
        assert "spawn" in text and 'device="cpu"' in text
    assert step(x).item() == wanted[0], "the parent works on"


@forks
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_child_of_os_fork_ends_as_any_process(opened: OpenCLDevice) -> None:
    """The whole interpreter ends, and frees what it has of the parent's."""
    done = run(
        f"""
        d = clgrad.device({opened.name!r})
        x = clgrad.tensor(np.ones((200, 200), np.float32), device=d)
        y = (x @ x).realize()
        pid = os.fork()
        if pid == 0:
            assert clgrad.ones(3, device="cpu").sum().item() == 3
            del x
            sys.exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
        assert y.sum().item() == 200 ** 3
        """
    )
    assert done.returncode == 0, done.stderr


# Ends


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter, within a time."""
    head = "import atexit, os, sys, threading, time\nimport numpy as np\nimport clgrad\n"
    return subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(code)], capture_output=True, text=True, timeout=LIMIT
    )


ENDS = {
    "with work in flight": ("y = flight()", 0),
    "with an exception": ("y = flight()\nraise KeyError('mine')", 1),
    "by sys.exit": ("y = flight()\nsys.exit(3)", 3),
    "by sys.exit in a thread": (
        "def work():\n    flight()\n    sys.exit(5)\nthreading.Thread(target=work).start()\ny = flight()",
        0,
    ),
    "in an atexit function that reads": ("y = flight()", 0),
    "with a daemon thread at work": (
        "def work():\n    while True: flight()\nthreading.Thread(target=work, daemon=True).start(); time.sleep(0.3)",
        0,
    ),
    "with a daemon thread that waits": (
        "def work():\n    while True: flight().sum().item()\n"
        "threading.Thread(target=work, daemon=True).start(); time.sleep(0.3)",
        0,
    ),
    "with a daemon thread that compiles": (
        "def work():\n    for n in range(3, 400): (x[:n, :n].exp() @ x[:n, :n + 1]).realize()\n"
        "threading.Thread(target=work, daemon=True).start(); time.sleep(0.3)",
        0,
    ),
    "with a recorded function under way": (
        "step = clgrad.jit(lambda x: (x @ x).sum())\ndef work():\n    while True: step(x)\n"
        "threading.Thread(target=work, daemon=True).start(); time.sleep(0.3)",
        0,
    ),
    "while a function is recorded": ("def bad(x):\n    raise KeyError('mine')\nclgrad.jit(bad)(x)", 1),
    "with tensors in a cycle": ("class C: pass\nc = C(); c.c = c; c.x = flight(); c.v = c.x[3:]; del c", 0),
    "with host data in use": (
        "h = np.ones((4000, 200), np.float32)\nflight()\nz = (clgrad.tensor(h, device=d) @ x).realize()\ndel h",
        0,
    ),
}


@pytest.mark.parametrize("way", ENDS)
def test_a_process_ends(opened: OpenCLDevice, way: str) -> None:
    code, status = ENDS[way]
    before = "atexit.register(lambda: print(y.shape, y.numpy().size))\n" if "atexit" in way else ""
    done = run(
        f"""{before}
d = clgrad.device({opened.name!r})
x = clgrad.tensor(np.full((200, 200), 1 / 200, np.float32), device=d)
def flight():
    y = x
    for _ in range(20):
        y = y @ x
    return y.realize()
{code}
"""
    )
    assert done.returncode == status, done.stderr
    assert "Exception ignored" not in done.stderr and (status == 1) == ("KeyError: 'mine'" in done.stderr), done.stderr
    if before:
        assert done.stdout.strip() == "(200, 200) 40000"


def test_threads_that_build_at_once_warn_of_nothing(opened: OpenCLDevice) -> None:
    """Warnings are errors here; filters of warnings are the process's, not a thread's."""
    x = clgrad.rand(16, 16, device=opened).realize()
    failed: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for number in range(first, first + 3):
                ((x * number).exp() @ x[:, :number]).isnan().any().item()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (1, 4, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert not failed
