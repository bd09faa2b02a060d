// global (16, 8, 1), local (8, 4, 1)
__kernel __attribute__((reqd_work_group_size(8, 4, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    const int id0 = get_global_id(0), id1 = get_global_id(1);
    if (id0 >= 13 || id1 >= 7) return;
    const int n0 = id0 * 4 <= 46 ? id0 * 4 : 46;
    const int first = id1 * 4, last = id1 < 6 ? first + 4 : 30;
    int m0 = first;
    for (; m0 + 4 <= last; m0 += 4) {
        float c0_0 = (float)(0);
        float c0_1 = (float)(0);
        float c0_2 = (float)(0);
        float c0_3 = (float)(0);
        float c1_0 = (float)(0);
        float c1_1 = (float)(0);
        float c1_2 = (float)(0);
        float c1_3 = (float)(0);
        float c2_0 = (float)(0);
        float c2_1 = (float)(0);
        float c2_2 = (float)(0);
        float c2_3 = (float)(0);
        float c3_0 = (float)(0);
        float c3_1 = (float)(0);
        float c3_2 = (float)(0);
        float c3_3 = (float)(0);
        for (int k = 0; k < 35; k++) {
            float b0; { const int n = n0 + 0; const float y0 = a1[k + n * 35]; b0 = y0; }
            float b1; { const int n = n0 + 1; const float y0 = a1[k + n * 35]; b1 = y0; }
            float b2; { const int n = n0 + 2; const float y0 = a1[k + n * 35]; b2 = y0; }
            float b3; { const int n = n0 + 3; const float y0 = a1[k + n * 35]; b3 = y0; }
            { const int m = m0 + 0; const float x0 = a0[m * 35 + k]; const float a = x0;
              c0_0 = fma(a, b0, c0_0);
              c0_1 = fma(a, b1, c0_1);
              c0_2 = fma(a, b2, c0_2);
              c0_3 = fma(a, b3, c0_3);
            }
            { const int m = m0 + 1; const float x0 = a0[m * 35 + k]; const float a = x0;
              c1_0 = fma(a, b0, c1_0);
              c1_1 = fma(a, b1, c1_1);
              c1_2 = fma(a, b2, c1_2);
              c1_3 = fma(a, b3, c1_3);
            }
            { const int m = m0 + 2; const float x0 = a0[m * 35 + k]; const float a = x0;
              c2_0 = fma(a, b0, c2_0);
              c2_1 = fma(a, b1, c2_1);
              c2_2 = fma(a, b2, c2_2);
              c2_3 = fma(a, b3, c2_3);
            }
            { const int m = m0 + 3; const float x0 = a0[m * 35 + k]; const float a = x0;
              c3_0 = fma(a, b0, c3_0);
              c3_1 = fma(a, b1, c3_1);
              c3_2 = fma(a, b2, c3_2);
              c3_3 = fma(a, b3, c3_3);
            }
        }
        {
            { const int m = m0 + 0, n = n0 + 0;
              const float v0 = c0_0;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 0, n = n0 + 1;
              const float v0 = c0_1;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 0, n = n0 + 2;
              const float v0 = c0_2;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 0, n = n0 + 3;
              const float v0 = c0_3;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 0;
              const float v0 = c1_0;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 1;
              const float v0 = c1_1;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 2;
              const float v0 = c1_2;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 3;
              const float v0 = c1_3;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 2, n = n0 + 0;
              const float v0 = c2_0;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 2, n = n0 + 1;
              const float v0 = c2_1;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 2, n = n0 + 2;
              const float v0 = c2_2;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 2, n = n0 + 3;
              const float v0 = c2_3;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 3, n = n0 + 0;
              const float v0 = c3_0;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 3, n = n0 + 1;
              const float v0 = c3_1;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 3, n = n0 + 2;
              const float v0 = c3_2;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 3, n = n0 + 3;
              const float v0 = c3_3;
a2[m * 50 + n] = v0; }
        }
    }
    if (m0 < last) {
        float c0_0 = (float)(0);
        float c0_1 = (float)(0);
        float c0_2 = (float)(0);
        float c0_3 = (float)(0);
        float c1_0 = (float)(0);
        float c1_1 = (float)(0);
        float c1_2 = (float)(0);
        float c1_3 = (float)(0);
        for (int k = 0; k < 35; k++) {
            float b0; { const int n = n0 + 0; const float y0 = a1[k + n * 35]; b0 = y0; }
            float b1; { const int n = n0 + 1; const float y0 = a1[k + n * 35]; b1 = y0; }
            float b2; { const int n = n0 + 2; const float y0 = a1[k + n * 35]; b2 = y0; }
            float b3; { const int n = n0 + 3; const float y0 = a1[k + n * 35]; b3 = y0; }
            { const int m = m0 + 0; const float x0 = a0[m * 35 + k]; const float a = x0;
              c0_0 = fma(a, b0, c0_0);
              c0_1 = fma(a, b1, c0_1);
              c0_2 = fma(a, b2, c0_2);
              c0_3 = fma(a, b3, c0_3);
            }
            { const int m = m0 + 1; const float x0 = a0[m * 35 + k]; const float a = x0;
              c1_0 = fma(a, b0, c1_0);
              c1_1 = fma(a, b1, c1_1);
              c1_2 = fma(a, b2, c1_2);
              c1_3 = fma(a, b3, c1_3);
            }
        }
        {
            { const int m = m0 + 0, n = n0 + 0;
              const float v0 = c0_0;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 0, n = n0 + 1;
              const float v0 = c0_1;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 0, n = n0 + 2;
              const float v0 = c0_2;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 0, n = n0 + 3;
              const float v0 = c0_3;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 0;
              const float v0 = c1_0;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 1;
              const float v0 = c1_1;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 2;
              const float v0 = c1_2;
a2[m * 50 + n] = v0; }
            { const int m = m0 + 1, n = n0 + 3;
              const float v0 = c1_3;
a2[m * 50 + n] = v0; }
        }
    }
}
