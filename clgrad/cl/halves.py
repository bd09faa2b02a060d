"""C that widens the halves to float32 and rounds float32 to them, in registers.

A bfloat16 is the upper half of a float32. For float16 a device's ``vload_half`` is an instruction, but PoCL
calculates it in a call (8 times the time of what is here). So PoCL gets the processor's instruction where its
compiler knows it, and else integers after F. Giesen (float->half variants, https://gist.github.com/rygorous/2156668).
A map of 2^20 float16, both ways: 46 us with the instruction, 140 with integers, 377 with PoCL's functions.
"""

from __future__ import annotations

from clgrad.cl.caps import Capabilities
from clgrad.dtypes import DType, bfloat16
from clgrad.ops.elementary import LANES


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
        body = _instruction("vcvtph2ps", lanes, _widening(lanes), body)
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
        body = _instruction("vcvtps2ph", lanes, _narrowing(lanes), body)
    return f"static inline {stored} {narrower(dtype, lanes)}({floats} x) {{\n    {body}\n}}"


def widener(dtype: DType, lanes: int) -> str:
    return f"clgrad_widen_{dtype.name}_{lanes}"


def narrower(dtype: DType, lanes: int) -> str:
    return f"clgrad_narrow_{dtype.name}_{lanes}"


def _instruction(name: str, lanes: int, statement: str, body: str) -> str:
    """The statement with the processor's instruction, where the compiler has it; else the body."""
    builtin = f"__builtin_ia32_{name}{'512_mask' if lanes == 16 else '256' if lanes == 8 else ''}"
    return f"""typedef short shorts __attribute__((ext_vector_type({max(8, lanes)})));
#if defined({"__AVX512F__" if lanes == 16 else "__F16C__"}) && __has_builtin({builtin})
    {statement.format(builtin)}
#else
    {body}
#endif"""


def _widening(lanes: int) -> str:
    """Halves h become floats. LLVM knows what the instruction does, and would then ask each half alone whether
    it is NaN, in 20 times the time: an assembler statement that does nothing hides where the floats come from."""
    if lanes == 16:
        return """float16 x = {}(__builtin_astype(h, shorts), (float16)(0), (ushort)0xffff, 4);
    __asm__("" : "+v"(x)); return x;"""
    if lanes == 8:
        return 'float8 x = {}(__builtin_astype(h, shorts)); __asm__("" : "+x"(x)); return x;'
    some, result = _lanes("h", lanes, "(short)"), _lanes("x", 4)
    zeros = ", 0" * (8 - lanes)
    value = f"(float{lanes})({', '.join(result[:lanes])})" if lanes > 1 else result[0]
    return f'float4 x = {{}}((shorts)({", ".join(some)}{zeros})); __asm__("" : "+x"(x)); return {value};'


def _narrowing(lanes: int) -> str:
    """Floats x become halves; 0 rounds to the nearest."""
    if lanes == 16:
        return "return __builtin_astype({}(x, 0, (shorts)(0), (ushort)0xffff), ushort16);"
    if lanes == 8:
        return "return __builtin_astype({}(x, 0), ushort8);"
    zeros = ", 0" * (4 - lanes)
    some = ", ".join(_lanes("x", lanes))
    result = _lanes("h", 8, "(ushort)")
    value = f"(ushort{lanes})({', '.join(result[:lanes])})" if lanes > 1 else result[0]
    return f"const shorts h = {{}}((float4)({some}{zeros}), 0); return {value};"


def _lanes(name: str, lanes: int, kind: str = "") -> list[str]:
    return [f"{kind}{name}.s{lane}" for lane in LANES[:lanes]] if lanes > 1 else [f"{kind}{name}"]


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
