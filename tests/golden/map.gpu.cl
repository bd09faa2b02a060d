// global (384, 1), local (128, 1)
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 350) return;
    const int i0 = item / 7; const int n = item % 7;
    const float v1 = 2.0f;
const float v7 = 0.0f;
        const float v0 = (n >= 1) ? a0[i0 + n * 50 - 50] : 0.0f;
const float v2 = v0 * v1;
const float v3 = (n >= 1) ? a1[i0] : 0.0f;
const float v4 = v2 + v3;
const float v5 = exp(v4);
const uchar v6 = (uchar)(n >= 1);
const float v8 = v6 ? v5 : v7;
        a2[i0 * 7 + n] = v8;
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
