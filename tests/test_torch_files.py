"""PyTorch's files: data comes back, code in them never runs, damage is refused."""

from __future__ import annotations

import collections
import io as streams
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

import clgrad
from clgrad import Tensor, io, nn
from clgrad.errors import FileFormatError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.pt"


def loaded(path: Path, value: Any, **options: Any) -> Any:
    torch.save(value, path, **options)
    return io.load(path, device="cpu")


def assert_same(found: Any, wanted: Any) -> None:
    """Compare trees of tensors and plain values, with their types."""
    if isinstance(wanted, torch.Tensor):
        assert isinstance(found, Tensor)
        assert (tuple(found.shape), f"torch.{found.dtype.name}") == (tuple(wanted.shape), str(wanted.dtype))
        assert found.tolist() == wanted.tolist()
        assert found.requires_grad == wanted.requires_grad
    elif isinstance(wanted, dict):
        assert list(found) == list(wanted)
        for key in wanted:
            assert_same(found[key], wanted[key])
    elif isinstance(wanted, tuple | list):
        assert isinstance(found, tuple | list) and isinstance(found, tuple) == isinstance(wanted, tuple)
        assert len(found) == len(wanted)
        for one, two in zip(found, wanted, strict=True):
            assert_same(one, two)
    else:
        assert type(found) is type(wanted) and found == wanted


DTYPES = [
    "bool", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64", "float16", "bfloat16", "float32",
    "float64", "complex64", "complex128",
]  # fmt: skip


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype(path: Path, name: str) -> None:
    value = torch.arange(6).reshape(2, 3).to(getattr(torch, name))
    assert_same(loaded(path, {"x": value, "empty": value[:0], "one": value[0, 1]}), {
        "x": value, "empty": value[:0], "one": value[0, 1]
    })  # fmt: skip


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_values(path: Path, protocol: int) -> None:
    value = {
        "none": None, "true": True, "false": False, "small": 7, "negative": -3, "two bytes": 300, "int": 70000,
        "long": 1 << 70, "float": 0.1, "text": "Ä" * 300, "bytes": b"\0\xff", "list": [1, [2, []]], "one": [1],
        "tuple": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), "ordered": collections.OrderedDict(a=1), 5: 6,
        "empty": {}, "again": [None] * 300,
    }  # fmt: skip
    assert_same(loaded(path, value, pickle_protocol=protocol), value)
    shared = ["one"]
    first, second = loaded(path, [shared, shared], pickle_protocol=protocol)
    assert first is second
    assert loaded(path, torch.Size([2, 3])) == (2, 3)


def test_layouts(path: Path) -> None:
    base = torch.arange(24.0).reshape(2, 3, 4)
    views = {
        "base": base,
        "transposed": base.transpose(0, 2),
        "offset": base[1, 1:, ::2],
        "expanded": base[:, :1, :1].expand(2, 5, 7),
        "channels last": base[None].contiguous(memory_format=torch.channels_last),
        "conjugate": torch.complex(base, base + 1).conj(),
        "negative": torch.complex(base, base + 1).conj().imag,
    }
    assert_same(loaded(path, views), views)


def test_a_huge_expanded_tensor_takes_no_memory_to_load(path: Path) -> None:
    found = loaded(path, torch.ones(1, 3).expand(1 << 40, 3))
    assert found.shape == (1 << 40, 3)


def test_state_dict_of_a_model(device: str, path: Path) -> None:
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 2))
    torch.save(theirs.state_dict(), path)
    ours = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2)).to(device)
    ours.load_state_dict(io.load(path, device=device))
    x = torch.arange(6.0).reshape(2, 3)
    found = ours(clgrad.tensor(x.numpy(), device=device)).numpy()
    assert found == pytest.approx(theirs(x).detach().numpy(), rel=1e-5)


def test_state_dict_of_an_optimizer(path: Path) -> None:
    theirs = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.25)
    theirs(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    assert_same(loaded(path, optimizer.state_dict()), optimizer.state_dict())
    ours = clgrad.optim.Adam(nn.Linear(3, 2).to("cpu").parameters())
    ours.load_state_dict(io.load(path, device="cpu"))
    assert ours.param_groups[0]["lr"] == 0.25
    checkpoint = {"model": theirs.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "best": 0.5}
    assert_same(loaded(path, checkpoint), checkpoint)


def test_parameters_and_shared_storage(path: Path) -> None:
    weight = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3))
    frozen = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    assert_same(loaded(path, {"w": weight, "tied": weight, "view": weight.detach()[1], "frozen": frozen}), {
        "w": weight, "tied": weight, "view": weight.detach()[1], "frozen": frozen
    })  # fmt: skip


def test_a_tensor_that_is_saved_often_is_made_once(path: Path) -> None:
    weight = torch.arange(1000_000.0)
    found = loaded(path, [weight.view(-1) for _ in range(100)])
    assert len({id(one.realize().node.buffer) for one in found}) == 1
    with clgrad.no_grad():
        found[0].fill_(7.0)
    assert found[1][:3].tolist() == [0.0, 1.0, 2.0]


def test_what_schedulers_count_is_read(path: Path) -> None:
    scheduler = torch.optim.lr_scheduler.MultiStepLR(torch.optim.SGD([torch.zeros(1)]), [2, 2, 5])
    assert loaded(path, scheduler.state_dict())["milestones"] == {2: 2, 5: 1}


# -- what is refused ------------------------------------------------------------------------------


class Evil:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.marker}",)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_code_does_not_run(path: Path, protocol: int) -> None:
    marker = path.with_name("it_ran")
    torch.save({"w": torch.ones(2), "evil": Evil(marker)}, path, pickle_protocol=protocol)
    with pytest.raises(FileFormatError, match=r"names posix\.system.*nothing was executed"):
        io.load(path)
    assert not marker.exists()


@pytest.mark.parametrize("module", ["builtins", "__builtin__", "os", "torch", "torch._utils", "collections", "nt"])
@pytest.mark.parametrize("name", ["eval", "exec", "getattr", "system", "load", "__import__", "hub.load"])
def test_other_names_are_refused(path: Path, module: str, name: str) -> None:
    write_zip(path, f"c{module}\n{name}\n)R.".encode())
    with pytest.raises(FileFormatError, match=rf"names {module}\.{name}"):
        io.load(path)


def test_whole_models_are_refused_by_name(path: Path) -> None:
    torch.save(torch.nn.Linear(2, 1), path)
    with pytest.raises(FileFormatError, match=r"torch\.nn\.modules\.linear\.Linear.*state_dict"):
        io.load(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit is to go
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), str(path))
    with pytest.raises(FileFormatError, match="Linear"):
        io.load(path)


def test_the_old_format_is_refused(path: Path) -> None:
    torch.save({"w": torch.ones(2)}, path, _use_new_zipfile_serialization=False)
    with pytest.raises(FileFormatError, match=r"before PyTorch 1\.6.*save it again"):
        io.load(path)


def write_zip(path: Path, pickled: bytes, *, method: int = zipfile.ZIP_STORED, **entries: bytes) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("archive/data.pkl", pickled)
        for name, content in entries.items():
            archive.writestr(f"archive/data/{name[1:]}", content)


def pickled(numel: int, offset: int = 0, size: str = "I3\n", stride: str = "I1\n") -> bytes:
    """A tensor's pickle, in text, with what a test wants to be wrong."""
    size, stride = ("".join(f"K{chr(int(one))}" for one in text.split()) for text in (size, stride))
    storage = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0000X\3\0\0\0cpu" + f"K{chr(numel)}tQ"
    return (
        "\x80\2ctorch._utils\n_rebuild_tensor_v2\n(" + storage + f"K{chr(offset)}({size}t({stride}t\x89)tR."
    ).encode("latin1")


@pytest.mark.parametrize(("text", "data", "message"), [
    (pickled(3, 0, "3", "1"), bytes(12), None),
    (pickled(3, 0, "3", "1"), bytes(11), "has 11 bytes, and 12 are announced"),
    (pickled(3, 0, "3", "1"), bytes(16), "has 16 bytes, and 12 are announced"),
    (pickled(3, 1, "3", "1"), bytes(12), "does not fit into its storage of 3"),
    (pickled(3, 0, "4", "1"), bytes(12), "does not fit"),
    (pickled(3, 0, "2 2", "1 1"), bytes(12), "does not fit"),  # overlapping: more elements than the file holds
    (pickled(3, 0, "2", "3"), bytes(12), "does not fit"),
    (pickled(3, 0, "3 1", "1"), bytes(12), "damaged"),
])  # fmt: skip
def test_sizes_are_checked(path: Path, text: bytes, data: bytes, message: str | None) -> None:
    write_zip(path, text, _0=data)
    if message is None:
        assert io.load(path, device="cpu").tolist() == [0.0, 0.0, 0.0]
        return
    with pytest.raises(FileFormatError, match=message):
        io.load(path, device="cpu")


def test_views_of_one_another_do_not_fill_the_memory(path: Path) -> None:
    values = torch.zeros(1000_000)
    with pytest.raises(FileFormatError, match=r"more than 16 times the file's bytes; save them with \.clone"):
        loaded(path, [values[number:] for number in range(40)])
    assert len(loaded(path, [values[number * 10000 :][:10000] for number in range(100)])) == 100


def test_compressed_entries_are_refused(path: Path) -> None:
    write_zip(path, pickled(3, 0, "3", "1"), method=zipfile.ZIP_DEFLATED, _0=bytes(1 << 20))
    with pytest.raises(FileFormatError, match="compressed"):
        io.load(path)


@pytest.mark.parametrize("text", [
    b"", b".", b"N", b"NN.", b"t.", b"}K\1.", b"K\1K\2s.", b"h\5.", b"]R.", b"K\1)R.", b"Q.", b"}NQ.", b"(K\1u.",
    b"\xff.", b"}]K\1s.", b"ctorch\nFloatStorage\n)R.", b"ctorch._utils\n_rebuild_tensor_v2\n)R.", b"]K\1b.",
    b"X\xff\xff\xff\x7fa.", b"ccollections\nOrderedDict\nK\1\x85R.", b"\x8a\xffa.", b"K\1K\2K\3.", b"0.", b"P0\n.",
    b"c_codecs\nencode\nX\1\0\0\0aX\5\0\0\0utf-8\x86R.", b"(i__main__\nA\n.", b"(c__main__\nA\no.", b"\x82\1.",
    b"ctorch\nSize\nX\1\0\0\0a\x85Rctorch._utils\n_rebuild_parameter\nK\1\x88N\x87R.",
])  # fmt: skip
def test_malformed_pickles(path: Path, text: bytes) -> None:
    write_zip(path, text)
    with pytest.raises(FileFormatError, match=r"model\.pt"):
        io.load(path, device="cpu")


def test_every_truncation_and_some_damage_is_refused_or_harmless(path: Path) -> None:
    torch.save({"w": torch.arange(5.0), "lr": 0.1}, path)
    whole = path.read_bytes()
    for length in range(4, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(FileFormatError):
            io.load(path, device="cpu")
    for place in range(4, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = io.load(path, device="cpu")
        except FileFormatError:
            continue
        assert isinstance(found, dict)


def test_another_zip_is_refused(path: Path) -> None:
    stream = streams.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("w.npy", b"\x93NUMPY")
    path.write_bytes(stream.getvalue())
    with pytest.raises(FileFormatError, match=r"no data\.pkl"):
        io.load(path)
