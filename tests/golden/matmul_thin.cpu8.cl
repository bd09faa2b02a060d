// global (2, 1, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int n0 = id0 * 32 <= 18 ? id0 * 32 : 18;
    const int first = id1 * 3, last = id1 < 0 ? first + 3 : 3;
    int m0 = first;
    for (; m0 + 3 <= last; m0 += 3) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c0_2 = (float8)(0);
        float8 c0_3 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c1_2 = (float8)(0);
        float8 c1_3 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        float8 c2_2 = (float8)(0);
        float8 c2_3 = (float8)(0);
        for (int k = 0; k < 70; k++) {
            float8 b0; { const int n = n0 + 0; const float8 y0 = *(__global const clgrad_float8*)(a1 + k * 50 + n); b0 = y0; }
            float8 b1; { const int n = n0 + 8; const float8 y0 = *(__global const clgrad_float8*)(a1 + k * 50 + n); b1 = y0; }
            float8 b2; { const int n = n0 + 16; const float8 y0 = *(__global const clgrad_float8*)(a1 + k * 50 + n); b2 = y0; }
            float8 b3; { const int n = n0 + 24; const float8 y0 = *(__global const clgrad_float8*)(a1 + k * 50 + n); b3 = y0; }
            { const int m = m0 + 0; const float x0 = a0[m * 70 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float x0 = a0[m * 70 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
            { const int m = m0 + 2; const float x0 = a0[m * 70 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
              c2_3 = a * b3 + c2_3;
            }
        }
        {
            const float8 c[] = {c0_0, c0_1, c0_2, c0_3, c1_0, c1_1, c1_2, c1_3, c2_0, c2_1, c2_2, c2_3};
            for (int m = m0; m < m0 + 3; m++)
            for (int v = 0; v < 4; v++) {
                const float8 result = c[(m - m0) * 4 + v];
                const int n = n0 + v * 8;
                const float8 v0 = result;
const float8 v1 = (v0 < (float8)(0)) ? (float8)(0) : v0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v1;
            }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
