// global (17, 8, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
static inline void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    int tile_n = id0, tile_m = id1;
    const int m0 = tile_m * 4 <= 26 ? tile_m * 4 : 26;
    const int n0 = tile_n * 3 <= 47 ? tile_n * 3 : 47;
    float8 c0_0 = (float8)(0);
    float8 c0_1 = (float8)(0);
    float8 c0_2 = (float8)(0);
    float8 c1_0 = (float8)(0);
    float8 c1_1 = (float8)(0);
    float8 c1_2 = (float8)(0);
    float8 c2_0 = (float8)(0);
    float8 c2_1 = (float8)(0);
    float8 c2_2 = (float8)(0);
    float8 c3_0 = (float8)(0);
    float8 c3_1 = (float8)(0);
    float8 c3_2 = (float8)(0);
    for (int k = 0; k + 8 <= 35; k += 8) {
        float8 b0; { const int n = n0 + 0; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); b0 = y0; }
        float8 b1; { const int n = n0 + 1; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); b1 = y0; }
        float8 b2; { const int n = n0 + 2; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); b2 = y0; }
        { const int m = m0 + 0; const float8 x0 = *(__global const clgrad_float8*)(a0 + m * 35 + k); const float8 a = x0;
        c0_0 = a * b0 + c0_0;
        c0_1 = a * b1 + c0_1;
        c0_2 = a * b2 + c0_2;
        }
        { const int m = m0 + 1; const float8 x0 = *(__global const clgrad_float8*)(a0 + m * 35 + k); const float8 a = x0;
        c1_0 = a * b0 + c1_0;
        c1_1 = a * b1 + c1_1;
        c1_2 = a * b2 + c1_2;
        }
        { const int m = m0 + 2; const float8 x0 = *(__global const clgrad_float8*)(a0 + m * 35 + k); const float8 a = x0;
        c2_0 = a * b0 + c2_0;
        c2_1 = a * b1 + c2_1;
        c2_2 = a * b2 + c2_2;
        }
        { const int m = m0 + 3; const float8 x0 = *(__global const clgrad_float8*)(a0 + m * 35 + k); const float8 a = x0;
        c3_0 = a * b0 + c3_0;
        c3_1 = a * b1 + c3_1;
        c3_2 = a * b2 + c3_2;
        }
    }
    float s0_0 = c0_0.s0 + c0_0.s1 + c0_0.s2 + c0_0.s3 + c0_0.s4 + c0_0.s5 + c0_0.s6 + c0_0.s7;
    float s0_1 = c0_1.s0 + c0_1.s1 + c0_1.s2 + c0_1.s3 + c0_1.s4 + c0_1.s5 + c0_1.s6 + c0_1.s7;
    float s0_2 = c0_2.s0 + c0_2.s1 + c0_2.s2 + c0_2.s3 + c0_2.s4 + c0_2.s5 + c0_2.s6 + c0_2.s7;
    float s1_0 = c1_0.s0 + c1_0.s1 + c1_0.s2 + c1_0.s3 + c1_0.s4 + c1_0.s5 + c1_0.s6 + c1_0.s7;
    float s1_1 = c1_1.s0 + c1_1.s1 + c1_1.s2 + c1_1.s3 + c1_1.s4 + c1_1.s5 + c1_1.s6 + c1_1.s7;
    float s1_2 = c1_2.s0 + c1_2.s1 + c1_2.s2 + c1_2.s3 + c1_2.s4 + c1_2.s5 + c1_2.s6 + c1_2.s7;
    float s2_0 = c2_0.s0 + c2_0.s1 + c2_0.s2 + c2_0.s3 + c2_0.s4 + c2_0.s5 + c2_0.s6 + c2_0.s7;
    float s2_1 = c2_1.s0 + c2_1.s1 + c2_1.s2 + c2_1.s3 + c2_1.s4 + c2_1.s5 + c2_1.s6 + c2_1.s7;
    float s2_2 = c2_2.s0 + c2_2.s1 + c2_2.s2 + c2_2.s3 + c2_2.s4 + c2_2.s5 + c2_2.s6 + c2_2.s7;
    float s3_0 = c3_0.s0 + c3_0.s1 + c3_0.s2 + c3_0.s3 + c3_0.s4 + c3_0.s5 + c3_0.s6 + c3_0.s7;
    float s3_1 = c3_1.s0 + c3_1.s1 + c3_1.s2 + c3_1.s3 + c3_1.s4 + c3_1.s5 + c3_1.s6 + c3_1.s7;
    float s3_2 = c3_2.s0 + c3_2.s1 + c3_2.s2 + c3_2.s3 + c3_2.s4 + c3_2.s5 + c3_2.s6 + c3_2.s7;
    for (int k = 32; k < 35; k++) {
        { const int m = m0 + 0, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_0 += x0 * y0; }
        { const int m = m0 + 0, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_1 += x0 * y0; }
        { const int m = m0 + 0, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_2 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_0 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_1 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_2 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_0 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_1 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_2 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_0 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_1 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_2 += x0 * y0; }
    }
    { const int m = m0 + 0, n = n0 + 0;
      const float v0 = s0_0;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 0, n = n0 + 1;
      const float v0 = s0_1;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 0, n = n0 + 2;
      const float v0 = s0_2;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 1, n = n0 + 0;
      const float v0 = s1_0;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 1, n = n0 + 1;
      const float v0 = s1_1;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 1, n = n0 + 2;
      const float v0 = s1_2;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 2, n = n0 + 0;
      const float v0 = s2_0;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 2, n = n0 + 1;
      const float v0 = s2_1;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 2, n = n0 + 2;
      const float v0 = s2_2;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 3, n = n0 + 0;
      const float v0 = s3_0;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 3, n = n0 + 1;
      const float v0 = s3_1;
a2[m * 50 + n] = v0; }
    { const int m = m0 + 3, n = n0 + 2;
      const float v0 = s3_2;
a2[m * 50 + n] = v0; }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
