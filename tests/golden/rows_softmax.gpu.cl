// global (4224,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int row = get_group_id(0);
    __local float shared1[128];
    __local float shared4[128];
    {
    const int i0 = row;
    float v1 = ((float)(-INFINITY));
        {
        for (int n = lid; n < 70; n += 128) {
            const float v0 = a0[i0 * 70 + n];
            v1 = (v0 != v0) ? v0 : ((v0 > v1) ? v0 : v1);
        }
        }
    shared1[lid] = v1;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_group = 64; half_group > 0; half_group /= 2) {
        if (lid < half_group) {
            const float left = shared1[lid], right = shared1[lid + half_group];
            shared1[lid] = (right != right) ? right : ((right > left) ? right : left);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v1 = shared1[0];
    float v4 = 0.0f;
        {
        for (int n = lid; n < 70; n += 128) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 - v1;
const float v3 = exp(v2);
            v4 = v4 + v3;
        }
        }
    shared4[lid] = v4;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_group = 64; half_group > 0; half_group /= 2) {
        if (lid < half_group) {
            const float left = shared4[lid], right = shared4[lid + half_group];
            shared4[lid] = left + right;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v4 = shared4[0];
    const float v5 = (float)1 / v4;
        {
        for (int n = lid; n < 70; n += 128) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 - v1;
const float v3 = exp(v2);
const float v6 = v3 * v5;
            a1[i0 * 70 + n] = v6;
        }
        }
    if (lid == 0) {
    }
    }
}
