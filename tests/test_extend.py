"""Ops of one's own: rows, kernels and gradients that users write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from compare import Case, check, normal

import clgrad
from clgrad.errors import ArgumentError, CompileError, DeviceError, GradientError, ShapeError

softsquare = clgrad.elementwise(
    "softsquare",
    c="{0} * {0} / (1 + {0} * {0})",
    numpy=lambda x: x * x / (1 + x * x),
    vjp=lambda g, y, x: g * x * 2 / (x * x + 1).square(),
)
blend = clgrad.elementwise(
    "blend",
    c="{0} * {2} + {1} * (1 - {2})",
    numpy=lambda a, b, w: a * w + b * (1 - w),
    operands=3,
    vjp=lambda g, y, a, b, w: (g * w, g * (1 - w), g * (a - b)),
)


def test_elementwise(device: str) -> None:
    reference = lambda x: x * x / (1 + x * x)
    mix = lambda a, b, w: a * w + b * (1 - w)
    check(
        [
            Case("plain", softsquare, reference, (normal(3, 5),)),
            Case("turned", lambda x: softsquare(x.T), lambda x: reference(x.T), (normal(3, 5),)),
            Case("empty", softsquare, reference, (normal(0, 3),)),
            Case("0-d", softsquare, reference, (normal(),)),
            Case("float64", softsquare, reference, (normal(4, dtype="float64"),)),
            Case("integers become floats", softsquare, lambda x: reference(x.float()), (np.arange(5),), order=0),
            Case("reuse", lambda x: softsquare(x) * softsquare(x) + x, lambda x: reference(x) ** 2 + x, (normal(7),)),
            Case("three operands", blend, mix, (normal(3, 1), normal(4, seed=1), normal(3, 4, seed=2))),
            Case("a number", lambda a, b: blend(a, b, 0.25), lambda a, b: mix(a, b, 0.25), (normal(5), normal(5))),
        ],
        device,
    )


def test_elementwise_fuses(device: str) -> None:
    step = clgrad.jit(lambda x: (softsquare(x * 3 + 1) * 2).sum())
    x = clgrad.tensor(normal(6, 8), device=device)
    step(x), step(x)
    assert step.cost()["kernels"] == 1


def test_dtypes_of_elementwise(device: str) -> None:
    low = clgrad.elementwise("low", c="{0} & 1", numpy=lambda x: x & 1, dtypes="any")
    is_even = clgrad.elementwise("is_even", c="{0} % 2 == 0", numpy=lambda x: x % 2 == 0, dtypes="number", result=bool)
    x = clgrad.tensor(np.arange(5, dtype=np.int16), device=device)
    assert low(x).dtype is clgrad.int16 and low(x).tolist() == [0, 1, 0, 1, 0]
    assert is_even(x).dtype is clgrad.bool and is_even(x).tolist() == [True, False, True, False, True]


def test_refused_elementwise() -> None:
    with pytest.raises(ArgumentError, match=r"\[elementwise\] the C of 'f' does not fit 1 operands"):
        clgrad.elementwise("f", c="{0} + {1}", numpy=np.add)
    with pytest.raises(ArgumentError, match="dtypes='complicated'"):
        clgrad.elementwise("f", c="{0}", numpy=np.abs, dtypes="complicated")
    with pytest.raises(ArgumentError, match=r"\[blend\] takes 3 operands, got 1"):
        blend(clgrad.ones(1))
    with pytest.raises(ArgumentError, match=r"\[softsquare\] got no tensor"):
        softsquare(1.0)


# -- kernels -------------------------------------------------------------------------------------

outer = clgrad.opencl_kernel(
    "outer_product",
    """
    const int column = get_global_id(0), row = get_global_id(1);
    if (column < ${b[0]} && row < ${a[0]}) result[row * ${b[0]} + column] = a[row] * b[column];
    """,
    numpy=np.multiply.outer,
    operands=["a", "b"],
    shape=lambda a, b: (*a, *b),
    global_size=lambda a, b: (b[0], a[0]),
    local_size=(4, 2),
    vjp=lambda g, y, a, b: (g @ b, g.T @ a),
)


def test_kernel(device: str) -> None:
    check(
        [
            Case("plain", outer, torch.outer, (normal(3), normal(5, seed=1))),
            Case("views", lambda a, b: outer(a[::2], b.flip(0)), lambda a, b: torch.outer(a[::2], b.flip(0)),
                 (normal(5), normal(4, seed=1))),
            Case("computed", lambda a, b: outer(a * 2, b.exp()).relu() + 1,
                 lambda a, b: torch.outer(a * 2, b.exp()).relu() + 1, (normal(3), normal(5, seed=1))),
            Case("one value twice", lambda a: outer(a, a), lambda a: torch.outer(a, a), (normal(4),)),
            Case("a constant", lambda a: outer(a, a.zeros_like() + 2), lambda a: torch.outer(a, a.detach() * 0 + 2),
                 (normal(4),)),
            Case("float64", outer, torch.outer, (normal(3, dtype="float64"), normal(2, dtype="float64"))),
        ],
        device,
    )  # fmt: skip


def test_kernel_in_a_jitted_step(device: str) -> None:
    weight = clgrad.tensor(normal(4), device=device, requires_grad=True)

    @clgrad.jit
    def step(x: Any) -> Any:
        loss = outer(x, weight).square().sum()
        loss.backward()
        with clgrad.no_grad():
            weight.sub_(weight.grad * 0.01)
        weight.grad = None
        return loss

    x = clgrad.tensor(normal(3, seed=1), device=device)
    losses = [step(x).item() for _ in range(5)]
    assert losses == sorted(losses, reverse=True) and losses[4] < losses[0]


def test_refused_kernels(device: str) -> None:
    with pytest.raises(ArgumentError, match="operands="):
        clgrad.opencl_kernel("f", "", np.abs, operands=["result"], shape=lambda x: x, global_size=lambda x: x)
    with pytest.raises(ArgumentError, match="local_size"):
        clgrad.opencl_kernel("f", "", np.abs, ["x"], lambda x: x, lambda x: x, local_size=())
    with pytest.raises(DeviceError, match=r"\[outer_product\] operands must be tensors of one device"):
        outer(clgrad.ones(2, device=device), [1.0])  # type: ignore[arg-type]  # what is refused
    if device == "cpu":
        return
    wrong = clgrad.opencl_kernel("wrong", "result[0] = nonsense;", np.abs, ["x"], lambda x: x, lambda x: x)
    with pytest.raises(CompileError, match="nonsense"):
        wrong(clgrad.ones(2, device=device)).numpy()
    uneven = clgrad.opencl_kernel("uneven", "", np.abs, ["x"], lambda x: x, lambda x: (1, 2))
    with pytest.raises(ShapeError, match="as many sizes in both"):
        uneven(clgrad.ones(2, device=device)).numpy()


# -- gradients -----------------------------------------------------------------------------------


class Cube(clgrad.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any, scale: float) -> Any:
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x * x * x * scale

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (x,) = ctx.saved_tensors
        return gradient * x * x * 3 * ctx.scale, None


class Exponential(clgrad.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (y,) = ctx.saved_tensors
        return gradient * y


class SumAndProduct(clgrad.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        ctx.save_for_backward(a, b)
        return a + b, a * b

    @staticmethod
    def backward(ctx: Any, of_sum: Any, of_product: Any) -> Any:
        a, b = ctx.saved_tensors
        return of_sum + of_product * b, of_sum + of_product * a


def test_function(device: str) -> None:
    check(
        [
            Case("an argument saved", lambda x: Cube.apply(x, 2.0), lambda x: x**3 * 2, (normal(3, 4),)),
            Case("a result saved", Exponential.apply, torch.exp, (normal(5),)),
            Case("in a chain", lambda x: Exponential.apply((x * 2).T).sum(0), lambda x: (x * 2).T.exp().sum(0),
                 (normal(3, 4),)),
            Case("two results", lambda a, b: (lambda s, p: s * p)(*SumAndProduct.apply(a, b)),
                 lambda a, b: (a + b) * (a * b), (normal(4), normal(4, seed=1))),
            Case("one of two results", lambda a, b: SumAndProduct.apply(a, b)[1], lambda a, b: a * b,
                 (normal(4), normal(4, seed=1))),
        ],
        device,
    )  # fmt: skip


def test_the_gradient_is_the_one_given(device: str) -> None:
    class Doubled(clgrad.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            assert not clgrad.is_grad_enabled()
            return x * 1

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            assert ctx.needs_input_grad == (True,)
            return gradient * 2

    x = clgrad.ones(3, device=device, requires_grad=True)
    Doubled.apply(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [2.0, 2.0, 2.0]
    with clgrad.no_grad():
        assert not Doubled.apply(x).requires_grad
    assert not Doubled.apply(x.detach()).requires_grad


def test_wrong_gradients_are_told() -> None:
    class Short(clgrad.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            return x + y

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            return gradient

    class Misshapen(Short):
        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            return gradient.sum(), gradient

    x = clgrad.ones(2, requires_grad=True)
    with pytest.raises(GradientError, match=r"\[Short\] backward gave 1 gradients for 2 arguments"):
        Short.apply(x, x).sum().backward()
    with pytest.raises(GradientError, match=r"\[Misshapen\] backward gave a gradient of shape \(\)"):
        Misshapen.apply(x, x).sum().backward()
