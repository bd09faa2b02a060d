// global (1, 4), local (1, 1)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
static inline float clgrad_exp_of_negative_float(float x) {
    const float v = (-88.0f > x) ? (float)(-88.0f) : x;
    const float t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float u = (float)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f; u = u * r + 1.0f; u = u * r + 1.0f;
    return u * as_float((as_int(t) << 23) + 0x3f800000);
}
static inline float8 clgrad_exp_of_negative_float8(float8 x) {
    const float8 v = (-88.0f > x) ? (float8)(-88.0f) : x;
    const float8 t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float8 u = (float8)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f; u = u * r + 1.0f; u = u * r + 1.0f;
    return u * as_float8((as_int8(t) << 23) + 0x3f800000);
}
static inline float clgrad_log_float(float x) {
    const float v = (x < 1.1754944e-38f) ? x * 8388608.0f : x;
    const int i = as_int(v) - 0x3f3504f3;
    const float f = as_float((i & 0x7fffff) + 0x3f3504f3) - 1.0f, z = f * f;
    const float e = (as_float((i >> 23) + 0x4b400000) - 12582912.0f) - ((x < 1.1754944e-38f) ? (float)(23.0f) : (float)(0.0f));
    float u = (float)(-0.0763449302353364f); u = u * f + 0.1276157564355773f; u = u * f + -0.13160183062655906f; u = u * f + 0.1420175823380262f; u = u * f + -0.1662335729809978f; u = u * f + 0.20001226865404215f; u = u * f + -0.2500082103550081f; u = u * f + 0.3333333170780473f;
    const float y = (f + ((u * f) * z - e * 0.00021219444f - z * 0.5f)) + e * 0.693359375f;
    return (x > 0.0f) ? ((x < INFINITY) ? y : x) : ((x == 0.0f) ? (float)(-INFINITY) : (float)(NAN));
}
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global float* restrict a4, __global long* faults, const int id0, const int id1, const int id2) {
    const int first = id0 * 9, flat_section = id1;
    const int batch = flat_section / 2, section = flat_section % 2;
    const int stop = first + 9 < 9 ? first + 9 : 9;
    float8 query_vectors[18]; float* const query = (float*)query_vectors;
float8 keys_vectors[64]; float* const keys = (float*)keys_vectors;
float8 values_vectors[64]; float* const values = (float*)values_vectors;
float8 scores_vectors[36]; float* const scores = (float*)scores_vectors;
float8 means_vectors[18]; float* const means = (float*)means_vectors;
float8 highest_vectors[2]; float* const highest = (float*)highest_vectors;
float8 sums_vectors[9]; float* const sums = (float*)sums_vectors;
    for (int at = 0; at < 9; at += 1) highest[at] = ((float)(-INFINITY));
    for (int at = 0; at < 72; at += 1) sums[at] = 0;
    for (int at = 0; at < 144; at += 1) means[at] = 0;
    int k0 = 0;
    while (k0 < 30) {
    for (int at0 = 0; at0 < 32; at0 += 8) {
        int n0 = 0;
        int last_inside;
        { const int at = at0 + 7; 
        const int key = k0 + at;
        const int inside = key < 30;
         last_inside = inside; }
        if (last_inside)
        for (; n0 + 8 <= 16; n0 += 8) {
            const int n = n0;
            float8 r0; { const int at = at0 + 0; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r0 = k_0; } }
            float8 r1; { const int at = at0 + 1; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r1 = k_0; } }
            float8 r2; { const int at = at0 + 2; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r2 = k_0; } }
            float8 r3; { const int at = at0 + 3; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r3 = k_0; } }
            float8 r4; { const int at = at0 + 4; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r4 = k_0; } }
            float8 r5; { const int at = at0 + 5; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r5 = k_0; } }
            float8 r6; { const int at = at0 + 6; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r6 = k_0; } }
            float8 r7; { const int at = at0 + 7; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 960 + section * 480 + key * 16 + n); r7 = k_0; } }
            const float8 t0_0 = __builtin_shufflevector(r0, r4, 0, 1, 2, 3, 8, 9, 10, 11);
            const float8 t0_4 = __builtin_shufflevector(r0, r4, 4, 5, 6, 7, 12, 13, 14, 15);
            const float8 t0_1 = __builtin_shufflevector(r1, r5, 0, 1, 2, 3, 8, 9, 10, 11);
            const float8 t0_5 = __builtin_shufflevector(r1, r5, 4, 5, 6, 7, 12, 13, 14, 15);
            const float8 t0_2 = __builtin_shufflevector(r2, r6, 0, 1, 2, 3, 8, 9, 10, 11);
            const float8 t0_6 = __builtin_shufflevector(r2, r6, 4, 5, 6, 7, 12, 13, 14, 15);
            const float8 t0_3 = __builtin_shufflevector(r3, r7, 0, 1, 2, 3, 8, 9, 10, 11);
            const float8 t0_7 = __builtin_shufflevector(r3, r7, 4, 5, 6, 7, 12, 13, 14, 15);
            const float8 t1_0 = __builtin_shufflevector(t0_0, t0_2, 0, 1, 8, 9, 4, 5, 12, 13);
            const float8 t1_2 = __builtin_shufflevector(t0_0, t0_2, 2, 3, 10, 11, 6, 7, 14, 15);
            const float8 t1_1 = __builtin_shufflevector(t0_1, t0_3, 0, 1, 8, 9, 4, 5, 12, 13);
            const float8 t1_3 = __builtin_shufflevector(t0_1, t0_3, 2, 3, 10, 11, 6, 7, 14, 15);
            const float8 t1_4 = __builtin_shufflevector(t0_4, t0_6, 0, 1, 8, 9, 4, 5, 12, 13);
            const float8 t1_6 = __builtin_shufflevector(t0_4, t0_6, 2, 3, 10, 11, 6, 7, 14, 15);
            const float8 t1_5 = __builtin_shufflevector(t0_5, t0_7, 0, 1, 8, 9, 4, 5, 12, 13);
            const float8 t1_7 = __builtin_shufflevector(t0_5, t0_7, 2, 3, 10, 11, 6, 7, 14, 15);
            const float8 t2_0 = __builtin_shufflevector(t1_0, t1_1, 0, 8, 2, 10, 4, 12, 6, 14);
            const float8 t2_1 = __builtin_shufflevector(t1_0, t1_1, 1, 9, 3, 11, 5, 13, 7, 15);
            const float8 t2_2 = __builtin_shufflevector(t1_2, t1_3, 0, 8, 2, 10, 4, 12, 6, 14);
            const float8 t2_3 = __builtin_shufflevector(t1_2, t1_3, 1, 9, 3, 11, 5, 13, 7, 15);
            const float8 t2_4 = __builtin_shufflevector(t1_4, t1_5, 0, 8, 2, 10, 4, 12, 6, 14);
            const float8 t2_5 = __builtin_shufflevector(t1_4, t1_5, 1, 9, 3, 11, 5, 13, 7, 15);
            const float8 t2_6 = __builtin_shufflevector(t1_6, t1_7, 0, 8, 2, 10, 4, 12, 6, 14);
            const float8 t2_7 = __builtin_shufflevector(t1_6, t1_7, 1, 9, 3, 11, 5, 13, 7, 15);
            *(float8*)(keys + (n + 0) * 32 + at0) = t2_0 * 0.25f;
            *(float8*)(keys + (n + 1) * 32 + at0) = t2_1 * 0.25f;
            *(float8*)(keys + (n + 2) * 32 + at0) = t2_2 * 0.25f;
            *(float8*)(keys + (n + 3) * 32 + at0) = t2_3 * 0.25f;
            *(float8*)(keys + (n + 4) * 32 + at0) = t2_4 * 0.25f;
            *(float8*)(keys + (n + 5) * 32 + at0) = t2_5 * 0.25f;
            *(float8*)(keys + (n + 6) * 32 + at0) = t2_6 * 0.25f;
            *(float8*)(keys + (n + 7) * 32 + at0) = t2_7 * 0.25f;
        }
        for (int at = at0; at < at0 + 8 && at < 32; at++) {
        const int key = k0 + at;
        const int inside = key < 30;
            for (int n = n0; n < 16; n++) {
                float value = 0;
                if (inside) { const float k_0 = a1[batch * 960 + section * 480 + key * 16 + n]; value = k_0; }
                keys[n * 32 + at] = value * 0.25f;
            }
        }
    }
    for (int at = 0; at < 32; at++) {
        const int key = k0 + at;
        const int inside = key < 30;
        int n = 0;
        if (inside) {
            for (; n + 8 <= 16; n += 8) { const float8 v_0 = *(__global const clgrad_float8*)(a2 + batch * 960 + section * 480 + key * 16 + n); (*(float8*)(values + at * 16 + n)) = v_0; }
        }
        for (; n < 16; n++) values[at * 16 + n] = 0;
    }
        int r0 = first;
            while (r0 < stop && !(0) && (k0 > (r0 / 9 == (r0 + 8) / 9 ? (r0 + 8) % 9 : 8))) r0 += 9;
        while (r0 < stop) {
    for (int at = 0; at < 9; at++) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
        int n = 0;
        if (inside) {
            for (; n + 8 <= 16; n += 8) { const float8 q_0 = *(__global const clgrad_float8*)(a0 + batch * 288 + head * 144 + row * 16 + n); (*(float8*)(query + at * 16 + n)) = q_0; }
        }
        for (; n < 16; n++) query[at * 16 + n] = 0;
    }
    for (int m0 = 0; m0 < 9 && m0 < stop - r0; m0 += 3)
    for (int n0 = 0; n0 < 32; n0 += 16) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        for (int k = 0; k < 16; k++) {
            const float8 b0 = (*(float8*)(keys + k * 32 + n0 + 0));
            const float8 b1 = (*(float8*)(keys + k * 32 + n0 + 8));
            { const int m = m0 + 0; const float a = query[m * 16 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float a = query[m * 16 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float a = query[m * 16 + k];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
        }
        (*(float8*)(scores + (m0 + 0) * 32 + n0 + 0)) = c0_0;
        (*(float8*)(scores + (m0 + 0) * 32 + n0 + 8)) = c0_1;
        (*(float8*)(scores + (m0 + 1) * 32 + n0 + 0)) = c1_0;
        (*(float8*)(scores + (m0 + 1) * 32 + n0 + 8)) = c1_1;
        (*(float8*)(scores + (m0 + 2) * 32 + n0 + 0)) = c2_0;
        (*(float8*)(scores + (m0 + 2) * 32 + n0 + 8)) = c2_1;
    }
            for (int at = 0; at < 9; at += 1) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
                if (!inside) continue;
                const int low = 0;
                const int high = (row < 29 ? row : 29) - k0 + 1;
                if (low > 0 || high < 32)
                for (int j = 0; j < 32; j += 8) {
                    const int8 place = (int8)(0, 1, 2, 3, 4, 5, 6, 7) + (int8)(j);
                    const float8 one = (*(float8*)(scores + at * 32 + j));
                    (*(float8*)(scores + at * 32 + j)) = place >= (int8)(low) & place < (int8)(high) ? one : (float8)(((float)(-INFINITY)));
                }
                float8 most = (*(float8*)(scores + at * 32 + 0));
                for (int j = 8; j < 32; j += 8) {
                    const float8 other = (*(float8*)(scores + at * 32 + j));
                    most = other > most ? other : most;
                }
                float here;
                const float4 most_4 = most.lo > most.hi ? most.lo : most.hi; const float2 most_4_2 = most_4.lo > most_4.hi ? most_4.lo : most_4.hi; here = most_4_2.s0 > most_4_2.s1 ? most_4_2.s0 : most_4_2.s1;
                const float before = highest[r0 - first + at], top = here > before ? here : before, base = top == ((float)(-INFINITY)) ? 0 : top;
                const float kept = clgrad_exp_of_negative_float(before - base);
                float8 sum = (*(float8*)(sums + (r0 - first + at) * 8)) * kept;
                for (int j = 0; j < 32; j += 8) {
                    const float8 part = clgrad_exp_of_negative_float8((*(float8*)(scores + at * 32 + j)) - base);
                    sum += part;
                    (*(float8*)(scores + at * 32 + j)) = part;
                }
        {
            int j = 0;
            for (; j + 8 <= 32 && k0 + j + 8 <= 30; j += 8) {
                const int key = k0 + j;
                float8 one;
                { const float8 kept_0 = *(__global const clgrad_float8*)(a3 + batch * 540 + head * 270 + row * 30 + key); one = kept_0; }
                (*(float8*)(scores + at * 32 + j)) *= one;
            }
            for (; j < 32 && k0 + j < 30; j++) {
                const int key = k0 + j;
                float one;
                { const float kept_0 = a3[batch * 540 + head * 270 + row * 30 + key]; one = kept_0; }
                scores[at * 32 + j] *= one;
            }
        }
                highest[r0 - first + at] = top;
                (*(float8*)(sums + (r0 - first + at) * 8)) = sum;
                for (int n = 0; n < 16; n += 8) (*(float8*)(means + (r0 - first + at) * 16 + n)) *= kept;
            }
    for (int m0 = 0; m0 < 9 && m0 < stop - r0; m0 += 3)
    for (int n0 = 0; n0 < 16; n0 += 16) {
        float8 c0_0 = (*(float8*)(means + (r0 - first + m0 + 0) * 16 + n0 + 0));
        float8 c0_1 = (*(float8*)(means + (r0 - first + m0 + 0) * 16 + n0 + 8));
        float8 c1_0 = (*(float8*)(means + (r0 - first + m0 + 1) * 16 + n0 + 0));
        float8 c1_1 = (*(float8*)(means + (r0 - first + m0 + 1) * 16 + n0 + 8));
        float8 c2_0 = (*(float8*)(means + (r0 - first + m0 + 2) * 16 + n0 + 0));
        float8 c2_1 = (*(float8*)(means + (r0 - first + m0 + 2) * 16 + n0 + 8));
        for (int k = 0; k < 32; k++) {
            const float8 b0 = (*(float8*)(values + k * 16 + n0 + 0));
            const float8 b1 = (*(float8*)(values + k * 16 + n0 + 8));
            { const int m = m0 + 0; const float a = scores[m * 32 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float a = scores[m * 32 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float a = scores[m * 32 + k];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
        }
        (*(float8*)(means + (r0 - first + m0 + 0) * 16 + n0 + 0)) = c0_0;
        (*(float8*)(means + (r0 - first + m0 + 0) * 16 + n0 + 8)) = c0_1;
        (*(float8*)(means + (r0 - first + m0 + 1) * 16 + n0 + 0)) = c1_0;
        (*(float8*)(means + (r0 - first + m0 + 1) * 16 + n0 + 8)) = c1_1;
        (*(float8*)(means + (r0 - first + m0 + 2) * 16 + n0 + 0)) = c2_0;
        (*(float8*)(means + (r0 - first + m0 + 2) * 16 + n0 + 8)) = c2_1;
    }
            r0 += 9;
            while (r0 < stop && !(0) && (k0 > (r0 / 9 == (r0 + 8) / 9 ? (r0 + 8) % 9 : 8))) r0 += 9;
        }
        k0 += 32;
    }
    for (int r0 = first; r0 < stop; r0 += 9)
    for (int at = 0; at < 9; at += 1) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
        if (!inside) continue;
        float sum;
        { const float8 lanes = (*(float8*)(sums + (r0 - first + at) * 8)); const float4 lanes_4 = lanes.lo + lanes.hi; const float2 lanes_4_2 = lanes_4.lo + lanes_4.hi; sum = lanes_4_2.s0 + lanes_4_2.s1; }
        const float factor = sum == 0 ? 0 : 1 / sum;
        const int place = (batch * 2 + head) * 153;
        for (int n = 0; n < 16; n++) {
            a4[place + row * 16 + n] = means[(r0 - first + at) * 16 + n] * factor;
        }
        const float logarithm = sum == 0 ? ((float)(INFINITY)) : highest[r0 - first + at] + clgrad_log_float(sum);
        a4[place + 144 + row] = logarithm;
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global float* restrict a4, __global long* faults) {
    NAME_item(a0, a1, a2, a3, a4, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
