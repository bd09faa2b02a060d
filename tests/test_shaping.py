"""Joining, cutting, turning and writing by index: what is refused, what happens in place, and what it costs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from compare import Case, check, normal, rng, same

import clgrad
from clgrad.errors import (
    ArgumentError,
    ClgradError,
    DeviceError,
    DtypeError,
    GradientError,
    IndexRangeError,
    ShapeError,
)
from clgrad.nn import functional as F
from clgrad.runtime import trace


def f(*shape: int) -> Any:
    return clgrad.zeros(shape, device="cpu")


def i(*values: int) -> Any:
    return clgrad.tensor(list(values), dtype="int64", device="cpu")


REFUSED: dict[str, tuple[type[ClgradError], str, Callable[[], Any]]] = {
    "cat of nothing": (ArgumentError, "cat", lambda: clgrad.cat([])),
    "cat of other shapes": (ShapeError, r"\(2, 3\) and \(2, 4\)", lambda: clgrad.cat([f(2, 3), f(2, 4)])),
    "cat of other ndim": (ShapeError, "cat", lambda: clgrad.cat([f(2, 3), f(2)])),
    "cat of numbers": (ShapeError, "cat", lambda: clgrad.cat([f(), f()])),
    "cat along no dim": (ShapeError, "dim 2", lambda: clgrad.cat([f(2, 3)], 2)),
    "stack of other shapes": (ShapeError, "stack", lambda: clgrad.stack([f(2), f(3)])),
    "stack of nothing": (ArgumentError, "stack", lambda: clgrad.stack([])),
    "block_diag": (ShapeError, "block_diag", lambda: clgrad.block_diag(f(1, 2, 3))),
    "split by zero": (ArgumentError, "split", lambda: f(4).split(0)),
    "split sections": (ArgumentError, r"\[1, 2\]", lambda: f(4).split([1, 2])),
    "split a number": (ShapeError, "split", lambda: f().split(1)),
    "chunk": (ArgumentError, "chunk", lambda: f(4).chunk(0)),
    "tensor_split": (ArgumentError, "tensor_split", lambda: f(4).tensor_split(0)),
    "hsplit": (ArgumentError, "hsplit", lambda: f(2, 5).hsplit(2)),
    "vsplit": (ShapeError, "vsplit", lambda: f(4).vsplit(2)),
    "unflatten": (ShapeError, "unflatten", lambda: f(6).unflatten(0, (4, -1))),
    "movedim": (ShapeError, "movedim", lambda: f(2, 3).movedim((0, 0), (0, 1))),
    "t": (ShapeError, "t", lambda: f(2, 3, 4).t()),
    "H": (ShapeError, "H", lambda: f(2, 3, 4).H),
    "fliplr": (ShapeError, "fliplr", lambda: f(2).fliplr()),
    "roll": (ArgumentError, "roll", lambda: f(2, 3).roll((1, 2), 0)),
    "rot90": (ShapeError, "rot90", lambda: f(2, 3).rot90(1, (0, 0))),
    "repeat": (ShapeError, "repeat", lambda: f(2, 3).repeat(2)),
    "repeat_interleave": (ArgumentError, "negative", lambda: f(2).repeat_interleave(-1)),
    "repeat_interleave by other": (ShapeError, "3 repeats for 2", lambda: f(2).repeat_interleave(i(1, 2, 3), 0)),
    "repeat_interleave by negative": (ArgumentError, "-2", lambda: f(2).repeat_interleave(i(1, -2), 0)),
    "output_size": (ShapeError, "output_size", lambda: f(2).repeat_interleave(2, output_size=5)),
    "narrow": (ShapeError, "narrow", lambda: f(4).narrow(0, 3, 2)),
    "select": (ShapeError, "select", lambda: f(4).select(0, 4)),
    "unfold": (ShapeError, "unfold", lambda: f(4).unfold(0, 5, 1)),
    "unfold without a step": (ShapeError, "unfold", lambda: f(4).unfold(0, 2, 0)),
    "as_strided": (ShapeError, "element 6", lambda: f(6).as_strided((4,), (2,))),
    "as_strided backwards": (ShapeError, "negative", lambda: f(6).as_strided((2,), (-1,))),
    "diagonal": (ShapeError, "diagonal", lambda: f(3, 3).diagonal(0, 1, 1)),
    "diag": (ShapeError, "diag", lambda: f(2, 2, 2).diag()),
    "diagonal_scatter": (ShapeError, r"\(2,\)", lambda: f(3, 3).diagonal_scatter(f(2))),
    "tril": (ShapeError, "tril", lambda: f(3).tril()),
    "trace": (ShapeError, "trace", lambda: f(3).trace()),
    "tril_indices": (ShapeError, "tril_indices", lambda: clgrad.tril_indices(-1, 2)),
    "meshgrid": (ArgumentError, "'ji'", lambda: clgrad.meshgrid(f(2), indexing="ji")),
    "meshgrid of matrices": (ShapeError, "meshgrid", lambda: clgrad.meshgrid(f(2, 2), indexing="ij")),
    "meshgrid of dtypes": (DtypeError, "meshgrid", lambda: clgrad.meshgrid(f(2), i(1), indexing="ij")),
    "combinations": (ShapeError, "combinations", lambda: clgrad.combinations(f(2, 2))),
    "vander": (ShapeError, "vander", lambda: clgrad.vander(f(2, 2))),
    "unravel_index": (DtypeError, "unravel_index", lambda: clgrad.unravel_index(f(2), (2, 2))),
    "broadcast_tensors": (ShapeError, "broadcast_tensors", lambda: clgrad.broadcast_tensors(f(2), f(3))),
    "broadcast_shapes": (ShapeError, "broadcast_shapes", lambda: clgrad.broadcast_shapes((2,), (3,))),
    "pad": (ShapeError, "pad", lambda: F.pad(f(3), (3, 0), mode="reflect")),
    "view of bool": (DtypeError, "bool", lambda: (f(4) > 0).view("uint8")),
    "view, uneven": (ShapeError, "whole elements", lambda: f(3).view("float64")),
    "new_full": (ShapeError, "-1", lambda: f(3).new_zeros(-1)),
    "gather, dims": (ShapeError, "gather", lambda: f(2, 3).gather(0, i(0))),
    "gather, dtype": (DtypeError, "gather", lambda: f(3).gather(0, f(2))),
    "take_along_dim": (ShapeError, "take_along_dim", lambda: f(2, 3).take_along_dim(i(0), 0)),
    "index_select": (ShapeError, "vector", lambda: f(3).index_select(0, i(0, 1).reshape(1, 2))),
    "index_select, dtype": (DtypeError, "index_select", lambda: f(3).index_select(0, f(1))),
    "take, dtype": (DtypeError, "take", lambda: f(3).take(f(1))),
    "scatter, dtype": (DtypeError, "scatter", lambda: f(3).scatter(0, i(0), i(1))),
    "scatter, short": (ShapeError, "scatter", lambda: f(3).scatter(0, i(0, 1), f(1))),
    "scatter, index too long": (ShapeError, "scatter", lambda: f(3, 1).scatter(0, i(0, 1).reshape(1, 2), f(3, 2))),
    "scatter, nothing": (ArgumentError, "src or value", lambda: f(3).scatter(0, i(0))),
    "scatter, both": (ArgumentError, "src or value", lambda: f(3).scatter(0, i(0), f(1), value=1)),
    "scatter, reduce": (ArgumentError, "'max'", lambda: f(3).scatter(0, i(0), f(1), reduce="max")),
    "scatter_reduce": (ArgumentError, "'max'", lambda: f(3).scatter_reduce(0, i(0), f(1), "max")),
    "index_reduce": (ArgumentError, "'sum'", lambda: f(3).index_reduce(0, i(0), f(1), "sum")),
    "index_add": (ShapeError, r"\(1, 2\)", lambda: f(3, 2).index_add(0, i(0), f(2, 2))),
    "index_add, dtype": (DtypeError, "index_add", lambda: f(3).index_add(0, i(0), i(1))),
    "index_fill": (ShapeError, "0-d", lambda: f(3).index_fill(0, i(0), f(2))),
    "index_put, dtype": (DtypeError, "index_put", lambda: f(3).index_put((i(0),), i(1))),
    "index_put, shape": (ShapeError, "setitem", lambda: f(3).index_put((i(0, 1),), f(3), accumulate=True)),
    "put": (ShapeError, "put", lambda: f(3).put(i(0), f(2))),
    "masked_scatter": (ShapeError, "2 elements for 3", lambda: f(3).masked_scatter(f(3) == 0, f(2))),
    "masked_scatter, mask": (DtypeError, "mask", lambda: f(3).masked_scatter(f(3), f(3))),
    "select_scatter": (ShapeError, "select_scatter", lambda: f(3, 2).select_scatter(f(3), 0, 0)),
    "select_scatter, range": (IndexRangeError, "3", lambda: f(3, 2).select_scatter(f(2), 0, 3)),
    "slice_scatter": (ShapeError, "slice_scatter", lambda: f(3).slice_scatter(f(3), start=1)),
    "slice_scatter, step": (ArgumentError, "step=0", lambda: f(3).slice_scatter(f(3), step=0)),
    "embedding": (ShapeError, "embedding", lambda: F.embedding(i(0), f(3))),
    "embedding, padding": (ArgumentError, "padding_idx=5", lambda: F.embedding(i(0), f(3, 2), padding_idx=5)),
    "embedding, dtype": (DtypeError, "embedding", lambda: F.embedding(f(1), f(3, 2))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    error, text, call = REFUSED[name]
    with pytest.raises(error, match=text) as found:
        call()
    assert str(found.value).startswith("["), found.value


def test_devices_do_not_mix() -> None:
    for other in clgrad.devices():
        if other.name != "cpu":
            with pytest.raises(DeviceError, match="cat"):
                clgrad.cat([f(2), f(2).to(other)])


OUT_OF_RANGE: dict[str, Callable[[Any, Any], Any]] = {
    "gather": lambda x, i: x.gather(0, i),
    "take": lambda x, i: x.take(i),
    "index_select": lambda x, i: x.index_select(0, i),
    "scatter": lambda x, i: x.scatter(0, i, 1.0),
    "scatter_add": lambda x, i: x.scatter_add(0, i, x[:2]),
    "scatter_reduce": lambda x, i: x.scatter_reduce(0, i, x[:2], "amax", include_self=False),
    "index_add": lambda x, i: x.index_add(0, i, x[:2]),
    "index_put": lambda x, i: x.index_put((i,), x[:2], True),
    "put": lambda x, i: x.put(i, x[:2]),
    "setitem": lambda x, i: x.index_put((i,), x[:2]),
    "embedding": lambda x, i: F.embedding(i, x.reshape(-1, 1)),
}


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_out_of_range_is_found_when_it_is_read(name: str, device: str) -> None:
    x = clgrad.ones(40, device=device)
    for bad in (40, -41):
        result = OUT_OF_RANGE[name](x, clgrad.tensor([3, bad], device=device))
        with pytest.raises(IndexRangeError, match="out of range"):
            result.numpy()
    assert OUT_OF_RANGE[name](x, clgrad.tensor([3, 39], device=device)).sum().item() > 0


@pytest.mark.parametrize("lanes", [2, 3, 4, 8, 16, 33])
@pytest.mark.parametrize("dtype", ["int64", "int16", "uint8"])
def test_a_bad_index_is_found_in_every_lane(dtype: str, lanes: int, device: str) -> None:
    x = clgrad.arange(5, device=device)
    for place in {0, 1, lanes // 2, lanes - 1}:
        index = np.zeros(lanes, dtype)
        index[place] = 77
        with pytest.raises(IndexRangeError, match="index 77 is out of range for 5"):
            x.take_rows(clgrad.tensor(index, device=device).check_index(5, "lanes")).numpy()


# -- in place ------------------------------------------------------------------------------------

IN_PLACE: dict[str, Callable[[Any, Any, Any], Any]] = {
    "scatter_": lambda x, i, s: x.scatter_(0, i, s),
    "scatter_ value": lambda x, i, s: x.scatter_(0, i, 2.0),
    "scatter_add_": lambda x, i, s: x.scatter_add_(0, i, s),
    "scatter_reduce_": lambda x, i, s: x.scatter_reduce_(0, i, s, "amax", include_self=False),
    "index_add_": lambda x, i, s: x.index_add_(0, i, s, alpha=2),
    "index_copy_": lambda x, i, s: x.index_copy_(0, i, s),
    "index_fill_": lambda x, i, s: x.index_fill_(0, i, 3.0),
    "index_reduce_": lambda x, i, s: x.index_reduce_(0, i, s, "amin"),
    "index_put_": lambda x, i, s: x.index_put_((i,), s, accumulate=True),
    "masked_scatter_": lambda x, i, s: x.masked_scatter_(x.detach() > 0, (s * s).repeat(3)),
    "put_": lambda x, i, s: x.put_(i, s, accumulate=True),
    "copy_": lambda x, i, s: x.copy_(s[:1]),
    "augmented": lambda x, i, s: x.__setitem__(i, x[i] * 2 + s),
    "augmented slice": lambda x, i, s: x.__setitem__(slice(1, 4), x[1:4] * 2),
}


def test_in_place(device: str) -> None:
    def run(change: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
        def call(x: Any, i: Any, s: Any) -> Any:
            y = x * 1
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                result = change(y, i, s)
            assert result is None or result is y
            return y * y

        return call

    inputs = (normal(6), np.array([4, 0, 1]), normal(3, seed=1))
    check([same(name, run(change), *inputs) for name, change in IN_PLACE.items()], device)


def test_a_leaf_changes_only_without_history(device: str) -> None:
    x = clgrad.ones(3, device=device, requires_grad=True)
    places = clgrad.tensor([1], device=device)
    with pytest.raises(GradientError):
        x.index_fill_(0, places, 2.0)
    with clgrad.no_grad():
        x.index_fill_(0, places, 2.0)
    assert x.tolist() == [1, 2, 1] and x.is_leaf


def test_a_clone_is_a_tensor_of_its_own(device: str) -> None:
    x = clgrad.ones(3, device=device, requires_grad=True)
    for y in (x.clone(), x.clone().clone()):
        assert not y.is_leaf
        y[0] = 5
        assert x.tolist() == [1, 1, 1] and y.tolist() == [5, 1, 1]


# -- every form of a key, by chance --------------------------------------------------------------


def _key(r: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """A key of slices, integers, arrays, masks, None and ellipsis, as PyTorch takes them: with steps forwards."""
    length = int(r.integers(1, 4))
    items: list[Any] = []
    for size in shape[: int(r.integers(1, len(shape) + 1))]:
        kind = r.integers(0, 6)
        if kind == 0:
            items.append(int(r.integers(-size, size)))
        elif kind == 1:
            start, stop = sorted(r.integers(0, size + 1, 2).tolist())
            items.append(slice(start, stop, int(r.integers(1, 3))))
        elif kind == 2:
            items.append(slice(None))
        elif kind == 3:
            items.append(r.integers(-size, size, (length,)))
        elif kind == 4:
            items.append(r.integers(0, size, (2, 1)))
        else:
            mask = np.zeros(size, bool)
            mask[r.permutation(size)[: min(length, size)]] = True
            items.append(mask if size >= length else r.integers(0, size, (length,)))
        if r.random() < 0.15:
            items.append(None)
    if len(items) < len(shape) and r.random() < 0.3:
        items.append(...)
    return tuple(items)


def test_keys_by_chance(device: str) -> None:
    r = rng(11)
    cases: list[Case] = []
    for number in range(60 if device == "cpu" else 20):
        shape = tuple(r.integers(3, 6, int(r.integers(2, 5))).tolist())
        key = _key(r, shape)

        def tensors(x: Any, key: tuple[Any, ...] = key) -> tuple[Any, ...]:
            make = torch.from_numpy if isinstance(x, torch.Tensor) else lambda a: clgrad.tensor(a, device=x.device)
            return tuple(make(one) if isinstance(one, np.ndarray) else one for one in key)

        def read(x: Any, tensors: Any = tensors) -> Any:
            return x[tensors(x)] ** 2

        def write(x: Any, tensors: Any = tensors) -> Any:
            y = x * 1
            y[tensors(x)] = 2.5
            return y * y

        cases += [same(f"{number} read {key}", read, normal(*shape), order=1)]
        cases += [same(f"{number} write {key}", write, normal(*shape), order=1)]
    check(cases, device)


# -- what it costs -------------------------------------------------------------------------------


def test_a_slice_is_written_without_an_index() -> None:
    x = clgrad.ones(8, 5, device="cpu").realize()
    with trace() as seen:
        x[2:4] = 3
        x[0, 1:] += 1
        x.realize()
    assert {kernel.kind for kernel in seen.kernels} == {"map"}


def test_columns_are_read_where_they_lie() -> None:
    """No copy is made to read, or to write, by the numbers of columns."""
    x, columns = clgrad.ones(8, 5, device="cpu").realize(), i(4, 0).realize()
    with trace() as seen:
        x[:, columns].realize()
    assert [kernel.kind for kernel in seen.kernels] == ["gather"]
    with trace() as seen:
        x[:, columns] = 3
        x.realize()
    assert [kernel.kind for kernel in seen.kernels] == ["scatter"]


def test_many_pieces_are_joined_by_groups() -> None:
    pieces = [clgrad.full((3,), n, device="cpu").realize() for n in range(200)]
    with trace() as seen:
        joined = clgrad.stack(pieces).realize()
    assert [kernel.kind for kernel in seen.kernels] == ["cat"] * 8
    assert max(len(kernel.parts) for kernel in seen.kernels) <= 32
    np.testing.assert_array_equal(joined.numpy(), np.arange(200)[:, None].repeat(3, 1))


def test_pieces_that_read_much_are_stored_first() -> None:
    """A kernel's arguments are few: 30 pieces of four tensors each would need 120."""
    many = [[clgrad.full((4,), n + m, device="cpu").realize() for m in range(4)] for n in range(30)]
    with trace() as seen:
        joined = clgrad.cat([a * b + c - d for a, b, c, d in many]).realize()
    assert max(len(kernel.arguments) for kernel in seen.kernels) <= 48
    np.testing.assert_array_equal(joined.numpy(), np.repeat([n * (n + 1) - 1 for n in range(30)], 4))
