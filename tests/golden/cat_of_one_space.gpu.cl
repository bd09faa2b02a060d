// global (512,), local (128,)
CLGRAD_ITEM void clgrad_map_689225a2b2d3452c_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 450) return;
    const int i0 = item / 50; const int n = item % 50;
    const float v1 = 2.0f;
const float v4 = 1.0f;
        const float v0 = a0[i0 * 50 + n];
const float v2 = v0 * v1;
const float v3 = (v2 < (float)(0)) ? (float)(0) : v2;
const float v5 = v0 + v4;
const float v6 = (v5 < (float)(0)) ? (float)(0) : v5;
const float v7 = (v0 < (float)(0)) ? (float)(0) : v0;
        a1[i0 * 150 + n] = v3;
a1[i0 * 150 + n + 50] = v6;
a1[i0 * 150 + n + 100] = v7;
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 512) { clgrad_map_689225a2b2d3452c_item(a0, a1, faults, id0, 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), 0, 0);
}
