<%doc>
convolution_combined: convolution of three taps on a CPU with half the products along the first axis (ops/winograd.py),
any maps on the result.

A work-item copies the weights of `columns` outputs to a panel (_panel.mako) and combines them, six vectors of three. For
each block of lines, which are rows of windows, it combines the data, six rows of as many; then computes tile after tile
of `rows` places: the lines' and some along x.

    for each of 6 terms, for each channel, for each tap along x:   `vectors` vectors of combined weights; `rows` scalars
                                      of combined data, at constant distances, rows x vectors fused multiply-adds

Of the sums of six terms four rows of the result are combined. Nothing but the data, the weights and the result is in
memory: data, weights and sums on their way stay in the second cache (as three kernels it took 1.1 times as long, and up
to 2.5 times where neighbours use the memory).

Tuning: places, vectors (combined.py).
</%doc>
<%namespace name="panel" file="_panel.mako"/>
<%
kind, T, lanes = k.vector(k.total, k.tile_width), k.total.c, k.lanes
data = k.vector(k.total, lanes)
block, taps = k.counts[0] * k.padded_width, k.taps[1]
sums = k.rows * k.vectors
%>
<%def name="combine_data(is_edge)">
                for (${k.index} channel = 0; channel < ${k.channels}; channel++)
                for (${k.index} step = 0; step < ${k.data_width}; step += ${lanes}) {
                    const ${k.index} x = step <= ${k.data_width - lanes} ? step : ${k.data_width - lanes};
% for row in range(k.terms):
<% read = k.data_row(f"(y + {row})") %>
                    const ${data} d${row} = ${f"y + {row} >= 0 && y + {row} < {k.height} ? {read} : ({data})(0)" if is_edge else read};
% endfor
                    ${T}* const to = rows + channel * ${block} + (line - line0) * ${k.padded_width} + ${k.left} + x;
% for text in k.for_data:
                    ${k.writer.private("to", str(loop.index * k.channels * block), k.total, lanes)} = ${text};
% endfor
                }
</%def>
<% numbers = ["section", "n0", "id0", "line_tile", "line0", "window_place", "tile", "x0"] %>
<%def name="finish()">
                // What overlaps the column tile, the lines or the places before has been written.
                for (${k.index} line = line_tile * ${k.counts[0]}; line < line0 + ${k.counts[0]}; line++) {
                    const ${k.index} image = line / ${k.windows}, y = line % ${k.windows} * ${k.window_places} + window_place;
                    if (y >= ${k.spatial[0]}) continue;
                    for (${k.index} lane = id0 * ${k.columns} - n0; lane < ${k.columns}; lane++) {
                    const ${k.index} output = section * ${k.n} + n0 + lane;
                    const ${T}* const values = (const ${T}*)turned + lane * ${k.turned_rows} + (line - line0) * ${k.counts[1]};
% if k.kernel.updates:
                    for (${k.index} at = tile * ${k.counts[1]} - x0; at < ${k.counts[1]}; at++) {
                        ${k.place}
                        ${k.epilogue(k.values(1), 1)}
                    }
% else:
                    for (${k.index} step = 0; step < ${k.counts[1]}; step += ${k.run_width}) {
                        const ${k.index} at = step <= ${k.counts[1] - k.run_width} ? step : ${k.counts[1] - k.run_width};
                        ${k.place}
                        ${k.epilogue(k.values(k.run_width), k.run_width)}
                    }
% endif
                    }
                }
</%def>
% if k.finishes_apart:
${k.finish_head("turned", numbers)} {
                ${finish()}
}
% endif
${k.head} {
    const ${k.index} section = id2;
    const ${k.index} n0 = id0 * ${k.columns} <= ${k.n - k.columns} ? id0 * ${k.columns} : ${k.n - k.columns};
    const ${k.index} first = id1 * ${k.span}, last = first + ${k.span} < ${k.line_tiles} ? first + ${k.span} : ${k.line_tiles};
    ${kind} panel[${k.panel_depth * k.vectors}], weights[${k.terms * k.channels * taps * k.vectors}];
    ${kind} sums[${k.terms * sums}], turned[${k.vectors * k.turned_rows}];
    ${T} rows[${k.terms * k.channels * block}];
    ${panel.pack()}
    for (int channel = 0; channel < ${k.channels}; channel++)
    for (int at = 0; at < ${taps * k.vectors}; at++) {
        const int to = (at / ${k.vectors} * ${k.channels} + channel) * ${k.vectors} + at % ${k.vectors};
% for row in range(k.taps[0]):
        const ${kind} w${row} = panel[channel * ${k.taps[0] * taps * k.vectors} + ${row * taps * k.vectors} + at];
% endfor
% for text in k.for_weights:
        weights[${loop.index * k.channels * taps * k.vectors} + to] = ${text};
% endfor
    }
    for (${k.index} at = 0; at < ${k.terms * k.channels * block}; at++) rows[at] = 0;
    for (${k.index} line_tile = first; line_tile < last; line_tile++) {
        const ${k.index} line0 = line_tile * ${k.counts[0]} <= ${k.lines - k.counts[0]} ? line_tile * ${k.counts[0]} : ${k.lines - k.counts[0]};
        for (${k.index} line = line0; line < line0 + ${k.counts[0]}; line++) {
            const ${k.index} image = line / ${k.windows}, y = line % ${k.windows} * ${k.window_places} - ${k.above};
            if (y >= 0 && y + ${k.terms} <= ${k.height}) {
                ${combine_data(False)}
            } else {
                ${combine_data(True)}
            }
        }
        for (${k.index} tile = 0; tile < ${k.place_tiles}; tile++) {
            const ${k.index} x0 = tile * ${k.counts[1]} <= ${k.spatial[1] - k.counts[1]} ? tile * ${k.counts[1]} : ${k.spatial[1] - k.counts[1]};
            for (int term = 0; term < ${k.terms}; term++) {
% for row in range(k.rows):
%   for v in range(k.vectors):
                ${kind} c${row}_${v} = (${kind})(0);
%   endfor
% endfor
                const ${kind}* b = weights + term * ${k.channels * taps * k.vectors};
                // Taps outside: of those in a row compilers keep the data that the next one reads, and spill sums.
                for (int kx = 0; kx < ${taps}; kx++) {
                const ${T}* from = rows + term * ${k.channels * block} + x0 * ${k.stride[1]} + kx * ${k.dilation[1]};
                for (int channel = 0; channel < ${k.channels}; channel++, from += ${block}, b += ${k.vectors}) {
%   for v in range(k.vectors):
                    const ${kind} b${v} = b[${v}];
%   endfor
%   for row, distance in enumerate(k.places_of_rows):
                    { const ${T} a = from[${distance}];
%     for v in range(k.vectors):
                      c${row}_${v} = a * b${v} + c${row}_${v};
%     endfor
                    }
%   endfor
                }
                }
% for row in range(k.rows):
%   for v in range(k.vectors):
                sums[term * ${sums} + ${row * k.vectors + v}] = c${row}_${v};
%   endfor
% endfor
            }
            for (int at = 0; at < ${sums}; at++) {
% for term in range(k.terms):
                const ${kind} s${term} = sums[${term * sums} + at];
% endfor
% for text in k.for_sums:
                sums[${loop.index * sums} + at] = ${text};
% endfor
            }
            for (int window_place = 0; window_place < ${k.window_places}; window_place++) {
% for row in range(k.rows):
%   for v in range(k.vectors):
                const ${kind} c${row}_${v} = sums[window_place * ${sums} + ${row * k.vectors + v}];
%   endfor
% endfor
% for text in k.turn_tile("turned"):
                ${text}
% endfor
% if k.finishes_apart:
                ${k.finish_call("turned", numbers)}
% else:
                ${finish()}
% endif
            }
        }
    }
}
