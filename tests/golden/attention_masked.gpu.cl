// global (128, 2), local (128, 1)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    const int lid = get_local_id(0);
    const int first = (int)get_group_id(0) * 2, flat_section = get_global_id(1);
    const int batch = flat_section / 1, section = flat_section % 1;
    const int stop = first + 2 < 2 ? first + 2 : 2;
    __local float query[40];
__local float keys[420];
__local float values[400];
__local float scores[40];
__local float means[40];
__local float highest[2];
__local float sums[2];
    for (int at = lid; at < 2; at += 128) highest[at] = ((float)(-INFINITY));
    for (int at = lid; at < 2; at += 128) sums[at] = 0;
    for (int at = lid; at < 40; at += 128) means[at] = 0;
    int k0 = 0;
            for (int seen = 0; k0 < 300; k0 += 20) {
                for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                    int j = 0;
                    for (; j < 20 && k0 + j < 300; j++) {
                        const int key = k0 + j;
                        float one;
                        { const float mask_0 = a2[batch * 600 + head * 300 + key]; one = mask_0; }
                        seen |= one != ((float)(-INFINITY));
                    }
                }
                if (seen) break;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
    while (k0 < 300) {
        barrier(CLK_LOCAL_MEM_FENCE);
    for (int flat = lid; flat < 400; flat += 128) {
        const int at = flat / 20, n = flat % 20;
        const int key = k0 + at;
        const int inside = key < 300;
        float value = 0;
        if (inside) { const float k_0 = a1[batch * 6000 + key * 20 + n]; value = k_0; }
        keys[n * 21 + at] = value * 0.25f;
    }
    for (int flat = lid; flat < 400; flat += 128) {
        const int at = flat / 20, n = flat % 20;
        const int key = k0 + at;
        const int inside = key < 300;
        float value = 0;
        if (inside) { const float v_0 = a1[batch * 6000 + key * 20 + n]; value = v_0; }
        values[flat] = value;
    }
        int r0 = first;
        while (r0 < stop) {
    for (int flat = lid; flat < 40; flat += 128) {
        const int at = flat / 20, n = flat % 20;
        const int flat_row = r0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
        float value = 0;
        if (inside) { const float q_0 = a0[batch * 40 + head * 20 + n]; value = q_0; }
        query[flat] = value;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int tile = lid; tile < 5; tile += 128) {
        const int m0 = tile / 5 * 2, n0 = tile % 5;
        float c0_0 = (float)(0);
        float c0_1 = (float)(0);
        float c0_2 = (float)(0);
        float c0_3 = (float)(0);
        float c1_0 = (float)(0);
        float c1_1 = (float)(0);
        float c1_2 = (float)(0);
        float c1_3 = (float)(0);
        for (int k = 0; k < 20; k++) {
            const float b0 = keys[k * 21 + n0 + 0];
            const float b1 = keys[k * 21 + n0 + 5];
            const float b2 = keys[k * 21 + n0 + 10];
            const float b3 = keys[k * 21 + n0 + 15];
            { const int m = m0 + 0; const float a = query[m * 20 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float a = query[m * 20 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
        }
        scores[(m0 + 0) * 20 + n0 + 0] = c0_0;
        scores[(m0 + 0) * 20 + n0 + 5] = c0_1;
        scores[(m0 + 0) * 20 + n0 + 10] = c0_2;
        scores[(m0 + 0) * 20 + n0 + 15] = c0_3;
        scores[(m0 + 1) * 20 + n0 + 0] = c1_0;
        scores[(m0 + 1) * 20 + n0 + 5] = c1_1;
        scores[(m0 + 1) * 20 + n0 + 10] = c1_2;
        scores[(m0 + 1) * 20 + n0 + 15] = c1_3;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
            for (int at = lid; at < 2; at += 128) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                if (!inside) continue;
        {
            int j = 0;
            for (; j < 20 && k0 + j < 300; j++) {
                const int key = k0 + j;
                float one;
                { const float mask_0 = a2[batch * 600 + head * 300 + key]; one = mask_0; }
                scores[at * 20 + j] += one;
            }
        }
                const int low = 0;
                const int high = 299 - k0 + 1;
                if (low > 0 || high < 20)
                for (int j = 0; j < 20; j += 1) {
                    const int place = (int)(0) + (int)(j);
                    const float one = scores[at * 20 + j];
                    scores[at * 20 + j] = place >= (int)(low) && place < (int)(high) ? one : (float)(((float)(-INFINITY)));
                }
                float most = scores[at * 20 + 0];
                for (int j = 1; j < 20; j += 1) {
                    const float other = scores[at * 20 + j];
                    most = other > most ? other : most;
                }
                float here;
                here = most;
                const float before = highest[r0 - first + at], top = here > before ? here : before, base = top == ((float)(-INFINITY)) ? 0 : top;
                const float kept = exp(before - base);
                float sum = sums[(r0 - first + at) * 1] * kept;
                for (int j = 0; j < 20; j += 1) {
                    const float part = exp(scores[at * 20 + j] - base);
                    sum += part;
                    scores[at * 20 + j] = part;
                }
                highest[r0 - first + at] = top;
                sums[(r0 - first + at) * 1] = sum;
                for (int n = 0; n < 20; n += 1) means[(r0 - first + at) * 20 + n] *= kept;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int tile = lid; tile < 5; tile += 128) {
        const int m0 = tile / 5 * 2, n0 = tile % 5;
        float c0_0 = means[(r0 - first + m0 + 0) * 20 + n0 + 0];
        float c0_1 = means[(r0 - first + m0 + 0) * 20 + n0 + 5];
        float c0_2 = means[(r0 - first + m0 + 0) * 20 + n0 + 10];
        float c0_3 = means[(r0 - first + m0 + 0) * 20 + n0 + 15];
        float c1_0 = means[(r0 - first + m0 + 1) * 20 + n0 + 0];
        float c1_1 = means[(r0 - first + m0 + 1) * 20 + n0 + 5];
        float c1_2 = means[(r0 - first + m0 + 1) * 20 + n0 + 10];
        float c1_3 = means[(r0 - first + m0 + 1) * 20 + n0 + 15];
        for (int k = 0; k < 20; k++) {
            const float b0 = values[k * 20 + n0 + 0];
            const float b1 = values[k * 20 + n0 + 5];
            const float b2 = values[k * 20 + n0 + 10];
            const float b3 = values[k * 20 + n0 + 15];
            { const int m = m0 + 0; const float a = scores[m * 20 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float a = scores[m * 20 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
        }
        means[(r0 - first + m0 + 0) * 20 + n0 + 0] = c0_0;
        means[(r0 - first + m0 + 0) * 20 + n0 + 5] = c0_1;
        means[(r0 - first + m0 + 0) * 20 + n0 + 10] = c0_2;
        means[(r0 - first + m0 + 0) * 20 + n0 + 15] = c0_3;
        means[(r0 - first + m0 + 1) * 20 + n0 + 0] = c1_0;
        means[(r0 - first + m0 + 1) * 20 + n0 + 5] = c1_1;
        means[(r0 - first + m0 + 1) * 20 + n0 + 10] = c1_2;
        means[(r0 - first + m0 + 1) * 20 + n0 + 15] = c1_3;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
            r0 += 2;
        }
        k0 += 20;
            for (int seen = 0; k0 < 300; k0 += 20) {
                for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                    int j = 0;
                    for (; j < 20 && k0 + j < 300; j++) {
                        const int key = k0 + j;
                        float one;
                        { const float mask_0 = a2[batch * 600 + head * 300 + key]; one = mask_0; }
                        seen |= one != ((float)(-INFINITY));
                    }
                }
                if (seen) break;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int r0 = first; r0 < stop; r0 += 2)
    for (int at = lid; at < 2; at += 128) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
        if (!inside) continue;
        float sum;
        { const float lanes = sums[(r0 - first + at) * 1]; sum = lanes; }
        const float factor = sum == 0 ? 0 : 1 / sum;
        const int place = (batch * 2 + head) * 20;
        for (int n = 0; n < 20; n++) {
            a3[place + row * 20 + n] = means[(r0 - first + at) * 20 + n] * factor;
        }
    }
}
