"""Distances and similarities as modules."""

from __future__ import annotations

from clgrad.nn import functional as F
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class CosineSimilarity(Module):
    """Compute the cosine of the angle between vectors along a dimension: functional.cosine_similarity.

    >>> import clgrad
    >>> CosineSimilarity()(clgrad.tensor([[1.0, 0.0]]), clgrad.tensor([[2.0, 0.0]])).tolist()
    [1.0]
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """Compute the p-norm of x1 - x2 + eps over the last dimension: functional.pairwise_distance.

    >>> import clgrad
    >>> PairwiseDistance(p=1.0, eps=0.0)(clgrad.tensor([[1.0, 5.0]]), clgrad.tensor([[4.0, 1.0]])).tolist()
    [7.0]
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
