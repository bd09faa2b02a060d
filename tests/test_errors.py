"""Bad input: the error's class, that its text names the op and the values, and that the library works afterwards."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import Tensor, errors, runtime
from clgrad.errors import (
    AllocationError,
    ArgumentError,
    ClgradError,
    CompileError,
    DtypeError,
    GradientError,
    IndexRangeError,
    ShapeError,
)
from clgrad.nn import functional as F
from clgrad.ops import OPS, maps


@pytest.fixture(autouse=True)
def _works_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    names = [request.getfixturevalue("device")] if "device" in request.fixturenames else ["cpu"]
    for name in names:
        x = clgrad.tensor([[1.0, 2.0], [3.0, 4.0]], device=name, requires_grad=True)
        loss = (x @ x + x[clgrad.tensor([1, 0], device=name)]).softmax(1).log().sum()
        loss.backward()
        assert x.grad is not None and np.isfinite(x.grad.numpy()).all() and np.isfinite(loss.item())


def f(*shape: int, device: str = "cpu") -> Tensor:
    return clgrad.zeros(shape, device=device)


def i(*values: int) -> Tensor:
    return clgrad.tensor(list(values), device="cpu")


REFUSED: dict[str, tuple[type[ClgradError], list[Any], Callable[[], Any]]] = {
    # Shapes
    "add": (ShapeError, ["(2, 3)", "(4,)"], lambda: f(2, 3) + f(4)),
    "where": (ShapeError, ["(2,)", "(3,)"], lambda: clgrad.where(f(2) > 0, f(3), 0.0)),
    "matmul": (ShapeError, ["(2, 3)", "(4, 5)"], lambda: f(2, 3) @ f(4, 5)),
    "matmul of a vector": (ShapeError, ["(3,)", "(4,)"], lambda: f(3) @ f(4)),
    "matmul of batches": (ShapeError, ["2", "3"], lambda: f(2, 4, 4) @ f(3, 4, 4)),
    "matmul of a number": (ShapeError, ["()", "(2, 2)"], lambda: f() @ f(2, 2)),
    "reshape": (ShapeError, ["(2, 3)", "6", "(4, 2)", "8"], lambda: f(2, 3).reshape(4, 2)),
    "reshape, uneven": (ShapeError, ["(2, 3)", "-1"], lambda: f(2, 3).reshape(4, -1)),
    "reshape, two unknown": (ShapeError, ["-1"], lambda: f(2, 3).reshape(-1, -1)),
    "reshape, negative": (ShapeError, ["-2"], lambda: f(2, 3).reshape(-2, -3)),
    "reshape, not integers": (ShapeError, ["2.0"], lambda: f(2, 3).reshape(2.0, 3)),
    "reshape of nothing": (ShapeError, ["(0, 3)"], lambda: f(0, 3).reshape(0, -1)),
    "expand": (ShapeError, ["(2, 3)", "(4, 3)"], lambda: f(2, 3).expand(4, 3)),
    "expand, fewer dims": (ShapeError, ["(2, 3)", "(3,)"], lambda: f(2, 3).expand(3)),
    "expand, -1 for a new dim": (ShapeError, ["(3,)", "(-1, 3)"], lambda: f(3).expand(-1, 3)),
    "permute": (ShapeError, ["(0, 0)"], lambda: f(2, 3).permute(0, 0)),
    "permute, too few": (ShapeError, ["(2, 3)"], lambda: f(2, 3).permute(0)),
    "transpose": (ShapeError, ["2", "-2 ... 1"], lambda: f(2, 3).transpose(0, 2)),
    "mT": (ShapeError, ["(2,)"], lambda: f(2).mT),
    "sum": (ShapeError, ["2", "-2 ... 1"], lambda: f(2, 3).sum(2)),
    "sum, twice": (ShapeError, ["(1, -1)"], lambda: f(2, 3).sum((1, -1))),
    "sum, not an integer": (ShapeError, ["1.5"], lambda: f(2, 3).sum(1.5)),  # type: ignore[arg-type]
    "amax": (ShapeError, ["(0, 3)"], lambda: f(0, 3).amax(0)),
    "argmax": (ShapeError, ["(0, 3)"], lambda: f(0, 3).argmax(0)),
    "softmax": (ShapeError, ["3"], lambda: f(2, 3).softmax(3)),
    "unsqueeze": (ShapeError, ["4"], lambda: f(2, 3).unsqueeze(4)),
    "squeeze": (ShapeError, ["2"], lambda: f(2, 3).squeeze(2)),
    "flatten": (ShapeError, ["1", "0"], lambda: f(2, 3).flatten(1, 0)),
    "flip": (ShapeError, ["5"], lambda: f(2, 3).flip(5)),
    "pad": (ShapeError, ["(1, 2, 3)"], lambda: f(2, 3).pad((1, 2, 3))),
    "pad, too many": (ShapeError, ["(1, 1, 1, 1)"], lambda: f(2).pad((1, 1, 1, 1))),
    "pad, cut too much": (ShapeError, ["(-2, -2)", "(3,)"], lambda: f(3).pad((-2, -2))),
    "cat": (ShapeError, ["(2, 3)", "(2, 4)"], lambda: clgrad.cat([f(2, 3), f(2, 4)])),
    "cat, dims": (ShapeError, ["(2, 3)", "(3,)"], lambda: clgrad.cat([f(2, 3), f(3)])),
    "stack": (ShapeError, ["(2,)", "(3,)"], lambda: clgrad.stack([f(2), f(3)])),
    "split": (ArgumentError, ["[2, 3]", "6"], lambda: f(6).split([2, 3])),
    "gather": (ShapeError, ["(2, 3)", "(2,)"], lambda: f(2, 3).gather(1, i(0, 1))),
    "item": (ShapeError, ["(2, 3)", "6"], lambda: f(2, 3).item()),
    "bool": (ShapeError, ["(2,)", ".any()"], lambda: bool(f(2))),
    "zeros": (ShapeError, ["-1"], lambda: f(-1)),
    "zeros, not integers": (ShapeError, ["2.5"], lambda: f(2.5)),  # type: ignore[arg-type]
    "tensor": (ShapeError, ["different lengths"], lambda: clgrad.tensor([[1, 2], [3]])),
    "assign": (ShapeError, ["(2,)", "(3,)"], lambda: f(3).assign(f(2))),
    "setitem": (ShapeError, ["(2,)"], lambda: f(3).__setitem__(slice(None), f(2))),
    "cross_entropy": (ShapeError, ["(3,)", "(2, 5)"], lambda: F.cross_entropy(f(2, 5), i(0, 1, 2))),
    "linear": (ShapeError, ["(2, 3)", "(5, 4)"], lambda: F.linear(f(2, 3), f(5, 4))),
    # Indices
    "index": (IndexRangeError, ["3", "0", "3"], lambda: f(3, 2)[3]),
    "index, negative": (IndexRangeError, ["-4"], lambda: f(3)[-4]),
    "index, too many": (IndexRangeError, ["3", "(3, 2)"], lambda: f(3, 2)[0, 0, 0]),
    "index, of a 0-d tensor": (IndexRangeError, ["()"], lambda: f()[0]),
    "index, two ellipses": (IndexRangeError, ["ellipsis"], lambda: f(3, 2)[..., ...]),
    "index, a list": (IndexRangeError, ["7", "3"], lambda: f(3)[[0, 7]]),
    "index, an array": (IndexRangeError, ["-9", "3"], lambda: f(3)[np.array([-9])]),
    "index, a mask": (IndexRangeError, ["(2,)", "(3,)"], lambda: f(3)[clgrad.tensor([True, False], device="cpu")]),
    # Dtypes
    "index, a float": (DtypeError, ["1.5"], lambda: f(3)[1.5]),
    "index, a float tensor": (DtypeError, ["float32"], lambda: f(3)[f(2)]),
    "index, text": (DtypeError, ["'a'"], lambda: f(3)["a"]),
    "matmul, dtypes": (DtypeError, ["float32", "int64"], lambda: f(2, 2) @ i(1, 2)),
    "matmul, bool": (DtypeError, ["bool"], lambda: (f(2, 2) > 0) @ (f(2, 2) > 0)),
    "mean": (DtypeError, ["int64"], lambda: i(1, 2).mean()),
    "and": (DtypeError, ["float32"], lambda: f(2) & f(2)),
    "invert": (DtypeError, ["float32"], lambda: ~f(2)),
    "neg": (DtypeError, ["bool"], lambda: -(f(2) > 0)),
    "sub": (DtypeError, ["bool"], lambda: (f(2) > 0) - (f(2) > 0)),
    "where, condition": (DtypeError, ["float32"], lambda: clgrad.where(f(2), f(2), f(2))),
    "promotion": (DtypeError, ["uint16", "int32"], lambda: i(1).to("uint16") + i(1).to("int32")),
    "dtype": (DtypeError, ["'float31'", "float32"], lambda: f(2).to(dtype="float31")),
    "dtype, complex": (DtypeError, ["complex64", ".abs()"], lambda: clgrad.tensor(np.zeros(2, np.complex64)) < 1),
    "tensor of text": (DtypeError, ["<U3"], lambda: clgrad.tensor(["abc"])),
    "tensor of None": (DtypeError, ["None"], lambda: clgrad.tensor(None)),
    "tensor of objects": (DtypeError, ["dict"], lambda: clgrad.tensor({"a": 1})),
    "from_numpy": (DtypeError, ["list"], lambda: clgrad.from_numpy([1])),  # type: ignore[arg-type]
    "len": (DtypeError, ["0-d"], lambda: len(f())),
    "randn": (DtypeError, ["int32"], lambda: clgrad.randn(2, dtype="int32")),
    "requires_grad_": (DtypeError, ["int64"], lambda: i(1).requires_grad_()),
    "cross_entropy, target": (DtypeError, ["float32"], lambda: F.cross_entropy(f(2, 5), f(2))),
    "check_index": (DtypeError, ["float32"], lambda: f(2).check_index(3, "check_index")),
    # Arguments
    "pad, mode": (ArgumentError, ["'mirror'"], lambda: f(3).pad((1, 1), mode="mirror")),
    "clamp": (ArgumentError, ["None"], lambda: f(3).clamp()),
    "gelu": (ArgumentError, ["'exact'"], lambda: f(3).gelu(approximate="exact")),
    "arange": (ArgumentError, ["0"], lambda: clgrad.arange(0, 3, 0)),
    "arange, direction": (ArgumentError, ["-1"], lambda: clgrad.arange(0, 3, -1)),
    "arange, infinite": (ArgumentError, ["inf"], lambda: clgrad.arange(float("inf"))),
    "linspace": (ArgumentError, ["-1"], lambda: clgrad.linspace(0, 1, -1)),
    "randint": (ArgumentError, ["5", "5"], lambda: clgrad.randint(5, 5, (2,))),
    "cat of nothing": (ArgumentError, ["no tensors"], lambda: clgrad.cat([])),
    "chunk": (ArgumentError, ["0"], lambda: f(3).chunk(0)),
    "split, size": (ArgumentError, ["0"], lambda: f(3).split(0)),
    "reduction": (ArgumentError, ["'median'"], lambda: F.mse_loss(f(2), f(2), reduction="median")),
    "slice": (ArgumentError, ["0"], lambda: f(3)[::0]),
}

BUILT_IN = {
    ShapeError: ValueError,
    IndexRangeError: IndexError,
    DtypeError: TypeError,
    ArgumentError: ValueError,
    GradientError: RuntimeError,
    errors.DeviceError: RuntimeError,
    errors.DeviceTimeoutError: TimeoutError,
    CompileError: RuntimeError,
    AllocationError: MemoryError,
    errors.DependencyError: ImportError,
    errors.JitError: RuntimeError,
    errors.LinearAlgebraError: RuntimeError,
    errors.FileFormatError: ValueError,
    errors.DatasetError: FileNotFoundError,
    errors.WorkerError: RuntimeError,
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input(name: str) -> None:
    kind, said, call = REFUSED[name]
    with pytest.raises(ClgradError) as caught:
        call()
    text = str(caught.value)
    assert type(caught.value) is kind, f"{type(caught.value).__name__}: {text}"
    assert isinstance(caught.value, BUILT_IN[kind])
    assert re.match(r"\[[\w. ,]+\] \S", text), f"an error starts with [op]: {text}"
    for part in said:
        assert str(part) in text, f"{part} is not named in: {text}"
    assert "\n" not in text and "/" not in text.replace("/etc", ""), "one line, no path"


def test_every_error_class_is_a_built_in_too() -> None:
    ours = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, ClgradError)}
    assert ours == {ClgradError, *BUILT_IN}
    for one, built_in in BUILT_IN.items():
        assert issubclass(one, built_in) and one.__doc__


@pytest.mark.parametrize("operation", ["+", "-", "*", "/", "@", "<", "&"])
@pytest.mark.parametrize("other", [None, "text", {"a": 1}, object()], ids=["None", "str", "dict", "object"])
def test_operators_with_strangers(operation: str, other: Any) -> None:
    """Python's own TypeError, or ours, which is one."""
    x = clgrad.ones(2, device="cpu")
    with pytest.raises(TypeError):
        eval(f"x {operation} other", {"x": x, "other": other})
    if operation not in "<&":
        with pytest.raises(TypeError):
            eval(f"other {operation} x", {"x": x, "other": other})


def test_equality_with_strangers_is_false_not_an_error() -> None:
    x = clgrad.ones(2, device="cpu")
    assert (x == None) is False and (x != None) is True  # noqa: E711  # this is what is tested
    assert (x == "a") is False


# Indices found out of range while a kernel runs


def test_a_bad_index_on_the_device(device: str) -> None:
    x = clgrad.arange(12, device=device).reshape(4, 3)
    cases: list[tuple[Tensor, str]] = [
        (x[clgrad.tensor([0, 4], device=device)], r"^\[index, dim 0\] index 4 is out of range for 4 entries"),
        (
            x[clgrad.tensor([0] * 20 + [-9] + [0] * 20, device=device)],
            r"^\[index, dim 0\] index -9 is out of range for 4 entries; indices lie in -4 \.\.\. 3$",
        ),
        (
            x.index_select(0, clgrad.tensor([-1], device=device)),
            r"^\[index_select\] index -1 is out of range for 4 entries; indices lie in 0 \.\.\. 3$",
        ),
        (x[:, clgrad.tensor([3], device=device)], r"^\[index, dim 1\] index 3 is out of range for 3 entries"),
        (x.gather(1, clgrad.tensor([[7]], device=device)), r"^\[gather.*7 is out of range"),
        (clgrad.one_hot(clgrad.tensor([2], device=device), 2), r"^\[one_hot\] index 2 is out of range for 2"),
        (
            F.cross_entropy(clgrad.zeros(2, 3, device=device), clgrad.tensor([0, 3], device=device)),
            r"^\[cross_entropy target\] index 3 is out of range for 3 entries; indices lie in 0 \.\.\. 2",
        ),
    ]
    for value, message in cases:
        with pytest.raises(IndexRangeError, match=message):
            value.numpy()
        with pytest.raises(IndexRangeError):
            (value + 1).numpy()
        assert x.tolist() == np.arange(12).reshape(4, 3).tolist()


def test_a_bad_index_in_a_write(device: str) -> None:
    x = clgrad.zeros(3, device=device)
    before = x.detach()
    x[clgrad.tensor([5], device=device)] = 1.0
    with pytest.raises(IndexRangeError, match="index 5"):
        x.numpy()
    assert before.tolist() == [0.0, 0.0, 0.0]


def test_one_bad_batch_does_not_spoil_the_next(device: str) -> None:
    w = clgrad.zeros(3, 4, device=device, requires_grad=True)
    x = clgrad.ones(2, 3, device=device)
    losses = []
    for label in (1, 9, 2):
        target = clgrad.tensor([0, label], device=device)
        loss = F.cross_entropy(x @ w, target)
        if label == 9:
            with pytest.raises(IndexRangeError, match="cross_entropy target"):
                loss.item()
        else:
            losses.append(loss.item())
    assert losses == pytest.approx([np.log(4)] * 2)


# A kernel that does not build


@pytest.fixture
def broken_exp(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The op table with a row whose C is wrong."""
    replacement = replace(maps.exp, c="no_such_value * {0}", native="")
    monkeypatch.setattr(maps, "exp", replacement)
    monkeypatch.setitem(OPS, "exp", replacement)
    runtime.clear_plans()
    yield
    runtime.clear_plans()


def test_a_compile_error_holds_source_and_log(broken_exp: None) -> None:
    others = [one for one in clgrad.devices() if one.name != "cpu"]
    if not others:
        pytest.skip("no OpenCL device here")
    (device, *_) = others
    x = clgrad.tensor([1.0] * 5, device=device)
    with pytest.raises(CompileError) as caught:
        x.exp().numpy()
    text = str(caught.value)
    assert text.startswith(f"[{device.name}] ") and device.description in text
    numbered = re.findall(r"^ *(\d+) (.*)$", text, re.MULTILINE)
    lines = [line for _, line in numbered if "no_such_value" in line]
    assert lines, "the source is there"
    assert [int(number) for number, _ in numbered[:5]] == [1, 2, 3, 4, 5], "and numbered"
    assert len(re.findall("no_such_value", text)) > len(lines), "and so is the compiler's log"
    with pytest.raises(CompileError):
        x.exp().numpy()
    assert (x * 2).tolist() == [2.0] * 5


# Memory


def test_an_allocation_that_is_too_big(device: str) -> None:
    """A buffer of 16 terabytes; nothing is computed before it is asked for."""
    gc.collect()  # what earlier tests left may not vanish in between
    found = clgrad.device(device)
    held = clgrad.ones(1000, device=device).realize() * 2
    held.realize()
    before = found.allocated
    big = clgrad.zeros(2**21, 2**21, device=device) + clgrad.arange(2**21, device=device)
    for _ in range(2):
        with pytest.raises(AllocationError) as caught:
            big.realize()
        text = str(caught.value)
        assert text.startswith(f"[{found.name}] ")
        assert f"{2**44:,} bytes" in text, f"what was asked: {text}"
        assert "free" in text and ("held" in text or "hold" in text), text
        assert f"{before:,}" in text, f"what is held: {text}"
    corner = big[3, 5]
    del big, caught  # a caught error holds the frames it came through
    assert corner.item() == 5.0, "an element of what nobody holds needs no buffer"
    assert held.sum().item() == 2000.0
    del corner
    assert found.allocated == before


def test_host_data_that_is_too_big_is_numpys_own_error() -> None:
    with pytest.raises((MemoryError, ValueError)):
        clgrad.zeros(2**62, device="cpu").numpy()


# Dtypes that a device lacks


def test_a_dtype_that_a_device_lacks(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x = clgrad.ones(2, device=device)
    monkeypatch.setattr(type(x.device), "supports", lambda self, dtype: dtype is not clgrad.float64)
    calls: list[Callable[[], Any]] = [
        lambda: x.to(clgrad.float64),
        lambda: clgrad.zeros(2, dtype=clgrad.float64, device=device),
        lambda: clgrad.tensor([1.0], dtype="float64", device=device),
        lambda: clgrad.rand(2, dtype="float64", device=device),
    ]
    for call in calls:
        with pytest.raises(DtypeError) as caught:
            call()
        text = str(caught.value)
        assert text.startswith("[") and device in text and clgrad.device(device).description in text
        assert "float64" in text and ".to(" in text


@pytest.mark.parametrize("dtype", ["float64"])
def test_other_floats_work_or_are_refused_by_name(device: str, dtype: str) -> None:
    found = clgrad.device(device)
    x = clgrad.tensor([1.5, 2.5], device=device)
    if found.supports(clgrad.zeros(1, device="cpu", dtype=dtype).dtype):
        assert (x.to(dtype) * 2).numpy().dtype == np.dtype(dtype)
        return
    with pytest.raises(DtypeError, match=rf"^\[cast\] device {device} .*{dtype}"):
        x.to(dtype)
    with pytest.raises(DtypeError, match=dtype):
        clgrad.tensor(np.zeros(2, dtype), device=device)
    with pytest.raises(DtypeError, match=dtype):
        clgrad.from_numpy(np.zeros(2, dtype), device=device)


def test_a_dtype_is_refused_before_a_transfer() -> None:
    """A tensor of a dtype that the other device lacks does not arrive there."""
    for found in clgrad.devices():
        x = clgrad.zeros(2, device="cpu", dtype="float64")
        if not found.supports(x.dtype):
            with pytest.raises(DtypeError, match=f"float64.*|{found.name}"):
                x.to(found)
            assert x.to(device=found, dtype="float32").tolist() == [0.0, 0.0] if found.name == "cpu" else True
