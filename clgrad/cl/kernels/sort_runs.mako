<%doc>
sort_runs: each run of a row of pairs sorted by the pairs' upper halves; pairs with equal ones keep their order.

A work-item sorts whole runs. A short run is sorted by insertion, right in the result. Of a longer one the digits are
sorted one after the other, the lowest first: the values of all digits are counted while the pairs are read, then each
pass moves every pair from one half of the result to its place in the other. A digit that is the same for all, as
the upper ones of small integers are, needs no pass, and sorted pairs need none at all.

Tuning: INSERTED, LONG_RUN (orders.py).
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} run = item * ${k.per_item}; run < (item + 1) * ${k.per_item} && run < ${k.rows * k.runs}; run++) {
        const ${k.index} r = run / ${k.runs};
        const ${k.index} begin = run % ${k.runs} * ${k.run};
        const ${k.index} size = begin + ${k.run} < ${k.length} ? ${k.run} : ${k.length} - begin;
        __global ulong* const sorted = ${k.result} + r * ${k.length} + begin;
% if k.inserts:
        for (${k.index} n = 0; n < size; n++) {
            const ${k.index} i = begin + n;
            ${k.pairs.lines}
            ${k.index} at = n;
            for (; at > 0 && sorted[at - 1] >> 32 > ${k.pairs.value} >> 32; at--) sorted[at] = sorted[at - 1];
            sorted[at] = ${k.pairs.value};
        }
% else:
        __global ulong* from = sorted;
        __global ulong* to = sorted + ${k.rows * k.length};
        uint counts[${k.passes}][${1 << k.bits}];
        for (int pass = 0; pass < ${k.passes}; pass++)
            for (int value = 0; value < ${1 << k.bits}; value++) counts[pass][value] = 0;
        ulong last = 0;
        int descents = 0;
        for (${k.index} n = 0; n < size; n++) {
            const ${k.index} i = begin + n;
            ${k.pairs.lines}
            const ulong key = ${k.pairs.value} >> 32;
            descents |= last > key;
            last = key;
            sorted[n] = ${k.pairs.value};
            for (int pass = 0; pass < ${k.passes}; pass++) counts[pass][key >> pass * ${k.bits} & ${(1 << k.bits) - 1}]++;
        }
        if (!descents) continue;
        for (int pass = 0; pass < ${k.passes}; pass++) {
            const int shift = 32 + pass * ${k.bits};
            if (counts[pass][*from >> shift & ${(1 << k.bits) - 1}] == size) continue;
            uint start = 0;
            for (int value = 0; value < ${1 << k.bits}; value++) {
                const uint count = counts[pass][value];
                counts[pass][value] = start;
                start += count;
            }
            for (${k.index} n = 0; n < size; n++) {
                const ulong pair = from[n];
                to[counts[pass][pair >> shift & ${(1 << k.bits) - 1}]++] = pair;
            }
            __global ulong* const other = from;
            from = to;
            to = other;
        }
        if (from != sorted) for (${k.index} n = 0; n < size; n++) sorted[n] = from[n];
% endif
    }
}
