"""Datasets, collation and the loader."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import loading
import numpy as np
import pytest

import clgrad
from clgrad import Tensor
from clgrad.data import (
    DataLoader,
    Dataset,
    Subset,
    TensorDataset,
    default_collate,
    get_worker_info,
    random_split,
    sample_generator,
)
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError, WorkerError


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
    # As floats these come to a little more than 1.
    assert [len(part) for part in random_split(dataset, [0.05, 0.55, 0.3, 0.1], seed=0)] == [6, 57, 30, 10]
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
    point = default_collate([Point(1, np.zeros(2, np.float32)), Point(2, np.ones(2, np.float32))], device=device)
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


# -- the place in the data ------------------------------------------------------------------------


def numbers(batches: Iterator[Any]) -> list[int]:
    return [int(value) for (batch,) in batches for value in batch.numpy()]


@pytest.mark.parametrize("options", [
    {"shuffle": True, "seed": 3}, {"shuffle": True}, {}, {"drop_last": True, "shuffle": True},
    {"sampler": [9, 3, 1, 1, 0, 7, 6]},
])  # fmt: skip
@pytest.mark.parametrize("given", range(5))
def test_a_loader_goes_on_at_its_place(options: Any, given: int) -> None:
    def loader() -> DataLoader:
        return DataLoader(TensorDataset(np.arange(14)), batch_size=3, device="cpu", **options)

    clgrad.manual_seed(0)
    one = loader()
    epoch(one)
    batches = iter(one)
    for _ in range(given):
        next(batches, None)
    state, generator = one.state_dict(), clgrad.random.get_state()
    wanted = numbers(batches), epoch(one)

    clgrad.manual_seed(77)
    other = loader()
    epoch(other)
    other.load_state_dict(state)
    clgrad.random.set_state(generator)
    assert other.state_dict().keys() == state.keys()
    if "entropy" in state:
        assert numbers(iter(other)) == wanted[0]
    else:
        assert wanted[0] == []
    assert epoch(other) == wanted[1]


def test_a_place_in_other_batches_is_refused() -> None:
    loader = DataLoader(list(range(10)), batch_size=2, device="cpu")
    next(iter(loader))
    for other in (DataLoader(list(range(10)), batch_size=3), DataLoader(list(range(11)), batch_size=2)):
        with pytest.raises(ArgumentError, match="build the same loader"):
            other.load_state_dict(loader.state_dict())
        assert other.state_dict() == {"epoch": 0, "batch": 0}


# -- workers --------------------------------------------------------------------------------------

METHODS = multiprocessing.get_all_start_methods()


def flat(batches: Any) -> list[Any]:
    return [[column.tolist() for column in batch] for batch in batches]


@pytest.mark.parametrize("method", METHODS)
def test_workers_make_the_same_batches(method: str) -> None:
    def loader(workers: int, **options: Any) -> DataLoader:
        return DataLoader(
            loading.Noise(11), batch_size=2, shuffle=True, seed=4, num_workers=workers, device="cpu", **options
        )

    here = loader(0)
    wanted = [flat(here), flat(here)]
    assert wanted[0] != wanted[1]
    for workers in (1, 3):
        there = loader(workers, multiprocessing_context=method, persistent_workers=True, prefetch_factor=workers)
        assert [flat(there), flat(there)] == wanted
    drawn = [row for batch in wanted[0] for row in batch[1]]
    assert len({tuple(row) for row in drawn}) == 11, "each sample has numbers of its own"


def test_global_generators_repeat_for_any_number_of_workers() -> None:
    def drawn(workers: int) -> list[Any]:
        clgrad.manual_seed(5)
        return flat(DataLoader(loading.GlobalNoise(9), batch_size=2, num_workers=workers, device="cpu"))

    wanted = drawn(1)
    assert drawn(2) == drawn(3) == wanted
    assert len({value for batch in wanted for value in batch[2]}) == 9


def test_workers_know_their_number_and_open_no_opencl(device: str) -> None:
    loader = DataLoader(
        loading.Told(8), 2, num_workers=2, persistent_workers=True, worker_init_fn=loading.note_number, device=device
    )
    first, second = list(loader), list(loader)
    assert [batch[1].tolist() for batch in first] == [[0, 0], [1, 1], [0, 0], [1, 1]]
    for index, ids, count, processes, loaded, told in first + second:
        assert str(index.device) == str(clgrad.device(device))
        assert count.tolist() == [2, 2] and loaded.tolist() == [0, 0]
        assert told == [f"worker {number}" for number in ids.tolist()]
        assert os.getpid() not in processes.tolist()
    assert {int(batch[3][0]) for batch in first} == {int(batch[3][0]) for batch in second}, "persistent"
    assert get_worker_info() is None


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
@pytest.mark.skipif("fork" not in METHODS, reason="this system has no fork")
def test_forked_workers_beside_a_device_at_work(device: str) -> None:
    x = clgrad.rand(64, 64, device=device)
    y = (x @ x).realize()
    loader = DataLoader(loading.Noise(6), 2, num_workers=2, multiprocessing_context="fork", device=device)
    assert [index.tolist() for index, _ in loader] == [[0, 1], [2, 3], [4, 5]]
    np.testing.assert_allclose(y.numpy(), x.numpy() @ x.numpy(), rtol=1e-4)


def test_batches_larger_than_a_pipe(device: str) -> None:
    loader = DataLoader(loading.Large(12), batch_size=2, num_workers=2, prefetch_factor=3, device=device)
    assert [batch[:, -1].tolist() for batch in loader] == [[n, n + 1] for n in range(0, 12, 2)]


def test_collate_fn_runs_in_the_worker() -> None:
    loader = DataLoader(loading.Noise(5), batch_size=2, num_workers=1, collate_fn=loading.first_entries)
    assert list(loader) == [[0, 1], [2, 3], [4]]
    data = TensorDataset(np.arange(6) * 10)
    assert epoch(DataLoader(Subset(data, [5, 3, 1]), 2, num_workers=2, device="cpu")) == [50, 30, 10]


def test_errors_arrive_in_their_turn_with_their_traceback() -> None:
    batches = iter(DataLoader(loading.Failing(10), batch_size=2, num_workers=2, device="cpu"))
    assert [next(batches).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(IndexError, match="no sample 5") as caught:
        next(batches)
    told = "".join(traceback.format_exception(caught.value))
    assert 'raise IndexError(f"no sample {index}")' in told and "loading.py" in told
    with pytest.raises(StopIteration):
        next(batches)


@pytest.mark.parametrize(("dataset", "options", "error", "text"), [
    (loading.FailingOddly(4), {}, WorkerError, "could not be sent"),
    (loading.MakesTensors(4), {}, DtypeError, "a worker made a Tensor"),
    (loading.MakesFunctions(4), {"collate_fn": loading.functions}, Exception, "(?i)pickle"),
    (loading.Noise(4), {"worker_init_fn": loading.fail_to_begin}, OSError, "no disk"),
    (TensorDataset(clgrad.ones(4, device="cpu")), {}, WorkerError, "hold numpy arrays"),
    (loading.Noise(4), {"collate_fn": lambda samples: samples}, WorkerError, "top of a module"),
], ids=["exception", "tensor", "function", "init", "dataset", "lambda"])  # fmt: skip
def test_what_workers_can_not_do(dataset: Any, options: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        list(DataLoader(dataset, num_workers=1, device="cpu", **options))


def test_a_worker_that_dies_is_an_error() -> None:
    batches = iter(DataLoader(loading.Dying(10), batch_size=1, num_workers=2, device="cpu"))
    with pytest.raises(WorkerError, match=r"worker 1 \(process \d+\) ended with exit code 3"):
        list(batches)
    loader = DataLoader(loading.Told(2), num_workers=1, persistent_workers=True, device="cpu")
    ((_, _, _, process, _, _), _) = loader
    os.kill(int(process.item()), signal.SIGTERM)
    with pytest.raises(WorkerError, match=rf"process {process.item()}\) was ended by signal {int(signal.SIGTERM)}"):
        list(loader)
    assert len(list(loader)) == 2, "new workers"


def test_a_timeout_is_an_error() -> None:
    loader = DataLoader(loading.Slow(10), batch_size=2, num_workers=1, timeout=0.5, device="cpu")
    batches = iter(loader)
    started = time.monotonic()
    with pytest.raises(WorkerError, match=r"made no batch in 0\.5 s"):
        list(batches)
    assert time.monotonic() - started < 30


def children() -> set[Any]:
    return {process for process in multiprocessing.active_children() if "DataLoader" in process.name}


@pytest.mark.parametrize("persistent", [False, True])
def test_leaving_early_leaves_nobody_behind(persistent: bool) -> None:
    before = children()
    loader = DataLoader(
        loading.Slow(100), batch_size=2, num_workers=2, persistent_workers=persistent, device="cpu", prefetch_factor=1
    )
    started = time.monotonic()
    for _ in loader:
        break
    assert len(children() - before) == (2 if persistent else 0)
    del loader
    assert children() == before
    assert time.monotonic() - started < 30


def test_persistent_workers_after_an_epoch_left_early() -> None:
    loader = DataLoader(loading.Noise(20), batch_size=2, num_workers=2, persistent_workers=True, device="cpu")
    for index, _ in loader:
        assert index.tolist() == [0, 1]
        break
    assert [index.tolist()[0] for index, _ in loader] == list(range(0, 20, 2))
    pairs = [(a.tolist(), b.tolist()) for a, _ in loader for b, _ in loader]
    assert len(pairs) == 100 and pairs[12] == ([2, 3], [4, 5])


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("method", METHODS)
def test_an_interrupt_ends_all(tmp_path: Path, method: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(loading.INTERRUPTED.format(tests=loading.HERE, method=method))
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert said.count("KeyboardInterrupt") == 1, said
    with pytest.raises(ProcessLookupError):  # nobody of the group is left
        for _ in range(200):
            os.killpg(process.pid, 0)
            time.sleep(0.1)


def test_a_script_without_a_guard_is_told(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(loading.UNGUARDED.format(tests=loading.HERE))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "WorkerError" in done.stderr and '__name__ == "__main__"' in done.stderr.splitlines()[-1]


def test_a_resumed_loader_with_workers() -> None:
    def loader() -> DataLoader:
        return DataLoader(loading.Noise(12), 2, shuffle=True, seed=1, num_workers=2, device="cpu")

    one = loader()
    batches = iter(one)
    flat([next(batches), next(batches)])
    other = loader()
    other.load_state_dict(one.state_dict())
    assert flat(other) == flat(batches)


@pytest.mark.parametrize(("options", "text"), [
    ({"num_workers": -1}, "num_workers is -1"),
    ({"num_workers": 1.5}, "num_workers"),
    ({"num_workers": 1, "prefetch_factor": 0}, "prefetch_factor is 0"),
    ({"prefetch_factor": 2}, "prefetch_factor without workers"),
    ({"persistent_workers": True}, "persistent_workers without workers"),
    ({"timeout": 3}, "timeout without workers"),
    ({"num_workers": 1, "timeout": -1}, "timeout is -1"),
    ({"multiprocessing_context": "fork"}, "multiprocessing_context without workers"),
])  # fmt: skip
def test_options_of_workers_are_checked(options: Any, text: str) -> None:
    with pytest.raises(ArgumentError, match=text):
        DataLoader([1, 2], **options)


def test_a_way_to_start_that_does_not_exist() -> None:
    with pytest.raises(ArgumentError, match="'thread'; there are"):
        list(DataLoader([1, 2], num_workers=1, multiprocessing_context="thread"))


def test_pin_memory_is_taken(device: str) -> None:
    assert [batch.tolist() for batch in DataLoader([1, 2], pin_memory=True, device=device)] == [[1], [2]]


def test_uploads_begin_before_they_are_asked_for(device: str) -> None:
    """The data of a batch is on the device, or on its way, when the loop gets it."""
    for workers in (0, 1):
        for (batch,) in DataLoader(TensorDataset(np.ones((4, 3), np.float32)), 2, num_workers=workers, device=device):
            assert batch.node.buffer is not None and batch.node.buffer.storage is not None


# -- the host's random numbers --------------------------------------------------------------------


def test_sample_generator_follows_manual_seed() -> None:
    clgrad.manual_seed(1)
    first = [sample_generator().random() for _ in range(3)]
    clgrad.manual_seed(1)
    assert [sample_generator().random() for _ in range(3)] == first
    assert len(set(first)) == 3


def test_datasets_that_draw_repeat_with_the_loaders_seed() -> None:
    def drawn(seed: int | None) -> list[Any]:
        return flat(DataLoader(loading.Noise(6), 2, seed=seed, device="cpu"))

    assert drawn(1) == drawn(1) != drawn(2)
    clgrad.manual_seed(3)
    first = drawn(None)
    assert drawn(None) != first
    clgrad.manual_seed(3)
    assert drawn(None) == first
