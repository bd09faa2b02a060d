// global (3, 1), local (1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 32;
    const int slots = first <= 38 ? 2 : 1;
    float16 r3[2];
    {
    const float v1 = 2.0f;
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 16, n = at <= 54 ? at : 54;
            r3[slot] = (float16)(((float)(-INFINITY)));
        }
    for (int j0 = 0; j0 < 33; j0++)
    {
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 16, n = at <= 54 ? at : 54;
            const float16 v0 = *(__global const clgrad_float16*)(a0 + n + j0 * 70);
const float16 v2 = v0 * (float16)(v1);
            r3[slot] = (v2 != v2) ? v2 : ((v2 > r3[slot]) ? v2 : r3[slot]);
        }
    }
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 16, n = at <= 54 ? at : 54;
            const float16 v3 = r3[slot];
        *(__global clgrad_float16*)(a1 + n) = v3;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
