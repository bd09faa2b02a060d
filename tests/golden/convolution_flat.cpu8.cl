// global (8, 2, 2), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id2;
    const int image = item; const int section = item % 1;
    const int first = id0 * 5, last = first + 5 < 40 ? first + 5 : 40;
    for (int here = first; here < last; here++) {
    const int tile = here;
    const int x0 = tile * 16 <= 612 ? tile * 16 : 612;
    const int start = id1 * 4, stop = start + 4 < 5 ? start + 4 : 5;
    int m0 = start;
    for (; m0 + 4 <= stop; m0 += 4) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        float8 c3_0 = (float8)(0);
        float8 c3_1 = (float8)(0);
        for (int channel = 0; channel < 3; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            {
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap; const int y = 0;
            float8 b0; { const int x = x0 + 0; const float8 y0 = *(__global const clgrad_float8*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b0 = y0; }
            float8 b1; { const int x = x0 + 8; const float8 y0 = *(__global const clgrad_float8*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b1 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float x0 = a1[m * 27 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float x0 = a1[m * 27 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
            { const int m = m0 + 3; const float x0 = a1[m * 27 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
            }
            }
        }
        const float8 c[] = {c0_0, c0_1, c1_0, c1_1, c2_0, c2_1, c3_0, c3_1};
        for (int m = m0; m < m0 + 4; m++) {
            const int output = section * 5 + m;
            const float* const sums = (const float*)(c + (m - m0) * 2);
            int lane = tile * 16 - x0, y = (x0 + lane) / 35, first = x0 + lane - y * 35;
            while (lane < 16) {
                const int run = 33 - first < 16 - lane ? 33 - first : 16 - lane;
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
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        for (int channel = 0; channel < 3; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            {
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap; const int y = 0;
            float8 b0; { const int x = x0 + 0; const float8 y0 = *(__global const clgrad_float8*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b0 = y0; }
            float8 b1; { const int x = x0 + 8; const float8 y0 = *(__global const clgrad_float8*)(a0 + image * 2100 + channel * 700 + x + ky * 35 + kx); b1 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            }
        }
        const float8 c[] = {c0_0, c0_1};
        for (int m = m0; m < m0 + 1; m++) {
            const int output = section * 5 + m;
            const float* const sums = (const float*)(c + (m - m0) * 2);
            int lane = tile * 16 - x0, y = (x0 + lane) / 35, first = x0 + lane - y * 35;
            while (lane < 16) {
                const int run = 33 - first < 16 - lane ? 33 - first : 16 - lane;
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
