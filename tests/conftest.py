"""Fixtures: every test that takes ``device`` runs on each device found; ``pytest --device NAME`` narrows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

import pytest
from recorded import record, shown

import clgrad
from clgrad import coverage


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", action="append", default=[], help="run device tests on this device only; repeatable")
    parser.addoption("--sample", type=int, default=1, help="of this many tests run one, always the same")
    parser.addoption("--heavy", type=int, default=8, help="of this many heavy tests run one on OpenCL devices")
    parser.addoption("--write-coverage", action="store_true", help="write clgrad/coverage.json from what was compared")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "heavy: compiles many kernels; see --heavy")
    if not config.getoption("--write-coverage"):
        record.update(coverage.load())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    groups: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        share = config.getoption("--sample")
        if item.get_closest_marker("heavy") and "cl:" in item.nodeid:
            share *= config.getoption("--heavy")
        groups[zlib.crc32(item.nodeid.encode()) % share == 0].append(item)
    config.hook.pytest_deselected(items=groups[False])
    items[:] = groups[True]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was compared into the record; what did not run stays as it was."""
    if session.config.getoption("--write-coverage") and not session.testsfailed:
        table = coverage.load() if coverage.RECORD.exists() else {}
        for name, row in shown.items():
            ran = {kind for devices in row.values() for kind in devices}
            kept = {
                dtype: {kind: order for kind, order in devices.items() if kind not in ran}
                for dtype, devices in table.get(name, {}).items()
            }
            for dtype, devices in row.items():
                kept.setdefault(dtype, {}).update(devices)
            table[name] = {dtype: kept[dtype] for dtype in coverage.DTYPES if kept.get(dtype)}
        lines = (f"{json.dumps(name)}: {json.dumps(table[name])}" for name in sorted(table))
        coverage.RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _names(config: pytest.Config) -> list[str]:
    chosen = config.getoption("--device")
    return [clgrad.device(name).name for name in chosen] if chosen else [one.name for one in clgrad.devices()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "device" in metafunc.fixturenames:
        metafunc.parametrize("device", _names(metafunc.config), scope="session")


@pytest.fixture(autouse=True)
def _fresh_seed() -> Iterator[None]:
    clgrad.manual_seed(0)
    yield
