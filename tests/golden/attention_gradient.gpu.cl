// global (256,), local (128,)
__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global const float* restrict a4, __global float* restrict a5, __global long* faults) {
    const int lid = get_local_id(0);
    const int flat_section = get_group_id(0);
    const int batch = flat_section / 1, section = flat_section % 1;
    const int packed = flat_section * 1440;
    __local float query[360];
__local float to_means[288];
__local float keys[620];
__local float values[496];
__local float key_rows[600];
__local float parts[540];
__local float scores[540];
__local float to_query[360];
__local float to_keys[600];
__local float to_values[480];
__local float logarithms[18];
__local float commons[18];
    for (int k0 = 0; k0 < 30; k0 += 30) {
        barrier(CLK_LOCAL_MEM_FENCE);
    for (int flat = lid; flat < 600; flat += 128) {
        const int at = flat / 20, n = flat % 20;
        const int key = k0 + at;
        const int inside = key < 30;
        float value = 0;
        if (inside) { const float k_0 = a3[batch * 600 + key * 20 + n]; value = k_0; }
        keys[n * 31 + at] = value;
    }
    for (int flat = lid; flat < 480; flat += 128) {
        const int at = flat / 16, n = flat % 16;
        const int key = k0 + at;
        const int inside = key < 30;
        float value = 0;
        if (inside) { const float v_0 = a4[batch * 480 + key * 16 + n]; value = v_0; }
        values[n * 31 + at] = value;
    }
    for (int flat = lid; flat < 600; flat += 128) {
        const int at = flat / 20, n = flat % 20;
        const int key = k0 + at;
        const int inside = key < 30;
        float value = 0;
        if (inside) { const float k_0 = a3[batch * 600 + key * 20 + n]; value = k_0; }
        key_rows[flat] = value;
    }
        for (int at = lid; at < 600; at += 128) to_keys[at] = 0;
        for (int at = lid; at < 480; at += 128) to_values[at] = 0;
        int r0 = 0;
            while (r0 < 18 && !(k0 == 0) && (k0 > (r0 / 9 == (r0 + 17) / 9 ? (r0 + 17) % 9 : 8))) r0 += 18;
            barrier(CLK_LOCAL_MEM_FENCE);
        while (r0 < 18) {
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int flat = lid; flat < 360; flat += 128) {
        const int at = flat / 20, n = flat % 20;
        const int flat_row = r0 + at;
        const int inside = flat_row < 18;
        const int head = section * 2 + flat_row / 9, row = flat_row % 9;
        float value = 0;
        if (inside) { const float q_0 = a2[batch * 360 + head * 180 + row * 20 + n]; value = q_0; }
        query[flat] = value * 0.25f;
    }
    for (int flat = lid; flat < 288; flat += 128) {
        const int at = flat / 16, n = flat % 16;
        const int flat_row = r0 + at;
        const int inside = flat_row < 18;
        const int head = section * 2 + flat_row / 9, row = flat_row % 9;
        const int start = row * 16;
        float value = 0;
        if (inside) { const float g_0 = a0[batch * 306 + head * 153 + (start + n)]; value = g_0; }
        to_means[flat] = value;
    }
            for (int at = lid; at < 18; at += 128) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 18;
        const int head = section * 2 + flat_row / 9, row = flat_row % 9;
                float common = 0, logarithm = ((float)(INFINITY));
                if (inside) {
        const int start = row * 16;
                    for (int n = 0; n < 16; n++) {
                        float a, b;
                        { const float g_0 = a0[batch * 306 + head * 153 + (start + n)]; a = g_0; } { const float y_0 = a1[batch * 306 + head * 153 + (start + n)]; b = y_0; }
                        common += a * b;
                    }
                    {
                        const int start = row, n = 144;
                        float to_logarithm;
                        { const float g_0 = a0[batch * 306 + head * 153 + (start + n)]; to_logarithm = g_0; } { const float y_0 = a1[batch * 306 + head * 153 + (start + n)]; logarithm = y_0; }
                        common -= to_logarithm;
                    }
                }
                commons[at] = common;
                logarithms[at] = logarithm;
            }
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int tile = lid; tile < 60; tile += 128) {
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
        for (int k = 0; k < 20; k++) {
            const float b0 = keys[k * 31 + n0 + 0];
            const float b1 = keys[k * 31 + n0 + 10];
            const float b2 = keys[k * 31 + n0 + 20];
            { const int m = m0 + 0; const float a = query[m * 20 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            { const int m = m0 + 1; const float a = query[m * 20 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
            }
            { const int m = m0 + 2; const float a = query[m * 20 + k];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
            }
        }
        parts[(m0 + 0) * 30 + n0 + 0] = c0_0;
        parts[(m0 + 0) * 30 + n0 + 10] = c0_1;
        parts[(m0 + 0) * 30 + n0 + 20] = c0_2;
        parts[(m0 + 1) * 30 + n0 + 0] = c1_0;
        parts[(m0 + 1) * 30 + n0 + 10] = c1_1;
        parts[(m0 + 1) * 30 + n0 + 20] = c1_2;
        parts[(m0 + 2) * 30 + n0 + 0] = c2_0;
        parts[(m0 + 2) * 30 + n0 + 10] = c2_1;
        parts[(m0 + 2) * 30 + n0 + 20] = c2_2;
    }
    for (int tile = lid; tile < 60; tile += 128) {
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
            const float b0 = values[k * 31 + n0 + 0];
            const float b1 = values[k * 31 + n0 + 10];
            const float b2 = values[k * 31 + n0 + 20];
            { const int m = m0 + 0; const float a = to_means[m * 16 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
            }
            { const int m = m0 + 1; const float a = to_means[m * 16 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
            }
            { const int m = m0 + 2; const float a = to_means[m * 16 + k];
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
            for (int at = lid; at < 18; at += 128) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 18;
        const int head = section * 2 + flat_row / 9, row = flat_row % 9;
                if (inside) {
                }
                const float logarithm = logarithms[at], common = commons[at];
                const int low = 0;
                const int high = (row < 29 ? row : 29) - k0 + 1;
                if (low > 0 || high < 30)
                for (int j = 0; j < 30; j += 1) {
                    const int place = (int)(0) + (int)(j);
                    const float one = parts[at * 30 + j];
                    parts[at * 30 + j] = place >= (int)(low) && place < (int)(high) ? one : (float)(((float)(-INFINITY)));
                }
                for (int j = 0; j < 30; j += 1) {
                    const float one = exp(parts[at * 30 + j] - logarithm);
                    parts[at * 30 + j] = one;
                    scores[at * 30 + j] = one * (scores[at * 30 + j] - common);
                }
            }
            barrier(CLK_LOCAL_MEM_FENCE);
    for (int tile = lid; tile < 40; tile += 128) {
        const int m0 = tile / 4 * 3, n0 = tile % 4;
        float c0_0 = to_values[(m0 + 0) * 16 + n0 + 0];
        float c0_1 = to_values[(m0 + 0) * 16 + n0 + 4];
        float c0_2 = to_values[(m0 + 0) * 16 + n0 + 8];
        float c0_3 = to_values[(m0 + 0) * 16 + n0 + 12];
        float c1_0 = to_values[(m0 + 1) * 16 + n0 + 0];
        float c1_1 = to_values[(m0 + 1) * 16 + n0 + 4];
        float c1_2 = to_values[(m0 + 1) * 16 + n0 + 8];
        float c1_3 = to_values[(m0 + 1) * 16 + n0 + 12];
        float c2_0 = to_values[(m0 + 2) * 16 + n0 + 0];
        float c2_1 = to_values[(m0 + 2) * 16 + n0 + 4];
        float c2_2 = to_values[(m0 + 2) * 16 + n0 + 8];
        float c2_3 = to_values[(m0 + 2) * 16 + n0 + 12];
        for (int k = 0; k < 18; k++) {
            const float b0 = to_means[k * 16 + n0 + 0];
            const float b1 = to_means[k * 16 + n0 + 4];
            const float b2 = to_means[k * 16 + n0 + 8];
            const float b3 = to_means[k * 16 + n0 + 12];
            { const int m = m0 + 0; const float a = parts[k * 30 + m];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float a = parts[k * 30 + m];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
            { const int m = m0 + 2; const float a = parts[k * 30 + m];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
              c2_3 = a * b3 + c2_3;
            }
        }
        to_values[(m0 + 0) * 16 + n0 + 0] = c0_0;
        to_values[(m0 + 0) * 16 + n0 + 4] = c0_1;
        to_values[(m0 + 0) * 16 + n0 + 8] = c0_2;
        to_values[(m0 + 0) * 16 + n0 + 12] = c0_3;
        to_values[(m0 + 1) * 16 + n0 + 0] = c1_0;
        to_values[(m0 + 1) * 16 + n0 + 4] = c1_1;
        to_values[(m0 + 1) * 16 + n0 + 8] = c1_2;
        to_values[(m0 + 1) * 16 + n0 + 12] = c1_3;
        to_values[(m0 + 2) * 16 + n0 + 0] = c2_0;
        to_values[(m0 + 2) * 16 + n0 + 4] = c2_1;
        to_values[(m0 + 2) * 16 + n0 + 8] = c2_2;
        to_values[(m0 + 2) * 16 + n0 + 12] = c2_3;
    }
    for (int tile = lid; tile < 50; tile += 128) {
        const int m0 = tile / 5 * 3, n0 = tile % 5;
        float c0_0 = to_keys[(m0 + 0) * 20 + n0 + 0];
        float c0_1 = to_keys[(m0 + 0) * 20 + n0 + 5];
        float c0_2 = to_keys[(m0 + 0) * 20 + n0 + 10];
        float c0_3 = to_keys[(m0 + 0) * 20 + n0 + 15];
        float c1_0 = to_keys[(m0 + 1) * 20 + n0 + 0];
        float c1_1 = to_keys[(m0 + 1) * 20 + n0 + 5];
        float c1_2 = to_keys[(m0 + 1) * 20 + n0 + 10];
        float c1_3 = to_keys[(m0 + 1) * 20 + n0 + 15];
        float c2_0 = to_keys[(m0 + 2) * 20 + n0 + 0];
        float c2_1 = to_keys[(m0 + 2) * 20 + n0 + 5];
        float c2_2 = to_keys[(m0 + 2) * 20 + n0 + 10];
        float c2_3 = to_keys[(m0 + 2) * 20 + n0 + 15];
        for (int k = 0; k < 18; k++) {
            const float b0 = query[k * 20 + n0 + 0];
            const float b1 = query[k * 20 + n0 + 5];
            const float b2 = query[k * 20 + n0 + 10];
            const float b3 = query[k * 20 + n0 + 15];
            { const int m = m0 + 0; const float a = scores[k * 30 + m];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
              c0_2 = a * b2 + c0_2;
              c0_3 = a * b3 + c0_3;
            }
            { const int m = m0 + 1; const float a = scores[k * 30 + m];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
              c1_2 = a * b2 + c1_2;
              c1_3 = a * b3 + c1_3;
            }
            { const int m = m0 + 2; const float a = scores[k * 30 + m];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
              c2_2 = a * b2 + c2_2;
              c2_3 = a * b3 + c2_3;
            }
        }
        to_keys[(m0 + 0) * 20 + n0 + 0] = c0_0;
        to_keys[(m0 + 0) * 20 + n0 + 5] = c0_1;
        to_keys[(m0 + 0) * 20 + n0 + 10] = c0_2;
        to_keys[(m0 + 0) * 20 + n0 + 15] = c0_3;
        to_keys[(m0 + 1) * 20 + n0 + 0] = c1_0;
        to_keys[(m0 + 1) * 20 + n0 + 5] = c1_1;
        to_keys[(m0 + 1) * 20 + n0 + 10] = c1_2;
        to_keys[(m0 + 1) * 20 + n0 + 15] = c1_3;
        to_keys[(m0 + 2) * 20 + n0 + 0] = c2_0;
        to_keys[(m0 + 2) * 20 + n0 + 5] = c2_1;
        to_keys[(m0 + 2) * 20 + n0 + 10] = c2_2;
        to_keys[(m0 + 2) * 20 + n0 + 15] = c2_3;
    }
    for (int tile = lid; tile < 30; tile += 128) {
        const int m0 = tile / 5 * 3, n0 = tile % 5;
        float c0_0 = (float)(0);
        float c0_1 = (float)(0);
        float c0_2 = (float)(0);
        float c0_3 = (float)(0);
        float c1_0 = (float)(0);
        float c1_1 = (float)(0);
        float c1_2 = (float)(0);
        float c1_3 = (float)(0);
        float c2_0 = (float)(0);
        float c2_1 = (float)(0);
        float c2_2 = (float)(0);
        float c2_3 = (float)(0);
        for (int k = 0; k < 30; k++) {
            const float b0 = key_rows[k * 20 + n0 + 0];
            const float b1 = key_rows[k * 20 + n0 + 5];
            const float b2 = key_rows[k * 20 + n0 + 10];
            const float b3 = key_rows[k * 20 + n0 + 15];
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
        to_query[(m0 + 0) * 20 + n0 + 0] = c0_0;
        to_query[(m0 + 0) * 20 + n0 + 5] = c0_1;
        to_query[(m0 + 0) * 20 + n0 + 10] = c0_2;
        to_query[(m0 + 0) * 20 + n0 + 15] = c0_3;
        to_query[(m0 + 1) * 20 + n0 + 0] = c1_0;
        to_query[(m0 + 1) * 20 + n0 + 5] = c1_1;
        to_query[(m0 + 1) * 20 + n0 + 10] = c1_2;
        to_query[(m0 + 1) * 20 + n0 + 15] = c1_3;
        to_query[(m0 + 2) * 20 + n0 + 0] = c2_0;
        to_query[(m0 + 2) * 20 + n0 + 5] = c2_1;
        to_query[(m0 + 2) * 20 + n0 + 10] = c2_2;
        to_query[(m0 + 2) * 20 + n0 + 15] = c2_3;
    }
            barrier(CLK_LOCAL_MEM_FENCE);
            for (int at = lid; at < 18; at += 128) {
                if (r0 + at >= 18) continue;
                const int place = packed + (r0 + at) * 20;
                for (int n = 0; n < 20; n++) {
                    const float more = to_query[at * 20 + n] * 0.25f;
                    a5[place + n] = (k0 ? a5[place + n] : 0) + more;
                }
            }
            r0 += 18;
            while (r0 < 18 && !(k0 == 0) && (k0 > (r0 / 9 == (r0 + 17) / 9 ? (r0 + 17) % 9 : 8))) r0 += 18;
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int at = lid; at < 30; at += 128) {
            if (k0 + at >= 30) continue;
            const int place = packed + 360 + (k0 + at) * 20;
            for (int n = 0; n < 20; n++) a5[place + n] = to_keys[at * 20 + n];
            const int to_value = packed + 960 + (k0 + at) * 16;
            for (int n = 0; n < 16; n++) a5[to_value + n] = to_values[at * 16 + n];
        }
    }
}
