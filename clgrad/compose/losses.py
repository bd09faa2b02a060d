"""The loss functions, built from the array language only.

Picking a class is written as a masked sum over the class dimension, so that log-softmax, the
pick and the class weights share one pass over the logits; nothing is gathered.
"""

from __future__ import annotations

import math
import warnings
from typing import TypeVar

from clgrad.array import Array
from clgrad.compose.activations import log_softmax
from clgrad.dtypes import DType, bool_, float32, int64, promote
from clgrad.errors import ArgumentError, DtypeError, ShapeError

ArrayT = TypeVar("ArrayT", bound=Array)

REDUCTIONS = ("none", "mean", "sum")

LOG_FLOOR = -100.0
"""PyTorch's lower bound of a logarithm inside binary cross-entropy."""

LOG_FLOOR_SLOPE = 1e12
"""PyTorch's largest slope of that logarithm: the gradient at a saturated, wrong probability."""


def cross_entropy(
    input: ArrayT,
    target: ArrayT,
    weight: ArrayT | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> ArrayT:
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
    _check_reduction("cross_entropy", reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise ArgumentError(
            f"[cross_entropy] label_smoothing={label_smoothing}, it must lie in [0, 1]; 0.0 turns it off"
        )
    dim = _class_dim("cross_entropy", input)
    _check_class_weight("cross_entropy", input, weight, dim)
    log_probability = log_softmax(_widen(input), dim)
    if tuple(input.shape) == tuple(target.shape):
        loss = _soft_cross_entropy(log_probability, target, weight, ignore_index, reduction, label_smoothing, dim)
    else:
        _check_class_target("cross_entropy", input, target, dim)
        loss = _class_loss(
            "cross_entropy", log_probability, target, weight, ignore_index, reduction, label_smoothing, dim
        )
    return loss.to(input.dtype)


def nll_loss(
    input: ArrayT,
    target: ArrayT,
    weight: ArrayT | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> ArrayT:
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
    _check_reduction("nll_loss", reduction)
    dim = _class_dim("nll_loss", input)
    _check_class_weight("nll_loss", input, weight, dim)
    _check_class_target("nll_loss", input, target, dim)
    return _class_loss("nll_loss", input, target, weight, ignore_index, reduction, 0.0, dim)


def mse_loss(input: ArrayT, target: ArrayT, reduction: str = "mean") -> ArrayT:
    """Compute the squared difference; the mean divides by the number of elements.

    Shapes broadcast, with a warning where they differ. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> mse_loss(clgrad.tensor([[1.0, 2.0]]), clgrad.tensor([[1.0, 4.0]])).item()
        2.0
    """
    _check_pair("mse_loss", input, target, reduction)
    return _reduce((input - target).square(), reduction)


def l1_loss(input: ArrayT, target: ArrayT, reduction: str = "mean") -> ArrayT:
    """Compute the absolute difference; the mean divides by the number of elements.

    Shapes broadcast, with a warning where they differ. Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> l1_loss(clgrad.tensor([1.0, 2.0]), clgrad.tensor([1.0, 4.0]), reduction="sum").item()
        2.0
    """
    _check_pair("l1_loss", input, target, reduction)
    return _reduce((input - target).abs(), reduction)


def binary_cross_entropy(
    input: ArrayT, target: ArrayT, weight: ArrayT | None = None, reduction: str = "mean"
) -> ArrayT:
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
    _check_reduction("binary_cross_entropy", reduction)
    _check_binary("binary_cross_entropy", input, target)
    dtype = promote(input.dtype, target.dtype)
    probability, label = _widen(input), _widen(target)
    # The logarithm is taken of a harmless value where it is clamped, so that its gradient stays finite.
    possible = ~((probability >= 0.0) & (probability <= math.exp(LOG_FLOOR)))
    log_yes = possible.choose(possible.choose(probability, 1.0).log(), probability * LOG_FLOOR_SLOPE + LOG_FLOOR)
    uncertain = probability != 1.0  # type: ignore[comparison-overlap]  # elementwise
    log_no = uncertain.choose(
        (-uncertain.choose(probability, 0.0)).log1p(), (1.0 - probability) * LOG_FLOOR_SLOPE + LOG_FLOOR
    )
    loss = -(label * log_yes + (1.0 - label) * log_no)
    return _reduce(_weighted("binary_cross_entropy", loss, weight), reduction).to(dtype)


def binary_cross_entropy_with_logits(
    input: ArrayT,
    target: ArrayT,
    weight: ArrayT | None = None,
    reduction: str = "mean",
    pos_weight: ArrayT | None = None,
) -> ArrayT:
    """Compute the binary cross-entropy of sigmoid(input), without overflow for any finite logit.

    ``target`` has the shape of ``input``; ``weight`` broadcasts to it and does not enter the mean's
    divisor; ``pos_weight`` broadcasts against ``target`` and multiplies the positive part.

    Raises ShapeError, DtypeError, ArgumentError.

        >>> import clgrad
        >>> loss = binary_cross_entropy_with_logits(clgrad.tensor([0.0, 200.0]), clgrad.tensor([1.0, 1.0]))
        >>> round(loss.item(), 4)
        0.3466
    """
    _check_reduction("binary_cross_entropy_with_logits", reduction)
    _check_binary("binary_cross_entropy_with_logits", input, target)
    # Both branches continue the same smooth function, so no tie at 0 bends its gradient.
    negative = input < 0.0
    log_sigmoid = negative.choose(input, 0.0) - negative.choose(input, -input).exp().log1p()
    if pos_weight is not None:
        _check_float("binary_cross_entropy_with_logits", "pos_weight", pos_weight.dtype)
        _check_broadcast("binary_cross_entropy_with_logits", "pos_weight", pos_weight, target)
        log_sigmoid = log_sigmoid * ((pos_weight - 1.0) * target + 1.0)
    loss = (1.0 - target) * input - log_sigmoid
    return _reduce(_weighted("binary_cross_entropy_with_logits", loss, weight), reduction)


def _soft_cross_entropy(
    log_probability: ArrayT,
    target: ArrayT,
    weight: ArrayT | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    dim: int,
) -> ArrayT:
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
    return _reduce(-(_class_weighted(log_probability, weight, dim) * target).sum(dim), reduction)


def _class_loss(
    op: str,
    log_probability: ArrayT,
    target: ArrayT,
    weight: ArrayT | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    dim: int,
) -> ArrayT:
    """The loss against class indices: the pick is a masked sum over the classes."""
    classes = log_probability.shape[dim]
    target = target.to(int64)  # a negative ignore_index would wrap around in an unsigned target
    kept = target != ignore_index  # type: ignore[comparison-overlap]  # elementwise
    # An ignored position passes the check as class 0, and then as -1 hits none.
    index = kept.choose(kept.choose(target, 0).check_index(classes, f"{op} target"), -1)
    hit = _class_shaped(log_probability._iota(classes), log_probability, dim) == index.unsqueeze(dim)
    weighted = _class_weighted(log_probability, weight, dim)
    if label_smoothing == 0.0:
        picked = hit.choose(weighted, 0.0)
    else:
        share = hit.to(weighted.dtype) * (1.0 - label_smoothing) + label_smoothing / classes
        picked = kept.unsqueeze(dim).choose(weighted * share, 0.0)
    loss = -picked.sum(dim)
    if reduction != "mean":
        return _reduce(loss, reduction)
    if weight is None:
        return loss.sum() / kept.sum()
    return loss.sum() / hit.choose(_class_shaped(weight, log_probability, dim), 0.0).sum(dim).sum()


def _class_shaped(vector: ArrayT, input: ArrayT, dim: int) -> ArrayT:
    """A vector over the classes, reshaped to broadcast against the input."""
    return vector.reshape(tuple(-1 if axis == dim else 1 for axis in range(input.ndim)))


def _class_weighted(log_probability: ArrayT, weight: ArrayT | None, dim: int) -> ArrayT:
    if weight is None:
        return log_probability
    return log_probability * _class_shaped(weight, log_probability, dim)


def _weighted(op: str, loss: ArrayT, weight: ArrayT | None) -> ArrayT:
    if weight is None:
        return loss
    _check_broadcast(op, "weight", weight, loss)
    return loss * weight


def _widen(value: ArrayT) -> ArrayT:
    """Half precision in float32: long sums, 1 - p and the floor of the logarithm do not fit it."""
    return value.to(float32) if value.dtype.is_float and value.dtype.size == 2 else value


def _reduce(loss: ArrayT, reduction: str) -> ArrayT:
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
    _check_float(op, "input", input.dtype)
    return 0 if input.ndim == 1 else 1


def _check_reduction(op: str, reduction: str) -> None:
    if reduction not in REDUCTIONS:
        raise ArgumentError(f"[{op}] reduction={reduction!r}, it must be one of {', '.join(REDUCTIONS)}")


def _check_float(op: str, name: str, dtype: DType) -> None:
    if not dtype.is_float:
        raise DtypeError(f"[{op}] {name} is {dtype.name}, it must be floating; cast it with .to(dtype)")


def _check_class_weight(op: str, input: Array, weight: Array | None, dim: int) -> None:
    if weight is None:
        return
    _check_float(op, "weight", weight.dtype)
    if tuple(weight.shape) != (input.shape[dim],):
        raise ShapeError(
            f"[{op}] weight {tuple(weight.shape)} against input {tuple(input.shape)}, it must hold one "
            f"number per class, shape ({input.shape[dim]},)"
        )


def _check_class_target(op: str, input: Array, target: Array, dim: int) -> None:
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


def _check_pair(op: str, input: Array, target: Array, reduction: str) -> None:
    _check_reduction(op, reduction)
    _check_float(op, "input and target together", promote(input.dtype, target.dtype))
    if tuple(input.shape) == tuple(target.shape):
        return
    _check_broadcast(op, "target", target, input)
    warnings.warn(
        f"[{op}] target {tuple(target.shape)} broadcasts against input {tuple(input.shape)}, which is "
        f"rarely meant; give both the same shape",
        stacklevel=3,
    )


def _check_binary(op: str, input: Array, target: Array) -> None:
    _check_float(op, "input", input.dtype)
    if tuple(input.shape) != tuple(target.shape):
        raise ShapeError(
            f"[{op}] target {tuple(target.shape)} against input {tuple(input.shape)}, they must be equal; "
            f"reshape or unsqueeze one of them"
        )
    if target.dtype is bool_:
        raise DtypeError(f"[{op}] target is bool, it must be a number; cast it with .to('float32')")


def _check_broadcast(op: str, name: str, value: Array, other: Array) -> None:
    for a, b in zip(reversed(value.shape), reversed(other.shape), strict=False):
        if a != b and 1 not in (a, b):
            raise ShapeError(
                f"[{op}] {name} {tuple(value.shape)} against {tuple(other.shape)}: sizes must be equal or 1 "
                f"from the last dimension backwards; reshape {name}"
            )
