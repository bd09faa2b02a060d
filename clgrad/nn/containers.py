"""Sequential, ModuleList and ModuleDict: modules that hold modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, overload

from clgrad.errors import IndexRangeError
from clgrad.nn.module import Module, RegistrationError

Self = TypeVar("Self", bound="_Indexed")


class _Indexed(Module):
    """Children in order, each under its position as a name unless it was given another."""

    def __len__(self) -> int:
        return len(list(self._slots()))

    def __iter__(self) -> Iterator[Module]:
        return iter([module for _, module in self._slots()])

    @overload
    def __getitem__(self, index: int) -> Module: ...

    @overload
    def __getitem__(self: Self, index: slice) -> Self: ...

    def __getitem__(self: Self, index: int | slice) -> Module | Self:
        if isinstance(index, slice):
            return self._of(dict(list(self._slots())[index]))
        return dict(self._slots())[self._name(index)]

    def __setitem__(self, index: int, module: Module) -> None:
        self.add_module(self._name(index), module)

    def __delitem__(self, index: int | slice) -> None:
        names = [name for name, _ in self._slots()]
        for name in names[index] if isinstance(index, slice) else [self._name(index)]:
            delattr(self, name)
        self._hold([module for _, module in self._slots()])

    def append(self: Self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self: Self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def pop(self, index: int) -> Module:
        """Remove a module and return it; later ones move down."""
        module = self[index]
        del self[index]
        return module

    def insert(self, index: int, module: Module) -> None:
        """Put a module before the one at ``index``; later ones move up."""
        modules = list(self)
        modules.insert(index, module)
        self._hold(modules)

    def _of(self: Self, named: dict[str, Module]) -> Self:
        """A container of this type that holds some of the children."""
        raise NotImplementedError

    def _name(self, index: int) -> str:
        names = [name for name, _ in self._slots()]
        if not -len(names) <= index < len(names):
            raise IndexRangeError(
                f"[{type(self).__name__}] index {index} is outside a container of {len(names)} modules"
            )
        return names[index]

    def _hold(self, modules: Iterable[Module]) -> None:
        """Number the children afresh."""
        for name, _ in list(self._slots()):
            delattr(self, name)
        for position, module in enumerate(modules):
            self.add_module(str(position), module)


class Sequential(_Indexed):
    """Call modules one after the other, each on the result of the one before.

    Takes the modules, or one dictionary of names to modules.

        >>> import clgrad
        >>> from clgrad.nn import Linear, ReLU
        >>> model = Sequential(Linear(4, 8), ReLU(), Linear(8, 2))
        >>> model(clgrad.ones((3, 4))).shape
        (3, 2)
        >>> model[:2]
        Sequential(
          (0): Linear(in_features=4, out_features=8, bias=True)
          (1): ReLU()
        )
    """

    def __init__(self, *args: Module | Mapping[str, Module]) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], Mapping):
            named: dict[str, Any] = dict(args[0])
        else:
            named = {str(position): module for position, module in enumerate(args)}
        for name, module in named.items():
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        for module in self:
            input = module(input)
        return input

    def _of(self, named: dict[str, Module]) -> Sequential:
        return Sequential(named)


class ModuleList(_Indexed):
    """Hold modules in a list, so that their parameters are found.

    >>> from clgrad.nn import Linear
    >>> layers = ModuleList([Linear(2, 2) for _ in range(3)])
    >>> len(layers), len(list(layers.parameters()))
    (3, 6)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(modules or ())

    def _of(self, named: dict[str, Module]) -> ModuleList:
        return ModuleList(named.values())

    def __repr__(self) -> str:
        """Equal neighbours share a line, as in ``(0-2): 3 x Linear(...)``."""
        runs: list[tuple[int, int, str]] = []
        for position, module in enumerate(self):
            text = repr(module)
            if runs and runs[-1][2] == text:
                runs[-1] = (runs[-1][0], position, text)
            else:
                runs.append((position, position, text))
        lines = [
            f"({first}): {text}" if first == last else f"({first}-{last}): {last - first + 1} x {text}"
            for first, last, text in runs
        ]
        if not lines:
            return "ModuleList()"
        body = "\n".join(lines).replace("\n", "\n  ")
        return f"ModuleList(\n  {body}\n)"


class ModuleDict(Module):
    """Hold modules in a dictionary, so that their parameters are found.

    >>> from clgrad.nn import Linear, Tanh
    >>> heads = ModuleDict({"mean": Linear(2, 1), "scale": Tanh()})
    >>> list(heads), "mean" in heads
    (['mean', 'scale'], True)
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(modules or {})

    def __len__(self) -> int:
        return len(list(self._slots()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: str) -> bool:
        return key in self.keys()

    def __getitem__(self, key: str) -> Module:
        named = dict(self._slots())
        if key not in named:
            raise RegistrationError(f"[ModuleDict] no module {key!r}; there are {', '.join(named) or 'none'}")
        return named[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def keys(self) -> list[str]:
        """Return the names in order."""
        return [name for name, _ in self._slots()]

    def values(self) -> list[Module]:
        """Return the modules in order."""
        return [module for _, module in self._slots()]

    def items(self) -> list[tuple[str, Module]]:
        """Return the pairs of name and module in order."""
        return list(self._slots())

    def pop(self, key: str) -> Module:
        """Remove a module and return it."""
        module = self[key]
        delattr(self, key)
        return module

    def clear(self) -> None:
        """Remove every module."""
        for name in self.keys():
            delattr(self, name)

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules from a dictionary, a ModuleDict or pairs; those of the same name are replaced."""
        for name, module in modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules:
            self.add_module(name, module)
