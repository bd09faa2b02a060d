"""Samples of means, variances, and what is largest or smallest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from compare import Case, normal, same

DIMS: tuple[Any, ...] = (None, 0, 1, -1, (0, 2), (0, 1, 2))
TIES = np.array([[1.0, 3.0, 3.0, -2.0], [0.0, -0.0, 0.0, -0.0], [5.0, 5.0, 5.0, 5.0]], np.float32)


def mean_cases() -> list[Case]:
    x = normal(3, 4, 5) + np.float32(0.5)
    cases = [same(f"{dim}", lambda x, d=dim: x.mean(d), x) for dim in DIMS]
    cases += [same(f"keepdim {dim}", lambda x, d=dim: x.mean(d, keepdim=True), x) for dim in DIMS]
    return [
        *cases,
        same("float64", lambda x: x.mean(0), normal(7, 3, dtype="float64")),
        same("of nothing", lambda x: x.mean(1), normal(2, 0), order=0),
        same("0-d", lambda x: x.mean(), normal()),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {"mean": mean_cases}
