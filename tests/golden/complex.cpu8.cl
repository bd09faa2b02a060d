// global (1, 1), local (1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
static inline float8 clgrad_pick_2_0_float8(__global const float* a) { const float8 low = *(__global const clgrad_float8*)a, high = *(__global const clgrad_float8*)(a + 8); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14); }
static inline float8 clgrad_pick_2_1_float8(__global const float* a) { const float8 low = *(__global const clgrad_float8*)a, high = *(__global const clgrad_float8*)(a + 8); return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15); }
static inline void clgrad_pairs_float8(float8 x, float8 y, __global float* a) { *(__global clgrad_float8*)a = __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11); *(__global clgrad_float8*)(a + 8) = __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15); }
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 56;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 6; row++) {
    const int i0 = row;
    for (int step = first; step < first + 56 && step < 50; step += 8) {
        const int n = step <= 42 ? step : 42;
        const float8 v0 = clgrad_pick_2_0_float8(a0 + i0 * 100 + n * 2);
const float8 v1 = clgrad_pick_2_0_float8(a1 + n * 2);
const float8 v2 = v0 * v1;
const float8 v3 = clgrad_pick_2_1_float8(a0 + i0 * 100 + n * 2 + 1 - 1);
const float8 v4 = clgrad_pick_2_1_float8(a1 + n * 2 + 1 - 1);
const float8 v5 = v3 * v4;
const float8 v6 = v2 - v5;
const float8 v7 = *(__global const clgrad_float8*)(a2 + i0 * 50 + n);
const float8 v8 = v6 + v7;
const float8 v9 = v0 * v4;
const float8 v10 = v3 * v1;
const float8 v11 = v9 + v10;
        clgrad_pairs_float8(v8, v11, a3 + i0 * 100 + n * 2);
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
