"""Samples of pooling, and of windows as columns."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as TF
from compare import Case, Numpy, normal, rng

from clgrad.nn import functional as F

SIZES = {1: (11,), 2: (9, 8), 3: (5, 6, 4)}
INDEXED = {"return_indices": True}


def case(name: str, x: Numpy, *arguments: Any, order: int = 2, **options: Any) -> Case:
    """The square of the result, so that its gradient has one of its own."""

    def call(library: Any) -> Callable[..., Any]:
        return lambda x: (lambda y: y * y)(getattr(library, name)(x, *arguments, **options))

    return Case(f"{x.shape} {arguments} {options}", call(F), call(TF), (x,), order)


def indexed(name: str, x: Numpy, *arguments: Any, **options: Any) -> list[Case]:
    """The largest elements, and where they are."""

    def call(library: Any, one: int) -> Callable[..., Any]:
        return lambda x: getattr(library, name)(x, *arguments, **options, **INDEXED)[one]

    what = f"{x.shape} {arguments} {options}"
    return [
        Case(f"{what}, the largest", call(F, 0), call(TF, 0), (x,)),
        Case(f"{what}, indices", call(F, 1), call(TF, 1), (x,), order=0),
    ]


def ties(*shape: int, dtype: str = "float32") -> Numpy:
    """Few different numbers, with runs of equal ones."""
    return rng(3).integers(-2, 2, shape).astype(dtype)


def not_numbers(*shape: int) -> Numpy:
    """Some NaNs, and whole windows of the lowest number."""
    x = normal(*shape)
    x.reshape(-1)[::5] = math.nan
    x.reshape(-1)[::7] = math.inf
    x[..., :4] = -math.inf
    return x


def max_cases(count: int) -> Callable[[], list[Case]]:
    name, sizes = f"max_pool{count}d", SIZES[count]

    def cases() -> list[Case]:
        x, tied = normal(2, 3, *sizes), ties(2, 2, *sizes)
        settings: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
            ((2,), {}),
            ((3, 2, 1), {}),
            ((3, 1, 1), {}),
            ((2, 3), {}),
            ((2, 1, 1, 2), {}),
            ((3, 2, 1, 1, True), {}),
            (([2] * count, None, [1] * count), {"ceil_mode": True}),
            ((range(2, 2 + count), range(1, 1 + count), 1), {}),
        ]
        settings = [(tuple(list(one) if isinstance(one, range) else one for one in a), b) for a, b in settings]
        found = [case(name, x, *arguments, **options) for arguments, options in settings]
        found += [case(name, tied, *arguments, order=1, **options) for arguments, options in settings]
        for one in (x, tied):
            found += indexed(name, one, 3, 2, 1) + indexed(name, one[0], 2, ceil_mode=True)
        found += indexed(name, x, 3, 2, 1, 2)
        bad = not_numbers(2, 2, *sizes)
        found += [case(name, bad, 3, 1, 1, order=0), *indexed(name, bad, 3, 2, 1)[1:], *indexed(name, bad, 2)[1:]]
        found += [
            case(name, normal(3, *sizes), 2),
            case(name, normal(0, 3, *sizes), 2),
            case(name, normal(2, 3, *sizes, dtype="float64"), 3, 2, 1),
            Case(
                "of computed and turned",
                lambda x: getattr(F, name)(x.transpose(-1, 0).exp(), 2).sin(),
                lambda x: getattr(TF, name)(x.transpose(-1, 0).exp(), 2).sin(),
                (normal(4, 3, *sizes[1:], 5),),
            ),
        ]
        if count > 1:  # torch has no kernel of integers for one dim
            kinds = ("int64", "uint8", "int32")
            found += [case(name, ties(2, 2, *sizes, dtype=one), 3, 2, 1, order=0) for one in kinds]
        return found

    return cases


def large_max_cases() -> list[Case]:
    """Many windows over each element, and vectors with ends."""
    return [
        *max_cases(2)(),
        case("max_pool2d", ties(1, 2, 12, 12), 5, 1, 2, order=1),
        case("max_pool2d", normal(1, 2, 12, 12), 7, 1, 3),
        case("max_pool2d", normal(2, 3, 40, 36), 2),
        case("max_pool2d", normal(2, 3, 40, 36), 3, 2, 1),
        case("max_pool2d", normal(1, 1, 40, 37), (40, 37)),
    ]


def avg_cases(count: int) -> Callable[[], list[Case]]:
    name, sizes = f"avg_pool{count}d", SIZES[count]

    def cases() -> list[Case]:
        x = normal(2, 3, *sizes)
        settings: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
            ((2,), {}),
            ((3, 2, 1), {}),
            ((3, 1, 1), {}),
            ((2, 3), {}),
            ((3, 2, 1, True), {}),
            ((3, 2, 1, True, False), {}),
            ((3, 2, 1), {"count_include_pad": False}),
            ((2, None, 1), {"ceil_mode": True}),
            (([2] * count, [3] * count, [1] * count), {"ceil_mode": True, "count_include_pad": False}),
        ]
        if count > 1:
            settings += [((3, 2, 1), {"divisor_override": 5}), (([2, 3, 1][:count], [1, 2, 3][:count]), {})]
        return [
            *(case(name, x, *arguments, **options) for arguments, options in settings),
            case(name, normal(3, *sizes), 2),
            case(name, normal(0, 3, *sizes), 2),
            case(name, normal(2, 3, *sizes, dtype="float64"), 3, 2, 1),
            case(name, not_numbers(2, 2, *sizes), 3, 1, 1, order=0),
        ]

    return cases


def lp_cases(count: int) -> Callable[[], list[Case]]:
    name, sizes = f"lp_pool{count}d", SIZES[count]

    def cases() -> list[Case]:
        x = np.abs(normal(2, 3, *sizes)) + np.float32(0.1)
        return [
            case(name, x, 2, 2),
            case(name, x, 3, 3, 2),
            case(name, x, 1, 2, 3, True),
            case(name, x, 1.5, 2 if count == 1 else [2] * count),  # torch multiplies by the size of one dim
            case(name, normal(3, *sizes), 2.0, 3),
            case(name, x.astype(np.float64), 2, 3, 2, ceil_mode=True),
            case(name, normal(3, *sizes), math.inf, 2),
            case(name, normal(3, *sizes), -math.inf, 3, 2, True),
        ]

    return cases


def adaptive_sizes(count: int) -> list[Any]:
    shapes: dict[int, list[Any]] = {
        1: [1, 11, 4, 13, [3]],
        2: [1, 3, (3, 4), (None, 2), (9, None), (10, 3)],
        3: [1, 2, (5, 3, 2), (None, 3, None), (2, 4, 3)],
    }
    return shapes[count]


def adaptive_avg_cases(count: int) -> Callable[[], list[Case]]:
    name, sizes = f"adaptive_avg_pool{count}d", SIZES[count]

    def cases() -> list[Case]:
        return [
            *(case(name, normal(2, 3, *sizes), wanted) for wanted in adaptive_sizes(count)),
            case(name, normal(2, 3, *sizes), 0, order=0),
            case(name, normal(3, *sizes), 2),
            case(name, normal(0, 3, *sizes), 2),
            case(name, normal(2, 2, *sizes, dtype="float64"), 3),
        ]

    return cases


def adaptive_max_cases(count: int) -> Callable[[], list[Case]]:
    name, sizes = f"adaptive_max_pool{count}d", SIZES[count]

    def cases() -> list[Case]:
        found = [case(name, normal(2, 3, *sizes), wanted) for wanted in adaptive_sizes(count)]
        for x in (ties(2, 3, *sizes), not_numbers(2, 3, *sizes)):
            found += indexed(name, x, 3)[1:] + indexed(name, x, 1)[1:] + indexed(name, x, 4)[1:]
        return [
            *found,
            *indexed(name, normal(2, 3, *sizes), 3),
            case(name, normal(2, 3, *sizes), 0, order=0),
            case(name, ties(2, 2, *sizes), 4, order=1),
            case(name, normal(3, *sizes), 2),
            case(name, normal(0, 3, *sizes), 2, order=0),
            case(name, normal(2, 2, *sizes, dtype="float64"), 3),
        ]

    return cases


def unpool_cases(count: int) -> Callable[[], list[Case]]:
    pool, name = f"max_pool{count}d", f"max_unpool{count}d"

    def there_and_back(arguments: tuple[Any, ...], back: tuple[Any, ...]) -> Callable[..., Any]:
        def run(x: Any) -> Any:
            library = TF if isinstance(x, torch.Tensor) else F
            found, indices = getattr(library, pool)(x, *arguments, **INDEXED)
            return getattr(library, name)(found * 2, indices, *back) ** 2

        return run

    def cases() -> list[Case]:
        sizes = SIZES[count]
        found = []
        for arguments, back in (
            ((2,), (2,)),
            ((2, 2), (2, 2, 0, sizes)),
            ((2, 2), (2, 2, 0, (2, 3, *sizes))),
            ((2, 3), (2, 3, 0, sizes)),
            ((3, 3, 1), (3, 3, 1, sizes)),
        ):
            for x in (normal(2, 3, *sizes), normal(3, *sizes)):
                if x.ndim == count + 2 or len(back) < 4 or len(back[3]) == count:
                    run = there_and_back(arguments, back)
                    found.append(Case(f"{x.shape} {arguments} {back}", run, run, (x,)))
        run = there_and_back((2,), (2,))
        return [*found, Case("an empty batch", run, run, (normal(0, 3, *sizes),), order=0)]

    return cases


def unfold_cases() -> list[Case]:
    x = normal(2, 3, 7, 6)
    settings: tuple[tuple[Any, ...], ...] = (
        (2,), (3, 1, 1, 2), ((2, 3), 1, (1, 0)), (3, 2, 2, 1), (2, 2, 1, 2), (1, 1, 0, 3), ((7, 6),), (3, 1, 3, 1),
    )  # fmt: skip
    return [
        *(case("unfold", x, *arguments) for arguments in settings),
        case("unfold", normal(3, 5, 5), 3),
        case("unfold", normal(0, 3, 5, 5), 3),
        case("unfold", normal(2, 3, 5, 5, dtype="float64"), 3),
    ]


def fold_cases() -> list[Case]:
    settings: tuple[tuple[Numpy, tuple[Any, ...]], ...] = (
        (normal(2, 12, 9), ((4, 4), 2)),
        (normal(2, 18, 12), ((7, 6), 3, 1, 1, 2)),
        (normal(1, 6, 4 * 3), ((4, 5), (1, 3))),
        (normal(2, 9, 7 * 6), ((7, 6), 3, 2, 2)),
        (normal(2, 4, 4 * 3), ((7, 6), 2, 2, 1, 2)),
        (normal(1, 4, 9), (6, 2, 1, 0, 2)),
        (normal(2, 4, 4), ((7, 5), 2, 1, 0, 3)),
    )
    cases = [case("fold", x, *arguments) for x, arguments in settings]
    return [
        *cases,
        case("fold", normal(1, 25, 49), (7, 7), 5, 1, 2),
        case("fold", normal(12, 9), (4, 4), 2),
        case("fold", normal(0, 12, 9), (4, 4), 2),
        case("fold", normal(2, 12, 9, dtype="float64"), (4, 4), 2),
    ]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "nn.functional.max_pool1d": max_cases(1),
    "nn.functional.max_pool2d": large_max_cases,
    "nn.functional.max_pool3d": max_cases(3),
    **{f"nn.functional.avg_pool{count}d": avg_cases(count) for count in SIZES},
    **{f"nn.functional.lp_pool{count}d": lp_cases(count) for count in SIZES},
    **{f"nn.functional.adaptive_avg_pool{count}d": adaptive_avg_cases(count) for count in SIZES},
    **{f"nn.functional.adaptive_max_pool{count}d": adaptive_max_cases(count) for count in SIZES},
    **{f"nn.functional.max_unpool{count}d": unpool_cases(count) for count in SIZES},
    "nn.functional.unfold": unfold_cases,
    "nn.functional.fold": fold_cases,
}
