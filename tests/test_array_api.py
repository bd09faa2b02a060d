"""The array API namespace beside the standard's own strict implementation: names, signatures, values."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import array_api_strict as strict
import numpy as np
import pytest
from compare import needs, normal, rng

import clgrad
from clgrad import array_api
from clgrad.errors import ArgumentError, ShapeError

strict.set_array_api_strict_flags(api_version="2024.12")

OF_STRICT = ("ArrayAPIStrictFlags", "Device", "__version__")
NAMES = [name for name in strict.__all__ if name not in OF_STRICT and not name.endswith("_strict_flags")]
EXTENSIONS = {
    "linalg": [
        name for name in strict.linalg.__all__ if name not in ("eig", "eigvals")  # of a later standard
    ] if hasattr(strict.linalg, "__all__") else [],
    "fft": strict.fft.__all__ if hasattr(strict.fft, "__all__") else [],
}  # fmt: skip


def test_version() -> None:
    x = clgrad.ones(1)
    assert array_api.__array_api_version__ == "2024.12"
    assert x.__array_namespace__() is x.__array_namespace__(api_version="2024.12") is array_api
    assert x.__array_namespace__(api_version="2023.12") is array_api
    with pytest.raises(ArgumentError, match="2099"):
        x.__array_namespace__(api_version="2099.12")


def test_every_name_is_there() -> None:
    missing = [name for name in NAMES if not hasattr(array_api, name)]
    for extension, names in EXTENSIONS.items():
        missing += [f"{extension}.{name}" for name in names if not hasattr(getattr(array_api, extension), name)]
    assert not missing


def _accepts(mine: inspect.Signature, wanted: inspect.Signature) -> str:
    """Why a call that the standard allows is not allowed here."""
    ours = list(mine.parameters.values())
    if any(one.kind is one.VAR_POSITIONAL for one in ours) and any(one.kind is one.VAR_KEYWORD for one in ours):
        return ""
    places = [one for one in ours if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    many = any(one.kind is one.VAR_POSITIONAL for one in ours)
    names = {one.name: one for one in ours if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)}
    for number, one in enumerate(wanted.parameters.values()):
        if one.kind is one.POSITIONAL_ONLY and number >= len(places) and not many:
            return f"no place {number} for {one.name}"
        if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD):
            if one.name not in names:
                return f"no keyword {one.name}"
            if one.default is not one.empty and names[one.name].default is one.empty:
                return f"{one.name} has no default"
    return ""


def test_signatures() -> None:
    wrong = []
    for name in NAMES:
        wanted, mine = getattr(strict, name), getattr(array_api, name)
        if inspect.isfunction(wanted) and callable(mine) and not inspect.isclass(mine):
            why = _accepts(inspect.signature(mine), inspect.signature(wanted))
            wrong += [f"{name}: {why}"] if why else []
    for extension, names in EXTENSIONS.items():
        for name in names:
            wanted, mine = getattr(getattr(strict, extension), name), getattr(getattr(array_api, extension), name)
            why = _accepts(inspect.signature(mine), inspect.signature(wanted))
            wrong += [f"{extension}.{name}: {why}"] if why else []
    assert not wrong


# -- values --------------------------------------------------------------------------------------

X, Y = normal(3, 4), normal(3, 4, seed=1)
POSITIVE = np.abs(X) + np.float32(0.1)
UNIT = (np.clip(X, -0.9, 0.9)).astype(np.float32)
ABOVE = (np.abs(X) + np.float32(1.1)).astype(np.float32)
INTEGERS, OTHERS = rng().integers(1, 9, (3, 4)), rng(1).integers(1, 5, (3, 4))
TRUTHS, DOUBTS = X > 0, Y > 0
SQUARE = (normal(3, 3) + np.eye(3) * 4).astype(np.float32)
DEFINITE = (SQUARE @ SQUARE.T).astype(np.float32)
COMPLEX = (X + 1j * Y).astype(np.complex64)

CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    **{
        name: (lambda xp, x, name=name: getattr(xp, name)(x), (X,))
        for name in [
            "abs",
            "atan",
            "ceil",
            "cos",
            "cosh",
            "exp",
            "expm1",
            "floor",
            "isfinite",
            "isinf",
            "isnan",
            "negative",
            "positive",
            "round",
            "sign",
            "signbit",
            "sin",
            "sinh",
            "square",
            "asinh",
            "tanh",
            "trunc",
        ]
    },
    **{
        name: (lambda xp, x, name=name: getattr(xp, name)(x), (POSITIVE,))
        for name in ["log", "log1p", "log2", "log10", "reciprocal", "sqrt", "tan"]
    },
    **{name: (lambda xp, x, name=name: getattr(xp, name)(x), (UNIT,)) for name in ("acos", "asin", "atanh")},
    "acosh": (lambda xp, x: xp.acosh(x), (ABOVE,)),
    **{
        name: (lambda xp, x, y, name=name: getattr(xp, name)(x, y), (X, Y))
        for name in [
            "add",
            "atan2",
            "copysign",
            "divide",
            "equal",
            "floor_divide",
            "greater",
            "greater_equal",
            "hypot",
            "less",
            "less_equal",
            "logaddexp",
            "maximum",
            "minimum",
            "multiply",
            "nextafter",
            "not_equal",
            "remainder",
            "subtract",
        ]
    },
    "pow": (lambda xp, x, y: xp.pow(x, y), (POSITIVE, Y)),
    **{
        name: (lambda xp, x, y, name=name: getattr(xp, name)(x, y), (INTEGERS, OTHERS))
        for name in ["bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor"]
    },
    "bitwise_invert": (lambda xp, x: xp.bitwise_invert(x), (INTEGERS,)),
    **{
        name: (lambda xp, x, y, name=name: getattr(xp, name)(x, y), (TRUTHS, DOUBTS))
        for name in ("logical_and", "logical_or", "logical_xor")
    },
    "logical_not": (lambda xp, x: xp.logical_not(x), (TRUTHS,)),
    "a number first": (lambda xp, x: xp.subtract(1.0, x), (X,)),
    "a number second": (lambda xp, x: xp.multiply(x, 2), (INTEGERS,)),
    "clip": (lambda xp, x: xp.clip(x, -0.5, 0.5), (X,)),
    "clip by arrays": (lambda xp, x, y: xp.clip(x, y, None), (X, Y)),
    "real": (lambda xp, x: xp.real(x), (COMPLEX,)),
    "imag": (lambda xp, x: xp.imag(x), (COMPLEX,)),
    "conj": (lambda xp, x: xp.conj(x), (COMPLEX,)),
    "complex exp": (lambda xp, x: xp.exp(x) * xp.abs(x), (COMPLEX,)),
    "complex sum": (lambda xp, x: xp.sum(x, axis=1), (COMPLEX,)),
    "arange": (lambda xp, x: xp.arange(2, 9, 3), (X,)),
    "empty arange": (lambda xp, x: xp.arange(5, 2), (X,)),
    "asarray": (lambda xp, x: xp.asarray([[1.0, 2.0], [3.0, 4.0]]), (X,)),
    "eye": (lambda xp, x: xp.eye(3, 4, k=1), (X,)),
    "full": (lambda xp, x: xp.full((2, 3), 7), (X,)),
    "full_like": (lambda xp, x: xp.full_like(x, 2.5), (X,)),
    "linspace": (lambda xp, x: xp.linspace(0, 1, 5, endpoint=False), (X,)),
    "ones": (lambda xp, x: xp.ones(3) + xp.zeros((2, 3)), (X,)),
    "meshgrid": (lambda xp, x: xp.meshgrid(x[0, :], x[:, 0])[0], (X,)),
    "tril": (lambda xp, x: xp.tril(x, k=-1), (X,)),
    "triu": (lambda xp, x: xp.triu(x), (X,)),
    "astype": (lambda xp, x: xp.astype(x, xp.int32), (X * 4,)),
    "broadcast_arrays": (lambda xp, x: xp.broadcast_arrays(x, x[:1, :])[1], (X,)),
    "broadcast_to": (lambda xp, x: xp.broadcast_to(x, (2, 3, 4)), (X,)),
    "concat": (lambda xp, x, y: xp.concat([x, y], axis=1), (X, Y)),
    "concat flat": (lambda xp, x, y: xp.concat([x, y], axis=None), (X, Y)),
    "stack": (lambda xp, x, y: xp.stack([x, y], axis=-1), (X, Y)),
    "unstack": (lambda xp, x: xp.unstack(x, axis=1)[2], (X,)),
    "expand_dims": (lambda xp, x: xp.expand_dims(x, axis=-2), (X,)),
    "squeeze": (lambda xp, x: xp.squeeze(x[:1, :], axis=0), (X,)),
    "flip": (lambda xp, x: xp.flip(x), (X,)),
    "flip of an axis": (lambda xp, x: xp.flip(x, axis=1), (X,)),
    "moveaxis": (lambda xp, x: xp.moveaxis(x, 0, -1), (X,)),
    "permute_dims": (lambda xp, x: xp.permute_dims(x, (1, 0)), (X,)),
    "repeat": (lambda xp, x: xp.repeat(x, 2, axis=0), (X,)),
    "reshape": (lambda xp, x: xp.reshape(x, (2, -1)), (X,)),
    "roll": (lambda xp, x: xp.roll(x, (1, -2), axis=(0, 1)), (X,)),
    "tile": (lambda xp, x: xp.tile(x, (2, 1, 2)), (X,)),
    "take": (lambda xp, x, i: xp.take(x, i, axis=1), (X, np.array([3, 0, 0]))),
    "take_along_axis": (lambda xp, x, i: xp.take_along_axis(x, i, axis=0), (X, INTEGERS % 3)),
    "matmul": (lambda xp, x, y: xp.matmul(x, xp.matrix_transpose(y)), (X, Y)),
    "tensordot": (lambda xp, x, y: xp.tensordot(x, y, axes=((0,), (0,))), (X, Y)),
    "vecdot": (lambda xp, x, y: xp.vecdot(x, y, axis=-2), (X, Y)),
    **{
        f"{name} of {axis}": (
            lambda xp, x, name=name, axis=axis: getattr(xp, name)(x, axis=axis, keepdims=axis == 1),
            (X,),
        )
        for name in ("max", "mean", "min", "prod", "std", "sum", "var")
        for axis in (None, 1, (0, 1))
    },
    "sum of small integers": (lambda xp, x: xp.sum(x), (INTEGERS.astype(np.int8),)),
    "sum of unsigned": (lambda xp, x: xp.sum(x), (INTEGERS.astype(np.uint8),)),
    "std with correction": (lambda xp, x: xp.std(x, axis=0, correction=1), (X,)),
    "all": (lambda xp, x: xp.all(x, axis=0), (TRUTHS,)),
    "any": (lambda xp, x: xp.any(x, axis=(0, 1)), (TRUTHS,)),
    "argmax": (lambda xp, x: xp.argmax(x, axis=1, keepdims=True), (X,)),
    "argmin": (lambda xp, x: xp.argmin(x), (X,)),
    "count_nonzero": (lambda xp, x: xp.count_nonzero(x, axis=1), (TRUTHS,)),
    "cumulative_sum": (lambda xp, x: xp.cumulative_sum(x, axis=1, include_initial=True), (X,)),
    "cumulative_prod": (lambda xp, x: xp.cumulative_prod(x, axis=0), (X,)),
    "diff": (lambda xp, x: xp.diff(x, axis=0, n=2), (X,)),
    "nonzero": (lambda xp, x: xp.nonzero(x)[1], (TRUTHS,)),
    "searchsorted": (lambda xp, x, y: xp.searchsorted(x, y, side="right"), (np.sort(X.reshape(-1)), Y.reshape(-1))),
    "where": (lambda xp, c, x, y: xp.where(c, x, y), (TRUTHS, X, Y)),
    "argsort": (lambda xp, x: xp.argsort(x, axis=0, descending=True), (X,)),
    "sort": (lambda xp, x: xp.sort(x, axis=1), (X,)),
    **{
        f"unique_{name} {part}": (
            lambda xp, x, name=name, part=part: xp.__getattribute__(f"unique_{name}")(x)[part],
            (INTEGERS,),
        )
        for name, parts in (("all", 4), ("counts", 2), ("inverse", 2))
        for part in range(parts)
    },
    "unique_values": (lambda xp, x: xp.unique_values(x), (INTEGERS,)),
    "linalg.cholesky": (lambda xp, x: xp.linalg.cholesky(x, upper=True), (DEFINITE,)),
    "linalg.cross": (lambda xp, x: xp.linalg.cross(x, xp.flip(x, axis=0), axis=-2), (SQUARE,)),
    "linalg.det": (lambda xp, x: xp.linalg.det(x), (SQUARE,)),
    "linalg.diagonal": (lambda xp, x: xp.linalg.diagonal(x, offset=1), (X,)),
    "linalg.eigvalsh": (lambda xp, x: xp.linalg.eigvalsh(x), (DEFINITE,)),
    "linalg.eigh": (lambda xp, x: xp.linalg.eigh(x).eigenvalues, (DEFINITE,)),
    "linalg.inv": (lambda xp, x: xp.linalg.inv(x), (SQUARE,)),
    "linalg.matrix_norm": (lambda xp, x: xp.linalg.matrix_norm(x, ord="nuc"), (X,)),
    "linalg.matrix_power": (lambda xp, x: xp.linalg.matrix_power(x, 3), (SQUARE,)),
    "linalg.matrix_rank": (lambda xp, x: xp.linalg.matrix_rank(x), (X,)),
    "linalg.outer": (lambda xp, x: xp.linalg.outer(x[0, :], x[:, 0]), (X,)),
    "linalg.pinv": (lambda xp, x: xp.linalg.pinv(x), (X,)),
    "linalg.qr": (lambda xp, x: xp.abs(xp.linalg.qr(x).R), (X,)),
    "linalg.slogdet": (lambda xp, x: xp.linalg.slogdet(x).logabsdet, (SQUARE,)),
    "linalg.solve": (lambda xp, x, y: xp.linalg.solve(x, y), (SQUARE, X)),
    "linalg.svd": (lambda xp, x: xp.linalg.svd(x, full_matrices=False).S, (X,)),
    "linalg.svdvals": (lambda xp, x: xp.linalg.svdvals(x), (X,)),
    "linalg.trace": (lambda xp, x: xp.linalg.trace(x), (SQUARE,)),
    "linalg.vector_norm": (lambda xp, x: xp.linalg.vector_norm(x, axis=1, ord=1), (X,)),
    "fft.fft": (lambda xp, x: xp.fft.fft(x, n=5, axis=0), (COMPLEX,)),
    "fft.ifft": (lambda xp, x: xp.fft.ifft(x), (COMPLEX,)),
    "fft.rfft": (lambda xp, x: xp.fft.rfft(x, norm="ortho"), (X,)),
    "fft.irfft": (lambda xp, x: xp.fft.irfft(x, n=6), (COMPLEX,)),
    "fft.fftn": (lambda xp, x: xp.fft.fftn(x), (COMPLEX,)),
    "fft.rfftn": (lambda xp, x: xp.fft.rfftn(x), (X,)),
    "fft.hfft": (lambda xp, x: xp.fft.hfft(x, n=6), (COMPLEX,)),
    "fft.fftfreq": (lambda xp, x: xp.fft.fftfreq(5, d=0.5), (X,)),
    "fft.fftshift": (lambda xp, x: xp.fft.fftshift(x, axes=1), (X,)),
}


@pytest.mark.parametrize("name", CALLS)
def test_values(name: str, device: str) -> None:
    call, inputs = CALLS[name]
    needs(device, *(clgrad.dtypes.as_dtype(x.dtype) for x in inputs))
    with warnings.catch_warnings(), clgrad.use_device(device):
        warnings.simplefilter("ignore")
        wanted = np.asarray(call(strict, *(strict.asarray(x) for x in inputs)))
        found = call(array_api, *(array_api.asarray(x) for x in inputs))
    assert isinstance(found, clgrad.Tensor) and found.device is clgrad.device(device)
    assert found.shape == wanted.shape
    if not (wanted.dtype == np.float64 and found.dtype is clgrad.float32):  # the default float is ours
        assert found.dtype.name == wanted.dtype.name
    np.testing.assert_allclose(found.numpy(), wanted, rtol=3e-5, atol=3e-5)


def test_isin(device: str) -> None:
    """Of a later standard, so only numpy has it."""
    x, y = (clgrad.tensor(one, device=device) for one in (INTEGERS, OTHERS[:1]))
    np.testing.assert_array_equal(array_api.isin(x, y).numpy(), np.isin(INTEGERS, OTHERS[:1]))
    np.testing.assert_array_equal(array_api.isin(x, 3, invert=True).numpy(), np.isin(INTEGERS, 3, invert=True))


def test_dtypes() -> None:
    assert array_api.isdtype(clgrad.int8, "signed integer") and not array_api.isdtype(clgrad.uint8, "signed integer")
    assert array_api.isdtype(clgrad.complex64, "numeric") and array_api.isdtype(clgrad.bool, "bool")
    with pytest.raises(ArgumentError, match=r"\[isdtype\]"):
        array_api.isdtype(clgrad.int8, "whole")
    assert array_api.finfo(clgrad.complex64).eps == array_api.finfo(clgrad.float32).eps
    assert array_api.iinfo(clgrad.int16).max == 32767
    assert array_api.result_type(clgrad.int8, 1, clgrad.ones(1)) is clgrad.float32
    assert array_api.can_cast(clgrad.int8, clgrad.int32)


def test_information() -> None:
    information = array_api.__array_namespace_info__()
    assert information.capabilities()["boolean indexing"] is True
    assert information.default_device() in information.devices()
    assert information.dtypes(kind="integral").keys() == {
        f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
    }
    assert set(information.default_dtypes()) == {"real floating", "complex floating", "integral", "indexing"}


def test_attributes(device: str) -> None:
    x = clgrad.tensor(X, device=device)
    assert x.size == 12 and x.size() == (3, 4) and x.size(1) == 4
    assert x.ndim == 2 and x.T.shape == x.mT.shape == (4, 3)
    assert x.to_device(x.device) is x
    assert complex(clgrad.tensor(2.0, device=device)) == 2 + 0j
    with pytest.raises(ShapeError, match=r"\[squeeze\]"):
        array_api.squeeze(x, axis=0)


def test_numpy_functions_give_tensors(device: str) -> None:
    x = clgrad.tensor(X, device=device)
    for mine, theirs in (
        (np.concatenate([x, x], axis=1), np.concatenate([X, X], axis=1)),
        (np.sum(x, axis=0), X.sum(0)),
        (np.where(x > 0, x, -x), np.abs(X)),
        (np.linalg.det(x[:, :3]), np.linalg.det(X[:, :3])),
        (np.fft.rfft(x), np.fft.rfft(X)),
    ):
        assert isinstance(mine, clgrad.Tensor) and mine.device is x.device
        np.testing.assert_allclose(mine.numpy(), theirs, rtol=1e-4, atol=1e-5)
    assert np.shape(x) == (3, 4) and np.ndim(x) == 2
    with pytest.raises(ArgumentError, match=r"\[numpy\] clgrad has no numpy.*interp"):
        np.interp(x, x, x)
