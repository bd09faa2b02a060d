// global (1,), local (1,)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
static inline void NAME_item(__global const float* restrict a0, __global float* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int row0 = (int)id0 * 58;
    for (int row = row0; row < row0 + 58 && row < 33; row++) {
    const int i0 = row;
    const float v1 = 2.0f;
    float v3 = 0.0f;
    float16 w3 = (float16)(v3);
        {
        for (int n = 0; n + 16 <= 70; n += 16) {
            const float16 v0 = *(__global const clgrad_float16*)(a0 + i0 * 70 + n);
const float16 v2 = v0 * (float16)(v1);
            w3 = w3 + v2;
        }
        for (int n = 64; n < 70; n++) {
            const float v0 = a0[i0 * 70 + n];
const float v2 = v0 * v1;
            v3 = v3 + v2;
        }
        }
    v3 = v3 + w3.s0;
    v3 = v3 + w3.s1;
    v3 = v3 + w3.s2;
    v3 = v3 + w3.s3;
    v3 = v3 + w3.s4;
    v3 = v3 + w3.s5;
    v3 = v3 + w3.s6;
    v3 = v3 + w3.s7;
    v3 = v3 + w3.s8;
    v3 = v3 + w3.s9;
    v3 = v3 + w3.sa;
    v3 = v3 + w3.sb;
    v3 = v3 + w3.sc;
    v3 = v3 + w3.sd;
    v3 = v3 + w3.se;
    v3 = v3 + w3.sf;
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
