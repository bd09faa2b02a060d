"""Dropout of elements and of channels as modules: what nn/noise.py does, in training only."""

from __future__ import annotations

from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0.0 <= p <= 1.0:
            raise ArgumentError(f"[{type(self).__name__}] p={p}, a probability must lie in [0, 1]; 0 turns dropout off")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Set elements to zero with probability ``p`` and scale the others by 1 / (1 - p), in training only.

    Raises ArgumentError for p outside [0, 1].

        >>> import clgrad
        >>> Dropout(0.5).eval()(clgrad.ones(2)).tolist()
        [1.0, 1.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training)


class Dropout1d(_Dropout):
    """Set whole channels of (N, C, L) or (C, L) to zero: functional.dropout1d, in training only."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training)


class Dropout2d(_Dropout):
    """Set whole channels of (N, C, H, W) to zero: functional.dropout2d, in training only."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training)


class Dropout3d(_Dropout):
    """Set whole channels of (N, C, D, H, W) or (C, D, H, W) to zero: functional.dropout3d, in training only."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training)


class AlphaDropout(_Dropout):
    """Set elements to what selu saturates at, keeping mean and variance: functional.alpha_dropout, in training only."""

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """Do AlphaDropout with whole channels: functional.feature_alpha_dropout, in training only."""

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
