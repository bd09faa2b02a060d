// global (1,), local (1,)
__attribute__((min_vector_width(512)))
CLGRAD_ITEM void NAME_item(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults, const int id0, const int id1, const int id2) {
    const int item = id0;
    for (int run = item * 8; run < (item + 1) * 8 && run < 3; run++) {
        const int r = run / 1;
        const int begin = run % 1 * 500;
        const int end = begin + 500 < 500 ? begin + 500 : 500;
        const int size = end - begin < 10 ? end - begin : 10;
        __global ulong* const best = a1 + run * 10;
        for (int i = begin; i < begin + size; i++) {
            const ulong x0 = a0[r * 500 + i];
            best[i - begin] = x0;
        }
        for (int place = size; place < 10; place++) best[place] = ~0UL;
        for (int root = size / 2 - 1; root >= 0; root--) {
            const ulong value = best[root];
            int hole = root;
                for (;;) {
                    int child = 2 * hole + 1;
                    if (child >= size) break;
                    child += child + 1 < size && best[child + 1] > best[child];
                    if (best[child] <= value) break;
                    best[hole] = best[child];
                    hole = child;
                }
                best[hole] = value;
        }
        for (int strip = begin + size; strip < end; strip += 64) {
            const int stop = strip + 64 < end ? strip + 64 : end;
            if (stop == strip + 64) {
                const ulong largest = best[0];
                ulong smaller = 0;
                for (int i = strip; i < strip + 64; i++) {
                    const ulong x0 = a0[r * 500 + i];
                    smaller |= x0 < largest;
                }
                if (!smaller) continue;
            }
            for (int i = strip; i < stop; i++) {
                const ulong x0 = a0[r * 500 + i];
                if (x0 >= best[0]) continue;
                int hole = 0;
                for (;;) {
                    int child = 2 * hole + 1;
                    if (child >= size) break;
                    child += child + 1 < size && best[child + 1] > best[child];
                    if (best[child] <= x0) break;
                    best[hole] = best[child];
                    hole = child;
                }
                best[hole] = x0;
            }
        }
        for (int last = size - 1; last > 0; last--) {
            const ulong value = best[last];
            best[last] = best[0];
            int hole = 0;
                for (;;) {
                    int child = 2 * hole + 1;
                    if (child >= last) break;
                    child += child + 1 < last && best[child + 1] > best[child];
                    if (best[child] <= value) break;
                    best[hole] = best[child];
                    hole = child;
                }
                best[hole] = value;
        }
    }
}
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    NAME_item(a0, a1, faults, get_global_id(0), get_global_id(1), get_global_id(2));
}
