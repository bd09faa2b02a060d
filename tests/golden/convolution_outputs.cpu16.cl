// global (3, 5, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int section = id2;
    const int n0 = id0 * 16 <= 19 ? id0 * 16 : 19;
    const int first = id1 * 2, last = first + 2 < 10 ? first + 2 : 10;
    float16 panel[180], turned[32];
        float* const element = (float*)panel;
        for (int lane = 0; lane < 16; lane += 8) {
            int k = 0;
            for (; k + 8 <= 180; k += 8) {
                float8 r0; { const int n = n0 + lane + 0;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r0 = x0; }
                float8 r1; { const int n = n0 + lane + 1;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r1 = x0; }
                float8 r2; { const int n = n0 + lane + 2;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r2 = x0; }
                float8 r3; { const int n = n0 + lane + 3;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r3 = x0; }
                float8 r4; { const int n = n0 + lane + 4;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r4 = x0; }
                float8 r5; { const int n = n0 + lane + 5;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r5 = x0; }
                float8 r6; { const int n = n0 + lane + 6;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r6 = x0; }
                float8 r7; { const int n = n0 + lane + 7;  const float8 x0 = *(__global const clgrad_float8*)(a1 + n * 180 + k); r7 = x0; }
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
            for (; k < 180; k++)
            for (int n = n0 + lane; n < n0 + lane + 8; n++) {
                 const float x0 = a1[n * 180 + k];
                element[(k - 0) * 16 + n - n0] = x0;
            }
        }
    for (int tile = first; tile < last; tile++) {
        const int image_tile = tile / 2; const int y_tile = tile % 2; const int x_tile = tile % 1; const int image0 = image_tile * 1 <= 4 ? image_tile * 1 : 4; const int y0 = y_tile * 3 <= 2 ? y_tile * 3 : 2; const int x0 = x_tile * 7 <= 0 ? x_tile * 7 : 0; const int corner = image0 * 1260 + y0 * 9 + x0;
        float16 c0_0 = (float16)(0);
        float16 c1_0 = (float16)(0);
        float16 c2_0 = (float16)(0);
        float16 c3_0 = (float16)(0);
        float16 c4_0 = (float16)(0);
        float16 c5_0 = (float16)(0);
        float16 c6_0 = (float16)(0);
        float16 c7_0 = (float16)(0);
        float16 c8_0 = (float16)(0);
        float16 c9_0 = (float16)(0);
        float16 c10_0 = (float16)(0);
        float16 c11_0 = (float16)(0);
        float16 c12_0 = (float16)(0);
        float16 c13_0 = (float16)(0);
        float16 c14_0 = (float16)(0);
        float16 c15_0 = (float16)(0);
        float16 c16_0 = (float16)(0);
        float16 c17_0 = (float16)(0);
        float16 c18_0 = (float16)(0);
        float16 c19_0 = (float16)(0);
        float16 c20_0 = (float16)(0);
        for (int channel = 0; channel < 20; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            const int from = corner + channel * 63 + ky * 9 + kx;
            const float16* const weights = panel + (((channel) * 3 + ky) * 3 + kx) * 1;
            {
                const float16 b0 = weights[0];
                { const float a = a0[from + 0];
                  c0_0 = a * b0 + c0_0;
                }
                { const float a = a0[from + 1];
                  c1_0 = a * b0 + c1_0;
                }
                { const float a = a0[from + 2];
                  c2_0 = a * b0 + c2_0;
                }
                { const float a = a0[from + 3];
                  c3_0 = a * b0 + c3_0;
                }
                { const float a = a0[from + 4];
                  c4_0 = a * b0 + c4_0;
                }
                { const float a = a0[from + 5];
                  c5_0 = a * b0 + c5_0;
                }
                { const float a = a0[from + 6];
                  c6_0 = a * b0 + c6_0;
                }
                { const float a = a0[from + 9];
                  c7_0 = a * b0 + c7_0;
                }
                { const float a = a0[from + 10];
                  c8_0 = a * b0 + c8_0;
                }
                { const float a = a0[from + 11];
                  c9_0 = a * b0 + c9_0;
                }
                { const float a = a0[from + 12];
                  c10_0 = a * b0 + c10_0;
                }
                { const float a = a0[from + 13];
                  c11_0 = a * b0 + c11_0;
                }
                { const float a = a0[from + 14];
                  c12_0 = a * b0 + c12_0;
                }
                { const float a = a0[from + 15];
                  c13_0 = a * b0 + c13_0;
                }
                { const float a = a0[from + 18];
                  c14_0 = a * b0 + c14_0;
                }
                { const float a = a0[from + 19];
                  c15_0 = a * b0 + c15_0;
                }
                { const float a = a0[from + 20];
                  c16_0 = a * b0 + c16_0;
                }
                { const float a = a0[from + 21];
                  c17_0 = a * b0 + c17_0;
                }
                { const float a = a0[from + 22];
                  c18_0 = a * b0 + c18_0;
                }
                { const float a = a0[from + 23];
                  c19_0 = a * b0 + c19_0;
                }
                { const float a = a0[from + 24];
                  c20_0 = a * b0 + c20_0;
                }
            }
        }
        {
        const float16 r0 = c0_0;
        const float16 r1 = c1_0;
        const float16 r2 = c2_0;
        const float16 r3 = c3_0;
        const float16 r4 = c4_0;
        const float16 r5 = c5_0;
        const float16 r6 = c6_0;
        const float16 r7 = c7_0;
        const float16 r8 = c8_0;
        const float16 r9 = c9_0;
        const float16 r10 = c10_0;
        const float16 r11 = c11_0;
        const float16 r12 = c12_0;
        const float16 r13 = c13_0;
        const float16 r14 = c14_0;
        const float16 r15 = c15_0;
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
        turned[0] = t3_0;
        turned[2] = t3_1;
        turned[4] = t3_2;
        turned[6] = t3_3;
        turned[8] = t3_4;
        turned[10] = t3_5;
        turned[12] = t3_6;
        turned[14] = t3_7;
        turned[16] = t3_8;
        turned[18] = t3_9;
        turned[20] = t3_10;
        turned[22] = t3_11;
        turned[24] = t3_12;
        turned[26] = t3_13;
        turned[28] = t3_14;
        turned[30] = t3_15;
        }
        {
        const float16 r0 = c16_0;
        const float16 r1 = c17_0;
        const float16 r2 = c18_0;
        const float16 r3 = c19_0;
        const float16 r4 = c20_0;
        const float16 r5 = c20_0;
        const float16 r6 = c20_0;
        const float16 r7 = c20_0;
        const float16 r8 = c20_0;
        const float16 r9 = c20_0;
        const float16 r10 = c20_0;
        const float16 r11 = c20_0;
        const float16 r12 = c20_0;
        const float16 r13 = c20_0;
        const float16 r14 = c20_0;
        const float16 r15 = c20_0;
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
        turned[1] = t3_0;
        turned[3] = t3_1;
        turned[5] = t3_2;
        turned[7] = t3_3;
        turned[9] = t3_4;
        turned[11] = t3_5;
        turned[13] = t3_6;
        turned[15] = t3_7;
        turned[17] = t3_8;
        turned[19] = t3_9;
        turned[21] = t3_10;
        turned[23] = t3_11;
        turned[25] = t3_12;
        turned[27] = t3_13;
        turned[29] = t3_14;
        turned[31] = t3_15;
        }
        for (int lane = 0; lane < 16; lane++) {
            const int output = section * 35 + n0 + lane;
            for (int run = 0; run < 1; run++) {
                const float* const values = (const float*)turned + lane * 32 + run * 21;
                const int image_at = run; const int image = image0 + image_at; const int start = (y0) * 7 + x0;
                for (int at = 0; at < 21; at += 16) {
                    if (at > 5) at = 5;
                    const int place = start + at;
                    const float16 v0 = *(clgrad_float16*)(values + at);
const float v1 = a2[output];
const float16 v2 = v0 + (float16)(v1);
const float16 v3 = (v2 < (float16)(0)) ? (float16)(0) : v2;
*(__global clgrad_float16*)(a3 + image * 1225 + output * 35 + place) = v3;
                }
            }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
