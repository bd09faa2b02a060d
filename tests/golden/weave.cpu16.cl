// global (1,), local (1,)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void clgrad_map_294cc9ccb7f07724_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 64;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 3; row++) {
    const int i0 = row;
    const float v2 = 2.0f;
    for (int step = first; step < first + 64 && step < 50; step += 16) {
        const int n = step <= 34 ? step : 34;
        const float16 v0 = *(__global const clgrad_float16*)(a0 + i0 * 50 + n + 50);
const float16 v1 = *(__global const clgrad_float16*)(a0 + i0 * 50 + n);
const float16 v3 = v1 * (float16)(v2);
        *(__global clgrad_float16*)(a1 + i0 * 100 + n) = v0;
*(__global clgrad_float16*)(a1 + i0 * 100 + n + 50) = v3;
    }
    }
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 1) { clgrad_map_294cc9ccb7f07724_item(a0, a1, faults, id0, 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), 0, 0);
}
