// global (1,), local (1,)
__attribute__((min_vector_width(256)))
CLGRAD_ITEM void NAME_item(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    for (int run = item * 204; run < (item + 1) * 204 && run < 99; run++) {
        const int r = run / 1;
        const int begin = run % 1 * 20;
        const int size = begin + 20 < 20 ? 20 : 20 - begin;
        __global ulong* const sorted = a1 + r * 20 + begin;
        for (int n = 0; n < size; n++) {
            const int i = begin + n;
            const ulong x0 = a0[r * 20 + i];
            int at = n;
            for (; at > 0 && sorted[at - 1] >> 32 > x0 >> 32; at--) sorted[at] = sorted[at - 1];
            sorted[at] = x0;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
