<%doc>
columns: reductions over leading axes. Neighbouring lanes hold neighbouring results, and each lane folds
its own row: loads are contiguous, and no lanes are added up at the end.

    rows (kept axes but the last) x lane axis (the last kept axis) x inner axes (serial loops)

Each pass over the inner axes completes the reductions whose operands are ready; values of single
elements are computed anew in each pass, which costs less than keeping them.

Tuning: GRAIN, LONGEST_LANE_AXIS (shapes.py); width (capabilities).
</%doc>
${k.head} {
    const ${k.index} first = (${k.index})${k.id(0)} * ${k.piece};
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
    for (${k.index} step = first; step < first + ${k.piece} && step < ${k.length}; step += ${k.width}) {
        const ${k.index} n = step <= ${k.length - k.width} ? step : ${k.length - k.width};
% for stage in k.stages:
        ${k.block(stage.row_lines, k.width)}
%   for number in stage.reduces:
        ${k.type_of(number, k.width)} v${number} = (${k.type_of(number, k.width)})(${k.writer.identity(number)});
%   endfor
%   for name, size in k.inner:
        for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
%   endfor
        {
            ${k.block(stage.lines, k.width)}
%   for number in stage.reduces:
            v${number} = ${k.writer.combine(number, f"v{number}", k.writer.name(kernel.lines[number].operands[0], k.width), k.width)};
%   endfor
            ${k.stores(stage.stores, k.width)}
        }
% endfor
        ${k.block(k.last_lines, k.width)}
        ${k.stores(k.row_stores, k.width)}
    }
    }
}
