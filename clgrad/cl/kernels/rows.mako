<%doc>
rows: reductions along contiguous data, with maps before, between and after them (softmax, layer
normalisation, cross-entropy and their gradients), and plain reductions.

    rows (kept axes) x inner axes, of which the last is the lane axis (vectors of `width`)

On a CPU a work-item takes `rows_per_item` rows; a row stays in the first cache between passes. On a
GPU a group of `group` work-items shares a row and folds its parts in local memory.

Each pass completes the reductions whose operands are ready; values of single elements are computed
anew in each pass. The lanes of an accumulator are folded in order, the remainder joins last.

Tuning: GRAIN (shapes.py); width, group (capabilities).
</%doc>
<%def name="over_inner(stage)">
%   for name, size in k.inner:
        for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
%   endfor
        {
%   if k.group > 1:
        for (${k.index} n = lid * ${k.width}; n + ${k.width} <= ${k.length}; n += ${k.width * k.group}) {
%   else:
        for (${k.index} n = 0; n + ${k.width} <= ${k.length}; n += ${k.width}) {
%   endif
            ${k.block(stage.lines, k.width)}
%   for number in stage.reduces:
            w${number} = ${k.writer.combine(number, f"w{number}", k.writer.name(kernel.lines[number].operands[0], k.width), k.width)};
%   endfor
            ${k.stores(stage.stores, k.width)}
        }
%   if k.remainder:
%     if k.group > 1:
        if (lid == 0)
%     endif
        for (${k.index} n = ${k.length - k.remainder}; n < ${k.length}; n++) {
            ${k.block(stage.lines, 1)}
%     for number in stage.reduces:
            v${number} = ${k.writer.combine(number, f"v{number}", k.writer.name(kernel.lines[number].operands[0]), 1)};
%     endfor
            ${k.stores(stage.stores, 1)}
        }
%   endif
        }
</%def>
${k.head} {
% if k.group > 1:
    const int lid = get_local_id(0);
    const ${k.index} row = get_group_id(0);
%   for number, line in enumerate(kernel.lines):
%     if type(line).__name__ == "Reduce":
    __local ${k.type_of(number)} shared${number}[${k.group}];
%     endif
%   endfor
    {
% else:
    const ${k.index} row0 = (${k.index})${k.id(0)} * ${k.rows_per_item};
    for (${k.index} row = row0; row < row0 + ${k.rows_per_item} && row < ${k.rows}; row++) {
% endif
    ${k.unflatten("row", k.names, k.row_sizes)}
% for stage in k.stages:
    ${k.block(stage.row_lines, 1)}
%   for number in stage.reduces:
    ${k.type_of(number)} v${number} = ${k.writer.identity(number)};
    ${k.type_of(number, k.width)} w${number} = (${k.type_of(number, k.width)})(v${number});
%   endfor
    ${over_inner(stage)}
%   for number in stage.reduces:
%     if k.width == 1:
    v${number} = ${k.writer.combine(number, f"v{number}", f"w{number}", 1)};
%     else:
%       for lane in "0123456789abcdef"[:k.width]:
    v${number} = ${k.writer.combine(number, f"v{number}", f"w{number}.s{lane}", 1)};
%       endfor
%     endif
%     if k.group > 1:
    shared${number}[lid] = v${number};
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int half_group = ${k.group // 2}; half_group > 0; half_group /= 2) {
        if (lid < half_group) {
            const ${k.type_of(number)} left = shared${number}[lid], right = shared${number}[lid + half_group];
            shared${number}[lid] = ${k.writer.combine(number, "left", "right", 1)};
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    v${number} = shared${number}[0];
%     endif
%   endfor
% endfor
    ${k.block(k.last_lines, 1)}
% if k.group > 1:
    if (lid == 0) {
% else:
    {
% endif
    ${k.stores(k.row_stores, 1)}
    }
    }
}
