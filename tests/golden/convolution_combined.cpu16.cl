// global (3, 5, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int section = id2;
    const int n0 = id0 * 16 <= 19 ? id0 * 16 : 19;
    const int first = id1 * 1, last = first + 1 < 5 ? first + 1 : 5;
    float16 panel[180], weights[360];
    float16 sums[168], turned[32];
    float rows[3840];
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
    for (int channel = 0; channel < 20; channel++)
    for (int at = 0; at < 3; at++) {
        const int to = (at / 1 * 20 + channel) * 1 + at % 1;
        const float16 w0 = panel[channel * 9 + 0 + at];
        const float16 w1 = panel[channel * 9 + 3 + at];
        const float16 w2 = panel[channel * 9 + 6 + at];
        weights[0 + to] = w0;
        weights[60 + to] = 0.3333333333333333f * w0 + 0.3333333333333333f * w1 + 0.3333333333333333f * w2;
        weights[120 + to] = -0.3333333333333333f * w0 + 0.3333333333333333f * w1 + -0.3333333333333333f * w2;
        weights[180 + to] = -1.0666666666666667f * w0 + -0.5333333333333333f * w1 + -0.26666666666666666f * w2;
        weights[240 + to] = 0.06666666666666667f * w0 + -0.13333333333333333f * w1 + 0.26666666666666666f * w2;
        weights[300 + to] = w2;
    }
    for (int at = 0; at < 3840; at++) rows[at] = 0;
    for (int line_tile = first; line_tile < last; line_tile++) {
        const int line0 = line_tile * 2 <= 8 ? line_tile * 2 : 8;
        for (int line = line0; line < line0 + 2; line++) {
            const int image = line / 2, y = line % 2 * 4 - 0;
            if (y >= 0 && y + 6 <= 9) {
                for (int channel = 0; channel < 20; channel++)
                for (int step = 0; step < 16; step += 16) {
                    const int x = step <= 0 ? step : 0;
                    const float16 d0 = *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 0) * 16 + x);
                    const float16 d1 = *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 1) * 16 + x);
                    const float16 d2 = *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 2) * 16 + x);
                    const float16 d3 = *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 3) * 16 + x);
                    const float16 d4 = *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 4) * 16 + x);
                    const float16 d5 = *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 5) * 16 + x);
                    float* const to = rows + channel * 32 + (line - line0) * 16 + 0 + x;
                    *(clgrad_float16*)(to + 0) = d0 + -1.5f * d1 + -2.0f * d2 + 1.5f * d3 + d4;
                    *(clgrad_float16*)(to + 640) = -1.0f * d1 + 0.5f * d2 + 2.5f * d3 + d4;
                    *(clgrad_float16*)(to + 1280) = d1 + -2.5f * d2 + 0.5f * d3 + d4;
                    *(clgrad_float16*)(to + 1920) = -2.0f * d1 + -1.0f * d2 + 2.0f * d3 + d4;
                    *(clgrad_float16*)(to + 2560) = 0.5f * d1 + -1.0f * d2 + -0.5f * d3 + d4;
                    *(clgrad_float16*)(to + 3200) = d1 + -1.5f * d2 + -2.0f * d3 + 1.5f * d4 + d5;
                }
            } else {
                for (int channel = 0; channel < 20; channel++)
                for (int step = 0; step < 16; step += 16) {
                    const int x = step <= 0 ? step : 0;
                    const float16 d0 = y + 0 >= 0 && y + 0 < 9 ? *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 0) * 16 + x) : (float16)(0);
                    const float16 d1 = y + 1 >= 0 && y + 1 < 9 ? *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 1) * 16 + x) : (float16)(0);
                    const float16 d2 = y + 2 >= 0 && y + 2 < 9 ? *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 2) * 16 + x) : (float16)(0);
                    const float16 d3 = y + 3 >= 0 && y + 3 < 9 ? *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 3) * 16 + x) : (float16)(0);
                    const float16 d4 = y + 4 >= 0 && y + 4 < 9 ? *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 4) * 16 + x) : (float16)(0);
                    const float16 d5 = y + 5 >= 0 && y + 5 < 9 ? *(__global const clgrad_float16*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 5) * 16 + x) : (float16)(0);
                    float* const to = rows + channel * 32 + (line - line0) * 16 + 0 + x;
                    *(clgrad_float16*)(to + 0) = d0 + -1.5f * d1 + -2.0f * d2 + 1.5f * d3 + d4;
                    *(clgrad_float16*)(to + 640) = -1.0f * d1 + 0.5f * d2 + 2.5f * d3 + d4;
                    *(clgrad_float16*)(to + 1280) = d1 + -2.5f * d2 + 0.5f * d3 + d4;
                    *(clgrad_float16*)(to + 1920) = -2.0f * d1 + -1.0f * d2 + 2.0f * d3 + d4;
                    *(clgrad_float16*)(to + 2560) = 0.5f * d1 + -1.0f * d2 + -0.5f * d3 + d4;
                    *(clgrad_float16*)(to + 3200) = d1 + -1.5f * d2 + -2.0f * d3 + 1.5f * d4 + d5;
                }
            }
        }
        for (int tile = 0; tile < 1; tile++) {
            const int x0 = tile * 14 <= 0 ? tile * 14 : 0;
            for (int term = 0; term < 6; term++) {
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
                float16 c21_0 = (float16)(0);
                float16 c22_0 = (float16)(0);
                float16 c23_0 = (float16)(0);
                float16 c24_0 = (float16)(0);
                float16 c25_0 = (float16)(0);
                float16 c26_0 = (float16)(0);
                float16 c27_0 = (float16)(0);
                const float16* b = weights + term * 60;
                // Taps outside: of those in a row compilers keep the data that the next one reads, and spill sums.
                for (int kx = 0; kx < 3; kx++) {
                const float* from = rows + term * 640 + x0 * 1 + kx * 1;
                for (int channel = 0; channel < 20; channel++, from += 32, b += 1) {
                    const float16 b0 = b[0];
                    { const float a = from[0];
                      c0_0 = a * b0 + c0_0;
                    }
                    { const float a = from[1];
                      c1_0 = a * b0 + c1_0;
                    }
                    { const float a = from[2];
                      c2_0 = a * b0 + c2_0;
                    }
                    { const float a = from[3];
                      c3_0 = a * b0 + c3_0;
                    }
                    { const float a = from[4];
                      c4_0 = a * b0 + c4_0;
                    }
                    { const float a = from[5];
                      c5_0 = a * b0 + c5_0;
                    }
                    { const float a = from[6];
                      c6_0 = a * b0 + c6_0;
                    }
                    { const float a = from[7];
                      c7_0 = a * b0 + c7_0;
                    }
                    { const float a = from[8];
                      c8_0 = a * b0 + c8_0;
                    }
                    { const float a = from[9];
                      c9_0 = a * b0 + c9_0;
                    }
                    { const float a = from[10];
                      c10_0 = a * b0 + c10_0;
                    }
                    { const float a = from[11];
                      c11_0 = a * b0 + c11_0;
                    }
                    { const float a = from[12];
                      c12_0 = a * b0 + c12_0;
                    }
                    { const float a = from[13];
                      c13_0 = a * b0 + c13_0;
                    }
                    { const float a = from[16];
                      c14_0 = a * b0 + c14_0;
                    }
                    { const float a = from[17];
                      c15_0 = a * b0 + c15_0;
                    }
                    { const float a = from[18];
                      c16_0 = a * b0 + c16_0;
                    }
                    { const float a = from[19];
                      c17_0 = a * b0 + c17_0;
                    }
                    { const float a = from[20];
                      c18_0 = a * b0 + c18_0;
                    }
                    { const float a = from[21];
                      c19_0 = a * b0 + c19_0;
                    }
                    { const float a = from[22];
                      c20_0 = a * b0 + c20_0;
                    }
                    { const float a = from[23];
                      c21_0 = a * b0 + c21_0;
                    }
                    { const float a = from[24];
                      c22_0 = a * b0 + c22_0;
                    }
                    { const float a = from[25];
                      c23_0 = a * b0 + c23_0;
                    }
                    { const float a = from[26];
                      c24_0 = a * b0 + c24_0;
                    }
                    { const float a = from[27];
                      c25_0 = a * b0 + c25_0;
                    }
                    { const float a = from[28];
                      c26_0 = a * b0 + c26_0;
                    }
                    { const float a = from[29];
                      c27_0 = a * b0 + c27_0;
                    }
                }
                }
                sums[term * 28 + 0] = c0_0;
                sums[term * 28 + 1] = c1_0;
                sums[term * 28 + 2] = c2_0;
                sums[term * 28 + 3] = c3_0;
                sums[term * 28 + 4] = c4_0;
                sums[term * 28 + 5] = c5_0;
                sums[term * 28 + 6] = c6_0;
                sums[term * 28 + 7] = c7_0;
                sums[term * 28 + 8] = c8_0;
                sums[term * 28 + 9] = c9_0;
                sums[term * 28 + 10] = c10_0;
                sums[term * 28 + 11] = c11_0;
                sums[term * 28 + 12] = c12_0;
                sums[term * 28 + 13] = c13_0;
                sums[term * 28 + 14] = c14_0;
                sums[term * 28 + 15] = c15_0;
                sums[term * 28 + 16] = c16_0;
                sums[term * 28 + 17] = c17_0;
                sums[term * 28 + 18] = c18_0;
                sums[term * 28 + 19] = c19_0;
                sums[term * 28 + 20] = c20_0;
                sums[term * 28 + 21] = c21_0;
                sums[term * 28 + 22] = c22_0;
                sums[term * 28 + 23] = c23_0;
                sums[term * 28 + 24] = c24_0;
                sums[term * 28 + 25] = c25_0;
                sums[term * 28 + 26] = c26_0;
                sums[term * 28 + 27] = c27_0;
            }
            for (int at = 0; at < 28; at++) {
                const float16 s0 = sums[0 + at];
                const float16 s1 = sums[28 + at];
                const float16 s2 = sums[56 + at];
                const float16 s3 = sums[84 + at];
                const float16 s4 = sums[112 + at];
                const float16 s5 = sums[140 + at];
                sums[0 + at] = s0 + s1 + s2 + s3 + s4;
                sums[28 + at] = s1 + -1.0f * s2 + 0.5f * s3 + -2.0f * s4;
                sums[56 + at] = s1 + s2 + 0.25f * s3 + 4.0f * s4;
                sums[84 + at] = s1 + -1.0f * s2 + 0.125f * s3 + -8.0f * s4 + s5;
            }
            for (int window_place = 0; window_place < 4; window_place++) {
                const float16 c0_0 = sums[window_place * 28 + 0];
                const float16 c1_0 = sums[window_place * 28 + 1];
                const float16 c2_0 = sums[window_place * 28 + 2];
                const float16 c3_0 = sums[window_place * 28 + 3];
                const float16 c4_0 = sums[window_place * 28 + 4];
                const float16 c5_0 = sums[window_place * 28 + 5];
                const float16 c6_0 = sums[window_place * 28 + 6];
                const float16 c7_0 = sums[window_place * 28 + 7];
                const float16 c8_0 = sums[window_place * 28 + 8];
                const float16 c9_0 = sums[window_place * 28 + 9];
                const float16 c10_0 = sums[window_place * 28 + 10];
                const float16 c11_0 = sums[window_place * 28 + 11];
                const float16 c12_0 = sums[window_place * 28 + 12];
                const float16 c13_0 = sums[window_place * 28 + 13];
                const float16 c14_0 = sums[window_place * 28 + 14];
                const float16 c15_0 = sums[window_place * 28 + 15];
                const float16 c16_0 = sums[window_place * 28 + 16];
                const float16 c17_0 = sums[window_place * 28 + 17];
                const float16 c18_0 = sums[window_place * 28 + 18];
                const float16 c19_0 = sums[window_place * 28 + 19];
                const float16 c20_0 = sums[window_place * 28 + 20];
                const float16 c21_0 = sums[window_place * 28 + 21];
                const float16 c22_0 = sums[window_place * 28 + 22];
                const float16 c23_0 = sums[window_place * 28 + 23];
                const float16 c24_0 = sums[window_place * 28 + 24];
                const float16 c25_0 = sums[window_place * 28 + 25];
                const float16 c26_0 = sums[window_place * 28 + 26];
                const float16 c27_0 = sums[window_place * 28 + 27];
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
                const float16 r5 = c21_0;
                const float16 r6 = c22_0;
                const float16 r7 = c23_0;
                const float16 r8 = c24_0;
                const float16 r9 = c25_0;
                const float16 r10 = c26_0;
                const float16 r11 = c27_0;
                const float16 r12 = c27_0;
                const float16 r13 = c27_0;
                const float16 r14 = c27_0;
                const float16 r15 = c27_0;
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
                // What overlaps the column tile, the lines or the places before has been written.
                for (int line = line_tile * 2; line < line0 + 2; line++) {
                    const int image = line / 2, y = line % 2 * 4 + window_place;
                    if (y >= 7) continue;
                    for (int lane = id0 * 16 - n0; lane < 16; lane++) {
                    const int output = section * 35 + n0 + lane;
                    const float* const values = (const float*)turned + lane * 32 + (line - line0) * 14;
                    for (int step = 0; step < 14; step += 8) {
                        const int at = step <= 6 ? step : 6;
                        const int place = (y) * 14 + (x0 + at);
                        const float8 v0 = *(clgrad_float8*)(values + at);
const float v1 = a2[output];
const float8 v2 = v0 + (float8)(v1);
const float8 v3 = (v2 < (float8)(0)) ? (float8)(0) : v2;
*(__global clgrad_float8*)(a3 + image * 3430 + output * 98 + place) = v3;
                    }
                    }
                }
            }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
