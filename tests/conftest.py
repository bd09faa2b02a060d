"""Fixtures: every test that takes ``device`` runs on each device found; ``pytest --device NAME`` narrows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import clgrad


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", action="append", default=[], help="run device tests on this device only; repeatable")


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
