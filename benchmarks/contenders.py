"""Those who take part: each library's way to hold data, to run an operation, and to take a training step."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from measure import Array, Task
from training import Network, Start

if TYPE_CHECKING:
    from works import Operation

BASE = "torch"
"""The contender that all others are divided by."""


GPU_RANKS = (0, 1)
"""What an OpenCL device says in ``rank`` if it is a discrete or an integrated GPU."""


class Unable(Exception):
    """This contender does not take part: in this work, or on this machine."""


class Contender(ABC):
    """A library as it is used for one column of the table."""

    name: str
    library: str
    """Its key among an operation's functions."""

    def operation(self, work: Operation, inputs: Sequence[Array]) -> Task:
        """Make an operation ready; a run gives its output and the gradients. Raises Unable."""
        if self.library not in work.functions:
            raise Unable
        tensors = [self.tensor(one, gradient=place < work.gradients) for place, one in enumerate(inputs)]
        run = self.function(work.functions[self.library], tensors, work)
        return Task(partial(self.read, run) if work.mode == "read" else run, self.finish)

    def read(self, run: Callable[[], list[Any]]) -> list[Any]:
        """Run, and copy what came out to numpy."""
        found = run()
        for one in found:
            self.numpy(one)
        return found

    @abstractmethod
    def tensor(self, array: Array, gradient: bool = False) -> Any:
        """This library's tensor with these elements."""

    @abstractmethod
    def function(self, function: Callable[..., Any], tensors: list[Any], work: Operation) -> Callable[[], list[Any]]:
        """A call gives the function's output, and the gradients if they are asked for."""

    @abstractmethod
    def step(self, network: Network, start: Start) -> Callable[[], Any]:
        """A training step; a call gives the loss. Raises Unable."""

    @abstractmethod
    def numpy(self, tensor: Any) -> Array:
        """Copy the elements to numpy."""

    def finish(self) -> None:  # noqa: B027
        """Wait until all work is done; for a library that does not queue it, nothing."""


class Clgrad(Contender):
    """clgrad on one device. A training step is jitted, as a user's would be."""

    library = "clgrad"

    def __init__(self, device: str) -> None:
        import clgrad

        self.clgrad = clgrad
        self.device = clgrad.device(device)
        self.name = f"clgrad {self.device.name.split(':')[0]}"
        self.runs_on_host = getattr(self.device, "rank", None) not in GPU_RANKS

    def tensor(self, array: Array, gradient: bool = False) -> Any:
        return self.clgrad.tensor(array, device=self.device).realize().requires_grad_(gradient)

    def function(self, function: Callable[..., Any], tensors: list[Any], work: Operation) -> Callable[[], list[Any]]:
        if work.mode == "jit":
            function = self.clgrad.jit(function)
        if not work.gradients:
            return lambda: [function(*tensors).realize()]
        *arguments, above = tensors

        def forward_and_backward() -> list[Any]:
            output = function(*arguments)
            found = [output, *self.clgrad.autograd.grad(output, arguments[: work.gradients], above)]
            self.clgrad.realize(*found)
            return found

        return forward_and_backward

    def step(self, network: Network, start: Start) -> Callable[[], Any]:
        nn, optim = self.clgrad.nn, self.clgrad.optim
        with self.clgrad.use_device(self.device):
            model = sequential(nn, network.sizes)
            model.load_state_dict({name: self.tensor(value) for name, value in named(start)})
        optimizer = getattr(optim, network.optimizer)(model.parameters(), lr=network.learning_rate)

        @self.clgrad.jit
        def step(images: Any, labels: Any) -> Any:
            loss = nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return partial(step, self.tensor(start.images), self.tensor(start.labels))

    def numpy(self, tensor: Any) -> Array:
        return np.asarray(tensor.numpy())

    def finish(self) -> None:
        self.device.synchronize()


class Torch(Contender):
    """PyTorch on its CPU kernels, as it comes. In double precision it is the reference that all are checked against."""

    library = "torch"
    name = "torch"
    fused: ClassVar[bool | None] = None
    """Whether the optimizer updates everything in one kernel; None is PyTorch's default."""

    def __init__(self, double: bool = False) -> None:
        import torch

        self.torch = torch
        self.double = double

    def tensor(self, array: Array, gradient: bool = False) -> Any:
        made = self.torch.from_numpy(np.array(array))
        made = made.double() if self.double and made.is_floating_point() else made
        return made.requires_grad_(gradient)

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as this contender runs it."""
        return function

    def function(self, function: Callable[..., Any], tensors: list[Any], work: Operation) -> Callable[[], list[Any]]:
        function = self.compiled(function)
        if not work.gradients:
            return lambda: [function(*tensors)]
        *arguments, above = tensors

        def forward_and_backward() -> list[Any]:
            output = function(*arguments)
            return [output, *self.torch.autograd.grad(output, arguments[: work.gradients], above)]

        return forward_and_backward

    def step(self, network: Network, start: Start) -> Callable[[], Any]:
        model = sequential(self.torch.nn, network.sizes)
        model = model.double() if self.double else model
        model.load_state_dict({name: self.tensor(value) for name, value in named(start)})
        kind = getattr(self.torch.optim, network.optimizer)
        optimizer = kind(model.parameters(), lr=network.learning_rate, fused=self.fused)
        images, labels = self.tensor(start.images), self.tensor(start.labels)
        cross_entropy = self.torch.nn.functional.cross_entropy
        forward = self.compiled(lambda: cross_entropy(model(images), labels))

        def step() -> Any:
            loss = forward()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.detach()

        return step

    def numpy(self, tensor: Any) -> Array:
        return np.asarray(tensor.detach().numpy())


class TorchCompile(Torch):
    """torch.compile, with its default settings and the fused optimizer; it needs a C++ compiler."""

    name = "torch.compile"
    fused = True

    def __init__(self) -> None:
        super().__init__()
        compiler = os.environ.get("CXX", "g++")
        if shutil.which(compiler) is None:
            raise Unable(f"it needs a C++ compiler, and there is no {compiler}")

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        self.torch._dynamo.reset()  # every work is compiled for its own shapes
        compiled: Callable[..., Any] = self.torch.compile(function, dynamic=False)
        return compiled


class TorchFused(Torch):
    """PyTorch's fastest eager training step: an optimizer that updates everything in one kernel."""

    name = "torch fused"
    fused = True

    def operation(self, work: Operation, inputs: Sequence[Array]) -> Task:
        raise Unable


class Tinygrad(Contender):
    """tinygrad's OpenCL backend, in this process and so on the same runtime; steps are jitted."""

    library = "tinygrad"
    name = "tinygrad cl"

    def __init__(self) -> None:
        loader = loaded_opencl()
        if loader is None:
            raise Unable("no OpenCL is loaded that it could share")
        os.environ.update(DEV="CL", OPENCL_PATH=loader)
        try:
            import tinygrad
            import tinygrad.nn.optim

            self.device = tinygrad.Device["CL"]
        except ImportError:
            raise Unable("it is not installed") from None
        except RuntimeError as error:
            raise Unable(str(error)) from error
        self.tinygrad = tinygrad

    def tensor(self, array: Array, gradient: bool = False) -> Any:
        small = array.astype(np.int32) if array.dtype == np.int64 else array
        return self.tinygrad.Tensor(small).contiguous().realize()

    def function(self, function: Callable[..., Any], tensors: list[Any], work: Operation) -> Callable[[], list[Any]]:
        if work.mode == "jit":
            jitted = self.tinygrad.TinyJit(lambda *inputs: function(*inputs).realize())
            return lambda: [jitted(*tensors)]
        if not work.gradients:
            return lambda: [function(*tensors).realize()]
        *arguments, above = tensors

        def forward_and_backward() -> list[Any]:
            output = function(*arguments)
            found = [output, *output.gradient(*arguments[: work.gradients], gradient=above)]
            self.tinygrad.Tensor.realize(*found)
            return found

        return forward_and_backward

    def step(self, network: Network, start: Start) -> Callable[[], Any]:
        weights = [self.tensor(one) for one in start.weights]
        biases = [self.tensor(one) for one in start.biases]
        kind = getattr(self.tinygrad.nn.optim, network.optimizer)
        optimizer = kind([*weights, *biases], lr=network.learning_rate)

        def step(images: Any, labels: Any) -> Any:
            x = images
            for weight, bias in zip(weights, biases):
                x = (x if x is images else x.relu()).linear(weight.T, bias)
            loss = x.sparse_categorical_crossentropy(labels)
            optimizer.zero_grad()
            loss.backward()
            return loss.realize(*optimizer.schedule_step())

        jitted = self.tinygrad.TinyJit(step)
        images, labels = self.tensor(start.images), self.tensor(start.labels)

        def train() -> Any:
            with self.tinygrad.Context(TRAINING=1):
                return jitted(images, labels)

        return train

    def numpy(self, tensor: Any) -> Array:
        return np.asarray(tensor.numpy())

    def finish(self) -> None:
        self.device.synchronize()


class Numpy(Contender):
    """numpy: the operation as one would write it, and a training step written by hand."""

    library = "numpy"
    name = "numpy"

    def tensor(self, array: Array, gradient: bool = False) -> Array:
        return array

    def function(self, function: Callable[..., Any], tensors: list[Any], work: Operation) -> Callable[[], list[Any]]:
        return lambda: [function(*tensors)]

    def step(self, network: Network, start: Start) -> Callable[[], Any]:
        from numpy_floor import NumpyStep

        return NumpyStep(network, start)

    def numpy(self, tensor: Any) -> Array:
        return np.asarray(tensor)


def sequential(nn: Any, sizes: Sequence[int]) -> Any:
    """The classifier, in clgrad's or in PyTorch's ``nn``: they agree."""
    layers = [nn.Linear(inputs, outputs) for inputs, outputs in pairwise(sizes)]
    return nn.Sequential(*[part for layer in layers[:-1] for part in (layer, nn.ReLU())], layers[-1])


def named(start: Start) -> list[tuple[str, Array]]:
    """The weights and biases by their names in that classifier."""
    weights = [(f"{2 * place}.weight", value) for place, value in enumerate(start.weights)]
    return weights + [(f"{2 * place}.bias", value) for place, value in enumerate(start.biases)]


def loaded_opencl() -> str | None:
    """The OpenCL library that this process has loaded, so that others use the same."""
    if not os.path.exists("/proc/self/maps"):
        return None
    with open("/proc/self/maps") as file:
        paths = (line.split(maxsplit=5)[-1].strip() for line in file if "libOpenCL" in line)
        return next(paths, None)


def find_contenders(device: str, wanted: Sequence[str] | None = None) -> tuple[list[Contender], list[str]]:
    """Those that take part here, and why others can not. The base and clgrad on the device always do; others if
    they are named, or if none are."""
    makers: dict[str, Callable[[], Contender]] = {
        "clgrad cpu": partial(Clgrad, "cpu"),
        TorchCompile.name: TorchCompile,
        TorchFused.name: TorchFused,
        Tinygrad.name: Tinygrad,
        Numpy.name: Numpy,
    }
    found: list[Contender] = [Torch(), Clgrad(device)]
    absent: list[str] = []
    for name, make in makers.items():
        if (wanted and name not in wanted) or name == found[1].name:
            continue
        try:
            found.append(make())
        except Unable as error:
            absent.append(f"{name}: {error}")
    return found, absent
