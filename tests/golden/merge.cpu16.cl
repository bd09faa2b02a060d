// global (3,), local (1,)
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    if (item >= 3) return;
    const int r = item / 1;
    int place = item % 1 * 500;
    const int end = place + 500 < 500 ? place + 500 : 500;
    while (place < end) {
        const int left = place / 500 * 500;
        const int middle = left + 250 < 500 ? left + 250 : 500;
        const int right = middle + 250 < 500 ? middle + 250 : 500;
        const int stop = right < end ? right : end;
        int low = place - left > right - middle ? place - right + middle : left;
        int high = place < middle ? place : middle;
        while (low < high) {
            const int i = low + (high - low) / 2;
            const int j = middle + place - left - (i - left) - 1;
            const ulong x0 = a0[r * 500 + i];
            const ulong y0 = a0[r * 500 + j];
            if (x0 >> 32 <= y0 >> 32) low = i + 1;
            else high = i;
        }
        int from_left = low, from_right = middle + place - low;
        while (place < stop && from_left < middle && from_right < right) {
            const int i = from_left, j = from_right;
            const ulong x0 = a0[r * 500 + i];
            const ulong y0 = a0[r * 500 + j];
            const int takes_left = x0 >> 32 <= y0 >> 32;
            a1[r * 500 + place++] = takes_left ? x0 : y0;
            from_left += takes_left;
            from_right += !takes_left;
        }
        for (int i = from_left; place < stop && i < middle; i++) {
            const ulong x0 = a0[r * 500 + i];
            a1[r * 500 + place++] = x0;
        }
        for (int j = from_right; place < stop && j < right; j++) {
            const ulong y0 = a0[r * 500 + j];
            a1[r * 500 + place++] = y0;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
