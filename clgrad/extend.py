"""Ops of your own: elementwise functions, OpenCL kernels, and gradients of your own.

They are rows like the library's: they fuse, differentiate again, run inside ``clgrad.jit`` and on every
backend. ``examples/custom_op.py`` and ``examples/custom_kernel.py`` show them at work.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from clgrad.dtypes import as_dtype
from clgrad.errors import ArgumentError, DeviceError, GradientError, ShapeError
from clgrad.graph import Node, recording
from clgrad.ops import ANY, CHEAP, COSTLY, FLOATS, NUMBER, Op
from clgrad.tensor import Tensor, no_grad
from clgrad.view import Shape

DOMAINS = {"float": FLOATS, "number": NUMBER, "any": ANY}


def elementwise(
    name: str,
    c: str,
    numpy: Callable[..., Any],
    vjp: Callable[..., Any] | None = None,
    operands: int = 1,
    dtypes: str = "float",
    result: Any = None,
    costly: bool = False,
) -> Callable[..., Tensor]:
    """A new function of elements, which fuses with its neighbours like any other.

    ``c`` is an OpenCL C expression of one element, with ``{0}``, ``{1}`` ... for the operands and ``{t}`` for
    their C type; ``numpy`` computes the same on arrays. ``vjp(g, y, *operands)`` gives, from the gradient g of the
    result y, a gradient for each operand (None where there is none); it is written with tensors, so gradients
    differentiate again. Operands broadcast and promote as in any op; ``dtypes`` says what is computed:
    "float" (integers become float32), "number" or "any". ``result`` is the result's dtype where it is another
    one. A ``costly`` value with several readers is stored rather than computed for each.

    Raises ArgumentError for a definition that can not be right.

    >>> import clgrad, numpy
    >>> cube = clgrad.elementwise("cube", c="{0} * {0} * {0}", numpy=lambda x: x**3, vjp=lambda g, y, x: g * x * x * 3)
    >>> x = clgrad.tensor([1.0, 2.0], requires_grad=True)
    >>> cube(x).sum().backward()
    >>> x.grad.tolist()
    [3.0, 12.0]
    """
    if dtypes not in DOMAINS:
        raise ArgumentError(f"[elementwise] dtypes={dtypes!r} is not known; there are {', '.join(DOMAINS)}")
    try:
        c.format(*["x"] * operands, t="t", T="t", name="t")
    except (IndexError, KeyError, ValueError) as error:
        raise ArgumentError(
            f"[elementwise] the C of {name!r} does not fit {operands} operands: {c!r} ({error!r}); "
            "operands are {0}, {1} ..., and braces of C are doubled"
        ) from error
    op = Op(
        name,
        "map",
        operands=operands,
        domain=DOMAINS[dtypes],
        result=None if result is None else as_dtype(result),
        vjp=_of_nodes(vjp),
        numpy=numpy,
        c=f"({c})",
        lanes=True,
        cost=COSTLY if costly else CHEAP,
    )

    def function(*inputs: Any) -> Tensor:
        first = _first_tensor(name, inputs, operands)
        return first._apply(op, first._operands(op, inputs))

    function.__name__ = function.__qualname__ = name
    return function


def opencl_kernel(
    name: str,
    source: str,
    numpy: Callable[..., Any],
    operands: Sequence[str],
    shape: Callable[..., Sequence[int]],
    global_size: Callable[..., Sequence[int]],
    local_size: Sequence[int] = (1,),
    vjp: Callable[..., Any] | None = None,
    dtype: Any = None,
) -> Callable[..., Tensor]:
    """A function that runs an OpenCL kernel of yours; where there is no OpenCL, ``numpy`` computes the same.

    ``source`` is the kernel's body, a Mako template. It reads the operands, contiguous arrays, by the names in
    ``operands``, and writes ``result``; in ``${...}`` each of these names is the array's shape, and ``${T}`` the C type
    of the first operand. ``shape`` and ``global_size`` are functions of the operands' shapes; the sizes of the range
    are rounded up to multiples of ``local_size``, so the body has to check its place where that matters.
    ``vjp(g, y, *operands)`` is as in ``elementwise``. The result has the first operand's dtype unless one is given.

    Raises ArgumentError for a definition that can not be right; CompileError, when it runs, for a body that is not C.

    >>> import clgrad
    >>> turned = clgrad.opencl_kernel(
    ...     "turned",
    ...     "const int i = get_global_id(0); result[i] = x[${x[0]} - 1 - i];",
    ...     numpy=lambda x: x[::-1],
    ...     operands=["x"],
    ...     shape=lambda x: x,
    ...     global_size=lambda x: x,
    ...     vjp=lambda g, y, x: g.flip(0),
    ... )
    >>> turned(clgrad.tensor([1.0, 2.0, 3.0])).tolist()
    [3.0, 2.0, 1.0]
    """
    if not operands or "result" in operands or not all(one.isidentifier() for one in operands):
        raise ArgumentError(f"[opencl_kernel] operands={operands!r}: names of C, at least one, none of them 'result'")
    if not 1 <= len(local_size) <= 3 or any(size < 1 for size in local_size):
        raise ArgumentError(f"[opencl_kernel] local_size={tuple(local_size)}: one to three positive sizes")

    def sizes(*shapes: Shape) -> tuple[Shape, Shape]:
        local = tuple(local_size)
        wanted = tuple(global_size(*shapes))
        if len(wanted) != len(local):
            raise ShapeError(f"[{name}] global_size gives {wanted}, local_size is {local}: as many sizes in both")
        return tuple(-(-max(1, size) // step) * step for size, step in zip(wanted, local)), local

    op = Op(
        name,
        "anchor",
        operands=len(operands),
        result=None if dtype is None else as_dtype(dtype),
        vjp=_of_nodes(vjp),
        numpy=numpy,
        c=source,
        shape=lambda *shapes: tuple(int(size) for size in shape(*shapes)),
        names=tuple(operands),
        sizes=sizes,
    )

    def function(*inputs: Any) -> Tensor:
        first = _first_tensor(name, inputs, len(operands))
        for other in inputs:
            if not isinstance(other, Tensor) or other.device is not first.device:
                raise DeviceError(f"[{name}] operands must be tensors of one device; the first is on {first.device}")
        return first._apply(op, inputs)

    function.__name__ = function.__qualname__ = name
    return function


def _first_tensor(name: str, inputs: Sequence[Any], operands: int) -> Tensor:
    if len(inputs) != operands:
        raise ArgumentError(f"[{name}] takes {operands} operands, got {len(inputs)}")
    first = next((one for one in inputs if isinstance(one, Tensor)), None)
    if first is None:
        raise ArgumentError(f"[{name}] got no tensor among {inputs!r}; make one with clgrad.tensor")
    return first


def _of_nodes(vjp: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """A gradient rule written with tensors, as a rule of nodes."""
    if vjp is None:
        return None

    def rule(*values: Any) -> tuple[Node | None, ...]:
        parts = vjp(*[Tensor(value) for value in values])
        parts = parts if isinstance(parts, tuple) else (parts,)
        return tuple(None if part is None else part.node for part in parts)

    return rule


# -- a gradient of one's own ---------------------------------------------------------------------


class Context:
    """What ``forward`` hands on to ``backward``: tensors by ``save_for_backward``, other things as attributes."""

    needs_input_grad: tuple[bool, ...] = ()
    """For each argument of forward, whether a gradient is asked for."""
    _saved: tuple[Node | None, ...] = ()  # a tensor would count as somebody who still looks at the value

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep arguments or results of forward: gradients of gradients see where they come from."""
        self._saved = tuple(None if one is None else one.node for one in tensors)

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        return tuple(None if one is None else Tensor(one) for one in self._saved)


class Function:
    """A function of tensors whose gradient is given: subclass it with ``forward`` and ``backward``, call ``apply``.

    ``forward(ctx, *arguments)`` gives one tensor or a tuple of them and records no history; ``backward(ctx,
    *gradients)``, with a gradient for each result, gives one for each argument (None for what is no tensor, or has
    none). It is written with tensors, so gradients differentiate again.

    >>> import clgrad
    >>> class Clip(clgrad.autograd.Function):
    ...     "Passes its gradient on limited to [-1, 1]."
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 1
    ...     @staticmethod
    ...     def backward(ctx, gradient):
    ...         return gradient.clamp(-1, 1)
    >>> x = clgrad.tensor([2.0], requires_grad=True)
    >>> (Clip.apply(x) * 5).backward()
    >>> x.grad.tolist()
    [1.0]
    """

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Any:
        """The value."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """A gradient for each argument of forward."""
        raise NotImplementedError

    @classmethod
    def apply(cls, *arguments: Any) -> Any:
        """Call forward; its results have backward as their gradient."""
        context = Context()
        context.needs_input_grad = tuple(isinstance(one, Tensor) and one.requires_grad for one in arguments)
        with no_grad():
            value = cls.forward(context, *arguments)
        values = value if isinstance(value, tuple) else (value,)
        if not any(context.needs_input_grad) or not recording.get():
            return value
        tensors = tuple(one.node for one in arguments if isinstance(one, Tensor))
        places = tuple(place for place, one in enumerate(arguments) if isinstance(one, Tensor))
        results = []
        for place, one in enumerate(values):
            node = Node.apply(_same_value(cls, place, places, len(arguments)), (one.node, *tensors), ())
            # Contexts stand beside the graph: plans are kept for graphs of one form, and must not hold what was saved.
            _calls[id(node)] = (context, tuple(one.node for one in values))
            weakref.finalize(node, _calls.pop, id(node), None)
            results.append(Tensor(node))
        return tuple(results) if isinstance(value, tuple) else results[0]


_calls: dict[int, tuple[Context, tuple[Node, ...]]] = {}
"""For each result of a Function, by its node's id, what its gradient needs."""


def _same_value_row(cls: type[Function], place: int, places: tuple[int, ...], count: int) -> Op:
    """The row of a function's result: its first operand's value, with ``backward`` as the gradient of the others."""

    def rule(g: Node, y: Node, value: Node, *operands: Node) -> tuple[Node | None, ...]:
        context, values = _calls[id(y)]
        seeds = [Tensor(g if one == place else other.zeros_like()) for one, other in enumerate(values)]
        saved = context._saved
        # A result that was saved is this one: gradients of gradients go through it.
        context._saved = tuple(y if one is values[place] else one for one in saved)
        try:
            parts = cls.backward(context, *seeds)
        finally:
            context._saved = saved
        parts = parts if isinstance(parts, tuple) else (parts,)
        if len(parts) != count:
            raise GradientError(f"[{cls.__name__}] backward gave {len(parts)} gradients for {count} arguments")
        for argument, operand in zip(places, operands):
            part = parts[argument]
            if part is not None and part.shape != operand.shape:
                raise GradientError(
                    f"[{cls.__name__}] backward gave a gradient of shape {part.shape} for argument {argument} of shape "
                    f"{operand.shape}; they must be equal"
                )
        return (None, *(None if parts[argument] is None else parts[argument].node for argument in places))

    return Op(cls.__name__, "move", operands=1 + len(places), vjp=rule, view=lambda view: view)


_same_value: Callable[..., Op] = cache(_same_value_row)
"""One row for all calls of a form, so that their plans are found again."""
