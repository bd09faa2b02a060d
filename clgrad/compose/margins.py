"""Losses that ask for a margin only: what is right by more than that adds nothing. In the array language."""

from __future__ import annotations

from collections.abc import Callable

from clgrad.array import A
from clgrad.compose.distances import pairwise_distance
from clgrad.compose.losses import (
    check_broadcast,
    check_class_target,
    check_class_weight,
    check_float,
    check_reduction,
    reduced,
)
from clgrad.dtypes import int64, promote
from clgrad.errors import ArgumentError, DtypeError, ShapeError

COSINE_FLOOR = 1e-12
"""What PyTorch adds to squared lengths inside cosine_embedding_loss."""


def hinge_loss(input: A, target: A, reduction: str = "mean") -> A:
    """Compute max(0, 1 - target * input) for scores and targets of 1 and -1: the loss of a support vector machine.

    It is scikit-learn's two-class ``hinge_loss``; PyTorch has none of this name. Where the product is exactly 1
    the gradient is 0. Shapes broadcast. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> scores, targets = clgrad.tensor([2.0, 0.5, 0.5]), clgrad.tensor([1, 1, -1])
        >>> hinge_loss(scores, targets, reduction="none").tolist()
        [0.0, 0.5, 1.5]
    """
    check_reduction("hinge_loss", reduction)
    check_float("hinge_loss", "input", input.dtype)
    check_broadcast("hinge_loss", "target", target, input)
    return reduced((1.0 - target * input).relu(), reduction)


def hinge_embedding_loss(input: A, target: A, margin: float = 1.0, reduction: str = "mean") -> A:
    """Compute a distance where the target is 1, and max(0, margin - distance) where it is -1.

    Shapes broadcast. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> distances, targets = clgrad.tensor([2.0, 0.5]), clgrad.tensor([1, -1])
        >>> hinge_embedding_loss(distances, targets, reduction="none").tolist()
        [2.0, 0.5]
    """
    check_reduction("hinge_embedding_loss", reduction)
    check_float("hinge_embedding_loss", "input", input.dtype)
    check_broadcast("hinge_embedding_loss", "target", target, input)
    apart = (target == 1).choose(0.0, (margin - input).clamp(min=0.0))  # type: ignore[comparison-overlap]  # elementwise
    near = (target == -1).choose(0.0, input)  # type: ignore[comparison-overlap]  # elementwise
    return reduced(apart + near, reduction)


def margin_ranking_loss(input1: A, input2: A, target: A, margin: float = 0.0, reduction: str = "mean") -> A:
    """Compute max(0, margin - target * (input1 - input2)): which of two should be the larger, 1 or -1.

    Shapes broadcast. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> first, second = clgrad.tensor([3.0, 1.0]), clgrad.tensor([1.0, 3.0])
        >>> margin_ranking_loss(first, second, clgrad.tensor([1, 1]), reduction="none").tolist()
        [0.0, 2.0]
    """
    check_reduction("margin_ranking_loss", reduction)
    check_float("margin_ranking_loss", "input1 and input2 together", promote(input1.dtype, input2.dtype))
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError(
            f"[margin_ranking_loss] input1 {input1.shape}, input2 {input2.shape} and target {target.shape} "
            "must have as many dimensions"
        )
    check_broadcast("margin_ranking_loss", "input2", input2, input1)
    check_broadcast("margin_ranking_loss", "target", target, input1)
    return reduced((margin - target * (input1 - input2)).clamp(min=0.0), reduction)


def triplet_margin_loss(
    anchor: A,
    positive: A,
    negative: A,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> A:
    """Compute max(0, margin + distance(anchor, positive) - distance(anchor, negative)) of the last dimension.

    Distances are ``pairwise_distance`` with ``p`` and ``eps``. With ``swap`` the negative is compared with the nearer
    of anchor and positive (Balntas et al., 2016). Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> anchor, near, far = clgrad.zeros(1, 2), clgrad.tensor([[0.0, 1.0]]), clgrad.tensor([[0.0, 1.5]])
        >>> round(triplet_margin_loss(anchor, near, far).item(), 4)
        0.5
    """

    def distance(x1: A, x2: A) -> A:
        return pairwise_distance(x1, x2, p, eps)

    return _triplet("triplet_margin_loss", anchor, positive, negative, distance, margin, swap, reduction)


def triplet_margin_with_distance_loss(
    anchor: A,
    positive: A,
    negative: A,
    *,
    distance_function: Callable[[A, A], A] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> A:
    """Compute triplet_margin_loss with any distance; without one, ``pairwise_distance``.

    Raises ShapeError, ArgumentError.

        >>> import clgrad
        >>> anchor, near, far = clgrad.zeros(1), clgrad.ones(1), clgrad.full(1, 1.5)
        >>> triplet_margin_with_distance_loss(anchor, near, far, distance_function=lambda a, b: (a - b).abs()).item()
        0.5
    """
    op = "triplet_margin_with_distance_loss"
    return _triplet(op, anchor, positive, negative, distance_function or pairwise_distance, margin, swap, reduction)


def _triplet(
    op: str,
    anchor: A,
    positive: A,
    negative: A,
    distance: Callable[[A, A], A],
    margin: float,
    swap: bool,
    reduction: str,
) -> A:
    check_reduction(op, reduction)
    if not margin > 0:
        raise ArgumentError(f"[{op}] margin={margin} must be positive")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            f"[{op}] anchor {anchor.shape}, positive {positive.shape} and negative {negative.shape} must have as many "
            "dimensions"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0.0), reduction)


def cosine_embedding_loss(input1: A, input2: A, target: A, margin: float = 0.0, reduction: str = "mean") -> A:
    """Compute 1 - cosine where the target is 1, and max(0, cosine - margin) where it is -1.

    Inputs are (N, D) with a target (N,), or (D,) with a target (). Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> x, y = clgrad.tensor([[1.0, 0.0]]), clgrad.tensor([[0.0, 1.0]])
        >>> cosine_embedding_loss(x, y, clgrad.tensor([1])).item()
        1.0
    """
    check_reduction("cosine_embedding_loss", reduction)
    check_float("cosine_embedding_loss", "input1 and input2 together", promote(input1.dtype, input2.dtype))
    if input1.ndim not in (1, 2) or input2.ndim != input1.ndim or target.ndim != input1.ndim - 1:
        raise ShapeError(
            f"[cosine_embedding_loss] input1 {input1.shape}, input2 {input2.shape}, target {target.shape}: they must "
            "be (N, D), (N, D) and (N,), or (D,), (D,) and ()"
        )
    check_broadcast("cosine_embedding_loss", "input2", input2, input1)
    first, second = input1.square().sum(-1) + COSINE_FLOOR, input2.square().sum(-1) + COSINE_FLOOR
    check_broadcast("cosine_embedding_loss", "target", target, first)
    cosine = (input1 * input2).sum(-1) * (first.rsqrt() * second.rsqrt())
    near = (target == 1).choose(1.0 - cosine, 0.0)  # type: ignore[comparison-overlap]  # elementwise
    apart = (target == -1).choose((cosine - margin).clamp(min=0.0), 0.0)  # type: ignore[comparison-overlap]  # elementwise
    return reduced(near + apart, reduction)


def multi_margin_loss(
    input: A, target: A, p: int = 1, margin: float = 1.0, weight: A | None = None, reduction: str = "mean"
) -> A:
    """Compute the sum over the other classes of max(0, margin - x[target] + x)^p, divided by the number of classes.

    ``input`` is (N, C) or (C,), ``target`` holds class indices, (N,) or (); ``weight`` is (C,) and multiplies the loss
    by that of the target's class. p is 1 or 2. Raises ShapeError, DtypeError, ArgumentError, and IndexRangeError,
    when the loss is computed, for a class outside 0 <= class < C.

        >>> import clgrad
        >>> multi_margin_loss(clgrad.tensor([[0.0, 0.5, -2.0, 1.5]]), clgrad.tensor([1])).item()
        0.625
    """
    check_reduction("multi_margin_loss", reduction)
    if p not in (1, 2):
        raise ArgumentError(f"[multi_margin_loss] p={p}, it must be 1 or 2")
    if input.ndim not in (1, 2):
        raise ShapeError(f"[multi_margin_loss] input {input.shape} must be (N, C) or (C,)")
    check_float("multi_margin_loss", "input", input.dtype)
    check_class_weight("multi_margin_loss", input, weight, input.ndim - 1)
    check_class_target("multi_margin_loss", input, target, input.ndim - 1)
    classes = input.shape[-1]
    index = target.to(int64).check_index(classes, "multi_margin_loss target")
    hit = input._iota(classes) == index.unsqueeze(-1)
    wanted = hit.choose(input, 0.0).sum(-1, keepdim=True)
    missing = hit.choose(0.0, (input - wanted + margin).relu())
    loss = (missing if p == 1 else missing.square()).sum(-1) * (1 / max(classes, 1))
    return reduced(loss if weight is None else loss * hit.choose(weight, 0.0).sum(-1), reduction)


def multilabel_margin_loss(input: A, target: A, reduction: str = "mean") -> A:
    """Compute the sum over labels and other classes of max(0, 1 - x[label] + x), divided by the number of classes.

    ``input`` is (N, C) or (C,); ``target``, integers of the same shape, lists the labels of each row, ended by
    the first negative number. Raises ShapeError, DtypeError, ArgumentError, and IndexRangeError, when the loss is
    computed, for a label outside 0 <= class < C.

        >>> import clgrad
        >>> scores, labels = clgrad.tensor([[0.1, 0.2, 0.4, 0.8]]), clgrad.tensor([[3, 0, -1, 1]])
        >>> round(multilabel_margin_loss(scores, labels).item(), 4)
        0.85
    """
    check_reduction("multilabel_margin_loss", reduction)
    check_float("multilabel_margin_loss", "input", input.dtype)
    if input.ndim not in (1, 2) or target.shape != input.shape:
        raise ShapeError(
            f"[multilabel_margin_loss] input {input.shape} and target {target.shape} must be equal, (N, C) or (C,)"
        )
    if not target.dtype.is_integer:
        raise DtypeError(
            f"[multilabel_margin_loss] target is {target.dtype.name}, labels must be integers; cast with .to('int64')"
        )
    classes = input.shape[-1]
    number = input._iota(classes)
    target = target.to(int64)
    if classes:
        end = (target < 0).choose(number, classes).amin(-1, keepdim=True)
        listed = number < end
    else:
        listed = target >= 0
    index = listed.choose(listed.choose(target, 0).check_index(classes, "multilabel_margin_loss target"), -1)
    hit = index.unsqueeze(-1) == number  # (..., label, class)
    score = hit.choose(input.unsqueeze(-2), 0.0).sum(-1, keepdim=True)
    counts = listed.unsqueeze(-1) & ~hit.any(-2, keepdim=True)
    missing = counts.choose((input.unsqueeze(-2) - score + 1.0).relu(), 0.0)
    return reduced(missing.sum((-2, -1)) * (1 / max(classes, 1)), reduction)
