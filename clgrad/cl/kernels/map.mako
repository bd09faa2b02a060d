<%doc>
map: elementwise work, one or several results; also gathers (an indirect load is a line like any other).

    rows (all axes but the last) x lane axis (the last, in vectors of `width`)

On a GPU a work-item takes one element, so that neighbours write neighbours. Where an operand lies the other way round,
the work-items of a group are a square of `tile` x `tile` elements: of each line of memory that they read, they use
`tile` elements at once.

On a CPU a work-item takes `rows_per_item` rows and a piece of the lane axis. The last
vector of a piece is moved back to end with the axis: elements that it shares with the one before
are computed twice and written with equal values, so there is no remainder loop. Only a kernel that
updates an argument in place has one: its values depend on the old ones, each is computed once. Where the last axis has
a few elements only, and elements are read for all of it, the axis before is the lane axis (gradients of windows that do
not overlap, in a third of the time; of windows that do, in a fifth), and where they are gathered one by one in any case
(weights of a phase, in half the time: a row costs as much as ten elements).

Results that no cache would hold are written past the caches (1.3 times as fast from 16 MB on, also if read next; slower below 8).

Tuning: GRAIN, LONGEST_LANE_AXIS, SHORT_LANE_AXIS, STREAM, TILE (shapes.py); width, group (capabilities).
Tried and not kept: a scalar remainder loop (doubles the text and so the build time, gains nothing).
</%doc>
<%def name="elements(width)">
        ${k.block(k.lane_lines, width)}
        ${k.stores(kernel.stores, width)}
</%def>
<%def name="on_gpu()">
    const ${k.index} item = ${k.id(0)};
% if k.tile == 1:
    if (item >= ${k.items}) return;
    ${k.unflatten("item", [*k.names, "n"], [*k.row_sizes, k.length])}
% else:
<% square, row = k.tile**2, k.names[-1] %>
    const ${k.index} nth = item / ${square}, outer = nth / ${k.tiles[0] * k.tiles[1]};
    const ${k.index} ${row} = nth / ${k.tiles[1]} % ${k.tiles[0]} * ${k.tile} + item % ${square} / ${k.tile};
    const ${k.index} n = nth % ${k.tiles[1]} * ${k.tile} + item % ${k.tile};
    if (item >= ${k.items} || ${row} >= ${k.row_sizes[-1]} || n >= ${k.length}) return;
    ${k.unflatten("outer", k.names[:-1], k.row_sizes[:-1])}
% endif
    ${k.block(k.uniform_lines, 1)}
    ${elements(1)}
</%def>
<%def name="on_cpu()">
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
</%def>
${k.head} {
% if k.capabilities.is_cpu:
    ${on_cpu()}
% else:
    ${on_gpu()}
% endif
}
