"""What README.md and CONTRIBUTING.md say: run it, or look whether it is there."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import op_samples
import pytest
from compare import check
from test_kernel_source import CPU as SOME_CPU
from test_layers import BACKENDS, MODULES, ORDER, SEEN_BY_BACKENDS

import clgrad
from clgrad import Tensor, config, nn, optim
from clgrad.cl.render import render
from clgrad.compose import elementwise
from clgrad.device import Device
from clgrad.errors import DeviceError, IndexRangeError
from clgrad.kernel import Kernel
from clgrad.ops import OPS, maps
from clgrad.runtime import pending, trace
from clgrad.schedule import schedule

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


# -- README: commands, example, tables -----------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        'pip install -e ".[pocl,examples]" && python examples/digits.py --device cl',
        'pip install -e ".[pocl,test]" && pytest -n auto',
    ],
)
def test_commands_stand_verbatim(command: str) -> None:
    assert f"    {command}\n" in README


def test_readme_is_one_screen() -> None:
    """Without the table of benchmarks, which is folded."""
    assert len(re.sub(r"<details>.*?</details>", "", README, flags=re.DOTALL).splitlines()) <= 96


@pytest.mark.parametrize("page", PAGES)
def test_lines_fit(page: str) -> None:
    text = re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL)
    assert all(len(line) <= 120 for line in text.splitlines() if not line.startswith("|"))


def test_example_prints_what_is_shown(device: str) -> None:
    (example,), (shown,) = blocks(README, "python"), blocks(README, "text")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        env={**os.environ, "CLGRAD_DEVICE": device},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == shown


def test_every_environment_variable_is_in_the_table() -> None:
    for setting in config.SETTINGS.values():
        assert f"| `{setting.variable}` | `{setting.default}` |" in README
    (levels,) = (line for line in README.splitlines() if line.startswith("| `DEBUG`"))
    assert re.findall(r"\b(\d) ", levels.split("|")[3]) == ["0", "1", "2", "3", "4"]


def test_every_kind_of_device_name_is_in_the_table() -> None:
    documented = re.findall(r"^\| `([a-z:0-9]+)` \|", README.split("## Devices")[1], re.MULTILINE)
    assert documented == ["auto", "cpu", "cl", "cl:1", "cl:intel", "cuda", "cuda:pycuda"]
    assert clgrad.device.__doc__ is not None
    for name in documented:
        assert f"``{name}``" in clgrad.device.__doc__
        assert name in config.DEVICE.meaning or name == "cl:intel"


class Stand(Device):
    """A device that can only be found."""

    supports = allocate = upload = download = copy = compile = synchronize = None  # type: ignore[assignment]
    allocated = buffers = None  # type: ignore[assignment]

    def __init__(self, name: str, description: str, rank: int | None) -> None:
        self.name, self.description, self.rank = name, description, rank


EMULATOR = Stand("cl:0", "Altera: FPGA emulation device", None)
CPU = Stand("cl:1", "Portable Computing Language: pthread-some processor", 2)
SHARED = Stand("cl:2", "Intel(R) OpenCL Graphics: Iris", 1)
DISCRETE = Stand("cl:3", "NVIDIA CUDA: some card", 0)


def test_devices_are_found_by_the_names_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Device] = [EMULATOR, CPU, SHARED, DISCRETE]
    monkeypatch.setattr(sys.modules["clgrad.device"], "_opencl", lambda: found)  # clgrad.device is the function
    names = {"auto": DISCRETE, "cl": DISCRETE, "cl:1": CPU, "cl:intel": SHARED, "cl:INTEL": SHARED, "cuda": DISCRETE}
    assert {name: clgrad.device(name) for name in names} == names
    assert clgrad.device("cpu").name == "cpu"
    # auto, as devices are taken away: integrated, CPU, numpy; never the emulator.
    for expected in ("cl:2", "cl:1", "cpu"):
        found.pop()
        assert clgrad.device("auto").name == expected
    with pytest.raises(DeviceError, match="cuda"):
        clgrad.device("cuda")


# -- README: what differs from PyTorch -----------------------------------------------------------


def test_lazy(device: str) -> None:
    with trace() as seen:
        x = clgrad.ones(3, requires_grad=True, device=device)
        y = (x * 2).sum()
        y.backward()
        assert not seen.kernels
        assert x.grad is not None
        clgrad.realize(y, x.grad)
        count = len(seen.kernels)
        assert count and y.item() == 6.0 and x.grad.tolist() == [2.0] * 3
    assert len(seen.kernels) == count


def test_values_never_change(device: str) -> None:
    x = clgrad.tensor([1.0, 2.0, 3.0], device=device)
    y, same = x[:2], x
    x[0] = 9.0
    assert y.tolist() == [1.0, 2.0]
    x += 1
    assert same is x and x.tolist() == [10.0, 3.0, 4.0]
    w = clgrad.tensor([2.0], requires_grad=True, device=device)
    loss = (w * w).sum()
    with clgrad.no_grad():
        w.assign(w * 10)
    loss.backward()
    assert w.grad is not None
    assert w.grad.tolist() == [4.0] and w.tolist() == [20.0]


def test_jit_replays_a_training_step_as_one_plan(device: str) -> None:
    def trained(jitted: bool) -> tuple[list[float], list[float]]:
        clgrad.manual_seed(0)
        model = nn.Linear(3, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

        def step(x: Tensor) -> Tensor:
            optimizer.zero_grad()
            loss: Tensor = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
            return loss

        run = clgrad.jit(step) if jitted else step
        losses = [run(clgrad.ones(2, 3) * number).item() for number in range(1, 4)]
        x = clgrad.ones(2, 3).realize()
        with trace() as seen:
            losses.append(run(x).item())
        assert not jitted or (seen.kernels and not seen.plans_made)
        return losses, model.weight.reshape(3).tolist()

    with clgrad.use_device(device):
        plain, replayed = trained(False), trained(True)
    np.testing.assert_allclose(replayed[0], plain[0], rtol=1e-5)
    np.testing.assert_allclose(replayed[1], plain[1], rtol=1e-5)


def test_numpy_of_a_tensor_that_requires_grad_is_a_copy(device: str) -> None:
    x = clgrad.ones(2, requires_grad=True, device=device)
    x.numpy()[0] = 5.0
    assert x.tolist() == [1.0, 1.0]


def test_a_bad_index_is_found_when_it_runs(device: str) -> None:
    picked = clgrad.tensor([1.0, 2.0], device=device)[clgrad.tensor([5], device=device)]
    if device != "cpu":
        picked.realize()
    with pytest.raises(IndexRangeError, match="index 5"):
        picked.numpy()


# -- CONTRIBUTING --------------------------------------------------------------------------------


def kernel_of(tensor: clgrad.Tensor) -> Kernel:
    (step,) = schedule(*pending([tensor.node])).steps
    assert step.kernel is not None
    return step.kernel


def test_the_way_of_tanh_is_the_real_one() -> None:
    example = blocks(CONTRIBUTING, "python")[0]
    with clgrad.use_device("cpu"):
        space = {"clgrad": clgrad}
        exec(example.replace("y.numpy()\n", ""), space)
        x, y = space["x"], space["y"]
        assert isinstance(x, clgrad.Tensor) and isinstance(y, clgrad.Tensor)
        forward = kernel_of(y)
        y.numpy()
        y.sum().backward()
        assert x.grad is not None
        backward = kernel_of(x.grad)
    assert [f"{forward}\n", f"{backward}\n"] == blocks(CONTRIBUTING, "text")
    (function,) = render(forward, SOME_CPU).items
    assert [function] == blocks(CONTRIBUTING, "c")
    assert "lambda g, y, x: g * (1 - y * y)" in (ROOT / "clgrad/ops/maps.py").read_text(encoding="utf-8")


def test_the_new_op_works(device: str) -> None:
    """The row, the method and the samples of the page, put where the page says."""
    _, row, function, samples = blocks(CONTRIBUTING, "python")
    space: dict[str, object] = {}
    # There is one: it makes room for the page's.
    there = [(place, place["atan"]) for place in (OPS, op_samples.MAPS, vars(maps))]
    method = Tensor.atan
    try:
        del OPS["atan"]
        exec(row, vars(maps))
        exec(f"from __future__ import annotations\n{function}", vars(elementwise), space)
        Tensor.atan = space["atan"]  # type: ignore[assignment,method-assign]  # the page's new method
        added = eval(f"{{{samples}}}", vars(op_samples))
        op_samples.MAPS.update(added)
        cases = op_samples.map_cases("atan")
        check([replace(case, name=f"atan {case.name}") for case in cases], device)
        assert clgrad.tensor([1.0], device=device).atan().item() == pytest.approx(np.pi / 4)
    finally:
        for place, one in there:
            place["atan"] = one
        Tensor.atan = method  # type: ignore[method-assign]


def test_reading_order_is_import_order() -> None:
    table = CONTRIBUTING.split("## Reading order")[1].split("Backends stand")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [re.sub(r"\.py$|/$", "", name) for cell in cells for name in re.findall(r"`(.+?)`", cell)]
    assert named == list(dict.fromkeys(name.split(".")[0] for name in ORDER if name))
    for backend in BACKENDS:
        assert any(name.split(".")[0] == backend for name in MODULES)
        assert f"`{backend}" in CONTRIBUTING.split("Backends stand")[1]
    sees = CONTRIBUTING.split("see only")[1].split(":")[0]
    assert re.findall(r"`(\w+)`", sees) == list(SEEN_BY_BACKENDS)


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page: str) -> None:
    text = re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    paths = re.findall(r"`([\w./]+(?:/|\.(?:py|mako|md|toml)))`", text)
    paths += re.findall(r"(?<![\w/])((?:examples|tests)/\w+\.py)", text)
    places = (ROOT, ROOT / "clgrad", ROOT / "clgrad" / "cl", ROOT / "tests")
    missing = [path for path in links + paths if not any((place / path).exists() for place in places)]
    assert not missing
    assert links + paths


def test_names_in_the_contributing_page_exist() -> None:
    """A word in backticks that looks like a function or a class of ours is one."""
    text = re.sub(r"```.*?```", "", CONTRIBUTING, flags=re.DOTALL)
    files = [*(ROOT / "clgrad").rglob("*.py"), *(ROOT / "tests").glob("*.py")]
    known = {path.stem for path in files}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                known.add(node.name)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    known |= {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
                    known |= {part.attr for part in ast.walk(target) if isinstance(part, ast.Attribute)}
            elif isinstance(node, ast.arg):
                known.add(node.arg)
    names = [name for name in re.findall(r"`([A-Za-z_][\w.]*)`", text) if not name.endswith((".py", ".md"))]
    words = {word for name in names for word in name.split(".")}
    suspects = {word for word in words if "_" in word.strip("_") or word.startswith("_") or word[0].isupper()}
    assert suspects - known <= {"DEBUG"}, suspects - known
