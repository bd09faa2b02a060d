"""Where questions are asked: a queue on one device, in which small kernels are built, run, and looked at."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyopencl

from clgrad.cl.platforms import context

Array = np.ndarray[Any, Any]
OPTIONS = ("-w",)
NAME = "clgrad_probe"


@dataclass(frozen=True)
class Answer:
    """What was found out."""

    value: bool | int | str
    """False where the device can not."""
    note: str = ""
    lasts: bool = True
    """Whether it is kept: an error that may pass is not."""


class Bench:
    """A queue on one device, where small kernels are built and run."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.random = np.random.default_rng(0)

    @cached_property
    def context(self) -> Any:
        return context(self.handle)

    @cached_property
    def queue(self) -> Any:
        properties = pyopencl.command_queue_properties.PROFILING_ENABLE
        return pyopencl.CommandQueue(self.context, properties=properties)

    def kernel(self, text: str, *options: str) -> Any:
        """The kernel of a text; raises pyopencl.Error where it does not build."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pyopencl.CompilerWarning)
            program = pyopencl.Program(self.context, text).build(options=[*OPTIONS, *options], cache_dir=False)
        return pyopencl.Kernel(program, NAME)

    def buffer(self, host: Array) -> Any:
        flags = pyopencl.mem_flags
        return pyopencl.Buffer(self.context, flags.READ_WRITE | flags.COPY_HOST_PTR, hostbuf=host)

    def run(self, kernel: Any, items: int, group: int, *arguments: Any) -> Any:
        """Run a kernel; arrays among its arguments are given as buffers, and hold afterwards what those hold."""
        buffers = {number: self.buffer(one) for number, one in enumerate(arguments) if isinstance(one, np.ndarray)}
        kernel.set_args(*(buffers.get(number, one) for number, one in enumerate(arguments)))
        event = pyopencl.enqueue_nd_range_kernel(self.queue, kernel, (items,), (group,))
        for number, buffer in buffers.items():
            pyopencl.enqueue_copy(self.queue, arguments[number], buffer)
        return event

    @property
    def builds(self) -> bool:
        """Whether any kernel builds at all."""
        try:
            self.kernel(f"__kernel void {NAME}(__global int* a) {{ a[0] = 1; }}")
        except pyopencl.Error:
            return False
        return True


@dataclass(frozen=True)
class Probe:
    """One row: a question and how it is answered."""

    name: str
    meaning: str
    ask: Callable[[Bench], Answer]
    may_kill: bool = False

    def answer(self, bench: Bench) -> Answer:
        """The answer; an error is one, too."""
        try:
            return self.ask(bench)
        except pyopencl.Error as error:
            return Answer(False, first_line(error), lasts=_failed_to_build(error) and bench.builds)


def first_line(error: Exception) -> str:
    """What an error says: the compiler's first error, else its own first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    wrong = (re.sub(r"^\S+?:\d+:\d+.*?: ", "", one.split("error: ", 1)[1]) for one in lines if "error: " in one)
    return next(wrong, lines[0] if lines else type(error).__name__)[:160]


def _failed_to_build(error: Any) -> bool:
    status = pyopencl.status_code
    return error.code in (status.BUILD_PROGRAM_FAILURE, status.COMPILE_PROGRAM_FAILURE, status.LINK_PROGRAM_FAILURE)


def right(found: bool, value: bool | int | str = True, note: str = "") -> Answer:
    return Answer(value, note) if found else Answer(False, "the kernel runs, and computes wrong numbers")


@dataclass(frozen=True)
class Way:
    """One of several texts for the same."""

    name: str
    text: str
    options: tuple[str, ...] = ()


def first_way(bench: Bench, ways: Sequence[Way], check: Callable[[Any], Answer]) -> Answer:
    """The answer of the first way that works; its note names the way. Else why none did."""
    reasons = []
    for way in ways:
        try:
            answer = check(bench.kernel(way.text, *way.options))
        except pyopencl.Error as error:
            reasons.append(f"{way.name}: {first_line(error)}")
            continue
        if answer.value is not False:
            return Answer(answer.value, way.name)
        reasons.append(f"{way.name}: {answer.note}")
    return Answer(False, reasons[0], lasts=bench.builds)
