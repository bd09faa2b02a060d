// global (6, 1, 1), local (1, 1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int section = id2, first = id0 * 3;
    const int tiles = first + 3 <= 18 ? 1 : (18 - first + 2) / 3;
    const int m0 = id1 * 5 <= 0 ? id1 * 5 : 0;
    float16 kept[15];
    for (int at = 0; at < 15; at++) kept[at] = (float16)(0);
    for (int channel = 0; channel < 3; channel++)
    for (int tile = 0; tile < tiles; tile++) {
        const int n0 = (first + tile * 3) <= 15 ? first + tile * 3 : 15;
        float16* const sums = kept + tile * 15;
        int place0; { const int n = n0 + 0, channel = 0; const int image = n / 9; const int y = n / 3 % 3; const int x = n % 3; place0 = image * 2100 + channel * 700 + y * 35 + x; }
        int place1; { const int n = n0 + 1, channel = 0; const int image = n / 9; const int y = n / 3 % 3; const int x = n % 3; place1 = image * 2100 + channel * 700 + y * 35 + x; }
        int place2; { const int n = n0 + 2, channel = 0; const int image = n / 9; const int y = n / 3 % 3; const int x = n % 3; place2 = image * 2100 + channel * 700 + y * 35 + x; }
        float16 c0_0 = sums[0];
        float16 c0_1 = sums[1];
        float16 c0_2 = sums[2];
        float16 c1_0 = sums[3];
        float16 c1_1 = sums[4];
        float16 c1_2 = sums[5];
        float16 c2_0 = sums[6];
        float16 c2_1 = sums[7];
        float16 c2_2 = sums[8];
        float16 c3_0 = sums[9];
        float16 c3_1 = sums[10];
        float16 c3_2 = sums[11];
        float16 c4_0 = sums[12];
        float16 c4_1 = sums[13];
        float16 c4_2 = sums[14];
        for (int ky = 0; ky < 18; ky++)
        {
            for (int kx = 0; kx < 32; kx += 16) {
                const int tap = (ky) * 33 + kx, k = channel * 594 + tap;
                float16 b0; { const int base = place0; const float16 y0 = *(__global const clgrad_float16*)(a0 + base + channel * 700 + ky * 35 + kx); b0 = y0; }
                float16 b1; { const int base = place1; const float16 y0 = *(__global const clgrad_float16*)(a0 + base + channel * 700 + ky * 35 + kx); b1 = y0; }
                float16 b2; { const int base = place2; const float16 y0 = *(__global const clgrad_float16*)(a0 + base + channel * 700 + ky * 35 + kx); b2 = y0; }
                { const int m = m0 + 0; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  c0_0 = a * b0 + c0_0;
                  c0_1 = a * b1 + c0_1;
                  c0_2 = a * b2 + c0_2;
                }
                { const int m = m0 + 1; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  c1_0 = a * b0 + c1_0;
                  c1_1 = a * b1 + c1_1;
                  c1_2 = a * b2 + c1_2;
                }
                { const int m = m0 + 2; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  c2_0 = a * b0 + c2_0;
                  c2_1 = a * b1 + c2_1;
                  c2_2 = a * b2 + c2_2;
                }
                { const int m = m0 + 3; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  c3_0 = a * b0 + c3_0;
                  c3_1 = a * b1 + c3_1;
                  c3_2 = a * b2 + c3_2;
                }
                { const int m = m0 + 4; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  c4_0 = a * b0 + c4_0;
                  c4_1 = a * b1 + c4_1;
                  c4_2 = a * b2 + c4_2;
                }
            }
            {
                const int kx = 32;
                const int tap = (ky) * 33 + kx, k = channel * 594 + tap;
                float16 b0; { const int base = place0; const float16 y0 = *(__global const clgrad_float16*)(a0 + base + channel * 700 + ky * 35 + kx); b0 = y0; }
                b0 = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? b0 : (float16)(0);
                float16 b1; { const int base = place1; const float16 y0 = *(__global const clgrad_float16*)(a0 + base + channel * 700 + ky * 35 + kx); b1 = y0; }
                b1 = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? b1 : (float16)(0);
                float16 b2; { const int base = place2; const float16 y0 = *(__global const clgrad_float16*)(a0 + base + channel * 700 + ky * 35 + kx); b2 = y0; }
                b2 = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? b2 : (float16)(0);
                { const int m = m0 + 0; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  a = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? a : (float16)(0);
                  c0_0 = a * b0 + c0_0;
                  c0_1 = a * b1 + c0_1;
                  c0_2 = a * b2 + c0_2;
                }
                { const int m = m0 + 1; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  a = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? a : (float16)(0);
                  c1_0 = a * b0 + c1_0;
                  c1_1 = a * b1 + c1_1;
                  c1_2 = a * b2 + c1_2;
                }
                { const int m = m0 + 2; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  a = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? a : (float16)(0);
                  c2_0 = a * b0 + c2_0;
                  c2_1 = a * b1 + c2_1;
                  c2_2 = a * b2 + c2_2;
                }
                { const int m = m0 + 3; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  a = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? a : (float16)(0);
                  c3_0 = a * b0 + c3_0;
                  c3_1 = a * b1 + c3_1;
                  c3_2 = a * b2 + c3_2;
                }
                { const int m = m0 + 4; const float16 x0 = *(__global const clgrad_float16*)(a1 + m * 1782 + channel * 594 + tap); float16 a = x0;
                  a = (int16)(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ? a : (float16)(0);
                  c4_0 = a * b0 + c4_0;
                  c4_1 = a * b1 + c4_1;
                  c4_2 = a * b2 + c4_2;
                }
            }
        }
        sums[0] = c0_0;
        sums[1] = c0_1;
        sums[2] = c0_2;
        sums[3] = c1_0;
        sums[4] = c1_1;
        sums[5] = c1_2;
        sums[6] = c2_0;
        sums[7] = c2_1;
        sums[8] = c2_2;
        sums[9] = c3_0;
        sums[10] = c3_1;
        sums[11] = c3_2;
        sums[12] = c4_0;
        sums[13] = c4_1;
        sums[14] = c4_2;
    }
    for (int tile = 0; tile < tiles; tile++)
    for (int row = 0; row < 5; row++)
    for (int column = 0; column < 3; column++) {
        const int from = first + tile * 3, n0 = from <= 15 ? from : 15;
        const int m = m0 + row, n = n0 + column;
        if (n < from || m < id1 * 5) continue;
        const float16 c = kept[(tile * 5 + row) * 3 + column];
        float sum;
        const float8 c_8 = c.lo + c.hi; const float4 c_8_4 = c_8.lo + c_8.hi; const float2 c_8_4_2 = c_8_4.lo + c_8_4.hi; sum = c_8_4_2.s0 + c_8_4_2.s1;
        { const int output = section * 5 + m; const int image = n / 9; const int place = n % 9;
const float v0 = sum;
a2[image * 45 + output * 9 + place] = v0; }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
