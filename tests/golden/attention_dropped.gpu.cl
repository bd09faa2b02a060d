// global (128, 4), local (128, 1)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global float* restrict a4, __global long* faults) {
    const int lid = get_local_id(0);
    const int first = (int)get_group_id(0) * 9, flat_section = get_global_id(1);
    const int batch = flat_section / 2, section = flat_section % 2;
    const int stop = first + 9 < 9 ? first + 9 : 9;
    __local float query[144];
__local float keys[496];
__local float values[480];
__local float scores[270];
__local float means[144];
__local float highest[9];
__local float sums[9];
    for (int at = lid; at < 9; at += 128) highest[at] = ((float)(-INFINITY));
    for (int at = lid; at < 9; at += 128) sums[at] = 0;
    for (int at = lid; at < 144; at += 128) means[at] = 0;
    int k0 = 0;
    while (k0 < 30) {
        barrier(CLK_LOCAL_MEM_FENCE);
    for (int flat = lid; flat < 480; flat += 128) {
        const int at = flat / 16, n = flat % 16;
        const int key = k0 + at;
        const int inside = key < 30;
        float value = 0;
        if (inside) { const float k_0 = a1[batch * 960 + section * 480 + key * 16 + n]; value = k_0; }
        keys[n * 31 + at] = value * 0.25f;
    }
    for (int flat = lid; flat < 480; flat += 128) {
        const int at = flat / 16, n = flat % 16;
        const int key = k0 + at;
        const int inside = key < 30;
        float value = 0;
        if (inside) { const float v_0 = a2[batch * 960 + section * 480 + key * 16 + n]; value = v_0; }
        values[flat] = value;
    }
        int r0 = first;
            while (r0 < stop && !(0) && (k0 > (r0 / 9 == (r0 + 8) / 9 ? (r0 + 8) % 9 : 8))) r0 += 9;
            barrier(CLK_LOCAL_MEM_FENCE);
        while (r0 < stop) {
    for (int flat = lid; flat < 144; flat += 128) {
        const int at = flat / 16, n = flat % 16;
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
        float value = 0;
        if (inside) { const float q_0 = a0[batch * 288 + head * 144 + row * 16 + n]; value = q_0; }
        query[flat] = value;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int tile = lid; tile < 30; tile += 128) {
        const int m0 = tile / 10 * 3, n0 = tile % 10;
        float c0_0 = (float)(0);
        float c0_1 = (float)(0);
        float c0_2 = (float)(0);
        float c1_0 = (float)(0);
        float c1_1 = (float)(0);
        float c1_2 = (float)(0);
        float c2_0 = (float)(0);
        float c2_1 = (float)(0);
        float c2_2 = (float)(0);
        for (int k = 0; k < 16; k++) {
            const float b0 = keys[k * 31 + n0 + 0];
            const float b1 = keys[k * 31 + n0 + 10];
            const float b2 = keys[k * 31 + n0 + 20];
            { const int m = m0 + 0; const float a = query[m * 16 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            { const int m = m0 + 1; const float a = query[m * 16 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
            }
            { const int m = m0 + 2; const float a = query[m * 16 + k];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
            }
        }
        scores[(m0 + 0) * 30 + n0 + 0] = c0_0;
        scores[(m0 + 0) * 30 + n0 + 10] = c0_1;
        scores[(m0 + 0) * 30 + n0 + 20] = c0_2;
        scores[(m0 + 1) * 30 + n0 + 0] = c1_0;
        scores[(m0 + 1) * 30 + n0 + 10] = c1_1;
        scores[(m0 + 1) * 30 + n0 + 20] = c1_2;
        scores[(m0 + 2) * 30 + n0 + 0] = c2_0;
        scores[(m0 + 2) * 30 + n0 + 10] = c2_1;
        scores[(m0 + 2) * 30 + n0 + 20] = c2_2;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
            for (int at = lid; at < 9; at += 128) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
                if (!inside) continue;
                const int low = 0;
                const int high = (row < 29 ? row : 29) - k0 + 1;
                if (low > 0 || high < 30)
                for (int j = 0; j < 30; j += 1) {
                    const int place = (int)(0) + (int)(j);
                    const float one = scores[at * 30 + j];
                    scores[at * 30 + j] = place >= (int)(low) && place < (int)(high) ? one : (float)(((float)(-INFINITY)));
                }
                float most = scores[at * 30 + 0];
                for (int j = 1; j < 30; j += 1) {
                    const float other = scores[at * 30 + j];
                    most = other > most ? other : most;
                }
                float here;
                here = most;
                const float before = highest[r0 - first + at], top = here > before ? here : before, base = top == ((float)(-INFINITY)) ? 0 : top;
                const float kept = exp(before - base);
                float sum = sums[(r0 - first + at) * 1] * kept;
                for (int j = 0; j < 30; j += 1) {
                    const float part = exp(scores[at * 30 + j] - base);
                    sum += part;
                    scores[at * 30 + j] = part;
                }
        {
            int j = 0;
            for (; j < 30 && k0 + j < 30; j++) {
                const int key = k0 + j;
                float one;
                { const float kept_0 = a3[batch * 540 + head * 270 + row * 30 + key]; one = kept_0; }
                scores[at * 30 + j] *= one;
            }
        }
                highest[r0 - first + at] = top;
                sums[(r0 - first + at) * 1] = sum;
                for (int n = 0; n < 16; n += 1) means[(r0 - first + at) * 16 + n] *= kept;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int tile = lid; tile < 12; tile += 128) {
        const int m0 = tile / 4 * 3, n0 = tile % 4;
        float c0_0 = means[(r0 - first + m0 + 0) * 16 + n0 + 0];
        float c0_1 = means[(r0 - first + m0 + 0) * 16 + n0 + 4];
        float c0_2 = means[(r0 - first + m0 + 0) * 16 + n0 + 8];
        float c0_3 = means[(r0 - first + m0 + 0) * 16 + n0 + 12];
        float c1_0 = means[(r0 - first + m0 + 1) * 16 + n0 + 0];
        float c1_1 = means[(r0 - first + m0 + 1) * 16 + n0 + 4];
        float c1_2 = means[(r0 - first + m0 + 1) * 16 + n0 + 8];
        float c1_3 = means[(r0 - first + m0 + 1) * 16 + n0 + 12];
        float c2_0 = means[(r0 - first + m0 + 2) * 16 + n0 + 0];
        float c2_1 = means[(r0 - first + m0 + 2) * 16 + n0 + 4];
        float c2_2 = means[(r0 - first + m0 + 2) * 16 + n0 + 8];
        float c2_3 = means[(r0 - first + m0 + 2) * 16 + n0 + 12];
        for (int k = 0; k < 30; k++) {
            const float b0 = values[k * 16 + n0 + 0];
            const float b1 = values[k * 16 + n0 + 4];
            const float b2 = values[k * 16 + n0 + 8];
            const float b3 = values[k * 16 + n0 + 12];
            { const int m = m0 + 0; const float a = scores[m * 30 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float a = scores[m * 30 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
            { const int m = m0 + 2; const float a = scores[m * 30 + k];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
              c2_3 = a * b3 + c2_3;
            }
        }
        means[(r0 - first + m0 + 0) * 16 + n0 + 0] = c0_0;
        means[(r0 - first + m0 + 0) * 16 + n0 + 4] = c0_1;
        means[(r0 - first + m0 + 0) * 16 + n0 + 8] = c0_2;
        means[(r0 - first + m0 + 0) * 16 + n0 + 12] = c0_3;
        means[(r0 - first + m0 + 1) * 16 + n0 + 0] = c1_0;
        means[(r0 - first + m0 + 1) * 16 + n0 + 4] = c1_1;
        means[(r0 - first + m0 + 1) * 16 + n0 + 8] = c1_2;
        means[(r0 - first + m0 + 1) * 16 + n0 + 12] = c1_3;
        means[(r0 - first + m0 + 2) * 16 + n0 + 0] = c2_0;
        means[(r0 - first + m0 + 2) * 16 + n0 + 4] = c2_1;
        means[(r0 - first + m0 + 2) * 16 + n0 + 8] = c2_2;
        means[(r0 - first + m0 + 2) * 16 + n0 + 12] = c2_3;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
            r0 += 9;
            while (r0 < stop && !(0) && (k0 > (r0 / 9 == (r0 + 8) / 9 ? (r0 + 8) % 9 : 8))) r0 += 9;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        k0 += 30;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int r0 = first; r0 < stop; r0 += 9)
    for (int at = lid; at < 9; at += 128) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
        if (!inside) continue;
        float sum;
        { const float lanes = sums[(r0 - first + at) * 1]; sum = lanes; }
        const float factor = sum == 0 ? 0 : 1 / sum;
        const int place = (batch * 2 + head) * 153;
        for (int n = 0; n < 16; n++) {
            a4[place + row * 16 + n] = means[(r0 - first + at) * 16 + n] * factor;
        }
        const float logarithm = sum == 0 ? ((float)(INFINITY)) : highest[r0 - first + at] + log(sum);
        a4[place + 144 + row] = logarithm;
    }
}
