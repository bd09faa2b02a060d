// global (2, 1), local (1, 1)
static inline float2 clgrad_widen_bfloat16_2(ushort2 h) {
    return as_float2(__builtin_convertvector(h, uint2) << 16);
}
static inline ushort2 clgrad_narrow_bfloat16_2(float2 x) {
    const uint2 u = as_uint2(x);
    const uint2 nearest = u + (((u >> 16) & 1) + 0x7fff);
    return __builtin_convertvector((((u & 0x7fffffff) > 0x7f800000) ? (u | 0x400000) : nearest) >> 16, ushort2);
}
static inline ushort2 clgrad_narrow_float16_2(float2 x) {
    typedef short shorts __attribute__((ext_vector_type(8)));
#if defined(__F16C__) && __has_builtin(__builtin_ia32_vcvtps2ph)
    const shorts h = __builtin_ia32_vcvtps2ph((float4)(x.s0, x.s1, 0, 0), 0); return (ushort2)((ushort)h.s0, (ushort)h.s1);
#else
    const uint2 s = as_uint2(x) & 0x80000000u, u = as_uint2(x) ^ s;
    const uint2 huge = (u > 0x7f800000u) ? (uint2)(0x7e00) : (uint2)(0x7c00);
    const uint2 small = as_uint2(as_float2(u) + 0.5f) - 0x3f000000u;
    const uint2 nearest = (u - 0x37fff001u + ((u >> 13) & 1)) >> 13;
    const uint2 bits = (u >= 0x47800000u) ? huge : ((u < 0x38800000u) ? small : nearest);
    return __builtin_convertvector(bits | (s >> 16), ushort2);
#endif
}
static inline float2 clgrad_widen_float16_2(ushort2 h) {
    typedef short shorts __attribute__((ext_vector_type(8)));
#if defined(__F16C__) && __has_builtin(__builtin_ia32_vcvtph2ps)
    float4 x = __builtin_ia32_vcvtph2ps((shorts)((short)h.s0, (short)h.s1, 0, 0, 0, 0, 0, 0)); __asm__("" : "+x"(x)); return (float2)(x.s0, x.s1);
#else
    const uint2 u = __builtin_convertvector(h, uint2), m = (u & 0x7fff) << 13, e = m & 0x0f800000;
    const float2 small = as_float2(m + 0x38800000) - 6.103515625e-05f;
    const uint2 large = m + ((e == 0x0f800000) ? (uint2)(0x70000000) : (uint2)(0x38000000));
    return as_float2(((e == 0) ? as_uint2(small) : large) | ((u & 0x8000) << 16));
#endif
}
typedef ushort clgrad_ushort2 __attribute__((ext_vector_type(2), aligned(2)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 2;
    const int row0 = (int)id1 * 2048;
    for (int row = row0; row < row0 + 2048 && row < 50; row++) {
    const int i0 = row;
    const float v1 = 0.10000000149011612f;
    for (int step = first; step < first + 2 && step < 3; step += 2) {
        const int n = step <= 1 ? step : 1;
        const float2 v0 = clgrad_widen_bfloat16_2((ushort2)(a0[i0 + n * 50], a0[i0 + (n + 1) * 50]));
const float2 v2 = v0 * (float2)(v1);
const float2 v3 = clgrad_widen_bfloat16_2(clgrad_narrow_bfloat16_2(v2));
const float2 v4 = clgrad_widen_float16_2(clgrad_narrow_float16_2(v3));
        *(__global clgrad_ushort2*)(a1 + i0 * 3 + n) = clgrad_narrow_float16_2(v4);
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
