// global (4, 1, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int n0 = id0 * 16 <= 34 ? id0 * 16 : 34;
    const int first = id1 * 30, last = id1 < 0 ? first + 30 : 30;
    float8 panel[70];
        float* const element = (float*)panel;
        for (int lane = 0; lane < 16; lane += 8) {
            int k = 0;
            for (; k + 8 <= 35; k += 8) {
                float8 r0; { const int n = n0 + lane + 0; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r0 = y0; }
                float8 r1; { const int n = n0 + lane + 1; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r1 = y0; }
                float8 r2; { const int n = n0 + lane + 2; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r2 = y0; }
                float8 r3; { const int n = n0 + lane + 3; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r3 = y0; }
                float8 r4; { const int n = n0 + lane + 4; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r4 = y0; }
                float8 r5; { const int n = n0 + lane + 5; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r5 = y0; }
                float8 r6; { const int n = n0 + lane + 6; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r6 = y0; }
                float8 r7; { const int n = n0 + lane + 7; const float8 y0 = *(__global const clgrad_float8*)(a1 + k + n * 35); r7 = y0; }
                const float8 t0_0 = __builtin_shufflevector(r0, r4, 0, 1, 2, 3, 8, 9, 10, 11);
                const float8 t0_4 = __builtin_shufflevector(r0, r4, 4, 5, 6, 7, 12, 13, 14, 15);
                const float8 t0_1 = __builtin_shufflevector(r1, r5, 0, 1, 2, 3, 8, 9, 10, 11);
                const float8 t0_5 = __builtin_shufflevector(r1, r5, 4, 5, 6, 7, 12, 13, 14, 15);
                const float8 t0_2 = __builtin_shufflevector(r2, r6, 0, 1, 2, 3, 8, 9, 10, 11);
                const float8 t0_6 = __builtin_shufflevector(r2, r6, 4, 5, 6, 7, 12, 13, 14, 15);
                const float8 t0_3 = __builtin_shufflevector(r3, r7, 0, 1, 2, 3, 8, 9, 10, 11);
                const float8 t0_7 = __builtin_shufflevector(r3, r7, 4, 5, 6, 7, 12, 13, 14, 15);
                const float8 t1_0 = __builtin_shufflevector(t0_0, t0_2, 0, 1, 8, 9, 4, 5, 12, 13);
                const float8 t1_2 = __builtin_shufflevector(t0_0, t0_2, 2, 3, 10, 11, 6, 7, 14, 15);
                const float8 t1_1 = __builtin_shufflevector(t0_1, t0_3, 0, 1, 8, 9, 4, 5, 12, 13);
                const float8 t1_3 = __builtin_shufflevector(t0_1, t0_3, 2, 3, 10, 11, 6, 7, 14, 15);
                const float8 t1_4 = __builtin_shufflevector(t0_4, t0_6, 0, 1, 8, 9, 4, 5, 12, 13);
                const float8 t1_6 = __builtin_shufflevector(t0_4, t0_6, 2, 3, 10, 11, 6, 7, 14, 15);
                const float8 t1_5 = __builtin_shufflevector(t0_5, t0_7, 0, 1, 8, 9, 4, 5, 12, 13);
                const float8 t1_7 = __builtin_shufflevector(t0_5, t0_7, 2, 3, 10, 11, 6, 7, 14, 15);
                const float8 t2_0 = __builtin_shufflevector(t1_0, t1_1, 0, 8, 2, 10, 4, 12, 6, 14);
                const float8 t2_1 = __builtin_shufflevector(t1_0, t1_1, 1, 9, 3, 11, 5, 13, 7, 15);
                const float8 t2_2 = __builtin_shufflevector(t1_2, t1_3, 0, 8, 2, 10, 4, 12, 6, 14);
                const float8 t2_3 = __builtin_shufflevector(t1_2, t1_3, 1, 9, 3, 11, 5, 13, 7, 15);
                const float8 t2_4 = __builtin_shufflevector(t1_4, t1_5, 0, 8, 2, 10, 4, 12, 6, 14);
                const float8 t2_5 = __builtin_shufflevector(t1_4, t1_5, 1, 9, 3, 11, 5, 13, 7, 15);
                const float8 t2_6 = __builtin_shufflevector(t1_6, t1_7, 0, 8, 2, 10, 4, 12, 6, 14);
                const float8 t2_7 = __builtin_shufflevector(t1_6, t1_7, 1, 9, 3, 11, 5, 13, 7, 15);
                *(float8*)(element + (k + 0 - 0) * 16 + lane) = t2_0;
                *(float8*)(element + (k + 1 - 0) * 16 + lane) = t2_1;
                *(float8*)(element + (k + 2 - 0) * 16 + lane) = t2_2;
                *(float8*)(element + (k + 3 - 0) * 16 + lane) = t2_3;
                *(float8*)(element + (k + 4 - 0) * 16 + lane) = t2_4;
                *(float8*)(element + (k + 5 - 0) * 16 + lane) = t2_5;
                *(float8*)(element + (k + 6 - 0) * 16 + lane) = t2_6;
                *(float8*)(element + (k + 7 - 0) * 16 + lane) = t2_7;
            }
            for (; k < 35; k++)
            for (int n = n0 + lane; n < n0 + lane + 8; n++) {
                const float y0 = a1[k + n * 35];
                element[(k - 0) * 16 + n - n0] = y0;
            }
        }
    int m0 = first;
    for (; m0 + 6 <= last; m0 += 6) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        float8 c3_0 = (float8)(0);
        float8 c3_1 = (float8)(0);
        float8 c4_0 = (float8)(0);
        float8 c4_1 = (float8)(0);
        float8 c5_0 = (float8)(0);
        float8 c5_1 = (float8)(0);
        for (int k = 0; k < 35; k++) {
            const float8 b0 = panel[(k - 0) * 2 + 0];
            const float8 b1 = panel[(k - 0) * 2 + 1];
            { const int m = m0 + 0; const float x0 = a0[m * 35 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float x0 = a0[m * 35 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float x0 = a0[m * 35 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
            { const int m = m0 + 3; const float x0 = a0[m * 35 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
            }
            { const int m = m0 + 4; const float x0 = a0[m * 35 + k]; const float a = x0;
              c4_0 = a * b0 + c4_0;
              c4_1 = a * b1 + c4_1;
            }
            { const int m = m0 + 5; const float x0 = a0[m * 35 + k]; const float a = x0;
              c5_0 = a * b0 + c5_0;
              c5_1 = a * b1 + c5_1;
            }
        }
        {
            { const int m = m0 + 0, n = n0 + 0;
              const float8 v0 = c0_0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 0, n = n0 + 8;
              const float8 v0 = c0_1;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 1, n = n0 + 0;
              const float8 v0 = c1_0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 1, n = n0 + 8;
              const float8 v0 = c1_1;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 2, n = n0 + 0;
              const float8 v0 = c2_0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 2, n = n0 + 8;
              const float8 v0 = c2_1;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 3, n = n0 + 0;
              const float8 v0 = c3_0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 3, n = n0 + 8;
              const float8 v0 = c3_1;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 4, n = n0 + 0;
              const float8 v0 = c4_0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 4, n = n0 + 8;
              const float8 v0 = c4_1;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 5, n = n0 + 0;
              const float8 v0 = c5_0;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 5, n = n0 + 8;
              const float8 v0 = c5_1;
*(__global clgrad_float8*)(a2 + m * 50 + n) = v0; }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
