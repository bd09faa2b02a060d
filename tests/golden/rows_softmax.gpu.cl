// global (1152,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int lid = get_local_id(0);
    const int walker = lid % 32, place = lid / 32;
    const int nth = (int)get_group_id(0) * 4 + place;
    const int row = nth < 33 ? nth : 32, end = nth < 33 ? 70 : 0;
    __local float shared1[128];
    __local float shared4[128];
    const int i0 = row;
    float v1 = ((float)(-INFINITY));
    #pragma unroll 4
    for (int at = walker; at < end; at += 32) {
        const int j0 = at;
        const float v0 = a0[i0 * 70 + j0];
        v1 = (v0 != v0) ? v0 : ((v0 > v1) ? v0 : v1);
    }
    shared1[lid] = v1;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = 16; reach > 0; reach /= 2) {
        if (walker < reach) {
            const float other1 = shared1[lid + reach * 1];
            shared1[lid] = v1 = (other1 != other1) ? other1 : ((other1 > v1) ? other1 : v1);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v1 = shared1[lid - walker * 1];
    float v4 = 0.0f;
    #pragma unroll 4
    for (int at = walker; at < end; at += 32) {
        const int j0 = at;
        const float v0 = a0[i0 * 70 + j0];
const float v2 = v0 - v1;
const float v3 = exp(v2);
        v4 = v4 + v3;
    }
    shared4[lid] = v4;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int reach = 16; reach > 0; reach /= 2) {
        if (walker < reach) {
            const float other4 = shared4[lid + reach * 1];
            shared4[lid] = v4 = v4 + other4;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v4 = shared4[lid - walker * 1];
    const float v5 = (float)1 / v4;
    #pragma unroll 4
    for (int at = walker; at < end; at += 32) {
        const int j0 = at;
        const float v0 = a0[i0 * 70 + j0];
const float v2 = v0 - v1;
const float v3 = exp(v2);
const float v6 = v3 * v5;
        a1[i0 * 70 + j0] = v6;
    }
}
