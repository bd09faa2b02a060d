<%doc>
map: elementwise work, one or several results; also gathers (an indirect load is a line like any other).

    rows (all axes but the last) x lane axis (the last, in vectors of `width`)

A work-item takes `rows_per_item` rows and a piece of the lane axis; on a GPU, one vector. The last
vector of a piece is moved back to end with the axis: elements that it shares with the one before
are computed twice and written with equal values, so there is no remainder loop. Only a kernel that
updates an argument in place has one: its values depend on the old ones, each is computed once.

Results that no cache would hold are written past the caches (1.3 times as fast from 16 MB on, also if read next; slower below 8).

Tuning: GRAIN, LONGEST_LANE_AXIS, STREAM (shapes.py); width (capabilities).
Tried and not kept: a scalar remainder loop (doubles the text and so the build time, gains nothing).
</%doc>
<%def name="elements(width)">
        ${k.block(k.lane_lines, width)}
        ${k.stores(kernel.stores, width)}
</%def>
${k.head} {
    const ${k.index} first = (${k.index})${k.id(0)} * ${k.piece};
% if not k.capabilities.is_cpu:
    if (first >= ${k.length}) return;
% endif
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
    ${k.block(k.uniform_lines, 1)}
% if k.remainder:
    for (${k.index} n = first; n < first + ${k.piece} && n + ${k.width} <= ${k.length}; n += ${k.width}) {
        ${elements(k.width)}
    }
    if (first + ${k.piece} >= ${k.length})
    for (${k.index} n = ${k.length - k.remainder}; n < ${k.length}; n++) {
        ${elements(1)}
    }
% else:
    for (${k.index} step = first; step < first + ${k.piece} && step < ${k.length}; step += ${k.width}) {
        const ${k.index} n = step <= ${k.length - k.width} ? step : ${k.length - k.width};
        ${elements(k.width)}
    }
% endif
    }
}
