// global (768,), local (256,)
__kernel __attribute__((reqd_work_group_size(256, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int walker = lid / 32, place = lid % 32;
    const int nth = (int)get_group_id(0) * 32 + place;
    const int row = nth < 70 ? nth : 69, end = nth < 70 ? 130 : 0;
    __local float shared1[256];
    const int i0 = row;
    float v1 = 0.0f;
    #pragma unroll 4
    for (int at = walker; at < end; at += 8) {
        const int j0 = at;
        const float v0 = a0[i0 + j0 * 70];
        v1 = v1 + v0;
    }
    shared1[lid] = v1;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = 4; reach > 0; reach /= 2) {
        if (walker < reach) {
            const float other1 = shared1[lid + reach * 32];
            shared1[lid] = v1 = v1 + other1;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v1 = shared1[lid - walker * 32];
    if (walker == 0 && nth < 70)
    {
    a1[i0] = v1;
    }
}
