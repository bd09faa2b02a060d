// global (1, 1), local (1, 1)
typedef float clgrad_float4 __attribute__((ext_vector_type(4), aligned(4)));
__attribute__((min_vector_width(512)))
static inline void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 8;
    const int row0 = (int)id1 * 585;
    for (int row = row0; row < row0 + 585 && row < 50; row++) {
    const int i0 = row;
    const float v1 = 2.0f;
const float v7 = 0.0f;
    for (int step = first; step < first + 8 && step < 7; step += 4) {
        const int n = step <= 3 ? step : 3;
        const float4 v0 = (float4)(((n >= 1) ? a0[i0 + n * 50 - 50] : 0.0f), (((n + 1) >= 1) ? a0[i0 + (n + 1) * 50 - 50] : 0.0f), (((n + 2) >= 1) ? a0[i0 + (n + 2) * 50 - 50] : 0.0f), (((n + 3) >= 1) ? a0[i0 + (n + 3) * 50 - 50] : 0.0f));
const float4 v2 = v0 * (float4)(v1);
const float4 v3 = (float4)(((n >= 1) ? a1[i0] : 0.0f), (((n + 1) >= 1) ? a1[i0] : 0.0f), (((n + 2) >= 1) ? a1[i0] : 0.0f), (((n + 3) >= 1) ? a1[i0] : 0.0f));
const float4 v4 = v2 + v3;
const float4 v5 = exp(v4);
const uchar4 v6 = (uchar4)((n >= 1), ((n + 1) >= 1), ((n + 2) >= 1), ((n + 3) >= 1));
const float4 v8 = (__builtin_convertvector(v6, int4) != (int4)(0)) ? v5 : (float4)(v7);
        *(__global clgrad_float4*)(a2 + i0 * 7 + n) = v8;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
