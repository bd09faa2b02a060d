"""Program binaries on disk: a text is compiled once for a user, not once for a process.

An entry is one file: a mark, the digest of the binary, the binary. Whoever finds an entry that is cut
short, changed, or made by somebody else ignores it and writes it anew. Files appear whole (written aside, then
renamed), so any number of processes may read and write at once. Nothing here raises: without a folder that
can be written, programs are compiled.

Only for drivers that keep nothing themselves. PoCL and NVIDIA keep what they built; and PoCL, when asked for a
binary, first compiles every kernel a second time for any work-group size: 3.3 s where building the
same 23 kernels and launching each once took 3.2 s, to save 25 ms in the next process.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clgrad import config

MOST_BYTES = 256 * 2**20
"""Beyond this, entries go, those first that were not used for the longest time."""
_MARK = b"clgrad program binary 1\n"
_SUFFIX = ".bin"
KINDS = ("programs", "probes", "tuned")
"""The folders of the cache: binaries, what devices were found to do, and sizes that were measured."""
_OURS = re.compile(r"[0-9a-f]{64}\.(bin|json)|tmp\w{8}")
"""How files of the cache are named; the user may have told us a folder with others in it."""


def folder() -> Path | None:
    """Where entries lie; None where the user has no home."""
    path = config.cache_folder()
    return None if path is None else Path(path) / "programs"


def key(facts: Iterable[str]) -> str:
    """The name of an entry: everything that decides what a driver makes of a text.

    >>> key(["text", "options"]) == key(["text", "options"]) != key(["textoptions"])
    True
    """
    digest = hashlib.sha256()
    for fact in facts:
        encoded = fact.encode()
        digest.update(b"%d\n" % len(encoded) + encoded)
    return digest.hexdigest()


def load(name: str) -> bytes | None:
    """The binary that was stored under a key, or None."""
    place = folder()
    if place is None:
        return None
    path = place / (name + _SUFFIX)
    try:
        content = path.read_bytes()
    except OSError:
        return None
    binary = _binary(content)
    if binary is not None:
        with suppress(OSError):
            os.utime(path)  # it was used now
    return binary


def _binary(content: bytes) -> bytes | None:
    """The binary in an entry; None where the entry is not whole."""
    binary = content[len(_MARK) + 32 :]
    return binary if content[: len(_MARK) + 32] == _MARK + hashlib.sha256(binary).digest() else None


def store(name: str, binary: bytes) -> None:
    """Keep a binary under a key."""
    place = folder()
    if place is not None:
        write(place / (name + _SUFFIX), _MARK + hashlib.sha256(binary).digest() + binary)
        with suppress(OSError):
            _forget_oldest(place)


def write(path: Path, content: bytes) -> None:
    """Replace a file as a whole; where that is not possible, leave what is there."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(dir=path.parent)
        with open(number, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)


def _forget_oldest(place: Path) -> None:
    # What a killed process left half written is a file like any other here, and grows old.
    files = []
    with os.scandir(place) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # another process was quicker
                if entry.is_file():
                    files.append((entry.stat(), entry.path))
    total = sum(facts.st_size for facts, _ in files)
    for facts, path in sorted(files, key=lambda one: one[0].st_mtime):
        if total <= MOST_BYTES:
            return
        with suppress(OSError):  # another process was quicker
            os.unlink(path)
        total -= facts.st_size


# -- what is there ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contents:
    """What one folder of the cache holds."""

    kind: str
    entries: int
    bytes: int
    damaged: int
    """Entries that are not whole: they are ignored, and written anew when they are next asked for."""


def contents() -> list[Contents]:
    """What each folder of the cache holds."""
    found = []
    for kind in KINDS:
        files = [(path, path.stat().st_size) for path in _files(kind)]
        damaged = sum(not _is_whole(path) for path, _ in files)
        found.append(Contents(kind, len(files), sum(size for _, size in files), damaged))
    return found


def clear() -> int:
    """Delete every entry; returns how many there were."""
    deleted = 0
    for kind in KINDS:
        for path in _files(kind):
            with suppress(OSError):  # another process was quicker
                path.unlink()
                deleted += 1
    return deleted


def _files(kind: str) -> Iterator[Path]:
    root = config.cache_folder()
    if root is None:
        return
    with suppress(OSError):
        yield from (path for path in sorted((Path(root) / kind).iterdir()) if _OURS.fullmatch(path.name))


def _is_whole(path: Path) -> bool:
    try:
        content = path.read_bytes()
        if path.suffix == ".json":
            return isinstance(json.loads(content), dict)
    except (OSError, ValueError):
        return False
    return path.suffix == _SUFFIX and _binary(content) is not None
