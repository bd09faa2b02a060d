// global (5, 3, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int section = id2;
    const int n0 = id0 * 8 <= 27 ? id0 * 8 : 27;
    const int first = id1 * 4, last = first + 4 < 10 ? first + 4 : 10;
    float8 panel[180], weights[360];
    float8 sums[84], turned[16];
    float rows[1920];
        float* const element = (float*)panel;
        for (int lane = 0; lane < 8; lane += 8) {
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
                *(float8*)(element + (k + 0 - 0) * 8 + lane) = t2_0;
                *(float8*)(element + (k + 1 - 0) * 8 + lane) = t2_1;
                *(float8*)(element + (k + 2 - 0) * 8 + lane) = t2_2;
                *(float8*)(element + (k + 3 - 0) * 8 + lane) = t2_3;
                *(float8*)(element + (k + 4 - 0) * 8 + lane) = t2_4;
                *(float8*)(element + (k + 5 - 0) * 8 + lane) = t2_5;
                *(float8*)(element + (k + 6 - 0) * 8 + lane) = t2_6;
                *(float8*)(element + (k + 7 - 0) * 8 + lane) = t2_7;
            }
            for (; k < 180; k++)
            for (int n = n0 + lane; n < n0 + lane + 8; n++) {
                 const float x0 = a1[n * 180 + k];
                element[(k - 0) * 8 + n - n0] = x0;
            }
        }
    for (int channel = 0; channel < 20; channel++)
    for (int at = 0; at < 3; at++) {
        const int to = (at / 1 * 20 + channel) * 1 + at % 1;
        const float8 w0 = panel[channel * 9 + 0 + at];
        const float8 w1 = panel[channel * 9 + 3 + at];
        const float8 w2 = panel[channel * 9 + 6 + at];
        weights[0 + to] = w0;
        weights[60 + to] = 0.3333333333333333f * w0 + 0.3333333333333333f * w1 + 0.3333333333333333f * w2;
        weights[120 + to] = -0.3333333333333333f * w0 + 0.3333333333333333f * w1 + -0.3333333333333333f * w2;
        weights[180 + to] = -1.0666666666666667f * w0 + -0.5333333333333333f * w1 + -0.26666666666666666f * w2;
        weights[240 + to] = 0.06666666666666667f * w0 + -0.13333333333333333f * w1 + 0.26666666666666666f * w2;
        weights[300 + to] = w2;
    }
    for (int at = 0; at < 1920; at++) rows[at] = 0;
    for (int line_tile = first; line_tile < last; line_tile++) {
        const int line0 = line_tile * 1 <= 9 ? line_tile * 1 : 9;
        for (int line = line0; line < line0 + 1; line++) {
            const int image = line / 2, y = line % 2 * 4 - 0;
            if (y >= 0 && y + 6 <= 9) {
                for (int channel = 0; channel < 20; channel++)
                for (int step = 0; step < 16; step += 8) {
                    const int x = step <= 8 ? step : 8;
                    const float8 d0 = *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 0) * 16 + x);
                    const float8 d1 = *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 1) * 16 + x);
                    const float8 d2 = *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 2) * 16 + x);
                    const float8 d3 = *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 3) * 16 + x);
                    const float8 d4 = *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 4) * 16 + x);
                    const float8 d5 = *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 5) * 16 + x);
                    float* const to = rows + channel * 16 + (line - line0) * 16 + 0 + x;
                    *(clgrad_float8*)(to + 0) = d0 + -1.5f * d1 + -2.0f * d2 + 1.5f * d3 + d4;
                    *(clgrad_float8*)(to + 320) = -1.0f * d1 + 0.5f * d2 + 2.5f * d3 + d4;
                    *(clgrad_float8*)(to + 640) = d1 + -2.5f * d2 + 0.5f * d3 + d4;
                    *(clgrad_float8*)(to + 960) = -2.0f * d1 + -1.0f * d2 + 2.0f * d3 + d4;
                    *(clgrad_float8*)(to + 1280) = 0.5f * d1 + -1.0f * d2 + -0.5f * d3 + d4;
                    *(clgrad_float8*)(to + 1600) = d1 + -1.5f * d2 + -2.0f * d3 + 1.5f * d4 + d5;
                }
            } else {
                for (int channel = 0; channel < 20; channel++)
                for (int step = 0; step < 16; step += 8) {
                    const int x = step <= 8 ? step : 8;
                    const float8 d0 = y + 0 >= 0 && y + 0 < 9 ? *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 0) * 16 + x) : (float8)(0);
                    const float8 d1 = y + 1 >= 0 && y + 1 < 9 ? *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 1) * 16 + x) : (float8)(0);
                    const float8 d2 = y + 2 >= 0 && y + 2 < 9 ? *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 2) * 16 + x) : (float8)(0);
                    const float8 d3 = y + 3 >= 0 && y + 3 < 9 ? *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 3) * 16 + x) : (float8)(0);
                    const float8 d4 = y + 4 >= 0 && y + 4 < 9 ? *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 4) * 16 + x) : (float8)(0);
                    const float8 d5 = y + 5 >= 0 && y + 5 < 9 ? *(__global const clgrad_float8*)(a0 + image * 2880 + (section * 20 + channel) * 144 + (y + 5) * 16 + x) : (float8)(0);
                    float* const to = rows + channel * 16 + (line - line0) * 16 + 0 + x;
                    *(clgrad_float8*)(to + 0) = d0 + -1.5f * d1 + -2.0f * d2 + 1.5f * d3 + d4;
                    *(clgrad_float8*)(to + 320) = -1.0f * d1 + 0.5f * d2 + 2.5f * d3 + d4;
                    *(clgrad_float8*)(to + 640) = d1 + -2.5f * d2 + 0.5f * d3 + d4;
                    *(clgrad_float8*)(to + 960) = -2.0f * d1 + -1.0f * d2 + 2.0f * d3 + d4;
                    *(clgrad_float8*)(to + 1280) = 0.5f * d1 + -1.0f * d2 + -0.5f * d3 + d4;
                    *(clgrad_float8*)(to + 1600) = d1 + -1.5f * d2 + -2.0f * d3 + 1.5f * d4 + d5;
                }
            }
        }
        for (int tile = 0; tile < 1; tile++) {
            const int x0 = tile * 14 <= 0 ? tile * 14 : 0;
            for (int term = 0; term < 6; term++) {
                float8 c0_0 = (float8)(0);
                float8 c1_0 = (float8)(0);
                float8 c2_0 = (float8)(0);
                float8 c3_0 = (float8)(0);
                float8 c4_0 = (float8)(0);
                float8 c5_0 = (float8)(0);
                float8 c6_0 = (float8)(0);
                float8 c7_0 = (float8)(0);
                float8 c8_0 = (float8)(0);
                float8 c9_0 = (float8)(0);
                float8 c10_0 = (float8)(0);
                float8 c11_0 = (float8)(0);
                float8 c12_0 = (float8)(0);
                float8 c13_0 = (float8)(0);
                const float8* b = weights + term * 60;
                // Taps outside: of those in a row compilers keep the data that the next one reads, and spill sums.
                for (int kx = 0; kx < 3; kx++) {
                const float* from = rows + term * 320 + x0 * 1 + kx * 1;
                for (int channel = 0; channel < 20; channel++, from += 16, b += 1) {
                    const float8 b0 = b[0];
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
                }
                }
                sums[term * 14 + 0] = c0_0;
                sums[term * 14 + 1] = c1_0;
                sums[term * 14 + 2] = c2_0;
                sums[term * 14 + 3] = c3_0;
                sums[term * 14 + 4] = c4_0;
                sums[term * 14 + 5] = c5_0;
                sums[term * 14 + 6] = c6_0;
                sums[term * 14 + 7] = c7_0;
                sums[term * 14 + 8] = c8_0;
                sums[term * 14 + 9] = c9_0;
                sums[term * 14 + 10] = c10_0;
                sums[term * 14 + 11] = c11_0;
                sums[term * 14 + 12] = c12_0;
                sums[term * 14 + 13] = c13_0;
            }
            for (int at = 0; at < 14; at++) {
                const float8 s0 = sums[0 + at];
                const float8 s1 = sums[14 + at];
                const float8 s2 = sums[28 + at];
                const float8 s3 = sums[42 + at];
                const float8 s4 = sums[56 + at];
                const float8 s5 = sums[70 + at];
                sums[0 + at] = s0 + s1 + s2 + s3 + s4;
                sums[14 + at] = s1 + -1.0f * s2 + 0.5f * s3 + -2.0f * s4;
                sums[28 + at] = s1 + s2 + 0.25f * s3 + 4.0f * s4;
                sums[42 + at] = s1 + -1.0f * s2 + 0.125f * s3 + -8.0f * s4 + s5;
            }
            for (int window_place = 0; window_place < 4; window_place++) {
                const float8 c0_0 = sums[window_place * 14 + 0];
                const float8 c1_0 = sums[window_place * 14 + 1];
                const float8 c2_0 = sums[window_place * 14 + 2];
                const float8 c3_0 = sums[window_place * 14 + 3];
                const float8 c4_0 = sums[window_place * 14 + 4];
                const float8 c5_0 = sums[window_place * 14 + 5];
                const float8 c6_0 = sums[window_place * 14 + 6];
                const float8 c7_0 = sums[window_place * 14 + 7];
                const float8 c8_0 = sums[window_place * 14 + 8];
                const float8 c9_0 = sums[window_place * 14 + 9];
                const float8 c10_0 = sums[window_place * 14 + 10];
                const float8 c11_0 = sums[window_place * 14 + 11];
                const float8 c12_0 = sums[window_place * 14 + 12];
                const float8 c13_0 = sums[window_place * 14 + 13];
                {
                const float8 r0 = c0_0;
                const float8 r1 = c1_0;
                const float8 r2 = c2_0;
                const float8 r3 = c3_0;
                const float8 r4 = c4_0;
                const float8 r5 = c5_0;
                const float8 r6 = c6_0;
                const float8 r7 = c7_0;
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
                turned[0] = t2_0;
                turned[2] = t2_1;
                turned[4] = t2_2;
                turned[6] = t2_3;
                turned[8] = t2_4;
                turned[10] = t2_5;
                turned[12] = t2_6;
                turned[14] = t2_7;
                }
                {
                const float8 r0 = c8_0;
                const float8 r1 = c9_0;
                const float8 r2 = c10_0;
                const float8 r3 = c11_0;
                const float8 r4 = c12_0;
                const float8 r5 = c13_0;
                const float8 r6 = c13_0;
                const float8 r7 = c13_0;
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
                turned[1] = t2_0;
                turned[3] = t2_1;
                turned[5] = t2_2;
                turned[7] = t2_3;
                turned[9] = t2_4;
                turned[11] = t2_5;
                turned[13] = t2_6;
                turned[15] = t2_7;
                }
                // What overlaps the column tile, the lines or the places before has been written.
                for (int line = line_tile * 1; line < line0 + 1; line++) {
                    const int image = line / 2, y = line % 2 * 4 + window_place;
                    if (y >= 7) continue;
                    for (int lane = id0 * 8 - n0; lane < 8; lane++) {
                    const int output = section * 35 + n0 + lane;
                    const float* const values = (const float*)turned + lane * 16 + (line - line0) * 14;
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
