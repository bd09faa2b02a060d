"""The cache of program binaries: whole entries or none, many processes at once, bounded, and never an error."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import config
from clgrad.cl import cache

BINARY = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def place(tmp_path: Path) -> Iterator[Path]:
    """An empty folder of entries."""
    with config.override(CACHE_DIR=tmp_path / "clgrad"):
        found = cache.folder()
        assert found is not None
        yield found


def entry(place: Path, name: str) -> Path:
    return place / f"{name}.bin"


def test_an_entry_comes_back(place: Path) -> None:
    assert cache.load("a") is None
    cache.store("a", BINARY)
    cache.store("b", b"")
    assert cache.load("a") == BINARY and cache.load("b") == b"" and cache.load("c") is None
    cache.store("a", b"newer")
    assert cache.load("a") == b"newer"
    assert sorted(path.name for path in place.iterdir()) == ["a.bin", "b.bin"], "nothing else is left behind"


def test_every_fact_is_in_the_key() -> None:
    facts = ["text", "-w", "platform", "3.0"]
    keys = {cache.key(facts)}
    for number in range(len(facts)):
        keys.add(cache.key([*facts[:number], facts[number] + "x", *facts[number + 1 :]]))
    keys.add(cache.key(["te", "xt-w", "platform", "3.0"]))
    assert len(keys) == len(facts) + 2


@pytest.mark.parametrize("damage", ["empty", "cut", "longer", "a byte changed", "foreign", "a folder"])
def test_a_damaged_entry_is_ignored_and_renewed(place: Path, damage: str) -> None:
    cache.store("a", BINARY)
    path = entry(place, "a")
    content = path.read_bytes()
    if damage == "a folder":
        path.unlink()
        path.mkdir()
        assert cache.load("a") is None
        cache.store("a", BINARY)  # it can not be replaced, and that is no error
        assert [one.name for one in place.iterdir()] == ["a.bin"]
        return
    middle = len(content) // 2
    path.write_bytes(
        {
            "empty": b"",
            "cut": content[:-1],
            "longer": content + b"\0",
            "a byte changed": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "foreign": b"\x7fELF" + content[4:],
        }[damage]
    )
    assert cache.load("a") is None
    cache.store("a", BINARY)
    assert cache.load("a") == BINARY


def test_what_was_not_used_for_longest_goes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(BINARY) + 100
    monkeypatch.setattr(cache, "MOST_BYTES", 3 * size)
    now = time.time()
    for age, name in [(40, "oldest"), (30, "read"), (20, "old")]:
        cache.store(name, BINARY)
        os.utime(entry(place, name), (now - age, now - age))
    assert cache.load("read") == BINARY
    cache.store("new", BINARY)
    assert cache.load("oldest") is None and cache.load("read") == BINARY and cache.load("old") == BINARY
    os.utime(entry(place, "old"), (now - 20, now - 20))
    (place / "tmpleft").write_bytes(b"of a process that was killed")
    os.utime(place / "tmpleft", (now - 500, now - 500))
    cache.store("newer", BINARY)
    assert sorted(one.name for one in place.iterdir()) == ["new.bin", "newer.bin", "read.bin"]


def test_an_entry_larger_than_the_cache_is_not_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 100)
    cache.store("a", BINARY)
    assert cache.load("a") is None and not list(place.iterdir())


@pytest.mark.parametrize("obstacle", ["a file in the way", "no such device"])
def test_a_folder_that_can_not_be_written_is_no_error(tmp_path: Path, obstacle: str) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "below" if obstacle == "a file in the way" else "/proc/nothing/clgrad"
    with config.override(CACHE_DIR=path):
        cache.store("a", BINARY)
        assert cache.load("a") is None


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as it does without a home
    with config.override(CACHE_DIR="auto"):
        assert cache.folder() is None
        cache.store("a", BINARY)
        assert cache.load("a") is None and not list(tmp_path.iterdir())


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with config.override(CACHE_DIR="auto"):
        monkeypatch.setenv("HOME", str(tmp_path))
        for caches, wanted in [
            ("", tmp_path / ".cache"),
            ("relative", tmp_path / ".cache"),
            (str(tmp_path / "elsewhere"), tmp_path / "elsewhere"),
        ]:
            monkeypatch.setenv("XDG_CACHE_HOME", caches)
            assert cache.folder() == wanted / "clgrad" / "programs"
    with config.override(CACHE_DIR="~/here"):
        assert cache.folder() == tmp_path / "here" / "programs"


WRITER = """
import sys
from clgrad import config
from clgrad.cl import cache
cache.MOST_BYTES = 20_000
with config.override(CACHE_DIR=sys.argv[1]):
    for turn in range(150):
        binary = bytes([turn % 7]) * 3000
        cache.store(f"shared{turn % 3}", binary)
        cache.store(f"own{sys.argv[2]}-{turn}", binary)
        found = cache.load(f"shared{turn % 3}")
        assert found is None or (len(found) == 3000 and len(set(found)) == 1), "a half written entry"
"""


def test_many_processes_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "always::ResourceWarning", "-c", WRITER, str(tmp_path)]
    running = [subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE, text=True) for number in range(4)]
    for one in running:
        _, errors = one.communicate(timeout=120)
        assert one.returncode == 0 and not errors, errors
    left = list((tmp_path / "programs").iterdir())
    assert left and all(path.suffix == ".bin" for path in left)


@pytest.fixture
def opencl(device: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An OpenCL device as if its driver kept nothing, with its compilations counted."""
    found: Any = clgrad.device(device)
    if found.name == "cpu":
        pytest.skip("numpy compiles nothing")
    from clgrad.cl import device as module

    class Counting(module.OpenCLDevice):
        compiled = 0

        def _compile(self, text: str) -> Any:
            self.compiled += 1
            return super()._compile(text)

    monkeypatch.setattr(module, "has_src_build_cache", lambda handle: None)
    return lambda: Counting(found.handle, 0)


def test_long_lists_of_kernels_are_built_at_once(opencl: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the driver builds in parallel; each program has its share of the kernels, and its place in the cache."""
    from clgrad.cl.probes import Probes

    monkeypatch.setattr(Probes, "number", lambda self, name: 3)
    x = np.random.default_rng(0).standard_normal((8, 50_000)).astype(np.float32)

    def compute() -> tuple[int, float]:
        device = opencl()
        given, value = clgrad.tensor(x, device=device), clgrad.tensor(0.0, device=device)
        for number in range(48):
            value = (given * (number / 64) + value).exp().mean().log()  # too much work to share a launch
        found = value.item()
        return device.compiled, found

    expected = 0.0
    for number in range(48):
        expected = np.log(np.exp(x * (number / 64) + expected).mean(dtype=np.float64))
    programs, found = compute()
    assert programs == 3
    assert found == pytest.approx(expected, rel=1e-5)
    assert compute() == (0, found)


def triple(device: Any) -> list[float]:
    result: np.ndarray[Any, Any] = (clgrad.tensor([1.0, 2.0, 0.5], device=device) * 3.0).exp().log().numpy()
    return [round(value, 4) for value in result.tolist()]


def test_another_process_does_not_compile(opencl: Any, place: Path) -> None:
    """A device object of its own stands for the process: it has its own context."""
    first, second = opencl(), opencl()
    assert triple(first) == [3.0, 6.0, 1.5] and first.compiled == 1
    assert len(list(place.iterdir())) == 1
    assert triple(second) == [3.0, 6.0, 1.5] and second.compiled == 0


def test_a_binary_that_the_driver_refuses_is_compiled_anew(opencl: Any, place: Path) -> None:
    assert triple(opencl()) == [3.0, 6.0, 1.5]
    (path,) = place.iterdir()
    whole = cache.load(path.stem)
    assert whole is not None
    cache.store(path.stem, b"not what a driver makes")
    third = opencl()
    assert triple(third) == [3.0, 6.0, 1.5] and third.compiled == 1
    assert len(cache.load(path.stem) or b"") > 100, "and it was renewed"


def test_a_driver_with_a_cache_is_left_to_it(device: str, place: Path) -> None:
    found: Any = clgrad.device(device)
    if found.name == "cpu" or "Portable Computing Language" not in found.description:
        pytest.skip("about PoCL")
    from clgrad.cl.device import OpenCLDevice

    assert triple(OpenCLDevice(found.handle, 0)) == [3.0, 6.0, 1.5]
    assert not place.exists()


def test_another_version_of_clgrad_compiles_anew(opencl: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert triple(opencl()) == [3.0, 6.0, 1.5]
    monkeypatch.setattr(config, "VERSION", "of tomorrow")
    newer = opencl()
    assert triple(newer) == [3.0, 6.0, 1.5] and newer.compiled == 1
    assert len(list(place.iterdir())) == 2


SOURCES = """
import sys
import clgrad
from clgrad.nn import functional as F
from clgrad.runtime import trace
x = clgrad.rand(9, 17, requires_grad=True, device=sys.argv[1])
with trace() as seen:
    loss = F.cross_entropy((x @ x.T).relu() + x.sum(0)[:9], clgrad.arange(9, device=sys.argv[1]))
    loss.backward()
    clgrad.realize(loss, x.grad, x.sort().values, x.cumsum(0))
for kernel in seen.kernels:
    print(loss.device.source(kernel))
"""


def test_the_same_program_has_the_same_text_in_every_process(device: str) -> None:
    """Sets and dictionaries of Python are ordered by a seed of the process: no text depends on it."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", SOURCES, device],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1 and len(texts.pop()) > 1000
