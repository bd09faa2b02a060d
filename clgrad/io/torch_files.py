"""Read what ``torch.save`` wrote, and execute nothing: a machine for the few opcodes that data needs.

A file is a zip: data.pkl, a pickle whose opcodes say what to build, and the bytes of each storage. Python's own
unpickler would call whatever a pickle names. Here ``pickletools`` only takes the opcodes apart; the machine below
knows containers, numbers and strings, and of names those in ``GLOBALS``. All others are refused.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clgrad.dtypes import DTYPES, DType
from clgrad.errors import FileFormatError
from clgrad.tensor import Tensor

if TYPE_CHECKING:
    from zipfile import ZipFile

Make = Callable[[np.ndarray[Any, Any], DType], Tensor]
"""Makes a tensor of elements as they are stored."""

ZIP = b"PK\x03\x04"
LEGACY = bytes.fromhex("80028a0a6cfc9c46f9206aa85019")
"""How files began before PyTorch 1.6: a pickled number."""

STORAGES = {
    "BoolStorage": "bool", "ByteStorage": "uint8", "CharStorage": "int8", "ShortStorage": "int16",
    "IntStorage": "int32", "LongStorage": "int64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "FloatStorage": "float32", "DoubleStorage": "float64", "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}  # fmt: skip
"""Names of dtypes by PyTorch's classes of storage."""

COPIES = 16
ROOM = 1 << 20
"""All that is read and made may take so many times a file's bytes, and some more: entries and tensors can lie on one
another, so that a small file asks for any amount. Whoever saved such views saved their storage once."""

KEYS = (str, int, float, bytes, type(None))
"""What may be a dict's key: nested tuples could take for ever to hash."""


@dataclass(frozen=True)
class Storage:
    """The bytes of a storage, and the dtype of its elements where it has one."""

    data: bytes
    dtype: DType | None


@dataclass(frozen=True)
class StorageClass:
    """A class of storages by its dtype; None for bytes without one."""

    dtype: DType | None


def is_torch_file(data: bytes) -> bool:
    """Whether a file's content begins as PyTorch's do."""
    return data.startswith((ZIP, LEGACY))


def read(data: bytes, path: str, make: Make) -> Any:
    """Give what the content of a PyTorch file describes; `make` makes its tensors. Raises FileFormatError."""
    import zipfile

    if data.startswith(LEGACY):
        raise FileFormatError(
            f"[load] {path} has the format from before PyTorch 1.6, which is not read; load it there and save it again"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Machine(archive, make, ROOM + COPIES * len(data)).run()
    except FileFormatError as error:
        raise FileFormatError(f"[load] {path}: {error}") from error
    except (zipfile.BadZipFile, *DAMAGE) as error:
        raise FileFormatError(
            f"[load] {path} is damaged, or no file of torch.save ({type(error).__name__}: {error}); copy or save it "
            "again"
        ) from error


DAMAGE = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, RuntimeError, TypeError, ValueError,
    struct.error,
)  # fmt: skip
"""What a damaged zip or pickle makes the steps below raise."""


class _Machine:
    """What runs a pickle's opcodes: a stack, the places of marks in it, and a memo."""

    def __init__(self, archive: ZipFile, make: Make, room: int) -> None:
        self.archive = archive
        self.make = make
        self.room = room
        roots = [name.removesuffix("data.pkl") for name in archive.namelist() if name.endswith("/data.pkl")]
        if not roots:
            raise FileFormatError("this zip has no data.pkl, so torch.save did not write it; save a state_dict")
        self.root = min(roots, key=len)
        order = f"{self.root}byteorder"
        is_big = order in archive.namelist() and self.entry("byteorder") == b"big"
        self.order: Literal["<", ">"] = ">" if is_big else "<"
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, bytes] = {}
        self.tensors: dict[Any, Tensor] = {}

    def entry(self, name: str) -> bytes:
        """The bytes of an entry. PyTorch stores them as they are; what would have to be unpacked could be any size."""
        info = self.archive.getinfo(self.root + name)
        if info.compress_type != 0 or info.compress_size != info.file_size:
            raise FileFormatError(f"{info.filename} is compressed, which torch.save never does; save it again")
        self.take(info.file_size)
        return self.archive.read(info)

    def take(self, size: int) -> None:
        """Count bytes before they are read or made."""
        self.room -= size
        if self.room < 0:
            raise FileFormatError(
                f"its tensors are views of one another and would take more than {COPIES} times the file's bytes; save "
                "them with .clone()"
            )

    def run(self) -> Any:
        import pickletools

        for opcode, argument, _ in pickletools.genops(self.entry("data.pkl")):
            if opcode.name == "STOP":
                (result,) = self.stack
                return result
            if opcode.name in CONSTANTS:
                self.stack.append(argument)
            elif opcode.name in OPCODES:
                OPCODES[opcode.name](self, argument)
            else:
                raise FileFormatError(f"its pickle has opcode {opcode.name}, which plain data does not need; {CURE}")
        raise EOFError("the pickle has no end")

    # -- what opcodes do --------------------------------------------------------------------

    def top(self, kind: type) -> Any:
        """The value on top of the stack, which has to be a container of this kind."""
        if not isinstance(self.stack[-1], kind):
            raise TypeError(f"a {type(self.stack[-1]).__name__} in place of a {kind.__name__}")
        return self.stack[-1]

    def marked(self) -> list[Any]:
        """Take everything above the last mark off the stack."""
        place = self.marks.pop()
        values = self.stack[place:]
        del self.stack[place:]
        return values

    def taken(self, count: int) -> tuple[Any, ...]:
        """Take so many values off the stack."""
        if count > len(self.stack):
            raise IndexError("the stack is empty")
        values = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        return values

    def set_items(self, values: list[Any]) -> None:
        target = self.top(dict)
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[_key(key)] = value

    def reference(self, name: str) -> None:
        """Push what a name of the pickle stands for."""
        if name not in GLOBALS:
            module, _, last = name.partition(" ")
            raise FileFormatError(
                f"its pickle names {module}.{last}, which is no plain data; nothing was executed. {CURE}"
            )
        self.stack.append(GLOBALS[name])

    def call(self) -> None:
        function, arguments = self.taken(2)
        if not callable(function) or not isinstance(arguments, tuple):
            raise TypeError(f"{type(function).__name__} is called")
        self.stack.append(function(self, *arguments))

    def build(self) -> None:
        """Set attributes: modules give their state_dict's OrderedDict one, ``_metadata``. Nobody here reads it."""
        self.taken(1)
        self.top(dict)

    def storage(self) -> None:
        """Push the storage that a persistent id names."""
        ((kind, storage_class, key, _, length),) = self.taken(1)
        if kind != "storage" or not isinstance(storage_class, StorageClass) or not isinstance(key, str):
            raise TypeError("a persistent id that is no storage")
        if key not in self.storages:
            self.storages[key] = self.entry(f"data/{key}")
        data, dtype = self.storages[key], storage_class.dtype
        wanted = length * (1 if dtype is None else dtype.size)
        if len(data) != wanted:
            raise FileFormatError(f"storage {key} has {len(data)} bytes, and {wanted} are announced; save it again")
        self.stack.append(Storage(data, dtype))

    def tensor(
        self, storage: Storage, offset: int, size: Any, stride: Any, requires_grad: bool, flags: Any,
        dtype: DType | None = None,
    ) -> Tensor:  # fmt: skip
        """Make a tensor of some elements of a storage, or give that of the same elements once more."""
        dtype = storage.dtype if dtype is None else dtype
        if dtype is None:
            raise TypeError("a tensor without a dtype")
        size, stride = tuple(map(int, size)), tuple(map(int, stride))
        turns = tuple(name for name in ("conj", "neg") if isinstance(flags, Mapping) and flags.get(name))
        key = id(storage.data), dtype, offset, size, stride, turns
        if key not in self.tensors:
            value = self.make(self.elements(storage, dtype, offset, size, stride), dtype)
            for name in turns:
                value = (value.conj() if name == "conj" else -value).detach()
            self.tensors[key] = value if value.shape == size else value.expand(size).detach()
        return self.tensors[key].detach().requires_grad_(bool(requires_grad))

    def elements(
        self, storage: Storage, dtype: DType, offset: int, size: tuple[int, ...], stride: tuple[int, ...]
    ) -> np.ndarray[Any, Any]:
        """Copy some elements of a storage; dims that repeat one element have length 1."""
        elements = np.frombuffer(storage.data, dtype.storage.newbyteorder(self.order))
        if len(size) != len(stride) or min((offset, *size, *stride)) < 0:
            raise ValueError(f"a tensor of size {size}, stride {stride}, offset {offset}")
        # What is expanded is made small, and expanded here, too: a file can not ask for much memory in few bytes.
        held = tuple(1 if step == 0 and length else length for length, step in zip(size, stride, strict=True))
        count = math.prod(held)
        last = offset + sum((length - 1) * step for length, step in zip(held, stride, strict=True))
        if count and (count > len(elements) or last >= len(elements)):
            raise FileFormatError(
                f"a tensor of size {size}, stride {stride}, offset {offset} does not fit into its storage of "
                f"{len(elements)} elements; save it again"
            )
        self.take(count * dtype.size)
        if not count:
            return np.empty(held, dtype.storage)
        steps = [step * dtype.size for step in stride]
        host = np.lib.stride_tricks.as_strided(elements[offset:], held, steps, writeable=False)
        return np.array(host, dtype.storage)


CURE = "Save only a state_dict: torch.save(model.state_dict(), path)"


def _key(key: Any) -> Any:
    if not isinstance(key, KEYS):
        raise TypeError(f"a {type(key).__name__} as a key")
    return key


def _dict(machine: _Machine, pairs: Any = ()) -> dict[Any, Any]:
    return {_key(key): value for key, value in (pairs.items() if isinstance(pairs, dict) else pairs)}


def _bytes(machine: _Machine, text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise ValueError(f"bytes in {encoding}")
    return text.encode("latin1")


def _rebuild_v2(
    machine: _Machine, storage: Storage, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any,
    flags: Any = None,
) -> Tensor:  # fmt: skip
    return machine.tensor(storage, offset, size, stride, requires_grad, flags)


def _rebuild_v3(
    machine: _Machine, storage: Storage, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any,
    dtype: DType, flags: Any = None,
) -> Tensor:  # fmt: skip
    return machine.tensor(storage, offset, size, stride, requires_grad, flags, dtype)


def _rebuild_parameter(machine: _Machine, data: Tensor, requires_grad: bool, hooks: Any) -> Tensor:
    return data.requires_grad_(bool(requires_grad))


GLOBALS: dict[str, Any] = {
    "collections OrderedDict": _dict,
    "collections Counter": _dict,
    "_codecs encode": _bytes,
    "torch Size": lambda machine, sizes: tuple(sizes),
    "torch._utils _rebuild_tensor_v2": _rebuild_v2,
    "torch._utils _rebuild_tensor_v3": _rebuild_v3,
    "torch._utils _rebuild_parameter": _rebuild_parameter,
    "torch.storage UntypedStorage": StorageClass(None),
    **{f"torch {name}": StorageClass(DTYPES[dtype]) for name, dtype in STORAGES.items()},
    **{f"torch {name}": dtype for name, dtype in DTYPES.items()},
}
"""All that a pickle may name, by module and name. What is called gets the machine first."""

CONSTANTS = frozenset({
    "BINBYTES", "BINBYTES8", "BINFLOAT", "BININT", "BININT1", "BININT2", "BINUNICODE", "BINUNICODE8", "LONG1", "LONG4",
    "SHORT_BINBYTES", "SHORT_BINUNICODE",
})  # fmt: skip
"""Opcodes that push their argument."""

OPCODES: dict[str, Callable[[_Machine, Any], object]] = {
    "PROTO": lambda machine, version: None,
    "FRAME": lambda machine, length: None,
    "NONE": lambda machine, _: machine.stack.append(None),
    "NEWTRUE": lambda machine, _: machine.stack.append(True),
    "NEWFALSE": lambda machine, _: machine.stack.append(False),
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.marked())),
    "TUPLE1": lambda machine, _: machine.stack.append(machine.taken(1)),
    "TUPLE2": lambda machine, _: machine.stack.append(machine.taken(2)),
    "TUPLE3": lambda machine, _: machine.stack.append(machine.taken(3)),
    "SETITEM": lambda machine, _: machine.set_items(list(machine.taken(2))),
    "SETITEMS": lambda machine, _: machine.set_items(machine.marked()),
    "APPEND": lambda machine, _: (value := machine.taken(1), machine.top(list).extend(value)),
    "APPENDS": lambda machine, _: (values := machine.marked(), machine.top(list).extend(values)),
    "BINPUT": lambda machine, place: machine.memo.__setitem__(place, machine.stack[-1]),
    "LONG_BINPUT": lambda machine, place: machine.memo.__setitem__(place, machine.stack[-1]),
    "MEMOIZE": lambda machine, _: machine.memo.__setitem__(len(machine.memo), machine.stack[-1]),
    "BINGET": lambda machine, place: machine.stack.append(machine.memo[place]),
    "LONG_BINGET": lambda machine, place: machine.stack.append(machine.memo[place]),
    "GLOBAL": lambda machine, name: machine.reference(name),
    "STACK_GLOBAL": lambda machine, _: machine.reference(" ".join(map(str, machine.taken(2)))),
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.build(),
    "BINPERSID": lambda machine, _: machine.storage(),
}
"""What the others do."""
