<%doc>
search: how many elements of a sorted row stand before each of its values.

A work-item looks up a range of values. The steps are powers of two, so there are as many for each value, and none
of them waits for a guess. A NaN stands behind all others.

Tuning: LOOKUPS (orders.py).
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} n = item * ${k.per_item}; n < (item + 1) * ${k.per_item} && n < ${k.total}; n++) {
        const ${k.index} r = n / ${k.count}, i = n % ${k.count};
        ${k.values.lines}
        ${k.index} low = 0;
        for (${k.index} step = ${k.step}; step > 0; step >>= 1) {
            const ${k.index} last = low + step - 1;
            const ${k.index} s = last < ${k.length} ? last : ${k.length - 1};
            ${k.sequence.lines}
            const int before = !(${k.sequence.value} ${">" if k.right else ">="} ${k.values.value});
            low += before && last < ${k.length} ? step : 0;
        }
        ${k.result}[n] = low;
    }
}
