// global (4,), local (1,)
typedef float clgrad_float8 __attribute__((ext_vector_type(8), aligned(4)));
static inline float8 clgrad_exp_of_negative_float8(float8 x) {
    const float8 v = (-88.0f > x) ? (float8)(-88.0f) : x;
    const float8 t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float8 u = (float8)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f; u = u * r + 1.0f; u = u * r + 1.0f;
    return u * as_float8((as_int8(t) << 23) + 0x3f800000);
}
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global const float* restrict a4, __global const float* restrict a5, __global float* restrict a6, __global long* faults, const int id0, const int id1, const int id2) {
    const int flat_section = id0;
    const int batch = flat_section / 2, section = flat_section % 2;
    const int packed = flat_section * 1104;
    float8 query_vectors[18]; float* const query = (float*)query_vectors;
float8 to_means_vectors[18]; float* const to_means = (float*)to_means_vectors;
float8 keys_vectors[64]; float* const keys = (float*)keys_vectors;
float8 values_vectors[64]; float* const values = (float*)values_vectors;
float8 key_rows_vectors[64]; float* const key_rows = (float*)key_rows_vectors;
float8 parts_vectors[36]; float* const parts = (float*)parts_vectors;
float8 scores_vectors[36]; float* const scores = (float*)scores_vectors;
float8 to_query_vectors[18]; float* const to_query = (float*)to_query_vectors;
float8 to_keys_vectors[64]; float* const to_keys = (float*)to_keys_vectors;
float8 to_values_vectors[64]; float* const to_values = (float*)to_values_vectors;
float8 logarithms_vectors[2]; float* const logarithms = (float*)logarithms_vectors;
float8 commons_vectors[2]; float* const commons = (float*)commons_vectors;
    for (int k0 = 0; k0 < 30; k0 += 32) {
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
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r0 = k_0; } }
            float8 r1; { const int at = at0 + 1; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r1 = k_0; } }
            float8 r2; { const int at = at0 + 2; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r2 = k_0; } }
            float8 r3; { const int at = at0 + 3; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r3 = k_0; } }
            float8 r4; { const int at = at0 + 4; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r4 = k_0; } }
            float8 r5; { const int at = at0 + 5; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r5 = k_0; } }
            float8 r6; { const int at = at0 + 6; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r6 = k_0; } }
            float8 r7; { const int at = at0 + 7; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); r7 = k_0; } }
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
            *(float8*)(keys + (n + 0) * 32 + at0) = t2_0;
            *(float8*)(keys + (n + 1) * 32 + at0) = t2_1;
            *(float8*)(keys + (n + 2) * 32 + at0) = t2_2;
            *(float8*)(keys + (n + 3) * 32 + at0) = t2_3;
            *(float8*)(keys + (n + 4) * 32 + at0) = t2_4;
            *(float8*)(keys + (n + 5) * 32 + at0) = t2_5;
            *(float8*)(keys + (n + 6) * 32 + at0) = t2_6;
            *(float8*)(keys + (n + 7) * 32 + at0) = t2_7;
        }
        for (int at = at0; at < at0 + 8 && at < 32; at++) {
        const int key = k0 + at;
        const int inside = key < 30;
            for (int n = n0; n < 16; n++) {
                float value = 0;
                if (inside) { const float k_0 = a3[batch * 960 + section * 480 + key * 16 + n]; value = k_0; }
                keys[n * 32 + at] = value;
            }
        }
    }
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
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r0 = v_0; } }
            float8 r1; { const int at = at0 + 1; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r1 = v_0; } }
            float8 r2; { const int at = at0 + 2; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r2 = v_0; } }
            float8 r3; { const int at = at0 + 3; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r3 = v_0; } }
            float8 r4; { const int at = at0 + 4; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r4 = v_0; } }
            float8 r5; { const int at = at0 + 5; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r5 = v_0; } }
            float8 r6; { const int at = at0 + 6; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r6 = v_0; } }
            float8 r7; { const int at = at0 + 7; 
        const int key = k0 + at;
        const int inside = key < 30;
         { const float8 v_0 = *(__global const clgrad_float8*)(a4 + batch * 960 + section * 480 + key * 16 + n); r7 = v_0; } }
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
            *(float8*)(values + (n + 0) * 32 + at0) = t2_0;
            *(float8*)(values + (n + 1) * 32 + at0) = t2_1;
            *(float8*)(values + (n + 2) * 32 + at0) = t2_2;
            *(float8*)(values + (n + 3) * 32 + at0) = t2_3;
            *(float8*)(values + (n + 4) * 32 + at0) = t2_4;
            *(float8*)(values + (n + 5) * 32 + at0) = t2_5;
            *(float8*)(values + (n + 6) * 32 + at0) = t2_6;
            *(float8*)(values + (n + 7) * 32 + at0) = t2_7;
        }
        for (int at = at0; at < at0 + 8 && at < 32; at++) {
        const int key = k0 + at;
        const int inside = key < 30;
            for (int n = n0; n < 16; n++) {
                float value = 0;
                if (inside) { const float v_0 = a4[batch * 960 + section * 480 + key * 16 + n]; value = v_0; }
                values[n * 32 + at] = value;
            }
        }
    }
    for (int at = 0; at < 32; at++) {
        const int key = k0 + at;
        const int inside = key < 30;
        int n = 0;
        if (inside) {
            for (; n + 8 <= 16; n += 8) { const float8 k_0 = *(__global const clgrad_float8*)(a3 + batch * 960 + section * 480 + key * 16 + n); (*(float8*)(key_rows + at * 16 + n)) = k_0; }
        }
        for (; n < 16; n++) key_rows[at * 16 + n] = 0;
    }
        for (int at = 0; at < 512; at += 1) to_keys[at] = 0;
        for (int at = 0; at < 512; at += 1) to_values[at] = 0;
        int r0 = 0;
            while (r0 < 9 && !(k0 == 0) && (k0 > (r0 / 9 == (r0 + 8) / 9 ? (r0 + 8) % 9 : 8))) r0 += 9;
        while (r0 < 9) {
    for (int at = 0; at < 9; at++) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
        int n = 0;
        if (inside) {
            for (; n + 8 <= 16; n += 8) { const float8 q_0 = *(__global const clgrad_float8*)(a2 + batch * 288 + head * 144 + row * 16 + n); (*(float8*)(query + at * 16 + n)) = q_0; }
            for (int m = 0; m < 16; m++) query[at * 16 + m] *= 0.25f;
        }
        for (; n < 16; n++) query[at * 16 + n] = 0;
    }
    for (int at = 0; at < 9; at++) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
        const int start = row * 16;
        int n = 0;
        if (inside) {
            for (; n + 8 <= 16; n += 8) { const float8 g_0 = *(__global const clgrad_float8*)(a0 + batch * 306 + head * 153 + (start + n)); (*(float8*)(to_means + at * 16 + n)) = g_0; }
        }
        for (; n < 16; n++) to_means[at * 16 + n] = 0;
    }
            for (int at = 0; at < 9; at += 1) {
        const int flat_row = r0 + at;
        const int inside = flat_row < 9;
        const int head = section * 1 + flat_row / 9, row = flat_row % 9;
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
    for (int m0 = 0; m0 < 9; m0 += 3)
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
        (*(float8*)(parts + (m0 + 0) * 32 + n0 + 0)) = c0_0;
        (*(float8*)(parts + (m0 + 0) * 32 + n0 + 8)) = c0_1;
        (*(float8*)(parts + (m0 + 1) * 32 + n0 + 0)) = c1_0;
        (*(float8*)(parts + (m0 + 1) * 32 + n0 + 8)) = c1_1;
        (*(float8*)(parts + (m0 + 2) * 32 + n0 + 0)) = c2_0;
        (*(float8*)(parts + (m0 + 2) * 32 + n0 + 8)) = c2_1;
    }
    for (int m0 = 0; m0 < 9; m0 += 3)
    for (int n0 = 0; n0 < 32; n0 += 16) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        for (int k = 0; k < 16; k++) {
            const float8 b0 = (*(float8*)(values + k * 32 + n0 + 0));
            const float8 b1 = (*(float8*)(values + k * 32 + n0 + 8));
            { const int m = m0 + 0; const float a = to_means[m * 16 + k];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float a = to_means[m * 16 + k];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float a = to_means[m * 16 + k];
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
                if (inside) {
        {
            int j = 0;
            for (; j + 8 <= 32 && k0 + j + 8 <= 30; j += 8) {
                const int key = k0 + j;
                float8 one;
                { const float8 kept_0 = *(__global const clgrad_float8*)(a5 + batch * 540 + head * 270 + row * 30 + key); one = kept_0; }
                (*(float8*)(scores + at * 32 + j)) *= one;
            }
            for (; j < 32 && k0 + j < 30; j++) {
                const int key = k0 + j;
                float one;
                { const float kept_0 = a5[batch * 540 + head * 270 + row * 30 + key]; one = kept_0; }
                scores[at * 32 + j] *= one;
            }
        }
                }
                const float logarithm = logarithms[at], common = commons[at];
                const int low = 0;
                const int high = (row < 29 ? row : 29) - k0 + 1;
                if (low > 0 || high < 32)
                for (int j = 0; j < 32; j += 8) {
                    const int8 place = (int8)(0, 1, 2, 3, 4, 5, 6, 7) + (int8)(j);
                    const float8 one = (*(float8*)(parts + at * 32 + j));
                    (*(float8*)(parts + at * 32 + j)) = place >= (int8)(low) & place < (int8)(high) ? one : (float8)(((float)(-INFINITY)));
                }
                for (int j = 0; j < 32; j += 8) {
                    const float8 one = clgrad_exp_of_negative_float8((*(float8*)(parts + at * 32 + j)) - logarithm);
                    (*(float8*)(parts + at * 32 + j)) = one;
                    (*(float8*)(scores + at * 32 + j)) = one * ((*(float8*)(scores + at * 32 + j)) - common);
                }
                if (inside) {
        {
            int j = 0;
            for (; j + 8 <= 32 && k0 + j + 8 <= 30; j += 8) {
                const int key = k0 + j;
                float8 one;
                { const float8 kept_0 = *(__global const clgrad_float8*)(a5 + batch * 540 + head * 270 + row * 30 + key); one = kept_0; }
                (*(float8*)(parts + at * 32 + j)) *= one;
            }
            for (; j < 32 && k0 + j < 30; j++) {
                const int key = k0 + j;
                float one;
                { const float kept_0 = a5[batch * 540 + head * 270 + row * 30 + key]; one = kept_0; }
                parts[at * 32 + j] *= one;
            }
        }
                }
            }
    for (int m0 = 0; m0 < 32; m0 += 4)
    for (int n0 = 0; n0 < 16; n0 += 16) {
        float8 c0_0 = (*(float8*)(to_values + (m0 + 0) * 16 + n0 + 0));
        float8 c0_1 = (*(float8*)(to_values + (m0 + 0) * 16 + n0 + 8));
        float8 c1_0 = (*(float8*)(to_values + (m0 + 1) * 16 + n0 + 0));
        float8 c1_1 = (*(float8*)(to_values + (m0 + 1) * 16 + n0 + 8));
        float8 c2_0 = (*(float8*)(to_values + (m0 + 2) * 16 + n0 + 0));
        float8 c2_1 = (*(float8*)(to_values + (m0 + 2) * 16 + n0 + 8));
        float8 c3_0 = (*(float8*)(to_values + (m0 + 3) * 16 + n0 + 0));
        float8 c3_1 = (*(float8*)(to_values + (m0 + 3) * 16 + n0 + 8));
        for (int k = 0; k < 9; k++) {
            const float8 b0 = (*(float8*)(to_means + k * 16 + n0 + 0));
            const float8 b1 = (*(float8*)(to_means + k * 16 + n0 + 8));
            { const int m = m0 + 0; const float a = parts[k * 32 + m];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float a = parts[k * 32 + m];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float a = parts[k * 32 + m];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
            { const int m = m0 + 3; const float a = parts[k * 32 + m];
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
            }
        }
        (*(float8*)(to_values + (m0 + 0) * 16 + n0 + 0)) = c0_0;
        (*(float8*)(to_values + (m0 + 0) * 16 + n0 + 8)) = c0_1;
        (*(float8*)(to_values + (m0 + 1) * 16 + n0 + 0)) = c1_0;
        (*(float8*)(to_values + (m0 + 1) * 16 + n0 + 8)) = c1_1;
        (*(float8*)(to_values + (m0 + 2) * 16 + n0 + 0)) = c2_0;
        (*(float8*)(to_values + (m0 + 2) * 16 + n0 + 8)) = c2_1;
        (*(float8*)(to_values + (m0 + 3) * 16 + n0 + 0)) = c3_0;
        (*(float8*)(to_values + (m0 + 3) * 16 + n0 + 8)) = c3_1;
    }
    for (int m0 = 0; m0 < 32; m0 += 4)
    for (int n0 = 0; n0 < 16; n0 += 16) {
        float8 c0_0 = (*(float8*)(to_keys + (m0 + 0) * 16 + n0 + 0));
        float8 c0_1 = (*(float8*)(to_keys + (m0 + 0) * 16 + n0 + 8));
        float8 c1_0 = (*(float8*)(to_keys + (m0 + 1) * 16 + n0 + 0));
        float8 c1_1 = (*(float8*)(to_keys + (m0 + 1) * 16 + n0 + 8));
        float8 c2_0 = (*(float8*)(to_keys + (m0 + 2) * 16 + n0 + 0));
        float8 c2_1 = (*(float8*)(to_keys + (m0 + 2) * 16 + n0 + 8));
        float8 c3_0 = (*(float8*)(to_keys + (m0 + 3) * 16 + n0 + 0));
        float8 c3_1 = (*(float8*)(to_keys + (m0 + 3) * 16 + n0 + 8));
        for (int k = 0; k < 9; k++) {
            const float8 b0 = (*(float8*)(query + k * 16 + n0 + 0));
            const float8 b1 = (*(float8*)(query + k * 16 + n0 + 8));
            { const int m = m0 + 0; const float a = scores[k * 32 + m];
              c0_0 = a * b0 + c0_0;
              c0_1 = a * b1 + c0_1;
            }
            { const int m = m0 + 1; const float a = scores[k * 32 + m];
              c1_0 = a * b0 + c1_0;
              c1_1 = a * b1 + c1_1;
            }
            { const int m = m0 + 2; const float a = scores[k * 32 + m];
              c2_0 = a * b0 + c2_0;
              c2_1 = a * b1 + c2_1;
            }
            { const int m = m0 + 3; const float a = scores[k * 32 + m];
              c3_0 = a * b0 + c3_0;
              c3_1 = a * b1 + c3_1;
            }
        }
        (*(float8*)(to_keys + (m0 + 0) * 16 + n0 + 0)) = c0_0;
        (*(float8*)(to_keys + (m0 + 0) * 16 + n0 + 8)) = c0_1;
        (*(float8*)(to_keys + (m0 + 1) * 16 + n0 + 0)) = c1_0;
        (*(float8*)(to_keys + (m0 + 1) * 16 + n0 + 8)) = c1_1;
        (*(float8*)(to_keys + (m0 + 2) * 16 + n0 + 0)) = c2_0;
        (*(float8*)(to_keys + (m0 + 2) * 16 + n0 + 8)) = c2_1;
        (*(float8*)(to_keys + (m0 + 3) * 16 + n0 + 0)) = c3_0;
        (*(float8*)(to_keys + (m0 + 3) * 16 + n0 + 8)) = c3_1;
    }
    for (int m0 = 0; m0 < 9; m0 += 3)
    for (int n0 = 0; n0 < 16; n0 += 16) {
        float8 c0_0 = (float8)(0);
        float8 c0_1 = (float8)(0);
        float8 c1_0 = (float8)(0);
        float8 c1_1 = (float8)(0);
        float8 c2_0 = (float8)(0);
        float8 c2_1 = (float8)(0);
        for (int k = 0; k < 32; k++) {
            const float8 b0 = (*(float8*)(key_rows + k * 16 + n0 + 0));
            const float8 b1 = (*(float8*)(key_rows + k * 16 + n0 + 8));
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
        (*(float8*)(to_query + (m0 + 0) * 16 + n0 + 0)) = c0_0;
        (*(float8*)(to_query + (m0 + 0) * 16 + n0 + 8)) = c0_1;
        (*(float8*)(to_query + (m0 + 1) * 16 + n0 + 0)) = c1_0;
        (*(float8*)(to_query + (m0 + 1) * 16 + n0 + 8)) = c1_1;
        (*(float8*)(to_query + (m0 + 2) * 16 + n0 + 0)) = c2_0;
        (*(float8*)(to_query + (m0 + 2) * 16 + n0 + 8)) = c2_1;
    }
            for (int at = 0; at < 9; at += 1) {
                if (r0 + at >= 9) continue;
                const int place = packed + (r0 + at) * 16;
                for (int n = 0; n < 16; n++) {
                    const float more = to_query[at * 16 + n] * 0.25f;
                    a6[place + n] = (k0 ? a6[place + n] : 0) + more;
                }
            }
            r0 += 9;
            while (r0 < 9 && !(k0 == 0) && (k0 > (r0 / 9 == (r0 + 8) / 9 ? (r0 + 8) % 9 : 8))) r0 += 9;
        }
        for (int at = 0; at < 32; at += 1) {
            if (k0 + at >= 30) continue;
            const int place = packed + 144 + (k0 + at) * 16;
            for (int n = 0; n < 16; n++) a6[place + n] = to_keys[at * 16 + n];
            const int to_value = packed + 624 + (k0 + at) * 16;
            for (int n = 0; n < 16; n++) a6[to_value + n] = to_values[at * 16 + n];
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global const float* restrict a3, __global const float* restrict a4, __global const float* restrict a5, __global float* restrict a6, __global long* faults) {
    NAME_item(a0, a1, a2, a3, a4, a5, a6, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
