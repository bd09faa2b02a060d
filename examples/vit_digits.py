"""Train a small vision transformer to read handwritten digits.

    python examples/vit_digits.py [--device auto] [--epochs 20] [--batch-size 64] [--lr 0.003] [--seed 0]
                                  [--json FILE] [--resume FILE]

The data are the 1797 images of 8x8 pixels that come with scikit-learn; a fifth of them is kept for the test. Each is
cut into 16 patches, which attend to one another; a learned vector among them gathers what the classes are scored by
(Dosovitskiy et al., 2021). It shows a progress bar with the loss, and prints the accuracy. With --resume the run goes
on from FILE, if that is there, and writes it after each epoch.
"""

from __future__ import annotations

import numpy as np
from common import accuracy, command_line, train, write
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader, TensorDataset
from clgrad.nn.functional import cross_entropy, pad
from clgrad.optim import AdamW

SIZE, PATCH = 8, 2
"""Pixels on a side, of an image and of a patch."""


def load(seed: int) -> tuple[TensorDataset, TensorDataset]:
    """Give the training and the test data, (N, 1, 8, 8), with equal shares of each digit."""
    digits = load_digits()
    pixels = (digits.images[:, None] / 8 - 1).astype(np.float32)
    inputs, test_inputs, targets, test_targets = train_test_split(
        pixels, digits.target, test_size=0.2, random_state=seed, stratify=digits.target
    )
    return TensorDataset(inputs, targets), TensorDataset(test_inputs, test_targets)


class VisionTransformer(nn.Module):
    """Scores of ten digits by the patches of an image, (N, 1, 8, 8)."""

    def __init__(self, width: int = 48, layers: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, width, PATCH, stride=PATCH)
        self.places = nn.Parameter(clgrad.randn(1 + (SIZE // PATCH) ** 2, width) * 0.02)
        """The first is not of a patch, but of what gathers for the scores."""
        layer = nn.TransformerEncoderLayer(
            width, heads, 2 * width, dropout=0.1, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width))
        self.head = nn.Linear(width, 10)

    def forward(self, images: Tensor) -> Tensor:
        patches = self.patches(images).flatten(2).transpose(1, 2)
        found = self.encoder(pad(patches, (0, 0, 1, 0)) + self.places)
        scores: Tensor = self.head(found[:, 0])
        return scores


def main() -> None:
    options = command_line(__doc__, epochs=20, batch_size=64, lr=3e-3).parse_args()
    with clgrad.use_device(options.device) as device:
        print(f"device: {device.name} ({device.description})")
        clgrad.manual_seed(options.seed)
        train_data, test_data = load(options.seed)
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, options.batch_size, shuffle=True, drop_last=True, seed=options.seed)
        model = VisionTransformer()
        optimizer = AdamW(model.parameters(), lr=options.lr)
        loss_of = lambda images, targets: cross_entropy(model(images), targets)
        results = train(options, model, optimizer, batches, loss_of, rate=lambda done: 1 - done)
        results["test_accuracy"] = accuracy(model.eval(), DataLoader(test_data, batch_size=len(test_data)))

    print(f"test accuracy: {results['test_accuracy']:.1%}")
    write(results, options.json)


if __name__ == "__main__":
    main()
