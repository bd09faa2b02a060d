// global (1,), local (1,)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void clgrad_map_7431c13dcaff853d_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 56;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 3; row++) {
    const int i0 = row;
    const float v2 = 2.0f;
    for (int step = first; step < first + 56 && step < 50; step += 8) {
        const int n = step <= 42 ? step : 42;
        const float8 v0 = *(__global const clgrad_float8*)(a0 + i0 * 50 + n + 50);
const float8 v1 = *(__global const clgrad_float8*)(a0 + i0 * 50 + n);
const float8 v3 = v1 * (float8)(v2);
        *(__global clgrad_float8*)(a1 + i0 * 100 + n) = v0;
*(__global clgrad_float8*)(a1 + i0 * 100 + n + 50) = v3;
    }
    }
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 1) { clgrad_map_7431c13dcaff853d_item(a0, a1, faults, id0, 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), 0, 0);
}
