// global (1, 2), local (1, 1)
typedef float clgrad_float16 __attribute__((ext_vector_type(16), aligned(4)));
static inline float clgrad_exp_of_negative_float(float x) {
    const float v = (-88.0f > x) ? (float)(-88.0f) : x;
    const float t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float u = (float)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f; u = u * r + 1.0f; u = u * r + 1.0f;
    return u * as_float((as_int(t) << 23) + 0x3f800000);
}
static inline float16 clgrad_exp_of_negative_float16(float16 x) {
    const float16 v = (-88.0f > x) ? (float16)(-88.0f) : x;
    const float16 t = v * 1.442695f + 12582912.0f, n = t - 12582912.0f, r = (v - n * 0.693359375f) + n * 0.00021219444f;
    float16 u = (float16)(0.0013814612982986536f); u = u * r + 0.008368709842559385f; u = u * r + 0.041668387367012685f; u = u * r + 0.16666520689634956f; u = u * r + 0.49999993451679803f; u = u * r + 1.0f; u = u * r + 1.0f;
    return u * as_float16((as_int16(t) << 23) + 0x3f800000);
}
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults, const int id0, const int id1, const int id2) {
    const int batch = id1 / 1, section = id1 % 1;
    float16 query_vectors[4]; float* const query = (float*)query_vectors;
float16 scores_vectors[16]; float* const scores = (float*)scores_vectors;
float16 means_vectors[4]; float* const means = (float*)means_vectors;
float16 highest_vectors[1]; float* const highest = (float*)highest_vectors;
float16 sums_vectors[2]; float* const sums = (float*)sums_vectors;
    for (int at = 0; at < 2; at++) highest[at] = ((float)(-INFINITY));
    for (int at = 0; at < 32; at++) sums[at] = 0;
    for (int at = 0; at < 64; at++) means[at] = 0;
    for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
        int n = 0;
        if (inside) {
            for (; n + 16 <= 20; n += 16) { const float16 q_0 = *(__global const clgrad_float16*)(a0 + batch * 40 + head * 20 + n); (*(float16*)(query + at * 32 + n)) = q_0; }
            for (; n < 20; n++) { const float q_0 = a0[batch * 40 + head * 20 + n]; query[at * 32 + n] = q_0; }
            for (int m = 0; m < 20; m++) query[at * 32 + m] *= 0.25f;
        }
        for (; n < 32; n++) query[at * 32 + n] = 0;
    }
    int k0 = 0;
            for (int seen = 0; k0 < 300; k0 += 128) {
                for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                    int j = 0;
                    int16 found = (int16)(0);
                    for (; j + 16 <= 128 && k0 + j + 16 <= 300; j += 16) {
                        const int key = k0 + j;
                        float16 one;
                        { const float16 mask_0 = *(__global const clgrad_float16*)(a2 + batch * 600 + head * 300 + key); one = mask_0; }
                        found |= one != (float16)(((float)(-INFINITY)));
                    }
                    for (int lane = 0; lane < 16; lane++) seen |= ((const int*)&found)[lane] != 0;
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
            float16 dot0 = (float16)(0);
            float score0;
            float16 dot1 = (float16)(0);
            float score1;
            for (; n + 16 <= 20; n += 16) {
                float16 one;
                { const float16 k_0 = *(__global const clgrad_float16*)(a1 + batch * 6000 + key * 20 + n); one = k_0; }
                dot0 += (*(float16*)(query + 0 + n)) * one;
                dot1 += (*(float16*)(query + 32 + n)) * one;
            }
            { const float8 dot0_8 = dot0.lo + dot0.hi; const float4 dot0_8_4 = dot0_8.lo + dot0_8.hi; const float2 dot0_8_4_2 = dot0_8_4.lo + dot0_8_4.hi; score0 = dot0_8_4_2.s0 + dot0_8_4_2.s1; }
            { const float8 dot1_8 = dot1.lo + dot1.hi; const float4 dot1_8_4 = dot1_8.lo + dot1_8.hi; const float2 dot1_8_4_2 = dot1_8_4.lo + dot1_8_4.hi; score1 = dot1_8_4_2.s0 + dot1_8_4_2.s1; }
            for (; n < 20; n++) {
                float one;
                { const float k_0 = a1[batch * 6000 + key * 20 + n]; one = k_0; }
                score0 += query[0 + n] * one;
                score1 += query[32 + n] * one;
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
            for (; j + 16 <= 128 && k0 + j + 16 <= 300; j += 16) {
                const int key = k0 + j;
                float16 one;
                { const float16 mask_0 = *(__global const clgrad_float16*)(a2 + batch * 600 + head * 300 + key); one = mask_0; }
                (*(float16*)(scores + at * 128 + j)) += one;
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
                for (int j = 0; j < 128; j += 16) {
                    const int16 place = (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) + (int16)(j);
                    const float16 one = (*(float16*)(scores + at * 128 + j));
                    (*(float16*)(scores + at * 128 + j)) = place >= (int16)(low) & place < (int16)(high) ? one : (float16)(((float)(-INFINITY)));
                }
                float16 most = (*(float16*)(scores + at * 128 + 0));
                for (int j = 16; j < 128; j += 16) {
                    const float16 other = (*(float16*)(scores + at * 128 + j));
                    most = other > most ? other : most;
                }
                float here;
                const float8 most_8 = most.lo > most.hi ? most.lo : most.hi; const float4 most_8_4 = most_8.lo > most_8.hi ? most_8.lo : most_8.hi; const float2 most_8_4_2 = most_8_4.lo > most_8_4.hi ? most_8_4.lo : most_8_4.hi; here = most_8_4_2.s0 > most_8_4_2.s1 ? most_8_4_2.s0 : most_8_4_2.s1;
                const float before = highest[at], top = here > before ? here : before, base = top == ((float)(-INFINITY)) ? 0 : top;
                const float kept = clgrad_exp_of_negative_float(before - base);
                float16 sum = (*(float16*)(sums + (at) * 16)) * kept;
                for (int j = 0; j < 128; j += 16) {
                    const float16 part = clgrad_exp_of_negative_float16((*(float16*)(scores + at * 128 + j)) - base);
                    sum += part;
                    (*(float16*)(scores + at * 128 + j)) = part;
                }
                highest[at] = top;
                (*(float16*)(sums + (at) * 16)) = sum;
                for (int n = 0; n < 32; n += 16) (*(float16*)(means + (at) * 32 + n)) *= kept;
        }
        {
            float16 m0_0 = (*(float16*)(means + 0));
            float16 m1_0 = (*(float16*)(means + 32));
            for (int j = 0; j < count; j++) {
                const int key = k0 + j;
                float16 one0;
                { const int n = 0; { const float16 v_0 = *(__global const clgrad_float16*)(a1 + batch * 6000 + key * 20 + n); one0 = v_0; } }
                const float weight0 = scores[0 + j];
                m0_0 += weight0 * one0;
                const float weight1 = scores[128 + j];
                m1_0 += weight1 * one0;
            }
            (*(float16*)(means + 0)) = m0_0;
            (*(float16*)(means + 32)) = m1_0;
        }
        for (int j = 0; j < count; j++) {
            const int key = k0 + j;
            for (int n = 16; n < 20; n++) {
                float one;
                { const float v_0 = a1[batch * 6000 + key * 20 + n]; one = v_0; }
                means[0 + n] += scores[0 + j] * one;
                means[32 + n] += scores[128 + j] * one;
            }
        }
        k0 += 128;
            for (int seen = 0; k0 < 300; k0 += 128) {
                for (int at = 0; at < 2; at++) {
        const int flat_row = 0 + at;
        const int inside = flat_row < 2;
        const int head = section * 2 + flat_row / 1, row = flat_row % 1;
                    int j = 0;
                    int16 found = (int16)(0);
                    for (; j + 16 <= 128 && k0 + j + 16 <= 300; j += 16) {
                        const int key = k0 + j;
                        float16 one;
                        { const float16 mask_0 = *(__global const clgrad_float16*)(a2 + batch * 600 + head * 300 + key); one = mask_0; }
                        found |= one != (float16)(((float)(-INFINITY)));
                    }
                    for (int lane = 0; lane < 16; lane++) seen |= ((const int*)&found)[lane] != 0;
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
        { const float16 lanes = (*(float16*)(sums + (at) * 16)); const float8 lanes_8 = lanes.lo + lanes.hi; const float4 lanes_8_4 = lanes_8.lo + lanes_8.hi; const float2 lanes_8_4_2 = lanes_8_4.lo + lanes_8_4.hi; sum = lanes_8_4_2.s0 + lanes_8_4_2.s1; }
        const float factor = sum == 0 ? 0 : 1 / sum;
        const int place = (batch * 2 + head) * 20;
        for (int n = 0; n < 20; n++) {
            a3[place + row * 20 + n] = means[(at) * 32 + n] * factor;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global const float* restrict a2, __global float* restrict a3, __global long* faults) {
    NAME_item(a0, a1, a2, a3, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
