"""clgrad: tensors, automatic differentiation and neural networks on OpenCL.

>>> import clgrad
>>> x = clgrad.tensor([1.0, 2.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad.tolist()
[2.0, 4.0]
"""

from clgrad import autograd, config, errors, random
from clgrad.device import Device, device, devices, use_device
from clgrad.dtypes import (
    DType,
    bfloat16,
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
from clgrad.random import bernoulli, manual_seed, rand, rand_like, randint, randn, randn_like, randperm
from clgrad.tensor import (
    Tensor,
    arange,
    cat,
    enable_grad,
    eye,
    from_numpy,
    full,
    full_like,
    is_grad_enabled,
    linspace,
    no_grad,
    one_hot,
    ones,
    ones_like,
    realize,
    set_grad_enabled,
    stack,
    tensor,
    where,
    zeros,
    zeros_like,
)
from clgrad.transform import grad, value_and_grad

__all__ = [
    "DType",
    "Device",
    "Tensor",
    "arange",
    "autograd",
    "bernoulli",
    "bfloat16",
    "bool",
    "cat",
    "config",
    "device",
    "devices",
    "enable_grad",
    "errors",
    "eye",
    "float16",
    "float32",
    "float64",
    "from_numpy",
    "full",
    "full_like",
    "grad",
    "int8",
    "int16",
    "int32",
    "int64",
    "is_grad_enabled",
    "linspace",
    "manual_seed",
    "no_grad",
    "one_hot",
    "ones",
    "ones_like",
    "rand",
    "rand_like",
    "randint",
    "randn",
    "randn_like",
    "random",
    "randperm",
    "realize",
    "set_grad_enabled",
    "stack",
    "tensor",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "use_device",
    "value_and_grad",
    "where",
    "zeros",
    "zeros_like",
]

__version__ = "0.1.0"
