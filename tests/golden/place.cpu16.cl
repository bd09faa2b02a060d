// global (1,), local (1,)
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const long* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    for (int i = item * 4096; i < (item + 1) * 4096 && i < 70; i++) {
        const long y0 = a1[i];
const long y1 = 1L;
const long y2 = y0 - y1;
        if (y2 < 0 || y2 >= 60) continue;
        const float x0 = a0[i];
        a2[y2] = x0;
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
