// global (1, 2), local (1, 1)
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
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int batch = id1 / 1, section = id1 % 1;
    float8 query_vectors[6]; float* const query = (float*)query_vectors;
float8 scores_vectors[32]; float* const scores = (float*)scores_vectors;
float8 means_vectors[6]; float* const means = (float*)means_vectors;
float8 highest_vectors[1]; float* const highest = (float*)highest_vectors;
float8 sums_vectors[2]; float* const sums = (float*)sums_vectors;
    for (int at = 0; at < 2; at++) highest[at] = ((float)(-INFINITY));
    for (int at = 0; at < 16; at++) sums[at] = 0;
    for (int at = 0; at < 48; at++) means[at] = 0;
    for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
        int n = 0;
        if (inside) {
            for (; n + 8 <= 20; n += 8) { const float8 q_0 = *(__global const clgrad_float8*)(a0 + batch * 40 + head * 20 + n); (*(float8*)(query + at * 24 + n)) = q_0; }
            for (; n < 20; n++) { const float q_0 = a0[batch * 40 + head * 20 + n]; query[at * 24 + n] = q_0; }
            for (int m = 0; m < 20; m++) query[at * 24 + m] *= 0.25f;
        }
        for (; n < 24; n++) query[at * 24 + n] = 0;
    }
    int k0 = 0;
            for (int seen = 0; k0 < 300; k0 += 128) {
                for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                    int j = 0;
                    int8 found = (int8)(0);
                    for (; j + 8 <= 128 && k0 + j + 8 <= 300; j += 8) {
                        const int key = k0 + j;
                        float8 one;
                        { const float8 mask_0 = *(__global const clgrad_float8*)(a2 + batch * 600 + head * 300 + key); one = mask_0; }
                        found |= one != (float8)(((float)(-INFINITY)));
                    }
                    for (int lane = 0; lane < 8; lane++) seen |= ((const int*)&found)[lane] != 0;
                    for (; j < 128 && k0 + j < 300; j++) {
                        const int key = k0 + j;
                        float one;
                        { const float mask_0 = a2[batch * 600 + head * 300 + key]; one = mask_0; }
                        seen |= one != ((float)(-INFINITY));
                    }
                }
                if (seen) break;
            }
    while (k0 < 300) {
        const int count = k0 + 128 < 300 ? 128 : 300 - k0;
        for (int j = 0; j < count; j++) {
            const int key = k0 + j;
            int n = 0;
            float8 dot0 = (float8)(0);
            float score0;
            float8 dot1 = (float8)(0);
            float score1;
            for (; n + 8 <= 20; n += 8) {
                float8 one;
                { const float8 k_0 = *(__global const clgrad_float8*)(a1 + batch * 6000 + key * 20 + n); one = k_0; }
                dot0 += (*(float8*)(query + 0 + n)) * one;
                dot1 += (*(float8*)(query + 24 + n)) * one;
            }
            { const float4 dot0_4 = dot0.lo + dot0.hi; const float2 dot0_4_2 = dot0_4.lo + dot0_4.hi; score0 = dot0_4_2.s0 + dot0_4_2.s1; }
            { const float4 dot1_4 = dot1.lo + dot1.hi; const float2 dot1_4_2 = dot1_4.lo + dot1_4.hi; score1 = dot1_4_2.s0 + dot1_4_2.s1; }
            for (; n < 20; n++) {
                float one;
                { const float k_0 = a1[batch * 6000 + key * 20 + n]; one = k_0; }
                score0 += query[0 + n] * one;
                score1 += query[24 + n] * one;
            }
            scores[0 + j] = score0;
            scores[128 + j] = score1;
        }
        for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
            for (int j = count; j < 128; j++) scores[at * 128 + j] = 0;
        {
            int j = 0;
            for (; j + 8 <= 128 && k0 + j + 8 <= 300; j += 8) {
                const int key = k0 + j;
                float8 one;
                { const float8 mask_0 = *(__global const clgrad_float8*)(a2 + batch * 600 + head * 300 + key); one = mask_0; }
                (*(float8*)(scores + at * 128 + j)) += one;
            }
            for (; j < 128 && k0 + j < 300; j++) {
                const int key = k0 + j;
                float one;
                { const float mask_0 = a2[batch * 600 + head * 300 + key]; one = mask_0; }
                scores[at * 128 + j] += one;
            }
        }
                const int low = 0;
                const int high = 299 - k0 + 1;
                if (low > 0 || high < 128)
                for (int j = 0; j < 128; j += 8) {
                    const int8 place = (int8)(0, 1, 2, 3, 4, 5, 6, 7) + (int8)(j);
                    const float8 one = (*(float8*)(scores + at * 128 + j));
                    (*(float8*)(scores + at * 128 + j)) = place >= (int8)(low) & place < (int8)(high) ? one : (float8)(((float)(-INFINITY)));
                }
                float8 most = (*(float8*)(scores + at * 128 + 0));
                for (int j = 8; j < 128; j += 8) {
                    const float8 other = (*(float8*)(scores + at * 128 + j));
                    most = other > most ? other : most;
                }
                float here;
                const float4 most_4 = most.lo > most.hi ? most.lo : most.hi; const float2 most_4_2 = most_4.lo > most_4.hi ? most_4.lo : most_4.hi; here = most_4_2.s0 > most_4_2.s1 ? most_4_2.s0 : most_4_2.s1;
                const float before = highest[at], top = here > before ? here : before, base = top == ((float)(-INFINITY)) ? 0 : top;
                const float kept = clgrad_exp_of_negative_float(before - base);
                float8 sum = (*(float8*)(sums + (at) * 8)) * kept;
                for (int j = 0; j < 128; j += 8) {
                    const float8 part = clgrad_exp_of_negative_float8((*(float8*)(scores + at * 128 + j)) - base);
                    sum += part;
                    (*(float8*)(scores + at * 128 + j)) = part;
                }
                highest[at] = top;
                (*(float8*)(sums + (at) * 8)) = sum;
                for (int n = 0; n < 24; n += 8) (*(float8*)(means + (at) * 24 + n)) *= kept;
        }
        {
            float8 m0_0 = (*(float8*)(means + 0));
            float8 m0_1 = (*(float8*)(means + 8));
            float8 m1_0 = (*(float8*)(means + 24));
            float8 m1_1 = (*(float8*)(means + 32));
            for (int j = 0; j < count; j++) {
                const int key = k0 + j;
                float8 one0;
                { const int n = 0; { const float8 v_0 = *(__global const clgrad_float8*)(a1 + batch * 6000 + key * 20 + n); one0 = v_0; } }
                float8 one1;
                { const int n = 8; { const float8 v_0 = *(__global const clgrad_float8*)(a1 + batch * 6000 + key * 20 + n); one1 = v_0; } }
                const float weight0 = scores[0 + j];
                m0_0 += weight0 * one0;
                m0_1 += weight0 * one1;
                const float weight1 = scores[128 + j];
                m1_0 += weight1 * one0;
                m1_1 += weight1 * one1;
            }
            (*(float8*)(means + 0)) = m0_0;
            (*(float8*)(means + 8)) = m0_1;
            (*(float8*)(means + 24)) = m1_0;
            (*(float8*)(means + 32)) = m1_1;
        }
        for (int j = 0; j < count; j++) {
            const int key = k0 + j;
            for (int n = 16; n < 20; n++) {
                float one;
                { const float v_0 = a1[batch * 6000 + key * 20 + n]; one = v_0; }
                means[0 + n] += scores[0 + j] * one;
                means[24 + n] += scores[128 + j] * one;
            }
        }
        k0 += 128;
            for (int seen = 0; k0 < 300; k0 += 128) {
                for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                    int j = 0;
                    int8 found = (int8)(0);
                    for (; j + 8 <= 128 && k0 + j + 8 <= 300; j += 8) {
                        const int key = k0 + j;
                        float8 one;
                        { const float8 mask_0 = *(__global const clgrad_float8*)(a2 + batch * 600 + head * 300 + key); one = mask_0; }
                        found |= one != (float8)(((float)(-INFINITY)));
                    }
                    for (int lane = 0; lane < 8; lane++) seen |= ((const int*)&found)[lane] != 0;
                    for (; j < 128 && k0 + j < 300; j++) {
                        const int key = k0 + j;
                        float one;
                        { const float mask_0 = a2[batch * 600 + head * 300 + key]; one = mask_0; }
                        seen |= one != ((float)(-INFINITY));
                    }
                }
                if (seen) break;
            }
    }
    for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
        float sum;
        { const float8 lanes = (*(float8*)(sums + (at) * 8)); const float4 lanes_4 = lanes.lo + lanes.hi; const float2 lanes_4_2 = lanes_4.lo + lanes_4.hi; sum = lanes_4_2.s0 + lanes_4_2.s1; }
        const float factor = sum == 0 ? 0 : 1 / sum;
        const int place = (batch * 2 + head) * 20;
        for (int n = 0; n < 20; n++) {
            a3[place + row * 20 + n] = means[(at) * 24 + n] * factor;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
