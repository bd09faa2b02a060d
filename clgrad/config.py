"""Every environment variable, one row each, validated at import.

>>> from clgrad import config
>>> config.DEBUG.value
0
>>> with config.override(DEBUG=1):
...     config.DEBUG.value
1
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from clgrad.errors import ArgumentError

VERSION = "0.1.0"
"""Of clgrad: what one version keeps on disk, another does not read."""

Value = TypeVar("Value")


@dataclass
class Setting(Generic[Value]):
    """One setting: its environment variable is ``CLGRAD_<name>`` (``DEBUG`` has no prefix)."""

    name: str
    default: Value
    parse: Callable[[str], Value]
    meaning: str
    value: Value

    @property
    def variable(self) -> str:
        return self.name if self.name == "DEBUG" else f"CLGRAD_{self.name}"


SETTINGS: dict[str, Setting[object]] = {}


def environment() -> Mapping[str, str]:
    """Every variable of the environment, for those who show them or start a process."""
    return os.environ


def _environment(variable: str) -> str:
    return environment().get(variable, "")


def _setting(name: str, default: Value, parse: Callable[[str], Value], meaning: str) -> Setting[Value]:
    setting = Setting(name, default, parse, meaning, default)
    text = _environment(setting.variable)
    if text:
        try:
            setting.value = parse(text)
        except ValueError as error:
            raise ArgumentError(f"[config] {setting.variable}={text!r} is not valid: {meaning}") from error
    SETTINGS[name] = setting  # type: ignore[assignment]  # the dictionary is heterogeneous on purpose
    return setting


def _up_to(most: int) -> Callable[[str], int]:
    """A parser of whole numbers from 0 to the most."""

    def parse(text: str) -> int:
        number = int(text)
        if not 0 <= number <= most:
            raise ValueError(number)
        return number

    return parse


def _folder(text: str) -> str:
    path = os.path.expanduser(text)
    if text != "auto" and not os.path.isabs(path):  # it would be another folder wherever the program is started
        raise ValueError(text)
    return path


def _profile(text: str) -> str:
    profiles = text.lower().replace(" ", "")
    if profiles != "own" and not set(profiles.split(",")) <= {"minimum", "gpu"}:
        raise ValueError(text)
    return profiles


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise ValueError(text)
    return seconds


DEBUG = _setting(
    "DEBUG",
    0,
    _up_to(4),
    "0 silent; 1 a line per realize; 2 a line per device operation; 3 the kernel programs; "
    "4 the rendered source and the device's binary text",
)
DEVICE = _setting(
    "DEVICE", "auto", str.lower, "the default device: auto, cpu, cl, cl:1, cl:<part of a name>, cuda, cuda:pycuda"
)
CACHE_DIR = _setting(
    "CACHE_DIR",
    "auto",
    _folder,
    "where compiled programs are kept: an absolute path, or auto for clgrad in $XDG_CACHE_HOME, else in ~/.cache",
)

CACHE = _setting(
    "CACHE", 1, _up_to(1), "whether compiled programs, probes and tuned sizes are kept on disk: 1, or 0 for never"
)
PROFILE = _setting(
    "PROFILE",
    "own",
    _profile,
    "what OpenCL devices play: gpu (forms of kernels for GPUs), minimum (no float64, groups of at most 256, 32 KB of "
    "local memory, 1,024 bytes of parameters), both as minimum,gpu, or own for what they are",
)
TIMEOUT = _setting(
    "TIMEOUT",
    0.0,
    _seconds,
    "the seconds that a wait for an OpenCL device may take before it is an error; 0 for any time",
)
TUNE = _setting(
    "TUNE",
    1,
    _up_to(2),
    "sizes of kernels' loops: 0 by rules, 1 those that were measured (here, or shipped) where there are, 2 also "
    "measure each class of products and reductions on first use",
)


def cache_folder() -> str | None:
    """The folder that CACHE_DIR names; None where nothing is to be kept, or the user has no home."""
    if not CACHE.value:
        return None
    if CACHE_DIR.value != "auto":
        return CACHE_DIR.value
    caches = _environment("XDG_CACHE_HOME")
    if not os.path.isabs(caches):  # to be ignored, says freedesktop.org
        caches = os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(caches, "clgrad") if os.path.isabs(caches) else None


@contextmanager
def override(**values: object) -> Iterator[None]:
    """Set settings by name for the length of a ``with`` block."""
    unknown = [name for name in values if name not in SETTINGS]
    if unknown:
        raise ArgumentError(f"[config] no setting named {unknown[0]!r}; there are {', '.join(SETTINGS)}")
    parsed = {}
    for name, value in values.items():
        try:
            parsed[name] = SETTINGS[name].parse(str(value))
        except ValueError as error:
            raise ArgumentError(f"[config] {name}={value!r} is not valid: {SETTINGS[name].meaning}") from error
    before = {name: SETTINGS[name].value for name in values}
    try:
        for name, value in parsed.items():
            SETTINGS[name].value = value
        yield
    finally:
        for name, value in before.items():
            SETTINGS[name].value = value
