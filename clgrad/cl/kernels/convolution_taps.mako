<%doc>
convolution_taps: convolution on a CPU with more taps than places: gradients of weights, whose taps are the places of a
gradient, and whose channels are images.

Data and weights are read in vectors along the taps, with `rows` outputs x `columns` places of vector accumulators,
whose lanes are added at the end.

    for each channel, for each `columns` of an item's places, for each row of taps, in vectors:
        rows + columns loads, rows x columns fused multiply-adds

So the weights of a channel stay in the first cache for all places of an item; accumulators wait in memory from channel
to channel. Lanes behind the end of a row of taps are zeros.

Tuning: rows, columns, block (convolutions.py).
</%doc>
<%def name="kind()">${k.vector(k.total, k.tile_width)}</%def>
<%def name="step(inside)">
% for column in range(k.columns):
                ${kind()} b${column}; { ${k.column(column)} ${k.operand(k.b, k.tile_width)} b${column} = ${k.value(k.b, k.b_value, k.tile_width)}; }
%   if inside:
                b${column} = ${inside} ? b${column} : (${kind()})(0);
%   endif
% endfor
% for row in range(k.rows):
                { const ${k.index} m = m0 + ${row}; ${k.operand(k.a, k.tile_width)} ${kind()} a = ${k.value(k.a, k.a_value, k.tile_width)};
%   if inside:
                  a = ${inside} ? a : (${kind()})(0);
%   endif
%   for column in range(k.columns):
                  c${row}_${column} = a * b${column} + c${row}_${column};
%   endfor
                }
% endfor
</%def>
${k.head} {
    const ${k.index} section = id2, first = id0 * ${k.span};
    const ${k.index} tiles = first + ${k.span} <= ${k.n} ? ${k.tiles} : (${k.n} - first + ${k.columns - 1}) / ${k.columns};
    const ${k.index} m0 = id1 * ${k.rows} <= ${k.m - k.rows} ? id1 * ${k.rows} : ${k.m - k.rows};
    ${kind()} kept[${k.tiles * k.rows * k.columns}];
    for (int at = 0; at < ${k.tiles * k.rows * k.columns}; at++) kept[at] = (${kind()})(0);
    for (${k.index} channel = 0; channel < ${k.channels}; channel++)
    for (${k.index} tile = 0; tile < tiles; tile++) {
        const ${k.index} n0 = (first + tile * ${k.columns}) <= ${k.n - k.columns} ? first + tile * ${k.columns} : ${k.n - k.columns};
        ${kind()}* const sums = kept + tile * ${k.rows * k.columns};
% for column in range(k.columns):
        ${k.column_place(column)}
% endfor
% for row in range(k.rows):
%   for column in range(k.columns):
        ${kind()} c${row}_${column} = sums[${row * k.columns + column}];
%   endfor
% endfor
% for name, size in zip(k.tap_names[:-1], k.taps[:-1]):
        for (${k.index} ${name} = 0; ${name} < ${size}; ${name}++)
% endfor
        {
% if k.whole:
            for (${k.index} kx = 0; kx < ${k.whole}; kx += ${k.tile_width}) {
                ${k.at_tap}
                ${step("")}
            }
% endif
% if k.taps[-1] > k.whole:
            {
                const ${k.index} kx = ${k.whole};
                ${k.at_tap}
                ${step(k.inside)}
            }
% endif
        }
% for row in range(k.rows):
%   for column in range(k.columns):
        sums[${row * k.columns + column}] = c${row}_${column};
%   endfor
% endfor
    }
    for (${k.index} tile = 0; tile < tiles; tile++)
    for (${k.index} row = 0; row < ${k.rows}; row++)
    for (${k.index} column = 0; column < ${k.columns}; column++) {
        const ${k.index} from = first + tile * ${k.columns}, n0 = from <= ${k.n - k.columns} ? from : ${k.n - k.columns};
        const ${k.index} m = m0 + row, n = n0 + column;
        if (n < from || m < id1 * ${k.rows}) continue;
        const ${kind()} c = kept[(tile * ${k.rows} + row) * ${k.columns} + column];
        ${k.total.c} sum;
        ${k.folded("c", k.tile_width, "sum")}
        ${k.epilogue("sum", 1)}
    }
}
