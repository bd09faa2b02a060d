// global (2, 1, 1), local (1, 1, 1)
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int batch = id2;
    const int section = batch;
    const int n0 = id0 * 16 <= 14 ? id0 * 16 : 14;
    const int first = id1 * 30, last = id1 < 0 ? first + 30 : 30;
    float8 panel[360];
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
    for (; m0 + 6 <= last; m0 += 6) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        float8 c3_0 = (float8)(0);
        float8 c3_1 = (float8)(0);
        float8 c4_0 = (float8)(0);
        float8 c4_1 = (float8)(0);
        float8 c5_0 = (float8)(0);
        float8 c5_1 = (float8)(0);
        for (int k = 0; k < 180; k++) {
            const float8 b0 = panel[(k - 0) * 2 + 0];
            const float8 b1 = panel[(k - 0) * 2 + 1];
            { const int m = m0 + 0; const float x0 = a1[m * 180 + k]; const float a = x0;
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float x0 = a1[m * 180 + k]; const float a = x0;
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float x0 = a1[m * 180 + k]; const float a = x0;
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
            { const int m = m0 + 3; const float x0 = a1[m * 180 + k]; const float a = x0;
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
            }
            { const int m = m0 + 4; const float x0 = a1[m * 180 + k]; const float a = x0;
              c4_0 = a * b0 + c4_0;
              c4_1 = a * b1 + c4_1;
            }
            { const int m = m0 + 5; const float x0 = a1[m * 180 + k]; const float a = x0;
              c5_0 = a * b0 + c5_0;
              c5_1 = a * b1 + c5_1;
            }
        }
        {
            const float8 c[] = {c0_0, c0_1, c1_0, c1_1, c2_0, c2_1, c3_0, c3_1, c4_0, c4_1, c5_0, c5_1};
            for (int m = m0; m < m0 + 6; m++)
            for (int v = 0; v < 2; v++) {
                const float8 result = c[(m - m0) * 2 + v];
                const int n = n0 + v * 8;
                const float* lanes = (const float*)&result;
                for (int lane = 0; lane < 8; lane++) {
                    const int n = n0 + v * 8 + lane;
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
