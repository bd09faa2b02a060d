// global (4608,), local (512,)
__kernel __attribute__((reqd_work_group_size(512, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int walker = lid % 512, place = lid / 512;
    const int row = (int)get_group_id(0) * 1 + place;
    __local float shared1[512];
    const int i0 = row;
    float v1 = 0.0f;
    #pragma unroll 4
    for (int at = walker; at < 9000; at += 512) {
        const int j0 = at;
        const float v0 = a0[i0 * 9000 + j0];
        v1 = v1 + v0;
    }
    shared1[lid] = v1;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = 256; reach > 0; reach /= 2) {
        if (walker < reach) {
            const float other1 = shared1[lid + reach * 1];
            shared1[lid] = v1 = v1 + other1;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v1 = shared1[lid - walker * 1];
    if (walker == 0)
    {
    a1[i0] = v1;
    }
}
