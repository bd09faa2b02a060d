"""The library's error classes: every message names the op, the values, the rule and the cure.

Each class also derives from the built-in that a NumPy or PyTorch user would catch.
"""

from __future__ import annotations

import numpy as np


class ClgradError(Exception):
    """Base of every error that clgrad raises on purpose."""


class ShapeError(ClgradError, ValueError):
    """Shapes or axes do not fit the op."""


class DtypeError(ClgradError, TypeError):
    """The op or the device does not know this dtype."""


class ArgumentError(ClgradError, ValueError):
    """An argument has a value outside its allowed range."""


class IndexRangeError(ClgradError, IndexError):
    """An index points outside its axis."""


class DeviceError(ClgradError, RuntimeError):
    """No such device, tensors of different devices met in one op, or a device can not go on."""


class DeviceTimeoutError(ClgradError, TimeoutError):
    """A wait took longer than CLGRAD_TIMEOUT allows; the message names the commands that were launched last."""


class CompileError(ClgradError, RuntimeError):
    """A kernel did not build; the message holds the numbered source and the log."""


class AllocationError(ClgradError, MemoryError):
    """The device refused memory; the message says what was asked, what is free, and who holds the rest."""


class FileFormatError(ClgradError, ValueError):
    """A file is damaged, or of a kind that can not be read; the message names the file. Nothing of it was loaded."""


class DatasetError(ClgradError, RuntimeError, FileNotFoundError):
    """A dataset's files are not there; the message says what was tried, and where to put them."""


class WorkerError(ClgradError, RuntimeError):
    """A DataLoader's worker process ended, took too long, or could not be started or send its batch."""


class JitError(ClgradError, RuntimeError):
    """A jitted function does what can not be replayed; the message says what, and the cure."""


class DependencyError(ClgradError, ImportError):
    """An optional package is missing; the message names the command that installs it."""


class GradientError(ClgradError, RuntimeError):
    """A gradient was asked for that does not exist or whose graph is gone."""


class LinearAlgebraError(ClgradError, RuntimeError, np.linalg.LinAlgError):
    """A matrix has no such factor: it is singular, not positive definite, or not finite. Raised when it runs."""
