// global (3,), local (3,)
__kernel __attribute__((reqd_work_group_size(3, 1, 1)))
void NAME(__global const ulong* restrict a0, __global ulong* restrict a1, __global long* faults) {
    const int item = get_global_id(0);
    for (int run = item * 1; run < (item + 1) * 1 && run < 3; run++) {
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
        for (int strip = begin + size; strip < end; strip += 1) {
            const int stop = strip + 1 < end ? strip + 1 : end;
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
