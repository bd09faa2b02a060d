"""Tensor: a handle on a value of the graph.

A tensor is lazy: its shape and dtype are known at once, its elements when somebody looks. An
in-place update moves the handle to a new value; no value ever changes.
"""

from __future__ import annotations

import builtins
import copy
import functools
import math
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import ContextDecorator
from typing import Any, TypeVar, Union, cast

import numpy as np

from clgrad import dlpack, draws, linalg, protocols, runtime
from clgrad.arithmetic import Scalar
from clgrad.array import Array, shape_argument
from clgrad.compose import (
    activations,
    complex_numbers,
    elementwise,
    indexing,
    joining,
    norms,
    order,
    products,
    scans,
    selection,
    shaping,
    statistics,
)
from clgrad.device import Buffer, Device, host_array
from clgrad.device import device as find_device
from clgrad.differentiate import gradient
from clgrad.draws import Generator
from clgrad.dtypes import (
    DTYPES,
    DType,
    as_dtype,
    bfloat16,
    bool_,
    decode,
    default_float,
    default_integer,
    encode,
    float16,
    float32,
    float64,
    int32,
    int64,
    promote_scalar,
)
from clgrad.errors import ArgumentError, DeviceError, DtypeError, GradientError, ShapeError
from clgrad.graph import Node, recording, toposort
from clgrad.ops import Op, moves, sources
from clgrad.view import Shape

T = TypeVar("T", bound="Tensor")
Real = Union[int, float]


def is_grad_enabled() -> bool:
    """Whether ops record their history for gradients."""
    return recording.get()


class set_grad_enabled(ContextDecorator):
    """Turn the recording of history on or off inside a ``with`` block or a decorated function.

    >>> import clgrad
    >>> with clgrad.set_grad_enabled(False):
    ...     clgrad.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._tokens: list[Any] = []

    def __enter__(self) -> None:
        self._tokens.append(recording.set(self.mode))

    def __exit__(self, *exception: object) -> None:
        recording.reset(self._tokens.pop())


def no_grad() -> set_grad_enabled:
    """Record no history inside a ``with`` block or a decorated function.

    >>> import clgrad
    >>> x = clgrad.ones(1, requires_grad=True)
    >>> with clgrad.no_grad():
    ...     (x * 2).requires_grad
    False
    """
    return set_grad_enabled(False)


def enable_grad() -> set_grad_enabled:
    """Record history again inside a ``no_grad`` block."""
    return set_grad_enabled(True)


def _in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    """The method ``name_`` of a function ``name``: the tensor shows the result from now on."""

    @functools.wraps(function)
    def update(self: Tensor, *arguments: Any, **keywords: Any) -> Tensor:
        return self._update(function.__name__, function(self, *arguments, **keywords))

    update.__name__ = update.__qualname__ = f"{function.__name__}_"
    update.__doc__ = f"``{function.__name__}``, in place: the tensor shows the result from now on."
    return update


class Size(int):
    """A number of elements that can be called for the shape."""

    shape: Shape

    def __new__(cls, shape: Shape) -> Size:
        size = super().__new__(cls, math.prod(shape))
        size.shape = shape
        return size

    def __call__(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]


class Tensor(Array):
    """An array of one dtype on one device, with a gradient if asked for.

    Tensors are made by ``clgrad.tensor``, ``clgrad.zeros`` and their like, and by ops on tensors.
    """

    __slots__ = ("__weakref__", "_grad", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self._grad: Tensor | None = None
        if node.handle is None or node.handle() is None:
            node.handle = weakref.ref(self)
        capture = runtime.capturing.get()
        if capture is not None:
            capture.made[id(self)] = weakref.ref(self)

    # -- what an array needs ----------------------------------------------------------------

    @property
    def shape(self) -> Shape:  # type: ignore[override]  # the node's, read only
        return self.node.shape

    @property
    def dtype(self) -> DType:  # type: ignore[override]  # the node's, read only
        return self.node.dtype

    @property
    def device(self) -> Device:  # type: ignore[override]  # the node's, read only
        return self.node.device

    def _apply(self: T, op: Op, operands: tuple[T, ...], *attributes: Any) -> T:
        node = operands[0].node._apply(op, tuple([operand.node for operand in operands]), *attributes)
        if node.needs_grad and not recording.get():  # moves that cancel gave an operand back
            node = Node.apply(moves.detach, (node,), ())
        if node.handle is not None and node.handle() is not None:  # so did these: a node is shown by one tensor
            node = Node.apply(moves.reshape, (node,), (node.shape,))
        return cast(T, Tensor(node))

    def _constant(self: T, value: Scalar, dtype: DType) -> T:
        return cast(T, Tensor(self.node._constant(value, dtype)))

    def _filled(self: T, value: Scalar) -> T:
        return cast(T, Tensor(self.node._filled(value)))

    def _iota(self: T, length: int) -> T:
        return cast(T, Tensor(self.node._iota(length)))

    def _lift(self: T, value: Any) -> T | None:
        is_number = isinstance(value, (np.ndarray, np.generic)) and value.shape == () and value.dtype == np.float64
        if is_number and not self.device.supports(float64):
            # As a number of Python's: its dtype does not decide.
            return self._constant(float(value), promote_scalar(self.dtype, float(value)))
        if isinstance(value, (np.ndarray, np.generic, list)):
            return cast(T, tensor(value, device=self.device))
        return None

    def _read(self) -> np.ndarray[Any, Any]:
        """The elements as numpy has them: bfloat16 as float32."""
        return self._stored() if self.dtype.numpy is not None else decode(self._stored(), self.dtype)

    def _stored(self) -> np.ndarray[Any, Any]:
        """The elements as they are stored."""
        runtime.refuse_reading("numpy()")
        runtime.realize([self.node])
        host = np.empty(self.shape, self.dtype.storage)
        assert self.node.buffer is not None
        runtime.download(self.node.buffer, host)
        return host

    def __hash__(self) -> int:
        return id(self)

    def __deepcopy__(self: T, memo: dict[Any, Any]) -> T:
        # Values never change, so a copy is a handle of its own.
        if not self.is_leaf:
            raise GradientError("[deepcopy] only a leaf can be copied; use .detach()")
        copied = self.detach().requires_grad_(self.requires_grad)
        copied.grad = copy.deepcopy(self.grad, memo)
        return copied

    # -- composed functions -----------------------------------------------------------------

    softmax = activations.softmax
    log_softmax = activations.log_softmax
    logsumexp = activations.logsumexp
    silu = activations.silu
    gelu = activations.gelu
    prelu = activations.prelu
    hardshrink = activations.hardshrink
    nansum = statistics.nansum
    nanmean = statistics.nanmean
    var = statistics.var
    std = statistics.std
    aminmax = statistics.aminmax
    cov = statistics.cov
    corrcoef = statistics.corrcoef
    norm = norms.norm
    dist = norms.dist
    renorm = norms.renorm
    cumsum = scans.cumsum
    cumprod = scans.cumprod
    cummax = scans.cummax
    cummin = scans.cummin
    logcumsumexp = scans.logcumsumexp
    diff = scans.diff
    argmax = statistics.argmax
    argmin = statistics.argmin
    max = statistics.max
    min = statistics.min
    chunk = joining.chunk
    dsplit = joining.dsplit
    hsplit = joining.hsplit
    split = joining.split
    split_with_sizes = joining.split_with_sizes
    tensor_split = joining.tensor_split
    unbind = joining.unbind
    vsplit = joining.vsplit
    gather = indexing.gather
    angle = complex_numbers.angle
    conj = complex_numbers.conj
    conj_physical = complex_numbers.conj_physical
    is_complex = complex_numbers.is_complex
    resolve_conj = complex_numbers.resolve_conj
    absolute = elementwise.absolute
    acos = elementwise.acos
    acosh = elementwise.acosh
    addcdiv = elementwise.addcdiv
    addcmul = elementwise.addcmul
    allclose = elementwise.allclose
    arccos = elementwise.arccos
    arccosh = elementwise.arccosh
    arcsin = elementwise.arcsin
    arcsinh = elementwise.arcsinh
    arctan = elementwise.arctan
    arctan2 = elementwise.arctan2
    arctanh = elementwise.arctanh
    asin = elementwise.asin
    asinh = elementwise.asinh
    atan = elementwise.atan
    atan2 = elementwise.atan2
    atanh = elementwise.atanh
    bitwise_and = elementwise.bitwise_and
    bitwise_left_shift = elementwise.bitwise_left_shift
    bitwise_not = elementwise.bitwise_not
    bitwise_or = elementwise.bitwise_or
    bitwise_right_shift = elementwise.bitwise_right_shift
    bitwise_xor = elementwise.bitwise_xor
    clamp_max = elementwise.clamp_max
    clamp_min = elementwise.clamp_min
    clip = elementwise.clip
    copysign = elementwise.copysign
    cosh = elementwise.cosh
    deg2rad = elementwise.deg2rad
    digamma = elementwise.digamma
    divide = elementwise.divide
    eq = elementwise.eq
    equal = elementwise.equal
    erfc = elementwise.erfc
    erfinv = elementwise.erfinv
    exp2 = elementwise.exp2
    fix = elementwise.fix
    float_power = elementwise.float_power
    floor_divide = elementwise.floor_divide
    fmax = elementwise.fmax
    fmin = elementwise.fmin
    fmod = elementwise.fmod
    frac = elementwise.frac
    frexp = elementwise.frexp
    gcd = elementwise.gcd
    ge = elementwise.ge
    greater = elementwise.greater
    greater_equal = elementwise.greater_equal
    gt = elementwise.gt
    heaviside = elementwise.heaviside
    hypot = elementwise.hypot
    i0 = elementwise.i0
    isclose = elementwise.isclose
    isneginf = elementwise.isneginf
    isposinf = elementwise.isposinf
    isreal = elementwise.isreal
    lcm = elementwise.lcm
    ldexp = elementwise.ldexp
    le = elementwise.le
    lerp = elementwise.lerp
    less = elementwise.less
    less_equal = elementwise.less_equal
    lgamma = elementwise.lgamma
    log10 = elementwise.log10
    log2 = elementwise.log2
    logaddexp = elementwise.logaddexp
    logaddexp2 = elementwise.logaddexp2
    logit = elementwise.logit
    lt = elementwise.lt
    masked_fill = elementwise.masked_fill
    multiply = elementwise.multiply
    nan_to_num = elementwise.nan_to_num
    ne = elementwise.ne
    negative = elementwise.negative
    nextafter = elementwise.nextafter
    not_equal = elementwise.not_equal
    positive = elementwise.positive
    rad2deg = elementwise.rad2deg
    remainder = elementwise.remainder
    sgn = elementwise.sgn
    signbit = elementwise.signbit
    sinc = elementwise.sinc
    sinh = elementwise.sinh
    subtract = elementwise.subtract
    true_divide = elementwise.true_divide
    xlogy = elementwise.xlogy
    addbmm = products.addbmm
    addmm = products.addmm
    addmv = products.addmv
    addr = products.addr
    baddbmm = products.baddbmm
    bmm = products.bmm
    cross = products.cross
    dot = products.dot
    ger = products.ger
    inner = products.inner
    kron = products.kron
    mm = products.mm
    mv = products.mv
    outer = products.outer
    vdot = products.vdot
    det = linalg.det
    inverse = linalg.inverse
    logdet = linalg.logdet
    matrix_exp = linalg.matrix_exp
    matrix_power = linalg.matrix_power
    pinverse = linalg.pinverse
    slogdet = linalg.slogdet
    triangular_solve = linalg.triangular_solve
    index_add = indexing.index_add
    index_copy = indexing.index_copy
    index_fill = indexing.index_fill
    index_put = indexing.index_put
    index_reduce = indexing.index_reduce
    index_select = indexing.index_select
    masked_scatter = indexing.masked_scatter
    put = indexing.put
    scatter = indexing.scatter
    scatter_add = indexing.scatter_add
    scatter_reduce = indexing.scatter_reduce
    select_scatter = indexing.select_scatter
    slice_scatter = indexing.slice_scatter
    take = indexing.take
    take_along_dim = indexing.take_along_dim
    as_strided = shaping.as_strided
    clone = shaping.clone
    diag = shaping.diag
    diag_embed = shaping.diag_embed
    diagflat = shaping.diagflat
    diagonal = shaping.diagonal
    diagonal_scatter = shaping.diagonal_scatter
    expand_as = shaping.expand_as
    fliplr = shaping.fliplr
    flipud = shaping.flipud
    moveaxis = shaping.moveaxis
    movedim = shaping.movedim
    narrow = shaping.narrow
    numel = shaping.numel
    pad = shaping.pad
    ravel = shaping.ravel
    repeat = shaping.repeat
    repeat_interleave = shaping.repeat_interleave
    reshape_as = shaping.reshape_as
    roll = shaping.roll
    rot90 = shaping.rot90
    select = shaping.select
    swapaxes = shaping.swapaxes
    swapdims = shaping.swapdims
    t = shaping.t
    tile = shaping.tile
    trace = shaping.trace
    tril = shaping.tril
    triu = shaping.triu
    unflatten = shaping.unflatten
    unfold = shaping.unfold
    view = shaping.view
    view_as = shaping.view_as
    sort = order.sort
    argsort = order.argsort
    msort = order.msort
    topk = order.topk
    kthvalue = order.kthvalue
    median = order.median
    nanmedian = order.nanmedian
    quantile = order.quantile
    nanquantile = order.nanquantile
    mode = order.mode
    isin = order.isin
    nonzero = selection.nonzero
    argwhere = selection.argwhere
    count_nonzero = selection.count_nonzero
    masked_select = selection.masked_select
    unique = selection.unique
    unique_consecutive = selection.unique_consecutive
    bincount = selection.bincount
    histc = selection.histc

    # -- reading ----------------------------------------------------------------------------

    def realize(self: T) -> T:
        """Compute the elements now, without waiting for the device."""
        runtime.realize([self.node])
        return self

    def numpy(self) -> np.ndarray[Any, Any]:
        """Copy the elements to a new numpy array; waits for the device.

        >>> import clgrad
        >>> clgrad.ones(2).numpy()
        array([1., 1.], dtype=float32)
        """
        if self.dtype.numpy is None:
            raise DtypeError(f"[numpy] numpy has no {self.dtype.name}; cast with .to(clgrad.float32)")
        return self._stored()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        return protocols.apply_ufunc(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        return protocols.apply_function(function, arguments, keywords)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """The Python array API's namespace, ``clgrad.array_api``. Raises ArgumentError for another version."""
        return protocols.namespace(api_version)

    def __dlpack_device__(self) -> tuple[int, int]:
        """DLPack's device: the host where it can read the memory, else CUDA, or OpenCL with the number in ``cl:0``."""
        name, _, number = self.device.name.partition(":")
        self.realize()
        assert self.node.buffer is not None
        if name == "cpu" or self.device.share(self.node.buffer.ready(), self.node.buffer.nbytes) is not None:
            return dlpack.CPU, 0
        return (dlpack.CUDA, 0) if name == "cuda" else (dlpack.OPENCL, int(number))

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[Any, Any] | None = None,
        dl_device: tuple[Any, Any] | None = None,
        copy: Any = None,
    ) -> Any:
        """This value for another library, without a copy where the memory is the host's; it must not be written to.

        On the cpu device and on CPU OpenCL devices memory is shared; ``dl_device=(4, n)`` gives an OpenCL buffer.
        Raises BufferError where memory can not be shared as asked; then ``.numpy()`` copies.

        >>> import clgrad, numpy
        >>> numpy.from_dlpack(clgrad.ones(2)).tolist()
        [1.0, 1.0]
        """
        runtime.refuse_reading("__dlpack__()")
        if self.requires_grad:
            raise BufferError("[dlpack] this tensor requires gradients, which DLPack can not carry; use .detach()")
        self.realize()
        buffer = self.node.buffer
        assert buffer is not None
        wanted = dl_device if dl_device is not None else self.__dlpack_device__()
        if wanted[0] == dlpack.CPU:
            shared = None if copy else self.device.share(buffer.ready(), buffer.nbytes)
            if shared is None or self.dtype.numpy is None:
                if copy is False or self.dtype.numpy is None:
                    raise BufferError(f"[dlpack] {self.dtype.name} on {self.device} can not be shared with the host")
                host = self.numpy()
            else:
                buffer.is_borrowed = True
                host = shared.view(self.dtype.numpy).reshape(self.shape)
            host.flags.writeable = False
            return host.__dlpack__(max_version=max_version)
        pointer = self.device.pointer(buffer.ready())
        if wanted[0] != dlpack.OPENCL or pointer is None or copy:
            raise BufferError(f"[dlpack] {self.device} can not share memory as device type {wanted[0]}; use .numpy()")
        self.device.synchronize()
        buffer.is_borrowed = True
        return dlpack.export_opencl(pointer, int(wanted[1]), self.shape, self.dtype, buffer)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def tolist(self) -> Any:
        """The elements as nested python lists."""
        return self._read().tolist()

    def item(self) -> Any:
        """The only element as a python number. Raises ShapeError if there is not exactly one."""
        if self.numel() != 1:
            raise ShapeError(f"[item] shape {self.shape} has {self.numel()} elements; index one, or use .tolist()")
        return self._read().reshape(()).item()

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ShapeError(f"[bool] the truth of a tensor of shape {self.shape} is ambiguous; use .any() or .all()")
        return bool(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if not self.dtype.is_integer:
            raise DtypeError(f"[index] a {self.dtype.name} tensor is not an index; cast with .to(clgrad.int64)")
        return int(self.item())

    def __len__(self) -> int:
        if not self.shape:
            raise DtypeError("[len] a 0-d tensor has no length")
        return self.shape[0]

    def __iter__(self: T) -> Iterator[T]:
        return (self[place] for place in range(len(self)))

    def __contains__(self, value: Any) -> bool:
        return bool((self == value).any())

    def is_floating_point(self) -> Any:
        """Whether the dtype is a floating one."""
        return self.dtype.is_float

    @property
    def size(self) -> Size:
        """The number of elements, as numpy says it; called, the shape or the length of one dim, as PyTorch does.

        >>> import clgrad
        >>> x = clgrad.ones(2, 3)
        >>> x.size == 6, x.size(), x.size(0)
        (True, (2, 3), 2)
        """
        return Size(self.shape)

    def dim(self) -> int:
        """The number of dims."""
        return self.ndim

    def __repr__(self) -> str:
        body = np.array2string(self._read(), precision=4, separator=", ", prefix="tensor(")
        extra = "" if self.dtype in (default_float, default_integer, bool_) else f", dtype={self.dtype!r}"
        extra += ", requires_grad=True" if self.requires_grad else ""
        return f"tensor({body}, device='{self.device}'{extra})"

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec and self.numel() == 1 else str(self)

    # -- indexing ---------------------------------------------------------------------------

    def __getitem__(self: T, key: Any) -> T:
        return indexing.getitem(self, key, _nonzero)

    def __setitem__(self, key: Any, value: Any) -> None:
        new = value if isinstance(value, Tensor) else tensor(value, dtype=self.dtype, device=self.device)
        self._move_to(indexing.setitem(self, key, new, _nonzero))

    # -- dtype and device -------------------------------------------------------------------

    def to(self: T, target: Any = None, *, dtype: Any = None, device: Any = None) -> T:
        """The same values with another dtype, on another device, or both.

        >>> import clgrad
        >>> clgrad.tensor([1.5]).to(clgrad.int32).tolist()
        [1]
        """
        result = self
        if device is not None:
            result = result.to_device(find_device(device))
        if dtype is not None:
            result = result._cast(as_dtype(dtype))
        if target is None:
            return result
        if isinstance(target, Tensor):
            return result.to_device(target.device)._cast(target.dtype)
        if isinstance(target, Device) or (isinstance(target, str) and target not in DTYPES):
            return result.to_device(find_device(target))
        return result._cast(as_dtype(target))

    def cpu(self: T) -> T:
        """The same values on the numpy device."""
        return self.to("cpu")

    def float(self: T) -> T:
        return self._cast(float32)

    def double(self: T) -> T:
        return self._cast(float64)

    def half(self: T) -> T:
        return self._cast(float16)

    def bfloat16(self: T) -> T:
        return self._cast(bfloat16)

    def int(self: T) -> T:
        return self._cast(int32)

    def long(self: T) -> T:
        return self._cast(int64)

    def bool(self: T) -> T:
        return self._cast(bool_)

    # -- others like this one ---------------------------------------------------------------

    def new_full(
        self: T,
        size: Sequence[builtins.int],
        fill_value: Scalar,
        dtype: Any = None,
        device: Any = None,
        requires_grad: Any = False,
    ) -> T:
        """One value in a shape, with my dtype and device unless others are given."""
        place = self if device is None else self.to_device(find_device(device))
        value = place._constant(fill_value, self.dtype if dtype is None else as_dtype(dtype))
        shape = shape_argument((size,), "new_full")
        if any(length < 0 for length in shape):
            raise ShapeError(f"[new_full] sizes must not be negative, got {shape}")
        return value._broadcast(shape).requires_grad_(requires_grad)

    def new_zeros(self: T, *size: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False) -> T:
        """Zeros with my dtype and device unless others are given."""
        return self.new_full(shape_argument(size, "new_zeros"), 0, dtype, device, requires_grad)

    def new_ones(self: T, *size: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False) -> T:
        """Ones with my dtype and device unless others are given."""
        return self.new_full(shape_argument(size, "new_ones"), 1, dtype, device, requires_grad)

    def new_empty(self: T, *size: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False) -> T:
        """A tensor to be written, with my dtype and device unless others are given."""
        return self.new_full(shape_argument(size, "new_empty"), 0, dtype, device, requires_grad)

    def new_tensor(self, data: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False) -> Tensor:
        """A copy of data with my dtype and device unless others are given."""
        return tensor(data, dtype or self.dtype, device or self.device, requires_grad)

    def contiguous(self: T) -> T:
        """Myself: how elements lie is nobody's business but the device's."""
        return self

    # -- gradients --------------------------------------------------------------------------

    @property
    def grad(self) -> Tensor | None:
        """What ``backward`` has added up for this tensor; None before, and after ``zero_grad``."""
        capture = runtime.capturing.get()
        if capture is not None and id(self) not in capture.graded and id(self) not in capture.made:
            capture.modes.setdefault(id(self), (lambda: self._grad is None, self._grad is None))
            if self._grad is not None:
                capture.read.setdefault(id(self), (self, self._grad))
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        capture = runtime.capturing.get()
        if capture is not None:
            capture.graded.setdefault(id(self), (self, self._grad))
        self._grad = value

    @property
    def requires_grad(self) -> bool:  # type: ignore[valid-type]  # the builtin, not the method above
        return self.node.needs_grad

    @requires_grad.setter
    def requires_grad(self, value: Any) -> None:
        self.requires_grad_(value)

    @property
    def is_leaf(self) -> Any:
        """Whether no op made this tensor, as far as gradients know."""
        return not self.node.needs_grad or self.node.op is moves.leaf

    def requires_grad_(self: T, requires_grad: Any = True) -> T:
        """Ask for gradients with respect to this tensor (in place). Raises GradientError or DtypeError."""
        if requires_grad == self.node.needs_grad:
            return self
        if not self.is_leaf:
            raise GradientError("[requires_grad_] only a leaf can change it; use .detach()")
        if requires_grad and not self.dtype.has_gradient:
            raise DtypeError(
                f"[requires_grad_] only floats and complex numbers have gradients, this is {self.dtype.name}"
            )
        self.node = _leaf(self.node) if requires_grad else self.node.operands[0]
        self.node.handle = weakref.ref(self)
        return self

    def detach(self: T) -> T:
        """The same value without history."""
        return cast(T, Tensor(Node.apply(moves.detach, (self.node,), ())))

    @property
    def data(self: T) -> T:
        return self.detach()

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: Any = None,
        create_graph: Any = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Add to ``.grad`` of every leaf (or of ``inputs``) the gradient of this tensor.

        ``gradient`` is the upstream gradient, needed unless there is one element. The history is used up
        unless retain_graph or create_graph. Nothing runs until a gradient is read.

        Raises GradientError where no history exists or it was used up.

        >>> import clgrad
        >>> x = clgrad.tensor([3.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad.tolist()
        [6.0]
        """
        seed = seed_of(self, gradient)
        if inputs is not None:
            targets = [(one, one.node) for one in inputs]
        else:
            # A handle may show another value by now: its gradient is still that of the value used here.
            handles = [(node.handle(), node) for node in leaves_of(self) if node.handle is not None]
            targets = [(handle, node) for handle, node in handles if handle is not None]
        retain = create_graph if retain_graph is None else retain_graph
        found = differentiate([self], [seed], [node for _, node in targets], retain, create_graph)
        for (target, _), grad in zip(targets, found):
            if grad is None:
                continue
            total = grad if target.grad is None else target.grad + grad
            total.node.companion = weakref.ref(self.node)
            target.grad = total

    # -- updates ----------------------------------------------------------------------------

    def _move_to(self: T, new: Tensor) -> T:
        """Show another value from now on."""
        capture = runtime.capturing.get()
        if capture is not None:
            capture.moved.setdefault(id(self), (self, self.node))
        updated = runtime.updated.get()
        if updated is not None:
            updated.append(self)
        if self.node.needs_grad and self.node.op is moves.leaf:
            if recording.get():
                raise GradientError(
                    "[assign] a leaf that requires gradients can not be changed while history is recorded; "
                    "wrap the update in clgrad.no_grad()"
                )
            self.node = _leaf(new.node)
        else:
            self.node = new.node
        self.node.handle = weakref.ref(self)
        return self

    def _show(self, buffer: Buffer) -> None:
        """Show a stored value of my shape and dtype from now on."""
        node = Node(sources.buffer, (), (), self.shape, self.dtype, self.device, buffer=buffer)
        if self.node.needs_grad:
            node = _leaf(node)
            node.buffer = buffer
        self.node = node
        node.handle = weakref.ref(self)

    def assign(self: T, value: Any) -> T:
        """Show another value of the same shape from now on: the in-place update.

        Gradients already asked for still see the old value. Raises ShapeError, DeviceError, and
        GradientError for a leaf outside of no_grad.
        """
        new = value if isinstance(value, Tensor) else tensor(value, device=self.device)
        if new.shape != self.shape:
            new = new.expand(*self.shape)
        if new.device is not self.device:
            new = new.to_device(self.device)
        return self._move_to(new._cast(self.dtype))

    def copy_(self: T, source: Any) -> T:
        return self.assign(source)

    def fill_(self: T, value: Any) -> T:
        """Every element becomes one value, a number or a 0-d tensor."""
        if isinstance(value, Tensor):
            if value.ndim:
                raise ShapeError(f"[fill_] the value has shape {value.shape}, it must be 0-d; use .copy_() for many")
            return self.assign(value)
        return self.assign(self._constant(value, self.dtype))

    def zero_(self: T) -> T:
        return self.fill_(0)

    def _update(self: T, name: str, new: Tensor) -> T:
        """Show the result of a function of mine, cast to my dtype. Raises ShapeError if its shape is not mine."""
        if new.shape != self.shape:
            raise ShapeError(
                f"[{name}_] the result has shape {new.shape}, the tensor {self.shape}, which an update keeps; "
                f"use {name} without an underscore"
            )
        return self.assign(new)

    def scatter_(
        self: T, dim: builtins.int, index: T, src: T | Scalar | None = None, *, value: Scalar | None = None,
        reduce: str | None = None,
    ) -> T:  # fmt: skip
        return self.assign(self.scatter(dim, index, src, value=value, reduce=reduce))

    def scatter_add_(self: T, dim: builtins.int, index: T, src: T) -> T:
        return self.assign(self.scatter_add(dim, index, src))

    def scatter_reduce_(self: T, dim: builtins.int, index: T, src: T, reduce: str, *, include_self: Any = True) -> T:
        return self.assign(self.scatter_reduce(dim, index, src, reduce, include_self=include_self))

    def index_add_(self: T, dim: builtins.int, index: T, source: T, *, alpha: Scalar = 1) -> T:
        return self.assign(self.index_add(dim, index, source, alpha=alpha))

    def index_copy_(self: T, dim: builtins.int, index: T, source: T) -> T:
        return self.assign(self.index_copy(dim, index, source))

    def index_fill_(self: T, dim: builtins.int, index: T, value: Scalar | T) -> T:
        return self.assign(self.index_fill(dim, index, value))

    def index_reduce_(self: T, dim: builtins.int, index: T, source: T, reduce: str, *, include_self: Any = True) -> T:
        return self.assign(self.index_reduce(dim, index, source, reduce, include_self=include_self))

    def index_put_(self: T, indices: Sequence[Any], values: T, accumulate: Any = False) -> T:
        return self.assign(self.index_put(indices, values, accumulate))

    def masked_scatter_(self: T, mask: T, source: T) -> T:
        return self.assign(self.masked_scatter(mask, source))

    def put_(self: T, index: T, source: T, accumulate: Any = False) -> T:
        return self.assign(self.put(index, source, accumulate))

    abs_ = _in_place(Array.abs)
    acos_ = _in_place(elementwise.acos)
    acosh_ = _in_place(elementwise.acosh)
    add_ = _in_place(Array.add)
    addcdiv_ = _in_place(elementwise.addcdiv)
    addcmul_ = _in_place(elementwise.addcmul)
    asin_ = _in_place(elementwise.asin)
    asinh_ = _in_place(elementwise.asinh)
    atan_ = _in_place(elementwise.atan)
    atan2_ = _in_place(elementwise.atan2)
    atanh_ = _in_place(elementwise.atanh)
    bitwise_and_ = _in_place(elementwise.bitwise_and)
    bitwise_not_ = _in_place(elementwise.bitwise_not)
    bitwise_or_ = _in_place(elementwise.bitwise_or)
    bitwise_xor_ = _in_place(elementwise.bitwise_xor)
    ceil_ = _in_place(Array.ceil)
    clamp_ = _in_place(Array.clamp)
    clamp_max_ = _in_place(elementwise.clamp_max)
    clamp_min_ = _in_place(elementwise.clamp_min)
    clip_ = _in_place(elementwise.clip)
    copysign_ = _in_place(elementwise.copysign)
    cos_ = _in_place(Array.cos)
    cosh_ = _in_place(elementwise.cosh)
    deg2rad_ = _in_place(elementwise.deg2rad)
    digamma_ = _in_place(elementwise.digamma)
    div_ = _in_place(Array.div)
    divide_ = _in_place(elementwise.divide)
    erf_ = _in_place(Array.erf)
    erfc_ = _in_place(elementwise.erfc)
    erfinv_ = _in_place(elementwise.erfinv)
    exp_ = _in_place(Array.exp)
    exp2_ = _in_place(elementwise.exp2)
    expm1_ = _in_place(Array.expm1)
    fix_ = _in_place(elementwise.fix)
    floor_ = _in_place(Array.floor)
    floor_divide_ = _in_place(elementwise.floor_divide)
    fmod_ = _in_place(elementwise.fmod)
    frac_ = _in_place(elementwise.frac)
    hypot_ = _in_place(elementwise.hypot)
    lerp_ = _in_place(elementwise.lerp)
    lgamma_ = _in_place(elementwise.lgamma)
    log_ = _in_place(Array.log)
    log10_ = _in_place(elementwise.log10)
    log1p_ = _in_place(Array.log1p)
    log2_ = _in_place(elementwise.log2)
    logical_and_ = _in_place(Array.logical_and)
    logical_not_ = _in_place(Array.logical_not)
    logical_or_ = _in_place(Array.logical_or)
    logical_xor_ = _in_place(Array.logical_xor)
    logit_ = _in_place(elementwise.logit)
    masked_fill_ = _in_place(elementwise.masked_fill)
    mul_ = _in_place(Array.mul)
    multiply_ = _in_place(elementwise.multiply)
    nan_to_num_ = _in_place(elementwise.nan_to_num)
    neg_ = _in_place(Array.neg)
    negative_ = _in_place(elementwise.negative)
    pow_ = _in_place(Array.pow)
    rad2deg_ = _in_place(elementwise.rad2deg)
    reciprocal_ = _in_place(Array.reciprocal)
    relu_ = _in_place(Array.relu)
    remainder_ = _in_place(elementwise.remainder)
    round_ = _in_place(Array.round)
    rsqrt_ = _in_place(Array.rsqrt)
    sgn_ = _in_place(elementwise.sgn)
    sigmoid_ = _in_place(Array.sigmoid)
    sign_ = _in_place(Array.sign)
    sin_ = _in_place(Array.sin)
    sinc_ = _in_place(elementwise.sinc)
    sinh_ = _in_place(elementwise.sinh)
    sqrt_ = _in_place(Array.sqrt)
    square_ = _in_place(Array.square)
    sub_ = _in_place(Array.sub)
    subtract_ = _in_place(elementwise.subtract)
    tan_ = _in_place(Array.tan)
    tanh_ = _in_place(Array.tanh)
    true_divide_ = _in_place(elementwise.true_divide)
    trunc_ = _in_place(Array.trunc)
    xlogy_ = _in_place(elementwise.xlogy)

    __iadd__, __isub__, __imul__, __itruediv__ = add_, sub_, mul_, div_

    # -- random numbers ---------------------------------------------------------------------

    def _draw(self: T, draw: Callable[..., Node], name: str, generator: Generator | None, *options: Any) -> T:
        """Show random floats from now on."""
        if not self.dtype.is_float:
            raise DtypeError(f"[{name}] gives floats, this is {self.dtype.name}; cast with .to(clgrad.float32)")
        return self.assign(Tensor(draw(self.shape, self.dtype, self.device, generator, *options)))

    def uniform_(self: T, low: Real = 0.0, high: Real = 1.0, *, generator: Generator | None = None) -> T:
        """Numbers evenly spread over [low, high), in place. Raises ArgumentError.

        >>> import clgrad
        >>> bool((clgrad.zeros(100).uniform_(2, 3) >= 2).all())
        True
        """
        if not low <= high:
            raise ArgumentError(f"[uniform_] low {low} must not be above high {high}; swap them")
        return self._draw(draws.uniform, "uniform_", generator, low, high)

    def normal_(self: T, mean: Real = 0.0, std: Real = 1.0, *, generator: Generator | None = None) -> T:
        """Normally distributed numbers, in place. Raises ArgumentError.

        >>> import clgrad
        >>> clgrad.zeros(2).normal_(3, 0).tolist()
        [3.0, 3.0]
        """
        if not std >= 0:
            raise ArgumentError(f"[normal_] std={std} must not be negative")
        return self._draw(draws.normal, "normal_", generator, mean, std)

    def log_normal_(self: T, mean: Real = 1.0, std: Real = 2.0, *, generator: Generator | None = None) -> T:
        """Numbers whose logarithms are normally distributed, in place. Raises ArgumentError."""
        if not std > 0:
            raise ArgumentError(f"[log_normal_] std={std} must be positive")
        return self._draw(draws.log_normal, "log_normal_", generator, mean, std)

    def exponential_(self: T, lambd: Real = 1.0, *, generator: Generator | None = None) -> T:
        """Numbers of density lambd * exp(-lambd * x), in place. Raises ArgumentError."""
        if not lambd > 0:
            raise ArgumentError(f"[exponential_] lambd={lambd} must be positive")
        return self._draw(draws.exponential, "exponential_", generator, lambd)

    def cauchy_(self: T, median: Real = 0.0, sigma: Real = 1.0, *, generator: Generator | None = None) -> T:
        """Numbers of Cauchy's distribution, in place. Raises ArgumentError."""
        if not sigma > 0:
            raise ArgumentError(f"[cauchy_] sigma={sigma} must be positive")
        return self._draw(draws.cauchy, "cauchy_", generator, median, sigma)

    def geometric_(self: T, p: Real, *, generator: Generator | None = None) -> T:
        """How many trials of probability p it takes to succeed (1, 2 ...), in place. Raises ArgumentError."""
        if not 0 < p < 1:
            raise ArgumentError(f"[geometric_] p={p}, the probability must lie between 0 and 1")
        return self.assign(Tensor(draws.geometric(self.shape, self.dtype, self.device, generator, p)))

    def bernoulli(self: T, p: Real | None = None, *, generator: Generator | None = None) -> T:
        """1 with the probability that each element is, or with ``p``, else 0. Raises DtypeError, ArgumentError."""
        if p is None and not self.dtype.is_float:
            raise DtypeError(
                f"[bernoulli] input is {self.dtype.name}, probabilities must be floating; cast it with .to(dtype)"
            )
        if p is not None and not 0 <= p <= 1:
            raise ArgumentError(f"[bernoulli] p={p}, a probability must lie in [0, 1]")
        chance = self.detach().node if p is None else p
        return cast(T, Tensor(draws.bernoulli(self.shape, self.device, generator, chance)._cast(self.dtype)))

    def multinomial(
        self: T, num_samples: builtins.int, replacement: Any = False, *, generator: Generator | None = None
    ) -> T:
        """Places along the last dim, drawn with these weights; see ``clgrad.multinomial``."""
        return cast(T, Tensor(draws.multinomial(self.detach().node, num_samples, replacement, generator)))

    def bernoulli_(self: T, p: Tensor | Real = 0.5, *, generator: Generator | None = None) -> T:
        """1 with probability p (a number, or a tensor that broadcasts), else 0, in place. Raises ArgumentError.

        >>> import clgrad
        >>> clgrad.zeros(2).bernoulli_(1.0).tolist()
        [1.0, 1.0]
        """
        if not isinstance(p, Tensor) and not 0 <= p <= 1:
            raise ArgumentError(f"[bernoulli_] p={p}, a probability must lie in [0, 1]")
        chance = p.detach().node if isinstance(p, Tensor) else p
        return self.assign(Tensor(draws.bernoulli(self.shape, self.device, generator, chance)))

    def random_(self: T, low: Any = None, high: Any = None, *, generator: Generator | None = None) -> T:
        """Whole numbers from low up to but without high, in place; ``random_(high)`` starts at 0.

        Without either: from 0 to the largest of an integer dtype; of a float, all those it holds without a gap.
        Raises ArgumentError.

        >>> import clgrad
        >>> set(clgrad.zeros(100).random_(3, 5).tolist()) == {3.0, 4.0}
        True
        """
        if low is None:
            return self.assign(Tensor(draws.whole(self.shape, self.dtype, self.device, generator)))
        low, high = (0, low) if high is None else (low, high)
        return self.assign(Tensor(draws.integers(self.shape, self.device, generator, low, high, "random_")))


def _leaf(node: Node) -> Node:
    leaf = Node.apply(moves.leaf, (node,), ())
    leaf.needs_grad = True
    return leaf


def _nonzero(mask: Any) -> Any:
    # The number of hits decides a shape: it is read here and now, the places stay on the device.
    return selection.nonzero(mask, as_tuple=True) if isinstance(mask, Tensor) else np.asarray(mask).nonzero()


def leaves_of(root: Tensor) -> list[Node]:
    """The leaves that a tensor's history goes back to."""
    order = toposort([root.node], lambda node: not node.needs_grad or node.op is moves.leaf)
    return [node for node in order if node.op is moves.leaf]


def seed_of(root: Tensor, given: Tensor | None) -> Tensor:
    """The upstream gradient: ones for a single element. Raises GradientError, ShapeError."""
    if not root.requires_grad:
        raise GradientError("[backward] this tensor has no history: nothing it was made from requires gradients")
    if given is None:
        if root.numel() != 1:
            raise GradientError(
                f"[backward] a gradient starts from one element, this has shape {root.shape}; "
                "reduce it, or give the upstream gradient"
            )
        if root.dtype.is_complex:
            raise GradientError(
                f"[backward] a gradient starts from a real number, this is {root.dtype.name}; "
                "take .real or .abs(), or give the upstream gradient"
            )
        return root._constant(1, root.dtype)._broadcast(root.shape)
    if given.shape != root.shape:
        raise ShapeError(f"[backward] the upstream gradient has shape {given.shape}, the tensor {root.shape}")
    return given._cast(root.dtype) if root.dtype.is_complex else given


def differentiate(
    roots: Sequence[Tensor],
    seeds: Sequence[Tensor],
    targets: Sequence[Node],
    retain_graph: Any,
    create_graph: Any,
) -> list[Tensor | None]:
    """Gradients of ``sum(root * seed)`` for each target; with create_graph they have history themselves."""
    found = gradient(
        [root.node for root in roots],
        [seed.node for seed in seeds],
        targets,
        release=not (retain_graph or create_graph),
        create_graph=bool(create_graph),
    )
    results: list[Tensor | None] = []
    for node in found:
        if node is not None and not create_graph and node.needs_grad:  # the upstream gradient itself, say
            node = Node.apply(moves.detach, (node,), ())
        results.append(None if node is None else Tensor(node))
    return results


def realize(*tensors: Tensor) -> None:
    """Compute many tensors as one plan."""
    runtime.realize([one.node for one in tensors])


# -- creation ------------------------------------------------------------------------------------


def _from_host(host: np.ndarray[Any, Any], device: Any, requires_grad: bool, dtype: DType | None = None) -> Tensor:
    """A tensor of elements as they are stored; without a dtype, of numpy's."""
    chosen = find_device(device)
    host = host.astype(host.dtype.newbyteorder("="), copy=False)
    dtype = as_dtype(host.dtype) if dtype is None else dtype
    chosen.check(dtype, "tensor")
    node = Node(sources.buffer, (), (), host.shape, dtype, chosen, buffer=Buffer(chosen, host.nbytes, host=host))
    return Tensor(node).requires_grad_(requires_grad)


def tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Copy data (numbers, nested sequences, numpy arrays, tensors) into a tensor.

    Python floats become float32, complex numbers complex64 and integers int64; numpy arrays keep their dtype.

    >>> import clgrad
    >>> clgrad.tensor([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    if isinstance(data, Tensor):
        result = data.detach()
        result = result.to(device=device) if device is not None else result
        result = result.to(dtype=dtype) if dtype is not None else result
        return Tensor(result.node).requires_grad_(requires_grad)
    if isinstance(data, (list, tuple)) and any(isinstance(one, Tensor) for one in data):
        data = [one.tolist() if isinstance(one, Tensor) else one for one in data]
    try:
        host = np.asarray(data)
    except ValueError as error:
        raise ShapeError(f"[tensor] rows of the data have different lengths: {error}") from error
    kind = host.dtype.newbyteorder("=")
    wanted = None if dtype is None else as_dtype(dtype)
    if wanted is not None:
        kind = wanted.storage
    elif not isinstance(data, (np.ndarray, np.generic)) and host.dtype == np.float64:
        kind = np.dtype(np.float32)
    elif not isinstance(data, (np.ndarray, np.generic)) and host.dtype == np.complex128:
        kind = np.dtype(np.complex64)
    if kind.hasobject:
        raise DtypeError(f"[tensor] can not make a tensor of {type(data).__name__}: {data!r}")
    if host.dtype.kind == "c" and kind.kind not in "cb":
        host = host.real
    copied = host_array(host.shape, kind)
    with np.errstate(all="ignore"):
        np.copyto(copied, host if wanted is None else encode(host, wanted), casting="unsafe")
    return _from_host(copied, device, requires_grad, wanted)


def from_numpy(array: np.ndarray[Any, Any], device: Any = None) -> Tensor:
    """A tensor of a numpy array, which must not change afterwards; nothing is copied before it runs.

    >>> import clgrad, numpy
    >>> clgrad.from_numpy(numpy.arange(2)).dtype
    clgrad.int64
    """
    if not isinstance(array, np.ndarray):
        raise DtypeError(f"[from_numpy] needs a numpy array, got {type(array).__name__}; use clgrad.tensor")
    return _from_host(np.ascontiguousarray(array).reshape(array.shape), device, False)


def from_dlpack(x: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """A tensor of another library's array, by DLPack, without a copy where that is possible; see ``from_numpy``.

    Memory that the host can read goes to ``device``, or the default device. An OpenCL buffer stays on its
    device, whose number it has here; it has to belong to the same context. ``copy=True`` always copies.

    Raises DeviceError for memory that no device here can read, and DtypeError for a dtype that does not exist here.

    >>> import clgrad, numpy
    >>> clgrad.from_dlpack(numpy.arange(3)).tolist()
    [0, 1, 2]
    """
    kind, number = x.__dlpack_device__()
    if kind == dlpack.OPENCL:
        chosen = find_device(f"cl:{number}")
        pointer, _, shape, dtype, give_back = dlpack.import_opencl(x.__dlpack__())
        buffer = Buffer(chosen, math.prod(shape) * dtype.size)
        weakref.finalize(buffer, give_back)
        buffer.storage, buffer.is_borrowed = chosen.borrow(pointer), True
        shown = Tensor(Node(sources.buffer, (), (), shape, dtype, chosen, buffer=buffer))
        shown = (shown * 1).realize() if copy else shown
        return shown if device is None else shown.to(device=device)
    if kind != dlpack.CPU:
        raise DeviceError(
            f"[from_dlpack] memory of DLPack's device type {kind} is read by no device here; copy it to the host first"
        )
    try:
        host = np.from_dlpack(x)
    except (BufferError, RuntimeError, TypeError) as error:
        raise DtypeError(f"[from_dlpack] numpy can not read this array: {error}; cast or copy it before") from error
    return tensor(host, device=device) if copy else from_numpy(host, device)
