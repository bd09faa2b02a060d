// global (9,), local (1,)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int row0 = (int)id0 * 1;
    for (int row = row0; row < row0 + 1 && row < 9; row++) {
    const int i0 = row;
    float v1 = 0.0f, lost1 = 0;
        {
        for (int block = 0; block < 9000; block += 512) {
            const int last = block + 512 < 9000 ? block + 512 : 9000;
            float8 w1 = (float8)(0.0f);
        for (int n = block; n + 8 <= last; n += 8) {
            const float8 v0 = *(__global const clgrad_float8*)(a0 + i0 * 9000 + n);
            w1 = w1 + v0;
        }
            const float4 w1_4 = w1.lo + w1.hi;
const float2 w1_2 = w1_4.lo + w1_4.hi;
const float w1_1 = w1_2.lo + w1_2.hi;
{ const float sum = v1 + w1_1, part = sum - v1; lost1 += (v1 - (sum - part)) + (w1_1 - part); v1 = sum; }
        }
        }
        v1 += ((lost1 == lost1) ? lost1 : (float)(0));
    {
    a1[i0] = v1;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
