<%doc>
panel: what products on a CPU copy of B first, `columns` wide, so that its vectors follow each other: as it lies, in turned
blocks where it is contiguous along k, or, where it `gathers`, number by number from wherever its elements are.
</%doc>
<%def name="pack()">
<% kind = k.vector(k.total, k.tile_width) %>
% if k.gathers:
        ${k.total.c}* const element = (${k.total.c}*)panel;
        ${k.index} places[${k.columns}];
        for (int lane = 0; lane < ${k.columns}; lane++) {
            const ${k.index} n = n0 + lane;
            ${k.place("n")}
            places[lane] = place;
        }
        for (${k.index} k = ${"k0" if k.splits else "0"}; k < ${"k1" if k.splits else k.depth}; k++) {
            ${k.place("k")}
            for (int lane = 0; lane < ${k.columns}; lane++)
                element[(k - ${"k0" if k.splits else "0"}) * ${k.columns} + lane] = ${k.element("places[lane] + place")};
        }
% elif k.transposes:
<% turned = k.vector(k.total, k.turn) %>
        ${k.total.c}* const element = (${k.total.c}*)panel;
        for (${k.index} lane = 0; lane < ${k.columns}; lane += ${k.turn}) {
            ${k.index} k = ${"k0" if k.splits else "0"};
            for (; k + ${k.turn} <= ${"k1" if k.splits else k.depth}; k += ${k.turn}) {
%   for row in range(k.turn):
                ${turned} r${row}; { const ${k.index} n = n0 + lane + ${row}; ${k.operand(k.b_down, k.turn)} r${row} = ${k.value(k.b_down, k.b_value, k.turn)}; }
%   endfor
%   for text in k.transposed("r", "t"):
                ${text}
%   endfor
%   for row, name in enumerate(k.transposed_names):
                *(${turned}*)(element + (k + ${row} - ${"k0" if k.splits else "0"}) * ${k.columns} + lane) = ${name};
%   endfor
            }
%   if k.depth % k.turn or k.panel_depth % k.turn:
            for (; k < ${"k1" if k.splits else k.depth}; k++)
            for (${k.index} n = n0 + lane; n < n0 + lane + ${k.turn}; n++) {
                ${k.operand(k.b_down, 1)}
                element[(k - ${"k0" if k.splits else "0"}) * ${k.columns} + n - n0] = ${k.value(k.b_down, k.b_value, 1)};
            }
%   endif
        }
% else:
        for (${k.index} k = ${"k0" if k.splits else "0"}; k < ${"k1" if k.splits else k.depth}; k++)
        for (${k.index} v = 0; v < ${k.vectors}; v++) {
            const ${k.index} n = n0 + v * ${k.tile_width};
            ${k.operand(k.b, k.tile_width)}
            panel[(k - ${"k0" if k.splits else "0"}) * ${k.vectors} + v] = ${k.value(k.b, k.b_value, k.tile_width)};
        }
% endif
</%def>
