"""Function transforms: functions in, functions out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from clgrad.autograd import grad as gradients
from clgrad.errors import ArgumentError, GradientError
from clgrad.tensor import Tensor, enable_grad, leaves_of


def value_and_grad(
    function: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that gives ``function``'s value and its gradient with respect to arguments by number.

    The value must have one element; with has_aux, function returns (value, anything else). The result
    differentiates again.

    >>> import clgrad
    >>> value, slope = clgrad.value_and_grad(lambda x: (x * x).sum())(clgrad.tensor([3.0]))
    >>> value.item(), slope.tolist()
    (9.0, [6.0])
    """
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    def transformed(*arguments: Any, **keywords: Any) -> Any:
        for number in numbers:
            if not -len(arguments) <= number < len(arguments) or not isinstance(arguments[number], Tensor):
                raise ArgumentError(f"[grad] argument {number} of {len(arguments)} is not a tensor; see argnums")
        inner = list(arguments)
        with enable_grad():
            for number in numbers:
                argument = arguments[number]
                inner[number] = argument * 1 if argument.requires_grad else argument.detach().requires_grad_()
            own = {id(inner[number].node) for number in numbers}
            outcome = function(*inner, **keywords)
            value = outcome[0] if has_aux else outcome
            if not isinstance(value, Tensor) or value.numel() != 1:
                raise GradientError(f"[grad] the function must return a tensor of one element, got {value!r}")
            # A caller that differentiates this again sees through to his own variables.
            nested = any(id(leaf) not in own for leaf in leaves_of(value))
            found = gradients(value, [inner[number] for number in numbers], create_graph=True)
        results = tuple(found) if nested else tuple(one.detach() for one in found if one is not None)
        shown = outcome if nested else ((value.detach(), *outcome[1:]) if has_aux else value.detach())
        return shown, results[0] if isinstance(argnums, int) else results

    return transformed


def grad(function: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the gradient of ``function``; see value_and_grad.

    >>> import clgrad
    >>> clgrad.grad(clgrad.grad(lambda x: x**4))(clgrad.tensor(1.0)).item()
    12.0
    """
    both = value_and_grad(function, argnums, has_aux)

    def transformed(*arguments: Any, **keywords: Any) -> Any:
        value, found = both(*arguments, **keywords)
        return (found, value[1]) if has_aux else found

    return transformed
