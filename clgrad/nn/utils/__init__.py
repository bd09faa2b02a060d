"""Gradient clipping, parameters as one vector, normalised weights, and layers that become one."""

from __future__ import annotations

import math
from collections.abc import Iterable

from clgrad.compose.joining import cat, stack
from clgrad.creation import zeros
from clgrad.dtypes import float32
from clgrad.errors import ArgumentError, ClgradError, ShapeError
from clgrad.nn.reparametrize import remove_spectral_norm as remove_spectral_norm
from clgrad.nn.reparametrize import remove_weight_norm as remove_weight_norm
from clgrad.nn.reparametrize import spectral_norm as spectral_norm
from clgrad.nn.reparametrize import weight_norm as weight_norm
from clgrad.nn.utils.fusion import fuse_conv_bn_eval as fuse_conv_bn_eval
from clgrad.nn.utils.fusion import fuse_conv_bn_weights as fuse_conv_bn_weights
from clgrad.nn.utils.fusion import fuse_linear_bn_eval as fuse_linear_bn_eval
from clgrad.nn.utils.fusion import fuse_linear_bn_weights as fuse_linear_bn_weights
from clgrad.tensor import Tensor, no_grad


class NonFiniteNormError(ClgradError, RuntimeError):
    """The norm of the gradients is infinite or not a number."""


def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    """Give the norm of many tensors, as of one vector; it is computed when it is read.

    ``norm_type`` may be infinite. With ``error_if_nonfinite`` the norm is read at once, and NonFiniteNormError (a
    RuntimeError) raised for infinity and what is not a number.

        >>> import clgrad
        >>> get_total_norm([clgrad.tensor([3.0]), clgrad.tensor([0.0, 4.0])]).item()
        5.0
    """
    listed = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not listed:
        return zeros(())
    norm_type = float(norm_type)
    with no_grad():
        device = listed[0].device
        norms = [_norm(one.detach(), norm_type).to(device) for one in listed]
        total = norms[0] if len(norms) == 1 else _norm(stack(norms), norm_type)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise NonFiniteNormError(
            f"[get_total_norm] the norm of order {norm_type} is {total.item()}, gradients must be "
            f"finite to be clipped; look for the overflow, or pass error_if_nonfinite=False"
        )
    return total


def clip_grads_with_norm_(parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor) -> None:
    """Scale the gradients by ``max_norm / total_norm`` where that is below 1, a norm from ``get_total_norm``.

    >>> import clgrad
    >>> weight = clgrad.tensor([0.0, 0.0], requires_grad=True)
    >>> (weight * clgrad.tensor([3.0, 4.0])).sum().backward()
    >>> clip_grads_with_norm_(weight, 5.0, clgrad.tensor(10.0))
    >>> [round(value, 4) for value in weight.grad.tolist()]
    [1.5, 2.0]
    """
    with no_grad():
        scale = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
        for grad in _gradients(parameters):
            grad.assign((grad.detach() * scale.to(grad.device)).to(grad.dtype))


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    """Scale the gradients so that their norm, as of one vector, is at most ``max_norm``.

    Returns the norm before, which is computed when it is read. Parameters without a gradient are
    passed over. ``norm_type`` may be infinite. With ``error_if_nonfinite`` the norm is read at once,
    and NonFiniteNormError (a RuntimeError) raised before anything is scaled.

        >>> import clgrad
        >>> weight = clgrad.tensor([0.0, 0.0], requires_grad=True)
        >>> (weight * clgrad.tensor([3.0, 4.0])).sum().backward()
        >>> clip_grad_norm_(weight, 1.0).item()
        5.0
        >>> [round(value, 4) for value in weight.grad.tolist()]
        [0.6, 0.8]
    """
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    total = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Limit every element of the gradients to [-clip_value, clip_value].

    >>> import clgrad
    >>> weight = clgrad.tensor([0.0, 0.0], requires_grad=True)
    >>> (weight * clgrad.tensor([3.0, 0.25])).sum().backward()
    >>> clip_grad_value_(weight, 0.5)
    >>> weight.grad.tolist()
    [0.5, 0.25]
    """
    clip_value = float(clip_value)
    with no_grad():
        for grad in _gradients(parameters):
            grad.assign(grad.detach().clamp(-clip_value, clip_value))


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Join tensors, flattened and in order, to one vector; gradients flow back.

    Raises ArgumentError for an empty list.

        >>> import clgrad
        >>> parameters_to_vector([clgrad.ones((2, 2)), clgrad.zeros(1)]).tolist()
        [1.0, 1.0, 1.0, 1.0, 0.0]
    """
    pieces = [parameter.reshape(-1) for parameter in parameters]
    if not pieces:
        raise ArgumentError("[parameters_to_vector] there are no parameters, at least one is needed")
    return cat(pieces, 0)


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Set parameters to the pieces of a vector, in order; the inverse of parameters_to_vector.

    Raises ShapeError, and changes nothing, unless the vector has one element per element.

        >>> import clgrad
        >>> weight = clgrad.zeros((2, 1), requires_grad=True)
        >>> vector_to_parameters(clgrad.tensor([1.0, 2.0]), [weight])
        >>> weight.tolist()
        [[1.0], [2.0]]
    """
    held = list(parameters)
    needed = sum(parameter.numel() for parameter in held)
    if tuple(vec.shape) != (needed,):
        raise ShapeError(
            f"[vector_to_parameters] vec {tuple(vec.shape)} against {len(held)} parameters of {needed} "
            f"elements together, it must be ({needed},)"
        )
    with no_grad():
        start = 0
        for parameter in held:
            piece = vec.detach()[start : start + parameter.numel()].reshape(parameter.shape)
            parameter.assign(piece.to(parameter.device).to(parameter.dtype))
            start += parameter.numel()


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    listed = [parameters] if isinstance(parameters, Tensor) else parameters
    return [parameter.grad for parameter in listed if parameter.grad is not None]


def _norm(value: Tensor, norm_type: float) -> Tensor:
    """The norm of all elements; half precision is summed in float32, where squares do not overflow."""
    size = (value.to(float32) if value.dtype.size == 2 else value).abs()
    if norm_type == math.inf:
        return size.amax()
    if norm_type == 2.0:
        return size.square().sum().sqrt()
    if norm_type == 1.0:
        return size.sum()
    if norm_type == 0.0:
        return (size != 0).sum().to(size.dtype)
    return (size**norm_type).sum() ** (1.0 / norm_type)
