// global (1,), local (1,)
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const long* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    for (int r = item * 58; r < (item + 1) * 58 && r < 3; r++) {
        for (int bin = 0; bin < 9; bin++) a2[r * 9 + bin] = 0;
        for (int i = 0; i < 70; i++) {
            const long y0 = a1[r * 70 + i];
            if (y0 < 0 || y0 >= 9) continue;
            const float x0 = a0[r * 70 + i];
            a2[r * 9 + y0] += x0;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
