"""One step of a recurrence: what RNN, LSTM and GRU repeat, and the cells that do it once.

A gate's weights lie one after the other along the first dimension, in PyTorch's order. What the input adds to the
gates does not depend on the state, so callers compute it for all steps as one product.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clgrad.creation import zeros
from clgrad.errors import ArgumentError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor

State = tuple[Tensor, ...]
"""The hidden state (B, hidden), and for an LSTM its cell state."""


@dataclass(frozen=True)
class Recurrence:
    """A kind of recurrent layer.

    ``step(added, hidden, state)`` gives the next state, from what the input and what the hidden state add to the gates,
    each (B, gates * hidden).
    """

    gates: int
    states: int
    step: Callable[[Tensor, Tensor, State], State]
    has_separate_biases: bool = False
    """Whether the step needs the hidden state's bias apart from the input's."""


def _simple(activation: Callable[[Tensor], Tensor]) -> Recurrence:
    return Recurrence(1, 1, lambda added, hidden, state: (activation(added + hidden),))


def _lstm_step(added: Tensor, hidden: Tensor, state: State) -> State:
    """Hochreiter and Schmidhuber 1997, with forget gates."""
    input_gate, forget_gate, candidate, output_gate = (added + hidden).chunk(4, 1)
    cell = forget_gate.sigmoid() * state[1] + input_gate.sigmoid() * candidate.tanh()
    return output_gate.sigmoid() * cell.tanh(), cell


def _gru_step(added: Tensor, hidden: Tensor, state: State) -> State:
    """Cho et al. 2014, the reset gate behind the product."""
    reset, update, candidate = added.chunk(3, 1)
    hidden_reset, hidden_update, hidden_candidate = hidden.chunk(3, 1)
    candidate = (candidate + (reset + hidden_reset).sigmoid() * hidden_candidate).tanh()
    return (candidate + (update + hidden_update).sigmoid() * (state[0] - candidate),)


RECURRENCES = {
    "RNN_TANH": _simple(Tensor.tanh),
    "RNN_RELU": _simple(Tensor.relu),
    "LSTM": Recurrence(4, 2, _lstm_step),
    "GRU": Recurrence(3, 1, _gru_step, has_separate_biases=True),
}
"""By the names that PyTorch gives them."""


def mode_of(nonlinearity: str, op: str) -> str:
    """The name of a simple recurrence. Raises ArgumentError."""
    if nonlinearity not in ("tanh", "relu"):
        raise ArgumentError(f"[{op}] nonlinearity={nonlinearity!r}, it must be tanh or relu")
    return f"RNN_{nonlinearity.upper()}"


def draw(module: Module, hidden_size: int) -> None:
    """Draw all parameters uniformly from +-1 / sqrt(hidden_size)."""
    bound = 1 / math.sqrt(hidden_size)
    for parameter in module.parameters():
        init.uniform_(parameter, -bound, bound)


class _Cell(Module):
    def __init__(
        self, mode: str, input_size: int, hidden_size: int, bias: bool, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        if min(input_size, hidden_size) < 1:
            raise ArgumentError(
                f"[{type(self).__name__}] input_size={input_size}, hidden_size={hidden_size}: they must be at least 1"
            )
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self._recurrence = RECURRENCES[mode]
        rows = self._recurrence.gates * hidden_size

        def parameter(*shape: int) -> Parameter:
            return Parameter(zeros(shape, device=device, dtype=dtype))

        self.weight_ih = parameter(rows, input_size)
        self.weight_hh = parameter(rows, hidden_size)
        self.bias_ih = parameter(rows) if bias else None
        self.bias_hh = parameter(rows) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        draw(self, self.hidden_size)

    def _next(self, input: Tensor, state: State | None) -> State:
        """The next state; a missing one is zeros, and what has no batch is a batch of one."""
        batch = input.shape[:-1]
        expected = (*batch, self.hidden_size)
        if input.ndim not in (1, 2) or input.shape[-1] != self.input_size:
            raise ShapeError(
                f"[{type(self).__name__}] input {input.shape} must be (batch, {self.input_size}) or "
                f"({self.input_size},)"
            )
        if state is None:
            state = (zeros(expected, dtype=input.dtype, device=input.device),) * self._recurrence.states
        for one in state:
            if one.shape != expected:
                raise ShapeError(
                    f"[{type(self).__name__}] state {one.shape} beside input {input.shape}: not {expected}"
                )
        held = tuple(one.reshape(-1, self.hidden_size) for one in state)
        added = F.linear(input.reshape(-1, self.input_size), self.weight_ih, self.bias_ih)
        found = self._recurrence.step(added, F.linear(held[0], self.weight_hh, self.bias_hh), held)
        return tuple(one.reshape(expected) for one in found)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


class RNNCell(_Cell):
    """Compute nonlinearity(weight_ih @ x + bias_ih + weight_hh @ h + bias_hh).

    ``input`` is (B, input_size), ``hx`` and the result (B, hidden_size), all without B, too; without ``hx`` it is
    zeros. ``nonlinearity`` is "tanh" or "relu". Parameters start uniform in +-1 / sqrt(hidden_size). Raises
    ArgumentError, ShapeError.

        >>> import clgrad
        >>> RNNCell(3, 2)(clgrad.ones(5, 3)).shape
        (5, 2)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(mode_of(nonlinearity, "RNNCell"), input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._next(input, None if hx is None else (hx,))[0]

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(_Cell):
    """Do one step of a long short-term memory: the hidden and the cell state after it.

    ``input`` is (B, input_size), ``hx`` a pair of (B, hidden_size), as is the result, all without B, too; without
    ``hx`` both are zeros. Parameters start uniform in +-1 / sqrt(hidden_size). Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> hidden, cell = LSTMCell(3, 2)(clgrad.ones(5, 3))
        >>> hidden.shape, cell.shape
        ((5, 2), (5, 2))
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__("LSTM", input_size, hidden_size, bias, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        hidden, cell = self._next(input, hx)
        return hidden, cell


class GRUCell(_Cell):
    """Do one step of a gated recurrent unit.

    ``input`` is (B, input_size), ``hx`` and the result (B, hidden_size), all without B, too; without ``hx`` it is
    zeros. Parameters start uniform in +-1 / sqrt(hidden_size). Raises ArgumentError, ShapeError.

        >>> import clgrad
        >>> GRUCell(3, 2)(clgrad.ones(5, 3)).shape
        (5, 2)
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__("GRU", input_size, hidden_size, bias, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._next(input, None if hx is None else (hx,))[0]
