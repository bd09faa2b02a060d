"""Sequences of different lengths in one batch: padded to one length, or packed step by step without padding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clgrad.compose.joining import stack
from clgrad.dtypes import int64
from clgrad.errors import ArgumentError, ShapeError
from clgrad.tensor import Tensor, tensor

Lengths = Tensor | Sequence[int]
Integers = npt.NDArray[np.int64]


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """Sequences of different lengths without padding: of each step the sequences that have it, longest first.

    ``data`` is (sum of lengths, ...): step after step. ``batch_sizes`` (steps,) tells on the host how many sequences
    have each step. ``sorted_indices`` is the order that sorted the sequences, ``unsorted_indices`` the one that
    undoes it; both are None where they came sorted. ``pack_padded_sequence`` and ``pack_sequence`` make one. Its
    sizes are read on the host, so a jitted function that takes or makes one can not be recorded.

        >>> import clgrad
        >>> packed = pack_sequence([clgrad.tensor([1.0, 2.0]), clgrad.tensor([3.0])])
        >>> packed.data.tolist(), packed.batch_sizes.tolist()
        ([1.0, 3.0, 2.0], [2, 1])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Give the same sequences on another device or in another dtype, as Tensor.to; the sizes stay on the host."""
        data = self.data.to(*args, **kwargs)
        orders = [None if one is None else one.to(data.device) for one in self[2:]]
        return PackedSequence(data, self.batch_sizes, *orders)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Give the order that undoes an order; of None, None.

    >>> import clgrad
    >>> invert_permutation(clgrad.tensor([2, 0, 1])).tolist()
    [1, 2, 0]
    """
    return None if permutation is None else permutation.argsort()


def pack_padded_sequence(
    input: Tensor, lengths: Lengths, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack padded sequences, (T, B, ...), or (B, T, ...) with ``batch_first``, of given lengths; padding is dropped.

    ``lengths`` (B,) are read on the host. With ``enforce_sorted`` they must not increase; otherwise the sequences are
    sorted, and results can be put back in order. Raises ShapeError and ArgumentError.

        >>> import clgrad
        >>> padded = clgrad.tensor([[1.0, 2.0], [3.0, 0.0]])
        >>> pack_padded_sequence(padded, [2, 1], batch_first=True).data.tolist()
        [1.0, 3.0, 2.0]
    """
    if input.ndim < 2:
        raise ShapeError(f"[pack_padded_sequence] input {input.shape} must be (T, B, ...), or (B, T, ...)")
    batch, steps = input.shape[:2] if batch_first else input.shape[1::-1]
    sizes = _read("pack_padded_sequence", lengths, batch)
    longest = int(sizes.max())
    if sizes.min() < 1 or longest > steps:
        raise ArgumentError(
            f"[pack_padded_sequence] lengths {sizes.tolist()} of sequences padded to {steps}: each must be in 1 ... "
            f"{steps}"
        )
    order: Integers | None = None
    if not enforce_sorted:
        order = np.argsort(-sizes, kind="stable")
        sizes = sizes[order]
    elif (np.diff(sizes) > 0).any():
        raise ArgumentError(
            f"[pack_padded_sequence] lengths {sizes.tolist()} increase; sort them, or pass enforce_sorted=False"
        )
    step, place = np.nonzero(np.arange(longest)[:, None] < sizes)
    place = place if order is None else order[place]
    row = place * steps + step if batch_first else step * batch + place
    data = input.reshape(batch * steps, *input.shape[2:])[tensor(row, device=input.device)]
    batch_sizes = (np.arange(longest)[:, None] < sizes).sum(1)
    return PackedSequence(
        data,
        tensor(batch_sizes, int64, "cpu"),
        None if order is None else tensor(order, device=input.device),
    )


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Give the padded sequences, (T, B, ...), or (B, T, ...) with ``batch_first``, and their lengths (B,).

    They are in the order in which they were packed. T is the longest length, or ``total_length``. Raises ArgumentError
    for one that is shorter.

        >>> import clgrad
        >>> packed = pack_sequence([clgrad.tensor([1.0, 2.0]), clgrad.tensor([3.0])])
        >>> padded, lengths = pad_packed_sequence(packed, batch_first=True)
        >>> padded.tolist(), lengths.tolist()
        ([[1.0, 2.0], [3.0, 0.0]], [2, 1])
    """
    row, valid = places(sequence.batch_sizes)
    longest = len(row)
    steps = longest if total_length is None else total_length
    if steps < longest:
        raise ArgumentError(
            f"[pad_packed_sequence] total_length={total_length} is below the longest sequence's length, {longest}"
        )
    if sequence.unsorted_indices is not None:
        order = sequence.unsorted_indices.numpy()
        row, valid = row[:, order], valid[:, order]
    lengths = valid.sum(0)
    beyond = ((0, steps - longest), (0, 0))
    row, valid = np.pad(row, beyond), np.pad(valid, beyond)
    if batch_first:
        row, valid = row.T, valid.T
    data = sequence.data
    inside = tensor(valid.reshape(valid.shape + (1,) * (data.ndim - 1)), device=data.device)
    padded = inside.choose(data[tensor(row, device=data.device)], padding_value)
    return padded, tensor(lengths, int64, "cpu")


def places(batch_sizes: Tensor) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """For each step of each sequence (T, B), its row in packed data, and whether there is one; elsewhere row 0."""
    sizes = batch_sizes.numpy()
    number = np.arange(sizes[0])
    valid = number < sizes[:, None]
    return np.where(valid, (np.cumsum(sizes) - sizes)[:, None] + number, 0), valid


def pad_sequence(
    sequences: Tensor | Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Pad sequences (length, ...) to the longest: (T, B, ...), or (B, T, ...) with ``batch_first``.

    ``padding_side`` is "right" or "left". Raises ShapeError where other sizes differ, ArgumentError for no sequences.

        >>> import clgrad
        >>> pad_sequence([clgrad.tensor([1.0, 2.0]), clgrad.tensor([3.0])], batch_first=True).tolist()
        [[1.0, 2.0], [3.0, 0.0]]
    """
    listed = list(sequences)
    if not listed:
        raise ArgumentError("[pad_sequence] got no sequences; give at least one")
    if padding_side not in ("right", "left"):
        raise ArgumentError(f"[pad_sequence] padding_side={padding_side!r}, it must be right or left")
    for one in listed:
        if not one.ndim or one.shape[1:] != listed[0].shape[1:]:
            raise ShapeError(
                f"[pad_sequence] sequences of shapes {listed[0].shape} and {one.shape}: they must be (length, ...) "
                "with equal sizes after the first"
            )
    steps = max(one.shape[0] for one in listed)
    padded = []
    for one in listed:
        missing = steps - one.shape[0]
        width = (0, missing) if padding_side == "right" else (missing, 0)
        padded.append(one.pad_widths((width, *((0, 0) for _ in one.shape[1:])), padding_value))
    return stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Lengths, batch_first: bool = False) -> list[Tensor]:
    """Give the sequences (length, ...) of a padded batch (T, B, ...), or (B, T, ...) with ``batch_first``.

    >>> import clgrad
    >>> [one.tolist() for one in unpad_sequence(clgrad.tensor([[1.0, 3.0], [2.0, 0.0]]), [2, 1])]
    [[1.0, 2.0], [3.0]]
    """
    padded = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    sizes = _read("unpad_sequence", lengths, padded.shape[0])
    return [padded[place, :size] for place, size in enumerate(sizes.tolist())]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (length, ...); see pack_padded_sequence.

    >>> import clgrad
    >>> short, long = clgrad.tensor([3.0]), clgrad.tensor([1.0, 2.0])
    >>> pack_sequence([short, long], enforce_sorted=False).sorted_indices.tolist()
    [1, 0]
    """
    lengths = [len(one) for one in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Give the sequences (length, ...) that were packed, in the order in which they were.

    >>> import clgrad
    >>> packed = pack_sequence([clgrad.tensor([1.0, 2.0]), clgrad.tensor([3.0])])
    >>> [one.tolist() for one in unpack_sequence(packed)]
    [[1.0, 2.0], [3.0]]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


def _read(op: str, lengths: Lengths, batch: int) -> Integers:
    sizes = lengths.numpy() if isinstance(lengths, Tensor) else np.asarray(lengths, np.int64)
    if sizes.shape != (batch,) or not batch:
        raise ShapeError(f"[{op}] lengths of shape {sizes.shape} for a batch of {batch}: one for each sequence")
    return sizes.astype(np.int64)
