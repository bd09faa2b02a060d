"""Samples of shapes: what is joined, cut, turned, repeated and laid along diagonals."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from compare import Case, Numpy, normal, rng, same

import clgrad

X = normal(4, 5, 3)
INTEGERS = rng(1).integers(-9, 9, (4, 3))
BOOLS = normal(4, 3) > 0
DOUBLES = normal(4, 3, dtype="float64")


def library(x: Any) -> Any:
    return torch if isinstance(x, torch.Tensor) else clgrad


def squared(name: str, call: Callable[..., Any], *inputs: Numpy, **options: Any) -> Case:
    """The square of the result, so that its gradient has one of its own."""
    return same(name, lambda *xs: (lambda y: y * y)(call(*xs)), *inputs, **options)


def parts(name: str, cut: Callable[..., Any], *inputs: Numpy, most: int = 4) -> list[Case]:
    """A case for each of several results."""
    count = len(cut(*(torch.from_numpy(np.array(x)) for x in inputs)))
    return [squared(f"{name}, {n}", lambda *xs, n=n: cut(*xs)[n], *inputs, order=1) for n in range(min(count, most))]


def kinds(call: Callable[..., Any]) -> list[Case]:
    """A function of a matrix: other dtypes, other layouts, and its input used twice."""
    return [
        same("int64", call, INTEGERS),
        same("bool", call, BOOLS),
        squared("float64", call, DOUBLES),
        squared("of transposed", lambda x: call(x.transpose(0, 1)), normal(3, 4)),
        squared("of flipped and computed", lambda x: call(x.flip(0).exp()) + call(x).sum(), normal(4, 3)),
    ]


def of_method(method: str, *arguments: tuple[Any, ...], x: Numpy = X) -> list[Case]:
    """A method with several lists of arguments, each on the same input; the first one as a function, too."""
    cases = [squared(f"{one}", lambda x, one=one: getattr(x, method)(*one), x) for one in arguments]
    return [*cases, same("function", lambda x: getattr(library(x), method)(x, *arguments[0]), x, order=1)]


# -- join ----------------------------------------------------------------------------------------


def joined(method: str, *groups: tuple[Numpy, ...], **options: Any) -> list[Case]:
    return [
        squared(f"{[x.shape for x in xs]}", lambda *xs: getattr(library(xs[0]), method)(xs, **options), *xs)
        for xs in groups
    ]


def cat_cases() -> list[Case]:
    a, b, c = normal(2, 3), normal(4, 3, seed=1), normal(1, 3, seed=2)
    cases = joined("cat", (a, b, c), (a,), (a, normal(0, 3)), (a, normal(0), b))
    return [
        *cases,
        *joined("cat", (a.T.copy(), b.T.copy()), (normal(3, 1), normal(3, 1)), dim=1),
        *joined("cat", (X, X), dim=-1),
        same("promoted", lambda x, y, z: library(x).cat((x, y, z)), INTEGERS, normal(2, 3), BOOLS),
        same("promoted to float64", lambda x, y: library(x).cat((x, y), 1), DOUBLES, normal(4, 3)),
        squared(
            "layouts",
            lambda x, y: library(x).cat((x.T, y[:, ::2], y[:, :1].expand(4, 3)), 1),
            normal(3, 4),
            normal(4, 5),
        ),
        squared("of one", lambda x: library(x).cat((x, x * 2, x[:2])), normal(4, 3)),
        same("empty", lambda x: library(x).cat((x, x)), normal(0)),
    ]


def stack_cases() -> list[Case]:
    a, b = normal(2, 3), normal(2, 3, seed=1)
    return [
        *joined("stack", (a, b), (a,), (normal(), normal(seed=1)), (normal(0), normal(0))),
        *joined("stack", (a, b, a), dim=1),
        *joined("stack", (a, b, a), dim=-1),
        same("many", lambda x: library(x).stack([x[n] * n for n in range(70)]), normal(70, 2), order=1),
        same("int64", lambda x: library(x).stack((x, x), 1), INTEGERS),
        same("bool", lambda x: library(x).stack((x, x)), BOOLS),
    ]


def family(name: str) -> Callable[[], list[Case]]:
    """hstack and its like, on numbers, vectors, matrices and more."""

    def cases() -> list[Case]:
        a, b = normal(2, 3), normal(2, 3, seed=1)
        vectors, numbers = (normal(3), normal(3, seed=1)), (normal(), normal(seed=1))
        cases = joined(name, (a, b), vectors, numbers, (a[None], b[None]), (a,))
        if name == "column_stack":
            cases += joined(name, (normal(2), a))
        return [*cases, same("int64", lambda x: getattr(library(x), name)((x, x)), INTEGERS)]

    return cases


def alias(name: str) -> Callable[[], list[Case]]:
    return lambda: joined(name, (normal(2, 3), normal(2, 3, seed=1)), dim=1)


def atleast(name: str) -> Callable[[], list[Case]]:
    def cases() -> list[Case]:
        shapes = [(), (3,), (2, 3), (2, 3, 4), (0,)]
        cases = [same(f"{shape}", lambda x: getattr(library(x), name)(x), normal(*shape)) for shape in shapes]
        several = parts("several", lambda x, y: getattr(library(x), name)(x, y), normal(), normal(3))
        return [*cases, *several, *parts("a list", lambda x, y: getattr(library(x), name)([x, y]), normal(), normal(3))]

    return cases


def block_diag_cases() -> list[Case]:
    call = lambda *xs: library(xs[0]).block_diag(*xs)
    return [
        squared("several", call, normal(2, 3), normal(1, 2), normal(3), normal(), normal(2, 2, seed=1)),
        squared("one", call, normal(2, 3)),
        same("int64", call, INTEGERS, INTEGERS),
        same("no columns", call, normal(2, 3), normal(2, 0), normal(1, 1)),
    ]


# -- cut -----------------------------------------------------------------------------------------


def split_cases() -> list[Case]:
    x = normal(7, 4)
    return [
        *parts("size", lambda x: x.split(3), x),
        *parts("sections", lambda x: x.split([1, 0, 3], dim=1), x),
        *parts("function", lambda x: library(x).split(x, 3, -1), x),
        *parts("larger", lambda x: x.split(10), x),
        *parts("int64", lambda x: x.split(2), INTEGERS),
        *parts("nothing", lambda x: x.split(2), normal(0, 3)),
    ]


def chunk_cases() -> list[Case]:
    x = normal(7, 4)
    return [
        *parts("three", lambda x: x.chunk(3), x),
        *parts("dim", lambda x: library(x).chunk(x, 3, dim=-1), x),
        *parts("more than there are", lambda x: x.chunk(9, 1), x),
        *parts("nothing", lambda x: x.chunk(2), normal(0, 3)),
    ]


def tensor_split_cases() -> list[Case]:
    x = normal(7, 4)
    return [
        *parts("sections", lambda x: x.tensor_split(3), x),
        *parts("more than there are", lambda x: x.tensor_split(5, dim=1), x, most=5),
        *parts("places", lambda x: library(x).tensor_split(x, (1, 1, -2, 9)), x, most=5),
        *parts("backwards", lambda x: x.tensor_split((5, 2)), x),
        same(
            "a tensor of places",
            lambda x, i: x.tensor_split(i if isinstance(x, clgrad.Tensor) else i.cpu())[1],
            x,
            np.array([2, 5]),
        ),
        *parts("int64", lambda x: x.tensor_split(2, -1), INTEGERS),
    ]


def split_with_sizes_cases() -> list[Case]:
    return [
        *parts("sizes", lambda x: x.split_with_sizes([1, 3], 1), normal(2, 4)),
        *parts("function", lambda x: library(x).split_with_sizes(x, [2, 0, 1]), normal(3, 4)),
    ]


def cut_family(name: str) -> Callable[[], list[Case]]:
    def cases() -> list[Case]:
        found = [
            *parts("equal", lambda x: getattr(x, name)(2), normal(4, 2, 6)),
            *parts("places", lambda x: getattr(library(x), name)(x, [1, 3]), normal(4, 5, 6)),
        ]
        return found + (parts("vector", lambda x: x.hsplit(2), normal(4)) if name == "hsplit" else [])

    return cases


def unbind_cases() -> list[Case]:
    return [
        *parts("first", lambda x: x.unbind(), X),
        *parts("last", lambda x: library(x).unbind(x, -1), X),
        *parts("int64", lambda x: x.unbind(1), INTEGERS),
        squared("together", lambda x: sum(n * one for n, one in enumerate(x.unbind(1))), X),
    ]


def narrow_cases() -> list[Case]:
    return [
        *of_method("narrow", (0, 1, 2), (-1, -2, 2), (1, 5, 0), (1, 0, 5)),
        *kinds(lambda x: x.narrow(1, 1, 2)),
    ]


def select_cases() -> list[Case]:
    return [*of_method("select", (0, 1), (-1, -2), (1, 4)), *kinds(lambda x: x.select(1, 2))]


# -- the same elements ---------------------------------------------------------------------------


def view_cases() -> list[Case]:
    halves = rng(3).integers(0, 2**16, (3, 4)).astype("uint16").view("int16")
    same_bits = [
        same(f"{x.dtype} as {name}", lambda x, name=name: x.view(getattr(library(x), name)), x, order=0, halves=False)
        for x, name in (
            (normal(3, 4), "int32"),
            (normal(3, 4), "int16"),
            (normal(3, 4), "uint8"),
            (normal(3, 4), "float32"),
            (halves, "int32"),
            (halves, "int64"),
            (halves, "int8"),
            (rng(4).integers(0, 255, (2, 16)).astype("uint8"), "float32"),
            (rng(4).integers(-9, 9, (2, 4)), "int32"),
            (rng(4).integers(-9, 9, (2, 4)).astype("int32"), "int64"),
        )
    ]
    return [*same_bits, squared("shape", lambda x: x.view(2, -1), X), squared("a tuple", lambda x: x.view((20, 3)), X)]


def unflatten_cases() -> list[Case]:
    x = normal(6, 4)
    return [
        *of_method("unflatten", (0, (2, 3)), (-1, (2, -1)), (1, (4,)), (0, (3, 1, 2)), x=x),
        *kinds(lambda x: x.unflatten(0, (2, -1))),
    ]


def flip_cases(name: str) -> Callable[[], list[Case]]:
    return lambda: [
        squared("three dims", lambda x: getattr(x, name)(), X),
        *kinds(lambda x: getattr(library(x), name)(x)),
    ]


def roll_cases() -> list[Case]:
    return [
        *of_method("roll", (2,), (1, 0), (-7, 1), ((1, -2), (0, -1)), ((1, 2), (0, 0)), (0, 0)),
        *kinds(lambda x: x.roll(1, 1)),
        same("empty", lambda x: x.roll(1, 0), normal(0, 3)),
        same("by name", lambda x: library(x).roll(x, shifts=1, dims=1), X, order=1),
    ]


def rot90_cases() -> list[Case]:
    turns = [(k, dims) for k in (1, 2, 3, 4, -1) for dims in ((0, 1),)]
    return [*of_method("rot90", *turns, (1, (0, 2)), (1, (2, 1)), (3, (-1, 0))), *kinds(lambda x: x.rot90())]


def moved(name: str) -> Callable[[], list[Case]]:
    return lambda: [
        *of_method(name, (0, 2), (-1, 0), ((0, 2), (2, 1)), ((2, 0, 1), (0, 1, 2))),
        *kinds(lambda x: getattr(x, name)(0, 1)),
    ]


def swapped(name: str) -> Callable[[], list[Case]]:
    return lambda: [*of_method(name, (0, 2), (-1, 1), (1, 1)), *kinds(lambda x: getattr(x, name)(0, -1))]


def t_cases() -> list[Case]:
    return [
        *kinds(lambda x: library(x).t(x)),
        same("vector", lambda x: x.t(), normal(3)),
        same("0-d", lambda x: x.t(), normal()),
    ]


def ravel_cases() -> list[Case]:
    return [
        *kinds(lambda x: library(x).ravel(x)),
        same("0-d", lambda x: x.ravel(), normal()),
        same("empty", lambda x: x.ravel(), normal(0, 3)),
    ]


def clone_cases() -> list[Case]:
    def written(x: Any) -> Any:
        y = x.clone()
        y[0] = y[1] * 2
        return y.clone() * x

    return [
        same("written", written, normal(4, 3)),
        *kinds(lambda x: library(x).clone(x)),
        same("0-d", lambda x: x.clone() * 2, normal()),
    ]


def broadcast_tensors_cases() -> list[Case]:
    return [
        *parts("two", lambda x, y: library(x).broadcast_tensors(x, y), normal(4, 1), normal(3)),
        *parts("three", lambda x, y, z: library(x).broadcast_tensors(x, y, z), normal(), normal(2, 1, 3), normal(4, 1)),
    ]


def methods_cases() -> list[Case]:
    """What has no function of its own."""
    x, y = normal(4, 3), normal(2, 6)
    return [
        squared("view_as", lambda x, y: x.view_as(y), x, y),
        squared("reshape_as", lambda x, y: x.reshape_as(y), x, y),
        squared("expand_as", lambda x, y: x[:1].expand_as(y), x, normal(5, 3)),
        squared("H", lambda x: x.H, x),
        squared("contiguous", lambda x: x.transpose(0, 1).contiguous(), x),
        same("new_zeros", lambda x: x.new_zeros(2, 3) + x.new_ones((2, 3)), INTEGERS, order=0),
        same("new_full", lambda x: x.new_full((2,), 7), INTEGERS, order=0),
        same("new_tensor", lambda x: x.new_tensor([1, 2]), DOUBLES, order=0),
    ]


# -- repeated ------------------------------------------------------------------------------------


def tile_cases() -> list[Case]:
    cases = [
        squared(f"{dims}", lambda x, dims=dims: library(x).tile(x, dims), X)
        for dims in ((2,), (2, 1, 3), (2, 1, 1, 2), (1, 0, 1))
    ]
    repeats = [
        squared(f"repeat {dims}", lambda x, dims=dims: x.repeat(*dims), X)
        for dims in ((2, 1, 3), (2, 1, 1, 2), (1, 1, 0))
    ]
    return [
        *cases,
        *repeats,
        *kinds(lambda x: x.tile(2, 2)),
        same("0-d", lambda x: x.repeat(3), normal()),
        same("a tuple", lambda x: x.repeat((1, 2)), INTEGERS),
    ]


def repeat_interleave_cases() -> list[Case]:
    counts = np.array([2, 0, 3, 1])
    return [
        *of_method("repeat_interleave", (2,), (3, 0), (2, -1), (0, 1)),
        squared("by a tensor", lambda x, n: x.repeat_interleave(n, 0), X, counts),
        squared("by a tensor, behind", lambda x, n: library(x).repeat_interleave(x, n, dim=1), normal(3, 4, 2), counts),
        squared("flat by a tensor", lambda x, n: x.repeat_interleave(n), normal(2, 2), counts),
        same("by one", lambda x, n: x.repeat_interleave(n, 1), INTEGERS, np.array([2])),
        same("output_size", lambda x, n: x.repeat_interleave(n, 0, output_size=6), INTEGERS, counts),
        same("places", lambda n: library(n).repeat_interleave(n), counts),
        *kinds(lambda x: x.repeat_interleave(2, 1)),
        same("0-d", lambda x: x.repeat_interleave(3), normal()),
    ]


def unfold_cases() -> list[Case]:
    x = normal(3, 9, 2)
    settings = ((1, 3, 1), (1, 3, 2), (1, 2, 3), (1, 3, 3), (-2, 9, 1), (0, 1, 1), (-1, 2, 1), (1, 4, 4), (1, 2, 8))
    cases = [squared(f"{one}", lambda x, one=one: x.unfold(*one), x) for one in settings]
    return [
        *cases,
        *kinds(lambda x: x.unfold(0, 2, 1)),
        same("0-d", lambda x: x.unfold(0, 1, 1), normal()),
        same("vector", lambda x: (x.unfold(0, 4, 2) * 2).sum(1), normal(11)),
    ]


def as_strided_cases() -> list[Case]:
    x = normal(30)
    settings: tuple[Any, ...] = (
        ((3, 4), (5, 1), 2),
        ((3, 4), (1, 1)),
        ((2, 2, 3), (0, 7, 2), 1),
        ((), (), 4),
        ((0, 3), (1, 1)),
    )
    cases = [squared(f"{one}", lambda x, one=one: x.as_strided(*one), x) for one in settings]
    return [*cases, same("int64", lambda x: library(x).as_strided(x, (2, 5), (3, 1)), INTEGERS)]


# -- diagonals -----------------------------------------------------------------------------------


def diagonal_cases() -> list[Case]:
    settings = ((), (1,), (-2,), (9,), (0, 1, 2), (1, 0, 2), (-1, 2, 0), (1, -1, -2), (2, 1, 0))
    return [
        *of_method("diagonal", *settings),
        *kinds(lambda x: x.diagonal(-1)),
        same("wide", lambda x: x.diagonal(2), normal(3, 7)),
    ]


def diag_embed_cases() -> list[Case]:
    settings = ((), (1,), (-2,), (0, 0, 1), (1, 0, 2), (-1, 2, 0), (1, -1, 0))
    return [
        *of_method("diag_embed", *settings, x=normal(2, 3)),
        *kinds(lambda x: x.diag_embed(1)),
        same("empty", lambda x: x.diag_embed(1), normal(0)),
    ]


def diag_cases() -> list[Case]:
    vector = [squared(f"vector {d}", lambda x, d=d: x.diag(d), normal(3)) for d in (0, 1, -2)]
    matrix = [squared(f"matrix {d}", lambda x, d=d: library(x).diag(x, d), normal(3, 5)) for d in (0, 2, -1, 7)]
    return [*vector, *matrix, *kinds(lambda x: x.diag())]


def diagflat_cases() -> list[Case]:
    return [
        *of_method("diagflat", (), (1,), (-1,), x=normal(2, 2)),
        *kinds(lambda x: x.diagflat(1)),
        same("0-d", lambda x: x.diagflat(), normal()),
    ]


def diagonal_scatter_cases() -> list[Case]:
    def case(shape: tuple[int, ...], *setting: int) -> Case:
        wanted = torch.zeros(shape).diagonal(*setting).shape
        return squared(
            f"{shape} {setting}",
            lambda x, s: library(x).diagonal_scatter(x, s, *setting),
            normal(*shape),
            normal(*wanted, seed=1),
        )

    return [
        case((4, 4)),
        case((3, 5), 2),
        case((5, 3), -3),
        case((4, 5, 3), 1, 0, 2),
        case((4, 5, 3), 1, 2, 1),
        case((2, 3), 9),
        same("int64", lambda x: x.diagonal_scatter(x[:3, 0], -1), INTEGERS),
    ]


def triangle(name: str) -> Callable[[], list[Case]]:
    return lambda: [
        *of_method(name, (), (1,), (-2,), (9,), (-9,)),
        *kinds(lambda x: getattr(x, name)()),
        same("nan and inf", lambda x: getattr(x, name)(), np.array([[np.nan, np.inf], [np.inf, np.nan]], np.float32)),
        same("empty", lambda x: getattr(x, name)(), normal(0, 3)),
    ]


def trace_cases() -> list[Case]:
    return [
        squared("square", lambda x: x.trace(), normal(4, 4)),
        squared("wide", lambda x: library(x).trace(x), normal(3, 5)),
        same("int32", lambda x: x.trace(), INTEGERS.astype("int32")),
        squared("float64", lambda x: x.T.trace(), DOUBLES),
    ]


# -- grids and sequences -------------------------------------------------------------------------


def meshgrid_cases() -> list[Case]:
    a, b, c = normal(2), normal(3), normal(4)

    def unsaid(x: Any, y: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return library(x).meshgrid(x, y)

    return [
        *parts("ij", lambda x, y, z: library(x).meshgrid(x, y, z, indexing="ij"), a, b, c),
        *parts("xy", lambda x, y, z: library(x).meshgrid([x, y, z], indexing="xy"), a, b, c),
        *parts("one", lambda x: library(x).meshgrid(x, indexing="xy"), a),
        *parts("unsaid", unsaid, a, normal()),
        *parts("int64", lambda x, y: library(x).meshgrid(x, y, indexing="xy"), np.arange(3), np.arange(2)),
    ]


def cartesian_prod_cases() -> list[Case]:
    call = lambda *xs: library(xs[0]).cartesian_prod(*xs)
    return [
        squared("two", call, normal(2), normal(3)),
        squared("three", call, normal(2), normal(1), normal(3)),
        same("one", call, normal(3)),
        same("int64", call, np.arange(3), np.arange(2)),
    ]


def combinations_cases() -> list[Case]:
    cases = [
        squared(f"{r} {again}", lambda x, r=r, again=again: library(x).combinations(x, r, again), normal(4))
        for r, again in ((2, False), (3, False), (2, True), (1, False), (5, False))
    ]
    return [
        *cases,
        same("int64", lambda x: library(x).combinations(x), np.arange(4)),
        same("none", lambda x: library(x).combinations(x, 0), normal(4), order=0),
    ]


def vander_cases() -> list[Case]:
    x = np.array([1.5, -2.0, 0.0, 3.0], np.float32)

    def case(count: int | None, up: bool) -> Case:
        # Of torch's the gradient fails: it writes in place.
        exponents = torch.arange(count or 4, dtype=torch.float32)
        exponents = exponents if up else exponents.flip(0)
        ours: Callable[..., Any] = lambda x: clgrad.vander(x, count, up) ** 2
        return Case(f"{count} {up}", ours, lambda x: (x[:, None] ** exponents) ** 2, (x,), 1, magnitude=27)

    cases = [case(n, up) for n, up in ((None, False), (3, True), (1, False), (5, True))]
    return [
        *cases,
        same("int64", lambda x: library(x).vander(x, 4), np.array([2, -3, 0])),
        same("0", lambda x: library(x).vander(x, 0), x, order=0),
    ]


def unravel_index_cases() -> list[Case]:
    places = np.array([[0, 23], [7, 12]])
    return [
        *parts("three", lambda i: library(i).unravel_index(i, (2, 3, 4)), places),
        *parts("one", lambda i: library(i).unravel_index(i, 30), places),
        *parts("int32", lambda i: library(i).unravel_index(i.to(library(i).int64), (4, 6)), places.astype("int32")),
    ]


def pad_cases() -> list[Case]:
    def case(x: Numpy, widths: tuple[int, ...], *arguments: Any) -> Case:
        theirs: Callable[..., Any] = lambda x: torch.nn.functional.pad(x, widths, *arguments) ** 2
        ours: Callable[..., Any] = lambda x: clgrad.nn.functional.pad(x, widths, *arguments) ** 2
        return Case(f"{x.dtype} {x.shape} {widths} {arguments}", ours, theirs, (x,))

    image = normal(2, 2, 4, 5)
    cases = [case(image, (1, 2, 3, 0), mode) for mode in ("reflect", "replicate", "circular", "constant")]
    return [
        *cases,
        case(image, (1, 2), "constant", 3.5),
        case(image, (-1, 2, 1, -2)),
        *(case(image, (-1, 2, 1, -2), mode) for mode in ("reflect", "replicate", "circular")),
        case(image, (-2, 4, 0, 0), "reflect"),
        case(image[0, 0], (4, 1), "reflect"),
        case(image[0, 0], (5, 7), "replicate"),
        case(image[0, 0], (5, 5), "circular"),
        case(DOUBLES, (2, 0), "reflect"),
        case(INTEGERS, (1, 1), "constant", 7),
    ]


def numel_cases() -> list[Case]:
    return [
        Case(
            f"{x.shape}",
            lambda x: clgrad.tensor(clgrad.numel(x), device=x.device),
            lambda x: torch.tensor(torch.numel(x)),
            (x,),
            0,
        )
        for x in (X, normal(), normal(0, 3))
    ]


# -- creation ------------------------------------------------------------------------------------


def made(*calls: Callable[[Any], Any]) -> Callable[[], list[Case]]:
    """What is made of nothing, on the device of an input."""

    def case(number: int, call: Callable[[Any], Any]) -> Case:
        def ours(x: Any) -> Any:
            with clgrad.use_device(x.device):
                return call(clgrad)

        return Case(f"{number}", ours, lambda x: call(torch), (normal(1),), 0, halves=False)  # the input has no part

    return lambda: [case(number, call) for number, call in enumerate(calls)]


SAMPLES: dict[str, Callable[[], list[Case]]] = {
    "as_strided": as_strided_cases,
    "atleast_1d": atleast("atleast_1d"),
    "atleast_2d": atleast("atleast_2d"),
    "atleast_3d": atleast("atleast_3d"),
    "block_diag": block_diag_cases,
    "broadcast_tensors": broadcast_tensors_cases,
    "cartesian_prod": cartesian_prod_cases,
    "cat": cat_cases,
    "chunk": chunk_cases,
    "clone": clone_cases,
    "column_stack": family("column_stack"),
    "combinations": combinations_cases,
    "concat": alias("concat"),
    "concatenate": alias("concatenate"),
    "diag": diag_cases,
    "diag_embed": diag_embed_cases,
    "diagflat": diagflat_cases,
    "diagonal": diagonal_cases,
    "diagonal_scatter": diagonal_scatter_cases,
    "dsplit": cut_family("dsplit"),
    "dstack": family("dstack"),
    "empty": made(
        lambda lib: lib.zeros_like(lib.empty(2, 3)), lambda lib: lib.zeros_like(lib.empty((2,), dtype=lib.int32))
    ),
    "empty_like": made(lambda lib: lib.zeros_like(lib.empty_like(lib.ones(2, 3)))),
    "fliplr": flip_cases("fliplr"),
    "flipud": flip_cases("flipud"),
    "hsplit": cut_family("hsplit"),
    "hstack": family("hstack"),
    "logspace": made(
        lambda lib: lib.logspace(-2, 2, 9),
        lambda lib: lib.logspace(0, 3, 4, base=2),
        lambda lib: lib.logspace(1, 3, 1, dtype=lib.float64),
        lambda lib: lib.logspace(0, 1, 0),
    ),
    "meshgrid": meshgrid_cases,
    "moveaxis": moved("moveaxis"),
    "movedim": moved("movedim"),
    "narrow": narrow_cases,
    "nn.functional.pad": pad_cases,
    "numel": numel_cases,
    "ravel": ravel_cases,
    "repeat_interleave": repeat_interleave_cases,
    "roll": roll_cases,
    "rot90": rot90_cases,
    "row_stack": family("row_stack"),
    "select": select_cases,
    "split": split_cases,
    "split_with_sizes": split_with_sizes_cases,
    "stack": stack_cases,
    "swapaxes": swapped("swapaxes"),
    "swapdims": swapped("swapdims"),
    "t": t_cases,
    "tensor_split": tensor_split_cases,
    "tile": tile_cases,
    "trace": trace_cases,
    "tril": triangle("tril"),
    "tril_indices": made(
        lambda lib: lib.tril_indices(3, 4),
        lambda lib: lib.tril_indices(4, 3, 1),
        lambda lib: lib.tril_indices(4, 3, -2),
    ),
    "triu": triangle("triu"),
    "triu_indices": made(
        lambda lib: lib.triu_indices(3, 4), lambda lib: lib.triu_indices(4, 3, 1), lambda lib: lib.triu_indices(3, 0)
    ),
    "unbind": unbind_cases,
    "unflatten": unflatten_cases,
    "unravel_index": unravel_index_cases,
    "vander": vander_cases,
    "vsplit": cut_family("vsplit"),
    "vstack": family("vstack"),
    "Tensor.unfold": unfold_cases,
    "Tensor.view": view_cases,
    "Tensor methods": methods_cases,
}
