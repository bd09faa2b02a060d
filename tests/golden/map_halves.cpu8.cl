// global (1, 1), local (1, 1)
typedef ushort clgrad_ushort8 __attribute__((ext_vector_type(8), aligned(2)));
static inline float8 clgrad_widen_bfloat16_8(ushort8 h) {
    return as_float8(__builtin_convertvector(h, uint8) << 16);
}
static inline ushort8 clgrad_narrow_bfloat16_8(float8 x) {
    const uint8 u = as_uint8(x);
    const uint8 nearest = u + (((u >> 16) & 1) + 0x7fff);
    return __builtin_convertvector((((u & 0x7fffffff) > 0x7f800000) ? (u | 0x400000) : nearest) >> 16, ushort8);
}
static inline ushort8 clgrad_narrow_float16_8(float8 x) {
    typedef short shorts __attribute__((ext_vector_type(8)));
#if defined(__F16C__) && __has_builtin(__builtin_ia32_vcvtps2ph256)
    return __builtin_astype(__builtin_ia32_vcvtps2ph256(x, 0), ushort8);
#else
    const uint8 s = as_uint8(x) & 0x80000000u, u = as_uint8(x) ^ s;
    const uint8 huge = (u > 0x7f800000u) ? (uint8)(0x7e00) : (uint8)(0x7c00);
    const uint8 small = as_uint8(as_float8(u) + 0.5f) - 0x3f000000u;
    const uint8 nearest = (u - 0x37fff001u + ((u >> 13) & 1)) >> 13;
    const uint8 bits = (u >= 0x47800000u) ? huge : ((u < 0x38800000u) ? small : nearest);
    return __builtin_convertvector(bits | (s >> 16), ushort8);
#endif
}
static inline float8 clgrad_widen_float16_8(ushort8 h) {
    typedef short shorts __attribute__((ext_vector_type(8)));
#if defined(__F16C__) && __has_builtin(__builtin_ia32_vcvtph2ps256)
    float8 x = __builtin_ia32_vcvtph2ps256(__builtin_astype(h, shorts)); __asm__("" : "+x"(x)); return x;
#else
    const uint8 u = __builtin_convertvector(h, uint8), m = (u & 0x7fff) << 13, e = m & 0x0f800000;
    const float8 small = as_float8(m + 0x38800000) - 6.103515625e-05f;
    const uint8 large = m + ((e == 0x0f800000) ? (uint8)(0x70000000) : (uint8)(0x38000000));
    return as_float8(((e == 0) ? as_uint8(small) : large) | ((u & 0x8000) << 16));
#endif
}
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 56;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 3; row++) {
    const int i0 = row;
    const float v1 = 0.10000000149011612f;
    for (int step = first; step < first + 56 && step < 50; step += 8) {
        const int n = step <= 42 ? step : 42;
        const float8 v0 = clgrad_widen_bfloat16_8(*(__global const clgrad_ushort8*)(a0 + i0 * 50 + n));
const float8 v2 = v0 * (float8)(v1);
const float8 v3 = clgrad_widen_bfloat16_8(clgrad_narrow_bfloat16_8(v2));
const float8 v4 = clgrad_widen_float16_8(clgrad_narrow_float16_8(v3));
        { const ushort8 h = clgrad_narrow_float16_8(v4); a1[i0 + n * 3] = h.s0; a1[i0 + (n + 1) * 3] = h.s1; a1[i0 + (n + 2) * 3] = h.s2; a1[i0 + (n + 3) * 3] = h.s3; a1[i0 + (n + 4) * 3] = h.s4; a1[i0 + (n + 5) * 3] = h.s5; a1[i0 + (n + 6) * 3] = h.s6; a1[i0 + (n + 7) * 3] = h.s7; }
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
