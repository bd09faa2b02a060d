"""The losses as modules: the functions of compose/losses.py and margins.py with their options held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clgrad.compose import losses, margins
from clgrad.compose.ctc import ctc_loss
from clgrad.errors import ArgumentError
from clgrad.nn.distance import PairwiseDistance
from clgrad.nn.module import Module
from clgrad.tensor import Tensor


class _Loss(Module):
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        losses.check_reduction(type(self).__name__, reduction)
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


class CTCLoss(_Loss):
    """Compare log-probabilities (T, N, C) with shorter sequences of classes: functional.ctc_loss.

    >>> import clgrad
    >>> log_probs = clgrad.zeros(3, 1, 2).log_softmax(2)
    >>> round(CTCLoss()(log_probs, clgrad.tensor([[1]]), [3], [1]).item(), 4)
    0.2877
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(
        self,
        log_probs: Tensor,
        targets: Tensor,
        input_lengths: Tensor | Sequence[int],
        target_lengths: Tensor | Sequence[int],
    ) -> Tensor:
        lengths = input_lengths, target_lengths
        return ctc_loss(log_probs, targets, *lengths, self.blank, self.reduction, self.zero_infinity)


class MSELoss(_Loss):
    """Compute the squared difference: functional.mse_loss.

    >>> import clgrad
    >>> MSELoss()(clgrad.tensor([1.0, 2.0]), clgrad.tensor([1.0, 4.0])).item()
    2.0
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.mse_loss(input, target, self.reduction)


class L1Loss(_Loss):
    """Compute the absolute difference: functional.l1_loss.

    >>> import clgrad
    >>> L1Loss()(clgrad.tensor([1.0, 2.0]), clgrad.tensor([1.0, 4.0])).item()
    1.0
    """

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


class SmoothL1Loss(_Loss):
    """Compute the squared difference below beta and the absolute one beyond: functional.smooth_l1_loss."""

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.smooth_l1_loss(input, target, self.reduction, self.beta)


class HuberLoss(_Loss):
    """Compute the squared difference up to delta and the absolute one beyond: functional.huber_loss."""

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.huber_loss(input, target, self.reduction, self.delta)


class KLDivLoss(Module):
    """Compute the divergence of log-probabilities from a target: functional.kl_div. Also "batchmean" reduces."""

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__()
        losses.check_reduction("KLDivLoss", reduction, (*losses.REDUCTIONS, "batchmean"))
        self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.kl_div(input, target, self.reduction, self.log_target)


class PoissonNLLLoss(_Loss):
    """Compare counts with rates or their logarithms: functional.poisson_nll_loss."""

    def __init__(self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return losses.poisson_nll_loss(log_input, target, self.log_input, self.full, self.eps, self.reduction)


class GaussianNLLLoss(_Loss):
    """Compare targets with normal distributions of a mean and a variance: functional.gaussian_nll_loss."""

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return losses.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)


class SoftMarginLoss(_Loss):
    """Compute log(1 + exp(-target * input)): functional.soft_margin_loss."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.soft_margin_loss(input, target, self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Compute binary cross-entropy averaged over the classes: functional.multilabel_soft_margin_loss."""

    def __init__(self, weight: Tensor | None = None, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return losses.multilabel_soft_margin_loss(input, target, self.weight, self.reduction)


class HingeLoss(_Loss):
    """Compute max(0, 1 - target * input), as scikit-learn's hinge_loss: functional.hinge_loss."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margins.hinge_loss(input, target, self.reduction)


class HingeEmbeddingLoss(_Loss):
    """Compute a distance, or what it lacks to a margin: functional.hinge_embedding_loss."""

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margins.hinge_embedding_loss(input, target, self.margin, self.reduction)


class MarginRankingLoss(_Loss):
    """Ask which of two numbers is the larger, by a margin: functional.margin_ranking_loss."""

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return margins.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)


class TripletMarginLoss(_Loss):
    """Ask the negative to be farther than the positive, by a margin: functional.triplet_margin_loss."""

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return margins.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )


class TripletMarginWithDistanceLoss(_Loss):
    """Ask the negative to be farther than the positive: functional.triplet_margin_with_distance_loss."""

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction)
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return margins.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


class CosineEmbeddingLoss(_Loss):
    """Ask for equal or for different directions: functional.cosine_embedding_loss."""

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return margins.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """Ask the target's class to win by a margin: functional.multi_margin_loss. Raises ArgumentError for other p."""

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)
        if p not in (1, 2):
            raise ArgumentError(f"[MultiMarginLoss] p={p}, it must be 1 or 2")
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margins.multi_margin_loss(input, target, self.p, self.margin, self.weight, self.reduction)


class MultiLabelMarginLoss(_Loss):
    """Ask all labels to win by a margin: functional.multilabel_margin_loss."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return margins.multilabel_margin_loss(input, target, self.reduction)
