<%doc>
top_runs: the first pairs, by their upper halves, of each run of a row; equal ones keep their order.

A work-item looks through whole runs and keeps the best in order, in an array of its own. Once it is full, most pairs
come after all of those and cost one comparison. Where a run has too few, all ones are left in the last places.

Tuning: the runs' length and the count, by compose/order.py.
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} run = item * ${k.per_item}; run < (item + 1) * ${k.per_item} && run < ${k.rows * k.runs}; run++) {
        const ${k.index} r = run / ${k.runs};
        const ${k.index} begin = run % ${k.runs} * ${k.run};
        const ${k.index} end = begin + ${k.run} < ${k.length} ? begin + ${k.run} : ${k.length};
        ulong best[${k.count}];
        for (int place = 0; place < ${k.count}; place++) best[place] = ~0UL;
        for (${k.index} i = begin; i < end; i++) {
            ${k.pairs.lines}
            if (i - begin >= ${k.count} && ${k.pairs.value} >> 32 >= best[${k.count - 1}] >> 32) continue;
            int place = i - begin < ${k.count} ? i - begin : ${k.count - 1};
            for (; place > 0 && best[place - 1] >> 32 > ${k.pairs.value} >> 32; place--) best[place] = best[place - 1];
            best[place] = ${k.pairs.value};
        }
        for (int place = 0; place < ${k.count}; place++) ${k.result}[run * ${k.count} + place] = best[place];
    }
}
