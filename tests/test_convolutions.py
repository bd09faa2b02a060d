"""Convolutions: the form that each shape gets, every form against torch in float64, what joins them, and bad input."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_gpu_products import gpu as gpu
from test_matmul import WIDE, random, tensor

import clgrad
from clgrad import nn, optim
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import functional as F
from clgrad.ops import convolutions
from clgrad.runtime import pending, trace
from clgrad.schedule import schedule

pytest.importorskip("mako")
from clgrad.cl.caps import play
from clgrad.cl.convolutions import saves_products
from clgrad.cl.render import choose

Shape = tuple[int, ...]

FORMS: dict[str, tuple[Shape, Shape, dict[str, Any]]] = {
    "rows": ((2, 3, 5, 40), (13, 3, 3, 3), {"stride": 2, "padding": 1}),
    "all places": ((2, 3, 20, 28), (13, 3, 3, 3), {"padding": 1}),
    "each channel by itself": ((2, 6, 17, 19), (6, 1, 3, 3), {"padding": 1, "groups": 6}),
    "few places": ((5, 37, 3, 3), (13, 37, 3, 3), {"padding": 1}),
    "panels in parts": ((4, 300, 2, 3), (15, 300, 2, 2), {"padding": 1}),
    "many outputs": ((5, 16, 9, 7), (35, 16, 3, 3), {"padding": 1}),
    "many outputs in sections": ((17, 52, 9, 8), (64, 26, 2, 3), {"groups": 2, "stride": 2, "dilation": 2}),
    "many outputs of tiny images": ((40, 72, 2, 2), (48, 72, 3, 3), {"padding": 1}),
    "many outputs, one axis": ((3, 70, 53), (40, 70, 2), {}),
    "zeros passed over": ((5, 16, 9, 7), (32, 16, 3, 3), {"padding": 1}),
    "zeros, steps of two": ((3, 22, 9, 12), (48, 22, 3, 2), {"padding": (2, 1), "stride": 2}),
    "zeros, taps apart": ((6, 32, 5, 7), (16, 32, 2, 3), {"padding": (1, 2), "dilation": (2, 3)}),
    "more zeros than taps": ((9, 15, 2, 3), (32, 15, 3, 3), {"padding": 4, "stride": 3}),
    "zeros along one axis": ((5, 70, 14), (32, 70, 4), {"padding": 3}),
    "zeros along three axes": ((2, 12, 3, 4, 5), (16, 12, 3, 2, 3), {"padding": 1}),
    "zeros, in sections": ((7, 40, 4, 4), (64, 20, 3, 3), {"padding": 1, "groups": 2}),
    "channels by themselves, wide": ((2, 5, 6, 35), (10, 1, 3, 5), {"padding": (1, 2), "groups": 5}),
    "channels by themselves, steps": ((3, 4, 9, 29), (4, 1, 3, 3), {"padding": 1, "stride": 2, "groups": 4}),
    "channels by themselves, taps apart": (
        (2, 3, 8, 40),
        (3, 1, 2, 4),
        {"padding": (2, 4), "dilation": 3, "groups": 3},
    ),
    "channels by themselves, one axis": ((2, 3, 21), (6, 1, 5), {"padding": 3, "groups": 3}),
    "channels by themselves, three axes": ((2, 2, 3, 4, 18), (2, 1, 3, 2, 3), {"padding": 1, "groups": 2}),
    "channels by themselves, more taps than places": ((2, 4, 3, 10), (4, 1, 16, 16), {"padding": 8, "groups": 4}),
    "zeros, more taps than places": ((20, 16, 2, 3), (32, 16, 5, 7), {"padding": (2, 3)}),
    "many outputs, panels in parts": ((3, 600, 7, 7), (24, 600, 3, 3), {"padding": 1}),
    "one tap": ((3, 20, 8, 9), (14, 20, 1, 1), {}),
    "steps of three": ((2, 4, 25, 70), (9, 4, 2, 3), {"stride": 3, "dilation": 2}),
    "half the products": ((3, 17, 13, 15), (40, 17, 3, 3), {"padding": 1}),
    "half the products, many images": ((9, 21, 6, 9), (32, 21, 3, 3), {"padding": (2, 1)}),
    "half the products, taps apart": ((4, 32, 14, 30), (19, 32, 3, 2), {"padding": (0, 3), "dilation": (1, 3)}),
    "half the products, steps": ((4, 40, 10, 40), (48, 20, 3, 4), {"padding": (1, 2), "stride": (1, 2), "groups": 2}),
    "half the products, long rows": ((2, 16, 9, 70), (17, 16, 3, 5), {"padding": (1, 2)}),
    "one axis": ((3, 5, 70), (7, 5, 4), {"padding": 3}),
    "three axes": ((1, 3, 6, 7, 20), (5, 3, 2, 3, 3), {"padding": 1}),
}
"""Data, weights and options; gradients have forms of their own."""


def computed(library: Any, x: Any, w: Any, above: Any, options: dict[str, Any]) -> list[Any]:
    """The result, and what it passes back."""
    y = getattr(library.nn.functional, f"conv{x.ndim - 2}d")(x, w, **options)
    return [y, *library.autograd.grad(y, (x, w), above)]


def compare(device: Any, form: tuple[Shape, Shape, dict[str, Any]]) -> None:
    shape, weights, options = form
    x, w = random(*shape), random(*weights, seed=1)
    doubles = [torch.from_numpy(one).double().requires_grad_() for one in (x, w)]
    size = getattr(torch.nn.functional, f"conv{x.ndim - 2}d")(*doubles, **options).shape
    above = random(*size, seed=2)
    expected = computed(torch, *doubles, torch.from_numpy(above).double(), options)
    ours = [tensor(one, device).requires_grad_() for one in (x, w)]
    found = computed(clgrad, *ours, tensor(above, device), options)
    clgrad.realize(*found)
    for what, one, right in zip(("result", "data", "weights"), found, expected):
        scale = float(right.detach().abs().max())
        np.testing.assert_allclose(one.numpy() / scale, right.detach().numpy() / scale, atol=3e-6, err_msg=what)


@pytest.mark.parametrize("form", FORMS)
def test_forms_match_torch(device: str, form: str) -> None:
    compare(device, FORMS[form])


@pytest.mark.parametrize("form", FORMS)
def test_functions_that_follow(device: str, form: str) -> None:
    """What has many constants is a function of its own, of a tile's sums; results may be added to what is there."""
    shape, weights, options = FORMS[form]
    x, w = random(*shape), random(*weights, seed=1) / np.float32(30 * math.prod(weights[1:]) ** 0.5)
    bias, place = random(weights[0], seed=2) / 10, (-1, *[1] * (x.ndim - 2))
    name = f"conv{x.ndim - 2}d"
    inputs = [torch.from_numpy(one).double() for one in (x, w, bias)]
    expected = getattr(torch.nn.functional, name)(*inputs[:2], **options) + inputs[2].reshape(place)
    ours = [tensor(one, device) for one in (x, w, bias)]
    above = tensor(random(*expected.shape, seed=3) / 10, device)
    with clgrad.no_grad():
        y = getattr(F, name)(*ours[:2], **options) + ours[2].reshape(place)
        found = [y.tanh(), F.silu(y) + above]
        clgrad.realize(*found)
        total = above.clone()
        add = clgrad.jit(lambda *given: total.add_(getattr(F, name)(*given, **options).tanh()))
        for _ in range(3):
            add(*ours[:2])
    before = above.numpy().astype(np.float64)
    np.testing.assert_allclose(found[0].numpy(), expected.tanh().numpy(), atol=3e-6)
    np.testing.assert_allclose(found[1].numpy(), torch.nn.functional.silu(expected).numpy() + before, atol=5e-6)
    bare = getattr(torch.nn.functional, name)(*inputs[:2], **options).tanh().numpy()
    np.testing.assert_allclose(total.numpy(), before + 3 * bare, atol=2e-5)


@pytest.mark.parametrize("form", FORMS)
def test_forms_for_gpus_match_torch(gpu: Callable[[Any], Any], form: str) -> None:
    compare(gpu(None), FORMS[form])


HALVED: dict[str, tuple[Shape, Shape, dict[str, Any]]] = {
    "whole windows": ((2, 5, 8, 7), (6, 5, 3, 3), {"padding": 1}),
    "rows left over": ((3, 4, 9, 5), (5, 4, 3, 2), {"padding": (1, 0)}),
    "fewer rows than a window": ((2, 6, 3, 4), (4, 6, 3, 3), {}),
    "zeros passed over": ((5, 33, 7, 5), (32, 33, 3, 3), {"padding": (2, 1)}),
    "steps and taps apart": ((2, 3, 11, 13), (4, 3, 3, 2), {"padding": (0, 2), "stride": (1, 2), "dilation": (1, 3)}),
    "three axes": ((2, 3, 4, 6, 5), (4, 3, 2, 3, 3), {"padding": (1, 1, 0), "stride": (2, 1, 1)}),
}


@pytest.mark.parametrize("form", HALVED)
def test_half_the_products_match_torch(device: str, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """In three kernels, as weights' gradients are, and what has too few places for one."""
    monkeypatch.setattr(type(clgrad.device(device)), "saves_products", lambda *geometry: True)
    with trace() as seen:
        compare(device, HALVED[form])
    whole = [one for one in seen.kernels if one.anchor is not None and one.anchor.attributes[3:4] == (6,)]
    assert len(whole) >= 2, "the result and the gradient of weights"


def test_where_half_the_products_pay_in_three_kernels() -> None:
    """With many channels, and images that are worth combining the weights; of float32, on a CPU; not in one kernel."""
    many = [(32, 256, 4, 4), (256, 256, 3, 3)], [(32, 64, 28, 300), (64, 64, 3, 3)]
    few = [(32, 3, 32, 32), (32, 3, 3, 3)], [(1, 64, 4, 4), (64, 64, 3, 3)], [(32, 64, 28, 28), (64, 64, 3, 3)]
    options = (((1, 1), (1, 1)), (1, 1), (1, 1), 1, False)
    assert all(saves_products(*one, options, clgrad.float32, WIDE) for one in many)
    assert not any(saves_products(*one, options, clgrad.float32, WIDE) for one in few)
    assert not any(saves_products(*one, options, clgrad.float64, WIDE) for one in many)
    assert not any(saves_products(*one, options, clgrad.float32, play("gpu", WIDE)) for one in many)


def test_half_the_products_of_any_layout(device: str) -> None:
    """Data whose rows lie apart, weights that are turned around, and what is added in place."""
    x, w = random(20, 9, 12, 3), random(3, 3, 20, 16, seed=1)
    doubles = [torch.from_numpy(one).double() for one in (x, w)]
    ours = [tensor(one, device) for one in (x, w)]
    results = []
    for library, (data, weights) in ((torch, doubles), (clgrad, ours)):
        y = library.nn.functional.conv2d(data.permute(3, 0, 2, 1), weights.permute(3, 2, 0, 1).flip(2), padding=1)
        results.append((y + y.transpose(2, 3)[:, :, :1, :1]).relu().flip(3))
    right = results[0].numpy()
    scale = abs(right).max()
    np.testing.assert_allclose(results[1].numpy() / scale, right / scale, atol=3e-6)


@pytest.mark.parametrize(("step", "size"), [(3, 11), (37, 113), (40, 122), (64, 37), (80, 74), (64, 40)])
def test_steps_of_any_size(device: str, step: int, size: int) -> None:
    """One kernel weaves what steps pass back to, groups of kernels if there are many, and large primes have zeros."""
    compare(device, ((2, 3, size), (4, 3, 5), {"stride": step}))


def test_windows_among_zeros_only(device: str) -> None:
    """Some phases, or all, meet nothing but zeros around the data."""
    for size, taps, stride, dilation, padding in ((1, 2, 2, 3, 2), (2, 3, 4, 3, 3)):
        x, w = (tensor(one, device).requires_grad_() for one in (random(1, 2, size), random(3, 2, taps, seed=1)))
        y = F.conv1d(x, w, stride=stride, dilation=dilation, padding=padding)
        theirs = [torch.from_numpy(one.detach().numpy()).requires_grad_() for one in (x, w)]
        right = torch.nn.functional.conv1d(*theirs, stride=stride, dilation=dilation, padding=padding)
        right.sum().backward()
        y.sum().backward()
        for ours, other in zip((y, x.grad, w.grad), (right, theirs[0].grad, theirs[1].grad)):
            assert ours is not None and other is not None
            np.testing.assert_allclose(ours.detach().numpy(), other.detach().numpy(), atol=1e-5)


def test_what_nobody_reads_is_not_computed(device: str) -> None:
    x, w = clgrad.ones(32, 256, 4, 4, device=device), clgrad.ones(256, 256, 3, 3, device=device)
    assert (F.conv2d(x, w, padding=1)[:0] + 1).numpy().shape == (0, 256, 4, 4)
    assert (clgrad.cat([x, x * 2])[:0] + 1).numpy().shape == (0, 256, 4, 4)


def test_rows_that_plans_replace_mean_what_plans_compute() -> None:
    g, w = random(2, 6, 4, 5).astype("float64"), random(6, 2, 3, 2, seed=1).astype("float64")
    options = ((1, 0), (9, 10), (2, 3), (1, 2), 3)
    found = convolutions.transpose(*(clgrad.tensor(one, device="cpu") for one in (g, w)), *options)
    meaning = convolutions.convolution_transpose.numpy
    assert meaning is not None
    np.testing.assert_allclose(found.numpy(), meaning(g, w, *options), atol=1e-12)


def kernels(*found: clgrad.Tensor) -> list[Any]:
    plan = schedule(*pending([one.node for one in found]))
    return [step.kernel for step in plan.steps if step.kernel is not None]


def test_each_shape_has_its_form() -> None:
    expected = {
        "rows": "convolution",
        "all places": "convolution",
        "each channel by itself": "convolution",
        "few places": "matmul",
        "panels in parts": "matmul",
        "many outputs": "convolution_outputs",
        "many outputs in sections": "convolution_outputs",
        "many outputs of tiny images": "convolution_outputs",
        "many outputs, one axis": "convolution_outputs",
        "zeros passed over": "convolution_outputs",
        "zeros, taps apart": "convolution_outputs",
        "more zeros than taps": "convolution_outputs",
        "many outputs, panels in parts": "convolution_outputs",
        "half the products": "convolution_combined",
        "half the products, many images": "convolution_combined",
        "half the products, taps apart": "convolution_combined",
        "half the products, steps": "convolution_combined",
        "half the products, long rows": "convolution_combined",
        "one tap": "matmul",
        "one axis": "convolution",
    }
    for form, template in expected.items():
        shape, weights, options = FORMS[form]
        x, w = (clgrad.zeros(one, device="cpu").realize() for one in (shape, weights))
        y = getattr(F, f"conv{x.ndim - 2}d")(x, w, **options)
        assert choose(kernels(y)[-1], WIDE).template == template, form
        assert choose(kernels(y)[-1], play("gpu", WIDE)).template in ("matmul_group", "matmul_thin"), form
    x, w = clgrad.zeros(2, 3, 30, 30, device="cpu").realize(), clgrad.zeros(8, 3, 3, 3, device="cpu").realize()
    v = w.requires_grad_()
    y = F.conv2d(x, v)
    (gradient,) = clgrad.autograd.grad(y, (v,), clgrad.zeros(y.shape, device="cpu").realize())
    assert choose(kernels(gradient)[-1], WIDE).template == "convolution_taps"


def test_what_follows_joins() -> None:
    with clgrad.use_device("cpu"), clgrad.no_grad():
        block = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)).eval()
        x = clgrad.zeros(2, 4, 9, 9).realize()
        clgrad.realize(*block.state_dict().values())
        found = kernels((block(x) + x).relu())
    assert [one.kind for one in found] == ["map", "convolution"], "zeros around the data, and all the rest"


def test_an_update_joins_the_gradient_of_weights(device: str) -> None:
    with clgrad.use_device(device):
        layer = nn.Conv2d(3, 8, 3, bias=False)
        optimizer = optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
        x = clgrad.rand(2, 3, 12, 12)
    for _ in range(2):
        optimizer.zero_grad()
        layer(x).square().sum().backward()
        with trace() as seen:
            optimizer.step()
    (gradient,) = [kernel for kernel in seen.kernels if kernel.outer == (8, 3, 3, 3)]
    assert gradient.kind == "convolution" and len(gradient.stores) == 3, "the gradient, the weight, and its momentum"


def test_data_is_padded_once() -> None:
    """For the result and for the gradient of weights."""
    x = clgrad.zeros(2, 3, 12, 12, device="cpu").realize()
    w = clgrad.zeros(8, 3, 3, 3, device="cpu").realize().requires_grad_()
    y = F.conv2d(x, w, padding=1)
    (gradient,) = clgrad.autograd.grad(y, (w,), clgrad.zeros(y.shape, device="cpu").realize())
    assert sum(one.kind == "map" for one in kernels(y, gradient)) == 1


def test_the_most_that_is_left_over(device: str) -> None:
    """Nothing in a batch, and no image at all to learn from."""
    x = clgrad.zeros(0, 3, 9, 9, device=device)
    w = clgrad.rand(4, 3, 3, 3, device=device).requires_grad_()
    y = F.conv2d(x, w, padding=1)
    y.sum().backward()
    assert y.shape == (0, 4, 9, 9) and w.grad is not None and not w.grad.any().item()


X, W = (2, 4, 8, 8), (6, 4, 3, 3)


@pytest.mark.parametrize(
    ("shapes", "options", "error", "words"),
    [
        ([(2, 5, 8, 8), W], {}, ShapeError, r"\(2, 5, 8, 8\).*4 channels, and it has 5"),
        ([X, W], {"groups": 2}, ShapeError, "8 channels, and it has 4"),
        ([X, (5, 2, 3, 3)], {"groups": 2}, ShapeError, "5 outputs must divide by groups"),
        ([X, (6, 4, 9, 3)], {}, ShapeError, "reaches over 9 elements.*has 8; pad more"),
        ([X, W], {"dilation": 4}, ShapeError, "reaches over 9 elements"),
        ([X, (6, 4, 3)], {}, ShapeError, "must have 4 dims"),
        ([(8, 8), W], {}, ShapeError, "must have 4 dims, or 3 without a batch"),
        ([(2, 4, 0, 8), W], {}, ShapeError, "only the batch may be empty"),
        ([X, W, (5,)], {}, ShapeError, "one number for each of 6 outputs"),
        ([X, W], {"stride": 0}, ArgumentError, "stride=0 must be a whole number from 1, or 2"),
        ([X, W], {"stride": (1, 2, 3)}, ArgumentError, "or 2 of them"),
        ([X, W], {"padding": -1}, ArgumentError, "padding=-1"),
        ([X, W], {"padding": "half"}, ArgumentError, "'same' or 'valid'"),
        ([X, W], {"padding": "same", "stride": 2}, ArgumentError, "only a stride of 1 keeps the size"),
        ([X, W], {"groups": 0}, ArgumentError, "groups=0"),
    ],
)
def test_bad_input(shapes: list[Shape], options: dict[str, Any], error: type[Exception], words: str) -> None:
    operands = [clgrad.zeros(shape, device="cpu") for shape in shapes]
    with pytest.raises(error, match=rf"\[conv2d\].*{words}"):
        F.conv2d(*operands, **options)


def test_bad_input_of_transposes() -> None:
    x, w = clgrad.zeros(X, device="cpu"), clgrad.zeros(4, 6, 3, 3, device="cpu")
    with pytest.raises(ArgumentError, match="less than one of them"):
        F.conv_transpose2d(x, w, output_padding=1)
    with pytest.raises(ShapeError, match="must have 5 channels"):
        F.conv_transpose2d(x, clgrad.zeros(5, 6, 3, 3, device="cpu"))
    with pytest.raises(ShapeError, match="something must be left"):
        F.conv_transpose2d(x[:, :, :1, :1], w, padding=2)


def test_dtypes_must_agree() -> None:
    x, w = clgrad.zeros(X, device="cpu"), clgrad.zeros(W, device="cpu")
    with pytest.raises(DtypeError, match="float32 and float64 differ"):
        F.conv2d(x, w.double())
    with pytest.raises(DtypeError, match="not defined for int64"):
        F.conv2d(x.long(), w.long())


@pytest.mark.parametrize("form", ["few places", "panels in parts", "all places", "rows"])
def test_updates_in_place_compute_each_weight_once(device: str, form: str) -> None:
    """Tiles overlap where they do not divide the weights: what is updated there must not be updated twice."""
    shape, weights, options = FORMS[form]
    x, w = random(*shape), random(*weights, seed=1) / 30
    mine, theirs = tensor(w, device).requires_grad_(), torch.from_numpy(w).double().requires_grad_()
    ours, other = optim.SGD([mine], lr=1e-4, momentum=0.9), torch.optim.SGD([theirs], lr=1e-4, momentum=0.9)
    images = tensor(x, device)

    @clgrad.jit
    def step(images: clgrad.Tensor) -> clgrad.Tensor:
        loss = F.conv2d(images, mine, **options).square().sum()
        ours.zero_grad()
        loss.backward()
        ours.step()
        return loss

    for _ in range(4):
        step(images)
        other.zero_grad()
        torch.nn.functional.conv2d(torch.from_numpy(x).double(), theirs, **options).square().sum().backward()
        other.step()
    expected = theirs.detach().numpy()
    np.testing.assert_allclose(mine.numpy(), expected, atol=1e-5 * abs(expected).max())


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    *(st.sampled_from(one) for one in ([1, 2, 3], [1, 2, 16], [1, 4, 16, 33], [1, 5, 16])),
    *(st.tuples(st.integers(*one), st.integers(*one)) for one in ((1, 18), (1, 7), (1, 3), (1, 2), (0, 4))),
)
def test_any_sizes_match_torch(
    device: str,
    groups: int,
    channels: int,
    outputs: int,
    images: int,
    size: Any,
    taps: Any,
    step: Any,
    far: Any,
    pad: Any,
) -> None:
    assume(all(f * (t - 1) < s + 2 * p for s, t, f, p in zip(size, taps, far, pad)))
    options = {"stride": step, "dilation": far, "padding": pad, "groups": groups}
    compare(device, ((images, groups * channels, *size), (groups * outputs, channels, *taps), options))
