// global (1,), local (1,)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int row0 = (int)id0 * 58;
    for (int row = row0; row < row0 + 58 && row < 33; row++) {
    const int i0 = row;
    const float v1 = 2.0f;
    float v3 = 0.0f;
    float8 w3[4] = {(float8)(v3), (float8)(v3), (float8)(v3), (float8)(v3)};
        {
        for (int step = 0; step < 64; step += 32)
        #pragma unroll
        for (int turn = 0; turn < 4; turn++) {
            const int n = step + turn * 8;
            const float8 v0 = *(__global const clgrad_float8*)(a0 + i0 * 70 + n);
const float8 v2 = v0 * (float8)(v1);
            w3[turn] = w3[turn] + v2;
        }
        for (int n = 64; n < 70; n += 1) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 * v1;
            v3 = v3 + v2;
        }
        }
    w3[0] = w3[0] + w3[2];
w3[1] = w3[1] + w3[3];
w3[0] = w3[0] + w3[1];
const float4 w3_4 = w3[0].lo + w3[0].hi;
const float2 w3_2 = w3_4.lo + w3_4.hi;
const float w3_1 = w3_2.lo + w3_2.hi;
v3 = v3 + w3_1;
    const float v4 = sqrt(v3);
    {
    a1[i0] = v4;
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
