// global (1,), local (1,)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
static inline void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int row0 = (int)id0 * 58;
    for (int row = row0; row < row0 + 58 && row < 33; row++) {
    const int i0 = row;
    float v1 = ((float)(-INFINITY));
    float8 w1 = (float8)(v1);
        {
        for (int n = 0; n + 8 <= 70; n += 8) {
            const float8 v0 = *(__global const clgrad_float8*)(a0 + i0 * 70 + n);
            w1 = ((v0 > w1) | (v0 != v0)) ? v0 : w1;
        }
        for (int n = 64; n < 70; n++) {
            const float v0 = a0[i0 * 70 + n];
            v1 = ((v0 > v1) | (v0 != v0)) ? v0 : v1;
        }
        }
    v1 = ((w1.s0 > v1) | (w1.s0 != w1.s0)) ? w1.s0 : v1;
    v1 = ((w1.s1 > v1) | (w1.s1 != w1.s1)) ? w1.s1 : v1;
    v1 = ((w1.s2 > v1) | (w1.s2 != w1.s2)) ? w1.s2 : v1;
    v1 = ((w1.s3 > v1) | (w1.s3 != w1.s3)) ? w1.s3 : v1;
    v1 = ((w1.s4 > v1) | (w1.s4 != w1.s4)) ? w1.s4 : v1;
    v1 = ((w1.s5 > v1) | (w1.s5 != w1.s5)) ? w1.s5 : v1;
    v1 = ((w1.s6 > v1) | (w1.s6 != w1.s6)) ? w1.s6 : v1;
    v1 = ((w1.s7 > v1) | (w1.s7 != w1.s7)) ? w1.s7 : v1;
    float v4 = 0.0f;
    float8 w4 = (float8)(v4);
        {
        for (int n = 0; n + 8 <= 70; n += 8) {
            const float8 v0 = *(__global const clgrad_float8*)(a0 + i0 * 70 + n);
const float8 v2 = v0 - (float8)(v1);
const float8 v3 = exp(v2);
            w4 = w4 + v3;
        }
        for (int n = 64; n < 70; n++) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 - v1;
const float v3 = exp(v2);
            v4 = v4 + v3;
        }
        }
    v4 = v4 + w4.s0;
    v4 = v4 + w4.s1;
    v4 = v4 + w4.s2;
    v4 = v4 + w4.s3;
    v4 = v4 + w4.s4;
    v4 = v4 + w4.s5;
    v4 = v4 + w4.s6;
    v4 = v4 + w4.s7;
        {
        for (int n = 0; n + 8 <= 70; n += 8) {
            const float8 v0 = *(__global const clgrad_float8*)(a0 + i0 * 70 + n);
const float8 v2 = v0 - (float8)(v1);
const float8 v3 = exp(v2);
const float8 v5 = v3 / (float8)(v4);
            *(__global clgrad_float8*)(a1 + i0 * 70 + n) = v5;
        }
        for (int n = 64; n < 70; n++) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 - v1;
const float v3 = exp(v2);
const float v5 = v3 / v4;
            a1[i0 * 70 + n] = v5;
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
