// global (8, 50), local (4, 1)
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 1;
    if (first >= 7) return;
    const int row0 = (int)id1 * 1;
    for (int row = row0; row < row0 + 1 && row < 50; row++) {
    const int i0 = row;
    const float v1 = 2.0f;
const float v7 = 0.0f;
    for (int step = first; step < first + 1 && step < 7; step += 1) {
        const int n = step <= 6 ? step : 6;
        const float v0 = (n >= 1) ? a0[i0 + n * 50 - 50] : 0.0f;
const float v2 = v0 * v1;
const float v3 = (n >= 1) ? a1[i0] : 0.0f;
const float v4 = v2 + v3;
const float v5 = exp(v4);
const uchar v6 = (uchar)(n >= 1);
const float v8 = v6 ? v5 : v7;
        a2[i0 * 7 + n] = v8;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(4, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
