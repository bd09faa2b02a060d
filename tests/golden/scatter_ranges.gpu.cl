// global (6400,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    const int item = get_global_id(0);
    if (item >= 6300) return;
    const int column = item % 7;
    const int j0 = column;
    const int first = item / 7 * 1;
    const int last = first + 1 < 900 ? first + 1 : 900;
    for (int r = first; r < last; r++) { const float x0 = a0[r * 7 + j0];
a3[r * 7 + j0] = x0; }
    for (int s0 = 0; s0 < 5; s0++)
    for (int s1 = 0; s1 < 70; s1++)
 {
        const long y0 = a1[s0 * 70 + s1];
const int r = y0;
        if (r >= first && r < last) {
            const float z0 = a2[s0 * 490 + s1 * 7 + j0];
const float old = a3[r * 7 + j0];
a3[r * 7 + j0] = ((z0 > old) | (z0 != z0)) ? z0 : old;
        }
    }
}
