"""Datasets of images, on small files of the real formats that the tests write; downloads, from a server of ours."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io as streams
import struct
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

from clgrad.data import DataLoader
from clgrad.data.vision import CIFAR10, CIFAR100, MNIST, FashionMNIST, ImageFolder
from clgrad.data.vision.folder import load_image
from clgrad.data.vision.mnist import read_idx
from clgrad.errors import DatasetError, DependencyError, FileFormatError


def idx(array: np.ndarray[Any, Any], code: int = 8) -> bytes:
    """An array in the IDX format."""
    big = array.astype(array.dtype.newbyteorder(">"))
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape) + big.tobytes()


def digits(count: int, seed: int = 0) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    numbers = np.random.default_rng(seed)
    return numbers.integers(0, 256, (count, 28, 28), np.uint8), numbers.integers(0, 10, count, np.uint8)


def mnist_files(packed: bool) -> dict[str, bytes]:
    """The four files of MNIST, with few images."""
    files = {}
    for part, count in (("train", 7), ("t10k", 3)):
        images, labels = digits(count, count)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            name, content = f"{part}-{kind}-ubyte", idx(array)
            files.update({f"{name}.gz": gzip.compress(content)} if packed else {name: content})
    return files


def write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


# -- IDX ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "dtype"), [
    (0x08, np.uint8), (0x09, np.int8), (0x0B, np.int16), (0x0C, np.int32), (0x0D, np.float32), (0x0E, np.float64),
])  # fmt: skip
@pytest.mark.parametrize("packed", [False, True])
def test_idx_files(tmp_path: Path, code: int, dtype: Any, packed: bool) -> None:
    array = np.arange(-6, 18).reshape(2, 3, 4).astype(dtype)
    content = idx(array, code)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(content) if packed else content)
    found = read_idx(path)
    assert found.dtype == dtype and found.flags.writeable
    np.testing.assert_array_equal(found, array)


def test_damaged_idx_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    whole = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))
    packed = gzip.compress(whole)
    damaged = [whole[:length] for length in range(len(whole))]
    damaged += [packed[:length] for length in range(len(packed))]
    damaged += [whole + b"\0", gzip.compress(whole + b"\0"), gzip.compress(b""), packed[:-8] + bytes(8)]
    damaged += [b"\1" + whole[1:], whole[:2] + b"\x0a" + whole[3:], whole[:3] + b"\0" + whole[4:], b"PNG" * 9]
    damaged += [struct.pack(">BBBB3I", 0, 0, 8, 3, *[2**32 - 1] * 3)]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match="no whole IDX file"):
            read_idx(path)


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST])
@pytest.mark.parametrize("packed", [False, True])
def test_mnist(tmp_path: Path, kind: type[MNIST], packed: bool) -> None:
    write(tmp_path / kind.__name__ / "raw", mnist_files(packed))
    for train, count in ((True, 7), (False, 3)):
        images, labels = digits(count, count)
        data = kind(tmp_path, train)
        assert len(data) == count and len(data.classes) == 10
        np.testing.assert_array_equal(data.data, images)
        assert data.targets.dtype == np.int64 and data.targets.tolist() == labels.tolist()
        image, label = data[count - 1]
        np.testing.assert_array_equal(image, images[-1])
        assert (type(label), label) == (int, labels[-1])
    assert data.class_to_idx[data.classes[3]] == 3
    changed = kind(str(tmp_path), transform=lambda image: image.sum(), target_transform=lambda label: -label)
    assert changed[0] == (changed.data[0].sum(), -changed.targets[0])


def test_mnist_in_a_loader(device: str, tmp_path: Path) -> None:
    write(tmp_path / "MNIST" / "raw", mnist_files(True))
    for workers in (0, 2):
        batches = list(DataLoader(MNIST(tmp_path), batch_size=4, num_workers=workers, device=device))
        assert [images.shape for images, _ in batches] == [(4, 28, 28), (3, 28, 28)]
        assert [label for _, labels in batches for label in labels.tolist()] == digits(7, 7)[1].tolist()


def test_mnist_files_that_do_not_fit(tmp_path: Path) -> None:
    images, labels = digits(7, 7)
    for files, text in (
        ({"train-labels-idx1-ubyte": idx(labels[:6])}, r"labels of uint8 \(6,\)"),
        ({"train-labels-idx1-ubyte": idx(labels + 10)}, "labels must be below 10"),
        ({"train-images-idx3-ubyte": idx(images.astype(np.int32), 0x0C)}, "images of int32"),
        ({"train-images-idx3-ubyte": idx(images[0])}, r"\(28, 28\)"),
    ):
        write(tmp_path / "MNIST" / "raw", {**mnist_files(False), **files})
        with pytest.raises(FileFormatError, match=text):
            MNIST(tmp_path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    for kind in (MNIST, CIFAR10, CIFAR100):
        with pytest.raises(DatasetError, match="download=True, or put them there") as caught:
            kind(tmp_path)
        assert str(tmp_path) in str(caught.value)
        assert isinstance(caught.value, RuntimeError) and isinstance(caught.value, FileNotFoundError)


# -- CIFAR ----------------------------------------------------------------------------------------


def cifar_files(kind: type[CIFAR10]) -> dict[str, bytes]:
    """The files of the binary version, with few images; colours tell places apart."""
    numbers = np.random.default_rng(0)
    names = CIFAR10.classes if kind is CIFAR10 else [f"name{n}" for n in range(100)]
    files = {kind.class_file: ("\n".join(names) + "\n\n").encode()}
    for name in (*kind.train_files, *kind.test_files):
        records = numbers.integers(0, 256, (3, kind.label_bytes + 3072), np.uint8)
        records[:, 0] = [0, 9, 4]
        if kind is CIFAR100:
            records[:, 1] = [99, 0, 50]
        files[name] = records.tobytes()
    return files


@pytest.mark.parametrize("kind", [CIFAR10, CIFAR100])
def test_cifar(tmp_path: Path, kind: type[CIFAR10]) -> None:
    files = cifar_files(kind)
    write(tmp_path / kind.folder, files)
    for train, names in ((True, kind.train_files), (False, kind.test_files)):
        data = kind(tmp_path, train)
        assert data.data.shape == (3 * len(names), 32, 32, 3) and data.data.dtype == np.uint8
        assert data.targets.tolist() == ([0, 9, 4] if kind is CIFAR10 else [99, 0, 50]) * len(names)
        record = np.frombuffer(files[names[-1]], np.uint8).reshape(3, -1)[2, kind.label_bytes :]
        image, label = data[-1]
        assert label == data.targets[-1]
        for colour in range(3):  # red, green and blue planes, each in rows
            np.testing.assert_array_equal(image[..., colour].ravel(), record[1024 * colour : 1024 * (colour + 1)])
    assert len(data.classes) == (10 if kind is CIFAR10 else 100)
    assert data.class_to_idx["horse" if kind is CIFAR10 else "name7"] == 7


def test_damaged_cifar_files(tmp_path: Path) -> None:
    files = cifar_files(CIFAR10)
    name = "data_batch_3.bin"
    for change, text in (
        ({name: files[name][:-1]}, "9218 bytes; records have 3073"),
        ({name: b""}, "0 bytes"),
        ({name: b"\x0a" + files[name][1:]}, "label 10; there are 10 classes"),
        ({"batches.meta.txt": b""}, "names the classes"),
    ):
        write(tmp_path / CIFAR10.folder, {**files, **change})
        with pytest.raises(FileFormatError, match=text):
            CIFAR10(tmp_path)


# -- downloads ------------------------------------------------------------------------------------


class Server(http.server.SimpleHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: Any) -> None:
        self.asked.append(self.path)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server's address, and the folder that it shows."""
    folder = tmp_path_factory.mktemp("server")
    Server.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=str(folder))) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/", folder
        running.shutdown()
        thread.join()


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST, CIFAR10, CIFAR100])
def test_mirrors_are_asked_over_https(kind: Any) -> None:
    assert kind.mirrors and all(mirror.startswith("https://") and mirror.endswith("/") for mirror in kind.mirrors)


def test_download_of_mnist(
    tmp_path: Path, server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address, folder = server
    files = mnist_files(True)
    write(folder / "good", files)
    write(folder / "other", {name: content[:-9] for name, content in files.items()})
    monkeypatch.setattr(MNIST, "mirrors", (f"{address}none/", f"{address}other/", f"{address}good/"))
    monkeypatch.setattr(MNIST, "checksums", [md5(content) for content in files.values()])
    data = MNIST(tmp_path, download=True)
    np.testing.assert_array_equal(data.data, digits(7, 7)[0])
    assert "train-images-idx3-ubyte.gz" in capsys.readouterr().err, "progress"
    assert sorted(path.name for path in (tmp_path / "MNIST" / "raw").iterdir()) == [
        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
    ]  # fmt: skip
    asked = len(Server.asked)
    MNIST(tmp_path, download=True)
    assert len(Server.asked) == asked, "what is there is not fetched again"


def test_download_without_a_network(tmp_path: Path, server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    address, folder = server
    write(folder / "other", dict.fromkeys(mnist_files(True), b"a login page"))
    monkeypatch.setattr(MNIST, "mirrors", (f"{address}other/", "http://127.0.0.1:9/"))
    with pytest.raises(DatasetError) as caught:
        MNIST(tmp_path, download=True)
    for text in (
        f"{address}other/train-images-idx3-ubyte.gz: its MD5 is {md5(b'a login page')} in place of f68b3c2d",
        "http://127.0.0.1:9/train-images-idx3-ubyte.gz: ",
        f"put it at {tmp_path / 'MNIST' / 'raw' / 'train-images-idx3-ubyte.gz'}",
    ):
        assert text in str(caught.value)
    assert list((tmp_path / "MNIST" / "raw").iterdir()) == []


def archive(kind: type[CIFAR10], names: list[str] | None = None) -> bytes:
    stream = streams.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as content:
        for name, data in {**cifar_files(kind), "../../outside": b"x", "readme.html": b"x"}.items():
            if names is None or name in names:
                member = tarfile.TarInfo(f"{kind.folder}/{name}")
                member.size = len(data)
                content.addfile(member, streams.BytesIO(data))
    return stream.getvalue()


@pytest.mark.parametrize("kind", [CIFAR10, CIFAR100])
def test_download_of_cifar(
    tmp_path: Path, server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, kind: type[CIFAR10]
) -> None:
    address, folder = server
    packed = archive(kind)
    write(folder, {kind.archive: packed})
    monkeypatch.setattr(kind, "mirrors", (address,))
    monkeypatch.setattr(kind, "md5", md5(packed))
    monkeypatch.setitem(sys.modules, "tqdm", None)  # goes without a bar, too
    root = tmp_path / "deep" / "root"
    assert len(kind(root, train=False, download=True)) == 3
    assert sorted(path.name for path in (root / kind.folder).iterdir()) == sorted(cifar_files(kind))
    assert not (tmp_path / "outside").exists()
    (root / kind.archive).unlink()
    assert len(kind(root, download=True)) == 3 * len(kind.train_files)


def test_a_damaged_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = archive(CIFAR10)
    write(tmp_path, {CIFAR10.archive: whole[:2000] + bytes([whole[2000] ^ 0x55]) + whole[2001:]})  # one pixel
    monkeypatch.setattr(CIFAR10, "md5", md5(whole))
    with pytest.raises(FileFormatError, match=f"damaged, or another file: its MD5 is .* in place of {md5(whole)}"):
        CIFAR10(tmp_path, download=True)
    assert not (tmp_path / CIFAR10.folder).exists()
    for content in (whole[:-2000], archive(CIFAR10, ["test_batch.bin"]), b"no archive"):
        write(tmp_path, {CIFAR10.archive: content})
        monkeypatch.setattr(CIFAR10, "md5", md5(content))
        with pytest.raises(FileFormatError, match="no whole archive"):
            CIFAR10(tmp_path, download=True)


# -- folders --------------------------------------------------------------------------------------


def png(path: Path, colour: tuple[int, ...], mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (5, 4), colour if len(colour) > 1 else colour[0]).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    png(tmp_path / "dog" / "b.png", (1, 2, 3))
    png(tmp_path / "dog" / "deeper" / "a.PNG", (4, 5, 6))
    png(tmp_path / "cat" / "grey.png", (7,), "L")
    png(tmp_path / "cat" / "clear.png", (8, 9, 10, 0), "RGBA")
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    (tmp_path / "readme").write_text("no class")
    return tmp_path


def test_image_folder(pictures: Path) -> None:
    data = ImageFolder(pictures)
    assert data.classes == ["cat", "dog"] and data.class_to_idx == {"cat": 0, "dog": 1}
    assert [(Path(path).relative_to(pictures).as_posix(), label) for path, label in data.samples] == [
        ("cat/clear.png", 0), ("cat/grey.png", 0), ("dog/b.png", 1), ("dog/deeper/a.PNG", 1)
    ]  # fmt: skip
    assert data.targets == [0, 0, 1, 1] and len(data) == 4
    for index, colour in enumerate([(8, 9, 10), (7, 7, 7), (1, 2, 3), (4, 5, 6)]):
        image, label = data[index]
        assert (image.shape, image.dtype, label) == ((4, 5, 3), np.uint8, data.targets[index])
        assert (image == colour).all()
    changed = ImageFolder(
        pictures, np.mean, lambda label: f"class {label}", is_valid_file=lambda path: path.endswith("b.png"),
        allow_empty=True,
    )  # fmt: skip
    assert [changed[0]] == [(2.0, "class 1")] and len(changed) == 1
    assert ImageFolder(pictures, loader=Path)[0][0].name == "clear.png"


def test_image_folder_in_a_loader(device: str, pictures: Path) -> None:
    (batch,) = DataLoader(ImageFolder(pictures), batch_size=4, num_workers=1, device=device)
    assert batch[0].shape == (4, 4, 5, 3) and batch[1].tolist() == [0, 0, 1, 1]


def test_image_folder_refuses(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetError, match="there is no folder"):
        ImageFolder(pictures / "none")
    with pytest.raises(DatasetError, match="has no folders"):
        ImageFolder(pictures / "dog" / "deeper")
    (pictures / "empty").mkdir()
    with pytest.raises(DatasetError, match="class 'empty' has no image"):
        ImageFolder(pictures)
    assert len(ImageFolder(pictures, allow_empty=True)) == 4
    whole = (pictures / "dog" / "b.png").read_bytes()
    for content in (b"", b"no image", whole[:40], whole[: whole.index(b"IDAT") + 5]):
        (pictures / "dog" / "b.png").write_bytes(content)
        with pytest.raises(FileFormatError, match=r"b\.png is no whole image"):
            load_image(pictures / "dog" / "b.png")
    with pytest.raises(FileNotFoundError):
        load_image(pictures / "none.png")
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(DependencyError, match=r"clgrad\[vision\]"):
        load_image(pictures / "cat" / "grey.png")
