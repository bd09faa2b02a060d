// global (4,), local (1,)
typedef float clgrad_float4 __attribute__((ext_vector_type(4), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 225;
    const int last = first + 225 < 900 ? first + 225 : 900;
    for (int r = first; r < last; r++)
    {
        int at = 0;
        const int end = 7;
        for (; at + 4 <= end; at += 4) { const int j0 = at; const float4 x0 = *(__global const clgrad_float4*)(a0 + r * 7 + j0);
*(__global clgrad_float4*)(a3 + r * 7 + j0) = x0; }
        for (; at < end; at++) { const int j0 = at; const float x0 = a0[r * 7 + j0];
a3[r * 7 + j0] = x0; }
    }
    for (int s0 = 0; s0 < 5; s0++)
    for (int block = 0; block < 70; block += 256) {
        int rows[256], numbers[256];
        const int end = block + 256 < 70 ? block + 256 : 70;
        int found = 0;
        for (int s1 = block; s1 < end; s1++) {
            const long y0 = a1[s0 * 70 + s1];
const int r = y0;
            rows[found] = r;
            numbers[found] = s1;
            found += (r >= first) & (r < last);
        }
        for (int n = 0; n < found; n++) {
            const int r = rows[n], s1 = numbers[n];
    for (int j0 = 0; j0 < 7; j0++)
 { const float z0 = a2[s0 * 490 + s1 * 7 + j0];
const float old = a3[r * 7 + j0];
a3[r * 7 + j0] = ((z0 > old) | (z0 != z0)) ? z0 : old; }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
