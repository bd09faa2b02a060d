"""What devices are asked: right answers, asked once, and no question that ends the process that needs the answer."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import clgrad
from clgrad import config

pyopencl = pytest.importorskip("pyopencl")
from clgrad.cl import child, probes, quirks  # noqa: E402  # need PyOpenCL
from clgrad.cl.bench import Answer, Bench, Probe  # noqa: E402
from clgrad.cl.probes import Probes  # noqa: E402
from clgrad.cl.questions import PROBES  # noqa: E402

PACKAGE = Path(clgrad.__file__).parent


@pytest.fixture
def handle(device: str) -> Any:
    found: Any = clgrad.device(device)
    if found.name == "cpu":
        pytest.skip("numpy is asked nothing")
    return found.handle


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """An empty cache."""
    with config.override(CACHE_DIR=tmp_path, CACHE=1):
        yield tmp_path / "probes"


def row(name: str) -> Probe:
    return next(one for one in PROBES if one.name == name)


# -- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [probe.name for probe in PROBES if not probe.may_kill])
def test_a_question_gets_an_answer(handle: Any, name: str) -> None:
    answer = row(name).answer(Bench(handle))
    assert answer.value is not False or answer.note, "a no has a reason"
    assert "computes wrong numbers" not in answer.note


def test_double_is_what_the_driver_says(handle: Any) -> None:
    """Not where the answer comes from, but on the drivers that tests run on both are right."""
    assert row("fp64").answer(Bench(handle)).value is ("cl_khr_fp64" in handle.extensions.split())


def test_groups_and_their_memory_are_not_beyond_the_claims(handle: Any) -> None:
    bench = Bench(handle)
    group, local = row("largest group").answer(bench).value, row("local memory").answer(bench).value
    assert 1 <= int(group) <= handle.max_work_group_size
    assert 16 * 2**10 <= int(local) <= handle.local_mem_size


def test_a_dangerous_question_is_asked_elsewhere(handle: Any, place: Path) -> None:
    bytes_of_parameters = Probes(handle).number("parameter bytes")
    assert 1024 <= bytes_of_parameters <= handle.max_parameter_size


WRONG = {
    "fp64": ("sums[n] = a[n] + b[n]", "sums[n] = (float)a[n] + (float)b[n]"),
    "half storage": ("vstore_half_rte(numbers[n]", "vstore_half_rte(numbers[n] * 1.001f"),
    "int64 atomics": ("atom_add(total, (long)get_global_id(0) << 20 | 1)", "total[0] += 1"),
    "largest group": ("(2 * n + 1)", "(2 * n + 3)"),
    "local memory": ("barrier(CLK_LOCAL_MEM_FENCE);", "held[0] = 1; barrier(CLK_LOCAL_MEM_FENCE);"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_kernel_that_computes_wrong_numbers_is_found_out(
    handle: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(handle)
    if row(name).answer(bench).value is False:
        pytest.skip("the device can not in any case")
    right, wrong = WRONG[name]
    build, texts = bench.kernel, []

    def miscompiled(text: str, *options: str) -> Any:
        texts.append(text)
        return build(text.replace(right, wrong), *options)

    monkeypatch.setattr(bench, "kernel", miscompiled)
    answer = row(name).answer(bench)
    assert right in texts[0]
    assert answer.value is False and answer.note == "the kernel runs, and computes wrong numbers"


def test_an_error_of_the_compiler_is_an_answer_that_lasts(handle: Any) -> None:
    wrong = Probe("wrong", "", lambda bench: Answer(bool(bench.kernel("__kernel void clgrad_probe() { nonsense; }"))))
    answer = wrong.answer(Bench(handle))
    assert answer.value is False and "nonsense" in answer.note and answer.lasts


def test_an_error_that_may_pass_is_not_kept(handle: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(bench: Bench) -> Answer:
        return Answer(bool(pyopencl.Buffer(bench.context, pyopencl.mem_flags.READ_WRITE, 2**60)))

    monkeypatch.setitem(probes._ROWS, "fp64", Probe("fp64", "", fails))
    assert Probes(handle).flag("fp64") is False and not place.exists()


# -- asked once -----------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the questions that were really asked."""
    names: list[str] = []
    ask = Probe.answer

    def noted(self: Probe, bench: Bench) -> Answer:
        names.append(self.name)
        return ask(self, bench)

    monkeypatch.setattr(Probe, "answer", noted)
    return names


def test_an_answer_is_kept_for_the_device_and_its_driver(handle: Any, place: Path, asked: list[str]) -> None:
    first = Probes(handle)
    found = first.answer("fp64")
    assert first.answer("fp64") == found and Probes(handle).answer("fp64") == found and asked == ["fp64"]
    assert len(list(place.iterdir())) == 1
    newer = SimpleNamespace(
        platform=handle.platform, driver_version="of tomorrow", name=handle.name, version=handle.version
    )
    assert Probes(newer)._path not in list(place.iterdir())


def test_answers_of_other_processes_are_kept_too(handle: Any, place: Path, asked: list[str]) -> None:
    one, other = Probes(handle), Probes(handle)
    one.answer("fp64")
    other.answer("half storage")
    third = Probes(handle)
    assert third.flag("half storage") and third.answer("fp64") and asked == ["fp64", "half storage"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"fp64": 1}', '{"fp64": {}}', "null", "\0"])
def test_a_damaged_file_is_written_anew(handle: Any, place: Path, asked: list[str], damage: str) -> None:
    found = Probes(handle).answer("fp64")
    (path,) = place.iterdir()
    path.write_text(damage)
    assert Probes(handle).answer("fp64") == found and asked == ["fp64", "fp64"]
    assert json.loads(path.read_text())["fp64"]["value"] == found.value


def test_without_a_cache_the_process_remembers(handle: Any, tmp_path: Path, asked: list[str]) -> None:
    with config.override(CACHE=0, CACHE_DIR=tmp_path):
        one = Probes(handle)
        assert one.answer("fp64") == one.answer("fp64") and asked == ["fp64"]
    assert not list(tmp_path.iterdir())


def test_a_cpu_is_asked_one_question_before_its_first_kernel(handle: Any, place: Path, asked: list[str]) -> None:
    from clgrad.cl.caps import capabilities

    with config.override(PROFILE="own"):
        found = capabilities(handle)
    if found.is_cpu:
        assert asked == ["fp64"], "each costs a compilation"
    with config.override(PROFILE="gpu"):
        played = capabilities(handle)
    assert asked == ["fp64", "largest group", "local memory"]
    assert played.has_double == found.has_double and played.group <= played.most_group


# -- in a process of its own ----------------------------------------------------------------------


def test_a_process_that_dies_or_hangs_or_raises_is_an_answer() -> None:
    assert child.ask("os:abort", seconds=60).trouble == "it ended the process: signal 6 (SIGABRT)"
    hung = child.ask("time:sleep", 30, seconds=0.5)
    assert hung.hung and hung.trouble == "it did not answer within 0.5 s"
    assert child.ask("os:_exit", 3, seconds=60).trouble == "it ended the process: exit status 3"
    assert child.ask("math:sqrt", -1, seconds=60).trouble.startswith("ValueError: ")
    assert child.ask("math:sqrt", 4, seconds=60) == child.Reply(2.0)


def test_what_a_driver_prints_is_no_answer(tmp_path: Path) -> None:
    code = "import atexit, os\ndef told():\n print('unfinished', end='')\n atexit.register(os.abort)\n return [1]\n"
    (tmp_path / "chatty.py").write_text(code)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        assert child.ask("chatty:told", seconds=60).answer == [1], "nor is what it does at its end"


def test_a_death_is_kept_and_a_hang_is_not(handle: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = [child.Reply(None, "it did not answer within 60 s", hung=True), child.Reply(None, "it ended the process")]
    monkeypatch.setattr(child, "ask", lambda *arguments, **settings: reply.pop(0))
    assert Probes(handle).answer("DPAS") == Answer(False, "it did not answer within 60 s", lasts=False)
    assert Probes(handle).answer("DPAS") == Answer(False, "it ended the process")
    assert Probes(handle).answer("DPAS").note == "it ended the process" and not reply


# -- quirks ---------------------------------------------------------------------------------------

VENDORS = re.compile(r"\b(pocl|portable computing|intel|nvidia|rusticl|mesa|clover|amd|radeon|llvmpipe)", re.IGNORECASE)
MAY_NAME_THEM = {
    "cl/quirks.py": "the table",
    "cl/platforms.py": "how to get OpenCL; where PoCL 3.0 keeps its processor's name",
    "cl/questions.py": "instructions of one vendor, by the vendor's names",
    "doctor.py": "hardware whose driver is missing",
    "device.py": "the device name cuda",
    "cuda/find.py": "how to get CUDA",
}


def test_no_other_module_tests_for_a_driver_by_name() -> None:
    named = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in prose]
        if any(isinstance(text, str) and VENDORS.search(text) for text in texts):
            named.add(path.relative_to(PACKAGE).as_posix())
    assert named == set(MAY_NAME_THEM)


def test_every_quirk_has_a_cure_and_something_that_shows_it() -> None:
    assert len({one.name for one in quirks.QUIRKS}) == len(quirks.QUIRKS)
    root = PACKAGE.parent
    for one in quirks.QUIRKS:
        assert one.wrong and one.cure and (one.platform or one.device or one.driver or one.kind)
        tests = re.findall(r"tests/\w+\.py(?:::\w+)?", one.shown_by)
        assert tests or "https://" in one.shown_by
        for test in tests:
            file, _, function = test.partition("::")
            assert f"def {function}" in (root / file).read_text(encoding="utf-8"), test


def test_quirks_that_code_asks_for_are_in_the_table() -> None:
    names = {one.name for one in quirks.QUIRKS}
    asked_for = set()
    for path in (PACKAGE / "cl").glob("*.py"):
        asked_for |= set(re.findall(r'concerns\([\w.]+, "([^"]+)"\)', path.read_text(encoding="utf-8")))
    assert asked_for < names
    assert names - asked_for == {"no devices unless asked", "replaced by rusticl"}, "the doctor tells of these"


@pytest.mark.parametrize(
    ("platform", "name", "driver", "bits", "wanted"),
    [
        ("Portable Computing Language", "pthread", "3.0-rc2", 2,
         ["unknown processor", "narrow builtins", "vload is a call", "vload_half is a call"]),
        ("Portable Computing Language ", "pthread", "7.2", 2, ["vload is a call", "vload_half is a call"]),
        ("Portable Computing Language", "NVIDIA H200", "7.2", 4, []),
        ("Intel(R) OpenCL", "AMD EPYC", "2026", 2, ["vload is a call", "inlining takes for ever"]),
        ("Intel(R) OpenCL Graphics", "Arc", "26", 4, []),
        ("Intel(R) FPGA Emulation Platform", "Device", "1", 8, ["emulator", "accelerator"]),
        ("NVIDIA CUDA", "H200", "580", 4, []),
        ("rusticl", "llvmpipe", "22.3.6", 2, ["loops end early"]),
    ],
)  # fmt: skip
def test_whom_quirks_concern(platform: str, name: str, driver: str, bits: int, wanted: list[str]) -> None:
    made = SimpleNamespace(platform=SimpleNamespace(name=platform), name=name, driver_version=driver, type=bits)
    assert [one.name for one in quirks.quirks(made)] == wanted


def test_platforms_without_devices_have_quirks() -> None:
    for name, cure in (("rusticl", "RUSTICL_ENABLE"), ("Clover ", "rusticl")):
        (one,) = quirks.quirks_without_devices(name)
        assert cure in one.cure
    assert not quirks.quirks_without_devices("NVIDIA CUDA")
