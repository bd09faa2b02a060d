<%doc>
rows: reductions along contiguous data, with maps before, between and after them (softmax, layer
normalisation, cross-entropy and their gradients), and plain reductions.

    rows (kept axes) x inner axes, of which the last is the lane axis (vectors of `width`)

A CPU's form; fold.mako is that of GPUs. A work-item takes `rows_per_item` rows; a row stays in the first cache
between passes.

Each pass completes the reductions whose operands are ready. Values of single elements are computed anew in
each pass, but a dear one (an exponential) is kept in private memory for the passes after. A light pass
folds into several accumulators by turns, so that it does not wait for each sum; the lanes of an
accumulator are folded by halves, and the remainder, element by element, joins last. A long sum is made of blocks,
which are added up with what is lost by rounding.

Tuning: accumulators and grain (measured, else ACCUMULATORS and GRAIN); LIGHT, KEPT, CHAIN (reductions.py); width
(capabilities).
Tried and not kept: prefetching ahead in the row, four streams in one row (both within noise of this). Eight
accumulators and a grain of 65536 take 0.90 to 0.94 of the time on 4096 rows of 1024 (sums, softmax, layer norm), so
they ship for the device that this was measured on; for 64 rows nothing was better by more than noise.
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
<% left = k.accumulator(stage, number, width) %>
            ${left} = ${k.writer.combine(number, left, k.writer.name(kernel.lines[number].operands[0], width), width)};
% endfor
            ${k.stores(stage.stores, width)}
</%def>
<%def name="vectors(stage, first, end)">
%   if k.width > 1:
%     if stage.turns > 1:
        for (${k.index} step = ${first}; step < ${end}; step += ${k.width * stage.turns})
        #pragma unroll
        for (int turn = 0; turn < ${stage.turns}; turn++) {
            const ${k.index} n = step + turn * ${k.width};
%     else:
        for (${k.index} n = ${first}; n + ${k.width} <= ${end}; n += ${k.width}) {
%     endif
            ${elements(stage, k.width)}
        }
%   endif
</%def>
<%def name="singles(stage, first, end)">
%   if k.remainder:
        for (${k.index} n = ${first}; n < ${end}; n += 1) {
            ${elements(stage, 1)}
        }
%   endif
</%def>
<%def name="over(axes)">
%   for name, size in axes:
        for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
%   endfor
</%def>
<%def name="over_inner(stage)">
        ${over(k.inner)}
        {
        ${vectors(stage, "0", k.length if stage.turns == 1 else k.length - k.remainder)}
        ${singles(stage, k.first_of_remainder, k.length)}
        }
</%def>
<%def name="over_blocks(stage)">
<%
    is_lane = stage.cut == len(k.inner)
    size = k.inner[stage.cut][1] if not is_lane else k.length - k.remainder if k.width > 1 else k.length
%>
        ${over(k.inner[:stage.cut])}
        {
        for (${k.index} block = 0; block < ${size}; block += ${stage.block}) {
            const ${k.index} last = block + ${stage.block} < ${size} ? block + ${stage.block} : ${size};
%   for number in stage.reduces:
            ${k.accumulators(stage, number)}
%   endfor
%   if is_lane and k.width > 1:
            ${vectors(stage, "block", "last")}
%   elif is_lane:
            ${singles(stage, "block", "last")}
%   else:
<% name = k.inner[stage.cut][0] %>
%     if k.width > 1 and k.remainder:
%       for number in stage.reduces:
            ${k.remainders(number)}
%       endfor
%     endif
            for (${k.index} ${name} = block; ${name} < last; ${name}++)
            ${over(k.inner[stage.cut + 1:])}
            {
            ${vectors(stage, "0", k.length if stage.turns == 1 else k.length - k.remainder)}
            ${singles(stage, k.first_of_remainder, k.length)}
            }
%     if k.width > 1 and k.remainder:
%       for number in stage.reduces:
            ${k.gather(stage, number, f"u{number}")}
%       endfor
%     endif
%   endif
%   for number in stage.reduces:
            ${k.fold(stage, number)}
%   endfor
        }
%   if is_lane and k.width > 1 and k.remainder:
%     for number in stage.reduces:
        ${k.remainders(number)}
%     endfor
        ${singles(stage, k.first_of_remainder, k.length)}
%     for number in stage.reduces:
        ${k.gather(stage, number, f"u{number}")}
%     endfor
%   endif
        }
%   for number in stage.reduces:
        ${k.settle(stage, number)}
%   endfor
</%def>
${k.head} {
% for number in k.all_kept:
    ${k.type_of(number)} kept${number}[${k.row_length}];
% endfor
    const ${k.index} row0 = (${k.index})${k.id(0)} * ${k.rows_per_item};
    for (${k.index} row = row0; row < row0 + ${k.rows_per_item} && row < ${k.rows}; row++) {
    ${k.unflatten("row", k.names, k.row_sizes)}
% for stage in k.stages:
    ${k.block(stage.row_lines, 1)}
%   for number in stage.reduces:
    ${k.totals(stage, number)}
%     if k.width > 1 and stage.cut is None:
    ${k.accumulators(stage, number)}
%     endif
%   endfor
%   if stage.cut is None:
    ${over_inner(stage)}
%   else:
    ${over_blocks(stage)}
%   endif
%   for number in stage.reduces:
%     if k.width > 1 and stage.cut is None:
    ${k.fold(stage, number)}
%     endif
%   endfor
% endfor
    ${k.block(k.last_lines, 1)}
    {
    ${k.stores(k.row_stores, 1)}
    }
    }
}
