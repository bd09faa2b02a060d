<%doc>
search: how many elements of a sorted row stand before each of its values.

A work-item looks up a range of values. The steps are powers of two, so there are as many for each value, and none of
them waits for a guess. Several values are looked up side by side: while one waits for memory, the others go on.
A NaN stands behind all others.

Tuning: LOOKUPS, SIDE_BY_SIDE (orders.py).
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} first = item * ${k.per_item}; first < (item + 1) * ${k.per_item} && first < ${k.total}; first += ${k.together}) {
        ${k.kind} sought[${k.together}];
        ${k.index} rows[${k.together}], low[${k.together}];
        for (int one = 0; one < ${k.together}; one++) {
            const ${k.index} n = first + one < ${k.total} ? first + one : ${k.total - 1};
            const ${k.index} r = n / ${k.count}, i = n % ${k.count};
            ${k.values.lines}
            sought[one] = ${k.values.value};
            rows[one] = r;
            low[one] = 0;
        }
        for (${k.index} step = ${k.step}; step > 0; step >>= 1) {
            for (int one = 0; one < ${k.together}; one++) {
                const ${k.index} r = rows[one];
                const ${k.index} last = low[one] + step - 1;
                const ${k.index} s = last < ${k.length} ? last : ${k.length - 1};
                ${k.sequence.lines}
                const int before = !(${k.sequence.value} ${">" if k.right else ">="} sought[one]);
                low[one] += before && last < ${k.length} ? step : 0;
            }
        }
        for (int one = 0; one < ${k.together} && first + one < ${k.total}; one++) ${k.result}[first + one] = low[one];
    }
}
