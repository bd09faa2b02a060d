// global (1152,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int row = get_group_id(0);
    __local float shared1[128];
    {
    const int i0 = row;
    float v1 = 0.0f, lost1 = 0;
        {
        for (int block = 0; block < 9000; block += 8192) {
            const int last = block + 8192 < 9000 ? block + 8192 : 9000;
            float w1 = (float)(0.0f);
        for (int n = block + lid; n < last; n += 128) {
            const float v0 = a0[i0 * 9000 + n];
            w1 = w1 + v0;
        }
            { const float sum = v1 + w1, part = sum - v1; lost1 += (v1 - (sum - part)) + (w1 - part); v1 = sum; }
        }
        }
        v1 += (lost1 == lost1) ? lost1 : 0;
    shared1[lid] = v1;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_group = 64; half_group > 0; half_group /= 2) {
        if (lid < half_group) {
            const float left = shared1[lid], right = shared1[lid + half_group];
            shared1[lid] = left + right;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v1 = shared1[0];
    if (lid == 0) {
    a1[i0] = v1;
    }
    }
}
