"""Files of tensors and training checkpoints: what is saved comes back, and what is damaged is refused as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

import clgrad
from clgrad import io, nn, optim
from clgrad.data import DataLoader, TensorDataset
from clgrad.errors import ArgumentError, ClgradError, DtypeError, FileFormatError, ShapeError
from clgrad.nn import StateDictError

DTYPES = [
    "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "bfloat16", "float32",
    "float64", "complex64",
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.safetensors"


# -- tensors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_comes_back_bit_for_bit(path: Path, name: str) -> None:
    dtype = clgrad.tensor([0], dtype=name, device="cpu").dtype
    values = [[0, 1, 1], [1, 0, 1]] if name == "bool" else [[0.0, 1.5, 97.0], [3.14159, 2.71828, 100.0]]
    held = clgrad.tensor(np.array(values), dtype=dtype, device="cpu")
    io.save(path, {"a": held, "scalar": held[0, 1], "empty": held[:0]})
    loaded = io.load(path, device="cpu")
    for key, value in (("a", held), ("scalar", held[0, 1]), ("empty", held[:0])):
        assert (loaded[key].dtype, loaded[key].shape) == (dtype, value.shape)
        assert loaded[key].tolist() == value.tolist()


@pytest.mark.parametrize("name", DTYPES)
def test_the_format_is_that_of_safetensors(path: Path, name: str) -> None:
    values = torch.arange(6).reshape(2, 3).to(getattr(torch, name))
    io.save(path, {"a.b": clgrad.tensor(np.arange(6).reshape(2, 3), dtype=name, device="cpu")})
    assert torch.equal(safetensors.torch.load_file(path)["a.b"], values)
    safetensors.torch.save_file({"a.b": values}, path)
    assert io.load(path, device="cpu")["a.b"].tolist() == values.tolist()


def test_tensors_of_a_device_come_back_there(device: str, path: Path) -> None:
    x = clgrad.arange(6.0, device=device).reshape(2, 3).t() * 2  # not computed yet, not contiguous
    io.save(path, {"x": x, "host": np.arange(3)[::-1]})
    loaded = io.load(path, device=device)
    assert str(loaded["x"].device) == str(clgrad.device(device))
    assert loaded["x"].tolist() == [[0, 6], [2, 8], [4, 10]]
    assert (loaded["host"] + 1).tolist() == [3, 2, 1]


def test_nan_and_infinities_keep_their_bits(path: Path) -> None:
    bits = np.array([0x7FC00001, 0xFFC00000, 0x7F800000, 0xFF800000, 0x80000000, 1], np.uint32)
    io.save(path, {"x": bits.view(np.float32)})
    assert io.load(path, device="cpu")["x"].numpy().view(np.uint32).tolist() == bits.tolist()


def test_nested_state_comes_back_as_it_was(path: Path) -> None:
    state = {
        "model": {"w": np.ones(2, np.float32), "inner": {"b": np.zeros(1)}},
        "state": {0: {"step": np.float32(3)}, 1: {}},
        "groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0, 1], "foreach": None, "nesterov": False}],
        "huge": float("inf"),
        "name": "Ä \u2028",
    }
    io.save(path, state)
    loaded = io.load(path, device="cpu")
    assert loaded["model"]["w"].tolist() == [1.0, 1.0]
    assert loaded["model"]["inner"]["b"].dtype is clgrad.float64
    for key in ("state", "groups", "huge", "name"):
        assert loaded[key] == state[key]
    assert list(loaded) == list(state)
    assert set(safetensors.torch.load_file(path)) == {"model.w", "model.inner.b"}


def test_state_dicts_of_modules_and_optimizers(device: str, path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 1)).to(device)
    optimizer = optim.AdamW(model.parameters(), lr=0.01)
    model(clgrad.ones(2, 3, device=device)).sum().backward()
    optimizer.step()
    io.save(path, {"model": model.state_dict(), "optimizer": optimizer.state_dict()})
    loaded = io.load(path, device=device)
    assert list(loaded["model"]) == list(model.state_dict())
    again = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 1)).to(device)
    again.load_state_dict(loaded["model"])
    other = optim.AdamW(again.parameters())
    other.load_state_dict(loaded["optimizer"])
    assert other.param_groups[0]["lr"] == 0.01
    for one, two in zip(model.parameters(), again.parameters(), strict=True):
        assert one.tolist() == two.tolist()
        assert optimizer.state[one]["exp_avg"].tolist() == other.state[two]["exp_avg"].tolist()


def test_metadata(path: Path) -> None:
    io.save(path, {"x": np.ones(1), "nested": {"y": 1}}, metadata={"made": "today"})
    assert io.metadata(path) == {"made": "today"}
    io.save(path, {"x": np.ones(1)})
    assert io.metadata(path) == {}
    with pytest.raises(ArgumentError, match="must be strings"):
        io.save(path, {}, metadata={"steps": 3})  # type: ignore[dict-item]  # that is the test
    with pytest.raises(FileNotFoundError):
        io.metadata(path.with_name("absent"))
    path.write_bytes(b"no such file")
    with pytest.raises(FileFormatError, match="no whole safetensors file"):
        io.metadata(path)


@pytest.mark.parametrize(("state", "error", "text"), [
    ([np.ones(1)], DtypeError, "type list; it must be a dict"),
    ({"x": object()}, DtypeError, "'x' is of type object"),
    ({"x": {(1, 2): 3}}, DtypeError, r"key \(1, 2\) under 'x'"),
    ({"x": np.ones(1, complex)}, DtypeError, "complex128"),
    ({"a.b": np.ones(1), "a": {"b": np.ones(1)}}, ArgumentError, "two tensors are called 'a.b'"),
    ({"__metadata__": np.ones(1)}, ArgumentError, "__metadata__"),
])  # fmt: skip
def test_what_can_not_be_saved_leaves_no_file(path: Path, state: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        io.save(path, state)
    assert os.listdir(path.parent) == []


# -- damage ---------------------------------------------------------------------------------------


def test_every_truncation_is_refused(path: Path) -> None:
    io.save(path, {"w": np.arange(4.0), "n": {"steps": 7, "v": np.ones(3, np.int8)}})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(FileFormatError, match=r"file\.safetensors"):
            io.load(path, device="cpu")
    path.write_bytes(whole + b"\0")
    with pytest.raises(FileFormatError):
        io.load(path, device="cpu")


@pytest.mark.parametrize("structure", [
    "", "{", '{"dict": 3}', '{"tensor": "other"}', '{"code": []}', '{"dict": [[1]]}', '{"dict": [[[1], 2]]}', "{}",
    '{"list": [' * 5000 + "]}" * 5000,
])  # fmt: skip
def test_a_damaged_structure_is_refused(path: Path, structure: str) -> None:
    safetensors.torch.save_file({"w": torch.ones(1)}, path, {"clgrad.structure": structure})
    with pytest.raises(FileFormatError, match="structure"):
        io.load(path, device="cpu")


def test_bytes_that_are_no_truth_values(path: Path) -> None:
    io.save(path, {"b": np.array([True, False, True])})
    path.write_bytes(path.read_bytes()[:-3] + bytes([2, 0, 255]))
    assert io.load(path, device="cpu")["b"].long().tolist() == [1, 0, 1]


def test_dtypes_that_are_not_here_are_named(path: Path) -> None:
    safetensors.torch.save_file({"w": torch.ones(1).to(torch.float8_e4m3fn)}, path)
    with pytest.raises(FileFormatError, match="'w' is of safetensors' dtype F8_E4M3"):
        io.load(path, device="cpu")


def test_what_the_system_refuses_is_its_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        io.save(path.parent / "no folder" / "x", {"x": np.ones(1)})
    with pytest.raises(FileNotFoundError):
        io.load(path)


def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    io.save(path, {"x": np.ones(1)})

    def refuse(number: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="no space left"):
        io.save(path, {"x": np.zeros(1000)})
    assert os.listdir(path.parent) == [path.name]
    assert io.load(path, device="cpu")["x"].tolist() == [1.0]


def test_who_may_read_a_file_is_as_for_any_new_file(path: Path) -> None:
    io.save(path, {"x": np.ones(1)})
    other = path.with_name("other")
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no links")
def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    io.save(link, {"x": np.ones(1)})
    assert link.is_symlink() and io.load(path, device="cpu")["x"].tolist() == [1.0]


# -- checkpoints ----------------------------------------------------------------------------------


class Decay:
    """A scheduler: the learning rate halves with every step."""

    def __init__(self, optimizer: optim.Optimizer) -> None:
        self.optimizer = optimizer
        self.last_epoch = 0

    def step(self) -> None:
        self.last_epoch += 1
        for group in self.optimizer.param_groups:
            group["lr"] = 0.1 / (1 + self.last_epoch)

    def state_dict(self) -> dict[str, Any]:
        return {"last_epoch": self.last_epoch, "history": [0.1, 0.05]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.last_epoch = state["last_epoch"]


class Run:
    """Everything of a training run; each object anew."""

    def __init__(self, device: str, kind: str, seed: int | None) -> None:
        self.model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3)).to(device)
        makers: dict[str, Any] = {
            "adam": lambda parameters: optim.AdamW(parameters, lr=0.1, weight_decay=0.01),
            "sgd": lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9, nesterov=True),
        }
        self.optimizer = makers[kind](self.model.parameters())
        self.scheduler = Decay(self.optimizer)
        numbers = np.random.default_rng(0)
        data = TensorDataset(numbers.normal(size=(22, 6)).astype(np.float32), numbers.integers(0, 3, 22))
        self.loader = DataLoader(data, batch_size=4, shuffle=True, seed=seed, device=device)
        self.batches = iter(())
        self.device = device

    def parts(self) -> dict[str, Any]:
        return {
            "model": self.model, "optimizer": self.optimizer, "scheduler": self.scheduler, "loader": self.loader
        }  # fmt: skip

    def steps(self, count: int) -> list[str]:
        """Train; give the losses' bits."""
        losses = []
        for _ in range(count):
            batch = next(self.batches, None)
            if batch is None:
                self.batches = iter(self.loader)
                self.scheduler.step()
                batch = next(self.batches)
            inputs, labels = batch
            loss = nn.CrossEntropyLoss()(self.model(inputs), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item().hex())
        return losses


@pytest.mark.parametrize("kind", ["adam", "sgd"])
@pytest.mark.parametrize("seed", [None, 5])
@pytest.mark.parametrize("count", [6, 8], ids=["after an epoch", "within an epoch"])
def test_a_resumed_run_is_the_same_bit_for_bit(
    device: str, path: Path, kind: str, seed: int | None, count: int
) -> None:
    clgrad.manual_seed(1)
    run = Run(device, kind, seed)
    run.steps(count)
    io.save_checkpoint(path, **run.parts(), step=count, note="half")
    wanted = run.steps(count)

    clgrad.manual_seed(99)
    resumed = Run(device, kind, seed)
    resumed.steps(3)
    assert io.load_checkpoint(path, **resumed.parts()) == {"step": count, "note": "half"}
    # Within an epoch the scheduler has had its step.
    resumed.batches = iter(resumed.loader) if "entropy" in resumed.loader.state_dict() else iter(())
    assert resumed.steps(count) == wanted
    for one, two in zip(run.model.parameters(), resumed.model.parameters(), strict=True):
        assert one.numpy().tobytes() == two.numpy().tobytes()


PROCESS = """
import sys
sys.path.insert(0, {tests!r})
import clgrad
from test_io import Run
from clgrad import io
clgrad.manual_seed(7)
run = Run("cpu", "adam", None)
io.load_checkpoint({path!r}, **run.parts())
run.batches = iter(run.loader)
print(*run.steps(5))
"""


def test_a_fresh_process_goes_on_bit_for_bit(path: Path) -> None:
    run = Run("cpu", "adam", None)
    run.steps(8)
    io.save_checkpoint(path, **run.parts())
    code = PROCESS.format(tests=str(Path(__file__).parent), path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == run.steps(5)


def snapshot(run: Run) -> dict[str, Any]:
    return {
        "model": {name: value.tolist() for name, value in run.model.state_dict().items()},
        "groups": run.optimizer.state_dict()["param_groups"],
        "moments": {
            index: {name: value.tolist() for name, value in entries.items()}
            for index, entries in run.optimizer.state_dict()["state"].items()
        },
        "scheduler": run.scheduler.state_dict(),
        "loader": run.loader.state_dict(),
        "random": clgrad.random.get_state(),
    }


def test_a_checkpoint_of_another_model_changes_nothing(path: Path) -> None:
    other = nn.Sequential(nn.Linear(6, 9), nn.ReLU(), nn.Linear(9, 3))
    io.save_checkpoint(path, model=other)
    run = Run("cpu", "adam", None)
    run.steps(3)
    before = snapshot(run)
    with pytest.raises(StateDictError) as caught:
        io.load_checkpoint(path, model=run.model)
    for fault in (
        "shape: 0.weight is (9, 6) in the state and (8, 6) in the module",
        "shape: 0.bias is (9,) in the state and (8,) in the module",
        "missing: 3.weight",
        "missing: 3.bias",
        "unexpected: 2.weight",
        "unexpected: 2.bias",
    ):
        assert fault in str(caught.value)
    assert snapshot(run) == before


def test_a_state_that_does_not_fit_takes_back_what_was_loaded(path: Path) -> None:
    """The model fits, the optimizer does not: the model is as it was."""
    run, other = Run("cpu", "adam", None), Run("cpu", "sgd", None)
    other.steps(4)
    io.save_checkpoint(path, **other.parts())
    run.steps(3)
    before = snapshot(run)
    with pytest.raises((ArgumentError, ShapeError)):
        io.load_checkpoint(path, **run.parts())
    assert snapshot(run) == before


@pytest.mark.parametrize("damage", [
    {"random": None}, {"random": (1,)}, {"random": "ab"}, {"extra": [1, 2]}, {"model": [1]}, {"loader": 3},
    {"optimizer": {}}, {"optimizer": {"state": {}, "param_groups": [{}]}}, {"loader": {}},
    {"loader": {"epoch": 0, "batch": -4}}, {"loader": {"epoch": "last", "batch": 0}},
    {"loader": {"epoch": 0, "batch": 99, "batch_size": 4, "samples": 22, "entropy": [1]}},
    {"loader": {"epoch": 0, "batch": 1, "batch_size": 4, "samples": 22, "entropy": "ab"}},
], ids=str)  # fmt: skip
def test_a_checkpoint_with_other_things_in_it_changes_nothing(path: Path, damage: dict[str, Any]) -> None:
    run = Run("cpu", "adam", None)
    run.steps(2)
    io.save_checkpoint(path, **run.parts())
    io.save(path, {**io.load(path, device="cpu"), **damage})
    run.steps(2)
    before = snapshot(run)
    with pytest.raises((FileFormatError, ArgumentError), match=r"\[load_(checkpoint|state_dict)\]"):
        io.load_checkpoint(path, **run.parts())
    assert snapshot(run) == before


def test_parts_of_a_checkpoint(path: Path) -> None:
    run = Run("cpu", "adam", None)
    run.steps(2)
    io.save_checkpoint(path, model=run.model)
    io.load_checkpoint(path, model=Run("cpu", "adam", None).model)
    with pytest.raises(ArgumentError, match="holds model, but no optimizer"):
        io.load_checkpoint(path, model=run.model, optimizer=run.optimizer)
    with pytest.raises(ArgumentError, match="numbers and strings"):
        io.save_checkpoint(path, tensor=clgrad.ones(1))  # type: ignore[arg-type]  # that is the test
    io.save(path, {"model": run.model.state_dict()})
    with pytest.raises(FileFormatError, match="no checkpoint"):
        io.load_checkpoint(path, model=run.model)
    assert issubclass(FileFormatError, ValueError) and issubclass(FileFormatError, ClgradError)


def test_reading_needs_no_safetensors_at_import() -> None:
    code = "import clgrad, sys; print(*{'safetensors', 'PIL', 'tqdm', 'zipfile', 'pickletools'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [], done.stderr
