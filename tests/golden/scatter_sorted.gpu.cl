// global (6400,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global const float* restrict a2, __global const long* restrict a3, __global const long* restrict a4, __global float* restrict a5, __global long* faults) {
    const int item = get_global_id(0);
    if (item < 6300) {
        const int r = item / 7; const int j0 = item % 7;
        const int next = r + 1;
        const long u0 = a4[r];
        const long w0 = a4[next];
        const int first = u0, last = w0;
        const float x0 = a0[r * 7 + j0];
        float result = x0;
        for (int s = first; s < last; s++) {
            const long z0 = a3[s];
            const int place = z0;
            const int s0 = place / 70; const int s1 = place % 70;
            const float y0 = a2[s0 * 490 + s1 * 7 + j0];
            result = y0 + result;
        }
        a5[item] = result;
    }
}
