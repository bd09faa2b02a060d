// global (3,), local (1,)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void clgrad_map_6ea1d9a835cab03e_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 304;
    {
    const float v1 = 2.0f;
    for (int step = first; step < first + 304 && step < 300; step += 16) {
        const int n = step <= 284 ? step : 284;
        const float16 v0 = *(__global const clgrad_float16*)(a0 + n);
const float16 v2 = v0 * (float16)(v1);
const float16 v3 = (v2 < (float16)(0)) ? (float16)(0) : v2;
        *(__global clgrad_float16*)(a1 + n) = v3;
    }
    }
}
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void clgrad_map_fde6a46bcebc29bd_item(__global float* restrict a0, __global const float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = (int)id0 * 464;
    {
    for (int step = first; step < first + 464 && step < 450; step += 16) {
        const int n = step <= 434 ? step : 434;
        const float16 v0 = *(__global const clgrad_float16*)(a1 + n);
const float16 v1 = (v0 < (float16)(0)) ? (float16)(0) : v0;
        *(__global clgrad_float16*)(a0 + n) = v1;
    }
    }
}
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    if (id0 < 1) { clgrad_map_6ea1d9a835cab03e_item(a0, a1, faults, id0, 0, 0); return; }
    if (id0 < 2) { clgrad_map_fde6a46bcebc29bd_item(a1 + 300, a2, faults, (id0 - 1), 0, 0); return; }
    if (id0 < 3) { clgrad_map_fde6a46bcebc29bd_item(a1 + 750, a3, faults, (id0 - 2), 0, 0); return; }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), 0, 0);
}
