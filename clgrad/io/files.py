"""Save and load tensors: safetensors files, and the reading of PyTorch's. No file can run code."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from clgrad.device import Device
from clgrad.dtypes import DType, as_dtype, bfloat16, decode
from clgrad.errors import ArgumentError, DtypeError, FileFormatError
from clgrad.io import torch_files
from clgrad.io.tree import Arrays, pack, unpack
from clgrad.tensor import Tensor, from_numpy, realize, tensor

STRUCTURE = "clgrad.structure"
"""The entry of the metadata that tells how the tensors were nested."""

CODES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "U32": "uint32", "I32": "int32",
    "U64": "uint64", "I64": "int64", "F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64",
    "C64": "complex64",
}  # fmt: skip
"""Names of dtypes by what safetensors calls them."""


def save(path: str | os.PathLike[str], state: Mapping[Any, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Write tensors to a safetensors file, which other libraries read, too.

    `state` is a dict of Tensors or numpy arrays, such as ``model.state_dict()``. It may be nested: dicts, lists and
    tuples, with numbers, strings and None among the tensors. Then a tensor's name in the file is its keys, joined by
    dots, and the nesting is kept as JSON in the metadata's "clgrad.structure", so that ``load`` gives it back.
    All dtypes can be saved but complex128. `metadata` are strings to find with ``io.metadata``.

    The file is complete or not there: it is written under another name beside `path`, and takes the place of what
    was there when all of it is on the disk.

    Raises DtypeError (a TypeError) for what can not be saved, ArgumentError (a ValueError) for names that are equal,
    OSError where the system refuses.

        >>> import clgrad, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(folder + "/one.safetensors", {"w": clgrad.ones(2), "steps": 7})
        ...     load(folder + "/one.safetensors")["w"].tolist()
        [1.0, 1.0]
    """
    import safetensors

    arrays, structure = pack(state)
    if "__metadata__" in arrays:
        raise ArgumentError("[save] a tensor is called '__metadata__', which safetensors keeps for itself; rename it")
    texts = dict(metadata or {})
    for key, text in texts.items():
        if not isinstance(key, str) or not isinstance(text, str) or key == STRUCTURE:
            raise ArgumentError(
                f"[save] metadata {key!r}: {text!r}; keys and values must be strings, and {STRUCTURE!r} is taken; "
                "put numbers into the state"
            )
    if structure is not None:
        texts[STRUCTURE] = structure
    realize(*[value for value in arrays.values() if isinstance(value, Tensor)])
    stored = {name: _stored(name, value) for name, value in arrays.items()}
    # The arrays in `stored` live until the file is written: a TensorSpec holds a bare address.
    specs = {
        name: safetensors.TensorSpec(
            dtype=dtype.name, shape=list(host.shape), data_ptr=host.ctypes.data, data_len=host.nbytes
        )
        for name, (host, dtype) in stored.items()
    }
    try:
        replace(path, lambda fresh: safetensors.serialize_file(specs, fresh, texts or None))
    except safetensors.SafetensorError as error:
        raise OSError(f"[save] {os.fspath(path)}: {error}") from error


def _stored(name: str, value: Tensor | np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], DType]:
    """An array's elements as they are stored, one after the other, and their dtype."""
    dtype = value.dtype if isinstance(value, Tensor) else as_dtype(value.dtype)
    if dtype.name not in CODES.values():
        raise DtypeError(
            f"[save] {name!r} is {dtype.name}, which safetensors does not have; save its real and imaginary parts"
        )
    host = value._stored() if isinstance(value, Tensor) else value
    return np.ascontiguousarray(host, host.dtype.newbyteorder("<")).reshape(host.shape), dtype


def replace(path: str | os.PathLike[str], write: Callable[[str], object]) -> None:
    """Let `write` make a file beside `path`, which then takes its place in one step, or is removed."""
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    fresh = os.path.join(folder, f".{name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(fresh, "xb") as file:  # the system's own error where that is not allowed
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        write(fresh)
        os.chmod(fresh, mode)  # safetensors puts a file in its place that only its owner reads
        with open(fresh, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(fresh, target)
    except BaseException:
        if os.path.exists(fresh):
            os.remove(fresh)
        raise


def load(path: str | os.PathLike[str], device: str | Device | None = None) -> Any:
    """Read a safetensors file, or the zip file of ``torch.save``; what it is, its content tells.

    The tensors are made on `device` (None: the default device) with the dtypes that were saved. What ``save`` was
    given comes back, in its nesting; other safetensors files give a flat dict. Of PyTorch's files, dicts, lists,
    tuples, numbers, strings and tensors are read (state dicts of models and optimizers); nothing in them is executed,
    and whatever else they name is refused.

    Raises FileFormatError (a ValueError) for a file that is damaged or of another kind, OSError where it can not be
    read.

        >>> import clgrad, tempfile
        >>> model = clgrad.nn.Linear(2, 1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(folder + "/model.safetensors", model.state_dict())
        ...     model.load_state_dict(load(folder + "/model.safetensors"))
        <All keys matched successfully>
    """
    data = Path(path).read_bytes()
    if torch_files.is_torch_file(data):
        return torch_files.read(data, os.fspath(path), lambda host, dtype: _tensor(host, dtype, device))
    arrays, texts = _read(data, os.fspath(path))
    tensors: Arrays = {name: _tensor(host, dtype, device) for name, (host, dtype) in arrays.items()}
    return unpack(tensors, texts[STRUCTURE]) if STRUCTURE in texts else tensors


def metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Give the metadata of a safetensors file, without reading its tensors.

    Raises FileFormatError (a ValueError) for a file that is damaged or of another kind.

        >>> import clgrad, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save(folder + "/one.safetensors", {"w": clgrad.ones(2)}, {"author": "me"})
        ...     metadata(folder + "/one.safetensors")
        {'author': 'me'}
    """
    import safetensors

    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return {key: text for key, text in (file.metadata() or {}).items() if key != STRUCTURE}
    except safetensors.SafetensorError as error:
        raise damaged(os.fspath(path), error) from error


def damaged(path: str, error: object) -> FileFormatError:
    """The error for a file that is no whole safetensors file."""
    return FileFormatError(
        f"[load] {path} is no whole safetensors file ({error}), nor a zip file of torch.save; copy or save it again"
    )


def _read(data: bytes, path: str) -> tuple[dict[str, tuple[np.ndarray[Any, Any], DType]], dict[str, str]]:
    """Arrays as they are stored, with their dtypes, by name; and the metadata."""
    import safetensors

    try:
        entries = safetensors.deserialize(data)  # type: ignore[no-untyped-call]  # its stub forgot them
    except safetensors.SafetensorError as error:
        raise damaged(path, error) from error
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])  # deserialize has checked it
    arrays = {}
    for name, entry in entries:
        if entry["dtype"] not in CODES:
            raise FileFormatError(
                f"[load] {path}: {name!r} is of safetensors' dtype {entry['dtype']}, which clgrad does not have; save "
                "it as another one"
            )
        dtype = as_dtype(CODES[entry["dtype"]])
        host = np.frombuffer(entry["data"], dtype.storage.newbyteorder("<")).reshape(entry["shape"])
        arrays[name] = host, dtype
    return arrays, header.get("__metadata__") or {}


def _tensor(host: np.ndarray[Any, Any], dtype: DType, device: str | Device | None) -> Tensor:
    """A tensor of elements as they are stored."""
    if dtype is bfloat16:
        return tensor(decode(host, bfloat16), bfloat16, device)
    if dtype.name == "bool":
        host = np.asarray(host.view(np.uint8) != 0)  # a file may hold other bytes than 0 and 1
    return from_numpy(host, device)
