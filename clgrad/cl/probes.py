"""What a device was found to do: each question is asked once for a device and its driver, and the answer kept on disk.

Answers are looked for in memory, then in the cache's folder, then asked for. A question that may end the process is
asked in another one; that it died there is an answer, too.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from clgrad import config
from clgrad.cl import cache, child
from clgrad.cl.bench import Answer, Bench, Probe
from clgrad.cl.platforms import devices, facts
from clgrad.cl.questions import PROBES
from clgrad.errors import DeviceError

SECONDS = 60.0
"""How long a question may take in a process of its own."""
_ROWS = {probe.name: probe for probe in PROBES}


class Probes:
    """The answers of one device."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._key = cache.key(facts(handle))
        folder = config.cache_folder()
        self._path = None if folder is None else Path(folder) / "probes" / f"{self._key}.json"
        self._answers = self._read()

    def answer(self, name: str, seconds: float = SECONDS) -> Answer:
        """The answer to the question of this name."""
        found = self._answers.get(name)
        if found is None:
            row = _ROWS[name]
            found = self._elsewhere(row, seconds) if row.may_kill else row.answer(self._bench)
            self._answers[name] = found
            if found.lasts:
                self._write()
        return found

    def flag(self, name: str) -> bool:
        """Whether the device can."""
        return self.answer(name).value is not False

    def number(self, name: str) -> int:
        """How much the device can; 0 for nothing."""
        return int(self.answer(name).value)

    @cached_property
    def _bench(self) -> Bench:
        return Bench(self._handle)

    def _elsewhere(self, row: Probe, seconds: float) -> Answer:
        reply = child.ask("clgrad.cl.probes:answer_here", self._key, row.name, seconds=seconds)
        if reply.trouble:  # a busy machine may be slow today only
            return Answer(False, reply.trouble, lasts=not reply.hung)
        return Answer(**reply.answer)

    def _read(self) -> dict[str, Answer]:
        if self._path is not None:
            with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
                read = json.loads(self._path.read_text(encoding="utf-8"))
                return {name: Answer(row["value"], str(row["note"])) for name, row in read.items() if name in _ROWS}
        return {}

    def _write(self) -> None:
        if self._path is None:
            return
        lasting = {name: answer for name, answer in self._answers.items() if answer.lasts}
        rows = self._read() | lasting  # another process may have asked other questions
        told = {name: {"value": answer.value, "note": answer.note} for name, answer in rows.items()}
        cache.write(self._path, json.dumps(told, indent=1).encode())


def answer_here(key: str, name: str) -> dict[str, Any]:
    """The answer of the device that these facts describe, asked in this process."""
    for one in devices():
        if cache.key(facts(one.handle)) == key:
            return asdict(_ROWS[name].answer(Bench(one.handle)))
    raise DeviceError(
        "[probes] the device is not found in a process of its own; was it chosen by code, not by "
        "environment variables? Set them before Python starts"
    )
