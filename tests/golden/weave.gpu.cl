// global (256,), local (128,)
CLGRAD_ITEM void clgrad_map_3f0f3867e85ee523_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 150) return;
    const int i0 = item / 50; const int n = item % 50;
    const float v2 = 2.0f;
        const float v0 = a0[i0 * 50 + n + 50];
const float v1 = a0[i0 * 50 + n];
const float v3 = v1 * v2;
        a1[i0 * 100 + n] = v0;
a1[i0 * 100 + n + 50] = v3;
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 256) { clgrad_map_3f0f3867e85ee523_item(a0, a1, faults, id0, 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), 0, 0);
}
