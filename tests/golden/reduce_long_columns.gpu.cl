// global (8960,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int row = get_group_id(0);
    __local float shared1[128];
    {
    const int i0 = row;
    float v1 = 0.0f;
        {
        for (int n = lid; n < 130; n += 128) {
            const float v0 = a0[i0 + n * 70];
            v1 = v1 + v0;
        }
        }
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
