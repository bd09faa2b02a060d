"""Fetch a dataset's files over HTTPS: mirrors in turn, checksums, and what to do where there is no network."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from clgrad.errors import DatasetError, FileFormatError
from clgrad.io.files import replace

PIECE = 1 << 18
"""Bytes that are read at once."""
SECONDS = 30
"""How long a mirror may be silent."""


def fetch(mirrors: Sequence[str], name: str, md5: str, folder: Path) -> Path:
    """Give the path of a file in `folder`, after fetching it from the first mirror that has it if it is not there.

    The file is there complete and with the right MD5 (what its publishers tell), or not at all. Raises DatasetError,
    and FileFormatError where another one lies there.
    """
    path = folder / name
    if path.exists():
        try:
            _check(path, md5)
        except _OtherContent as error:
            raise FileFormatError(
                f"[download] {path.resolve()} is damaged, or another file: {error}; delete it and fetch it again"
            ) from error
        return path
    folder.mkdir(parents=True, exist_ok=True)
    tried = []
    for mirror in mirrors:
        try:
            replace(path, lambda fresh, url=mirror + name: _fetch(url, md5, Path(fresh)))  # type: ignore[misc]
            return path
        except (OSError, http.client.HTTPException, _OtherContent) as error:
            tried.append(f"  {mirror + name}: {error}")
    raise DatasetError(
        f"[download] {name} could not be fetched; tried\n" + "\n".join(tried) + f"\nGet the file elsewhere (its MD5 is "
        f"{md5}) and put it at {path.resolve()}"
    )


class _OtherContent(Exception):
    """A file is not the one that was published."""


def _fetch(url: str, md5: str, path: Path) -> None:
    import urllib.request

    with urllib.request.urlopen(url, timeout=SECONDS) as response, path.open("wb") as file:
        for piece in _shown(response, url):
            file.write(piece)
    _check(path, md5)


def _check(path: Path, md5: str) -> None:
    """Raise for a file that has another MD5."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
    if digest.hexdigest() != md5:
        raise _OtherContent(f"its MD5 is {digest.hexdigest()} in place of {md5}")


def _shown(response: Any, url: str) -> Iterator[bytes]:
    """The pieces of a response, with a bar on stderr if tqdm is installed."""
    pieces = iter(lambda: response.read(PIECE), b"")
    try:
        from tqdm import tqdm
    except ImportError:
        yield from pieces
        return
    size = int(response.headers.get("Content-Length") or 0) or None
    with tqdm(total=size, unit="B", unit_scale=True, desc=url.rpartition("/")[2]) as bar:
        for piece in pieces:
            bar.update(len(piece))
            yield piece


def absent(dataset: str, names: Sequence[str], folder: Path) -> DatasetError:
    """The error for files that are not there."""
    return DatasetError(
        f"[{dataset}] {', '.join(names)} must be in {folder.resolve()}, and not all are; pass download=True, or put "
        "them there"
    )
