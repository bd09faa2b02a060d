// global (384, 1), local (128, 1)
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 300) return;
    const int i0 = item / 50; const int n = item % 50;
        const float v0 = a0[i0 * 100 + n * 2];
const float v1 = a1[n * 2];
const float v2 = v0 * v1;
const float v3 = a0[i0 * 100 + n * 2 + 1];
const float v4 = a1[n * 2 + 1];
const float v5 = v3 * v4;
const float v6 = v2 - v5;
const float v7 = a2[i0 * 50 + n];
const float v8 = v6 + v7;
const float v9 = v0 * v4;
const float v10 = v3 * v1;
const float v11 = v9 + v10;
        a3[i0 * 100 + n * 2] = v8;
a3[i0 * 100 + n * 2 + 1] = v11;
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
