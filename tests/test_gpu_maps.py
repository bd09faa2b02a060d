"""Maps in the form for GPUs: every element once, operands the other way round, wide indices, and few arguments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from oclgrind import COMMAND, counted

import clgrad
from clgrad import Tensor
from clgrad.runtime import pending
from clgrad.schedule import schedule

pytest.importorskip("mako")
from test_gpu_reductions import GPU, compare, gpu, whole_numbers  # needs mako

from clgrad.cl.render import choose, render
from clgrad.cl.shapes import MapShape

__all__ = ["gpu"]


@pytest.mark.parametrize(("m", "n"), [(1, 1), (15, 40), (16, 16), (17, 33), (129, 31), (1, 1000), (1000, 3)])
def test_operands_the_other_way_round(gpu: Any, m: int, n: int) -> None:
    a, b, c = whole_numbers(m, n), whole_numbers(n, m), whole_numbers(3, m, n)
    x, y, z = (clgrad.tensor(one, device=gpu) for one in (a, b, c))
    cases: list[tuple[Tensor, Any]] = [
        (x * 2 + y.T, a * 2 + b.T),
        (y.T.flip(0).contiguous(), b.T[::-1]),
        (z.transpose(1, 2) + y, c.swapaxes(1, 2) + b),
        (z.permute(2, 0, 1) * 2, c.transpose(2, 0, 1) * 2),
        (y.T.pad((1, 2)) - 1, np.pad(b.T, ((0, 0), (1, 2))) - 1),
        ((y.half() * 2).T.contiguous().float(), b.T * 2),
    ]
    compare(cases)


def kernel_of(tensor: Tensor) -> Any:
    (step,) = schedule(*pending([tensor.node])).steps
    return step.kernel


def test_neighbours_write_neighbours_in_one_dimension() -> None:
    """However short the last axis is; devices allow few groups along any other dimension than the first."""
    for shape in ((7,), (100000, 3), (70000, 2, 5), (3, 100000)):
        form = choose(kernel_of(clgrad.zeros(*shape, device="cpu").realize() + 1), GPU)
        assert isinstance(form, MapShape) and form.tile == 1
        assert form.global_size[1:] == (1,) and form.local_size[0] == (8 if shape == (7,) else 128)
    turned = choose(kernel_of(clgrad.zeros(100, 70, device="cpu").realize().T + 1), GPU)
    assert isinstance(turned, MapShape) and turned.tile == 16 and turned.local_size == (256, 1)


def test_wide_indices_where_a_buffer_needs_them() -> None:
    """Nothing of that size is made: only its kernel is planned."""
    x = clgrad.zeros(1, device="cpu").realize()
    texts = [render(kernel_of(x.expand(size) + 1), GPU).items[0] for size in (2**31 - 2**20 - 1, 2**31 + 8)]
    assert "const int item" in texts[0] and "const long" not in texts[0]
    assert "const long item" in texts[1] and "const int " not in texts[1]
    sums = [render(kernel_of((x + 1).expand(3, size).sum(0)), GPU).entry for size in (2**29, 2**31 + 8)]
    assert "const int row" in sums[0] and "const long row" in sums[1]


@pytest.mark.parametrize("most", [127, 60])
def test_no_kernel_has_more_arguments_than_a_device_allows(gpu: Any, most: int) -> None:
    """Fusion is cut: sums of many tensors, many of which are computed; and kernels that share a launch."""
    from clgrad.cl.device import OpenCLDevice

    counts: list[int] = []

    class Watched(OpenCLDevice):
        def compile(self, launches: Any, quickly: bool = False) -> Any:
            made = super().compile(launches, quickly)
            counts.extend(launch._kernel.num_args for launch in made)
            return made

    device = Watched(gpu.handle, 97)
    device.capabilities = replace(gpu.capabilities, most_arguments=most)
    a = whole_numbers(200, 5)
    tensors = [clgrad.tensor(row, device=device) for row in a]
    total = tensors[0]
    for number, one in enumerate(tensors[1:]):
        total = total + (one.abs() if number % 3 else one)
    expected = a[0] + sum(np.abs(row) if number % 3 else row for number, row in enumerate(a[1:]))
    np.testing.assert_array_equal(total.numpy(), expected)
    np.testing.assert_array_equal(clgrad.stack([one * 2 for one in tensors]).numpy(), a * 2)
    others = [one * 3 for one in tensors]
    clgrad.realize(*others)
    np.testing.assert_array_equal(np.stack([one.numpy() for one in others]), a * 3)
    assert max(counts) <= most + 1, "the last argument is for faults"
    assert len(counts) > 3 * 200 // most


@pytest.mark.skipif(COMMAND is None, reason="Oclgrind is not installed")
def test_an_operand_the_other_way_round_is_read_once() -> None:
    launches = counted("(clgrad.tensor(np.ones((33, 50), np.float32), device=device).T * 2).realize()")
    assert [one.nbytes for one in launches] == [{"load global": 4 * 33 * 50, "store global": 4 * 33 * 50}]
