"""Recurrent layers and cells, and sequences of different lengths, against torch: values, gradients, training."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.utils import rnn as torch_rnn

import clgrad
from clgrad import nn
from clgrad.errors import ArgumentError, DtypeError, JitError, ShapeError
from clgrad.nn.utils import rnn
from clgrad.runtime import trace

pytestmark = pytest.mark.heavy

STEPS, BATCH, FEATURES, HIDDEN = 4, 3, 5, 4
LENGTHS = (2, 4, 1)


def random(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def twins(name: str, *arguments: Any, device: str, **options: Any) -> tuple[Any, Any]:
    """The module in both libraries, with equal parameters."""
    ours = getattr(nn, name)(*arguments, **options).to(device)
    theirs = getattr(torch.nn, name)(*arguments, **options)
    assert repr(ours) == repr(theirs)
    assert [key for key, _ in ours.named_parameters()] == [key for key, _ in theirs.named_parameters()]
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    return ours, theirs


def leaves(values: Any) -> list[Any]:
    """The tensors of a nested result; of packed sequences, the data."""
    if isinstance(values, (rnn.PackedSequence, torch_rnn.PackedSequence)):
        return [values.data]
    if isinstance(values, (tuple, list)):
        return [leaf for value in values for leaf in leaves(value)]
    return [values]


def assert_same_pass(
    ours: Any, theirs: Any, inputs: Sequence[Any], references: Sequence[Any], device: str
) -> list[np.ndarray[Any, Any]]:
    """One pass forward and backward, from upstream gradients for all results."""
    results, expected = leaves(ours(*inputs)), leaves(theirs(*references))
    seeds = [random(*value.shape, seed=place) for place, value in enumerate(expected)]
    variables = [*(one for one in leaves(list(inputs)) if one.requires_grad), *ours.parameters()]
    torch_variables = [*(one for one in leaves(list(references)) if one.requires_grad), *theirs.parameters()]
    upstream = [clgrad.tensor(seed, device=device) for seed in seeds]
    gradients = clgrad.autograd.grad(results, variables, upstream)
    wanted = torch.autograd.grad(expected, torch_variables, [torch.tensor(seed) for seed in seeds])
    clgrad.realize(*results, *gradients)
    for found, right in zip([*results, *gradients], [*expected, *wanted], strict=True):
        assert found.shape == tuple(right.shape)
        np.testing.assert_allclose(found.numpy(), right.detach().numpy(), rtol=1e-4, atol=1e-5)
    return [one.numpy() for one in results]


def variables(*values: np.ndarray[Any, Any], device: str) -> tuple[list[Any], list[Any]]:
    ours = [clgrad.tensor(value, device=device, requires_grad=True) for value in values]
    return ours, [torch.tensor(value, requires_grad=True) for value in values]


def states(name: str, found: list[Any]) -> Any:
    """First states as the module takes them."""
    return tuple(found) if name == "LSTM" else found[0]


# -- layers --------------------------------------------------------------------------------------

OPTIONS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("RNN", {}, False),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bias": False}, True),
    ("RNN", {"bidirectional": True, "batch_first": True}, True),
    ("LSTM", {}, False),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "batch_first": True}, True),
    ("LSTM", {"proj_size": 2, "num_layers": 2, "bias": False}, False),
    ("LSTM", {"proj_size": 3, "bidirectional": True}, True),
    ("GRU", {"batch_first": True}, False),
    ("GRU", {"num_layers": 2, "bidirectional": True}, True),
    ("GRU", {"bias": False}, True),
)
"""A layer, its options, and whether its first states are given."""


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # torch's own way to compute it
@pytest.mark.parametrize(("name", "options", "given"), OPTIONS, ids=str)
def test_layers(device: str, name: str, options: dict[str, Any], given: bool) -> None:
    ours, theirs = twins(name, FEATURES, HIDDEN, **options, device=device)
    places = options.get("num_layers", 1) * (1 + options.get("bidirectional", False))
    sizes = [options.get("proj_size") or HIDDEN, HIDDEN][: 2 if name == "LSTM" else 1]
    first = [random(places, BATCH, size, seed=9 + place) for place, size in enumerate(sizes)]
    x = random(*(BATCH, STEPS) if options.get("batch_first") else (STEPS, BATCH), FEATURES)
    (held, *mine), (reference, *right) = variables(x, *(first if given else []), device=device)
    inputs = (held, states(name, mine)) if given else (held,)
    references = (reference, states(name, right)) if given else (reference,)
    assert_same_pass(ours, theirs, inputs, references, device)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_layers_without_a_batch(device: str, name: str) -> None:
    ours, theirs = twins(name, FEATURES, HIDDEN, bidirectional=True, device=device)
    first = [random(2, HIDDEN, seed=seed) for seed in range(2 if name == "LSTM" else 1)]
    (held, *mine), (reference, *right) = variables(random(STEPS, FEATURES), *first, device=device)
    assert_same_pass(ours, theirs, (held,), (reference,), device)
    assert_same_pass(ours, theirs, (held, states(name, mine)), (reference, states(name, right)), device)


def test_one_step(device: str) -> None:
    """The recurrent weights have a gradient, too: zeros, as the first state is."""
    for name in ("LSTM", "GRU"):
        ours, theirs = twins(name, FEATURES, HIDDEN, device=device)
        (held,), (reference,) = variables(random(1, BATCH, FEATURES), device=device)
        assert_same_pass(ours, theirs, (held,), (reference,), device)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_second_gradients(device: str, name: str) -> None:
    """The gradient of a gradient's square, as in a gradient penalty."""
    ours, theirs = twins(name, 2, 3, device=device)
    (x,), (reference,) = variables(random(3, 2, 2), device=device)

    def penalty(library: Any, model: Any, x: Any) -> Any:
        output, _ = model(x)
        (first,) = library.autograd.grad((output * output).sum(), [x], create_graph=True)
        return library.autograd.grad((first * first).sum(), [x, *model.parameters()])

    for found, right in zip(penalty(clgrad, ours, x), penalty(torch, theirs, reference), strict=True):
        np.testing.assert_allclose(found.numpy(), right.numpy(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("jitted", [False, True], ids=["lazy", "jit"])
@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_training(device: str, name: str, jitted: bool) -> None:
    ours, theirs = twins(name, FEATURES, HIDDEN, num_layers=2, device=device)
    optimizer = clgrad.optim.SGD(ours.parameters(), lr=0.5, momentum=0.9)
    reference = torch.optim.SGD(theirs.parameters(), lr=0.5, momentum=0.9)
    target = random(STEPS, BATCH, HIDDEN, seed=1)

    def step(x: clgrad.Tensor) -> clgrad.Tensor:
        loss = (ours(x)[0] - clgrad.tensor(target, device=device)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    run = clgrad.jit(step) if jitted else step
    for seed in range(5):
        x = random(STEPS, BATCH, FEATURES, seed=seed)
        expected = (theirs(torch.tensor(x))[0] - torch.tensor(target)).square().mean()
        reference.zero_grad()
        expected.backward()
        reference.step()
        np.testing.assert_allclose(run(clgrad.tensor(x, device=device)).item(), expected.item(), rtol=1e-4)
    for found, right in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(found.numpy(), right.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_dropout_between_layers(device: str) -> None:
    layer = nn.LSTM(FEATURES, HIDDEN, num_layers=2, dropout=0.5).to(device)
    x = clgrad.tensor(random(STEPS, BATCH, FEATURES), device=device)
    clgrad.manual_seed(0)
    first, second = layer(x)[0].numpy(), layer(x)[0].numpy()
    assert np.abs(first - second).max() > 1e-3
    layer.eval()
    np.testing.assert_array_equal(layer(x)[0].numpy(), layer(x)[0].numpy())
    all_dropped = nn.GRU(FEATURES, HIDDEN, num_layers=2, dropout=1.0, bias=False).to(device)
    assert np.abs(all_dropped(x)[0].numpy()).max() == 0
    with pytest.warns(UserWarning, match=r"\[GRU\] dropout=0.5 stands between layers"):
        nn.GRU(FEATURES, HIDDEN, dropout=0.5)


def test_parameters_start_as_in_torch() -> None:
    for name in ("RNN", "LSTM", "GRU"):
        for parameter in getattr(nn, name)(50, 16).parameters():
            values = parameter.numpy()
            assert np.abs(values).max() <= 0.25 and abs(values.mean()) < 0.05 and values.std() > 0.1
    assert [tuple(map(tuple, (one.shape for one in group))) for group in nn.LSTM(5, 4, proj_size=2).all_weights] == [
        ((16, 5), (16, 2), (16,), (16,), (2, 4))
    ]


def test_a_step_is_a_product_and_a_kernel_of_gates(device: str) -> None:
    """The inputs of all steps and each weight's gradient are one product."""
    layer = nn.LSTM(8, 16).to(device)
    x = clgrad.tensor(random(6, 4, 8), device=device)
    clgrad.realize(*layer.parameters())
    gradients = clgrad.autograd.grad(layer(x)[0].sum(), list(layer.parameters()))
    with trace() as seen:
        clgrad.realize(*gradients)
    kinds = [kernel.kind for kernel in seen.kernels]
    # Forward 1 + 6, backward 5 for the states, and 2 for the weights.
    assert kinds.count("matmul") == 14, kinds
    # Gates forward 6, backward 6; what the steps passed on and their states, joined; and a sum for both biases. Where
    # that pays, the hidden states' weights are turned once for all steps.
    assert len(kinds) == 14 + 12 + 2 + 1 + x.device.stores_turned(6, 4), kinds


# -- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"nonlinearity": "relu"}], ids=str)
@pytest.mark.parametrize("name", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells(device: str, name: str, options: dict[str, Any]) -> None:
    if "nonlinearity" in options and name != "RNNCell":
        return
    ours, theirs = twins(name, FEATURES, HIDDEN, **options, device=device)
    for batch in ((BATCH,), ()):
        first = [random(*batch, HIDDEN, seed=seed) for seed in range(2 if name == "LSTMCell" else 1)]
        (held, *mine), (reference, *right) = variables(random(*batch, FEATURES), *first, device=device)
        assert_same_pass(ours, theirs, (held,), (reference,), device)
        given, expected = (tuple(one) if name == "LSTMCell" else one[0] for one in (mine, right))
        assert_same_pass(ours, theirs, (held, given), (reference, expected), device)


# -- sequences of different lengths --------------------------------------------------------------


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("is_sorted", [True, False])
def test_layers_of_packed_sequences(device: str, name: str, is_sorted: bool) -> None:
    lengths = sorted(LENGTHS, reverse=True) if is_sorted else LENGTHS
    ours, theirs = twins(name, FEATURES, HIDDEN, num_layers=2, bidirectional=True, device=device)
    first = [random(4, BATCH, HIDDEN, seed=seed) for seed in range(2 if name == "LSTM" else 1)]
    (held, *mine), (reference, *right) = variables(random(5, BATCH, FEATURES), *first, device=device)

    class Packs:
        """Packs what the layer gets, so that gradients of the padded sequences are compared."""

        def __init__(self, layer: Any, library: Any) -> None:
            self.layer, self.library = layer, library
            self.parameters = layer.parameters

        def __call__(self, x: Any, hx: Any = None) -> Any:
            packed = self.library.pack_padded_sequence(x, lengths, enforce_sorted=is_sorted)
            output, last = self.layer(packed, hx)
            return self.library.pad_packed_sequence(output)[0], last

    pair = Packs(ours, rnn), Packs(theirs, torch_rnn)
    assert_same_pass(*pair, (held,), (reference,), device)
    assert_same_pass(*pair, (held, states(name, mine)), (reference, states(name, right)), device)


@pytest.mark.parametrize(("batch_first", "enforce_sorted"), [*itertools.product([False, True], repeat=2)])
def test_packing(device: str, batch_first: bool, enforce_sorted: bool) -> None:
    lengths = sorted(LENGTHS, reverse=True) if enforce_sorted else LENGTHS
    x = random(*(BATCH, 5) if batch_first else (5, BATCH), 2)
    ours = rnn.pack_padded_sequence(clgrad.tensor(x, device=device), lengths, batch_first, enforce_sorted)
    theirs = torch_rnn.pack_padded_sequence(torch.tensor(x), torch.tensor(lengths), batch_first, enforce_sorted)
    for found, right in zip(ours, theirs, strict=True):
        assert (found is None) == (right is None)
        if right is not None:
            np.testing.assert_array_equal(found.numpy(), right.numpy())
    for options in ({}, {"padding_value": -1.0, "total_length": 6}):
        found, sizes = rnn.pad_packed_sequence(ours, not batch_first, **options)
        right, right_sizes = torch_rnn.pad_packed_sequence(theirs, not batch_first, **options)
        np.testing.assert_array_equal(found.numpy(), right.numpy())
        assert sizes.tolist() == right_sizes.tolist() == list(lengths)
    for found, right in zip(rnn.unpack_sequence(ours), torch_rnn.unpack_sequence(theirs), strict=True):
        np.testing.assert_array_equal(found.numpy(), right.numpy())
    assert ours.to("cpu").data.device is clgrad.device("cpu")


@pytest.mark.parametrize("side", ["right", "left"])
def test_padding(device: str, side: str) -> None:
    sequences = [random(length, 2, seed=length) for length in LENGTHS]
    ours = [clgrad.tensor(one, device=device) for one in sequences]
    theirs = [torch.tensor(one) for one in sequences]
    for batch_first in (False, True):
        found = rnn.pad_sequence(ours, batch_first, 7.0, side)
        right = torch_rnn.pad_sequence(theirs, batch_first, 7.0, side)
        np.testing.assert_array_equal(found.numpy(), right.numpy())
        if side == "right":
            for back, one in zip(rnn.unpad_sequence(found, clgrad.tensor(LENGTHS), batch_first), sequences):
                np.testing.assert_array_equal(back.numpy(), one)
    packed = rnn.pack_sequence(ours, enforce_sorted=False)
    reference = torch_rnn.pack_sequence(theirs, enforce_sorted=False)
    np.testing.assert_array_equal(packed.data.numpy(), reference.data.numpy())
    assert packed.unsorted_indices.tolist() == reference.unsorted_indices.tolist()


# -- errors --------------------------------------------------------------------------------------


def test_errors(device: str) -> None:
    layer = nn.LSTM(FEATURES, HIDDEN).to(device)
    x = clgrad.zeros((STEPS, BATCH, FEATURES), device=device)
    state = clgrad.zeros((1, BATCH, HIDDEN), device=device)
    with pytest.raises(ShapeError, match=r"\[LSTM\] input \(4, 3, 4\) must be \(T, B, features\)"):
        layer(x[..., :4])
    with pytest.raises(ShapeError, match=r"\[LSTM\] input \(0, 3, 5\) has no step"):
        layer(x[:0])
    with pytest.raises(ShapeError, match=r"\[LSTM\] a first state \(1, 2, 4\).*must be \(1, 3, 4\)"):
        layer(x, (state, state[:, :2]))
    with pytest.raises(DtypeError, match=r"\[LSTM\] input is int64 and the weights float32"):
        layer(x.to("int64"))
    with pytest.raises(ShapeError, match=r"\[GRUCell\] state \(3, 5\)"):
        nn.GRUCell(FEATURES, HIDDEN).to(device)(x[0], x[0])
    for options, match in (
        ({"num_layers": 0}, "num_layers=0: they must be at least 1"),
        ({"proj_size": 4}, "proj_size=4 must lie in 0"),
        ({"dropout": 1.5}, "dropout=1.5, a probability"),
    ):
        with pytest.raises(ArgumentError, match=match):
            nn.LSTM(FEATURES, HIDDEN, **options)
    with pytest.raises(ValueError, match="nonlinearity='sine', it must be tanh or relu"):
        nn.RNN(FEATURES, HIDDEN, nonlinearity="sine")
    with pytest.raises(ArgumentError, match="increase; sort them, or pass enforce_sorted=False"):
        rnn.pack_padded_sequence(x, (1, 2, 3))
    with pytest.raises(ArgumentError, match=r"lengths \[5, 4, 3\] of sequences padded to 4"):
        rnn.pack_padded_sequence(x, (5, 4, 3))
    with pytest.raises(ShapeError, match=r"lengths of shape \(2,\) for a batch of 3"):
        rnn.pack_padded_sequence(x, (4, 3))
    with pytest.raises(ArgumentError, match="total_length=3 is below"):
        rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, (4, 3, 2)), total_length=3)


def test_packed_sequences_are_not_recorded(device: str) -> None:
    layer = nn.GRU(FEATURES, HIDDEN).to(device)
    packed = rnn.pack_padded_sequence(clgrad.zeros((STEPS, BATCH, FEATURES), device=device), (4, 3, 2))
    run = clgrad.jit(lambda packed: layer(packed)[1])
    run(packed)
    with pytest.raises(JitError, match="read"):
        run(packed)
