"""The loss functions, built from the array language only.

Picking a class is written as a masked sum over the class dimension, so that log-softmax, the
pick and the class weights share one pass over the logits; nothing is gathered.
"""

from __future__ import annotations

import math
import warnings

from clgrad.array import A, Array
from clgrad.compose.activations import log_softmax, logsigmoid
from clgrad.dtypes import DType, bool_, float32, int64, promote
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.ops import moves

REDUCTIONS = ("none", "mean", "sum")

LOG_FLOOR = -100.0
"""PyTorch's lower bound of a logarithm inside binary cross-entropy."""

LOG_FLOOR_SLOPE = 1e12
"""PyTorch's largest slope of that logarithm: the gradient at a saturated, wrong probability."""


def cross_entropy(
    input: A,
    target: A,
    weight: A | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> A:
    """Compute the cross-entropy between unnormalised logits and classes.

    ``input`` is (N, C, d1, ...) or (C,). ``target`` holds either class indices, an integer array of
    the input's shape without C, or class probabilities, a floating array of the input's shape.
    ``weight`` is (C,). With indices, positions equal to ``ignore_index`` add nothing, and the mean
    divides by the summed weight of the others; with probabilities it divides by the number of
    positions. ``label_smoothing`` mixes the target with the uniform distribution. Half precision is
    computed in float32.

    Raises ShapeError, DtypeError, ArgumentError, and IndexRangeError, when the loss is computed,
    for a class outside 0 <= class < C.

        >>> import clgrad
        >>> logits = clgrad.tensor([[2.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
        >>> round(cross_entropy(logits, clgrad.tensor([0, 1])).item(), 4)
        1.2395
    """
    check_reduction("cross_entropy", reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise ArgumentError(
            f"[cross_entropy] label_smoothing={label_smoothing}, it must lie in [0, 1]; 0.0 turns it off"
        )
    dim = _class_dim("cross_entropy", input)
    check_class_weight("cross_entropy", input, weight, dim)
    log_probability = log_softmax(widen(input), dim)
    if tuple(input.shape) == tuple(target.shape):
        loss = _soft_cross_entropy(log_probability, target, weight, ignore_index, reduction, label_smoothing, dim)
    else:
        check_class_target("cross_entropy", input, target, dim)
        loss = _class_loss(
            "cross_entropy", log_probability, target, weight, ignore_index, reduction, label_smoothing, dim
        )
    return loss.to(input.dtype)


def nll_loss(
    input: A,
    target: A,
    weight: A | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> A:
    """Compute the negative log likelihood of classes under log-probabilities.

    ``input`` is (N, C, d1, ...) or (C,), ``target`` an integer array of that shape without C, and
    ``weight`` is (C,). Positions equal to ``ignore_index`` add nothing; the mean divides by the
    summed weight of the others.

    Raises ShapeError, DtypeError, ArgumentError, and IndexRangeError, when the loss is computed,
    for a class outside 0 <= class < C.

        >>> import clgrad
        >>> nll_loss(clgrad.tensor([[-0.5, -2.0]]), clgrad.tensor([1])).item()
        2.0
    """
    check_reduction("nll_loss", reduction)
    dim = _class_dim("nll_loss", input)
    check_class_weight("nll_loss", input, weight, dim)
    check_class_target("nll_loss", input, target, dim)
    return _class_loss("nll_loss", input, target, weight, ignore_index, reduction, 0.0, dim)


def mse_loss(input: A, target: A, reduction: str = "mean", weight: A | None = None) -> A:
    """Compute the squared difference; the mean divides by the number of elements, or by the sum of the weights.

    Shapes broadcast, with a warning where they differ; ``weight`` has the shape of ``input``.
    Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> mse_loss(clgrad.tensor([[1.0, 2.0]]), clgrad.tensor([[1.0, 4.0]])).item()
        2.0
    """
    check_pair("mse_loss", input, target, reduction)
    return _weighted_mean("mse_loss", (input - target).square(), input, weight, reduction)


def l1_loss(input: A, target: A, reduction: str = "mean", weight: A | None = None) -> A:
    """Compute the absolute difference; the mean divides by the number of elements, or by the sum of the weights.

    Shapes broadcast, with a warning where they differ; ``weight`` has the shape of ``input``.
    Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> l1_loss(clgrad.tensor([1.0, 2.0]), clgrad.tensor([1.0, 4.0]), reduction="sum").item()
        2.0
    """
    check_pair("l1_loss", input, target, reduction)
    return _weighted_mean("l1_loss", (input - target).abs(), input, weight, reduction)


def smooth_l1_loss(input: A, target: A, reduction: str = "mean", beta: float = 1.0) -> A:
    """Compute z^2 / (2 beta) for differences z below beta, and |z| - beta / 2 beyond; beta = 0 is l1_loss.

    Shapes broadcast, with a warning where they differ. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> smooth_l1_loss(clgrad.tensor([1.0, 5.0]), clgrad.tensor([1.0, 1.0]), reduction="none").tolist()
        [0.0, 3.5]
    """
    if not beta >= 0:
        raise ArgumentError(f"[smooth_l1_loss] beta={beta} must not be negative")
    check_pair("smooth_l1_loss", input, target, reduction)
    difference = input - target
    size = difference.abs()
    if beta == 0:
        return reduced(size, reduction)
    # The square is of the signed difference: a gradient without a kink at 0.
    return reduced((size < beta).choose(difference.square() * (0.5 / beta), size - 0.5 * beta), reduction)


def huber_loss(input: A, target: A, reduction: str = "mean", delta: float = 1.0, weight: A | None = None) -> A:
    """Compute z^2 / 2 for differences z up to delta, and delta * (|z| - delta / 2) beyond (Huber, 1964).

    Shapes broadcast, with a warning where they differ; ``weight`` has the shape of ``input`` and does not enter
    the mean's divisor. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> huber_loss(clgrad.tensor([1.0, 5.0]), clgrad.tensor([1.0, 1.0]), reduction="none").tolist()
        [0.0, 3.5]
    """
    if not delta > 0:
        raise ArgumentError(f"[huber_loss] delta={delta} must be positive")
    check_pair("huber_loss", input, target, reduction)
    difference = input - target
    size = difference.abs()
    loss = (size < delta).choose(difference.square() * 0.5, (size - 0.5 * delta) * delta)
    return reduced(loss if weight is None else loss * _checked_weight("huber_loss", weight, input), reduction)


def kl_div(input: A, target: A, reduction: str = "mean", log_target: bool = False) -> A:
    """Compute target * (log(target) - input): the Kullback-Leibler divergence of log-probabilities ``input``.

    With ``log_target`` the target, too, holds logarithms. A target of 0 adds nothing. "mean" divides by the number
    of elements; "batchmean" by the size of dim 0, which is the divergence's definition.
    Shapes broadcast. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> half = clgrad.tensor([[0.5, 0.5]])
        >>> round(kl_div(clgrad.tensor([[0.25, 0.75]]).log(), half, reduction="batchmean").item(), 4)
        0.1438
    """
    check_reduction("kl_div", reduction, (*REDUCTIONS, "batchmean"))
    check_float("kl_div", "input and target together", promote(input.dtype, target.dtype))
    check_broadcast("kl_div", "target", target, input)
    if log_target:
        loss = target.exp() * (target - input)
    else:
        something = target > 0.0
        entropy = target * something.choose(target, 1.0).log()
        loss = (target < 0.0).choose(math.nan, entropy) - target * input
    if reduction != "batchmean":
        return reduced(loss, reduction)
    if not input.ndim:
        raise ShapeError("[kl_div] input is 0-d and has no batch to divide by; take reduction='sum'")
    # Row by row first: softmax of either side then shares its pass.
    return (loss.sum(-1) if loss.ndim > 1 else loss).sum() / input.shape[0]


def poisson_nll_loss(
    input: A,
    target: A,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> A:
    """Compute the negative log likelihood of counts under Poisson's distribution.

    ``input`` is the logarithm of the rate, or with ``log_input=False`` the rate, to which ``eps`` is added inside
    the logarithm. ``full`` adds Stirling's approximation of log(target!) for targets above 1.
    Shapes broadcast. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> poisson_nll_loss(clgrad.tensor([0.0]), clgrad.tensor([3.0])).item()
        1.0
    """
    check_reduction("poisson_nll_loss", reduction)
    check_float("poisson_nll_loss", "input and target together", promote(input.dtype, target.dtype))
    check_broadcast("poisson_nll_loss", "target", target, input)
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        many = target > 1
        count = many.choose(target, 1)
        stirling = count * count.log() - count + (count * (2 * math.pi)).log() * 0.5
        loss = loss + many.choose(stirling, 0.0)
    return reduced(loss, reduction)


def gaussian_nll_loss(
    input: A,
    target: A,
    var: A | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> A:
    """Compute the negative log likelihood of targets under normal distributions of mean ``input``, variance ``var``.

    ``var`` is a number, or has the shape of ``input``, or that with a last (or any one) size of 1, or without its
    last dimension. It is limited to at least ``eps``, without an effect on its gradient; it must not be negative,
    which a lazy loss can not see. ``full`` adds log(2 pi) / 2. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> gaussian_nll_loss(clgrad.tensor([1.0]), clgrad.tensor([3.0]), 1.0).item()
        2.0
    """
    check_reduction("gaussian_nll_loss", reduction)
    if not eps > 0:
        raise ArgumentError(f"[gaussian_nll_loss] eps={eps} must be positive")
    check_float("gaussian_nll_loss", "input and target together", promote(input.dtype, target.dtype))
    check_broadcast("gaussian_nll_loss", "target", target, input)
    if not isinstance(var, Array):
        if var < 0:
            raise ArgumentError(f"[gaussian_nll_loss] var={var}, a variance must not be negative")
        variance: A = input._constant(var, input.dtype)._broadcast(input.shape)
    else:
        check_float("gaussian_nll_loss", "var", var.dtype)
        variance = var.unsqueeze(-1) if var.shape == input.shape[:-1] != input.shape else var
        differ = [size for size, whole in zip(variance.shape, input.shape) if size != whole]
        if variance.ndim != input.ndim or differ not in ([], [1]):
            raise ShapeError(
                f"[gaussian_nll_loss] var {var.shape} against input {input.shape}: it must have the same shape, with "
                "at most one size of 1 instead, or lack the last dimension"
            )
    held = variance._apply(moves.detach, (variance,))
    # What is added to reach eps is a constant: the gradient is that of the limited variance.
    variance = variance + (held < eps).choose(eps - held, 0.0)
    loss = (variance.log() + (input - target).square() / variance) * 0.5
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)


def soft_margin_loss(input: A, target: A, reduction: str = "mean") -> A:
    """Compute log(1 + exp(-target * input)) for targets of 1 and -1, without overflow.

    Shapes broadcast. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> round(soft_margin_loss(clgrad.tensor([0.0, 1000.0]), clgrad.tensor([1.0, 1.0])).item(), 4)
        0.3466
    """
    check_reduction("soft_margin_loss", reduction)
    check_float("soft_margin_loss", "input", input.dtype)
    check_broadcast("soft_margin_loss", "target", target, input)
    return reduced(-logsigmoid(input * target), reduction)


def multilabel_soft_margin_loss(input: A, target: A, weight: A | None = None, reduction: str = "mean") -> A:
    """Compute the binary cross-entropy of logits, averaged over the classes, the last dimension.

    ``target`` holds 0 or 1 in the shape of ``input``; ``weight`` broadcasts against both.
    Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> round(multilabel_soft_margin_loss(clgrad.zeros(1, 4), clgrad.ones(1, 4)).item(), 4)
        0.6931
    """
    check_reduction("multilabel_soft_margin_loss", reduction)
    if not input.ndim:
        raise ShapeError("[multilabel_soft_margin_loss] input is 0-d, its last dimension must be the classes")
    check_float("multilabel_soft_margin_loss", "input", input.dtype)
    check_broadcast("multilabel_soft_margin_loss", "target", target, input)
    # log(sigmoid(-x)) is log(sigmoid(x)) - x.
    loss = (1 - target) * input - logsigmoid(input)
    return reduced(_weighted("multilabel_soft_margin_loss", loss, weight).mean(-1), reduction)


def binary_cross_entropy(input: A, target: A, weight: A | None = None, reduction: str = "mean") -> A:
    """Compute the cross-entropy between probabilities and targets in [0, 1].

    ``target`` has the shape of ``input``; ``weight`` broadcasts to it and does not enter the mean's
    divisor. Logarithms are at least -100. A probability outside [0, 1] gives nan: the loss is lazy,
    so it cannot look at its values. Prefer binary_cross_entropy_with_logits, which cannot saturate.

    Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> certain = clgrad.tensor([1.0, 1.0])
        >>> loss = binary_cross_entropy(clgrad.tensor([0.5, 0.0]), certain, reduction="none")
        >>> [round(value, 4) for value in loss.tolist()]
        [0.6931, 100.0]
    """
    check_reduction("binary_cross_entropy", reduction)
    _check_binary("binary_cross_entropy", input, target)
    dtype = promote(input.dtype, target.dtype)
    probability, label = widen(input), widen(target)
    # The logarithm is taken of a harmless value where it is clamped, so that its gradient stays finite.
    possible = ~((probability >= 0.0) & (probability <= math.exp(LOG_FLOOR)))
    log_yes = possible.choose(possible.choose(probability, 1.0).log(), probability * LOG_FLOOR_SLOPE + LOG_FLOOR)
    uncertain = probability != 1.0  # type: ignore[comparison-overlap]  # elementwise
    log_no = uncertain.choose(
        (-uncertain.choose(probability, 0.0)).log1p(), (1.0 - probability) * LOG_FLOOR_SLOPE + LOG_FLOOR
    )
    loss = -(label * log_yes + (1.0 - label) * log_no)
    return reduced(_weighted("binary_cross_entropy", loss, weight), reduction).to(dtype)


def binary_cross_entropy_with_logits(
    input: A,
    target: A,
    weight: A | None = None,
    reduction: str = "mean",
    pos_weight: A | None = None,
) -> A:
    """Compute the binary cross-entropy of sigmoid(input), without overflow for any finite logit.

    ``target`` has the shape of ``input``; ``weight`` broadcasts to it and does not enter the mean's
    divisor; ``pos_weight`` broadcasts against ``target`` and multiplies the positive part.

    Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> loss = binary_cross_entropy_with_logits(clgrad.tensor([0.0, 200.0]), clgrad.tensor([1.0, 1.0]))
        >>> round(loss.item(), 4)
        0.3466
    """
    check_reduction("binary_cross_entropy_with_logits", reduction)
    _check_binary("binary_cross_entropy_with_logits", input, target)
    log_sigmoid = logsigmoid(input)
    if pos_weight is not None:
        check_float("binary_cross_entropy_with_logits", "pos_weight", pos_weight.dtype)
        check_broadcast("binary_cross_entropy_with_logits", "pos_weight", pos_weight, target)
        log_sigmoid = log_sigmoid * ((pos_weight - 1.0) * target + 1.0)
    loss = (1.0 - target) * input - log_sigmoid
    return reduced(_weighted("binary_cross_entropy_with_logits", loss, weight), reduction)


def _soft_cross_entropy(
    log_probability: A,
    target: A,
    weight: A | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    dim: int,
) -> A:
    """The loss against class probabilities."""
    if not target.dtype.is_float:
        raise DtypeError(
            f"[cross_entropy] target {tuple(target.shape)} has the input's shape, so it holds class "
            f"probabilities, but its dtype is {target.dtype.name}, it must be floating; pass class indices "
            f"of shape {_without(log_probability, dim)} or cast with .to(dtype)"
        )
    if ignore_index >= 0:
        raise ArgumentError(
            f"[cross_entropy] ignore_index={ignore_index} with class probabilities, it applies to class "
            f"indices only; leave it at its default"
        )
    if label_smoothing > 0.0:
        target = target * (1.0 - label_smoothing) + label_smoothing / log_probability.shape[dim]
    return reduced(-(_class_weighted(log_probability, weight, dim) * target).sum(dim), reduction)


def _class_loss(
    op: str,
    log_probability: A,
    target: A,
    weight: A | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    dim: int,
) -> A:
    """The loss against class indices: the pick is a masked sum over the classes."""
    classes = log_probability.shape[dim]
    target = target.to(int64)  # a negative ignore_index would wrap around in an unsigned target
    kept = target != ignore_index  # type: ignore[comparison-overlap]  # elementwise
    # An ignored position passes the check as class 0, and then as -1 hits none.
    index = kept.choose(kept.choose(target, 0).check_index(classes, f"{op} target"), -1)
    hit = _class_shaped(log_probability._iota(classes), log_probability, dim) == index.unsqueeze(dim)
    weighted = _class_weighted(log_probability, weight, dim)
    picked = hit.choose(weighted, 0.0).sum(dim)
    if label_smoothing != 0.0:
        others = kept.choose(weighted.sum(dim), 0.0)
        picked = picked * (1.0 - label_smoothing) + others * (label_smoothing / classes)
    loss = -picked
    if reduction != "mean":
        return reduced(loss, reduction)
    if weight is None:
        return loss.sum() / kept.sum()
    return loss.sum() / hit.choose(_class_shaped(weight, log_probability, dim), 0.0).sum(dim).sum()


def _class_shaped(vector: A, input: A, dim: int) -> A:
    """A vector over the classes, reshaped to broadcast against the input."""
    return vector.reshape(tuple(-1 if axis == dim else 1 for axis in range(input.ndim)))


def _class_weighted(log_probability: A, weight: A | None, dim: int) -> A:
    if weight is None:
        return log_probability
    return log_probability * _class_shaped(weight, log_probability, dim)


def _weighted(op: str, loss: A, weight: A | None) -> A:
    if weight is None:
        return loss
    check_broadcast(op, "weight", weight, loss)
    return loss * weight


def _checked_weight(op: str, weight: A, input: A) -> A:
    if weight.shape != input.shape:
        raise ShapeError(f"[{op}] weight {weight.shape} against input {input.shape}, they must be equal")
    return weight


def _weighted_mean(op: str, loss: A, input: A, weight: A | None, reduction: str) -> A:
    """A loss, whose mean divides by the sum of the weights where there are any."""
    if weight is None:
        return reduced(loss, reduction)
    weighted = loss * _checked_weight(op, weight, input)
    return weighted.sum() / weight.sum() if reduction == "mean" else reduced(weighted, reduction)


def widen(value: A) -> A:
    """Half precision in float32: long sums, 1 - p and the floor of the logarithm do not fit it."""
    return value.to(float32) if value.dtype.is_float and value.dtype.size == 2 else value


def reduced(loss: A, reduction: str) -> A:
    """All elements, their mean or their sum."""
    if reduction == "mean":
        return loss.mean()
    return loss.sum() if reduction == "sum" else loss


def _without(input: Array, dim: int) -> tuple[int, ...]:
    shape = tuple(input.shape)
    return shape[:dim] + shape[dim + 1 :]


def _class_dim(op: str, input: Array) -> int:
    """The class dimension: 1, or 0 of an input without a batch."""
    if input.ndim == 0:
        raise ShapeError(f"[{op}] input is 0-d, it must be (C,) or (N, C, d1, ...); add a class dimension")
    check_float(op, "input", input.dtype)
    return 0 if input.ndim == 1 else 1


def check_reduction(op: str, reduction: str, known: tuple[str, ...] = REDUCTIONS) -> None:
    """Raise ArgumentError for a reduction that is not known."""
    if reduction not in known:
        raise ArgumentError(f"[{op}] reduction={reduction!r}, it must be one of {', '.join(known)}")


def check_float(op: str, name: str, dtype: DType) -> None:
    if not dtype.is_float:
        raise DtypeError(f"[{op}] {name} is {dtype.name}, it must be floating; cast it with .to(dtype)")


def check_class_weight(op: str, input: Array, weight: Array | None, dim: int) -> None:
    if weight is None:
        return
    check_float(op, "weight", weight.dtype)
    if tuple(weight.shape) != (input.shape[dim],):
        raise ShapeError(
            f"[{op}] weight {tuple(weight.shape)} against input {tuple(input.shape)}, it must hold one "
            f"number per class, shape ({input.shape[dim]},)"
        )


def check_class_target(op: str, input: Array, target: Array, dim: int) -> None:
    expected = _without(input, dim)
    if tuple(target.shape) != expected:
        raise ShapeError(
            f"[{op}] target {tuple(target.shape)} against input {tuple(input.shape)}: class indices must "
            f"have the input's shape without its class dimension {dim}, {expected}; reshape the target"
        )
    if not target.dtype.is_integer:
        raise DtypeError(
            f"[{op}] target is {target.dtype.name}, class indices must be integers; cast it with .to('int64')"
        )


def check_pair(op: str, input: Array, target: Array, reduction: str) -> None:
    check_reduction(op, reduction)
    check_float(op, "input and target together", promote(input.dtype, target.dtype))
    if tuple(input.shape) == tuple(target.shape):
        return
    check_broadcast(op, "target", target, input)
    warnings.warn(
        f"[{op}] target {tuple(target.shape)} broadcasts against input {tuple(input.shape)}, which is "
        f"rarely meant; give both the same shape",
        stacklevel=3,
    )


def _check_binary(op: str, input: Array, target: Array) -> None:
    check_float(op, "input", input.dtype)
    if tuple(input.shape) != tuple(target.shape):
        raise ShapeError(
            f"[{op}] target {tuple(target.shape)} against input {tuple(input.shape)}, they must be equal; "
            f"reshape or unsqueeze one of them"
        )
    if target.dtype is bool_:
        raise DtypeError(f"[{op}] target is bool, it must be a number; cast it with .to('float32')")


def check_broadcast(op: str, name: str, value: Array, other: Array) -> None:
    for a, b in zip(reversed(value.shape), reversed(other.shape), strict=False):
        if a != b and 1 not in (a, b):
            raise ShapeError(
                f"[{op}] {name} {tuple(value.shape)} against {tuple(other.shape)}: sizes must be equal or 1 "
                f"from the last dimension backwards; reshape {name}"
            )
