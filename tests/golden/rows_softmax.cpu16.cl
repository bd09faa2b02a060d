// global (1,), local (1,)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
static inline float16 clgrad_exp_float16(float16 x) {
    float16 v = x;
    v = (89.0f < v) ? (float16)(89.0f) : v; v = (-104.0f > v) ? (float16)(-104.0f) : v;
    const float16 t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float16 u = (float16)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f;
    const int16 half_power = (as_int16(t) << 22) & (int)0xff800000, rest = (as_int16(t) << 23) - half_power;
    const float16 e = ((u * r) * r + r + 1.0f) * as_float16(half_power + 0x3f800000) * as_float16(rest + 0x3f800000);
    return e;
}
static inline float clgrad_exp_float(float x) {
    float v = x;
    v = (89.0f < v) ? (float)(89.0f) : v; v = (-104.0f > v) ? (float)(-104.0f) : v;
    const float t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float u = (float)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f;
    const int half_power = (as_int(t) << 22) & (int)0xff800000, rest = (as_int(t) << 23) - half_power;
    const float e = ((u * r) * r + r + 1.0f) * as_float(half_power + 0x3f800000) * as_float(rest + 0x3f800000);
    return e;
}
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    float kept3[70];
    const int row0 = (int)id0 * 58;
    for (int row = row0; row < row0 + 58 && row < 33; row++) {
    const int i0 = row;
    float v1 = ((float)(-INFINITY));
    float16 w1[4] = {(float16)(v1), (float16)(v1), (float16)(v1), (float16)(v1)};
        {
        for (int step = 0; step < 64; step += 64)
        #pragma unroll
        for (int turn = 0; turn < 4; turn++) {
            const int n = step + turn * 16;
            const float16 v0 = *(__global const clgrad_float16*)(a0 + i0 * 70 + n);
            w1[turn] = (v0 != v0) ? v0 : ((v0 > w1[turn]) ? v0 : w1[turn]);
        }
        for (int n = 64; n < 70; n += 1) {
            const float v0 = a0[i0 * 70 + n];
            v1 = (v0 != v0) ? v0 : ((v0 > v1) ? v0 : v1);
        }
        }
    w1[0] = (w1[2] != w1[2]) ? w1[2] : ((w1[2] > w1[0]) ? w1[2] : w1[0]);
w1[1] = (w1[3] != w1[3]) ? w1[3] : ((w1[3] > w1[1]) ? w1[3] : w1[1]);
w1[0] = (w1[1] != w1[1]) ? w1[1] : ((w1[1] > w1[0]) ? w1[1] : w1[0]);
const float8 w1_8 = (w1[0].hi != w1[0].hi) ? w1[0].hi : ((w1[0].hi > w1[0].lo) ? w1[0].hi : w1[0].lo);
const float4 w1_4 = (w1_8.hi != w1_8.hi) ? w1_8.hi : ((w1_8.hi > w1_8.lo) ? w1_8.hi : w1_8.lo);
const float2 w1_2 = (w1_4.hi != w1_4.hi) ? w1_4.hi : ((w1_4.hi > w1_4.lo) ? w1_4.hi : w1_4.lo);
const float w1_1 = (w1_2.hi != w1_2.hi) ? w1_2.hi : ((w1_2.hi > w1_2.lo) ? w1_2.hi : w1_2.lo);
v1 = (w1_1 != w1_1) ? w1_1 : ((w1_1 > v1) ? w1_1 : v1);
    float v4 = 0.0f;
    float16 w4[4] = {(float16)(v4), (float16)(v4), (float16)(v4), (float16)(v4)};
        {
        for (int step = 0; step < 64; step += 64)
        #pragma unroll
        for (int turn = 0; turn < 4; turn++) {
            const int n = step + turn * 16;
            const float16 v0 = *(__global const clgrad_float16*)(a0 + i0 * 70 + n);
const float16 v2 = v0 - (float16)(v1);
const float16 v3 = clgrad_exp_float16(v2);
            *(clgrad_float16*)(kept3 + n) = v3;
            w4[turn] = w4[turn] + v3;
        }
        for (int n = 64; n < 70; n += 1) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 - v1;
const float v3 = clgrad_exp_float(v2);
            kept3[n] = v3;
            v4 = v4 + v3;
        }
        }
    w4[0] = w4[0] + w4[2];
w4[1] = w4[1] + w4[3];
w4[0] = w4[0] + w4[1];
const float8 w4_8 = w4[0].lo + w4[0].hi;
const float4 w4_4 = w4_8.lo + w4_8.hi;
const float2 w4_2 = w4_4.lo + w4_4.hi;
const float w4_1 = w4_2.lo + w4_2.hi;
v4 = v4 + w4_1;
    const float v5 = (float)1 / v4;
        {
        for (int n = 0; n + 16 <= 70; n += 16) {
            const float16 v3 = *(clgrad_float16*)(kept3 + n);
            const float16 v6 = v3 * (float16)(v5);
            *(__global clgrad_float16*)(a1 + i0 * 70 + n) = v6;
        }
        for (int n = 64; n < 70; n += 1) {
            const float v3 = kept3[n];
            const float v6 = v3 * v5;
            a1[i0 * 70 + n] = v6;
        }
        }
    {
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
