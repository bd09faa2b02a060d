<%doc>
convolution: (images, sections x channels, *size) with (sections x outputs, channels, *taps) on a CPU, any maps on the result.

A work-item computes tiles of `rows` outputs x `vectors` vectors of places, for all its outputs.

    for each channel, for each tap:   `vectors` loads of data, shifted by the tap; `rows` scalars of the weights,
                                      rows x vectors fused multiply-adds

Windows are never copied: a tap is a shift, and what is read for all taps and outputs of a tile stays in the first
cache. Places follow each other along a row (the last tile overlaps the one before), or (`flat`, steps of 1) through
all rows with what is between them: those sums are dropped, which costs less than a rest in each row. Steps of 2 read
two vectors and pick. Zeros around channels that are by themselves are no data (`skips`): a tile is a row, whose rows of
taps without data are not looped over, and whose lanes without data are known; to copy the data with zeros around it
took half as long as all the rest.

Tuning: rows, vectors (products.py).
</%doc>
<% numbers = ["m0", "image", "section", *k.outer_names, "tile", "x0"] %>
<%def name="windows(rows)">
<% kind = k.vector(k.total, k.tile_width) %>
% for row in range(rows):
%   for v in range(k.vectors):
        ${kind} c${row}_${v} = (${kind})(0);
%   endfor
% endfor
% if k.skips:
        ${k.tap_ranges(k.space_names[: k.looped])}
% endif
        for (${k.index} channel = 0; channel < ${k.channels}; channel++)
% for text in k.tap_loops:
        ${text}
% endfor
        {
% for reads in k.reads:
            {
            ${k.at_tap if not k.skips else f"const {k.index} {k.tap_names[-1]} = {loop.index}; {k.at_tap}"}
%   for v, place, lanes in reads:
            ${kind} b${v}; { const ${k.index} x = ${place}; ${k.operand(k.b, k.tile_width)} b${v} = ${k.value(k.b, k.b_value, k.tile_width)}; }
%     if lanes:
            b${v} = __builtin_shufflevector(b${v}, (${kind})(0), ${lanes});
%     endif
%   endfor
%   for row in range(rows):
            { const ${k.index} m = m0 + ${row}; ${k.operand(k.a, 1)} const ${k.total.c} a = ${k.value(k.a, k.a_value, 1)};
%     for v, place, lanes in reads:
              c${row}_${v} = a * b${v} + c${row}_${v};
%     endfor
            }
%   endfor
            }
% endfor
        }
% if k.is_short:
%   for row in range(rows):
        {
            const ${k.index} m = m0 + ${row}, output = section * ${k.m} + m;
%     for v in range(k.vectors):
            {
                const ${k.index} x = x0 + ${v * k.tile_width};
                ${k.place}
                ${k.epilogue(f"c{row}_{v}", k.tile_width)}
            }
%     endfor
        }
%   endfor
% else:
        const ${kind} c[] = {${", ".join(f"c{row}_{v}" for row in range(rows) for v in range(k.vectors))}};
%   if k.finishes_apart:
        ${k.finish_call("c", [str(rows), *numbers])}
%   else:
        ${finish(rows)}
%   endif
% endif
</%def>
<%def name="finish(rows)">
## The sums of a tile become results.
<% kind = k.vector(k.total, k.tile_width) %>
        for (${k.index} m = m0; m < m0 + ${rows}; m++) {
            const ${k.index} output = section * ${k.m} + m;
            const ${k.total.c}* const sums = (const ${k.total.c}*)(c + (m - m0) * ${k.vectors});
% if k.flat:
            ${k.index} lane = tile * ${k.columns} - x0, y = (x0 + lane) / ${k.pitch}, first = x0 + lane - y * ${k.pitch};
            while (lane < ${k.columns}) {
                const ${k.index} run = ${k.row_length} - first < ${k.columns} - lane ? ${k.row_length} - first : ${k.columns} - lane;
                for (${k.index} at = 0; at < run; at++) {
                    const ${k.index} x = first + at;
                    ${k.place}
                    ${k.epilogue("sums[lane + at]", 1)}
                }
                lane += ${k.pitch} - first;
                first = 0;
                y++;
            }
% else:
            for (${k.index} v = 0; v < ${k.vectors}; v++) {
                const ${kind} result = c[(m - m0) * ${k.vectors} + v];
                const ${k.index} x = ${k.vector_place};
%   if k.guards:
                for (${k.index} lane = 0; lane < ${k.tile_width}; lane++) {
                    const ${k.index} x = ${k.vector_place} + lane;
                    if (x < tile * ${k.columns}${f" + v * {k.tile_width}" if k.skips else ""}) continue;
                    ${k.place}
                    ${k.epilogue("sums[v * " + str(k.tile_width) + " + lane]", 1)}
                }
%   else:
                ${k.place}
                ${k.epilogue("result", k.tile_width)}
%   endif
            }
% endif
        }
</%def>
% if k.finishes_apart:
${k.finish_head("c", ["rows", *numbers])} {
        ${finish("rows")}
}
% endif
${k.head} {
    const ${k.index} item = id2;
    ${k.unflatten("item", ["image", "section"], [0, k.batch])}
    const ${k.index} first = id0 * ${k.span}, last = first + ${k.span} < ${k.tiles} ? first + ${k.span} : ${k.tiles};
    for (${k.index} here = first; here < last; here++) {
    ${k.unflatten("here", [*k.outer_names, "tile"], [*k.outer_sizes, k.place_tiles])}
    const ${k.index} x0 = tile * ${k.columns} <= ${k.length - k.columns} ? tile * ${k.columns} : ${k.length - k.columns};
    const ${k.index} start = id1 * ${k.item_rows}, stop = start + ${k.item_rows} < ${k.m} ? start + ${k.item_rows} : ${k.m};
    ${k.index} m0 = start;
    for (; m0 + ${k.rows} <= stop; m0 += ${k.rows}) {
        ${windows(k.rows)}
    }
% if k.rest:
    if (m0 < stop) {
        ${windows(k.rest)}
    }
% endif
    }
}
