"""Train a small GPT on the sources of Python's standard library, byte by byte, and let it write.

    python examples/gpt.py [--device auto] [--epochs 30] [--steps 100] [--batch-size 16] [--lr 0.004] [--seed 0]
                           [--layers 3] [--width 128] [--length 128] [--json FILE] [--resume FILE]

An epoch is so many steps; each reads windows from random places of the text. Every twentieth file is kept for the
test. It shows a progress bar with the loss, and prints the loss on the text that was kept, for each byte, and what the
model makes of "def ", which begins to look like code:

    device: cl:0 (...)
    held-out loss: 1.25
    def parses                  # Alt prefix, module be in types
                self.formandlen
                 self._write_dir_name = rea

With --resume the run goes on from FILE, if that is there, and writes it after each epoch.
"""

from __future__ import annotations

import math
import sysconfig
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import command_line, train, write

import clgrad
from clgrad import Tensor, models
from clgrad.data import DataLoader
from clgrad.data.text import ByteTokenizer, TokenWindows
from clgrad.nn.functional import cross_entropy
from clgrad.optim import AdamW

Bytes = npt.NDArray[np.int64]


def load(tokenizer: ByteTokenizer) -> tuple[Bytes, Bytes]:
    """Give the bytes of the files to learn from, and of those for the test."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    texts = [tokenizer.encode(file.read_text(encoding="utf-8", errors="replace")) for file in files]
    kept = texts[::20]
    return np.concatenate([text for place, text in enumerate(texts) if place % 20]), np.concatenate(kept)


def loss_of(model: models.GPT2, tokens: Tensor, following: Tensor) -> Tensor:
    """Give the mean loss of each next byte."""
    loss: Tensor = cross_entropy(model(tokens).flatten(0, 1), following.flatten())
    return loss


@clgrad.no_grad()
def held_out_loss(model: models.GPT2, tokens: Bytes, length: int, batch_size: int) -> float:
    """Give the mean loss on the first windows of a text."""
    windows = TokenWindows(tokens[: 32 * batch_size * length + 1], length)
    losses = [loss_of(model, *batch) for batch in DataLoader(windows, batch_size, drop_last=True)]
    total: float = sum(loss.item() for loss in losses)
    return total / len(losses)


def main() -> None:
    parser = command_line(__doc__, epochs=30, batch_size=16, lr=4e-3)
    parser.add_argument("--steps", type=int, default=100, help="of an epoch")
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--length", type=int, default=128, help="bytes that the model sees, and writes at the end")
    options = parser.parse_args()

    with clgrad.use_device(options.device) as device:
        clgrad.manual_seed(options.seed)
        print(f"device: {device.name} ({device.description})")
        tokenizer = ByteTokenizer()
        learned, kept = load(tokenizer)
        windows = TokenWindows(learned, options.length, options.steps * options.batch_size)
        batches = DataLoader(windows, options.batch_size, seed=options.seed)
        model = models.GPT2(
            tokenizer.vocabulary,
            options.length,
            options.width,
            options.layers,
            n_head=4,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
        )
        optimizer = AdamW(model.parameters(), lr=options.lr, betas=(0.9, 0.95), weight_decay=0.1)
        rate = lambda done: 0.55 + 0.45 * math.cos(math.pi * done)
        results = train(
            options, model, optimizer, batches, lambda tokens, following: loss_of(model, tokens, following), rate
        )
        results["held_out_loss"] = held_out_loss(model.eval(), kept, options.length, options.batch_size)
        print(f"held-out loss: {results['held_out_loss']:.2f}")
        start = tokenizer.encode("def ")
        found = models.generate(model, [start], options.length - len(start), temperature=0.8, top_k=40)
        results["text"] = tokenizer.decode([*start, *found[0]])
        print(results["text"])
    write(results, options.json)


if __name__ == "__main__":
    main()
