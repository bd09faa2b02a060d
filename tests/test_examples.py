"""The examples run, learn, and say the same on every device."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

pytestmark = pytest.mark.heavy
ROOT = Path(__file__).parent.parent


def start(script: str, *arguments: object, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run an example of this tree in `directory`."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / script), *map(str, arguments)],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def run(script: str, *arguments: object, directory: Path) -> tuple[dict[str, Any], str]:
    """Give the JSON results of an example and what it printed."""
    done = start(script, *arguments, "--json", "results.json", directory=directory)
    assert done.returncode == 0, done.stderr
    results: dict[str, Any] = json.loads((directory / "results.json").read_text())
    return results, done.stdout


def test_digits(device: str, tmp_path: Path) -> None:
    results, printed = run("digits.py", "--device", device, "--epochs", 3, directory=tmp_path)
    assert set(results) == {"device", "first_epoch", "epochs", "loss", "test_accuracy", "seconds"}
    assert results["device"].startswith(device.split(":")[0])
    assert results["epochs"] == len(results["loss"]) == 3
    assert all(math.isfinite(loss) for loss in results["loss"])
    assert results["loss"][2] < results["loss"][1] < results["loss"][0] < math.log(10)
    assert 0.85 < results["test_accuracy"] <= 1
    assert results["seconds"] > 0
    assert f"device: {results['device']}" in printed
    assert f"test accuracy: {results['test_accuracy']:.1%}" in printed


def test_digits_has_the_same_losses_on_every_device(device: str, tmp_path: Path) -> None:
    if device == "cpu":
        pytest.skip("the cpu is what others are compared to")
    mine, _ = run("digits.py", "--device", device, "--epochs", 3, "--seed", 5, directory=tmp_path)
    reference, _ = run("digits.py", "--device", "cpu", "--epochs", 3, "--seed", 5, directory=tmp_path)
    np.testing.assert_allclose(mine["loss"], reference["loss"], atol=1e-3)


def test_moons(device: str, tmp_path: Path) -> None:
    picture = tmp_path / "border.png"
    results, printed = run("moons.py", "--device", device, "--epochs", 60, "--out", picture.name, directory=tmp_path)
    assert set(results) == {"device", "epochs", "loss", "accuracy", "seconds"}
    assert results["epochs"] == len(results["loss"]) == 60
    assert results["loss"][-1] < 0.2 < results["loss"][0]
    assert results["accuracy"] > 0.9
    assert f"accuracy: {results['accuracy']:.1%}" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_custom_op(device: str, tmp_path: Path) -> None:
    results, printed = run("custom_op.py", "--device", device, directory=tmp_path)
    assert results["kernels"] == 1
    assert results["loss"] < 0.01
    assert f"loss: {results['loss']:.4f}" in printed


def test_custom_kernel(device: str, tmp_path: Path) -> None:
    results, _ = run("custom_kernel.py", "--device", device, directory=tmp_path)
    assert results["error"] < 1e-6
    assert results["gradient_error"] < 1e-5


def test_loss_curves_are_drawn(tmp_path: Path) -> None:
    for name, losses in (("slow", [2.0, 1.5, 1.0]), ("fast", [2.0, 0.5])):
        (tmp_path / f"{name}.json").write_text(json.dumps({"loss": losses}))
    script = str(ROOT / "benchmarks" / "curves.py")
    command = [sys.executable, script, "slow.json", "fast.json", "--output", "curve.svg"]
    subprocess.run(command, cwd=tmp_path, timeout=60, check=True)
    drawn = ElementTree.parse(tmp_path / "curve.svg").getroot()
    texts = ["".join(text.itertext()) for text in drawn.findall("{*}text")]
    assert {"slow: 1 at last", "fast: 0.5 at last", "epoch 3"} <= set(texts)
    slow, fast = (
        [tuple(map(float, point.split(","))) for point in curve.attrib["points"].split()]
        for curve in drawn.findall("{*}polyline")
    )
    assert slow[0] == fast[0] and slow[1][0] == fast[1][0], "one scale for all"
    assert len(slow) == 3 and slow[0][1] < slow[1][1] < slow[2][1] < fast[1][1], "what is less lies lower"


RESUMABLE: dict[str, tuple[tuple[object, ...], int]] = {
    "digits.py": ((), 3),
    "mnist_cnn.py": (("--images", 256), 2),
    "cifar_resnet.py": (("--images", 128, "--width", 4, "--batch-size", 32), 2),
    "autoencoder.py": (("--batch-size", 128), 2),
    "vit_digits.py": (("--batch-size", 256), 2),
    "lstm.py": (("--steps", 6, "--lr", 0.02), 2),
}
"""Examples that go on from a file: arguments that make them small, and epochs."""


@pytest.mark.parametrize("script", RESUMABLE)
def test_examples_learn_and_go_on(device: str, tmp_path: Path, script: str) -> None:
    """Epochs in one run are the same, bit for bit, as with a break before the last."""
    arguments, epochs = RESUMABLE[script]
    whole, printed = run(script, "--device", device, "--epochs", epochs, *arguments, directory=tmp_path)
    assert f"device: {whole['device']}" in printed and whole["epochs"] == len(whole["loss"]) == epochs
    assert all(math.isfinite(loss) for loss in whole["loss"]) and whole["loss"][-1] < whole["loss"][0]
    if script == "autoencoder.py":
        assert 0 < whole["test_error"] < 0.25 and 0.05 < whole["mean_error"] < 0.1
    else:
        assert 0 <= whole["test_accuracy"] <= 1 and f"test accuracy: {whole['test_accuracy']:.1%}" in printed
    if "data" in whole:
        assert "since data holds no" in whole["data"] and f"data: {whole['data']}" in printed
    resumed = ("--device", device, "--resume", "last.safetensors", *arguments)
    first, _ = run(script, *resumed, "--epochs", epochs - 1, directory=tmp_path)
    last, _ = run(script, *resumed, "--epochs", epochs, directory=tmp_path)
    assert first["first_epoch"] == 0 and last["first_epoch"] == epochs - 1
    # The learning rate of these falls by the number of epochs.
    if script not in ("digits.py", "cifar_resnet.py", "vit_digits.py"):
        assert first["loss"] + last["loss"] == whole["loss"]


def test_gpt_learns_goes_on_and_writes(device: str, tmp_path: Path) -> None:
    small = ("--steps", 15, "--batch-size", 4, "--layers", 1, "--width", 32, "--length", 32, "--resume", "gpt.file")
    first, _ = run("gpt.py", "--device", device, "--epochs", 1, *small, directory=tmp_path)
    last, printed = run("gpt.py", "--device", device, "--epochs", 2, *small, directory=tmp_path)
    assert first["first_epoch"] == 0 and last["first_epoch"] == 1
    assert last["loss"][0] < first["loss"][0] < math.log(256)
    assert last["held_out_loss"] < first["held_out_loss"] < math.log(256)
    assert f"held-out loss: {last['held_out_loss']:.2f}" in printed
    assert last["text"].startswith("def ") and 4 < len(last["text"]) <= 32


def test_numbers_are_translated(device: str, tmp_path: Path) -> None:
    small = ("--count", 400, "--batch-size", 60)
    results, printed = run("translate_numbers.py", "--device", device, "--epochs", 3, *small, directory=tmp_path)
    assert f"device: {results['device']}" in printed and len(results["loss"]) == 3
    assert results["loss"][-1] < results["loss"][0] < 2 * math.log(32)
    assert 0 <= results["test_accuracy"] <= 1 and f"test accuracy: {results['test_accuracy']:.1%}" in printed
    said = [line for line in printed.splitlines() if re.fullmatch(r"\d+:( [a-z<>]+)*", line)]
    assert len(said) == 3


def test_a_wrong_device_is_named(tmp_path: Path) -> None:
    done = start("digits.py", "--device", "abacus", directory=tmp_path)
    assert done.returncode != 0
    assert "there is no device 'abacus'" in done.stderr
