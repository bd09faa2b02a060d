<%doc>
top_runs: the smallest numbers of each run of a row, in order.

A work-item looks through whole runs and keeps the smallest in a heap, whose root is the largest of them, in the result
itself. Once it is full, most numbers are larger than its root: a strip of them is looked at in vectors, and only where
one is smaller once more, one by one. At the end the heap is sorted: the root goes last, again and again.
Where a run has too few numbers, all ones are left in the last places.

Tuning: STRIP_LOOKED (orders.py); the runs' length and the count, by compose/order.py.
</%doc>
<%def name="sink(value, size)">
                for (;;) {
                    int child = 2 * hole + 1;
                    if (child >= ${size}) break;
                    child += child + 1 < ${size} && best[child + 1] > best[child];
                    if (best[child] <= ${value}) break;
                    best[hole] = best[child];
                    hole = child;
                }
                best[hole] = ${value};
</%def>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} run = item * ${k.per_item}; run < (item + 1) * ${k.per_item} && run < ${k.rows * k.runs}; run++) {
        const ${k.index} r = run / ${k.runs};
        const ${k.index} begin = run % ${k.runs} * ${k.run};
        const ${k.index} end = begin + ${k.run} < ${k.length} ? begin + ${k.run} : ${k.length};
        const int size = end - begin < ${k.count} ? end - begin : ${k.count};
        __global ulong* const best = ${k.result} + run * ${k.count};
        for (${k.index} i = begin; i < begin + size; i++) {
            ${k.pairs.lines}
            best[i - begin] = ${k.pairs.value};
        }
        for (int place = size; place < ${k.count}; place++) best[place] = ~0UL;
        for (int root = size / 2 - 1; root >= 0; root--) {
            const ulong value = best[root];
            int hole = root;
            ${sink("value", "size")}
        }
        for (${k.index} strip = begin + size; strip < end; strip += ${k.strip}) {
            const ${k.index} stop = strip + ${k.strip} < end ? strip + ${k.strip} : end;
% if k.strip > 1:
            if (stop == strip + ${k.strip}) {
                const ulong largest = best[0];
                ulong smaller = 0;
                for (${k.index} i = strip; i < strip + ${k.strip}; i++) {
                    ${k.pairs.lines}
                    smaller |= ${k.pairs.value} < largest;
                }
                if (!smaller) continue;
            }
% endif
            for (${k.index} i = strip; i < stop; i++) {
                ${k.pairs.lines}
                if (${k.pairs.value} >= best[0]) continue;
                int hole = 0;
                ${sink(k.pairs.value, "size")}
            }
        }
        for (int last = size - 1; last > 0; last--) {
            const ulong value = best[last];
            best[last] = best[0];
            int hole = 0;
            ${sink("value", "last")}
        }
    }
}
