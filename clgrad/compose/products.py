"""Products of vectors, matrices and more: matmul's relatives, tensordot and einsum, in the array language.

Where dims of both operands remain, a contraction is a batched matmul; else it is a product and a sum, which fuse.
"""

from __future__ import annotations

import functools
import itertools
import math
import string
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import numpy as np

from clgrad.arithmetic import Scalar, broadcast_shapes
from clgrad.array import A, Array, normalize_dim
from clgrad.compose import joining
from clgrad.dtypes import DType, bool_, default_integer
from clgrad.errors import ArgumentError, DeviceError, DtypeError, ShapeError
from clgrad.view import Shape

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bmm",
    "chain_matmul",
    "cross",
    "dot",
    "einsum",
    "ger",
    "inner",
    "kron",
    "mm",
    "mv",
    "outer",
    "tensordot",
    "vdot",
]


# -- contractions of labelled dims ----------------------------------------------------------------


@dataclass(frozen=True)
class Labelled(Generic[A]):
    """An array with a name for each of its dims; no name stands twice."""

    value: A
    labels: tuple[Hashable, ...]

    def size(self, label: Hashable) -> int:
        return self.value.shape[self.labels.index(label)]

    def ordered(self, labels: Sequence[Hashable]) -> A:
        """The value with dims in this order; those it does not have get length 1."""
        value = self.value.permute(*(self.labels.index(label) for label in labels if label in self.labels))
        return value.reshape(tuple(self.size(label) if label in self.labels else 1 for label in labels))

    def summed(self, labels: Collection[Hashable], dtype: DType) -> Labelled[A]:
        """Without some dims."""
        dims = tuple(place for place, label in enumerate(self.labels) if label in labels)
        if not dims:
            return self
        return Labelled(self.value.sum(dims, dtype=dtype), tuple(one for one in self.labels if one not in labels))


def _contract(
    a: Labelled[A], b: Labelled[A], kept: Collection[Hashable], output: Sequence[Hashable] = ()
) -> Labelled[A]:
    """The product of two arrays, summed over the dims that both have and that are not kept.

    ``output`` is the order that is wanted at last: what comes first in it becomes the rows.
    """
    alone = [label for label in output if (label in a.labels) != (label in b.labels)]
    if alone and alone[0] in b.labels:
        a, b = b, a
    shared = [label for label in a.labels if label in b.labels]
    contracted = [label for label in shared if label not in kept]
    batch = [label for label in shared if label in kept]
    rows = [label for label in a.labels if label not in shared]
    columns = [label for label in b.labels if label not in shared]
    if not contracted or not rows or not columns:
        labels = (*batch, *rows, *columns, *contracted)
        x, y = a.ordered(labels), b.ordered(labels)
        if contracted:
            _same_dtype("einsum", x, y)
        return Labelled(x * y, labels).summed(contracted, x.dtype)

    def length(labels: Sequence[Hashable], of: Labelled[A]) -> int:
        return math.prod(map(of.size, labels))

    sizes = [a.size(label) for label in batch]
    depth = length(contracted, a)
    left = a.ordered((*batch, *rows, *contracted)).reshape((*sizes, length(rows, a), depth))
    right = b.ordered((*batch, *contracted, *columns)).reshape((*sizes, depth, length(columns, b)))
    product = left.matmul(right).reshape((*sizes, *map(a.size, rows), *map(b.size, columns)))
    return Labelled(product, (*batch, *rows, *columns))


def _same_dtype(op: str, *values: Array) -> None:
    """Refuse dtypes that differ, and bools, as matmul does."""
    first = values[0]
    for other in values[1:]:
        if other.dtype is not first.dtype:
            raise DtypeError(
                f"[{op}] dtypes {first.dtype.name} and {other.dtype.name} differ; cast one with .to(dtype)"
            )
    if first.dtype is bool_:
        raise DtypeError(f"[{op}] bools have no product that can be summed; cast with .to(clgrad.int64)")


def diagonal_of(x: A, dim1: int, dim2: int) -> A:
    """The diagonal of two dims of equal size, as the last dim."""
    axes = [axis for axis in range(x.ndim) if axis not in (dim1, dim2)]
    size = x.shape[dim1]
    flat = x.permute(*axes, dim1, dim2).reshape((*(x.shape[axis] for axis in axes), size * size))
    last = flat.ndim - 1
    return flat.slice_ranges((0,) * flat.ndim, flat.shape, (1,) * last + (size + 1,))


# -- vectors and matrices -------------------------------------------------------------------------


def _needs_dims(op: str, **values: tuple[Array, int]) -> None:
    names = {1: "a vector", 2: "a matrix", 3: "a batch of matrices"}
    for name, (value, ndim) in values.items():
        if value.ndim != ndim:
            raise ShapeError(f"[{op}] {name} has shape {value.shape}; it must be {names[ndim]}, of {ndim} dims")


def mm(input: A, mat2: A) -> A:
    """The product of two matrices: (n, m) and (m, p) -> (n, p), without broadcasting.

    >>> import clgrad
    >>> clgrad.mm(clgrad.ones(2, 3), clgrad.ones(3, 1)).tolist()
    [[3.0], [3.0]]
    """
    _needs_dims("mm", input=(input, 2), mat2=(mat2, 2))
    return input.matmul(mat2)


def bmm(input: A, mat2: A) -> A:
    """The products of a batch of matrices: (b, n, m) and (b, m, p) -> (b, n, p), without broadcasting.

    >>> import clgrad
    >>> clgrad.bmm(clgrad.ones(4, 2, 3), clgrad.ones(4, 3, 5)).shape
    (4, 2, 5)
    """
    _needs_dims("bmm", input=(input, 3), mat2=(mat2, 3))
    if input.shape[0] != mat2.shape[0]:
        raise ShapeError(f"[bmm] batches of {input.shape[0]} and {mat2.shape[0]} differ; matmul broadcasts them")
    return input.matmul(mat2)


def mv(input: A, vec: A) -> A:
    """The product of a matrix and a vector: (n, m) and (m) -> (n).

    >>> import clgrad
    >>> clgrad.mv(clgrad.ones(2, 3), clgrad.ones(3)).tolist()
    [3.0, 3.0]
    """
    _needs_dims("mv", input=(input, 2), vec=(vec, 1))
    _same_dtype("mv", input, vec)
    if input.shape[1] != vec.shape[0]:
        raise ShapeError(f"[mv] a matrix of shape {input.shape} needs a vector of {input.shape[1]}, got {vec.shape[0]}")
    return (input * vec).sum(1, dtype=input.dtype)


def dot(input: A, tensor: A) -> A:
    """The sum of the products of two vectors of one length.

    >>> import clgrad
    >>> clgrad.dot(clgrad.tensor([2, 3]), clgrad.tensor([2, 1])).item()
    7
    """
    return _dot("dot", input, tensor)


def vdot(input: A, other: A) -> A:
    """The sum of the products of two vectors of one length: ``dot``, for there are no complex numbers.

    >>> import clgrad
    >>> clgrad.vdot(clgrad.tensor([2.0, 3.0]), clgrad.tensor([2.0, 1.0])).item()
    7.0
    """
    return _dot("vdot", input, other)


def _dot(op: str, input: A, other: A) -> A:
    _needs_dims(op, input=(input, 1), other=(other, 1))
    _same_dtype(op, input, other)
    if input.shape != other.shape:
        raise ShapeError(
            f"[{op}] vectors of {input.shape[0]} and {other.shape[0]} elements; they must be of one length"
        )
    return (input * other).sum(dtype=input.dtype)


def inner(input: A, other: A) -> A:
    """Sums of products along the last dim of both: (*a, n) and (*b, n) -> (*a, *b); a 0-d operand scales.

    >>> import clgrad
    >>> clgrad.inner(clgrad.ones(2, 3), clgrad.ones(4, 3)).shape
    (2, 4)
    """
    _same_dtype("inner", input, other)
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise ShapeError(f"[inner] the last dims of {input.shape} and {other.shape} differ; they must be equal")
    return tensordot(input, other, dims=([-1], [-1]))


def outer(input: A, vec2: A) -> A:
    """All products of the elements of two vectors: (n) and (m) -> (n, m).

    >>> import clgrad
    >>> clgrad.outer(clgrad.tensor([1, 2]), clgrad.tensor([3, 4])).tolist()
    [[3, 4], [6, 8]]
    """
    _needs_dims("outer", input=(input, 1), vec2=(vec2, 1))
    return input.unsqueeze(1) * vec2


def ger(input: A, vec2: A) -> A:
    """All products of the elements of two vectors; another name of ``outer``.

    >>> import clgrad
    >>> clgrad.ger(clgrad.ones(2), clgrad.ones(3)).shape
    (2, 3)
    """
    return outer(input, vec2)


def kron(input: A, other: A) -> A:
    """The Kronecker product: each element of input becomes a block, other times that element.

    >>> import clgrad
    >>> clgrad.kron(clgrad.tensor([1, 2]), clgrad.tensor([1, 1])).tolist()
    [1, 1, 2, 2]
    """
    ndim = max(input.ndim, other.ndim)
    a = (1,) * (ndim - input.ndim) + input.shape
    b = (1,) * (ndim - other.ndim) + other.shape
    blocks = input.reshape(tuple(size for one in a for size in (one, 1)))
    product = blocks * other.reshape(tuple(size for one in b for size in (1, one)))
    return product.reshape(tuple(x * y for x, y in zip(a, b)))


def cross(input: A, other: A, dim: int | None = None) -> A:
    """The cross product of vectors of three elements along a dim: by default the first of size 3. Others broadcast.

    >>> import clgrad
    >>> clgrad.cross(clgrad.tensor([1, 0, 0]), clgrad.tensor([0, 1, 0])).tolist()
    [0, 0, 1]
    """
    if input.ndim != other.ndim:
        raise ShapeError(f"[cross] shapes {input.shape} and {other.shape} must have as many dims")
    shape = broadcast_shapes(input.shape, other.shape, op="cross")
    if dim is None:
        if 3 not in shape:
            raise ShapeError(f"[cross] no dim of shape {shape} has size 3")
        dim = shape.index(3)
    axis = normalize_dim(dim, input.ndim, "cross")
    if not input.ndim or input.shape[axis] != 3 or other.shape[axis] != 3:
        raise ShapeError(f"[cross] dim {dim} of shapes {input.shape} and {other.shape} must have size 3")
    a, b = joining.split(input, 1, axis), joining.split(other, 1, axis)
    parts = [a[place - 2] * b[place - 1] - a[place - 1] * b[place - 2] for place in range(3)]
    return joining.cat(parts, axis)


# -- products added to something ------------------------------------------------------------------


def _added(op: str, input: A, product: A, beta: Scalar, alpha: Scalar) -> A:
    """beta * input + alpha * product."""
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, float) and not product.dtype.is_float:
            raise DtypeError(f"[{op}] {name} {factor} is a float and the tensors are {product.dtype.name}; give an int")
    if input.dtype is not product.dtype:
        raise DtypeError(f"[{op}] input is {input.dtype.name}, the product {product.dtype.name}; cast with .to(dtype)")
    if broadcast_shapes(input.shape, product.shape, op=op) != product.shape:
        raise ShapeError(f"[{op}] input of shape {input.shape} does not broadcast to the product's, {product.shape}")
    scaled = product if alpha == 1 else product * alpha
    if beta == 0:  # whatever it holds, NaN as well
        return scaled
    return (input if beta == 1 else input * beta) + scaled


def addmm(input: A, mat1: A, mat2: A, *, beta: Scalar = 1, alpha: Scalar = 1) -> A:
    """beta * input + alpha * (mat1 @ mat2): one kernel. With beta 0, NaN in input does not count.

    >>> import clgrad
    >>> clgrad.addmm(clgrad.ones(2), clgrad.ones(1, 3), clgrad.ones(3, 2), alpha=2).tolist()
    [[7.0, 7.0]]
    """
    _needs_dims("addmm", mat1=(mat1, 2), mat2=(mat2, 2))
    return _added("addmm", input, mat1.matmul(mat2), beta, alpha)


def addmv(input: A, mat: A, vec: A, *, beta: Scalar = 1, alpha: Scalar = 1) -> A:
    """beta * input + alpha * (mat @ vec): one kernel. With beta 0, NaN in input does not count.

    >>> import clgrad
    >>> clgrad.addmv(clgrad.ones(2), clgrad.ones(2, 3), clgrad.ones(3)).tolist()
    [4.0, 4.0]
    """
    return _added("addmv", input, mv(mat, vec), beta, alpha)


def addbmm(input: A, batch1: A, batch2: A, *, beta: Scalar = 1, alpha: Scalar = 1) -> A:
    """beta * input + alpha * (the sum of batch1[i] @ batch2[i] over i). With beta 0, NaN in input does not count.

    >>> import clgrad
    >>> clgrad.addbmm(clgrad.ones(1), clgrad.ones(4, 2, 3), clgrad.ones(4, 3, 1)).tolist()
    [[13.0], [13.0]]
    """
    _needs_dims("addbmm", batch1=(batch1, 3), batch2=(batch2, 3))
    if batch1.shape[0] != batch2.shape[0] or batch1.shape[2] != batch2.shape[1]:
        raise ShapeError(f"[addbmm] shapes {batch1.shape} and {batch2.shape} must be (b, n, m) and (b, m, p)")
    product = _contract(Labelled(batch1, tuple("bnm")), Labelled(batch2, tuple("bmp")), "np").ordered("np")
    return _added("addbmm", input, product, beta, alpha)


def baddbmm(input: A, batch1: A, batch2: A, *, beta: Scalar = 1, alpha: Scalar = 1) -> A:
    """beta * input + alpha * (batch1[i] @ batch2[i]) for each i: one kernel. With beta 0, NaN in input does not count.

    >>> import clgrad
    >>> clgrad.baddbmm(clgrad.ones(1), clgrad.ones(4, 2, 3), clgrad.ones(4, 3, 1)).shape
    (4, 2, 1)
    """
    return _added("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def addr(input: A, vec1: A, vec2: A, *, beta: Scalar = 1, alpha: Scalar = 1) -> A:
    """beta * input + alpha * outer(vec1, vec2). With beta 0, NaN in input does not count.

    >>> import clgrad
    >>> clgrad.addr(clgrad.ones(2, 2), clgrad.tensor([1.0, 2.0]), clgrad.ones(2)).tolist()
    [[2.0, 2.0], [3.0, 3.0]]
    """
    return _added("addr", input, outer(vec1, vec2), beta, alpha)


# -- chains ---------------------------------------------------------------------------------------


def chain_order(sizes: Sequence[int]) -> list[list[int]]:
    """For matrices of (sizes[i], sizes[i + 1]), where the chain i ... j is cut: ``order[i][j]`` is the left part's end.

    The classic recurrence (Cormen et al., Introduction to Algorithms, 15.2): least multiplications.
    """
    count = len(sizes) - 1
    cost = [[0] * count for _ in range(count)]
    order = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            cost[first][last], order[first][last] = min(
                (
                    cost[first][cut] + cost[cut + 1][last] + sizes[first] * sizes[cut + 1] * sizes[last + 1],
                    cut,
                )
                for cut in range(first, last)
            )
    return order


def chain_matmul(*matrices: A) -> A:
    """The product of a chain of matrices, in the order that takes the fewest multiplications.

    >>> import clgrad
    >>> clgrad.chain_matmul(clgrad.ones(2, 3), clgrad.ones(3, 4), clgrad.ones(4, 1)).tolist()
    [[12.0], [12.0]]
    """
    if not matrices:
        raise ArgumentError("[chain_matmul] got no matrices; give at least one")
    _needs_dims("chain_matmul", **{f"matrix {place}": (one, 2) for place, one in enumerate(matrices)})
    for a, b in itertools.pairwise(matrices):
        if a.shape[1] != b.shape[0]:
            raise ShapeError(f"[chain_matmul] {a.shape} and {b.shape} do not fit: columns must be as many as rows")
    order = chain_order([one.shape[0] for one in matrices] + [matrices[-1].shape[1]])

    def product(first: int, last: int) -> A:
        if first == last:
            return matrices[first]
        cut = order[first][last]
        return product(first, cut).matmul(product(cut + 1, last))

    return product(0, len(matrices) - 1)


# -- tensordot and einsum -------------------------------------------------------------------------


def tensordot(a: A, b: A, dims: int | Sequence[Any] = 2) -> A:
    """The product of two arrays, summed over pairs of dims.

    ``dims`` are two lists, of dims of a and the dims of b that belong to them; or a number n: the last n dims of a
    with the first n of b. What is left of a comes first. A pair's sizes are equal, or one of them is 1.

    >>> import clgrad
    >>> clgrad.tensordot(clgrad.ones(2, 3, 4), clgrad.ones(4, 3, 5), dims=([1, 2], [1, 0])).shape
    (2, 5)
    """
    if isinstance(dims, int):
        if not 0 <= dims <= min(a.ndim, b.ndim):
            raise ArgumentError(f"[tensordot] dims {dims} must lie in 0 ... {min(a.ndim, b.ndim)}, what both have")
        pairs = [(a.ndim - dims + place, place) for place in range(dims)]
    else:
        first, second = ([one] if isinstance(one, int) else list(one) for one in dims)
        if len(first) != len(second):
            raise ArgumentError(f"[tensordot] dims {first} and {second} must be as many")
        pairs = [
            (normalize_dim(x, a.ndim, "tensordot"), normalize_dim(y, b.ndim, "tensordot"))
            for x, y in zip(first, second)
        ]
        if len({x for x, _ in pairs}) < len(pairs) or len({y for _, y in pairs}) < len(pairs):
            raise ArgumentError(f"[tensordot] dims {first} and {second} name one dim twice; name each once")
    labels_a: list[Hashable] = [("a", axis) for axis in range(a.ndim)]
    labels_b: list[Hashable] = [("b", axis) for axis in range(b.ndim)]
    for x, y in pairs:
        if a.shape[x] != b.shape[y] and 1 not in (a.shape[x], b.shape[y]):
            raise ShapeError(
                f"[tensordot] dim {x} of {a.shape} and dim {y} of {b.shape} are summed together: sizes must be equal"
            )
        labels_b[y] = labels_a[x]
    output = [label for label in (*labels_a, *labels_b) if (label in labels_a) != (label in labels_b)]
    return _einsum("tensordot", [a, b], [labels_a, labels_b], output)


def einsum(equation: Any, *operands: Any) -> Any:
    """Sums of products of elements, as an equation says: a letter for each dim; those not in the output are summed.

    A letter twice in one operand is its diagonal. ``...`` stands for further dims, which broadcast. Without
    ``->`` the output has the dims of ``...``, and then the letters that occur once, in alphabetical order (capitals
    first). Instead of an equation, each operand may be followed by a list of numbers 0 ... 51, and at the end the
    output's list. Several operands are contracted two at a time in the order that ``numpy.einsum_path`` finds.

    >>> import clgrad
    >>> a, b = clgrad.ones(2, 3), clgrad.ones(3, 4)
    >>> clgrad.einsum("ij,jk->ik", a, b).shape
    (2, 4)
    >>> clgrad.einsum("ii", clgrad.ones(3, 3)).item()
    3.0
    """
    if not isinstance(equation, str):
        equation, operands = _from_lists((equation, *operands))
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if not operands:
        raise ArgumentError("[einsum] got no operands; give one for each term of the equation")
    labels, output = _parse(equation, operands)
    return _einsum("einsum", operands, labels, output)


_LETTERS = string.ascii_uppercase + string.ascii_lowercase


def _from_lists(arguments: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """An equation and operands from operands that are each followed by the numbers of their dims."""

    def term(numbers: Any) -> str:
        text = ""
        for number in numbers:
            if number is not Ellipsis and (not isinstance(number, int) or not 0 <= number < len(_LETTERS)):
                raise ArgumentError(f"[einsum] {number!r} in {list(numbers)} must be a number of 0 ... 51, or Ellipsis")
            text += "..." if number is Ellipsis else _LETTERS[number]
        return text

    pairs = len(arguments) // 2
    operands, lists = arguments[: 2 * pairs : 2], arguments[1 : 2 * pairs : 2]
    if not pairs or not all(isinstance(one, (list, tuple)) for one in (*lists, *arguments[2 * pairs :])):
        raise ArgumentError("[einsum] give an equation first, or after each operand the list of its dims' numbers")
    equation = ",".join(map(term, lists))
    if len(arguments) % 2:
        equation += "->" + term(arguments[-1])
    return equation, tuple(operands)


def _parse(equation: str, operands: Sequence[Array]) -> tuple[list[list[Hashable]], list[Hashable]]:
    """The labels of each operand's dims, and of the output's. Dims of ``...`` are numbered from the last, -1."""

    def refuse(why: str) -> ArgumentError:
        return ArgumentError(f"[einsum] equation {equation!r} for shapes {[one.shape for one in operands]}: {why}")

    inputs, arrow, result = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    for text in (*terms, result):
        rest = text.replace("...", "", 1)
        if any(letter not in _LETTERS for letter in rest):
            raise refuse(f"{text!r} holds more than letters and one '...'")
    if len(terms) != len(operands):
        raise refuse(f"it has {len(terms)} terms for {len(operands)} operands; they must be as many")

    def expand(text: str, dots: int) -> list[Hashable]:
        before, _, after = text.partition("...")
        return [*before, *range(-dots, 0), *after] if "..." in text else list(text)

    labels = []
    most = 0
    for text, operand in zip(terms, operands):
        dots = operand.ndim - len(text.replace("...", ""))
        if dots < 0 or (dots and "..." not in text):
            raise refuse(f"{text!r} does not name the {operand.ndim} dims of shape {operand.shape}")
        most = max(most, dots)
        labels.append(expand(text, dots))
    letters = [letter for letter in inputs if letter not in ",."]
    if not arrow:
        once = sorted(letter for letter in letters if letters.count(letter) == 1)
        return labels, [*range(-most, 0), *once]
    wanted = result.replace("...", "")
    for letter in wanted:
        if wanted.count(letter) > 1:
            raise refuse(f"the output names {letter!r} twice")
        if letter not in letters:
            raise refuse(f"the output names {letter!r}, which no operand has")
    return labels, expand(result, most)


def _einsum(op: str, operands: Sequence[A], labels: Sequence[Sequence[Hashable]], output: Sequence[Hashable]) -> A:
    for other in operands[1:]:
        if other.device is not operands[0].device:
            raise DeviceError(
                f"[{op}] operands are on {operands[0].device} and {other.device}; move one with .to(device)"
            )
    sizes: dict[Hashable, int] = {}
    for operand, names in zip(operands, labels):
        for place, (name, size) in enumerate(zip(names, operand.shape)):
            first = operand.shape[names.index(name)]
            if first != size:
                raise ShapeError(f"[{op}] {name!r} stands twice for shape {operand.shape}, for {first} and for {size}")
            if sizes.setdefault(name, size) != size:
                if 1 not in (sizes[name], size):
                    raise ShapeError(
                        f"[{op}] {name!r} is a dim of {sizes[name]} and one of {size} (dim {place} of shape "
                        f"{operand.shape}); sizes must be equal, or 1"
                    )
                sizes[name] = sizes[name] if size == 1 else size
    terms = [_without_ones(operand, names) for operand, names in zip(operands, labels)]
    if len(terms) == 1:
        whole = terms[0]
        summed = set(labels[0]) - set(output)
        if summed and not whole.value.dtype.is_float:  # a sum of integers is wide, even of one element
            whole = Labelled(whole.value._cast(default_integer), whole.labels)
        whole = whole.summed(summed, whole.value.dtype)
    else:
        # What only one operand has needs no product.
        terms = [
            term.summed({one for one in term.labels if one not in output and _count(terms, one) == 1}, term.value.dtype)
            for term in terms
        ]
        for pair in _path(terms, output):
            chosen = [terms[place] for place in pair]
            terms = [term for place, term in enumerate(terms) if place not in pair]
            while len(chosen) > 1:
                left = {label for term in (*terms, *chosen[2:]) for label in term.labels}
                chosen[:2] = [_contract(chosen[0], chosen[1], left | set(output), output)]
            terms += chosen
        (whole,) = terms
    kept = [label for label in output if label in whole.labels]
    return whole.ordered(kept).reshape(tuple(sizes[label] for label in output))


def _count(terms: Sequence[Labelled[A]], label: Hashable) -> int:
    return sum(label in term.labels for term in terms)


def _without_ones(operand: A, names: Sequence[Hashable]) -> Labelled[A]:
    """An operand whose dims have each another name, and none of them the size 1."""
    value = operand
    rest = list(names)
    for name in dict.fromkeys(names):
        while rest.count(name) > 1:
            first = rest.index(name)
            second = rest.index(name, first + 1)
            value = diagonal_of(value, first, second)
            rest = [one for place, one in enumerate(rest) if place not in (first, second)] + [name]
    kept = tuple(place for place, size in enumerate(value.shape) if size != 1)
    return Labelled(value.reshape(tuple(value.shape[place] for place in kept)), tuple(rest[place] for place in kept))


def _path(terms: Sequence[Labelled[A]], output: Sequence[Hashable]) -> Sequence[tuple[int, ...]]:
    """Which terms to multiply, step by step: numpy's search, which looks at shapes alone."""
    names = list(dict.fromkeys(label for term in terms for label in term.labels))
    if len(terms) == 2 or len(names) > len(_LETTERS):
        # What comes of a step stands last, and meets the first that is left.
        return [(0, 1), *((0, last) for last in range(len(terms) - 2, 0, -1))]
    letter = dict(zip(names, _LETTERS))
    text = ",".join("".join(letter[label] for label in term.labels) for term in terms)
    text += "->" + "".join(letter[label] for label in output if label in letter)
    return _search(text, tuple(term.value.shape for term in terms))


@functools.lru_cache(maxsize=1024)
def _search(equation: str, shapes: tuple[Shape, ...]) -> list[tuple[int, ...]]:
    operands = [np.broadcast_to(np.float32(0), shape) for shape in shapes]
    path: list[Any] = np.einsum_path(equation, *operands, optimize="optimal" if len(shapes) <= 4 else "greedy")[0]
    return [tuple(step) for step in path[1:]]
