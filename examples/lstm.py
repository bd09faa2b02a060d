"""Train an LSTM to remember: one digit of a sequence is marked, and asked for at the end.

    python examples/lstm.py [--device auto] [--epochs 12] [--steps 30] [--batch-size 64] [--lr 0.01] [--seed 0]
                            [--json FILE] [--resume FILE]

The program draws its data: sequences of so many --steps, each a digit, with one mark anywhere. A guess is right one
time in ten. It takes some ten seconds, shows a progress bar with the loss, and prints

    device: cl:0 (...)
    test accuracy: 99.6%

With --resume the run goes on from FILE, if that is there, and writes it after each epoch.
"""

from __future__ import annotations

import numpy as np
from common import accuracy, command_line, train, write

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader, TensorDataset
from clgrad.nn.functional import cross_entropy
from clgrad.optim import Adam

DIGITS = 10


class Memory(nn.Module):
    """Reads a sequence and names a digit: (N, T) numbers -> (N, 10) logits."""

    def __init__(self, hidden_size: int = 64) -> None:
        super().__init__()
        self.embedding = nn.Embedding(2 * DIGITS, 16)
        self.lstm = nn.LSTM(16, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, DIGITS)

    def forward(self, numbers: Tensor) -> Tensor:
        _, (hidden, _) = self.lstm(self.embedding(numbers))
        logits: Tensor = self.head(hidden[-1])
        return logits


def draw(count: int, steps: int, seed: int) -> TensorDataset:
    """Sequences (count, steps) of digits, 10 more where one is marked, and the digits that are."""
    random = np.random.default_rng(seed)
    numbers = random.integers(0, DIGITS, (count, steps))
    marked = np.arange(count), random.integers(0, steps, count)
    targets = numbers[marked]
    numbers[marked] += DIGITS
    return TensorDataset(numbers, targets)


def main() -> None:
    parser = command_line(__doc__, epochs=12, batch_size=64, lr=1e-2)
    parser.add_argument("--steps", type=int, default=30, help="the length of a sequence")
    options = parser.parse_args()

    with clgrad.use_device(options.device) as device:
        clgrad.manual_seed(options.seed)
        print(f"device: {device.name} ({device.description})")
        data = draw(4096, options.steps, seed=options.seed)
        batches = DataLoader(data, options.batch_size, shuffle=True, drop_last=True, seed=options.seed)
        model = Memory()
        optimizer = Adam(model.parameters(), lr=options.lr)
        loss_of = lambda numbers, targets: cross_entropy(model(numbers), targets)
        results = train(options, model, optimizer, batches, loss_of)
        held_out = draw(1000, options.steps, seed=options.seed + 1)
        results["test_accuracy"] = accuracy(model.eval(), DataLoader(held_out, batch_size=500))

    print(f"test accuracy: {results['test_accuracy']:.1%}")
    write(results, options.json)


if __name__ == "__main__":
    main()
