// global (128,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    const int item = get_global_id(0);
    if (item >= 45) return;
    const int column = item % 5;
    const int j0 = column;
    const int first = item / 5 * 1;
    const int last = first + 1 < 9 ? first + 1 : 9;
    for (int r = first; r < last; r++) { const float x0 = a0[r * 5 + j0];
a3[r * 5 + j0] = x0; }
    for (int s0 = 0; s0 < 7; s0++)
 {
        const long y0 = a1[s0];
const int r = y0;
        if (r >= first && r < last) {
            const float z0 = a2[s0 * 5 + j0];
const float old = a3[r * 5 + j0];
a3[r * 5 + j0] = z0 + old;
        }
    }
}
