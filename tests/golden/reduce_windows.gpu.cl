// global (256,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int row = get_global_id(0);
    if (row >= 240) return;
    const int i0 = row;
    float v1 = ((float)(-INFINITY));
    #pragma unroll 4
    for (int at = 0; at < 2; at += 1) {
        const int j0 = at;
        const float v0 = a0[i0 * 2 + j0];
        v1 = (v0 != v0) ? v0 : ((v0 > v1) ? v0 : v1);
    }
    {
    a1[i0] = v1;
    }
}
