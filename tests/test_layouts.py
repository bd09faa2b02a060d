"""Maps over padded, cut, flipped and transposed data, against numpy: edges of vectors fall everywhere."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import clgrad


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "int16", "bool"])
def test_padding_along_a_row(device: str, dtype: str) -> None:
    if not clgrad.device(device).supports(getattr(clgrad, dtype)):
        pytest.skip("the device does not compute with it")
    found, expected = [], []
    for length, before, after in product((1, 17, 40), (0, 3, 16), (0, 50)):
        x = np.arange(1, 2 * length + 1).reshape(2, length).astype(dtype)
        a = clgrad.tensor(x, device=device)
        widths = (before, after)
        found += [a.pad((*widths, 1, 2)), a[:, 1:].pad(widths), a.flip(1).pad(widths)]
        expected += [
            np.pad(x, ((1, 2), widths)),
            np.pad(x[:, 1:], ((0, 0), widths)),
            np.pad(x[:, ::-1], ((0, 0), widths)),
        ]
    clgrad.realize(*found)
    for one, exact in zip(found, expected):
        np.testing.assert_array_equal(one.numpy(), exact)


@pytest.mark.parametrize("lengths", [(1, 1), (7, 30), (33, 16), (100, 3)])
def test_joining_along_a_row(device: str, lengths: tuple[int, int]) -> None:
    parts = [np.random.default_rng(0).standard_normal((5, length)).astype(np.float32) for length in lengths]
    ours = [clgrad.tensor(part, device=device) for part in parts]
    np.testing.assert_array_equal(clgrad.cat(ours, 1).numpy(), np.concatenate(parts, 1))


@pytest.mark.parametrize("shape", [(1, 1), (3, 50), (50, 3), (33, 47), (300, 257)])
def test_transposed_data(device: str, shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
    y = np.random.default_rng(1).standard_normal((2, *shape[::-1])).astype(np.float32)
    a, b = clgrad.tensor(x, device=device), clgrad.tensor(y, device=device)
    np.testing.assert_array_equal((a.permute((0, 2, 1)) + b).numpy(), x.transpose(0, 2, 1) + y)
    np.testing.assert_array_equal((a[0].T.flip(0) + b[1]).numpy(), x[0].T[::-1] + y[1])
