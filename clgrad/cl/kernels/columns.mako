<%doc>
columns: reductions over leading axes. Neighbouring lanes hold neighbouring results, and each lane folds
its own row: loads are contiguous, and no lanes are added up at the end.

    rows (kept axes but the last) x strips of the lane axis (the last kept axis) x inner axes (serial) x slots

A work-item folds whole pieces of memory rows into a strip of accumulators that stays in the first cache:
`slots` vectors, side by side. What later passes need of a row's values is kept there too. The last slot
is moved back to end with the axis; it has accumulators of its own, so what it shares with the slot
before is only computed twice. A kernel that updates an argument in place has a width that divides the axis.

Each pass over the inner axes completes the reductions whose operands are ready; values of single
elements are computed anew in each pass, which costs less than keeping them. A long sum is made of blocks, which are
added up with what is lost by rounding.

Tuning: strip (measured, else STRIP); GRAIN (shapes.py); CHAIN, SHORT_ROW (reductions.py); width (capabilities).
Tried and not kept: a vector of accumulators in registers that walks down the rows (a fifth of this speed at 4096 x
4096: each step is a new page); accumulators of so few slots are unrolled, and stay in registers all the same. Strips of
256 and less (1.06 to 1.4 times the time at 4096 x 1024).
</%doc>
<%def name="over_slots(reads)">
% if k.slots <= 4:
        #pragma unroll
% endif
        for (int slot = 0; slot < slots; slot++) {
            const ${k.index} at = first + slot * ${k.width}, n = at <= ${k.length - k.width} ? at : ${k.length - k.width};
%   for number in reads:
            const ${k.type_of(number, k.width)} v${number} = r${number}[slot];
%   endfor
            ${caller.body()}
        }
</%def>
<%def name="elements(stage)">
    {
        ${k.block(k.uniform(stage.lines), 1)}
        <%self:over_slots reads="${k.reads(stage.lines, stage.roots(kernel))}">
            ${k.block(k.varying(stage.lines), k.width)}
%   for number in stage.reduces:
            r${number}[slot] = ${k.writer.combine(number, f"r{number}[slot]", k.writer.name(kernel.lines[number].operands[0], k.width), k.width)};
%   endfor
            ${k.stores(stage.stores, k.width)}
        </%self:over_slots>
    }
</%def>
${k.head} {
    const ${k.index} first = (${k.index})${k.id(0)} * ${k.piece};
% if k.last_slots == k.slots:
    const int slots = ${k.slots};
% else:
    const int slots = first <= ${k.length - k.piece} ? ${k.slots} : ${k.last_slots};
% endif
% for number in k.kept:
    ${k.type_of(number, k.width)} r${number}[${k.slots}];
% endfor
% for stage in k.stages:
%   for number in k.sums(stage):
    ${k.type_of(number, k.width)} t${number}[${k.slots}], lost${number}[${k.slots}];
%   endfor
% endfor
% if k.rows > 1:
    const ${k.index} row0 = (${k.index})${k.id(1)} * ${k.rows_per_item};
    for (${k.index} row = row0; row < row0 + ${k.rows_per_item} && row < ${k.rows}; row++) {
    ${k.unflatten("row", k.names, k.row_sizes)}
% else:
    {
%   for name in k.names:
    const ${k.index} ${name} = 0;
%   endfor
% endif
    ${k.block(k.uniform_rows, 1)}
% for stage in k.stages:
    <%self:over_slots reads="${k.reads(stage.row_lines, [])}">
            ${k.block(stage.row_lines, k.width)}
%   for number in stage.row_lines:
%     if number in k.kept:
            r${number}[slot] = v${number};
%     endif
%   endfor
%   for number in stage.reduces:
            r${number}[slot] = (${k.type_of(number, k.width)})(${k.writer.identity(number)});
%   endfor
    </%self:over_slots>
%   if stage.cut is None:
%     for name, size in k.inner:
    for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
%     endfor
    ${elements(stage)}
%   else:
<% cut, size = k.inner[stage.cut] %>
    <%self:over_slots reads="${[]}">
%     for number in k.sums(stage):
            t${number}[slot] = lost${number}[slot] = (${k.type_of(number, k.width)})(0);
%     endfor
    </%self:over_slots>
%     for name, length in k.inner[:stage.cut]:
    for (${k.index} ${name} = 0; ${name} < ${length}; ${name}++)
%     endfor
    for (${k.index} block = 0; block < ${size}; block += ${stage.block}) {
    <%self:over_slots reads="${[]}">
%     for number in k.sums(stage):
            r${number}[slot] = (${k.type_of(number, k.width)})(0);
%     endfor
    </%self:over_slots>
    for (${k.index} ${cut} = block; ${cut} < block + ${stage.block} && ${cut} < ${size}; ${cut}++)
%     for name, length in k.inner[stage.cut + 1:]:
    for (${k.index} ${name} = 0; ${name} < ${length}; ${name}++)
%     endfor
    ${elements(stage)}
    <%self:over_slots reads="${[]}">
%     for number in k.sums(stage):
            ${k.add_up(number)}
%     endfor
    </%self:over_slots>
    }
    <%self:over_slots reads="${[]}">
%     for number in k.sums(stage):
            r${number}[slot] = ${k.settled(number)};
%     endfor
    </%self:over_slots>
%   endif
% endfor
    <%self:over_slots reads="${k.reads(k.last_lines, [store.line for store in k.row_stores])}">
        ${k.block(k.last_lines, k.width)}
        ${k.stores(k.row_stores, k.width)}
    </%self:over_slots>
    }
}
