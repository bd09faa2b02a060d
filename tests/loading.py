"""Datasets and functions that test_data.py sends to worker processes: they are found by name there."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import clgrad
from clgrad.data import Dataset, get_worker_info, sample_generator


class Noise(Dataset[Any]):
    """Samples of random numbers, from each generator that a dataset might ask."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int, /) -> Any:
        return index, sample_generator().random(2, np.float32)


class GlobalNoise(Noise):
    def __getitem__(self, index: int, /) -> Any:
        return index, random.random(), np.random.rand(), clgrad.rand(1, device="cpu").item()


class Failing(Noise):
    def __getitem__(self, index: int, /) -> Any:
        if index == 5:
            raise IndexError(f"no sample {index}")
        return index


class Unsendable(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__("two arguments are one here")


class FailingOddly(Noise):
    def __getitem__(self, index: int, /) -> Any:
        raise Unsendable(1, 2)


class Dying(Noise):
    def __getitem__(self, index: int, /) -> Any:
        if index == 5:
            os._exit(3)
        return index


class Slow(Noise):
    def __getitem__(self, index: int, /) -> Any:
        if index >= 4:
            time.sleep(600)
        return index


class MakesTensors(Noise):
    def __getitem__(self, index: int, /) -> Any:
        return clgrad.ones(2)


class MakesFunctions(Noise):
    def __getitem__(self, index: int, /) -> Any:
        return str(index)


class Told(Noise):
    """Samples that tell of the process that made them."""

    def __getitem__(self, index: int, /) -> Any:
        info = get_worker_info()
        assert info is not None and info.dataset is self
        loaded = {"pyopencl", "mako", "clgrad.cl"} & set(sys.modules)
        return index, info.id, info.num_workers, os.getpid(), len(loaded), os.environ.get("TOLD", "")


class Large(Noise):
    """Samples of more bytes than a pipe holds."""

    def __getitem__(self, index: int, /) -> Any:
        return np.full(1 << 20, index, np.uint8)


def first_entries(samples: list[Any]) -> list[int]:
    return [sample[0] for sample in samples]


def functions(samples: list[Any]) -> Any:
    return lambda: samples


def note_number(number: int) -> None:
    os.environ["TOLD"] = f"worker {number}"


def fail_to_begin(number: int) -> None:
    raise OSError("no disk")


INTERRUPTED = """
import os, signal, sys, threading, time
sys.path.insert(0, {tests!r})
from clgrad.data import DataLoader
from loading import Slow

if __name__ == "__main__":
    loader = DataLoader(Slow(100), batch_size=2, num_workers=2, device="cpu", multiprocessing_context={method!r})
    batches = iter(loader)
    next(batches), next(batches)
    print("ready", flush=True)
    next(batches)
"""
"""A program that is interrupted while it waits for a worker that sleeps."""

UNGUARDED = """
import sys
sys.path.insert(0, {tests!r})
from clgrad.data import DataLoader
from loading import Noise
next(iter(DataLoader(Noise(4), num_workers=1, device="cpu", multiprocessing_context="spawn")))
"""
"""A script without the line that keeps workers from running it, too."""

HERE = str(Path(__file__).parent)
