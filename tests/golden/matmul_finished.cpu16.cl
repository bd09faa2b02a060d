// global (2, 1, 1), local (1, 1, 1)
static inline float16 clgrad_tanh_float16(float16 x) {
    const float16 a = as_float16(as_int16(x) & 0x7fffffff), z = x * x;
    float16 v = -2.0f * a;
    v = (89.0f < v) ? (float16)(89.0f) : v; v = (-104.0f > v) ? (float16)(-104.0f) : v;
    const float16 t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float16 u = (float16)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f;
    const int16 half_power = (as_int16(t) << 22) & (int)0xff800000, rest = (as_int16(t) << 23) - half_power;
    const float16 e = ((u * r) * r + r + 1.0f) * as_float16(half_power + 0x3f800000) * as_float16(rest + 0x3f800000);
    float16 s = (float16)(-0.00570498872745f); s = s * z + 0.0206390887954f; s = s * z + -0.0537397155531f; s = s * z + 0.133314422036f; s = s * z + -0.333332819422f;
    const float16 y = (a < 0.625f) ? (s * z) * a + a : (1.0f - e) / (1.0f + e);
    return as_float16(as_int16(y) | (as_int16(x) & (int)0x80000000));
}
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
__attribute__((noinline)) static void NAME_finish(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const float16* c, const int m0, const int rows, const int n0, const int id0) {
            for (int m = m0; m < m0 + rows; m++)
            for (int v = 0; v < 2; v++) {
                const float16 result = c[(m - m0) * 2 + v];
                const int n = n0 + v * 16;
                const float16 v0 = result;
const float16 v1 = clgrad_tanh_float16(v0);
*(__global clgrad_float16*)(a2 + m * 50 + n) = v1;
            }
}
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int n0 = id0 * 32 <= 18 ? id0 * 32 : 18;
    const int first = id1 * 30, last = id1 < 0 ? first + 30 : 30;
    int m0 = first;
    for (; m0 + 10 <= last; m0 += 10) {
        float16 c0_0 = (float16)(0);
        float16 c0_1 = (float16)(0);
        float16 c1_0 = (float16)(0);
        float16 c1_1 = (float16)(0);
        float16 c2_0 = (float16)(0);
        float16 c2_1 = (float16)(0);
        float16 c3_0 = (float16)(0);
        float16 c3_1 = (float16)(0);
        float16 c4_0 = (float16)(0);
        float16 c4_1 = (float16)(0);
        float16 c5_0 = (float16)(0);
        float16 c5_1 = (float16)(0);
        float16 c6_0 = (float16)(0);
        float16 c6_1 = (float16)(0);
        float16 c7_0 = (float16)(0);
        float16 c7_1 = (float16)(0);
        float16 c8_0 = (float16)(0);
        float16 c8_1 = (float16)(0);
        float16 c9_0 = (float16)(0);
        float16 c9_1 = (float16)(0);
        for (int k = 0; k < 17; k++) {
            float16 b0; { const int n = n0 + 0; const float16 y0 = *(__global const clgrad_float16*)(a1 + k * 50 + n); b0 = y0; }
            float16 b1; { const int n = n0 + 16; const float16 y0 = *(__global const clgrad_float16*)(a1 + k * 50 + n); b1 = y0; }
            { const int m = m0 + 0; const float x0 = a0[m * 17 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float x0 = a0[m * 17 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float x0 = a0[m * 17 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
            { const int m = m0 + 3; const float x0 = a0[m * 17 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
            }
            { const int m = m0 + 4; const float x0 = a0[m * 17 + k]; const float a = x0;
              c4_0 = a * b0 + c4_0;
              c4_1 = a * b1 + c4_1;
            }
            { const int m = m0 + 5; const float x0 = a0[m * 17 + k]; const float a = x0;
              c5_0 = a * b0 + c5_0;
              c5_1 = a * b1 + c5_1;
            }
            { const int m = m0 + 6; const float x0 = a0[m * 17 + k]; const float a = x0;
              c6_0 = a * b0 + c6_0;
              c6_1 = a * b1 + c6_1;
            }
            { const int m = m0 + 7; const float x0 = a0[m * 17 + k]; const float a = x0;
              c7_0 = a * b0 + c7_0;
              c7_1 = a * b1 + c7_1;
            }
            { const int m = m0 + 8; const float x0 = a0[m * 17 + k]; const float a = x0;
              c8_0 = a * b0 + c8_0;
              c8_1 = a * b1 + c8_1;
            }
            { const int m = m0 + 9; const float x0 = a0[m * 17 + k]; const float a = x0;
              c9_0 = a * b0 + c9_0;
              c9_1 = a * b1 + c9_1;
            }
        }
        {
            const float16 c[] = {c0_0, c0_1, c1_0, c1_1, c2_0, c2_1, c3_0, c3_1, c4_0, c4_1, c5_0, c5_1, c6_0, c6_1, c7_0, c7_1, c8_0, c8_1, c9_0, c9_1};
            NAME_finish(a0, a1, a2, faults, c, m0, 10, n0, id0);
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
