"""Products: what is refused, and which kernels they become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import Tensor, runtime
from clgrad.compose.products import chain_order
from clgrad.errors import ArgumentError, ClgradError, DeviceError, DtypeError, ShapeError


def f(*shape: int) -> Tensor:
    return clgrad.zeros(shape, device="cpu")


def i(*shape: int) -> Tensor:
    return clgrad.zeros(shape, device="cpu", dtype=clgrad.int32)


REFUSED: dict[str, tuple[type[ClgradError], list[str], Callable[[], Any]]] = {
    "mm": (ShapeError, ["[mm]", "(2, 3, 4)"], lambda: clgrad.mm(f(2, 3, 4), f(4, 2))),
    "bmm": (ShapeError, ["[bmm]", "(2, 3)"], lambda: clgrad.bmm(f(2, 3), f(4, 2, 2))),
    "bmm, batches": (ShapeError, ["[bmm]", "2", "1"], lambda: clgrad.bmm(f(2, 3, 3), f(1, 3, 3))),
    "mv": (ShapeError, ["[mv]", "(2, 3)", "2"], lambda: clgrad.mv(f(2, 3), f(2))),
    "mv, dtypes": (DtypeError, ["[mv]", "float32", "int32"], lambda: clgrad.mv(f(2, 3), i(3))),
    "dot": (ShapeError, ["[dot]", "2", "3"], lambda: f(2).dot(f(3))),
    "dot of matrices": (ShapeError, ["[dot]", "(2, 2)"], lambda: f(2, 2).dot(f(2, 2))),
    "dot of bools": (DtypeError, ["[dot]", "int64"], lambda: (f(2) > 0).dot(f(2) > 0)),
    "vdot": (DtypeError, ["[vdot]", "int32"], lambda: f(2).vdot(i(2))),
    "inner": (ShapeError, ["[inner]", "(2, 3)", "(2, 4)"], lambda: f(2, 3).inner(f(2, 4))),
    "outer": (ShapeError, ["[outer]", "(2, 2)"], lambda: f(2, 2).outer(f(2))),
    "cross": (ShapeError, ["[cross]", "3"], lambda: f(2, 4).cross(f(2, 4))),
    "cross, dim": (ShapeError, ["[cross]", "(2, 3)"], lambda: f(2, 3).cross(f(2, 3), 0)),
    "cross, dims": (ShapeError, ["[cross]", "(3,)"], lambda: f(2, 3).cross(f(3))),
    "addmm": (ShapeError, ["[addmm]", "(3,)", "(2, 2)"], lambda: f(3).addmm(f(2, 2), f(2, 2))),
    "addmm, wider input": (ShapeError, ["[addmm]", "(1, 2, 2)"], lambda: f(1, 2, 2).addmm(f(2, 2), f(2, 2))),
    "addmm, dtype": (DtypeError, ["[addmm]", "int32"], lambda: i(2, 2).addmm(f(2, 2), f(2, 2))),
    "addmm, alpha": (DtypeError, ["[addmm]", "alpha 0.5"], lambda: i(2, 2).addmm(i(2, 2), i(2, 2), alpha=0.5)),
    "addbmm": (ShapeError, ["[addbmm]", "(2, 3, 4)"], lambda: f(1).addbmm(f(2, 3, 4), f(3, 4, 2))),
    "chain_matmul": (ShapeError, ["[chain_matmul]", "(2, 3)", "(2, 2)"], lambda: clgrad.chain_matmul(f(2, 3), f(2, 2))),
    "chain_matmul of nothing": (ArgumentError, ["[chain_matmul]"], lambda: clgrad.chain_matmul()),
    "tensordot": (ShapeError, ["[tensordot]", "(2, 3)", "(4, 5)"], lambda: clgrad.tensordot(f(2, 3), f(4, 5), 1)),
    "tensordot, number": (ArgumentError, ["[tensordot]", "3"], lambda: clgrad.tensordot(f(2, 3), f(2, 3), 3)),
    "tensordot, lists": (ArgumentError, ["[0, 1]", "[0]"], lambda: clgrad.tensordot(f(2, 3), f(2), ([0, 1], [0]))),
    "tensordot, twice": (ArgumentError, ["twice"], lambda: clgrad.tensordot(f(2, 2), f(2, 2), ([0, 0], [0, 1]))),
    "einsum, dims": (ArgumentError, ["'ij'", "(2,)"], lambda: clgrad.einsum("ij->i", f(2))),
    "einsum, terms": (ArgumentError, ["2 terms", "1"], lambda: clgrad.einsum("i,i->i", f(2))),
    "einsum, sizes": (ShapeError, ["'j'", "3", "4"], lambda: clgrad.einsum("ij,jk->ik", f(2, 3), f(4, 2))),
    "einsum, diagonal": (ShapeError, ["'i'", "(2, 1)"], lambda: clgrad.einsum("ii->i", f(2, 1))),
    "einsum, output": (ArgumentError, ["'k'"], lambda: clgrad.einsum("ij->ik", f(2, 3))),
    "einsum, output twice": (ArgumentError, ["'i' twice"], lambda: clgrad.einsum("ij->ii", f(2, 3))),
    "einsum, letters": (ArgumentError, ["letters"], lambda: clgrad.einsum("i1->i", f(2, 3))),
    "einsum, dots": (ArgumentError, ["letters"], lambda: clgrad.einsum("......->", f(2, 3))),
    "einsum of nothing": (ArgumentError, ["[einsum]"], lambda: clgrad.einsum("ij")),
    "einsum, numbers": (ArgumentError, ["52"], lambda: clgrad.einsum(f(2), [52])),
    "einsum without lists": (ArgumentError, ["equation"], lambda: clgrad.einsum(f(2), f(2))),
    "einsum, dtypes": (DtypeError, ["[einsum]", "int32"], lambda: clgrad.einsum("i,i->", f(2), i(2))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    error, parts, call = REFUSED[name]
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value), (part, str(caught.value))


def test_devices_do_not_mix() -> None:
    others = [one for one in clgrad.devices() if one.name != "cpu"]
    for other in others[:1]:
        with pytest.raises(DeviceError, match=r"\[einsum\]"):
            clgrad.einsum("i,i->", f(2), clgrad.zeros(2, device=other))


def kinds(call: Callable[..., Tensor], *shapes: tuple[int, ...], device: str) -> list[str]:
    tensors = [clgrad.ones(*shape, device=device) + 1 for shape in shapes]
    clgrad.realize(*tensors)
    with runtime.trace() as seen:
        call(*tensors).realize()
    return [kernel.kind for kernel in seen.kernels]


FORMS: dict[str, tuple[Callable[..., Tensor], tuple[tuple[int, ...], ...], list[str]]] = {
    "a product of matrices": (lambda a, b: clgrad.einsum("ij,jk->ik", a, b), ((3, 4), (4, 5)), ["matmul"]),
    "transposed": (lambda a, b: clgrad.einsum("ji,kj->ki", a, b), ((4, 3), (5, 4)), ["matmul"]),
    "attention": (
        lambda a, b: clgrad.einsum("bqhd,bkhd->bhqk", a, b),
        ((2, 3, 2, 4), (2, 5, 2, 4)),
        ["matmul"],
    ),
    "a map around it": (lambda a, b: clgrad.einsum("ij,jk->ik", a, b).exp() + 1, ((3, 4), (4, 5)), ["matmul"]),
    "a trace of a product": (lambda a, b: clgrad.einsum("ij,ij->", a, b), ((3, 4), (3, 4)), ["reduce"]),
    "a vector": (lambda a, b: clgrad.einsum("ij,j->i", a, b).exp(), ((3, 4), (4,)), ["reduce"]),
    "an outer product": (lambda a, b: clgrad.einsum("i,j->ij", a, b).exp(), ((3,), (4,)), ["map"]),
    "a diagonal": (lambda a: clgrad.einsum("ii->i", a).exp(), ((3, 3),), ["map"]),
    "addmm": (lambda a, b, c: a.addmm(b, c, beta=2, alpha=3), ((5,), (3, 4), (4, 5)), ["matmul"]),
    "addmv": (lambda a, b, c: a.addmv(b, c, alpha=3), ((3,), (3, 4), (4,)), ["reduce"]),
}


@pytest.mark.parametrize("form", FORMS)
def test_one_kernel(form: str, device: str) -> None:
    call, shapes, expected = FORMS[form]
    found = kinds(call, *shapes, device=device)
    # A row of results from one sum each may be the end of a longer kernel.
    assert [kind.replace("rows", "reduce") for kind in found] == expected


def test_chains_take_the_cheapest_order() -> None:
    def cost(order: list[list[int]], first: int, last: int) -> int:
        if first == last:
            return 0
        cut = order[first][last]
        parts = cost(order, first, cut) + cost(order, cut + 1, last)
        return parts + sizes[first] * sizes[cut + 1] * sizes[last + 1]

    sizes = [30, 35, 15, 5, 10, 20, 25]  # the example of Cormen et al.
    assert cost(chain_order(sizes), 0, 5) == 15125


def test_einsum_multiplies_the_cheapest_pair_first(device: str) -> None:
    """(a @ b) @ v would take 50 times the work of a @ (b @ v)."""
    shapes = ((50, 50), (50, 50), (50,))
    found = kinds(lambda a, b, v: clgrad.einsum("ij,jk,k->i", a, b, v), *shapes, device=device)
    assert "matmul" not in found


def test_more_letters_than_there_are(device: str) -> None:
    """Dims of dots count as letters: with more than 52 of them in all, operands are taken in order."""
    x = clgrad.full((2,) * 12, 1.0, device=device)
    letters = "abcdefghijkl"
    y = clgrad.einsum(f"{letters},{letters},{letters}->a", x, x, x)
    assert y.tolist() == [2048.0, 2048.0]


def test_einsum_in_jit(device: str) -> None:
    a, b = (np.random.default_rng(0).standard_normal(shape).astype("float32") for shape in ((3, 4), (4, 5)))
    step = clgrad.jit(lambda x, y: clgrad.einsum("ij,jk->ki", x, y).tanh())
    for scale in (1.0, 2.0, 3.0):
        found = step(clgrad.tensor(a * scale, device=device), clgrad.tensor(b, device=device)).numpy()
        wanted = torch.einsum("ij,jk->ki", torch.tensor(a * scale), torch.tensor(b)).tanh().numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
