// global (1,), local (1,)
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    for (int run = item * 16; run < (item + 1) * 16 && run < 6; run++) {
        const int r = run / 2;
        const int begin = run % 2 * 250;
        const int size = begin + 250 < 500 ? 250 : 500 - begin;
        __global ulong* const sorted = a1 + r * 500 + begin;
        __global ulong* from = sorted;
        __global ulong* to = sorted + 1500;
        uint counts[4][256];
        for (int pass = 0; pass < 4; pass++)
            for (int value = 0; value < 256; value++) counts[pass][value] = 0;
        ulong last = 0;
        int descents = 0;
        for (int n = 0; n < size; n++) {
            const int i = begin + n;
            const ulong x0 = a0[r * 500 + i];
const ulong x1 = 2UL;
const ulong x2 = x0 * x1;
            const ulong key = x2 >> 32;
            descents |= last > key;
            last = key;
            sorted[n] = x2;
            for (int pass = 0; pass < 4; pass++) counts[pass][key >> pass * 8 & 255]++;
        }
        if (!descents) continue;
        for (int pass = 0; pass < 4; pass++) {
            const int shift = 32 + pass * 8;
            if (counts[pass][*from >> shift & 255] == size) continue;
            uint start = 0;
            for (int value = 0; value < 256; value++) {
                const uint count = counts[pass][value];
                counts[pass][value] = start;
                start += count;
            }
            for (int n = 0; n < size; n++) {
                const ulong pair = from[n];
                to[counts[pass][pair >> shift & 255]++] = pair;
            }
            __global ulong* const other = from;
            from = to;
            to = other;
        }
        if (from != sorted) for (int n = 0; n < size; n++) sorted[n] = from[n];
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
