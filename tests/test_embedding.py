"""Embedding, EmbeddingBag and the CTC loss as modules, against torch, and what they refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, DtypeError, IndexRangeError, ShapeError
from clgrad.nn import functional as F


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Embedding", {}),
    ("Embedding", {"padding_idx": -2, "max_norm": 1.5}),
    ("Embedding", {"max_norm": 1.0, "norm_type": 1.0, "scale_grad_by_freq": True}),
    ("EmbeddingBag", {}),
    ("EmbeddingBag", {"mode": "sum", "padding_idx": 3, "max_norm": 1.5}),
    ("EmbeddingBag", {"mode": "max"}),
)


@pytest.mark.parametrize("jitted", [False, True], ids=["lazy", "jit"])
@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
def test_training(device: str, name: str, options: dict[str, Any], jitted: bool) -> None:
    """Rows, those that a norm limits, and gradients over three steps."""
    ours, theirs = getattr(nn, name)(6, 3, **options).to(device), getattr(torch.nn, name)(6, 3, **options)
    assert repr(ours) == repr(theirs)
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    optimizer = clgrad.optim.SGD(ours.parameters(), lr=0.1)

    def train(numbers: clgrad.Tensor) -> clgrad.Tensor:
        loss = ours(numbers).square().sum()
        ours.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    run = clgrad.jit(train) if jitted else train
    for seed in range(3):
        numbers = np.random.default_rng(seed).integers(0, 6, (4, 5))
        expected = theirs(torch.tensor(numbers)).square().sum()
        theirs.zero_grad()
        expected.backward()
        torch.optim.SGD(theirs.parameters(), lr=0.1).step()
        found = run(clgrad.tensor(numbers, device=device))
        np.testing.assert_allclose(found.item(), expected.item(), rtol=1e-5)
        np.testing.assert_allclose(ours.weight.numpy(), theirs.weight.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_rows_start_as_in_torch() -> None:
    weight = nn.Embedding(200, 50, padding_idx=3).weight.numpy()
    assert np.abs(weight[3]).max() == 0
    assert abs(weight.mean()) < 0.05 and 0.9 < weight.std() < 1.1


def test_from_pretrained(device: str) -> None:
    rows = clgrad.tensor(random(4, 3), device=device)
    for module, number in ((nn.Embedding, [1, 3]), (nn.EmbeddingBag, [[1], [3]])):
        frozen, free = module.from_pretrained(rows), module.from_pretrained(rows, freeze=False, padding_idx=1)
        assert (frozen.weight.requires_grad, free.weight.requires_grad) == (False, True)
        np.testing.assert_array_equal(frozen(clgrad.tensor(number, device=device)).numpy(), random(4, 3)[[1, 3]])
        assert free.padding_idx == 1
    with pytest.raises(ShapeError, match=r"embeddings \(3,\) must be \(num_embeddings"):
        nn.Embedding.from_pretrained(rows[0])


def test_bags_scale_gradients_as_embedding_does(device: str) -> None:
    """torch's own bags divide by how often another row is read."""
    weight = random(5, 3)
    numbers, offsets = np.array([4, 1, 1, 0, 4, 4, 2]), np.array([0, 3])
    reference = torch.tensor(weight, requires_grad=True)
    rows = torch.nn.functional.embedding(torch.tensor(numbers), reference, scale_grad_by_freq=True).square()
    rows.sum().backward()
    x = clgrad.tensor(weight, device=device, requires_grad=True)
    bags = [clgrad.tensor(one, device=device) for one in (numbers, offsets)]
    per_row = F.embedding_bag(bags[0], x, clgrad.arange(7, device=device), mode="sum", scale_grad_by_freq=True)
    per_row.square().sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), reference.grad.numpy(), rtol=1e-5)
    summed = F.embedding_bag(bags[0], x, bags[1], mode="sum", scale_grad_by_freq=True)
    (gradient,) = clgrad.autograd.grad(summed.sum(), [x])
    np.testing.assert_allclose(gradient.numpy(), np.isin(np.arange(5), numbers)[:, None] * np.ones((5, 3)), rtol=1e-5)


def test_gradients_are_the_same_in_every_run(device: str) -> None:
    weight = clgrad.tensor(random(7, 9), device=device, requires_grad=True)
    numbers = clgrad.tensor(np.random.default_rng(0).integers(0, 7, 500), device=device)
    upstream = clgrad.tensor(random(500, 9, seed=1), device=device)
    runs = [clgrad.autograd.grad((F.embedding(numbers, weight) * upstream).sum(), [weight])[0] for _ in range(3)]
    for one in runs:
        np.testing.assert_array_equal(one.numpy(), runs[0].numpy())


REFUSED: tuple[tuple[type[Exception], str, Callable[[Any, Any], Any]], ...] = (
    (ArgumentError, "sparse=True: there are no sparse", lambda i, w: F.embedding(i, w, sparse=True)),
    (ArgumentError, "padding_idx=9 is not one of 4 rows", lambda i, w: F.embedding(i, w, padding_idx=9)),
    (ShapeError, r"weight of shape \(3,\)", lambda i, w: F.embedding(i, w[0])),
    (DtypeError, "indices must be integers", lambda i, w: F.embedding(w, w)),
    (IndexRangeError, r"\[embedding\]", lambda i, w: F.embedding(i + 4, w).numpy()),
    (IndexRangeError, r"\[embedding_bag\]", lambda i, w: F.embedding_bag(i - 1, w).numpy()),
    (IndexRangeError, "offsets", lambda i, w: F.embedding_bag(i[0], w, i[0] + 1).numpy()),
    (ArgumentError, "mode='median'", lambda i, w: F.embedding_bag(i, w, mode="median")),
    (ArgumentError, "with mode='mean'", lambda i, w: F.embedding_bag(i, w, per_sample_weights=i.to("float32"))),
    (ArgumentError, "with mode='max'", lambda i, w: F.embedding_bag(i, w, mode="max", scale_grad_by_freq=True)),
    (ShapeError, "offsets are not given", lambda i, w: F.embedding_bag(i[0], w)),
    (ShapeError, "offsets are given", lambda i, w: F.embedding_bag(i, w, i[0])),
    (DtypeError, "offsets are float32", lambda i, w: F.embedding_bag(i[0], w, w[0])),
    (ArgumentError, "sparse=True", lambda i, w: nn.Embedding(4, 3, sparse=True)),
    (ArgumentError, "padding_idx=4", lambda i, w: nn.EmbeddingBag(4, 3, padding_idx=4)),
    (ShapeError, r"_weight \(4, 3\) must be \(3, 3\)", lambda i, w: nn.Embedding(3, 3, _weight=w)),
)


@pytest.mark.parametrize(("error", "match", "call"), REFUSED, ids=[match for _, match, _ in REFUSED])
def test_errors(device: str, error: type[Exception], match: str, call: Callable[[Any, Any], Any]) -> None:
    numbers = clgrad.tensor([[0, 1], [2, 3]], device=device)
    with pytest.raises(error, match=match):
        call(numbers, clgrad.tensor(random(4, 3), device=device))


# -- the CTC loss --------------------------------------------------------------------------------


def test_ctc_module(device: str) -> None:
    """Lengths as tensors, in a recorded function, too."""
    x, targets = random(5, 2, 4), np.array([[1, 2], [3, 0]])
    lengths = np.array([5, 4]), np.array([2, 1])
    reference = torch.tensor(x, requires_grad=True)
    loss = torch.nn.CTCLoss(reduction="sum")(
        reference.log_softmax(2), torch.tensor(targets), *(torch.tensor(one) for one in lengths)
    )
    loss.backward()
    module = nn.CTCLoss(reduction="sum")

    def gradient(x: clgrad.Tensor, *others: clgrad.Tensor) -> clgrad.Tensor:
        x = x.detach().requires_grad_()
        return clgrad.autograd.grad(module(x.log_softmax(2), *others), [x])[0]

    run = clgrad.jit(gradient)
    given = [clgrad.tensor(one, device=device) for one in (x, targets, *lengths)]
    for _ in range(3):
        np.testing.assert_allclose(run(*given).numpy(), reference.grad.numpy(), rtol=1e-4, atol=1e-6)


def test_a_target_that_does_not_fit(device: str) -> None:
    """Its loss is infinite and its gradient not finite, up to the end of its sequence; the other's is as it was."""
    x, targets = random(4, 2, 3), np.array([[1, 1, 2], [1, 2, 0]])
    ours, theirs = clgrad.tensor(x, device=device, requires_grad=True), torch.tensor(x, requires_grad=True)
    losses = [
        F.ctc_loss(ours.log_softmax(2), clgrad.tensor(targets, device=device), (3, 4), (3, 2), reduction="none"),
        torch.nn.functional.ctc_loss(theirs.log_softmax(2), torch.tensor(targets), (3, 4), (3, 2), reduction="none"),
    ]
    assert losses[0].tolist()[0] == math.inf
    np.testing.assert_allclose(losses[0].numpy(), losses[1].detach().numpy(), rtol=1e-5)
    for loss in losses:
        loss.sum().backward()
    found, right = ours.grad.numpy(), theirs.grad.numpy()
    finite = np.isfinite(right)
    np.testing.assert_array_equal(np.isfinite(found), finite)
    np.testing.assert_allclose(found[finite], right[finite], rtol=1e-4, atol=1e-6)


def test_probabilities_of_zero(device: str) -> None:
    """A path of no probability adds nothing, and gradients stay finite."""
    x = clgrad.tensor([[[0.0, -math.inf]], [[-1.0, -0.5]]], device=device, requires_grad=True)
    loss = F.ctc_loss(x, clgrad.tensor([[1]], device=device), (2,), (1,))
    loss.backward()
    assert loss.item() == 0.5
    np.testing.assert_array_equal(x.grad.numpy().reshape(2, 2), [[-1, 0], [0, -1]])


def test_ctc_errors(device: str) -> None:
    x, targets = clgrad.zeros((4, 2, 3), device=device), clgrad.tensor([[1, 2], [2, 0]], device=device)
    with pytest.raises(ShapeError, match=r"log_probs \(3,\) must be \(T, N, C\)"):
        F.ctc_loss(x[0, 0], targets, (4, 4), (2, 1))
    with pytest.raises(ArgumentError, match="blank=3 is not one of 3 classes"):
        F.ctc_loss(x, targets, (4, 4), (2, 1), blank=3)
    with pytest.raises(DtypeError, match="targets are float32"):
        F.ctc_loss(x, x[0], (4, 4), (2, 1))
    with pytest.raises(ShapeError, match=r"targets \(3,\) for a batch of 2"):
        F.ctc_loss(x, targets.reshape(-1)[:3], (4, 4), (2, 2))
    with pytest.raises(ShapeError, match=r"input_lengths of shape \(3,\) for a batch of 2"):
        F.ctc_loss(x, targets, (4, 4, 4), (2, 1))
    with pytest.raises(IndexRangeError, match="ctc_loss input_lengths"):
        F.ctc_loss(x, targets, (5, 4), (2, 1)).item()
    with pytest.raises(IndexRangeError, match="ctc_loss targets"):
        F.ctc_loss(x, targets + 1, (4, 4), (2, 1)).item()
