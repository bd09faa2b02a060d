// global (3, 1), local (1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 24;
    const int slots = 3;
    float8 r1[3];
    float8 t1[3], lost1[3];
    {
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            r1[slot] = (float8)(0.0f);
        }
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            t1[slot] = lost1[slot] = (float8)(0);
        }
    for (int block = 0; block < 130; block += 64) {
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            r1[slot] = (float8)(0);
        }
    for (int j0 = block; j0 < block + 64 && j0 < 130; j0++)
    {
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            const float8 v0 = *(__global const clgrad_float8*)(a0 + n + j0 * 70);
            r1[slot] = r1[slot] + v0;
        }
    }
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            { const float8 sum = t1[slot] + r1[slot], part = sum - t1[slot]; lost1[slot] += (t1[slot] - (sum - part)) + (r1[slot] - part); t1[slot] = sum; }
        }
    }
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            r1[slot] = t1[slot] + ((lost1[slot] == lost1[slot]) ? lost1[slot] : (float8)(0));
        }
        #pragma unroll
        for (int slot = 0; slot < slots; slot++) {
            const int at = first + slot * 8, n = at <= 62 ? at : 62;
            const float8 v1 = r1[slot];
        *(__global clgrad_float8*)(a1 + n) = v1;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
