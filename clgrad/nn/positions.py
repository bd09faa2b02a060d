"""Where in a sequence something stands: rotary embeddings, ALiBi's biases, sine waves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from clgrad.compose.joining import cat, stack
from clgrad.creation import arange
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn.module import Module
from clgrad.tensor import Tensor, tensor


def rotary_frequencies(
    dim: int, base: float = 10000.0, scaling: Mapping[str, Any] | None = None
) -> npt.NDArray[np.float64]:
    """Radians by which a rotary embedding turns each of dim / 2 pairs from one place to the next.

    ``scaling`` stretches them to longer sequences, as ``rope_scaling`` in configurations of Hugging Face says:
    ``rope_type`` "linear" divides all by ``factor``; "ntk" raises the base, so that the slowest pair slows down by
    ``factor`` and the fastest does not; "llama3" divides those by ``factor`` whose period is longer than
    ``original_max_position_embeddings / low_freq_factor``, none shorter than ``... / high_freq_factor``, and goes
    from one to the other in between. Raises ArgumentError.

        >>> rotary_frequencies(4).tolist()
        [1.0, 0.01]
    """
    options = dict(scaling or {})
    kind = options.get("rope_type", options.get("type", "default"))
    factor = float(options.get("factor", 1.0))
    if kind == "ntk":
        base *= factor ** (dim / (dim - 2))
    frequencies: npt.NDArray[np.float64] = base ** -(np.arange(0, dim, 2) / dim)
    if kind in ("default", "ntk"):
        return frequencies
    if kind == "linear":
        return frequencies / factor
    if kind == "llama3":
        low, high = float(options["low_freq_factor"]), float(options["high_freq_factor"])
        turns = float(options["original_max_position_embeddings"]) * frequencies / (2 * math.pi)
        kept: npt.NDArray[np.float64] = np.clip((turns - low) / (high - low), 0.0, 1.0)
        return kept * frequencies + (1 - kept) * frequencies / factor
    raise ArgumentError(f"[RotaryEmbedding] rope_type {kind!r} is not known; there are default, linear, ntk and llama3")


def _angles(positions: Tensor, frequencies: npt.NDArray[np.float64]) -> Tensor:
    """Positions (...) times frequencies, (..., pairs), in float32.

    The frequencies are no buffer: a model in half precision would round them, and far places would be anywhere.
    """
    return positions.unsqueeze(-1).to(float32) * tensor(frequencies.astype(np.float32), device=positions.device)


class RotaryEmbedding(Module):
    """Turn pairs of a head's elements by angles that grow with the place (Su et al., 2021).

    The input is (..., T, width), of which the first ``dim`` elements are turned; ``positions``, integers of shape (T,)
    or (N, T) for an input (N, heads, T, width), are 0 ... T - 1 unless given. A pair is element i and i + dim / 2, as
    in Hugging Face's models, or with ``interleaved`` the neighbours 2 i and 2 i + 1. ``base`` is also called theta;
    ``scaling`` stretches it to longer sequences: see rotary_frequencies. Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> turn = RotaryEmbedding(2)
        >>> [[round(x, 3) for x in row] for row in turn(clgrad.tensor([[1.0, 0.0], [1.0, 0.0]])).tolist()]
        [[1.0, 0.0], [0.54, 0.841]]
    """

    def __init__(
        self,
        dim: int,
        base: float = 10000.0,
        interleaved: bool = False,
        scaling: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if dim < 2 or dim % 2:
            raise ArgumentError(f"[RotaryEmbedding] dim={dim} must be even and at least 2: pairs are turned")
        self.dim = dim
        self.base = base
        self.interleaved = interleaved
        self.frequencies = rotary_frequencies(dim, base, scaling)

    def forward(self, input: Tensor, positions: Tensor | None = None) -> Tensor:
        if input.ndim < 2 or input.shape[-1] < self.dim:
            raise ShapeError(f"[RotaryEmbedding] input {input.shape} must be (..., T, width), at least {self.dim} wide")
        if positions is None:
            positions = arange(input.shape[-2], device=input.device)
        if positions.shape not in ((input.shape[-2],), (input.shape[0], input.shape[-2])):
            raise ShapeError(
                f"[RotaryEmbedding] positions {positions.shape} for input {input.shape}: they must be (T,) or (N, T)"
            )
        angles = _angles(positions, self.frequencies)
        if positions.ndim == 2:
            angles = angles.unsqueeze(1)
        cos, sin = angles.cos(), angles.sin()
        turned = input[..., : self.dim].to(float32)
        if self.interleaved:
            pairs = turned.unflatten(-1, (self.dim // 2, 2))
            x, y = pairs[..., 0], pairs[..., 1]
            result = stack((x * cos - y * sin, y * cos + x * sin), -1).flatten(-2)
        else:
            x, y = turned.chunk(2, -1)
            result = cat((x * cos - y * sin, y * cos + x * sin), -1)
        result = result.to(input.dtype)
        return result if self.dim == input.shape[-1] else cat((result, input[..., self.dim :]), -1)

    def extra_repr(self) -> str:
        return f"{self.dim}, base={self.base}, interleaved={self.interleaved}"


class ALiBi(Module):
    """Biases of attention that fall with the distance, for each head by another slope (Press et al., 2022).

    ``forward(length, keys, device)`` is (heads, length, keys), to be given as ``attn_mask``; the queries are the last
    of the keys, which are as many unless given. Keys behind their query get -inf, unless ``causal`` is False.

        >>> ALiBi(2)(3)[0].tolist()
        [[0.0, -inf, -inf], [-0.0625, 0.0, -inf], [-0.125, -0.0625, 0.0]]
    """

    def __init__(self, num_heads: int, causal: bool = True) -> None:
        super().__init__()
        if num_heads < 1:
            raise ArgumentError(f"[ALiBi] num_heads={num_heads} must be at least 1")
        self.num_heads = num_heads
        self.causal = causal

    def forward(self, length: int, keys: int | None = None, device: Any = None) -> Tensor:
        keys = length if keys is None else keys
        slopes = tensor(_slopes(self.num_heads), dtype=float32, device=device)
        distance = arange(keys - length, keys, device=device).unsqueeze(1) - arange(keys, device=device)
        biases = (-distance.abs()).to(float32) * slopes.reshape(-1, 1, 1)
        return (distance < 0).choose(-math.inf, biases) if self.causal else biases

    def extra_repr(self) -> str:
        return f"{self.num_heads}, causal={self.causal}"


def _slopes(heads: int) -> list[float]:
    """2 ^ (-8 i / heads), i = 1 ... heads; between powers of two, every other one of twice as many is added."""
    power: int = 2 ** int(math.log2(heads))
    slopes = [2 ** (-8 * place / power) for place in range(1, power + 1)]
    return slopes + [2 ** (-4 * place / power) for place in range(1, 2 * (heads - power), 2)]


class SinusoidalPositions(Module):
    """Add sines to even elements and cosines to odd ones, of waves from 2 pi to ``base`` * 2 pi (Vaswani et al., 2017).

    The input is (..., T, dim). Raises ArgumentError for an odd ``dim``, ShapeError.

        >>> import clgrad
        >>> SinusoidalPositions(4)(clgrad.zeros(1, 4)).tolist()
        [[0.0, 1.0, 0.0, 1.0]]
    """

    def __init__(self, dim: int, base: float = 10000.0) -> None:
        super().__init__()
        if dim < 2 or dim % 2:
            raise ArgumentError(f"[SinusoidalPositions] dim={dim} must be even and at least 2: waves are pairs")
        self.dim = dim
        self.base = base
        self.frequencies = rotary_frequencies(dim, base)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim < 2 or input.shape[-1] != self.dim:
            raise ShapeError(f"[SinusoidalPositions] input {input.shape} must be (..., T, {self.dim})")
        angles = _angles(arange(input.shape[-2], device=input.device), self.frequencies)
        return input + stack((angles.sin(), angles.cos()), -1).flatten(-2).to(input.dtype)

    def extra_repr(self) -> str:
        return f"{self.dim}, base={self.base}"
