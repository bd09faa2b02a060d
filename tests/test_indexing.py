"""Reading and writing by index, in every form that NumPy and PyTorch know, against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from compare import Case, Numpy, check, normal, rng, same

import clgrad
from clgrad.errors import ArgumentError, DtypeError, GradientError, IndexRangeError, ShapeError

Make = Callable[[Any], Any]
Key = Callable[[Make], Any]
"""Builds a key; its argument turns nested lists into the kind of array that is tried."""

BASIC: tuple[tuple[tuple[int, ...], Any], ...] = (
    ((5, 4, 3), 0), ((5, 4, 3), -1), ((5, 4, 3), (2, 3)), ((5, 4, 3), (-5, -4, -3)), ((5, 4, 3), np.int64(2)),
    ((5, 4, 3), slice(1, 4)), ((5, 4, 3), slice(None)), ((5, 4, 3), slice(None, None, 2)), ((5, 4, 3), slice(-2, None)),
    ((5, 4, 3), (slice(None, -1), slice(1, None, 2))), ((5, 4, 3), slice(3, 1)), ((5, 4, 3), slice(10, 20)),
    ((5, 4, 3), slice(-100, 100)), ((5, 4, 3), ...), ((5, 4, 3), (..., 1)), ((5, 4, 3), (0, ..., slice(1, 3))),
    ((5, 4, 3), None), ((5, 4, 3), (None, 1, None)), ((5, 4, 3), (..., None)), ((5, 4, 3), (slice(1, 3), None, ..., 0)),
    ((5, 4, 3), ()), ((), ()), ((), ...), ((), None), ((0, 3), slice(None)), ((0, 3), (..., 1)),
    ((33,), slice(1, None, 3)),
    ((3, 2), True), ((3, 2), False), ((3, 2), (True, 1)), ((), True), ((3, 2), (slice(None), True)),
)  # fmt: skip
BACKWARDS: tuple[tuple[tuple[int, ...], Any], ...] = (
    ((5, 4), slice(None, None, -1)), ((5, 4), (slice(None, None, -2), slice(None, None, -1))),
    ((5, 4), slice(3, 0, -1)), ((5, 4), slice(-1, -4, -2)), ((5, 4), slice(1, 3, -1)),
    ((5, 4), (0, slice(None, 1, -1))),
    ((33,), slice(30, 2, -3)), ((5, 4), slice(100, None, -3)),
)  # fmt: skip
ARRAYS: dict[str, tuple[tuple[int, ...], Key]] = {
    "one": ((5, 4, 3), lambda m: m([4, 0, 0])),
    "negative": ((5, 4, 3), lambda m: m([-1, 2, -5])),
    "matrix": ((5, 4, 3), lambda m: m([[1, 2], [3, 4]])),
    "single": ((5, 4, 3), lambda m: m([2])),
    "in a tuple": ((5, 4, 3), lambda m: (m([1, 3]),)),
    "second dim": ((5, 4, 3), lambda m: (slice(None), m([3, 0, 3]))),
    "last dim": ((5, 4, 3), lambda m: (..., m([2, 0]))),
    "two": ((5, 4, 3), lambda m: (m([0, 1, 4]), m([3, 0, 1]))),
    "two behind": ((5, 4, 3), lambda m: (slice(None), m([0, 1, 3]), m([2, 0, 1]))),
    "three": ((5, 4, 3), lambda m: (m([0, 1]), m([3, 0]), m([2, 2]))),
    "broadcast": ((5, 4, 3), lambda m: (m([[0], [4]]), m([3, 0, 1]))),
    "separated": ((5, 4, 3), lambda m: (m([0, 1]), slice(None), m([2, 2]))),
    "separated and broadcast": ((5, 4, 3), lambda m: (m([[0], [1]]), slice(1, None), m([2, 0, 1]))),
    "with slice": ((5, 4, 3), lambda m: (m([0, 1]), slice(1, 3))),
    "with None": ((5, 4, 3), lambda m: (None, m([0, 1]), None)),
    "separated by None": ((5, 4, 3), lambda m: (m([0, 1]), None, m([2, 3]))),
    "with integer": ((5, 4, 3), lambda m: (1, m([0, 1]))),
    "integer behind": ((5, 4, 3), lambda m: (m([0, 1]), 2)),
    "ellipsis between": ((2, 3, 4, 5), lambda m: (m([0, 1]), ..., m([2, 2]))),
    "middle two": ((2, 3, 4, 5), lambda m: (slice(None), m([0, 2]), m([3, 1]), slice(1, 4))),
    "wide rows": ((5, 33), lambda m: m([4, 4, 1])),
    "reversed": ((5, 8), lambda m: (m([4, 1]), slice(1, 7))),
    "0-d": ((5, 4, 3), lambda m: m(2)),
    "0-d twice": ((5, 4, 3), lambda m: (m(-1), slice(None), m(2))),
    "cut in front": ((5, 4, 3), lambda m: (slice(1, None, 2), m([[1, 2], [3, 0]]))),
    "stepped": ((5, 8), lambda m: (m([4, 1]), slice(1, None, 3))),
}
MASKS: dict[str, tuple[tuple[int, ...], Key]] = {
    "rows": ((3, 4), lambda m: m([True, False, True])),
    "columns": ((3, 4), lambda m: (slice(None), m([True, False, False, True]))),
    "all": ((2, 3), lambda m: m([[True, False, True], [False, False, True]])),
    "front of three": ((2, 3, 4), lambda m: m([[True, False, True], [False, False, True]])),
    "back of three": ((4, 2, 3), lambda m: (..., m([[True, False, True], [False, False, True]]))),
    "none holds": ((3, 4), lambda m: m([False, False, False])),
    "all hold": ((3,), lambda m: m([True, True, True])),
    "with integers": ((3, 4), lambda m: (m([True, False, True]), m([0, 3]))),
    "with integer": ((3, 4), lambda m: (m([True, False, True]), 1)),
    "single": ((3, 4), lambda m: (m(True), 1)),
    "single that does not hold": ((3, 4), lambda m: m(False)),
    "two masks": ((3, 4), lambda m: (m([True, False, True]), m([False, True, True, False]))),
}
KINDS = ("list", "numpy", "tensor")


def maker(kind: str, x: Any) -> Make:
    """Turns nested lists into index arrays of a kind, for x's library."""
    if isinstance(x, torch.Tensor):
        return torch.tensor
    makers: dict[str, Make] = {
        "list": lambda v: v, "numpy": np.array, "tensor": lambda v: clgrad.tensor(v, device=x.device)
    }  # fmt: skip
    return makers[kind]


def read(key: Key, kind: str) -> Callable[[Any], Any]:
    return lambda x: (lambda y: y * y)(x[key(maker(kind, x))])


def write(key: Key, kind: str) -> Callable[[Any, Any], Any]:
    def run(x: Any, value: Any) -> Any:
        y = x * 1
        y[key(maker(kind, x))] = value
        return y * y

    return run


# -- reading -------------------------------------------------------------------------------------


def test_basic(device: str) -> None:
    check(
        [same(f"{shape} {key}", read(lambda m, key=key: key, "list"), normal(*shape)) for shape, key in BASIC], device
    )


def test_negative_steps(device: str) -> None:
    """Torch has no negative steps: numpy says which elements are meant."""

    def reference(shape: tuple[int, ...], key: Any) -> Callable[[Any], Any]:
        places = torch.from_numpy(np.arange(int(np.prod(shape))).reshape(shape)[key].copy())
        return lambda x: x.reshape(-1)[places] ** 2

    check(
        [
            Case(f"{shape} {key}", read(lambda m, key=key: key, "list"), reference(shape, key), (normal(*shape),))
            for shape, key in BACKWARDS
        ],
        device,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_integer_arrays(kind: str, device: str) -> None:
    check([same(name, read(key, kind), normal(*shape)) for name, (shape, key) in ARRAYS.items()], device)


@pytest.mark.parametrize("kind", KINDS)
def test_masks(kind: str, device: str) -> None:
    check([same(name, read(key, kind), normal(*shape)) for name, (shape, key) in MASKS.items()], device)


def test_index_dtypes(device: str) -> None:
    """Every integer dtype is an index; a 200th row needs more than int8 holds."""
    x = normal(200, 2)
    cases = []
    for dtype in ("uint8", "int8", "int16", "int32", "int64"):
        places = np.array([0, 127, 3, 3] if dtype[0] == "u" else [0, 127, -1, -128]).astype(dtype)
        cases.append(Case(dtype, lambda x, i: x[i], lambda x, i: x[i.long()], (x, places)))
    check(cases, device)


def test_computed_masks(device: str) -> None:
    """A mask that is itself a lazy value."""
    check(
        [same("positive", lambda x: x[x > 0] * 2, normal(4, 5)), same("rows", lambda x: x[x.sum(1) > 0], normal(4, 5))],
        device,
    )


def test_nested(device: str) -> None:
    x = normal(5, 6)
    check(
        [
            same("index of an index", lambda x: x[1:][::2][0], x),
            same("array of an array", lambda x, i: x[i][i], x, np.array([3, 1, 0, 2])),
            same("of transposed", lambda x, i: x.T[i].T, x, np.array([3, 1, 0, 2])),
            same("of computed", lambda x, i: (x.exp() + 1)[:, i].sum(0), x, np.array([3, 1, 0, 2])),
            same("added repeats", lambda x, i: (x[i] * x[i]).sum(), x, np.array([1] * 40 + [2])),
            same("iterated", lambda x: sum(row * place for place, row in enumerate(x)), x),
        ],
        device,
    )


# -- writing -------------------------------------------------------------------------------------


def _values(shape: tuple[int, ...]) -> list[tuple[str, Numpy]]:
    """A full value, one that broadcasts along the first and the last dim, and a 0-d one."""
    found = [("full", normal(*shape, seed=5)), ("scalar", normal(seed=6))]
    if len(shape) > 1:
        found += [("row", normal(*shape[1:], seed=7)), ("column", normal(*shape[:-1], 1, seed=8))]
        found.append(("leading one", normal(1, *shape, seed=9)))
    return found


def _writes(shape: tuple[int, ...], key: Key, kind: str, name: str) -> list[Case]:
    place = np.zeros(shape)[key(np.array)].shape if kind != "torch" else ()
    x = normal(*shape, seed=4)
    return [same(f"{name}, {which}", write(key, kind), x, value) for which, value in _values(place)]


def test_write_basic(device: str) -> None:
    cases: list[Case] = []
    for shape, key in BASIC:
        cases += _writes(shape, lambda m, key=key: key, "list", f"{shape} {key}")
    check(cases[::3] if device != "cpu" else cases, device)


def test_write_negative_steps(device: str) -> None:
    def reference(shape: tuple[int, ...], key: Any) -> Callable[[Any, Any], Any]:
        places = torch.from_numpy(np.arange(int(np.prod(shape))).reshape(shape)[key].copy())

        def run(x: Any, value: Any) -> Any:
            y = (x * 1).reshape(-1)
            y[places] = value
            return (y * y).reshape(shape)

        return run

    cases = [
        Case(f"{shape} {key}", write(lambda m, key=key: key, "list"), reference(shape, key), (normal(*shape), normal()))
        for shape, key in BACKWARDS
    ]
    check(cases, device)


@pytest.mark.parametrize("kind", KINDS)
def test_write_integer_arrays(kind: str, device: str) -> None:
    """Full values and rows; which of two writes to one place wins is another test's business."""
    cases = []
    for name, (shape, key) in ARRAYS.items():
        if name in ("one", "second dim", "wide rows", "separated", "ellipsis between", "three"):
            key = _without_repeats(key)
        place = tuple(torch.zeros(shape)[key(torch.tensor)].shape)
        x = normal(*shape, seed=4)
        cases += [same(f"{name}, {which}", write(key, kind), x, value) for which, value in _values(place)[:3]]
    check(cases[KINDS.index(kind) :: 3] if device != "cpu" else cases, device)


def _without_repeats(key: Key) -> Key:
    """The same key with each index array counting up, so that no place is written twice."""

    def count(value: Any) -> Any:
        shape = np.shape(value)
        return np.arange(int(np.prod(shape))).reshape(shape).tolist()

    return lambda m: key(lambda value: m(count(value)))


@pytest.mark.parametrize("kind", KINDS)
def test_write_masks(kind: str, device: str) -> None:
    cases = []
    for name, (shape, key) in MASKS.items():
        place = tuple(torch.zeros(shape)[key(torch.tensor)].shape)
        x = normal(*shape, seed=4)
        cases += [same(f"{name}, {which}", write(key, kind), x, value) for which, value in _values(place)[:2]]
    check(cases[KINDS.index(kind) :: 3] if device != "cpu" else cases, device)


def test_last_write_wins(device: str) -> None:
    x, places = np.zeros((4, 3), np.float32), [2, 0, 2, 2, 0]
    values = np.arange(15, dtype=np.float32).reshape(5, 3)
    wanted = x.copy()
    for place, value in zip(places, values):
        wanted[place] = value
    written = []
    for kind in KINDS:
        y = clgrad.tensor(x, device=device)
        y[maker(kind, y)(places)] = clgrad.tensor(values, device=device)
        written.append(y)
    clgrad.realize(*written)
    for y in written:
        np.testing.assert_array_equal(y.numpy(), wanted)


def test_write_python_values(device: str) -> None:
    """Numbers, lists and numpy arrays are values too; they take the tensor's dtype."""

    def several(x: Any) -> Any:
        y = x * 1
        y[0] = 2
        y[1, 1:] = 0.1  # in float64 it is not what float32 makes of it
        y[2] = [1, 2, 3] if not isinstance(x, torch.Tensor) else torch.tensor([1, 2, 3])
        y[-1] = np.array([4.0, 5.0, 6.0]) if not isinstance(x, torch.Tensor) else torch.tensor([4.0, 5.0, 6.0])
        y[:, 0] += 1
        y[3] *= y[2] * 1
        return y

    cases = [
        same(dtype, several, rng(1).integers(0, 9, (5, 3)).astype(dtype), order=0)
        for dtype in ("int32", "uint8", "int64")
    ]
    check(
        [*cases, same("float32", several, normal(5, 3)), same("float64", several, normal(5, 3, dtype="float64"))],
        device,
    )


def test_writes_in_sequence(device: str) -> None:
    """A value written from itself sees the old elements; earlier results keep theirs."""

    def shifted(x: Any) -> Any:
        y = x * 1
        before = y * 2
        y[1:] = y[:-1] * 1
        y[y > 1] = 0
        y[::2] = y[::2].flip(0)
        return y * y + before

    check([same("shifted", shifted, normal(6, 3)), same("vector", shifted, normal(33))], device)


def test_a_read_is_no_alias(device: str) -> None:
    x = clgrad.zeros(3, 2, device=device)
    row = x[1]
    row[0] = 5
    assert x.tolist() == [[0, 0], [0, 0], [0, 0]]
    assert row.tolist() == [5, 0]


def test_write_to_a_leaf(device: str) -> None:
    x = clgrad.ones(3, device=device, requires_grad=True)
    with pytest.raises(GradientError, match="no_grad"):
        x[0] = 2
    with clgrad.no_grad():
        x[0] = 2
    assert x.tolist() == [2, 1, 1]
    (x * x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [4, 2, 2]


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (3, IndexRangeError),
        (-4, IndexRangeError),
        ((0, 2), IndexRangeError),
        ((0, 0, 0), IndexRangeError),
        ([0, 3], IndexRangeError),
        ([-4], IndexRangeError),
        (np.array([[0], [3]]), IndexRangeError),
        ((slice(None), [2]), IndexRangeError),
        ((..., 0, ...), IndexRangeError),
        ([True, False], IndexRangeError),
        ((slice(None), np.array([True, False, True])), IndexRangeError),
        (([0, 1], [0, 1, 1]), ShapeError),
        (1.5, DtypeError),
        ("a", DtypeError),
        ([0.5], DtypeError),
        (slice(0.5, None), DtypeError),
        (slice(None, None, 0), ArgumentError),
    ],
    ids=str,
)
def test_refused_at_once(key: Any, error: type[Exception]) -> None:
    """Nothing has to run to see that these are wrong; torch and numpy raise the built-in kin of these."""
    x = clgrad.zeros(3, 2, device="cpu")
    with pytest.raises(error, match=r"^\["):
        x[key]
    with pytest.raises(error, match=r"^\["):
        x[key] = 1.0


def test_values_that_do_not_fit() -> None:
    x = clgrad.zeros(3, 2, device="cpu")
    for key, shape in ((0, (3,)), (slice(None), (2, 2)), ([0, 1], (3, 2)), (..., (1, 3, 3))):
        with pytest.raises(ShapeError, match=r"\[setitem\]"):
            x[key] = clgrad.zeros(*shape, device="cpu")
    assert x.tolist() == [[0, 0]] * 3


def _reads(device: str) -> dict[str, Callable[[Any], Any]]:
    x = clgrad.arange(6, device=device).reshape(3, 2)

    def set_rows(i: Any) -> Any:
        y = x * 1
        y[i] = 7
        return y

    return {
        "rows": lambda i: x[i],
        "columns": lambda i: x[:, i - 1],
        "fused": lambda i: (x[i] * 2 + 1).sum(),
        "gather": lambda i: x.gather(0, i.reshape(-1, 1)),
        "one_hot": lambda i: clgrad.one_hot(i, 3),
        "write": set_rows,
    }


@pytest.mark.parametrize("way", ["rows", "columns", "fused", "gather", "one_hot", "write"])
def test_tensor_indices_are_checked_when_read(way: str, device: str) -> None:
    """Out of range raises when the value is read, again when it is read again, and harms nothing else."""
    x = _reads(device)[way]
    good = clgrad.tensor([0, 1, 2, 1], device=device)
    bad = [clgrad.tensor([0, 1, 2, 3], device=device), clgrad.tensor([0, -4, 2, 1], device=device)]
    before = good * 2
    for index in bad:
        result = x(index)
        for _ in range(2):
            with pytest.raises(IndexRangeError, match=r"index -?\d+ is out of range"):
                result.numpy()
        assert before.tolist() == [0, 2, 4, 2]
        assert (good + 1).tolist() == [1, 2, 3, 2]


# -- gather, one_hot, take -----------------------------------------------------------------------


def test_gather(device: str) -> None:
    x = normal(4, 5, 3)
    cases = []
    for dim in (0, 1, 2, -1):
        size = x.shape[dim]
        for shape in ((4, 5, 3), (2, 3, 2), (1, 1, 1)):
            index = rng(dim + 3).integers(0, size, shape)
            cases.append(same(f"{dim} {shape}", lambda x, i, dim=dim: x.gather(dim, i) ** 2, x, index))
    longer = rng(9).integers(0, 4, (9, 5, 3))
    cases += [
        same("longer than x", lambda x, i: x.gather(0, i).tanh(), x, longer),
        same("of computed", lambda x, i: x.log_softmax(1).gather(1, i), normal(6, 5), rng(1).integers(0, 5, (6, 1))),
        same("int32 index", lambda x, i: x.gather(0, i), normal(6), np.array([5, 0], np.int32)),
        same("0-d", lambda x, i: x.gather(0, i) * 2, normal(), np.array(0)),
        same("empty", lambda x, i: x.gather(0, i) * 2, normal(6), np.zeros(0, np.int64)),
    ]
    check(cases, device)
    with pytest.raises(ShapeError, match=r"\[gather\]"):
        clgrad.zeros(2, 3, device=device).gather(1, clgrad.zeros(3, 1, dtype="int64", device=device))
    with pytest.raises(DtypeError, match=r"\[gather\]"):
        clgrad.zeros(2, 3, device=device).gather(1, clgrad.zeros(2, 1, device=device))


def test_one_hot(device: str) -> None:
    from torch.nn.functional import one_hot

    places = rng(0).integers(0, 4, (3, 5))
    check(
        [
            Case("given", lambda i: clgrad.one_hot(i, 6), lambda i: one_hot(i, 6), (places,), order=0),
            Case("found", clgrad.one_hot, one_hot, (places,), order=0),
            Case("0-d", lambda i: clgrad.one_hot(i, 6), lambda i: one_hot(i, 6), (np.array(2),), order=0),
            Case("empty", lambda i: clgrad.one_hot(i, 6), lambda i: one_hot(i, 6), (places[:0],), order=0),
            Case(
                "used",
                lambda x, i: (clgrad.one_hot(i, 6).to("float32") @ x) * 2,
                lambda x, i: (one_hot(i, 6).to(torch.float32) @ x) * 2,
                (normal(6, 3), np.array([5, 0, 0])),
            ),
        ],
        device,
    )


def test_take_of_nothing(device: str) -> None:
    x = clgrad.zeros(0, 3, device=device)
    assert x[[]].shape == (0, 3)
    assert x[clgrad.zeros(0, dtype="int64", device=device)].numpy().shape == (0, 3)
    with pytest.raises(IndexRangeError):
        x[[0]]
    with pytest.raises(IndexRangeError):
        x[clgrad.tensor([0], device=device)].numpy()
    assert clgrad.zeros(5, 0, device=device)[[1, 2]].numpy().shape == (2, 0)
