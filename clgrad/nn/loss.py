"""The losses as modules: the functions of compose/losses.py with their options held."""

from __future__ import annotations

from clgrad.compose import losses
from clgrad.errors import ArgumentError
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class _Loss(Module):
    def __init__(self, reduction: str) -> None:
        super().__init__()
        if reduction not in losses.REDUCTIONS:
            raise ArgumentError(
                f"[{type(self).__name__}] reduction={reduction!r}, it must be one of {', '.join(losses.REDUCTIONS)}"
            )
        self.reduction = reduction


class _WeightedLoss(_Loss):
    weight: Tensor | None

    def __init__(self, weight: Tensor | None, reduction: str) -> None:
        super().__init__(reduction)
        self.register_buffer("weight", weight)


class CrossEntropyLoss(_WeightedLoss):
    """Compare logits (N, C, d1, ...) with class indices or probabilities: functional.cross_entropy.

    >>> import clgrad
    >>> round(CrossEntropyLoss()(clgrad.zeros((2, 4)), clgrad.tensor([0, 3])).item(), 4)
    1.3863
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.cross_entropy(input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing)


class NLLLoss(_WeightedLoss):
    """Compare log-probabilities (N, C, d1, ...) with class indices: functional.nll_loss.

    >>> import clgrad
    >>> NLLLoss()(clgrad.tensor([[-0.5, -2.0]]), clgrad.tensor([1])).item()
    2.0
    """

    def __init__(self, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class MSELoss(_Loss):
    """Compute the squared difference: functional.mse_loss.

    >>> import clgrad
    >>> MSELoss()(clgrad.tensor([1.0, 2.0]), clgrad.tensor([1.0, 4.0])).item()
    2.0
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.mse_loss(input, target, self.reduction)


class L1Loss(_Loss):
    """Compute the absolute difference: functional.l1_loss.

    >>> import clgrad
    >>> L1Loss()(clgrad.tensor([1.0, 2.0]), clgrad.tensor([1.0, 4.0])).item()
    1.0
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.l1_loss(input, target, self.reduction)


class BCELoss(_WeightedLoss):
    """Compare probabilities with targets in [0, 1]: functional.binary_cross_entropy.

    >>> import clgrad
    >>> round(BCELoss()(clgrad.tensor([0.5]), clgrad.tensor([1.0])).item(), 4)
    0.6931
    """

    def __init__(self, weight: Tensor | None = None, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """Compare sigmoid(logits) with targets in [0, 1]: functional.binary_cross_entropy_with_logits.

    >>> import clgrad
    >>> round(BCEWithLogitsLoss()(clgrad.tensor([0.0]), clgrad.tensor([1.0])).item(), 4)
    0.6931
    """

    pos_weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, reduction: str = "mean", pos_weight: Tensor | None = None) -> None:
        super().__init__(weight, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)
