// global (5, 3, 1), local (1, 1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float clgrad_float4 __attribute__((ext_vector_type(4), aligned(4)));
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int section = id2;
    const int n0 = id0 * 8 <= 27 ? id0 * 8 : 27;
    const int first = id1 * 9, last = first + 9 < 25 ? first + 9 : 25;
    float8 panel[180], turned[8];
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
    for (int tile = first; tile < last; tile++) {
        const int image_tile = tile / 5; const int y_tile = tile % 5; const int x_tile = tile % 1; const int image0 = image_tile * 1 <= 4 ? image_tile * 1 : 4; const int y0 = y_tile * 1 <= 4 ? y_tile * 1 : 4; const int x0 = x_tile * 7 <= 0 ? x_tile * 7 : 0; const int corner = image0 * 1260 + y0 * 9 + x0;
        float8 c0_0 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c3_0 = (float8)(0);
        float8 c4_0 = (float8)(0);
        float8 c5_0 = (float8)(0);
        float8 c6_0 = (float8)(0);
        for (int channel = 0; channel < 20; channel++)
        for (int ky = 0; ky < 3; ky++)
        for (int kx = 0; kx < 3; kx++)
        {
            const int from = corner + channel * 63 + ky * 9 + kx;
            const float8* const weights = panel + (((channel) * 3 + ky) * 3 + kx) * 1;
            {
                const float8 b0 = weights[0];
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
            }
        }
        {
        const float8 r0 = c0_0;
        const float8 r1 = c1_0;
        const float8 r2 = c2_0;
        const float8 r3 = c3_0;
        const float8 r4 = c4_0;
        const float8 r5 = c5_0;
        const float8 r6 = c6_0;
        const float8 r7 = c6_0;
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
        turned[1] = t2_1;
        turned[2] = t2_2;
        turned[3] = t2_3;
        turned[4] = t2_4;
        turned[5] = t2_5;
        turned[6] = t2_6;
        turned[7] = t2_7;
        }
        for (int lane = 0; lane < 8; lane++) {
            const int output = section * 35 + n0 + lane;
            for (int run = 0; run < 1; run++) {
                const float* const values = (const float*)turned + lane * 8 + run * 7;
                const int image_at = run; const int image = image0 + image_at; const int start = (y0) * 7 + x0;
                for (int at = 0; at < 7; at += 4) {
                    if (at > 3) at = 3;
                    const int place = start + at;
                    const float4 v0 = *(clgrad_float4*)(values + at);
const float v1 = a2[output];
const float4 v2 = v0 + (float4)(v1);
const float4 v3 = (v2 < (float4)(0)) ? (float4)(0) : v2;
*(__global clgrad_float4*)(a3 + image * 1225 + output * 35 + place) = v3;
                }
            }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
