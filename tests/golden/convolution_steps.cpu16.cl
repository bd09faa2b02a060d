// global (8, 2, 2), local (1, 1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
static inline float16 clgrad_pick_2_0_float16(__global const float* a) { const float16 low = *(__global const clgrad_float16*)a, high = *(__global const clgrad_float16*)(a + 16); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30); }
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id2;
    const int image = item; const int section = item % 1;
    const int first = id0 * 1, last = first + 1 < 8 ? first + 1 : 8;
    for (int here = first; here < last; here++) {
    const int y = here / 2; const int tile = here % 2;
    const int x0 = tile * 48 <= 1 ? tile * 48 : 1;
    const int start = id1 * 4, stop = start + 4 < 5 ? start + 4 : 5;
    int m0 = start;
    for (; m0 + 4 <= stop; m0 += 4) {
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
        for (int channel = 0; channel < 3; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            {
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap;
            float16 b0; { const int x = x0 + 0; const float16 y0 = clgrad_pick_2_0_float16(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b0 = y0; }
            float16 b1; { const int x = x0 + 16; const float16 y0 = clgrad_pick_2_0_float16(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b1 = y0; }
            float16 b2; { const int x = x0 + 32; const float16 y0 = clgrad_pick_2_0_float16(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b2 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            { const int m = m0 + 1; const float x0 = a1[m * 27 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
            }
            { const int m = m0 + 2; const float x0 = a1[m * 27 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
            }
            { const int m = m0 + 3; const float x0 = a1[m * 27 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
              c3_2 = a * b2 + c3_2;
            }
            }
        }
        {
            const int m = m0 + 0, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float16 v0 = c0_0;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 16;
                const int place = (y) * 49 + x;
                const float16 v0 = c0_1;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 32;
                const int place = (y) * 49 + x;
                const float16 v0 = c0_2;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
        {
            const int m = m0 + 1, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float16 v0 = c1_0;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 16;
                const int place = (y) * 49 + x;
                const float16 v0 = c1_1;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 32;
                const int place = (y) * 49 + x;
                const float16 v0 = c1_2;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
        {
            const int m = m0 + 2, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float16 v0 = c2_0;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 16;
                const int place = (y) * 49 + x;
                const float16 v0 = c2_1;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 32;
                const int place = (y) * 49 + x;
                const float16 v0 = c2_2;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
        {
            const int m = m0 + 3, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float16 v0 = c3_0;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 16;
                const int place = (y) * 49 + x;
                const float16 v0 = c3_1;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 32;
                const int place = (y) * 49 + x;
                const float16 v0 = c3_2;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
    }
    if (m0 < stop) {
        float16 c0_0 = (float16)(0);
        float16 c0_1 = (float16)(0);
        float16 c0_2 = (float16)(0);
        for (int channel = 0; channel < 3; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            {
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap;
            float16 b0; { const int x = x0 + 0; const float16 y0 = clgrad_pick_2_0_float16(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b0 = y0; }
            float16 b1; { const int x = x0 + 16; const float16 y0 = clgrad_pick_2_0_float16(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b1 = y0; }
            float16 b2; { const int x = x0 + 32; const float16 y0 = clgrad_pick_2_0_float16(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b2 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            }
        }
        {
            const int m = m0 + 0, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float16 v0 = c0_0;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 16;
                const int place = (y) * 49 + x;
                const float16 v0 = c0_1;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 32;
                const int place = (y) * 49 + x;
                const float16 v0 = c0_2;
*(__global clgrad_float16*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
