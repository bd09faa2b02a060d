"""Settings: each is validated, can be overridden, is documented, and is read from the environment in one place."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import clgrad
from clgrad import config
from clgrad.errors import ArgumentError

ROOT = Path(clgrad.__file__).parent
PROJECT = ROOT.parent


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name not in VARIABLES} | environment
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, timeout=120)


VARIABLES = {setting.variable for setting in config.SETTINGS.values()}


@pytest.mark.parametrize("text", ["5", "9", "-1", "1.5", "yes", "0x1"])
def test_a_bad_debug_level_is_refused_at_import(text: str) -> None:
    done = run("import clgrad", DEBUG=text)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ArgumentError" in last and last.split(": ", 1)[1].startswith("[config] DEBUG=" + repr(text)), last
    assert "0 silent" in last and "4" in last, "the message lists what each level does"


@pytest.mark.parametrize("level", range(5))
def test_debug_levels_are_taken(level: int) -> None:
    done = run("import clgrad; print(clgrad.config.DEBUG.value)", DEBUG=str(level))
    assert done.stdout.strip() == str(level), done.stderr


def test_an_empty_variable_is_the_default() -> None:
    code = "from clgrad import config; print([one.value == one.default for one in config.SETTINGS.values()])"
    done = run(code, **dict.fromkeys(VARIABLES, ""))
    assert done.returncode == 0 and "False" not in done.stdout, done.stderr + done.stdout


def test_every_setting_refuses_nonsense_or_says_so_on_use() -> None:
    """A name is checked when the device is looked for, as a list of devices would open OpenCL at import."""
    for name, setting in config.SETTINGS.items():
        code = "import clgrad; clgrad.zeros(1)"
        done = run(code, **{setting.variable: "no such value"})
        assert done.returncode != 0, f"{setting.variable} takes anything"
        last = [line for line in done.stderr.splitlines() if "Error: [" in line]
        assert last and "no such value" in last[0], f"{name}: {done.stderr}"


def test_device_setting_is_read_in_any_case() -> None:
    done = run("import clgrad; print(clgrad.zeros(1).device.name)", CLGRAD_DEVICE="CPU")
    assert done.stdout.strip() == "cpu", done.stderr


def test_override_is_undone_also_after_an_error() -> None:
    before = config.DEBUG.value
    with config.override(DEBUG=0, DEVICE="cpu"):
        assert config.DEVICE.value == "cpu"
        with config.override(DEVICE="auto"):
            assert config.DEVICE.value == "auto"
        assert config.DEVICE.value == "cpu"
    with pytest.raises(KeyError), config.override(DEBUG=4):
        raise KeyError
    assert config.DEBUG.value == before


def test_override_of_an_unknown_setting_changes_nothing() -> None:
    before = {name: setting.value for name, setting in config.SETTINGS.items()}
    with pytest.raises(ArgumentError, match=r"^\[config\] no setting named 'DEBUGS'; there are DEBUG, DEVICE"):
        config.override(DEBUG=3, DEBUGS=1).__enter__()
    assert {name: setting.value for name, setting in config.SETTINGS.items()} == before


@pytest.mark.parametrize("values", [{"DEBUG": 9}, {"DEBUG": -1}, {"DEBUG": "loud"}])
def test_override_validates(values: dict[str, object]) -> None:
    (name,) = values
    before = config.SETTINGS[name].value
    with pytest.raises(ArgumentError, match=rf"^\[config\] .*{name}"), config.override(**values):
        pass
    assert config.SETTINGS[name].value == before


def test_settings_know_their_variable_and_say_what_they_mean() -> None:
    assert config.DEBUG.variable == "DEBUG"
    for name, setting in config.SETTINGS.items():
        assert setting.name == name
        assert setting.variable == name or setting.variable == f"CLGRAD_{name}"
        assert setting.meaning


def test_every_variable_is_documented() -> None:
    files = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").glob("**/*.md")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path.exists())
    missing = [setting.variable for setting in config.SETTINGS.values() if setting.variable not in text]
    assert not missing, f"in no document: {missing}"


def test_the_environment_is_read_in_one_place() -> None:
    for path in ROOT.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        reads = [
            node.lineno
            for node in ast.walk(tree)
            if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
            or (isinstance(node, ast.ImportFrom) and node.module == "os" and any("env" in a.name for a in node.names))
        ]
        if path == ROOT / "config.py":
            assert len(reads) == 1, "one line reads all settings"
        else:
            assert not reads, f"{path}:{reads[0]} reads the environment; add a row to config.py"
