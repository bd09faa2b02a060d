"""Connectionist temporal classification: the likelihood of labels whose places in a sequence are not known.

A path gives each step a label or a blank; without repetitions and blanks it spells the target. The sum over all paths
is a recursion over the 2 * length + 1 states of a target with blanks around its labels (Graves et al. 2006, section
4.1), here for all states and the whole batch at once, in logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from clgrad.array import A, Array
from clgrad.compose.activations import logsumexp
from clgrad.compose.indexing import gather
from clgrad.compose.losses import check_float, check_reduction, widen
from clgrad.dtypes import int64
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.ops import moves

IMPOSSIBLE = -1e30
"""The logarithm of no probability: finite, so that differences of two are not NaN, and gradients neither."""


def ctc_loss(
    log_probs: A,
    targets: A,
    input_lengths: A | Sequence[int],
    target_lengths: A | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> A:
    """Compute the negative log likelihood of targets that are shorter than the sequences, over all alignments.

    ``log_probs`` is (T, N, C), of log_softmax, or (T, C). ``targets`` holds classes without blanks: (N, S) padded, or
    (sum of target_lengths,) one after the other, for which the lengths are read on the host; or (S,) beside (T, C).
    Lengths are (N,), tensors or numbers. "mean" divides each loss by its target's length, and then takes the mean.
    A target that does not fit its sequence has an infinite loss and gradients that are not finite; with
    ``zero_infinity`` both are 0. The gradient is this function's; PyTorch's adds exp(log_probs), which log_softmax
    cancels. Half precision is computed in float32.

    Raises ShapeError, DtypeError, ArgumentError, and IndexRangeError, when the loss is computed, for a class or a
    length out of range.

        >>> import clgrad
        >>> log_probs = clgrad.zeros(3, 1, 2).log_softmax(2)
        >>> round(ctc_loss(log_probs, clgrad.tensor([[1]]), [3], [1]).exp().item(), 4)  # 6 of 8 paths
        1.3333
    """
    check_reduction("ctc_loss", reduction)
    check_float("ctc_loss", "log_probs", log_probs.dtype)
    if log_probs.ndim not in (2, 3) or not log_probs.shape[0]:
        raise ShapeError(f"[ctc_loss] log_probs {log_probs.shape} must be (T, N, C) or (T, C), with a step at least")
    is_batch = log_probs.ndim == 3
    probability = widen(log_probs if is_batch else log_probs.unsqueeze(1))
    steps, batch, classes = probability.shape
    if not 0 <= blank < classes:
        raise ArgumentError(f"[ctc_loss] blank={blank} is not one of {classes} classes")
    if not targets.dtype.is_integer:
        raise DtypeError(f"[ctc_loss] targets are {targets.dtype.name}, classes must be integers; cast with .to(int64)")
    padded = _padded(targets if is_batch else targets.unsqueeze(0), target_lengths, batch)
    longest = padded.shape[1]
    input_size = _lengths(probability, "input_lengths", input_lengths, steps)
    target_size = _lengths(probability, "target_lengths", target_lengths, longest)
    inside = padded._iota(longest) < target_size.unsqueeze(1)
    label = inside.choose(padded.to(int64), blank).check_index(classes, "ctc_loss targets")
    loss = _path_loss(probability, label, input_size, target_size, blank, zero_infinity)
    if reduction == "mean":
        loss = (loss / target_size.maximum(1)).mean()
    elif reduction == "sum":
        loss = loss.sum()
    elif not is_batch:
        loss = loss.squeeze(0)
    return loss.to(log_probs.dtype)


def _path_loss(probability: A, label: A, input_size: A, target_size: A, blank: int, zero_infinity: bool) -> A:
    """The loss of each sequence (N,), from labels (N, S) that are blank behind the target."""
    steps, batch, _ = probability.shape
    # Labels with blanks between, in front and behind: (N, S) -> (N, S, 2) -> (N, 2 S + 1).
    spread = label.unsqueeze(2).pad_widths(((0, 0), (0, 0), (1, 0)), blank).reshape(batch, -1)
    spread = spread.pad_widths(((0, 0), (0, 1)), blank)
    # The blank between two labels may be passed over, unless they are equal.
    passes = (spread != blank) & (spread != _behind(spread, 2, blank))  # type: ignore[comparison-overlap]
    emitted = gather(probability, 2, spread.unsqueeze(0)._broadcast((steps, *spread.shape))).maximum(IMPOSSIBLE)
    place = spread._iota(spread.shape[1])
    last = input_size.unsqueeze(1)
    score = (place < 1).choose(emitted._constant(0, emitted.dtype), IMPOSSIBLE)._broadcast(spread.shape)
    for step in range(steps):
        before, over = _behind(score, 1, IMPOSSIBLE), passes.choose(_behind(score, 2, IMPOSSIBLE), IMPOSSIBLE)
        largest = score.maximum(before).maximum(over)
        largest = largest._apply(moves.detach, (largest,))
        total = (score - largest).exp() + (before - largest).exp() + (over - largest).exp()
        here = emitted.slice_ranges((step, 0, 0), (step + 1, *spread.shape), (1, 1, 1)).reshape(spread.shape)
        score = (last > step).choose(total.log() + largest + here, score)
    end = (target_size * 2).unsqueeze(1)
    ends = (place == end) | (place == end - 1)
    likelihood = logsumexp(ends.choose(score, IMPOSSIBLE), 1)
    fits = likelihood > IMPOSSIBLE / 2
    if zero_infinity:
        return fits.choose(-likelihood, 0.0)
    return likelihood * fits.choose(likelihood._constant(-1, likelihood.dtype), -math.inf)


def _behind(x: A, count: int, value: Any) -> A:
    """For each place of rows (N, n) the element that stands so many before it; a value where there is none."""
    return x.pad_widths(((0, 0), (count, 0)), value).slice_ranges((0, 0), x.shape, (1, 1))


def _padded(targets: A, lengths: Any, batch: int) -> A:
    """Targets one after the other as (N, S); at least one wide."""
    if targets.ndim == 2 and targets.shape[0] == batch:
        return targets if targets.shape[1] else targets.pad_widths(((0, 0), (0, 1)))
    sizes = lengths._read() if isinstance(lengths, Array) else np.asarray(lengths, np.int64)
    if targets.ndim != 1 or sizes.shape != (batch,) or sizes.sum() != targets.shape[0]:
        raise ShapeError(
            f"[ctc_loss] targets {targets.shape} for a batch of {batch} with target_lengths of shape {sizes.shape}: "
            f"they must be ({batch}, S), or have as many elements as the lengths add up to"
        )
    if not targets.shape[0]:
        return targets._constant(0, targets.dtype)._broadcast((batch, 1))
    places = (np.cumsum(sizes) - sizes)[:, None] + np.arange(max(sizes.max(), 1))
    index: Any = targets._lift(np.minimum(places, targets.shape[0] - 1))
    return targets.take_rows(index)


def _lengths(x: A, name: str, lengths: Any, most: int) -> A:
    """Lengths (N,) as a tensor, on the device of the probabilities."""
    found: Any = lengths.to_device(x.device) if isinstance(lengths, Array) else x._lift(np.asarray(lengths, np.int64))
    if found.ndim > 1 or found.reshape(-1).shape != (x.shape[1],):
        raise ShapeError(f"[ctc_loss] {name} of shape {found.shape} for a batch of {x.shape[1]}: one for each sequence")
    return found.reshape(-1).check_index(most + 1, f"ctc_loss {name}").to(int64)  # type: ignore[no-any-return]
