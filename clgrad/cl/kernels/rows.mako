<%doc>
rows: reductions along contiguous data, with maps before, between and after them (softmax, layer
normalisation, cross-entropy and their gradients), and plain reductions.

    rows (kept axes) x inner axes, of which the last is the lane axis (vectors of `width`)

On a CPU a work-item takes `rows_per_item` rows; a row stays in the first cache between passes. On a
GPU a group of `group` work-items shares a row and folds its parts in local memory.

Each pass completes the reductions whose operands are ready. Values of single elements are computed anew in
each pass, but a dear one (an exponential) is kept in private memory for the passes after. A light pass
folds into several accumulators by turns, so that it does not wait for each sum; the lanes of an
accumulator are folded by halves, and the remainder, element by element, joins last.

Tuning: GRAIN, ACCUMULATORS, LIGHT, KEPT (shapes.py); width, group (capabilities).
Tried and not kept: prefetching ahead in the row, four streams in one row (both within noise of this).
</%doc>
<%def name="elements(stage, width)">
% for number in stage.reads:
            const ${k.type_of(number, width)} v${number} = ${k.kept(number, width)};
% endfor
            ${k.block(stage.lines, width)}
% for number in stage.keeps:
            ${k.kept(number, width)} = v${number};
% endfor
% for number in stage.reduces:
<% left = f"v{number}" if width == 1 else f"w{number}" + ("[turn]" if stage.turns > 1 else "") %>
            ${left} = ${k.writer.combine(number, left, k.writer.name(kernel.lines[number].operands[0], width), width)};
% endfor
            ${k.stores(stage.stores, width)}
</%def>
<%def name="over_inner(stage)">
%   for name, size in k.inner:
        for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
%   endfor
        {
%   if k.width > 1:
%     if stage.turns > 1:
        for (${k.index} step = 0; step < ${k.length - k.remainder}; step += ${k.width * stage.turns})
        #pragma unroll
        for (int turn = 0; turn < ${stage.turns}; turn++) {
            const ${k.index} n = step + turn * ${k.width};
%     elif k.group > 1:
        for (${k.index} n = lid * ${k.width}; n + ${k.width} <= ${k.length}; n += ${k.width * k.group}) {
%     else:
        for (${k.index} n = 0; n + ${k.width} <= ${k.length}; n += ${k.width}) {
%     endif
            ${elements(stage, k.width)}
        }
%   endif
%   if k.remainder:
%     if k.width > 1 and k.group > 1:
        if (lid == 0)
%     endif
        for (${k.index} n = ${k.first_of_remainder}; n < ${k.length}; n += ${k.group if k.width == 1 else 1}) {
            ${elements(stage, 1)}
        }
%   endif
        }
</%def>
${k.head} {
% for number in k.all_kept:
    ${k.type_of(number)} kept${number}[${k.row_length}];
% endfor
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
%     if k.width > 1:
    ${k.accumulators(number, stage.turns)}
%     endif
%   endfor
    ${over_inner(stage)}
%   for number in stage.reduces:
%     if k.width > 1:
    ${k.fold(number, stage.turns)}
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
