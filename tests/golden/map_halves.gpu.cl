// global (256, 1), local (128, 1)
static inline float clgrad_widen_bfloat16_1(ushort h) {
    return as_float(((uint)(h)) << 16);
}
static inline ushort clgrad_narrow_bfloat16_1(float x) {
    const uint u = as_uint(x);
    const uint nearest = u + (((u >> 16) & 1) + 0x7fff);
    return ((ushort)((((u & 0x7fffffff) > 0x7f800000) ? (u | 0x400000) : nearest) >> 16));
}
static inline ushort clgrad_narrow_float16_1(float x) {
    ushort h; vstore_half_rte(x, 0, (half*)&h); return h;
}
static inline float clgrad_widen_float16_1(ushort h) {
    return vload_half(0, (const half*)&h);
}
CLGRAD_ITEM void NAME_item(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 150) return;
    const int i0 = item / 3; const int n = item % 3;
    const float v1 = 0.10000000149011612f;
        const float v0 = clgrad_widen_bfloat16_1(a0[i0 + n * 50]);
const float v2 = v0 * v1;
const float v3 = clgrad_widen_bfloat16_1(clgrad_narrow_bfloat16_1(v2));
const float v4 = clgrad_widen_float16_1(clgrad_narrow_float16_1(v3));
        a1[i0 * 3 + n] = clgrad_narrow_float16_1(v4);
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const ushort* restrict a0, __global ushort* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
