"""Images and their like in another size: ``interpolate``.

Along each axis an element of the result is a weighted sum of few elements of the input, whose indices and weights do
not depend on data: they are tables, made as PyTorch makes them, in float32 where it does.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any, Union

import numpy as np

from clgrad.array import A
from clgrad.compose.adaptive import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from clgrad.compose.indexing import index_select
from clgrad.compose.windows import per_dim
from clgrad.dtypes import float64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.view import Shape

Table = np.ndarray[Any, Any]
Factors = Union[float, Sequence[float], None]

CUBIC = -0.75
"""The free coefficient of cubic convolution (R. Keys, 1981), as PyTorch and OpenCV choose it."""
LINEAR = {3: "linear", 4: "bilinear", 5: "trilinear"}
"""The name of linear interpolation, by the dims of the input."""
MODES = ("nearest", "nearest-exact", *LINEAR.values(), "bicubic", "area")


def cubic_weights(t: Any) -> list[Any]:
    """The weights of the four neighbours of a place between the second and the third of them, by its distance."""

    def near(x: Any) -> Any:
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1

    def far(x: Any) -> Any:
        return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC

    return [far(t + 1), near(t), near(1 - t), far(2 - t)]


def _table(mode: str, length: int, count: int, factor: float | None, corners: bool, number: Any) -> tuple[Table, Table]:
    """Indices and weights, (elements, count), of what ``count`` places along an axis are made of."""
    place = np.arange(count).astype(number)
    if corners and mode not in ("nearest", "nearest-exact"):
        step = number((length - 1) / (count - 1)) if count > 1 else number(0)
        source = place * step
    else:
        step = number(1 / factor) if factor is not None else number(length) / number(count)
        half = number(0.0 if mode == "nearest" else 0.5)
        source = (place + half) * step
        if mode not in ("nearest", "nearest-exact"):
            source = source - half
    if mode in ("nearest", "nearest-exact"):
        return np.minimum(np.floor(source).astype(np.int64), length - 1)[None], np.ones((1, count), number)
    if mode != "bicubic":
        source = np.maximum(source, 0) if count != length else place
    index = np.minimum(np.floor(source).astype(np.int64), length - 1)
    rest = np.clip(source - index.astype(number), 0, 1).astype(number)
    if mode == "bicubic":
        around = np.clip(index + np.arange(-1, 3).reshape(4, 1), 0, length - 1)
        return around, np.stack(cubic_weights(rest)).astype(number)
    return np.stack([index, np.minimum(index + 1, length - 1)]), np.stack([1 - rest, rest])


def _resample(input: A, axis: int, table: tuple[Table, Table], weighted: bool) -> A:
    """One axis by a table."""
    total: Any = None
    for index, weight in zip(*table):
        number: Any = input._lift(index)
        taken: Any = index_select(input, axis, number)
        if weighted:
            factors: Any = input._lift(weight)
            taken = taken * factors.reshape((-1, *(1 for _ in input.shape[axis + 1 :])))
        total = taken if total is None else total + taken
    return total  # type: ignore[no-any-return]


def _repeated(input: A, axis: int, factor: int) -> A:
    shape = input.shape
    apart = input.reshape((*shape[: axis + 1], 1, *shape[axis + 1 :]))
    spread = apart.expand(*shape[: axis + 1], factor, *shape[axis + 1 :])
    return spread.reshape((*shape[:axis], shape[axis] * factor, *shape[axis + 1 :]))


def _sizes_and_factors(
    input: A, size: Any, scale_factor: Factors, recompute: bool | None
) -> tuple[Shape, tuple[Any, ...]]:
    """The size of the result, and the factors that places are computed with: None for what the sizes give."""
    count = input.ndim - 2
    if (size is None) == (scale_factor is None):
        raise ArgumentError("[interpolate] give either size or scale_factor, and not both")
    if size is not None:
        if recompute:
            raise ArgumentError("[interpolate] recompute_scale_factor=True with a size; give scale_factor instead")
        return per_dim("interpolate", "size", size, count, 1), (None,) * count
    given: Any = scale_factor if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * count
    factors = tuple(float(one) for one in given)
    if len(factors) != count:
        raise ArgumentError(
            f"[interpolate] scale_factor={scale_factor} for input {input.shape}: one number, or {count}, one for each "
            "dim behind the channels"
        )
    wanted = tuple(math.floor(length * factor) for length, factor in zip(input.shape[2:], factors))
    if min(wanted) < 1:
        raise ShapeError(f"[interpolate] input {input.shape} gets sizes {wanted}; they must be positive")
    return wanted, (None,) * count if recompute else factors


def interpolate(
    input: A, size: int | Sequence[int] | None = None, scale_factor: Factors = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> A:  # fmt: skip
    """Images and their like in another size: (N, C, W), (N, C, H, W) or (N, C, D, H, W).

    Give ``size``, or ``scale_factor``; with ``recompute_scale_factor`` the latter only decides the size. Modes:
    "nearest" (as OpenCV's) and "nearest-exact" take an element; "linear", "bilinear" and "trilinear", for one to three
    dims, and "bicubic" for two weigh neighbours; "area" is adaptive average pooling. With ``align_corners`` the
    centers of the first and last elements coincide, else the outer edges. Raises ArgumentError, ShapeError, DtypeError.

    >>> import clgrad
    >>> interpolate(clgrad.tensor([[[0.0, 4.0]]]), 4, mode="linear").tolist()
    [[[0.0, 1.0, 3.0, 4.0]]]
    """
    if mode not in MODES:
        raise ArgumentError(f"[interpolate] mode={mode!r}, it must be one of {', '.join(MODES)}")
    weighs = mode in (*LINEAR.values(), "bicubic")
    if align_corners is not None and not weighs:
        raise ArgumentError(f"[interpolate] align_corners={align_corners} with mode={mode!r}: only modes that weigh "
                            "neighbours take it")  # fmt: skip
    if antialias:
        raise ArgumentError("[interpolate] antialias=True is not there; blur first, or use mode='area'")
    if input.ndim not in LINEAR or (weighs and mode != LINEAR[input.ndim] and (mode, input.ndim) != ("bicubic", 4)):
        raise ShapeError(
            f"[interpolate] input {input.shape} of {input.ndim} dims with mode={mode!r}: 3 to 5 dims are needed, "
            f"'linear' is for 3, 'bilinear' and 'bicubic' for 4, 'trilinear' for 5"
        )
    if 0 in input.shape[1:]:
        raise ShapeError(f"[interpolate] input {input.shape}: only the batch may be empty")
    wanted, factors = _sizes_and_factors(input, size, scale_factor, recompute_scale_factor)
    if mode == "area":
        pools: dict[int, Any] = {3: adaptive_avg_pool1d, 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}
        return pools[input.ndim](input, wanted)  # type: ignore[no-any-return]
    if weighs and not input.dtype.is_float:
        raise DtypeError(
            f"[interpolate] input is {input.dtype.name}, mode={mode!r} weighs elements; cast it to a float"
        )
    number = np.float64 if weighs and input.dtype is float64 else np.float32
    result: A = input._cast(input.dtype.computing) if weighs else input
    for axis, (count, factor) in enumerate(zip(wanted, factors), 2):
        length = input.shape[axis]
        if not weighs and count % length == 0 and factor in (None, count // length):
            result = _repeated(result, axis, count // length)
        elif weighs or count != length or factor not in (None, 1):
            table = _table(mode, length, count, factor, bool(align_corners), number)
            result = _resample(result, axis, table, weighs)
    return result._cast(input.dtype)


def upsample(
    input: A, size: int | Sequence[int] | None = None, scale_factor: Factors = None, mode: str = "nearest",
    align_corners: bool | None = None,
) -> A:  # fmt: skip
    """The same as ``interpolate``, by its old name: it warns."""
    warnings.warn("[upsample] is interpolate by its old name; call interpolate", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)
