// global (384,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const long* restrict a1, __global float* restrict a2, __global long* faults) {
    __local int bins[70];
    __local float weights[70];
    __local float sums[128];
    const int lid = get_local_id(0);
    const int r = (int)get_group_id(0) / 1;
    const int block = (int)get_group_id(0) % 1 * 16;
    const int slice = lid / 16, mine = lid % 16;
    float sum = 0;
    for (int start = 0; start < 70; start += 70) {
        for (int n = lid; n < 70; n += 128) {
            const int i = start + n;
            bins[n] = -1;
            if (i < 70) {
                const long y0 = a1[r * 70 + i];
                if (y0 >= block && y0 < block + 16) {
                    const float x0 = a0[r * 70 + i];
                    bins[n] = y0 - block;
                    weights[n] = x0;
                }
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int n = slice; n < 70; n += 8)
            if (bins[n] == mine) sum += weights[n];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sums[lid] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = 4; step > 0; step /= 2) {
        if (slice < step) sums[lid] += sums[lid + step * 16];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (lid < 16 && block + lid < 9) a2[r * 9 + block + lid] = sums[lid];
}
