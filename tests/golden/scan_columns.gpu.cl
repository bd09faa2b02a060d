// global (128,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int row = get_global_id(0);
    if (row >= 70) return;
    const int n = row;
    float folded;
    folded = (float)(((float)(-INFINITY))); 
    #pragma unroll 4
    for (int step = 0; step < 33; step++) {
    const int s = 32 - step;
        const float x0 = a0[s * 70 + n];
        folded = (x0 != x0) ? x0 : ((x0 > folded) ? x0 : folded);
        const float v0 = folded;
a1[s * 70 + n] = v0;
    }
}
