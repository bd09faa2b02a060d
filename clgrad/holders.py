"""Who holds a device's memory, told where it runs out.

Values are found among all objects that the garbage collector knows: a register would cost time whenever one is made.
"""

from __future__ import annotations

import gc
from collections import Counter

from clgrad.device import Device
from clgrad.errors import AllocationError
from clgrad.graph import Node

MOST_GROUPS = 8
"""Groups of values that an error lists."""


def holders(device: Device) -> str:
    """List what lives on a device, by shape and dtype, the most bytes first.

    >>> import clgrad
    >>> kept = [clgrad.arange(10**6, device="cpu").realize() for _ in range(3)]
    >>> holders(clgrad.device("cpu")).splitlines()[0]
    '3 of int64 (1000000,): 24,000,000 bytes'
    """
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    seen: set[int] = set()
    for node in (one for one in gc.get_objects() if type(one) is Node):
        buffer = node.buffer
        if buffer is None or buffer.device is not device or buffer.storage is None or id(buffer) in seen:
            continue
        seen.add(id(buffer))
        group = f"{node.dtype.name} {node.shape}"
        counts[group] += 1
        sizes[group] += buffer.nbytes
    groups = sizes.most_common(MOST_GROUPS)
    lines = [f"{counts[group]} of {group}: {nbytes:,} bytes" for group, nbytes in groups]
    listed = sum(counts[group] for group, _ in groups)
    if device.buffers > listed:
        nbytes = device.allocated - sum(nbytes for _, nbytes in groups)
        lines.append(f"{device.buffers - listed} more, and what runs now and jitted functions keep: {nbytes:,} bytes")
    return "\n".join(lines)


def named(error: AllocationError, device: Device) -> AllocationError:
    """A lack of memory that says who holds it."""
    return AllocationError(f"{error}\nWhat is held there, by shape and dtype:\n{holders(device)}")
