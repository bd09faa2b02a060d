"""clgrad: tensors, automatic differentiation and neural networks on OpenCL.

>>> import clgrad
>>> x = clgrad.tensor([1.0, 2.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad.tolist()
[2.0, 4.0]
"""

from clgrad import autograd, config, creation, data, errors, fft, functions, nn, optim, random, special, viz
from clgrad.creation import *
from clgrad.device import (
    Device,
    device,
    devices,
    empty_cache,
    memory_stats,
    reset_peak_memory_stats,
    use_device,
)
from clgrad.dtypes import (
    DType,
    bfloat16,
    complex64,
    complex128,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from clgrad.dtypes import bool_ as bool
from clgrad.functions import *
from clgrad.jit import jit
from clgrad.random import bernoulli, manual_seed, rand, rand_like, randint, randn, randn_like, randperm
from clgrad.tensor import Tensor, enable_grad, from_numpy, is_grad_enabled, no_grad, realize, set_grad_enabled, tensor
from clgrad.transform import grad, value_and_grad

__all__ = [
    "DType",
    "Device",
    "Tensor",
    "autograd",
    "bernoulli",
    "bfloat16",
    "bool",
    "complex64",
    "complex128",
    "config",
    "data",
    "device",
    "devices",
    "empty_cache",
    "enable_grad",
    "errors",
    "fft",
    "float16",
    "float32",
    "float64",
    "from_numpy",
    "grad",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_grad_enabled",
    "jit",
    "manual_seed",
    "memory_stats",
    "nn",
    "no_grad",
    "optim",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "random",
    "randperm",
    "realize",
    "reset_peak_memory_stats",
    "set_grad_enabled",
    "special",
    "tensor",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "use_device",
    "value_and_grad",
    "viz",
]
__all__ += creation.__all__
__all__ += functions.__all__

__version__ = "0.1.0"
