// global (2, 1, 1), local (1, 1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int n0 = id0 * 48 <= 2 ? id0 * 48 : 2;
    const int first = id1 * 3, last = id1 < 0 ? first + 3 : 3;
    int m0 = first;
    for (; m0 + 3 <= last; m0 += 3) {
        float16 c0_0 = (float16)(0);
        float16 c0_1 = (float16)(0);
        float16 c0_2 = (float16)(0);
        float16 c1_0 = (float16)(0);
        float16 c1_1 = (float16)(0);
        float16 c1_2 = (float16)(0);
        float16 c2_0 = (float16)(0);
        float16 c2_1 = (float16)(0);
        float16 c2_2 = (float16)(0);
        for (int k = 0; k < 70; k++) {
            float16 b0; { const int n = n0 + 0; const float16 y0 = *(__global const clgrad_float16*)(a1 + k * 50 + n); b0 = y0; }
            float16 b1; { const int n = n0 + 16; const float16 y0 = *(__global const clgrad_float16*)(a1 + k * 50 + n); b1 = y0; }
            float16 b2; { const int n = n0 + 32; const float16 y0 = *(__global const clgrad_float16*)(a1 + k * 50 + n); b2 = y0; }
            { const int m = m0 + 0; const float x0 = a0[m * 70 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            { const int m = m0 + 1; const float x0 = a0[m * 70 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
            }
            { const int m = m0 + 2; const float x0 = a0[m * 70 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
            }
        }
        {
            const float16 c[] = {c0_0, c0_1, c0_2, c1_0, c1_1, c1_2, c2_0, c2_1, c2_2};
            for (int m = m0; m < m0 + 3; m++)
            for (int v = 0; v < 3; v++) {
                const float16 result = c[(m - m0) * 3 + v];
                const int n = n0 + v * 16;
                const float16 v0 = result;
const float16 v1 = (v0 < (float16)(0)) ? (float16)(0) : v0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v1;
            }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
