// global (2, 1), local (1, 1)
static inline float4 clgrad_exp_float4(float4 x) {
    float4 v = x;
    v = (89.0f < v) ? (float4)(89.0f) : v; v = (-104.0f > v) ? (float4)(-104.0f) : v;
    const float4 t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float4 u = (float4)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f;
    const int4 half_power = (as_int4(t) << 22) & (int)0xff800000, rest = (as_int4(t) << 23) - half_power;
    const float4 e = ((u * r) * r + r + 1.0f) * as_float4(half_power + 0x3f800000) * as_float4(rest + 0x3f800000);
    return e;
}
typedef float clgrad_float4 __attribute__((ext_vector_type(4), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 4;
    const int row0 = (int)id1 * 1024;
    for (int row = row0; row < row0 + 1024 && row < 50; row++) {
    const int i0 = row;
    const float v1 = 2.0f;
const float v7 = 0.0f;
    for (int step = first; step < first + 4 && step < 7; step += 4) {
        const int n = step <= 3 ? step : 3;
        const float4 v0 = (float4)(((n >= 1) ? a0[i0 + n * 50 - 50] : 0.0f), (((n + 1) >= 1) ? a0[i0 + (n + 1) * 50 - 50] : 0.0f), (((n + 2) >= 1) ? a0[i0 + (n + 2) * 50 - 50] : 0.0f), (((n + 3) >= 1) ? a0[i0 + (n + 3) * 50 - 50] : 0.0f));
const float4 v2 = v0 * (float4)(v1);
const float4 v3 = (n < 7 && n + 4 > 1) ? (((((int4)(n) + (int4)(0, 1, 2, 3)) >= (int4)(1))) ? (float4)(a1[i0]) : (float4)(0)) : (float4)(0);
const float4 v4 = v2 + v3;
const float4 v5 = clgrad_exp_float4(v4);
const uchar4 v6 = __builtin_convertvector(-((((int4)(n) + (int4)(0, 1, 2, 3)) >= (int4)(1))), uchar4);
const float4 v8 = (__builtin_convertvector(v6, int4) != (int4)(0)) ? v5 : (float4)(v7);
        *(__global clgrad_float4*)(a2 + i0 * 7 + n) = v8;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
