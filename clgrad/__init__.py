"""clgrad: tensors, automatic differentiation and neural networks on OpenCL.

>>> import clgrad
>>> x = clgrad.tensor([1.0, 2.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad.tolist()
[2.0, 4.0]
"""

from clgrad import (
    array_api,
    autograd,
    config,
    creation,
    data,
    errors,
    fft,
    functions,
    io,
    linalg,
    nn,
    optim,
    random,
    special,
    viz,
)
from clgrad.control import checkpoint, cond, scan, while_loop
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
    complex64,
    complex128,
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
from clgrad.extend import elementwise, opencl_kernel
from clgrad.functions import *
from clgrad.jit import jit
from clgrad.nn.functional import alpha_dropout, dropout, feature_alpha_dropout, rrelu
from clgrad.random import *
from clgrad.tensor import (
    Tensor,
    enable_grad,
    from_dlpack,
    from_numpy,
    is_grad_enabled,
    no_grad,
    realize,
    set_grad_enabled,
    tensor,
)
from clgrad.transform import grad, value_and_grad

__all__ = [
    "DType",
    "Device",
    "Tensor",
    "alpha_dropout",
    "array_api",
    "autograd",
    "bfloat16",
    "bool",
    "can_cast",
    "checkpoint",
    "complex64",
    "complex128",
    "cond",
    "config",
    "data",
    "device",
    "devices",
    "dropout",
    "elementwise",
    "empty_cache",
    "enable_grad",
    "errors",
    "feature_alpha_dropout",
    "fft",
    "finfo",
    "float16",
    "float32",
    "float64",
    "from_dlpack",
    "from_numpy",
    "grad",
    "iinfo",
    "int8",
    "int16",
    "int32",
    "int64",
    "io",
    "is_grad_enabled",
    "jit",
    "linalg",
    "manual_seed",
    "memory_stats",
    "nn",
    "no_grad",
    "opencl_kernel",
    "optim",
    "promote_types",
    "random",
    "realize",
    "reset_peak_memory_stats",
    "rrelu",
    "scan",
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
    "while_loop",
]
__all__ += creation.__all__
__all__ += functions.__all__
__all__ += random.__all__

__version__ = config.VERSION
