"""Tables of learned rows as modules: Embedding and EmbeddingBag."""

from __future__ import annotations

from typing import Any

from clgrad.creation import zeros
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor, no_grad


class _Table(Module):
    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None,
        max_norm: float | None,
        norm_type: float,
        scale_grad_by_freq: bool,
        sparse: bool,
        _weight: Tensor | None,
        _freeze: bool,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        op = type(self).__name__
        if min(num_embeddings, embedding_dim) < 0:
            raise ArgumentError(
                f"[{op}] num_embeddings={num_embeddings}, embedding_dim={embedding_dim}: they must not be negative"
            )
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ArgumentError(f"[{op}] padding_idx={padding_idx} is not one of {num_embeddings} rows")
        if sparse:
            raise ArgumentError(f"[{op}] sparse=True: there are no sparse gradients; leave it at its default")
        shape = num_embeddings, embedding_dim
        if _weight is not None and _weight.shape != shape:
            raise ShapeError(f"[{op}] _weight {_weight.shape} must be {shape}: num_embeddings and embedding_dim")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx if padding_idx is None else padding_idx % num_embeddings
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        self.weight = Parameter(
            zeros(shape, device=device, dtype=dtype) if _weight is None else _weight, requires_grad=not _freeze
        )
        if _weight is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the rows anew; the padding's is zeros."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0

    def _described(self, **usual: object) -> str:
        """The sizes, and the options that are not as usual."""
        options = [f"{name}={getattr(self, name)!r}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join([str(self.num_embeddings), str(self.embedding_dim), *options])


class Embedding(_Table):
    """Give learned rows by number: functional.embedding.

    ``weight`` is (num_embeddings, embedding_dim), from the standard normal distribution, with zeros at
    ``padding_idx``. Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> Embedding(10, 3)(clgrad.tensor([[1, 2], [4, 5]])).shape
        (2, 2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight, _freeze, device, dtype)
        super().__init__(num_embeddings, embedding_dim, *options)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """Give a module with these rows, (num_embeddings, embedding_dim); ``freeze=False`` lets them be trained.

        >>> import clgrad
        >>> Embedding.from_pretrained(clgrad.tensor([[1.0, 2.0], [3.0, 4.0]]))(clgrad.tensor(1)).tolist()
        [3.0, 4.0]
        """
        rows, columns = _shape_of("Embedding", embeddings)
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
        return cls(rows, columns, *options, _weight=embeddings, _freeze=freeze)

    def extra_repr(self) -> str:
        return self._described(padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)


class EmbeddingBag(_Table):
    """Fold bags of learned rows: functional.embedding_bag.

    ``weight`` is (num_embeddings, embedding_dim), from the standard normal distribution, with zeros at
    ``padding_idx``. Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> EmbeddingBag(10, 3)(clgrad.tensor([1, 2, 4, 5]), clgrad.tensor([0, 1])).shape
        (2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight, False, device, dtype)
        super().__init__(num_embeddings, embedding_dim, *options)
        self.mode = mode
        self.include_last_offset = include_last_offset

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> EmbeddingBag:
        """Give a module with these rows, (num_embeddings, embedding_dim); ``freeze=False`` lets them be trained."""
        rows, columns = _shape_of("EmbeddingBag", embeddings)
        options = (max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings, include_last_offset, padding_idx)
        module = cls(rows, columns, *options)
        module.weight.requires_grad_(not freeze)
        return module

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            per_sample_weights=per_sample_weights,
            include_last_offset=self.include_last_offset,
            padding_idx=self.padding_idx,
        )

    def extra_repr(self) -> str:
        return self._described(max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode=None, padding_idx=None)


def _shape_of(op: str, embeddings: Tensor) -> tuple[int, int]:
    if embeddings.ndim != 2:
        raise ShapeError(f"[{op}] embeddings {embeddings.shape} must be (num_embeddings, embedding_dim)")
    return embeddings.shape[0], embeddings.shape[1]
