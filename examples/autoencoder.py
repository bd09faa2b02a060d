"""Squeeze images of digits into a few numbers and draw them again: a convolutional autoencoder.

    python examples/autoencoder.py [--device auto] [--epochs 20] [--batch-size 64] [--lr 0.003] [--code 8] [--seed 0]
                                   [--json FILE] [--resume FILE]

The data are the 1797 images of 8x8 pixels that come with scikit-learn; a fifth of them is kept for the test. It takes
some ten seconds, shows a progress bar with the loss, and prints

    device: cl:0 (...)
    test error: 0.0141 of 8 numbers, 0.0736 of the mean image

The error is the mean square of what is missing in each pixel, from 0 to 1. With --resume the run goes on from FILE, if
that is there, and writes it after each epoch.
"""

from __future__ import annotations

import numpy as np
from common import command_line, train, write
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader, TensorDataset
from clgrad.nn.functional import mse_loss
from clgrad.optim import Adam


def load(seed: int) -> tuple[TensorDataset, Tensor]:
    """Give the training images and those of the test, (N, 1, 8, 8) from 0 to 1."""
    images = (load_digits().images[:, None] / 16).astype(np.float32)
    train, test = train_test_split(images, test_size=0.2, random_state=seed)
    return TensorDataset(train), clgrad.from_numpy(test)


class Autoencoder(nn.Module):
    """An image of 8x8 pixels to ``code`` numbers, and back."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 2 * 2, code),
        )
        self.unpack = nn.Linear(code, 32 * 2 * 2)
        self.decoder = nn.Sequential(
            nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, images: Tensor) -> Tensor:
        drawn: Tensor = self.decoder(self.unpack(self.encoder(images)).reshape(-1, 32, 2, 2))
        return drawn


@clgrad.no_grad()
def measure(model: nn.Module, images: Tensor) -> tuple[float, float]:
    """Give the error of what the model draws, and that of the mean image."""
    drawn = mse_loss(model(images), images)
    return drawn.item(), images.var(0, correction=0).mean().item()


def main() -> None:
    parser = command_line(__doc__, epochs=20, batch_size=64, lr=3e-3)
    parser.add_argument("--code", type=int, default=8, help="how many numbers stand for an image")
    options = parser.parse_args()

    with clgrad.use_device(options.device) as device:
        print(f"device: {device.name} ({device.description})")
        clgrad.manual_seed(options.seed)
        train_data, test_images = load(options.seed)
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, options.batch_size, shuffle=True, drop_last=True, seed=options.seed)
        model = Autoencoder(options.code)
        optimizer = Adam(model.parameters(), lr=options.lr)
        results = train(options, model, optimizer, batches, lambda images: mse_loss(model(images), images))
        error, mean_error = measure(model.eval(), test_images)

    print(f"test error: {error:.4f} of {options.code} numbers, {mean_error:.4f} of the mean image")
    write({**results, "test_error": error, "mean_error": mean_error}, options.json)


if __name__ == "__main__":
    main()
