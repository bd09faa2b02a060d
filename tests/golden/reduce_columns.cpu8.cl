// global (3, 1), local (1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 24;
    const int slots = 3;
    float8 r3[3];
    {
    const float v1 = 2.0f;
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            r3[slot] = (float8)(((float)(-INFINITY)));
        }
    for (int j0 = 0; j0 < 33; j0++)
    {
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            const float8 v0 = *(__global const clgrad_float8*)(a0 + n + j0 * 70);
const float8 v2 = v0 * (float8)(v1);
            r3[slot] = (v2 != v2) ? v2 : ((v2 > r3[slot]) ? v2 : r3[slot]);
        }
    }
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            const float8 v3 = r3[slot];
        *(__global clgrad_float8*)(a1 + n) = v3;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
