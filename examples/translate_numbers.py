"""Train a transformer to say numbers in English words: 4017 is "four thousand seventeen".

    python examples/translate_numbers.py [--device auto] [--epochs 8] [--batch-size 64] [--lr 0.002] [--seed 0]
                                         [--count 6000] [--json FILE] [--resume FILE]

An encoder reads the digits of a number below ten thousand, a decoder gives the words, one after the other. A tenth of
the numbers is kept for the test. It shows a progress bar with the loss, says a few of those numbers, and prints the
share of them whose every word is right. With --resume the run goes on from FILE, if that is there, and writes it after
each epoch.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from common import command_line, train, write

import clgrad
from clgrad import Tensor, nn
from clgrad.data import DataLoader, TensorDataset
from clgrad.nn.functional import cross_entropy
from clgrad.optim import AdamW

SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = ["", "<begin>", "<end>", *SMALL, *TENS, "hundred", "thousand"]
BEGIN, END = 1, 2
DIGITS, LONGEST = 4, 7
"""Of a number, and the words of the longest ones with the end."""

Numbers = npt.NDArray[np.int64]


def spell(number: int) -> list[str]:
    """Give the words of a number below ten thousand.

    >>> spell(4017), spell(90), spell(0)
    (['four', 'thousand', 'seventeen'], ['ninety'], ['zero'])
    """
    words: list[str] = []
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            words += [SMALL[number // size], name]
            number %= size
    if number >= 20:
        words.append(TENS[number // 10 - 2])
        number %= 10
    return words if words and not number else [*words, SMALL[number]]


def samples(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Give the digits of numbers, from 1, and their words' places in WORDS, between begin and end; 0 is nothing."""
    digits, words = np.zeros((len(numbers), DIGITS), np.int64), np.zeros((len(numbers), LONGEST + 1), np.int64)
    for row, number in enumerate(numbers):
        text = str(number)
        digits[row, : len(text)] = [int(digit) + 1 for digit in text]
        said = [BEGIN, *(WORDS.index(word) for word in spell(int(number))), END]
        words[row, : len(said)] = said
    return digits, words


class Translator(nn.Module):
    """Scores of each next word (N, T, words), by digits (N, 4) and the words before (N, T)."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.digits = nn.Embedding(11, width, padding_idx=0)
        self.words = nn.Embedding(len(WORDS), width, padding_idx=0)
        self.places = nn.SinusoidalPositions(width)
        self.transformer = nn.Transformer(width, 4, 2, 2, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.head = nn.Linear(width, len(WORDS))

    def forward(self, digits: Tensor, words: Tensor) -> Tensor:
        nothing = digits == 0
        found = self.transformer(
            self.places(self.digits(digits)),
            self.places(self.words(words)),
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(words.shape[1], words.device),
            tgt_is_causal=True,
            src_key_padding_mask=nothing,
            memory_key_padding_mask=nothing,
        )
        scores: Tensor = self.head(found)
        return scores


def translate(model: Translator, digits: Numbers) -> Numbers:
    """Give the best words (N, LONGEST), each chosen after those before it."""

    @clgrad.jit
    @clgrad.no_grad()
    def choose(digits: Tensor, words: Tensor) -> Tensor:
        best: Tensor = model(digits, words).argmax(-1)
        return best

    given = clgrad.tensor(digits)
    words = np.zeros((len(digits), LONGEST + 1), np.int64)
    words[:, 0] = BEGIN
    for place in range(LONGEST):
        # The words to come are there, as nothing, and not seen: so that one plan is replayed.
        words[:, place + 1] = choose(given, clgrad.tensor(words[:, :LONGEST])).numpy()[:, place]
    ended = (words[:, 1:] == END).cumsum(1) > 0
    return np.where(ended, 0, words[:, 1:])


def main() -> None:
    parser = command_line(__doc__, epochs=8, batch_size=64, lr=2e-3)
    parser.add_argument("--count", type=int, default=6000, help="of numbers, for the training and the test")
    options = parser.parse_args()

    with clgrad.use_device(options.device) as device:
        clgrad.manual_seed(options.seed)
        print(f"device: {device.name} ({device.description})")
        numbers = np.random.default_rng(options.seed).permutation(10**DIGITS)[: options.count]
        kept, learned = np.split(numbers, [len(numbers) // 10])
        batches = DataLoader(
            TensorDataset(*samples(learned)), options.batch_size, shuffle=True, drop_last=True, seed=options.seed
        )
        model = Translator()
        optimizer = AdamW(model.parameters(), lr=options.lr)

        def loss_of(digits: Tensor, words: Tensor) -> Tensor:
            scores = model(digits, words[:, :-1])
            loss: Tensor = cross_entropy(scores.flatten(0, 1), words[:, 1:].flatten(), ignore_index=0)
            return loss

        results = train(
            options, model, optimizer, batches, loss_of, lambda done: 0.55 + 0.45 * math.cos(math.pi * done)
        )
        digits, words = samples(kept)
        found = translate(model.eval(), digits)
        right = (found == np.where(words[:, 1:] == END, 0, words[:, 1:])).all(1)
        results["test_accuracy"] = float(right.mean())
        for number, said in zip(kept[:3], found):
            print(f"{number}: {' '.join(WORDS[word] for word in said if word)}")

    print(f"test accuracy: {results['test_accuracy']:.1%}")
    write(results, options.json)


if __name__ == "__main__":
    main()
