// global (1,), local (1,)
typedef float clgrad_float4 __attribute__((ext_vector_type(4), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 9;
    const int last = first + 9 < 9 ? first + 9 : 9;
    for (int r = first; r < last; r++)
    {
        int at = 0;
        const int end = 5;
        for (; at + 4 <= end; at += 4) { const int j0 = at; const float4 x0 = *(__global const clgrad_float4*)(a0 + r * 5 + j0);
*(__global clgrad_float4*)(a3 + r * 5 + j0) = x0; }
        for (; at < end; at++) { const int j0 = at; const float x0 = a0[r * 5 + j0];
a3[r * 5 + j0] = x0; }
    }
    for (int s0 = 0; s0 < 7; s0++)
 {
        const long y0 = a1[s0];
const int r = y0;
    for (int j0 = 0; j0 < 5; j0++)
 { const float z0 = a2[s0 * 5 + j0];
const float old = a3[r * 5 + j0];
a3[r * 5 + j0] = z0 + old; }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
