// global (1408,), local (128,)
CLGRAD_ITEM void clgrad_map_829a05794bb94ee9_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 300) return;
    const int n = item;
    const float v1 = 2.0f;
        const float v0 = a0[n];
const float v2 = v0 * v1;
const float v3 = (v2 < (float)(0)) ? (float)(0) : v2;
        a1[n] = v3;
}
CLGRAD_ITEM void clgrad_map_f77753cb6a8d13ec_item(__global float* restrict a0, __global const float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 450) return;
    const int n = item;
        const float v0 = a1[n];
const float v1 = (v0 < (float)(0)) ? (float)(0) : v0;
        a0[n] = v1;
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 384) { clgrad_map_829a05794bb94ee9_item(a0, a1, faults, id0, 0, 0); return; }
    if (id0 < 896) { clgrad_map_f77753cb6a8d13ec_item(a1 + 300, a2, faults, (id0 - 384), 0, 0); return; }
    if (id0 < 1408) { clgrad_map_f77753cb6a8d13ec_item(a1 + 750, a3, faults, (id0 - 896), 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), 0, 0);
}
