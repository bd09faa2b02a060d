"""C that widens the halves to float32 and rounds float32 to them, in registers.

A bfloat16 is the upper half of a float32. For float16 a device's ``vload_half`` is an instruction, but PoCL
calculates it in a call (8 times the time of what is here). So PoCL gets the processor's instruction where its
compiler knows it, and else integers after F. Giesen (float->half variants, https://gist.github.com/rygorous/2156668).
A map of 2^20 float16, both ways: 46 us with the instruction, 140 with integers, 377 with PoCL's functions.
"""

from __future__ import annotations

from clgrad.cl.caps import Capabilities
from clgrad.dtypes import DType, bfloat16


def widen(dtype: DType, lanes: int, capabilities: Capabilities) -> str:
    """A C function from stored halves to float32."""
    floats, stored, words = _kinds(lanes)
    if dtype is bfloat16:
        body = f"return as_{floats}({_cast('h', words, capabilities)} << 16);"
    elif capabilities.loads_halves:
        body = f"return vload_half{lanes if lanes > 1 else ''}(0, (const half*)&h);"
    else:
        body = f"""const {words} u = {_cast("h", words, capabilities)}, m = (u & 0x7fff) << 13, e = m & 0x0f800000;
    const {floats} small = as_{floats}(m + 0x38800000) - 6.103515625e-05f;
    const {words} large = m + ((e == 0x0f800000) ? ({words})(0x70000000) : ({words})(0x38000000));
    return as_{floats}(((e == 0) ? as_{words}(small) : large) | ((u & 0x8000) << 16));"""
        body = _instruction(_WIDENS, lanes, body)
    return f"static inline {floats} {widener(dtype, lanes)}({stored} h) {{\n    {body}\n}}"


def narrow(dtype: DType, lanes: int, capabilities: Capabilities) -> str:
    """A C function from float32 to halves as they are stored: the nearest, ties to even; NaN stays NaN."""
    floats, stored, words = _kinds(lanes)
    if dtype is bfloat16:
        body = f"""const {words} u = as_{words}(x);
    const {words} nearest = u + (((u >> 16) & 1) + 0x7fff);
    return {_cast("(((u & 0x7fffffff) > 0x7f800000) ? (u | 0x400000) : nearest) >> 16", stored, capabilities)};"""
    elif capabilities.loads_halves:
        body = f"{stored} h; vstore_half{lanes if lanes > 1 else ''}_rte(x, 0, (half*)&h); return h;"
    else:
        body = f"""const {words} s = as_{words}(x) & 0x80000000u, u = as_{words}(x) ^ s;
    const {words} huge = (u > 0x7f800000u) ? ({words})(0x7e00) : ({words})(0x7c00);
    const {words} small = as_{words}(as_{floats}(u) + 0.5f) - 0x3f000000u;
    const {words} nearest = (u - 0x37fff001u + ((u >> 13) & 1)) >> 13;
    const {words} bits = (u >= 0x47800000u) ? huge : ((u < 0x38800000u) ? small : nearest);
    return {_cast("bits | (s >> 16)", stored, capabilities)};"""
        body = _instruction(_NARROWS, lanes, body)
    return f"static inline {stored} {narrower(dtype, lanes)}({floats} x) {{\n    {body}\n}}"


def widener(dtype: DType, lanes: int) -> str:
    return f"clgrad_widen_{dtype.name}_{lanes}"


def narrower(dtype: DType, lanes: int) -> str:
    return f"clgrad_narrow_{dtype.name}_{lanes}"


_WIDENS = {
    16: ("vcvtph2ps512_mask", "(__builtin_astype(h, shorts), (float16)(0), (ushort)0xffff, 4)"),
    8: ("vcvtph2ps256", "(__builtin_astype(h, shorts))"),
}
_NARROWS = {
    16: ("vcvtps2ph512_mask", "(x, 0, (shorts)(0), (ushort)0xffff)"),
    8: ("vcvtps2ph256", "(x, 0)"),
}
"""clang's names for the instruction, with arguments; 0 rounds to the nearest."""


def _instruction(table: dict[int, tuple[str, str]], lanes: int, body: str) -> str:
    """The processor's instruction where there is one, else the body."""
    if lanes not in table:
        return body
    name, arguments = table[lanes]
    known = "__AVX512F__" if lanes == 16 else "__F16C__"
    call = f"__builtin_ia32_{name}{arguments}"
    call = call if table is _WIDENS else f"__builtin_astype({call}, ushort{lanes})"
    return f"""typedef short shorts __attribute__((ext_vector_type({lanes})));
#if defined({known}) && __has_builtin(__builtin_ia32_{name})
    return {call};
#else
    {body}
#endif"""


def _kinds(lanes: int) -> tuple[str, str, str]:
    """The C types of so many floats, of stored halves, and of words of 32 bits."""
    count = str(lanes) if lanes > 1 else ""
    return f"float{count}", f"ushort{count}", f"uint{count}"


def _cast(text: str, kind: str, capabilities: Capabilities) -> str:
    if not kind[-1].isdigit():
        return f"(({kind})({text}))"
    if capabilities.vector_pointers:
        return f"__builtin_convertvector({text}, {kind})"
    return f"convert_{kind}({text})"
