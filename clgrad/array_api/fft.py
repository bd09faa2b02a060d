"""The standard's Fourier transforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from clgrad import fft as ours
from clgrad.tensor import Tensor

__all__ = [
    "fft", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn", "rfft",
    "rfftfreq", "rfftn",
]  # fmt: skip


def _one(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A transform along one axis."""

    def transformed(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
        return function(x, n, axis, norm)

    transformed.__name__ = function.__name__
    return transformed


def _many(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A transform along several axes."""

    def transformed(
        x: Tensor, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
    ) -> Tensor:
        return function(x, s, axes, norm)

    transformed.__name__ = function.__name__
    return transformed


fft = _one(ours.fft)
ifft = _one(ours.ifft)
rfft = _one(ours.rfft)
irfft = _one(ours.irfft)
hfft = _one(ours.hfft)
ihfft = _one(ours.ihfft)
fftn = _many(ours.fftn)
ifftn = _many(ours.ifftn)
rfftn = _many(ours.rfftn)
irfftn = _many(ours.irfftn)


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Tensor:
    return ours.fftfreq(n, d, dtype=dtype, device=device)


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Tensor:
    return ours.rfftfreq(n, d, dtype=dtype, device=device)


def fftshift(x: Tensor, /, *, axes: Any = None) -> Tensor:
    return ours.fftshift(x, axes)


def ifftshift(x: Tensor, /, *, axes: Any = None) -> Tensor:
    return ours.ifftshift(x, axes)
