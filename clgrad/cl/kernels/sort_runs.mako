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
% for number, shift, values in k.passes:
        uint counts${number}[${values}];
        for (int value = 0; value < ${values}; value++) counts${number}[value] = 0;
% endfor
        ulong last = 0;
        int descents = 0;
        for (${k.index} n = 0; n < size; n++) {
            const ${k.index} i = begin + n;
            ${k.pairs.lines}
            descents |= last > ${k.pairs.value} >> 32;
            last = ${k.pairs.value} >> 32;
            sorted[n] = ${k.pairs.value};
% for number, shift, values in k.passes:
            counts${number}[${k.pairs.value} >> ${shift} & ${values - 1}]++;
% endfor
        }
        if (!descents) continue;
% for number, shift, values in k.passes:
        if (counts${number}[*from >> ${shift} & ${values - 1}] != size) {
            uint start = 0;
            for (int value = 0; value < ${values}; value++) {
                const uint count = counts${number}[value];
                counts${number}[value] = start;
                start += count;
            }
            for (${k.index} n = 0; n < size; n++) {
                const ulong pair = from[n];
                to[counts${number}[pair >> ${shift} & ${values - 1}]++] = pair;
            }
            __global ulong* const other = from;
            from = to;
            to = other;
        }
% endfor
        if (from != sorted) for (${k.index} n = 0; n < size; n++) sorted[n] = from[n];
% endif
    }
}
