// global (1, 1), local (1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
static inline float16 clgrad_pick_2_0_float16(__global const float* a) { const float16 low = *(__global const clgrad_float16*)a, high = *(__global const clgrad_float16*)(a + 16); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30); }
static inline float16 clgrad_pick_2_1_float16(__global const float* a) { const float16 low = *(__global const clgrad_float16*)a, high = *(__global const clgrad_float16*)(a + 16); return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31); }
static inline void clgrad_pairs_float16(float16 x, float16 y, __global float* a) { *(__global clgrad_float16*)a = __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23); *(__global clgrad_float16*)(a + 16) = __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31); }
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 64;
    const int row0 = (int)id1 * 81;
    for (int row = row0; row < row0 + 81 && row < 6; row++) {
    const int i0 = row;
    for (int step = first; step < first + 64 && step < 50; step += 16) {
        const int n = step <= 34 ? step : 34;
        const float16 v0 = clgrad_pick_2_0_float16(a0 + i0 * 100 + n * 2);
const float16 v1 = clgrad_pick_2_0_float16(a1 + n * 2);
const float16 v2 = v0 * v1;
const float16 v3 = clgrad_pick_2_1_float16(a0 + i0 * 100 + n * 2 + 1 - 1);
const float16 v4 = clgrad_pick_2_1_float16(a1 + n * 2 + 1 - 1);
const float16 v5 = v3 * v4;
const float16 v6 = v2 - v5;
const float16 v7 = *(__global const clgrad_float16*)(a2 + i0 * 50 + n);
const float16 v8 = v6 + v7;
const float16 v9 = v0 * v4;
const float16 v10 = v3 * v1;
const float16 v11 = v9 + v10;
        clgrad_pairs_float16(v8, v11, a3 + i0 * 100 + n * 2);
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
