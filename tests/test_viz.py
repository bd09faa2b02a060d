"""Drawings: what they show, the formats, and what is said where a package or a program is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import clgrad
from clgrad import viz
from clgrad.cpu import NumpyDevice
from clgrad.errors import ArgumentError, ClgradError, DependencyError
from clgrad.runtime import trace


def drawn(tensors: object, folder: Path, **options: object) -> str:
    return viz.draw(tensors, folder / "drawing.dot", **options).read_text()  # type: ignore[arg-type]


def lines_with(text: str, part: str) -> list[str]:
    return [line for line in text.splitlines() if part in line]


def test_graph_shows_ops_shapes_dtypes_and_leaves(device: str, tmp_path: Path) -> None:
    with clgrad.use_device(device):
        w = clgrad.ones(2, 3, requires_grad=True)
        x = clgrad.tensor([[1.0, 2.0, 3.0]])
        loss = (w * x).sum(dim=1).to(clgrad.float16)
        text = drawn(loss, tmp_path, names={w: "weight", loss: "loss"})
    assert r'"weight\nleaf\n(2, 3) float32"' in text
    assert r'"mul\n(2, 3) float32"' in text
    assert r"sum axes=(1,)\n(2, 1) float32" in text
    (leaf,) = lines_with(text, "leaf")
    assert "orange" in leaf
    (stored,) = lines_with(text, "lightgrey")
    assert r"buffer\n(1, 3) float32" in stored
    (asked,) = lines_with(text, "peripheries=2")
    assert r"loss\ncast\n(2,) float16" in asked


def test_graph_has_an_arrow_for_each_operand_in_order(tmp_path: Path) -> None:
    with clgrad.use_device("cpu"):
        a, b = clgrad.tensor([1.0]), clgrad.tensor([2.0])
        text = drawn(a - b, tmp_path, names={a: "a", b: "b"})
    keys = {name: re.search(rf'(\w+) \[label="{name}\\n', text) for name in ("a", "b", "sub")}
    arrows = re.findall(r"(\w+) -> (\w+)", text)
    assert all(keys.values())
    first, second, result = (found.group(1) for found in keys.values() if found)
    assert arrows == [(first, result), (second, result)]
    assert "ordering=in" in text


def test_realized_values_are_grey(device: str, tmp_path: Path) -> None:
    with clgrad.use_device(device):
        x = clgrad.ones(3, requires_grad=True)
        y = x.exp()
        before = drawn(y, tmp_path)
        y.realize()
        after = drawn(y, tmp_path)
    (line,) = lines_with(before, r"exp\n")
    assert "lightgrey" not in line
    (line,) = lines_with(after, r"exp\n")
    assert "lightgrey" in line


def test_drawing_computes_nothing(device: str, tmp_path: Path) -> None:
    with clgrad.use_device(device), trace() as seen:
        y = (clgrad.ones(3) + 1).sum()
        drawn(y, tmp_path)
        drawn(y, tmp_path, schedule=True)
    assert not seen.kernels
    assert y.node.buffer is None


def test_schedule_shows_the_kernels_that_then_run(device: str, tmp_path: Path) -> None:
    with clgrad.use_device(device):
        x, w = clgrad.ones(4, 3).realize(), clgrad.ones(3, 5, requires_grad=True)
        w.realize()
        y = (x @ w).relu().softmax(dim=1)
        loss = y.sum()
        loss.backward()
        assert w.grad is not None
        text = drawn([loss, w.grad], tmp_path, schedule=True, names={x: "x", w: "w", loss: "loss"})
        with trace() as seen:
            clgrad.realize(loss, w.grad)
        name = clgrad.device().name
    kinds = re.findall(r'label="\d+\. (\w+)\\n', text)
    assert kinds == [kernel.kind for kernel in seen.kernels]
    assert {"matmul", "rows"} <= set(kinds)
    shapes = re.findall(rf"\\n{name}\\n([\dx/]+)\\n\d+ lines", text)
    assert "4x5" in shapes and "4/5" in shapes
    for name, shape in (("x", r"\(4, 3\)"), ("w", r"\(3, 5\)"), ("loss", r"\(\)")):
        assert re.search(rf'"{name}\\n{shape} float32"', text)
    asked = lines_with(text, "peripheries=2")
    assert len(asked) == 2
    # Each kernel is read from or written to; the buffers between kernels are labelled arrows or ellipses.
    boxes = {key for key in re.findall(r"^\s(\w+) \[", text, re.MULTILINE) if key not in ("graph", "node")}
    ends = {key for arrow in re.findall(r"(\w+) -> (\w+)", text) for key in arrow}
    assert boxes == ends


def test_schedule_labels_the_buffers_between_kernels(tmp_path: Path) -> None:
    with clgrad.use_device("cpu"):
        x = clgrad.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
        text = drawn((x @ x.T) @ x, tmp_path, schedule=True)
    assert 'kernel0 -> kernel1 [label="(3, 3) float32"]' in text


def test_schedule_of_a_split_reduction_tells_the_size_of_its_pieces(tmp_path: Path) -> None:
    with clgrad.use_device("cpu"):
        text = drawn(clgrad.ones(2**16).realize().sum(), tmp_path, schedule=True)
    assert text.count(". reduce") == 2
    assert 'kernel0 -> kernel1 [label="256 bytes"]' in text


def test_schedule_shows_copies_between_devices(tmp_path: Path) -> None:
    other = NumpyDevice()
    other.name = "cpu:2"
    x = clgrad.ones(2, device="cpu").realize()
    text = drawn(x.to(other) + 1, tmp_path, schedule=True)
    assert r'label="1. copy\nto cpu:2"' in text
    assert r'label="2. map\ncpu:2\n2\n' in text


def test_schedule_of_a_realized_tensor_says_so(tmp_path: Path) -> None:
    with clgrad.use_device("cpu"):
        text = drawn(clgrad.ones(2).realize(), tmp_path, schedule=True)
    assert "nothing to run" in text


def test_names_may_hold_quotes_and_backslashes(tmp_path: Path) -> None:
    with clgrad.use_device("cpu"):
        x = clgrad.ones(1, requires_grad=True)
        text = drawn(x, tmp_path, names={x: 'a "b" \\n c'})
    assert r'"a \"b\" \\n c\nleaf\n(1,) float32"' in text


def test_a_deep_graph_is_drawn(tmp_path: Path) -> None:
    with clgrad.use_device("cpu"):
        x = clgrad.tensor([1.0])
        for _ in range(20_000):
            x = -x
        text = drawn(x, tmp_path)
        kernels = drawn(x, tmp_path, schedule=True)
    assert text.count('label="neg') == 20_000
    assert kernels.count(r". map\n") > 1


def test_dot_makes_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("dot") is None:
        # A stand-in that, like dot, reads the drawing and writes the format it was asked for.
        program = tmp_path / "bin" / "dot"
        program.parent.mkdir()
        program.write_text('#!/bin/sh\nread first\necho "<svg> $first $*"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    with clgrad.use_device("cpu"):
        path = viz.draw(clgrad.ones(2), tmp_path / "graph.svg")
    assert path == tmp_path / "graph.svg"
    assert "<svg" in path.read_text()
    assert not (tmp_path / "graph.dot").exists()


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_without_dot_the_source_is_written_and_the_cure_named(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with clgrad.use_device("cpu"), pytest.warns(UserWarning, match="apt install graphviz") as said:
        path = viz.draw(clgrad.ones(2), tmp_path / f"graph{suffix}")
    assert path == tmp_path / "graph.dot"
    assert path.read_text().startswith("digraph")
    assert not (tmp_path / f"graph{suffix}").exists()
    assert "brew install graphviz" in str(said[0].message)
    assert said[0].filename == __file__


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"\[draw\] 'graph\.jpeg' does not end in \.svg, \.png, \.pdf, \.dot"):
        viz.draw(clgrad.ones(2, device="cpu"), tmp_path / "graph.jpeg")


def test_without_the_package_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(DependencyError, match=r"pip install clgrad\[viz\]") as caught:
        viz.draw(clgrad.ones(2, device="cpu"), tmp_path / "graph.svg")
    assert isinstance(caught.value, ClgradError) and isinstance(caught.value, ImportError)


def test_importing_clgrad_and_viz_does_not_import_graphviz() -> None:
    code = "import sys, clgrad; clgrad.viz.draw; sys.exit('graphviz' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
