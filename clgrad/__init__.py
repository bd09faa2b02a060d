"""clgrad: tensors, automatic differentiation and neural networks on OpenCL.

>>> import clgrad
>>> x = clgrad.tensor([1.0, 2.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad.tolist()
[2.0, 4.0]
"""

from clgrad import autograd, config, creation, data, errors, functions, nn, optim, random, viz
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
    can_cast,
    finfo,
    float16,
    float32,
    float64,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    promote_types,
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
    "can_cast",
    "config",
    "data",
    "device",
    "devices",
    "empty_cache",
    "enable_grad",
    "errors",
    "finfo",
    "float16",
    "float32",
    "float64",
    "from_numpy",
    "grad",
    "iinfo",
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
    "promote_types",
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
