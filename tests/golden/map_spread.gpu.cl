// global (256, 1), local (128, 1)
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 240) return;
    const int i0 = item / 2; const int n = item % 2;
    const float v0 = a0[i0];
        const float v1 = a1[i0 * 2 + n];
const float v2 = v0 * v1;
        a2[i0 * 2 + n] = v2;
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
