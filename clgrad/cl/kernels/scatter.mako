<%doc>
scatter: rows of a copy of x, combined with others or replaced at the rows that an index names.

A work-item owns a range of result rows and reads all indices in order, so no two write to one place:
there are no atomics, and elements are combined in the same order every time. Where the result takes the place of x
(memory.py), nothing is copied.

    CPU: a range for each core (some for each where rows are wide). Of a block of indices those that lie in the
         range are listed first, without a branch, since nobody could predict it; then the list is worked off.
    GPU: one column of a range a work-item. All indices are read by each: the work grows with ranges x indices, so this
         is for few of them; more are sorted first (sorting.py), and combined by scatter_sorted.mako.

Tuning: WIDE, GROUPS_PER_UNIT (scatters.py), STREAM (shapes.py); BLOCK below.
</%doc>
<% BLOCK = 256 %>
<%def name="over(axes)">
% for name, size in axes:
    for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
% endfor
</%def>
<%def name="fill()">
% if not k.in_place:
%   if k.inner:
    for (${k.index} r = first; r < last; r++)
    ${over(k.inner[:-1])}
%   endif
    {
        ${k.index} at = ${"0" if k.inner else "first"};
        const ${k.index} end = ${k.inner[-1][1] if k.inner else "last"};
        for (; at + ${k.width} <= end; at += ${k.width}) { const ${k.index} ${k.lane_name} = at; ${k.fill(k.width)} }
%   if k.width > 1 and (not k.inner or k.inner[-1][1] % k.width):
        for (; at < end; at++) { const ${k.index} ${k.lane_name} = at; ${k.fill(1)} }
%   endif
    }
% endif
</%def>
${k.head} {
% if k.capabilities.is_cpu:
    const ${k.index} first = (${k.index})${k.id(0)} * ${k.rows_per_item};
% else:
    const ${k.index} item = ${k.id(0)};
    if (item >= ${k.ranges * k.row_size}) return;
%   if k.inner:
    const ${k.index} column = item % ${k.row_size};
    ${k.unflatten("column", [name for name, _ in k.inner], [size for _, size in k.inner])}
%   endif
    const ${k.index} first = item / ${k.row_size} * ${k.rows_per_item};
% endif
    const ${k.index} last = first + ${k.rows_per_item} < ${k.rows} ? first + ${k.rows_per_item} : ${k.rows};
% if not k.capabilities.is_cpu:
%   if not k.in_place:
    for (${k.index} r = first; r < last; r++) { ${k.fill(1)} }
%   endif
    ${over(k.places)} {
        ${k.row}
        if (r >= first && r < last) {
            ${k.update}
        }
    }
% elif k.ranges == 1:
    ${fill()}
    ${over(k.places)} {
        ${k.row}
        ${over(k.inner)} { ${k.update} }
    }
% else:
    ${fill()}
<% name, size = k.places[-1] if k.places else ("s", 1) %>
    ${over(k.places[:-1])}
    for (${k.index} block = 0; block < ${size}; block += ${BLOCK}) {
        ${k.index} rows[${BLOCK}], numbers[${BLOCK}];
        const ${k.index} end = block + ${BLOCK} < ${size} ? block + ${BLOCK} : ${size};
        int found = 0;
        for (${k.index} ${name} = block; ${name} < end; ${name}++) {
            ${k.row}
            rows[found] = r;
            numbers[found] = ${name};
            found += (r >= first) & (r < last);
        }
        for (int n = 0; n < found; n++) {
            const ${k.index} r = rows[n], ${name} = numbers[n];
            ${over(k.inner)} { ${k.update} }
        }
    }
% endif
}
