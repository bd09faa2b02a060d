// global (1, 1), local (1, 1)
typedef ushort clgrad_ushort16 __attribute__((ext_vector_type(16), aligned(2)));
static inline float16 clgrad_widen_bfloat16_16(ushort16 h) {
    return as_float16(__builtin_convertvector(h, uint16) << 16);
}
static inline ushort16 clgrad_narrow_bfloat16_16(float16 x) {
    const uint16 u = as_uint16(x);
    const uint16 nearest = u + (((u >> 16) & 1) + 0x7fff);
    return __builtin_convertvector((((u & 0x7fffffff) > 0x7f800000) ? (u | 0x400000) : nearest) >> 16, ushort16);
}
static inline ushort16 clgrad_narrow_float16_16(float16 x) {
    typedef short shorts __attribute__((ext_vector_type(16)));
#if defined(__AVX512F__) && __has_builtin(__builtin_ia32_vcvtps2ph512_mask)
    return __builtin_astype(__builtin_ia32_vcvtps2ph512_mask(x, 0, (shorts)(0), (ushort)0xffff), ushort16);
#else
    const uint16 s = as_uint16(x) & 0x80000000u, u = as_uint16(x) ^ s;
    const uint16 huge = (u > 0x7f800000u) ? (uint16)(0x7e00) : (uint16)(0x7c00);
    const uint16 small = as_uint16(as_float16(u) + 0.5f) - 0x3f000000u;
    const uint16 nearest = (u - 0x37fff001u + ((u >> 13) & 1)) >> 13;
    const uint16 bits = (u >= 0x47800000u) ? huge : ((u < 0x38800000u) ? small : nearest);
    return __builtin_convertvector(bits | (s >> 16), ushort16);
#endif
}
static inline float16 clgrad_widen_float16_16(ushort16 h) {
    typedef short shorts __attribute__((ext_vector_type(16)));
#if defined(__AVX512F__) && __has_builtin(__builtin_ia32_vcvtph2ps512_mask)
    float16 x = __builtin_ia32_vcvtph2ps512_mask(__builtin_astype(h, shorts), (float16)(0), (ushort)0xffff, 4);
    __asm__("" : "+v"(x)); return x;
#else
    const uint16 u = __builtin_convertvector(h, uint16), m = (u & 0x7fff) << 13, e = m & 0x0f800000;
    const float16 small = as_float16(m + 0x38800000) - 6.103515625e-05f;
    const uint16 large = m + ((e == 0x0f800000) ? (uint16)(0x70000000) : (uint16)(0x38000000));
    return as_float16(((e == 0) ? as_uint16(small) : large) | ((u & 0x8000) << 16));
#endif
}
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 64;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 3; row++) {
    const int i0 = row;
    const float v1 = 0.10000000149011612f;
    for (int step = first; step < first + 64 && step < 50; step += 16) {
        const int n = step <= 34 ? step : 34;
        const float16 v0 = clgrad_widen_bfloat16_16(*(__global const clgrad_ushort16*)(a0 + i0 * 50 + n));
const float16 v2 = v0 * (float16)(v1);
const float16 v3 = clgrad_widen_bfloat16_16(clgrad_narrow_bfloat16_16(v2));
const float16 v4 = clgrad_widen_float16_16(clgrad_narrow_float16_16(v3));
        { const ushort16 h = clgrad_narrow_float16_16(v4); a1[i0 + n * 3] = h.s0; a1[i0 + (n + 1) * 3] = h.s1; a1[i0 + (n + 2) * 3] = h.s2; a1[i0 + (n + 3) * 3] = h.s3; a1[i0 + (n + 4) * 3] = h.s4; a1[i0 + (n + 5) * 3] = h.s5; a1[i0 + (n + 6) * 3] = h.s6; a1[i0 + (n + 7) * 3] = h.s7; a1[i0 + (n + 8) * 3] = h.s8; a1[i0 + (n + 9) * 3] = h.s9; a1[i0 + (n + 10) * 3] = h.sa; a1[i0 + (n + 11) * 3] = h.sb; a1[i0 + (n + 12) * 3] = h.sc; a1[i0 + (n + 13) * 3] = h.sd; a1[i0 + (n + 14) * 3] = h.se; a1[i0 + (n + 15) * 3] = h.sf; }
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
