// global (128, 1), local (64, 1)
__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void NAME(__global const float* restrict a0, __global float* restrict a1, __global long* faults) {
    const int first = (int)get_global_id(0) * 1;
    if (first >= 70) return;
    const int slots = 1;
    float folded[1];
    const int row0 = (int)get_global_id(1) * 1;
    for (int row = row0; row < row0 + 1 && row < 1; row++) {
        { const int slot = 0;
            const int at = first + slot * 1, n = at <= 69 ? at : 69;
            folded[slot] = (float)(((float)(-INFINITY)));
        }
    for (int step = 0; step < 33; step++) {
    const int s = 32 - step;
        { const int slot = 0;
            const int at = first + slot * 1, n = at <= 69 ? at : 69;
            const float x0 = a0[s * 70 + n];
            folded[slot] = (x0 != x0) ? x0 : ((x0 > folded[slot]) ? x0 : folded[slot]);
            const float v0 = folded[slot];
a1[s * 70 + n] = v0;
        }
    }
    }
}
