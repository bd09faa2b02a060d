"""Datasets, collation and the loader."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import clgrad
from clgrad import Tensor
from clgrad.data import DataLoader, Dataset, Subset, TensorDataset, default_collate, random_split
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError


class Squares(Dataset[tuple[int, float]]):
    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int, /) -> tuple[int, float]:
        return index, float(index * index)


class Point(NamedTuple):
    x: Any
    y: Any


def samples(dataset: Dataset[Any]) -> list[Any]:
    return [dataset[index] for index in range(len(dataset))]


def epoch(loader: DataLoader) -> list[int]:
    """Give the samples of one epoch of a loader over np.arange."""
    return [int(value) for (batch,) in loader for value in batch.numpy()]


# -- datasets -------------------------------------------------------------------------------------


def test_a_dataset_needs_both_methods() -> None:
    class Unfinished(Dataset[int]):
        def __getitem__(self, index: int, /) -> int:
            return index

    with pytest.raises(TypeError, match="__len__"):
        Unfinished()  # type: ignore[abstract]  # that is the test


def test_tensor_dataset_of_tensors(device: str) -> None:
    rows = clgrad.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], device=device)
    dataset = TensorDataset(rows, clgrad.tensor([7, 8, 9], device=device))
    assert len(dataset) == 3
    row, label = dataset[1]
    assert (row.tolist(), label.item()) == ([2.0, 3.0], 8)
    inputs, labels = dataset.batch(np.array([2, 0, 2]))
    assert isinstance(inputs, Tensor)
    assert inputs.tolist() == [[4.0, 5.0], [0.0, 1.0], [4.0, 5.0]]
    assert labels.tolist() == [9, 7, 9]


def test_tensor_dataset_of_host_arrays() -> None:
    dataset = TensorDataset(np.arange(6.0).reshape(3, 2), np.array([7, 8, 9]))
    row, label = dataset[-1]
    assert (row.tolist(), label) == ([4.0, 5.0], 9)
    inputs, labels = dataset.batch(np.array([2, 0]))
    assert isinstance(inputs, np.ndarray)
    assert labels.tolist() == [9, 7]
    with pytest.raises(IndexError):
        dataset[3]


def test_tensor_dataset_refuses_what_does_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"\(3,\), \(4,\)"):
        TensorDataset(np.zeros(3), np.zeros(4))
    with pytest.raises(ShapeError):
        TensorDataset(np.zeros(()))
    with pytest.raises(DtypeError, match="argument 1 is of type list"):
        TensorDataset(np.zeros(3), [1, 2, 3])  # type: ignore[arg-type]  # that is the test
    with pytest.raises(ArgumentError):
        TensorDataset()


def test_subset() -> None:
    subset = Subset(["a", "b", "c", "d"], [3, 1, -4])
    assert len(subset) == 3
    assert [subset[index] for index in range(3)] == ["d", "b", "a"]
    assert subset[-1] == "a"
    with pytest.raises(IndexError):
        subset[3]
    with pytest.raises(IndexRangeError, match="index 4 of a dataset of length 4"):
        Subset(["a", "b", "c", "d"], [0, 4])
    with pytest.raises(ShapeError):
        Subset(["a"], [[0]])  # type: ignore[list-item]  # that is the test


def test_random_split() -> None:
    dataset = list(range(103))
    parts = random_split(dataset, [100, 3], seed=1)
    assert [len(part) for part in parts] == [100, 3]
    assert sorted(sample for part in parts for sample in samples(part)) == dataset
    again = random_split(dataset, [100, 3], seed=1)
    assert [samples(part) for part in parts] == [samples(part) for part in again]
    assert samples(random_split(dataset, [100, 3], seed=2)[1]) != samples(parts[1])
    assert [len(part) for part in random_split(dataset, [0.5, 0.25, 0.25], seed=0)] == [52, 26, 25]
    with pytest.raises(ArgumentError, match="their sum must be 103"):
        random_split(dataset, [100, 4])
    with pytest.raises(ArgumentError, match="at least 0"):
        random_split(dataset, [104, -1])
    with pytest.raises(ArgumentError, match="whole number"):
        random_split(dataset, [1.0], seed=-1)


# -- collation ------------------------------------------------------------------------------------


def test_collate_numbers(device: str) -> None:
    for column, dtype in (
        ([1, 2], "int64"),
        ([1.5, 2.0], "float32"),
        ([1, 2.5], "float32"),
        ([True, False], "bool"),
    ):
        batch = default_collate(column, device=device)
        assert isinstance(batch, Tensor)
        assert (batch.tolist(), batch.dtype.name) == (column, dtype)


def test_collate_arrays_keeps_their_dtype(device: str) -> None:
    batch = default_collate([np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)], device=device)
    assert (batch.shape, batch.dtype.name) == ((2, 2, 3), "float32")
    assert str(batch.device) == str(clgrad.device(device))
    assert default_collate([np.int32(1), np.int32(2)], device=device).dtype.name == "int32"
    assert default_collate([np.uint8(1), np.uint8(2)], device=device).tolist() == [1, 2]


def test_collate_tensors(device: str) -> None:
    batch = default_collate([clgrad.full((2,), value, device=device) for value in (1.0, 2.0)])
    assert batch.tolist() == [[1.0, 1.0], [2.0, 2.0]]


def test_collate_containers(device: str) -> None:
    pair = default_collate([(1, "a"), (2, "b")], device=device)
    assert isinstance(pair, tuple)
    assert (pair[0].tolist(), pair[1]) == ([1, 2], ["a", "b"])
    mapping = default_collate([{"x": 1, "y": [0, 1]}, {"x": 2, "y": [2, 3]}], device=device)
    assert mapping["x"].tolist() == [1, 2]
    assert [column.tolist() for column in mapping["y"]] == [[0, 2], [1, 3]]
    point = default_collate([Point(1, np.zeros(2)), Point(2, np.ones(2))], device=device)
    assert type(point) is Point
    assert (point.x.tolist(), point.y.shape) == ([1, 2], (2, 2))


def test_collate_refuses_what_does_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"shape \(2,\) and shape \(3,\)"):
        default_collate([np.zeros(2), np.zeros(3)])
    with pytest.raises(ShapeError, match="length 2 and length 1"):
        default_collate([(1, 2), (1,)])
    with pytest.raises(ShapeError, match="'y'"):
        default_collate([{"x": 1}, {"y": 1}])
    with pytest.raises(DtypeError, match="NoneType"):
        default_collate([(1, None), (2, None)])
    with pytest.raises(DtypeError, match="NoneType beside one with a ndarray"):
        default_collate([np.zeros(2), None])


# -- loader ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "batch", "drop", "sizes"), [
    (10, 4, False, [4, 4, 2]),
    (10, 4, True, [4, 4]),
    (8, 4, False, [4, 4]),
    (8, 4, True, [4, 4]),
    (3, 4, False, [3]),
    (3, 4, True, []),
    (0, 4, False, []),
])  # fmt: skip
def test_batches_and_length(device: str, size: int, batch: int, drop: bool, sizes: list[int]) -> None:
    loader = DataLoader(TensorDataset(np.arange(size)), batch, drop_last=drop, device=device)
    assert len(loader) == len(sizes)
    assert [len(rows) for (rows,) in loader] == sizes
    assert epoch(loader) == list(range(sum(sizes)))


def test_samples_are_collated_one_by_one_without_batch(device: str) -> None:
    loader = DataLoader(Squares(5), batch_size=2, device=device)
    assert [(index.tolist(), square.tolist()) for index, square in loader] == [
        ([0, 1], [0.0, 1.0]),
        ([2, 3], [4.0, 9.0]),
        ([4], [16.0]),
    ]
    assert [batch.tolist() for batch in DataLoader([5, 6, 7], batch_size=3, device=device)] == [[5, 6, 7]]


def test_host_data_arrives_on_the_device(device: str) -> None:
    dataset = TensorDataset(np.ones((4, 2), np.float32), np.arange(4))
    (inputs, labels), _ = DataLoader(dataset, batch_size=2, device=device)
    for batch in (inputs, labels):
        assert isinstance(batch, Tensor)
        assert str(batch.device) == str(clgrad.device(device))
    assert (inputs.dtype.name, labels.dtype.name) == ("float32", "int64")
    with clgrad.use_device(device) as default:
        ((inputs, _),) = DataLoader(dataset, batch_size=4)
        assert str(inputs.device) == str(default)


def test_tensors_stay_or_move(device: str) -> None:
    dataset = TensorDataset(clgrad.arange(4, device="cpu"))
    ((stayed,),) = DataLoader(dataset, batch_size=4)
    assert str(stayed.device) == "cpu"
    ((moved,),) = DataLoader(dataset, batch_size=4, device=device)
    assert str(moved.device) == str(clgrad.device(device))
    assert moved.tolist() == [0, 1, 2, 3]


def test_shuffle_is_a_permutation_that_differs_per_epoch() -> None:
    loader = DataLoader(TensorDataset(np.arange(50)), batch_size=8, shuffle=True, seed=3, device="cpu")
    first, second = epoch(loader), epoch(loader)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first != list(range(50))


def test_a_seed_repeats_the_orders() -> None:
    def loader(seed: int) -> DataLoader:
        return DataLoader(TensorDataset(np.arange(50)), batch_size=8, shuffle=True, seed=seed, device="cpu")

    one, same, other = loader(3), loader(3), loader(4)
    orders = [epoch(one) for _ in range(3)]
    assert orders == [epoch(same) for _ in range(3)]
    assert orders[0] != epoch(other)
    resumed = loader(3)
    resumed.epoch = 2
    assert epoch(resumed) == orders[2]


def test_without_a_seed_manual_seed_rules() -> None:
    def orders() -> list[list[int]]:
        loader = DataLoader(TensorDataset(np.arange(50)), batch_size=8, shuffle=True, device="cpu")
        return [epoch(loader), epoch(loader)]

    clgrad.manual_seed(1)
    first = orders()
    clgrad.manual_seed(1)
    assert orders() == first
    assert first[0] != first[1]
    assert orders() != first


def test_two_passes_at_once_do_not_disturb_each_other() -> None:
    loader = DataLoader(TensorDataset(np.arange(6)), batch_size=2, device="cpu")
    pairs = [(a.tolist(), b.tolist()) for (a,) in loader for (b,) in loader]
    assert len(pairs) == 9
    assert pairs[1] == ([0, 1], [2, 3])


def test_a_sampler_gives_the_order() -> None:
    dataset = TensorDataset(np.arange(10))
    loader = DataLoader(dataset, batch_size=2, sampler=[9, 1, 1, 4, 0], device="cpu")
    assert len(loader) == 3
    assert epoch(loader) == epoch(loader) == [9, 1, 1, 4, 0]
    with pytest.raises(ArgumentError, match="sampler"):
        DataLoader(dataset, shuffle=True, sampler=[0])
    with pytest.raises(ArgumentError, match="generator"):
        DataLoader(dataset, sampler=(index for index in range(3)))  # type: ignore[arg-type]  # that is the test


def test_subsets_of_subsets_use_batch() -> None:
    class Counting(TensorDataset):
        calls = 0

        def batch(self, indices: Any) -> tuple[Any, ...]:
            self.calls += 1
            return super().batch(indices)

        def __getitem__(self, index: int, /) -> tuple[Any, ...]:
            raise AssertionError("samples were taken one by one")

    dataset = Counting(np.arange(10) * 10)
    subset = Subset(Subset(dataset, [9, 8, 7, 6]), [3, 0])
    assert epoch(DataLoader(subset, batch_size=2, device="cpu")) == [60, 90]
    assert dataset.calls == 1


def test_a_subset_with_samples_of_its_own_is_asked_for_them() -> None:
    class Negative(Subset[int]):
        def __getitem__(self, index: int, /) -> int:
            return -super().__getitem__(index)

    (batch,) = DataLoader(Negative([1, 2, 3], [2, 0]), batch_size=2, device="cpu")
    assert batch.tolist() == [-3, -1]


def test_collate_fn_gets_the_samples() -> None:
    loader = DataLoader(TensorDataset(np.arange(3)), batch_size=2, collate_fn=list)
    assert list(loader) == [[(0,), (1,)], [(2,)]]


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, True, None])
def test_a_batch_size_must_be_a_whole_number(batch_size: Any) -> None:
    with pytest.raises(ArgumentError, match="batch_size"):
        DataLoader([1, 2], batch_size=batch_size)


@pytest.mark.parametrize("seed", [-1, 0.5, "a"])
def test_a_seed_must_be_a_whole_number(seed: Any) -> None:
    with pytest.raises(ArgumentError, match="seed"):
        DataLoader([1, 2], seed=seed)
