// global (384,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int walker = lid / 32, place = lid % 32;
    const int nth = (int)get_group_id(0) * 32 + place;
    const int row = nth < 70 ? nth : 69, end = nth < 70 ? 33 : 0;
    __local float shared3[128];
    const int i0 = row;
    const float v1 = 2.0f;
    float v3 = ((float)(-INFINITY));
    #pragma unroll 4
    for (int at = walker; at < end; at += 4) {
        const int j0 = at;
        const float v0 = a0[i0 + j0 * 70];
const float v2 = v0 * v1;
        v3 = (v2 != v2) ? v2 : ((v2 > v3) ? v2 : v3);
    }
    shared3[lid] = v3;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = 2; reach > 0; reach /= 2) {
        if (walker < reach) {
            const float other3 = shared3[lid + reach * 32];
            shared3[lid] = v3 = (other3 != other3) ? other3 : ((other3 > v3) ? other3 : v3);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v3 = shared3[lid - walker * 32];
    if (walker == 0 && nth < 70)
    {
    a1[i0] = v3;
    }
}
