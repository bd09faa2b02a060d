// global (2, 1, 1), local (1, 1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
static inline void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int n0 = id0 * 48 <= 2 ? id0 * 48 : 2;
    const int first = id1 * 30, last = id1 < 0 ? first + 30 : 30;
    float16 panel[105];
        for (int v = 0; v < 3; v++) {
            int k = 0;
            for (; k + 16 <= 35; k += 16) {
                float16 r0; { const int n = n0 + v * 16 + 0; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r0 = y0; }
                float16 r1; { const int n = n0 + v * 16 + 1; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r1 = y0; }
                float16 r2; { const int n = n0 + v * 16 + 2; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r2 = y0; }
                float16 r3; { const int n = n0 + v * 16 + 3; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r3 = y0; }
                float16 r4; { const int n = n0 + v * 16 + 4; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r4 = y0; }
                float16 r5; { const int n = n0 + v * 16 + 5; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r5 = y0; }
                float16 r6; { const int n = n0 + v * 16 + 6; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r6 = y0; }
                float16 r7; { const int n = n0 + v * 16 + 7; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r7 = y0; }
                float16 r8; { const int n = n0 + v * 16 + 8; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r8 = y0; }
                float16 r9; { const int n = n0 + v * 16 + 9; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r9 = y0; }
                float16 r10; { const int n = n0 + v * 16 + 10; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r10 = y0; }
                float16 r11; { const int n = n0 + v * 16 + 11; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r11 = y0; }
                float16 r12; { const int n = n0 + v * 16 + 12; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r12 = y0; }
                float16 r13; { const int n = n0 + v * 16 + 13; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r13 = y0; }
                float16 r14; { const int n = n0 + v * 16 + 14; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r14 = y0; }
                float16 r15; { const int n = n0 + v * 16 + 15; const float16 y0 = *(__global const clgrad_float16*)(a1 + k + n * 35); r15 = y0; }
                const float16 t0_0 = __builtin_shufflevector(r0, r8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_8 = __builtin_shufflevector(r0, r8, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_1 = __builtin_shufflevector(r1, r9, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_9 = __builtin_shufflevector(r1, r9, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_2 = __builtin_shufflevector(r2, r10, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_10 = __builtin_shufflevector(r2, r10, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_3 = __builtin_shufflevector(r3, r11, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_11 = __builtin_shufflevector(r3, r11, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_4 = __builtin_shufflevector(r4, r12, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_12 = __builtin_shufflevector(r4, r12, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_5 = __builtin_shufflevector(r5, r13, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_13 = __builtin_shufflevector(r5, r13, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_6 = __builtin_shufflevector(r6, r14, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_14 = __builtin_shufflevector(r6, r14, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t0_7 = __builtin_shufflevector(r7, r15, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                const float16 t0_15 = __builtin_shufflevector(r7, r15, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
                const float16 t1_0 = __builtin_shufflevector(t0_0, t0_4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_4 = __builtin_shufflevector(t0_0, t0_4, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_1 = __builtin_shufflevector(t0_1, t0_5, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_5 = __builtin_shufflevector(t0_1, t0_5, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_2 = __builtin_shufflevector(t0_2, t0_6, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_6 = __builtin_shufflevector(t0_2, t0_6, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_3 = __builtin_shufflevector(t0_3, t0_7, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_7 = __builtin_shufflevector(t0_3, t0_7, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_8 = __builtin_shufflevector(t0_8, t0_12, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_12 = __builtin_shufflevector(t0_8, t0_12, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_9 = __builtin_shufflevector(t0_9, t0_13, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_13 = __builtin_shufflevector(t0_9, t0_13, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_10 = __builtin_shufflevector(t0_10, t0_14, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_14 = __builtin_shufflevector(t0_10, t0_14, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t1_11 = __builtin_shufflevector(t0_11, t0_15, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                const float16 t1_15 = __builtin_shufflevector(t0_11, t0_15, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
                const float16 t2_0 = __builtin_shufflevector(t1_0, t1_2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_2 = __builtin_shufflevector(t1_0, t1_2, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_1 = __builtin_shufflevector(t1_1, t1_3, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_3 = __builtin_shufflevector(t1_1, t1_3, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_4 = __builtin_shufflevector(t1_4, t1_6, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_6 = __builtin_shufflevector(t1_4, t1_6, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_5 = __builtin_shufflevector(t1_5, t1_7, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_7 = __builtin_shufflevector(t1_5, t1_7, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_8 = __builtin_shufflevector(t1_8, t1_10, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_10 = __builtin_shufflevector(t1_8, t1_10, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_9 = __builtin_shufflevector(t1_9, t1_11, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_11 = __builtin_shufflevector(t1_9, t1_11, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_12 = __builtin_shufflevector(t1_12, t1_14, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_14 = __builtin_shufflevector(t1_12, t1_14, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t2_13 = __builtin_shufflevector(t1_13, t1_15, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                const float16 t2_15 = __builtin_shufflevector(t1_13, t1_15, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
                const float16 t3_0 = __builtin_shufflevector(t2_0, t2_1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_1 = __builtin_shufflevector(t2_0, t2_1, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_2 = __builtin_shufflevector(t2_2, t2_3, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_3 = __builtin_shufflevector(t2_2, t2_3, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_4 = __builtin_shufflevector(t2_4, t2_5, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_5 = __builtin_shufflevector(t2_4, t2_5, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_6 = __builtin_shufflevector(t2_6, t2_7, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_7 = __builtin_shufflevector(t2_6, t2_7, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_8 = __builtin_shufflevector(t2_8, t2_9, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_9 = __builtin_shufflevector(t2_8, t2_9, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_10 = __builtin_shufflevector(t2_10, t2_11, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_11 = __builtin_shufflevector(t2_10, t2_11, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_12 = __builtin_shufflevector(t2_12, t2_13, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_13 = __builtin_shufflevector(t2_12, t2_13, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                const float16 t3_14 = __builtin_shufflevector(t2_14, t2_15, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                const float16 t3_15 = __builtin_shufflevector(t2_14, t2_15, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
                panel[(k + 0 - 0) * 3 + v] = t3_0;
                panel[(k + 1 - 0) * 3 + v] = t3_1;
                panel[(k + 2 - 0) * 3 + v] = t3_2;
                panel[(k + 3 - 0) * 3 + v] = t3_3;
                panel[(k + 4 - 0) * 3 + v] = t3_4;
                panel[(k + 5 - 0) * 3 + v] = t3_5;
                panel[(k + 6 - 0) * 3 + v] = t3_6;
                panel[(k + 7 - 0) * 3 + v] = t3_7;
                panel[(k + 8 - 0) * 3 + v] = t3_8;
                panel[(k + 9 - 0) * 3 + v] = t3_9;
                panel[(k + 10 - 0) * 3 + v] = t3_10;
                panel[(k + 11 - 0) * 3 + v] = t3_11;
                panel[(k + 12 - 0) * 3 + v] = t3_12;
                panel[(k + 13 - 0) * 3 + v] = t3_13;
                panel[(k + 14 - 0) * 3 + v] = t3_14;
                panel[(k + 15 - 0) * 3 + v] = t3_15;
            }
            for (; k < 35; k++)
            for (int lane = 0; lane < 16; lane++) {
                const int n = n0 + v * 16 + lane;
                const float y0 = a1[k + n * 35];
                ((float*)(panel + (k - 0) * 3 + v))[lane] = y0;
            }
        }
    int m0 = first;
    for (; m0 + 6 <= last; m0 += 6) {
        float16 c0_0 = (float16)(0);
        float16 c0_1 = (float16)(0);
        float16 c0_2 = (float16)(0);
        float16 c1_0 = (float16)(0);
        float16 c1_1 = (float16)(0);
        float16 c1_2 = (float16)(0);
        float16 c2_0 = (float16)(0);
        float16 c2_1 = (float16)(0);
        float16 c2_2 = (float16)(0);
        float16 c3_0 = (float16)(0);
        float16 c3_1 = (float16)(0);
        float16 c3_2 = (float16)(0);
        float16 c4_0 = (float16)(0);
        float16 c4_1 = (float16)(0);
        float16 c4_2 = (float16)(0);
        float16 c5_0 = (float16)(0);
        float16 c5_1 = (float16)(0);
        float16 c5_2 = (float16)(0);
        for (int k = 0; k < 35; k++) {
            const float16 b0 = panel[(k - 0) * 3 + 0];
            const float16 b1 = panel[(k - 0) * 3 + 1];
            const float16 b2 = panel[(k - 0) * 3 + 2];
            { const int m = m0 + 0; const float x0 = a0[m * 35 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            { const int m = m0 + 1; const float x0 = a0[m * 35 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
            }
            { const int m = m0 + 2; const float x0 = a0[m * 35 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
            }
            { const int m = m0 + 3; const float x0 = a0[m * 35 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
              c3_2 = a * b2 + c3_2;
            }
            { const int m = m0 + 4; const float x0 = a0[m * 35 + k]; const float a = x0;
              c4_0 = a * b0 + c4_0;
              c4_1 = a * b1 + c4_1;
              c4_2 = a * b2 + c4_2;
            }
            { const int m = m0 + 5; const float x0 = a0[m * 35 + k]; const float a = x0;
              c5_0 = a * b0 + c5_0;
              c5_1 = a * b1 + c5_1;
              c5_2 = a * b2 + c5_2;
            }
        }
        {
            { const int m = m0 + 0, n = n0 + 0;
              const float16 v0 = c0_0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 0, n = n0 + 16;
              const float16 v0 = c0_1;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 0, n = n0 + 32;
              const float16 v0 = c0_2;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 1, n = n0 + 0;
              const float16 v0 = c1_0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 1, n = n0 + 16;
              const float16 v0 = c1_1;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 1, n = n0 + 32;
              const float16 v0 = c1_2;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 2, n = n0 + 0;
              const float16 v0 = c2_0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 2, n = n0 + 16;
              const float16 v0 = c2_1;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 2, n = n0 + 32;
              const float16 v0 = c2_2;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 3, n = n0 + 0;
              const float16 v0 = c3_0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 3, n = n0 + 16;
              const float16 v0 = c3_1;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 3, n = n0 + 32;
              const float16 v0 = c3_2;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 4, n = n0 + 0;
              const float16 v0 = c4_0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 4, n = n0 + 16;
              const float16 v0 = c4_1;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 4, n = n0 + 32;
              const float16 v0 = c4_2;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 5, n = n0 + 0;
              const float16 v0 = c5_0;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 5, n = n0 + 16;
              const float16 v0 = c5_1;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
            { const int m = m0 + 5, n = n0 + 32;
              const float16 v0 = c5_2;
*(__global clgrad_float16*)(a2 + m * 50 + n) = v0; }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
