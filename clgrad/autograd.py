"""Gradients as functions: ``grad`` of outputs with respect to inputs."""

from __future__ import annotations

from collections.abc import Sequence

from clgrad.errors import ArgumentError, GradientError
from clgrad.extend import Function
from clgrad.tensor import Tensor, differentiate, enable_grad, no_grad, seed_of, set_grad_enabled

__all__ = ["Function", "enable_grad", "grad", "no_grad", "set_grad_enabled"]


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Tensor | None, ...]:
    """Gradients of the sum of outputs with respect to inputs, one for each; ``.grad`` is not touched.

    With create_graph the gradients can be differentiated again. Raises GradientError for an input that
    the outputs do not depend on, unless allow_unused (then its gradient is None).

    >>> import clgrad
    >>> x = clgrad.tensor(2.0, requires_grad=True)
    >>> (first,) = clgrad.autograd.grad(x**3, x, create_graph=True)
    >>> (second,) = clgrad.autograd.grad(first, x)
    >>> first.item(), second.item()
    (12.0, 12.0)
    """
    roots = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    targets = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    given = [grad_outputs] if isinstance(grad_outputs, Tensor) or grad_outputs is None else list(grad_outputs)
    if grad_outputs is None:
        given = [None] * len(roots)
    if len(given) != len(roots):
        raise ArgumentError(f"[grad] {len(roots)} outputs but {len(given)} grad_outputs; give one for each")
    for target in targets:
        if not target.requires_grad:
            raise GradientError("[grad] an input does not require gradients; make it with requires_grad=True")
    seeds = [seed_of(root, seed) for root, seed in zip(roots, given)]
    retain = create_graph if retain_graph is None else retain_graph
    found = differentiate(roots, seeds, [target.node for target in targets], retain, create_graph)
    if not allow_unused and any(one is None for one in found):
        raise GradientError("[grad] an input was not used to compute the outputs; pass allow_unused=True for None")
    return tuple(found)
