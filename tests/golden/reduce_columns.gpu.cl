// global (8960,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int row = get_group_id(0);
    __local float shared3[128];
    {
    const int i0 = row;
    const float v1 = 2.0f;
    float v3 = ((float)(-INFINITY));
        {
        for (int n = lid; n < 33; n += 128) {
            const float v0 = a0[i0 + n * 70];
const float v2 = v0 * v1;
            v3 = (v2 != v2) ? v2 : ((v2 > v3) ? v2 : v3);
        }
        }
    shared3[lid] = v3;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_group = 64; half_group > 0; half_group /= 2) {
        if (lid < half_group) {
            const float left = shared3[lid], right = shared3[lid + half_group];
            shared3[lid] = (right != right) ? right : ((right > left) ? right : left);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v3 = shared3[0];
    if (lid == 0) {
    a1[i0] = v3;
    }
    }
}
