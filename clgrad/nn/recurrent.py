"""Recurrent layers over whole sequences: RNN, LSTM and GRU.

What the inputs of all steps add to the gates is one product; a step is a product of the hidden state, which takes the
first additions along, and one kernel of gates. Gradients join what the steps pass on (differentiate.py), so each
weight's is one product again.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

from clgrad.compose.joining import cat, stack
from clgrad.creation import zeros
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn.cells import RECURRENCES, Recurrence, State, draw, mode_of
from clgrad.nn.module import Module, Parameter
from clgrad.nn.utils.rnn import PackedSequence, places
from clgrad.tensor import Tensor, tensor


class _Weights(NamedTuple):
    """What one direction of a layer learns."""

    input: Tensor
    hidden: Tensor
    input_bias: Tensor | None
    hidden_bias: Tensor | None
    projection: Tensor | None


def _run(
    recurrence: Recurrence,
    inputs: Tensor,
    state: State,
    weights: _Weights,
    valid: Sequence[Tensor] | None,
    backwards: bool,
) -> tuple[Tensor, State]:
    """One direction of a layer: (T, B, features) -> the hidden states (T, B, hidden) and the last state.

    Where ``valid`` (T of (B, 1)) does not hold a sequence has no such step, and keeps its state.
    """
    steps, batch = inputs.shape[:2]
    bias, hidden_bias = weights.input_bias, weights.hidden_bias
    if bias is not None and hidden_bias is not None and not recurrence.has_separate_biases:
        bias, hidden_bias = bias + hidden_bias, None
    added = F.linear(inputs.reshape(steps * batch, -1), weights.input, bias)
    # Seen as rows of all steps, the bias has its gradient summed once.
    biases = None if hidden_bias is None else hidden_bias.expand(steps * batch, -1)
    factor = weights.hidden.T
    outputs: list[Tensor] = []
    for step in reversed(range(steps)) if backwards else range(steps):
        rows = slice(step * batch, (step + 1) * batch)
        hidden = state[0] @ factor
        following = recurrence.step(added[rows], hidden if biases is None else hidden + biases[rows], state)
        if weights.projection is not None:
            following = (following[0] @ weights.projection.T, *following[1:])
        if valid is not None:
            following = tuple(valid[step].choose(new, old) for new, old in zip(following, state))
        state = following
        outputs.append(state[0])
    return stack(outputs[::-1] if backwards else outputs), state


class RNNBase(Module):
    """What RNN, LSTM and GRU share; ``mode`` is RNN_TANH, RNN_RELU, LSTM or GRU.

    The parameters of layer k are weight_ih_lk (gates * hidden, features), weight_hh_lk (gates * hidden, hidden),
    bias_ih_lk and bias_hh_lk (gates * hidden,), with ``proj_size`` weight_hr_lk (proj_size, hidden), and the same with
    _reverse for the other direction. All start uniform in +-1 / sqrt(hidden_size).
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        op = type(self).__name__
        if mode not in RECURRENCES:
            raise ArgumentError(f"[{op}] mode={mode!r}, it must be one of {', '.join(RECURRENCES)}")
        if min(input_size, hidden_size, num_layers) < 1:
            raise ArgumentError(
                f"[{op}] input_size={input_size}, hidden_size={hidden_size}, num_layers={num_layers}: they must be at "
                "least 1"
            )
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ArgumentError(f"[{op}] dropout={dropout}, a probability must lie in [0, 1]; 0 turns dropout off")
        if not 0 <= proj_size < hidden_size:
            raise ArgumentError(f"[{op}] proj_size={proj_size} must lie in 0 ... hidden_size - 1; 0 turns it off")
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                f"[{op}] dropout={dropout} stands between layers, and num_layers=1 has nothing between; "
                "put a Dropout behind it",
                stacklevel=3,
            )
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        rows = RECURRENCES[mode].gates * hidden_size
        output_size = proj_size or hidden_size
        self._names: list[list[str]] = []
        for layer in range(num_layers):
            features = input_size if layer == 0 else output_size * (1 + bidirectional)
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, features), "weight_hh": (rows, output_size)}
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            if proj_size:
                shapes |= {"weight_hr": (proj_size, hidden_size)}
            for suffix in ("", "_reverse")[: 1 + bidirectional]:
                self._names.append([f"{name}_l{layer}{suffix}" for name in shapes])
                for name, shape in zip(self._names[-1], shapes.values()):
                    setattr(self, name, Parameter(zeros(shape, device=device, dtype=dtype)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        draw(self, self.hidden_size)

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters, a list for each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def flatten_parameters(self) -> None:
        """Do nothing: here parameters need not lie together."""

    def _weights(self, place: int) -> _Weights:
        weight_ih, weight_hh, *others = self.all_weights[place]
        bias_ih, bias_hh = others[:2] if self.bias else (None, None)
        return _Weights(weight_ih, weight_hh, bias_ih, bias_hh, others[-1] if self.proj_size else None)

    def _sequence(self, input: Tensor | PackedSequence, state: State | None) -> tuple[Tensor | PackedSequence, State]:
        """The outputs and the last states (layers * directions, B, size), in the form of the input."""
        if isinstance(input, PackedSequence):
            return self._packed(input, state)
        self._check(input, (2, 3))
        if input.ndim == 2:
            output, last = self._batch(input.unsqueeze(1), self._states(state, (), input), None)
            return output.squeeze(1), tuple(one.squeeze(1) for one in last)
        inputs = input.transpose(0, 1) if self.batch_first else input
        output, last = self._batch(inputs, self._states(state, (inputs.shape[1],), input), None)
        return output.transpose(0, 1) if self.batch_first else output, last

    def _packed(self, input: PackedSequence, state: State | None) -> tuple[PackedSequence, State]:
        """Padded to one length, and packed again; sequences that have ended keep their state."""
        data, device = input.data, input.data.device
        self._check(data, (2,))
        row, valid = places(input.batch_sizes)
        held = self._states(state, (valid.shape[1],), data)
        if state is not None and input.sorted_indices is not None:
            held = tuple(one.index_select(1, input.sorted_indices) for one in held)
        mask = tensor(valid[..., None], device=device)
        output, last = self._batch(data[tensor(row, device=device)], held, None if valid.all() else mask.unbind())
        if input.unsorted_indices is not None:
            last = tuple(one.index_select(1, input.unsorted_indices) for one in last)
        kept = tensor(valid.reshape(-1).nonzero()[0], device=device)
        return PackedSequence(output.flatten(0, 1)[kept], *input[1:]), last

    def _batch(self, inputs: Tensor, state: State, valid: Sequence[Tensor] | None) -> tuple[Tensor, State]:
        """All layers: (T, B, features) -> (T, B, directions * size) and the last states."""
        directions = 1 + self.bidirectional
        last: list[State] = []
        for layer in range(self.num_layers):
            if layer:
                inputs = F.dropout(inputs, self.dropout, self.training)
            outputs = []
            for place in range(layer * directions, (layer + 1) * directions):
                first = tuple(one[place] for one in state)
                backwards = place % directions == 1
                found = _run(RECURRENCES[self.mode], inputs, first, self._weights(place), valid, backwards)
                outputs.append(found[0])
                last.append(found[1])
            inputs = outputs[0] if directions == 1 else cat(outputs, 2)
        return inputs, tuple(stack(ends) for ends in zip(*last))

    def _check(self, input: Tensor, dims: tuple[int, ...]) -> None:
        op = type(self).__name__
        if input.ndim not in dims or input.shape[-1] != self.input_size:
            form = "(B, T, features)" if self.batch_first else "(T, B, features)"
            raise ShapeError(
                f"[{op}] input {input.shape} must be {form}, or (T, features) without a batch or packed, with "
                f"{self.input_size} features"
            )
        if not input.shape[0] or (input.ndim == 3 and not input.shape[int(self.batch_first)]):
            raise ShapeError(f"[{op}] input {input.shape} has no step")
        dtype = self.all_weights[0][0].dtype
        if input.dtype is not dtype:
            raise DtypeError(
                f"[{op}] input is {input.dtype.name} and the weights {dtype.name}; cast the input with .to(dtype), or "
                "the module"
            )

    def _states(self, state: State | None, batch: tuple[int, ...], input: Tensor) -> State:
        """The first states, (layers * directions, B, size), zeros where none are given."""
        places = self.num_layers * (1 + self.bidirectional)
        sizes = [self.proj_size or self.hidden_size, self.hidden_size][: RECURRENCES[self.mode].states]
        if state is None:
            shapes = [(places, *(batch or (1,)), size) for size in sizes]
            return tuple(zeros(shape, dtype=input.dtype, device=input.device) for shape in shapes)
        for one, size in zip(state, sizes, strict=True):
            if one.shape != (places, *batch, size):
                raise ShapeError(
                    f"[{type(self).__name__}] a first state {one.shape} beside input {input.shape}, it must be "
                    f"{(places, *batch, size)}: layers * directions first"
                )
        return state if batch else tuple(one.unsqueeze(1) for one in state)

    def extra_repr(self) -> str:
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0}
        usual["bidirectional"] = False
        options = [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join([str(self.input_size), str(self.hidden_size), *options])


class RNN(RNNBase):
    """Apply layers of RNNCell to sequences.

    ``input`` is (T, B, input_size), (B, T, input_size) with ``batch_first``, (T, input_size) without a batch, or a
    PackedSequence; ``hx`` is (layers * directions, B, hidden_size), zeros if it is not given. Returns the last layer's
    hidden states of all steps, the directions beside each other, in the form of the input, and the last hidden states
    of all layers in the form of ``hx``. ``dropout`` is the probability to drop elements between layers, in training.
    For the parameters see RNNBase. Raises ArgumentError, ShapeError, DtypeError.

        >>> import clgrad
        >>> output, last = RNN(3, 4, num_layers=2)(clgrad.ones(7, 5, 3))
        >>> output.shape, last.shape
        ((7, 5, 4), (2, 5, 4))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        sizes = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__(mode_of(nonlinearity, "RNN"), *sizes, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(
        self, input: Tensor | PackedSequence, hx: Tensor | None = None
    ) -> tuple[Tensor | PackedSequence, Tensor]:
        output, (hidden,) = self._sequence(input, None if hx is None else (hx,))
        return output, hidden


class LSTM(RNNBase):
    """Apply layers of LSTMCell to sequences.

    As RNN, but that ``hx`` and the last states are pairs: hidden states and cell states, both (layers * directions,
    B, hidden_size). With ``proj_size`` each hidden state is multiplied by weight_hr, and has that size (Sak et al.
    2014). For the parameters see RNNBase. Raises ArgumentError, ShapeError, DtypeError.

        >>> import clgrad
        >>> output, (hidden, cell) = LSTM(3, 4, batch_first=True, bidirectional=True)(clgrad.ones(5, 7, 3))
        >>> output.shape, hidden.shape, cell.shape
        ((5, 7, 8), (2, 5, 4), (2, 5, 4))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        sizes = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size)
        super().__init__("LSTM", *sizes, device=device, dtype=dtype)

    def forward(
        self, input: Tensor | PackedSequence, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor | PackedSequence, tuple[Tensor, Tensor]]:
        output, (hidden, cell) = self._sequence(input, hx)
        return output, (hidden, cell)


class GRU(RNNBase):
    """Apply layers of GRUCell to sequences; everything else is as with RNN.

    >>> import clgrad
    >>> output, last = GRU(3, 4)(clgrad.ones(7, 3))
    >>> output.shape, last.shape
    ((7, 4), (1, 4))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        sizes = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__("GRU", *sizes, device=device, dtype=dtype)

    def forward(
        self, input: Tensor | PackedSequence, hx: Tensor | None = None
    ) -> tuple[Tensor | PackedSequence, Tensor]:
        output, (hidden,) = self._sequence(input, None if hx is None else (hx,))
        return output, hidden
