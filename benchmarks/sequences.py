"""Attention, normalisation, training steps and generation of networks for sequences, against PyTorch.

    python benchmarks/sequences.py [--device cl] [--threads 1] [--only TEXT ...] [--rounds 7] [--seconds 0.1]
                                   [--compile] [--markdown]

What is printed is said in benchmarks/suite.py.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from suite import Generation, TrainingStep, main, operation

if TYPE_CHECKING:
    from measure import Array
    from numpy.random import Generator
    from works import Operation


# -- operations ------------------------------------------------------------------------------------------------------


def operations() -> Iterator[Operation]:
    """All of them, in the order of the table."""
    for number, (length, width) in enumerate(((64, 32), (64, 64), (256, 32), (256, 64), (1024, 64))):
        shape = (1, 16, length, width)
        for letter, causal in (("a", False), ("b", True)):
            name = f"attention (1,16,{length},{width}){', causal' * causal}"
            options = {"is_causal": causal}
            yield operation(f"S1{number}{letter}", name, _attention, [shape] * 3, options)
            both = f"{name}, forward and backward"
            yield operation(f"S2{number}{letter}", both, _attention, [shape] * 4, options, gradients=3)
    for letter, seen in (("a", 100), ("b", 2000)):
        cache = (1, 16, 2048, 64)
        name = f"attention of one query, {seen:,} of 2,048 places seen"
        yield operation(f"S4{letter}", name, _decoding, [(1, 16, 1, 64), cache, cache], {"seen": seen})
    rows, width = 4096, 512
    inputs = [(rows, width), (width,), (width,)]
    yield operation("S3a", f"layer norm ({rows},{width})", _layer_norm, inputs, {})
    inputs.append((rows, width))
    yield operation("S3b", f"layer norm ({rows},{width}), forward and backward", _layer_norm, inputs, {}, gradients=3)


def _attention(functional: Any, q: Any, k: Any, v: Any, is_causal: bool) -> Any:
    return functional.scaled_dot_product_attention(q, k, v, is_causal=is_causal)


def _decoding(functional: Any, q: Any, k: Any, v: Any, seen: int) -> Any:
    """Of a token that is generated, whose cache has free places."""
    library = import_module(functional.__name__.partition(".")[0])
    mask = library.arange(k.shape[2], device=q.device) < seen
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask.reshape(1, 1, 1, -1))


def _layer_norm(functional: Any, x: Any, weight: Any, bias: Any) -> Any:
    return functional.layer_norm(x, (x.shape[-1],), weight, bias)


# -- training steps --------------------------------------------------------------------------------------------------


def _sequences(random: Generator) -> tuple[Array, Array]:
    """Inputs (32 steps, batch of 32, 64 features), and what the hidden states are to be."""
    return tuple(random.standard_normal((32, 32, size), dtype="float32") for size in (64, 128))  # type: ignore[return-value]


def _distance(functional: Any, model: Any, inputs: Any, target: Any) -> Any:
    return functional.mse_loss(model(inputs)[0], target)


def gpt(nn: Any, blocks: int = 4, recomputes: bool = False) -> Any:
    """Blocks 128 wide with four heads, for 65 characters and 64 places."""
    block_of = _checkpoint(nn) if recomputes else lambda block, x: block(x)

    class Block(nn.Module):  # type: ignore[misc]  # either library's
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.LayerNorm(128), nn.LayerNorm(128)
            self.heads, self.joined = nn.Linear(128, 384), nn.Linear(128, 128)
            self.up, self.down = nn.Linear(128, 512), nn.Linear(512, 128)

        def forward(self, x: Any) -> Any:
            batch, length, _ = x.shape
            heads = self.heads(self.first(x)).reshape(batch, length, 3, 4, 32).permute(2, 0, 3, 1, 4)
            found = nn.functional.scaled_dot_product_attention(heads[0], heads[1], heads[2], is_causal=True)
            x = x + self.joined(found.transpose(1, 2).reshape(batch, length, 128))
            return x + self.down(nn.functional.gelu(self.up(self.second(x)), approximate="tanh"))

    class GPT(nn.Module):  # type: ignore[misc]  # either library's
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.places = nn.Embedding(65, 128), nn.Embedding(64, 128)
            self.blocks = nn.ModuleList([Block() for _ in range(blocks)])
            self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 65, bias=False)

        def forward(self, tokens: Any) -> Any:
            x = self.tokens(tokens) + self.places.weight[: tokens.shape[1]]
            for block in self.blocks:
                x = block_of(block, x)
            return self.head(self.norm(x))

    return GPT()


def _checkpoint(nn: Any) -> Callable[[Any, Any], Any]:
    """A library's way to compute a block again for its gradient."""
    if nn.__name__.startswith("torch"):
        from torch.utils.checkpoint import checkpoint

        return partial(checkpoint, use_reentrant=False)
    import clgrad

    return clgrad.checkpoint


def _text(random: Generator) -> tuple[Array, Array]:
    characters = random.integers(0, 65, (16, 65))
    return characters[:, :-1].copy(), characters[:, 1:].copy()


def _surprise(functional: Any, model: Any, tokens: Any, following: Any) -> Any:
    return functional.cross_entropy(model(tokens).reshape(-1, 65), following.reshape(-1))


def _adamw(optim: Any, parameters: Any, learning_rate: float) -> Any:
    return optim.AdamW(parameters, lr=learning_rate)


# -- generation ------------------------------------------------------------------------------------------------------

LENGTH = 64
"""Places of the network; the first token is given, the others are written."""


def _torch_with_cache(contender: Any, network: Any) -> Callable[[], Any]:
    """Each token passes by itself, and attends to the keys and values of those before it."""
    from contenders import Unable

    if contender.compiled(len) is not len:
        raise Unable("each length would be compiled by itself")
    torch: Any = contender.torch
    model = copy.deepcopy(network).to(torch.float64 if contender.double else None)

    def write() -> Any:
        with torch.inference_mode():
            return written()

    def written() -> Any:
        token = torch.zeros(1, 1, dtype=torch.int64)
        tokens = [token]
        past: dict[int, tuple[Any, Any]] = {}
        for place in range(LENGTH - 1):
            x = model.tokens(token) + model.places.weight[place]
            for number, block in enumerate(model.blocks):
                q, k, v = block.heads(block.first(x)).reshape(1, 1, 3, 4, 32).permute(2, 0, 3, 1, 4)
                if place:
                    k, v = (torch.cat(pair, 2) for pair in zip(past[number], (k, v)))
                past[number] = k, v
                found = torch.nn.functional.scaled_dot_product_attention(q, k, v)
                x = x + block.joined(found.transpose(1, 2).reshape(1, 1, 128))
                x = x + block.down(torch.nn.functional.gelu(block.up(block.second(x)), approximate="tanh"))
            token = model.head(model.norm(x)).argmax(-1)
            tokens.append(token)
        return torch.cat(tokens, 1)

    return write


def _clgrad_with_cache(contender: Any, network: Any) -> Callable[[], Any]:
    """GPT-2 with the weights of the other."""
    import numpy as np

    from clgrad.models import GPT2, generate

    names = {"tokens": "wte", "places": "wpe", "norm": "ln_f", "blocks": "h", "first": "ln_1", "second": "ln_2"}
    names |= {"heads": "attn.c_attn", "joined": "attn.c_proj", "up": "mlp.c_fc", "down": "mlp.c_proj"}
    with contender.clgrad.use_device(contender.device):
        model = GPT2(65, LENGTH, 128, 4, 4).eval()
        state = {}
        for name, value in network.state_dict().items():
            key = ".".join(names.get(part, part) for part in name.split("."))
            turned = ".c_" in key and key.endswith("weight")  # GPT-2 keeps them transposed
            state[key if key.startswith("head") else f"transformer.{key}"] = value.T if turned else value
        state["lm_head.weight"] = state.pop("head.weight")
        model.load_state_dict({name: contender.tensor(value.numpy()) for name, value in state.items()})
    return lambda: contender.tensor(np.array([[0, *generate(model, [[0]], LENGTH - 1)[0]]]))


def _window(contender: Any, network: Any) -> Callable[[], Any]:
    """The whole window passes for each token."""
    library = contender.clgrad if contender.library == "clgrad" else contender.torch
    if contender.library == "clgrad":
        with library.use_device(contender.device):
            model = gpt(library.nn)
        model.load_state_dict({name: contender.tensor(value.numpy()) for name, value in network.state_dict().items()})
    else:
        model = contender.compiled(copy.deepcopy(network).to(library.float64 if contender.double else None))

    def following(tokens: Any) -> Any:
        with library.no_grad():
            return library.cat((tokens[:, 1:], model(tokens)[:, -1:].argmax(-1)), 1)

    run = library.jit(following) if contender.library == "clgrad" else following
    import numpy as np

    start = contender.tensor(np.zeros((1, LENGTH), np.int64))

    def write() -> Any:
        tokens = start
        for _ in range(LENGTH):
            tokens = run(tokens)
        return tokens

    return write


def tied(nn: Any) -> Any:
    """The network, whose head is the embedding of tokens, as GPT-2's."""
    network = gpt(nn)
    network.head.weight = network.tokens.weight
    return network


GENERATIONS = (
    Generation(
        "W7b", "GPT 4x128, 64 greedy tokens, cached", tied, {"torch": _torch_with_cache, "clgrad": _clgrad_with_cache}
    ),
    Generation("W7c", "GPT 4x128, 64 greedy tokens, no cache", gpt, {"torch": _window, "clgrad": _window}),
)

STEPS = (
    TrainingStep("W7a", "GPT 4x128, 64 places, batch 16, AdamW", gpt, _text, _surprise, optimizer=_adamw),
    TrainingStep("S7a", "GPT 12x128", partial(gpt, blocks=12), _text, _surprise, optimizer=_adamw),
    TrainingStep(
        "S7b",
        "GPT 12x128, checkpointed",
        partial(gpt, blocks=12, recomputes=True),
        _text,
        _surprise,
        optimizer=_adamw,
    ),
    TrainingStep(
        "W8", "LSTM 64-128, 32 steps, batch 32", lambda nn: nn.LSTM(64, 128), _sequences, _distance, learning_rate=0.1
    ),
    TrainingStep(
        "S8", "GRU 64-128, 32 steps, batch 32", lambda nn: nn.GRU(64, 128), _sequences, _distance, learning_rate=0.1
    ),
)


if __name__ == "__main__":
    main(__doc__, operations, STEPS, GENERATIONS)
