// global (10, 2, 2), local (1, 1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id2;
    const int image = item; const int section = item % 1;
    const int first = id0 * 1, last = first + 1 < 10 ? first + 1 : 10;
    for (int here = first; here < last; here++) {
    const int tile = here;
    const int x0 = tile * 64 <= 564 ? tile * 64 : 564;
    const int start = id1 * 4, stop = start + 4 < 5 ? start + 4 : 5;
    int m0 = start;
    for (; m0 + 4 <= stop; m0 += 4) {
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
        for (int channel = 0; channel < 3; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            {
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap; const int y = 0;
            float16 b0; { const int x = x0 + 0; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b0 = y0; }
            float16 b1; { const int x = x0 + 16; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b1 = y0; }
            float16 b2; { const int x = x0 + 32; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b2 = y0; }
            float16 b3; { const int x = x0 + 48; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b3 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float x0 = a1[m * 27 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
            { const int m = m0 + 2; const float x0 = a1[m * 27 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
              c2_3 = a * b3 + c2_3;
            }
            { const int m = m0 + 3; const float x0 = a1[m * 27 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
              c3_2 = a * b2 + c3_2;
              c3_3 = a * b3 + c3_3;
            }
            }
        }
        const float16 c[] = {c0_0, c0_1, c0_2, c0_3, c1_0, c1_1, c1_2, c1_3, c2_0, c2_1, c2_2, c2_3, c3_0, c3_1, c3_2, c3_3};
        for (int m = m0; m < m0 + 4; m++) {
            const int output = section * 5 + m;
            const float* const sums = (const float*)(c + (m - m0) * 4);
            int lane = tile * 64 - x0, y = (x0 + lane) / 35, first = x0 + lane - y * 35;
            while (lane < 64) {
                const int run = 33 - first < 64 - lane ? 33 - first : 64 - lane;
                for (int at = 0; at < run; at++) {
                    const int x = first + at;
                    const int place = (y) * 33 + x;
                    const float v0 = sums[lane + at];
const float v1 = a2[output];
const float v2 = v0 + v1;
const float v3 = (v2 < (float)(0)) ? (float)(0) : v2;
a3[image * 2970 + output * 594 + place] = v3;
                }
                lane += 35 - first;
                first = 0;
                y++;
            }
        }
    }
    if (m0 < stop) {
        float16 c0_0 = (float16)(0);
        float16 c0_1 = (float16)(0);
        float16 c0_2 = (float16)(0);
        float16 c0_3 = (float16)(0);
        for (int channel = 0; channel < 3; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            {
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap; const int y = 0;
            float16 b0; { const int x = x0 + 0; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b0 = y0; }
            float16 b1; { const int x = x0 + 16; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b1 = y0; }
            float16 b2; { const int x = x0 + 32; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b2 = y0; }
            float16 b3; { const int x = x0 + 48; const float16 y0 = *(__global const clgrad_float16*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b3 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            }
        }
        const float16 c[] = {c0_0, c0_1, c0_2, c0_3};
        for (int m = m0; m < m0 + 1; m++) {
            const int output = section * 5 + m;
            const float* const sums = (const float*)(c + (m - m0) * 4);
            int lane = tile * 64 - x0, y = (x0 + lane) / 35, first = x0 + lane - y * 35;
            while (lane < 64) {
                const int run = 33 - first < 64 - lane ? 33 - first : 64 - lane;
                for (int at = 0; at < run; at++) {
                    const int x = first + at;
                    const int place = (y) * 33 + x;
                    const float v0 = sums[lane + at];
const float v1 = a2[output];
const float v2 = v0 + v1;
const float v3 = (v2 < (float)(0)) ? (float)(0) : v2;
a3[image * 2970 + output * 594 + place] = v3;
                }
                lane += 35 - first;
                first = 0;
                y++;
            }
        }
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
