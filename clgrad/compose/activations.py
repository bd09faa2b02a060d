"""Activations, in the array language.

At a kink each takes PyTorch's side. A branch that is not taken is computed on a harmless value, so that no
infinity or NaN of its gradient comes through. ``inplace`` changes nothing here: a value never changes, and
memory is reused where nobody holds the old one.
"""

from __future__ import annotations

import math

from clgrad.arithmetic import Scalar
from clgrad.array import A, Dims, normalize_dim, normalize_dims
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError, ShapeError
from clgrad.ops import moves

__all__ = ["celu", "hardshrink", "log_softmax", "logsumexp", "prelu", "selu", "softmax", "threshold"]

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
"""Klambauer et al., "Self-normalizing neural networks", 2017: mean 0 and variance 1 are a fixed point."""


def _as(input: A, value: Scalar) -> A:
    """A number in the dtype of the input: integers stay integers, as in PyTorch."""
    return input._constant(value, input.dtype)


def _floating(input: A) -> A:
    return input if input.dtype.is_float else input.to(float32)


def _shifted(input: A, dim: Dims) -> tuple[A, A]:
    """input less its largest value, and that value; the shift cancels, so it takes no part in gradients."""
    largest = input._apply(moves.detach, (input,)).amax(dim, keepdim=True)
    finite = largest.isfinite().choose(largest, 0)
    return input - finite, finite


def _log_of_sum(shifted: A, dim: Dims) -> A:
    value = shifted._apply(moves.detach, (shifted,)).exp().sum(dim, keepdim=True).log()
    return value._apply(moves.log_of_sum, (value, shifted))


def softmax(input: A, dim: int, dtype: object = None) -> A:
    """Exponentials that sum to one over a dim; integers compute as float32.

    >>> import clgrad
    >>> clgrad.tensor([0.0, 0.0]).softmax(0).tolist()
    [0.5, 0.5]
    """
    given = input.to(dtype) if dtype is not None else _floating(input)
    x = given._cast(given.dtype.computing)
    e = (x - x._apply(moves.detach, (x,)).amax(dim, keepdim=True)).exp()
    # The sum is at least 1, so its reciprocal is safe: one division a row, here and in the gradient.
    return (e * e.sum(dim, keepdim=True).reciprocal())._cast(given.dtype)


def log_softmax(input: A, dim: int, dtype: object = None) -> A:
    """The logarithm of softmax, without its overflow.

    >>> import clgrad
    >>> clgrad.tensor([1000.0, 1000.0]).log_softmax(0).tolist()
    [-0.6931471824645996, -0.6931471824645996]
    """
    given = input.to(dtype) if dtype is not None else _floating(input)
    x = given._cast(given.dtype.computing)
    shifted = x - x._apply(moves.detach, (x,)).amax(dim, keepdim=True)
    return (shifted - _log_of_sum(shifted, dim))._cast(given.dtype)


def logsumexp(input: A, dim: Dims, keepdim: bool = False) -> A:
    """The logarithm of the sum of exponentials over dims, without overflow.

    >>> import clgrad
    >>> clgrad.tensor([1000.0, 1000.0]).logsumexp(0).item()
    1000.6931762695312
    """
    given = _floating(input)
    if not all(given.shape[axis] for axis in normalize_dims(dim, given.ndim, "logsumexp")):
        return given.exp().sum(dim, keepdim).log()
    shifted, largest = _shifted(given._cast(given.dtype.computing), dim)
    total = (_log_of_sum(shifted, dim) + largest)._cast(given.dtype)
    return total if keepdim else total.sum(dim)


# -- smooth --------------------------------------------------------------------------------------


def silu(input: A, inplace: bool = False) -> A:
    """x * sigmoid(x).

    >>> import clgrad
    >>> clgrad.nn.functional.silu(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input * input.sigmoid()


def gelu(input: A, approximate: str = "none") -> A:
    """x times the normal distribution function of x; approximate="tanh" is Hendrycks and Gimpel's form.

    Raises ArgumentError for another approximation.

    >>> import clgrad
    >>> clgrad.nn.functional.gelu(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    if approximate == "none":
        return input * 0.5 * ((input * math.sqrt(0.5)).erf() + 1)
    if approximate == "tanh":
        # (1 + tanh(u)) / 2 is sigmoid(2 u): one exponential, and exact where tanh saturates.
        return input * ((input + input * input * input * 0.044715) * (2 * math.sqrt(2 / math.pi))).sigmoid()
    raise ArgumentError(f"[gelu] approximate={approximate!r} is not known; there are 'none' and 'tanh'")


def mish(input: A, inplace: bool = False) -> A:
    """x * tanh(softplus(x)) (Misra, 2019).

    With e = exp(x) that is x * n / (n + 2), n = e * (e + 2): one exponential and one division, exact at both ends.

    >>> import clgrad
    >>> clgrad.nn.functional.mish(clgrad.tensor([0.0, 30.0])).tolist()
    [0.0, 30.0]
    """
    x = _floating(input)
    # Beyond 20 the factor is 1 in every dtype.
    large = x > 20.0
    e = large.choose(0.0, x).exp()
    n = e * (e + 2.0)
    return x * large.choose(1.0, n / (n + 2.0))


def softplus(input: A, beta: float = 1.0, threshold: float = 20.0) -> A:
    """log(1 + exp(beta * x)) / beta, and x where beta * x is above the threshold.

    >>> import clgrad
    >>> [round(value, 4) for value in clgrad.nn.functional.softplus(clgrad.tensor([0.0, 100.0])).tolist()]
    [0.6931, 100.0]
    """
    scaled = input if beta == 1 else input * beta
    linear = scaled > threshold
    curved = linear.choose(0.0, scaled).exp().log1p()
    return linear.choose(input, curved if beta == 1 else curved / beta)


def logsigmoid(input: A) -> A:
    """log(sigmoid(x)), without overflow.

    >>> import clgrad
    >>> [round(value, 4) for value in clgrad.nn.functional.logsigmoid(clgrad.tensor([0.0, -1000.0])).tolist()]
    [-0.6931, -1000.0]
    """
    # Both branches continue the same smooth function, so no tie at 0 bends its gradient.
    negative = input < 0.0
    return negative.choose(input, 0.0) - negative.choose(input, -input).exp().log1p()


def softsign(input: A) -> A:
    """x / (1 + |x|).

    >>> import clgrad
    >>> clgrad.nn.functional.softsign(clgrad.tensor([-1.0, 3.0])).tolist()
    [-0.5, 0.75]
    """
    return input / (input.abs() + 1)


def tanhshrink(input: A) -> A:
    """x - tanh(x).

    >>> import clgrad
    >>> clgrad.nn.functional.tanhshrink(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return input - input.tanh()


def glu(input: A, dim: int = -1) -> A:
    """The first half along a dim times the sigmoid of the second half (Dauphin et al., 2017).

    Raises ShapeError for an odd size.

    >>> import clgrad
    >>> clgrad.nn.functional.glu(clgrad.tensor([2.0, 4.0, 0.0, 0.0])).tolist()
    [1.0, 2.0]
    """
    if not input.ndim:
        raise ShapeError("[glu] input is 0-d, it must have a dimension to halve")
    axis = normalize_dim(dim, input.ndim, "glu")
    size = input.shape[axis]
    if size % 2:
        raise ShapeError(f"[glu] size {size} of dim {dim} of input {input.shape} must be even: it is halved")
    step, half = (1,) * input.ndim, size // 2

    def part(start: int) -> A:
        starts = tuple(start if one == axis else 0 for one in range(input.ndim))
        stops = tuple(start + half if one == axis else whole for one, whole in enumerate(input.shape))
        return input.slice_ranges(starts, stops, step)

    return part(0) * part(half).sigmoid()


# -- exponential below zero ----------------------------------------------------------------------


def _exponential_below(input: A, below: float, rate: float, above: float) -> A:
    """above * x for x above 0, else below * (exp(rate * x) - 1)."""
    straight = input >= 0
    small = straight.choose(0.0, input)
    curved = (small if rate == 1 else small * rate).expm1()
    # At 0 the slope is that of the curve, and the second derivative 0.
    if below * rate == above:
        line = input if above == 1 else input * above
    else:
        line = input * (input > 0).choose(_as(input, above), _as(input, below * rate))
    return straight.choose(line, curved if below == 1 else curved * below)


def elu(input: A, alpha: float = 1.0, inplace: bool = False) -> A:
    """x above 0, alpha * (exp(x) - 1) elsewhere (Clevert et al., 2015).

    >>> import clgrad
    >>> clgrad.nn.functional.elu(clgrad.tensor([-1000.0, 2.0])).tolist()
    [-1.0, 2.0]
    """
    return _exponential_below(input, alpha, 1.0, 1.0)


def celu(input: A, alpha: float = 1.0, inplace: bool = False) -> A:
    """x above 0, alpha * (exp(x / alpha) - 1) elsewhere: its slope at 0 is 1 for every alpha (Barron, 2017).

    Raises ArgumentError for alpha = 0.

    >>> import clgrad
    >>> clgrad.celu(clgrad.tensor([-1000.0, 2.0]), 0.5).tolist()
    [-0.5, 2.0]
    """
    if alpha == 0:
        raise ArgumentError("[celu] alpha=0, it divides; give another, or use relu")
    return _exponential_below(input, alpha, 1 / alpha, 1.0)


def selu(input: A, inplace: bool = False) -> A:
    """elu with the scale and the alpha that keep mean 0 and variance 1 (Klambauer et al., 2017).

    >>> import clgrad
    >>> round(clgrad.selu(clgrad.tensor([1.0])).item(), 4)
    1.0507
    """
    return _exponential_below(input, SELU_ALPHA * SELU_SCALE, 1.0, SELU_SCALE)


# -- piecewise linear ----------------------------------------------------------------------------


def leaky_relu(input: A, negative_slope: float = 0.01, inplace: bool = False) -> A:
    """x above 0 and negative_slope * x elsewhere.

    >>> import clgrad
    >>> clgrad.nn.functional.leaky_relu(clgrad.tensor([-1.0, 2.0]), 0.5).tolist()
    [-0.5, 2.0]
    """
    return (input > 0).choose(input, input * negative_slope)


def prelu(input: A, weight: A) -> A:
    """x above 0 and weight * x elsewhere (He et al., 2015).

    ``weight`` has one element, or one for each channel: each place of dim 1. Raises ShapeError.

    >>> import clgrad
    >>> clgrad.prelu(clgrad.tensor([[-1.0, -1.0]]), clgrad.tensor([0.5, 0.25])).tolist()
    [[-0.5, -0.25]]
    """
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.ndim > 1 or (weight.shape not in ((), (1,)) and weight.shape != (channels,)):
        raise ShapeError(
            f"[prelu] weight {weight.shape} against input {input.shape}: it must have one element, or one for each "
            f"of the {channels} channels of dim 1"
        )
    slope = weight.reshape((1, channels) + (1,) * (input.ndim - 2)) if weight.shape == (channels,) != (1,) else weight
    if not input.ndim:
        slope = slope.reshape(())
    return (input > 0).choose(input, slope * input)


def hardtanh(input: A, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> A:
    """x limited to min_val ... max_val; at both borders the gradient is 0.

    Raises ArgumentError where the borders cross.

    >>> import clgrad
    >>> clgrad.nn.functional.hardtanh(clgrad.tensor([-3.0, 0.5, 3.0])).tolist()
    [-1.0, 0.5, 1.0]
    """
    if min_val > max_val:
        raise ArgumentError(f"[hardtanh] min_val={min_val} must not be above max_val={max_val}; swap them")
    low, high = _as(input, min_val), _as(input, max_val)
    return (input <= low).choose(low, (input >= high).choose(high, input))


def relu6(input: A, inplace: bool = False) -> A:
    """x limited to 0 ... 6; at both borders the gradient is 0.

    >>> import clgrad
    >>> clgrad.nn.functional.relu6(clgrad.tensor([-3.0, 0.5, 8.0])).tolist()
    [0.0, 0.5, 6.0]
    """
    return hardtanh(input, 0, 6)


def hardsigmoid(input: A, inplace: bool = False) -> A:
    """A line from 0 at -3 to 1 at 3.

    >>> import clgrad
    >>> clgrad.nn.functional.hardsigmoid(clgrad.tensor([-4.0, 0.0, 4.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return (input <= -3.0).choose(0.0, (input >= 3.0).choose(1.0, (input + 3.0) * (1 / 6)))


def hardswish(input: A, inplace: bool = False) -> A:
    """x * hardsigmoid(x) (Howard et al., 2019).

    >>> import clgrad
    >>> clgrad.nn.functional.hardswish(clgrad.tensor([-4.0, 0.0, 4.0])).tolist()
    [-0.0, 0.0, 4.0]
    """
    return input * hardsigmoid(input)


def hardshrink(input: A, lambd: float = 0.5) -> A:
    """x, and 0 from -lambd to lambd.

    >>> import clgrad
    >>> clgrad.hardshrink(clgrad.tensor([-1.0, 0.5, 2.0])).tolist()
    [-1.0, 0.0, 2.0]
    """
    return ((input >= -lambd) & (input <= lambd)).choose(_as(input, 0), input)


def softshrink(input: A, lambd: float = 0.5) -> A:
    """x moved by lambd towards 0, and 0 from -lambd to lambd.

    Raises ArgumentError for a negative lambd.

    >>> import clgrad
    >>> clgrad.nn.functional.softshrink(clgrad.tensor([-1.0, 0.5, 2.0])).tolist()
    [-0.5, 0.0, 1.5]
    """
    if lambd < 0:
        raise ArgumentError(f"[softshrink] lambd={lambd} must not be negative")
    # Times 0, so that NaN stays NaN.
    return (input > lambd).choose(input - lambd, (input < -lambd).choose(input + lambd, input * 0.0))


def threshold(input: A, threshold: float, value: float, inplace: bool = False) -> A:
    """x above the threshold, and a value elsewhere.

    >>> import clgrad
    >>> clgrad.threshold(clgrad.tensor([0.5, 2.0]), 1.0, -7.0).tolist()
    [-7.0, 2.0]
    """
    return (input <= threshold).choose(_as(input, value), input)
