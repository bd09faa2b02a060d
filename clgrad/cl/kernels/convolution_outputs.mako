<%doc>
convolution_outputs: convolution on a CPU with vectors along the outputs, of which there are many, any maps on the result.

A work-item copies the weights of `columns` outputs to a panel (_panel.mako), and computes tile after tile of `rows` places
of them, a block of images, rows and columns whose last ones overlap those before.

    for each channel, for each tap:   `vectors` vectors of the panel; `rows` scalars of data, at constant distances,
                                      rows x vectors fused multiply-adds

With more weights than a panel holds, sums wait in memory for the next channels. No vector is cut by the end of a row,
whatever the steps; none lies across two cache lines; windows are never copied. At the end a tile is turned, so that its
maps are computed in vectors along places, as they are stored.

Zeros around the data are no data (`skips`): a tile has whole rows of places then, or whole small images. Taps along them
are written out, each with the places that it has data for; other taps without data are not looped over. Of a 3x3 kernel
on an image of 4x4, 44 of 144 products are with zeros; on one of 2x2, 20 of 36.

Tuning: places, vectors (outputs.py).
Tried and not kept, with the time of what is kept over theirs: passing over zeros in halves of longer rows (1.0 for rows
of 28, twice the text); more than about 18 sums where taps are written out (0.65 to 0.8: they spill); panels in parts that
the first cache holds (0.9 to 1.0).
</%doc>
<%namespace name="panel" file="_panel.mako"/>
<% kind, T = k.vector(k.total, k.tile_width), k.total.c %>
<% numbers = ["section", "n0", *(f"{name}0" for name in k.block_names)] %>
<%def name="finish()">
## The sums of a tile, places by places, become results.
        for (${k.index} lane = 0; lane < ${k.columns}; lane++) {
            const ${k.index} output = section * ${k.n} + n0 + lane;
            for (${k.index} run = 0; run < ${k.runs}; run++) {
                const ${T}* const values = (const ${T}*)turned + lane * ${k.turned_rows} + run * ${k.run};
                ${k.run_place}
% if k.kernel.updates and k.run % k.run_width:
                ${k.index} at = 0;
                for (; at + ${k.run_width} <= ${k.run}; at += ${k.run_width}) {
                    ${k.place}
                    ${k.epilogue(k.values(k.run_width), k.run_width)}
                }
                for (; at < ${k.run}; at++) {
                    ${k.place}
                    ${k.epilogue(k.values(1), 1)}
                }
% else:
                for (${k.index} at = 0; at < ${k.run}; at += ${k.run_width}) {
%   if k.run % k.run_width:
                    if (at > ${k.run - k.run_width}) at = ${k.run - k.run_width};
%   endif
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
    const ${k.index} first = id1 * ${k.span}, last = first + ${k.span} < ${k.tiles} ? first + ${k.span} : ${k.tiles};
    ${kind} panel[${k.panel_depth * k.vectors}], turned[${k.vectors * k.turned_rows}];
% if k.splits:
    ${kind} sums[${k.span * k.rows * k.vectors}];
    for (${k.index} channel0 = 0; channel0 < ${k.channels}; channel0 += ${k.panel_channels}) {
    const ${k.index} channel1 = channel0 + ${k.panel_channels} < ${k.channels} ? channel0 + ${k.panel_channels} : ${k.channels};
    const ${k.index} k0 = channel0 * ${k.depth // k.channels}, k1 = channel1 * ${k.depth // k.channels};
% endif
    ${panel.pack()}
    for (${k.index} tile = first; tile < last; tile++) {
        ${k.corner}
% for row in range(k.rows):
%   for v in range(k.vectors):
        ${kind} c${row}_${v} = ${f"channel0 ? sums[(tile - first) * {k.rows * k.vectors} + {row * k.vectors + v}] : " if k.splits else ""}(${kind})(0);
%   endfor
% endfor
% if k.skips:
        ${k.tap_ranges([f"{name}0" for name in k.space_names[: k.looped]])}
% endif
        for (${k.index} channel = ${"channel0" if k.splits else 0}; channel < ${"channel1" if k.splits else k.channels}; channel++)
% for text in k.tap_loops:
        ${text}
% endfor
        {
            const ${k.index} from = corner + ${k.step};
            const ${kind}* const weights = panel + ${k.weights_place};
% for tap, met in k.products:
            {
%   for v in range(k.vectors):
                const ${kind} b${v} = weights[${tap * k.vectors + v}];
%   endfor
%   for row, distance in met:
                { const ${T} a = ${k.element(f"from + {distance}")};
%     for v in range(k.vectors):
                  c${row}_${v} = a * b${v} + c${row}_${v};
%     endfor
                }
%   endfor
            }
% endfor
        }
% if k.splits:
        if (channel1 < ${k.channels}) {
%   for row in range(k.rows):
%     for v in range(k.vectors):
            sums[(tile - first) * ${k.rows * k.vectors} + ${row * k.vectors + v}] = c${row}_${v};
%     endfor
%   endfor
            continue;
        }
% endif
% for text in k.turn_tile("turned"):
        ${text}
% endfor
% if k.finishes_apart:
        ${k.finish_call("turned", numbers)}
% else:
        ${finish()}
% endif
    }
% if k.splits:
    }
% endif
}
