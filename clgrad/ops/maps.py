"""Elementwise ops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from clgrad.dtypes import DType, converted, decode, encode, uint64
from clgrad.errors import IndexRangeError
from clgrad.ops import ANY, BITS, COMPLEXES, COSTLY, FLOATS, NUMBER, Op, elementary, predicate, row


def _flat(g: Any, y: Any, *operands: Any) -> Any:
    """The gradient of a step function."""
    return g.zeros_like()


# -- one operand ---------------------------------------------------------------------------------

neg = row("neg", "map", domain=NUMBER, numpy=np.negative, c="-{0}", keeps=True, vjp=lambda g, y, x: -g)
absolute = row(
    "abs",
    "map",
    keeps=True,
    domain=NUMBER,
    numpy=np.abs,
    c="({0} <= ({T})(0)) ? ({T})(0) - {0} : {0}",
    vjp=lambda g, y, x: g * x.sign(),
)
sign = row(
    "sign",
    "map",
    jumps=True,
    domain=NUMBER,
    numpy=np.sign,
    c="({0} > ({T})(0)) ? ({T})(1) : (({0} < ({T})(0)) ? ({T})(-1) : (({0} == {0}) ? ({T})(0) : {0}))",
    vjp=_flat,
)
reciprocal = row(
    "reciprocal",
    "map",
    domain=FLOATS,
    numpy=np.reciprocal,
    c="({t})1 / {0}",
    vjp=lambda g, y, x: -g * y * y,
)
sqrt = row("sqrt", "map", domain=FLOATS, numpy=np.sqrt, c="sqrt({0})", cost=2, vjp=lambda g, y, x: g / (y * 2))
rsqrt = row(
    "rsqrt",
    "map",
    domain=FLOATS,
    numpy=lambda x: 1 / np.sqrt(x),
    c="({t})1 / sqrt({0})",
    cost=2,
    vjp=lambda g, y, x: g * y * y * y * -0.5,
)


def _function(name: str, numpy: Any, vjp: Any, **fields: Any) -> Any:
    """A transcendental function: floats only, dear enough to store when several kernels read it."""
    fields = {"c": f"{name}({{0}})", **fields}
    return row(name, "map", domain=FLOATS, numpy=numpy, cost=COSTLY, vjp=vjp, **fields)


def _own(name: str, numpy: Any, vjp: Any, native: str | None = None, shared: str = "") -> Any:
    """A function of elementary.py on CPUs; other devices have a good one (``native``), or "" if not."""
    native = f"{name}({{0}})" if native is None else native
    c, helper = f"clgrad_{name}_{{T}}({{0}})", getattr(elementary, name)
    return _function(name, numpy, vjp, c=c, native=native, helper=helper, shared=shared)


exp = _own("exp", np.exp, lambda g, y, x: g * y)
expm1 = _own("expm1", np.expm1, lambda g, y, x: g * (y + 1))
log = _own("log", np.log, lambda g, y, x: g / x)
exp2 = _own("exp2", np.exp2, lambda g, y, x: g * y * math.log(2))
log1p = _own("log1p", np.log1p, lambda g, y, x: g / (x + 1))
log2 = _own("log2", np.log2, lambda g, y, x: g / (x * math.log(2)))
log10 = _own("log10", np.log10, lambda g, y, x: g / (x * math.log(10)))
sin = _own("sin", np.sin, lambda g, y, x: g * x.cos(), shared=elementary.FAR_ANGLE)
cos = _own("cos", np.cos, lambda g, y, x: -g * x.sin(), shared=elementary.FAR_ANGLE)
tan = _own("tan", np.tan, lambda g, y, x: g * (y * y + 1), shared=elementary.FAR_ANGLE)
asin = _own("asin", np.arcsin, lambda g, y, x: g * (1 - x * x).rsqrt())
acos = _own("acos", np.arccos, lambda g, y, x: -g * (1 - x * x).rsqrt())
atan = _own("atan", np.arctan, lambda g, y, x: g / (x * x + 1))
sinh: Op = _own("sinh", np.sinh, lambda g, y, x: g * x._unary(cosh))
cosh: Op = _own("cosh", np.cosh, lambda g, y, x: g * x._unary(sinh))
asinh = _own("asinh", np.arcsinh, lambda g, y, x: g * (x * x + 1).rsqrt())
acosh = _own("acosh", np.arccosh, lambda g, y, x: g * (x * x - 1).rsqrt())
atanh = _own("atanh", np.arctanh, lambda g, y, x: g / (1 - x * x))
sigmoid = _own(
    "sigmoid",
    lambda x: 1 / (1 + np.exp(-x)),
    lambda g, y, x: g * y * (1 - y),
    native="({t})1 / (({t})1 + exp(-{0}))",
)
# A runtime's own may stay below 1 far out: a GPU computes these as a CPU does.
tanh = _own("tanh", np.tanh, lambda g, y, x: g * (1 - y * y), native="")

relu = row(
    "relu",
    "map",
    keeps=True,
    domain=NUMBER,
    numpy=lambda x: np.where(x < 0, x.dtype.type(0), x),
    c="({0} < ({T})(0)) ? ({T})(0) : {0}",  # a comparison keeps NaN
    vjp=lambda g, y, x: (y <= 0).choose(0, g),
)
floor = row("floor", "map", domain=FLOATS, numpy=np.floor, c="floor({0})", jumps=True, vjp=_flat)
ceil = row("ceil", "map", domain=FLOATS, numpy=np.ceil, c="ceil({0})", jumps=True, vjp=_flat)
trunc = row("trunc", "map", domain=FLOATS, numpy=np.trunc, c="trunc({0})", jumps=True, vjp=_flat)
round_ = row("round", "map", domain=FLOATS, numpy=np.rint, c="rint({0})", jumps=True, vjp=_flat)
invert = row("invert", "map", domain=(BITS[1],), numpy=np.invert, c="~{0}")
logical_not = predicate("logical_not", domain=ANY, numpy=np.logical_not, c="{0} == ({T})(0)")
cast = row(
    "cast",
    "map",
    attributes=("dtype",),
    numpy=converted,
    vjp=lambda g, y, x, dtype: g.to(x.dtype),
)

bitcast = row(
    "bitcast",
    "map",
    attributes=("dtype", "source"),
    numpy=lambda x, dtype, source: decode(np.asarray(encode(x, source), order="C").view(dtype.storage), dtype),
    c="as_{T}({0})",
)
"""The same bits read as another dtype of the same size; not of bool, which has two patterns only."""


def _check_index(x: Any, size: int, what: str, wrapped: bool) -> Any:
    bad = (x < 0) | (x >= size)
    if np.any(bad):
        raise index_error(int(x[bad].flat[0]), size, what, wrapped)
    return x


def index_error(value: int, size: int, what: str, wrapped: bool) -> IndexRangeError:
    """The error for an index found out of range while a kernel ran; what was given is told, not what it became.

    >>> print(index_error(-4, 5, "index, dim 0", True))
    [index, dim 0] index -9 is out of range for 5 entries; indices lie in -5 ... 4
    """
    given = value - size if wrapped and value < 0 else value
    lowest = -size if wrapped else 0
    return IndexRangeError(
        f"[{what}] index {given} is out of range for {size} entries; indices lie in {lowest} ... {size - 1}"
    )


def _check_index_helper(dtype: DType, lanes: int) -> str:
    """The same in C: a bad index is written down, and 0 is taken for it. Lanes are looked at only if one is bad.

    The first to claim the place for faults, by the lower half of ``faults[0]``, writes there: its site and its index.
    """
    head = "long size, long site, __global long* faults"
    note = "if (!atomic_cmpxchg((volatile __global int*)faults, 0, (int)site)) faults[1] = (long)index%s;"
    if lanes == 1:
        return (
            f"static inline {dtype.c} clgrad_check_index_{dtype.c}({dtype.c} index, {head}) {{\n"
            f"    if ((ulong)(long)index < (ulong)size) return index;\n    {note % ''}\n    return 0;\n}}"
        )
    kind, wide = f"{dtype.c}{lanes}", f"long{lanes}"
    index = "index" if dtype.c == "long" else f"as_{wide}(index)" if dtype.size == 8 else f"convert_{wide}(index)"
    mask = "bad" if dtype.size == 8 else f"convert_{dtype.mask_c}{lanes}(bad)"
    names = [f"s{'0123456789abcdef'[lane]}" for lane in range(lanes)]
    some = " | ".join(f"bad.{name}" for name in names)
    notes = "\n".join(f"        if (bad.{name}) {note % f'.{name}'}" for name in names)
    return (
        f"static inline {kind} clgrad_check_index_{kind}({kind} index, {head}) {{\n"
        f"    const {wide} wide = {index}, bad = (wide < ({wide})(0)) | (wide >= ({wide})(size));\n"
        f"    if ({some}) {{\n{notes}\n    }}\n    return {mask} ? ({kind})(0) : index;\n}}"
    )


check_index = row(
    "check_index",
    "map",
    attributes=("size", "what", "wrapped"),
    domain=(BITS[1],),
    numpy=_check_index,
    # The device goes on; the next copy to the host raises.
    c="clgrad_check_index_{T}({0}, {size}, {site}, faults)",
    helper=_check_index_helper,
)

# -- complex numbers -----------------------------------------------------------------------------

# The gradient of a real value by z is dL/dx + i dL/dy, as in torch.
real = row("real", "map", domain=COMPLEXES, cost=0, vjp=lambda g, y, z: g._with_imag(g.zeros_like()))
imag = row("imag", "map", domain=COMPLEXES, cost=0, vjp=lambda g, y, z: g.zeros_like()._with_imag(g))
complex_ = row("complex", "map", operands=2, domain=FLOATS, cost=0, vjp=lambda g, y, a, b: (g.real, g.imag))
"""The number with this real and this imaginary part."""
PARTS = (real, imag)

# -- two operands --------------------------------------------------------------------------------

add = row("add", "map", operands=2, domain=NUMBER, numpy=np.add, c="{0} + {1}", vjp=lambda g, y, a, b: (g, g))
sub = row("sub", "map", operands=2, domain=NUMBER, numpy=np.subtract, c="{0} - {1}", vjp=lambda g, y, a, b: (g, -g))
mul = row(
    "mul",
    "map",
    operands=2,
    domain=NUMBER,
    numpy=np.multiply,
    c="{0} * {1}",
    vjp=lambda g, y, a, b: (g * b, g * a),
)
div = row(
    "div",
    "map",
    operands=2,
    domain=FLOATS,
    numpy=np.divide,
    c="{0} / {1}",
    vjp=lambda g, y, a, b: (g / b, -g * y / b),
)


def _atan2_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    # Nothing turns at the origin, as in torch.
    square = a * a + b * b
    scale = (square == 0).choose(0, g / square)
    return scale * b, -scale * a


_REST = """
#ifdef cl_khr_fp64
    const double quotient = (double)a / b;
    {t} m;
    if (quotient > -1e8 && quotient < 1e8 && b < INFINITY && b > -INFINITY)
        m = as_float(as_int((float)(a - (double)(int)quotient * b)) | (as_int(a) & (int)0x80000000));
    else
        m = fmod(a, b);
#else
    {t} m = fmod(a, b);
#endif
"""
"""m, what is left of a division in float32: the product with a quotient of so few bits is exact in double.

A runtime's own fmod is right, and takes PoCL ten times as long."""


def _integer_or_float(name: str, integer: str, floating: str) -> Any:
    """A C function of two numbers of one dtype; integer division by zero or of the lowest value traps."""

    def helper(dtype: DType, lanes: int) -> str:
        body = floating.replace("{rest}", _REST if dtype.size == 4 else "{t} m = fmod(a, b);")
        body = body if dtype.is_float else integer
        if not dtype.signed:
            rest = "return b == 0 ? 0 : a % b;"
            body = {"floordiv": "return b == 0 ? 0 : a / b;", "mod": rest, "fmod": rest}.get(name, body)
        body = body.replace("{t}", dtype.c)
        return f"static inline {dtype.c} clgrad_{name}_{dtype.name}({dtype.c} a, {dtype.c} b) {{ {body} }}"

    return helper


atan2 = row(
    "atan2",
    "map",
    operands=2,
    domain=FLOATS,
    numpy=np.arctan2,
    c="clgrad_atan2_{T}({0}, {1})",
    native="atan2({0}, {1})",
    helper=elementary.atan2,
    cost=COSTLY,
    vjp=_atan2_vjp,
)
hypot = row(
    "hypot",
    "map",
    operands=2,
    domain=FLOATS,
    numpy=np.hypot,
    c="clgrad_hypot_{T}({0}, {1})",
    helper=elementary.hypot,
    cost=COSTLY,
    vjp=lambda g, y, a, b: (g * (a / y), g * (b / y)),
)
copysign = row(
    "copysign",
    "map",
    operands=2,
    domain=FLOATS,
    numpy=np.copysign,
    c="copysign({0}, {1})",
    vjp=lambda g, y, a, b: (g * a.sign() * y.sign(), g.zeros_like()),
)
nextafter = row(
    "nextafter",
    "map",
    operands=2,
    domain=FLOATS,
    numpy=np.nextafter,
    c="nextafter({0}, {1})",
    vjp=lambda g, y, a, b: ((a == b).choose(0, g), g.zeros_like()),
)

floordiv = row(
    "floordiv",
    "map",
    jumps=True,
    operands=2,
    domain=NUMBER,
    numpy=np.floor_divide,
    c="clgrad_floordiv_{name}({0}, {1})",
    helper=_integer_or_float(
        "floordiv",
        "if (b == 0) return 0; if (b == -1) return -a; {t} q = a / b;"
        " return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;",
        "if (b == 0) return a / b; {rest} {t} d = (a - m) / b; if (m != 0 && (b < 0) != (m < 0)) d -= 1;"
        " {t} f = floor(d); if (d - f > ({t})0.5) f += 1; return d == 0 ? copysign(({t})0, a / b) : f;",
    ),
    lanes=True,
    cost=COSTLY,
)
mod = row(
    "mod",
    "map",
    jumps=True,
    operands=2,
    domain=NUMBER,
    numpy=np.mod,
    c="clgrad_mod_{name}({0}, {1})",
    helper=_integer_or_float(
        "mod",
        "if (b == 0 || b == -1) return 0; {t} m = a % b; return (m != 0 && (m < 0) != (b < 0)) ? m + b : m;",
        "{rest} if (m != 0) { if ((b < 0) != (m < 0)) m += b; } else m = copysign(({t})0, b); return m;",
    ),
    lanes=True,
    cost=COSTLY,
    vjp=lambda g, y, a, b: (g, -g * (a // b)),
)


def _fmod_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    # A half's quotient would be rounded past a step.
    quotient = a.to(a.dtype.computing) / b.to(b.dtype.computing)
    return g, -g * quotient.trunc().to(b.dtype)


fmod = row(
    "fmod",
    "map",
    operands=2,
    domain=NUMBER,
    numpy=np.fmod,
    c="clgrad_fmod_{name}({0}, {1})",
    helper=_integer_or_float("fmod", "return (b == 0 || b == -1) ? 0 : a % b;", "{rest} return m;"),
    lanes=True,
    cost=COSTLY,
    vjp=_fmod_vjp,
)


def _integer_power(a: Any, b: Any) -> Any:
    if a.dtype.kind in "fu":
        return np.power(a, b)
    # A negative exponent gives what division by the positive power gives, as in torch.
    power = np.power(a, np.maximum(b, 0))
    inverse = np.where(a == 1, 1, np.where(a == -1, np.where(b % 2 == 0, 1, -1), 0))
    return np.where(b < 0, inverse, power).astype(a.dtype)


def _pow_vjp(g: Any, y: Any, a: Any, b: Any) -> Any:
    # At b = 0 and at a = 0 the naive rules give nan where the limit is 0.
    da = (b == 0).choose(0, g * b * a ** (b - 1))
    db = ((a == 0) & (b >= 0)).choose(0, g * y * a.log())
    return da, db


_power_of_one = _integer_or_float(
    "pow",
    "if (b < 0) return a == 1 ? 1 : (a == -1 ? ((b & 1) ? -1 : 1) : 0);"
    " {t} r = 1; while (b > 0) { if (b & 1) r *= a; a *= a; b >>= 1; } return r;",
    "return pow(a, b);",
)


def _power(dtype: DType, lanes: int) -> str:
    """Vectors of float32 are computed as vectors, all others one by one."""
    if lanes > 1 and dtype.c == "float":
        return elementary.power(lanes)
    kind = dtype.c if lanes == 1 else f"{dtype.c}{lanes}"
    name = f"clgrad_pow_{dtype.name}"
    one = _power_of_one(dtype, 1).replace(name, f"{name}_of_{lanes}")
    each = ", ".join(f"{name}_of_{lanes}(a.s{lane:x}, b.s{lane:x})" for lane in range(lanes))
    value = f"{name}_of_1(a, b)" if lanes == 1 else f"({kind})({each})"
    return f"{one}\nstatic inline {kind} clgrad_powers_{kind}({kind} a, {kind} b) {{ return {value}; }}"


pow_ = row(
    "pow",
    "map",
    operands=2,
    domain=NUMBER,
    numpy=_integer_power,
    c="clgrad_powers_{T}({0}, {1})",
    helper=_power,
    cost=COSTLY,
    vjp=_pow_vjp,
)


def _shared(g: Any, a: Any, b: Any, a_loses: Any, b_loses: Any) -> Any:
    # The loser gets nothing, and a tie is shared, as in torch.
    half = g * 0.5
    return tuple((a == b).choose(half, loses.choose(0, g)) for loses in (a_loses, b_loses))


maximum = row(
    "maximum",
    "map",
    keeps=True,
    operands=2,
    numpy=np.maximum,
    c="(({0} > {1}) | ({0} != {0})) ? {0} : {1}",
    vjp=lambda g, y, a, b: _shared(g, a, b, a < b, b < a),
)
minimum = row(
    "minimum",
    "map",
    keeps=True,
    operands=2,
    numpy=np.minimum,
    c="(({0} < {1}) | ({0} != {0})) ? {0} : {1}",
    vjp=lambda g, y, a, b: _shared(g, a, b, a > b, b > a),
)

eq = predicate("eq", operands=2, numpy=np.equal, c="{0} == {1}")
ne = predicate("ne", operands=2, numpy=np.not_equal, c="{0} != {1}")
lt = predicate("lt", operands=2, numpy=np.less, c="{0} < {1}")
le = predicate("le", operands=2, numpy=np.less_equal, c="{0} <= {1}")
gt = predicate("gt", operands=2, numpy=np.greater, c="{0} > {1}")
ge = predicate("ge", operands=2, numpy=np.greater_equal, c="{0} >= {1}")

bitwise_and = row("and", "map", operands=2, domain=BITS, numpy=np.bitwise_and, c="{0} & {1}")
bitwise_or = row("or", "map", operands=2, domain=BITS, numpy=np.bitwise_or, c="{0} | {1}")
bitwise_xor = row("xor", "map", operands=2, domain=BITS, numpy=np.bitwise_xor, c="{0} ^ {1}")
left_shift = row("left_shift", "map", operands=2, domain=(BITS[1],), numpy=np.left_shift, c="{0} << {1}")
right_shift = row("right_shift", "map", operands=2, domain=(BITS[1],), numpy=np.right_shift, c="{0} >> {1}")


def _gcd_helper(dtype: DType, lanes: int) -> str:
    """Euclid's algorithm; of signed numbers the magnitude."""
    magnitude, rest = ("a < 0 ? -a : a", "b == -1 ? 0 : a % b") if dtype.signed else ("a", "a % b")
    return (
        f"static inline {dtype.c} clgrad_gcd_{dtype.name}({dtype.c} a, {dtype.c} b) {{"
        f" while (b != 0) {{ {dtype.c} rest = {rest}; a = b; b = rest; }} return {magnitude}; }}"
    )


gcd = row(
    "gcd",
    "map",
    operands=2,
    domain=(BITS[1],),
    numpy=np.gcd,
    c="clgrad_gcd_{name}({0}, {1})",
    helper=_gcd_helper,
    lanes=True,
    cost=COSTLY,
)

# -- three operands ------------------------------------------------------------------------------

where = row(
    "where",
    "map",
    keeps=True,
    operands=3,
    numpy=np.where,
    c="{m0} ? {1} : {2}",
    vjp=lambda g, y, c, a, b: (None, c.choose(g, 0), c.choose(0, g)),
)
"""Condition (bool), value where it holds, value elsewhere."""

_PHILOX_MULTIPLIER, _PHILOX_STEP, _PHILOX_ROUNDS = 0xD256D193, 0x9E3779B9, 10


def _philox(counter: Any, stream: Any, key: Any) -> Any:
    """Philox2x32-10 (Salmon et al., 2011): 64 random bits for each (counter, stream) under a key."""
    left = (counter & np.uint64(0xFFFFFFFF)).astype(np.uint64)
    right = stream & np.uint64(0xFFFFFFFF)
    word = np.uint64(0xFFFFFFFF)
    key = key & word
    for _ in range(_PHILOX_ROUNDS):
        product = left * np.uint64(_PHILOX_MULTIPLIER)
        left, right = (product >> np.uint64(32)) ^ key ^ right, product & word
        key = (key + np.uint64(_PHILOX_STEP)) & word
    return (left << np.uint64(32)) | right


def _philox_helper(dtype: DType, lanes: int) -> str:
    """The same in C. Compilers see that the upper halves are zero, and multiply 32 by 32 bits."""
    kind = dtype.c if lanes == 1 else f"{dtype.c}{lanes}"
    return f"""static inline {kind} clgrad_philox_{kind}({kind} left, {kind} right, {kind} key) {{
    const {kind} word = ({kind})(0xFFFFFFFFUL);
    left &= word, right &= word, key &= word;
    for (int round = 0; round < {_PHILOX_ROUNDS}; round++) {{
        const {kind} product = left * ({kind})({_PHILOX_MULTIPLIER}UL);
        left = (product >> ({kind})(32)) ^ key ^ right;
        right = product & word;
        key = (key + ({kind})({_PHILOX_STEP}UL)) & word;
    }}
    return (left << ({kind})(32)) | right;
}}"""


philox = row(
    "philox",
    "map",
    operands=3,
    domain=(BITS[1],),
    result=uint64,
    numpy=_philox,
    c="clgrad_philox_{T}({0}, {1}, {2})",
    helper=_philox_helper,
    cost=COSTLY,
)
