"""Train LeNet to read handwritten digits.

    python examples/mnist_cnn.py [--device auto] [--epochs 5] [--batch-size 64] [--lr 0.002] [--seed 0] [--data data]
                                 [--images COUNT] [--json FILE] [--resume FILE]

The data are MNIST, from the folder given by --data. If it is not there, the 1797 digits of 8x8 pixels that come with
scikit-learn are drawn larger and taken instead; the output says so. With them it takes some ten seconds, shows a
progress bar with the loss, and prints

    data: the digits of scikit-learn, since data holds no MNIST
    device: cl:0 (...)
    test accuracy: 97.2%

With --resume the run goes on from FILE, if that is there, and writes it after each epoch.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from common import accuracy, command_line, train, write
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import clgrad
from clgrad.data import DataLoader, TensorDataset
from clgrad.data.vision import MNIST
from clgrad.errors import DatasetError
from clgrad.models import lenet
from clgrad.nn.functional import cross_entropy
from clgrad.optim import Adam


def load(folder: Path, count: int | None, seed: int) -> tuple[TensorDataset, TensorDataset, str]:
    """Give the training data, so many of them, and the test data, and what they are.

    Images are (N, 1, 28, 28) with mean 0 and deviation 1.
    """
    try:
        parts = MNIST(folder, train=True), MNIST(folder, train=False)
        images, test_images = parts[0].data[:, None], parts[1].data[:, None]
        targets, test_targets = parts[0].targets, parts[1].targets
        name = "MNIST"
    except DatasetError:
        digits = load_digits()
        larger = digits.images.repeat(3, axis=1).repeat(3, axis=2) * (255 / 16)
        framed = np.pad(larger, ((0, 0), (2, 2), (2, 2)))[:, None]
        images, test_images, targets, test_targets = train_test_split(
            framed, digits.target, test_size=0.2, random_state=seed, stratify=digits.target
        )
        name = f"the digits of scikit-learn, since {folder} holds no MNIST"
    mean, deviation = images.mean(), images.std()
    train, test = (((one - mean) / deviation).astype(np.float32) for one in (images, test_images))
    return TensorDataset(train[:count], targets[:count]), TensorDataset(test, test_targets), name


def main() -> None:
    parser = command_line(__doc__, epochs=5, batch_size=64, lr=2e-3)
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help="what holds MNIST/raw")
    parser.add_argument("--images", type=int, metavar="COUNT", help="train with the first of them only")
    options = parser.parse_args()

    with clgrad.use_device(options.device) as device:
        clgrad.manual_seed(options.seed)
        train_data, test_data, name = load(options.data, options.images, options.seed)
        print(f"data: {name}")
        print(f"device: {device.name} ({device.description})")
        # Without a smaller last batch, all steps have one shape and are compiled once.
        batches = DataLoader(train_data, options.batch_size, shuffle=True, drop_last=True, seed=options.seed)
        model = lenet()
        optimizer = Adam(model.parameters(), lr=options.lr)
        loss_of = lambda images, targets: cross_entropy(model(images), targets)
        results = {"data": name, **train(options, model, optimizer, batches, loss_of)}
        results["test_accuracy"] = accuracy(model.eval(), DataLoader(test_data, batch_size=500))

    print(f"test accuracy: {results['test_accuracy']:.1%}")
    write(results, options.json)


if __name__ == "__main__":
    main()
