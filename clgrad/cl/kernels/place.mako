<%doc>
place: values put at the places that an index names, each of which is named once; others are dropped.

A work-item takes a range of the values. No two go to one place, so nothing has to wait.

Tuning: none.
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    for (${k.index} i = item * ${k.per_item}; i < (item + 1) * ${k.per_item} && i < ${k.length}; i++) {
        ${k.index_of.lines}
        if (${k.index_of.value} < 0 || ${k.index_of.value} >= ${k.size}) continue;
        ${k.values.lines}
        ${k.result}[${k.index_of.value}] = ${k.values.value};
    }
}
