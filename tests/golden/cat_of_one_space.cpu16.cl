// global (1,), local (1,)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void clgrad_map_f3b9382e98dbc0d6_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 64;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 9; row++) {
    const int i0 = row;
    const float v1 = 2.0f;
const float v4 = 1.0f;
    for (int step = first; step < first + 64 && step < 50; step += 16) {
        const int n = step <= 34 ? step : 34;
        const float16 v0 = *(__global const clgrad_float16*)(a0 + i0 * 50 + n);
const float16 v2 = v0 * (float16)(v1);
const float16 v3 = (v2 < (float16)(0)) ? (float16)(0) : v2;
const float16 v5 = v0 + (float16)(v4);
const float16 v6 = (v5 < (float16)(0)) ? (float16)(0) : v5;
const float16 v7 = (v0 < (float16)(0)) ? (float16)(0) : v0;
        *(__global clgrad_float16*)(a1 + i0 * 150 + n) = v3;
*(__global clgrad_float16*)(a1 + i0 * 150 + n + 50) = v6;
*(__global clgrad_float16*)(a1 + i0 * 150 + n + 100) = v7;
    }
    }
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 1) { clgrad_map_f3b9382e98dbc0d6_item(a0, a1, faults, id0, 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), 0, 0);
}
