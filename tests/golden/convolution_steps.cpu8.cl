// global (8, 2, 2), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
static inline float8 clgrad_pick_2_0_float8(__global const float* a) { const float8 low = *(__global const clgrad_float8*)a, high = *(__global const clgrad_float8*)(a + 8); return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14); }
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id2;
    const int image = item; const int section = item % 1;
    const int first = id0 * 2, last = first + 2 < 16 ? first + 2 : 16;
    for (int here = first; here < last; here++) {
    const int y = here / 4; const int tile = here % 4;
    const int x0 = tile * 16 <= 33 ? tile * 16 : 33;
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
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap;
            float8 b0; { const int x = x0 + 0; const float8 y0 = clgrad_pick_2_0_float8(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b0 = y0; }
            float8 b1; { const int x = x0 + 8; const float8 y0 = clgrad_pick_2_0_float8(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b1 = y0; }
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
        {
            const int m = m0 + 0, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float8 v0 = c0_0;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 8;
                const int place = (y) * 49 + x;
                const float8 v0 = c0_1;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
        {
            const int m = m0 + 1, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float8 v0 = c1_0;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 8;
                const int place = (y) * 49 + x;
                const float8 v0 = c1_1;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
        {
            const int m = m0 + 2, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float8 v0 = c2_0;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 8;
                const int place = (y) * 49 + x;
                const float8 v0 = c2_1;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
        {
            const int m = m0 + 3, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float8 v0 = c3_0;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 8;
                const int place = (y) * 49 + x;
                const float8 v0 = c3_1;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
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
            const int tap = (ky) * 3 + kx, k = channel * 9 + tap;
            float8 b0; { const int x = x0 + 0; const float8 y0 = clgrad_pick_2_0_float8(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b0 = y0; }
            float8 b1; { const int x = x0 + 8; const float8 y0 = clgrad_pick_2_0_float8(a0 + image * 2673 + channel * 891 + y * 198 + x * 2 + ky * 99 + kx); b1 = y0; }
            { const int m = m0 + 0; const float x0 = a1[m * 27 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            }
        }
        {
            const int m = m0 + 0, output = section * 5 + m;
            {
                const int x = x0 + 0;
                const int place = (y) * 49 + x;
                const float8 v0 = c0_0;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
            {
                const int x = x0 + 8;
                const int place = (y) * 49 + x;
                const float8 v0 = c0_1;
*(__global clgrad_float8*)(a2 + image * 980 + output * 196 + place) = v0;
            }
        }
    }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
