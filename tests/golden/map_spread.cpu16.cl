// global (8, 1), local (1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
static inline float16 clgrad_pick_2_0_float16(__global const float* a) { const float16 low = *(__global const clgrad_float16*)a, high = *(__global const clgrad_float16*)(a + 16); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30); }
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 16;
    const int row0 = (int)id1 * 256;
    for (int row = row0; row < row0 + 256 && row < 2; row++) {
    const int i0 = row;
    for (int step = first; step < first + 16 && step < 120; step += 16) {
        const int n = step <= 104 ? step : 104;
        const float16 v0 = *(__global const clgrad_float16*)(a0 + n);
const float16 v1 = clgrad_pick_2_0_float16(a1 + i0 + n * 2);
const float16 v2 = v0 * v1;
        a2[i0 + n * 2] = v2.s0; a2[i0 + (n + 1) * 2] = v2.s1; a2[i0 + (n + 2) * 2] = v2.s2; a2[i0 + (n + 3) * 2] = v2.s3; a2[i0 + (n + 4) * 2] = v2.s4; a2[i0 + (n + 5) * 2] = v2.s5; a2[i0 + (n + 6) * 2] = v2.s6; a2[i0 + (n + 7) * 2] = v2.s7; a2[i0 + (n + 8) * 2] = v2.s8; a2[i0 + (n + 9) * 2] = v2.s9; a2[i0 + (n + 10) * 2] = v2.sa; a2[i0 + (n + 11) * 2] = v2.sb; a2[i0 + (n + 12) * 2] = v2.sc; a2[i0 + (n + 13) * 2] = v2.sd; a2[i0 + (n + 14) * 2] = v2.se; a2[i0 + (n + 15) * 2] = v2.sf;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
