"""Embedding: a learned vector for each number."""

from __future__ import annotations

from typing import Any

from clgrad.creation import zeros
from clgrad.errors import ArgumentError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor, no_grad


class Embedding(Module):
    """Look up rows of ``weight`` (num_embeddings, embedding_dim) by integers: (...) -> (..., embedding_dim).

    Rows start normally distributed; the row ``padding_idx`` starts at 0 and gets no gradient. Raises ArgumentError,
    and IndexRangeError when a result of a number outside the rows is read.

        >>> import clgrad
        >>> Embedding(10, 3)(clgrad.tensor([[1, 2], [9, 0]])).shape
        (2, 2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ArgumentError(f"[Embedding] padding_idx={padding_idx} is not one of {num_embeddings} rows")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.weight = Parameter(zeros((num_embeddings, embedding_dim), device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"
