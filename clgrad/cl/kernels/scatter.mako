<%doc>
scatter: rows of a copy of x, added to or replaced at the rows that an index names.

A work-item owns a range of result rows and reads all indices in order, so no two write to one place:
there are no atomics, and sums are added in the same order every time. Work grows with the number of
ranges times the number of indices; ranges are few.

Tuning: ranges (shapes.py).
</%doc>
<%def name="over_inner()">
% for name, size in k.inner:
        for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
% endfor
</%def>
<% place = k.writer.address(k.result.view) %>
${k.head} {
    const ${k.index} first = (${k.index})${k.id(0)} * ${k.rows_per_item};
    const ${k.index} last = first + ${k.rows_per_item} < ${k.rows} ? first + ${k.rows_per_item} : ${k.rows};
    for (${k.index} r = first; r < last; r++)
${over_inner()}
        { ${k.operand(k.table)} a${k.result.argument}[${place}] = ${k.stored(k.table, k.table_value)}; }
    for (${k.index} s = 0; s < ${k.count}; s++) {
        ${k.operand(k.indices)}
        const ${k.index} r = ${k.indices.name(k.index_value)};
        if (r < first || r >= last) continue;
${over_inner()}
        { ${k.operand(k.values)} a${k.result.argument}[${place}] ${"+=" if k.adds else "="} ${k.stored(k.values, k.values_value)}; }
    }
}
