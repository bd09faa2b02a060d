// global (1152,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int walker = lid % 32, place = lid / 32;
    const int nth = (int)get_group_id(0) * 4 + place;
    const int row = nth < 33 ? nth : 32, end = nth < 33 ? 70 : 0;
    __local float shared3[128];
    const int i0 = row;
    const float v1 = 2.0f;
    float v3 = 0.0f;
    #pragma unroll 4
    for (int at = walker; at < end; at += 32) {
        const int j0 = at;
        const float v0 = a0[i0 * 70 + j0];
const float v2 = v0 * v1;
        v3 = v3 + v2;
    }
    shared3[lid] = v3;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = 16; reach > 0; reach /= 2) {
        if (walker < reach) {
            const float other3 = shared3[lid + reach * 1];
            shared3[lid] = v3 = v3 + other3;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v3 = shared3[lid - walker * 1];
    if (walker == 0 && nth < 33)
    {
    const float v4 = sqrt(v3);
    a1[i0] = v4;
    }
}
