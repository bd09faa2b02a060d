// global (2, 1, 1), local (1, 1, 1)
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int batch = id2;
    const int section = batch;
    const int n0 = id0 * 16 <= 14 ? id0 * 16 : 14;
    const int first = id1 * 30, last = id1 < 0 ? first + 30 : 30;
    float16 panel[180];
        float* const element = (float*)panel;
        int places[16];
        for (int lane = 0; lane < 16; lane++) {
            const int n = n0 + lane;
            const int image = n / 6; const int y = n / 3 % 2; const int x = n % 3; const int place = image * 400 + y * 5 + x;
            places[lane] = place;
        }
        for (int k = 0; k < 180; k++) {
            const int channel = k / 9; const int ky = k / 3 % 3; const int kx = k % 3; const int place = channel * 20 + ky * 5 + kx;
            for (int lane = 0; lane < 16; lane++)
                element[(k - 0) * 16 + lane] = a0[places[lane] + place];
        }
    int m0 = first;
    for (; m0 + 10 <= last; m0 += 10) {
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
        for (int k = 0; k < 180; k++) {
            const float16 b0 = panel[(k - 0) * 1 + 0];
            { const int m = m0 + 0; const float x0 = a1[m * 180 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
            }
            { const int m = m0 + 1; const float x0 = a1[m * 180 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
            }
            { const int m = m0 + 2; const float x0 = a1[m * 180 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
            }
            { const int m = m0 + 3; const float x0 = a1[m * 180 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
            }
            { const int m = m0 + 4; const float x0 = a1[m * 180 + k]; const float a = x0;
              c4_0 = a * b0 + c4_0;
            }
            { const int m = m0 + 5; const float x0 = a1[m * 180 + k]; const float a = x0;
              c5_0 = a * b0 + c5_0;
            }
            { const int m = m0 + 6; const float x0 = a1[m * 180 + k]; const float a = x0;
              c6_0 = a * b0 + c6_0;
            }
            { const int m = m0 + 7; const float x0 = a1[m * 180 + k]; const float a = x0;
              c7_0 = a * b0 + c7_0;
            }
            { const int m = m0 + 8; const float x0 = a1[m * 180 + k]; const float a = x0;
              c8_0 = a * b0 + c8_0;
            }
            { const int m = m0 + 9; const float x0 = a1[m * 180 + k]; const float a = x0;
              c9_0 = a * b0 + c9_0;
            }
        }
        {
            const float16 c[] = {c0_0, c1_0, c2_0, c3_0, c4_0, c5_0, c6_0, c7_0, c8_0, c9_0};
            for (int m = m0; m < m0 + 10; m++)
            for (int v = 0; v < 1; v++) {
                const float16 result = c[(m - m0) * 1 + v];
                const int n = n0 + v * 16;
                const float* lanes = (const float*)&result;
                for (int lane = 0; lane < 16; lane++) {
                    const int n = n0 + v * 16 + lane;
                    if (n < id0 * 16) continue;
                    { const int output = section * 30 + m; const int image = n / 6; const int place = n % 6;
const float v0 = lanes[lane];
a2[image * 180 + output * 6 + place] = v0; }
                }
            }
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
