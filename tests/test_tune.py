"""Tuning: what was measured is kept for the device, asked before the rules, and never changes a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clgrad
from clgrad import config
from clgrad.cl import tune
from clgrad.device import Call
from clgrad.errors import JitError
from clgrad.kernel import Kernel
from clgrad.runtime import trace


def opened(number: int) -> Any:
    """An OpenCL device that nobody else has opened, so that it reads the file anew."""
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    return OpenCLDevice(found[0].handle, number)


def operands(m: int, k: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.standard_normal((m, k), dtype=np.float32), random.standard_normal((n, k), dtype=np.float32)


def kernel_of(m: int, k: int, n: int) -> Kernel:
    a, b = (clgrad.tensor(one, device="cpu").realize() for one in operands(m, k, n))
    with trace() as seen:
        (a @ b.T).realize()
    (kernel,) = seen.kernels
    return kernel


def test_what_was_measured_is_kept_and_asked_first(tmp_path: Path) -> None:
    kernel = kernel_of(40, 70, 50)
    with config.override(CACHE_DIR=str(tmp_path)):
        device = opened(95)
        plain = device.source(kernel)
        assert device.tune([kernel, kernel_of(41, 71, 51), kernel]) == 1, "one class: sizes up to the same power of two"
        (file,) = (tmp_path / "tuned").iterdir()
        again = opened(96)
        assert again._tuned.sizes(kernel) == device._tuned.sizes(kernel) is not None
        assert again._tuned.sizes(kernel_of(200, 70, 50)) is None
        file.write_text("{broken")
        assert opened(97)._tuned.sizes(kernel) is None
        assert plain.count("__kernel") == 1
        device._tuned._entries = {tune.shape_class(kernel): (4, 4)}
        device.compile([[Call(kernel, (0, 1, 2))]])
        assert device.source(kernel) != plain and device.has([kernel]) and device.binary(kernel)


def test_operands_that_are_read_by_index_are_measured_too(tmp_path: Path) -> None:
    table, weights = operands(20, 30, 40)
    index = clgrad.tensor(np.arange(64) % 20, device="cpu").realize()
    rows = clgrad.tensor(table, device="cpu").realize()
    with trace() as seen:
        (rows[index] @ clgrad.tensor(weights, device="cpu").realize().T).realize()
    with config.override(CACHE_DIR=str(tmp_path)):
        device = opened(93)
        assert device.tune(seen.kernels) == 1
        device.synchronize()


def test_nothing_is_lost_where_no_file_can_be_written(tmp_path: Path) -> None:
    place = tmp_path / "a file, not a folder"
    place.write_text("")
    with config.override(CACHE_DIR=str(place)):
        device = opened(98)
        assert device.tune([kernel_of(20, 30, 40)]) == 1
        assert device._tuned.sizes(kernel_of(20, 30, 40)) is not None


@pytest.mark.parametrize("sizes", [(40, 70, 50), (7, 33, 100), (1, 20, 64)])
def test_every_candidate_computes_the_product(sizes: tuple[int, int, int]) -> None:
    device = opened(99)
    a, b = operands(*sizes)
    kernel = kernel_of(*sizes)
    for candidate in tune.CANDIDATES.get(device.capabilities.vector_width, tune.CANDIDATES[8]):
        device._tuned._entries = {tune.shape_class(kernel): candidate}
        (launch,) = device.compile([[Call(kernel, (0, 1, 2))]])
        storages = [device.allocate(one.size * 4) for one in kernel.arguments]
        for storage, host in zip(storages, (a, b)):
            device.upload(storage, host)
        launch.run(storages)
        found = np.empty((sizes[0], sizes[2]), np.float32)
        device.download(storages[2], found)
        np.testing.assert_allclose(found, a @ b.T, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["cpu", "cl"])
def test_a_jitted_function_tunes_its_products(name: str, tmp_path: Path) -> None:
    with config.override(CACHE_DIR=str(tmp_path)):
        device = clgrad.device("cpu") if name == "cpu" else opened(94)
        a, b = (clgrad.tensor(one, device=device) for one in operands(30, 20, 25))
        product = clgrad.jit(lambda x: (x @ b.T).relu())
        with pytest.raises(JitError, match="call it twice"):
            product.tune()
        expected = [product(a).numpy() for _ in range(3)][-1]
        assert product.tune() == (0 if name == "cpu" else 1)
        np.testing.assert_allclose([product(a).numpy() for _ in range(3)][-1], expected, rtol=1e-5)
