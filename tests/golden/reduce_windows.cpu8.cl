// global (4, 1), local (1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
static inline float8 clgrad_pick_2_0_float8(__global const float* a) { const float8 low = *(__global const clgrad_float8*)a, high = *(__global const clgrad_float8*)(a + 8); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14); }
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 64;
    const int slots = first <= 176 ? 8 : 6;
    float8 r1[8];
    {
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 232 ? at : 232;
            r1[slot] = (float8)(((float)(-INFINITY)));
        }
    for (int j0 = 0; j0 < 2; j0++)
    {
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 232 ? at : 232;
            const float8 v0 = clgrad_pick_2_0_float8(a0 + n * 2 + j0);
            r1[slot] = (v0 != v0) ? v0 : ((v0 > r1[slot]) ? v0 : r1[slot]);
        }
    }
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 232 ? at : 232;
            const float8 v1 = r1[slot];
        *(__global clgrad_float8*)(a1 + n) = v1;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
