"""What DEBUG prints on stderr, level by level."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

import clgrad
from clgrad import Tensor, config, runtime

PLAN = re.compile(r"^(?P<device>[\w:,]+): (?P<kernels>\d+) kernels? (?P<ms>[\d.]+) ms (?P<rate>[\d.]+) GFLOP/s$")
OPERATION = re.compile(
    r"^  (?P<device>[\w:]+) +(?P<what>[a-z]+(?: in| out)?) +(?P<shape>[\dx/]*) +"
    r"(?P<us>[\d.]+) us +(?P<bytes>[\d,]+) B +(?P<speed>[\d.]+) GB/s(?: +(?P<rate>[\d.]+) GFLOP/s)?$"
)

Printed = Callable[[int, Callable[[], object]], list[str]]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """The lines that a call prints at a level; plans are made anew."""

    def run(level: int, call: Callable[[], object]) -> list[str]:
        runtime.clear_plans()
        capsys.readouterr()
        with config.override(DEBUG=level):
            call()
        said = capsys.readouterr()
        assert said.out == "", "it prints on stderr only"
        return said.err.splitlines()

    return run


def work(device: str, size: int = 33) -> Tensor:
    """Three kernels: a map, a product, rows."""
    x = clgrad.tensor([[1.0] * size] * size, device=device) + 1.5
    x.realize()
    return (x @ x).softmax(1)


def plans_in(lines: list[str]) -> list[re.Match[str]]:
    return [match for match in map(PLAN.match, lines) if match]


def operations_in(lines: list[str]) -> list[re.Match[str]]:
    return [match for match in map(OPERATION.match, lines) if match]


def test_level_0_is_silent(device: str, printed: Printed) -> None:
    assert printed(0, lambda: work(device).numpy()) == []


def test_level_1_is_a_line_per_realize(device: str, printed: Printed) -> None:
    lines = printed(1, lambda: work(device).numpy())
    found = plans_in(lines)
    assert len(found) == len(lines) == 2, lines
    assert [int(match["kernels"]) for match in found] == [1, 2]
    for match in found:
        assert match["device"] == device and float(match["ms"]) > 0
    result = work(device).realize()
    assert printed(1, result.realize) == [] == printed(1, result.numpy), "nothing ran"


def test_the_rate_is_arithmetic_over_time(device: str, printed: Printed) -> None:
    x = clgrad.ones(256, 256, device=device).realize()
    lines = printed(1, lambda: (x @ x).realize())
    (match,) = plans_in(lines)
    seconds, rate = float(match["ms"]) * 1e-3, float(match["rate"]) * 1e9
    assert seconds * rate == pytest.approx(2 * 256**3, rel=0.05, abs=seconds * 0.01e9)


def test_level_2_is_a_line_per_device_operation(device: str, printed: Printed) -> None:
    lines = printed(2, lambda: work(device).numpy())
    found = operations_in(lines)
    assert len(found) + len(plans_in(lines)) == len(lines), lines
    whats = [match["what"] for match in found]
    assert [what for what in whats if what in ("map", "matmul", "rows")] == ["map", "matmul", "rows"]
    assert whats.count("copy in") == 1 and whats.count("copy out") == 1 and whats.count("allocate") >= 2
    assert whats[0] == "copy in" and whats[-1] == "copy out"
    size = f"{33 * 33 * 4:,}"
    for match in found:
        assert match["device"] == device
        if match["what"] in ("copy in", "copy out", "allocate"):
            assert match["bytes"] == size and match["rate"] is None
        else:
            assert match["rate"] is not None and float(match["us"]) > 0
    (product,) = [match for match in found if match["what"] == "matmul"]
    assert product["shape"] == "33x33" and product["bytes"] == f"{2 * 33 * 33 * 4:,}"
    (rows,) = [match for match in found if match["what"] == "rows"]
    assert rows["shape"] == "33/33"


def test_a_copy_between_devices_is_two_lines(printed: Printed) -> None:
    names = [one.name for one in clgrad.devices()]
    if len(names) < 2:
        pytest.skip("no second device here")
    x = clgrad.ones(100, device=names[0]).realize()
    lines = printed(2, lambda: x.to(names[1]).realize())
    found = [(match["device"], match["what"]) for match in operations_in(lines)]
    assert (names[0], "copy out") in found and (names[1], "copy in") in found, lines


def test_level_3_prints_the_programs(device: str, printed: Printed) -> None:
    lines = printed(3, lambda: work(device).numpy())
    text = "\n".join(lines)
    assert re.search(r"^map \d+\n    %0 = load\.float32 arg0\[", text, re.MULTILINE)
    assert re.search(r"^matmul 33x33\n    a: %0 = load\.float32", text, re.MULTILINE)
    assert re.search(r"^rows 33 over 33$", text, re.MULTILINE)
    assert "constant.float32 1.5" in text and "exp.float32" in text and "sum.float32" in text
    assert "__kernel" not in text
    assert len(plans_in(lines)) == 2 and len(operations_in(lines)) >= 6, "and the lines of the levels below"
    again = runtime._plans.copy()
    with config.override(DEBUG=0):
        work(device).numpy()
    assert list(again) == list(runtime._plans), "a level does not make other plans"


def test_level_3_prints_a_program_when_its_plan_is_made(device: str, capsys: pytest.CaptureFixture[str]) -> None:
    runtime.clear_plans()
    with config.override(DEBUG=3):
        work(device).numpy()
        assert "exp.float32" in capsys.readouterr().err
        work(device).numpy()
        assert "exp.float32" not in capsys.readouterr().err


def test_level_4_prints_the_source(device: str, printed: Printed) -> None:
    lines = printed(4, lambda: work(device).numpy())
    text = "\n".join(lines)
    if device == "cpu":
        assert "__kernel" not in text, "numpy runs the program itself"
    else:
        assert (text.count("__kernel") == 3 and "binary" in text) or "PTX" in text or ".visible" in text
        assert "#pragma OPENCL FP_CONTRACT ON" in text, "the whole text, as the driver is given it"
    assert "constant.float32 1.5" in text and len(plans_in(lines)) == 2


def test_level_4_prints_nothing_twice(device: str, printed: Printed) -> None:
    lines = printed(4, lambda: work(device).numpy())
    assert sum(line == "matmul 33x33" for line in lines) == 1
    assert "" not in lines if device == "cpu" else True, "no empty line for a text there is none of"


def test_a_level_from_the_environment_reaches_the_first_operation(device: str) -> None:
    """And with it OpenCL's own clock, which counts no compiling."""
    code = f"import clgrad; (clgrad.ones(64, 64, device={device!r}).realize() * 2).sum().item()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {"DEBUG": "2"}, timeout=120
    )
    lines = done.stderr.splitlines()
    assert done.returncode == 0 and done.stdout == ""
    assert len(plans_in(lines)) == 2 and {match["device"] for match in operations_in(lines)} == {device}, lines


def test_levels_change_no_value(device: str) -> None:
    expected = work(device).numpy().tolist()
    for level in range(5):
        runtime.clear_plans()
        with config.override(DEBUG=level):
            assert work(device).numpy().tolist() == expected
