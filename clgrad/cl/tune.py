"""Sizes of loops that were measured, asked before the rules of a template; and the search for them.

An entry stands for all kernels of one kind, dtype, layout and shape class (sizes up to the same power of two). Entries
of this device and driver lie in a file of the user's cache; those for a family of devices, for a vendor's, and for all
with one form of kernels ship with the library, in ``tuned/*.json``. The nearest one counts.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from clgrad import config
from clgrad.cl import cache
from clgrad.cl.caps import Capabilities
from clgrad.cl.reductions import runs_down, stages_of
from clgrad.cl.render import choose, render
from clgrad.cl.space import Sizes, Tunable
from clgrad.cl.writer import power_from
from clgrad.errors import ClgradError
from clgrad.kernel import Anchor, Kernel, Load, Reduce, in_parts
from clgrad.ops import anchors, attention, convolutions
from clgrad.ops.attention import sizes_of

ROUNDS = 7
"""Measurements of each finalist, by turns."""
FINALISTS = 4
"""Candidates that are measured in all rounds; of more, each round keeps the better half."""
NOISE = 0.03
"""Part of the time that a candidate must save: less is chance."""

Entries = dict[str, Sizes]
"""Sizes for each class; none where the rules were found to be the best."""


class Refused(ClgradError):
    """Sizes with which a kernel could not be measured: it did not build, gave wrong results, or took too long."""


class Trial(Protocol):
    """A kernel that is run with any sizes."""

    def seconds(self, sizes: Sizes) -> float:
        """How long it takes with these sizes, if its results are right. Raises Refused."""


def shape_class(kernel: Kernel) -> str | None:
    """What decides the sizes of a product, a convolution, attention or a reduction; None where there are none to tune.

    A reduction is told by its kind, what it folds, rows and their length, passes, lines, and the direction in which
    its data runs.

    >>> import clgrad
    >>> from clgrad import runtime
    >>> with runtime.trace() as seen:
    ...     _ = (clgrad.ones(3, 5, device="cpu").realize() @ clgrad.ones(5, 2, device="cpu").realize()).numpy()
    >>> shape_class(seen.kernels[-1])
    'matmul float32 1x4x8x2 n1 n1'
    >>> with runtime.trace() as seen:
    ...     _ = clgrad.ones(100, 50, device="cpu").realize().softmax(1).numpy()
    >>> shape_class(seen.kernels[-1])
    'rows float32 128x64 p3 l8 along'
    """
    anchor = kernel.anchor
    if anchor is None and any(isinstance(line, Reduce) for line in kernel.lines):
        return _reduction_class(kernel)
    if anchor is not None and anchor.op is convolutions.convolution:
        return _convolution_class(kernel, anchor)
    if anchor is not None and anchor.op in attention.ATTENTIONS:
        return _attention_class(anchor)
    if anchor is None or anchor.op is not anchors.matmul:
        return None
    a, b = anchor.operands
    batch = 1
    for size in a.shape[:-2]:
        batch *= size
    sizes = "x".join(str(power_from(size)) for size in (batch, *a.shape[-2:], b.shape[-1]))
    steps = []
    for program in (a, b):
        line = program.lines[program.value]
        runs = in_parts(line.view, line.part).strides[-2:] if isinstance(line, Load) else ()
        steps.append("".join({0: "0", 1: "1"}.get(step, "n") for step in runs) or "computed")
    return f"matmul {anchor.dtype.name} {sizes} {' '.join(steps)}"


def _convolution_class(kernel: Kernel, anchor: Anchor) -> str:
    x, w, (_, steps, fars, groups, _) = *(one.shape for one in anchor.operands), anchor.attributes
    sizes = (x[0], groups, w[1], w[0] // groups, *kernel.outer[2:])
    taps, step, far = ("x".join(map(str, one)) for one in (w[2:], steps, fars))
    return f"convolution {anchor.dtype.name} {'x'.join(str(power_from(one)) for one in sizes)} t{taps} s{step} d{far}"


def _attention_class(anchor: Anchor) -> str:
    shapes = [one.shape for one in anchor.operands]
    op = attention.attention_gradient if anchor.op is attention.attention_gradient else attention.attention
    q, k, v = shapes[2:5] if op is attention.attention_gradient else shapes[:3]
    one = sizes_of(q, k, v)
    sizes = (one.batch * one.key_heads, one.group * one.queries, one.keys, one.width, one.depth)
    seen = "causal" if anchor.attributes[1] else "all"
    return f"{op.name} {anchor.dtype.name} {'x'.join(str(power_from(size)) for size in sizes)} {seen}"


def _reduction_class(kernel: Kernel) -> str:
    folded = next(line.dtype for line in kernel.lines if isinstance(line, Reduce))
    sizes = f"{power_from(math.prod(kernel.outer))}x{power_from(math.prod(kernel.inner))}"
    passes, lines = len(stages_of(kernel)[0]), power_from(len(kernel.lines))
    direction = "down" if runs_down(kernel) else "along"
    return f"{kernel.kind} {folded.name} {sizes} p{passes} l{lines} {direction}"


def form_of(capabilities: Capabilities) -> str:
    """The form of kernels that a device is given, as shipped data names it."""
    return f"cpu{capabilities.vector_width}" if capabilities.is_cpu else "gpu"


def _entries(read: Any) -> Entries:
    """Entries as JSON gave them. Raises TypeError, ValueError or AttributeError where they are none."""
    return {str(name): {str(one): int(size) for one, size in sizes.items()} for name, sizes in read.items()}


def shipped(form: str, platform: str, device: str, folder: Any = None) -> Entries:
    """The entries that ship for a device: for its form, then its vendor's, then its family's, which count most."""
    found: list[tuple[int, Entries]] = []
    folder = resources.files("clgrad.cl") / "tuned" if folder is None else folder
    for file in folder.iterdir():
        if file.name.endswith(".json"):
            data = json.loads(file.read_text(encoding="utf-8"))
            if data["form"] == form and fnmatchcase(platform, data["platform"]) and fnmatchcase(device, data["device"]):
                found.append((2 * (data["device"] != "*") + (data["platform"] != "*"), _entries(data["sizes"])))
    entries: Entries = {}
    for _, those in sorted(found, key=lambda one: one[0]):
        entries.update(those)
    return entries


class Tuned:
    """The measured sizes of one device and driver."""

    def __init__(self, capabilities: Capabilities, platform: str, device: str, facts: Iterable[str]) -> None:
        self._capabilities = capabilities
        self._names = (form_of(capabilities), platform, device)
        folder = config.cache_folder()
        name = cache.key((self._names[0], *facts))
        self._path = None if folder is None else Path(folder) / "tuned" / f"{name}.json"
        self._own: Entries = {}
        if self._path is not None:
            with suppress(OSError, ValueError, TypeError, AttributeError):
                self._own = _entries(json.loads(self._path.read_text(encoding="utf-8")))

    @cached_property
    def _shipped(self) -> Entries:
        return shipped(*self._names)

    def sizes(self, kernel: Kernel) -> Sizes | None:
        """The sizes that were measured here, or for the nearest kind of device; None for the rules'."""
        name = shape_class(kernel) if config.TUNE.value else None
        return None if name is None else self._own.get(name, self._shipped.get(name))

    def unknown(self, kernels: Iterable[Kernel]) -> list[Kernel]:
        """Those kernels whose class was never measured on this device."""
        return [kernel for kernel in kernels if (name := shape_class(kernel)) is not None and name not in self._own]

    def learn(self, kernels: Iterable[Kernel], trial: Callable[[Kernel], Trial]) -> int:
        """Measure the candidates for each class of these kernels; returns how many classes there were."""
        classes = {name: kernel for kernel in kernels if (name := shape_class(kernel)) is not None}
        for name, kernel in classes.items():
            found: Sizes | None = None
            with suppress(Refused):  # where the rules' own results can not be confirmed, nothing else can be
                found = search(candidates(kernel, self._capabilities), trial(kernel))
            self.keep(name, found)
        return len(classes)

    def keep(self, name: str, sizes: Sizes | None) -> None:
        """Note the best sizes for a class, None for the rules', in the user's cache."""
        self._own[name] = sizes or {}
        if self._path is not None:  # where nothing can be written, entries last as long as the process
            cache.write(self._path, json.dumps({name: dict(sizes) for name, sizes in self._own.items()}).encode())

    def export(self) -> dict[str, Any]:
        """What was measured on this device and beats the rules, as data that ships: a file in ``tuned``."""
        form, platform, device = self._names
        sizes = {name: dict(sizes) for name, sizes in sorted(self._own.items()) if sizes}
        return {"form": form, "platform": platform, "device": device, "sizes": sizes}


def candidates(kernel: Kernel, capabilities: Capabilities, names: int = 2) -> list[Sizes]:
    """None, which are the rules' sizes, then all that differ from them in at most so many names; each text once."""
    shape = choose(kernel, capabilities)
    if not isinstance(shape, Tunable):
        return []
    found: dict[str, Sizes] = {render(kernel, capabilities).name: {}}
    for sizes in shape.near(shape.rules(), names):
        found.setdefault(render(kernel, capabilities, sizes).name, sizes)
    return list(found.values())


def search(candidates: Sequence[Sizes], trial: Trial, report: Callable[[float], None] = lambda _: None) -> Sizes | None:
    """The best sizes; None if none are better than the first ones by more than chance.

    All are measured by turns, since other work slows a machine down by the minute; what counts is the median of a
    candidate's time over the first one's in the same round. ``report`` is told the part that is done.
    """
    first, *others = candidates
    ratios: Mapping[int, list[float]] = {number: [] for number in range(len(others))}
    plan, left = [], len(others)
    for _ in range(ROUNDS):
        plan.append(left)
        left = max(left // 2, min(left, FINALISTS))
    alive, done = list(ratios), 0
    for planned in plan:
        base = trial.seconds(first)
        for number in list(alive):
            try:
                ratios[number].append(trial.seconds(others[number]) / base)
            except Refused:
                alive.remove(number)
        done += planned
        report(done / max(1, sum(plan)))
        alive.sort(key=lambda number: statistics.median(ratios[number]))
        del alive[max(len(alive) // 2, FINALISTS) :]
    if not alive or statistics.median(ratios[alive[0]]) > 1 - NOISE:
        return None
    best = others[alive[0]]
    # The best of many measurements is partly luck: it has to win once more.
    again = statistics.median(trial.seconds(best) / trial.seconds(first) for _ in range(ROUNDS))
    return best if again <= 1 - NOISE else None
