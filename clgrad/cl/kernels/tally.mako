<%doc>
tally: for each row, the sums of weights by bin.

A work-item takes whole rows and adds to their bins in the result, in order: nobody else writes there.

Tuning: none; how many rows there are is chosen by compose/selection.py.
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} r = item * ${k.per_item}; r < (item + 1) * ${k.per_item} && r < ${k.rows}; r++) {
        for (${k.index} bin = 0; bin < ${k.bins}; bin++) ${k.result}[r * ${k.bins} + bin] = 0;
        for (${k.index} i = 0; i < ${k.length}; i++) {
            ${k.bin.lines}
            if (${k.bin.value} < 0 || ${k.bin.value} >= ${k.bins}) continue;
            ${k.weights.lines}
            ${k.result}[r * ${k.bins} + ${k.bin.value}] += ${k.weights.value};
        }
    }
}
