// global (70,), local (70,)
__kernel __attribute__((reqd_work_group_size(70, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global float* restrict a2, __global long* faults) {
    const int item = get_global_id(0);
    for (int i = item * 1; i < (item + 1) * 1 && i < 70; i++) {
        const long y0 = a1[i];
const long y1 = 1L;
const long y2 = y0 - y1;
        if (y2 < 0 || y2 >= 60) continue;
        const float x0 = a0[i];
        a2[y2] = x0;
    }
}
