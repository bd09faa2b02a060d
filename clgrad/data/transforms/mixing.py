"""MixUp and CutMix: each image of a batch with a part of its neighbour, and labels to match."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clgrad.creation import one_hot, where
from clgrad.data.seeds import sample_generator
from clgrad.data.transforms.base import box_mask
from clgrad.errors import ArgumentError, JitError, ShapeError
from clgrad.runtime import capturing
from clgrad.tensor import Tensor, tensor


class _Mixing:
    """A batch, mixed with itself shifted by one."""

    def __init__(self, *, alpha: float = 1.0, num_classes: int | None = None) -> None:
        if not alpha > 0:
            raise ArgumentError(f"[{type(self).__name__}] alpha is {alpha!r}; it must be above 0; pass 1.0")
        self.alpha = float(alpha)
        self.num_classes = num_classes

    def __call__(self, *batch: Any) -> tuple[Tensor, Tensor]:
        images, labels = batch[0] if len(batch) == 1 else batch
        if capturing.get() is not None:
            raise JitError(
                f"[{type(self).__name__}] draws its numbers on the host, and a jitted function would repeat them; mix "
                "the batch before you pass it on"
            )
        if images.ndim != 4 or labels.ndim not in (1, 2) or len(labels) != len(images):
            raise ShapeError(
                f"[{type(self).__name__}] images {tuple(images.shape)} and labels {tuple(labels.shape)}; they must be "
                "(N, C, H, W) and (N,) or (N, K); pass a batch"
            )
        images, labels = (value if isinstance(value, Tensor) else tensor(value) for value in (images, labels))
        if labels.ndim == 1:
            if self.num_classes is None:
                raise ArgumentError(
                    f"[{type(self).__name__}] labels are numbers of classes; how many there are must be known; pass "
                    "num_classes="
                )
            labels = one_hot(labels, self.num_classes).float()
        mixed, kept = self._mix(images, float(sample_generator().beta(self.alpha, self.alpha)))
        share = tensor(np.float32(kept), labels.dtype, labels.device)
        return mixed, labels * share + labels.roll(1, 0) * (1 - share)

    def _mix(self, images: Tensor, kept: float) -> tuple[Tensor, float]:
        """Mixed images, and the share of each that is its own."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(alpha={self.alpha}, num_classes={self.num_classes})"


class MixUp(_Mixing):
    """Blend each image of a batch with another one, and their labels alike (Zhang et al., "mixup", 2018).

    Called with images (N, C, H, W) and labels, or a tuple of both; the share is drawn from the distribution
    Beta(alpha, alpha), once for a batch. Labels are whole numbers (N,), for which `num_classes` is needed, or weights
    of classes (N, K); they become weights. Not for jitted functions: call it in the loop.

        >>> import clgrad
        >>> images, labels = clgrad.rand(4, 3, 8, 8), clgrad.tensor([0, 1, 2, 1])
        >>> images, weights = MixUp(alpha=0.2, num_classes=3)(images, labels)
        >>> images.shape, weights.shape
        ((4, 3, 8, 8), (4, 3))
    """

    def _mix(self, images: Tensor, kept: float) -> tuple[Tensor, float]:
        share = tensor(np.float32(kept), images.dtype, images.device)
        return images * share + images.roll(1, 0) * (1 - share), kept


class CutMix(_Mixing):
    """Put a box of another image into each of a batch, and mix labels by its area (Yun et al., "CutMix", 2019).

    Called as MixUp. The box has the image's proportions, and a part of its area that is drawn from Beta(alpha, alpha),
    once for a batch; its middle is anywhere.

        >>> import clgrad
        >>> images, weights = CutMix(num_classes=3)(clgrad.rand(4, 3, 8, 8), clgrad.tensor([0, 1, 2, 1]))
        >>> images.shape, weights.shape
        ((4, 3, 8, 8), (4, 3))
    """

    def _mix(self, images: Tensor, kept: float) -> tuple[Tensor, float]:
        height, width = images.shape[-2:]
        random = sample_generator()
        half = 0.5 * math.sqrt(1 - kept)
        edges = []
        for length in (height, width):
            middle = int(random.integers(0, length))
            edges.append((max(middle - int(half * length), 0), min(middle + int(half * length), length)))
        (top, bottom), (left, right) = edges
        # In a Tensor: with other numbers in it the kernel stays the same.
        numbers = tensor(np.array([top, left, bottom - top, right - left]), device=images.device)
        mask = box_mask(images, *(numbers[place] for place in range(4)))
        return where(mask, images.roll(1, 0), images), 1 - (bottom - top) * (right - left) / (height * width)
