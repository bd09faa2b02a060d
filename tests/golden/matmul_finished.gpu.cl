// global (128,), local (64,)
static inline float clgrad_tanh_float(float x) {
    const float a = as_float(as_int(x) & 0x7fffffff), z = x * x;
    float v = -2.0f * a;
    v = (89.0f < v) ? (float)(89.0f) : v; v = (-104.0f > v) ? (float)(-104.0f) : v;
    const float t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float u = (float)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f;
    const int half_power = (as_int(t) << 22) & (int)0xff800000, rest = (as_int(t) << 23) - half_power;
    const float e = ((u * r) * r + r + 1.0f) * as_float(half_power + 0x3f800000) * as_float(rest + 0x3f800000);
    float s = (float)(-0.00570498872745f); s = s * z + 0.0206390887954f; s = s * z + -0.0537397155531f; s = s * z + 0.133314422036f; s = s * z + -0.333332819422f;
    const float y = (a < 0.625f) ? (s * z) * a + a : (1.0f - e) / (1.0f + e);
    return as_float(as_int(y) | (as_int(x) & (int)0x80000000));
}
__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    __local float tile_a[32][36] __attribute__((aligned(16)));
    __local float tile_b[32][32] __attribute__((aligned(16)));
    const uint lid = get_local_id(0), down = lid / 8, across = lid % 8;
    const int group = get_group_id(0), tile_row = group / 2;
    const int n0 = (group - tile_row * 2) * 32, m0 = tile_row % 1 * 32;
    float next_a[8], next_b[8], sums[4][4];
    #pragma unroll
    for (int row = 0; row < 4; row++)
    #pragma unroll
    for (int column = 0; column < 4; column++) sums[row][column] = 0;
    #pragma unroll
    for (int e = 0; e < 8; e++) {
        const uint place = lid + e * 64;
        const int m = m0 + place / 16, k = 0 + place % 16;
        next_a[e] = 0;
        if (m < 30 && k < 17) { const float x0 = a0[m * 17 + k]; next_a[e] = x0; }
    }
    #pragma unroll
    for (int e = 0; e < 8; e++) {
        const uint place = lid + e * 64;
        const int n = n0 + place % 32, k = 0 + place / 32;
        next_b[e] = 0;
        if (n < 50 && k < 17) { const float y0 = a1[k * 50 + n]; next_b[e] = y0; }
    }
    for (int k0 = 0; k0 < 17; k0 += 16) {
        const int stage = k0 / 16 % 2 * 16;
        #pragma unroll
        for (int e = 0; e < 8; e++) {
            const uint place = lid + e * 64;
            tile_a[stage + place % 16][place / 16] = next_a[e];
        }
        #pragma unroll
        for (int e = 0; e < 8; e++) {
            const uint place = lid + e * 64;
            tile_b[stage + place / 32][place % 32] = next_b[e];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        if (k0 + 16 < 17) {
    #pragma unroll
    for (int e = 0; e < 8; e++) {
        const uint place = lid + e * 64;
        const int m = m0 + place / 16, k = k0 + 16 + place % 16;
        next_a[e] = 0;
        if (m < 30 && k < 17) { const float x0 = a0[m * 17 + k]; next_a[e] = x0; }
    }
    #pragma unroll
    for (int e = 0; e < 8; e++) {
        const uint place = lid + e * 64;
        const int n = n0 + place % 32, k = k0 + 16 + place / 32;
        next_b[e] = 0;
        if (n < 50 && k < 17) { const float y0 = a1[k * 50 + n]; next_b[e] = y0; }
    }
        }
        for (int s = stage; s < stage + 16; s++) {
            const float left0 = tile_a[s][0 + down * 4];
            const float left1 = tile_a[s][1 + down * 4];
            const float left2 = tile_a[s][2 + down * 4];
            const float left3 = tile_a[s][3 + down * 4];
            const float above0 = tile_b[s][0 + across * 4];
            const float above1 = tile_b[s][1 + across * 4];
            const float above2 = tile_b[s][2 + across * 4];
            const float above3 = tile_b[s][3 + across * 4];
            sums[0][0] = fma(left0, above0, sums[0][0]);
            sums[0][1] = fma(left0, above1, sums[0][1]);
            sums[0][2] = fma(left0, above2, sums[0][2]);
            sums[0][3] = fma(left0, above3, sums[0][3]);
            sums[1][0] = fma(left1, above0, sums[1][0]);
            sums[1][1] = fma(left1, above1, sums[1][1]);
            sums[1][2] = fma(left1, above2, sums[1][2]);
            sums[1][3] = fma(left1, above3, sums[1][3]);
            sums[2][0] = fma(left2, above0, sums[2][0]);
            sums[2][1] = fma(left2, above1, sums[2][1]);
            sums[2][2] = fma(left2, above2, sums[2][2]);
            sums[2][3] = fma(left2, above3, sums[2][3]);
            sums[3][0] = fma(left3, above0, sums[3][0]);
            sums[3][1] = fma(left3, above1, sums[3][1]);
            sums[3][2] = fma(left3, above2, sums[3][2]);
            sums[3][3] = fma(left3, above3, sums[3][3]);
        }
    }
    #pragma unroll
    for (int row = 0; row < 4; row++)
    #pragma unroll
    for (int column = 0; column < 4; column++) {
        const int m = m0 + row / 4 * 32 + down * 4 + row % 4, n = n0 + column / 4 * 32 + across * 4 + column % 4;
        if (m < 30 && n < 50) {
            const float v0 = sums[row][column];
const float v1 = clgrad_tanh_float(v0);
a2[m * 50 + n] = v1;
        }
    }
}
