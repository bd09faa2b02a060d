// global (256,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global float* restrict a2, __global long* faults) {
    __local float shared[3][128];
    const uint lid = get_local_id(0);
    const uint output = lid % 32, part = lid / 32;
    const int group = get_group_id(0);
    const int n = group % 2 * 32 + output;
    float sums[3];
    #pragma unroll
    for (int few = 0; few < 3; few++) sums[few] = 0;
    if (n < 50)
    for (int k = part; k < 70; k += 4) {
        const float y0 = a1[k * 50 + n];
        #pragma unroll
        for (int m = 0; m < 3; m++) {
            const float x0 = a0[m * 70 + k];
            sums[m] = fma(x0, y0, sums[m]);
        }
    }
    #pragma unroll
    for (int few = 0; few < 3; few++) shared[few][lid] = sums[few];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_parts = 2; half_parts > 0; half_parts /= 2) {
        if (part < half_parts) {
            for (int few = 0; few < 3; few++) shared[few][lid] += shared[few][lid + half_parts * 32];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (part == 0 && n < 50)
    for (int m = 0; m < 3; m++) {
        const float v0 = shared[m][lid];
const float v1 = (v0 < (float)(0)) ? (float)(0) : v0;
a2[m * 50 + n] = v1;
    }
}
