// global (15, 1), local (1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
static inline float8 clgrad_pick_2_0_float8(__global const float* a) { const float8 low = *(__global const clgrad_float8*)a, high = *(__global const clgrad_float8*)(a + 8); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14); }
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 8;
    const int row0 = (int)id1 * 512;
    for (int row = row0; row < row0 + 512 && row < 2; row++) {
    const int i0 = row;
    for (int step = first; step < first + 8 && step < 120; step += 8) {
        const int n = step <= 112 ? step : 112;
        const float8 v0 = *(__global const clgrad_float8*)(a0 + n);
const float8 v1 = clgrad_pick_2_0_float8(a1 + i0 + n * 2);
const float8 v2 = v0 * v1;
        a2[i0 + n * 2] = v2.s0; a2[i0 + (n + 1) * 2] = v2.s1; a2[i0 + (n + 2) * 2] = v2.s2; a2[i0 + (n + 3) * 2] = v2.s3; a2[i0 + (n + 4) * 2] = v2.s4; a2[i0 + (n + 5) * 2] = v2.s5; a2[i0 + (n + 6) * 2] = v2.s6; a2[i0 + (n + 7) * 2] = v2.s7;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
