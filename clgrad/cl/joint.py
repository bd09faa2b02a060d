"""Several kernels in one launch: one after the other, or side by side.

A launch costs a CPU device as much as a small kernel, and a GPU as much as a large one. On a CPU small kernels
in a row become a sequence, the work of one work-item, or of one for each share of the rows. Kernels that do not read
what the others write run side by side, each in work-items of its own: many small ones that together are worth more than
one core, and on a GPU all maps (an optimizer's updates of all parameters).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from clgrad.cl.caps import Capabilities
from clgrad.cl.render import Rendered, kernel_name
from clgrad.cl.shares import Share, independent
from clgrad.device import Call
from clgrad.kernel import Kernel

CORE_FLOPS, CORE_BYTES = 120e9, 20e9
"""What one core computes, and reads or writes, in a second: roughly, to tell trifles from work."""
TRIFLE = 50e-6
"""Seconds on one core that are not worth a launch: a second core would not wake up in time to help."""
WORK = 2 * TRIFLE
"""Seconds on one core that are worth a second one."""
GAIN = 0.8
"""Of the time of single kernels: what shares of their rows may take at most."""
WAKING = 20e-6
"""Seconds that a launch for several cores takes more than its work: to wake them, and to wait for the last."""


def seconds(kernel: Kernel) -> float:
    """Roughly, what a kernel takes one core of a CPU."""
    return max(kernel.flops / CORE_FLOPS, kernel.nbytes / CORE_BYTES)


def calls_per_launch(calls: Sequence[Call], capabilities: Capabilities) -> int:
    """How many of these calls, from the first one, one launch should make."""
    if not capabilities.is_cpu:
        maps = _while(calls, lambda call: call.kernel.kind in ("map", "gather"))
        return max(1, _stretch(calls[:maps], capabilities))
    for number in range(_few_arguments(calls, capabilities)):
        left = calls[number:]
        shared = _for_several(left, capabilities)
        if shared:
            return number or shared
        if not _is_trifle(left[0]):
            return max(1, number)
    return max(1, _few_arguments(calls, capabilities))


def _for_several(calls: Sequence[Call], capabilities: Capabilities) -> int:
    """How many calls, from the first one, are work for several cores of a CPU; 0 if they are not."""
    stretch = _stretch(calls[: _while(calls, _is_trifle)], capabilities)
    if _is_work(calls[:stretch]):
        return stretch
    return len(_chain(calls, capabilities)[0])


def _chain(calls: Sequence[Call], capabilities: Capabilities) -> tuple[list[Share], int]:
    """Of the calls, from the first one, that several cores had better make in one launch, each for a share of the rows:
    the first core's shares, and how many cores. None, and one, where there are no such calls."""
    calls = calls[: _few_arguments(calls, capabilities)]
    count = 1 << (capabilities.compute_units.bit_length() - 1)
    while count > 1:
        # What is more than a trifle for each of the cores is better dealt out by itself.
        shares = independent(calls[: _while(calls, partial(_is_trifle, cores=count))], count)
        if len(shares) > 1 and _pays(calls[: len(shares)], shares, count):
            return shares, count
        count //= 2
    return [], 1


def _pays(calls: Sequence[Call], shares: Sequence[Share], count: int) -> bool:
    """Whether shares take clearly less time than each kernel on one core, or in a launch of its own for all: of what is
    read for any rows, such as weights, each core reads all."""
    alone = sum(min(whole, whole / count + WAKING) for whole in (seconds(call.kernel) for call in calls))
    return WAKING + sum(seconds(one.kernel) for one in shares) < GAIN * alone


def join(calls: Sequence[Call], capabilities: Capabilities, rendered: Callable[[Kernel], Rendered]) -> Rendered:
    """One kernel for several calls, of which ``rendered`` gives the text of each."""
    is_stretch = _stretch(calls, capabilities) == len(calls) and all(map(_is_trifle, calls)) and _is_work(calls)
    if not capabilities.is_cpu or is_stretch:
        parts = [rendered(call.kernel) for call in calls]
        kind, local = "together", capabilities.group
        size = sum(math.prod(part.global_size) for part in parts)
        lines = _side_by_side(parts, calls)
    else:
        kind, local = "sequence", 1
        shares, size = _chain(calls, capabilities)
        if len(shares) < len(calls):
            shares, size = [Share.whole(call.kernel) for call in calls], 1
        parts = [rendered(one.kernel) for one in shares]
        lines = [*(["const int share = get_global_id(0);"] if size > 1 else []), *_in_a_row(parts, calls, shares)]
    types: dict[int, str] = {}
    for call in calls:
        types.update(zip(call.arguments, (argument.dtype.storage_c for argument in call.kernel.arguments)))
    parameters = [f"__global {types[place]}* a{place}" for place in sorted(types)]
    signature = f"({', '.join([*parameters, '__global long* faults'])})"
    body = f"{signature} {{\n" + "\n".join(lines) + "\n}\n"
    name = kernel_name(kind, f"{local} {body}")
    return Rendered(
        name,
        tuple(dict.fromkeys(text for part in parts for text in part.items)),
        f"__kernel __attribute__((reqd_work_group_size({local}, 1, 1)))\nvoid {name}{body}",
        tuple(dict.fromkeys(text for part in parts for text in part.helpers)),
        (-(-size // local) * local,),
        (local,),
        any(part.checks_indices for part in parts),
    )


def _in_a_row(parts: Sequence[Rendered], calls: Sequence[Call], shares: Sequence[Share]) -> list[str]:
    lines: list[str] = []
    for part, call, one in zip(parts, calls, shares):
        sizes = (*part.global_size, 1, 1)[:3]
        for axis in (2, 1, 0):
            if sizes[axis] > 1:
                lines.append(f"for (int id{axis} = 0; id{axis} < {sizes[axis]}; id{axis}++)")
        ids = [f"id{axis}" if size > 1 else "0" for axis, size in enumerate(sizes)]
        offsets = [f" + share * {offset}" if offset else "" for offset in one.offsets]
        given = [f"a{argument}{offset}" for argument, offset in zip(call.arguments, offsets)]
        lines.append(f"{part.name}_item({', '.join([*given, 'faults', *ids])});")
    return lines


def _side_by_side(parts: Sequence[Rendered], calls: Sequence[Call]) -> list[str]:
    lines = ["const int item = get_global_id(0);"]
    start = 0
    for part, call in zip(parts, calls):
        width, height, depth = (*part.global_size, 1, 1)[:3]
        end = start + width * height * depth
        place = f"(item - {start})"
        ids = [f"{place} % {width}", f"{place} / {width} % {height}", f"{place} / {width * height}"]
        given = [*(f"a{argument}" for argument in call.arguments), "faults", *ids]
        lines.append(f"if (item >= {start} && item < {end}) {part.name}_item({', '.join(given)});")
        start = end
    return lines


def _while(calls: Sequence[Call], holds: Callable[[Call], bool]) -> int:
    """How many calls, from the first one, a condition holds for."""
    return next((number for number, call in enumerate(calls) if not holds(call)), len(calls))


def _stretch(calls: Sequence[Call], capabilities: Capabilities) -> int:
    """How many calls, from the first one, do not read or write what another of them writes."""
    touched: set[int] = set()
    written: set[int] = set()
    for number, call in enumerate(calls):
        writes = {place for place, one in zip(call.arguments, call.kernel.arguments) if one.written}
        if not written.isdisjoint(call.arguments) or not touched.isdisjoint(writes):
            return number
        touched.update(call.arguments)
        written |= writes
        if len(touched) > capabilities.most_arguments:
            return number
    return len(calls)


def _is_trifle(call: Call, cores: int = 1) -> bool:
    return not call.kernel.is_given and seconds(call.kernel) < cores * TRIFLE


def _is_work(calls: Sequence[Call]) -> bool:
    """Whether several calls are together worth a second core."""
    return len(calls) > 1 and sum(seconds(call.kernel) for call in calls) > WORK


def _few_arguments(calls: Sequence[Call], capabilities: Capabilities) -> int:
    """How many calls, from the first one, one launch has arguments for."""
    arguments: set[int] = set()
    for number, call in enumerate(calls):
        arguments.update(call.arguments)
        if len(arguments) > capabilities.most_arguments:
            return number
    return len(calls)
