// global (3, 1), local (1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 32;
    const int slots = first <= 38 ? 2 : 1;
    float16 folded[2];
    const int row0 = (int)id1 * 3;
    for (int row = row0; row < row0 + 3 && row < 1; row++) {
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 16, n = at <= 54 ? at : 54;
            folded[slot] = (float16)(((float)(-INFINITY))); 
        }
    for (int step = 0; step < 33; step++) {
    const int s = 32 - step;
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 16, n = at <= 54 ? at : 54;
            const float16 x0 = *(__global const clgrad_float16*)(a0 + s * 70 + n);
            folded[slot] = (x0 != x0) ? x0 : ((x0 > folded[slot]) ? x0 : folded[slot]);
            const float16 v0 = folded[slot];
*(__global clgrad_float16*)(a1 + s * 70 + n) = v0;
        }
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
