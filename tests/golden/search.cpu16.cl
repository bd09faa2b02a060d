// global (2,), local (1,)
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const float* restrict a0, __global const float* restrict a1, __global long* restrict a2, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    for (int first = item * 256; first < (item + 1) * 256 && first < 270; first += 32) {
        float sought[32];
        int rows[32], low[32];
        for (int one = 0; one < 32; one++) {
            const int n = first + one < 270 ? first + one : 269;
            const int r = n / 90, i = n % 90;
            const float y0 = a1[r * 90 + i];
const float y1 = 2.0f;
const float y2 = y0 * y1;
            sought[one] = y2;
            rows[one] = r;
            low[one] = 0;
        }
        for (int step = 64; step > 0; step >>= 1) {
            for (int one = 0; one < 32; one++) {
                const int r = rows[one];
                const int last = low[one] + step - 1;
                const int s = last < 70 ? last : 69;
                const float x0 = a0[r * 70 + s];
                const int before = !(x0 >= sought[one]);
                low[one] += before && last < 70 ? step : 0;
            }
        }
        for (int one = 0; one < 32 && first + one < 270; one++) a2[first + one] = low[one];
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const float* restrict a0, __global const float* restrict a1, __global long* restrict a2, __global long* faults) {
    NAME_item(a0, a1, a2, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
