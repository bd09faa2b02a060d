"""The losses against torch: values, gradients, every option, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError
from clgrad.nn import functional as F

CLASSES = 4
RNG = np.random.default_rng


def compare(
    device: str,
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    inputs: list[np.ndarray[Any, Any]],
    rtol: float = 2e-5,
    **options: Any,
) -> None:
    """Compare values, and the gradients of every floating input under an uneven seed.

    Arrays among the options are given as tensors without a gradient.
    """
    floating = [value.dtype.kind == "f" for value in inputs]
    xs = [clgrad.tensor(value, device=device, requires_grad=grad) for value, grad in zip(inputs, floating, strict=True)]
    ts = [torch.tensor(value, requires_grad=grad) for value, grad in zip(inputs, floating, strict=True)]
    arrays = {key: value for key, value in options.items() if isinstance(value, np.ndarray)}
    plain = {key: value for key, value in options.items() if key not in arrays}
    y = ours(*xs, **plain, **{key: clgrad.tensor(value, device=device) for key, value in arrays.items()})
    t = theirs(*ts, **plain, **{key: torch.tensor(value) for key, value in arrays.items()})
    assert tuple(y.shape) == tuple(t.shape), options
    assert y.dtype.name == str(t.dtype).removeprefix("torch."), options
    np.testing.assert_allclose(y.numpy(), t.detach().numpy(), rtol=rtol, atol=1e-6, err_msg=str(options))
    seed = np.linspace(0.5, 1.5, max(t.numel(), 1), dtype=inputs[0].dtype).reshape(tuple(t.shape))
    (y * clgrad.tensor(seed, device=device)).sum().backward()
    (t * torch.tensor(seed)).sum().backward()
    for x, reference in zip(xs, ts, strict=True):
        if reference.grad is not None:
            expected = reference.grad.numpy()
            np.testing.assert_allclose(x.grad.numpy(), expected, rtol=rtol, atol=1e-6, err_msg=str(options))


def logits(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return (RNG(seed).standard_normal(shape) * 3).astype(np.float32)


def class_indices(*shape: int, ignored: int | None = None) -> np.ndarray[Any, Any]:
    target = np.asarray(RNG(1).integers(0, CLASSES, shape))
    if ignored is not None and target.size > 1:
        target.flat[:: max(target.size // 2, 1)] = ignored
    return target


WEIGHT = np.array([0.3, 2.0, 0.0, 1.5], np.float32)


# Cross-entropy and NLL


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy_takes_every_option_on_a_batch(device: str, reduction: str) -> None:
    x = logits(6, CLASSES)
    for weight, ignored, smoothing in product((None, WEIGHT), (None, -100, 1), (0.0, 0.2)):
        target = class_indices(6, ignored=ignored)
        options: dict[str, Any] = {"reduction": reduction, "label_smoothing": smoothing}
        options |= {} if ignored is None else {"ignore_index": ignored}
        options |= {} if weight is None else {"weight": weight}
        compare(device, F.cross_entropy, TF.cross_entropy, [x, target], **options)


@pytest.mark.parametrize("shape", [(), (3, 2), (2, 3, 2)], ids=["vector", "1d", "2d"])
def test_cross_entropy_and_nll_take_every_shape(device: str, shape: tuple[int, ...]) -> None:
    x = logits(*shape[:1], CLASSES, *shape[1:])
    ignored = -1 if shape else None
    target = class_indices(*shape, ignored=ignored)
    full = {"weight": WEIGHT, "ignore_index": -1, "label_smoothing": 0.1}
    compare(device, F.cross_entropy, TF.cross_entropy, [x, class_indices(*shape)])
    compare(device, F.cross_entropy, TF.cross_entropy, [x, target], reduction="none", **full)
    compare(device, F.cross_entropy, TF.cross_entropy, [x, target], **full)
    for reduction in ("none", "mean", "sum"):
        options = {"weight": WEIGHT, "ignore_index": -1, "reduction": reduction}
        compare(device, F.nll_loss, TF.nll_loss, [x, target], **options)


@pytest.mark.parametrize("shape", [(CLASSES,), (5, CLASSES), (2, CLASSES, 3)], ids=["vector", "batch", "1d"])
def test_cross_entropy_takes_probabilities(device: str, shape: tuple[int, ...]) -> None:
    target = RNG(2).dirichlet(np.ones(CLASSES), (int(np.prod(shape)) // CLASSES,)).astype(np.float32)
    if len(shape) == 3:
        target = target.reshape(shape[0], shape[2], CLASSES).transpose(0, 2, 1).copy()
    target = target.reshape(shape)
    for options in (
        {},
        {"weight": WEIGHT, "label_smoothing": 0.3},
        {"weight": WEIGHT, "reduction": "none"},
        {"reduction": "sum", "label_smoothing": 1.0},
    ):
        compare(device, F.cross_entropy, TF.cross_entropy, [logits(*shape), target], **options)


def test_cross_entropy_is_stable_for_large_logits(device: str) -> None:
    x = np.array([[1e4, -1e4, 0.0, 3e38], [-1e4, -2e4, -3e4, -1e4]], np.float32)
    compare(device, F.cross_entropy, TF.cross_entropy, [x, np.array([3, 1])], reduction="none")


def test_cross_entropy_of_nothing_is_nan_for_the_mean_and_zero_for_the_sum(device: str) -> None:
    x, target = logits(2, CLASSES), np.array([-100, -100])
    compare(device, F.cross_entropy, TF.cross_entropy, [x, target], reduction="sum")
    ours = F.cross_entropy(clgrad.tensor(x, device=device), clgrad.tensor(target, device=device))
    assert np.isnan(ours.item())


def test_cross_entropy_picks_one_class_per_row_and_leaves_the_target_alone(device: str) -> None:
    """The mean over a B x B pick differs from the mean over rows, and the target must not change."""
    x, target = logits(3, CLASSES), np.array([0, 3, 1])
    held = clgrad.tensor(target, device=device)
    loss = F.cross_entropy(clgrad.tensor(x, device=device), held)
    rows = [-np.log(np.exp(row)[pick] / np.exp(row).sum()) for row, pick in zip(x, target, strict=True)]
    np.testing.assert_allclose(loss.item(), np.mean(rows), rtol=1e-5)
    assert held.tolist() == [0, 3, 1]


@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_class_indices_may_have_any_integer_dtype(device: str, dtype: str) -> None:
    x, target = logits(5, CLASSES), class_indices(5)
    ours = F.cross_entropy(clgrad.tensor(x, device=device), clgrad.tensor(target.astype(dtype), device=device))
    np.testing.assert_allclose(ours.item(), TF.cross_entropy(torch.tensor(x), torch.tensor(target)), rtol=1e-5)


@pytest.mark.parametrize("bad", [CLASSES, -1])
def test_a_class_out_of_range_is_an_error_when_the_loss_is_read(device: str, bad: int) -> None:
    target = clgrad.tensor(np.array([0, bad]), device=device)
    loss = F.cross_entropy(clgrad.tensor(logits(2, CLASSES), device=device), target)
    with pytest.raises(IndexRangeError, match=rf"cross_entropy target.*{bad}.*{CLASSES}"):
        loss.item()


def test_second_derivatives_of_cross_entropy_match(device: str) -> None:
    x, target = logits(3, CLASSES), class_indices(3)
    ours = clgrad.tensor(x, device=device, requires_grad=True)
    loss = F.cross_entropy(ours, clgrad.tensor(target, device=device), label_smoothing=0.1)
    loss.backward(create_graph=True)
    first, ours.grad = ours.grad, None
    (first * first).sum().backward()
    theirs = torch.tensor(x, requires_grad=True)
    value = TF.cross_entropy(theirs, torch.tensor(target), label_smoothing=0.1)
    (gradient,) = torch.autograd.grad(value, theirs, create_graph=True)
    (expected,) = torch.autograd.grad((gradient * gradient).sum(), theirs)
    np.testing.assert_allclose(ours.grad.numpy(), expected.numpy(), rtol=1e-4, atol=1e-6)


# Differences


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss"])
def test_differences_match(device: str, name: str) -> None:
    x, y = logits(3, 4), logits(3, 4, seed=5)
    x[0, 0] = y[0, 0]
    for reduction in ("mean", "sum", "none"):
        compare(device, getattr(F, name), getattr(TF, name), [x, y], reduction=reduction)


def test_the_mean_of_squares_divides_by_all_elements_not_rows(device: str) -> None:
    x = clgrad.tensor(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], np.float32), device=device)
    assert F.mse_loss(x, x * 0).item() == pytest.approx(14 / 6)


def test_differences_of_other_shapes_warn_and_broadcast(device: str) -> None:
    x, y = logits(3, 1), logits(3, seed=2)
    with pytest.warns(UserWarning, match=r"\(3,\) broadcasts against input \(3, 1\)"):
        ours = F.mse_loss(clgrad.tensor(x, device=device), clgrad.tensor(y, device=device))
    np.testing.assert_allclose(ours.item(), np.mean((x - y) ** 2), rtol=1e-5)


# Binary cross-entropy


def test_binary_cross_entropy_matches(device: str) -> None:
    x = RNG(3).uniform(0.01, 0.99, (3, 4)).astype(np.float32)
    y = RNG(4).uniform(0, 1, (3, 4)).astype(np.float32)
    for weight, reduction in product((None, np.linspace(0.5, 2, 4, dtype=np.float32)), ("mean", "sum", "none")):
        options = {} if weight is None else {"weight": weight}
        compare(device, F.binary_cross_entropy, TF.binary_cross_entropy, [x, y], reduction=reduction, **options)


def test_binary_cross_entropy_clamps_its_logarithms(device: str) -> None:
    x = np.array([0.0, 1.0, 0.0, 1.0, 1e-30], np.float32)
    y = np.array([1.0, 0.0, 0.0, 1.0, 1.0], np.float32)
    ours = clgrad.tensor(x, device=device, requires_grad=True)
    loss = F.binary_cross_entropy(ours, clgrad.tensor(y, device=device), reduction="none")
    expected = TF.binary_cross_entropy(torch.tensor(x), torch.tensor(y), reduction="none")
    np.testing.assert_allclose(loss.numpy(), expected.numpy(), rtol=1e-5, atol=1e-7)
    loss.sum().backward()
    gradient = ours.grad.numpy()
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient[:2], [-1e12, 1e12], rtol=1e-5)  # as in torch


def test_binary_cross_entropy_of_an_impossible_probability_is_nan(device: str) -> None:
    x = clgrad.tensor(np.array([-0.5, 1.5], np.float32), device=device)
    assert np.isnan(F.binary_cross_entropy(x, x * 0 + 0.5, reduction="none").numpy()).all()


def test_binary_cross_entropy_with_logits_matches(device: str) -> None:
    x = np.concatenate([logits(7), [0.0, 200.0, -200.0, -0.0, 88.0]]).astype(np.float32).reshape(3, 4)
    y = RNG(4).uniform(0, 1, (3, 4)).astype(np.float32)
    weight, pos_weight = logits(3, 1) ** 2, np.array([0.5, 1.0, 3.0, 0.0], np.float32)
    ours, theirs = F.binary_cross_entropy_with_logits, TF.binary_cross_entropy_with_logits
    for reduction in ("mean", "sum", "none"):
        compare(device, ours, theirs, [x, y], reduction=reduction)
        compare(device, ours, theirs, [x, y], reduction=reduction, pos_weight=pos_weight)
        compare(device, ours, theirs, [x, y], reduction=reduction, weight=weight, pos_weight=pos_weight)


def test_half_precision_keeps_its_dtype_and_sums_in_float32(device: str) -> None:
    many = clgrad.zeros((2, 5000), dtype="float16", device=device)
    loss = F.cross_entropy(many, clgrad.tensor(np.array([1, 4999]), device=device))
    assert loss.dtype is clgrad.float16
    np.testing.assert_allclose(loss.item(), np.log(5000), rtol=1e-3)
    x = clgrad.tensor(np.array([0.25, 0.0], np.float16), device=device)
    loss = F.binary_cross_entropy(x, x * 0 + 1, reduction="none")
    assert loss.dtype is clgrad.float16
    np.testing.assert_allclose(loss.numpy(), [-np.log(0.25), 100], rtol=1e-3)


# Modules


def test_loss_modules_hold_their_options(device: str) -> None:
    x, target = logits(5, CLASSES), class_indices(5, ignored=2)
    y = RNG(4).uniform(0, 1, (5, CLASSES)).astype(np.float32)
    weight = clgrad.tensor(WEIGHT, device=device)
    torch_weight = torch.tensor(WEIGHT)
    cases: list[tuple[nn.Module, torch.nn.Module, Any, Any]] = [
        (
            nn.CrossEntropyLoss(weight, ignore_index=2, reduction="sum", label_smoothing=0.1),
            torch.nn.CrossEntropyLoss(torch_weight, ignore_index=2, reduction="sum", label_smoothing=0.1),
            x,
            target,
        ),
        (nn.NLLLoss(weight, ignore_index=2), torch.nn.NLLLoss(torch_weight, ignore_index=2), x, target),
        (nn.MSELoss("sum"), torch.nn.MSELoss(reduction="sum"), x, y),
        (nn.L1Loss(), torch.nn.L1Loss(), x, y),
        (nn.SmoothL1Loss("sum", beta=0.5), torch.nn.SmoothL1Loss(reduction="sum", beta=0.5), x, y),
        (nn.HuberLoss("sum", delta=0.5), torch.nn.HuberLoss("sum", delta=0.5), x, y),
        (
            nn.KLDivLoss("batchmean", log_target=True),
            torch.nn.KLDivLoss(reduction="batchmean", log_target=True),
            x,
            y,
        ),
        (
            nn.PoissonNLLLoss(False, True, 0.1, "sum"),
            torch.nn.PoissonNLLLoss(False, True, eps=0.1, reduction="sum"),
            y,
            y * 3,
        ),
        (nn.SoftMarginLoss("sum"), torch.nn.SoftMarginLoss(reduction="sum"), x, np.sign(x)),
        (nn.MultiLabelSoftMarginLoss(weight), torch.nn.MultiLabelSoftMarginLoss(torch_weight), x, y.round()),
        (
            nn.HingeEmbeddingLoss(0.5, "sum"),
            torch.nn.HingeEmbeddingLoss(0.5, reduction="sum"),
            y,
            np.sign(x).astype(np.int64),
        ),
        (
            nn.MultiMarginLoss(2, 0.5, weight, "sum"),
            torch.nn.MultiMarginLoss(2, 0.5, torch_weight, reduction="sum"),
            x,
            class_indices(5),
        ),
        (nn.MultiLabelMarginLoss("sum"), torch.nn.MultiLabelMarginLoss(reduction="sum"), x, class_indices(5, 4)),
        (nn.BCELoss(weight), torch.nn.BCELoss(torch_weight), y, y[::-1].copy()),
        (
            nn.BCEWithLogitsLoss(weight, pos_weight=weight + 1),
            torch.nn.BCEWithLogitsLoss(torch_weight, pos_weight=torch_weight + 1),
            x,
            y,
        ),
    ]
    for ours, theirs, a, b in cases:
        value = ours(clgrad.tensor(a, device=device), clgrad.tensor(b, device=device))
        np.testing.assert_allclose(value.item(), theirs(torch.tensor(a), torch.tensor(b)).item(), rtol=1e-5)
        assert list(ours.state_dict()) == list(theirs.state_dict())
        assert list(ours.parameters()) == []
        assert repr(ours) == repr(theirs)


def test_loss_modules_of_three_inputs_hold_their_options(device: str) -> None:
    x, y, z = logits(5, 4), logits(5, 4, seed=1), logits(5, 4, seed=2)
    signs, targets = np.sign(x), np.sign(x[:, 0])

    def far(a: Any, b: Any) -> Any:
        return (a - b).abs().amax(-1)

    cases: list[tuple[nn.Module, torch.nn.Module, tuple[Any, ...]]] = [
        (
            nn.GaussianNLLLoss(full=True, eps=0.5, reduction="sum"),
            torch.nn.GaussianNLLLoss(full=True, eps=0.5, reduction="sum"),
            (x, y, np.abs(z)),
        ),
        (nn.MarginRankingLoss(0.5, "sum"), torch.nn.MarginRankingLoss(0.5, reduction="sum"), (x, y, signs)),
        (
            nn.TripletMarginLoss(2.0, 1.0, 0.1, True, "sum"),
            torch.nn.TripletMarginLoss(2.0, 1.0, 0.1, True, reduction="sum"),
            (x, y, z),
        ),
        (
            nn.TripletMarginWithDistanceLoss(distance_function=far, margin=2.0, swap=True, reduction="sum"),
            torch.nn.TripletMarginWithDistanceLoss(distance_function=far, margin=2.0, swap=True, reduction="sum"),
            (x, y, z),
        ),
        (nn.TripletMarginWithDistanceLoss(), torch.nn.TripletMarginWithDistanceLoss(), (x, y, z)),
        (nn.CosineEmbeddingLoss(0.5, "sum"), torch.nn.CosineEmbeddingLoss(0.5, reduction="sum"), (x, y, targets)),
    ]
    for ours, theirs, inputs in cases:
        value = ours(*(clgrad.tensor(one, device=device) for one in inputs))
        np.testing.assert_allclose(value.item(), theirs(*map(torch.tensor, inputs)).item(), rtol=1e-5)
        assert repr(ours) == repr(theirs)


def test_hinge_loss_is_that_of_a_support_vector_machine(device: str) -> None:
    scores, targets = logits(7), np.sign(logits(7, seed=1)).astype(np.int64)
    value = nn.HingeLoss()(clgrad.tensor(scores, device=device), clgrad.tensor(targets, device=device))
    np.testing.assert_allclose(value.item(), np.maximum(0, 1 - targets * scores).mean(), rtol=1e-5)
    assert repr(nn.HingeLoss("sum")) == "HingeLoss()"


def test_a_label_out_of_range_is_an_error_when_the_loss_is_read(device: str) -> None:
    x = clgrad.zeros((2, CLASSES), device=device)
    for loss, target in (
        (F.multi_margin_loss, np.array([0, CLASSES])),
        (F.multilabel_margin_loss, np.array([[0, CLASSES, -1, 0], [-1, 0, 0, 0]])),
    ):
        with pytest.raises(IndexRangeError, match=rf"\[{loss.__name__} target\] index 4"):
            loss(x, clgrad.tensor(target, device=device)).numpy()
    # What stands behind the end of the labels does not count.
    ended = np.array([[0, -1, CLASSES, 7], [-1, 9, 9, 9]])
    assert F.multilabel_margin_loss(x, clgrad.tensor(ended, device=device)).item() > 0


# Refusals


def test_bad_shapes_name_both_shapes_and_the_rule(device: str) -> None:
    x = clgrad.zeros((3, CLASSES), device=device)
    indices = clgrad.zeros((4,), dtype="int64", device=device)
    with pytest.raises(ShapeError, match=r"\[cross_entropy\] target \(4,\).*\(3, 4\).*class dimension 1, \(3,\)"):
        F.cross_entropy(x, indices)
    with pytest.raises(ShapeError, match=r"\[nll_loss\] target \(4,\)"):
        F.nll_loss(x, indices)
    with pytest.raises(ShapeError, match=r"weight \(3,\).*shape \(4,\)"):
        F.cross_entropy(x, indices[:3], weight=clgrad.ones((3,), device=device))
    with pytest.raises(ShapeError, match="0-d"):
        F.cross_entropy(x.sum(), indices)
    with pytest.raises(ShapeError, match=r"\[l1_loss\] target \(3, 2\)"):
        F.l1_loss(x, clgrad.zeros((3, 2), device=device))
    for name in ("binary_cross_entropy", "binary_cross_entropy_with_logits"):
        with pytest.raises(ShapeError, match=rf"\[{name}\] target \(4,\) against input \(3, 4\)"):
            getattr(F, name)(x, clgrad.zeros((4,), device=device))
        with pytest.raises(ShapeError, match=rf"\[{name}\] weight \(3,\)"):
            getattr(F, name)(x, x, weight=clgrad.zeros((3,), device=device))
    with pytest.raises(ShapeError, match=r"pos_weight \(3,\)"):
        F.binary_cross_entropy_with_logits(x, x, pos_weight=clgrad.zeros((3,), device=device))


def test_bad_dtypes_name_the_rule(device: str) -> None:
    x = clgrad.zeros((3, CLASSES), device=device)
    integers = clgrad.zeros((3, CLASSES), dtype="int64", device=device)
    with pytest.raises(DtypeError, match="class indices must be integers"):
        F.cross_entropy(x, clgrad.zeros((3,), device=device))
    with pytest.raises(DtypeError, match=r"class probabilities.*must be floating"):
        F.cross_entropy(x, integers)
    with pytest.raises(DtypeError, match="input is int64"):
        F.nll_loss(integers, integers[:, 0])
    with pytest.raises(DtypeError, match="weight is int64"):
        F.cross_entropy(x, integers[:, 0], weight=integers[0])
    with pytest.raises(DtypeError, match=r"\[mse_loss\].*int64"):
        F.mse_loss(integers, integers)
    with pytest.raises(DtypeError, match="target is bool"):
        F.binary_cross_entropy(x, x > 0)


def test_other_losses_say_what_does_not_fit(device: str) -> None:
    x, y = clgrad.zeros((3, CLASSES), device=device), clgrad.zeros((2, CLASSES), device=device)
    integers = clgrad.zeros((3, CLASSES), dtype="int64", device=device)
    three = clgrad.zeros((1, 2, 3), device=device)
    refused: list[tuple[type[Exception], str, Callable[[], Any]]] = [
        (ArgumentError, r"\[smooth_l1_loss\] beta=-1", lambda: F.smooth_l1_loss(x, x, beta=-1)),
        (ArgumentError, r"\[huber_loss\] delta=0", lambda: F.huber_loss(x, x, delta=0)),
        (ShapeError, r"\[huber_loss\] weight \(2, 4\)", lambda: F.huber_loss(x, x, weight=y)),
        (ShapeError, r"\[mse_loss\] weight \(2, 4\)", lambda: F.mse_loss(x, x, weight=y)),
        (ArgumentError, r"\[gaussian_nll_loss\] eps=0", lambda: F.gaussian_nll_loss(x, x, x, eps=0)),
        (ArgumentError, r"\[gaussian_nll_loss\] var=-1", lambda: F.gaussian_nll_loss(x, x, -1.0)),
        (ShapeError, r"\[gaussian_nll_loss\] var \(2, 4\)", lambda: F.gaussian_nll_loss(x, x, y)),
        (ShapeError, r"\[gaussian_nll_loss\] var \(1, 1\)", lambda: F.gaussian_nll_loss(x, x, y[:1, :1])),
        (ShapeError, r"\[kl_div\] input is 0-d", lambda: F.kl_div(x.sum(), x.sum(), reduction="batchmean")),
        (ArgumentError, r"\[kl_div\] reduction='max'.*batchmean", lambda: F.kl_div(x, x, reduction="max")),
        (ArgumentError, r"\[KLDivLoss\] reduction='max'", lambda: nn.KLDivLoss("max")),
        (ArgumentError, r"\[triplet_margin_loss\] margin=0", lambda: F.triplet_margin_loss(x, x, x, margin=0)),
        (ShapeError, r"\[triplet_margin_loss\] anchor \(4,\)", lambda: F.triplet_margin_loss(x[0], x, x)),
        (ShapeError, r"\[cosine_embedding_loss\].*\(1, 2, 3\)", lambda: F.cosine_embedding_loss(three, three, x)),
        (ShapeError, r"\[cosine_embedding_loss\] target \(2,\)", lambda: F.cosine_embedding_loss(x, x, y[:, 0])),
        (ShapeError, r"\[margin_ranking_loss\] input1 \(4,\)", lambda: F.margin_ranking_loss(x[0], x, x)),
        (ArgumentError, r"\[multi_margin_loss\] p=3", lambda: F.multi_margin_loss(x, integers[:, 0], p=3)),
        (ArgumentError, r"\[MultiMarginLoss\] p=3", lambda: nn.MultiMarginLoss(3)),
        (ShapeError, r"\[multi_margin_loss\] input \(1, 2, 3\)", lambda: F.multi_margin_loss(three, integers)),
        (ShapeError, r"\[multi_margin_loss\] weight \(3,\)",
         lambda: F.multi_margin_loss(x, integers[:, 0], weight=x[:, 0])),
        (ShapeError, r"\[multilabel_margin_loss\].*\(2, 4\)", lambda: F.multilabel_margin_loss(y, integers)),
        (DtypeError, r"\[multilabel_margin_loss\] target is float32", lambda: F.multilabel_margin_loss(x, x)),
        (ShapeError, r"\[multilabel_soft_margin_loss\] input is 0-d",
         lambda: F.multilabel_soft_margin_loss(x.sum(), x.sum())),
    ]  # fmt: skip
    for name in ("poisson_nll_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "hinge_loss", "kl_div",
                 "hinge_embedding_loss"):  # fmt: skip
        loss = getattr(F, name)
        refused += [
            (ArgumentError, rf"\[{name}\] reduction='average'", lambda loss=loss: loss(x, x, reduction="average")),
            (ShapeError, rf"\[{name}\] target \(2, 4\) against \(3, 4\)", lambda loss=loss: loss(x, y)),
            (DtypeError, rf"\[{name}\] .* int64", lambda loss=loss: loss(integers, integers)),
        ]
    for error, match, call in refused:
        with pytest.raises(error, match=match):
            call()


def test_bad_arguments_name_the_allowed_values(device: str) -> None:
    x = clgrad.zeros((3, CLASSES), device=device)
    indices = clgrad.zeros((3,), dtype="int64", device=device)
    for name in ("cross_entropy", "nll_loss", "mse_loss", "l1_loss", "binary_cross_entropy"):
        with pytest.raises(ArgumentError, match=rf"\[{name}\] reduction='average'.*none, mean, sum"):
            getattr(F, name)(x, indices if name in ("cross_entropy", "nll_loss") else x, reduction="average")
    with pytest.raises(ArgumentError, match=r"label_smoothing=1.5.*\[0, 1\]"):
        F.cross_entropy(x, indices, label_smoothing=1.5)
    with pytest.raises(ArgumentError, match="ignore_index=1 with class probabilities"):
        F.cross_entropy(x, x, ignore_index=1)
    with pytest.raises(ArgumentError, match=r"\[MSELoss\] reduction='average'"):
        nn.MSELoss("average")
