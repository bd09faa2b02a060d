"""Weights computed from other parameters: weight and spectral normalisation.

The weight becomes a property of the module's own class, computed whenever it is looked at, so it never differs from
the parameters it is made of, gradients flow to them, and nothing is kept that a jitted function would have made.
State dictionaries have the names of ``torch.nn.utils.weight_norm`` and ``spectral_norm``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from clgrad.array import normalize_dim
from clgrad.errors import ArgumentError, ClgradError
from clgrad.nn.convolution import Convolution
from clgrad.nn.module import Module, Parameter
from clgrad.random import randn
from clgrad.tensor import Tensor, no_grad

M = TypeVar("M", bound=Module)


class ReparametrizationError(ClgradError, RuntimeError):
    """A weight is normalised twice."""


class Norm(ABC):
    """How a weight is computed from its parts, and what is updated before a module is called."""

    parts: ClassVar[tuple[str, ...]]

    @abstractmethod
    def weight(self, module: Module) -> Tensor:
        """Compute the weight."""

    @abstractmethod
    def update(self, module: Module) -> None:
        """Update what is not trained."""


class Reparametrized:
    """What the class of a module with computed weights adds to its own."""

    norms: Mapping[str, Norm] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for norm in self.norms.values():
            norm.update(self)  # type: ignore[arg-type]  # it stands before a Module
        return super().__call__(*args, **kwargs)  # type: ignore[misc]  # Module's


def _reclass(module: Module, norms: Mapping[str, Norm]) -> None:
    """Give a module the class that computes these weights."""
    own = type(module)
    own = own.__mro__[2] if issubclass(own, Reparametrized) else own
    weights = {name: property(norm.weight) for name, norm in norms.items()}
    members = {"norms": norms, "__module__": own.__module__, "__doc__": own.__doc__, **weights}
    object.__setattr__(module, "__class__", type(own.__name__, (Reparametrized, own), members) if norms else own)


def _add(module: Module, name: str, norm: Norm, tensors: Mapping[str, Tensor]) -> None:
    """Put parameters and buffers in the place of a weight."""
    norms = getattr(module, "norms", {})
    delattr(module, name)
    for part, value in tensors.items():
        if isinstance(value, Parameter):
            module.register_parameter(f"{name}_{part}", value)
        else:
            module.register_buffer(f"{name}_{part}", value)
    _reclass(module, {**norms, name: norm})


def _weight_of(op: str, module: Module, name: str) -> Parameter:
    """Give the parameter that is to be normalised."""
    if name in getattr(module, "norms", {}):
        raise ReparametrizationError(f"[{op}] {name!r} is normalised already; once is enough; remove that first")
    weight = vars(module).get(name)
    if not isinstance(weight, Parameter):
        raise ArgumentError(
            f"[{op}] {name!r} of {type(module).__name__} is no parameter; only those are normalised; name another"
        )
    return weight


def _remove(op: str, module: Module, name: str, kind: type) -> None:
    norms = getattr(module, "norms", {})
    if not isinstance(norms.get(name), kind):
        raise ArgumentError(f"[{op}] {name!r} of {type(module).__name__} is not normalised so; name a weight that is")
    norm = norms[name]
    with no_grad():
        weight = Parameter(norm.weight(module).realize())
    _reclass(module, {key: other for key, other in norms.items() if key != name})
    for part in norm.parts:
        delattr(module, f"{name}_{part}")
    module.register_parameter(name, weight)


class WeightNorm(Norm):
    """``g * v / |v|``, the norm of each slice along `dim`, or of all of v."""

    parts: ClassVar[tuple[str, ...]] = ("g", "v")

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = dim

    def size(self, v: Tensor) -> Tensor:
        """Compute the norms, in a shape that broadcasts."""
        if self.dim is None:
            return v.square().sum().sqrt()
        others = tuple(dim for dim in range(v.ndim) if dim != self.dim)
        return v.square().sum(others, keepdim=True).sqrt()

    def weight(self, module: Module) -> Tensor:
        v: Tensor = getattr(module, f"{self.name}_v")
        g: Tensor = getattr(module, f"{self.name}_g")
        return v * (g / self.size(v))

    def update(self, module: Module) -> None:
        """Nothing: both parts are trained."""


class SpectralNorm(Norm):
    """``w / (u w v)``, where u and v come nearer to the first singular vectors with each call in training."""

    parts: ClassVar[tuple[str, ...]] = ("orig", "u", "v")

    def __init__(self, name: str, iterations: int, dim: int, eps: float) -> None:
        self.name = name
        self.iterations = iterations
        self.dim = dim
        self.eps = eps

    def matrix(self, weight: Tensor) -> Tensor:
        return weight.movedim(self.dim, 0).reshape(weight.shape[self.dim], -1)

    def unit(self, vector: Tensor) -> Tensor:
        return vector / vector.square().sum().sqrt().clamp(min=self.eps)

    def weight(self, module: Module) -> Tensor:
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in self.parts)
        computed: Tensor = weight / (u.detach() @ (self.matrix(weight) @ v.detach()))
        return computed

    def update(self, module: Module) -> None:
        """Improve u and v by power iterations, in training."""
        if not module.training:
            return
        with no_grad():
            weight, u, v = (getattr(module, f"{self.name}_{part}") for part in self.parts)
            matrix = self.matrix(weight.detach())
            left, right = u.detach(), v.detach()
            for _ in range(self.iterations):
                right = self.unit(matrix.T @ left)
                left = self.unit(matrix @ right)
            u.assign(left)
            v.assign(right)


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Split a weight in its direction ``weight_v`` and the norms ``weight_g`` of its slices along `dim`.

    With None (or -1, as in PyTorch) there is one norm, of all elements. The weight is computed from both when it is
    looked at. From Salimans and Kingma 2016. Gives the module. Raises ReparametrizationError (a RuntimeError) for a
    weight that is normalised already, and ArgumentError for a name that is no parameter.

        >>> from clgrad.nn import Linear
        >>> layer = weight_norm(Linear(3, 2))
        >>> {name: value.shape for name, value in layer.state_dict().items()}
        {'bias': (2,), 'weight_g': (2, 1), 'weight_v': (2, 3)}
    """
    weight = _weight_of("weight_norm", module, name)
    axis = None if dim in (None, -1) else normalize_dim(dim, weight.ndim, "weight_norm")
    norm = WeightNorm(name, axis)
    with no_grad():
        size = norm.size(weight.detach()).realize()
    _add(module, name, norm, {"g": Parameter(size), "v": weight})
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make the weight a parameter of its own again. Raises ArgumentError where it is none of weight_norm's.

    >>> from clgrad.nn import Linear
    >>> list(remove_weight_norm(weight_norm(Linear(3, 2))).state_dict())
    ['bias', 'weight']
    """
    _remove("remove_weight_norm", module, name, WeightNorm)
    return module


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide a weight by its largest singular value, as a matrix of `dim` against all others.

    ``weight_orig`` is trained; ``weight_u`` and ``weight_v`` are buffers, which `n_power_iterations` improve at each
    call in training; norms are at least `eps`. Without `dim` it is 1 for transposed convolutions, else 0. From Miyato
    et al. 2018. Gives the module. Raises ArgumentError for no iterations or a name that is no parameter, and
    ReparametrizationError (a RuntimeError) for a weight that is normalised already.

        >>> from clgrad.nn import Linear
        >>> layer = spectral_norm(Linear(3, 2))
        >>> {name: value.shape for name, value in layer.state_dict().items()}
        {'bias': (2,), 'weight_orig': (2, 3), 'weight_u': (2,), 'weight_v': (3,)}
    """
    if n_power_iterations <= 0:
        raise ArgumentError(f"[spectral_norm] n_power_iterations is {n_power_iterations}; at least 1 is needed; pass 1")
    weight = _weight_of("spectral_norm", module, name)
    if dim is None:
        dim = 1 if isinstance(module, Convolution) and module.transposed else 0
    norm = SpectralNorm(name, n_power_iterations, dim, eps)
    with no_grad():
        height, width = norm.matrix(weight.detach()).shape
        u, v = (norm.unit(randn(count, dtype=weight.dtype, device=weight.device)) for count in (height, width))
    _add(module, name, norm, {"orig": weight, "u": u.realize(), "v": v.realize()})
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the weight a parameter of its own again, divided. Raises ArgumentError where it is none of spectral_norm's.

    >>> from clgrad.nn import Linear
    >>> list(remove_spectral_norm(spectral_norm(Linear(3, 2))).state_dict())
    ['bias', 'weight']
    """
    _remove("remove_spectral_norm", module, name, SpectralNorm)
    return module
