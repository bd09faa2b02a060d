"""Text as numbers: bytes, tokens of the library tokenizers, windows."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import tokenizers

import clgrad
from clgrad.data import DataLoader
from clgrad.data.text import ByteTokenizer, Tokenizer, TokenWindows
from clgrad.errors import ArgumentError, DependencyError, FileFormatError, IndexRangeError


@pytest.mark.parametrize("text", ["", "plain", "né ✓ 🙂\n\0"])
def test_bytes_give_the_text_again(text: str) -> None:
    tokenizer = ByteTokenizer()
    found = tokenizer.encode(text)
    assert found.dtype == np.int64 and found.tolist() == list(text.encode())
    assert tokenizer.decode(found) == tokenizer.decode(found.tolist()) == text
    assert tokenizer.decode([226, 156]) == "�"
    with pytest.raises(ArgumentError, match=r"tokens from -1 to 256 are no bytes, 0 \.\.\. 255"):
        tokenizer.decode([-1, 256])


def test_tokens_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    theirs.decoder = tokenizers.decoders.ByteLevel()
    texts = ["the cat and the hat", "the end of the cat"] * 5
    theirs.train_from_iterator(
        texts, tokenizers.trainers.BpeTrainer(vocab_size=60, special_tokens=["<|end|>"], show_progress=False)
    )
    path = tmp_path / "tokenizer.json"
    theirs.save(str(path))
    ours = Tokenizer(path)
    text = "the cat, the"
    assert ours.encode(text).tolist() == theirs.encode(text).ids
    assert ours.decode(ours.encode("the cat and the")) == "the cat and the"
    assert ours.vocabulary == theirs.get_vocab_size() and ours.number("<|end|>") == 0
    with pytest.raises(ArgumentError, match="there is no token '<none>'"):
        ours.number("<none>")
    path.write_text("{}")
    with pytest.raises(FileFormatError, match=r"tokenizer\.json is no tokenizer\.json"):
        Tokenizer(path)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(DependencyError, match=r"pip install clgrad\[text\]"):
        Tokenizer(path)


def test_windows_follow_one_another() -> None:
    windows = TokenWindows(np.arange(13), 4)
    assert len(windows) == 3
    for place in range(3):
        read, said = windows[place]
        assert read.tolist() == list(range(4 * place, 4 * place + 4)) and said.tolist() == (read + 1).tolist()
    with pytest.raises(IndexRangeError, match=r"index 3 is outside 0 \.\.\. 2"):
        windows[3]
    for tokens, length in (([1, 2, 3], 3), ([[1, 2]], 1), ([1, 2], 0)):
        with pytest.raises(ArgumentError, match="hold no window"):
            TokenWindows(tokens, length)


def test_windows_at_random_places(device: str) -> None:
    """Others in each epoch, the same for the same seed, and up to both ends of the text."""
    with clgrad.use_device(device):
        epochs = []
        for _ in range(2):
            loader = DataLoader(TokenWindows(np.arange(20), 4, count=100), 50, seed=3)
            epochs += [list(loader) for _ in range(2)]
    starts = [[read.numpy()[:, 0].tolist() for read, _ in epoch] for epoch in epochs]
    assert starts[0] == starts[2] and starts[1] == starts[3] and starts[0] != starts[1]
    assert {start for batch in starts[0] for start in batch} == set(range(16))
    read, said = epochs[0][0]
    assert read.shape == said.shape == (50, 4) and (said - read == 1).all().item()
