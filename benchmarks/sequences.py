"""Training steps of networks for sequences, against PyTorch.

    python benchmarks/sequences.py [--device cl] [--threads 1] [--only TEXT ...] [--rounds 7] [--seconds 0.1]
                                   [--markdown]

What is printed is said in benchmarks/suite.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suite import TrainingStep, main

if TYPE_CHECKING:
    from measure import Array
    from numpy.random import Generator


def _sequences(random: Generator) -> tuple[Array, Array]:
    """Inputs (32 steps, batch of 32, 64 features), and what the hidden states are to be."""
    return tuple(random.standard_normal((32, 32, size), dtype="float32") for size in (64, 128))  # type: ignore[return-value]


def _distance(functional: Any, model: Any, inputs: Any, target: Any) -> Any:
    return functional.mse_loss(model(inputs)[0], target)


STEPS = (
    TrainingStep(
        "W8", "LSTM 64-128, 32 steps, batch 32", lambda nn: nn.LSTM(64, 128), _sequences, _distance, learning_rate=0.1
    ),
)


if __name__ == "__main__":
    main(__doc__, list, STEPS)
