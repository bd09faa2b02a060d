// global (256,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    __local float shared[5][128];
    const uint lid = get_local_id(0);
    const uint output = lid % 16, part = lid / 16;
    const int group = get_group_id(0);
    const int n = group % 2 * 16 + output;
    const int batch = group / 2;
    const int section = batch;
    float sums[5];
    #pragma unroll
    for (int few = 0; few < 5; few++) sums[few] = 0;
    if (n < 18)
    for (int k = part; k < 1782; k += 8) {
        const int image = n / 9; const int y = n / 3 % 3; const int x = n % 3; const int channel = k / 594; const int ky = k / 33 % 18; const int kx = k % 33; const float y0 = a0[image * 2100 + channel * 700 + y * 35 + x + ky * 35 + kx];
        #pragma unroll
        for (int m = 0; m < 5; m++) {
            const float x0 = a1[m * 1782 + k];
            sums[m] = fma(x0, y0, sums[m]);
        }
    }
    #pragma unroll
    for (int few = 0; few < 5; few++) shared[few][lid] = sums[few];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_parts = 4; half_parts > 0; half_parts /= 2) {
        if (part < half_parts) {
            for (int few = 0; few < 5; few++) shared[few][lid] += shared[few][lid + half_parts * 16];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (part == 0 && n < 18)
    for (int m = 0; m < 5; m++) {
        { const int output = section * 5 + m; const int image = n / 9; const int place = n % 9;
const float v0 = shared[m][lid];
a2[image * 45 + output * 9 + place] = v0; }
    }
}
