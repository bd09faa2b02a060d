// global (4864,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    __local float shared[5][128];
    const uint lid = get_local_id(0);
    const uint output = lid % 32, part = lid / 32;
    const int group = get_group_id(0);
    const int n = group % 38 * 32 + output;
    const int batch = group / 38;
    const int section = batch;
    float sums[5];
    #pragma unroll
    for (int few = 0; few < 5; few++) sums[few] = 0;
    if (n < 1188)
    for (int k = part; k < 27; k += 4) {
        const int image = n / 594; const int y = n / 33 % 18; const int x = n % 33; const int channel = k / 9; const int ky = k / 3 % 3; const int kx = k % 3; const float y0 = a0[image * 2100 + channel * 700 + y * 35 + x + ky * 35 + kx];
        #pragma unroll
        for (int m = 0; m < 5; m++) {
            const float x0 = a1[m * 27 + k];
            sums[m] = fma(x0, y0, sums[m]);
        }
    }
    #pragma unroll
    for (int few = 0; few < 5; few++) shared[few][lid] = sums[few];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_parts = 2; half_parts > 0; half_parts /= 2) {
        if (part < half_parts) {
            for (int few = 0; few < 5; few++) shared[few][lid] += shared[few][lid + half_parts * 32];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (part == 0 && n < 1188)
    for (int m = 0; m < 5; m++) {
        { const int output = section * 5 + m; const int image = n / 594; const int place = n % 594;
const float v0 = shared[m][lid];
const float v1 = a2[output];
const float v2 = v0 + v1;
const float v3 = (v2 < (float)(0)) ? (float)(0) : v2;
a3[image * 2970 + output * 594 + place] = v3; }
    }
}
