"""Text as numbers: bytes, tokens of the library ``tokenizers``, and windows of them to learn from."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clgrad.data.dataset import Dataset, HostArray
from clgrad.data.seeds import sample_generator
from clgrad.errors import ArgumentError, DependencyError, FileFormatError, IndexRangeError

Tokens = npt.NDArray[np.int64]


class ByteTokenizer:
    """Text as the 256 values of its bytes in UTF-8: any text, without a vocabulary.

    >>> tokenizer = ByteTokenizer()
    >>> tokenizer.encode("né").tolist(), tokenizer.decode([110, 195, 169])
    ([110, 195, 169], 'né')
    """

    vocabulary = 256

    def encode(self, text: str) -> Tokens:
        """Give the bytes of a text (int64)."""
        return np.frombuffer(text.encode(), np.uint8).astype(np.int64)

    def decode(self, tokens: Sequence[int] | Tokens) -> str:
        """Give the text of bytes; of what is no UTF-8, U+FFFD. Raises ArgumentError for other numbers."""
        numbers = np.asarray(tokens, np.int64)
        if numbers.size and not 0 <= numbers.min() <= numbers.max() <= 255:
            raise ArgumentError(f"[decode] tokens from {numbers.min()} to {numbers.max()} are no bytes, 0 ... 255")
        return numbers.astype(np.uint8).tobytes().decode(errors="replace")


class Tokenizer:
    """A tokenizer of the library ``tokenizers``, from a file ``tokenizer.json`` as Hugging Face's models bring it.

    Raises DependencyError without that library, FileFormatError for another kind of file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            import tokenizers
        except ImportError as error:
            raise DependencyError(
                "[Tokenizer] the Python package tokenizers is not installed; pip install clgrad[text] installs it"
            ) from error
        try:
            self.tokenizer = tokenizers.Tokenizer.from_file(os.fspath(path))
        except Exception as error:  # it raises no other class
            raise FileFormatError(f"[Tokenizer] {os.fspath(path)} is no tokenizer.json ({error})") from error

    @property
    def vocabulary(self) -> int:
        """How many tokens there are, special ones among them."""
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str, special: bool = False) -> Tokens:
        """Give the tokens of a text (int64); with ``special`` those that the model wants around it, too."""
        return np.array(self.tokenizer.encode(text, add_special_tokens=special).ids, np.int64)

    def decode(self, tokens: Sequence[int] | Tokens) -> str:
        """Give the text of tokens, without special ones."""
        return str(self.tokenizer.decode([int(token) for token in tokens]))

    def number(self, token: str) -> int:
        """Give the number of a token, such as "<|endoftext|>". Raises ArgumentError where there is none."""
        found = self.tokenizer.token_to_id(token)
        if found is None:
            raise ArgumentError(f"[Tokenizer] there is no token {token!r}")
        return int(found)


class TokenWindows(Dataset[tuple[HostArray, HostArray]]):
    """Stretches of a long text, each with the same one token later: what a language model reads, and is to say.

    Each of ``count`` samples begins at a random place, another one in each epoch; without a count, samples follow one
    another, and what is left at the end is no sample. Raises ArgumentError for fewer than length + 1 tokens.

        >>> windows = TokenWindows(np.arange(10), 4)
        >>> len(windows), [part.tolist() for part in windows[1]]
        (2, [[4, 5, 6, 7], [5, 6, 7, 8]])
    """

    def __init__(self, tokens: npt.ArrayLike, length: int, count: int | None = None) -> None:
        self.tokens: Tokens = np.asarray(tokens, np.int64)
        if self.tokens.ndim != 1 or length < 1 or len(self.tokens) <= length:
            raise ArgumentError(
                f"[TokenWindows] tokens of shape {self.tokens.shape} hold no window of {length} tokens and the next"
            )
        self.length = length
        self.count = count

    def __len__(self) -> int:
        return (len(self.tokens) - 1) // self.length if self.count is None else self.count

    def __getitem__(self, index: int, /) -> tuple[HostArray, HostArray]:
        if not 0 <= index < len(self):
            raise IndexRangeError(f"[TokenWindows] index {index} is outside 0 ... {len(self) - 1}")
        start = index * self.length
        if self.count is not None:
            start = int(sample_generator().integers(len(self.tokens) - self.length))
        window = self.tokens[start : start + self.length + 1]
        return window[:-1], window[1:]
