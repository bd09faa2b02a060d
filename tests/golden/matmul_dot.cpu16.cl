// global (13, 8, 1), local (1, 1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
static inline void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    int tile_n = id0, tile_m = id1;
    const int m0 = tile_m * 4 <= 26 ? tile_m * 4 : 26;
    const int n0 = tile_n * 4 <= 46 ? tile_n * 4 : 46;
    float16 c0_0 = (float16)(0);
    float16 c0_1 = (float16)(0);
    float16 c0_2 = (float16)(0);
    float16 c0_3 = (float16)(0);
    float16 c1_0 = (float16)(0);
    float16 c1_1 = (float16)(0);
    float16 c1_2 = (float16)(0);
    float16 c1_3 = (float16)(0);
    float16 c2_0 = (float16)(0);
    float16 c2_1 = (float16)(0);
    float16 c2_2 = (float16)(0);
    float16 c2_3 = (float16)(0);
    float16 c3_0 = (float16)(0);
    float16 c3_1 = (float16)(0);
    float16 c3_2 = (float16)(0);
    float16 c3_3 = (float16)(0);
    for (int k = 0; k + 16 <= 35; k += 16) {
        float16 b0; { const int n = n0 + 0; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); b0 = y0; }
        float16 b1; { const int n = n0 + 1; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); b1 = y0; }
        float16 b2; { const int n = n0 + 2; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); b2 = y0; }
        float16 b3; { const int n = n0 + 3; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); b3 = y0; }
        { const int m = m0 + 0; const float16 x0 = *(__global const clgrad_float16*)(a0 + m * 35 + k); const float16 a = x0;
        c0_0 = a * b0 + c0_0;
        c0_1 = a * b1 + c0_1;
        c0_2 = a * b2 + c0_2;
        c0_3 = a * b3 + c0_3;
        }
        { const int m = m0 + 1; const float16 x0 = *(__global const clgrad_float16*)(a0 + m * 35 + k); const float16 a = x0;
        c1_0 = a * b0 + c1_0;
        c1_1 = a * b1 + c1_1;
        c1_2 = a * b2 + c1_2;
        c1_3 = a * b3 + c1_3;
        }
        { const int m = m0 + 2; const float16 x0 = *(__global const clgrad_float16*)(a0 + m * 35 + k); const float16 a = x0;
        c2_0 = a * b0 + c2_0;
        c2_1 = a * b1 + c2_1;
        c2_2 = a * b2 + c2_2;
        c2_3 = a * b3 + c2_3;
        }
        { const int m = m0 + 3; const float16 x0 = *(__global const clgrad_float16*)(a0 + m * 35 + k); const float16 a = x0;
        c3_0 = a * b0 + c3_0;
        c3_1 = a * b1 + c3_1;
        c3_2 = a * b2 + c3_2;
        c3_3 = a * b3 + c3_3;
        }
    }
    float s0_0 = c0_0.s0 + c0_0.s1 + c0_0.s2 + c0_0.s3 + c0_0.s4 + c0_0.s5 + c0_0.s6 + c0_0.s7 + c0_0.s8 + c0_0.s9 + c0_0.sa + c0_0.sb + c0_0.sc + c0_0.sd + c0_0.se + c0_0.sf;
    float s0_1 = c0_1.s0 + c0_1.s1 + c0_1.s2 + c0_1.s3 + c0_1.s4 + c0_1.s5 + c0_1.s6 + c0_1.s7 + c0_1.s8 + c0_1.s9 + c0_1.sa + c0_1.sb + c0_1.sc + c0_1.sd + c0_1.se + c0_1.sf;
    float s0_2 = c0_2.s0 + c0_2.s1 + c0_2.s2 + c0_2.s3 + c0_2.s4 + c0_2.s5 + c0_2.s6 + c0_2.s7 + c0_2.s8 + c0_2.s9 + c0_2.sa + c0_2.sb + c0_2.sc + c0_2.sd + c0_2.se + c0_2.sf;
    float s0_3 = c0_3.s0 + c0_3.s1 + c0_3.s2 + c0_3.s3 + c0_3.s4 + c0_3.s5 + c0_3.s6 + c0_3.s7 + c0_3.s8 + c0_3.s9 + c0_3.sa + c0_3.sb + c0_3.sc + c0_3.sd + c0_3.se + c0_3.sf;
    float s1_0 = c1_0.s0 + c1_0.s1 + c1_0.s2 + c1_0.s3 + c1_0.s4 + c1_0.s5 + c1_0.s6 + c1_0.s7 + c1_0.s8 + c1_0.s9 + c1_0.sa + c1_0.sb + c1_0.sc + c1_0.sd + c1_0.se + c1_0.sf;
    float s1_1 = c1_1.s0 + c1_1.s1 + c1_1.s2 + c1_1.s3 + c1_1.s4 + c1_1.s5 + c1_1.s6 + c1_1.s7 + c1_1.s8 + c1_1.s9 + c1_1.sa + c1_1.sb + c1_1.sc + c1_1.sd + c1_1.se + c1_1.sf;
    float s1_2 = c1_2.s0 + c1_2.s1 + c1_2.s2 + c1_2.s3 + c1_2.s4 + c1_2.s5 + c1_2.s6 + c1_2.s7 + c1_2.s8 + c1_2.s9 + c1_2.sa + c1_2.sb + c1_2.sc + c1_2.sd + c1_2.se + c1_2.sf;
    float s1_3 = c1_3.s0 + c1_3.s1 + c1_3.s2 + c1_3.s3 + c1_3.s4 + c1_3.s5 + c1_3.s6 + c1_3.s7 + c1_3.s8 + c1_3.s9 + c1_3.sa + c1_3.sb + c1_3.sc + c1_3.sd + c1_3.se + c1_3.sf;
    float s2_0 = c2_0.s0 + c2_0.s1 + c2_0.s2 + c2_0.s3 + c2_0.s4 + c2_0.s5 + c2_0.s6 + c2_0.s7 + c2_0.s8 + c2_0.s9 + c2_0.sa + c2_0.sb + c2_0.sc + c2_0.sd + c2_0.se + c2_0.sf;
    float s2_1 = c2_1.s0 + c2_1.s1 + c2_1.s2 + c2_1.s3 + c2_1.s4 + c2_1.s5 + c2_1.s6 + c2_1.s7 + c2_1.s8 + c2_1.s9 + c2_1.sa + c2_1.sb + c2_1.sc + c2_1.sd + c2_1.se + c2_1.sf;
    float s2_2 = c2_2.s0 + c2_2.s1 + c2_2.s2 + c2_2.s3 + c2_2.s4 + c2_2.s5 + c2_2.s6 + c2_2.s7 + c2_2.s8 + c2_2.s9 + c2_2.sa + c2_2.sb + c2_2.sc + c2_2.sd + c2_2.se + c2_2.sf;
    float s2_3 = c2_3.s0 + c2_3.s1 + c2_3.s2 + c2_3.s3 + c2_3.s4 + c2_3.s5 + c2_3.s6 + c2_3.s7 + c2_3.s8 + c2_3.s9 + c2_3.sa + c2_3.sb + c2_3.sc + c2_3.sd + c2_3.se + c2_3.sf;
    float s3_0 = c3_0.s0 + c3_0.s1 + c3_0.s2 + c3_0.s3 + c3_0.s4 + c3_0.s5 + c3_0.s6 + c3_0.s7 + c3_0.s8 + c3_0.s9 + c3_0.sa + c3_0.sb + c3_0.sc + c3_0.sd + c3_0.se + c3_0.sf;
    float s3_1 = c3_1.s0 + c3_1.s1 + c3_1.s2 + c3_1.s3 + c3_1.s4 + c3_1.s5 + c3_1.s6 + c3_1.s7 + c3_1.s8 + c3_1.s9 + c3_1.sa + c3_1.sb + c3_1.sc + c3_1.sd + c3_1.se + c3_1.sf;
    float s3_2 = c3_2.s0 + c3_2.s1 + c3_2.s2 + c3_2.s3 + c3_2.s4 + c3_2.s5 + c3_2.s6 + c3_2.s7 + c3_2.s8 + c3_2.s9 + c3_2.sa + c3_2.sb + c3_2.sc + c3_2.sd + c3_2.se + c3_2.sf;
    float s3_3 = c3_3.s0 + c3_3.s1 + c3_3.s2 + c3_3.s3 + c3_3.s4 + c3_3.s5 + c3_3.s6 + c3_3.s7 + c3_3.s8 + c3_3.s9 + c3_3.sa + c3_3.sb + c3_3.sc + c3_3.sd + c3_3.se + c3_3.sf;
    for (int k = 32; k < 35; k++) {
        { const int m = m0 + 0, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_0 += x0 * y0; }
        { const int m = m0 + 0, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_1 += x0 * y0; }
        { const int m = m0 + 0, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_2 += x0 * y0; }
        { const int m = m0 + 0, n = n0 + 3; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s0_3 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_0 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_1 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_2 += x0 * y0; }
        { const int m = m0 + 1, n = n0 + 3; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s1_3 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_0 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_1 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_2 += x0 * y0; }
        { const int m = m0 + 2, n = n0 + 3; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s2_3 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 0; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_0 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 1; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_1 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 2; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_2 += x0 * y0; }
        { const int m = m0 + 3, n = n0 + 3; const float x0 = a0[m * 35 + k]; const float y0 = a1[k + n * 35];
          s3_3 += x0 * y0; }
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
    { const int m = m0 + 0, n = n0 + 3;
      const float v0 = s0_3;
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
    { const int m = m0 + 1, n = n0 + 3;
      const float v0 = s1_3;
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
    { const int m = m0 + 2, n = n0 + 3;
      const float v0 = s2_3;
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
    { const int m = m0 + 3, n = n0 + 3;
      const float v0 = s3_3;
a2[m * 50 + n] = v0; }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
