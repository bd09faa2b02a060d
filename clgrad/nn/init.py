"""Weight initialisation: PyTorch's functions, each of which replaces a tensor's value and returns it.

Random numbers come from clgrad.random, so ``manual_seed`` fixes them on every device. Nothing is
recorded for gradients. orthogonal_, sparse_, eye_ and dirac_ compute on the host, with NumPy.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from clgrad.creation import full_like, where
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.random import rand, randn
from clgrad.tensor import Tensor, no_grad, tensor

# Giles, "Approximating the erfinv function" (2010): polynomials in w = -log(1 - x * x), about 2e-7
# off; the first for w < 5, the second beyond, in the square root of w.
ERFINV_CENTRE = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
    -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
)  # fmt: skip
ERFINV_TAIL = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
    -0.0076224613, 0.00943887047, 1.00167406, 2.83297682,
)  # fmt: skip
ERFINV_LIMIT = 1 - 2**-23

GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "conv3d": 1.0,
    "conv_transpose1d": 1.0,
    "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5.0 / 3.0,
    "relu": math.sqrt(2.0),
    "selu": 0.75,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor that keeps the variance through a nonlinearity.

    ``param`` is the negative slope of "leaky_relu" (0.01). Raises ArgumentError for an unknown name.

        >>> calculate_gain("leaky_relu", 1.0)
        1.0
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ArgumentError(f"[calculate_gain] param={param!r}, the negative slope must be a number")
        return math.sqrt(2.0 / (1.0 + slope**2))
    if nonlinearity not in GAINS:
        raise ArgumentError(
            f"[calculate_gain] nonlinearity={nonlinearity!r}, it must be one of leaky_relu, {', '.join(GAINS)}"
        )
    return GAINS[nonlinearity]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0) -> Tensor:
    """Fill with numbers uniform in [a, b).

    >>> import clgrad
    >>> bool((uniform_(clgrad.zeros(100), 2.0, 3.0) >= 2.0).all().item())
    True
    """
    return _fill(tensor, _uniform(tensor, a, b))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Fill with normal numbers. Raises ArgumentError for a negative standard deviation.

    >>> import clgrad
    >>> normal_(clgrad.zeros(2), mean=3.0, std=0.0).tolist()
    [3.0, 3.0]
    """
    if std < 0.0:
        raise ArgumentError(f"[normal_] std={std}, a standard deviation must not be negative")
    return _fill(tensor, _normal(tensor) * std + mean)


def trunc_normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0) -> Tensor:
    """Fill with normal numbers, redrawn where they fall outside [a, b].

    ``a`` and ``b`` are limits of the values, not of standard deviations. Drawn by inverting the
    distribution function.

        >>> import clgrad
        >>> bool((trunc_normal_(clgrad.zeros(100)).abs() <= 2.0).all().item())
        True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            f"[trunc_normal_] mean={mean} is more than 2 standard deviations from [{a}, {b}]; the "
            f"distribution of values may be wrong",
            stacklevel=2,
        )
    low, high = (math.erf((limit - mean) / (std * math.sqrt(2.0))) for limit in (a, b))
    normal = _inverse_erf(_uniform(tensor, low, high)) * (std * math.sqrt(2.0)) + mean
    return _fill(tensor, normal.clamp(a, b))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value.

    >>> import clgrad
    >>> constant_(clgrad.zeros(2), 0.5).tolist()
    [0.5, 0.5]
    """
    return _fill(tensor, full_like(tensor, val))


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones.

    >>> import clgrad
    >>> ones_(clgrad.zeros(2)).tolist()
    [1.0, 1.0]
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros.

    >>> import clgrad
    >>> zeros_(clgrad.ones(2)).tolist()
    [0.0, 0.0]
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a 2-d tensor the identity matrix, so that Linear passes on what it can. Raises ShapeError.

    >>> import clgrad
    >>> eye_(clgrad.zeros((2, 3))).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    rows, columns = _matrix_shape("eye_", tensor)
    return _fill_host(tensor, np.eye(rows, columns))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a 3, 4 or 5-d tensor (out, in / groups, *kernel) a convolution that keeps its input channels.

    Raises ShapeError for another number of dimensions, ArgumentError where groups does not divide
    the first.

        >>> import clgrad
        >>> dirac_(clgrad.zeros((1, 1, 3))).tolist()
        [[[0.0, 1.0, 0.0]]]
    """
    if tensor.ndim not in (3, 4, 5):
        raise ShapeError(f"[dirac_] tensor {tuple(tensor.shape)} must have 3, 4 or 5 dimensions")
    if groups < 1 or tensor.shape[0] % groups:
        raise ArgumentError(f"[dirac_] groups={groups} must divide the first dimension of {tuple(tensor.shape)}")
    value = np.zeros(tensor.shape)
    centre = tuple(size // 2 for size in tensor.shape[2:])
    per_group = tensor.shape[0] // groups
    for group in range(groups):
        for channel in range(min(per_group, tensor.shape[1])):
            place = (group * per_group + channel, channel, *centre)
            value[place] = 1.0
    return _fill_host(tensor, value)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Fill with uniform numbers in +-gain * sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Raises ShapeError for fewer than 2 dimensions.

        >>> import clgrad
        >>> bool((xavier_uniform_(clgrad.zeros((3, 3))).abs() <= 1.0).all().item())
        True
    """
    fan_in, fan_out = _fans("xavier_uniform_", tensor)
    if tensor.numel() == 0:
        return _nothing("xavier_uniform_", tensor)
    bound = gain * math.sqrt(6.0 / (fan_in + fan_out))
    return _fill(tensor, _uniform(tensor, -bound, bound))


def xavier_normal_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Fill with normal numbers of deviation gain * sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Raises ShapeError for fewer than 2 dimensions.

        >>> import clgrad
        >>> xavier_normal_(clgrad.zeros((3, 3)), gain=0.0).abs().sum().item()
        0.0
    """
    fan_in, fan_out = _fans("xavier_normal_", tensor)
    if tensor.numel() == 0:
        return _nothing("xavier_normal_", tensor)
    return _fill(tensor, _normal(tensor) * (gain * math.sqrt(2.0 / (fan_in + fan_out))))


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Fill with uniform numbers in +-gain * sqrt(3 / fan) (He et al., 2015).

    ``a`` is the negative slope of leaky_relu; ``mode`` "fan_in" keeps the variance forwards,
    "fan_out" backwards. Raises ShapeError for fewer than 2 dimensions, ArgumentError.

        >>> import clgrad
        >>> bool((kaiming_uniform_(clgrad.zeros((9, 6))).abs() <= 1.0).all().item())
        True
    """
    fan = _fan("kaiming_uniform_", tensor, mode)
    gain = calculate_gain(nonlinearity, a)
    if tensor.numel() == 0:
        return _nothing("kaiming_uniform_", tensor)
    bound = gain * math.sqrt(3.0 / fan)
    return _fill(tensor, _uniform(tensor, -bound, bound))


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Fill with normal numbers of deviation gain / sqrt(fan) (He et al., 2015); options as kaiming_uniform_.

    >>> import clgrad
    >>> kaiming_normal_(clgrad.zeros((4, 2))).shape
    (4, 2)
    """
    fan = _fan("kaiming_normal_", tensor, mode)
    gain = calculate_gain(nonlinearity, a)
    if tensor.numel() == 0:
        return _nothing("kaiming_normal_", tensor)
    return _fill(tensor, _normal(tensor) * (gain / math.sqrt(fan)))


def orthogonal_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Fill with a (semi-)orthogonal matrix; dimensions after the first are taken as one (Saxe et al., 2013).

    Drawn evenly over all such matrices: the QR decomposition of a normal matrix, on the host, with
    the signs of R's diagonal moved to Q. Raises ShapeError for fewer than 2 dimensions.

        >>> import clgrad
        >>> q = orthogonal_(clgrad.zeros((2, 2)))
        >>> bool(((q @ q.T - clgrad.eye(2)).abs() < 1e-5).all().item())
        True
    """
    if tensor.ndim < 2:
        raise ShapeError(f"[orthogonal_] tensor {tuple(tensor.shape)} must have at least 2 dimensions")
    if tensor.numel() == 0:
        return _nothing("orthogonal_", tensor)
    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    normal = _host(randn((max(rows, columns), min(rows, columns)), device=tensor.device))
    q, r = np.linalg.qr(normal)
    q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return _fill_host(tensor, gain * (q if rows >= columns else q.T))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01) -> Tensor:
    """Fill a 2-d tensor with normal numbers and set a fraction of each column to zero (Martens, 2010).

    Raises ShapeError for other dimensions, ArgumentError for a fraction outside [0, 1].

        >>> import clgrad
        >>> (sparse_(clgrad.zeros((4, 3)), sparsity=0.5) == 0).sum(0).tolist()
        [2, 2, 2]
    """
    rows, columns = _matrix_shape("sparse_", tensor)
    if not 0.0 <= sparsity <= 1.0:
        raise ArgumentError(f"[sparse_] sparsity={sparsity}, a fraction must lie in [0, 1]")
    value = _host(randn((rows, columns), device=tensor.device)) * std
    order = np.argsort(_host(rand((rows, columns), device=tensor.device)), axis=0)
    np.put_along_axis(value, order[: math.ceil(sparsity * rows)], 0.0, axis=0)
    return _fill_host(tensor, value)


def _fans(op: str, tensor: Tensor) -> tuple[int, int]:
    """How many inputs feed an element of the output, and how many outputs an element of the input."""
    if tensor.ndim < 2:
        raise ShapeError(
            f"[{op}] tensor {tuple(tensor.shape)} must have at least 2 dimensions, (out, in, *kernel); use "
            f"uniform_ or normal_ for a vector"
        )
    receptive = math.prod(tensor.shape[2:])
    return tensor.shape[1] * receptive, tensor.shape[0] * receptive


def _fan(op: str, tensor: Tensor, mode: str) -> int:
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"[{op}] mode={mode!r}, it must be 'fan_in' or 'fan_out'")
    return _fans(op, tensor)[mode == "fan_out"]


def _matrix_shape(op: str, tensor: Tensor) -> tuple[int, int]:
    if tensor.ndim != 2:
        raise ShapeError(f"[{op}] tensor {tuple(tensor.shape)} must have 2 dimensions")
    return tensor.shape[0], tensor.shape[1]


def _nothing(op: str, tensor: Tensor) -> Tensor:
    warnings.warn(f"[{op}] tensor {tuple(tensor.shape)} has no elements, nothing is done", stacklevel=3)
    return tensor


def _uniform(tensor: Tensor, low: float, high: float) -> Tensor:
    _check_float(tensor)
    return rand(tensor.shape, dtype=tensor.dtype, device=tensor.device) * (high - low) + low


def _normal(tensor: Tensor) -> Tensor:
    _check_float(tensor)
    return randn(tensor.shape, dtype=tensor.dtype, device=tensor.device)


def _check_float(tensor: Tensor) -> None:
    if not tensor.dtype.is_float:
        raise DtypeError(f"[init] tensor is {tensor.dtype.name}, random values need a floating one")


def _inverse_erf(x: Tensor) -> Tensor:
    """The inverse of erf, to about 5 deviations: +-1 would be infinite, and clamped become an outlier."""
    x = x.clamp(-ERFINV_LIMIT, ERFINV_LIMIT)
    w = -((1.0 - x) * (1.0 + x)).log()
    near = w < 5.0
    centre, tail = w - 2.5, w.sqrt() - 3.0
    return x * where(near, _polynomial(centre, ERFINV_CENTRE), _polynomial(tail, ERFINV_TAIL))


def _polynomial(x: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    value = x * coefficients[0] + coefficients[1]
    for coefficient in coefficients[2:]:
        value = value * x + coefficient
    return value


def _host(value: Tensor) -> npt.NDArray[Any]:
    return value._read().astype(np.float64)


def _fill(tensor: Tensor, value: Tensor) -> Tensor:
    """Give a tensor a value of its own shape, in its dtype."""
    with no_grad():
        tensor.assign(value.detach().to(tensor.dtype))
    return tensor


def _fill_host(target: Tensor, value: npt.NDArray[Any]) -> Tensor:
    value = np.ascontiguousarray(value, dtype=np.float32 if target.dtype.size <= 4 else np.float64)
    return _fill(target, tensor(value.reshape(target.shape), device=target.device))
