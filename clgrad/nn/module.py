"""Parameter and Module: the tree that holds a model's tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from clgrad.creation import zeros_like
from clgrad.dtypes import DTYPES, DType, as_dtype
from clgrad.errors import ArgumentError, ClgradError, DtypeError
from clgrad.runtime import capturing
from clgrad.tensor import Tensor, no_grad, tensor

Self = TypeVar("Self", bound="Module")
Value = TypeVar("Value")


class RegistrationError(ClgradError, TypeError, KeyError):
    """A parameter, buffer or child cannot have this name or this type, or does not exist."""

    __str__ = Exception.__str__


class StateDictError(ClgradError, RuntimeError):
    """A state dictionary does not fit the module; nothing was loaded."""


class IncompatibleKeys(NamedTuple):
    """The names that a non-strict load_state_dict passed over."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class Parameter(Tensor):
    """A tensor that a Module lists as a parameter, and an optimizer updates.

    It starts from the value of ``data`` and is a leaf of its own; a Module's attribute is registered
    by having this type. What is computed from it is a plain Tensor.

        >>> import clgrad
        >>> weight = Parameter(clgrad.ones((2,)))
        >>> weight.requires_grad, isinstance(weight * 2, Parameter)
        (True, False)
    """

    __slots__ = ()

    def __init__(self, data: Tensor, requires_grad: bool = True) -> None:
        super().__init__(data.detach().node)
        self.requires_grad_(requires_grad)

    def __deepcopy__(self, memo: dict[int, object]) -> Parameter:
        return Parameter(self.detach(), self.requires_grad)


class Module:
    """Hold parameters, buffers and child modules, and compute something with them.

    A subclass assigns them as attributes and defines ``forward``. Only a Parameter counts as a
    parameter, only a Module as a child, and only what ``register_buffer`` was given as a buffer.
    Names are those of PyTorch, so state dictionaries fit both ways.

        >>> import clgrad
        >>> from clgrad.nn import Linear, Module
        >>> class Doubled(Module):
        ...     def __init__(self) -> None:
        ...         super().__init__()
        ...         self.linear = Linear(3, 2)
        ...     def forward(self, x):
        ...         return self.linear(x) * 2
        >>> model = Doubled()
        >>> model(clgrad.ones((4, 3))).shape
        (4, 2)
        >>> [name for name, _ in model.named_parameters()]
        ['linear.weight', 'linear.bias']
        >>> model
        Doubled(
          (linear): Linear(in_features=3, out_features=2, bias=True)
        )
    """

    training: bool = True
    # Buffers are ordinary attributes; this says which, and whether they are saved. It is replaced,
    # never changed, so the empty one can be shared by all classes.
    _buffer_persistence: Mapping[str, bool] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the module's output; a subclass defines it."""
        raise NotImplementedError(f"[Module] {type(self).__name__} has no forward; define forward(self, ...)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        capture = capturing.get()
        if capture is not None:
            capture.modes.setdefault(id(self), (partial(getattr, self, "training"), self.training))
        return self.forward(*args, **kwargs)

    # Registration

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, (Parameter, Module)):
            if hasattr(Module, name):
                raise RegistrationError(
                    f"[{type(self).__name__}] {name!r} is a name of Module itself; choose another name"
                )
            self._forget_buffer(name)
        elif value is not None:
            self._check_replacement(name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._forget_buffer(name)
        super().__delattr__(name)

    def _forget_buffer(self, name: str) -> None:
        if name in self._buffer_persistence:
            self._buffer_persistence = {key: saved for key, saved in self._buffer_persistence.items() if key != name}

    def _check_replacement(self, name: str, value: object) -> None:
        """Refuse to replace something registered by something that would silently not be."""
        current = vars(self).get(name)
        if isinstance(current, Parameter):
            expected = "a Parameter or None"
        elif isinstance(current, Module):
            expected = "a Module or None"
        elif name in self._buffer_persistence and not isinstance(value, Tensor):
            expected = "a Tensor or None"
        else:
            return
        raise RegistrationError(
            f"[{type(self).__name__}] cannot assign a {type(value).__name__} to {name!r}, it must stay "
            f"{expected}; change its value with .assign(), or del the attribute first"
        )

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None says that it is absent.

        Raises RegistrationError for another type or a name in use.
        """
        if param is not None and not isinstance(param, Parameter):
            raise RegistrationError(
                f"[register_parameter] {name!r} is a {type(param).__name__}, it must be a Parameter or None; "
                f"wrap it: Parameter(tensor)"
            )
        self._check_name("register_parameter", name, Parameter)
        setattr(self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is not trained.

        It follows ``to``; ``state_dict`` has it when ``persistent``. Assigning the attribute later
        replaces the buffer. Raises RegistrationError for another type or a name in use.
        """
        if tensor is not None and not isinstance(tensor, Tensor):
            raise RegistrationError(
                f"[register_buffer] {name!r} is a {type(tensor).__name__}, it must be a Tensor or None; "
                f"make one with clgrad.tensor"
            )
        if name not in self._buffer_persistence:
            self._check_name("register_buffer", name, type(None))
        self._buffer_persistence = {**self._buffer_persistence, name: persistent}
        setattr(self, name, tensor)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child under a name; None says that it is absent.

        Raises RegistrationError for another type or a name in use.
        """
        if module is not None and not isinstance(module, Module):
            raise RegistrationError(f"[add_module] {name!r} is a {type(module).__name__}, it must be a Module or None")
        self._check_name("add_module", name, Module)
        setattr(self, name, module)

    def _check_name(self, op: str, name: str, replaceable: type) -> None:
        if not isinstance(name, str) or not name or "." in name:
            raise RegistrationError(f"[{op}] name {name!r} must be a non-empty string without a dot")
        if hasattr(self, name) and not isinstance(vars(self).get(name), replaceable):
            raise RegistrationError(
                f"[{op}] {type(self).__name__} already has an attribute {name!r}; choose another name"
            )

    # Walks

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the direct children with their names, each module once."""
        return _once(self._slots())

    def children(self) -> Iterator[Module]:
        """Yield the direct children, each module once."""
        return (module for _, module in self.named_children())

    def named_modules(self, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """Yield this module and all below it with their dotted names, parents first."""
        return self._walk(prefix, set() if remove_duplicate else None)

    def _walk(self, prefix: str, seen: set[int] | None) -> Iterator[tuple[str, Module]]:
        if seen is not None:
            if id(self) in seen:
                return
            seen.add(id(self))
        yield prefix, self
        for name, child in self._slots():
            yield from child._walk(_join(prefix, name), seen)

    def _slots(self) -> Iterator[tuple[str, Module]]:
        """The direct children with their names, a shared one under each."""
        return ((name, value) for name, value in vars(self).items() if isinstance(value, Module))

    def get_submodule(self, target: str) -> Module:
        """Return the module of a dotted name, as named_modules has it; "" is this one.

        Raises RegistrationError where there is none.

            >>> from clgrad.nn import Linear, Sequential
            >>> Sequential(Sequential(Linear(2, 1))).get_submodule("0.0")
            Linear(in_features=2, out_features=1, bias=True)
        """
        found: Module = self
        for name in target.split(".") if target else ():
            child = vars(found).get(name)
            if not isinstance(child, Module):
                raise RegistrationError(
                    f"[get_submodule] {type(self).__name__} has no module {target!r}; named_modules() lists all"
                )
            found = child
        return found

    def modules(self) -> Iterator[Module]:
        """Yield this module and all below it, each once, parents first."""
        return (module for _, module in self.named_modules())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield the parameters with their dotted names; a shared one under its first name only."""
        pairs = (
            (_join(path, name), value)
            for path, module in self._owners(prefix, recurse, remove_duplicate)
            for name, value in vars(module).items()
            if isinstance(value, Parameter)
        )
        return _once(pairs) if remove_duplicate else pairs

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield the parameters, a shared one once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield the buffers with their dotted names; a shared one under its first name only."""
        pairs = (
            (_join(path, name), value)
            for path, module in self._owners(prefix, recurse, remove_duplicate)
            for name, value in vars(module).items()
            if name in module._buffer_persistence and isinstance(value, Tensor)
        )
        return _once(pairs) if remove_duplicate else pairs

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers, a shared one once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _owners(self, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Module]]:
        return self.named_modules(prefix, remove_duplicate) if recurse else iter([(prefix, self)])

    def apply(self: Self, fn: Callable[[Module], object]) -> Self:
        """Call ``fn`` on every module below this one, then on this one."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # Modes

    def train(self: Self, mode: bool = True) -> Self:
        """Set training mode here and below, which Dropout and its like heed.

        Raises ArgumentError for a mode that is not a bool.
        """
        if not isinstance(mode, bool):
            raise ArgumentError(f"[train] mode={mode!r}, it must be True or False")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: Self) -> Self:
        """Set evaluation mode here and below."""
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        """Freeze or unfreeze every parameter."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradient of every parameter, or set it to zeros."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad = None if set_to_none else zeros_like(parameter)

    # Devices and dtypes

    def to(self: Self, *args: Any, device: Any = None, dtype: Any = None) -> Self:
        """Move parameters, their gradients and buffers: to(device), to(dtype), to(device, dtype), to(tensor).

        A dtype must be floating and is given to floating tensors only. Parameters stay the same
        objects, so an optimizer keeps them. Raises DtypeError, ArgumentError.

            >>> from clgrad.nn import Linear
            >>> Linear(2, 2).to("float16").weight.dtype
            clgrad.float16
        """
        device, dtype = _parse_target(args, device, dtype)
        with no_grad():
            for held in (*self.parameters(), *self.buffers()):
                grad = held.grad
                held._move_to(_convert(held, device, dtype))  # assign would keep the device and dtype
                if grad is not None:
                    held.grad = _convert(grad, device, dtype)
        return self

    def float(self: Self) -> Self:
        """Cast floating parameters and buffers to float32."""
        return self.to("float32")

    def double(self: Self) -> Self:
        """Cast floating parameters and buffers to float64."""
        return self.to("float64")

    def half(self: Self) -> Self:
        """Cast floating parameters and buffers to float16."""
        return self.to("float16")

    def bfloat16(self: Self) -> Self:
        """Cast floating parameters and buffers to bfloat16."""
        return self.to("bfloat16")

    # State

    def state_dict(self, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """Return the parameters and persistent buffers by dotted name.

        The values are a snapshot: later updates of the module do not show in it. ``keep_vars``
        returns the parameters themselves instead.

            >>> from clgrad.nn import Linear
            >>> list(Linear(2, 1).state_dict())
            ['weight', 'bias']
        """
        return {prefix + name: value if keep_vars else value.detach() for name, value in self._state().items()}

    def _state(self) -> dict[str, Tensor]:
        """Every saved tensor, parameters before buffers in each module; a shared one under all its names."""
        state: dict[str, Tensor] = {}
        for path, module in self.named_modules(remove_duplicate=False):
            for name, parameter in module.named_parameters(recurse=False, remove_duplicate=False):
                state[_join(path, name)] = parameter
            for name, buffer in module.named_buffers(recurse=False, remove_duplicate=False):
                if module._buffer_persistence[name]:
                    state[_join(path, name)] = buffer
        return state

    def load_state_dict(
        self, state_dict: Mapping[str, Tensor | npt.NDArray[Any]], strict: bool = True
    ) -> IncompatibleKeys:
        """Take over the values of a state dictionary, of Tensors or NumPy arrays, cast and moved to fit.

        Returns the names that were missing and unexpected. Raises StateDictError, and changes
        nothing, for values of another shape or that are no arrays, and, when ``strict``, for any
        missing or unexpected name.

            >>> from clgrad.nn import Linear
            >>> Linear(2, 1).load_state_dict(Linear(2, 1).state_dict())
            <All keys matched successfully>
        """
        held = self._state()
        missing = [name for name in held if name not in state_dict]
        unexpected = [name for name in state_dict if name not in held]
        found = {name: value for name, value in state_dict.items() if name in held}
        faults = [fault for name, value in found.items() if (fault := _misfit(name, value, held[name]))]
        if strict:
            faults += [f"missing: {name}" for name in missing]
            faults += [f"unexpected: {name}" for name in unexpected]
        if faults:
            raise StateDictError(
                f"[load_state_dict] the state does not fit {type(self).__name__}, nothing was loaded:\n  "
                + "\n  ".join(faults)
                + "\nBuild the module with the sizes that were saved"
                + ("; strict=False passes over missing and unexpected names" if strict else "")
            )
        with no_grad():
            values = {name: _like(value, held[name]) for name, value in found.items()}
            for name, value in values.items():
                held[name].assign(value)
        return IncompatibleKeys(missing, unexpected)

    # Display

    def extra_repr(self) -> str:
        """Return what to print between the brackets; a subclass may define it."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {child!r}" for name, child in self._slots()]
        if len(lines) <= 1 and not children:
            return f"{type(self).__name__}({extra})"
        body = "\n".join(lines + children).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {body}\n)"


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _once(pairs: Iterable[tuple[str, Value]]) -> Iterator[tuple[str, Value]]:
    """Each object at its first name; objects are compared by identity."""
    seen: set[int] = set()
    for name, value in pairs:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value


def _parse_target(args: tuple[object, ...], device: Any, dtype: Any) -> tuple[Any, DType | None]:
    """The device and dtype that Module.to was asked for."""
    for arg in args:
        if isinstance(arg, Tensor):
            device, dtype = arg.device, arg.dtype
        elif isinstance(arg, (DType, type, np.dtype)) or (isinstance(arg, str) and arg in DTYPES):
            dtype = arg
        else:
            device = arg
    if dtype is None:
        return device, None
    row = as_dtype(dtype)
    if not row.is_float:
        raise DtypeError(f"[Module.to] dtype is {row.name}, it must be floating; cast a tensor with .to")
    return device, row


def _convert(held: Tensor, device: Any, dtype: DType | None) -> Tensor:
    value = held.detach()
    if device is not None:
        value = value.to(device)
    return value.to(dtype) if dtype is not None and held.dtype.is_float else value


def _misfit(name: str, value: object, held: Tensor) -> str | None:
    """Why a value cannot be loaded into a held tensor, or None."""
    if not isinstance(value, (Tensor, np.ndarray)):
        return f"type: {name} is a {type(value).__name__}, it must be a Tensor or a NumPy array"
    if tuple(value.shape) != tuple(held.shape):
        return f"shape: {name} is {tuple(value.shape)} in the state and {tuple(held.shape)} in the module"
    return None


def _like(value: Tensor | npt.NDArray[Any], held: Tensor) -> Tensor:
    """The value on the device and in the dtype of what it will replace."""
    if isinstance(value, Tensor):
        known = value if held.device.supports(value.dtype) else value.to(held.dtype)
        return _convert(known, held.device, None).to(held.dtype)
    return tensor(value, dtype=held.dtype, device=held.device)
